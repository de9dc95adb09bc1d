//! `base_url`: where the site is published, taken apart.

use crate::url;

/// Where the site is published: `https://example.org` and `/docs`.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseUrl {
    /// Scheme and host, without a slash at the end.
    pub origin: String,
    /// Empty, or with a slash in front and none at the end. Decoded.
    pub path: String,
}

impl BaseUrl {
    /// Reads an absolute `http` or `https` URL. `None` if it is not one, or has a query or a fragment.
    pub fn parse(text: &str) -> Option<BaseUrl> {
        let text = text.trim();
        let scheme_end = text.find("://")?;
        if !matches!(
            text[..scheme_end].to_ascii_lowercase().as_str(),
            "http" | "https"
        ) || text.contains(['?', '#', '\\', '"', '<', '>'])
            || text.contains(char::is_whitespace)
        {
            return None;
        }
        let host_start = scheme_end + 3;
        let path_start = text[host_start..]
            .find('/')
            .map_or(text.len(), |at| host_start + at);
        if path_start == host_start {
            return None;
        }
        let path = url::normalise(&text[path_start..])?;
        Some(BaseUrl {
            origin: text[..path_start].to_owned(),
            path: path.trim_end_matches('/').to_owned(),
        })
    }
}
