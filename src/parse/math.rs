//! Formulas in the notation of TeX to `MathML`, which browsers set by themselves. Sees one formula and no Markdown.

use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::thread;

use pulldown_cmark_escape::escape_html_body_text;
use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::event::{Content, Event};
use pulldown_latex::{Parser, Storage, push_mathml};

/// The most bytes a formula may have: reading one calls itself for each command in another, which takes stack, and its
/// time grows with the square of how deep that goes. A page of print has less.
pub const LONGEST: usize = 2_000;

/// So many commands can be read on any thread, even if each is the argument of the one before.
const FEW_COMMANDS: usize = 50;

/// Four times what the longest formula was seen to take.
const DEEP_STACK: usize = 64 * 1024 * 1024;

/// Why a formula cannot be read, and where in it that can be said.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What is wrong, as the second half of a sentence.
    pub message: String,
    /// The command that nobody knows.
    pub command: Option<Range<usize>>,
}

/// A formula as a `<math>` element, with its source as an annotation that readers may ask for.
///
/// # Errors
/// What is wrong with it, for its writer.
pub fn mathml(tex: &str, is_display: bool) -> Result<String, Fault> {
    let tex = tex.trim();
    if tex.len() > LONGEST {
        let bytes = tex.len();
        return Err(Fault {
            message: format!("it has {bytes} bytes, and one may have {LONGEST}"),
            command: None,
        });
    }
    if let Some(command) = commands(tex).find(|at| &tex[at.clone()] == CHAR) {
        return Err(Fault {
            message: UNKNOWN.to_owned(),
            command: Some(command),
        });
    }
    survived(tex, || written(tex, is_display))
        .unwrap_or_else(|| Err("it is too much for the reader of formulas".to_owned()))
        .map_err(|message| Fault {
            command: unknown_command(tex, &message),
            message,
        })
}

/// What reading a formula gives, or nothing where that fails in the crate: no other text is known that it panics on, but
/// one formula must not cost the site.
fn survived<T: Send>(tex: &str, read: impl FnOnce() -> T + Send) -> Option<T> {
    if tex.matches('\\').count() <= FEW_COMMANDS {
        return panic::catch_unwind(AssertUnwindSafe(read)).ok();
    }
    // A command that is the argument of another takes 16 KB of stack without optimisation, and may be one of hundreds.
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(DEEP_STACK);
        thread.spawn_scoped(scope, read).ok()?.join().ok()
    })
}

fn written(tex: &str, is_display: bool) -> Result<String, String> {
    let storage = Storage::new();
    // All of it before anything is written, because its mistakes would be written too.
    let events: Result<Vec<Event<'_>>, _> = Parser::new(tex, &storage).collect();
    let events = events.map_err(|error| reason(&error.to_string()))?;
    // Names and the annotation are written as they are.
    let names: Vec<String> = events.iter().map(name).collect();
    let events = events.into_iter().zip(&names).map(|(event, name)| {
        Ok::<_, std::fmt::Error>(match event {
            Event::Content(Content::Function(_)) => Event::Content(Content::Function(name)),
            other => other,
        })
    });
    let source = escaped(tex);
    let config = RenderConfig {
        display_mode: if is_display {
            DisplayMode::Block
        } else {
            DisplayMode::Inline
        },
        annotation: Some(&source),
        ..RenderConfig::default()
    };
    let mut html = String::new();
    push_mathml(&mut html, events, config).map_err(|error| error.to_string())?;
    Ok(with_signs_escaped(&with_spaces_outside(html)))
}

/// The space before a function like `\lim` is written into the element that sets something below or above it, which has
/// one child too many then, and browsers show its parts side by side.
fn with_spaces_outside(mut html: String) -> String {
    const SPACE: &str = "<mspace width=\"0.1667em\" />";
    for element in ["msub", "msup", "msubsup", "munder", "mover", "munderover"] {
        let wrong = format!("<{element}>{SPACE}<mi>");
        if html.contains(&wrong) {
            html = html.replace(&wrong, &format!("{SPACE}<{element}><mi>"));
        }
    }
    html
}

fn escaped(text: &str) -> String {
    let mut html = String::new();
    escape_html_body_text(&mut html, text).expect("a String takes everything");
    html
}

/// The name that `\operatorname` gives, as HTML.
fn name(event: &Event<'_>) -> String {
    match event {
        Event::Content(Content::Function(name)) => escaped(name),
        _ => String::new(),
    }
}

/// The signs `<` and `&`, which are written bare, each alone in its element.
fn with_signs_escaped(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let after = &from[1..];
        let is_tag = after.starts_with(|c: char| c == '/' || c.is_ascii_alphabetic());
        let is_entity = ["nbsp;", "lt;", "gt;", "amp;"]
            .iter()
            .any(|entity| after.starts_with(entity));
        out.push_str(match from.as_bytes()[0] {
            b'<' if !is_tag => "&lt;",
            b'&' if !is_entity => "&amp;",
            _ => &from[..1],
        });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Takes a number for a character, and panics where another character follows. Nobody needs it where there is Unicode.
const CHAR: &str = "\\char";

const UNKNOWN: &str = "unknown primitive command found";

/// The first line of a report without what all of them begin with. The rest draws the place with lines.
fn reason(report: &str) -> String {
    let first = report.lines().next().unwrap_or_default();
    let reason = first.strip_prefix("parsing error: ").unwrap_or(first);
    reason.replace("unkown", "unknown")
}

/// Where the first command stands that is unknown by itself.
fn unknown_command(tex: &str, message: &str) -> Option<Range<usize>> {
    if message != UNKNOWN {
        return None;
    }
    let is_unknown =
        |at: &Range<usize>| written(&tex[at.clone()], false).is_err_and(|why| why == UNKNOWN);
    commands(tex).find(is_unknown)
}

/// Where the commands of a formula stand whose names are letters.
fn commands(tex: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + tex[at..].find('\\')?;
            let rest = &tex[start + 1..];
            let name = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
            // A command of one other character, like `\\`, is no letter's.
            let length = name.max(rest.chars().next().map_or(0, char::len_utf8));
            at = start + 1 + length;
            if name > 0 {
                return Some(start..at);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, mathml};

    #[test]
    fn a_formula_keeps_its_source() {
        let html = mathml("a < b", false).expect("a formula");
        assert!(html.starts_with("<math"), "{html}");
        assert!(
            html.contains("<annotation encoding=\"application/x-tex\">a &lt; b</annotation>"),
            "{html}"
        );
    }

    #[test]
    fn what_a_formula_shows_is_never_markup() {
        for (tex, expected) in [
            ("a < b > c", "<mo>&lt;</mo>"),
            ("a \\& b", "<mi>&amp;</mi>"),
            ("\\not<", "&lt;\u{338}"),
            ("\\operatorname{<b>x}", "&lt;b&gt;x</mi>"),
            ("\\text{<b>}", "<mtext>&lt;b&gt;</mtext>"),
        ] {
            let html = mathml(tex, false).expect(tex);
            assert!(html.contains(expected), "{tex}: {html}");
            assert!(!html.contains("<b>"), "{html}");
        }
    }

    #[test]
    fn what_stands_over_a_function_is_not_beside_it() {
        for (tex, expected) in [
            ("a \\lim_{x} b", "/><munder><mi>lim</mi>"),
            ("a \\sin^2 x", "/><msup><mi>sin</mi><mn>2</mn></msup>"),
        ] {
            let html = mathml(tex, true).expect(tex);
            assert!(html.contains(expected), "{html}");
        }
    }

    #[test]
    fn an_unknown_command_is_found() {
        for (tex, command) in [
            ("\\fraac{1}{2}", Some(0..6)),
            ("a \\, \\nope", Some(5..10)),
            ("é \\nope", Some(3..8)),
            ("{a", None),
        ] {
            assert_eq!(mathml(tex, true).expect_err(tex).command, command, "{tex}");
        }
    }

    #[test]
    fn hostile_formulas_are_told_and_not_followed() {
        for piece in [
            "{",
            "}",
            "\\sqrt",
            "\\hat",
            "\\not",
            "\\frac",
            "\\frac{1}{",
            "\\left(",
            "x^{",
            "'",
            "&",
            "\\begin{matrix}",
            "\\text{",
            "\\char",
            "\\charé",
            "$",
            "\\def\\a{\\a\\a}\\a",
            "\\\\",
            "#",
            "%",
        ] {
            let _ = mathml(&piece.repeat(LONGEST / piece.len()), true);
            let _ = mathml(&format!("{}x{}", piece.repeat(250), "}".repeat(250)), true);
            assert!(mathml(&piece.repeat(LONGEST + 1), true).is_err());
        }
    }
}
