//! Postings as the characters in which they are sent, and in which they are kept: a page and its weight take two or three.

/// The most that a term can say of a page, in its own scale.
pub const HEAVIEST: u32 = 51;

/// The first character of a weight and of a number's last digit, and of its other digits.
const LAST: u8 = 40;
const OTHER: u8 = 93;

/// Pages and weights, in the order of the pages: how far on the next page is, lowest digits first, then its weight.
pub fn coded(postings: impl Iterator<Item = (u32, u8)>) -> String {
    let (least, _) = postings.size_hint();
    let mut coded = String::with_capacity(least * 2);
    let mut next = 0;
    for (page, weight) in postings {
        let mut delta = page + 1 - next;
        next = page + 1;
        let digit = |of: u32| (of % 32) as u8;
        while delta >= 32 {
            coded.push(char::from(OTHER + digit(delta)));
            delta /= 32;
        }
        coded.push(char::from(LAST + digit(delta)));
        coded.push(char::from(LAST + weight));
    }
    coded
}

/// The pages and weights again.
pub fn decoded(coded: &str) -> impl Iterator<Item = (usize, u8)> {
    let mut bytes = coded.bytes();
    let mut next = 0;
    std::iter::from_fn(move || {
        let (mut delta, mut place) = (0, 1);
        let mut byte = bytes.next()?;
        while byte >= OTHER {
            delta += usize::from(byte - OTHER) * place;
            place *= 32;
            byte = bytes.next()?;
        }
        next += delta + usize::from(byte - LAST) * place;
        Some((next - 1, bytes.next()? - LAST))
    })
}

#[cfg(test)]
mod tests {
    use super::{coded, decoded};

    #[test]
    fn postings_come_back() {
        let postings = [(0, 1), (1, 51), (31, 7), (64, 9), (1_100, 3), (70_000, 51)];
        let coded = coded(postings.into_iter());
        let pages = postings.map(|(page, weight)| (page as usize, weight));
        assert_eq!(decoded(&coded).collect::<Vec<_>>(), pages);
        assert!(!coded.contains(['"', '\\']));
    }
}
