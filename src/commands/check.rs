//! `handbook check`: renders every page into nothing and prints what is wrong.

use std::io::{BufWriter, Write};
use std::path::Path;

use crate::commands::{self, Format, Outcome, counted};
use crate::diagnostic;
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
    let mut out = BufWriter::new(anstream::stdout());
    commands::print(&mut out, &session, dir, &diagnostics, format)?;
    if format == Format::Human {
        let pages = counted(session.page_count(), "page");
        let line = match diagnostic::summary(&diagnostics) {
            Some(summary) => format!("{summary} in {pages}"),
            None => format!("{pages}, all well"),
        };
        commands::finished(writeln!(out, "{line}"))?;
    }
    commands::finished(out.flush())?;
    Ok(commands::outcome(&diagnostics, strict))
}
