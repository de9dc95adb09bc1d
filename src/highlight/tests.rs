//! What a reader sees of code: samples and their spans, and that no text is ever lost.

use std::sync::OnceLock;

use super::{Highlighted, Highlighter, LARGEST_BLOCK, LONGEST_LINE, Language, Skipped};

fn highlighter() -> &'static Highlighter {
    // One for all tests, as in a session. A global is for tests only.
    static SHARED: OnceLock<Highlighter> = OnceLock::new();
    SHARED.get_or_init(Highlighter::new)
}

fn highlight(language: &str, text: &str) -> Highlighted {
    let known = highlighter().language(language);
    assert!(matches!(known, Language::Known(_)), "{language}");
    highlighter().highlight(&known, text)
}

/// The HTML with `‹k:const›` for `<span class="k">const</span>`.
fn marked(language: &str, text: &str) -> String {
    let done = highlight(language, text);
    assert_eq!(done.skipped, None, "{language}");
    let mut marked = done.html.replace("</span>", "›");
    while let Some(at) = marked.find("<span class=\"") {
        let letter = at + "<span class=\"".len();
        let class = marked[letter..=letter].to_owned();
        marked.replace_range(at..letter + 3, &format!("‹{class}:"));
    }
    marked
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// The text that a browser shows.
fn shown(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        let end = rest[at..].find('>').expect("a tag is closed") + at;
        let tag = &rest[at..=end];
        assert!(
            tag == "</span>" || (tag.starts_with("<span class=\"") && tag.len() == 16),
            "{tag}"
        );
        rest = &rest[end + 1..];
    }
    text.push_str(rest);
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// A block of code in a language, and the same with its spans as `marked` writes them.
struct Sample {
    language: &'static str,
    text: String,
    marked: String,
}

/// The samples of `samples.txt`: below each `## language` the code, marked as it is expected to show.
fn samples() -> Vec<Sample> {
    let sections = include_str!("samples.txt").split("\n## ").skip(1);
    let sample = |section: &'static str| {
        let (language, marked) = section.split_once('\n').expect("code follows a language");
        let mut pieces = marked.split('‹');
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            text.push_str(&piece["c:".len()..].replace('›', ""));
        }
        Sample {
            language,
            text,
            marked: marked.to_owned(),
        }
    };
    sections.map(sample).collect()
}

#[test]
fn a_comment_behind_a_bare_name_ends() {
    // The grammar of JavaScript went round in a circle on each of these.
    for text in [
        "a /* x */\n",
        "return a /* x */\n",
        "x = 1 /* open\n",
        "a /* x\n",
    ] {
        for language in ["js", "html", "vue", "markdown", "php"] {
            assert_eq!(
                highlight(language, text).skipped,
                None,
                "{language}: {text}"
            );
        }
    }
}

#[test]
fn samples_show_as_expected() {
    for sample in samples() {
        let language = sample.language;
        assert_eq!(marked(language, &sample.text), sample.marked, "{language}");
    }
}

#[test]
fn no_text_is_lost() {
    let tricky = [
        "",
        "\n",
        "\n\n\n",
        " ",
        "\t\tx\t\n",
        "x",
        "\"unclosed",
        "'unclosed\nnext\n",
        "/* unclosed\n\n  more\n",
        "`${`${",
        "<<EOF\n$x\n",
        "émoji 🎉 = \"🎉 <b>\" // 🎉\n",
        "a\u{a0}\u{3000}b\u{2028}c\n",
        "&amp; &lt; <span class=\"k\"> </span>\n",
        "a\rb\r\r\n",
        "trailing   \n   \n",
        "\0\u{1}\n",
        "{{{{((((]]]]\n",
        "--\n---\n...\n",
    ];
    let samples = samples();
    let texts = samples.iter().map(|sample| sample.text.as_str());
    for text in texts.chain(tricky) {
        for Sample { language, .. } in &samples {
            for text in [text, text.trim_end()] {
                let done = highlight(language, text);
                assert_eq!(done.skipped, None, "{language} {text:?}");
                assert_eq!(shown(&done.html), text.replace("\r\n", "\n"), "{language}");
            }
        }
    }
}

#[test]
fn line_feeds_are_in_no_span() {
    let html = highlight("js", "/* a\n   b */\nx = `c\n  d`\n").html;
    assert_eq!(
        html,
        "<span class=\"c\">/* a</span>\n   <span class=\"c\">b */</span>\nx <span class=\"o\">=</span> \
         <span class=\"s\">`c</span>\n  <span class=\"s\">d`</span>\n"
    );
}

#[test]
fn windows_line_ends_make_no_difference() {
    for Sample { language, text, .. } in samples() {
        let windows = text.replace('\n', "\r\n");
        assert_eq!(
            highlight(language, &windows),
            highlight(language, &text),
            "{language}"
        );
    }
}

#[test]
fn the_last_line_feed_makes_no_difference() {
    for Sample { language, text, .. } in samples() {
        let with = highlight(language, &text).html;
        assert_eq!(
            with.strip_suffix('\n'),
            Some(highlight(language, text.trim_end()).html.as_str()),
            "{language}"
        );
    }
}

#[test]
fn the_same_block_is_always_the_same_html() {
    let fresh = Highlighter::new();
    for Sample { language, text, .. } in samples() {
        let again = fresh.highlight(&fresh.language(language), &text);
        assert_eq!(again, highlight(language, &text), "{language}");
    }
}

#[test]
fn text_without_a_language_is_only_escaped() {
    for name in ["", "text", "mermaid"] {
        let language = highlighter().language(name);
        let done = highlighter().highlight(&language, "a < \"b\" && c\r\n");
        assert_eq!(done.html, "a &lt; \"b\" &amp;&amp; c\n", "{name}");
        assert_eq!(done.skipped, None, "{name}");
    }
}

#[test]
fn a_long_line_leaves_its_block_plain() {
    let text = format!("let a = 1;\nlet b = \"{}\";\n", "x".repeat(LONGEST_LINE));
    let done = highlight("js", &text);
    assert_eq!(done.html, text);
    let skipped = done.skipped.expect("it says why");
    assert_eq!(
        skipped,
        Skipped::LongLine {
            line: 2,
            bytes: LONGEST_LINE + 11,
            limit: LONGEST_LINE
        }
    );
    assert!(
        skipped
            .to_string()
            .starts_with("line 2 of the code block has 2011 bytes")
    );
    assert_eq!(highlight("js", &"x".repeat(LONGEST_LINE)).skipped, None);
}

#[test]
fn a_large_block_is_left_plain() {
    let text = "let a = 1;\n".repeat(LARGEST_BLOCK / 11 + 1);
    let done = highlight("js", &text);
    assert_eq!(done.html, text);
    assert_eq!(
        done.skipped,
        Some(Skipped::LongBlock {
            bytes: text.len(),
            limit: LARGEST_BLOCK
        })
    );
}

#[test]
fn one_highlighter_serves_many_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(highlighter());
}
