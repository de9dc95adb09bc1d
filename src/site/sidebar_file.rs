//! `sidebars.yaml`: named sidebars in the shape of MkDocs' `nav`. Reads text, knows no pages.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnosed, Diagnostic, conflict};
use crate::tree::{self, Node, Value};

/// All explicit sidebars, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct SidebarFile {
    /// As shown: `content/sidebars.yaml`.
    pub file: Arc<str>,
    pub sidebars: Vec<Definition>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    pub name: String,
    pub span: Range<usize>,
    pub entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The label, where one was written.
    pub title: Option<String>,
    pub kind: EntryKind,
    pub span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum EntryKind {
    /// A content path, extension optional.
    Page(String),
    /// The folder of `folder/*`.
    Subtree(String),
    /// An address on another host.
    External(String),
    Group(Vec<Entry>),
}

impl SidebarFile {
    /// The addresses of other hosts, and where they stand.
    pub fn external(&self) -> Vec<(&str, &Range<usize>)> {
        let mut external = Vec::new();
        let mut entries: Vec<&Entry> = self.sidebars.iter().flat_map(|s| &s.entries).collect();
        while let Some(entry) = entries.pop() {
            match &entry.kind {
                EntryKind::External(target) => external.push((target.as_str(), &entry.span)),
                EntryKind::Group(inner) => entries.extend(inner),
                EntryKind::Page(_) | EntryKind::Subtree(_) => {}
            }
        }
        external
    }
}

/// Reads the file's text.
pub fn read(file: &Arc<str>, text: &str) -> Diagnosed<SidebarFile> {
    let mut reader = Reader {
        file,
        diagnostics: Vec::new(),
    };
    let sidebars = match tree::yaml(text) {
        Ok(root) => reader.definitions(&root),
        Err(error) => {
            match conflict::first(file, text) {
                Some(conflict) => reader.diagnostics.push(conflict),
                None => reader.report(error.span, error.message, None),
            }
            Vec::new()
        }
    };
    Diagnosed {
        value: SidebarFile {
            file: Arc::clone(file),
            sidebars,
        },
        diagnostics: reader.diagnostics,
    }
}

/// Entries and those below them, in the order of the file.
pub fn flatten<'e>(entries: &'e [Entry], all: &mut Vec<&'e Entry>) {
    for entry in entries {
        all.push(entry);
        if let EntryKind::Group(inner) = &entry.kind {
            flatten(inner, all);
        }
    }
}

struct Reader<'a> {
    file: &'a Arc<str>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn definitions(&mut self, root: &Node) -> Vec<Definition> {
        match &root.value {
            Value::Null => Vec::new(),
            Value::Map(entries) => entries
                .iter()
                .map(|entry| Definition {
                    name: entry.key.clone(),
                    span: entry.key_span.clone(),
                    entries: self.entries(&entry.value),
                })
                .collect(),
            other => {
                let found = other.kind();
                self.report(
                    root.span.clone(),
                    format!("the file is a map from sidebar names to lists, found {found}"),
                    Some("begin with a name: `Handbook:`, then its entries below, each with `- `"),
                );
                Vec::new()
            }
        }
    }

    fn entries(&mut self, node: &Node) -> Vec<Entry> {
        match &node.value {
            Value::Null => Vec::new(),
            Value::Sequence(items) => items.iter().flat_map(|item| self.entry(item)).collect(),
            other => {
                let found = other.kind();
                self.report(
                    node.span.clone(),
                    format!("entries are a list, found {found}"),
                    Some("begin each entry with `- `"),
                );
                Vec::new()
            }
        }
    }

    fn entry(&mut self, node: &Node) -> Vec<Entry> {
        match &node.value {
            Value::String(text) => vec![Entry {
                title: None,
                kind: target(text),
                span: node.span.clone(),
            }],
            // `- 2024` is the page `2024.md`.
            Value::Integer(number) => vec![Entry {
                title: None,
                kind: target(&number.to_string()),
                span: node.span.clone(),
            }],
            // `- Company:` with entries below, or `- Label: path`; several keys in one item are several entries.
            Value::Map(labelled) => labelled
                .iter()
                .map(|entry| {
                    let (kind, span) = match &entry.value.value {
                        Value::String(text) => (target(text), entry.value.span.clone()),
                        _ => (
                            EntryKind::Group(self.entries(&entry.value)),
                            entry.key_span.clone(),
                        ),
                    };
                    Entry {
                        title: Some(entry.key.clone()),
                        kind,
                        span,
                    }
                })
                .collect(),
            other => {
                let found = other.kind();
                self.report(
                    node.span.clone(),
                    format!(
                        "an entry is a page, `Label: page` or `Label:` with a list, found {found}"
                    ),
                    None,
                );
                Vec::new()
            }
        }
    }

    fn report(&mut self, span: Range<usize>, message: String, hint: Option<&str>) {
        self.diagnostics
            .push(Diagnostic::new(Code::SidebarSyntax, self.file, span, message).maybe_hint(hint));
    }
}

fn target(text: &str) -> EntryKind {
    let text = text.trim();
    if text.contains("://") || text.starts_with("mailto:") {
        return EntryKind::External(text.to_owned());
    }
    let path = text.trim_start_matches('/');
    match path.strip_suffix("/*").or((path == "*").then_some("")) {
        Some(folder) => EntryKind::Subtree(folder.to_owned()),
        None => EntryKind::Page(path.trim_end_matches('/').to_owned()),
    }
}
