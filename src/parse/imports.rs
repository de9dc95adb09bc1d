//! The `import` lines of MDX: which snippets a page takes in, and what it calls its pictures. Knows no other file.

use std::ops::Range;

use crate::parse::Import;
use crate::url;

/// The imports of Markdown files in a text, in order. `modules` are the places of its `import` statements.
pub fn find(text: &str, modules: &[Range<usize>]) -> Vec<Import> {
    all(text, modules)
        .filter(|import| url::is_markdown(&import.target))
        .collect()
}

/// The imports of pictures and other files to show, in order.
pub fn files(text: &str, modules: &[Range<usize>]) -> Vec<Import> {
    let is_path = |import: &Import| import.target.starts_with(['.', '/']);
    all(text, modules)
        .filter(|import| is_path(import) && url::is_media(&import.target))
        .collect()
}

fn all(text: &str, modules: &[Range<usize>]) -> impl Iterator<Item = Import> {
    modules.iter().filter_map(|module| {
        let (name, target) = import(&text[module.clone()])?;
        Some(Import {
            name: name.to_owned(),
            span: module.start + target.start..module.start + target.end,
            target: text[module.clone()][target].to_owned(),
            computed: false,
        })
    })
}

/// The name and the place of the path in `import Name from './path.mdx'`.
fn import(statement: &str) -> Option<(&str, Range<usize>)> {
    let (name, rest) = statement.strip_prefix("import")?.rsplit_once(" from ")?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let path = rest.trim_start();
    let quote = path.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = &path[1..];
    let length = inner.find(quote)?;
    let begin = statement.len() - inner.len();
    is_name.then_some((name, begin..begin + length))
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn imports_of_markdown_are_found() {
        let text = "import A from './_a.mdx'\nimport {B} from \"./b.mdx\"\nimport C from \"../_s/c.md\";\r\n\
                    import './x.css'\nimport D from 'react'\n";
        let modules: Vec<_> = text
            .match_indices("import ")
            .map(|(at, _)| at..at + text[at..].find('\n').unwrap())
            .collect();
        let found = find(text, &modules);
        let spelled: Vec<_> = found
            .iter()
            .map(|i| (i.name.as_str(), &text[i.span.clone()]))
            .collect();
        assert_eq!(spelled, [("A", "./_a.mdx"), ("C", "../_s/c.md")]);
    }
}
