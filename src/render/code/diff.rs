//! Takes the marks of a diff off its lines: what came, what went, and the code in its own columns.

use std::borrow::Cow;

use super::{Kind, Line};

/// Reads the lines of a diff. A line that is changed is no other kind of line.
pub fn read(lines: &mut [Line<'_>]) {
    for index in 0..lines.len() {
        let next = lines.get(index + 1).map(|line| line.text.as_ref());
        let before = index.checked_sub(1).map(|before| lines[before].kind);
        let line = &lines[index];
        let is_changed = match line.text.as_bytes() {
            [b'@', b'@', b' ', ..] | [b'\\', b' ', ..] => Some(Kind::Place),
            [b'-', b'-', b'-', b' ', ..] if next.is_some_and(|next| next.starts_with("+++ ")) => {
                Some(Kind::Place)
            }
            [b'+', b'+', b'+', b' ', ..] if before == Some(Kind::Place) => Some(Kind::Place),
            [b'+', ..] => Some(Kind::Added),
            [b'-', ..] => Some(Kind::Removed),
            _ => None,
        };
        if let Some(kind) = is_changed {
            lines[index].kind = kind;
        }
    }
    if has_column(lines) {
        for line in lines.iter_mut() {
            if is_changed(line) || (is_kept(line) && line.text.starts_with(' ')) {
                cut(line);
            }
        }
        // Writers put a space behind the mark, and code is seldom indented by an odd number of them.
        let code = || lines.iter().filter(|line| line.kind != Kind::Place);
        let common = code().filter(|line| !line.text.trim().is_empty());
        if common.map(|line| spaces(&line.text)).min().unwrap_or(0) % 2 == 1 {
            for line in lines.iter_mut().filter(|line| line.kind != Kind::Place) {
                if line.text.starts_with(' ') {
                    cut(line);
                }
            }
        }
        return;
    }
    let changed = || lines.iter().filter(|line| is_changed(line));
    let code = || changed().filter(|line| !line.text[1..].trim().is_empty());
    // The mark stands in place of a space where it leaves an odd number of them: `- x: 1` below `a:`.
    let replaces = code().all(|line| spaces(&line.text[1..]) % 2 == 1);
    for line in lines.iter_mut().filter(|line| is_changed(line)) {
        cut(line);
        if replaces && !line.text.is_empty() {
            line.text = Cow::Owned(format!(" {}", line.text));
        }
    }
}

/// Whether the marks have a column of their own, so that lines which stay have a space there.
fn has_column(lines: &[Line<'_>]) -> bool {
    let kept = lines.iter().filter(|line| is_kept(line));
    kept.filter(|line| !line.text.is_empty())
        .all(|line| line.text.starts_with(' '))
}

fn is_changed(line: &Line<'_>) -> bool {
    matches!(line.kind, Kind::Added | Kind::Removed)
}

fn is_kept(line: &Line<'_>) -> bool {
    matches!(line.kind, Kind::Plain | Kind::Marked)
}

fn spaces(text: &str) -> usize {
    text.len() - text.trim_start_matches(' ').len()
}

/// Takes off the first character, which is one byte.
fn cut(line: &mut Line<'_>) {
    match &mut line.text {
        Cow::Borrowed(text) => *text = &text[1..],
        Cow::Owned(text) => drop(text.remove(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Vec<(char, String)> {
        let mut lines: Vec<Line<'_>> = text
            .lines()
            .map(|text| Line {
                kind: Kind::Plain,
                text: Cow::Borrowed(text),
            })
            .collect();
        read(&mut lines);
        let mark = |kind| match kind {
            Kind::Added => '+',
            Kind::Removed => '-',
            Kind::Place => '@',
            Kind::Plain | Kind::Marked => ' ',
        };
        let lines = lines.into_iter();
        lines
            .map(|line| (mark(line.kind), line.text.into_owned()))
            .collect()
    }

    fn assert_read(text: &str, expected: &[&str]) {
        let found: Vec<String> = read_text(text)
            .into_iter()
            .map(|(mark, text)| format!("{mark}|{text}"))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn marks_in_a_column_of_their_own() {
        assert_read(" a {\n-  b\n+  c\n }", &[" |a {", "-|  b", "+|  c", " |}"]);
        assert_read(
            "  a {\n-   b\n+   c\n\n  }",
            &[" |a {", "-|  b", "+|  c", " |", " |}"],
        );
        assert_read("- a\n+ b", &["-|a", "+|b"]);
        assert_read("-a\n+b", &["-|a", "+|b"]);
        assert_read("-a\n+\n+  b", &["-|a", "+|", "+|  b"]);
        assert_read("+\ta\n \tb", &["+|\ta", " |\tb"]);
        // An excerpt keeps its indentation.
        assert_read("     a\n+    b", &[" |    a", "+|    b"]);
    }

    #[test]
    fn marks_in_the_column_of_the_code() {
        assert_read("a:\n-  b\n+  c", &[" |a:", "-|  b", "+|  c"]);
        assert_read("a:\n- b\n+ c", &[" |a:", "-|  b", "+|  c"]);
        assert_read("a:\n- b\n+   c\n+", &[" |a:", "-|  b", "+|    c", "+|"]);
        assert_read("a\n-b\n+c", &[" |a", "-|b", "+|c"]);
    }

    #[test]
    fn headers_are_no_changes() {
        assert_read(
            "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file",
            &[
                "@|--- a/x",
                "@|+++ b/x",
                "@|@@ -1 +1 @@",
                "-|a",
                "+|b",
                "@|\\ No newline at end of file",
            ],
        );
        // A comment of SQL that was taken out.
        assert_read("--- a\n b", &["-|-- a", " |b"]);
        assert_read("+++ a\n b", &["+|++ a", " |b"]);
    }
}
