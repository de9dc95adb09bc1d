//! What programs are told of a page: its trail as JSON-LD, and a copy of it as Markdown.

use std::fmt::Write as _;

use tera::Value;

use crate::parse::Doc;
use crate::render::World;
use crate::render::context::{canonical, text};
use crate::site::{self, PageId, Resolved};
use crate::url;

/// The trail to a page as a `BreadcrumbList` for a script element. Nothing where no full address is known.
pub fn breadcrumbs(world: &World, id: PageId, crumbs: &[Value]) -> Value {
    let page = &world.site.pages[id];
    let (Some(base), Some(own)) = (&world.config.base_url, canonical(&world.config, page)) else {
        return Value::none();
    };
    let mut trail: Vec<(String, String)> = Vec::new();
    for crumb in crumbs {
        let field = |name: &'static str| {
            let value = crumb.as_map()?.get(&tera::value::Key::from(name))?;
            Some(value.as_str()?.to_owned())
        };
        // A group of the sidebar has no address.
        let (Some(title), Some(href)) = (field("title"), field("url")) else {
            continue;
        };
        let mount = url::encode(&world.config.mount);
        let path = href.strip_prefix(&mount).unwrap_or(&href);
        trail.push((
            title,
            format!("{}{}{path}", base.origin, url::encode(&base.path)),
        ));
    }
    if trail.is_empty() {
        return Value::none();
    }
    trail.push((page.title.clone(), own));
    let items: Vec<_> = trail
        .iter()
        .enumerate()
        .map(|(at, (name, item))| {
            serde_json::json!({ "@type": "ListItem", "position": at + 1, "name": name, "item": item })
        })
        .collect();
    let list = serde_json::json!({
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": items,
    });
    // A title must not end the script that it stands in.
    text(&list.to_string().replace('<', "\\u003c"))
}

/// Whether there is a copy of a page as Markdown.
pub fn has_copy(world: &World, id: PageId, doc: &Doc) -> bool {
    world.config.markdown_copies && world.site.pages[id].published && !doc.outline.matter.noindex
}

/// A page as Markdown: its title, then its text as it is written in the file, without front matter and without what is
/// not for readers. Its links lead to where they lead on the page; to the full address if that is known.
pub fn copy(world: &World, id: PageId, doc: &Doc, links: &[Resolved], source: &str) -> String {
    let page = &world.site.pages[id];
    let mut copy = String::with_capacity(source.len() + page.title.len());
    if site::prints_title(&doc.outline.matter, &doc.outline.headings, &page.title) {
        let title = page.title.split_whitespace().collect::<Vec<_>>().join(" ");
        writeln!(copy, "# {title}\n").expect("a String takes everything");
    }
    let own = doc
        .included
        .first()
        .map_or(doc.links.len(), |i| i.links.start);
    let mut edits: Vec<(std::ops::Range<usize>, String)> = doc.links[..own]
        .iter()
        .zip(links)
        .filter(|(link, resolved)| link.verbatim && leads_into_site(&resolved.href))
        .map(|(link, resolved)| (link.span.clone(), full(world, &resolved.href)))
        .collect();
    edits.extend(
        doc.hidden
            .iter()
            .map(|hidden| (hidden.clone(), String::new())),
    );
    edits.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
    let mut at = doc.start;
    let mut body = String::with_capacity(source.len());
    for (span, new) in edits {
        // A definition that several links share is one place, and so is a link in a comment.
        if span.start < at {
            continue;
        }
        body.push_str(&source[at..span.start]);
        body.push_str(&new);
        at = span.end;
    }
    body.push_str(&source[at..]);
    copy.push_str(body.trim_start_matches(['\r', '\n']).trim_end());
    copy.push('\n');
    copy
}

fn leads_into_site(href: &str) -> bool {
    href.starts_with('/') && !href.starts_with("//")
}

/// An address on the site, as it may stand in Markdown and be used elsewhere.
fn full(world: &World, href: &str) -> String {
    let href = href.replace('(', "%28").replace(')', "%29");
    match &world.config.base_url {
        Some(base) => {
            let mount = url::encode(&world.config.mount);
            let path = href.strip_prefix(&mount).unwrap_or(&href);
            format!("{}{}{path}", base.origin, url::encode(&base.path))
        }
        None => href,
    }
}
