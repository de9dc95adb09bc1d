//! Breaks what works, one slip at a time, and asks whether the first hint names what was there.
//!
//! `HANDBOOK_SITE=folder cargo test --release --test hints -- --nocapture` does it on another handbook, which is copied
//! first, and prints what was not found again; `HANDBOOK_SLIPS=n` for more than 100 slips.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use handbook::diagnostic::Diagnostic;
use handbook::parse::Role;
use handbook::session::{Options, Session};

/// What a slip is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Page,
    Anchor,
    Key,
    Sidebar,
    Asset,
}

/// Something that works, and where its name stands.
struct Name {
    kind: Kind,
    file: PathBuf,
    /// In the file.
    span: Range<usize>,
    text: String,
}

#[test]
fn the_first_hint_names_what_was_meant() {
    let site = std::env::var_os("HANDBOOK_SITE").map_or_else(root, PathBuf::from);
    let slips: usize =
        std::env::var("HANDBOOK_SLIPS").map_or(100, |n| n.parse().expect("a number"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["content", "static", "themes", "handbook.toml"] {
        copy(&site.join(name), &folder.path().join(name));
    }
    let mut session = Session::open(folder.path(), &Options::default()).expect("a site");
    let names = names(&session);
    let mut chance = Chance(0x5eed);
    let mut by_kind: BTreeMap<Kind, Vec<&Name>> = BTreeMap::new();
    for name in &names {
        by_kind.entry(name.kind).or_default().push(name);
    }
    let (mut right, mut wrong) = (0, Vec::new());
    let kinds: Vec<&Vec<&Name>> = by_kind.values().collect();
    let mut tries = 0;
    while right + wrong.len() < slips {
        tries += 1;
        assert!(tries < slips * 20, "slips lead to nothing wrong");
        let names = kinds[tries % kinds.len()];
        let name = names[chance.below(names.len())];
        let slipped = slip(&name.text, &mut chance);
        if slipped == name.text {
            continue;
        }
        match hint(&mut session, name, &slipped) {
            // The slip means something too.
            None => {}
            Some(hint) if names_it(&hint, &name.text) => right += 1,
            Some(hint) => wrong.push(format!(
                "{:?} in {}: `{}` for `{}`: {hint}",
                name.kind,
                name.file.display(),
                slipped,
                name.text
            )),
        }
    }
    let counts: Vec<String> = by_kind
        .iter()
        .map(|(kind, names)| format!("{kind:?} {}", names.len()))
        .collect();
    println!("{right} of {slips} right, out of {}", counts.join(", "));
    println!("{}", wrong.join("\n"));
    assert!(
        right * 100 >= slips * 95,
        "{right} of {slips} right\n{}",
        wrong.join("\n")
    );
}

/// Every name in the site that leads somewhere.
fn names(session: &Session) -> Vec<Name> {
    let loaded = session.current();
    let root = &loaded.place.root;
    let broken: BTreeSet<(String, usize)> = loaded
        .report(loaded.diagnostics())
        .iter()
        .filter_map(|d| Some((d.file.to_string(), d.span.as_ref()?.start)))
        .collect();
    let mut names = Vec::new();
    for page in 0..loaded.page_count() {
        let Some(page) = loaded.page(page) else {
            continue;
        };
        let file = root.join(&*page.source.file);
        let mut add = |kind, span: Range<usize>| {
            names.push(Name {
                kind,
                file: file.clone(),
                text: page.source.text[span.clone()].to_owned(),
                span,
            });
        };
        for link in &page.doc.links {
            let local = !link.target.contains(':') && !link.target.starts_with("//");
            let works = !broken.contains(&(page.source.file.to_string(), link.span.start));
            if !link.verbatim || !local || !works {
                continue;
            }
            let path = link.target.split(['#', '?']).next().unwrap_or_default();
            // Only names of some length can be told apart by one letter.
            let last = path
                .trim_end_matches('/')
                .rsplit('/')
                .next()
                .unwrap_or_default();
            let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
            let is_asset = link.role == Role::Show || path.ends_with(".pdf");
            if stem.len() >= 4 {
                let end = link.span.start + path.trim_end_matches('/').len();
                let from = end - last.len();
                let kind = if is_asset { Kind::Asset } else { Kind::Page };
                add(kind, from..from + stem.len());
            }
            if let Some((_, fragment)) = link.target.split_once('#')
                && fragment.len() >= 4
            {
                add(Kind::Anchor, link.span.end - fragment.len()..link.span.end);
            }
        }
        for key in &page.doc.outline.matter.keys {
            if handbook::parse::KNOWN.contains(&key.name.as_str()) && key.name.len() >= 4 {
                add(Kind::Key, key.span.clone());
            }
        }
    }
    names.extend(sidebar_names(session));
    names
}

/// The last parts of entries in `sidebars.yaml`.
fn sidebar_names(session: &Session) -> Vec<Name> {
    let file = session.place().content.join("sidebars.yaml");
    let Ok(text) = fs::read_to_string(&file) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let entry = line.trim_end();
        let name = entry.rsplit(['/', ' ']).next().unwrap_or_default();
        let is_page = entry.contains("- ") && !entry.ends_with([':', '*']) && name.len() >= 4;
        if is_page {
            let end = at + entry.len();
            names.push(Name {
                kind: Kind::Sidebar,
                file: file.clone(),
                span: end - name.len()..end,
                text: name.to_owned(),
            });
        }
        at += line.len();
    }
    names
}

/// The first hint about a name that was misspelt; nothing if nobody minds, an empty one if there is none.
fn hint(session: &mut Session, name: &Name, slipped: &str) -> Option<String> {
    let text = fs::read_to_string(&name.file).expect("a file");
    let mut broken = text.clone();
    broken.replace_range(name.span.clone(), slipped);
    fs::write(&name.file, &broken).expect("written");
    let changed = BTreeSet::from([name.file.clone()]);
    session.refresh(&changed);
    let loaded = session.current();
    let file = name
        .file
        .strip_prefix(&loaded.place.root)
        .expect("in the site");
    let here = |d: &&Diagnostic| {
        let covers =
            |span: &Range<usize>| span.start <= name.span.start && name.span.start < span.end;
        Path::new(&*d.file) == file && d.span.as_ref().is_some_and(covers)
    };
    let found = loaded.report(loaded.diagnostics());
    // An image may lack its `alt` too: the report of the name is the narrower one.
    let hint = found
        .iter()
        .filter(here)
        .min_by_key(|d| d.span.as_ref().map(ExactSizeIterator::len))
        .map(|d| d.hints.first().cloned().unwrap_or_default());
    fs::write(&name.file, text).expect("written");
    session.refresh(&changed);
    hint
}

/// Whether the first thing that a hint quotes has this name in it.
fn names_it(hint: &str, name: &str) -> bool {
    let quoted = hint.split('`').nth(1).unwrap_or_default();
    quoted
        .split(['/', '#', '.', '?'])
        .any(|part| part == name || quoted.ends_with(name))
        || quoted.contains(&format!("{name}."))
}

/// One slip: a letter left out, doubled, put in, taken for its neighbour, or two of them swapped.
fn slip(text: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = chance.below(letters.len());
    let neighbour = |c: char| match c {
        'a'..='y' | 'A'..='Y' | '0'..='8' => char::from_u32(u32::from(c) + 1).unwrap_or('x'),
        _ => 'x',
    };
    match chance.below(6) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 => letters.insert(at, 'e'),
        3 => letters[at] = neighbour(letters[at]),
        4 if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ => {
            letters[at] = if letters[at].is_uppercase() {
                letters[at].to_ascii_lowercase()
            } else {
                letters[at].to_ascii_uppercase()
            }
        }
    }
    letters.into_iter().collect()
}

/// The same numbers every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("below the bound")
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder") {
            let entry = entry.expect("an entry");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else if from.is_file() {
        fs::copy(from, to).expect("a copy");
    }
}
