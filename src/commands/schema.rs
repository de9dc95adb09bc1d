//! `handbook schema`: what front matter and `handbook.toml` may say, as JSON Schema for editors.

use std::path::Path;

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::commands::Outcome;
use crate::config::{Kind, Rule};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::session::{self, Options};

/// What a schema is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Of {
    /// The front matter of pages, with the keys that the site declares
    FrontMatter,
    /// handbook.toml
    Config,
}

/// Prints the schema of one of the two, or of both as its definitions.
///
/// # Errors
/// When there is no site in the current folder.
pub fn run(of: Option<Of>) -> Result<Outcome, Error> {
    let schema = match of {
        Some(Of::Config) => named(config()),
        Some(Of::FrontMatter) => named(front_matter(&rules()?)),
        None => named(json!({
            "title": "handbook",
            "description": "What the pages and the settings of a handbook may say.",
            "$defs": { "front-matter": front_matter(&rules()?), "config": config() },
        })),
    };
    say!("{schema:#}");
    Ok(Outcome::Clean)
}

fn rules() -> Result<Vec<Rule>, Error> {
    let session = session::load(Path::new("."), &Options::default())?;
    Ok(session.config().front_matter.rules.clone())
}

/// A schema says first which language it is in.
fn named(schema: Value) -> Value {
    let mut whole = Map::new();
    let draft = "https://json-schema.org/draft/2020-12/schema";
    whole.insert("$schema".to_owned(), draft.into());
    if let Value::Object(schema) = schema {
        whole.extend(schema);
    }
    Value::Object(whole)
}

/// The keys that every site has, and those that this one declares. A rule for some pages only cannot be asked of all, so
/// of those only the type is told.
fn front_matter(rules: &[Rule]) -> Value {
    let text =
        |description: &str| json!({ "type": ["string", "null"], "description": description });
    let flag = |default: bool, description: &str| json!({ "type": "boolean", "default": default, "description": description });
    let strings = |description: &str| {
        json!({
            "description": description,
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }],
        })
    };
    let order = json!({ "type": "number", "description": "The place among its siblings, before the order of titles." });
    let mut properties = json!({
        "title": { "type": ["string", "number", "null"], "description": "The page's title and its h1. Without one: the first h1 of the text, or the file's name." },
        "sidebar": { "type": ["string", "null", "boolean"], "description": "The sidebar that the page shows; null for none." },
        "showTitle": flag(true, "Print the title as the page's h1."),
        "hideAnchor": flag(false, "Hide the table of contents."),
        "description": text("What the page is about, for search engines and lists of pages."),
        "noindex": flag(false, "Keep the page out of search engines."),
        "image": text("A picture that stands for the page where it is shared."),
        "seo": {
            "type": "object",
            "properties": {
                "metaTitle": text("The title for search engines, in place of the page's own."),
                "metaDescription": text("The description for search engines, in place of the page's own."),
            },
        },
        "order": order,
        "weight": order,
        "url": text("The page's address, in place of the one that its file name gives."),
        "aliases": strings("Old addresses of the page, which lead to it."),
        "redirect_from": strings("The same as `aliases`."),
        "draft": flag(false, "Show the page in the preview only."),
        "date": text("The page's date."),
        "author": strings("Who wrote the page."),
        "tags": strings("What the page is about, in words."),
        "owner": text("Who answers for the page."),
        "review_by": text("The day by which the page is to be read again, like 2026-12-31."),
    });
    let mut required = Vec::new();
    if let Value::Object(properties) = &mut properties {
        for rule in rules {
            let everywhere = rule.pages.is_none();
            if everywhere && rule.required {
                required.push(rule.key.clone());
            }
            if everywhere || !properties.contains_key(&rule.key) {
                properties.insert(rule.key.clone(), property(rule, everywhere));
            }
        }
    }
    json!({
        "title": "Front matter of a page",
        "type": "object",
        "properties": properties,
        "required": required,
    })
}

fn property(rule: &Rule, everywhere: bool) -> Value {
    let mut property = Map::new();
    if let Some(kind) = rule.kind {
        let name = match kind {
            Kind::String | Kind::Date => "string",
            Kind::Number => "number",
            Kind::Integer => "integer",
            Kind::Boolean => "boolean",
            Kind::List => "array",
            Kind::Map => "object",
        };
        property.insert("type".to_owned(), name.into());
        if kind == Kind::Date {
            property.insert("format".to_owned(), "date".into());
        }
    }
    if everywhere && !rule.one_of.is_empty() {
        let values: Vec<Value> = rule
            .one_of
            .iter()
            .flat_map(|value| spelled(value))
            .collect();
        let of_each = json!({ "enum": values });
        match rule.kind {
            Some(Kind::List) => property.insert("items".to_owned(), of_each),
            _ => property.insert("enum".to_owned(), values.into()),
        };
    }
    if let Some(description) = &rule.description {
        property.insert("description".to_owned(), description.as_str().into());
    }
    Value::Object(property)
}

/// A value as it may be written: `3` is a number and, in quotes, a string.
fn spelled(value: &str) -> Vec<Value> {
    let mut ways = vec![Value::from(value)];
    if let Ok(other @ (Value::Number(_) | Value::Bool(_))) = serde_json::from_str(value) {
        ways.push(other);
    }
    ways
}

fn config() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let list = |description: &str| json!({ "type": "array", "items": { "type": "string" }, "description": description });
    let count = |default: u64, description: &str| json!({ "type": "integer", "minimum": 1, "default": default, "description": description });
    let levels: Map<String, Value> = Code::ALL
        .iter()
        .map(|code| {
            let level = json!({ "enum": ["error", "warn", "off"], "description": code.rule() });
            (code.name().to_owned(), level)
        })
        .collect();
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    let kind = json!({ "enum": kinds });
    let rule = json!({
        "anyOf": [kind, {
            "type": "object",
            "properties": {
                "type": kind,
                "enum": { "type": "array", "items": { "type": ["string", "integer", "boolean"] } },
                "required": { "type": "boolean", "default": false },
                "description": { "type": "string" },
            },
            "additionalProperties": false,
        }],
    });
    // A key with a slash or a star, or the name of a page, is a pattern for pages.
    let pages = "[/*]|\\.mdx?$";
    json!({
        "title": "handbook.toml",
        "type": "object",
        "properties": {
            "title": text("The site's title."),
            "base_url": text("Where the site is published, like https://handbook.example.org/docs."),
            "language": { "type": "string", "default": "en", "description": "The language that the site is written in." },
            "theme": text("The name of a folder in `themes`."),
            "levels": {
                "description": "Which diagnostics are errors, warnings or off; for some pages, in a table named by their paths.",
                "type": "object",
                "properties": levels,
                "patternProperties": { pages: { "type": "object", "properties": levels, "additionalProperties": false } },
                "additionalProperties": false,
            },
            "links": {
                "type": "object",
                "properties": {
                    "elsewhere": list("Paths on the same host that something else serves, like /docs/**."),
                    "retired": list("Addresses that are gone on purpose."),
                },
                "additionalProperties": false,
            },
            "external": {
                "type": "object",
                "properties": {
                    "skip": list("Addresses of other hosts that `check --external` leaves out."),
                    "timeout": count(20, "Seconds for one request with everything in it."),
                    "max_age": count(7, "Days for which a good answer is believed without asking again."),
                },
                "additionalProperties": false,
            },
            "front_matter": {
                "description": "Front matter keys that the site declares; for some pages, in a table named by their paths.",
                "type": "object",
                "patternProperties": { pages: { "type": "object", "additionalProperties": rule } },
                "additionalProperties": rule,
            },
            "components": {
                "description": "Components that pages call by another name than the theme: CalloutBox = \"Callout\".",
                "type": "object",
                "additionalProperties": { "type": "string" },
            },
            "serve": {
                "type": "object",
                "properties": {
                    "editor": text("What opens a file in the editor: an address with {path}, {line} and {column}."),
                },
                "additionalProperties": false,
            },
        },
        "additionalProperties": false,
    })
}
