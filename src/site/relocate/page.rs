//! What a move changes in the text of one page: its links, its picture, its aliases.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::written::{Written, unescaped};
use super::{Addresses, Sites, Text, Unsure, When, imports, settings};
use crate::edit::{self, Edit};
use crate::parse::{self, Doc, Link, Role};
use crate::site::links::{self, Found, Lead};
use crate::site::spelling::{Spot, Style, Target};
use crate::site::{PageId, Site};
use crate::source::Source;
use crate::url;

/// What became of a page.
#[derive(Default)]
pub struct Changed {
    pub text: Option<Text>,
    pub links: usize,
    pub aliases: usize,
    pub unsure: Vec<Unsure>,
}

/// What a link has to lead to after the move.
#[derive(Clone, Debug, PartialEq)]
enum Goal {
    Page(PageId),
    /// A page by an address that it had once.
    Alias {
        page: PageId,
        address: String,
    },
    File(String),
    /// A place where nothing is, by its parts from the root; `..` where it lies above.
    Nothing(Vec<String>),
}

/// A link and what is to be done about it.
struct Wish {
    /// Place in `Doc::links`; what front matter names comes after the last.
    link: usize,
    goal: Goal,
    edit: Edit,
}

/// Works out what changes in a snippet: its links count from its own file, and it has neither aliases nor a picture.
pub fn relocate_snippet(sites: &Sites<'_>, source: &Source, doc: &Doc) -> Changed {
    let mut page = Page::new(sites, source, doc);
    page.kind = Kind::Snippet;
    let mut changed = Changed::default();
    let edits = page.links_and_imports(&[], &mut changed);
    page.finish(changed, &edits)
}

/// Works out what changes in the settings, whose links count from the root.
pub fn relocate_settings(sites: &Sites<'_>, source: &Source, doc: &Doc) -> Changed {
    let mut page = Page::new(sites, source, doc);
    page.kind = Kind::Settings;
    let mut changed = Changed::default();
    let edits = page.links_and_imports(&[], &mut changed);
    page.finish(changed, &edits)
}

/// Works out what changes in a page.
pub fn relocate(sites: &Sites<'_>, source: &Source, doc: &Doc, address: &Addresses) -> Changed {
    let page = Page::new(sites, source, doc);
    let mut changed = Changed::default();
    if (address.gone.is_some() || address.new.is_some()) && page.is_lossy() {
        changed.unsure.push(page.unsure(0..0, NOT_UTF8.to_owned()));
    }
    let (gone, new) = (address.gone.as_deref(), address.new.as_deref());
    let aliases = if page.is_lossy() {
        Some(Vec::new())
    } else {
        parse::exchange_alias(&source.text, gone, new)
    };
    let aliases = aliases.unwrap_or_else(|| {
        let why = match new {
            Some(new) => format!("`{new}` could not be entered as an alias of this page"),
            None => format!(
                "the alias `{}` could not be removed",
                gone.unwrap_or_default()
            ),
        };
        changed.unsure.push(page.unsure(0..0, why));
        Vec::new()
    });
    if !aliases.is_empty() {
        changed.aliases = usize::from(new.is_some());
    }
    let mut edits = page.links_and_imports(&aliases, &mut changed);
    edits.extend(aliases);
    page.finish(changed, &edits)
}

const NOT_UTF8: &str = "the page is not UTF-8, so it could not be changed";

struct Page<'a> {
    sites: &'a Sites<'a>,
    source: &'a Source,
    doc: &'a Doc,
    before: Cow<'a, str>,
    after: Cow<'a, str>,
    kind: Kind,
}

/// Whose links they are.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Page,
    Snippet,
    Settings,
}

impl<'a> Page<'a> {
    fn new(sites: &'a Sites<'a>, source: &'a Source, doc: &'a Doc) -> Page<'a> {
        Page {
            sites,
            source,
            doc,
            before: sites.moving.path(&source.path, When::Before),
            after: sites.moving.path(&source.path, When::After),
            kind: Kind::Page,
        }
    }

    /// The edits of the links and of what is taken in, beside those of the aliases.
    fn links_and_imports(&self, aliases: &[Edit], changed: &mut Changed) -> Vec<Edit> {
        let mut wishes = Vec::new();
        let links = self.links();
        for (at, link) in links.iter().enumerate() {
            match self.wish(at, link) {
                Ok(None) => {}
                Ok(Some(wish)) => wishes.push(wish),
                Err(why) => changed.unsure.push(self.unsure(link.span.clone(), why)),
            }
        }
        let (wishes, refused) = self.granted(wishes, aliases);
        for wish in refused {
            let span = links[wish.link].span.clone();
            let why = format!("`{}` could not be rewritten", links[wish.link].target);
            changed.unsure.push(self.unsure(span, why));
        }
        let imports = self.imports(changed);
        changed.links = wishes.len() + imports.len();
        let links = wishes.into_iter().map(|wish| wish.edit);
        links.chain(imports).collect()
    }

    /// The edits of what the page imports.
    fn imports(&self, changed: &mut Changed) -> Vec<Edit> {
        let (edits, unsure) = imports::relocate(self.sites, self.source, self.doc);
        let unsure = unsure.into_iter().map(|import| {
            let why = format!("`{}` could not be rewritten", import.target);
            self.unsure(import.span.clone(), why)
        });
        changed.unsure.extend(unsure);
        if !edits.is_empty() && self.is_lossy() {
            changed.unsure.push(self.unsure(0..0, NOT_UTF8.to_owned()));
            return Vec::new();
        }
        edits
    }

    /// Puts the edits into the text.
    fn finish(&self, mut changed: Changed, edits: &[Edit]) -> Changed {
        let old = &self.source.text;
        let new = edit::apply(old, edits.iter().cloned()).text;
        if *new != **old {
            // Whoever looks there sees the new text.
            let text: Arc<str> = new.as_str().into();
            for unsure in &mut changed.unsure {
                unsure.span = edit::moved(&unsure.span, edits);
                unsure.text = Arc::clone(&text);
            }
            changed.text = Some(Text {
                from: self.before.clone().into_owned(),
                to: self.after.clone().into_owned(),
                old: Arc::clone(old),
                new,
                links: changed.links,
            });
        }
        changed
    }

    /// The links of the text, and after them those of the front matter.
    fn links(&self) -> Vec<Link> {
        let mut links = self.doc.links.clone();
        links.extend(self.named(&self.source.text, self.doc));
        links
    }

    /// What has to be done about a link, if anything.
    fn wish(&self, at: usize, link: &Link) -> Result<Option<Wish>, String> {
        let sites = self.sites;
        let is_picture = at >= self.doc.links.len() && link.role == Role::Show;
        let from = self.spot(is_picture, When::Before);
        let to = self.spot(is_picture, When::After);
        let old = lead(&link.target, link.role, from, sites.old, sites);
        let Some((goal, known)) = self.goal(link, &old, from, to)? else {
            return Ok(None);
        };
        let new = lead(&link.target, link.role, to, sites.new, sites);
        if let Goal::Nothing(_) = goal {
            // After a move by hand this may be a link that has been mended by hand too.
            if sites.moving.already && matches!(new, Lead::To(_)) {
                return Ok(None);
            }
        } else if reaches(&new, &goal) {
            return Ok(None);
        }
        if from != to && (sites.moving.done)(self.source) {
            return Ok(None);
        }
        if self.is_lossy() {
            return Err(NOT_UTF8.to_owned());
        }
        let written = self.source.text.get(link.span.clone());
        let written = written.and_then(|raw| Written::read(raw, link, sites));
        let Some(written) = written else {
            return Err(format!("`{}` could not be rewritten", link.target));
        };
        let span = link.span.start + written.path.start..link.span.start + written.path.end;
        let base = sites.moving.config.base_path();
        let known = Some(&known).filter(|known| !matches!(known, Goal::Nothing(_)));
        let known = known.map(|known| known.target(sites.old));
        let mut style = Style::of(written.decoded, written.raw, from, base, known);
        if self.is_enclosed(&link.span) {
            style = style.roomy();
        }
        let candidates = match &goal {
            Goal::Nothing(place) => vec![style.way(to, place, written.decoded.ends_with('/'))],
            goal => style.candidates(to, base, goal.target(sites.new)),
        };
        let owner = self.doc.outline.matter.owner_page.as_ref();
        let is_owner = owner.is_some_and(|owner| owner.span.contains(&link.span.start));
        // Without a slash in front an owner is a name, unless it ends as a page does.
        let dotted = |path: String| {
            let is_path = ["/", "./", "../"]
                .iter()
                .any(|start| path.starts_with(start));
            if is_owner && !is_path && !url::is_markdown(&path) {
                format!("./{path}")
            } else {
                path
            }
        };
        let replacement = candidates.into_iter().map(dotted).find(|path| {
            // Parts that stay keep their escapes.
            let reads = [path.clone()].into_iter().chain(unescaped(path));
            let mut targets = reads.map(|path| format!("{}{path}{}", written.host, written.rest));
            matches!(goal, Goal::Nothing(_))
                || targets
                    .any(|target| reaches(&lead(&target, link.role, to, sites.new, sites), &goal))
        });
        match replacement {
            Some(replacement) if replacement == written.raw => Ok(None),
            Some(replacement) => Ok(Some(Wish {
                link: at,
                goal,
                edit: Edit { span, replacement },
            })),
            None => Err(format!("`{}` could not be rewritten", link.target)),
        }
    }

    /// What a link has to lead to after the move, and what it led to before it. None where it may stay as it is.
    fn goal(
        &self,
        link: &Link,
        old: &Lead,
        from: Spot<'_>,
        to: Spot<'_>,
    ) -> Result<Option<(Goal, Goal)>, String> {
        let sites = self.sites;
        let goals = match old {
            Lead::Within | Lead::Elsewhere => return Ok(None),
            Lead::To(Found::Page(page)) => {
                let Some(new) = sites.successor(*page) else {
                    return Err(format!(
                        "`{}` leads to the section page `{}`, which goes with the last page of its folder",
                        link.target, sites.old.pages[*page].url
                    ));
                };
                (Goal::Page(new), Goal::Page(*page))
            }
            Lead::To(Found::Alias { page, address }) => {
                let goal = |page, address: &String| Goal::Alias {
                    page,
                    address: address.clone(),
                };
                let Some(new) = sites.successor(*page) else {
                    return Ok(None);
                };
                (goal(new, address), goal(*page, address))
            }
            Lead::To(Found::File(path)) => {
                // A file of the `static` folder stays where it is, whatever its path.
                let assets = sites.moving.assets;
                let now = if sites.moving.already {
                    sites.moving.moved.map(path)
                } else {
                    path.into()
                };
                let is_asset = assets.binary_search_by(|asset| (**asset).cmp(&now)).is_ok();
                let new = if is_asset {
                    sites.moving.moved.map(path).into_owned()
                } else {
                    path.clone()
                };
                (Goal::File(new), Goal::File(path.clone()))
            }
            Lead::Nowhere => {
                let path = links::Target::new(link.target.trim()).path;
                if from == to
                    || path.starts_with('/')
                    || links::own_host(path, sites.moving.config) > 0
                {
                    return Ok(None);
                }
                let place = place(url::split_last(from.path).0, &url::decode(path));
                let inside = !place.iter().any(|part| part == "..");
                let new = if inside {
                    let joined = place.join("/");
                    let new = sites.moving.moved.map(&joined).into_owned();
                    new.split('/').map(str::to_owned).collect()
                } else {
                    place.clone()
                };
                // The same place from here as from there.
                if place_is(url::split_last(to.path).0, &url::decode(path), &new) {
                    return Ok(None);
                }
                (Goal::Nothing(new), Goal::Nothing(place))
            }
        };
        Ok(Some(goals))
    }

    /// Leaves out the edits after which the text does not read as it should.
    fn granted(&self, wishes: Vec<Wish>, aliases: &[Edit]) -> (Vec<Wish>, Vec<Wish>) {
        let all: Vec<&Wish> = wishes.iter().collect();
        if self.holds(&all, aliases) {
            return (wishes, Vec::new());
        }
        let (granted, mut refused): (Vec<_>, Vec<_>) = wishes
            .into_iter()
            .partition(|wish| self.holds(&[wish], aliases));
        let all: Vec<&Wish> = granted.iter().collect();
        if self.holds(&all, aliases) {
            return (granted, refused);
        }
        refused.extend(granted);
        (Vec::new(), refused)
    }

    /// Whether the text after some edits has the same links, and those that were edited reach their goals.
    fn holds(&self, wishes: &[&Wish], aliases: &[Edit]) -> bool {
        if wishes.is_empty() {
            return true;
        }
        let edits = wishes.iter().map(|wish| wish.edit.clone());
        let edited = edit::apply(&self.source.text, edits.chain(aliases.iter().cloned()));
        let source = Source {
            path: self.after.as_ref().into(),
            file: format!("{}{}", self.sites.moving.prefix, self.after).into(),
            text: edited.text.into(),
        };
        let doc = match self.kind {
            Kind::Page | Kind::Snippet => parse::parse(&source, &self.doc.options),
            Kind::Settings => settings::read(&source),
        };
        let mut links = doc.links.clone();
        links.extend(self.named(&source.text, &doc));
        let old = self.links();
        edited.dropped.is_empty()
            && doc.outline.headings == self.doc.outline.headings
            && links.len() == old.len()
            && links.iter().zip(&old).enumerate().all(|(at, (new, old))| {
                let Some(wish) = wishes.iter().find(|wish| wish.link == at) else {
                    return new.target == old.target && new.role == old.role;
                };
                let (now, was) = (
                    links::Target::new(new.target.trim()),
                    links::Target::new(old.target.trim()),
                );
                let is_picture = at >= self.doc.links.len() && new.role == Role::Show;
                let to = self.spot(is_picture, When::After);
                let lead = lead(&new.target, new.role, to, self.sites.new, self.sites);
                let reached = match &wish.goal {
                    Goal::Nothing(goal) => {
                        place_is(url::split_last(to.path).0, &url::decode(now.path), goal)
                    }
                    goal => reaches(&lead, goal),
                };
                reached
                    && new.role == old.role
                    && (now.query, now.fragment) == (was.query, was.fragment)
            })
    }

    /// Where a link is written. The picture of the front matter counts from the root.
    fn spot(&self, is_picture: bool, when: When) -> Spot<'_> {
        if is_picture {
            return Spot { path: "", url: "/" };
        }
        let (site, path) = match when {
            When::Before => (self.sites.old, &self.before),
            When::After => (self.sites.new, &self.after),
        };
        // A snippet has no address that a link could count from.
        let page = site.page_of(path);
        Spot {
            path,
            url: page.map_or(url::split_last(path).0, |page| &site.pages[page].url),
        }
    }

    /// What front matter names, which only pages show.
    fn named(&self, text: &str, doc: &Doc) -> Vec<Link> {
        if self.kind != Kind::Page {
            return Vec::new();
        }
        named(text, doc).collect()
    }

    /// Whether a target stands between pointed brackets or quotes.
    fn is_enclosed(&self, span: &Range<usize>) -> bool {
        let before = self.source.text[..span.start].chars().next_back();
        let after = self.source.text[span.end..].chars().next();
        matches!(
            (before, after),
            (Some('<'), Some('>')) | (Some('"'), Some('"')) | (Some('\''), Some('\''))
        )
    }

    /// Whether the file is not what was read of it.
    fn is_lossy(&self) -> bool {
        let mut found = self.doc.diagnostics.iter();
        found.any(|d| d.code == crate::diagnostic::Code::NotUtf8)
    }

    fn unsure(&self, span: Range<usize>, why: String) -> Unsure {
        Unsure {
            file: match self.kind {
                Kind::Page | Kind::Snippet => format!("{}{}", self.sites.moving.prefix, self.after),
                Kind::Settings => self.source.file.to_string(),
            },
            text: Arc::clone(&self.source.text),
            span,
            why,
        }
    }
}

impl Goal {
    /// As it is spelled.
    fn target<'t>(&'t self, site: &'t Site) -> Target<'t> {
        match self {
            Goal::Page(page) => {
                let page = &site.pages[*page];
                match &page.path {
                    Some(path) => Target::Page {
                        path,
                        url: &page.url,
                    },
                    None => Target::Address(&page.url),
                }
            }
            Goal::Alias { address, .. } => Target::Address(address),
            Goal::File(path) => Target::File(path),
            Goal::Nothing(_) => Target::File(""),
        }
    }
}

fn lead(target: &str, role: Role, from: Spot<'_>, site: &Site, sites: &Sites<'_>) -> Lead {
    links::lead(target, role, from, site, sites.moving.config)
}

/// Whether a target that leads there reaches a goal.
fn reaches(lead: &Lead, goal: &Goal) -> bool {
    match (lead, goal) {
        (Lead::To(Found::Page(found)), Goal::Page(page)) => found == page,
        (
            Lead::To(Found::Alias { page: found, .. } | Found::Page(found)),
            Goal::Alias { page, .. },
        ) => found == page,
        (Lead::To(Found::File(found)), Goal::File(path)) => found == path,
        _ => false,
    }
}

/// The place of a path against a folder, by its parts; above the root it begins with `..`.
fn place(folder: &str, path: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| last != "..") => {
                parts.pop();
            }
            part => parts.push(part.to_owned()),
        }
    }
    parts
}

fn place_is(folder: &str, path: &str, expected: &[String]) -> bool {
    place(folder, path) == expected
}

/// What the front matter names, as links.
fn named(text: &str, doc: &Doc) -> impl Iterator<Item = Link> {
    links::named(&doc.outline.matter).filter_map(|(named, role)| {
        let raw = text.get(named.span.clone())?;
        let quoted =
            raw.len() >= 2 && raw.starts_with(['"', '\'']) && raw.ends_with(raw.chars().next()?);
        let inner = usize::from(quoted);
        Some(Link {
            target: named.text.clone(),
            span: named.span.start + inner..named.span.end - inner,
            verbatim: raw[inner..raw.len() - inner] == *named.text,
            autolink: false,
            role,
        })
    })
}
