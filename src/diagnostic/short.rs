//! Diagnostics on one line each, as terminals and the problem matchers of editors know them from compilers.

use std::io::{self, Write};

use crate::diagnostic::shown::{on_one_line, spelled_out};
use crate::diagnostic::{Severity, Shown};

const BOLD: &str = "\x1b[1m";
const PLAIN: &str = "\x1b[0m";

/// Prints `content/a.md:3:5: error[broken-link]: message (first hint)`, in the order given.
/// Writes terminal colours: the stream given must strip them where they are not wanted.
///
/// # Errors
/// What writing to `out` gives.
pub fn print_short(out: &mut impl Write, reports: &[Shown<'_>]) -> io::Result<()> {
    for report in reports {
        writeln!(out, "{}", line(report))?;
    }
    Ok(())
}

fn line(report: &Shown<'_>) -> String {
    let diagnostic = report.diagnostic;
    let path = spelled_out(&report.path);
    let place = report
        .place()
        .map(|place| format!(":{}:{}", place.start.line, place.start.column))
        .unwrap_or_default();
    // The colours of the longer format.
    let colour = match diagnostic.severity {
        Severity::Error => "\x1b[91m",
        Severity::Warning => "\x1b[33m",
    };
    let level = diagnostic.severity.name();
    let code = diagnostic.code.name();
    let message = on_one_line(&diagnostic.message);
    let hint = diagnostic
        .hints
        .first()
        .map(|hint| format!(" ({})", on_one_line(hint)))
        .unwrap_or_default();
    format!(
        "{BOLD}{path}{PLAIN}{place}: {BOLD}{colour}{level}[{code}]{PLAIN}: {BOLD}{message}{PLAIN}{hint}"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::line;
    use crate::diagnostic::{Code, Diagnostic, Shown};

    fn shown(diagnostic: &Diagnostic, path: &str, text: Option<&str>) -> String {
        let report = Shown {
            diagnostic,
            path: path.to_owned(),
            text,
            lines: None,
        };
        let coloured = line(&report);
        anstream::adapter::strip_str(&coloured).to_string()
    }

    #[test]
    fn a_report_names_place_level_code_and_the_first_hint() {
        let file = "content/a.md".into();
        let found = Diagnostic::new(Code::BrokenLink, &file, 4..5, "`x` leads to no page")
            .hint("did you mean `y`?")
            .hint("or `z`?");
        assert_eq!(
            shown(&found, &file, Some("é\n[x](y)")),
            "content/a.md:2:2: error[broken-link]: `x` leads to no page (did you mean `y`?)"
        );
    }

    #[test]
    fn without_a_place_there_are_no_numbers() {
        let file = "content/a.md".into();
        let found = Diagnostic::new(Code::PageNotInSidebar, &file, None, "alone");
        assert_eq!(
            shown(&found, &file, Some("text")),
            "content/a.md: warning[page-not-in-sidebar]: alone"
        );
    }

    #[test]
    fn nothing_in_a_report_ends_its_line() {
        let file = "a.md".into();
        let message = "one\r\n  two\n\nthree\u{1b}[2J\rfour\u{2028}.";
        let found = Diagnostic::new(Code::NotUtf8, &file, None, message).hint("a\nb");
        assert_eq!(
            shown(&found, "a\nb.md", None),
            "a\\nb.md: error[not-utf8]: one two three\\u{1b}[2J\\rfour\\u{2028}. (a b)"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_report_is_one_line(message: String, hint: String, path: String) {
            let file = "a.md".into();
            let found = Diagnostic::new(Code::NotUtf8, &file, None, message).hint(hint);
            let line = shown(&found, &path, None);
            prop_assert!(!line.contains(|c: char| c.is_control()), "{line:?}");
        }
    }
}
