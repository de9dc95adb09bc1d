//! Changes of a text as values: a place and what goes there. Applies them and shows them, writes no files.

use std::ops::Range;

use similar::TextDiff;

/// A change of one place of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the text that are replaced; empty where something is put in.
    pub span: Range<usize>,
    pub replacement: String,
}

impl Edit {
    /// Puts a word in the place of another one that was written in these bytes as it is, or between simple quotes. None
    /// if it was written in another way, or the new word would need quotes that the old one does not have.
    pub fn of_word(span: &Range<usize>, word: &str, replacement: &str) -> Option<Edit> {
        let span = match span.len().checked_sub(word.len())? {
            0 => span.clone(),
            // With an escape inside of the quotes it would be longer still.
            2 => span.start + 1..span.end - 1,
            _ => return None,
        };
        let is_plain =
            |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/') || word.contains(c);
        replacement.chars().all(is_plain).then(|| Edit {
            span,
            replacement: replacement.to_owned(),
        })
    }
}

/// A text after its edits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edited {
    pub text: String,
    /// Edits that were left out, because they overlap one before them or name no place of the text.
    pub dropped: Vec<Edit>,
}

/// Applies edits in the order of their places. Equal ones are one; of two that overlap, the first stands.
pub fn apply(text: &str, edits: impl IntoIterator<Item = Edit>) -> Edited {
    let mut edits: Vec<Edit> = edits.into_iter().collect();
    // Stable, so that two insertions at one place stay in the order in which they came.
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    edits.dedup();
    let mut edited = Edited::default();
    let mut done = 0;
    for edit in edits {
        let Range { start, end } = edit.span;
        let is_place = start <= end && text.get(start..end).is_some();
        if start < done || !is_place {
            edited.dropped.push(edit);
            continue;
        }
        edited.text.push_str(&text[done..start]);
        edited.text.push_str(&edit.replacement);
        done = end;
    }
    edited.text.push_str(&text[done..]);
    edited
}

/// Where a place that no edit touches is after the edits.
pub fn moved(span: &Range<usize>, edits: &[Edit]) -> Range<usize> {
    let shift = |at: usize| {
        let before = edits
            .iter()
            .filter(|edit| edit.span.end <= span.start && (edit.span.end > 0 || span.end > 0));
        let (gone, come) = before.fold((0, 0), |(gone, come), edit| {
            (gone + edit.span.len(), come + edit.replacement.len())
        });
        (at + come).saturating_sub(gone)
    };
    shift(span.start)..shift(span.end)
}

/// What differs between two texts of one file, as `diff -u` shows it; nothing if they are equal.
pub fn diff(path: &str, old: &str, new: &str) -> String {
    diff_moved(path, path, old, new)
}

/// The same for a file that was at another path before.
pub fn diff_moved(from: &str, to: &str, old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    TextDiff::from_lines(old, new)
        .unified_diff()
        .header(from, to)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::{Edit, apply, diff};

    fn edit(span: std::ops::Range<usize>, replacement: &str) -> Edit {
        Edit {
            span,
            replacement: replacement.to_owned(),
        }
    }

    #[test]
    fn a_word_may_stand_between_quotes() {
        let of = |text: &str, new| {
            let edit = Edit::of_word(&(0..text.len()), "titel", new)?;
            Some(apply(text, [edit]).text)
        };
        assert_eq!(of("titel", "title").as_deref(), Some("title"));
        assert_eq!(of("'titel'", "title").as_deref(), Some("'title'"));
        assert_eq!(of("'ti''tel'", "title"), None);
        assert_eq!(of("titel", "title: x"), None);
    }

    #[test]
    fn edits_are_applied_from_front_to_back() {
        let edited = apply(
            "one two three",
            [edit(8..13, "3"), edit(0..3, "1"), edit(3..3, ",")],
        );
        assert_eq!(edited.text, "1, two 3");
        assert_eq!(edited.dropped, []);
    }

    #[test]
    fn equal_edits_are_one_and_overlapping_ones_are_given_back() {
        let edited = apply(
            "one two",
            [
                edit(0..3, "1"),
                edit(0..3, "1"),
                edit(2..5, "x"),
                edit(0..3, "2"),
            ],
        );
        assert_eq!(edited.text, "1 two");
        assert_eq!(edited.dropped, [edit(0..3, "2"), edit(2..5, "x")]);
    }

    #[test]
    fn what_is_no_place_of_the_text_changes_nothing() {
        let edits = [edit(1..2, "x"), edit(9..12, "x")];
        let edited = apply("é!", edits.clone());
        assert_eq!(edited.text, "é!");
        assert_eq!(edited.dropped, edits);
    }

    #[test]
    fn places_move_with_what_is_before_them() {
        let edits = [edit(0..0, "front "), edit(4..7, "2"), edit(9..9, "x")];
        assert_eq!(super::moved(&(8..13), &edits), 12..17);
        assert_eq!(super::moved(&(0..0), &edits), 0..0);
    }

    #[test]
    fn a_diff_keeps_line_ends() {
        assert_eq!(diff("a.md", "x\n", "x\n"), "");
        assert_eq!(
            diff("a.md", "x\r\ny", "z\r\ny"),
            "--- a.md\n+++ a.md\n@@ -1,2 +1,2 @@\n-x\r\n+z\r\n y\n\\ No newline at end of file\n"
        );
    }
}
