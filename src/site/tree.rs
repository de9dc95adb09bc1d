//! The folder tree: which page stands for which folder, and section pages for the folders that have none.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::site::{Page, PageId, Site};
use crate::url;

/// Gives every folder a page, and every page its parent and children.
pub fn grow(site: &mut Site) {
    let folders = folders(site);
    for folder in &folders {
        let page = match folder_page(site, folder) {
            Some(page) => page,
            None => generate(site, folder),
        };
        site.pages[page]
            .folder
            .get_or_insert_with(|| folder.clone());
    }
    attach(site, &folders);
    sort_children(site);
    count(site);
}

/// Every folder with a published page in it or below it, and the root.
fn folders(site: &Site) -> BTreeSet<String> {
    let mut folders = BTreeSet::from([String::new()]);
    for page in site.pages.iter().filter(|page| page.published) {
        let mut folder = url::split_last(page.path.as_deref().unwrap_or_default()).0;
        while !folder.is_empty() && folders.insert(folder.to_owned()) {
            folder = url::split_last(folder).0;
        }
    }
    folders
}

/// The page that stands for a folder: its index, else the page beside it with its name, else whatever has its URL.
fn folder_page(site: &Site, folder: &str) -> Option<PageId> {
    let names = ["index", "_index", "README"];
    let prefix = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    let indexes = names.iter().map(|name| format!("{prefix}{name}"));
    let beside = (!folder.is_empty()).then(|| folder.to_owned());
    indexes
        .chain(beside)
        .flat_map(|stem| [format!("{stem}.md"), format!("{stem}.mdx")])
        .find_map(|path| {
            site.by_path
                .get(&path)
                .copied()
                .filter(|page| site.pages[*page].published)
        })
        // The root is where `/` is, even if its index page gave itself another address.
        .filter(|page| !folder.is_empty() || site.pages[*page].url == "/")
        .or_else(|| site.by_url.get(&url::of_folder(folder)).copied())
}

fn generate(site: &mut Site, folder: &str) -> PageId {
    let name = url::split_last(folder).1;
    let url = url::of_folder(folder);
    site.pages.push(Page {
        title: if name.is_empty() {
            String::new()
        } else {
            url::humanise(name)
        },
        url: url.clone(),
        description: None,
        badge: None,
        path: None,
        file: None,
        folder: Some(folder.to_owned()),
        order: None,
        anchors: Arc::default(),
        published: true,
        parent: None,
        children: Vec::new(),
        count: 0,
        sidebar: None,
    });
    let id = site.pages.len() - 1;
    site.by_url.insert(url, id);
    id
}

fn attach(site: &mut Site, folders: &BTreeSet<String>) {
    let mut page_of: HashMap<&str, PageId> = HashMap::new();
    for (id, page) in site.pages.iter().enumerate() {
        if let Some(folder) = page.folder.as_ref().and_then(|folder| folders.get(folder)) {
            page_of.entry(folder).or_insert(id);
        }
    }
    for id in 0..site.pages.len() {
        if !site.pages[id].published {
            continue;
        }
        let mut folder = match (&site.pages[id].folder, &site.pages[id].path) {
            (Some(folder), _) if folder.is_empty() => continue,
            (Some(folder), _) => url::split_last(folder).0,
            (None, Some(path)) => url::split_last(path).0,
            (None, None) => continue,
        };
        // A page can stand for its own parent folder only once; then it goes up one more.
        let parent = loop {
            match page_of.get(folder) {
                Some(parent) if *parent != id => break Some(*parent),
                _ if folder.is_empty() => break None,
                _ => folder = url::split_last(folder).0,
            }
        };
        site.pages[id].parent = parent;
        if let Some(parent) = parent {
            site.pages[parent].children.push(id);
        }
    }
}

fn sort_children(site: &mut Site) {
    for id in 0..site.pages.len() {
        let mut children = std::mem::take(&mut site.pages[id].children);
        children.sort_by(|a, b| compare(&site.pages[*a], &site.pages[*b]));
        site.pages[id].children = children;
    }
}

/// Pages with an order come first, by it; the others by title as people sort it.
fn compare(a: &Page, b: &Page) -> Ordering {
    let by_order = match (a.order, b.order) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    };
    by_order
        .then_with(|| natural(&a.title).cmp(&natural(&b.title)))
        .then_with(|| a.url.cmp(&b.url))
}

/// A title as a key in which `Week 2` comes before `Week 10` and case does not matter.
fn natural(title: &str) -> Vec<(u64, String)> {
    let mut key = Vec::new();
    let mut rest = title;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        // Text sorts after numbers.
        let number = rest[..digits].parse().unwrap_or(u64::MAX);
        rest = &rest[digits..];
        let text = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        key.push((number, rest[..text].to_lowercase()));
        rest = &rest[text..];
    }
    key
}

/// Counts the written pages at and below each page.
fn count(site: &mut Site) {
    for id in 0..site.pages.len() {
        if site.pages[id].path.is_none() || !site.pages[id].published {
            continue;
        }
        let mut at = Some(id);
        while let Some(page) = at {
            site.pages[page].count += 1;
            at = site.pages[page].parent;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn titles_sort_as_people_do() {
        let mut titles = ["Week 10", "week 2", "Apples", "10 rules", "9 rules"];
        titles.sort_by_key(|title| natural(title));
        assert_eq!(
            titles,
            ["9 rules", "10 rules", "Apples", "week 2", "Week 10"]
        );
    }
}
