//! How long the steps of a build take, on sites that it writes itself. `cargo bench`; `-- --test` runs each once.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;

use handbook::config::Config;
use handbook::data::Data;
use handbook::highlight::Highlighter;
use handbook::parse::{self, Doc, Outline};
use handbook::session::{self, Loaded, Options, Output};
use handbook::site::{self, Declarations, Facts, Site, View};
use handbook::source::Source;

/// Pages of a site: what a page costs must be the same at both.
const SIZES: [usize; 2] = [1_000, 10_000];

/// Pages of a folder, so that a site of 10,000 is three levels deep.
const FOLDER: usize = 20;

fn whole_site(c: &mut Criterion) {
    let mut group = c.benchmark_group("site");
    group.sample_size(10);
    for pages in SIZES {
        let dir = write_site(pages);
        let options = Options::default();
        let load = || session::load(dir.path(), &options).expect("the generated site loads");
        assert_eq!(load().diagnostics(), []);
        group.throughput(Throughput::Elements(pages as u64));
        group.bench_function(BenchmarkId::new("load", pages), |b| b.iter(load));
        group.bench_function(BenchmarkId::new("load and render", pages), |b| {
            b.iter(|| render_all(&load()));
        });
    }
    group.finish();
}

fn steps(c: &mut Criterion) {
    let source = source(42, 1_000);
    let mut group = c.benchmark_group("page");
    group.throughput(Throughput::Bytes(source.text.len() as u64));
    group.bench_function("parse", |b| {
        b.iter(|| parse::parse(&source, &parse::Options::default()));
    });
    let highlighter = Highlighter::new();
    for (language, code) in CODE {
        group.throughput(Throughput::Bytes(code.len() as u64));
        group.bench_function(BenchmarkId::new("highlight", language), |b| {
            b.iter(|| highlighter.highlight(&highlighter.language(language), code));
        });
    }
    group.finish();

    let mut group = c.benchmark_group("links");
    group.sample_size(20);
    for pages in SIZES {
        let docs = parse_all(pages);
        let config = Config::default();
        let facts = Facts::default();
        let data = Data::default();
        let none = Declarations::default();
        let site = assemble(&docs, &config);
        let view = View {
            site: &site,
            config: &config,
            facts: &facts,
            data: &data,
            declarations: &none,
        };
        group.throughput(Throughput::Elements(pages as u64));
        group.bench_function(BenchmarkId::new("assemble", pages), |b| {
            b.iter(|| assemble(&docs, &config));
        });
        group.bench_function(BenchmarkId::new("resolve all", pages), |b| {
            b.iter(|| {
                (docs.par_iter().enumerate())
                    .map(|(page, doc)| site::resolve(doc, page, view).value.len())
                    .sum::<usize>()
            });
        });
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::new("resolve one of", pages), |b| {
            b.iter(|| site::resolve(&docs[42], 42, view));
        });
    }
    group.finish();
}

/// Renders every page as a build does, and drops them. Gives their bytes.
fn render_all(site: &Loaded) -> usize {
    let outputs: Vec<Output> = site.outputs().into_values().collect();
    (outputs.par_iter())
        .map(|output| match output {
            Output::Page(page) => site.render(*page).map_or(0, |page| page.html.len()),
            _ => 0,
        })
        .sum()
}

fn parse_all(pages: usize) -> Vec<Doc> {
    (0..pages)
        .into_par_iter()
        .map(|at| parse::parse(&source(at, pages), &parse::Options::default()))
        .collect()
}

fn assemble(docs: &[Doc], config: &Config) -> Site {
    let outlines: Vec<&Outline> = docs.iter().map(|doc| &doc.outline).collect();
    site::assemble(&site::Input {
        outlines: &outlines,
        config,
        sidebars: None,
        assets: &[],
        statics: &[],
        of_theme: &[],
        prefix: "content/",
        drafts: false,
    })
    .value
}

fn write_site(pages: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("there is room for a site");
    for at in 0..pages {
        let path = dir.path().join("content").join(path(at));
        write(&path, &text(at, pages));
    }
    dir
}

fn write(path: &Path, text: &str) {
    let folder = path.parent().expect("a page lies in a folder");
    fs::create_dir_all(folder).expect("folders can be made");
    fs::write(path, text).expect("files can be written");
}

fn source(at: usize, pages: usize) -> Source {
    let path: Arc<str> = path(at).into();
    let file = format!("content/{path}").into();
    let text = text(at, pages).into();
    Source { path, file, text }
}

fn path(at: usize) -> String {
    let folder = at / FOLDER;
    format!("area-{}/team-{folder}/page-{at}.md", folder / FOLDER)
}

/// About 3 KB as handbooks are written: prose, a dozen links, a list, a table and two blocks of code.
fn text(at: usize, pages: usize) -> String {
    let other = |step: usize| {
        let other = (at * 7 + step * 131) % pages;
        format!("[page {other}](/{}#how-we-do-it)", path(other))
    };
    let mut text = format!(
        "---\ntitle: Page {at}\ndescription: What people ask about number {at}.\n---\n\n\
         Everything about number {at} that somebody asked twice. See {} first.\n\n## How we do it\n\n",
        other(1)
    );
    for step in 2..10 {
        text.push_str(&format!(
            "We write down **what** we decided, and *why*, in {}, so that nobody must ask `number-{at}` again. \
             It is kept short on purpose, and it is wrong sometimes: then change it.\n\n",
            other(step)
        ));
    }
    text.push_str("### Steps\n\n");
    for step in 10..14 {
        text.push_str(&format!("{}. Read {}.\n", step - 9, other(step)));
    }
    text.push_str("\n| Who | What | When |\n| --- | :-: | --: |\n");
    for row in 0..6 {
        text.push_str(&format!("| team {row} | number {at} | week {row} |\n"));
    }
    for step in 0..2 {
        let (language, code) = CODE[(at + step) % CODE.len()];
        // A comment of its own, or the memo would know every block after a few pages.
        text.push_str(&format!("\n```{language}\n{code}# {at}\n```\n"));
    }
    text
}

const CODE: [(&str, &str); 4] = [
    (
        "rust",
        "/// Adds one.\npub fn next(count: &mut u64) -> Result<u64, String> {\n    *count += 1;\n    Ok(*count)\n}\n",
    ),
    (
        "typescript",
        "export async function load<T>(url: string): Promise<T> {\n  const answer = await fetch(`${url}?n=1`);\n  return answer.json();\n}\n",
    ),
    (
        "yaml",
        "on-call:\n  - name: \"primary\"\n    hours: [9, 17]\n    weekend: false # ask first\n",
    ),
    (
        "sh",
        "for f in *.md; do\n  grep -q '^title:' \"$f\" || echo \"no title: $f\"\ndone\n",
    ),
];

criterion_group!(benches, whole_site, steps);
criterion_main!(benches);
