//! Days as settings and front matter write them, and what people write in their place. Looks at no clock.

/// Year, month and day, which sort as the days do.
pub type Day = (u16, u8, u8);

/// The day that a text begins with, if there is such a day: `2026-01-31`, with or without a time.
pub fn day(text: &str) -> Option<Day> {
    let date = text.get(..10)?;
    let time = &text[10..];
    let is_time = time.is_empty()
        || (time.starts_with(['T', 't', ' '])
            && time[1..].starts_with(|c: char| c.is_ascii_digit()));
    if !is_time {
        return None;
    }
    let mut parts = date.split('-');
    let mut part = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits)?;
        part.bytes().all(|b| b.is_ascii_digit()).then_some(part)
    };
    let year = part(4)?.parse().ok()?;
    let month = part(2)?.parse().ok()?;
    let day = part(2)?.parse().ok()?;
    exists((year, month, day)).then_some((year, month, day))
}

/// The day that was surely meant: `31.12.2026`, `2026/12/31` and `2026-1-1` mean one, `1/2/2026` means two.
pub fn day_meant(text: &str) -> Option<String> {
    let mark = text.chars().find(|c| !c.is_ascii_digit())?;
    let parts: Vec<&str> = text.split(mark).collect();
    let [a, b, c] = parts.as_slice() else {
        return None;
    };
    let is_number =
        |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if ![a, b, c].iter().all(|part| is_number(part)) {
        return None;
    }
    let number = |part: &str| part.parse::<u16>().unwrap_or(0);
    let small = |part: &str| u8::try_from(number(part)).unwrap_or(0);
    let meant = match mark {
        '-' | '/' | '.' if a.len() == 4 => (number(a), small(b), small(c)),
        // With dots, the day comes first everywhere.
        '.' if c.len() == 4 => (number(c), small(b), small(a)),
        '/' | '-' if c.len() == 4 && small(a) > 12 => (number(c), small(b), small(a)),
        '/' | '-' if c.len() == 4 && small(b) > 12 => (number(c), small(a), small(b)),
        _ => return None,
    };
    let (year, month, day) = meant;
    exists(meant).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

fn exists((year, month, day): Day) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::{day, day_meant};

    #[test]
    fn days_that_there_are() {
        for text in [
            "2026-01-31",
            "2024-02-29",
            "2026-01-31T10:00:00Z",
            "2026-01-31 10:00",
        ] {
            assert!(day(text).is_some(), "{text}");
        }
        for text in [
            "2026-02-29",
            "2026-13-01",
            "31.1.2026",
            "2026-1-31",
            "soon",
            "2026-01-31x",
            "2026-01-31 or so",
            "2026-01-3é",
            "+026-01-31",
        ] {
            assert!(day(text).is_none(), "{text}");
        }
    }

    #[test]
    fn days_that_were_meant() {
        for (text, meant) in [
            ("31.12.2020", Some("2020-12-31")),
            ("1.2.2020", Some("2020-02-01")),
            ("2020-1-1", Some("2020-01-01")),
            ("2020/01/31", Some("2020-01-31")),
            ("31/12/2020", Some("2020-12-31")),
            ("12/31/2020", Some("2020-12-31")),
            ("1/2/2020", None),
            ("2026-02-31", None),
            ("1.2.20", None),
            ("tomorrow", None),
            ("", None),
        ] {
            assert_eq!(day_meant(text).as_deref(), meant, "{text}");
        }
    }
}
