//! A day of edits in one session: memory and open files stay as they are, and the site ends as a new session sees it.
//!
//! With `HANDBOOK_LONG=1` the site is a copy of a real handbook (`HANDBOOK_CORPUS`, or the one that lies beside the
//! checkout) and there are 10,000 edits. Alone in its file, because memory is counted for the whole process.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use handbook::dev::Live;
use handbook::session::{Loaded, Options, Output, Session};

#[test]
fn a_day_of_edits_leaves_nothing_behind() {
    let long = std::env::var_os("HANDBOOK_LONG").is_some();
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("it is there");
    if long {
        let corpus = std::env::var_os("HANDBOOK_CORPUS").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/sourcegraph"),
            PathBuf::from,
        );
        copy(&corpus, &root);
    } else {
        generate(&root);
    }
    let edits = if long { 10_000 } else { 300 };

    let mut session = Session::open(&root, &options()).expect("a site");
    let live = Live::new(session.current());
    let pages = markdown(&root.join("content"));
    // Every page has been seen once: what that leaves in memory, grammars above all, is no growth.
    shown(&session.current());
    let mut at_first = None;
    let start = Instant::now();
    for n in 0..edits {
        let changed = edit(&root, &pages, n);
        let update = session.refresh(&changed.into_iter().collect());
        if !update.is_empty() {
            live.publish(session.current(), &update);
            live.settle();
        }
        look(&session.current(), n);
        if n == 99 {
            at_first = Some((memory(), open_files()));
        }
    }
    let (memory_then, files_then) = at_first.expect("more than 100 edits");
    let (memory_now, files_now) = (memory(), open_files());
    eprintln!(
        "{} pages, {edits} edits in {:?}: {memory_then} kB after 100, {memory_now} kB at the end; {files_then} and {files_now} open files",
        pages.len(),
        start.elapsed()
    );
    assert!(
        memory_now * 10 <= memory_then * 11,
        "{memory_then} kB became {memory_now} kB"
    );
    assert_eq!(files_then, files_now);
    let fresh = Session::open(&root, &options()).expect("a site");
    assert!(
        shown(&session.current()) == shown(&fresh.current()),
        "the session shows another site"
    );
}

/// The edits of a writer: words, code, titles, and now and then a file that comes, goes or gets another name.
fn edit(root: &Path, pages: &[PathBuf], n: usize) -> Vec<PathBuf> {
    // Spread over the site; the same pages come again in another order.
    let page = &pages[(n * 7919) % pages.len()];
    let scratch = root.join("content/scratch");
    match n % 10 {
        0 => {
            let title = format!(
                "---\ntitle: Title {n}\n---\n\n# Title {n}\n\n## Part {}\n",
                n % 7
            );
            put(&scratch.join("title.md"), &title)
        }
        1 => put(
            &scratch.join(format!("new-{}.md", n % 200)),
            &format!("# New {n}\n"),
        ),
        2 => {
            let (from, to) = (
                scratch.join(format!("new-{}.md", (n - 1) % 200)),
                scratch.join(format!("renamed-{n}.md")),
            );
            fs::rename(&from, &to).expect("renamed");
            vec![from, to]
        }
        3 => {
            let gone = scratch.join(format!("renamed-{}.md", n - 1));
            fs::remove_file(&gone).expect("removed");
            vec![gone]
        }
        4 => put(
            &root.join("static/extra.css"),
            &format!("a {{ order: {n} }}"),
        ),
        5 => put(&scratch.join("picture.png"), &n.to_string()),
        6 => {
            let code = format!("# Code\n\n```rust\nfn f{n}() -> u32 {{ {n} }}\n```\n");
            put(&scratch.join("code.md"), &code)
        }
        _ => {
            // Not ever longer: memory is to be that of the same site.
            let text = fs::read_to_string(page).unwrap_or_default();
            let text = text.split("\n<!-- edit").next().unwrap_or_default();
            put(
                page,
                &format!("{text}\n<!-- edit --> Words {n} [there](/scratch/title/)\n"),
            )
        }
    }
}

fn put(path: &Path, text: &str) -> Vec<PathBuf> {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, text).expect("written");
    vec![path.to_owned()]
}

/// Renders some pages, as open tabs do.
fn look(loaded: &Loaded, n: usize) {
    for page in loaded.site().published().skip(n % 50).step_by(97).take(5) {
        loaded.render(page).expect("the theme is whole");
    }
}

fn shown(loaded: &Loaded) -> BTreeMap<String, String> {
    let mut diagnostics = loaded.diagnostics();
    let mut shown = BTreeMap::new();
    for (path, output) in loaded.outputs() {
        if let Output::Page(page) = output {
            let rendered = loaded.render(page).expect("the theme is whole");
            diagnostics.extend(rendered.diagnostics);
            shown.insert(path, rendered.html);
        } else {
            shown.insert(path, format!("{output:?}"));
        }
    }
    let diagnostics = loaded.report(diagnostics);
    shown.insert("diagnostics".to_owned(), format!("{diagnostics:?}"));
    shown
}

/// kB of memory that the process holds.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .expect("a number")
}

fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").expect("Linux").count()
}

fn options() -> Options {
    Options {
        drafts: true,
        preview: true,
        ..Options::default()
    }
}

fn generate(root: &Path) {
    for n in 0..60 {
        let text = format!(
            "---\ntitle: Page {n}\n---\n\n## Part\n\n[next](/part-{}/page-{}/) [gone](nowhere.md)\n\n```toml\nn = {n}\n```\n",
            (n + 1) % 6,
            n + 1
        );
        put(
            &root.join(format!("content/part-{}/page-{n}.md", n % 6)),
            &text,
        );
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the corpus") {
        let path = entry.expect("an entry").path();
        let copied = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            fs::create_dir_all(&copied).expect("made");
            copy(&path, &copied);
        } else {
            fs::copy(&path, &copied).expect("copied");
        }
    }
}

fn markdown(folder: &Path) -> Vec<PathBuf> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                found.insert(path);
            }
        }
    }
    found.into_iter().collect()
}
