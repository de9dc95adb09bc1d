//! Checks a page's front matter against the keys that every site has and those that this one declares. Reads no files.

use std::sync::Arc;

use serde_json::Value;

use crate::config::{Config, Kind, Rule};
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::parse::{self, FrontMatter, KNOWN, Key, Outline};
use crate::site::{Facts, suggest};

/// Reports keys that are missing, misspelt, or not what the site says they are, and a review that is overdue.
pub fn check(outline: &Outline, config: &Config, facts: &Facts) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let rules = config.front_matter.of_page(&outline.path);
    let file = &outline.file;
    for key in outline.matter.extra() {
        diagnostics.extend(slip(file, &outline.matter, key, &rules));
    }
    for rule in rules {
        match outline.matter.key(&rule.key) {
            Some(key) if key.value != Value::Null => {
                diagnostics.extend(wrong(file, rule, key));
            }
            _ if rule.required => diagnostics.push(missing(file, rule)),
            _ => {}
        }
    }
    diagnostics.extend(stale(file, &outline.matter, facts));
    diagnostics
}

fn slip(file: &Arc<str>, matter: &FrontMatter, key: &Key, rules: &[&Rule]) -> Option<Diagnostic> {
    if rules.iter().any(|rule| rule.key == key.name) {
        return None;
    }
    let known: Vec<&str> = KNOWN
        .iter()
        .copied()
        .chain(rules.iter().map(|rule| rule.key.as_str()))
        .collect();
    let meant = parse::one_slip(&key.name, &known)?;
    let mut report = parse::slip(file, &key.name, meant, key.span.clone());
    if matter.key(meant).is_some() {
        // To rename it would give the key twice.
        report.fix = None;
    }
    Some(report)
}

fn missing(file: &Arc<str>, rule: &Rule) -> Diagnostic {
    let key = &rule.key;
    let hint = match (rule.one_of.as_slice(), rule.kind) {
        ([], Some(Kind::Date)) => format!("add a line like `{key}: 2026-12-31`"),
        ([], Some(Kind::Boolean)) => format!("add the line `{key}: true` or `{key}: false`"),
        ([], _) => format!("add a line `{key}: …`"),
        (values, _) => format!(
            "add a line `{key}: …` with one of `{}`",
            values.join("`, `")
        ),
    };
    let message = match &rule.pages_text {
        None => format!("the front matter lacks `{key}`, which every page of this site has"),
        Some(pages) => format!("the front matter lacks `{key}`, which pages of `{pages}` have"),
    };
    Diagnostic::new(Code::FrontMatterMissingKey, file, None, message).hint(hint)
}

fn wrong(file: &Arc<str>, rule: &Rule, key: &Key) -> Option<Diagnostic> {
    let report = |message: String| {
        Diagnostic::new(Code::FrontMatterType, file, key.value_span.clone(), message)
    };
    let name = &key.name;
    if let Some(kind) = rule.kind
        && !is(kind, &key.value)
    {
        let found = found(&key.value);
        let expected = match kind {
            Kind::Date => "a date like `2026-12-31`",
            Kind::Integer => "a whole number",
            Kind::Boolean => "`true` or `false`",
            Kind::String => "a string",
            Kind::Number => "a number",
            Kind::List => "a list",
            Kind::Map => "a map",
        };
        let quoted =
            matches!(kind, Kind::String) && matches!(key.value, Value::Number(_) | Value::Bool(_));
        let hint = quoted.then(|| format!("put it in quotes: `{name}: \"{}\"`", key.value));
        return Some(report(format!("`{name}` is {expected}, found {found}")).maybe_hint(hint));
    }
    if rule.one_of.is_empty() {
        return None;
    }
    let items = match &key.value {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    };
    let is_known = |text: &String| rule.one_of.contains(text);
    let odd = items.into_iter().map(plain).find(|text| !is_known(text))?;
    let near = suggest::nearest(&odd, rule.one_of.iter().map(String::as_str));
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are `{}`", rule.one_of.join("`, `")),
    };
    // Quotes would make the place longer than the word.
    let fix = near
        .filter(|_| key.value_span.len() == odd.len())
        .map(|near| Fix {
            span: key.value_span.clone(),
            replacement: near.to_owned(),
        });
    let message = format!("`{odd}` is no `{name}` of this site");
    Some(report(message).hint(hint).maybe_fix(fix))
}

fn is(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::String => value.is_string(),
        Kind::Number => value.is_number(),
        Kind::Integer => value.is_i64() || value.is_u64(),
        Kind::Boolean => value.is_boolean(),
        Kind::Date => value.as_str().is_some_and(is_date),
        Kind::List => value.is_array(),
        Kind::Map => value.is_object(),
    }
}

/// Whether a text begins with a day that there is: `2026-01-31`, with or without a time.
pub fn is_date(text: &str) -> bool {
    day(text).is_some()
}

/// The day of a date, which sorts as the days do.
fn day(text: &str) -> Option<(u16, u8, u8)> {
    let date = text.get(..10)?;
    if !(text.len() == 10 || text[10..].starts_with(['T', 't', ' '])) {
        return None;
    }
    let mut parts = date.split('-');
    let mut part = |digits: usize| parts.next().filter(|part| part.len() == digits);
    let year: u16 = part(4)?.parse().ok()?;
    let month: u8 = part(2)?.parse().ok()?;
    let day: u8 = part(2)?.parse().ok()?;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some((year, month, day))
}

fn found(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(number) => format!("the number `{number}`"),
        Value::String(text) => format!("`{text}`"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a map".to_owned(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn stale(file: &Arc<str>, matter: &FrontMatter, facts: &Facts) -> Option<Diagnostic> {
    let due = matter.review_by.as_deref()?;
    let today = day(facts.today.as_deref()?)?;
    if day(due)? >= today {
        return None;
    }
    let span = matter.key("review_by").map(|key| key.value_span.clone());
    let message = match &matter.owner {
        Some(owner) => format!("the page was to be reviewed by {due}; its owner is {owner}"),
        None => format!("the page was to be reviewed by {due}"),
    };
    Some(
        Diagnostic::new(Code::StalePage, file, span, message)
            .hint("read it again, mend what is out of date, and set the next date"),
    )
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn days_that_there_are() {
        for text in ["2026-01-31", "2024-02-29", "2026-01-31T10:00:00Z"] {
            assert!(is_date(text), "{text}");
        }
        for text in [
            "2026-02-29",
            "2026-13-01",
            "31.1.2026",
            "2026-1-31",
            "soon",
            "2026-01-31x",
            "2026-01-3é",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }
}
