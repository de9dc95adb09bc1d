//! What the server shows: the site as it stands, and the word that it has changed. Replaced as a whole.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::broadcast;

use crate::diagnostic::{Code, Diagnostic};
use crate::session::{Loaded, Update};
use crate::url;

/// The site at one moment, as the server sees it.
pub struct Snapshot {
    pub loaded: Arc<Loaded>,
    /// Counts the changes since the start.
    pub generation: u64,
    /// Under the site's levels, sorted; without what only rendering tells.
    pub diagnostics: Vec<Diagnostic>,
    /// Where pages went that were renamed since the start, by URL.
    pub renamed: HashMap<String, Moved>,
}

/// A page that has another name now.
#[derive(Clone, Debug)]
pub struct Moved {
    pub url: String,
    /// Content paths.
    pub from: Arc<str>,
    pub to: Arc<str>,
}

/// What browsers are told of a change.
#[derive(Clone, Debug)]
pub struct Change {
    pub generation: u64,
    /// URLs of files that are no pages and may have changed.
    pub files: Vec<String>,
}

/// What sets a mistake apart from others, when lines have moved.
type Identity = (Code, Arc<str>, String);

pub fn identity(diagnostic: &Diagnostic) -> Identity {
    (
        diagnostic.code,
        Arc::clone(&diagnostic.file),
        diagnostic.message.clone(),
    )
}

/// The one place that the server and the loop share.
pub struct Live {
    snapshot: RwLock<Arc<Snapshot>>,
    /// What was wrong when the preview began: shown on demand only.
    old: HashSet<Identity>,
    changes: broadcast::Sender<Change>,
    /// The last HTML of each page that was asked for, to fall back on when the theme breaks.
    good: Mutex<HashMap<String, Arc<str>>>,
    /// Tells one run of the server from the next.
    pub run: u32,
}

impl Live {
    pub fn new(loaded: Arc<Loaded>) -> Live {
        let diagnostics = loaded.report(loaded.diagnostics());
        Live {
            old: diagnostics.iter().map(identity).collect(),
            snapshot: RwLock::new(Arc::new(Snapshot {
                loaded,
                generation: 0,
                diagnostics,
                renamed: HashMap::new(),
            })),
            changes: broadcast::channel(64).0,
            good: Mutex::default(),
            run: std::process::id(),
        }
    }

    /// The site as it stands.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Listens for changes.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Whether a mistake was there when the preview began.
    pub fn is_old(&self, diagnostic: &Diagnostic) -> bool {
        self.old.contains(&identity(diagnostic))
    }

    /// Shows the site as it is now, and tells every open page.
    pub fn publish(&self, loaded: Arc<Loaded>, update: &Update) -> Arc<Snapshot> {
        let before = self.snapshot();
        let mut renamed = before.renamed.clone();
        for (from, to) in &update.renamed {
            let old = before
                .loaded
                .site()
                .page_of(from)
                .map(|page| before.loaded.site().pages[page].url.clone());
            let new = loaded
                .site()
                .page_of(to)
                .map(|page| loaded.site().pages[page].url.clone());
            if let (Some(old), Some(new)) = (old, new) {
                let moved = Moved {
                    url: new,
                    from: Arc::clone(from),
                    to: Arc::clone(to),
                };
                renamed.insert(old, moved);
            }
        }
        renamed.retain(|old, _| loaded.site().page_at(old).is_none());
        let after = Arc::new(Snapshot {
            diagnostics: loaded.report(loaded.diagnostics()),
            generation: before.generation + 1,
            loaded,
            renamed,
        });
        *self
            .snapshot
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::clone(&after);
        // Nobody may be listening.
        self.changes
            .send(Change {
                generation: after.generation,
                files: update
                    .files
                    .iter()
                    .map(|path| url::encode(&url::of_asset(path)))
                    .collect(),
            })
            .ok();
        after
    }

    /// Keeps the HTML of a page that could be rendered.
    pub fn keep(&self, url: &str, html: &Arc<str>) {
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        good.insert(url.to_owned(), Arc::clone(html));
    }

    /// The last HTML of a page that could be rendered.
    pub fn kept(&self, url: &str) -> Option<Arc<str>> {
        let good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        good.get(url).cloned()
    }
}
