//! All pages in one index: which word says how much about which page. How much is worked out here, so that who asks only adds.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use crate::search::extract::Extract;
use crate::search::stem::{self, Stems};
use crate::search::tally::{Counts, Tally};
use crate::search::words::is_cjk;

/// A term tells at once of no more pages than this, those it says most about. The others are told when they are needed.
pub const FIRST: usize = 1500;
/// The most that a term can say of a page, in its own scale.
pub const HEAVIEST: u32 = 51;

/// Words shorter than this are not corrected, nor corrected to.
pub const SHORTEST: usize = 4;
const LONGEST: usize = 20;
/// Sites of fewer pages say few words twice, so every word is worth correcting to.
const SMALL_SITE: usize = 200;

/// How many bytes files are to have, before they are compressed.
const SHARD: usize = 24 * 1024;
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
    /// Decoded, from the site's root.
    pub url: String,
    pub title: String,
    /// The titles above it: `Company › People`.
    pub trail: String,
    /// The index of its section in the settings.
    pub section: usize,
    pub extract: Arc<Extract>,
    pub tally: Arc<Tally>,
}

/// Words with one stem, and the pages they stand on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub stem: String,
    /// As they stand in the pages, folded and sorted.
    pub surfaces: Vec<String>,
    /// What one unit of weight is worth.
    pub scale: u32,
    /// On how many pages it stands.
    pub pages: usize,
    /// Pages and weights, in the order of the pages.
    pub first: Vec<(u32, u8)>,
    pub rest: Vec<(u32, u8)>,
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
    /// Makes the index of pages. The same pages give the same index, whatever the number of threads.
    pub fn new(pages: Vec<Page>, settings: Settings) -> Index {
        let surfaces = surfaces(&pages);
        let spelling = spelling(&surfaces, pages.len());
        let terms = terms(&pages, surfaces, &Stems::of(&settings.language));
        Index {
            shards: shards(&terms),
            packs: packs(&pages),
            words: lengths(spelling),
            settings,
            pages,
            terms,
        }
    }

    pub fn page_count(&self) -> usize {
        self.pages.len()
    }
}

/// The pages that a word stands on, and how.
type Postings = Vec<(u32, Counts)>;

/// The words of some pages, with those that they stand on.
type Gathered<'a> = HashMap<&'a str, Postings, FixedState>;

/// All words of the site, sorted, with the pages that they stand on in order.
fn surfaces(pages: &[Page]) -> Vec<(&str, Postings)> {
    let size = pages
        .len()
        .div_ceil(rayon::current_num_threads() * 2)
        .max(1);
    let parts: Vec<Gathered<'_>> = pages
        .par_chunks(size)
        .enumerate()
        .map(|(at, chunk)| {
            let mut words = Gathered::default();
            for (page, number) in chunk.iter().zip(at * size..) {
                let number = u32::try_from(number).unwrap_or(u32::MAX);
                for (word, counts) in page.tally.iter() {
                    words.entry(word).or_default().push((number, counts));
                }
            }
            words
        })
        .collect();
    // In the order of the pages, however many threads there were.
    let all = parts.into_iter().reduce(|mut all, part| {
        for (word, postings) in part {
            all.entry(word).or_default().extend(postings);
        }
        all
    });
    let mut all: Vec<(&str, Postings)> = all.unwrap_or_default().into_iter().collect();
    all.par_sort_unstable_by(|a, b| a.0.cmp(b.0));
    all
}

/// The words that a slip may have been meant for: such as stand on two pages, or where somebody chose them with care.
fn spelling(surfaces: &[(&str, Postings)], pages: usize) -> Vec<String> {
    let is_worth = |(word, postings): &&(&str, Postings)| {
        let known = pages < SMALL_SITE
            || postings.len() > 1
            || postings
                .iter()
                .any(|(_, counts)| counts.title > 0 || counts.headings > 0 || counts.keys > 0);
        known
            && (SHORTEST..=LONGEST).contains(&word.chars().count())
            && word.chars().all(|c| c.is_alphabetic() && !is_cjk(c))
    };
    let worth = surfaces.iter().filter(is_worth);
    worth.map(|(word, _)| (*word).to_owned()).collect()
}

/// Words of one stem, each with its pages.
type Words<'a> = Vec<(&'a str, Postings)>;

fn terms(pages: &[Page], surfaces: Vec<(&str, Postings)>, stems: &Stems) -> Vec<Term> {
    let mut stemmed: Vec<_> = surfaces
        .into_par_iter()
        .map(|(word, postings)| (stems.stem(word), word, postings))
        .collect();
    stemmed.par_sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    let mut groups: Vec<(Cow<'_, str>, Words<'_>)> = Vec::new();
    for (stem, word, postings) in stemmed {
        match groups.last_mut() {
            Some((last, words)) if *last == stem => words.push((word, postings)),
            _ => groups.push((stem, vec![(word, postings)])),
        }
    }
    let measure = Measure::of(pages);
    groups
        .into_par_iter()
        .map(|(stem, words)| {
            let surfaces = words.iter().map(|(word, _)| (*word).to_owned()).collect();
            let postings = together(words.into_iter().map(|(_, postings)| postings));
            measure.term(stem.into_owned(), surfaces, &postings)
        })
        .collect()
}

/// The postings of several words as those of one.
fn together(mut words: impl Iterator<Item = Postings>) -> Postings {
    let mut all = words.next().unwrap_or_default();
    let alone = all.len();
    all.extend(words.flatten());
    if all.len() > alone {
        all.sort_by_key(|(page, _)| *page);
        all.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1.add(next.1);
            }
            same
        });
    }
    all
}

/// What the weight of a word depends on beside itself.
struct Measure<'a> {
    pages: &'a [Page],
    /// Words of a page, and of a title, on average.
    length: f64,
    title_length: f64,
}

impl<'a> Measure<'a> {
    fn of(pages: &'a [Page]) -> Measure<'a> {
        let mean = |of: fn(&Tally) -> u32| {
            let sum: u64 = pages.iter().map(|page| u64::from(of(&page.tally))).sum();
            (float(sum) / float(pages.len().max(1))).max(1.0)
        };
        Measure {
            pages,
            length: mean(|tally| tally.length),
            title_length: mean(|tally| tally.title_length),
        }
    }

    fn term(&self, stem: String, surfaces: Vec<String>, postings: &Postings) -> Term {
        let rarity = |has: fn(&Counts) -> bool| {
            let with = float(postings.iter().filter(|(_, counts)| has(counts)).count());
            let all = float(self.pages.len());
            ln(1.0 + (all - with + 0.5) / (with + 0.5))
        };
        let anywhere = rarity(|_| true);
        let in_titles = rarity(|counts| counts.title > 0);
        let in_headings = rarity(|counts| counts.headings > 0);
        let in_keys = rarity(|counts| counts.keys > 0);
        let worth = |(page, counts): &(u32, Counts)| {
            let tally = &self.pages[*page as usize].tally;
            let times = f64::from(counts.text);
            let long = float(tally.length) / self.length;
            let mut worth = anywhere * times * 2.2 / (times + 1.2 * (0.4 + 0.6 * long));
            if counts.title > 0 {
                let long = float(tally.title_length) / self.title_length;
                worth += 4.0 * in_titles / (0.6 + 0.4 * long);
            }
            if counts.keys > 0 {
                worth += 2.5 * in_keys;
            }
            if counts.addresses > 0 {
                worth += 0.5 * anywhere;
            }
            let headings = f64::from(counts.headings);
            worth + 1.8 * in_headings * headings / (headings + 0.5)
        };
        let worths: Vec<f64> = postings.iter().map(worth).collect();
        let most = worths.iter().copied().fold(0.0, f64::max);
        let scale = (most * 1000.0 / f64::from(HEAVIEST)).ceil().max(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and 51, and a scale of some thousands at most"
        )]
        let weighed: Vec<(u32, u8)> = postings
            .iter()
            .zip(&worths)
            .map(|((page, _), worth)| {
                (
                    *page,
                    (worth * 1000.0 / scale)
                        .round()
                        .clamp(1.0, f64::from(HEAVIEST)) as u8,
                )
            })
            .collect();
        let (first, rest) = heaviest(weighed);
        Term {
            stem,
            surfaces,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a positive number of some thousands at most"
            )]
            scale: scale as u32,
            pages: postings.len(),
            first,
            rest,
        }
    }
}

/// Pages and weights.
type Weighed = Vec<(u32, u8)>;

/// The heaviest postings and the rest, both in the order of the pages.
fn heaviest(postings: Weighed) -> (Weighed, Weighed) {
    if postings.len() <= FIRST {
        return (postings, Vec::new());
    }
    let mut by_weight = postings;
    by_weight.sort_by_key(|(page, weight)| (u8::MAX - weight, *page));
    let mut rest = by_weight.split_off(FIRST);
    by_weight.sort_unstable_by_key(|(page, _)| *page);
    rest.sort_unstable_by_key(|(page, _)| *page);
    (by_weight, rest)
}

/// Where shards begin: a key lies in one of them whole.
fn shards(terms: &[Term]) -> Vec<usize> {
    let weight = |term: &Term| {
        let words: usize = term.surfaces.iter().map(|word| word.len() + 1).sum();
        term.stem.len() + words + term.first.len() * 2 + 20
    };
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

/// The natural logarithm by arithmetic alone, which comes out the same on every machine; a library's need not.
fn ln(x: f64) -> f64 {
    let exponent = ((x.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    let mantissa = f64::from_bits(x.to_bits() & ((1 << 52) - 1) | 1023 << 52);
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    let (mut sum, mut power) = (0.0, z);
    for odd in 0..14_u32 {
        sum += power / f64::from(2 * odd + 1);
        power *= z * z;
    }
    f64::from(exponent) * std::f64::consts::LN_2 + 2.0 * sum
}

/// A count as a number to reckon with.
fn float(count: impl TryInto<u32>) -> f64 {
    f64::from(count.try_into().unwrap_or(u32::MAX))
}
