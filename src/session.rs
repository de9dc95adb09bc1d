//! One site while it is worked on: reads its files, keeps what was made of them. The only state that changes.

mod memo;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::{self, BaseUrl, Config};
use crate::diagnostic::{self, Code, Diagnosed, Diagnostic, Level, Severity};
use crate::discover::{self, Files, Place};
use crate::error::Error;
use crate::parse::{self, Doc, Outline};
use crate::render::{self, Rendered, Theme, Versions, World};
use crate::site::{self, PageId, Resolved, SidebarFile};
use crate::source::{self, Source};
use crate::theme_files::{self, StaticFile, ThemeFiles};
use crate::url;

use memo::Memo;

/// What the command line says about a site.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Publish drafts too.
    pub drafts: bool,
    /// In place of the one in `handbook.toml`.
    pub base_url: Option<BaseUrl>,
    /// Where a build writes; it is never content. None is `public` in the site's folder.
    pub out: Option<PathBuf>,
}

/// A loaded site: everything parsed, assembled and resolved, nothing rendered.
pub struct Session {
    pub place: Place,
    pub out: PathBuf,
    world: World,
    theme: Theme,
    theme_files: ThemeFiles,
    files: Files,
    docs: Vec<Doc>,
    links: Vec<Vec<Resolved>>,
    texts: HashMap<Arc<str>, Arc<str>>,
    memo: Memo,
    diagnostics: Vec<Diagnostic>,
    fatal: bool,
}

/// Something that a build writes.
#[derive(Clone, Debug)]
pub enum Output {
    Page(PageId),
    /// A page at an old address, leading to the new one.
    Alias(PageId),
    NotFound,
    /// A file that is copied.
    Copy(PathBuf),
    /// A file from inside the program.
    Embedded(&'static [u8]),
}

/// Reads a site and everything in it, as far as it can be read.
///
/// # Errors
/// When there is no site to read. What is wrong inside of it is a diagnostic.
pub fn load(dir: &Path, options: &Options) -> Result<Session, Error> {
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
    let mut reader = Reader::default();
    let config = reader.config(&place, options)?;
    let files = discover::files(&place, &out);
    reader.diagnostics.extend(files.diagnostics.iter().cloned());
    let sources = reader.sources(&place, &files);
    let docs: Vec<Doc> = sources
        .par_iter()
        .map(|source| parse::parse(source, &parse::Options::default()))
        .collect();
    let sidebars = reader.sidebars(&place, &files);
    let theme_files = reader.theme(&place, &out, &config);
    let versions = versions(&place, &files, &theme_files);
    let theme = Theme::new(&theme_files, &config, versions);
    reader.fatal |= !theme.diagnostics.is_empty();
    reader.diagnostics.extend(theme.diagnostics);

    let statics = static_paths(&files, &theme_files);
    let outlines: Vec<&Outline> = docs.iter().map(|doc| &doc.outline).collect();
    let site = site::assemble(&site::Input {
        outlines: &outlines,
        config: &config,
        sidebars: sidebars.as_ref(),
        assets: &files.assets,
        statics: &statics,
        prefix: place.prefix,
        drafts: options.drafts,
    });
    let resolved: Vec<Diagnosed<Vec<Resolved>>> = docs
        .par_iter()
        .enumerate()
        .map(|(page, doc)| site::resolve(doc, page, &site.value, &config))
        .collect();

    let mut diagnostics = reader.diagnostics;
    diagnostics.extend(site.diagnostics);
    let mut links = Vec::with_capacity(docs.len());
    for (doc, resolved) in docs.iter().zip(resolved) {
        diagnostics.extend(doc.diagnostics.iter().cloned());
        diagnostics.extend(resolved.diagnostics);
        links.push(resolved.value);
    }
    let shared = render::shared_values(&site.value, &config);
    Ok(Session {
        place,
        out,
        world: World {
            site: site.value,
            config,
            shared,
        },
        theme: theme.value,
        theme_files,
        files,
        docs,
        links,
        texts: reader.texts,
        memo: Memo::default(),
        diagnostics,
        fatal: reader.fatal,
    })
}

impl Session {
    /// Whether the settings or the theme are broken, so that nothing can be made of the site.
    pub fn is_fatal(&self) -> bool {
        self.fatal
    }

    /// How many pages people wrote, drafts aside.
    pub fn page_count(&self) -> usize {
        self.world.site.count()
    }

    /// Everything found so far, without what only rendering tells.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The text of a file of the site, for showing where a mistake is.
    pub fn text(&self, file: &str) -> Option<&str> {
        self.texts.get(file).map(AsRef::as_ref)
    }

    /// The site's levels applied to diagnostics, which are sorted on the way.
    pub fn report(&self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let levels = &self.world.config.levels;
        let mut diagnostics = diagnostic::apply_levels(diagnostics, |diagnostic| {
            let level = levels.get(&diagnostic.code);
            level
                .copied()
                .unwrap_or_else(|| diagnostic.code.default_level())
        });
        diagnostic::sort(&mut diagnostics);
        diagnostics
    }

    /// Whether a diagnostic is an error under the site's levels.
    pub fn severity(&self, diagnostic: &Diagnostic) -> Option<Severity> {
        let level = self.world.config.levels.get(&diagnostic.code);
        match level
            .copied()
            .unwrap_or_else(|| diagnostic.code.default_level())
        {
            Level::Off => None,
            Level::Warn => Some(Severity::Warning),
            Level::Error => Some(Severity::Error),
        }
    }

    /// All that a build writes, by path.
    pub fn outputs(&self) -> BTreeMap<String, Output> {
        let mut outputs = BTreeMap::new();
        for (path, file) in &self.theme_files.statics {
            let output = match file {
                StaticFile::Embedded(bytes) => Output::Embedded(bytes),
                StaticFile::OnDisk(path) => Output::Copy(path.clone()),
            };
            outputs.insert(path.clone(), output);
        }
        outputs.insert("404.html".to_owned(), Output::NotFound);
        for (alias, page) in &self.world.site.aliases {
            outputs.insert(url::output_path(alias), Output::Alias(*page));
        }
        for path in &self.files.assets {
            outputs.insert(path.clone(), Output::Copy(self.place.content.join(path)));
        }
        for path in &self.files.statics {
            outputs.insert(
                path.clone(),
                Output::Copy(self.place.root.join("static").join(path)),
            );
        }
        for page in self.world.site.published() {
            let path = url::output_path(&self.world.site.pages[page].url);
            outputs.insert(path, Output::Page(page));
        }
        without_blocked(outputs)
    }

    /// Renders a page, as it is asked for.
    ///
    /// # Errors
    /// A fault of the theme, as a diagnostic.
    pub fn render(&self, page: PageId) -> Result<Rendered, Box<Diagnostic>> {
        match self.docs.get(page) {
            Some(doc) => render::page(
                &self.world,
                &self.theme,
                &self.memo,
                page,
                doc,
                &self.links[page],
            ),
            None => render::section(&self.world, &self.theme, page).map(|html| Rendered {
                html,
                diagnostics: Vec::new(),
            }),
        }
    }

    /// Renders the page at an old address of a page.
    ///
    /// # Errors
    /// A fault of the theme, as a diagnostic.
    pub fn render_alias(&self, page: PageId) -> Result<String, Box<Diagnostic>> {
        render::redirect(&self.world, &self.theme, page)
    }

    /// Renders what is served where there is nothing.
    ///
    /// # Errors
    /// A fault of the theme, as a diagnostic.
    pub fn render_not_found(&self) -> Result<String, Box<Diagnostic>> {
        render::not_found(&self.world, &self.theme)
    }
}

/// Two outputs of which one is the other's folder have been reported: the file gives way.
fn without_blocked(mut outputs: BTreeMap<String, Output>) -> BTreeMap<String, Output> {
    let folders: std::collections::HashSet<String> = outputs
        .keys()
        .flat_map(|path| path.match_indices('/').map(|(at, _)| path[..at].to_owned()))
        .collect();
    outputs.retain(|path, _| !folders.contains(path));
    outputs
}

fn static_paths(files: &Files, theme: &ThemeFiles) -> Vec<String> {
    let mut paths: Vec<String> = files
        .statics
        .iter()
        .chain(theme.statics.keys())
        .cloned()
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

/// Hashes of the style sheets and scripts that pages may load.
fn versions(place: &Place, files: &Files, theme: &ThemeFiles) -> Versions {
    let versioned = |path: &str| path.ends_with(".css") || path.ends_with(".js");
    let mut versions = Versions::new();
    for (path, file) in theme.statics.iter().filter(|(path, _)| versioned(path)) {
        let bytes = match file {
            StaticFile::Embedded(bytes) => Some(bytes.to_vec()),
            StaticFile::OnDisk(path) => fs::read(path).ok(),
        };
        versions.extend(bytes.map(|bytes| (path.clone(), version(&bytes))));
    }
    for path in files.statics.iter().filter(|path| versioned(path)) {
        let bytes = fs::read(place.root.join("static").join(path)).ok();
        versions.extend(bytes.map(|bytes| (path.clone(), version(&bytes))));
    }
    versions
}

fn version(bytes: &[u8]) -> String {
    format!("{:08x}", xxhash_rust::xxh3::xxh3_64(bytes) >> 32)
}

/// Reads files and remembers their texts.
#[derive(Default)]
struct Reader {
    texts: HashMap<Arc<str>, Arc<str>>,
    diagnostics: Vec<Diagnostic>,
    fatal: bool,
}

impl Reader {
    fn config(&mut self, place: &Place, options: &Options) -> Result<Config, Error> {
        let mut config = Config::default();
        if place.configured {
            let path = place.root.join(discover::CONFIG_NAME);
            let file: Arc<str> = discover::CONFIG_NAME.into();
            let bytes = fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
            match source::decode(bytes) {
                Ok(text) => {
                    let read = config::read(&file, &text);
                    self.fatal |= !read.diagnostics.is_empty();
                    self.diagnostics.extend(read.diagnostics);
                    self.texts.insert(file, text.into());
                    config = read.value;
                }
                Err(_) => {
                    self.fatal = true;
                    self.diagnostics.push(not_utf8(&file));
                }
            }
        }
        if let Some(base_url) = &options.base_url {
            config.base_url = Some(base_url.clone());
        }
        Ok(config)
    }

    fn sources(&mut self, place: &Place, files: &Files) -> Vec<Source> {
        let read: Vec<Result<Source, Diagnostic>> = files
            .pages
            .par_iter()
            .map(|path| {
                let file = place.shown(path);
                let bytes =
                    fs::read(place.content.join(path)).map_err(|e| unreadable(&file, &e))?;
                let text = source::decode(bytes).map_err(|_| not_utf8(&file))?;
                Ok(Source {
                    path: path.as_str().into(),
                    file,
                    text: text.into(),
                })
            })
            .collect();
        let mut sources = Vec::with_capacity(read.len());
        for read in read {
            match read {
                Ok(source) => {
                    self.texts
                        .insert(Arc::clone(&source.file), Arc::clone(&source.text));
                    sources.push(source);
                }
                Err(diagnostic) => self.diagnostics.push(diagnostic),
            }
        }
        sources
    }

    fn sidebars(&mut self, place: &Place, files: &Files) -> Option<SidebarFile> {
        if !files.sidebars {
            return None;
        }
        let file = place.shown(discover::SIDEBARS_NAME);
        let text = match fs::read(place.content.join(discover::SIDEBARS_NAME)) {
            Ok(bytes) => match source::decode(bytes) {
                Ok(text) => text,
                Err(_) => {
                    self.diagnostics.push(not_utf8(&file));
                    return None;
                }
            },
            Err(error) => {
                self.diagnostics.push(unreadable(&file, &error));
                return None;
            }
        };
        let read = site::read_sidebar_file(&file, &text);
        self.diagnostics.extend(read.diagnostics);
        self.texts.insert(file, text.into());
        Some(read.value)
    }

    fn theme(&mut self, place: &Place, out: &Path, config: &Config) -> ThemeFiles {
        let asked_by: Arc<str> = discover::CONFIG_NAME.into();
        let read = theme_files::read(&place.root, out, config.theme.as_deref(), &asked_by);
        self.fatal |= !read.diagnostics.is_empty();
        self.diagnostics.extend(read.diagnostics);
        for template in &read.value.templates {
            self.texts
                .insert(Arc::clone(&template.file), Arc::clone(&template.text));
        }
        read.value
    }
}

fn unreadable(file: &Arc<str>, error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(
        Code::UnreadableFile,
        file,
        None,
        format!("cannot be read: {error}"),
    )
}

fn not_utf8(file: &Arc<str>) -> Diagnostic {
    Diagnostic::new(Code::NotUtf8, file, None, "this file is not UTF-8")
        .hint("save it again with the encoding UTF-8")
}
