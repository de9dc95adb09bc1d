//! Postings as the characters in which they are sent, and in which they are kept: a page and its weight take two or three.

/// The most that a term can say of a page, in its own scale.
pub const HEAVIEST: u32 = 51;

/// The first character of a weight and of a number's last digit, and of its other digits.
const LAST: u8 = 40;
const OTHER: u8 = 93;

/// Pages and weights, each page once and in their order: how far on the next page is, lowest digits first, then its weight.
pub fn coded(postings: &[(u32, u8)]) -> String {
    let deltas = || {
        let before = std::iter::once(0).chain(postings.iter().map(|(page, _)| page + 1));
        let pages = postings.iter().zip(before);
        pages.map(|((page, weight), before)| (page + 1 - before, *weight))
    };
    let digits = |delta: u32| delta.ilog2() as usize / 5 + 1;
    let length = deltas().map(|(delta, _)| digits(delta) + 1).sum();
    let mut coded = String::with_capacity(length);
    for (mut delta, weight) in deltas() {
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
        let coded = coded(&postings);
        let pages = postings.map(|(page, weight)| (page as usize, weight));
        assert_eq!(decoded(&coded).collect::<Vec<_>>(), pages);
        assert!(!coded.contains(['"', '\\']));
    }
}
