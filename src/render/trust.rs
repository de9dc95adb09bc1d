//! What templates are given for readers to judge a page by: how old it is, who answers for it, where to have it mended.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use pulldown_cmark_escape::escape_html;
use tera::Value;
use xxhash_rust::xxh3::xxh3_64;

use crate::config::{self, PageLink};
use crate::parse::{self, Body, Doc, Filling, Image};
use crate::render::context::{map, optional, text};
use crate::render::{Ui, World, each, safe_href};
use crate::site::{Page, PageId, Resolved};

/// What may stand anywhere in an address.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const PATH: &AsciiSet = &COMPONENT.remove(b'/');

/// The fields of a written page. `address` is its address, in full if that is known.
pub fn written(
    world: &World,
    id: PageId,
    doc: &Doc,
    links: &[Resolved],
    address: &str,
) -> Vec<(&'static str, Value)> {
    let page = &world.site.pages[id];
    let matter = &doc.outline.matter;
    let config = &world.config;
    let link = |link: Option<&PageLink>| {
        let address = link.map(|link| filled(link, &doc.outline.file, &page.title, address));
        optional(address)
    };
    let (owner, owner_url) = match &matter.owner {
        Some(owner) => answers(world, doc, links).unwrap_or_else(|| reached(owner)),
        None => ("", None),
    };
    let review_day = matter
        .review_by
        .as_ref()
        .filter(|day| config::day(day).is_some());
    let updated = world.facts.updated.get(&*doc.outline.path);
    vec![
        ("owner", optional((!owner.is_empty()).then_some(owner))),
        ("owner_url", optional(owner_url)),
        ("review_day", optional(review_day.map(|day| &day[..10]))),
        ("status", optional(matter.status.as_ref())),
        ("replaced_by", replacement(world, doc, links)),
        ("edit_url", link(config.repository.edit.as_ref())),
        ("report_url", link(config.repository.report.as_ref())),
        ("feedback_url", link(config.feedback.as_ref())),
        (
            "updated",
            Value::from(updated.map(|updated| {
                let author = Some(&updated.author);
                let author = author.filter(|name| config.git.authors && !name.is_empty());
                map([("date", text(&updated.date)), ("author", optional(author))])
            })),
        ),
        (
            "reading_time",
            Value::from(config.reading_time.then(|| minutes(&doc.body.html))),
        ),
    ]
}

/// The same fields of a page that nobody wrote.
pub fn unwritten() -> impl Iterator<Item = (&'static str, Value)> {
    let fields = [
        "owner_url",
        "review_day",
        "status",
        "replaced_by",
        "edit_url",
        "report_url",
        "feedback_url",
        "updated",
        "reading_time",
    ];
    fields.into_iter().map(|field| (field, Value::none()))
}

/// The announcement of the site, with a name that another text would not have.
pub fn announcement(doc: &Doc, links: &[Resolved], ui: &Ui, until: Option<&str>) -> Value {
    let mut html = String::new();
    announced(&doc.body, links, ui, &mut html);
    map([
        (
            "key",
            text(&format!("{:08x}", xxh3_64(html.as_bytes()) >> 32)),
        ),
        ("html", text(html.trim())),
        ("until", optional(until)),
    ])
}

/// What takes a page to show is shown as it was written.
fn announced(body: &Body, links: &[Resolved], ui: &Ui, html: &mut String) {
    each(body, html, &mut |filling, html| {
        let text = match filling {
            Filling::Link(link) => safe_href(&links[*link].href),
            Filling::Code(code) => code.text.as_str().into(),
            Filling::Word(word) => ui.get(word.key()).into(),
            Filling::Component(component) => return announced(&component.body, links, ui, html),
            Filling::Included(_, body) => return announced(body, links, ui, html),
            Filling::Image(Image::Written { .. }) => return html.push_str(" />"),
            Filling::Image(Image::Raw { .. }) => return,
        };
        escape_html(&mut *html, &text).expect("a String takes everything");
    });
}

fn filled(link: &PageLink, file: &str, title: &str, address: &str) -> String {
    link.of(|name| {
        let (value, set) = match name {
            "path" => (file, PATH),
            "title" => (title, COMPONENT),
            _ => (address, COMPONENT),
        };
        utf8_percent_encode(value, set).to_string()
    })
}

/// The page that is to be read in place of this one. Its link is the last one of all.
fn replacement(world: &World, doc: &Doc, links: &[Resolved]) -> Value {
    let resolved = doc.outline.matter.replaced_by.as_ref().and(links.last());
    let Some(resolved) = resolved else {
        return Value::none();
    };
    let title = |page: PageId| &world.site.pages[page] as &Page;
    let title = resolved.page.map(|page| title(page).title.as_str());
    map([
        ("title", text(title.unwrap_or(&resolved.href))),
        ("url", text(&safe_href(&resolved.href))),
    ])
}

/// The owner that is reached by a page of the site: its name, or the title of the page. Its link is the last one of all
/// but that of a replacement.
fn answers<'a>(
    world: &'a World,
    doc: &'a Doc,
    links: &'a [Resolved],
) -> Option<(&'a str, Option<String>)> {
    let matter = &doc.outline.matter;
    let page = matter.owner_page.as_ref()?;
    let behind = usize::from(matter.replaced_by.is_some());
    let resolved = links.get(links.len().checked_sub(1 + behind)?)?;
    let (name, address) = parse::owner_parts(matter.owner.as_deref()?);
    let title = resolved.page.map(|page| &world.site.pages[page] as &Page);
    let name = match title {
        Some(title) if address == name => &title.title,
        _ if address == name => &page.text,
        _ => name,
    };
    Some((name, Some(safe_href(&resolved.href).into_owned())))
}

/// A name as it is shown, and where it can be reached: `People <people@acme.example>`, or an address alone.
fn reached(owner: &str) -> (&str, Option<String>) {
    let (name, address) = parse::owner_parts(owner);
    let is_mail = address
        .split_once('@')
        .is_some_and(|(who, host)| !who.is_empty() && host.contains('.'))
        && !address.contains(|c: char| c.is_whitespace() || matches!(c, '/' | ':' | '?' | '&'));
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    match (is_web, is_mail) {
        (true, _) => (name, Some(safe_href(address).into_owned())),
        (_, true) => (name, Some(format!("mailto:{}", safe_href(address)))),
        _ => (owner, None),
    }
}

/// How long it takes to read a text: 220 words a minute, or 500 characters of a language that has no spaces.
fn minutes(html: &str) -> usize {
    let (mut words, mut characters) = (0_usize, 0_usize);
    let mut in_word = false;
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag => continue,
            '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' => {
                characters += 1;
                in_word = false;
                continue;
            }
            _ => {}
        }
        let is_letter = !in_tag && c.is_alphanumeric();
        words += usize::from(is_letter && !in_word);
        in_word = is_letter || (in_word && matches!(c, '\'' | '’' | '-'));
    }
    (words * 500 + characters * 220).div_ceil(220 * 500).max(1)
}

#[cfg(test)]
mod tests {
    use super::{minutes, reached};

    #[test]
    fn an_owner_may_say_how_to_be_reached() {
        assert_eq!(reached("People team"), ("People team", None));
        assert_eq!(
            reached("People <people@acme.example>"),
            ("People", Some("mailto:people@acme.example".to_owned()))
        );
        assert_eq!(
            reached("https://acme.example/people"),
            (
                "https://acme.example/people",
                Some("https://acme.example/people".to_owned())
            )
        );
        for plain in ["@acme/people", "People <3", "a@b", "javascript:x@y.z", ""] {
            assert_eq!(reached(plain), (plain, None));
        }
    }

    #[test]
    fn reading_takes_at_least_a_minute_and_tags_none_at_all() {
        assert_eq!(minutes(""), 1);
        assert_eq!(minutes(&"<b class=\"a b c d\">word</b> ".repeat(220)), 1);
        assert_eq!(minutes(&"word ".repeat(221)), 2);
        assert_eq!(minutes(&"語".repeat(1001)), 3);
    }
}
