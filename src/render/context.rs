//! What templates are given: the only types made for them. The reference page `templates` lists every field.

use std::sync::OnceLock;

use tera::{Context, Map, Value};

use crate::config::Config;
use crate::parse::{Doc, FrontMatter};
use crate::render::{DataValue, World};
use crate::site::SidebarTarget as Target;
use crate::site::{self, Item, ItemId, Page, PageId, Sidebar, Site};
use crate::url;

/// A level of a sidebar shows at most this many entries, round the current one.
const LEVEL: usize = 60;

/// Values that many pages show, made once for a site: a page's own cost does not grow with the site.
pub struct SharedValues {
    site: Value,
    pub data: DataValue,
    /// For each sidebar, its items as they are shown when closed, made when the first page shows them.
    closed: Vec<Vec<OnceLock<Value>>>,
}

/// Makes the values that all pages share.
pub fn shared_values(site: &Site, config: &Config, data: &DataValue) -> SharedValues {
    SharedValues {
        data: data.clone(),
        site: map([
            ("title", text(&site.title)),
            ("language", text(&config.language)),
            (
                "base_url",
                match &config.base_url {
                    Some(base) => text(&format!("{}{}", base.origin, url::encode(&base.path))),
                    None => Value::none(),
                },
            ),
            ("base_path", text(&url::encode(&config.mount))),
            ("home", text(&href(config, "/"))),
            (
                "generator",
                text(concat!("handbook ", env!("CARGO_PKG_VERSION"))),
            ),
        ]),
        closed: site
            .sidebars
            .iter()
            .map(|sidebar| {
                let items = sidebar.items.iter();
                items.map(|_| OnceLock::new()).collect()
            })
            .collect(),
    }
}

/// The context of a written page.
pub fn written(world: &World, id: PageId, doc: &Doc, content: &str) -> Context {
    let page = &world.site.pages[id];
    let matter = &doc.outline.matter;
    let toc: Vec<Value> = doc
        .outline
        .headings
        .iter()
        .filter(|heading| matches!(heading.level, 2 | 3) && !heading.text.is_empty())
        .map(|heading| {
            map([
                ("level", Value::from(u32::from(heading.level))),
                ("id", text(&heading.id)),
                ("title", text(&heading.text)),
            ])
        })
        .collect();
    let mut values = page_values(world, page, matter);
    values.extend([
        ("path", text(&doc.outline.file)),
        ("content", Value::normal_string(content)),
        ("toc", Value::from(toc)),
        ("extra", extra(matter)),
        (
            "show_title",
            Value::from(site::prints_title(
                matter,
                &doc.outline.headings,
                &page.title,
            )),
        ),
        ("kind", text("page")),
    ]);
    context(world, Some(id), values)
}

/// What a component can ask for beside its props: the site and the page that it stands on.
pub fn implicits(world: &World, id: PageId) -> Context {
    let page = &world.site.pages[id];
    let mut context = Context::new();
    context.insert_value("site", world.shared.site.clone());
    context.insert_value("data", world.shared.data.root());
    context.insert_value(
        "page",
        map([
            ("title", text(&page.title)),
            ("url", text(&href(&world.config, &page.url))),
        ]),
    );
    context
}

/// The context of a generated section page.
pub fn section(world: &World, id: PageId) -> Context {
    let mut values = page_values(world, &world.site.pages[id], &FrontMatter::default());
    values.extend(unwritten("section"));
    context(world, Some(id), values)
}

/// The context of the page for addresses that lead nowhere.
pub fn not_found(world: &World) -> Context {
    let page = Page {
        url: "/404.html".to_owned(),
        title: world.ui.get("page_not_found").to_owned(),
        children: Vec::new(),
        sidebar: world.site.home().sidebar,
        ..world.site.home().clone()
    };
    let matter = FrontMatter {
        noindex: true,
        ..FrontMatter::default()
    };
    let mut values = page_values(world, &page, &matter);
    values.extend(unwritten("404"));
    values.extend([("canonical", Value::none()), ("description", Value::none())]);
    context(world, None, values)
}

/// The context of the page at an old address.
pub fn redirect(world: &World, to: PageId) -> Context {
    let page = &world.site.pages[to];
    let mut context = Context::new();
    context.insert_value("site", world.shared.site.clone());
    context.insert_value("data", world.shared.data.root());
    context.insert_value("target", text(&href(&world.config, &page.url)));
    let canonical = canonical(&world.config, page).map(|url| text(&url));
    context.insert_value("canonical", Value::from(canonical));
    context
}

fn context(world: &World, id: Option<PageId>, values: Vec<(&'static str, Value)>) -> Context {
    let mut context = Context::new();
    context.insert_value("site", world.shared.site.clone());
    context.insert_value("data", world.shared.data.root());
    context.insert_value("page", map(values));
    let shown = match id {
        Some(id) => world.site.pages[id].sidebar,
        None => world.site.home().sidebar,
    };
    let Some(shown) = shown else {
        context.insert_value("sidebar", Value::none());
        context.insert_value(
            "breadcrumbs",
            Value::from(id.map_or(Vec::new(), |id| folder_crumbs(world, id))),
        );
        context.insert_value("previous", Value::none());
        context.insert_value("next", Value::none());
        return context;
    };
    let sidebar = &world.site.sidebars[shown];
    let branch = Branch {
        world,
        sidebar,
        closed: &world.shared.closed[shown],
        open: id
            .and_then(|id| sidebar.item_of(id))
            .map_or(Vec::new(), |item| sidebar.branch(item)),
    };
    context.insert_value(
        "sidebar",
        map([
            ("name", Value::from(sidebar.name.as_deref().map(text))),
            ("items", branch.level(&sidebar.roots, 0)),
        ]),
    );
    let crumbs = match (branch.open.is_empty(), id) {
        (true, Some(id)) => folder_crumbs(world, id),
        _ => branch.crumbs(),
    };
    context.insert_value("breadcrumbs", Value::from(crumbs));
    let (previous, next) = match branch.open.last() {
        Some(item) => sidebar.neighbours(*item),
        None => (None, None),
    };
    context.insert_value("previous", branch.neighbour(previous));
    context.insert_value("next", branch.neighbour(next));
    context
}

/// The sidebar as one page shows it: closed, but for the way to the page.
struct Branch<'a> {
    world: &'a World,
    sidebar: &'a Sidebar,
    closed: &'a [OnceLock<Value>],
    /// From a root to the page's item; empty where the page is not listed.
    open: Vec<ItemId>,
}

impl Branch<'_> {
    fn level(&self, items: &[ItemId], depth: usize) -> Value {
        let open = self.open.get(depth).copied();
        let (start, end) = window(items, open);
        let mut values: Vec<Value> = items[start..end]
            .iter()
            .map(|item| {
                let value = |open| {
                    let World { site, config, .. } = self.world;
                    item_value(site, config, self.sidebar, *item, open)
                };
                if Some(*item) == open {
                    let current = self.open.len() == depth + 1;
                    let children = self.level(&self.sidebar.items[*item].children, depth + 1);
                    value(Some((current, children)))
                } else {
                    self.closed[*item].get_or_init(|| value(None)).clone()
                }
            })
            .collect();
        if end - start < items.len() {
            values.push(self.more(items));
        }
        Value::from(values)
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
            (
                "url",
                Value::from(
                    page.map(|page| {
                        text(&href(&self.world.config, &self.world.site.pages[page].url))
                    }),
                ),
            ),
            ("external", Value::from(false)),
            ("current", Value::from(false)),
            ("open", Value::from(false)),
            ("has_children", Value::from(false)),
            ("children", Value::from(Vec::<Value>::new())),
            ("more", Value::from(true)),
        ])
    }

    fn crumbs(&self) -> Vec<Value> {
        let Some((_, above)) = self.open.split_last() else {
            return Vec::new();
        };
        above
            .iter()
            .map(|item| {
                let item = &self.sidebar.items[*item];
                let link = match item.target {
                    Target::Page(page) => Some(text(&href(
                        &self.world.config,
                        &self.world.site.pages[page].url,
                    ))),
                    _ => None,
                };
                map([("title", text(&item.title)), ("url", Value::from(link))])
            })
            .collect()
    }

    fn neighbour(&self, item: Option<ItemId>) -> Value {
        let page = item.and_then(|item| self.sidebar.page_of(item).map(|page| (item, page)));
        match page {
            Some((item, page)) => map([
                ("title", text(&self.sidebar.items[item].title)),
                (
                    "url",
                    text(&href(&self.world.config, &self.world.site.pages[page].url)),
                ),
            ]),
            None => Value::none(),
        }
    }
}

/// The part of a level that is shown: all of it, or the entries round the open one.
fn window(items: &[ItemId], open: Option<ItemId>) -> (usize, usize) {
    if items.len() <= LEVEL {
        return (0, items.len());
    }
    let at = open
        .and_then(|open| items.iter().position(|item| *item == open))
        .unwrap_or(0);
    let start = at.saturating_sub(LEVEL / 2).min(items.len() - LEVEL);
    (start, start + LEVEL)
}

/// An item of a sidebar; `open` says whether it is the current one and what is shown below it.
fn item_value(
    site: &Site,
    config: &Config,
    sidebar: &Sidebar,
    id: ItemId,
    open: Option<(bool, Value)>,
) -> Value {
    let item: &Item = &sidebar.items[id];
    let link = match &item.target {
        Target::External(address) => Some(address.clone()),
        _ => sidebar
            .page_of(id)
            .map(|page| href(config, &site.pages[page].url)),
    };
    let is_open = open.is_some();
    let (current, children) = open.unwrap_or_else(|| (false, Value::from(Vec::<Value>::new())));
    map([
        ("title", text(&item.title)),
        ("url", Value::from(link.map(|link| text(&link)))),
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

/// The folders above a page, for pages that no sidebar lists.
fn folder_crumbs(world: &World, id: PageId) -> Vec<Value> {
    let mut crumbs = Vec::new();
    let mut at = world.site.pages[id].parent;
    while let Some(page) = at {
        let page = &world.site.pages[page];
        if page.url != "/" {
            crumbs.push(map([
                ("title", text(&page.title)),
                ("url", text(&href(&world.config, &page.url))),
            ]));
        }
        at = page.parent;
    }
    crumbs.reverse();
    crumbs
}

fn page_values(world: &World, page: &Page, matter: &FrontMatter) -> Vec<(&'static str, Value)> {
    let config = &world.config;
    let meta_title = matter.meta_title.as_deref().unwrap_or(&page.title);
    let description = matter
        .meta_description
        .as_ref()
        .or(page.description.as_ref());
    let children: Vec<Value> = page
        .children
        .iter()
        .map(|child| {
            let child = &world.site.pages[*child];
            map([
                ("title", text(&child.title)),
                ("url", text(&href(config, &child.url))),
                ("description", optional(child.description.as_ref())),
                (
                    "count",
                    if child.children.is_empty() {
                        Value::none()
                    } else {
                        Value::from(child.count)
                    },
                ),
            ])
        })
        .collect();
    vec![
        ("title", text(&page.title)),
        ("meta_title", text(meta_title)),
        ("description", optional(description)),
        ("url", text(&href(config, &page.url))),
        (
            "canonical",
            Value::from(canonical(config, page).map(|url| text(&url))),
        ),
        ("hide_anchor", Value::from(matter.hide_anchor)),
        ("noindex", Value::from(matter.noindex)),
        (
            "image",
            Value::from(
                matter
                    .image
                    .as_ref()
                    .map(|image| text(&absolute(config, &image.text))),
            ),
        ),
        ("date", optional(matter.date.as_ref())),
        ("author", optional(matter.author.as_ref())),
        (
            "tags",
            Value::from(matter.tags.iter().map(|tag| text(tag)).collect::<Vec<_>>()),
        ),
        ("owner", optional(matter.owner.as_ref())),
        ("review_by", optional(matter.review_by.as_ref())),
        ("draft", Value::from(matter.draft)),
        ("children", Value::from(children)),
    ]
}

/// The fields that only a written page has, for one that nobody wrote.
fn unwritten(kind: &str) -> [(&'static str, Value); 6] {
    [
        ("path", Value::none()),
        ("content", text("")),
        ("toc", Value::from(Vec::<Value>::new())),
        ("extra", map([])),
        ("show_title", Value::from(true)),
        ("kind", text(kind)),
    ]
}

fn extra(matter: &FrontMatter) -> Value {
    let mut extra = Map::new();
    for key in matter.extra() {
        let value = Value::from_serializable(&key.value);
        extra.insert(key.name.clone().into(), value);
    }
    Value::from(extra)
}

fn href(config: &Config, url: &str) -> String {
    url::encode(&format!("{}{url}", config.mount))
}

fn canonical(config: &Config, page: &Page) -> Option<String> {
    let base = config.base_url.as_ref()?;
    let path = url::encode(&format!("{}{}", base.path, page.url));
    Some(format!("{}{path}", base.origin))
}

/// An address that other hosts can use, as far as `base_url` is known.
fn absolute(config: &Config, target: &str) -> String {
    match &config.base_url {
        Some(base) if !target.contains("://") => {
            let path = format!("{}/{}", base.path, target.trim_start_matches('/'));
            format!("{}{}", base.origin, url::encode(&path))
        }
        _ => target.to_owned(),
    }
}

pub(super) fn map(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let mut map = Map::new();
    for (key, value) in entries {
        map.insert(key.into(), value);
    }
    Value::from(map)
}

pub(super) fn text(text: &str) -> Value {
    Value::normal_string(text)
}

fn optional(value: Option<impl AsRef<str>>) -> Value {
    Value::from(value.map(|value| text(value.as_ref())))
}
