//! `--fix`: puts what is certain into the files, or shows what it would put there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::edit::{self, Edit};
use crate::error::Error;
use crate::rewrite::{self, Rewrite};

/// Files with what will be in them.
#[derive(Default)]
pub struct Fixed {
    files: Vec<File>,
}

struct File {
    /// As shown.
    name: String,
    path: PathBuf,
    old: String,
    new: String,
    /// How many reports this mends.
    reports: usize,
}

impl File {
    fn rewrite(&self) -> Rewrite<'_> {
        Rewrite {
            file: &self.path,
            old: &self.old,
            new: &self.new,
        }
    }
}

impl Fixed {
    /// Applies the fixes of all diagnostics to the texts. `text_of` gives a file's text, `path_of` where it lies.
    pub fn new<'t>(
        diagnostics: &[Diagnostic],
        text_of: impl Fn(&str) -> Option<&'t str>,
        path_of: impl Fn(&str) -> PathBuf,
    ) -> Fixed {
        let mut edits: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
        for diagnostic in diagnostics {
            if let Some(fix) = &diagnostic.fix {
                edits.entry(&diagnostic.file).or_default().push(fix.clone());
            }
        }
        let mut fixed = Fixed::default();
        for (name, edits) in edits {
            let Some(old) = text_of(name) else { continue };
            let all = edits.len();
            let edited = edit::apply(old, edits);
            if edited.text == old {
                continue;
            }
            fixed.files.push(File {
                name: name.to_owned(),
                path: path_of(name),
                old: old.to_owned(),
                new: edited.text,
                reports: all - edited.dropped.len(),
            });
        }
        fixed.leave_contradictions();
        fixed
    }

    /// A file under two names, as a symbolic link gives it, may be asked to say two things. Then it is left as it is.
    fn leave_contradictions(&mut self) {
        let place =
            |file: &File| fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone());
        let mut texts: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
        for file in &self.files {
            let of_place = texts.entry(place(file)).or_default();
            of_place.insert(file.new.clone());
        }
        self.files.retain(|file| texts[&place(file)].len() == 1);
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The files that this changes, as shown.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.name.as_str())
    }

    /// How many reports this mends.
    pub fn reports(&self) -> usize {
        self.files.iter().map(|file| file.reports).sum()
    }

    /// What changes, as `diff -u` shows it. `shown` spells a file for people.
    pub fn diff(&self, shown: impl Fn(&str) -> String) -> String {
        self.files
            .iter()
            .map(|file| edit::diff(&shown(&file.name), &file.old, &file.new))
            .collect()
    }

    /// Writes the files of the site at `root`, and a baseline wherever it lies.
    ///
    /// # Errors
    /// When one of them cannot be written; then none of the site's is changed.
    pub fn write(&self, root: &Path) -> Result<(), Error> {
        let is_ours = |file: &&File| !file.name.starts_with("../");
        let ours: Vec<Rewrite<'_>> = self
            .files
            .iter()
            .filter(is_ours)
            .map(File::rewrite)
            .collect();
        rewrite::write(root, &ours)?;
        for other in self.files.iter().filter(|file| !is_ours(file)) {
            let folder = other.path.parent().unwrap_or(root);
            rewrite::write(folder, &[other.rewrite()])?;
        }
        Ok(())
    }
}
