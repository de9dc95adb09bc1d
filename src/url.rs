//! From file names to URLs and back: the rules of the contract "Pages and URLs". Pure text, no files.
//!
//! Inside the program a URL is decoded (`/a/über uns/` never has `%`); it is encoded when it is written into HTML.

pub mod address;

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// What must not stand bare in a path of a URL.
pub const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A decoded path as it stands in an `href`.
pub fn encode(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// A character as percent escapes, whatever it is.
pub fn encode_all(c: char) -> String {
    let mut bytes = [0; 4];
    let bytes = c.encode_utf8(&mut bytes).bytes();
    bytes.map(|byte| format!("%{byte:02X}")).collect()
}

/// Percent escapes undone. What does not decode to UTF-8 stays as it is.
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    percent_decode_str(text)
        .decode_utf8()
        .unwrap_or(Cow::Borrowed(text))
}

/// Runs of white space become `-`, as in every name that turns into a URL.
pub fn hyphenate(name: &str) -> Cow<'_, str> {
    if !name.contains(char::is_whitespace) {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len());
    let mut in_space = false;
    for c in name.chars() {
        if !c.is_whitespace() {
            out.push(c);
        } else if !in_space {
            out.push('-');
        }
        in_space = c.is_whitespace();
    }
    Cow::Owned(out)
}

/// Whether a file of this name is a page.
pub fn is_markdown(path: &str) -> bool {
    path.ends_with(".md") || path.ends_with(".mdx")
}

/// A page's path without `.md` or `.mdx`.
pub fn without_extension(path: &str) -> &str {
    path.strip_suffix(".md")
        .or_else(|| path.strip_suffix(".mdx"))
        .unwrap_or(path)
}

/// Splits `a/b/c` into `a/b` and `c`; a name without folder lies in the empty folder.
pub fn split_last(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Whether a page of this file stem is its folder's page.
pub fn is_index(stem: &str) -> bool {
    matches!(stem, "index" | "_index" | "README")
}

/// The URL of a page from its content path: `handbook/values.md` → `/handbook/values/`.
pub fn of_page(path: &str) -> String {
    let stem = without_extension(path);
    let (folder, name) = split_last(stem);
    of_folder(if is_index(name) { folder } else { stem })
}

/// The URL of a folder or of a path that gets a trailing slash: `a/b c` → `/a/b-c/`, the empty one → `/`.
pub fn of_folder(folder: &str) -> String {
    if folder.is_empty() {
        "/".to_owned()
    } else {
        format!("/{}/", hyphenate(folder))
    }
}

/// The URL of a file that is copied: `a/b c.png` → `/a/b c.png`. Its name stays as it is.
pub fn of_asset(path: &str) -> String {
    format!("/{path}")
}

/// Where the page of a URL is written: `/a/` → `a/index.html`.
pub fn output_path(url: &str) -> String {
    format!("{}index.html", url.trim_start_matches('/'))
}

/// Where the Markdown of a page is written, beside the page itself: `/a/` → `a/index.md`.
pub fn copy_path(url: &str) -> String {
    format!("{}index.md", url.trim_start_matches('/'))
}

/// A path against a folder, with `.` and `..` resolved. `None` if it leads out of the root.
pub fn join(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    let from = if relative.starts_with('/') {
        ""
    } else {
        folder
    };
    for part in from.split('/').chain(relative.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A URL path that a writer gave, decoded and with both slashes. `None` if it is no path on this host.
pub fn normalise(url: &str) -> Option<String> {
    let url = url.trim();
    if url.contains("://") || url.starts_with("//") || url.contains(['?', '#', '\\', '\0']) {
        return None;
    }
    let decoded = decode(url);
    if decoded.contains(['\0', '\\']) || decoded.split('/').any(|part| part == "..") {
        return None;
    }
    let path = join("", &decoded)?;
    Some(of_folder(&path))
}

/// A name as people would write it: `paid-time-off` → `Paid time off`.
pub fn humanise(name: &str) -> String {
    let words = name
        .split(|c: char| c == '-' || c == '_' || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, encode, humanise, join, normalise, of_page, output_path};

    #[test]
    fn pages_get_a_folder_of_their_own() {
        assert_eq!(of_page("handbook/values.md"), "/handbook/values/");
        assert_eq!(of_page("handbook/index.md"), "/handbook/");
        assert_eq!(of_page("handbook/_index.md"), "/handbook/");
        assert_eq!(of_page("README.md"), "/");
        assert_eq!(of_page("a/Team  Lunch.mdx"), "/a/Team-Lunch/");
        assert_eq!(of_page("v1.2.md"), "/v1.2/");
        assert_eq!(output_path("/a/b/"), "a/b/index.html");
        assert_eq!(output_path("/"), "index.html");
    }

    #[test]
    fn urls_are_encoded_and_decoded() {
        assert_eq!(encode("/über/50%?/"), "/%C3%BCber/50%25%3F/");
        assert_eq!(decode("a%20b"), "a b");
        assert_eq!(decode("100%"), "100%");
    }

    #[test]
    fn paths_do_not_leave_the_root() {
        assert_eq!(join("a/b", "../c"), Some("a/c".to_owned()));
        assert_eq!(join("a", "../../c"), None);
        assert_eq!(join("a", "/c/./d/"), Some("c/d".to_owned()));
        assert_eq!(normalise("../x"), None);
        assert_eq!(normalise("x/y"), Some("/x/y/".to_owned()));
        assert_eq!(normalise("/"), Some("/".to_owned()));
        assert_eq!(normalise("https://x.org/"), None);
    }

    #[test]
    fn names_become_titles() {
        assert_eq!(humanise("paid-time-off"), "Paid time off");
        assert_eq!(humanise("API_keys"), "API keys");
        assert_eq!(humanise("--"), "--");
    }
}
