//! A loaded site: everything parsed, assembled and resolved, nothing rendered. Does not change.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::config::Config;
use crate::diagnostic::ignore::Ignore;
use crate::diagnostic::{self, Code, Diagnosed, Diagnostic, Level};
use crate::discover::{self, Files, Link, Place};
use crate::parse::Doc;
use crate::render::{self, Pictures, Rendered, Size, Theme, World};
use crate::search::{self, Index};
use crate::session::dates::Dates;
use crate::session::findable::{self, Findable};
use crate::session::memo::Memo;
use crate::session::pictures::{self, Sizes};
use crate::session::read::Texts;
use crate::session::{PageFile, history};
use crate::site::{self, Facts, PageId, Resolved, SidebarId, View, published};
use crate::source::Source;
use crate::theme_files::{StaticFile, ThemeFiles};
use crate::url::{self, address};

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

/// The index of the site and its files, made when the first one asks.
#[derive(Default)]
pub(super) struct Search {
    index: OnceLock<Index>,
    files: OnceLock<BTreeMap<String, String>>,
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
            } => Some(LoadedPage {
                source: Arc::clone(source),
                doc: Arc::clone(doc),
                composed: Arc::clone(composed),
                links: Arc::default(),
                found: Arc::default(),
            }),
            PageFile::Unreadable(_) => None,
        }
    }

    /// Takes over what does not depend on other pages, where the page is as it was.
    pub(super) fn keep(self, old: &[LoadedPage]) -> LoadedPage {
        let at = old.binary_search_by(|page| page.source.path.cmp(&self.source.path));
        match at.map(|at| &old[at]) {
            Ok(old) if Arc::ptr_eq(&old.composed, &self.composed) => LoadedPage {
                found: Arc::clone(&old.found),
                ..self
            },
            _ => self,
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

/// The list of addresses that every build writes, for the next one to be held against.
const ADDRESSES: &str = "urls.txt";
const SITEMAP: &str = "sitemap.xml";

/// Something that a build writes.
#[derive(Clone, Debug)]
pub enum Output {
    Page(PageId),
    /// A page at an old address, leading to the new one.
    Alias(PageId),
    NotFound,
    /// A file that is copied.
    Copy(PathBuf),
    /// The list of all addresses.
    Addresses,
    /// A page as Markdown.
    Markdown(PageId),
    /// The list of all pages for search engines.
    Sitemap,
    /// All entries of a sidebar.
    Sidebar(SidebarId),
    /// A file of the search index.
    Search,
    /// A file from inside the program.
    Embedded(&'static [u8]),
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

    /// Everything found so far, without what only rendering tells. Resolves every link.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let pages: Vec<Vec<Diagnostic>> = (0..self.pages.len())
            .into_par_iter()
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
    pub(super) fn has_links_to_nowhere(&self) -> bool {
        (0..self.pages.len()).into_par_iter().any(|page| {
            let diagnostics = &self.links(page).diagnostics;
            diagnostics.iter().any(is_to_nowhere)
        }) || self
            .snippets
            .par_iter()
            .any(|(_, file)| self.found_in_snippet(file).iter().any(is_to_nowhere))
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

    /// The list of all addresses of the site.
    pub fn addresses(&self) -> String {
        published::list(&self.world.site, &self.world.config, self.all_links())
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

    fn all_links(&self) -> impl Iterator<Item = &[Resolved]> {
        (0..self.pages.len()).map(|page| self.links(page).value.as_slice())
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

    /// What the link that was written in these bytes of a page's file leads to, as it stands in the page.
    pub fn href_at(&self, page: PageId, span: Option<&Range<usize>>) -> Option<&str> {
        let links = &self.pages.get(page)?.doc.links;
        let at = links.iter().position(|link| Some(&link.span) == span)?;
        Some(self.links(page).value[at].href.as_str())
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

    /// All that a build writes, by path.
    pub fn outputs(&self) -> BTreeMap<String, Output> {
        let mut outputs = BTreeMap::new();
        for (id, sidebar) in self.world.site.sidebars.iter().enumerate() {
            if render::has_sidebar_file(sidebar) {
                outputs.insert(render::sidebar_path(id), Output::Sidebar(id));
            }
        }
        for (path, file) in &self.theme_files.statics {
            let output = match file {
                StaticFile::Embedded(bytes) => Output::Embedded(bytes),
                StaticFile::OnDisk(path) => Output::Copy(path.clone()),
            };
            outputs.insert(path.clone(), output);
        }
        outputs.insert("404.html".to_owned(), Output::NotFound);
        outputs.insert(ADDRESSES.to_owned(), Output::Addresses);
        if self.world.config.base_url.is_some() {
            outputs.insert(SITEMAP.to_owned(), Output::Sitemap);
        }
        for (id, page) in self.pages.iter().enumerate() {
            if render::has_copy(&self.world, id, &page.doc) {
                let url = &self.world.site.pages[id].url;
                outputs.insert(url::copy_path(url), Output::Markdown(id));
            }
        }
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

    /// The site's search index.
    pub fn search_index(&self) -> &Index {
        self.search.index.get_or_init(|| findable::index(self))
    }

    fn search_files(&self) -> &BTreeMap<String, String> {
        self.search
            .files
            .get_or_init(|| self.search_index().files())
    }

    /// The files of the search index, by path. Only who writes or serves them has need of them.
    pub fn search_outputs(&self) -> impl Iterator<Item = (String, Output)> {
        let paths = self.search_files().keys();
        paths.map(|path| (path.clone(), Output::Search))
    }

    /// A file of the search index, as it is served.
    pub fn search_file(&self, path: &str) -> Option<Vec<u8>> {
        let json = self.search_files().get(path)?;
        Some(search::compressed(json))
    }

    /// The file that is served at a path, with its name there. Pages are no files.
    pub fn file(&self, path: &str) -> Option<(String, Output)> {
        let listed = |list: &[String]| list.binary_search_by(|p| p.as_str().cmp(path)).is_ok();
        let output = if listed(&self.files.statics) {
            Output::Copy(self.place.root.join("static").join(path))
        } else if listed(&self.files.assets) {
            Output::Copy(self.place.content.join(path))
        } else {
            match self.theme_files.statics.get(path) {
                Some(StaticFile::Embedded(bytes)) => Output::Embedded(bytes),
                Some(StaticFile::OnDisk(file)) => Output::Copy(file.clone()),
                None if path.starts_with(search::FOLDER) && path.ends_with(".bin") => {
                    self.search_files().get(path)?;
                    Output::Search
                }
                None => Output::Sidebar(render::sidebar_of_file(&self.world.site, path)?),
            }
        };
        Some((path.to_owned(), output))
    }

    /// A page as Markdown, if there is to be such a copy of it.
    pub fn markdown(&self, page: PageId) -> Option<String> {
        let loaded = self.pages.get(page)?;
        let (world, doc) = (&self.world, &loaded.composed);
        let links = &self.links(page).value;
        render::has_copy(world, page, doc)
            .then(|| render::copy(world, page, doc, links, &loaded.source.text))
    }

    /// The list of all pages that search engines may show.
    pub fn sitemap(&self) -> String {
        let is_hidden = |id: &PageId| {
            let page = self.pages.get(*id);
            page.is_some_and(|page| page.doc.outline.matter.noindex)
        };
        let pages = self.world.site.published().filter(|id| !is_hidden(id));
        render::sitemap(&self.world, pages)
    }

    /// All entries of a sidebar, for the branches that a reader opens.
    pub fn sidebar_file(&self, sidebar: SidebarId) -> String {
        render::sidebar_file(&self.world, sidebar)
    }

    /// Renders a page, as it is asked for.
    ///
    /// # Errors
    /// A fault of the theme, as a diagnostic.
    pub fn render(&self, page: PageId) -> Result<Rendered, Box<Diagnostic>> {
        match self.pages.get(page) {
            Some(loaded) => {
                let links = &self.links(page).value;
                render::page(
                    &self.world,
                    &self.theme,
                    &*self.memo,
                    self,
                    page,
                    &loaded.composed,
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

impl Pictures for Loaded {
    fn size(&self, path: &str) -> Option<Size> {
        match self.file(path)? {
            (_, Output::Copy(file)) => self.sizes.of_file(&file),
            (_, Output::Embedded(bytes)) => pictures::of_bytes(path, bytes),
            _ => None,
        }
    }
}

fn is_to_nowhere(diagnostic: &Diagnostic) -> bool {
    matches!(diagnostic.code, Code::BrokenLink | Code::MissingAsset)
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
