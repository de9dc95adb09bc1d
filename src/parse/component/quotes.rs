//! Tags in quotes run over lines that begin with `>`, which would end the tag.

use std::borrow::Cow;

/// A text beside itself without the marks of its quotes.
pub struct Quotes<'t> {
    unmarked: Cow<'t, str>,
    /// How far the text has been looked at, and whether the line there is one of a quote.
    seen: (usize, bool),
}

impl<'t> Quotes<'t> {
    pub fn of(text: &'t str) -> Quotes<'t> {
        let has_marks = text.starts_with('>') || text.contains("\n>") || text.contains(" >");
        Quotes {
            unmarked: if has_marks {
                Cow::Owned(without_marks(text))
            } else {
                Cow::Borrowed(text)
            },
            seen: (0, is_marked(text)),
        }
    }

    /// The text in which a tag that begins at `start` is to be read, and whether that is another one than `text`. Places
    /// are asked for from the first to the last.
    pub fn readable<'a>(&'a mut self, text: &'a str, start: usize) -> (&'a str, bool) {
        let (seen, _) = self.seen;
        self.seen.0 = start;
        if let Some(last) = text[seen..start].rfind('\n') {
            self.seen.1 = is_marked(&text[seen + last + 1..]);
        }
        if self.seen.1 {
            (&self.unmarked, true)
        } else {
            (text, false)
        }
    }
}

/// The text with a space for the first `>` of each line that begins with one, the first line aside.
pub fn without_marks(text: &str) -> String {
    let mut unmarked = String::with_capacity(text.len());
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        match line[indent..].strip_prefix('>').filter(|_| number > 0) {
            Some(rest) => {
                unmarked.push_str(&line[..indent]);
                unmarked.push(' ');
                unmarked.push_str(rest);
            }
            None => unmarked.push_str(line),
        }
    }
    unmarked
}

fn is_marked(line: &str) -> bool {
    line.trim_start_matches([' ', '\t']).starts_with('>')
}
