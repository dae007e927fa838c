//! `--inputs`: what passed the door, by name, one input a line, so that anybody can replay it.

use std::io::{BufWriter, Write};

use fewbits::book::{Book, Context, Domain, EVENT_DWELL, EVENT_SCROLL, Kind, RESERVED_TAG};
use serde_json::Value;

use super::batch::{Batch, Item, What};

/// Writes the inputs of a batch in the order of the lines. `number` is a visitor's number.
pub fn write(
    out: &mut BufWriter<impl Write>,
    book: &Book,
    batch: &Batch,
    number: impl Fn(usize, &Item) -> u32,
) -> std::io::Result<()> {
    let shards = batch.shards.iter().enumerate();
    let mut items: Vec<(usize, &Item)> = shards
        .flat_map(|(shard, items)| items.iter().map(move |item| (shard, item)))
        .collect();
    items.sort_by_key(|(_, item)| item.record);
    for (shard, item) in items {
        write!(
            out,
            "{{\"visitor\":\"{}\",\"at\":{},",
            number(shard, item),
            item.at
        )?;
        match item.what {
            What::Event {
                name,
                first_tag,
                tags,
                value,
            } => {
                let amount = value.unwrap_or(0) as f64 / 100.0;
                match name {
                    EVENT_DWELL => write!(out, "\"dwell\":{amount}")?,
                    EVENT_SCROLL => write!(out, "\"scroll\":{amount}")?,
                    _ => {
                        let name = book
                            .events
                            .get(usize::from(name))
                            .map_or("", |e| book.str(*e));
                        write!(out, "\"event\":{}", Value::from(name))?;
                        write_tags(out, book, batch.tags(first_tag, tags))?;
                        if value.is_some() {
                            write!(out, ",\"value\":{amount}")?;
                        }
                    }
                }
            }
            What::Fact {
                signal,
                derived,
                value,
            } => {
                let Some(signal) = book.signals.get(usize::from(signal)) else {
                    continue;
                };
                write!(out, "\"signal\":{}", Value::from(book.str(signal.name)))?;
                write_fact(out, book, &signal.kind, derived, value)?;
            }
        }
        out.write_all(b"}\n")?;
    }
    Ok(())
}

fn write_tags(out: &mut impl Write, book: &Book, tags: &[(u16, u16)]) -> std::io::Result<()> {
    for (i, (key, value)) in tags.iter().enumerate() {
        let Some(key) = book.tags.get(usize::from(*key)) else {
            continue;
        };
        let value = key
            .values
            .get(usize::from(*value))
            .map_or(RESERVED_TAG, |v| book.str(*v));
        let lead = if i == 0 { ",\"tags\":[" } else { "," };
        write!(
            out,
            "{lead}[{},{}]",
            Value::from(book.str(key.name)),
            Value::from(value)
        )?;
    }
    if tags.is_empty() {
        Ok(())
    } else {
        out.write_all(b"]")
    }
}

/// An item by name; a number; or the rule of the clock from which the item follows.
fn write_fact(
    out: &mut impl Write,
    book: &Book,
    kind: &Kind,
    derived: bool,
    value: f64,
) -> std::io::Result<()> {
    let place = value as usize;
    let item = match kind {
        _ if value.is_nan() => return out.write_all(b",\"value\":null"),
        Kind::Context {
            of: Context::Season,
        } if derived => {
            return write!(out, ",\"southern\":{}", value > 0.0);
        }
        _ if derived => return write!(out, ",\"utcOffset\":{value}"),
        Kind::Context { of } => of.items().get(place).copied(),
        Kind::Declared {
            domain: Domain::Items(items),
        } => items.get(place).map(|i| book.str(*i)),
        Kind::Declared {
            domain: Domain::Boolean,
        } => {
            return write!(out, ",\"value\":{}", value > 0.0);
        }
        _ => return write!(out, ",\"value\":{value}"),
    };
    write!(out, ",\"item\":{}", Value::from(item.unwrap_or_default()))
}
