//! Turns a code block into HTML with a few one-letter classes. Knows no Markdown and remembers nothing between calls.
//!
//! The classes are `c` comment, `k` keyword, `s` string, `n` number or constant, `f` function, `t` type, `v` parameter
//! or interpolated variable, `o` operator, `a` attribute or key, `g` tag, `h` heading or section, `i` inserted and
//! `d` deleted. Everything else, plain variables and punctuation above all, is not wrapped.

mod classes;
mod languages;
mod names;

use std::borrow::Cow;
use std::fmt;

use pulldown_cmark_escape::escape_html_body_text;
use syntect::parsing::{BasicScopeStackOp, ParseState, ScopeStack, SyntaxSet};

use classes::{Class, Classes, Shown};
use languages::Languages;

pub use languages::{Language, Syntax, language_id};

/// The most bytes a line may have and still be highlighted, because the matching is quadratic in the length of a line.
///
/// A limit of bytes and not of time: the outcome must not depend on the machine.
pub const LONGEST_LINE: usize = 2_000;

/// The most bytes a block may have and still be highlighted.
pub const LARGEST_BLOCK: usize = 100_000;

/// All grammars, and what their scopes look like. Making one takes milliseconds, so a session makes one and shares it.
///
/// A grammar's regular expressions are compiled when a text first needs them and then kept.
pub struct Highlighter {
    syntaxes: SyntaxSet,
    languages: Languages,
    classes: Classes,
}

/// A block of code as HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Highlighted {
    /// Escaped text with `<span class="k">`, with neither `<pre>` nor `<code>` around it. Its lines are the text's
    /// lines: no span holds a line feed.
    pub html: String,
    /// Why the text was left plain although its language is known.
    pub skipped: Option<Skipped>,
}

/// Why a block in a known language was left plain. Its display form says it to the writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// The first line that is too long, counted from 1.
    LongLine {
        line: usize,
        bytes: usize,
        limit: usize,
    },
    LongBlock {
        bytes: usize,
        limit: usize,
    },
    /// The grammar failed on this text: a mistake of the grammar, not of the writer.
    Syntax,
}

impl Highlighter {
    /// Loads the grammars.
    #[expect(
        clippy::new_without_default,
        reason = "a default is expected to be cheap"
    )]
    pub fn new() -> Highlighter {
        // The set whose patterns match line feeds: grammars rely on them, and the other set is worse for it.
        let syntaxes = two_face::syntax::extra_newlines();
        Highlighter {
            languages: Languages::new(&syntaxes),
            classes: Classes::new(),
            syntaxes,
        }
    }

    /// The language that a code block's info string (or just its first word) names.
    pub fn language(&self, info: &str) -> Language {
        self.languages.find(info)
    }

    /// The text as HTML: with spans if the language is known, else only escaped. CRLF becomes LF.
    pub fn highlight(&self, language: &Language, text: &str) -> Highlighted {
        let text = line_feeds(text);
        let html = match *language {
            Language::Known(syntax) => {
                within_limits(&text).and_then(|()| self.spans(syntax, &text))
            }
            Language::Plain | Language::Unknown { .. } => Ok(escaped(&text)),
        };
        match html {
            Ok(html) => Highlighted {
                html,
                skipped: None,
            },
            Err(skipped) => Highlighted {
                html: escaped(&text),
                skipped: Some(skipped),
            },
        }
    }

    fn spans(&self, syntax: Syntax, text: &str) -> Result<String, Skipped> {
        let syntax = self.languages.dialect(syntax, text);
        let mut parser = ParseState::new(&self.syntaxes.syntaxes()[syntax.index()]);
        let mut scopes = ScopeStack::new();
        let mut shown = vec![Shown::PLAIN];
        let mut html = String::with_capacity(text.len() * 2);
        let mut line = String::new();
        for code in text.split_terminator('\n') {
            // Grammars wait for the line feed to end a comment or a string, and the last line may lack it. White space
            // at a line's end shows nothing, and some grammars are slower than quadratic on it.
            line.clear();
            line.push_str(code.trim_end());
            line.push('\n');
            let changes = parser
                .parse_line(&line, &self.syntaxes)
                .map_err(|_| Skipped::Syntax)?;
            let mut out = Line::new(&mut html, code);
            let mut start = 0;
            for (at, change) in changes {
                if at > start {
                    out.piece(start, at.min(code.len()), top(&shown));
                    start = at;
                }
                scopes
                    .apply_with_hook(&change, |change, _| match change {
                        BasicScopeStackOp::Push(scope) => {
                            shown.push(self.classes.inside(top(&shown), scope));
                        }
                        BasicScopeStackOp::Pop => {
                            shown.pop();
                        }
                    })
                    .map_err(|_| Skipped::Syntax)?;
            }
            out.piece(start, code.len(), top(&shown));
            out.end();
            html.push('\n');
        }
        if !text.ends_with('\n') {
            html.pop();
        }
        Ok(html)
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Skipped::LongLine { line, bytes, limit } => write!(
                f,
                "line {line} of the code block has {bytes} bytes, and one with more than {limit} is not highlighted"
            ),
            Skipped::LongBlock { bytes, limit } => write!(
                f,
                "the code block has {bytes} bytes, and one with more than {limit} is not highlighted"
            ),
            Skipped::Syntax => write!(f, "the language's grammar failed on the code block"),
        }
    }
}

/// One line on its way into the HTML.
struct Line<'a> {
    html: &'a mut String,
    text: &'a str,
    /// How much of the text has been written. What lies between it and the next piece is white space.
    written: usize,
    open: Option<Class>,
}

impl<'a> Line<'a> {
    fn new(html: &'a mut String, text: &'a str) -> Line<'a> {
        Line {
            html,
            text,
            written: 0,
            open: None,
        }
    }

    /// Writes a piece of the line. Neighbours of one class share a span even across white space, and a span neither
    /// starts nor ends with it, because most spans would otherwise be of one word and some of none.
    fn piece(&mut self, start: usize, end: usize, shown: Shown) {
        let piece = self.text.get(start..end).unwrap_or_default();
        let word = piece.trim();
        if word.is_empty() {
            return;
        }
        let end = start + piece.trim_end().len();
        let start = end - word.len();
        let class = shown.class(word);
        if class == self.open {
            self.write_to(end);
            return;
        }
        self.close();
        self.write_to(start);
        if let Some(class) = class {
            self.html.push_str("<span class=\"");
            self.html.push(class.letter());
            self.html.push_str("\">");
        }
        self.open = class;
        self.write_to(end);
    }

    fn end(mut self) {
        self.close();
        self.write_to(self.text.len());
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            self.html.push_str("</span>");
        }
    }

    fn write_to(&mut self, end: usize) {
        push_escaped(self.html, &self.text[self.written..end]);
        self.written = end;
    }
}

/// What shows now. A grammar that pops more than it pushed leaves plain text, not a panic.
fn top(shown: &[Shown]) -> Shown {
    shown.last().copied().unwrap_or(Shown::PLAIN)
}

fn within_limits(text: &str) -> Result<(), Skipped> {
    if text.len() > LARGEST_BLOCK {
        return Err(Skipped::LongBlock {
            bytes: text.len(),
            limit: LARGEST_BLOCK,
        });
    }
    match text.split('\n').position(|line| line.len() > LONGEST_LINE) {
        Some(index) => Err(Skipped::LongLine {
            line: index + 1,
            bytes: text.split('\n').nth(index).map_or(0, str::len),
            limit: LONGEST_LINE,
        }),
        None => Ok(()),
    }
}

fn line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") {
        Cow::Owned(text.replace("\r\n", "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    push_escaped(&mut html, text);
    html
}

fn push_escaped(html: &mut String, text: &str) {
    // As in text: `&`, `<` and `>`, not quotes.
    escape_html_body_text(html, text).expect("writing to a String does not fail");
}

#[cfg(test)]
mod tests;
