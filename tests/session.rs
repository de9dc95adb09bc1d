//! A session that followed a site through any changes is a session that opens it now: same pages, same diagnostics.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use handbook::diagnostic::{Code, Diagnostic};
use handbook::search::Press;
use handbook::session::{Loaded, Options, Output, Session, Update};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::select;
use proptest::test_runner::{TestCaseError, TestRunner};

// What may be written where. Few names, so that changes meet.

const PAGES: &[&str] = &[
    "index.md",
    "one.md",
    "two.md",
    "One.md",
    "a.md",
    "a/index.md",
    "a/_index.md",
    "a/README.md",
    "a/one.md",
    "a/two words.md",
    "a/deep/index.md",
    "a/deep/three.mdx",
    "b/one.md",
    "b/two.md",
    "b/pic.png.md",
    "_snippets/words.md",
    "_snippets/more.md",
    "a/_draft.md",
    ".hidden/one.md",
];

const ASSETS: &[&str] = &[
    "pic.png",
    "a/pic.png",
    "a/deep/style.css",
    "b/one/index.html",
    "b/file",
    "one",
];

/// Below the site's root.
const STATICS: &[&str] = &[
    "static/pic.png",
    "src/code.txt",
    "static/assets/handbook.css",
    "static/assets/own.css",
    "static/one/index.html",
    "themes/acme/static/assets/own.css",
    "themes/acme/static/assets/handbook.css",
    "themes/acme/static/pic.png",
    "themes/default/static/assets/own.css",
];

/// Below the site's root.
const DATA: &[&str] = &[
    "data/team.yaml",
    "data/team.csv",
    "data/team/deep.toml",
    "data/_team.yaml",
    "data/notes.md",
    "content/_data/team.yml",
    "content/_data/ports.json",
];

const DATA_TEXTS: &[&str] = &[
    "",
    "name\nAda\n",
    "- name: Ada\n",
    "# words\n- name: Ada\n",
    "[[1, 2], {\"name\": \"Bo\"}]\n",
    "name = \"Ada\"\n",
    "name: [\n",
];

const FOLDERS: &[&str] = &[
    "a",
    "a/deep",
    "b",
    "c",
    "c/d",
    "_snippets",
    "_data",
    ".hidden",
];

/// Folders outside of the content.
const OUTER_FOLDERS: &[&str] = &[
    "src",
    "data",
    "data/team",
    "static",
    "static/assets",
    "themes",
    "themes/acme",
    "themes/acme/templates",
    "themes/acme/static",
    "themes/default",
];

const HEADS: &[&str] = &[
    "",
    "",
    "",
    "---\ntitle: First\n---\n",
    "---\ntitle: Second\norder: 3\n---\n",
    "---\ntitle: First\norder: 1\ndescription: What it is\n---\n",
    "---\nurl: /own/\n---\n",
    "---\nurl: /a/one/\n---\n",
    "---\naliases: [/old/, /older/]\n---\n",
    "---\naliases:\n  - /old/\n  - /b/one/\n---\n",
    "---\nsidebar: Work\n---\n",
    "---\nsidebar: Play\ntitle: Games\n---\n",
    "---\nsidebar: null\n---\n",
    "---\ndraft: true\ntitle: Not yet\n---\n",
    "---\nshowTitle: false\nhideAnchor: true\n---\n",
    "---\ntitel: Slip\n---\n",
    "---\ntitle: [unclosed\n---\n",
    "---\ntitle: never closed\n",
    "+++\ntitle = \"Toml\"\n+++\n",
];

const BODIES: &[&str] = &[
    "\nwords\n",
    "\nother words\n",
    "\n# Title of the text\n",
    "\n## Part\n\n### Inner\n",
    "\n## Part\n\n## Part\n",
    "\n## Another part\n",
    "\n[one](one.md) [up](../index.md) [two](/two/)\n",
    "\n[deep](/a/deep/#part) [part](a/one.md#another-part) [here](#inner)\n",
    "\n[own](/own/) [old](/old/) [gone](gone.md) [folder](b/)\n",
    "\n![picture](pic.png) ![other](/a/pic.png) [file](/b/file)\n",
    "\n[named][name] [missing][]\n\n[name]: /b/two/#part\n",
    "\n<Callout kind=\"x\">\n\ninside [one](one.md)\n\n</Callout>\n",
    "\n<Value of=\"team.0.name\" /> and <DataTable src=\"team\" />\n",
    "\n<Team /> and <Value of=\"ports.size\" /> and <DataTable src=\"team.deep\" />\n",
    // With a language, each new session would load all grammars.
    "\n```\nplain code\n```\n",
    "\nfoot[^1] and [^2]\n\n[^1]: note\n",
    "\n| a | b |\n|---|---|\n| [l](/one/) | 2 |\n",
    "\n## It's :tada: $x$ -- \"so\"\n",
    "\nimport Words from '/_snippets/words.md'\n\n<Words />\n\nin a line <Words />\n",
    "\n<Include src=\"/_snippets/words.md\" />\n",
    "\n<Include src=\"../_snippets/more.md\" />\n\n<Include src=\"/a/_draft.md\" />\n",
    "\n<Include src=\"one.md\" />\n",
    "\n```text src=/src/code.txt\n```\n",
    "\n```text src=pic.png lines=1\nold\n```\n",
    "\n```text src=/src/deep/code.txt region=a\n```\n",
];

const SIDEBARS: &[&str] = &[
    "Work:\n  - index\n  - one\n  - A: a/*\nPlay:\n  - b/*\n",
    "Work:\n  - a/one\n  - gone\n  - Out: https://example.org/\nPlay:\n  - Group:\n      - b/one\n      - b/two\n",
    "Play:\n  - one\n  - two\n",
    "# nothing but words\n",
    "Work: [unclosed\n",
    "Work:\n  - 7\n  - a/*: x\n",
];

const CONFIGS: &[&str] = &[
    "title = \"Site\"\n",
    "title = \"Site\"\n",
    "title = \"Other\"\nlanguage = \"de\"\n",
    "title = \"Site\"\ntheme = \"acme\"\n",
    "theme = \"acme\"\n[levels]\nbroken-link = \"warn\"\norphan-page = \"warn\"\npage-not-in-sidebar = \"off\"\n",
    "[links]\nelsewhere = [\"/gone/**\", \"/own\"]\n",
    "base_url = \"https://example.org/docs\"\n",
    "[markdown]\nmath = true\nemoji = false\nsmart_punctuation = true\n",
];

const BROKEN_CONFIGS: &[&str] = &[
    "title = \n",
    "titel = \"Slip\"\ntheme = \"acme\"\n",
    "theme = \"nobody\"\n",
    "\u{fffd}[levels\n",
];

const TEMPLATES: &[&str] = &["page.html", "404.html", "section.html", "more.html"];

const TEMPLATE_TEXTS: &[&str] = &[
    "<title>{{ page.title }}</title>{{ page.content | safe }}</body>",
    "<h1>{{ site.title }}</h1><link href=\"{{ url(path=\"assets/own.css\") }}\">",
    "{% include \"more.html\" %}|{{ page.title }}",
    "{% extends \"base.html\" %}",
    "more",
];

const BROKEN_TEMPLATE_TEXTS: &[&str] = &[
    "{{ page.title ",
    "{{ page.title | nofilter }}",
    "{% extends \"nowhere.html\" %}",
    "{% include \"nowhere.html\" %}",
];

/// These compile, and fail on a page.
const FAILING_TEMPLATE_TEXTS: &[&str] = &["{{ page.nothing.at.all }}"];

const IGNORES: &[&str] = &[
    "",
    "one.md\n",
    "deep/\n*.png\n",
    "/b\n",
    "*.mdx\n!three.mdx\n",
];

const IGNORE_FILES: &[&str] = &[".gitignore", "content/.gitignore", "content/a/.gitignore"];

/// Where a link lies, and what it says.
const LINKS: &[(&str, &str)] = &[
    ("content/link.md", "one.md"),
    ("content/link.md", "b/two.md"),
    ("content/b/linked", "../a"),
    ("content/b/linked", "../c"),
    ("content/a/one.md", "../two.md"),
    ("content/a/one.md", "/etc/hostname"),
    ("content/out", "/etc"),
    ("content/a/round", ".."),
    ("content/pic.png", "a/pic.png"),
    ("content/pic.png", "/etc/hostname"),
    ("src/code.txt", "../content/pic.png"),
    ("src/code.txt", "/etc/hostname"),
    ("src/deep", "."),
    ("content/_snippets/words.md", "more.md"),
    ("static/assets/own.css", "../../content/a/deep/style.css"),
    ("static/out", "/etc"),
    ("static/b", "../content/b"),
    ("data/link.yaml", "../content/_data/team.yml"),
    ("data/ports.json", "team/deep.toml"),
    ("content/_data/team.yml", "/etc/hostname"),
];

/// One change, as a person or a program makes it.
#[derive(Clone, Debug)]
enum Change {
    Page(&'static str, &'static str, Vec<&'static str>),
    /// A page as it was, with more at its end.
    Append(&'static str, &'static str),
    /// Bytes that are not UTF-8.
    Garbage(&'static str),
    OddName(bool),
    Asset(&'static str, u8),
    Static(&'static str, u8),
    Data(&'static str, Option<&'static str>),
    Sidebars(Option<&'static str>),
    Config(Option<&'static str>),
    Template(&'static str, &'static str, Option<&'static str>),
    ThemeSettings(Option<&'static str>),
    Ignore(&'static str, Option<&'static str>),
    Link(&'static str, &'static str),
    Delete(&'static str),
    Rename(&'static str, &'static str),
    DeleteFolder(&'static str),
    MoveFolder(&'static str, &'static str),
    DeleteOuter(&'static str),
    Touch(&'static str),
    /// The content folder itself goes, and comes back.
    ContentAway(bool),
}

/// Some changes, after which the session is told.
#[derive(Clone, Debug)]
struct Step {
    changes: Vec<Change>,
    /// Paths that have not changed, of which it is told too.
    superfluous: Vec<&'static str>,
    compare: bool,
}

fn change() -> impl Strategy<Value = Change> {
    let body = || vec(select(BODIES), 0..4);
    let inner = || select([PAGES, ASSETS].concat());
    let folder = || select(FOLDERS);
    prop_oneof![
        8 => (select(PAGES), select(HEADS), body()).prop_map(|(a, b, c)| Change::Page(a, b, c)),
        5 => (select(PAGES), select(BODIES)).prop_map(|(a, b)| Change::Append(a, b)),
        1 => select(PAGES).prop_map(Change::Garbage),
        1 => any::<bool>().prop_map(Change::OddName),
        2 => (select(ASSETS), 0..3u8).prop_map(|(a, b)| Change::Asset(a, b)),
        2 => (select(STATICS), 0..3u8).prop_map(|(a, b)| Change::Static(a, b)),
        4 => (select(DATA), proptest::option::of(select(DATA_TEXTS))).prop_map(|(a, b)| Change::Data(a, b)),
        2 => select(SIDEBARS).prop_map(|text| Change::Sidebars(Some(text))),
        1 => Just(Change::Sidebars(None)),
        2 => select(CONFIGS).prop_map(|text| Change::Config(Some(text))),
        1 => select([CONFIGS, BROKEN_CONFIGS].concat()).prop_map(|text| Change::Config(Some(text))),
        1 => Just(Change::Config(None)),
        2 => (select(&["acme", "default"][..]), select(TEMPLATES), proptest::option::of(select(TEMPLATE_TEXTS)))
            .prop_map(|(a, b, c)| Change::Template(a, b, c)),
        1 => (select(&["acme", "default"][..]), select(TEMPLATES), select([BROKEN_TEMPLATE_TEXTS, FAILING_TEMPLATE_TEXTS].concat()))
            .prop_map(|(a, b, c)| Change::Template(a, b, Some(c))),
        1 => select(vec![None, Some("extends = \"default\"\n"), Some("extends = \"nobody\"\n"), Some("x = [")])
            .prop_map(Change::ThemeSettings),
        2 => (select(IGNORE_FILES), proptest::option::of(select(IGNORES))).prop_map(|(a, b)| Change::Ignore(a, b)),
        2 => select(LINKS).prop_map(|(a, b)| Change::Link(a, b)),
        3 => inner().prop_map(Change::Delete),
        4 => (inner(), inner()).prop_map(|(a, b)| Change::Rename(a, b)),
        1 => folder().prop_map(Change::DeleteFolder),
        3 => (folder(), folder()).prop_map(|(a, b)| Change::MoveFolder(a, b)),
        1 => select(OUTER_FOLDERS).prop_map(Change::DeleteOuter),
        1 => inner().prop_map(Change::Touch),
        1 => any::<bool>().prop_map(Change::ContentAway),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let superfluous = [
        "content/one.md",
        "content/a",
        "content/a/deep",
        "content/nothing.md",
        "content/sidebars.yaml",
        "content/pic.png",
        "content",
        "static",
        "themes",
        "themes/acme/templates/page.html",
        "handbook.toml",
        "data",
        "data/team.yaml",
        "elsewhere/x.md",
        "",
    ];
    let superfluous = select(superfluous.to_vec());
    (
        vec(change(), 1..4),
        vec(superfluous, 0..2),
        proptest::bool::weighted(0.3),
    )
        .prop_map(|(changes, superfluous, compare)| Step {
            changes,
            superfluous,
            compare,
        })
}

/// A site on disk, the session that follows it, and the paths that a watcher would have told of.
struct Followed {
    _folder: tempfile::TempDir,
    root: PathBuf,
    session: Session,
    told: BTreeSet<PathBuf>,
}

impl Followed {
    fn new(sidebars: bool) -> Followed {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder
            .path()
            .canonicalize()
            .expect("it is there")
            .join("site");
        fs::create_dir_all(root.join("content")).expect("new");
        // What git ignores is no content, which holds in a repository only.
        fs::create_dir(root.join(".git")).expect("new");
        fs::write(root.join("handbook.toml"), CONFIGS[0]).expect("written");
        for (at, page) in PAGES
            .iter()
            .take(14)
            .enumerate()
            .filter(|(at, _)| at % 3 != 2)
        {
            let text = format!(
                "{}{}{}",
                HEADS[at % 6],
                BODIES[at % BODIES.len()],
                BODIES[(at * 5 + 3) % BODIES.len()]
            );
            write(&root.join("content").join(page), text.as_bytes());
        }
        write(&root.join("content/pic.png"), b"picture");
        if sidebars {
            write(&root.join("content/sidebars.yaml"), SIDEBARS[0].as_bytes());
        }
        let session = Session::open(&root, &options()).expect("there is a site");
        Followed {
            _folder: folder,
            root,
            session,
            told: BTreeSet::new(),
        }
    }

    fn content(&self, path: &str) -> PathBuf {
        self.root.join("content").join(path)
    }

    /// Tells the session of all that has changed.
    fn refresh(&mut self) -> Update {
        let told = std::mem::take(&mut self.told);
        self.session.refresh(&told)
    }

    fn tell(&mut self, path: &str) {
        self.told.insert(self.root.join(path));
    }

    fn write(&mut self, path: &Path, bytes: &[u8]) {
        // A file where a folder is needed, or the other way round: nobody writes that.
        if path.is_dir() || !self.make_folder(path.parent().expect("a folder")) {
            return;
        }
        // A link is replaced, as editors do.
        if path.is_symlink() {
            fs::remove_file(path).expect("removed");
        }
        fs::write(path, bytes).expect("written");
        self.told.insert(path.to_owned());
    }

    /// Makes a folder and those that it lies in. A watcher tells of the first one that is new.
    fn make_folder(&mut self, folder: &Path) -> bool {
        let missing = folder
            .ancestors()
            .take_while(|above| !above.exists())
            .last()
            .map(Path::to_owned);
        if fs::create_dir_all(folder).is_err() {
            return false;
        }
        self.told.extend(missing);
        // Through a link out of the site nobody writes either.
        folder
            .canonicalize()
            .is_ok_and(|real| real.starts_with(&self.root))
    }

    fn delete(&mut self, path: &Path) {
        if (path.is_file() || path.is_symlink()) && fs::remove_file(path).is_ok() {
            self.told.insert(path.to_owned());
        }
    }

    fn delete_folder(&mut self, path: &Path) {
        if path.is_symlink() {
            self.delete(path);
        } else if path.is_dir() && self.is_inside(path) {
            fs::remove_dir_all(path).expect("removed");
            self.told.insert(path.to_owned());
        }
    }

    fn is_inside(&self, path: &Path) -> bool {
        path.canonicalize()
            .is_ok_and(|real| real.starts_with(&self.root))
    }

    fn rename(&mut self, from: &Path, to: &Path) {
        if from.symlink_metadata().is_err()
            || to.is_dir()
            || to.starts_with(from)
            || !self.is_inside(from)
        {
            return;
        }
        if self.make_folder(to.parent().expect("a folder")) && fs::rename(from, to).is_ok() {
            self.told.insert(from.to_owned());
            self.told.insert(to.to_owned());
        }
    }

    fn write_or_delete(&mut self, path: &Path, text: Option<&str>) {
        match text {
            Some(text) => self.write(path, text.as_bytes()),
            None => self.delete(path),
        }
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Page(path, head, body) => {
                let text = format!("{head}{}", body.concat());
                self.write(&self.content(path), text.as_bytes());
            }
            Change::Append(path, more) => {
                let path = self.content(path);
                if self.is_inside(&path) && path.is_file() {
                    let text =
                        [fs::read(&path).expect("a file"), more.as_bytes().to_vec()].concat();
                    self.write(&path, &text);
                }
            }
            Change::Garbage(path) => self.write(&self.content(path), b"# Title\n\n\xff\xfe\n"),
            Change::OddName(there) => {
                let path = self.content("b").join(OsStr::from_bytes(b"odd\xff.md"));
                if *there {
                    self.write(&path, b"odd");
                } else {
                    self.delete(&path);
                }
            }
            Change::Asset(path, byte) => self.write(&self.content(path), &[*byte]),
            Change::Static(path, byte) => self.write(&self.root.join(path), &[*byte]),
            Change::Data(path, text) => self.write_or_delete(&self.root.join(path), *text),
            Change::Sidebars(text) => self.write_or_delete(&self.content("sidebars.yaml"), *text),
            Change::Config(text) => self.write_or_delete(&self.root.join("handbook.toml"), *text),
            Change::Template(theme, name, text) => {
                let path = format!("themes/{theme}/templates/{name}");
                self.write_or_delete(&self.root.join(path), *text);
            }
            Change::ThemeSettings(text) => {
                self.write_or_delete(&self.root.join("themes/acme/theme.toml"), *text);
            }
            Change::Ignore(path, text) => self.write_or_delete(&self.root.join(path), *text),
            Change::Link(path, target) => {
                let path = self.root.join(path);
                if self.make_folder(path.parent().expect("a folder")) {
                    self.delete(&path);
                    if symlink(target, &path).is_ok() {
                        self.told.insert(path);
                    }
                }
            }
            Change::Delete(path) => self.delete(&self.content(path)),
            Change::Rename(from, to) => self.rename(&self.content(from), &self.content(to)),
            Change::DeleteFolder(path) => self.delete_folder(&self.content(path)),
            Change::MoveFolder(from, to) => self.rename(&self.content(from), &self.content(to)),
            Change::DeleteOuter(path) => self.delete_folder(&self.root.join(path)),
            Change::Touch(path) => {
                let path = self.content(path);
                if path.is_file() {
                    self.told.insert(path);
                }
            }
            Change::ContentAway(away) => {
                let (content, aside) = (self.root.join("content"), self.root.join("aside"));
                let (from, to) = if *away {
                    (content, aside)
                } else {
                    (aside, content)
                };
                if from.is_dir() && !to.exists() {
                    fs::rename(&from, &to).expect("renamed");
                    self.told.insert(from);
                    self.told.insert(to);
                }
            }
        }
    }

    /// Puts right what keeps a site from being shown at all.
    fn mend(&mut self) {
        self.apply(&Change::ContentAway(false));
        self.make_folder(&self.root.join("content"));
        for theme in ["acme", "default"] {
            self.delete_folder(&self.root.join("themes").join(theme).join("templates"));
        }
        self.write(&self.root.join("themes/acme/theme.toml"), b"");
        self.write(&self.root.join("handbook.toml"), CONFIGS[3].as_bytes());
    }

    /// Whether the session shows what a new one shows.
    fn compare(&self) -> Result<(), String> {
        let kept = self.session.current();
        let Ok(fresh) = Session::open(&self.root, &options()) else {
            return last_good(&kept);
        };
        let fresh = fresh.current();
        if kept.is_fatal() != fresh.is_fatal() {
            return Err(format!(
                "one is broken: {:?}\nand one is not: {:?}",
                faults(&kept),
                faults(&fresh)
            ));
        }
        if fresh.is_fatal() {
            return last_good(&kept);
        }
        differences(&shown(&kept), &shown(&fresh))
    }
}

/// Whether all pages can be shown, but for templates that fail on them, which compiles.
fn last_good(loaded: &Loaded) -> Result<(), String> {
    for (path, text) in shown(loaded) {
        if text.starts_with("fault: ")
            && !text.contains("page.nothing")
            && !text.contains("nothing")
        {
            return Err(format!("{path} cannot be shown any more: {text}"));
        }
    }
    if loaded.is_fatal() && faults(loaded).is_empty() {
        return Err("it is broken and nothing says so".to_owned());
    }
    Ok(())
}

fn faults(loaded: &Loaded) -> Vec<Diagnostic> {
    let all = loaded.report(loaded.diagnostics()).into_iter();
    all.filter(|d| {
        let of_settings = matches!(
            d.code,
            Code::ConfigSyntax | Code::ConfigUnknownKey | Code::TemplateError
        );
        of_settings || d.file.starts_with("themes/") || &*d.file == "handbook.toml"
    })
    .collect()
}

/// Everything that there is to see of a site, by path, and what is wrong with it.
fn shown(loaded: &Loaded) -> BTreeMap<String, String> {
    let mut shown = BTreeMap::new();
    let mut diagnostics = loaded.diagnostics();
    for (path, output) in loaded.outputs().into_iter().chain(loaded.search_outputs()) {
        let rendered = match output {
            Output::Page(page) => loaded.render(page).map(|rendered| {
                diagnostics.extend(rendered.diagnostics);
                rendered.html
            }),
            Output::Alias(page) => loaded.render_alias(page),
            Output::NotFound => loaded.render_not_found(),
            Output::Copy(file) => Ok(format!("copy of {}", file.display())),
            Output::Embedded(bytes) => Ok(format!("embedded {}", bytes.len())),
            Output::List => loaded.render_list(),
            Output::Addresses => Ok(loaded.addresses()),
            Output::Markdown(page) => Ok(loaded.markdown(page).expect("it is listed")),
            Output::Sitemap(file) => Ok(loaded.sitemap(file)),
            Output::Sidebar(sidebar) => Ok(loaded.sidebar_file(sidebar)),
            Output::Search => Ok(format!(
                "{:?}",
                loaded.search_file(&path, &mut Press::default())
            )),
        };
        let text = rendered.unwrap_or_else(|fault| format!("fault: {fault:?}"));
        shown.insert(path, text);
    }
    for diagnostic in loaded.report(diagnostics) {
        let text = loaded.text(&diagnostic.file).map(|text| {
            let span = diagnostic.span.clone().unwrap_or(0..0);
            text.get(span).unwrap_or_default().to_owned()
        });
        shown.insert(format!("{diagnostic:?}"), format!("{text:?}"));
    }
    shown
}

fn differences(
    kept: &BTreeMap<String, String>,
    fresh: &BTreeMap<String, String>,
) -> Result<(), String> {
    let paths: BTreeSet<&String> = kept.keys().chain(fresh.keys()).collect();
    let found: Vec<String> = paths
        .into_iter()
        .filter(|path| kept.get(*path) != fresh.get(*path))
        .map(|path| {
            let (kept, fresh) = (kept.get(path), fresh.get(path));
            format!("== {path}\n-- kept\n{kept:?}\n-- fresh\n{fresh:?}")
        })
        .collect();
    if found.is_empty() {
        Ok(())
    } else {
        Err(found.join("\n"))
    }
}

fn options() -> Options {
    Options {
        drafts: true,
        preview: true,
        ..Options::default()
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, bytes).expect("written");
}

/// Does what the steps say and compares where they say so, and after mending at the end.
fn follow(sidebars: bool, steps: &[Step]) -> Result<(), String> {
    let mut site = Followed::new(sidebars);
    for (at, step) in steps.iter().enumerate() {
        for change in &step.changes {
            site.apply(change);
        }
        for path in &step.superfluous {
            site.tell(path);
        }
        site.refresh();
        if step.compare || at + 1 == steps.len() {
            site.compare()
                .map_err(|found| format!("after step {at}:\n{found}"))?;
        }
    }
    site.mend();
    site.refresh();
    site.compare()
        .map_err(|found| format!("after mending:\n{found}"))
}

fn follow_many(sidebars: bool) {
    let cases = std::env::var("HANDBOOK_CASES")
        .ok()
        .and_then(|n| n.parse().ok());
    let mut runner = TestRunner::new(ProptestConfig {
        cases: cases.unwrap_or(150),
        // What was found is kept below, as a test with a name.
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(&vec(step(), 1..8), |steps| {
        follow(sidebars, &steps).map_err(TestCaseError::fail)
    });
    if let Err(found) = outcome {
        panic!("{found}");
    }
}

#[test]
fn any_changes_end_where_a_new_session_begins() {
    follow_many(false);
}

#[test]
fn any_changes_end_where_a_new_session_begins_with_explicit_sidebars() {
    follow_many(true);
}

// What was found so, each with the change that was missed.

/// Follows changes one by one and compares after each.
fn follow_each(changes: &[Change]) {
    let step = |change: &Change| Step {
        changes: vec![change.clone()],
        superfluous: Vec::new(),
        compare: true,
    };
    let steps: Vec<Step> = changes.iter().map(step).collect();
    if let Err(found) = follow(false, &steps) {
        panic!("{found}");
    }
}

#[test]
fn a_link_to_a_page_that_comes_later_becomes_one() {
    follow_each(&[
        Change::Delete("one.md"),
        Change::Link("content/link.md", "one.md"),
        Change::Page("one.md", "", vec!["\n# There now\n"]),
        Change::Append("one.md", "\n## Part\n"),
    ]);
}

#[test]
fn a_page_in_a_linked_folder_is_two_pages() {
    follow_each(&[
        Change::Link("content/b/linked", "../a"),
        Change::Page("a/one.md", "", vec!["\n# Twice\n"]),
        Change::Rename("a/one.md", "a/README.md"),
        Change::Page("a/deep/three.mdx", "", vec!["\n# New\n"]),
    ]);
}

#[test]
fn a_name_that_is_not_utf8_is_reported_as_long_as_it_is_there() {
    follow_each(&[Change::OddName(true), Change::OddName(false)]);
}

#[test]
fn a_page_that_becomes_a_link_out_of_the_site_is_no_page() {
    follow_each(&[
        Change::Page("a/one.md", "", vec!["\n# Inside\n"]),
        Change::Link("content/a/one.md", "/etc/hostname"),
    ]);
}

#[test]
fn a_picture_that_is_replaced_has_its_new_size() {
    let gif = |width| [b"GIF89a", &[width, 0, 2, 0][..], b"\0\0\0"].concat();
    let mut site = Followed::new(false);
    site.write(&site.content("pic.png"), &gif(3));
    site.write(&site.content("one.md"), b"![picture](pic.png)\n");
    site.refresh();
    let size = |site: &Followed| {
        let loaded = site.session.current();
        let page = loaded.site().page_of("one.md").expect("there is a page");
        let html = loaded.render(page).expect("the theme is whole").html;
        let picture = &html[html.find("<img").expect("a picture")..];
        let at = picture.find(" width=").expect("it has a size");
        picture[at..at + 20].to_owned()
    };
    assert_eq!(size(&site), " width=\"3\" height=\"2");
    site.write(&site.content("pic.png"), &[gif(7), vec![0]].concat());
    assert!(!site.refresh().files.is_empty());
    assert_eq!(size(&site), " width=\"7\" height=\"2");
}

#[test]
fn a_picture_comes_back_as_it_was_with_its_folder() {
    follow_each(&[
        Change::Asset("a/pic.png", 1),
        Change::Touch("a/pic.png"),
        Change::DeleteFolder("a"),
        Change::Asset("a/pic.png", 1),
    ]);
}

#[test]
fn being_told_of_the_content_folder_repeats_no_report() {
    let mut site = Followed::new(false);
    site.apply(&Change::Link("content/out", "/etc"));
    site.refresh();
    site.tell("content");
    site.refresh();
    site.compare().expect("the same");
}

#[test]
fn a_folder_without_settings_that_gets_a_content_folder() {
    follow_each(&[
        Change::Config(None),
        Change::ContentAway(true),
        Change::Page("one.md", "", vec!["\n# One\n"]),
    ]);
}

#[test]
fn a_style_sheet_has_its_new_version_whatever_else_changed() {
    let mut site = Followed::new(false);
    site.apply(&Change::Static("static/assets/own.css", 1));
    site.apply(&Change::Template(
        "acme",
        "page.html",
        Some(TEMPLATE_TEXTS[1]),
    ));
    site.apply(&Change::Config(Some(CONFIGS[3])));
    site.refresh();
    site.apply(&Change::Static("static/assets/own.css", 2));
    // As if `handbook.toml` had been saved too, with the same text.
    site.tell("handbook.toml");
    let update = site.refresh();
    assert_eq!(update.files, ["assets/own.css"]);
    site.compare().expect("the same");
}

#[test]
fn a_folder_that_is_only_touched_is_no_change() {
    let mut site = Followed::new(false);
    site.apply(&Change::Asset("a/pic.png", 1));
    site.refresh();
    for path in [
        "content/a",
        "content",
        "content/a/pic.png",
        "content/one.md",
    ] {
        site.tell(path);
        assert!(site.refresh().is_empty(), "{path}");
    }
}

#[test]
fn a_language_that_nobody_knows_is_reported_until_it_is_mended() {
    follow_each(&[
        Change::Page("one.md", "", vec!["\n```nolanguage\nx\n```\n"]),
        Change::Page("one.md", "", vec!["\n```rust\nfn f() {}\n```\n"]),
    ]);
}
