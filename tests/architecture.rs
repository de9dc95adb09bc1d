//! What the architecture page promises of the source itself: layers, purity, and that every code is explained.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use handbook::diagnostic::Code;

/// The modules of the crate by layer, lowest first. A module may use its own layer and those below.
const LAYERS: &[&[&str]] = &[
    &[
        "config",
        "data",
        "diagnostic",
        "discover",
        "edit",
        "error",
        "source",
        "theme_files",
        "tree",
        "url",
    ],
    &["highlight", "parse"],
    &["search", "site"],
    &["render"],
    &["emit", "external", "rewrite", "session"],
    &["dev"],
    &["cli", "commands", "main"],
];

/// Modules that only compute.
const PURE: &[&str] = &[
    "config",
    "data",
    "diagnostic",
    "edit",
    "highlight",
    "parse",
    "render",
    "search",
    "site",
    "tree",
    "url",
];

/// What a module that only computes has no need of.
const IMPURE: &[&str] = &[
    "std::fs",
    "fs::",
    "std::env",
    "Mutex",
    "RwLock",
    "SystemTime",
    "Instant",
    "println!",
    "eprintln!",
    "print!",
    "thread_local!",
    "static mut",
];

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(silent, [""; 0]);
}

#[test]
fn modules_use_only_their_own_layer_and_those_below() {
    let mut upward = Vec::new();
    for (path, text) in sources() {
        let module = module(&path);
        if module == "lib" || path.ends_with("/tests.rs") {
            continue;
        }
        let layer =
            layer(module).unwrap_or_else(|| panic!("give the module `{module}` of {path} a layer"));
        for (number, line) in code_lines(&text) {
            for used in modules_named_in(line) {
                let below = self::layer(used).is_some_and(|used| used <= layer);
                if !below {
                    upward.push(format!("{path}:{number}: {module} uses {used}"));
                }
            }
        }
    }
    assert_eq!(upward, [""; 0]);
}

#[test]
fn the_core_reads_no_files_prints_nothing_and_holds_no_locks() {
    let mut impure = Vec::new();
    for (path, text) in sources() {
        if !PURE.contains(&module(&path)) || path.ends_with("/tests.rs") {
            continue;
        }
        for (number, line) in code_lines(&text) {
            for name in IMPURE.iter().filter(|name| names(line, name)) {
                impure.push(format!("{path}:{number}: {name}"));
            }
        }
    }
    assert_eq!(impure, [""; 0]);
}

#[test]
fn every_diagnostic_code_is_explained_and_shown_in_a_test() {
    let reference = fs::read_to_string(root().join("content/reference/diagnostics.md"))
        .expect("the reference page");
    let documents: String = fs::read_dir(root().join("tests/sites"))
        .expect("test documents")
        .map(|entry| fs::read_to_string(entry.expect("a file").path()).expect("UTF-8"))
        // Other hosts and clones do not fit into a document.
        .chain(
            ["external.rs", "dates.rs"]
                .map(|file| fs::read_to_string(root().join("tests").join(file)).expect("the test")),
        )
        .collect();
    let mut unexplained = Vec::new();
    let mut untested = Vec::new();
    for code in Code::ALL {
        let name = code.name();
        let heading = format!("\n## `{name}`\n");
        if !reference.contains(&heading) {
            unexplained.push(name);
        }
        // As a line of a block of expected diagnostics spells it, and as the format `short` does.
        let reported = [
            format!(" error {name} "),
            format!(" warning {name} "),
            format!("error[{name}]"),
            format!("warning[{name}]"),
        ];
        if !reported.iter().any(|line| documents.contains(line)) {
            untested.push(name);
        }
    }
    assert_eq!(unexplained, [""; 0], "have no section in the reference");
    assert_eq!(untested, [""; 0], "are in no document in tests/sites");
}

#[test]
fn the_reference_explains_no_code_that_does_not_exist() {
    let reference = fs::read_to_string(root().join("content/reference/diagnostics.md"))
        .expect("the reference page");
    let unknown: Vec<&str> = reference
        .lines()
        .filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`'))
        .filter(|name| Code::from_name(name).is_none())
        .collect();
    assert_eq!(unknown, [""; 0]);
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file by its path below `src/`, without the unit tests at its end, which may do as they like.
fn sources() -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).expect("UTF-8");
                let text = text.split("\n#[cfg(test)]\nmod tests {").next();
                let below = path.strip_prefix(root().join("src")).expect("below src");
                sources.insert(
                    below.to_str().expect("UTF-8").replace('\\', "/"),
                    text.unwrap_or_default().to_owned(),
                );
            }
        }
    }
    assert!(sources.len() > 20, "the sources were not found");
    sources
}

/// The top module of a source file: `parse` of `parse/html.rs` and of `parse.rs`.
fn module(path: &str) -> &str {
    let top = path.split('/').next().unwrap_or(path);
    top.trim_end_matches(".rs")
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Lines with their numbers, without comments.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The modules after `crate::` (and, in the binary, `handbook::`), one by one or in braces.
fn modules_named_in(line: &str) -> Vec<&str> {
    ["crate::", "handbook::"]
        .iter()
        .flat_map(|root| {
            line.match_indices(root)
                .map(|(at, _)| &line[at + root.len()..])
        })
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => list.split(',').collect(),
            None => vec![rest],
        })
        .map(|name| {
            let name = name.trim_start();
            let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            &name[..end.unwrap_or(name.len())]
        })
        .filter(|name| layer(name).is_some() || name.starts_with(char::is_lowercase))
        .collect()
}

/// Whether a line names something, and not merely something whose name ends with it.
fn names(line: &str, what: &str) -> bool {
    line.match_indices(what)
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}
