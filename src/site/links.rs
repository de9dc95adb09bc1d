//! Resolves the links of one page against the assembled site. Reads no files.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::{Code, Diagnosed, Diagnostic, Fix};
use crate::parse::{Doc, Link, Role};
use crate::site::spelling::{self, Spot};
use crate::site::{Facts, PageId, Site, suggest};
use crate::url::{self, address};

/// Where a link leads and how it is written into the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// Encoded, not yet escaped for HTML.
    pub href: String,
    /// The page of this site that it leads to.
    pub page: Option<PageId>,
    /// The file of this site that it leads to, by its path on the site.
    pub file: Option<Box<str>>,
}

/// Resolves every link of a page, in the order of `Doc::links`.
/// A picture that front matter names comes last.
pub fn resolve(
    doc: &Doc,
    page: PageId,
    site: &Site,
    config: &Config,
    facts: &Facts,
) -> Diagnosed<Vec<Resolved>> {
    let mut resolver = Resolver {
        doc,
        page,
        site,
        config,
        facts,
        diagnostics: Vec::new(),
    };
    let image = image(doc);
    let links = doc.links.iter().chain(&image);
    let value = links.map(|link| resolver.link(link)).collect();
    Diagnosed {
        value,
        diagnostics: resolver.diagnostics,
    }
}

/// The picture that stands for the page elsewhere, as a link.
fn image(doc: &Doc) -> Option<Link> {
    let matter = &doc.outline.matter;
    let image = matter
        .image
        .as_ref()
        .filter(|image| !image.text.is_empty())?;
    Some(Link {
        target: image.text.clone(),
        // Quotes would make the place longer than the path.
        verbatim: image.span.len() == image.text.len(),
        span: image.span.clone(),
        role: Role::Show,
    })
}

/// A target taken apart. All parts as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'t> {
    pub path: &'t str,
    /// With its `?`, or empty.
    pub query: &'t str,
    /// Without its `#`.
    pub fragment: Option<&'t str>,
}

impl<'t> Target<'t> {
    pub fn new(target: &'t str) -> Target<'t> {
        let (rest, fragment) = match target.split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (target, None),
        };
        let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        Target {
            path,
            query,
            fragment,
        }
    }
}

/// What lies at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Page(PageId),
    /// A page under an address that it had once.
    Alias {
        page: PageId,
        address: String,
    },
    /// Its path on the site, decoded.
    File(String),
}

/// Where a target leads from a place, without a word about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lead {
    To(Found),
    /// Into the page that it stands in.
    Within,
    /// Out of this site.
    Elsewhere,
    Nowhere,
}

/// Finds out where a target leads that is written at a place.
pub fn lead(target: &str, role: Role, from: Spot<'_>, site: &Site, config: &Config) -> Lead {
    let written = target.trim();
    let own_host = on_own_host(written, config);
    if own_host.is_none() && is_external(written) {
        return Lead::Elsewhere;
    }
    let target = Target::new(own_host.as_deref().unwrap_or(written));
    if target.path.is_empty() {
        return Lead::Within;
    }
    let decoded = url::decode(target.path);
    match find(&decoded, role, from, site, config) {
        Some(found) => Lead::To(found),
        None if is_elsewhere(&decoded, config) => Lead::Elsewhere,
        None => Lead::Nowhere,
    }
}

/// How long the part of a target is that says nothing but this site's own host.
pub fn own_host(target: &str, config: &Config) -> usize {
    match (on_own_host(target, config), &config.base_url) {
        (Some(_), Some(base)) => base.origin.len(),
        _ => 0,
    }
}

/// The path on this site of a URL that spells out `base_url`.
fn on_own_host(target: &str, config: &Config) -> Option<String> {
    let base = config.base_url.as_ref()?;
    let host = base.origin.len();
    if !target.get(..host)?.eq_ignore_ascii_case(&base.origin) {
        return None;
    }
    let rest = &target[host..];
    if !(rest.is_empty() || rest.starts_with(['/', '?', '#'])) {
        return None;
    }
    let path_end = rest.find(['?', '#']).unwrap_or(rest.len());
    let decoded = url::decode(&rest[..path_end]);
    strip_base(&decoded, &base.path)?;
    Some(if path_end == 0 {
        format!("/{rest}")
    } else {
        rest.to_owned()
    })
}

/// What lies at a path that is written at a place.
fn find(path: &str, role: Role, from: Spot<'_>, site: &Site, config: &Config) -> Option<Found> {
    if path.starts_with('/') {
        let root = url::join("", path)?;
        let found = lookup(&root, role, site);
        if found.is_some() {
            return found;
        }
        let base = &config.base_url.as_ref()?.path;
        let inner = strip_base(path, base)?;
        return lookup(&url::join("", inner)?, role, site);
    }
    let folder = url::split_last(from.path).0;
    let by_file = url::join(folder, path).and_then(|path| lookup(&path, role, site));
    if by_file.is_some() || url::is_markdown(path) {
        return by_file;
    }
    // A relative link may also be meant from the page's address.
    let address = from.url.trim_matches('/');
    url::join(address, path).and_then(|path| lookup(&path, role, site))
}

/// What lies at a path from the site's root, without slashes round it.
fn lookup(path: &str, role: Role, site: &Site) -> Option<Found> {
    if site.has_file(path) {
        return Some(Found::File(path.to_owned()));
    }
    if role == Role::Show {
        return None;
    }
    let by_path = site.page_of(path).or_else(|| {
        [".md", ".mdx"]
            .iter()
            .find_map(|end| site.page_of(&format!("{path}{end}")))
    });
    if let Some(page) = by_path {
        return Some(Found::Page(page));
    }
    let address = path.strip_suffix("index.html").unwrap_or(path);
    let address = url::of_folder(address.trim_end_matches('/'));
    if let Some(page) = site.page_at(&address) {
        return Some(Found::Page(page));
    }
    let page = site.page_once_at(&address)?;
    Some(Found::Alias { page, address })
}

fn is_elsewhere(path: &str, config: &Config) -> bool {
    path.starts_with('/') && config.elsewhere.iter().any(|p| p.matches(path))
}

/// What a path that leads nowhere most likely means.
struct MeantPath {
    hint: String,
    /// What to write, where that is certain.
    path: Option<String>,
}

struct Resolver<'a> {
    doc: &'a Doc,
    page: PageId,
    site: &'a Site,
    config: &'a Config,
    facts: &'a Facts,
    diagnostics: Vec<Diagnostic>,
}

impl Resolver<'_> {
    fn link(&mut self, link: &Link) -> Resolved {
        let written = link.target.trim();
        let own_host;
        let local = match on_own_host(written, self.config) {
            Some(path) => {
                own_host = path;
                self.spelled_out(link, &own_host);
                own_host.as_str()
            }
            None if is_external(written) => {
                self.insecure(link, written);
                return external(written);
            }
            None => written,
        };
        if written.is_empty() {
            self.nowhere(link);
            return external(written);
        }
        let target = Target::new(local);
        if target.path.is_empty() {
            return self.within_page(link, &target, written);
        }
        let decoded = url::decode(target.path);
        match self.find(&decoded, link.role) {
            Some(Found::Page(page)) => self.page(link, &target, page),
            Some(Found::Alias { page, .. }) => self.through_alias(link, &target, page),
            Some(Found::File(path)) => Resolved {
                href: self.href(&url::of_asset(&path), &target),
                page: None,
                file: Some(path.into()),
            },
            None if is_elsewhere(&decoded, self.config) => external(local),
            None => self.broken(link, &target, &decoded),
        }
    }

    fn find(&self, path: &str, role: Role) -> Option<Found> {
        find(path, role, self.spot(), self.site, self.config)
    }

    /// Where the links of the page are written.
    fn spot(&self) -> Spot<'_> {
        Spot {
            path: &self.doc.outline.path,
            url: &self.site.pages[self.page].url,
        }
    }

    fn within_page(&mut self, link: &Link, target: &Target<'_>, written: &str) -> Resolved {
        let page = self.page;
        self.check_anchor(link, target, page);
        Resolved {
            href: match target.fragment {
                Some(fragment) => format!("{}#{}", target.query, encoded_fragment(fragment)),
                None => written.to_owned(),
            },
            page: None,
            file: None,
        }
    }

    fn page(&mut self, link: &Link, target: &Target<'_>, page: PageId) -> Resolved {
        let url = &self.site.pages[page].url;
        // Two pages of one address: the one that has it, which a published page does.
        let page = if self.site.pages[page].published {
            page
        } else {
            self.site.page_at(url).unwrap_or(page)
        };
        let found = &self.site.pages[page];
        if found.published {
            self.check_anchor(link, target, page);
        } else {
            let file = found.file.as_deref().unwrap_or_default();
            self.report(
                Code::LinkToDraft,
                link,
                format!("`{file}` is a draft, so this link leads nowhere on the published site"),
                Some("publish the draft first, or remove the link".to_owned()),
                None,
            );
        }
        Resolved {
            href: self.href(&found.url, target),
            page: Some(page),
            file: None,
        }
    }

    fn through_alias(&mut self, link: &Link, target: &Target<'_>, page: PageId) -> Resolved {
        let new = self.spelled(page, target);
        let file = self.site.pages[page].file.as_deref().unwrap_or_default();
        let message = format!("`{}` is an old address of `{file}`", link.target);
        let fix = Self::path_fix(link, target, &new);
        let hint = format!("link to {}", self.shown(page, &new));
        self.report(Code::LinkThroughAlias, link, message, Some(hint), fix);
        self.page(link, target, page)
    }

    /// A target of this site that spells out its host, when the site does not want that.
    fn spelled_out(&mut self, link: &Link, path: &str) {
        if self.config.levels.ask_for(Code::AbsoluteSelfLink) {
            let message = "this spells out the address of the site itself, which breaks in previews and when the site moves";
            let fix = Self::fix(link, link.span.clone(), path);
            let hint = format!("write `{path}`");
            self.report(
                Code::AbsoluteSelfLink,
                link,
                message.to_owned(),
                Some(hint),
                fix,
            );
        }
    }

    fn insecure(&mut self, link: &Link, written: &str) {
        let here = ["localhost", "127.0.0.1", "[::1]"];
        // A name without a dot, such as `http://go/pay`, is one of the company's own network.
        let is_near = |host: &str| !host.contains('.') || here.iter().any(|h| host.starts_with(h));
        let is_insecure = address::scheme(written).as_deref() == Some("http")
            && !address::host(written).is_some_and(is_near);
        if is_insecure && self.config.levels.ask_for(Code::InsecureLink) {
            let message = "over `http` anybody on the way can read and change what is there";
            let secure = format!("https{}", &written[4..]);
            let hint = format!("see whether `{secure}` is the same");
            self.report(
                Code::InsecureLink,
                link,
                message.to_owned(),
                Some(hint),
                None,
            );
        }
    }

    fn nowhere(&mut self, link: &Link) {
        let (message, hint) = match link.role {
            Role::Go => (
                "this link leads nowhere",
                "write where it leads, or remove the link",
            ),
            Role::Show => ("this has no file to show", "name the file, or remove it"),
        };
        let hint = Some(hint.to_owned());
        self.report(Code::EmptyLink, link, message.to_owned(), hint, None);
    }

    fn check_anchor(&mut self, link: &Link, target: &Target<'_>, page: PageId) {
        let Some(fragment) = target.fragment else {
            return;
        };
        // `#top` is the top of any page, and `#:~:` is for the browser.
        if fragment.is_empty() || fragment == "top" || fragment.starts_with(":~:") {
            return;
        }
        let decoded = url::decode(fragment);
        let found = &self.site.pages[page];
        if found.has_anchor(&decoded) {
            return;
        }
        let place = match &found.file {
            _ if page == self.page => "this page".to_owned(),
            Some(file) => format!("`{file}`"),
            None => format!("the section page `{}`", found.url),
        };
        let meant = suggest::anchor(&decoded, found);
        let fix = meant.filter(|meant| meant.certain).and_then(|meant| {
            let end = link.span.end;
            Self::fix(link, end - fragment.len()..end, meant.what)
        });
        let hint = meant.map(|meant| format!("did you mean `#{}`?", meant.what));
        self.report(
            Code::BrokenAnchor,
            link,
            format!("no heading or id `#{decoded}` in {place}"),
            hint,
            fix,
        );
    }

    fn broken(&mut self, link: &Link, target: &Target<'_>, decoded: &str) -> Resolved {
        let folder = url::split_last(&self.doc.outline.path).0;
        let base = self.config.base_url.as_ref().map_or("", |base| &base.path);
        let decoded = strip_base(decoded, base).unwrap_or(decoded);
        let joined = url::join(folder, decoded);
        let wanted = joined.as_deref().unwrap_or(decoded).to_owned();
        let is_file = link.role == Role::Show || has_file_extension(decoded);
        let written = &link.target;
        let (message, meant) = if joined.is_none() {
            let message = format!("`{written}` leads out of the content folder");
            (message, self.meant_page(target, last_name(decoded)))
        } else if link.role == Role::Show && self.find(decoded, Role::Go).is_some() {
            let message = format!("`{written}` is a page, expected a file to show");
            (message, None)
        } else if let Some(path) = self.without_punctuation(target.path, link.role) {
            let message = if is_file {
                format!("no file `{wanted}` in the content or static folder")
            } else {
                format!("`{written}` leads to no page")
            };
            let hint = format!("did you mean `{path}`?");
            let path = Some(path.to_owned());
            (message, Some(MeantPath { hint, path }))
        } else if is_file {
            let message = format!("no file `{wanted}` in the content or static folder");
            (message, self.meant_file(&wanted, target.path))
        } else {
            let message = format!("`{written}` leads to no page");
            (message, self.meant_page(target, &wanted))
        };
        let code = if is_file {
            Code::MissingAsset
        } else {
            Code::BrokenLink
        };
        match without_scheme(written) {
            Some(whole) => {
                let hint = format!("did you mean `{whole}`?");
                let fix = Self::fix(link, link.span.clone(), &whole);
                self.report(code, link, message, Some(hint), fix);
            }
            None => {
                let (hint, path) = meant.map_or((None, None), |m| (Some(m.hint), m.path));
                let fix = path.and_then(|path| Self::path_fix(link, target, &path));
                self.report(code, link, message, hint, fix);
            }
        }
        Resolved {
            href: self.href(&format!("/{wanted}"), target),
            page: None,
            file: None,
        }
    }

    /// What leads somewhere once the end of a sentence is cut off, which was taken along.
    fn without_punctuation<'t>(&self, path: &'t str, role: Role) -> Option<&'t str> {
        let ends = ['.', ',', ';', ':', '!', ')', ']', '>', '"', '\''];
        let plain = path.trim_end_matches(ends);
        let is_name = plain.len() < path.len() && !last_name(plain).is_empty();
        (is_name && self.find(&url::decode(plain), role).is_some()).then_some(plain)
    }

    /// The page that a path without slashes round it stood for once, or that it is a slip of.
    fn meant_page(&self, target: &Target<'_>, wanted: &str) -> Option<MeantPath> {
        let folder = url::split_last(&self.doc.outline.path).0;
        if let Some(page) = self.facts.page_once_of(self.site, wanted) {
            let path = self.spelled(page, target);
            let shown = self.shown(page, &path);
            return Some(MeantPath {
                hint: format!("the page was moved: link to {shown}"),
                path: Some(path),
            });
        }
        let stem = url::without_extension(wanted);
        if let Some(page) = self
            .site
            .page_once_at(&url::of_folder(&url::hyphenate(stem)))
        {
            let path = self.spelled(page, target);
            let shown = self.shown(page, &path);
            return Some(MeantPath {
                hint: format!("the page was moved: link to {shown}"),
                path: Some(path),
            });
        }
        let is_address = target.path.starts_with('/') && !url::is_markdown(target.path);
        let wanted = if is_address {
            Cow::Owned(format!("/{wanted}"))
        } else {
            Cow::Borrowed(wanted)
        };
        let meant = suggest::page(self.site, &wanted, folder)?;
        let path = self.spelled(meant.what, target);
        let shown = self.shown(meant.what, &path);
        Some(MeantPath {
            hint: format!("did you mean {shown}?"),
            path: meant.certain.then_some(path),
        })
    }

    fn meant_file(&self, wanted: &str, written: &str) -> Option<MeantPath> {
        let is_there = |path: &str| self.site.has_file(path);
        if let Some(now) = self.facts.now(wanted, is_there) {
            let path = self.respelled(written, spelling::Target::File(now));
            return Some(MeantPath {
                hint: format!("the file was moved: write `{path}`"),
                path: Some(path),
            });
        }
        let Some(meant) = suggest::file(self.site, wanted) else {
            return self.page_misnamed(written);
        };
        let path = self.respelled(written, spelling::Target::File(meant.what));
        Some(MeantPath {
            hint: format!("did you mean `{path}`?"),
            path: meant.certain.then_some(path),
        })
    }

    /// The page whose file would have this name, but for an extension that is nearly one of a page.
    fn page_misnamed(&self, written: &str) -> Option<MeantPath> {
        let (stem, extension) = written.rsplit_once('.')?;
        let is_near = extension == "markdown"
            || (extension.starts_with('m') && strsim::osa_distance(extension, "md") == 1);
        let path = ["md", "mdx"].map(|end| format!("{stem}.{end}"));
        let path = path.into_iter().filter(|_| is_near).find(|path| {
            let found = self.find(&url::decode(path), Role::Go);
            matches!(found, Some(Found::Page(_)))
        })?;
        Some(MeantPath {
            hint: format!("did you mean `{path}`?"),
            path: Some(path),
        })
    }

    /// A page as the writer would spell it here, in the style of the link as it is, with its fragment.
    fn spelled(&self, page: PageId, target: &Target<'_>) -> String {
        let found = &self.site.pages[page];
        // A fragment that the page has goes along.
        let fragment = target
            .fragment
            .filter(|fragment| found.has_anchor(&url::decode(fragment)));
        let fragment = fragment.map_or(String::new(), |fragment| format!("#{fragment}"));
        let to = match &found.path {
            Some(path) => spelling::Target::Page {
                path,
                url: &found.url,
            },
            None => spelling::Target::Address(&found.url),
        };
        let path = self.respelled(target.path, to);
        let leads_there = matches!(
            self.find(&url::decode(&path), Role::Go),
            Some(Found::Page(other)) if other == page
        );
        let path = if leads_there {
            path
        } else {
            url::encode(&found.url)
        };
        format!("{path}{fragment}")
    }

    fn respelled(&self, written: &str, to: spelling::Target<'_>) -> String {
        let base = self.config.base_url.as_ref().map_or("", |base| &base.path);
        spelling::respell(written, self.spot(), base, to)
    }

    /// The same for people: with its address, where that is another text.
    fn shown(&self, page: PageId, spelled: &str) -> String {
        let url = &self.site.pages[page].url;
        let path = Target::new(spelled).path;
        // From the root, with or without a slash at the end, it is the address that would be said twice.
        let is_url =
            path.starts_with('/') && url::of_folder(&url::decode(path.trim_matches('/'))) == *url;
        if is_url {
            format!("`{spelled}`")
        } else {
            format!("`{spelled}`, the page at `{url}`")
        }
    }

    /// Puts another path into a link, and leaves its query and its fragment.
    fn path_fix(link: &Link, target: &Target<'_>, spelled: &str) -> Option<Fix> {
        let path = Target::new(spelled).path;
        let start = link.span.start;
        // What spells out the host is not written as it was taken apart.
        let plain = link.target.starts_with(target.path) && !target.path.is_empty();
        plain.then(|| Self::fix(link, start..start + target.path.len(), path))?
    }

    /// Puts a text into a link, where that is surely what the file then says.
    fn fix(link: &Link, span: Range<usize>, text: &str) -> Option<Fix> {
        let breaks_out = |c: char| {
            c.is_whitespace()
                || c.is_control()
                || matches!(
                    c,
                    '(' | ')' | '<' | '>' | '"' | '\'' | '\\' | '|' | '`' | '&' | '*' | '[' | ']'
                )
        };
        let safe: String = text
            .chars()
            .map(|c| {
                if breaks_out(c) {
                    url::encode_all(c)
                } else {
                    c.to_string()
                }
            })
            .collect();
        link.verbatim.then_some(Fix {
            span,
            replacement: safe,
        })
    }

    /// A path of this site as it stands in an `href`: from the host's root, whatever the writer wrote.
    fn href(&self, path: &str, target: &Target<'_>) -> String {
        let mut href = url::encode(&format!("{}{path}", self.config.mount));
        href.push_str(target.query);
        if let Some(fragment) = target.fragment {
            href.push('#');
            href.push_str(&encoded_fragment(fragment));
        }
        href
    }

    fn report(
        &mut self,
        code: Code,
        link: &Link,
        message: String,
        hint: Option<String>,
        fix: Option<Fix>,
    ) {
        let file: &Arc<str> = &self.doc.outline.file;
        let report = Diagnostic::new(code, file, link.span.clone(), message);
        self.diagnostics
            .push(report.maybe_hint(hint).maybe_fix(fix));
    }
}

fn external(target: &str) -> Resolved {
    Resolved {
        href: target.to_owned(),
        page: None,
        file: None,
    }
}

/// Whether a target names another host or another kind of address altogether.
fn is_external(target: &str) -> bool {
    if target.starts_with("//") {
        return true;
    }
    let scheme = target
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')))
        .unwrap_or(target.len());
    scheme > 1
        && target[scheme..].starts_with(':')
        && target.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// A path without the site's base in front. `None` if it does not begin with it.
fn strip_base<'p>(path: &'p str, base: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(base)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

fn encoded_fragment(fragment: &str) -> String {
    url::encode(&url::decode(fragment))
}

/// Whether a path names a file that is no page: it ends with an extension, and not with one that pages have.
fn has_file_extension(path: &str) -> bool {
    let name = last_name(path);
    match name.rsplit_once('.') {
        Some((stem, extension)) => {
            !stem.is_empty()
                && (1..=5).contains(&extension.len())
                && extension.chars().all(|c| c.is_ascii_alphanumeric())
                && extension.contains(|c: char| c.is_ascii_alphabetic())
                && !matches!(extension, "md" | "mdx" | "html" | "htm")
        }
        None => false,
    }
}

/// What was written as an address of another host, or of a person, but for what comes before it.
fn without_scheme(target: &str) -> Option<String> {
    if target.starts_with("www.") {
        return Some(format!("https://{target}"));
    }
    for scheme in ["https", "http"] {
        let rest = target
            .strip_prefix(scheme)
            .and_then(|rest| rest.strip_prefix("//"));
        if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
            return Some(format!("{scheme}://{rest}"));
        }
    }
    let (name, host) = target.split_once('@')?;
    let plain = |part: &str| !part.is_empty() && !part.contains(['/', '@', ' ']);
    (plain(name) && plain(host) && host.contains('.')).then(|| format!("mailto:{target}"))
}

fn last_name(path: &str) -> &str {
    url::split_last(path.trim_end_matches('/')).1
}

#[cfg(test)]
mod tests {
    use super::{has_file_extension, is_external};

    #[test]
    fn what_is_external() {
        for target in [
            "https://x.org",
            "mailto:a@b.c",
            "//cdn.x.org/a",
            "tel:+1",
            "data:image/png;base64,x",
        ] {
            assert!(is_external(target), "{target}");
        }
        for target in ["a.md", "../a:b", "/a", "#a", "?a", "a/b:c", "", "c:/x"] {
            assert!(!is_external(target), "{target}");
        }
    }

    #[test]
    fn pages_and_files() {
        assert!(has_file_extension("a/b.pdf"));
        assert!(!has_file_extension("a/v1.2"));
        assert!(!has_file_extension("a/b.md"));
        assert!(!has_file_extension("a.b/c"));
    }
}
