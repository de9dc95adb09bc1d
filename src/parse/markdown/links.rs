//! Links and images: their holes, and where in the source each target stands.

use std::ops::Range;

use pulldown_cmark::LinkType;

use super::{OpenLink, Undefined, Writer};
use crate::diagnostic::{Code, Diagnostic};
use crate::parse::{Filling, Link, Role};

impl Writer<'_> {
    pub(super) fn open_link(
        &mut self,
        link_type: LinkType,
        target: &str,
        label: &str,
        range: Range<usize>,
        role: Role,
    ) {
        let target = self.restored(target).into_owned();
        let definition = match link_type {
            LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut => {
                self.references.get(&label.to_lowercase()).cloned()
            }
            _ => None,
        };
        self.open_links.push(OpenLink {
            inner_end: range.start,
            range: range.clone(),
            title: String::new(),
            at: 0,
            holes: 0,
        });
        if let Some(definition) = definition {
            let index = match self.by_definition.get(&definition.start) {
                Some(index) => *index,
                None => {
                    let text = &self.scanned.stitched.text;
                    let span = definition_target(text, definition.clone());
                    let span = self.scanned.stitched.span(span);
                    let index = self.add_link(target, span, role);
                    self.by_definition.insert(definition.start, index);
                    index
                }
            };
            self.hole(Filling::Link(index));
            return;
        }
        let span = match link_type {
            LinkType::Autolink | LinkType::Email => range.start + 1..range.end.saturating_sub(1),
            _ => range,
        };
        let index = self.add_link(target, self.scanned.stitched.span(span), role);
        self.hole(Filling::Link(index));
    }

    /// Adds a link of the page and gives its index. How it is written is found out once all are there.
    pub(super) fn add_link(&mut self, target: String, span: Range<usize>, role: Role) -> usize {
        self.links.push(Link {
            target,
            span,
            verbatim: false,
            autolink: false,
            role,
        });
        self.links.len() - 1
    }

    /// Whether a link to another host shows its own address, whole or without what every address has.
    pub(super) fn shows_address(&self, target: &str, range: Range<usize>) -> bool {
        let Some(address) = target.strip_prefix("http") else {
            return false;
        };
        let text = self.scanned.stitched.text[range].trim_start_matches(['<', '[']);
        let text = &text[..text.find(['>', ']']).unwrap_or(0)];
        let shown = text.strip_prefix("http").unwrap_or(text);
        self.options.anchors && bare_address(shown) == bare_address(address)
    }

    /// What is written from here on is the text of the link, or of the image.
    pub(super) fn text_of_link_begins(&mut self) {
        let (at, holes) = (self.out.html.len(), self.out.holes.len());
        if let Some(link) = self.open_links.last_mut() {
            link.at = at;
            link.holes = holes;
        }
    }

    /// Where the text of the innermost open link begins in the HTML, and after how many holes.
    pub(super) fn text_of_link(&self) -> Option<(usize, usize)> {
        // A component that was opened in the link took what was written before it away.
        let open = self.open_links.last()?;
        (open.at <= self.out.html.len()).then_some((open.at, open.holes))
    }

    /// Narrows the place of an inline link down to its target, now that the end of its text is known. Returns the
    /// title that is still to be written.
    pub(super) fn close_link(&mut self, range: &Range<usize>) -> String {
        let Some(open) = self.open_links.pop() else {
            return String::new();
        };
        if let Some(outer) = self.open_links.last_mut() {
            outer.inner_end = outer.inner_end.max(range.end);
        }
        let whole = self.scanned.stitched.span(open.range.clone());
        let text = &self.scanned.stitched.text;
        if let Some(target) = inline_target(text, open.inner_end, open.range.end)
            && let Some(link) = self.links.iter_mut().rev().find(|link| link.span == whole)
        {
            link.span = self.scanned.stitched.span(target);
        }
        open.title
    }

    pub(super) fn undefined(&mut self, undefined: Vec<Undefined>) {
        for reference in undefined {
            let span = self.scanned.stitched.span(reference.span);
            let label = &reference.label;
            if let Some(name) = label.strip_prefix('^') {
                self.no_footnote(name, span);
            } else if !reference.shortcut {
                self.diagnostics.push(
                    Diagnostic::new(
                        Code::UndefinedReference,
                        &self.source.file,
                        span,
                        format!("no link is defined for `[{label}]`"),
                    )
                    // A target that was put into the wrong brackets.
                    .hint(
                        if label.starts_with(['#', '/', '.']) || label.contains("://") {
                            format!("a target goes in round brackets: `({label})`")
                        } else {
                            format!("add a line `[{label}]: target`")
                        },
                    ),
                );
            }
        }
    }
}

/// `acme.example/a` of `s://acme.example/a/`.
fn bare_address(address: &str) -> &str {
    let bare = address.strip_prefix('s').unwrap_or(address);
    bare.strip_prefix("://")
        .unwrap_or(address)
        .trim_end_matches('/')
}

/// The target of `[label]: target "title"`.
fn definition_target(text: &str, definition: Range<usize>) -> Range<usize> {
    match text[definition.clone()].find("]:") {
        Some(at) => target_at(text, definition.start + at + 2, definition.end),
        None => definition,
    }
}

/// The target of an inline link whose text ends at `inner_end`: what follows is `](target "title")`.
fn inline_target(text: &str, inner_end: usize, end: usize) -> Option<Range<usize>> {
    let at = text.get(inner_end..end)?.find("](")?;
    Some(target_at(text, inner_end + at + 2, end))
}

fn target_at(text: &str, start: usize, end: usize) -> Range<usize> {
    let rest = &text[start..end];
    let start = start + (rest.len() - rest.trim_start().len());
    let rest = &text[start..end];
    if rest.starts_with('<') {
        let length = rest.find('>').unwrap_or(rest.len());
        return start + 1..start + length.max(1);
    }
    let mut parentheses = 0_usize;
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => parentheses += 1,
            ')' if parentheses == 0 => return start..start + at,
            ')' => parentheses -= 1,
            c if c.is_whitespace() => return start..start + at,
            _ => {}
        }
    }
    start..end
}
