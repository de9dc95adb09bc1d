//! `[ui]`: single texts of the theme, said otherwise.

use std::ops::Range;

use super::Reader;
use crate::tree::Entry;

/// A text that takes the place of one of the theme's.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// As the language files call it.
    pub key: String,
    pub text: String,
    /// The key in `handbook.toml`.
    pub span: Range<usize>,
}

impl Reader<'_> {
    /// Which keys there are, the theme knows.
    pub(super) fn ui(&mut self, entry: &Entry) -> Vec<Word> {
        let mut words = Vec::new();
        for inner in self.table(entry) {
            words.extend(self.string(inner).map(|text| Word {
                key: inner.key.clone(),
                text,
                span: inner.key_span.clone(),
            }));
        }
        words
    }
}
