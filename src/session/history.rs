//! Asks git, where the site lies in a repository, which content files were renamed.

use std::collections::BTreeMap;
use std::process::Command;

use crate::discover::Place;

/// So many commits that touch the content are looked at, newest first. Moves older than that are nobody's news, and a
/// deadline would make the outcome depend on the machine.
const COMMITS: &str = "2000";

/// Old content paths and where their files are now, those that are renamed in the work tree too. Nothing where there is no repository or no git.
pub fn renames(place: &Place) -> BTreeMap<String, String> {
    let content = place.content.to_string_lossy();
    let log = ask(
        place,
        &[
            "log",
            "--max-count",
            COMMITS,
            "--diff-filter=R",
            "--find-renames=50%",
            "--name-status",
            "--format=%h",
            "-z",
            "--relative",
            "--",
            &content,
        ],
    );
    let staged = ask(
        place,
        &[
            "diff",
            "HEAD",
            "--diff-filter=R",
            "--find-renames=50%",
            "--name-status",
            "-z",
            "--relative",
            "--",
            &content,
        ],
    );
    // Newest first.
    let mut commits = Vec::new();
    for answer in [staged, log].into_iter().flatten() {
        commits.push(Vec::new());
        read(&answer, &mut commits);
    }
    followed(&commits)
}

/// An old path and a new one.
type Rename = (String, String);

/// Reads what git says of one commit after the other: its name, then `R100`, the old path and the new one for each
/// rename, each part ended by a zero byte.
fn read(answer: &str, commits: &mut Vec<Vec<Rename>>) {
    let mut parts = answer.split('\0').map(|part| part.trim_start_matches('\n'));
    while let Some(part) = parts.next() {
        if !part.starts_with('R') {
            commits.push(Vec::new());
            continue;
        }
        let (Some(old), Some(new)) = (parts.next(), parts.next()) else {
            return;
        };
        if let Some(commit) = commits.last_mut() {
            commit.push((old.to_owned(), new.to_owned()));
        }
    }
}

/// Follows each file to where it is now. Of two files that had one path, the later one counts.
fn followed(commits: &[Vec<Rename>]) -> BTreeMap<String, String> {
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    // Where the files are now, by their paths at the time of the commit that is looked at.
    let mut then: BTreeMap<&str, String> = BTreeMap::new();
    for commit in commits {
        let moved: Vec<(&str, String)> = commit
            .iter()
            .map(|(old, new)| {
                let now = then.get(new.as_str()).cloned();
                (old.as_str(), now.unwrap_or_else(|| new.clone()))
            })
            .collect();
        for (old, now) in &moved {
            last.entry((*old).to_owned()).or_insert_with(|| now.clone());
        }
        then.extend(moved);
    }
    last
}

/// Git at the content, told not to run what a repository names, nor to fetch or write anything. None where there can be no
/// repository: to start git only to be told so takes as long as to read dozens of pages.
pub(super) fn command(place: &Place) -> Option<Command> {
    // Git looks from where the content really lies.
    let content = place.content.canonicalize().ok()?;
    let mut folders = content.ancestors();
    let is_named = std::env::var_os("GIT_DIR").is_some();
    if !is_named && !folders.any(|folder| folder.join(".git").exists()) {
        return None;
    }
    let mut git = Command::new("git");
    git.arg("-C")
        .arg(&place.content)
        // A repository can name programs to run; none is needed here.
        .args(["-c", "core.fsmonitor=false", "-c", "diff.external="])
        .args(["-c", "log.showSignature=false", "-c", "log.follow=false"])
        .args(["-c", "i18n.logOutputEncoding=UTF-8"])
        .arg("--no-pager")
        .env("GIT_OPTIONAL_LOCKS", "0")
        // Of a clone without old files, none is fetched for this.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("LC_ALL", "C")
        .env("TZ", "UTC0")
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    Some(git)
}

/// What git answers. None where there is no repository or no git.
pub(super) fn ask(place: &Place, arguments: &[&str]) -> Option<String> {
    let output = command(place)?.args(arguments).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::{followed, read};

    fn renames(answer: &str) -> Vec<(String, String)> {
        let mut commits = Vec::new();
        read(answer, &mut commits);
        followed(&commits).into_iter().collect()
    }

    fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
        pairs.map(|(old, new)| (old.into(), new.into())).into()
    }

    #[test]
    fn files_are_followed_to_where_they_are() {
        let answer = "c3\0\nR100\0b c.md\0d.md\0\nc2\0c1\0\nR080\0a.md\0b c.md\0";
        assert_eq!(
            renames(answer),
            pairs([("a.md", "d.md"), ("b c.md", "d.md")])
        );
    }

    #[test]
    fn of_two_files_that_had_one_path_the_later_one_counts() {
        let answer = "c3\0R100\0shared\0second\0c2\0R100\0shared\0first\0c1\0R100\0a\0shared\0";
        assert_eq!(
            renames(answer),
            pairs([("a", "first"), ("shared", "second")])
        );
    }

    #[test]
    fn two_files_may_change_places() {
        let answer = "c2\0R100\0a\0b\0R100\0b\0a\0c1\0R100\0old\0a\0";
        assert_eq!(
            renames(answer),
            pairs([("a", "b"), ("b", "a"), ("old", "b")])
        );
    }
}
