//! What a preview adds to the site: mistakes on the page, and a page with all of them. Looks nothing up on disk.

use std::sync::Arc;

use axum::http::StatusCode;
use pulldown_cmark_escape::escape_html;
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

use crate::dev::answer::Html;
use crate::dev::live::{Live, Snapshot};
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::{PageId, list, nearest_page};
use crate::source;
use crate::url;

/// The address of the page that lists every mistake.
const DIAGNOSTICS: &str = "/_handbook/diagnostics";

const STYLE: &str = include_str!("diagnostics.css");

/// A page of the site as the preview shows it.
pub fn page(live: &Live, snapshot: &Snapshot, page: PageId) -> Html {
    shown(live, snapshot, page).0
}

/// The list of all pages as the preview shows it.
pub fn list(live: &Live, snapshot: &Snapshot) -> Html {
    shown_list(live, snapshot).0
}

/// A page, and what came up when it was rendered: mistakes, or the fault of the theme that kept it from being rendered.
fn shown(
    live: &Live,
    snapshot: &Snapshot,
    page: PageId,
) -> (Html, Result<Vec<Diagnostic>, Box<Diagnostic>>) {
    let url = &snapshot.loaded.site().pages[page].url;
    let rendered = snapshot.loaded.render(page);
    let rendered = rendered.map(|page| (page.html, page.diagnostics));
    good_or_kept(live, snapshot, url, rendered)
}

fn shown_list(
    live: &Live,
    snapshot: &Snapshot,
) -> (Html, Result<Vec<Diagnostic>, Box<Diagnostic>>) {
    let rendered = snapshot.loaded.render_list();
    let rendered = rendered.map(|html| (html, Vec::new()));
    good_or_kept(live, snapshot, list::URL, rendered)
}

fn good_or_kept(
    live: &Live,
    snapshot: &Snapshot,
    url: &str,
    rendered: Result<(String, Vec<Diagnostic>), Box<Diagnostic>>,
) -> (Html, Result<Vec<Diagnostic>, Box<Diagnostic>>) {
    match rendered {
        Ok((html, diagnostics)) => {
            let html: Arc<str> = with_script(html).into();
            live.keep(url, &html);
            let status = StatusCode::OK;
            (Html { status, html }, Ok(diagnostics))
        }
        Err(fault) => {
            let html = match live.kept(url) {
                // The last good page stays; the panel says what is wrong.
                Some(html) => Html {
                    status: StatusCode::OK,
                    html,
                },
                None => Html {
                    status: StatusCode::INTERNAL_SERVER_ERROR,
                    html: fault_page(snapshot, &fault).into(),
                },
            };
            (html, Err(fault))
        }
    }
}

/// The theme's page for addresses that lead nowhere, with the pages that may have been meant.
pub fn not_found(_live: &Live, snapshot: &Snapshot, path: &str) -> Html {
    let html = match snapshot.loaded.render_not_found() {
        Ok(html) => html,
        Err(fault) => {
            return Html {
                status: StatusCode::NOT_FOUND,
                html: fault_page(snapshot, &fault).into(),
            };
        }
    };
    let site = snapshot.loaded.site();
    let moved = snapshot
        .renamed
        .get(&url::of_folder(path.trim_matches('/')));
    let near = moved
        .map(|moved| moved.url.clone())
        .or_else(|| nearest_page(site, path).map(|page| site.pages[page].url.clone()));
    let hint = near.map_or(String::new(), |near| {
        let title = site
            .page_at(&near)
            .map_or(near.as_str(), |page| site.pages[page].title.as_str());
        format!(
            "<p class=\"near\">Did you mean <a href=\"{}\">{}</a>?</p>\n",
            escaped(&url::encode(&near)),
            escaped(title)
        )
    });
    let html = match html.rfind("</article>") {
        Some(at) => format!("{}{hint}{}", &html[..at], &html[at..]),
        None => html + &hint,
    };
    Html {
        status: StatusCode::NOT_FOUND,
        html: with_script(html).into(),
    }
}

/// The page with the one thing that the preview adds: a script at the end of the body, which is told what it is on.
fn with_script(mut html: String) -> String {
    let hash = xxh3_64(html.as_bytes());
    let script =
        format!("<script src=\"/_handbook/live.js\" data-page=\"{hash:016x}\" defer></script>\n");
    let at = html.rfind("</body>").unwrap_or(html.len());
    html.insert_str(at, &script);
    html
}

/// All that an open page needs to follow a change: its HTML as it is now, and what the panel shows.
pub fn page_json(live: &Live, snapshot: &Snapshot, path: &str) -> Value {
    let loaded = &snapshot.loaded;
    let site = loaded.site();
    let folder = url::of_folder(path.trim_matches('/'));
    let page = site.page_at(&folder);
    let written = page.and_then(|page| loaded.page(page));
    let own_page = path == DIAGNOSTICS;
    let is_list = page.is_none() && site.is_list(&folder);
    let mut own: Vec<Diagnostic> = Vec::new();
    let mut from_site = 0;
    let mut fault = Value::Null;
    let shown = match page {
        Some(page) => {
            own.extend(loaded.report(loaded.page_diagnostics(page)));
            from_site = own.len();
            Some(shown(live, snapshot, page))
        }
        None => is_list.then(|| shown_list(live, snapshot)),
    };
    let html = match shown {
        Some((html, came_up)) => {
            match came_up {
                Ok(found) => own.extend(loaded.report(found)),
                Err(found) => fault = one(live, snapshot, &found, None),
            }
            html
        }
        None if own_page => diagnostics(live, snapshot),
        None => not_found(live, snapshot, path),
    };
    // What concerns every page: settings and theme.
    let shared = snapshot.diagnostics.iter().filter(|_| loaded.is_fatal());
    let shared = shared.filter(|d| d.file.starts_with("themes/") || &*d.file == "handbook.toml");
    let file = written.map(|page| &page.source.file);
    // Those of snippets stand elsewhere.
    let is_own = |d: &Diagnostic| Some(&d.file) == file;
    let mistakes: Vec<Value> = shared
        .chain(&own)
        .map(|d| {
            one(
                live,
                snapshot,
                d,
                page.filter(|_| is_own(d))
                    .and_then(|page| loaded.href_at(page, d.span.as_ref())),
            )
        })
        .collect();
    // The page's own mistakes are known at once, those elsewhere once there was time to look.
    let elsewhere = || snapshot.diagnostics.iter().filter(|d| !is_own(d));
    let counted = || elsewhere().chain(own[..from_site].iter().filter(|d| is_own(d)));
    let new = counted().filter(|d| !live.is_old(d)).count();
    json!({
        "generation": snapshot.generation,
        "ok": html.status.is_success(),
        "html": &*html.html,
        "own": own_page,
        "gone": page.is_none() && !own_page && !is_list,
        "moved": moved(snapshot, &folder),
        "file": written.map(|page| page.source.file.to_string()),
        "edit": written.map(|page| editor(snapshot, &page.source.file, 1, 1)),
        "fault": fault,
        "diagnostics": mistakes,
        "total": counted().count(),
        "new": new,
    })
}

/// Where the page of an address went.
fn moved(snapshot: &Snapshot, url: &str) -> Value {
    let loaded = &snapshot.loaded;
    if let Some(moved) = snapshot.renamed.get(url) {
        // Another address of the same file needs no command.
        let file =
            |path: &str| (moved.from != moved.to).then(|| loaded.place.shown(path).to_string());
        return json!({
            "url": url::encode(&moved.url),
            "from": file(&moved.from),
            "to": file(&moved.to),
        });
    }
    let site = loaded.site();
    let now = site
        .page_once_at(url)
        .filter(|_| site.page_at(url).is_none());
    now.map_or(
        Value::Null,
        |page| json!({ "url": url::encode(&site.pages[page].url) }),
    )
}

fn one(live: &Live, snapshot: &Snapshot, diagnostic: &Diagnostic, href: Option<&str>) -> Value {
    let text = snapshot.loaded.text(&diagnostic.file);
    let place = match (text, &diagnostic.span) {
        (Some(text), Some(span)) => Some((text, source::position(text, span.start))),
        _ => None,
    };
    let (line, column) = place.map_or((1, 1), |(_, place)| (place.line, place.column));
    json!({
        "code": diagnostic.code.name(),
        "severity": match diagnostic.severity { Severity::Error => "error", Severity::Warning => "warning" },
        "message": diagnostic.message,
        "hints": diagnostic.hints,
        "file": diagnostic.file.to_string(),
        "line": place.map(|(_, place)| place.line),
        "source": place.map(|(text, place)| text.lines().nth(place.line - 1).unwrap_or_default().trim().to_owned()),
        "edit": editor(snapshot, &diagnostic.file, line, column),
        "old": live.is_old(diagnostic),
        "href": href,
    })
}

/// The address that opens a file in the writer's editor.
fn editor(snapshot: &Snapshot, file: &str, line: usize, column: usize) -> String {
    let path = snapshot.loaded.place.root.join(file);
    let path = url::encode(&path.to_string_lossy());
    snapshot
        .loaded
        .config()
        .editor
        .replace("{path}", &path)
        .replace("{line}", &line.to_string())
        .replace("{column}", &column.to_string())
}

/// The page that lists every mistake by file.
pub fn diagnostics(live: &Live, snapshot: &Snapshot) -> Html {
    let all = &snapshot.diagnostics;
    let new: Vec<&Diagnostic> = all.iter().filter(|d| !live.is_old(d)).collect();
    let old: Vec<&Diagnostic> = all.iter().filter(|d| live.is_old(d)).collect();
    let mut body = String::new();
    if all.is_empty() {
        body.push_str("<p>All well.</p>");
    }
    for (id, title, list) in [
        ("new", "New since the preview began", new),
        ("old", "There before", old),
    ] {
        if list.is_empty() {
            continue;
        }
        body.push_str(&format!(
            "<section id=\"{id}\"><h2>{title}: {}</h2>\n",
            list.len()
        ));
        let mut file = "";
        for diagnostic in list {
            if &*diagnostic.file != file {
                file = &diagnostic.file;
                body.push_str(&format!("<h3>{}</h3>\n", escaped(file)));
            }
            body.push_str(&entry(snapshot, diagnostic));
        }
        body.push_str("</section>\n");
    }
    Html {
        status: StatusCode::OK,
        html: document("Diagnostics", &format!("<h1>Diagnostics</h1>\n{body}")).into(),
    }
}

fn entry(snapshot: &Snapshot, diagnostic: &Diagnostic) -> String {
    let text = snapshot.loaded.text(&diagnostic.file);
    let place = match (text, &diagnostic.span) {
        (Some(text), Some(span)) => Some((text, source::position(text, span.start))),
        _ => None,
    };
    let (line, column) = place.map_or((1, 1), |(_, place)| (place.line, place.column));
    let excerpt = place.map_or(String::new(), |(text, place)| {
        let line = text.lines().nth(place.line - 1).unwrap_or_default();
        format!("<pre>{}</pre>", escaped(line.trim()))
    });
    let hints: String = diagnostic
        .hints
        .iter()
        .map(|hint| format!("<p class=\"hint\">{}</p>", ticked(hint)))
        .collect();
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    format!(
        "<article class=\"{severity}\"><p><b>{severity}</b> <code>{}</code> {} <a href=\"{}\">{line}:{column}</a></p>{excerpt}{hints}</article>\n",
        diagnostic.code.name(),
        ticked(&diagnostic.message),
        escaped(&editor(snapshot, &diagnostic.file, line, column)),
    )
}

/// What is shown when the theme fails before a page was ever shown.
fn fault_page(snapshot: &Snapshot, fault: &Diagnostic) -> String {
    let faults: Vec<&Diagnostic> = if snapshot.loaded.is_fatal() {
        snapshot
            .diagnostics
            .iter()
            .filter(|d| d.file.starts_with("themes/") || &*d.file == "handbook.toml")
            .collect()
    } else {
        vec![fault]
    };
    let list: String = faults
        .iter()
        .map(|fault| {
            format!(
                "<h3>{}</h3>{}",
                escaped(&fault.file),
                entry(snapshot, fault)
            )
        })
        .collect();
    document(
        "The page cannot be shown",
        &format!(
            "<h1>The page cannot be shown</h1>\n<p>It comes back when this is mended:</p>\n{list}"
        ),
    )
}

fn document(title: &str, body: &str) -> String {
    with_script(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    ))
}

/// A message with what stands between backticks as code.
fn ticked(message: &str) -> String {
    let mut html = String::new();
    for (at, part) in message.split('`').enumerate() {
        let part = escaped(part);
        html.push_str(&if at % 2 == 1 {
            format!("<code>{part}</code>")
        } else {
            part
        });
    }
    html
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape_html(&mut html, text).expect("a String takes everything");
    html
}
