//! What a move changes in `handbook.toml`: the links of the announcement, of the header and the footer, and the pictures.

use std::sync::Arc;

use super::Sites;
use super::page::{self, Changed};
use crate::config;
use crate::parse::{self, Doc};
use crate::site::{announcement, look};
use crate::source::Source;

/// Works out what changes in the file.
pub fn relocate(sites: &Sites<'_>, file: &Arc<str>, text: &str) -> Changed {
    let source = source(file, text);
    let doc = read(&source);
    page::relocate_settings(sites, &source, &doc)
}

/// The links of the settings, as those of a page without a text of its own.
pub fn read(source: &Source) -> Doc {
    let config = config::read(&source.file, &source.text).value;
    let mut doc = announcement::read(&config, &source.file).unwrap_or_else(|| {
        parse::parse(
            &self::source(&source.file, ""),
            &parse::Options::of(&config),
        )
    });
    doc.links.extend(look::named(&config.look));
    doc.imports.clear();
    doc
}

fn source(file: &Arc<str>, text: &str) -> Source {
    Source {
        path: "".into(),
        file: Arc::clone(file),
        text: text.into(),
    }
}
