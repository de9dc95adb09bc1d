//! Asks git, where the site lies in a repository, which content files were renamed.

use std::collections::BTreeMap;
use std::process::Command;

use crate::discover::Place;

/// So many commits that touch the content are looked at, newest first. Moves older than that are nobody's news, and a
/// deadline would make the outcome depend on the machine.
const COMMITS: &str = "2000";

/// Old content paths and what they were renamed to, the latest rename of a path counting; those of the work tree too.
/// Nothing where there is no repository or no git.
pub fn renames(place: &Place) -> BTreeMap<String, String> {
    let content = place.content.to_string_lossy();
    let log = git(
        place,
        &[
            "log",
            "--max-count",
            COMMITS,
            "--diff-filter=R",
            "--find-renames=50%",
            "--name-status",
            "--format=",
            "-z",
            "--relative",
            "--",
            &content,
        ],
    );
    let staged = git(
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
    let mut renames = BTreeMap::new();
    // Newest first, and the newest holds.
    for answer in [staged, log].into_iter().flatten() {
        read(&answer, &mut renames);
    }
    renames
}

/// Reads `R100 old new` records, each part ended by a zero byte.
fn read(answer: &str, renames: &mut BTreeMap<String, String>) {
    let mut parts = answer.split('\0').map(|part| part.trim_start_matches('\n'));
    while let Some(status) = parts.next() {
        if !status.starts_with('R') {
            continue;
        }
        let (Some(old), Some(new)) = (parts.next(), parts.next()) else {
            return;
        };
        renames
            .entry(old.to_owned())
            .or_insert_with(|| new.to_owned());
    }
}

fn git(place: &Place, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(&place.content)
        // A repository can name programs to run; none is needed here.
        .args(["-c", "core.fsmonitor=false", "-c", "diff.external="])
        .arg("--no-pager")
        .args(arguments)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("LC_ALL", "C")
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::read;

    #[test]
    fn the_newest_rename_of_a_path_holds() {
        let mut renames = BTreeMap::new();
        read("R100\0a b.md\0c.md\0\nR080\0x.md\0y.md\0", &mut renames);
        read("R100\0x.md\0older.md\0", &mut renames);
        let expected = [("a b.md", "c.md"), ("x.md", "y.md")];
        assert_eq!(
            renames,
            expected
                .map(|(old, new)| (old.to_owned(), new.to_owned()))
                .into()
        );
    }
}
