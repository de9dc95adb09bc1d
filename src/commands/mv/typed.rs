//! What FROM and TO mean that somebody typed, and whether one can become the other.

use std::fs;
use std::path::Path;

use crate::discover::{self, Place};
use crate::error::Error;
use crate::session::Loaded;
use crate::site;
use crate::site::relocate::Move;
use crate::url;

/// The move that two paths ask for.
///
/// # Errors
/// Why it is not possible, and what is.
pub fn read(loaded: &Loaded, from: &str, to: &str, already: bool) -> Result<Move, Error> {
    let place = &loaded.place;
    let (from, to) = (Typed::new(place, from)?, Typed::new(place, to)?);
    let moved = if already {
        after(loaded, &from, &to)?
    } else {
        let moved = before(loaded, &from, &to)?;
        free(loaded, &moved)?;
        moved
    };
    if moved.from.is_empty() || moved.to.is_empty() {
        return no("the content folder itself cannot be moved, nor replaced");
    }
    if moved.folder && discover::is_at_or_below(&moved.to, &moved.from) {
        return no(format!(
            "`{}` lies in `{}`, and a folder cannot be moved into itself",
            place.shown(&moved.to),
            place.shown(&moved.from)
        ));
    }
    let root_file = |path: &str| path == discover::SIDEBARS_NAME;
    if root_file(&moved.from) || root_file(&moved.to) {
        return no(format!(
            "`{}` is where sidebars are defined, and stays where it is",
            place.shown(discover::SIDEBARS_NAME)
        ));
    }
    visible(
        place,
        &moved.from,
        "is left out of the site, so no link leads there; move it by other means",
    )?;
    visible(place, &moved.to, "would be left out of the site")?;
    unlinked(loaded, &moved)?;
    Ok(moved)
}

/// A path as one word of a shell's command line.
pub fn word(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@%=,".contains(c);
    if path.chars().all(plain) && !path.starts_with('-') {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}

/// A content path that was typed.
struct Typed {
    path: String,
    /// It ends with a slash, so a folder is meant.
    slash: bool,
}

impl Typed {
    fn new(place: &Place, typed: &str) -> Result<Typed, Error> {
        let shown = typed.replace(std::path::MAIN_SEPARATOR, "/");
        let in_content = Path::new(typed).strip_prefix(&place.content).ok();
        let inner = match in_content.and_then(Path::to_str) {
            Some(inner) => inner.replace(std::path::MAIN_SEPARATOR, "/"),
            None => shown.clone(),
        };
        let Some(path) = url::join("", &inner).filter(|_| !typed.is_empty()) else {
            return no(format!(
                "`{typed}` is no path below the content folder; try `people/hiring.md`"
            ));
        };
        let folder = place.prefix.trim_end_matches('/');
        let path = match path.strip_prefix(folder).filter(|_| !folder.is_empty()) {
            Some("") => String::new(),
            Some(rest) if rest.starts_with('/') => rest[1..].to_owned(),
            _ => path,
        };
        Ok(Typed {
            slash: shown.ends_with('/') || path.is_empty(),
            path,
        })
    }

    fn name(&self) -> &str {
        url::split_last(&self.path).1
    }
}

/// The move of something that lies at its old place.
fn before(loaded: &Loaded, from: &Typed, to: &Typed) -> Result<Move, Error> {
    let place = &loaded.place;
    let source = existing(loaded, from)?;
    let folder = is_folder(place, &source);
    if !folder && from.slash {
        return no(format!(
            "`{}` is no folder; leave out the slash",
            place.shown(&source)
        ));
    }
    let name = url::split_last(&source).1;
    let into = is_folder(place, &to.path) && !is_same(place, &source, &to.path);
    let target = if into || (to.slash && !folder) {
        inside(&to.path, name)
    } else if folder {
        to.path.clone()
    } else {
        named_like(place, &source, &to.path)?
    };
    if folder && url::is_markdown(&target) {
        return no(format!(
            "`{}` is a folder, and `{}` the name of a page",
            place.shown(&source),
            place.shown(&target)
        ));
    }
    if source == target {
        return no(format!("`{}` is there already", place.shown(&source)));
    }
    Ok(Move {
        from: source,
        to: target,
        folder,
    })
}

/// The move of something that lies at its new place.
fn after(loaded: &Loaded, from: &Typed, to: &Typed) -> Result<Move, Error> {
    let place = &loaded.place;
    // As with a move to be made, a folder may be named that it went into.
    let went_into = inside(&to.path, from.name());
    let with_extension = [".md", ".mdx"].map(|end| format!("{went_into}{end}"));
    let inner = std::iter::once(went_into).chain(with_extension);
    let mut inner = inner.filter(|_| is_folder(place, &to.path));
    let target = match inner.find(|path| is_listed(loaded, path)) {
        Some(path) => path,
        None => {
            // What was a page or a folder still is one.
            let end = &from.path[url::without_extension(&from.path).len()..];
            let page = format!("{}{end}", to.path);
            if !end.is_empty() && !to.slash && is_listed(loaded, &page) {
                page
            } else {
                let slash = to.slash || from.slash;
                let path = to.path.clone();
                existing(loaded, &Typed { path, slash })?
            }
        }
    };
    let folder = is_folder(place, &target);
    let source = if folder || url::is_markdown(&from.path) || !url::is_markdown(&target) {
        from.path.clone()
    } else {
        let end = &target[url::without_extension(&target).len()..];
        format!("{}{end}", from.path)
    };
    if source == target || is_listed(loaded, &source) {
        return no(format!(
            "`{}` is still there; leave out `--already-moved`",
            place.shown(&source)
        ));
    }
    if !folder && from.slash {
        return no(format!(
            "`{}` is a folder, and `{}` is none",
            place.shown(&from.path),
            place.shown(&target)
        ));
    }
    Ok(Move {
        from: source,
        to: target,
        folder,
    })
}

/// The page, file or folder of the site that was typed, by its full path.
fn existing(loaded: &Loaded, typed: &Typed) -> Result<String, Error> {
    let place = &loaded.place;
    let path = &typed.path;
    if path.is_empty() {
        return Ok(String::new());
    }
    let with_extension = [".md", ".mdx"].map(|end| format!("{path}{end}"));
    let pages: Vec<&String> = with_extension
        .iter()
        .filter(|path| !typed.slash && is_listed(loaded, path))
        .collect();
    let itself = is_listed(loaded, path);
    match pages.as_slice() {
        [page, ..] if itself => no(format!(
            "`{0}` is a page and a folder; write `{1}` for the page or `{0}/` for the folder",
            place.shown(path),
            place.shown(page)
        )),
        [_, _] => no(format!(
            "`{}` is two pages; write one with its extension",
            place.shown(path)
        )),
        [page] => Ok((*page).clone()),
        _ if itself => Ok(path.clone()),
        _ => {
            let shown = place.shown(path);
            if place.content.join(path).symlink_metadata().is_ok() {
                return no(format!(
                    "`{shown}` is left out of the site, so no link leads there; move it by other means"
                ));
            }
            let near = site::nearest_page(loaded.site(), path);
            let near = near.and_then(|page| loaded.site().pages[page].file.clone());
            let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            no(format!("`{shown}` is not there{hint}"))
        }
    }
}

/// The target of a file, with its extension if that was left out.
fn named_like(place: &Place, source: &str, target: &str) -> Result<String, Error> {
    let name = url::split_last(target).1;
    let extension = name.rsplit_once('.').map(|(_, end)| end);
    let shown = place.shown(target);
    if !url::is_markdown(source) {
        if url::is_markdown(target) {
            return no(format!(
                "`{shown}` would be a page, and `{}` is none",
                place.shown(source)
            ));
        }
        let end = url::split_last(source).1.rfind('.');
        return Ok(match end {
            Some(at) if at > 0 && extension.is_none() => {
                format!("{target}{}", &url::split_last(source).1[at..])
            }
            _ => target.to_owned(),
        });
    }
    match extension {
        Some("md" | "mdx") => Ok(target.to_owned()),
        Some(end) if !end.is_empty() && end.chars().all(char::is_alphabetic) => no(format!(
            "`{shown}` would be no page: pages end with `.md` or `.mdx`"
        )),
        _ => {
            let end = &source[url::without_extension(source).len()..];
            Ok(format!("{target}{end}"))
        }
    }
}

/// Refuses a place that something has, or that no file of the site can be at.
fn free(loaded: &Loaded, moved: &Move) -> Result<(), Error> {
    let place = &loaded.place;
    let target = place.content.join(&moved.to);
    let shown = place.shown(&moved.to);
    if target.symlink_metadata().is_ok() && !is_same(place, &moved.from, &moved.to) {
        return no(format!("`{shown}` is already there; choose another name"));
    }
    if target.starts_with(&loaded.out) {
        return no(format!("`{shown}` is in the output folder"));
    }
    let above = target
        .ancestors()
        .skip(1)
        .find(|path| path.symlink_metadata().is_ok());
    let Some(above) = above else {
        return Ok(());
    };
    let real = fs::canonicalize(above).map_err(|e| Error::io("open", above, e))?;
    if !real.is_dir() {
        let above = above.strip_prefix(&place.content).unwrap_or(above);
        return no(format!(
            "`{}` is no folder",
            place.shown(&above.to_string_lossy())
        ));
    }
    if !real.starts_with(&place.root) {
        return no(format!("`{shown}` is not in the site's folder"));
    }
    Ok(())
}

/// Refuses names that are left out of the site.
fn visible(place: &Place, path: &str, why: &str) -> Result<(), Error> {
    let (folder, name) = url::split_last(path);
    let hidden = |part: &str| part.starts_with(['.', '_']) || discover::is_clutter_name(part);
    let is_index = matches!(name, "_index.md" | "_index.mdx");
    if folder.split('/').any(hidden) || (hidden(name) && !is_index) {
        return no(format!("`{}` {why}", place.shown(path)));
    }
    Ok(())
}

/// Refuses what symbolic links would not survive: one leads from what moves to what stays, or the other way round.
fn unlinked(loaded: &Loaded, moved: &Move) -> Result<(), Error> {
    let from = loaded.place.content.join(&moved.from);
    for link in loaded.links_on_disk() {
        if link.path.starts_with(&from) != link.target.starts_with(&from) {
            return no(format!(
                "the symbolic link `{}` would lead nowhere; move and mend it by hand, then use `--already-moved`",
                link.path
                    .strip_prefix(&loaded.place.root)
                    .unwrap_or(&link.path)
                    .display()
            ));
        }
    }
    Ok(())
}

/// Whether a path is a file of the site, or a folder with one in it.
fn is_listed(loaded: &Loaded, path: &str) -> bool {
    loaded
        .listed()
        .any(|file| discover::is_at_or_below(file, path))
}

fn is_folder(place: &Place, path: &str) -> bool {
    place.content.join(path).is_dir()
}

/// Whether two names are one file, as they are where case does not matter.
fn is_same(place: &Place, a: &str, b: &str) -> bool {
    let real = |path: &str| fs::canonicalize(place.content.join(path)).ok();
    a == b || (a.to_lowercase() == b.to_lowercase() && real(a) == real(b))
}

fn inside(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

fn no<T>(message: impl Into<String>) -> Result<T, Error> {
    Err(Error::Usage(message.into()))
}
