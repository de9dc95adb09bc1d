//! The address of the list of all pages, and whether the tool makes a page there.

use crate::site::{Input, Site};

/// Where the list is.
pub const URL: &str = "/a-z/";

/// Whether there is to be a list: where readers search, unless the site has something of its own in that place.
pub fn is_made(site: &Site, input: &Input<'_>) -> bool {
    let pages = site.pages.iter().map(|page| page.url.as_str());
    let aliases = site.aliases.iter().map(|(alias, _)| alias.as_str());
    let files = input.assets.iter().chain(input.statics).map(String::as_str);
    input.config.search.enabled && !pages.chain(aliases).chain(files).any(is_in_its_place)
}

/// Whether what lies at a path, with or without slashes round it, leaves no room for the list. Not on every disk do `A-Z`
/// and `a-z` lie side by side.
fn is_in_its_place(path: &str) -> bool {
    let path = path.trim_matches('/');
    let begins = |with: &str| {
        let start = path.get(..with.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    let file = "a-z/index.html";
    path.eq_ignore_ascii_case("a-z")
        || (begins(file) && matches!(path.as_bytes().get(file.len()), None | Some(b'/')))
}

#[cfg(test)]
mod tests {
    use super::is_in_its_place;

    #[test]
    fn what_is_in_the_way_of_the_list() {
        let ways = ["/a-z/", "a-z", "A-Z", "a-z/index.html", "/a-z/index.html/"];
        for path in ways {
            assert!(is_in_its_place(path), "{path}");
        }
        let others = [
            "/",
            "/a-zed/",
            "/a-z/b/",
            "b/a-z",
            "a-z/index.html.gz",
            "ä-z",
        ];
        for path in others {
            assert!(!is_in_its_place(path), "{path}");
        }
    }
}
