//! What programs are told of a page beside its text: its trail as JSON-LD.

use tera::Value;

use crate::render::World;
use crate::render::context::{canonical, text};
use crate::site::PageId;
use crate::url;

/// The trail to a page as a `BreadcrumbList` for a script element. Nothing where no full address is known.
pub fn breadcrumbs(world: &World, id: PageId, crumbs: &[Value]) -> Value {
    let page = &world.site.pages[id];
    let (Some(base), Some(own)) = (&world.config.base_url, canonical(&world.config, page)) else {
        return Value::none();
    };
    let mut trail: Vec<(String, String)> = Vec::new();
    for crumb in crumbs {
        let field = |name: &'static str| {
            let value = crumb.as_map()?.get(&tera::value::Key::from(name))?;
            Some(value.as_str()?.to_owned())
        };
        // A group of the sidebar has no address.
        let (Some(title), Some(href)) = (field("title"), field("url")) else {
            continue;
        };
        let mount = url::encode(&world.config.mount);
        let path = href.strip_prefix(&mount).unwrap_or(&href);
        trail.push((
            title,
            format!("{}{}{path}", base.origin, url::encode(&base.path)),
        ));
    }
    if trail.is_empty() {
        return Value::none();
    }
    trail.push((page.title.clone(), own));
    let items: Vec<_> = trail
        .iter()
        .enumerate()
        .map(|(at, (name, item))| {
            serde_json::json!({ "@type": "ListItem", "position": at + 1, "name": name, "item": item })
        })
        .collect();
    let list = serde_json::json!({
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": items,
    });
    // A title must not end the script that it stands in.
    text(&list.to_string().replace('<', "\\u003c"))
}
