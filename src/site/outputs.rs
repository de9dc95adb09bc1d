//! Two things that would be written to one place, and places that only some file systems keep apart.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic};
use crate::site::{Input, Page, PageId, Site};
use crate::url;

/// Something that is written, and where.
struct Writer<'a> {
    path: Cow<'a, str>,
    what: What<'a>,
}

impl Writer<'_> {
    /// A copy lies beside its page. What is wrong with their folder is told of the page.
    fn is_copy(&self) -> bool {
        matches!(self.what, What::Copy(_))
    }
}

/// What is written. Put into words only where there is something to report.
enum What<'a> {
    Page(&'a Page),
    Copy(&'a Page),
    Asset(&'a str),
    Static(&'a str),
    OfTheme(&'a str),
    Alias(&'a str, PageId),
    NotFound,
}

/// The site, for putting things into words.
struct Words<'a> {
    site: &'a Site,
    input: &'a Input<'a>,
}

impl Words<'_> {
    /// The file that brings it about, as shown; none for what the tool makes of itself.
    fn file(&self, writer: &Writer<'_>) -> Option<Arc<str>> {
        let prefix = self.input.prefix;
        match &writer.what {
            What::Page(page) => page.file.clone().or_else(|| {
                // A section page is there because of its folder.
                let folder = page.folder.as_deref().filter(|folder| !folder.is_empty())?;
                Some(format!("{prefix}{folder}").into())
            }),
            What::Copy(page) => page.file.clone(),
            What::Asset(path) => Some(format!("{prefix}{path}").into()),
            What::Static(path) => Some(format!("static/{path}").into()),
            What::Alias(_, page) => self.site.pages[*page].file.clone(),
            What::OfTheme(_) | What::NotFound => None,
        }
    }

    fn place(&self, writer: &Writer<'_>) -> Option<Range<usize>> {
        let What::Alias(alias, page) = &writer.what else {
            return None;
        };
        let aliases = &self.input.outlines.get(*page)?.matter.aliases;
        aliases
            .iter()
            .find(|a| a.text == *alias)
            .map(|a| a.span.clone())
    }

    /// The report of a clash. The one that has a file is told of the other; of two, the later one.
    fn clash<'w, 'a>(
        &self,
        code: Code,
        first: &'w Writer<'a>,
        second: &'w Writer<'a>,
        message: impl Fn(&'w Writer<'a>, &'w Writer<'a>) -> String,
    ) -> Option<Diagnostic> {
        let told = |at, other| self.file(at).map(|file| (at, file, other));
        let (at, file, other) = told(second, first).or_else(|| told(first, second))?;
        let report = Diagnostic::new(code, &file, self.place(at), message(at, other));
        Some(report.hint("rename one of the two"))
    }

    fn describe(&self, writer: &Writer<'_>) -> String {
        match &writer.what {
            What::Page(page) => match &page.file {
                Some(file) => format!("`{file}`"),
                None => format!("the section page `{}`", page.url),
            },
            What::Copy(page) => format!("the Markdown of `{}`", page.url),
            What::Asset(path) => format!("`{}{path}`", self.input.prefix),
            What::Static(path) => format!("`static/{path}`"),
            What::OfTheme(path) => format!("`/{path}` of the theme"),
            What::Alias(alias, _) => format!("the alias `{alias}`"),
            What::NotFound => "the page for addresses that lead nowhere".to_owned(),
        }
    }
}

/// Reports every output path that has two writers, or that differs from another one by case only.
pub fn check(site: &Site, input: &Input<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let words = Words { site, input };
    let writers = writers(site, input);
    let mut by_path: HashMap<&str, &Writer<'_>> = HashMap::with_capacity(writers.len());
    let mut by_folded: HashMap<String, &Writer<'_>> = HashMap::with_capacity(writers.len());
    for writer in &writers {
        match by_path.entry(&writer.path) {
            Entry::Occupied(first) => report_duplicate(&words, first.get(), writer, diagnostics),
            Entry::Vacant(vacant) => {
                vacant.insert(writer);
                if writer.is_copy() {
                    continue;
                }
                match by_folded.entry(writer.path.to_lowercase()) {
                    Entry::Occupied(first) => {
                        report_case(&words, first.get(), writer, diagnostics);
                    }
                    Entry::Vacant(vacant) => {
                        vacant.insert(writer);
                    }
                }
            }
        }
    }
    // Anybody may replace it, but nobody may need a folder in its place.
    let not_found = Writer {
        path: "404.html".into(),
        what: What::NotFound,
    };
    by_path.entry("404.html").or_insert(&not_found);
    file_against_folder(&words, &writers, &by_path, diagnostics);
}

fn writers<'a>(site: &'a Site, input: &Input<'a>) -> Vec<Writer<'a>> {
    let pages = site
        .published()
        .map(|id| &site.pages[id])
        .map(|page| Writer {
            path: url::output_path(&page.url).into(),
            what: What::Page(page),
        });
    let assets = input.assets.iter().map(|path| Writer {
        path: path.into(),
        what: What::Asset(path),
    });
    let statics = input.statics.iter().map(|path| Writer {
        path: path.into(),
        what: if input.of_theme.contains(path) {
            What::OfTheme(path)
        } else {
            What::Static(path)
        },
    });
    let aliases = site.aliases.iter().map(|(alias, page)| Writer {
        path: url::output_path(alias).into(),
        what: What::Alias(alias, *page),
    });
    let matters = input.outlines.iter().map(|outline| &outline.matter);
    let copies =
        site.pages.iter().zip(matters).filter(|(page, matter)| {
            input.config.markdown_copies && page.published && !matter.noindex
        });
    let copies = copies.map(|(page, _)| Writer {
        path: url::copy_path(&page.url).into(),
        what: What::Copy(page),
    });
    pages
        .chain(copies)
        .chain(assets)
        .chain(statics)
        .chain(aliases)
        .collect()
}

fn report_duplicate(
    words: &Words<'_>,
    first: &Writer<'_>,
    second: &Writer<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    diagnostics.extend(
        words.clash(Code::DuplicateOutput, first, second, |at, other| {
            let other = words.describe(other);
            format!("would be written to `{}`, as would {other}", at.path)
        }),
    );
}

fn report_case(
    words: &Words<'_>,
    first: &Writer<'_>,
    second: &Writer<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    diagnostics.extend(words.clash(Code::CaseClash, first, second, |at, other| {
        format!(
            "`{}` and `{}` of {} differ only in case, which Windows and macOS do not tell apart",
            at.path,
            other.path,
            words.describe(other)
        )
    }));
}

/// A file cannot lie where a folder must be: `a` and `a/index.html`.
fn file_against_folder(
    words: &Words<'_>,
    writers: &[Writer<'_>],
    by_path: &HashMap<&str, &Writer<'_>>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    // Neither these nor what they lie in is a file: most files share their folders with others.
    let mut clear: HashSet<&str> = HashSet::new();
    for writer in writers.iter().filter(|writer| !writer.is_copy()) {
        let own = url::split_last(&writer.path).0;
        let mut folder = own;
        while !folder.is_empty() && !clear.contains(folder) {
            if let Some(blocker) = by_path.get(folder) {
                diagnostics.extend(words.clash(
                    Code::DuplicateOutput,
                    writer,
                    blocker,
                    |_, other| {
                        let (blocked, what) = (&blocker.path, words.describe(other));
                        format!("`{blocked}` would have to be a file and, for {what}, a folder")
                    },
                ));
                break;
            }
            folder = url::split_last(folder).0;
        }
        if folder.is_empty() || clear.contains(folder) {
            let mut folder = own;
            while !folder.is_empty() && clear.insert(folder) {
                folder = url::split_last(folder).0;
            }
        }
    }
}
