//! What is wrong with one page by itself, beyond what writing it tells: its headings, how its addresses are spelled,
//! conflicts that a merge left.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Fix, conflict};
use crate::parse::markdown::WrittenHeading;
use crate::parse::{FrontMatter, Link};
use crate::source::Source;
use crate::url::address::{self, Fault};

/// The conflicts that stand in the text, but for those that a code block shows from beginning to end.
pub fn conflicts(source: &Source, code_blocks: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut conflicts = conflict::find(&source.text);
    conflicts.retain(|found| {
        let inside = |block: &Range<usize>| block.start <= found.start && found.end <= block.end;
        !code_blocks.iter().any(inside)
    });
    conflicts
}

/// Reports conflicts in place of what is wrong only because of them: between the two sides, or in front matter that
/// cannot be read for it.
pub fn report_conflicts(
    source: &Source,
    body_start: usize,
    conflicts: &[Range<usize>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(first) = conflicts.first() else {
        return;
    };
    let in_head = first.start < body_start;
    diagnostics.retain(|diagnostic| {
        let of_head = matches!(
            diagnostic.code,
            Code::FrontMatterSyntax | Code::FrontMatterDuplicateKey
        );
        let start = diagnostic.span.as_ref().map(|span| span.start);
        let between = |conflict: &Range<usize>| start.is_some_and(|at| conflict.contains(&at));
        !(in_head && of_head || conflicts.iter().any(between))
    });
    let reports = conflicts
        .iter()
        .map(|found| conflict::report(&source.file, &source.text, found));
    diagnostics.extend(reports);
}

/// Reports addresses of other hosts that are misspelt, and what cannot be seen in any address.
pub fn addresses(source: &Source, links: &[Link]) -> Vec<Diagnostic> {
    let faults = links.iter().filter_map(|link| address(&source.file, link));
    faults.collect()
}

/// Reports the address of a link that is misspelt, or that holds what cannot be seen.
pub fn address(file: &Arc<str>, link: &Link) -> Option<Diagnostic> {
    let target = link.target.trim();
    let (code, fault) = match address::suspicious(target) {
        Some(fault) => (Code::SuspiciousUrl, fault),
        None => (Code::MalformedUrl, address::malformed(target)?),
    };
    let is_verbatim = link.verbatim;
    Some(address_report(code, file, &link.span, fault, is_verbatim))
}

/// The report of a faulty address. One that does not stand in the file as it is meant is not mended by itself.
pub fn address_report(
    code: Code,
    file: &Arc<str>,
    span: &Range<usize>,
    fault: Fault,
    is_verbatim: bool,
) -> Diagnostic {
    let hint = fault.mended.as_ref().map(|mended| {
        if code == Code::SuspiciousUrl {
            format!("write `{mended}`")
        } else {
            format!("did you mean `{mended}`?")
        }
    });
    let is_certain = is_verbatim && fault.certain;
    let fix = fault.mended.filter(|_| is_certain).map(|replacement| Fix {
        span: span.clone(),
        replacement,
    });
    Diagnostic::new(code, file, span.clone(), fault.message)
        .maybe_hint(hint)
        .maybe_fix(fix)
}

/// Reports a second h1, and headings that leave a level out.
pub fn headings(
    file: &Arc<str>,
    matter: &FrontMatter,
    headings: &[WrittenHeading],
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let title = matter.title.as_deref().filter(|title| !title.is_empty());
    let title = title.filter(|title| {
        // The title is printed as an h1, unless the text has it as one.
        let has_it = |heading: &WrittenHeading| heading.level == 1 && same(&heading.text, title);
        matter.show_title && !headings.iter().any(has_it)
    });
    let mut first = title.map(|title| format!("the title of the page, `{title}`, is its h1"));
    let mut level = 1;
    for heading in headings {
        let report = |code, message| Diagnostic::new(code, file, heading.span.clone(), message);
        if heading.level == 1 {
            match &first {
                Some(first) => diagnostics
                    .push(report(Code::TwoH1, first.clone()).hint("make this one a `##`")),
                None if heading.text.is_empty() => {
                    first = Some("the page has an h1 already".to_owned());
                }
                None => first = Some(format!("the page has an h1 already, `{}`", heading.text)),
            }
        }
        if heading.level > level + 1 {
            let message = format!(
                "an h{} follows an h{level}, so a level is left out",
                heading.level
            );
            let marks = "#".repeat(usize::from(level) + 1);
            let hint = format!("make this one a `{marks}`");
            diagnostics.push(report(Code::HeadingSkip, message).hint(hint));
        }
        level = heading.level;
    }
    diagnostics
}

/// Whether two texts are the same words.
fn same(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}
