//! Finds what a fragment names on a page of somebody else. Pure text.

use std::collections::HashSet;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use crate::url;

/// The elements that scripts fill when a page is shown. A page with no other ids has its text from a script.
const FILLED_BY_SCRIPTS: &[&str] = &["root", "app", "__next", "__nuxt", "___gatsby", "svelte"];

/// What a page offers to fragments.
pub struct Anchors {
    names: HashSet<String>,
    /// The scripts of the page: a name that they mention may be on the page once they have run.
    scripts: String,
}

impl Anchors {
    /// `None` for a page whose places only show in a browser.
    pub fn read(html: &str) -> Option<Anchors> {
        let mut anchors = Anchors {
            names: HashSet::new(),
            scripts: String::new(),
        };
        let mut is_gitlab = false;
        let mut tag = Vec::new();
        let mut attribute = Vec::new();
        let mut emitter =
            CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<()> {
                match event {
                    CallbackEvent::OpenStartTag { name } => {
                        tag.clear();
                        tag.extend_from_slice(name);
                    }
                    CallbackEvent::AttributeName { name } => {
                        attribute.clear();
                        attribute.extend_from_slice(name);
                    }
                    CallbackEvent::AttributeValue { value } => {
                        match (tag.as_slice(), attribute.as_slice()) {
                            (_, b"id") | (b"a", b"name") => {
                                anchors
                                    .names
                                    .insert(String::from_utf8_lossy(value).into_owned());
                            }
                            (b"meta", b"content") => is_gitlab |= value == b"GitLab",
                            _ => {}
                        }
                    }
                    CallbackEvent::String { value } if tag == b"script" => {
                        anchors.scripts.push_str(&String::from_utf8_lossy(value));
                    }
                    CallbackEvent::EndTag { .. } => tag.clear(),
                    _ => {}
                }
                None
            });
        // Or a `<` in a script would open a tag.
        emitter.naively_switch_states(true);
        for _ in Tokenizer::new_with_emitter(html, emitter) {}
        let has_places = anchors
            .names
            .iter()
            .any(|name| !FILLED_BY_SCRIPTS.contains(&name.as_str()));
        // GitLab loads files, readmes and comments after the page, on whatever host it runs.
        (has_places && !is_gitlab).then_some(anchors)
    }

    /// Whether the page has what a fragment names, as it is written in the URL.
    pub fn has(&self, fragment: &str) -> bool {
        let decoded = url::decode(fragment);
        // GitHub puts this before the ids of headings, and takes it away again in a script.
        let on_github = format!("user-content-{decoded}");
        [fragment, &decoded, &on_github]
            .iter()
            .any(|name| self.names.contains(*name))
            || self.scripts.contains(decoded.as_ref())
    }
}

/// Whether a fragment names a place that a page without scripts could have.
pub fn can_be_looked_for(fragment: &str) -> bool {
    // The top of the page, which is always there: https://html.spec.whatwg.org/#scrolling-to-a-fragment.
    let is_top = fragment.is_empty() || fragment.eq_ignore_ascii_case("top");
    // Routes of applications, and searches for a text.
    let is_for_scripts = fragment.starts_with(['/', '!']) || fragment.starts_with(":~:");
    // `page=3`, `gid=0`, `heading=h.1`: settings of a viewer.
    let is_setting = fragment.contains('=');
    !is_top && !is_for_scripts && !is_setting && !is_lines(fragment)
}

/// `L10`, `L10-L20`, `L10C3-20`, `lines-10`: lines of code, on GitHub, GitLab and their like.
fn is_lines(fragment: &str) -> bool {
    let numbers = fragment
        .strip_prefix("lines-")
        .or_else(|| fragment.strip_prefix('L'));
    numbers.is_some_and(|numbers| {
        numbers.starts_with(|c: char| c.is_ascii_digit())
            && numbers
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, 'L' | 'C' | '-' | ':' | ','))
    })
}

#[cfg(test)]
mod tests {
    use super::{Anchors, can_be_looked_for};

    fn has(html: &str, fragment: &str) -> Option<bool> {
        Anchors::read(html).map(|anchors| anchors.has(fragment))
    }

    #[test]
    fn a_fragment_is_an_id_or_the_name_of_an_anchor() {
        let html = "<h2 id=one>1</h2><a name='t%77o'></a><h2 id=\"drei &amp; vier\"><p name=five>";
        for fragment in ["one", "t%77o", "drei%20&%20vier"] {
            assert_eq!(has(html, fragment), Some(true), "{fragment}");
        }
        for fragment in ["One", "five", "two"] {
            assert_eq!(has(html, fragment), Some(false), "{fragment}");
        }
    }

    #[test]
    fn github_prefixes_the_ids_of_headings() {
        let html = "<h2 id=user-content-install>";
        assert_eq!(has(html, "install"), Some(true));
        assert_eq!(has(html, "use"), Some(false));
    }

    #[test]
    fn pages_that_are_made_by_scripts_are_not_judged() {
        assert_eq!(has("<div id=root></div><script>…</script>", "a"), None);
        assert_eq!(has("<p>no ids at all", "a"), None);
        assert_eq!(
            has(
                "<meta content=GitLab property=og:site_name><p id=a>",
                "install"
            ),
            None
        );
        let html = "<p id=a><script>if (1 < 2) show(\"install\")</script><p id=b>";
        assert_eq!(has(html, "install"), Some(true));
        assert_eq!(has(html, "b"), Some(true));
        assert_eq!(has(html, "uninstall"), Some(false));
    }

    #[test]
    fn some_fragments_are_not_for_ids() {
        for fragment in [
            "",
            "top",
            "Top",
            "/route",
            "!route",
            ":~:text=a",
            "page=3",
            "L10",
            "L10-L20",
            "L1C2-L3C4",
            "lines-10:20",
        ] {
            assert!(!can_be_looked_for(fragment), "{fragment}");
        }
        for fragment in ["install", "L", "Lines", "L10n", "top-ten", "lines-of-code"] {
            assert!(can_be_looked_for(fragment), "{fragment}");
        }
    }
}
