//! The list of all pages from A to Z: each title under its letter, with the titles above it.

mod letter;

use tera::Value;

use crate::render::World;
use crate::render::context::{href, map, optional, text};
use crate::site::{PageId, Site};
use letter::Place;

/// So many titles above a page tell where it lies.
const TRAIL: usize = 8;

/// A page in the list.
struct Entry<'a> {
    page: PageId,
    title: &'a str,
    place: Place,
    trail: Vec<&'a str>,
}

/// The list by the sidebars that pages show, those of none last, and its table of contents.
pub fn values(world: &World, pages: impl Iterator<Item = PageId>) -> (Value, Value) {
    let site = &world.site;
    let mut sections: Vec<Vec<Entry<'_>>> = Vec::new();
    sections.resize_with(site.sidebars.len() + 1, Vec::new);
    for page in pages {
        let section = site.pages[page].sidebar.unwrap_or(site.sidebars.len());
        sections[section].push(entry(world, page));
    }
    sections.retain(|entries| !entries.is_empty());
    let is_alone = sections.len() < 2;
    let (mut list, mut toc) = (Vec::new(), Vec::new());
    for (at, mut entries) in sections.into_iter().enumerate() {
        sort(&mut entries, site);
        let id = format!("hb:{}", at + 1);
        let sidebar = site.pages[entries[0].page].sidebar;
        let title = match sidebar.map(|sidebar| &site.sidebars[sidebar].name) {
            Some(name) => name.as_deref().unwrap_or(&site.title),
            None => world.ui.get("other_pages"),
        };
        if !is_alone {
            toc.push(map([
                ("level", Value::from(2)),
                ("id", text(&id)),
                ("title", text(title)),
            ]));
        }
        list.push(map([
            ("title", optional((!is_alone).then_some(title))),
            ("id", text(&id)),
            ("letters", letters(world, &id, &entries)),
        ]));
    }
    (Value::from(list), Value::from(toc))
}

/// The titles above a page, from the top down: in its sidebar if that lists it, and else of its folders.
pub fn trail(site: &Site, page: PageId) -> Vec<&str> {
    let page_sidebar = site.pages[page]
        .sidebar
        .map(|sidebar| &site.sidebars[sidebar]);
    let listed = page_sidebar.and_then(|sidebar| Some((sidebar, sidebar.item_of(page)?)));
    let mut trail: Vec<&str> = match listed {
        Some((sidebar, item)) => {
            let above = |item: usize| sidebar.items[item].parent;
            let items = std::iter::successors(above(item), |item| above(*item)).take(TRAIL);
            items
                .map(|item| sidebar.items[item].title.as_str())
                .collect()
        }
        None => {
            let above = |page: PageId| site.pages[page].parent;
            let pages = std::iter::successors(above(page), |page| above(*page)).take(TRAIL);
            let pages = pages.map(|page| &site.pages[page]);
            let pages = pages.filter(|page| page.url != "/");
            pages.map(|page| page.title.as_str()).collect()
        }
    };
    trail.reverse();
    trail
}

fn entry(world: &World, id: PageId) -> Entry<'_> {
    let page = &world.site.pages[id];
    let title = match page.title.trim() {
        "" => page.url.as_str(),
        title => title,
    };
    Entry {
        page: id,
        title,
        place: letter::place(title, &world.config.language),
        trail: trail(&world.site, id),
    }
}

/// Puts entries in order. Where even the titles above are the same, addresses tell pages apart.
fn sort<'a>(entries: &mut [Entry<'a>], site: &'a Site) {
    let url = |entry: &Entry<'_>| site.pages[entry.page].url.as_str();
    entries.sort_by(|a, b| {
        let place = a.place.cmp(&b.place);
        place.then_with(|| (a.title, &a.trail, url(a)).cmp(&(b.title, &b.trail, url(b))))
    });
    for twins in entries.chunk_by_mut(|a, b| (a.title, &a.trail) == (b.title, &b.trail)) {
        if twins.len() > 1 {
            for entry in twins {
                entry.trail = vec![site.pages[entry.page].url.as_str()];
            }
        }
    }
}

fn letters(world: &World, section: &str, entries: &[Entry<'_>]) -> Value {
    let letters = entries.chunk_by(|a, b| a.place.letter == b.place.letter);
    let letters = letters.map(|entries| {
        let letter = &entries[0].place.letter;
        let pages: Vec<Value> = entries.iter().map(|entry| link(world, entry)).collect();
        map([
            ("letter", text(&letter.shown())),
            ("id", text(&format!("{section}-{}", letter.id()))),
            ("pages", Value::from(pages)),
        ])
    });
    Value::from(letters.collect::<Vec<_>>())
}

fn link(world: &World, entry: &Entry<'_>) -> Value {
    let trail: Vec<Value> = entry.trail.iter().map(|title| text(title)).collect();
    map([
        ("title", text(entry.title)),
        (
            "url",
            text(&href(&world.config, &world.site.pages[entry.page].url)),
        ),
        ("trail", Value::from(trail)),
    ])
}
