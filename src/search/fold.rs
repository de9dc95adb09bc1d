//! Words as they are looked up. A site has millions of them, and nearly all are a few letters and digits of ASCII: those are read off
//! the text sixteen bytes at a time, with hardly a branch, into a number that is compared and hashed as one.

use std::hash::{Hash, Hasher};

/// How many bytes are read together.
const LANES: usize = 16;

/// A folded word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold<'a> {
    Short(Short),
    /// What is no `Short`.
    Long(&'a str),
}

impl<'a> Fold<'a> {
    /// Of a word that is folded.
    pub fn of(word: &'a str) -> Fold<'a> {
        Short::of(word).map_or(Fold::Long(word), Fold::Short)
    }

    pub fn as_str(&self) -> &str {
        match self {
            Fold::Short(short) => short.as_str(),
            Fold::Long(word) => word,
        }
    }
}

/// A word of fewer than sixteen bytes: its bytes, zeros, and last how many they are. It is handed on as two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(8))]
pub struct Short([u8; LANES]);

impl Hash for Short {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(u128::from_le_bytes(self.0));
    }
}

impl Short {
    pub fn of(word: &str) -> Option<Short> {
        let mut bytes = [0; LANES];
        bytes[..LANES - 1]
            .get_mut(..word.len())?
            .copy_from_slice(word.as_bytes());
        bytes[LANES - 1] = u8::try_from(word.len()).ok()?;
        Some(Short(bytes))
    }

    pub fn as_str(&self) -> &str {
        let bytes = &self.0[..usize::from(self.0[LANES - 1])];
        std::str::from_utf8(bytes).expect("it was made of a text")
    }
}

/// What comes next in a text.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing but what is between words, up to here.
    Gap(usize),
    /// A word of ASCII and nothing else: where it begins, how many bytes it has, its fold, and whether a capital stands behind
    /// its first letter.
    Word {
        at: usize,
        length: usize,
        fold: Short,
        has_humps: bool,
    },
    /// Something that takes a closer look begins here.
    Other(usize),
}

/// What comes next in a text from a byte on, which does not stand in a word.
pub fn next(bytes: &[u8], from: usize) -> Next {
    let Some(lanes) = load(bytes, from) else {
        return Next::Other(from);
    };
    let at = from + first(plain(lanes) | wide(lanes));
    if at == from + LANES {
        return Next::Gap(at);
    }
    let Some(lanes) = load(bytes, at) else {
        return Next::Other(at);
    };
    let ends = plain(lanes) ^ HIGH;
    let length = first(ends);
    // Nothing, more than there are lanes, or with other letters behind it.
    if length == 0 || length == LANES || first(wide(lanes)) == length {
        return Next::Other(at);
    }
    let of_word = u128::MAX >> (8 * (LANES - length));
    // Digits have the bit that makes small letters already.
    let small = (lanes | SMALL) & of_word | (length as u128) << (8 * (LANES - 1));
    let capitals = !lanes & SMALL & of_word;
    Next::Word {
        at,
        length,
        fold: Short(small.to_le_bytes()),
        has_humps: capitals >> 8 != 0,
    }
}

/// Sixteen bytes as a number, the first one lowest.
fn load(bytes: &[u8], from: usize) -> Option<u128> {
    let lanes = bytes.get(from..from + LANES)?;
    Some(u128::from_le_bytes(*lanes.first_chunk()?))
}

/// A byte in all lanes.
const fn all(byte: u8) -> u128 {
    u128::from_le_bytes([byte; LANES])
}

/// The bit in which small letters differ from capitals.
const SMALL: u128 = all(0x20);
/// The bit that answers.
const HIGH: u128 = all(0x80);

/// Which lanes are letters or digits of ASCII. All are compared at once: in seven bits, what is added to a byte sets the eighth bit
/// where it is large enough.
fn plain(lanes: u128) -> u128 {
    let low = lanes & !HIGH;
    let from = |lanes: u128, least: u8| lanes + all(0x80 - least);
    let small = low | SMALL;
    let letters = from(small, b'a') & !from(small, b'z' + 1);
    let digits = from(low, b'0') & !from(low, b'9' + 1);
    (letters | digits) & !lanes & HIGH
}

/// Which lanes are no ASCII.
fn wide(lanes: u128) -> u128 {
    lanes & HIGH
}

/// The first lane that answers; their number if none does.
fn first(answers: u128) -> usize {
    answers.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LANES, Next, Short, all, next, plain};

    #[test]
    fn a_short_word_is_its_bytes_and_their_number() {
        for length in 0..16 {
            let word = &"onboarding-guide"[..length];
            assert_eq!(Short::of(word).expect("short").as_str(), word);
        }
        assert_eq!(Short::of("onboarding-guide"), None);
        assert_ne!(Short::of("a"), Short::of("a\0"));
    }

    #[test]
    fn lanes_are_letters_and_digits_as_bytes_are() {
        for byte in 0..=u8::MAX {
            let answer = if byte.is_ascii_alphanumeric() {
                0x80
            } else {
                0
            };
            assert_eq!(plain(all(byte)).to_le_bytes(), [answer; LANES], "{byte}");
        }
    }

    #[test]
    fn words_are_read_off_a_text() {
        let word = |at, word: &str, has_humps| Next::Word {
            at,
            length: word.len(),
            fold: Short::of(&word.to_lowercase()).expect("short"),
            has_humps,
        };
        let read = |text: &str| next(format!("{text}{}", " ".repeat(32)).as_bytes(), 0);
        assert_eq!(read("in 2026, and"), word(0, "in", false));
        assert_eq!(read("  (2FA): on"), word(3, "2FA", true));
        assert_eq!(read("Zed"), word(0, "Zed", false));
        assert_eq!(read("gitHub"), word(0, "gitHub", true));
        assert_eq!(read("…a"), Next::Other(0));
        assert_eq!(read("caf\u{e9}"), Next::Other(0));
        assert_eq!(read("sixteen-is-over"), word(0, "sixteen", false));
        assert_eq!(read("incomprehensibleness"), Next::Other(0));
        assert_eq!(read(&"-".repeat(20)), Next::Gap(16));
    }

    proptest! {
        #[test]
        fn a_word_is_what_stands_there_in_small_letters(text in "[ -~é…]{16,48}") {
            if let Next::Word { at, length, fold, has_humps } = next(text.as_bytes(), 0) {
                let word = &text[at..at + length];
                prop_assert!(word.bytes().all(|byte| byte.is_ascii_alphanumeric()));
                prop_assert_eq!(fold.as_str(), word.to_lowercase());
                prop_assert_eq!(has_humps, word[1..].contains(char::is_uppercase));
            }
        }
    }
}
