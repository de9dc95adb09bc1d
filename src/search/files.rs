//! The files of an index: a core that says where everything is, and shards of which a reader fetches those that a query needs.

use std::collections::BTreeMap;
use std::io::Write;

use rayon::prelude::*;
use serde_json::{Value, json};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use crate::search::gzip::gzip;
use crate::search::index::{Index, Page};
use crate::search::scan;
use crate::search::stem;
use crate::search::terms::Term;

/// Where the files of search lie in the output.
pub const FOLDER: &str = "search";

/// So few terms are named without looking whether somebody else has nothing to do.
const FEW: usize = 1024;

/// So many packs have one mark, as `search.js` knows too: a page that is changed renames as many.
const MARKED: usize = 16;

/// The files of an index: what is in each, by path.
#[derive(Debug)]
pub struct Files {
    parts: BTreeMap<String, Part>,
}

/// What a file holds.
#[derive(Debug)]
enum Part {
    /// This.
    Json(Vec<u8>),
    /// What a term, by its number in the index, tells of the pages that it says less about.
    Rest(usize),
    /// The texts of pages, by the number of their pack. There are too many of them to be put into words before somebody wants them.
    Pack(usize),
}

impl Files {
    /// Names of files tell what is in them, but for the first that is asked for.
    pub fn of(index: &Index) -> Files {
        let mut parts = BTreeMap::new();
        let rests = index.terms.par_iter().with_max_len(FEW).map(|term| {
            let is_there = !term.rest.is_empty();
            is_there.then(|| name("m", term.rest.as_bytes()))
        });
        let rests: Vec<Option<String>> = rests.collect();
        for (name, at) in rests.iter().zip(0..) {
            parts.extend(name.iter().map(|name| (path(name), Part::Rest(at))));
        }
        let shards = index.shards.par_windows(2).map(|ends| {
            let mut json = Vec::new();
            put_list(ends[0]..ends[1], &mut json, |at, json| {
                put_term(&index.terms[at], rests[at].as_deref(), json);
            });
            (name("t", &json), json)
        });
        let (shard_names, shards): (Vec<String>, Vec<Vec<u8>>) = shards.unzip();
        let words = index.words.par_iter().map(|(_, _, words)| {
            let mut json = Vec::new();
            put_string(&words.join(" "), &mut json);
            (name("w", &json), json)
        });
        let (words_names, words): (Vec<String>, Vec<Vec<u8>>) = words.unzip();
        let packs = (0..index.packs.len() - 1).into_par_iter();
        let packs: Vec<u64> = packs.map(|at| hash_of_texts(index.pack(at))).collect();
        let marks: Vec<String> = packs.chunks(MARKED).map(mark).collect();
        parts.extend((0..packs.len()).map(|at| {
            let name = format!("p{at}-{}", marks[at / MARKED]);
            (path(&name), Part::Pack(at))
        }));
        let core = index.core(&shard_names, &marks, &words_names).to_string();
        parts.insert(path("index"), Part::Json(core.into_bytes()));
        let names = shard_names.iter().chain(&words_names);
        let named = names.zip(shards.into_iter().chain(words));
        parts.extend(named.map(|(name, json)| (path(name), Part::Json(json))));
        Files { parts }
    }

    pub fn paths(&self) -> impl Iterator<Item = &String> {
        self.parts.keys()
    }

    pub fn has(&self, path: &str) -> bool {
        self.parts.contains_key(path)
    }

    /// A file as it is served: compressed, whatever the server does. `index` is the one that the files are of.
    pub fn compressed<'p>(
        &self,
        index: &Index,
        path: &str,
        press: &'p mut Press,
    ) -> Option<&'p [u8]> {
        let Press { json, compressed } = press;
        json.clear();
        let json = match self.parts.get(path)? {
            Part::Json(made) => made,
            Part::Rest(at) => {
                put_string(&index.terms[*at].rest, json);
                json
            }
            Part::Pack(at) => {
                put_pack(index.pack(*at), json);
                json
            }
        };
        Some(gzip(json, compressed))
    }
}

/// What it takes to put files into words and to compress them, for one file after the other.
#[derive(Default)]
pub struct Press {
    json: Vec<u8>,
    compressed: Vec<u8>,
}

/// What a file with something in it is called.
fn name(letter: &str, bytes: &[u8]) -> String {
    format!("{letter}-{:010x}", xxh3_64(bytes) >> 24)
}

/// What tells the texts of pages from any others. Most of what a site says is in them, so they are not put into words for that. Their
/// lengths tell where each ends.
fn hash_of_texts(pages: &[Page]) -> u64 {
    let mut hash = Xxh3Default::new();
    let mut lengths = Vec::new();
    for text in pages.iter().flat_map(page_texts) {
        hash.update(text.as_bytes());
        lengths.extend((text.len() as u64).to_le_bytes());
    }
    hash.update(&lengths);
    hash.digest()
}

/// What tells one version of some packs from the next, in five characters. There may be ten thousand packs and every reader is told
/// of each, so they are named by their numbers, and many have one mark together.
fn mark(packs: &[u64]) -> String {
    let mut hash = Xxh3Default::new();
    for pack in packs {
        hash.update(&pack.to_le_bytes());
    }
    let hash = hash.digest();
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

    fn core(&self, shards: &[String], marks: &[String], words: &[String]) -> Value {
        let terms = self.shards.windows(2).zip(shards).map(|(ends, name)| {
            // All that comes before the second shard is looked for in the first.
            let first = if ends[0] == 0 {
                ""
            } else {
                stem::key(&self.terms[ends[0]].stem)
            };
            json!([first, name])
        });
        let packs = self
            .packs
            .windows(2)
            .map(|ends| character(ends[1] - ends[0]));
        let words = self.words.iter().zip(words);
        let words = words.map(|((from, to, _), name)| json!([from, to, name]));
        let mut core = json!({
            "pages": self.pages.len(),
            "terms": terms.collect::<Vec<_>>(),
            "packs": packs.collect::<String>(),
            "marks": marks,
            "words": words.collect::<Vec<_>>(),
            "synonyms": self.settings.synonyms,
            "sections": self.settings.sections,
        });
        if self.settings.sections.len() > 1 {
            let of = self.pages.iter().map(|page| character(page.section));
            core["of"] = json!(of.collect::<String>());
        }
        core
    }
}

/// A number as one character, which a script reads as one unit: there are a hundred pages in a pack at most, or hardly more, since one
/// without a text weighs a hundredth of it, and as many sections as sidebars.
fn character(number: usize) -> char {
    let number = u32::try_from(number).ok();
    number
        .and_then(|number| char::from_u32(48 + number))
        .unwrap_or('0')
}

/// Puts a term into words: its words, what a unit of weight is worth, pages with weights, and where there are more of them.
fn put_term(term: &Term, rest: Option<&str>, json: &mut Vec<u8>) {
    json.push(b'[');
    put_string(&term.surfaces, json);
    // Into memory.
    let _ = write!(json, ",{},", term.scale);
    put_string(&term.first, json);
    if let Some(rest) = rest {
        json.push(b',');
        put_string(rest, json);
    }
    json.push(b']');
}

/// Puts pages into words. Most of the site's text goes through here.
fn put_pack(pages: &[Page], json: &mut Vec<u8>) {
    put_list(pages, json, |page, json| {
        let (url, title, trail, sections) = page_parts(page);
        json.push(b'[');
        for text in [url, title, trail] {
            put_string(text, json);
            json.push(b',');
        }
        put_list(sections, json, |(anchor, heading, text), json| {
            put_list([anchor, heading, text], json, put_string);
        });
        json.push(b']');
    });
}

fn put_list<T>(
    items: impl IntoIterator<Item = T>,
    json: &mut Vec<u8>,
    put: impl Fn(T, &mut Vec<u8>),
) {
    json.push(b'[');
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            json.push(b',');
        }
        put(item, json);
    }
    json.push(b']');
}

/// Puts a text between quotes. Hardly a byte of it has to be written otherwise.
fn put_string(text: &str, json: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    json.reserve(bytes.len() + 2);
    json.push(b'"');
    let mut copied = 0;
    #[expect(
        clippy::needless_bitwise_bool,
        reason = "without branches, so that many bytes are looked at together"
    )]
    let is_special = |byte, _| (byte < b' ') | (byte == b'"') | (byte == b'\\');
    while let Some(at) = scan::find(bytes, copied, is_special) {
        json.extend(&bytes[copied..at]);
        match bytes[at] {
            b'\n' => json.extend(b"\\n"),
            special @ (b'"' | b'\\') => json.extend([b'\\', special]),
            control => json.extend(format!("\\u{control:04x}").bytes()),
        }
        copied = at + 1;
    }
    json.extend(&bytes[copied..]);
    json.push(b'"');
}

/// An anchor, a heading, a text.
type SectionParts<'a> = (&'a str, &'a str, &'a str);

fn page_parts(page: &Page) -> (&str, &str, &str, Vec<SectionParts<'_>>) {
    let sections = page.extract.sections.iter();
    let sections = sections.map(|s| (s.anchor.as_str(), s.heading.as_str(), s.text.as_str()));
    (&page.url, &page.title, &page.trail, sections.collect())
}

/// All texts of a page.
fn page_texts(page: &Page) -> impl Iterator<Item = &str> {
    let (url, title, trail, sections) = page_parts(page);
    let sections = sections.into_iter();
    let sections = sections.flat_map(|(anchor, heading, text)| [anchor, heading, text]);
    [url, title, trail].into_iter().chain(sections)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::put_string;

    proptest! {
        #[test]
        fn strings_are_json(text in "([a-z ]{0,50}|[\"\\\\\\x00-\\x1f\\x7f]|\\PC){0,20}") {
            let mut json = Vec::new();
            put_string(&text, &mut json);
            prop_assert_eq!(serde_json::from_slice::<String>(&json).ok(), Some(text));
        }
    }
}
