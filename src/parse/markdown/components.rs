//! Component tags inside of what is being written: opens and closes their bodies.

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark_escape::escape_html_body_text;

use super::{OpenComponent, Writer};
use crate::parse::component;
use crate::parse::{Body, Component, Filling, INCLUDE, Import, Prop, PropValue, Role};
use crate::url;

impl Writer<'_> {
    pub(super) fn component_tag(&mut self, index: usize) {
        let tag = &self.scanned.tags[index];
        match (tag.kind, tag.partner) {
            (component::Kind::Empty, _) => {
                let block = self.begins_block();
                self.add_component(index, Body::default(), block);
            }
            (component::Kind::Open, Some(_)) => self.components.push(OpenComponent {
                tag: index,
                block: self.begins_block(),
                before: std::mem::take(&mut self.out),
                depth: self.component_depth(),
            }),
            (component::Kind::Close, Some(partner)) => {
                let depth = self.component_depth();
                // In a link or a heading that the component was opened before, it stays open until what holds both ends.
                let closes = |open: &OpenComponent| open.tag == partner && open.depth == depth;
                if self.components.last().is_some_and(closes) {
                    self.close_component();
                }
            }
            (component::Kind::Cut | component::Kind::Text, _) => {}
            // A tag without partner has been reported; readers see what the writer wrote.
            (component::Kind::Open | component::Kind::Close, None) => {
                let text = &self.source.text[tag.span.clone()];
                escape_html_body_text(&mut self.out.html, text).expect("a String takes everything");
            }
        }
    }

    /// The paragraph that a lone tag stands in does not count, nor does a block of HTML: neither is written.
    pub(super) fn component_depth(&self) -> usize {
        self.depth - usize::from(self.bare_paragraph || self.in_html_block)
    }

    /// Whether a component that begins here is a block, with no line of text round it.
    fn begins_block(&self) -> bool {
        let begins_line = self.out.html.is_empty() || self.out.html.ends_with('\n');
        self.bare_paragraph && self.components.len() <= self.bare_from
            || self.in_html_block && begins_line
    }

    pub(super) fn close_component(&mut self) {
        if let Some(open) = self.components.pop() {
            let body = std::mem::replace(&mut self.out, open.before);
            self.add_component(open.tag, body, open.block);
        }
    }

    pub(super) fn add_component(&mut self, index: usize, body: Body, block: bool) {
        let tag = &self.scanned.tags[index];
        let mut props = component::read_props(&tag.text(&self.source.text), tag.span.start);
        if !self.table.is_empty() {
            props.iter_mut().for_each(without_table_escapes);
        }
        let imported = self.name_imported_files(&mut props);
        let mut links = Vec::new();
        if tag.name == INCLUDE {
            self.includes.push(include(&props, &tag.span));
        }
        let mut id = None;
        for prop in &props {
            let PropValue::Literal(serde_json::Value::String(target)) = &prop.value else {
                continue;
            };
            let role = match prop.name.as_str() {
                _ if tag.name == INCLUDE => continue,
                name if imported.iter().any(|it| it == name) => Role::Show,
                "id" if !target.is_empty() => {
                    // Unreported if it is there already: it may be the number of a video that is shown twice.
                    let own = self.own_id(target.clone());
                    self.slugger.take(&own);
                    id = Some(Arc::from(own.as_str()));
                    self.anchors.insert(own);
                    continue;
                }
                "href" | "to" | "url" => Role::Go,
                "src" | "poster" | "captions" | "dark" | "imageLight" | "imageDark"
                | "videoLight" | "videoDark"
                    if names_file(target) =>
                {
                    Role::Show
                }
                _ => continue,
            };
            let index = self.add_link(target.clone(), prop.value_span.clone(), role);
            links.push((prop.name.clone(), index));
        }
        let component = Component {
            name: tag.name.clone(),
            id,
            props,
            links,
            span: tag.span.clone(),
            body,
            inline: !block,
            headings: self.headings.len(),
        };
        self.hole(Filling::Component(Box::new(component)));
    }

    /// Puts the path of an imported file in the place of its name: `src={Chart}`. Gives the props that hold one.
    fn name_imported_files(&self, props: &mut [Prop]) -> Vec<String> {
        let mut named = Vec::new();
        for prop in props {
            let PropValue::Expression(name) = &prop.value else {
                continue;
            };
            if let Some(file) = self.files.iter().find(|file| file.name == *name) {
                prop.value = PropValue::Literal(file.target.clone().into());
                prop.value_span = file.span.clone();
                named.push(prop.name.clone());
            }
        }
        named
    }

    /// Gives each component with a label an id, now that everything else has its own.
    pub(super) fn name_components(&mut self) {
        let mut out = std::mem::take(&mut self.out);
        self.name_components_of(&mut out);
        self.out = out;
    }

    fn name_components_of(&mut self, body: &mut Body) {
        for hole in &mut body.holes {
            let Filling::Component(component) = &mut hole.filling else {
                continue;
            };
            if component.id.is_none()
                && let Some(label) = label(component)
            {
                let mut id = self.slugger.slug(label);
                while self.anchors.contains(&id) {
                    id = self.slugger.slug(label);
                }
                if !id.is_empty() {
                    self.anchors.insert(id.clone());
                    component.id = Some(id.into());
                }
            }
            self.name_components_of(&mut component.body);
        }
    }

    /// The element that a component was opened in ends: so does the component.
    pub(super) fn close_components_deeper_than(&mut self, depth: usize) {
        while let Some(open) = self.components.last() {
            if open.depth < depth {
                break;
            }
            let tag = &self.scanned.tags[open.tag];
            self.diagnostics
                .push(component::unclosed(&self.source.file, tag));
            self.close_component();
        }
    }
}

/// In a table, `\|` is how an upright stroke is written.
fn without_table_escapes(prop: &mut Prop) {
    if let PropValue::Literal(serde_json::Value::String(text)) = &mut prop.value
        && text.contains("\\|")
    {
        *text = text.replace("\\|", "|");
    }
}

/// What an `<Include src="…" />` takes in; without a path, nothing, and the tag is its place.
fn include(props: &[Prop], tag: &Range<usize>) -> Import {
    let source = props.iter().find(|prop| prop.name == "src");
    let none = String::new();
    let (target, span, computed) = match source.map(|prop| (&prop.value, &prop.value_span)) {
        Some((PropValue::Literal(serde_json::Value::String(target)), span)) => {
            (target, span, false)
        }
        Some((PropValue::Expression(_), span)) => (&none, span, true),
        _ => (&none, tag, false),
    };
    Import {
        name: String::new(),
        target: target.clone(),
        span: span.clone(),
        computed,
    }
}

/// What a component is called among its like: a tab's name, under any of the names that this prop has.
fn label(component: &Component) -> Option<&str> {
    let names: &[&str] = match component.name.as_str() {
        "Tab" => &["label", "title", "name", "value"],
        _ => &["label"],
    };
    names.iter().find_map(|name| {
        let label = component.props.iter().find(|prop| prop.name == *name)?;
        match &label.value {
            PropValue::Literal(serde_json::Value::String(label)) => Some(label.as_str()),
            _ => None,
        }
    })
}

/// Whether a `src` is a file's: others than files are named so too, as `src="team"` may be data.
fn names_file(target: &str) -> bool {
    target.contains('/') || url::is_media(target)
}
