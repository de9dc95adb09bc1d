//! What the server shows: the site as it stands, and the word that it has changed. Replaced as a whole.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::broadcast;

use crate::diagnostic::{Code, Diagnostic};
use crate::session::{Loaded, Update};
use crate::url;

/// More pages than anybody has open, and few beside a whole site.
const MOST_KEPT: usize = 100;

/// The site at one moment, as the server sees it.
pub struct Snapshot {
    pub loaded: Arc<Loaded>,
    /// Counts the changes since the start.
    pub generation: u64,
    /// Under the site's levels, sorted; without what only rendering tells.
    ///
    /// A new site is shown before all its links have been looked at: until then these are the last one's.
    pub diagnostics: Arc<Vec<Diagnostic>>,
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
    /// The name of the event: `change`, or `mistakes` where only those are new.
    pub kind: &'static str,
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
    /// The last HTML of the pages that were asked for last, to fall back on when the theme breaks.
    good: Mutex<VecDeque<(String, Arc<str>)>>,
    /// Tells one run of the server from the next.
    pub run: u64,
}

impl Live {
    pub fn new(loaded: Arc<Loaded>) -> Live {
        let diagnostics = Arc::new(loaded.report(loaded.diagnostics()));
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
            // Not the process's number, which is the same at each start in a container.
            run: RandomState::new().hash_one(0),
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
        // Besides files with a new name, the same file may say that its page is elsewhere.
        let same = update.pages.iter().map(|path| (path, path));
        for (from, to) in update.renamed.iter().map(|(a, b)| (a, b)).chain(same) {
            let address = |loaded: &Loaded, path: &str| {
                let page = loaded.site().page_of(path)?;
                Some(loaded.site().pages[page].url.clone())
            };
            let (Some(old), Some(new)) = (address(&before.loaded, from), address(&loaded, to))
            else {
                continue;
            };
            if old == new {
                continue;
            }
            for earlier in renamed.values_mut().filter(|moved| moved.url == old) {
                earlier.url.clone_from(&new);
                earlier.to = Arc::clone(to);
            }
            let moved = Moved {
                url: new,
                from: Arc::clone(from),
                to: Arc::clone(to),
            };
            renamed.insert(old, moved);
        }
        renamed.retain(|old, _| loaded.site().page_at(old).is_none());
        let after = Arc::new(Snapshot {
            diagnostics: Arc::clone(&before.diagnostics),
            generation: before.generation + 1,
            loaded,
            renamed,
        });
        let files = update.files.iter();
        let files = files
            .map(|path| url::encode(&url::of_asset(path)))
            .collect();
        self.show("change", &after, files);
        after
    }

    /// Looks at every link of the site that is shown, and tells every open page if other mistakes come of it.
    pub fn settle(&self) -> Arc<Snapshot> {
        let before = self.snapshot();
        let diagnostics = before.loaded.report(before.loaded.diagnostics());
        if diagnostics == *before.diagnostics {
            return before;
        }
        let after = Arc::new(Snapshot {
            loaded: Arc::clone(&before.loaded),
            generation: before.generation + 1,
            diagnostics: Arc::new(diagnostics),
            renamed: before.renamed.clone(),
        });
        self.show("mistakes", &after, Vec::new());
        after
    }

    fn show(&self, kind: &'static str, after: &Arc<Snapshot>, files: Vec<String>) {
        *self
            .snapshot
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::clone(after);
        let change = Change {
            kind,
            generation: after.generation,
            files,
        };
        // Nobody may be listening.
        self.changes.send(change).ok();
    }

    /// Keeps the HTML of a page that could be rendered.
    pub fn keep(&self, url: &str, html: &Arc<str>) {
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        good.retain(|(known, _)| known != url);
        good.push_back((url.to_owned(), Arc::clone(html)));
        if good.len() > MOST_KEPT {
            good.pop_front();
        }
    }

    /// The last HTML of a page that could be rendered.
    pub fn kept(&self, url: &str) -> Option<Arc<str>> {
        let good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        good.iter()
            .find(|(known, _)| known == url)
            .map(|(_, html)| Arc::clone(html))
    }
}
