//! Finds front matter: how it is opened, where it ends. Reads none of its keys.

use std::ops::Range;

use serde_json::Value;

#[derive(Clone, Copy, PartialEq)]
pub enum Format {
    Yaml,
    Toml,
    Json,
}

/// The parts of a file that has front matter.
pub struct Fenced {
    pub format: Format,
    pub head: Range<usize>,
    pub body_start: usize,
}

pub enum Fence {
    Absent,
    Closed(Fenced),
    /// The opening line, when it cannot be anything but front matter.
    Unclosed(Range<usize>, &'static str),
}

pub fn find(text: &str) -> Fence {
    let mut lines = Lines { text, at: 0 };
    let Some(first) = lines
        .by_ref()
        .find(|line| !text[line.clone()].trim().is_empty())
    else {
        return Fence::Absent;
    };
    let opener = text[first.clone()].trim_end();
    let head_start = lines.at;
    let (format, closers): (_, &[&str]) = match opener {
        "---" => (Format::Yaml, &["---", "..."]),
        "+++" => (Format::Toml, &["+++"]),
        _ if opener.starts_with('{') => return json_fence(text, first.start),
        _ => return Fence::Absent,
    };
    for line in lines {
        if closers.contains(&text[line.clone()].trim_end()) {
            return Fence::Closed(Fenced {
                format,
                head: head_start..line.start,
                body_start: next_line(text, line.end),
            });
        }
    }
    let next = text[head_start..].lines().next().unwrap_or_default();
    let opened = match format {
        Format::Yaml => starts_with_key(next, ':'),
        Format::Toml => starts_with_key(next, '=') || next.starts_with('['),
        Format::Json => false,
    };
    if opened {
        let span = first.start..first.start + opener.len();
        Fence::Unclosed(span, closers[0])
    } else {
        Fence::Absent
    }
}

/// JSON has no fence of its own: it is an object from the first line on, followed by nothing on its last line.
fn json_fence(text: &str, start: usize) -> Fence {
    let inner = text[start + 1..].trim_start();
    let opens_with_key = inner.strip_prefix('"').is_some_and(|rest| {
        let after = rest.split_once('"').map_or("", |(_, after)| after);
        after.trim_start().starts_with(':')
    });
    if !opens_with_key && !inner.starts_with('}') {
        return Fence::Absent;
    }
    let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
    let end = match values.next() {
        Some(Ok(_)) => start + values.byte_offset(),
        // A fault of syntax is reported by the reader, which needs an end all the same: the line of the last brace.
        _ => match text[start..].find("\n}") {
            Some(at) => start + at + 2,
            None => return Fence::Unclosed(start..start + 1, "}"),
        },
    };
    let rest_of_line = text[end..].lines().next().unwrap_or_default();
    if !rest_of_line.trim().is_empty() {
        return Fence::Absent;
    }
    Fence::Closed(Fenced {
        format: Format::Json,
        head: start..end,
        body_start: next_line(text, end),
    })
}

pub fn starts_with_key(line: &str, separator: char) -> bool {
    line.split_once(separator).is_some_and(|(key, _)| {
        let key = key.trim_end();
        !key.is_empty()
            && key
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | '\''))
    })
}

/// The byte after the line break that follows `at`.
fn next_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |n| at + n + 1)
}

/// The lines of a text as byte ranges without their line break.
struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        self.at = next_line(self.text, start);
        Some(
            start
                ..start
                    + self.text[start..self.at]
                        .trim_end_matches(['\n', '\r'])
                        .len(),
        )
    }
}
