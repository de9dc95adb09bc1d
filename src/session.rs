//! One site while it is worked on: keeps what was made of its files and makes again what a change concerns. The only
//! state that changes; what it hands out (`Loaded`) does not.
//!
//! Equality is the fingerprint. A file with the text that it had is left alone. An equal outline means that only this
//! page changed. Anything else assembles and resolves the whole site again, which sees no text and takes milliseconds.

mod code;
mod composed;
mod dates;
mod findable;
mod history;
mod inputs;
mod loaded;
mod memo;
mod page_file;
mod pictures;
mod pool;
mod read;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::BaseUrl;
use crate::discover::{self, Place};
use crate::error::Error;
use crate::parse;
use crate::render::{DataValue, Theme};
use crate::site::Facts;
use crate::url;

use dates::Dates;
use inputs::Inputs;
pub use loaded::{External, Loaded, LoadedPage, Output};
use page_file::{PageFile, read_pages};
pub use pool::{FEW, Pool};

/// What the command line says about a site.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Publish drafts too.
    pub drafts: bool,
    /// In place of the one in `handbook.toml`.
    pub base_url: Option<BaseUrl>,
    /// For a writer's eyes: the site is mounted at `/`, whatever path `base_url` has, and unknown components are marked.
    pub preview: bool,
    /// Where a build writes; it is never content. None is `public` in the site's folder.
    pub out: Option<PathBuf>,
    pub dates: AskDates,
    /// The search index is going to be asked for, so pages are read for it while the site is put together.
    pub search: bool,
}

/// When git is asked how old pages are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AskDates {
    /// Nobody is going to read it.
    #[default]
    Never,
    /// Only where it cannot be known, which is a report.
    OfShallowClones,
    Always,
}

/// A site and everything that was made of it.
pub struct Session {
    /// The folder that was asked for.
    dir: PathBuf,
    options: Options,
    inputs: Inputs,
    seen: Seen,
    current: Arc<Loaded>,
}

/// The contents of files other than pages as they were last looked at, so that a touch is no change.
#[derive(Default)]
struct Seen(HashMap<PathBuf, u64>);

impl Seen {
    /// Whether a file differs from what it was at the last look; folders, links and what has gone always do.
    fn is_new(&mut self, path: &Path) -> bool {
        if path.to_str().is_some_and(url::is_markdown) {
            // The text of pages is kept and compared anyway.
            return true;
        }
        // Only a file is opened: a pipe would never end.
        let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
        match is_file.then(|| hash(path)).and_then(Result::ok) {
            Some(hash) => self.0.insert(path.to_owned(), hash) != Some(hash),
            None => {
                // What was below a folder that went may come back as it was, and is new then.
                if !path.is_dir() {
                    self.0.retain(|known, _| !known.starts_with(path));
                }
                true
            }
        }
    }
}

/// The hash of a file's bytes, read piece by piece because films are files too.
fn hash(path: &Path) -> std::io::Result<u64> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hasher.digest()),
            length => hasher.update(&piece[..length]),
        }
    }
}

/// What a refresh did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Update {
    /// Written pages whose text is new or different, by content path.
    pub pages: Vec<Arc<str>>,
    /// Content paths that were pages and are no more.
    pub gone: Vec<Arc<str>>,
    /// A page that went and one that came with the same text.
    pub renamed: Vec<(Arc<str>, Arc<str>)>,
    /// Whether every page may look different now.
    pub everything: bool,
    /// Snippets whose text is new or different, or that are no more, by content path.
    pub snippets: Vec<Arc<str>>,
    /// Files other than pages that may have changed, by path on the site: pictures, style sheets.
    pub files: Vec<String>,
}

impl Update {
    /// Whether there is nothing new to see.
    pub fn is_empty(&self) -> bool {
        *self == Update::default()
    }
}

/// Reads a site once, as builds and checks do.
///
/// # Errors
/// When there is no site to read. What is wrong inside of it is a diagnostic.
pub fn load(dir: &Path, options: &Options) -> Result<Arc<Loaded>, Error> {
    // Beside everything else: git may take longer than all the rest.
    let dates = std::thread::scope(|scope| {
        let dates = scope.spawn(|| ask_for_dates(dir, options));
        let session = Session::open(dir, options);
        (session, dates.join().unwrap_or_default())
    });
    let (session, dates) = (dates.0?, dates.1);
    let mut loaded = session.current();
    drop(session);
    // Nobody else has it yet.
    if let Some(own) = Arc::get_mut(&mut loaded) {
        own.learn_dates(dates);
        if own.has_links_to_nowhere() {
            own.learn_moves();
        }
    }
    Ok(loaded)
}

fn ask_for_dates(dir: &Path, options: &Options) -> Dates {
    let Ok(place) = discover::locate(dir) else {
        return Dates::default();
    };
    let wanted = match options.dates {
        AskDates::Never => false,
        AskDates::OfShallowClones => dates::is_incomplete(&place),
        AskDates::Always => true,
    };
    if wanted && read::config(&place, options).value.git.dates {
        dates::learn(&place)
    } else {
        Dates::default()
    }
}

impl Session {
    /// Reads a site and everything in it, as far as it can be read.
    ///
    /// # Errors
    /// When there is no site to read. What is wrong inside of it is a diagnostic.
    pub fn open(dir: &Path, options: &Options) -> Result<Session, Error> {
        let place = discover::locate(dir)?;
        let out = match &options.out {
            Some(out) => std::path::absolute(out).map_err(|e| Error::io("find", out, e))?,
            None => place.root.join("public"),
        };
        if place.content.starts_with(&out) {
            return Err(Error::Usage(format!(
                "the output folder `{}` holds the content; choose another one with `--out`",
                out.display()
            )));
        }
        let config = read::config(&place, options);
        let files = discover::files(&place, &out);
        let reading = parse::Options::of(&config.value);
        let read = |paths: &[String]| read_pages(&place, paths, &BTreeMap::new(), &reading);
        // A large file of data keeps one thread as busy as many a page.
        let ((pages, snippets), (theme_files, versions, theme, data, data_value)) = rayon::join(
            || (read(&files.pages), read(&files.snippets)),
            || {
                let theme_files = read::theme(&place, &out, &config.value);
                let versions = read::versions(&place, &files, &theme_files.value);
                let theme = Theme::new(&theme_files.value, &config.value, versions.clone());
                let data = read::data(&place, &files.data);
                let data_value = DataValue::new(&data.value);
                (theme_files, versions, theme, data, data_value)
            },
        );
        let mut inputs = Inputs {
            pages,
            snippets: Arc::new(snippets),
            code: Arc::default(),
            sidebars: read::sidebars(&place, files.sidebars),
            data_value,
            data: data.map(Arc::new),
            config: config.map(Arc::new),
            files: Arc::new(files),
            theme_files: theme_files.map(Arc::new),
            theme: Arc::new(theme.value),
            versions,
            theme_diagnostics: theme.diagnostics,
            facts: Arc::new(Facts {
                today: Some(read::today()),
                ..Facts::default()
            }),
            memo: Arc::default(),
            sizes: Arc::default(),
            place,
            out,
        };
        inputs.compose(options.drafts, None);
        let (current, ()) = rayon::join(
            || inputs.assemble(options, None),
            || {
                if options.search && inputs.config.value.search.enabled {
                    findable::read_ahead(inputs.pages.values());
                }
            },
        );
        Ok(Session {
            dir: dir.to_owned(),
            options: options.clone(),
            seen: Seen::default(),
            current: Arc::new(current),
            inputs,
        })
    }

    /// The site as it stands.
    pub fn current(&self) -> Arc<Loaded> {
        Arc::clone(&self.current)
    }

    /// Where the site lies.
    pub fn place(&self) -> &Place {
        &self.inputs.place
    }

    /// The folders from which pages take in code.
    pub fn code_folders(&self) -> BTreeSet<PathBuf> {
        code::folders(&self.inputs.place, self.inputs.code.keys())
    }

    /// Looks again at files and folders that may have changed, and makes again what they concern.
    pub fn refresh(&mut self, changed: &BTreeSet<PathBuf>) -> Update {
        let mut next = self.inputs.clone();
        let changed: Vec<&Path> = changed
            .iter()
            .map(PathBuf::as_path)
            .filter(|path| self.seen.is_new(path))
            .collect();
        if changed.len() > MANY || changed.iter().any(|path| self.concerns_everything(path)) {
            next.reload(&self.dir, &self.options);
        } else {
            for path in &changed {
                next.look_at(path);
            }
            if changed.iter().any(|path| next.concerns_data(path)) {
                discover::data(&next.place, &next.out, Arc::make_mut(&mut next.files));
                next.load_data();
            }
            if changed.iter().any(|path| next.concerns_theme(path)) {
                discover::statics(&next.place, &next.out, Arc::make_mut(&mut next.files));
                next.load_theme();
            }
        }
        next.compose(self.options.drafts, Some(&self.inputs));
        let update = self.compare(&next, &changed);
        if !update.is_empty() {
            self.publish(next, &update);
        }
        update
    }

    /// Whether a change at this path may mean that other files are content now, or that settings have changed.
    fn concerns_everything(&self, path: &Path) -> bool {
        let place = &self.inputs.place;
        let name = path.file_name().and_then(|name| name.to_str());
        matches!(name, Some(discover::CONFIG_NAME | ".gitignore"))
            || place.content.starts_with(path)
            // A folder without settings was its own content, until one of this name came.
            || (place.content == place.root && path.starts_with(place.root.join("content")))
            || path.ends_with(".git/info/exclude")
            || self
                .inputs
                .files
                .links
                .iter()
                .any(|link| link.carries(path))
    }

    fn compare(&self, next: &Inputs, changed: &[&Path]) -> Update {
        let old = &self.inputs;
        let mut update = Update {
            files: next.files_other_than(old, changed),
            everything: !old.same_site(next),
            snippets: next.snippets_other_than(old),
            ..Update::default()
        };
        // Side by side, because to look up each of 10,000 paths takes longer than all the rest of a text edit.
        let mut olds = old.pages.iter().peekable();
        for (path, page) in &next.pages {
            let is_before = |at: &Arc<str>| !Arc::ptr_eq(at, path) && at < path;
            while let Some((gone, _)) = olds.next_if(|(at, _)| is_before(at)) {
                update.gone.push(Arc::clone(gone));
            }
            let known = olds.next_if(|(at, _)| *at == path);
            if !known.is_some_and(|(_, old)| old.same_text(page)) {
                update.pages.push(Arc::clone(path));
            }
        }
        update.gone.extend(olds.map(|(path, _)| Arc::clone(path)));
        for path in &update.gone {
            let page = &old.pages[path];
            let came = |new: &&Arc<str>| {
                !old.pages.contains_key(*new)
                    && next.pages.get(*new).is_some_and(|n| n.same_words(page))
            };
            if let Some(new) = update.pages.iter().find(came) {
                update.renamed.push((Arc::clone(path), Arc::clone(new)));
            }
        }
        update
    }

    fn publish(&mut self, next: Inputs, update: &Update) {
        let loaded = if update.everything {
            next.assemble(&self.options, Some(&self.current))
        } else {
            let old = &self.current;
            let mut pages = old.pages.clone();
            for path in &update.pages {
                if let Some(page) = next.pages.get(path).and_then(LoadedPage::new)
                    && let Ok(id) = pages.binary_search_by(|page| page.source.path.cmp(path))
                {
                    pages[id] = page;
                }
            }
            next.loaded(
                Arc::clone(&old.world),
                pages,
                Arc::clone(&old.site_diagnostics),
            )
        };
        self.inputs = next;
        self.current = Arc::new(loaded);
    }
}

/// A change of more files than this is a checkout or a build of something: everything is looked at again.
const MANY: usize = 200;
