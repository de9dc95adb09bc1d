//! Diagnostics counted: how many of each level, and of which codes.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Severity};

/// Fewer reports than these are counted at a glance.
const MANY: usize = 10;

/// The closing line: `3 errors, 1 warning`, or nothing when all is well.
pub fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    match (
        number(diagnostics, Severity::Error),
        number(diagnostics, Severity::Warning),
    ) {
        (0, 0) => None,
        (0, w) => Some(count(w, "warning")),
        (e, 0) => Some(count(e, "error")),
        (e, w) => Some(format!("{}, {}", count(e, "error"), count(w, "warning"))),
    }
}

/// How many there are of a level.
pub fn number(diagnostics: &[Diagnostic], severity: Severity) -> usize {
    let of_level = diagnostics.iter().filter(|d| d.severity == severity);
    of_level.count()
}

/// A line for each code, `  454 broken-anchor`, most frequent first. Nothing where the reports can be seen at a glance.
pub fn table(diagnostics: &[Diagnostic]) -> String {
    let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        *counts.entry(diagnostic.code).or_default() += 1;
    }
    if diagnostics.len() < MANY || counts.len() < 2 {
        return String::new();
    }
    let mut rows: Vec<(Code, usize)> = counts.into_iter().collect();
    rows.sort_by_key(|(code, count)| (Reverse(*count), *code));
    let width = rows[0].1.to_string().len();
    rows.iter()
        .map(|(code, count)| format!("  {count:width$} {}\n", code.name()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::table;
    use crate::diagnostic::{Code, Diagnostic};

    fn found(code: Code, times: usize) -> Vec<Diagnostic> {
        let file = "a.md".into();
        vec![Diagnostic::new(code, &file, None, "x"); times]
    }

    #[test]
    fn the_most_frequent_code_comes_first() {
        let many = [
            found(Code::BrokenLink, 2),
            found(Code::BrokenAnchor, 12),
            found(Code::MissingAsset, 2),
        ];
        assert_eq!(
            table(&many.concat()),
            "  12 broken-anchor\n   2 broken-link\n   2 missing-asset\n"
        );
    }

    #[test]
    fn a_few_reports_or_those_of_one_code_need_no_table() {
        assert_eq!(table(&found(Code::BrokenLink, 500)), "");
        let few = [found(Code::BrokenLink, 8), found(Code::BrokenAnchor, 1)];
        assert_eq!(table(&few.concat()), "");
    }
}
