//! Which files may be seen by readers, of files that pages name.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::{Place, is_clutter};

/// Those of some files that are neither hidden nor ignored by git. The files have no links on the way to them.
pub fn visible(place: &Place, out: &Path, files: &[PathBuf]) -> HashSet<PathBuf> {
    if files.is_empty() {
        return HashSet::new();
    }
    let ancestors = files.iter().flat_map(|file| file.ancestors());
    let wanted: HashSet<PathBuf> = ancestors.map(Path::to_owned).collect();
    let out = out.to_owned();
    WalkBuilder::new(&place.root)
        .ignore(false)
        .filter_entry(move |entry| {
            let path = entry.path();
            path != out && !is_clutter(entry) && wanted.contains(path)
        })
        .build()
        .flatten()
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(ignore::DirEntry::into_path)
        .collect()
}
