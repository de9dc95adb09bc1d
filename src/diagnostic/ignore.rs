//! `handbook-ignore CODE: reason` in a comment: one report that a writer has looked at and wants no more of.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic};

/// What a comment asks to be silent about.
#[derive(Clone, Debug, PartialEq)]
pub struct Ignore {
    /// Those of its codes that exist.
    codes: Vec<Code>,
    /// The comment, in bytes of the file.
    span: Range<usize>,
    /// The line after it.
    line: Range<usize>,
}

/// The word that makes a comment one of these.
const WORD: &str = "handbook-ignore";

impl Ignore {
    /// Whether this comment silences a diagnostic of its file: one of its codes that begins on the line after it, or one
    /// that has no place.
    pub fn silences(&self, diagnostic: &Diagnostic) -> bool {
        let here = match &diagnostic.span {
            Some(span) => {
                self.line.contains(&span.start)
                    || (self.line.is_empty() && span.start == self.line.start)
            }
            None => true,
        };
        here && self.codes.contains(&diagnostic.code)
    }
}

/// What the comments of a file ask for, and what is wrong with how they do. `comments` are the bytes of whole comments.
pub fn read(
    file: &Arc<str>,
    text: &str,
    comments: &[Range<usize>],
) -> (Vec<Ignore>, Vec<Diagnostic>) {
    let mut ignores: Vec<Ignore> = Vec::new();
    let mut diagnostics = Vec::new();
    for comment in comments {
        let Some(codes) = codes(file, text, comment, &mut diagnostics) else {
            continue;
        };
        ignores.push(Ignore {
            codes,
            span: comment.clone(),
            line: line_after(text, comment.end),
        });
    }
    // One comment below another: both are about the line below them.
    for at in (1..ignores.len()).rev() {
        let line = &ignores[at - 1].line;
        if line.contains(&ignores[at].span.start) && is_alone(text, line, &ignores[at].span) {
            ignores[at - 1].line = ignores[at].line.clone();
        }
    }
    (ignores, diagnostics)
}

/// The comments of a YAML or TOML text that have a line of their own, by their bytes in the file.
pub fn hash_comments(text: &str, offset: usize) -> Vec<Range<usize>> {
    if !text.contains(WORD) {
        return Vec::new();
    }
    let mut comments = Vec::new();
    let mut at = offset;
    for line in text.split_inclusive('\n') {
        let comment = line.trim_start();
        if comment.starts_with('#') {
            let start = at + line.len() - comment.len();
            comments.push(start..start + comment.trim_end().len());
        }
        at += line.len();
    }
    comments
}

/// The codes of a comment that is one of these.
fn codes(
    file: &Arc<str>,
    text: &str,
    comment: &Range<usize>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<Code>> {
    let inner = text[comment.clone()]
        .trim_start_matches(['<', '!', '-', '#', '{', '/', '*', ' ', '\t', '\r', '\n'])
        .strip_prefix(WORD)?;
    if !inner.starts_with([' ', '\t', '\r', '\n', ':', '-', '*', '}']) {
        return None;
    }
    let inner = inner.trim_end_matches(['>', '-', '}', '/', '*', ' ', '\t', '\r', '\n']);
    let (names, reason) = match inner.split_once(':') {
        Some((names, reason)) => (names, Some(reason.trim())),
        None => (inner, None),
    };
    let mut codes = Vec::new();
    let mut odd = None;
    for name in words(names) {
        match Code::from_name(name) {
            Some(code) => codes.push(code),
            None => odd = odd.or(Some(name)),
        }
    }
    let listed = codes.first().map_or("broken-link", |code| code.name());
    let example = format!("`{WORD} {listed}: why`");
    let fault = match (odd, codes.first(), reason) {
        (None, None, _) => report(file, comment, "this comment does not say what to ignore")
            .hint(format!("name a code and a reason: {example}")),
        // Words that go on after the codes are a reason.
        (Some(word), Some(_), None) if nearest(word).is_none() => {
            report(file, comment, "the reason stands after a colon")
                .hint(format!("write {example}"))
        }
        (Some(word), ..) => {
            let message = format!("there is no diagnostic code `{word}` to ignore");
            report(file, comment, message).hint(match nearest(word) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("name a code and a reason: {example}"),
            })
        }
        (None, Some(_), None | Some("")) => {
            let message = format!("`{listed}` is ignored here without a reason");
            report(file, comment, message).hint(format!("say why: {example}"))
        }
        (None, Some(_), Some(_)) => return Some(codes),
    };
    diagnostics.push(fault);
    Some(codes)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ', '\t', '\r', '\n'])
        .filter(|word| !word.is_empty())
}

fn report(file: &Arc<str>, comment: &Range<usize>, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::IgnoreWithoutReason, file, comment.clone(), message)
}

fn nearest(name: &str) -> Option<&'static str> {
    Code::ALL
        .iter()
        .map(|code| (strsim::osa_distance(name, code.name()), code.name()))
        .min()
        .filter(|(distance, _)| *distance <= 3)
        .map(|(_, name)| name)
}

/// Whether a comment has a line to itself, but for other comments.
fn is_alone(text: &str, line: &Range<usize>, comment: &Range<usize>) -> bool {
    let before = text[line.start..comment.start].trim_matches([' ', '\t', '>']);
    let after = text[comment.end..].lines().next().unwrap_or_default();
    let after = after.trim();
    before.is_empty() && (after.is_empty() || after.starts_with("<!--"))
}

/// The line after the one on which a comment ends. Below the head of a table it is the first row, because nothing can be
/// said on the line between.
fn line_after(text: &str, end: usize) -> Range<usize> {
    let next = |end: usize| {
        let start = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        start..end
    };
    let line = next(end);
    let below = &text[line.clone()];
    let is_rule = |c: char| matches!(c, '|' | '-' | ':' | '>' | ' ' | '\t' | '\r');
    if below.contains('|') && below.contains('-') && below.chars().all(is_rule) {
        next(line.end)
    } else {
        line
    }
}

#[cfg(test)]
mod tests {
    use super::{hash_comments, read};
    use crate::diagnostic::{Code, Diagnostic};

    /// The text from each silenced line's first word on, and what is wrong.
    fn ignores(text: &str) -> (Vec<&str>, Vec<String>) {
        let starts = text.match_indices("<!--").map(|(at, _)| at);
        let comments: Vec<_> = starts
            .map(|at| at..at + text[at..].find("-->").unwrap() + 3)
            .collect();
        let (ignores, found) = read(&"a.md".into(), text, &comments);
        let lines = ignores.iter().map(|i| &text[i.line.clone()]).collect();
        (lines, found.into_iter().map(|d| d.message).collect())
    }

    #[test]
    fn a_comment_is_about_the_next_line() {
        let (lines, found) = ignores("<!-- handbook-ignore broken-link: later -->\n[a](b)\nc\n");
        assert_eq!((lines, found.len()), (vec!["[a](b)"], 0));
        let two =
            "<!-- handbook-ignore broken-link: x -->\n<!-- handbook-ignore broken-anchor: y -->\nz";
        assert_eq!(ignores(two), (vec!["z", "z"], vec![]));
        let (lines, found) = ignores("<!--handbook-ignore broken-link,broken-anchor: x-->\nz");
        assert_eq!((lines, found.len()), (vec!["z"], 0));
        let text =
            "<!-- handbook-ignore broken-link: x -->\na <!-- handbook-ignore broken-link: y -->\nz";
        assert_eq!(ignores(text).0[1], "z");
        assert!(ignores(text).0[0].starts_with('a'));
        assert_eq!(ignores("<!-- handbook-ignored -->\nx").0, [""; 0]);
        assert_eq!(ignores("<!-- handbook-ignore broken-link: x -->").0, [""]);
        let table = "| A <!-- handbook-ignore broken-link: x --> |\n| :-: |\n| b |\n";
        assert_eq!(ignores(table).0, ["| b |"]);
    }

    #[test]
    fn a_comment_gives_its_reason() {
        assert_eq!(
            ignores("<!-- handbook-ignore broken-link -->\nx").1.len(),
            1
        );
        assert_eq!(ignores("<!-- handbook-ignore -->\nx").1.len(), 1);
        assert_eq!(
            ignores("<!-- handbook-ignore brokn-link: x -->\nx").1.len(),
            1
        );
    }

    #[test]
    fn only_what_it_names_is_silenced() {
        let text = "# handbook-ignore broken-link: x\nabc\ndef\n";
        let (ignores, _) = read(&"a".into(), text, &hash_comments(text, 0));
        let at = |code, start: usize| {
            ignores[0].silences(&Diagnostic::new(code, &"a".into(), start..start + 1, ""))
        };
        let abc = text.find("abc").unwrap();
        assert!(at(Code::BrokenLink, abc));
        assert!(!at(Code::BrokenAnchor, abc));
        assert!(!at(Code::BrokenLink, abc + 4));
    }
}
