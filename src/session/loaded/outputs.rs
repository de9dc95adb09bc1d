//! What a build writes of a loaded site and the preview serves: which files there are, and what is in each.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use super::Loaded;
use crate::diagnostic::Diagnostic;
use crate::discover::Files;
use crate::render::{self, Pictures, Rendered, Size};
use crate::session::pictures;
use crate::site::{PageId, SidebarId, list, published};
use crate::theme_files::{StaticFile, ThemeFiles};
use crate::url;

/// The list of addresses that every build writes, for the next one to be held against.
const ADDRESSES: &str = "urls.txt";

/// Something that a build writes.
#[derive(Clone, Debug)]
pub enum Output {
    Page(PageId),
    /// A page at an old address, leading to the new one.
    Alias(PageId),
    NotFound,
    /// The list of all pages from A to Z.
    List,
    /// A file that is copied.
    Copy(PathBuf),
    /// The list of all addresses.
    Addresses,
    /// A page as Markdown.
    Markdown(PageId),
    /// A file of the list of all pages for search engines.
    Sitemap(usize),
    /// All entries of a sidebar.
    Sidebar(SidebarId),
    /// A file of the search index.
    Search,
    /// A file from inside the program.
    Embedded(&'static [u8]),
}

impl Loaded {
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
        if self.world.site.has_list() {
            outputs.insert(url::output_path(list::URL), Output::List);
        }
        outputs.insert(ADDRESSES.to_owned(), Output::Addresses);
        if self.world.config.base_url.is_some() {
            for file in 0..render::sitemap_files(self.indexed().count()) {
                outputs.insert(render::sitemap_path(file), Output::Sitemap(file));
            }
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
                None if self.has_search_file(path) => Output::Search,
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
            .then(|| render::copy(world, page, doc, links, &loaded.source.text, self))
    }

    /// The list of all addresses of the site.
    pub fn addresses(&self) -> String {
        published::list(&self.world.site, &self.world.config, self.all_links())
    }

    /// A file of the list of all pages for search engines.
    pub fn sitemap(&self, file: usize) -> String {
        let pages: Vec<PageId> = self.indexed().collect();
        render::sitemap(&self.world, &pages, file)
    }

    /// The pages that may be found by people who do not know of them: published, and not `noindex`.
    fn indexed(&self) -> impl Iterator<Item = PageId> {
        let is_hidden = |id: &PageId| {
            let page = self.pages.get(*id);
            page.is_some_and(|page| page.doc.outline.matter.noindex)
        };
        self.world.site.published().filter(move |id| !is_hidden(id))
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

    /// Renders the list of all pages from A to Z.
    ///
    /// # Errors
    /// A fault of the theme, as a diagnostic.
    pub fn render_list(&self) -> Result<String, Box<Diagnostic>> {
        render::list(&self.world, &self.theme, self.indexed())
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

/// Two outputs of which one is the other's folder have been reported: the file gives way.
fn without_blocked(mut outputs: BTreeMap<String, Output>) -> BTreeMap<String, Output> {
    let folders: HashSet<String> = outputs
        .keys()
        .flat_map(|path| path.match_indices('/').map(|(at, _)| path[..at].to_owned()))
        .collect();
    outputs.retain(|path, _| !folders.contains(path));
    outputs
}

/// What lies in the theme's `static` and not in the site's, as output paths.
pub fn of_theme(files: &Files, theme: &ThemeFiles) -> Vec<String> {
    let is_own = |path: &&String| files.statics.binary_search(path).is_ok();
    let paths = theme.statics.keys().filter(|path| !is_own(path));
    paths.cloned().collect()
}

/// What lies in the site's and the theme's `static`, as output paths.
pub fn static_paths(files: &Files, theme: &ThemeFiles) -> Vec<String> {
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
