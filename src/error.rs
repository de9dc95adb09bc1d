//! What goes wrong outside of anybody's text: folders that are not there, disks that are full.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// A fault of the environment or the command line. Exit code 2.
#[derive(Debug)]
pub enum Error {
    /// An operation on a file or folder failed.
    Io {
        /// What was being done, as in `read` or `write`.
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// Something that the user asked for cannot be done; the text says why and what to do.
    Usage(String),
}

impl Error {
    pub fn io(doing: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Error {
        Error::Io {
            doing,
            path: path.into(),
            source,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io {
                doing,
                path,
                source,
            } => {
                let reason = source.to_string();
                // The system's number says nothing that the words before it do not.
                let words = match reason.rfind(" (os error ") {
                    Some(at) if source.raw_os_error().is_some() => &reason[..at],
                    _ => &reason,
                };
                write!(f, "cannot {doing} `{}`: {words}", path.display())
            }
            Error::Usage(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            Error::Usage(_) => None,
        }
    }
}
