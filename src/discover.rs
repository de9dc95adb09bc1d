//! Finds a site and its files on disk. Reads names, not contents.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;

use ignore::{DirEntry, WalkBuilder};

use crate::diagnostic::{Code, Diagnostic};
use crate::error::Error;
use crate::url;

pub const CONFIG_NAME: &str = "handbook.toml";
pub const SIDEBARS_NAME: &str = "sidebars.yaml";

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
    /// Everything else that is copied from the content folder.
    pub assets: Vec<String>,
    /// Below `static/`.
    pub statics: Vec<String>,
    /// Whether there is a `sidebars.yaml`.
    pub sidebars: bool,
    pub diagnostics: Vec<Diagnostic>,
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
    let walk = Walk {
        root: &place.root,
        base: &place.content,
        out,
        everything: false,
    };
    let (paths, diagnostics) = walk.run(place.prefix);
    files.diagnostics.extend(diagnostics);
    for path in paths {
        let behind_underscore = path.split('/').any(|part| part.starts_with('_'));
        let is_index = matches!(url::split_last(&path).1, "_index.md" | "_index.mdx");
        let folder_behind = url::split_last(&path)
            .0
            .split('/')
            .any(|part| part.starts_with('_'));
        if path == SIDEBARS_NAME {
            files.sidebars = true;
        } else if url::is_markdown(&path) && (!behind_underscore || (is_index && !folder_behind)) {
            files.pages.push(path);
        } else if !behind_underscore {
            files.assets.push(path);
        }
    }
    let statics = place.root.join("static");
    if place.content != place.root && statics.is_dir() {
        files.statics = static_files(&place.root, &statics, out, &mut files.diagnostics);
    }
    files
}

/// The files below a `static` folder: all of them, because names like `_redirects` and `.well-known` are what it is for.
pub fn static_files(
    root: &Path,
    base: &Path,
    out: &Path,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<String> {
    let walk = Walk {
        root,
        base,
        out,
        everything: true,
    };
    let prefix = base
        .strip_prefix(root)
        .ok()
        .and_then(Path::to_str)
        .map_or(String::new(), |prefix| format!("{prefix}/"));
    let (paths, found) = walk.run(&prefix);
    diagnostics.extend(found);
    paths
}

struct Walk<'a> {
    /// Symbolic links may lead anywhere below it.
    root: &'a Path,
    base: &'a Path,
    out: &'a Path,
    /// Hidden and git-ignored files too.
    everything: bool,
}

impl Walk<'_> {
    fn run(&self, prefix: &str) -> (Vec<String>, Vec<Diagnostic>) {
        let mut paths = Vec::new();
        let (rejected, rejections) = mpsc::channel();
        let mut diagnostics = Vec::new();
        for entry in self.walker(rejected) {
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
            let path = self.relative(&path).unwrap_or_else(|lossy| lossy);
            diagnostics.push(
                Diagnostic::new(
                    Code::UnreadableFile,
                    &format!("{prefix}{path}").into(),
                    None,
                    "this symbolic link leads out of the site's folder or nowhere",
                )
                .hint("copy the file into the site, or remove the link"),
            );
        }
        paths.sort();
        (paths, diagnostics)
    }

    fn walker(&self, rejected: mpsc::Sender<PathBuf>) -> ignore::Walk {
        let root = self.root.to_owned();
        let out = self.out.to_owned();
        let everything = self.everything;
        WalkBuilder::new(self.base)
            .hidden(!everything)
            .ignore(false)
            .git_ignore(!everything)
            .git_exclude(!everything)
            .git_global(!everything)
            .follow_links(true)
            .filter_entry(move |entry| {
                if entry.path() == out || is_clutter(entry) {
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
        let reason = match error.io_error() {
            Some(error) => error.to_string(),
            None => error.to_string(),
        };
        Diagnostic::new(
            Code::UnreadableFile,
            &format!("{prefix}{path}").into(),
            None,
            format!("cannot be read: {reason}"),
        )
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
    matches!(entry.file_name().to_str(), Some(".git" | ".DS_Store"))
}

fn leads_into(link: &Path, root: &Path) -> bool {
    fs::canonicalize(link).is_ok_and(|target| target.starts_with(root))
}
