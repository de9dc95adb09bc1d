//! Our own scripts and style sheets as readers are sent them: without what only those who write them read.

/// Takes the indentation and the comments that have lines of their own out of a script or a style sheet. What is left keeps its
/// lines, so that a browser's report of a fault can still be understood.
pub fn slim(text: &str) -> String {
    let mut slim = String::with_capacity(text.len());
    let mut in_comment = false;
    for line in text.lines().map(str::trim_start) {
        let end = line.find("*/").map(|at| at + 2);
        in_comment |= line.starts_with("/*") && end.is_none_or(|end| end == line.len());
        if in_comment {
            in_comment = end.is_none();
        } else if !line.is_empty() && !line.starts_with("//") {
            slim.push_str(line);
            slim.push('\n');
        }
    }
    slim
}

#[cfg(test)]
mod tests {
    use super::slim;

    #[test]
    fn comments_and_indentation_go() {
        let text = "/* What it\n   is for */\n/* 1 */ a {\n  color: red; /* not blue */\n}\n\n// Why.\n  b(); // at once\n";
        assert_eq!(
            slim(text),
            "/* 1 */ a {\ncolor: red; /* not blue */\n}\nb(); // at once\n"
        );
    }

    #[test]
    fn our_own_scripts_have_no_text_of_several_lines() {
        for text in [
            include_str!("../../themes/default/static/assets/handbook.js"),
            include_str!("../../themes/default/static/assets/search.js"),
        ] {
            for line in text.lines() {
                assert!(line.matches('`').count().is_multiple_of(2), "{line}");
            }
        }
    }
}
