//! `handbook check`: renders every page into nothing and prints what is wrong.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::commands::{self, Format, Outcome, counted};
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::error::Error;
use crate::session::{self, Options};

/// Checks a site.
///
/// # Errors
/// When there is no site, or nothing can be printed.
pub fn run(dir: &Path, format: Format, strict: bool) -> Result<Outcome, Error> {
    let session = session::load(dir, &Options::default())?;
    let rendered = if session.is_fatal() {
        Vec::new()
    } else {
        commands::build::render_all(&session)
    };
    let diagnostics = session.report([session.diagnostics(), rendered].concat());
    // Colours are stripped where they are not wanted; what a machine reads is left as it is.
    let stdout: Box<dyn Write> = match format {
        Format::Human | Format::Short => Box::new(anstream::stdout()),
        Format::Json | Format::Github | Format::Sarif => Box::new(io::stdout()),
    };
    let mut out = BufWriter::new(stdout);
    commands::print(&mut out, &session, dir, &diagnostics, format)?;
    let pages = counted(session.page_count(), "page");
    let closing = closing(&diagnostics, format, &pages);
    commands::finished(out.write_all(closing.as_bytes()))?;
    commands::finished(out.flush())?;
    Ok(commands::outcome(&diagnostics, strict))
}

/// What is said below the reports.
fn closing(diagnostics: &[Diagnostic], format: Format, pages: &str) -> String {
    let summary = diagnostic::summary(diagnostics);
    match (format, summary) {
        (Format::Human | Format::Short, Some(summary)) => {
            format!("{}{summary} in {pages}\n", diagnostic::table(diagnostics))
        }
        (Format::Human | Format::Short, None) => format!("{pages}, all well\n"),
        (Format::Github, Some(summary)) => {
            let more = [Severity::Error, Severity::Warning]
                .iter()
                .any(|level| diagnostic::number(diagnostics, *level) > diagnostic::ANNOTATIONS);
            let note = if more {
                format!(
                    "; GitHub annotates the first {} of each level, all are listed above",
                    diagnostic::ANNOTATIONS
                )
            } else {
                String::new()
            };
            format!("{summary} in {pages}{note}\n")
        }
        (Format::Github, None) | (Format::Json | Format::Sarif, _) => String::new(),
    }
}
