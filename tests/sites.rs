//! Sites and what becomes of them. A test is a document: see `tests/sites/README.md` for how to read and write one.

#[path = "sites/case.rs"]
mod case;
#[path = "sites/document.rs"]
mod document;

use std::fs;
use std::path::{Path, PathBuf};

use document::Document;

macro_rules! documents {
    ($($name:ident $file:literal,)*) => {
        $(#[test]
        fn $name() {
            check(&folder().join($file));
        })*

        const DOCUMENTS: &[&str] = &[$($file,)*];
    };
}

documents! {
    a_z "a-z.md",
    breadcrumbs_and_neighbours "breadcrumbs-and-neighbours.md",
    checks_addresses "checks-addresses.md",
    checks_site "checks-site.md",
    checks_text "checks-text.md",
    code "code.md",
    code_from_files "code-from-files.md",
    commands_and_levels "commands-and-levels.md",
    components "components.md",
    configuration "configuration.md",
    customising "customising.md",
    data "data.md",
    declared_components "declared-components.md",
    details "details.md",
    diagrams "diagrams.md",
    emoji "emoji.md",
    fixes "fixes.md",
    front_matter "front-matter.md",
    front_matter_schema "front-matter-schema.md",
    highlighting "highlighting.md",
    ignores "ignores.md",
    images "images.md",
    links "links.md",
    machines "machines.md",
    markdown "markdown.md",
    math "math.md",
    moves "moves.md",
    navigation "navigation.md",
    pages_and_urls "pages-and-urls.md",
    punctuation "punctuation.md",
    sidebars_automatic "sidebars-automatic.md",
    sidebars_explicit "sidebars-explicit.md",
    since_and_baseline "since-and-baseline.md",
    snippets "snippets.md",
    templates "templates.md",
    theme_components "theme-components.md",
    titles "titles.md",
    traps_code "traps-code.md",
    traps_mdx "traps-mdx.md",
    traps_names "traps-names.md",
    traps_props "traps-props.md",
    traps_where "traps-where.md",
    trust "trust.md",
}

#[test]
fn every_document_is_a_test() {
    let mut found: Vec<String> = fs::read_dir(folder())
        .expect("the documents")
        .map(|entry| entry.expect("a file").file_name().into_string())
        .map(|name| name.expect("UTF-8"))
        .filter(|name| name.ends_with(".md") && name != "README.md")
        .collect();
    found.sort();
    let mut listed = DOCUMENTS.to_vec();
    listed.sort_unstable();
    assert_eq!(found, listed);
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites")
}

/// Runs every case of a document, and compares it with what came out, or with `UPDATE` set rewrites it.
fn check(path: &Path) {
    let text = fs::read_to_string(path).expect("a document");
    let mut found = Document::parse(&text);
    assert!(found.cases() > 0, "{} holds no case", path.display());
    found.run();
    let found = found.print();
    if found == text {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, found).expect("the document can be written");
        return;
    }
    let difference = similar::TextDiff::from_lines(&text, &found);
    panic!(
        "what came out differs from {}\n(`UPDATE=1 cargo test --test sites` writes it there, to be reviewed)\n\n{}",
        path.display(),
        difference
            .unified_diff()
            .context_radius(8)
            .header("expected", "found")
    );
}

#[test]
fn the_examples_of_the_guide_are_built() {
    let root = folder().join("../..");
    let guide = fs::read_to_string(root.join("content/guide/change-the-look.md")).expect("a page");
    let built = fs::read_to_string(folder().join("customising.md")).expect("a document");
    let steps = guide.split("## Add or replace a static file").next();
    let blocks = steps.expect("a text").split("```").skip(1).step_by(2);
    for block in blocks {
        let (_, text) = block.split_once('\n').expect("a fence");
        assert!(built.contains(text), "not in customising.md:\n{text}");
    }
}
