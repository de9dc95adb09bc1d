//! The program as people and machines run it: what it writes, when it writes nothing, and what it prints and returns.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

#[test]
fn init_writes_a_handbook_that_builds_cleanly() {
    let site = Site::new(&[]);
    let output = site.run(&["init"]);
    assert_eq!(code(&output), 0);
    assert!(stdout(&output).contains("handbook serve"), "{output:?}");
    let output = site.run(&["build", "--strict"]);
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
    assert!(site.root().join("public/index.html").is_file());
    let ignored = site.text(".gitignore");
    assert_eq!(ignored, "/public/\n/.handbook-cache/\n");
}

#[test]
fn init_takes_a_folder_and_leaves_what_is_there() {
    let site = Site::new(&[("new/.gitignore", "mine\n")]);
    let output = site.run(&["init", "new"]);
    assert_eq!(code(&output), 0);
    assert!(stdout(&output).contains("handbook serve new"), "{output:?}");
    assert_eq!(site.text("new/.gitignore"), "mine\n");
    let output = site.run(&["init", "new"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("already there"), "{output:?}");
}

#[test]
fn a_folder_with_one_file_is_a_site() {
    let matter = "title: Business model\nsidebar: Handbook\nshowTitle: true";
    let page = format!("---\n{matter}\n---\n## What we sell\n\n## Who buys it\n");
    let site = Site::new(&[("business-model.md", &page)]);
    let output = site.run(&["build"]);
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
    let html = site.text("public/business-model/index.html");
    assert_eq!(html.matches("<h1").count(), 1);
    assert!(html.contains("<h1>Business model</h1>"));
    assert!(html.contains("<h2 id=\"what-we-sell\">"));
    assert!(html.contains("<p class=\"name\">Handbook</p>"));
}

#[test]
fn new_writes_a_page_with_its_title() {
    let site = Site::new(&[("content/index.md", "home\n")]);
    let output = site.run(&["new", "people/paid-time-off"]);
    assert_eq!(code(&output), 0);
    assert_eq!(
        stdout(&output),
        "wrote `content/people/paid-time-off.md`, the page `/people/paid-time-off/`\n"
    );
    assert_eq!(
        site.text("content/people/paid-time-off.md"),
        "---\ntitle: Paid time off\n---\n\n"
    );
    assert_eq!(code(&site.run(&["new", "content/people/index.md"])), 0);
    assert_eq!(
        site.text("content/people/index.md"),
        "---\ntitle: People\n---\n\n"
    );
    assert_eq!(code(&site.run(&["check", "--strict"])), 0);
}

#[test]
fn new_begins_with_the_nearest_template() {
    let site = Site::new(&[
        ("content/index.md", "home\n"),
        ("content/_template.md", "---\nowner: Everybody\n---\n"),
        (
            "content/people/_template.md",
            "---\ntitle: x\nowner: People team\n---\n\n## Why\n",
        ),
    ]);
    assert_eq!(code(&site.run(&["new", "people/deep/hiring.md"])), 0);
    assert_eq!(
        site.text("content/people/deep/hiring.md"),
        "---\ntitle: Hiring\nowner: People team\n---\n\n## Why\n"
    );
    assert_eq!(code(&site.run(&["new", "company/values.mdx"])), 0);
    assert_eq!(
        site.text("content/company/values.mdx"),
        "---\nowner: Everybody\ntitle: Values\n---\n"
    );
}

#[test]
fn new_enters_the_page_in_an_explicit_sidebar() {
    let sidebars =
        "# ours\nHandbook:\n  - index\n  - People:\n      - people/hiring\nDocs:\n  - docs/*\n";
    let site = Site::new(&[
        ("content/index.md", "home\n"),
        ("content/people/hiring.md", "# Hiring\n"),
        ("content/docs/a.md", "# A\n"),
        ("content/sidebars.yaml", sidebars),
    ]);
    let output = site.run(&["new", "people/pay"]);
    assert_eq!(
        stdout(&output),
        "wrote `content/people/pay.md`, the page `/people/pay/`\nentered it in `content/sidebars.yaml`, line 6\n"
    );
    let entered = sidebars.replace("people/hiring\n", "people/hiring\n      - people/pay\n");
    assert_eq!(site.text("content/sidebars.yaml"), entered);
    assert_eq!(code(&site.run(&["new", "docs/b"])), 0);
    assert_eq!(site.text("content/sidebars.yaml"), entered);
    assert_eq!(code(&site.run(&["check", "--strict"])), 0);
}

#[test]
fn new_refuses_what_would_be_no_new_page() {
    let site = Site::new(&[
        ("content/index.md", "home\n"),
        ("content/a.mdx", "A\n"),
        ("outside.md", "not content\n"),
    ]);
    let before = site.files(".");
    for path in [
        "index",
        "index.md",
        "a",
        "../outside",
        "../../x",
        "",
        ".",
        "_a",
        "b/_c/d",
        ".hidden",
    ] {
        let output = site.run(&["new", path]);
        assert_eq!(code(&output), 2, "{path:?}: {output:?}");
        assert!(stderr(&output).starts_with("error: "), "{output:?}");
    }
    assert_eq!(site.files("."), before);
}

#[test]
fn a_page_of_components_takes_no_more_than_its_share() {
    let tabs = |n: usize| {
        format!("<Tabs>\n<Tab label=\"a\">\n\n<Callout>*{n}*</Callout>\n\n</Tab>\n</Tabs>\n\n")
    };
    let deep = "<Tabs>\n<Tab label=\"x\">\n".repeat(49) + &"</Tab>\n</Tabs>\n".repeat(49);
    let site = Site::new(&[
        ("content/many.md", &(0..5_000).map(tabs).collect::<String>()),
        ("content/deep.md", &deep),
    ]);
    let start = Instant::now();
    site.build(&[]);
    let taken = start.elapsed();
    // Far more than linear time needs, even in a debug build on a busy machine.
    assert!(taken < Duration::from_secs(20), "{taken:?}");
    assert_eq!(
        site.text("public/many/index.html")
            .matches("class=\"tabs\"")
            .count(),
        5_000
    );
    // Each level is there once.
    assert!(site.text("public/deep/index.html").len() < 50_000);
}

#[test]
fn a_second_build_writes_nothing() {
    let site = Site::generated(40);
    site.build(&[]);
    let before = site.dates("public");
    // File systems do not tell moments apart that are too near.
    thread::sleep(Duration::from_millis(20));
    site.build(&[]);
    let after = site.dates("public");
    let touched: Vec<_> = after
        .iter()
        .filter(|(path, date)| before.get(*path) != Some(date))
        // The manifest is written before the first page and replaced last.
        .filter(|(path, _)| !path.ends_with(".handbook-manifest"))
        .collect();
    assert!(touched.is_empty(), "{touched:?}");
    assert_eq!(before.len(), after.len());
}

#[test]
fn an_edit_of_a_text_writes_one_page() {
    let site = Site::generated(40);
    site.build(&[]);
    let before = site.files("public");
    let page = site.text("content/folder-1/page-1.md");
    site.write(
        "content/folder-1/page-1.md",
        &page.replace("words", "other words"),
    );
    site.build(&[]);
    let changed: Vec<String> = site
        .files("public")
        .into_iter()
        .filter(|(path, bytes)| before.get(path) != Some(bytes))
        .map(|(path, _)| path)
        .filter(|path| path != ".handbook-manifest")
        .collect();
    // The page, its Markdown beside it, and of search what tells of its words.
    let (search, changed): (Vec<_>, Vec<_>) = changed
        .into_iter()
        .partition(|path| path.starts_with("search/"));
    assert!((2..=4).contains(&search.len()), "{search:?}");
    let own = ["folder-1/page-1/index.html", "folder-1/page-1/index.md"];
    assert_eq!(changed, own);
}

#[test]
fn what_is_gone_from_the_content_goes_from_the_output() {
    let site = Site::generated(10);
    site.build(&[]);
    site.write("public/mine.txt", "not the tool's\n");
    fs::remove_dir_all(site.root().join("content/folder-2")).unwrap();
    site.build(&["--keep-going"]);
    let files = site.files("public");
    assert!(
        !files.keys().any(|path| path.starts_with("folder-2/")),
        "{:?}",
        files.keys()
    );
    assert!(!site.root().join("public/folder-2").exists());
    assert_eq!(site.text("public/mine.txt"), "not the tool's\n");
}

#[test]
fn the_number_of_threads_does_not_change_a_byte() {
    let site = Site::generated(60);
    for (out, threads) in [("one", "1"), ("eight", "8")] {
        let output = site
            .command(&["build", "--out", out, "--keep-going"])
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        assert_eq!(code(&output), 0, "{output:?}");
    }
    assert_eq!(site.files("one"), site.files("eight"));
    let checks = ["1", "8"].map(|threads| {
        let mut command = site.command(&["check", "--format", "json"]);
        stdout(&command.env("RAYON_NUM_THREADS", threads).output().unwrap())
    });
    assert_eq!(checks[0], checks[1]);
}

/// `kill -9` is what a full memory, a time limit of CI or an impatient person does.
#[cfg(unix)]
#[test]
fn a_killed_build_leaves_whole_files_and_the_next_one_ends_as_a_clean_one() {
    const KILLS: u32 = 20;
    let site = Site::generated(80);
    let start = Instant::now();
    site.build(&["--out", "clean"]);
    let whole = start.elapsed();
    let clean = site.files("clean");
    for kill in 0..KILLS {
        let mut build = site
            .command(&["build", "--out", "killed"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(whole * kill / KILLS);
        build.kill().unwrap();
        build.wait().unwrap();
        for (path, bytes) in site.files("killed") {
            if let Some(expected) = clean.get(&path).filter(|_| path.ends_with(".html")) {
                assert!(bytes == *expected, "{path} is torn after kill {kill}");
            }
        }
        // Some kills meet an output that is complete, some a half one, some none.
        match kill % 3 {
            0 => {
                site.build(&["--out", "killed"]);
                assert!(site.files("killed") == clean, "differs after kill {kill}");
            }
            1 => fs::remove_dir_all(site.root().join("killed")).unwrap_or_default(),
            _ => {}
        }
    }
    site.build(&["--out", "killed"]);
    assert!(site.files("killed") == clean);
}

#[test]
fn a_folder_that_the_tool_did_not_write_is_refused() {
    let site = Site::new(&[
        ("content/index.md", "home\n"),
        ("public/precious.txt", "mine\n"),
    ]);
    let output = site.run(&["build"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("not empty"), "{output:?}");
    assert_eq!(site.files("public").len(), 1);
    fs::create_dir(site.root().join("empty")).unwrap();
    assert_eq!(code(&site.run(&["build", "--out", "empty"])), 0);
}

#[test]
fn colours_are_for_terminals_and_for_those_who_insist() {
    let site = Site::new(&[("content/index.md", "[gone](gone.md)\n")]);
    // Each tells its reports in another place.
    let told = |output: &Output| stdout(output) + &stderr(output);
    for command in ["check", "build"] {
        let plain = told(&site.run(&[command]));
        assert!(plain.contains("error[broken-link]"), "{plain}");
        assert!(!plain.contains('\x1b'), "{plain}");
        let with = |name: &str| told(&site.command(&[command]).env(name, "1").output().unwrap());
        assert!(with("CLICOLOR_FORCE").contains('\x1b'));
        assert_eq!(with("NO_COLOR"), plain);
    }
    let json = site
        .command(&["check", "--format", "json"])
        .env("CLICOLOR_FORCE", "1")
        .output()
        .unwrap();
    assert!(!stdout(&json).contains('\x1b'), "{json:?}");
}

#[test]
fn the_closing_line_counts_pages_and_mistakes() {
    let site = Site::new(&[
        ("content/index.md", "[gone](gone.md)\n"),
        ("content/people/a.md", "```pyhton\n```\n"),
        ("content/draft.md", "---\ndraft: true\n---\n"),
    ]);
    let checked = site.run(&["check"]);
    let last = stdout(&checked).lines().last().unwrap().to_owned();
    assert_eq!(last, "1 error, 1 warning in 2 pages");
    let built = site.run(&["build"]);
    let last = stderr(&built).lines().last().unwrap().to_owned();
    assert_eq!(
        last,
        "1 error, 1 warning; nothing was written (`--keep-going` writes what can be rendered)"
    );
    site.write("content/index.md", "home\n");
    let built = site.run(&["build"]);
    let line = stdout(&built);
    assert!(
        line.starts_with("2 pages in ") && line.ends_with(", 1 warning\n"),
        "{line}"
    );
}

#[test]
fn the_exit_code_tells_mistakes_from_faults() {
    let site = Site::new(&[("content/index.md", "home\n")]);
    assert_eq!(code(&site.run(&["build"])), 0);
    assert_eq!(code(&site.run(&["check"])), 0);
    assert_eq!(code(&site.run(&["--version"])), 0);
    assert_eq!(code(&site.run(&["--help"])), 0);
    site.write("content/index.md", "[gone](gone.md)\n");
    assert_eq!(code(&site.run(&["build"])), 1);
    assert_eq!(code(&site.run(&["build", "--keep-going"])), 1);
    assert_eq!(code(&site.run(&["check"])), 1);
    assert_eq!(code(&site.run(&["check", "nowhere"])), 2);
    assert_eq!(code(&site.run(&["bulid"])), 2);
    assert_eq!(code(&site.run(&[])), 2);
}

#[test]
fn who_closes_the_pipe_has_read_enough() {
    let links: String = (0..5_000)
        .map(|n| format!("[{n}](gone-{n}.md)\n"))
        .collect();
    let site = Site::new(&[("content/index.md", &links)]);
    for format in ["human", "json"] {
        let mut child = site
            .command(&["check", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.contains("gone-"), "{line}");
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(stderr(&output), "");
    }
}

#[test]
fn files_that_cannot_be_read_are_reported_with_all_the_rest() {
    let site = Site::new(&[
        ("content/index.md", "[gone](gone.md)\n"),
        ("content/secret.md", "secret\n"),
    ]);
    fs::write(site.root().join("content/latin1.md"), b"caf\xe9").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let secret = site.root().join("content/secret.md");
        fs::set_permissions(secret, fs::Permissions::from_mode(0o000)).unwrap();
    }
    // Nothing is unreadable to the superuser.
    let unreadable = fs::read(site.root().join("content/secret.md")).is_err();
    let output = site.run(&["check", "--format", "json"]);
    let found = stdout(&output);
    assert!(found.contains("\"not-utf8\""), "{found}");
    assert!(found.contains("\"broken-link\""), "{found}");
    assert_eq!(found.contains("\"unreadable-file\""), unreadable, "{found}");
    assert_eq!(code(&output), 1);
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf8_are_reported() {
    use std::os::unix::ffi::OsStrExt;
    let site = Site::new(&[("content/index.md", "home\n")]);
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.md");
    if fs::write(site.root().join("content").join(name), "x").is_err() {
        // Not every file system takes such a name.
        return;
    }
    let output = site.run(&["build"]);
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("error[not-utf8]"), "{output:?}");
}

#[cfg(unix)]
#[test]
fn symbolic_links_lead_no_build_out_of_the_site() {
    let site = Site::new(&[
        ("site/content/index.md", "home\n"),
        ("site/static/a.txt", "a\n"),
        ("outside/secret.md", "secret\n"),
    ]);
    let link = |to: &str, at: &str| {
        std::os::unix::fs::symlink(to, site.root().join(at)).unwrap();
    };
    link("../../outside", "site/content/out");
    link("../../outside/secret.md", "site/static/secret.txt");
    link(".", "site/content/round");
    let output = site.run(&["build", "site", "--keep-going", "--out", "public"]);
    assert_eq!(code(&output), 1, "{output:?}");
    let written: Vec<String> = site.files("public").into_keys().collect();
    assert!(
        !written.iter().any(|path| path.contains("secret")),
        "{written:?}"
    );
    let printed = stderr(&output);
    for at in ["content/out", "static/secret.txt", "content/round"] {
        assert!(printed.contains(at), "{at}: {printed}");
    }
    let here = site.root().display().to_string();
    assert!(!printed.contains(&here), "{printed}");
}

#[test]
fn completions_are_scripts_that_each_shell_can_read() {
    let site = Site::new(&[]);
    let shells: [(&str, &str, &[&str]); 4] = [
        ("bash", "bash", &["-n"]),
        ("zsh", "zsh", &["-n"]),
        ("fish", "fish", &["--no-execute"]),
        ("powershell", "pwsh", &["-NoProfile", "-File"]),
    ];
    for (name, program, arguments) in shells {
        let output = site.run(&["completions", name]);
        assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
        let script = stdout(&output);
        for word in ["check", "already-moved", "dry-run"] {
            assert!(script.contains(word), "{name} does not know {word}");
        }
        site.write("completions.ps1", &script);
        let read = Command::new(program)
            .args(arguments)
            .arg(site.root().join("completions.ps1"))
            .output();
        match read {
            Ok(read) => assert!(read.status.success(), "{read:?}"),
            Err(_) => eprintln!("skipped: there is no {program}"),
        }
    }
    assert_eq!(code(&site.run(&["completions", "tcsh"])), 2);
}

#[test]
fn bash_completes_commands_and_options() {
    let site = Site::new(&[]);
    let script = stdout(&site.run(&["completions", "bash"]));
    site.write(
        "ask.sh",
        &format!(
            "{script}\nCOMP_WORDS=(handbook check --fo)\nCOMP_CWORD=2\n_handbook handbook --fo check\necho \"${{COMPREPLY[@]}}\"\n"
        ),
    );
    let asked = Command::new("bash")
        .args(["--norc", "ask.sh"])
        .current_dir(site.root())
        .output();
    match asked {
        Ok(asked) => assert_eq!(stdout(&asked).trim(), "--format", "{asked:?}"),
        Err(_) => eprintln!("skipped: there is no bash"),
    }
}

/// A folder of its own, in which the program is run.
struct Site {
    folder: TempDir,
}

impl Site {
    fn new(files: &[(&str, &str)]) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let site = Site { folder };
        for (path, text) in files {
            site.write(path, text);
        }
        site
    }

    /// A site of so many pages in ten folders, which link to each other, hold code, and have one mistake of level warning.
    fn generated(pages: usize) -> Site {
        let site = Site::new(&[
            ("handbook.toml", "title = \"Generated\"\n"),
            ("content/index.md", "# Home\n\n```pyhton\nx\n```\n"),
            ("content/picture.svg", "<svg/>\n"),
        ]);
        for page in 0..pages {
            let next = (page + 10) % pages;
            let text = format!(
                "---\ntitle: Page {page}\naliases: /old/{page}/\n---\n\n## One\n\nSome words, and [the next](../folder-{}/page-{next}.md#one).\n\n```rust\nfn page_{page}() -> usize {{ {page} }}\n```\n\n![x](/picture.svg)\n",
                next % 10
            );
            site.write(
                &format!("content/folder-{}/page-{page}.md", page % 10),
                &text,
            );
        }
        site
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_handbook"));
        command
            .args(arguments)
            .current_dir(self.root())
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn build(&self, arguments: &[&str]) {
        let output = self.run(&[&["build"], arguments].concat());
        assert!(output.status.code() < Some(2), "{output:?}");
    }

    /// Every file below a folder with its bytes.
    fn files(&self, below: &str) -> BTreeMap<String, Vec<u8>> {
        self.paths(below)
            .into_iter()
            .map(|(name, path)| (name, fs::read(path).unwrap()))
            .collect()
    }

    /// Every file below a folder with the time of its last change.
    fn dates(&self, below: &str) -> BTreeMap<String, SystemTime> {
        self.paths(below)
            .into_iter()
            .map(|(name, path)| (name, fs::metadata(path).unwrap().modified().unwrap()))
            .collect()
    }

    fn paths(&self, below: &str) -> Vec<(String, PathBuf)> {
        let top = self.root().join(below);
        let mut found = Vec::new();
        let mut folders = vec![top.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&top).unwrap();
                    found.push((name.to_str().unwrap().replace('\\', "/"), path));
                }
            }
        }
        found
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the program was not killed")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
