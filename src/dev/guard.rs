//! Who may ask, and how: keeps other sites' pages in the same browser from reading a preview.

use axum::http::{HeaderMap, Method, StatusCode, Uri, header};

/// Longer addresses and more headers than any browser sends for a page.
const LONGEST_URI: usize = 8 * 1024;
const MOST_HEADER_BYTES: usize = 32 * 1024;

/// Refuses a request that nobody with good intentions makes, with the reason in words.
///
/// # Errors
/// The status and the reason.
pub fn check(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    allowed: &[String],
) -> Result<(), (StatusCode, &'static str)> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Err((
            StatusCode::METHOD_NOT_ALLOWED,
            "only GET and HEAD are answered here",
        ));
    }
    if uri.to_string().len() > LONGEST_URI {
        return Err((StatusCode::URI_TOO_LONG, "the address is too long"));
    }
    let size: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if size > MOST_HEADER_BYTES {
        return Err((
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "the headers are too large",
        ));
    }
    if headers.get_all(header::HOST).iter().count() > 1 {
        return Err((
            StatusCode::BAD_REQUEST,
            "there is more than one Host header",
        ));
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .ok_or((StatusCode::BAD_REQUEST, "the Host header is missing"))?;
    let asked = uri.authority().map(axum::http::uri::Authority::as_str);
    // A page elsewhere can give its own name the address of this machine, but it cannot change the name.
    if ![Some(host), asked]
        .into_iter()
        .flatten()
        .all(|host| is_allowed(host, allowed))
    {
        return Err((
            StatusCode::FORBIDDEN,
            "this name is not allowed; start with `--allow-host NAME` to be asked under it",
        ));
    }
    if headers.contains_key(header::CONTENT_LENGTH) && headers[header::CONTENT_LENGTH] != "0"
        || headers.contains_key(header::TRANSFER_ENCODING)
    {
        return Err((StatusCode::BAD_REQUEST, "a request for a page has no body"));
    }
    Ok(())
}

/// Whether a request for events comes from a page of this server.
pub fn same_origin(headers: &HeaderMap) -> bool {
    let site = headers
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok());
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return false;
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, origin)| origin.eq_ignore_ascii_case(host)),
        (Some(_), None) => false,
    }
}

fn is_allowed(host: &str, allowed: &[String]) -> bool {
    let name = without_port(host).to_ascii_lowercase();
    let name = name.trim_end_matches('.');
    if name == "localhost" || name.ends_with(".localhost") {
        return true;
    }
    let address = name.trim_start_matches('[').trim_end_matches(']');
    address.parse::<std::net::IpAddr>().is_ok()
        || allowed
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(name))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|b| b.is_ascii_digit())
                && (!name.contains(':') || name.ends_with(']')) =>
        {
            name
        }
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn addresses_and_localhost_are_allowed_and_names_are_not() {
        for host in [
            "localhost",
            "localhost:4000",
            "127.0.0.1:4000",
            "[::1]:4000",
            "192.168.1.5",
            "a.localhost:1",
            "::1",
        ] {
            assert!(is_allowed(host, &[]), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:4000",
            "",
            "x:y",
        ] {
            assert!(!is_allowed(host, &[]), "{host}");
        }
        assert!(is_allowed("box.lan:4000", &["box.lan".to_owned()]));
    }
}
