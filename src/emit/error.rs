//! What keeps a site from being written, in words.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// The operating system, or what lies in the folder, does not let us.
#[derive(Debug)]
pub struct EmitError {
    pub path: PathBuf,
    pub source: io::Error,
    /// What could not be done to the path, to be read after "cannot".
    pub doing: &'static str,
}

impl EmitError {
    pub(super) fn new(
        doing: &'static str,
        path: impl Into<PathBuf>,
        source: io::Error,
    ) -> EmitError {
        EmitError {
            path: path.into(),
            source,
            doing,
        }
    }

    /// What lies in the folder forbids it.
    pub(super) fn refusal(path: impl Into<PathBuf>, reason: &str) -> EmitError {
        EmitError::new("write to", path, io::Error::other(reason))
    }

    pub(super) fn invalid(path: impl Into<PathBuf>, reason: &str) -> EmitError {
        let source = io::Error::new(io::ErrorKind::InvalidInput, reason);
        EmitError::new("write", path, source)
    }
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.source.to_string();
        // The number says nothing that the words before it do not.
        let words = match reason.rfind(" (os error ") {
            Some(at) if self.source.raw_os_error().is_some() => &reason[..at],
            _ => &reason,
        };
        write!(
            f,
            "cannot {} `{}`: {words}",
            self.doing,
            self.path.display()
        )
    }
}

impl std::error::Error for EmitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}
