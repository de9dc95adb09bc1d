//! The quotes that smart punctuation writes. Knows languages, no Markdown.

/// Which double quotes a text has. Single ones are the English ones everywhere, because the closing one cannot be told
/// from an apostrophe, which is the same in all these languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// “…”
    English,
    /// „…“
    German,
    /// «…», with narrow spaces inside that no line breaks at.
    French,
}

impl Quotes {
    /// The quotes of a language, by its BCP 47 tag; the English ones where no others are known.
    pub fn of(language: &str) -> Quotes {
        let primary = language.split(['-', '_']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "de" => Quotes::German,
            "fr" => Quotes::French,
            _ => Quotes::English,
        }
    }

    /// What stands for one of the characters that Markdown made, or nothing if it is none of them.
    pub fn exchange(self, made: &str) -> Option<&'static str> {
        Some(match (made, self) {
            ("“", Quotes::English) => "“",
            ("”", Quotes::English) => "”",
            ("“", Quotes::German) => "„",
            ("”", Quotes::German) => "“",
            ("“", Quotes::French) => "«\u{202f}",
            ("”", Quotes::French) => "\u{202f}»",
            ("‘", _) => "‘",
            ("’", _) => "’",
            ("–", _) => "–",
            ("—", _) => "—",
            ("…", _) => "…",
            _ => return None,
        })
    }
}
