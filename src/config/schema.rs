//! `[front_matter]`: the keys that a site declares for its pages, everywhere and by path.

use std::ops::Range;

use crate::config::levels::is_path;
use crate::config::{Pattern, Reader};
use crate::diagnostic::Code;
use crate::tree::{Entry, Value};

/// What front matter a site asks for, over the keys that every site has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// In the order written. Of two rules for a key, the last that matches the page holds.
    pub rules: Vec<Rule>,
}

/// What a site says of one front matter key.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Content paths that it holds for; none is every page.
    pub pages: Option<Pattern>,
    /// That pattern as written.
    pub pages_text: Option<String>,
    pub key: String,
    /// In `handbook.toml`.
    pub span: Range<usize>,
    pub kind: Option<Kind>,
    /// The values that are allowed; of a list, for each item. Empty allows any.
    pub one_of: Vec<String>,
    pub required: bool,
    pub description: Option<String>,
}

/// The type of a front matter key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    String,
    Number,
    Integer,
    Boolean,
    /// `2026-01-31`.
    Date,
    List,
    Map,
}

impl Kind {
    pub const ALL: &[Kind] = &[
        Kind::String,
        Kind::Number,
        Kind::Integer,
        Kind::Boolean,
        Kind::Date,
        Kind::List,
        Kind::Map,
    ];

    /// As `handbook.toml` spells it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::String => "string",
            Kind::Number => "number",
            Kind::Integer => "integer",
            Kind::Boolean => "boolean",
            Kind::Date => "date",
            Kind::List => "list",
            Kind::Map => "map",
        }
    }
}

impl Schema {
    /// The rules for a page, one for each key.
    pub fn of_page(&self, path: &str) -> Vec<&Rule> {
        let mut rules: Vec<&Rule> = Vec::new();
        for rule in &self.rules {
            if rule
                .pages
                .as_ref()
                .is_some_and(|pages| !pages.matches(path))
            {
                continue;
            }
            match rules.iter_mut().find(|known| known.key == rule.key) {
                Some(known) => *known = rule,
                None => rules.push(rule),
            }
        }
        rules
    }
}

pub const RULE_KEYS: &[&str] = &["type", "enum", "required", "description"];

impl Reader<'_> {
    pub(super) fn schema(&mut self, entry: &Entry) -> Schema {
        let mut schema = Schema::default();
        for inner in self.table(entry) {
            if is_path(&inner.key) {
                for rule in self.table(inner) {
                    let rule = self.rule(rule, Some(&inner.key));
                    schema.rules.extend(rule);
                }
            } else {
                schema.rules.extend(self.rule(inner, None));
            }
        }
        schema
    }

    /// `owner = "string"` or `owner = { type = "string", required = true }`.
    fn rule(&mut self, entry: &Entry, pages: Option<&str>) -> Option<Rule> {
        let mut rule = Rule {
            pages: pages
                .map(|pages| Pattern::of_files(pages.strip_prefix("content/").unwrap_or(pages))),
            pages_text: pages.map(str::to_owned),
            key: entry.key.clone(),
            span: entry.key_span.clone(),
            kind: None,
            one_of: Vec::new(),
            required: false,
            description: None,
        };
        match &entry.value.value {
            Value::String(_) => rule.kind = Some(self.kind(entry)?),
            Value::Map(entries) => {
                for inner in entries {
                    match inner.key.as_str() {
                        "type" => rule.kind = self.kind(inner),
                        "enum" => rule.one_of = self.values(inner),
                        "required" => match inner.value.value {
                            Value::Bool(required) => rule.required = required,
                            _ => self.wrong_type(inner, "`true` or `false`"),
                        },
                        "description" => rule.description = self.string(inner),
                        _ => {
                            let key = &entry.key;
                            let place = format!("front_matter.{key} ");
                            self.unknown(inner, RULE_KEYS, &place);
                            let folder = format!(
                                "for the pages of a folder write `[front_matter.\"{key}/**\"]`"
                            );
                            self.hint_unless_meant(folder);
                        }
                    }
                }
            }
            _ => {
                self.wrong_type(
                    entry,
                    "a type or a table like `{ type = \"string\", required = true }`",
                );
                return None;
            }
        }
        Some(rule)
    }

    fn kind(&mut self, entry: &Entry) -> Option<Kind> {
        let text = match &entry.value.value {
            Value::String(text) => text.as_str(),
            _ => "",
        };
        let kind = Kind::ALL.iter().copied().find(|kind| kind.name() == text);
        if kind.is_none() {
            let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            self.wrong_type(entry, &format!("a type, one of `{}`", names.join("`, `")));
        }
        kind
    }

    fn values(&mut self, entry: &Entry) -> Vec<String> {
        let Value::Sequence(items) = &entry.value.value else {
            self.wrong_type(entry, "a list of values");
            return Vec::new();
        };
        let mut values = Vec::new();
        for item in items {
            match &item.value {
                Value::String(text) => values.push(text.clone()),
                Value::Integer(number) => values.push(number.to_string()),
                // As front matter spells it: `1.0`, not `1`.
                Value::Float(number) => values.push(format!("{number:?}")),
                Value::Bool(value) => values.push(value.to_string()),
                other => self.report(
                    Code::ConfigSyntax,
                    item.span.clone(),
                    format!(
                        "a value is a string, a number or a boolean, found {}",
                        other.kind()
                    ),
                    None,
                ),
            }
        }
        values
    }
}
