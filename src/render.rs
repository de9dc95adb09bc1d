//! Turns a parsed page into HTML: fills its holes and hands it to the theme. Reads no files, remembers nothing.

mod code;
mod component;
mod context;
mod copy;
mod data;
mod image;
mod list;
mod look;
mod machines;
mod sidebar;
mod sitemap;
mod theme;
mod trust;
mod ui;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use tera::Context;

use pulldown_cmark_escape::{escape_html, escape_html_body_text};

use crate::config::Config;
use crate::data::Data;
use crate::diagnostic::{Code as DiagnosticCode, Diagnostic};
use crate::highlight::{Highlighted, Language};
use crate::parse::{Body, Code, Component, Doc, Filling, Image};
use crate::site::{self, Declarations, Facts, PageId, Resolved, Site, View};

pub use context::{SharedValues, shared_values};
pub use copy::{Texts, copy, has_copy};
pub use data::DataValue;
use image::Images;
pub use image::{Pictures, Size};
pub use list::trail;
pub use sidebar::{
    file as sidebar_file, file_path as sidebar_path, has_file as has_sidebar_file,
    of_file as sidebar_of_file,
};
pub use sitemap::{files as sitemap_files, path as sitemap_path, text as sitemap};
pub use theme::{Theme, Versions};
pub use trust::announcement;
pub use ui::Ui;

/// All that a page may know beyond itself. Immutable; what changes makes a new one.
pub struct World {
    pub site: Site,
    pub config: Arc<Config>,
    pub facts: Arc<Facts>,
    pub data: Arc<Data>,
    pub declarations: Arc<Declarations>,
    pub ui: Arc<Ui>,
    /// Shown to a writer: what nobody declares is marked.
    pub preview: bool,
    pub shared: SharedValues,
}

impl World {
    /// The part of it that links, components and front matter are held against.
    pub fn view(&self) -> View<'_> {
        View {
            site: &self.site,
            config: &self.config,
            facts: &self.facts,
            data: &self.data,
            declarations: &self.declarations,
        }
    }
}

/// What colours code. The session's one remembers what it has done.
pub trait Highlight: Sync {
    fn language(&self, info: &str) -> Language;
    fn highlight(&self, language: &Language, text: &str) -> Arc<Highlighted>;
}

/// A page as it is served, and what came up on the way.
#[derive(Clone, Debug)]
pub struct Rendered {
    pub html: String,
    pub diagnostics: Vec<Diagnostic>,
}

/// Renders a written page.
///
/// # Errors
/// A fault of the theme, as a diagnostic at its template.
pub fn page(
    world: &World,
    theme: &Theme,
    highlight: &dyn Highlight,
    pictures: &dyn Pictures,
    page: PageId,
    doc: &Doc,
    links: &[Resolved],
) -> Result<Rendered, Box<Diagnostic>> {
    let mut filler = Filler {
        world,
        theme,
        page,
        doc,
        links,
        file: &doc.outline.file,
        first_link: 0,
        highlight,
        images: Images::new(pictures),
        implicits: OnceCell::new(),
        children: None,
        parent: None,
        diagnostics: Vec::new(),
        fault: None,
    };
    let mut content = String::with_capacity(doc.body.html.len() * 5 / 4);
    filler.body(&doc.body, &mut content);
    if let Some(fault) = filler.fault {
        return Err(fault);
    }
    let context = context::written(world, page, doc, links, &content);
    let html = theme.render("page.html", &context, &doc.outline.file)?;
    Ok(Rendered {
        html,
        diagnostics: filler.diagnostics,
    })
}

/// Renders the page of a folder that has none of its own.
///
/// # Errors
/// A fault of the theme, as a diagnostic at its template.
pub fn section(world: &World, theme: &Theme, page: PageId) -> Result<String, Box<Diagnostic>> {
    let context = context::section(world, page);
    theme.render("section.html", &context, &world.site.pages[page].url)
}

/// Renders what is served where there is nothing.
///
/// # Errors
/// A fault of the theme, as a diagnostic at its template.
pub fn not_found(world: &World, theme: &Theme) -> Result<String, Box<Diagnostic>> {
    theme.render("404.html", &context::not_found(world), "404.html")
}

/// Renders the list of these pages from A to Z.
///
/// # Errors
/// A fault of the theme, as a diagnostic at its template.
pub fn list(
    world: &World,
    theme: &Theme,
    pages: impl Iterator<Item = PageId>,
) -> Result<String, Box<Diagnostic>> {
    theme.render(
        "a-z.html",
        &context::all_pages(world, pages),
        site::list::URL,
    )
}

/// Renders the page at an old address of `page`.
///
/// # Errors
/// A fault of the theme, as a diagnostic at its template.
pub fn redirect(world: &World, theme: &Theme, page: PageId) -> Result<String, Box<Diagnostic>> {
    let context = context::redirect(world, page);
    theme.render("redirect.html", &context, &world.site.pages[page].url)
}

/// A body with its links as written, its code plain and its components reduced to their content: Markdown alone.
pub fn plain(doc: &Doc) -> String {
    fn fill(body: &Body, doc: &Doc, html: &mut String) {
        each(body, html, &mut |filling, html| match filling {
            Filling::Link(link) => {
                let target = &doc.links[*link].target;
                pulldown_cmark_escape::escape_href(&mut *html, target)
                    .expect("a String takes everything");
            }
            Filling::Code(code) => {
                escape_html_body_text(&mut *html, &code.text).expect("a String takes everything");
            }
            Filling::Component(component) => fill(&component.body, doc, html),
            Filling::Included(_, body) => fill(body, doc, html),
            Filling::Image(Image::Written { .. }) => html.push_str(" />"),
            Filling::Image(Image::Raw { .. }) | Filling::Word(_) => {}
        });
    }
    let mut html = String::new();
    fill(&doc.body, doc, &mut html);
    html
}

/// Copies a body's HTML and calls `fill` at each hole.
fn each<'b>(body: &'b Body, html: &mut String, fill: &mut dyn FnMut(&'b Filling, &mut String)) {
    let mut at = 0;
    for hole in &body.holes {
        html.push_str(&body.html[at..hole.at]);
        at = hole.at;
        fill(&hole.filling, html);
    }
    html.push_str(&body.html[at..]);
}

struct Filler<'a> {
    world: &'a World,
    theme: &'a Theme,
    page: PageId,
    doc: &'a Doc,
    links: &'a [Resolved],
    /// The file whose text is being written, and where its links begin.
    file: &'a Arc<str>,
    first_link: usize,
    highlight: &'a dyn Highlight,
    images: Images<'a>,
    /// What components can ask for beside their props; made for the first one.
    implicits: OnceCell<Context>,
    /// The components in the one that is being filled so far, if its template or one around it asks for them.
    children: Option<Vec<tera::Value>>,
    /// The component that is being filled.
    parent: Option<&'a str>,
    diagnostics: Vec<Diagnostic>,
    /// The first component whose template failed.
    fault: Option<Box<Diagnostic>>,
}

impl<'a> Filler<'a> {
    fn body(&mut self, body: &'a Body, html: &mut String) {
        each(body, html, &mut |filling, html| match filling {
            Filling::Link(link) => {
                let link = self.first_link + *link;
                self.images.link = Some(link);
                let href = safe_href(&self.links[link].href);
                escape_html(&mut *html, &href).expect("a String takes everything");
            }
            Filling::Code(code) => self.code(code, html),
            Filling::Component(component) => self.component(component, html),
            Filling::Included(index, body) => self.included(*index, body, html),
            Filling::Image(image) => self.images.write(*image, self.links, html),
            Filling::Word(word) => escape_html(&mut *html, self.world.ui.get(word.key()))
                .expect("a String takes everything"),
        });
    }

    /// Links count from the first one of the file that they stand in, and reports name it.
    fn included(&mut self, index: usize, body: &'a Body, html: &mut String) {
        let inclusion = &self.doc.included[index];
        let host = (self.file, self.first_link);
        (self.file, self.first_link) = (&inclusion.file, inclusion.links.start);
        self.body(body, html);
        (self.file, self.first_link) = host;
    }

    /// What is not declared, or lacks what it cannot do without, has been reported: its content is shown.
    fn component(&mut self, component: &'a Component, html: &mut String) {
        let World {
            declarations,
            config,
            ..
        } = self.world;
        let declaration = declarations.get(&component.name, config);
        let given = declaration.and_then(|it| Some((it, it.given(component)?)));
        let Some((declaration, given)) = given else {
            return self.unknown(component, html);
        };
        // Those of a child are asked for with the child.
        let name = declarations.name(&component.name, config);
        let parent = self.parent.replace(name);
        let around = self.children.take();
        if declaration.takes_children || around.is_some() {
            self.children = Some(Vec::new());
        }
        let mut body = String::new();
        // What leads somewhere as a whole has no links inside.
        let leads = component
            .links
            .iter()
            .any(|(prop, _)| matches!(prop.as_str(), "href" | "to" | "url"));
        self.images.in_links += usize::from(leads);
        self.body(&component.body, &mut body);
        self.images.in_links -= usize::from(leads);
        let children = std::mem::replace(&mut self.children, around);
        self.parent = parent;
        let mut props = Vec::with_capacity(given.len());
        for (name, value) in &given {
            let names = declaration.props.get(name).and_then(|prop| prop.data);
            if let Some(wanted) = names {
                let path = value.as_str().unwrap_or_default();
                match self.world.data.find(path) {
                    Ok(found) if wanted.admits(&found) && *found != data::UNREADABLE => {}
                    // Has been reported.
                    _ => return html.push_str(&body),
                }
                props.push((name.clone(), self.world.shared.data.at(path)));
                continue;
            }
            let is_it = |(link, _): &&(String, usize)| declaration.prop(link) == name;
            let value = match component.links.iter().find(is_it) {
                Some((_, link)) => {
                    tera::Value::from(&*safe_href(&self.links[self.first_link + *link].href))
                }
                None => tera::Value::from_serializable(value),
            };
            props.push((name.clone(), value));
        }
        let page = self
            .implicits
            .get_or_init(|| context::implicits(self.world, self.page));
        let source = component.links.iter();
        let source =
            source.filter(|(link, _)| declaration.takes_size && declaration.prop(link) == "src");
        let mut sizes =
            source.map(|(_, link)| self.images.size(&self.links[self.first_link + *link]));
        let size = sizes.next().flatten();
        let shown = children.as_deref();
        let implicits = component::implicits(page, component, declaration, parent, shown, size);
        if let Some(siblings) = &mut self.children {
            siblings.push(component::child(name, component, &props, &body, children));
        }
        let met_on = self.file;
        match self.theme.component(name, props, &implicits, &body, met_on) {
            Ok(rendered) => html.push_str(rendered.trim_matches('\n')),
            Err(fault) => {
                self.fault.get_or_insert(fault);
            }
        }
        if !component.inline {
            html.push('\n');
        }
    }

    fn unknown(&mut self, component: &'a Component, html: &mut String) {
        if !self.world.preview {
            return self.body(&component.body, html);
        }
        let element = if component.inline { "span" } else { "div" };
        // In the page itself, because no theme has to know of it.
        html.push_str(&format!(
            "<{element} style=\"outline: 2px dashed #c2410c; outline-offset: 2px\" title=\"no component is called "
        ));
        escape_html(&mut *html, &component.name).expect("a String takes everything");
        html.push_str("\">");
        if component.body == Body::default() {
            html.push_str("&lt;");
            escape_html(&mut *html, &component.name).expect("a String takes everything");
            html.push_str(" /&gt;");
        }
        self.body(&component.body, html);
        html.push_str(&format!("</{element}>"));
    }

    fn code(&mut self, code: &Code, html: &mut String) {
        let language = self.highlight.language(&code.language);
        let skipped = code::write(code, &language, self.highlight, html);
        if let Language::Unknown {
            suggestion: Some(suggestion),
        } = &language
        {
            self.report(
                DiagnosticCode::UnknownLanguage,
                code,
                format!("no language is called `{}`", code.language),
                format!("did you mean `{suggestion}`?"),
            );
        }
        if let Some(skipped) = skipped {
            self.report(
                DiagnosticCode::HighlightSkipped,
                code,
                skipped.to_string(),
                "shorten the code, or name the language `text`".to_owned(),
            );
        }
    }

    fn report(&mut self, kind: DiagnosticCode, code: &Code, message: String, hint: String) {
        let file = self.file;
        self.diagnostics
            .push(Diagnostic::new(kind, file, code.span.clone(), message).hint(hint));
    }
}

/// A target as it may stand in an attribute: what no URL may hold is escaped, what a writer escaped stays.
fn safe_href(href: &str) -> Cow<'_, str> {
    let bare = |c: char| {
        !c.is_ascii()
            || matches!(
                c,
                ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' | '[' | ']'
            )
            || c.is_control()
    };
    if !href.contains(bare) {
        return Cow::Borrowed(href);
    }
    let mut safe = String::with_capacity(href.len() + 8);
    let mut buffer = [0; 4];
    for c in href.chars() {
        if bare(c) && !matches!(c, '[' | ']') {
            for byte in c.encode_utf8(&mut buffer).bytes() {
                safe.push_str(&format!("%{byte:02X}"));
            }
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}
