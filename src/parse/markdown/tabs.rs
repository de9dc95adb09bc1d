//! Fences that are tabs: neighbours with `tab=`, and all that stand in a component for code in several languages. They
//! are written as the components `Tabs` and `Tab`, so that a theme shows them like any other tabs.

use std::ops::Range;

use super::Writer;
use crate::parse::{Body, Code, Component, Filling, Hole, Prop, PropValue};

/// What other tools call the component that makes tabs of its fences.
const GROUPS: &[&str] = &["CodeGroup", "MultiLanguage"];

impl Writer<'_> {
    /// The name of the tab that a fence is, if it is one.
    pub(super) fn tab_of(&self, code: &Code) -> Option<String> {
        let info = code.info.as_deref();
        let own = info.and_then(|info| info.tab.clone());
        own.or_else(|| {
            let around = self.components.last()?;
            let around = self.scanned.tags[around.tag].name.as_str();
            if !GROUPS.contains(&around) {
                return None;
            }
            let title = info.and_then(|info| info.title.as_deref());
            let language = Some(code.language.as_str()).filter(|language| !language.is_empty());
            Some(title.or(language).unwrap_or("text").to_owned())
        })
    }

    /// Takes what was written of a fence for a tab of the group that ends with it, as far as it goes.
    pub(super) fn add_tab(&mut self, label: String, span: Range<usize>, body: Body) {
        let label = Prop {
            name: "label".to_owned(),
            span: span.clone(),
            value: PropValue::Literal(label.into()),
            value_span: span.clone(),
        };
        let tab = self.made("Tab", vec![label], span, body);
        self.tabs.push(tab);
    }

    /// Writes the group of tabs that the last fence ended, if it did.
    pub(super) fn end_tabs(&mut self) {
        if self.tabs.is_empty() {
            return;
        }
        let tabs = std::mem::take(&mut self.tabs);
        let span = tabs[0].span.start..tabs[tabs.len() - 1].span.end;
        let holes = tabs.into_iter().map(|tab| Hole {
            at: 0,
            filling: Filling::Component(Box::new(tab)),
        });
        let body = Body {
            html: String::new(),
            holes: holes.collect(),
        };
        let group = self.made("Tabs", Vec::new(), span, body);
        self.line();
        self.hole(Filling::Component(Box::new(group)));
    }

    fn made(&self, name: &str, props: Vec<Prop>, span: Range<usize>, body: Body) -> Component {
        Component {
            name: name.to_owned(),
            id: None,
            props,
            links: Vec::new(),
            span,
            body,
            inline: false,
            headings: self.headings.len(),
        }
    }
}
