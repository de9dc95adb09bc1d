//! Emoji that are written by name: `:tada:`, by GitHub's list. Sees text, no Markdown.

use std::borrow::Cow;

use memchr::memchr;

/// The longest name that is looked for. GitHub's longest has 36 bytes.
const LONGEST: usize = 40;

/// The text with its emoji. Names that are none stay, and so does what belongs to a word or a time: `10:100:45`.
pub fn named(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    // Up to where the text has been copied, and where an emoji ended last.
    let mut copied = 0;
    let mut ended = None;
    let mut at = 0;
    while let Some(found) = memchr(b':', &text.as_bytes()[at..]) {
        let start = at + found;
        at = start + 1;
        let Some(length) = name_length(&text[at..]) else {
            continue;
        };
        let end = at + length + 1;
        let may_begin = ended == Some(start) || begins_after(&text[..start]);
        if may_begin
            && ends_before(&text[end..])
            && let Some(emoji) = emojis::get_by_shortcode(&text[at..end - 1])
        {
            out.push_str(&text[copied..start]);
            out.push_str(emoji.as_str());
            copied = end;
            ended = Some(end);
            at = end;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// The length of the name that a text begins with, if a colon follows it.
fn name_length(text: &str) -> Option<usize> {
    let bytes = &text.as_bytes()[..text.len().min(LONGEST)];
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-');
    let length = bytes.iter().position(|byte| !is_name(byte))?;
    (length > 0 && bytes[length] == b':').then_some(length)
}

/// Not in a word, an address or a chain of colons. Scripts without spaces between words are no words here.
fn begins_after(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| {
        c.is_whitespace()
            || !c.is_ascii()
            || matches!(
                c,
                '(' | '[' | '{' | '"' | '\'' | '*' | '~' | '>' | ',' | '!'
            )
    })
}

fn ends_before(after: &str) -> bool {
    let Some(c) = after.chars().next() else {
        return true;
    };
    match c {
        // Another emoji may follow at once: `:fire::fire:`.
        ':' => name_length(&after[1..])
            .is_some_and(|length| emojis::get_by_shortcode(&after[1..=length]).is_some()),
        '_' | '/' | '-' => false,
        c => !c.is_ascii_alphanumeric(),
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn names_of_emoji_become_emoji() {
        for (text, expected) in [
            (":tada:", "🎉"),
            ("Done :tada:!", "Done 🎉!"),
            (":+1: and :-1:", "👍 and 👎"),
            (":fire::fire:", "🔥🔥"),
            ("(:white_check_mark:)", "(✅)"),
            ("完成:tada:", "完成🎉"),
            (":100:", "💯"),
        ] {
            assert_eq!(named(text), expected);
        }
    }

    #[test]
    fn everything_else_stays() {
        for text in [
            "",
            ":",
            "::",
            "10:30:45",
            "10:100:45",
            "a:b:c",
            ":not_an_emoji:",
            ":octocat:",
            ": tada :",
            ":TADA:",
            "std::end::x",
            "::end::",
            "/a/:id:/b",
            "https://example.org/:on:/",
            "key:on:off",
            ":on:1",
            ":tada",
            "tada:",
        ] {
            assert_eq!(named(text), text);
        }
    }

    #[test]
    fn long_chains_of_colons_read_as_short_ones() {
        for (piece, shown) in [
            (":", ":"),
            (":a", ":a"),
            (":tada", ":tada"),
            (":fire:", "🔥"),
            (": :", ": :"),
        ] {
            let long = named(&piece.repeat(200_000)).into_owned();
            // Not shown in full where it fails.
            assert!(long == shown.repeat(200_000), "{piece}");
        }
    }
}
