//! One question: its cells, its weeks, what is left out, what is odd, what false reports could do.

use super::chart::{Bar, axis, bar, columns, course};
use super::outcome::Outcome;
use super::text::{counted, escape, interval, percent, short, weeks, whole};
use crate::audience::{Estimate, Flag, Kind, Shares};
use crate::estimate::Channel;
use crate::statement::{ANY, Question};

/// What a section is made of.
pub(super) struct Section<'a> {
    pub name: &'a str,
    pub question: &'a Question,
    pub channel: Option<Channel>,
    pub crowd: u64,
    pub shares: &'a Shares,
    /// What becomes of the variants, if the question is about that.
    pub outcome: Option<Outcome<'a>>,
}

impl Section<'_> {
    pub fn html(&self) -> String {
        let name = escape(self.name);
        format!(
            "<section class=\"question\" id=\"q-{name}\" aria-labelledby=\"h-{name}\">\
             <header><h2 id=\"h-{name}\">{name}</h2><p class=\"facts\">{}</p></header>\
             {}{}{}<div class=\"beside\">{}{}</div>{}</section>",
            self.facts(),
            self.flags(),
            self.outcome
                .as_ref()
                .map_or_else(String::new, Outcome::html),
            self.cells(),
            self.per_week(),
            self.poisoning(),
            self.over_time(),
        )
    }

    fn facts(&self) -> String {
        let mut facts = vec![counted(self.shares.reports, "report")];
        if let (Some(from), Some(to)) = (&self.shares.from, &self.shares.to) {
            facts.push(weeks(from, to));
        }
        facts.push(format!("{} answers", self.question.answers.len()));
        facts.push(format!("\u{3b5} {}", short(self.shares.epsilon)));
        if let Some(channel) = self.channel {
            let truth = percent(channel.truth());
            facts.push(format!("{truth}\u{a0}% of answers are the true one"));
        }
        facts.push(format!("{} bits each", short(self.question.bits)));
        let facts: Vec<String> = facts
            .iter()
            .map(|fact| format!("<span>{fact}</span>"))
            .collect();
        facts.concat()
    }

    fn flags(&self) -> String {
        if self.shares.flags.is_empty() {
            return String::new();
        }
        let flags: String = self.shares.flags.iter().map(flag).collect();
        format!(
            "<div class=\"flags\" role=\"note\"><h3>Look at this</h3><ul>{flags}</ul>\
             <p>{} were made to find such; honest visitors raise {:.3} alarms in so many, on \
             average, at most. A campaign or a new season does it too.</p></div>",
            counted(self.shares.tests, "test"),
            self.shares.false_alarms
        )
    }

    fn cells(&self) -> String {
        if self.shares.cells.is_empty() {
            return self.nothing();
        }
        let greatest = self.shares.cells.iter().map(|cell| cell.high);
        let end = axis(greatest.fold(0.0, f64::max));
        let rows: String = self
            .shares
            .cells
            .iter()
            .map(|cell| self.row(cell, end))
            .collect();
        format!(
            // Roles, because a phone's layout would take the table's meaning from some readers.
            "<table class=\"cells\" role=\"table\"><caption>Share of the visitors, with \
             95\u{a0}% intervals; bars from 0 to {2}\u{a0}%</caption><thead role=\"rowgroup\">\
             <tr role=\"row\"><th role=\"columnheader\" scope=\"col\">Cell</th>\
             <th role=\"columnheader\" scope=\"col\" class=\"plot\"><span class=\"axis\"><i>0</i>\
             <i>{1}</i><i>{2}\u{a0}%</i></span></th><th role=\"columnheader\" scope=\"col\">Share\
             </th><th role=\"columnheader\" scope=\"col\">Of these reporters</th></tr></thead>\
             <tbody role=\"rowgroup\">{rows}</tbody></table>{0}",
            self.left_out(),
            percent(end / 2.0),
            percent(end)
        )
    }

    fn row(&self, cell: &Estimate, end: f64) -> String {
        let alone = cell.holds.len() == 1 && cell.holds.first() == Some(&cell.name);
        let holds: Vec<String> = cell.holds.iter().map(|segment| escape(segment)).collect();
        let holds = if alone {
            String::new()
        } else {
            format!("<span class=\"holds\">{}</span>", holds.join(", "))
        };
        let name = match (&*cell.name, alone) {
            (ANY, true) if self.outcome.is_some() => "any (shown none)",
            (ANY, false) => "any (the rest)",
            (name, _) => name,
        };
        let reports = self.shares.reports as f64;
        let number = |share: f64| whole((share.clamp(0.0, 1.0) * reports).round() as u64);
        format!(
            "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">{}{holds}</th>\
             <td role=\"cell\" class=\"plot\">{}</td><td role=\"cell\"><b>{}\u{a0}%</b>\
             <span class=\"range\">{}</span></td><td role=\"cell\"><b>{}</b>\
             <span class=\"range\">{} to {}</span></td></tr>",
            escape(name),
            bar(of(cell), end),
            percent(cell.display),
            interval(cell.low, cell.high),
            whole(cell.count),
            number(cell.low),
            number(cell.high)
        )
    }

    fn nothing(&self) -> String {
        let (reports, crowd) = (self.shares.reports, self.crowd);
        if self.question.shown().is_empty() {
            return "<p class=\"quiet\">This version of the book withholds all answers: nobody \
                    is asked until a crowd table says that there are enough visitors.</p>"
                .to_owned();
        }
        if self.channel.is_none() {
            return "<p class=\"quiet\">With so small an epsilon answers say nothing about the \
                    visitors, so nothing can be estimated.</p>"
                .to_owned();
        }
        format!(
            "<div class=\"quiet\"><p>Nothing is shown below {crowd} reporters. There are {}.</p>\
             <progress max=\"{crowd}\" value=\"{reports}\" aria-label=\"Reports until anything \
             is shown\">{reports} of {crowd}</progress></div>",
            counted(reports, "report")
        )
    }

    fn left_out(&self) -> String {
        let crowd = self.crowd;
        let merged = match self.shares.merged as u64 {
            0 => format!("Each name has {crowd} reporters or more, with 95\u{a0}% certainty."),
            merged => format!(
                "{} not surely {crowd} reporters, or must stand beside one that has not: shown \
                 only together with others, so that no subtraction brings back what is too small.",
                if merged == 1 {
                    "1 name has".to_owned()
                } else {
                    format!("{} names have", whole(merged))
                }
            ),
        };
        let coarse = self.question.shown().len() < self.question.answers.len();
        let book = if coarse {
            " Some answers left the browser by a common name already, by the crowd table in this \
             version of the book."
        } else {
            ""
        };
        format!("<p class=\"note\">{merged}{book}</p>")
    }

    fn per_week(&self) -> String {
        let (Some(first), Some(last)) = (self.shares.weeks.first(), self.shares.weeks.last())
        else {
            return String::new();
        };
        let numbers: Vec<u64> = self.shares.weeks.iter().map(|week| week.reports).collect();
        let most = numbers.iter().max().copied().unwrap_or(0);
        let rows = self.shares.weeks.iter().map(|week| {
            let reports = whole(week.reports);
            format!(
                "<tr><th scope=\"row\">{}</th><td>{reports}</td></tr>",
                week.week
            )
        });
        format!(
            "<figure><figcaption>Reports per week <small>exact counts, {} at most</small>\
             </figcaption>{}<p class=\"axis\"><i>{}</i><i>{}</i></p><details><summary>As a table\
             </summary><table class=\"plain\"><thead><tr><th scope=\"col\">Week</th>\
             <th scope=\"col\">Reports</th></tr></thead><tbody>{}</tbody></table></details>\
             </figure>",
            whole(most),
            columns(&numbers),
            first.week,
            if first == last { "" } else { &last.week },
            rows.collect::<String>()
        )
    }

    /// For one answer that nobody else gives: the case that false reports change most.
    fn poisoning(&self) -> String {
        let Some(channel) = self.channel.filter(|_| !self.shares.cells.is_empty()) else {
            return String::new();
        };
        let rows = [0.01, 0.05, 0.1].map(|part| {
            let false_reports = (part * self.shares.reports as f64).round() as u64;
            format!(
                "<tr><th scope=\"row\">{:.0}\u{a0}% <span class=\"range\">{}</span></th>\
                 <td>+{}</td><td>\u{2212}{}</td></tr>",
                100.0 * part,
                counted(false_reports, "report"),
                percent(channel.gain(0.0, 1, part)),
                percent(channel.loss(1.0, 1, part))
            )
        });
        format!(
            "<figure><figcaption>What false reports could do <small>percentage points, at most\
             </small></figcaption><table class=\"plain\"><thead><tr><th scope=\"col\">Of all \
             reports false</th><th scope=\"col\">Raise one answer</th><th scope=\"col\">Lower one\
             </th></tr></thead><tbody>{}</tbody></table><p class=\"note\">Intervals are about \
             chance and do not cover this: anybody can send reports.</p></figure>",
            rows.concat()
        )
    }

    fn over_time(&self) -> String {
        let periods = &self.shares.periods;
        let (Some(first), Some(last)) = (periods.first(), periods.last()) else {
            return String::new();
        };
        let highs = periods
            .iter()
            .flat_map(|part| &part.cells)
            .map(|cell| cell.high);
        let end = axis(highs.fold(0.0, f64::max));
        let mut cards = String::new();
        for at in 0..first.cells.len() {
            let cells = || {
                periods
                    .iter()
                    .filter_map(move |part| Some((part, part.cells.get(at)?)))
            };
            let Some((_, head)) = cells().next() else {
                continue;
            };
            let bars: Vec<(Bar, bool)> = cells()
                .map(|(part, cell)| (of(cell), self.is_flagged(&cell.name, &part.from)))
                .collect();
            let rows = cells().map(|(part, cell)| {
                format!(
                    "<tr><th scope=\"row\">{}</th><td>{}\u{a0}% <span class=\"range\">{}</span>\
                     </td><td>{}</td></tr>",
                    weeks(&part.from, &part.to),
                    percent(cell.share),
                    interval(cell.low, cell.high),
                    whole(part.reports)
                )
            });
            cards.push_str(&format!(
                "<figure class=\"card\"><figcaption>{}</figcaption><div class=\"framed\">\
                 <p class=\"axis up\"><i>{}\u{a0}%</i><i>0</i></p>{}</div><p class=\"axis\">\
                 <i>{}</i><i>{}</i></p><details><summary>As a table</summary>\
                 <table class=\"plain\"><thead><tr><th scope=\"col\">Weeks</th><th scope=\"col\">\
                 Share</th><th scope=\"col\">Reports</th></tr></thead><tbody>{}</tbody></table>\
                 </details></figure>",
                escape(&head.name),
                percent(end),
                course(&bars, end),
                first.from,
                last.to,
                rows.collect::<String>()
            ));
        }
        format!(
            "<h3>Over time</h3><p class=\"note\">Weeks are joined until every cell is a crowd in \
             each; cells that are too small for that are joined as well.</p>\
             <div class=\"cards\">{cards}</div>"
        )
    }

    fn is_flagged(&self, cell: &str, from: &str) -> bool {
        let mut flags = self.shares.flags.iter();
        flags.any(|flag| flag.kind == Kind::Jump && flag.cell == cell && flag.from == from)
    }
}

fn of(cell: &Estimate) -> Bar {
    Bar {
        share: cell.share,
        low: cell.low,
        high: cell.high,
    }
}

fn flag(flag: &Flag) -> String {
    let (cell, weeks) = (escape(&flag.cell), weeks(&flag.from, &flag.to));
    let off = format!("{:.1} standard deviations", flag.z.abs());
    match flag.kind {
        Kind::Jump => {
            let way = if flag.z > 0.0 { "more" } else { "less" };
            format!(
                "<li><b>{cell}</b> was named {way} often in {weeks} than in the weeks before: \
                 {off} off.</li>"
            )
        }
        Kind::BelowNoise => format!(
            "<li>An answer in <b>{cell}</b> was named more rarely than noise alone would name it, \
             were it true for nobody: {off} below. Some reporters do not draw their answers as \
             the gate does.</li>"
        ),
    }
}
