//! What of the site can be found by search: the pages as they stand, each read once while it stays as it is, and the index of them
//! all, made when somebody asks.

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::parse::Doc;
use crate::render;
use crate::search::{self, About, Extract, Files, Index, Section, Settings, Tally};
use crate::session::{Loaded, Output};
use crate::site::PageId;
use crate::url;

/// The index of a site and its files.
#[derive(Default)]
pub struct Search {
    index: OnceLock<Index>,
    files: OnceLock<Files>,
}

impl Loaded {
    /// The site's search index.
    pub fn search_index(&self) -> &Index {
        self.search.index.get_or_init(|| index(self))
    }

    /// The files of the search index, by path. Only who writes or serves them has need of them.
    pub fn search_outputs(&self) -> impl Iterator<Item = (String, Output)> {
        let is_written = self.config().search.enabled;
        let paths = is_written.then(|| self.search_files().paths());
        paths
            .into_iter()
            .flatten()
            .map(|path| (path.clone(), Output::Search))
    }

    /// A file of the search index, as it is served.
    pub fn search_file(&self, path: &str) -> Option<Vec<u8>> {
        self.search_files().compressed(self.search_index(), path)
    }

    pub(super) fn has_search_file(&self, path: &str) -> bool {
        let may_be = path.starts_with(search::FOLDER) && path.ends_with(".bin");
        may_be && self.config().search.enabled && self.search_files().has(path)
    }

    fn search_files(&self) -> &Files {
        let files = || Files::of(self.search_index());
        self.search.files.get_or_init(files)
    }
}

/// A page as search reads it.
#[derive(Clone, Debug)]
pub struct Findable {
    /// The title that it was read with, which the settings may have a say in.
    title: String,
    extract: Arc<Extract>,
    tally: Arc<Tally>,
}

impl Findable {
    fn of(title: &str, doc: &Doc) -> Findable {
        let extract = search::extract(doc);
        let matter = &doc.outline.matter;
        let own = match &matter.url {
            Some(url) => url.text.clone(),
            None => url::of_page(&doc.outline.path),
        };
        // What a page is called in addresses, its title may not say.
        let addresses = matter.aliases.iter().map(|alias| alias.text.as_str());
        let addresses = addresses.chain([own.as_str()]);
        let names = addresses.filter_map(|address| address.trim_matches('/').rsplit('/').next());
        let chosen = matter.keywords.iter().chain(&matter.tags);
        let about = About {
            title,
            keys: chosen.map(String::as_str).collect(),
            addresses: names.collect(),
            description: matter.description.as_deref(),
        };
        let tally = search::tally(&about, &extract);
        Findable {
            title: title.to_owned(),
            extract: Arc::new(extract),
            tally: Arc::new(tally),
        }
    }

    /// A page that nobody wrote has a title and leads on.
    fn of_section(title: &str) -> Findable {
        let extract = Extract {
            sections: vec![Section::default()],
            terms: String::new(),
        };
        let about = About {
            title,
            ..About::default()
        };
        Findable {
            title: title.to_owned(),
            tally: Arc::new(search::tally(&about, &extract)),
            extract: Arc::new(extract),
        }
    }
}

/// The index of all pages that are published for everybody.
fn index(loaded: &Loaded) -> Index {
    let site = loaded.site();
    let shown: Vec<PageId> = site
        .published()
        .filter(|id| is_findable(loaded, *id))
        .collect();
    let pages = shown.into_par_iter().map(|id| {
        let page = &site.pages[id];
        let found = match loaded.page(id) {
            Some(written) => {
                let read = || Findable::of(&page.title, &written.composed);
                let known = written.found.get_or_init(read).clone();
                if known.title == page.title {
                    known
                } else {
                    read()
                }
            }
            None => Findable::of_section(&page.title),
        };
        search::Page {
            url: url::encode(&page.url),
            title: page.title.clone(),
            trail: render::trail(site, id).join(" › "),
            section: page.sidebar.unwrap_or(site.sidebars.len()),
            extract: found.extract,
            tally: found.tally,
        }
    });
    let names = site
        .sidebars
        .iter()
        .map(|sidebar| sidebar.name.as_deref().unwrap_or(&site.title));
    let settings = Settings {
        language: loaded.config().language.clone(),
        synonyms: loaded.config().search.synonyms.clone(),
        sections: names.map(str::to_owned).collect(),
    };
    Index::new(pages.collect(), settings)
}

fn is_findable(loaded: &Loaded, id: PageId) -> bool {
    let matter = loaded.page(id).map(|page| &page.composed.outline.matter);
    matter.is_none_or(|matter| !matter.noindex && !matter.draft)
}
