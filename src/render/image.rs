//! What an image's tag says beside its address: its size, when to load it, and a link to all of a wide one.

use pulldown_cmark_escape::escape_html;

use crate::parse::Image;
use crate::render::safe_href;
use crate::site::Resolved;

/// An image of more pixels across than this is shown small, and can be opened by itself.
const WIDE: u32 = 1400;

/// What knows how large pictures are. The session's one looks at their files.
pub trait Pictures: Sync {
    /// The size of the picture at a path on the site, if that can be told.
    fn size(&self, path: &str) -> Option<Size>;
}

/// In pixels of CSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

/// The images of one page, in the order in which they are written.
pub struct Images<'a> {
    pictures: &'a dyn Pictures,
    /// The link that was written last.
    pub link: Option<usize>,
    /// How many components that lead somewhere as a whole are open.
    pub in_links: usize,
    is_first: bool,
}

impl Images<'_> {
    pub fn new(pictures: &dyn Pictures) -> Images<'_> {
        Images {
            pictures,
            link: None,
            in_links: 0,
            is_first: true,
        }
    }

    /// The size of the file that a link leads to, if it is a picture's.
    pub fn size(&self, link: &Resolved) -> Option<Size> {
        self.pictures.size(link.file.as_deref()?)
    }

    /// Adds to the image that `html` ends with.
    pub fn write(&mut self, image: Image, links: &[Resolved], html: &mut String) {
        let resolved = self.link.and_then(|link| links.get(link));
        let size = match image {
            // To keep one of its two sides would be wrong, if the tag says the other.
            Image::Raw { sized: true, .. } => None,
            _ => resolved.and_then(|link| self.size(link)),
        };
        if let Some(Size { width, height }) = size {
            html.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
        }
        // The first one may be seen before the reader scrolls.
        let is_first = std::mem::take(&mut self.is_first);
        if !is_first && !matches!(image, Image::Raw { loading: true, .. }) {
            html.push_str(" loading=\"lazy\" decoding=\"async\"");
        }
        if let Image::Written { alone } = image {
            html.push_str(" />");
            let is_wide = size.is_some_and(|size| size.width > WIDE);
            if alone && is_wide && self.in_links == 0 && !is_in_link(html) {
                let href =
                    resolved.map_or_else(String::new, |link| safe_href(&link.href).into_owned());
                zoom(html, &href);
            }
        }
    }
}

/// Whether a link of raw HTML is open at the end. One that began far above was not closed, or not by its writer.
fn is_in_link(html: &str) -> bool {
    let html = &html[html.floor_char_boundary(html.len().saturating_sub(4096))..];
    let last = html
        .rfind("<a ")
        .into_iter()
        .chain(html.rfind("</a>"))
        .max();
    last.is_some_and(|at| html[at..].starts_with("<a "))
}

/// Makes the image at the end a link to its file.
fn zoom(html: &mut String, href: &str) {
    let Some(start) = html.rfind("<img ") else {
        return;
    };
    let mut link = "<a class=\"zoom\" href=\"".to_owned();
    escape_html(&mut link, href).expect("a String takes everything");
    link.push_str("\">");
    html.insert_str(start, &link);
    html.push_str("</a>");
}
