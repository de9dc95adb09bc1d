//! A loaded site: everything parsed, assembled and resolved, nothing rendered. Does not change.

mod outputs;
mod reports;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::config::Config;
use crate::diagnostic::ignore::Ignore;
use crate::diagnostic::{Code, Diagnosed, Diagnostic};
use crate::discover::{self, Files, Link, Place};
use crate::parse::Doc;
use crate::render::{self, Theme, World};
use crate::session::dates::Dates;
use crate::session::findable::{Findable, Search};
use crate::session::memo::Memo;
use crate::session::pictures::Sizes;
use crate::session::read::Texts;
use crate::session::{PageFile, history};
use crate::site::{self, Facts, PageId, Resolved, View};
use crate::source::Source;
use crate::theme_files::ThemeFiles;
use crate::url::address;

pub use outputs::Output;
pub(super) use outputs::{of_theme, static_paths};
use reports::is_to_nowhere;

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
    pub(super) snippets: Arc<BTreeMap<Arc<str>, PageFile>>,
    pub(super) texts: Texts,
    /// The reports that comments in those texts silence.
    pub(super) ignores: HashMap<Arc<str>, Vec<Ignore>>,
    pub(super) memo: Arc<Memo>,
    pub(super) sizes: Arc<Sizes>,
    /// What is wrong with files that are no pages, and with reading.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What is wrong with how the pages fit together.
    pub(super) site_diagnostics: Arc<Vec<Diagnostic>>,
    /// The files and codes of faults in the settings and the theme.
    pub(super) fatal: Vec<(Arc<str>, Code)>,
    pub(super) search: Search,
}

/// A written page. Its links are resolved when somebody first asks: a page that is looked at waits for no other.
#[derive(Clone)]
pub struct LoadedPage {
    pub source: Arc<Source>,
    /// As it is written.
    pub doc: Arc<Doc>,
    /// With all that it takes in.
    pub(super) composed: Arc<Doc>,
    links: Arc<OnceLock<Diagnosed<Vec<Resolved>>>>,
    /// As search reads it, once somebody searches.
    pub(super) found: Arc<OnceLock<Findable>>,
}

impl LoadedPage {
    /// None where the file could not be read.
    pub(super) fn new(file: &PageFile) -> Option<LoadedPage> {
        match file {
            PageFile::Parsed {
                source,
                doc,
                composed,
                found,
            } => Some(LoadedPage {
                source: Arc::clone(source),
                doc: Arc::clone(doc),
                composed: Arc::clone(composed),
                links: Arc::default(),
                found: Arc::clone(found),
            }),
            PageFile::Unreadable(_) => None,
        }
    }

    /// Whether the page's links come out as before, where only links to pages of which `changed` is true can differ.
    pub(super) fn stands(&self, new: &LoadedPage, changed: &[bool]) -> bool {
        let Some(links) = self.links.get() else {
            return false;
        };
        // A mistake may suggest a page by its title.
        Arc::ptr_eq(&self.composed, &new.composed)
            && links.diagnostics.is_empty()
            && links
                .value
                .iter()
                .all(|link| link.page.is_none_or(|page| !changed[page]))
    }
}

/// An address of another host, and where it is named.
#[derive(Clone, Debug)]
pub struct External {
    pub target: String,
    pub file: Arc<str>,
    pub span: Range<usize>,
}

impl Loaded {
    /// Whether the settings or the theme are broken, so that nothing can be made of the site.
    pub fn is_fatal(&self) -> bool {
        !self.fatal.is_empty()
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

    /// The pages that people wrote, by path.
    pub fn written(&self) -> &[LoadedPage] {
        &self.pages
    }

    /// The snippets that could be read, by path.
    pub fn snippets(&self) -> impl Iterator<Item = (&Source, &Doc)> {
        self.snippets.values().filter_map(|file| match file {
            PageFile::Parsed { source, doc, .. } => Some((&**source, &**doc)),
            PageFile::Unreadable(_) => None,
        })
    }

    /// Content files that are copied, by path.
    pub fn assets(&self) -> &[String] {
        &self.files.assets
    }

    /// What lies in the site's and the theme's `static`, as output paths.
    pub fn statics(&self) -> Vec<String> {
        static_paths(&self.files, &self.theme_files)
    }

    /// Those of them that only the theme has.
    pub fn of_theme(&self) -> Vec<String> {
        of_theme(&self.files, &self.theme_files)
    }

    /// The content path of every page and every file that is copied.
    pub fn listed(&self) -> impl Iterator<Item = &str> {
        let (pages, assets) = (&self.files.pages, &self.files.assets);
        pages.iter().chain(assets).map(String::as_str)
    }

    /// Symbolic links in the content and in `static`.
    pub fn links_on_disk(&self) -> &[Link] {
        &self.files.links
    }

    /// How many pages people wrote, drafts aside.
    pub fn page_count(&self) -> usize {
        self.world.site.count()
    }

    /// Takes over what git knows of the age of pages.
    pub(super) fn learn_dates(&mut self, dates: Dates) {
        if dates.is_cut_off {
            let report = Diagnostic::new(
                Code::ShallowHistory,
                &discover::CONFIG_NAME.into(),
                None,
                "this clone has only the newest commits, so pages that changed before them cannot say when",
            );
            self.diagnostics.push(
                report
                    .hint("clone with the whole history: `fetch-depth: 0` for `actions/checkout`")
                    .hint(
                        "or leave the days out: `dates = false` below `[git]` in `handbook.toml`",
                    ),
            );
        }
        if let Some(command) = dates.refused {
            let report = Diagnostic::new(
                Code::ShallowHistory,
                &discover::CONFIG_NAME.into(),
                None,
                "git does not look into this repository, which belongs to another user, so no page can say when it changed",
            );
            self.diagnostics
                .push(report.hint(format!("if you trust it, run `{command}`")));
        }
        if let Some(world) = Arc::get_mut(&mut self.world) {
            Arc::make_mut(&mut world.facts).updated = dates.updated;
        }
    }

    /// Learns from git what was moved where, and looks again at links that lead nowhere. For who reads a site once:
    /// git is asked only where something leads nowhere, because its answer may take longer than all the rest.
    pub(super) fn learn_moves(&mut self) {
        let Some(world) = Arc::get_mut(&mut self.world) else {
            return;
        };
        let renamed = history::renames(&self.place);
        if renamed.is_empty() {
            return;
        }
        world.facts = Arc::new(Facts {
            renamed,
            ..Facts::clone(&world.facts)
        });
        for page in &mut self.pages {
            let resolved = page.links.get();
            if resolved.is_some_and(|links| links.diagnostics.iter().any(is_to_nowhere)) {
                page.links = Arc::default();
            }
        }
    }

    /// What an earlier list of addresses is held against.
    pub fn view(&self) -> View<'_> {
        self.world.view()
    }

    /// Every address of another host that a page or a sidebar names, with the file and the place that it stands in.
    pub fn external_links(&self) -> Vec<External> {
        let mut external = Vec::new();
        let mut add = |target: &str, file: &Arc<str>, span: &Range<usize>| {
            let is_web = |scheme: String| matches!(scheme.as_str(), "http" | "https");
            // A misspelt one is reported as such.
            if address::scheme(target).is_some_and(is_web) && address::malformed(target).is_none() {
                external.push(External {
                    target: target.to_owned(),
                    file: Arc::clone(file),
                    span: span.clone(),
                });
            }
        };
        let pages = self.pages.iter().map(|page| (&*page.source, &*page.doc));
        for (source, doc) in pages.chain(self.snippets()) {
            for link in &doc.links {
                add(link.target.trim(), &source.file, &link.span);
            }
        }
        let file = self.place.shown(discover::SIDEBARS_NAME);
        if let Some(text) = self.texts.get(&file) {
            for (target, span) in site::read_sidebar_file(&file, text).value.external() {
                add(target, &file, span);
            }
        }
        external
    }

    fn all_links(&self) -> impl Iterator<Item = &[Resolved]> {
        (0..self.pages.len()).map(|page| self.links(page).value.as_slice())
    }

    /// What the link that was written in these bytes of a page's file leads to, as it stands in the page.
    pub fn href_at(&self, page: PageId, span: Option<&Range<usize>>) -> Option<&str> {
        let links = &self.pages.get(page)?.doc.links;
        let at = links.iter().position(|link| Some(&link.span) == span)?;
        Some(self.links(page).value[at].href.as_str())
    }

    fn links(&self, page: PageId) -> &Diagnosed<Vec<Resolved>> {
        let loaded = &self.pages[page];
        let world = &self.world;
        loaded
            .links
            .get_or_init(|| site::resolve(&loaded.composed, page, world.view()))
    }

    /// The text of a file of the site, for showing where a mistake is.
    pub fn text(&self, file: &str) -> Option<&str> {
        if let Some(text) = self.texts.get(file) {
            return Some(text);
        }
        if let Some(page) = self.page_of_file(file) {
            return Some(&page.source.text);
        }
        self.snippet_of_file(file).map(|(source, _)| &*source.text)
    }

    /// The written page of a file as shown.
    fn page_of_file(&self, file: &str) -> Option<&LoadedPage> {
        let at = self
            .pages
            .binary_search_by(|page| (*page.source.file).cmp(file));
        at.ok().map(|at| &self.pages[at])
    }

    fn snippet_of_file(&self, file: &str) -> Option<(&Source, &Doc)> {
        let path = file.strip_prefix(self.place.prefix)?;
        match self.snippets.get(path)? {
            PageFile::Parsed { source, doc, .. } => Some((source, doc)),
            PageFile::Unreadable(_) => None,
        }
    }
}

impl render::Texts for Loaded {
    fn text(&self, file: &str) -> Option<(&Source, &Doc)> {
        let page = self.page_of_file(file);
        page.map(|page| (&*page.source, &*page.doc))
            .or_else(|| self.snippet_of_file(file))
    }
}
