//! `[levels]`: which diagnostics are errors, warnings or off, everywhere and by path.

use std::collections::BTreeMap;

use crate::config::{Pattern, Reader};
use crate::diagnostic::{Code, Level};
use crate::tree::{Entry, Value};

/// The levels that a site sets, over those that codes have by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Levels {
    everywhere: BTreeMap<Code, Level>,
    /// In the order written: the last that matches holds.
    by_path: Vec<(Pattern, BTreeMap<Code, Level>)>,
}

impl Levels {
    /// The level of a code in a file as shown, `content/archive/a.md`. Patterns may leave `content/` out.
    pub fn of(&self, code: Code, file: &str) -> Level {
        let inner = file.strip_prefix("content/").unwrap_or(file);
        self.by_path
            .iter()
            .rev()
            .filter_map(|(pattern, levels)| Some((pattern, *levels.get(&code)?)))
            .find(|(pattern, _)| pattern.matches(inner) || pattern.matches(file))
            .map(|(_, level)| level)
            .or_else(|| self.everywhere.get(&code).copied())
            .unwrap_or_else(|| code.default_level())
    }

    /// Whether a code is reported anywhere, so that it is worth looking for.
    pub fn ask_for(&self, code: Code) -> bool {
        let everywhere = self.everywhere.get(&code).copied();
        everywhere.unwrap_or_else(|| code.default_level()) != Level::Off
            || self
                .by_path
                .iter()
                .any(|(_, levels)| levels.get(&code).is_some_and(|level| *level != Level::Off))
    }
}

impl Reader<'_> {
    pub(super) fn levels(&mut self, entry: &Entry) -> Levels {
        let mut levels = Levels::default();
        for inner in self.table(entry) {
            if matches!(inner.value.value, Value::Map(_)) && is_path(&inner.key) {
                let mut here = BTreeMap::new();
                for inner in self.table(inner) {
                    here.extend(self.level(inner));
                }
                levels.by_path.push((Pattern::of_files(&inner.key), here));
            } else {
                levels.everywhere.extend(self.level(inner));
            }
        }
        levels
    }

    fn level(&mut self, entry: &Entry) -> Option<(Code, Level)> {
        let Some(code) = Code::from_name(&entry.key) else {
            let names: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
            self.unknown(entry, &names, "diagnostic code ");
            if matches!(entry.value.value, Value::Map(_)) {
                let folder = format!("for a folder write `[levels.\"{}/**\"]`", entry.key);
                self.hint_unless_meant(folder);
            }
            return None;
        };
        let level = match &entry.value.value {
            Value::String(text) => match text.as_str() {
                "off" => Some(Level::Off),
                "warn" => Some(Level::Warn),
                "error" => Some(Level::Error),
                _ => None,
            },
            _ => None,
        };
        if level.is_none() {
            self.wrong_type(entry, "`error`, `warn` or `off`");
        }
        Some((code, level?))
    }
}

/// Whether a key is a pattern for paths: codes and front matter keys have neither of these.
pub(super) fn is_path(key: &str) -> bool {
    key.contains(['/', '*']) || crate::url::is_markdown(key)
}
