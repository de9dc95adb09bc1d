//! Which components a site knows, and whether those of one page are used as they are declared. Reads no files.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::config::Config;
use crate::data::Data;
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::parse::{Body, Component, Doc, Filling, INCLUDE, Prop, PropValue};
use crate::site::{View, named_data, suggest};

/// The components of a site's theme, by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declarations {
    pub by_name: BTreeMap<String, Declaration>,
    /// The theme cannot be read, so nobody knows.
    pub unreadable: bool,
}

/// What a component's template says of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declaration {
    pub props: BTreeMap<String, Declared>,
    /// Other names that pages may give its props, and what each stands for.
    pub aliases: BTreeMap<String, String>,
    /// Takes props that it does not name.
    pub open: bool,
    /// Is given the component's id, so that a page may choose it.
    pub takes_id: bool,
    /// Is given the components that stand in it.
    pub takes_children: bool,
    /// Is given the name of the component that it stands in.
    pub takes_parent: bool,
    /// Its template asks for the size of the picture in its `src`.
    pub takes_size: bool,
}

/// What a component's template says of a prop.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    /// None takes anything.
    pub kind: Option<PropKind>,
    pub required: bool,
    /// The values that are allowed; empty allows any.
    pub one_of: Vec<String>,
    /// The prop names data, which the template is given in its place.
    pub data: Option<Named>,
}

/// What may lie where a prop names data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    Anything,
    /// A list or a map.
    Rows,
    /// What can stand in a line of text.
    Value,
    List,
    Map,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropKind {
    String,
    Number,
    Integer,
    Bool,
    Array,
    Map,
}

impl Declarations {
    /// The name that a component is declared under, which the site may have given another one.
    pub fn name<'a>(&self, written: &'a str, config: &'a Config) -> &'a str {
        let mapped = config.components.get(written);
        mapped.map_or(written, String::as_str)
    }

    /// The declaration of a component as a page calls it.
    pub fn get(&self, written: &str, config: &Config) -> Option<&Declaration> {
        self.by_name.get(self.name(written, config))
    }
}

impl Declaration {
    /// The name that a prop is declared under, for the one that a page writes.
    pub fn prop<'a>(&'a self, written: &'a str) -> &'a str {
        self.aliases.get(written).map_or(written, String::as_str)
    }

    /// The props of a tag that can be handed to the template, by name. None if one lacks that it cannot do without.
    pub fn given(&self, component: &Component) -> Option<Map<String, Value>> {
        let mut given = Map::new();
        for prop in &component.props {
            let name = self.prop(&prop.name);
            let value = match (&prop.value, self.props.get(name)) {
                (PropValue::Literal(Value::Null), _) => continue,
                (PropValue::Literal(value), Some(declared)) => declared.taken(value),
                (PropValue::Literal(value), None) if self.open => Some(value.clone()),
                // Its source is the next best thing to show.
                (PropValue::Expression(source), Some(declared)) => {
                    declared.taken(&Value::String(source.clone()))
                }
                (PropValue::Expression(source), None) if self.open && prop.name != "..." => {
                    Some(Value::String(source.clone()))
                }
                _ => None,
            };
            // Of two names for the same, the declared one counts.
            if name == prop.name || !given.contains_key(name) {
                given.extend(value.map(|value| (name.to_owned(), value)));
            }
        }
        let lacks =
            |(name, declared): (&String, &Declared)| declared.required && !given.contains_key(name);
        (!self.props.iter().any(lacks)).then_some(given)
    }
}

impl Declared {
    /// The value of the prop as a page writes it: people quote numbers, and leave titles unquoted that look like numbers.
    fn taken(&self, value: &Value) -> Option<Value> {
        // What it names may be of another kind.
        let kind = self.kind.filter(|_| self.data.is_none());
        let taken = match (kind, value) {
            (None, _) if self.data.is_some() => value.as_str()?.into(),
            (None, value) => value.clone(),
            (Some(PropKind::String), Value::String(_)) => value.clone(),
            (Some(PropKind::String), Value::Number(number)) => Value::String(number.to_string()),
            (Some(PropKind::Bool), Value::Bool(_)) => value.clone(),
            (Some(PropKind::Bool), Value::String(text)) => Value::Bool(text.parse().ok()?),
            (Some(PropKind::Integer), Value::Number(number)) if number.is_i64() => value.clone(),
            (Some(PropKind::Integer), Value::String(text)) => {
                Value::from(text.trim().parse::<i64>().ok()?)
            }
            (Some(PropKind::Number), Value::Number(_)) => value.clone(),
            (Some(PropKind::Number), Value::String(text)) => {
                let text = text.trim();
                let whole = text.parse::<i64>().map(Value::from);
                whole
                    .or_else(|_| text.parse::<f64>().map(Value::from))
                    .ok()?
            }
            (Some(PropKind::Array), Value::Array(_)) => value.clone(),
            (Some(PropKind::Map), Value::Object(_)) => value.clone(),
            _ => return None,
        };
        let known =
            |text: &str| self.one_of.is_empty() || self.one_of.iter().any(|one| one == text);
        match &taken {
            Value::String(text) if !known(text) => None,
            _ => Some(taken),
        }
    }

    fn expected(&self) -> String {
        if self.data.is_some() {
            return "the name of data".to_owned();
        }
        if !self.one_of.is_empty() {
            return format!("one of `{}`", self.one_of.join("`, `"));
        }
        let expected = match self.kind {
            None | Some(PropKind::String) => "a string",
            Some(PropKind::Number) => "a number",
            Some(PropKind::Integer) => "a whole number",
            Some(PropKind::Bool) => "`true` or `false`",
            Some(PropKind::Array) => "a list like `{[\"a\", \"b\"]}`",
            Some(PropKind::Map) => "an object like `{{a: 1}}`",
        };
        expected.to_owned()
    }
}

/// Reports every component that nobody declares, and every prop that is not as its component's template says.
pub fn check(doc: &Doc, view: View<'_>) -> Vec<Diagnostic> {
    let View {
        declarations,
        config,
        data,
        ..
    } = view;
    let mut checker = Checker {
        declarations,
        config,
        data,
        file: Arc::clone(&doc.outline.file),
        diagnostics: Vec::new(),
    };
    if !declarations.unreadable {
        checker.body(&doc.body);
    }
    checker.diagnostics
}

struct Checker<'a> {
    declarations: &'a Declarations,
    config: &'a Config,
    data: &'a Data,
    file: Arc<str>,
    diagnostics: Vec<Diagnostic>,
}

impl Checker<'_> {
    fn body(&mut self, body: &Body) {
        for hole in &body.holes {
            match &hole.filling {
                Filling::Component(component) => {
                    match self.declarations.get(&component.name, self.config) {
                        Some(declaration) => self.props(component, declaration),
                        None => self.unknown(component),
                    }
                    self.body(&component.body);
                }
                // What a snippet uses is told of the snippet.
                Filling::Included(..) => {}
                Filling::Link(_) | Filling::Code(_) | Filling::Image(_) | Filling::Word(_) => {}
            }
        }
    }

    fn unknown(&mut self, component: &Component) {
        let name = &component.name;
        if let Some(mapped) = self.config.components.get(name) {
            let message = format!(
                "`{name}` stands for `{mapped}` under `[components]`, and no component is called so"
            );
            let hint =
                format!("correct the name in `handbook.toml`, or write `components/{mapped}.html`");
            let span = component.span.clone();
            return self.report(Code::UnknownComponent, span, message, hint, None);
        }
        let known = self
            .declarations
            .by_name
            .keys()
            .chain(self.config.components.keys())
            .map(String::as_str)
            .chain([INCLUDE]);
        let meant = suggest::meant(name, known);
        let shown = if component.body == Body::default() {
            "nothing is shown in its place"
        } else {
            "its content is shown without it"
        };
        let report = Diagnostic::new(
            Code::UnknownComponent,
            &self.file,
            component.span.clone(),
            format!("no component is called `{name}`; {shown}"),
        );
        self.diagnostics.push(match meant {
            Some(meant) => report.hint(format!("did you mean `{}`?", meant.what)),
            None => report
                .hint(format!(
                    "write `components/{name}.html`, or call it by another name under `[components]` in `handbook.toml`"
                ))
                .hint("if it is meant as text, put it between backticks or write `\\<`"),
        });
    }

    fn props(&mut self, component: &Component, declaration: &Declaration) {
        // How often each name was given so far.
        let mut given: HashMap<&str, usize> = HashMap::new();
        for prop in &component.props {
            let times = given.entry(&prop.name).or_default();
            *times += 1;
            if *times == 2 && prop.name != "..." {
                self.given_twice(component, prop);
            }
            let declared = declaration.props.get(declaration.prop(&prop.name));
            match (&prop.value, declared) {
                (PropValue::Expression(_), _) => self.expression(prop),
                (PropValue::Literal(Value::String(_)), None)
                    if declaration.takes_id && prop.name == "id" => {}
                // To the reader of the page it is nothing, so no template needs to know of it.
                (PropValue::Literal(Value::String(text)), None)
                    if prop.name == "data-search" && text == "off" => {}
                (PropValue::Literal(_), None) if declaration.open => {}
                (PropValue::Literal(_), None) => self.unknown_prop(component, prop, declaration),
                (PropValue::Literal(Value::Null), Some(_)) => {}
                (PropValue::Literal(value), Some(declared)) if declared.taken(value).is_none() => {
                    self.wrong_prop(component, prop, declared, value);
                }
                (PropValue::Literal(value), Some(declared)) => {
                    let path = value.as_str().unwrap_or_default();
                    if let Some(named) = declared.data
                        && let Some((message, hint)) = named_data::fault(self.data, path, named)
                    {
                        let report = Diagnostic::new(
                            Code::ComponentProp,
                            &self.file,
                            prop.value_span.clone(),
                            message,
                        );
                        self.diagnostics.push(report.hint(hint));
                    }
                }
            }
        }
        for (name, declared) in &declaration.props {
            let is_it = |prop: &Prop| declaration.prop(&prop.name) == name;
            if declared.required && !component.props.iter().any(is_it) {
                let message = format!("`{}` lacks the prop `{name}`", component.name);
                let hint = format!("add `{name}=\"…\"`: it is {}", declared.expected());
                self.report(
                    Code::ComponentProp,
                    component.span.clone(),
                    message,
                    hint,
                    None,
                );
            }
        }
    }

    fn given_twice(&mut self, component: &Component, prop: &Prop) {
        let message = format!("`{}` is given `{}` twice", component.name, prop.name);
        let hint = "remove one of the two: the last one counts".to_owned();
        let span = prop.span.clone();
        self.report(Code::ComponentProp, span, message, hint, None);
    }

    fn expression(&mut self, prop: &Prop) {
        let message =
            "this needs JavaScript, which no handbook runs; its source is shown".to_owned();
        let hint =
            "write a plain value: `\"text\"`, `{12}`, `{true}`, `{[\"a\", \"b\"]}`".to_owned();
        self.report(
            Code::ComponentExpression,
            prop.value_span.clone(),
            message,
            hint,
            None,
        );
    }

    fn unknown_prop(&mut self, component: &Component, prop: &Prop, declaration: &Declaration) {
        let message = format!("`{}` has no prop `{}`", component.name, prop.name);
        let names = || declaration.props.keys().map(String::as_str);
        let meant = suggest::meant(&prop.name, names());
        let hint = match meant {
            Some(meant) => format!("did you mean `{}`?", meant.what),
            None if declaration.props.is_empty() => "it takes no props".to_owned(),
            None => format!("it takes `{}`", names().collect::<Vec<_>>().join("`, `")),
        };
        let fix = meant
            .filter(|meant| meant.certain && prop.span.len() == prop.name.len())
            .map(|meant| Fix {
                span: prop.span.clone(),
                replacement: meant.what.to_owned(),
            });
        self.report(Code::ComponentProp, prop.span.clone(), message, hint, fix);
    }

    fn wrong_prop(
        &mut self,
        component: &Component,
        prop: &Prop,
        declared: &Declared,
        value: &Value,
    ) {
        let found = match value {
            Value::String(text) => format!("`{text}`"),
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "an object".to_owned(),
            other => format!("`{other}`"),
        };
        let expected = declared.expected();
        let message = format!(
            "`{}` of `{}` is {expected}, found {found}",
            prop.name, component.name
        );
        let hint = match value {
            Value::String(text) => suggest::meant(text, declared.one_of.iter().map(String::as_str))
                .map(|meant| format!("did you mean `{}`?", meant.what)),
            _ => None,
        };
        let report = Diagnostic::new(
            Code::ComponentProp,
            &self.file,
            prop.value_span.clone(),
            message,
        );
        self.diagnostics.push(report.maybe_hint(hint));
    }

    fn report(
        &mut self,
        code: Code,
        span: std::ops::Range<usize>,
        message: String,
        hint: String,
        fix: Option<Fix>,
    ) {
        let report = Diagnostic::new(code, &self.file, span, message);
        self.diagnostics.push(report.hint(hint).maybe_fix(fix));
    }
}
