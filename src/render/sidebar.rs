//! A sidebar as pages show it, and the file in which all of it lies for the branches that a reader opens in place.

use serde_json::json;
use tera::Value;

use crate::config::Config;
use crate::render::World;
use crate::render::context::{href, map, optional, text};
use crate::site::SidebarTarget as Target;
use crate::site::{Item, ItemId, PageId, Sidebar, SidebarId, Site};

/// The levels of a sidebar together show at most so many entries, and so many bytes of them: enough to find one's way, and a page of
/// 10,000, whose addresses are longer, weighs what one of 100 does.
const ENTRIES: usize = 52;
const BYTES: usize = 2_300;

/// What the markup of an entry weighs beside its title and its address.
const MARKUP: usize = 25;

/// Templates print this many levels and no more.
const DEPTH: usize = 20;

/// Where the file of a sidebar is written. Its name tells nothing of its content, because every page names it: with a hash in
/// it, one new title would change them all.
pub fn file_path(sidebar: SidebarId) -> String {
    format!("assets/sidebar-{}.json", sidebar + 1)
}

/// The sidebar whose file is served at a path.
pub fn of_file(site: &Site, path: &str) -> Option<SidebarId> {
    let all = 0..site.sidebars.len();
    let is_it =
        |sidebar: &SidebarId| has_file(&site.sidebars[*sidebar]) && file_path(*sidebar) == path;
    // Looked at on every request for a file, most of which are none of these.
    path.starts_with("assets/sidebar-")
        .then(|| all.into_iter().find(is_it))
        .flatten()
}

/// Whether a sidebar has branches that could be closed.
pub fn has_file(sidebar: &Sidebar) -> bool {
    sidebar
        .roots
        .iter()
        .any(|root| !sidebar.items[*root].children.is_empty())
}

/// All of a sidebar as JSON: nested lists of `[title, address or null, entries below or 0, badge or 0, 1 if it leads out]`,
/// without what says nothing at the end of an entry.
pub fn file(world: &World, sidebar: SidebarId) -> String {
    enum Step {
        Item(ItemId),
        Text(String),
    }
    let World { site, config, .. } = world;
    let sidebar = &site.sidebars[sidebar];
    let mut json = String::from("[");
    // No function that calls itself, because groups may lie deeper than a stack.
    let mut steps: Vec<Step> = Vec::new();
    let push = |steps: &mut Vec<Step>, items: &[ItemId]| {
        for (at, item) in items.iter().enumerate().rev() {
            steps.push(Step::Item(*item));
            if at > 0 {
                steps.push(Step::Text(",\n".to_owned()));
            }
        }
    };
    push(&mut steps, &sidebar.roots);
    while let Some(step) = steps.pop() {
        let id = match step {
            Step::Text(text) => {
                json.push_str(&text);
                continue;
            }
            Step::Item(id) => id,
        };
        let item = &sidebar.items[id];
        let link = link(site, config, sidebar, id);
        json.push_str(&format!("[{},{}", json!(item.title), json!(link)));
        let external = matches!(item.target, Target::External(_));
        let tail = match (badge(site, item), external) {
            (None, false) => "]".to_owned(),
            (None, true) => ",0,1]".to_owned(),
            (Some(badge), _) => format!(",{}]", json!(badge)),
        };
        if !item.children.is_empty() {
            json.push_str(",[");
            steps.push(Step::Text(format!("]{tail}")));
            push(&mut steps, &item.children);
        } else if tail == "]" {
            json.push(']');
        } else {
            json.push_str(&format!(",0{tail}"));
        }
    }
    json.push_str("]\n");
    json
}

/// The links to the first page of each sidebar, of which `shown` is the current one. Empty where there is no choice.
pub fn sections(site: &Site, config: &Config, shown: SidebarId) -> Value {
    let sections = site
        .sidebars
        .iter()
        .enumerate()
        .filter_map(|(id, sidebar)| {
            let first = sidebar
                .roots
                .iter()
                .find_map(|root| sidebar.page_of(*root))?;
            let title = sidebar.name.as_deref().unwrap_or(&site.title);
            Some(map([
                ("title", text(title)),
                ("url", text(&href(config, &site.pages[first].url))),
                ("current", Value::from(id == shown)),
            ]))
        });
    let sections: Vec<Value> = sections.collect();
    Value::from(if sections.len() > 1 {
        sections
    } else {
        Vec::new()
    })
}

/// The sidebar as one page shows it: closed, but for the way to the page.
pub struct Branch<'a> {
    world: &'a World,
    id: SidebarId,
    sidebar: &'a Sidebar,
    /// From a root to the page's item; empty where the page is not listed.
    open: Vec<ItemId>,
    /// How many entries a level shows that is not shown whole.
    level: usize,
}

impl<'a> Branch<'a> {
    pub fn new(world: &'a World, id: SidebarId, page: Option<PageId>) -> Branch<'a> {
        let sidebar = &world.site.sidebars[id];
        let open = page
            .and_then(|page| sidebar.item_of(page))
            .map_or(Vec::new(), |item| sidebar.branch(item));
        let levels = open.iter().map(|item| &sidebar.items[*item].children);
        let levels = std::iter::once(&sidebar.roots).chain(levels).take(DEPTH);
        let weigh = |item: ItemId| {
            let item = &sidebar.items[item];
            let address = match &item.target {
                Target::Page(page) => world.site.pages[*page].url.len(),
                Target::External(address) => address.len(),
                Target::Group => 0,
            };
            MARKUP + item.title.len() + address
        };
        let levels = levels.enumerate().map(|(depth, items)| {
            let at = open.get(depth);
            let at = at.and_then(|open| items.iter().position(|item| item == open));
            (at.unwrap_or(0), items.as_slice())
        });
        let level = fitting(&levels.collect::<Vec<_>>(), weigh);
        Branch {
            world,
            id,
            sidebar,
            open,
            level,
        }
    }

    pub fn value(&self) -> Value {
        let file = has_file(self.sidebar).then(|| format!("/{}", file_path(self.id)));
        map([
            ("name", optional(self.sidebar.name.as_deref())),
            ("items", self.level(&self.sidebar.roots, 0)),
            (
                "file",
                optional(file.map(|file| href(&self.world.config, &file))),
            ),
        ])
    }

    /// Whether the page stands in the sidebar.
    pub fn is_listed(&self) -> bool {
        !self.open.is_empty()
    }

    pub fn crumbs(&self) -> Vec<Value> {
        let Some((_, above)) = self.open.split_last() else {
            return Vec::new();
        };
        above
            .iter()
            .map(|item| {
                let item = &self.sidebar.items[*item];
                let link = match item.target {
                    Target::Page(page) => Some(self.href(page)),
                    _ => None,
                };
                map([("title", text(&item.title)), ("url", optional(link))])
            })
            .collect()
    }

    /// The links to the pages before and after this one.
    pub fn neighbours(&self) -> (Value, Value) {
        let (before, after) = match self.open.last() {
            Some(item) => self.sidebar.neighbours(*item),
            None => (None, None),
        };
        (self.neighbour(before), self.neighbour(after))
    }

    fn neighbour(&self, item: Option<ItemId>) -> Value {
        let page = item.and_then(|item| self.sidebar.page_of(item).map(|page| (item, page)));
        match page {
            Some((item, page)) => map([
                ("title", text(&self.sidebar.items[item].title)),
                ("url", text(&self.href(page))),
            ]),
            None => Value::none(),
        }
    }

    fn level(&self, items: &[ItemId], depth: usize) -> Value {
        let open = self.open.get(depth).copied();
        let at = open.and_then(|open| items.iter().position(|item| *item == open));
        let (start, end) = window(items.len(), at.unwrap_or(0), self.level);
        let closed = &self.world.shared.closed[self.id];
        let mut values: Vec<Value> = items[start..end]
            .iter()
            .map(|item| {
                if Some(*item) == open {
                    let current = self.open.len() == depth + 1;
                    let children = self.level(&self.sidebar.items[*item].children, depth + 1);
                    self.item(*item, Some((current, children)))
                } else {
                    closed[*item].get_or_init(|| self.item(*item, None)).clone()
                }
            })
            .collect();
        if end - start < items.len() {
            values.push(self.more(items));
        }
        Value::from(values)
    }

    /// An item; `open` says whether it is the current one and what is shown below it.
    fn item(&self, id: ItemId, open: Option<(bool, Value)>) -> Value {
        let World { site, config, .. } = self.world;
        let item: &Item = &self.sidebar.items[id];
        let is_open = open.is_some();
        let link = link(site, config, self.sidebar, id);
        let (current, children) = open.unwrap_or_else(|| {
            let children = item.children.iter();
            // No page shows a group open that has no page, so all do.
            let shown = children.filter(|_| link.is_none());
            let shown: Vec<Value> = shown.map(|child| self.item(*child, None)).collect();
            (false, Value::from(shown))
        });
        map([
            ("title", text(&item.title)),
            ("url", optional(link)),
            ("badge", optional(badge(site, item))),
            (
                "external",
                Value::from(matches!(item.target, Target::External(_))),
            ),
            ("current", Value::from(current)),
            ("open", Value::from(is_open)),
            ("has_children", Value::from(!item.children.is_empty())),
            ("children", children),
            ("more", Value::from(false)),
        ])
    }

    /// The link to the page that lists all of a level.
    fn more(&self, items: &[ItemId]) -> Value {
        let parent = self.sidebar.items[items[0]].parent;
        let page = match parent.map(|parent| &self.sidebar.items[parent].target) {
            Some(Target::Page(page)) => Some(*page),
            Some(_) => None,
            None => self.world.site.page_at("/"),
        };
        let title = self.world.ui.get("all_entries");
        map([
            (
                "title",
                text(&title.replace("{count}", &items.len().to_string())),
            ),
            ("url", optional(page.map(|page| self.href(page)))),
            ("badge", Value::none()),
            ("external", Value::from(false)),
            ("current", Value::from(false)),
            ("open", Value::from(false)),
            ("has_children", Value::from(false)),
            ("children", Value::from(Vec::<Value>::new())),
            ("more", Value::from(true)),
        ])
    }

    fn href(&self, page: PageId) -> String {
        href(&self.world.config, &self.world.site.pages[page].url)
    }
}

/// The most entries that each level may show that is not shown whole, so that all of them together, with the links to the rest, are not too many nor weigh
/// too much. A level is the place of its open entry and all of them.
fn fitting(levels: &[(usize, &[ItemId])], weigh: impl Fn(ItemId) -> usize) -> usize {
    let fits = |most: &usize| {
        let (mut entries, mut bytes) = (0, 0);
        for (at, items) in levels {
            let (start, end) = window(items.len(), *at, *most);
            let rest = usize::from(end - start < items.len());
            entries += end - start + rest;
            let shown = items[start..end].iter();
            bytes += shown.map(|item| weigh(*item)).sum::<usize>() + rest * MARKUP;
        }
        entries <= ENTRIES && bytes <= BYTES
    };
    (1..ENTRIES).rev().find(fits).unwrap_or(1)
}

/// The part of a level that is shown: all of it, or the entries round the open one. Of which two thirds have room is shown whole,
/// since a link to all seven in the place of two tells nobody anything.
fn window(all: usize, at: usize, most: usize) -> (usize, usize) {
    if all <= most + (most / 2).max(1) {
        return (0, all);
    }
    let start = at.saturating_sub(most / 2).min(all - most);
    (start, start + most)
}

/// Where an item leads; a group, to the first page below it.
fn link(site: &Site, config: &Config, sidebar: &Sidebar, id: ItemId) -> Option<String> {
    match &sidebar.items[id].target {
        Target::External(address) => Some(address.clone()),
        _ => sidebar
            .page_of(id)
            .map(|page| href(config, &site.pages[page].url)),
    }
}

fn badge<'a>(site: &'a Site, item: &Item) -> Option<&'a str> {
    match item.target {
        Target::Page(page) => site.pages[page].badge.as_deref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{BYTES, ENTRIES, fitting, window};

    #[test]
    fn levels_share_the_room() {
        let items: Vec<usize> = (0..500).collect();
        let all = (0, items.as_slice());
        let some = |count: usize| (0, &items[..count]);
        let fitting = |levels: &[_]| fitting(levels, |_| 30);
        assert_eq!(fitting(&[some(10), some(20)]), ENTRIES - 1);
        assert_eq!(fitting(&[all]), ENTRIES - 1);
        assert_eq!(fitting(&[all, all]), 25);
        assert_eq!(fitting(&[some(12), all]), ENTRIES - 12 - 1);
        // At 22 there would be room for the 22 beside 30, but not for the link to the rest.
        assert_eq!(fitting(&[some(30), all]), 21);
        assert_eq!(fitting(&[all; 20]), 1);
    }

    #[test]
    fn long_addresses_leave_room_for_fewer() {
        let items: Vec<usize> = (0..500).collect();
        let all = (250, items.as_slice());
        assert_eq!(fitting(&[all], |_| BYTES / 20), 19);
        assert_eq!(fitting(&[(0, &items[..5]), all], |_| BYTES / 20), 14);
        assert_eq!(fitting(&[all], |_| BYTES), 1);
    }

    #[test]
    fn a_level_that_nearly_has_room_is_shown_whole() {
        assert_eq!(window(7, 0, 5), (0, 7));
        assert_eq!(window(8, 0, 5), (0, 5));
        assert_eq!(window(2, 0, 1), (0, 2));
        let items: Vec<usize> = (0..30).collect();
        let level = |count: usize| (0, &items[..count]);
        // Seven of the largest, and the others whole.
        let levels = [level(7), level(14), level(9), level(6)];
        assert_eq!(fitting(&levels, |_| BYTES / 30), 7);
    }

    #[test]
    fn the_open_entry_is_always_in_the_window() {
        for most in [1, 2, 3, 50] {
            for open in 0..90 {
                let (start, end) = window(90, open, most);
                assert!(start <= open && open < end && end - start == most && end <= 90);
            }
        }
    }
}
