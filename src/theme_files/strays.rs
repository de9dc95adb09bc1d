//! Templates that no page is made of, because their names are no theme's: a slot that is misspelt stays empty without
//! a word. Looks at names and texts that were read already.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic};
use crate::theme_files::{EMBEDDED, Template, ThemeFiles};

/// What people save templates as, if not as `.html`.
const ENDINGS: [&str; 7] = ["htm", "xhtml", "txt", "md", "tera", "j2", "jinja"];

/// Reports the templates that neither the program asks for nor another template names.
pub fn unused(files: &ThemeFiles) -> impl Iterator<Item = Diagnostic> {
    let strays = files
        .templates
        .iter()
        .filter(|template| !is_named(template, files));
    strays.map(|stray| {
        let message = format!("no template includes `{}`, so it does nothing", stray.name);
        let report = Diagnostic::new(Code::ConfigUnknownKey, &stray.file, None, message);
        report.maybe_hint(near(&stray.name).map(|near| format!("did you mean `{near}`?")))
    })
}

/// Reports a file among the templates that has the name of one, but another ending.
pub fn other_ending(name: &str, file: &Arc<str>) -> Option<Diagnostic> {
    let (stem, ending) = name.rsplit_once('.')?;
    if !ENDINGS.contains(&ending) {
        return None;
    }
    let near = near(&format!("{stem}.html"))?;
    let message = format!("`{name}` is no template, so it does nothing: templates end in `.html`");
    let report = Diagnostic::new(Code::ConfigUnknownKey, file, None, message);
    Some(report.hint(format!("did you mean `{near}`?")))
}

fn is_named(template: &Template, files: &ThemeFiles) -> bool {
    let is_asked_for =
        template.name.starts_with("components/") || built_in().any(|name| name == template.name);
    let mut others = files.templates.iter().filter(|it| it.file != template.file);
    is_asked_for || others.any(|other| names(&other.text, &template.name, &files.chain))
}

/// Whether a template names another one: as a whole, or with the theme in front whose one is meant.
fn names(text: &str, name: &str, themes: &[String]) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = &text[..at];
        let of_theme = |theme: &String| {
            let folder = before.strip_suffix('/');
            folder.is_some_and(|folder| folder.ends_with(theme.as_str()))
        };
        before.ends_with(['"', '\'', '`']) || themes.iter().any(of_theme)
    })
}

/// The template of the default theme that a name is near to, or lies in another folder than.
fn near(name: &str) -> Option<&'static str> {
    let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let apart = |known: &&str| {
        let whole = strsim::osa_distance(known, name);
        whole.min(1 + strsim::osa_distance(&last(known), &last(name)))
    };
    let nearest = built_in().map(|known| (apart(&known), known)).min()?;
    (nearest.0 <= 1 + last(name).len() / 6).then_some(nearest.1)
}

fn built_in() -> impl Iterator<Item = &'static str> {
    let paths = EMBEDDED.iter();
    paths.filter_map(|(path, _)| path.strip_prefix("templates/"))
}
