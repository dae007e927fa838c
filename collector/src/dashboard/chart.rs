//! Charts as SVG. Each stretches to the width it is given, so it has lines and areas only; what
//! it says in words and numbers stands beside it, in the page's own text.

use super::text::whole;

/// The end of an axis: a round share at or above the greatest.
pub(super) fn axis(greatest: f64) -> f64 {
    let ends = [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8];
    ends.into_iter().find(|end| greatest <= *end).unwrap_or(1.0)
}

/// An estimate and its interval, as parts of an axis.
#[derive(Clone, Copy)]
pub(super) struct Bar {
    pub share: f64,
    pub low: f64,
    pub high: f64,
}

impl Bar {
    /// In percent of the axis.
    fn on(self, end: f64) -> [f64; 3] {
        [self.share, self.low, self.high].map(|x| 100.0 * (x / end).clamp(0.0, 1.0))
    }
}

/// A bar from the left, and its error bar.
pub(super) fn bar(bar: Bar, end: f64) -> String {
    let [share, low, high] = bar.on(end);
    let grid: String = [25, 50, 75]
        .map(|x| format!("<path class=\"grid\" d=\"M{x} 0V24\"/>"))
        .concat();
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 100 24\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         {grid}<rect class=\"fill\" x=\"0\" y=\"3\" width=\"{share:.2}\" height=\"18\"/>\
         <path class=\"error\" d=\"M{low:.2} 12H{high:.2}M{low:.2} 7V17M{high:.2} 7V17\"/></svg>"
    )
}

/// A point and its error bar on an axis from minus to plus, with 0 in the middle.
pub(super) fn signed(bar: Bar, end: f64) -> String {
    let [share, low, high] =
        [bar.share, bar.low, bar.high].map(|x| 50.0 + 50.0 * (x / end).clamp(-1.0, 1.0));
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 100 24\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <path class=\"grid\" d=\"M0 0V24M25 0V24M75 0V24M100 0V24\"/><path class=\"zero\" d=\"M50 0V24\"/>\
         <path class=\"error\" d=\"M{low:.2} 12H{high:.2}M{low:.2} 7V17M{high:.2} 7V17\"/>\
         <path class=\"error point\" d=\"M{share:.2} 4V20\"/></svg>"
    )
}

/// Estimates in a row with their error bars, those that are flagged in another colour.
pub(super) fn course(bars: &[(Bar, bool)], end: f64) -> String {
    let step = 100.0 / bars.len().max(1) as f64;
    let mut marks = String::from(
        "<path class=\"grid\" d=\"M0 0H100M0 20H100M0 40H100M0 60H100\"/><path class=\"base\" d=\"M0 80H100\"/>",
    );
    for (at, (bar, flagged)) in bars.iter().enumerate() {
        let x = (at as f64 + 0.5) * step;
        let [share, low, high] = bar.on(end).map(|y| 80.0 - 0.8 * y);
        let half = (step * 0.28).min(2.2);
        let class = if *flagged { "error flagged" } else { "error" };
        marks.push_str(&format!(
            "<path class=\"{class}\" d=\"M{x:.2} {low:.2}V{high:.2}\"/>\
             <path class=\"{class} point\" d=\"M{:.2} {share:.2}H{:.2}\"/>",
            x - half,
            x + half
        ));
    }
    format!(
        "<svg class=\"course\" viewBox=\"0 0 100 80\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\">{marks}</svg>"
    )
}

/// Columns of exact numbers.
pub(super) fn columns(numbers: &[u64]) -> String {
    let greatest = numbers.iter().max().copied().unwrap_or(0).max(1) as f64;
    let step = 100.0 / numbers.len().max(1) as f64;
    let width = (step * 0.8).min(8.0);
    let mut marks = String::from("<path class=\"base\" d=\"M0 60H100\"/>");
    for (at, number) in numbers.iter().enumerate() {
        let height = 60.0 * *number as f64 / greatest;
        marks.push_str(&format!(
            "<rect class=\"column\" x=\"{:.2}\" y=\"{:.2}\" width=\"{width:.2}\" \
             height=\"{height:.2}\"><title>{}</title></rect>",
            (at as f64 + 0.5) * step - width / 2.0,
            60.0 - height,
            whole(*number)
        ));
    }
    format!(
        "<svg class=\"columns\" viewBox=\"0 0 100 60\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\">{marks}</svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_shares() {
        assert_eq!(axis(0.0), 0.02);
        assert_eq!(axis(0.31), 0.4);
        assert_eq!(axis(1.3), 1.0);
    }

    #[test]
    fn what_is_outside_of_the_axis_ends_at_its_edge() {
        let below = Bar {
            share: -0.1,
            low: -0.2,
            high: 0.1,
        };
        let svg = bar(below, 0.5);
        assert!(svg.contains("width=\"0.00\""), "{svg}");
        assert!(svg.contains("M0.00 12H20.00"), "{svg}");
    }
}
