//! Takes back the fix of a misspelt key where it would give a table the right key twice.

use crate::diagnostic::Diagnostic;
use crate::tree::Entry;

/// Looks at the fixes of one table's keys, and of the tables in it.
pub fn keep_single(entries: &[Entry], diagnostics: &mut [Diagnostic]) {
    let mut renamed: Vec<(usize, String)> = Vec::new();
    for (at, report) in diagnostics.iter().enumerate() {
        if let Some(fix) = &report.fix
            && entries.iter().any(|entry| entry.key_span == fix.span)
        {
            renamed.push((at, fix.replacement.clone()));
        }
    }
    for (at, key) in &renamed {
        let is_there = entries.iter().any(|entry| entry.key == *key);
        let is_other = |(other, name): &(usize, String)| other != at && name == key;
        if is_there || renamed.iter().any(is_other) {
            diagnostics[*at].fix = None;
        }
    }
    for entry in entries {
        keep_single(entry.value.entries(), diagnostics);
    }
}
