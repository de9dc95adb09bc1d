//! What only writing a page tells of it: images, links and headings without text, links that are none, and ids given
//! twice.

use std::ops::Range;

use super::Writer;
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::url;

/// Texts of links that say nothing of where they lead, in lower case.
const VAGUE: &[&str] = &[
    "here",
    "click here",
    "click this link",
    "this link",
    "link",
    "this",
    "this page",
    "this document",
    "this doc",
    "this article",
    "see here",
    "read here",
    "more",
    "read more",
    "learn more",
    "see more",
    "more info",
    "details",
    "hier",
    "mehr",
    "ici",
    "aquí",
];

/// Whether HTML shows nothing: only white space and anchors without text.
fn is_bare(html: &str) -> bool {
    let mut rest = html.trim_start();
    while let Some(tag) = rest.strip_prefix('<') {
        let name = tag.trim_start_matches('/');
        let Some(end) = tag.find('>') else {
            return false;
        };
        if !name.starts_with(['a', 'A']) || !name[1..].starts_with([' ', '\t', '\n', '>']) {
            return false;
        }
        rest = tag[end + 1..].trim_start();
    }
    rest.is_empty()
}

impl Writer<'_> {
    /// `range` is the image in the stitched text, `alt` what was written of its text.
    pub(super) fn check_image(&mut self, range: &Range<usize>, alt: usize) {
        if self.out.html[alt..].trim().is_empty() {
            let span = self.scanned.stitched.span(range.clone());
            self.image_without_alt(span, "between the square brackets: `![what it shows](…)`");
        }
    }

    pub(super) fn image_without_alt(&mut self, span: Range<usize>, how: &str) {
        self.report(
            Code::ImageWithoutAlt,
            span,
            "this image has no text for those who cannot see it",
            &format!("describe it {how}; for mere decoration write `<img src=\"…\" alt=\"\">`"),
        );
    }

    /// `range` is the link in the stitched text, `html` where its text begins in the output.
    pub(super) fn check_link_text(&mut self, range: &Range<usize>, html: usize, holes: usize) {
        // A component or an image may show anything.
        if self.out.holes.len() > holes {
            return;
        }
        let text = &self.out.html[html..];
        if text.trim().is_empty() {
            let span = self.scanned.stitched.span(range.clone());
            self.report(
                Code::EmptyLink,
                span,
                "this link has no text, so there is nothing to follow",
                "write where it leads between the square brackets",
            );
            return;
        }
        if text.len() > 60 || text.contains('<') {
            return;
        }
        let plain = text
            .trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase();
        if VAGUE.contains(&plain.as_str()) {
            let shown = text.trim().to_owned();
            let span = self.scanned.stitched.span(range.clone());
            self.report(
                Code::VagueLinkText,
                span,
                &format!("`{shown}` does not say where the link leads"),
                "have the link's text name what is there: lists of links are read without what stands round them",
            );
        }
    }

    /// `range` is the heading in the stitched text, `html` where its content begins in the output.
    pub(super) fn check_heading(&mut self, range: &Range<usize>, html: usize, holes: usize) {
        // A component or an image may show anything.
        if self.out.holes.len() > holes {
            return;
        }
        if is_bare(&self.out.html[html..]) {
            let span = self.scanned.stitched.span(range.clone());
            self.report(
                Code::EmptyHeading,
                span,
                "this heading has no text",
                "write one, or remove the heading",
            );
        }
    }

    /// Takes note of an id that a writer chose, and reports the second of its name.
    pub(super) fn add_anchor(&mut self, id: String, span: Range<usize>) {
        self.slugger.take(&id);
        if self.anchors.contains(&id) {
            self.report(
                Code::DuplicateAnchor,
                span,
                &format!("the page has the id `{id}` twice, and links lead to the first"),
                "choose another id, or remove this one",
            );
        }
        self.anchors.insert(id);
    }

    fn report(&mut self, code: Code, span: Range<usize>, message: &str, hint: &str) {
        let report = Diagnostic::new(code, &self.source.file, span, message).hint(hint);
        self.diagnostics.push(report);
    }

    /// Reports what would be a link but for the spaces in its target: `[Form](expense form.pdf)`. `range` is the text
    /// behind a `]`, in the stitched text.
    pub(super) fn check_spaced_target(&mut self, range: &Range<usize>) {
        let text = &self.scanned.stitched.text;
        if !text[..range.start].ends_with(']') || !text[range.start..].starts_with('(') {
            return;
        }
        let line = text[range.start + 1..]
            .split('\n')
            .next()
            .unwrap_or_default();
        let Some((target, _)) = line.split_once(')') else {
            return;
        };
        let path = target.split(['#', '?']).next().unwrap_or_default();
        let is_file = url::is_markdown(path) || url::is_media(path);
        if !is_file || !path.contains(' ') || path.contains(['<', '"', '\'', '(', ',']) {
            return;
        }
        let inner = range.start + 1..range.start + 1 + target.len();
        let span = self.scanned.stitched.span(inner);
        let fix = Fix {
            span: span.clone(),
            replacement: format!("<{target}>"),
        };
        let message = format!("`{target}` has a space in it, so this is text and no link");
        self.diagnostics.push(
            Diagnostic::new(Code::MalformedUrl, &self.source.file, span, message)
                .hint(format!("write `(<{target}>)`"))
                .maybe_fix(Some(fix)),
        );
    }
}
