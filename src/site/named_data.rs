//! Whether what a prop names is in the data files, and of the kind that its component shows. Reads no files.

use crate::data::{Data, Missing, Value};
use crate::site::{Named, suggest};

/// What is wrong with a dotted name of data, and what to do about it. What is in a broken file has been reported.
pub fn fault(data: &Data, path: &str, wanted: Named) -> Option<(String, String)> {
    let found = match data.find(path) {
        Ok(found) => found,
        Err(missing) => return Some(not_there(path, &missing)),
    };
    if wanted.admits(&found) {
        return None;
    }
    let kind = found.kind();
    let asked = match wanted {
        Named::Rows => "a list or a map",
        Named::List => "a list",
        Named::Map => "a map",
        Named::Anything | Named::Value => "a single value",
    };
    let first = match &*found {
        Value::List(_) => Some("0"),
        Value::Map(entries) => entries.first().map(|(key, _)| key.as_str()),
        _ => None,
    };
    let hint = match (wanted, first) {
        (Named::Value, Some(first)) => {
            format!("name what is in it, as `{path}.{first}`, or how many: `{path}.size`")
        }
        (Named::Value, None) => "give it a value in the data file".to_owned(),
        _ => format!("name a data file that is {asked}, or {asked} in one"),
    };
    Some((
        format!("{asked} is expected here, and `{path}` is {kind}"),
        hint,
    ))
}

impl Named {
    /// Whether a component that asks for this can show a value.
    pub fn admits(self, value: &Value) -> bool {
        match (self, value) {
            (_, Value::Unreadable) | (Named::Anything, _) => true,
            (Named::Rows, value) => matches!(value, Value::List(_) | Value::Map(_)),
            (Named::List, value) => matches!(value, Value::List(_)),
            (Named::Map, value) => matches!(value, Value::Map(_)),
            (Named::Value, value) => !matches!(value, Value::List(_) | Value::Map(_) | Value::Null),
        }
    }
}

fn not_there(path: &str, missing: &Missing<'_>) -> (String, String) {
    let Missing {
        within,
        name,
        known,
        kind,
    } = missing;
    let message = if path.is_empty() {
        "the name of data is empty".to_owned()
    } else if within.is_empty() {
        format!("no data is called `{name}`")
    } else {
        format!("there is no `{name}` in `{within}`")
    };
    let full = |name: &str| match within.len() {
        0 => name.to_owned(),
        _ => format!("{within}.{name}"),
    };
    let hint = match suggest::meant(name, known.iter().copied()) {
        Some(meant) => {
            // A name may be empty or hold dots itself, so that what was looked for need not be what is written.
            let rest = path.strip_prefix(&full(name)).unwrap_or_default();
            format!("did you mean `{}{rest}`?", full(meant.what))
        }
        None if within.is_empty() && known.is_empty() => {
            "there are no data files; they lie in `data/`, beside `content/`".to_owned()
        }
        None if *kind == "a list" => format!("`{within}` is a list, counted from `0`"),
        None if known.is_empty() => format!("`{within}` is {kind}"),
        None => {
            let shown = known.iter().take(8).copied().collect::<Vec<_>>();
            format!("known here: `{}`", shown.join("`, `"))
        }
    };
    (message, hint)
}
