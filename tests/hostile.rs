//! Any text at all as input: nothing panics, nothing takes forever, and places lie inside the text.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use handbook::config::{self, Pattern};
use handbook::diagnostic::{Diagnostic, conflict, ignore};
use handbook::parse::{Doc, Options, Quotes, parse};
use handbook::render;
use handbook::site;
use handbook::source::{self, Source};
use handbook::tree;
use handbook::url::address;
use proptest::prelude::*;

/// Far more than any text of these sizes needs, even in a debug build on a busy machine.
const SANE: Duration = Duration::from_secs(5);

/// What Markdown, HTML, components and front matter are made of, so that random texts hit on their rules.
const PIECES: &[&str] = &[
    "a",
    "B",
    "é",
    "日",
    "👋",
    "\u{feff}",
    "\u{0}",
    "\u{301}",
    " ",
    "  ",
    "    ",
    "\t",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "---\n",
    "...\n",
    "+++\n",
    "***",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "![",
    "](",
    "]: ",
    "[^",
    "[^1]",
    "[^1]: ",
    "|",
    "\n| - |\n",
    "- ",
    "1. ",
    "> ",
    "> [!NOTE]\n",
    "- [ ] ",
    ": ",
    "# ",
    "## ",
    "{#id .c}",
    "===\n",
    "`",
    "``",
    "```",
    "```rust\n",
    "```diff js {1,3-4} title=\"",
    " // HIGHLIGHT\n",
    "~~~\n",
    "~~",
    "*",
    "**",
    "_",
    "\\",
    "&amp;",
    "&",
    "&#0;",
    "<!--",
    "-->",
    "<Foo",
    "<Foo>",
    "</Foo>",
    "<Foo />",
    "<Foo a={",
    "<Foo a=\"",
    "<Bar.Baz>",
    "</Bar.Baz>",
    "/>",
    "<a href=\"",
    "<a href=x>",
    "<img src='",
    "\"",
    "'",
    "<img srcset=\"a 1x, b 2x\">",
    "<img ",
    "<img src=x>",
    "alt=\"\"",
    " id=x name=x",
    "<style>",
    "</style>",
    "handbook-ignore ",
    "<!-- handbook-ignore broken-link: x -->",
    "# handbook-ignore empty-link, x: y\n",
    "broken-link",
    "<<<<<<< a\n",
    "||||||| b\n",
    "=======\n",
    ">>>>>>> c\n",
    "https:",
    "mailto:",
    "@",
    "\u{200b}",
    "\u{a0}",
    "%E2%80%8B",
    "“",
    "а",
    "<p id=\"x\">",
    "<div>",
    "</div>",
    "<script>",
    "<pre>",
    "title: ",
    "title = ",
    "\"title\": ",
    "aliases: [",
    "sidebar: ",
    "order: 1\n",
    "url: /a",
    "http://x.org",
    "a.md#b",
    "%",
    "%C3",
    "?",
    "#",
    "/",
    "..",
    ":",
    ",",
    "- a\n",
    "Name:\n",
    "  - ",
    "x/*",
    "&a ",
    "*a",
    "!!str ",
    "|\n",
    ">\n",
    "[[",
    "]]",
    "[levels]\n",
    "[levels.\"a/**\"]\n",
    "[front_matter]\n",
    "{ type = \"date\", enum = [1.5] }",
    "**/",
    "= ",
    "1e999",
    "0x",
    "null",
    "~",
    "$",
    "$$",
    "```math\n",
    "\\frac{",
    "\\char",
    ":tada:",
    "--",
];

fn text() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..60);
    prop_oneof![
        4 => pieces.prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
        1 => "(---|\\+\\+\\+|\\{)\n[ -~\n]{0,80}\n(---|\\+\\+\\+|\\})\n[ -~\n]{0,80}",
    ]
}

/// Two noncharacters, between which a tag's number stands while Markdown is read.
const MARKS: [char; 2] = ['\u{FDD0}', '\u{FDD1}'];

/// Any Markdown and HTML that has nothing of MDX, and no tag that HTML does not know.
fn text_without_components() -> impl Strategy<Value = String> {
    let pieces: Vec<&str> = PIECES
        .iter()
        .copied()
        .filter(|piece| !piece.contains(['<', '{', '\u{0}']) || KNOWN_HTML.contains(piece))
        .collect();
    prop::collection::vec(prop::sample::select(pieces), 0..40).prop_map(|pieces| pieces.concat())
}

const KNOWN_HTML: &[&str] = &["<a href=x>", "<img src=x>", "<p id=\"x\">"];

/// What may stand in a line of text: nothing that begins a block, and nothing that takes a tag for itself.
fn line() -> impl Strategy<Value = String> {
    let pieces = [
        "a", "é", "日", " ", ".", "*", "**", "_", "~~", "(", ")", "!", "&amp;", "&", "\"", "'",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..12)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_page(text in text()) {
        let start = Instant::now();
        let doc = page(&text);
        prop_assert!(start.elapsed() < SANE, "{:?}", start.elapsed());
        check_page(&text, &doc)?;
        let html = render::plain(&doc);
        // What stands for a tag while Markdown is read is not for readers.
        prop_assert!(text.contains(MARKS) || !html.contains(MARKS), "{}", html);
        // The same text gives the same page.
        let again = page(&text);
        prop_assert_eq!(&doc.body, &again.body);
        prop_assert_eq!(&doc.outline, &again.outline);
        prop_assert_eq!(&doc.diagnostics, &again.diagnostics);
    }

    #[test]
    fn text_outside_of_components_stays_what_it_is(blocks in prop::collection::vec(text_without_components(), 1..4)) {
        let text = blocks.concat();
        let without = parse(&source(&format!("ab\n\n{text}")), &Options { components: false, ..Options::default() });
        // Nothing is looked for where there is no component; so there is one.
        let with = page(&format!("a<Foo />b\n\n{text}"));
        prop_assert_eq!(render::plain(&with), render::plain(&without));
    }

    #[test]
    fn a_component_in_a_line_leaves_the_line_as_it_is(before in line(), after in line()) {
        // A word in the place of the component has the same neighbours, and no meaning either.
        let word = page(&format!("x{before}qq{after}x"));
        let component = page(&format!("x{before}<Foo />{after}x"));
        prop_assert_eq!(render::plain(&component), render::plain(&word).replace("qq", ""));
    }

    #[test]
    fn any_text_is_a_page_without_extensions(text in text()) {
        let bare = Options { extensions: false, anchors: false, components: false, drop_comments: false, ..Options::default() };
        let doc = parse(&source(&text), &bare);
        check_page(&text, &doc)?;
        render::plain(&doc);
    }

    #[test]
    fn any_text_is_a_page_with_everything_on(text in text()) {
        let doc = parse(&source(&text), &everything());
        check_page(&text, &doc)?;
        render::plain(&doc);
        // Links to headings depend on no setting, but for what formulas swallow. Half a tag or a bare `\r` behind a quote
        // makes the parser read on otherwise.
        if !text.contains(['<', '\r']) {
            let plain = parse(&source(&text), &Options { math: true, ..Options::default() });
            prop_assert_eq!(&doc.outline.anchors, &plain.outline.anchors);
        }
    }

    #[test]
    fn any_text_is_front_matter(head in text(), body in "[ -~]{0,20}", fence in prop::sample::select(&["---", "+++", ""][..])) {
        let text = format!("{fence}\n{head}\n{fence}\n{body}");
        let doc = page(&text);
        check_page(&text, &doc)?;
    }

    #[test]
    fn any_text_is_a_file_of_sidebars(text in text()) {
        let file: Arc<str> = "content/sidebars.yaml".into();
        let read = site::read_sidebar_file(&file, &text);
        check_diagnostics(&text, &read.diagnostics)?;
        site::enter_page(&file, &text, "people/hiring");
    }

    #[test]
    fn any_text_is_a_configuration(text in text()) {
        let read = config::read(&"handbook.toml".into(), &text);
        check_diagnostics(&text, &read.diagnostics)?;
    }

    #[test]
    fn any_text_is_a_document(text in text()) {
        for read in [tree::yaml(&text), tree::toml(&text)] {
            match read {
                Ok(node) => check_node(&text, &node)?,
                Err(error) => check_span(&text, &error.span)?,
            }
        }
    }

    #[test]
    fn any_address_is_judged(address: String, scheme in prop::sample::select(&["", "https://", "http:", "mailto:", "x://"][..])) {
        let target = format!("{scheme}{address}");
        for fault in [address::malformed(&target), address::suspicious(&target)].into_iter().flatten() {
            // What is put in place of it is another address.
            prop_assert_ne!(fault.mended, Some(target.clone()));
        }
        address::host(&target);
    }

    #[test]
    fn any_text_has_its_conflicts_and_comments(text in text()) {
        for found in conflict::find(&text) {
            check_span(&text, &found)?;
        }
        let comments = ignore::hash_comments(&text, 0);
        for comment in &comments {
            check_span(&text, comment)?;
        }
        let (_, diagnostics) = ignore::read(&"a.yaml".into(), &text, &comments);
        check_diagnostics(&text, &diagnostics)?;
    }

    #[test]
    fn any_pattern_meets_any_path(pattern in "[a*/.]{0,12}", path in "[ab/.]{0,12}") {
        Pattern::new(&pattern).matches(&path);
        Pattern::of_files(&pattern).matches(&path);
    }

    #[test]
    fn any_bytes_are_text_or_are_not(bytes in any::<Vec<u8>>()) {
        match source::decode(bytes.clone()) {
            Ok(text) => { page(&text); },
            Err(at) => prop_assert!(at < bytes.len()),
        }
    }
}

#[test]
fn formulas_emoji_and_quotes_take_linear_time() {
    for piece in [
        "$",
        "$a",
        "$ ",
        "$$",
        "$a$",
        "$5-",
        "$\\sqrt",
        "${",
        "{$",
        "$`",
        ":",
        ":a",
        ":tada:",
        ":tada",
        "\"",
        "'",
        "'a",
        "--",
        ".",
        "\"a -- ",
        "```math\nx\n```\n",
        "$\\nope$ ",
    ] {
        let text = piece.repeat(100_000 / piece.len());
        let start = Instant::now();
        let doc = parse(&source(&text), &everything());
        assert!(start.elapsed() < SANE, "{piece:?}: {:?}", start.elapsed());
        render::plain(&doc);
    }
}

/// What is small to write and, done the simple way, slow to read.
#[test]
fn no_page_takes_more_than_its_share() {
    let nested = |open: &str, close: &str| open.repeat(2_000) + &close.repeat(2_000);
    let mut texts = vec![
        nested("[", "]"),
        nested("> ", "\n"),
        nested("<Foo>", "</Foo>"),
        nested("<Foo>\n\n", "\n\n</Foo>\n\n"),
        // Deep enough to overflow the stack of whoever walks it by recursion.
        "<Foo>".repeat(50_000) + &"</Foo>".repeat(50_000),
        format!("---\na: {}\n---\n", "[".repeat(100_000)),
        format!(
            "---\na: {}{}\n---\n",
            "[".repeat(50_000),
            "]".repeat(50_000)
        ),
        format!(
            "+++\na = {}{}\n+++\n",
            "[".repeat(50_000),
            "]".repeat(50_000)
        ),
        format!("{}1{}\n", "{\"a\":".repeat(50_000), "}".repeat(50_000)),
        format!("---\n{}1\n---\n", "- ".repeat(20_000)),
        nested("*a **b ", "c** d*"),
        "- ".repeat(2_000),
        "- [ ] a\n".repeat(5_000),
        "a[^1] ".repeat(5_000) + "\n\n[^1]: b\n",
        (0..3_000)
            .map(|n| format!("a[^{n}]\n\n[^{n}]: b\n\n"))
            .collect(),
        (0..3_000)
            .map(|n| format!("[a{n}][b{n}]\n\n[b{n}]: c\n\n"))
            .collect(),
        "## Same heading\n\n".repeat(5_000),
        "[^".repeat(10_000),
        "![".repeat(10_000),
        "<!--".repeat(5_000),
        "<a href=\"x\">".repeat(5_000),
        "<p>\n\n<!-- x -->\n\n".repeat(3_000),
        "`".repeat(20_000),
        "| a ".repeat(1_000) + "\n" + &"| - ".repeat(1_000) + "\n" + &"| b |\n".repeat(500),
        format!("---\na: {}\n---\n", nested("[", "]")),
        format!("---\n{}\n---\n", "a: &a [*a]\n".repeat(100)),
        format!("---\n{}\n", "title: x\n".repeat(5_000)),
        "{\"a\":".repeat(2_000),
        "a\r".repeat(20_000),
        "\\".repeat(20_000),
        "&#".repeat(20_000),
        "<img ".repeat(100_000),
        "<img>".repeat(50_000),
        "<img\n".repeat(50_000),
        "<!--".repeat(100_000),
        "<!-- handbook-ignore broken-link: x -->\n".repeat(10_000),
        "<!-- handbook-ignore broken-link: x --> ".repeat(10_000),
        format!("<!-- handbook-ignore {} -->\n", "x, ".repeat(100_000)),
        format!("---\n{}---\n", "# handbook-ignore x: y\n".repeat(10_000)),
        "<<<<<<<".repeat(100_000),
        "<<<<<<<\n".repeat(50_000),
        "<<<<<<<\n=======\n>>>>>>>\n".repeat(3_000),
        "<<<<<<<\n=======\n>>>>>>>\n\n```\n```\n".repeat(2_000),
        format!("<p>\n{}", "<a id=x name=x>\n".repeat(10_000)),
        format!("<p {}>", "id=x ".repeat(20_000)),
        "[](x)".repeat(10_000),
        "# \n".repeat(10_000),
        format!("## {}", "<a></a>".repeat(20_000)),
        format!("[a](https://{})", "%E2%80%8B".repeat(50_000)),
        format!("[a](https://{})", "\u{200b}".repeat(50_000)),
        format!("[a](https://{})", "a.".repeat(50_000)),
        format!("[a](mailto:{})", "a@b,".repeat(50_000)),
        "<script>".repeat(20_000),
        "<A ".repeat(300_000),
        "<a-b>".repeat(100_000),
        "<x ".repeat(300_000),
        "{".repeat(1_000_000),
        "`".repeat(1_000_000),
        "<".repeat(1_000_000),
        "<Ab {/*".repeat(50_000),
        "> <Ab ".repeat(50_000),
        "- <Ab\n".repeat(50_000),
        "a<Ab>".repeat(50_000),
        "<Ab>\n\t".repeat(20_000),
        "[a](<A b".repeat(50_000),
        "<Tab label=\"a\" />\n".repeat(10_000),
        "<Foo id=\"a\">b</Foo>\n".repeat(10_000),
        "```a tab=b\n```\n".repeat(10_000),
    ];
    for piece in PIECES {
        texts.push(piece.repeat(10_000 / piece.len()));
    }
    for text in texts {
        let start = Instant::now();
        let doc = page(&text);
        render::plain(&doc);
        let taken = start.elapsed();
        let beginning: String = text.chars().take(40).collect();
        assert!(taken < SANE, "{beginning:?}… took {taken:?}");
        check_page(&text, &doc).unwrap();
    }
}

/// What random texts once found.
#[test]
fn texts_that_went_wrong_before() {
    for text in [
        "aa\n<p id=\"x\"><Foo><!--</Foo>",
        "aaaaa\n<p id=\"x\"><Foo>\n</Foo>",
        "<p><!-- x --> <Foo />",
        "<!-- x --> <Foo />",
        "<div><Foo>a日a\n\n# a</Foo>",
        "日日日<Foo>[日</Foo>](x)",
        "日日日<Foo>![日</Foo>](x)",
    ] {
        let doc = page(text);
        render::plain(&doc);
        check_page(text, &doc).unwrap();
    }
}

fn source(text: &str) -> Source {
    Source {
        path: "a.md".into(),
        file: "content/a.md".into(),
        text: text.into(),
    }
}

fn everything() -> Options {
    Options {
        math: true,
        emoji: true,
        smart_punctuation: Some(Quotes::French),
        ..Options::default()
    }
}

fn page(text: &str) -> Doc {
    parse(&source(text), &Options::default())
}

fn check_page(text: &str, doc: &Doc) -> Result<(), TestCaseError> {
    for link in &doc.links {
        check_span(text, &link.span)?;
    }
    check_diagnostics(text, &doc.diagnostics)
}

fn check_diagnostics(text: &str, diagnostics: &[Diagnostic]) -> Result<(), TestCaseError> {
    for span in diagnostics.iter().filter_map(|d| d.span.as_ref()) {
        check_span(text, span)?;
    }
    Ok(())
}

fn check_node(text: &str, node: &tree::Node) -> Result<(), TestCaseError> {
    check_span(text, &node.span)?;
    for entry in node.entries() {
        check_span(text, &entry.key_span)?;
        check_node(text, &entry.value)?;
    }
    Ok(())
}

fn check_span(text: &str, span: &Range<usize>) -> Result<(), TestCaseError> {
    prop_assert!(
        text.get(span.clone()).is_some(),
        "{:?} is no place in a text of {} bytes",
        span,
        text.len()
    );
    Ok(())
}
