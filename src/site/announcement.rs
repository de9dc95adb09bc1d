//! The words above every page that `handbook.toml` holds: a small page without a file, with links that are checked.

use std::ops::Range;
use std::sync::Arc;

use crate::config::{Announcement, Config};
use crate::diagnostic::{Code, Diagnosed, Diagnostic};
use crate::parse::{self, Doc, Filling};
use crate::site::{Resolved, View, links};
use crate::source::Source;

/// The announcement of a site, read and with its links resolved.
pub fn announcement(view: View<'_>, file: &Arc<str>) -> Option<Diagnosed<(Doc, Vec<Resolved>)>> {
    let doc = read(view.config, file)?;
    let resolved = links::of_root(&doc, view);
    let mut diagnostics = doc.diagnostics.clone();
    diagnostics.extend(resolved.diagnostics);
    for diagnostic in &mut diagnostics {
        // What would end the string that the text stands in, or mean something there, is for people to write.
        let is_safe =
            |text: &str| !text.contains(|c: char| matches!(c, '"' | '\'' | '\\') || c.is_control());
        let fix = diagnostic.fix.take();
        diagnostic.fix = fix.filter(|fix| is_safe(&fix.replacement));
    }
    Some(Diagnosed {
        value: (doc, resolved.value),
        diagnostics,
    })
}

/// Reads the text, with the places of its links and mistakes in `handbook.toml`. Where the file spells it otherwise than
/// it is meant, they are all told of the text as a whole.
pub fn read(config: &Config, file: &Arc<str>) -> Option<Doc> {
    let announced = config.announcement.as_ref()?;
    let source = Source {
        path: "".into(),
        file: Arc::clone(file),
        text: announced.text.as_str().into(),
    };
    let options = parse::Options {
        anchors: false,
        ..parse::Options::of(config)
    };
    let mut doc = parse::parse(&source, &options);
    let mut strangers = Vec::new();
    out_of_place(&doc, &mut strangers);
    doc.diagnostics.extend(strangers);
    for link in &mut doc.links {
        link.span = placed(announced, &link.span);
        link.verbatim &= announced.start.is_some();
    }
    for diagnostic in &mut doc.diagnostics {
        let span = diagnostic.span.take().unwrap_or_default();
        diagnostic.span = Some(placed(announced, &span));
        let fix = diagnostic.fix.take();
        diagnostic.fix = fix.filter(|_| announced.start.is_some()).map(|mut fix| {
            fix.span = placed(announced, &fix.span);
            fix
        });
    }
    Some(doc)
}

fn placed(announced: &Announcement, span: &Range<usize>) -> Range<usize> {
    match announced.start {
        Some(start) => start + span.start..start + span.end,
        None => announced.span.clone(),
    }
}

/// Reports what only a page can hold: components, which may ask for the page that they stand on, and ids, of which each
/// page would have a second one.
fn out_of_place(doc: &Doc, diagnostics: &mut Vec<Diagnostic>) {
    let file = &doc.outline.file;
    for hole in &doc.body.holes {
        if let Filling::Component(component) = &hole.filling {
            let message = format!(
                "`{}` is a component, and an announcement has none",
                component.name
            );
            let report = Diagnostic::new(
                Code::UnknownComponent,
                file,
                component.span.clone(),
                message,
            );
            diagnostics.push(report.hint("write it as Markdown or HTML"));
        }
    }
    for anchor in doc.outline.anchors.iter() {
        let message =
            format!("an announcement stands on every page, and `{anchor}` may be an id there");
        let report = Diagnostic::new(Code::DuplicateAnchor, file, 0..0, message);
        diagnostics.push(report.hint("write it without footnotes and ids"));
    }
}
