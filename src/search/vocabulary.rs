//! All words of the site and how they stand on it, numbered by their stems. Pages that were read together share the numbers that their
//! reader gave, which are brought together here.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use crate::search::index::Page;
use crate::search::stem::Stems;
use crate::search::tally::{Batch, narrow};

/// All words of the site. Their numbers are in the order of their stems, and for words of one stem in their own.
pub struct Vocabulary<'a> {
    all: Vec<&'a str>,
    stems: Vec<Cow<'a, str>>,
    /// For each stem the number of its first word, and last how many words there are.
    starts: Vec<u32>,
    standing: Vec<Standing>,
    /// The same by parts of the site.
    parts: Vec<Vec<Standing>>,
    /// For each batch of pages, the numbers here of its own words.
    numbers: Vec<Vec<u32>>,
    /// For each page, its batch.
    batches: Vec<usize>,
}

/// Pages that follow each other.
pub struct Part<'a> {
    vocabulary: &'a Vocabulary<'a>,
    /// For each page, its batch.
    pub batches: &'a [usize],
    standing: &'a [Standing],
}

impl Part<'_> {
    /// On how many pages the words of a stem stand, those with several of them counted for each.
    pub fn count(&self, stem: usize) -> u32 {
        let words = &self.standing[self.vocabulary.of_stem(stem)];
        words.iter().map(|word| word.pages).sum()
    }
}

/// A word of a batch.
struct Met<'a> {
    /// How the stem begins: enough to tell most of them apart.
    start: u64,
    stem: Cow<'a, str>,
    word: &'a str,
    batch: u32,
    /// Its number in the batch.
    number: u32,
}

/// How a word stands on the site.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// On how many pages.
    pub pages: u32,
    /// Whether it is somewhere that somebody chose it with care: a title, a heading, a keyword.
    pub is_chosen: bool,
}

impl<'a> Vocabulary<'a> {
    pub fn of(pages: &'a [Page], stems: &Stems) -> Vocabulary<'a> {
        let mut known: HashMap<*const Batch, usize, FixedState> = HashMap::default();
        let mut read: Vec<&Batch> = Vec::new();
        let mut batches = Vec::with_capacity(pages.len());
        for page in pages {
            let batch = &page.tally.batch;
            batches.push(*known.entry(Arc::as_ptr(batch)).or_insert_with(|| {
                read.push(batch);
                read.len() - 1
            }));
        }
        let mut all = Vocabulary {
            all: Vec::new(),
            stems: Vec::new(),
            starts: Vec::new(),
            standing: Vec::new(),
            parts: Vec::new(),
            numbers: read.iter().map(|read| vec![0; read.words.len()]).collect(),
            batches,
        };
        all.number(met(&read, stems));
        let size = part_size(pages.len());
        let parts = pages.par_chunks(size).zip(all.batches.par_chunks(size));
        let parts = parts.map(|(pages, batches)| all.standing(pages, batches));
        all.parts = parts.collect();
        all.standing = vec![Standing::default(); all.all.len()];
        for part in &all.parts {
            for (all, part) in all.standing.iter_mut().zip(part) {
                all.pages += part.pages;
                all.is_chosen |= part.is_chosen;
            }
        }
        all
    }

    /// Numbers words that are in order, each once.
    fn number(&mut self, met: Vec<Met<'a>>) {
        for met in met {
            if self.stems.last() != Some(&met.stem) {
                self.stems.push(met.stem);
                self.starts.push(narrow(self.all.len()));
                self.all.push(met.word);
            } else if self.all.last() != Some(&met.word) {
                self.all.push(met.word);
            }
            self.numbers[met.batch as usize][met.number as usize] = narrow(self.all.len() - 1);
        }
        self.starts.push(narrow(self.all.len()));
    }

    /// How the words stand on some of the pages.
    fn standing(&self, pages: &[Page], batches: &[usize]) -> Vec<Standing> {
        let mut standing = vec![Standing::default(); self.all.len()];
        for (page, batch) in pages.iter().zip(batches) {
            let numbers = &self.numbers[*batch];
            for (word, counts) in page.tally.entries() {
                let word = &mut standing[numbers[*word as usize] as usize];
                word.pages += 1;
                word.is_chosen |= counts.headings > 0 || counts.in_title() || counts.in_keys();
            }
        }
        standing
    }

    /// The words that stand anywhere, and how.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, Standing)> {
        let all = self.all.iter().copied().zip(self.standing.iter().copied());
        all.filter(|(_, standing)| standing.pages > 0)
    }

    pub fn stem_count(&self) -> usize {
        self.stems.len()
    }

    pub fn stem(&self, stem: usize) -> &str {
        &self.stems[stem]
    }

    /// The words of a stem that stand anywhere, with spaces between.
    pub fn surfaces(&self, stem: usize) -> String {
        let mut surfaces = String::new();
        for word in self.of_stem(stem) {
            if self.standing[word].pages > 0 {
                if !surfaces.is_empty() {
                    surfaces.push(' ');
                }
                surfaces.push_str(self.all[word]);
            }
        }
        surfaces
    }

    /// For each batch the stems of its words.
    pub fn stems_by_batch(&self) -> Vec<Vec<u32>> {
        let mut stem_of = vec![0; self.all.len()];
        for (stem, number) in (0..self.stems.len()).zip(0..) {
            stem_of[self.of_stem(stem)].fill(number);
        }
        let stems =
            |numbers: &Vec<u32>| numbers.iter().map(|word| stem_of[*word as usize]).collect();
        self.numbers.par_iter().map(stems).collect()
    }

    /// The site in parts: how many pages each has but the last, and for each the batches of its pages and how its words stand.
    pub fn parts(&self) -> (usize, Vec<Part<'_>>) {
        let size = part_size(self.batches.len());
        let batches = self.batches.chunks(size);
        let parts = batches.zip(&self.parts).map(|(batches, standing)| Part {
            vocabulary: self,
            batches,
            standing,
        });
        (size, parts.collect())
    }

    /// The numbers of the words of a stem.
    fn of_stem(&self, stem: usize) -> Range<usize> {
        self.starts[stem] as usize..self.starts[stem + 1] as usize
    }
}

/// The words of batches, in the order in which they are numbered.
fn met<'a>(batches: &[&'a Batch], stems: &Stems) -> Vec<Met<'a>> {
    let words = batches.par_iter().enumerate().flat_map(|(batch, read)| {
        let words = read.words.par_iter().enumerate();
        words.map(move |(number, word)| {
            let stem = stems.stem(word);
            let mut start = [0; 8];
            for (to, byte) in start.iter_mut().zip(stem.bytes()) {
                *to = byte;
            }
            Met {
                start: u64::from_be_bytes(start),
                stem,
                word,
                batch: narrow(batch),
                number: narrow(number),
            }
        })
    });
    let mut met: Vec<Met<'_>> = words.collect();
    met.par_sort_unstable_by(|a, b| {
        let start = a.start.cmp(&b.start);
        start.then_with(|| (&a.stem, a.word).cmp(&(&b.stem, b.word)))
    });
    met
}

/// How many pages a part of the site has: some parts for each thread.
fn part_size(pages: usize) -> usize {
    let parts = rayon::current_num_threads() * 2;
    pages.div_ceil(parts).max(1)
}
