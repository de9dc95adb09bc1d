//! Which language a code block's info string names. Knows the grammars' names, not what is in them.

use std::collections::HashMap;

use syntect::parsing::SyntaxSet;

use super::names::{DIALECTS, ELSEWHERE, NAMES, PLAIN};

/// What a code block's info string names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// A language with a grammar.
    Known(Syntax),
    /// No language at all: nothing, `text`, output of a program.
    Plain,
    /// No language that has a grammar here. That is no mistake, unless it looks like a slip of the suggested name.
    Unknown { suggestion: Option<String> },
}

/// A grammar of the `Highlighter` that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Syntax(usize);

impl Syntax {
    pub(super) fn index(self) -> usize {
        self.0
    }
}

/// The language's name in an info string as the writer wrote it, in lower case: its first word, without the options
/// that other tools write behind it (`rust,ignore`, `js{1,3}`, `ts:app.ts`) and without Pandoc's dot (`{.python}`).
///
/// It is meant for `class="language-…"`, and still has to be escaped there.
pub fn language_id(info: &str) -> String {
    let info = info.trim_start().trim_start_matches(['{', '.']);
    let end = info
        .find(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}' | ':'))
        .unwrap_or(info.len());
    info[..end].to_lowercase()
}

/// The shortest name that can be a slip of another, in letters.
const SHORTEST_SLIP: usize = 3;

/// The shortest name that a slip can mean, in letters. Of shorter ones, too many are one letter from another tool's name.
const SHORTEST_MEANT: usize = 4;

/// From this many letters on, two of them may be wrong.
const LONG_NAME: usize = 6;

/// What every name means.
pub struct Languages {
    by_name: HashMap<String, Syntax>,
    dialects: Vec<Dialect>,
}

struct Dialect {
    of: Syntax,
    marks: &'static [&'static str],
    syntax: Syntax,
}

impl Languages {
    pub fn new(syntaxes: &SyntaxSet) -> Languages {
        let mut by_name = HashMap::new();
        let shown = || {
            let all = syntaxes.syntaxes().iter().enumerate();
            all.filter(|(_, syntax)| !syntax.hidden)
        };
        // What comes later wins: a name over an extension, the table over both.
        for (index, syntax) in shown() {
            for extension in syntax.file_extensions.iter().filter(|e| is_telling(e)) {
                by_name.insert(extension.to_lowercase(), Syntax(index));
            }
        }
        for (index, syntax) in shown() {
            by_name.insert(syntax.name.to_lowercase(), Syntax(index));
        }
        for (grammar, names) in NAMES {
            let syntax = grammar_named(syntaxes, grammar);
            for name in *names {
                by_name.insert((*name).to_owned(), syntax);
            }
        }
        let dialects = DIALECTS.iter().map(|(of, marks, grammar)| Dialect {
            of: grammar_named(syntaxes, of),
            marks,
            syntax: grammar_named(syntaxes, grammar),
        });
        Languages {
            by_name,
            dialects: dialects.collect(),
        }
    }

    /// The grammar to read this text with.
    pub fn dialect(&self, syntax: Syntax, text: &str) -> Syntax {
        let fits = |dialect: &&Dialect| {
            dialect.of == syntax && dialect.marks.iter().any(|mark| text.contains(mark))
        };
        self.dialects
            .iter()
            .find(fits)
            .map_or(syntax, |dialect| dialect.syntax)
    }

    pub fn find(&self, info: &str) -> Language {
        let name = language_id(info);
        if PLAIN.contains(&name.as_str()) {
            return Language::Plain;
        }
        match self.by_name.get(&name) {
            Some(syntax) => Language::Known(*syntax),
            None => Language::Unknown {
                suggestion: slip_of(&name),
            },
        }
    }
}

/// Hidden grammars too: bare PHP is one.
fn grammar_named(syntaxes: &SyntaxSet, name: &str) -> Syntax {
    let index = syntaxes
        .syntaxes()
        .iter()
        .position(|syntax| syntax.name == name);
    Syntax(index.expect("the tables name grammars of this release of two-face"))
}

/// The known name that this is most likely a slip of: the nearest, then the first of the table.
fn slip_of(name: &str) -> Option<String> {
    let letters = name.chars().count();
    if letters < SHORTEST_SLIP || ELSEWHERE.contains(&name) {
        return None;
    }
    let allowed = if letters < LONG_NAME { 1 } else { 2 };
    let known = NAMES.iter().flat_map(|(_, names)| names.iter());
    known
        .filter(|known| known.len() >= SHORTEST_MEANT)
        // Slips seldom hit the first letter, and other tools' names often differ by nothing else.
        .filter(|known| known.chars().next() == name.chars().next())
        .map(|known| (strsim::osa_distance(name, known), *known))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known.to_owned())
}

/// Whether a file extension says a language by itself: `rs` does, `f` (Fortran), `1` (a manual page) and
/// `nginx.conf` do not. Neither do the few that are plain words.
fn is_telling(extension: &str) -> bool {
    const WORDS: &[&str] = &[
        "build", "comp", "desktop", "exclude", "frag", "group", "help", "inc", "mesh", "msg",
        "plot", "pub", "resource", "tab", "task", "url", "wiki",
    ];
    extension.len() > 1
        && extension
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '_' | '-'))
        && extension.starts_with(|c: char| c.is_ascii_alphabetic())
        && !WORDS.contains(&extension)
}

#[cfg(test)]
mod tests {
    use super::{Language, Languages, NAMES, language_id};

    fn languages() -> Languages {
        Languages::new(&two_face::syntax::extra_newlines())
    }

    fn suggestion(name: &str) -> Option<String> {
        match languages().find(name) {
            Language::Unknown { suggestion } => suggestion,
            found => panic!("`{name}` is {found:?}"),
        }
    }

    #[test]
    fn writers_names_are_known() {
        let languages = languages();
        for name in NAMES.iter().flat_map(|(_, names)| names.iter()) {
            assert!(matches!(languages.find(name), Language::Known(_)), "{name}");
            assert_eq!(
                languages.find(name),
                languages.find(&name.to_uppercase()),
                "{name}"
            );
        }
        for (name, same) in [
            ("ts", "TypeScript"),
            ("c", "C"),
            ("yml", "YAML"),
            ("ex", "elixir"),
            ("cc", "c++"),
        ] {
            assert_eq!(languages.find(name), languages.find(same), "{name}");
        }
        assert_ne!(languages.find("c"), languages.find("c++"));
        assert_ne!(languages.find("c"), languages.find("objc"));
    }

    #[test]
    fn text_has_no_language() {
        for name in [
            "",
            "  ",
            "text",
            "Plain",
            "txt",
            "none",
            "output",
            "plaintext",
        ] {
            assert_eq!(languages().find(name), Language::Plain, "{name}");
        }
    }

    #[test]
    fn options_of_other_tools_are_not_the_name() {
        for info in [
            "rust,ignore",
            "rust{1,3}",
            "rust:main.rs",
            " rust title=\"a\"",
            "{.rust #id}",
            ".rust",
            "RUST",
        ] {
            assert_eq!(language_id(info), "rust", "{info}");
        }
    }

    #[test]
    fn a_slip_gets_a_suggestion() {
        for (name, meant) in [
            ("pyhton", "python"),
            ("typscript", "typescript"),
            ("javscript", "javascript"),
            ("yamll", "yaml"),
            ("jsn", "json"),
            ("bahs", "bash"),
            ("terrafrom", "terraform"),
            ("dokcerfile", "dockerfile"),
            ("grapqhl", "graphql"),
        ] {
            assert_eq!(suggestion(name).as_deref(), Some(meant), "{name}");
        }
    }

    #[test]
    fn another_tool_is_no_slip() {
        for name in [
            "mermaid",
            "math",
            "plantuml",
            "d2",
            "pug",
            "ejs",
            "wat",
            "prisma",
            "katex",
            "vega-lite",
            "xy",
            "é",
        ] {
            assert_eq!(suggestion(name), None, "{name}");
        }
    }
}
