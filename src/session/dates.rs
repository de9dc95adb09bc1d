//! Asks git when each page was changed last, and by whom: one walk through the history, newest commit first, that ends
//! where the last page has been met.

use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::discover::Place;
use crate::session::history;
use crate::site::Updated;
use crate::url;

/// What git knows of the pages.
#[derive(Debug, Default)]
pub struct Dates {
    /// By content path.
    pub updated: BTreeMap<String, Updated>,
    /// The clone ends before the last change of some page.
    pub is_cut_off: bool,
    /// Git does not answer, because the repository is somebody else's; how to have it answer, in git's own words.
    pub refused: Option<String>,
}

const IS_SHALLOW: &[&str] = &["rev-parse", "--is-shallow-repository"];

/// Whether the repository that a site lies in cannot tell of all pages when they changed: it has only its newest commits,
/// or git does not look into it.
pub fn is_incomplete(place: &Place) -> bool {
    match history::ask(place, IS_SHALLOW) {
        Some(answer) => answer.trim() == "true",
        None => refusal(place).is_some(),
    }
}

/// Whether the repository that a site lies in has only its newest commits.
fn is_shallow(place: &Place) -> bool {
    let answer = history::ask(place, IS_SHALLOW);
    answer.is_some_and(|answer| answer.trim() == "true")
}

/// What git wants to be told before it looks into a repository that belongs to another user, if it says so.
fn refusal(place: &Place) -> Option<String> {
    let asked = history::command(place)?
        .args(["rev-parse", "--git-dir"])
        .stderr(Stdio::piped())
        .output();
    let said = String::from_utf8_lossy(&asked.ok()?.stderr).into_owned();
    let mut lines = said.lines().map(str::trim);
    let command = lines.find(|line| line.starts_with("git config --global --add safe.directory"));
    command.map(str::to_owned)
}

/// The last change of every page. Nothing where there is no repository or no git.
///
/// Depends on the commit that is checked out and on nothing else: what is not committed changes nothing, and days are
/// those of UTC. Changes that only a merge made are not seen, and renames are changes.
pub fn learn(place: &Place) -> Dates {
    let mut dates = Dates::default();
    // Pages that no commit has would be looked for to the very first one.
    let Some(tracked) = history::ask(place, &["ls-tree", "-r", "-z", "--name-only", "HEAD"]) else {
        dates.refused = refusal(place);
        return dates;
    };
    let mut wanted: HashSet<&str> = tracked
        .split('\0')
        .filter(|path| url::is_markdown(path))
        .collect();
    if wanted.is_empty() {
        return dates;
    }
    let ends = boundary(place);
    let log = history::command(place).map(|mut git| {
        git.args(["log", "-z", "--no-renames", "--name-only", "--relative"])
            .args([
                "--date=short-local",
                "--format=%x01%H%x02%ad%x02%aN",
                "--",
                ".",
            ])
            .stdout(Stdio::piped())
            .spawn()
    });
    let Some(Ok(mut log)) = log else {
        return dates;
    };
    let Some(answer) = log.stdout.take() else {
        return dates;
    };
    let mut answer = BufReader::with_capacity(64 * 1024, answer);
    let mut part = Vec::new();
    let mut commit = None;
    while !wanted.is_empty() {
        part.clear();
        if !matches!(answer.read_until(0, &mut part), Ok(1..)) {
            break;
        }
        let text = String::from_utf8_lossy(&part);
        let text = text.trim_end_matches('\0').trim_start_matches('\n');
        if let Some(line) = text.strip_prefix('\u{1}') {
            commit = read(line).map(|(name, updated)| (ends.contains(name), updated));
        } else if let Some((is_end, updated)) = &commit
            && wanted.remove(text)
        {
            // Where the clone ends, every file seems to be new.
            if *is_end {
                dates.is_cut_off = true;
            } else {
                dates.updated.insert(text.to_owned(), updated.clone());
            }
        }
    }
    // Older commits are nobody's news.
    log.kill().ok();
    log.wait().ok();
    dates
}

/// A commit's name and what it says of its files: `…␂2026-03-01␂Ada`.
fn read(line: &str) -> Option<(&str, Updated)> {
    let mut parts = line.splitn(3, '\u{2}');
    let (name, date, author) = (parts.next()?, parts.next()?, parts.next()?);
    let updated = Updated {
        date: date.to_owned(),
        author: author.trim().to_owned(),
    };
    Some((name, updated))
}

/// The commits at which a shallow clone ends.
fn boundary(place: &Place) -> HashSet<String> {
    if !is_shallow(place) {
        return HashSet::new();
    }
    let path = history::ask(place, &["rev-parse", "--git-path", "shallow"]);
    let path = path.map(|path| place.content.join(path.trim_end_matches('\n')));
    let text = path.and_then(|path| std::fs::read_to_string(path).ok());
    let lines = text.unwrap_or_default();
    lines.lines().map(str::to_owned).collect()
}
