//! A diagnostic as its reader sees it: in lines and columns, and with the path from where they stand.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::source::{self, Lines, Position};

/// A diagnostic with what every format needs besides.
pub struct Shown<'a> {
    pub diagnostic: &'a Diagnostic,
    /// From where the reader stands, with `/`.
    pub path: String,
    /// The file's text, if it is still known.
    pub text: Option<&'a str>,
    /// Where the lines of that text begin, if somebody has counted them.
    pub lines: Option<&'a Lines>,
}

impl Shown<'_> {
    /// Where the mistake is, the end exclusive; `None` where the file as a whole is meant.
    pub fn place(&self) -> Option<Range<Position>> {
        self.positions(self.diagnostic.span.as_ref()?)
    }

    /// Bytes of the file as people count them, if its text is known.
    pub fn positions(&self, span: &Range<usize>) -> Option<Range<Position>> {
        let text = self.text?;
        let position = |at| match self.lines {
            Some(lines) => lines.position(text, at),
            None => source::position(text, at),
        };
        Some(position(span.start)..position(span.end))
    }

    /// The hints as the lines that follow a message, each after a line break.
    pub fn help(&self) -> String {
        let hints = self.diagnostic.hints.iter();
        hints.map(|hint| format!("\nhelp: {hint}")).collect()
    }
}

/// Prose without its line breaks.
pub(super) fn on_one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    spelled_out(&lines.join(" "))
}

/// What would move the cursor, end the line or turn its direction is shown as `\n` or `\u{1b}`.
pub(super) fn spelled_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}
