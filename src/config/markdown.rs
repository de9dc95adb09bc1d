//! `[markdown]`: what Markdown means on this site beyond what it means everywhere.

use super::Reader;
use crate::tree::Entry;

/// Which additions to Markdown a site has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Markdown {
    /// `$…$` and `$$…$$` are formulas. Off, because handbooks are full of prices.
    pub math: bool,
    /// `:tada:` is an emoji.
    pub emoji: bool,
    /// Straight quotes become round ones, `--` and `...` the characters that they stand for.
    pub smart_punctuation: bool,
}

impl Default for Markdown {
    fn default() -> Markdown {
        Markdown {
            math: false,
            emoji: true,
            smart_punctuation: false,
        }
    }
}

pub const MARKDOWN_KEYS: &[&str] = &["math", "emoji", "smart_punctuation"];

impl Reader<'_> {
    pub(super) fn markdown(&mut self, entry: &Entry) -> Markdown {
        let mut markdown = Markdown::default();
        for inner in self.table(entry) {
            let choice = match inner.key.as_str() {
                "math" => &mut markdown.math,
                "emoji" => &mut markdown.emoji,
                "smart_punctuation" => &mut markdown.smart_punctuation,
                _ => {
                    self.unknown(inner, MARKDOWN_KEYS, "[markdown] ");
                    continue;
                }
            };
            self.choice(inner, choice);
        }
        markdown
    }
}
