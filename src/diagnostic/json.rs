//! Diagnostics for machines: one JSON object a line, to the contract.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::Shown;

/// Prints one object a line, in the order given.
///
/// # Errors
/// What writing to `out` gives.
pub fn print_json(out: &mut impl Write, reports: &[Shown<'_>]) -> io::Result<()> {
    for report in reports {
        serde_json::to_writer(&mut *out, &Record::new(report))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    code: &'static str,
    severity: &'static str,
    path: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    message: &'a str,
    hints: &'a [String],
}

impl<'a> Record<'a> {
    fn new(report: &'a Shown<'_>) -> Record<'a> {
        let diagnostic = report.diagnostic;
        let place = report.place();
        let (start, end) = (
            place.as_ref().map(|place| place.start),
            place.as_ref().map(|place| place.end),
        );
        Record {
            code: diagnostic.code.name(),
            severity: diagnostic.severity.name(),
            path: &report.path,
            line: start.map(|start| start.line),
            column: start.map(|start| start.column),
            end_line: end.map(|end| end.line),
            end_column: end.map(|end| end.column),
            message: &diagnostic.message,
            hints: &diagnostic.hints,
        }
    }
}
