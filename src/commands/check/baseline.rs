//! A baseline: reports that are known and pass, until they are mended. It is the saved output of `--format json`.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::error::Error;
use crate::source;

/// The reports of a baseline that have not been met yet.
pub struct Baseline {
    /// Places in the file, of equal reports the first one last.
    known: HashMap<Key, Vec<Range<usize>>>,
    pub text: Arc<str>,
}

/// What makes a report the same although lines were added above it.
type Key = (String, String, String);

#[derive(Deserialize)]
struct Record {
    code: String,
    path: String,
    message: String,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// When the file cannot be read, or a line of it is no report.
    pub fn read(path: &Path) -> Result<Baseline, Error> {
        let bytes = std::fs::read(path).map_err(|e| {
            let error = Error::io("read", path, e);
            Error::Usage(format!(
                "{error}; write it with `handbook check --format json > {}`",
                path.display()
            ))
        })?;
        let text = source::decode(bytes)
            .map_err(|_| Error::Usage(format!("`{}` is not UTF-8", path.display())))?;
        let mut known: HashMap<Key, Vec<Range<usize>>> = HashMap::new();
        let mut at = 0;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let start = at;
            at += line.len();
            if line.trim().is_empty() {
                continue;
            }
            let record: Record = serde_json::from_str(line).map_err(|_| {
                Error::Usage(format!(
                    "line {} of `{}` is no report; a baseline is written with `handbook check --format json > {}`",
                    number + 1,
                    path.display(),
                    path.display()
                ))
            })?;
            let key = (record.code, record.path, record.message);
            known.entry(key).or_default().insert(0, start..at);
        }
        Ok(Baseline {
            known,
            text: text.into(),
        })
    }

    /// Takes away the reports that the baseline has. `shown` spells a file as reports in JSON do.
    pub fn without_known(
        &mut self,
        diagnostics: Vec<Diagnostic>,
        shown: impl Fn(&str) -> String,
    ) -> Vec<Diagnostic> {
        let mut new = diagnostics;
        new.retain(|diagnostic| {
            let key = (
                diagnostic.code.name().to_owned(),
                shown(&diagnostic.file),
                diagnostic.message.clone(),
            );
            self.known
                .get_mut(&key)
                .is_none_or(|places| places.pop().is_none())
        });
        new
    }

    /// Reports what was not met: it has been mended, and leaves the file. `looked_for` tells whether this run could
    /// have met it.
    pub fn mended(&self, file: &Arc<str>, looked_for: impl Fn(Code) -> bool) -> Vec<Diagnostic> {
        let mut mended = Vec::new();
        for ((code, path, message), places) in &self.known {
            // A code that is no more cannot be met.
            if Code::from_name(code).is_some_and(|code| !looked_for(code)) {
                continue;
            }
            for place in places {
                let line = self.text[place.clone()].trim_end().len();
                mended.push(
                    Diagnostic::new(
                        Code::FixedInBaseline,
                        file,
                        place.start..place.start + line,
                        format!("`{path}` has no `{code}` of this kind any more: {message}"),
                    )
                    .hint("remove the line, so that the mistake cannot come back unseen; `--fix` does it")
                    .maybe_fix(Some(Fix {
                        span: place.clone(),
                        replacement: String::new(),
                    })),
                );
            }
        }
        mended
    }
}
