//! Patterns for paths: `*` within a name, `**` over any number of folders. Pure text.

/// A pattern for paths, as settings spell them.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern(String);

impl Pattern {
    pub fn new(text: &str) -> Pattern {
        Pattern(text.to_owned())
    }

    /// A pattern for files: a slash at the end means everything in the folder, as it does elsewhere for files.
    pub fn of_files(text: &str) -> Pattern {
        let text = text.trim_start_matches("./");
        Pattern(match text.strip_suffix('/') {
            Some(folder) => format!("{folder}/**"),
            None => text.to_owned(),
        })
    }

    /// `docs/**` is everything below `docs/` and `docs` itself, `*` is anything but a slash, other patterns are the
    /// path itself. A slash at the end counts on neither side.
    pub fn matches(&self, path: &str) -> bool {
        let pattern: Vec<&str> = self.0.trim_end_matches('/').split('/').collect();
        let path: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        parts_match(&pattern, &path)
    }
}

fn parts_match(pattern: &[&str], path: &[&str]) -> bool {
    match pattern.split_first() {
        None => path.is_empty(),
        Some((&"**", rest)) => {
            // Several in a row mean no more than one, and would be slow.
            let rest = &rest[rest.iter().take_while(|part| **part == "**").count()..];
            (0..=path.len()).any(|skipped| parts_match(rest, &path[skipped..]))
        }
        Some((first, rest)) => path
            .split_first()
            .is_some_and(|(part, path)| part_matches(first, part) && parts_match(rest, path)),
    }
}

fn part_matches(pattern: &str, part: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = part.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn matches(pattern: &str, path: &str) -> bool {
        Pattern::new(pattern).matches(path)
    }

    #[test]
    fn addresses() {
        assert!(matches("/pricing", "/pricing/"));
        assert!(!matches("/pricing", "/pricing/x"));
        assert!(matches("/docs/**", "/docs"));
        assert!(matches("/docs/**", "/docs/a/b/"));
        assert!(!matches("/docs/**", "/docsearch"));
        assert!(matches("/blog/*/feed", "/blog/x/feed"));
        assert!(matches("/v*", "/v2"));
        assert!(matches("https://x.org/**", "https://x.org/a/b"));
    }

    #[test]
    fn files() {
        assert!(matches("archive/**", "archive/2020/a.md"));
        assert!(matches("**/old-*.md", "a/b/old-x.md"));
        assert!(matches("**/old-*.md", "old-x.md"));
        assert!(!matches("archive/**", "content/archive/a.md"));
        assert!(matches("a/**/z.md", "a/z.md"));
        assert!(!matches("*.md", "a/b.md"));
        assert!(Pattern::of_files("archive/").matches("archive/2020/a.md"));
    }
}
