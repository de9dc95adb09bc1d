//! Markdown to HTML with holes, by way of pulldown-cmark's events. Resolves nothing and reads no files.

mod blocks;
mod checks;
mod components;
pub mod footnotes;
mod links;
mod math;
mod tabs;
mod words;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{
    Alignment, BlockQuoteKind, BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Parser, Tag,
    TagEnd,
};
use pulldown_cmark_escape::{escape_html, escape_html_body_text};

use crate::diagnostic::Diagnostic;
use crate::parse::component::{self, Scanned};
use crate::parse::fence;
use crate::parse::imports;
use crate::parse::stitched::Stitched;
use crate::parse::{
    Body, Code, Component, Filling, Heading, Hole, Image, Import, Link, Notes, Options, Role,
    Slugger, Word,
};
use crate::source::Source;

/// The body of a page and what was found in it.
pub struct Parsed {
    pub body: Body,
    pub links: Vec<Link>,
    pub headings: Vec<Heading>,
    /// Every heading, also those without an anchor.
    pub written_headings: Vec<WrittenHeading>,
    /// Where code blocks stand in the file.
    pub code_blocks: Vec<Range<usize>>,
    /// Where HTML comments stand in the file.
    pub comments: Vec<Range<usize>>,
    pub anchors: Arc<[Arc<str>]>,
    pub diagnostics: Vec<Diagnostic>,
    /// What `<Include />` takes in.
    pub includes: Vec<Import>,
    /// Where `import` statements stand in the file.
    pub modules: Vec<Range<usize>>,
    /// The files that code is read from, as written.
    pub code_files: Vec<String>,
    pub notes: Notes,
    pub tables: usize,
    pub slugger: Slugger,
    /// Ids that had to be others, because they were taken.
    pub renamed: Vec<(String, String)>,
}

/// What a page has before a snippet is written into it: ids that are taken, and how much is counted on.
#[derive(Debug, Default)]
pub struct Room {
    pub slugger: Slugger,
    pub notes: usize,
    pub tables: usize,
    /// Whether ids that writers chose give way, too.
    pub is_shared: bool,
}

/// A heading as it was written.
pub struct WrittenHeading {
    pub level: u8,
    /// Plain text; empty where the heading shows something else.
    pub text: String,
    /// In the file.
    pub span: Range<usize>,
}

/// Writes the body of a file, which begins at the byte `start`.
pub fn write(source: &Source, start: usize, options: &Options, room: Room) -> Parsed {
    let scanned = if options.components {
        component::scan(&source.text[start..], start)
    } else {
        Scanned::without_components(&source.text[start..], start)
    };
    let undefined = RefCell::new(Vec::new());
    let callback = |broken: BrokenLink<'_>| {
        undefined.borrow_mut().push(Undefined {
            label: broken.reference.to_string(),
            span: broken.span,
            shortcut: broken.link_type == LinkType::Shortcut,
        });
        None::<(CowStr<'_>, CowStr<'_>)>
    };
    let events = Parser::new_with_broken_link_callback(
        &scanned.stitched.text,
        markdown_options(options, &scanned.stitched.text),
        Some(callback),
    )
    .into_offset_iter();
    let definitions: HashMap<String, Range<usize>> = events
        .reference_definitions()
        .iter()
        .map(|(label, definition)| (label.to_lowercase(), definition.span.clone()))
        .collect();
    let mut writer = Writer::new(source, &scanned, options, definitions, room);
    for (event, range) in events {
        writer.event(event, range);
    }
    writer.finish(undefined.into_inner())
}

fn markdown_options(options: &Options, text: &str) -> pulldown_cmark::Options {
    use pulldown_cmark::Options as Md;
    if !options.extensions {
        return Md::empty();
    }
    let mut chosen = Md::empty();
    chosen.set(Md::ENABLE_MATH, options.math);
    chosen.set(
        Md::ENABLE_SMART_PUNCTUATION,
        options.smart_punctuation.is_some(),
    );
    chosen.set(Md::ENABLE_DEFINITION_LIST, has_definitions(text));
    chosen
        | Md::ENABLE_TABLES
        | Md::ENABLE_FOOTNOTES
        | Md::ENABLE_STRIKETHROUGH
        | Md::ENABLE_TASKLISTS
        | Md::ENABLE_GFM
        | Md::ENABLE_HEADING_ATTRIBUTES
}

/// Whether a line defines a term. The parser would take `:tada:` and `:::note` for definitions as well, and the paragraph
/// above for their term.
fn has_definitions(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start_matches([' ', '\t', '>']);
        line.strip_prefix(':')
            .is_some_and(|rest| rest.starts_with([' ', '\t']))
    })
}

/// A reference that no definition answers to.
struct Undefined {
    label: String,
    span: Range<usize>,
    shortcut: bool,
}

/// A link or image that has been opened.
struct OpenLink {
    /// In the stitched text.
    range: Range<usize>,
    /// Where the text of the link ends, as far as it has been read.
    inner_end: usize,
    /// An image's title, which is written after its `alt`.
    title: String,
    /// Where the text begins in the HTML, and after how many holes.
    at: usize,
    holes: usize,
}

struct OpenHeading {
    level: u8,
    /// Where the heading's content begins in the HTML.
    at: usize,
    holes: usize,
    id: Option<String>,
    classes: Vec<String>,
    attributes: Vec<(String, Option<String>)>,
    /// As it is shown.
    text: String,
    /// As it is written, which its anchor is made of: `:tada:` and straight quotes.
    written: String,
}

struct OpenComponent {
    tag: usize,
    /// Whether it stands on lines of its own.
    block: bool,
    /// What was written before the component.
    before: Body,
    depth: usize,
}

/// A footnote that is referred to or defined.
#[derive(Default)]
struct Footnote {
    number: usize,
    references: usize,
}

struct Writer<'a> {
    source: &'a Source,
    scanned: &'a Scanned,
    options: &'a Options,
    out: Body,
    links: Vec<Link>,
    headings: Vec<Heading>,
    written_headings: Vec<WrittenHeading>,
    code_blocks: Vec<Range<usize>>,
    comments: Vec<Range<usize>>,
    anchors: HashSet<String>,
    diagnostics: Vec<Diagnostic>,
    slugger: Slugger,
    /// How many tags are open.
    depth: usize,
    open_links: Vec<OpenLink>,
    /// Depth inside an image: only text is written, into its `alt`.
    alt_depth: usize,
    heading: Option<OpenHeading>,
    code: Option<Code>,
    html_block: Option<Stitched>,
    /// Whether a block of HTML is being written, now that its end is known.
    in_html_block: bool,
    table: Vec<Alignment>,
    /// How many tables there were so far.
    tables: usize,
    /// How many formulas with a line of their own.
    formulas: usize,
    in_table_head: bool,
    cell: usize,
    label_open: bool,
    /// Paragraphs that are not written as such, because they hold nothing but component tags.
    bare_paragraph: bool,
    /// How many components were open when it began.
    bare_from: usize,
    components: Vec<OpenComponent>,
    /// The pictures that imports give a name to.
    files: Vec<Import>,
    /// The fences just before that are tabs of one group.
    tabs: Vec<Component>,
    footnotes: HashMap<String, Footnote>,
    /// Footnote definitions by name; written at the end, in the order of the first references.
    definitions: HashMap<String, Body>,
    /// Bodies that wait while a footnote definition is written.
    waiting: Vec<(String, Body)>,
    /// Where reference definitions stand in the stitched text, by lower-case label.
    references: HashMap<String, Range<usize>>,
    /// Links already made for a reference definition, so that one fault is one report.
    by_definition: HashMap<usize, usize>,
    includes: Vec<Import>,
    code_files: Vec<String>,
    /// How many footnotes the page had before this text.
    notes_before: usize,
    /// Where the texts of footnotes begin.
    notes: Option<usize>,
    is_shared: bool,
    renamed: Vec<(String, String)>,
}

impl<'a> Writer<'a> {
    fn new(
        source: &'a Source,
        scanned: &'a Scanned,
        options: &'a Options,
        references: HashMap<String, Range<usize>>,
        room: Room,
    ) -> Writer<'a> {
        let mut out = Body::default();
        out.html.reserve(scanned.stitched.text.len() * 3 / 2);
        Writer {
            source,
            scanned,
            options,
            out,
            links: Vec::new(),
            headings: Vec::new(),
            written_headings: Vec::new(),
            code_blocks: Vec::new(),
            comments: Vec::new(),
            anchors: HashSet::new(),
            diagnostics: Vec::new(),
            slugger: room.slugger,
            depth: 0,
            open_links: Vec::new(),
            alt_depth: 0,
            heading: None,
            code: None,
            html_block: None,
            in_html_block: false,
            table: Vec::new(),
            tables: room.tables,
            formulas: 0,
            in_table_head: false,
            cell: 0,
            label_open: false,
            bare_paragraph: false,
            bare_from: 0,
            components: Vec::new(),
            files: imports::files(&source.text, &scanned.cuts()),
            tabs: Vec::new(),
            footnotes: HashMap::new(),
            definitions: HashMap::new(),
            waiting: Vec::new(),
            references,
            by_definition: HashMap::new(),
            includes: Vec::new(),
            code_files: Vec::new(),
            notes_before: room.notes,
            notes: None,
            is_shared: room.is_shared,
            renamed: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if let Some(link) = self.open_links.last_mut()
            && !matches!(event, Event::End(TagEnd::Link | TagEnd::Image))
        {
            link.inner_end = link.inner_end.max(range.end);
        }
        if self.alt_depth > 0 {
            self.alt_event(event, range);
            return;
        }
        if !self.tabs.is_empty()
            && self.code.is_none()
            && !matches!(event, Event::Start(Tag::CodeBlock(_)))
        {
            self.end_tabs();
        }
        match event {
            Event::Start(tag) => {
                self.depth += 1;
                self.start(tag, range);
            }
            Event::End(tag) => {
                self.close_components_deeper_than(self.depth);
                self.end(tag, range);
                self.depth -= 1;
            }
            // What is left of a tab that indents raw HTML comes as text.
            Event::Text(text) => match &mut self.html_block {
                Some(block) => block.insert(&text, range.start),
                None => {
                    self.undefined_footnote(&range);
                    self.text(&text, range);
                }
            },
            Event::Code(text) => {
                let text = self.restored(&text);
                self.heading_text(&text);
                self.raw("<code>");
                self.escaped(&text);
                self.raw("</code>");
            }
            Event::Html(text) => match &mut self.html_block {
                Some(block) => block.copy(&text, range.start),
                None => self.html(&Stitched::whole(&text, range.start), true),
            },
            Event::InlineHtml(text) => self.html(&Stitched::whole(&text, range.start), false),
            Event::SoftBreak => {
                self.heading_text(" ");
                self.raw("\n");
            }
            Event::HardBreak => {
                self.heading_text(" ");
                self.raw("<br />\n");
            }
            Event::Rule => {
                self.line();
                self.raw("<hr />\n");
            }
            Event::FootnoteReference(name) => self.footnote_reference(&name),
            Event::TaskListMarker(done) => self.task(done),
            Event::InlineMath(text) => self.inline_math(&text, range),
            Event::DisplayMath(text) => self.display_math(&text, range),
        }
    }

    fn alt_event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::Image { .. } | Tag::Link { .. }) => {
                self.alt_depth += 1;
                self.open_links.push(OpenLink {
                    inner_end: range.start,
                    range,
                    title: String::new(),
                    at: self.out.html.len(),
                    holes: self.out.holes.len(),
                });
            }
            Event::Start(_) => self.alt_depth += 1,
            Event::End(tag) => {
                self.alt_depth -= 1;
                if self.alt_depth == 0 {
                    self.end(tag, range);
                    self.depth -= 1;
                } else if matches!(tag, TagEnd::Image | TagEnd::Link) {
                    self.open_links.pop();
                }
            }
            Event::Text(text) => {
                let text = self.restored(&text);
                let text = self.shown(&text, &range);
                escape_html(&mut self.out.html, &text).expect("a String takes everything");
            }
            Event::Code(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text) => {
                let text = self.restored(&text);
                escape_html(&mut self.out.html, &text).expect("a String takes everything");
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule => self.raw(" "),
            Event::FootnoteReference(name) => self.escaped(&name),
            Event::Html(_) | Event::TaskListMarker(_) => {}
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm per Markdown tag")]
    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => {
                self.bare_paragraph = self.scanned.is_only_components(range);
                self.bare_from = self.components.len();
                if !self.bare_paragraph {
                    self.line();
                    self.raw("<p>");
                }
            }
            Tag::Heading {
                level,
                id,
                classes,
                attrs,
            } => {
                self.line();
                self.heading = Some(OpenHeading {
                    level: level as u8,
                    at: self.out.html.len(),
                    holes: self.out.holes.len(),
                    id: id.map(|id| id.to_string()),
                    classes: classes.iter().map(ToString::to_string).collect(),
                    attributes: attrs
                        .into_iter()
                        .map(|(key, value)| (key.to_string(), value.map(|v| v.to_string())))
                        .collect(),
                    text: String::new(),
                    written: String::new(),
                });
            }
            Tag::BlockQuote(kind) => {
                self.close_label();
                self.line();
                match kind {
                    None => self.raw("<blockquote>\n"),
                    Some(kind) => {
                        let (class, title) = alert(kind);
                        self.raw("<div class=\"alert ");
                        self.raw(class);
                        self.raw("\" role=\"note\">\n<p class=\"alert-title\">");
                        self.hole(Filling::Word(title));
                        self.raw("</p>\n");
                    }
                }
            }
            Tag::CodeBlock(kind) => {
                self.close_label();
                let info = match &kind {
                    CodeBlockKind::Fenced(info) => info.as_ref(),
                    CodeBlockKind::Indented => "",
                };
                let (language, mut info) = if self.options.anchors {
                    fence::read(info)
                } else {
                    (fence::language(info), None)
                };
                let block = self.scanned.stitched.span(range.clone());
                self.code_blocks.push(block);
                let span = self.info_span(language, range.clone());
                let source = info.as_mut().and_then(|info| info.source.as_mut());
                let language = match source {
                    Some(source) => {
                        source.span = self.info_span(&source.path, range);
                        self.code_files.push(source.path.clone());
                        match language {
                            "" => source.language(),
                            language => language.to_owned(),
                        }
                    }
                    None => language.to_owned(),
                };
                self.code = Some(Code {
                    language,
                    info,
                    text: String::new(),
                    span,
                });
            }
            Tag::HtmlBlock => self.html_block = Some(Stitched::default()),
            Tag::List(start) => {
                self.close_label();
                self.line();
                match start {
                    None => self.raw("<ul>\n"),
                    Some(1) => self.raw("<ol>\n"),
                    Some(first) => {
                        self.raw("<ol start=\"");
                        self.raw(&first.to_string());
                        self.raw("\">\n");
                    }
                }
            }
            Tag::Item => {
                self.line();
                self.raw("<li>");
            }
            Tag::FootnoteDefinition(name) => {
                let body = std::mem::take(&mut self.out);
                self.waiting.push((name.to_string(), body));
            }
            Tag::DefinitionList => {
                self.line();
                self.raw("<dl>\n");
            }
            Tag::DefinitionListTitle => {
                self.line();
                self.raw("<dt>");
            }
            Tag::DefinitionListDefinition => {
                self.line();
                self.raw("<dd>");
            }
            Tag::Table(alignments) => {
                self.table = alignments;
                if self.options.anchors {
                    self.line();
                    // Regions of one page need names of their own.
                    self.tables += 1;
                    self.raw("<div class=\"table\" role=\"region\" aria-label=\"");
                    self.numbered(Word::Table, self.tables);
                    self.raw("\" tabindex=\"0\">\n");
                }
                self.raw("<table>");
            }
            Tag::TableHead => {
                self.in_table_head = true;
                self.cell = 0;
                self.raw("<thead><tr>");
            }
            Tag::TableRow => {
                self.cell = 0;
                self.raw("<tr>");
            }
            Tag::TableCell => {
                self.raw(if self.in_table_head { "<th" } else { "<td" });
                self.raw(match self.table.get(self.cell) {
                    Some(Alignment::Left) => " class=\"left\">",
                    Some(Alignment::Center) => " class=\"center\">",
                    Some(Alignment::Right) => " class=\"right\">",
                    Some(Alignment::None) | None => ">",
                });
            }
            Tag::Emphasis => self.raw("<em>"),
            Tag::Strong => self.raw("<strong>"),
            Tag::Strikethrough => self.raw("<del>"),
            Tag::Superscript => self.raw("<sup>"),
            Tag::Subscript => self.raw("<sub>"),
            Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            } => {
                let target = match link_type {
                    LinkType::Email => format!("mailto:{dest_url}"),
                    _ => dest_url.to_string(),
                };
                let shows_address = self.shows_address(&target, range.clone());
                self.raw("<a href=\"");
                self.open_link(link_type, &target, &id, range, Role::Go);
                self.raw(if shows_address {
                    "\" class=\"address\""
                } else {
                    "\""
                });
                self.title(&title);
                self.raw(">");
                self.text_of_link_begins();
            }
            Tag::Image {
                link_type,
                dest_url,
                title,
                id,
            } => {
                self.raw("<img src=\"");
                self.open_link(link_type, &dest_url, &id, range, Role::Show);
                if let Some(link) = self.open_links.last_mut() {
                    link.title = title.to_string();
                }
                self.raw("\" alt=\"");
                self.text_of_link_begins();
                self.alt_depth = 1;
            }
            Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Paragraph => {
                if std::mem::take(&mut self.bare_paragraph) {
                    return;
                }
                self.close_label();
                self.raw("</p>\n");
            }
            TagEnd::Heading(_) => self.end_heading(&range),
            TagEnd::BlockQuote(None) => self.raw("</blockquote>\n"),
            TagEnd::BlockQuote(Some(_)) => self.raw("</div>\n"),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => {
                if let Some(block) = self.html_block.take() {
                    self.in_html_block = true;
                    self.html(&block, true);
                    self.in_html_block = false;
                }
            }
            TagEnd::List(ordered) => self.raw(if ordered { "</ol>\n" } else { "</ul>\n" }),
            TagEnd::Item => {
                self.close_label();
                self.raw("</li>\n");
            }
            TagEnd::FootnoteDefinition => {
                if let Some((name, before)) = self.waiting.pop() {
                    let body = std::mem::replace(&mut self.out, before);
                    self.definitions.entry(name).or_insert(body);
                }
            }
            TagEnd::DefinitionList => self.raw("</dl>\n"),
            TagEnd::DefinitionListTitle => self.raw("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.raw("</dd>\n"),
            TagEnd::Table => {
                self.table.clear();
                self.raw("</tbody></table>\n");
                if self.options.anchors {
                    self.raw("</div>\n");
                }
            }
            TagEnd::TableHead => {
                self.in_table_head = false;
                self.raw("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => self.raw("</tr>\n"),
            TagEnd::TableCell => {
                self.raw(if self.in_table_head { "</th>" } else { "</td>" });
                self.cell += 1;
            }
            TagEnd::Emphasis => self.raw("</em>"),
            TagEnd::Strong => self.raw("</strong>"),
            TagEnd::Strikethrough => self.raw("</del>"),
            TagEnd::Superscript => self.raw("</sup>"),
            TagEnd::Subscript => self.raw("</sub>"),
            TagEnd::Link => {
                if let Some((at, holes)) = self.text_of_link() {
                    self.check_link_text(&range, at, holes);
                }
                self.close_link(&range);
                self.raw("</a>");
            }
            TagEnd::Image => {
                let mut has_text = false;
                if let Some((at, _)) = self.text_of_link() {
                    has_text = !self.out.html[at..].trim().is_empty();
                    self.check_image(&range, at);
                }
                let title = self.close_link(&range);
                self.raw("\"");
                self.title(&title);
                self.hole(Filling::Image(Image::Written {
                    alone: has_text && self.open_links.is_empty(),
                }));
            }
            TagEnd::MetadataBlock(_) => {}
        }
    }

    // Text.

    fn raw(&mut self, html: &str) {
        self.out.html.push_str(html);
    }

    fn escaped(&mut self, text: &str) {
        escape_html_body_text(&mut self.out.html, text).expect("a String takes everything");
    }

    /// Begins a new line unless one has just begun.
    fn line(&mut self) {
        if !self.out.html.is_empty() && !self.out.html.ends_with('\n') {
            self.raw("\n");
        }
    }

    fn hole(&mut self, filling: Filling) {
        let at = self.out.html.len();
        self.out.holes.push(Hole { at, filling });
    }

    /// The name of the first of its kind on a page, or of another one.
    fn numbered(&mut self, word: Word, number: usize) {
        self.hole(Filling::Word(word));
        if number > 1 {
            self.raw(&format!(" {number}"));
        }
    }

    fn heading_text(&mut self, text: &str) {
        self.heading_words(text, text);
    }

    /// A text in which components have no business, as it stood in the source.
    fn restored<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.scanned.restore(text, &self.source.text)
    }

    fn title(&mut self, title: &str) {
        if !title.is_empty() {
            let title = self.restored(title);
            self.raw(" title=\"");
            escape_html(&mut self.out.html, &title).expect("a String takes everything");
            self.raw("\"");
        }
    }

    // Lists and footnotes.

    fn task(&mut self, done: bool) {
        if let Some(at) = self.out.html.rfind("<li>") {
            const CLASS: &str = " class=\"task\"";
            self.out.html.insert_str(at + 3, CLASS);
            for hole in self
                .out
                .holes
                .iter_mut()
                .rev()
                .take_while(|hole| hole.at > at)
            {
                hole.at += CLASS.len();
            }
        }
        self.raw("<label><input type=\"checkbox\" disabled");
        self.raw(if done { " checked /> " } else { " /> " });
        self.label_open = true;
    }

    fn close_label(&mut self) {
        if std::mem::take(&mut self.label_open) {
            self.raw("</label>");
        }
    }

    fn append(&mut self, body: Body) {
        let offset = self.out.html.len();
        self.out.html.push_str(&body.html);
        self.out
            .holes
            .extend(body.holes.into_iter().map(|mut hole| {
                hole.at += offset;
                hole
            }));
    }

    fn finish(mut self, undefined: Vec<Undefined>) -> Parsed {
        self.end_tabs();
        self.close_components_deeper_than(0);
        self.footnote_section();
        let notes = Notes {
            at: self.notes.unwrap_or(self.out.html.len()),
            count: self.footnotes.len(),
        };
        self.name_components();
        self.undefined(undefined);
        // Comments of MDX can say what to be silent about, as those of HTML can.
        let cuts = self.scanned.cuts().into_iter();
        let (modules, comments): (Vec<_>, Vec<_>) =
            cuts.partition(|cut| self.source.text[cut.clone()].starts_with("import"));
        self.comments.extend(comments);
        self.comments.sort_by_key(|comment| comment.start);
        self.diagnostics
            .extend(component::diagnostics(&self.source.file, self.scanned));
        let mut anchors: Vec<Arc<str>> = self.anchors.into_iter().map(Arc::from).collect();
        anchors.sort();
        self.out.html.shrink_to_fit();
        Parsed {
            body: self.out,
            links: self.links,
            headings: self.headings,
            written_headings: self.written_headings,
            code_blocks: self.code_blocks,
            comments: self.comments,
            anchors: anchors.into(),
            diagnostics: self.diagnostics,
            includes: self.includes,
            modules,
            code_files: self.code_files,
            notes,
            tables: self.tables,
            slugger: self.slugger,
            renamed: self.renamed,
        }
    }
}

/// The class of an alert and its title.
fn alert(kind: BlockQuoteKind) -> (&'static str, Word) {
    match kind {
        BlockQuoteKind::Note => ("note", Word::Note),
        BlockQuoteKind::Tip => ("tip", Word::Tip),
        BlockQuoteKind::Important => ("important", Word::Important),
        BlockQuoteKind::Warning => ("warning", Word::Warning),
        BlockQuoteKind::Caution => ("caution", Word::Caution),
    }
}
