//! The words of a theme in the language of a site. Reads no files.

use std::collections::BTreeMap;
use std::sync::Arc;

use tera::{Map, Value};

use crate::config::{self, Config};
use crate::diagnostic::{Code, Diagnosed, Diagnostic};
use crate::discover;
use crate::source;
use crate::theme_files::Language;
use crate::tree::{self, Value as Node};

/// What every language falls back to.
const ENGLISH: &str = "en";

/// The words by what the language files call them.
#[derive(Debug, Default)]
pub struct Ui {
    words: BTreeMap<String, String>,
}

impl Ui {
    /// Chooses words for the site's language: `de-AT` before `de` before English, the nearest theme's first. What
    /// `[ui]` says comes before them all. `files` begins with those of the nearest theme.
    pub fn new(files: &[Language], config: &Config) -> Diagnosed<Ui> {
        let mut ui = Ui::default();
        let mut diagnostics = Vec::new();
        let whole = config.language.replace('_', "-").to_lowercase();
        let primary = whole.split('-').next().unwrap_or_default();
        let mut tags = vec![ENGLISH, primary, &whole];
        tags.dedup();
        for tag in tags {
            for file in files.iter().rev() {
                if file.tag.eq_ignore_ascii_case(tag) {
                    ui.read(&file.file, &file.text, &mut diagnostics);
                }
            }
        }
        for word in &config.ui {
            match ui.words.get_mut(&word.key) {
                Some(shown) => shown.clone_from(&word.text),
                None => diagnostics.push(ui.unknown(word)),
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

    fn read(&mut self, file: &Arc<str>, text: &str, diagnostics: &mut Vec<Diagnostic>) {
        let root = match tree::toml(text) {
            Ok(root) => root,
            Err(error) => {
                let span = if error.span.is_empty() {
                    source::first_line(text)
                } else {
                    error.span
                };
                let report = Diagnostic::new(Code::ConfigSyntax, file, span, error.message);
                return diagnostics.push(report);
            }
        };
        for entry in root.entries() {
            match &entry.value.value {
                Node::String(text) => {
                    self.words.insert(entry.key.clone(), text.clone());
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

    fn unknown(&self, word: &config::Word) -> Diagnostic {
        let key = word.key.as_str();
        let known = self.words.keys();
        let near = known
            .map(|known| (strsim::osa_distance(known, key), known))
            .filter(|(distance, known)| *distance <= 1 + known.len() / 6)
            .min();
        Diagnostic::new(
            Code::ConfigUnknownKey,
            &discover::CONFIG_NAME.into(),
            word.span.clone(),
            format!("no text of the theme is called `{key}`"),
        )
        .maybe_hint(near.map(|(_, known)| format!("did you mean `{known}`?")))
    }
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

    use super::{Ui, direction};
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
        let ui = Ui::new(&languages(), &config);
        assert_eq!(ui.diagnostics, []);
        ui.value.get(key).to_owned()
    }

    #[test]
    fn every_language_has_every_text_with_its_places() {
        let keys = |language: &Language| {
            let root = crate::tree::toml(&language.text).unwrap();
            let places = |text: &str| {
                let names = text.split('{').skip(1);
                let mut names: Vec<_> = names
                    .map(|rest| rest.split('}').next().unwrap().to_owned())
                    .collect();
                names.sort();
                names
            };
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
        let ui = Ui::new(&files, &config.value);
        let said = ["note", "tip", "warning"].map(|key| ui.value.get(key));
        assert_eq!(said, ["Merke", "Rat", "Warnung"]);
        assert_eq!(ui.diagnostics[0].hints, ["did you mean `warning`?"]);
    }
}
