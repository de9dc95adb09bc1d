//! What each command does. Everything that is printed is printed here.

/// Prints a line. Whoever closed the pipe has read enough, which is no reason to end with a panic.
macro_rules! say {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        writeln!(anstream::stdout(), $($line)*).ok();
    }};
}

/// Prints a line to standard error.
macro_rules! warn {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        writeln!(anstream::stderr(), $($line)*).ok();
    }};
}

pub mod build;
pub mod check;
pub mod init;
pub mod mv;
pub mod new;
mod progress;
pub mod serve;

use std::io::{self, Write};
use std::path::Path;

use clap::ValueEnum;

use crate::diagnostic::{self, Diagnostic, Severity};
use crate::discover::Place;
use crate::error::Error;
use crate::session::Loaded;

/// How a command ended, when nothing but the content can have been at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Clean,
    /// Diagnostics of level error, or with `--strict` of any.
    Mistakes,
}

/// How diagnostics are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// With the source line and what to do
    Human,
    /// One JSON object a line
    Json,
}

/// Whether these diagnostics make a command fail.
fn outcome(diagnostics: &[Diagnostic], strict: bool) -> Outcome {
    let fails = |d: &Diagnostic| strict || d.severity == Severity::Error;
    if diagnostics.iter().any(fails) {
        Outcome::Mistakes
    } else {
        Outcome::Clean
    }
}

/// Prints diagnostics that have been sorted, in one of the formats.
fn print(
    out: &mut impl Write,
    session: &Loaded,
    dir: &Path,
    diagnostics: &[Diagnostic],
    format: Format,
) -> Result<(), Error> {
    let text_of = |file: &str| session.text(file);
    let shown = |file: &str| from_dir(&session.place, dir, file);
    let printed = match format {
        Format::Human => diagnostic::print_human(out, diagnostics, text_of, shown),
        Format::Json => diagnostic::print_json(out, diagnostics, text_of, shown),
    };
    finished(printed)
}

/// Who closes the pipe has read enough; everything else that keeps us from printing is an error.
fn finished(printed: io::Result<()>) -> Result<(), Error> {
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::io("write", "standard output", error))
        }
        _ => Ok(()),
    }
}

/// A file of the site as seen from the folder that was asked for, which may lie below the site's root.
fn from_dir(place: &Place, dir: &Path, file: &str) -> String {
    let inner = std::fs::canonicalize(dir)
        .ok()
        .and_then(|dir| dir.strip_prefix(&place.root).ok().map(Path::to_owned));
    let Some(inner) = inner else {
        return file.to_owned();
    };
    let from: Vec<_> = inner.iter().filter_map(|part| part.to_str()).collect();
    let to: Vec<&str> = file.split('/').collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let shared = shared.min(to.len() - 1);
    format!(
        "{}{}",
        "../".repeat(from.len() - shared),
        to[shared..].join("/")
    )
}

/// A number as people write it: `4,651`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn counted(number: usize, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {word}{plural}", thousands(number))
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(4651), "4,651");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
