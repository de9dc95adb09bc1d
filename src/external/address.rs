//! Reads what a writer wrote as an address to ask. Pure text.

use url::{Host, Url};

use crate::external::anchors;

#[derive(Debug, PartialEq)]
pub enum Address {
    /// To be asked, over HTTP.
    Web {
        /// Without fragment and without credentials.
        url: Url,
        /// Only one that can be looked for on a page.
        fragment: Option<String>,
    },
    /// Of a scheme that is not looked at.
    Elsewhere,
    Malformed,
}

pub fn read(text: &str) -> Address {
    let Ok(mut url) = Url::parse(text.trim()) else {
        return Address::Malformed;
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Address::Elsewhere;
    }
    let fragment = url
        .fragment()
        .filter(|fragment| anchors::can_be_looked_for(fragment))
        .map(str::to_owned);
    strip(&mut url);
    Address::Web { url, fragment }
}

/// Where a redirect leads, and whether it names a place on the page itself. `None` if it is no web address.
pub fn join(from: &Url, location: &str) -> Option<(Url, bool)> {
    let mut to = from.join(location).ok()?;
    if !matches!(to.scheme(), "http" | "https") {
        return None;
    }
    let has_fragment = to.fragment().is_some();
    strip(&mut to);
    Some((to, has_fragment))
}

/// The name and port that requests are counted by.
pub fn host(url: &Url) -> String {
    format!(
        "{}:{}",
        url.host_str().unwrap_or_default(),
        url.port_or_known_default().unwrap_or_default()
    )
}

/// Whether the name has to be looked up outside of this machine.
pub fn is_public_name(url: &Url) -> bool {
    matches!(url.host(), Some(Host::Domain(name)) if name.contains('.') && !name.ends_with(".localhost"))
}

/// Whether this machine itself is asked, which no proxy can do.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// What is not sent: a fragment never is, and credentials in a text that everybody reads are not ours to use.
fn strip(url: &mut Url) {
    url.set_fragment(None);
    // They fail only for addresses without a host, which have no credentials either.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{Address, host, is_loopback, is_public_name, join, read};

    fn web(text: &str) -> (String, Option<String>) {
        match read(text) {
            Address::Web { url, fragment } => (url.to_string(), fragment),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn an_address_is_asked_without_its_fragment_and_without_credentials() {
        assert_eq!(
            web("HTTPS://me:secret@Example.com:443/a b#c%20d"),
            (
                "https://example.com/a%20b".to_owned(),
                Some("c%20d".to_owned())
            )
        );
        assert_eq!(
            web("http://a.example#top"),
            ("http://a.example/".to_owned(), None)
        );
        assert_eq!(
            web("https://bücher.example/ü").0,
            "https://xn--bcher-kva.example/%C3%BC"
        );
    }

    #[test]
    fn other_schemes_are_left_alone() {
        for text in ["mailto:a@b.example", "ftp://a.example/", "slack://channel"] {
            assert_eq!(read(text), Address::Elsewhere, "{text}");
        }
        for text in ["https://", "http://a b.example/", "/a/", ""] {
            assert_eq!(read(text), Address::Malformed, "{text}");
        }
    }

    #[test]
    fn a_redirect_may_be_relative() {
        let from = Url::parse("https://a.example/b/c?d").expect("a URL");
        let to = |location| join(&from, location).map(|(url, placed)| (url.to_string(), placed));
        assert_eq!(to("e"), Some(("https://a.example/b/e".to_owned(), false)));
        assert_eq!(to("//f/#g"), Some(("https://f/".to_owned(), true)));
        assert_eq!(to("javascript:void(0)"), None);
        assert_eq!(to("http://:::"), None);
    }

    #[test]
    fn hosts_are_told_apart_by_name_and_port() {
        let url = |text| Url::parse(text).expect("a URL");
        assert_eq!(host(&url("https://a.example/")), "a.example:443");
        assert_eq!(host(&url("http://[::1]:80/")), "[::1]:80");
        assert!(is_loopback(&url("http://127.0.0.1:3000/")));
        assert!(is_loopback(&url("http://[::1]/")));
        assert!(!is_loopback(&url("http://10.0.0.1/")));
        assert!(is_public_name(&url("http://a.example/")));
        assert!(!is_public_name(&url("http://intranet/")));
        assert!(!is_public_name(&url("http://10.0.0.1/")));
    }
}
