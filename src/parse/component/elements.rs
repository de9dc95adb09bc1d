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

/// Whether what follows a `<` can be something else than an element of HTML: a component, or a placeholder.
pub fn may_be_none(after: &str) -> bool {
    let after = after.strip_prefix('/').unwrap_or(after);
    if after.starts_with(|c: char| c.is_ascii_uppercase()) {
        return true;
    }
    after.starts_with(|c: char| c.is_ascii_lowercase()) && !is_element(after)
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

/// The names that a page has a closing tag of, and that HTML does not know.
pub fn closed(page: &str) -> HashSet<&str> {
    let closing = page.match_indices("</").map(|(at, _)| &page[at + 2..]);
    closing
        .filter(|after| !is_element(after))
        .map(name)
        .collect()
}

/// Whether a tag that a text begins with stands for something that readers are to put in its place: `<your name>`. What
/// somebody closes, such as the empty element that keeps `incident.io` from becoming a link elsewhere, is meant as HTML.
pub fn is_placeholder(tag: &str, closed: &HashSet<&str>) -> bool {
    let inner = tag[1..].strip_prefix('/').unwrap_or(&tag[1..]);
    let name = name(inner);
    let ends = inner[name.len()..].starts_with(['>', '/', ' ', '\t', '\r', '\n']);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !is_name || !ends || is_element(inner) {
        return false;
    }
    !closed.contains(name)
}

fn name(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{ELEMENTS, is_element, is_placeholder, may_be_none};

    #[test]
    fn the_list_is_sorted() {
        assert!(ELEMENTS.is_sorted());
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
        assert!(
            may_be_none("Word>")
                && may_be_none("/host>")
                && !may_be_none("3 ")
                && !may_be_none("div")
        );
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
        ] {
            assert!(is_placeholder(tag, &HashSet::new()), "{tag}");
        }
        for tag in [
            "<br>",
            "<my-element>",
            "<https://example.org>",
            "<a@b.org>",
            "<3",
            "<o:p>",
        ] {
            assert!(
                !is_placeholder(tag, &HashSet::from(["my-element"])),
                "{tag}"
            );
        }
    }
}
