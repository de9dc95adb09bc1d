//! The answer to a query: pages in the order of their worth, each with the section that answers best. All sums are of whole numbers, so
//! that a browser comes to the same.

use crate::search::coded::decoded;
use crate::search::excerpt::{self, Sought};
use crate::search::extract::Section;
use crate::search::index::{Index, Page};
use crate::search::near;
use crate::search::query::{self, Kind, Slot, Way, Word};
use crate::search::stem;
use crate::search::terms::Term;

/// What a word gives that was found in one way or another, in tenths.
const EXACT: u64 = 10;
const FORM: u64 = 8;
const BEGUN: u64 = 6;
const SYNONYM: u64 = 8;
/// What is written as one name says more than its parts, wherever they stand.
const JOINT: u64 = 20;

/// No more terms than this are looked at for the beginning of a word.
const MOST_BEGUN: usize = 64;
/// For a beginning of one or two letters, no more shards than this.
const MOST_SHARDS: usize = 2;
/// With fewer pages than this that have everything, the rest of each term is looked at.
const ENOUGH: usize = 10;
/// Pages in which a phrase is looked for.
const MOST_READ: usize = 60;

/// A page that answers a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// As it stands in a link from the site's root.
    pub url: String,
    /// The heading's id, decoded; empty for what comes before the first one.
    pub anchor: String,
    pub title: String,
    pub heading: String,
    /// The titles above the page.
    pub trail: String,
    pub excerpt: String,
    pub score: f64,
}

impl Index {
    /// The pages that answer a query, best first. Any text is a query.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        let slots = query::read(query, &self.settings.synonyms);
        if slots.is_empty() {
            return Vec::new();
        }
        let mut asked = Asked {
            index: self,
            deep: false,
            forgiving: false,
        };
        let mut found = asked.evaluate(&slots);
        let is_shallow = found.has_rest && (slots.len() > 1 || slots[0].phrase.is_some());
        if is_shallow && found.complete() < ENOUGH {
            asked.deep = true;
            found = asked.evaluate(&slots);
        }
        if found.complete() == 0 {
            asked.forgiving = true;
            found = asked.evaluate(&slots);
        }
        let phrases: Vec<&[String]> = slots
            .iter()
            .filter_map(|slot| slot.phrase.as_deref())
            .collect();
        let pages = found.pages();
        let mut pages: Vec<(u64, &Page)> = pages
            .into_iter()
            .map(|(value, at)| (value, &self.pages[at]))
            .collect();
        if !phrases.is_empty() {
            pages.truncate(MOST_READ);
            pages.retain(|(_, page)| phrases.iter().all(|phrase| has_phrase(page, phrase)));
        }
        pages.truncate(limit);
        let sought: Vec<Sought<'_>> = found.slots.iter().map(|slot| slot.sought.clone()).collect();
        let pages = pages.into_iter();
        pages
            .map(|(value, page)| hit(page, value, &sought))
            .collect()
    }
}

/// How a query is looked up.
struct Asked<'a> {
    index: &'a Index,
    /// Whether pages count that a term does not say much about.
    deep: bool,
    /// Whether words that stand on few pages may be slips too.
    forgiving: bool,
}

/// What there is for one slot.
struct Filled<'a> {
    /// By page; nothing where it is not filled.
    values: Vec<u64>,
    /// Whether it is all of words that stand nearly everywhere.
    is_common: bool,
    is_phrase: bool,
    /// Whether the site has what was asked for as one name, so that its parts alone are not what is sought.
    is_name: bool,
    sought: Sought<'a>,
}

struct Found<'a> {
    slots: Vec<Filled<'a>>,
    has_rest: bool,
}

impl Found<'_> {
    fn required(&self) -> Vec<&Filled<'_>> {
        let rare: Vec<_> = self
            .slots
            .iter()
            .filter(|slot| !slot.is_common || slot.is_phrase)
            .collect();
        if rare.is_empty() {
            self.slots.iter().collect()
        } else {
            rare
        }
    }

    /// How many pages have everything that is required.
    fn complete(&self) -> usize {
        let required = self.required();
        let pages = 0..self.slots.first().map_or(0, |slot| slot.values.len());
        pages
            .filter(|page| required.iter().all(|slot| slot.values[*page] > 0))
            .count()
    }

    /// Values and pages, best first.
    fn pages(&self) -> Vec<(u64, usize)> {
        let required = self.required();
        let value = |page: usize| {
            let is_out = |slot: &Filled<'_>| slot.is_phrase && slot.values[page] == 0;
            if self.slots.iter().any(is_out) {
                return 0;
            }
            let sum: u64 = self.slots.iter().map(|slot| slot.values[page]).sum();
            let met = required.iter().filter(|slot| slot.values[page] > 0).count() as u64 + 1;
            sum * met * met
        };
        let pages = 0..self.slots.first().map_or(0, |slot| slot.values.len());
        let mut pages: Vec<(u64, usize)> = pages
            .map(|page| (value(page), page))
            .filter(|(value, _)| *value > 0)
            .collect();
        pages.sort_unstable_by_key(|(value, page)| (u64::MAX - value, *page));
        pages
    }
}

/// The terms that a word stands for, with what they give.
struct Looked<'a> {
    terms: Vec<(&'a Term, u64)>,
    is_common: bool,
}

impl<'a> Asked<'a> {
    fn evaluate(&self, slots: &'a [Slot]) -> Found<'a> {
        let mut has_rest = false;
        let slots = slots
            .iter()
            .map(|slot| self.fill(slot, &mut has_rest))
            .collect();
        Found { slots, has_rest }
    }

    fn fill(&self, slot: &'a Slot, has_rest: &mut bool) -> Filled<'a> {
        let mut filled = Filled {
            values: vec![0; self.index.pages.len()],
            is_common: true,
            is_phrase: slot.phrase.is_some(),
            is_name: false,
            sought: Sought::default(),
        };
        for way in &slot.ways {
            let values = self.walk(way, slot, &mut filled, has_rest);
            for (best, value) in filled.values.iter_mut().zip(values) {
                let value = match way.kind {
                    Kind::Asked => value,
                    Kind::Joint => value * JOINT / 10,
                    Kind::Synonym => value * SYNONYM / 10,
                };
                *best = value.max(*best);
            }
        }
        filled
    }

    /// The values of the pages that have all words of a way.
    fn walk(
        &self,
        way: &'a Way,
        slot: &Slot,
        filled: &mut Filled<'a>,
        has_rest: &mut bool,
    ) -> Vec<u64> {
        let mut sums: Option<Vec<u64>> = None;
        for word in &way.words {
            let may_slip = self.forgiving
                && way.words.len() == 1
                && way.kind != Kind::Synonym
                && slot.phrase.is_none();
            let looked = self.look_up(word, may_slip);
            filled.is_common &= looked.is_common;
            filled.is_name |= way.kind == Kind::Joint && !looked.terms.is_empty();
            let is_sought = way.kind != Kind::Asked || !filled.is_name;
            if word.open && is_sought {
                filled.sought.open.push(&word.fold);
            }
            let mut values = vec![0; self.index.pages.len()];
            for (term, weight) in looked.terms {
                *has_rest |= !term.rest.is_empty();
                if is_sought {
                    filled.sought.surfaces.extend(term.surfaces());
                }
                let rest = if self.deep { &term.rest } else { "" };
                for (page, posting) in decoded(&term.first).chain(decoded(rest)) {
                    let value = u64::from(posting) * u64::from(term.scale) * weight;
                    let best = &mut values[page];
                    *best = value.max(*best);
                }
            }
            sums = Some(match sums {
                None => values,
                Some(sums) => sums
                    .into_iter()
                    .zip(values)
                    .map(|(sum, value)| if sum > 0 && value > 0 { sum + value } else { 0 })
                    .collect(),
            });
        }
        sums.unwrap_or_else(|| vec![0; self.index.pages.len()])
    }

    fn look_up(&self, word: &Word, may_slip: bool) -> Looked<'a> {
        let same_key = self.with_key(stem::key(&word.fold));
        let has = |term: &Term, is: &dyn Fn(&str) -> bool| term.surfaces().any(is);
        let exact = same_key
            .iter()
            .find(|term| has(term, &|surface| surface == word.fold));
        let mut terms: Vec<(&Term, u64)> = exact.map(|term| (term, EXACT)).into_iter().collect();
        if word.open {
            let candidates = if word.fold.chars().count() < stem::KEY {
                self.near_key(&word.fold)
            } else {
                same_key
            };
            let begun = candidates
                .iter()
                .filter(|term| has(term, &|surface| surface.starts_with(&word.fold)));
            terms.extend(begun.take(MOST_BEGUN).map(|term| (term, BEGUN)));
        }
        let pages = self.index.pages.len();
        let is_common = exact.is_some_and(|term| !term.rest.is_empty() || term.pages * 2 > pages);
        if terms.is_empty() {
            let forms = same_key
                .iter()
                .filter(|term| has(term, &|surface| near::is_form(&word.fold, surface)));
            terms = forms.map(|term| (term, FORM)).collect();
        }
        let is_rare =
            exact.is_some_and(|term| term.rest.is_empty() && term.pages * 100 < 3 * pages);
        if terms.is_empty() || may_slip && is_rare {
            let slips = self.corrections(&word.fold);
            terms.extend(slips);
        }
        Looked { terms, is_common }
    }

    /// The terms of a key.
    fn with_key(&self, key: &str) -> &'a [Term] {
        let terms = &self.index.terms;
        let from = terms.partition_point(|term| term.stem.as_str() < key);
        let count = terms[from..].partition_point(|term| stem::key(&term.stem) == key);
        &terms[from..from + count]
    }

    /// The terms in the shard where a beginning would lie, and in the next ones.
    fn near_key(&self, beginning: &str) -> &'a [Term] {
        let Index { terms, shards, .. } = self.index;
        let first = shards[..shards.len() - 1]
            .partition_point(|start| {
                terms
                    .get(*start)
                    .is_some_and(|term| stem::key(&term.stem) <= beginning)
            })
            .saturating_sub(1);
        let last = (first + MOST_SHARDS).min(shards.len() - 1);
        &terms[shards[first]..shards[last]]
    }

    fn corrections(&self, word: &str) -> Vec<(&'a Term, u64)> {
        let slips = near::slips_allowed(word);
        let length = word.chars().count();
        let reach = length.saturating_sub(slips)..=length + slips;
        let files = self
            .index
            .words
            .iter()
            .filter(|(from, to, _)| from <= reach.end() && to >= reach.start());
        let known = files.flat_map(|(_, _, words)| words);
        let found = near::corrections(word, known).into_iter();
        found
            .filter_map(|(slips, word)| {
                let mut terms = self.with_key(stem::key(word)).iter();
                let term = terms.find(|term| term.surfaces().any(|surface| surface == word))?;
                Some((term, if slips == 1 { 7 } else { 5 }))
            })
            .collect()
    }
}

fn has_phrase(page: &Page, phrase: &[String]) -> bool {
    let holds = |text: &str| {
        let words: Vec<String> = query::sequence(text)
            .into_iter()
            .map(|token| token.fold)
            .collect();
        words.windows(phrase.len()).any(|window| window == phrase)
    };
    holds(&page.title)
        || page
            .extract
            .sections
            .iter()
            .any(|section| holds(&section.heading) || holds(&section.text))
}

fn hit(page: &Page, value: u64, sought: &[Sought<'_>]) -> Hit {
    let none = Section::default();
    let sections = page.extract.sections.iter();
    let best = sections
        .rev()
        .max_by_key(|section| excerpt::worth(section, sought))
        .unwrap_or(&none);
    Hit {
        url: page.url.clone(),
        anchor: best.anchor.clone(),
        title: page.title.clone(),
        heading: best.heading.clone(),
        trail: page.trail.clone(),
        excerpt: excerpt::excerpt(&best.text, sought),
        #[expect(clippy::cast_precision_loss, reason = "shown, not reckoned with")]
        score: value as f64 / 1000.0,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::search::extract::{Extract, Section};
    use crate::search::index::{Index, Page, Settings};
    use crate::search::tally::{About, Reader};

    fn page(title: &str, text: &str) -> Page {
        let section = Section {
            text: text.to_owned(),
            ..Section::default()
        };
        let extract = Extract {
            sections: vec![section],
            terms: String::new(),
        };
        let about = About {
            title,
            ..About::default()
        };
        let mut reader = Reader::default();
        reader.read(&about, &extract);
        Page {
            url: format!("/{}/", title.to_lowercase().replace(' ', "-")),
            title: title.to_owned(),
            trail: String::new(),
            section: 0,
            tally: reader.finish().remove(0),
            extract: Arc::new(extract),
        }
    }

    fn index() -> Index {
        let pages = vec![
            page(
                "Paid time off",
                "Ask your manager before you take a vacation.",
            ),
            page(
                "Incident response",
                "When a severe incident happens, page the on-call engineer with kubectl.",
            ),
            page(
                "Expenses",
                "Keep the receipts. The time to hand them in is the end of the month.",
            ),
            page(
                "Café rules",
                "Clean the coffee machine. --no-verify is not for coffee.",
            ),
            page("休暇申請", "休暇の申請はSlackで連絡してください。"),
        ];
        let settings = Settings {
            language: "en".to_owned(),
            synonyms: vec![vec!["holiday".to_owned(), "time off".to_owned()]],
            sections: Vec::new(),
        };
        Index::new(pages, settings)
    }

    fn titles(query: &str) -> Vec<String> {
        index()
            .search(query, 10)
            .into_iter()
            .map(|hit| hit.title)
            .collect()
    }

    fn first(query: &str) -> String {
        titles(query).into_iter().next().unwrap_or_default()
    }

    #[test]
    fn words_of_one_long_title_find_its_page_before_one_that_says_them_often() {
        let others = (0..20).map(|n| page(&format!("Other {n}"), "Nothing of it."));
        let sales = page(
            "Sales in this company",
            &"The sales team meets the team. ".repeat(20),
        );
        let quiz = page("Quiz for a new sales team", "Twelve questions.");
        let index = Index::new(others.chain([sales, quiz]).collect(), Settings::default());
        assert_eq!(
            index.search("sales team", 1)[0].title,
            "Quiz for a new sales team"
        );
    }

    #[test]
    fn pages_are_found_by_what_they_say() {
        assert_eq!(first("receipts"), "Expenses");
        assert_eq!(first("RECEIPT"), "Expenses", "by another form, in any case");
        assert_eq!(first("cafe"), "Café rules");
        assert_eq!(first("kubectl"), "Incident response");
        assert_eq!(first("no-verify"), "Café rules");
        assert_eq!(first("oncall"), "Incident response");
        assert_eq!(first("休暇"), "休暇申請");
        assert_eq!(first("連絡"), "休暇申請");
    }

    #[test]
    fn a_title_says_more_than_a_text() {
        assert_eq!(titles("time"), ["Paid time off", "Expenses"]);
    }

    #[test]
    fn the_last_word_may_be_unfinished() {
        assert_eq!(first("inc"), "Incident response");
        assert_eq!(first("i"), "Incident response");
        assert_eq!(first("incident res"), "Incident response");
    }

    #[test]
    fn slips_are_forgiven() {
        for query in ["incidnet ", "incidnt", "ncident", "reciepts", "expnses"] {
            assert!(!first(query).is_empty(), "{query}");
        }
        assert_eq!(first("incidnet respnose"), "Incident response");
    }

    #[test]
    fn other_words_for_the_same_find_it() {
        assert_eq!(first("holiday"), "Paid time off");
    }

    #[test]
    fn what_stands_in_quotes_stands_so_in_the_page() {
        assert_eq!(titles("\"the end of\""), ["Expenses"]);
        assert_eq!(titles("\"end the of\""), [""; 0]);
    }

    #[test]
    fn what_nobody_wrote_is_not_found() {
        assert_eq!(titles("zebra"), [""; 0]);
        for query in ["", "   ", "\"", "\"\"", "- _ .", "\u{0}\u{202e}"] {
            assert_eq!(titles(query), [""; 0], "{query:?}");
        }
    }

    #[test]
    fn any_number_of_words_is_answered() {
        index().search(&"time \"off\" e-mail ".repeat(500), 3);
    }
}
