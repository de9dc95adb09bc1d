//! Finds a site and its files on disk. Reads names, not contents.

mod visible;

use std::error::Error as _;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;

use ignore::{DirEntry, WalkBuilder};

use crate::data::is_data_file;
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Error;
use crate::url;

pub use visible::visible;

pub const CONFIG_NAME: &str = "handbook.toml";
pub const SIDEBARS_NAME: &str = "sidebars.yaml";
/// Where data files lie, beside the content folder.
pub const DATA: &str = "data";
/// Where they lie inside of it, for a site that is nothing but its content.
pub const INNER_DATA: &str = "_data";
/// What every output holds. A folder with one is some build's output, wherever it lies.
pub const MANIFEST_NAME: &str = ".handbook-manifest";

/// Where a site lies.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The folder of `handbook.toml`, or the folder that was asked for.
    pub root: PathBuf,
    pub content: PathBuf,
    /// What stands before a content path when it is shown: `content/`, or nothing.
    pub prefix: &'static str,
    /// Whether the site has a `handbook.toml`.
    pub configured: bool,
}

/// The files of a site, each list sorted.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Markdown pages, below the content folder with `/`.
    pub pages: Vec<String>,
    /// Markdown files behind `_`, which pages take in.
    pub snippets: Vec<String>,
    /// Everything else that is copied from the content folder.
    pub assets: Vec<String>,
    /// Below `static/`.
    pub statics: Vec<String>,
    /// Whether there is a `sidebars.yaml`.
    pub sidebars: bool,
    /// Data files, as shown: those in `data/` beside the content folder and those in `_data/` inside of it.
    pub data: Vec<String>,
    /// Symbolic links in the content and in `static`, through which a file lies in two places.
    pub links: Vec<Link>,
    pub diagnostics: Vec<Diagnostic>,
}

/// A symbolic link, and what it leads to or would lead to.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub path: PathBuf,
    pub target: PathBuf,
}

impl Link {
    fn read(path: &Path) -> Link {
        let target = fs::canonicalize(path).unwrap_or_else(|_| {
            // Nothing is there, and may be the next moment.
            let target = fs::read_link(path).unwrap_or_default();
            without_dots(&path.parent().unwrap_or(path).join(target))
        });
        Link {
            path: path.to_owned(),
            target,
        }
    }

    /// Whether a change at a path may be one elsewhere too, because of this link.
    pub fn carries(&self, path: &Path) -> bool {
        path.starts_with(&self.path)
            || path.starts_with(&self.target)
            || self.target.starts_with(path)
    }
}

/// A path without `.` and `..`, as far as names tell.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

/// Looks for `handbook.toml` in `dir` and upward; without one, `dir` is the site, or its content.
///
/// # Errors
/// When `dir` is no folder, or the site has no content folder.
pub fn locate(dir: &Path) -> Result<Place, Error> {
    let dir = fs::canonicalize(dir).map_err(|e| Error::io("open", dir, e))?;
    if !dir.is_dir() {
        return Err(Error::Usage(format!(
            "`{}` is a file; give the folder of the handbook",
            dir.display()
        )));
    }
    let configured = dir.ancestors().find(|dir| dir.join(CONFIG_NAME).is_file());
    if let Some(root) = configured {
        let content = root.join("content");
        if !content.is_dir() {
            return Err(Error::Usage(format!(
                "`{}` has a `{CONFIG_NAME}` but no `content` folder; create it and put Markdown files into it",
                root.display()
            )));
        }
        return Ok(Place {
            root: root.to_owned(),
            content,
            prefix: "content/",
            configured: true,
        });
    }
    let content = dir.join("content");
    Ok(if content.is_dir() {
        Place {
            root: dir,
            content,
            prefix: "content/",
            configured: false,
        }
    } else {
        Place {
            content: dir.clone(),
            root: dir,
            prefix: "",
            configured: false,
        }
    })
}

impl Place {
    /// A content path as it is shown to people.
    pub fn shown(&self, path: &str) -> Arc<str> {
        format!("{}{path}", self.prefix).into()
    }
}

/// Lists the files of a site. `out` is never content.
pub fn files(place: &Place, out: &Path) -> Files {
    let mut files = Files::default();
    list(place, out, None, &mut files);
    statics(place, out, &mut files);
    data(place, out, &mut files);
    files
}

/// Lists again what lies at or below a content path, which may have come, gone or changed.
pub fn look_below(place: &Place, out: &Path, path: &Path, inner: &str, files: &mut Files) {
    files.pages.retain(|path| !is_at_or_below(path, inner));
    files.assets.retain(|path| !is_at_or_below(path, inner));
    files.snippets.retain(|path| !is_at_or_below(path, inner));
    files.links.retain(|link| !link.path.starts_with(path));
    let shown = place.shown(inner);
    files
        .data
        .retain(|path| !is_at_or_below(path, shown.trim_end_matches('/')));
    files
        .diagnostics
        .retain(|d| !is_at_or_below(&d.file, shown.trim_end_matches('/')));
    if is_at_or_below(SIDEBARS_NAME, inner) {
        files.sidebars = false;
    }
    if path.symlink_metadata().is_ok() {
        list(place, out, Some(path), files);
    }
}

/// Whether a path is another one or lies in it. Everything lies in the empty path.
pub fn is_at_or_below(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Lists the site's `static` folder again.
pub fn statics(place: &Place, out: &Path, files: &mut Files) {
    if place.content == place.root {
        return;
    }
    let folder = place.root.join("static");
    files
        .diagnostics
        .retain(|d| !is_at_or_below(&d.file, "static"));
    files.links.retain(|link| !link.path.starts_with(&folder));
    let found = everything_in(&place.root, &folder, out);
    files.statics = found.paths;
    files.links.extend(found.links);
    files.diagnostics.extend(found.diagnostics);
}

/// Lists the site's `data` folder again. Where the site is its own content, `data` is a folder of pages.
pub fn data(place: &Place, out: &Path, files: &mut Files) {
    if place.content == place.root {
        return;
    }
    let folder = place.root.join(DATA);
    files.data.retain(|path| !is_at_or_below(path, DATA));
    files.diagnostics.retain(|d| !is_at_or_below(&d.file, DATA));
    files.links.retain(|link| !link.path.starts_with(&folder));
    // Nobody has to have such a folder.
    if !folder.is_dir() {
        return;
    }
    if folder.is_symlink() {
        files.links.push(Link::read(&folder));
        if !leads_into(&folder, &place.root) {
            files.diagnostics.push(leads_astray(&DATA.into()));
            return;
        }
    }
    let walk = Walk {
        root: &place.root,
        base: &folder,
        only: None,
        out,
        everything: false,
    };
    let found = walk.run("data/");
    files.links.extend(found.links);
    files.diagnostics.extend(found.diagnostics);
    let paths = found.paths.into_iter().filter(|path| is_data_file(path));
    files
        .data
        .extend(paths.map(|path| format!("{DATA}/{path}")));
    files.data.sort();
}

/// Adds the content files; with `only`, those at or below that path.
fn list(place: &Place, out: &Path, only: Option<&Path>, files: &mut Files) {
    let walk = Walk {
        root: &place.root,
        base: &place.content,
        only,
        out,
        everything: false,
    };
    let found = walk.run(place.prefix);
    files.links.extend(found.links);
    files.diagnostics.extend(found.diagnostics);
    for path in found.paths {
        let (folder, name) = url::split_last(&path);
        let hidden = |part: &str| part.starts_with('_');
        let behind = folder.split('/').any(hidden);
        let is_index = matches!(name, "_index.md" | "_index.mdx");
        if path == SIDEBARS_NAME {
            files.sidebars = true;
        } else if behind || (hidden(name) && !is_index) {
            // What belongs to a snippet is nothing by itself.
            if url::is_markdown(&path) {
                files.snippets.push(path);
            } else if path
                .strip_prefix(INNER_DATA)
                .and_then(|inner| inner.strip_prefix('/'))
                .is_some_and(is_data_file)
            {
                files.data.push(place.shown(&path).to_string());
            }
        } else if url::is_markdown(&path) {
            files.pages.push(path);
        } else {
            files.assets.push(path);
        }
    }
    files.pages.sort();
    files.snippets.sort();
    files.assets.sort();
    files.data.sort();
}

/// The files below a `static` folder: all of them, because names like `_redirects` and `.well-known` are what it is for.
pub fn static_files(
    root: &Path,
    base: &Path,
    out: &Path,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<String> {
    let found = everything_in(root, base, out);
    diagnostics.extend(found.diagnostics);
    found.paths
}

fn everything_in(root: &Path, base: &Path, out: &Path) -> Walked {
    // Nobody has to have such a folder.
    if !base.is_dir() {
        return Walked::default();
    }
    let walk = Walk {
        root,
        base,
        only: None,
        out,
        everything: true,
    };
    let prefix = base
        .strip_prefix(root)
        .ok()
        .and_then(Path::to_str)
        .map_or(String::new(), |prefix| format!("{prefix}/"));
    walk.run(&prefix)
}

/// What a walk came across.
#[derive(Default)]
struct Walked {
    paths: Vec<String>,
    links: Vec<Link>,
    diagnostics: Vec<Diagnostic>,
}

struct Walk<'a> {
    /// Symbolic links may lead anywhere below it.
    root: &'a Path,
    base: &'a Path,
    /// Look only at and below this path.
    only: Option<&'a Path>,
    out: &'a Path,
    /// Hidden and git-ignored files too.
    everything: bool,
}

impl Walk<'_> {
    fn run(&self, prefix: &str) -> Walked {
        let mut paths = Vec::new();
        let mut links = Vec::new();
        let (rejected, rejections) = mpsc::channel();
        let mut diagnostics = Vec::new();
        for entry in self.walker(rejected) {
            match &entry {
                Ok(entry) if entry.path_is_symlink() => links.push(Link::read(entry.path())),
                Ok(_) => {}
                Err(error) => links.extend(error_path(error).map(Link::read)),
            }
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    match self.relative(entry.path()) {
                        Ok(path) => paths.push(path),
                        Err(lossy) => diagnostics.push(
                            Diagnostic::new(
                                Code::NotUtf8,
                                &format!("{prefix}{lossy}").into(),
                                None,
                                "the name of this file is not UTF-8, so it has no address",
                            )
                            .hint("rename the file"),
                        ),
                    }
                }
                Ok(_) => {}
                Err(error) => diagnostics.push(self.unreadable(&error, prefix)),
            }
        }
        for path in rejections {
            links.push(Link::read(&path));
            let path = self.relative(&path).unwrap_or_else(|lossy| lossy);
            diagnostics.push(leads_astray(&format!("{prefix}{path}").into()));
        }
        paths.sort();
        Walked {
            paths,
            links,
            diagnostics,
        }
    }

    fn walker(&self, rejected: mpsc::Sender<PathBuf>) -> ignore::Walk {
        let root = self.root.to_owned();
        let out = self.out.to_owned();
        let only = self.only.map(Path::to_owned);
        let everything = self.everything;
        WalkBuilder::new(self.base)
            .hidden(!everything)
            .ignore(false)
            .git_ignore(!everything)
            .git_exclude(!everything)
            .git_global(!everything)
            .follow_links(true)
            .filter_entry(move |entry| {
                let path = entry.path();
                let on_the_way = |only: &Path| only.starts_with(path) || path.starts_with(only);
                let is_output = path == out || is_other_output(entry);
                if is_output || is_clutter(entry) || !only.as_deref().is_none_or(on_the_way) {
                    return false;
                }
                let inside = !entry.path_is_symlink() || leads_into(entry.path(), &root);
                if !inside {
                    // The receiver outlives the walk.
                    rejected.send(entry.path().to_owned()).ok();
                }
                inside
            })
            .build()
    }

    fn relative(&self, path: &Path) -> Result<String, String> {
        let relative = path.strip_prefix(self.base).unwrap_or(path);
        match relative.to_str() {
            Some(path) => Ok(path.replace(std::path::MAIN_SEPARATOR, "/")),
            None => Err(relative.to_string_lossy().into_owned()),
        }
    }

    fn unreadable(&self, error: &ignore::Error, prefix: &str) -> Diagnostic {
        let path = error_path(error)
            .map(|path| self.relative(path).unwrap_or_else(|lossy| lossy))
            .unwrap_or_default();
        let file: Arc<str> = format!("{prefix}{path}").into();
        let reason = reason(error);
        let Some(io) = error.io_error() else {
            return Diagnostic::new(Code::UnreadableFile, &file, None, reason)
                .hint("remove the link, or have it lead elsewhere");
        };
        if io.kind() == ErrorKind::NotFound {
            return leads_astray(&file);
        }
        Diagnostic::new(
            Code::UnreadableFile,
            &file,
            None,
            format!("cannot be read: {reason}"),
        )
    }
}

fn leads_astray(link: &Arc<str>) -> Diagnostic {
    Diagnostic::new(
        Code::UnreadableFile,
        link,
        None,
        "this symbolic link leads out of the site's folder or nowhere",
    )
    .hint("copy the file into the site, or remove the link")
}

/// What the operating system says, without the absolute path that the walker puts in front.
fn reason(error: &ignore::Error) -> String {
    match error.io_error() {
        Some(error) => match error.source() {
            Some(source) => source.to_string(),
            None => error.to_string(),
        },
        None => "this symbolic link leads back to a folder that it lies in".to_owned(),
    }
}

fn error_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            error_path(err)
        }
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

fn is_clutter(entry: &DirEntry) -> bool {
    entry.file_name().to_str().is_some_and(is_clutter_name)
}

/// Whether an entry is the folder of another build, whose copies of pages are no pages.
fn is_other_output(entry: &DirEntry) -> bool {
    entry.depth() > 0
        && entry.file_type().is_some_and(|kind| kind.is_dir())
        && entry.path().join(MANIFEST_NAME).exists()
}

/// What version control, systems and editors leave lying about, and nobody means to publish.
pub fn is_clutter_name(name: &str) -> bool {
    matches!(name, ".git" | ".DS_Store" | "Thumbs.db" | "4913")
        || name.ends_with('~')
        || name.ends_with(".swp")
        || name.ends_with(".swx")
        || (name.starts_with('#') && name.ends_with('#'))
}

fn leads_into(link: &Path, root: &Path) -> bool {
    fs::canonicalize(link).is_ok_and(|target| target.starts_with(root))
}
