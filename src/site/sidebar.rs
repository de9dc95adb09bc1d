//! Sidebars: made from the folder tree or from `sidebars.yaml`, and which one each page shows.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Code, Diagnostic};
use crate::parse::SidebarChoice;
use crate::site::sidebar_file::{Definition, Entry, EntryKind, SidebarFile};
use crate::site::{Input, PageId, SidebarId, Site, suggest};
use crate::url;

/// Index into `Sidebar::items`.
pub type ItemId = usize;

/// A tree of entries.
#[derive(Clone, Debug, Default)]
pub struct Sidebar {
    /// None for the automatic sidebar that the whole site shares.
    pub name: Option<String>,
    pub items: Vec<Item>,
    pub roots: Vec<ItemId>,
    /// Where a page stands, the first time it is listed.
    place: HashMap<PageId, ItemId>,
    /// The items of pages in reading order, each page once.
    order: Vec<ItemId>,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub title: String,
    pub target: Target,
    pub parent: Option<ItemId>,
    pub children: Vec<ItemId>,
    /// Place in `Sidebar::order`, where the item has one.
    rank: Option<usize>,
}

/// Where an item leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    Page(PageId),
    External(String),
    /// A label over its children; it leads to the first page among them.
    Group,
}

impl Sidebar {
    /// The item that stands for a page.
    pub fn item_of(&self, page: PageId) -> Option<ItemId> {
        self.place.get(&page).copied()
    }

    /// The item and what it lies in, outermost first.
    pub fn branch(&self, item: ItemId) -> Vec<ItemId> {
        let mut branch = vec![item];
        while let Some(parent) = self.items[branch[branch.len() - 1]].parent {
            branch.push(parent);
        }
        branch.reverse();
        branch
    }

    /// The pages before and after an item, in reading order.
    pub fn neighbours(&self, item: ItemId) -> (Option<ItemId>, Option<ItemId>) {
        let Some(rank) = self.items[item].rank else {
            return (None, None);
        };
        let before = rank.checked_sub(1).map(|rank| self.order[rank]);
        (before, self.order.get(rank + 1).copied())
    }

    /// The page that an item leads to: its own, or the first one below it.
    pub fn page_of(&self, item: ItemId) -> Option<PageId> {
        match self.items[item].target {
            Target::Page(page) => Some(page),
            Target::External(_) => None,
            Target::Group => self.items[item]
                .children
                .iter()
                .find_map(|child| self.page_of(*child)),
        }
    }

    fn add(&mut self, title: String, target: Target, parent: Option<ItemId>) -> ItemId {
        let id = self.items.len();
        if let Target::Page(page) = target {
            self.place.entry(page).or_insert(id);
        }
        self.items.push(Item {
            title,
            target,
            parent,
            children: Vec::new(),
            rank: None,
        });
        match parent {
            Some(parent) => self.items[parent].children.push(id),
            None => self.roots.push(id),
        }
        id
    }

    /// Fixes the reading order once all items are in.
    fn finish(mut self, site: &Site) -> Sidebar {
        let mut stack: Vec<ItemId> = self.roots.iter().rev().copied().collect();
        while let Some(item) = stack.pop() {
            if let Target::Page(page) = self.items[item].target
                && self.place[&page] == item
                // Generated section pages are for finding one's way, not for reading through.
                && site.pages[page].path.is_some()
            {
                self.items[item].rank = Some(self.order.len());
                self.order.push(item);
            }
            stack.extend(self.items[item].children.iter().rev());
        }
        self
    }
}

/// Makes the site's sidebars and gives each page the one that it shows.
pub fn attach(site: &mut Site, input: &Input<'_>, diagnostics: &mut Vec<Diagnostic>) {
    match input.sidebars {
        Some(file) => attach_explicit(site, input, file, diagnostics),
        None => attach_automatic(site, input),
    }
}

// Automatic sidebars.

/// What decides a page's sidebar before there are any: the name that it or its nearest ancestor gives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Choice {
    None,
    Site,
    Named(String),
}

fn attach_automatic(site: &mut Site, input: &Input<'_>) {
    let choices = choices(site, input);
    // In the order in which pages name them; the site's own first.
    let mut names: Vec<Choice> = vec![Choice::Site];
    for choice in &choices {
        if *choice != Choice::None && !names.contains(choice) {
            names.push(choice.clone());
        }
    }
    for name in names {
        let members: HashSet<PageId> = site
            .published()
            .filter(|page| choices[*page] == name)
            .collect();
        if members.is_empty() {
            continue;
        }
        let sidebar = Sidebar {
            name: match &name {
                Choice::Named(name) => Some(name.clone()),
                _ => None,
            },
            ..from_tree(site, &members)
        };
        let id = site.sidebars.len();
        // Nothing to show: a lone page needs no way round.
        if !sidebar.roots.is_empty() {
            for page in members {
                site.pages[page].sidebar = Some(id);
            }
            site.sidebars.push(sidebar.finish(site));
        }
    }
}

fn choices(site: &Site, input: &Input<'_>) -> Vec<Choice> {
    let own = |page: PageId| match input.outlines.get(page).map(|o| &o.matter.sidebar) {
        Some(SidebarChoice::Named(name)) => Some(Choice::Named(name.text.clone())),
        Some(SidebarChoice::None) => Some(Choice::None),
        Some(SidebarChoice::Inherit) | None => None,
    };
    let mut choices: Vec<Choice> = (0..site.pages.len())
        .map(|page| own(page).unwrap_or_else(|| inherited(site, page, &own)))
        .collect();
    share_with_children(site, &mut choices);
    choices
}

/// The name that the nearest ancestor gives. An ancestor without a sidebar speaks only for itself.
fn inherited(site: &Site, page: PageId, own: &impl Fn(PageId) -> Option<Choice>) -> Choice {
    let mut at = site.pages[page].parent;
    while let Some(ancestor) = at {
        if let Some(Choice::Named(name)) = own(ancestor) {
            return Choice::Named(name);
        }
        at = site.pages[ancestor].parent;
    }
    Choice::Site
}

/// A generated section page shows what all its children show, if they agree.
fn share_with_children(site: &Site, choices: &mut [Choice]) {
    // Generated pages of deeper folders come later and have to be settled first.
    let mut generated: Vec<PageId> = site
        .published()
        .filter(|p| site.pages[*p].path.is_none())
        .collect();
    generated.sort_by_key(|page| std::cmp::Reverse(site.pages[*page].url.matches('/').count()));
    for page in generated {
        let mut children = site.pages[page]
            .children
            .iter()
            .map(|child| &choices[*child]);
        if let Some(first) = children.next().cloned()
            && first != Choice::None
            && children.all(|choice| *choice == first)
        {
            choices[page] = first;
        }
    }
}

/// The folder tree, as far as it leads to members.
fn from_tree(site: &Site, members: &HashSet<PageId>) -> Sidebar {
    let mut sidebar = Sidebar::default();
    let mut top = site.home;
    // A single folder that holds everything is no choice: begin inside it.
    loop {
        if members.contains(&top) && site.pages[top].path.is_some() {
            sidebar.add(site.pages[top].title.clone(), Target::Page(top), None);
        }
        let mut inner = site.pages[top]
            .children
            .iter()
            .filter(|child| holds(site, **child, members));
        match (inner.next(), inner.next()) {
            (Some(only), None)
                if !site.pages[*only].children.is_empty() && sidebar.roots.is_empty() =>
            {
                top = *only;
            }
            _ => break,
        }
    }
    for child in &site.pages[top].children {
        add_subtree(site, &mut sidebar, *child, Some(members), None);
    }
    sidebar
}

fn holds(site: &Site, page: PageId, members: &HashSet<PageId>) -> bool {
    (members.contains(&page) && site.pages[page].path.is_some())
        || site.pages[page]
            .children
            .iter()
            .any(|child| holds(site, *child, members))
}

/// Adds a page and what lies below it; with `members`, only what leads to one of them.
fn add_subtree(
    site: &Site,
    sidebar: &mut Sidebar,
    page: PageId,
    members: Option<&HashSet<PageId>>,
    parent: Option<ItemId>,
) {
    if members.is_some_and(|members| !holds(site, page, members)) {
        return;
    }
    let is_member = members.is_none_or(|members| members.contains(&page));
    let target = if is_member {
        Target::Page(page)
    } else {
        Target::Group
    };
    let item = sidebar.add(site.pages[page].title.clone(), target, parent);
    for child in &site.pages[page].children {
        add_subtree(site, sidebar, *child, members, Some(item));
    }
}

// Explicit sidebars.

fn attach_explicit(
    site: &mut Site,
    input: &Input<'_>,
    file: &SidebarFile,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for definition in &file.sidebars {
        let sidebar = from_definition(site, file, definition, diagnostics);
        site.sidebars.push(sidebar.finish(site));
    }
    let chosen: Vec<Option<SidebarId>> = (0..site.pages.len())
        .map(|page| chosen(site, input, file, page, diagnostics))
        .collect();
    for (page, sidebar) in chosen.into_iter().enumerate() {
        site.pages[page].sidebar = sidebar;
        if let Some(sidebar) = sidebar {
            report_unlisted(site, input, file, page, sidebar, diagnostics);
        }
    }
}

fn from_definition(
    site: &Site,
    file: &SidebarFile,
    definition: &Definition,
    diagnostics: &mut Vec<Diagnostic>,
) -> Sidebar {
    let mut sidebar = Sidebar {
        name: Some(definition.name.clone()),
        ..Sidebar::default()
    };
    for entry in &definition.entries {
        add_entry(site, &mut sidebar, file, entry, None, diagnostics);
    }
    sidebar
}

fn add_entry(
    site: &Site,
    sidebar: &mut Sidebar,
    file: &SidebarFile,
    entry: &Entry,
    parent: Option<ItemId>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    match &entry.kind {
        EntryKind::Page(path) => match listed_page(site, path) {
            Some(page) if !site.pages[page].published => {}
            Some(page) => {
                let title = entry
                    .title
                    .clone()
                    .unwrap_or_else(|| site.pages[page].title.clone());
                sidebar.add(title, Target::Page(page), parent);
            }
            None => report_missing(site, file, entry, path, diagnostics),
        },
        EntryKind::Subtree(folder) => match site.page_at(&url::of_folder(folder)) {
            Some(page) => {
                let own = site.pages[page].path.is_some();
                let under = match &entry.title {
                    Some(title) => {
                        let target =
                            if own || parent.is_none() || !site.pages[page].children.is_empty() {
                                Target::Page(page)
                            } else {
                                Target::Group
                            };
                        Some(sidebar.add(title.clone(), target, parent))
                    }
                    None => {
                        if own && site.pages[page].published {
                            sidebar.add(site.pages[page].title.clone(), Target::Page(page), parent);
                        }
                        parent
                    }
                };
                for child in &site.pages[page].children {
                    add_subtree(site, sidebar, *child, None, under);
                }
            }
            None => report_missing(site, file, entry, folder, diagnostics),
        },
        EntryKind::External(href) => {
            let title = entry.title.clone().unwrap_or_else(|| href.clone());
            sidebar.add(title, Target::External(href.clone()), parent);
        }
        EntryKind::Group(entries) => {
            let title = entry.title.clone().unwrap_or_default();
            let item = sidebar.add(title, Target::Group, parent);
            for entry in entries {
                add_entry(site, sidebar, file, entry, Some(item), diagnostics);
            }
        }
    }
}

/// The page of an entry: a content path with or without extension, or a folder.
fn listed_page(site: &Site, path: &str) -> Option<PageId> {
    [
        "",
        ".md",
        ".mdx",
        "/index.md",
        "/index.mdx",
        "/_index.md",
        "/README.md",
    ]
    .iter()
    .find_map(|end| site.page_of(&format!("{path}{end}")))
    .or_else(|| site.page_at(&url::of_page(path)))
    .or_else(|| (path.is_empty() || path == "index").then_some(site.home))
}

fn report_missing(
    site: &Site,
    file: &SidebarFile,
    entry: &Entry,
    path: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let hint = suggest::content_path(site, path).map(|path| format!("did you mean `{path}`?"));
    diagnostics.push(
        Diagnostic::new(
            Code::SidebarMissingPage,
            &file.file,
            entry.span.clone(),
            format!("no page `{path}` in the content folder"),
        )
        .maybe_hint(hint),
    );
}

fn chosen(
    site: &Site,
    input: &Input<'_>,
    file: &SidebarFile,
    page: PageId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<SidebarId> {
    let named = |page: PageId| match &input.outlines.get(page)?.matter.sidebar {
        SidebarChoice::Named(name) => Some(name),
        _ => None,
    };
    let by_name = |name: &str| file.sidebars.iter().position(|s| s.name == name);
    let listing = |page: PageId| site.sidebars.iter().position(|s| s.item_of(page).is_some());
    if let Some(outline) = input.outlines.get(page) {
        if outline.matter.sidebar == SidebarChoice::None {
            return None;
        }
        if let Some(name) = named(page) {
            if let Some(sidebar) = by_name(&name.text) {
                return Some(sidebar);
            }
            if site.pages[page].published {
                let names: Vec<&str> = file.sidebars.iter().map(|s| s.name.as_str()).collect();
                let hint = suggest::nearest(&name.text, names.iter().copied())
                    .map(|name| format!("did you mean `{name}`?"))
                    .or_else(|| {
                        (!names.is_empty()).then(|| format!("there are `{}`", names.join("`, `")))
                    });
                diagnostics.push(
                    Diagnostic::new(
                        Code::UnknownSidebar,
                        &outline.file,
                        name.span.clone(),
                        format!("`{}` has no sidebar `{}`", file.file, name.text),
                    )
                    .maybe_hint(hint),
                );
            }
        }
    }
    if let Some(sidebar) = listing(page) {
        return Some(sidebar);
    }
    let mut at = site.pages[page].parent;
    while let Some(ancestor) = at {
        let inherited = named(ancestor)
            .and_then(|name| by_name(&name.text))
            .or_else(|| listing(ancestor));
        if inherited.is_some() {
            return inherited;
        }
        at = site.pages[ancestor].parent;
    }
    // A generated page that no one lists shows what its children show.
    let below = site.pages[page]
        .path
        .is_none()
        .then(|| below(site, page, &listing))
        .flatten();
    below.or((!file.sidebars.is_empty()).then_some(0))
}

fn below(
    site: &Site,
    page: PageId,
    listing: &impl Fn(PageId) -> Option<SidebarId>,
) -> Option<SidebarId> {
    site.pages[page]
        .children
        .iter()
        .find_map(|child| listing(*child).or_else(|| below(site, *child, listing)))
}

fn report_unlisted(
    site: &Site,
    input: &Input<'_>,
    file: &SidebarFile,
    page: PageId,
    sidebar: SidebarId,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(outline) = input.outlines.get(page) else {
        return;
    };
    if !site.pages[page].published || site.sidebars[sidebar].item_of(page).is_some() {
        return;
    }
    let name = site.sidebars[sidebar].name.as_deref().unwrap_or_default();
    let span = match &outline.matter.sidebar {
        // Reported as an unknown sidebar, which is mended first.
        SidebarChoice::Named(wanted) if wanted.text != name => return,
        SidebarChoice::Named(wanted) => Some(wanted.span.clone()),
        _ => None,
    };
    let entry = url::without_extension(&outline.path);
    diagnostics.push(
        Diagnostic::new(
            Code::PageNotInSidebar,
            &outline.file,
            span,
            format!("the page is not in its sidebar `{name}`, so readers cannot find it there"),
        )
        .hint(format!(
            "add `- {entry}` below `{name}:` in `{}`, or set `sidebar: null` in the page",
            file.file
        )),
    );
}
