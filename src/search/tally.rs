//! How often each word stands in which part of a page. Pages are read some at a time, and share the words that they have in common.
//! What was read of a page is kept while the page stays as it is.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::search::extract::Extract;
use crate::search::fold::{Fold, Short};
use crate::search::words;

/// How often a word stands in the parts of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub text: u16,
    pub headings: u8,
    pub title: u8,
    /// In keywords, tags and the terms that the page defines.
    pub keys: u8,
    /// In its addresses, which say less than a title: pages move, and names stay.
    pub addresses: u8,
}

impl Counts {
    pub fn add(&mut self, other: Counts) {
        self.text = self.text.saturating_add(other.text);
        self.headings = self.headings.saturating_add(other.headings);
        self.title = self.title.saturating_add(other.title);
        self.keys = self.keys.saturating_add(other.keys);
        self.addresses = self.addresses.saturating_add(other.addresses);
    }
}

/// Pages that were read one after the other.
#[derive(Debug, Default)]
pub struct Batch {
    /// Each word once, in the order in which they were met.
    pub words: Box<[Box<str>]>,
    /// The words of all pages, a page behind the other: the number of a word, and its counts.
    entries: Box<[(u32, Counts)]>,
}

/// The words of one page.
#[derive(Clone, Debug)]
pub struct Tally {
    /// What it was read with.
    pub batch: Arc<Batch>,
    /// Where in the batch its words are.
    entries: Range<usize>,
    /// Words of the text, with their repetitions.
    pub length: u32,
    pub title_length: u32,
}

impl Tally {
    /// The words of the page by their numbers in its batch, each once, with their counts.
    pub fn entries(&self) -> &[(u32, Counts)] {
        &self.batch.entries[self.entries.clone()]
    }
}

/// What is said of a page beside its text.
#[derive(Clone, Debug, Default)]
pub struct About<'a> {
    pub title: &'a str,
    /// Words by which it is to be found though its text does not say them.
    pub keys: Vec<&'a str>,
    /// What it is called in its address and in old ones.
    pub addresses: Vec<String>,
    pub description: Option<&'a str>,
}

/// Counts the words of pages. The tallies are in their order.
pub fn tally<'a>(pages: impl Iterator<Item = (About<'a>, &'a Extract)>) -> Vec<Tally> {
    let mut reader = Reader::default();
    let read: Vec<_> = pages
        .map(|(about, extract)| reader.page(&about, extract))
        .collect();
    let batch = Arc::new(reader.batch());
    let tallies = read
        .into_iter()
        .map(|(entries, length, title_length)| Tally {
            batch: Arc::clone(&batch),
            entries,
            length,
            title_length,
        });
    tallies.collect()
}

#[derive(Default)]
struct Reader {
    words: Vec<Box<str>>,
    short: HashMap<Short, Known, FixedState>,
    long: HashMap<Box<str>, Known, FixedState>,
    entries: Vec<(u32, Counts)>,
}

/// A word that has been met.
struct Known {
    number: u32,
    /// One more than where its last entry is.
    last: u32,
}

impl Reader {
    /// Where the entries of a page are, and the words of its text and of its title.
    fn page(&mut self, about: &About<'_>, extract: &Extract) -> (Range<usize>, u32, u32) {
        let start = self.entries.len();
        let none = Counts::default();
        let in_title = Counts { title: 1, ..none };
        let in_headings = Counts {
            headings: 1,
            ..none
        };
        let in_keys = Counts { keys: 1, ..none };
        let in_addresses = Counts {
            addresses: 1,
            ..none
        };
        let in_text = Counts { text: 1, ..none };
        let mut count = |text: &str, one: Counts| self.count(start, text, one);
        let title_length = count(about.title, in_title);
        let mut length = 0;
        for section in &extract.sections {
            count(&section.heading, in_headings);
            length += count(&section.text, in_text);
        }
        if let Some(text) = about.description {
            length += count(text, in_text);
        }
        count(&extract.terms, in_keys);
        for key in &about.keys {
            count(key, in_keys);
        }
        for address in &about.addresses {
            count(address, in_addresses);
        }
        (start..self.entries.len(), length, title_length)
    }

    /// Counts the words of a text of the page whose entries begin at `start`. Gives how many there are.
    fn count(&mut self, start: usize, text: &str, one: Counts) -> u32 {
        let mut length = 0;
        words::each(text, &mut |_, word, kind| {
            length += u32::from(matches!(kind, words::Kind::Word | words::Kind::Gram));
            let entries = narrow(self.entries.len());
            let known = match word {
                Fold::Short(short) => self.short.get_mut(&short),
                Fold::Long(word) => self.long.get_mut(word),
            };
            let Some(known) = known else {
                let number = narrow(self.words.len());
                let known = Known {
                    number,
                    last: entries + 1,
                };
                match word {
                    Fold::Short(short) => self.short.insert(short, known),
                    Fold::Long(word) => self.long.insert(word.into(), known),
                };
                self.words.push(word.as_str().into());
                self.entries.push((number, one));
                return;
            };
            if known.last as usize > start {
                self.entries[known.last as usize - 1].1.add(one);
            } else {
                self.entries.push((known.number, one));
                known.last = entries + 1;
            }
        });
        length
    }

    fn batch(self) -> Batch {
        Batch {
            words: self.words.into_boxed_slice(),
            entries: self.entries.into_boxed_slice(),
        }
    }
}

/// Words, terms and pages are counted in four bytes: four thousand million of any are more than there is memory for.
pub fn narrow(count: usize) -> u32 {
    u32::try_from(count).expect("fewer than fit into memory")
}
