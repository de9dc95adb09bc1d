//! Finds a theme's files: the site's theme, what it extends, and at last the default theme inside the program.

mod slim;
mod strays;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use crate::diagnostic::{Code, Diagnosed, Diagnostic};
use crate::discover;
use crate::source;
use crate::tree::{self, Value};

/// The theme that every other one extends in the end.
pub const DEFAULT: &str = "default";

/// The folder of a site or a theme that its components lie in.
pub const COMPONENTS: &str = "components";
/// The folder of a site or a theme that its templates lie in.
const TEMPLATES: &str = "templates";
/// What stands for the site itself in front of all themes; no theme can be called so.
const SITE: &str = ".";

macro_rules! embedded {
    ($($path:literal,)*) => {
        &[$(($path, include_bytes!(concat!("../themes/default/", $path)) as &[u8]),)*]
    };
}

/// Where a file of the default theme lies below it, and what readers are sent.
type EmbeddedFile = (&'static str, Cow<'static, [u8]>);

/// The default theme, so that the program works in any folder.
static EMBEDDED: LazyLock<Vec<EmbeddedFile>> = LazyLock::new(|| {
    let files = FILES.iter().map(|(path, bytes)| {
        let is_slim = path.ends_with(".js") || path.ends_with(".css");
        let text = std::str::from_utf8(bytes).ok().filter(|_| is_slim);
        let slim = text.map(|text| Cow::Owned(slim::slim(text).into_bytes()));
        (*path, slim.unwrap_or(Cow::Borrowed(*bytes)))
    });
    files.collect()
});

/// One of our own files that lies in a theme unchanged, so that readers are sent it as they are from inside the program.
fn ours(path: &str, on_disk: &Path) -> Option<StaticFile> {
    let is_it = |(name, _): &(&str, &[u8])| name.strip_prefix("static/") == Some(path);
    let at = FILES.iter().position(is_it)?;
    let is_unchanged = fs::read(on_disk).is_ok_and(|bytes| bytes == FILES[at].1);
    is_unchanged.then(|| StaticFile::Embedded(&EMBEDDED[at].1))
}

const FILES: &[(&str, &[u8])] = embedded![
    "components/Badge.html",
    "components/Button.html",
    "components/Callout.html",
    "components/Caption.html",
    "components/Card.html",
    "components/Cards.html",
    "components/CodeGroup.html",
    "components/DataTable.html",
    "components/Details.html",
    "components/Embed.html",
    "components/Figure.html",
    "components/FileTree.html",
    "components/Image.html",
    "components/Kbd.html",
    "components/PrivateLink.html",
    "components/Step.html",
    "components/Steps.html",
    "components/Tab.Group.html",
    "components/Tab.List.html",
    "components/Tab.Panel.html",
    "components/Tab.Panels.html",
    "components/Tab.html",
    "components/Tabs.html",
    "components/Team.html",
    "components/TeamMember.html",
    "components/Value.html",
    "components/Video.html",
    "languages/de.toml",
    "languages/en.toml",
    "languages/es.toml",
    "languages/fr.toml",
    "languages/ja.toml",
    "templates/404.html",
    "templates/a-z.html",
    "templates/base.html",
    "templates/page.html",
    "templates/partials/announcement.html",
    "templates/partials/children.html",
    "templates/partials/links.html",
    "templates/partials/look.html",
    "templates/partials/machines.html",
    "templates/partials/notices.html",
    "templates/partials/owner.html",
    "templates/partials/provenance.html",
    "templates/partials/search.html",
    "templates/partials/sections.html",
    "templates/redirect.html",
    "templates/section.html",
    "templates/slots/after-article.html",
    "templates/slots/before-article.html",
    "templates/slots/footer.html",
    "templates/slots/head.html",
    "static/assets/favicon.svg",
    "static/assets/handbook.css",
    "static/assets/handbook.js",
    "static/assets/search.css",
    "static/assets/search.js",
];

/// A theme with everything that it inherits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThemeFiles {
    /// The theme's name, then what it extends, then the default theme.
    pub chain: Vec<String>,
    pub templates: Vec<Template>,
    /// The nearest theme's first.
    pub languages: Vec<Language>,
    /// Every `theme.toml`, as shown, with its text.
    pub settings: BTreeMap<Arc<str>, Arc<str>>,
    /// Output path and content; the nearest theme's file of a path wins.
    pub statics: BTreeMap<String, StaticFile>,
}

/// One template of one theme.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    pub theme: String,
    /// Below `templates/`: `page.html`.
    pub name: String,
    /// As shown: `themes/acme/templates/page.html`.
    pub file: Arc<str>,
    pub text: Arc<str>,
}

/// The words of one theme in one language.
#[derive(Clone, Debug, PartialEq)]
pub struct Language {
    /// `de` of `languages/de.toml`.
    pub tag: String,
    /// As shown: `themes/acme/languages/de.toml`.
    pub file: Arc<str>,
    pub text: Arc<str>,
}

/// Where the bytes of a static file are.
#[derive(Clone, Debug, PartialEq)]
pub enum StaticFile {
    Embedded(&'static [u8]),
    OnDisk(PathBuf),
}

/// Where a theme is named, for the report that it is not there.
#[derive(Clone, Debug)]
pub struct Asked {
    pub file: Arc<str>,
    pub span: Option<Range<usize>>,
}

/// Reads a theme of the site at `root`.
pub fn read(root: &Path, out: &Path, name: Option<&str>, asked: Asked) -> Diagnosed<ThemeFiles> {
    let mut reader = Reader {
        root,
        out,
        files: ThemeFiles::default(),
        diagnostics: Vec::new(),
    };
    // The site's own come before those of any theme.
    reader.components(COMPONENTS, COMPONENTS, &root.join(COMPONENTS));
    let own = root.join(TEMPLATES);
    // A folder of notes that is a site without `content/` may call anything so.
    if own.is_dir() && root.join("content").is_dir() {
        reader.files.chain.push(SITE.to_owned());
        reader.templates(SITE, TEMPLATES, &own);
    }
    reader.chain(name.unwrap_or(DEFAULT), asked);
    reader.embedded();
    reader.diagnostics.extend(strays::unused(&reader.files));
    Diagnosed {
        value: reader.files,
        diagnostics: reader.diagnostics,
    }
}

struct Reader<'a> {
    root: &'a Path,
    out: &'a Path,
    files: ThemeFiles,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn chain(&mut self, first: &str, mut asked: Asked) {
        let mut name = first.to_owned();
        loop {
            if self.files.chain.contains(&name) {
                self.report(&asked, format!("theme `{name}` extends itself"), None);
                break;
            }
            let folder = self.root.join("themes").join(&name);
            if !folder.is_dir() {
                if name != DEFAULT {
                    self.report(
                        &asked,
                        format!("there is no theme `{name}`"),
                        Some(format!(
                            "create the folder `themes/{name}`, or name another theme"
                        )),
                    );
                }
                break;
            }
            self.files.chain.push(name.clone());
            let templates = format!("themes/{name}/{TEMPLATES}");
            self.templates(&name, &templates, &folder.join(TEMPLATES));
            let components = format!("themes/{name}/{COMPONENTS}");
            self.components(&name, &components, &folder.join(COMPONENTS));
            self.languages(&name, &folder.join("languages"));
            self.statics(&folder.join("static"));
            asked.file = format!("themes/{name}/theme.toml").into();
            match self.extends(&folder.join("theme.toml"), &asked.file) {
                Some((parent, span)) if name != DEFAULT => {
                    asked.span = Some(span);
                    name = parent;
                }
                _ => break,
            }
        }
        if self.files.chain.last().is_none_or(|last| last != DEFAULT) {
            self.files.chain.push(DEFAULT.to_owned());
        }
    }

    /// Reads the templates in a folder that is shown as `shown`.
    fn templates(&mut self, theme: &str, shown: &str, folder: &Path) {
        for name in discover::static_files(self.root, folder, self.out, &mut self.diagnostics) {
            let file: Arc<str> = format!("{shown}/{name}").into();
            if !name.ends_with(".html") {
                self.diagnostics.extend(strays::other_ending(&name, &file));
                continue;
            }
            if let Some(text) = self.text(&folder.join(&name), &file) {
                self.files.templates.push(Template {
                    theme: theme.to_owned(),
                    name,
                    file,
                    text: text.into(),
                });
            }
        }
    }

    /// Reads the components in a folder that is shown as `shown`. Nearer ones of the same name are there already.
    fn components(&mut self, theme: &str, shown: &str, folder: &Path) {
        for name in discover::static_files(self.root, folder, self.out, &mut self.diagnostics) {
            if !name.ends_with(".html") || self.has_component(&name) {
                continue;
            }
            let file: Arc<str> = format!("{shown}/{name}").into();
            if let Some(text) = self.text(&folder.join(&name), &file) {
                self.files.templates.push(Template {
                    theme: theme.to_owned(),
                    name: format!("{COMPONENTS}/{name}"),
                    file,
                    text: text.into(),
                });
            }
        }
    }

    fn has_component(&self, name: &str) -> bool {
        let is_it = |t: &Template| {
            let own = t.name.strip_prefix(COMPONENTS);
            own.and_then(|own| own.strip_prefix('/')) == Some(name)
        };
        self.files.templates.iter().any(is_it)
    }

    fn languages(&mut self, theme: &str, folder: &Path) {
        for name in discover::static_files(self.root, folder, self.out, &mut self.diagnostics) {
            let Some(tag) = name.strip_suffix(".toml") else {
                continue;
            };
            let file: Arc<str> = format!("themes/{theme}/languages/{name}").into();
            if let Some(text) = self.text(&folder.join(&name), &file) {
                self.files.languages.push(Language {
                    tag: tag.to_owned(),
                    file,
                    text: text.into(),
                });
            }
        }
    }

    fn statics(&mut self, folder: &Path) {
        for path in discover::static_files(self.root, folder, self.out, &mut self.diagnostics) {
            let full = folder.join(&path);
            let file = ours(&path, &full).unwrap_or(StaticFile::OnDisk(full));
            self.files.statics.entry(path).or_insert(file);
        }
    }

    /// The theme that a `theme.toml` says it extends; the default one if it says nothing.
    fn extends(&mut self, path: &Path, file: &Arc<str>) -> Option<(String, Range<usize>)> {
        if !path.is_file() {
            return None;
        }
        let text = self.text(path, file)?;
        self.files
            .settings
            .insert(Arc::clone(file), text.as_str().into());
        let root = match tree::toml(&text) {
            Ok(root) => root,
            Err(error) => {
                self.diagnostics.push(Diagnostic::new(
                    Code::ConfigSyntax,
                    file,
                    error.span,
                    error.message,
                ));
                return None;
            }
        };
        let mut extends = None;
        for entry in root.entries() {
            match (entry.key.as_str(), &entry.value.value) {
                ("extends", Value::String(name)) if !name.contains(['/', '\\', '.']) => {
                    extends = Some((name.clone(), entry.value.span.clone()));
                }
                ("description", Value::String(_)) => {}
                ("extends" | "description", _) => self.diagnostics.push(Diagnostic::new(
                    Code::ConfigSyntax,
                    file,
                    entry.value.span.clone(),
                    format!("`{}` is a string: a name, not a path", entry.key),
                )),
                (key, _) => self.diagnostics.push(
                    Diagnostic::new(
                        Code::ConfigUnknownKey,
                        file,
                        entry.key_span.clone(),
                        format!("unknown key `{key}`"),
                    )
                    .hint("known here: `extends`, `description`"),
                ),
            }
        }
        extends
    }

    fn embedded(&mut self) {
        for (path, bytes) in EMBEDDED.iter() {
            if let Some(name) = path.strip_prefix("templates/") {
                let overridden = |t: &Template| t.theme == DEFAULT && t.name == name;
                if !self.files.templates.iter().any(overridden) {
                    self.files.templates.push(Template {
                        theme: DEFAULT.to_owned(),
                        name: name.to_owned(),
                        file: format!("themes/default/templates/{name}").into(),
                        text: String::from_utf8_lossy(bytes).into(),
                    });
                }
            } else if let Some(name) = path.strip_prefix("components/") {
                if !self.has_component(name) {
                    self.files.templates.push(Template {
                        theme: DEFAULT.to_owned(),
                        name: (*path).to_owned(),
                        file: format!("themes/default/{path}").into(),
                        text: String::from_utf8_lossy(bytes).into(),
                    });
                }
            } else if let Some(name) = path.strip_prefix("languages/") {
                // Also beneath a site's own `themes/default/`, whose files may have some of the words.
                self.files.languages.push(Language {
                    tag: name.trim_end_matches(".toml").to_owned(),
                    file: format!("themes/default/{path}").into(),
                    text: String::from_utf8_lossy(bytes).into(),
                });
            } else if let Some(path) = path.strip_prefix("static/") {
                self.files
                    .statics
                    .entry(path.to_owned())
                    .or_insert(StaticFile::Embedded(bytes));
            }
        }
    }

    fn text(&mut self, path: &Path, file: &Arc<str>) -> Option<String> {
        match fs::read(path) {
            Ok(bytes) => match source::decode(bytes) {
                Ok(text) => Some(text),
                Err(_) => {
                    self.diagnostics.push(Diagnostic::new(
                        Code::NotUtf8,
                        file,
                        None,
                        "this file is not UTF-8",
                    ));
                    None
                }
            },
            Err(error) => {
                self.diagnostics.push(Diagnostic::new(
                    Code::UnreadableFile,
                    file,
                    None,
                    format!("cannot be read: {error}"),
                ));
                None
            }
        }
    }

    fn report(&mut self, asked: &Asked, message: String, hint: Option<String>) {
        let place = asked.span.clone();
        self.diagnostics.push(
            Diagnostic::new(Code::ConfigSyntax, &asked.file, place, message).maybe_hint(hint),
        );
    }
}
