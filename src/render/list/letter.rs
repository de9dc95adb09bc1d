//! Under which letter of a list a title stands, and where. Knows texts, not pages.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Where a title stands in a list; places are in the order of the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub letter: Letter,
    /// The title as it is compared with others.
    key: String,
}

/// What a title is listed under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Letter {
    /// A digit, a sign, or nothing that has a letter.
    None,
    /// As it is compared, and as it is shown.
    Of(String, String),
    /// A row of the table of kana.
    Kana(char),
    /// The consonant that a Korean syllable begins with.
    Hangul(char),
    /// Nobody can tell from the characters how they are read.
    Han,
}

impl Letter {
    /// As readers see it.
    pub fn shown(&self) -> String {
        match self {
            Letter::None => "#".to_owned(),
            Letter::Of(_, shown) => shown.clone(),
            Letter::Kana(letter) | Letter::Hangul(letter) => letter.to_string(),
            Letter::Han => "漢字".to_owned(),
        }
    }

    /// As it may stand in an id.
    pub fn id(&self) -> String {
        match self {
            Letter::None => "0".to_owned(),
            other => other.shown().to_lowercase(),
        }
    }
}

/// Letters that are no variants of others to readers of a language. Each is listed behind the letter that comes first.
const OWN: &[(&str, char, &str)] = &[
    ("da", 'z', "æøå"),
    ("es", 'n', "ñ"),
    ("fi", 'z', "åäö"),
    ("nb", 'z', "æøå"),
    ("nn", 'z', "æøå"),
    ("no", 'z', "æøå"),
    ("sv", 'z', "åäö"),
];

/// What follows a letter in a key to make another one of it that comes next. No title has these in a word.
const NEXT: [char; 3] = ['\u{e001}', '\u{e002}', '\u{e003}'];

/// The place of a title in a list in a language: letters without their marks, word by word, without case and signs.
pub fn place(title: &str, language: &str) -> Place {
    let primary = language.split(['-', '_']).next().unwrap_or_default();
    let own = OWN
        .iter()
        .find(|(language, ..)| primary.eq_ignore_ascii_case(language));
    let mut key = String::with_capacity(title.len());
    let mut shown = None;
    let mut is_apart = false;
    let title = if title.is_ascii() {
        Cow::Borrowed(title)
    } else {
        Cow::Owned(title.nfc().collect::<String>())
    };
    for c in title.chars().flat_map(char::to_lowercase) {
        let before = key.len();
        let nth = own.and_then(|(_, base, letters)| {
            let nth = letters.chars().position(|letter| letter == c)?;
            Some((*base, NEXT[nth]))
        });
        if let Some((base, next)) = nth {
            key.extend([base, next]);
        } else if c.is_ascii() {
            plain(c, &mut key);
        } else {
            let parts = std::iter::once(c).nfkd().flat_map(char::to_lowercase);
            parts.for_each(|part| plain(part, &mut key));
        }
        // An apostrophe ends no word.
        if key.len() == before {
            is_apart |= before > 0 && !is_mark(c) && !matches!(c, '\'' | '’');
        } else {
            if before == 0 {
                shown = Some(c);
            }
            if is_apart {
                key.insert(before, ' ');
            }
            is_apart = false;
        }
    }
    let letter = letter(&key, shown);
    Place { letter, key }
}

/// Adds a character to a key: small, and without what only tells how it is said.
fn plain(c: char, key: &mut String) {
    match c {
        'ß' => key.push_str("ss"),
        'æ' => key.push_str("ae"),
        'œ' => key.push_str("oe"),
        'þ' => key.push_str("th"),
        'ø' => key.push('o'),
        'ł' => key.push('l'),
        'đ' | 'ð' => key.push('d'),
        'ı' => key.push('i'),
        // Katakana among hiragana, as in a dictionary.
        'ァ'..='ヶ' => key.extend(char::from_u32(u32::from(c) - 0x60)),
        c if is_mark(c) => {}
        c if c.is_alphanumeric() || (is_combining_mark(c) && !key.is_empty()) => key.push(c),
        _ => {}
    }
}

/// Whether a character tells only how the letter before it is said: accents, points, and the voice of kana.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{3099}' | '\u{309a}')
}

fn letter(key: &str, shown: Option<char>) -> Letter {
    let mut chars = key.chars();
    let (Some(first), next) = (chars.next(), chars.next()) else {
        return Letter::None;
    };
    match first {
        'ぁ'..='ゖ' => Letter::Kana(row(first)),
        '\u{1100}'..='\u{1112}' => Letter::Hangul(consonant(first)),
        '々'
        | '〇'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{20000}'..='\u{3ffff}' => Letter::Han,
        _ if !first.is_alphabetic() => Letter::None,
        _ => match next.filter(|next| NEXT.contains(next)) {
            Some(next) => {
                let shown = shown.unwrap_or(first);
                Letter::Of(
                    String::from_iter([first, next]),
                    shown.to_uppercase().collect(),
                )
            }
            None => Letter::Of(first.to_string(), first.to_uppercase().collect()),
        },
    }
}

/// The first of the row of the table that a kana stands in.
fn row(kana: char) -> char {
    let rows = ['わ', 'ら', 'や', 'ま', 'は', 'な', 'た', 'さ', 'か'];
    // The small ones of two rows come before them.
    let small = |row: char| match row {
        'や' => 'ゃ',
        'わ' => 'ゎ',
        row => row,
    };
    let row = rows.into_iter().find(|row| kana >= small(*row));
    row.unwrap_or('あ')
}

/// The consonant as it stands alone; a double one is listed with the single one.
fn consonant(jamo: char) -> char {
    const ALONE: [char; 19] = [
        'ㄱ', 'ㄱ', 'ㄴ', 'ㄷ', 'ㄷ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅂ', 'ㅅ', 'ㅅ', 'ㅇ', 'ㅈ', 'ㅈ', 'ㅊ',
        'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ',
    ];
    ALONE[(u32::from(jamo) - 0x1100) as usize]
}

#[cfg(test)]
mod tests {
    use super::place;

    fn listed<'t>(titles: &[&'t str], language: &str) -> Vec<(String, &'t str)> {
        let mut places: Vec<_> = titles
            .iter()
            .map(|title| (place(title, language), *title))
            .collect();
        places.sort();
        places
            .into_iter()
            .map(|(place, title)| (place.letter.shown(), title))
            .collect()
    }

    #[track_caller]
    fn assert_listed(titles: &[&str], language: &str, expected: &[(&str, &str)]) {
        let listed = listed(titles, language);
        let listed: Vec<_> = listed
            .iter()
            .map(|(letter, title)| (&**letter, *title))
            .collect();
        assert_eq!(listed, expected);
    }

    #[test]
    fn accents_and_case_are_not_told_apart() {
        assert_listed(
            &[
                "Zebra", "Äpfel", "apple", "Øre", "École", "Œuvre", "straße", "Łódź",
            ],
            "de",
            &[
                ("A", "Äpfel"),
                ("A", "apple"),
                ("E", "École"),
                ("L", "Łódź"),
                ("O", "Œuvre"),
                ("O", "Øre"),
                ("S", "straße"),
                ("Z", "Zebra"),
            ],
        );
        // Written in two characters, and in one.
        assert_eq!(place("A\u{308}pfel", "de"), place("Äpfel", "de"));
    }

    #[test]
    fn some_languages_have_more_letters() {
        let titles = ["Örebro", "Zebra", "Ål", "Älg", "Apa"];
        let expected = [
            ("A", "Apa"),
            ("Z", "Zebra"),
            ("Å", "Ål"),
            ("Ä", "Älg"),
            ("Ö", "Örebro"),
        ];
        assert_listed(&titles, "sv-SE", &expected);
        let expected = [("N", "nuez"), ("Ñ", "ñu"), ("O", "oso")];
        assert_listed(&["oso", "ñu", "nuez"], "es", &expected);
    }

    #[test]
    fn words_count_before_letters_and_signs_not_at_all() {
        assert_listed(
            &[
                "Newark",
                "New York",
                "“New” people",
                "It’s",
                "its",
                "C++",
                "c",
            ],
            "en",
            &[
                ("C", "C++"),
                ("C", "c"),
                ("I", "It’s"),
                ("I", "its"),
                ("N", "“New” people"),
                ("N", "New York"),
                ("N", "Newark"),
            ],
        );
    }

    #[test]
    fn what_begins_with_no_letter_comes_first() {
        let titles = ["b", "401k", "…", "🎉 Party", ""];
        let expected = [
            ("#", ""),
            ("#", "…"),
            ("#", "401k"),
            ("B", "b"),
            ("P", "🎉 Party"),
        ];
        assert_listed(&titles, "en", &expected);
    }

    #[test]
    fn other_scripts() {
        let titles = ["Ёлка", "Борис", "Éa", "άλφα", "إدارة", "אבא"];
        let expected = [
            ("E", "Éa"),
            ("Α", "άλφα"),
            ("Б", "Борис"),
            ("Е", "Ёлка"),
            ("א", "אבא"),
            ("ا", "إدارة"),
        ];
        assert_listed(&titles, "ru", &expected);
    }

    #[test]
    fn japanese_is_by_rows_and_korean_by_consonants() {
        let titles = [
            "経費",
            "ガイド",
            "かいぎ",
            "アプリ",
            "ﾃﾞｰﾀ",
            "わたし",
            "ヴィジョン",
            "API",
        ];
        let expected = [
            ("A", "API"),
            ("あ", "アプリ"),
            ("あ", "ヴィジョン"),
            ("か", "かいぎ"),
            ("か", "ガイド"),
            ("た", "ﾃﾞｰﾀ"),
            ("わ", "わたし"),
            ("漢字", "経費"),
        ];
        assert_listed(&titles, "ja", &expected);
        let titles = ["휴가", "간식", "가나", "깃"];
        let expected = [("ㄱ", "가나"), ("ㄱ", "간식"), ("ㄱ", "깃"), ("ㅎ", "휴가")];
        assert_listed(&titles, "ko", &expected);
    }

    #[test]
    fn any_text_has_a_place() {
        for title in [
            "\u{301}",
            "\u{e001}",
            "z\u{e001}",
            "\u{1b20}",
            "\0",
            "ー",
            "ゝ",
            "İ",
        ] {
            place(title, "sv").letter.shown();
        }
    }
}
