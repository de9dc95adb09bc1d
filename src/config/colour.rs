//! A colour of a site, and how it stays readable on light paper and on dark. Computes, and knows two backgrounds.

/// Red, green and blue as a style sheet has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

/// The backgrounds of the default theme that are hardest to read on: what is sunk into the paper.
const LIGHT: Colour = Colour([0xf4, 0xf2, 0xec]);
const DARK: Colour = Colour([0x22, 0x24, 0x24]);

/// What WCAG 2.2 asks of text: <https://www.w3.org/TR/WCAG22/#contrast-minimum>.
const READABLE: f64 = 4.5;

impl Colour {
    /// `#0a7` or `#00aa77`.
    pub fn parse(text: &str) -> Option<Colour> {
        let digits = text.strip_prefix('#')?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        match digits.len() {
            6 => Some(Colour([red, green, blue])),
            3 => Some(Colour(
                [green & 15, blue >> 4, blue & 15].map(|half| half * 17),
            )),
            _ => None,
        }
    }

    /// As a style sheet writes it.
    pub fn hex(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// The colour, as much darker as it takes to be read on light paper.
    pub fn on_light(self) -> Colour {
        self.towards(Colour([0; 3]), LIGHT)
    }

    /// The colour, as much lighter as it takes to be read on dark paper.
    pub fn on_dark(self) -> Colour {
        self.towards(Colour([255; 3]), DARK)
    }

    /// The first step of the way to `end` that can be read; `end` itself always can.
    fn towards(self, end: Colour, background: Colour) -> Colour {
        let mut steps = (0..=u8::MAX).map(|step| self.mixed(end, step));
        let readable = steps.find(|colour| contrast(*colour, background) >= READABLE);
        readable.unwrap_or(end)
    }

    fn mixed(self, end: Colour, step: u8) -> Colour {
        let mut mixed = self.0;
        for (own, end) in mixed.iter_mut().zip(end.0) {
            let whole = u16::from(u8::MAX);
            let sum =
                u16::from(*own) * (whole - u16::from(step)) + u16::from(end) * u16::from(step);
            *own = u8::try_from(sum / whole).unwrap_or(u8::MAX);
        }
        Colour(mixed)
    }

    /// <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

/// <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>.
fn contrast(a: Colour, b: Colour) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Colour, DARK, LIGHT, READABLE, contrast};

    #[test]
    fn colours_are_written_as_in_a_style_sheet() {
        assert_eq!(Colour::parse("#0a7"), Some(Colour([0, 0xaa, 0x77])));
        assert_eq!(Colour::parse("#00AA77"), Some(Colour([0, 0xaa, 0x77])));
        for wrong in ["0a7", "#", "#0a", "#0a77", "#0a7z00", "teal", "#+a7", "#äb"] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_can_be_read_stays_as_it_is() {
        let colour = Colour([0x12, 0x64, 0x5a]);
        assert_eq!(colour.on_light(), colour);
        let colour = Colour([0x7f, 0xc8, 0xb9]);
        assert_eq!(colour.on_dark(), colour);
    }

    #[test]
    fn the_backgrounds_are_those_of_the_style_sheet() {
        let style = include_str!("../../themes/default/static/assets/handbook.css");
        let sunk = format!("--sunk: light-dark({}, {});", LIGHT.hex(), DARK.hex());
        assert!(style.contains(&sunk), "{sunk}");
    }

    proptest! {
        #[test]
        fn any_colour_can_be_read(parts in any::<[u8; 3]>()) {
            let colour = Colour(parts);
            assert!(contrast(colour.on_light(), LIGHT) >= READABLE);
            assert!(contrast(colour.on_dark(), DARK) >= READABLE);
        }
    }
}
