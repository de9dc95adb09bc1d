//! What a move changes in the `import` lines of a page or a snippet.

use super::{Sites, When};
use crate::edit::{self, Edit};
use crate::parse::{self, Doc, Import};
use crate::site::spelling;
use crate::source::Source;
use crate::url;

/// The edits of a file's imports, and those that would have to change and cannot.
pub fn relocate<'d>(
    sites: &Sites<'_>,
    source: &Source,
    doc: &'d Doc,
) -> (Vec<Edit>, Vec<&'d Import>) {
    let moving = sites.moving;
    let before = moving.path(&source.path, When::Before);
    let after = moving.path(&source.path, When::After);
    let mut edits = Vec::new();
    let mut unsure = Vec::new();
    if before != after && (moving.done)(source) {
        return (edits, unsure);
    }
    for import in &doc.imports {
        let from = |path: &str| url::join(url::split_last(path).0, &import.target);
        let Some(old) = from(&before) else {
            continue;
        };
        let new = moving.moved.map(&old);
        let found = from(&after);
        let is_there = |path: &str| is_there(sites, path);
        // After a move by hand this may be a line that has been mended by hand too.
        let mended = moving.already && found.as_deref().is_some_and(is_there);
        let now = if moving.already { &*new } else { &*old };
        if found.as_deref() == Some(&*new) || mended || !is_there(now) {
            continue;
        }
        let replacement = if import.target.starts_with('/') {
            format!("/{new}")
        } else {
            spelling::relative(&after, &new, import.target.starts_with('.'))
        };
        let edit = Edit {
            span: import.span.clone(),
            replacement,
        };
        if holds(source, doc, import, &edit) {
            edits.push(edit);
        } else {
            unsure.push(import);
        }
    }
    (edits, unsure)
}

/// Whether a page or a snippet lies at a path now.
fn is_there(sites: &Sites<'_>, path: &str) -> bool {
    let there = |files: &[(&Source, &Doc)]| {
        let found = files.binary_search_by(|(source, _)| (*source.path).cmp(path));
        found.is_ok()
    };
    there(sites.moving.pages) || there(sites.moving.snippets)
}

/// Whether the text after an edit imports what it should: a quote in a name may end it early.
fn holds(source: &Source, doc: &Doc, import: &Import, edit: &Edit) -> bool {
    let edited = Source {
        text: edit::apply(&source.text, [edit.clone()]).text.into(),
        ..source.clone()
    };
    let imports = parse::parse(&edited, &parse::Options::default()).imports;
    imports.len() == doc.imports.len()
        && imports.iter().zip(&doc.imports).all(|(new, old)| {
            let expected = if old == import {
                &edit.replacement
            } else {
                &old.target
            };
            new.name == old.name && new.target == *expected
        })
}
