//! `handbook check` in every format, on a site whose names and texts are as awkward as they come.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// What every format tells of a report: severity, code, path, and where there is one the place.
type Told = (String, String, String, Option<(u64, u64)>);

/// Quotes, commas, `::` and line breaks come into a message by way of a value that is quoted in it.
const AWKWARD: &str =
    "---\nshowTitle: \"1\\n::error file=a,line=1::%0A 'x', \\r\\n\\e[31m50% \\x7f \\\"\"\n---\n";
const AWKWARD_VALUE: &str = "1\n::error file=a,line=1::%0A 'x', \r\n\u{1b}[31m50% \u{7f} \"";

/// Files as they might come from anywhere, each with a mistake or two.
const FILES: &[(&str, &str)] = &[
    (
        "content/index.md",
        "# Home\r\n\r\nä 😀 [one](./a::b,%20c%25.md), [again](./a::b,%20c%25.md)\r\n\r\n\
         ![x](\"gone\".png) [far\r\nfarther](nö.md)\r\n\r\n```pyhton\r\nx\r\n```\r\n",
    ),
    ("content/50%, a:b #ä.md", AWKWARD),
    (
        "content/::error ::x,y=z.md",
        "\u{feff}# X\n\n[x](#nowhere)\n",
    ),
    (
        "content/%25 'q' \"r\".md",
        "text [^gone] [a][b]\n\n<Gone\n  a=\"b\"\n/>\n",
    ),
    ("content/sidebars.yaml", "Handbook:\n  - index\n  - gone\n"),
];

#[test]
fn all_formats_tell_the_same() {
    let site = Site::new();
    let json = json(&site.check("json", "."));
    assert!(json.len() >= 12, "{json:#?}");
    assert!(json.iter().any(|(_, _, path, _)| path.contains('%')));
    let (placed, whole): (Vec<&Told>, Vec<&Told>) = json.iter().partition(|told| told.3.is_some());
    assert!(!placed.is_empty() && !whole.is_empty());
    assert_eq!(human(&site.check("human", ".")), json);
    assert_eq!(short(&site.check("short", ".")), json);
    assert_eq!(github(&site.check("github", ".")), json);
    assert_eq!(sarif(&site.check("sarif", ".")), json);
}

#[test]
fn commands_for_the_runner_come_back_as_they_were() {
    let site = Site::new();
    let json = objects(&site.check("json", "."));
    let commands = commands(&site.check("github", "."));
    assert_eq!(commands.len(), json.len());
    for (command, json) in commands.iter().zip(&json) {
        let property = |name: &str| command.property(name).unwrap_or_default();
        let path = text(&json["path"]);
        assert_eq!(command.name, text(&json["severity"]));
        assert_eq!(property("file"), path);
        assert_eq!(property("title"), text(&json["code"]));
        let mut expected = text(&json["message"]);
        expected.push_str(&format!("\n--> {path}"));
        if let (Some(line), Some(column)) = (json["line"].as_u64(), json["column"].as_u64()) {
            expected.push_str(&format!(":{line}:{column}"));
            assert_eq!(property("line"), json["line"].to_string());
            assert_eq!(property("endLine"), json["endLine"].to_string());
            if json["line"] == json["endLine"] {
                assert_eq!(property("col"), json["column"].to_string());
                assert_eq!(property("endColumn"), json["endColumn"].to_string());
            } else {
                assert_eq!(command.property("col"), None);
                assert_eq!(command.property("endColumn"), None);
            }
        } else {
            let names: Vec<&str> = command.properties.iter().map(|(n, _)| n.as_str()).collect();
            assert_eq!(names, ["file", "title"]);
        }
        for hint in json["hints"].as_array().unwrap() {
            expected.push_str(&format!("\nhelp: {}", text(hint)));
        }
        assert_eq!(command.message, expected);
    }
    let on_one_line = |command: &Annotation| command.property("col").is_some();
    let placed = |command: &Annotation| command.property("line").is_some();
    assert!(commands.iter().any(|c| placed(c) && !on_one_line(c)));
    let awkward = commands.iter().find(|c| c.message.contains(AWKWARD_VALUE));
    assert!(awkward.is_some(), "{commands:#?}");
}

#[test]
fn regions_are_the_places_of_json() {
    let site = Site::new();
    let json = objects(&site.check("json", "."));
    let log: Value = serde_json::from_str(&site.check("sarif", ".")).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), json.len());
    for (result, json) in results.iter().zip(&json) {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        for (ours, theirs) in [
            ("startLine", "line"),
            ("startColumn", "column"),
            ("endLine", "endLine"),
            ("endColumn", "endColumn"),
        ] {
            assert_eq!(region[ours], json[theirs], "{result:#}");
        }
        let said = text(&result["message"]["text"]);
        assert!(said.starts_with(&text(&json["message"])), "{result:#}");
    }
}

#[test]
fn one_line_is_one_report() {
    let site = Site::new();
    let number = objects(&site.check("json", ".")).len();
    let short = site.check("short", ".");
    let table = short.lines().filter(|line| line.starts_with("  ")).count();
    assert_eq!(short.lines().count(), number + table + 1);
    assert!(
        short.chars().all(|c| c == '\n' || !c.is_control()),
        "{short:?}"
    );
    assert_eq!(site.check("github", ".").lines().count(), number + 1);
}

/// A machine's formats are for a machine also when their reader asks for colours.
#[test]
fn only_people_get_colours_a_table_and_a_closing_line() {
    let site = Site::new();
    for (format, coloured, closed) in [
        ("human", true, true),
        ("short", true, true),
        ("json", false, false),
        ("sarif", false, false),
    ] {
        let mut command = site.command(&["check", "--format", format]);
        let out = stdout(&command.env("CLICOLOR_FORCE", "1").output().unwrap());
        assert_eq!(out.contains("\u{1b}[1m"), coloured, "{format}: {out}");
        assert_eq!(out.ends_with(" pages\n"), closed, "{format}: {out}");
        assert_eq!(
            out.contains("\n  3 broken-link\n"),
            closed,
            "{format}: {out}"
        );
    }
    let out = site.check("github", ".");
    assert!(out.lines().last().unwrap().contains(" in 5 pages"), "{out}");
}

#[test]
fn without_a_mistake_machines_read_nothing_or_an_empty_run() {
    let site = Site::of(&[("content/index.md", "# Home\n")]);
    let out = |format| {
        stdout(
            &site
                .command(&["check", "--format", format])
                .output()
                .unwrap(),
        )
    };
    assert_eq!(out("human"), "1 page, all well\n");
    assert_eq!(out("short"), "1 page, all well\n");
    assert_eq!(out("json"), "");
    assert_eq!(out("github"), "");
    assert_eq!(sarif(&out("sarif")), []);
}

#[test]
fn services_see_paths_from_the_current_folder() {
    let site = Site::new();
    let paths = |format, dir| {
        let out = site.check(format, dir);
        let told = match format {
            "json" => json(&out),
            "short" => short(&out),
            "github" => github(&out),
            _ => sarif(&out),
        };
        let mut paths: Vec<String> = told.into_iter().map(|told| told.2).collect();
        paths.dedup();
        paths
    };
    let from_dir = ["::error ::x,y=z.md", "index.md", "sidebars.yaml"];
    let from_here = from_dir.map(|path| format!("content/{path}"));
    for format in ["json", "short"] {
        let paths = paths(format, "content");
        assert!(
            from_dir.iter().all(|p| paths.iter().any(|q| q == p)),
            "{paths:?}"
        );
    }
    for format in ["github", "sarif"] {
        let paths = paths(format, "content");
        assert!(from_here.iter().all(|p| paths.contains(p)), "{paths:?}");
    }
}

#[test]
fn the_log_does_not_depend_on_the_number_of_threads() {
    let site = Site::new();
    let logs = ["1", "8"].map(|threads| {
        let mut command = site.command(&["check", "--format", "sarif"]);
        stdout(&command.env("RAYON_NUM_THREADS", threads).output().unwrap())
    });
    assert_eq!(logs[0], logs[1]);
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

fn sorted(mut told: Vec<Told>) -> Vec<Told> {
    told.sort();
    told
}

fn objects(out: &str) -> Vec<Value> {
    out.lines()
        .map(|line| serde_json::from_str(line).expect("an object a line"))
        .collect()
}

fn json(out: &str) -> Vec<Told> {
    let told = objects(out).into_iter().map(|object| {
        (
            text(&object["severity"]),
            text(&object["code"]),
            text(&object["path"]),
            object["line"].as_u64().zip(object["column"].as_u64()),
        )
    });
    sorted(told.collect())
}

/// `error[broken-link]: …`, and on a later line `--> path:line:column`.
fn human(out: &str) -> Vec<Told> {
    let mut told = Vec::new();
    let mut open = None;
    for line in out.lines() {
        if let Some(title) = title(line) {
            open = Some(title);
        } else if let Some(at) = line.trim_start().strip_prefix("--> ")
            && let Some((severity, code)) = open.take()
        {
            let (path, place) = placed(at);
            told.push((severity, code, path, place));
        }
    }
    sorted(told)
}

/// `path:line:column: error[broken-link]: …`
fn short(out: &str) -> Vec<Told> {
    let told = out.lines().filter_map(|line| {
        let level = [": error[", ": warning["];
        let split = level.iter().filter_map(|level| line.find(level)).min()?;
        let (severity, code) = title(&line[split + 2..])?;
        let (path, place) = placed(&line[..split]);
        Some((severity, code, path, place))
    });
    sorted(told.collect())
}

fn title(line: &str) -> Option<(String, String)> {
    let (severity, rest) = line.split_once('[')?;
    let (code, _) = rest.split_once("]: ")?;
    matches!(severity, "error" | "warning").then(|| (severity.to_owned(), code.to_owned()))
}

fn placed(at: &str) -> (String, Option<(u64, u64)>) {
    let numbers = || {
        let (rest, column) = at.rsplit_once(':')?;
        let (path, line) = rest.rsplit_once(':')?;
        Some((path, (line.parse().ok()?, column.parse().ok()?)))
    };
    match numbers() {
        Some((path, place)) => (path.to_owned(), Some(place)),
        None => (at.to_owned(), None),
    }
}

#[derive(Debug)]
struct Annotation {
    name: String,
    properties: Vec<(String, String)>,
    message: String,
}

impl Annotation {
    fn property(&self, name: &str) -> Option<String> {
        let mut properties = self.properties.iter();
        let found = properties.find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone())
    }
}

/// Every line but the last, read as the runner reads it.
fn commands(out: &str) -> Vec<Annotation> {
    let lines: Vec<&str> = out.lines().collect();
    let (_, lines) = lines.split_last().expect("a closing line");
    lines
        .iter()
        .map(|line| {
            let line = line.strip_prefix("::").expect("`::` begins the line");
            let (head, message) = line.split_once("::").expect("`::` ends the properties");
            let (name, properties) = head.split_once(' ').expect("properties");
            let properties = properties.split(',').map(|property| {
                let (key, value) = property.split_once('=').expect("a value");
                (key.to_owned(), unescaped(value))
            });
            Annotation {
                name: name.to_owned(),
                properties: properties.collect(),
                message: unescaped(message),
            }
        })
        .collect()
}

/// Percent escapes undone from left to right; only those that the runner knows may be there.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push(match &part[..2] {
            "25" => '%',
            "0D" => '\r',
            "0A" => '\n',
            "3A" => ':',
            "2C" => ',',
            other => panic!("the runner does not know `%{other}`"),
        });
        out.push_str(&part[2..]);
    }
    out
}

fn github(out: &str) -> Vec<Told> {
    let told = commands(out).into_iter().map(|command| {
        let place = command.message.lines().find_map(|line| {
            let at = line.strip_prefix("--> ")?;
            placed(at).1
        });
        let line = command.property("line").map(|line| line.parse().unwrap());
        assert_eq!(line, place.map(|(line, _)| line));
        (
            command.name.clone(),
            command.property("title").unwrap(),
            command.property("file").unwrap(),
            place,
        )
    });
    sorted(told.collect())
}

fn sarif(out: &str) -> Vec<Told> {
    let log: Value = serde_json::from_str(out).expect("one log");
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    let told = results.iter().map(|result| {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        let rule = &run["tool"]["driver"]["rules"][index];
        assert_eq!(rule["id"], result["ruleId"]);
        let location = &result["locations"][0]["physicalLocation"];
        let uri = text(&location["artifactLocation"]["uri"]);
        let path = percent_encoding::percent_decode_str(&uri).decode_utf8();
        let region = &location["region"];
        (
            text(&result["level"]),
            text(&result["ruleId"]),
            path.expect("UTF-8").into_owned(),
            region["startLine"]
                .as_u64()
                .zip(region["startColumn"].as_u64()),
        )
    });
    sorted(told.collect())
}

struct Site {
    folder: TempDir,
}

impl Site {
    /// The awkward site, and in it a page that is not UTF-8.
    fn new() -> Site {
        let site = Site::of(FILES);
        fs::write(site.root().join("content/latin.md"), b"# \xe4\n").unwrap();
        site
    }

    fn of(files: &[(&str, &str)]) -> Site {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Site { folder }
    }

    fn root(&self) -> &Path {
        self.folder.path()
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

    /// What a check that finds mistakes prints.
    fn check(&self, format: &str, dir: &str) -> String {
        let output = self
            .command(&["check", dir, "--format", format])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        stdout(&output)
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}
