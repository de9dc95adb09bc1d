//! The `import` lines of MDX: which snippets a page takes in. Knows no other file.

use std::ops::Range;

use crate::parse::Import;
use crate::url;

/// The imports of Markdown files in a text that begins in its file at the byte `start`, in order. Code blocks are left
/// out.
pub fn find(text: &str, start: usize, code_blocks: &[Range<usize>]) -> Vec<Import> {
    let mut imports = Vec::new();
    if !text.contains("import") {
        return imports;
    }
    let mut at = start;
    for line in text.split_inclusive('\n') {
        let line_start = at;
        at += line.len();
        let in_code = |block: &Range<usize>| block.contains(&line_start);
        if !line.starts_with("import ") || code_blocks.iter().any(in_code) {
            continue;
        }
        let Some((name, target)) = import(line) else {
            continue;
        };
        imports.push(Import {
            name,
            target: line[target.clone()].to_owned(),
            span: line_start + target.start..line_start + target.end,
        });
    }
    imports
}

/// The name and the place of the path in `import Name from './path.mdx'`.
fn import(line: &str) -> Option<(String, Range<usize>)> {
    let (name, rest) = line["import ".len()..].split_once(" from ")?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let path = rest.trim_start();
    let quote = path.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = &path[1..];
    let length = inner.find(quote)?;
    let begin = line.len() - inner.len();
    (is_name && url::is_markdown(&inner[..length]))
        .then(|| (name.to_owned(), begin..begin + length))
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn imports_of_markdown_are_found() {
        let text = "import A from './_a.mdx'\nimport {B} from \"./b.mdx\"\n\nimport C from \"../_s/c.md\";\r\n\
                    import './x.css'\nimport D from 'react'\n import E from './e.md'\nimportant from 'x.md'\n";
        let found = find(text, 0, &[]);
        let spelled: Vec<_> = found
            .iter()
            .map(|i| (i.name.as_str(), &text[i.span.clone()]))
            .collect();
        assert_eq!(spelled, [("A", "./_a.mdx"), ("C", "../_s/c.md")]);
        let code = 0..text.find('\n').unwrap();
        assert_eq!(find(text, 0, std::slice::from_ref(&code)).len(), 1);
    }
}
