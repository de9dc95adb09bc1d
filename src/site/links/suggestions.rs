//! What a link that leads nowhere most likely means, and what to write where that is certain. Reads no files.

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostic::Fix;
use crate::parse::{Link, Role};
use crate::site::links::{Found, Resolver, Target, own_host};
use crate::site::{PageId, spelling, suggest};
use crate::url;

/// What a path that leads nowhere most likely means.
pub struct MeantPath {
    pub hint: String,
    /// What to write, where that is certain.
    pub path: Option<String>,
}

impl Resolver<'_> {
    /// The page that a path without slashes round it stood for once, or that it is a slip of.
    pub(super) fn meant_page(&self, target: &Target<'_>, wanted: &str) -> Option<MeantPath> {
        let folder = url::split_last(self.path).0;
        if let Some(page) = self.view.facts.page_once_of(self.view.site, wanted) {
            let path = self.spelled(page, target);
            let shown = self.shown(page, &path);
            return Some(MeantPath {
                hint: format!("the page was moved: link to {shown}"),
                path: Some(path),
            });
        }
        if let Some(page) = self.page_once_spelled(wanted) {
            let path = self.spelled(page, target);
            return Some(MeantPath {
                hint: format!(
                    "this is an old address: link to {}",
                    self.shown(page, &path)
                ),
                path: Some(path),
            });
        }
        let is_address = target.path.starts_with('/') && !url::is_markdown(target.path);
        let wanted = if is_address {
            Cow::Owned(format!("/{wanted}"))
        } else {
            Cow::Borrowed(wanted)
        };
        let meant = suggest::page(self.view.site, &wanted, folder)?;
        let path = self.spelled(meant.what, target);
        let shown = self.shown(meant.what, &path);
        Some(MeantPath {
            hint: format!("did you mean {shown}?"),
            path: meant.certain.then_some(path),
        })
    }

    /// The page that had an address once which a path spells as a file: `jobs.html`, `jobs.md`.
    fn page_once_spelled(&self, path: &str) -> Option<PageId> {
        let stem = url::without_extension(path.strip_suffix(".html").unwrap_or(path));
        let stem = stem.strip_suffix("/index").unwrap_or(stem);
        self.view.site.page_once_at(&url::of_folder(stem))
    }

    pub(super) fn meant_file(&self, wanted: &str, written: &str) -> Option<MeantPath> {
        let is_there = |path: &str| self.view.site.has_file(path);
        if let Some(now) = self.view.facts.now(wanted, is_there) {
            let path = self.respelled(written, spelling::Target::File(now));
            return Some(MeantPath {
                hint: format!("the file was moved: write `{path}`"),
                path: Some(path),
            });
        }
        let Some(meant) = suggest::file(self.view.site, wanted) else {
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
    pub(super) fn spelled(&self, page: PageId, target: &Target<'_>) -> String {
        let found = &self.view.site.pages[page];
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
        let base = self.view.config.base_path();
        spelling::respell(written, self.spot(), base, to)
    }

    /// The same for people: with its address, where that is another text.
    pub(super) fn shown(&self, page: PageId, spelled: &str) -> String {
        let url = &self.view.site.pages[page].url;
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

    /// Puts another path into a link, and leaves its host, its query and its fragment.
    pub(super) fn path_fix(&self, link: &Link, target: &Target<'_>, spelled: &str) -> Option<Fix> {
        let whole = whole(link);
        let start = whole.start + own_host(&link.target[whole], self.view.config);
        let path = start..start + target.path.len();
        // An address that is the host alone has no path to replace.
        let stands_there = link.target.get(path.clone()) == Some(target.path);
        (stands_there && !path.is_empty())
            .then(|| Self::fix(link, path, Target::new(spelled).path))?
    }

    /// Puts a text in the place of a part of a link's target, where that is surely what the file then says.
    pub(super) fn fix(link: &Link, part: Range<usize>, new: &str) -> Option<Fix> {
        let old = &link.target[part.clone()];
        let breaks_out = |c: char| {
            c.is_whitespace()
                || c.is_control()
                || matches!(
                    c,
                    '(' | ')' | '<' | '>' | '"' | '\'' | '\\' | '|' | '`' | '&' | '*' | '[' | ']'
                )
        };
        // What could stand there before can stand there again; of brackets only a pair.
        let stood_before = |c: char| match c {
            '(' | ')' => old.contains(c) && new.matches('(').count() == new.matches(')').count(),
            _ => old.contains(c),
        };
        let safe: String = new
            .chars()
            .map(|c| {
                if breaks_out(c) && !stood_before(c) {
                    url::encode_all(c)
                } else {
                    c.to_string()
                }
            })
            .collect();
        let start = link.span.start;
        link.verbatim.then_some(Fix {
            span: start + part.start..start + part.end,
            replacement: safe,
        })
    }
}

/// The part of a target that is not white space round it.
pub fn whole(link: &Link) -> Range<usize> {
    let start = link.target.len() - link.target.trim_start().len();
    start..start + link.target.trim().len()
}

/// What was written as an address of another host, or of a person, but for what comes before it.
pub fn without_scheme(target: &str) -> Option<String> {
    if target.starts_with("www.") {
        return Some(format!("https://{target}"));
    }
    for scheme in ["https", "http"] {
        if let Some(rest) = target.strip_prefix(scheme)
            && rest.starts_with("//")
        {
            return Some(format!("{scheme}:{rest}"));
        }
    }
    // `logo@2x.png` is a file, and `me@example.org` is none.
    let (name, host) = target.split_once('@')?;
    let plain = |part: &str| !part.is_empty() && !part.contains(['/', '@', ' ']);
    let is_file = url::is_markdown(host) || FILES.iter().any(|end| host.ends_with(end));
    (plain(name) && plain(host) && host.contains('.') && !is_file)
        .then(|| format!("mailto:{target}"))
}

/// What the names of files end with that handbooks show or offer.
const FILES: &[&str] = &[
    ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif", ".pdf", ".mp4", ".webm", ".html",
];
