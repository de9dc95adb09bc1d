//! `--since`: gets an earlier list of addresses, from a file or from a site, and reports what of it is gone.

use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::discover::CONFIG_NAME;
use crate::error::Error;
use crate::external::{self, Settings};
use crate::session::Loaded;
use crate::site::published::{self, Listed};
use crate::source;

/// A list as it was got.
pub struct Earlier {
    /// What its reports are about, as shown from the site's root.
    pub file: Arc<str>,
    /// Its text, where that file has it.
    pub text: Option<Arc<str>>,
    listed: Vec<Listed>,
}

/// So many lists may an index of sitemaps name.
const LISTS: usize = 100;

/// Reads the list at a path or an address. `file` spells a path as reports do.
///
/// # Errors
/// When it cannot be read, or holds no address.
pub fn read(from: &str, file: impl Fn(&Path) -> Arc<str>) -> Result<Earlier, Error> {
    if !(from.starts_with("https://") || from.starts_with("http://")) {
        let path = Path::new(from);
        let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
        let text =
            source::decode(bytes).map_err(|_| Error::Usage(format!("`{from}` is not UTF-8")))?;
        let listed = published::read_list(&text);
        return some(
            from,
            Earlier {
                file: file(path),
                listed,
                text: Some(text.into()),
            },
        );
    }
    let text = external::fetch(from, &Settings::default())?;
    let mut listed = Vec::new();
    if published::is_sitemap_index(&text) {
        for sitemap in published::read_list(&text).into_iter().take(LISTS) {
            let text = external::fetch(&sitemap.address, &Settings::default())?;
            listed.extend(published::read_list(&text));
        }
    } else {
        listed = published::read_list(&text);
    }
    some(
        from,
        Earlier {
            file: CONFIG_NAME.into(),
            listed,
            text: None,
        },
    )
}

/// A list of nothing would let everything pass.
fn some(from: &str, earlier: Earlier) -> Result<Earlier, Error> {
    let is_address =
        |listed: &Listed| listed.address.starts_with('/') || listed.address.contains("://");
    if earlier.listed.iter().any(is_address) {
        Ok(earlier)
    } else {
        Err(Error::Usage(format!(
            "`{from}` lists no addresses; give the `urls.txt` of an earlier build, or a `sitemap.xml`"
        )))
    }
}

/// Reports what of the list is gone.
pub fn check(earlier: &Earlier, session: &Loaded) -> Vec<Diagnostic> {
    let mut gone = published::gone(session.view(), &earlier.file, &earlier.listed);
    if earlier.text.is_none() {
        // The list is not among the files that a place could be in.
        for diagnostic in &mut gone {
            diagnostic.span = None;
        }
    }
    gone
}
