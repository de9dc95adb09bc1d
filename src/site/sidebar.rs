//! Sidebars: made from the folder tree or from `sidebars.yaml`, and which one each page shows.

mod automatic;
mod explicit;

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::site::{Input, PageId, Site};

pub use explicit::listed_page;

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
    /// How many items of `Sidebar::order` come before it.
    before: usize,
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
        let rank = self.items[item].before;
        let before = rank.checked_sub(1).map(|rank| self.order[rank]);
        // A page that is passed by on the way leads on to where it would have stood.
        let is_passed_by = self.order.get(rank) != Some(&item);
        let after = self.order.get(rank + usize::from(!is_passed_by));
        (before, after.copied())
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
            before: 0,
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
            self.items[item].before = self.order.len();
            if let Target::Page(page) = self.items[item].target
                && self.place[&page] == item
                // Generated section pages are for finding one's way, not for reading through.
                && site.pages[page].path.is_some()
            {
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
        Some(file) => explicit::attach(site, input, file, diagnostics),
        None => automatic::attach(site, input),
    }
}
