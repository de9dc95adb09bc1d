//! Addresses of other hosts: how they are misspelt, and what in them cannot be seen. Asks no host anything.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use crate::url;

/// What is wrong with an address, and the address without it where that is certain.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// In words: ``there is no scheme `htps` ``.
    pub message: String,
    pub mended: Option<String>,
    /// Whether that is surely what was meant, so that nobody need look at it.
    pub certain: bool,
}

impl Fault {
    fn new(message: impl Into<String>, mended: Option<String>) -> Fault {
        Fault {
            message: message.into(),
            mended,
            certain: true,
        }
    }
}

/// The scheme of a target, in lower case: `https`, `mailto`. A single letter is a drive of Windows.
pub fn scheme(target: &str) -> Option<String> {
    let (scheme, _) = target.split_once(':')?;
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    (scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(letters))
    .then(|| scheme.to_ascii_lowercase())
}

/// Whether a target makes a browser run what it holds, rather than go or show: `javascript:…`.
pub fn is_script(target: &str) -> bool {
    script(target).is_some()
}

fn script(target: &str) -> Option<&'static str> {
    let target = target.trim_start_matches(|c: char| c <= ' ');
    let as_browsers_read = || {
        // They leave these out, wherever they stand.
        let kept = target.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r'));
        kept.flat_map(char::to_lowercase)
    };
    let begins_with = |script: &&str| {
        let mut read = as_browsers_read();
        script.chars().all(|c| read.next() == Some(c))
    };
    [
        "javascript:",
        "vbscript:",
        "data:text/html",
        "data:text/xml",
        "data:application/xhtml",
    ]
    .into_iter()
    .find(begins_with)
}

/// The host of an `http` or `https` address with its port, as written.
pub fn host(target: &str) -> Option<&str> {
    let (_, rest) = target.split_once("//")?;
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    Some(
        authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host),
    )
}

/// A host without its port, and the port.
pub fn without_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        // The colons of `[::1]` are its own.
        Some((name, port)) if !host.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    }
}

/// How an address of another host is misspelt.
pub fn malformed(target: &str) -> Option<Fault> {
    if let Some(script) = script(target) {
        return Some(Fault::new(
            format!("`{script}` runs what it holds, so the link leads nowhere"),
            None,
        ));
    }
    let scheme = scheme(target)?;
    let rest = &target[scheme.len() + 1..];
    match scheme.as_str() {
        "http" | "https" => malformed_web(target, &scheme, rest),
        "mailto" => malformed_mail(rest),
        _ => {
            let meant = ["https", "http"]
                .into_iter()
                .find(|known| strsim::osa_distance(known, &scheme) == 1)?;
            rest.starts_with("//").then(|| {
                Fault::new(
                    format!("there is no scheme `{scheme}`"),
                    Some(format!("{meant}:{rest}")),
                )
            })
        }
    }
}

fn malformed_web(target: &str, scheme: &str, rest: &str) -> Option<Fault> {
    let slashes = rest.len() - rest.trim_start_matches('/').len();
    let after = &rest[slashes..];
    if slashes != 2 && after.contains('.') {
        return Some(Fault::new(
            format!("`{scheme}:` is followed by two slashes, found {slashes}"),
            Some(format!("{scheme}://{after}")),
        ));
    }
    if let Some(inner) = ["https://", "http://", "https//", "http//"]
        .iter()
        .find_map(|twice| after.strip_prefix(twice))
    {
        let inner_scheme = if after.starts_with("https") {
            "https"
        } else {
            scheme
        };
        return Some(Fault::new(
            "the scheme stands there twice",
            Some(format!("{inner_scheme}://{inner}")),
        ));
    }
    if target.contains(|c: char| c.is_whitespace() && c.is_ascii()) {
        // In the path a space can only be meant as one; a line break may be a slip.
        let is_clear = !host(target)?.contains(' ') && !target.contains(['\n', '\r', '\t']);
        return Some(Fault::new(
            "an address has no white space",
            is_clear.then(|| target.replace(' ', "%20")),
        ));
    }
    let host = host(target)?;
    let (name, port) = without_port(host);
    let is_port = |port: &str| {
        port.is_empty() || port.contains(['{', '$', '<']) || port.parse::<u16>().is_ok()
    };
    if port.is_some_and(|port| !is_port(port)) {
        return Some(Fault::new(
            format!("`{}` is no port", port.unwrap_or_default()),
            None,
        ));
    }
    if name.is_empty() {
        return Some(Fault::new("the address has no host", None));
    }
    let odd = |c: char| {
        c.is_ascii()
            && !(c.is_ascii_alphanumeric()
                || matches!(c, '-' | '.' | '_' | '[' | ']' | ':' | '%' | '{' | '}' | '$'))
    };
    if name.contains(odd) || name.starts_with('.') || name.contains("..") {
        return Some(Fault::new(format!("`{name}` is no name of a host"), None));
    }
    None
}

fn malformed_mail(rest: &str) -> Option<Fault> {
    if let Some(address) = rest.strip_prefix("//") {
        return Some(Fault::new(
            "`mailto:` is followed by no slashes",
            Some(format!("mailto:{address}")),
        ));
    }
    // `mailto:?subject=…` leaves it to the reader whom to write to.
    let address = &rest[..rest.find('?').unwrap_or(rest.len())];
    let plain = percent_decode_str(address).decode_utf8_lossy();
    let one = |one: &str| {
        one.trim()
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
    };
    if plain.is_empty() {
        return None;
    }
    let odd = plain.split(',').find(|address| !one(address))?.trim();
    let shown = if odd.is_empty() { &plain } else { odd };
    Some(Fault::new(format!("`{shown}` is no mail address"), None))
}

/// What in a target cannot be seen, or looks like something else.
pub fn suspicious(target: &str) -> Option<Fault> {
    if let Some(fault) = invisible(target) {
        return Some(fault);
    }
    if let Some((quote, mended)) = quoted(target) {
        let message = format!("the address has the quotation mark `{quote}` in it");
        return Some(Fault::new(message, Some(mended)));
    }
    if !matches!(scheme(target)?.as_str(), "http" | "https") {
        return None;
    }
    let authority = target.split_once("//")?.1;
    let authority = &authority[..authority.find(['/', '?', '#']).unwrap_or(authority.len())];
    if let Some((user, host)) = authority.rsplit_once('@')
        && user.contains('.')
    {
        return Some(Fault::new(
            format!("this leads to `{host}`; what stands before the `@` is a user's name"),
            None,
        ));
    }
    let host = host(target)?;
    let label = host.split('.').find(|label| mixes_scripts(label))?;
    let odd: String = label.chars().filter(|c| !c.is_ascii()).collect();
    Some(Fault::new(
        format!("`{label}` mixes Latin letters with others that look like them: `{odd}`"),
        None,
    ))
}

/// A quotation mark that came along with the address, and the address without it. A pair of them may belong to a path.
fn quoted(target: &str) -> Option<(char, String)> {
    let is_quote = |c: char| matches!(c, '“' | '”' | '‘' | '’' | '„' | '«' | '»');
    let mended = match target.find(is_quote)? {
        0 => target.trim_matches(is_quote),
        first if target[first..].chars().count() == 1 => &target[..first],
        _ => return None,
    };
    Some((target.chars().find(|c| is_quote(*c))?, mended.to_owned()))
}

fn invisible(target: &str) -> Option<Fault> {
    if let Some(found) = target.chars().find(|c| is_invisible(*c)) {
        let mended: String = target.chars().filter(|c| !is_invisible(*c)).collect();
        let mut fault = Fault::new(unseen(found), not_a_space(target, mended));
        // A file of the site may have it in its name.
        fault.certain = scheme(target).is_some();
        return Some(fault);
    }
    if !target.contains('%') {
        return None;
    }
    let decoded = percent_decode_str(target).decode_utf8().ok()?;
    let found: BTreeSet<char> = decoded.chars().filter(|c| is_invisible(*c)).collect();
    let first = *found.first()?;
    let mended = found.into_iter().fold(target.to_owned(), |mended, c| {
        let escaped = url::encode_all(c);
        mended
            .replace(&escaped, "")
            .replace(&escaped.to_lowercase(), "")
    });
    let mut fault = Fault::new(unseen(first), not_a_space(&decoded, mended));
    // Some addresses do have it.
    fault.certain = false;
    Some(fault)
}

/// What a target is without its invisible characters, unless one is a space that may stand for something.
fn not_a_space(target: &str, mended: String) -> Option<String> {
    (!target.contains(['\u{a0}', '\u{202f}'])).then_some(mended)
}

fn unseen(c: char) -> String {
    let name = match c {
        '\u{a0}' => "a no-break space",
        '\u{ad}' => "a soft hyphen",
        '\u{200b}' => "a zero-width space",
        '\u{feff}' => "a byte order mark",
        _ => "a character that cannot be seen",
    };
    format!("the address has {name} in it (U+{:04X})", u32::from(c))
}

/// Characters without a shape. Joiners are left out: scripts of India and Persian need them, and so do emoji.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202f}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a name has Latin letters beside Greek or Cyrillic ones.
fn mixes_scripts(label: &str) -> bool {
    label.contains(|c: char| c.is_ascii_alphabetic())
        && label.contains(|c: char| matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{52f}' | '\u{ff01}'..='\u{ff5e}'))
}

#[cfg(test)]
mod tests {
    use super::{malformed, suspicious};

    #[test]
    fn misspelt_addresses() {
        let mended = |target: &str| malformed(target).map(|fault| fault.mended.unwrap_or_default());
        for (target, expected) in [
            ("htps://x.org/a", "https://x.org/a"),
            ("htttps://x.org", "https://x.org"),
            ("http:/x.org/a", "http://x.org/a"),
            ("https:///x.org", "https://x.org"),
            ("https:x.org", "https://x.org"),
            ("https://https://x.org", "https://x.org"),
            ("https://https//x.org", "https://x.org"),
            ("http://https://x.org", "https://x.org"),
            ("https://x.org/a b", "https://x.org/a%20b"),
            ("https://", ""),
            ("https://x..org", ""),
            ("https://x.org:port/", ""),
            ("https://x,org/", ""),
            ("mailto://a@b.c", "mailto:a@b.c"),
            ("mailto:nobody", ""),
        ] {
            assert_eq!(mended(target).as_deref(), Some(expected), "{target}");
        }
        for target in [
            "https://x.org",
            "http://localhost:8080/a",
            "https://go/link",
            "https://[::1]:80/",
            "https://user@x.org/",
            "https://x.org?a=b",
            "https://x.org:/a",
            "https://x.org:{port}/a",
            "https://münchen.example/ä",
            "https://x.org/a(b)",
            "mailto:a@b.c?subject=x%20y",
            "mailto:a@b.c,d@e.f",
            "mailto:?body=x",
            "tel:+1",
            "vscode://file/x",
            "data:image/png;base64,xx",
            "ftp://x",
            "sftp://x",
            "a/b:c",
        ] {
            assert_eq!(malformed(target), None, "{target}");
        }
    }

    #[test]
    fn what_cannot_be_seen() {
        let mended =
            |target: &str| suspicious(target).map(|fault| fault.mended.unwrap_or_default());
        for (target, expected) in [
            ("https://x.org/a\u{200b}b", "https://x.org/ab"),
            ("a\u{ad}b.md", "ab.md"),
            ("https://x.org/a%E2%80%8B", "https://x.org/a"),
            ("https://x.org/a%c2%a0b", ""),
            ("“https://x.org”", "https://x.org"),
            ("https://x.org/a”", "https://x.org/a"),
            ("„a.md“", "a.md"),
            ("https://www.good.org@evil.example/", ""),
            ("https://p\u{430}ypal.com/", ""),
        ] {
            assert_eq!(mended(target).as_deref(), Some(expected), "{target:?}");
        }
        for target in [
            "https://x.org/it’s",
            "https://x.org/wiki/“Heroes”",
            "https://почта.рф/",
            "https://ελλάδα.example",
            "mailto:a@b.c",
            "https://me@x.org",
            "a b.md",
            "https://medium.com/@someone/x.y",
            "👩\u{200d}💻.md",
        ] {
            assert_eq!(suspicious(target), None, "{target}");
        }
    }
}
