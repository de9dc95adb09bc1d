//! The files of an index: a core that says where everything is, and shards of which a reader fetches those that a query needs.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use rayon::prelude::*;
use serde_json::{Value, json};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use crate::search::index::{Index, Page, Term};
use crate::search::stem;

/// Where the files of search lie in the output.
pub const FOLDER: &str = "search";

/// More takes twice as long and saves a twentieth.
const LEVEL: u32 = 4;

/// The first character of a coded weight and of a number's last digit, and of its other digits.
const LAST: u8 = 40;
const OTHER: u8 = 93;

/// The files of an index: what is in each, by path. They are put into words when somebody wants them.
#[derive(Debug)]
pub struct Files {
    parts: BTreeMap<String, Part>,
    /// For each term the name of the file with its rest.
    rests: Vec<Option<String>>,
    core: String,
}

/// What a file holds: a part of the index by its number.
#[derive(Clone, Copy, Debug)]
enum Part {
    Core,
    Shard(usize),
    /// What a term tells of the pages that it says less about.
    Rest(usize),
    Pack(usize),
    Words(usize),
}

impl Files {
    /// Names of files tell what is in them, but for the first that is asked for.
    pub fn of(index: &Index) -> Files {
        let name = |letter: &str, part: Part, rests: &[Option<String>]| {
            let hash = xxh3_64(index.json(part, rests).as_bytes());
            format!("{letter}-{:010x}", hash >> 24)
        };
        let terms = index.terms.par_iter().enumerate();
        let rests: Vec<Option<String>> = terms
            .map(|(at, term)| (!term.rest.is_empty()).then(|| name("m", Part::Rest(at), &[])))
            .collect();
        let names = |letter: &str, count: usize, part: fn(usize) -> Part| -> Vec<String> {
            let numbers = (0..count).into_par_iter();
            numbers.map(|at| name(letter, part(at), &rests)).collect()
        };
        let shards = names("t", index.shards.len() - 1, Part::Shard);
        let packs = (0..index.packs.len() - 1).into_par_iter();
        let packs = packs.map(|at| short(hash(index.pack(at))));
        let packs: Vec<String> = packs.collect();
        let words = names("w", index.words.len(), Part::Words);
        let core = index.core(&shards, &packs, &words).to_string();
        let mut parts = BTreeMap::from([(path("index"), Part::Core)]);
        let mut add = |names: &[String], part: fn(usize) -> Part| {
            parts.extend(
                names
                    .iter()
                    .zip(0..)
                    .map(|(name, at)| (path(name), part(at))),
            );
        };
        add(&shards, Part::Shard);
        let named = packs.iter().enumerate();
        let named: Vec<String> = named.map(|(at, hash)| format!("p{at}-{hash}")).collect();
        add(&named, Part::Pack);
        add(&words, Part::Words);
        let named = rests.iter().zip(0..);
        parts.extend(named.filter_map(|(name, at)| Some((path(name.as_ref()?), Part::Rest(at)))));
        Files { parts, rests, core }
    }

    pub fn paths(&self) -> impl Iterator<Item = &String> {
        self.parts.keys()
    }

    pub fn has(&self, path: &str) -> bool {
        self.parts.contains_key(path)
    }

    /// A file as it is served: compressed, whatever the server does. `index` is the one that the files are of.
    pub fn compressed(&self, index: &Index, path: &str) -> Option<Vec<u8>> {
        Some(match *self.parts.get(path)? {
            Part::Core => compressed(&self.core),
            part => compressed(&index.json(part, &self.rests)),
        })
    }
}

/// What tells a pack from any other: most of the site's text lies in them, so it is not put into words for that.
fn hash(pages: &[Page]) -> u64 {
    let mut hash = Xxh3Default::new();
    let mut add = |text: &str| {
        hash.update(&text.len().to_le_bytes());
        hash.update(text.as_bytes());
    };
    for page in pages {
        let (url, title, trail, sections) = page_parts(page);
        [url, title, trail].into_iter().for_each(&mut add);
        for (anchor, heading, text) in sections {
            [anchor, heading, text].into_iter().for_each(&mut add);
        }
    }
    hash.digest()
}

/// A hash in five characters. There are thousands of packs and every reader is told of each, so their names are their numbers with
/// no more than tells one version of a pack from the next.
fn short(hash: u64) -> String {
    let bits = |at: u32| hash >> (5 * at) & 31;
    let digit = |at: u32| char::from_digit(u32::try_from(bits(at)).unwrap_or_default(), 32);
    (0..5).filter_map(digit).collect()
}

fn path(name: &str) -> String {
    format!("{FOLDER}/{name}.bin")
}

impl Index {
    fn pack(&self, at: usize) -> &[Page] {
        &self.pages[self.packs[at]..self.packs[at + 1]]
    }

    /// A part in words; `rests` are the names of the files with the rest of each term.
    fn json(&self, part: Part, rests: &[Option<String>]) -> String {
        let json = match part {
            Part::Core => Ok(String::new()),
            Part::Shard(at) => {
                let terms = self.shards[at]..self.shards[at + 1];
                let rest = |at: usize| rests.get(at).and_then(Option::as_deref);
                let terms = terms.map(|at| term_json(&self.terms[at], rest(at)));
                Ok(format!("[{}]", terms.collect::<Vec<_>>().join(",")))
            }
            Part::Rest(at) => serde_json::to_string(&coded(&self.terms[at].rest)),
            Part::Pack(at) => {
                let pages = self.pack(at).iter();
                serde_json::to_string(&pages.map(page_parts).collect::<Vec<_>>())
            }
            Part::Words(at) => serde_json::to_string(&self.words[at].2.join(" ")),
        };
        // Strings and lists of them can always be written.
        json.unwrap_or_default()
    }

    fn core(&self, shards: &[String], packs: &[String], words: &[String]) -> Value {
        let terms = self.shards.windows(2).zip(shards).map(|(ends, name)| {
            // All that comes before the second shard is looked for in the first.
            let first = if ends[0] == 0 {
                ""
            } else {
                stem::key(&self.terms[ends[0]].stem)
            };
            json!([first, name])
        });
        let packs = self.packs.windows(2).zip(packs);
        let packs = packs.map(|(ends, name)| json!([ends[1] - ends[0], name]));
        let words = self.words.iter().zip(words);
        let words = words.map(|((from, to, _), name)| json!([from, to, name]));
        let mut core = json!({
            "version": 1,
            "pages": self.pages.len(),
            "terms": terms.collect::<Vec<_>>(),
            "packs": packs.collect::<Vec<_>>(),
            "words": words.collect::<Vec<_>>(),
            "synonyms": self.settings.synonyms,
            "sections": self.settings.sections,
        });
        if self.settings.sections.len() > 1 {
            let of = self.pages.iter();
            let of = of.map(|page| {
                u32::try_from(page.section)
                    .ok()
                    .and_then(|at| char::from_u32(48 + at))
                    .unwrap_or('0')
            });
            core["of"] = json!(of.collect::<String>());
        }
        core
    }
}

fn compressed(json: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(json.len() / 2), Compression::new(LEVEL));
    // Writing to memory does not fail.
    let written = encoder
        .write_all(json.as_bytes())
        .and_then(|()| encoder.finish());
    written.unwrap_or_default()
}

fn term_json(term: &Term, rest: Option<&str>) -> String {
    let surfaces = term.surfaces.join(" ");
    let first = coded(&term.first);
    let json = match rest {
        Some(rest) => serde_json::to_string(&(&term.stem, surfaces, term.scale, first, rest)),
        None => serde_json::to_string(&(&term.stem, surfaces, term.scale, first)),
    };
    json.unwrap_or_default()
}

/// An anchor, a heading, a text.
type SectionParts<'a> = (&'a str, &'a str, &'a str);

fn page_parts(page: &Page) -> (&str, &str, &str, Vec<SectionParts<'_>>) {
    let sections = page.extract.sections.iter();
    let sections = sections.map(|s| (s.anchor.as_str(), s.heading.as_str(), s.text.as_str()));
    (&page.url, &page.title, &page.trail, sections.collect())
}

/// Postings as characters: how far on the next page is, lowest digits first, then its weight.
fn coded(postings: &[(u32, u8)]) -> String {
    let mut coded = String::with_capacity(postings.len() * 2 + 8);
    let mut next = 0;
    for (page, weight) in postings {
        let mut delta = page + 1 - next;
        next = page + 1;
        let digit = |of: u32| (of % 32) as u8;
        while delta >= 32 {
            coded.push(char::from(OTHER + digit(delta)));
            delta /= 32;
        }
        coded.push(char::from(LAST + digit(delta)));
        coded.push(char::from(LAST + weight));
    }
    coded
}

#[cfg(test)]
mod tests {
    use super::coded;

    /// What `search.js` does.
    fn decoded(text: &str) -> Vec<(u32, u8)> {
        let mut postings = Vec::new();
        let (mut page, mut delta, mut place) = (0, 0, 1);
        let mut bytes = text.bytes();
        while let Some(byte) = bytes.next() {
            if byte >= 93 {
                delta += u32::from(byte - 93) * place;
                place *= 32;
                continue;
            }
            page += delta + u32::from(byte - 40) * place;
            let weight = bytes.next().expect("a weight") - 40;
            postings.push((page - 1, weight));
            (delta, place) = (0, 1);
        }
        postings
    }

    #[test]
    fn postings_come_back() {
        let postings = [(0, 1), (1, 51), (31, 7), (64, 9), (1_100, 3), (70_000, 51)];
        let coded = coded(&postings);
        assert_eq!(decoded(&coded), postings);
        assert!(!coded.contains(['"', '\\']));
    }
}
