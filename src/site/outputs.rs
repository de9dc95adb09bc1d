//! Two things that would be written to one place, and places that only some file systems keep apart.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet, hash_map};
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic};
use crate::site::{Input, Site};
use crate::url;

/// Who writes an output path.
struct Writer {
    path: String,
    /// As shown; none for what the tool makes itself.
    file: Option<Arc<str>>,
    place: Option<std::ops::Range<usize>>,
    /// What it is, in a message.
    what: String,
}

/// Reports every output path that has two writers, or that differs from another one by case only.
pub fn check(site: &Site, input: &Input<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let writers = writers(site, input);
    let mut by_path: BTreeMap<&str, &Writer> = BTreeMap::new();
    let mut by_folded: HashMap<String, &Writer> = HashMap::new();
    for writer in &writers {
        match by_path.entry(&writer.path) {
            Entry::Occupied(first) => report_duplicate(first.get(), writer, diagnostics),
            Entry::Vacant(vacant) => {
                vacant.insert(writer);
                match by_folded.entry(writer.path.to_lowercase()) {
                    hash_map::Entry::Occupied(first) => {
                        report_case(first.get(), writer, diagnostics);
                    }
                    hash_map::Entry::Vacant(vacant) => {
                        vacant.insert(writer);
                    }
                }
            }
        }
    }
    // Anybody may replace it, but nobody may need a folder in its place.
    let not_found = Writer {
        path: "404.html".to_owned(),
        file: None,
        place: None,
        what: "the page for addresses that lead nowhere".to_owned(),
    };
    by_path.entry("404.html").or_insert(&not_found);
    file_against_folder(&by_path, diagnostics);
}

fn writers(site: &Site, input: &Input<'_>) -> Vec<Writer> {
    let mut writers = Vec::new();
    for page in site.published().map(|id| &site.pages[id]) {
        writers.push(Writer {
            path: url::output_path(&page.url),
            what: match &page.file {
                Some(file) => format!("`{file}`"),
                None => format!("the section page `{}`", page.url),
            },
            // A section page is there because of its folder.
            file: page.file.clone().or_else(|| {
                let folder = page.folder.as_deref().filter(|folder| !folder.is_empty())?;
                Some(format!("{}{folder}", input.prefix).into())
            }),
            place: None,
        });
    }
    for path in input.assets {
        let file: Arc<str> = format!("{}{path}", input.prefix).into();
        writers.push(Writer {
            path: path.clone(),
            what: format!("`{file}`"),
            file: Some(file),
            place: None,
        });
    }
    for path in input.statics {
        writers.push(Writer {
            path: path.clone(),
            what: format!("`static/{path}`"),
            file: Some(format!("static/{path}").into()),
            place: None,
        });
    }
    for (alias, page) in &site.aliases {
        writers.push(Writer {
            path: url::output_path(alias),
            what: format!("the alias `{alias}`"),
            file: site.pages[*page].file.clone(),
            place: input
                .outlines
                .get(*page)
                .and_then(|outline| outline.matter.aliases.iter().find(|a| a.text == *alias))
                .map(|alias| alias.span.clone()),
        });
    }
    writers
}

fn report_duplicate(first: &Writer, second: &Writer, diagnostics: &mut Vec<Diagnostic>) {
    let (at, other) = match (&second.file, &first.file) {
        (Some(_), _) => (second, first),
        _ => (first, second),
    };
    let Some(file) = &at.file else { return };
    diagnostics.push(
        Diagnostic::new(
            Code::DuplicateOutput,
            file,
            at.place.clone(),
            format!("would be written to `{}`, as would {}", at.path, other.what),
        )
        .hint("rename one of the two"),
    );
}

fn report_case(first: &Writer, second: &Writer, diagnostics: &mut Vec<Diagnostic>) {
    let (at, other) = match (&second.file, &first.file) {
        (Some(_), _) => (second, first),
        _ => (first, second),
    };
    let Some(file) = &at.file else { return };
    diagnostics.push(
        Diagnostic::new(
            Code::CaseClash,
            file,
            at.place.clone(),
            format!(
                "`{}` and `{}` of {} differ only in case, which Windows and macOS do not tell apart",
                at.path, other.path, other.what
            ),
        )
        .hint("rename one of the two"),
    );
}

/// A file cannot lie where a folder must be: `a` and `a/index.html`.
fn file_against_folder(by_path: &BTreeMap<&str, &Writer>, diagnostics: &mut Vec<Diagnostic>) {
    // Neither these nor what they lie in is a file: most files share their folders with others.
    let mut clear: HashSet<&str> = HashSet::new();
    for (path, writer) in by_path {
        let own = url::split_last(path).0;
        let mut folder = own;
        while !folder.is_empty() && !clear.contains(folder) {
            if let Some(blocker) = by_path.get(folder) {
                let (at, other) = if blocker.file.is_some() {
                    (*blocker, *writer)
                } else {
                    (*writer, *blocker)
                };
                if let Some(file) = &at.file {
                    diagnostics.push(
                        Diagnostic::new(
                            Code::DuplicateOutput,
                            file,
                            at.place.clone(),
                            format!(
                                "`{}` would have to be a file and, for {}, a folder",
                                blocker.path, other.what
                            ),
                        )
                        .hint("rename one of the two"),
                    );
                }
                break;
            }
            folder = url::split_last(folder).0;
        }
        if folder.is_empty() || clear.contains(folder) {
            let mut folder = own;
            while !folder.is_empty() && clear.insert(folder) {
                folder = url::split_last(folder).0;
            }
        }
    }
}
