//! Front matter: finds the fence, has gray_matter read the head, checks the types. Sees one file's text.
//!
//! gray_matter alone is not enough: it drops the content of tiny files, takes an unclosed fence for body, and its
//! errors have no place in the file. So the fence is found here, it is handed only the head, and a second reading
//! of the same head (`tree`) tells where each key stands.

mod aliases;
mod fence;
mod owner;

use std::ops::Range;
use std::sync::Arc;

use gray_matter::Matter;
use gray_matter::engine::{Engine, JSON, TOML, YAML};
use serde_json::Value;

use crate::diagnostic::{Code, Diagnosed, Diagnostic, Fix};
use crate::source;
use crate::tree::{self, Node, SyntaxError};
use crate::url;

pub use aliases::exchange_alias;
use fence::{Fence, Format, starts_with_key};
pub use owner::parts as owner_parts;

/// What a page says about itself before its text begins.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontMatter {
    pub title: Option<String>,
    pub sidebar: SidebarChoice,
    pub show_title: bool,
    pub hide_anchor: bool,
    pub description: Option<String>,
    pub noindex: bool,
    pub image: Option<Placed>,
    pub meta_title: Option<String>,
    pub meta_description: Option<String>,
    pub order: Option<f64>,
    /// Decoded, with both slashes.
    pub url: Option<Placed>,
    /// Decoded, with both slashes.
    pub aliases: Vec<Placed>,
    pub draft: bool,
    pub date: Option<String>,
    pub author: Option<String>,
    pub tags: Vec<String>,
    /// Words by which search finds the page though it does not say them.
    pub keywords: Vec<String>,
    pub owner: Option<String>,
    /// The page that the owner names as its address.
    pub owner_page: Option<Placed>,
    pub review_by: Option<String>,
    /// `draft`, `deprecated`, `moved`, or a word of the site's own.
    pub status: Option<String>,
    /// A link to the page that is to be read in place of this one.
    pub replaced_by: Option<Placed>,
    pub sidebar_badge: Option<String>,
    /// Every key with its value, in the order written.
    pub keys: Vec<Key>,
}

/// A front matter key as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub name: String,
    pub span: Range<usize>,
    pub value: Value,
    pub value_span: Range<usize>,
}

impl FrontMatter {
    /// The keys that the tool does not know, in the order written.
    pub fn extra(&self) -> impl Iterator<Item = &Key> {
        self.keys
            .iter()
            .filter(|key| !KNOWN.contains(&key.name.as_str()))
    }

    /// The key of this name, if the page has it.
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// A text and the bytes it was written in.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    pub text: String,
    pub span: Range<usize>,
}

/// What `sidebar:` says.
#[derive(Clone, Debug, PartialEq)]
pub enum SidebarChoice {
    /// Nothing: the page shows what its place gives it.
    Inherit,
    /// `null` or `false`.
    None,
    Named(Placed),
}

impl Default for FrontMatter {
    fn default() -> FrontMatter {
        FrontMatter {
            title: None,
            sidebar: SidebarChoice::Inherit,
            show_title: true,
            hide_anchor: false,
            description: None,
            noindex: false,
            image: None,
            meta_title: None,
            meta_description: None,
            order: None,
            url: None,
            aliases: Vec::new(),
            draft: false,
            date: None,
            author: None,
            tags: Vec::new(),
            keywords: Vec::new(),
            owner: None,
            owner_page: None,
            review_by: None,
            status: None,
            replaced_by: None,
            sidebar_badge: None,
            keys: Vec::new(),
        }
    }
}

/// The front matter and where the body begins, in bytes.
#[derive(Clone, Debug)]
pub struct Head {
    pub matter: FrontMatter,
    pub body_start: usize,
}

/// The keys that every site has.
pub const KNOWN: &[&str] = &[
    "title",
    "sidebar",
    "showTitle",
    "hideAnchor",
    "description",
    "noindex",
    "image",
    "seo",
    "order",
    "weight",
    "url",
    "aliases",
    "redirect_from",
    "draft",
    "date",
    "author",
    "tags",
    "keywords",
    "owner",
    "review_by",
    "status",
    "replaced_by",
    "sidebar_badge",
];

/// Reads the front matter of a file, if it has any.
pub fn read(file: &Arc<str>, text: &str) -> Diagnosed<Head> {
    let no_matter = |diagnostics| Diagnosed {
        value: Head {
            matter: FrontMatter::default(),
            body_start: 0,
        },
        diagnostics,
    };
    match fence::find(text) {
        Fence::Absent => no_matter(Vec::new()),
        Fence::Unclosed(span, closer) => no_matter(vec![
            Diagnostic::new(
                Code::FrontMatterUnclosed,
                file,
                span,
                "front matter is opened here and never closed",
            )
            .hint(format!(
                "add a line `{closer}` after the last key of the front matter"
            )),
        ]),
        Fence::Closed(fenced) => {
            let mut reader = Reader {
                file,
                offset: fenced.head.start,
                head: &text[fenced.head.clone()],
                diagnostics: Vec::new(),
            };
            let matter = reader.matter(fenced.format);
            Diagnosed {
                value: Head {
                    matter,
                    body_start: fenced.body_start,
                },
                diagnostics: reader.diagnostics,
            }
        }
    }
}

struct Reader<'a> {
    file: &'a Arc<str>,
    /// Where the head begins in the file.
    offset: usize,
    head: &'a str,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn matter(&mut self, format: Format) -> FrontMatter {
        if self.head.trim().is_empty() {
            return FrontMatter::default();
        }
        let placed = match format {
            Format::Yaml => tree::yaml(self.head),
            Format::Toml => tree::toml(self.head),
            // YAML allows more, and what it does not allow it calls by other names.
            Format::Json => json_fault(self.head).map_or_else(|| tree::yaml(self.head), Err),
        };
        let keys = match placed {
            Ok(node) => node,
            Err(error) => {
                self.syntax(error);
                return FrontMatter::default();
            }
        };
        if !matches!(keys.value, tree::Value::Map(_)) {
            if keys.value != tree::Value::Null {
                let found = keys.value.kind();
                let hint = match self.head[keys.span.clone()].split_once(':') {
                    Some((key, value)) if starts_with_key(key, ':') || KNOWN.contains(&key) => {
                        let value = value.lines().next().unwrap_or_default();
                        format!("put a space after the colon: `{key}: {value}`")
                    }
                    _ => "if the `---` is meant as a rule, write `***`".to_owned(),
                };
                self.report(
                    Code::FrontMatterSyntax,
                    keys.span,
                    format!("front matter is a map of keys, found {found}"),
                    Some(hint),
                );
            }
            return FrontMatter::default();
        }
        let values = match format {
            Format::Yaml => values::<YAML>(self.head),
            Format::Toml => values::<TOML>(self.head),
            Format::Json => values::<JSON>(self.head),
        };
        match values {
            Ok(values) => self.fields(&keys, &values),
            Err(message) => {
                self.syntax(placed_in_json(self.head, &message));
                FrontMatter::default()
            }
        }
    }

    fn fields(&mut self, keys: &Node, values: &Value) -> FrontMatter {
        let mut matter = FrontMatter::default();
        for entry in keys.entries() {
            let value = values.get(&entry.key).unwrap_or(&Value::Null);
            let field = Field {
                key: &entry.key,
                span: entry.value.span.clone(),
                value,
            };
            matter.keys.push(Key {
                name: entry.key.clone(),
                span: self.in_file(entry.key_span.clone()),
                value: value.clone(),
                value_span: self.in_file(entry.value.span.clone()),
            });
            match entry.key.as_str() {
                "title" => matter.title = self.text(&field),
                "sidebar" => matter.sidebar = self.sidebar(&field),
                "showTitle" => matter.show_title = self.boolean(&field, true),
                "hideAnchor" => matter.hide_anchor = self.boolean(&field, false),
                "description" => matter.description = self.text(&field),
                "noindex" => matter.noindex = self.boolean(&field, false),
                "image" => matter.image = self.placed(&field),
                "seo" => self.seo(&field, &entry.value, &mut matter),
                "order" | "weight" => matter.order = self.number(&field),
                "url" => matter.url = self.url(&field),
                "aliases" | "redirect_from" => {
                    matter.aliases.extend(self.urls(&field, &entry.value));
                }
                "draft" => matter.draft = self.boolean(&field, false),
                "date" => matter.date = self.text(&field),
                "author" => {
                    let names = self.texts(&field);
                    matter.author = (!names.is_empty()).then(|| names.join(", "));
                }
                "tags" => matter.tags = self.texts(&field),
                "keywords" => matter.keywords = self.texts(&field),
                "owner" => {
                    matter.owner = self.text(&field);
                    matter.owner_page = self.owner_page(&field, matter.owner.as_deref());
                }
                "review_by" => matter.review_by = self.text(&field),
                "status" => matter.status = self.text(&field),
                "replaced_by" => matter.replaced_by = self.placed(&field),
                "sidebar_badge" => matter.sidebar_badge = self.text(&field),
                // Whether it is a slip depends on what the site declares.
                _ => {}
            }
        }
        matter
    }

    fn text(&mut self, field: &Field<'_>) -> Option<String> {
        match field.value {
            Value::Null => None,
            // A block of text ends with a line break that nobody means.
            Value::String(text) => Some(text.trim().to_owned()),
            // As written, so that `title: 1.10` does not become `1.1`.
            Value::Number(_) | Value::Bool(_) => Some(self.head[field.span.clone()].to_owned()),
            _ => {
                self.wrong_type(field, "a string", None);
                None
            }
        }
    }

    /// A text with its place; an empty one is none.
    fn placed(&mut self, field: &Field<'_>) -> Option<Placed> {
        let span = self.in_file(field.span.clone());
        let text = self.text(field).filter(|text| !text.is_empty());
        text.map(|text| Placed { text, span })
    }

    fn owner_page(&self, field: &Field<'_>, owner: Option<&str>) -> Option<Placed> {
        let page = owner::page(owner?)?;
        let written = &self.head[field.span.clone()];
        let span = match written.rfind(page) {
            Some(at) => field.span.start + at..field.span.start + at + page.len(),
            None => field.span.clone(),
        };
        Some(Placed {
            text: page.to_owned(),
            span: self.in_file(span),
        })
    }

    fn boolean(&mut self, field: &Field<'_>, default: bool) -> bool {
        match field.value {
            Value::Bool(value) => *value,
            Value::Null => default,
            Value::String(text) => {
                let hint = match text.to_ascii_lowercase().as_str() {
                    "yes" | "on" | "true" => Some("write `true`, without quotes"),
                    "no" | "off" | "false" => Some("write `false`, without quotes"),
                    _ => None,
                };
                self.wrong_type(field, "`true` or `false`", hint);
                default
            }
            _ => {
                self.wrong_type(field, "`true` or `false`", None);
                default
            }
        }
    }

    fn number(&mut self, field: &Field<'_>) -> Option<f64> {
        match field.value {
            Value::Null => None,
            Value::Number(number) => number.as_f64(),
            _ => {
                self.wrong_type(field, "a number", None);
                None
            }
        }
    }

    fn texts(&mut self, field: &Field<'_>) -> Vec<String> {
        match field.value {
            Value::Array(items) => {
                let texts: Vec<String> = items.iter().filter_map(scalar_text).collect();
                if texts.len() < items.len() {
                    self.wrong_type(field, "a list of strings", None);
                }
                texts
            }
            Value::Object(_) => {
                self.wrong_type(field, "a list of strings", None);
                Vec::new()
            }
            _ => self.text(field).into_iter().collect(),
        }
    }

    fn sidebar(&mut self, field: &Field<'_>) -> SidebarChoice {
        match field.value {
            Value::Null | Value::Bool(false) => SidebarChoice::None,
            Value::String(name) => SidebarChoice::Named(Placed {
                text: name.clone(),
                span: self.in_file(field.span.clone()),
            }),
            _ => {
                self.wrong_type(field, "the name of a sidebar, `null` or `false`", None);
                SidebarChoice::Inherit
            }
        }
    }

    fn seo(&mut self, field: &Field<'_>, node: &Node, matter: &mut FrontMatter) {
        if !field.value.is_object() {
            if !field.value.is_null() {
                self.wrong_type(field, "a map with `metaTitle` and `metaDescription`", None);
            }
            return;
        }
        for entry in node.entries() {
            let inner = Field {
                key: &entry.key,
                span: entry.value.span.clone(),
                value: &field.value[&entry.key],
            };
            match entry.key.as_str() {
                "metaTitle" => matter.meta_title = self.text(&inner),
                "metaDescription" => matter.meta_description = self.text(&inner),
                unknown => {
                    if let Some(known) = one_slip(unknown, &["metaTitle", "metaDescription"]) {
                        let is_there = node.entries().iter().any(|entry| entry.key == known);
                        self.slip(unknown, known, entry.key_span.clone(), is_there);
                    }
                }
            }
        }
    }

    fn url(&mut self, field: &Field<'_>) -> Option<Placed> {
        let text = match field.value {
            Value::Null => return None,
            Value::Array(_) | Value::Object(_) => {
                self.wrong_type(field, "a path like `/handbook/values/`", None);
                return None;
            }
            _ => self.text(field)?,
        };
        self.placed_url(&text, field.key, field.span.clone())
    }

    fn urls(&mut self, field: &Field<'_>, node: &Node) -> Vec<Placed> {
        let tree::Value::Sequence(items) = &node.value else {
            return self.url(field).into_iter().collect();
        };
        let mut urls = Vec::new();
        for item in items {
            match &item.value {
                tree::Value::String(text) => {
                    urls.extend(self.placed_url(text, field.key, item.span.clone()));
                }
                other => {
                    let found = other.kind();
                    let key = field.key;
                    self.report(
                        Code::FrontMatterType,
                        item.span.clone(),
                        format!("`{key}` is a list of paths like `/old/page/`, found {found}"),
                        None,
                    );
                }
            }
        }
        urls
    }

    fn placed_url(&mut self, text: &str, key: &str, span: Range<usize>) -> Option<Placed> {
        match url::normalise(text) {
            Some(url) => Some(Placed {
                text: url,
                span: self.in_file(span),
            }),
            None => {
                self.report(
                    Code::FrontMatterType,
                    span,
                    format!(
                        "`{key}` is a path on this site like `/handbook/values/`, found `{text}`"
                    ),
                    None,
                );
                None
            }
        }
    }

    fn slip(&mut self, key: &str, known: &str, span: Range<usize>, is_there: bool) {
        let mut report = slip(self.file, key, known, self.in_file(span));
        if is_there {
            // To rename it would give the key twice.
            report.fix = None;
        }
        self.diagnostics.push(report);
    }

    fn wrong_type(&mut self, field: &Field<'_>, expected: &str, hint: Option<&str>) {
        let (key, found) = (field.key, in_words(field.value));
        self.report(
            Code::FrontMatterType,
            field.span.clone(),
            format!("`{key}` is {expected}, found {found}"),
            hint.map(str::to_owned),
        );
    }

    fn syntax(&mut self, error: SyntaxError) {
        let code = if error.duplicate_key {
            Code::FrontMatterDuplicateKey
        } else {
            Code::FrontMatterSyntax
        };
        let (message, hint) = if error.duplicate_key {
            let message = "front matter has this key twice".to_owned();
            (message, Some("keep one of the two".to_owned()))
        } else {
            let message = format!("front matter does not parse: {}", error.message);
            (message, quoting_hint(self.head, &error))
        };
        self.report(code, error.span, message, hint);
    }

    fn report(&mut self, code: Code, span: Range<usize>, message: String, hint: Option<String>) {
        let span = self.in_file(span);
        self.diagnostics
            .push(Diagnostic::new(code, self.file, span, message).maybe_hint(hint));
    }

    fn in_file(&self, span: Range<usize>) -> Range<usize> {
        span.start + self.offset..span.end + self.offset
    }
}

/// One key's value and where it stands in the head.
struct Field<'a> {
    key: &'a str,
    span: Range<usize>,
    value: &'a Value,
}

fn values<E: Engine>(head: &str) -> Result<Value, String> {
    let matter: Matter<E> = Matter::new();
    let fenced = format!("---\n{head}\n---\n");
    match matter.parse::<Value>(&fenced) {
        Ok(entity) => Ok(entity.data.unwrap_or(Value::Null)),
        Err(error) => Err(error.to_string()),
    }
}

fn json_fault(head: &str) -> Option<SyntaxError> {
    let error = serde_json::from_str::<Value>(head).err()?;
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let line: usize = head
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    // The parser counts bytes, and stops behind what it did not expect.
    let at = head.floor_char_boundary((line + error.column().saturating_sub(1)).min(head.len()));
    let width = head[at..].chars().next().map_or(0, char::len_utf8);
    Some(SyntaxError {
        message: message.to_owned(),
        span: at..at + width,
        duplicate_key: false,
    })
}

/// JSON's own faults say where they are in words: `trailing comma at line 3 column 1`.
fn placed_in_json(head: &str, message: &str) -> SyntaxError {
    let message = message
        .strip_prefix("Deserialize error: ")
        .unwrap_or(message);
    let (message, place) = message.split_once(" at line ").unwrap_or((message, ""));
    let mut numbers = place
        .split(" column ")
        .filter_map(|number| number.trim().parse().ok());
    let (line, column) = (numbers.next().unwrap_or(1), numbers.next().unwrap_or(1));
    let start = source::offset(head, line, column);
    SyntaxError {
        message: message.to_owned(),
        span: start..source::next_char(head, start),
        duplicate_key: false,
    }
}

fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A value as reports name it: ``the number `3` ``.
pub fn in_words(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(number) => format!("the number `{number}`"),
        Value::String(text) => format!("the string `{text}`"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a map".to_owned(),
    }
}

/// The report of a key that is a slip of a known one.
pub fn slip(file: &Arc<str>, key: &str, known: &str, span: Range<usize>) -> Diagnostic {
    Diagnostic::new(
        Code::FrontMatterUnknownKey,
        file,
        span.clone(),
        format!("unknown front matter key `{key}`"),
    )
    .hint(format!("did you mean `{known}`?"))
    .maybe_fix(Fix::of_word(&span, key, known))
}

/// The known key that this one is a slip of: one letter off, or another case, or other word breaks.
pub fn one_slip<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    let plain = |key: &str| key.to_lowercase().replace(['-', '_', ' '], "");
    let plain_key = plain(key);
    known
        .iter()
        .copied()
        .find(|known| plain(known) == plain_key)
        .or_else(|| {
            known
                .iter()
                .copied()
                .find(|known| strsim::osa_distance(&plain(known), &plain_key) == 1)
        })
}

/// The commonest slip in YAML by far: a colon in a title that is not quoted.
fn quoting_hint(head: &str, error: &SyntaxError) -> Option<String> {
    let line_start = head[..error.span.start].rfind('\n').map_or(0, |at| at + 1);
    let line = head[line_start..].lines().next()?;
    let (key, value) = line.split_once(": ")?;
    let value = value.trim();
    if value.starts_with(['"', '\'', '[', '{', '|', '>']) {
        return None;
    }
    (value.contains(": ")
        || value.ends_with(':')
        || value.starts_with(['@', '`', '*', '&', '%', '!']))
    .then(|| {
        format!(
            "quote the value: `{key}: \"{}\"`",
            value.replace('"', "\\\"")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{FrontMatter, SidebarChoice, read};
    use crate::diagnostic::Code;

    fn parse(text: &str) -> (FrontMatter, &str, Vec<(Code, &str)>) {
        let read = read(&"content/a.md".into(), text);
        let found = read
            .diagnostics
            .iter()
            .map(|d| (d.code, &text[d.span.clone().unwrap()]))
            .collect();
        (read.value.matter, &text[read.value.body_start..], found)
    }

    fn title(text: &str) -> Option<String> {
        let (matter, _, found) = parse(text);
        assert_eq!(found, [], "{text:?}");
        matter.title
    }

    #[test]
    fn every_format_and_every_way_to_open_and_close() {
        for text in [
            "---\ntitle: T\n---\nbody",
            "\n \n---\ntitle: T\n---\nbody",
            "---\r\ntitle: T\r\n---\r\nbody",
            "---  \ntitle: T\n...\nbody",
            "+++\ntitle = \"T\"\n+++\nbody",
            "{\n  \"title\": \"T\"\n}\nbody",
            "---\n{\"title\": \"T\"}\n---\nbody",
        ] {
            assert_eq!(title(text).as_deref(), Some("T"), "{text:?}");
            assert_eq!(parse(text).1, "body", "{text:?}");
        }
        assert_eq!(title("---\n---\nbody"), None);
        assert_eq!(parse("---\n---\nbody").1, "body");
    }

    #[test]
    fn a_rule_is_no_front_matter() {
        for text in [
            "---",
            "---\n",
            "---\n\nprose\n",
            "a\n---\nb: c\n---\n",
            "{braces} and text",
            "+++",
            "",
        ] {
            assert_eq!(parse(text).1, text, "{text:?}");
            assert_eq!(parse(text).2, []);
        }
    }

    #[test]
    fn scalars_are_titles_as_written() {
        assert_eq!(title("---\ntitle: 2024\n---\n").as_deref(), Some("2024"));
        assert_eq!(title("---\ntitle: 1.10\n---\n").as_deref(), Some("1.10"));
        assert_eq!(title("---\ntitle: true\n---\n").as_deref(), Some("true"));
        assert_eq!(
            title("---\ntitle: 2024-01-02\n---\n").as_deref(),
            Some("2024-01-02")
        );
        assert_eq!(title("---\ntitle:\n---\n"), None);
    }

    #[test]
    fn mistakes_have_their_place() {
        use Code::*;
        let cases: &[(&str, Code, &str)] = &[
            ("---\ntitle: T\nbody\n", FrontMatterUnclosed, "---"),
            ("---\nshowTitle: maybe\n---\n", FrontMatterType, "maybe"),
            ("---\norder: first\n---\n", FrontMatterType, "first"),
            ("---\ntitle: [a]\n---\n", FrontMatterType, "[a]"),
            (
                "---\ntitle: a\ntitle: b\n---\n",
                FrontMatterDuplicateKey,
                "title",
            ),
            ("---\n- a\n- b\n---\n", FrontMatterSyntax, "- a\n- b"),
            (
                "---\nseo:\n  metaTitel: x\n---\n",
                FrontMatterUnknownKey,
                "metaTitel",
            ),
            ("---\nurl: ../x\n---\n", FrontMatterType, "../x"),
            ("---\nsidebar: [a]\n---\n", FrontMatterType, "[a]"),
        ];
        for (text, code, place) in cases {
            assert_eq!(parse(text).2, [(*code, *place)], "{text:?}");
        }
        assert_eq!(parse("---\ntitle: a: b\n---\n").2[0].0, FrontMatterSyntax);
        assert_eq!(parse("+++\ntitle = \n+++\n").2[0].0, FrontMatterSyntax);
        assert_eq!(parse("---\nteam: x\nlevel: 3\n---\n").2, []);
    }

    #[test]
    fn sidebars_and_aliases() {
        let (matter, ..) = parse("---\nsidebar: Handbook\naliases: [/old, older/]\n---\n");
        assert!(matches!(matter.sidebar, SidebarChoice::Named(name) if name.text == "Handbook"));
        let aliases: Vec<_> = matter.aliases.iter().map(|a| a.text.as_str()).collect();
        assert_eq!(aliases, ["/old/", "/older/"]);
        assert_eq!(
            parse("---\nsidebar: null\n---\n").0.sidebar,
            SidebarChoice::None
        );
        assert_eq!(
            parse("---\nsidebar: false\n---\n").0.sidebar,
            SidebarChoice::None
        );
        assert_eq!(parse("---\nx: 1\n---\n").0.sidebar, SidebarChoice::Inherit);
    }
}
