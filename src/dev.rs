//! The preview: a loop over what happens to a site's files, beside a server that shows the site as it stands.
//!
//! The session lives in the loop and nowhere else. What the server sees is a `Snapshot`, replaced as a whole.

mod answer;
mod guard;
mod live;
mod panel;
mod server;
mod watch;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::diagnostic::Diagnostic;
use crate::discover;
use crate::error::Error;
use crate::session::{Options, Session, Update};

pub use live::{Live, Snapshot};

/// How a preview is to be run.
#[derive(Clone, Debug)]
pub struct Settings {
    pub dir: PathBuf,
    pub host: IpAddr,
    /// None is 4000, or the next port that is free.
    pub port: Option<u16>,
    /// Names under which the server may be asked, beside addresses and `localhost`.
    pub allowed_hosts: Vec<String>,
    /// Look at the files again and again instead of being told of changes.
    pub poll: bool,
}

/// What there is to tell while the preview runs.
pub enum Report<'a> {
    /// The server answers at this address.
    Serving(SocketAddr),
    /// The port that would have been taken is busy.
    PortTaken(u16),
    /// What was wrong when the preview began.
    Found {
        snapshot: &'a Snapshot,
        diagnostics: &'a [Diagnostic],
        pages: usize,
    },
    /// Something was saved and is shown.
    Changed {
        snapshot: &'a Snapshot,
        update: &'a Update,
        took: Duration,
    },
    /// What changes have broken and mended, once there was time to look.
    Mistakes {
        snapshot: &'a Snapshot,
        new: Vec<&'a Diagnostic>,
        fixed: Vec<&'a Diagnostic>,
    },
    /// The system cannot tell of changes, so files are looked at again and again.
    Polling(String),
}

/// What the loop waits for.
#[derive(Debug)]
enum Event {
    /// These files and folders may have changed.
    Changed(BTreeSet<PathBuf>),
    /// The watcher failed for good and polls from now on.
    Polling(String),
    /// The server has ended.
    Stopped(std::io::Result<()>),
}

/// Serves a site until the program is stopped.
///
/// # Errors
/// When there is no site, or no port for it.
pub fn run(settings: &Settings, mut report: impl FnMut(&Report<'_>)) -> Result<(), Error> {
    let options = Options {
        drafts: true,
        preview: true,
        ..Options::default()
    };
    // Bound before anything is read, so that a busy port is said at once.
    let listener = server::bind(settings.host, settings.port, |taken| {
        report(&Report::PortTaken(taken));
    })?;
    let address = listener
        .local_addr()
        .map_err(|e| Error::io("open", "the port", e))?;
    let (events, inbox) = mpsc::channel();
    // Before anything is read, so that nothing changes unseen: what changes meanwhile is looked at again.
    let mut place = discover::locate(&settings.dir)?;
    let mut watch = watch::start(&place, settings.poll, events.clone());
    let mut session = Session::open(&settings.dir, &options)?;
    watch.also(session.code_folders());
    let live = Arc::new(Live::new(session.current()));
    report(&Report::Serving(address));
    server::start(
        listener,
        Arc::clone(&live),
        settings.allowed_hosts.clone(),
        events.clone(),
    );
    {
        let snapshot = live.snapshot();
        report(&Report::Found {
            diagnostics: &snapshot.diagnostics,
            pages: snapshot.loaded.page_count(),
            snapshot: &snapshot,
        });
    }
    let mut unsettled: Option<Unsettled> = None;
    loop {
        let Some(event) = next(&inbox, unsettled.as_ref()) else {
            // Nothing more is coming for a moment: now the whole site can be looked at.
            if let Some(Unsettled { before, .. }) = unsettled.take() {
                let after = live.settle();
                report(&Report::Mistakes {
                    new: only_in(&after.diagnostics, &before.diagnostics),
                    fixed: only_in(&before.diagnostics, &after.diagnostics),
                    snapshot: &after,
                });
                continue;
            }
            return Ok(());
        };
        match event {
            Event::Changed(paths) => {
                let start = Instant::now();
                let update = session.refresh(&paths);
                let now = session.place();
                if (&now.root, &now.content) != (&place.root, &place.content) {
                    // The site lies elsewhere now. The old watcher tells of nothing that matters, and stays.
                    place = now.clone();
                    watch = watch::start(&place, settings.poll, events.clone());
                }
                watch.also(session.code_folders());
                if !update.is_empty() {
                    let before = live.snapshot();
                    let after = live.publish(session.current(), &update);
                    unsettled.get_or_insert(Unsettled {
                        since: start,
                        before,
                    });
                    report(&Report::Changed {
                        snapshot: &after,
                        update: &update,
                        took: start.elapsed(),
                    });
                }
            }
            Event::Polling(why) => report(&Report::Polling(why)),
            Event::Stopped(result) => {
                return result.map_err(|e| Error::io("serve", address.to_string(), e));
            }
        }
    }
}

/// A change that is shown before every link of the site was looked at.
struct Unsettled {
    since: Instant,
    /// What was shown before it.
    before: Arc<Snapshot>,
}

/// So long after a save the next one may come at once, and is shown before anything else is done.
const PAUSE: Duration = Duration::from_millis(100);

/// Whoever saves without a pause hears of mistakes elsewhere after this long.
const LONGEST: Duration = Duration::from_secs(1);

/// The next event; none when it is time to settle, or when nobody is left to send any.
fn next(inbox: &mpsc::Receiver<Event>, unsettled: Option<&Unsettled>) -> Option<Event> {
    match unsettled {
        None => inbox.recv().ok(),
        Some(unsettled) if unsettled.since.elapsed() > LONGEST => None,
        Some(_) => inbox.recv_timeout(PAUSE).ok(),
    }
}

/// The diagnostics of `these` that `those` lack, wherever in their file they stand.
fn only_in<'d>(these: &'d [Diagnostic], those: &[Diagnostic]) -> Vec<&'d Diagnostic> {
    let known: std::collections::HashSet<_> = those.iter().map(live::identity).collect();
    these
        .iter()
        .filter(|d| !known.contains(&live::identity(d)))
        .collect()
}
