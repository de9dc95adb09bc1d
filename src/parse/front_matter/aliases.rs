//! Enters an address in a page's front matter as one that it had before, or takes one out, and changes nothing else.

use std::ops::Range;

use crate::edit::{self, Edit};
use crate::parse::front_matter::fence::{self, Fence, Fenced, Format};
use crate::parse::front_matter::{FrontMatter, SidebarChoice, read};
use crate::tree::{self, Entry, Node, Value};
use crate::url;

/// The edits of a page's text that take the alias `gone` out and enter the alias `new`, each if there is one. None if
/// that cannot be done surely, as in front matter that does not parse. Both are decoded, with both slashes.
pub fn exchange_alias(text: &str, gone: Option<&str>, new: Option<&str>) -> Option<Vec<Edit>> {
    if gone.is_none() && new.is_none() {
        return Some(Vec::new());
    }
    let exchange = Exchange { gone, new };
    let edits = match fence::find(text) {
        Fence::Unclosed(..) => return None,
        Fence::Absent => vec![vec![insert(0, fenced(text, new?))]],
        Fence::Closed(fenced) => exchange.in_head(text, &fenced)?,
    };
    // What came out is read again, because front matter has more forms than anybody thinks of.
    edits.into_iter().find(|edits| exchange.holds(text, edits))
}

struct Exchange<'a> {
    gone: Option<&'a str>,
    new: Option<&'a str>,
}

/// The keys that hold old addresses.
const KEYS: [&str; 2] = ["aliases", "redirect_from"];

impl Exchange<'_> {
    /// The ways to do it in the head of a file, best first.
    fn in_head(&self, text: &str, fenced: &Fenced) -> Option<Vec<Vec<Edit>>> {
        let head = Head {
            text,
            span: fenced.head.clone(),
            format: fenced.format,
        };
        if head.head_text().trim().is_empty() {
            let key = head.new_key(self.new?, "");
            return Some(vec![vec![insert(fenced.head.end, key)]]);
        }
        let root = match fenced.format {
            Format::Yaml | Format::Json => tree::yaml(head.head_text()),
            Format::Toml => tree::toml(head.head_text()),
        };
        let root = root.ok()?;
        let Value::Map(keys) = &root.value else {
            let new = self.new.filter(|_| root.value == Value::Null)?;
            return Some(vec![vec![insert(fenced.head.end, head.new_key(new, ""))]]);
        };
        let lists: Vec<(usize, &Entry)> = keys
            .iter()
            .enumerate()
            .filter(|(_, entry)| KEYS.contains(&entry.key.as_str()))
            .collect();
        let gone = self.gone.map(|gone| {
            let places = lists
                .iter()
                .flat_map(|(key, entry)| places(&entry.value, gone).map(|item| (*key, item)));
            places.collect::<Vec<_>>()
        });
        match (gone.as_deref(), self.new) {
            (Some([(key, item)]), new) => {
                let node = match &keys[*key].value.value {
                    Value::Sequence(items) => &items[*item],
                    _ => &keys[*key].value,
                };
                let edits = match new {
                    Some(new) => {
                        let written = head.quoted(new, Some(&head.head_text()[node.span.clone()]));
                        vec![head.edit(node.span.clone(), written)]
                    }
                    None => vec![head.without(keys, *key, *item, fenced)?],
                };
                Some(vec![edits])
            }
            (None, Some(new)) => {
                let used = |entry: &&(usize, &Entry)| entry.1.value.value != Value::Null;
                let ways = match lists.iter().find(used).or(lists.first()) {
                    Some((_, entry)) => vec![head.entered_in_list(entry, new)?],
                    None => head.entered_in_map(&root, keys, new),
                };
                Some(ways.into_iter().map(|edit| vec![edit]).collect())
            }
            // Entered twice, or not at all.
            _ => None,
        }
    }

    /// Whether the edits do this and nothing else.
    fn holds(&self, text: &str, edits: &[Edit]) -> bool {
        let edited = edit::apply(text, edits.iter().cloned());
        let file = "".into();
        let (old, new) = (read(&file, text), read(&file, &edited.text));
        let body = |text: &str, start: usize| text[start..].trim_start_matches(['\r', '\n']).len();
        let mut expected = plain(old.value.matter);
        let found = plain(new.value.matter);
        let mut aliases: Vec<String> = found.aliases.iter().map(|a| a.text.clone()).collect();
        let mut wanted: Vec<String> = expected.aliases.iter().map(|a| a.text.clone()).collect();
        wanted.retain(|alias| self.gone != Some(alias));
        wanted.extend(self.new.map(str::to_owned));
        aliases.sort();
        wanted.sort();
        expected.aliases.clone_from(&found.aliases);
        edited.dropped.is_empty()
            && expected == found
            && aliases == wanted
            && old.diagnostics.len() == new.diagnostics.len()
            && body(text, old.value.body_start) == body(&edited.text, new.value.body_start)
    }
}

/// Front matter without its places, which edits move.
fn plain(mut matter: FrontMatter) -> FrontMatter {
    let placed = matter.aliases.iter_mut();
    for placed in placed
        .chain(&mut matter.url)
        .chain(&mut matter.image)
        .chain(&mut matter.replaced_by)
    {
        placed.span = 0..0;
    }
    if let SidebarChoice::Named(placed) = &mut matter.sidebar {
        placed.span = 0..0;
    }
    matter.keys.retain(|key| !KEYS.contains(&key.name.as_str()));
    for key in &mut matter.keys {
        (key.span, key.value_span) = (0..0, 0..0);
    }
    matter
}

/// Where an address stands in a list; a single string is its own first item.
fn places(list: &Node, address: &str) -> impl Iterator<Item = usize> {
    let items = match &list.value {
        Value::Sequence(items) => items.as_slice(),
        _ => std::slice::from_ref(list),
    };
    items.iter().enumerate().filter_map(move |(at, item)| {
        let is_it = matches!(&item.value, Value::String(text)
            if url::normalise(text).as_deref() == Some(address));
        is_it.then_some(at)
    })
}

/// Front matter for a page that has none.
fn fenced(text: &str, alias: &str) -> String {
    let ending = ending(text);
    let alias = yaml_text(alias, None);
    format!("---{ending}aliases:{ending}  - {alias}{ending}---{ending}{ending}")
}

/// The head of a file, in which the places of nodes count from its beginning.
struct Head<'t> {
    text: &'t str,
    span: Range<usize>,
    format: Format,
}

impl Head<'_> {
    fn head_text(&self) -> &str {
        &self.text[self.span.clone()]
    }

    fn edit(&self, span: Range<usize>, replacement: String) -> Edit {
        Edit {
            span: span.start + self.span.start..span.end + self.span.start,
            replacement,
        }
    }

    /// The line of a byte, without its line break.
    fn line(&self, at: usize) -> Range<usize> {
        let head = self.head_text();
        let start = head[..at].rfind('\n').map_or(0, |at| at + 1);
        let end = head[at..].find('\n').map_or(head.len(), |n| at + n);
        start..end
    }

    fn entered_in_list(&self, entry: &Entry, new: &str) -> Option<Edit> {
        let head = self.head_text();
        let list = &entry.value;
        match &list.value {
            Value::Sequence(items) => {
                let Some(last) = items.last() else {
                    let written = format!("[{}]", self.quoted(new, None));
                    return Some(self.edit(list.span.clone(), written));
                };
                let written = self.quoted(new, Some(&head[last.span.clone()]));
                if head[list.span.clone()].starts_with('[') {
                    let separator = items.iter().nth_back(1).map_or_else(
                        || format!(",{}", blanks(&head[list.span.start + 1..last.span.start])),
                        |before| head[before.span.end..last.span.start].to_owned(),
                    );
                    let separator = match separator.trim() {
                        "," if separator.len() > 1 => separator,
                        _ => ", ".to_owned(),
                    };
                    let end = last.span.end;
                    return Some(self.edit(end..end, separator + &written));
                }
                let line = self.line(last.span.start);
                let dash = &head[line.start..last.span.start];
                let is_dash = dash.trim_start().strip_prefix('-')?.trim().is_empty();
                let end = self.line(last.span.end).end;
                let ending = ending(self.text);
                is_dash.then(|| {
                    // Before the line break, whichever it is.
                    let end = end - usize::from(head[..end].ends_with('\r'));
                    self.edit(end..end, format!("{ending}{dash}{written}"))
                })
            }
            Value::Map(_) => None,
            Value::Null if self.format == Format::Yaml => {
                let colon = head[entry.key_span.end..].find(':')? + entry.key_span.end + 1;
                let rest = &head[colon..self.line(colon).end];
                let value = rest.split(" #").next().unwrap_or_default();
                let replaced = match value.trim() {
                    "" => 0,
                    "~" | "null" => value.trim_end().len(),
                    _ => return None,
                };
                let written = format!(" [{}]", self.quoted(new, None));
                Some(self.edit(colon..colon + replaced, written))
            }
            Value::Null => {
                let written = format!("[{}]", self.quoted(new, None));
                Some(self.edit(list.span.clone(), written))
            }
            _ => {
                let old = &head[list.span.clone()];
                let written = format!("[{old}, {}]", self.quoted(new, Some(old)));
                Some(self.edit(list.span.clone(), written))
            }
        }
    }

    /// A key of its own, after the others.
    fn entered_in_map(&self, root: &Node, keys: &[Entry], new: &str) -> Vec<Edit> {
        let head = self.head_text();
        if head[root.span.clone()].starts_with('{') && self.format != Format::Toml {
            let key = format!("\"aliases\": [{}]", json_text(new));
            return match keys.last() {
                Some(last) => {
                    let blanks = blanks_before(&head[..last.key_span.start]);
                    let end = last.value.span.end;
                    vec![self.edit(end..end, format!(",{blanks}{key}"))]
                }
                None => vec![self.edit(root.span.start + 1..root.span.start + 1, key)],
            };
        }
        let first = keys.first().map_or(0, |entry| entry.key_span.start);
        let indent = &head[self.line(first).start..first];
        let indent = if indent.trim().is_empty() { indent } else { "" };
        let key = self.new_key(new, indent);
        let mut at = vec![head.len()];
        if self.format == Format::Toml {
            // What follows the head of a table belongs to that table.
            at = vec![first_table(head), 0];
        }
        at.into_iter()
            .map(|at| self.edit(at..at, key.clone()))
            .collect()
    }

    /// The lines of a new key.
    fn new_key(&self, alias: &str, indent: &str) -> String {
        let ending = ending(self.text);
        let alias = self.quoted(alias, None);
        match self.format {
            Format::Toml => format!("aliases = [{alias}]{ending}"),
            Format::Yaml | Format::Json => {
                format!("{indent}aliases:{ending}{indent}  - {alias}{ending}")
            }
        }
    }

    /// Takes an item out of its list, and the list with it if nothing else is in it.
    fn without(&self, keys: &[Entry], key: usize, item: usize, fenced: &Fenced) -> Option<Edit> {
        let head = self.head_text();
        let entry = &keys[key];
        if let Value::Sequence(items) = &entry.value.value
            && items.len() > 1
        {
            let span = items[item].span.clone();
            if head[entry.value.span.clone()].starts_with('[') {
                let span = match item.checked_sub(1) {
                    Some(before) => items[before].span.end..span.end,
                    None => span.start..items[1].span.start,
                };
                return Some(self.edit(span, String::new()));
            }
            let line = self.line(span.start);
            let is_dash = head[line.start..span.start].trim() == "-";
            let end = self.line(span.end).end + 1;
            return is_dash.then(|| self.edit(line.start..end.min(head.len()), String::new()));
        }
        if head.starts_with('{') {
            let span = match (key.checked_sub(1), keys.get(key + 1)) {
                (Some(before), _) => keys[before].value.span.end..entry.value.span.end,
                (None, Some(next)) => entry.key_span.start..next.key_span.start,
                (None, None) => entry.key_span.start..entry.value.span.end,
            };
            return Some(self.edit(span, String::new()));
        }
        if keys.len() == 1 && head.lines().all(|line| !line.trim_start().starts_with('#')) {
            // Nothing is left to be said.
            let rest = &self.text[fenced.body_start..];
            let blank = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
            let blank = rest[..blank].find('\n').map_or(0, |at| at + 1);
            return Some(Edit {
                span: 0..fenced.body_start + blank,
                replacement: String::new(),
            });
        }
        let start = self.line(entry.key_span.start).start;
        let end = self.line(entry.value.span.end.max(entry.key_span.end)).end + 1;
        Some(self.edit(start..end.min(head.len()), String::new()))
    }

    /// An address as a text of the head's language, quoted as its neighbour is.
    fn quoted(&self, address: &str, like: Option<&str>) -> String {
        match self.format {
            Format::Json => json_text(address),
            Format::Toml => {
                let address = spelled(address);
                match like {
                    Some(like) if like.starts_with('\'') && !address.contains('\'') => {
                        format!("'{address}'")
                    }
                    _ => format!("\"{}\"", address.replace('"', "\\\"")),
                }
            }
            Format::Yaml => yaml_text(address, like),
        }
    }
}

/// Where the first table of a TOML document begins, or the document ends.
fn first_table(head: &str) -> usize {
    let mut at = 0;
    for line in head.split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            return at;
        }
        at += line.len();
    }
    at
}

fn insert(at: usize, text: String) -> Edit {
    Edit {
        span: at..at,
        replacement: text,
    }
}

/// The line break that a text uses.
fn ending(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// A text if it is nothing but white space, and else one space.
fn blanks(text: &str) -> &str {
    if text.trim().is_empty() && !text.is_empty() {
        text
    } else {
        " "
    }
}

/// The white space at the end of a text.
fn blanks_before(text: &str) -> &str {
    &text[text.trim_end().len()..]
}

/// An address as a writer gives it: percent-encoded only where it would be taken for something else.
fn spelled(address: &str) -> String {
    let mut spelled = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            '%' | '?' | '#' | '\\' => spelled.push_str(&format!("%{:02X}", u32::from(c))),
            c if c.is_control() => spelled.push_str(&url::encode(c.encode_utf8(&mut [0; 4]))),
            c => spelled.push(c),
        }
    }
    spelled
}

fn json_text(address: &str) -> String {
    format!("\"{}\"", spelled(address).replace('"', "\\\""))
}

fn yaml_text(address: &str, like: Option<&str>) -> String {
    let address = spelled(address);
    let is_plain = |c: char| c.is_alphanumeric() || "/-_.~+@()%=;!$*".contains(c);
    match like.and_then(|like| like.chars().next()) {
        Some('\'') if !address.contains('\'') => format!("'{address}'"),
        Some('"') => format!("\"{}\"", address.replace('"', "\\\"")),
        _ if address.chars().all(is_plain) => address,
        _ => format!("\"{}\"", address.replace('"', "\\\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::exchange_alias;
    use crate::edit;

    fn exchanged(text: &str, gone: Option<&str>, new: Option<&str>) -> String {
        let edits = exchange_alias(text, gone, new).unwrap_or_else(|| panic!("cannot: {text:?}"));
        edit::apply(text, edits).text
    }

    fn with(text: &str) -> String {
        exchanged(text, None, Some("/x/"))
    }

    #[test]
    fn an_alias_goes_into_the_list_that_is_there() {
        for (before, after) in [
            (
                "---\naliases:\n  - /a/ # why\n  - /b/\ntitle: T\n---\n",
                "---\naliases:\n  - /a/ # why\n  - /b/\n  - /x/\ntitle: T\n---\n",
            ),
            (
                "---\r\naliases:\r\n- '/a/'\r\n---\r\n",
                "---\r\naliases:\r\n- '/a/'\r\n- '/x/'\r\n---\r\n",
            ),
            (
                "---\naliases: [/a/]\n---\n",
                "---\naliases: [/a/, /x/]\n---\n",
            ),
            (
                "---\naliases: [\"/a/\",\"/b/\"]\n---\n",
                "---\naliases: [\"/a/\",\"/b/\", \"/x/\"]\n---\n",
            ),
            (
                "---\naliases: [\n  /a/, # first\n]\n---\n",
                "---\naliases: [\n  /a/,\n  /x/, # first\n]\n---\n",
            ),
            ("---\naliases: []\n---\n", "---\naliases: [/x/]\n---\n"),
            (
                "---\nredirect_from: /a\n---\n",
                "---\nredirect_from: [/a, /x/]\n---\n",
            ),
            (
                "---\naliases: # none\n---\n",
                "---\naliases: [/x/] # none\n---\n",
            ),
            ("---\naliases: ~\n---\n", "---\naliases: [/x/]\n---\n"),
            (
                "+++\naliases = ['/a/']\n+++\n",
                "+++\naliases = ['/a/', '/x/']\n+++\n",
            ),
            (
                "{\n  \"aliases\": [\n    \"/a/\"\n  ]\n}\n",
                "{\n  \"aliases\": [\n    \"/a/\",\n    \"/x/\"\n  ]\n}\n",
            ),
        ] {
            assert_eq!(with(before), after, "{before:?}");
        }
    }

    #[test]
    fn a_page_without_aliases_gets_them_at_the_end() {
        for (before, after) in [
            ("text\n", "---\naliases:\n  - /x/\n---\n\ntext\n"),
            ("a\r\nb", "---\r\naliases:\r\n  - /x/\r\n---\r\n\r\na\r\nb"),
            ("", "---\naliases:\n  - /x/\n---\n\n"),
            (
                "---\n\nrule\n",
                "---\naliases:\n  - /x/\n---\n\n---\n\nrule\n",
            ),
            ("---\n---\n", "---\naliases:\n  - /x/\n---\n"),
            (
                "---\n# nothing\n---\n",
                "---\n# nothing\naliases:\n  - /x/\n---\n",
            ),
            (
                "---\ntext: |\n  a\n---\nb\n",
                "---\ntext: |\n  a\naliases:\n  - /x/\n---\nb\n",
            ),
            (
                "---\n{title: T}\n---\n",
                "---\n{title: T,\"aliases\": [\"/x/\"]}\n---\n",
            ),
            (
                "+++\ntitle = \"T\"\n[extra]\na = 1\n+++\n",
                "+++\ntitle = \"T\"\naliases = [\"/x/\"]\n[extra]\na = 1\n+++\n",
            ),
            (
                "+++\na = [\n  [1],\n]\n+++\n",
                "+++\naliases = [\"/x/\"]\na = [\n  [1],\n]\n+++\n",
            ),
            (
                "{\n  \"title\": \"T\"\n}\n",
                "{\n  \"title\": \"T\",\n  \"aliases\": [\"/x/\"]\n}\n",
            ),
            ("{}\n", "{\"aliases\": [\"/x/\"]}\n"),
        ] {
            assert_eq!(with(before), after, "{before:?}");
        }
    }

    #[test]
    fn an_alias_that_has_become_the_address_goes() {
        for (before, after) in [
            (
                "---\naliases: [/a/, /b]\n---\n",
                "---\naliases: [/a/]\n---\n",
            ),
            (
                "---\naliases: [/b/, /a/]\n---\n",
                "---\naliases: [/a/]\n---\n",
            ),
            (
                "---\naliases:\n  - /b/\n  - /a/\n---\n",
                "---\naliases:\n  - /a/\n---\n",
            ),
            (
                "---\ntitle: T\naliases:\n  - /b/\n---\n",
                "---\ntitle: T\n---\n",
            ),
            ("---\naliases:\n  - /b/\n---\n\ntext\n", "text\n"),
            ("{\"a\": 1, \"aliases\": \"/b\"}\n", "{\"a\": 1}\n"),
        ] {
            assert_eq!(exchanged(before, Some("/b/"), None), after, "{before:?}");
        }
        let before = "---\naliases:\n  - \"/b/\" # was\n---\n";
        let after = "---\naliases:\n  - \"/x/\" # was\n---\n";
        assert_eq!(exchanged(before, Some("/b/"), Some("/x/")), after);
    }

    #[test]
    fn addresses_are_quoted_where_they_must_be() {
        let text = exchanged("---\na: [1]\n---\n", None, Some("/a,b:c/50%/"));
        assert_eq!(text, "---\na: [1]\naliases:\n  - \"/a,b:c/50%25/\"\n---\n");
    }

    #[test]
    fn what_does_not_parse_is_left_alone() {
        for text in [
            "---\ntitle: a: b\n---\n",
            "---\ntitle: T\nno end\n",
            "---\n- a\n---\n",
            "---\naliases: {a: b}\n---\n",
        ] {
            assert_eq!(exchange_alias(text, None, Some("/x/")), None, "{text:?}");
        }
    }
}
