//! What the reference page says of each code, cut from the page itself. The page is part of the program.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::diagnostic::Code;

const PAGE: &str = include_str!("../../content/reference/diagnostics.md");

/// The section of a code without its heading, as Markdown that stands alone: what is wrong, an example, what to do.
/// Empty for a code that the page lacks.
pub fn section(code: Code) -> String {
    let heading = format!("\n## `{}`\n", code.name());
    let Some(start) = PAGE.find(&heading).map(|at| at + heading.len()) else {
        return String::new();
    };
    let rest = &PAGE[start..];
    let end = rest.find("\n## `").unwrap_or(rest.len());
    without_links(rest[..end].trim())
}

/// The first paragraph of a code's section on one line.
pub fn first_paragraph(code: Code) -> String {
    let section = section(code);
    let paragraph = section.split("\n\n").next().unwrap_or_default();
    paragraph.replace('\n', " ")
}

/// Markdown with the text of links in place of links, which lead nowhere outside of the page.
fn without_links(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut copied = 0;
    let mut text: Option<Range<usize>> = None;
    let mut in_link = false;
    for (event, range) in Parser::new(markdown).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { .. }) => {
                out.push_str(&markdown[copied..range.start]);
                copied = range.end;
                in_link = true;
            }
            Event::End(TagEnd::Link) => {
                out.push_str(&markdown[text.take().unwrap_or_default()]);
                in_link = false;
            }
            _ if in_link => {
                let start = text.map_or(range.start, |text| text.start);
                text = Some(start..range.end);
            }
            _ => {}
        }
    }
    out.push_str(&markdown[copied..]);
    out
}

#[cfg(test)]
mod tests {
    use super::{PAGE, first_paragraph, section, without_links};
    use crate::diagnostic::{Code, Level};

    #[test]
    fn every_code_has_a_section_that_is_its_own() {
        for code in Code::ALL {
            let section = section(*code);
            assert!(section.len() > 60, "{}: {section}", code.name());
            assert!(!section.contains("\n## `"), "{}", code.name());
            let paragraph = first_paragraph(*code);
            assert!(!paragraph.is_empty() && paragraph.len() <= 1000);
        }
    }

    #[test]
    fn the_table_lists_every_code_and_the_sections_follow_it() {
        let level = |code: &Code| match code.default_level() {
            Level::Error => "error",
            Level::Warn => "warning",
            Level::Off => "off",
        };
        let rows: String = Code::ALL
            .iter()
            .map(|code| {
                let (name, rule) = (code.name(), code.rule());
                format!("| [`{name}`](#{name}) | {} | {rule} |\n", level(code))
            })
            .collect();
        assert!(
            PAGE.contains(&format!("| --- | --- | --- |\n{rows}\n")),
            "{rows}"
        );
        let sections: Vec<&str> = PAGE
            .lines()
            .filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`'))
            .collect();
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(sections, codes);
    }

    #[test]
    fn links_are_their_text_and_examples_keep_theirs() {
        assert_eq!(
            without_links("see [`a`\nb](c.md#d), `[e](f)`\n\n```md\n[g](h)\n```\n"),
            "see `a`\nb, `[e](f)`\n\n```md\n[g](h)\n```\n"
        );
        let section = section(Code::BrokenLink);
        assert!(section.contains("[Hiring](hirring.md)"), "{section}");
        assert!(section.contains("list it under `links.elsewhere`."));
    }
}
