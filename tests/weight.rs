//! What a page weighs does not depend on how many other pages there are.

use std::fs;
use std::path::Path;

use handbook::session::{self, Options};

/// The page of all sites that is looked at, among 30 of its folder.
const PAGE: &str = "/place-05/team/page-07/";

#[test]
fn a_page_of_ten_thousand_is_no_kilobyte_larger_than_one_of_a_hundred() {
    let (small, large) = (page_among(100), page_among(10_000));
    assert!(
        large.len() <= small.len() + 1024,
        "{} bytes among 100 pages, {} among 10,000",
        small.len(),
        large.len()
    );
    for page in [&small, &large] {
        let from = page.find("<nav class=\"sidebar\"").expect("a sidebar");
        let sidebar = &page[from..from + page[from..].find("</nav>").expect("its end")];
        let links = sidebar.matches("<a ").count();
        assert!(links <= 80, "{links} links in the sidebar");
        assert_eq!(sidebar.matches("aria-current=\"page\"").count(), 1);
    }
}

/// A hundred pages in one area show a short sidebar, so what more a large site shows counts in full.
#[test]
fn nor_where_the_small_site_is_all_in_one_area() {
    let page_among = |count: usize| {
        let folder = tempfile::tempdir().expect("a folder");
        for at in 0..count {
            let path = format!("content/area-{}/team-{}/page-{at}.md", at / 400, at / 20);
            let text = format!("# Who decides about matter {at:05}\n\nWords.\n");
            write(&folder.path().join(path), &text);
        }
        let loaded = session::load(folder.path(), &Options::default()).expect("a site");
        let page = loaded.site().page_at("/area-0/team-2/page-45/");
        let page = loaded.render(page.expect("the page"));
        page.expect("a whole theme").html.len()
    };
    let (small, large) = (page_among(100), page_among(10_000));
    assert!(
        large <= small + 1024,
        "{small} bytes among 100 pages, {large} among 10,000"
    );
}

#[test]
fn the_current_page_is_shown_however_deep_it_lies_and_however_many_lie_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut path = folder.path().join("content");
    for level in 0..12 {
        write(&path.join("index.md"), "# Index\n");
        for page in 0..70 {
            write(&path.join(format!("p{page:02}.md")), "# Page\n");
        }
        path = path.join(format!("q{level}"));
    }
    write(&path.join("last.md"), "# The last one\n");
    let loaded = session::load(folder.path(), &Options::default()).expect("a site");
    let url = "/q0/q1/q2/q3/q4/q5/q6/q7/q8/q9/q10/q11/last/";
    let page = loaded.site().page_at(url).expect("the page");
    let html = loaded.render(page).expect("a whole theme").html;
    assert!(html.contains("aria-current=\"page\">The last one</a>"));
    let from = html.find("<nav class=\"sidebar\"").expect("a sidebar");
    let sidebar = &html[from..from + html[from..].find("</nav>").expect("its end")];
    assert!(sidebar.matches("<a ").count() <= 80);
}

/// The HTML of the page in a site of so many: ten folders with teams, and as many more as it takes.
fn page_among(count: usize) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let content = folder.path().join("content");
    write(&content.join("index.md"), "# Home\n");
    let mut left = count - 1;
    for page in 0..30 {
        let path = content.join(format!("place-05/team/page-{page:02}.md"));
        write(&path, &format!("# Page {page}\n\nWords.\n"));
        left -= 1;
    }
    for at in 0.. {
        if left == 0 {
            break;
        }
        let (place, team) = (at % 40, at / 40);
        for page in 0..left.min(7) {
            let path = content.join(format!("place-{place:02}/team-{team}/page-{page:02}.md"));
            write(&path, &format!("# Page {page}\n\nWords.\n"));
            left -= 1;
        }
    }
    let loaded = session::load(folder.path(), &Options::default()).expect("a site");
    assert_eq!(loaded.page_count(), count);
    let page = loaded.site().page_at(PAGE).expect("the page");
    loaded.render(page).expect("a whole theme").html
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, text).expect("written");
}
