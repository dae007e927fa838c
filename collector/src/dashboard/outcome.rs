//! What became of an experiment or a bandit: rates, lifts, and how far the answer is.

use super::chart::{Bar, axis, bar, signed};
use super::text::{counted, escape, interval, percent, short, whole};
use crate::outcomes::{Compared, Estimated, Needed, Place, Told};
use crate::said::Trial;
use crate::statement::ANY;

/// The least effects about which a reader may want to know, as parts of the first's rate.
pub(super) const EFFECTS: [f64; 3] = [0.05, 0.1, 0.2];

/// One outcome, once for each of [`EFFECTS`].
pub(super) struct Outcome<'a> {
    pub told: &'a [Told],
    pub crowd: u64,
}

impl Outcome<'_> {
    pub fn html(&self) -> String {
        let Some(told) = self.told.first() else {
            return String::new();
        };
        let (one, what) = match told.of {
            Trial::Experiment => (true, "experiment"),
            Trial::Bandit => (false, "bandit"),
        };
        let places = told.places.iter().enumerate().map(|(at, place)| {
            let heading = if one && place.within == ANY {
                String::new()
            } else {
                format!("<h4>{}</h4>", escape(&place.within))
            };
            format!("{heading}{}{}", self.rates(place), self.lifts(at, place))
        });
        let places: String = places.collect();
        let many = match told.tests {
            0 | 1 => String::new(),
            tests => format!(
                " {} are made here: where nothing differs, each finds a difference in one case \
                 of twenty.",
                counted(tests, "comparison")
            ),
        };
        let versions = match &told.versions[..] {
            [_] | [] => String::new(),
            [first, .., last] => format!(
                " From all {} versions from {first} to {last} that ask this in the same way: {}.",
                told.versions.len(),
                counted(told.reports, "report")
            ),
        };
        format!(
            "<div class=\"outcome\"><h3>What became of this {what}</h3>{places}<p class=\"note\">\
             A rate is the part of those who were shown a variant who reached the goal before \
             they answered.{many}{versions}</p></div><h3>All answers</h3>"
        )
    }

    fn rates(&self, place: &Place) -> String {
        let left_out = self.left_out(place);
        if place.variants.is_empty() {
            return left_out;
        }
        let highs = place.variants.iter().filter_map(|v| v.rate.high);
        let end = axis(highs.fold(0.0, f64::max));
        let rows = place.variants.iter().map(|variant| {
            format!(
                "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">{}</th>\
                 <td role=\"cell\" class=\"plot\">{}</td><td role=\"cell\"><b>{}\u{a0}%</b>\
                 <span class=\"range\">{}</span></td><td role=\"cell\"><b>{}\u{a0}%</b>\
                 <span class=\"range\">{}</span></td></tr>",
                escape(&variant.variant),
                bar(of(&variant.rate), end),
                percent(variant.rate.value),
                range(&variant.rate),
                percent(variant.exposed.value),
                range(&variant.exposed)
            )
        });
        format!(
            "<table class=\"cells\" role=\"table\"><caption>Who converted, with 95\u{a0}% \
             intervals; bars from 0 to {1}\u{a0}%</caption><thead role=\"rowgroup\">\
             <tr role=\"row\"><th role=\"columnheader\" scope=\"col\">Variant</th>\
             <th role=\"columnheader\" scope=\"col\" class=\"plot\"><span class=\"axis\"><i>0</i>\
             <i>{0}</i><i>{1}\u{a0}%</i></span></th><th role=\"columnheader\" scope=\"col\">Rate\
             </th><th role=\"columnheader\" scope=\"col\">Shown to</th></tr></thead>\
             <tbody role=\"rowgroup\">{2}</tbody></table>{left_out}",
            percent(end / 2.0),
            percent(end),
            rows.collect::<String>()
        )
    }

    fn left_out(&self, place: &Place) -> String {
        if place.withheld.is_empty() {
            return String::new();
        }
        let names: Vec<String> = place.withheld.iter().map(|name| escape(name)).collect();
        format!(
            "<p class=\"quiet\">Not shown: {}. A rate is shown as soon as {1} who converted and \
             {1} who did not are there with 95\u{a0}% certainty, each by itself.</p>",
            names.join(", "),
            self.crowd
        )
    }

    fn lifts(&self, at: usize, place: &Place) -> String {
        let Some(first) = place.lifts.first() else {
            return String::new();
        };
        let ends = place.lifts.iter().flat_map(|lift| {
            let difference = &lift.difference;
            [difference.low, difference.high.unwrap_or(1.0)].map(f64::abs)
        });
        let end = axis(ends.fold(0.0, f64::max));
        let rows = place.lifts.iter().map(|lift| row(lift, end));
        let needs = place.lifts.iter().enumerate();
        let needs = needs.map(|(lift, compared)| {
            let told = self.told.iter();
            let needed = told.filter_map(|told| told.places.get(at)?.lifts.get(lift)?.needed);
            meaning(compared, &needed.collect::<Vec<_>>())
        });
        format!(
            "<table class=\"cells\" role=\"table\"><caption>Against {3}, with 95\u{a0}% \
             intervals; from \u{2212}{0} to {0} percentage points</caption>\
             <thead role=\"rowgroup\"><tr role=\"row\"><th role=\"columnheader\" scope=\"col\">\
             Variant</th><th role=\"columnheader\" scope=\"col\" class=\"plot\">\
             <span class=\"axis\"><i>\u{2212}{0}</i><i>0</i><i>{0}</i></span></th>\
             <th role=\"columnheader\" scope=\"col\">Points</th>\
             <th role=\"columnheader\" scope=\"col\">Relative</th></tr></thead>\
             <tbody role=\"rowgroup\">{1}</tbody></table>{2}",
            percent(end),
            rows.collect::<String>(),
            needs.collect::<String>(),
            escape(&first.against)
        )
    }
}

fn row(lift: &Compared, end: f64) -> String {
    let relative = lift.relative.map_or_else(
        || "not known".to_owned(),
        |relative| {
            let high = relative.high.map_or_else(|| "more".to_owned(), with_sign);
            format!(
                "<b>{}\u{a0}%</b><span class=\"range\">{} to {high}\u{a0}%</span>",
                with_sign(relative.value),
                with_sign(relative.low)
            )
        },
    );
    let difference = &lift.difference;
    format!(
        "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">{}</th>\
         <td role=\"cell\" class=\"plot\">{}</td><td role=\"cell\"><b>{}</b>\
         <span class=\"range\">{} to {}</span></td><td role=\"cell\">{relative}</td></tr>",
        escape(&lift.variant),
        signed(of(difference), end),
        with_sign(difference.value),
        with_sign(difference.low),
        with_sign(difference.high.unwrap_or(1.0))
    )
}

/// What the numbers say, and how many reports it takes to say more.
fn meaning(lift: &Compared, needed: &[Needed]) -> String {
    let (variant, against) = (escape(&lift.variant), escape(&lift.against));
    let (low, high) = (lift.difference.low, lift.difference.high.unwrap_or(1.0));
    let verdict = if low > 0.0 {
        format!("<b>{variant}</b> converts more than {against}")
    } else if high < 0.0 {
        format!("<b>{variant}</b> converts less than {against}")
    } else {
        format!("No difference between <b>{variant}</b> and {against} is shown")
    };
    let always = if lift.always.low > 0.0 || lift.always.high < 0.0 {
        "does not hold 0 either"
    } else {
        "still holds 0"
    };
    let rows = needed.iter().map(|needed| {
        let end = |end: Option<u64>| end.map_or_else(|| "no number".to_owned(), whole);
        let missing = match needed.missing {
            0 => "enough".to_owned(),
            missing => whole(missing),
        };
        format!(
            "<tr><th scope=\"row\">{}\u{a0}%</th><td>{} <span class=\"range\">{} to {}</span>\
             </td><td>{missing}</td></tr>",
            percent(needed.effect),
            whole(needed.reports),
            end(needed.low),
            end(needed.high)
        )
    });
    let power = needed.first().map_or(0.8, |needed| needed.power);
    format!(
        "<div class=\"beside\"><p class=\"verdict\">{verdict} (p\u{a0}{}, if this is the one look \
         that was planned). For those who look more than once, the interval that holds at every \
         look, {} to {} points, {always}.</p><figure><figcaption>Reports that it takes \
         <small>to find an effect in {}\u{a0}% of cases</small></figcaption>\
         <table class=\"plain\"><thead><tr><th scope=\"col\">Effect, relative</th>\
         <th scope=\"col\">Reports</th><th scope=\"col\">Missing</th></tr></thead>\
         <tbody>{}</tbody></table></figure></div>",
        chance(lift.p),
        with_sign(lift.always.low),
        with_sign(lift.always.high),
        short(100.0 * power),
        rows.collect::<String>()
    )
}

/// `0.031`, or `below 0.001`
fn chance(p: f64) -> String {
    if p < 0.001 {
        "below 0.001".to_owned()
    } else {
        format!("{p:.3}")
    }
}

/// In percent, with its sign.
fn with_sign(number: f64) -> String {
    let text = percent(number);
    if number > 0.0 && text != "0.0" {
        format!("+{text}")
    } else {
        text
    }
}

fn of(estimated: &Estimated) -> Bar {
    Bar {
        share: estimated.value,
        low: estimated.low,
        high: estimated.high.unwrap_or(1.0),
    }
}

fn range(estimated: &Estimated) -> String {
    interval(estimated.low, estimated.high.unwrap_or(1.0))
}
