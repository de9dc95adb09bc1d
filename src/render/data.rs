//! Data files as templates are given them, and the functions that make tables of them.

use std::cmp::Ordering;
use std::collections::HashSet;

use tera::value::Key;
use tera::{Kwargs, Map, State, Tera, TeraResult, Value};

use crate::data::{self, Data, is_length};
use crate::url;

/// What a broken file holds.
pub const UNREADABLE: data::Value = data::Value::Unreadable;

/// All data, made for templates once and shared by all pages.
#[derive(Clone)]
pub struct DataValue(Value);

impl DataValue {
    pub fn new(data: &Data) -> DataValue {
        DataValue(value(data.root()))
    }

    pub fn root(&self) -> Value {
        self.0.clone()
    }

    /// What lies at a dotted path at which [`Data::find`] has found something.
    pub fn at(&self, path: &str) -> Value {
        let mut at = &self.0;
        for part in path.split('.') {
            let next = match (at.as_map(), at.as_array()) {
                (Some(map), _) => map.get(&Key::Str(part)),
                (_, Some(items)) => part.parse::<usize>().ok().and_then(|n| items.get(n)),
                _ => None,
            };
            match next {
                Some(next) => at = next,
                None if is_length(part) => return at.len().map_or(Value::none(), Value::from),
                None => return Value::none(),
            }
        }
        at.clone()
    }
}

fn value(data: &data::Value) -> Value {
    match data {
        data::Value::Null => Value::none(),
        data::Value::Bool(value) => Value::from(*value),
        data::Value::Integer(number) => Value::from(*number),
        data::Value::Float(number) => Value::from(*number),
        data::Value::String(text) => Value::normal_string(text),
        data::Value::List(items) => Value::from(items.iter().map(value).collect::<Vec<_>>()),
        data::Value::Map(entries) => {
            let mut map = Map::new();
            for (key, inner) in entries {
                map.insert(key.clone().into(), value(inner));
            }
            Value::from(map)
        }
        // A template that walks through it is not to fail for what has been reported.
        data::Value::Unreadable => Value::from(Vec::<Value>::new()),
    }
}

/// Registers what templates can ask of data.
pub fn register(tera: &mut Tera) {
    tera.register_function("table", |kwargs: Kwargs, _: &State| table(&kwargs));
    tera.register_function("people", |kwargs: Kwargs, _: &State| {
        let of: Option<Value> = kwargs.get("of")?;
        Ok::<Value, tera::Error>(people(&of.unwrap_or_else(Value::none)))
    });
    tera.register_function("person", |kwargs: Kwargs, _: &State| {
        let (of, name): (Option<Value>, &str) = (kwargs.get("of")?, kwargs.must_get("name")?);
        Ok::<Value, tera::Error>(person(&of.unwrap_or_else(Value::none), name))
    });
}

/// `people(of)`: everybody in a list or a map, as a template shows them.
fn people(of: &Value) -> Value {
    let mut all: Vec<Value> = match (of.as_map(), of.as_array()) {
        (Some(map), _) => map
            .iter()
            .map(|(key, entry)| card(&key.to_string(), Some(entry)))
            .collect(),
        (_, Some(items)) => items
            .iter()
            .map(|entry| match entry.as_str() {
                Some(name) => card(name, None),
                None => card("", Some(entry)),
            })
            .collect(),
        _ => Vec::new(),
    };
    all.retain(|person| get(person, "name").and_then(Value::as_str) != Some(""));
    Value::from(all)
}

/// `person(of, name)`: the one of this name in a list or a map; only the name, if nobody there has it.
fn person(of: &Value, name: &str) -> Value {
    let is_it = |entry: &&Value| get(entry, "name").and_then(Value::as_str) == Some(name);
    let found = match (of.as_map(), of.as_array()) {
        (Some(map), _) => get(of, name).or_else(|| map.values().find(is_it)),
        (_, Some(items)) => items.iter().find(is_it),
        _ => None,
    };
    card(name, found)
}

/// What is shown of a person, as texts; what is not there is empty.
fn card(name: &str, entry: Option<&Value>) -> Value {
    let text = |key: &str| {
        entry
            .and_then(|entry| get(entry, key))
            .map_or(String::new(), shown)
    };
    // Another host is asked for nothing that a reader did not click.
    let photo = Some(text("photo")).filter(|photo| !photo.contains("//"));
    let is_target = |url: &String| {
        (url.starts_with('/') && !url.starts_with("//"))
            || url.starts_with("https://")
            || url.starts_with("http://")
    };
    let written = Some(text("name")).filter(|name| !name.is_empty());
    map([
        (
            "name",
            Value::from(written.unwrap_or_else(|| name.to_owned())),
        ),
        ("role", Value::from(text("role"))),
        ("photo", Value::from(photo.unwrap_or_default())),
        (
            "url",
            Value::from(Some(text("url")).filter(is_target).unwrap_or_default()),
        ),
    ])
}

fn get<'v>(map: &'v Value, key: &'v str) -> Option<&'v Value> {
    map.as_map()?.get(&Key::Str(key))
}

/// A row: its cells by the names of their columns, in the order written.
type Row = Vec<(String, Value)>;

/// More columns nobody reads. Without an end, rows of which each has keys of its own make a table that is as wide as it
/// is long.
const MOST_COLUMNS: usize = 200;

/// `table(of, columns, titles, sort)`: columns and rows of cells as a template writes them.
fn table(kwargs: &Kwargs) -> TeraResult<Value> {
    let of: Value = kwargs.must_get("of")?;
    let titles: Option<Value> = kwargs.get("titles")?;
    let mut rows = rows(&of);
    if let Some(sort) = kwargs.get::<&str>("sort")?.filter(|sort| !sort.is_empty()) {
        let (column, reverse) = match sort.strip_prefix('-') {
            Some(column) => (column, true),
            None => (sort, false),
        };
        rows.sort_by(|a, b| in_order(cell(a, column), cell(b, column), reverse));
    }
    let columns = match kwargs.get::<Value>("columns")? {
        Some(asked) => asked_columns(&asked),
        None => Vec::new(),
    };
    let columns = if columns.is_empty() {
        columns_of(&rows)
    } else {
        columns
    };
    if columns.len() > MOST_COLUMNS {
        return Err(tera::Error::message(format!(
            "a table of {} columns, and {MOST_COLUMNS} are the most: name those to be shown in `columns`",
            columns.len()
        )));
    }
    let titled = columns.iter().map(|column| {
        let title = titles.as_ref().and_then(|titles| get(titles, column));
        let title = title.map_or_else(|| url::humanise(column), shown);
        let mut present = rows.iter().filter_map(|row| cell(row, column)).peekable();
        let numeric = present.peek().is_some() && present.all(is_numeric);
        map([
            ("key", Value::from(column.as_str())),
            ("title", Value::from(title)),
            ("numeric", Value::from(numeric)),
        ])
    });
    let titled: Vec<Value> = titled.collect();
    let cells = |row: &Row| {
        let cells = columns.iter().map(|column| written(cell(row, column)));
        Value::from(cells.collect::<Vec<_>>())
    };
    let rows: Vec<Value> = rows.iter().map(cells).collect();
    Ok(map([
        ("columns", Value::from(titled)),
        ("rows", Value::from(rows)),
    ]))
}

/// The rows of a list, or of a map, whose keys are names.
fn rows(of: &Value) -> Vec<Row> {
    let row = |entry: &Value| match (entry.as_map(), entry.as_array()) {
        (Some(map), _) => map
            .iter()
            .map(|(key, value)| (key.to_string(), value.clone()))
            .collect(),
        (_, Some(cells)) => cells
            .iter()
            .enumerate()
            .map(|(at, cell)| ((at + 1).to_string(), cell.clone()))
            .collect(),
        _ => vec![("value".to_owned(), entry.clone())],
    };
    match (of.as_map(), of.as_array()) {
        (Some(map), _) => map
            .iter()
            .map(|(key, value)| {
                let mut row: Row = row(value);
                if !row.iter().any(|(column, _)| column == "name") {
                    row.insert(0, ("name".to_owned(), Value::from(key.to_string())));
                }
                row
            })
            .collect(),
        (_, Some(items)) => items.iter().map(row).collect(),
        _ => Vec::new(),
    }
}

/// Every column that a row has, in the order in which they are first seen.
fn columns_of(rows: &[Row]) -> Vec<String> {
    let mut seen = HashSet::new();
    let names = rows.iter().flatten().map(|(name, _)| name);
    names.filter(|name| seen.insert(*name)).cloned().collect()
}

/// `["name", "role"]` or `name, role`.
fn asked_columns(asked: &Value) -> Vec<String> {
    let names: Vec<&str> = match (asked.as_array(), asked.as_str()) {
        (Some(names), _) => names.iter().filter_map(Value::as_str).collect(),
        (_, Some(names)) => names.split(',').collect(),
        _ => Vec::new(),
    };
    let names = names.iter().map(|name| name.trim());
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A row's cell of a column, if there is something in it.
fn cell<'r>(row: &'r Row, column: &str) -> Option<&'r Value> {
    let cell = row.iter().find(|(name, _)| name == column);
    let cell = cell.map(|(_, value)| value);
    cell.filter(|value| !value.is_none() && value.as_str() != Some(""))
}

/// Numbers by size, before texts by the alphabet; what is missing comes last, in either direction.
fn in_order(a: Option<&Value>, b: Option<&Value>, reverse: bool) -> Ordering {
    let (a, b) = match (a, b) {
        (Some(a), Some(b)) => (a, b),
        (a, b) => return b.is_some().cmp(&a.is_some()),
    };
    let order = match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => {
            let (a, b) = (shown(a), shown(b));
            a.to_lowercase().cmp(&b.to_lowercase()).then(a.cmp(&b))
        }
    };
    if reverse { order.reverse() } else { order }
}

/// A number, also where it is written so that it had to stay a text: `1.10`.
fn number(value: &Value) -> Option<f64> {
    match value.as_str() {
        Some(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        None => value.as_f64(),
    }
}

fn is_numeric(value: &Value) -> bool {
    number(value).is_some()
}

/// A cell as a template writes it: its text, and what it links to.
fn written(value: Option<&Value>) -> Value {
    let text = value.map_or(String::new(), shown);
    let (text, href) = match link(&text) {
        Some((text, href)) => (text.to_owned(), Value::from(href)),
        None => (text, Value::none()),
    };
    map([("text", Value::from(text)), ("href", href)])
}

/// The text and the target of a text that is an address.
fn link(text: &str) -> Option<(&str, String)> {
    if text.contains(char::is_whitespace) {
        return None;
    }
    let web = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    if let Some(rest) = web.filter(|rest| !rest.is_empty()) {
        return Some((rest.strip_suffix('/').unwrap_or(rest), text.to_owned()));
    }
    let (name, host) = text.split_once('@')?;
    let is_name = |c: char| c.is_alphanumeric() || "._%+-".contains(c);
    let is_mail = !name.is_empty()
        && name.chars().all(is_name)
        && host
            .chars()
            .all(|c| c.is_alphanumeric() || ".-".contains(c))
        && host.split('.').count() > 1
        && host.split('.').all(|part| !part.is_empty());
    is_mail.then(|| (text, format!("mailto:{text}")))
}

/// A value in a line of text.
fn shown(value: &Value) -> String {
    if let Some(items) = value.as_array() {
        return items.iter().map(shown).collect::<Vec<_>>().join(", ");
    }
    if let Some(map) = value.as_map() {
        let pairs = map
            .iter()
            .map(|(key, value)| format!("{key}: {}", shown(value)));
        return pairs.collect::<Vec<_>>().join(", ");
    }
    match value.as_bool() {
        // Words would need a language.
        Some(true) => "✓".to_owned(),
        Some(false) => "✗".to_owned(),
        None if value.is_none() => String::new(),
        None => value.to_string(),
    }
}

fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    let mut map = Map::new();
    for (key, value) in entries {
        map.insert(key.into(), value);
    }
    Value::from(map)
}
