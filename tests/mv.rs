//! `handbook mv` over random small sites: whatever moves, every link leads to what it led to, and nothing else changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use handbook::parse::{Link, Role};
use handbook::session::{self, Loaded, LoadedPage, Options};
use handbook::site::{self, Resolved};
use proptest::prelude::*;

/// What a site may have. Names with spaces, umlauts, signs that mean something in Markdown, HTML and URLs.
const FILES: &[&str] = &[
    "index.md",
    "people/index.md",
    "people/hiring.md",
    "people/pay & time.md",
    "people/Über uns.md",
    "Team/a b/c (d).md",
    "Team/a b/index.md",
    "Team/x.mdx",
    "eng/deep/er/page.md",
    "eng/deep/it's 50%.md",
    "eng/README.md",
    "v1.2/notes.md",
    "eng/img/p q.png",
    "img/a,b.png",
    "people.md",
];

/// What may be moved beside any of the files.
const FOLDERS: &[&str] = &[
    "people/", "Team", "Team/a b", "eng/", "eng/img", "eng/deep", "v1.2", "img",
];

const GOALS: &[&str] = &[
    "new/place",
    "Team",
    "x y/ä/",
    "people/HIRING",
    "zz",
    "index.md",
    "a/b/c/d & (e)",
    "Team/a b",
    "people/index",
    "eng",
    "people/hiring",
    "People",
];

#[derive(Clone, Debug)]
struct Made {
    files: BTreeMap<String, String>,
    from: String,
    to: String,
}

fn made() -> impl Strategy<Value = Made> {
    let link = (0..FILES.len(), 0..STYLES, 0..4_usize);
    let file = (
        prop::bool::weighted(0.8),
        0..8_usize,
        prop::collection::vec(link, 0..6),
    );
    (
        prop::collection::vec(file, FILES.len()),
        0..FILES.len() + FOLDERS.len(),
        0..GOALS.len(),
        any::<bool>(),
    )
        .prop_map(|(files, from, to, sidebars)| {
            let mut made = BTreeMap::new();
            for (at, (there, matter, links)) in files.iter().enumerate() {
                // The root has a page, and two pages of one address are for other tests.
                let twin = FILES[at] == "people.md" && files[1].0;
                if (!there && at > 0) || twin {
                    continue;
                }
                made.insert(FILES[at].to_owned(), text(at, *matter, links));
            }
            if sidebars {
                let entries = made
                    .keys()
                    .filter(|path| path.ends_with("md") || path.ends_with("mdx"));
                let entries: String = entries
                    .enumerate()
                    .map(|(n, path)| match n % 3 {
                        0 => format!("  - \"{path}\"\n"),
                        1 => format!("  - Label: {}\n", path.trim_end_matches(".md")),
                        _ => format!("  - '{}'\n", path.replace('\'', "''")),
                    })
                    .collect();
                made.insert("sidebars.yaml".to_owned(), format!("All:\n{entries}"));
            }
            let from = FILES.iter().chain(FOLDERS).nth(from).unwrap_or(&"index.md");
            Made {
                files: made,
                from: (*from).to_owned(),
                to: GOALS[to].to_owned(),
            }
        })
}

const STYLES: usize = 15;

fn text(at: usize, matter: usize, links: &[(usize, usize, usize)]) -> String {
    if FILES[at].ends_with(".png") {
        return format!("picture {at}");
    }
    let mut text = match matter {
        0 => "---\ntitle: T\n---\n".to_owned(),
        1 => "+++\ntitle = \"T\"\n[own]\nx = 1\n+++\n".to_owned(),
        2 => format!("---\naliases: [/old/{at}/]\n---\n"),
        3 => format!("---\ntitle: T\nredirect_from:\n  - /old/{at}/\n---\n\n"),
        4 => "{\n  \"title\": \"T\"\n}\n".to_owned(),
        5 => format!("---\nimage: /{}\n---\n", url_of(FILES[12])),
        7 => {
            let folder = FILES[at].rsplit_once('/').map_or("", |(folder, _)| folder);
            let other = way(
                folder,
                &url_of(FILES[links.first().map_or(0, |link| link.0)]),
            );
            format!("---\nowner: Us <{other}#heading>\nreplaced_by: \"{other}\"\n---\n")
        }
        _ => String::new(),
    };
    text.push_str("# Heading\n\nSome `[code](people/hiring.md)`.\n");
    for (n, (target, style, end)) in links.iter().enumerate() {
        text.push('\n');
        text.push_str(&link(
            FILES[at],
            FILES[*target],
            *style,
            ["", "#heading", "?a=1&amp;b=2", "#x"][*end],
            n,
        ));
        text.push('\n');
    }
    match matter {
        6 => text.replace('\n', "\r\n"),
        _ => text,
    }
}

/// A link from one file to another, in one of the ways to spell it.
fn link(from: &str, to: &str, style: usize, end: &str, n: usize) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let address = handbook::url::of_page(from);
    let is_page = handbook::url::is_markdown(to);
    let goal = if is_page {
        handbook::url::of_page(to)
    } else {
        format!("/{to}")
    };
    let stem = handbook::url::without_extension(to);
    let encoded = url_of(to);
    let slashless = goal.trim_end_matches('/');
    match style {
        0 => format!("[l]({}{end})", way(folder, &encoded)),
        1 => format!("[l](<{}{end}> \"t\")", way(folder, &to.replace('%', "%25"))),
        2 => format!("[l](/{encoded}{end})"),
        3 => format!("[l]({}{end})", url_of(&goal)),
        4 => format!(
            "[l]({}{end})",
            way(folder, &url_of(goal.trim_start_matches('/')))
        ),
        5 => format!(
            "[l]({}{end})",
            way(
                address.trim_matches('/'),
                &url_of(goal.trim_start_matches('/'))
            )
        ),
        6 => format!("[l]({}{end})", way(folder, &url_of(stem))),
        7 => {
            let href = way(
                folder,
                &to.replace('%', "%25")
                    .replace('&', "&amp;")
                    .replace('\'', "&#39;"),
            );
            format!("<a href='{href}{end}'>l</a>")
        }
        8 => format!(
            "[l][r{n}]\n\n[r{n}]: {}{end} 'title'",
            way(folder, &encoded)
        ),
        9 => format!("![p]({})", way(folder, &encoded)),
        10 => format!("[l]({}/index.html{end})", url_of(slashless)),
        11 => format!(
            "<https://acme.example/docs{}{}>",
            url_of(&goal),
            end.replace("&amp;", "&")
        ),
        12 => format!(
            "| [l](./{}{end}) |\n| --- |\n| `[x](people.md)` |",
            way(folder, &encoded)
        ),
        13 => format!(
            "> - [l]({}{end})\n>   ![i](/{encoded})",
            way(folder, &encoded.replace('_', "\\_"))
        ),
        _ => format!("[l](/docs{}{end})", url_of(slashless)),
    }
}

/// Everything encoded that may be.
fn url_of(path: &str) -> String {
    let keep = |c: char| c.is_alphanumeric() || "/-_.".contains(c);
    path.chars()
        .map(|c| match c {
            c if keep(c) => c.to_string(),
            c => format!("%{:02X}", u32::from(c)),
        })
        .collect()
}

fn way(folder: &str, to: &str) -> String {
    let ups = folder.split('/').filter(|part| !part.is_empty()).count();
    match format!("{}{to}", "../".repeat(ups)) {
        way if way.is_empty() => ".".to_owned(),
        way => way,
    }
}

fn write(folder: &Path, made: &Made) {
    fs::write(
        folder.join("handbook.toml"),
        "base_url = \"https://acme.example/docs\"\n",
    )
    .unwrap();
    for (path, text) in &made.files {
        let path = folder.join("content").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn handbook(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_handbook"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program starts")
}

fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(folder)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

/// What a link leads to, in words that survive a move.
#[derive(Clone, Debug, PartialEq)]
enum Leads {
    Page(String),
    Section(String),
    /// A file, or out of the site.
    Href(String),
    Nowhere(String),
}

struct Looked {
    /// By page, what each of its links leads to, with query and fragment.
    links: BTreeMap<String, Vec<(Leads, String)>>,
    /// The text of each page with its links and its front matter taken out.
    rest: BTreeMap<String, String>,
    /// Codes by file.
    found: BTreeMap<(String, &'static str), usize>,
}

fn look(folder: &Path) -> Looked {
    let loaded = session::load(folder, &Options::default()).expect("a site");
    let mut looked = Looked {
        links: BTreeMap::new(),
        rest: BTreeMap::new(),
        found: BTreeMap::new(),
    };
    for (id, page) in loaded.written().iter().enumerate() {
        let resolved = site::resolve(&page.doc, id, loaded.view());
        let path = page.source.path.to_string();
        let named = named(page);
        let images = resolved.value.len() - page.doc.links.len() - named.len();
        let (own, others) = resolved.value.split_at(page.doc.links.len());
        let links = own
            .iter()
            .zip(&page.doc.links)
            .chain(others[images..].iter().zip(&named))
            .map(|(resolved, link)| {
                let is_broken = is_broken(&loaded, id, link);
                let end = link
                    .target
                    .find(['?', '#'])
                    .map_or("", |at| &link.target[at..]);
                (leads(&loaded, resolved, is_broken), end.to_owned())
            });
        looked.links.insert(path.clone(), links.collect());
        let mut text = page.source.text.to_string();
        let mut spans: Vec<_> = page
            .doc
            .links
            .iter()
            .map(|link| link.span.clone())
            .collect();
        spans.sort_by_key(|span| std::cmp::Reverse(span.start));
        for span in spans {
            text.replace_range(span, "LINK");
        }
        let body = text.find("# Heading").expect("every page has one");
        looked.rest.insert(path, text[body..].to_owned());
    }
    for d in loaded.report(loaded.diagnostics()) {
        *looked
            .found
            .entry((d.file.to_string(), d.code.name()))
            .or_default() += 1;
    }
    looked
}

/// Whether a link of a page leads to nothing.
/// The owner's page and the one that replaces this one, as links.
fn named(page: &LoadedPage) -> Vec<Link> {
    let matter = &page.doc.outline.matter;
    let named = [&matter.owner_page, &matter.replaced_by];
    let named = named.into_iter().flatten().map(|named| {
        let quote = usize::from(page.source.text[named.span.clone()].starts_with('"'));
        Link {
            target: named.text.clone(),
            span: named.span.start + quote..named.span.end - quote,
            verbatim: true,
            autolink: false,
            role: Role::Go,
        }
    });
    named.collect()
}

fn is_broken(loaded: &Loaded, page: usize, link: &Link) -> bool {
    loaded.page_diagnostics(page).iter().any(|d| {
        d.span.as_ref() == Some(&link.span)
            && matches!(d.code.name(), "broken-link" | "missing-asset")
    })
}

fn leads(loaded: &Loaded, resolved: &Resolved, is_broken: bool) -> Leads {
    let path = resolved.href.split(['?', '#']).next().unwrap_or_default();
    let path = path.strip_prefix("/docs").unwrap_or(path);
    match resolved.page {
        Some(page) => {
            let page = &loaded.site().pages[page];
            match &page.path {
                Some(path) => Leads::Page(path.to_string()),
                None => Leads::Section(page.folder.clone().unwrap_or_default()),
            }
        }
        None if is_broken => Leads::Nowhere(path.to_owned()),
        None => Leads::Href(handbook::url::decode(path).into_owned()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_link_leads_to_what_it_led_to(made in made()) {
        let (here, twin) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write(here.path(), &made);
        write(twin.path(), &made);
        let (before, tree_before) = (look(here.path()), tree(here.path()));

        let shown = handbook(here.path(), &["mv", &made.from, &made.to, "--dry-run"]);
        prop_assert_eq!(&tree(here.path()), &tree_before, "a dry run changes nothing");
        let moved = handbook(here.path(), &["mv", &made.from, &made.to]);
        prop_assert_eq!(shown.status.code(), moved.status.code());
        let (said, complaint) = (
            String::from_utf8(moved.stdout).unwrap(),
            String::from_utf8(moved.stderr).unwrap(),
        );
        if moved.status.code() == Some(2) {
            prop_assert_eq!(&tree(here.path()), &tree_before, "a refusal changes nothing");
            prop_assert!(complaint.starts_with("error: "), "{}", complaint);
            return Ok(());
        }
        let words: Vec<&str> = said.lines().next().unwrap().split('`').collect();
        let [from, to] = [words[1], words[3]].map(|path| path.strip_prefix("content/").unwrap());
        let map = |path: &str| match path.strip_prefix(from) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{to}{rest}"),
            _ => path.to_owned(),
        };

        let after = look(here.path());
        for (page, links) in &before.links {
            let now = &after.links[&map(page)];
            prop_assert_eq!(links.len(), now.len());
            for ((was, end), (is, end_now)) in links.iter().zip(now) {
                prop_assert_eq!(end, end_now);
                let expected = match was {
                    Leads::Page(path) => Leads::Page(map(path)),
                    Leads::Section(folder) => Leads::Section(map(folder)),
                    Leads::Href(path) => match path.strip_prefix('/') {
                        Some(path) => Leads::Href(format!("/{}", map(path))),
                        None => was.clone(),
                    },
                    Leads::Nowhere(_) => continue,
                };
                // A folder can get a page of its own by a move, or lose the last of its pages, which is reported.
                let of_folder = matches!(expected, Leads::Section(_));
                prop_assert!(is == &expected || of_folder && (matches!(is, Leads::Page(_)) || complaint.contains("section page")),
                    "in {}: {:?} became {:?}\n{}{}", page, was, is, said, complaint);
            }
            prop_assert_eq!(&before.rest[page], &after.rest[&map(page)], "what is no link stays");
        }
        if moved.status.code() == Some(1) {
            prop_assert!(complaint.lines().all(|line| line.starts_with("note: ") || line.starts_with("change th") || line.contains("section page")), "{}", complaint);
        }

        // By hand, and then the links: the same.
        let broken = before.links.values().flatten().any(|(leads, _)| matches!(leads, Leads::Nowhere(_)));
        let content = twin.path().join("content");
        fs::create_dir_all(content.join(to).parent().unwrap()).unwrap();
        fs::rename(content.join(from), content.join(to)).unwrap();
        let slash = if content.join(to).is_dir() { "/" } else { "" };
        let mended = handbook(twin.path(), &["mv", "--already-moved", &format!("{from}{slash}"), to]);
        prop_assert_eq!(mended.status.code(), moved.status.code(), "{}", String::from_utf8_lossy(&mended.stderr));
        if !broken {
            prop_assert_eq!(tree(here.path()), tree(twin.path()));
        }

        // And back.
        let back = handbook(here.path(), &["mv", &format!("{to}{slash}"), from]);
        if back.status.code() == Some(0) && moved.status.code() == Some(0) && !broken {
            let again = look(here.path());
            prop_assert_eq!(&before.links, &again.links);
            prop_assert_eq!(&before.rest, &again.rest);
            prop_assert_eq!(&before.found, &again.found);
        }
    }
}
