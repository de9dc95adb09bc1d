//! A theme's templates, ready to render, and their faults as diagnostics. Reads no files.

use std::collections::BTreeMap;
use std::sync::Arc;

use tera::{
    ComponentArgType, ComponentInfo, Context, ErrorKind, Kwargs, ReportError, State, Tera, Value,
};

use crate::config::Config;
use crate::diagnostic::{Code, Diagnosed, Diagnostic};
use crate::render::{Ui, data};
use crate::site::{Declaration, Declarations, Declared, Named, PropKind};
use crate::source;
use crate::theme_files::{COMPONENTS, Template, ThemeFiles};
use crate::url;

/// A short hash of each static file that pages load, by its output path: browsers keep a file until it changes.
pub type Versions = BTreeMap<String, String>;

/// Compiled templates. Equal files and settings make equal themes.
pub struct Theme {
    tera: Tera,
    /// What the components of the theme take.
    declarations: Arc<Declarations>,
    /// Its words in the language of the site.
    ui: Arc<Ui>,
    /// Texts and shown names by the name that tera knows them by, for its error messages.
    sources: BTreeMap<String, Template>,
    /// Where a name without theme is looked for.
    chain: Vec<String>,
}

impl Theme {
    /// Compiles a theme's templates.
    pub fn new(files: &ThemeFiles, config: &Config, versions: Versions) -> Diagnosed<Theme> {
        let mut tera = Tera::default();
        let base = config.mount.clone();
        let href = move |path: &str| url::encode(&format!("{base}/{path}"));
        let versioned: BTreeMap<String, String> = versions
            .into_iter()
            .map(|(path, version)| {
                let href = format!("{}?v={version}", href(&path));
                (path, href)
            })
            .collect();
        // Before the templates: tera looks functions up when it compiles them.
        tera.register_function("url", move |kwargs: Kwargs, _: &State| {
            let path: &str = kwargs.must_get("path")?;
            let path = path.trim_start_matches('/');
            let known = versioned.get(path).cloned();
            Ok::<String, tera::Error>(known.unwrap_or_else(|| href(path)))
        });
        data::register(&mut tera);
        tera.register_filter("striptags", |html: &str, _: Kwargs, _: &State| {
            text_of(html)
        });
        let is_used = |key: &str| {
            let mut texts = files.templates.iter().map(|template| &template.text);
            texts.any(|text| text.contains(key))
        };
        let ui = Ui::new(&files.languages, config, &is_used);
        tera.global_context().insert_value("ui", ui.value.value());
        // A name without theme means the nearest theme that has it.
        let prefixes = files.chain.iter().map(|theme| format!("{theme}/"));
        tera.set_fallback_prefixes(prefixes)
            .expect("no template has been added yet");
        let sources: BTreeMap<String, Template> = files
            .templates
            .iter()
            .map(|template| {
                (
                    format!("{}/{}", template.theme, template.name),
                    template.clone(),
                )
            })
            .collect();
        let added =
            tera.add_raw_templates(sources.iter().map(|(name, t)| (name.as_str(), &*t.text)));
        let mut theme = Theme {
            tera,
            sources,
            chain: [COMPONENTS.to_owned()]
                .into_iter()
                .chain(files.chain.iter().cloned())
                .collect(),
            declarations: Arc::default(),
            ui: Arc::new(ui.value),
        };
        let mut diagnostics = match added {
            Ok(()) => theme.declare(),
            Err(error) => {
                let diagnostics = theme.faults(&error, "");
                // Nothing is rendered with a broken theme.
                theme.tera = Tera::default();
                theme.declarations = Arc::new(Declarations {
                    unreadable: true,
                    ..Declarations::default()
                });
                diagnostics
            }
        };
        diagnostics.extend(ui.diagnostics);
        Diagnosed {
            value: theme,
            diagnostics,
        }
    }

    /// Renders a template. `met_on` is the page that is being rendered, as shown.
    ///
    /// # Errors
    /// The fault, at the template's line, with the page it was met on.
    pub fn render(
        &self,
        name: &str,
        context: &Context,
        met_on: &str,
    ) -> Result<String, Box<Diagnostic>> {
        let rendered = self.tera.render(name, context);
        rendered.map_err(|error| self.met(&error, name, met_on))
    }

    /// Renders a component. `met_on` is the page that uses it, as shown.
    ///
    /// # Errors
    /// The fault, at the template's line, with the page it was met on.
    pub fn component(
        &self,
        name: &str,
        props: Vec<(String, Value)>,
        implicits: &Context,
        body: &str,
        met_on: &str,
    ) -> Result<String, Box<Diagnostic>> {
        let mut given = Context::new();
        for (name, value) in props {
            given.insert_value(name, value);
        }
        let rendered =
            self.tera
                .render_component_with_implicits(name, &given, implicits, Some(body), true);
        rendered.map_err(|error| self.met(&error, &format!("components/{name}.html"), met_on))
    }

    /// What the components of the theme take.
    pub fn declarations(&self) -> Arc<Declarations> {
        Arc::clone(&self.declarations)
    }

    /// Its words in the language of the site.
    pub fn ui(&self) -> Arc<Ui> {
        Arc::clone(&self.ui)
    }

    /// Takes down what each component's template says of it, and reports a template without its component.
    fn declare(&mut self) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let mut declarations = Declarations::default();
        for template in self.sources.values() {
            let Some(name) = component_name(&template.name) else {
                continue;
            };
            match self.tera.get_component_definition(name) {
                Some(info) => {
                    let declaration = declaration(&info);
                    diagnostics.extend(data_of_a_type(&declaration, &template.file));
                    declarations
                        .by_name
                        .insert(name.to_owned(), declaration);
                }
                None => diagnostics.push(
                    Diagnostic::new(
                        Code::TemplateError,
                        &template.file,
                        None,
                        format!("the file is named for the component `{name}`, and defines none of that name"),
                    )
                    .hint(format!(
                        "write `{{% component {name}() %}}…{{% endcomponent {name} %}}`"
                    )),
                ),
            }
        }
        self.declarations = Arc::new(declarations);
        diagnostics
    }

    /// The fault that was met while a template was rendered for a page.
    fn met(&self, error: &tera::Error, name: &str, met_on: &str) -> Box<Diagnostic> {
        let fault = self.faults(error, name).into_iter().next();
        let fault = fault.unwrap_or_else(|| self.unplaced(name, error.to_string()));
        Box::new(fault.hint(format!("met on `{met_on}`")))
    }

    /// What an error says, which is about a template of this name if it names no other. Without one, it is about all.
    fn faults(&self, error: &tera::Error, name: &str) -> Vec<Diagnostic> {
        match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                vec![self.placed(report)]
            }
            ErrorKind::MissingParent { current, parent } => {
                let message = format!("extends `{parent}`, which no theme has");
                vec![match self.sources.get(current) {
                    Some(template) => {
                        let span = find(&template.text, parent);
                        Diagnostic::new(Code::TemplateError, &template.file, span, message)
                    }
                    None => self.unplaced(current, message),
                }]
            }
            ErrorKind::CircularExtend { tpl, .. } | ErrorKind::CircularInclude { tpl, .. } => {
                let message = "the template extends or includes itself".to_owned();
                vec![self.unplaced(tpl, message)]
            }
            ErrorKind::TemplateNotFound(name) => {
                vec![self.unplaced(name, format!("there is no template `{name}`"))]
            }
            // Unknown filters and functions come as one text of several reports.
            _ => self.joined(&error.to_string(), name),
        }
    }

    fn placed(&self, report: &ReportError) -> Diagnostic {
        let message = message(report.message());
        match self.sources.get(report.filename()) {
            Some(template) => {
                let span = report.span();
                let start = source::offset(&template.text, span.start_line, span.start_col + 1);
                let end = source::offset(&template.text, span.end_line, span.end_col + 1);
                Diagnostic::new(
                    Code::TemplateError,
                    &template.file,
                    start..end.max(start),
                    message,
                )
            }
            None => self.unplaced(report.filename(), message),
        }
    }

    /// Reports in the form `error: text`, ` --> name:line:column`.
    fn joined(&self, text: &str, name: &str) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut fault = None;
        for line in text.lines() {
            if let Some(text) = line.strip_prefix("error: ") {
                fault = Some(text);
            } else if let (Some(place), Some(text)) =
                (line.trim_start().strip_prefix("--> "), fault)
            {
                fault = None;
                let mut parts = place.rsplitn(3, ':');
                let column = parts.next().and_then(|n| n.parse().ok()).unwrap_or(1);
                let row = parts.next().and_then(|n| n.parse().ok()).unwrap_or(1);
                let Some(template) = parts.next().and_then(|name| self.sources.get(name)) else {
                    continue;
                };
                let start = source::offset(&template.text, row, column);
                let rest = template.text[start..].lines().next().unwrap_or_default();
                let length = rest
                    .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')))
                    .filter(|length| *length > 0)
                    .unwrap_or(rest.len());
                let span = start..start + length;
                found.push(Diagnostic::new(
                    Code::TemplateError,
                    &template.file,
                    span,
                    message(text),
                ));
            }
        }
        if found.is_empty() {
            found.push(self.unplaced(name, message(text)));
        }
        found
    }

    /// A fault of a template as a whole.
    fn unplaced(&self, name: &str, message: String) -> Diagnostic {
        let nearest = || {
            let mut chain = self.chain.iter();
            chain.find_map(|theme| self.sources.get(&format!("{theme}/{name}")))
        };
        let file = match self.sources.get(name).or_else(nearest) {
            Some(template) => Arc::clone(&template.file),
            None if name.is_empty() => "themes".into(),
            None => format!("themes/{name}").into(),
        };
        Diagnostic::new(Code::TemplateError, &file, None, message)
    }
}

/// `Tab.Group` of `components/Tab.Group.html`.
fn component_name(template: &str) -> Option<&str> {
    template.strip_prefix("components/")?.strip_suffix(".html")
}

fn declaration(info: &ComponentInfo) -> Declaration {
    let props = info.args().iter().filter(|arg| !arg.is_implicit());
    let one_of = |name: &str| {
        let values = info.metadata().get(name).and_then(Value::as_array);
        let texts = values.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    let asks = |name: &str| {
        info.args()
            .iter()
            .any(|arg| arg.is_implicit() && arg.name() == name)
    };
    let aliases = info.metadata().get("aliases").and_then(Value::as_map);
    let aliases = aliases
        .into_iter()
        .flatten()
        .filter_map(|(alias, name)| Some((alias.as_str()?.to_owned(), name.as_str()?.to_owned())));
    Declaration {
        aliases: aliases.collect(),
        takes_id: asks("id"),
        takes_children: asks("children"),
        takes_parent: asks("parent"),
        takes_size: asks("size"),
        props: props
            .map(|arg| {
                let declared = Declared {
                    kind: arg.arg_type().map(prop_kind),
                    required: arg.is_required(),
                    one_of: one_of(arg.name()),
                    data: named(info.metadata().get(arg.name()), arg.arg_type()),
                };
                (arg.name().to_owned(), declared)
            })
            .collect(),
        open: info.rest_param().is_some(),
    }
}

/// What a prop names, of which the template says `{"src": "data"}`.
fn named(metadata: Option<&Value>, kind: Option<ComponentArgType>) -> Option<Named> {
    let named = match metadata?.as_str()? {
        "data" => Named::Anything,
        "data rows" => Named::Rows,
        "data value" => Named::Value,
        _ => return None,
    };
    Some(match kind {
        Some(ComponentArgType::Array) => Named::List,
        Some(ComponentArgType::Map) => Named::Map,
        _ => named,
    })
}

/// The report of a prop that names data and has a type which only what a page writes can have.
fn data_of_a_type(declaration: &Declaration, file: &Arc<str>) -> Option<Diagnostic> {
    let holds = |kind| matches!(kind, None | Some(PropKind::Array | PropKind::Map));
    let is_wrong = |prop: &Declared| prop.data.is_some() && !holds(prop.kind);
    let (name, _) = declaration.props.iter().find(|(_, prop)| is_wrong(prop))?;
    let message = format!("`{name}` names data, so its type is `array`, `map` or none");
    Some(
        Diagnostic::new(Code::TemplateError, file, None, message).hint(format!(
            "write `{name}`, or `{name} = none` if pages may leave it out"
        )),
    )
}

fn prop_kind(kind: ComponentArgType) -> PropKind {
    match kind {
        ComponentArgType::Bool => PropKind::Bool,
        ComponentArgType::Integer => PropKind::Integer,
        ComponentArgType::Float | ComponentArgType::Number => PropKind::Number,
        ComponentArgType::Array => PropKind::Array,
        ComponentArgType::Map => PropKind::Map,
        // Strings, and what a page cannot write anyway.
        _ => PropKind::String,
    }
}

/// What readers see of a piece of HTML, as HTML: its tags are left out, its character references stay.
fn text_of(html: &str) -> Value {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    Value::safe_string(&text)
}

/// Tera's messages begin with a capital letter, and ours do not.
fn message(text: &str) -> String {
    let text = text.trim_end_matches('.');
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

fn find(text: &str, what: &str) -> Option<std::ops::Range<usize>> {
    text.find(what).map(|at| at..at + what.len())
}
