//! The outcome as a page with charts, for those who have to decide.

use std::fmt::Write;

use super::outcome::{Mechanism, Outcome, Rate};
use super::plot::{Axis, Point, Series, lines, stacks};
use super::text::{percent, times};
use crate::page::{escaped, page};
use crate::terminal::{counted, grouped};

/// Mechanisms that are drawn, with their short names.
const DRAWN: [(&str, &str); 3] = [
    ("gate", "through the gate"),
    ("raw", "without the gate"),
    ("topics", "Topics"),
];

/// The whole page.
pub fn render(outcome: &Outcome) -> String {
    let mut body = String::new();
    let o = &mut body;
    let name = format!("{}, version {}", outcome.book, outcome.version);
    _ = writeln!(
        o,
        "<h1>Who is who?</h1>\n<p class=\"lead\">{}. Two sites compare what they got of the same visitors in {}, and try to find out who is who.</p>",
        escaped(&name),
        counted(outcome.weeks as u64, "week")
    );
    verdict(o, outcome);
    cards(o, outcome);
    _ = writeln!(o, "<div class=\"plots\">");
    by_size(o, outcome);
    by_week(o, outcome);
    _ = writeln!(o, "</div>");
    crowds(o, outcome);
    table(o, outcome);
    method(o, outcome);
    page(&format!("Attack on {name}"), &body)
}

fn find<'o>(outcome: &'o Outcome, id: &str) -> Option<&'o Mechanism> {
    outcome.mechanisms.iter().find(|m| m.id == id)
}

/// The size that is talked about: 10,000, or the nearest below.
fn shown(mechanism: &Mechanism) -> Option<&Rate> {
    let rates = &mechanism.rates;
    rates
        .iter()
        .rev()
        .find(|r| r.visitors <= 10_000)
        .or(rates.first())
}

fn verdict(o: &mut String, outcome: &Outcome) {
    let bound = times(outcome.bound.times);
    if outcome.bound.respected {
        _ = writeln!(
            o,
            "<p>It is proved that nothing this book lets out makes a name more than <b>{bound} times</b> better than a guess, whatever else somebody knows. <span class=\"good\">The attack stays within the proof.</span></p>"
        );
    } else {
        _ = writeln!(
            o,
            "<p class=\"bad\">The attack names more visitors than the proved bound of {bound} times a guess allows. Something is wrong: with this book's gate, or with this tool.</p>"
        );
    }
}

fn cards(o: &mut String, outcome: &Outcome) {
    _ = writeln!(o, "<ul class=\"cards\">");
    for (id, name) in DRAWN {
        let Some(rate) = find(outcome, id).and_then(shown) else {
            continue;
        };
        let bound = rate.bound.map_or("no bound".to_owned(), |b| {
            format!("proved: at most {}", percent(b))
        });
        _ = writeln!(
            o,
            "<li style=\"--mark: var(--{id})\"><h3>{}</h3><b>{} ×</b><span class=\"soft\">a guess, among {} visitors: {} are named ({} to {}); {bound}</span></li>",
            capital(name),
            times(rate.times),
            grouped(rate.visitors as u64),
            percent(rate.rate),
            percent(rate.low),
            percent(rate.high)
        );
    }
    _ = writeln!(o, "</ul>");
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
}

fn point(x: f64, y: f64, low: f64, high: f64, says: String) -> Point {
    Point {
        x,
        y,
        interval: Some((low, high)),
        says,
    }
}

fn flat(class: &'static str, stroke: &'static str, points: &[(f64, f64)]) -> Series {
    let points = points.iter().map(|(x, y)| Point {
        x: *x,
        y: *y,
        interval: None,
        says: String::new(),
    });
    Series {
        class,
        stroke,
        points: points.collect(),
        marked: false,
    }
}

/// Powers of ten around some values.
fn decades(values: impl Iterator<Item = f64> + Clone) -> Vec<f64> {
    let low = values.clone().fold(f64::INFINITY, f64::min).max(1e-9);
    let high = values.fold(0.0, f64::max).max(low);
    let (from, to) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    (from..=to).map(|power| 10f64.powi(power)).collect()
}

fn axis(name: &str, marks: Vec<(f64, String)>, logarithmic: bool) -> Axis {
    let ends = (
        marks.first().map_or(0.0, |m| m.0),
        marks.last().map_or(1.0, |m| m.0),
    );
    Axis {
        name: name.to_owned(),
        from: ends.0,
        to: ends.1,
        logarithmic,
        marks,
    }
}

fn by_size(o: &mut String, outcome: &Outcome) {
    let Some(gate) = find(outcome, "gate") else {
        return;
    };
    let sizes: Vec<f64> = gate.rates.iter().map(|r| r.visitors as f64).collect();
    let guess: Vec<(f64, f64)> = sizes.iter().map(|n| (*n, 1.0 / n)).collect();
    let bound: Vec<(f64, f64)> = sizes
        .iter()
        .map(|n| (*n, (outcome.bound.times / n).min(1.0)))
        .collect();
    let mut series = vec![
        flat("guess", "dotted", &guess),
        flat("gate", "dashed", &bound),
    ];
    for (id, name) in DRAWN {
        let Some(mechanism) = find(outcome, id) else {
            continue;
        };
        let points = mechanism.rates.iter().map(|r| {
            let says = format!(
                "{name}, {} visitors: {} ({} to {})",
                grouped(r.visitors as u64),
                percent(r.rate),
                percent(r.low),
                percent(r.high)
            );
            point(r.visitors as f64, r.rate, r.low, r.high, says)
        });
        series.push(Series {
            class: id,
            stroke: "",
            points: points.collect(),
            marked: true,
        });
    }
    let least = guess.iter().map(|g| g.1).fold(1.0, f64::min);
    let marks = decades([least, 1.0].into_iter())
        .into_iter()
        .map(|v| (v, short(v)));
    let up = axis("", marks.collect(), true);
    let marks = sizes.iter().map(|n| (*n, grouped(*n as u64)));
    let across = axis("candidates", marks.collect(), true);
    let chart = lines(
        "Share of visitors named, by number of candidates",
        &across,
        &up,
        &series,
    );
    _ = writeln!(
        o,
        "<figure><h3>Visitors named</h3><p class=\"soft\">Share, with 95 % intervals, by the number of candidates. Both scales grow tenfold.</p>\n{chart}{}</figure>",
        legend()
    );
}

/// A share as a mark of an axis: `10 %`, `0.001 %`.
fn short(share: f64) -> String {
    let value = share * 100.0;
    let digits = (-value.log10().round()).max(0.0) as usize;
    format!("{value:.digits$} %")
}

fn legend() -> String {
    let mut out = String::from("<ul class=\"legend\">");
    let mut item = |class: &str, stroke: &str, name: &str| {
        _ = write!(
            out,
            "<li><svg viewBox=\"0 0 26 12\" aria-hidden=\"true\"><path class=\"line {class} {stroke}\" d=\"M1 6H25\"/></svg>{name}</li>"
        );
    };
    for (id, name) in DRAWN {
        item(id, "", name);
    }
    item("gate", "dashed", "proved bound of the gate");
    item("guess", "dotted", "a guess");
    out.push_str("</ul>\n");
    out
}

fn by_week(o: &mut String, outcome: &Outcome) {
    let weeks = outcome.weeks as f64;
    if outcome.weeks < 2 {
        return;
    }
    let ends = [(1.0, 1.0), (weeks, 1.0)];
    let bound = ends.map(|(x, _)| (x, outcome.bound.times));
    let mut series = vec![
        flat("guess", "dotted", &ends),
        flat("gate", "dashed", &bound),
    ];
    let mut most = outcome.bound.times;
    let mut visitors = 0;
    for (id, name) in DRAWN {
        let Some(mechanism) = find(outcome, id) else {
            continue;
        };
        let points = mechanism.by_week.iter().map(|r| {
            let n = r.visitors as f64;
            visitors = r.visitors;
            most = most.max(r.high * n);
            let says = format!(
                "{name}, {}: {} times a guess",
                counted(r.weeks as u64, "week"),
                times(r.times)
            );
            point(r.weeks as f64, r.times, r.low * n, r.high * n, says)
        });
        series.push(Series {
            class: id,
            stroke: "",
            points: points.collect(),
            marked: true,
        });
    }
    let marks = decades([1.0, most].into_iter())
        .into_iter()
        .map(|v| (v, times(v).trim_end_matches(".0").to_owned() + " ×"));
    let up = axis("", marks.collect(), true);
    let step = (outcome.weeks / 6).max(1);
    let marks = (1..=outcome.weeks)
        .filter(|w| *w == 1 || *w == outcome.weeks || (w % step == 0 && w + step <= outcome.weeks))
        .map(|w| (w as f64, w.to_string()));
    let across = axis("weeks", marks.collect(), false);
    let chart = lines(
        "Times better than a guess, by number of weeks",
        &across,
        &up,
        &series,
    );
    _ = writeln!(
        o,
        "<figure><h3>Week after week</h3><p class=\"soft\">Times better than a guess among {} candidates. What is told every week adds up; one answer in a lifetime does not.</p>\n{chart}{}</figure>",
        grouped(visitors as u64),
        legend()
    );
}

fn crowds(o: &mut String, outcome: &Outcome) {
    const CLASSES: [&str; 5] = [
        "alone",
        "2 to 9",
        "10 to 99",
        "100 to 999",
        "1,000 and more",
    ];
    let mut rows = Vec::new();
    let mut visitors = 0;
    for (id, name) in DRAWN {
        let Some(mechanism) = find(outcome, id) else {
            continue;
        };
        let Some(size) = shown(mechanism).map(|r| r.visitors) else {
            continue;
        };
        visitors = size;
        let mut sets: Vec<_> = mechanism
            .anonymity
            .iter()
            .filter(|a| a.visitors == size)
            .collect();
        sets.sort_by_key(|a| a.weeks);
        let first = sets.first().filter(|a| a.weeks < outcome.weeks);
        let last = sets.last().filter(|a| a.weeks == outcome.weeks);
        for set in first.into_iter().chain(last) {
            let name = format!(
                "{}, after {}",
                capital(name),
                counted(set.weeks as u64, "week")
            );
            rows.push((name, set.shares.to_vec()));
        }
    }
    let chart = stacks(&rows);
    _ = writeln!(
        o,
        "<figure class=\"wide\"><h3>Alike in everything a site has seen</h3><p class=\"soft\">Of {} visitors, how many are alone with what one site got of them, and how many are one of a crowd. Being alone is not yet being named: what is random differs from one site to the other.</p>\n{chart}<ul class=\"legend\">",
        grouped(visitors as u64)
    );
    for (class, name) in (1..).zip(CLASSES) {
        _ = write!(
            o,
            "<li><svg viewBox=\"0 0 26 12\" aria-hidden=\"true\"><rect class=\"s{class}\" width=\"26\" height=\"12\"/></svg>{name}</li>"
        );
    }
    _ = writeln!(o, "</ul></figure>");
}

fn table(o: &mut String, outcome: &Outcome) {
    const HEAD: [&str; 6] = [
        "candidates",
        "attacks",
        "named",
        "95 % interval",
        "times a guess",
        "bound",
    ];
    _ = writeln!(o, "<h2>All figures</h2>\n<div class=\"scroll\"><table>");
    for mechanism in &outcome.mechanisms {
        _ = writeln!(
            o,
            "<tbody><tr><th colspan=\"6\" class=\"name\">{}; {:.2} bits a {}</th></tr>\n<tr>",
            capital(&escaped(&mechanism.name)),
            mechanism.bits,
            mechanism.bits_per
        );
        for head in HEAD {
            _ = write!(o, "<th>{head}</th>");
        }
        _ = writeln!(o, "</tr>");
        for rate in &mechanism.rates {
            let bound = rate.bound.map_or("none".to_owned(), percent);
            _ = writeln!(
                o,
                "<tr><td>{}</td><td>{}</td><td>{}</td><td>{} to {}</td><td>{}</td><td>{bound}</td></tr>",
                grouped(rate.visitors as u64),
                grouped(rate.attacks),
                percent(rate.rate),
                percent(rate.low),
                percent(rate.high),
                times(rate.times)
            );
        }
        _ = writeln!(o, "</tbody>");
    }
    _ = writeln!(o, "</table></div>");
}

fn method(o: &mut String, outcome: &Outcome) {
    _ = writeln!(o, "<h2>What was done</h2>");
    _ = writeln!(
        o,
        "<p>The attacker knows the book and the mechanism, and has people known at both sites to learn from. For each visitor of the first site it names the one candidate of the second with the most evidence. Reports of the gate were made by the gate's own code, and ranked by their exact likelihood; histories by evidence learned from the known people. An attack shows how much can be told at least; only the bound says how much at most.</p>"
    );
    _ = writeln!(o, "<ul class=\"soft\">");
    for note in &outcome.notes {
        _ = writeln!(o, "<li>{}</li>", escaped(note));
    }
    _ = writeln!(
        o,
        "<li>source of the book, SHA-256: <code>{}</code></li></ul>",
        outcome.source_sha256.get(..16).unwrap_or_default()
    );
    _ = writeln!(
        o,
        "<p class=\"soft\">Not part of it: addresses and other marks of a connection, who visits when, logins, and scripts that send more than the gate lets out.</p>"
    );
}
