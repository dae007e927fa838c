//! The summary for people.

use std::fmt::Write;

use super::summary::{DimensionSizes, Size, Summary};
use crate::terminal::{Style, bar, counted, grouped};

/// Width of a bar.
const BAR: usize = 28;
/// Segments beyond this many of a dimension are summed up.
const SHOWN: usize = 30;

/// Everything a simulation says, in lines.
pub fn render(summary: &Summary, style: Style) -> String {
    let mut out = String::new();
    // Writing to a text cannot fail.
    _ = whole(&mut out, summary, style);
    out
}

fn whole(out: &mut String, summary: &Summary, style: Style) -> std::fmt::Result {
    let as_of = match summary.as_of_seconds {
        Some(_) => format!("as of {}", summary.as_of),
        None => "each as of the own last event".to_owned(),
    };
    writeln!(
        out,
        "{} version {} · {} · {} · {as_of}",
        style.bold(&summary.book),
        summary.version,
        counted(summary.visitors, "visitor"),
        counted(summary.events, "event"),
    )?;
    let rows = summary
        .dimensions
        .iter()
        .flat_map(|d| d.segments.iter().take(SHOWN).chain(&d.groups));
    let width = rows.map(|s| s.id.chars().count()).max().unwrap_or(0).max(8);
    for dimension in &summary.dimensions {
        sizes(out, dimension, width, style)?;
    }
    sets(out, summary, style)?;
    if let Some(stability) = &summary.stability {
        writeln!(
            out,
            "\n{}  {} in all; the set of {} never changed",
            style.bold("changes"),
            counted(stability.changes, "change"),
            counted(summary.visitors - stability.visitors_changed, "visitor"),
        )?;
    }
    lines(out, summary, style)?;
    writeln!(
        out,
        "\n{} in {:.2} s on {}: {} events a second",
        counted(summary.lines.read, "line"),
        summary.speed.seconds,
        counted(summary.speed.threads as u64, "thread"),
        grouped(summary.speed.events_per_second),
    )
}

fn sizes(
    out: &mut String,
    dimension: &DimensionSizes,
    width: usize,
    style: Style,
) -> std::fmt::Result {
    writeln!(
        out,
        "\n{}  {}",
        style.bold(&dimension.id),
        style.dim(&dimension.why)
    )?;
    for size in dimension.segments.iter().take(SHOWN) {
        row(out, size, width, style)?;
    }
    let rest = dimension.segments.get(SHOWN..).unwrap_or_default();
    if !rest.is_empty() {
        let visitors = rest.iter().map(|s| s.visitors).sum();
        let text = format!(
            "{} more segments, {} (--summary json has them all)",
            rest.len(),
            counted(visitors, "membership")
        );
        writeln!(out, "  {}", style.dim(&text))?;
    }
    if !dimension.groups.is_empty() {
        writeln!(out, "  {}", style.dim("groups"))?;
    }
    dimension
        .groups
        .iter()
        .try_for_each(|size| row(out, size, width, style))
}

fn row(out: &mut String, size: &Size, width: usize, style: Style) -> std::fmt::Result {
    let visitors = grouped(size.visitors);
    let share = format!("{:.1} %", size.share * 100.0);
    let blocks = style.bar(&bar(size.share, BAR));
    write!(
        out,
        "  {:width$}  {blocks} {visitors:>11} {share:>8}",
        size.id
    )?;
    match &size.under {
        Some(under) => writeln!(out, "  {}", style.dim(under)),
        None => writeln!(out),
    }
}

fn sets(out: &mut String, summary: &Summary, style: Style) -> std::fmt::Result {
    let sets = &summary.sets;
    let share = |n: u64| match summary.visitors {
        0 => "0.0 %".to_owned(),
        all => format!("{:.1} %", n as f64 * 100.0 / all as f64),
    };
    writeln!(
        out,
        "\n{}  {} of segments",
        style.bold("sets"),
        counted(sets.distinct, "distinct set")
    )?;
    let thin = format!(
        "{} held by fewer than {}: {}, {}",
        grouped(sets.thin),
        sets.k,
        counted(sets.visitors_in_thin, "visitor"),
        share(sets.visitors_in_thin),
    );
    let thin = if sets.thin == 0 {
        style.good(&thin)
    } else {
        style.warn(&thin)
    };
    writeln!(out, "  {thin}")?;
    writeln!(out, "  {} held by one visitor alone", grouped(sets.unique))?;
    for set in &sets.largest {
        let size = format!("{:>11} {:>8}", grouped(set.visitors), share(set.visitors));
        writeln!(out, "  {size}  {}", set.segments.join(" "))?;
    }
    Ok(())
}

fn lines(out: &mut String, summary: &Summary, style: Style) -> std::fmt::Result {
    let lines = &summary.lines;
    writeln!(
        out,
        "\n{}  {} read, {} used, {} ignored by the mapping, {} matched no rule, {} bad",
        style.bold("lines"),
        grouped(lines.read),
        grouped(lines.used),
        grouped(lines.ignored),
        grouped(lines.unmatched),
        grouped(lines.bad),
    )?;
    for (count, prefix) in summary
        .bad
        .iter()
        .map(|c| (c, "bad: "))
        .chain(summary.notes.iter().map(|c| (c, "")))
    {
        let example = if count.example.is_empty() {
            String::new()
        } else {
            format!(" (`{}`)", count.example.escape_debug())
        };
        let text = format!(
            "{:>11}  {prefix}{}{example}",
            grouped(count.count),
            count.what
        );
        writeln!(out, "{}", style.warn(&text))?;
    }
    for example in &summary.examples {
        let column = example.column.map_or(String::new(), |c| format!(":{c}"));
        writeln!(
            out,
            "  {}:{}{column}: {}",
            example.file, example.line, example.message
        )?;
        writeln!(out, "    = help: {}", example.help)?;
    }
    summary
        .warnings
        .iter()
        .try_for_each(|w| writeln!(out, "{}", style.warn(&format!("  warning: {w}"))))
}
