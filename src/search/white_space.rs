//! Text with one space wherever it has white space, as readers see it.

use crate::search::scan;

/// Adds a text with one space wherever it has white space. Texts are long and nearly all of them have no other, so what stands
/// between two oddities is copied as a whole.
pub fn push_collapsed(target: &mut String, text: &str) {
    target.reserve(text.len());
    let (mut copied, mut at) = (0, 0);
    // A byte of which it is true is always the first of a character.
    while let Some(odd) = scan::find(text.as_bytes(), at, is_odd) {
        let rest = &text[odd..];
        let end = text.len() - rest.trim_start().len();
        if end > odd {
            // A space may stand before one that is not ASCII.
            target.push_str(text[copied..odd].trim_end());
            target.push(' ');
            copied = end;
        }
        at = end.max(odd + 1);
    }
    target.push_str(&text[copied..]);
}

/// Control characters, two spaces, and the first bytes of white space that is not ASCII.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "without branches, so that many bytes are looked at together"
)]
fn is_odd(byte: u8, next: u8) -> bool {
    (byte < b' ')
        | ((byte == b' ') & (next <= b' '))
        | (byte == 0xc2)
        | ((byte == 0xe1) & (next == 0x9a))
        | ((byte == 0xe2) & ((next == 0x80) | (next == 0x81)))
        | ((byte == 0xe3) & (next == 0x80))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{is_odd, push_collapsed};

    #[test]
    fn white_space_is_odd_in_every_script() {
        for c in ('\u{80}'..=char::MAX).filter(|c| c.is_whitespace()) {
            let bytes = c.to_string().into_bytes();
            assert!(is_odd(bytes[0], bytes[1]), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn white_space_is_one_space(text in "([a-z]{1,40}|’|あ|\\PC|[ \t\n\r\u{b}\u{1}\u{85}\u{a0}\u{1680}\u{2003}\u{2029}\u{205f}\u{3000}]){0,60}") {
            let text = text.trim();
            let mut collapsed = String::new();
            push_collapsed(&mut collapsed, text);
            prop_assert_eq!(collapsed, text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
}
