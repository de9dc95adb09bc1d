//! Diagnostics as workflow commands, which GitHub Actions turns into annotations beside the lines of a change.
//!
//! What the runner makes of such a line is in `ActionCommand.TryParseV2` and `ValidateLinesAndColumns` of
//! `actions/runner`; `command.ts` of `actions/toolkit` writes them as is done here.

use std::io::{self, Write};

use crate::diagnostic::Shown;

/// How many annotations of a level GitHub makes of one step. The rest is in the log only.
pub const ANNOTATIONS: usize = 10;

/// Prints `::error file=…,line=…,title=…::message` for each, in the order given.
///
/// # Errors
/// What writing to `out` gives.
pub fn print_github(out: &mut impl Write, reports: &[Shown<'_>]) -> io::Result<()> {
    for report in reports {
        writeln!(out, "{}", command(report))?;
    }
    Ok(())
}

fn command(report: &Shown<'_>) -> String {
    let diagnostic = report.diagnostic;
    let mut properties = format!("file={}", property(&report.path));
    let mut at = report.path.clone();
    if let Some(place) = report.place() {
        let (start, end) = (place.start, place.end);
        properties.push_str(&format!(",line={},endLine={}", start.line, end.line));
        // Of a place on several lines the runner wants no columns.
        if start.line == end.line {
            properties.push_str(&format!(",col={},endColumn={}", start.column, end.column));
        }
        at.push_str(&format!(":{}:{}", start.line, start.column));
    }
    properties.push_str(&format!(",title={}", property(diagnostic.code.name())));
    // The log shows the message and no property, so it says the place again.
    let message = format!("{}\n--> {at}{}", diagnostic.message, report.help());
    let level = diagnostic.severity.name();
    format!("::{level} {properties}::{}", data(&message))
}

/// The message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::command;
    use crate::diagnostic::{Code, Diagnostic, Shown};

    /// What `ActionCommand.TryParseV2` reads from a line: the command, its properties, its message.
    fn parsed(line: &str) -> (String, Vec<(String, String)>, String) {
        let (head, message) = line[2..].split_once("::").expect("a second `::`");
        let (name, properties) = head.split_once(' ').expect("properties");
        let properties = properties
            .split(',')
            .map(|pair| pair.split_once('=').expect("a value"))
            .map(|(key, value)| {
                let value = value.replace("%0D", "\r").replace("%0A", "\n");
                let value = value.replace("%3A", ":").replace("%2C", ",");
                (key.to_owned(), value.replace("%25", "%"))
            });
        let message = message.replace("%0D", "\r").replace("%0A", "\n");
        let message = message.replace("%25", "%");
        (name.to_owned(), properties.collect(), message)
    }

    fn line(diagnostic: &Diagnostic, path: &str, text: &str) -> String {
        command(&Shown {
            diagnostic,
            path: path.to_owned(),
            text: Some(text),
            lines: None,
        })
    }

    #[test]
    fn a_report_is_one_command() {
        let file = "content/a.md".into();
        let found = Diagnostic::new(Code::BrokenLink, &file, 3..4, "50% wrong").hint("do: this");
        assert_eq!(
            line(&found, "docs/content/a, b.md", "\néab"),
            "::error file=docs/content/a%2C b.md,line=2,endLine=2,col=2,endColumn=3,title=broken-link::50%25 wrong%0A--> docs/content/a, b.md:2:2%0Ahelp: do: this"
        );
    }

    #[test]
    fn a_place_on_several_lines_has_no_columns() {
        let file = "a.md".into();
        let found = Diagnostic::new(Code::LinkToDraft, &file, 0..3, "x");
        assert_eq!(
            line(&found, "a.md", "a\nb\n"),
            "::warning file=a.md,line=1,endLine=2,title=link-to-draft::x%0A--> a.md:1:1"
        );
    }

    #[test]
    fn a_report_without_a_place_names_the_file() {
        let file = "a.md".into();
        let found = Diagnostic::new(Code::NotUtf8, &file, None, "x");
        assert_eq!(
            line(&found, "a.md", ""),
            "::error file=a.md,title=not-utf8::x%0A--> a.md"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_message_and_path_stay_on_one_line_and_come_back(
            message in "([%:,=\r\n0-9A-D\\[\\]#]|::|%25|%0A|\\PC){0,40}",
            hint in "(::|[%\r\n]|\\PC){0,20}",
            path in "([%:,=\r\n#]|::|%2C|%3A|%0D|\\PC){1,40}",
        ) {
            let file = "a.md".into();
            let found = Diagnostic::new(Code::BrokenLink, &file, 0..1, message.clone()).hint(hint.clone());
            let line = line(&found, &path, "x");
            prop_assert!(line.starts_with("::error "));
            prop_assert!(!line.contains(['\r', '\n']));
            let (name, properties, said) = parsed(&line);
            prop_assert_eq!(name, "error");
            let expected = [
                ("file", path.as_str()),
                ("line", "1"),
                ("endLine", "1"),
                ("col", "1"),
                ("endColumn", "2"),
                ("title", "broken-link"),
            ];
            let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
            prop_assert_eq!(properties, expected);
            prop_assert_eq!(said, format!("{message}\n--> {path}:1:1\nhelp: {hint}"));
        }
    }
}
