//! The nearest right answer to a name that leads nowhere.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::site::{Page, PageId, Site};
use crate::url;

/// What was most likely meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meant<T> {
    pub what: T,
    /// Whether nothing else is as near, so that it can be put in place without asking.
    pub certain: bool,
}

/// The name that this one is most likely a slip of, if one is near enough.
pub fn meant<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<Meant<&'n str>> {
    let plain = wanted.to_lowercase();
    let limit = limit(&plain);
    let near = names
        .filter(|name| name.len().abs_diff(plain.len()) <= limit * 4)
        .map(|name| (strsim::osa_distance(&plain, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit);
    let mut meant = only_nearest(near)?;
    meant.certain &= same_numbers(wanted, meant.what);
    Some(meant)
}

/// Whether two texts say the same numbers: `2024` is never a slip of `2025`.
fn same_numbers(a: &str, b: &str) -> bool {
    digits(a).eq(digits(b))
}

/// Whether both of two folders say numbers, and not the same: `2025/review` is not the `2024/review` that is there.
fn other_numbers(a: &str, b: &str) -> bool {
    digits(a).next().is_some() && digits(b).next().is_some() && !same_numbers(a, b)
}

fn digits(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(char::is_ascii_digit)
}

/// The first of the nearest, so that the answer does not depend on chance.
fn only_nearest<T>(candidates: impl Iterator<Item = (usize, T)>) -> Option<Meant<T>> {
    let mut best: Option<(usize, Meant<T>)> = None;
    for (distance, what) in candidates {
        match &mut best {
            Some((least, _)) if distance > *least => {}
            Some((least, meant)) if distance == *least => meant.certain = false,
            _ => {
                let certain = true;
                best = Some((distance, Meant { what, certain }));
            }
        }
    }
    best.map(|(_, meant)| meant)
}

/// The anchor of a page that a fragment most likely means.
pub fn anchor<'a>(wanted: &str, page: &'a Page) -> Option<Meant<&'a str>> {
    let slug: String = wanted
        .to_lowercase()
        .chars()
        .map(|c| if c.is_whitespace() { '-' } else { c })
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    let anchors = || page.anchors.iter().map(AsRef::as_ref);
    if let Some(same) = anchors().find(|anchor| *anchor == slug) {
        return Some(Meant {
            what: same,
            certain: true,
        });
    }
    meant(&slug, anchors()).or_else(|| {
        // A heading that was made longer or shorter.
        let what = anchors()
            .filter(|anchor| slug.len() >= 4 && anchor.len() >= 4)
            .find(|anchor| anchor.starts_with(&slug) || slug.starts_with(anchor))?;
        Some(Meant {
            what,
            certain: false,
        })
    })
}

/// The pages of a site as suggestions are looked for, made once for a site.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// In the order of the pages.
    names: Vec<Name>,
    /// Places in `names` by the last part of the path.
    by_name: HashMap<String, Vec<usize>>,
    /// Places in `names` by what the title would be as a file name.
    by_title: HashMap<String, usize>,
}

#[derive(Clone, Debug)]
struct Name {
    page: PageId,
    /// Lower case, without slashes round it.
    path: String,
    /// Where the last part of the path begins.
    last: usize,
    path_letters: u64,
    last_letters: u64,
}

impl Index {
    /// Lists the published pages.
    pub fn new(site: &Site) -> Index {
        let mut index = Index::default();
        for page in site.published() {
            let path = site.pages[page].url.trim_matches('/').to_lowercase();
            let last = path.rfind('/').map_or(0, |at| at + 1);
            let place = index.names.len();
            index
                .by_name
                .entry(path[last..].to_owned())
                .or_default()
                .push(place);
            index
                .by_title
                .entry(slug(&site.pages[page].title))
                .or_insert(place);
            index.names.push(Name {
                page,
                path_letters: letters(&path),
                last_letters: letters(&path[last..]),
                last,
                path,
            });
        }
        index
    }
}

/// The page that a URL path which leads nowhere most likely means. Of equals, the one nearest to the folder `from`.
pub fn page(site: &Site, wanted: &str, from: &str) -> Option<Meant<PageId>> {
    let wanted = url::hyphenate(url::without_extension(wanted.trim_matches('/'))).to_lowercase();
    let wanted = wanted
        .strip_suffix(".html")
        .or_else(|| wanted.strip_suffix(".htm"))
        .unwrap_or(&wanted);
    let wanted = wanted.strip_suffix("/index").unwrap_or(wanted);
    if wanted.is_empty() {
        return None;
    }
    if let Some(meant) = misspelt_index(site, wanted) {
        return Some(meant);
    }
    let index = site.index.get_or_init(|| Index::new(site));
    let (folder, last) = url::split_last(wanted);
    // The same address but for case, or the same name elsewhere: a page that was moved.
    let same_name = index.by_name.get(last);
    let moved = same_name.into_iter().flatten().max_by_key(|place| {
        (
            shared(&index.names[**place].path, folder),
            shared(&index.names[**place].path, from),
            Reverse(**place),
        )
    });
    // A title that would have this name.
    let titled = || index.by_title.get(last).filter(|_| last.len() >= 4);
    if let Some(place) = moved.or_else(titled) {
        let name = &index.names[*place];
        return Some(Meant {
            what: name.page,
            certain: same_name.is_some_and(|places| places.len() == 1)
                && !other_numbers(folder, &name.path[..name.last]),
        });
    }
    let (near, near_last) = (limit(last).max(limit(wanted) / 2), limit(last));
    let (wanted_letters, last_letters) = (letters(wanted), letters(last));
    let slips = index.names.iter().filter_map(|name| {
        let path = name.path.as_str();
        if may_be_near(name.path_letters, wanted_letters, path, wanted, near) {
            let distance = strsim::osa_distance(path, wanted);
            if distance <= near {
                return Some((distance, (name, true)));
            }
        }
        // Too far as a whole; the name alone may still be a slip, in the same folder or another one.
        let other = &path[name.last..];
        if !may_be_near(name.last_letters, last_letters, other, last, near_last) {
            return None;
        }
        let distance = strsim::osa_distance(other, last);
        (distance <= near_last).then_some((distance + 2, (name, false)))
    });
    let Meant { what, certain } = only_nearest(slips)?;
    let (name, in_its_folder) = what;
    Some(Meant {
        what: name.page,
        // A slip and another folder are two guesses.
        certain: certain && in_its_folder && same_numbers(wanted, &name.path),
    })
}

/// The page of a folder, whose file name is no part of its address.
fn misspelt_index(site: &Site, wanted: &str) -> Option<Meant<PageId>> {
    let (folder, name) = url::split_last(wanted);
    let meant = ["index", "_index", "readme"]
        .iter()
        .any(|index| strsim::osa_distance(index, name) == 1);
    let what = meant.then(|| site.page_at(&url::of_folder(folder)))??;
    Some(Meant {
        what,
        certain: true,
    })
}

/// Which letters and digits a text has, one bit each.
fn letters(text: &str) -> u64 {
    text.bytes().fold(0, |set, byte| set | 1 << (byte & 63))
}

/// Whether two texts can be within so many slips of each other, from what is cheap to know of them.
fn may_be_near(a_letters: u64, b_letters: u64, a: &str, b: &str, limit: usize) -> bool {
    // One letter beyond ASCII is several bytes.
    let bits = if a.is_ascii() && b.is_ascii() {
        limit
    } else {
        limit * 4
    };
    a.len().abs_diff(b.len()) <= limit * 4
        && (a_letters & !b_letters).count_ones() as usize <= bits
        && (b_letters & !a_letters).count_ones() as usize <= bits
}

/// The content path, as a sidebar would spell it, that most likely was meant.
pub fn content_path(site: &Site, wanted: &str) -> Option<Meant<String>> {
    let Meant { what, certain } = page(site, wanted, "")?;
    let page = &site.pages[what];
    let what = match &page.path {
        Some(path) => url::without_extension(path).to_owned(),
        None => format!("{}/*", page.folder.as_ref()?),
    };
    Some(Meant { what, certain })
}

/// The file that most likely was meant: the same name elsewhere, or a slip of the name.
pub fn file<'s>(site: &'s Site, wanted: &str) -> Option<Meant<&'s str>> {
    let wanted = wanted.trim_start_matches('/').to_lowercase();
    let (folder, name) = url::split_last(&wanted);
    let mut files: Vec<&str> = site.files.iter().map(String::as_str).collect();
    files.sort_unstable();
    let same_name = |file: &&str| url::split_last(&file.to_lowercase()).1 == name;
    let moved: Vec<&str> = files.iter().copied().filter(same_name).collect();
    let certain = moved.len() == 1;
    let near = moved
        .into_iter()
        .max_by_key(|file| shared(&file.to_lowercase(), folder));
    match near {
        Some(what) => Some(Meant {
            what,
            certain: certain && !other_numbers(folder, url::split_last(what).0),
        }),
        None => meant(&wanted, files.into_iter()),
    }
}

/// How many leading folders two paths share.
fn shared(path: &str, folder: &str) -> usize {
    path.split('/')
        .zip(folder.split('/'))
        .take_while(|(a, b)| a == b)
        .count()
}

/// How many slips are still the same word: one in four letters; of two letters, none.
fn limit(text: &str) -> usize {
    match text.chars().count() {
        0..=2 => 0,
        letters => (letters / 4).clamp(1, 4),
    }
}

fn slug(title: &str) -> String {
    crate::parse::Slugger::default().slug(title)
}
