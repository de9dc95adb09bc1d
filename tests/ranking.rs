//! How well search answers: queries with the page, or the section of it, that should come first. Over our own handbook,
//! where `tests/ranking/own.toml` has what people ask, and over a generated one, where titles are looked for.
//!
//! `cargo test --test ranking -- --nocapture` prints the figures, and each query whose page did not come first. The floors
//! are a little below them: who changes the ranking for the better raises them.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use handbook::search::Index;
use handbook::session::{self, Options};

/// So far down somebody may look.
const LIMIT: usize = 10;

/// The ranks of the pages that should come first, from 1 on; none where a page is not among the hits.
struct Ranks {
    name: String,
    found: Vec<Option<usize>>,
    /// Of the pages that are found and have a section to be found: whether the hit is that section.
    sections: Vec<bool>,
}

impl Ranks {
    fn new(name: &str) -> Ranks {
        Ranks {
            name: name.to_owned(),
            found: Vec::new(),
            sections: Vec::new(),
        }
    }

    /// Asks for a page: `/page/` or `/page/#anchor`.
    fn ask(&mut self, index: &Index, query: &str, wanted: &str) {
        let (url, anchor) = wanted.split_once('#').unwrap_or((wanted, ""));
        let hits = index.search(query, LIMIT);
        let at = hits.iter().position(|hit| hit.url == url);
        let hit = at.map(|at| &hits[at]);
        if !anchor.is_empty() {
            self.sections.extend(hit.map(|hit| hit.anchor == anchor));
        }
        self.found.push(at.map(|at| at + 1));
        let is_there = anchor.is_empty() || hit.is_some_and(|hit| hit.anchor == anchor);
        if at != Some(0) || !is_there {
            let shown: Vec<String> = hits
                .iter()
                .take(at.map_or(3, |at| at + 1).min(4))
                .map(|hit| format!("{}#{}", hit.url, hit.anchor))
                .collect();
            println!("    `{query}` wants {wanted}, finds {}", shown.join(" "));
        }
    }

    /// The mean reciprocal rank.
    fn mean(&self) -> f64 {
        let sum: f64 = self
            .found
            .iter()
            .map(|rank| rank.map_or(0.0, |rank| 1.0 / float(rank)))
            .sum();
        sum / float(self.found.len())
    }

    /// The share of pages that are among the first three.
    fn in_three(&self) -> f64 {
        let near = self.found.iter().flatten().filter(|rank| **rank <= 3);
        float(near.count()) / float(self.found.len())
    }

    /// The share of sections that are the right ones.
    fn right_sections(&self) -> f64 {
        let right = self.sections.iter().filter(|right| **right).count();
        float(right) / float(self.sections.len().max(1))
    }

    fn print(&self) {
        let (mean, three) = (self.mean(), self.in_three() * 100.0);
        let count = self.found.len();
        print!(
            "{:32} {count:4} queries  mean reciprocal rank {mean:.3}  in three {three:5.1} %",
            self.name
        );
        if self.sections.is_empty() {
            println!();
        } else {
            println!("  section {:5.1} %", self.right_sections() * 100.0);
        }
    }
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("few"))
}

#[test]
fn our_own_handbook_answers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("tests/ranking/own.toml")).expect("queries");
    let queries: toml::Table = text.parse().expect("TOML");
    let loaded = session::load(root, &Options::default()).expect("our handbook");
    let index = loaded.search_index();
    let mut all = Ranks::new("our own handbook");
    for group in queries["group"].as_array().expect("groups") {
        let mut ranks = Ranks::new(group["name"].as_str().expect("a name"));
        for pair in group["queries"].as_array().expect("queries") {
            let [query, wanted] = [&pair[0], &pair[1]].map(|text| text.as_str().expect("a string"));
            ranks.ask(index, query, wanted);
            assert!(
                is_there(&loaded, wanted),
                "there is no `{wanted}` to be found"
            );
        }
        ranks.print();
        all.found.extend(ranks.found);
        all.sections.extend(ranks.sections);
    }
    all.print();
    assert!(all.mean() >= 0.87, "{:.3}", all.mean());
    assert!(all.right_sections() >= 0.75, "{:.3}", all.right_sections());
}

/// Whether a page, or a section of a page, is on the site at all.
fn is_there(loaded: &session::Loaded, wanted: &str) -> bool {
    let (url, anchor) = wanted.split_once('#').unwrap_or((wanted, ""));
    let site = loaded.site();
    site.page_at(url)
        .is_some_and(|page| anchor.is_empty() || site.pages[page].has_anchor(anchor))
}

#[test]
fn titles_of_a_generated_handbook_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let titles = generate(folder.path());
    let loaded = session::load(folder.path(), &Options::default()).expect("the site");
    let index = loaded.search_index();
    let mut dice = Dice(7);
    let mut plain = Ranks::new("words of a title");
    let mut typed = Ranks::new("the last word half typed");
    let mut slips = Ranks::new("a slip in one word");
    for (number, title) in titles.iter().enumerate() {
        let words: Vec<&str> = title.split(' ').collect();
        let asked = &words[..2 + dice.roll(words.len() - 1)];
        // Of two pages with these words in their titles, neither deserves to come first.
        if matches(&titles, asked) > 1 {
            continue;
        }
        let url = format!("/page-{number}/");
        plain.ask(index, &asked.join(" "), &url);
        let whole = asked.join(" ");
        let half = whole.len() - asked[asked.len() - 1].len() / 3;
        typed.ask(index, &whole[..half], &url);
        let mut wrong: Vec<String> = asked.iter().map(|word| (*word).to_owned()).collect();
        let at = dice.roll(wrong.len());
        wrong[at] = slip(&wrong[at], &mut dice);
        slips.ask(index, &wrong.join(" "), &url);
    }
    for (ranks, floor) in [(&plain, 0.98), (&typed, 0.9), (&slips, 0.9)] {
        ranks.print();
        assert!(ranks.found.len() > 200, "{}", ranks.found.len());
        assert!(ranks.mean() >= floor, "{}: {:.3}", ranks.name, ranks.mean());
    }
    assert!(plain.in_three() >= 0.98 && slips.in_three() >= 0.9);
}

/// How many titles have all of these words.
fn matches(titles: &[String], words: &[&str]) -> usize {
    let has_all = |title: &&String| {
        let own: BTreeSet<&str> = title.split(' ').collect();
        words.iter().all(|word| own.contains(word))
    };
    titles.iter().filter(has_all).count()
}

/// A word as a hurried finger types it.
fn slip(word: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    // The first letter is nearly always right.
    let at = 1 + dice.roll(letters.len() - 2);
    match dice.roll(4) {
        0 => letters.swap(at, at + 1),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, 'x'),
        _ => letters[at] = 'x',
    }
    letters.into_iter().collect()
}

// A handbook that nobody wrote, the same every time.

const FIRST: &str = "annual regional internal external weekly monthly personal public remote temporary senior junior global local \
    technical legal financial medical parental flexible shared secure automatic manual urgent planned commercial digital seasonal official";
const SECOND: &str = "budget travel security customer product marketing office hardware software contract salary holiday meeting hiring \
    training incident release database network password account invoice vendor partner support warehouse vehicle insurance pension feedback";
const THIRD: &str = "policy checklist review request process overview guide calendar template approval report survey rotation handover \
    escalation planning inventory agreement exception glossary workshop archive dashboard interview";
const FILLER: &str = "the of and to in is for that it with as on be at by this are from or have we you your our when who which will can \
    should must may not if please after before every team people work time day week month page find ask tell write send read keep make";

/// Writes the pages of a handbook, and gives their titles in the order of their numbers.
fn generate(folder: &Path) -> Vec<String> {
    let lists =
        [FIRST, SECOND, THIRD, FILLER].map(|list| list.split_whitespace().collect::<Vec<_>>());
    let mut dice = Dice(1);
    let mut taken: HashMap<String, usize> = HashMap::new();
    let mut titles: Vec<String> = Vec::new();
    while titles.len() < 500 {
        let words: Vec<&str> = lists[..3]
            .iter()
            .map(|list| list[dice.roll(list.len())])
            .collect();
        let title = words.join(" ");
        if taken.insert(title.clone(), titles.len()).is_none() {
            titles.push(title);
        }
    }
    fs::create_dir(folder.join("content")).expect("a folder");
    for (number, title) in titles.iter().enumerate() {
        let mut text = format!("# {title}\n\n");
        for _ in 0..2 + dice.roll(4) {
            for _ in 0..40 + dice.roll(120) {
                // Pages speak of each other's matters, but most of all of their own.
                let word = match dice.roll(20) {
                    0 => title.split(' ').nth(dice.roll(3)).expect("three words"),
                    1 => lists[0][dice.roll(lists[0].len())],
                    2 | 3 => lists[1][dice.roll(lists[1].len())],
                    4 => lists[2][dice.roll(lists[2].len())],
                    _ => lists[3][dice.roll(lists[3].len())],
                };
                text.push_str(word);
                text.push(' ');
            }
            let heading = [
                lists[1][dice.roll(lists[1].len())],
                lists[2][dice.roll(lists[2].len())],
            ];
            text.push_str(&format!("\n\n## {}\n\n", heading.join(" ")));
        }
        fs::write(folder.join(format!("content/page-{number}.md")), text).expect("written");
    }
    titles
}

/// Numbers that look thrown and are the same every time.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let thrown = usize::try_from(self.0 >> 33).expect("31 bits");
        thrown % sides
    }
}
