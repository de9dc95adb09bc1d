//! The stem of a word in the language of the site, so that "policies" finds "policy".

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

/// Terms lie in files by so many of their first characters, so a word and its stem have them in common.
pub const KEY: usize = 3;

/// The stems of one language.
#[derive(Default)]
pub struct Stems(Option<Stemmer>);

impl Stems {
    /// Of a language tag, `de-AT` as well as `de`. Words of languages without rules are their own stems.
    pub fn of(language: &str) -> Stems {
        let primary = language.split(['-', '_']).next().unwrap_or_default();
        let algorithm = match primary.to_ascii_lowercase().as_str() {
            "ar" => Algorithm::Arabic,
            "ca" => Algorithm::Catalan,
            "cs" => Algorithm::Czech,
            "da" => Algorithm::Danish,
            "de" => Algorithm::German,
            "el" => Algorithm::Greek,
            "en" => Algorithm::English,
            "es" => Algorithm::Spanish,
            "et" => Algorithm::Estonian,
            "eu" => Algorithm::Basque,
            "fi" => Algorithm::Finnish,
            "fr" => Algorithm::French,
            "ga" => Algorithm::Irish,
            "hi" => Algorithm::Hindi,
            "hu" => Algorithm::Hungarian,
            "hy" => Algorithm::Armenian,
            "id" => Algorithm::Indonesian,
            "it" => Algorithm::Italian,
            "lt" => Algorithm::Lithuanian,
            "nb" | "nn" | "no" => Algorithm::Norwegian,
            "nl" => Algorithm::Dutch,
            "pl" => Algorithm::Polish,
            "pt" => Algorithm::Portuguese,
            "ro" => Algorithm::Romanian,
            "ru" => Algorithm::Russian,
            "sv" => Algorithm::Swedish,
            "ta" => Algorithm::Tamil,
            "tr" => Algorithm::Turkish,
            "uk" => Algorithm::Ukrainian,
            _ => return Stems(None),
        };
        Stems(Some(Stemmer::new(algorithm)))
    }

    /// The stem of a folded word.
    pub fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        let Some(stemmer) = &self.0 else {
            return Cow::Borrowed(word);
        };
        if word.bytes().any(|byte| byte.is_ascii_digit()) {
            return Cow::Borrowed(word);
        }
        let stem = stemmer.stem(word);
        if key(&stem) == key(word) {
            stem
        } else {
            Cow::Borrowed(word)
        }
    }
}

/// By what a word or stem is laid into a file.
pub fn key(word: &str) -> &str {
    let end = word.char_indices().nth(KEY);
    &word[..end.map_or(word.len(), |(at, _)| at)]
}

#[cfg(test)]
mod tests {
    use super::{Stems, key};

    #[test]
    fn forms_of_a_word_have_one_stem() {
        let english = Stems::of("en-GB");
        assert_eq!(english.stem("policies"), english.stem("policy"));
        assert_eq!(english.stem("onboarding"), english.stem("onboard"));
        let german = Stems::of("de");
        assert_eq!(german.stem("krankmeldungen"), german.stem("krankmeldung"));
    }

    #[test]
    fn a_stem_lies_where_its_words_lie() {
        let english = Stems::of("en");
        for word in ["ties", "skies", "dying", "idly", "is", "a", "his", "x1s"] {
            assert_eq!(key(&english.stem(word)), key(word), "{word}");
        }
    }

    #[test]
    fn other_languages_keep_their_words() {
        assert_eq!(Stems::of("ja").stem("休暇"), "休暇");
        assert_eq!(Stems::of("xx").stem("policies"), "policies");
    }
}
