//! `[repository]`, `[feedback]`, `[git]` and `[announcement]`: what a site says of where it comes from and how to reach
//! its writers.

use std::ops::Range;

use super::Reader;
use crate::diagnostic::Code;
use crate::tree::{Entry, Value};

/// An address with `{path}`, `{title}` and `{url}` in it, which differ from page to page.
#[derive(Clone, Debug, PartialEq)]
pub struct PageLink(String);

/// What stands for something in a `PageLink`.
const PLACEHOLDERS: &[&str] = &["path", "title", "url"];

impl PageLink {
    /// The address for a page: each placeholder replaced by what `value` gives for its name.
    pub fn of(&self, value: impl Fn(&str) -> String) -> String {
        let mut address = String::with_capacity(self.0.len() + 32);
        let mut rest = self.0.as_str();
        while let Some((before, name, after)) = placeholder(rest) {
            address.push_str(before);
            address.push_str(&value(name));
            rest = after;
        }
        address + rest
    }
}

/// The first `{name}` of a text, with what stands before and after it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// Where pages are changed, and where one may complain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Repository {
    pub edit: Option<PageLink>,
    pub report: Option<PageLink>,
}

/// What is asked of git.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Git {
    /// Pages say when they were changed last.
    pub dates: bool,
    /// And by whom.
    pub authors: bool,
}

impl Default for Git {
    fn default() -> Git {
        Git {
            dates: true,
            authors: true,
        }
    }
}

/// A few words above every page.
#[derive(Clone, Debug, PartialEq)]
pub struct Announcement {
    /// Markdown.
    pub text: String,
    pub span: Range<usize>,
    /// Where the text begins in `handbook.toml`, if it stands there just as it is meant.
    pub start: Option<usize>,
    /// The last day on which it is shown.
    pub until: Option<String>,
}

pub const REPOSITORY_KEYS: &[&str] = &["edit", "report"];
pub const FEEDBACK_KEYS: &[&str] = &["url"];
pub const GIT_KEYS: &[&str] = &["dates", "authors"];
pub const ANNOUNCEMENT_KEYS: &[&str] = &["text", "until"];

/// Where a string's text begins in the file, if nothing in it is escaped. `span` takes in the quotes.
fn start_within(file: &str, span: &Range<usize>, text: &str) -> Option<usize> {
    let raw = file.get(span.clone())?;
    let quotes = [
        "\"\"\"\r\n",
        "\"\"\"\n",
        "'''\r\n",
        "'''\n",
        "\"\"\"",
        "'''",
        "\"",
        "'",
    ];
    let opening = quotes.iter().find(|quotes| raw.starts_with(**quotes))?;
    let closing = opening.trim_end();
    let inner = raw.get(opening.len()..)?.strip_suffix(closing)?;
    (inner == text).then_some(span.start + opening.len())
}

impl Reader<'_> {
    pub(super) fn repository(&mut self, entry: &Entry) -> Repository {
        let mut repository = Repository::default();
        for inner in self.table(entry) {
            match inner.key.as_str() {
                "edit" => {
                    repository.edit = self.page_link(inner);
                    self.one_for_all(inner, repository.edit.as_ref());
                }
                "report" => repository.report = self.page_link(inner),
                _ => self.unknown(inner, REPOSITORY_KEYS, "[repository] "),
            }
        }
        repository
    }

    pub(super) fn feedback(&mut self, entry: &Entry) -> Option<PageLink> {
        let mut feedback = None;
        for inner in self.table(entry) {
            match inner.key.as_str() {
                "url" => feedback = self.page_link(inner),
                _ => self.unknown(inner, FEEDBACK_KEYS, "[feedback] "),
            }
        }
        feedback
    }

    pub(super) fn git(&mut self, entry: &Entry) -> Git {
        let mut git = Git::default();
        for inner in self.table(entry) {
            match inner.key.as_str() {
                "dates" => self.choice(inner, &mut git.dates),
                "authors" => self.choice(inner, &mut git.authors),
                _ => self.unknown(inner, GIT_KEYS, "[git] "),
            }
        }
        git
    }

    pub(super) fn announcement(&mut self, entry: &Entry) -> Option<Announcement> {
        let (mut text, mut until) = (None, None);
        let is_given = |key| entry.value.get(key).is_some();
        if is_given("until") && !is_given("text") {
            self.report(
                Code::ConfigSyntax,
                entry.key_span.clone(),
                "`until` without `text` announces nothing".to_owned(),
                Some("write what is announced: `text = \"…\"`".to_owned()),
            );
        }
        for inner in self.table(entry) {
            match inner.key.as_str() {
                "text" => {
                    let span = inner.value.span.clone();
                    text = self.string(inner).map(|text| (text, span));
                }
                "until" => until = self.day(inner),
                _ => self.unknown(inner, ANNOUNCEMENT_KEYS, "[announcement] "),
            }
        }
        let (text, span) = text.filter(|(text, _)| !text.trim().is_empty())?;
        let start = start_within(self.text, &span, &text);
        Some(Announcement {
            text,
            span,
            start,
            until,
        })
    }

    pub(super) fn choice(&mut self, entry: &Entry, choice: &mut bool) {
        match entry.value.value {
            Value::Bool(chosen) => *choice = chosen,
            _ => self.wrong_type(entry, "`true` or `false`"),
        }
    }

    fn day(&mut self, entry: &Entry) -> Option<String> {
        let text = match &entry.value.value {
            Value::String(text) => text.as_str(),
            _ => "",
        };
        if super::day(text).is_none() {
            self.wrong_type(entry, "a day like `2026-12-31`");
            return None;
        }
        Some(text[..10].to_owned())
    }

    /// Reports an address that leads from every page to the same place.
    fn one_for_all(&mut self, entry: &Entry, link: Option<&PageLink>) {
        if link.is_some_and(|link| placeholder(&link.0).is_none()) {
            self.report(
                Code::ConfigSyntax,
                entry.value.span.clone(),
                format!("`{}` is the same address for every page", entry.key),
                Some("write `{path}` where the file of the page belongs".to_owned()),
            );
        }
    }

    fn page_link(&mut self, entry: &Entry) -> Option<PageLink> {
        let text = self.string(entry)?;
        if text.is_empty() {
            return None;
        }
        // What a script could run is no address.
        let schemes = ["https://", "http://", "mailto:"];
        if !schemes.iter().any(|scheme| text.starts_with(scheme)) {
            self.wrong_type(
                entry,
                "an address that begins with `https://`, `http://` or `mailto:`",
            );
            return None;
        }
        let mut rest = text.as_str();
        while let Some((_, name, after)) = placeholder(rest) {
            if !PLACEHOLDERS.contains(&name) {
                self.report(
                    Code::ConfigSyntax,
                    entry.value.span.clone(),
                    format!("`{}` has the unknown placeholder `{{{name}}}`", entry.key),
                    Some("known here: `{path}`, `{title}` and `{url}`".to_owned()),
                );
                return None;
            }
            rest = after;
        }
        if rest.contains('{') {
            self.report(
                Code::ConfigSyntax,
                entry.value.span.clone(),
                format!("`{}` has a `{{` that no `}}` closes", entry.key),
                Some("known here: `{path}`, `{title}` and `{url}`".to_owned()),
            );
            return None;
        }
        Some(PageLink(text))
    }
}
