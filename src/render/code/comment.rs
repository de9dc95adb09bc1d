//! Lines that a comment at their end points out: `total += 1; // HIGHLIGHT`. The comment is not shown.

const WORD: &str = "HIGHLIGHT";

/// How comments begin and end, in all languages: what begins one in one of them means little before the word in others.
const COMMENTS: &[(&str, &str)] = &[
    ("//", ""),
    ("#", ""),
    ("--", ""),
    (";", ""),
    ("%", ""),
    ("!", ""),
    ("'", ""),
    ("{/*", "*/}"),
    ("/*", "*/"),
    ("<!--", "-->"),
    ("(*", "*)"),
    ("{#", "#}"),
];

/// Markdown quotes code of other languages, and a `#` is a heading there.
const OF_MARKDOWN: &[(&str, &str)] = &[("{/*", "*/}"), ("<!--", "-->")];

/// Whether a text may hold such a comment. Most do not, and are looked at no closer.
pub fn may_mark(text: &str) -> bool {
    text.contains(WORD)
}

/// The line without the comment that points it out; `None` if there is none, or nothing but that.
pub fn unmarked<'a>(line: &'a str, language: &str) -> Option<&'a str> {
    let trimmed = line.trim_end();
    // Before the table: nearly all lines end here.
    if !may_mark(&trimmed[trimmed.floor_char_boundary(trimmed.len().saturating_sub(32))..]) {
        return None;
    }
    let is_markdown = ["md", "markdown", "mdx"]
        .iter()
        .any(|name| language.eq_ignore_ascii_case(name));
    let comments = if is_markdown { OF_MARKDOWN } else { COMMENTS };
    comments.iter().find_map(|(open, close)| {
        let inner = trimmed.strip_suffix(close)?.trim_end();
        let code = inner.strip_suffix(WORD)?.trim_end().strip_suffix(open)?;
        let shown = code.trim_end();
        (shown.len() < code.len() && !shown.is_empty()).then_some(shown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_every_style_mark_a_line() {
        for line in [
            "  x = 1 // HIGHLIGHT",
            "  x = 1 //HIGHLIGHT",
            "  x = 1   // HIGHLIGHT  ",
            "  x = 1\t# HIGHLIGHT",
            "  x = 1 -- HIGHLIGHT",
            "  x = 1 ; HIGHLIGHT",
            "  x = 1 % HIGHLIGHT",
            "  x = 1 /* HIGHLIGHT */",
            "  x = 1 {/* HIGHLIGHT */}",
            "  x = 1 <!-- HIGHLIGHT -->",
            "  x = 1 <!--HIGHLIGHT-->",
            "  x = 1 (* HIGHLIGHT *)",
        ] {
            assert_eq!(unmarked(line, "any"), Some("  x = 1"), "{line}");
        }
    }

    #[test]
    fn what_is_no_comment_at_the_end_stays() {
        for line in [
            "",
            "HIGHLIGHT",
            "x HIGHLIGHT",
            "x // HIGHLIGHTS",
            "x // highlight",
            "x // HIGHLIGHT this",
            "x // see HIGHLIGHT",
            "// HIGHLIGHT",
            "    # HIGHLIGHT",
            "https://HIGHLIGHT",
            "x /* HIGHLIGHT",
            "x HIGHLIGHT -->",
            "\"// HIGHLIGHT\"",
        ] {
            assert_eq!(unmarked(line, "any"), None, "{line}");
        }
    }

    #[test]
    fn markdown_has_comments_of_its_own() {
        for language in ["md", "Markdown", "mdx"] {
            assert_eq!(unmarked("a # HIGHLIGHT", language), None);
            assert_eq!(unmarked("a // HIGHLIGHT", language), None);
            assert_eq!(unmarked("a <!-- HIGHLIGHT -->", language), Some("a"));
        }
    }
}
