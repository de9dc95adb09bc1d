//! `[search]`: whether and how readers search the site, and which words mean the same to them.

use super::Reader;
use crate::diagnostic::Code;
use crate::tree::{Entry, Node, Value};

/// What a site says of its search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// There is an index, a box to search in, and a list of all pages.
    pub enabled: bool,
    /// The key `/` opens it.
    pub slash: bool,
    /// Groups of words or phrases that stand for each other, as written; each has two or more.
    pub synonyms: Vec<Vec<String>>,
}

impl Default for Search {
    fn default() -> Search {
        Search {
            enabled: true,
            slash: true,
            synonyms: Vec::new(),
        }
    }
}

pub const SEARCH_KEYS: &[&str] = &["enabled", "slash", "synonyms"];

const SYNONYMS: &str = "a list of groups like `[\"PTO\", \"time off\"]`";

impl Reader<'_> {
    pub(super) fn search(&mut self, entry: &Entry) -> Search {
        let mut search = Search::default();
        for inner in self.table(entry) {
            match inner.key.as_str() {
                "enabled" => self.choice(inner, &mut search.enabled),
                "slash" => self.choice(inner, &mut search.slash),
                "synonyms" => search.synonyms = self.synonyms(inner),
                _ => self.unknown(inner, SEARCH_KEYS, "[search] "),
            }
        }
        search
    }

    fn synonyms(&mut self, entry: &Entry) -> Vec<Vec<String>> {
        let Value::Sequence(groups) = &entry.value.value else {
            self.wrong_type(entry, SYNONYMS);
            return Vec::new();
        };
        let is_text = |node: &Node| matches!(node.value, Value::String(_));
        if groups.len() > 1 && groups.iter().all(is_text) {
            // One group without the list that it belongs into is one mistake.
            let message = format!("`synonyms` is {SYNONYMS}, found a list of strings");
            let hint = "put the group into brackets of its own: `[[…]]`".to_owned();
            let span = entry.value.span.clone();
            self.report(Code::ConfigSyntax, span, message, Some(hint));
            return Vec::new();
        }
        groups
            .iter()
            .filter_map(|group| self.group(group))
            .collect()
    }

    /// The words of a group; none if they are not two.
    fn group(&mut self, group: &Node) -> Option<Vec<String>> {
        let mut report = |node: &Node, message: String| {
            self.report(Code::ConfigSyntax, node.span.clone(), message, None);
        };
        let Value::Sequence(members) = &group.value else {
            let found = match &group.value {
                Value::String(text) => format!("`{text}`"),
                other => other.kind().to_owned(),
            };
            report(group, format!("`synonyms` is {SYNONYMS}, found {found}"));
            return None;
        };
        if members.len() < 2 {
            let found = if members.is_empty() { "none" } else { "one" };
            let message = format!("a group of `synonyms` has two members or more, found {found}");
            report(group, message);
        }
        let mut words: Vec<String> = Vec::with_capacity(members.len());
        for member in members {
            let Value::String(text) = &member.value else {
                let found = member.value.kind();
                let message = format!("a member of `synonyms` is a string, found {found}");
                report(member, message);
                continue;
            };
            let same = |word: &String| plain(word) == plain(text);
            if !text.contains(char::is_alphanumeric) {
                let found = match text.trim() {
                    "" => "an empty one".to_owned(),
                    text => format!("`{text}`"),
                };
                let message = format!(
                    "a member of `synonyms` has a letter or a digit to search for, found {found}"
                );
                report(member, message);
            } else if words.iter().any(same) {
                report(member, format!("`{text}` stands twice in its group"));
            } else {
                words.push(text.clone());
            }
        }
        (words.len() > 1).then_some(words)
    }
}

/// A word as it is told from others: neither case nor blanks matter.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}
