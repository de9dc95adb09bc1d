//! The addresses that a site publishes, as a list; and which of an earlier list lead nowhere now. Reads no files.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic};
use crate::site::{Page, PageId, Resolved, Site, View, suggest};
use crate::url;

/// An address of an earlier list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// As written, with or without a host.
    pub address: String,
    /// In the list.
    pub span: Range<usize>,
}

/// Every address of the site, one a line: pages, aliases, and the anchors that pages link to. `links` are those of all
/// written pages.
pub fn list<'a>(
    site: &Site,
    config: &Config,
    links: impl Iterator<Item = &'a [Resolved]>,
) -> String {
    let href = |path: &str| url::encode(&format!("{}{path}", config.mount));
    let mut addresses: BTreeSet<String> = site
        .published()
        .map(|page| href(&site.pages[page].url))
        .collect();
    addresses.extend(site.aliases.iter().map(|(alias, _)| href(alias)));
    for link in links.flatten() {
        let Some(page) = link.page.filter(|page| site.pages[*page].published) else {
            continue;
        };
        if let Some((_, fragment)) = link.href.split_once('#')
            && site.pages[page].has_anchor(&url::decode(fragment))
        {
            addresses.insert(format!("{}#{fragment}", href(&site.pages[page].url)));
        }
    }
    addresses
        .into_iter()
        .map(|address| address + "\n")
        .collect()
}

/// The addresses of a list: one a line, or those of a `sitemap.xml`.
pub fn read_list(text: &str) -> Vec<Listed> {
    if text.trim_start().starts_with('<') {
        return read_sitemap(text);
    }
    let mut listed = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let address = line.trim();
        if !address.is_empty() && !address.starts_with('#') {
            let start = at + (line.len() - line.trim_start().len());
            listed.push(Listed {
                address: address.to_owned(),
                span: start..start + address.len(),
            });
        }
        at += line.len();
    }
    listed
}

/// Whether a text is an index of sitemaps, whose addresses are those of more lists.
pub fn is_sitemap_index(text: &str) -> bool {
    text.trim_start().starts_with('<') && text.contains("<sitemapindex")
}

fn read_sitemap(text: &str) -> Vec<Listed> {
    let mut listed = Vec::new();
    let mut in_address = false;
    let emitter = CallbackEmitter::new(
        |event: CallbackEvent<'_>, span: Span<usize>| -> Option<()> {
            match event {
                CallbackEvent::OpenStartTag { name } => in_address = name == b"loc",
                CallbackEvent::EndTag { .. } => in_address = false,
                // XML's `<![CDATA[…]]>` is a comment to HTML.
                CallbackEvent::String { value } | CallbackEvent::Comment { value }
                    if in_address =>
                {
                    let address = String::from_utf8_lossy(value);
                    let address = address.trim_start_matches("[CDATA[").trim_end_matches("]]");
                    let address = address.trim().to_owned();
                    let span = span.start.min(text.len())..span.end.min(text.len());
                    listed.push(Listed { address, span });
                }
                _ => {}
            }
            None
        },
    );
    for _ in Tokenizer::new_with_emitter(text, emitter) {}
    listed
}

/// Reports every address of a list that is neither a page nor an alias any more. `file` is the list, as shown.
pub fn gone(now: View<'_>, file: &Arc<str>, listed: &[Listed]) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let mut diagnostics = Vec::new();
    for entry in listed {
        let Some((path, fragment)) = now.taken_apart(&entry.address) else {
            continue;
        };
        let address = url::of_folder(&path);
        let is_there = now.site.has_file(&path) || now.site.is_list(&address);
        if is_there || now.is_someone_elses(&address) {
            continue;
        }
        let page = now.page_at(&address);
        // A page that is gone is told of once, whatever of its headings were linked to.
        let key = (address.clone(), page.and(fragment.clone()));
        if !seen.insert(key) {
            continue;
        }
        match (page, fragment) {
            (None, _) => diagnostics.push(now.gone_page(file, entry, &path, &address)),
            (Some(page), Some(fragment)) => {
                diagnostics.extend(now.gone_anchor(file, entry, page, &fragment));
            }
            (Some(_), None) => {}
        }
    }
    diagnostics
}

impl View<'_> {
    /// The path on this site without slashes round it, decoded, and the fragment. None for what is not on this site.
    fn taken_apart(self, address: &str) -> Option<(String, Option<String>)> {
        let rest = match address.find("://") {
            Some(at) => {
                let host = &address[at + 3..];
                host.find('/').map_or("/", |at| &host[at..])
            }
            None if address.starts_with('/') => address,
            None => return None,
        };
        let (rest, fragment) = match rest.split_once('#') {
            Some((rest, fragment)) => (rest, Some(url::decode(fragment).into_owned())),
            None => (rest, None),
        };
        let path = url::decode(&rest[..rest.find('?').unwrap_or(rest.len())]).into_owned();
        let base = self.config.base_path();
        let inner = path.strip_prefix(base)?;
        if !(inner.is_empty() || inner.starts_with('/')) {
            return None;
        }
        let path = url::join("", inner)?;
        let plain = path
            .strip_suffix("index.html")
            .or_else(|| path.strip_suffix(".html"))
            .or_else(|| path.strip_suffix(".htm"))
            .unwrap_or(&path);
        let fragment = fragment.filter(|fragment| !fragment.is_empty() && fragment != "top");
        Some((plain.trim_end_matches('/').to_owned(), fragment))
    }

    fn page_at(self, address: &str) -> Option<PageId> {
        let page = self.site.page_at(address);
        page.filter(|page| self.site.pages[*page].published)
            .or_else(|| self.site.page_once_at(address))
    }

    fn is_someone_elses(self, address: &str) -> bool {
        let mut patterns = self.config.elsewhere.iter().chain(&self.config.retired);
        patterns.any(|pattern| pattern.matches(address))
    }

    fn gone_page(self, file: &Arc<str>, entry: &Listed, path: &str, address: &str) -> Diagnostic {
        let renamed = self.facts.page_once_of(self.site, path);
        let near = || suggest::page(self.site, path, "").map(|meant| meant.what);
        let page = renamed.or_else(near).map(|page| &self.site.pages[page]);
        let message = format!("`{address}` was published, and leads nowhere now");
        let report = Diagnostic::new(Code::UrlGone, file, entry.span.clone(), message);
        let same_letters = |page: &Page| page.url.to_lowercase() == address.to_lowercase();
        let report = match page.and_then(|page| Some((page, page.file.as_ref()?))) {
            // As an alias it would clash with the page on computers that do not tell case.
            Some((page, file)) if same_letters(page) => report.hint(format!(
                "`{}` differs only in case: give `url: {address}` back to `{file}`, or redirect on your server",
                page.url
            )),
            Some((page, file)) => {
                let sure = if renamed.is_some() {
                    "it is now"
                } else {
                    "it may be"
                };
                report.hint(format!(
                    "{sure} `{}`: add `{address}` to the `aliases` of `{file}`",
                    page.url
                ))
            }
            None => report.hint(format!(
                "add `{address}` to the `aliases` of the page that took its place"
            )),
        };
        report.hint(format!(
            "if it is gone on purpose, add `\"{address}\"` to `retired` under `[links]` in `handbook.toml`"
        ))
    }

    fn gone_anchor(
        self,
        file: &Arc<str>,
        entry: &Listed,
        page: PageId,
        fragment: &str,
    ) -> Option<Diagnostic> {
        let page = &self.site.pages[page];
        // A section page has no text of its own to lose a heading from.
        let text = page.file.as_ref()?;
        if page.has_anchor(fragment) {
            return None;
        }
        let message = format!(
            "`{}#{fragment}` was linked to, and the page has no such heading now",
            page.url
        );
        let report = Diagnostic::new(Code::UrlGone, file, entry.span.clone(), message);
        Some(match suggest::anchor(fragment, page) {
            Some(near) => report.hint(format!(
                "keep the old anchor in `{text}`: write `{{#{fragment}}}` behind the heading that is `#{}` now",
                near.what
            )),
            None => report.hint(format!(
                "put `<a id=\"{fragment}\"></a>` into `{text}` where readers should arrive"
            )),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{is_sitemap_index, read_list};

    #[test]
    fn lists_and_sitemaps() {
        let text = "# ours\n/a/\r\n\n  /b/#c\n";
        let listed = read_list(text);
        let spelled: Vec<_> = listed.iter().map(|l| &text[l.span.clone()]).collect();
        assert_eq!(spelled, ["/a/", "/b/#c"]);
        let text = "<?xml version=\"1.0\"?>\n<urlset><url><loc> https://x.org/a?b=1&amp;c=2 </loc><lastmod>x</lastmod></url>\n<url><loc>https://x.org/b</loc></url></urlset>";
        let listed: Vec<_> = read_list(text).into_iter().map(|l| l.address).collect();
        assert_eq!(listed, ["https://x.org/a?b=1&c=2", "https://x.org/b"]);
        let listed =
            read_list("<urlset><url><loc><![CDATA[https://x.org/a?b&c]]></loc></url></urlset>");
        assert_eq!(listed[0].address, "https://x.org/a?b&c");
        assert!(!is_sitemap_index(text));
        assert!(is_sitemap_index(
            "<sitemapindex><sitemap><loc>x</loc></sitemap></sitemapindex>"
        ));
    }
}
