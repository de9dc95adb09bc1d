//! Text as it is shown: emoji that are named, and the punctuation of print.

use std::borrow::Cow;
use std::ops::Range;

use super::Writer;
use crate::parse::{component, emoji};

impl Writer<'_> {
    /// `range` is the text in the stitched text.
    pub(super) fn text(&mut self, text: &str, range: Range<usize>) {
        if self.code.is_some() {
            let text = self.restored(text);
            if let Some(code) = &mut self.code {
                code.text.push_str(&text);
            }
            return;
        }
        if text.starts_with('(') {
            self.check_spaced_target(&range);
        }
        for piece in self.scanned.split(text) {
            match piece {
                component::Piece::Text(piece) => {
                    let shown = self.shown(piece, &range);
                    // What a heading's anchor is made of depends on no setting, or links to it would.
                    let source = &self.scanned.stitched.text[range.clone()];
                    let written = if self.is_made(piece, source) {
                        source
                    } else {
                        piece
                    };
                    self.heading_words(&shown, written);
                    self.escaped(&shown);
                }
                component::Piece::Tag(tag) => self.component_tag(tag),
            }
        }
    }

    /// Adds to the heading that is open, if one is.
    pub(super) fn heading_words(&mut self, shown: &str, written: &str) {
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(shown);
            heading.written.push_str(written);
        }
    }

    /// A text, or a piece of it, as readers see it. `range` is the whole of it in the stitched text.
    pub(super) fn shown<'t>(&self, text: &'t str, range: &Range<usize>) -> Cow<'t, str> {
        if let Some(made) = self.made_punctuation(text, range) {
            return Cow::Borrowed(made);
        }
        if !self.options.emoji {
            return Cow::Borrowed(text);
        }
        // What is escaped begins no emoji: `\:tada:`.
        let before = &self.scanned.stitched.text[..range.start];
        match text.strip_prefix(':') {
            Some(rest) if before.ends_with('\\') => match emoji::named(rest) {
                Cow::Borrowed(_) => Cow::Borrowed(text),
                Cow::Owned(rest) => Cow::Owned(format!(":{rest}")),
            },
            _ => emoji::named(text),
        }
    }

    /// A character that Markdown made of punctuation, in the language of the site. One that a writer typed stays.
    fn made_punctuation(&self, text: &str, range: &Range<usize>) -> Option<&'static str> {
        let quotes = self.options.smart_punctuation?;
        let made = quotes.exchange(text)?;
        let source = &self.scanned.stitched.text[range.clone()];
        self.is_made(text, source).then_some(made)
    }

    /// Whether Markdown made a text of punctuation. A long run of hyphens becomes several dashes at once.
    fn is_made(&self, text: &str, source: &str) -> bool {
        let is_plain = |c| matches!(c, '"' | '\'' | '-' | '.');
        self.options.smart_punctuation.is_some() && source != text && source.chars().all(is_plain)
    }
}
