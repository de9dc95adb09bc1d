//! Remembers highlighted code: the same block is the same HTML, on every page and at every save.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::highlight::{Highlighted, Highlighter, Language};
use crate::render::Highlight;

/// So much highlighted code is kept. A day's edits leave behind blocks that nobody will ask for again.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A highlighter, made when the first code with a language is seen, and what it has made.
#[derive(Default)]
pub struct Memo {
    highlighter: OnceLock<Highlighter>,
    made: Mutex<Made>,
}

#[derive(Default)]
struct Made {
    blocks: HashMap<u128, Arc<Highlighted>>,
    bytes: usize,
}

impl Made {
    fn insert(&mut self, key: u128, block: Arc<Highlighted>) {
        if self.bytes > MOST_BYTES {
            // All at once: what is still looked at is soon made again, and the same as before.
            *self = Made::default();
        }
        self.bytes += block.html.len();
        self.blocks.insert(key, block);
    }
}

impl Memo {
    fn highlighter(&self) -> &Highlighter {
        self.highlighter.get_or_init(Highlighter::new)
    }
}

impl Highlight for Memo {
    fn language(&self, info: &str) -> Language {
        if info.is_empty() {
            return Language::Plain;
        }
        self.highlighter().language(info)
    }

    fn highlight(&self, language: &Language, text: &str) -> Arc<Highlighted> {
        let Language::Known(_) = language else {
            let mut html = String::with_capacity(text.len());
            pulldown_cmark_escape::escape_html_body_text(&mut html, &text.replace("\r\n", "\n"))
                .expect("a String takes everything");
            return Arc::new(Highlighted {
                html,
                skipped: None,
            });
        };
        let mut hasher = DefaultHasher::new();
        language.hash(&mut hasher);
        let key = xxh3_128_with_seed(text.as_bytes(), hasher.finish());
        let known = |memo: &Memo| {
            let made = memo.made.lock().unwrap_or_else(PoisonError::into_inner);
            made.blocks.get(&key).map(Arc::clone)
        };
        if let Some(highlighted) = known(self) {
            return highlighted;
        }
        // Outside the lock: two threads may do the same block twice, which is rarer than waiting.
        let highlighted = Arc::new(self.highlighter().highlight(language, text));
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.insert(key, Arc::clone(&highlighted));
        highlighted
    }
}
