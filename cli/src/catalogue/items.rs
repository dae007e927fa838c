//! Lists of items: tables with a header line, or one JSON object a line. Read record by record.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::simulate::delimited::{Delimiter, LONGEST_QUOTE, split};

/// What the columns of a list mean.
pub struct Meaning {
    /// The column with the id.
    pub id: String,
    /// Columns with whole tags.
    pub tags: Vec<String>,
    /// Columns whose values become tags, and what stands before them.
    pub keys: Vec<(String, String)>,
    /// Columns of numbers, and their names in the catalogue.
    pub numbers: Vec<(String, String)>,
    /// What stands between two tags in a field.
    pub separator: String,
}

/// One item of a list.
#[derive(Default)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its numbers, in the order of the meaning.
    pub numbers: Vec<Option<f64>>,
}

/// A list that is being read.
pub struct List {
    from: BufReader<File>,
    record: Vec<u8>,
    /// The line at which the last record began, from 1.
    pub line: u64,
    next: u64,
    /// Bytes so far.
    pub bytes: u64,
    /// The columns of a table and its delimiter; `None`: JSON lines.
    table: Option<(Vec<String>, u8)>,
    /// Columns that mean nothing, and how many items have them.
    pub unused: BTreeMap<String, u64>,
}

impl List {
    /// Opens a list; what it is follows from the ending of its name.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|e| Failure::reading(path, &e))?;
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        let mut list = Self {
            from: BufReader::with_capacity(1 << 16, file),
            record: Vec::new(),
            line: 0,
            next: 1,
            bytes: 0,
            table: None,
            unused: BTreeMap::new(),
        };
        let delimiter = match ending.as_deref() {
            Some("jsonl" | "ndjson") => return Ok(list),
            Some("csv") => b',',
            Some("tsv") => b'\t',
            _ => {
                let what = format!("the ending of `{}` does not say what it is", path.display());
                return Err(Failure::new(what, "name it `.csv`, `.tsv` or `.jsonl`"));
            }
        };
        list.table = Some((Vec::new(), delimiter));
        if !list.advance(path)? {
            return Ok(list);
        }
        let mut fields = Vec::new();
        let text = list.text().map_err(|what| list.at(path, &what))?;
        let text = text.trim_start_matches('\u{feff}');
        if split(text, Delimiter::Byte(delimiter), &mut fields).is_err() {
            return Err(list.at(path, "the header line has a quote that is not closed"));
        }
        let names: Vec<String> = fields.into_iter().map(|f| f.trim().to_owned()).collect();
        if let Some((name, _)) = names
            .iter()
            .enumerate()
            .find_map(|(i, name)| Some((name, names.iter().take(i).position(|n| n == name)?)))
        {
            return Err(list.at(path, &format!("the column `{name}` is there twice")));
        }
        list.table = Some((names, delimiter));
        Ok(list)
    }

    /// The columns of a table.
    pub fn columns(&self) -> Option<&[String]> {
        self.table.as_ref().map(|(names, _)| names.as_slice())
    }

    /// A failure at the last record.
    pub fn at(&self, path: &Path, what: &str) -> Failure {
        let place = format!("{}:{}", path.display(), self.line);
        Failure::new(format_args!("{place}: {what}"), "correct this line")
    }

    /// Reads the next record that is not empty; false at the end.
    pub fn advance(&mut self, path: &Path) -> Result<bool> {
        loop {
            self.record.clear();
            self.line = self.next;
            loop {
                let read = self
                    .from
                    .read_until(b'\n', &mut self.record)
                    .map_err(|e| Failure::reading(path, &e))?;
                self.bytes += read as u64;
                self.next += u64::from(read > 0);
                // In a table, an odd number of quotes is a field that goes on in the next line.
                let open = self.table.is_some()
                    && memchr::memchr_iter(b'"', &self.record).count() % 2 == 1;
                if read == 0 || !open {
                    break;
                }
                if self.record.len() > LONGEST_QUOTE {
                    return Err(self.at(path, "a quote is not closed"));
                }
            }
            if self.record.is_empty() {
                return Ok(false);
            }
            if !self.record.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    fn text(&self) -> std::result::Result<&str, String> {
        let text = std::str::from_utf8(&self.record).map_err(|_| "this is not UTF-8".to_owned())?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        Ok(text.strip_suffix('\r').unwrap_or(text))
    }

    /// The item of the last record, or what is wrong with it.
    pub fn item(&mut self, meaning: &Meaning) -> std::result::Result<Item, String> {
        let mut item = Item {
            numbers: vec![None; meaning.numbers.len()],
            ..Item::default()
        };
        match self.table.take() {
            Some((names, delimiter)) => {
                let outcome = self.row(&names, delimiter, meaning, &mut item);
                self.table = Some((names, delimiter));
                outcome?;
            }
            None => self.object(meaning, &mut item)?,
        }
        if item.id.is_empty() {
            return Err(format!("there is no `{}`", meaning.id));
        }
        Ok(item)
    }

    fn row(
        &mut self,
        names: &[String],
        delimiter: u8,
        meaning: &Meaning,
        item: &mut Item,
    ) -> std::result::Result<(), String> {
        let mut fields: Vec<Cow<str>> = Vec::new();
        let text = self.text()?;
        split(text, Delimiter::Byte(delimiter), &mut fields)
            .map_err(|_| "a quote is not closed, or has text behind it".to_owned())?;
        if fields.len() != names.len() {
            return Err(format!(
                "{} fields where the header has {}",
                fields.len(),
                names.len()
            ));
        }
        let mut unused = Vec::new();
        for (name, field) in names.iter().zip(&fields) {
            let field = field.trim();
            if !field.is_empty() && !meaning.take_text(name, field, item)? {
                unused.push(name);
            }
        }
        for name in unused {
            *self.unused.entry(name.clone()).or_default() += 1;
        }
        Ok(())
    }

    fn object(&mut self, meaning: &Meaning, item: &mut Item) -> std::result::Result<(), String> {
        let text = self.text()?.trim_start_matches('\u{feff}');
        let value: Value = serde_json::from_str(text)
            .map_err(|e| format!("this is not JSON (column {})", e.column()))?;
        let Value::Object(object) = value else {
            return Err("this is no JSON object".to_owned());
        };
        for (name, value) in &object {
            if !meaning.take_value(name, value, item)? {
                *self.unused.entry(name.clone()).or_default() += 1;
            }
        }
        Ok(())
    }
}

impl Meaning {
    fn number_of(&self, name: &str) -> Option<usize> {
        self.numbers.iter().position(|(column, _)| column == name)
    }

    /// Takes a field of a table; false if it means nothing.
    fn take_text(
        &self,
        name: &str,
        field: &str,
        item: &mut Item,
    ) -> std::result::Result<bool, String> {
        let mut meant = false;
        if name == self.id {
            field.clone_into(&mut item.id);
            meant = true;
        }
        let parts = || {
            field
                .split(self.separator.as_str())
                .map(str::trim)
                .filter(|part| !part.is_empty())
        };
        if self.tags.iter().any(|column| column == name) {
            item.tags.extend(parts().map(str::to_owned));
            meant = true;
        }
        for (column, key) in &self.keys {
            if column == name {
                item.tags
                    .extend(parts().map(|part| format!("{key}:{part}")));
                meant = true;
            }
        }
        if let Some(slot) = self.number_of(name).and_then(|at| item.numbers.get_mut(at)) {
            *slot = Some(
                field
                    .parse()
                    .ok()
                    .filter(|v: &f64| v.is_finite())
                    .ok_or_else(|| format!("`{name}` is not a number: `{field}`"))?,
            );
            meant = true;
        }
        Ok(meant)
    }

    /// Takes a value of a JSON object; false if it means nothing.
    fn take_value(
        &self,
        name: &str,
        value: &Value,
        item: &mut Item,
    ) -> std::result::Result<bool, String> {
        let tags = self.tags.iter().any(|column| column == name);
        match value {
            Value::Null => Ok(true),
            Value::String(text) if tags || self.keys.iter().any(|(column, _)| column == name) => {
                self.take_one(name, text, item)
            }
            Value::String(text) => self.take_text(name, text, item),
            Value::Number(number) if self.number_of(name).is_some() || name == self.id => {
                self.take_text(name, &number.to_string(), item)
            }
            Value::Number(number) => self.take_one(name, &number.to_string(), item),
            Value::Bool(holds) => self.take_one(name, if *holds { "true" } else { "false" }, item),
            Value::Array(list) => {
                let mut meant = false;
                for one in list {
                    let Some(text) = one.as_str() else {
                        return if tags {
                            Err(format!("`{name}` has something that is no text"))
                        } else {
                            Ok(false)
                        };
                    };
                    meant |= self.take_one(name, text, item)?;
                }
                Ok(meant || list.is_empty())
            }
            // { "aisle": "boots", "season": ["winter", "autumn"] }
            Value::Object(keys) if tags => {
                for (key, value) in keys {
                    let list = value
                        .as_array()
                        .map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
                    for one in list {
                        let text = one.as_str().ok_or_else(|| {
                            format!("`{name}.{key}` has something that is no text")
                        })?;
                        item.tags.push(format!("{key}:{text}"));
                    }
                }
                Ok(true)
            }
            Value::Object(_) => Ok(false),
        }
    }

    /// Takes one tag as it is.
    fn take_one(
        &self,
        name: &str,
        text: &str,
        item: &mut Item,
    ) -> std::result::Result<bool, String> {
        let tags = self.tags.iter().any(|column| column == name);
        if tags {
            item.tags.push(text.to_owned());
        }
        let mut meant = tags;
        for (_, key) in self.keys.iter().filter(|(column, _)| column == name) {
            item.tags.push(format!("{key}:{text}"));
            meant = true;
        }
        if name == self.id || self.number_of(name).is_some() {
            return Err(format!(
                "`{name}` is `{text}`, which is neither a number nor an id"
            ));
        }
        Ok(meant)
    }
}
