//! The audit for the terminal.

use fewbits::book::author::frame;

use super::analysis::words::{at_most, duration, list, percent, times};
use super::analysis::{
    Audit, Bound, Finding, Hints, Inventory, Model, Outgoing, Question, Ranking, Severity, Slot,
};
use crate::terminal::{Style, counted, grouped};

/// What is shown, and how.
pub struct Page<'a> {
    pub audit: &'a Audit,
    pub source: &'a str,
    pub file: &'a str,
    pub style: Style,
}

impl Page<'_> {
    /// Everything.
    pub fn whole(&self) -> String {
        let (audit, style) = (self.audit, self.style);
        let mut out = String::new();
        if let Some(meaning) = &audit.meaning {
            let name = format!("{} version {}", audit.book, audit.version);
            out.push_str(&format!(
                "{}  {}\n",
                style.bold(&name),
                style.dim(self.file)
            ));
            out.push_str(&style.dim(&format!("source SHA-256 {}\n", audit.source)));
            self.inventory(&meaning.inventory, &mut out);
            self.models(&meaning.models, &mut out);
            self.decided(&meaning.slots, &meaning.rankings, &mut out);
            self.outgoing(meaning.outgoing.as_ref(), &mut out);
            if let Some(bound) = &meaning.bound {
                self.bound(bound, &mut out);
            }
            for question in &meaning.questions {
                self.question(question, &mut out);
            }
            if let Some(hints) = &meaning.hints {
                self.hints(hints, &mut out);
            }
            out.push('\n');
        }
        out.push_str(&self.findings());
        out
    }

    fn title(&self, title: &str, more: &str, out: &mut String) {
        out.push_str(&format!("\n{}  {more}\n", self.style.bold(title)));
    }

    fn inventory(&self, inventory: &Inventory, out: &mut String) {
        let more = format!(
            "{}, at most {} bytes, in the browser only",
            counted(inventory.signals.len() as u64, "signal"),
            grouped(inventory.bytes as u64)
        );
        self.title("What is observed", &more, out);
        let width = |text: &dyn Fn(usize) -> usize| {
            (0..inventory.signals.len())
                .map(text)
                .max()
                .unwrap_or(0)
                .min(48)
        };
        let at = |i: usize| inventory.signals.get(i);
        let name = width(&|i| at(i).map_or(0, |s| s.name.chars().count()));
        let what = width(&|i| at(i).map_or(0, |s| s.what.chars().count()));
        for signal in &inventory.signals {
            out.push_str(&format!(
                "  {:name$}  {:what$}  {}\n",
                signal.name,
                cut(&signal.what, what),
                self.style.dim(&format!(
                    "{} · {} · {} bytes · for {}",
                    cut(&signal.values, 40),
                    cut(signal.kept.split(';').next().unwrap_or(""), 40),
                    grouped(signal.bytes as u64),
                    if signal.read_by.is_empty() {
                        "nothing".to_owned()
                    } else {
                        list(&signal.read_by)
                    }
                )),
            ));
        }
    }

    fn models(&self, models: &[Model], out: &mut String) {
        for model in models {
            let more = format!(
                "trained, gives {}; the shares are by {}",
                model.gives, model.by
            );
            self.title(&format!("Model {}", model.name), &more, out);
            for weighed in &model.signals {
                let items = if weighed.items.is_empty() {
                    String::new()
                } else {
                    format!(" is {}", weighed.items.join(", "))
                };
                let share = percent(weighed.share);
                out.push_str(&format!(
                    "  {share:>6}  {}{}\n",
                    weighed.signal,
                    self.style.dim(&cut(&items, 60))
                ));
            }
        }
    }

    fn decided(&self, slots: &[Slot], rankings: &[Ranking], out: &mut String) {
        for slot in slots {
            let kept = if slot.changes {
                "may change at any time"
            } else {
                "stays for the visit"
            };
            let more = format!("decided on the page, {kept}; {}", slot.why);
            self.title(&format!("Slot {}", slot.name), &more, out);
            for rule in &slot.rules {
                let because = match rule.because.as_str() {
                    "" => String::new(),
                    because => format!(" · because {because}"),
                };
                out.push_str(&format!(
                    "  {}{}\n",
                    rule.how,
                    self.style.dim(&cut(&because, 90))
                ));
            }
            out.push_str(&format!("  otherwise {}\n", slot.otherwise));
        }
        for ranking in rankings {
            let more = format!("an order of items, made on the page; {}", ranking.why);
            self.title(&format!("Ranking {}", ranking.name), &more, out);
            if !ranking.signals.is_empty() {
                out.push_str(&format!("  by {}\n", ranking.signals.join(", ")));
            }
        }
    }

    fn outgoing(&self, outgoing: Option<&Outgoing>, out: &mut String) {
        let Some(outgoing) = outgoing else {
            let hints = self
                .audit
                .meaning
                .as_ref()
                .is_some_and(|m| m.hints.is_some());
            let more = if hints {
                "no report; the page may pass on hints"
            } else {
                "nothing: the book has no `report`"
            };
            self.title("What can leave", more, out);
            return;
        };
        let more = format!(
            "one report in a visitor's life, {} bytes at most, {} in all",
            outgoing.most_bytes,
            counted(outgoing.outcomes as u64, "different report")
        );
        self.title("What can leave", &more, out);
        out.push_str(&format!("  {}\n", outgoing.example));
        for field in &outgoing.fields {
            let values = match field.distinct {
                0 => "one for each week".to_owned(),
                1 => "always the same".to_owned(),
                n => format!("{n} values"),
            };
            let line = format!("  {:9} {}; {values}\n", field.name, field.means);
            out.push_str(&self.style.dim(&line));
        }
        out.push_str(&format!(
            "  when: {}\n  to:   {}\n",
            outgoing.when, outgoing.to
        ));
    }

    fn bound(&self, bound: &Bound, out: &mut String) {
        let lifetime = times(bound.lifetime_times);
        let more = format!(
            "everything that ever leaves: at most {lifetime} times better than a guess ({} bits)",
            bound.lifetime_bits
        );
        self.title("The bound", &more, out);
        out.push_str(&format!(
            "  this version takes at most {} ({:.2} bits)\n",
            times(bound.times),
            bound.bits
        ));
        out.push_str(&self.style.dim(
            "  chance to name the right visitor   by a guess   with this version   with everything ever\n",
        ));
        for among in &bound.among {
            out.push_str(&format!(
                "  among {:>7}                      {:>10}   {:>17}   {:>20}\n",
                grouped(among.visitors.into()),
                percent(among.guess),
                format!("≤ {}", at_most(among.version)),
                format!("≤ {}", at_most(among.lifetime)),
            ));
        }
    }

    fn question(&self, question: &Question, out: &mut String) {
        let bound = self.audit.meaning.as_ref().and_then(|m| m.bound.as_ref());
        let answer = bound.and_then(|b| b.questions.iter().find(|q| q.question == question.name));
        let more = answer.map_or_else(String::new, |answer| {
            format!(
                "drawn by {} of visitors, {} to {} after consent · {} answers, {} true · {:.2} bits, {} times",
                percent(question.chance),
                duration(question.after),
                duration(question.after.saturating_add(question.jitter)),
                answer.answers,
                percent(answer.truth),
                answer.bits,
                times(answer.times)
            )
        });
        self.title(&format!("Question {}", question.name), &more, out);
        let ladders: Vec<String> = question
            .answers
            .iter()
            .map(|answer| {
                let mut rungs = vec![answer.segment.as_str()];
                rungs.extend(answer.under.iter().map(String::as_str));
                rungs.join(" › ")
            })
            .collect();
        let width = ladders.iter().map(|l| l.chars().count()).max().unwrap_or(0);
        for (ladder, answer) in ladders.iter().zip(&question.answers) {
            let shown = match &answer.shown {
                None => self.style.warn("withheld"),
                Some(name) => format!("shown as {}", self.style.good(name)),
            };
            let crowd = answer.crowd.map_or_else(String::new, |crowd| {
                format!(", {} visitors", grouped(crowd as u64))
            });
            out.push_str(&format!(
                "  {ladder:width$}  {shown}{}\n",
                self.style.dim(&crowd)
            ));
        }
    }

    fn hints(&self, hints: &Hints, out: &mut String) {
        let more = format!(
            "without noise, the same for {} · {:.2} bits, {} times · {} for the page to pass on",
            duration(hints.window),
            hints.bits,
            times(hints.times),
            counted(hints.outcomes as u64, "different hint")
        );
        self.title("Hints", &more, out);
        out.push_str(&format!("  {}\n  why: {}\n", hints.example, hints.why));
        for dimension in &hints.dimensions {
            let names: Vec<&str> = dimension.cells.iter().map(|c| c.name.as_str()).collect();
            out.push_str(&format!(
                "  {}  shown as {}\n",
                dimension.name,
                list(&names)
            ));
        }
    }

    /// The findings with their places, and one line that sums them up.
    pub fn findings(&self) -> String {
        let mut out = String::new();
        for finding in &self.audit.findings {
            out.push_str(&self.finding(finding));
            out.push('\n');
        }
        let audit = self.audit;
        let counts: Vec<String> = [
            (audit.errors, "error"),
            (audit.warnings, "warning"),
            (audit.notes, "note"),
        ]
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, noun)| counted(*n as u64, noun))
        .collect();
        let sum = if counts.is_empty() {
            "nothing found".to_owned()
        } else {
            list(&counts)
        };
        out.push_str(&format!("{}: {sum}\n", self.file));
        out
    }

    fn finding(&self, finding: &Finding) -> String {
        let head = format!("{}[{}]", finding.severity.name(), finding.lint);
        let head = match finding.severity {
            Severity::Error => self.style.bad(&head),
            Severity::Warning => self.style.warn(&head),
            Severity::Note => self.style.bar(&head),
        };
        let margin = " ".repeat(finding.line.to_string().len());
        format!(
            "{head}: {}\n{}{margin} = help: {}\n",
            finding.message,
            frame(
                self.source,
                self.file,
                finding.line,
                finding.column,
                finding.length
            ),
            finding.help
        )
    }
}

/// At most so many characters.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}
