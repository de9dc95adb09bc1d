//! Reads a fence's info string: the language of the code, and how it is to be shown. Sees neither code nor grammars.
//!
//! Words of other tools are allowed and mean nothing here, as are braces that hold no lines.

use std::ops::Range;

/// How a block of code is to be shown, beyond its language.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Info {
    /// `title="…"`, else `file=…`.
    pub title: Option<String>,
    /// `{1,4-6}` and `focusOnLines=4-6`: lines to point out.
    pub marked: Lines,
    /// `numbers`, `showLineNumbers=20`: the number of the first line, where lines have one.
    pub numbers: Option<u32>,
    /// `diff` beside a language: lines that begin with `+` and `-` came and went.
    pub diff: bool,
    /// `wrap`: long lines go on below instead of to the right.
    pub wrap: bool,
    /// `src=path`: the code is that file's.
    pub source: Option<Box<Excerpt>>,
    /// `tab=npm`: a tab of this name, beside those of the fences next to it.
    pub tab: Option<String>,
}

/// A piece of another file that is shown as code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Excerpt {
    /// As written: from the page's file, or with a slash in front from the site's folder.
    pub path: String,
    /// `region=name`: what stands between the comments that say so.
    pub region: Option<String>,
    /// `lines=3-9`, as written; counted within the region if there is one.
    pub lines: Option<String>,
    /// The path, in bytes of the page's file.
    pub span: Range<usize>,
}

impl Excerpt {
    /// The language that the name of the file tells, empty if it tells none.
    pub fn language(&self) -> String {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let end = match name.rsplit_once('.') {
            Some((stem, end)) if !stem.is_empty() => end,
            _ => name,
        };
        let end = end.to_lowercase();
        let is_name = |end: &str| end.chars().all(|c| c.is_ascii_alphanumeric());
        if is_name(&end) { end } else { String::new() }
    }
}

/// Lines of a block as they stand in the source, counted from 1, whatever number they are given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    /// First and last, in order; none begins before the one in front of it has ended.
    ranges: Vec<(usize, usize)>,
}

/// The language as written, empty if there is none, and what else the info string says; `None` if that is nothing.
pub fn read(info: &str) -> (&str, Option<Box<Info>>) {
    let mut language = language_of(info);
    let mut words = Words {
        rest: &info[language.len()..],
    };
    let mut shown = Info::default();
    let mut first = words.next();
    if language.eq_ignore_ascii_case("diff")
        && let Some(Word::Flag(of)) = first
        && Key::of(of).is_none()
    {
        // What else would be changed: a language's name.
        language = of;
        shown.diff = true;
        first = words.next();
    }
    let mut before = None;
    for word in first.into_iter().chain(words) {
        let key = word.key().and_then(Key::of);
        match (word, key) {
            (Word::Flag(_), Some(key)) => shown.set(key, ""),
            (Word::Pair(_, value), Some(key)) => shown.set(key, value),
            (Word::Braces { inside, joined }, _) => match inside.trim().parse() {
                // `showLineNumbers{20}`
                Ok(start) if joined && before == Some(Key::Numbers) => shown.numbers = Some(start),
                _ => shown.marked.add(inside),
            },
            (Word::Flag(_) | Word::Pair(..), None) => {}
        }
        before = key;
    }
    if shown
        .source
        .as_ref()
        .is_some_and(|source| source.path.is_empty())
    {
        shown.source = None;
    }
    (
        language,
        (shown != Info::default()).then(|| Box::new(shown)),
    )
}

/// The first word of an info string, which names the language.
pub fn language(info: &str) -> &str {
    let end = info.find(|c: char| c.is_whitespace() || matches!(c, '{' | ','));
    &info[..end.unwrap_or(info.len())]
}

/// The language, if the first word is not something else already: `title="…"`.
fn language_of(info: &str) -> &str {
    let language = language(info);
    match language.split_once('=') {
        Some((key, _)) if Key::of(key).is_some() => "",
        _ => language,
    }
}

/// The keys that mean something here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Title,
    File,
    Marked,
    Numbers,
    Diff,
    Wrap,
    Source,
    Region,
    Excerpt,
    Tab,
}

impl Key {
    fn of(word: &str) -> Option<Key> {
        const KEYS: &[(&str, Key)] = &[
            ("title", Key::Title),
            ("file", Key::File),
            ("focusOnLines", Key::Marked),
            ("numbers", Key::Numbers),
            ("showLineNumbers", Key::Numbers),
            ("diff", Key::Diff),
            ("wrap", Key::Wrap),
            ("src", Key::Source),
            ("region", Key::Region),
            ("lines", Key::Excerpt),
            ("tab", Key::Tab),
        ];
        let known = KEYS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word));
        known.map(|(_, key)| *key)
    }
}

impl Info {
    fn excerpt(&mut self) -> &mut Excerpt {
        self.source.get_or_insert_default()
    }

    fn set(&mut self, key: Key, value: &str) {
        let on = value != "false";
        match key {
            Key::Title if !value.is_empty() => self.title = Some(value.to_owned()),
            Key::File if !value.is_empty() && self.title.is_none() => {
                self.title = Some(value.to_owned());
            }
            Key::Title | Key::File => {}
            Key::Marked => self.marked.add(value),
            Key::Numbers => self.numbers = on.then(|| value.parse().unwrap_or(1)),
            Key::Diff => self.diff = on,
            Key::Wrap => self.wrap = on,
            Key::Source => value.clone_into(&mut self.excerpt().path),
            Key::Region => self.excerpt().region = Some(value.to_owned()),
            Key::Excerpt => self.excerpt().lines = Some(value.to_owned()),
            Key::Tab => self.tab = (!value.is_empty()).then(|| value.to_owned()),
        }
    }
}

impl Lines {
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    pub fn contains(&self, line: usize) -> bool {
        let after = self.ranges.partition_point(|(first, _)| *first <= line);
        self.ranges[..after]
            .last()
            .is_some_and(|(_, last)| line <= *last)
    }

    /// Adds what a text like `1,4-6` says; a text of any other kind adds nothing.
    fn add(&mut self, text: &str) {
        let range = |part: &str| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let range = (first.trim().parse().ok()?, last.trim().parse().ok()?);
            (range.0 <= range.1).then_some(range)
        };
        let parts = text.split(',').filter(|part| !part.trim().is_empty());
        let Some(ranges) = parts.map(range).collect::<Option<Vec<(usize, usize)>>>() else {
            return;
        };
        self.ranges.extend(ranges);
        self.ranges.sort_unstable();
        self.ranges.dedup_by(|next, before| {
            let meets = next.0 <= before.1;
            if meets {
                before.1 = before.1.max(next.1);
            }
            meets
        });
    }
}

/// A piece of an info string behind the language.
#[derive(Debug, PartialEq)]
enum Word<'a> {
    Flag(&'a str),
    /// Without the quotes or braces round the value.
    Pair(&'a str, &'a str),
    Braces {
        inside: &'a str,
        /// No space in front.
        joined: bool,
    },
}

impl<'a> Word<'a> {
    fn key(&self) -> Option<&'a str> {
        match self {
            Word::Flag(key) | Word::Pair(key, _) => Some(key),
            Word::Braces { .. } => None,
        }
    }
}

struct Words<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let start = self
            .rest
            .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '='));
        let joined = start.len() == self.rest.len();
        if start.starts_with('{') {
            let (inside, rest) = braces(start);
            self.rest = rest;
            return Some(Word::Braces { inside, joined });
        }
        let end = start.find(|c: char| c.is_whitespace() || matches!(c, ',' | '=' | '{'));
        let (key, rest) = start.split_at(end.unwrap_or(start.len()));
        self.rest = rest;
        if key.is_empty() {
            return None;
        }
        let Some(value) = rest.trim_start().strip_prefix('=') else {
            return Some(Word::Flag(key));
        };
        let (value, rest) = value_of(value.trim_start());
        self.rest = rest;
        Some(Word::Pair(key, value))
    }
}

/// A value at the beginning of a text, without what is round it, and the rest of the text.
fn value_of(text: &str) -> (&str, &str) {
    let quoted = |text| {
        ['"', '\'']
            .into_iter()
            .find_map(|quote| quoted(text, quote))
    };
    if text.starts_with('{') {
        let (inside, rest) = braces(text);
        let inside = inside.trim();
        return (
            quoted(inside).map_or(inside, |(inside, _)| inside).trim(),
            rest,
        );
    }
    if let Some((inside, rest)) = quoted(text) {
        return (inside.trim(), rest);
    }
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// A quotation that nobody closes goes on to the end.
fn quoted(text: &str, quote: char) -> Option<(&str, &str)> {
    let text = text.strip_prefix(quote)?;
    Some(text.split_once(quote).unwrap_or((text, "")))
}

/// What is in the braces that a text begins with, and what comes after them; unclosed ones go on to the end.
fn braces(text: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (&text[1..at], &text[at + 1..]);
        }
    }
    (&text[1..], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(text: &str) -> Info {
        *read(text).1.unwrap_or_default()
    }

    fn marked(text: &str) -> Vec<usize> {
        let info = info(text);
        (0..20).filter(|line| info.marked.contains(*line)).collect()
    }

    #[test]
    fn a_language_alone_says_nothing_more() {
        for (text, language) in [
            ("", ""),
            ("rust", "rust"),
            ("rust ", "rust"),
            ("rust,ignore", "rust"),
            ("ts:app.ts", "ts:app.ts"),
            ("c++", "c++"),
            ("{.python #id}", ""),
            ("js copy twoslash theme=dark", "js"),
            ("js {foo: bar}", "js"),
            ("js {", "js"),
            ("js }{ = ,,= ==", "js"),
            ("js title= ", "js"),
            ("js title=\"\"", "js"),
            ("diff", "diff"),
            ("a=b", "a=b"),
            ("shell script", "shell"),
        ] {
            assert_eq!(read(text), (language, None), "{text}");
        }
    }

    #[test]
    fn titles_are_read_in_every_spelling() {
        for text in [
            "js title=\"a b\"",
            "js title='a b'",
            "js title={\"a b\"}",
            "js title={ 'a b' }",
            "js title = \"a b\"",
            "js Title=\"a b\"",
            "js,title=\"a b\"",
            "js title=\" a b \" x",
            "js title=\"a b",
            "js file=x title=\"a b\"",
            "js title=\"a b\" file=x",
        ] {
            assert_eq!(info(text).title.as_deref(), Some("a b"), "{text}");
        }
        for (text, title) in [
            ("js file=src/x.js", "src/x.js"),
            ("js file=src/x.js,2 wrap", "src/x.js,2"),
            ("js file=a=b", "a=b"),
            ("title=x", "x"),
            ("file=\"a b\"", "a b"),
            ("js title=\"{1,2}\"", "{1,2}"),
            ("js title=\"wrap numbers\"", "wrap numbers"),
        ] {
            assert_eq!(info(text).title.as_deref(), Some(title), "{text}");
        }
        assert!(!info("js title=\"wrap\"").wrap);
        assert!(marked("js title=\"{1,2}\"").is_empty());
    }

    #[test]
    fn lines_are_read_in_every_spelling() {
        for text in [
            "js {1,4-6}",
            "js{1,4-6}",
            "{1,4-6}",
            "js { 1, 4 - 6, }",
            "js {6,5,4,1,1}",
            "js {1} {4-5} {5-6}",
            "js focusOnLines=1,4-6",
            "js focusOnLines={1,4-6}",
            "js focusOnLines=\"1,4-6\"",
            "js focusonlines=4-6 {1}",
            "js wrap{1,4-6}",
            "js {1,4-6} {foo: 1}",
        ] {
            assert_eq!(marked(text), [1, 4, 5, 6], "{text}");
        }
    }

    #[test]
    fn what_holds_no_lines_marks_none() {
        for text in [
            "js {}",
            "js {a}",
            "js {1-}",
            "js {-1}",
            "js {6-4}",
            "js {1;2}",
            "js {{1}}",
            "js {99999999999999999999}",
            "js focusOnLines=all",
            "js lines=1-3",
        ] {
            assert!(info(text).marked.is_empty(), "{text}");
        }
        assert_eq!(marked(&format!("js {{18-{}}}", usize::MAX)), [18, 19]);
    }

    #[test]
    fn numbers_may_have_a_start() {
        for (text, start) in [
            ("js numbers", Some(1)),
            ("js showLineNumbers", Some(1)),
            ("js numbers=true", Some(1)),
            ("js showLineNumbers={true}", Some(1)),
            ("js numbers=7", Some(7)),
            ("js showLineNumbers={7}", Some(7)),
            ("js showLineNumbers{7}", Some(7)),
            ("js numbers=0", Some(0)),
            ("js numbers=many", Some(1)),
            ("js numbers=false", None),
            ("js showLineNumbers={false}", None),
            ("js", None),
        ] {
            assert_eq!(info(text).numbers, start, "{text}");
        }
        // With a space, they are lines.
        assert_eq!(info("js numbers {7}").numbers, Some(1));
        assert_eq!(marked("js numbers {7}"), [7]);
        assert_eq!(marked("js numbers{7}"), [0; 0]);
        assert_eq!(marked("js numbers{7,8}"), [7, 8]);
    }

    #[test]
    fn a_diff_may_have_a_language() {
        for (text, language, diff) in [
            ("diff", "diff", false),
            ("diff js", "js", true),
            ("js diff", "js", true),
            ("diff c++ wrap", "c++", true),
            ("diff wrap js", "diff", false),
            ("diff title=js", "diff", false),
            ("diff {1}", "diff", false),
            ("js diff=false", "js", false),
        ] {
            let (found, info) = read(text);
            assert_eq!(
                (found, info.is_some_and(|info| info.diff)),
                (language, diff),
                "{text}"
            );
        }
    }

    #[test]
    fn long_info_strings_say_what_short_ones_say() {
        for piece in ["{", "}", "a={", "a=\"", "{1} ", "1,", "= ", "a "] {
            let long = format!("js {}", piece.repeat(200_000));
            let short = format!("js {}", piece.repeat(4));
            assert_eq!(read(&long), read(&short), "{piece}");
        }
        let many: String = (0..50_000)
            .map(|n| format!("{},", 100_000 - n * 2))
            .collect();
        assert!(info(&format!("js {{{many}}}")).marked.contains(100_000));
    }
}
