//! What templates are given: the only types made for them. The reference page `templates` lists every field.

use std::sync::OnceLock;

use tera::{Context, Map, Value};

use crate::config::Config;
use crate::parse::{Doc, FrontMatter};
use crate::render::sidebar::{self, Branch};
use crate::render::{DataValue, Ui, World, copy, list, look, machines, trust, ui};
use crate::site::{self, Page, PageId, Resolved, Site};
use crate::url;

/// Values that many pages show, made once for a site: a page's own cost does not grow with the site.
pub struct SharedValues {
    site: Value,
    pub data: DataValue,
    /// For each sidebar, its items as they are shown when closed, made when the first page shows them.
    pub(super) closed: Vec<Vec<OnceLock<Value>>>,
    /// The links to the site's sidebars: as a page of each shows them, and last as a page of none does.
    sections: Vec<Value>,
}

/// Makes the values that all pages share.
pub fn shared_values(
    site: &Site,
    config: &Config,
    data: &DataValue,
    announcement: Option<Value>,
    looks: &site::Look,
    ui: &Ui,
    custom_css: bool,
) -> SharedValues {
    let looks = look::fields(looks, config);
    SharedValues {
        data: data.clone(),
        site: map(looks.into_iter().chain([
            ("custom_css", Value::from(custom_css)),
            ("title", text(&site.title)),
            ("language", text(&config.language)),
            ("locale", optional(locale(&config.language))),
            ("direction", text(ui::direction(&config.language))),
            (
                "base_url",
                match &config.base_url {
                    Some(base) => text(&format!("{}{}", base.origin, url::encode(&base.path))),
                    None => Value::none(),
                },
            ),
            ("base_path", text(&url::encode(&config.mount))),
            ("home", text(&href(config, "/"))),
            ("announcement", Value::from(announcement)),
            ("search", search(config, ui)),
            (
                "generator",
                text(concat!("handbook ", env!("CARGO_PKG_VERSION"))),
            ),
        ])),
        closed: site
            .sidebars
            .iter()
            .map(|sidebar| {
                let items = sidebar.items.iter();
                items.map(|_| OnceLock::new()).collect()
            })
            .collect(),
        sections: (0..=site.sidebars.len())
            .map(|shown| sidebar::sections(site, config, shown))
            .collect(),
    }
}

/// What the dialog of search says, in the order in which `search.js` takes it.
const SAID_BY_SEARCH: [&str; 12] = [
    "search",
    "close",
    "sections",
    "everywhere",
    "one_page",
    "pages",
    "recent_searches",
    "clear",
    "nothing_found",
    "try_other_words",
    "search_failed",
    "all_pages",
];

/// What the box to search in needs to know.
fn search(config: &Config, ui: &Ui) -> Value {
    let search = &config.search;
    // Put together once: every page has them.
    let words = SAID_BY_SEARCH.map(|key| ui.get(key).replace(['\n', '\r'], " "));
    map([
        ("words", text(&words.join("\n"))),
        ("enabled", Value::from(search.enabled)),
        ("slash", Value::from(search.slash)),
        ("base", text(&href(config, "/search/"))),
        ("list", text(&href(config, site::list::URL))),
    ])
}

/// The context of a written page.
pub fn written(world: &World, id: PageId, doc: &Doc, links: &[Resolved], content: &str) -> Context {
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
    let own = href(&world.config, &page.url);
    let address = canonical(&world.config, page).unwrap_or_else(|| own.clone());
    values.extend(trust::written(world, id, doc, links, &address));
    let copy = copy::has_copy(world, id, doc).then(|| format!("{own}index.md"));
    values.extend([
        ("markdown_url", optional(copy)),
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
        (
            "lists_children",
            Value::from(!page.children.is_empty() && says_nothing(content)),
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
    let mut values = made_page(world, "/404.html", "page_not_found", "404");
    values.push(("canonical", Value::none()));
    context(world, None, values)
}

/// The context of the list of these pages from A to Z.
pub fn all_pages(world: &World, pages: impl Iterator<Item = PageId>) -> Context {
    let (list, toc) = list::values(world, pages);
    let mut values = made_page(world, site::list::URL, "all_pages", "a-z");
    values.push(("toc", toc));
    let mut context = context(world, None, values);
    context.insert_value("list", list);
    context
}

/// The values of a page that is made for its readers alone: nothing leads search engines there. `title` is a word of the theme.
fn made_page(
    world: &World,
    url: &str,
    title: &str,
    kind: &'static str,
) -> Vec<(&'static str, Value)> {
    let page = Page {
        url: url.to_owned(),
        title: world.ui.get(title).to_owned(),
        children: Vec::new(),
        description: None,
        ..world.site.home().clone()
    };
    let matter = FrontMatter {
        noindex: true,
        ..FrontMatter::default()
    };
    let mut values = page_values(world, &page, &matter);
    values.extend(unwritten(kind));
    values
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
    let sections = &world.shared.sections;
    let section = shown.unwrap_or(sections.len() - 1);
    context.insert_value("sections", sections[section].clone());
    let branch = shown.map(|shown| Branch::new(world, shown, id));
    let (before, after) = match &branch {
        Some(branch) => branch.neighbours(),
        None => (Value::none(), Value::none()),
    };
    let crumbs = match (&branch, id) {
        (Some(branch), _) if branch.is_listed() => branch.crumbs(),
        (_, Some(id)) => folder_crumbs(world, id),
        (_, None) => Vec::new(),
    };
    context.insert_value("breadcrumb_list", breadcrumb_list(world, id, &crumbs));
    let sidebar = branch.map(|branch| branch.value());
    context.insert_value("sidebar", Value::from(sidebar));
    context.insert_value("breadcrumbs", Value::from(crumbs));
    context.insert_value("previous", before);
    context.insert_value("next", after);
    context
}

fn breadcrumb_list(world: &World, id: Option<PageId>, crumbs: &[Value]) -> Value {
    id.map_or(Value::none(), |id| machines::breadcrumbs(world, id, crumbs))
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
                    .map(|image| &image.text)
                    .or(config.look.image.as_ref().map(|image| &image.text))
                    .map(|image| text(&absolute(config, image))),
            ),
        ),
        ("date", optional(matter.date.as_ref())),
        ("author", optional(matter.author.as_ref())),
        ("tags", texts(&matter.tags)),
        ("keywords", texts(&matter.keywords)),
        ("review_by", optional(matter.review_by.as_ref())),
        ("draft", Value::from(matter.draft)),
        ("children", Value::from(children)),
    ]
}

/// The fields that only a written page has, for one that nobody wrote.
fn unwritten(kind: &str) -> impl Iterator<Item = (&'static str, Value)> {
    let own = [
        ("owner", Value::none()),
        ("markdown_url", Value::none()),
        ("path", Value::none()),
        ("content", text("")),
        ("toc", Value::from(Vec::<Value>::new())),
        ("extra", map([])),
        ("show_title", Value::from(true)),
        ("lists_children", Value::from(kind == "section")),
        ("kind", text(kind)),
    ];
    own.into_iter().chain(trust::unwritten())
}

/// Whether an article is empty, but for a first heading.
fn says_nothing(content: &str) -> bool {
    let content = content.trim();
    let rest = match content.strip_prefix("<h1") {
        Some(heading) => heading
            .split_once("</h1>")
            .map_or(content, |(_, rest)| rest),
        None => content,
    };
    rest.trim().is_empty()
}

fn extra(matter: &FrontMatter) -> Value {
    let mut extra = Map::new();
    for key in matter.extra() {
        let value = Value::from_serializable(&key.value);
        extra.insert(key.name.clone().into(), value);
    }
    Value::from(extra)
}

pub(super) fn href(config: &Config, url: &str) -> String {
    url::encode(&format!("{}{url}", config.mount))
}

pub(super) fn canonical(config: &Config, page: &Page) -> Option<String> {
    let base = config.base_url.as_ref()?;
    let path = url::encode(&format!("{}{}", base.path, page.url));
    Some(format!("{}{path}", base.origin))
}

/// A language as `OpenGraph` spells it, which wants a country: `de-CH` → `de_CH`.
fn locale(language: &str) -> Option<String> {
    let (language, country) = language.split_once('-')?;
    let country = country.rsplit('-').next()?;
    let is_country = country.len() == 2 && country.chars().all(|c| c.is_ascii_alphabetic());
    is_country.then(|| format!("{language}_{}", country.to_ascii_uppercase()))
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

fn texts(list: &[String]) -> Value {
    Value::from(list.iter().map(|item| text(item)).collect::<Vec<_>>())
}

pub(super) fn optional(value: Option<impl AsRef<str>>) -> Value {
    Value::from(value.map(|value| text(value.as_ref())))
}
