//! How large pictures are: looks at the head of a file once, and again when it has changed.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use crate::parse::attribute;
use crate::render::Size;

/// An SVG file says how large it is before this many bytes.
const HEAD: u64 = 8 * 1024;

/// When a file was last written, and how long it is.
type Stamp = (SystemTime, u64);

/// The sizes of the pictures that were asked for.
#[derive(Default)]
pub struct Sizes(Mutex<HashMap<PathBuf, (Stamp, Option<Size>)>>);

impl Sizes {
    /// The size of the picture in a file. One that is broken has none.
    pub fn of_file(&self, path: &Path) -> Option<Size> {
        let found = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
        let stamp = (found.modified().ok()?, found.len());
        let sizes = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, size)) = sizes().get(path)
            && *known == stamp
        {
            return *size;
        }
        let size = read(path);
        sizes().insert(path.to_owned(), (stamp, size));
        size
    }
}

fn read(path: &Path) -> Option<Size> {
    let file = File::open(path).ok()?;
    if is_svg(path.to_str()?) {
        let mut head = Vec::new();
        file.take(HEAD).read_to_end(&mut head).ok()?;
        return svg(&String::from_utf8_lossy(&head));
    }
    raster(BufReader::with_capacity(4096, file))
}

/// The size of a picture inside the program.
pub fn of_bytes(path: &str, bytes: &[u8]) -> Option<Size> {
    if is_svg(path) {
        return svg(&String::from_utf8_lossy(bytes));
    }
    raster(Cursor::new(bytes))
}

fn is_svg(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with(".svg")
}

fn raster(reader: impl std::io::BufRead + std::io::Seek) -> Option<Size> {
    let size = imagesize::reader_size(reader).ok()?;
    let side = |side: usize| u32::try_from(side).ok().filter(|side| *side > 0);
    Some(Size {
        width: side(size.width)?,
        height: side(size.height)?,
    })
}

/// The size that an SVG file asks for: `width` and `height` in pixels, or the proportions of its `viewBox`.
fn svg(text: &str) -> Option<Size> {
    let tag = &text[text.find("<svg")? + 4..];
    let tag = &tag[..tag.find('>')?];
    let pixels = |name| {
        let value = attribute(tag, name)?;
        value.trim().trim_end_matches("px").parse::<f64>().ok()
    };
    let corner = attribute(tag, "viewBox").and_then(|value| {
        let mut numbers = value
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|number| !number.is_empty())
            .map(|number| number.parse::<f64>().ok());
        let (width, height) = (numbers.nth(2)??, numbers.next()??);
        (width > 0.0 && height > 0.0).then_some((width, height))
    });
    let (width, height) = match (pixels("width"), pixels("height"), corner) {
        (Some(width), Some(height), _) => (width, height),
        (Some(width), None, Some((w, h))) => (width, width * h / w),
        (None, Some(height), Some((w, h))) => (height * w / h, height),
        (None, None, Some(sides)) => sides,
        _ => return None,
    };
    let side = |side: f64| {
        let side = side.round();
        // By its text, which cannot wrap round as a cast can.
        let fits = (1.0..=65_535.0).contains(&side);
        fits.then(|| side.to_string().parse().ok()).flatten()
    };
    Some(Size {
        width: side(width)?,
        height: side(height)?,
    })
}

#[cfg(test)]
mod tests {
    use super::{of_bytes, svg};
    use crate::render::Size;

    fn size(text: &str) -> Option<(u32, u32)> {
        svg(text).map(|Size { width, height }| (width, height))
    }

    #[test]
    fn an_svg_says_its_size_or_its_proportions() {
        assert_eq!(
            size("<?xml?>\n<svg width='20' height=\"10.4px\">"),
            Some((20, 10))
        );
        assert_eq!(size("<svg viewBox='0 0 30,40'>"), Some((30, 40)));
        assert_eq!(
            size("<svg\nwidth=\"60\" viewBox=\"0 0 30 40\">"),
            Some((60, 80))
        );
        assert_eq!(
            size("<svg width='100%' height='100%' viewBox='0 0 3 4'>"),
            Some((3, 4))
        );
        for text in [
            "",
            "<svg",
            "<svg>",
            "<svg width='1em' height='2em'>",
            "<svg viewBox='0 0 0 0'>",
            "<svg viewBox='a b c d'>",
            "<svg width='NaN' height='inf'>",
            "<svg width='-1' height='1'>",
            "<svg stroke-width='3' line-height='4'>",
            "<svg width=>",
        ] {
            assert_eq!(size(text), None, "{text}");
        }
    }

    #[test]
    fn a_broken_picture_has_no_size() {
        for bytes in [
            &b""[..],
            b"\x89PNG",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            b"GIF89a",
            b"\xff\xd8\xff",
        ] {
            assert_eq!(of_bytes("a.png", bytes), None);
        }
        let gif = b"GIF89a\x03\0\x02\0\0\0\0";
        let size = of_bytes("a.gif", gif);
        assert_eq!(
            size,
            Some(Size {
                width: 3,
                height: 2
            })
        );
    }
}
