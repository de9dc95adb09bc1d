//! `language`: the language of a site, as a tag that browsers understand.

use super::Reader;
use crate::diagnostic::{Code, Fix};
use crate::tree::Entry;

/// What people call the languages that handbooks are written in most.
const NAMES: &[(&str, &str)] = &[
    ("arabic", "ar"),
    ("chinese", "zh"),
    ("deutsch", "de"),
    ("dutch", "nl"),
    ("english", "en"),
    ("español", "es"),
    ("français", "fr"),
    ("french", "fr"),
    ("german", "de"),
    ("hebrew", "he"),
    ("italian", "it"),
    ("italiano", "it"),
    ("japanese", "ja"),
    ("korean", "ko"),
    ("nederlands", "nl"),
    ("polish", "pl"),
    ("portuguese", "pt"),
    ("português", "pt"),
    ("russian", "ru"),
    ("spanish", "es"),
    ("swedish", "sv"),
    ("turkish", "tr"),
];

impl Reader<'_> {
    pub(super) fn language(&mut self, entry: &Entry) -> Option<String> {
        let text = self.string(entry)?;
        if is_tag(&text) {
            return Some(text);
        }
        let meant = meant(&text);
        let span = entry.value.span.clone();
        let fix = meant
            .as_ref()
            .and_then(|meant| Fix::of_word(&span, &text, meant));
        let hint = meant.map(|meant| format!("did you mean `{meant}`?"));
        let message = format!("`language` is a tag like `en` or `de-AT`, found `{text}`");
        self.report(Code::ConfigSyntax, span, message, hint);
        if let Some(report) = self.diagnostics.last_mut() {
            report.fix = fix;
        }
        None
    }
}

/// Whether a text has the form of a language tag (RFC 5646), as far as one is in use: no language has a tag of four
/// letters or more.
fn is_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let primary = parts.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

fn meant(text: &str) -> Option<String> {
    let name = text.trim().to_lowercase();
    let known = NAMES.iter().find(|(known, _)| *known == name);
    let respelled = text.trim().replace('_', "-");
    // What the environment of a program calls `de_AT.UTF-8`.
    let respelled = respelled.split('.').next().unwrap_or_default();
    known
        .map(|(_, tag)| *tag)
        .or_else(|| is_tag(respelled).then_some(respelled))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{is_tag, meant};

    #[test]
    fn tags() {
        for tag in ["en", "de-AT", "zh-Hant-TW", "tlh", "ckb", "en-x-acme"] {
            assert!(is_tag(tag), "{tag}");
        }
        for wrong in ["", "German", "de_AT", "e", "de-", "dé"] {
            assert!(!is_tag(wrong), "{wrong}");
        }
        let meant = ["German", "de_AT", "de_AT.UTF-8", "Elvish", ""].map(meant);
        let meant = meant.each_ref().map(Option::as_deref);
        assert_eq!(
            meant,
            [Some("de"), Some("de-AT"), Some("de-AT"), None, None]
        );
    }
}
