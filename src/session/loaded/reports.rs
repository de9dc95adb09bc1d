//! What is wrong with a loaded site, and what of it is told.

use std::sync::Arc;

use rayon::prelude::*;

use super::Loaded;
use crate::diagnostic::{self, Code, Diagnostic, Level};
use crate::parse::Doc;
use crate::session::{FEW, PageFile};
use crate::site::{self, PageId};

impl Loaded {
    /// Everything found so far, without what only rendering tells. Resolves every link.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let pages: Vec<Vec<Diagnostic>> = (0..self.pages.len())
            .into_par_iter()
            .with_max_len(FEW)
            .map(|page| self.found_in(page))
            .collect();
        let snippets: Vec<Vec<Diagnostic>> = self
            .snippets
            .par_iter()
            .map(|(_, file)| self.found_in_snippet(file))
            .collect();
        let site = self.diagnostics.iter().chain(&*self.site_diagnostics);
        let surveyed = site::survey(
            &self.world.site,
            &self.world.config,
            &self.files.assets,
            self.place.prefix,
            self.all_links(),
        );
        let files = pages.into_iter().chain(snippets);
        let found = site.cloned().chain(files.flatten());
        found
            .chain(surveyed)
            .chain(self.unused_snippets())
            .collect()
    }

    /// Whether a link leads to a page or a file that is not there. Resolves every link.
    pub fn has_links_to_nowhere(&self) -> bool {
        (0..self.pages.len()).into_par_iter().any(|page| {
            let diagnostics = &self.links(page).diagnostics;
            diagnostics.iter().any(is_to_nowhere)
        }) || self
            .snippets
            .par_iter()
            .any(|(_, file)| self.found_in_snippet(file).iter().any(is_to_nowhere))
    }

    fn unused_snippets(&self) -> Vec<Diagnostic> {
        if !self.config().levels.ask_for(Code::UnusedSnippet) {
            return Vec::new();
        }
        let snippets = self.snippets.iter().map(|(path, file)| match file {
            PageFile::Parsed { doc, .. } => (&**path, doc.imports.as_slice()),
            PageFile::Unreadable(_) => (&**path, [].as_slice()),
        });
        let pages = self.pages.iter();
        site::unused_snippets(
            pages.map(|page| (&*page.source.path, page.doc.imports.as_slice())),
            &snippets.collect(),
            self.place.prefix,
        )
    }

    /// What is wrong with one page, without what only rendering tells.
    pub fn page_diagnostics(&self, page: PageId) -> Vec<Diagnostic> {
        let Some(loaded) = self.pages.get(page) else {
            return Vec::new();
        };
        let site = self.diagnostics.iter().chain(&*self.site_diagnostics);
        let site = site.filter(|d| d.file == loaded.source.file);
        let mut found: Vec<Diagnostic> = site.cloned().chain(self.found_in(page)).collect();
        let mut taken_in: Vec<&str> = loaded.composed.included.iter().map(|i| &*i.path).collect();
        taken_in.sort_unstable();
        taken_in.dedup();
        for path in taken_in {
            found.extend(
                self.snippets
                    .get(path)
                    .into_iter()
                    .flat_map(|file| self.found_in_snippet(file)),
            );
        }
        found
    }

    fn found_in(&self, page: PageId) -> Vec<Diagnostic> {
        let doc = &self.pages[page].composed;
        let mut found = doc.diagnostics.clone();
        found.extend(self.links(page).diagnostics.iter().cloned());
        found.extend(self.missing_in(doc));
        found
    }

    /// What is wrong with a snippet, whatever page takes it in.
    fn found_in_snippet(&self, file: &PageFile) -> Vec<Diagnostic> {
        let PageFile::Parsed { composed, doc, .. } = file else {
            return Vec::new();
        };
        let mut found = composed.diagnostics.clone();
        found.extend(site::check_snippet(doc, composed, self.view()));
        found.extend(self.missing_in(doc));
        found
    }

    /// What a file takes in that is not there.
    fn missing_in(&self, doc: &Doc) -> Vec<Diagnostic> {
        if doc.imports.is_empty() {
            return Vec::new();
        }
        let is_there = |path: &str| {
            let is_page = self
                .files
                .pages
                .binary_search_by(|page| (**page).cmp(path))
                .is_ok();
            is_page || self.snippets.contains_key(path)
        };
        site::missing(doc, is_there, &self.snippets.keys().map(AsRef::as_ref))
    }

    /// The site's levels applied to diagnostics, which are sorted on the way.
    pub fn report(&self, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let levels = &self.world.config.levels;
        diagnostics
            .retain(|diagnostic| self.must_be_told(diagnostic) || !self.is_silenced(diagnostic));
        let mut diagnostics = diagnostic::apply_levels(diagnostics, |diagnostic| {
            if self.must_be_told(diagnostic) {
                Level::Error
            } else {
                levels.of(diagnostic.code, &diagnostic.file)
            }
        });
        diagnostic::sort(&mut diagnostics);
        diagnostics
    }

    /// Whether nothing can be built because of a fault, so that no site can choose to live with it.
    fn must_be_told(&self, diagnostic: &Diagnostic) -> bool {
        let is_it =
            |fault: &(Arc<str>, Code)| fault.1 == diagnostic.code && fault.0 == diagnostic.file;
        match diagnostic.code {
            Code::TemplateError => true,
            Code::ConfigUnknownKey => false,
            _ => self.fatal.iter().any(is_it),
        }
    }

    /// Whether a comment in its file silences a diagnostic.
    fn is_silenced(&self, diagnostic: &Diagnostic) -> bool {
        let ignores = match self.page_of_file(&diagnostic.file) {
            Some(page) => &page.doc.ignores,
            None => match (
                self.ignores.get(&diagnostic.file),
                self.snippet_of_file(&diagnostic.file),
            ) {
                (Some(ignores), _) => ignores,
                (None, Some((_, doc))) => &doc.ignores,
                (None, None) => return false,
            },
        };
        ignores.iter().any(|ignore| ignore.silences(diagnostic))
    }
}

/// Whether a report is one that git may have an answer to.
pub fn is_to_nowhere(diagnostic: &Diagnostic) -> bool {
    matches!(diagnostic.code, Code::BrokenLink | Code::MissingAsset)
}
