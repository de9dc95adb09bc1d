//! Cuts a piece out of a file of code: a region between two comments, or some lines. Sees texts only.

use crate::parse::Excerpt;

/// Why there is no such piece, and what may help.
#[derive(Debug, PartialEq)]
pub struct Fault {
    pub message: String,
    pub hint: String,
}

/// The piece of a file's text that is asked for (`path` names it in messages), without the indentation that all of it has, and without the comments
/// that begin and end regions.
pub fn cut(text: &str, path: &str, excerpt: &Excerpt) -> Result<String, Fault> {
    let all: Vec<&str> = text.lines().collect();
    let is_code = |line: &&&str| marker(line).is_none();
    let lines: Vec<&str> = match &excerpt.region {
        Some(name) => {
            let region = region(&all, name, path)?;
            let code: Vec<&str> = region.iter().filter(is_code).copied().collect();
            range(&code, path, excerpt)?.to_vec()
        }
        None => {
            let lines = range(&all, path, excerpt)?;
            lines.iter().filter(is_code).copied().collect()
        }
    };
    let indent = indentation(&lines);
    let mut code = String::with_capacity(text.len());
    for line in lines {
        // A line of nothing but white space may be shorter.
        code.push_str(line.get(indent..).unwrap_or_default());
        code.push('\n');
    }
    Ok(code)
}

/// The lines between the comments that begin and end a region.
fn region<'a, 'l>(lines: &'a [&'l str], name: &str, path: &str) -> Result<&'a [&'l str], Fault> {
    let begins = |line: &&str| matches!(marker(line), Some(Marker::Begin(found) | Marker::Anchor(found)) if found == name);
    let Some(first) = lines.iter().position(begins) else {
        return Err(no_region(lines, name, path));
    };
    let is_anchor = matches!(marker(lines[first]), Some(Marker::Anchor(_)));
    let inner = &lines[first + 1..];
    let mut depth = 0_usize;
    for (at, line) in inner.iter().enumerate() {
        match marker(line) {
            Some(Marker::AnchorEnd(found)) if is_anchor && found == name => return Ok(&inner[..at]),
            Some(Marker::End(found)) if !is_anchor => {
                if found == name || (depth == 0 && found.is_empty()) {
                    return Ok(&inner[..at]);
                }
                depth = depth.saturating_sub(1);
            }
            Some(Marker::Begin(_)) => depth += 1,
            _ => {}
        }
    }
    Err(Fault {
        message: format!("the region `{name}` of `{path}` has no end"),
        hint: if is_anchor {
            format!("end it with a comment `ANCHOR_END: {name}`")
        } else {
            "end it with a comment `#endregion`".to_owned()
        },
    })
}

/// To compare long names takes longer than anything else here.
const LONGEST: usize = 100;

fn no_region(lines: &[&str], name: &str, path: &str) -> Fault {
    let names = lines.iter().filter_map(|line| match marker(line) {
        Some(Marker::Begin(found) | Marker::Anchor(found)) if !found.is_empty() => Some(found),
        _ => None,
    });
    let names: Vec<&str> = names.collect();
    let near = names
        .iter()
        .filter(|found| found.len() <= LONGEST && found.len().abs_diff(name.len()) <= 2)
        .map(|found| (strsim::osa_distance(name, found), found))
        .min()
        .filter(|(distance, _)| *distance <= 2);
    Fault {
        message: format!("`{path}` has no region `{name}`"),
        hint: match (near, names.as_slice()) {
            (Some((_, near)), _) => format!("did you mean `{near}`?"),
            (None, []) => format!(
                "put the lines between the comments `#region {name}` and `#endregion` there"
            ),
            (None, names) => format!("it has `{}`", names[..names.len().min(10)].join("`, `")),
        },
    }
}

/// The lines that `lines=` asks for, all of them if it does not.
fn range<'a, 'l>(
    lines: &'a [&'l str],
    path: &str,
    excerpt: &Excerpt,
) -> Result<&'a [&'l str], Fault> {
    let Some(asked) = excerpt.lines.as_deref() else {
        return Ok(lines);
    };
    let (first, last) = asked.split_once('-').unwrap_or((asked, asked));
    let last = match last.trim() {
        "" => Some(lines.len()),
        last => last.parse().ok(),
    };
    let (Some(first), Some(last)) = (first.trim().parse::<usize>().ok(), last) else {
        return Err(Fault {
            message: format!("`lines={asked}` names no lines"),
            hint: "write them as `lines=3-9`, `lines=3` or `lines=3-`".to_owned(),
        });
    };
    if first == 0 || first > last || last > lines.len() {
        let whole = match &excerpt.region {
            Some(region) => format!("the region `{region}` of `{path}`"),
            None => format!("`{path}`"),
        };
        return Err(Fault {
            message: format!("{whole} has no lines {asked}"),
            hint: match lines.len() {
                0 => "it is empty".to_owned(),
                1 => "it has one line".to_owned(),
                count => format!("it has lines 1 to {count}"),
            },
        });
    }
    Ok(&lines[first - 1..last])
}

/// How many bytes of white space all lines begin with.
fn indentation(lines: &[&str]) -> usize {
    let mut common: Option<&str> = None;
    for line in lines.iter().filter(|line| !line.trim().is_empty()) {
        let own = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        let before = common.unwrap_or(own);
        let same = before.bytes().zip(own.bytes()).take_while(|(a, b)| a == b);
        common = Some(&own[..same.count()]);
    }
    common.map_or(0, str::len)
}

/// A comment that says where a region is.
#[derive(Debug, PartialEq)]
enum Marker<'l> {
    /// `#region name`.
    Begin(&'l str),
    /// `#endregion`, with a name or without.
    End(&'l str),
    /// `ANCHOR: name`, as mdBook has it.
    Anchor(&'l str),
    AnchorEnd(&'l str),
}

fn marker(line: &str) -> Option<Marker<'_>> {
    const OPENERS: &[&str] = &["//", "<!--", "{/*", "/*", "--", "#", ";", "%", "'"];
    let line = line.trim();
    let comment = OPENERS
        .iter()
        .find_map(|opener| line.strip_prefix(opener))?
        .trim_start_matches(['/', '*', ';', '-', '!', ' ', '\t']);
    let comment = comment
        .trim_end_matches("-->")
        .trim_end_matches('}')
        .trim_end_matches("*/")
        .trim();
    let rest = |word: &str| {
        let rest = comment.strip_prefix(word)?;
        (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| rest.trim())
    };
    let is_word = |name: &&str| !name.contains(char::is_whitespace);
    if let Some(name) = comment.strip_prefix("ANCHOR:") {
        return Some(Marker::Anchor(name.trim())).filter(|_| is_word(&name.trim()));
    }
    if let Some(name) = comment.strip_prefix("ANCHOR_END:") {
        return Some(Marker::AnchorEnd(name.trim())).filter(|_| is_word(&name.trim()));
    }
    // Without its `#`, more than one word is a sentence.
    if let Some(name) = rest("#region").or_else(|| rest("region").filter(is_word)) {
        return Some(Marker::Begin(name));
    }
    let name = rest("#endregion").or_else(|| rest("endregion").filter(is_word))?;
    Some(Marker::End(name))
}

#[cfg(test)]
mod tests {
    use super::{Marker, cut, marker};
    use crate::parse::Excerpt;

    fn excerpt(region: Option<&str>, lines: Option<&str>) -> Excerpt {
        Excerpt {
            path: "a.rs".to_owned(),
            region: region.map(str::to_owned),
            lines: lines.map(str::to_owned),
            span: 0..0,
        }
    }

    #[test]
    fn regions_are_marked_in_the_comments_of_any_language() {
        for line in [
            "// #region a",
            "  //#region a",
            "# region a",
            "#region a",
            "<!-- #region a -->",
            "/* #region a */",
            "{/* #region a */}",
            "-- #region a",
            "; #region a",
            "%% region a",
        ] {
            let line = line.replace("%%", "%");
            assert_eq!(marker(&line), Some(Marker::Begin("a")), "{line}");
        }
        assert_eq!(marker("// ANCHOR: a"), Some(Marker::Anchor("a")));
        assert_eq!(marker("# ANCHOR_END: a"), Some(Marker::AnchorEnd("a")));
        assert_eq!(marker("// #endregion"), Some(Marker::End("")));
        for line in [
            "# region of interest",
            "region a",
            "// regional",
            "let region = 1;",
            "// ANCHOR of it",
        ] {
            assert_eq!(marker(line), None, "{line}");
        }
    }

    #[test]
    fn a_region_is_cut_out_with_what_is_in_it() {
        let text = "x\n  // #region a\n  one\n\n    // #region b\n    two\n    // #endregion\n  // #endregion a\ny\n";
        assert_eq!(
            cut(text, "a.rs", &excerpt(Some("a"), None)).unwrap(),
            "one\n\n  two\n"
        );
        assert_eq!(
            cut(text, "a.rs", &excerpt(Some("b"), None)).unwrap(),
            "two\n"
        );
        assert_eq!(
            cut(text, "a.rs", &excerpt(Some("a"), Some("3"))).unwrap(),
            "two\n"
        );
        assert_eq!(
            cut(text, "a.rs", &excerpt(None, Some("1-3"))).unwrap(),
            "x\n  one\n"
        );
        assert_eq!(
            cut(text, "a.rs", &excerpt(None, Some("8-"))).unwrap(),
            "y\n"
        );
    }

    #[test]
    fn what_is_not_there_is_said() {
        let text = "// #region one\na\n// #endregion\n// #region two\n";
        for (region, lines, message, hint) in [
            (
                Some("on"),
                None,
                "`a.rs` has no region `on`",
                "did you mean `one`?",
            ),
            (
                Some("other"),
                None,
                "`a.rs` has no region `other`",
                "it has `one`, `two`",
            ),
            (
                Some("two"),
                None,
                "the region `two` of `a.rs` has no end",
                "end it with a comment `#endregion`",
            ),
            (
                None,
                Some("3-9"),
                "`a.rs` has no lines 3-9",
                "it has lines 1 to 4",
            ),
            (
                Some("one"),
                Some("2"),
                "the region `one` of `a.rs` has no lines 2",
                "it has one line",
            ),
            (
                None,
                Some("x"),
                "`lines=x` names no lines",
                "write them as `lines=3-9`, `lines=3` or `lines=3-`",
            ),
        ] {
            let fault = cut(text, "a.rs", &excerpt(region, lines)).unwrap_err();
            assert_eq!(
                (fault.message.as_str(), fault.hint.as_str()),
                (message, hint)
            );
        }
    }
}
