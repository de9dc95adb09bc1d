//! `handbook mv`: moves a page, a folder or a file, and has every link, sidebar and old address follow.
//!
//! Nothing is touched before everything is known: what changes is worked out and verified first. Then the files are
//! moved, by one rename, and only then are texts written, each as a whole. A note in the site's folder says meanwhile
//! what is being done, so that `--already-moved` can finish what was broken off.

mod note;
mod typed;

use std::fs;
use std::path::{Path, PathBuf};

use crate::commands::{Outcome, counted};
use crate::discover::{self, Place};
use crate::edit;
use crate::error::Error;
use crate::parse::Doc;
use crate::rewrite::{self, Rewrite};
use crate::session::{self, Loaded, Options};
use crate::site::relocate::{Changes, Move, Moving, Text, relocate};
use crate::site::{SidebarFile, read_sidebar_file};
use crate::source::{self, Source};

use note::Note;

/// What was asked for.
#[derive(Debug)]
pub struct Arguments {
    pub from: String,
    pub to: String,
    /// Show what would change.
    pub dry_run: bool,
    /// The files lie at their new place.
    pub already_moved: bool,
}

/// Moves something in the handbook of the current folder.
///
/// # Errors
/// When the move is not possible, or the system does not let it happen. The message says what has been done, if
/// anything has.
pub fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    run_in(Path::new("."), arguments)
}

fn run_in(dir: &Path, arguments: &Arguments) -> Result<Outcome, Error> {
    let loaded = session::load(dir, &Options::default())?;
    if loaded.is_fatal() {
        return Err(Error::Usage(
            "the settings or the theme are broken, so nothing was moved; `handbook check` says how to mend them".to_owned(),
        ));
    }
    let already = arguments.already_moved;
    let moved = typed::read(&loaded, &arguments.from, &arguments.to, already)?;
    let note = Note::read(&loaded.place)?;
    if let Some(note) = &note
        && !already
        && note.is_open(&loaded.place)
    {
        return Err(Error::Usage(format!(
            "an earlier move was broken off; finish it with `{}`",
            finish(&note.moved)
        )));
    }
    let note = note.filter(|note| already && note.moved == moved);
    let changes = changes(&loaded, &moved, already, note.as_ref()).map_err(Error::Usage)?;
    if arguments.dry_run {
        show(&loaded, &changes);
    } else {
        carry_out(&loaded, &moved, already, &changes, note)?;
    }
    Ok(report(&loaded.place, &moved, arguments, &changes))
}

fn changes(
    loaded: &Loaded,
    moved: &Move,
    already: bool,
    note: Option<&Note>,
) -> Result<Changes, String> {
    let pages: Vec<(&Source, &Doc)> = loaded
        .written()
        .iter()
        .map(|page| (&*page.source, &*page.doc))
        .collect();
    let file = loaded.place.shown(discover::SIDEBARS_NAME);
    let sidebars: Option<(SidebarFile, &str)> = loaded
        .text(&file)
        .map(|text| (read_sidebar_file(&file, text).value, text));
    relocate(&Moving {
        moved,
        already,
        pages: &pages,
        snippets: &loaded.snippets().collect::<Vec<_>>(),
        config: loaded.config(),
        sidebars: sidebars.as_ref().map(|(file, text)| (file, *text)),
        settings: loaded.text(discover::CONFIG_NAME),
        assets: loaded.assets(),
        statics: &loaded.statics(),
        of_theme: &loaded.of_theme(),
        prefix: loaded.place.prefix,
        done: &|source| note.is_some_and(|note| note.has_written(&source.path, &source.text)),
    })
}

/// Prints what would change.
fn show(loaded: &Loaded, changes: &Changes) {
    for text in &changes.texts {
        let (from, to) = (loaded.place.shown(&text.from), loaded.place.shown(&text.to));
        let diff = edit::diff_moved(&from, &to, &text.old, &text.new);
        say!("{}", diff.trim_end_matches('\n'));
    }
    if let Some(text) = &changes.settings {
        let diff = edit::diff(discover::CONFIG_NAME, &text.old, &text.new);
        say!("{}", diff.trim_end_matches('\n'));
    }
}

/// Moves the files and writes the texts.
fn carry_out(
    loaded: &Loaded,
    moved: &Move,
    already: bool,
    changes: &Changes,
    earlier: Option<Note>,
) -> Result<(), Error> {
    let place = &loaded.place;
    let rewrites_at = |path: fn(&Text) -> &String| -> Vec<(PathBuf, &Text)> {
        let texts = changes.texts.iter();
        let settings = changes.settings.iter();
        texts
            .map(|text| (place.content.join(path(text)), text))
            .chain(settings.map(|text| (place.root.join(discover::CONFIG_NAME), text)))
            .collect()
    };
    let now = rewrites_at(if already { |t| &t.to } else { |t| &t.from });
    rewrite::check(&place.root, &rewrites(&now))?;
    if !Note::is_needless(changes) {
        Note::new(moved, changes, earlier).write(place)?;
    }
    let rename = if already {
        None
    } else {
        Some(Rename::new(loaded, moved).inspect_err(|_| Note::remove(place))?)
    };
    let then = rewrites_at(|text| &text.to);
    let staged = match rewrite::stage(&place.root, &rewrites(&then)) {
        Ok(staged) => staged,
        Err(error) => {
            let undone = rename.is_none_or(|rename| rename.undo().is_ok());
            if !undone {
                return Err(Error::Usage(format!(
                    "{error}; the files have been moved and no link has been changed: to go on, run `{}`",
                    finish(moved)
                )));
            }
            Note::remove(place);
            return Err(Error::Usage(format!("{error}; nothing has been changed")));
        }
    };
    staged
        .commit()
        .map_err(|error| Error::Usage(format!("{error}; to go on, run `{}`", finish(moved))))?;
    Note::remove(place);
    Ok(())
}

fn rewrites<'t>(texts: &'t [(PathBuf, &'t Text)]) -> Vec<Rewrite<'t>> {
    texts
        .iter()
        .map(|(file, text)| Rewrite {
            file,
            old: &text.old,
            new: &text.new,
        })
        .collect()
}

/// A rename that has been made, and how to undo it.
struct Rename {
    from: PathBuf,
    to: PathBuf,
    /// Folders that were made for it, outermost first.
    made: Vec<PathBuf>,
}

impl Rename {
    /// Makes the rename, and sees to it that everything which was content still is.
    fn new(loaded: &Loaded, moved: &Move) -> Result<Rename, Error> {
        let place = &loaded.place;
        let mut rename = Rename {
            from: place.content.join(&moved.from),
            to: place.content.join(&moved.to),
            made: Vec::new(),
        };
        let parents: Vec<&Path> = rename.to.ancestors().skip(1).collect();
        let missing: Vec<PathBuf> = parents
            .into_iter()
            .take_while(|folder| !folder.exists())
            .map(Path::to_owned)
            .collect();
        for folder in missing.into_iter().rev() {
            if let Err(error) = fs::create_dir(&folder) {
                rename.unmake();
                return Err(Error::io("create", folder, error));
            }
            rename.made.push(folder);
        }
        if let Err(error) = fs::rename(&rename.from, &rename.to) {
            rename.unmake();
            return Err(Error::io("move", rename.from, error));
        }
        let files = discover::files(place, &loaded.out);
        let is_content = |path: &str| {
            let there = |list: &[String]| list.binary_search_by(|p| p.as_str().cmp(path)).is_ok();
            there(&files.pages) || there(&files.assets)
        };
        let lost = loaded
            .listed()
            .filter(|path| moved.takes(path))
            .map(|path| moved.map(path).into_owned())
            .find(|path| !is_content(path));
        let Some(lost) = lost else {
            return Ok(rename);
        };
        let lost = place.shown(&lost);
        match rename.undo() {
            Ok(()) => Err(Error::Usage(format!(
                "`{lost}` would be left out of the site, since git ignores it there; nothing was moved"
            ))),
            Err(error) => Err(error),
        }
    }

    fn undo(self) -> Result<(), Error> {
        let undone = fs::rename(&self.to, &self.from);
        self.unmake();
        undone.map_err(|e| Error::io("move", &self.to, e))
    }

    /// Removes the folders that were made, unless something has come into them.
    fn unmake(&self) {
        for folder in self.made.iter().rev() {
            fs::remove_dir(folder).ok();
        }
    }
}

/// More notes than this nobody reads.
const MANY: usize = 10;

/// Says what has been done, and what is left to do.
fn report(place: &Place, moved: &Move, arguments: &Arguments, changes: &Changes) -> Outcome {
    let would = arguments.dry_run;
    let (from, to) = (place.shown(&moved.from), place.shown(&moved.to));
    if !arguments.already_moved {
        let verb = if would { "would move" } else { "moved" };
        say!("{verb} `{from}` → `{to}`");
    }
    let (change, add) = if would {
        ("would change", "would add")
    } else {
        ("changed", "added")
    };
    if changes.links > 0 {
        let texts = changes.texts.iter().chain(&changes.settings);
        let files = texts.filter(|text| text.links > 0).count();
        let (links, files) = (counted(changes.links, "link"), counted(files, "file"));
        say!("{change} {links} in {files}");
    }
    match changes.aliases {
        0 => {}
        1 => say!("{add} 1 alias"),
        aliases => say!("{add} {} aliases", crate::commands::thousands(aliases)),
    }
    if changes.entries > 0 {
        let file = place.shown(discover::SIDEBARS_NAME);
        let entries = match changes.entries {
            1 => "1 entry".to_owned(),
            entries => format!("{entries} entries"),
        };
        say!("{change} {entries} of `{file}`");
    }
    if arguments.already_moved && changes.texts.is_empty() && changes.settings.is_none() {
        say!("nothing to change: every link leads where it did");
    }
    for note in changes.notes.iter().take(MANY) {
        warn!("note: {note}");
    }
    if let more @ 1.. = changes.notes.len().saturating_sub(MANY) {
        warn!("note: and {more} more of the kind; `handbook check` lists them");
    }
    for unsure in &changes.unsure {
        let at = source::position(&unsure.text, unsure.span.start);
        let (file, why) = (&unsure.file, &unsure.why);
        warn!("{file}:{}:{}: {why}", at.line, at.column);
    }
    if changes.unsure.is_empty() {
        Outcome::Clean
    } else {
        warn!(
            "change {} by hand",
            if changes.unsure.len() == 1 {
                "this place"
            } else {
                "these places"
            }
        );
        Outcome::Mistakes
    }
}

/// The command that finishes a move.
fn finish(moved: &Move) -> String {
    let slash = if moved.folder { "/" } else { "" };
    let word = |path: &str| typed::word(&format!("{path}{slash}"));
    format!(
        "handbook mv --already-moved {} {}",
        word(&moved.from),
        word(&moved.to)
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use super::{Arguments, Note, Rename, changes, rewrites, run_in, typed};
    use crate::commands::Outcome;
    use crate::rewrite;
    use crate::session::{self, Loaded, Options};

    const FILES: &[(&str, &str)] = &[
        ("handbook.toml", ""),
        ("content/index.md", "# Home\n\n[x](a/x.md) [y](a/y.md)\n"),
        // From its new place, both old links lead somewhere else that exists.
        (
            "content/a/x.md",
            "# X\n\n[y](y.md) [other](../y.md) [b](../b/y.md)\n",
        ),
        (
            "content/a/y.md",
            "---\ndraft: true\n---\n[other](../y.md)\n",
        ),
        ("content/y.md", "# Y\n"),
        ("content/b/y.md", "# Another\n"),
        ("content/sidebars.yaml", "S:\n  - a/x\n  - a/*\n"),
    ];

    fn site() -> tempfile::TempDir {
        let site = tempfile::tempdir().unwrap();
        for (path, text) in FILES {
            let path = site.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        site
    }

    fn tree(folder: &Path) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(at) = folders.pop() {
            for entry in fs::read_dir(at).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(folder).unwrap();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = fs::read_to_string(&path).unwrap();
                    found.insert(name.to_str().unwrap().to_owned(), text);
                }
            }
        }
        found
    }

    fn arguments(already_moved: bool) -> Arguments {
        Arguments {
            from: "a/".to_owned(),
            to: "b/y".to_owned(),
            dry_run: false,
            already_moved,
        }
    }

    fn load(site: &Path) -> std::sync::Arc<Loaded> {
        session::load(site, &Options::default()).unwrap()
    }

    #[test]
    fn a_move_that_was_broken_off_is_finished_from_wherever_it_was() {
        let whole = site();
        run_in(whole.path(), &arguments(false)).unwrap();
        let whole = tree(whole.path());
        assert_eq!(
            whole["content/b/y/x.md"],
            "---\naliases:\n  - /a/x/\n---\n\n# X\n\n[y](y.md) [other](../../y.md) [b](../y.md)\n"
        );
        for written in 0.. {
            let site = site();
            let loaded = load(site.path());
            let place = &loaded.place;
            let moved = typed::read(&loaded, "a/", "b/y", false).unwrap();
            let changes = changes(&loaded, &moved, false, None).unwrap();
            Note::new(&moved, &changes, None).write(place).unwrap();
            Rename::new(&loaded, &moved).unwrap();
            if written > changes.texts.len() {
                break;
            }
            let texts = &changes.texts[..written];
            let then: Vec<_> = texts
                .iter()
                .map(|text| (place.content.join(&text.to), text))
                .collect();
            rewrite::write(&place.root, &rewrites(&then)).unwrap();

            let refused = run_in(
                site.path(),
                &Arguments {
                    from: "index.md".to_owned(),
                    to: "z.md".to_owned(),
                    ..arguments(false)
                },
            );
            let refused = refused.unwrap_err().to_string();
            assert!(refused.contains("--already-moved a/ b/y/"), "{refused}");
            let outcome = run_in(site.path(), &arguments(true)).unwrap();
            assert_eq!(outcome, Outcome::Clean);
            assert_eq!(tree(site.path()), whole, "after {written} texts");
        }
    }

    #[test]
    fn what_git_ignores_at_its_new_place_is_not_moved() {
        let site = site();
        fs::create_dir(site.path().join(".git")).unwrap();
        fs::write(site.path().join(".gitignore"), "/content/b/y/x.md\n").unwrap();
        let before = tree(site.path());
        let refused = run_in(site.path(), &arguments(false))
            .unwrap_err()
            .to_string();
        assert!(refused.contains("git ignores"), "{refused}");
        assert_eq!(tree(site.path()), before);
    }

    #[test]
    fn a_page_that_changes_meanwhile_stops_the_move_before_anything_is_touched() {
        let site = site();
        let loaded = load(site.path());
        let moved = typed::read(&loaded, "a/", "b/y", false).unwrap();
        let changes = changes(&loaded, &moved, false, None).unwrap();
        fs::write(site.path().join("content/index.md"), "saved meanwhile").unwrap();
        let before = tree(site.path());
        let refused = super::carry_out(&loaded, &moved, false, &changes, None);
        assert!(refused.unwrap_err().to_string().contains("has changed"));
        assert_eq!(tree(site.path()), before);
    }
}
