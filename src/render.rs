//! Turns a parsed page into HTML: fills its holes and hands it to the theme. Reads no files, remembers nothing.

mod code;
mod context;
mod data;
mod image;
mod theme;

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
use crate::site::{Declarations, Facts, PageId, Resolved, Site, View};

pub use context::{SharedValues, shared_values};
pub use data::DataValue;
use image::Images;
pub use image::{Pictures, Size};
pub use theme::{Theme, Versions};

/// All that a page may know beyond itself. Immutable; what changes makes a new one.
pub struct World {
    pub site: Site,
    pub config: Arc<Config>,
    pub facts: Arc<Facts>,
    pub data: Arc<Data>,
    pub declarations: Arc<Declarations>,
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
        highlight,
        images: Images::new(pictures),
        implicits: OnceCell::new(),
        diagnostics: Vec::new(),
        fault: None,
    };
    let mut content = String::with_capacity(doc.body.html.len() * 5 / 4);
    filler.body(&doc.body, &mut content);
    if let Some(fault) = filler.fault {
        return Err(fault);
    }
    let context = context::written(world, page, doc, &content);
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
            Filling::Image(Image::Written { .. }) => html.push_str(" />"),
            Filling::Image(Image::Raw { .. }) => {}
        });
    }
    let mut html = String::new();
    fill(&doc.body, doc, &mut html);
    html
}

/// Copies a body's HTML and calls `fill` at each hole.
fn each(body: &Body, html: &mut String, fill: &mut dyn FnMut(&Filling, &mut String)) {
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
    highlight: &'a dyn Highlight,
    images: Images<'a>,
    /// What components can ask for beside their props; made for the first one.
    implicits: OnceCell<Context>,
    diagnostics: Vec<Diagnostic>,
    /// The first component whose template failed.
    fault: Option<Box<Diagnostic>>,
}

impl Filler<'_> {
    fn body(&mut self, body: &Body, html: &mut String) {
        each(body, html, &mut |filling, html| match filling {
            Filling::Link(link) => {
                self.images.link = Some(*link);
                let href = safe_href(&self.links[*link].href);
                escape_html(&mut *html, &href).expect("a String takes everything");
            }
            Filling::Code(code) => self.code(code, html),
            Filling::Component(component) => self.component(component, html),
            Filling::Image(image) => self.images.write(*image, self.links, html),
        });
    }

    /// What is not declared, or lacks what it cannot do without, has been reported: its content is shown.
    fn component(&mut self, component: &Component, html: &mut String) {
        let World {
            declarations,
            config,
            ..
        } = self.world;
        let declaration = declarations.get(&component.name, config);
        let given = declaration.and_then(|declaration| declaration.given(component));
        let (Some(declaration), Some(given)) = (declaration, given) else {
            return self.unknown(component, html);
        };
        let mut body = String::new();
        // What leads somewhere as a whole has no links inside.
        let leads = component
            .links
            .iter()
            .any(|(prop, _)| prop == "href" || prop == "to");
        self.images.in_links += usize::from(leads);
        self.body(&component.body, &mut body);
        self.images.in_links -= usize::from(leads);
        let mut props = Context::new();
        for (name, value) in &given {
            let names = declaration.props.get(name).and_then(|prop| prop.data);
            if let Some(wanted) = names {
                let path = value.as_str().unwrap_or_default();
                match self.world.data.find(path) {
                    Ok(found) if wanted.admits(&found) && *found != data::UNREADABLE => {}
                    // Has been reported.
                    _ => return html.push_str(&body),
                }
                props.insert_value(name.clone(), self.world.shared.data.at(path));
                continue;
            }
            let link = component.links.iter().find(|(link, _)| link == name);
            match link {
                Some((_, link)) => {
                    let href = safe_href(&self.links[*link].href);
                    props.insert_value(name.clone(), tera::Value::from(&*href));
                }
                None => props.insert_value(name.clone(), tera::Value::from_serializable(value)),
            }
        }
        let implicits = self
            .implicits
            .get_or_init(|| context::implicits(self.world, self.page));
        let name = declarations.name(&component.name, config);
        let met_on = &self.doc.outline.file;
        match self.theme.component(name, &props, implicits, &body, met_on) {
            Ok(rendered) => html.push_str(rendered.trim_matches('\n')),
            Err(fault) => {
                self.fault.get_or_insert(fault);
            }
        }
        if !component.inline {
            html.push('\n');
        }
    }

    fn unknown(&mut self, component: &Component, html: &mut String) {
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
        let file = &self.doc.outline.file;
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
