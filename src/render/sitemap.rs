//! The list of all pages for search engines; in several files, and a list of these, where it is too long for one.

use std::fmt::Write as _;

use crate::render::World;
use crate::render::context::canonical;
use crate::site::PageId;
use crate::url;

/// The most pages of one file. The protocol allows 50,000, and 50 MB; so many stay below that too, since it allows no
/// address of more than 2,048 bytes.
const MOST: usize = 20_000;

const OPEN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// What a file of the list holds.
#[derive(Debug, PartialEq)]
enum Part<'p> {
    /// So many further files, each with pages.
    Index(usize),
    Pages(&'p [PageId]),
}

/// How many files the list of so many pages takes.
pub fn files(pages: usize) -> usize {
    counted(pages, MOST)
}

/// Where a file of the list is written. The first is the one that search engines look for.
pub fn path(file: usize) -> String {
    match file {
        0 => "sitemap.xml".to_owned(),
        part => format!("sitemap-{part}.xml"),
    }
}

/// A file of the list, with the day of each page's last change where that is known. Empty where no full address is known.
pub fn text(world: &World, pages: &[PageId], file: usize) -> String {
    let Some(base) = &world.config.base_url else {
        return String::new();
    };
    let mut xml = OPEN.to_owned();
    match part(pages, file, MOST) {
        Part::Index(parts) => {
            writeln!(xml, "<sitemapindex xmlns=\"{NAMESPACE}\">")
                .expect("a String takes everything");
            for part in 1..=parts {
                let address = format!("{}{}/{}", base.origin, url::encode(&base.path), path(part));
                xml.push_str("<sitemap>");
                location(&mut xml, &address);
                xml.push_str("</sitemap>\n");
            }
            xml.push_str("</sitemapindex>\n");
        }
        Part::Pages(pages) => {
            writeln!(xml, "<urlset xmlns=\"{NAMESPACE}\">").expect("a String takes everything");
            for id in pages {
                page(&mut xml, world, *id);
            }
            xml.push_str("</urlset>\n");
        }
    }
    xml
}

fn page(xml: &mut String, world: &World, id: PageId) {
    let page = &world.site.pages[id];
    let Some(address) = canonical(&world.config, page) else {
        return;
    };
    xml.push_str("<url>");
    location(xml, &address);
    let updated = page
        .path
        .as_ref()
        .and_then(|path| world.facts.updated.get(&**path));
    if let Some(updated) = updated {
        write!(xml, "<lastmod>{}</lastmod>", updated.date).expect("a String takes everything");
    }
    xml.push_str("</url>\n");
}

fn location(xml: &mut String, address: &str) {
    xml.push_str("<loc>");
    pulldown_cmark_escape::escape_html(&mut *xml, address).expect("a String takes everything");
    xml.push_str("</loc>");
}

fn counted(pages: usize, most: usize) -> usize {
    if pages <= most {
        1
    } else {
        1 + pages.div_ceil(most)
    }
}

fn part(pages: &[PageId], file: usize, most: usize) -> Part<'_> {
    let parts = counted(pages.len(), most) - 1;
    match file.checked_sub(1) {
        None if parts == 0 => Part::Pages(pages),
        None => Part::Index(parts),
        Some(before) => Part::Pages(pages.chunks(most).nth(before).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, counted, part};

    #[test]
    fn a_list_that_fits_is_one_file() {
        for count in 0..=3 {
            let pages: Vec<usize> = (0..count).collect();
            assert_eq!(counted(count, 3), 1);
            assert_eq!(part(&pages, 0, 3), Part::Pages(&pages));
        }
    }

    #[test]
    fn a_longer_one_is_split_and_has_each_page_once() {
        for count in 4..20 {
            let pages: Vec<usize> = (0..count).collect();
            let files = counted(count, 3);
            assert_eq!(part(&pages, 0, 3), Part::Index(files - 1));
            let mut listed = Vec::new();
            for file in 1..files {
                let Part::Pages(part) = part(&pages, file, 3) else {
                    panic!("only the first lists files");
                };
                assert!((1..=3).contains(&part.len()));
                listed.extend_from_slice(part);
            }
            assert_eq!(listed, pages);
        }
    }
}
