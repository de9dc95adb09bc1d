//! What only all pages and all links together tell: pages that nobody finds, files that nobody uses. Reads no files.

use std::collections::{BTreeMap, HashSet};

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic};
use crate::parse::Import;
use crate::site::{Page, PageId, Resolved, Site};
use crate::url;

/// Reports snippets that no page takes in, be it by way of another snippet. `pages` and `snippets` are content paths with
/// the imports of the file.
pub fn unused_snippets<'a>(
    pages: impl Iterator<Item = (&'a str, &'a [Import])>,
    snippets: &BTreeMap<&'a str, &'a [Import]>,
    prefix: &str,
) -> Vec<Diagnostic> {
    let mut used: HashSet<String> = HashSet::new();
    let mut open: Vec<(String, &[Import])> = pages
        .map(|(path, imports)| (path.to_owned(), imports))
        .collect();
    while let Some((path, imports)) = open.pop() {
        for import in imports {
            let Some(target) = url::join(url::split_last(&path).0, &import.target) else {
                continue;
            };
            if let Some(imports) = snippets.get(target.as_str())
                && used.insert(target.clone())
            {
                open.push((target, imports));
            }
        }
    }
    let is_unused = |path: &&&str| {
        // That is what new pages are made from.
        !used.contains(**path) && url::split_last(path).1 != "_template.md"
    };
    let unused = snippets.keys().filter(is_unused);
    unused
        .map(|path| {
            let file = format!("{prefix}{path}").into();
            Diagnostic::new(
                Code::UnusedSnippet,
                &file,
                None,
                "no page takes this snippet in",
            )
            .hint("remove it, or take it in where it belongs")
        })
        .collect()
}

/// Reports orphans, and those of `assets` that no page uses. `links` are those of the written pages, in their order;
/// `prefix` is what stands before a content path when it is shown.
pub fn survey<'a>(
    site: &Site,
    config: &Config,
    assets: &[String],
    prefix: &str,
    links: impl Iterator<Item = &'a [Resolved]>,
) -> Vec<Diagnostic> {
    let orphans = config.levels.ask_for(Code::OrphanPage);
    let unused = config.levels.ask_for(Code::UnusedAsset);
    if !orphans && !unused {
        return Vec::new();
    }
    let mut linked: HashSet<PageId> = HashSet::new();
    let mut used: HashSet<&str> = HashSet::new();
    for (page, links) in links.enumerate() {
        for link in links {
            linked.extend(link.page.filter(|target| *target != page));
            used.extend(link.file.as_deref());
        }
    }
    let mut diagnostics = Vec::new();
    if orphans {
        let orphans = site
            .published()
            .filter(|page| *page != site.home && !linked.contains(page) && !is_listed(site, *page));
        diagnostics.extend(orphans.filter_map(|page| orphan(&site.pages[page])));
    }
    if unused {
        let unused = assets.iter().filter(|path| !used.contains(path.as_str()));
        diagnostics.extend(unused.map(|path| {
            Diagnostic::new(
                Code::UnusedAsset,
                &format!("{prefix}{path}").into(),
                None,
                "no page uses this file, and it is published",
            )
            .hint("remove it, or move it to `static/` if something else needs it")
        }));
    }
    diagnostics
}

/// Whether readers of the page's own sidebar find it there.
fn is_listed(site: &Site, page: PageId) -> bool {
    let listed = |sidebar: usize| site.sidebars[sidebar].item_of(page).is_some();
    site.pages[page].sidebar.is_some_and(listed) || (0..site.sidebars.len()).any(listed)
}

fn orphan(page: &Page) -> Option<Diagnostic> {
    let file = page.file.as_ref()?;
    Some(
        Diagnostic::new(
            Code::OrphanPage,
            file,
            None,
            "no sidebar lists this page and no other page links to it",
        )
        .hint("link to it from where readers would look for it, or list it in a sidebar"),
    )
}
