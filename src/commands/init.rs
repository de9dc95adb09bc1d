//! `handbook init`: a small handbook that builds, to begin with.

use std::fs;
use std::path::Path;

use crate::commands::Outcome;
use crate::error::Error;

const FILES: &[(&str, &str)] = &[
    ("handbook.toml", include_str!("init/handbook.toml")),
    ("content/index.md", include_str!("init/index.md")),
    ("content/company/values.md", include_str!("init/values.md")),
    (
        "content/people/time-off.md",
        include_str!("init/time-off.md"),
    ),
    (".gitignore", "/public/\n/.handbook-cache/\n"),
];

/// Writes the files, unless one of them is there already.
///
/// # Errors
/// When the folder holds a handbook, or cannot be written.
pub fn run(dir: &Path) -> Result<Outcome, Error> {
    let taken = FILES
        .iter()
        .find(|(path, _)| *path != ".gitignore" && dir.join(path).exists());
    if let Some((path, _)) = taken {
        return Err(Error::Usage(format!(
            "`{}` is already there; `handbook init` only begins new handbooks",
            dir.join(path).display()
        )));
    }
    for (path, text) in FILES {
        let path = dir.join(path);
        if path.exists() {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|e| Error::io("create", folder, e))?;
        }
        fs::write(&path, text).map_err(|e| Error::io("write", &path, e))?;
    }
    let shown = dir.display();
    let target = if dir == Path::new(".") {
        String::new()
    } else {
        format!(" {shown}")
    };
    say!("a new handbook is in `{shown}`; see it with `handbook serve{target}`");
    Ok(Outcome::Clean)
}
