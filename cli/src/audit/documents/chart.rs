//! How likely the right visitor is named, as a picture (SVG): a guess, what is proved, and what
//! the attack measured. The scale is logarithmic.

use super::Material;
use super::figures::Rate;
use super::page::escaped;
use crate::audit::analysis::words::{at_most, percent};
use crate::audit::analysis::{Among, Bound};
use crate::terminal::grouped;

const WIDTH: f64 = 1120.0;
const LEFT: f64 = 460.0;
const RIGHT: f64 = 1000.0;
const ROW: f64 = 26.0;
/// The scale, from the left end to the right one: one in a hundred thousand to certainty.
const LEAST: f64 = -5.0;
const TOP: f64 = 44.0;

/// One line of the picture.
enum Row<'a> {
    Title(String),
    Guess(f64),
    Proved(&'a Among),
    Measured(&'a str, &'a Rate),
}

/// The picture; empty where nothing leaves.
pub fn of(material: &Material) -> String {
    let Some(bound) = &material.meaning.bound else {
        return String::new();
    };
    let rows = rows(material, bound);
    let height = TOP + rows.len() as f64 * ROW + 12.0;
    let mut out = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"chart-title\">\n\
         <title id=\"chart-title\">Chance to name the right visitor. The figures are in the tables below.</title>\n"
    );
    for power in (LEAST as i32)..=0 {
        let (share, x) = (10f64.powi(power), at(10f64.powi(power)));
        out.push_str(&format!(
            "<path class=\"grid\" d=\"M{x:.0} {}V{}\"/><text class=\"head\" x=\"{x:.0}\" y=\"24\" text-anchor=\"middle\">{}</text>\n",
            TOP - 12.0,
            height - 8.0,
            percent(share)
        ));
    }
    let mut y = TOP + ROW / 2.0;
    for row in &rows {
        draw(row, y, &mut out);
        y += ROW;
    }
    out.push_str("</svg>\n");
    out
}

fn rows<'a>(material: &'a Material, bound: &'a Bound) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for among in &bound.among {
        rows.push(Row::Title(format!(
            "among {}",
            grouped(among.visitors.into())
        )));
        rows.push(Row::Guess(among.guess));
        rows.push(Row::Proved(among));
        let mechanisms = material
            .figures
            .iter()
            .flat_map(|figures| &figures.mechanisms);
        for mechanism in mechanisms {
            let mut rates = mechanism.rates.iter();
            let rate = rates.find(|rate| rate.visitors == among.visitors as usize);
            rows.extend(rate.map(|rate| Row::Measured(&mechanism.name, rate)));
        }
    }
    rows
}

/// Place of a share on the scale.
fn at(share: f64) -> f64 {
    let place = (share.max(10f64.powf(LEAST)).log10() - LEAST) / -LEAST;
    LEFT + (RIGHT - LEFT) * place.min(1.0)
}

fn draw(row: &Row, y: f64, out: &mut String) {
    let label = |class: &str, x: f64, anchor: &str, text: &str| {
        let text = escaped(text);
        format!(
            "<text class=\"{class}\" x=\"{x:.0}\" y=\"{:.0}\" text-anchor=\"{anchor}\">{text}</text>\n",
            y + 4.0
        )
    };
    let line = match row {
        Row::Title(title) => label("strong", 20.0, "start", title),
        Row::Guess(guess) => format!(
            "{}<circle class=\"guess\" cx=\"{:.1}\" cy=\"{y}\" r=\"5\"/>{}",
            label("small", 20.0, "start", "by a guess"),
            at(*guess),
            label("small", at(*guess) + 14.0, "start", &percent(*guess)),
        ),
        Row::Proved(among) => {
            let (from, version, to) = (at(among.guess), at(among.version), at(among.lifetime));
            let text = format!(
                "at most {}, this version {}",
                at_most(among.lifetime),
                at_most(among.version)
            );
            format!(
                "{}<rect class=\"proved\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"12\" rx=\"3\"/>\
                 <path class=\"limit\" d=\"M{version:.1} {:.1}v16\"/>{}",
                label("small", 20.0, "start", "proved, with everything ever sent"),
                y - 6.0,
                (to - from).max(2.0),
                y - 8.0,
                label("small", to + 14.0, "start", &text),
            )
        }
        Row::Measured(name, rate) => format!(
            "{}<path class=\"interval\" d=\"M{:.1} {y}H{:.1}\"/><circle class=\"measured\" cx=\"{:.1}\" cy=\"{y}\" r=\"5\"/>{}",
            label("small", 20.0, "start", &format!("measured: {name}")),
            at(rate.low),
            at(rate.high),
            at(rate.rate),
            label("small", at(rate.high) + 14.0, "start", &percent(rate.rate)),
        ),
    };
    out.push_str(&line);
}
