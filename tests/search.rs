//! Search as programs and writers meet it: what the command prints, what is found and what is kept out, and that the index follows
//! what is saved. How well it finds is in `ranking.rs`, the dialog in `browser/search.test.js`.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use handbook::search::Press;
use handbook::session::{self, Options, Session};
use tempfile::TempDir;

#[test]
fn a_hit_is_a_line_of_json_with_the_section_that_answers() {
    let site = site();
    let output = run(
        &site,
        &["search", "severe incident", ".", "--format", "json"],
        b"",
    );
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    let first = text.lines().next().expect("a hit");
    assert!(
        first.starts_with(
            "{\"url\":\"/incidents/\",\"anchor\":\"severity\",\"title\":\"Incidents\",\"heading\":\"Severity\",\
             \"excerpt\":\"A severe incident is told to everybody.\",\"score\":"
        ),
        "{first}"
    );
}

#[test]
fn queries_line_by_line_have_an_array_each() {
    let site = site();
    let queries = [
        b"incident\n".as_slice(),
        b"zebra\n",
        b"\xff\xfe\"\n",
        b"\n",
        "\u{301}\u{0}".as_bytes(),
    ];
    let output = run(&site, &["search", "-", "."], &queries.concat());
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    let hits: Vec<usize> = text
        .lines()
        .map(|line| {
            serde_json::from_str::<Vec<serde_json::Value>>(line)
                .expect("an array")
                .len()
        })
        .collect();
    assert_eq!(hits, [1, 0, 0, 0, 0]);
}

#[test]
fn who_finds_nothing_is_told_so_and_that_is_no_mistake() {
    let output = run(&site(), &["search", "zebra"], b"");
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "nothing found for `zebra` in 4 pages\n"
    );
}

#[test]
fn what_is_not_for_everybody_is_not_found() {
    let site = site();
    let loaded = session::load(site.path(), &Options::default()).expect("a site");
    let found = |query: &str| loaded.search_index().search(query, 10).len();
    assert_eq!(found("hippopotamus"), 0, "a page with noindex");
    assert_eq!(found("rhinoceros"), 0, "a draft");
    assert_eq!(
        found("crocodile"),
        0,
        "a part that search is to leave alone"
    );
    assert_eq!(found("sabbatical"), 1, "a keyword");
    assert_eq!(found("pto"), 1, "a synonym");
    assert_eq!(found("\"told to everybody\""), 1);
    assert_eq!(found("\"everybody to told\""), 0);
}

#[test]
fn drafts_are_not_found_where_they_are_shown_either() {
    let site = site();
    let options = Options {
        drafts: true,
        ..Options::default()
    };
    let loaded = session::load(site.path(), &options).expect("a site");
    assert!(loaded.search_index().search("rhinoceros", 10).is_empty());
}

#[test]
fn an_index_is_the_same_whenever_its_pages_were_read() {
    let site = site();
    // A page that has its title from the settings, which pages that are read ahead cannot know.
    write(&site, "content/index.md", "Welcome.\n");
    write(&site, "handbook.toml", "title = \"The Zoo\"\n");
    let files = |search: bool| {
        let options = Options {
            search,
            ..Options::default()
        };
        let loaded = session::load(site.path(), &options).expect("a site");
        assert_eq!(loaded.search_index().search("zoo", 10).len(), 1);
        assert!(loaded.search_index().search("hippopotamus", 10).is_empty());
        let mut press = Press::default();
        let paths = loaded.search_outputs().into_iter().map(|(path, _)| path);
        let files = paths.map(|path| {
            let bytes = loaded.search_file(&path, &mut press).map(<[u8]>::to_vec);
            (path, bytes.expect("a file"))
        });
        files.collect::<Vec<_>>()
    };
    let ahead = files(true);
    assert!(ahead.len() > 2);
    assert_eq!(ahead, files(false));
}

#[test]
fn the_index_follows_what_is_saved() {
    let site = site();
    let mut session = Session::open(site.path(), &Options::default()).expect("a site");
    assert!(
        session
            .current()
            .search_index()
            .search("giraffe", 10)
            .is_empty()
    );
    let path = site.path().join("content/incidents.md");
    fs::write(&path, "# Incidents\n\nA giraffe.\n").expect("written");
    session.refresh(&[path].into());
    let current = session.current();
    assert_eq!(current.search_index().search("giraffe", 10).len(), 1);
    assert!(current.search_index().search("severe", 10).is_empty());
}

#[test]
fn a_site_without_search_has_no_files_of_it() {
    let site = site();
    write(&site, "handbook.toml", "[search]\nenabled = false\n");
    let output = run(&site, &["build"], b"");
    assert!(output.status.success(), "{output:?}");
    assert!(!site.path().join("public/search").exists());
}

fn site() -> TempDir {
    let site = tempfile::tempdir().expect("a folder");
    write(
        &site,
        "handbook.toml",
        "[search]\nsynonyms = [[\"PTO\", \"time off\"]]\n",
    );
    write(
        &site,
        "content/index.md",
        "# Home\n\n<div data-search=\"off\">crocodile</div>\n",
    );
    write(
        &site,
        "content/incidents.md",
        "# Incidents\n\nWhat to do.\n\n## Severity\n\nA severe incident is told to everybody.\n",
    );
    write(
        &site,
        "content/leave.md",
        "---\nkeywords: [sabbatical]\n---\n\n# Time off\n\nAsk early.\n",
    );
    write(
        &site,
        "content/secret.md",
        "---\nnoindex: true\n---\n\n# Secret\n\nhippopotamus\n",
    );
    write(
        &site,
        "content/draft.md",
        "---\ndraft: true\n---\n\n# Draft\n\nrhinoceros\n",
    );
    write(&site, "content/more.md", "# More\n\nNothing else.\n");
    site
}

fn write(site: &TempDir, path: &str, text: &str) {
    let path = site.path().join(path);
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("made");
    fs::write(path, text).expect("written");
}

fn run(site: &TempDir, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_handbook"))
        .args(arguments)
        .current_dir(site.path())
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(input)
        .expect("written");
    child.wait_with_output().expect("it ends")
}
