//! Asks one server about one address. Its answer is bounded in time and in size, whatever it is.

use std::io::Read;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, SystemTime};

use ureq::http::header::{CONTENT_TYPE, HeaderName, LOCATION, RETRY_AFTER, SET_COOKIE};
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};
use url::Url;

use crate::external::Verdict;
use crate::external::address;
use crate::external::anchors::Anchors;
use crate::external::judge::{self, Fault};
use crate::external::queue::Outcome;
use crate::external::visit::Visit;

/// So much of a page is read for the places on it. A longer one is not judged.
const MOST_OF_A_PAGE: u64 = 5 * 1024 * 1024;

/// The most that a sitemap may be is 50 MB: <https://www.sitemaps.org/protocol.html>.
const MOST_OF_A_TEXT: u64 = 64 * 1024 * 1024;

const USER_AGENT: &str = concat!("handbook/", env!("CARGO_PKG_VERSION"), " (link checker)");

/// What browsers say first; some servers answer others with 406.
const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

const REFUSED: &str = "connection refused";

pub struct Asker {
    agent: Agent,
}

/// Why there is no text.
pub struct Refusal {
    pub reason: String,
    /// Whether it may be there later.
    pub passing: bool,
    /// How long the server asks to be left alone.
    pub wait: Option<Duration>,
}

impl Asker {
    pub fn new(timeout: Duration) -> Asker {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // They are followed by hand, because every request counts for the host that it goes to.
            .max_redirects(0)
            .timeout_global(Some(timeout))
            .user_agent(USER_AGENT)
            .accept(ACCEPT)
            .build();
        Asker {
            agent: config.into(),
        }
    }

    /// Asks where a visit stands, once or, when `HEAD` gives nothing good, twice.
    pub fn visit(&self, visit: &mut Visit) -> Outcome {
        // Should an answer be so odd that the reading of it panics, then this is one link's fault and no end of the run.
        panic::catch_unwind(AssertUnwindSafe(|| self.walk(visit))).unwrap_or_else(|_| {
            Outcome::Judged(Verdict::Unreachable("its answer cannot be read".to_owned()))
        })
    }

    /// Gets a text, through redirects.
    pub fn text(&self, url: &Url) -> Result<String, Refusal> {
        let lasting = |reason: &str| Refusal {
            reason: reason.to_owned(),
            passing: false,
            wait: None,
        };
        let mut visit = Visit::new(0, url.clone(), true);
        loop {
            let mut answer = self.answer(&visit.url, false).map_err(Refusal::of)?;
            if answer.status().is_success() {
                let bytes = read(&mut answer, MOST_OF_A_TEXT)
                    .ok_or_else(|| lasting("it breaks off, or is longer than 64 MB"))?;
                return String::from_utf8(bytes).map_err(|_| lasting("it is not UTF-8"));
            }
            let Some(location) = location(&answer) else {
                let wait = wait(&answer);
                let outcome = judge::status(answer.status(), wait);
                return Err(Refusal {
                    reason: judge::words(answer.status()),
                    passing: !matches!(outcome, Outcome::Judged(_)),
                    wait,
                });
            };
            match visit.follow(&location, false) {
                Outcome::Moved => {}
                Outcome::Judged(Verdict::Unreachable(reason)) => return Err(lasting(&reason)),
                _ => return Err(lasting("it redirects to what is no web address")),
            }
        }
    }

    fn walk(&self, visit: &mut Visit) -> Outcome {
        if visit.by_head {
            match self.answer(&visit.url, true) {
                Ok(answer) => {
                    let is_refused = matches!(
                        answer.status(),
                        StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED
                    );
                    visit.head_refused |= is_refused;
                    visit.hear();
                    let is_good = answer.status().is_success() || location(&answer).is_some();
                    let outcome = visit.judge(&answer);
                    if is_good || matches!(outcome, Outcome::Rest { .. }) {
                        return outcome;
                    }
                }
                Err(Fault::Garbled(_)) => visit.hear(),
                Err(fault) => {
                    // A server may not answer `HEAD` at all.
                    visit.by_head = false;
                    return visit.miss(fault);
                }
            }
            // Many servers answer `HEAD` wrongly, so what is bad is believed of `GET` only.
            visit.by_head = false;
        }
        let mut answer = match self.answer(&visit.url, false) {
            Ok(answer) => answer,
            Err(fault) => return visit.miss(fault),
        };
        visit.hear();
        if visit.reads_page && answer.status().is_success() && is_html(&answer) {
            visit.page = read_page(&mut answer);
        }
        visit.judge(&answer)
    }

    fn answer(&self, url: &Url, by_head: bool) -> Result<Response<Body>, Fault> {
        let request = if by_head {
            self.agent.head(url.as_str())
        } else {
            self.agent.get(url.as_str())
        };
        let answer = if address::is_loopback(url) {
            request.config().proxy(None).build().call()
        } else {
            request.call()
        };
        answer.map_err(|error| judge::fault(&error))
    }
}

impl Visit {
    fn judge(&mut self, answer: &Response<Body>) -> Outcome {
        if let Some(location) = location(answer) {
            return self.follow(&location, answer.headers().contains_key(SET_COOKIE));
        }
        match judge::status(answer.status(), wait(answer)) {
            Outcome::Judged(verdict) => Outcome::Judged(self.explain(verdict)),
            outcome => outcome,
        }
    }

    /// A host was heard, whatever it said.
    fn hear(&mut self) {
        self.reached = true;
        self.found_a_name |= address::is_public_name(&self.url);
    }

    /// None was.
    fn miss(&mut self, fault: Fault) -> Outcome {
        match fault {
            Fault::Lost(verdict) => {
                if matches!(verdict, Verdict::Unreachable(_)) {
                    self.hear();
                }
                Outcome::Lost(verdict)
            }
            Fault::Garbled(reason) => {
                self.hear();
                Outcome::Rest { reason, wait: None }
            }
            Fault::Refused => {
                self.hear();
                Outcome::Rest {
                    reason: REFUSED.to_owned(),
                    wait: None,
                }
            }
            Fault::Silent(reason) => Outcome::Rest { reason, wait: None },
            Fault::Malformed => {
                Outcome::Judged(self.explain(Verdict::Gone("not a valid address".to_owned())))
            }
        }
    }
}

impl Refusal {
    fn of(fault: Fault) -> Refusal {
        let (reason, passing) = match fault {
            Fault::Lost(Verdict::Gone(reason) | Verdict::Unreachable(reason)) => (reason, false),
            Fault::Silent(reason) | Fault::Garbled(reason) => (reason, true),
            Fault::Refused => (REFUSED.to_owned(), true),
            Fault::Malformed | Fault::Lost(_) => ("not a valid address".to_owned(), false),
        };
        Refusal {
            reason,
            passing,
            wait: None,
        }
    }
}

fn location(answer: &Response<Body>) -> Option<String> {
    header(answer, LOCATION).filter(|_| answer.status().is_redirection())
}

fn wait(answer: &Response<Body>) -> Option<Duration> {
    judge::retry_after(&header(answer, RETRY_AFTER)?, SystemTime::now())
}

fn is_html(answer: &Response<Body>) -> bool {
    header(answer, CONTENT_TYPE).is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("text/html") || kind.eq_ignore_ascii_case("application/xhtml+xml")
    })
}

/// A header as text, whatever bytes it has: many a `Location` is in bare UTF-8.
fn header(answer: &Response<Body>, name: HeaderName) -> Option<String> {
    let value = answer.headers().get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// `None` when the page breaks off, is too long, is in some old encoding, or is of scripts only.
fn read_page(answer: &mut Response<Body>) -> Option<Anchors> {
    let bytes = read(answer, MOST_OF_A_PAGE)?;
    Anchors::read(str::from_utf8(&bytes).ok()?)
}

/// The whole body, or `None` when that cannot be had.
fn read(answer: &mut Response<Body>, most: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    // Counted after decompression, or a small answer could fill the memory.
    let mut body = answer.body_mut().as_reader().take(most + 1);
    body.read_to_end(&mut bytes).ok()?;
    (body.limit() > 0).then_some(bytes)
}
