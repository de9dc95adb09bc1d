//! Diagnostics for people at a terminal: the source line, an underline, the way out.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use rayon::prelude::*;

use crate::diagnostic::shown::{on_one_line, spelled_out};
use crate::diagnostic::{Severity, Shown};

/// Longest line that is shown whole; a longer one is cut around the place.
const LINE_WIDTH: usize = 140;

/// Prints errors, then warnings, each group in the order given.
/// Writes terminal colours: the stream given must strip them where they are not wanted.
///
/// # Errors
/// What writing to `out` gives.
pub fn print_human(out: &mut impl Write, reports: &[Shown<'_>]) -> io::Result<()> {
    for severity in [Severity::Error, Severity::Warning] {
        // Drawing an excerpt is slow next to everything else that is done to a page.
        let drawn: Vec<String> = reports
            .par_iter()
            .filter(|report| report.diagnostic.severity == severity)
            .map(render)
            .collect();
        for text in drawn {
            writeln!(out, "{text}\n")?;
        }
    }
    Ok(())
}

fn render(report: &Shown<'_>) -> String {
    let diagnostic = report.diagnostic;
    let path = spelled_out(&report.path);
    let message = on_one_line(&diagnostic.message);
    let hints: Vec<String> = diagnostic.hints.iter().map(|h| on_one_line(h)).collect();
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    // An `id` prints as `error[broken-link]: …`.
    let title = level
        .primary_title(message.as_str())
        .id(diagnostic.code.name());
    let excerpt = match (report.text, &diagnostic.span) {
        (Some(text), Some(span)) => Some(excerpt(report, text, span.clone())),
        _ => None,
    };
    let mut group = match &excerpt {
        Some(excerpt) => title.element(
            Snippet::source(excerpt.lines.as_str())
                .path(path.as_str())
                .line_start(excerpt.first_line)
                .fold(false)
                .annotation(AnnotationKind::Primary.span(excerpt.mark.clone())),
        ),
        None => title.element(annotate_snippets::Origin::path(path.as_str())),
    };
    for hint in &hints {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    Renderer::styled().term_width(LINE_WIDTH).render(&[group])
}

struct Excerpt {
    lines: String,
    first_line: usize,
    mark: std::ops::Range<usize>,
}

/// The line on which the span begins, and the part of the span that lies on it.
fn excerpt(report: &Shown<'_>, text: &str, span: std::ops::Range<usize>) -> Excerpt {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text
        .floor_char_boundary(span.end.min(text.len()))
        .max(start);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let line = text[line_start..line_end].trim_end_matches('\r');
    let mark_start = (start - line_start).min(line.len());
    let mark_end = (end - line_start).clamp(mark_start, line.len());
    Excerpt {
        lines: line.to_owned(),
        first_line: report.place().map_or(1, |place| place.start.line),
        mark: mark_start..mark_end,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::print_human;
    use crate::diagnostic::{Code, Diagnostic, Shown};

    fn shown(diagnostic: &Diagnostic, path: &str, text: &str) -> String {
        let report = Shown {
            diagnostic,
            path: path.to_owned(),
            text: Some(text),
            lines: None,
        };
        let mut out = Vec::new();
        print_human(&mut out, &[report]).expect("a vector takes everything");
        anstream::adapter::strip_str(std::str::from_utf8(&out).expect("UTF-8")).to_string()
    }

    #[test]
    fn a_line_break_in_a_message_or_a_hint_is_a_space() {
        let found = Diagnostic::new(Code::BrokenLink, &"a.md".into(), 0..1, "`a\n::error::b` x")
            .hint("write\r\n::c");
        assert_eq!(
            shown(&found, "a.md", "[a](b)\n"),
            "error[broken-link]: `a ::error::b` x\n --> a.md:1:1\n  |\n1 | [a](b)\n  | ^\n  |\n  = help: write ::c\n\n"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// In the log of a CI run, a line that begins with `::` is a command.
        #[test]
        fn no_report_gives_a_command(
            message in "([a:]|\\PC|[\r\n\u{85}\u{2028}]::)*",
            hint in "([a:]|[\r\n]::)*",
            path in "([a:]|[\r\n]::)*",
            text in "([a:]|[\r\n]::)*",
        ) {
            let found = Diagnostic::new(Code::NotUtf8, &"a.md".into(), 0..text.len(), message).hint(hint);
            let report = shown(&found, &path, &text);
            let commands = report.lines().filter(|line| line.trim_start().starts_with("::")).count();
            prop_assert_eq!(commands, 0, "{}", report);
        }
    }
}
