//! The folders below an output folder that a build looks into or makes, each looked at once. Follows no symbolic link.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::EmitError;
use super::disk::Disk;
use super::manifest;

/// Parents come before their children; the first is the output folder itself.
pub(super) struct Folders {
    out: PathBuf,
    bare: bool,
    all: Vec<Folder>,
    by_path: HashMap<String, usize>,
}

struct Folder {
    /// Below the output folder, with `/`; empty for the output folder itself.
    path: String,
    parent: usize,
    standing: OnceLock<Standing>,
    /// Made in this build, under its staged name.
    made: Mutex<bool>,
}

/// What lay in a folder's place when the build began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    There,
    /// Nothing. It is staged as part of the topmost folder that is missing, which is the one given.
    Missing(usize),
    /// A file or a symbolic link, itself or in the place of the folder above that is given.
    Barred(usize),
}

const TOP: usize = 0;

impl Folders {
    /// `bare`: the output folder is empty, so there is nothing to look at.
    pub(super) fn new(out: &Path, bare: bool) -> Folders {
        let top = Folder {
            path: String::new(),
            parent: TOP,
            standing: OnceLock::from(Standing::There),
            made: Mutex::new(false),
        };
        Folders {
            out: out.to_owned(),
            bare,
            all: vec![top],
            by_path: HashMap::from([(String::new(), TOP)]),
        }
    }

    /// The number of the folder that a file lies in, which is added if it is new.
    pub(super) fn add(&mut self, file: &str) -> usize {
        let path = file.rfind('/').map_or("", |at| &file[..at]);
        if let Some(number) = self.number(path) {
            return number;
        }
        let parent = self.add(path);
        let number = self.all.len();
        self.all.push(Folder {
            path: path.to_owned(),
            parent,
            standing: OnceLock::new(),
            made: Mutex::new(false),
        });
        self.by_path.insert(path.to_owned(), number);
        number
    }

    pub(super) fn number(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    pub(super) fn path(&self, folder: usize) -> &str {
        &self.all[folder].path
    }

    pub(super) fn standing(&self, folder: usize) -> Standing {
        let Folder {
            parent, standing, ..
        } = &self.all[folder];
        *standing.get_or_init(|| match self.standing(*parent) {
            Standing::There if self.bare => Standing::Missing(folder),
            Standing::There => match fs::symlink_metadata(self.out.join(self.path(folder))) {
                Ok(found) if found.is_dir() => Standing::There,
                Ok(_) => Standing::Barred(folder),
                // Whatever else is wrong with the place shows when it is written to.
                Err(_) => Standing::Missing(folder),
            },
            above => above,
        })
    }

    /// Where a file of this folder is staged.
    pub(super) fn staged(&self, folder: usize, file: &str) -> String {
        match self.standing(folder) {
            Standing::There => manifest::staged_beside(file),
            Standing::Missing(top) | Standing::Barred(top) => self.staged_below(top, file),
        }
    }

    /// Where a file or folder is staged that lies in `top`, or is it, if `top` is staged as a whole.
    fn staged_below(&self, top: usize, path: &str) -> String {
        let mut staged = manifest::staged_beside(self.path(top));
        staged.push_str(&path[self.path(top).len()..]);
        staged
    }

    /// Makes the folder and those above it under their staged names, unless they are there.
    pub(super) fn make(&self, folder: usize, disk: &Disk) -> Result<(), EmitError> {
        let top = match self.standing(folder) {
            Standing::There => return Ok(()),
            Standing::Missing(top) | Standing::Barred(top) => top,
        };
        let mut made = self.made(folder);
        if *made {
            return Ok(());
        }
        self.make(self.all[folder].parent, disk)?;
        let place = self.out.join(self.staged_below(top, self.path(folder)));
        match disk.create_folder(&place) {
            Ok(()) => *made = true,
            // What is in the way has the staged name; any other error is about the folder that was meant.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(EmitError::new("create", place, error));
            }
            Err(error) => {
                let meant = self.out.join(self.path(folder));
                return Err(EmitError::new("create", meant, error));
            }
        }
        Ok(())
    }

    /// The folders that were staged as a whole, as staged and as meant.
    pub(super) fn staged_tops(&self) -> impl Iterator<Item = (String, &str)> {
        let tops = (0..self.all.len()).filter(|folder| {
            let standing = self.standing(*folder);
            let top =
                standing == Standing::Missing(*folder) || standing == Standing::Barred(*folder);
            top && *self.made(*folder)
        });
        tops.map(|folder| {
            let path = self.path(folder);
            (manifest::staged_beside(path), path)
        })
    }

    /// For each folder whether one of these is it or lies in it.
    pub(super) fn that_lead_to(&self, folders: impl Iterator<Item = usize>) -> Vec<bool> {
        let mut leads = vec![false; self.all.len()];
        leads[TOP] = true;
        for mut folder in folders {
            while !leads[folder] {
                leads[folder] = true;
                folder = self.all[folder].parent;
            }
        }
        leads
    }

    /// Removes those that are empty and lead to none of `kept`.
    pub(super) fn remove_unused(&self, kept: impl Iterator<Item = usize>, disk: &Disk) {
        let used = self.that_lead_to(kept);
        for folder in (0..self.all.len()).rev().filter(|folder| !used[*folder]) {
            if self.standing(folder) == Standing::There {
                // One that holds something else stays.
                let _ = disk.remove_folder(&self.out.join(self.path(folder)));
            } else if *self.made(folder) {
                self.unmake(folder, disk);
            }
        }
    }

    /// Removes those that were made and not yet renamed.
    pub(super) fn unmake_all(&self, disk: &Disk) {
        for folder in (0..self.all.len()).rev() {
            if *self.made(folder) {
                self.unmake(folder, disk);
            }
        }
    }

    fn unmake(&self, folder: usize, disk: &Disk) {
        if let Standing::Missing(top) | Standing::Barred(top) = self.standing(folder) {
            let staged = self.staged_below(top, self.path(folder));
            let _ = disk.remove_folder(&self.out.join(staged));
        }
        *self.made(folder) = false;
    }

    /// For each folder whether a killed build left it staged as a whole.
    pub(super) fn left_over(&self) -> Vec<bool> {
        (0..self.all.len())
            .map(|folder| {
                folder != TOP
                    && self.standing(self.all[folder].parent) == Standing::There
                    && is_folder(&self.out.join(manifest::staged_beside(self.path(folder))))
            })
            .collect()
    }

    /// Every place where a killed build may have left a file of this folder, or (`file` being its own path) the folder
    /// itself, inside one of those that it left staged.
    pub(super) fn places_in<'f>(
        &'f self,
        left_over: &'f [bool],
        folder: usize,
        file: &'f str,
    ) -> impl Iterator<Item = String> + 'f {
        let above = std::iter::successors(Some(folder), |folder| {
            (*folder != TOP).then(|| self.all[*folder].parent)
        });
        above
            .filter(|top| left_over[*top])
            .map(move |top| self.staged_below(top, file))
    }

    /// Removes the folders that a killed build left staged, as far as they are empty.
    pub(super) fn remove_left_over(&self, left_over: &[bool], disk: &Disk) {
        for folder in (0..self.all.len()).rev() {
            for place in self.places_in(left_over, folder, self.path(folder)) {
                let _ = disk.remove_folder(&self.out.join(place));
            }
        }
    }

    fn made(&self, folder: usize) -> MutexGuard<'_, bool> {
        let made = &self.all[folder].made;
        made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A folder itself, not a symbolic link to one.
pub(super) fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}
