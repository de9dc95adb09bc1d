//! What a move changes in `sidebars.yaml`: the entries that name what moves, each in its place and its own spelling.

use std::sync::Arc;

use super::{Sites, Text, Unsure};
use crate::discover::SIDEBARS_NAME;
use crate::edit::{self, Edit};
use crate::site::sidebar::listed_page;
use crate::site::sidebar_file::{self, Entry, EntryKind};
use crate::site::{SidebarFile, Site};
use crate::tree::{self, Value};
use crate::url;

/// What became of the file.
#[derive(Default)]
pub struct Changed {
    pub text: Option<Text>,
    pub entries: usize,
    pub unsure: Vec<Unsure>,
}

/// Works out what changes in the file.
pub fn relocate(sites: &Sites<'_>, file: &SidebarFile, text: &str) -> Changed {
    let mut changed = Changed::default();
    let mut edits = Vec::new();
    let old_entries = flat(file);
    for (at, entry) in old_entries.iter().enumerate() {
        let Some((old, new)) = renamed(sites, &entry.kind) else {
            continue;
        };
        let edit =
            text.get(entry.span.clone())
                .and_then(|raw| respelled(raw, &old, &new))
                .map(|replacement| Edit {
                    span: entry.span.clone(),
                    replacement,
                })
                .filter(|edit| {
                    // The file is read again, because a name can mean something to YAML.
                    let edited = edit::apply(text, [edit.clone()]);
                    let read = sidebar_file::read(&file.file, &edited.text).value;
                    let new_entries = flat(&read);
                    new_entries.len() == old_entries.len()
                        && new_entries.iter().zip(&old_entries).enumerate().all(
                            |(n, (now, was))| {
                                now.title == was.title
                                    && if n == at {
                                        named(&now.kind) == Some(&*new)
                                    } else {
                                        named(&now.kind) == named(&was.kind)
                                    }
                            },
                        )
                });
        match edit {
            Some(edit) => edits.push(edit),
            None => changed.unsure.push(Unsure {
                file: format!("{}{SIDEBARS_NAME}", sites.moving.prefix),
                text: text.into(),
                span: entry.span.clone(),
                why: format!("the entry `{old}` could not be changed to `{new}`"),
            }),
        }
    }
    changed.entries = edits.len();
    if !edits.is_empty() {
        changed.text = Some(Text {
            from: SIDEBARS_NAME.to_owned(),
            to: SIDEBARS_NAME.to_owned(),
            old: Arc::from(text),
            new: edit::apply(text, edits).text,
            links: 0,
        });
    }
    changed
}

/// The path of an entry and the one that it needs after the move, if that is another one.
fn renamed(sites: &Sites<'_>, kind: &EntryKind) -> Option<(String, String)> {
    let moved = sites.moving.moved;
    match kind {
        EntryKind::Subtree(folder) => {
            let inside = |folder: &str, from: &str| {
                let rest = folder.strip_prefix(from)?;
                (rest.is_empty() || rest.starts_with('/')).then(|| rest.to_owned())
            };
            // By its name, or as its address has it.
            let rest = inside(folder, &moved.from)
                .or_else(|| inside(folder, &url::hyphenate(&moved.from)))
                .filter(|_| moved.folder)?;
            let new = format!("{}{rest}", moved.to);
            (new != *folder).then(|| (folder.clone(), new))
        }
        EntryKind::Page(path) => {
            let old = listed_page(sites.old, path)?;
            let goal = sites.successor(old)?;
            if listed_page(sites.new, path) == Some(goal) {
                return None;
            }
            let new = spellings(sites.old, old, sites.new, goal, path)
                .into_iter()
                .find(|new| listed_page(sites.new, new) == Some(goal))?;
            Some((path.clone(), new))
        }
        EntryKind::External(_) | EntryKind::Group(_) => None,
    }
}

/// The ways to name a page, the one of the entry first.
fn spellings(old: &Site, was: usize, new: &Site, is: usize, path: &str) -> Vec<String> {
    let (was, is) = (&old.pages[was], &new.pages[is]);
    let address = is.url.trim_matches('/').to_owned();
    let Some(file) = is.path.as_deref() else {
        return vec![is.folder.clone().unwrap_or_default(), address];
    };
    let stem = url::without_extension(file).to_owned();
    let (folder, name) = url::split_last(&stem);
    let folder = if url::is_index(name) {
        folder.to_owned()
    } else {
        stem.clone()
    };
    let old_stem = was.path.as_deref().map(url::without_extension);
    let mut all = vec![
        stem.clone(),
        file.to_owned(),
        folder.clone(),
        address.clone(),
    ];
    if url::is_markdown(path) {
        all.insert(0, file.to_owned());
    } else if old_stem != Some(path) {
        let by_folder = old_stem.is_some_and(|stem| url::split_last(stem).0 == path);
        all.insert(0, if by_folder { folder } else { address });
    }
    all
}

/// An entry's text with another path in it.
fn respelled(raw: &str, old: &str, new: &str) -> Option<String> {
    let quote = raw.chars().next().filter(|c| matches!(c, '"' | '\''));
    let read;
    let inner = match quote {
        Some(_) => {
            read = tree::yaml(raw).ok()?;
            let Value::String(text) = &read.value else {
                return None;
            };
            text.as_str()
        }
        None => raw,
    };
    let at = inner.find(old)?;
    let (before, after) = (&inner[..at], &inner[at + old.len()..]);
    if !before.trim_matches('/').is_empty() || !matches!(after.trim_start_matches('/'), "" | "*") {
        return None;
    }
    let path = format!("{before}{new}{after}");
    Some(match quote {
        Some('\'') => format!("'{}'", path.replace('\'', "''")),
        // The star of a whole folder needs no quotes.
        None if tree::yaml_text(new) == new => path,
        _ => format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\"")),
    })
}

/// The path that an entry names.
fn named(kind: &EntryKind) -> Option<&str> {
    match kind {
        EntryKind::Page(path) | EntryKind::Subtree(path) | EntryKind::External(path) => Some(path),
        EntryKind::Group(_) => None,
    }
}

/// All entries of all sidebars, in the order of the file.
fn flat(file: &SidebarFile) -> Vec<&Entry> {
    let mut all = Vec::new();
    for sidebar in &file.sidebars {
        sidebar_file::flatten(&sidebar.entries, &mut all);
    }
    all
}
