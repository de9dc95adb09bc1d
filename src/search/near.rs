//! Words near a word that nobody wrote: another form of it, or what it was meant to be.

use std::cmp::Reverse;

use crate::search::index::SHORTEST;
use crate::search::words::is_cjk;

/// Words of so many letters may hold two slips.
const LONG: usize = 8;

/// No more corrections than this are looked up.
const MOST: usize = 6;

/// How many slips a word may hold.
pub fn slips_allowed(word: &str) -> usize {
    if word.chars().any(|c| c.is_numeric() || is_cjk(c)) {
        return 0;
    }
    match word.chars().count() {
        length if length < SHORTEST => 0,
        length if length < LONG => 1,
        _ => 2,
    }
}

/// Whether two words are forms of one, by how they begin: `severities` and `severity`.
pub fn is_form(word: &str, other: &str) -> bool {
    let common = word
        .chars()
        .zip(other.chars())
        .take_while(|(a, b)| a == b)
        .count();
    let (one, two) = (word.chars().count(), other.chars().count());
    common >= 4 && one - common <= 3 && two - common <= 3 && 2 * common >= one.max(two)
}

/// What a word may have been meant for, with the number of slips, best first.
pub fn corrections<'a>(
    word: &str,
    known: impl Iterator<Item = &'a String>,
) -> Vec<(usize, &'a str)> {
    let most = slips_allowed(word);
    let letters: Vec<char> = word.chars().collect();
    let mut rows = Rows::default();
    let mut found: Vec<_> = known
        .filter_map(|other| {
            let slips = rows.distance(&letters, other, most)?;
            let same_first = other.chars().next() == letters.first().copied();
            let longer = other.chars().count().abs_diff(letters.len());
            Some((slips, Reverse(same_first), longer, other.as_str()))
        })
        .filter(|(slips, ..)| *slips > 0)
        .collect();
    found.sort_unstable();
    found.truncate(MOST);
    found
        .into_iter()
        .map(|(slips, _, _, word)| (slips, word))
        .collect()
}

/// Room for the table of distances, kept from word to word.
#[derive(Default)]
struct Rows {
    other: Vec<char>,
    before_last: Vec<usize>,
    last: Vec<usize>,
    row: Vec<usize>,
}

impl Rows {
    /// How many letters have to be put in, left out, changed or swapped with their neighbour; none where more than `most`.
    fn distance(&mut self, word: &[char], other: &str, most: usize) -> Option<usize> {
        self.other.clear();
        self.other.extend(other.chars());
        let width = self.other.len();
        if most == 0 || width.abs_diff(word.len()) > most {
            return None;
        }
        self.last.clear();
        self.last.extend(0..=width);
        self.before_last.clear();
        self.before_last.resize(width + 1, 0);
        self.row.clear();
        self.row.resize(width + 1, 0);
        for (y, letter) in word.iter().enumerate() {
            self.row[0] = y + 1;
            for (x, theirs) in self.other.iter().enumerate() {
                let changed = self.last[x] + usize::from(letter != theirs);
                let mut least = changed.min(self.last[x + 1] + 1).min(self.row[x] + 1);
                if y > 0 && x > 0 && *letter == self.other[x - 1] && word[y - 1] == *theirs {
                    least = least.min(self.before_last[x - 1] + 1);
                }
                self.row[x + 1] = least;
            }
            if self.row.iter().all(|distance| *distance > most) {
                return None;
            }
            std::mem::swap(&mut self.before_last, &mut self.last);
            std::mem::swap(&mut self.last, &mut self.row);
        }
        Some(self.last[width]).filter(|distance| *distance <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::{corrections, is_form};

    fn first(word: &str) -> Option<String> {
        let known = [
            "incident",
            "incidents",
            "accident",
            "severity",
            "form",
            "from",
        ];
        let known: Vec<String> = known.iter().map(|word| (*word).to_owned()).collect();
        let found = corrections(word, known.iter());
        found.first().map(|(_, word)| (*word).to_owned())
    }

    #[test]
    fn slips_are_forgiven_by_length() {
        assert_eq!(first("incidnet").as_deref(), Some("incident"));
        assert_eq!(first("ncident").as_deref(), Some("incident"));
        assert_eq!(first("inzidant").as_deref(), Some("incident"));
        assert_eq!(first("sevrity").as_deref(), Some("severity"));
        assert_eq!(first("svrity"), None, "two slips in a short word");
        assert_eq!(
            first("fro").as_deref(),
            Some("from"),
            "of three letters too"
        );
        assert_eq!(first("fo"), None);
    }

    #[test]
    fn other_forms_of_a_word_are_near() {
        assert!(is_form("severities", "severity"));
        assert!(is_form("onboarded", "onboarding"));
        assert!(!is_form("care", "car"));
        assert!(!is_form("international", "internet"));
    }
}
