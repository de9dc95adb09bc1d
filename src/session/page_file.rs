//! A page's file as it was read: its text, what was made of it alone, and what it takes in. Read again only where it differs.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic};
use crate::discover::Place;
use crate::parse::{self, Doc};
use crate::session::FEW;
use crate::session::findable::Findable;
use crate::session::read;
use crate::source::Source;

/// A page's file as it was read.
#[derive(Clone)]
pub enum PageFile {
    Parsed {
        source: Arc<Source>,
        /// As it is written.
        doc: Arc<Doc>,
        /// With all that it takes in; the same if that is nothing.
        composed: Arc<Doc>,
        /// That as search reads it, once somebody searches.
        found: Arc<OnceLock<Findable>>,
    },
    Unreadable(Diagnostic),
}

impl PageFile {
    pub fn same_text(&self, other: &PageFile) -> bool {
        match (self, other) {
            // Nothing is made again of the same texts, so the same texts are the same document.
            (PageFile::Parsed { composed: a, .. }, PageFile::Parsed { composed: b, .. }) => {
                Arc::ptr_eq(a, b)
            }
            (PageFile::Unreadable(a), PageFile::Unreadable(b)) => a == b,
            _ => false,
        }
    }

    pub fn same_outline(&self, other: &PageFile) -> bool {
        match (self, other) {
            (PageFile::Parsed { composed: a, .. }, PageFile::Parsed { composed: b, .. }) => {
                Arc::ptr_eq(a, b) || a.outline == b.outline
            }
            (PageFile::Unreadable(a), PageFile::Unreadable(b)) => a == b,
            _ => false,
        }
    }

    /// Whether two files hold the same text, which is more than front matter.
    pub fn same_words(&self, other: &PageFile) -> bool {
        match (self, other) {
            (PageFile::Parsed { source: a, .. }, PageFile::Parsed { source: b, .. }) => {
                a.text == b.text && !a.text.trim().is_empty()
            }
            _ => false,
        }
    }
}

/// Reads and parses pages, taking over what `known` has of the same text, read in the same way.
pub fn read_pages(
    place: &Place,
    paths: &[String],
    known: &BTreeMap<Arc<str>, PageFile>,
    options: &parse::Options,
) -> BTreeMap<Arc<str>, PageFile> {
    paths
        .par_iter()
        .with_max_len(FEW)
        .map(|path| read_page(place, path, known.get(path.as_str()), options))
        .collect::<Vec<_>>()
        .into_iter()
        .collect()
}

fn read_page(
    place: &Place,
    path: &str,
    known: Option<&PageFile>,
    options: &parse::Options,
) -> (Arc<str>, PageFile) {
    let (source, fault) = match read::source(place, path) {
        Ok(read) => read,
        Err(diagnostic) => return (path.into(), PageFile::Unreadable(diagnostic)),
    };
    if let Some(PageFile::Parsed {
        source: old, doc, ..
    }) = known
        && **old == source
        && doc.options == *options
        && fault.is_none()
        && !doc.diagnostics.iter().any(|d| d.code == Code::NotUtf8)
    {
        let page = known.cloned();
        return (Arc::clone(&source.path), page.expect("just looked at"));
    }
    let mut doc = parse::parse(&source, options);
    doc.diagnostics.extend(fault);
    let key = Arc::clone(&source.path);
    let doc = Arc::new(doc);
    let page = PageFile::Parsed {
        source: Arc::new(source),
        composed: Arc::clone(&doc),
        doc,
        found: Arc::default(),
    };
    (key, page)
}
