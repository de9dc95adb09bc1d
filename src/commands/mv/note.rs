//! The note of a move under way: which move, and which texts it writes. Where a move was broken off, a page whose
//! links have been changed looks like any other; the note tells them apart.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::discover::Place;
use crate::error::Error;
use crate::site::relocate::{Changes, Move};

/// Hidden, so it is no content where the site has no `content` folder.
const NAME: &str = ".handbook-mv";

#[derive(Debug, Deserialize, Serialize)]
pub struct Note {
    pub moved: Move,
    /// Hashes of the new texts, by content path after the move.
    written: BTreeMap<String, String>,
}

impl Note {
    /// `earlier` is the note of the same move, if it was broken off before.
    pub fn new(moved: &Move, changes: &Changes, earlier: Option<Note>) -> Note {
        let texts = changes.texts.iter().filter(|text| text.from != text.to);
        let mut written = earlier.map_or_else(BTreeMap::new, |earlier| earlier.written);
        written.extend(texts.map(|text| (text.to.clone(), hash(&text.new))));
        Note {
            moved: moved.clone(),
            written,
        }
    }

    /// Whether no page that moves is changed: then a second run sees the same as the first.
    pub fn is_needless(changes: &Changes) -> bool {
        changes.texts.iter().all(|text| text.from == text.to)
    }

    /// The note of a move that was broken off, if there is one. One that cannot be read says nothing.
    pub fn read(place: &Place) -> Result<Option<Note>, Error> {
        let path = path(place);
        match fs::read(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("read", path, error)),
        }
    }

    pub fn write(&self, place: &Place) -> Result<(), Error> {
        let path = path(place);
        let bytes = serde_json::to_vec(self).map_err(|e| Error::io("write", &path, e.into()))?;
        fs::write(&path, bytes).map_err(|e| Error::io("write", path, e))
    }

    pub fn remove(place: &Place) {
        // One that stays is about a move that is done, and nobody asks for it again.
        fs::remove_file(path(place)).ok();
    }

    /// Whether the files have been moved and perhaps not all texts written.
    pub fn is_open(&self, place: &Place) -> bool {
        let there = |path: &str| place.content.join(path).symlink_metadata().is_ok();
        !there(&self.moved.from) && there(&self.moved.to)
    }

    /// Whether a page holds the text that the move gave it.
    pub fn has_written(&self, path: &str, text: &str) -> bool {
        self.written
            .get(path)
            .is_some_and(|known| *known == hash(text))
    }
}

fn path(place: &Place) -> PathBuf {
    place.root.join(NAME)
}

fn hash(text: &str) -> String {
    format!("{:032x}", xxhash_rust::xxh3::xxh3_128(text.as_bytes()))
}
