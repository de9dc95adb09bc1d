//! What the site is told of the world outside of its files: the date, and what version control remembers. Reads nothing.

use std::collections::BTreeMap;

use crate::site::{PageId, Site};

/// What is known beside the files of a site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// The day, as `2026-01-31`.
    pub today: Option<String>,
    /// Content files that were renamed once, and what they were renamed to: `a/b.md` → `c/b.md`.
    pub renamed: BTreeMap<String, String>,
}

impl Facts {
    /// Where a content file is now that was renamed, perhaps more than once.
    pub fn now(&self, path: &str, is_there: impl Fn(&str) -> bool) -> Option<&str> {
        let mut at = self.renamed.get(path)?;
        // A file that went round in a circle ends it.
        for _ in 0..self.renamed.len() {
            if is_there(at) {
                return Some(at);
            }
            at = self.renamed.get(at)?;
        }
        None
    }

    /// The page that a content path without slashes round it, extension optional, once stood for.
    pub fn page_once_of(&self, site: &Site, path: &str) -> Option<PageId> {
        let ends = ["", ".md", ".mdx", "/index.md", "/README.md", "/_index.md"];
        ends.iter().find_map(|end| {
            let now = self.now(&format!("{path}{end}"), |path| site.page_of(path).is_some());
            site.page_of(now?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Facts;

    #[test]
    fn renames_are_followed_to_the_end() {
        let facts = Facts {
            today: None,
            renamed: [("a", "b"), ("b", "c"), ("x", "y"), ("y", "x")]
                .map(|(from, to)| (from.to_owned(), to.to_owned()))
                .into(),
        };
        assert_eq!(facts.now("a", |path| path == "c"), Some("c"));
        assert_eq!(facts.now("a", |path| path == "b"), Some("b"));
        assert_eq!(facts.now("x", |_| false), None);
        assert_eq!(facts.now("z", |_| true), None);
    }
}
