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
    meant.certain &= is_slip(&plain, &meant.what.to_lowercase());
    Some(meant)
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
    path_letters: Letters,
    last_letters: Letters,
}

impl Name {
    fn folder(&self) -> &str {
        self.path[..self.last].trim_end_matches('/')
    }
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
/// With a slash in front it was written as an address.
pub fn page(site: &Site, wanted: &str, from: &str) -> Option<Meant<PageId>> {
    let is_address = wanted.starts_with('/');
    let wanted = url::hyphenate(url::without_extension(wanted.trim_matches('/'))).to_lowercase();
    let wanted = wanted.strip_suffix(".html").unwrap_or(&wanted);
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
    // What is linked to by its file is a page of ours, and a page that has moved keeps its name. An address, such as
    // `/pricing` or `/teams/support`, may be none of ours, and then the name elsewhere is another page.
    let in_reach = |name: &Name| {
        !other_numbers(folder, name.folder())
            && (!is_address
                || (!folder.is_empty() || name.last == 0) && near_by(folder, name.folder()))
    };
    if let Some(place) = moved.or_else(titled) {
        let name = &index.names[*place];
        return Some(Meant {
            what: name.page,
            certain: same_name.is_some_and(|places| places.len() == 1) && in_reach(name),
        });
    }
    let (near, near_last) = (limit(last).max(limit(wanted) / 2), limit(last));
    let (wanted_letters, last_letters) = (letters(wanted), letters(last));
    let slips = index.names.iter().filter_map(|name| {
        let path = name.path.as_str();
        if may_be_near(&name.path_letters, &wanted_letters, path, wanted, near) {
            let distance = strsim::osa_distance(path, wanted);
            if distance <= near {
                return Some((distance, (name, true)));
            }
        }
        // Too far as a whole; the name alone may still be a slip, in the same folder or another one.
        let other = &path[name.last..];
        if !may_be_near(&name.last_letters, &last_letters, other, last, near_last) {
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
        certain: certain
            && in_its_folder
            && in_reach(name)
            && is_slip(last, &name.path[name.last..]),
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

/// How often each letter and digit stands in a text.
#[derive(Clone, Debug)]
struct Letters([u8; 64]);

fn letters(text: &str) -> Letters {
    let mut counts = [0u8; 64];
    for byte in text.bytes() {
        let count = &mut counts[usize::from(byte & 63)];
        *count = count.saturating_add(1);
    }
    Letters(counts)
}

impl Letters {
    /// How many letters of these the others lack.
    fn beyond(&self, others: &Letters) -> usize {
        let pairs = self.0.iter().zip(&others.0);
        pairs
            .map(|(a, b)| u32::from(a.saturating_sub(*b)))
            .sum::<u32>() as usize
    }
}

/// Whether two texts can be within so many slips of each other, from what is cheap to know of them. Distances are slow,
/// and a site with thousands of pages may have thousands of broken links.
fn may_be_near(a_letters: &Letters, b_letters: &Letters, a: &str, b: &str, limit: usize) -> bool {
    // One letter beyond ASCII is several bytes.
    let bytes = if a.is_ascii() && b.is_ascii() {
        limit
    } else {
        limit * 4
    };
    a.len().abs_diff(b.len()) <= bytes
        && a_letters.beyond(b_letters) <= bytes
        && b_letters.beyond(a_letters) <= bytes
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
    let only = moved.len() == 1;
    let near = moved
        .into_iter()
        .max_by_key(|file| shared(&file.to_lowercase(), folder));
    match near {
        Some(what) => {
            let certain = only && !other_numbers(folder, url::split_last(what).0);
            Some(Meant { what, certain })
        }
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

/// Whether a folder can be meant by another one without a doubt: some of its steps were left out or are too many, or one
/// is misspelt. The same name in another corner of the site is another page as often as not.
fn near_by(wanted: &str, folder: &str) -> bool {
    let within = |some: &str, all: &str| {
        let mut all = all.split('/');
        some.is_empty() || some.split('/').all(|step| all.any(|other| other == step))
    };
    within(wanted, folder)
        || within(folder, wanted)
        || (strsim::osa_distance(wanted, folder) <= limit(wanted) && is_slip(wanted, folder))
}

/// Whether a text is surely the other one misspelt, rather than one of a kind: `week-3` is not `week-1`, and `inbound` is
/// not `outbound`. Both in lower case.
fn is_slip(wanted: &str, name: &str) -> bool {
    let (wanted, name) = match (without_number(wanted), without_number(name)) {
        (Some(rest), None) => (rest, name),
        (None, Some(rest)) => (wanted, rest),
        _ => (wanted, name),
    };
    if !numbers(wanted).eq(numbers(name)) {
        return false;
    }
    if letters_of(wanted).eq(letters_of(name)) {
        return true;
    }
    let (words, others) = (words(wanted), words(name));
    if words == others {
        return true;
    }
    let same_beginnings = || {
        let mut pairs = words.iter().zip(&others);
        pairs.all(|(word, other)| word.chars().next() == other.chars().next())
    };
    let one_of_a_kind = words.len() == others.len()
        && (words.iter().zip(&others))
            .any(|(word, other)| word != other && is_letter(word) && is_letter(other));
    !one_of_a_kind
        && (strsim::osa_distance(wanted, name) <= 1
            || (words.len() == others.len() && same_beginnings()))
}

/// A name without the number in front that says its place: `2-how-we-hire`.
fn without_number(name: &str) -> Option<&str> {
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = name.len() - rest.len();
    let rest = rest.strip_prefix(['-', '_', '.'])?;
    (1..=2)
        .contains(&digits)
        .then_some(rest.trim_start_matches('-'))
}

/// Whether both of two folders say numbers, and not the same: `2025/review` is not the `2024/review` that is there.
fn other_numbers(a: &str, b: &str) -> bool {
    numbers(a).next().is_some() && numbers(b).next().is_some() && !numbers(a).eq(numbers(b))
}

/// The numbers in a text, without zeros in front.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map(|digits| digits.trim_start_matches('0'))
}

fn letters_of(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric())
}

/// The words of a text but for articles, which come and go.
fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !matches!(*word, "" | "a" | "an" | "the"))
        .collect()
}

fn is_letter(word: &str) -> bool {
    word.chars().count() == 1
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

#[cfg(test)]
mod tests {
    use super::{is_slip, near_by};

    #[test]
    fn what_is_surely_a_slip() {
        for (wanted, name) in [
            ("hirring", "hiring"),
            ("k8s-sgdev-org", "k8ssgdevorg"),
            ("2024-1-outage", "2024-01-outage"),
            ("2-feedback", "feedback"),
            ("nurturing", "3-nurturing"),
            ("how-to-add-issue", "how-to-add-an-issue"),
            ("guiding-princples", "guiding-principles"),
            ("step-2-aks-your-manger", "step-2-ask-your-manager"),
        ] {
            assert!(is_slip(wanted, name), "{wanted} {name}");
        }
        for (wanted, name) in [
            ("week-3", "week-1"),
            ("custom-2", "custom-1"),
            ("logo2.png", "logo.png"),
            ("fiscal-year-2022", "fiscal-year-2025"),
            ("5-year-plan", "3-year-plan"),
            ("inbound-leads", "outbound-leads"),
            ("paid-leave-policy", "unpaid-leave-policy"),
            ("appendix-b", "appendix-c"),
        ] {
            assert!(!is_slip(wanted, name), "{wanted} {name}");
        }
    }

    #[test]
    fn folders_near_by() {
        assert!(near_by("", "tools"));
        assert!(near_by("people/tools", "tools"));
        assert!(near_by("people/tool", "people/tools"));
        assert!(!near_by("teams", "handbook"));
        assert!(!near_by("plans/2023", "plans/2024"));
    }
}
