//! How often each word stands in which part of one page. Made once for a page, and kept while it stays as it is.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::search::extract::Extract;
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

/// The words of one page. Hundreds for each of thousands of pages, so they lie in one string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    words: String,
    /// For each word where it ends, and its counts. In the order of the words.
    counts: Vec<(u32, Counts)>,
    /// Words of the text, with their repetitions.
    pub length: u32,
    pub title_length: u32,
}

impl Tally {
    /// The words, sorted, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Counts)> {
        let mut from = 0;
        self.counts.iter().map(move |(end, counts)| {
            let end = *end as usize;
            let word = &self.words[from..end];
            from = end;
            (word, *counts)
        })
    }
}

/// What is said of a page beside its text.
#[derive(Clone, Debug, Default)]
pub struct About<'a> {
    pub title: &'a str,
    /// Words by which it is to be found though its text does not say them.
    pub keys: Vec<&'a str>,
    /// What it is called in its address and in old ones.
    pub addresses: Vec<&'a str>,
    pub description: Option<&'a str>,
}

/// Counts the words of a page.
pub fn tally(about: &About<'_>, extract: &Extract) -> Tally {
    let mut counts = Words::default();
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
    let title_length = count(&mut counts, about.title, in_title);
    let mut length = 0;
    for section in &extract.sections {
        count(&mut counts, &section.heading, in_headings);
        length += count(&mut counts, &section.text, in_text);
    }
    length += about
        .description
        .map_or(0, |text| count(&mut counts, text, in_text));
    count(&mut counts, &extract.terms, in_keys);
    for key in &about.keys {
        count(&mut counts, key, in_keys);
    }
    for address in &about.addresses {
        count(&mut counts, address, in_addresses);
    }
    let mut counts: Vec<(Cow<'_, str>, Counts)> = counts.into_iter().collect();
    counts.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let mut words = String::with_capacity(counts.iter().map(|(word, _)| word.len()).sum());
    let counts = counts.into_iter().map(|(word, counts)| {
        words.push_str(&word);
        (u32::try_from(words.len()).unwrap_or(u32::MAX), counts)
    });
    let counts = counts.collect();
    Tally {
        words,
        counts,
        length,
        title_length,
    }
}

/// Words as they are looked up. Nearly all stand so in the text.
type Words<'a> = HashMap<Cow<'a, str>, Counts, FixedState>;

/// Counts the words of a text. Gives how many there are.
fn count<'a>(counts: &mut Words<'a>, text: &'a str, one: Counts) -> u32 {
    let mut length = 0;
    words::each(text, &mut |at, word, kind| {
        length += u32::from(matches!(kind, words::Kind::Word | words::Kind::Gram));
        if let Some(counts) = counts.get_mut(word) {
            counts.add(one);
        } else {
            let written = &text[at];
            let word = if written == word {
                Cow::Borrowed(written)
            } else {
                Cow::Owned(word.to_owned())
            };
            counts.insert(word, one);
        }
    });
    length
}
