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
pub mod schema;
pub mod search;
pub mod serve;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use anstream::adapter::strip_bytes;
use anstream::stream::{AsLockedWrite, RawStream};
use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;

use crate::diagnostic::{self, Diagnostic, Severity, Shown};
use crate::discover::Place;
use crate::error::Error;
use crate::source::Lines;

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
    /// One line each, as compilers print them
    Short,
    /// One JSON object a line
    Json,
    /// Annotations for GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
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

/// Diagnostics that have been sorted, in the words of one of the formats.
fn in_words<'t>(
    place: &Place,
    text_of: impl Fn(&str) -> Option<&'t str>,
    dir: &Path,
    diagnostics: &[Diagnostic],
    format: Format,
) -> Vec<u8> {
    let here = match format {
        Format::Human | Format::Short | Format::Json => dir,
        // Services look from the top of the repository, which is where their steps run.
        Format::Github | Format::Sarif => Path::new("."),
    };
    let seen = seen_from(here, &place.root);
    let mut lines: BTreeMap<&str, Lines> = BTreeMap::new();
    for diagnostic in diagnostics {
        if let Some(text) = text_of(&diagnostic.file) {
            let counted = || Lines::of(text);
            lines.entry(&diagnostic.file).or_insert_with(counted);
        }
    }
    let reports: Vec<Shown> = diagnostics
        .iter()
        .map(|diagnostic| Shown {
            diagnostic,
            path: seen(&diagnostic.file),
            text: text_of(&diagnostic.file),
            lines: lines.get(&*diagnostic.file),
        })
        .collect();
    let mut words = Vec::new();
    let printed = match format {
        Format::Human => diagnostic::print_human(&mut words, &reports),
        Format::Short => diagnostic::print_short(&mut words, &reports),
        Format::Json => diagnostic::print_json(&mut words, &reports),
        Format::Github => diagnostic::print_github(&mut words, &reports),
        Format::Sarif => diagnostic::print_sarif(&mut words, &reports),
    };
    printed.expect("there is room in memory");
    words
}

/// Prints a text in one write: a stream that leaves out colours makes one of every stretch between two of them.
fn print_whole<S: RawStream + AsLockedWrite>(
    mut stream: AutoStream<S>,
    text: &[u8],
) -> Result<(), Error> {
    finished(match stream.current_choice() {
        ColorChoice::Never => {
            let plain = strip_bytes(text).into_vec();
            stream.into_inner().write_all(&plain)
        }
        ColorChoice::Auto | ColorChoice::AlwaysAnsi | ColorChoice::Always => stream.write_all(text),
    })
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

/// Spells files of the site at `root`, which is canonical, as they are seen from a folder.
fn seen_from(folder: &Path, root: &Path) -> impl Fn(&str) -> String {
    let from = std::fs::canonicalize(folder).map(|folder| names(&folder));
    let root = names(root);
    move |file| {
        let Ok(from) = &from else {
            return file.to_owned();
        };
        let to: Vec<&str> = root
            .iter()
            .map(String::as_str)
            .chain(file.split('/'))
            .collect();
        let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
        if shared == 0 {
            // No way leads to another drive.
            return file.to_owned();
        }
        let shared = shared.min(to.len() - 1);
        let up = "../".repeat(from.len() - shared);
        format!("{up}{}", to[shared..].join("/"))
    }
}

fn names(path: &Path) -> Vec<String> {
    path.components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect()
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
    use std::fs;
    use std::path::Path;

    use super::{seen_from, thousands};

    #[test]
    fn files_are_seen_from_anywhere() {
        let folder = tempfile::tempdir().unwrap();
        let top = fs::canonicalize(folder.path()).unwrap();
        let root = top.join("docs");
        for folder in ["docs/content/people", "docs-old/content"] {
            fs::create_dir_all(top.join(folder)).unwrap();
        }
        let seen = |from: &str| seen_from(&top.join(from), &root)("content/people/a.md");
        assert_eq!(seen("docs"), "content/people/a.md");
        assert_eq!(seen("docs/content"), "people/a.md");
        assert_eq!(seen("docs/content/people"), "a.md");
        assert_eq!(seen(""), "docs/content/people/a.md");
        assert_eq!(seen("docs-old/content"), "../../docs/content/people/a.md");
        assert_eq!(
            seen_from(&root.join("content"), &root)("handbook.toml"),
            "../handbook.toml"
        );
        assert_eq!(seen_from(Path::new("/"), Path::new("/"))("a.md"), "a.md");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(4651), "4,651");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
