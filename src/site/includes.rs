//! Reports snippets that a file takes in and that are not there. Reads no files.

use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::parse::{Doc, INCLUDE, Import};
use crate::site::{spelling, suggest};
use crate::url;

/// What a file takes in that is not there. `snippets` are the content paths of those that are.
pub fn missing<'s>(
    doc: &Doc,
    is_there: impl Fn(&str) -> bool,
    snippets: &(impl Iterator<Item = &'s str> + Clone),
) -> Vec<Diagnostic> {
    let path = &doc.outline.path;
    let missing = doc.imports.iter().filter_map(|import| {
        if import.computed {
            let message = "this needs JavaScript, which no handbook runs; nothing is taken in";
            let hint = "write the path of a Markdown file: `src=\"…\"`";
            let message = message.to_owned();
            return Some(report(doc, Code::ComponentExpression, import, message).hint(hint));
        }
        if import.target.is_empty() {
            let message = format!("`{INCLUDE}` lacks the prop `src`");
            let hint = "add `src=\"…\"`: it is the path of a Markdown file";
            return Some(report(doc, Code::ComponentProp, import, message).hint(hint));
        }
        let target = url::join(url::split_last(path).0, &import.target);
        let Some(target) = target else {
            let message = format!("`{}` leads out of the content folder", import.target);
            return Some(report(doc, Code::IncludeMissing, import, message));
        };
        if !url::is_markdown(&target) {
            let Some((spelled, target)) = named(import, path, &is_there) else {
                let message = format!("`{}` is no Markdown file", import.target);
                let hint = if import.target.ends_with('/') {
                    "name one file of it".to_owned()
                } else {
                    let shown = "code of other files is shown by a fence";
                    format!("{shown}: ```` ```text src={} ````", import.target)
                };
                return Some(report(doc, Code::IncludeMissing, import, message).hint(hint));
            };
            if !is_there(&target) {
                return Some(nowhere(doc, import, &target, snippets.clone()));
            }
            let message = format!("`{}` is no Markdown file", import.target);
            let report = report(doc, Code::IncludeMissing, import, message);
            if import.target.contains('#') {
                let hint = format!("write `{spelled}`: a file is taken in as a whole");
                return Some(report.hint(hint));
            }
            let hint = format!("did you mean `{spelled}`?");
            return Some(report.hint(hint).maybe_fix(fix(import, spelled)));
        }
        (!is_there(&target)).then(|| nowhere(doc, import, &target, snippets.clone()))
    });
    missing.collect()
}

fn nowhere<'s>(
    doc: &Doc,
    import: &Import,
    target: &str,
    snippets: impl Iterator<Item = &'s str> + Clone,
) -> Diagnostic {
    let message = format!("there is no snippet `{target}` in the content folder");
    let report = report(doc, Code::IncludeMissing, import, message);
    let (folder, name) = url::split_last(target);
    // The same name in another folder, or another name in the same.
    let mut same = snippets
        .clone()
        .filter(|path| url::split_last(path).1 == name);
    let meant = match (same.next(), same.next()) {
        (Some(only), None) => Some(suggest::Meant {
            what: only.to_owned(),
            certain: true,
        }),
        _ => {
            let here = snippets
                .map(url::split_last)
                .filter(|(other, _)| *other == folder);
            suggest::meant(name, here.map(|(_, name)| name)).map(|meant| suggest::Meant {
                what: format!("{folder}/{}", meant.what)
                    .trim_start_matches('/')
                    .to_owned(),
                certain: meant.certain,
            })
        }
    };
    let Some(meant) = meant else {
        return report.hint("a path begins in the folder of this file, or with a slash in front in the content folder");
    };
    let spelled = if import.target.starts_with('/') {
        format!("/{}", meant.what)
    } else {
        spelling::relative(
            &doc.outline.path,
            &meant.what,
            import.target.starts_with('.'),
        )
    };
    let hint = format!("did you mean `{spelled}`?");
    let fix = meant.certain.then(|| fix(import, spelled)).flatten();
    report.hint(hint).maybe_fix(fix)
}

/// The Markdown file that is named with a part of it behind, or without its extension: as it should be spelt, and its content path.
fn named(import: &Import, path: &str, is_there: impl Fn(&str) -> bool) -> Option<(String, String)> {
    let whole = import
        .target
        .split_once('#')
        .map_or(&*import.target, |(whole, _)| whole);
    let name = url::split_last(whole).1;
    let spelled = if url::is_markdown(whole) {
        vec![whole.to_owned()]
    } else if name.is_empty() || name.contains('.') {
        return None;
    } else {
        vec![format!("{whole}.md"), format!("{whole}.mdx")]
    };
    let mut spelled = spelled.into_iter().filter_map(|spelled| {
        let target = url::join(url::split_last(path).0, &spelled)?;
        Some((spelled, target))
    });
    let first = spelled.next()?;
    if is_there(&first.1) {
        return Some(first);
    }
    Some(
        spelled
            .find(|(_, target)| is_there(target))
            .unwrap_or(first),
    )
}

/// Puts another path in place of the one that is written, where nothing has to be escaped.
fn fix(import: &Import, spelled: String) -> Option<Fix> {
    let fits = !spelled.contains(['"', '\'', '{', '&', '\n']);
    (fits && import.span.len() == import.target.len()).then(|| Fix {
        span: import.span.clone(),
        replacement: spelled,
    })
}

fn report(doc: &Doc, code: Code, import: &Import, message: String) -> Diagnostic {
    Diagnostic::new(code, &doc.outline.file, import.span.clone(), message)
}
