//! Diagnostics for people at a terminal: the source line, an underline, the way out.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use rayon::prelude::*;

use crate::diagnostic::shown::{on_one_line, spelled_out};
use crate::diagnostic::{Severity, Shown};
use crate::source::Position;

/// Longest line that is shown whole; a longer one is cut around the place.
const LINE_WIDTH: usize = 140;

/// What is drawn of a line, in bytes before and behind the place: more than fits in, so that it is cut there as any other.
const ROUND: usize = 8 * LINE_WIDTH;

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
            Snippet::source(excerpt.text.as_str())
                .path(path.as_str())
                .line_start(excerpt.place.line)
                .fold(false)
                .annotation(AnnotationKind::Primary.span(excerpt.mark.clone())),
        ),
        None => title.element(Origin::path(path.as_str())),
    };
    for hint in &hints {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    let drawn = Renderer::styled().term_width(LINE_WIDTH).render(&[group]);
    match &excerpt {
        Some(excerpt) if excerpt.cut > 0 => {
            let Position { line, column } = excerpt.place;
            let counted = format!("{path}:{line}:{}", column - excerpt.cut);
            drawn.replacen(&counted, &format!("{path}:{line}:{column}"), 1)
        }
        _ => drawn,
    }
}

struct Excerpt {
    text: String,
    /// The part of the text that the report is about.
    mark: Range<usize>,
    place: Position,
    /// How many characters of the line are left out before it, which the renderer does not count.
    cut: usize,
}

/// The line on which the span begins, of a very long one what stands round it, and the part of the span that lies there.
fn excerpt(report: &Shown<'_>, text: &str, span: Range<usize>) -> Excerpt {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text
        .floor_char_boundary(span.end.min(text.len()))
        .max(start);
    let first = text.floor_char_boundary(start.saturating_sub(ROUND));
    let last = text.ceil_char_boundary((start + ROUND).min(text.len()));
    let from = text[first..start]
        .rfind('\n')
        .map_or(first, |at| first + at + 1);
    let to = text[start..last].find('\n').map_or(last, |at| start + at);
    let shown = text[from..to].trim_end_matches('\r');
    let mark_start = (start - from).min(shown.len());
    let mark_end = (end - from).clamp(mark_start, shown.len());
    let place = report.place();
    let place = place.map_or(Position { line: 1, column: 1 }, |place| place.start);
    Excerpt {
        text: shown.to_owned(),
        mark: mark_start..mark_end,
        place,
        cut: (place.column - 1).saturating_sub(shown[..mark_start].chars().count()),
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

    #[test]
    fn a_place_far_along_a_line_is_told_with_what_stands_round_it() {
        let text = format!("x\n{}[a](b){}\ny\n", "é ".repeat(5000), " é".repeat(5000));
        let at = text.find('[').unwrap();
        let found = Diagnostic::new(Code::BrokenLink, &"a.md".into(), at..at + 6, "m");
        let report = shown(&found, "a.md", &text);
        assert!(report.contains(" --> a.md:2:10001\n"), "{report}");
        assert!(
            report.contains("2 | ...") && report.contains("é [a](b) é"),
            "{report}"
        );
        assert!(
            report.lines().all(|line| line.chars().count() < 200),
            "{report}"
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
