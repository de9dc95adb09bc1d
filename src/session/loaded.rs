//! A loaded site: everything parsed, assembled and resolved, nothing rendered. Does not change.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::{self, Diagnosed, Diagnostic};
use crate::discover::{Files, Place};
use crate::parse::Doc;
use crate::render::{self, Rendered, Theme, World};
use crate::session::memo::Memo;
use crate::session::read::Texts;
use crate::site::{self, PageId, Resolved};
use crate::source::Source;
use crate::theme_files::{StaticFile, ThemeFiles};
use crate::url;

/// A site as it stood at one moment.
pub struct Loaded {
    pub place: Place,
    pub out: PathBuf,
    pub(super) world: Arc<World>,
    pub(super) theme: Arc<Theme>,
    pub(super) theme_files: Arc<ThemeFiles>,
    pub(super) files: Arc<Files>,
    /// In the order of `Site::pages`, which begins with them.
    pub(super) pages: Vec<LoadedPage>,
    pub(super) texts: Texts,
    pub(super) memo: Arc<Memo>,
    /// What is wrong with files that are no pages, and with reading.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What is wrong with how the pages fit together.
    pub(super) site_diagnostics: Arc<Vec<Diagnostic>>,
    pub(super) fatal: bool,
}

/// A written page with its links resolved.
#[derive(Clone)]
pub struct LoadedPage {
    pub source: Arc<Source>,
    pub doc: Arc<Doc>,
    links: Arc<Diagnosed<Vec<Resolved>>>,
}

impl LoadedPage {
    pub(super) fn new(
        world: &World,
        id: PageId,
        source: &Arc<Source>,
        doc: &Arc<Doc>,
    ) -> LoadedPage {
        LoadedPage {
            source: Arc::clone(source),
            doc: Arc::clone(doc),
            links: Arc::new(site::resolve(doc, id, &world.site, &world.config)),
        }
    }

    /// Whether the page's links come out as before, where only links to pages of which `changed` is true can differ.
    pub(super) fn stands(&self, doc: &Arc<Doc>, changed: &[bool]) -> bool {
        // A mistake may suggest a page by its title.
        Arc::ptr_eq(&self.doc, doc)
            && self.links.diagnostics.is_empty()
            && self
                .links
                .value
                .iter()
                .all(|link| link.page.is_none_or(|page| !changed[page]))
    }

    /// What the link that was written in these bytes of the file leads to, as it stands in the page.
    pub fn href_at(&self, span: Option<&Range<usize>>) -> Option<&str> {
        let at = self
            .doc
            .links
            .iter()
            .position(|link| Some(&link.span) == span)?;
        Some(self.links.value[at].href.as_str())
    }

    fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.doc.diagnostics.iter().chain(&self.links.diagnostics)
    }
}

/// Something that a build writes.
#[derive(Clone, Debug)]
pub enum Output {
    Page(PageId),
    /// A page at an old address, leading to the new one.
    Alias(PageId),
    NotFound,
    /// A file that is copied.
    Copy(PathBuf),
    /// A file from inside the program.
    Embedded(&'static [u8]),
}

impl Loaded {
    /// Whether the settings or the theme are broken, so that nothing can be made of the site.
    pub fn is_fatal(&self) -> bool {
        self.fatal
    }

    pub fn site(&self) -> &site::Site {
        &self.world.site
    }

    pub fn config(&self) -> &Config {
        &self.world.config
    }

    /// The written page with this id.
    pub fn page(&self, page: PageId) -> Option<&LoadedPage> {
        self.pages.get(page)
    }

    /// How many pages people wrote, drafts aside.
    pub fn page_count(&self) -> usize {
        self.world.site.count()
    }

    /// Everything found so far, without what only rendering tells.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let pages = self.pages.iter().flat_map(LoadedPage::diagnostics);
        let site = self.site_diagnostics.iter();
        self.diagnostics
            .iter()
            .chain(site)
            .chain(pages)
            .cloned()
            .collect()
    }

    /// The text of a file of the site, for showing where a mistake is.
    pub fn text(&self, file: &str) -> Option<&str> {
        if let Some(text) = self.texts.get(file) {
            return Some(text);
        }
        let at = self
            .pages
            .binary_search_by(|page| (*page.source.file).cmp(file));
        at.ok().map(|at| &*self.pages[at].source.text)
    }

    /// The site's levels applied to diagnostics, which are sorted on the way.
    pub fn report(&self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let levels = &self.world.config.levels;
        let mut diagnostics = diagnostic::apply_levels(diagnostics, |diagnostic| {
            let level = levels.get(&diagnostic.code);
            level
                .copied()
                .unwrap_or_else(|| diagnostic.code.default_level())
        });
        diagnostic::sort(&mut diagnostics);
        diagnostics
    }

    /// All that a build writes, by path.
    pub fn outputs(&self) -> BTreeMap<String, Output> {
        let mut outputs = BTreeMap::new();
        for (path, file) in &self.theme_files.statics {
            let output = match file {
                StaticFile::Embedded(bytes) => Output::Embedded(bytes),
                StaticFile::OnDisk(path) => Output::Copy(path.clone()),
            };
            outputs.insert(path.clone(), output);
        }
        outputs.insert("404.html".to_owned(), Output::NotFound);
        for (alias, page) in &self.world.site.aliases {
            outputs.insert(url::output_path(alias), Output::Alias(*page));
        }
        for path in &self.files.assets {
            outputs.insert(path.clone(), Output::Copy(self.place.content.join(path)));
        }
        for path in &self.files.statics {
            outputs.insert(
                path.clone(),
                Output::Copy(self.place.root.join("static").join(path)),
            );
        }
        for page in self.world.site.published() {
            let path = url::output_path(&self.world.site.pages[page].url);
            outputs.insert(path, Output::Page(page));
        }
        without_blocked(outputs)
    }

    /// The file that is served at a path, with its name there. Pages are no files.
    pub fn file(&self, path: &str) -> Option<(String, Output)> {
        let listed = |list: &[String]| list.binary_search_by(|p| p.as_str().cmp(path)).is_ok();
        let output = if listed(&self.files.statics) {
            Output::Copy(self.place.root.join("static").join(path))
        } else if listed(&self.files.assets) {
            Output::Copy(self.place.content.join(path))
        } else {
            match self.theme_files.statics.get(path)? {
                StaticFile::Embedded(bytes) => Output::Embedded(bytes),
                StaticFile::OnDisk(file) => Output::Copy(file.clone()),
            }
        };
        Some((path.to_owned(), output))
    }

    /// Renders a page, as it is asked for.
    ///
    /// # Errors
    /// A fault of the theme, as a diagnostic.
    pub fn render(&self, page: PageId) -> Result<Rendered, Box<Diagnostic>> {
        match self.pages.get(page) {
            Some(loaded) => {
                let links = &loaded.links.value;
                render::page(
                    &self.world,
                    &self.theme,
                    &*self.memo,
                    page,
                    &loaded.doc,
                    links,
                )
            }
            None => render::section(&self.world, &self.theme, page).map(|html| Rendered {
                html,
                diagnostics: Vec::new(),
            }),
        }
    }

    /// Renders the page at an old address of a page.
    ///
    /// # Errors
    /// A fault of the theme, as a diagnostic.
    pub fn render_alias(&self, page: PageId) -> Result<String, Box<Diagnostic>> {
        render::redirect(&self.world, &self.theme, page)
    }

    /// Renders what is served where there is nothing.
    ///
    /// # Errors
    /// A fault of the theme, as a diagnostic.
    pub fn render_not_found(&self) -> Result<String, Box<Diagnostic>> {
        render::not_found(&self.world, &self.theme)
    }
}

/// Two outputs of which one is the other's folder have been reported: the file gives way.
fn without_blocked(mut outputs: BTreeMap<String, Output>) -> BTreeMap<String, Output> {
    let folders: HashSet<String> = outputs
        .keys()
        .flat_map(|path| path.match_indices('/').map(|(at, _)| path[..at].to_owned()))
        .collect();
    outputs.retain(|path, _| !folders.contains(path));
    outputs
}

/// What lies in the site's and the theme's `static`, as output paths.
pub(super) fn static_paths(files: &Files, theme: &ThemeFiles) -> Vec<String> {
    let mut paths: Vec<String> = files
        .statics
        .iter()
        .chain(theme.statics.keys())
        .cloned()
        .collect();
    paths.sort();
    paths.dedup();
    paths
}
