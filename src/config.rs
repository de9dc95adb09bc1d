//! `handbook.toml`: what it may say and what it says. Reads text, no files.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnosed, Diagnostic, Level};
use crate::source;
use crate::tree::{self, Entry, Value};

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
    pub levels: BTreeMap<Code, Level>,
    pub elsewhere: Vec<Elsewhere>,
    /// What opens a file in a writer's editor: an address with `{path}`, `{line}` and `{column}`.
    pub editor: String,
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
            levels: BTreeMap::new(),
            elsewhere: Vec::new(),
            editor: "vscode://file{path}:{line}:{column}".to_owned(),
        }
    }
}

/// Where the site is published: `https://example.org` and `/docs`.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseUrl {
    /// Scheme and host, without a slash at the end.
    pub origin: String,
    /// Empty, or with a slash in front and none at the end. Decoded.
    pub path: String,
}

impl BaseUrl {
    /// Reads an absolute `http` or `https` URL. `None` if it is not one, or has a query or a fragment.
    pub fn parse(text: &str) -> Option<BaseUrl> {
        let text = text.trim();
        let scheme_end = text.find("://")?;
        if !matches!(
            text[..scheme_end].to_ascii_lowercase().as_str(),
            "http" | "https"
        ) || text.contains(['?', '#', '\\', '"', '<', '>'])
            || text.contains(char::is_whitespace)
        {
            return None;
        }
        let host_start = scheme_end + 3;
        let path_start = text[host_start..]
            .find('/')
            .map_or(text.len(), |at| host_start + at);
        if path_start == host_start {
            return None;
        }
        let path = crate::url::normalise(&text[path_start..])?;
        Some(BaseUrl {
            origin: text[..path_start].to_owned(),
            path: path.trim_end_matches('/').to_owned(),
        })
    }
}

/// A pattern for paths on the same host that something else serves.
#[derive(Clone, Debug, PartialEq)]
pub struct Elsewhere(String);

impl Elsewhere {
    /// `/docs/**` is everything below `/docs/` and `/docs` itself, `*` is anything but a slash, other patterns are
    /// the path itself with or without a slash at the end.
    pub fn matches(&self, path: &str) -> bool {
        let pattern = self.0.trim_end_matches('/');
        let path = path.trim_end_matches('/');
        if let Some(prefix) = pattern.strip_suffix("/**") {
            let mut parts = path.split('/');
            return prefix
                .split('/')
                .all(|want| parts.next().is_some_and(|part| part_matches(want, part)));
        }
        let (wanted, parts) = (pattern.split('/'), path.split('/'));
        wanted.clone().count() == parts.clone().count()
            && wanted
                .zip(parts)
                .all(|(want, part)| part_matches(want, part))
    }
}

fn part_matches(pattern: &str, part: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = part.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

const KEYS: &[&str] = &[
    "title", "base_url", "language", "theme", "levels", "links", "serve",
];
const LINKS_KEYS: &[&str] = &["elsewhere"];
const SERVE_KEYS: &[&str] = &["editor"];

/// Reads `handbook.toml`.
pub fn read(file: &Arc<str>, text: &str) -> Diagnosed<Config> {
    let mut reader = Reader {
        file,
        diagnostics: Vec::new(),
    };
    let config = match tree::toml(text) {
        Ok(root) => reader.config(root.entries()),
        Err(error) => {
            let span = if error.span.is_empty() {
                source::first_line(text)
            } else {
                error.span
            };
            reader.report(Code::ConfigSyntax, span, error.message, None);
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
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn config(&mut self, entries: &[Entry]) -> Config {
        let mut config = Config::default();
        for entry in entries {
            match entry.key.as_str() {
                "title" => config.title = self.string(entry),
                "base_url" => config.base_url = self.base_url(entry),
                "language" => {
                    if let Some(language) = self.string(entry) {
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
                            "elsewhere" => config.elsewhere = self.elsewhere(inner),
                            _ => self.unknown(inner, LINKS_KEYS, "[links] "),
                        }
                    }
                }
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

    fn levels(&mut self, entry: &Entry) -> BTreeMap<Code, Level> {
        let mut levels = BTreeMap::new();
        let names: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        for inner in self.table(entry) {
            let Some(code) = Code::from_name(&inner.key) else {
                self.unknown(inner, &names, "diagnostic code ");
                continue;
            };
            let level = match &inner.value.value {
                Value::String(text) => match text.as_str() {
                    "off" => Some(Level::Off),
                    "warn" => Some(Level::Warn),
                    "error" => Some(Level::Error),
                    _ => None,
                },
                _ => None,
            };
            match level {
                Some(level) => {
                    levels.insert(code, level);
                }
                None => self.wrong_type(inner, "`error`, `warn` or `off`"),
            }
        }
        levels
    }

    fn elsewhere(&mut self, entry: &Entry) -> Vec<Elsewhere> {
        let Value::Sequence(items) = &entry.value.value else {
            self.wrong_type(entry, "a list of paths");
            return Vec::new();
        };
        let mut patterns = Vec::new();
        for item in items {
            match &item.value {
                Value::String(text) if text.starts_with('/') => {
                    patterns.push(Elsewhere(text.clone()));
                }
                _ => self.report(
                    Code::ConfigSyntax,
                    item.span.clone(),
                    "`elsewhere` is a list of paths that begin with `/`".to_owned(),
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
            .map(|(_, known)| format!("did you mean `{known}`?"));
        let hint = nearest.or_else(|| {
            (known.len() <= 12).then(|| format!("known here: `{}`", known.join("`, `")))
        });
        self.report(Code::ConfigUnknownKey, entry.key_span.clone(), kind, hint);
    }

    fn report(&mut self, code: Code, span: Range<usize>, message: String, hint: Option<String>) {
        self.diagnostics
            .push(Diagnostic::new(code, self.file, span, message).maybe_hint(hint));
    }
}

#[cfg(test)]
mod tests {
    use super::{BaseUrl, Elsewhere, read};
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
        assert_eq!(read.value.levels[&Code::BrokenLink], Level::Warn);
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
    fn patterns_for_elsewhere() {
        let matches = |pattern: &str, path: &str| Elsewhere(pattern.to_owned()).matches(path);
        assert!(matches("/pricing", "/pricing/"));
        assert!(!matches("/pricing", "/pricing/x"));
        assert!(matches("/docs/**", "/docs"));
        assert!(matches("/docs/**", "/docs/a/b/"));
        assert!(!matches("/docs/**", "/docsearch"));
        assert!(matches("/blog/*/feed", "/blog/x/feed"));
        assert!(matches("/v*", "/v2"));
    }

    #[test]
    fn base_urls() {
        assert!(BaseUrl::parse("example.org").is_none());
        assert!(BaseUrl::parse("https://").is_none());
        assert!(BaseUrl::parse("https://x.org/?q").is_none());
        assert_eq!(BaseUrl::parse("https://x.org").unwrap().path, "");
    }
}
