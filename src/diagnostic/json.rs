//! Diagnostics for machines: one JSON object a line, to the contract.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source;

/// Prints one object a line, in the order given.
///
/// # Errors
/// What writing to `out` gives.
pub fn print_json<'t>(
    out: &mut impl Write,
    diagnostics: &[Diagnostic],
    text_of: impl Fn(&str) -> Option<&'t str>,
    shown_path: impl Fn(&str) -> String,
) -> io::Result<()> {
    for diagnostic in diagnostics {
        let path = shown_path(&diagnostic.file);
        let record = Record::new(diagnostic, path, text_of(&diagnostic.file));
        serde_json::to_writer(&mut *out, &record)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    code: &'static str,
    severity: &'static str,
    path: String,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    message: &'a str,
    hints: &'a [String],
}

impl<'a> Record<'a> {
    fn new(diagnostic: &'a Diagnostic, path: String, text: Option<&str>) -> Record<'a> {
        let span = match (&diagnostic.span, text) {
            (Some(span), Some(text)) => Some((
                source::position(text, span.start),
                source::position(text, span.end),
            )),
            _ => None,
        };
        Record {
            code: diagnostic.code.name(),
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            path,
            line: span.map(|(start, _)| start.line),
            column: span.map(|(start, _)| start.column),
            end_line: span.map(|(_, end)| end.line),
            end_column: span.map(|(_, end)| end.column),
            message: &diagnostic.message,
            hints: &diagnostic.hints,
        }
    }
}
