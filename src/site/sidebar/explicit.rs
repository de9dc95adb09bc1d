//! Sidebars as `sidebars.yaml` defines them, which of them each page shows, and what does not fit together.

use super::automatic::add_subtree;
use super::{ItemId, Sidebar, Target};
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::parse::{self, SidebarChoice};
use crate::site::sidebar_file::{Definition, Entry, EntryKind, SidebarFile};
use crate::site::{Input, PageId, SidebarId, Site, suggest};
use crate::tree;
use crate::url::{self, address};

pub(super) fn attach(
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
            diagnostics.extend(faulty_address(file, entry, href));
            if !address::is_script(href) {
                sidebar.add(title, Target::External(href.clone()), parent);
            }
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

fn faulty_address(file: &SidebarFile, entry: &Entry, href: &str) -> Option<Diagnostic> {
    let verbatim = entry.span.len() == href.len();
    let report =
        |code, fault| parse::address_report(code, &file.file, &entry.span, fault, verbatim);
    let suspicious = address::suspicious(href).map(|fault| report(Code::SuspiciousUrl, fault));
    suspicious.or_else(|| Some(report(Code::MalformedUrl, address::malformed(href)?)))
}

/// The page of an entry: a content path with or without extension, or a folder.
pub fn listed_page(site: &Site, path: &str) -> Option<PageId> {
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
    let meant = suggest::content_path(site, path);
    // Quotes and a slash in front would make the place longer than the path.
    let verbatim = entry.span.len() == path.len() && matches!(entry.kind, EntryKind::Page(_));
    let fix = meant
        .as_ref()
        .filter(|meant| meant.certain && verbatim)
        .map(|meant| Fix {
            span: entry.span.clone(),
            replacement: tree::yaml_text(&meant.what),
        });
    diagnostics.push(
        Diagnostic::new(
            Code::SidebarMissingPage,
            &file.file,
            entry.span.clone(),
            format!("no page `{path}` in the content folder"),
        )
        .maybe_hint(meant.map(|meant| format!("did you mean `{}`?", meant.what)))
        .maybe_fix(fix),
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
                let meant = suggest::meant(&name.text, names.iter().copied());
                let fix = meant
                    .filter(|meant| meant.certain)
                    .and_then(|meant| Fix::of_word(&name.span, &name.text, meant.what));
                let hint = meant
                    .map(|meant| format!("did you mean `{}`?", meant.what))
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
                    .maybe_hint(hint)
                    .maybe_fix(fix),
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
    let entry = tree::yaml_text(url::without_extension(&outline.path));
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
