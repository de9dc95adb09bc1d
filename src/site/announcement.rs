//! The words above every page that `handbook.toml` holds: a small page without a file, with links that are checked.

use std::sync::Arc;

use crate::diagnostic::Diagnosed;
use crate::parse::{self, Doc};
use crate::site::{Resolved, View, links};
use crate::source::Source;

/// The announcement of a site, read and with its links resolved. What is wrong is told of the text as a whole.
pub fn announcement(view: View<'_>, file: &Arc<str>) -> Option<Diagnosed<(Doc, Vec<Resolved>)>> {
    let announced = view.config.announcement.as_ref()?;
    let source = Source {
        path: "".into(),
        file: Arc::clone(file),
        text: announced.text.as_str().into(),
    };
    let options = parse::Options {
        anchors: false,
        ..parse::Options::of(view.config)
    };
    let doc = parse::parse(&source, &options);
    let resolved = links::of_root(&doc, view);
    let mut diagnostics = doc.diagnostics.clone();
    diagnostics.extend(resolved.diagnostics);
    for diagnostic in &mut diagnostics {
        diagnostic.span = Some(announced.span.clone());
        diagnostic.fix = None;
    }
    Some(Diagnosed {
        value: (doc, resolved.value),
        diagnostics,
    })
}
