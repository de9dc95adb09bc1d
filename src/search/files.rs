//! The files of an index: a core that says where everything is, and shards of which a reader fetches those that a query needs.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use rayon::prelude::*;
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

use crate::search::index::{Index, Page, Term};
use crate::search::stem;

/// Where the files of search lie in the output.
pub const FOLDER: &str = "search";

/// The first character of a coded weight and of a number's last digit, and of its other digits.
const LAST: u8 = 40;
const OTHER: u8 = 93;

impl Index {
    /// All files by path, as JSON. Names tell what is in a file, but for the first that is asked for.
    pub fn files(&self) -> BTreeMap<String, String> {
        let rests: Vec<Option<(String, String)>> = self
            .terms
            .par_iter()
            .map(|term| (!term.rest.is_empty()).then(|| named("m", &json!(coded(&term.rest)))))
            .collect();
        let shards: Vec<(String, String)> = self
            .shards
            .par_windows(2)
            .map(|ends| {
                let range = ends[0]..ends[1];
                let terms = self.terms[range.clone()].iter().zip(&rests[range]);
                named(
                    "t",
                    &terms
                        .map(|(term, rest)| {
                            term_value(term, rest.as_ref().map(|rest| rest.0.as_str()))
                        })
                        .collect(),
                )
            })
            .collect();
        let packs: Vec<(String, String)> = self
            .packs
            .par_windows(2)
            .map(|ends| {
                named(
                    "p",
                    &self.pages[ends[0]..ends[1]]
                        .iter()
                        .map(page_value)
                        .collect(),
                )
            })
            .collect();
        let words = self.words.iter();
        let words: Vec<(String, String)> = words
            .map(|(_, _, words)| named("w", &json!(words.join(" "))))
            .collect();
        let core = self.core(&shards, &packs, &words);
        let path = |name: &str| format!("{FOLDER}/{name}.bin");
        let named = rests
            .into_iter()
            .flatten()
            .chain(shards)
            .chain(packs)
            .chain(words);
        let mut files: BTreeMap<String, String> =
            named.map(|(name, json)| (path(&name), json)).collect();
        files.insert(path("index"), core.to_string());
        files
    }

    fn core(
        &self,
        shards: &[(String, String)],
        packs: &[(String, String)],
        words: &[(String, String)],
    ) -> Value {
        let terms = self.shards.windows(2).zip(shards).map(|(ends, (name, _))| {
            // All that comes before the second shard is looked for in the first.
            let first = if ends[0] == 0 {
                ""
            } else {
                stem::key(&self.terms[ends[0]].stem)
            };
            json!([first, name])
        });
        let packs = self.packs.windows(2).zip(packs);
        let packs = packs.map(|(ends, (name, _))| json!([ends[1] - ends[0], name]));
        let words = self.words.iter().zip(words);
        let words = words.map(|((from, to, _), (name, _))| json!([from, to, name]));
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

/// A file as it is served: compressed, whatever the server does.
pub fn compressed(json: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(json.len() / 3), Compression::new(6));
    // Writing to memory does not fail.
    let written = encoder
        .write_all(json.as_bytes())
        .and_then(|()| encoder.finish());
    written.unwrap_or_default()
}

fn named(kind: &str, value: &Value) -> (String, String) {
    let json = value.to_string();
    let hash = xxh3_64(json.as_bytes());
    (format!("{kind}-{:010x}", hash >> 24), json)
}

fn term_value(term: &Term, rest: Option<&str>) -> Value {
    let surfaces = term.surfaces.join(" ");
    let first = coded(&term.first);
    match rest {
        Some(rest) => json!([term.stem, surfaces, term.scale, first, rest]),
        None => json!([term.stem, surfaces, term.scale, first]),
    }
}

fn page_value(page: &Page) -> Value {
    let sections = page.extract.sections.iter();
    let sections = sections.map(|section| json!([section.anchor, section.heading, section.text]));
    json!([
        page.url,
        page.title,
        page.trail,
        sections.collect::<Vec<_>>()
    ])
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
