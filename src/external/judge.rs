//! What an answer, or the lack of one, says about a link. Pure: asks nobody.

use std::io::{self, ErrorKind};
use std::time::{Duration, SystemTime};

use ureq::http::StatusCode;

use crate::external::Verdict;
use crate::external::queue::Outcome;

const NO_SUCH_HOST: &str = "no such host";

/// Why no answer came.
#[derive(Debug, PartialEq)]
pub enum Fault {
    /// The whole host is to be had no more, now or later.
    Lost(Verdict),
    /// The host does not answer now.
    Silent(String),
    /// The host is there, and what should answer does not run.
    Refused,
    /// There was an answer, or the start of one, and nothing to be made of it.
    Garbled(String),
    /// The address itself cannot be asked.
    Malformed,
}

/// What a status other than of a redirect that can be followed says. `wait` is what `Retry-After` asks for.
pub fn status(status: StatusCode, wait: Option<Duration>) -> Outcome {
    let words = words(status);
    match status.as_u16() {
        404 | 410 => Outcome::Judged(Verdict::Gone(words)),
        // Too many of our requests: leave the whole host alone.
        429 => Outcome::Rest {
            reason: words,
            wait,
        },
        503 if wait.is_some() => Outcome::Rest {
            reason: words,
            wait,
        },
        408 | 425 | 500..=599 => Outcome::Again(words),
        // Any other 4xx tells the asker what he may not do: log in (401), be a program (403), ask like this (400,
        // 405, 406), be in this country (451). It knows the address, and a reader in a browser may well be let in. So
        // it is with 999, by which LinkedIn turns programs away, and whatever else is nobody's standard.
        _ => Outcome::Judged(Verdict::Alive),
    }
}

pub fn words(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => format!("status {}", status.as_u16()),
    }
}

pub fn fault(error: &ureq::Error) -> Fault {
    use ureq::Error;
    match error {
        Error::Timeout(_) => Fault::Silent("timed out".to_owned()),
        Error::HostNotFound => no_such_host(),
        Error::BadUri(_) | Error::Http(_) => Fault::Malformed,
        Error::Io(error) => io_fault(error),
        Error::Rustls(error) => tls_fault(&error.to_string()),
        Error::Tls(words) => tls_fault(words),
        Error::LargeResponseHeader(..) => Fault::Garbled("its headers are too long".to_owned()),
        Error::ConnectProxyFailed(words) => {
            Fault::Silent(format!("the proxy cannot connect: {words}"))
        }
        Error::Protocol(_) => Fault::Garbled("its answer is not HTTP".to_owned()),
        other => Fault::Garbled(other.to_string()),
    }
}

/// How long a server asks to be left alone: seconds or a date, see RFC 9110, section 10.2.3.
pub fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    // A date in the past asks for nothing.
    Some(until.duration_since(now).unwrap_or_default())
}

/// For when not one name was found by the whole run: then it is the network that is missing. Some systems say that a
/// host does not exist when they cannot know.
pub fn doubt_names<'v>(verdicts: impl Iterator<Item = &'v mut Verdict>) {
    for verdict in verdicts {
        if let Verdict::Gone(reason) = verdict
            && reason.starts_with(NO_SUCH_HOST)
        {
            *verdict = Verdict::Unreachable(std::mem::take(reason));
        }
    }
}

fn no_such_host() -> Fault {
    Fault::Lost(Verdict::Gone(NO_SUCH_HOST.to_owned()))
}

fn io_fault(error: &io::Error) -> Fault {
    let words = error.to_string();
    if is_unknown_name(error, &words) {
        return no_such_host();
    }
    // How the standard library opens what `getaddrinfo` says; the Windows codes are WSATRY_AGAIN and WSANO_RECOVERY.
    if words.starts_with("failed to lookup address information")
        || cfg!(windows) && matches!(error.raw_os_error(), Some(11_002 | 11_003))
    {
        return Fault::Silent("its name cannot be looked up now".to_owned());
    }
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Fault::Silent("timed out".to_owned()),
        ErrorKind::ConnectionRefused => Fault::Refused,
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
            Fault::Silent("no way to the host".to_owned())
        }
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => Fault::Garbled("connection reset".to_owned()),
        // The TLS library speaks through errors of this kind.
        ErrorKind::InvalidData => tls_fault(&words),
        // Without the number of the error, which says nothing that the words before it do not.
        _ => Fault::Silent(
            words
                .split(" (os error ")
                .next()
                .unwrap_or_default()
                .to_owned(),
        ),
    }
}

/// Whether a lookup ended with a no, and not with a perhaps.
fn is_unknown_name(error: &io::Error, words: &str) -> bool {
    // WSAHOST_NOT_FOUND and WSANO_DATA.
    let windows = cfg!(windows) && matches!(error.raw_os_error(), Some(11_001 | 11_004));
    windows
        || words.starts_with("failed to lookup address information")
            && [
                "Name or service not known",                    // glibc
                "No address associated with hostname",          // glibc
                "nodename nor servname provided, or not known", // macOS, BSD
                "Name does not resolve",                        // musl
                "Name has no usable address",                   // musl
            ]
            .iter()
            .any(|no| words.contains(no))
}

fn tls_fault(words: &str) -> Fault {
    let Some(certificate) = words.strip_prefix("invalid peer certificate: ") else {
        return Fault::Silent(format!("no secure connection: {words}"));
    };
    let what = match certificate {
        "UnknownIssuer" => "of an unknown issuer",
        "Revoked" => "revoked",
        _ if certificate.contains("CaUsedAsEndEntity") => "self-signed",
        // The moments that follow are in seconds since 1970.
        _ if certificate.starts_with("certificate expired") => "expired",
        _ if certificate.starts_with("certificate not valid for name") => "for another name",
        other => other,
    };
    // It will be the same certificate in a minute.
    Fault::Lost(Verdict::Unreachable(format!("bad certificate: {what}")))
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind};
    use std::time::{Duration, SystemTime};

    use ureq::http::StatusCode;

    use super::{Fault, doubt_names, fault, retry_after, status};
    use crate::external::Verdict;
    use crate::external::queue::Outcome;

    fn status_of(code: u16) -> Outcome {
        status(StatusCode::from_u16(code).expect("a status"), None)
    }

    #[test]
    fn only_404_and_410_say_that_nothing_is_there() {
        let gone = |words: &str| Outcome::Judged(Verdict::Gone(words.to_owned()));
        assert_eq!(status_of(404), gone("404 Not Found"));
        assert_eq!(status_of(410), gone("410 Gone"));
        for code in [
            200, 204, 300, 304, 400, 401, 402, 403, 405, 406, 418, 451, 999,
        ] {
            assert_eq!(status_of(code), Outcome::Judged(Verdict::Alive), "{code}");
        }
        assert_eq!(
            status_of(500),
            Outcome::Again("500 Internal Server Error".to_owned())
        );
        assert_eq!(status_of(530), Outcome::Again("status 530".to_owned()));
    }

    #[test]
    fn a_server_that_asks_for_patience_is_left_alone() {
        let wait = Some(Duration::from_secs(3));
        for code in [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::SERVICE_UNAVAILABLE,
        ] {
            assert!(
                matches!(status(code, wait), Outcome::Rest { wait: Some(_), .. }),
                "{code}"
            );
        }
        assert!(matches!(status_of(429), Outcome::Rest { wait: None, .. }));
        assert!(matches!(status_of(503), Outcome::Again(_)));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let seconds = |value| retry_after(value, now).map(|wait| wait.as_secs());
        assert_eq!(seconds(" 120 "), Some(120));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:47 GMT"), Some(10));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:27 GMT"), Some(0));
        for value in ["", "soon", "-1", "1.5", "99999999999999999999999"] {
            assert_eq!(seconds(value), None, "{value}");
        }
    }

    #[test]
    fn a_name_that_does_not_exist_is_told_from_one_that_cannot_be_looked_up() {
        let of = |words: &str| {
            fault(&ureq::Error::Io(io::Error::other(format!(
                "failed to lookup address information: {words}"
            ))))
        };
        for no in [
            "Name or service not known",
            "nodename nor servname provided, or not known",
            "Name does not resolve",
        ] {
            assert_eq!(
                of(no),
                Fault::Lost(Verdict::Gone("no such host".to_owned())),
                "{no}"
            );
        }
        for perhaps in [
            "Temporary failure in name resolution",
            "Try again",
            "Non-recoverable failure in name resolution",
        ] {
            assert!(matches!(of(perhaps), Fault::Silent(_)), "{perhaps}");
        }
    }

    #[test]
    fn faults_of_a_connection_are_put_into_words() {
        let of = |kind: ErrorKind| fault(&ureq::Error::Io(kind.into()));
        assert_eq!(of(ErrorKind::ConnectionRefused), Fault::Refused);
        assert_eq!(
            of(ErrorKind::ConnectionReset),
            Fault::Garbled("connection reset".to_owned())
        );
        assert_eq!(
            of(ErrorKind::NetworkUnreachable),
            Fault::Silent("no way to the host".to_owned())
        );
        assert_eq!(
            of(ErrorKind::TimedOut),
            Fault::Silent("timed out".to_owned())
        );
    }

    #[test]
    fn a_bad_certificate_is_not_asked_about_again() {
        let of = |words: &str| {
            fault(&ureq::Error::Io(io::Error::new(
                ErrorKind::InvalidData,
                words.to_owned(),
            )))
        };
        let bad =
            |what: &str| Fault::Lost(Verdict::Unreachable(format!("bad certificate: {what}")));
        assert_eq!(
            of("invalid peer certificate: UnknownIssuer"),
            bad("of an unknown issuer")
        );
        assert_eq!(
            of("invalid peer certificate: certificate expired: verification time 1 (UNIX), but …"),
            bad("expired")
        );
        assert_eq!(
            of(
                "invalid peer certificate: certificate not valid for name \"a\"; certificate is only …"
            ),
            bad("for another name")
        );
        assert_eq!(
            of("received corrupt message of type InvalidContentType"),
            Fault::Silent(
                "no secure connection: received corrupt message of type InvalidContentType"
                    .to_owned()
            )
        );
    }

    #[test]
    fn without_any_network_no_host_is_called_gone() {
        let mut verdicts = [
            Verdict::Gone("no such host".to_owned()),
            Verdict::Gone("404 Not Found".to_owned()),
            Verdict::Alive,
        ];
        doubt_names(verdicts.iter_mut());
        assert_eq!(
            verdicts,
            [
                Verdict::Unreachable("no such host".to_owned()),
                Verdict::Gone("404 Not Found".to_owned()),
                Verdict::Alive,
            ]
        );
    }
}
