//! `[look]`: what a site changes of its looks without a theme.

use std::ops::Range;

use super::{Colour, Reader};
use crate::diagnostic::Code;
use crate::tree::{Entry, Value};
use crate::url::address;

/// The looks of a site, as far as it says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    pub accent: Option<Colour>,
    pub logo: Option<Named>,
    pub logo_dark: Option<Named>,
    pub favicon: Option<Named>,
    /// The picture of pages that name none.
    pub image: Option<Named>,
    /// In the header.
    pub links: Vec<TitledLink>,
    /// In the footer.
    pub footer: Vec<TitledLink>,
}

/// A target and where it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    pub text: String,
    pub span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TitledLink {
    pub title: String,
    pub url: Named,
}

pub const LOOK_KEYS: &[&str] = &[
    "accent",
    "logo",
    "logo_dark",
    "favicon",
    "image",
    "links",
    "footer",
];
pub const LINK_KEYS: &[&str] = &["title", "url"];

impl Reader<'_> {
    pub(super) fn look(&mut self, entry: &Entry) -> Look {
        let mut look = Look::default();
        for inner in self.table(entry) {
            match inner.key.as_str() {
                "accent" => look.accent = self.colour(inner),
                "logo" => look.logo = self.picture(inner),
                "logo_dark" => look.logo_dark = self.picture(inner),
                "favicon" => look.favicon = self.picture(inner),
                "image" => look.image = self.picture(inner),
                "links" => look.links = self.titled_links(inner),
                "footer" => look.footer = self.titled_links(inner),
                _ => self.unknown(inner, LOOK_KEYS, "[look] "),
            }
        }
        look
    }

    fn colour(&mut self, entry: &Entry) -> Option<Colour> {
        let colour = match &entry.value.value {
            Value::String(text) => Colour::parse(text),
            _ => None,
        };
        if colour.is_none() {
            self.wrong_type(entry, "a colour like `#0a7` or `#00aa77`");
        }
        colour
    }

    fn named(&mut self, entry: &Entry) -> Option<Named> {
        let text = self.string(entry)?;
        let span = entry.value.span.clone();
        Some(Named { text, span })
    }

    fn link_title(&mut self, entry: &Entry) -> Option<String> {
        let title = self.string(entry)?;
        if title.trim().is_empty() {
            self.wrong_type(entry, "what readers see of the link");
            return None;
        }
        Some(title)
    }

    fn picture(&mut self, entry: &Entry) -> Option<Named> {
        let named = self.named(entry)?;
        let scheme = address::scheme(&named.text);
        if scheme.is_none_or(|scheme| scheme == "https") {
            return Some(named);
        }
        self.wrong_type(
            entry,
            "a path like `/logo.svg` or an address that begins with `https://`",
        );
        None
    }

    fn target(&mut self, entry: &Entry) -> Option<Named> {
        let named = self.named(entry)?;
        if !address::is_script(&named.text) {
            return Some(named);
        }
        self.wrong_type(
            entry,
            "a page of this site or an address like `https://example.org`",
        );
        None
    }

    fn titled_links(&mut self, entry: &Entry) -> Vec<TitledLink> {
        let shape = "a list of links like `{ title = \"Status\", url = \"/status/\" }`";
        let Value::Sequence(items) = &entry.value.value else {
            self.wrong_type(entry, shape);
            return Vec::new();
        };
        let mut links = Vec::new();
        for item in items {
            let (mut title, mut url) = (None, None);
            let told = self.diagnostics.len();
            for inner in item.entries() {
                match inner.key.as_str() {
                    "title" => title = self.link_title(inner),
                    "url" => url = self.target(inner),
                    _ => self.unknown(inner, LINK_KEYS, &format!("[look] {} ", entry.key)),
                }
            }
            match (title, url) {
                (Some(title), Some(url)) => links.push(TitledLink { title, url }),
                _ if self.diagnostics.len() > told => {}
                _ => {
                    let message = format!("`{}` is {shape}", entry.key);
                    self.report(Code::ConfigSyntax, item.span.clone(), message, None);
                }
            }
        }
        links
    }
}
