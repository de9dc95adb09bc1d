//! Sidebars made from the folder tree, and which of them each page shows.

use std::collections::HashSet;

use super::{ItemId, Sidebar, Target};
use crate::parse::SidebarChoice;
use crate::site::{Input, PageId, Site};

/// What decides a page's sidebar before there are any: the name that it or its nearest ancestor gives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Choice {
    None,
    Site,
    Named(String),
}

pub(super) fn attach(site: &mut Site, input: &Input<'_>) {
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
pub(super) fn add_subtree(
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
