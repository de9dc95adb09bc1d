//! All pages in one index, cut into the pieces that are fetched one by one.

use std::sync::Arc;

use crate::search::extract::Extract;
use crate::search::stem::{self, Stems};
use crate::search::tally::Tally;
use crate::search::terms::{Term, terms};
use crate::search::vocabulary::{Standing, Vocabulary};
use crate::search::words::is_cjk;

/// Words shorter than this are not corrected, nor corrected to.
pub const SHORTEST: usize = 3;
const LONGEST: usize = 20;
/// Sites of fewer pages say few words twice, so every word is worth correcting to.
const SMALL_SITE: usize = 200;

/// How many bytes files are to have, before they are compressed.
const SHARD: usize = 20 * 1024;
const PACK: usize = 12 * 1024;
const WORDS: usize = 24 * 1024;

/// What of the site's settings search depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    pub language: String,
    /// Groups of words that mean the same.
    pub synonyms: Vec<Vec<String>>,
    /// The names of the sidebars.
    pub sections: Vec<String>,
}

/// A page to be found.
#[derive(Clone, Debug)]
pub struct Page {
    /// As it stands in a link from the site's root.
    pub url: String,
    pub title: String,
    /// The titles above it: `Company › People`.
    pub trail: String,
    /// The index of its section in the settings.
    pub section: usize,
    pub extract: Arc<Extract>,
    pub tally: Tally,
}

/// The index of a site.
#[derive(Clone, Debug)]
pub struct Index {
    pub(super) settings: Settings,
    pub(super) pages: Vec<Page>,
    /// Sorted by stem.
    pub(super) terms: Vec<Term>,
    /// Where in the terms each shard begins, and where the last one ends.
    pub(super) shards: Vec<usize>,
    /// Where in the pages each pack begins, and where the last one ends.
    pub(super) packs: Vec<usize>,
    /// Words worth correcting to, by length: from, to, and the words, sorted.
    pub(super) words: Vec<(usize, usize, Vec<String>)>,
}

impl Index {
    /// Makes the index of pages. The same pages give the same index, whatever they were read with and the number of threads.
    pub fn new(pages: Vec<Page>, settings: Settings) -> Index {
        let vocabulary = Vocabulary::of(&pages, &Stems::of(&settings.language));
        let (terms, (words, packs)) = rayon::join(
            || terms(&pages, &vocabulary),
            || (lengths(spelling(&vocabulary, pages.len())), packs(&pages)),
        );
        Index {
            shards: shards(&terms),
            packs,
            words,
            settings,
            pages,
            terms,
        }
    }

    pub fn page_count(&self) -> usize {
        self.pages.len()
    }
}

/// The words that a slip may have been meant for: such as stand on two pages, or where somebody chose them with care.
fn spelling(vocabulary: &Vocabulary<'_>, pages: usize) -> Vec<String> {
    let is_worth = |(word, standing): &(&str, Standing)| {
        (pages < SMALL_SITE || standing.pages > 1 || standing.is_chosen)
            && (SHORTEST..=LONGEST).contains(&word.chars().count())
            && word.chars().all(|c| c.is_alphabetic() && !is_cjk(c))
    };
    let worth = vocabulary.iter().filter(is_worth);
    worth.map(|(word, _)| word.to_owned()).collect()
}

/// Where shards begin: a key lies in one of them whole.
fn shards(terms: &[Term]) -> Vec<usize> {
    let weight = |term: &Term| term.surfaces.len() + term.first.len() + 20;
    let mut starts = vec![0];
    let mut size = 0;
    let mut at = 0;
    for group in terms.chunk_by(|a, b| stem::key(&a.stem) == stem::key(&b.stem)) {
        let more: usize = group.iter().map(weight).sum();
        if size > 0 && size + more > SHARD {
            starts.push(at);
            size = 0;
        }
        size += more;
        at += group.len();
    }
    starts.push(at);
    starts
}

fn packs(pages: &[Page]) -> Vec<usize> {
    let mut starts = vec![0];
    let mut size = 0;
    for (at, page) in pages.iter().enumerate() {
        let sections = page.extract.sections.iter();
        let more = sections
            .map(|s| s.text.len() + s.heading.len() + 20)
            .sum::<usize>()
            + 100;
        if size > 0 && size + more > PACK {
            starts.push(at);
            size = 0;
        }
        size += more;
    }
    starts.push(pages.len());
    starts
}

fn lengths(words: Vec<String>) -> Vec<(usize, usize, Vec<String>)> {
    let mut by_length: Vec<Vec<String>> = vec![Vec::new(); LONGEST + 1];
    for word in words {
        let length = word.chars().count();
        by_length[length].push(word);
    }
    let mut files: Vec<(usize, usize, Vec<String>)> = Vec::new();
    let mut size = 0;
    for (length, words) in by_length.into_iter().enumerate() {
        let more: usize = words.iter().map(|word| word.len() + 1).sum();
        match files.last_mut() {
            Some((_, to, known)) if size + more <= WORDS => {
                *to = length;
                known.extend(words);
                size += more;
            }
            _ if words.is_empty() => {}
            _ => {
                files.push((length, length, words));
                size = more;
            }
        }
    }
    for (_, _, words) in &mut files {
        words.sort_unstable();
    }
    files
}
