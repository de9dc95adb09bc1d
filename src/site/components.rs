//! Checks the components of one page against those that the site knows. Reads no files.

use crate::diagnostic::{Code, Diagnostic};
use crate::parse::{Body, Doc, Filling};

/// Reports every component that nobody declares. No theme declares any yet.
pub fn check(doc: &Doc) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    walk(&doc.body, doc, &mut diagnostics);
    diagnostics
}

fn walk(body: &Body, doc: &Doc, diagnostics: &mut Vec<Diagnostic>) {
    for hole in &body.holes {
        if let Filling::Component(component) = &hole.filling {
            let name = &component.name;
            let shown = if component.body == Body::default() {
                "nothing is shown in its place"
            } else {
                "its content is shown without it"
            };
            diagnostics.push(
                Diagnostic::new(
                    Code::UnknownComponent,
                    &doc.outline.file,
                    component.span.clone(),
                    format!("no component is called `{name}`; {shown}"),
                )
                .hint("if it is meant as text, put it between backticks or write `\\<`"),
            );
            walk(&component.body, doc, diagnostics);
        }
    }
}
