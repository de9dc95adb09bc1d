//! Which names are elements of HTML, SVG or `MathML`. Everything else between sharp brackets was written for people.

use std::collections::HashSet;

/// In lower case, sorted.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "animate",
    "animatemotion",
    "animatetransform",
    "annotation",
    "annotation-xml",
    "area",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "basefont",
    "bdi",
    "bdo",
    "bgsound",
    "big",
    "blink",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "circle",
    "cite",
    "clippath",
    "code",
    "col",
    "colgroup",
    "command",
    "content",
    "data",
    "datalist",
    "dd",
    "defs",
    "del",
    "desc",
    "details",
    "dfn",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "element",
    "ellipse",
    "em",
    "embed",
    "feblend",
    "fecolormatrix",
    "fecomponenttransfer",
    "fecomposite",
    "feconvolvematrix",
    "fediffuselighting",
    "fedisplacementmap",
    "fedistantlight",
    "fedropshadow",
    "feflood",
    "fefunca",
    "fefuncb",
    "fefuncg",
    "fefuncr",
    "fegaussianblur",
    "feimage",
    "femerge",
    "femergenode",
    "femorphology",
    "fencedframe",
    "feoffset",
    "fepointlight",
    "fespecularlighting",
    "fespotlight",
    "fetile",
    "feturbulence",
    "fieldset",
    "figcaption",
    "figure",
    "filter",
    "font",
    "footer",
    "foreignobject",
    "form",
    "frame",
    "frameset",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "i",
    "iframe",
    "image",
    "img",
    "input",
    "ins",
    "isindex",
    "kbd",
    "keygen",
    "label",
    "legend",
    "li",
    "line",
    "lineargradient",
    "link",
    "listing",
    "maction",
    "main",
    "map",
    "mark",
    "marker",
    "marquee",
    "mask",
    "math",
    "menclose",
    "menu",
    "menuitem",
    "merror",
    "meta",
    "metadata",
    "meter",
    "mfenced",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mpath",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "multicol",
    "munder",
    "munderover",
    "nav",
    "nextid",
    "nobr",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "path",
    "pattern",
    "picture",
    "plaintext",
    "polygon",
    "polyline",
    "pre",
    "progress",
    "q",
    "radialgradient",
    "rb",
    "rect",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "samp",
    "script",
    "search",
    "section",
    "select",
    "selectedcontent",
    "semantics",
    "set",
    "shadow",
    "slot",
    "small",
    "source",
    "spacer",
    "span",
    "stop",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "switch",
    "symbol",
    "table",
    "tbody",
    "td",
    "template",
    "text",
    "textarea",
    "textpath",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tspan",
    "tt",
    "u",
    "ul",
    "use",
    "var",
    "video",
    "view",
    "wbr",
    "xmp",
];

/// Whether a text may have a tag that is none of HTML: a component, or a placeholder.
pub fn may_have_others(text: &str) -> bool {
    let mut closing = None;
    text.match_indices('<').any(|(at, _)| {
        let after = &text[at + 1..];
        let after = after.strip_prefix('/').unwrap_or(after);
        after.starts_with(|c: char| c.is_ascii_uppercase())
            || after.starts_with(|c: char| c.is_ascii_lowercase())
                && is_placeholder(
                    &text[at..],
                    true,
                    closing.get_or_insert_with(|| closed(text)),
                )
    })
}

/// Whether a text begins with the name of an element, or with a slash and the name.
pub fn is_element(text: &str) -> bool {
    let name = name(text.strip_prefix('/').unwrap_or(text));
    let mut lower = [0; 20];
    let Some(lower) = lower.get_mut(..name.len()) else {
        return false;
    };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    ELEMENTS
        .binary_search_by(|element| element.as_bytes().cmp(lower))
        .is_ok()
}

/// Elements that stand for themselves without attributes, or that end where their parent ends.
const OPEN_ENDED: &[&str] = &[
    "body", "br", "caption", "colgroup", "dd", "dt", "head", "hr", "html", "li", "optgroup",
    "option", "p", "rb", "rp", "rt", "rtc", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr",
];

/// The names that a page has a closing tag of, in lower case.
pub fn closed(page: &str) -> HashSet<String> {
    let closing = page.match_indices("</");
    closing
        .map(|(at, _)| name(&page[at + 2..]).to_ascii_lowercase())
        .collect()
}

/// Whether a tag that a text begins with stands for something that readers are to put in its place: `<your name>`,
/// and in a line of text `<title>`. What somebody closes, such as the empty element that keeps `incident.io` from becoming a link elsewhere, is
/// meant as HTML, and so is what has attributes.
pub fn is_placeholder(tag: &str, in_line: bool, closed: &HashSet<String>) -> bool {
    let inner = tag[1..].strip_prefix('/').unwrap_or(&tag[1..]);
    let name = name(inner);
    let rest = &inner[name.len()..];
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !is_name || !rest.starts_with(['>', '/', ' ', '\t', '\r', '\n']) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let has_meaning = OPEN_ENDED.contains(&lower.as_str()) || !rest.starts_with('>');
    if is_element(inner) && (has_meaning || !in_line) {
        return false;
    }
    !closed.contains(&lower)
}

fn name(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::{ELEMENTS, OPEN_ENDED, closed, is_element, is_placeholder, may_have_others};

    #[test]
    fn the_list_is_sorted() {
        assert!(ELEMENTS.is_sorted() && OPEN_ENDED.is_sorted());
        assert!(ELEMENTS.iter().all(|name| name.len() <= 20));
    }

    #[test]
    fn elements_are_known_in_any_case() {
        for text in ["br>", "BR>", "/Div>", "linearGradient id", "h1", "mi>"] {
            assert!(is_element(text), "{text}");
        }
        for text in ["", "/", "name>", "brr", "x-y", "ünknown"] {
            assert!(!is_element(text), "{text}");
        }
        assert!(may_have_others("<Word>") && may_have_others("<host>"));
        assert!(!may_have_others("3 < 4 <div></div> <br> <img src=x>"));
    }

    #[test]
    fn what_people_are_to_fill_in_is_text() {
        for tag in [
            "<host>",
            "<your name>",
            "<REPO>",
            "</WORD>",
            "<ce-owner>",
            "<YOUR-TOKEN>",
            "<x/>",
            "<title>",
            "<b>",
            "<link>",
        ] {
            assert!(is_placeholder(tag, true, &closed("")), "{tag}");
        }
        for tag in [
            "<br>",
            "<p>",
            "<a name=x>",
            "<my-element>",
            "<https://example.org>",
            "<a@b.org>",
            "<3",
            "<o:p>",
        ] {
            assert!(
                !is_placeholder(tag, true, &closed("</my-element>")),
                "{tag}"
            );
        }
    }
}
