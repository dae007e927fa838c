//! Charts as inline SVG, 400 units wide: readable at the width of a phone.

use std::fmt::Write;

use crate::page::escaped;

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 280.0;
/// Room for the labels on the left, on the right, at the top and at the bottom.
const LEFT: f64 = 62.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 44.0;

/// One axis with its marks.
pub struct Axis {
    pub name: String,
    pub from: f64,
    pub to: f64,
    /// Equal steps are equal factors.
    pub logarithmic: bool,
    pub marks: Vec<(f64, String)>,
}

/// A line with points, or without.
pub struct Series {
    /// Class in the style of the page: its colour.
    pub class: &'static str,
    /// Further classes of the line: `dashed`, `dotted` or none.
    pub stroke: &'static str,
    pub points: Vec<Point>,
    /// Whether points are marked.
    pub marked: bool,
}

/// A point with its interval.
pub struct Point {
    pub x: f64,
    pub y: f64,
    pub interval: Option<(f64, f64)>,
    /// What a pointer over it says.
    pub says: String,
}

impl Axis {
    fn place(&self, value: f64, start: f64, end: f64) -> f64 {
        let scale = |v: f64| {
            if self.logarithmic {
                v.max(1e-12).ln()
            } else {
                v
            }
        };
        let span = scale(self.to) - scale(self.from);
        let at = if span == 0.0 {
            0.5
        } else {
            (scale(value) - scale(self.from)) / span
        };
        start + at.clamp(0.0, 1.0) * (end - start)
    }
}

/// A line chart. `title` is for those who cannot see it.
pub fn lines(title: &str, x: &Axis, y: &Axis, series: &[Series]) -> String {
    let mut out = String::new();
    let o = &mut out;
    let across = |v| x.place(v, LEFT + 12.0, WIDTH - RIGHT - 12.0);
    let up = |v| y.place(v, HEIGHT - BOTTOM, TOP);
    _ = writeln!(
        o,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\"><title>{}</title>",
        escaped(title)
    );
    for (value, label) in &y.marks {
        let at = up(*value);
        _ = writeln!(
            o,
            "<path class=\"grid\" d=\"M{LEFT} {at:.1}H{:.0}\"/><text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 7.0,
            at + 4.0,
            escaped(label)
        );
    }
    let bottom = HEIGHT - BOTTOM;
    _ = writeln!(
        o,
        "<path class=\"axis\" d=\"M{LEFT} {bottom:.0}H{:.0}\"/>",
        WIDTH - RIGHT
    );
    for (value, label) in &x.marks {
        _ = writeln!(
            o,
            "<text x=\"{:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{}</text>",
            across(*value),
            bottom + 17.0,
            escaped(label)
        );
    }
    _ = writeln!(
        o,
        "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"middle\">{}</text>",
        f64::midpoint(LEFT, WIDTH - RIGHT),
        HEIGHT - 8.0,
        escaped(&x.name)
    );
    for series in series {
        let path: Vec<String> = series
            .points
            .iter()
            .map(|p| format!("{:.1} {:.1}", across(p.x), up(p.y)))
            .collect();
        _ = writeln!(
            o,
            "<path class=\"line {} {}\" d=\"M{}\"/>",
            series.class,
            series.stroke,
            path.join("L")
        );
        for point in series.points.iter().filter(|_| series.marked) {
            let (cx, cy) = (across(point.x), up(point.y));
            if let Some((low, high)) = point.interval {
                let (low, high) = (up(low), up(high));
                _ = writeln!(
                    o,
                    "<path class=\"whisker {}\" d=\"M{cx:.1} {low:.1}V{high:.1}M{:.1} {low:.1}h8M{:.1} {high:.1}h8\"/>",
                    series.class,
                    cx - 4.0,
                    cx - 4.0
                );
            }
            _ = writeln!(
                o,
                "<circle class=\"{}\" cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"3.5\"><title>{}</title></circle>",
                series.class,
                escaped(&point.says)
            );
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Bars that sum to one, each cut into classes `s1`, `s2` and so on; names stand beside them, or
/// above where there is no room.
pub fn stacks(rows: &[(String, Vec<f64>)]) -> String {
    let mut out = String::from("<dl class=\"stacks\">\n");
    let o = &mut out;
    for (name, shares) in rows {
        _ = write!(
            o,
            "<dt>{}</dt><dd><svg viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" role=\"img\">",
            escaped(name)
        );
        let mut at = 0.0;
        for (class, share) in (1..).zip(shares) {
            let (x, width) = (at * 1000.0, share * 1000.0);
            at += share;
            if *share > 0.0 {
                _ = write!(
                    o,
                    "<rect class=\"s{class}\" x=\"{x:.1}\" width=\"{width:.1}\" height=\"20\"><title>{:.1} %</title></rect>",
                    share * 100.0
                );
            }
        }
        _ = writeln!(o, "</svg></dd>");
    }
    out.push_str("</dl>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_follow_the_scale() {
        let axis = |logarithmic| Axis {
            name: String::new(),
            from: 1.0,
            to: 100.0,
            logarithmic,
            marks: Vec::new(),
        };
        assert!((axis(true).place(10.0, 0.0, 100.0) - 50.0).abs() < 1e-9);
        assert!((axis(false).place(50.5, 0.0, 100.0) - 50.0).abs() < 1e-9);
        // What lies outside is drawn at the edge.
        assert!((axis(true).place(0.0, 0.0, 100.0)).abs() < 1e-9);
    }
}
