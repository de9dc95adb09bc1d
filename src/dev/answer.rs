//! Answers one request from the site as it stands: pages, files, and the preview's own pages under `/_handbook/`.

use std::io::SeekFrom;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use xxhash_rust::xxh3::xxh3_64;

use crate::dev::live::{Live, Snapshot};
use crate::dev::panel;
use crate::search::Press;
use crate::session::Output;
use crate::site::SidebarId;
use crate::url;

const LIVE_JS: &str = include_str!("live.js");

/// Files up to this size are read whole, larger ones in pieces as the browser takes them.
const WHOLE: u64 = 4 * 1024 * 1024;

/// Answers a request that `guard` let pass.
pub async fn answer(live: &Live, request: &Parts) -> Response {
    let snapshot = live.snapshot();
    let path = request.uri.path();
    let Some(decoded) = decoded(path) else {
        return (StatusCode::BAD_REQUEST, "this is no address of a page\n").into_response();
    };
    if let Some(own) = decoded.strip_prefix("/_handbook/") {
        return own_page(live, &snapshot, request, own);
    }
    match find(&snapshot, &decoded) {
        Found::Page(page) => {
            let html = panel::page(live, &snapshot, page);
            body(
                request,
                html.status,
                "text/html; charset=utf-8",
                html.html.as_bytes(),
            )
        }
        Found::List => {
            let html = panel::list(live, &snapshot);
            body(
                request,
                html.status,
                "text/html; charset=utf-8",
                html.html.as_bytes(),
            )
        }
        Found::Markdown(text) => body(
            request,
            StatusCode::OK,
            "text/markdown; charset=utf-8",
            text.as_bytes(),
        ),
        Found::Redirect(to) => redirect(&to, request.uri.query()),
        Found::Embedded(name, bytes) => body(request, StatusCode::OK, &content_type(name), bytes),
        Found::Sidebar(sidebar) => {
            let json = snapshot.loaded.sidebar_file(sidebar);
            body(request, StatusCode::OK, "application/json", json.as_bytes())
        }
        Found::Search(bytes) => body(request, StatusCode::OK, "application/octet-stream", &bytes),
        Found::File(name, file) => file_answer(request, &snapshot, &name, file).await,
        Found::Nothing => {
            let html = panel::not_found(live, &snapshot, &decoded);
            body(
                request,
                html.status,
                "text/html; charset=utf-8",
                html.html.as_bytes(),
            )
        }
    }
}

enum Found {
    Page(usize),
    /// The list of all pages.
    List,
    /// A page as Markdown.
    Markdown(String),
    /// An encoded address on this server.
    Redirect(String),
    Embedded(&'static str, &'static [u8]),
    File(String, PathBuf),
    Sidebar(SidebarId),
    /// A file of the search index.
    Search(Vec<u8>),
    Nothing,
}

/// A path as asked for, decoded. `None` if it is none: it leads up, or holds what no address holds.
fn decoded(path: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(path)
        .decode_utf8()
        .ok()?;
    let fine = decoded.starts_with('/')
        && !decoded.starts_with("//")
        && !decoded.contains(['\\', '\0'])
        && !decoded.contains(|c: char| c.is_control())
        && !decoded.split('/').any(|part| matches!(part, "." | ".."));
    fine.then(|| decoded.into_owned())
}

fn find(snapshot: &Snapshot, path: &str) -> Found {
    let site = snapshot.loaded.site();
    if let Some(page) = site.page_at(path) {
        return Found::Page(page);
    }
    let inner = path.trim_start_matches('/');
    if let Some((name, output)) = snapshot.loaded.file(inner) {
        return match output {
            Output::Embedded(bytes) => Found::Embedded(static_name(inner), bytes),
            Output::Copy(file) => Found::File(name, file),
            Output::Sidebar(sidebar) => Found::Sidebar(sidebar),
            Output::Search => snapshot
                .loaded
                .search_file(inner, &mut Press::default())
                .map_or(Found::Nothing, |bytes| Found::Search(bytes.to_vec())),
            Output::Page(_)
            | Output::Alias(_)
            | Output::NotFound
            | Output::List
            | Output::Addresses
            | Output::Markdown(_)
            | Output::Sitemap(_) => Found::Nothing,
        };
    }
    let copied = path
        .strip_suffix("index.md")
        .and_then(|url| site.page_at(url));
    if let Some(text) = copied.and_then(|page| snapshot.loaded.markdown(page)) {
        return Found::Markdown(text);
    }
    let folder = url::of_folder(
        inner
            .strip_suffix("index.html")
            .unwrap_or(inner)
            .trim_end_matches('/'),
    );
    if path == folder && site.is_list(path) {
        return Found::List;
    }
    if site.page_at(&folder).is_some() || site.is_list(&folder) {
        return Found::Redirect(url::encode(&folder));
    }
    match site.page_once_at(&folder) {
        Some(page) => Found::Redirect(url::encode(&site.pages[page].url)),
        None => Found::Nothing,
    }
}

/// Only the ending of an embedded file's name matters, for its type.
fn static_name(path: &str) -> &'static str {
    if path.ends_with(".css") {
        "x.css"
    } else {
        "x.js"
    }
}

fn own_page(live: &Live, snapshot: &Snapshot, request: &Parts, path: &str) -> Response {
    let query = request.uri.query().unwrap_or_default();
    match path {
        "live.js" => body(
            request,
            StatusCode::OK,
            "text/javascript; charset=utf-8",
            LIVE_JS.as_bytes(),
        ),
        "page" => {
            // A path as the browser shows it, encoded once more.
            let Some(asked) = query
                .strip_prefix("path=")
                .and_then(|path| decoded(&url::decode(path)))
            else {
                return StatusCode::BAD_REQUEST.into_response();
            };
            let json = panel::page_json(live, snapshot, &asked).to_string();
            body(request, StatusCode::OK, "application/json", json.as_bytes())
        }
        "diagnostics" => {
            let html = panel::diagnostics(live, snapshot);
            body(
                request,
                html.status,
                "text/html; charset=utf-8",
                html.html.as_bytes(),
            )
        }
        _ => (StatusCode::NOT_FOUND, "nothing is here\n").into_response(),
    }
}

fn redirect(to: &str, query: Option<&str>) -> Response {
    let to = match query {
        Some(query) => format!("{to}?{query}"),
        None => to.to_owned(),
    };
    let location = HeaderValue::from_str(&to);
    match location {
        Ok(location) => (
            // Not for good: a page may come to lie here in the next minute.
            StatusCode::FOUND,
            [
                (header::LOCATION, location),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ],
        )
            .into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// An answer from memory, with its hash as its tag.
fn body(request: &Parts, status: StatusCode, content_type: &str, bytes: &[u8]) -> Response {
    let tag = format!("\"{:016x}\"", xxh3_64(bytes));
    if status == StatusCode::OK && has_tag(&request.headers, &tag) {
        return not_modified(&tag);
    }
    let mut response = Response::new(if request.method == Method::HEAD {
        Body::empty()
    } else {
        Body::from(bytes.to_vec())
    });
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, content_type);
    set(
        &mut response,
        header::CONTENT_LENGTH,
        &bytes.len().to_string(),
    );
    set(&mut response, header::ETAG, &tag);
    set(&mut response, header::CACHE_CONTROL, "no-cache");
    response
}

fn not_modified(tag: &str) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    set(&mut response, header::ETAG, tag);
    set(&mut response, header::CACHE_CONTROL, "no-cache");
    response
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn has_tag(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get(header::IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok())
        .is_some_and(|tags| {
            tags == "*"
                || tags
                    .split(',')
                    .any(|t| t.trim().trim_start_matches("W/") == tag)
        })
}

/// A file from disk, whole or the range that a video player asks for.
async fn file_answer(request: &Parts, snapshot: &Snapshot, name: &str, file: PathBuf) -> Response {
    let missing = || (StatusCode::NOT_FOUND, "the file is gone\n").into_response();
    // The list of files may be a moment old, and a link may have been put in a file's place since.
    let inside = tokio::fs::canonicalize(&file)
        .await
        .is_ok_and(|real| real.starts_with(&snapshot.loaded.place.root));
    if !inside {
        return missing();
    }
    // Looked at before it is opened: a pipe in a file's place would never answer.
    let Ok(metadata) = tokio::fs::metadata(&file).await else {
        return missing();
    };
    if !metadata.is_file() {
        return missing();
    }
    let Ok(mut opened) = tokio::fs::File::open(&file).await else {
        return missing();
    };
    let length = metadata.len();
    let Ok(range) = range(&request.headers, length) else {
        let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
        set(
            &mut response,
            header::CONTENT_RANGE,
            &format!("bytes */{length}"),
        );
        return response;
    };
    let content_type = content_type(name);
    if range.is_none() && length <= WHOLE {
        let mut bytes = Vec::new();
        if opened.read_to_end(&mut bytes).await.is_err() {
            return missing();
        }
        let mut response = body(request, StatusCode::OK, &content_type, &bytes);
        set(&mut response, header::ACCEPT_RANGES, "bytes");
        return response;
    }
    let status = if range.is_some() {
        StatusCode::PARTIAL_CONTENT
    } else {
        StatusCode::OK
    };
    let wanted = range.unwrap_or(0..length);
    if opened.seek(SeekFrom::Start(wanted.start)).await.is_err() {
        return missing();
    }
    let size = wanted.end - wanted.start;
    let mut response = Response::new(if request.method == Method::HEAD {
        Body::empty()
    } else {
        Body::from_stream(chunks(opened, size))
    });
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, &content_type);
    set(&mut response, header::CONTENT_LENGTH, &size.to_string());
    set(&mut response, header::ACCEPT_RANGES, "bytes");
    set(&mut response, header::CACHE_CONTROL, "no-cache");
    if status == StatusCode::PARTIAL_CONTENT {
        let text = format!("bytes {}-{}/{length}", wanted.start, wanted.end - 1);
        set(&mut response, header::CONTENT_RANGE, &text);
    }
    response
}

/// So many bytes of a file from where it stands.
fn chunks(
    file: tokio::fs::File,
    size: u64,
) -> impl tokio_stream::Stream<Item = std::io::Result<Vec<u8>>> {
    let (sender, receiver) = tokio::sync::mpsc::channel(2);
    tokio::spawn(async move {
        let mut rest = file.take(size);
        loop {
            let mut chunk = Vec::with_capacity(64 * 1024);
            let read = (&mut rest).take(64 * 1024).read_to_end(&mut chunk).await;
            let result = match read {
                Ok(0) => return,
                Ok(_) => Ok(chunk),
                Err(error) => Err(error),
            };
            // The browser went away.
            if sender.send(result).await.is_err() {
                return;
            }
        }
    });
    tokio_stream::wrappers::ReceiverStream::new(receiver)
}

/// The one range that is asked for. Several are answered with the whole file, as is allowed.
fn range(headers: &HeaderMap, length: u64) -> Result<Option<Range<u64>>, ()> {
    let Some(asked) = headers
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok())
    else {
        return Ok(None);
    };
    let Some((start, end)) = asked
        .strip_prefix("bytes=")
        .filter(|r| !r.contains(','))
        .and_then(|r| r.split_once('-'))
    else {
        return Ok(None);
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let range = match (number(start), number(end)) {
        (Some(start), Some(end)) if start <= end => start..end.saturating_add(1).min(length),
        (Some(start), None) if end.trim().is_empty() => start..length,
        (None, Some(last)) if start.trim().is_empty() && last > 0 => {
            length.saturating_sub(last)..length
        }
        _ => return Ok(None),
    };
    if range.start >= range.end {
        Err(())
    } else {
        Ok(Some(range))
    }
}

fn content_type(name: &str) -> String {
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    let text = guess.type_() == "text" || matches!(guess.subtype().as_str(), "javascript" | "json");
    if text {
        format!("{guess}; charset=utf-8")
    } else {
        guess.to_string()
    }
}

/// HTML and whether it is what was asked for.
pub struct Html {
    pub status: StatusCode,
    pub html: Arc<str>,
}

#[cfg(test)]
mod tests {
    use super::{decoded, range};
    use axum::http::{HeaderMap, HeaderValue, header};

    #[test]
    fn no_path_leads_out() {
        for path in [
            "/../x",
            "/%2e%2e/x",
            "/a/..%2f..%2fetc",
            "/a%00b",
            "/a%5c..%5cb",
            "//etc/passwd",
            "/%ff",
            "/./a",
            "/a%0ab",
        ] {
            assert_eq!(decoded(path), None, "{path}");
        }
        assert_eq!(decoded("/a%20b/").as_deref(), Some("/a b/"));
    }

    #[test]
    fn ranges() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_str(text).unwrap());
            range(&headers, 100)
        };
        assert_eq!(of("bytes=0-9"), Ok(Some(0..10)));
        assert_eq!(of("bytes=90-"), Ok(Some(90..100)));
        assert_eq!(of("bytes=-10"), Ok(Some(90..100)));
        assert_eq!(of("bytes=0-1000"), Ok(Some(0..100)));
        assert_eq!(of("bytes=100-"), Err(()));
        assert_eq!(of("bytes=5-2"), Ok(None));
        assert_eq!(of("lines=1-2"), Ok(None));
        assert_eq!(of("bytes=0-1,5-6"), Ok(None));
    }
}
