//! Writes the finished site into its output folder, all of it or nothing. Knows paths and bytes, nothing of pages.
//!
//! A file whose bytes are already in place is not touched. Any other is *staged*: written beside its place under a name
//! that follows from its path. If its folder is missing, the topmost missing folder is what is staged, and renamed as a
//! whole, so a first build renames no single page. `commit` renames what is staged into place and deletes what the last
//! build wrote and this one did not. Killed at any moment, a build leaves whole files, and the next one ends where a
//! clean one does:
//!
//! * before the first file is staged the manifest is replaced by one of the old files *and* the announced ones, so
//!   whatever a killed build leaves is listed, or is the staged twin of something listed;
//! * an announced file is claimed as ours, and so may be deleted by a later build, only once `commit` is about to
//!   replace what lies there. Until then somebody else's file may lie in its place;
//! * the manifest of the new files is written out before anything is replaced, since the disk may be full, and renamed
//!   into place last.
//!
//! Nothing is synced: what a power cut leaves is the file system's affair.

mod content;
mod disk;
mod error;
mod folders;
mod manifest;
mod output;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::Seek;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use rayon::prelude::*;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use content::{CHUNK, holds, read_chunk, same_content};
use folders::{Folders, Standing};
use manifest::{ONLY_STAGED, State};

pub use error::EmitError;
pub use output::{Output, open};

/// A build's files on their way into the output folder. Dropped without `commit`, it leaves the folder as it was.
pub struct Emission {
    /// Sorted by path: the announced files, and those that the last build listed.
    slots: Vec<Slot>,
    folders: Folders,
    /// Whether the manifest on disk is the one of an unfinished build, this one.
    begun: Mutex<bool>,
    /// Files have been replaced or deleted, so there is no way back but forward.
    replacing: bool,
    output: Output,
}

struct Slot {
    path: String,
    folder: usize,
    /// The hash in the old manifest, if it lists the path.
    listed: Option<u128>,
    announced: bool,
    claimed: OnceLock<()>,
    /// Where the staged file is, once it may exist.
    twin: OnceLock<String>,
    /// The hash of the new content, once that is in place or staged whole.
    hash: OnceLock<u128>,
}

/// How many files a build touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub written: usize,
    pub unchanged: usize,
    pub deleted: usize,
}

impl Output {
    /// Announces files that the build may stage. Writes nothing yet, but removes what a killed build left staged.
    ///
    /// # Errors
    /// Those of `announce`, and what was left cannot be removed.
    pub fn begin<'p>(
        mut self,
        paths: impl IntoIterator<Item = &'p str>,
    ) -> Result<Emission, EmitError> {
        let old = std::mem::take(&mut self.manifest.entries);
        let old = old
            .into_iter()
            .map(|entry| Slot::new(entry.path, Some(entry.hash), false));
        let mut emission = Emission {
            slots: Vec::new(),
            folders: Folders::new(&self.folder, self.bare),
            begun: Mutex::new(false),
            replacing: false,
            output: self,
        };
        emission.add(old.collect());
        let emission = emission.announce(paths)?;
        if emission.output.manifest.unfinished {
            emission.remove_leftovers()?;
        }
        Ok(emission)
    }
}

impl Emission {
    /// Announces more files that the build may stage. All of them are before the first is written.
    ///
    /// # Errors
    /// A path does not stay below the folder, cannot be listed, or is both a file and another file's folder; or a file has been
    /// written already.
    pub fn announce<'p>(
        mut self,
        paths: impl IntoIterator<Item = &'p str>,
    ) -> Result<Emission, EmitError> {
        let is_late = self.is_begun();
        let mut announced = Vec::new();
        for path in paths {
            let fault = if is_late {
                Some("it was announced after another file was written")
            } else {
                manifest::path_fault(path)
            };
            if let Some(fault) = fault {
                return Err(EmitError::invalid(self.output.folder.join(path), fault));
            }
            announced.push(Slot::new(path.to_owned(), None, true));
        }
        self.add(announced);
        self.refuse_files_below_files()?;
        Ok(self)
    }

    fn add(&mut self, mut slots: Vec<Slot>) {
        for slot in &mut slots {
            slot.folder = self.folders.add(&slot.path);
        }
        self.slots.append(&mut slots);
        // What has been added before is in order.
        self.slots.sort_by(|a, b| a.path.cmp(&b.path));
        self.slots.dedup_by(|later, earlier| {
            let same = later.path == earlier.path;
            if same {
                earlier.listed = earlier.listed.or(later.listed);
                earlier.announced |= later.announced;
            }
            same
        });
    }

    fn is_begun(&mut self) -> bool {
        *self.begun.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings a file's new content: compares it with what lies in its place and stages it if that differs.
    ///
    /// # Errors
    /// The file was not announced or was staged before, somebody else's file or link stands where its folder must be,
    /// or it cannot be written.
    pub fn stage(&self, path: &str, bytes: &[u8]) -> Result<(), EmitError> {
        let slot = self.claim(path)?;
        let place = self.place(slot);
        if self.length_in_place(slot)? != Some(bytes.len() as u64) || !holds(&place, bytes) {
            let mut file = self.create_twin(slot)?;
            let written = self.output.disk.write(&mut file, bytes);
            written.map_err(|e| EmitError::new("write", place, e))?;
        }
        slot.finish(xxh3_128(bytes));
        Ok(())
    }

    /// Like `stage`, with the content of another file, which need not fit into memory.
    ///
    /// # Errors
    /// Those of `stage`, and `from` cannot be read.
    pub fn stage_copy(&self, path: &str, from: &Path) -> Result<(), EmitError> {
        let slot = self.claim(path)?;
        let place = self.place(slot);
        let unreadable = |error| EmitError::new("read", from, error);
        let mut source = File::open(from).map_err(unreadable)?;
        let length = source.metadata().map_err(unreadable)?.len();
        // One byte more, so that the usual small file and its end are one read.
        let mut chunk =
            vec![0; CHUNK.min(usize::try_from(length).map_or(CHUNK, |n| n.saturating_add(1)))];
        if self.length_in_place(slot)? == Some(length) {
            let equal = same_content(&mut source, &place, &mut chunk).map_err(unreadable)?;
            if let Some(hash) = equal {
                slot.finish(hash);
                return Ok(());
            }
            source.rewind().map_err(unreadable)?;
        }
        let mut file = self.create_twin(slot)?;
        let mut hash = Xxh3::new();
        loop {
            let read = read_chunk(&mut source, &mut chunk).map_err(unreadable)?;
            if read == 0 {
                slot.finish(hash.digest128());
                return Ok(());
            }
            hash.update(&chunk[..read]);
            let written = self.output.disk.write(&mut file, &chunk[..read]);
            written.map_err(|e| EmitError::new("write", place.as_path(), e))?;
        }
    }

    /// Puts every staged file into its place and deletes the files of the last build that were not staged in this one.
    ///
    /// # Errors
    /// A full disk shows before anything has been replaced, and then the folder is as it was. If replacing itself
    /// fails, the folder holds files of both builds, all whole and listed, and the next build sets it right.
    pub fn commit(mut self) -> Result<Outcome, EmitError> {
        let hashes = |slot: &Slot| slot.hash.get().copied();
        let next = self.manifest(State::Finished, hashes);
        let mut outcome = Outcome::default();
        for slot in &self.slots {
            match (slot.twin.get(), slot.hash.get()) {
                (Some(_), Some(_)) => outcome.written += 1,
                (None, Some(_)) => outcome.unchanged += 1,
                // Half a file, which must not be renamed along with its folder.
                (Some(twin), None) => self.output.remove_leftover(twin)?,
                (None, None) => {}
            }
        }
        let begun = self.is_begun();
        if !begun && self.output.manifest.bytes.as_deref() == Some(next.as_bytes()) {
            self.output.committed = true;
            return Ok(outcome);
        }
        self.output
            .write_manifest(manifest::NEXT, next.as_bytes())?;
        if begun {
            let claims = |slot: &Slot| hashes(slot).or(slot.listed).or(Some(ONLY_STAGED));
            let text = self.manifest(State::Unfinished, claims);
            self.output
                .write_manifest(manifest::BEGUN, text.as_bytes())?;
            self.output.rename_manifest(manifest::BEGUN)?;
        }

        self.replacing = true;
        // Before the renames: a new file may need the place of an old folder, or a new folder that of an old file.
        outcome.deleted = self.delete_gone()?;
        let kept = self.slots.iter().filter(|slot| slot.hash.get().is_some());
        let kept = kept.map(|slot| slot.folder);
        self.folders.remove_unused(kept, &self.output.disk);
        for (staged, path) in self.folders.staged_tops() {
            self.rename_into_place(&staged, path)?;
        }
        self.slots
            .par_iter()
            .try_for_each(|slot| match (slot.twin.get(), slot.hash.get()) {
                (Some(twin), Some(_)) if self.stands(slot.folder) => {
                    self.rename_into_place(twin, &slot.path)
                }
                _ => Ok(()),
            })?;
        self.output.rename_manifest(manifest::NEXT)?;
        self.output.committed = true;
        Ok(outcome)
    }

    /// Leaves the folder as it was before the build.
    pub fn abandon(self) {
        drop(self);
    }

    fn claim(&self, path: &str) -> Result<&Slot, EmitError> {
        let found = self.slot(path).filter(|slot| slot.announced);
        let Some(slot) = found else {
            let place = self.output.folder.join(path);
            return Err(EmitError::invalid(place, "it was not announced"));
        };
        match slot.claimed.set(()) {
            Ok(()) => Ok(slot),
            Err(()) => Err(EmitError::invalid(
                self.place(slot),
                "it was written before",
            )),
        }
    }

    fn slot(&self, path: &str) -> Option<&Slot> {
        let found = self
            .slots
            .binary_search_by(|slot| slot.path.as_str().cmp(path));
        found.ok().map(|at| &self.slots[at])
    }

    fn place(&self, slot: &Slot) -> PathBuf {
        self.output.folder.join(&slot.path)
    }

    /// The length of the file that lies in a slot's place, if one does. A symbolic link is no file.
    fn length_in_place(&self, slot: &Slot) -> Result<Option<u64>, EmitError> {
        match self.folders.standing(slot.folder) {
            Standing::Missing(_) => return Ok(None),
            Standing::Barred(at) => {
                let bar = self.folders.path(at);
                if self.is_ours(bar) {
                    return Ok(None);
                }
                let place = self.output.folder.join(bar);
                let reason = "a file or a symbolic link is in the place of a folder, and `handbook` did not write it: \
                              move it away";
                return Err(EmitError::refusal(place, reason));
            }
            Standing::There => {}
        }
        let place = self.place(slot);
        match fs::symlink_metadata(&place) {
            Ok(found) if found.is_file() => Ok(Some(found.len())),
            Ok(found) if found.is_dir() && !self.holds_only_ours(&slot.path) => {
                let reason = "a folder is in the place of a file, and not all that is in it was written by `handbook`: \
                              move it away";
                Err(EmitError::refusal(place, reason))
            }
            _ => Ok(None),
        }
    }

    /// Whether the last build wrote the file, so that this one may delete what lies in its place.
    fn is_ours(&self, path: &str) -> bool {
        self.slot(path).is_some_and(Slot::is_ours)
    }

    fn holds_only_ours(&self, folder: &str) -> bool {
        if self.folders.number(folder).is_none() {
            return false;
        }
        let Ok(mut entries) = fs::read_dir(self.output.folder.join(folder)) else {
            return false;
        };
        entries.all(|entry| {
            let Ok(entry) = entry else { return false };
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                return false;
            };
            let path = format!("{folder}/{name}");
            if entry.file_type().is_ok_and(|found| found.is_dir()) {
                return self.holds_only_ours(&path);
            }
            self.is_ours(&path)
        })
    }

    fn create_twin(&self, slot: &Slot) -> Result<File, EmitError> {
        self.write_begun()?;
        self.folders.make(slot.folder, &self.output.disk)?;
        let twin = self.folders.staged(slot.folder, &slot.path);
        let path = self.output.folder.join(&twin);
        let _ = slot.twin.set(twin);
        let created = self.output.disk.create(&path);
        created.map_err(|e| EmitError::new("write", self.place(slot), e))
    }

    /// Lists what may come to lie in the folder, before anything does.
    fn write_begun(&self) -> Result<(), EmitError> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        if *begun {
            return Ok(());
        }
        let text = self.manifest(State::Unfinished, |slot| slot.listed.or(Some(ONLY_STAGED)));
        self.output
            .write_manifest(manifest::BEGUN, text.as_bytes())?;
        self.output.rename_manifest(manifest::BEGUN)?;
        *begun = true;
        Ok(())
    }

    fn manifest(&self, state: State, hash: impl Fn(&Slot) -> Option<u128>) -> String {
        let entries = self
            .slots
            .iter()
            .filter_map(|slot| Some((slot.path.as_str(), hash(slot)?)));
        manifest::text(state, entries)
    }

    fn delete_gone(&self) -> Result<usize, EmitError> {
        let gone = self
            .slots
            .par_iter()
            .filter(|slot| slot.is_ours() && slot.hash.get().is_none());
        gone.map(|slot| self.delete(slot).map(usize::from)).sum()
    }

    /// Whether there was something to delete.
    fn delete(&self, slot: &Slot) -> Result<bool, EmitError> {
        // What was a folder of ours may have become a link that leads out of the output folder.
        if !self.stands(slot.folder) {
            return Ok(false);
        }
        let place = self.place(slot);
        match self.output.disk.remove_file(&place) {
            Ok(()) => Ok(true),
            Err(error) if output::is_absence(&error) => Ok(false),
            // Systems disagree on the error for a folder, and one in a file's place is not ours.
            Err(_) if folders::is_folder(&place) => Ok(false),
            Err(error) => Err(EmitError::new("delete", place, error)),
        }
    }

    fn rename_into_place(&self, staged: &str, path: &str) -> Result<(), EmitError> {
        let place = self.output.folder.join(path);
        let renamed = self
            .output
            .disk
            .rename(&self.output.folder.join(staged), &place);
        renamed.map_err(|e| EmitError::new("write", place, e))
    }

    fn stands(&self, folder: usize) -> bool {
        self.folders.standing(folder) == Standing::There
    }

    fn refuse_files_below_files(&self) -> Result<(), EmitError> {
        let announced = || self.slots.iter().filter(|slot| slot.announced);
        let folders = self
            .folders
            .that_lead_to(announced().map(|slot| slot.folder));
        let mut files = announced().filter_map(|slot| self.folders.number(&slot.path));
        match files.find(|folder| folders[*folder]) {
            None => Ok(()),
            Some(folder) => {
                let place = self.output.folder.join(self.folders.path(folder));
                let reason = "another file needs a folder of this name";
                Err(EmitError::invalid(place, reason))
            }
        }
    }

    /// Removes what a killed build left staged.
    fn remove_leftovers(&self) -> Result<(), EmitError> {
        let left_over = self.folders.left_over();
        let listed = self.slots.par_iter().filter(|slot| slot.listed.is_some());
        listed.try_for_each(|slot| {
            if self.stands(slot.folder) {
                let beside = manifest::staged_beside(&slot.path);
                self.output.remove_leftover(&beside)?;
            }
            self.folders
                .places_in(&left_over, slot.folder, &slot.path)
                .try_for_each(|place| self.output.remove_leftover(&place))
        })?;
        self.folders.remove_left_over(&left_over, &self.output.disk);
        Ok(())
    }

    fn undo(&self) -> Result<(), EmitError> {
        for twin in self.slots.iter().filter_map(|slot| slot.twin.get()) {
            self.output.remove_leftover(twin)?;
        }
        self.output.remove_leftover(manifest::NEXT)?;
        self.output.remove_leftover(manifest::BEGUN)?;
        self.folders.unmake_all(&self.output.disk);
        // Last, so that a kill meanwhile leaves nothing unlisted; and not at all once there are files of both builds.
        let begun = *self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        if begun && !self.replacing {
            self.output.restore_manifest()?;
        }
        Ok(())
    }
}

impl Drop for Emission {
    fn drop(&mut self) {
        if !self.output.committed {
            // There is nobody left to tell, and the next build tries again.
            let _ = self.undo();
        }
    }
}

impl Slot {
    fn new(path: String, listed: Option<u128>, announced: bool) -> Slot {
        Slot {
            path,
            folder: 0,
            listed,
            announced,
            claimed: OnceLock::new(),
            twin: OnceLock::new(),
            hash: OnceLock::new(),
        }
    }

    fn is_ours(&self) -> bool {
        self.listed.is_some_and(|hash| hash != ONLY_STAGED)
    }

    fn finish(&self, hash: u128) {
        let _ = self.hash.set(hash);
    }
}
