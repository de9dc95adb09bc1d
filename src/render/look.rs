//! What templates are given of a site's looks.

use tera::Value;

use crate::config::Config;
use crate::render::context::{map, optional, text};
use crate::site::Look;

/// The fields of `site` that `[look]` fills.
pub fn fields(look: &Look, config: &Config) -> [(&'static str, Value); 6] {
    let accent = config.look.accent.map(|accent| {
        map([
            ("light", text(&accent.on_light().hex())),
            ("dark", text(&accent.on_dark().hex())),
        ])
    });
    let list = |links: &[(String, String)]| {
        let links = links.iter();
        let links = links.map(|(title, url)| map([("title", text(title)), ("url", text(url))]));
        Value::from(links.collect::<Vec<_>>())
    };
    [
        ("accent", Value::from(accent)),
        ("logo", optional(look.logo.as_ref())),
        ("logo_dark", optional(look.logo_dark.as_ref())),
        ("favicon", optional(look.favicon.as_ref())),
        ("links", list(&look.links)),
        ("footer", list(&look.footer)),
    ]
}
