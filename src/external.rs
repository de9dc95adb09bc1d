//! Asks other hosts whether what is linked to is there. Knows nothing of sites and of diagnostics.
//!
//! A link is called dead only on good evidence. A server that does not let a program in, a page that is made by a
//! script, a network that is down: none of these says that a reader would find nothing.

mod address;
mod anchors;
mod ask;
mod cache;
mod judge;
mod queue;
mod visit;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use url::Url;

use crate::error::Error;
use crate::external::address::Address;
use crate::external::ask::Asker;
use crate::external::cache::Cache;
use crate::external::queue::{Judged, Patience, Queue};

/// How links to other hosts are looked at.
#[derive(Clone, Debug)]
pub struct Settings {
    /// So many requests at once to one host, that is one name and port. At least one.
    pub per_host: usize,
    /// So many requests at once to all hosts together. At least one.
    pub at_once: usize,
    /// A whole request with its answer may take so long.
    pub timeout: Duration,
    /// So often is a passing fault asked about again.
    pub retries: u32,
    /// Before it is asked again for the first time; each further wait is twice the one before.
    pub first_wait: Duration,
    /// No wait is longer. When a server asks for more patience than this, that page is not asked for again.
    pub longest_wait: Duration,
    /// Where good answers are kept from one run to the next.
    pub cache: Option<PathBuf>,
    /// A good answer is believed for so long.
    pub max_age: Duration,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            per_host: 2,
            at_once: 32,
            timeout: Duration::from_secs(20),
            retries: 2,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
            cache: None,
            max_age: Duration::from_secs(7 * 24 * 60 * 60),
        }
    }
}

/// What became of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Something is there, or nothing speaks against it.
    Alive,
    /// Nothing is there, and asking again would not change that. The reason in words: `404 Not Found`.
    Gone(String),
    /// Nobody can say. The reason in words: `timed out`.
    Unreachable(String),
    /// The page is there, and what the fragment names is not on it.
    NoFragment,
}

/// The verdicts of one run.
#[derive(Debug)]
pub struct Checked {
    /// One for each URL that was given, in that order.
    pub verdicts: Vec<Verdict>,
    /// Why the good answers could not be kept. The verdicts stand all the same.
    pub not_kept: Option<Error>,
}

/// Looks at every URL. Addresses that differ by fragment only are asked once, and `step` is called once for each URL
/// when its verdict stands. URLs of other schemes than `http` and `https` are not looked at: they are alive.
pub fn check(urls: &[String], settings: &Settings, step: &(dyn Fn() + Sync)) -> Checked {
    let mut cache = settings
        .cache
        .as_deref()
        .map(|path| Cache::read(path, settings.max_age));
    let mut verdicts = vec![Verdict::Alive; urls.len()];
    let mut links: BTreeMap<Url, Vec<Link>> = BTreeMap::new();
    for (index, text) in urls.iter().enumerate() {
        match address::read(text) {
            Address::Web { url, fragment } => {
                let link = Link { index, fragment };
                if cache
                    .as_ref()
                    .is_some_and(|cache| cache.knows(&link.key(&url)))
                {
                    step();
                } else {
                    links.entry(url).or_default().push(link);
                }
            }
            Address::Elsewhere => step(),
            Address::Malformed => {
                verdicts[index] = Verdict::Gone("not a valid address".to_owned());
                step();
            }
        }
    }
    if links.is_empty() {
        return Checked {
            verdicts,
            not_kept: None,
        };
    }
    let (pages, links): (Vec<Url>, Vec<Vec<Link>>) = links.into_iter().unzip();
    for Judged {
        question,
        verdict,
        page,
    } in ask_all(&pages, &links, settings, step)
    {
        for link in &links[question] {
            let verdict = match (&verdict, &link.fragment, &page) {
                (Verdict::Alive, Some(fragment), Some(page)) if !page.has(fragment) => {
                    Verdict::NoFragment
                }
                _ => verdict.clone(),
            };
            if let Some(cache) = &mut cache {
                cache.learn(link.key(&pages[question]), verdict == Verdict::Alive);
            }
            verdicts[link.index] = verdict;
        }
    }
    Checked {
        verdicts,
        not_kept: cache.and_then(|cache| cache.write().err()),
    }
}

/// Gets a text, such as a sitemap. It is asked for again as a link is.
///
/// # Errors
/// When the text cannot be had, is longer than 64 MB or is not UTF-8.
pub fn fetch(url: &str, settings: &Settings) -> Result<String, Error> {
    let Address::Web { url: address, .. } = address::read(url) else {
        return Err(Error::Usage(format!("`{url}` is not a web address")));
    };
    let asker = Asker::new(settings.timeout);
    let patience = Patience::of(settings);
    let mut tries = 0;
    loop {
        tries += 1;
        let fault = match asker.text(&address) {
            Ok(text) => return Ok(text),
            Err(fault) => fault,
        };
        match patience.wait(tries, fault.wait).filter(|_| fault.passing) {
            Some(wait) => thread::sleep(wait),
            None => {
                return Err(Error::Usage(format!(
                    "cannot fetch `{url}`: {}",
                    fault.reason
                )));
            }
        }
    }
}

/// One of the URLs that were given, without its address.
struct Link {
    /// Its place among them.
    index: usize,
    /// What has to be on the page.
    fragment: Option<String>,
}

impl Link {
    /// What is remembered of it: a page may be there without the place on it.
    fn key(&self, page: &Url) -> String {
        match &self.fragment {
            Some(fragment) => format!("{page}#{fragment}"),
            None => page.to_string(),
        }
    }
}

fn ask_all(
    pages: &[Url],
    links: &[Vec<Link>],
    settings: &Settings,
    step: &(dyn Fn() + Sync),
) -> Vec<Judged> {
    let queue = Queue::new(settings);
    for (question, page) in pages.iter().enumerate() {
        let has_fragments = links[question].iter().any(|link| link.fragment.is_some());
        queue.ask(question, page.clone(), has_fragments);
    }
    let asker = Asker::new(settings.timeout);
    let found_a_name = AtomicBool::new(false);
    let work = || {
        let mut done = Vec::new();
        while let Some(mut visit) = queue.next() {
            let outcome = asker.visit(&mut visit);
            if visit.found_a_name {
                found_a_name.store(true, Ordering::Relaxed);
            }
            for judged in queue.settle(visit, outcome) {
                links[judged.question].iter().for_each(|_| step());
                done.push(judged);
            }
        }
        done
    };
    let threads = settings.at_once.min(pages.len());
    let mut judged = thread::scope(|scope| {
        // What cannot be started is done by the others, and by this thread alone in the worst case.
        let others: Vec<_> = (1..threads)
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok())
            .collect();
        let mut judged = work();
        for other in others {
            judged.extend(other.join().unwrap_or_default());
        }
        judged
    });
    if !found_a_name.into_inner() {
        judge::doubt_names(judged.iter_mut().map(|judged| &mut judged.verdict));
    }
    judged
}
