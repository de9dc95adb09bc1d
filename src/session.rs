//! One site while it is worked on: keeps what was made of its files and makes again what a change concerns. The only
//! state that changes; what it hands out (`Loaded`) does not.
//!
//! Equality is the fingerprint. A file with the text that it had is left alone. An equal outline means that only this
//! page changed. Anything else assembles and resolves the whole site again, which sees no text and takes milliseconds.

mod history;
mod loaded;
mod memo;
mod read;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::{BaseUrl, Config};
use crate::diagnostic::ignore::{self, Ignore};
use crate::diagnostic::{Code, Diagnostic, Level};
use crate::discover::{self, Files, Place};
use crate::error::Error;
use crate::parse::{self, Doc, Outline};
use crate::render::{self, Theme, Versions, World};
use crate::site::{self, Facts, SidebarFile};
use crate::source::Source;
use crate::theme_files::{StaticFile, ThemeFiles};
use crate::url;

pub use loaded::{External, Loaded, LoadedPage, Output};
use memo::Memo;
use read::Read;

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

/// What was read, before the site is made of it.
#[derive(Clone)]
struct Inputs {
    place: Place,
    out: PathBuf,
    config: Read<Arc<Config>>,
    files: Arc<Files>,
    pages: BTreeMap<Arc<str>, PageFile>,
    /// What pages take in; read as pages are.
    snippets: Arc<BTreeMap<Arc<str>, PageFile>>,
    sidebars: Read<Option<SidebarFile>>,
    theme_files: Read<Arc<ThemeFiles>>,
    theme: Arc<Theme>,
    /// Of the theme that is shown.
    versions: Versions,
    theme_diagnostics: Vec<Diagnostic>,
    facts: Arc<Facts>,
    memo: Arc<Memo>,
}

/// A page's file as it was read.
#[derive(Clone)]
enum PageFile {
    Parsed { source: Arc<Source>, doc: Arc<Doc> },
    Unreadable(Diagnostic),
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
    let session = Session::open(dir, options)?;
    let mut loaded = session.current();
    drop(session);
    // Nobody else has it yet.
    if let Some(own) = Arc::get_mut(&mut loaded)
        && own.has_links_to_nowhere()
    {
        own.learn_moves();
    }
    Ok(loaded)
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
        let theme_files = read::theme(&place, &out, &config.value);
        let versions = read::versions(&place, &files, &theme_files.value);
        let theme = Theme::new(&theme_files.value, &config.value, versions.clone());
        let inputs = Inputs {
            pages: read_pages(&place, &files.pages, &BTreeMap::new()),
            snippets: Arc::new(read_pages(&place, &files.snippets, &BTreeMap::new())),
            sidebars: read::sidebars(&place, files.sidebars),
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
            place,
            out,
        };
        Ok(Session {
            dir: dir.to_owned(),
            options: options.clone(),
            seen: Seen::default(),
            current: Arc::new(inputs.assemble(options, None)),
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
            if changed.iter().any(|path| next.concerns_theme(path)) {
                discover::statics(&next.place, &next.out, Arc::make_mut(&mut next.files));
                next.load_theme();
            }
        }
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
                if let Some(PageFile::Parsed { source, doc }) = next.pages.get(path)
                    && let Ok(id) = pages.binary_search_by(|page| page.source.path.cmp(path))
                {
                    pages[id] = LoadedPage::new(source, doc);
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

impl PageFile {
    fn same_text(&self, other: &PageFile) -> bool {
        match (self, other) {
            // Nothing is parsed again for the same text, so the same text is the same document.
            (PageFile::Parsed { doc: a, .. }, PageFile::Parsed { doc: b, .. }) => Arc::ptr_eq(a, b),
            (PageFile::Unreadable(a), PageFile::Unreadable(b)) => a == b,
            _ => false,
        }
    }

    fn same_outline(&self, other: &PageFile) -> bool {
        match (self, other) {
            (PageFile::Parsed { doc: a, .. }, PageFile::Parsed { doc: b, .. }) => {
                Arc::ptr_eq(a, b) || a.outline == b.outline
            }
            (PageFile::Unreadable(a), PageFile::Unreadable(b)) => a == b,
            _ => false,
        }
    }

    /// Whether two files hold the same text, which is more than front matter.
    fn same_words(&self, other: &PageFile) -> bool {
        match (self, other) {
            (PageFile::Parsed { source: a, .. }, PageFile::Parsed { source: b, .. }) => {
                a.text == b.text && !a.text.trim().is_empty()
            }
            _ => false,
        }
    }
}

impl Inputs {
    /// Looks at everything again. Settings and theme stay as they were while they are broken.
    fn reload(&mut self, dir: &Path, options: &Options) {
        // Without a site there is nothing to look at; the next change may bring it back.
        let Ok(place) = discover::locate(dir) else {
            return;
        };
        let config = read::config(&place, options);
        if place != self.place || config.diagnostics.is_empty() {
            self.config = config.map(Arc::new);
        } else {
            self.config.texts = config.texts;
            self.config.diagnostics = config.diagnostics;
        }
        self.place = place;
        let files = discover::files(&self.place, &self.out);
        self.pages = read_pages(&self.place, &files.pages, &self.pages);
        self.snippets = Arc::new(read_pages(&self.place, &files.snippets, &self.snippets));
        self.sidebars = read::sidebars(&self.place, files.sidebars);
        self.files = Arc::new(files);
        self.load_theme();
    }

    fn load_theme(&mut self) {
        let read = read::theme(&self.place, &self.out, &self.config.value);
        let versions = read::versions(&self.place, &self.files, &read.value);
        let theme = Theme::new(&read.value, &self.config.value, versions.clone());
        self.theme_files.diagnostics = read.diagnostics;
        self.theme_files.texts = read.texts;
        self.theme_diagnostics = theme.diagnostics;
        if self.theme_files.diagnostics.is_empty() && self.theme_diagnostics.is_empty() {
            self.theme_files.value = Arc::new(read.value);
            self.theme = Arc::new(theme.value);
            self.versions = versions;
        }
    }

    /// Whether a path is one of the theme's or of the files that its templates name.
    fn concerns_theme(&self, path: &Path) -> bool {
        ["themes", "static", "components"]
            .iter()
            .any(|name| path.starts_with(self.place.root.join(name)))
    }

    /// Looks at one path in the content.
    fn look_at(&mut self, path: &Path) {
        let Ok(inner) = path.strip_prefix(&self.place.content) else {
            return;
        };
        let Some(inner) = inner.to_str() else {
            // A name that no address can hold is reported by the folder that it lies in.
            return self.look_at(path.parent().unwrap_or(path));
        };
        let inner = inner.replace(std::path::MAIN_SEPARATOR, "/");
        // A link in the place of a page may lead out of the site, which a walk finds out.
        let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
        if is_file && self.pages.contains_key(inner.as_str()) {
            // By the threads that read it first: their heaps have room where the old text was, and ours would only grow.
            let read = read_pages(&self.place, &[inner], &self.pages);
            self.pages.extend(read);
            return;
        }
        let mut files = (*self.files).clone();
        discover::look_below(&self.place, &self.out, path, &inner, &mut files);
        let below = |path: &str| discover::is_at_or_below(path, &inner);
        self.pages.retain(|path, _| {
            !below(path) || files.pages.binary_search_by(|p| (**p).cmp(path)).is_ok()
        });
        let came: Vec<String> = files
            .pages
            .iter()
            .filter(|path| below(path))
            .cloned()
            .collect();
        let read = read_pages(&self.place, &came, &self.pages);
        self.pages.extend(read);
        if files
            .snippets
            .iter()
            .chain(&self.files.snippets)
            .any(|path| below(path))
        {
            self.snippets = Arc::new(read_pages(&self.place, &files.snippets, &self.snippets));
        }
        if files.sidebars || self.files.sidebars {
            self.sidebars = read::sidebars(&self.place, files.sidebars);
        }
        self.files = Arc::new(files);
    }

    /// Files other than pages that `old` does not have so, by path on the site.
    fn files_other_than(&self, old: &Inputs, changed: &[&Path]) -> Vec<String> {
        let mut names = BTreeSet::new();
        for (new, old) in [
            (&self.files.assets, &old.files.assets),
            (&self.files.statics, &old.files.statics),
        ] {
            names.extend(new.iter().filter(|name| old.binary_search(name).is_err()));
        }
        for (name, version) in &self.versions {
            if old.versions.get(name) != Some(version) {
                names.insert(name);
            }
        }
        let statics = self.place.root.join("static");
        for path in changed {
            for (folder, list) in [
                (&self.place.content, &self.files.assets),
                (&statics, &self.files.statics),
            ] {
                let inner = path.strip_prefix(folder).ok().and_then(Path::to_str);
                let inner = inner.map(|inner| inner.replace(std::path::MAIN_SEPARATOR, "/"));
                if let Some(at) = inner.and_then(|inner| list.binary_search(&inner).ok()) {
                    names.insert(&list[at]);
                }
            }
            let of_theme = self.theme_files.value.statics.iter();
            names.extend(of_theme.filter_map(|(name, file)| match file {
                StaticFile::OnDisk(file) if file == path => Some(name),
                StaticFile::OnDisk(_) | StaticFile::Embedded(_) => None,
            }));
        }
        names.into_iter().cloned().collect()
    }

    /// Whether everything that all pages share is the same.
    fn same_site(&self, other: &Inputs) -> bool {
        self.place == other.place
            && self.config.value == other.config.value
            && self.config.diagnostics == other.config.diagnostics
            && self.theme_files.value == other.theme_files.value
            && self.theme_files.diagnostics == other.theme_files.diagnostics
            && self.theme_diagnostics == other.theme_diagnostics
            && self.sidebars.value == other.sidebars.value
            && self.sidebars.diagnostics == other.sidebars.diagnostics
            && self.files.assets == other.files.assets
            && self.files.statics == other.files.statics
            && self.files.diagnostics == other.files.diagnostics
            && self.same_snippets(other)
            && self.same_outlines(other)
    }

    fn same_snippets(&self, other: &Inputs) -> bool {
        let pairs = || self.snippets.iter().zip(other.snippets.iter());
        Arc::ptr_eq(&self.snippets, &other.snippets)
            || (self.snippets.len() == other.snippets.len()
                && pairs().all(|((a, old), (b, new))| a == b && old.same_text(new)))
    }

    fn same_outlines(&self, other: &Inputs) -> bool {
        self.pages.len() == other.pages.len()
            && self
                .pages
                .iter()
                .zip(&other.pages)
                .all(|((a, old), (b, new))| a == b && old.same_outline(new))
    }

    /// Makes the site and resolves every page whose links may come out otherwise than `before`.
    fn assemble(&self, options: &Options, before: Option<&Loaded>) -> Loaded {
        let parsed: Vec<(&Arc<Source>, &Arc<Doc>)> = self
            .pages
            .values()
            .filter_map(|page| match page {
                PageFile::Parsed { source, doc } => Some((source, doc)),
                PageFile::Unreadable(_) => None,
            })
            .collect();
        let outlines: Vec<&Outline> = parsed.iter().map(|(_, doc)| &doc.outline).collect();
        let statics = loaded::static_paths(&self.files, &self.theme_files.value);
        let site = site::assemble(&site::Input {
            outlines: &outlines,
            config: &self.config.value,
            sidebars: self.sidebars.value.as_ref(),
            assets: &self.files.assets,
            statics: &statics,
            prefix: self.place.prefix,
            drafts: options.drafts,
        });
        let shared = render::shared_values(&site.value, &self.config.value);
        let world = Arc::new(World {
            site: site.value,
            config: Arc::clone(&self.config.value),
            facts: Arc::clone(&self.facts),
            declarations: Arc::new(self.theme.declarations().clone()),
            preview: options.preview,
            shared,
        });
        let before = before.filter(|before| {
            before.world.config == world.config && before.world.declarations == world.declarations
        });
        let kept = before.and_then(|before| {
            let changed = world.site.targets_changed_since(&before.world.site)?;
            Some((&before.pages, changed))
        });
        let pages = parsed
            .par_iter()
            .enumerate()
            .map(|(id, (source, doc))| match &kept {
                Some((pages, changed)) if pages[id].stands(doc, changed) => pages[id].clone(),
                _ => LoadedPage::new(source, doc),
            })
            .collect();
        self.loaded(world, pages, Arc::new(site.diagnostics))
    }

    fn loaded(
        &self,
        world: Arc<World>,
        pages: Vec<LoadedPage>,
        site_diagnostics: Arc<Vec<Diagnostic>>,
    ) -> Loaded {
        let mut diagnostics = self.config.diagnostics.clone();
        diagnostics.extend(self.theme_files.diagnostics.iter().cloned());
        diagnostics.extend(self.theme_diagnostics.iter().cloned());
        let settings = diagnostics.len();
        diagnostics.extend(self.files.diagnostics.iter().cloned());
        diagnostics.extend(self.sidebars.diagnostics.iter().cloned());
        diagnostics.extend(self.pages.values().filter_map(|page| match page {
            PageFile::Unreadable(diagnostic) => Some(diagnostic.clone()),
            PageFile::Parsed { .. } => None,
        }));
        let mut texts = self.config.texts.clone();
        texts.extend(self.sidebars.texts.clone());
        texts.extend(self.theme_files.texts.clone());
        let mut ignores = HashMap::new();
        for (file, text) in &texts {
            if file.ends_with(".toml") || file.ends_with(".yaml") {
                let comments = ignore::hash_comments(text, 0);
                let (found, faults) = ignore::read(file, text, &comments);
                ignores.insert(Arc::clone(file), found);
                diagnostics.extend(faults);
            }
        }
        // A key that means nothing is the one fault that a site can choose to live with.
        let is_chosen = |d: &Diagnostic| {
            let ignores = ignores.get(&d.file).into_iter().flatten();
            d.code == Code::ConfigUnknownKey
                && (self.config.value.levels.of(d.code, &d.file) != Level::Error
                    || ignores
                        .into_iter()
                        .any(|ignore: &Ignore| ignore.silences(d)))
        };
        let fatal = diagnostics[..settings]
            .iter()
            .filter(|d| !is_chosen(d))
            .map(|d| (Arc::clone(&d.file), d.code))
            .collect();
        Loaded {
            place: self.place.clone(),
            out: self.out.clone(),
            world,
            theme: Arc::clone(&self.theme),
            theme_files: Arc::clone(&self.theme_files.value),
            files: Arc::clone(&self.files),
            pages,
            snippets: Arc::clone(&self.snippets),
            texts,
            ignores,
            memo: Arc::clone(&self.memo),
            diagnostics,
            site_diagnostics,
            fatal,
        }
    }
}

/// Reads and parses pages, taking over what `known` has of the same text.
fn read_pages(
    place: &Place,
    paths: &[String],
    known: &BTreeMap<Arc<str>, PageFile>,
) -> BTreeMap<Arc<str>, PageFile> {
    paths
        .par_iter()
        .map(|path| read_page(place, path, known.get(path.as_str())))
        .collect::<Vec<_>>()
        .into_iter()
        .collect()
}

fn read_page(place: &Place, path: &str, known: Option<&PageFile>) -> (Arc<str>, PageFile) {
    let (source, fault) = match read::source(place, path) {
        Ok(read) => read,
        Err(diagnostic) => return (path.into(), PageFile::Unreadable(diagnostic)),
    };
    if let Some(PageFile::Parsed { source: old, doc }) = known
        && **old == source
        && fault.is_none()
        && !doc.diagnostics.iter().any(|d| d.code == Code::NotUtf8)
    {
        let page = known.cloned();
        return (Arc::clone(&source.path), page.expect("just looked at"));
    }
    let mut doc = parse::parse(&source, &parse::Options::default());
    doc.diagnostics.extend(fault);
    let key = Arc::clone(&source.path);
    let page = PageFile::Parsed {
        source: Arc::new(source),
        doc: Arc::new(doc),
    };
    (key, page)
}
