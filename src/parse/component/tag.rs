//! The shape of one component tag: its name, its attributes, its end. Knows nothing of what is round it.

use std::collections::HashSet;

use super::{Kind, Tag};

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

/// The tag that begins at `start`, if one does. Adds to `wasted` what was read in vain.
pub fn read(text: &str, start: usize, imported: &HashSet<&str>, wasted: &mut usize) -> Option<Tag> {
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
    let is_camel_case = name.contains(|c: char| c.is_ascii_lowercase());
    if !(is_camel_case || imported.contains(name)) || HTML_NAMES.contains(&lower.as_str()) {
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
        quoted: false,
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
pub fn attribute(text: &str) -> Option<usize> {
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

/// The length of a `{…}` with everything in it balanced, strings and comments aside.
pub fn braces(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut string: Option<u8> = None;
    let mut at = 0;
    while at < bytes.len() {
        match (string, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(quote), byte) if byte == quote => string = None,
            (Some(_), _) => {}
            (None, b'/') if text[at..].starts_with("/*") => {
                at += text[at + 2..].find("*/")? + 3;
            }
            (None, quote @ (b'"' | b'\'' | b'`')) => string = Some(quote),
            (None, b'{') => depth += 1,
            (None, b'}') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            (None, _) => {}
        }
        at += 1;
    }
    None
}
