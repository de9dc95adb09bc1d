//! What MDX has besides tags and is not for readers: `{/* comments */}`, and lines that import or export.

use std::collections::HashSet;
use std::ops::Range;

/// An import or export that runs over more lines than this is none.
const LONGEST: usize = 200;

/// Whether a text may have any of it.
pub fn may_have(text: &str) -> bool {
    text.contains("{/*")
        || text
            .lines()
            .any(|line| line.starts_with("import ") || line.starts_with("export "))
}

/// The places to cut out, in order. `code_end` gives the end of the code that a place lies in.
pub fn find(text: &str, code_end: impl Fn(usize) -> Option<usize>) -> Vec<Range<usize>> {
    let mut cuts = modules(text, &code_end);
    let mut at = 0;
    while let Some(found) = text[at..].find("{/*") {
        let start = at + found;
        if let Some(end) = code_end(start) {
            at = end.max(start + 1);
            continue;
        }
        let Some(length) = text[start..].find("*/}") else {
            break;
        };
        at = start + length + 3;
        cuts.push(start..at);
    }
    cuts.sort_by_key(|cut| cut.start);
    let mut end = 0;
    cuts.retain(|cut| {
        let outside = cut.start >= end;
        end = end.max(cut.end);
        outside
    });
    cuts
}

/// The names that the imports among the cuts give to files.
pub fn imported<'t>(text: &'t str, cuts: &[Range<usize>]) -> HashSet<&'t str> {
    let imports = cuts.iter().map(|cut| &text[cut.clone()]);
    let imports = imports.filter_map(|cut| cut.strip_prefix("import")?.rsplit_once(" from "));
    imports
        .flat_map(|(names, _)| names.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .collect()
}

/// `import` and `export` at the beginning of a block of their own.
fn modules(text: &str, code_end: &impl Fn(usize) -> Option<usize>) -> Vec<Range<usize>> {
    let mut cuts: Vec<Range<usize>> = Vec::new();
    let mut begins = true;
    let mut at = 0;
    while at < text.len() {
        let line_end = text[at..].find('\n').map_or(text.len(), |n| at + n + 1);
        let line = &text[at..line_end];
        let length = (begins && code_end(at).is_none())
            .then(|| module(&text[at..]))
            .flatten();
        match length {
            Some(length) => {
                // Its line break stays, so that what was apart stays apart.
                cuts.push(at..at + length);
                at += length;
                at += text[at..].find('\n').map_or(text.len() - at, |n| n + 1);
                begins = true;
            }
            None => {
                begins = line.trim().is_empty();
                at = line_end;
            }
        }
    }
    cuts
}

/// The length of an import or export that a text begins with, without its line break.
fn module(text: &str) -> Option<usize> {
    let first = text.lines().next()?;
    if let Some(rest) = first.strip_prefix("import ") {
        let rest = rest.trim_start();
        if rest.starts_with(['"', '\'']) {
            return quoted_to_end(rest).then(|| first.trim_end().len());
        }
        let length = balanced(text)?;
        let (names, path) = text[..length].rsplit_once(" from ")?;
        let is_name =
            |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '{' | '}' | ',' | '*');
        let names = names["import ".len()..].trim();
        // Prose may begin with the word, but has more than names between commas.
        let plain = names.contains('{')
            || names.starts_with('*')
            || !names.contains(' ')
            || names.contains(',');
        let fits = names.chars().all(|c| is_name(c) || c.is_whitespace());
        return (fits && plain && quoted_to_end(path.trim_start())).then_some(length);
    }
    let rest = first.strip_prefix("export ")?.trim_start();
    let word = rest
        .find(|c: char| !c.is_alphanumeric())
        .map_or(rest, |end| &rest[..end]);
    let after = rest[word.len()..].trim_start();
    let is_code = match word {
        "const" | "let" | "var" => after.contains('='),
        "function" | "class" | "async" => first.contains(['(', '{']),
        "default" => after.ends_with([';', '{', '(']) || !after.contains(' '),
        "" => rest.starts_with(['{', '*']),
        _ => false,
    };
    is_code.then(|| balanced(text))?
}

/// Whether a text is one string and the end of a statement.
fn quoted_to_end(text: &str) -> bool {
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        return false;
    };
    text[1..]
        .split_once(quote)
        .is_some_and(|(_, rest)| matches!(rest.trim(), "" | ";"))
}

/// The length of the lines after which every bracket is closed again.
fn balanced(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    let mut length = 0;
    for line in text.split_inclusive('\n').take(LONGEST) {
        let mut string = None;
        for c in line.chars() {
            match (string, c) {
                (None, '"' | '\'' | '`') => string = Some(c),
                (Some(quote), c) if c == quote => string = None,
                (Some(_), _) => {}
                (None, '(' | '[' | '{') => depth += 1,
                (None, ')' | ']' | '}') => depth -= 1,
                (None, _) => {}
            }
        }
        length += line.len();
        if depth <= 0 {
            return Some(text[..length].trim_end().len());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::find;

    fn left(text: &str) -> String {
        let mut left = String::new();
        let mut at = 0;
        for cut in find(text, |_| None) {
            left.push_str(&text[at..cut.start]);
            at = cut.end;
        }
        left + &text[at..]
    }

    #[test]
    fn what_is_not_for_readers_goes() {
        for (text, expected) in [
            ("a {/* note */} b", "a  b"),
            ("{/*\nnote\n*/}\nb", "\nb"),
            ("import A from './a.mdx'\n\nb", "\n\nb"),
            ("import A from 'a'\nimport B from \"b\";\n\nc", "\n\n\nc"),
            ("import { A, B } from 'x'\n", "\n"),
            ("import {\n  A,\n} from 'x'\nb", "\nb"),
            ("import * as A from 'x'", ""),
            ("import './x.css'\n", "\n"),
            ("export const a = 1\n", "\n"),
            ("export const a = {\n  b: [1],\n}\nc", "\nc"),
            ("export default Layout\n", "\n"),
            ("export default function A() {\n  return 1\n}\n", "\n"),
        ] {
            assert_eq!(left(text), expected, "{text:?}");
        }
    }

    #[test]
    fn prose_stays() {
        for text in [
            "import your contacts from 'Settings'",
            "import taxes from the customs office",
            "export default settings are fine for most people.",
            "export your data first.",
            "We import A from 'b'.",
            "text\nimport A from 'b'",
            "{braces} and {/ not a comment /}",
            "{/* never closed",
            "export const",
            "important",
        ] {
            assert_eq!(left(text), text);
        }
    }
}
