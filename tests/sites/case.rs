//! One case: writes its files into a folder, runs the program there, and reads what it expects from the outcome.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::document::Block;

/// The name of the block of expected diagnostics.
pub const DIAGNOSTICS: &str = "diagnostics";
/// The name of the block that lists the output.
const FILES: &str = "files";
/// What the name of a block begins with that shows an input file after the commands.
const AFTER: &str = "after ";
/// The kind of a block of commands and what they print.
const CONSOLE: &str = "console";

/// A page that is the article and nothing else.
const PAGE: &str = "{{ page.content | safe }}\n";

/// Runs a case and fills the blocks that say what is expected. Returns diagnostics that no block has room for.
pub fn run(shared: &[Block], blocks: &mut [&mut Block]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let site = folder.path().join("site");
    fs::create_dir(&site).expect("the site's folder");
    let inputs = || {
        shared
            .iter()
            .chain(blocks.iter().map(|block| &**block))
            .filter(|b| is_input(b))
    };
    if inputs().any(|block| block.name.starts_with("content/")) {
        write(&site, "themes/default/templates/page.html", PAGE.as_bytes());
    }
    for block in inputs() {
        input(&site, block);
    }
    let commanded = blocks.iter().any(|block| block.kind == CONSOLE);
    let mut built = None;
    for block in blocks.iter_mut().filter(|block| block.kind == CONSOLE) {
        block.body = console(&site, &block.body);
    }
    let checked = handbook(&site, &["check", "--format", "json"]);
    if !commanded {
        built = Some(handbook(&site, &["build", "--keep-going"]));
    }
    let mut found = without_place(&diagnostics(&checked), &site);
    if let Some(built) = built {
        let differs = built.status.code() != checked.status.code();
        let complaint = String::from_utf8_lossy(&built.stderr);
        if differs || complaint.contains("panicked") || built.status.code() == Some(2) {
            found.push_str(&complaint);
        }
    }
    let mut has_room = false;
    for block in blocks.iter_mut() {
        if block.name == DIAGNOSTICS {
            block.body = std::mem::take(&mut found);
            has_room = true;
        } else if block.name == FILES {
            block.body = listing(&site.join("public"));
        } else if block.name.starts_with("public/") {
            block.body = written(&site, &block.name);
        } else if let Some(name) = block.name.strip_prefix(AFTER) {
            block.body = left(&site, name);
        }
    }
    if has_room { String::new() } else { found }
}

fn is_input(block: &Block) -> bool {
    !block.name.is_empty()
        && block.name != DIAGNOSTICS
        && block.name != FILES
        && !block.name.starts_with(AFTER)
        && !block.name.starts_with("public/")
}

/// Writes an input file. Its kind may say what a document cannot show: `md+crlf`, `md+bom`, `hex`, `symlink`.
fn input(site: &Path, block: &Block) {
    let mut kinds = block.kind.split('+');
    let mut bytes = match kinds.next() {
        Some("hex") => block
            .body
            .split_whitespace()
            .map(|byte| u8::from_str_radix(byte, 16).expect("two digits"))
            .collect(),
        Some("symlink") => {
            let link = site.join(&block.name);
            fs::create_dir_all(link.parent().expect("a folder")).expect("a folder");
            link_to(&link, block.body.trim_end());
            return;
        }
        _ => block.body.clone().into_bytes(),
    };
    for kind in kinds {
        let text = String::from_utf8(bytes).expect("a document is UTF-8");
        bytes = match kind {
            "crlf" => text.replace('\n', "\r\n").into_bytes(),
            "bom" => format!("\u{feff}{text}").into_bytes(),
            "open" => text.trim_end_matches('\n').as_bytes().to_vec(),
            other => panic!("what is `{other}`?"),
        };
    }
    write(site, &block.name, &bytes);
}

fn write(site: &Path, name: &str, bytes: &[u8]) {
    let path = site.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, bytes).expect("a file");
}

#[cfg(unix)]
fn link_to(link: &Path, target: &str) {
    std::os::unix::fs::symlink(target, link).expect("a symbolic link");
}

#[cfg(not(unix))]
fn link_to(_: &Path, _: &str) {
    panic!("symbolic links are tested on Unix only");
}

fn handbook(site: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_handbook"))
        .args(arguments)
        .current_dir(site)
        .env_remove("CLICOLOR_FORCE")
        .output()
        .expect("the program starts")
}

/// Runs the lines that begin with `$`, and puts what they print below them.
fn console(site: &Path, body: &str) -> String {
    let mut transcript = String::new();
    for line in body.lines().filter(|line| line.starts_with('$')) {
        transcript.push_str(line);
        transcript.push('\n');
        let words = words(&line[1..]);
        let mut words = words.iter().map(String::as_str);
        let program = words.next();
        assert_eq!(program, Some("handbook"), "only `handbook` can be run");
        let output = handbook(site, &words.collect::<Vec<_>>());
        for stream in [&output.stdout, &output.stderr] {
            let printed = without_place(&String::from_utf8_lossy(stream), site);
            transcript.push_str(&without_time(&printed));
        }
        match output.status.code() {
            Some(0) => {}
            Some(code) => transcript.push_str(&format!("exit {code}\n")),
            None => transcript.push_str("killed\n"),
        }
    }
    transcript
}

/// The words of a command line; what stands between single quotes is one.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, piece) in line.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// The site lies in another folder every time.
fn without_place(printed: &str, site: &Path) -> String {
    let real = fs::canonicalize(site).expect("the site's folder");
    printed.replace(real.to_str().expect("UTF-8"), "/site")
}

/// `3 pages in 25 ms` takes another time every time.
fn without_time(printed: &str) -> String {
    let mut text = String::new();
    for line in printed.lines() {
        let timed = line.split_once(" in ").and_then(|(before, after)| {
            let (number, rest) = after.split_once(' ')?;
            let unit = rest.split(',').next()?;
            let is_time = number.parse::<f64>().is_ok() && matches!(unit, "ms" | "s");
            is_time.then(|| format!("{before} in …{}", &rest[unit.len()..]))
        });
        text.push_str(timed.as_deref().unwrap_or(line).trim_end());
        text.push('\n');
    }
    text
}

/// `path:line:column severity code message | hint`, one a line, as `check --format json` reports them.
fn diagnostics(checked: &Output) -> String {
    let mut text = String::new();
    for line in String::from_utf8_lossy(&checked.stdout).lines() {
        let found: Value = serde_json::from_str(line).expect("one JSON object a line");
        let word = |key: &str| found[key].as_str().expect("a string").to_owned();
        text.push_str(&word("path"));
        if let (Some(line), Some(column)) = (found["line"].as_u64(), found["column"].as_u64()) {
            text.push_str(&format!(":{line}:{column}"));
        }
        let (severity, code, message) = (word("severity"), word("code"), word("message"));
        text.push_str(&format!(" {severity} {code} {message}"));
        for hint in found["hints"].as_array().expect("a list") {
            text.push_str(&format!(" | {}", hint.as_str().expect("a string")));
        }
        text.push('\n');
    }
    text.push_str(&String::from_utf8_lossy(&checked.stderr));
    text
}

/// A file of the output; of a whole page only its article.
fn written(site: &Path, name: &str) -> String {
    let Ok(bytes) = fs::read(site.join(name)) else {
        return "(not there)\n".to_owned();
    };
    let text = String::from_utf8_lossy(&bytes);
    let article = text
        .split_once("<article>\n")
        .and_then(|(_, rest)| rest.split_once("</article>"))
        .map_or(&*text, |(article, _)| article);
    let mut article = article.trim_matches('\n').to_owned();
    if !article.is_empty() {
        article.push('\n');
    }
    article
}

/// A file as the commands have left it. What a document cannot show is spelled: `\r`, and a byte order mark.
fn left(site: &Path, name: &str) -> String {
    match fs::read(site.join(name)) {
        Ok(bytes) => {
            let mut text = String::from_utf8_lossy(&bytes).replace('\r', "\\r");
            text = text.replace('\u{feff}', "\\u{feff}");
            if !text.is_empty() && !text.ends_with('\n') {
                text.push_str("\\ (no line break)\n");
            }
            text
        }
        Err(_) => "(not there)\n".to_owned(),
    }
}

/// Every file of the output, but for those that every output has.
fn listing(public: &Path) -> String {
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/default/static");
    let mut found = files(public);
    for always in files(&theme) {
        found.remove(&always);
    }
    found.remove(".handbook-manifest");
    // Their names tell what is in them, and `tests/search.rs` tells what that is.
    found.retain(|path| !path.starts_with("search/") && !path.contains("/search/"));
    found.remove("404.html");
    found.remove("urls.txt");
    // Beside every written page lies its Markdown.
    let all = found.clone();
    found.retain(|file| {
        !(file.ends_with("index.md") && all.contains(&file.replace(".md", ".html")))
    });
    found.retain(|path| !path.starts_with("assets/sidebar-") && !path.ends_with("a-z/index.html"));
    found.into_iter().map(|file| file + "\n").collect()
}

/// All files below a folder; none if there is no folder.
fn files(top: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders: Vec<PathBuf> = vec![top.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(top).expect("below the top");
                found.insert(name.to_str().expect("UTF-8").replace('\\', "/"));
            }
        }
    }
    found
}
