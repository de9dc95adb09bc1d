//! `--external`: has every link to another host looked at, and makes reports of the verdicts.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use crate::commands::progress::Progress;
use crate::diagnostic::{Code, Diagnostic};
use crate::external::{self, Settings, Verdict};
use crate::session::{External, Loaded};
use crate::url::address;

/// Where good answers are kept, in the site's folder: hidden, so it is no content.
const CACHE: &str = ".handbook-cache/external.jsonl";

/// Whose host an address names.
#[derive(PartialEq)]
enum Owner {
    /// Somebody's, for all the world.
    Somebody,
    /// This very machine's.
    Us,
    /// Nobody's, and never will be: the name is kept free for saying so.
    NeverThere,
    /// Nobody's that can be reached from everywhere: an example, or a network of one's own. Who proposes a change must
    /// not have our machine ask around in its network either.
    Nobody,
}

fn owner(target: &str) -> Owner {
    let Some(host) = address::host(target) else {
        return Owner::Nobody;
    };
    let (host, _) = address::without_port(host);
    let host = host.trim_matches(['[', ']', '.']).to_ascii_lowercase();
    let own_network = match host.parse() {
        Ok(IpAddr::V4(ip)) if ip.is_loopback() => return Owner::Us,
        Ok(IpAddr::V6(ip)) if ip.is_loopback() => return Owner::Us,
        Ok(IpAddr::V4(ip)) => ip.is_private() || ip.is_link_local() || ip.is_unspecified(),
        Ok(IpAddr::V6(ip)) => ip.is_unicast_link_local() || ip.is_unique_local(),
        Err(_) if host == "localhost" => return Owner::Us,
        Err(_) => {
            if host.ends_with(".invalid") {
                return Owner::NeverThere;
            }
            let names: Vec<&str> = host.rsplit('.').take(2).collect();
            matches!(names[0], "example" | "test" | "local" | "internal")
                || matches!(names[..], ["com" | "org" | "net", "example"])
        }
    };
    if own_network {
        Owner::Nobody
    } else {
        Owner::Somebody
    }
}

/// Looks at every link to another host once, and reports each place that has a bad one.
pub fn check(session: &Loaded) -> Vec<Diagnostic> {
    let config = &session.config().external;
    let mut links = session.external_links();
    links.retain(|link| {
        let plain = link.target.split('#').next().unwrap_or_default();
        owner(&link.target) != Owner::Nobody
            && !config.skip.iter().any(|pattern| pattern.matches(plain))
    });
    let asked = links.iter().map(|link| link.target.as_str());
    let urls: BTreeSet<&str> = asked
        .filter(|target| owner(target) != Owner::NeverThere)
        .collect();
    let urls: Vec<String> = urls.into_iter().map(str::to_owned).collect();
    let settings = Settings {
        timeout: Duration::from_secs(config.timeout),
        max_age: Duration::from_secs(config.max_age * 24 * 60 * 60),
        cache: Some(session.place.root.join(CACHE)),
        ..Settings::default()
    };
    let progress = Progress::start("asking other hosts", urls.len());
    let checked = external::check(&urls, &settings, &|| progress.step());
    progress.finish();
    if let Some(error) = checked.not_kept {
        warn!("{error}; the next run asks every host again");
    }
    let mut diagnostics = Vec::new();
    for External { target, file, span } in &links {
        let at = urls.binary_search(target);
        let never = Verdict::Gone("no such host".to_owned());
        let verdict = at.map_or(&never, |at| &checked.verdicts[at]);
        let (code, message, hint) = match verdict {
            Verdict::Alive => continue,
            Verdict::Gone(why) => (
                Code::DeadExternalLink,
                format!("`{target}` is gone: {why}"),
                "link to where it is now, or to a copy in a web archive, or remove the link",
            ),
            Verdict::NoFragment => {
                let fragment = target.split_once('#').map_or("", |(_, fragment)| fragment);
                let page = target.split('#').next().unwrap_or(target);
                (
                    Code::DeadExternalLink,
                    format!("`{page}` has no `#{fragment}`"),
                    "link to an anchor that the page has, or to the page",
                )
            }
            // What is described for the reader's own machine does not run on this one.
            Verdict::Unreachable(why)
                if why == "connection refused" && owner(target) == Owner::Us =>
            {
                continue;
            }
            Verdict::Unreachable(why) => (
                Code::UnreachableExternalLink,
                format!("`{target}` could not be looked at: {why}"),
                "this may pass; if it never does, add the address to `skip` under `[external]`",
            ),
        };
        diagnostics.push(Diagnostic::new(code, file, span.clone(), message).hint(hint));
    }
    diagnostics
}
