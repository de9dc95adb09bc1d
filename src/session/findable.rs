//! What of the site can be found by search: the pages as they stand, each read once while it stays as it is.

use std::sync::Arc;

use rayon::prelude::*;

use crate::parse::Doc;
use crate::search::{self, Extract, Index, Section, Settings, Tally};
use crate::session::Loaded;
use crate::site::{PageId, Site};
use crate::url;

/// A page as search reads it.
#[derive(Clone, Debug)]
pub struct Findable {
    extract: Arc<Extract>,
    tally: Arc<Tally>,
}

impl Findable {
    fn of(title: &str, doc: &Doc) -> Findable {
        let extract = search::extract(doc);
        let matter = &doc.outline.matter;
        let aliases = matter.aliases.iter();
        let names = aliases.filter_map(|alias| alias.text.trim_matches('/').rsplit('/').next());
        let keys: Vec<&str> = matter
            .tags
            .iter()
            .map(String::as_str)
            .chain(names)
            .collect();
        let tally = search::tally(title, &extract, &keys, matter.description.as_deref());
        Findable {
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
        Findable {
            tally: Arc::new(search::tally(title, &extract, &[], None)),
            extract: Arc::new(extract),
        }
    }
}

/// The index of all pages that are published for everybody.
pub fn index(loaded: &Loaded) -> Index {
    let site = loaded.site();
    let shown: Vec<PageId> = site
        .published()
        .filter(|id| is_findable(loaded, *id))
        .collect();
    let pages = shown.into_par_iter().map(|id| {
        let page = &site.pages[id];
        let found = match loaded.page(id) {
            Some(written) => written
                .found
                .get_or_init(|| Findable::of(&page.title, &written.composed))
                .clone(),
            None => Findable::of_section(&page.title),
        };
        search::Page {
            url: url::encode(&page.url),
            title: page.title.clone(),
            trail: trail(site, id),
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
        synonyms: Vec::new(),
        sections: names.map(str::to_owned).collect(),
    };
    Index::new(pages.collect(), settings)
}

fn is_findable(loaded: &Loaded, id: PageId) -> bool {
    let matter = loaded.page(id).map(|page| &page.composed.outline.matter);
    matter.is_none_or(|matter| !matter.noindex && !matter.draft)
}

/// The titles above a page, as its trail of links has them.
fn trail(site: &Site, id: PageId) -> String {
    let page = &site.pages[id];
    let sidebar = page.sidebar.map(|id| &site.sidebars[id]);
    let listed = sidebar.and_then(|sidebar| Some((sidebar, sidebar.item_of(id)?)));
    let mut titles: Vec<&str> = Vec::new();
    if let Some((sidebar, item)) = listed {
        let branch = sidebar.branch(item);
        let above = branch[..branch.len() - 1].iter();
        titles.extend(above.map(|item| sidebar.items[*item].title.as_str()));
    } else {
        let mut at = page.parent;
        while let Some(above) = at.map(|id| &site.pages[id]) {
            if above.url != "/" {
                titles.push(&above.title);
            }
            at = above.parent;
        }
        titles.reverse();
    }
    titles.join(" › ")
}
