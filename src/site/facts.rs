//! What the site is told of the world outside of its files: the date, and what version control remembers. Reads nothing.

use std::collections::BTreeMap;

use crate::site::{PageId, Site};
use crate::url;

/// What is known beside the files of a site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// The day, as `2026-01-31`.
    pub today: Option<String>,
    /// Content files that were renamed once, and where they are now: `a/b.md` → `c/b.md`.
    pub renamed: BTreeMap<String, String>,
    /// The last change of pages, by content path.
    pub updated: BTreeMap<String, Updated>,
}

/// The last change of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Updated {
    /// As `2026-01-31`, in UTC.
    pub date: String,
    pub author: String,
}

impl Facts {
    /// Where a content file is now that was renamed.
    pub fn now(&self, path: &str, is_there: impl Fn(&str) -> bool) -> Option<&str> {
        let now = self.renamed.get(path)?;
        is_there(now).then_some(now)
    }

    /// The page that a content path without slashes round it, extension optional, once stood for.
    pub fn page_once_of(&self, site: &Site, path: &str) -> Option<PageId> {
        let ends = ["", ".md", ".mdx", "/index.md", "/README.md", "/_index.md"];
        let is_there = |path: &str| site.page_of(path).is_some();
        let by_file = ends
            .iter()
            .find_map(|end| self.now(&format!("{path}{end}"), is_there));
        // An address has hyphens where the name of the file has spaces.
        let address = url::of_folder(path);
        let by_address = || {
            let mut spaced = self.renamed.keys().filter(|old| old.contains(' '));
            let old = spaced.find(|old| url::is_markdown(old) && url::of_page(old) == address)?;
            self.now(old, is_there)
        };
        site.page_of(by_file.or_else(by_address)?)
    }
}
