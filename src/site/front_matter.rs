//! Checks a page's front matter against the keys that every site has and those that this one declares. Reads no files.

use std::sync::Arc;

use serde_json::Value;

use crate::config::{Config, Kind, Rule, day, day_meant};
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::parse::{self, Doc, FrontMatter, KNOWN, Key};
use crate::site::{Facts, suggest};

/// Reports keys that are missing, misspelt, or not what the site says they are, and a review that is overdue.
pub fn check(doc: &Doc, config: &Config, facts: &Facts) -> Vec<Diagnostic> {
    let outline = &doc.outline;
    let (file, matter) = (&outline.file, &outline.matter);
    let rules = config.front_matter.of_page(&outline.path);
    let mut slips: Vec<(&Key, &str)> = matter
        .extra()
        .filter_map(|key| Some((key, meant(key, &rules)?)))
        .collect();
    // Two of one key: to rename both would give it twice.
    let ambiguous: Vec<&str> = (slips.iter().enumerate())
        .filter(|(at, (_, meant))| slips[..*at].iter().any(|(_, other)| other == meant))
        .map(|(_, (_, meant))| *meant)
        .collect();
    let mut diagnostics = Vec::new();
    for rule in rules {
        match given(matter, &rule.key) {
            Some(key) if !is_empty(&key.value) => diagnostics.extend(wrong(doc, rule, key)),
            Some(key) if rule.required => {
                let (pages, have) = asked_by(rule);
                let message = format!("`{}` is empty, and {pages} {have} one", key.name);
                let span = key.span.clone();
                diagnostics.push(
                    Diagnostic::new(Code::FrontMatterMissingKey, file, span, message)
                        .hint(how_to_give(rule)),
                );
            }
            None if rule.required && is_read(doc) => {
                let slip = slips.iter().position(|(_, meant)| *meant == rule.key);
                let slip = slip.map(|at| slips.remove(at).0);
                let mut report = missing(file, rule, slip);
                if ambiguous.contains(&rule.key.as_str()) {
                    report.fix = None;
                }
                diagnostics.push(report);
            }
            _ => {}
        }
    }
    for (key, meant) in slips {
        let mut report = parse::slip(file, &key.name, meant, key.span.clone());
        if given(matter, meant).is_some() || ambiguous.contains(&meant) {
            // To rename it would give the key twice.
            report.fix = None;
        }
        diagnostics.push(report);
    }
    diagnostics.extend(misspelt_status(file, matter, config));
    diagnostics.extend(
        ["date", "review_by"]
            .iter()
            .filter_map(|key| no_day(file, matter.key(key)?, config)),
    );
    diagnostics.extend(stale(file, matter, facts));
    diagnostics
}

/// The states that the theme has words for.
const STATES: [&str; 3] = ["draft", "deprecated", "moved"];

/// A state that is one slip away from one of those. Any other word is the site's own.
fn misspelt_status(file: &Arc<str>, matter: &FrontMatter, config: &Config) -> Option<Diagnostic> {
    let status = matter.status.as_deref()?;
    let key = matter.key("status")?;
    if config
        .front_matter
        .rules
        .iter()
        .any(|rule| rule.key == key.name)
    {
        return None;
    }
    let meant = parse::one_slip(status, &STATES).filter(|state| *state != status)?;
    let span = key.value_span.clone();
    let message = format!(
        "`status` is `draft`, `deprecated`, `moved` or a word of your own, found `{status}`"
    );
    let report = Diagnostic::new(Code::FrontMatterType, file, span, message);
    Some(report.hint(format!("did you mean `{meant}`?")))
}

/// A day that is none. What a site declares of the key comes before.
fn no_day(file: &Arc<str>, key: &Key, config: &Config) -> Option<Diagnostic> {
    let rules = &config.front_matter.rules;
    let text = key.value.as_str().map(str::trim);
    let is_fine = match (&key.value, text) {
        (Value::Null, _) => true,
        // Other types have been reported.
        (Value::String(_), Some(text)) => text.is_empty() || day(text).is_some(),
        (Value::Number(_) | Value::Bool(_), _) => false,
        _ => true,
    };
    if is_fine || rules.iter().any(|rule| rule.key == key.name) {
        return None;
    }
    let message = format!(
        "`{}` is a date like `2026-12-31`, found {}",
        key.name,
        parse::in_words(&key.value)
    );
    let span = key.value_span.clone();
    let report = Diagnostic::new(Code::FrontMatterType, file, span.clone(), message);
    let meant = text.and_then(day_meant);
    let fix = meant
        .as_ref()
        .and_then(|meant| Fix::of_word(&span, text?, meant));
    let hint = match meant {
        Some(meant) => Some(format!("write `{meant}`")),
        None => way_out(Kind::Date, key),
    };
    Some(report.maybe_hint(hint).maybe_fix(fix))
}

/// The key that one which nobody declares is a slip of.
fn meant<'r>(key: &Key, rules: &[&'r Rule]) -> Option<&'r str> {
    if rules.iter().any(|rule| rule.key == key.name) {
        return None;
    }
    let declared = rules.iter().map(|rule| rule.key.as_str());
    let known: Vec<&str> = KNOWN.iter().copied().chain(declared).collect();
    parse::one_slip(&key.name, &known)
}

/// The key of a page under this name, or under another that means the same.
fn given<'m>(matter: &'m FrontMatter, name: &str) -> Option<&'m Key> {
    let other = match name {
        "order" => "weight",
        "weight" => "order",
        "aliases" => "redirect_from",
        "redirect_from" => "aliases",
        _ => name,
    };
    matter.key(name).or_else(|| matter.key(other))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// Whether the page's front matter could be read, so that what is not in it is missing.
fn is_read(doc: &Doc) -> bool {
    let unread = |diagnostic: &Diagnostic| {
        matches!(
            diagnostic.code,
            Code::FrontMatterSyntax
                | Code::FrontMatterUnclosed
                | Code::FrontMatterDuplicateKey
                | Code::MergeConflict
        )
    };
    !doc.outline.matter.keys.is_empty() || !doc.diagnostics.iter().any(unread)
}

fn missing(file: &Arc<str>, rule: &Rule, slip: Option<&Key>) -> Diagnostic {
    let key = &rule.key;
    let (pages, have) = asked_by(rule);
    let message = format!("the front matter lacks `{key}`, which {pages} {have}");
    let Some(slip) = slip else {
        return Diagnostic::new(Code::FrontMatterMissingKey, file, None, message)
            .hint(how_to_give(rule));
    };
    Diagnostic::new(
        Code::FrontMatterMissingKey,
        file,
        slip.span.clone(),
        message,
    )
    .hint(format!("did you mean `{key}` by `{}`?", slip.name))
    .maybe_fix(Fix::of_word(&slip.span, &slip.name, key))
}

/// Who has a key, and the verb that goes with them.
fn asked_by(rule: &Rule) -> (String, &'static str) {
    match &rule.pages_text {
        None => ("every page of this site".to_owned(), "has"),
        Some(pages) => (format!("pages of `{pages}`"), "have"),
    }
}

fn how_to_give(rule: &Rule) -> String {
    let key = &rule.key;
    match (rule.one_of.as_slice(), rule.kind) {
        ([], Some(Kind::Date)) => format!("write a line like `{key}: 2026-12-31`"),
        ([], Some(Kind::Boolean)) => format!("write the line `{key}: true` or `{key}: false`"),
        ([], _) => format!("write a line `{key}: …`"),
        (values, _) => format!("write a line `{key}: …` with {}", one_of(values)),
    }
}

fn wrong(doc: &Doc, rule: &Rule, key: &Key) -> Vec<Diagnostic> {
    let place = &key.value_span;
    let known = doc
        .diagnostics
        .iter()
        .any(|d| d.code == Code::FrontMatterType && d.span.as_ref() == Some(place));
    if known {
        return Vec::new();
    }
    let report = |message: String| {
        Diagnostic::new(
            Code::FrontMatterType,
            &doc.outline.file,
            place.clone(),
            message,
        )
    };
    let name = &key.name;
    if let Some(kind) = rule.kind
        && !is(kind, &key.value)
    {
        let expected = match kind {
            Kind::Date => "a date like `2026-12-31`",
            Kind::Integer => "a whole number",
            Kind::Boolean => "`true` or `false`",
            Kind::String => "a string",
            Kind::Number => "a number",
            Kind::List => "a list",
            Kind::Map => "a map",
        };
        let message = format!(
            "`{name}` is {expected}, found {}",
            parse::in_words(&key.value)
        );
        return vec![report(message).maybe_hint(way_out(kind, key))];
    }
    if rule.one_of.is_empty() {
        return Vec::new();
    }
    let (items, each) = match &key.value {
        Value::Array(items) => (items.iter().map(plain).collect(), "each item of "),
        other => (vec![plain(other)], ""),
    };
    let odd = items.into_iter().filter(|item| !rule.one_of.contains(item));
    let reports = odd.map(|odd| {
        let near = suggest::meant(&odd, rule.one_of.iter().map(String::as_str));
        let certain = near.filter(|near| near.certain && !key.value.is_array());
        let fix = certain.and_then(|near| Fix::of_word(&key.value_span, &odd, near.what));
        report(format!(
            "{each}`{name}` is {}, found `{odd}`",
            one_of(&rule.one_of)
        ))
        .maybe_hint(near.map(|near| format!("did you mean `{}`?", near.what)))
        .maybe_fix(fix)
    });
    reports.collect()
}

/// How a value comes to have another type than was expected.
fn way_out(kind: Kind, key: &Key) -> Option<String> {
    let name = &key.name;
    match (kind, &key.value) {
        (Kind::String, value @ (Value::Number(_) | Value::Bool(_))) => {
            let text = value.to_string();
            // `1.10` is not the number `1.1` when it is a string.
            let is_same = key.value_span.len() == text.len();
            Some(if is_same {
                format!("put it in quotes: `{name}: \"{text}\"`")
            } else {
                "put it in quotes".to_owned()
            })
        }
        (Kind::Number | Kind::Integer, Value::String(text)) if text.parse::<f64>().is_ok() => {
            Some("write it without quotes".to_owned())
        }
        (Kind::Boolean, Value::String(text)) => match text.to_ascii_lowercase().as_str() {
            "yes" | "on" | "true" => Some("write `true`, without quotes".to_owned()),
            "no" | "off" | "false" => Some("write `false`, without quotes".to_owned()),
            _ => None,
        },
        (Kind::Date, Value::String(text)) => {
            let digits = |c: char| c == '-' || c.is_ascii_digit();
            let is_day = text.chars().all(digits) && text.split('-').map(str::len).eq([4, 2, 2]);
            is_day.then(|| "there is no such day".to_owned())
        }
        _ => None,
    }
}

/// The values that there are to choose from, in words.
fn one_of(values: &[String]) -> String {
    match values {
        [only] => format!("`{only}`"),
        values if values.len() <= 8 => format!("one of `{}`", values.join("`, `")),
        values => format!("one of the {} values in `handbook.toml`", values.len()),
    }
}

fn is(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::String => value.is_string(),
        Kind::Number => value.is_number(),
        Kind::Integer => value.is_i64() || value.is_u64(),
        Kind::Boolean => value.is_boolean(),
        Kind::Date => value.as_str().is_some_and(|text| day(text).is_some()),
        Kind::List => value.is_array(),
        Kind::Map => value.is_object(),
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
