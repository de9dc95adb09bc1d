//! Diagnostics for people at a terminal: the source line, an underline, the way out.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use rayon::prelude::*;

use crate::diagnostic::{Severity, Shown};
use crate::source;

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
    let path = report.path.as_str();
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    // An `id` prints as `error[broken-link]: …`.
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.name());
    let excerpt = match (report.text, &diagnostic.span) {
        (Some(text), Some(span)) => Some(excerpt(text, span.clone())),
        _ => None,
    };
    let mut group = match &excerpt {
        Some(excerpt) => title.element(
            Snippet::source(excerpt.lines.as_str())
                .path(path)
                .line_start(excerpt.first_line)
                .fold(false)
                .annotation(AnnotationKind::Primary.span(excerpt.mark.clone())),
        ),
        None => title.element(annotate_snippets::Origin::path(path)),
    };
    for hint in &diagnostic.hints {
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
fn excerpt(text: &str, span: std::ops::Range<usize>) -> Excerpt {
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
        first_line: source::position(text, start).line,
        mark: mark_start..mark_end,
    }
}
