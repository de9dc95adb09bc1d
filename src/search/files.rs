//! The files of an index: a core that says where everything is, and shards of which a reader fetches those that a query needs.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde_json::{Value, json};
use xxhash_rust::xxh3::Xxh3Default;

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
        let name = |letter: &str, hash: u64| format!("{letter}-{:010x}", hash >> 24);
        let rests = index.terms.par_iter().with_max_len(FEW).map(|term| {
            let is_there = !term.rest.is_empty();
            is_there.then(|| name("m", hash([term.rest.as_str()])))
        });
        let rests: Vec<Option<String>> = rests.collect();
        let rest = |at: usize| rests[at].as_deref().unwrap_or_default();
        let shards = index.shards.par_windows(2).map(|ends| {
            let terms = (ends[0]..ends[1]).map(|at| (&index.terms[at], rest(at)));
            name("t", hash_of_terms(terms))
        });
        let shards: Vec<String> = shards.collect();
        let packs = (0..index.packs.len() - 1).into_par_iter();
        let packs = packs.map(|at| hash(index.pack(at).iter().flat_map(page_texts)));
        let packs: Vec<u64> = packs.collect();
        let marks: Vec<String> = packs.chunks(MARKED).map(mark).collect();
        let words = index.words.par_iter();
        let words = words.map(|(_, _, words)| name("w", hash(words.iter().map(String::as_str))));
        let words: Vec<String> = words.collect();
        let core = index.core(&shards, &marks, &words).to_string();
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
        let named = (0..packs.len()).map(|at| format!("p{at}-{}", marks[at / MARKED]));
        add(&named.collect::<Vec<_>>(), Part::Pack);
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
    pub fn compressed<'p>(
        &self,
        index: &Index,
        path: &str,
        press: &'p mut Press,
    ) -> Option<&'p [u8]> {
        press.json.clear();
        match *self.parts.get(path)? {
            Part::Core => press.json.extend_from_slice(self.core.as_bytes()),
            part => index.json(part, &self.rests, &mut press.json),
        }
        Some(gzip(&press.json, &mut press.compressed))
    }
}

/// What it takes to put files into words and to compress them, for one file after the other.
#[derive(Default)]
pub struct Press {
    json: Vec<u8>,
    compressed: Vec<u8>,
}

/// What tells texts from any others. Most of what a site says is in them, so they are not put into words for that.
fn hash<'a>(texts: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hash = Xxh3Default::new();
    for text in texts {
        add(text.as_bytes(), &mut hash);
    }
    hash.digest()
}

/// The same of terms, with the names of the files with the rest of each.
fn hash_of_terms<'a>(terms: impl Iterator<Item = (&'a Term, &'a str)>) -> u64 {
    let mut hash = Xxh3Default::new();
    for (term, rest) in terms {
        for text in [&term.surfaces, &term.first, rest] {
            add(text.as_bytes(), &mut hash);
        }
        hash.update(&term.scale.to_le_bytes());
    }
    hash.digest()
}

/// Adds some bytes, and how many they are.
fn add(bytes: &[u8], hash: &mut Xxh3Default) {
    hash.update(&(bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
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

    /// Puts a part into words; `rests` are the names of the files with the rest of each term.
    fn json(&self, part: Part, rests: &[Option<String>], json: &mut Vec<u8>) {
        match part {
            Part::Core => {}
            Part::Shard(at) => {
                let terms = self.shards[at]..self.shards[at + 1];
                put_list(terms, json, |at, json| {
                    put_term(&self.terms[at], rests[at].as_deref(), json);
                });
            }
            Part::Rest(at) => put_string(&self.terms[at].rest, json),
            Part::Pack(at) => put_pack(self.pack(at), json),
            Part::Words(at) => put_string(&self.words[at].2.join(" "), json),
        }
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
            "version": 1,
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

/// A small number as one character.
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
    json.extend(format!(",{},", term.scale).bytes());
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
