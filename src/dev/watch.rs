//! Tells when files may have changed: gathers the system's events until they pause, and drops what is nobody's edit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use ignore::{DirEntry, WalkBuilder};
use notify::event::EventKind;
use notify::{Config, RecommendedWatcher, RecursiveMode, Watcher};

use crate::dev::Event;
use crate::discover::{self, Place};

/// Editors write a file in several steps; this long without a step is the end of a save.
const QUIET: Duration = Duration::from_millis(10);

/// So many changes at once are a checkout, which pauses longer between its steps.
const BURST: usize = 20;
const BURST_QUIET: Duration = Duration::from_millis(60);

/// Whatever goes on, a change is shown after this long.
const PATIENCE: Duration = Duration::from_millis(100);
const BURST_PATIENCE: Duration = Duration::from_secs(1);

/// A new folder may have been filled before the system watched it: it is looked at once more.
const SECOND_LOOK: Duration = Duration::from_millis(250);

/// How often files are looked at where the system does not tell.
const POLL: Duration = Duration::from_millis(400);

/// Starts watching a site. What changes from now on is told; the thread ends with the receiver of `events`.
pub fn start(place: &Place, poll: bool, events: Sender<Event>) -> Watch {
    let place = place.clone();
    let (sender, raw) = mpsc::channel();
    let more = More::default();
    let watcher = Watching::new(&place, poll, &more, &sender, &events);
    let watch = Watch {
        place: place.clone(),
        more: Arc::clone(&more),
        sender,
    };
    std::thread::spawn(move || {
        gather(&place, watcher, &more, &raw, &events);
    });
    watch
}

/// What is being watched.
pub struct Watch {
    place: Place,
    more: More,
    sender: Sender<Raw>,
}

/// Folders that are watched besides the site's own ones.
type More = Arc<Mutex<BTreeSet<PathBuf>>>;

impl Watch {
    /// Watches these folders too, from which pages take in code.
    pub fn also(&self, mut folders: BTreeSet<PathBuf>) {
        let inner = inner_folders(&self.place);
        folders.retain(|folder| {
            *folder != self.place.root && !inner.iter().any(|inner| folder.starts_with(inner))
        });
        let mut more = self.more.lock().unwrap_or_else(PoisonError::into_inner);
        if *more != folders {
            *more = folders;
            // An event without paths: look at what is to be watched.
            self.sender
                .send(Ok(notify::Event::new(EventKind::Any)))
                .ok();
        }
    }
}

fn wanted(more: &More) -> BTreeSet<PathBuf> {
    more.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// What tells of changes.
enum Watching {
    System(RecommendedWatcher),
    /// A thread that looks at everything again and again.
    Polling,
}

type Raw = notify::Result<notify::Event>;

impl Watching {
    fn new(
        place: &Place,
        poll: bool,
        more: &More,
        sender: &Sender<Raw>,
        events: &Sender<Event>,
    ) -> Watching {
        if !poll {
            let told = RecommendedWatcher::new(sender.clone(), Config::default());
            let watching = told.and_then(|watcher| {
                let mut watching = Watching::System(watcher);
                watching.arm(place, &BTreeSet::new())?;
                Ok(watching)
            });
            match watching {
                Ok(watching) => return watching,
                // Most often too many folders for the system's limit.
                Err(error) => {
                    events.send(Event::Polling(error.to_string())).ok();
                }
            }
        }
        let (place, more, sender) = (place.clone(), Arc::clone(more), sender.clone());
        let known = stamps(&place, &BTreeSet::new());
        std::thread::spawn(move || look_again_and_again(&place, &more, known, &sender));
        Watching::Polling
    }

    /// Watches the site's folders. Folders, not files: editors replace files, and the watch would go with the old one.
    fn arm(&mut self, place: &Place, more: &BTreeSet<PathBuf>) -> notify::Result<()> {
        let Watching::System(watcher) = self else {
            return Ok(());
        };
        if place.content == place.root {
            return watcher.watch(&place.root, RecursiveMode::Recursive);
        }
        watcher.watch(&place.root, RecursiveMode::NonRecursive)?;
        for folder in inner_folders(place) {
            if folder.is_dir() {
                watcher.watch(&folder, RecursiveMode::Recursive)?;
            }
        }
        for folder in more {
            // Of one that is not there yet, what it will come to be in.
            let there = folder.ancestors().find(|folder| folder.is_dir());
            if let Some(there) = there.filter(|there| *there != place.root) {
                watcher.watch(there, RecursiveMode::NonRecursive)?;
            }
        }
        Ok(())
    }
}

/// When a file was last written, and how long it is; nothing of a folder.
type Stamp = Option<(SystemTime, u64)>;

/// Tells of what differs from one look to the next. notify's own poller compares whole seconds, and misses a second
/// save within one.
fn look_again_and_again(
    place: &Place,
    more: &More,
    mut known: BTreeMap<PathBuf, Stamp>,
    sender: &Sender<Raw>,
) {
    let mut pause = POLL;
    loop {
        std::thread::sleep(pause);
        let start = Instant::now();
        let now = stamps(place, &wanted(more));
        // A slow drive is not kept busy with nothing else.
        pause = POLL.max(start.elapsed() * 4);
        let came = now
            .iter()
            .filter(|(path, stamp)| known.get(*path) != Some(stamp));
        let went = known.iter().filter(|(path, _)| !now.contains_key(*path));
        let mut event = notify::Event::new(EventKind::Any);
        event.paths = came.chain(went).map(|(path, _)| path.clone()).collect();
        known = now;
        if !event.paths.is_empty() && sender.send(Ok(event)).is_err() {
            return;
        }
    }
}

fn stamps(place: &Place, more: &BTreeSet<PathBuf>) -> BTreeMap<PathBuf, Stamp> {
    let out = place.root.join("public");
    let is_ours = move |entry: &DirEntry| entry.path() != out && entry.file_name() != ".git";
    let whole = place.content == place.root;
    let mut folders = vec![(place.root.clone(), if whole { None } else { Some(1) })];
    if !whole {
        folders.extend(inner_folders(place).map(|folder| (folder, None)));
        folders.extend(more.iter().map(|folder| (folder.clone(), Some(1))));
    }
    let mut stamps = BTreeMap::new();
    for (folder, depth) in folders {
        let walk = WalkBuilder::new(&folder)
            .standard_filters(false)
            .follow_links(true)
            .max_depth(depth)
            .filter_entry(is_ours.clone())
            .build();
        for entry in walk.flatten() {
            let stamp = entry
                .metadata()
                .ok()
                .filter(|found| !found.is_dir())
                .and_then(|found| Some((found.modified().ok()?, found.len())));
            stamps.insert(entry.into_path(), stamp);
        }
    }
    stamps
}

/// The folders below the root that make up a site.
fn inner_folders(place: &Place) -> [PathBuf; 5] {
    ["content", "themes", "components", "static", "data"].map(|name| place.root.join(name))
}

fn gather(
    place: &Place,
    mut watcher: Watching,
    more: &More,
    raw: &Receiver<Raw>,
    events: &Sender<Event>,
) {
    let out = place.root.join("public");
    let mut armed = BTreeSet::new();
    let mut second_looks: BTreeMap<PathBuf, Instant> = BTreeMap::new();
    loop {
        let first = match second_looks.values().min() {
            Some(when) => raw.recv_timeout(when.saturating_duration_since(Instant::now())),
            None => raw.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        let mut paths = BTreeSet::new();
        match first {
            Ok(event) => {
                collect(event, place, &out, &mut paths);
                settle(raw, place, &out, &mut paths);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let now = Instant::now();
        let folders: Vec<PathBuf> = paths.iter().filter(|path| path.is_dir()).cloned().collect();
        let due = second_looks.extract_if(.., |_, when| *when <= now);
        paths.extend(due.map(|(folder, _)| folder));
        for folder in folders {
            second_looks.entry(folder).or_insert(now + SECOND_LOOK);
        }
        let more = wanted(more);
        let came = |folder: &PathBuf| folder.ancestors().any(|above| paths.contains(above));
        if armed != more
            || paths.contains(&place.root)
            || inner_folders(place).iter().any(|f| paths.contains(f))
            || more.iter().any(came)
        {
            // One of the folders came, or came again. What changed in it meanwhile is looked at.
            watcher.arm(place, &more).ok();
            paths.extend(more.difference(&armed).cloned());
            armed = more;
        }
        if !paths.is_empty() && events.send(Event::Changed(paths)).is_err() {
            return;
        }
    }
}

/// Takes in events until they pause, but not for ever.
fn settle(raw: &Receiver<Raw>, place: &Place, out: &Path, paths: &mut BTreeSet<PathBuf>) {
    let start = Instant::now();
    loop {
        let (quiet, patience) = if paths.len() < BURST {
            (QUIET, PATIENCE)
        } else {
            (BURST_QUIET, BURST_PATIENCE)
        };
        let left = patience.saturating_sub(start.elapsed());
        if left.is_zero() {
            return;
        }
        match raw.recv_timeout(quiet.min(left)) {
            Ok(event) => collect(event, place, out, paths),
            Err(_) => return,
        }
    }
}

fn collect(event: Raw, place: &Place, out: &Path, paths: &mut BTreeSet<PathBuf>) {
    let event = match event {
        // The system lost count, or could not watch a folder: anything may have changed.
        Ok(event) if event.need_rescan() => return paths.extend([place.root.clone()]),
        Err(_) => return paths.extend([place.root.clone()]),
        Ok(event) => event,
    };
    if let EventKind::Access(_) = event.kind {
        // Our own reading, and everybody else's.
        return;
    }
    paths.extend(event.paths.into_iter().filter(|path| {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        !path.starts_with(out) && !discover::is_clutter_name(name) && !in_git(path)
    }));
}

/// What git keeps is no content, but for the list of what it ignores.
fn in_git(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == ".git") && !path.ends_with(".git/info/exclude")
}
