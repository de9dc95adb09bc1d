//! Puts marks where component tags stand, and moves lines so that Markdown goes on between them.

use std::ops::Range;

use super::{CLOSE, Kind, OPEN, Tag};
use crate::parse::stitched::Stitched;

/// Puts marks in place of tags. Lines that hold nothing but tags become paragraphs of their own, so that Markdown
/// goes on between them with or without blank lines, and what is indented inside a component is moved out.
pub fn stitch(text: &str, start: usize, tags: &[Tag]) -> Stitched {
    let lines = lines(text, tags);
    let mut stitched = Stitched::default();
    let mut next_tag = 0;
    for (index, line) in lines.iter().enumerate() {
        let alone_before = index > 0 && lines[index - 1].only_tags;
        let blank = text[line.range.clone()]
            .trim_matches([' ', '\t', '>', '\n', '\r'])
            .is_empty();
        let after_text = index > 0
            && !lines[index - 1].only_tags
            && line.only_tags
            && line.item == 0
            && !breaks_hard(&text[lines[index - 1].range.clone()]);
        if (alone_before && !blank) || after_text {
            stitched.insert(&format!("{}\n", line.prefix), start + line.range.start);
        }
        let (taken, left) = outdent(&text[line.range.clone()], line.dedent);
        let mut at = line.range.start + taken;
        stitched.insert(&" ".repeat(left), start + at);
        while let Some(tag) = tags
            .get(next_tag)
            .filter(|tag| tag.span.start < line.range.end)
        {
            stitched.copy(&text[at..tag.span.start], start + at);
            match tag.kind {
                Kind::Cut => {}
                Kind::Text => stitched.insert("&lt;", start + tag.span.start),
                Kind::Open | Kind::Close | Kind::Empty => {
                    stitched.insert(&format!("{OPEN}{next_tag}{CLOSE}"), start + tag.span.start);
                }
            }
            at = tag.span.end;
            next_tag += 1;
        }
        stitched.copy(&text[at..line.range.end], start + at);
    }
    stitched
}

/// Whether what stands in front of a tag begins an item of a list: `- `, `12. `.
fn is_item(lead: &str) -> bool {
    let marker = lead.trim_start_matches([' ', '\t']);
    let Some(marker) = marker.strip_suffix(' ').map(str::trim_end) else {
        return false;
    };
    let number = marker.strip_suffix(['.', ')']);
    matches!(marker, "-" | "*" | "+")
        || number
            .is_some_and(|n| (1..10).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a line ends so that the next one begins on a line of its own, in the same paragraph.
fn breaks_hard(line: &str) -> bool {
    let line = line.trim_end_matches(['\n', '\r']);
    line.ends_with('\\') || (line.ends_with("  ") && !line.trim().is_empty())
}

/// The columns of white space that a line begins with; a tab goes on to the next multiple of four.
fn indentation(line: &str) -> usize {
    let mut columns = 0;
    for byte in line.bytes() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 4 - columns % 4,
            _ => break,
        }
    }
    columns
}

/// How many bytes to take from a line to take that many columns of white space, and how many spaces to put back for
/// what a tab has too many.
fn outdent(line: &str, dedent: usize) -> (usize, usize) {
    let mut columns = 0;
    for (at, byte) in line.bytes().enumerate() {
        if columns >= dedent {
            return (at, columns - dedent);
        }
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 4 - columns % 4,
            _ => return (at, 0),
        }
    }
    (line.len(), columns.saturating_sub(dedent))
}

/// A line, or the lines that a tag runs over.
struct Line {
    range: Range<usize>,
    only_tags: bool,
    /// The quote markers that the line begins with.
    prefix: String,
    /// The columns up to the tag, if the line begins an item of a list with one.
    item: usize,
    /// Spaces to take away.
    dedent: usize,
}

fn lines(text: &str, tags: &[Tag]) -> Vec<Line> {
    let mut lines = Vec::new();
    // The line on which each tag stands.
    let mut line_of = Vec::with_capacity(tags.len());
    let mut at = 0;
    while at < text.len() {
        let mut end = text[at..].find('\n').map_or(text.len(), |n| at + n + 1);
        let first_tag = line_of.len();
        while let Some(tag) = tags.get(line_of.len()).filter(|tag| tag.span.start < end) {
            line_of.push(lines.len());
            if tag.span.end > end {
                end = text[tag.span.end..]
                    .find('\n')
                    .map_or(text.len(), |n| tag.span.end + n + 1);
            }
        }
        let here = &tags[first_tag..line_of.len()];
        let lead = here.first().map_or("", |tag| &text[at..tag.span.start]);
        let quote_only = lead.chars().all(|c| matches!(c, ' ' | '\t' | '>'));
        let mut rest = here.first().map_or(at, |tag| tag.span.start);
        let mut between = String::new();
        for tag in here {
            between.push_str(&text[rest..tag.span.start]);
            rest = tag.span.end;
        }
        between.push_str(&text[rest..end]);
        // `<B>x</B>` on one line is one component in a paragraph of its own, not two lines.
        let begins_item = is_item(lead)
            && here.len() == 1
            && here[0].kind == Kind::Open
            && here[0]
                .partner
                .is_some_and(|close| tags[close].span.start >= end);
        let only_tags =
            !here.is_empty() && (quote_only || begins_item) && between.trim().is_empty();
        let quotes = text[at..end].len() - text[at..end].trim_start_matches([' ', '\t', '>']).len();
        let prefix = &text[at..at + quotes];
        lines.push(Line {
            range: at..end,
            only_tags,
            prefix: if prefix.contains('>') {
                prefix.trim_end().to_owned()
            } else {
                String::new()
            },
            item: if begins_item { lead.chars().count() } else { 0 },
            dedent: 0,
        });
        at = end;
    }
    dedent(text, tags, &line_of, &mut lines);
    lines
}

/// Takes from the body of each component that stands on lines of its own the indentation that all its lines share,
/// beyond that of the opening tag where the tag stands in a list.
fn dedent(text: &str, tags: &[Tag], line_of: &[usize], lines: &mut [Line]) {
    for (index, tag) in tags.iter().enumerate() {
        let (Kind::Open, Some(partner)) = (tag.kind, tag.partner) else {
            continue;
        };
        let (open, close) = (line_of[index], line_of[partner]);
        if !lines[open].only_tags || close <= open + 1 {
            continue;
        }
        let indent_of = |line: &Line| {
            let line_text = &text[line.range.clone()];
            (!line_text.trim().is_empty())
                .then(|| indentation(line_text))
                .map(|indent| indent.saturating_sub(line.dedent))
        };
        let base = match lines[open].item {
            0 => indent_of(&lines[open]).unwrap_or(0),
            item => item,
        };
        let body = open + 1..close;
        let shared = lines[body.clone()]
            .iter()
            .filter_map(indent_of)
            .min()
            .unwrap_or(0);
        if shared > base {
            for line in &mut lines[body] {
                line.dedent += shared - base;
            }
        }
    }
}
