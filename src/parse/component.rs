//! Finds component tags (`<CamelCase …>`) before Markdown is read and puts marks in their place.
//!
//! Markdown would tear apart a tag that runs over several lines, or take it and what follows for raw HTML. A mark is
//! ordinary text to it, so the tag may stand wherever text may. Marks are two noncharacters of Unicode round the tag's
//! index; a text that has such characters of its own is left alone.

mod cuts;
mod elements;
mod lines;
mod props;
mod quotes;
mod tag;
mod verbatim;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic};
use crate::parse::stitched::Stitched;
use quotes::Quotes;
use verbatim::Verbatim;

pub use props::{Prop, PropValue, read as read_props};

const OPEN: char = '\u{FDD0}';
const CLOSE: char = '\u{FDD1}';

/// No tag is longer than this many bytes; what looks like one is text.
const LONGEST_TAG: usize = 16 * 1024;

/// Once this many bytes were read for tags that then were none, the text is hostile or no text: only short tags are
/// looked for from there on, which keeps the scan linear.
const PATIENCE: usize = 256 * 1024;
const SHORT_TAG: usize = 256;

/// A component that lies in this many others is text: bodies are read, rendered and dropped by recursion.
const DEEPEST: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Open,
    Close,
    /// `<Name />`.
    Empty,
    /// No tag: something that is taken out, as comments are.
    Cut,
    /// No tag: a `<` that only looks like the beginning of one.
    Text,
}

/// A tag as found in the source.
#[derive(Clone, Debug)]
pub struct Tag {
    pub name: String,
    pub kind: Kind,
    /// In the file.
    pub span: Range<usize>,
    /// The tag that closes or opens this one.
    pub partner: Option<usize>,
    /// Whether its lines begin with the mark of a quote.
    pub quoted: bool,
}

impl Tag {
    /// The tag as it stands in its file, without the marks of a quote; as long as with them.
    pub fn text<'s>(&self, source: &'s str) -> Cow<'s, str> {
        let text = &source[self.span.clone()];
        if self.quoted {
            Cow::Owned(quotes::without_marks(text))
        } else {
            Cow::Borrowed(text)
        }
    }
}

/// A text in which every tag is a mark.
#[derive(Debug)]
pub struct Scanned {
    pub stitched: Stitched,
    pub tags: Vec<Tag>,
}

/// What a text between marks consists of.
pub enum Piece<'t> {
    Text(&'t str),
    /// An index into `Scanned::tags`.
    Tag(usize),
}

/// Scans the text of a body that begins in its file at the byte `start`.
pub fn scan(text: &str, start: usize) -> Scanned {
    if !may_have_components(text) {
        return Scanned::without_components(text, start);
    }
    let verbatim = verbatim::find(text);
    let cuts = cuts::find(text, |at| verbatim.end(at));
    let imported = cuts::imported(text, &cuts);
    let mut found = with_cuts(tags(text, &verbatim, &imported), cuts);
    if found.is_empty() {
        return Scanned::without_components(text, start);
    }
    pair(&mut found);
    flatten(&mut found);
    for tag in &mut found {
        if is_type_parameter(text, tag) {
            tag.kind = Kind::Text;
            tag.span.end = tag.span.start + 1;
        }
    }
    let stitched = lines::stitch(text, start, &found);
    for tag in &mut found {
        tag.span = tag.span.start + start..tag.span.end + start;
    }
    Scanned {
        stitched,
        tags: found,
    }
}

impl Scanned {
    /// The text as it is, without looking for components.
    pub fn without_components(text: &str, start: usize) -> Scanned {
        Scanned {
            stitched: Stitched::whole(text, start),
            tags: Vec::new(),
        }
    }

    /// What was taken out of the text, in the file.
    pub fn cuts(&self) -> Vec<Range<usize>> {
        let cuts = self.tags.iter().filter(|tag| tag.kind == Kind::Cut);
        cuts.map(|tag| tag.span.clone()).collect()
    }

    /// Splits a text into what stands between marks and the marks.
    pub fn split<'t>(&self, text: &'t str) -> Vec<Piece<'t>> {
        if self.tags.is_empty() || !text.contains(OPEN) {
            return vec![Piece::Text(text)];
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, tag, after)) = self.next_mark(rest) {
            if !before.is_empty() {
                pieces.push(Piece::Text(before));
            }
            pieces.push(Piece::Tag(tag));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest));
        }
        pieces
    }

    /// The text with each mark turned back into the tag that it stands for.
    pub fn restore<'t>(&self, text: &'t str, source: &str) -> Cow<'t, str> {
        if self.tags.is_empty() || !text.contains(OPEN) {
            return Cow::Borrowed(text);
        }
        let mut restored = String::with_capacity(text.len());
        for piece in self.split(text) {
            match piece {
                Piece::Text(text) => restored.push_str(text),
                Piece::Tag(tag) => restored.push_str(&source[self.tags[tag].span.clone()]),
            }
        }
        Cow::Owned(restored)
    }

    /// Whether a range of the stitched text is nothing but tags, or components that each begin a line.
    pub fn is_only_components(&self, range: Range<usize>) -> bool {
        let text = self.stitched.text[range].trim();
        if self.tags.is_empty() || !text.starts_with(OPEN) || !text.ends_with(CLOSE) {
            return false;
        }
        let pieces = self.split(text);
        let only_tags = pieces.iter().all(|piece| match piece {
            Piece::Tag(_) => true,
            Piece::Text(text) => text.trim().is_empty(),
        });
        only_tags || self.are_components_on_lines(&pieces)
    }

    fn are_components_on_lines(&self, pieces: &[Piece<'_>]) -> bool {
        // The tag that closes the component that is being passed.
        let mut until = None;
        let mut begins_line = true;
        for piece in pieces {
            match piece {
                Piece::Tag(tag) if until == Some(*tag) => (until, begins_line) = (None, false),
                _ if until.is_some() => {}
                Piece::Text(text) if text.trim().is_empty() => {
                    begins_line |= text.contains('\n');
                }
                Piece::Tag(tag) if begins_line && self.tags[*tag].kind == Kind::Open => {
                    until = self.tags[*tag].partner;
                    if until.is_none() {
                        return false;
                    }
                }
                Piece::Tag(tag) if begins_line && self.tags[*tag].kind == Kind::Empty => {
                    begins_line = false;
                }
                Piece::Text(_) | Piece::Tag(_) => return false,
            }
        }
        until.is_none()
    }

    fn next_mark<'t>(&self, text: &'t str) -> Option<(&'t str, usize, &'t str)> {
        let at = text.find(OPEN)?;
        let inner = &text[at + OPEN.len_utf8()..];
        let end = inner.find(CLOSE)?;
        let tag = inner[..end]
            .parse()
            .ok()
            .filter(|tag| *tag < self.tags.len())?;
        Some((&text[..at], tag, &inner[end + CLOSE.len_utf8()..]))
    }
}

/// Reports the tags that have no partner.
pub fn diagnostics(file: &Arc<str>, scanned: &Scanned) -> Vec<Diagnostic> {
    scanned
        .tags
        .iter()
        .filter(|tag| tag.partner.is_none() && matches!(tag.kind, Kind::Open | Kind::Close))
        .map(|tag| unclosed(file, tag))
        .collect()
}

/// The report of one tag that is not closed where it should be, or that closes nothing.
pub fn unclosed(file: &Arc<str>, tag: &Tag) -> Diagnostic {
    let name = &tag.name;
    if tag.kind == Kind::Close {
        return Diagnostic::new(
            Code::ComponentUnclosed,
            file,
            tag.span.clone(),
            format!("`</{name}>` closes a component that is not open here"),
        );
    }
    Diagnostic::new(
        Code::ComponentUnclosed,
        file,
        tag.span.clone(),
        format!("component `{name}` is not closed"),
    )
    .hint(format!(
        "add `</{name}>` in the same paragraph, list item or quote, or write `<{name} />`"
    ))
    .hint("if it is meant as text, put it between backticks or write `\\<`")
}

fn may_have_components(text: &str) -> bool {
    let candidate = elements::may_have_others(text);
    (candidate || cuts::may_have(text)) && !text.contains([OPEN, CLOSE])
}

/// Whether a tag is what follows the name of a type: `List<String>`.
fn is_type_parameter(text: &str, tag: &Tag) -> bool {
    let bare = tag.span.len() == tag.name.len() + 2;
    let before = text[..tag.span.start].chars().next_back();
    tag.kind == Kind::Open
        && tag.partner.is_none()
        && bare
        && before.is_some_and(char::is_alphanumeric)
}

/// Every component tag outside code, and every `<` that begins none, in order. Linear: each byte is looked at once, but
/// for tags that are given up.
fn tags(text: &str, verbatim: &Verbatim, imported: &HashSet<&str>) -> Vec<Tag> {
    let bytes = text.as_bytes();
    let mut quotes = Quotes::of(text);
    let mut tags: Vec<Tag> = Vec::new();
    let mut depth = 0_usize;
    let mut wasted = 0_usize;
    let mut at = 0;
    while let Some(next) = text[at..].find('<') {
        let start = at + next;
        if let Some(end) = verbatim.end(start) {
            at = end.max(start + 1);
            continue;
        }
        if depth == 0
            && let Some(end) = verbatim.end_of_indented(start)
        {
            at = end.max(start + 1);
            continue;
        }
        let escaped = start > 0 && bytes[start - 1] == b'\\';
        let longest = if wasted < PATIENCE {
            LONGEST_TAG
        } else {
            SHORT_TAG
        };
        let limit = text.floor_char_boundary((start + longest).min(text.len()));
        let (readable, quoted) = quotes.readable(text, start);
        let found = if escaped {
            None
        } else {
            tag::read(&readable[..limit], start, imported, &mut wasted)
        };
        match found {
            Some(mut found) => {
                at = found.span.end;
                match found.kind {
                    Kind::Open => depth += 1,
                    Kind::Close => depth = depth.saturating_sub(1),
                    Kind::Empty | Kind::Cut | Kind::Text => {}
                }
                found.quoted = quoted;
                tags.push(found);
            }
            None => {
                at = start + 1;
                if verbatim.is_placeholder(start) {
                    tags.push(Tag {
                        name: String::new(),
                        kind: Kind::Text,
                        span: start..at,
                        partner: None,
                        quoted: false,
                    });
                }
            }
        }
    }
    tags
}

/// Tags and what is taken out, in order; a tag in what is taken out is none.
fn with_cuts(tags: Vec<Tag>, cuts: Vec<Range<usize>>) -> Vec<Tag> {
    if cuts.is_empty() {
        return tags;
    }
    let inside = |tag: &Tag| verbatim::end_of(&cuts, tag.span.start).is_some();
    let mut all: Vec<Tag> = tags.into_iter().filter(|tag| !inside(tag)).collect();
    let last = |tag: &Tag| tag.span.clone();
    let spans: Vec<Range<usize>> = all.iter().map(last).collect();
    // One in a tag belongs to the tag.
    let cuts = cuts
        .into_iter()
        .filter(|cut| verbatim::end_of(&spans, cut.start).is_none());
    all.extend(cuts.map(|span| Tag {
        name: String::new(),
        kind: Kind::Cut,
        span,
        partner: None,
        quoted: false,
    }));
    all.sort_by_key(|tag| tag.span.start);
    all
}

/// Gives each closing tag the nearest open one of its name; what lies between and is still open has no partner.
fn pair(tags: &mut [Tag]) {
    let mut open: Vec<usize> = Vec::new();
    let mut open_by_name: HashMap<String, usize> = HashMap::new();
    for index in 0..tags.len() {
        match tags[index].kind {
            Kind::Empty | Kind::Cut | Kind::Text => {}
            Kind::Open => {
                open.push(index);
                *open_by_name.entry(tags[index].name.clone()).or_default() += 1;
            }
            Kind::Close => {
                if open_by_name
                    .get(&tags[index].name)
                    .is_none_or(|count| *count == 0)
                {
                    continue;
                }
                while let Some(candidate) = open.pop() {
                    if let Some(count) = open_by_name.get_mut(&tags[candidate].name) {
                        *count -= 1;
                    }
                    if tags[candidate].name == tags[index].name {
                        tags[candidate].partner = Some(index);
                        tags[index].partner = Some(candidate);
                        break;
                    }
                }
            }
        }
    }
}

/// Takes the partners from components that lie too deep.
fn flatten(tags: &mut [Tag]) {
    let mut depth = 0;
    for index in 0..tags.len() {
        match (tags[index].kind, tags[index].partner) {
            (Kind::Open, Some(partner)) if depth == DEEPEST => {
                tags[index].partner = None;
                tags[partner].partner = None;
            }
            (Kind::Open, Some(_)) => depth += 1,
            (Kind::Close, Some(_)) => depth -= 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, scan};

    fn found(text: &str) -> Vec<(String, Kind, bool)> {
        scan(text, 0)
            .tags
            .iter()
            .map(|tag| (tag.name.clone(), tag.kind, tag.partner.is_some()))
            .collect()
    }

    fn names(text: &str) -> Vec<String> {
        let tags = found(text).into_iter();
        let tags = tags.filter(|(_, kind, _)| *kind != Kind::Text);
        tags.map(|(name, ..)| name).collect()
    }

    #[test]
    fn tags_in_all_their_shapes() {
        assert_eq!(names("<Foo />"), ["Foo"]);
        assert_eq!(
            names("<Tab.Group x={[1, \"}\"]} y='a>b' z>text</Tab.Group>"),
            ["Tab.Group", "Tab.Group"]
        );
        assert_eq!(names("<A1b\n  x=\"1\"\n\n  y={{a: 1}}\n/>"), ["A1b"]);
        assert_eq!(names("a <Foo {...props}/> b"), ["Foo"]);
        assert_eq!(found("<Foo>")[0], ("Foo".to_owned(), Kind::Open, false));
        assert_eq!(found("</Foo>")[0], ("Foo".to_owned(), Kind::Close, false));
    }

    #[test]
    fn what_is_no_component() {
        for text in [
            "<BR>",
            "<REPO>",
            "<YOUR-TOKEN>",
            "<20%",
            "a < B",
            "<foo>",
            "`<Foo>`",
            "```\n<Foo>\n```",
            "    <Foo>",
            "<!-- <Foo> -->",
            "\\<Foo>",
            "<Foo",
            "<Foo \"x\">",
            "<Https://x.org>",
            "<Div>",
            "<!--\n\n<Foo>\n\n-->",
        ] {
            assert_eq!(names(text), [""; 0], "{text:?}");
        }
    }

    #[test]
    fn fences_inside_components_are_code() {
        assert_eq!(names("<Foo>\n```\n<Bar>\n```\n</Foo>"), ["Foo", "Foo"]);
        assert_eq!(names("<Foo>\n\n```\n<Bar>\n```\n\n</Foo>"), ["Foo", "Foo"]);
        assert_eq!(
            names("<Foo>\n\n    <Bar />\n\n</Foo>"),
            ["Foo", "Bar", "Foo"]
        );
    }

    #[test]
    fn hostile_text_takes_linear_time() {
        for text in ["<A ", "<Ab x=\"", "<Ab>", "</Ab>", "<Ab {", "`", "<Ab\n"] {
            scan(&text.repeat(100_000 / text.len()), 0);
        }
    }
}
