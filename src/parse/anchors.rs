//! Heading anchors by GitHub's rules: lower case, no punctuation, `-` for spaces, `-1` for a second one.

use std::collections::HashMap;

/// Gives each heading of one page its anchor.
#[derive(Clone, Debug, Default)]
pub struct Slugger {
    /// How often each slug was asked for; a slug made by numbering is taken too.
    taken: HashMap<String, usize>,
}

impl Slugger {
    /// The anchor of the next heading with this text.
    pub fn slug(&mut self, text: &str) -> String {
        self.unique(&slug(text))
    }

    /// An id that nobody has: this one, or this one with a number.
    pub fn unique(&mut self, plain: &str) -> String {
        let mut candidate = plain.to_owned();
        if self.taken.contains_key(plain) {
            let mut count = self.taken[plain];
            while self.taken.contains_key(&candidate) {
                count += 1;
                candidate = format!("{plain}-{count}");
            }
            self.taken.insert(plain.to_owned(), count);
        }
        self.taken.insert(candidate.clone(), 0);
        candidate
    }

    /// Whether an id is taken.
    pub fn has(&self, id: &str) -> bool {
        self.taken.contains_key(id)
    }

    /// Marks an id that a writer chose as taken.
    pub fn take(&mut self, id: &str) {
        self.taken.entry(id.to_owned()).or_insert(0);
    }
}

/// The slug of a text, before numbering.
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            ' ' => out.push('-'),
            '-' | '_' => out.push(c),
            c if c.is_ascii_alphanumeric() => out.push(c.to_ascii_lowercase()),
            c if c.is_ascii() => {}
            // Letters, marks and numbers of any script stay; `is_alphanumeric` lacks the combining marks.
            c if c.is_alphanumeric() || is_mark(c) => out.extend(c.to_lowercase()),
            _ => {}
        }
    }
    out
}

/// Combining marks that GitHub keeps: accents written apart, and the vowel signs and joiners that scripts of India need.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{981}'..='\u{983}'
        | '\u{9bc}'..='\u{9cd}' | '\u{a01}'..='\u{a03}' | '\u{a3c}'..='\u{a4d}' | '\u{b82}'
        | '\u{bbe}'..='\u{bcd}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'
        | '\u{3099}' | '\u{309a}' | '\u{203f}' | '\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::{Slugger, slug};

    #[test]
    fn slugs_are_githubs() {
        for (text, expected) in [
            ("Promises", "promises"),
            (
                "Why do we work on the open source product?",
                "why-do-we-work-on-the-open-source-product",
            ),
            (
                "Creation, Collaboration or Compliance**",
                "creation-collaboration-or-compliance",
            ),
            ("A & B", "a--b"),
            ("snake_case  twice", "snake_case--twice"),
            ("Über uns", "über-uns"),
            ("日本語 の 見出し", "日本語-の-見出し"),
            ("👋 Hello", "-hello"),
            ("1.2.3", "123"),
            ("it’s", "its"),
            ("हिन्दी", "हिन्दी"),
        ] {
            assert_eq!(slug(text), expected);
        }
    }

    #[test]
    fn repeated_headings_are_numbered() {
        let mut slugger = Slugger::default();
        let slugs: Vec<_> = ["A", "A", "A-1", "A"]
            .iter()
            .map(|t| slugger.slug(t))
            .collect();
        assert_eq!(slugs, ["a", "a-1", "a-1-1", "a-2"]);
    }
}
