//! `handbook schema`: what front matter and `handbook.toml` may say, as JSON Schema for editors.

use std::path::Path;

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::commands::Outcome;
use crate::config::{External, Kind, MOST, Rule};
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
    // What has no quotes may be read as another kind of value, and is taken as it is written. A key without a value is
    // as good as none.
    let scalar = json!(["string", "number", "boolean", "null"]);
    let text = |description: &str| json!({ "type": scalar, "description": description });
    let flag = |default: bool, description: &str| json!({ "type": ["boolean", "null"], "default": default, "description": description });
    let one_or_more = |description: &str, item: Value| {
        json!({
            "description": description,
            "anyOf": [{ "type": scalar }, { "type": "array", "items": { "type": item } }],
        })
    };
    let names =
        |description: &str| one_or_more(description, json!(["string", "number", "boolean"]));
    let addresses = |description: &str| one_or_more(description, json!("string"));
    let order = json!({ "type": ["number", "null"], "description": "The place among its siblings, before the order of titles." });
    let mut properties = json!({
        "title": text("The page's title and its h1. Without one: the first h1 of the text, or the file's name."),
        "sidebar": {
            "description": "The sidebar that the page shows; null for none.",
            "anyOf": [{ "type": ["string", "null"] }, { "enum": [false] }],
        },
        "showTitle": flag(true, "Print the title as the page's h1."),
        "hideAnchor": flag(false, "Hide the table of contents."),
        "description": text("What the page is about, for search engines and lists of pages."),
        "noindex": flag(false, "Keep the page out of search engines."),
        "image": text("A picture that stands for the page where it is shared."),
        "seo": {
            "description": "What search engines are told.",
            "type": ["object", "null"],
            "properties": {
                "metaTitle": text("The title for search engines, in place of the page's own."),
                "metaDescription": text("The description for search engines, in place of the page's own."),
            },
        },
        "order": order,
        "weight": order,
        "url": text("The page's address, in place of the one that its file name gives."),
        "aliases": addresses("Old addresses of the page, which lead to it."),
        "redirect_from": addresses("The same as `aliases`."),
        "draft": flag(false, "Show the page in the preview only."),
        "date": text("The page's date."),
        "author": names("Who wrote the page."),
        "tags": names("What the page is about, in words."),
        "keywords": names("Words by which search finds the page though it does not say them."),
        "owner": text("Who answers for the page."),
        "review_by": text("The day by which the page is to be read again, like 2026-12-31."),
        "status": text("Where the page stands: draft, deprecated, moved, or a word of your own."),
        "replaced_by": text("The page to read in place of this one."),
        "sidebar_badge": text("A word beside the title in the sidebar, like New."),
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
        // A key without a value is as good as none.
        let kinds = if rule.required && everywhere {
            json!(name)
        } else {
            json!([name, "null"])
        };
        property.insert("type".to_owned(), kinds);
        if kind == Kind::Date {
            property.insert("format".to_owned(), "date".into());
        }
    }
    if everywhere && !rule.one_of.is_empty() {
        let mut values: Vec<Value> = rule
            .one_of
            .iter()
            .flat_map(|value| spelled(value))
            .collect();
        let of_each = json!({ "enum": values });
        if rule.kind == Some(Kind::List) {
            property.insert("items".to_owned(), of_each);
        } else if rule.kind.is_some() {
            if !rule.required {
                values.push(Value::Null);
            }
            property.insert("enum".to_owned(), values.into());
        } else {
            if !rule.required {
                values.push(Value::Null);
            }
            // Of a list, each item.
            let each = json!([{ "enum": values }, { "type": "array", "items": of_each }]);
            property.insert("anyOf".to_owned(), each);
        }
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
    let list = |pattern: &str, description: &str| json!({ "type": "array", "items": { "type": "string", "pattern": pattern }, "description": description });
    let choice = |default: bool, description: &str| json!({ "type": "boolean", "default": default, "description": description });
    let link = |description: &str| json!({ "type": "string", "pattern": "^(https?://|mailto:)", "description": description });
    let links = |description: &str| {
        let titled = json!({
            "type": "object",
            "properties": { "title": { "type": "string" }, "url": { "type": "string" } },
            "required": ["title", "url"],
            "additionalProperties": false,
        });
        json!({ "type": "array", "items": titled, "description": description })
    };
    let count = |default: u64, description: &str| json!({ "type": "integer", "minimum": 1, "maximum": MOST, "default": default, "description": description });
    let levels: Map<String, Value> = Code::ALL
        .iter()
        .map(|code| {
            let level = json!({ "enum": ["error", "warn", "off"], "description": code.rule() });
            (code.name().to_owned(), level)
        })
        .collect();
    let other_hosts = External::default();
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    let kind = json!({ "enum": kinds });
    let rule = json!({
        "anyOf": [kind, {
            "type": "object",
            "properties": {
                "type": kind,
                "enum": { "type": "array", "items": { "type": ["string", "number", "boolean"] } },
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
            "reading_time": choice(false, "Say on each page how long it takes to read it."),
            "markdown_copies": choice(true, "Write each page as Markdown too, as index.md beside its index.html."),
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
                    "elsewhere": list("^/", "Paths on the same host that something else serves, like /docs/**."),
                    "retired": list("^/", "Addresses that are gone on purpose."),
                },
                "additionalProperties": false,
            },
            "external": {
                "type": "object",
                "properties": {
                    "skip": list("://", "Addresses of other hosts that `check --external` leaves out."),
                    "timeout": count(other_hosts.timeout, "Seconds for one request with everything in it."),
                    "max_age": count(other_hosts.max_age, "Days for which a good answer is believed without asking again."),
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
            "markdown": {
                "type": "object",
                "properties": {
                    "math": choice(false, "Read $…$ and $$…$$ as formulas."),
                    "emoji": choice(true, "Read :tada: as an emoji."),
                    "smart_punctuation": choice(false, "Write round quotes for straight ones, and dashes for --."),
                },
                "additionalProperties": false,
            },
            "look": {
                "description": "What the site changes of its looks without a theme.",
                "type": "object",
                "properties": {
                    "accent": { "type": "string", "pattern": "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$", "description": "The colour of links, made dark or light enough to be read." },
                    "logo": text("A square picture before the title."),
                    "logo_dark": text("The one on dark paper."),
                    "favicon": text("The picture of the site in the tabs of browsers."),
                    "image": text("A picture that stands for pages that name none, where they are shared."),
                    "links": links("Links in the header."),
                    "footer": links("Links in the footer."),
                },
                "additionalProperties": false,
            },
            "ui": {
                "description": "Texts of the theme, said otherwise: note = \"Good to know\".",
                "type": "object",
                "additionalProperties": { "type": "string" },
            },
            "repository": {
                "type": "object",
                "properties": {
                    "edit": link("Where a page is changed, like https://github.com/acme/handbook/edit/main/{path}."),
                    "report": link("Where a problem with a page is reported, with {title} and {url}."),
                },
                "additionalProperties": false,
            },
            "feedback": {
                "type": "object",
                "properties": {
                    "url": link("Where readers say what they think of a page."),
                },
                "additionalProperties": false,
            },
            "git": {
                "type": "object",
                "properties": {
                    "dates": choice(true, "Say on each page when it was changed last, as git has it."),
                    "authors": choice(true, "Say by whom."),
                },
                "additionalProperties": false,
            },
            "announcement": {
                "description": "A few words above every page.",
                "type": "object",
                "properties": {
                    "text": text("What is announced, in Markdown."),
                    "until": { "type": "string", "format": "date", "description": "The last day on which it is shown." },
                },
                "additionalProperties": false,
            },
            "search": {
                "description": "Whether and how readers search the site.",
                "type": "object",
                "properties": {
                    "enabled": choice(true, "Write an index to search, and a list of all pages from A to Z."),
                    "slash": choice(true, "Let the key / open the search."),
                    "synonyms": {
                        "type": "array",
                        "items": { "type": "array", "items": { "type": "string" }, "minItems": 2, "uniqueItems": true },
                        "description": "Groups of words that stand for each other, like [\"PTO\", \"vacation\", \"time off\"].",
                    },
                },
                "additionalProperties": false,
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::{config, front_matter};
    use crate::config::{
        ANNOUNCEMENT_KEYS, EXTERNAL_KEYS, FEEDBACK_KEYS, GIT_KEYS, KEYS, LINKS_KEYS, LOOK_KEYS,
        MARKDOWN_KEYS, REPOSITORY_KEYS, RULE_KEYS, SEARCH_KEYS, SERVE_KEYS,
    };
    use crate::diagnostic::Code;
    use crate::parse::KNOWN;

    #[track_caller]
    fn assert_keys<'k>(schema: &Value, known: impl IntoIterator<Item = &'k str>) {
        let properties = schema["properties"].as_object().expect("properties");
        let told: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        assert_eq!(told, known.into_iter().collect());
        for (key, property) in properties {
            let nameless = [
                "links",
                "external",
                "markdown",
                "repository",
                "feedback",
                "git",
                "serve",
                "type",
                "enum",
                "required",
                "description",
            ];
            let is_told = property["description"].is_string();
            assert!(
                is_told || nameless.contains(&key.as_str()),
                "{key} says nothing"
            );
        }
    }

    #[test]
    fn every_key_is_in_the_schema() {
        assert_keys(&front_matter(&[]), KNOWN.iter().copied());
        let schema = config();
        let of = |table: &str| schema["properties"][table].clone();
        assert_keys(&schema, KEYS.iter().copied());
        assert_keys(&of("links"), LINKS_KEYS.iter().copied());
        assert_keys(&of("external"), EXTERNAL_KEYS.iter().copied());
        assert_keys(&of("markdown"), MARKDOWN_KEYS.iter().copied());
        assert_keys(&of("repository"), REPOSITORY_KEYS.iter().copied());
        assert_keys(&of("feedback"), FEEDBACK_KEYS.iter().copied());
        assert_keys(&of("git"), GIT_KEYS.iter().copied());
        assert_keys(&of("announcement"), ANNOUNCEMENT_KEYS.iter().copied());
        assert_keys(&of("search"), SEARCH_KEYS.iter().copied());
        assert_keys(&of("serve"), SERVE_KEYS.iter().copied());
        assert_keys(&of("look"), LOOK_KEYS.iter().copied());
        assert_keys(&of("levels"), Code::ALL.iter().map(|code| code.name()));
        let rule = &of("front_matter")["additionalProperties"]["anyOf"][1];
        assert_keys(rule, RULE_KEYS.iter().copied());
    }
}
