//! Resolves the links of one page against the assembled site. Reads no files.

mod find;
mod suggestions;

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnosed, Diagnostic, Fix};
use crate::parse::{self, Doc, FrontMatter, Link, Placed, Role};
use crate::site::spelling::Spot;
use crate::site::{PageId, View, suggest};
use crate::url::{self, address};

pub use find::{Found, Lead, Target, lead, own_host};
use find::{has_file_extension, is_elsewhere, is_external, last_name, on_own_host, strip_base};
use suggestions::{MeantPath, whole, without_scheme};

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
/// What front matter names comes last, in the order of [`named`].
pub fn resolve(doc: &Doc, page: PageId, view: View<'_>) -> Diagnosed<Vec<Resolved>> {
    let url = &view.site.pages[page].url;
    let mut resolver = Resolver::new(&doc.outline.path, &doc.outline.file, url, view);
    resolver.page = Some(page);
    let own = doc
        .included
        .first()
        .map_or(doc.links.len(), |i| i.links.start);
    let (own, taken_in) = doc.links.split_at(own);
    let mut value: Vec<Resolved> = own.iter().map(|link| resolver.link(link)).collect();
    if !taken_in.is_empty() {
        value.extend(resolver.taken_in(doc, page));
    }
    for (named, role) in named(&doc.outline.matter) {
        let link = Link::named(&named.text, &named.span, role);
        resolver
            .diagnostics
            .extend(parse::faulty_address(&doc.outline.file, &link));
        value.push(resolver.link(&link));
    }
    Diagnosed {
        value,
        diagnostics: resolver.diagnostics,
    }
}

/// What front matter names: the picture that stands for the page, the page of its owner, the page that replaces it.
pub fn named(matter: &FrontMatter) -> impl Iterator<Item = (&Placed, Role)> {
    let named = [
        (&matter.image, Role::Show),
        (&matter.owner_page, Role::Go),
        (&matter.replaced_by, Role::Go),
    ];
    let given = named.into_iter();
    given.filter_map(|(named, role)| Some((named.as_ref()?, role)))
}

/// What is wrong with the links of a snippet, whatever page takes it in.
pub fn check_snippet(doc: &Doc, view: View<'_>) -> Vec<Diagnostic> {
    let url = folder_url(&doc.outline.path);
    let mut resolver = Resolver::new(&doc.outline.path, &doc.outline.file, &url, view);
    resolver.is_snippet = true;
    for link in &doc.links {
        resolver.link(link);
    }
    resolver.diagnostics
}

/// Resolves the links of a text that stands on every page, so that they count from the root.
pub fn of_root(doc: &Doc, view: View<'_>) -> Diagnosed<Vec<Resolved>> {
    let mut resolver = Resolver::new(&doc.outline.path, &doc.outline.file, "/", view);
    Diagnosed {
        value: doc.links.iter().map(|link| resolver.link(link)).collect(),
        diagnostics: resolver.diagnostics,
    }
}

/// Resolves a link of the settings, which counts from the root too.
pub fn of_settings(link: &Link, file: &Arc<str>, view: View<'_>) -> Diagnosed<Resolved> {
    let mut resolver = Resolver::new("", file, "/", view);
    resolver
        .diagnostics
        .extend(parse::faulty_address(file, link));
    Diagnosed {
        value: resolver.link(link),
        diagnostics: resolver.diagnostics,
    }
}

/// In the place of the address that a snippet does not have: its links count from its own file only.
fn folder_url(path: &str) -> String {
    format!("/{}/", url::split_last(path).0)
}

struct Resolver<'a> {
    path: &'a str,
    file: &'a Arc<str>,
    /// Of the page, or what stands for it.
    url: &'a str,
    /// The page that the links stand in; none where any page may take them in.
    page: Option<PageId>,
    is_snippet: bool,
    view: View<'a>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Resolver<'a> {
    fn new(path: &'a str, file: &'a Arc<str>, url: &'a str, view: View<'a>) -> Resolver<'a> {
        Resolver {
            path,
            file,
            url,
            page: None,
            is_snippet: false,
            view,
            diagnostics: Vec::new(),
        }
    }

    /// Resolves the links of what a page takes in. What is wrong with them is told of the snippet, but for those
    /// that lead into the page.
    fn taken_in(&mut self, doc: &Doc, page: PageId) -> Vec<Resolved> {
        let mut value = Vec::new();
        for inclusion in &doc.included {
            let url = folder_url(&inclusion.path);
            let mut resolver = Resolver::new(&inclusion.path, &inclusion.file, &url, self.view);
            resolver.is_snippet = true;
            resolver.page = Some(page);
            for link in &doc.links[inclusion.links.clone()] {
                let before = resolver.diagnostics.len();
                value.push(resolver.link(link));
                if !link.target.trim().starts_with('#') {
                    resolver.diagnostics.truncate(before);
                }
            }
            self.diagnostics.extend(resolver.diagnostics);
        }
        value
    }

    fn link(&mut self, link: &Link) -> Resolved {
        let written = link.target.trim();
        if address::is_script(written) {
            // Has been reported.
            return external("#");
        }
        let own_host;
        let local = match on_own_host(written, self.view.config) {
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
            None if is_elsewhere(&decoded, self.view.config) => external(local),
            None => self.broken(link, &target, &decoded),
        }
    }

    fn find(&self, path: &str, role: Role) -> Option<Found> {
        find::find(path, role, self.spot(), self.view.site, self.view.config)
    }

    /// Where the links of the page are written.
    fn spot(&self) -> Spot<'_> {
        Spot {
            path: self.path,
            url: self.url,
        }
    }

    fn within_page(&mut self, link: &Link, target: &Target<'_>, written: &str) -> Resolved {
        match (self.page, target.fragment) {
            (Some(page), _) => self.check_anchor(link, target, page),
            (None, Some(fragment)) if !self.is_snippet && !matches!(fragment, "" | "top") => {
                let message = format!("`{written}` leads into whatever page the reader is on");
                let hint = format!("name the page too: `/page/{written}`");
                self.report(Code::BrokenAnchor, link, message, Some(hint), None);
            }
            (None, _) => {}
        }
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
        let url = &self.view.site.pages[page].url;
        // Two pages of one address: the one that has it, which a published page does.
        let page = if self.view.site.pages[page].published {
            page
        } else {
            self.view.site.page_at(url).unwrap_or(page)
        };
        let found = &self.view.site.pages[page];
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
        let file = self.view.site.pages[page]
            .file
            .as_deref()
            .unwrap_or_default();
        let message = format!("`{}` is an old address of `{file}`", link.target);
        let fix = self.path_fix(link, target, &new);
        let hint = format!("link to {}", self.shown(page, &new));
        self.report(Code::LinkThroughAlias, link, message, Some(hint), fix);
        self.page(link, target, page)
    }

    /// A target of this site that spells out its host, when the site does not want that.
    fn spelled_out(&mut self, link: &Link, path: &str) {
        if self.view.config.levels.ask_for(Code::AbsoluteSelfLink) {
            let message = "this spells out the address of the site itself, which breaks in previews and when the site moves";
            let fix = Self::fix(link, whole(link), path).filter(|_| !link.autolink);
            let hint = if link.autolink {
                format!("write `[text]({path})`")
            } else {
                format!("write `{path}`")
            };
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
        let is_here = |host: &str| {
            let (name, _) = address::without_port(host);
            // A name without a dot, such as `http://go/pay`, is one of the company's own network.
            !name.contains('.') || matches!(name, "localhost" | "127.0.0.1" | "[::1]")
        };
        let is_insecure = address::scheme(written).as_deref() == Some("http")
            && !address::host(written).is_some_and(is_here)
            // A misspelt one is reported as such.
            && address::malformed(written).is_none();
        if is_insecure && self.view.config.levels.ask_for(Code::InsecureLink) {
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
        let found = &self.view.site.pages[page];
        if found.has_anchor(&decoded) {
            return;
        }
        let place = match &found.file {
            _ if self.page == Some(page) && self.is_snippet => {
                "this snippet, or in a page that takes it in".to_owned()
            }
            _ if self.page == Some(page) => "this page".to_owned(),
            Some(file) => format!("`{file}`"),
            None => format!("the section page `{}`", found.url),
        };
        // What is near in one page that takes a snippet in may not be in the next.
        let is_own = !(self.is_snippet && self.page == Some(page));
        let meant = suggest::anchor(&decoded, found).filter(|_| is_own);
        let certain = meant.filter(|meant| meant.certain);
        let fix = certain.and_then(|meant| {
            let end = whole(link).end;
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
        let folder = url::split_last(self.path).0;
        let base = self.view.config.base_path();
        let decoded = strip_base(decoded, base).unwrap_or(decoded);
        let joined = url::join(folder, decoded);
        let wanted = joined.as_deref().unwrap_or(decoded).to_owned();
        let is_file = link.role == Role::Show || has_file_extension(decoded);
        let written = link.target.trim();
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
            Some(meant) => {
                let hint = format!("did you mean `{meant}`?");
                let fix = Self::fix(link, whole(link), &meant);
                self.report(code, link, message, Some(hint), fix);
            }
            None => {
                let (hint, path) = meant.map_or((None, None), |m| (Some(m.hint), m.path));
                let fix = path.and_then(|path| self.path_fix(link, target, &path));
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

    /// A path of this site as it stands in an `href`: from the host's root, whatever the writer wrote.
    fn href(&self, path: &str, target: &Target<'_>) -> String {
        let mut href = url::encode(&format!("{}{path}", self.view.config.mount));
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
        let report = Diagnostic::new(code, self.file, link.span.clone(), message);
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

fn encoded_fragment(fragment: &str) -> String {
    url::encode(&url::decode(fragment))
}
