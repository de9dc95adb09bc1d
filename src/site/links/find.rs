//! What lies at a path that is written at a place, without a word about it. Reads no files.

use crate::config::Config;
use crate::parse::Role;
use crate::site::spelling::Spot;
use crate::site::{PageId, Site};
use crate::url;

/// A target taken apart. All parts as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'t> {
    pub path: &'t str,
    /// With its `?`, or empty.
    pub query: &'t str,
    /// Without its `#`.
    pub fragment: Option<&'t str>,
}

impl<'t> Target<'t> {
    pub fn new(target: &'t str) -> Target<'t> {
        let (rest, fragment) = match target.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (target, None),
        };
        let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        Target {
            path,
            query,
            fragment,
        }
    }
}

/// What lies at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Page(PageId),
    /// A page under an address that it had once.
    Alias {
        page: PageId,
        address: String,
    },
    /// Its path on the site, decoded.
    File(String),
}

/// Where a target leads from a place, without a word about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lead {
    To(Found),
    /// Into the page that it stands in.
    Within,
    /// Out of this site.
    Elsewhere,
    Nowhere,
}

/// Finds out where a target leads that is written at a place.
pub fn lead(target: &str, role: Role, from: Spot<'_>, site: &Site, config: &Config) -> Lead {
    let written = target.trim();
    let own_host = on_own_host(written, config);
    if own_host.is_none() && is_external(written) {
        return Lead::Elsewhere;
    }
    let target = Target::new(own_host.as_deref().unwrap_or(written));
    if target.path.is_empty() {
        return Lead::Within;
    }
    let decoded = url::decode(target.path);
    match find(&decoded, role, from, site, config) {
        Some(found) => Lead::To(found),
        None if is_elsewhere(&decoded, config) => Lead::Elsewhere,
        None => Lead::Nowhere,
    }
}

/// How long the part of a target is that says nothing but this site's own host.
pub fn own_host(target: &str, config: &Config) -> usize {
    match (on_own_host(target, config), &config.base_url) {
        (Some(_), Some(base)) => base.origin.len(),
        _ => 0,
    }
}

/// The path on this site of a URL that spells out `base_url`.
pub fn on_own_host(target: &str, config: &Config) -> Option<String> {
    let base = config.base_url.as_ref()?;
    let host = base.origin.len();
    if !target.get(..host)?.eq_ignore_ascii_case(&base.origin) {
        return None;
    }
    let rest = &target[host..];
    if !(rest.is_empty() || rest.starts_with(['/', '?', '#'])) {
        return None;
    }
    let path_end = rest.find(['?', '#']).unwrap_or(rest.len());
    let decoded = url::decode(&rest[..path_end]);
    strip_base(&decoded, &base.path)?;
    Some(if path_end == 0 {
        format!("/{rest}")
    } else {
        rest.to_owned()
    })
}

/// What lies at a path that is written at a place.
pub fn find(path: &str, role: Role, from: Spot<'_>, site: &Site, config: &Config) -> Option<Found> {
    if path.starts_with('/') {
        let root = url::join("", path)?;
        let found = lookup(&root, role, site);
        if found.is_some() {
            return found;
        }
        let base = &config.base_url.as_ref()?.path;
        let inner = strip_base(path, base)?;
        return lookup(&url::join("", inner)?, role, site);
    }
    let folder = url::split_last(from.path).0;
    let by_file = url::join(folder, path).and_then(|path| lookup(&path, role, site));
    if by_file.is_some() || url::is_markdown(path) {
        return by_file;
    }
    // A relative link may also be meant from the page's address.
    let address = from.url.trim_matches('/');
    url::join(address, path).and_then(|path| lookup(&path, role, site))
}

/// What lies at a path from the site's root, without slashes round it.
fn lookup(path: &str, role: Role, site: &Site) -> Option<Found> {
    if site.has_file(path) {
        return Some(Found::File(path.to_owned()));
    }
    if role == Role::Show {
        return None;
    }
    let by_path = site.page_of(path).or_else(|| {
        [".md", ".mdx"]
            .iter()
            .find_map(|end| site.page_of(&format!("{path}{end}")))
    });
    if let Some(page) = by_path {
        return Some(Found::Page(page));
    }
    let address = path.strip_suffix("index.html").unwrap_or(path);
    let address = url::of_folder(address.trim_end_matches('/'));
    if let Some(page) = site.page_at(&address) {
        return Some(Found::Page(page));
    }
    if site.is_list(&address) {
        // A page to readers, though nobody wrote it.
        return Some(Found::File(address.trim_start_matches('/').to_owned()));
    }
    let page = site.page_once_at(&address)?;
    Some(Found::Alias { page, address })
}

pub fn is_elsewhere(path: &str, config: &Config) -> bool {
    path.starts_with('/') && config.elsewhere.iter().any(|p| p.matches(path))
}

/// Whether a target names another host or another kind of address altogether.
pub fn is_external(target: &str) -> bool {
    if target.starts_with("//") {
        return true;
    }
    let scheme = target
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')))
        .unwrap_or(target.len());
    scheme > 1
        && target[scheme..].starts_with(':')
        && target.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// A path without the site's base in front. `None` if it does not begin with it.
pub fn strip_base<'p>(path: &'p str, base: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(base)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// Whether a path names a file that is no page: it ends with an extension, and not with one that pages have.
pub fn has_file_extension(path: &str) -> bool {
    let name = last_name(path);
    match name.rsplit_once('.') {
        Some((stem, extension)) => {
            !stem.is_empty()
                && (1..=5).contains(&extension.len())
                && extension.chars().all(|c| c.is_ascii_alphanumeric())
                && extension.contains(|c: char| c.is_ascii_alphabetic())
                && !matches!(extension, "md" | "mdx" | "html" | "htm")
        }
        None => false,
    }
}

/// The last part of a path.
pub fn last_name(path: &str) -> &str {
    url::split_last(path.trim_end_matches('/')).1
}

#[cfg(test)]
mod tests {
    use super::{has_file_extension, is_external};

    #[test]
    fn what_is_external() {
        for target in [
            "https://x.org",
            "mailto:a@b.c",
            "//cdn.x.org/a",
            "tel:+1",
            "data:image/png;base64,x",
        ] {
            assert!(is_external(target), "{target}");
        }
        for target in ["a.md", "../a:b", "/a", "#a", "?a", "a/b:c", "", "c:/x"] {
            assert!(!is_external(target), "{target}");
        }
    }

    #[test]
    fn pages_and_files() {
        assert!(has_file_extension("a/b.pdf"));
        assert!(!has_file_extension("a/v1.2"));
        assert!(!has_file_extension("a/b.md"));
        assert!(!has_file_extension("a.b/c"));
    }
}
