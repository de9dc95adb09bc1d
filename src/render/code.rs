//! Writes code with what its fence and its comments ask for: lines that are marked, numbered, added or removed.
//!
//! All of it goes round the lines of highlighted code, so that the same code is highlighted once however it is shown.

mod comment;
mod diff;

use std::borrow::Cow;
use std::sync::Arc;

use pulldown_cmark_escape::escape_html_body_text;

use super::Highlight;
use crate::highlight::{Highlighted, Language, Skipped};
use crate::parse::Code;

/// The least width of a line's number, so that what a style sheet must indent by is known.
const DIGITS: usize = 3;

/// A line on its way to the page.
#[derive(Debug, PartialEq)]
struct Line<'a> {
    kind: Kind,
    /// Without its line break, and without what marks it.
    text: Cow<'a, str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Marked,
    Added,
    Removed,
    /// Says where in a file the next lines are: nobody's code.
    Place,
}

/// Writes the content of a `<code>` element. Says why it was left plain, if it was.
pub fn write(
    code: &Code,
    language: &Language,
    highlight: &dyn Highlight,
    html: &mut String,
) -> Option<Skipped> {
    let Some(lines) = lines(code) else {
        let highlighted = highlight.highlight(language, &code.text);
        html.push_str(&highlighted.html);
        return highlighted.skipped.clone();
    };
    // Both sides of a change are whole programs, and what is between them may be none.
    let ends = code.text.ends_with('\n');
    let after = Side::new(&lines, Kind::Removed, ends, language, highlight);
    let is_changed = lines.iter().any(|line| line.kind == Kind::Removed);
    let before = is_changed.then(|| Side::new(&lines, Kind::Added, ends, language, highlight));
    let mut after_lines = after.lines();
    let mut before_lines = before.iter().flat_map(Side::lines);
    let mut numbers = Numbers::new(code, lines.len());
    for line in &lines {
        let inner = match line.kind {
            Kind::Removed => before_lines.next(),
            Kind::Added => after_lines.next(),
            Kind::Plain | Kind::Marked | Kind::Place => {
                before_lines.next();
                after_lines.next()
            }
        };
        let number = numbers.as_mut().map(|numbers| numbers.next(line.kind));
        write_line(line, number.as_deref(), inner.unwrap_or_default(), html);
    }
    after.skipped().or(before.as_ref().and_then(Side::skipped))
}

/// The lines of a block, if anything sets one apart or numbers it.
fn lines(code: &Code) -> Option<Vec<Line<'_>>> {
    let info = code.info.as_deref();
    let is_asked =
        info.is_some_and(|info| info.diff || info.numbers.is_some() || !info.marked.is_empty());
    if !is_asked && !comment::may_mark(&code.text) {
        return None;
    }
    let mut is_commented = false;
    let mut lines: Vec<Line<'_>> = code
        .text
        .split_inclusive('\n')
        .enumerate()
        .map(|(index, text)| {
            let text = match text.strip_suffix('\n') {
                // All of them, or what is left would make another line break with ours.
                Some(text) => text.trim_end_matches('\r'),
                None => text,
            };
            let unmarked = comment::unmarked(text, &code.language);
            is_commented |= unmarked.is_some();
            let is_marked =
                unmarked.is_some() || info.is_some_and(|info| info.marked.contains(index + 1));
            Line {
                kind: if is_marked { Kind::Marked } else { Kind::Plain },
                text: Cow::Borrowed(unmarked.unwrap_or(text)),
            }
        })
        .collect();
    if info.is_some_and(|info| info.diff) {
        diff::read(&mut lines);
    }
    (is_asked || is_commented).then_some(lines)
}

/// The code before a change or after it, highlighted.
struct Side {
    highlighted: Arc<Highlighted>,
    /// For each of its lines, which line of the block it is, from 1.
    numbers: Vec<usize>,
}

impl Side {
    fn new(
        lines: &[Line<'_>],
        without: Kind,
        ends: bool,
        language: &Language,
        highlight: &dyn Highlight,
    ) -> Side {
        let mut text = String::new();
        let mut numbers = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            if line.kind == without {
                continue;
            }
            if line.kind != Kind::Place {
                text.push_str(&line.text);
            }
            numbers.push(index + 1);
            if ends || index + 1 < lines.len() {
                text.push('\n');
            }
        }
        Side {
            highlighted: highlight.highlight(language, &text),
            numbers,
        }
    }

    /// Each with its line break. No element reaches over one.
    fn lines(&self) -> impl Iterator<Item = &str> {
        self.highlighted.html.split_inclusive('\n')
    }

    fn skipped(&self) -> Option<Skipped> {
        let mut skipped = self.highlighted.skipped.clone();
        if let Some(Skipped::LongLine { line, .. }) = &mut skipped {
            *line = self.numbers.get(*line - 1).copied().unwrap_or(*line);
        }
        skipped
    }
}

/// Counts the lines that are there after a change.
struct Numbers {
    next: u64,
    width: usize,
}

impl Numbers {
    fn new(code: &Code, lines: usize) -> Option<Numbers> {
        let next = u64::from(code.info.as_deref()?.numbers?);
        let last = next + (lines as u64).saturating_sub(1);
        let width = last.to_string().len().max(DIGITS);
        Some(Numbers { next, width })
    }

    fn next(&mut self, kind: Kind) -> String {
        let width = self.width;
        match kind {
            Kind::Removed | Kind::Place => " ".repeat(width),
            Kind::Plain | Kind::Marked | Kind::Added => {
                self.next += 1;
                format!("{:width$}", self.next - 1)
            }
        }
    }
}

/// The line break stands inside of the element, which is a block on the page: so text that is selected has one and not
/// two, and with the element its line goes.
fn write_line(line: &Line<'_>, number: Option<&str>, inner: &str, html: &mut String) {
    let (element, class) = match line.kind {
        Kind::Plain if number.is_none() => {
            html.push_str(inner);
            return;
        }
        Kind::Plain => ("span", "l"),
        Kind::Marked => ("mark", "l"),
        Kind::Added => ("ins", "l"),
        Kind::Removed => ("del", "l"),
        Kind::Place => ("span", "l c"),
    };
    html.push('<');
    html.push_str(element);
    html.push_str(" class=\"");
    html.push_str(class);
    html.push('"');
    if let Some(number) = number {
        html.push_str(" data-n=\"");
        html.push_str(number);
        html.push('"');
    }
    html.push('>');
    if line.kind == Kind::Place {
        escape_html_body_text(&mut *html, &line.text).expect("a String takes everything");
    }
    html.push_str(inner);
    html.push_str("</");
    html.push_str(element);
    html.push('>');
}

#[cfg(test)]
mod tests;
