//! Puts what a file takes in into its place: snippets with their headings, links and footnotes, and code of other
//! files. Sees what it is handed, no disk.
//!
//! Each file is composed for itself, snippets too. A mistake is told where the file is composed that it stands in, so
//! it is told once, however many pages take the file in.

mod excerpt;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic};
use crate::parse::markdown::{Room, footnotes};
use crate::parse::{
    Body, Code, Component, Doc, Filling, Heading, Hole, INCLUDE, Import, Link, Slugger, parse_into,
};
use crate::source::Source;
use crate::url;

/// Where files lie that others take in.
pub trait Shelf: Sync {
    /// The Markdown file at a content path.
    fn snippet(&self, path: &str) -> Option<(&Source, &Doc)>;
    /// A file of code, by its path from the site's folder.
    fn code(&self, path: &str) -> Option<&CodeFile>;
    /// Whether drafts are published.
    fn shows_drafts(&self) -> bool;
}

/// A file that code is read from.
#[derive(Clone, Debug, PartialEq)]
pub enum CodeFile {
    Text(Arc<str>),
    /// Why it cannot be read: what follows its name in a sentence, and what may help.
    Fault(&'static str, &'static str),
}

/// What is wrong with a file of code that lies elsewhere.
pub const OUTSIDE: (&str, &str) = ("lies outside of the site's folder", PLACE);

/// Where a file of code is looked for.
pub const PLACE: &str =
    "a path begins in the folder of this file, or with a slash in front in the site's folder";

/// A file that was taken in at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Inclusion {
    pub path: Arc<str>,
    pub file: Arc<str>,
    /// The tag that stands for it, in the file that takes it in.
    pub span: Range<usize>,
    /// Its links in `Doc::links`.
    pub links: Range<usize>,
}

/// Files that take in files lie at most this deep in one another: bodies are read and rendered by recursion.
const DEEPEST: usize = 20;

/// A page takes in at most this many files, and this many bytes of them: each may take in others twice.
const MOST: usize = 1000;
const MOST_BYTES: usize = 8 << 20;

/// A file with all that it takes in. What cannot be taken in leaves nothing in its place.
pub fn compose(doc: &Doc, shelf: &dyn Shelf) -> Doc {
    let mut slugger = Slugger::default();
    for anchor in doc.outline.anchors.iter() {
        slugger.take(anchor);
    }
    let mut composer = Composer {
        shelf,
        anchors: doc.outline.anchors.to_vec(),
        slugger,
        note_count: doc.notes.count,
        tables: doc.tables,
        notes: Vec::new(),
        bytes: 0,
        is_full: false,
        chain: vec![Arc::clone(&doc.outline.path)],
        top: 0..0,
        out: doc.clone(),
    };
    let host = Host::new(doc);
    let (text, notes) = split(&doc.body, doc.notes.at);
    let mut inserted = Vec::new();
    let mut body = composer.body(&text, &host, false, &mut inserted);
    let notes = composer.body(&notes, &host, false, &mut inserted);
    append_notes(&mut body, notes, std::mem::take(&mut composer.notes));
    let mut out = composer.out;
    out.body = body;
    out.outline.headings = merged(&doc.outline.headings, inserted);
    if !out.included.is_empty() {
        composer.anchors.sort();
        composer.anchors.dedup();
        out.outline.anchors = composer.anchors.into();
    }
    out.asked.sort();
    out.asked.dedup();
    out
}

struct Composer<'a> {
    shelf: &'a dyn Shelf,
    /// The file, with what was found so far.
    out: Doc,
    anchors: Vec<Arc<str>>,
    /// The ids that are taken.
    slugger: Slugger,
    note_count: usize,
    tables: usize,
    /// The texts of the footnotes of what was taken in.
    notes: Vec<Filling>,
    bytes: usize,
    is_full: bool,
    /// The files that are being taken in, from the one that is composed.
    chain: Vec<Arc<str>>,
    /// The place in the file that is composed which takes in what is being taken in.
    top: Range<usize>,
}

/// The file that a body is written in.
struct Host<'a> {
    doc: &'a Doc,
    by_name: HashMap<&'a str, &'a Import>,
    by_place: HashMap<usize, &'a Import>,
}

/// Headings, and how many of the file's own come before them.
type Inserted = Vec<(usize, Vec<Heading>)>;

impl<'a> Host<'a> {
    fn new(doc: &'a Doc) -> Host<'a> {
        let (mut by_name, mut by_place) = (HashMap::new(), HashMap::new());
        for import in &doc.imports {
            if import.name.is_empty() {
                by_place.insert(import.span.start, import);
            } else {
                by_name.insert(import.name.as_str(), import);
            }
        }
        Host {
            doc,
            by_name,
            by_place,
        }
    }

    /// What a component stands for, if it is a file.
    fn import(&self, component: &Component) -> Option<&'a Import> {
        if let Some(import) = self.by_name.get(component.name.as_str()) {
            return Some(import);
        }
        if component.name != INCLUDE {
            return None;
        }
        let source = component.props.iter().find(|prop| prop.name == "src");
        let place = source.and_then(|prop| self.by_place.get(&prop.value_span.start));
        place
            .or_else(|| self.by_place.get(&component.span.start))
            .copied()
    }
}

impl Composer<'_> {
    /// Whether the file that is composed is the one that is being read, so that mistakes are told here.
    fn is_own(&self) -> bool {
        self.chain.len() == 1
    }

    /// A body with all that it takes in. `inline` is whether it stands in a line of text as a whole.
    fn body(
        &mut self,
        body: &Body,
        host: &Host<'_>,
        inline: bool,
        inserted: &mut Inserted,
    ) -> Body {
        let mut out = Body::default();
        out.html.reserve(body.html.len());
        let is_all = body.html.trim().is_empty() && body.holes.len() == 1;
        let mut at = 0;
        for hole in &body.holes {
            out.html.push_str(&body.html[at..hole.at]);
            at = hole.at;
            let filling = match &hole.filling {
                Filling::Component(component) => match host.import(component) {
                    Some(import) => {
                        let inline = component.inline || (inline && is_all);
                        self.place(component, import, inline, host, inserted, &mut out);
                        continue;
                    }
                    None => Filling::Component(Box::new(Component {
                        body: self.body(&component.body, host, component.inline, inserted),
                        ..Component::clone(component)
                    })),
                },
                Filling::Code(code) => Filling::Code(self.code(code, host)),
                other => other.clone(),
            };
            let at = out.html.len();
            out.holes.push(Hole { at, filling });
        }
        out.html.push_str(&body.html[at..]);
        out
    }

    /// Writes a file in the place of the component that stands for it.
    fn place(
        &mut self,
        component: &Component,
        import: &Import,
        inline: bool,
        host: &Host<'_>,
        inserted: &mut Inserted,
        out: &mut Body,
    ) {
        if self.is_own() {
            self.top = component.span.clone();
            self.check(component);
        }
        if let Some(filling) = self.take_in(component, import, inline, host, inserted) {
            let at = out.html.len();
            out.holes.push(Hole { at, filling });
        }
        // Nothing that somebody wrote is lost.
        let body = self.body(&component.body, host, component.inline, inserted);
        append(out, body);
    }

    fn take_in(
        &mut self,
        component: &Component,
        import: &Import,
        inline: bool,
        host: &Host<'_>,
        inserted: &mut Inserted,
    ) -> Option<Filling> {
        let folder = url::split_last(&host.doc.outline.path).0;
        let path = url::join(folder, &import.target)?;
        self.out.asked.push(path.clone());
        let (source, doc) = self.shelf.snippet(&path)?;
        if doc.outline.matter.draft && !self.shelf.shows_drafts() {
            self.report_draft(&path, import);
            return None;
        }
        if let Some(at) = self.chain.iter().position(|open| **open == *path) {
            self.report_loop(at);
            return None;
        }
        self.bytes += source.text.len();
        if self.chain.len() > DEEPEST || self.out.included.len() >= MOST || self.bytes > MOST_BYTES
        {
            self.report_full();
            return None;
        }
        let (doc, renamed) = self.fitted(source, doc);
        self.chain.push(Arc::clone(&source.path));
        let index = self.out.included.len();
        let first = self.out.links.len();
        let links = doc.links.iter().map(|link| with_new_id(link, &renamed));
        self.out.links.extend(links);
        self.out.included.push(Inclusion {
            path: Arc::clone(&source.path),
            file: Arc::clone(&source.file),
            span: component.span.clone(),
            links: first..self.out.links.len(),
        });
        let (text, notes) = split(&doc.body, doc.notes.at);
        let host = Host::new(&doc);
        let mut inner = Vec::new();
        if doc.notes.count > 0 {
            let notes = self.body(&notes, &host, false, &mut inner);
            let items = trimmed(
                &notes,
                footnotes::SECTION.0.len(),
                footnotes::SECTION.1.len(),
            );
            self.notes.push(Filling::Included(index, Box::new(items)));
        }
        let mut body = self.body(&text, &host, inline, &mut inner);
        if inline && is_one_paragraph(&body.html) {
            let end = body.html.len() - body.html.trim_end().len() + "</p>".len();
            body = trimmed(&body, "<p>".len(), end);
        }
        self.chain.pop();
        inserted.push((component.headings, merged(&doc.outline.headings, inner)));
        Some(Filling::Included(index, Box::new(body)))
    }

    /// The file with ids that the page does not have yet, and which of them are others than it gives itself.
    fn fitted<'d>(
        &mut self,
        source: &Source,
        doc: &'d Doc,
    ) -> (Cow<'d, Doc>, HashMap<String, String>) {
        let is_taken = |anchor: &Arc<str>| self.slugger.has(anchor);
        let mut renamed = HashMap::new();
        let clashes =
            doc.outline.anchors.iter().any(is_taken) || (doc.tables > 0 && self.tables > 0);
        let fitted = if clashes {
            let room = Room {
                slugger: std::mem::take(&mut self.slugger),
                notes: self.note_count,
                tables: self.tables,
                is_shared: true,
            };
            let (fitted, slugger, chosen) = parse_into(source, &doc.options, room);
            self.slugger = slugger;
            let pairs = doc.outline.headings.iter().zip(&fitted.outline.headings);
            renamed.extend(
                pairs
                    .map(|(old, new)| (old.id.to_string(), new.id.to_string()))
                    .rev(),
            );
            renamed.extend(chosen);
            Cow::Owned(fitted)
        } else {
            Cow::Borrowed(doc)
        };
        for anchor in fitted.outline.anchors.iter() {
            self.slugger.take(anchor);
            self.anchors.push(Arc::clone(anchor));
        }
        self.note_count += fitted.notes.count;
        self.tables += doc.tables;
        (fitted, renamed)
    }

    /// The code that a fence takes from a file; what it holds itself where that cannot be had.
    fn code(&mut self, code: &Code, host: &Host<'_>) -> Code {
        let mut code = code.clone();
        let Some(asked) = code.info.as_ref().and_then(|info| info.source.as_deref()) else {
            return code;
        };
        let folder = url::split_last(&host.doc.outline.file).0;
        let file = url::join(folder, &asked.path);
        let found = file.as_ref().and_then(|file| self.shelf.code(file));
        let cut = match found {
            Some(CodeFile::Text(text)) => {
                excerpt::cut(text, file.as_deref().unwrap_or_default(), asked)
            }
            fault => {
                let (fault, hint) = match fault {
                    Some(CodeFile::Fault(fault, hint)) => (*fault, *hint),
                    _ => OUTSIDE,
                };
                Err(excerpt::Fault {
                    message: format!("`{}` {fault}", file.as_deref().unwrap_or(&asked.path)),
                    hint: hint.to_owned(),
                })
            }
        };
        match cut {
            Ok(text) => {
                self.bytes += text.len();
                if self.bytes > MOST_BYTES {
                    if self.is_own() {
                        self.top = asked.span.clone();
                    }
                    self.report_full();
                } else {
                    code.text = text;
                }
            }
            Err(fault) if self.is_own() => {
                let span = asked.span.clone();
                self.report(
                    diagnostic::Code::IncludeMissing,
                    span,
                    fault.message,
                    fault.hint,
                );
            }
            Err(_) => {}
        }
        code
    }

    /// Reports what a component cannot be given that stands for a file.
    fn check(&mut self, component: &Component) {
        let name = &component.name;
        for prop in &component.props {
            if *name == INCLUDE && prop.name == "src" {
                continue;
            }
            let message = if *name == INCLUDE {
                format!("`{name}` has no prop `{}`", prop.name)
            } else {
                format!("`{name}` is a snippet, which takes no props")
            };
            let hint =
                "a snippet is the same wherever it is shown; what differs belongs into the page";
            self.report(
                diagnostic::Code::ComponentProp,
                prop.span.clone(),
                message,
                hint.to_owned(),
            );
        }
        if component.body != Body::default() {
            let message = format!("`{name}` is a snippet, so what stands in it is shown below it");
            let hint = format!("write `<{name} />`, and the text after it");
            self.report(
                diagnostic::Code::ComponentProp,
                component.span.clone(),
                message,
                hint,
            );
        }
    }

    /// Reports a loop that begins at a link of the chain, in the first of its files.
    fn report_loop(&mut self, at: usize) {
        if at > 0 || self.chain.iter().min() != self.chain.first() {
            return;
        }
        let way: Vec<&str> = self
            .chain
            .iter()
            .chain(self.chain.first())
            .map(AsRef::as_ref)
            .collect();
        let message = match way.as_slice() {
            [_, _] => "this file takes itself in".to_owned(),
            way => format!("this file takes itself in: `{}`", way.join("` → `")),
        };
        let hint = "remove one of the steps";
        self.report(
            diagnostic::Code::IncludeLoop,
            self.top.clone(),
            message,
            hint.to_owned(),
        );
    }

    /// Reports that a file is a draft, unless what takes it in is one too.
    fn report_draft(&mut self, path: &str, import: &Import) {
        if !self.is_own() || self.out.outline.matter.draft {
            return;
        }
        let span = if import.name.is_empty() {
            import.span.clone()
        } else {
            self.top.clone()
        };
        let message = format!("`{path}` is a draft, so it is left out");
        let hint = "remove `draft: true` there, or take it in once it is published";
        self.report(
            diagnostic::Code::IncludeMissing,
            span,
            message,
            hint.to_owned(),
        );
    }

    fn report_full(&mut self) {
        if std::mem::replace(&mut self.is_full, true) {
            return;
        }
        let message = format!(
            "this takes in more than {MOST} files, {} MB, or files that lie more than {DEEPEST} deep in one another",
            MOST_BYTES >> 20
        );
        let hint = "what is beyond that is left out; let snippets take in fewer others";
        self.report(
            diagnostic::Code::IncludeLoop,
            self.top.clone(),
            message,
            hint.to_owned(),
        );
    }

    fn report(
        &mut self,
        code: diagnostic::Code,
        span: Range<usize>,
        message: String,
        hint: String,
    ) {
        let report = Diagnostic::new(code, &self.out.outline.file, span, message);
        self.out.diagnostics.push(report.hint(hint));
    }
}

/// A link into its own file, under the id that the place has now.
fn with_new_id(link: &Link, renamed: &HashMap<String, String>) -> Link {
    let mut link = link.clone();
    if let Some(id) = link.target.trim().strip_prefix('#')
        && let Some(new) = renamed.get(&*url::decode(id))
        && *new != id
    {
        link.target = format!("#{new}");
        link.verbatim = false;
    }
    link
}

/// The headings of a file with those of the files that it takes in.
fn merged(own: &[Heading], mut inserted: Inserted) -> Vec<Heading> {
    inserted.sort_by_key(|(before, _)| *before);
    let mut all = Vec::with_capacity(own.len());
    let mut next = 0;
    for (before, headings) in inserted {
        all.extend_from_slice(&own[next..before]);
        next = before;
        all.extend(headings);
    }
    all.extend_from_slice(&own[next..]);
    all
}

/// The text of a body, and the texts of its footnotes.
fn split(body: &Body, at: usize) -> (Body, Body) {
    let first = body.holes.partition_point(|hole| hole.at <= at);
    let (text, notes) = body.holes.split_at(first);
    let notes = notes.iter().map(|hole| Hole {
        at: hole.at - at,
        filling: hole.filling.clone(),
    });
    let notes = Body {
        html: body.html[at..].to_owned(),
        holes: notes.collect(),
    };
    let text = Body {
        html: body.html[..at].to_owned(),
        holes: text.to_vec(),
    };
    (text, notes)
}

/// Writes the footnotes of a page and of what it takes in as one list.
fn append_notes(body: &mut Body, own: Body, taken_in: Vec<Filling>) {
    if taken_in.is_empty() {
        return append(body, own);
    }
    let close = footnotes::SECTION.1;
    if own.html.is_empty() {
        if !body.html.is_empty() && !body.html.ends_with('\n') {
            body.html.push('\n');
        }
        footnotes::open_section(body);
    } else {
        let end = own.html.len() - close.len();
        append(
            body,
            Body {
                html: own.html[..end].to_owned(),
                ..own
            },
        );
    }
    for filling in taken_in {
        let at = body.html.len();
        body.holes.push(Hole { at, filling });
    }
    body.html.push_str(close);
}

fn append(body: &mut Body, more: Body) {
    let offset = body.html.len();
    body.html.push_str(&more.html);
    body.holes.extend(more.holes.into_iter().map(|mut hole| {
        hole.at += offset;
        hole
    }));
}

/// A body without so many bytes at its start, and at its end, where there are no holes.
fn trimmed(body: &Body, start: usize, end: usize) -> Body {
    let html = body.html[start..body.html.len() - end].to_owned();
    let first = body.holes.partition_point(|hole| hole.at < start);
    let holes = body.holes[first..].iter().map(|hole| Hole {
        at: (hole.at - start).min(html.len()),
        filling: hole.filling.clone(),
    });
    Body {
        holes: holes.collect(),
        html,
    }
}

/// Whether a text can stand in a line as it is, once its paragraph is taken away.
fn is_one_paragraph(html: &str) -> bool {
    let html = html.trim_end();
    html.starts_with("<p>") && html.ends_with("</p>") && html.matches("<p>").count() == 1
}

#[cfg(test)]
mod tests {
    use super::{CodeFile, MOST_BYTES, Shelf, compose};
    use crate::parse::{Doc, Options, parse};
    use crate::source::Source;

    /// A site of one file of code.
    struct OneFile(CodeFile);

    impl Shelf for OneFile {
        fn snippet(&self, _: &str) -> Option<(&Source, &Doc)> {
            None
        }

        fn code(&self, _: &str) -> Option<&CodeFile> {
            Some(&self.0)
        }

        fn shows_drafts(&self) -> bool {
            false
        }
    }

    #[test]
    fn code_of_files_counts_towards_what_a_page_takes_in() {
        let shelf = OneFile(CodeFile::Text("x\n".repeat(MOST_BYTES / 8).into()));
        let told = |fences: usize| {
            let source = Source {
                path: "a.md".into(),
                file: "content/a.md".into(),
                text: "```text src=/x.txt\n```\n\n".repeat(fences).into(),
            };
            let doc = compose(&parse(&source, &Options::default()), &shelf);
            doc.diagnostics.len()
        };
        assert_eq!((told(4), told(5), told(20)), (0, 1, 1));
    }
}
