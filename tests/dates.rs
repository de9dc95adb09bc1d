//! When pages were changed last, as git has it. Makes repositories with the git of the system, and is skipped where there
//! is none.

#[path = "git/repository.rs"]
mod repository;

use repository::Repository;

const THEME: &str = "{% if page.updated %}{{ page.updated.date }} {{ page.updated.author }}{% else %}unknown{% endif %}";

#[test]
fn a_page_says_when_it_was_changed_and_by_whom() {
    let Some(site) = Repository::new("docs") else {
        return;
    };
    site.write("content/a.md", "# A\n");
    site.write("content/über uns/\"b\".md", "# B\n");
    site.commit("Ada", "2026-01-01T12:00:00Z");
    site.write("content/a.md", "# A, again\n");
    site.write("../elsewhere.txt", "x\n");
    // Still the day before in Greenwich.
    site.commit("Björn Ö", "2026-03-02T01:30:00+02:00");
    site.write("content/a.md", "# A, not committed\n");
    site.write("content/new.md", "# New\n");
    site.build("");
    assert_eq!(site.page("a"), "2026-03-01 Björn Ö");
    assert_eq!(site.page("über-uns/\"b\""), "2026-01-01 Ada");
    assert_eq!(site.page("new"), "unknown");
}

#[test]
fn a_renamed_page_is_a_changed_one_and_a_merge_changes_nothing() {
    let Some(site) = Repository::new("") else {
        return;
    };
    site.write(
        "content/a.md",
        "# A\n\nWith a long text, so that it is found again.\n",
    );
    site.write("content/c.md", "# C\n");
    site.commit("Ada", "2026-01-01T12:00:00Z");
    site.git(&["branch", "side"]);
    site.git(&["mv", "content/a.md", "content/b.md"]);
    site.commit("Bo", "2026-02-01T12:00:00Z");
    site.git(&["checkout", "--quiet", "side"]);
    site.write("content/c.md", "# C, again\n");
    site.commit("Cy", "2026-01-15T12:00:00Z");
    site.git(&["merge", "--quiet", "--no-edit", "-"]);
    site.build("");
    assert_eq!(site.page("b"), "2026-02-01 Bo");
    assert_eq!(site.page("c"), "2026-01-15 Cy");
}

#[test]
fn names_and_days_can_be_left_out() {
    let Some(site) = Repository::new("") else {
        return;
    };
    site.write("content/a.md", "# A\n");
    site.commit("Ada", "2026-01-01T12:00:00Z");
    site.build("[git]\nauthors = false\n");
    assert_eq!(site.page("a"), "2026-01-01");
    site.build("[git]\ndates = false\n");
    assert_eq!(site.page("a"), "unknown");
}

#[test]
fn without_a_repository_nothing_is_known_and_nothing_is_said() {
    let site = Repository::without();
    site.write("content/a.md", "# A\n");
    assert_eq!(site.build(""), "");
    assert_eq!(site.page("a"), "unknown");
}

#[cfg(unix)]
#[test]
fn content_that_is_a_link_into_a_repository_has_its_dates() {
    let Some(repository) = Repository::new("") else {
        return;
    };
    repository.write("docs/a.md", "# A\n");
    repository.commit("Ada", "2026-01-01T12:00:00Z");
    let site = Repository::without();
    let content = site.path("content");
    std::os::unix::fs::symlink(repository.path("docs"), content).unwrap();
    site.build("");
    assert_eq!(site.page("a"), "2026-01-01 Ada");
}

#[test]
fn a_shallow_clone_is_told_of_once_and_says_no_wrong_day() {
    let Some(site) = Repository::new("") else {
        return;
    };
    site.write("content/a.md", "# A\n");
    site.write("content/b.md", "# B\n");
    site.write("handbook.toml", "theme = \"t\"\n");
    site.write("themes/t/templates/page.html", THEME);
    site.commit("Ada", "2026-01-01T12:00:00Z");
    site.write("content/b.md", "# B, again\n");
    site.commit("Bo", "2026-02-01T12:00:00Z");
    site.write("content/b.md", "# B, and again\n");
    site.commit("Cy", "2026-03-01T12:00:00Z");
    let clone = |depth: &str| {
        let clone = Repository::without();
        let from = format!("file://{}", site.path("").display());
        clone.git(&["clone", "--quiet", "--depth", depth, &from, "."]);
        clone
    };

    let two = clone("2");
    let said = two.build("");
    assert_eq!(
        said.matches("warning[shallow-history]").count(),
        1,
        "{said}"
    );
    assert!(said.contains("fetch-depth: 0"), "{said}");
    assert_eq!(two.page("a"), "unknown");
    assert_eq!(two.page("b"), "2026-03-01 Cy");
    let checked = two.handbook(&["check", "--format", "json"]).stdout;
    let checked = String::from_utf8(checked).unwrap();
    assert!(
        checked.contains("\"code\":\"shallow-history\""),
        "{checked}"
    );
    assert!(checked.contains("\"line\":null"), "{checked}");
    assert_eq!(two.build("[git]\ndates = false\n"), "");

    // Long enough for every page: nothing is wrong.
    let all = clone("3");
    all.git(&["fetch", "--quiet", "--unshallow"]);
    assert_eq!(all.build(""), "");
    assert_eq!(all.page("a"), "2026-01-01 Ada");
}

#[test]
fn a_repository_of_another_user_is_told_of() {
    let Some(site) = Repository::new("") else {
        return;
    };
    site.write("content/a.md", "# A\n");
    site.commit("Ada", "2026-01-01T12:00:00Z");
    site.build("");
    for command in [
        ["build", "--out", "public"].as_slice(),
        &["check", "--format", "short"],
    ] {
        let mut run = site.command(command);
        // As git's own tests have it.
        let output = run
            .env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("shallow-history"), "{said}");
        if command[0] == "build" {
            let way = "git config --global --add safe.directory ";
            assert!(said.contains(way), "{said}");
        }
    }
    assert_eq!(site.page("a"), "unknown");
}

/// A folder with a repository and, somewhere in it, a site.
impl Repository {
    fn commit(&self, author: &str, date: &str) {
        self.git(&["add", "--all", ":/"]);
        let author = format!("{author} <a@example.org>");
        let commit = ["commit", "--quiet", "--message", "x", "--author", &author];
        self.git(&[commit.as_slice(), &["--date", date]].concat());
    }

    /// Builds the site with these settings; what is said of it.
    fn build(&self, settings: &str) -> String {
        self.write("handbook.toml", &format!("theme = \"t\"\n{settings}"));
        self.write("themes/t/templates/page.html", THEME);
        let output = self.handbook(&["build", "--out", "public"]);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// What a page says of its age.
    fn page(&self, path: &str) -> String {
        let page = self.text(&format!("public/{path}/index.html"));
        page.trim().to_owned()
    }
}
