//! What has to change in the texts of a site when a page, a folder or a file moves. Computes edits, touches no files.
//!
//! There are two sites: the one before the move and the one after it, made of the same outlines under other paths.
//! Each link is followed in both. Where it leads to the same thing in the site after, it is left alone; else it is
//! spelled anew, in its own style. What comes out is parsed once more, and an edit that does not do what it should
//! is not made but reported.

mod imports;
mod page;
mod settings;
mod sidebars;
mod written;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::diagnostic::{Code, Diagnosed, Diagnostic, Level, Severity};
use crate::discover::CONFIG_NAME;
use crate::parse::{Doc, Outline, Placed};
use crate::site::{self, Input, PageId, SidebarFile, Site};
use crate::source::Source;
use crate::url;

/// From one content path to another: a file, or a folder with all that is in it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Move {
    pub from: String,
    pub to: String,
    pub folder: bool,
}

impl Move {
    /// Whether the move takes a content path along.
    pub fn takes(&self, path: &str) -> bool {
        self.rest(path).is_some()
    }

    /// Where a content path is after the move.
    pub fn map<'p>(&self, path: &'p str) -> Cow<'p, str> {
        match self.rest(path) {
            Some(rest) => format!("{}{rest}", self.to).into(),
            None => path.into(),
        }
    }

    fn back(&self) -> Move {
        Move {
            from: self.to.clone(),
            to: self.from.clone(),
            folder: self.folder,
        }
    }

    fn rest<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(&*self.from)?;
        (rest.is_empty() || (self.folder && rest.starts_with('/'))).then_some(rest)
    }
}

/// A site that something is moved in.
#[derive(Clone, Copy)]
pub struct Moving<'a> {
    pub moved: &'a Move,
    /// Whether the files lie at their new place already.
    pub already: bool,
    /// As they lie now, sorted by path.
    pub pages: &'a [(&'a Source, &'a Doc)],
    /// What pages import, which is no page by itself; sorted by path.
    pub snippets: &'a [(&'a Source, &'a Doc)],
    pub config: &'a Config,
    /// The sidebar file with its text.
    pub sidebars: Option<(&'a SidebarFile, &'a str)>,
    /// The text of `handbook.toml`, if there is one.
    pub settings: Option<&'a str>,
    pub assets: &'a [String],
    pub statics: &'a [String],
    pub of_theme: &'a [String],
    pub prefix: &'a str,
    /// Whether the links of a moved page have been rewritten by a move that was broken off.
    pub done: &'a (dyn Fn(&Source) -> bool + Sync),
}

/// All that a move changes beside the place of files.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub texts: Vec<Text>,
    /// The text of `handbook.toml`, if it changes; it has no content path.
    pub settings: Option<Text>,
    pub links: usize,
    pub aliases: usize,
    pub entries: usize,
    /// What would have to change and cannot be changed surely.
    pub unsure: Vec<Unsure>,
    /// What is otherwise than before and no edit can mend, in sentences.
    pub notes: Vec<String>,
}

/// A text that changes.
#[derive(Clone, Debug)]
pub struct Text {
    /// The content path before and after the move.
    pub from: String,
    pub to: String,
    pub old: Arc<str>,
    pub new: String,
    /// How many links change in it.
    pub links: usize,
}

/// A place that somebody has to look at.
#[derive(Clone, Debug)]
pub struct Unsure {
    /// As shown, after the move.
    pub file: String,
    pub text: Arc<str>,
    pub span: Range<usize>,
    pub why: String,
}

/// Works out what a move changes.
///
/// # Errors
/// What stands in the way of the move, in a sentence: an address that something else has.
pub fn relocate(moving: &Moving<'_>) -> Result<Changes, String> {
    let old = assemble(
        moving,
        When::Before,
        &[],
        moving.sidebars.map(|(file, _)| file),
    );
    let bare = assemble(moving, When::After, &[], None).value;
    let mut changes = Changes::default();
    let addresses = addresses(moving, &old.value, &bare, &mut changes)?;
    let new = assemble(moving, When::After, &addresses, None).value;
    let sites = Sites {
        moving,
        old: &old.value,
        new: &new,
    };
    let pages: Vec<page::Changed> = moving
        .pages
        .par_iter()
        .zip(&addresses)
        .map(|((source, doc), address)| page::relocate(&sites, source, doc, address))
        .collect();
    let snippets = moving.snippets.iter();
    let snippets = snippets.map(|(source, doc)| page::relocate_snippet(&sites, source, doc));
    for page in pages.into_iter().chain(snippets) {
        changes.links += page.links;
        changes.aliases += page.aliases;
        changes.unsure.extend(page.unsure);
        changes.texts.extend(page.text);
    }
    if let Some(text) = moving.settings {
        let changed = settings::relocate(&sites, &CONFIG_NAME.into(), text);
        changes.links += changed.links;
        changes.unsure.extend(changed.unsure);
        changes.settings = changed.text;
    }
    let mut sidebars = moving.sidebars.map(|(file, _)| file.clone());
    if let Some((file, text)) = moving.sidebars {
        let changed = sidebars::relocate(&sites, file, text);
        changes.entries = changed.entries;
        changes.unsure.extend(changed.unsure);
        if let Some(text) = changed.text {
            sidebars = Some(site::read_sidebar_file(&file.file, &text.new).value);
            changes.texts.push(text);
        }
    }
    let after = assemble(moving, When::After, &addresses, sidebars.as_ref());
    compare(moving, &old.diagnostics, &after.diagnostics, &mut changes)?;
    Ok(changes)
}

/// The sites before and after.
#[derive(Clone, Copy)]
struct Sites<'a> {
    moving: &'a Moving<'a>,
    old: &'a Site,
    new: &'a Site,
}

impl Sites<'_> {
    /// The page after the move that a page before it has become; none for a folder's page that has gone.
    fn successor(&self, old: PageId) -> Option<PageId> {
        let page = &self.old.pages[old];
        match (&page.path, &page.folder) {
            (Some(path), _) => self.new.page_of(&self.moving.moved.map(path)),
            (None, folder) => {
                let folder = folder.as_deref().unwrap_or_default();
                let folder = if self.moving.moved.folder {
                    self.moving.moved.map(folder)
                } else {
                    folder.into()
                };
                self.new.page_at(&url::of_folder(&folder))
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum When {
    Before,
    After,
}

impl Moving<'_> {
    /// Where a file is before or after the move that lies at this path now.
    fn path<'p>(&self, now: &'p str, when: When) -> Cow<'p, str> {
        match (when, self.already) {
            (When::Before, true) => self.moved.back().map(now),
            (When::After, false) => self.moved.map(now),
            _ => now.into(),
        }
    }
}

/// What becomes of the addresses that a page had.
#[derive(Clone, Debug, Default)]
struct Addresses {
    /// An alias that is the page's address now.
    gone: Option<String>,
    /// The address before, if it becomes an alias.
    new: Option<String>,
}

/// The site before or after the move.
fn assemble(
    moving: &Moving<'_>,
    when: When,
    addresses: &[Addresses],
    sidebars: Option<&SidebarFile>,
) -> Diagnosed<Site> {
    let mut outlines: Vec<Cow<'_, Outline>> = moving
        .pages
        .iter()
        .enumerate()
        .map(|(at, (_, doc))| {
            let outline = &doc.outline;
            let path = moving.path(&outline.path, when);
            let none = Addresses::default();
            let address = addresses.get(at).unwrap_or(&none);
            if *path == *outline.path && address.gone.is_none() && address.new.is_none() {
                return Cow::Borrowed(outline);
            }
            let mut outline = outline.clone();
            outline.path = path.as_ref().into();
            outline.file = format!("{}{path}", moving.prefix).into();
            let aliases = &mut outline.matter.aliases;
            aliases.retain(|alias| address.gone.as_ref() != Some(&alias.text));
            aliases.extend(address.new.iter().map(|new| Placed {
                text: new.clone(),
                span: 0..0,
            }));
            Cow::Owned(outline)
        })
        .collect();
    outlines.sort_by(|a, b| a.path.cmp(&b.path));
    let outlines: Vec<&Outline> = outlines.iter().map(AsRef::as_ref).collect();
    let mut assets: Vec<String> = moving
        .assets
        .iter()
        .map(|path| moving.path(path, when).into_owned())
        .collect();
    assets.sort();
    site::assemble(&Input {
        outlines: &outlines,
        config: moving.config,
        sidebars,
        assets: &assets,
        statics: moving.statics,
        of_theme: moving.of_theme,
        prefix: moving.prefix,
        drafts: false,
    })
}

/// For each page, the alias that it gets and the one that it loses.
fn addresses(
    moving: &Moving<'_>,
    old: &Site,
    new: &Site,
    changes: &mut Changes,
) -> Result<Vec<Addresses>, String> {
    let mut addresses = Vec::with_capacity(moving.pages.len());
    for (_, doc) in moving.pages {
        addresses.push(address(moving, old, new, doc, changes)?);
    }
    if moving.moved.folder {
        let mut sections: Vec<&str> = old
            .pages
            .iter()
            .filter(|page| page.path.is_none() && new.page_at(&page.url).is_none())
            .filter(|page| page.folder.as_ref().is_some_and(|f| moving.moved.takes(f)))
            .map(|page| page.url.as_str())
            .collect();
        sections.sort_unstable();
        match sections.as_slice() {
            [] => {}
            [url] => changes.notes.push(format!(
                "`{url}` has no page of its own that could keep the address as an alias"
            )),
            [first, rest @ ..] => changes.notes.push(format!(
                "`{first}` and {} more have no pages of their own that could keep the addresses as aliases",
                rest.len()
            )),
        }
    }
    Ok(addresses)
}

fn address(
    moving: &Moving<'_>,
    old: &Site,
    new: &Site,
    doc: &Doc,
    changes: &mut Changes,
) -> Result<Addresses, String> {
    let mut address = Addresses::default();
    let now = &doc.outline.path;
    let before = moving.path(now, When::Before);
    let after = moving.path(now, When::After);
    let matter = &doc.outline.matter;
    let (Some(page), Some(moved)) = (old.page_of(&before), new.page_of(&after)) else {
        return Ok(address);
    };
    if before == after {
        return Ok(address);
    }
    let (old_url, new_url) = (&old.pages[page].url, &new.pages[moved].url);
    if old_url == new_url || matter.draft {
        return Ok(address);
    }
    let named = |page: PageId| {
        let file = old.pages[page].file.as_deref().unwrap_or_default();
        file.to_owned()
    };
    if let Some(other) = old.page_at(new_url)
        && let Some(path) = &old.pages[other].path
        && !moving.moved.takes(path)
    {
        return Err(format!(
            "`{new_url}` is already the address of `{}`; choose another place or move that page first",
            named(other)
        ));
    }
    let has = |url: &String| matter.aliases.iter().any(|alias| alias.text == *url);
    if has(new_url) {
        address.gone = Some(new_url.clone());
    } else if let Some(other) = old.page_once_at(new_url) {
        return Err(format!(
            "`{new_url}` is an alias of `{}`; remove it there first, or choose another place",
            named(other)
        ));
    }
    if has(old_url) {
        return Ok(address);
    }
    let taken = new.page_at(old_url).or_else(|| new.page_once_at(old_url));
    let note = if let Some(other) = taken {
        let whose = match &new.pages[other].file {
            Some(file) => format!("it belongs to `{file}`"),
            None => "it is the address of the folder now".to_owned(),
        };
        Some(whose)
    } else if old_url.to_lowercase() == new_url.to_lowercase() {
        Some("it differs from the new one only in case".to_owned())
    } else {
        None
    };
    match note {
        Some(why) => {
            let file = format!("{}{after}", moving.prefix);
            changes.notes.push(format!(
                "the old address `{old_url}` is no alias of `{file}`: {why}"
            ));
        }
        None => address.new = Some(old_url.clone()),
    }
    Ok(address)
}

/// What is wrong with the site after that was not before: refused if it would be an error of addresses, else told.
fn compare(
    moving: &Moving<'_>,
    old: &[Diagnostic],
    new: &[Diagnostic],
    changes: &mut Changes,
) -> Result<(), String> {
    let file_after = |file: &str| match file.strip_prefix(moving.prefix) {
        Some(path) => format!("{}{}", moving.prefix, moving.moved.map(path)),
        None => file.to_owned(),
    };
    let mut known: HashMap<(Code, String), usize> = HashMap::new();
    for d in old {
        *known.entry((d.code, file_after(&d.file))).or_default() += 1;
    }
    for d in new {
        if let Some(left) = known.get_mut(&(d.code, d.file.to_string()))
            && *left > 0
        {
            *left -= 1;
            continue;
        }
        if moving.config.levels.of(d.code, &d.file) == Level::Off {
            continue;
        }
        let is_address = matches!(
            d.code,
            Code::DuplicateUrl
                | Code::DuplicateOutput
                | Code::CaseClash
                | Code::AliasConflict
                | Code::AliasLoop
        );
        if is_address && d.severity == Severity::Error && !moving.already {
            return Err(format!("`{}`: {}", d.file, d.message));
        }
        changes.notes.push(format!("`{}`: {}", d.file, d.message));
    }
    Ok(())
}
