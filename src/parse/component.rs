//! Finds component tags (`<CamelCase …>`) before Markdown is read and puts marks in their place.
//!
//! Markdown would tear apart a tag that runs over several lines, or take it and what follows for raw HTML. A mark is
//! ordinary text to it, so the tag may stand wherever text may. Marks are two noncharacters of Unicode round the tag's
//! index; a text that has such characters of its own is left alone.

mod cuts;
mod props;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Event, Options, Parser, Tag as MdTag};

use crate::diagnostic::{Code, Diagnostic};
use crate::parse::stitched::Stitched;

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

/// HTML elements that people write with a capital letter.
const HTML_NAMES: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "html",
    "i",
    "img",
    "input",
    "li",
    "ol",
    "p",
    "pre",
    "script",
    "span",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Open,
    Close,
    /// `<Name />`.
    Empty,
    /// No tag: something that is taken out, as comments are.
    Cut,
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
    let code = code_ranges(text);
    let mut found = with_cuts(
        tags(text, &code),
        cuts::find(text, |at| end_of(&code.always, at)),
    );
    if found.is_empty() {
        return Scanned::without_components(text, start);
    }
    pair(&mut found);
    flatten(&mut found);
    let stitched = stitch(text, start, &found);
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
    pub fn restore(&self, text: &str, source: &str) -> String {
        let mut restored = String::with_capacity(text.len());
        for piece in self.split(text) {
            match piece {
                Piece::Text(text) => restored.push_str(text),
                Piece::Tag(tag) => restored.push_str(&source[self.tags[tag].span.clone()]),
            }
        }
        restored
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
    let candidate = text.match_indices('<').any(|(at, _)| {
        let rest = &text[at + 1..];
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        rest.starts_with(|c: char| c.is_ascii_uppercase())
    });
    (candidate || cuts::may_have(text)) && !text.contains([OPEN, CLOSE])
}

/// Where Markdown sees code, and where it sees HTML comments: no tag is looked for in them.
struct CodeRanges {
    /// Fences, code spans and comments.
    always: Vec<Range<usize>>,
    /// Indented code, which is none inside a component: there, people indent for looks.
    indented: Vec<Range<usize>>,
}

fn code_ranges(text: &str) -> CodeRanges {
    let mut ranges = CodeRanges {
        always: Vec::new(),
        indented: Vec::new(),
    };
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(MdTag::CodeBlock(kind)) if kind.is_indented() => {
                ranges.indented.push(range);
            }
            Event::Start(MdTag::CodeBlock(_)) | Event::Code(_) => ranges.always.push(range),
            Event::Start(MdTag::HtmlBlock) => html_block(text, range, &mut ranges.always),
            Event::InlineHtml(html) if html.starts_with("<!--") => ranges.always.push(range),
            _ => {}
        }
    }
    ranges.always.sort_by_key(|range| range.start);
    ranges
}

/// A component's opening line makes an HTML block of all that follows without a blank line, fences included.
fn html_block(text: &str, block: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    if text[block.clone()].trim_start().starts_with("<!--") {
        ranges.push(block);
        return;
    }
    let mut fence: Option<(usize, &str)> = None;
    let mut at = block.start;
    for line in text[block].split_inclusive('\n') {
        let trimmed = line.trim_start_matches([' ', '\t', '>']).trim_end();
        let run = trimmed.len() - trimmed.trim_start_matches(['`', '~']).len();
        match fence {
            None if run >= 3 => fence = Some((at, &trimmed[..run])),
            Some((start, marker)) if trimmed == marker => {
                ranges.push(start..at + line.len());
                fence = None;
            }
            _ => {}
        }
        at += line.len();
    }
    if let Some((start, _)) = fence {
        ranges.push(start..at);
    }
}

/// Every component tag outside code, in order. Linear: each byte is looked at once, but for tags that are given up.
fn tags(text: &str, code: &CodeRanges) -> Vec<Tag> {
    let bytes = text.as_bytes();
    let mut tags: Vec<Tag> = Vec::new();
    let mut depth = 0_usize;
    let mut wasted = 0_usize;
    let mut at = 0;
    while let Some(next) = text[at..].find('<') {
        let start = at + next;
        if let Some(end) = end_of(&code.always, start) {
            at = end.max(start + 1);
            continue;
        }
        if depth == 0
            && let Some(end) = end_of(&code.indented, start)
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
        let tag = if escaped {
            None
        } else {
            tag(&text[..limit], start, &mut wasted)
        };
        match tag {
            Some(found) => {
                at = found.span.end;
                match found.kind {
                    Kind::Open => depth += 1,
                    Kind::Close => depth = depth.saturating_sub(1),
                    Kind::Empty | Kind::Cut => {}
                }
                tags.push(found);
            }
            None => at = start + 1,
        }
    }
    tags
}

/// Tags and what is taken out, in order; a tag in what is taken out is none.
fn with_cuts(tags: Vec<Tag>, cuts: Vec<Range<usize>>) -> Vec<Tag> {
    if cuts.is_empty() {
        return tags;
    }
    let inside = |tag: &Tag| end_of(&cuts, tag.span.start).is_some();
    let mut all: Vec<Tag> = tags.into_iter().filter(|tag| !inside(tag)).collect();
    let last = |tag: &Tag| tag.span.clone();
    let spans: Vec<Range<usize>> = all.iter().map(last).collect();
    // One in a tag belongs to the tag.
    let cuts = cuts
        .into_iter()
        .filter(|cut| end_of(&spans, cut.start).is_none());
    all.extend(cuts.map(|span| Tag {
        name: String::new(),
        kind: Kind::Cut,
        span,
        partner: None,
    }));
    all.sort_by_key(|tag| tag.span.start);
    all
}

/// The end of the range that holds `at`, if one does. The ranges are sorted.
fn end_of(ranges: &[Range<usize>], at: usize) -> Option<usize> {
    let next = ranges.partition_point(|range| range.start <= at);
    ranges[..next]
        .last()
        .filter(|range| at < range.end)
        .map(|range| range.end)
}

/// The tag that begins at `start`, if one does. Adds to `wasted` what was read in vain.
fn tag(text: &str, start: usize, wasted: &mut usize) -> Option<Tag> {
    let rest = &text[start + 1..];
    let (closing, rest) = match rest.strip_prefix('/') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    if !rest.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let length = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_'))
        .unwrap_or(rest.len());
    let name = &rest[..length];
    let lower = name.to_ascii_lowercase();
    if !name.contains(|c: char| c.is_ascii_lowercase()) || HTML_NAMES.contains(&lower.as_str()) {
        return None;
    }
    let after = start + 1 + usize::from(closing) + length;
    let Some((end, empty)) = end_of_tag(&text[after..]) else {
        *wasted += text.len() - after;
        return None;
    };
    let kind = match (closing, empty) {
        (true, _) => Kind::Close,
        (false, true) => Kind::Empty,
        (false, false) => Kind::Open,
    };
    Some(Tag {
        name: name.to_owned(),
        kind,
        span: start..after + end,
        partner: None,
    })
}

/// The length of what follows a tag's name, up to and with its `>`, and whether it is `/>`.
fn end_of_tag(text: &str) -> Option<(usize, bool)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut need_space = true;
    while at < bytes.len() {
        match bytes[at] {
            b'>' => return Some((at + 1, false)),
            b'/' if bytes.get(at + 1) == Some(&b'>') => return Some((at + 2, true)),
            b' ' | b'\t' | b'\n' | b'\r' => {
                need_space = false;
                at += 1;
            }
            _ if need_space => return None,
            b'{' => at += braces(&text[at..])?,
            c if c.is_ascii_alphabetic() || matches!(c, b'_' | b':' | b'@') => {
                at += attribute(&text[at..])?;
            }
            _ => return None,
        }
    }
    None
}

/// The length of `name`, `name="value"`, `name='value'` or `name={expression}`.
fn attribute(text: &str) -> Option<usize> {
    let name = text
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | ':' | '.' | '@'))
        .unwrap_or(text.len());
    let mut at = name;
    let spaces = |text: &str| text.len() - text.trim_start().len();
    let equals = at + spaces(&text[at..]);
    if !text[equals..].starts_with('=') {
        return Some(at);
    }
    at = equals + 1;
    at += spaces(&text[at..]);
    let rest = &text[at..];
    match rest.chars().next()? {
        quote @ ('"' | '\'') => Some(at + 1 + rest[1..].find(quote)? + 1),
        '{' => Some(at + braces(rest)?),
        _ => {
            let bare =
                rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '<' | '"' | '\''))?;
            (bare > 0).then_some(at + bare)
        }
    }
}

/// The length of a `{…}` with everything in it balanced, strings aside.
fn braces(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut string: Option<char> = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (string, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(quote), c) if c == quote => string = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => string = Some(c),
            (None, '{') => depth += 1,
            (None, '}') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            (None, _) => {}
        }
    }
    None
}

/// Gives each closing tag the nearest open one of its name; what lies between and is still open has no partner.
fn pair(tags: &mut [Tag]) {
    let mut open: Vec<usize> = Vec::new();
    let mut open_by_name: HashMap<String, usize> = HashMap::new();
    for index in 0..tags.len() {
        match tags[index].kind {
            Kind::Empty | Kind::Cut => {}
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

/// Puts marks in place of tags. Lines that hold nothing but tags become paragraphs of their own, so that Markdown
/// goes on between them with or without blank lines, and what is indented inside a component is moved out.
fn stitch(text: &str, start: usize, tags: &[Tag]) -> Stitched {
    let lines = lines(text, tags);
    let mut stitched = Stitched::default();
    let mut next_tag = 0;
    for (index, line) in lines.iter().enumerate() {
        let alone_before = index > 0 && lines[index - 1].only_tags;
        let blank = text[line.range.clone()]
            .trim_matches([' ', '\t', '>', '\n', '\r'])
            .is_empty();
        let after_text = index > 0 && !lines[index - 1].only_tags && line.only_tags;
        if (alone_before && !blank) || after_text {
            stitched.insert(&format!("{}\n", line.prefix), start + line.range.start);
        }
        let indent =
            text[line.range.clone()].len() - text[line.range.clone()].trim_start_matches(' ').len();
        let mut at = line.range.start + indent.min(line.dedent);
        while let Some(tag) = tags
            .get(next_tag)
            .filter(|tag| tag.span.start < line.range.end)
        {
            stitched.copy(&text[at..tag.span.start], start + at);
            if tag.kind != Kind::Cut {
                stitched.insert(&format!("{OPEN}{next_tag}{CLOSE}"), start + tag.span.start);
            }
            at = tag.span.end;
            next_tag += 1;
        }
        stitched.copy(&text[at..line.range.end], start + at);
    }
    stitched
}

/// A line, or the lines that a tag runs over.
struct Line {
    range: Range<usize>,
    only_tags: bool,
    /// The quote markers that the line begins with.
    prefix: String,
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
        let only_tags = !here.is_empty() && quote_only && between.trim().is_empty();
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
                .then(|| line_text.len() - line_text.trim_start_matches(' ').len())
                .map(|indent| indent.saturating_sub(line.dedent))
        };
        let base = indent_of(&lines[open]).unwrap_or(0);
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
        found(text).into_iter().map(|(name, ..)| name).collect()
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
