//! What people may rely on when a site is written, killed, refused or undone.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, SystemTime};

use rayon::prelude::*;
use tempfile::TempDir;

use super::disk::{Disk, Fault};
use super::output::open_on;
use super::{Emission, EmitError, Outcome, manifest, open};

type Site<'s> = [(&'s str, &'s str)];

const OLD: &Site<'_> = &[
    ("a/index.html", "a folder, once"),
    ("b", "a file, once"),
    ("changed/index.html", "old"),
    ("deep/er/gone/index.html", "gone"),
    ("index.html", "old home"),
    ("mixed/gone.html", "gone"),
    ("same/index.html", "same"),
];
const NEW: &Site<'_> = &[
    ("a", "a file, now"),
    ("b/c/index.html", "a folder, now"),
    ("b/index.html", "a folder, now"),
    ("changed/index.html", "new, and longer"),
    ("deep/er/new.html", "new"),
    ("index.html", "new home"),
    ("mixed/new.html", "new"),
    ("new/er/index.html", "new"),
    ("same/index.html", "same"),
];
const FOREIGN: &Site<'_> = &[
    (".git/config", "foreign"),
    ("CNAME", "foreign"),
    ("mixed/.note.handbook-new", "foreign"),
    ("mixed/note", "foreign"),
];

/// Half of the files are announced later, as those of search are.
fn begin(disk: Disk, out: &Path, site: &Site<'_>) -> Result<Emission, EmitError> {
    let (first, more) = site.split_at(site.len() / 2);
    let emission = open_on(disk, out)?.begin(first.iter().map(|file| file.0))?;
    emission.announce(more.iter().map(|file| file.0))
}

fn build_on(disk: Disk, out: &Path, site: &Site<'_>) -> Result<Outcome, EmitError> {
    let emission = begin(disk, out, site)?;
    for (path, text) in site {
        emission.stage(path, text.as_bytes())?;
    }
    emission.commit()
}

fn build(out: &Path, site: &Site<'_>) -> Result<Outcome, EmitError> {
    build_on(Disk::default(), out, site)
}

#[derive(Clone, Debug, PartialEq)]
enum Found {
    Folder,
    File(Vec<u8>),
    Link(PathBuf),
}

fn tree(folder: &Path) -> BTreeMap<PathBuf, Found> {
    fn walk(top: &Path, folder: &Path, tree: &mut BTreeMap<PathBuf, Found>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let kind = fs::symlink_metadata(&path).unwrap().file_type();
            let found = if kind.is_symlink() {
                Found::Link(fs::read_link(&path).unwrap())
            } else if kind.is_dir() {
                walk(top, &path, tree);
                Found::Folder
            } else {
                Found::File(fs::read(&path).unwrap())
            };
            tree.insert(path.strip_prefix(top).unwrap().to_owned(), found);
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    found
}

fn put(out: &Path, files: &Site<'_>) {
    for (path, text) in files {
        let path = out.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// What a clean build makes, and the foreign files.
fn clean(site: &Site<'_>, foreign: &Site<'_>) -> BTreeMap<PathBuf, Found> {
    let at = TempDir::new().unwrap();
    build(at.path(), site).unwrap();
    put(at.path(), foreign);
    tree(at.path())
}

/// An output folder with the old site and the foreign files.
fn old_site() -> TempDir {
    let at = TempDir::new().unwrap();
    build(at.path(), OLD).unwrap();
    put(at.path(), FOREIGN);
    at
}

fn dates(out: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let date = |path: &PathBuf| fs::symlink_metadata(out.join(path)).unwrap().modified();
    tree(out)
        .into_keys()
        .map(|path| (path.clone(), date(&path).unwrap()))
        .collect()
}

fn text(out: &Path, path: &str) -> String {
    fs::read_to_string(out.join(path)).unwrap()
}

#[test]
fn a_first_build_creates_the_folder_and_lists_what_it_wrote() {
    let at = TempDir::new().unwrap();
    let out = at.path().join("some/where/public");
    let outcome = build(&out, &[("b/index.html", "B"), ("a.css", "")]).unwrap();
    assert_eq!(
        (outcome.written, outcome.unchanged, outcome.deleted),
        (2, 0, 0)
    );
    assert_eq!(text(&out, "b/index.html"), "B");
    assert_eq!(
        text(&out, ".handbook-manifest"),
        "handbook-manifest 1\n\
         99aa06d3014798d86001c324468d497f  a.css\n\
         9d1b9bc4078a3e7274d3766ca02423f3  b/index.html\n"
    );
    assert_eq!(tree(&out).len(), 4);
}

#[test]
fn a_second_build_touches_nothing() {
    let at = old_site();
    let before = dates(at.path());
    std::thread::sleep(Duration::from_millis(20));
    let outcome = build(at.path(), OLD).unwrap();
    assert_eq!(
        (outcome.written, outcome.unchanged, outcome.deleted),
        (0, 7, 0)
    );
    assert_eq!(dates(at.path()), before);

    let emission = begin(Disk::default(), at.path(), OLD).unwrap();
    for (path, _) in OLD {
        emission.stage_copy(path, &at.path().join(path)).unwrap();
    }
    drop(emission);
    assert_eq!(dates(at.path()), before);
}

#[test]
fn a_changed_site_ends_as_a_clean_build_of_it() {
    let at = old_site();
    let unchanged = at.path().join("same/index.html");
    let date = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let before = date(&unchanged);
    let outcome = build(at.path(), NEW).unwrap();
    assert_eq!(
        (outcome.written, outcome.unchanged, outcome.deleted),
        (8, 1, 4)
    );
    assert_eq!(tree(at.path()), clean(NEW, FOREIGN));
    assert_eq!(date(&unchanged), before);
    build(at.path(), OLD).unwrap();
    assert_eq!(tree(at.path()), clean(OLD, FOREIGN));
}

#[test]
fn an_asset_is_copied_only_if_it_differs() {
    let at = TempDir::new().unwrap();
    let (out, source) = (at.path().join("out"), at.path().join("source"));
    let copy = |bytes: &[u8]| {
        fs::write(&source, bytes).unwrap();
        let emission = open(&out).unwrap().begin(["x/y.bin"]).unwrap();
        emission.stage_copy("x/y.bin", &source).unwrap();
        let outcome = emission.commit().unwrap();
        assert_eq!(fs::read(out.join("x/y.bin")).unwrap(), bytes);
        let listed = format!("{:032x}  x/y.bin", xxhash_rust::xxh3::xxh3_128(bytes));
        assert!(text(&out, ".handbook-manifest").contains(&listed));
        outcome.written
    };
    let mut bytes = vec![7; 300_000];
    assert_eq!(copy(&bytes), 1);
    assert_eq!(copy(&bytes), 0);
    bytes[299_999] = 8;
    assert_eq!(copy(&bytes), 1);
    bytes.pop();
    assert_eq!(copy(&bytes), 1);
    assert_eq!(copy(b""), 1);
    assert_eq!(copy(b""), 0);
}

#[test]
fn a_missing_asset_is_named() {
    let at = TempDir::new().unwrap();
    let emission = open(&at.path().join("out")).unwrap().begin(["x"]).unwrap();
    let error = emission
        .stage_copy("x", Path::new("static/none.png"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read `static/none.png`: No such file or directory"
    );
}

#[test]
fn a_place_that_is_not_for_a_site_is_refused() {
    let at = TempDir::new().unwrap();
    put(at.path(), &[("file", ""), ("full/thesis.doc", "")]);
    let refusal = |path: &str| open(&at.path().join(path)).err().unwrap().to_string();
    assert!(refusal("file").ends_with("file`: it is a file, expected a folder"));
    assert!(refusal("full").contains("choose another folder with `--out`, or empty this one"));
    assert!(refusal("file/below").contains("cannot "));
    assert!(open(&at.path().join("full")).is_err_and(|e| e.doing == "write to"));
    assert_eq!(tree(at.path()).len(), 3);
    fs::create_dir(at.path().join("empty")).unwrap();
    assert!(open(&at.path().join("empty")).is_ok());
    assert!(at.path().join("empty").exists());
}

#[test]
fn a_folder_that_cannot_be_written_to_is_refused() {
    // To the superuser every folder but those of the kernel can be written to.
    let out = Path::new("/proc/handbook-test/public");
    if Path::new("/proc/self").exists() {
        assert_eq!(open(out).err().unwrap().doing, "create");
    }
}

#[test]
fn two_builds_do_not_write_at_once() {
    let at = TempDir::new().unwrap();
    let first = open(at.path()).unwrap();
    let second = open(at.path()).err().unwrap();
    assert!(
        second
            .to_string()
            .contains("another build is writing to it")
    );
    drop(first);
    assert!(open(at.path()).is_ok());
}

#[test]
fn nothing_outside_is_deleted_whatever_the_manifest_says() {
    let at = TempDir::new().unwrap();
    let out = at.path().join("public");
    put(
        at.path(),
        &[("kept", "outside"), ("public/.handbook-manifest", "")],
    );
    put(&out, &[("gone", "listed"), ("kept", "inside")]);
    let absolute = at.path().join("kept");
    let mut hostile = "handbook-manifest 1\n".to_owned();
    let paths = [
        "../kept",
        absolute.to_str().unwrap(),
        "x/../../kept",
        "..\\kept",
        "gone",
        "./kept",
        "",
    ];
    for path in paths {
        hostile += &format!("{:032x}  {path}\n", 7);
    }
    let mut hostile = hostile.into_bytes();
    hostile.extend(b"\xff\xfe\0kept\nkept\n");
    fs::write(out.join(".handbook-manifest"), hostile).unwrap();
    let outcome = build(&out, &[("index.html", "")]).unwrap();
    assert_eq!(outcome.deleted, 1);
    assert_eq!(text(at.path(), "kept"), "outside");
    assert_eq!(text(&out, "kept"), "inside");
    assert!(!out.join("gone").exists());
}

#[test]
fn a_path_that_leaves_the_folder_or_clashes_is_refused() {
    let at = TempDir::new().unwrap();
    let refusal = |paths: &[&str]| {
        let begun = open(at.path()).unwrap().begin(paths.iter().copied());
        let error = begun.err().unwrap();
        assert_eq!(error.source.kind(), ErrorKind::InvalidInput);
        error.to_string()
    };
    assert!(refusal(&["../x"]).contains("below the output folder"));
    assert!(refusal(&["a\\b"]).contains("backslash"));
    assert!(refusal(&["a", "a-b", "a/b/c"]).contains("another file needs a folder"));
    let begin = || open(at.path()).unwrap().begin(["a"]).unwrap();
    let refusal = |announced: Result<Emission, EmitError>| announced.err().unwrap().to_string();
    assert!(refusal(begin().announce(["../x"])).contains("below the output folder"));
    assert!(refusal(begin().announce(["b", "a/c"])).contains("another file needs a folder"));
    let emission = begin().announce(["a", "b"]).unwrap();
    assert!(emission.stage("c", b"").is_err());
    assert!(emission.stage("a", b"").is_ok());
    assert!(emission.stage("a", b"").is_err());
    assert!(refusal(emission.announce(["c"])).contains("after another file was written"));
    assert_eq!(tree(at.path()).len(), 0);
}

#[cfg(unix)]
mod links {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::{Found, TempDir, build, clean, fs, put, text, tree};

    #[test]
    fn a_linked_folder_is_neither_written_to_nor_deleted_from() {
        let at = TempDir::new().unwrap();
        let out = at.path().join("public");
        build(&out, &[("in/x.html", "old"), ("y", "")]).unwrap();
        fs::rename(out.join("in"), at.path().join("outside")).unwrap();
        symlink(at.path().join("outside"), out.join("in")).unwrap();
        let before = tree(at.path());

        let error = build(&out, &[("in/x.html", "new"), ("y", "new")]).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("public/in`: a file or a symbolic link"),
            "{error}"
        );
        assert_eq!(tree(at.path()), before);

        build(&out, &[("y", "new")]).unwrap();
        assert_eq!(text(at.path(), "outside/x.html"), "old");
        assert!(out.join("in").is_symlink());
    }

    #[test]
    fn a_link_in_a_files_place_is_replaced() {
        let at = TempDir::new().unwrap();
        let out = at.path().join("public");
        build(&out, &[("a.html", "x"), ("b", "x"), ("c", "x")]).unwrap();
        put(at.path(), &[("outside", "x"), ("folder/x", "x")]);
        for (name, target) in [("a.html", "outside"), ("b", "folder"), ("c", "outside")] {
            fs::remove_file(out.join(name)).unwrap();
            symlink(at.path().join(target), out.join(name)).unwrap();
        }
        // The same bytes lie behind the link, `b` makes way for a folder, and `c` is gone.
        build(&out, &[("a.html", "x"), ("b/index.html", "x")]).unwrap();
        assert_eq!(
            tree(&out),
            clean(&[("a.html", "x"), ("b/index.html", "x")], &[])
        );
        assert_eq!(text(at.path(), "outside"), "x");
        assert_eq!(text(at.path(), "folder/x"), "x");
    }

    #[test]
    fn a_link_in_a_staged_files_place_is_not_followed() {
        let at = TempDir::new().unwrap();
        let out = at.path().join("public");
        build(&out, &[("a", "x")]).unwrap();
        put(at.path(), &[("outside", "kept")]);
        symlink(at.path().join("outside"), out.join(".a.handbook-new")).unwrap();
        build(&out, &[("a", "y")]).unwrap();
        assert_eq!(text(at.path(), "outside"), "kept");
        assert_eq!(tree(&out), clean(&[("a", "y")], &[]));
    }

    #[test]
    fn a_read_only_file_is_replaced_and_deleted() {
        let at = TempDir::new().unwrap();
        build(at.path(), &[("a", "x"), ("b", "x")]).unwrap();
        for name in ["a", "b"] {
            let mode = fs::Permissions::from_mode(0o000);
            fs::set_permissions(at.path().join(name), mode).unwrap();
        }
        build(at.path(), &[("a", "y")]).unwrap();
        assert_eq!(tree(at.path()), clean(&[("a", "y")], &[]));
    }

    #[test]
    fn a_foreign_file_may_have_any_name() {
        let at = TempDir::new().unwrap();
        build(at.path(), &[("a/x", "x"), ("b/x", "x")]).unwrap();
        for folder in ["a", "b"] {
            let name = OsStr::from_bytes(b"\xff\xfe");
            fs::write(at.path().join(folder).join(name), "kept").unwrap();
        }
        build(at.path(), &[("a/y", "y")]).unwrap();
        let kept = tree(at.path()).into_values();
        let kept = kept.filter(|found| *found == Found::File(b"kept".to_vec()));
        assert_eq!(kept.count(), 2);
        // It stands in the way of a file, though.
        assert!(build(at.path(), &[("b", "y")]).is_err());
    }
}

#[test]
fn a_foreign_file_in_a_folders_place_or_a_foreign_folder_in_a_files_is_kept() {
    let at = TempDir::new().unwrap();
    build(at.path(), &[("a/x", "x")]).unwrap();
    put(
        at.path(),
        &[
            ("a/note", "foreign"),
            ("b", "foreign"),
            ("c/d/note", "foreign"),
        ],
    );
    fs::create_dir(at.path().join("e")).unwrap();
    let before = tree(at.path());
    for path in ["a", "b/x", "c", "c/d", "e"] {
        let error = build(at.path(), &[("z/new", ""), (path, "y")]).unwrap_err();
        assert!(error.to_string().contains("move it away"), "{error}");
        assert_eq!(tree(at.path()), before);
    }
}

#[test]
fn a_foreign_file_is_ours_only_once_it_is_replaced() {
    let at = TempDir::new().unwrap();
    build(at.path(), &[("index.html", "")]).unwrap();
    put(at.path(), &[("CNAME", "foreign")]);
    let with_it: &Site<'_> = &[("CNAME", "ours"), ("index.html", "")];
    let emission = begin(Disk::default(), at.path(), with_it).unwrap();
    emission.stage("CNAME", b"ours").unwrap();
    // As if killed: nothing is cleaned up, not even the lock's file handle.
    std::mem::forget(emission);
    let copy = TempDir::new().unwrap();
    for (path, found) in tree(at.path()) {
        if let Found::File(bytes) = found {
            fs::write(copy.path().join(path), bytes).unwrap();
        }
    }
    build(copy.path(), &[("index.html", "")]).unwrap();
    assert_eq!(
        tree(copy.path()),
        clean(&[("index.html", "")], &[("CNAME", "foreign")])
    );
    build(copy.path(), with_it).unwrap();
    assert_eq!(tree(copy.path()), clean(with_it, &[]));
}

#[test]
fn an_abandoned_build_leaves_the_old_site() {
    let at = old_site();
    let before = (
        tree(at.path()),
        dates(at.path()).remove(Path::new(".handbook-manifest")),
    );
    let emission = begin(Disk::default(), at.path(), NEW).unwrap();
    for (path, text) in NEW {
        emission.stage(path, text.as_bytes()).unwrap();
    }
    assert_ne!(tree(at.path()), before.0);
    emission.abandon();
    let after = (
        tree(at.path()),
        dates(at.path()).remove(Path::new(".handbook-manifest")),
    );
    assert_eq!(after, before);

    let out = at.path().join("never/was");
    begin(Disk::default(), &out, NEW)
        .unwrap()
        .stage("a", b"")
        .unwrap();
    assert!(!at.path().join("never").exists());
}

#[test]
fn a_page_that_was_announced_and_not_staged_is_deleted() {
    let at = TempDir::new().unwrap();
    build(at.path(), &[("a/x", "x"), ("b/x", "x")]).unwrap();
    let emission = open(at.path())
        .unwrap()
        .begin(["a/x", "b/x", "c/x"])
        .unwrap();
    emission.stage("a/x", b"y").unwrap();
    let outcome = emission.commit().unwrap();
    assert_eq!(
        (outcome.written, outcome.unchanged, outcome.deleted),
        (1, 0, 1)
    );
    assert_eq!(tree(at.path()), clean(&[("a/x", "y")], &[]));
}

#[test]
fn a_page_that_could_be_written_only_in_part_is_not_published() {
    let at = TempDir::new().unwrap();
    for changes in 0..20 {
        let out = at.path().join(changes.to_string());
        let disk = Disk {
            fault: Some(Fault::FullAfter(AtomicUsize::new(changes))),
        };
        let Ok(mut emission) = begin(disk, &out, &[("a/x", ""), ("a/y", ""), ("b/z", "")]) else {
            continue;
        };
        let staged = ["a/y", "b/z"].map(|path| emission.stage(path, b"content"));
        emission.output.disk.fault = None;
        let expected: &Site<'_> = match staged.map(|result| result.is_ok()) {
            [true, true] => return,
            [true, false] => &[("a/x", "x"), ("a/y", "content")],
            _ => &[("a/x", "x")],
        };
        emission.stage("a/x", b"x").unwrap();
        emission.commit().unwrap();
        assert_eq!(tree(&out), clean(expected, &[]), "after {changes} changes");
    }
    panic!("the disk never got large enough");
}

#[test]
fn a_full_disk_leaves_the_old_site() {
    for changes in 0.. {
        let at = old_site();
        let before = tree(at.path());
        let fault = Some(Fault::FullAfter(AtomicUsize::new(changes)));
        match build_on(Disk { fault }, at.path(), NEW) {
            Ok(_) => {
                assert!(changes > 20, "{changes}");
                break;
            }
            Err(error) => {
                assert!(
                    error.to_string().ends_with("`: No space left on device"),
                    "{error}"
                );
                // The disk is still full while the build is undone, so the old manifest may not fit, but what is left
                // in its place is complete.
                let (mut after, mut before) = (tree(at.path()), before);
                let name = Path::new(manifest::NAME);
                let (left, was) = (after.remove(name), before.remove(name));
                assert_eq!(after, before, "after {changes} changes");
                if left != was {
                    assert!(unlisted(at.path()).is_empty());
                }
                build(at.path(), OLD).unwrap();
                assert_eq!(tree(at.path()), clean(OLD, FOREIGN));
            }
        }
    }
}

/// Files that neither the manifest explains nor a clean build of any site.
fn unlisted(out: &Path) -> Vec<PathBuf> {
    let (_, entries) = manifest::read(&fs::read(out.join(manifest::NAME)).unwrap_or_default());
    let explained = |path: &str| {
        let own = [manifest::NAME, manifest::BEGUN, manifest::NEXT].contains(&path);
        own || FOREIGN.iter().any(|file| file.0 == path)
            || entries.iter().any(|entry| {
                let real = entry.path == path && entry.hash != manifest::ONLY_STAGED;
                let cuts = entry.path.match_indices('/').map(|(at, _)| at);
                real || cuts.chain([entry.path.len()]).any(|at| {
                    let (top, rest) = entry.path.split_at(at);
                    manifest::staged_beside(top) + rest == path
                })
            })
    };
    let files = tree(out)
        .into_iter()
        .filter(|(_, found)| *found != Found::Folder);
    let mut paths = files.map(|(path, _)| path);
    paths
        .by_ref()
        .filter(|path| !explained(path.to_str().unwrap()))
        .collect()
}

/// Kills a build after every single change to the disk, and lets each `next` site follow it.
fn kill_everywhere(
    prepare: impl Fn() -> TempDir,
    foreign: &Site<'_>,
    site: &Site<'_>,
    next: &[&Site<'_>],
) {
    // One thread, so that every run makes the same changes in the same order.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let whole: Vec<&str> = OLD
        .iter()
        .chain(NEW)
        .chain(FOREIGN)
        .map(|file| file.1)
        .collect();
    for next in next {
        let expected = clean(next, foreign);
        for changes in 0.. {
            let at = prepare();
            let fault = Some(Fault::KilledAfter(AtomicUsize::new(changes)));
            let killed = pool.install(|| build_on(Disk { fault }, at.path(), site));
            assert_eq!(
                unlisted(at.path()),
                [] as [PathBuf; 0],
                "after {changes} changes"
            );
            for (path, found) in tree(at.path()) {
                let staged = path.to_str().unwrap().contains(".handbook-");
                if let Found::File(bytes) = found
                    && !staged
                {
                    let text = String::from_utf8(bytes).unwrap();
                    assert!(
                        whole.contains(&text.as_str()),
                        "{path:?} after {changes} changes"
                    );
                }
            }
            let done = killed.is_ok();
            // And the next build may be killed as well, or undone.
            let fault = Some(Fault::KilledAfter(AtomicUsize::new(changes / 2)));
            let _ = pool.install(|| build_on(Disk { fault }, at.path(), site));
            drop(begin(Disk::default(), at.path(), next).unwrap());
            build(at.path(), next).unwrap();
            assert_eq!(tree(at.path()), expected, "after {changes} changes");
            if done {
                assert!(changes > 20, "{changes}");
                break;
            }
        }
    }
}

#[test]
fn a_killed_build_is_set_right_by_the_next() {
    kill_everywhere(old_site, FOREIGN, NEW, &[NEW, OLD, &[("b/c", "x")], &[]]);
}

#[test]
fn a_killed_first_build_is_set_right_by_the_next() {
    kill_everywhere(|| TempDir::new().unwrap(), &[], NEW, &[NEW, OLD, &[]]);
}

const VICTIM: &str = "HANDBOOK_EMIT_VICTIM";

/// Two sites of 200 pages each that have half of their paths in common.
fn large_site(odd: bool) -> Vec<(String, String)> {
    let page = |number: usize| {
        let text = format!("{odd} {number}\n").repeat(1_000) + "end";
        (format!("s{}/p{number}/index.html", number % 7), text)
    };
    let from = if odd { 100 } else { 0 };
    (from..from + 200).map(page).collect()
}

fn build_large(out: &Path, odd: bool) {
    let site = large_site(odd);
    let emission = open(out).unwrap();
    let emission = emission
        .begin(site.iter().map(|file| file.0.as_str()))
        .unwrap();
    site.par_iter()
        .try_for_each(|(path, text)| emission.stage(path, text.as_bytes()))
        .unwrap();
    emission.commit().unwrap();
}

#[test]
fn victim_of_the_next_test() {
    let Some(out) = std::env::var_os(VICTIM) else {
        return;
    };
    for turn in 0.. {
        build_large(Path::new(&out), turn % 2 == 0);
    }
}

#[test]
fn a_build_survives_being_killed_by_the_system() {
    let at = TempDir::new().unwrap();
    let out = at.path().join("public");
    let clean = at.path().join("clean");
    build_large(&clean, true);
    for round in 0..12 {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "emit::tests::victim_of_the_next_test"])
            .env(VICTIM, &out)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(30 + 7 * round));
        victim.kill().unwrap();
        victim.wait().unwrap();
        if !out.exists() {
            continue;
        }
        assert_eq!(unlisted(&out), [] as [PathBuf; 0]);
        for (path, found) in tree(&out) {
            if let Found::File(bytes) = found
                && !path.to_str().unwrap().contains(".handbook-")
            {
                assert!(bytes.ends_with(b"end"), "{path:?}");
            }
        }
        if round % 3 == 0 {
            build_large(&out, true);
            assert_eq!(tree(&out), tree(&clean));
        }
    }
    build_large(&out, true);
    assert_eq!(tree(&out), tree(&clean));
}
