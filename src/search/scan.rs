//! Finds what is rare in a long text, many bytes at a time.

/// The first place from `at` on where something is true of a byte and the next one, which is a full stop at the end of the text.
#[inline]
pub fn find(bytes: &[u8], at: usize, is: impl Fn(u8, u8) -> bool) -> Option<usize> {
    let rest = &bytes[at..];
    let mut passed = none_of::<32>(rest, &is);
    passed += none_of::<SHORT>(&rest[passed..], &is);
    // Where nothing was found, too little is left to be looked at together, unless with some of what has been passed over, or with what
    // stands for the end.
    if rest.len() - passed <= SHORT {
        let none = match rest.last_chunk::<{ SHORT + 1 }>() {
            Some(last) => none_of::<SHORT>(last, &is),
            None => {
                let mut last = [b'.'; SHORT + 1];
                last[..rest.len()].copy_from_slice(rest);
                none_of::<SHORT>(&last, &is)
            }
        };
        if none == SHORT {
            passed = rest.len().saturating_sub(1);
        }
    }
    let is_it = |at: &usize| is(rest[*at], rest.get(at + 1).copied().unwrap_or(b'.'));
    (passed..rest.len()).find(is_it).map(|found| at + found)
}

/// As many bytes as every processor looks at together.
const SHORT: usize = 16;

/// How many bytes can be passed over, so many at a time.
#[inline]
fn none_of<const LANES: usize>(bytes: &[u8], is: impl Fn(u8, u8) -> bool) -> usize {
    let mut at = 0;
    // Without a branch in between, so that a compiler makes a few wide instructions of it.
    while let Some(lanes) = bytes.get(at..=at + LANES) {
        let mut any = false;
        for lane in 0..LANES {
            any |= is(lanes[lane], lanes[lane + 1]);
        }
        if any {
            break;
        }
        at += LANES;
    }
    at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::find;

    proptest! {
        #[test]
        fn what_is_found_is_the_first(text in "[a-d]{0,100}", at in 0_usize..100) {
            let at = at.min(text.len());
            let is = |byte, next| byte == b'a' && next == b'b';
            let expected = text[at..].find("ab").map(|found| at + found);
            prop_assert_eq!(find(text.as_bytes(), at, is), expected);
        }
    }
}
