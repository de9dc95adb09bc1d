//! Diagnostics as SARIF 2.1.0, which code scanning services and editors read: one log with one run.

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::Range;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_128;

use crate::diagnostic::{Code, Diagnostic, Fix, Level, Shown, reference};
use crate::source::Position;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What paths are relative to, by the name that services know. Where it lies is theirs to say.
const ROOT: &str = "%SRCROOT%";

/// What stands bare in a relative reference; a colon in its first part would make a scheme of it.
const BARE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Prints a whole log on one line, results in the order given. Without a result the run is empty, and still a run.
///
/// # Errors
/// What writing to `out` gives.
pub fn print_sarif(out: &mut impl Write, reports: &[Shown<'_>]) -> io::Result<()> {
    let rules: Vec<Value> = Code::ALL.iter().copied().map(rule).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": env!("CARGO_PKG_NAME"),
                    "version": env!("CARGO_PKG_VERSION"),
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                },
            },
            "originalUriBaseIds": {
                (ROOT): { "description": { "text": "The folder that the check was run in." } },
            },
            "columnKind": "unicodeCodePoints",
            "results": results(reports),
        }],
    });
    serde_json::to_writer(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn rule(code: Code) -> Value {
    let section = reference::section(code);
    let level = match code.default_level() {
        Level::Error => "error",
        Level::Warn | Level::Off => "warning",
    };
    json!({
        "id": code.name(),
        "shortDescription": { "text": code.rule() },
        "fullDescription": { "text": reference::first_paragraph(code) },
        // Markdown reads well as plain text too.
        "help": { "text": section, "markdown": section },
        "defaultConfiguration": { "enabled": code.default_level() != Level::Off, "level": level },
    })
}

fn results(reports: &[Shown<'_>]) -> Vec<Value> {
    let mut seen: HashMap<(Code, &str, &str), usize> = HashMap::new();
    reports
        .iter()
        .map(|report| {
            let diagnostic = report.diagnostic;
            let same = (
                diagnostic.code,
                report.path.as_str(),
                diagnostic.message.as_str(),
            );
            let occurrence = seen.entry(same).or_default();
            *occurrence += 1;
            result(report, *occurrence)
        })
        .collect()
}

/// One report; `occurrence` counts those of the same words about the same file, from 1.
fn result(report: &Shown<'_>, occurrence: usize) -> Value {
    let diagnostic = report.diagnostic;
    let fingerprint = fingerprint(diagnostic, &report.path, occurrence);
    let mut location = json!({ "artifactLocation": artifact(report) });
    let mut fingerprints = json!({ "handbookReport/v1": fingerprint });
    match report.place() {
        Some(place) => location["region"] = region(&place),
        // GitHub goes by this one. It makes its own from the text round a place, and none where there is no place.
        None => fingerprints["primaryLocationLineHash"] = fingerprint.into(),
    }
    let mut result = json!({
        "ruleId": diagnostic.code.name(),
        "ruleIndex": Code::ALL.iter().position(|code| *code == diagnostic.code),
        "level": diagnostic.severity.name(),
        "message": { "text": format!("{}{}", diagnostic.message, report.help()) },
        "locations": [{ "physicalLocation": location }],
        "partialFingerprints": fingerprints,
    });
    if let Some(fix) = diagnostic
        .fix
        .as_ref()
        .and_then(|fix| self::fix(report, fix))
    {
        result["fixes"] = json!([fix]);
    }
    result
}

/// The same for the same mistake, wherever in its file it has been moved to.
fn fingerprint(diagnostic: &Diagnostic, path: &str, occurrence: usize) -> String {
    let (code, message) = (diagnostic.code.name(), &diagnostic.message);
    let what = format!("{code}\0{path}\0{message}\0{occurrence}");
    format!("{:032x}", xxh3_128(what.as_bytes()))
}

fn fix(report: &Shown<'_>, fix: &Fix) -> Option<Value> {
    let deleted = report.positions(&fix.span)?;
    Some(json!({
        "artifactChanges": [{
            "artifactLocation": artifact(report),
            "replacements": [{
                "deletedRegion": region(&deleted),
                "insertedContent": { "text": fix.replacement },
            }],
        }],
    }))
}

fn artifact(report: &Shown<'_>) -> Value {
    let uri = utf8_percent_encode(&report.path, BARE).to_string();
    json!({ "uri": uri, "uriBaseId": ROOT })
}

fn region(place: &Range<Position>) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{print_sarif, results};
    use crate::diagnostic::{Code, Diagnostic, Fix, Shown};

    fn shown<'a>(diagnostic: &'a Diagnostic, text: &'a str) -> Shown<'a> {
        Shown {
            diagnostic,
            path: diagnostic.file.to_string(),
            text: Some(text),
            lines: None,
        }
    }

    fn fingerprint(result: &Value) -> &Value {
        &result["partialFingerprints"]["handbookReport/v1"]
    }

    #[test]
    fn paths_are_relative_references() {
        let file = "a:b/ä c#d%20?.md".into();
        let found = Diagnostic::new(Code::BrokenLink, &file, 0..1, "x");
        let results = results(&[shown(&found, "x")]);
        let location = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(
            location["artifactLocation"],
            json!({ "uri": "a%3Ab/%C3%A4%20c%23d%2520%3F.md", "uriBaseId": "%SRCROOT%" })
        );
    }

    #[test]
    fn a_fix_is_a_replacement() {
        let file = "a.md".into();
        let fix = Fix {
            span: 5..6,
            replacement: "y\n".to_owned(),
        };
        let found = Diagnostic::new(Code::BrokenLink, &file, 3..6, "x").maybe_fix(Some(fix));
        let results = results(&[shown(&found, "a\r\n(é)")]);
        assert_eq!(
            results[0]["fixes"],
            json!([{ "artifactChanges": [{
                "artifactLocation": { "uri": "a.md", "uriBaseId": "%SRCROOT%" },
                "replacements": [{
                    "deletedRegion": { "startLine": 2, "startColumn": 2, "endLine": 2, "endColumn": 3 },
                    "insertedContent": { "text": "y\n" },
                }],
            }] }])
        );
    }

    #[test]
    fn a_fingerprint_survives_a_move_and_tells_repetitions_apart() {
        let file = "a.md".into();
        let at = |span| Diagnostic::new(Code::BrokenLink, &file, span, "x");
        let before = [at(0..1), at(2..3)];
        let after = [at(1..2), at(3..4)];
        let [before, after] = [before, after].map(|found| {
            let shown: Vec<Shown> = found.iter().map(|d| shown(d, "a\nb\nc")).collect();
            results(&shown)
        });
        assert_eq!(fingerprint(&before[0]), fingerprint(&after[0]));
        assert_eq!(fingerprint(&before[1]), fingerprint(&after[1]));
        assert_ne!(fingerprint(&before[0]), fingerprint(&before[1]));
    }

    #[test]
    fn a_result_without_a_place_has_no_region() {
        let file = "a.md".into();
        let found = Diagnostic::new(Code::NotUtf8, &file, None, "x");
        let results = results(&[shown(&found, "x")]);
        let location = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(location.get("region"), None);
        assert_eq!(
            results[0]["partialFingerprints"]["primaryLocationLineHash"],
            *fingerprint(&results[0])
        );
    }

    #[test]
    fn a_rule_stands_where_its_results_say() {
        let file = "a.md".into();
        let found = Diagnostic::new(Code::UnknownLanguage, &file, None, "x");
        let mut out = Vec::new();
        print_sarif(&mut out, &[shown(&found, "x")]).unwrap();
        let log: Value = serde_json::from_slice(&out).unwrap();
        let run = &log["runs"][0];
        let index = usize::try_from(run["results"][0]["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(
            run["tool"]["driver"]["rules"][index]["id"],
            "unknown-language"
        );
    }
}
