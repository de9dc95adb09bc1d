//! That whatever a fence asks for, its code is on the page, in elements that are well nested.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::highlight::Highlighter;
use crate::parse::{self, Filling, Options};
use crate::source::Source;

struct Fresh(Highlighter);

impl Highlight for Fresh {
    fn language(&self, info: &str) -> Language {
        self.0.language(info)
    }

    fn highlight(&self, language: &Language, text: &str) -> Arc<Highlighted> {
        Arc::new(self.0.highlight(language, text))
    }
}

/// The first code block of a page.
fn code(text: &str) -> Option<Code> {
    let source = Source {
        path: "a.md".into(),
        file: "content/a.md".into(),
        text: text.into(),
    };
    let body = parse::parse(&source, &Options::default()).body;
    body.holes.into_iter().find_map(|hole| match hole.filling {
        Filling::Code(code) => Some(code),
        _ => None,
    })
}

fn html(code: &Code, highlight: &Fresh) -> String {
    let mut html = String::new();
    let language = highlight.language(&code.language);
    write(code, &language, highlight, &mut html);
    html
}

/// The text of HTML whose elements are well nested.
fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut open = Vec::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = after.split_once('>').expect("a tag ends");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{html}"),
            None => open.push(tag.split(' ').next().expect("a name")),
        }
        rest = after;
    }
    assert!(open.is_empty(), "{html}");
    text.push_str(rest);
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

const WORDS: &[&str] = &[
    "js",
    "diff",
    "sh",
    "md",
    " ",
    "{",
    "}",
    "1",
    "-",
    "3",
    ",",
    "=",
    "\"",
    "'",
    "title",
    "file=x",
    "numbers",
    "focusOnLines=2",
    "wrap",
    "showLineNumbers={",
    "é",
];

// No `/*`: behind code, and open at the end of its line, it keeps the grammar of JavaScript for ever.
const CODE: &[&str] = &[
    "a",
    "+",
    "-",
    " ",
    "  ",
    "\n",
    "\r\n",
    "\r",
    "<b>",
    "&amp;",
    "\"",
    "// HIGHLIGHT",
    " # HIGHLIGHT\n",
    " <!-- HIGHLIGHT -->\n",
    "@@ ",
    "--- a\n+++ b\n",
    "let x = `",
    "é",
    "\t",
    "\\ ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_code_with_any_info_shows_its_text(
        info in prop_oneof![prop::collection::vec(prop::sample::select(WORDS), 0..12).prop_map(|words| words.concat()), "[^`\r\n]{0,20}"],
        text in prop_oneof![prop::collection::vec(prop::sample::select(CODE), 0..30).prop_map(|pieces| pieces.concat()), any::<String>()],
    ) {
        // One highlighter for all cases: its grammars are slow to read.
        static HIGHLIGHT: std::sync::LazyLock<Fresh> = std::sync::LazyLock::new(|| Fresh(Highlighter::new()));
        let Some(code) = code(&format!("~~~~~~~~ {info}\n{text}\n~~~~~~~~\n")) else { return Ok(()) };
        let html = html(&code, &HIGHLIGHT);
        let expected = match lines(&code) {
            Some(lines) => lines.iter().map(|line| format!("{}\n", line.text)).collect(),
            None => code.text.replace("\r\n", "\n"),
        };
        prop_assert_eq!(text_of(&html), expected);
        // What marks lines takes nothing else off them.
        if let Some(lines) = lines(&code) {
            let written = code.text.split_inclusive('\n').map(|line| line.trim_end_matches('\n'));
            for (line, written) in lines.iter().zip(written) {
                prop_assert!(written.contains(line.text.trim()), "{:?} of {:?}", line, written);
            }
        }
    }
}
