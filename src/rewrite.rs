//! Writes changed texts back into the files that they were read from. Nothing else of a file changes: not its byte
//! order mark, not its permissions, not the link that leads to it.
//!
//! All texts are staged first, each in a hidden file beside its place, and only then renamed into their places one
//! after the other. So a full disk or a folder that cannot be written changes nothing, and a kill leaves whole files.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::source;

/// A file, the text that was read from it, and the text that is to be in it. Neither has a byte order mark.
#[derive(Clone, Copy, Debug)]
pub struct Rewrite<'a> {
    pub file: &'a Path,
    pub old: &'a str,
    pub new: &'a str,
}

/// Puts every text into its file, or none.
///
/// # Errors
/// What keeps the texts from being written; the message says how many files are changed, if any is.
pub fn write(root: &Path, rewrites: &[Rewrite<'_>]) -> Result<(), Error> {
    stage(root, rewrites)?.commit()
}

/// Whether every text could be staged as far as reading tells: the files are in the site and hold what was read.
///
/// # Errors
/// The first file that is not as it must be.
pub fn check(root: &Path, rewrites: &[Rewrite<'_>]) -> Result<(), Error> {
    plan(root, rewrites).map(|_| ())
}

/// Writes every text beside its place. What has been staged goes again if it is not committed.
///
/// # Errors
/// A file that is not below `root` or no longer holds the text that was read, or a fault of the system. Nothing has
/// changed then.
pub fn stage(root: &Path, rewrites: &[Rewrite<'_>]) -> Result<Staged, Error> {
    let mut staged = Staged(Vec::new());
    for (place, bytes) in plan(root, rewrites)? {
        let twin = beside(&place);
        let permissions = fs::metadata(&place)
            .map_err(|e| Error::io("read", &place, e))?
            .permissions();
        staged.0.push(Twin { twin, place });
        let Some(Twin { twin, .. }) = staged.0.last() else {
            continue;
        };
        create(twin)
            .and_then(|mut file| {
                file.write_all(&bytes)?;
                file.set_permissions(permissions)
            })
            .map_err(|e| Error::io("write", twin, e))?;
    }
    Ok(staged)
}

/// Texts that wait beside their places.
pub struct Staged(Vec<Twin>);

struct Twin {
    twin: PathBuf,
    place: PathBuf,
}

impl Staged {
    /// Renames every text into its place.
    ///
    /// # Errors
    /// The first file that cannot be replaced. Those before it are changed, and the message says how many.
    pub fn commit(mut self) -> Result<(), Error> {
        let all = self.0.len();
        for (done, Twin { twin, place }) in self.0.iter().enumerate() {
            if let Err(error) = fs::rename(twin, place) {
                let error = Error::io("replace", place, error);
                self.0.drain(..done);
                return Err(Error::Usage(format!(
                    "{error}; {done} of {all} files have been changed"
                )));
            }
        }
        self.0.clear();
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for Twin { twin, .. } in &self.0 {
            // Nobody publishes a hidden file, so one that stays does no harm.
            fs::remove_file(twin).ok();
        }
    }
}

/// The files as they lie on the disk, and the bytes that go into them.
fn plan(root: &Path, rewrites: &[Rewrite<'_>]) -> Result<BTreeMap<PathBuf, Vec<u8>>, Error> {
    let root = fs::canonicalize(root).map_err(|e| Error::io("open", root, e))?;
    let mut planned = BTreeMap::new();
    for Rewrite { file, old, new } in rewrites {
        // A page may be a symbolic link: the file that it leads to is written, and the link stays.
        let place = fs::canonicalize(file).map_err(|e| Error::io("read", *file, e))?;
        if !place.starts_with(&root) {
            return Err(Error::Usage(format!(
                "`{}` is not in the site's folder, so it cannot be changed",
                place.display()
            )));
        }
        let bytes = fs::read(&place).map_err(|e| Error::io("read", &place, e))?;
        let marked = bytes.starts_with(MARK);
        if source::decode(bytes).as_deref() != Ok(old) {
            return Err(Error::Usage(format!(
                "`{}` has changed since it was read, or is not UTF-8; run the command again",
                file.display()
            )));
        }
        let mut bytes = if marked { MARK.to_vec() } else { Vec::new() };
        bytes.extend_from_slice(new.as_bytes());
        if let Some(other) = planned.insert(place, bytes.clone())
            && other != bytes
        {
            return Err(Error::Usage(format!(
                "`{}` is the same file as another page, and would have to be changed in two ways; make it a file of its own",
                file.display()
            )));
        }
    }
    Ok(planned)
}

/// The byte order mark, which is no text.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The staged twin of a file: hidden, so that it is no content, and always the same, so that what a kill left is
/// replaced by the next run.
fn beside(place: &Path) -> PathBuf {
    /// What most file systems allow for a name, in bytes.
    const NAME_MAX: usize = 255;
    const END: &str = ".handbook-new";
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let room = NAME_MAX - END.len() - 1;
    let name = if name.len() > room {
        let hash = xxhash_rust::xxh3::xxh3_128(name.as_bytes());
        format!(".{hash:032x}{END}")
    } else {
        format!(".{name}{END}")
    };
    place.with_file_name(name)
}

/// Creates a file that was not there; what a killed run left under the name goes first.
fn create(path: &Path) -> io::Result<File> {
    // Not `File::create`: it would follow a symbolic link and write to what that points at.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            options.open(path)
        }
        opened => opened,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{Rewrite, write};

    fn rewrite<'a>(file: &'a Path, old: &'a str, new: &'a str) -> Rewrite<'a> {
        Rewrite { file, old, new }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_mark_and_line_ends_stay() {
        let site = tempfile::tempdir().unwrap();
        let file = site.path().join("a.md");
        fs::write(&file, b"\xef\xbb\xbfa\r\n").unwrap();
        write(site.path(), &[rewrite(&file, "a\r\n", "b\r\n")]).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"\xef\xbb\xbfb\r\n");
        assert_eq!(names(site.path()), ["a.md"]);
    }

    #[test]
    fn a_file_that_has_changed_keeps_all_others_as_they_are() {
        let site = tempfile::tempdir().unwrap();
        let (a, b) = (site.path().join("a.md"), site.path().join("b.md"));
        fs::write(&a, "a").unwrap();
        fs::write(&b, "edited meanwhile").unwrap();
        let error = write(site.path(), &[rewrite(&a, "a", "x"), rewrite(&b, "b", "x")]);
        assert!(error.unwrap_err().to_string().contains("has changed"));
        assert_eq!(fs::read_to_string(&a).unwrap(), "a");
        assert_eq!(names(site.path()), ["a.md", "b.md"]);
    }

    #[test]
    #[cfg(unix)]
    fn permissions_stay_and_links_are_written_through() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let site = tempfile::tempdir().unwrap();
        fs::create_dir(site.path().join("shared")).unwrap();
        let real = site.path().join("shared/real.md");
        let link = site.path().join("page.md");
        fs::write(&real, "a").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("shared/real.md", &link).unwrap();
        write(site.path(), &[rewrite(&link, "a", "b")]).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "b");
        let mode = real.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_out_of_the_site_is_not_written_through() {
        let (site, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let real = other.path().join("real.md");
        fs::write(&real, "a").unwrap();
        let link = site.path().join("page.md");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert!(write(site.path(), &[rewrite(&link, "a", "b")]).is_err());
        assert_eq!(fs::read_to_string(&real).unwrap(), "a");
    }

    #[test]
    fn one_file_cannot_be_changed_in_two_ways() {
        let site = tempfile::tempdir().unwrap();
        let file = site.path().join("a.md");
        fs::write(&file, "a").unwrap();
        let rewrites = [rewrite(&file, "a", "b"), rewrite(&file, "a", "c")];
        assert!(write(site.path(), &rewrites).is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "a");
    }
}
