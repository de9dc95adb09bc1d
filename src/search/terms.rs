//! The words of all pages as terms: which stem says how much about which page. How much is worked out here, so that who asks only
//! adds.

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use crate::search::coded::{HEAVIEST, coded};
use crate::search::index::Page;
use crate::search::tally::{Counts, Tally, narrow};
use crate::search::vocabulary::Vocabulary;

/// A term tells at once of no more pages than this, those it says most about. The others are told when they are needed.
const FIRST: usize = 1500;

/// So many terms are weighed without looking whether somebody else has nothing to do.
const FEW: usize = 128;

/// Words with one stem, and the pages they stand on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub stem: String,
    /// As they stand in the pages: folded, sorted, with spaces between.
    pub surfaces: String,
    /// What one unit of weight is worth.
    pub scale: u32,
    /// On how many pages it stands.
    pub pages: usize,
    /// Pages and weights, coded.
    pub first: String,
    pub rest: String,
}

impl Term {
    pub fn surfaces(&self) -> impl Iterator<Item = &str> {
        self.surfaces.split(' ')
    }
}

/// All terms, sorted by stem.
pub fn terms(pages: &[Page], vocabulary: &Vocabulary<'_>) -> Vec<Term> {
    let count = vocabulary.stem_count();
    let stems = vocabulary.stems_by_batch();
    let (size, parts) = vocabulary.parts();
    let parts = pages.par_chunks(size).zip(parts).enumerate();
    // In the order of the pages, however many parts there are.
    let parts: Vec<Postings> = parts
        .map(|(at, (pages, part))| {
            let room = (0..count).map(|stem| part.count(stem));
            let stems = part.batches.iter().map(|batch| stems[*batch].as_slice());
            Postings::of(pages.iter().zip(stems), at * size, room)
        })
        .collect();
    let measure = Measure::of(pages);
    let of_stem = |bench: &mut Workbench, stem: usize| {
        bench.postings.clear();
        for part in &parts {
            bench.postings.extend_from_slice(part.of_stem(stem));
        }
        if bench.postings.is_empty() {
            // Pages that said so have gone.
            return None;
        }
        let (stem, surfaces) = (vocabulary.stem(stem), vocabulary.surfaces(stem));
        Some(measure.term(stem.to_owned(), surfaces, bench))
    };
    let stems = (0..count).into_par_iter().with_max_len(FEW);
    // Each is put where it belongs; so many unequal pieces would have to be moved together.
    let terms: Vec<Option<Term>> = stems.map_init(Workbench::default, of_stem).collect();
    terms.into_iter().flatten().collect()
}

/// The pages that a term stands on, and how.
type Posting = (u32, Counts);

/// Where one term is weighed after the other.
#[derive(Default)]
struct Workbench {
    postings: Vec<Posting>,
    worths: Vec<f64>,
    weighed: Weighed,
}

/// The postings of some pages, by stem.
struct Postings {
    all: Vec<Posting>,
    /// For each stem where its postings are.
    places: Vec<Range<u32>>,
}

impl Postings {
    /// Of pages that follow each other, the first of which has the number `first`, with the stems of their batches' words. There
    /// is room for so many postings of each stem.
    fn of<'p>(
        pages: impl Iterator<Item = (&'p Page, &'p [u32])>,
        first: usize,
        room: impl Iterator<Item = u32>,
    ) -> Postings {
        let mut end = 0;
        let mut places: Vec<Range<u32>> = Vec::with_capacity(room.size_hint().0);
        for room in room {
            places.push(end..end);
            end += room;
        }
        let mut all = vec![Posting::default(); end as usize];
        for ((page, stems), at) in pages.zip(first..) {
            let at = narrow(at);
            for (word, counts) in page.tally.entries() {
                let place = &mut places[stems[*word as usize] as usize];
                // Words of one stem are one term.
                if place.end > place.start && all[place.end as usize - 1].0 == at {
                    all[place.end as usize - 1].1.add(*counts);
                } else {
                    all[place.end as usize] = (at, *counts);
                    place.end += 1;
                }
            }
        }
        Postings { all, places }
    }

    fn of_stem(&self, stem: usize) -> &[Posting] {
        let place = &self.places[stem];
        &self.all[place.start as usize..place.end as usize]
    }
}

/// What the weight of a word depends on beside itself.
struct Measure {
    /// For each page, how little a word more says of it.
    dampers: Vec<f64>,
    /// For each page, how little a word says in its title.
    title_dampers: Vec<f64>,
    /// For each number of pages, how much a word says that stands on as many.
    rarities: Vec<f64>,
}

impl Measure {
    fn of(pages: &[Page]) -> Measure {
        // Against the length of the others.
        let dampers = |of: fn(&Tally) -> u32, damper: fn(f64) -> f64| {
            let lengths = || pages.iter().map(|page| of(&page.tally));
            let sum: u64 = lengths().map(u64::from).sum();
            let mean = (float(sum) / float(pages.len().max(1))).max(1.0);
            lengths()
                .map(|length| damper(float(length) / mean))
                .collect()
        };
        let all = float(pages.len());
        let rarity = |with: f64| ln(1.0 + (all - with + 0.5) / (with + 0.5));
        Measure {
            dampers: dampers(|tally| tally.length, |long| 1.2 * (0.4 + 0.6 * long)),
            title_dampers: dampers(|tally| tally.title_length, |long| 0.6 + 0.4 * long),
            rarities: (0..=pages.len()).map(|with| rarity(float(with))).collect(),
        }
    }

    fn term(&self, stem: String, surfaces: String, bench: &mut Workbench) -> Term {
        let Workbench {
            postings,
            worths,
            weighed,
        } = bench;
        let (mut titles, mut headings, mut keys) = (0, 0, 0);
        for (_, counts) in postings.iter() {
            titles += usize::from(counts.in_title());
            headings += usize::from(counts.headings > 0);
            keys += usize::from(counts.in_keys());
        }
        let anywhere = self.rarities[postings.len()];
        let in_titles = self.rarities[titles];
        let in_headings = self.rarities[headings];
        let in_keys = self.rarities[keys];
        let worth = |(page, counts): &Posting| {
            let page = *page as usize;
            let times = f64::from(counts.text);
            let mut worth = anywhere * times * 2.2 / (times + self.dampers[page]);
            if counts.in_title() {
                worth += 6.0 * in_titles / self.title_dampers[page];
            }
            if counts.in_keys() {
                worth += 2.5 * in_keys;
            }
            if counts.in_addresses() {
                worth += 0.5 * anywhere;
            }
            if counts.headings > 0 {
                let headings = f64::from(counts.headings);
                worth += 1.8 * in_headings * headings / (headings + 0.5);
            }
            worth
        };
        worths.clear();
        worths.extend(postings.iter().map(worth));
        let most = worths.iter().copied().fold(0.0, f64::max);
        let heaviest = f64::from(HEAVIEST);
        let scale = (most * 1000.0 / heaviest).ceil().max(1.0);
        let unit = 1000.0 / scale;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and 51"
        )]
        let weight = |worth: f64| (worth * unit + 0.5).clamp(1.0, heaviest) as u8;
        let pages = postings.iter().map(|(page, _)| *page);
        weighed.clear();
        weighed.extend(pages.zip(worths.iter().map(|worth| weight(*worth))));
        let (first, rest) = heaviest_first(weighed);
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
            first: coded(&first),
            rest: coded(&rest),
        }
    }
}

/// Pages and weights, in the order of the pages.
type Weighed = Vec<(u32, u8)>;

/// The heaviest postings and the rest. Of those that weigh the same, the first ones.
fn heaviest_first(postings: &[(u32, u8)]) -> (Cow<'_, [(u32, u8)]>, Weighed) {
    if postings.len() <= FIRST {
        return (Cow::Borrowed(postings), Weighed::new());
    }
    let mut counts = [0; HEAVIEST as usize + 1];
    for (_, weight) in postings {
        counts[usize::from(*weight)] += 1;
    }
    // All that weigh more than the lightest of the first, and as many of its weight as there is room for.
    let mut room = FIRST;
    let mut lightest = counts.len() - 1;
    while counts[lightest] <= room {
        room -= counts[lightest];
        lightest -= 1;
    }
    let (first, rest): (Weighed, Weighed) = postings.iter().partition(|(_, weight)| {
        let weight = usize::from(*weight);
        let is_last = weight == lightest && room > 0;
        room -= usize::from(is_last);
        weight > lightest || is_last
    });
    (Cow::Owned(first), rest)
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::{FIRST, Term, heaviest_first, terms};
    use crate::search::extract::{Extract, Section};
    use crate::search::index::Page;
    use crate::search::stem::Stems;
    use crate::search::tally::{About, Reader, Tally};
    use crate::search::vocabulary::Vocabulary;

    /// Pages by their texts, with headings, read some at a time by readers of which the first one takes over what all others read.
    fn pages(texts: &[String], together: usize) -> Vec<Page> {
        let readers = texts.chunks(together).map(reader);
        let reader = readers.reduce(|mut first, other| {
            first.join(other);
            first
        });
        with_tallies(texts, reader.unwrap_or_default())
    }

    /// The same, but each reader has its own pages.
    fn pages_apart(texts: &[String], together: usize) -> Vec<Page> {
        let readers = texts.chunks(together).map(|texts| (texts, reader(texts)));
        readers
            .flat_map(|(texts, reader)| with_tallies(texts, reader))
            .collect()
    }

    fn reader(texts: &[String]) -> Reader {
        let mut reader = Reader::default();
        for text in texts {
            let about = About {
                title: text.split(' ').next().unwrap_or_default(),
                ..About::default()
            };
            reader.read(&about, &extract(text));
        }
        reader
    }

    fn with_tallies(texts: &[String], reader: Reader) -> Vec<Page> {
        let pages = reader.finish().into_iter().zip(texts);
        let page = |(tally, text): (Tally, &String)| Page {
            url: String::new(),
            title: String::new(),
            trail: String::new(),
            section: 0,
            extract: Arc::new(extract(text)),
            tally,
        };
        pages.map(page).collect()
    }

    fn extract(text: &str) -> Extract {
        let section = Section {
            heading: text.split(' ').next_back().unwrap_or_default().to_owned(),
            text: text.to_owned(),
            ..Section::default()
        };
        Extract {
            sections: vec![section],
            terms: String::new(),
        }
    }

    fn all(pages: &[Page]) -> Vec<Term> {
        terms(pages, &Vocabulary::of(pages, &Stems::of("en")))
    }

    proptest! {
        #[test]
        fn what_pages_were_read_with_does_not_show(
            texts in prop::collection::vec("([a-c]{1,2}(ing|s)?|incomprehensibility) ([a-c]{1,2} ){0,9}", 0..12),
            together in 1_usize..5,
        ) {
            let at_once = pages(&texts, usize::MAX);
            prop_assert_eq!(all(&pages(&texts, together)), all(&at_once));
            prop_assert_eq!(all(&pages_apart(&texts, together)), all(&at_once));
            // A page that has gone leaves nothing behind, whatever it was read with.
            if let [rest @ .., _] = texts.as_slice() {
                let mut without = at_once;
                without.pop();
                prop_assert_eq!(all(&without), all(&pages(rest, usize::MAX)));
            }
        }

        #[test]
        fn of_many_pages_the_heaviest_are_told_first(weights in prop::collection::vec(1_u8..=51, 0..2 * FIRST), shift in 0_u8..51) {
            // Many of one weight, so that the border lies among them.
            let postings: Vec<(u32, u8)> = (0..).zip(weights.iter().map(|weight| (*weight).max(shift + 1))).collect();
            let mut expected = postings.clone();
            expected.sort_by_key(|(page, weight)| (u8::MAX - weight, *page));
            let mut rest = expected.split_off(FIRST.min(expected.len()));
            expected.sort_unstable();
            rest.sort_unstable();
            prop_assert_eq!(heaviest_first(&postings), (expected.into(), rest));
        }
    }

    #[test]
    fn the_forms_of_a_word_are_one_term_however_often_they_stand() {
        let texts = [format!(
            "{}{}",
            "policy ".repeat(70_000),
            "policies ".repeat(300)
        )];
        let terms = all(&pages(&texts, 1));
        let [term] = terms.as_slice() else {
            panic!("{terms:?}");
        };
        assert_eq!(term.surfaces, "policies policy");
        assert_eq!((term.stem.as_str(), term.pages), ("polici", 1));
        assert_eq!(all(&[]), []);
    }
}
