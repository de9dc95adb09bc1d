//! `handbook check`: renders every page into nothing and prints what is wrong; with `--fix`, mends what is certain.

mod baseline;
mod external;
mod fix;
mod since;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::commands::{self, Format, Outcome, counted};
use crate::diagnostic::{self, Code, Diagnostic, Severity};
use crate::error::Error;
use crate::session::{self, AskDates, Loaded, Options};

use baseline::Baseline;
use fix::Fixed;
use since::Earlier;

/// The command line, with nothing left to look up.
#[derive(Clone)]
pub struct Arguments {
    pub dir: PathBuf,
    pub format: Format,
    pub strict: bool,
    /// Mend what is certain before anything is reported.
    pub fix: bool,
    /// Show what `fix` would do instead.
    pub dry_run: bool,
    pub baseline: Option<PathBuf>,
    /// A file or an address.
    pub since: Option<String>,
    pub external: bool,
}

/// One fix may bring another mistake to light: a link that leads to a page again, and to no heading of it.
const ROUNDS: usize = 4;

/// Checks a site.
///
/// # Errors
/// When there is no site, what an option names cannot be read, or nothing can be printed.
pub fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    if arguments.fix {
        // Nothing that others say can be mended here, so nobody is asked before that is done.
        let alone = Arguments {
            since: None,
            external: false,
            ..arguments.clone()
        };
        let mut checked = check(&alone)?;
        if arguments.dry_run {
            return show_fixes(arguments, &checked);
        }
        let (mut reports, mut files) = (0, BTreeSet::new());
        for _ in 0..ROUNDS {
            let fixed = checked.fixes();
            if fixed.is_empty() {
                break;
            }
            fixed.write(&checked.session.place.root)?;
            reports += fixed.reports();
            files.extend(fixed.files().map(str::to_owned));
            checked = check(&alone)?;
        }
        warn!("{}", mended("mended", reports, files.len()));
    }
    report(arguments, &check(arguments)?)
}

/// A site with what is wrong with it.
struct Checked {
    session: Arc<Loaded>,
    diagnostics: Vec<Diagnostic>,
    /// Those that can be mended, the known ones of a baseline among them.
    fixable: Vec<Diagnostic>,
    /// Files that reports are about and that are none of the site's, by their names as shown.
    others: BTreeMap<Arc<str>, Arc<str>>,
}

impl Checked {
    fn text(&self, file: &str) -> Option<&str> {
        let other = self.others.get(file).map(AsRef::as_ref);
        other.or_else(|| self.session.text(file))
    }

    fn fixes(&self) -> Fixed {
        let unreadable = |file: &str| {
            let not_utf8 = |d: &Diagnostic| d.code == Code::NotUtf8 && *d.file == *file;
            self.diagnostics.iter().any(not_utf8)
        };
        Fixed::new(
            &self.fixable,
            // What stands for bytes that are no text must not be written.
            |file| self.text(file).filter(|_| !unreadable(file)),
            |file| self.session.place.root.join(file),
        )
    }
}

fn check(arguments: &Arguments) -> Result<Checked, Error> {
    let options = Options {
        dates: AskDates::OfShallowClones,
        ..Options::default()
    };
    let session = session::load(&arguments.dir, &options)?;
    let mut checked = Checked {
        diagnostics: Vec::new(),
        fixable: Vec::new(),
        others: BTreeMap::new(),
        session,
    };
    let session = &checked.session;
    let root = &session.place.root;
    let earlier = match &arguments.since {
        Some(since) => Some(since::read(since, |path| from_root(root, path))?),
        None => None,
    };
    let mut baseline = match &arguments.baseline {
        Some(path) => Some((from_root(root, path), Baseline::read(path)?)),
        None => None,
    };
    let mut found = session.diagnostics();
    if !session.is_fatal() {
        found.extend(commands::build::render_all(session));
        if let Some(earlier) = &earlier {
            found.extend(since::check(earlier, session));
        }
        if arguments.external {
            found.extend(external::check(session));
        }
    }
    let mut found = session.report(found);
    let fixable = |d: &&Diagnostic| d.fix.is_some();
    let mut known: Vec<Diagnostic> = found.iter().filter(fixable).cloned().collect();
    if let Some((file, baseline)) = &mut baseline {
        let shown = commands::seen_from(&arguments.dir, root);
        found = baseline.without_known(found, shown);
        // With broken settings nearly nothing is looked for, and nothing is mended because it was not met.
        if !session.is_fatal() {
            let mended = baseline.mended(file, |code| looked_for(code, arguments));
            known.extend(mended.iter().cloned());
            found.extend(mended);
        }
        found = session.report(found);
    }
    checked.diagnostics = found;
    checked.fixable = known;
    if let Some(Earlier {
        file,
        text: Some(text),
        ..
    }) = earlier
    {
        checked.others.insert(file, text);
    }
    if let Some((file, baseline)) = baseline {
        checked.others.insert(file, baseline.text);
    }
    Ok(checked)
}

/// Whether a run with these arguments can report a code at all.
fn looked_for(code: Code, arguments: &Arguments) -> bool {
    match code {
        Code::UrlGone => arguments.since.is_some(),
        Code::DeadExternalLink | Code::UnreachableExternalLink => arguments.external,
        _ => true,
    }
}

/// A file as reports name it: from the site's root.
fn from_root(root: &Path, path: &Path) -> Arc<str> {
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = real.parent().unwrap_or(root);
    let name = real.file_name().unwrap_or_default().to_string_lossy();
    commands::seen_from(root, folder)(&name).into()
}

fn show_fixes(arguments: &Arguments, checked: &Checked) -> Result<Outcome, Error> {
    let fixed = checked.fixes();
    let shown = commands::seen_from(&arguments.dir, &checked.session.place.root);
    let mut out = io::stdout().lock();
    commands::finished(out.write_all(fixed.diff(shown).as_bytes()))?;
    commands::finished(out.flush())?;
    let line = mended("would mend", fixed.reports(), fixed.files().count());
    // Of those that a baseline knows only what can be mended is still at hand.
    if arguments.baseline.is_some() {
        warn!("{line}");
    } else {
        let all = counted(checked.diagnostics.len(), "report");
        warn!("{line}, of {all}");
    }
    Ok(commands::outcome(&checked.diagnostics, arguments.strict))
}

/// `mended 3 reports in 2 files`.
fn mended(done: &str, reports: usize, files: usize) -> String {
    if reports == 0 {
        return "nothing can be mended without asking".to_owned();
    }
    format!(
        "{done} {} in {}",
        counted(reports, "report"),
        counted(files, "file")
    )
}

fn report(arguments: &Arguments, checked: &Checked) -> Result<Outcome, Error> {
    let diagnostics = &checked.diagnostics;
    let mut out = commands::in_words(
        &checked.session.place,
        |file| checked.text(file),
        &arguments.dir,
        diagnostics,
        arguments.format,
    );
    let pages = counted(checked.session.page_count(), "page");
    let closing = closing(diagnostics, arguments.format, &pages);
    out.extend_from_slice(closing.as_bytes());
    match arguments.format {
        Format::Human | Format::Short => commands::print_whole(anstream::stdout(), &out)?,
        // What a machine reads is left as it is.
        Format::Json | Format::Github | Format::Sarif => {
            commands::finished(io::stdout().write_all(&out))?;
        }
    }
    Ok(commands::outcome(diagnostics, arguments.strict))
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
