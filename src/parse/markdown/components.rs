//! Component tags inside of what is being written: opens and closes their bodies.

use pulldown_cmark_escape::escape_html_body_text;

use super::{OpenComponent, Writer};
use crate::parse::component;
use crate::parse::html;
use crate::parse::{Body, Component, Filling, Link};

impl Writer<'_> {
    pub(super) fn component_tag(&mut self, index: usize) {
        let tag = &self.scanned.tags[index];
        match (tag.kind, tag.partner) {
            (component::Kind::Empty, _) => self.add_component(index, Body::default()),
            (component::Kind::Open, Some(_)) => self.components.push(OpenComponent {
                tag: index,
                before: std::mem::take(&mut self.out),
                depth: self.component_depth(),
            }),
            (component::Kind::Close, Some(partner)) => {
                if self
                    .components
                    .last()
                    .is_some_and(|open| open.tag == partner)
                {
                    self.close_component();
                }
            }
            // A tag without partner has been reported; readers see what the writer wrote.
            (component::Kind::Open | component::Kind::Close, None) => {
                let text = &self.source.text[tag.span.clone()];
                escape_html_body_text(&mut self.out.html, text).expect("a String takes everything");
            }
        }
    }

    /// The paragraph that a lone tag stands in does not count: it is not written.
    pub(super) fn component_depth(&self) -> usize {
        self.depth - usize::from(self.bare_paragraph)
    }

    pub(super) fn close_component(&mut self) {
        if let Some(open) = self.components.pop() {
            let body = std::mem::replace(&mut self.out, open.before);
            self.add_component(open.tag, body);
        }
    }

    pub(super) fn add_component(&mut self, index: usize, body: Body) {
        let tag = &self.scanned.tags[index];
        let text = &self.source.text[tag.span.clone()];
        for (range, target, role) in html::component_links(text) {
            self.links.push(Link {
                target,
                span: tag.span.start + range.start..tag.span.start + range.end,
                verbatim: false,
                autolink: false,
                role,
            });
        }
        let component = Component {
            name: tag.name.clone(),
            span: tag.span.clone(),
            body,
        };
        self.hole(Filling::Component(Box::new(component)));
    }

    /// The element that a component was opened in ends: so does the component.
    pub(super) fn close_components_deeper_than(&mut self, depth: usize) {
        while let Some(open) = self.components.last() {
            if open.depth < depth {
                break;
            }
            let tag = &self.scanned.tags[open.tag];
            self.diagnostics
                .push(component::unclosed(&self.source.file, tag));
            self.close_component();
        }
    }
}
