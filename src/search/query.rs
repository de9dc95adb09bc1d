//! A query: what somebody typed, as slots that a page can fill.

use crate::search::words::{self, Token};

/// Longer queries are cut, and slots after this many are not looked at.
const LONGEST: usize = 200;
const MOST: usize = 12;

/// A word to look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub fold: String,
    /// Whether it may be the beginning of a word only.
    pub open: bool,
}

/// One way to fill a slot: all of its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    pub words: Vec<Word>,
    pub kind: Kind,
}

/// How a way came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The words as they were asked for.
    Asked,
    /// What was asked for as one word: `baseurl` for `base_url`.
    Joint,
    /// Other words that mean the same.
    Synonym,
}

/// A part of the query, and the ways to fill it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub ways: Vec<Way>,
    /// Words that must follow each other, if the query says so.
    pub phrase: Option<Vec<String>>,
}

/// Reads a query. Any text is one.
pub fn read(query: &str, synonyms: &[Vec<String>]) -> Vec<Slot> {
    let end = query
        .char_indices()
        .nth(LONGEST)
        .map_or(query.len(), |(at, _)| at);
    let query = &query[..end];
    let mut slots = Vec::new();
    let mut rest = query;
    while !rest.is_empty() {
        let Some(open) = rest.find(is_quote) else {
            plain(
                rest,
                !rest.ends_with(char::is_whitespace),
                synonyms,
                &mut slots,
            );
            break;
        };
        plain(&rest[..open], false, synonyms, &mut slots);
        let inner = after_char(&rest[open..]);
        let close = inner.find(is_quote);
        slots.extend(phrase(&inner[..close.unwrap_or(inner.len())]));
        rest = close.map_or("", |close| after_char(&inner[close..]));
    }
    slots.truncate(MOST);
    slots
}

/// The words of a text that follow each other, as phrases are held against.
pub fn sequence(text: &str) -> Vec<Token> {
    let mut tokens = words::tokens(text);
    tokens.retain(|token| matches!(token.kind, words::Kind::Word | words::Kind::Gram));
    tokens
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

fn after_char(text: &str) -> &str {
    let mut chars = text.chars();
    chars.next();
    chars.as_str()
}

fn closed(fold: &str) -> Word {
    Word {
        fold: fold.to_owned(),
        open: false,
    }
}

fn phrase(text: &str) -> Option<Slot> {
    let sequence: Vec<String> = sequence(text).into_iter().map(|token| token.fold).collect();
    let words: Vec<Word> = sequence.iter().map(|fold| closed(fold)).collect();
    (!words.is_empty()).then(|| Slot {
        ways: vec![Way {
            words,
            kind: Kind::Asked,
        }],
        phrase: Some(sequence),
    })
}

/// Adds the slots of a part of the query without quotes.
fn plain(text: &str, open: bool, synonyms: &[Vec<String>], slots: &mut Vec<Slot>) {
    let units = units(text);
    let count = units.len();
    let mut all: Vec<(Vec<String>, Slot)> = units
        .into_iter()
        .enumerate()
        .map(|(at, unit)| (unit.sequence.clone(), unit.slot(open && at + 1 == count)))
        .collect();
    for group in synonyms {
        let members: Vec<Vec<String>> = group
            .iter()
            .map(|member| {
                sequence(member)
                    .into_iter()
                    .map(|token| token.fold)
                    .collect()
            })
            .collect();
        apply(&members, &mut all);
    }
    slots.extend(all.into_iter().map(|(_, slot)| slot));
}

/// Adds the other members of a group as ways to fill the slots that one member covers.
fn apply(members: &[Vec<String>], slots: &mut Vec<(Vec<String>, Slot)>) {
    let mut at = 0;
    while at < slots.len() {
        let covered = members.iter().enumerate().filter_map(|(index, member)| {
            let mut left = member.as_slice();
            let mut count = 0;
            while !left.is_empty() {
                let (words, _) = slots.get(at + count)?;
                left = left.strip_prefix(words.as_slice())?;
                count += 1;
            }
            (count > 0).then_some((count, index))
        });
        let Some((count, index)) =
            covered.max_by_key(|(count, index)| (*count, usize::MAX - index))
        else {
            at += 1;
            continue;
        };
        let others = members
            .iter()
            .enumerate()
            .filter(|(other, words)| *other != index && !words.is_empty());
        let others = others.map(|(_, words)| Way {
            words: words.iter().map(|fold| closed(fold)).collect(),
            kind: Kind::Synonym,
        });
        let others: Vec<Way> = others.collect();
        if count > 1 {
            // Together they mean what the other members mean.
            let covered: Vec<_> = slots.drain(at..at + count).collect();
            let words = covered
                .iter()
                .flat_map(|(_, slot)| slot.ways[0].words.clone());
            let together = Way {
                words: words.collect(),
                kind: Kind::Asked,
            };
            let sequence = covered.into_iter().flat_map(|(sequence, _)| sequence);
            slots.insert(
                at,
                (
                    sequence.collect(),
                    Slot {
                        ways: vec![together],
                        phrase: None,
                    },
                ),
            );
        }
        slots[at].1.ways.extend(others);
        at += 1;
    }
}

/// What gives one slot: parts joined to each other, a part with humps, characters without spaces between.
#[derive(Default)]
struct Unit {
    sequence: Vec<String>,
    humps: Vec<String>,
    joint: Option<String>,
    is_grams: bool,
}

impl Unit {
    fn slot(self, open: bool) -> Slot {
        let together = |folds: &[String]| {
            let last = folds.len().saturating_sub(1);
            let words = folds.iter().enumerate();
            let words = words.map(|(at, fold)| Word {
                fold: fold.clone(),
                open: open && at == last && !(self.is_grams && folds.len() > 1),
            });
            Way {
                words: words.collect(),
                kind: Kind::Asked,
            }
        };
        let mut ways = Vec::new();
        if let Some(joint) = &self.joint {
            ways.push(Way {
                kind: Kind::Joint,
                ..together(std::slice::from_ref(joint))
            });
        }
        ways.push(together(&self.sequence));
        if !self.humps.is_empty() {
            ways.push(together(&self.humps));
        }
        if self.is_grams && self.sequence.len() == 1 && self.sequence[0].chars().count() == 1 {
            ways[0].words[0].open = true;
        }
        Slot { ways, phrase: None }
    }
}

fn units(text: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut last_end = None;
    for token in words::tokens(text) {
        match token.kind {
            words::Kind::Word | words::Kind::Gram => {
                let is_grams = token.kind == words::Kind::Gram;
                let goes_on = last_end.is_some_and(|end: usize| {
                    let gap = text.get(end..token.at.start);
                    if is_grams {
                        token.at.start < end
                    } else {
                        matches!(gap, Some("-" | "_" | "."))
                    }
                }) && units.last().is_some_and(|unit| unit.is_grams == is_grams);
                if !goes_on {
                    units.push(Unit {
                        is_grams,
                        ..Unit::default()
                    });
                }
                if let Some(unit) = units.last_mut() {
                    // Humps are those of a part that stands alone.
                    unit.humps.clear();
                    unit.sequence.push(token.fold);
                }
                last_end = Some(token.at.end);
            }
            words::Kind::Hump => {
                if let Some(unit) = units.last_mut().filter(|unit| unit.sequence.len() == 1) {
                    unit.humps.push(token.fold);
                }
            }
            words::Kind::Joint => {
                if let Some(unit) = units.last_mut() {
                    unit.joint = Some(token.fold);
                }
            }
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::{Slot, read};

    fn ways(query: &str, synonyms: &[&[&str]]) -> Vec<Vec<String>> {
        let owned = |group: &&[&str]| group.iter().map(|word| (*word).to_owned()).collect();
        let synonyms: Vec<Vec<String>> = synonyms.iter().map(owned).collect();
        let slots = read(query, &synonyms);
        let way = |slot: &Slot| {
            let ways = slot.ways.iter().map(|way| {
                let words = way
                    .words
                    .iter()
                    .map(|word| format!("{}{}", word.fold, if word.open { "…" } else { "" }));
                words.collect::<Vec<_>>().join(" ")
            });
            ways.collect()
        };
        slots.iter().map(way).collect()
    }

    #[test]
    fn the_last_word_may_go_on() {
        assert_eq!(ways("time of", &[]), [["time"], ["of…"]]);
        assert_eq!(ways("time of ", &[]), [["time"], ["of"]]);
        assert_eq!(ways("", &[]), [[""; 0]; 0]);
    }

    #[test]
    fn joined_words_are_looked_up_both_ways() {
        assert_eq!(ways("e-mail ", &[]), [["email", "e mail"]]);
        assert_eq!(ways("--no-verify ", &[]), [["noverify", "no verify"]]);
        assert_eq!(ways("CamelCase ", &[]), [["camelcase", "camel case"]]);
    }

    #[test]
    fn pairs_of_characters_belong_together() {
        assert_eq!(ways("休暇申請", &[]), [["休暇 暇申 申請"]]);
        assert_eq!(ways("休", &[]), [["休…"]]);
    }

    #[test]
    fn what_stands_in_quotes_is_a_phrase() {
        let slots = read("\"time off\" ask", &[]);
        assert_eq!(
            slots[0].phrase.as_deref(),
            Some(["time".to_owned(), "off".to_owned()].as_slice())
        );
        assert_eq!(slots.len(), 2);
        assert_eq!(read("„Urlaub nehmen", &[]).len(), 1);
    }

    #[test]
    fn other_words_for_the_same_fill_the_same_slot() {
        let pto: &[&[&str]] = &[&["PTO", "vacation", "time off"]];
        assert_eq!(
            ways("pto days ", pto),
            [vec!["pto", "vacation", "time off"], vec!["days"]]
        );
        assert_eq!(
            ways("time off days ", pto),
            [vec!["time off", "pto", "vacation"], vec!["days"]]
        );
    }
}
