//! `handbook.toml`: what it may say and what it says. Reads text, no files.

mod base_url;
mod colour;
mod day;
mod language;
mod levels;
mod look;
mod markdown;
mod pattern;
mod renames;
mod schema;
mod search;
mod trust;
mod ui;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnosed, Diagnostic, Fix, conflict};
use crate::tree::{self, Entry, Value};

pub use base_url::BaseUrl;
pub use colour::Colour;
pub use day::{Day, day, day_meant};
pub use levels::Levels;
pub use look::{LINK_KEYS, LOOK_KEYS, Look, Named, TitledLink};
pub use markdown::{MARKDOWN_KEYS, Markdown};
pub use pattern::Pattern;
pub use schema::{Kind, RULE_KEYS, Rule, Schema};
pub use search::{SEARCH_KEYS, Search};
pub use trust::{
    ANNOUNCEMENT_KEYS, Announcement, FEEDBACK_KEYS, GIT_KEYS, Git, PageLink, REPOSITORY_KEYS,
    Repository,
};
pub use ui::Word;

/// A site's settings, with defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// As given; a site without one is called as its first page is.
    pub title: Option<String>,
    pub base_url: Option<BaseUrl>,
    /// What stands in front of every address: the path of `base_url`, or nothing where a preview mounts the site at `/`.
    pub mount: String,
    /// A BCP 47 tag for `<html lang>`.
    pub language: String,
    /// The name of a folder in `themes/`; none is the default theme.
    pub theme: Option<String>,
    /// Where `handbook.toml` names the theme.
    pub theme_span: Option<Range<usize>>,
    pub levels: Levels,
    /// Paths on the same host that something else serves.
    pub elsewhere: Vec<Pattern>,
    /// Addresses that are gone on purpose.
    pub retired: Vec<Pattern>,
    pub external: External,
    pub front_matter: Schema,
    /// Components that pages call by another name than the theme.
    pub components: BTreeMap<String, String>,
    pub markdown: Markdown,
    pub ui: Vec<Word>,
    pub look: Look,
    pub repository: Repository,
    /// Where readers say what they think of a page.
    pub feedback: Option<PageLink>,
    pub git: Git,
    pub announcement: Option<Announcement>,
    pub search: Search,
    /// Pages say how long it takes to read them.
    pub reading_time: bool,
    /// Every page is there as Markdown too.
    pub markdown_copies: bool,
    /// What opens a file in a writer's editor: an address with `{path}`, `{line}` and `{column}`.
    pub editor: String,
}

impl Config {
    /// The path of `base_url`, empty for the root of its host.
    pub fn base_path(&self) -> &str {
        self.base_url.as_ref().map_or("", |base| &base.path)
    }
}

impl Default for Config {
    fn default() -> Config {
        Config {
            title: None,
            base_url: None,
            mount: String::new(),
            language: "en".to_owned(),
            theme: None,
            theme_span: None,
            levels: Levels::default(),
            elsewhere: Vec::new(),
            retired: Vec::new(),
            external: External::default(),
            front_matter: Schema::default(),
            components: BTreeMap::new(),
            markdown: Markdown::default(),
            ui: Vec::new(),
            look: Look::default(),
            repository: Repository::default(),
            feedback: None,
            git: Git::default(),
            announcement: None,
            search: Search::default(),
            reading_time: false,
            markdown_copies: true,
            editor: "vscode://file{path}:{line}:{column}".to_owned(),
        }
    }
}

/// How `check --external` looks at other hosts.
#[derive(Clone, Debug, PartialEq)]
pub struct External {
    /// Addresses that are not looked at.
    pub skip: Vec<Pattern>,
    /// Seconds for one request with everything in it.
    pub timeout: u64,
    /// Days for which a good answer is believed without asking again.
    pub max_age: u64,
}

impl Default for External {
    fn default() -> External {
        External {
            skip: Vec::new(),
            timeout: 20,
            max_age: 7,
        }
    }
}

/// Every key of the file's first level, in the order of the reference page.
pub const KEYS: &[&str] = &[
    "title",
    "base_url",
    "language",
    "theme",
    "reading_time",
    "markdown_copies",
    "levels",
    "links",
    "external",
    "front_matter",
    "components",
    "markdown",
    "ui",
    "look",
    "repository",
    "feedback",
    "git",
    "announcement",
    "search",
    "serve",
];
/// The most seconds or days that may be asked for.
pub const MOST: i64 = 100_000;
pub const LINKS_KEYS: &[&str] = &["elsewhere", "retired"];
pub const EXTERNAL_KEYS: &[&str] = &["skip", "timeout", "max_age"];
pub const SERVE_KEYS: &[&str] = &["editor"];

/// Reads `handbook.toml`.
pub fn read(file: &Arc<str>, text: &str) -> Diagnosed<Config> {
    let mut reader = Reader {
        file,
        text,
        diagnostics: Vec::new(),
    };
    let config = match tree::toml(text) {
        Ok(root) => {
            let config = reader.config(root.entries());
            renames::keep_single(root.entries(), &mut reader.diagnostics);
            config
        }
        Err(error) => {
            match conflict::first(file, text) {
                Some(conflict) => reader.diagnostics.push(conflict),
                None => reader.report(Code::ConfigSyntax, error.span, error.message, None),
            }
            Config::default()
        }
    };
    Diagnosed {
        value: config,
        diagnostics: reader.diagnostics,
    }
}

struct Reader<'a> {
    file: &'a Arc<str>,
    text: &'a str,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn config(&mut self, entries: &[Entry]) -> Config {
        let mut config = Config::default();
        for entry in entries {
            match entry.key.as_str() {
                // An empty one is none.
                "title" => {
                    config.title = self.string(entry).filter(|title| !title.trim().is_empty());
                }
                "base_url" => config.base_url = self.base_url(entry),
                "language" => {
                    if let Some(language) = self.language(entry) {
                        config.language = language;
                    }
                }
                "theme" => {
                    config.theme = self.theme(entry);
                    config.theme_span = Some(entry.value.span.clone());
                }
                "levels" => config.levels = self.levels(entry),
                "links" => {
                    for inner in self.table(entry) {
                        match inner.key.as_str() {
                            "elsewhere" => config.elsewhere = self.paths(inner),
                            "retired" => config.retired = self.paths(inner),
                            _ => self.unknown(inner, LINKS_KEYS, "[links] "),
                        }
                    }
                }
                "external" => config.external = self.external(entry),
                "front_matter" => config.front_matter = self.schema(entry),
                "components" => {
                    for inner in self.table(entry) {
                        let name = self.string(inner);
                        config
                            .components
                            .extend(name.map(|name| (inner.key.clone(), name)));
                    }
                }
                "markdown" => config.markdown = self.markdown(entry),
                "ui" => config.ui = self.ui(entry),
                "look" => config.look = self.look(entry),
                "repository" => config.repository = self.repository(entry),
                "feedback" => config.feedback = self.feedback(entry),
                "git" => config.git = self.git(entry),
                "announcement" => config.announcement = self.announcement(entry),
                "search" => config.search = self.search(entry),
                "reading_time" => self.choice(entry, &mut config.reading_time),
                "markdown_copies" => self.choice(entry, &mut config.markdown_copies),
                "serve" => {
                    for inner in self.table(entry) {
                        match inner.key.as_str() {
                            "editor" => {
                                if let Some(editor) = self.string(inner) {
                                    config.editor = editor;
                                }
                            }
                            _ => self.unknown(inner, SERVE_KEYS, "[serve] "),
                        }
                    }
                }
                _ => self.unknown(entry, KEYS, ""),
            }
        }
        config
    }

    fn string(&mut self, entry: &Entry) -> Option<String> {
        match &entry.value.value {
            Value::String(text) => Some(text.clone()),
            _ => {
                self.wrong_type(entry, "a string");
                None
            }
        }
    }

    fn table<'e>(&mut self, entry: &'e Entry) -> &'e [Entry] {
        if !matches!(entry.value.value, Value::Map(_)) {
            self.wrong_type(entry, "a table");
        }
        entry.value.entries()
    }

    fn base_url(&mut self, entry: &Entry) -> Option<BaseUrl> {
        let text = self.string(entry)?;
        if text.is_empty() {
            return None;
        }
        let base = BaseUrl::parse(&text);
        if base.is_none() {
            self.report(
                Code::ConfigSyntax,
                entry.value.span.clone(),
                format!("`base_url` is an address like `https://handbook.example.org/docs`, found `{text}`"),
                None,
            );
        }
        base
    }

    fn theme(&mut self, entry: &Entry) -> Option<String> {
        let name = self.string(entry)?;
        if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '\0']) {
            self.report(
                Code::ConfigSyntax,
                entry.value.span.clone(),
                format!("`theme` is the name of a folder in `themes/`, found `{name}`"),
                None,
            );
            return None;
        }
        Some(name)
    }

    fn external(&mut self, entry: &Entry) -> External {
        let mut external = External::default();
        for inner in self.table(entry) {
            match inner.key.as_str() {
                "skip" => external.skip = self.addresses(inner),
                "timeout" => self.count(inner, "seconds", &mut external.timeout),
                "max_age" => self.count(inner, "days", &mut external.max_age),
                _ => self.unknown(inner, EXTERNAL_KEYS, "[external] "),
            }
        }
        external
    }

    fn count(&mut self, entry: &Entry, unit: &str, count: &mut u64) {
        match entry.value.value {
            Value::Integer(number) if (1..=MOST).contains(&number) => {
                *count = number.unsigned_abs();
            }
            Value::Integer(number) => self.report(
                Code::ConfigSyntax,
                entry.value.span.clone(),
                format!(
                    "`{}` is a number of {unit} from 1 to {MOST}, found `{number}`",
                    entry.key
                ),
                None,
            ),
            _ => self.wrong_type(entry, &format!("a number of {unit}")),
        }
    }

    fn paths(&mut self, entry: &Entry) -> Vec<Pattern> {
        self.patterns(entry, "paths that begin with `/`", |text| {
            text.starts_with('/')
        })
    }

    fn addresses(&mut self, entry: &Entry) -> Vec<Pattern> {
        self.patterns(entry, "addresses like `https://example.org/**`", |text| {
            text.contains("://")
        })
    }

    fn patterns(&mut self, entry: &Entry, of: &str, is_one: fn(&str) -> bool) -> Vec<Pattern> {
        let Value::Sequence(items) = &entry.value.value else {
            self.wrong_type(entry, &format!("a list of {of}"));
            return Vec::new();
        };
        let mut patterns = Vec::new();
        for item in items {
            match &item.value {
                Value::String(text) if is_one(text) => patterns.push(Pattern::new(text)),
                _ => self.report(
                    Code::ConfigSyntax,
                    item.span.clone(),
                    format!("`{}` is a list of {of}", entry.key),
                    None,
                ),
            }
        }
        patterns
    }

    fn wrong_type(&mut self, entry: &Entry, expected: &str) {
        let found = match &entry.value.value {
            Value::String(text) => format!("`{text}`"),
            other => other.kind().to_owned(),
        };
        self.report(
            Code::ConfigSyntax,
            entry.value.span.clone(),
            format!("`{}` is {expected}, found {found}", entry.key),
            None,
        );
    }

    fn unknown(&mut self, entry: &Entry, known: &[&str], place: &str) {
        let kind = if place.starts_with("diagnostic") {
            format!("unknown {place}`{}`", entry.key)
        } else {
            format!(
                "unknown key `{}{}`",
                place.replace(['[', ']'], "").replace(' ', "."),
                entry.key
            )
        };
        let nearest = known
            .iter()
            .map(|known| (strsim::osa_distance(known, &entry.key), known))
            .min()
            .filter(|(distance, known)| *distance <= 1 + known.len() / 6)
            .map(|(_, known)| *known);
        let hint = nearest
            .map(|known| format!("did you mean `{known}`?"))
            .or_else(|| {
                (known.len() <= 12).then(|| format!("known here: `{}`", known.join("`, `")))
            });
        let fix = nearest.map(|known| Fix {
            span: entry.key_span.clone(),
            replacement: known.to_owned(),
        });
        self.report(Code::ConfigUnknownKey, entry.key_span.clone(), kind, hint);
        if let Some(report) = self.diagnostics.last_mut() {
            report.fix = fix;
        }
    }

    /// Adds a hint to the last report, unless it already says what was surely meant.
    fn hint_unless_meant(&mut self, hint: String) {
        if let Some(report) = self.diagnostics.last_mut()
            && report.fix.is_none()
        {
            report.hints.push(hint);
        }
    }

    fn report(&mut self, code: Code, span: Range<usize>, message: String, hint: Option<String>) {
        self.diagnostics
            .push(Diagnostic::new(code, self.file, span, message).maybe_hint(hint));
    }
}

#[cfg(test)]
mod tests {
    use super::{BaseUrl, read};
    use crate::diagnostic::{Code, Level};

    #[test]
    fn a_whole_file() {
        let text = "title = \"T\"\nbase_url = \"https://x.org/docs/\"\n[levels]\nbroken-link = \"warn\"\n[links]\nelsewhere = [\"/pricing\"]\n";
        let read = read(&"handbook.toml".into(), text);
        assert_eq!(read.diagnostics, []);
        let base = read.value.base_url.unwrap();
        assert_eq!(
            (base.origin.as_str(), base.path.as_str()),
            ("https://x.org", "/docs")
        );
        assert_eq!(read.value.levels.of(Code::BrokenLink, "a.md"), Level::Warn);
    }

    #[test]
    fn unknown_keys_are_errors_with_a_suggestion() {
        let text = "titel = \"T\"\n[levels]\nbroken-lnk = \"warn\"\nbroken-link = 3\n";
        let read = read(&"handbook.toml".into(), text);
        let found: Vec<_> = read
            .diagnostics
            .iter()
            .map(|d| {
                (
                    d.code,
                    &text[d.span.clone().unwrap()],
                    d.hints.first().map(String::as_str),
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                (
                    Code::ConfigUnknownKey,
                    "titel",
                    Some("did you mean `title`?")
                ),
                (
                    Code::ConfigUnknownKey,
                    "broken-lnk",
                    Some("did you mean `broken-link`?")
                ),
                (Code::ConfigSyntax, "3", None),
            ]
        );
    }

    #[test]
    fn levels_by_path() {
        let text = "[levels]\npage-not-in-sidebar = \"warn\"\n[levels.\"archive/**\"]\nbroken-link = \"off\"\npage-not-in-sidebar = \"error\"\n";
        let read = read(&"handbook.toml".into(), text);
        assert_eq!(read.diagnostics, []);
        let levels = read.value.levels;
        let of = |file: &str| levels.of(Code::BrokenLink, file);
        assert_eq!(of("content/archive/a.md"), Level::Off);
        assert_eq!(of("archive/a.md"), Level::Off);
        assert_eq!(of("content/a.md"), Level::Error);
        assert!(levels.ask_for(Code::BrokenLink));
    }

    #[test]
    fn base_urls() {
        assert!(BaseUrl::parse("example.org").is_none());
        assert!(BaseUrl::parse("https://").is_none());
        assert!(BaseUrl::parse("https://x.org/?q").is_none());
        assert_eq!(BaseUrl::parse("https://x.org").unwrap().path, "");
    }
}
