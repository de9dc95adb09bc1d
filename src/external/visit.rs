//! The way from a link to the page that it ends at. Asks nobody.

use std::mem;
use std::time::Instant;

use url::Url;

use crate::external::Verdict;
use crate::external::address;
use crate::external::anchors::Anchors;
use crate::external::queue::Outcome;

/// As browsers and most other clients have it.
const MOST_REDIRECTS: usize = 10;

/// One address on its way to a verdict.
pub struct Visit {
    /// Which of the addresses of the run it is.
    pub question: usize,
    /// What is asked next.
    pub url: Url,
    /// What redirected to it, the link's own address first.
    from: Vec<Url>,
    sets_cookies: bool,
    /// Asked with `HEAD`, and `GET` only if that gives nothing good.
    pub by_head: bool,
    /// Whether the page has to be read for fragments.
    pub reads_page: bool,
    pub page: Option<Anchors>,
    /// The host answers `HEAD` with "not allowed" or "not implemented".
    pub head_refused: bool,
    /// Some host was heard, so there is a network.
    pub reached: bool,
    /// Its name was found in the public name service, so that works.
    pub found_a_name: bool,
    /// The place of its host in the queue.
    pub host: usize,
    /// So often was it asked in vain.
    pub tries: u32,
    /// Not to be asked before.
    pub ready: Option<Instant>,
    /// When it was last asked.
    pub started: Option<Instant>,
}

impl Visit {
    pub fn new(question: usize, url: Url, has_fragments: bool) -> Visit {
        Visit {
            question,
            url,
            from: Vec::new(),
            sets_cookies: false,
            by_head: !has_fragments,
            reads_page: has_fragments,
            page: None,
            head_refused: false,
            reached: false,
            found_a_name: false,
            host: 0,
            tries: 0,
            ready: None,
            started: None,
        }
    }

    /// Goes where a redirect leads.
    pub fn follow(&mut self, location: &str, sets_cookie: bool) -> Outcome {
        self.sets_cookies |= sets_cookie;
        let Some((to, names_a_place)) = address::join(&self.url, location) else {
            // To an application, say. The server knows the address, and nobody can follow.
            return Outcome::Judged(Verdict::Alive);
        };
        let fault = if to == self.url || self.from.contains(&to) {
            "redirects in a circle"
        } else if self.from.len() == MOST_REDIRECTS {
            "redirects more than 10 times"
        } else {
            // A browser then goes to that place, and not to the link's own.
            self.reads_page &= !names_a_place;
            self.from.push(mem::replace(&mut self.url, to));
            return Outcome::Moved;
        };
        if self.by_head {
            // Once more from the start, as a browser asks.
            self.by_head = false;
            if let Some(first) = self.from.drain(..).next() {
                self.url = first;
            }
            return Outcome::Moved;
        }
        Outcome::Judged(if self.sets_cookies {
            // It waits for its cookie to come back, and lets in whoever brings it.
            Verdict::Alive
        } else {
            Verdict::Unreachable(fault.to_owned())
        })
    }

    /// A verdict with the address that it is about, when that is not the link's own.
    pub fn explain(&self, verdict: Verdict) -> Verdict {
        let explain = |reason| format!("{reason} at `{}`, where it redirects to", self.url);
        match verdict {
            verdict if self.from.is_empty() => verdict,
            Verdict::Gone(reason) => Verdict::Gone(explain(reason)),
            Verdict::Unreachable(reason) => Verdict::Unreachable(explain(reason)),
            verdict @ (Verdict::Alive | Verdict::NoFragment) => verdict,
        }
    }
}
