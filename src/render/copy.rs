//! A page as Markdown: its title and what its file says, with what it takes in from other files, and with links that lead
//! somewhere from anywhere. Reads no files.

use std::fmt::Write as _;
use std::ops::Range;

use crate::parse::{Body, Code, Doc, Filling};
use crate::render::World;
use crate::site::{self, PageId, Resolved};
use crate::source::Source;
use crate::url;

/// Where the texts of files are that pages take in.
pub trait Texts {
    /// A file as shown, as it was read and parsed.
    fn text(&self, file: &str) -> Option<(&Source, &Doc)>;
}

/// Bytes of a file, and what stands in their place in the copy.
type Edit = (Range<usize>, String);

/// Whether there is a copy of a page as Markdown.
pub fn has_copy(world: &World, id: PageId, doc: &Doc) -> bool {
    world.config.markdown_copies && world.site.pages[id].published && !doc.outline.matter.noindex
}

/// A page as Markdown: its title, then its text as it is written in the file, without front matter and without what is
/// not for readers. Its links lead to where they lead on the page; to the full address if that is known.
pub fn copy(
    world: &World,
    id: PageId,
    doc: &Doc,
    links: &[Resolved],
    source: &str,
    texts: &dyn Texts,
) -> String {
    let page = &world.site.pages[id];
    let mut copy = String::with_capacity(source.len() + page.title.len());
    if site::prints_title(&doc.outline.matter, &doc.outline.headings, &page.title) {
        let title = page.title.split_whitespace().collect::<Vec<_>>().join(" ");
        writeln!(copy, "# {title}\n").expect("a String takes everything");
    }
    let mut writer = Writer {
        world,
        doc,
        links,
        texts,
        written: vec![false; doc.included.len()],
    };
    let included = doc.included.first();
    let own = 0..included.map_or(doc.links.len(), |included| included.links.start);
    let body = writer.file(source, doc, &doc.body, own);
    copy.push_str(body.trim_start_matches(['\r', '\n']).trim_end());
    copy.push('\n');
    copy
}

struct Writer<'a> {
    world: &'a World,
    /// The page with all that it takes in.
    doc: &'a Doc,
    links: &'a [Resolved],
    texts: &'a dyn Texts,
    /// Which of what it takes in has been written: the footnotes of a snippet stand in the page a second time.
    written: Vec<bool>,
}

impl<'a> Writer<'a> {
    /// A file. `parsed` is what it says itself, `body` what was composed of that; its links are `links` of the page.
    fn file(&mut self, text: &str, parsed: &Doc, body: &'a Body, links: Range<usize>) -> String {
        let resolved = self.doc.links[links.clone()].iter().zip(&self.links[links]);
        let mut edits: Vec<Edit> = resolved
            .filter(|(link, resolved)| link.verbatim && leads_into_site(&resolved.href))
            .map(|(link, resolved)| (link.span.clone(), full(self.world, &resolved.href)))
            .collect();
        let hidden = parsed.hidden.iter();
        edits.extend(hidden.map(|hidden| (hidden.clone(), String::new())));
        self.taken_in(text, body, &mut edits);
        edits.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        let mut at = parsed.start;
        let mut out = String::with_capacity(text.len());
        for (span, new) in edits {
            // A definition that several links share is one place, and so is a link in a comment.
            if span.start < at {
                continue;
            }
            out.push_str(&text[at..span.start]);
            out.push_str(&new);
            at = span.end;
        }
        out.push_str(&text[at..]);
        out
    }

    /// What a file takes in, in the place of the tags and in the fences that say so.
    fn taken_in(&mut self, text: &str, body: &'a Body, edits: &mut Vec<Edit>) {
        for hole in &body.holes {
            match &hole.filling {
                Filling::Component(component) => self.taken_in(text, &component.body, edits),
                Filling::Code(code) => edits.extend(fence(text, code)),
                Filling::Included(index, body) => {
                    if !std::mem::replace(&mut self.written[*index], true) {
                        edits.extend(self.snippet(text, *index, body));
                    }
                }
                Filling::Link(_) | Filling::Image(_) | Filling::Word(_) => {}
            }
        }
    }

    fn snippet(&mut self, text: &str, index: usize, body: &'a Body) -> Option<Edit> {
        let inclusion = &self.doc.included[index];
        let (source, parsed) = self.texts.text(&inclusion.file)?;
        let inner = self.file(&source.text, parsed, body, inclusion.links.clone());
        let span = inclusion.span.clone();
        // Behind any other tag stands what a writer put into it.
        let is_whole = text.get(span.clone())?.ends_with("/>");
        is_whole.then(|| {
            let margin = margin(line_before(text, span.start));
            (span, inner.trim().replace('\n', &format!("\n{margin}")))
        })
    }
}

/// The code of another file, for the empty fence that shows it.
fn fence(text: &str, code: &Code) -> Option<Edit> {
    code.info.as_ref()?.source.as_ref()?;
    let before = line_before(text, code.span.start).trim_end();
    let outside = before.trim_end_matches(['`', '~']);
    let marks = &before[outside.len()..];
    let start = code.span.end + text[code.span.end..].find('\n')? + 1;
    let next = text[start..].trim_start_matches([' ', '\t', '>']);
    if marks.is_empty() || !next.starts_with(marks) || code.text.contains(marks) {
        return None;
    }
    let margin = margin(outside);
    let lines = code.text.lines().map(|line| format!("{margin}{line}\n"));
    Some((start..start, lines.collect()))
}

fn line_before(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
    &text[start..at]
}

/// What further lines begin with, to go on where a line begins like this: the marks of quotes, and room for those of lists.
fn margin(before: &str) -> String {
    let is_mark = |c: char| c.is_ascii_digit() || ">-*+.) \t".contains(c);
    if !before.chars().all(is_mark) {
        return String::new();
    }
    let room = |c: char| if matches!(c, '>' | '\t') { c } else { ' ' };
    before.chars().map(room).collect()
}

fn leads_into_site(href: &str) -> bool {
    href.starts_with('/') && !href.starts_with("//")
}

/// An address on the site, as it may stand in Markdown and be used elsewhere.
fn full(world: &World, href: &str) -> String {
    let href = href.replace('(', "%28").replace(')', "%29");
    match &world.config.base_url {
        Some(base) => {
            let mount = url::encode(&world.config.mount);
            let path = href.strip_prefix(&mount).unwrap_or(&href);
            format!("{}{}{path}", base.origin, url::encode(&base.path))
        }
        None => href,
    }
}
