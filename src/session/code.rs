//! Reads the files that pages show as code. Nothing is read that is hidden, ignored by git or made by a build, or that
//! lies outside of the site's folder, be it behind a link.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::discover::{self, Place};
use crate::parse::CodeFile;
use crate::parse::compose;
use crate::source;
use crate::url;

/// No file of code is longer than this many bytes.
const LONGEST: u64 = 1 << 20;

/// What follows a file's name in a sentence, and what may help.
type Fault = (&'static str, &'static str);

const HIDDEN: Fault = (
    "is hidden, and hidden files are never shown",
    "copy what may be seen into a file of its own",
);
const IGNORED: Fault = (
    "is ignored by git or left behind by an editor, and such files are never shown",
    "copy what may be seen into a file of its own",
);
const BUILT: Fault = (
    "lies in the output of a build, which is never shown",
    "show the file that it is made from",
);

/// Reads files by their paths from the site's folder.
pub fn read<'p>(
    place: &Place,
    out: &Path,
    paths: impl Iterator<Item = &'p String>,
) -> BTreeMap<String, CodeFile> {
    let real_out = fs::canonicalize(out).unwrap_or_else(|_| out.to_owned());
    let found: Vec<(&String, Result<PathBuf, Fault>)> = paths
        .map(|path| (path, locate(place, &[out, &real_out], path)))
        .collect();
    let reals = found.iter().filter_map(|(_, real)| real.clone().ok());
    let visible = discover::visible(place, out, &reals.collect::<Vec<_>>());
    found
        .into_par_iter()
        .map(|(path, real)| {
            let text = real.and_then(|real| {
                if visible.contains(&real) {
                    text(&real)
                } else {
                    Err(IGNORED)
                }
            });
            let file = match text {
                Ok(text) => CodeFile::Text(text.into()),
                Err((fault, hint)) => CodeFile::Fault(fault, hint),
            };
            (path.clone(), file)
        })
        .collect()
}

/// The folders of these files that are there, in the site's folder.
pub fn folders<'p>(place: &Place, paths: impl Iterator<Item = &'p String>) -> BTreeSet<PathBuf> {
    paths
        .filter(|path| !leaves(path) && !is_hidden(Path::new(path)))
        .map(|path| place.root.join(url::split_last(path).0))
        .filter(|folder| is_inside(folder, &place.root))
        .collect()
}

/// Whether a folder lies in another one, as far as it is there.
fn is_inside(folder: &Path, root: &Path) -> bool {
    let mut there = folder.ancestors();
    let real = there.find_map(|folder| fs::canonicalize(folder).ok());
    real.is_some_and(|real| real.starts_with(root))
}

/// Where a file really lies, if it is one that may be shown.
fn locate(place: &Place, outs: &[&Path], path: &str) -> Result<PathBuf, Fault> {
    if leaves(path) {
        return Err(compose::OUTSIDE);
    }
    if is_hidden(Path::new(path)) {
        return Err(HIDDEN);
    }
    let is_built = |path: &Path| outs.iter().any(|out| path.starts_with(out));
    let named = place.root.join(path);
    // Before it is looked for, so that the same is said whether there has been a build or not.
    if is_built(&named) {
        return Err(BUILT);
    }
    let real = fs::canonicalize(named).map_err(|_| ("is not there", compose::PLACE))?;
    // The root has no links in it.
    let inner = real
        .strip_prefix(&place.root)
        .map_err(|_| compose::OUTSIDE)?;
    if is_hidden(inner) {
        return Err(HIDDEN);
    }
    let mut folders = real.ancestors().skip(1).take(inner.components().count());
    if is_built(&real) || folders.any(|folder| folder.join(discover::MANIFEST_NAME).exists()) {
        return Err(BUILT);
    }
    if !real.is_file() {
        return Err(("is no file", "name one file"));
    }
    Ok(real)
}

fn leaves(path: &str) -> bool {
    path.split('/').any(|part| part == "..")
}

fn is_hidden(path: &Path) -> bool {
    let mut parts = path.components();
    parts.any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."))
}

fn text(real: &Path) -> Result<String, Fault> {
    let unreadable = |_| ("cannot be read", "see whether it may be");
    let found = fs::metadata(real).map_err(unreadable)?;
    if found.len() > LONGEST {
        return Err(("is longer than 1 MB", "show a shorter file"));
    }
    let bytes = fs::read(real).map_err(unreadable)?;
    source::decode(bytes).map_err(|_| ("is not UTF-8", "save it again with the encoding UTF-8"))
}
