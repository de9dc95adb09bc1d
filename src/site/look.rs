//! What `[look]` in `handbook.toml` links to, checked like the links of a page.

use std::sync::Arc;

use crate::config::{self, Named, TitledLink};
use crate::diagnostic::Diagnosed;
use crate::parse::{Link, Role};
use crate::site::{View, links};

/// The targets of a site's looks, as they may stand in an `href`.
#[derive(Debug, Default)]
pub struct Look {
    pub logo: Option<String>,
    pub logo_dark: Option<String>,
    pub favicon: Option<String>,
    /// Titles and targets.
    pub links: Vec<(String, String)>,
    pub footer: Vec<(String, String)>,
}

/// Resolves what the settings name; `file` is where they stand.
pub fn look(view: View<'_>, file: &Arc<str>) -> Diagnosed<Look> {
    let look = &view.config.look;
    let mut diagnostics = Vec::new();
    let mut resolve = |named: &Named, role| {
        let resolved = links::of_settings(&Link::named(&named.text, &named.span, role), file, view);
        diagnostics.extend(resolved.diagnostics);
        resolved.value.href
    };
    let mut show = |named: &Option<Named>| {
        let named = named.as_ref();
        named.map(|named| resolve(named, Role::Show))
    };
    let mut value = Look {
        logo: show(&look.logo),
        logo_dark: show(&look.logo_dark),
        favicon: show(&look.favicon),
        ..Look::default()
    };
    // Shown by other hosts, which are given its full address.
    show(&look.image);
    let mut go = |titled: &[TitledLink]| {
        let links = titled.iter();
        let links = links.map(|link| (link.title.clone(), resolve(&link.url, Role::Go)));
        links.collect()
    };
    value.links = go(&look.links);
    value.footer = go(&look.footer);
    Diagnosed { value, diagnostics }
}

/// All that the settings name, in order of kind.
pub fn named(look: &config::Look) -> impl Iterator<Item = Link> {
    let shown = [&look.logo, &look.logo_dark, &look.favicon, &look.image];
    let shown = shown.into_iter().flatten();
    let gone_to = look.links.iter().chain(&look.footer);
    shown
        .map(|named| Link::named(&named.text, &named.span, Role::Show))
        .chain(gone_to.map(|link| Link::named(&link.url.text, &link.url.span, Role::Go)))
}
