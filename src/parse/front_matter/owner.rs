//! Who answers for a page, as front matter has it: a name, and where to reach it. Sees the one value.

use crate::url;
use crate::url::address;

/// A name and an address: `People <people@acme.example>`; an address alone is both.
pub fn parts(owner: &str) -> (&str, &str) {
    match owner.strip_suffix('>').and_then(|o| o.rsplit_once('<')) {
        Some((name, address)) if !name.trim().is_empty() => (name.trim(), address.trim()),
        _ => (owner, owner),
    }
}

/// The page of this site that an owner names as its address: `/people/`, `../people.md`. A name that only looks a
/// little like one, as `@acme/people` does, is none.
pub fn page(owner: &str) -> Option<&str> {
    let (name, page) = parts(owner);
    // Between brackets a space can only be meant.
    let is_one_word = name != page || !page.contains(' ');
    let path = &page[..page.find(['?', '#']).unwrap_or(page.len())];
    let is_path = ["/", "./", "../"]
        .iter()
        .any(|start| path.starts_with(start));
    let is_page = (is_path || url::is_markdown(path))
        && !path.starts_with("//")
        && is_one_word
        && !page.contains(|c: char| c.is_whitespace() && c != ' ')
        && address::scheme(page).is_none();
    is_page.then_some(page)
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn a_page_is_told_from_a_name() {
        for (owner, expected) in [
            ("/people/", "/people/"),
            ("Team <../team.md#us>", "../team.md#us"),
            ("team.md", "team.md"),
            ("Us <our team.md>", "our team.md"),
        ] {
            assert_eq!(page(owner), Some(expected), "{owner}");
        }
        for owner in [
            "@acme/people",
            "People / Talent",
            "/ people",
            "People <people@acme.example>",
            "https://acme.example/a.md",
            "//acme.example/a.md",
            "People <3",
            "",
        ] {
            assert_eq!(page(owner), None, "{owner}");
        }
    }
}
