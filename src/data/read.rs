//! One data file: YAML, TOML, JSON or CSV, by the end of its name.

use std::fmt;
use std::ops::Range;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{DataFile, Value, twice};
use crate::diagnostic::{Code, Diagnostic, conflict};
use crate::source;
use crate::tree::{self, Node, SyntaxError};

/// What is wrong and where.
type Fault = (String, Range<usize>);

/// Reads a data file's text.
///
/// # Errors
/// The first fault, at its place.
pub fn text(file: &DataFile, text: &str) -> Result<Value, Box<Diagnostic>> {
    let read = match file.path.rsplit_once('.') {
        Some((_, "json")) => json(text),
        Some((_, "csv")) => csv(text),
        Some((_, "toml")) => tree::toml(text)
            .map(|node| from_node(node, text))
            .map_err(from_tree),
        _ => tree::yaml(text)
            .map(|node| from_node(node, text))
            .map_err(from_tree),
    };
    read.map_err(|(message, span)| {
        let span = if span.is_empty() {
            let start = span.start.min(text.len());
            start..source::next_char(text, start)
        } else {
            span
        };
        let fault = || Diagnostic::new(Code::DataSyntax, &file.file, span, message);
        Box::new(conflict::first(&file.file, text).unwrap_or_else(fault))
    })
}

fn from_tree(error: SyntaxError) -> Fault {
    (error.message, error.span)
}

fn from_node(node: Node, text: &str) -> Value {
    // In an anchor's repetition, the place is not that of the value.
    let written = text.get(node.span.clone()).unwrap_or_default();
    let number = |number: Value| match cell(written) {
        Value::String(written) if written.parse::<f64>().is_ok() => Value::String(written),
        _ => number,
    };
    match node.value {
        tree::Value::Null => Value::Null,
        tree::Value::Bool(value) => Value::Bool(value),
        tree::Value::Integer(value) => number(Value::Integer(value)),
        tree::Value::Float(value) => number(Value::Float(value)),
        tree::Value::String(text) => Value::String(text),
        tree::Value::Sequence(items) => {
            let items = items.into_iter();
            Value::List(items.map(|item| from_node(item, text)).collect())
        }
        tree::Value::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|entry| (entry.key, from_node(entry.value, text)))
                .collect(),
        ),
    }
}

fn json(text: &str) -> Result<Value, Fault> {
    serde_json::from_str(text).map_err(|error| {
        let lines = text
            .split_inclusive('\n')
            .take(error.line().saturating_sub(1));
        let line: usize = lines.map(str::len).sum();
        // The parser counts bytes, and says of what it took last that it is wrong.
        let at = (line + error.column().saturating_sub(1)).min(text.len());
        let at = if error.is_eof() {
            text.trim_end().len()
        } else {
            text.floor_char_boundary(at)
        };
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        let message = match message.strip_prefix("EOF while parsing ") {
            Some("a value") => "the file ends where a value is expected".to_owned(),
            Some(what) => format!(
                "the file ends in the middle of {}",
                what.replace("an object", "a map")
            ),
            None => message.to_owned(),
        };
        (message, at..source::next_char(text, at))
    })
}

/// Every row holds the names of its columns, so that long ones would take many times the file's size.
const LONGEST_NAME: usize = 200;

/// A list of maps: the first row says the keys.
fn csv(text: &str) -> Result<Value, Fault> {
    // Spreadsheets write semicolons where a comma is part of numbers.
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if !first.contains(',') && first.contains(';') {
        b';'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut names: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let start = offset(reader.position());
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => return Err((error.to_string(), line(text, start))),
        }
        let start = record.position().map_or(start, offset);
        let raw = &text[start..offset(reader.position()).max(start)];
        let is_last = start + raw.len() >= text.len();
        // The parser takes the end of the file for the quote.
        if is_last && raw.matches('"').count() % 2 == 1 && raw.trim_end().contains('\n') {
            let message = "a quote is opened in this row and not closed".to_owned();
            return Err((message, line(text, start)));
        }
        match &names {
            None => {
                let head: Vec<String> = record.iter().map(|name| name.trim().to_owned()).collect();
                if let Some(name) = twice(head.iter().map(String::as_str).filter(|n| !n.is_empty()))
                {
                    return Err((format!("the column `{name}` twice"), line(text, start)));
                }
                if let Some(at) = head
                    .iter()
                    .position(|name| name.chars().count() > LONGEST_NAME)
                {
                    let message = format!(
                        "the name of column {} is longer than {LONGEST_NAME} characters",
                        at + 1
                    );
                    return Err((message, line(text, start)));
                }
                names = Some(head);
            }
            Some(names) if names.len() != record.len() => {
                let cells = if record.len() == 1 { "cell" } else { "cells" };
                let message = format!(
                    "this row has {} {cells}, and the first one has {}",
                    record.len(),
                    names.len()
                );
                return Err((message, line(text, start)));
            }
            Some(names) => {
                let mut row = Vec::with_capacity(names.len());
                for (at, (name, cell)) in names.iter().zip(&record).enumerate() {
                    match (name.as_str(), cell) {
                        // Spreadsheets leave empty columns at the end.
                        ("", "") => {}
                        ("", _) => {
                            let message = format!("column {} has no name in the first row", at + 1);
                            return Err((message, source::first_line(text)));
                        }
                        (name, cell) => row.push((name.to_owned(), self::cell(cell))),
                    }
                }
                rows.push(Value::Map(row));
            }
        }
    }
    Ok(Value::List(rows))
}

/// A value is a number only if nothing of its spelling is lost: `007` and `1.10` stay texts.
fn cell(text: &str) -> Value {
    let integer = text.parse::<i64>().ok();
    if let Some(number) = integer.filter(|number| number.to_string() == text) {
        return Value::Integer(number);
    }
    let float = text.parse::<f64>().ok();
    if let Some(number) = float.filter(|number| number.is_finite() && number.to_string() == text) {
        return Value::Float(number);
    }
    match text {
        "" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        text => Value::String(text.to_owned()),
    }
}

fn offset(position: &csv::Position) -> usize {
    usize::try_from(position.byte()).unwrap_or(usize::MAX)
}

/// The line that begins at a byte.
fn line(text: &str, start: usize) -> Range<usize> {
    let start = start.min(text.len());
    let line = source::first_line(&text[start..]);
    start..start + line.end
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

/// Keeps the order of keys, and refuses one that is there twice.
struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        let number = i64::try_from(value).map(Value::Integer);
        Ok(number.unwrap_or_else(|_| Value::String(value.to_string())))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut entries: Vec<(String, Value)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while let Some(key) = access.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                return Err(de::Error::custom(format!("the key `{key}` twice")));
            }
            entries.push((key, access.next_value()?));
        }
        Ok(Value::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_NAME, csv};

    #[test]
    fn a_column_has_a_name_of_some_length_at_most() {
        let name = "é".repeat(LONGEST_NAME);
        assert!(csv(&format!("a,{name}\n1,2\n")).is_ok());
        let (message, span) = csv(&format!("a,{name}b\n1,2\n")).unwrap_err();
        assert_eq!(
            message,
            "the name of column 2 is longer than 200 characters"
        );
        assert_eq!(span.start, 0);
    }
}
