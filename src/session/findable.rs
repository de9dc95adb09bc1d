//! What of the site can be found by search: the pages as they stand, each read once while it stays as it is, and the index of them
//! all, made when somebody asks.

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::parse::{Doc, Outline};
use crate::render;
use crate::search::{self, About, Extract, Files, Index, Press, Reader, Settings, Tally};
use crate::session::{FEW, Loaded, Output, PageFile, Pool};
use crate::site::{self, PageId};
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
    pub fn search_outputs(&self) -> Vec<(String, Output)> {
        let is_written = self.config().search.enabled;
        let paths = is_written.then(|| self.search_files().paths());
        let paths = paths.into_iter().flatten();
        paths.map(|path| (path.clone(), Output::Search)).collect()
    }

    /// A file of the search index, as it is served.
    pub fn search_file<'p>(&self, path: &str, press: &'p mut Press) -> Option<&'p [u8]> {
        let index = self.search_index();
        self.search_files().compressed(index, path, press)
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
    tally: Tally,
}

/// A page that search is to read.
#[derive(Clone, Copy)]
struct Sheet<'a> {
    title: &'a str,
    /// What somebody wrote, and where it is kept how search reads it. Without a text a page has a title and leads on.
    written: Option<(&'a Doc, &'a OnceLock<Findable>)>,
}

/// Where pages are read one after the other.
#[derive(Default)]
struct Desk {
    reader: Reader,
    /// Which pages those were, in the order of the request, and their texts.
    read: Vec<(usize, Arc<Extract>)>,
}

impl Desk {
    /// Reads the page that is at a place in the request.
    fn read(&mut self, at: usize, sheet: &Sheet<'_>) {
        let title = sheet.title;
        let (about, extract) = match sheet.written {
            Some((doc, _)) => (about(title, &doc.outline), search::extract(doc)),
            None => (
                About {
                    title,
                    ..About::default()
                },
                Extract::empty(),
            ),
        };
        self.reader.read(&about, &extract);
        self.read.push((at, Arc::new(extract)));
    }

    /// Takes over what was read at another desk.
    fn join(mut self, other: Desk) -> Desk {
        self.reader.join(other.reader);
        self.read.extend(other.read);
        self
    }

    /// What was found, by its place in the request. It stays with the pages.
    fn finish(self, sheets: &[Sheet<'_>]) -> Vec<(usize, Findable)> {
        let read = self.read.into_iter().zip(self.reader.finish());
        let found = read.map(|((at, extract), tally)| {
            let found = Findable {
                title: sheets[at].title.to_owned(),
                extract,
                tally,
            };
            if let Some((_, keep)) = sheets[at].written {
                // Of a page that is called otherwise now, what was found before stays: settings change seldom.
                let _ = keep.set(found.clone());
            }
            (at, found)
        });
        found.collect()
    }
}

/// Reads pages, several at a time. What is found of each is told by its place among them.
fn read(sheets: &[Sheet<'_>]) -> impl Iterator<Item = (usize, Findable)> {
    let desks: Pool<Desk> = Pool::default();
    let all = sheets.par_iter().enumerate().with_max_len(FEW);
    all.for_each(|(at, sheet)| desks.with(|desk| desk.read(at, sheet)));
    let read = desks.into_tools().into_iter().reduce(Desk::join);
    read.map(|desk| desk.finish(sheets)).into_iter().flatten()
}

/// Reads pages before the site is there, by the titles that they will have. A home page whose title comes from the settings is read
/// again when it is known.
pub(super) fn read_ahead<'a>(files: impl Iterator<Item = &'a PageFile>) {
    let written = files.filter_map(|file| match file {
        PageFile::Parsed {
            composed, found, ..
        } => Some((&**composed, &**found)),
        PageFile::Unreadable(_) => None,
    });
    let written: Vec<(&Doc, &OnceLock<Findable>)> =
        written.filter(|(doc, _)| is_for_all(doc)).collect();
    let titles = written
        .par_iter()
        .map(|(doc, _)| site::page_title(&doc.outline));
    let titles: Vec<String> = titles.collect();
    let sheets = titles.iter().zip(written);
    let sheets = sheets.map(|(title, written)| Sheet {
        title,
        written: Some(written),
    });
    // It stays with the pages.
    read(&sheets.collect::<Vec<_>>()).for_each(drop);
}

fn about<'a>(title: &'a str, outline: &'a Outline) -> About<'a> {
    let matter = &outline.matter;
    // What a page is called in addresses, its title may not say.
    let own = match &matter.url {
        Some(url) => url.text.clone(),
        None => url::of_page(&outline.path),
    };
    let aliases = matter.aliases.iter().map(|alias| alias.text.as_str());
    let name = |address: &str| {
        address
            .trim_matches('/')
            .rsplit('/')
            .next()
            .map(str::to_owned)
    };
    let chosen = matter.keywords.iter().chain(&matter.tags);
    About {
        title,
        keys: chosen.map(String::as_str).collect(),
        addresses: aliases.chain([own.as_str()]).filter_map(name).collect(),
        description: matter.description.as_deref(),
    }
}

/// The index of all pages that are published for everybody.
fn index(loaded: &Loaded) -> Index {
    let site = loaded.site();
    let shown: Vec<PageId> = site
        .published()
        .filter(|id| is_findable(loaded, *id))
        .collect();
    let known = known(loaded, &shown);
    let pages = shown.into_par_iter().zip(known).map(|(id, found)| {
        let page = &site.pages[id];
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

/// What is known of pages: from before where they are as they were, else as they are read now.
fn known(loaded: &Loaded, shown: &[PageId]) -> Vec<Findable> {
    let sheet = |id: PageId| Sheet {
        title: &loaded.site().pages[id].title,
        written: loaded.page(id).map(|page| (&*page.composed, &*page.found)),
    };
    let before = |sheet: &Sheet<'_>| {
        let found = sheet.written?.1.get()?;
        (found.title == sheet.title).then(|| found.clone())
    };
    let sheets: Vec<Sheet<'_>> = shown.iter().map(|id| sheet(*id)).collect();
    let mut known: Vec<Option<Findable>> = sheets.iter().map(before).collect();
    let unknown: Vec<usize> = (0..shown.len()).filter(|at| known[*at].is_none()).collect();
    let of_unknown: Vec<Sheet<'_>> = unknown.iter().map(|at| sheets[*at]).collect();
    for (at, found) in read(&of_unknown) {
        known[unknown[at]] = Some(found);
    }
    known.into_iter().flatten().collect()
}

fn is_findable(loaded: &Loaded, id: PageId) -> bool {
    let page = loaded.page(id);
    page.is_none_or(|page| is_for_all(&page.composed))
}

/// Whether a page is for everybody to find.
fn is_for_all(doc: &Doc) -> bool {
    let matter = &doc.outline.matter;
    !matter.noindex && !matter.draft
}
