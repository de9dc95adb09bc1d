//! What is wrong with one page by itself, beyond what writing it tells: its headings, how its addresses are spelled,
//! conflicts that a merge left.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Fix, conflict};
use crate::parse::front_matter::Head;
use crate::parse::{FrontMatter, Heading, Link};
use crate::source::Source;
use crate::url::address::{self, Fault};

/// Reports each conflict that stands in the text, unless a code block shows it from beginning to end.
pub fn conflicts(
    source: &Source,
    head: &Head,
    code_blocks: &[Range<usize>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    for found in conflict::find(&source.text) {
        let inside = |block: &Range<usize>| block.start <= found.start && found.end <= block.end;
        if code_blocks.iter().any(inside) {
            continue;
        }
        if found.start < head.body_start {
            // The front matter does not parse because of the conflict.
            diagnostics.retain(|d| {
                !matches!(
                    d.code,
                    Code::FrontMatterSyntax | Code::FrontMatterDuplicateKey
                )
            });
        }
        diagnostics.push(conflict::report(&source.file, &source.text, &found));
    }
}

/// Reports addresses of other hosts that are misspelt, and what cannot be seen in any address.
pub fn addresses(source: &Source, links: &[Link]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for link in links {
        let target = link.target.trim();
        let (code, fault) = match address::suspicious(target) {
            Some(fault) => (Code::SuspiciousUrl, fault),
            None => match address::malformed(target) {
                Some(fault) => (Code::MalformedUrl, fault),
                None => continue,
            },
        };
        diagnostics.push(address_report(
            code,
            &source.file,
            &link.span,
            fault,
            link.verbatim,
        ));
    }
    diagnostics
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
    let fix = fault.mended.filter(|_| is_verbatim).map(|replacement| Fix {
        span: span.clone(),
        replacement,
    });
    Diagnostic::new(code, file, span.clone(), fault.message)
        .maybe_hint(hint)
        .maybe_fix(fix)
}

/// Reports a second h1, and headings that leave a level out. `spans` are those of the headings.
pub fn headings(
    file: &Arc<str>,
    matter: &FrontMatter,
    headings: &[Heading],
    spans: &[Range<usize>],
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    // The title is the page's h1, unless the text opens with it.
    let title = matter.title.as_deref().filter(|title| !title.is_empty());
    let title = title.filter(|_| matter.show_title);
    let mut first = title.map(str::to_owned);
    let mut level = 1;
    for (heading, span) in headings.iter().zip(spans) {
        if heading.level == 1 {
            match &first {
                Some(first) if title != Some(heading.text.as_str()) || level > 1 => {
                    diagnostics.push(
                        Diagnostic::new(
                            Code::TwoH1,
                            file,
                            span.clone(),
                            format!("the page has an h1 already, `{first}`"),
                        )
                        .hint("make this one a `##`"),
                    );
                }
                Some(_) => {}
                None => first = Some(heading.text.clone()),
            }
        }
        if heading.level > level + 1 {
            let marks = "#".repeat(usize::from(level) + 1);
            diagnostics.push(
                Diagnostic::new(
                    Code::HeadingSkip,
                    file,
                    span.clone(),
                    format!(
                        "an h{} follows an h{level}, so a level is left out",
                        heading.level
                    ),
                )
                .hint(format!("make this one a `{marks}`")),
            );
        }
        level = heading.level;
    }
    diagnostics
}
