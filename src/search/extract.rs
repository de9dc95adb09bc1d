//! What search needs of a page: its text by sections, read off the body with its holes. Sees one page.

use memchr::{memchr, memchr2, memchr3};
use serde_json::Value;

use crate::parse::{Body, Component, Doc, Filling, PropValue, attributes, unescaped};
use crate::search::white_space::push_collapsed;

/// Of a block of code no more than this is read: nobody looks for the middle of a log.
const MOST_CODE: usize = 4096;

/// Props whose words readers see.
const SHOWN: &[&str] = &[
    "title",
    "label",
    "summary",
    "caption",
    "description",
    "name",
    "role",
    "alt",
    "text",
];

/// A part of a page that a link can lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// The id of its heading; empty for what comes before the first one.
    pub anchor: String,
    pub heading: String,
    /// Plain, with a line for each block.
    pub text: String,
}

/// A page as search reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extract {
    /// At least one.
    pub sections: Vec<Section>,
    /// What the page defines, one term a line.
    pub terms: String,
}

impl Extract {
    /// Of a page without a text.
    pub fn empty() -> Extract {
        Extract {
            sections: vec![Section::default()],
            terms: String::new(),
        }
    }
}

/// Reads a page with all that it takes in.
pub fn extract(doc: &Doc) -> Extract {
    let mut reader = Reader {
        title: doc.outline.title(),
        sections: vec![Section::default()],
        text: String::with_capacity(doc.body.html.len()),
        terms: String::new(),
        state: State::Text,
        tag: String::new(),
        heading: None,
        in_term: false,
        hidden: None,
        gap: Gap::None,
    };
    reader.body(&doc.body);
    reader.end_heading();
    reader.end_text();
    Extract {
        sections: reader.sections,
        terms: reader.terms,
    }
}

enum State {
    Text,
    /// Between `<` and `>`, and in which quotes.
    Tag(Option<u8>),
    Comment,
    /// In an element whose content is no text.
    Raw(&'static str),
}

/// What stands between the last text and the next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
}

struct Reader<'a> {
    title: Option<&'a str>,
    sections: Vec<Section>,
    /// What has been read of the last section.
    text: String,
    terms: String,
    state: State,
    /// What of a tag has been read.
    tag: String,
    /// The heading that is open: its level and what it says.
    heading: Option<(u8, Section)>,
    in_term: bool,
    /// An element that is not for search: its name, and how many of that name are open.
    hidden: Option<(String, usize)>,
    gap: Gap,
}

impl Reader<'_> {
    fn body(&mut self, body: &Body) {
        let mut at = 0;
        for hole in &body.holes {
            self.html(&body.html[at..hole.at]);
            at = hole.at;
            // In a tag a hole is a target.
            if !matches!(self.state, State::Text) {
                continue;
            }
            match &hole.filling {
                Filling::Code(code) => {
                    let end = code.text.floor_char_boundary(MOST_CODE);
                    self.text(&code.text[..end]);
                }
                Filling::Component(component) => self.component(component),
                Filling::Included(_, body) => self.body(body),
                Filling::Link(_) | Filling::Image(_) | Filling::Word(_) => {}
            }
        }
        self.html(&body.html[at..]);
    }

    fn component(&mut self, component: &Component) {
        let text_of = |name: &str| {
            let prop = component.props.iter().find(|prop| prop.name == name)?;
            match &prop.value {
                PropValue::Literal(Value::String(text)) => Some(text.as_str()),
                _ => None,
            }
        };
        if text_of("data-search") == Some("off") {
            return;
        }
        let gap = if component.inline {
            Gap::None
        } else {
            Gap::Line
        };
        self.gap = self.gap.max(gap);
        for name in SHOWN {
            if let Some(text) = text_of(name) {
                self.text(text);
                self.gap = self.gap.max(if component.inline {
                    Gap::Space
                } else {
                    Gap::Line
                });
            }
        }
        self.body(&component.body);
        self.gap = self.gap.max(gap);
    }

    fn html(&mut self, mut html: &str) {
        while !html.is_empty() {
            let read = match self.state {
                State::Text => {
                    // Where nothing is escaped, both are known at once.
                    let first = memchr2(b'<', b'&', html.as_bytes());
                    let at = first.and_then(|first| {
                        let more = memchr(b'<', &html.as_bytes()[first..]);
                        more.map(|more| first + more)
                    });
                    let text = &html[..at.unwrap_or(html.len())];
                    if at == first {
                        self.text(text);
                    } else {
                        self.text(&unescaped(text));
                    }
                    at.map_or(html.len(), |at| at + self.open_tag(&html[at + 1..]) + 1)
                }
                State::Tag(quote) => self.in_tag(html, quote),
                State::Comment => match html.find("-->") {
                    Some(at) => {
                        self.state = State::Text;
                        at + 3
                    }
                    None => html.len(),
                },
                State::Raw(name) => match end_of_raw(html, name) {
                    Some(at) => {
                        self.state = State::Tag(None);
                        self.tag.clear();
                        at + 1
                    }
                    None => html.len(),
                },
            };
            html = &html[read..];
        }
    }

    /// Reads a tag behind its opening bracket. Gives how many bytes that took: none of a comment and of a tag with a hole in it, which
    /// are read on in their own states.
    fn open_tag(&mut self, html: &str) -> usize {
        if html.starts_with("!--") {
            self.state = State::Comment;
            0
        } else if let Some(end) = end_of_tag(html) {
            self.element(&html[..end]);
            end + 1
        } else {
            self.state = State::Tag(None);
            self.tag.clear();
            0
        }
    }

    /// Reads on in a tag that has a hole in it. Gives how many bytes belong to it.
    fn in_tag(&mut self, html: &str, quote: Option<u8>) -> usize {
        if let Some(quote) = quote {
            let end = memchr(quote, html.as_bytes()).map(|at| at + 1);
            if end.is_some() {
                self.state = State::Tag(None);
            }
            let end = end.unwrap_or(html.len());
            self.tag.push_str(&html[..end]);
            return end;
        }
        let Some(at) = memchr3(b'>', b'"', b'\'', html.as_bytes()) else {
            self.tag.push_str(html);
            return html.len();
        };
        self.tag.push_str(&html[..at]);
        match html.as_bytes()[at] {
            b'>' => {
                self.state = State::Text;
                let tag = std::mem::take(&mut self.tag);
                self.element(&tag);
                self.tag = tag;
            }
            quote => {
                self.tag.push(char::from(quote));
                self.state = State::Tag(Some(quote));
            }
        }
        at + 1
    }

    /// A tag, without its brackets.
    fn element(&mut self, tag: &str) {
        let (closes, tag) = match tag.strip_prefix('/') {
            Some(tag) => (true, tag),
            None => (false, tag),
        };
        let ends = |byte: u8| byte.is_ascii_whitespace() || byte == b'/';
        let name = &tag[..tag.bytes().position(ends).unwrap_or(tag.len())];
        let small;
        let name = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            small = name.to_ascii_lowercase();
            small.as_str()
        } else {
            name
        };
        if let Some((hidden, open)) = &mut self.hidden {
            if hidden == name && !tag.ends_with('/') {
                *open = if closes { *open - 1 } else { *open + 1 };
            }
            if *open == 0 {
                self.hidden = None;
            }
            return;
        }
        let gap = gap_of(name.as_bytes());
        self.gap = self.gap.max(gap);
        if closes {
            match name.as_bytes() {
                [b'h', b'1'..=b'6'] => self.end_heading(),
                b"dt" => self.in_term = false,
                _ => {}
            }
            return;
        }
        let (mut id, mut alt, mut is_hidden) = (None, None, false);
        // Most tags have none.
        let attributes = (name.len() < tag.len()).then(|| attributes(tag));
        for (name, value) in attributes.into_iter().flatten() {
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            // Of two with one name the first counts.
            if is("id") {
                id = id.or(Some(value));
            } else if is("alt") {
                alt = alt.or(Some(value));
            }
            is_hidden |= is("data-search") && value == "off"
                // What leads to a footnote and back.
                || is("role") && value == "doc-backlink"
                || is("class") && value == "footnote-ref";
        }
        if is_hidden && !is_void(name) && !tag.ends_with('/') {
            self.hidden = Some((name.to_owned(), 1));
            return;
        }
        match name.as_bytes() {
            b"script" => self.state = State::Raw("script"),
            b"style" => self.state = State::Raw("style"),
            [b'h', level @ b'1'..=b'6'] => {
                if let Some(id) = id {
                    self.end_heading();
                    let section = Section {
                        anchor: unescaped(id),
                        ..Section::default()
                    };
                    self.heading = Some((level - b'0', section));
                    self.gap = Gap::None;
                }
            }
            b"dt" => {
                self.in_term = true;
                self.terms.push('\n');
            }
            b"img" => {
                if let Some(alt) = alt {
                    self.gap = self.gap.max(Gap::Space);
                    self.text(&unescaped(alt));
                    self.gap = Gap::Space;
                }
            }
            _ => {}
        }
    }

    /// Closes a heading, which opens its section; the page's own title opens none.
    fn end_heading(&mut self) {
        let Some((level, section)) = self.heading.take() else {
            return;
        };
        let is_title = level == 1 && self.title == Some(section.heading.as_str());
        if !is_title && !section.heading.is_empty() {
            self.end_text();
            self.sections.push(section);
        }
        self.gap = Gap::None;
    }

    fn end_text(&mut self) {
        if let Some(last) = self.sections.last_mut() {
            self.text.clone_into(&mut last.text);
        }
        self.text.clear();
    }

    /// Adds text, with its white space collapsed.
    fn text(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
        let (before, words, after) = trimmed(text);
        if before {
            self.gap = self.gap.max(Gap::Space);
        }
        if words.is_empty() {
            return;
        }
        let Reader {
            heading,
            text: of_section,
            terms,
            ..
        } = self;
        let (target, between) = match heading {
            Some((_, section)) => (&mut section.heading, ' '),
            None => (of_section, '\n'),
        };
        if !target.is_empty() {
            match self.gap {
                Gap::None => {}
                Gap::Line => target.push(between),
                Gap::Space => target.push(' '),
            }
        }
        let from = target.len();
        push_collapsed(target, words);
        if self.in_term {
            terms.push_str(&target[from..]);
        }
        self.gap = if after { Gap::Space } else { Gap::None };
    }
}

/// A text without the white space around it, and whether there is some before and behind.
fn trimmed(text: &str) -> (bool, &str, bool) {
    // Nearly every text stands between tags as a whole, or is the line break between two.
    let is_plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    match text.as_bytes() {
        b"\n" => (true, "", false),
        bytes if is_plain(bytes.first()) && is_plain(bytes.last()) => (false, text, false),
        _ => {
            let from = text.trim_start();
            let words = from.trim_end();
            (from.len() < text.len(), words, words.len() < from.len())
        }
    }
}

/// Where a tag has its closing bracket, if that is not behind a hole. Tags are short: what begins slowly is no help.
fn end_of_tag(tag: &str) -> Option<usize> {
    let bytes = tag.as_bytes();
    let mut at = 0;
    loop {
        let ends = |byte: &u8| matches!(byte, b'>' | b'"' | b'\'');
        at += bytes[at..].iter().position(ends)?;
        if bytes[at] == b'>' {
            return Some(at);
        }
        at += 2 + memchr(bytes[at], &bytes[at + 1..])?;
    }
}

/// Where the tag begins that ends an element whose content is no text.
fn end_of_raw(html: &str, name: &str) -> Option<usize> {
    let mut ends = html.match_indices("</").map(|(at, _)| at);
    ends.find(|at| {
        let named = html.as_bytes()[at + 2..].get(..name.len());
        named.is_some_and(|named| named.eq_ignore_ascii_case(name.as_bytes()))
    })
}

/// What an element sets between its text and its neighbours'.
fn gap_of(name: &[u8]) -> Gap {
    match name {
        b"address" | b"article" | b"aside" | b"blockquote" | b"caption" | b"dd" | b"details"
        | b"div" | b"dl" | b"dt" | b"fieldset" | b"figcaption" | b"figure" | b"footer"
        | b"form" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"header" | b"hr" | b"li"
        | b"main" | b"nav" | b"ol" | b"p" | b"pre" | b"section" | b"summary" | b"table"
        | b"tbody" | b"tfoot" | b"thead" | b"tr" | b"ul" => Gap::Line,
        b"br" | b"td" | b"th" | b"option" | b"button" | b"video" | b"audio" | b"iframe" => {
            Gap::Space
        }
        _ => Gap::None,
    }
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "source"
            | "track"
            | "wbr"
    )
}

#[cfg(test)]
mod tests {
    use super::{Extract, extract};
    use crate::parse::{self, Options};
    use crate::source::Source;

    fn read(text: &str) -> Extract {
        let source = Source {
            path: "a.md".into(),
            file: "content/a.md".into(),
            text: text.into(),
        };
        extract(&parse::parse(&source, &Options::default()))
    }

    fn sections(text: &str) -> Vec<(String, String, String)> {
        let sections = read(text).sections.into_iter();
        sections.map(|s| (s.anchor, s.heading, s.text)).collect()
    }

    fn one(text: &str) -> String {
        read(text).sections.remove(0).text
    }

    #[test]
    fn headings_begin_sections_and_the_title_does_not() {
        let found =
            sections("# Time off\n\nFirst.\n\n## How *much*\n\nA lot,\nreally.\n\n- one\n- two\n");
        let expected = [
            ("", "", "First."),
            ("how-much", "How much", "A lot, really.\none\ntwo"),
        ];
        let found: Vec<_> = found
            .iter()
            .map(|(a, h, t)| (a.as_str(), h.as_str(), t.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn text_is_what_readers_see() {
        assert_eq!(
            one("a **b**c [d](https://e.example/f) `g<h>`\n"),
            "a bc d g<h>"
        );
        assert_eq!(one("![A red door](door.png)\n"), "A red door");
        assert_eq!(one("| a | b |\n| - | - |\n| c | d |\n"), "a b\nc d");
        assert_eq!(one("a &amp; b &lt;c&gt;\n"), "a & b <c>");
        assert_eq!(one("```sh\nkubectl get pods\n```\n"), "kubectl get pods");
        assert_eq!(one("a[^1] b\n\n[^1]: Note.\n"), "a b\nNote.");
        assert_eq!(
            one("<script>let a = 1;</script>\n\n<style>b{}</style>\n\ntext\n"),
            "text"
        );
    }

    #[test]
    fn what_is_no_text_is_passed_over() {
        assert_eq!(one("a <!-- b > &amp; <i> --> c &amp; d\n"), "a c & d");
        assert_eq!(
            one("a <img alt=\"x > y\" src=\"door.png\"> b\n"),
            "a x > y b"
        );
    }

    #[test]
    fn components_say_what_their_props_and_bodies_say() {
        assert_eq!(
            one("<Callout title=\"Mind\">\nthe gap\n</Callout>\n\nend\n"),
            "Mind\nthe gap\nend"
        );
    }

    #[test]
    fn hidden_parts_are_not_read() {
        assert_eq!(
            one("a\n\n<div data-search=\"off\">\n\n<div>b</div>\n\nc\n\n</div>\n\nd\n"),
            "a\nd"
        );
        assert_eq!(
            one("<Callout data-search=\"off\">\nb\n</Callout>\n\nd\n"),
            "d"
        );
        assert_eq!(one("a <span data-search=off>b</span> c\n"), "a c");
    }

    #[test]
    fn raw_html_is_read_whatever_its_case() {
        let text = "<STYLE>b{}</STYLE>\n\n<H2 ID=\"pay\" id=\"b\">Pay</H2>\n\nA lot.\n\n<DIV DATA-SEARCH=\"off\">c</DIV>\n\nd\n";
        let expected = [
            (String::new(), String::new(), String::new()),
            ("pay".to_owned(), "Pay".to_owned(), "A lot.\nd".to_owned()),
        ];
        assert_eq!(sections(text), expected);
    }

    #[test]
    fn definitions_are_terms() {
        assert_eq!(read("PTO\n: Paid time off.\n").terms.trim(), "PTO");
    }
}
