//! The HTTP server: takes requests in and hands them to `answer`. Knows no pages.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::BroadcastStream;

use crate::dev::live::{Change, Live};
use crate::dev::{Event, answer, guard};
use crate::error::Error;

const DEFAULT_PORT: u16 = 4000;

/// How often a stream of events says that it is still there.
const ALIVE: Duration = Duration::from_secs(20);

/// How many ports are tried when the usual one is busy.
const PORTS: u16 = 50;

struct Shared {
    live: Arc<Live>,
    allowed_hosts: Vec<String>,
}

/// Takes a port. Without a wish, the usual one or the next that is free; `taken` is told of the usual one if it is not.
///
/// # Errors
/// The port that was asked for is busy, or none is free.
pub fn bind(
    host: IpAddr,
    port: Option<u16>,
    mut taken: impl FnMut(u16),
) -> Result<std::net::TcpListener, Error> {
    let bound = |port| std::net::TcpListener::bind(SocketAddr::new(host, port));
    let listener = match port {
        Some(port) => bound(port).map_err(|error| {
            Error::Usage(format!(
                "cannot listen on port {port}: {error}; choose another one with `--port`"
            ))
        })?,
        None => {
            let first = bound(DEFAULT_PORT);
            if first
                .as_ref()
                .is_err_and(|e| e.kind() == std::io::ErrorKind::AddrInUse)
            {
                taken(DEFAULT_PORT);
            }
            let next = || (1..PORTS).find_map(|step| bound(DEFAULT_PORT + step).ok());
            match first {
                Ok(listener) => listener,
                Err(error) => {
                    next().ok_or_else(|| Error::io("listen on", host.to_string(), error))?
                }
            }
        }
    };
    listener
        .set_nonblocking(true)
        .map_err(|error| Error::io("listen on", host.to_string(), error))?;
    Ok(listener)
}

/// Serves in threads of its own. An `Event::Stopped` comes if it ends.
pub fn start(
    listener: std::net::TcpListener,
    live: Arc<Live>,
    allowed_hosts: Vec<String>,
    events: Sender<Event>,
) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        let result =
            runtime.and_then(|runtime| runtime.block_on(serve(listener, live, allowed_hosts)));
        events.send(Event::Stopped(result)).ok();
    });
}

async fn serve(
    listener: std::net::TcpListener,
    live: Arc<Live>,
    allowed_hosts: Vec<String>,
) -> std::io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let shared = Arc::new(Shared {
        live,
        allowed_hosts,
    });
    let router = Router::new().fallback(handle).with_state(shared);
    axum::serve(listener, router).await
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let (request, _) = request.into_parts();
    let (method, uri, headers) = (&request.method, &request.uri, &request.headers);
    if let Err((status, reason)) = guard::check(method, uri, headers, &shared.allowed_hosts) {
        let mut response = (status, format!("{reason}\n")).into_response();
        if status == StatusCode::METHOD_NOT_ALLOWED {
            let allowed = HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(header::ALLOW, allowed);
        }
        return guarded(response);
    }
    let response = if uri.path() == "/_handbook/events" {
        if guard::same_origin(headers) {
            events(&shared.live)
        } else {
            (
                StatusCode::FORBIDDEN,
                "events are for pages of this preview\n",
            )
                .into_response()
        }
    } else {
        answer::answer(&shared.live, &request).await
    };
    guarded(response)
}

/// What every answer says: take me for what I am, and frame me nowhere else.
fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("same-origin"),
    );
    response
}

/// A stream of server-sent events: one at once, so that a page knows what it connected to, then one for each change.
fn events(live: &Live) -> Response {
    // Listens before it looks, so that no change falls between.
    let changes = live.changes();
    let first = Change {
        kind: "hello",
        generation: live.snapshot().generation,
        files: Vec::new(),
    };
    let run = live.run;
    let hello = tokio_stream::once(format!("retry: 300\n{}", message(run, &first)));
    let changes = BroadcastStream::new(changes).map(move |change| match change {
        Ok(change) => message(run, &change),
        // A tab that slept through many changes: it only needs to know that there were some.
        Err(_) => message(
            run,
            &Change {
                kind: "change",
                generation: u64::MAX,
                files: Vec::new(),
            },
        ),
    });
    // Keeps proxies from closing a quiet connection.
    let alive = tokio_stream::iter(std::iter::repeat(":\n\n".to_owned())).throttle(ALIVE);
    let stream = hello.chain(changes.merge(alive)).map(Ok::<_, Infallible>);
    (
        [
            (header::CONTENT_TYPE, "text/event-stream"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        Body::from_stream(stream),
    )
        .into_response()
}

fn message(run: u64, change: &Change) -> String {
    let data = serde_json::json!({
        "run": run.to_string(),
        "generation": change.generation,
        "files": change.files,
    });
    format!("event: {}\ndata: {data}\n\n", change.kind)
}
