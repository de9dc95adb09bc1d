//! `--fix`: puts what is certain into the files, or shows what it would put there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::edit::{self, Edit};
use crate::error::Error;
use crate::rewrite::{self, Rewrite};

/// Files with what will be in them.
#[derive(Default)]
pub struct Fixed {
    files: Vec<File>,
    /// How many reports this mends.
    pub reports: usize,
}

struct File {
    /// As shown.
    name: String,
    path: PathBuf,
    old: String,
    new: String,
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
            fixed.reports += all - edited.dropped.len();
            fixed.files.push(File {
                name: name.to_owned(),
                path: path_of(name),
                old: old.to_owned(),
                new: edited.text,
            });
        }
        fixed
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// How many files this changes.
    pub fn files(&self) -> usize {
        self.files.len()
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
