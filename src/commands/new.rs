//! `handbook new`: a page with front matter, and its entry in `sidebars.yaml` where there is one.

use std::fs;
use std::path::{Path, PathBuf};

use crate::commands::Outcome;
use crate::discover::{self, Place, SIDEBARS_NAME};
use crate::error::Error;
use crate::site;
use crate::source;
use crate::url;

/// Writes a page at a path below the content folder of the handbook in the current folder.
///
/// # Errors
/// When the page exists, the path is none, or nothing can be written.
pub fn run(path: &str) -> Result<Outcome, Error> {
    let place = discover::locate(Path::new("."))?;
    let path = page_path(&place, path)?;
    let file = place.content.join(&path);
    let stem = url::without_extension(&path);
    let existing = ["md", "mdx"]
        .iter()
        .map(|end| place.content.join(format!("{stem}.{end}")))
        .find(|f| f.exists());
    if let Some(existing) = existing {
        return Err(Error::Usage(format!(
            "`{}` is already there",
            existing.display()
        )));
    }
    let text = page_text(&place, &path)?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|e| Error::io("create", folder, e))?;
    }
    fs::write(&file, text).map_err(|e| Error::io("write", &file, e))?;
    say!(
        "wrote `{}`, the page `{}`",
        place.shown(&path),
        url::of_page(&path)
    );
    enter(&place, &path)?;
    Ok(Outcome::Clean)
}

/// The content path of what was typed: `people/hiring`, `people/hiring.md` and `content/people/hiring.md` are one.
fn page_path(place: &Place, typed: &str) -> Result<String, Error> {
    let shown = typed.replace('\\', "/");
    let inner = shown.strip_prefix(place.prefix).unwrap_or(&shown);
    let extension = url::split_last(inner)
        .1
        .rsplit_once('.')
        .map(|(_, extension)| extension);
    if extension.is_some_and(|e| !matches!(e, "md" | "mdx") && e.chars().all(char::is_alphabetic)) {
        return Err(Error::Usage(format!(
            "`{typed}` would be no page: pages end with `.md` or `.mdx`"
        )));
    }
    let path = url::join("", inner.trim_start_matches('/')).filter(|path| !path.is_empty());
    let Some(path) = path else {
        return Err(Error::Usage(format!(
            "`{typed}` is no path below the content folder; try `people/hiring.md`"
        )));
    };
    let hidden = path.split('/').any(|part| part.starts_with(['.', '_']));
    if hidden && url::split_last(&path).1 != "_index.md" {
        return Err(Error::Usage(format!(
            "`{typed}` would be no page: names that begin with `.` or `_` are left out"
        )));
    }
    Ok(if shown.ends_with('/') {
        // A folder: its page is its index.
        format!("{path}/index.md")
    } else if url::is_markdown(&path) {
        path
    } else {
        format!("{path}.md")
    })
}

/// The nearest `_template.md` with its title filled in, or front matter alone.
fn page_text(place: &Place, path: &str) -> Result<String, Error> {
    let (mut folder, name) = url::split_last(path);
    let stem = url::without_extension(name);
    let title = if url::is_index(stem) {
        url::humanise(url::split_last(folder).1)
    } else {
        url::humanise(stem)
    };
    let line = format!("title: {}", quoted(&title));
    loop {
        let template: PathBuf = place.content.join(folder).join("_template.md");
        if template.is_file() {
            let text =
                fs::read_to_string(&template).map_err(|e| Error::io("read", &template, e))?;
            return Ok(with_title(&text, &line));
        }
        if folder.is_empty() {
            return Ok(format!("---\n{line}\n---\n\n"));
        }
        folder = url::split_last(folder).0;
    }
}

/// A template with this title line in its front matter, in place of one that it may have.
fn with_title(template: &str, line: &str) -> String {
    let text = template.trim_start_matches('\u{feff}');
    if let Some(rest) = text.strip_prefix("+++\n") {
        let line = line.replacen(": ", " = ", 1);
        let quoted = line.contains('"');
        let line = if quoted {
            line
        } else {
            line.replacen("= ", "= \"", 1) + "\""
        };
        let lines = rest
            .split_inclusive('\n')
            .filter(|old| !old.starts_with("title ="));
        return format!("+++\n{line}\n{}", lines.collect::<String>());
    }
    let Some(rest) = text
        .strip_prefix("---\n")
        .or_else(|| text.strip_prefix("---\r\n"))
    else {
        return format!("---\n{line}\n---\n\n{text}");
    };
    let mut head = String::from("---\n");
    let mut titled = false;
    let mut in_head = true;
    for old in rest.split_inclusive('\n') {
        if in_head && old.starts_with("title:") {
            head.push_str(line);
            head.push('\n');
            titled = true;
        } else {
            if in_head && matches!(old.trim_end(), "---" | "...") {
                in_head = false;
                if !titled {
                    head.push_str(line);
                    head.push('\n');
                }
            }
            head.push_str(old);
        }
    }
    head
}

/// A title as YAML: quoted where it would be read as something else.
fn quoted(title: &str) -> String {
    let plain = title
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.'))
        && title.starts_with(char::is_alphabetic)
        && !matches!(
            title.to_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off"
        );
    if plain {
        title.to_owned()
    } else {
        format!("\"{}\"", title.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// Adds the page to `sidebars.yaml`, unless an entry covers its folder already.
fn enter(place: &Place, path: &str) -> Result<(), Error> {
    let file = place.content.join(SIDEBARS_NAME);
    if !file.is_file() {
        return Ok(());
    }
    let shown = place.shown(SIDEBARS_NAME);
    let bytes = fs::read(&file).map_err(|e| Error::io("read", &file, e))?;
    let Ok(text) = source::decode(bytes) else {
        return Err(Error::Usage(format!(
            "`{shown}` is not UTF-8, so the page was not entered in it"
        )));
    };
    match site::enter_page(&shown, &text, url::without_extension(path)) {
        site::Entered::Covered => Ok(()),
        site::Entered::Added { text, line } => {
            fs::write(&file, text).map_err(|e| Error::io("write", &file, e))?;
            say!("entered it in `{shown}`, line {line}");
            Ok(())
        }
        site::Entered::NoPlace => {
            say!(
                "add `- {}` to `{shown}` where it belongs",
                url::without_extension(path)
            );
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{quoted, with_title};

    #[test]
    fn templates_get_the_title() {
        assert_eq!(
            with_title("text\n", "title: T"),
            "---\ntitle: T\n---\n\ntext\n"
        );
        assert_eq!(
            with_title("---\nowner: x\ntitle: old\n---\n## A\n", "title: T"),
            "---\nowner: x\ntitle: T\n---\n## A\n"
        );
        assert_eq!(
            with_title("+++\ntitle = \"\"\nowner = \"x\"\n+++\nb\n", "title: T"),
            "+++\ntitle = \"T\"\nowner = \"x\"\n+++\nb\n"
        );
        assert_eq!(
            with_title("---\nowner: x\n---\nb\n", "title: T"),
            "---\nowner: x\ntitle: T\n---\nb\n"
        );
    }

    #[test]
    fn titles_are_quoted_where_yaml_needs_it() {
        assert_eq!(quoted("Paid time off"), "Paid time off");
        assert_eq!(quoted("2024 goals"), "\"2024 goals\"");
        assert_eq!(quoted("No"), "\"No\"");
        assert_eq!(quoted("a: \"b\""), "\"a: \\\"b\\\"\"");
    }
}
