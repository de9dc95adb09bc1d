//! A text stitched together from pieces of a source, which still knows where each byte came from.

use std::ops::Range;

/// The stitched text and, for each piece, where it begins here and there.
#[derive(Clone, Debug, Default)]
pub struct Stitched {
    pub text: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    at: usize,
    source: usize,
    /// Stands for one place of the source instead of being copied from it.
    inserted: bool,
}

impl Stitched {
    /// A whole slice of the source that begins at `source`.
    pub fn whole(text: &str, source: usize) -> Stitched {
        let mut stitched = Stitched::default();
        stitched.copy(text, source);
        stitched
    }

    /// Appends a slice that stands in the source at `source`.
    pub fn copy(&mut self, text: &str, source: usize) {
        self.push(text, source, false);
    }

    /// Appends text of our own that stands for the place `source`.
    pub fn insert(&mut self, text: &str, source: usize) {
        self.push(text, source, true);
    }

    fn push(&mut self, text: &str, source: usize, inserted: bool) {
        if text.is_empty() {
            return;
        }
        self.pieces.push(Piece {
            at: self.text.len(),
            source,
            inserted,
        });
        self.text.push_str(text);
    }

    /// Where the byte at `at` came from.
    pub fn source(&self, at: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.at <= at);
        match self.pieces[..next].last() {
            Some(piece) if piece.inserted => piece.source,
            Some(piece) => piece.source + (at - piece.at),
            None => at,
        }
    }

    /// Where a range came from.
    pub fn span(&self, range: Range<usize>) -> Range<usize> {
        let start = self.source(range.start);
        let end = match range.end.checked_sub(1) {
            // The end is taken from the last byte inside, because the next piece may lie elsewhere.
            Some(last) if range.end > range.start => self.source(last) + 1,
            _ => start,
        };
        start..end.max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::Stitched;

    #[test]
    fn places_survive_stitching() {
        let source = "> <a\n> href=x>";
        let mut stitched = Stitched::default();
        stitched.copy("<a\n", 2);
        stitched.insert("##", 5);
        stitched.copy("href=x>", 7);
        let at = stitched.text.find('x').unwrap();
        assert_eq!(&source[stitched.source(at)..], "x>");
        assert_eq!(stitched.span(0..3), 2..5);
        assert_eq!(stitched.source(4), 5);
    }
}
