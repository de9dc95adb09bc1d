//! Reads a site's files into texts, and what is wrong with them into diagnostics.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::config::{self, Config};
use crate::data::{self, Data, DataFile};
use crate::diagnostic::{Code, Diagnostic};
use crate::discover::{self, Files, Place};
use crate::render::Versions;
use crate::session::Options;
use crate::site::{self, SidebarFile};
use crate::source::{self, Source};
use crate::theme_files::{self, Asked, StaticFile, ThemeFiles};

/// Texts by file as shown.
pub type Texts = BTreeMap<Arc<str>, Arc<str>>;

/// What was made of a file, the texts that went into it, and what was wrong.
#[derive(Clone)]
pub struct Read<T> {
    pub value: T,
    pub texts: Texts,
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Read<T> {
    /// The same with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Read<U> {
        Read {
            value: f(self.value),
            texts: self.texts,
            diagnostics: self.diagnostics,
        }
    }
}

/// Reads `handbook.toml`, if the site has one; what the command line says is applied to it.
pub fn config(place: &Place, options: &Options) -> Read<Config> {
    let mut read = Read {
        value: Config::default(),
        texts: Texts::new(),
        diagnostics: Vec::new(),
    };
    if place.configured {
        let file: Arc<str> = discover::CONFIG_NAME.into();
        match text(&place.root.join(discover::CONFIG_NAME), &file) {
            Ok(text) => {
                let config = config::read(&file, &text);
                read.value = config.value;
                read.diagnostics = config.diagnostics;
                read.texts.insert(file, text.into());
            }
            Err(diagnostic) => read.diagnostics.push(diagnostic),
        }
    }
    if let Some(base_url) = &options.base_url {
        read.value.base_url = Some(base_url.clone());
    }
    let base_url = read.value.base_url.as_ref().filter(|_| !options.preview);
    read.value.mount = base_url.map_or(String::new(), |base| base.path.clone());
    read
}

/// Reads a page. One that is not UTF-8 is read as far as it goes, so that links to it are not broken too.
///
/// # Errors
/// The report that it cannot be read.
pub fn source(place: &Place, path: &str) -> Result<(Source, Option<Diagnostic>), Diagnostic> {
    let file = place.shown(path);
    let bytes = fs::read(place.content.join(path)).map_err(|error| unreadable(&file, &error))?;
    let (text, fault) = source::decode_lossy(bytes);
    let fault = fault.map(|at| not_utf8(&file, Some(at..source::next_char(&text, at))));
    let source = Source {
        path: path.into(),
        file,
        text: text.into(),
    };
    Ok((source, fault))
}

/// Reads `sidebars.yaml`, if there is one.
pub fn sidebars(place: &Place, present: bool) -> Read<Option<SidebarFile>> {
    let mut read = Read {
        value: None,
        texts: Texts::new(),
        diagnostics: Vec::new(),
    };
    if present {
        let file = place.shown(discover::SIDEBARS_NAME);
        match text(&place.content.join(discover::SIDEBARS_NAME), &file) {
            Ok(text) => {
                let sidebars = site::read_sidebar_file(&file, &text);
                read.value = Some(sidebars.value);
                read.diagnostics = sidebars.diagnostics;
                read.texts.insert(file, text.into());
            }
            Err(diagnostic) => read.diagnostics.push(diagnostic),
        }
    }
    read
}

/// No data file is larger than this many bytes: what it holds is held in memory, and read again when it changes.
const LARGEST_DATA: u64 = 16 * 1024 * 1024;

/// Reads all data files.
pub fn data(place: &Place, paths: &[String]) -> Read<Data> {
    let mut texts = Texts::new();
    let mut diagnostics = Vec::new();
    let files: Vec<DataFile> = paths
        .iter()
        .map(|path| {
            let file: Arc<str> = path.as_str().into();
            let read = match fs::metadata(place.root.join(path)) {
                Ok(found) if found.len() > LARGEST_DATA => {
                    let message = "this data file is larger than 16 MiB, the most that is read";
                    Err(Diagnostic::new(Code::UnreadableFile, &file, None, message)
                        .hint("keep in it only what pages show"))
                }
                _ => text(&place.root.join(path), &file),
            };
            let text = match read {
                Ok(text) => Some(Arc::from(text)),
                Err(fault) => {
                    diagnostics.push(fault);
                    None
                }
            };
            texts.extend(
                text.iter()
                    .map(|text| (Arc::clone(&file), Arc::clone(text))),
            );
            let inner = path
                .strip_prefix(place.prefix)
                .and_then(|path| path.strip_prefix(discover::INNER_DATA));
            let inner = inner.or_else(|| path.strip_prefix(discover::DATA));
            DataFile {
                path: inner.unwrap_or(path).trim_start_matches('/').to_owned(),
                file,
                text,
            }
        })
        .collect();
    let data = data::read(&files);
    diagnostics.extend(data.diagnostics);
    Read {
        value: data.value,
        texts,
        diagnostics,
    }
}

/// Reads the site's theme and all that it extends.
pub fn theme(place: &Place, out: &Path, config: &Config) -> Read<ThemeFiles> {
    let asked = Asked {
        file: discover::CONFIG_NAME.into(),
        span: config.theme_span.clone(),
    };
    let read = theme_files::read(&place.root, out, config.theme.as_deref(), asked);
    let templates = read.value.templates.iter();
    let mut texts: Texts = templates
        .map(|t| (Arc::clone(&t.file), Arc::clone(&t.text)))
        .collect();
    let languages = read.value.languages.iter();
    texts.extend(languages.map(|l| (Arc::clone(&l.file), Arc::clone(&l.text))));
    texts.extend(read.value.settings.clone());
    Read {
        texts,
        diagnostics: read.diagnostics,
        value: read.value,
    }
}

/// Hashes of the style sheets and scripts that pages may load.
pub fn versions(place: &Place, files: &Files, theme: &ThemeFiles) -> Versions {
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

/// The day, as `2026-01-31`. By the clock of Greenwich, so that two machines agree.
pub fn today() -> String {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    now.date().to_string()
}

fn version(bytes: &[u8]) -> String {
    format!("{:08x}", xxhash_rust::xxh3::xxh3_64(bytes) >> 32)
}

fn text(path: &Path, file: &Arc<str>) -> Result<String, Diagnostic> {
    let bytes = fs::read(path).map_err(|error| unreadable(file, &error))?;
    source::decode(bytes).map_err(|_| not_utf8(file, None))
}

fn not_utf8(file: &Arc<str>, place: Option<Range<usize>>) -> Diagnostic {
    let message = match place {
        Some(_) => "this file is not UTF-8 from here on",
        None => "this file is not UTF-8",
    };
    Diagnostic::new(Code::NotUtf8, file, place, message)
        .hint("save it again with the encoding UTF-8")
}

fn unreadable(file: &Arc<str>, error: &io::Error) -> Diagnostic {
    Diagnostic::new(
        Code::UnreadableFile,
        file,
        None,
        format!("cannot be read: {error}"),
    )
}
