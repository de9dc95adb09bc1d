//! The nearest right answer to a name that leads nowhere.

use crate::site::{Page, PageId, Site};
use crate::url;

/// The name that this one is most likely a slip of, if one is near enough.
pub fn nearest<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let plain = wanted.to_lowercase();
    let limit = limit(&plain);
    names
        .filter(|name| name.len().abs_diff(plain.len()) <= limit * 4)
        .map(|name| (strsim::osa_distance(&plain, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        // The first of equals, so that the answer does not depend on chance.
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The anchor of a page that a fragment most likely means.
pub fn anchor<'a>(wanted: &str, page: &'a Page) -> Option<&'a str> {
    let slug: String = wanted
        .to_lowercase()
        .chars()
        .map(|c| if c.is_whitespace() { '-' } else { c })
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    let anchors = || page.anchors.iter().map(AsRef::as_ref);
    let same = anchors().find(|anchor| *anchor == slug);
    same.or_else(|| nearest(&slug, anchors())).or_else(|| {
        // A heading that was made longer or shorter.
        anchors()
            .filter(|anchor| slug.len() >= 4 && anchor.len() >= 4)
            .find(|anchor| anchor.starts_with(&slug) || slug.starts_with(anchor))
    })
}

/// The page that a URL path which leads nowhere most likely means.
pub fn page(site: &Site, wanted: &str) -> Option<PageId> {
    let wanted = url::hyphenate(url::without_extension(wanted.trim_matches('/'))).to_lowercase();
    let wanted = wanted
        .strip_suffix(".html")
        .or_else(|| wanted.strip_suffix("/index"))
        .unwrap_or(&wanted);
    if wanted.is_empty() {
        return None;
    }
    let (folder, name) = url::split_last(wanted);
    let pages = || site.published().map(|id| (id, &site.pages[id]));
    let path = |page: &Page| page.url.trim_matches('/').to_lowercase();

    // The same address but for case, or the same name elsewhere: a page that was moved.
    let moved = pages()
        .filter(|(_, page)| {
            let path = path(page);
            path == wanted || url::split_last(&path).1 == name
        })
        .max_by_key(|(id, page)| (shared(&path(page), folder), std::cmp::Reverse(*id)));
    if let Some((id, _)) = moved {
        return Some(id);
    }
    // A title that would have this name.
    let titled = pages().find(|(_, page)| name.len() >= 4 && slug(&page.title) == name);
    if let Some((id, _)) = titled {
        return Some(id);
    }
    let limit = limit(name).max(limit(wanted) / 2);
    pages()
        .filter_map(|(id, page)| {
            let path = path(page);
            if path.len().abs_diff(wanted.len()) > limit {
                // Too far as a whole; the name alone may still be a slip, in the same folder or another one.
                let other = url::split_last(&path).1;
                if other.len().abs_diff(name.len()) > limit {
                    return None;
                }
                let distance = strsim::osa_distance(other, name);
                return (distance <= self::limit(name)).then_some((distance + 2, id));
            }
            let distance = strsim::osa_distance(&path, wanted);
            (distance <= limit).then_some((distance, id))
        })
        .min()
        .map(|(_, id)| id)
}

/// The content path, as a sidebar would spell it, that most likely was meant.
pub fn content_path(site: &Site, wanted: &str) -> Option<String> {
    let id = page(site, wanted)?;
    let page = &site.pages[id];
    match &page.path {
        Some(path) => Some(url::without_extension(path).to_owned()),
        None => page.folder.as_ref().map(|folder| format!("{folder}/*")),
    }
}

/// The file that most likely was meant: the same name elsewhere, or a slip of the name.
pub fn file<'s>(site: &'s Site, wanted: &str) -> Option<&'s str> {
    let wanted = wanted.trim_start_matches('/').to_lowercase();
    let (folder, name) = url::split_last(&wanted);
    let mut files: Vec<&str> = site.files.keys().map(String::as_str).collect();
    files.sort_unstable();
    let moved = files
        .iter()
        .filter(|file| url::split_last(&file.to_lowercase()).1 == name)
        .max_by_key(|file| shared(&file.to_lowercase(), folder));
    moved
        .copied()
        .or_else(|| nearest(&wanted, files.into_iter()))
}

/// How many leading folders two paths share.
fn shared(path: &str, folder: &str) -> usize {
    path.split('/')
        .zip(folder.split('/'))
        .take_while(|(a, b)| a == b)
        .count()
}

/// How many slips are still the same word: one in four letters.
fn limit(text: &str) -> usize {
    (text.chars().count() / 4).clamp(1, 4)
}

fn slug(title: &str) -> String {
    crate::parse::Slugger::default().slug(title)
}
