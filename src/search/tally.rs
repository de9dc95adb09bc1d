//! How often each word stands in which part of a page. Pages that one reader has read share the words that they have in common. What
//! was read of a page is kept while the page stays as it is.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::search::extract::Extract;
use crate::search::fold::{Fold, Short};
use crate::search::words;

/// So many words are read off a text before they are looked up. A look-up waits for memory, but not for another.
const HELD: usize = 64;

/// So many short words are met in a usual handbook. A reader has room for them from the start, 400 KB, and does not move them over and over.
const USUAL: usize = 14 * 1024;

/// How often a word stands in the parts of a page. There is one for every word of every page, so it is small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub text: u16,
    pub headings: u8,
    elsewhere: u8,
}

impl Counts {
    const IN_TEXT: Counts = Counts::one(1, 0, 0);
    const IN_HEADINGS: Counts = Counts::one(0, 1, 0);
    const IN_TITLE: Counts = Counts::one(0, 0, 1);
    /// In keywords, tags and the terms that the page defines.
    const IN_KEYS: Counts = Counts::one(0, 0, 2);
    /// In its addresses, which say less than a title: pages move, and names stay.
    const IN_ADDRESSES: Counts = Counts::one(0, 0, 4);

    const fn one(text: u16, headings: u8, elsewhere: u8) -> Counts {
        Counts {
            text,
            headings,
            elsewhere,
        }
    }

    pub fn add(&mut self, other: Counts) {
        self.text = self.text.saturating_add(other.text);
        self.headings = self.headings.saturating_add(other.headings);
        self.elsewhere |= other.elsewhere;
    }

    fn is(self, place: Counts) -> bool {
        self.elsewhere & place.elsewhere != 0
    }

    pub fn in_title(self) -> bool {
        self.is(Counts::IN_TITLE)
    }

    pub fn in_keys(self) -> bool {
        self.is(Counts::IN_KEYS)
    }

    pub fn in_addresses(self) -> bool {
        self.is(Counts::IN_ADDRESSES)
    }
}

/// Pages that one reader has read.
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

/// Reads one page after the other.
#[derive(Debug)]
pub struct Reader {
    words: Vec<Box<str>>,
    short: HashMap<Short, Known, FixedState>,
    long: HashMap<Box<str>, Known, FixedState>,
    entries: Vec<(u32, Counts)>,
    pages: Vec<Place>,
}

/// Where the entries of a page are, and the words of its text and of its title.
#[derive(Debug)]
struct Place {
    entries: Range<usize>,
    length: u32,
    title_length: u32,
}

/// A word that has been met.
#[derive(Debug)]
struct Known {
    number: u32,
    /// One more than where the last entry is that this reader itself made for it.
    last: u32,
}

impl Default for Reader {
    fn default() -> Reader {
        Reader {
            words: Vec::new(),
            short: HashMap::with_capacity_and_hasher(USUAL, FixedState::default()),
            long: HashMap::default(),
            entries: Vec::new(),
            pages: Vec::new(),
        }
    }
}

impl Reader {
    /// Counts the words of a page.
    pub fn read(&mut self, about: &About<'_>, extract: &Extract) {
        let start = self.entries.len();
        let mut count = |text: &str, one: Counts| self.count(start, text, one);
        let title_length = count(about.title, Counts::IN_TITLE);
        let mut length = 0;
        for section in &extract.sections {
            count(&section.heading, Counts::IN_HEADINGS);
            length += count(&section.text, Counts::IN_TEXT);
        }
        if let Some(text) = about.description {
            length += count(text, Counts::IN_TEXT);
        }
        count(&extract.terms, Counts::IN_KEYS);
        for key in &about.keys {
            count(key, Counts::IN_KEYS);
        }
        for address in &about.addresses {
            count(address, Counts::IN_ADDRESSES);
        }
        self.pages.push(Place {
            entries: start..self.entries.len(),
            length,
            title_length,
        });
    }

    /// Takes over what another reader has read, behind what this one has: what is to be known of a word is found out once.
    pub fn join(&mut self, other: Reader) {
        let words = other.words.into_iter();
        let numbers: Vec<u32> = words.map(|word| self.number(word)).collect();
        let start = self.entries.len();
        let entries = other.entries.iter();
        self.entries
            .extend(entries.map(|(word, counts)| (numbers[*word as usize], *counts)));
        self.pages.extend(other.pages.into_iter().map(|page| Place {
            entries: page.entries.start + start..page.entries.end + start,
            ..page
        }));
    }

    /// The number of a word, which is new if it has not been met.
    fn number(&mut self, word: Box<str>) -> u32 {
        let new = narrow(self.words.len());
        let known = Known {
            number: new,
            last: 0,
        };
        let known = match Fold::of(&word) {
            Fold::Short(short) => self.short.entry(short).or_insert(known),
            Fold::Long(long) => self.long.entry(long.into()).or_insert(known),
        };
        let number = known.number;
        if number == new {
            self.words.push(word);
        }
        number
    }

    /// The words of the pages, in the order in which they were read.
    pub fn finish(self) -> Vec<Tally> {
        let batch = Arc::new(Batch {
            words: self.words.into_boxed_slice(),
            entries: self.entries.into_boxed_slice(),
        });
        let tally = |page: Place| Tally {
            batch: Arc::clone(&batch),
            entries: page.entries,
            length: page.length,
            title_length: page.title_length,
        };
        self.pages.into_iter().map(tally).collect()
    }

    /// Counts the words of a text of the page whose entries begin at `start`. Gives how many there are.
    fn count(&mut self, start: usize, text: &str, one: Counts) -> u32 {
        let mut length = 0;
        let mut held = [Short::default(); HELD];
        let mut count = 0;
        words::each(text, &mut |_, word, kind| {
            length += u32::from(matches!(kind, words::Kind::Word | words::Kind::Gram));
            match word {
                Fold::Short(word) => {
                    held[count] = word;
                    count += 1;
                    if count == HELD {
                        self.meet_short(&held, start, one);
                        count = 0;
                    }
                }
                Fold::Long(word) => self.meet_long(word, start, one),
            }
        });
        self.meet_short(&held[..count], start, one);
        length
    }

    // Not inlined, so that this loop is small, and the one that reads words off a text is too.
    #[inline(never)]
    fn meet_short(&mut self, words: &[Short], start: usize, one: Counts) {
        for word in words {
            match self.short.get_mut(word) {
                Some(known) => known.count(&mut self.entries, start, one),
                None => {
                    let known = self.learn(word.as_str(), one);
                    self.short.insert(*word, known);
                }
            }
        }
    }

    #[inline(never)]
    fn meet_long(&mut self, word: &str, start: usize, one: Counts) {
        match self.long.get_mut(word) {
            Some(known) => known.count(&mut self.entries, start, one),
            None => {
                let known = self.learn(word, one);
                self.long.insert(word.into(), known);
            }
        }
    }

    /// Counts a word that has not been met.
    #[cold]
    fn learn(&mut self, word: &str, one: Counts) -> Known {
        let number = narrow(self.words.len());
        self.words.push(word.into());
        self.entries.push((number, one));
        let last = narrow(self.entries.len());
        Known { number, last }
    }
}

impl Known {
    /// Counts it on the page whose entries begin at `start`. Whether the page has it already is true of every second word, so nothing
    /// waits to be told: there is a new entry in any case, which stays if it is needed.
    #[inline]
    fn count(&mut self, entries: &mut Vec<(u32, Counts)>, start: usize, one: Counts) {
        let end = entries.len();
        let is_new = self.last as usize <= start;
        entries.push((self.number, Counts::default()));
        let at = if is_new { end } else { self.last as usize - 1 };
        entries[at].1.add(one);
        self.last = narrow(at + 1);
        entries.truncate(end + usize::from(is_new));
    }
}

/// Words, terms and pages are counted in four bytes: four thousand million of any are more than there is memory for.
pub fn narrow(count: usize) -> u32 {
    u32::try_from(count).expect("fewer than fit into memory")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{About, Counts, Reader};
    use crate::search::extract::{Extract, Section};
    use crate::search::words::tokens;

    proptest! {
        #[test]
        fn every_word_is_counted(
            pages in prop::collection::vec(
                prop::collection::vec("[a-c]{1,2}|team|Time-off|incomprehensibleness|休暇", 0..200),
                1..5,
            ),
            joined in 0_usize..5,
        ) {
            let texts: Vec<String> = pages.iter().map(|words| words.join(" ")).collect();
            let mut readers = [Reader::default(), Reader::default()];
            for (at, text) in texts.iter().enumerate() {
                let extract = Extract {
                    sections: vec![Section { text: text.clone(), ..Section::default() }],
                    terms: String::new(),
                };
                let about = About { title: "team", ..About::default() };
                readers[usize::from(at >= joined)].read(&about, &extract);
            }
            let [mut reader, other] = readers;
            reader.join(other);
            for (tally, text) in reader.finish().iter().zip(&texts) {
                let mut expected = BTreeMap::from([("team".to_owned(), Counts::IN_TITLE)]);
                for token in tokens(text) {
                    expected.entry(token.fold).or_default().add(Counts::IN_TEXT);
                }
                let found = tally.entries().iter();
                let found = found.map(|(word, counts)| {
                    (tally.batch.words[*word as usize].to_string(), *counts)
                });
                prop_assert_eq!(tally.entries().len(), expected.len());
                prop_assert_eq!(found.collect::<BTreeMap<_, _>>(), expected);
            }
        }
    }
}
