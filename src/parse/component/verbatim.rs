//! Where Markdown takes a text as it is, so that no tag is looked for, and which tags of HTML are none.

use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use super::elements;

/// Parts of a text, in bytes of it, in order.
pub struct Verbatim {
    /// Fences, code spans, comments, scripts, targets and titles of links, attributes of HTML.
    always: Vec<Range<usize>>,
    /// Indented code, which is none inside a component: there, people indent for looks.
    indented: Vec<Range<usize>>,
    /// Where tags begin that HTML does not know: `<your name>`.
    placeholders: Vec<usize>,
}

impl Verbatim {
    /// The end of the part that holds `at`, if one does.
    pub fn end(&self, at: usize) -> Option<usize> {
        end_of(&self.always, at)
    }

    /// The end of the indented code that holds `at`, if some does.
    pub fn end_of_indented(&self, at: usize) -> Option<usize> {
        end_of(&self.indented, at)
    }

    /// Whether the `<` at `at` begins what only looks like a tag.
    pub fn is_placeholder(&self, at: usize) -> bool {
        self.placeholders.binary_search(&at).is_ok()
    }
}

/// Reads a text as Markdown without components.
pub fn find(text: &str) -> Verbatim {
    let mut found = Verbatim {
        always: Vec::new(),
        indented: Vec::new(),
        placeholders: Vec::new(),
    };
    let closed = elements::closed(text);
    // For each open link, whether its target stands beside it, and where its text ends as far as it has been read.
    let mut links: Vec<(bool, usize)> = Vec::new();
    let blocks =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_DEFINITION_LIST;
    let events = Parser::new_ext(text, blocks).into_offset_iter();
    for (_, definition) in events.reference_definitions().iter() {
        found.always.push(definition.span.clone());
    }
    for (event, range) in events {
        if let Event::End(TagEnd::Link | TagEnd::Image) = event
            && let Some((true, inner)) = links.pop()
        {
            found.always.push(inner.max(range.start + 1)..range.end);
        }
        if let Some((_, inner)) = links.last_mut() {
            *inner = (*inner).max(range.end);
        }
        match event {
            Event::Start(Tag::CodeBlock(kind)) if kind.is_indented() => found.indented.push(range),
            Event::Start(Tag::CodeBlock(_)) | Event::Code(_) => found.always.push(range),
            Event::Start(Tag::Link { link_type, .. } | Tag::Image { link_type, .. }) => {
                links.push((link_type == LinkType::Inline, range.start));
            }
            Event::Start(Tag::HtmlBlock) => html_block(text, &closed, range, &mut found),
            Event::InlineHtml(html) => inline_html(&html, &closed, range, &mut found),
            _ => {}
        }
    }
    found.always.sort_by_key(|range| range.start);
    found.placeholders.sort_unstable();
    found
}

/// The end of the range that holds `at`, if one does. The ranges are sorted by their beginnings.
pub fn end_of(ranges: &[Range<usize>], at: usize) -> Option<usize> {
    let next = ranges.partition_point(|range| range.start <= at);
    ranges[..next]
        .last()
        .filter(|range| at < range.end)
        .map(|range| range.end)
}

fn inline_html(html: &str, closed: &HashSet<String>, range: Range<usize>, found: &mut Verbatim) {
    if html.starts_with("<!") || html.starts_with("<?") {
        found.always.push(range);
    } else if elements::is_placeholder(html, true, closed) {
        found.placeholders.push(range.start);
    } else if elements::is_element(&html[1..]) {
        // What stands in its attributes belongs to it.
        found.always.push(range.start + 1..range.end);
    }
}

/// A component's opening line makes an HTML block of all that follows without a blank line, fences included.
fn html_block(text: &str, closed: &HashSet<String>, block: Range<usize>, found: &mut Verbatim) {
    const AS_IT_IS: &[&str] = &["<!", "<?", "<script", "<style", "<textarea"];
    let start = text[block.clone()].trim_start();
    if AS_IT_IS.iter().any(|begin| {
        let head = start.get(..begin.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(begin))
    }) {
        found.always.push(block);
        return;
    }
    let mut fence: Option<(usize, &str)> = None;
    let mut at = block.start;
    for line in text[block].split_inclusive('\n') {
        let trimmed = line.trim_start_matches([' ', '\t', '>']).trim_end();
        let run = trimmed.len() - trimmed.trim_start_matches(['`', '~']).len();
        match fence {
            None if run >= 3 => fence = Some((at, &trimmed[..run])),
            None => {
                let tags = line.match_indices('<').map(|(place, _)| at + place);
                let none =
                    tags.filter(|tag| elements::is_placeholder(&text[*tag..], false, closed));
                found.placeholders.extend(none);
            }
            Some((start, marker)) if trimmed == marker => {
                found.always.push(start..at + line.len());
                fence = None;
            }
            Some(_) => {}
        }
        at += line.len();
    }
    if let Some((start, _)) = fence {
        found.always.push(start..at);
    }
}
