//! The site as a whole, made from what its pages show of themselves. Cannot see bodies, reads no files.

mod announcement;
mod components;
mod facts;
mod front_matter;
mod includes;
mod links;
pub mod list;
mod look;
mod named_data;
mod outputs;
pub mod published;
pub mod relocate;
mod sidebar;
mod sidebar_entry;
mod sidebar_file;
pub mod spelling;
mod suggest;
mod survey;
mod tree;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::config::Config;
use crate::data::Data;
use crate::diagnostic::{Code, Diagnosed, Diagnostic};
use crate::parse::{Doc, FrontMatter, Heading, Outline, Placed};
use crate::url;

pub use announcement::announcement;
pub use components::{Declaration, Declarations, Declared, Named, PropKind};
pub use facts::{Facts, Updated};
pub use includes::missing;
pub use links::Resolved;
pub use look::{Look, look};
pub use sidebar::{Item, ItemId, Sidebar, Target as SidebarTarget};
pub use sidebar_entry::{Entered, enter_page};
pub use sidebar_file::{SidebarFile, read as read_sidebar_file};
pub use survey::{survey, unused_snippets};

/// Index into `Site::pages`.
pub type PageId = usize;
/// Index into `Site::sidebars`.
pub type SidebarId = usize;

/// What `assemble` is given beside the outlines.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// One for each page, sorted by path.
    pub outlines: &'a [&'a Outline],
    pub config: &'a Config,
    /// The explicit sidebars, if the site has any.
    pub sidebars: Option<&'a SidebarFile>,
    /// Content files that are copied, sorted.
    pub assets: &'a [String],
    /// What lies in the site's and the theme's `static`, as output paths.
    pub statics: &'a [String],
    /// Those of them that only the theme has.
    pub of_theme: &'a [String],
    /// Content prefix as shown: `content/` or nothing.
    pub prefix: &'a str,
    /// Whether drafts are published.
    pub drafts: bool,
}

/// Every page, its place, and what can be linked to.
#[derive(Clone, Debug)]
pub struct Site {
    pub title: String,
    /// Pages in the order of their outlines, then generated section pages.
    pub pages: Vec<Page>,
    pub sidebars: Vec<Sidebar>,
    /// Old addresses and where they lead, sorted.
    pub aliases: Vec<(String, PageId)>,
    by_url: HashMap<String, PageId>,
    by_alias: HashMap<String, PageId>,
    /// Pages by content path with extension.
    by_path: HashMap<String, PageId>,
    /// Files that are served as they are, by decoded URL without the slash in front.
    files: HashSet<String>,
    /// Where the folder tree begins.
    home: PageId,
    /// The tool makes a list of all pages.
    has_list: bool,
    /// For suggestions; made when the first one is asked for.
    index: OnceLock<suggest::Index>,
}

/// A page of the site: written by somebody, or generated for a folder.
#[derive(Clone, Debug)]
pub struct Page {
    /// Decoded, from the site's root, with both slashes: `/handbook/values/`.
    pub url: String,
    pub title: String,
    pub description: Option<String>,
    /// A word beside the title in sidebars.
    pub badge: Option<String>,
    /// The content path of a written page; none for a generated section page.
    pub path: Option<Arc<str>>,
    pub file: Option<Arc<str>>,
    /// The content folder that the page stands for, if it is a folder's page.
    pub folder: Option<String>,
    pub order: Option<f64>,
    pub anchors: Arc<[Arc<str>]>,
    /// A draft that is not published is known, so that links to it can be told from broken ones.
    pub published: bool,
    pub parent: Option<PageId>,
    /// In the order of the folder tree.
    pub children: Vec<PageId>,
    /// Written pages at or below this one.
    pub count: usize,
    /// The sidebar that the page shows.
    pub sidebar: Option<SidebarId>,
}

impl Page {
    /// Whether a decoded fragment leads to something in the page's text.
    pub fn has_anchor(&self, fragment: &str) -> bool {
        // One after the other, because lengths lie side by side and texts all over the memory.
        self.anchors.iter().any(|anchor| **anchor == *fragment)
    }
}

impl Site {
    /// The page at a decoded URL with both slashes.
    pub fn page_at(&self, url: &str) -> Option<PageId> {
        self.by_url.get(url).copied()
    }

    /// The page that a content path with extension stands for.
    pub fn page_of(&self, path: &str) -> Option<PageId> {
        self.by_path.get(path).copied()
    }

    /// The page that had this URL once.
    pub fn page_once_at(&self, url: &str) -> Option<PageId> {
        self.by_alias.get(url).copied()
    }

    /// Whether a file is served at this path.
    pub fn has_file(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    /// Whether there is a list of all pages at its address, made by the tool.
    pub fn has_list(&self) -> bool {
        self.has_list
    }

    /// Whether a decoded URL is that of the list of all pages.
    pub fn is_list(&self, url: &str) -> bool {
        self.has_list && url == list::URL
    }

    /// The page at `/`.
    pub fn home(&self) -> &Page {
        &self.pages[self.home]
    }

    /// The pages that are published: all but drafts.
    pub fn published(&self) -> impl Iterator<Item = PageId> {
        (0..self.pages.len()).filter(|page| self.pages[*page].published)
    }

    /// For each page, whether links to it may come out otherwise than in `old`, given the same settings. None where any
    /// link may, because addresses have come, gone or changed hands.
    pub fn targets_changed_since(&self, old: &Site) -> Option<Vec<bool>> {
        let pages = || self.pages.iter().zip(&old.pages);
        let same = self.pages.len() == old.pages.len()
            && self.aliases == old.aliases
            && self.files == old.files
            && self.has_list == old.has_list
            && pages().all(|(new, old)| {
                new.published == old.published && new.url == old.url && new.path == old.path
            });
        same.then(|| {
            pages()
                .map(|(new, old)| new.anchors != old.anchors)
                .collect()
        })
    }

    /// Written pages that are published.
    pub fn count(&self) -> usize {
        self.pages
            .iter()
            .filter(|page| page.path.is_some() && page.published)
            .count()
    }
}

/// Makes the site. Cheap enough to do again on any change: it sees no text.
pub fn assemble(input: &Input<'_>) -> Diagnosed<Site> {
    let mut diagnostics = Vec::new();
    let pages: Vec<Page> = input
        .outlines
        .par_iter()
        .map(|outline| page(outline, input))
        .collect();
    let mut site = Site {
        title: String::new(),
        pages,
        sidebars: Vec::new(),
        aliases: Vec::new(),
        by_url: HashMap::new(),
        by_alias: HashMap::new(),
        by_path: HashMap::new(),
        files: HashSet::new(),
        home: 0,
        has_list: false,
        index: OnceLock::new(),
    };
    index(&mut site, input, &mut diagnostics);
    tree::grow(&mut site);
    site.home = site.by_url["/"];
    site.title = site_title(&site, input);
    if site.pages[site.home].title.is_empty() {
        site.pages[site.home].title.clone_from(&site.title);
    }
    aliases(&mut site, input, &mut diagnostics);
    outputs::check(&site, input, &mut diagnostics);
    site.has_list = list::is_made(&site, input);
    sidebar::attach(&mut site, input, &mut diagnostics);
    Diagnosed {
        value: site,
        diagnostics,
    }
}

fn page(outline: &Outline, input: &Input<'_>) -> Page {
    let matter = &outline.matter;
    let url = match &matter.url {
        Some(url) => url.text.clone(),
        None => url::of_page(&outline.path),
    };
    Page {
        url,
        title: page_title(outline),
        description: matter.description.clone(),
        badge: matter.sidebar_badge.clone(),
        path: Some(Arc::clone(&outline.path)),
        file: Some(Arc::clone(&outline.file)),
        folder: None,
        order: matter.order,
        anchors: Arc::clone(&outline.anchors),
        published: input.drafts || !matter.draft,
        parent: None,
        children: Vec::new(),
        count: 0,
        sidebar: None,
    }
}

/// The title of a page, or nothing for a home page that has none: the site's title goes there.
pub fn page_title(outline: &Outline) -> String {
    if let Some(title) = outline.title() {
        return title.to_owned();
    }
    let (folder, name) = url::split_last(url::without_extension(&outline.path));
    match (url::is_index(name), folder) {
        (true, "") => String::new(),
        (true, folder) => url::humanise(url::split_last(folder).1),
        (false, _) => url::humanise(name),
    }
}

fn site_title(site: &Site, input: &Input<'_>) -> String {
    if let Some(title) = &input.config.title {
        return title.clone();
    }
    let home = site.home().title.as_str();
    if home.is_empty() {
        "Handbook".to_owned()
    } else {
        home.to_owned()
    }
}

/// Fills the maps from URLs and paths to pages. The first page of a URL keeps it; the others are reported.
fn index(site: &mut Site, input: &Input<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (id, outline) in input.outlines.iter().enumerate() {
        site.by_path.insert(outline.path.to_string(), id);
        let url = site.pages[id].url.clone();
        match site.by_url.get(&url) {
            None => {
                site.by_url.insert(url, id);
            }
            Some(first) => {
                // A draft that is not published takes nobody's place.
                if !site.pages[id].published {
                    continue;
                }
                if !site.pages[*first].published {
                    site.by_url.insert(url, id);
                    continue;
                }
                // At the page that chose the address; the other one has it from its name.
                let first = input.outlines[*first];
                let chose = |outline: &Outline| outline.matter.url.is_some();
                let (at, other) = if chose(first) && !chose(outline) {
                    (first, *outline)
                } else {
                    (*outline, first)
                };
                diagnostics.push(
                    Diagnostic::new(
                        Code::DuplicateUrl,
                        &at.file,
                        at.matter.url.as_ref().map(|url| url.span.clone()),
                        format!("`{url}` is also the address of `{}`", other.file),
                    )
                    .hint("rename one of the files, or give one a `url:` of its own"),
                );
                // Neither is written twice.
                site.pages[id].published = false;
            }
        }
    }
    for path in input.assets {
        site.files.insert(path.clone());
    }
    for path in input.statics {
        site.files.insert(path.clone());
    }
}

fn aliases(site: &mut Site, input: &Input<'_>, diagnostics: &mut Vec<Diagnostic>) {
    // Who says of an address that it is an old one.
    let mut claimed: HashMap<&str, PageId> = HashMap::new();
    for (id, outline) in input.outlines.iter().enumerate() {
        if site.pages[id].published {
            let aliases = outline.matter.aliases.iter();
            for alias in aliases.filter(|alias| alias.text != site.pages[id].url) {
                claimed.entry(&alias.text).or_insert(id);
            }
        }
    }
    for (id, outline) in input.outlines.iter().enumerate() {
        let moved_to = claimed.get(site.pages[id].url.as_str()).copied();
        for alias in &outline.matter.aliases {
            if let Some(fault) = alias_fault(site, input, id, moved_to, alias) {
                diagnostics.push(fault);
                continue;
            }
            diagnostics.extend(moved_to.map(|target| alias_chain(site, input, id, target, alias)));
            if site.pages[id].published {
                site.by_alias.insert(alias.text.clone(), id);
            }
        }
    }
    site.aliases = site
        .by_alias
        .iter()
        .map(|(url, page)| (url.clone(), *page))
        .collect();
    site.aliases.sort();
}

/// Why an alias of a page cannot lead there. `moved_to` is the page that calls this one's address an old one.
fn alias_fault(
    site: &Site,
    input: &Input<'_>,
    id: PageId,
    moved_to: Option<PageId>,
    alias: &Placed,
) -> Option<Diagnostic> {
    if !site.pages[id].published {
        return None;
    }
    let (text, own) = (&alias.text, &site.pages[id].url);
    let (code, message, hint) = if text == own {
        let message = format!("`{text}` is the page's own address, so it would lead to itself");
        (Code::AliasLoop, message, "remove the alias")
    } else if let Some(target) = moved_to.filter(|target| *text == site.pages[*target].url) {
        let message = format!(
            "`{text}` is the address of {}, which calls `{own}` an old address in turn",
            owner(site, target)
        );
        (Code::AliasLoop, message, "remove one of the two aliases")
    } else {
        let other = site.by_url.get(text).or_else(|| {
            let claimed = site.by_alias.get(text);
            claimed.filter(|page| **page != id)
        })?;
        let owner = owner(site, *other);
        let message = format!("the alias `{text}` is already an address of {owner}");
        let has_it = site.pages[*other].url == *text;
        let hint = match (has_it, &site.pages[*other].file) {
            (true, Some(_)) => "remove the alias, or give that page another address",
            (true, None) => "remove the alias",
            (false, _) => "remove the alias from one of them",
        };
        (Code::AliasConflict, message, hint)
    };
    let file = &input.outlines[id].file;
    Some(Diagnostic::new(code, file, alias.span.clone(), message).hint(hint))
}

/// The report of an alias of a page whose own address is an alias of the page `target`.
fn alias_chain(
    site: &Site,
    input: &Input<'_>,
    id: PageId,
    target: PageId,
    alias: &Placed,
) -> Diagnostic {
    let (own, new) = (&site.pages[id].url, &site.pages[target].url);
    let message = format!(
        "`{}` leads to `{own}`, which {} calls an old address of `{new}`",
        alias.text,
        owner(site, target)
    );
    let file = &input.outlines[id].file;
    Diagnostic::new(Code::AliasChain, file, alias.span.clone(), message)
        .hint(format!("move the alias to {}", owner(site, target)))
}

/// Whose an address is, in words.
fn owner(site: &Site, page: PageId) -> String {
    match &site.pages[page].file {
        Some(file) => format!("`{file}`"),
        None => "a folder of the site".to_owned(),
    }
}

/// The page that an address which leads nowhere most likely means.
pub fn nearest_page(site: &Site, wanted: &str) -> Option<PageId> {
    suggest::page(site, wanted, "").map(|meant| meant.what)
}

/// All that is known when one page, or one address, of a site is looked at.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub site: &'a Site,
    pub config: &'a Config,
    pub facts: &'a Facts,
    pub data: &'a Data,
    pub declarations: &'a Declarations,
}

/// Closes what one page leaves open: its links, its components, and what its front matter says beside what the site asks.
pub fn resolve(doc: &Doc, page: PageId, view: View<'_>) -> Diagnosed<Vec<Resolved>> {
    let mut resolved = links::resolve(doc, page, view);
    let used = components::check(doc, view);
    resolved.diagnostics.extend(used);
    let checked = front_matter::check(doc, view.config, view.facts);
    resolved.diagnostics.extend(checked);
    resolved
}

/// What is wrong with a snippet, whatever page takes it in.
/// `composed` is the same with all that it takes in.
pub fn check_snippet(doc: &Doc, composed: &Doc, view: View<'_>) -> Vec<Diagnostic> {
    let mut found = links::check_snippet(doc, view);
    found.extend(components::check(composed, view));
    found
}

/// Whether a template has to print the title as an h1: not where the text has one that says the same.
pub fn prints_title(matter: &FrontMatter, headings: &[Heading], title: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = plain(title);
    matter.show_title
        && !headings
            .iter()
            .any(|heading| heading.level == 1 && plain(&heading.text) == title)
}
