//! How the path of a link is spelled, and how the same style spells another target. Knows texts only, no pages.
//!
//! A page can be spelled in many ways: from the root or from here, where *here* is the file or the page's address; by
//! its file, by its file without extension, by its address with or without the slash at the end. A path that is
//! spelled anew keeps all that, and of its parts those that stay the same keep their very letters.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, utf8_percent_encode};

use crate::url;

/// Where a link is written: relative paths begin there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot<'a> {
    /// The content path of the file.
    pub path: &'a str,
    /// The address of its page, decoded, with both slashes.
    pub url: &'a str,
}

/// What a path is to lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// A written page: its content path and its address.
    Page { path: &'a str, url: &'a str },
    /// An address without a file of its own: a generated section page, or where a page was once.
    Address(&'a str),
    /// A file that is no page, by its path on the site.
    File(&'a str),
}

/// How a path is spelled.
#[derive(Clone, Debug, PartialEq)]
pub struct Style<'w> {
    start: Start<'w>,
    form: Form,
    /// Ends with a slash.
    slash: bool,
    /// Ends with `index.html`, which a server would find by itself.
    index_html: bool,
    /// Begins with `./`.
    dot: bool,
    /// Says `index` for a folder's page.
    index: bool,
    /// Letters beyond ASCII are percent-encoded.
    ascii: bool,
    /// White space of file names is spelled, where the address has hyphens.
    space: bool,
    /// Characters that end a bare target may stand as they are.
    roomy: bool,
    /// Goes up to the folder of this depth, though a deeper one has both ends in it.
    up_to: Option<usize>,
    /// The parts as written, and decoded.
    parts: Vec<(Cow<'w, str>, &'w str)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Start<'w> {
    /// The root, with the path of `base_url` in front or nothing.
    Root(&'w str),
    File,
    Address,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// The file with its extension.
    File,
    /// The file without its extension.
    Stem,
    Address,
}

/// What must not stand bare in a target, whether it is a link's, an attribute's or in a cell of a table.
const BARE: &AsciiSet = &url::PATH.add(b'&').add(b'\'').add(b'(').add(b')').add(b'*');

/// What must not stand between quotes or pointed brackets.
const ROOMY: &AsciiSet = &BARE.remove(b' ').remove(b'(').remove(b')');

/// A path (no query, no fragment) that leads to `to`, in the style of the one that is written in the same place.
pub fn respell(written: &str, from: Spot<'_>, base: &str, to: Target<'_>) -> String {
    Style::of(written, written, from, base, None).spell(from, to)
}

/// The way from one content file to another, as it is; with `./` in front of a way that does not go up, if asked for.
pub fn relative(from: &str, to: &str, dot: bool) -> String {
    let way = way(url::split_last(from).0, to, None).join("/");
    let dot = if dot && !way.starts_with("../") {
        "./"
    } else {
        ""
    };
    format!("{dot}{way}")
}

impl<'w> Style<'w> {
    /// Reads the style off a path. `raw` is the same path with Markdown's escapes or HTML's entities, `base` the path
    /// of `base_url`, `known` what the path leads to, if it leads somewhere.
    pub fn of(
        written: &str,
        raw: &'w str,
        from: Spot<'_>,
        base: &'w str,
        known: Option<Target<'_>>,
    ) -> Style<'w> {
        let decoded = url::decode(written);
        let index_html =
            url::split_last(&decoded).1 == "index.html" && !matches!(known, Some(Target::File(_)));
        let plain = if index_html {
            &decoded[..decoded.len() - "index.html".len()]
        } else {
            &decoded
        };
        let last = url::split_last(plain).1;
        let slash = matches!(last, "" | "." | "..");
        let (start, form) = place(plain, from, base, known);
        let form = match form {
            Some(form) => form,
            None if url::is_markdown(plain) => Form::File,
            None => Form::Address,
        };
        let raw_parts: Vec<&str> = raw.split('/').collect();
        let parts: Vec<Cow<'_, str>> = written.split('/').map(url::decode).collect();
        let parts = if parts.len() == raw_parts.len() {
            let owned = parts.into_iter().map(|part| Cow::Owned(part.into_owned()));
            owned.zip(raw_parts).collect()
        } else {
            Vec::new()
        };
        Style {
            start,
            form,
            slash: slash && !index_html,
            index_html,
            dot: plain.starts_with("./"),
            index: url::is_index(url::without_extension(last)),
            ascii: !raw.contains(|c: char| !c.is_ascii())
                && written.len() > decoded.len()
                && !decoded.is_ascii(),
            space: decoded.contains(char::is_whitespace),
            roomy: false,
            up_to: detour(start, plain, from),
            parts,
        }
    }

    /// The same style between quotes or pointed brackets, where more may stand as it is.
    pub fn roomy(mut self) -> Style<'w> {
        self.roomy = !self.parts.iter().any(|(_, raw)| raw.contains('%'));
        self
    }

    /// The path to a target from a place, percent-encoded where it must be.
    pub fn spell(&self, from: Spot<'_>, to: Target<'_>) -> String {
        let (goal, is_folder) = self.goal(to);
        let mut way: Vec<&str> = match self.start {
            Start::Root(_) => Vec::new(),
            Start::File => way(url::split_last(from.path).0, &goal, self.up_to),
            Start::Address => way(from.url.trim_matches('/'), &goal, self.up_to),
        };
        if matches!(self.start, Start::Root(_)) {
            way.extend(goal.split('/').filter(|part| !part.is_empty()));
        }
        let mut spelled = match self.start {
            Start::Root(base) => format!("{base}/"),
            _ if way.is_empty() && !self.index_html => ".".to_owned(),
            // A name with a colon would be taken for an address of another kind.
            _ if (self.dot && way.first() != Some(&".."))
                || way.first().is_some_and(|first| first.contains(':')) =>
            {
                "./".to_owned()
            }
            _ => String::new(),
        };
        let ways: Vec<Cow<'_, str>> = way.iter().map(|part| self.part(part)).collect();
        spelled.push_str(&ways.join("/"));
        if is_folder && self.index_html {
            if !spelled.is_empty() && !spelled.ends_with('/') {
                spelled.push('/');
            }
            spelled.push_str("index.html");
        } else if is_folder && self.slash && !spelled.ends_with('/') {
            spelled.push('/');
        }
        spelled
    }

    /// Ways to spell a target, the writer's own first; the others are for where that one leads elsewhere.
    pub fn candidates(&self, from: Spot<'_>, base: &'w str, to: Target<'_>) -> Vec<String> {
        let mut candidates = vec![self.spell(from, to)];
        let mut add = |style: &Style<'w>| {
            let spelled = style.spell(from, to);
            if !candidates.contains(&spelled) {
                candidates.push(spelled);
            }
        };
        let mut other = self.clone();
        (other.form, other.slash) = (Form::Address, true);
        add(&other);
        other.form = Form::File;
        add(&other);
        for base in ["", base] {
            other.start = Start::Root(base);
            (other.form, other.slash) = (Form::Address, true);
            add(&other);
            other.form = Form::File;
            add(&other);
        }
        candidates
    }

    /// The way to a place where nothing is, given by its parts from the root; `..` where it lies above the root.
    pub fn way(&self, from: Spot<'_>, place: &[String], slash: bool) -> String {
        let goal = place.join("/");
        let parts = way(url::split_last(from.path).0, &goal, self.up_to);
        let parts: Vec<Cow<'_, str>> = parts.into_iter().map(|part| self.part(part)).collect();
        let dot = if self.dot && parts.first().is_none_or(|first| first != "..") {
            "./"
        } else {
            ""
        };
        let end = if slash { "/" } else { "" };
        if parts.is_empty() {
            format!(".{end}")
        } else {
            format!("{dot}{}{end}", parts.join("/"))
        }
    }

    /// The path from the root that is to be spelled, and whether it is that of a folder or an address.
    fn goal<'t>(&self, to: Target<'t>) -> (Cow<'t, str>, bool) {
        let (path, address) = match to {
            Target::File(path) => return (path.into(), false),
            Target::Address(address) => return (address.trim_matches('/').into(), true),
            Target::Page { path, url } => (path, url),
        };
        let stem = url::without_extension(path);
        let (folder, name) = url::split_last(stem);
        match self.form {
            Form::File => (path.into(), false),
            Form::Stem if !url::is_index(name) || self.index => (stem.into(), false),
            _ if self.space && url::of_page(path) == address => {
                let named = if url::is_index(name) { folder } else { stem };
                (named.into(), true)
            }
            _ => (address.trim_matches('/').into(), true),
        }
    }

    /// A part of a path as the writer spelled it, or else with what must not stand bare encoded.
    fn part<'p>(&'p self, part: &'p str) -> Cow<'p, str> {
        if let Some((_, raw)) = self.parts.iter().find(|(decoded, _)| decoded == part) {
            return (*raw).into();
        }
        let set = if self.roomy { ROOMY } else { BARE };
        let mut spelled = String::with_capacity(part.len());
        for c in part.chars() {
            let mut bytes = [0; 4];
            let text = c.encode_utf8(&mut bytes);
            // Blanks other than the space would be cut off, and nobody sees them.
            if c.is_ascii() || self.ascii || c.is_whitespace() {
                spelled.extend(utf8_percent_encode(text, set));
            } else {
                spelled.push(c);
            }
        }
        spelled.into()
    }
}

/// Where a path begins, and in which form it names what it is known to lead to.
fn place<'w>(
    plain: &str,
    from: Spot<'_>,
    base: &'w str,
    known: Option<Target<'_>>,
) -> (Start<'w>, Option<Form>) {
    let form = |folder: &str, path: &str| {
        let joined = url::join(folder, path)?;
        form(&joined, plain.ends_with('/'), known?)
    };
    if plain.starts_with('/') {
        let inner = plain
            .strip_prefix(base)
            .filter(|inner| !base.is_empty() && (inner.is_empty() || inner.starts_with('/')));
        let own = form("", plain);
        return match (own, inner) {
            (None, Some(inner)) => (Start::Root(base), form("", inner)),
            _ => (Start::Root(""), own),
        };
    }
    // As links are resolved: by the file first.
    if let Some(form) = form(url::split_last(from.path).0, plain) {
        return (Start::File, Some(form));
    }
    match form(from.url.trim_matches('/'), plain) {
        Some(form) => (Start::Address, Some(form)),
        None => (Start::File, None),
    }
}

/// The form in which a path from the root names a target; none if it does not.
fn form(joined: &str, slash: bool, target: Target<'_>) -> Option<Form> {
    let is_address = |address: &str| url::of_folder(joined) == address;
    match target {
        Target::File(path) => (path == joined).then_some(Form::File),
        Target::Address(address) => is_address(address).then_some(Form::Address),
        Target::Page { path, .. } if path == joined => Some(Form::File),
        Target::Page { path, .. } if url::without_extension(path) == joined && !slash => {
            Some(Form::Stem)
        }
        Target::Page { path, url } => {
            let by_stem = url::without_extension(path) == joined;
            (by_stem || is_address(url)).then_some(Form::Address)
        }
    }
}

/// How deep the folder lies that a relative path goes up to, if it goes further up than it must.
fn detour(start: Start<'_>, plain: &str, from: Spot<'_>) -> Option<usize> {
    let folder = match start {
        Start::Root(_) => return None,
        Start::File => url::split_last(from.path).0,
        Start::Address => from.url.trim_matches('/'),
    };
    let ups = plain.split('/').filter(|part| *part != ".");
    let ups = ups.take_while(|part| *part == "..").count();
    let depth = parts(folder).count().checked_sub(ups)?;
    let joined = url::join(folder, plain)?;
    (depth < shared(folder, &joined)).then_some(depth)
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

/// How many folders two paths begin with alike.
fn shared(a: &str, b: &str) -> usize {
    parts(a).zip(parts(b)).take_while(|(a, b)| a == b).count()
}

/// The way from a folder to a path, both from the root without slashes round them; by the folder of a depth.
fn way<'g>(folder: &str, goal: &'g str, up_to: Option<usize>) -> Vec<&'g str> {
    let from: Vec<&str> = parts(folder).collect();
    let to: Vec<&'g str> = parts(goal).collect();
    let shared = shared(folder, goal).min(up_to.unwrap_or(usize::MAX));
    let mut way = vec![".."; from.len() - shared];
    way.extend(&to[shared..]);
    way
}

#[cfg(test)]
mod tests {
    use super::{Spot, Style, Target, respell};
    use crate::url;

    const HERE: Spot<'_> = Spot {
        path: "people/pay.md",
        url: "/people/pay/",
    };

    fn page<'a>(path: &'a str, url: &'a str) -> Target<'a> {
        Target::Page { path, url }
    }

    /// A link in `people/pay.md` from one page to another.
    fn moved(written: &str, old: &str, new: &str) -> String {
        let (old_url, new_url) = (url::of_page(old), url::of_page(new));
        let known = Some(page(old, &old_url));
        Style::of(written, written, HERE, "/docs", known).spell(HERE, page(new, &new_url))
    }

    #[test]
    fn each_style_is_kept() {
        let (old, new) = ("people/hiring.md", "team/jobs/how we hire.md");
        for (written, expected) in [
            ("hiring.md", "../team/jobs/how%20we%20hire.md"),
            ("./hiring.md", "../team/jobs/how%20we%20hire.md"),
            ("hiring", "../team/jobs/how%20we%20hire"),
            ("hiring/", "../team/jobs/how-we-hire/"),
            ("../hiring", "../../team/jobs/how%20we%20hire"),
            ("../hiring/", "../../team/jobs/how-we-hire/"),
            (
                "../hiring/index.html",
                "../../team/jobs/how-we-hire/index.html",
            ),
            ("/people/hiring.md", "/team/jobs/how%20we%20hire.md"),
            ("/people/hiring/", "/team/jobs/how-we-hire/"),
            ("/docs/people/hiring/", "/docs/team/jobs/how-we-hire/"),
            (
                "/people/hiring/index.html",
                "/team/jobs/how-we-hire/index.html",
            ),
        ] {
            assert_eq!(moved(written, old, new), expected, "{written}");
        }
        assert_eq!(moved("./hiring.md", old, "people/x.md"), "./x.md");
        assert_eq!(moved("%68iring.md", old, "a/%.md"), "../a/%25.md");
    }

    #[test]
    fn a_detour_is_kept() {
        let old = "people/hiring.md";
        assert_eq!(
            moved("../people/hiring.md", old, "people/x.md"),
            "../people/x.md"
        );
        assert_eq!(moved("../people/hiring.md", old, "x.md"), "../x.md");
        assert_eq!(moved("hiring.md", old, "people/x.md"), "x.md");
        assert_eq!(
            moved("../../people/hiring", old, "people/x.md"),
            "../../people/x"
        );
    }

    #[test]
    fn folders_keep_their_index_or_go_without_it() {
        let (old, new) = ("team/index.md", "crew/index.md");
        assert_eq!(moved("../team/index.md", old, new), "../crew/index.md");
        assert_eq!(moved("../team/index", old, new), "../crew/index");
        assert_eq!(moved("../team/", old, new), "../crew/");
        assert_eq!(moved("../team", old, new), "../crew");
        assert_eq!(moved("/team/", old, "index.md"), "/");
        assert_eq!(moved("../team/", old, "people/index.md"), "./");
        assert_eq!(moved("../hiring", "people/hiring.md", new), "../../crew");
    }

    #[test]
    fn encoding_is_the_writers() {
        let old = "ü/a b.md";
        assert_eq!(moved("../ü/a%20b.md", old, "ö/a b.md"), "../ö/a%20b.md");
        let ascii = "../%C3%BC/a%20b.md";
        assert_eq!(moved(ascii, old, "ö/c.md"), "../%C3%B6/c.md");
        let known = Some(page(old, "/ü/a-b/"));
        let pointed = Style::of("../ü/a b.md", "../ü/a b.md", HERE, "", known).roomy();
        let to = page("x y (z).md", "/x-y-(z)/");
        assert_eq!(pointed.spell(HERE, to), "../x y (z).md");
        assert_eq!(moved("../ü/a%20b/", old, "x y.md"), "../x%20y/");
    }

    #[test]
    fn a_target_that_leads_nowhere_has_a_style_too() {
        let to = page("people/hiring.md", "/people/hiring/");
        for (written, expected) in [
            ("hirng.md", "hiring.md"),
            ("/people/hirng.md", "/people/hiring.md"),
            ("/docs/people/hirng/", "/docs/people/hiring/"),
            ("hirng/", "hiring/"),
            ("hirng", "hiring"),
            ("/hirng", "/people/hiring"),
        ] {
            assert_eq!(respell(written, HERE, "/docs", to), expected, "{written}");
        }
        assert_eq!(
            respell("a.png", HERE, "", Target::File("img/a:b.png")),
            "../img/a:b.png"
        );
        assert_eq!(
            respell("a.png", HERE, "", Target::File("people/a:b.png")),
            "./a:b.png"
        );
    }
}
