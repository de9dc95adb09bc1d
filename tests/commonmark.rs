//! Our HTML writer against the CommonMark specification's examples, in the form in which pulldown-cmark ships them.

use std::path::PathBuf;
use std::process::Command;

use handbook::parse::{Options, parse};
use handbook::render;
use handbook::source::Source;

/// Markdown and nothing of our own: what the specification describes.
const BARE: Options = Options {
    extensions: false,
    anchors: false,
    components: false,
    drop_comments: false,
    raw_links: false,
    math: false,
    emoji: false,
    smart_punctuation: None,
};

/// Examples in version 0.31.2 of the specification.
const SPEC_EXAMPLES: usize = 652;

#[test]
fn every_example_of_the_specification_comes_out_as_it_says() {
    let examples = examples("spec");
    assert_eq!(examples.len(), SPEC_EXAMPLES);
    assert_all(&examples, BARE, &[]);
}

/// Extensions whose HTML we write as pulldown-cmark does. Tables, tasks, alerts and footnotes differ on purpose, and
/// are tested in `tests/sites`.
#[test]
fn extensions_with_plain_html_come_out_as_in_pulldown_cmark() {
    let extended = Options {
        extensions: true,
        ..BARE
    };
    for (suite, count, skipped) in EXTENSIONS {
        let examples = examples(suite);
        assert_eq!(examples.len(), *count, "{suite}");
        assert_all(&examples, extended, skipped);
    }
}

/// Suites, how many examples each has, and those that need what we write differently or do not read.
const EXTENSIONS: &[(&str, usize, &[&str])] = &[
    ("gfm_strikethrough", 3, &[]),
    ("strikethrough", 15, &[]),
    ("definition_lists", 31, &[]),
    ("heading_attrs", 42, &[]),
    ("regression", 212, DIFFERENT),
];

const DIFFERENT: &[&str] = &[
    "regression_test_4",   // a table
    "regression_test_62",  // a footnote
    "regression_test_70",  // a task
    "regression_test_106", // a block of metadata
    "regression_test_107",
    "regression_test_108",
    "regression_test_124", // a footnote
    "regression_test_135",
    "regression_test_160",
    "regression_test_161",
    "regression_test_195", // an alert
    "regression_test_198", // a task
    "regression_test_199",
    "regression_test_203", // `:x:` begins no definition
    "regression_test_204",
    "regression_test_208", // a wiki link
    "regression_test_210", // a task
];

struct Example {
    name: String,
    markdown: String,
    html: String,
}

fn assert_all(examples: &[Example], options: Options, skipped: &[&str]) {
    let mut wrong = Vec::new();
    for example in examples {
        let found = html(&example.markdown, options);
        if standardised(&found) != standardised(&example.html)
            && !skipped.contains(&example.name.as_str())
        {
            wrong.push(format!(
                "{}\n--- markdown\n{}\n--- expected\n{}\n--- found\n{found}",
                example.name, example.markdown, example.html
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} are wrong\n\n{}",
        wrong.len(),
        examples.len(),
        wrong.join("\n\n")
    );
}

fn html(markdown: &str, options: Options) -> String {
    // The examples are bodies: a rule in the first line must not be taken for the beginning of front matter.
    let text = format!("---\n---\n{markdown}");
    let source = Source {
        path: "example.md".into(),
        file: "content/example.md".into(),
        text: text.into(),
    };
    render::plain(&parse(&source, &options))
}

/// What pulldown-cmark's own tests regard as the same HTML.
fn standardised(html: &str) -> String {
    html.replace("<br>", "<br />")
        .replace("<br/>", "<br />")
        .replace("<hr>", "<hr />")
        .replace("<hr/>", "<hr />")
        .replace(">\n<", "><")
}

/// The examples of one of pulldown-cmark's generated suites.
fn examples(suite: &str) -> Vec<Example> {
    let path = pulldown_cmark().join(format!("tests/suite/{suite}.rs"));
    let code = std::fs::read_to_string(&path).expect("pulldown-cmark ships its tests");
    code.split("#[test]\n")
        .skip(1)
        .map(|test| Example {
            name: between(test, "fn ", "(").to_owned(),
            markdown: raw_string(test, "let original = "),
            html: raw_string(test, "let expected = "),
        })
        .collect()
}

/// The value of `r##"…"##` after a mark.
fn raw_string(code: &str, mark: &str) -> String {
    let literal = &code[code.find(mark).expect("generated code") + mark.len()..];
    let quote = literal.find('"').expect("a string");
    let close = format!("\"{};", &literal[1..quote]);
    let end = literal.find(&close).expect("the string's end");
    literal[quote + 1..end].to_owned()
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = &text[text.find(before).expect("generated code") + before.len()..];
    &rest[..rest.find(after).expect("generated code")]
}

/// The folder of the pulldown-cmark that we are built with.
fn pulldown_cmark() -> PathBuf {
    let version = cargo(&["-vV"]);
    let host = between(&version, "host: ", "\n");
    // Packages for other platforms need not be there, and cargo may not fetch them.
    let metadata = cargo(&[
        "metadata",
        "--offline",
        "--format-version=1",
        "--filter-platform",
        host,
    ]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).expect("cargo prints JSON");
    let package = metadata["packages"]
        .as_array()
        .expect("a list of packages")
        .iter()
        .find(|package| package["name"] == "pulldown-cmark")
        .expect("a package that we depend on");
    let manifest = PathBuf::from(package["manifest_path"].as_str().expect("a path"));
    manifest.parent().expect("a folder").to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}
