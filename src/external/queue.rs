//! Who is asked next. Keeps every host to few requests at once, and lets no host wait for another.

use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use url::Url;

use crate::external::anchors::Anchors;
use crate::external::visit::Visit;
use crate::external::{Settings, Verdict, address};

/// So often in succession may a host fail to answer, with a rest after each time, before nothing more is asked of it.
const LEAST_SILENCES: u32 = 3;

/// What asking came to.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    Judged(Verdict),
    /// A redirect. The visit knows where to.
    Moved,
    /// The page cannot be had now, for this reason. Other pages of the host may.
    Again(String),
    /// The host wants to be left alone, or does not answer.
    Rest {
        reason: String,
        /// How long it asks for.
        wait: Option<Duration>,
    },
    /// Nothing of this host can be had, and all links to it have this verdict.
    Lost(Verdict),
}

pub struct Judged {
    pub question: usize,
    pub verdict: Verdict,
    /// What is on the page, if that was asked for and can be told.
    pub page: Option<Anchors>,
}

pub struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    per_host: usize,
    patience: Patience,
    /// With so many requests in vain and not one host heard, there is no network.
    most_misses: usize,
}

/// How long to wait before asking again.
pub struct Patience {
    retries: u32,
    first_wait: Duration,
    longest_wait: Duration,
}

#[derive(Default)]
struct State {
    hosts: Vec<Host>,
    by_name: HashMap<String, usize>,
    /// Hosts with something to ask, the next one first.
    turn: VecDeque<usize>,
    /// So many questions have no verdict.
    open: usize,
    misses: usize,
    reached: bool,
    offline: Option<Verdict>,
}

#[derive(Default)]
struct Host {
    waiting: VecDeque<Visit>,
    /// So many requests are under way.
    busy: usize,
    /// Times in succession that it did not answer. Requests that were under way together are one time.
    silences: u32,
    last_silence: Option<Instant>,
    resting_until: Option<Instant>,
    refuses_head: bool,
    lost: Option<Verdict>,
}

/// Whether a host can be asked something now.
#[expect(
    clippy::large_enum_variant,
    reason = "it is taken apart where it arrives"
)]
enum Turn {
    Now(Visit),
    /// Not before this, or not before a request comes back.
    Later(Option<Instant>),
}

impl Queue {
    pub fn new(settings: &Settings) -> Queue {
        Queue {
            state: Mutex::default(),
            changed: Condvar::new(),
            per_host: settings.per_host.max(1),
            patience: Patience::of(settings),
            most_misses: 2 * settings.at_once.max(LEAST_SILENCES as usize),
        }
    }

    /// Puts a question in the queue. `question` is its number, given back with the verdict.
    pub fn ask(&self, question: usize, url: Url, has_fragments: bool) {
        let mut state = self.lock();
        state.open += 1;
        state.enqueue(Visit::new(question, url, has_fragments));
    }

    /// Waits for a visit that may be made now. `None` when all is judged.
    pub fn next(&self) -> Option<Visit> {
        let mut state = self.lock();
        while state.open > 0 {
            let now = Instant::now();
            state = match state.turn(now, self.per_host) {
                Turn::Now(visit) => return Some(visit),
                Turn::Later(Some(at)) => {
                    let wait = at.saturating_duration_since(now);
                    let woken = self.changed.wait_timeout(state, wait);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
                Turn::Later(None) => {
                    let woken = self.changed.wait(state);
                    woken.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
        None
    }

    /// Takes a visit back. Gives what is judged by it: nothing, the visit, or all that wait for the same host.
    pub fn settle(&self, visit: Visit, outcome: Outcome) -> Vec<Judged> {
        let mut state = self.lock();
        state.reached |= visit.reached;
        let mut judged = state.settle(visit, outcome, &self.patience);
        if !state.reached && state.misses >= self.most_misses {
            judged.extend(state.give_up_all());
        }
        state.open -= judged.len();
        self.changed.notify_all();
        judged
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Patience {
    pub fn of(settings: &Settings) -> Patience {
        Patience {
            retries: settings.retries,
            first_wait: settings.first_wait,
            longest_wait: settings.longest_wait,
        }
    }

    /// The wait after so many tries in vain, when the server asks for `asked`. `None` when it is not worth it.
    pub fn wait(&self, tries: u32, asked: Option<Duration>) -> Option<Duration> {
        let is_too_long = asked.is_some_and(|asked| asked > self.longest_wait);
        (tries <= self.retries && !is_too_long).then(|| self.pause(tries, asked))
    }

    fn pause(&self, tries: u32, asked: Option<Duration>) -> Duration {
        let doubled = 2_u32.saturating_pow(tries.saturating_sub(1));
        let pause = self.first_wait.saturating_mul(doubled);
        pause.max(asked.unwrap_or_default()).min(self.longest_wait)
    }
}

impl State {
    fn enqueue(&mut self, mut visit: Visit) -> Option<Judged> {
        let name = address::host(&visit.url);
        let at = *self.by_name.entry(name).or_insert_with(|| {
            self.hosts.push(Host::default());
            self.hosts.len() - 1
        });
        let host = &mut self.hosts[at];
        if let Some(verdict) = host.lost.as_ref().or(self.offline.as_ref()) {
            return Some(judged(&visit, verdict.clone()));
        }
        visit.host = at;
        if host.waiting.is_empty() {
            self.turn.push_back(at);
        }
        host.waiting.push_back(visit);
        None
    }

    fn turn(&mut self, now: Instant, per_host: usize) -> Turn {
        let mut soonest: Option<Instant> = None;
        for _ in 0..self.turn.len() {
            let Some(at) = self.turn.pop_front() else {
                break;
            };
            let host = &mut self.hosts[at];
            let turn = host.turn(now, per_host);
            if !host.waiting.is_empty() {
                self.turn.push_back(at);
            }
            match turn {
                Turn::Now(visit) => return Turn::Now(visit),
                Turn::Later(at) => soonest = soonest.into_iter().chain(at).min(),
            }
        }
        Turn::Later(soonest)
    }

    fn settle(&mut self, mut visit: Visit, outcome: Outcome, patience: &Patience) -> Vec<Judged> {
        let now = Instant::now();
        let host = &mut self.hosts[visit.host];
        host.busy -= 1;
        host.refuses_head |= visit.head_refused;
        if !matches!(outcome, Outcome::Rest { .. }) {
            host.silences = 0;
        }
        match outcome {
            Outcome::Judged(verdict) => vec![Judged {
                question: visit.question,
                verdict,
                page: visit.page,
            }],
            Outcome::Moved => self.enqueue(visit).into_iter().collect(),
            Outcome::Lost(verdict) => self.give_up(visit, verdict),
            Outcome::Again(reason) => {
                visit.tries += 1;
                let Some(wait) = patience.wait(visit.tries, None) else {
                    return vec![judged(&visit, Verdict::Unreachable(reason))];
                };
                visit.ready = now.checked_add(wait);
                self.enqueue(visit).into_iter().collect()
            }
            Outcome::Rest { reason, wait } => {
                self.misses += 1;
                visit.tries += 1;
                let together = host.last_silence.is_some() && visit.started < host.last_silence;
                if !together {
                    host.silences += 1;
                    host.last_silence = Some(now);
                }
                let is_hopeless = patience.wait(visit.tries, wait).is_none();
                let verdict = Verdict::Unreachable(reason);
                let most = patience.retries.saturating_add(1).max(LEAST_SILENCES);
                if host.silences >= most {
                    return self.give_up(visit, verdict);
                }
                // What one page asks for and cannot have is nothing to keep the other pages waiting for.
                let wait = wait.filter(|wait| *wait <= patience.longest_wait);
                let rested = now.checked_add(patience.pause(host.silences, wait));
                host.resting_until = host.resting_until.max(rested);
                if is_hopeless {
                    return vec![judged(&visit, verdict)];
                }
                self.enqueue(visit).into_iter().collect()
            }
        }
    }

    /// Judges a visit and all that wait for the same host.
    fn give_up(&mut self, visit: Visit, verdict: Verdict) -> Vec<Judged> {
        let host = &mut self.hosts[visit.host];
        let judged = [visit]
            .into_iter()
            .chain(host.waiting.drain(..))
            .map(|visit| judged(&visit, verdict.clone()))
            .collect();
        host.lost = Some(verdict);
        judged
    }

    /// Judges all that wait.
    fn give_up_all(&mut self) -> Vec<Judged> {
        let verdict = Verdict::Unreachable("there seems to be no network".to_owned());
        self.offline = Some(verdict.clone());
        self.hosts
            .iter_mut()
            .flat_map(|host| host.waiting.drain(..))
            .map(|visit| judged(&visit, verdict.clone()))
            .collect()
    }
}

impl Host {
    fn turn(&mut self, now: Instant, per_host: usize) -> Turn {
        if self.waiting.is_empty() || self.busy >= per_host {
            return Turn::Later(None);
        }
        if self.resting_until.is_some_and(|until| until > now) {
            return Turn::Later(self.resting_until);
        }
        let is_ready = |visit: &Visit| visit.ready.is_none_or(|ready| ready <= now);
        let next = self.waiting.iter().position(is_ready);
        let Some(mut visit) = next.and_then(|at| self.waiting.remove(at)) else {
            return Turn::Later(self.waiting.iter().filter_map(|visit| visit.ready).min());
        };
        self.busy += 1;
        visit.started = Some(now);
        visit.by_head &= !self.refuses_head;
        Turn::Now(visit)
    }
}

fn judged(visit: &Visit, verdict: Verdict) -> Judged {
    Judged {
        question: visit.question,
        verdict: visit.explain(verdict),
        page: None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use url::Url;

    use super::{Judged, Outcome, Queue};
    use crate::external::{Settings, Verdict};

    fn settings() -> Settings {
        Settings {
            at_once: 3,
            first_wait: Duration::ZERO,
            ..Settings::default()
        }
    }

    fn queue(urls: &[String]) -> Queue {
        let queue = Queue::new(&settings());
        for (question, url) in urls.iter().enumerate() {
            queue.ask(question, Url::parse(url).expect("a URL"), false);
        }
        queue
    }

    /// Makes every visit, each with what `outcome` says of its question, and counts them.
    fn run(
        queue: &Queue,
        is_online: bool,
        mut outcome: impl FnMut(usize) -> Outcome,
    ) -> (usize, Vec<Verdict>) {
        let mut visits = 0;
        let mut judged: Vec<Judged> = Vec::new();
        while let Some(mut visit) = queue.next() {
            visits += 1;
            visit.reached = is_online;
            let outcome = outcome(visit.question);
            judged.extend(queue.settle(visit, outcome));
        }
        judged.sort_by_key(|judged| judged.question);
        let questions: Vec<usize> = judged.iter().map(|judged| judged.question).collect();
        assert!(
            questions.iter().copied().eq(0..questions.len()),
            "{questions:?}"
        );
        (
            visits,
            judged.into_iter().map(|judged| judged.verdict).collect(),
        )
    }

    fn silence() -> Outcome {
        Outcome::Rest {
            reason: "timed out".to_owned(),
            wait: None,
        }
    }

    fn unreachable(reason: &str) -> Verdict {
        Verdict::Unreachable(reason.to_owned())
    }

    #[test]
    fn a_silent_host_is_not_asked_for_each_of_its_pages() {
        let urls: Vec<String> = (0..100)
            .map(|page| format!("https://a.example/{page}"))
            .collect();
        let (visits, verdicts) = run(&queue(&urls), true, |_| silence());
        assert_eq!(verdicts, vec![unreachable("timed out"); 100]);
        assert_eq!(visits, 3);
    }

    #[test]
    fn a_silent_page_does_not_condemn_its_host() {
        let urls: Vec<String> = (0..10)
            .map(|page| format!("https://a.example/{page}"))
            .collect();
        let (visits, verdicts) = run(&queue(&urls), true, |page| match page {
            5 => silence(),
            6 => Outcome::Again("500 Internal Server Error".to_owned()),
            _ => Outcome::Judged(Verdict::Alive),
        });
        let mut expected = vec![Verdict::Alive; 10];
        expected[5] = unreachable("timed out");
        expected[6] = unreachable("500 Internal Server Error");
        assert_eq!(verdicts, expected);
        assert_eq!(visits, 14, "once each, and twice again for two");
    }

    #[test]
    fn a_page_that_wants_too_much_patience_does_not_condemn_its_host() {
        let urls: Vec<String> = (0..10)
            .map(|page| format!("https://a.example/{page}"))
            .collect();
        let (visits, verdicts) = run(&queue(&urls), true, |page| match page {
            0 => Outcome::Rest {
                reason: "503 Service Unavailable".to_owned(),
                wait: Some(Duration::from_secs(86_400)),
            },
            _ => Outcome::Judged(Verdict::Alive),
        });
        let mut expected = vec![Verdict::Alive; 10];
        expected[0] = unreachable("503 Service Unavailable");
        assert_eq!(verdicts, expected);
        assert_eq!(visits, 10);
    }

    #[test]
    fn a_lost_host_is_asked_once() {
        let urls = [
            "https://a.example/",
            "https://b.example/1",
            "https://b.example/2",
        ];
        let gone = Verdict::Gone("no such host".to_owned());
        let (visits, verdicts) = run(&queue(&urls.map(str::to_owned)), true, |page| match page {
            0 => Outcome::Judged(Verdict::Alive),
            _ => Outcome::Lost(gone.clone()),
        });
        assert_eq!(verdicts, [Verdict::Alive, gone.clone(), gone]);
        assert_eq!(visits, 2);
    }

    #[test]
    fn without_a_network_few_hosts_are_tried() {
        let urls: Vec<String> = (0..99)
            .map(|host| format!("https://{host}.example/"))
            .collect();
        let (visits, verdicts) = run(&queue(&urls), false, |_| silence());
        assert_eq!(
            verdicts,
            vec![unreachable("there seems to be no network"); 99]
        );
        assert_eq!(visits, 6);
    }
}
