//! Patterns for paths: `*` within a name, `**` over any number of folders. Pure text.

/// A pattern for paths, as settings spell them.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern(String);

impl Pattern {
    pub fn new(text: &str) -> Pattern {
        Pattern(text.to_owned())
    }

    /// A pattern for files: a slash at the end means everything in the folder, as it does elsewhere for files. One in
    /// front means nothing.
    pub fn of_files(text: &str) -> Pattern {
        let text = text.trim_start_matches("./").trim_start_matches('/');
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

/// Of several `**` only the last one begun is tried again, which is enough and keeps odd patterns from taking forever.
fn parts_match(pattern: &[&str], path: &[&str]) -> bool {
    let (mut at, mut done) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while done < path.len() {
        match pattern.get(at) {
            Some(&"**") => {
                at += 1;
                retry = Some((at, done));
            }
            Some(part) if part_matches(part, path[done]) => {
                at += 1;
                done += 1;
            }
            _ => match &mut retry {
                Some((after, skipped)) => {
                    *skipped += 1;
                    (at, done) = (*after, *skipped);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|part| *part == "**")
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
