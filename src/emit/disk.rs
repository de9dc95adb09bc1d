//! The changes that a build makes to the disk, a function each. Decides nothing.
//!
//! Nothing else in `emit` changes the disk, so a test can stop a build after any single change.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

#[cfg(test)]
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Default)]
pub(super) struct Disk {
    #[cfg(test)]
    pub(super) fault: Option<Fault>,
}

impl Disk {
    /// Creates a file that was not there; what a killed build left under the name goes first.
    pub(super) fn create(&self, path: &Path) -> io::Result<File> {
        self.step(Change::TakesSpace)?;
        // Not `File::create`: it would follow a symbolic link and write to what that points at.
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        match options.open(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.remove_file(path)?;
                options.open(path)
            }
            opened => opened,
        }
    }

    pub(super) fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.step(Change::TakesSpace) {
            // A kill and a full disk may both come in the middle of a file.
            file.write_all(&bytes[..bytes.len() / 2])?;
            return Err(error);
        }
        file.write_all(bytes)
    }

    pub(super) fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.step(Change::TakesSpace)?;
        fs::create_dir(path)
    }

    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(Change::TakesNone)?;
        fs::rename(from, to)
    }

    pub(super) fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step(Change::TakesNone)?;
        fs::remove_file(path)
    }

    /// Removes an empty folder.
    pub(super) fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step(Change::TakesNone)?;
        fs::remove_dir(path)
    }

    #[cfg(not(test))]
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "its twin for tests fails on purpose"
    )]
    fn step(&self, _: Change) -> io::Result<()> {
        Ok(())
    }

    #[cfg(test)]
    fn step(&self, change: Change) -> io::Result<()> {
        match (&self.fault, change) {
            (None, _) | (Some(Fault::FullAfter(_)), Change::TakesNone) => Ok(()),
            (Some(Fault::FullAfter(left)), Change::TakesSpace) if spent(left) => {
                Err(io::Error::from_raw_os_error(28))
            }
            (Some(Fault::KilledAfter(left)), _) if spent(left) => {
                Err(io::Error::other("killed by the test"))
            }
            (Some(_), _) => Ok(()),
        }
    }
}

enum Change {
    TakesSpace,
    TakesNone,
}

/// What a test lets go wrong, after how many changes.
#[cfg(test)]
pub(super) enum Fault {
    /// Nothing can be changed any more, not even to clean up.
    KilledAfter(AtomicUsize),
    /// Nothing can be created or written any more (ENOSPC); renaming and removing work.
    FullAfter(AtomicUsize),
}

#[cfg(test)]
fn spent(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
        .is_err()
}
