//! Puts what pages take in into them: reads the files of code that they name, and composes again what is otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::parse::{self, CodeFile, Doc, Shelf};
use crate::session::code;
use crate::session::inputs::Inputs;
use crate::session::page_file::PageFile;
use crate::source::Source;

impl Inputs {
    /// Composes every file that takes something in. What takes in the same as in `old` stays the same document.
    /// Drafts are taken in only if `drafts` are published.
    pub fn compose(&mut self, drafts: bool, old: Option<&Inputs>) {
        let takes_in = |file: &PageFile| match file {
            PageFile::Parsed { doc, .. } => doc.takes_in(),
            PageFile::Unreadable(_) => false,
        };
        let files = || self.pages.iter().chain(self.snippets.iter());
        let takers: Vec<(&Arc<str>, &PageFile)> =
            files().filter(|(_, file)| takes_in(file)).collect();
        if takers.is_empty() {
            self.code = Arc::default();
            return;
        }
        let wanted: BTreeSet<&String> = takers
            .iter()
            .flat_map(|(_, file)| match file {
                PageFile::Parsed { doc, .. } => doc.code_files.as_slice(),
                PageFile::Unreadable(_) => &[],
            })
            .collect();
        // All of them each time: there are few, and one may lie behind a link.
        let code = code::read(&self.place, &self.out, wanted.into_iter());
        let shelf = Files {
            code: &code,
            inputs: self,
            drafts,
        };
        let shelf_before = old.map(|inputs| Files {
            code: &inputs.code,
            inputs,
            drafts,
        });
        let composed: Vec<(Arc<str>, PageFile)> = takers
            .par_iter()
            .filter_map(|(path, file)| {
                let before = shelf_before.as_ref();
                Some((Arc::clone(path), composed(path, file, &shelf, before)?))
            })
            .collect();
        for (path, file) in composed {
            match self.pages.get_mut(&path) {
                Some(page) => *page = file,
                None => drop(Arc::make_mut(&mut self.snippets).insert(path, file)),
            }
        }
        self.code = Arc::new(code);
    }

    fn file(&self, path: &str) -> Option<&PageFile> {
        self.snippets.get(path).or_else(|| self.pages.get(path))
    }

    /// Snippets that `old` does not have so, and those that only it has.
    pub fn snippets_other_than(&self, old: &Inputs) -> Vec<Arc<str>> {
        if Arc::ptr_eq(&self.snippets, &old.snippets) {
            return Vec::new();
        }
        let is_same = |path: &str, file: &PageFile| {
            old.snippets
                .get(path)
                .is_some_and(|old| old.same_text(file))
        };
        let new = self
            .snippets
            .iter()
            .filter(|(path, file)| !is_same(path, file));
        let gone = old
            .snippets
            .iter()
            .filter(|(path, _)| !self.snippets.contains_key(*path));
        new.chain(gone).map(|(path, _)| Arc::clone(path)).collect()
    }
}

/// A file with all that it takes in; none if it stands as it is.
fn composed(
    path: &str,
    file: &PageFile,
    shelf: &Files<'_>,
    before: Option<&Files<'_>>,
) -> Option<PageFile> {
    let PageFile::Parsed { source, doc, .. } = file else {
        return None;
    };
    let known = before.and_then(|before| match before.inputs.file(path)? {
        PageFile::Parsed {
            doc: old,
            composed,
            found,
            ..
        } if Arc::ptr_eq(doc, old) => Some((before, composed, found)),
        _ => None,
    });
    if let Some((before, composed, found)) = known
        && composed
            .asked
            .iter()
            .all(|asked| shelf.has_same(before, asked))
        && doc_files(composed, shelf).all(|file| shelf.code.get(file) == before.code.get(file))
    {
        // The same text may have been read again.
        return Some(PageFile::Parsed {
            source: Arc::clone(source),
            doc: Arc::clone(doc),
            composed: Arc::clone(composed),
            found: Arc::clone(found),
        });
    }
    let new = parse::compose(doc, shelf);
    let (composed, found) = match known {
        Some((_, old, found)) if **old == new => (Arc::clone(old), Arc::clone(found)),
        _ => (Arc::new(new), Arc::default()),
    };
    Some(PageFile::Parsed {
        source: Arc::clone(source),
        doc: Arc::clone(doc),
        composed,
        found,
    })
}

/// The files of code that a composed file and what it takes in ask for.
fn doc_files<'a>(composed: &'a Doc, shelf: &'a Files<'_>) -> impl Iterator<Item = &'a String> {
    let taken_in = composed.included.iter();
    let taken_in = taken_in.filter_map(|inclusion| shelf.snippet(&inclusion.path));
    let taken_in = taken_in.flat_map(|(_, doc)| &doc.code_files);
    composed.code_files.iter().chain(taken_in)
}

/// Where the files of a site lie that others take in.
struct Files<'a> {
    code: &'a BTreeMap<String, CodeFile>,
    inputs: &'a Inputs,
    drafts: bool,
}

impl Files<'_> {
    /// Whether the same lies at a path as before.
    fn has_same(&self, before: &Files<'_>, path: &str) -> bool {
        match (self.inputs.file(path), before.inputs.file(path)) {
            (Some(PageFile::Parsed { doc: a, .. }), Some(PageFile::Parsed { doc: b, .. })) => {
                Arc::ptr_eq(a, b)
            }
            (Some(PageFile::Parsed { .. }), _) | (_, Some(PageFile::Parsed { .. })) => false,
            _ => true,
        }
    }
}

impl Shelf for Files<'_> {
    fn snippet(&self, path: &str) -> Option<(&Source, &Doc)> {
        match self.inputs.file(path)? {
            PageFile::Parsed { source, doc, .. } => Some((source, doc)),
            PageFile::Unreadable(_) => None,
        }
    }

    fn code(&self, path: &str) -> Option<&CodeFile> {
        self.code.get(path)
    }
    fn shows_drafts(&self) -> bool {
        self.drafts
    }
}
