//! Enters a new page in the text of `sidebars.yaml` and changes nothing else of it.

use std::sync::Arc;

use crate::site::sidebar_file::{self, Entry, EntryKind};
use crate::source;
use crate::tree;
use crate::url;

/// What became of a new page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entered {
    /// An entry like `folder/*` lists it already.
    Covered,
    /// The file's new text, and the line that was added, from 1.
    Added { text: String, line: usize },
    /// Nothing in the file shows where it would belong.
    NoPlace,
}

/// Adds the entry of a page (a content path without extension) after the last entry of the folder nearest to it.
pub fn enter_page(file: &Arc<str>, text: &str, path: &str) -> Entered {
    let sidebars = sidebar_file::read(file, text).value.sidebars;
    let mut entries = Vec::new();
    for sidebar in &sidebars {
        sidebar_file::flatten(&sidebar.entries, &mut entries);
    }
    let covered = entries.iter().any(|entry| match &entry.kind {
        EntryKind::Subtree(folder) => folder.is_empty() || path.starts_with(&format!("{folder}/")),
        EntryKind::Page(page) => page == path || url::without_extension(page) == path,
        _ => false,
    });
    if covered {
        return Entered::Covered;
    }
    let folder = url::split_last(path).0;
    let shared = |entry: &Entry| match &entry.kind {
        EntryKind::Page(page) => {
            let theirs = url::split_last(page).0;
            theirs
                .split('/')
                .zip(folder.split('/'))
                .take_while(|(a, b)| a == b)
                .count()
        }
        _ => 0,
    };
    let nearest = entries.iter().map(|entry| shared(entry)).max().unwrap_or(0);
    let after = entries
        .iter()
        .rfind(|entry| matches!(entry.kind, EntryKind::Page(_)) && shared(entry) == nearest);
    match after {
        // Entries that share no folder with the page say nothing about its place.
        Some(_) if nearest == 0 && !folder.is_empty() => Entered::NoPlace,
        Some(entry) => add_after(text, entry.span.start, path),
        None => Entered::NoPlace,
    }
}

fn add_after(text: &str, at: usize, path: &str) -> Entered {
    let line_start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[at..].find('\n').map_or(text.len(), |n| at + n + 1);
    let line = &text[line_start..line_end];
    let Some(dash) = line.find("- ") else {
        return Entered::NoPlace;
    };
    let ending = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
    let missing_break = if line.ends_with('\n') { "" } else { ending };
    let path = tree::yaml_text(path);
    let entry = format!("{missing_break}{}- {path}{ending}", &line[..dash]);
    Entered::Added {
        text: format!("{}{entry}{}", &text[..line_end], &text[line_end..]),
        line: source::position(text, line_start).line + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{Entered, enter_page};

    fn enter(text: &str, path: &str) -> Entered {
        enter_page(&"content/sidebars.yaml".into(), text, path)
    }

    #[test]
    fn a_page_goes_beside_its_neighbours() {
        let text = "# ours\nA:\n  - People:\n      - people/hiring   # first\n  - other/x\n";
        let expected = "# ours\nA:\n  - People:\n      - people/hiring   # first\n      - people/pay\n  - other/x\n";
        assert_eq!(
            enter(text, "people/pay"),
            Entered::Added {
                text: expected.to_owned(),
                line: 5
            }
        );
    }

    #[test]
    fn a_listed_folder_needs_no_entry() {
        assert_eq!(enter("A:\n  - people/*\n", "people/pay"), Entered::Covered);
        assert_eq!(
            enter("A:\n  - people/pay.md\n", "people/pay"),
            Entered::Covered
        );
        assert_eq!(enter("A: []\n", "people/pay"), Entered::NoPlace);
    }
}
