//! Data files: what lies in `data/`, as one tree of values that pages and templates name by dotted paths. Reads texts,
//! no files.

mod read;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnosed, Diagnostic};

/// The ends of the names of data files.
const ENDS: &[&str] = &["yaml", "yml", "toml", "json", "csv"];

/// What was read, without places: two files that say the same are the same.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    String(String),
    List(Vec<Value>),
    /// In the order written.
    Map(Vec<(String, Value)>),
    /// What a file holds that has been reported and cannot be read.
    Unreadable,
}

/// Everything in the data files of a site.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    /// A map of maps for folders, and of what is in each file.
    root: Value,
}

/// Where a dotted path stops leading anywhere.
#[derive(Debug, PartialEq)]
pub struct Missing<'a> {
    /// The part of the path that is there; empty for the top.
    pub within: &'a str,
    /// The first part that is not.
    pub name: &'a str,
    /// What is there instead.
    pub known: Vec<&'a str>,
    /// What kind of value the path led to, in words.
    pub kind: &'static str,
}

/// A data file's text, or none where it could not be had.
#[derive(Clone, Debug)]
pub struct DataFile {
    /// Below the folder of data files: `people/eng.yaml`.
    pub path: String,
    /// As shown: `data/people/eng.yaml`.
    pub file: Arc<str>,
    pub text: Option<Arc<str>>,
}

impl Default for Data {
    fn default() -> Data {
        Data {
            root: Value::Map(Vec::new()),
        }
    }
}

/// Whether a path below a folder of data files is one.
pub fn is_data_file(path: &str) -> bool {
    let (_, end) = path.rsplit_once('.').unwrap_or_default();
    ENDS.contains(&end) && !path.split('/').any(|part| part.starts_with(['_', '.']))
}

/// Makes one tree of all data files, in the order given. Of two with one name, the first stands.
pub fn read(files: &[DataFile]) -> Diagnosed<Data> {
    let mut data = Data::default();
    let mut diagnostics = Vec::new();
    // The files that stand, by name.
    let mut standing: BTreeMap<String, &DataFile> = BTreeMap::new();
    for file in files {
        let name = name(&file.path);
        if let Some((taken, other)) = of_one_name(&standing, &name) {
            let message = if taken == name {
                format!("this file and `{}` both are `{name}`", other.file)
            } else {
                format!("this file is `{name}`, and `{}` is `{taken}`", other.file)
            };
            diagnostics.push(
                Diagnostic::new(Code::DataSyntax, &file.file, None, message)
                    .hint("rename one of them, or put both into one file"),
            );
            continue;
        }
        let read = file.text.as_ref().map(|text| read::text(file, text));
        let value = match read {
            Some(Ok(value)) => value,
            Some(Err(fault)) => {
                diagnostics.push(*fault);
                Value::Unreadable
            }
            None => Value::Unreadable,
        };
        data.put(&name, value);
        standing.insert(name, file);
    }
    Diagnosed {
        value: data,
        diagnostics,
    }
}

/// The file that has a name, or stands where the name needs a folder, or in a folder that has the name.
fn of_one_name<'f>(
    standing: &'f BTreeMap<String, &DataFile>,
    name: &str,
) -> Option<(&'f str, &'f DataFile)> {
    let folders = name.match_indices('.').map(|(at, _)| &name[..at]);
    let same = folders
        .chain([name])
        .find_map(|name| standing.get_key_value(name));
    let inside = || {
        let folder = format!("{name}.");
        let (first, file) = standing.range(folder.clone()..).next()?;
        first.starts_with(&folder).then_some((first, file))
    };
    let (taken, file) = same.or_else(inside)?;
    Some((taken, file))
}

/// What a file is called: `people.eng` of `people/eng.yaml`. A dot in a name is read as a slash.
fn name(path: &str) -> String {
    let (stem, _) = path.rsplit_once('.').unwrap_or((path, ""));
    let parts = stem.split(['/', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(".")
}

impl Data {
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// Puts the value of a file under a name that nothing else has.
    fn put(&mut self, name: &str, value: Value) {
        let (folders, last) = name.rsplit_once('.').unwrap_or(("", name));
        let mut at = &mut self.root;
        for folder in folders.split('.').filter(|folder| !folder.is_empty()) {
            at = at.entry(folder);
        }
        *at.entry(last) = value;
    }

    /// What lies at a dotted path: `team.0.name`. `size` and `length` of a list or a map is how many it has, if it has no
    /// such key.
    ///
    /// # Errors
    /// Where the path leads nowhere.
    pub fn find<'a>(&'a self, path: &'a str) -> Result<Cow<'a, Value>, Missing<'a>> {
        let mut at = &self.root;
        let mut start = 0;
        for part in path.split('.') {
            match at.get(part) {
                Some(Step::Into(value)) => at = value,
                Some(Step::Length(length)) if start + part.len() == path.len() => {
                    let length = i64::try_from(length).unwrap_or(i64::MAX);
                    return Ok(Cow::Owned(Value::Integer(length)));
                }
                _ if *at == Value::Unreadable => break,
                _ => {
                    return Err(Missing {
                        within: path[..start].trim_end_matches('.'),
                        name: part,
                        known: at.keys(),
                        kind: at.kind(),
                    });
                }
            }
            start += part.len() + 1;
        }
        Ok(Cow::Borrowed(at))
    }
}

enum Step<'a> {
    Into(&'a Value),
    Length(usize),
}

/// Whether a part of a path asks how many entries there are.
pub fn is_length(part: &str) -> bool {
    matches!(part, "size" | "length")
}

impl Value {
    fn get(&self, part: &str) -> Option<Step<'_>> {
        let (found, length) = match self {
            Value::List(items) => {
                let at = part.parse::<usize>().ok();
                (at.and_then(|at| items.get(at)), items.len())
            }
            Value::Map(entries) => {
                let entry = entries.iter().find(|(key, _)| key == part);
                (entry.map(|(_, value)| value), entries.len())
            }
            _ => return None,
        };
        let length = || is_length(part).then_some(Step::Length(length));
        found.map(Step::Into).or_else(length)
    }

    /// The value of a key; a new map if there was none.
    fn entry(&mut self, key: &str) -> &mut Value {
        if !matches!(self, Value::Map(_)) {
            *self = Value::Map(Vec::new());
        }
        let Value::Map(entries) = self else {
            unreachable!("just made one");
        };
        let at = entries.iter().position(|(known, _)| known == key);
        let at = at.unwrap_or_else(|| {
            entries.push((key.to_owned(), Value::Map(Vec::new())));
            entries.len() - 1
        });
        &mut entries[at].1
    }

    fn keys(&self) -> Vec<&str> {
        match self {
            Value::Map(entries) => entries.iter().map(|(key, _)| key.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// The type in words: what a message says was found.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::String(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
            Value::Unreadable => "unreadable",
        }
    }
}

/// The first key that is there twice.
fn twice<'k>(keys: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let mut seen = HashSet::new();
    keys.into_iter().find(|key| !seen.insert(*key))
}

#[cfg(test)]
mod tests {
    use super::{Data, DataFile, Missing, Value, is_data_file, read};
    use crate::diagnostic::Diagnosed;
    use crate::source;

    fn files(files: &[(&str, &str)]) -> Diagnosed<Data> {
        let files: Vec<DataFile> = files
            .iter()
            .map(|(path, text)| DataFile {
                path: (*path).to_owned(),
                file: format!("data/{path}").into(),
                text: Some((*text).into()),
            })
            .collect();
        read(&files)
    }

    fn one(path: &str, text: &str) -> Data {
        let read = files(&[(path, text)]);
        assert_eq!(read.diagnostics, []);
        read.value
    }

    /// `line:column message` of the only mistake.
    fn fault(path: &str, text: &str) -> String {
        let read = files(&[(path, text)]);
        assert_eq!(read.diagnostics.len(), 1, "{path}: {text:?}");
        let fault = &read.diagnostics[0];
        let at = source::position(text, fault.span.clone().map_or(0, |span| span.start));
        format!("{}:{} {}", at.line, at.column, fault.message)
    }

    #[test]
    fn every_format_says_the_same_in_the_order_written() {
        let wanted = one(
            "team.yaml",
            "- name: Ada\n  age: 36\n- name: Bo\n  age: 4\n",
        );
        let json = r#"[{"name": "Ada", "age": 36}, {"name": "Bo", "age": 4}]"#;
        assert_eq!(one("team.json", json), wanted);
        assert_eq!(one("team.csv", "name,age\nAda,36\r\n\"Bo\",4\n"), wanted);
        assert_eq!(one("team.csv", "name;age\nAda;36\nBo;4"), wanted);
        let toml = one(
            "t.toml",
            "[[team]]\nname = \"Ada\"\nage = 36\n[[team]]\nname='Bo'\nage = 4\n",
        );
        assert_eq!(toml.find("t.team"), wanted.find("team"));
    }

    #[test]
    fn folders_and_dots_in_names_are_parts_of_the_path() {
        let data = files(&[("people/eng.yaml", "a: 1"), ("people.ops.yaml", "a: 2")]).value;
        let number = |path| data.find(path).map(std::borrow::Cow::into_owned);
        assert_eq!(number("people.eng.a"), Ok(Value::Integer(1)));
        assert_eq!(number("people.ops.a"), Ok(Value::Integer(2)));
        assert!(is_data_file("people/eng.yaml"));
        for path in ["a.md", "_a.yaml", "_b/a.csv", ".a.toml", "yaml", "a.YAML"] {
            assert!(!is_data_file(path), "{path}");
        }
    }

    #[test]
    fn paths_lead_into_lists_and_count_them() {
        let data = one("team.yaml", "[{name: Ada}, {name: Bo, size: XL}]");
        let text = |path| match data.find(path).map(std::borrow::Cow::into_owned) {
            Ok(Value::String(text)) => text,
            Ok(Value::Integer(number)) => number.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(text("team.1.name"), "Bo");
        assert_eq!(text("team.size"), "2");
        assert_eq!(text("team.length"), "2");
        assert_eq!(text("team.0.size"), "1");
        assert_eq!(text("team.1.size"), "XL");
        let missing = Missing {
            within: "team.0",
            name: "nmae",
            known: vec!["name"],
            kind: "a map",
        };
        assert_eq!(data.find("team.0.nmae"), Err(missing));
        for path in ["", "team.", "team.2", "team.size.x", ".", "team..0"] {
            assert!(data.find(path).is_err(), "{path}");
        }
    }

    #[test]
    fn faults_have_their_line_and_column() {
        assert_eq!(
            fault("a.yaml", "a: 1\nb: [1,\n"),
            "2:4 unclosed bracket '['"
        );
        assert_eq!(fault("a.yaml", "é: 1\né: 2\n"), "2:1 the same key twice");
        assert_eq!(
            fault("a.toml", "a = 1\nb = \n"),
            "2:4 string values must be quoted, expected literal string"
        );
        assert_eq!(fault("a.json", "{\n  \"é\": x\n}"), "2:8 expected value");
        assert_eq!(
            fault("a.json", "{\"a\": 1,\n \"a\": 2}"),
            "2:4 the key `a` twice"
        );
        assert_eq!(
            fault("a.json", "[1, 2"),
            "1:6 the file ends in the middle of a list"
        );
        assert_eq!(
            fault("a.csv", "a,b\n1,2\n3\n"),
            "3:1 this row has 1 cell, and the first one has 2"
        );
        assert_eq!(fault("a.csv", "a,a\n1,2\n"), "1:1 the column `a` twice");
        assert_eq!(
            fault("a.csv", "a,\n1,2\n"),
            "1:1 column 2 has no name in the first row"
        );
        assert_eq!(
            fault("a.csv", "a,b\n1,\"2\n3,4\n"),
            "2:1 a quote is opened in this row and not closed"
        );
        assert_eq!(
            fault("a.csv", "a,b\n<<<<<<< HEAD\n1,2\n=======\n1,3\n>>>>>>> x\n"),
            "2:1 a merge left both sides of a conflict here"
        );
    }

    #[test]
    fn cells_are_numbers_only_where_nothing_is_lost() {
        let data = one("a.csv", "n,a,b,c,d,e\n12,007,1.10,-2.5,true,\n");
        let row = data.find("a.0").unwrap().into_owned();
        let Value::Map(cells) = row else { panic!() };
        let values: Vec<Value> = cells.into_iter().map(|(_, value)| value).collect();
        let text = |text: &str| Value::String(text.to_owned());
        assert_eq!(
            values,
            [
                Value::Integer(12),
                text("007"),
                text("1.10"),
                Value::Float(-2.5),
                Value::Bool(true),
                Value::Null
            ]
        );
        // What a spreadsheet leaves at the end.
        assert_eq!(one("a.csv", "n,,\n1,,\n"), one("a.csv", "n\n1\n"));
    }

    #[test]
    fn two_files_of_one_name_are_reported_and_the_first_stands() {
        for second in ["team.csv", "team/eng.yaml"] {
            let read = files(&[("team.yaml", "1"), (second, "a\n2\n")]);
            let told: Vec<&str> = read.diagnostics.iter().map(|d| &*d.message).collect();
            assert_eq!(told.len(), 1, "{second}");
            assert!(told[0].contains("`data/team.yaml`"), "{told:?}");
            assert_eq!(*read.value.find("team").unwrap(), Value::Integer(1));
        }
    }

    #[test]
    fn hostile_files_are_reported() {
        let deep = "[".repeat(100_000);
        let map = format!("{}1{}", "{\"a\":".repeat(1000), "}".repeat(1000));
        for path in ["a.yaml", "a.json", "a.toml", "a.csv"] {
            for text in [&deep, &map] {
                let read = files(&[(path, text)]);
                assert_eq!(read.diagnostics.len(), 1, "{path}");
            }
        }
        assert_eq!(
            files(&[("a.toml", &format!("a = {deep}"))])
                .diagnostics
                .len(),
            1
        );
        let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for (one, next) in "abcdefgh".chars().zip("bcdefghi".chars()) {
            let nine = vec![format!("*{one}"); 9].join(", ");
            bomb.push_str(&format!("{next}: &{next} [{nine}]\n"));
        }
        assert!(
            fault("a.yaml", &bomb)
                .ends_with("the file is too large, or its aliases stand for too much")
        );
        let long = "- é: ü\n".repeat(50_000);
        let data = one("a.yaml", &long);
        assert_eq!(*data.find("a.size").unwrap(), Value::Integer(50_000));
    }
}
