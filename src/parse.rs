//! One Markdown file in, one `Doc` out. Sees that file and nothing else: links, code and components stay holes.

mod anchors;
mod checks;
mod component;
pub mod compose;
mod emoji;
mod fence;
mod front_matter;
mod html;
mod imports;
mod markdown;
mod math;
mod punctuation;
mod stitched;

use std::ops::Range;
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::ignore::{self, Ignore};
use crate::diagnostic::{Diagnostic, Fix};
use crate::source::Source;
use crate::url;

use markdown::Room;

pub use anchors::Slugger;
pub use checks::{address as faulty_address, address_report};
pub use component::{Prop, PropValue};
pub use compose::{CodeFile, Inclusion, Shelf, compose};
pub use fence::{Excerpt, Info, Lines};
pub use front_matter::{
    FrontMatter, KNOWN, Key, Placed, SidebarChoice, exchange_alias, in_words, one_slip,
    owner_parts, slip,
};
pub use html::{attribute, attributes, unescaped};
pub use punctuation::Quotes;

/// How Markdown is read. The default is what pages get; the CommonMark examples are run with everything off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Tables, footnotes, strikethrough, task lists, definition lists, alerts, heading attributes.
    pub extensions: bool,
    /// Headings get an id and a link to themselves, code blocks a class and what their info string asks for.
    pub anchors: bool,
    /// `<CamelCase>` tags are components.
    pub components: bool,
    /// HTML comments are notes among writers and are not published.
    pub drop_comments: bool,
    /// Links in raw HTML are the page's links, and are written as they resolve.
    pub raw_links: bool,
    /// `$…$` and `$$…$$` are formulas.
    pub math: bool,
    /// `:tada:` is an emoji.
    pub emoji: bool,
    /// Punctuation becomes that of print, with the double quotes of a language.
    pub smart_punctuation: Option<Quotes>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            extensions: true,
            anchors: true,
            components: true,
            drop_comments: true,
            raw_links: true,
            math: false,
            emoji: true,
            smart_punctuation: None,
        }
    }
}

impl Options {
    /// As a site's settings have it.
    pub fn of(config: &Config) -> Options {
        let chosen = &config.markdown;
        Options {
            math: chosen.math,
            emoji: chosen.emoji,
            smart_punctuation: chosen
                .smart_punctuation
                .then(|| Quotes::of(&config.language)),
            ..Options::default()
        }
    }
}

/// A parsed page: what others may see of it, its text with holes, and what was wrong in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Doc {
    /// How it was read: read otherwise, the same text may be another page.
    pub options: Options,
    pub outline: Outline,
    pub body: Body,
    pub links: Vec<Link>,
    /// The snippets that the page takes in.
    pub imports: Vec<Import>,
    /// The files that code is read from, from the site's folder; one that leads out of it as written.
    pub code_files: Vec<String>,
    pub notes: Notes,
    /// How many tables there are.
    pub tables: usize,
    /// What `compose` has taken in; empty in a page as it was parsed.
    pub included: Vec<Inclusion>,
    /// Which snippets `compose` has looked for, by content path.
    pub asked: Vec<String>,
    /// Where the text begins in the file, below the front matter.
    pub start: usize,
    /// The bytes of what is not for readers: comments, imports and exports. In order.
    pub hidden: Vec<Range<usize>>,
    /// The reports that comments of the page silence.
    pub ignores: Vec<Ignore>,
    pub diagnostics: Vec<Diagnostic>,
}

/// All that other pages may know of a page. Equal outlines mean that an edit concerns only the page itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// Below the content folder: `handbook/values.md`.
    pub path: Arc<str>,
    /// From the site's root: `content/handbook/values.md`.
    pub file: Arc<str>,
    pub matter: FrontMatter,
    pub headings: Vec<Heading>,
    /// Everything a fragment can lead to, decoded: headings, ids in raw HTML, footnotes, components with a label. Sorted.
    pub anchors: Arc<[Arc<str>]>,
}

/// A heading of the page's text.
#[derive(Clone, Debug, PartialEq)]
pub struct Heading {
    pub level: u8,
    pub id: Arc<str>,
    /// Plain text, without markup.
    pub text: String,
}

/// HTML with holes, in order of their place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    pub html: String,
    pub holes: Vec<Hole>,
}

/// Something that other files or the theme decide, and where in the HTML it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Hole {
    pub at: usize,
    pub filling: Filling,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Filling {
    /// The value of an attribute: the resolved target of the link with this index in `Doc::links`.
    Link(usize),
    /// The content of a `<code>` element.
    Code(Code),
    /// Attributes that the file of the image tells, whose address is the link before this hole.
    Image(Image),
    Component(Box<Component>),
    /// A word of the theme, in the language of the site.
    Word(Word),
    /// What another file says: its index in `Doc::included`. Links in it count from that file's first one.
    Included(usize, Box<Body>),
}

/// A word that stands in a page and that no writer wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    Note,
    Tip,
    Important,
    Warning,
    Caution,
    Table,
    Formula,
    Diagram,
    Footnotes,
    BackToText,
    LinkToSection,
}

impl Word {
    /// As the language files of themes call it.
    pub fn key(self) -> &'static str {
        match self {
            Word::Note => "note",
            Word::Tip => "tip",
            Word::Important => "important",
            Word::Warning => "warning",
            Word::Caution => "caution",
            Word::Table => "table",
            Word::Formula => "formula",
            Word::Diagram => "diagram",
            Word::Footnotes => "footnotes",
            Word::BackToText => "back_to_text",
            Word::LinkToSection => "link_to_section",
        }
    }
}

/// The footnotes of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Notes {
    /// Where their texts begin in the HTML; its end where there are none.
    pub at: usize,
    pub count: usize,
}

/// An image that is still open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    /// From Markdown; its tag ends here. `alone` says that it has a text and stands in no link of Markdown's.
    Written { alone: bool },
    /// From raw HTML, with what its tag says itself.
    Raw { sized: bool, loading: bool },
}

/// A code block as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// As the info string writes it; empty if there is none.
    pub language: String,
    /// How it is to be shown; `None` where nothing is said about that.
    pub info: Option<Box<Info>>,
    /// All of it, with the marks of a diff and the comments that point out lines.
    pub text: String,
    /// The info string, or the block if it has none.
    pub span: Range<usize>,
}

/// A component with its body.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    pub name: String,
    /// What a fragment can call it by: its `id`, else one made of its `label`.
    pub id: Option<Arc<str>>,
    pub props: Vec<Prop>,
    /// For each prop that is a link, its index in `Doc::links`.
    pub links: Vec<(String, usize)>,
    /// The opening tag.
    pub span: Range<usize>,
    pub body: Body,
    /// Whether it stands in a line of text.
    pub inline: bool,
    /// How many headings of the page come before it.
    pub headings: usize,
}

/// A target that the page names, and where it says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// As written, with Markdown escapes and HTML entities undone.
    pub target: String,
    pub span: Range<usize>,
    /// Whether the file has the target in these bytes just as it is meant, so that parts of it can be changed there.
    pub verbatim: bool,
    /// Whether it stands alone between pointed brackets, where only a whole address is a link.
    pub autolink: bool,
    pub role: Role,
}

impl Link {
    /// A target that settings or front matter name, as they have it with its quotes.
    pub fn named(text: &str, span: &Range<usize>, role: Role) -> Link {
        // Between simple quotes it can be changed.
        let within = Fix::of_word(span, text, "");
        Link {
            target: text.to_owned(),
            verbatim: within.is_some(),
            autolink: false,
            span: within.map_or_else(|| span.clone(), |within| within.span),
            role,
        }
    }
}

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Somewhere to go.
    Go,
    /// Something to show in place: an image, a video, a script.
    Show,
}

/// The component that takes in a snippet by its path.
pub const INCLUDE: &str = "Include";

/// A Markdown file that a page takes in.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The component that stands for it; empty where an `<Include />` names the file itself.
    pub name: String,
    /// As written: from the file, or with a slash in front from the content folder.
    pub target: String,
    /// The target, between its quotes; the tag of an `<Include />` that names none.
    pub span: Range<usize>,
    /// Whether JavaScript is to say what the target is, so that it is empty.
    pub computed: bool,
}

/// Ids that had to be others.
type Renamed = Vec<(String, String)>;

impl Doc {
    /// Whether it takes in anything, be it there or not.
    pub fn takes_in(&self) -> bool {
        !self.imports.is_empty() || !self.code_files.is_empty()
    }
}

/// Parses one page.
pub fn parse(source: &Source, options: &Options) -> Doc {
    parse_into(source, options, Room::default()).0
}

/// Parses a text that is written into a page with this room for it. Gives the ids that are taken then, and those that
/// had to be others.
fn parse_into(source: &Source, options: &Options, room: Room) -> (Doc, Slugger, Renamed) {
    let head = front_matter::read(&source.file, &source.text);
    let mut parsed = markdown::write(source, head.value.body_start, options, room);
    let mut diagnostics = head.diagnostics;
    let conflicts = checks::conflicts(source, &parsed.code_blocks);
    diagnostics.extend(parsed.diagnostics);
    for link in &mut parsed.links {
        link.verbatim = source.text.get(link.span.clone()) == Some(link.target.as_str());
        link.autolink = is_autolink(&source.text[..link.span.start]);
    }
    let matter = &head.value.matter;
    let headings = checks::headings(&source.file, matter, &parsed.written_headings);
    diagnostics.extend(headings);
    diagnostics.extend(checks::addresses(source, &parsed.links));
    checks::report_conflicts(source, head.value.body_start, &conflicts, &mut diagnostics);
    let mut hidden = [parsed.comments.as_slice(), &parsed.modules].concat();
    hidden.sort_by_key(|hidden| hidden.start);
    let mut comments = ignore::hash_comments(&source.text[..head.value.body_start], 0);
    comments.extend(parsed.comments);
    let (ignores, faults) = ignore::read(&source.file, &source.text, &comments);
    diagnostics.extend(faults);
    let mut imports = imports::find(&source.text, &parsed.modules);
    imports.extend(parsed.includes);
    let folder = url::split_last(&source.file).0;
    let code_files = parsed.code_files.iter();
    let doc = Doc {
        options: *options,
        outline: Outline {
            path: Arc::clone(&source.path),
            file: Arc::clone(&source.file),
            matter: head.value.matter,
            headings: parsed.headings,
            anchors: parsed.anchors,
        },
        body: parsed.body,
        links: parsed.links,
        imports,
        code_files: code_files
            .map(|path| url::join(folder, path).unwrap_or_else(|| path.clone()))
            .collect(),
        notes: parsed.notes,
        tables: parsed.tables,
        included: Vec::new(),
        asked: Vec::new(),
        start: head.value.body_start,
        hidden,
        ignores,
        diagnostics,
    };
    (doc, parsed.slugger, parsed.renamed)
}

/// Whether a target is an autolink, by the text before it: `<`, and not the `](<` or `]: <` of another link.
fn is_autolink(before: &str) -> bool {
    before.strip_suffix('<').is_some_and(|before| {
        let before = before.trim_end();
        !before.ends_with("](") && !before.ends_with("]:")
    })
}

impl Outline {
    /// The title that the page gives itself: front matter, else its first h1.
    pub fn title(&self) -> Option<&str> {
        let given = self.matter.title.as_deref();
        given.filter(|title| !title.is_empty()).or_else(|| {
            self.headings
                .iter()
                .find(|heading| heading.level == 1 && !heading.text.is_empty())
                .map(|heading| heading.text.as_str())
        })
    }
}
