//! Pages that were moved with git: hints say where they are now, and `--fix` writes it. Makes repositories with the git
//! of the system, and is skipped where there is none.

#[path = "git/repository.rs"]
mod repository;

use std::fs;
use std::path::Path;

use repository::Repository;
use serde_json::Value;

const HIRING: &str =
    "# How we hire\n\nWe ask early, and we answer within a week, whatever it is.\n";
const PAY: &str = "# Pay\n\nEverybody knows what everybody earns, and how that comes about.\n";
const LEAVE: &str =
    "# Time off\n\nThirty days for everybody, and nobody counts the hours of a day.\n";

#[test]
fn a_page_is_found_again_after_several_moves() {
    let Some(site) = Repository::new("") else {
        return;
    };
    site.write(
        "content/index.md",
        "[a](hiring.md), [b](/hiring/), [c](hiring)\n",
    );
    site.write("content/hiring.md", HIRING);
    site.commit();
    site.mv("content/hiring.md", "content/people/recruiting.md");
    site.commit();
    site.mv("content/people/recruiting.md", "content/team/joining.md");
    site.commit();
    assert_eq!(
        site.check(),
        [
            "index.md: the page was moved: link to `team/joining.md`, the page at `/team/joining/`",
            "index.md: the page was moved: link to `/team/joining/`",
            "index.md: the page was moved: link to `team/joining`, the page at `/team/joining/`",
        ]
    );
    site.fix();
    assert_eq!(
        site.text("content/index.md"),
        "[a](team/joining.md), [b](/team/joining/), [c](team/joining)\n"
    );
}

#[test]
fn pages_and_files_of_a_folder_are_found_again() {
    let Some(site) = Repository::new("") else {
        return;
    };
    site.write(
        "content/index.md",
        "[folder](people/), [page](people/hiring.md#how-we-hire), ![plan](people/plan.svg)\n",
    );
    site.write("content/people/index.md", PAY);
    site.write("content/people/hiring.md", HIRING);
    site.write(
        "content/people/plan.svg",
        "<svg><path d='M0 0 L1 1'/></svg>\n",
    );
    site.commit();
    site.mv("content/people", "content/company/crew");
    site.commit();
    site.mv(
        "content/company/crew/hiring.md",
        "content/company/crew/joining.md",
    );
    site.mv("content/company/crew/plan.svg", "content/company/map.svg");
    site.commit();
    site.fix();
    assert_eq!(
        site.text("content/index.md"),
        "[folder](company/crew/), [page](company/crew/joining.md#how-we-hire), ![plan](company/map.svg)\n"
    );
    assert_eq!(site.check(), [""; 0]);
}

#[test]
fn a_move_that_is_only_staged_counts() {
    let Some(site) = Repository::new("") else {
        return;
    };
    site.write("content/index.md", "[a](hiring.md)\n");
    site.write("content/hiring.md", HIRING);
    site.commit();
    site.mv("content/hiring.md", "content/people/joining.md");
    site.fix();
    assert_eq!(site.text("content/index.md"), "[a](people/joining.md)\n");
}

#[test]
fn the_content_may_lie_deep_in_the_repository() {
    let Some(site) = Repository::new("docs/handbook") else {
        return;
    };
    site.write("content/index.md", "[a](hiring.md), [code](source.md)\n");
    site.write("content/hiring.md", HIRING);
    site.write("../source.md", PAY);
    site.commit();
    site.mv("content/hiring.md", "content/people/joining.md");
    site.mv("../source.md", "../elsewhere.md");
    site.commit();
    assert_eq!(
        site.check(),
        [
            "index.md: the page was moved: link to `people/joining.md`, the page at `/people/joining/`",
            "index.md: ",
        ]
    );
    site.fix();
    assert_eq!(
        site.text("content/index.md"),
        "[a](people/joining.md), [code](source.md)\n"
    );
}

#[test]
fn a_folder_of_pages_without_settings_may_be_the_repository() {
    let Some(site) = Repository::new("") else {
        return;
    };
    site.write("index.md", "[a](hiring.md)\n");
    site.write("hiring.md", HIRING);
    site.commit();
    site.mv("hiring.md", "people/joining.md");
    site.commit();
    site.fix();
    assert_eq!(site.text("index.md"), "[a](people/joining.md)\n");
}

#[test]
fn names_may_have_spaces_quotes_and_any_letter() {
    let Some(site) = Repository::new("") else {
        return;
    };
    site.write(
        "content/index.md",
        "[a](how%20we%20hire.md), [b](<löhne und gehälter.md>), [c](urlaub%22x%22.md), [d](/how-we-hire/)\n",
    );
    site.write("content/how we hire.md", HIRING);
    site.write("content/löhne und gehälter.md", PAY);
    site.write("content/urlaub\"x\".md", LEAVE);
    site.commit();
    site.mv(
        "content/how we hire.md",
        "content/our people/bei uns anfangen.md",
    );
    site.mv("content/löhne und gehälter.md", "content/geld/vergütung.md");
    site.mv("content/urlaub\"x\".md", "content/ü \"frei\".md");
    site.commit();
    site.fix();
    assert_eq!(
        site.text("content/index.md"),
        "[a](our%20people/bei%20uns%20anfangen.md), [b](<geld/vergütung.md>), [c](ü%20%22frei%22.md), [d](/our-people/bei-uns-anfangen/)\n"
    );
    assert_eq!(site.check(), [""; 0]);
}

#[test]
fn a_name_that_was_used_twice_leads_where_its_page_went() {
    let Some(site) = Repository::new("") else {
        return;
    };
    site.write(
        "content/index.md",
        "[first](first.md), [again](shared.md)\n",
    );
    site.write("content/first.md", HIRING);
    site.commit();
    site.mv("content/first.md", "content/shared.md");
    site.commit();
    site.mv("content/shared.md", "content/joining.md");
    site.commit();
    site.write("content/shared.md", PAY);
    site.commit();
    site.mv("content/shared.md", "content/earning.md");
    site.commit();
    site.fix();
    assert_eq!(
        site.text("content/index.md"),
        "[first](joining.md), [again](earning.md)\n"
    );
}

#[test]
fn a_page_that_was_moved_and_then_removed_is_gone() {
    let Some(site) = Repository::new("") else {
        return;
    };
    site.write("content/index.md", "[a](hiring.md)\n");
    site.write("content/hiring.md", HIRING);
    site.commit();
    site.mv("content/hiring.md", "content/joining.md");
    site.commit();
    fs::remove_file(site.path("content/joining.md")).unwrap();
    site.commit();
    assert_eq!(site.check(), ["index.md: "]);
}

#[test]
fn settings_of_git_change_nothing() {
    let Some(site) = Repository::new("") else {
        return;
    };
    site.write("content/index.md", "[a](hiring.md)\n");
    site.write("content/hiring.md", HIRING);
    site.commit();
    site.mv("content/hiring.md", "content/joining.md");
    site.commit();
    for (key, value) in [
        ("color.ui", "always"),
        ("diff.renames", "false"),
        ("diff.external", "false"),
        ("log.showSignature", "true"),
        ("log.follow", "true"),
        ("core.quotePath", "true"),
        ("core.fsmonitor", "touch fsmonitor-ran; false"),
        ("core.pager", "touch pager-ran"),
        ("format.pretty", "fuller"),
    ] {
        site.git(&["config", key, value]);
    }
    assert_eq!(
        site.check(),
        ["index.md: the page was moved: link to `joining.md`, the page at `/joining/`"]
    );
    assert!(!site.path("fsmonitor-ran").exists());
    assert!(!site.path("pager-ran").exists());
}

#[test]
fn without_a_repository_there_is_no_hint_and_no_complaint() {
    let plain = Repository::without();
    plain.write("content/index.md", "[a](hiring.md)\n");
    assert_eq!(plain.check(), ["index.md: "]);

    plain.write(".git", "gitdir: nowhere at all\n");
    assert_eq!(plain.check(), ["index.md: "]);

    fs::remove_file(plain.path(".git")).unwrap();
    plain.write(".git/HEAD", "no such thing\n");
    assert_eq!(plain.check(), ["index.md: "]);
}

#[test]
fn a_repository_without_a_commit_is_none() {
    let Some(site) = Repository::new("") else {
        return;
    };
    site.write("content/index.md", "[a](hiring.md)\n");
    assert_eq!(site.check(), ["index.md: "]);
}

/// A folder with a repository and, somewhere in it, a site.
impl Repository {
    fn mv(&self, from: &str, to: &str) {
        fs::create_dir_all(self.path(to).parent().unwrap()).unwrap();
        let (from, to) = (self.path(from), self.path(to));
        self.git(&["mv", from.to_str().unwrap(), to.to_str().unwrap()]);
    }

    fn commit(&self) {
        self.git(&["add", "--all", ":/"]);
        self.git(&["commit", "--quiet", "--message", "x"]);
    }

    /// Every report of a check with its first hint.
    fn check(&self) -> Vec<String> {
        let (stdout, stderr) = self.said(&["check", "--format", "json"]);
        assert_eq!(stderr, "");
        let hint = |line: &str| {
            let report: Value = serde_json::from_str(line).unwrap();
            let path = report["path"].as_str().unwrap();
            let name = Path::new(path).file_name().unwrap().to_string_lossy();
            format!(
                "{name}: {}",
                report["hints"][0].as_str().unwrap_or_default()
            )
        };
        stdout.lines().map(hint).collect()
    }

    fn fix(&self) {
        let (_, stderr) = self.said(&["check", "--fix"]);
        assert!(stderr.starts_with("mended "), "{stderr}");
    }

    fn said(&self, arguments: &[&str]) -> (String, String) {
        let output = self.handbook(arguments);
        assert!(output.status.code() < Some(2), "{output:?}");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr))
    }
}
