//! Which section of a page answers a query, and the lines of it that show so.

use std::collections::HashSet;
use std::ops::Range;

use crate::search::extract::Section;
use crate::search::words;

/// Code points of an excerpt, and how many of them may come before the first word that was sought.
const LONG: usize = 160;
const BEFORE: usize = 40;

/// What fills a slot, as it may stand in a text.
#[derive(Clone, Debug, Default)]
pub struct Sought<'a> {
    pub surfaces: HashSet<&'a str>,
    /// Beginnings of words.
    pub open: Vec<&'a str>,
}

impl Sought<'_> {
    fn is_met_by(&self, fold: &str) -> bool {
        self.surfaces.contains(fold) || self.open.iter().any(|open| fold.starts_with(open))
    }
}

/// What a section is worth to a query: more for words in its heading, and for words that come again.
pub fn worth(section: &Section, sought: &[Sought<'_>]) -> usize {
    let (in_heading, in_text) = (met(&section.heading, sought), met(&section.text, sought));
    sought
        .iter()
        .enumerate()
        .map(|(slot, _)| {
            let heading = in_heading.iter().any(|(_, met)| *met == slot);
            let text = in_text.iter().filter(|(_, met)| *met == slot).count();
            4 * usize::from(heading) + usize::from(text > 0) + usize::from(text > 2)
        })
        .sum()
}

/// Where a text has what is sought, and for which slot. In the order of the text.
fn met(text: &str, sought: &[Sought<'_>]) -> Vec<(Range<usize>, usize)> {
    let mut found = Vec::new();
    words::each(text, &mut |at, fold, _| {
        for (slot, sought) in sought.iter().enumerate() {
            if sought.is_met_by(fold.as_str()) {
                found.push((at.clone(), slot));
            }
        }
    });
    found.sort_by_key(|(at, slot)| (at.start, *slot));
    found
}

/// The part of a text that has most of what is sought.
pub fn excerpt(text: &str, sought: &[Sought<'_>]) -> String {
    let met = met(text, sought);
    let mut best: Option<(usize, usize, Range<usize>)> = None;
    for (at, (first, _)) in met.iter().enumerate() {
        let reach = forward(text, first.start, LONG);
        let inside = met[at..].iter().take_while(|(range, _)| range.end <= reach);
        let slots: HashSet<usize> = inside.clone().map(|(_, slot)| *slot).collect();
        let end = inside
            .clone()
            .map(|(range, _)| range.end)
            .max()
            .unwrap_or(first.end);
        let found = (slots.len(), inside.count(), first.start..end);
        if best
            .as_ref()
            .is_none_or(|best| (found.0, found.1) > (best.0, best.1))
        {
            best = Some(found);
        }
    }
    let Range { start, end } = best.map_or(0..0, |(_, _, range)| range);
    let room = LONG.saturating_sub(text[start..end].chars().count());
    let mut from = backward(text, start, room.min(BEFORE));
    if from > 0 {
        // Begun at a word, which may be the first that was sought.
        let word = text[from..start].find(char::is_whitespace);
        from = word.map_or(start, |at| next_word(text, from + at));
    }
    let mut to = forward(text, from, LONG);
    if to < text.len() && !text[to..].starts_with(char::is_whitespace) {
        let word = text[from..to]
            .rfind(char::is_whitespace)
            .map(|at| from + at);
        to = word.filter(|at| *at >= end).unwrap_or(to);
    }
    let mut excerpt = String::new();
    if from > 0 {
        excerpt.push('…');
    }
    excerpt.push_str(text[from..to].trim_end());
    if to < text.len() {
        excerpt.push('…');
    }
    excerpt.replace('\n', " ")
}

fn next_word(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    at + rest
        .find(|c: char| !c.is_whitespace())
        .unwrap_or(rest.len())
}

/// The byte so many code points on, or the end.
fn forward(text: &str, from: usize, count: usize) -> usize {
    let rest = &text[from..];
    from + rest
        .char_indices()
        .nth(count)
        .map_or(rest.len(), |(at, _)| at)
}

/// The byte so many code points back, or the beginning.
fn backward(text: &str, from: usize, count: usize) -> usize {
    if count == 0 {
        return from;
    }
    text[..from]
        .char_indices()
        .rev()
        .nth(count - 1)
        .map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Sought, excerpt};

    fn sought<'a>(words: &[&'a str]) -> Vec<Sought<'a>> {
        let one = |word: &&'a str| Sought {
            surfaces: [*word].into(),
            open: Vec::new(),
        };
        words.iter().map(one).collect()
    }

    #[test]
    fn an_excerpt_shows_what_was_sought() {
        let text = format!(
            "{}the red door is open. {}",
            "Words and words. ".repeat(30),
            "More of it. ".repeat(30)
        );
        let found = excerpt(&text, &sought(&["red", "door"]));
        assert!(found.contains("the red door is open"), "{found}");
        assert!(found.starts_with('…') && found.ends_with('…'), "{found}");
        assert_eq!(excerpt("a\nb", &[]), "a b");
        assert_eq!(excerpt("", &sought(&["red"])), "");
    }

    proptest! {
        #[test]
        fn any_text_has_an_excerpt_of_its_length(text in "[a-z \n]{0,400}") {
            let found = excerpt(&text, &sought(&["a", "b"]));
            prop_assert!(found.chars().count() <= super::LONG + 2);
        }
    }
}
