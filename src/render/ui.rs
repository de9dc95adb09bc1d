//! The words of a theme in the language of a site. Reads no files.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use tera::{Map, Value};

use crate::config::Config;
use crate::diagnostic::{Code, Diagnosed, Diagnostic};
use crate::discover;
use crate::theme_files::Language;
use crate::tree::{self, Value as Node};

/// What every language falls back to.
const ENGLISH: &str = "en";

/// The words by what the language files call them.
#[derive(Debug, Default)]
pub struct Ui {
    words: BTreeMap<String, String>,
    /// What stands in braces in the English text of a key: `{date}`.
    places: BTreeMap<String, BTreeSet<String>>,
}

impl Ui {
    /// Chooses words for the site's language: `de-AT` before `de` before English, the nearest theme's first. What
    /// `[ui]` says comes before them all. `files` begins with those of the nearest theme.
    /// `is_used` tells whether a template names a key, for those that a theme adds.
    pub fn new(
        files: &[Language],
        config: &Config,
        is_used: &dyn Fn(&str) -> bool,
    ) -> Diagnosed<Ui> {
        let mut ui = Ui::default();
        let mut diagnostics = Vec::new();
        let whole = config.language.replace('_', "-").to_lowercase();
        let primary = whole.split('-').next().unwrap_or_default();
        let mut tags = vec![ENGLISH, primary, &whole];
        tags.dedup();
        for tag in tags {
            for file in files.iter().rev() {
                if file.tag.eq_ignore_ascii_case(tag) {
                    ui.read(file, is_used, &mut diagnostics);
                }
            }
        }
        for word in &config.ui {
            let file = discover::CONFIG_NAME.into();
            diagnostics.extend(ui.odd_place(&word.key, &word.text, &file, &word.span));
            match ui.words.get_mut(&word.key) {
                Some(shown) => shown.clone_from(&word.text),
                None => diagnostics.push(ui.unknown(&word.key, &file, &word.span)),
            }
        }
        Diagnosed {
            value: ui,
            diagnostics,
        }
    }

    /// The words of a key; nothing if there is none.
    pub fn get(&self, key: &str) -> &str {
        self.words.get(key).map_or("", String::as_str)
    }

    /// As templates are given it.
    pub fn value(&self) -> Value {
        let words = self.words.iter();
        let words: Map = words
            .map(|(key, text)| (key.clone().into(), Value::normal_string(text)))
            .collect();
        Value::from(words)
    }

    fn read(
        &mut self,
        language: &Language,
        is_used: &dyn Fn(&str) -> bool,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let file = &language.file;
        // The first one is that of the default theme, which says what there is.
        let is_first = self.words.is_empty();
        let root = match tree::toml(&language.text) {
            Ok(root) => root,
            Err(error) => {
                let report = Diagnostic::new(Code::ConfigSyntax, file, error.span, error.message);
                return diagnostics.push(report);
            }
        };
        for entry in root.entries() {
            match &entry.value.value {
                Node::String(text) => {
                    let (key, span) = (&entry.key, &entry.key_span);
                    if is_first || (!self.words.contains_key(key) && is_used(key)) {
                        self.places.insert(key.clone(), places(text));
                    } else if !self.words.contains_key(key) {
                        diagnostics.push(self.unknown(key, file, span));
                        continue;
                    }
                    diagnostics.extend(self.odd_place(key, text, file, &entry.value.span));
                    self.words.insert(key.clone(), text.clone());
                }
                other => diagnostics.push(Diagnostic::new(
                    Code::ConfigSyntax,
                    file,
                    entry.value.span.clone(),
                    format!("`{}` is a string, found {}", entry.key, other.kind()),
                )),
            }
        }
    }

    /// Reports something in braces that nothing is put in the place of.
    fn odd_place(
        &self,
        key: &str,
        text: &str,
        file: &Arc<str>,
        span: &Range<usize>,
    ) -> Option<Diagnostic> {
        let known = self.places.get(key)?;
        let odd = places(text)
            .into_iter()
            .find(|place| !known.contains(place))?;
        let names: Vec<String> = known.iter().map(|place| format!("`{{{place}}}`")).collect();
        let hint = match names.as_slice() {
            [] => "this text has none".to_owned(),
            names => format!("known here: {}", names.join(", ")),
        };
        let message = format!("`{key}` has the unknown placeholder `{{{odd}}}`");
        Some(Diagnostic::new(Code::ConfigSyntax, file, span.clone(), message).hint(hint))
    }

    fn unknown(&self, key: &str, file: &Arc<str>, span: &Range<usize>) -> Diagnostic {
        let known = self.words.keys();
        let near = known
            .map(|known| (strsim::osa_distance(known, key), known))
            .filter(|(distance, known)| *distance <= 1 + known.len() / 6)
            .min();
        Diagnostic::new(
            Code::ConfigUnknownKey,
            file,
            span.clone(),
            format!("no text of the theme is called `{key}`"),
        )
        .maybe_hint(near.map(|(_, known)| format!("did you mean `{known}`?")))
    }
}

/// The names that stand in braces in a text.
fn places(text: &str) -> BTreeSet<String> {
    let rests = text.split('{').skip(1);
    let names = rests.filter_map(|rest| rest.split_once('}').map(|(name, _)| name));
    let is_name = |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    names.filter(is_name).map(str::to_owned).collect()
}

/// How the lines of a language run, as `dir` in HTML says it.
pub fn direction(language: &str) -> &'static str {
    let mut parts = language.split(['-', '_']);
    let primary = parts.next().unwrap_or_default().to_lowercase();
    let script = parts.find(|part| part.len() == 4);
    let is_from_right = match script.map(str::to_lowercase).as_deref() {
        Some(script) => ["arab", "hebr", "nkoo", "syrc", "thaa"].contains(&script),
        None => ["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"].contains(&&*primary),
    };
    if is_from_right { "rtl" } else { "ltr" }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Ui, direction, places};
    use crate::config::{self, Config};
    use crate::theme_files::{self, Asked, Language};

    fn languages() -> Vec<Language> {
        let asked = Asked {
            file: "handbook.toml".into(),
            span: None,
        };
        let nowhere = Path::new("/there/is/no/such/folder");
        theme_files::read(nowhere, nowhere, None, asked)
            .value
            .languages
    }

    fn word(language: &str, key: &str) -> String {
        let config = Config {
            language: language.to_owned(),
            ..Config::default()
        };
        let ui = Ui::new(&languages(), &config, &|_| false);
        assert_eq!(ui.diagnostics, []);
        ui.value.get(key).to_owned()
    }

    #[test]
    fn every_language_has_every_text_with_its_places() {
        let keys = |language: &Language| {
            let root = crate::tree::toml(&language.text).unwrap();
            let entries = root.entries().iter().map(|entry| match &entry.value.value {
                crate::tree::Value::String(text) => (entry.key.clone(), places(text)),
                other => panic!("{}: `{}` is {}", language.tag, entry.key, other.kind()),
            });
            entries.collect::<Vec<_>>()
        };
        let all = languages();
        let english = all.iter().find(|language| language.tag == "en").unwrap();
        for language in &all {
            assert_eq!(keys(language), keys(english), "{}", language.tag);
        }
    }

    #[test]
    fn a_region_speaks_the_language_and_an_unknown_language_english() {
        assert_eq!(word("de-AT", "note"), "Hinweis");
        assert_eq!(word("DE_at", "note"), "Hinweis");
        assert_eq!(word("tlh", "note"), "Note");
        assert_eq!(word("", "note"), "Note");
    }

    #[test]
    fn some_languages_run_from_the_right() {
        assert_eq!(["ar", "he-IL", "fa", "az-Arab"].map(direction), ["rtl"; 4]);
        assert_eq!(["en", "ar-Latn", "ja", ""].map(direction), ["ltr"; 4]);
    }

    #[test]
    fn a_near_file_changes_single_texts() {
        let mut files = languages();
        files.insert(
            0,
            Language {
                tag: "de-AT".to_owned(),
                file: "themes/acme/languages/de-AT.toml".into(),
                text: "note = \"Merke\"\n".into(),
            },
        );
        let config = config::read(
            &"handbook.toml".into(),
            "language = \"de-AT\"\n[ui]\ntip = \"Rat\"\nwarnin = \"\"\n",
        );
        let ui = Ui::new(&files, &config.value, &|_| false);
        let said = ["note", "tip", "warning"].map(|key| ui.value.get(key));
        assert_eq!(said, ["Merke", "Rat", "Warnung"]);
        assert_eq!(ui.diagnostics[0].hints, ["did you mean `warning`?"]);
    }
}
