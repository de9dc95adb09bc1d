//! Footnotes: numbers in the order of reference, texts at the end, and the way back.

use std::ops::Range;

use super::Writer;
use crate::diagnostic::{Code, Diagnostic};
use crate::parse::{Body, Filling, Hole, Word};

/// What stands round the texts of footnotes.
pub const SECTION: (&str, &str) = (
    "<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"\">\n<ol>\n",
    "</ol>\n</section>\n",
);

/// Where its name goes.
const NAME: usize = "<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"".len();

/// Opens the section.
pub fn open_section(body: &mut Body) {
    let at = body.html.len() + NAME;
    body.holes.push(Hole {
        at,
        filling: Filling::Word(Word::Footnotes),
    });
    body.html.push_str(SECTION.0);
}

impl Writer<'_> {
    pub(super) fn footnote_reference(&mut self, name: &str) {
        let next = self.notes_before + self.footnotes.len() + 1;
        let footnote = self.footnotes.entry(name.to_owned()).or_default();
        if footnote.number == 0 {
            footnote.number = next;
        }
        footnote.references += 1;
        let number = footnote.number;
        let id = reference_id(number, footnote.references);
        self.raw(&format!(
            "<sup class=\"footnote-ref\" id=\"{id}\"><a href=\"#fn-{number}\" role=\"doc-noteref\">{number}</a></sup>"
        ));
        self.anchors.insert(id);
    }

    /// A reference to a footnote that there is not comes as plain text, bracket by bracket.
    pub(super) fn undefined_footnote(&mut self, range: &Range<usize>) {
        if !self.options.extensions || self.code.is_some() || !self.open_links.is_empty() {
            return;
        }
        let text = &self.scanned.stitched.text;
        let (before, rest) = text.split_at(range.start);
        let Some(rest) = rest.strip_prefix('^') else {
            return;
        };
        if !before.ends_with('[') || before.ends_with("\\[") {
            return;
        }
        let end = rest.find(|c: char| c == ']' || c == '[' || c.is_whitespace());
        let Some(end) = end.filter(|end| *end > 0 && rest[*end..].starts_with(']')) else {
            return;
        };
        let span = range.start - 1..range.start + 1 + end + 1;
        self.no_footnote(&rest[..end], self.scanned.stitched.span(span));
    }

    pub(super) fn no_footnote(&mut self, name: &str, span: Range<usize>) {
        self.diagnostics.push(
            Diagnostic::new(
                Code::UndefinedFootnote,
                &self.source.file,
                span,
                format!("footnote `{name}` has no text"),
            )
            .hint(format!("add a line `[^{name}]: …`")),
        );
    }

    pub(super) fn footnote_section(&mut self) {
        let mut used: Vec<(usize, usize, Body)> = self
            .footnotes
            .iter()
            .filter_map(|(name, note)| {
                let body = self.definitions.remove(name)?;
                Some((note.number, note.references, body))
            })
            .collect();
        if used.is_empty() {
            return;
        }
        used.sort_by_key(|(number, ..)| *number);
        self.line();
        self.notes = Some(self.out.html.len());
        open_section(&mut self.out);
        for (number, references, mut body) in used {
            self.raw(&format!("<li id=\"fn-{number}\">"));
            self.anchors.insert(format!("fn-{number}"));
            let mut back = Body::default();
            for reference in 1..=references {
                let id = reference_id(number, reference);
                back.html.push_str(&format!(
                    " <a class=\"footnote-back\" href=\"#{id}\" role=\"doc-backlink\" aria-label=\""
                ));
                back.holes.push(Hole {
                    at: back.html.len(),
                    filling: Filling::Word(Word::BackToText),
                });
                back.html.push_str("\">↩</a>");
            }
            let end = body.html.trim_end().len();
            let at = if body.html[..end].ends_with("</p>") {
                end - "</p>".len()
            } else {
                end
            };
            let first = body.holes.partition_point(|hole| hole.at <= at);
            let mut rest = Body {
                holes: body.holes.split_off(first),
                html: body.html.split_off(at),
            };
            for hole in &mut rest.holes {
                hole.at -= at;
            }
            self.append(body);
            self.append(back);
            self.append(rest);
            self.raw("</li>\n");
        }
        self.raw(SECTION.1);
    }
}

fn reference_id(number: usize, reference: usize) -> String {
    if reference == 1 {
        format!("fnref-{number}")
    } else {
        format!("fnref-{number}-{reference}")
    }
}
