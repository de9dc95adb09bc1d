//! The list of what the tool wrote into an output folder: its text, and which paths it may name. Reads no files.

use std::path::{Component, Path};

/// The manifest's name in the output folder.
pub(super) const NAME: &str = crate::discover::MANIFEST_NAME;
/// The manifest of a build that has begun, before it is renamed to `NAME`.
pub(super) const BEGUN: &str = ".handbook-manifest.begun";
/// The manifest of a build that is about to end, before it is renamed to `NAME`.
pub(super) const NEXT: &str = ".handbook-manifest.next";

const FINISHED: &str = "handbook-manifest 1";
const UNFINISHED: &str = "handbook-manifest 1 unfinished";
const STAGED_MARK: &str = ".handbook-new";

/// Stands where the hash would: the file was announced, but only its staged twin can be ours.
pub(super) const ONLY_STAGED: u128 = 0;

/// The longest file name, in bytes, that every common file system takes.
const NAME_MAX: usize = 255;

/// One line: the XXH3 128 of the content, and the path below the output folder, with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) hash: u128,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Finished,
    /// A build is at work, or was killed: staged files may lie about.
    Unfinished,
}

/// The text of a manifest. The entries come sorted.
pub(super) fn text<'e>(state: State, entries: impl Iterator<Item = (&'e str, u128)>) -> String {
    let mut text = match state {
        State::Finished => FINISHED,
        State::Unfinished => UNFINISHED,
    }
    .to_owned();
    text.push('\n');
    for (path, hash) in entries {
        push_hash(&mut text, hash);
        text.push_str("  ");
        text.push_str(path);
        text.push('\n');
    }
    text
}

/// Adds the 32 digits of a hash. There is one for every file, and to format a number takes several times as long.
fn push_hash(text: &mut String, hash: u128) {
    text.reserve(32);
    for byte in hash.to_be_bytes() {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
}

/// Reads a manifest. Whoever may have written to it: a line that is not one of ours is ignored, as what it names may
/// be deleted.
pub(super) fn read(bytes: &[u8]) -> (State, Vec<Entry>) {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    // Only a first line that is known to be good makes it safe not to look for staged files.
    let state = match lines.next() {
        Some(line) if line == FINISHED.as_bytes() => State::Finished,
        _ => State::Unfinished,
    };
    (state, lines.filter_map(entry).collect())
}

fn entry(line: &[u8]) -> Option<Entry> {
    let (hash, path) = std::str::from_utf8(line).ok()?.split_once("  ")?;
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if hash.len() != 32 || !hash.bytes().all(hex) || path_fault(path).is_some() {
        return None;
    }
    Some(Entry {
        path: path.to_owned(),
        hash: u128::from_str_radix(hash, 16).ok()?,
    })
}

/// Why a path below the output folder can be neither written nor listed.
pub(super) fn path_fault(path: &str) -> Option<&'static str> {
    // On Windows `c:x` leads elsewhere too, which only the components tell.
    let inside = cfg!(unix)
        || Path::new(path)
            .components()
            .all(|component| matches!(component, Component::Normal(_)));
    if !inside || path.split('/').any(|name| matches!(name, "" | "." | "..")) {
        return Some("expected a path below the output folder");
    }
    if path.contains('\\') || path.contains(char::is_control) {
        return Some("a name with a backslash or a control character cannot be published");
    }
    let staged = |name: &str| name.starts_with('.') && name.ends_with(STAGED_MARK);
    if path.starts_with(NAME) || path.split('/').any(staged) {
        return Some("the name is one that `handbook` needs for itself");
    }
    None
}

/// Where a file or folder waits to be renamed into its place: beside it.
pub(super) fn staged_beside(path: &str) -> String {
    let (folder, name) = match path.rfind('/') {
        Some(at) => path.split_at(at + 1),
        None => ("", path),
    };
    if 1 + name.len() + STAGED_MARK.len() > NAME_MAX {
        return format!("{folder}.{:032x}{STAGED_MARK}", hash(name));
    }
    format!("{folder}.{name}{STAGED_MARK}")
}

fn hash(text: &str) -> u128 {
    xxhash_rust::xxh3::xxh3_128(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{Entry, State, path_fault, read, staged_beside, text};

    #[test]
    fn what_was_written_is_read_back() {
        let entries = [("a/index.html", 7), ("b c.png", u128::MAX)];
        let written = text(State::Finished, entries.into_iter());
        assert_eq!(
            written,
            "handbook-manifest 1\n\
             00000000000000000000000000000007  a/index.html\n\
             ffffffffffffffffffffffffffffffff  b c.png\n"
        );
        let (state, read) = read(written.as_bytes());
        assert!(state == State::Finished);
        let expected = entries.map(|(path, hash)| Entry {
            path: path.to_owned(),
            hash,
        });
        assert_eq!(read, expected);
    }

    #[test]
    fn lines_that_lead_out_of_the_folder_are_ignored() {
        for path in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "./x",
            "a/./x",
            "a//x",
            "a/",
            "..",
            "a\\..\\x",
            "a\0b",
            "a\rb",
            ".handbook-manifest",
            ".handbook-manifest.next",
            ".x.handbook-new",
            "a/.x.handbook-new/b",
        ] {
            assert!(path_fault(path).is_some(), "{path:?}");
            let (_, entries) =
                read(format!("handbook-manifest 1\n{:032x}  {path}\n", 7).as_bytes());
            assert_eq!(entries, [], "{path:?}");
        }
        for path in ["index.html", ".well-known/x", "a/..b", "ä/… .html", "a  b"] {
            assert_eq!(path_fault(path), None, "{path:?}");
        }
    }

    #[test]
    fn garbage_is_ignored_line_by_line() {
        let text = b"<<<<<<< HEAD\n\xff\xfe\n\n00000000000000000000000000000007  good\n\
                     +0000000000000000000000000000007  sign\n7  short\n00000000000000000000000000000007 one-space\n";
        let (state, entries) = read(text);
        assert!(state == State::Unfinished);
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].path, "good");
    }

    #[test]
    fn a_long_name_still_has_a_staged_one() {
        let name = "ä".repeat(127);
        assert!(staged_beside(&format!("a/{name}")).len() < 255);
        assert_eq!(staged_beside("a/x.html"), "a/.x.html.handbook-new");
    }
}
