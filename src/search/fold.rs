//! Words as they are looked up. A site has millions of them, and nearly all are a few letters and digits of ASCII: where those are is
//! found for sixty-four bytes at a time, and each is read off the text into a number that is compared and hashed as one.

use std::hash::{Hash, Hasher};
use std::ops::Range;

/// How many bytes a short word takes.
const LANES: usize = 16;
/// Of how many bytes a block tells the words, and how many it has to have for that.
const TOLD: usize = 64;
pub const BLOCK: usize = TOLD + LANES;

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

    /// Of a word in a text, where it stands folded.
    pub fn at(text: &'a str, at: Range<usize>) -> Fold<'a> {
        let length = at.len();
        match text.as_bytes()[at.start..].first_chunk() {
            Some(lanes) if length < LANES => {
                Fold::Short(Short::first_of(u128::from_le_bytes(*lanes), length))
            }
            _ => Fold::of(&text[at]),
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Fold::Short(short) => short.as_str(),
            Fold::Long(word) => word,
        }
    }
}

/// A word of fewer than sixteen bytes: its bytes, zeros, and last how many they are. It lies where a number may, to be read as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

    /// The first bytes of some: at least one, and not all.
    fn first_of(lanes: u128, length: usize) -> Short {
        let of_word = OF_WORD[length];
        let fold = lanes & of_word | (length as u128) << (8 * (LANES - 1));
        Short(fold.to_le_bytes())
    }

    pub fn as_str(&self) -> &str {
        let bytes = &self.0[..usize::from(self.0[LANES - 1])];
        std::str::from_utf8(bytes).expect("it was made of a text")
    }
}

/// For each length of a word, the lanes that it takes.
static OF_WORD: [u128; LANES] = {
    let mut of_word = [0; LANES];
    let mut length = 1;
    while length < LANES {
        of_word[length] = u128::MAX >> (8 * (LANES - length));
        length += 1;
    }
    of_word
};

/// What comes next in a block.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing that is told: the next block begins here.
    End(usize),
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

/// Some bytes of a text, which do not begin within a word.
pub struct Block<'a> {
    bytes: &'a [u8; BLOCK],
    /// A bit for each byte: whether it is a letter or digit of ASCII in a word that has not been told.
    plain: u64,
    /// Whether it is no ASCII.
    wide: u64,
}

impl<'a> Block<'a> {
    pub fn of(bytes: &'a [u8; BLOCK]) -> Block<'a> {
        let (mut plain, mut wide, mut is_wide) = (0, 0, 0);
        let (told, _) = bytes.as_chunks::<8>();
        for (at, lanes) in told[..TOLD / 8].iter().enumerate() {
            let lanes = u64::from_le_bytes(*lanes);
            plain |= bits(plain_lanes(lanes)) << (8 * at);
            is_wide |= lanes & HIGH;
        }
        if is_wide != 0 {
            for (at, lanes) in told[..TOLD / 8].iter().enumerate() {
                wide |= bits(u64::from_le_bytes(*lanes) & HIGH) << (8 * at);
            }
        }
        Block { bytes, plain, wide }
    }

    #[inline]
    pub fn next(&mut self) -> Next {
        let at = first(self.plain);
        // None, or one of another script before it.
        if at == TOLD || self.wide & !(u64::MAX << at) != 0 {
            return match first(self.wide) {
                TOLD => Next::End(TOLD),
                other => Next::Other(other),
            };
        }
        let length = first(!(self.plain >> at));
        let end = at + length;
        if end == TOLD && at > 0 {
            return Next::End(at);
        }
        // Longer, or with other letters behind it.
        if length >= LANES || self.wide >> end & 1 != 0 {
            return Next::Other(at);
        }
        self.plain &= u64::MAX << end;
        let mut lanes = [0; LANES];
        lanes.copy_from_slice(&self.bytes[at..at + LANES]);
        let lanes = u128::from_le_bytes(lanes);
        let of_word = OF_WORD[length];
        let small = u128::from_le_bytes([SMALL; LANES]);
        let capitals = !lanes & small & of_word;
        Next::Word {
            at,
            length,
            // Digits have the bit that makes small letters already.
            fold: Short::first_of(lanes | small, length),
            has_humps: capitals >> 8 != 0,
        }
    }
}

/// A byte in all lanes.
const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The bit in which small letters differ from capitals.
const SMALL: u8 = 0x20;
/// The bit that answers.
const HIGH: u64 = all(0x80);

/// Which lanes are letters or digits of ASCII. All are compared at once: in seven bits, what is added to a byte sets the eighth bit
/// where it is large enough.
fn plain_lanes(lanes: u64) -> u64 {
    let low = lanes & !HIGH;
    let from = |lanes: u64, least: u8| lanes + all(0x80 - least);
    let small = low | all(SMALL);
    let letters = from(small, b'a') & !from(small, b'z' + 1);
    let digits = from(low, b'0') & !from(low, b'9' + 1);
    (letters | digits) & !lanes & HIGH
}

/// The answers of the lanes next to each other, the first one lowest.
fn bits(answers: u64) -> u64 {
    // Multiplied, they come to lie in the highest byte, none above another.
    (answers >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// The first bit that is set; their number if none is.
fn first(bits: u64) -> usize {
    bits.trailing_zeros() as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BLOCK, Block, Next, Short, TOLD, all, bits, plain_lanes};

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
                0xff
            } else {
                0
            };
            assert_eq!(bits(plain_lanes(all(byte))), answer, "{byte}");
        }
        assert_eq!(
            bits(plain_lanes(u64::from_le_bytes(*b"a-b--Zz\xe9"))),
            0b110_0101
        );
    }

    fn block(text: &str) -> [u8; BLOCK] {
        let mut block = [b' '; BLOCK];
        block[..text.len()].copy_from_slice(text.as_bytes());
        block
    }

    #[test]
    fn words_are_read_off_a_text() {
        let word = |at, word: &str, has_humps| Next::Word {
            at,
            length: word.len(),
            fold: Short::of(&word.to_lowercase()).expect("short"),
            has_humps,
        };
        let read = |text: &str| Block::of(&block(text)).next();
        assert_eq!(read("in 2026, and"), word(0, "in", false));
        assert_eq!(read("  (2FA): on"), word(3, "2FA", true));
        assert_eq!(read("Zed"), word(0, "Zed", false));
        assert_eq!(read("gitHub"), word(0, "gitHub", true));
        assert_eq!(read("…a"), Next::Other(0));
        assert_eq!(read("- …"), Next::Other(2));
        assert_eq!(read("caf\u{e9}"), Next::Other(0));
        assert_eq!(read("sixteen-is-over"), word(0, "sixteen", false));
        assert_eq!(read("incomprehensibleness"), Next::Other(0));
        assert_eq!(read("..."), Next::End(TOLD));
        // A word that goes on behind what is told, and one that fills it.
        assert_eq!(read(&format!("{}end", ".".repeat(63))), Next::End(63));
        assert_eq!(read(&"a".repeat(70)), Next::Other(0));
    }

    proptest! {
        #[test]
        fn words_are_what_stands_there_in_small_letters(text in "[ -~é…]{0,26}") {
            let block = block(&text);
            let mut words = Block::of(&block);
            let mut expected = text.split(|c: char| !c.is_ascii_alphanumeric());
            while let Next::Word { at, length, fold, has_humps } = words.next() {
                let word = &text[at..at + length];
                prop_assert_eq!(expected.find(|word| !word.is_empty()), Some(word));
                prop_assert_eq!(fold.as_str(), word.to_lowercase());
                prop_assert_eq!(has_humps, word[1..].contains(char::is_uppercase));
            }
        }
    }
}
