//! A link's target as it stands in the text, taken apart: which of its bytes are the path that a move changes.

use std::ops::Range;

use super::Sites;
use crate::parse::Link;
use crate::site::links;

/// A target as it stands in the text.
pub struct Written<'t> {
    /// The bytes of its path within the target.
    pub path: Range<usize>,
    pub raw: &'t str,
    pub decoded: &'t str,
    /// What says that this site's own host is meant.
    pub host: &'t str,
    /// Query and fragment.
    pub rest: String,
}

impl<'t> Written<'t> {
    /// Takes a target apart; none if it does not say what the link is known to say.
    pub fn read(raw: &'t str, link: &'t Link, sites: &Sites<'_>) -> Option<Written<'t>> {
        let blank = raw.len() - raw.trim_start().len();
        let target = link.target.trim();
        let host = links::own_host(target, sites.moving.config);
        let host_text = target.get(..host)?;
        let start = blank + host;
        if raw.get(blank..start)? != host_text {
            return None;
        }
        let local = &target[host..];
        let parts = links::Target::new(local);
        let end = start + path_length(raw.get(start..)?.trim_end());
        let path = &raw[start..end];
        if path != parts.path && !unescaped(path).contains(&parts.path.to_owned()) {
            return None;
        }
        let decoded = match parts.path {
            // A host alone is its root.
            "" => "/",
            path => path,
        };
        Some(Written {
            path: start..end,
            raw: path,
            decoded,
            host: host_text,
            rest: local[parts.path.len()..].to_owned(),
        })
    }
}

/// How long the path at the beginning of a target is; a `#` inside of an escape ends nothing.
fn path_length(raw: &str) -> usize {
    let mut at = 0;
    while let Some(c) = raw[at..].chars().next() {
        let rest = &raw[at..];
        at += match c {
            '?' | '#' => return at,
            '\\' if rest[1..].starts_with(|c: char| c.is_ascii_punctuation()) => 2,
            '&' => entity(rest).map_or(1, |(_, length)| length),
            c => c.len_utf8(),
        };
    }
    at
}

/// What a piece of a target says, read as Markdown and as HTML.
pub fn unescaped(raw: &str) -> [String; 2] {
    [true, false].map(|markdown| {
        let mut text = String::new();
        let mut at = 0;
        while let Some(c) = raw[at..].chars().next() {
            let rest = &raw[at..];
            match c {
                '\\' if markdown && rest[1..].starts_with(|c: char| c.is_ascii_punctuation()) => {
                    text.push_str(&rest[1..2]);
                    at += 2;
                }
                '&' if entity(rest).is_some() => {
                    let (c, length) = entity(rest).unwrap_or(('&', 1));
                    text.push(c);
                    at += length;
                }
                c => {
                    text.push(c);
                    at += c.len_utf8();
                }
            }
        }
        text
    })
}

/// The character reference that a text begins with, and its length. Only those that people write in addresses.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.find(';').filter(|end| *end <= 9)?;
    let name = text.get(1..end)?;
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((c, end + 1))
}
