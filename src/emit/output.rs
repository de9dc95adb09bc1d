//! The output folder itself: whether it may be written to, its manifest and its lock. Knows no files of the site.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::disk::Disk;
use super::manifest::{self, State};
use super::{EmitError, folders};

/// An output folder that may be written to, and is locked against other builds.
pub struct Output {
    pub(super) folder: PathBuf,
    pub(super) manifest: Manifest,
    /// No manifest and no other file.
    pub(super) bare: bool,
    /// The folder and those above it, as far as they were missing.
    created: Vec<PathBuf>,
    pub(super) committed: bool,
    pub(super) disk: Disk,
    lock: Option<File>,
}

/// The manifest as the last build left it.
#[derive(Default)]
pub(super) struct Manifest {
    pub(super) bytes: Option<Vec<u8>>,
    modified: Option<SystemTime>,
    pub(super) entries: Vec<manifest::Entry>,
    pub(super) unfinished: bool,
}

/// Opens a folder for the files of a site, or creates it.
///
/// # Errors
/// The place is not a folder, is not empty and has no manifest, belongs to a build that is still at work, or cannot be
/// created or read. Whether one that exists can be written to, the first staged file tells.
pub fn open(out: &Path) -> Result<Output, EmitError> {
    open_on(Disk::default(), out)
}

pub(super) fn open_on(disk: Disk, out: &Path) -> Result<Output, EmitError> {
    // From here on `drop` removes what was created, whatever goes wrong.
    let mut output = Output {
        folder: out.to_owned(),
        manifest: Manifest::default(),
        bare: false,
        created: Vec::new(),
        committed: false,
        disk,
        lock: None,
    };
    match fs::metadata(out) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => {
            let reason = "it is a file, expected a folder";
            return Err(EmitError::refusal(out, reason));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => output.create_folder(out)?,
        Err(error) => return Err(EmitError::new("open", out, error)),
    }
    output.lock = lock(out)?;
    output.manifest = read_manifest(out)?;
    output.remove_leftover(manifest::BEGUN)?;
    output.remove_leftover(manifest::NEXT)?;
    if output.manifest.bytes.is_none() {
        let mut entries = fs::read_dir(out).map_err(|e| EmitError::new("read", out, e))?;
        if entries.next().is_some() {
            let reason = "it is not empty and has no `.handbook-manifest`, so `handbook` did not write what is in it: \
                          choose another folder with `--out`, or empty this one";
            return Err(EmitError::refusal(out, reason));
        }
        output.bare = true;
    }
    Ok(output)
}

/// The kernel drops the lock with the process, so a killed build needs no clearing up.
fn lock(out: &Path) -> Result<Option<File>, EmitError> {
    // Some systems open no folders, and some file systems know no locks: then nobody watches over two builds at once.
    let Ok(folder) = File::open(out) else {
        return Ok(None);
    };
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => {
            let reason = "another build is writing to it";
            Err(EmitError::refusal(out, reason))
        }
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

fn read_manifest(out: &Path) -> Result<Manifest, EmitError> {
    let path = out.join(manifest::NAME);
    // A symbolic link is somebody else's list, and the folder then somebody else's too.
    let found = match fs::symlink_metadata(&path) {
        Ok(found) if found.is_file() => found,
        _ => return Ok(Manifest::default()),
    };
    let bytes = fs::read(&path).map_err(|e| EmitError::new("read", path, e))?;
    let (state, entries) = manifest::read(&bytes);
    Ok(Manifest {
        bytes: Some(bytes),
        modified: found.modified().ok(),
        entries,
        unfinished: state == State::Unfinished,
    })
}

impl Output {
    fn create_folder(&mut self, path: &Path) -> Result<(), EmitError> {
        if let Some(above) = path.parent()
            && !above.as_os_str().is_empty()
            && !above.exists()
        {
            self.create_folder(above)?;
        }
        let created = self.disk.create_folder(path);
        created.map_err(|e| EmitError::new("create", path, e))?;
        self.created.push(path.to_owned());
        Ok(())
    }

    pub(super) fn remove_leftover(&self, path: &str) -> Result<(), EmitError> {
        let place = self.folder.join(path);
        match self.disk.remove_file(&place) {
            Ok(()) => Ok(()),
            Err(error) if is_absence(&error) => Ok(()),
            // A file's staged name is a folder's too if the path was once the one and once the other.
            Err(_) if folders::is_folder(&place) => Ok(()),
            Err(error) => Err(EmitError::new("delete", place, error)),
        }
    }

    pub(super) fn write_manifest(&self, path: &str, text: &[u8]) -> Result<(), EmitError> {
        let place = self.folder.join(path);
        let written = self
            .disk
            .create(&place)
            .and_then(|mut file| self.disk.write(&mut file, text));
        written.map_err(|e| EmitError::new("write", place, e))
    }

    pub(super) fn rename_manifest(&self, from: &str) -> Result<(), EmitError> {
        let place = self.folder.join(manifest::NAME);
        let renamed = self.disk.rename(&self.folder.join(from), &place);
        renamed.map_err(|e| EmitError::new("write", place, e))
    }

    /// Puts the manifest back that the last build left.
    pub(super) fn restore_manifest(&self) -> Result<(), EmitError> {
        let Some(bytes) = &self.manifest.bytes else {
            return self.remove_leftover(manifest::NAME);
        };
        self.write_manifest(manifest::BEGUN, bytes)
            .inspect_err(|_| {
                // The disk is full still. The manifest of this build may stay: it lists the old files too.
                let _ = self.remove_leftover(manifest::BEGUN);
            })?;
        if let Some(modified) = self.manifest.modified {
            // A date is a courtesy to who watches the folder.
            let _ = File::options()
                .write(true)
                .open(self.folder.join(manifest::BEGUN))
                .and_then(|file| file.set_modified(modified));
        }
        self.rename_manifest(manifest::BEGUN)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if !self.committed {
            for folder in self.created.iter().rev() {
                let _ = self.disk.remove_folder(folder);
            }
        }
        if let Some(lock) = &self.lock {
            // Closing it is not enough: a process that another thread is just starting holds it open as well.
            let _ = lock.unlock();
        }
    }
}

/// Nothing is there, nor can be: a file is in the place of the folder.
pub(super) fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
