//! Lints of what may leave.

use fewbits::book::Reporting;
use fewbits::book::author::Place;

use crate::audit::analysis::bound::{self, Bound};
use crate::audit::analysis::words::{duration, list, number, percent, times};
use crate::audit::analysis::{Finding, Hints, Question, Severity, Subject};

/// Lifetime bits that need no reason: ten times better than a guess.
const PLAIN_BITS: f64 = 3.32;
/// Twice as many: a hundred times.
const MOST_BITS: f64 = 6.64;
/// Above this share of true answers hardly any can be denied.
const UNDENIABLE: f64 = 0.99;
/// Fewer than this many are no crowd.
const HANDFUL: f64 = 10.0;
/// A chance to name the right visitor that is worth a word.
const NAMED: f64 = 0.05;
const MOST_QUESTIONS: usize = 8;
/// So many answers want a group.
const MANY_ANSWERS: usize = 6;
const DAY: u32 = 86_400;

/// What may leave, and what is known about it.
pub struct Report<'a> {
    pub reporting: &'a Reporting,
    pub bound: &'a Bound,
    pub questions: &'a [Question],
    pub hints: Option<&'a Hints>,
    pub subject: &'a Subject<'a>,
}

impl Report<'_> {
    pub fn lint(&self, found: &mut Vec<Finding>) {
        self.bits(found);
        self.crowds(found);
        self.hints(found);
        let n = self.questions.len();
        if n > MOST_QUESTIONS {
            let message = format!("{n} questions: each is answered by one visitor in {n} or fewer");
            let help = "ask what will be acted on, and keep the rest for later versions";
            let at = self.key("questions");
            found.push(Finding::new(
                Severity::Note,
                "many-questions",
                at,
                message,
                help,
            ));
        }
        for question in self.questions {
            self.question(question, found);
        }
    }

    fn key(&self, key: &str) -> Option<Place> {
        let places = self.subject.places;
        places
            .key(&["report", key])
            .or_else(|| places.key(&["report"]))
    }

    fn bits(&self, found: &mut Vec<Finding>) {
        let bits = bound::cap(self.reporting);
        if bits > PLAIN_BITS {
            let (n, hundred) = (times(bits.exp2()), bits > MOST_BITS);
            let message = format!(
                "whoever receives everything can name a visitor {n} times better than by a guess"
            );
            let help = format!(
                "write `\"lifetime_bits\": {PLAIN_BITS}` (ten times), and ask less: fewer \
                 answers, or a smaller `epsilon`"
            );
            let severity = if hundred {
                Severity::Error
            } else {
                Severity::Warning
            };
            let at = self.key("lifetime_bits");
            found.push(Finding::new(severity, "too-many-bits", at, message, help));
        }
        let costliest = self.bound.bits;
        if bits > PLAIN_BITS && bits > costliest + 0.5 {
            let message =
                format!("the cap is {bits} bits, but this version takes at most {costliest:.2}");
            let enough = ((costliest.max(PLAIN_BITS)) * 100.0).ceil() / 100.0;
            let help =
                format!("write `\"lifetime_bits\": {enough}`: the rest serves later versions only");
            let at = self.key("lifetime_bits");
            found.push(Finding::new(
                Severity::Warning,
                "unneeded-budget",
                at,
                message,
                help,
            ));
        }
    }

    fn crowds(&self, found: &mut Vec<Finding>) {
        let places = self.subject.places;
        let table = self.subject.table.is_some();
        let bootstrap = !table && places.flag(&["report", "bootstrap"]);
        let floor = self.reporting.crowd;
        if f64::from(floor) < HANDFUL {
            let message = format!("an answer may name a crowd of {floor}");
            let help = "write a `crowd` of 50, at least of 10";
            found.push(Finding::new(
                Severity::Warning,
                "lone-visitor",
                self.key("crowd"),
                message,
                help,
            ));
        }
        if bootstrap {
            let version = places.number(&["version"]).unwrap_or(1.0);
            let (severity, message) = if version > 1.0 {
                let message = format!("version {} is still without a crowd table", number(version));
                (Severity::Warning, message)
            } else {
                let message = "in the first version answers are shown as they are".to_owned();
                (Severity::Note, message)
            };
            let help = "compile the next version with `--crowd` and the collector's table";
            let at = self.key("bootstrap");
            found.push(Finding::new(
                severity,
                "bootstrap-left-on",
                at,
                message,
                help,
            ));
        } else if !table && places.key(&["report", "crowds"]).is_none() {
            let message = "no crowd is known, so every answer is withheld";
            let help = "take the collector's table (`--crowd FILE`), or write `\"bootstrap\": true` in the first version";
            let at = self.key("report");
            found.push(Finding::new(
                Severity::Warning,
                "no-crowd-table",
                at,
                message,
                help,
            ));
        }
    }

    fn hints(&self, found: &mut Vec<Finding>) {
        let Some(hints) = self.hints else { return };
        let names: Vec<&str> = hints.dimensions.iter().map(|d| d.name.as_str()).collect();
        let message = format!(
            "a hint tells {} without noise: {:.2} bits, and again every {}",
            list(&names),
            hints.bits,
            duration(hints.window)
        );
        let help = "see who is told, and beside which identifier: the page passes it on";
        let at = self.subject.places.key(&["hints"]);
        let warning = Finding::new(Severity::Warning, "hints-on", at, message, help);
        found.push(warning);
    }

    fn question(&self, question: &Question, found: &mut Vec<Finding>) {
        let places = self.subject.places;
        let name = question.name.as_str();
        let at = || places.key(&["report", "questions", name]);
        let answer = self.bound.questions.iter().find(|q| q.question == name);
        if let Some(answer) = answer.filter(|answer| answer.truth >= UNDENIABLE) {
            let message = format!(
                "{} of the answers about `{name}` are true: they can hardly be denied",
                percent(answer.truth)
            );
            let help = "write a smaller `epsilon`: 4 is the default";
            found.push(Finding::new(
                Severity::Warning,
                "noiseless",
                at(),
                message,
                help,
            ));
        }
        if question.after < DAY {
            let message = format!(
                "`{name}` is answered {} to {} after consent: the request's hour is near the click",
                duration(question.after),
                duration(question.after.saturating_add(question.jitter))
            );
            let help = "write an `after` of a day or more, as the default is";
            found.push(Finding::new(
                Severity::Warning,
                "fine-time",
                at(),
                message,
                help,
            ));
        }
        let answers = question.answers.len();
        if answers >= MANY_ANSWERS && question.answers.iter().all(|a| a.under.len() < 2) {
            let message = format!("`{name}` has {answers} answers and no group above them");
            let help = "give related segments a group: `groups`, and `under` in a segment";
            found.push(Finding::new(
                Severity::Note,
                "no-ladder",
                at(),
                message,
                help,
            ));
        }
        self.sizes(question, found);
    }

    /// What is known to be small.
    fn sizes(&self, question: &Question, found: &mut Vec<Finding>) {
        let name = question.name.as_str();
        let named = question
            .known
            .filter(|n| *n > 0.0)
            .map(|n| (n, self.bound.lifetime_times / n));
        if let Some((n, chance)) = named.filter(|(_, chance)| *chance >= NAMED) {
            let message = format!(
                "among the {} who answer `{name}` the right one is named with a chance of up to {}",
                number(n),
                percent(chance.min(1.0))
            );
            let help = "ask fewer questions, or ask when there are more visitors";
            let severity = if chance >= 0.5 {
                Severity::Error
            } else {
                Severity::Warning
            };
            let at = self.subject.places.key(&["report", "questions", name]);
            found.push(Finding::new(severity, "lone-visitor", at, message, help));
        }
        let floor = f64::from(self.reporting.crowd);
        for answer in &question.answers {
            let Some(crowd) = answer.crowd.filter(|crowd| *crowd < floor) else {
                continue;
            };
            let segment = &answer.segment;
            let joined: Vec<&str> = question
                .cells
                .iter()
                .find(|cell| answer.shown.as_ref() == Some(&cell.name))
                .into_iter()
                .flat_map(|cell| &cell.holds)
                .filter(|held| *held != segment)
                .map(|held| match held.as_str() {
                    "any" => "everybody else",
                    held => held,
                })
                .collect();
            let shown = match &answer.shown {
                None => "it is withheld".to_owned(),
                Some(shown) if joined.is_empty() => format!("it is shown as `{shown}`"),
                Some(shown) => format!("it is shown as `{shown}`, together with {}", list(&joined)),
            };
            let lone = crowd < HANDFUL;
            let message = format!(
                "`{name}/{segment}` has {} visitors, below the floor of {}: {shown}",
                number(crowd),
                number(floor)
            );
            let help = "merge it with a neighbour, or widen its condition";
            let at = self.subject.places.segment(name, segment);
            let lint = if lone { "lone-visitor" } else { "thin-segment" };
            found.push(Finding::new(Severity::Warning, lint, at, message, help));
        }
    }
}
