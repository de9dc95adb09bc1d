//! Conflicts that a merge left in a file. Knows no language.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic};

/// The conflicts of a text: from the line `<<<<<<<` to the end of the line `>>>>>>>`.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let mut conflicts = Vec::new();
    if !text.contains("<<<<<<<") {
        return conflicts;
    }
    let mut begun: Option<(usize, bool)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let word = line.split_whitespace().next().unwrap_or_default();
        // Git puts the marks at the very beginning of a line.
        match (line.starts_with(word).then_some(word), begun) {
            (Some("<<<<<<<"), _) => begun = Some((at, false)),
            (Some("======="), Some((start, _))) => begun = Some((start, true)),
            (Some(">>>>>>>"), Some((start, true))) => {
                conflicts.push(start..at + line.len());
                begun = None;
            }
            _ => {}
        }
        at += line.len();
    }
    conflicts
}

/// The report of one conflict, at its first line.
pub fn report(file: &Arc<str>, text: &str, conflict: &Range<usize>) -> Diagnostic {
    let line = text[conflict.clone()].lines().next().unwrap_or_default();
    let span = conflict.start..conflict.start + line.trim_end().len();
    Diagnostic::new(
        Code::MergeConflict,
        file,
        span,
        "a merge left both sides of a conflict here",
    )
    .hint("keep what is right of the two, and remove the lines `<<<<<<<`, `=======` and `>>>>>>>`")
}

/// The report of the first conflict, for a file that cannot be read because of it.
pub fn first(file: &Arc<str>, text: &str) -> Option<Diagnostic> {
    find(text)
        .first()
        .map(|conflict| report(file, text, conflict))
}
