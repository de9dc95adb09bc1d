//! A YAML, TOML or JSON document as a tree in which every key and value knows its bytes. Reads no files.

use std::fmt;
use std::ops::Range;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use toml::de::{DeTable, DeValue};

use crate::source;

/// How many lists and maps may lie in each other.
const DEEPEST: usize = 32;

/// A value and the bytes it was written in.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub span: Range<usize>,
    pub value: Value,
}

/// What configuration languages have in common.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    String(String),
    Sequence(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key and its value, in the order written.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    pub key_span: Range<usize>,
    pub value: Node,
}

/// Why a text is no document of its language.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntaxError {
    pub message: String,
    /// At least one character wide, where there is one to point at.
    pub span: Range<usize>,
    /// The same key twice, which has a code of its own in front matter.
    pub duplicate_key: bool,
}

impl Value {
    /// The type in words: what a message says was found.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::String(_) => "a string",
            Value::Sequence(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

impl Node {
    /// The entry of this key, if the node is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The node's entries; none if it is no map.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }
}

/// Reads a YAML document; JSON is one too.
///
/// # Errors
/// The first fault of syntax, with its place in `text`.
pub fn yaml(text: &str) -> Result<Node, SyntaxError> {
    // Lists in lists are read by recursion, here and by whoever walks them.
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_depth: DEEPEST },
    };
    let document: Result<Spanned<YamlValue>, _> =
        serde_saphyr::from_str_with_options(text, options);
    match document {
        Ok(spanned) => Ok(from_yaml(&Bytes::new(text), spanned)),
        Err(error) => Err(yaml_error(text, &error)),
    }
}

/// A text as it stands in a YAML document, also between the brackets of a list: in quotes where it would be read as
/// something else.
pub fn yaml_text(text: &str) -> String {
    let special = |c: char| c.is_control() || ":#,[]{}&*!|>'\"%@`".contains(c);
    let is_plain = !text.contains(special)
        && !text.starts_with(['-', '?'])
        && matches!(yaml(text), Ok(Node { value: Value::String(read), .. }) if read == text);
    if is_plain {
        text.to_owned()
    } else {
        // JSON's escapes are YAML's as well.
        serde_json::Value::from(text).to_string()
    }
}

/// Reads a TOML document.
///
/// # Errors
/// The first fault of syntax, with its place in `text`.
pub fn toml(text: &str) -> Result<Node, SyntaxError> {
    match DeTable::parse(text) {
        Ok(table) => Ok(Node {
            span: 0..text.len(),
            value: from_table(table.get_ref()),
        }),
        Err(error) => Err(SyntaxError {
            message: error.message().lines().collect::<Vec<_>>().join(", "),
            span: visible(text, error.span()),
            duplicate_key: error.message().contains("duplicate key"),
        }),
    }
}

fn from_table(table: &DeTable<'_>) -> Value {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_span: key.span(),
            value: from_toml(value),
        })
        .collect();
    // The parser sorts by name; people mean the order in which they wrote.
    entries.sort_by_key(|entry| entry.key_span.start);
    Value::Map(entries)
}

fn from_toml(value: &toml::Spanned<DeValue<'_>>) -> Node {
    let converted = match value.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => {
            match i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()) {
                Ok(number) => Value::Integer(number),
                Err(_) => Value::String(number.as_str().to_owned()),
            }
        }
        DeValue::Float(number) => match number.as_str().replace('_', "").parse() {
            Ok(number) => Value::Float(number),
            Err(_) => Value::String(number.as_str().to_owned()),
        },
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(date) => Value::String(date.to_string()),
        DeValue::Array(items) => Value::Sequence(items.iter().map(from_toml).collect()),
        DeValue::Table(table) => from_table(table),
    };
    Node {
        span: value.span(),
        value: converted,
    }
}

/// Turns the parser's character offsets into byte offsets.
struct Bytes<'t> {
    text: &'t str,
    /// Where every so many characters begin; nothing for ASCII. To count from the start each time would be quadratic.
    milestones: Vec<usize>,
}

/// How many characters lie between two milestones.
const STRIDE: usize = 64;

impl<'t> Bytes<'t> {
    fn new(text: &'t str) -> Bytes<'t> {
        let milestones = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices()
                .step_by(STRIDE)
                .map(|(at, _)| at)
                .collect()
        };
        Bytes { text, milestones }
    }

    fn at(&self, chars: usize) -> usize {
        if self.milestones.is_empty() {
            return chars.min(self.text.len());
        }
        let Some(start) = self.milestones.get(chars / STRIDE) else {
            return self.text.len();
        };
        self.text[*start..]
            .char_indices()
            .nth(chars % STRIDE)
            .map_or(self.text.len(), |(at, _)| start + at)
    }

    fn range(&self, location: &serde_saphyr::Location) -> Range<usize> {
        let span = location.span();
        let start = usize::try_from(span.offset()).unwrap_or(usize::MAX);
        let length = usize::try_from(span.len()).unwrap_or(0);
        let (start, end) = (self.at(start), self.at(start.saturating_add(length)));
        let trimmed = self.text[start..end].trim_end().len();
        start..start + trimmed
    }
}

enum YamlValue {
    Scalar(Value),
    Sequence(Vec<Spanned<YamlValue>>),
    Map(Vec<(Spanned<String>, Spanned<YamlValue>)>),
}

fn from_yaml(bytes: &Bytes<'_>, spanned: Spanned<YamlValue>) -> Node {
    let span = bytes.range(&spanned.referenced);
    let value = match spanned.value {
        YamlValue::Scalar(value) => value,
        YamlValue::Sequence(items) => Value::Sequence(
            items
                .into_iter()
                .map(|item| from_yaml(bytes, item))
                .collect(),
        ),
        YamlValue::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| Entry {
                    key_span: bytes.range(&key.referenced),
                    key: key.value,
                    value: from_yaml(bytes, value),
                })
                .collect(),
        ),
    };
    Node {
        span: whole(bytes.text, span, &value),
        value,
    }
}

/// The parser places a list or map at its first token only: this is all of it.
fn whole(text: &str, span: Range<usize>, value: &Value) -> Range<usize> {
    let last = match value {
        Value::Sequence(items) => items.last().map_or(span.end, |item| item.span.end),
        Value::Map(entries) => entries
            .last()
            .map_or(span.end, |entry| entry.value.span.end),
        _ => return span,
    };
    let closer = match text.as_bytes().get(span.start) {
        Some(b'[') => ']',
        Some(b'{') => '}',
        _ => return span.start..last.max(span.end),
    };
    let end = text[last..].find(closer).map_or(last, |at| last + at + 1);
    span.start..end.max(span.end)
}

fn yaml_error(text: &str, error: &serde_saphyr::Error) -> SyntaxError {
    let error = error.without_snippet();
    let duplicate_key = matches!(error, serde_saphyr::Error::DuplicateMappingKey { .. });
    let location = error.location();
    let span = location.map(|location| Bytes::new(text).range(&location));
    let message = error.to_string();
    let message = message.lines().next().unwrap_or_default();
    // The parser tells programmers how to allow it.
    let message = if duplicate_key {
        "the same key twice"
    } else if message.starts_with("budget breached: Depth") {
        "lists and maps lie too deep in each other"
    } else if message.starts_with("budget breached") || message.starts_with("alias") {
        "the file is too large, or its aliases stand for too much"
    } else {
        without_place(message)
    };
    SyntaxError {
        message: message.to_owned(),
        span: visible(text, span),
        duplicate_key,
    }
}

/// A place as it can be pointed at. A parser that has none means the text as a whole; one that stops at the end of the
/// text or of a line means the last thing that was written.
fn visible(text: &str, span: Option<Range<usize>>) -> Range<usize> {
    let Some(span) = span else {
        return source::first_line(text);
    };
    let start = text.floor_char_boundary(span.start.min(text.trim_end().len()));
    if !span.is_empty() && span.end > start {
        return start..span.end;
    }
    let is_in_line = |c: &char| !matches!(c, '\r' | '\n');
    if text[start..]
        .chars()
        .next()
        .as_ref()
        .is_some_and(is_in_line)
    {
        return start..source::next_char(text, start);
    }
    let before = text[..start].chars().next_back().filter(is_in_line);
    start - before.map_or(0, char::len_utf8)..start
}

/// The parser's message ends with a place of its own counting, which would contradict ours.
fn without_place(message: &str) -> &str {
    let cut = [" at line ", " at byte ", " (line ", " at position "]
        .iter()
        .filter_map(|mark| message.find(mark))
        .min();
    message[..cut.unwrap_or(message.len())].trim_end_matches([':', ',', ' '])
}

impl<'de> Deserialize<'de> for YamlValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<YamlValue, D::Error> {
        deserializer.deserialize_any(YamlVisitor)
    }
}

struct YamlVisitor;

impl<'de> Visitor<'de> for YamlVisitor {
    type Value = YamlValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<YamlValue, E> {
        Ok(YamlValue::Scalar(Value::Null))
    }

    fn visit_none<E: de::Error>(self) -> Result<YamlValue, E> {
        Ok(YamlValue::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<YamlValue, D::Error> {
        YamlValue::deserialize(deserializer)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<YamlValue, E> {
        Ok(YamlValue::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<YamlValue, E> {
        Ok(YamlValue::Scalar(Value::Integer(value)))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<YamlValue, E> {
        Ok(YamlValue::Scalar(match i64::try_from(value) {
            Ok(value) => Value::Integer(value),
            Err(_) => Value::String(value.to_string()),
        }))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<YamlValue, E> {
        Ok(YamlValue::Scalar(Value::Float(value)))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<YamlValue, E> {
        Ok(YamlValue::Scalar(Value::String(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<YamlValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(YamlValue::Sequence(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<YamlValue, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(YamlValue::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::{Node, Value, toml, yaml, yaml_text};

    #[test]
    fn texts_are_quoted_where_yaml_would_read_something_else() {
        for text in ["people/hiring", "Über uns", "2024-goals", "on call"] {
            assert_eq!(yaml_text(text), text);
        }
        for text in [
            "a: b", "a, b", "*x", "'x", "- x", "10", "true", "null", "", " x", "x #1", "{x}",
        ] {
            assert_eq!(yaml_text(text), format!("\"{text}\""));
        }
        assert_eq!(yaml_text("a\"b\\c\td"), r#""a\"b\\c\td""#);
    }

    fn spelled<'t>(text: &'t str, node: &Node, key: &str) -> (&'t str, &'t str) {
        let entry = node.get(key).unwrap();
        (
            &text[entry.key_span.clone()],
            &text[entry.value.span.clone()],
        )
    }

    #[test]
    fn yaml_keys_and_values_know_their_bytes() {
        let text = "# é\ntitle: 2024 \n\"b\": [x, 'y']\nc:\n  d: true\n";
        let node = yaml(text).unwrap();
        assert_eq!(spelled(text, &node, "title"), ("title", "2024"));
        assert_eq!(node.get("title").unwrap().value.value, Value::Integer(2024));
        assert_eq!(&text[node.get("b").unwrap().key_span.clone()], "\"b\"");
        let inner = &node.get("c").unwrap().value;
        assert_eq!(spelled(text, inner, "d"), ("d", "true"));
    }

    #[test]
    fn toml_keeps_the_order_written() {
        let text = "z = 1\na = \"x\"\n[t]\nk = 1.5\n";
        let node = toml(text).unwrap();
        let keys: Vec<_> = node.entries().iter().map(|e| e.key.as_str()).collect();
        assert_eq!(keys, ["z", "a", "t"]);
        assert_eq!(spelled(text, &node, "a"), ("a", "\"x\""));
    }

    #[test]
    fn faults_have_a_place() {
        let error = yaml("a: 1\na: 2\n").unwrap_err();
        assert!(error.duplicate_key, "{error:?}");
        assert_eq!(error.span.start, 5, "{error:?}");
        let error = yaml("a: [1, 2\n").unwrap_err();
        assert!(!error.message.is_empty());
        let error = toml("a = 1\na = 2\n").unwrap_err();
        assert!(error.duplicate_key, "{error:?}");
        assert_eq!(error.span.start, 6, "{error:?}");
    }

    #[test]
    fn a_fault_of_toml_is_where_it_is_written() {
        for (text, place) in [
            ("a = 1\naccent = #0a7\n", (15, "#")),
            ("title = \"x\nb = 1\n", (9, "x")),
            ("a = 1\n[look\nb = 2\n", (10, "k")),
            ("a = [\n  1\n  2\n]\n", (12, "2")),
            ("a = 1\nkey\n", (8, "y")),
            ("a = \"\"\"é\r\n", (7, "é")),
            ("a = [1,", (6, ",")),
        ] {
            let span = toml(text).unwrap_err().span;
            assert_eq!((span.start, &text[span]), place, "{text:?}");
        }
    }
}
