//! Keeps good answers from one run to the next: one file, one answer a line, sorted.
//!
//! Faults are not kept: somebody may have mended them, and a writer who just did wants to see it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::error::Error;

pub struct Cache {
    path: PathBuf,
    now: u64,
    /// When a URL was last seen alive, in seconds since 1970.
    seen: BTreeMap<String, u64>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    url: String,
    seen: u64,
}

impl Cache {
    /// Reads what is not too old. A file that is not ours, broken or not there is as good as an empty one.
    pub fn read(path: &Path, max_age: Duration) -> Cache {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let seen = fs::read_to_string(path)
            .unwrap_or_default()
            .lines()
            .filter_map(|line| serde_json::from_str::<Line>(line).ok())
            // One from the future was kept by a clock that was wrong.
            .filter(|line| {
                now.checked_sub(line.seen)
                    .is_some_and(|age| age < max_age.as_secs())
            })
            .map(|line| (line.url, line.seen))
            .collect();
        Cache {
            path: path.to_owned(),
            now,
            seen,
        }
    }

    /// Whether a URL was seen alive, and not too long ago.
    pub fn knows(&self, url: &str) -> bool {
        self.seen.contains_key(url)
    }

    pub fn learn(&mut self, url: String, is_alive: bool) {
        if is_alive {
            self.seen.insert(url, self.now);
        } else {
            self.seen.remove(&url);
        }
    }

    /// Replaces the file, and never leaves half of one.
    pub fn write(&self) -> Result<(), Error> {
        let mut text = String::new();
        for (url, seen) in &self.seen {
            let line = Line {
                url: url.clone(),
                seen: *seen,
            };
            text.push_str(&serde_json::to_string(&line).expect("a text and a number"));
            text.push('\n');
        }
        let folder = self.path.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
        // Two checks at once must not write to the same file.
        let staged = self
            .path
            .with_added_extension(format!("{}.new", process::id()));
        fs::write(&staged, text)
            .and_then(|()| fs::rename(&staged, &self.path))
            .map_err(|error| {
                let _ = fs::remove_file(&staged);
                Error::io("write", &self.path, error)
            })
    }
}
