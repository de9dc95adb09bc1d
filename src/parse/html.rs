//! HTML as writers and we ourselves write it: finds the links, ids and comments of raw HTML, and reads attributes and character
//! references. Changes nothing else of it.

use std::ops::Range;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, State, Token, Tokenizer};
use memchr::memchr;

use crate::parse::{Image, Role};

/// What was found in a piece of HTML, in order of place.
#[derive(Debug, Default, PartialEq)]
pub struct Found {
    pub parts: Vec<Part>,
    /// Decoded values of `id`, and of `name` on `<a>`, and where they stand.
    pub ids: Vec<(String, Range<usize>)>,
    /// The tags of images that do not even say that they have no text.
    pub images_without_alt: Vec<Range<usize>>,
}

#[derive(Debug, PartialEq)]
pub enum Part {
    /// The value of an attribute, between its quotes.
    Link {
        range: Range<usize>,
        target: String,
        role: Role,
    },
    Comment(Range<usize>),
    /// An id that is to be another one.
    Id {
        range: Range<usize>,
        id: String,
    },
    /// Behind the value of the `src` of an `<img>`.
    Image {
        at: usize,
        image: Image,
    },
}

impl Part {
    /// The bytes of the HTML that the part takes up.
    pub fn range(&self) -> Range<usize> {
        match self {
            Part::Link { range, .. } | Part::Comment(range) | Part::Id { range, .. } => {
                range.clone()
            }
            Part::Image { at, .. } => *at..*at,
        }
    }
}

/// Reads a piece of HTML. It need not be a whole document: `</a>` alone is fine.
pub fn read(html: &str) -> Found {
    // Most raw HTML in handbooks is a bare `<br>` or a closing tag.
    if !html.contains(['=', '!']) {
        return Found::default();
    }
    let mut found = Found::default();
    let mut tag = String::new();
    let mut attribute = String::new();
    let mut image = None;
    let mut tag_start = 0;
    // Where the `src` of an image ends, and what its tag says of its looks.
    let mut src = None;
    let (mut sized, mut loading) = (false, false);
    let mut emitter = CallbackEmitter::new(
        |event: CallbackEvent<'_>, span: Span<usize>| -> Option<()> {
            match event {
                CallbackEvent::OpenStartTag { name } => {
                    tag = String::from_utf8_lossy(name).into_owned();
                    let start = html[..span.end.min(html.len())].rfind('<');
                    image = start.filter(|_| tag == "img");
                    tag_start = start.unwrap_or(0);
                    (src, sized, loading) = (None, false, false);
                }
                CallbackEvent::AttributeName { name } => {
                    attribute = String::from_utf8_lossy(name).into_owned();
                    sized |= matches!(attribute.as_str(), "width" | "height" | "style");
                    loading |= attribute == "loading";
                    if matches!(
                        attribute.as_str(),
                        "alt" | "aria-label" | "aria-labelledby" | "aria-hidden" | "role"
                    ) {
                        image = None;
                    }
                }
                CallbackEvent::CloseStartTag { .. } => {
                    let end = span.end.min(html.len());
                    found
                        .images_without_alt
                        .extend(image.take().map(|start| start..end));
                    let image = Image::Raw { sized, loading };
                    found
                        .parts
                        .extend(src.take().map(|at| Part::Image { at, image }));
                }
                CallbackEvent::AttributeValue { value } => {
                    let value = String::from_utf8_lossy(value).into_owned();
                    let range = value_range(html, span.start..span.end);
                    // `<a id="x" name="x">` is one place under both of its names.
                    let mut own = found
                        .ids
                        .iter()
                        .rev()
                        .take_while(|(_, at)| at.start > tag_start);
                    if matches!(attribute.as_str(), "id" | "name")
                        && own.any(|(id, _)| *id == value)
                    {
                        return None;
                    }
                    if tag == "img" && attribute == "src" {
                        let quoted = html[..range.start].ends_with(['"', '\'']);
                        src = Some(range.end + usize::from(quoted));
                    }
                    attribute_value(&mut found, &tag, &attribute, value, range);
                }
                CallbackEvent::Comment { .. } => {
                    found
                        .parts
                        .extend(comment_range(html, span.start..span.end).map(Part::Comment));
                }
                _ => {}
            }
            None
        },
    );
    // What stands in a script or a style sheet is no HTML.
    emitter.naively_switch_states(true);
    for _ in Tokenizer::new_with_emitter(html, emitter) {}
    found.parts.sort_by_key(|part| part.range().start);
    found
}

fn attribute_value(
    found: &mut Found,
    tag: &str,
    attribute: &str,
    value: String,
    range: Range<usize>,
) {
    match (tag, attribute) {
        (_, "id") | ("a", "name") => found.ids.push((value, range)),
        ("a" | "area", "href") => found.parts.push(Part::Link {
            range,
            target: value,
            role: Role::Go,
        }),
        ("link" | "image" | "use", "href" | "xlink:href")
        | ("img" | "script" | "source" | "video" | "audio" | "track" | "embed" | "input", "src")
        | ("video", "poster")
        | ("object", "data") => found.parts.push(Part::Link {
            range,
            target: value,
            role: Role::Show,
        }),
        ("iframe" | "frame", "src") => found.parts.push(Part::Link {
            range,
            target: value,
            role: Role::Go,
        }),
        ("img" | "source", "srcset") => srcset(found, &value, range),
        _ => {}
    }
}

/// A `srcset` is a list of addresses, each with a width or a density.
fn srcset(found: &mut Found, value: &str, range: Range<usize>) {
    // With entities inside, places in the value are not places in the source: then it is left as it is.
    if value.len() != range.len() {
        return;
    }
    let mut at = 0;
    for candidate in value.split_inclusive(',') {
        let address = candidate.trim_end_matches(',').trim();
        let start = at + (candidate.len() - candidate.trim_start().len());
        at += candidate.len();
        let Some(address) = address.split_whitespace().next() else {
            continue;
        };
        if address.starts_with("data:") {
            return;
        }
        found.parts.push(Part::Link {
            range: range.start + start..range.start + start + address.len(),
            target: address.to_owned(),
            role: Role::Show,
        });
    }
}

/// The value between its quotes, whatever of them the span takes in.
fn value_range(html: &str, span: Range<usize>) -> Range<usize> {
    let text = &html[span.clone()];
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) if text.len() >= 2 && text.ends_with(quote) => {
            span.start + 1..span.end - 1
        }
        _ => span,
    }
}

/// The whole of a comment from `<!--` to `-->`.
fn comment_range(html: &str, span: Range<usize>) -> Option<Range<usize>> {
    let start = html[..span.end.min(html.len())]
        .rfind("<!--")
        .filter(|at| *at <= span.start)?;
    let end = html[start + 4..]
        .find("-->")
        .map_or(html.len(), |at| start + 4 + at + 3);
    Some(start..end)
}

/// The text with its character references read.
pub fn unescaped(text: &str) -> String {
    if let Some(text) = simply_unescaped(text) {
        return text;
    }
    // As the content of an element that knows no tags.
    let mut tokenizer = Tokenizer::new(text);
    tokenizer.set_state(State::RcData);
    tokenizer
        .flatten()
        .filter_map(|token| match token {
            Token::String(text) => Some(String::from_utf8_lossy(&text).into_owned()),
            _ => None,
        })
        .collect()
}

/// The same for a text that has no references but those that writers of HTML make: nearly every text.
fn simply_unescaped(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let known = SIMPLE.iter().find(|(name, _)| rest.starts_with(name));
        match known {
            Some((name, character)) => {
                plain.push(*character);
                rest = &rest[name.len()..];
            }
            None if rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '#') => {
                return None;
            }
            None => plain.push('&'),
        }
    }
    plain.push_str(rest);
    Some(plain)
}

const SIMPLE: [(&str, char); 5] = [
    ("amp;", '&'),
    ("lt;", '<'),
    ("gt;", '>'),
    ("quot;", '"'),
    ("#39;", '\''),
];

/// The value of an attribute as a tag writes it, without its quotes.
pub fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut attributes = attributes(tag);
    let found = attributes.find(|(written, _)| written.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

/// The attributes of a tag as it writes them, without quotes: names and values. A name without a value has an empty one.
pub fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_space = |byte: u8| byte.is_ascii_whitespace();
    let mut rest = &tag[until(tag, 0, is_space)..];
    std::iter::from_fn(move || {
        rest = &rest[until(rest, 0, |byte| !is_space(byte) && byte != b'/')..];
        if rest.is_empty() {
            return None;
        }
        // What begins with `=` is a name to a browser too.
        let end = until(rest, 1, |byte| {
            is_space(byte) || matches!(byte, b'=' | b'/')
        });
        let (name, after) = rest.split_at(end);
        let Some(value) = after.trim_ascii_start().strip_prefix('=') else {
            rest = after;
            return Some((name, ""));
        };
        let value = value.trim_ascii_start();
        let value = match value.as_bytes().first() {
            Some(quote @ (b'"' | b'\'')) => {
                let value = &value[1..];
                let end = memchr(*quote, value.as_bytes()).unwrap_or(value.len());
                rest = value.get(end + 1..).unwrap_or_default();
                &value[..end]
            }
            _ => {
                let end = until(value, 0, is_space);
                rest = &value[end..];
                &value[..end]
            }
        };
        Some((name, value))
    })
}

/// Where in a text, from a byte on, something is true of a byte: of all bytes of a character, or of none.
fn until(text: &str, from: usize, is: impl Fn(u8) -> bool) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let length = rest.iter().position(|byte| is(*byte));
    length.map_or(text.len(), |length| from + length)
}

#[cfg(test)]
mod tests {
    use super::{Found, Part, attribute, attributes, read, unescaped};
    use crate::parse::Image;

    #[test]
    fn attributes_are_read_as_they_are_written() {
        let tag = "img alt=\"a b\" hidden src='c>d' WIDTH = 7 x=/y/ title=\"\" data-id=\"=\"/";
        let expected = [
            ("alt", "a b"),
            ("hidden", ""),
            ("src", "c>d"),
            ("WIDTH", "7"),
            ("x", "/y/"),
            ("title", ""),
            ("data-id", "="),
        ];
        assert_eq!(attributes(tag).collect::<Vec<_>>(), expected);
        assert_eq!(attribute(tag, "width"), Some("7"));
        assert_eq!(attribute(tag, "id"), None);
        assert_eq!(
            attributes("á título=\"é\" ü/ñ=ß ¡").collect::<Vec<_>>(),
            [("título", "é"), ("ü", ""), ("ñ", "ß"), ("¡", "")]
        );
        assert_eq!(attributes("p").count(), 0);
        assert_eq!(attributes("br/").count(), 0);
        assert_eq!(
            attributes("a = 'b").collect::<Vec<_>>(),
            [("=", ""), ("'b", "")]
        );
    }

    #[test]
    fn references_are_read_and_what_is_none_is_left() {
        for (html, text) in [
            ("a", "a"),
            (
                "&lt;a&gt; &amp;amp; &quot;it&#39;s&quot;",
                "<a> &amp; \"it's\"",
            ),
            ("R&D & more&", "R&D & more&"),
            ("&eacute;&#233;&#xe9;&nosuch;", "ééé&nosuch;"),
        ] {
            assert_eq!(unescaped(html), text);
        }
    }

    fn links(html: &str) -> Vec<(&str, String)> {
        read(html)
            .parts
            .into_iter()
            .filter_map(|part| match part {
                Part::Link { range, target, .. } => Some((&html[range], target)),
                Part::Comment(_) | Part::Id { .. } | Part::Image { .. } => None,
            })
            .collect()
    }

    #[test]
    fn links_are_found_where_they_stand() {
        assert_eq!(
            links("<a class=x href=\"a.md#b\">"),
            [("a.md#b", "a.md#b".to_owned())]
        );
        assert_eq!(links("<a href='a'><img src=b.png>").len(), 2);
        assert_eq!(links("<img src=b.png>")[0].0, "b.png");
        assert_eq!(
            links("<a href=\"x?a=1&amp;b=2\">"),
            [("x?a=1&amp;b=2", "x?a=1&b=2".to_owned())]
        );
        assert_eq!(links("<p data-href=\"x\"></p>"), []);
        let both = links("<img srcset=\"a.png 1x, b.png 2x\">");
        assert_eq!([both[0].0, both[1].0], ["a.png", "b.png"]);
    }

    #[test]
    fn images_say_what_they_say_themselves() {
        let html = "<img src=a.png><IMG alt='' src = 'b.png'\nwidth=3 loading=lazy/><img>";
        let images: Vec<_> = read(html)
            .parts
            .into_iter()
            .filter_map(|part| match part {
                Part::Image { at, image } => Some((&html[at..=at], image)),
                _ => None,
            })
            .collect();
        let image = |sized, loading| Image::Raw { sized, loading };
        assert_eq!(
            images,
            [(">", image(false, false)), ("\n", image(true, true))]
        );
    }

    #[test]
    fn ids_and_comments_are_found() {
        let html = "<a name=\"old\"></a><!-- a > b --><p id=new>";
        let Found { parts, ids, .. } = read(html);
        let named: Vec<_> = ids
            .iter()
            .map(|(id, at)| (id.as_str(), &html[at.clone()]))
            .collect();
        assert_eq!(named, [("old", "old"), ("new", "new")]);
        assert_eq!(parts.len(), 1);
        assert_eq!(&html[parts[0].range()], "<!-- a > b -->");
        assert_eq!(read("<a id=\"x\" name=\"x\"></a>").ids.len(), 1);
        let html = "<img src=x><img src=\"y\"\nalt=''><img\nsrc='z'>";
        let images: Vec<_> = read(html)
            .images_without_alt
            .into_iter()
            .map(|at| &html[at])
            .collect();
        assert_eq!(images, ["<img src=x>", "<img\nsrc='z'>"]);
        let html = "x <!-- never closed";
        assert_eq!(&html[read(html).parts[0].range()], "<!-- never closed");
    }
}
