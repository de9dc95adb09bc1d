//! `handbook serve`: prints what happens while the preview runs.

use std::path::Path;
use std::sync::Arc;

use crate::commands::{self, Format, Outcome, counted};
use crate::dev::{self, Report, Settings, Snapshot};
use crate::diagnostic::{self, Diagnostic};
use crate::error::Error;
use crate::session::Update;

/// Serves a site until the program is stopped.
///
/// # Errors
/// When there is no site, or no port for it.
pub fn run(settings: &Settings, open: bool) -> Result<Outcome, Error> {
    let dir = settings.dir.clone();
    dev::run(settings, |report| match report {
        Report::Serving(address) => {
            say!("serving http://{address}/");
            if open {
                // Without a browser the address is still on the screen.
                opener::open_browser(format!("http://{address}/")).ok();
            }
        }
        Report::PortTaken(port) => {
            warn!("port {port} is busy, taking the next free one");
        }
        Report::Found {
            diagnostics, pages, ..
        } => match diagnostic::summary(diagnostics) {
            None => say!("{}, all well", counted(*pages, "page")),
            Some(summary) => say!(
                "{}, {summary} (listed at /_handbook/diagnostics, or by `handbook check`)",
                counted(*pages, "page")
            ),
        },
        Report::Changed {
            snapshot,
            update,
            took,
        } => say!("{} ({} ms)", changed(snapshot, update), took.as_millis()),
        Report::Mistakes {
            snapshot,
            new,
            fixed,
        } => {
            print_new(&dir, snapshot, new);
            for diagnostic in fixed {
                let (code, file) = (diagnostic.code.name(), &diagnostic.file);
                say!(
                    "\x1b[32mfixed\x1b[0m[{code}]: {} in {file}",
                    diagnostic.message
                );
            }
        }
        Report::Polling(why) => warn!(
            "the system cannot tell of changes ({why}); looking at the files every 0.4 s instead"
        ),
    })?;
    Ok(Outcome::Clean)
}

/// `content/a.md → 1 page`.
fn changed(snapshot: &Snapshot, update: &Update) -> String {
    let place = &snapshot.loaded.place;
    let mut names: Vec<String> = update
        .renamed
        .iter()
        .map(|(from, to)| format!("{} → {}", place.shown(from), place.shown(to)))
        .collect();
    let renamed = |path: &Arc<str>| {
        update
            .renamed
            .iter()
            .any(|(from, to)| from == path || to == path)
    };
    names.extend(
        update
            .pages
            .iter()
            .filter(|p| !renamed(p))
            .map(|path| place.shown(path).to_string()),
    );
    names.extend(
        update
            .gone
            .iter()
            .filter(|p| !renamed(p))
            .map(|path| format!("{} gone", place.shown(path))),
    );
    names.extend(update.files.iter().cloned());
    let what = match names.len() {
        0 => "settings or theme".to_owned(),
        1..=3 => names.join(", "),
        n => format!("{}, {} and {} more", names[0], names[1], n - 2),
    };
    let pages = if update.everything {
        "all pages".to_owned()
    } else {
        counted(update.pages.len(), "page")
    };
    format!("{what} → {pages}")
}

fn print_new(dir: &Path, snapshot: &Snapshot, new: &[&Diagnostic]) {
    let new: Vec<Diagnostic> = new.iter().map(|d| (*d).clone()).collect();
    let words = commands::in_words(
        &snapshot.loaded.place,
        |file| snapshot.loaded.text(file),
        dir,
        &new,
        Format::Human,
    );
    // A terminal that is gone takes nothing with it.
    commands::print_whole(anstream::stdout(), &words).ok();
}
