//! The outcome for people.

use std::fmt::Write;

use super::calibrate::Calibration;
use super::outcome::{Mechanism, Outcome, Rate};
use super::sets::Anonymity;
use crate::terminal::{Style, counted, grouped};

/// Everything, ending with a line end.
pub fn render(outcome: &Outcome, style: Style) -> String {
    let mut out = String::new();
    let o = &mut out;
    _ = writeln!(
        o,
        "{} version {}: two sites, {}; who is who?",
        style.bold(&outcome.book),
        outcome.version,
        counted(outcome.weeks as u64, "week")
    );
    for note in &outcome.notes {
        _ = writeln!(o, "  {}", style.dim(note));
    }
    for mechanism in &outcome.mechanisms {
        section(o, mechanism, style);
    }
    let bound = &outcome.bound;
    let proved = format!(
        "{:.2} bits, {} times a guess",
        bound.bits,
        times(bound.times)
    );
    _ = writeln!(o);
    if bound.respected {
        let verdict = format!("Proved of the gate: at most {proved}. The attack stays below.");
        _ = writeln!(o, "{}", style.good(&verdict));
    } else {
        let verdict = format!("The attack is above the bound of {proved}.");
        _ = writeln!(o, "{}", style.warn(&verdict));
    }
    out
}

fn section(o: &mut String, mechanism: &Mechanism, style: Style) {
    _ = writeln!(o, "\n{}", style.bold(&mechanism.name));
    _ = writeln!(
        o,
        "  attacker: {}; {:.2} bits a {}",
        mechanism.attacker, mechanism.bits, mechanism.bits_per
    );
    let head = format!(
        "  {:>10} {:>10} {:>9}   {:<19} {:>14}  {:>9}",
        "candidates", "attacks", "named", "95 % interval", "times a guess", "bound"
    );
    _ = writeln!(o, "{}", style.dim(&head));
    for rate in &mechanism.rates {
        row(o, rate);
    }
    if let Some((first, rest)) = mechanism.anonymity.split_first() {
        _ = writeln!(
            o,
            "{}",
            style.dim("  visitors alike in all that a site saw")
        );
        for sets in std::iter::once(first).chain(rest) {
            alike(o, sets);
        }
    }
}

fn row(o: &mut String, rate: &Rate) {
    let interval = format!("{} to {}", percent(rate.low), percent(rate.high));
    _ = writeln!(
        o,
        "  {:>10} {:>10} {:>9}   {:<19} {:>14}  {:>9}",
        grouped(rate.visitors as u64),
        grouped(rate.attacks),
        percent(rate.rate),
        interval,
        times(rate.times),
        rate.bound.map_or_else(|| "none".to_owned(), percent),
    );
}

fn alike(o: &mut String, sets: &Anonymity) {
    _ = writeln!(
        o,
        "  {:>10}, week {:>2}: {:>6} alone; 5th percentile {}, median {}",
        grouped(sets.visitors as u64),
        sets.weeks,
        percent(sets.unique),
        grouped(sets.p5),
        grouped(sets.median)
    );
}

/// A repeated study beside what was published.
pub fn calibration(found: &Calibration, style: Style) -> String {
    let mut out = String::new();
    let o = &mut out;
    let head = format!(
        "{:<40} {:>5} {:>10} {:>9}  {:<19} {:>9} {:>7}",
        "mechanism", "weeks", "candidates", "ours", "95 % interval", "published", "errors"
    );
    _ = writeln!(o, "{}", style.dim(&head));
    for figure in &found.figures {
        let of = if figure.visitors == 0 {
            "bits".to_owned()
        } else {
            grouped(figure.visitors as u64)
        };
        let show = |value| {
            if figure.visitors == 0 {
                format!("{value:.3}")
            } else {
                percent(value)
            }
        };
        let interval = if figure.visitors == 0 {
            String::new()
        } else {
            format!("{} to {}", percent(figure.low), percent(figure.high))
        };
        let errors = figure.errors.map_or(String::new(), |e| format!("{e:+.1}"));
        let verdict = if figure.agrees {
            style.good("agrees")
        } else {
            style.warn("differs")
        };
        _ = writeln!(
            o,
            "{:<40} {:>5} {:>10} {:>9}  {:<19} {:>9} {:>7}  {verdict}",
            figure.mechanism,
            figure.weeks,
            of,
            show(figure.ours),
            interval,
            show(figure.published),
            errors
        );
    }
    for (what, ours, published) in &found.anonymity {
        _ = writeln!(o, "{what}: {ours:.1}; published: {published}");
    }
    let agree = found.figures.iter().filter(|f| f.agrees).count();
    _ = writeln!(
        o,
        "{agree} of {} figures agree within their error",
        found.figures.len()
    );
    out
}

/// A share with three digits that mean something: `44.3 %`, `0.0580 %`.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    let digits = match value {
        v if v >= 99.95 || v <= 0.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 => 2,
        v if v >= 0.1 => 3,
        _ => 4,
    };
    format!("{value:.digits$} %")
}

/// Times a guess: `5.8`, `2,044`.
pub fn times(value: f64) -> String {
    if value < 99.95 {
        format!("{value:.1}")
    } else {
        grouped(value.round() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_they_are_read() {
        for (share, text) in [
            (1.0, "100 %"),
            (0.443, "44.3 %"),
            (0.000_58, "0.0580 %"),
            (0.0, "0 %"),
            (0.0123, "1.23 %"),
        ] {
            assert_eq!(percent(share), text);
        }
        assert_eq!((times(5.84), times(2044.4)), ("5.8".into(), "2,044".into()));
    }
}
