//! One text file as read, and the arithmetic between its bytes and what people call line and column.

use std::ops::Range;
use std::sync::Arc;

/// A Markdown file that has been read. Its text has no byte order mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Below the content folder, with `/`: `handbook/values.md`.
    pub path: Arc<str>,
    /// As shown to people, from the site's root: `content/handbook/values.md`.
    pub file: Arc<str>,
    pub text: Arc<str>,
}

/// A place as editors count it: both from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// The position of a byte offset. Offsets past the end or inside a character are moved back to one that is neither.
pub fn position(text: &str, offset: usize) -> Position {
    let offset = text.floor_char_boundary(offset.min(text.len()));
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Position {
        line: before.bytes().filter(|b| *b == b'\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

/// Bytes between two places of a text at which its characters are counted.
const STEP: usize = 1024;

/// Where the lines of a text begin, for whoever asks for many positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    starts: Vec<usize>,
    /// How many characters begin before each multiple of `STEP`, so that a place in a long line is found as fast as any.
    characters: Vec<usize>,
}

impl Lines {
    pub fn of(text: &str) -> Lines {
        let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        let counts = text.as_bytes().chunks(STEP).scan(0, |counted, chunk| {
            let before = *counted;
            *counted += beginnings(chunk);
            Some(before)
        });
        Lines {
            starts: std::iter::once(0)
                .chain(breaks.map(|(at, _)| at + 1))
                .collect(),
            characters: counts.collect(),
        }
    }

    /// The same as [`position`], of the same text.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        Position {
            line,
            column: self.before(text, offset) - self.before(text, start) + 1,
        }
    }

    /// How many characters begin before a byte of the text.
    fn before(&self, text: &str, at: usize) -> usize {
        let step = (at / STEP).min(self.characters.len().saturating_sub(1));
        let counted = self.characters.get(step).copied().unwrap_or(0);
        counted + beginnings(&text.as_bytes()[step * STEP..at])
    }
}

/// How many characters begin in some bytes of UTF-8.
fn beginnings(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// The byte range of a span given as lines and columns that count from 1, columns in characters.
pub fn offset(text: &str, line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match text[start..].find('\n') {
            Some(at) => start += at + 1,
            None => return text.len(),
        }
    }
    let rest = &text[start..];
    let line_text = rest.split('\n').next().unwrap_or(rest);
    let within = line_text
        .char_indices()
        .nth(column.saturating_sub(1))
        .map_or(line_text.len(), |(at, _)| at);
    start + within
}

/// The byte after the character that begins at `at`; the end of the text is its own next one.
pub fn next_char(text: &str, at: usize) -> usize {
    let length = text
        .get(at..)
        .and_then(|rest| rest.chars().next())
        .map_or(0, char::len_utf8);
    at + length
}

/// The first line of the text, for mistakes that belong to no smaller place.
pub fn first_line(text: &str) -> Range<usize> {
    0..text.find(['\r', '\n']).unwrap_or(text.len())
}

/// A file's text as far as it can be read, and where the first byte stands that is not UTF-8, if one is not.
pub fn decode_lossy(bytes: Vec<u8>) -> (String, Option<usize>) {
    match String::from_utf8(bytes) {
        Ok(text) => (without_mark(text), None),
        Err(error) => {
            let mark = if error.as_bytes().starts_with(b"\xef\xbb\xbf") {
                3
            } else {
                0
            };
            let at = error.utf8_error().valid_up_to().saturating_sub(mark);
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            (without_mark(text), Some(at))
        }
    }
}

fn without_mark(text: String) -> String {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// The text of a file, without its byte order mark.
///
/// # Errors
/// The offset of the first byte that is not UTF-8.
pub fn decode(bytes: Vec<u8>) -> Result<String, usize> {
    match decode_lossy(bytes) {
        (text, None) => Ok(text),
        (_, Some(at)) => Err(at),
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, decode, offset, position};

    #[test]
    fn columns_count_characters() {
        let text = "é x\nüü [a](b)";
        let at = text.find('[').unwrap();
        let place = position(text, at);
        assert_eq!((place.line, place.column), (2, 4));
        assert_eq!(offset(text, 2, 4), at);
    }

    #[test]
    fn counted_lines_give_the_same_positions() {
        let long = "日é ".repeat(900);
        for text in ["", "\n", "é x\nüü [a](b)", "a\r\n\r\nb\n", &long] {
            let lines = Lines::of(text);
            for at in 0..text.len() + 2 {
                assert_eq!(lines.position(text, at), position(text, at));
            }
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        assert_eq!(decode(b"\xef\xbb\xbf# T".to_vec()), Ok("# T".to_owned()));
        assert_eq!(decode(b"ab\xff".to_vec()), Err(2));
    }
}
