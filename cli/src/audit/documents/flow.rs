//! The flow of data as a picture (SVG), drawn from the book: what is read, remembered, derived,
//! shown, and what can leave.

use super::Material;
use super::page::escaped;
use crate::audit::analysis::words::times;

const WIDTH: f64 = 1120.0;
const TOP: f64 = 64.0;
const ROW: f64 = 24.0;
/// More signals than this are drawn by kind.
const MOST: usize = 48;
/// The line between the visitor's browser and everybody else.
const BORDER: f64 = 884.0;

/// A box with a name.
struct Node {
    x: f64,
    y: f64,
    width: f64,
    name: String,
    class: &'static str,
}

impl Node {
    const fn right(&self) -> (f64, f64) {
        (self.x + self.width, self.y)
    }

    const fn left(&self) -> (f64, f64) {
        (self.x, self.y)
    }
}

/// What is drawn as one signal: a signal, or all of one kind.
struct Drawn {
    name: String,
    sources: Vec<&'static str>,
    read_by: Vec<String>,
}

/// The picture.
pub fn of(material: &Material) -> String {
    let meaning = material.meaning;
    let signals = drawn(material);
    let rows = signals.len().max(meaning.dimensions.len()).max(10);
    let height = TOP + rows as f64 * ROW + 26.0;
    let sources = column(
        24.0,
        122.0,
        "source",
        height,
        meaning.inventory.sources.iter().map(|s| s.name.to_owned()),
    );
    let cells = column(
        214.0,
        178.0,
        "signal",
        height,
        signals.iter().map(|s| s.name.clone()),
    );
    let dimensions = column(
        468.0,
        156.0,
        "dimension",
        height,
        meaning.dimensions.iter().map(|d| d.name.clone()),
    );
    let page = Node {
        x: 742.0,
        y: TOP + 22.0,
        width: 104.0,
        name: "the page".into(),
        class: "page",
    };
    let gate = Node {
        x: BORDER - 62.0,
        y: TOP + (height - TOP) * 0.7,
        width: 124.0,
        name: "gate".into(),
        class: "gate",
    };

    let mut edges = String::new();
    for (signal, cell) in signals.iter().zip(&cells) {
        for source in sources
            .iter()
            .filter(|s| signal.sources.contains(&s.name.as_str()))
        {
            edge(source.right(), cell.left(), "", &mut edges);
        }
        for (dimension, node) in meaning.dimensions.iter().zip(&dimensions) {
            if signal.read_by.contains(&dimension.name) {
                let leaves = dimension.asked || dimension.hinted;
                let class = if leaves { " asked" } else { "" };
                edge(cell.right(), node.left(), class, &mut edges);
            }
        }
    }
    for (dimension, node) in meaning.dimensions.iter().zip(&dimensions) {
        edge(node.right(), page.left(), "", &mut edges);
        if dimension.asked || dimension.hinted {
            edge(node.right(), gate.left(), " asked", &mut edges);
        }
    }
    let mut boxes = String::new();
    for node in sources
        .iter()
        .chain(&cells)
        .chain(&dimensions)
        .chain([&page])
    {
        draw(node, 18.0, &mut boxes);
    }
    let leaving = leaving(material, &gate);
    let heads: String = [
        (24.0, "read"),
        (214.0, "remembered"),
        (468.0, "derived"),
        (742.0, "shown"),
        (BORDER + 86.0, "leaves"),
    ]
    .iter()
    .map(|(x, name)| format!("<text class=\"head\" x=\"{x}\" y=\"52\">{name}</text>\n"))
    .collect();
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"flow-title flow-more\">\n\
         <title id=\"flow-title\">The flow of data</title>\n<desc id=\"flow-more\">{}</desc>\n\
         <rect class=\"browser\" x=\"8\" y=\"12\" width=\"{}\" height=\"{}\" rx=\"14\"/>\n\
         <text class=\"where\" x=\"24\" y=\"30\">the visitor's browser</text>\n\
         {heads}{edges}{boxes}{leaving}</svg>\n",
        escaped(&description(material)),
        BORDER - 8.0,
        height - 20.0,
    )
}

/// The picture in words, for those who cannot see it.
fn description(material: &Material) -> String {
    let meaning = material.meaning;
    let asked: Vec<&str> = meaning.questions.iter().map(|q| q.name.as_str()).collect();
    format!(
        "Inside the visitor's browser, {} sources are read into {} signals, from which {} families \
         of segments are derived, which decide what the page shows. {}",
        meaning.inventory.sources.len(),
        meaning.inventory.signals.len(),
        meaning.dimensions.len(),
        if asked.is_empty() && meaning.hints.is_some() {
            "Through the gate the page gets hints, which it may pass on.".to_owned()
        } else if asked.is_empty() {
            "Nothing leaves the browser.".to_owned()
        } else {
            format!(
                "Through the gate leaves one report in a lifetime, about one of: {}.",
                asked.join(", ")
            )
        }
    )
}

/// The gate on the border, and what goes through it.
fn leaving(material: &Material, gate: &Node) -> String {
    let (x, y) = (gate.x + gate.width / 2.0, gate.y);
    let meaning = material.meaning;
    let mut out = format!(
        "<rect class=\"gate\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"58\" rx=\"10\"/>\n\
         <text class=\"strong\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">the gate</text>\n",
        gate.x,
        y - 29.0,
        gate.width,
        y - 4.0
    );
    let mut say = |x: f64, y: f64, anchor: &str, text: &str| {
        out.push_str(&format!(
            "<text class=\"small\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>\n",
            escaped(text)
        ));
    };
    let end = BORDER + 86.0;
    let Some(bound) = &meaning.bound else {
        say(x, y + 14.0, "middle", "shut: asks nothing");
        say(end, y + 4.0, "start", "nothing");
        return out;
    };
    let much = format!("≤ {} × a guess", times(bound.lifetime_times));
    say(x, y + 14.0, "middle", &much);
    if let Some(outgoing) = &meaning.outgoing {
        say(end, y - 40.0, "start", "one report, once:");
        say(
            end,
            y - 25.0,
            "start",
            &format!("≤ {} bytes", outgoing.most_bytes),
        );
        say(end, y + 44.0, "start", "counts of groups");
    }
    if let Some(hints) = &meaning.hints {
        say(end, y - 128.0, "start", "hints, without noise:");
        say(
            end,
            y - 112.0,
            "start",
            &format!("{:.2} bits each", hints.bits),
        );
    }
    let from = gate.x + gate.width;
    if meaning.hints.is_some() {
        target(end, y - 84.0, "who is told", &mut out);
        let (x1, x2, y1, y2) = (from - 14.0, end - 8.0, y - 29.0, y - 84.0);
        out.push_str(&format!(
            "<path class=\"out\" d=\"M{x1} {y1}C{x1} {y2} {x1} {y2} {x2} {y2}\"/>\n"
        ));
    }
    if meaning.outgoing.is_some() {
        target(end, y, "the collector", &mut out);
        out.push_str(&format!(
            "<path class=\"out\" d=\"M{from} {y}H{}\"/>\n",
            end - 8.0
        ));
    }
    out
}

/// Somebody outside, with the tip of the arrow to them.
fn target(x: f64, y: f64, name: &str, out: &mut String) {
    out.push_str(&format!(
        "<path class=\"tip\" d=\"M{} {y}l-9 -5v10z\"/>\n\
         <rect class=\"collector\" x=\"{x}\" y=\"{}\" width=\"144\" height=\"32\" rx=\"8\"/>\n\
         <text class=\"strong\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{name}</text>\n",
        x - 1.0,
        y - 16.0,
        x + 72.0,
        y + 5.0,
    ));
}

fn drawn(material: &Material) -> Vec<Drawn> {
    let signals = &material.meaning.inventory.signals;
    let one = |signal: &crate::audit::analysis::Signal| Drawn {
        name: signal.name.clone(),
        sources: signal.sources.clone(),
        read_by: signal.read_by.clone(),
    };
    if signals.len() <= MOST {
        return signals.iter().map(one).collect();
    }
    let mut kinds: Vec<(&str, usize, Drawn)> = Vec::new();
    for signal in signals {
        match kinds.iter_mut().find(|(kind, ..)| *kind == signal.kind) {
            Some((_, n, drawn)) => {
                *n += 1;
                drawn.sources.extend(&signal.sources);
                drawn.read_by.extend(signal.read_by.clone());
            }
            None => kinds.push((signal.kind, 1, one(signal))),
        }
    }
    let named = |(kind, n, drawn): (&str, usize, Drawn)| Drawn {
        name: format!("{n} × {kind}"),
        ..drawn
    };
    kinds.into_iter().map(named).collect()
}

/// Boxes one under the other, spread over the height.
fn column(
    x: f64,
    width: f64,
    class: &'static str,
    height: f64,
    names: impl ExactSizeIterator<Item = String>,
) -> Vec<Node> {
    let step = (height - TOP - 16.0) / names.len().max(1) as f64;
    names
        .enumerate()
        .map(|(i, name)| Node {
            x,
            y: TOP + step * (i as f64 + 0.5),
            width,
            name,
            class,
        })
        .collect()
}

fn edge((x1, y1): (f64, f64), (x2, y2): (f64, f64), class: &str, out: &mut String) {
    let middle = f64::midpoint(x1, x2);
    out.push_str(&format!(
        "<path class=\"edge{class}\" d=\"M{x1:.0} {y1:.1}C{middle:.0} {y1:.1} {middle:.0} {y2:.1} {x2:.0} {y2:.1}\"/>\n"
    ));
}

fn draw(node: &Node, height: f64, out: &mut String) {
    let most = (node.width / 7.0) as usize;
    let mut name: String = node.name.chars().take(most).collect();
    if node.name.chars().count() > most {
        name.pop();
        name.push('…');
    }
    out.push_str(&format!(
        "<g class=\"{}\"><title>{}</title><rect x=\"{}\" y=\"{:.1}\" width=\"{}\" height=\"{height}\" rx=\"5\"/>\
         <text x=\"{}\" y=\"{:.1}\">{}</text></g>\n",
        node.class,
        escaped(&node.name),
        node.x,
        node.y - height / 2.0,
        node.width,
        node.x + 8.0,
        node.y + 4.0,
        escaped(&name),
    ));
}
