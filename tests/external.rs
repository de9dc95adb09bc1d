//! Links to other hosts, against servers of this test that answer as servers in the world do. Needs no network.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use handbook::external::{self, Checked, Settings, Verdict};

#[test]
fn an_answer_is_alive_and_one_that_says_no_is_gone() {
    let server = Server::start(|asked, out| match asked.path.as_str() {
        "/here" => out.send("200 OK", "", "hello"),
        "/empty" => out.send("204 No Content", "", ""),
        "/missing" => out.send("404 Not Found", "", ""),
        _ => out.send("410 Gone", "", ""),
    });
    assert_eq!(
        server.check(&["/here", "/missing", "/empty", "/withdrawn", "/here"]),
        [
            Verdict::Alive,
            gone("404 Not Found"),
            Verdict::Alive,
            gone("410 Gone"),
            Verdict::Alive,
        ]
    );
    let agents: Vec<String> = server.headers("user-agent");
    assert!(agents.iter().all(|agent| agent.starts_with("handbook/")));
    assert_eq!(server.headers("cookie"), [""; 0]);
}

#[test]
fn a_server_that_lets_no_program_in_says_nothing_against_the_link() {
    let server = Server::start(|asked, out| out.send(&asked.path[1..].replace('-', " "), "", ""));
    for status in [
        "/400-Bad-Request",
        "/401-Unauthorized",
        "/403-Forbidden",
        "/405-Method-Not-Allowed",
        "/406-Not-Acceptable",
        "/451-Unavailable",
        "/999-Request-Denied",
    ] {
        assert_eq!(server.check(&[status]), [Verdict::Alive], "{status}");
    }
}

#[test]
fn redirects_are_followed() {
    let elsewhere = Server::start(|asked, out| match asked.path.as_str() {
        "/end" => out.send("200 OK", "", ""),
        _ => out.send("404 Not Found", "", ""),
    });
    let there = elsewhere.url("/end");
    let lost = elsewhere.url("/lost");
    let server = Server::start(move |asked, out| match asked.path.as_str() {
        "/1" => out.redirect("301 Moved Permanently", "/2"),
        "/2" => out.redirect("302 Found", "three?a=b"),
        "/three?a=b" => out.redirect("308 Permanent Redirect", &there),
        "/lost" => out.redirect("301 Moved Permanently", &lost),
        "/application" => out.redirect("302 Found", "slack://open"),
        "/bare" => out.send("302 Found", "", ""),
        path => {
            let number: usize = path[1..].parse().unwrap_or_default();
            out.redirect("307 Temporary Redirect", &format!("/{}", number + 1));
        }
    });
    let lost = elsewhere.url("/lost");
    assert_eq!(
        server.check(&["/1", "/lost", "/application", "/bare", "/100"]),
        [
            Verdict::Alive,
            gone(&format!("404 Not Found at `{lost}`, where it redirects to")),
            Verdict::Alive,
            Verdict::Alive,
            unreachable("redirects more than 10 times"),
        ]
    );
}

#[test]
fn a_circle_of_redirects_is_found_unless_a_cookie_would_end_it() {
    let server = Server::start(|asked, out| match asked.path.as_str() {
        "/a" => out.redirect("302 Found", "/b"),
        "/b" => out.redirect("302 Found", "/a"),
        "/self" => out.redirect("302 Found", "/self"),
        "/only-for-head" if asked.method == "GET" => out.send("200 OK", "", ""),
        "/only-for-head" => out.redirect("302 Found", "/only-for-head"),
        _ => out.send("302 Found", "Location: /cookie\r\nSet-Cookie: a=b\r\n", ""),
    });
    assert_eq!(
        server.check(&["/a", "/self", "/cookie", "/only-for-head"]),
        [
            unreachable("redirects in a circle"),
            unreachable("redirects in a circle"),
            Verdict::Alive,
            Verdict::Alive,
        ]
    );
}

#[test]
fn a_server_that_asks_for_patience_gets_it() {
    let server = Server::start(|asked, out| {
        if asked.nth == 0 {
            out.send("429 Too Many Requests", "Retry-After: 1\r\n", "");
        } else {
            out.send("200 OK", "", "");
        }
    });
    let start = Instant::now();
    assert_eq!(server.check(&["/a"]), [Verdict::Alive]);
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.log(), ["HEAD /a", "HEAD /a"]);
}

#[test]
fn a_server_that_stays_busy_is_left_alone_in_the_end() {
    let server = Server::start(|_, out| out.send("429 Too Many Requests", "", ""));
    let paths: Vec<String> = (0..50).map(|number| format!("/{number}")).collect();
    let verdicts = server.check(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(verdicts, vec![unreachable("429 Too Many Requests"); 50]);
    // Two at once, three times.
    assert!(server.log().len() <= 6, "{:?}", server.log());
}

#[test]
fn more_patience_than_there_is_is_not_waited_for() {
    let server = Server::start(|_, out| {
        out.send("503 Service Unavailable", "Retry-After: 86400\r\n", "");
    });
    assert_eq!(
        server.check(&["/a"]),
        [unreachable("503 Service Unavailable")]
    );
    assert_eq!(server.log(), ["HEAD /a"]);
}

#[test]
fn a_passing_fault_is_asked_about_again() {
    let server = Server::start(|asked, out| match (asked.path.as_str(), asked.nth) {
        // `HEAD` and `GET`, twice over.
        ("/once", 0 | 1) => out.send("503 Service Unavailable", "", ""),
        ("/once", _) => out.send("200 OK", "", ""),
        _ => out.send("500 Internal Server Error", "", ""),
    });
    assert_eq!(
        server.check(&["/once", "/ever"]),
        [Verdict::Alive, unreachable("500 Internal Server Error")]
    );
    let ever = server
        .log()
        .iter()
        .filter(|line| line.ends_with("/ever"))
        .count();
    assert_eq!(ever, 4, "one HEAD and three GETs: {:?}", server.log());
}

#[test]
fn a_bad_answer_to_head_is_not_believed() {
    let server = Server::start(
        |asked, out| match (asked.method.as_str(), &asked.path[..]) {
            ("GET", "/gone") => out.send("404 Not Found", "", ""),
            ("GET", _) => out.send("200 OK", "", "hello"),
            (_, "/405") => out.send("405 Method Not Allowed", "", ""),
            (_, "/cut") => {}
            _ => out.send("404 Not Found", "", ""),
        },
    );
    for path in ["/404", "/cut", "/405"] {
        assert_eq!(server.check(&[path]), [Verdict::Alive], "{path}");
    }
    assert_eq!(server.check(&["/gone"]), [gone("404 Not Found")]);
}

#[test]
fn a_host_that_refuses_head_is_asked_with_get_from_then_on() {
    let server = Server::start(|asked, out| match asked.method.as_str() {
        "GET" => out.send("200 OK", "", ""),
        _ => out.send("405 Method Not Allowed", "", ""),
    });
    let settings = Settings {
        per_host: 1,
        ..settings()
    };
    check(&["/a", "/b", "/c"].map(|path| server.url(path)), &settings);
    assert_eq!(server.log(), ["HEAD /a", "GET /a", "GET /b", "GET /c"]);
}

#[test]
fn a_server_that_never_answers_is_not_waited_for() {
    let server = Server::start(|_, _| thread::sleep(Duration::from_secs(4)));
    let settings = Settings {
        timeout: Duration::from_millis(300),
        ..settings()
    };
    let urls: Vec<String> = (0..40)
        .map(|number| server.url(&format!("/{number}")))
        .collect();
    let start = Instant::now();
    let verdicts = check(&urls, &settings);
    assert_eq!(verdicts, vec![unreachable("timed out"); 40]);
    // One after the other, and two at once, they would take 18 seconds.
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[test]
fn a_host_that_is_not_there_is_unreachable() {
    // Nobody listens here once the listener is gone.
    let address = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port");
    let url = format!("http://{address}/");
    assert_eq!(
        check(&[url], &settings()),
        [unreachable("connection refused")]
    );
    let cut = Server::start(|_, _| {});
    assert_eq!(cut.check(&["/"]), [unreachable("connection reset")]);
}

#[test]
fn a_name_that_does_not_exist_is_not_alive() {
    // Where there is no name service the answer is "perhaps".
    let settings = Settings {
        timeout: Duration::from_secs(1),
        retries: 0,
        ..settings()
    };
    let verdicts = check(&["http://name.invalid/".to_owned()], &settings);
    assert!(
        matches!(&verdicts[..], [Verdict::Unreachable(_)]),
        "{verdicts:?}"
    );
}

#[test]
fn a_port_without_tls_is_no_secure_one() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://{}/", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 1 << 12]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            // Not closed before the client does: what it still sends would turn the answer into a reset.
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    let verdicts = check(&[url], &settings());
    let [Verdict::Unreachable(reason)] = &verdicts[..] else {
        panic!("{verdicts:?}");
    };
    assert!(reason.starts_with("no secure connection: "), "{reason}");
}

#[test]
fn a_hostile_answer_ends_in_a_verdict() {
    let server = Server::start(|asked, out| {
        match asked.path.as_str() {
        "/garbage" => out.raw(b"\xff\xfe\0 what?\r\n\r\n"),
        "/wide" => out.raw(&[b"HTTP/1.1 200 OK\r\nA: ", "x".repeat(1 << 20).as_bytes()].concat()),
        "/many" => out.raw(
            format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(1_000)).as_bytes(),
        ),
        "/length" => out.raw(b"HTTP/1.1 200 OK\r\nContent-Length: minus one\r\n\r\n"),
        "/nowhere" => out.raw(b"HTTP/1.1 302 Found\r\nLocation: \xff\xff\0\r\n\r\n"),
        "/utf-8" => out.redirect("302 Found", "/ü"),
        "/%C3%BC" => out.send("200 OK", "", ""),
        "/chunks" => out.raw(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ),
        "/informed" => while out.goes_on_with(b"HTTP/1.1 103 Early Hints\r\n\r\n") {},
        _ => {}
    }
    });
    let settings = Settings {
        timeout: Duration::from_secs(1),
        retries: 0,
        ..settings()
    };
    for path in [
        "/garbage",
        "/wide",
        "/many",
        "/length",
        "/nowhere",
        "/chunks#a",
        "/informed",
    ] {
        let verdicts = check(&[server.url(path)], &settings);
        assert!(
            matches!(verdicts[..], [Verdict::Unreachable(_) | Verdict::Alive]),
            "{path}: {verdicts:?}"
        );
    }
    assert_eq!(check(&[server.url("/utf-8")], &settings), [Verdict::Alive]);
}

#[test]
fn a_body_without_end_is_not_read_to_its_end() {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p id=a>";
    let server = Server::start(|asked, out| {
        out.raw(HEAD);
        match asked.path.as_str() {
            "/flood" => while out.goes_on_with(&[b'x'; 1 << 12]) {},
            _ => {
                while out.goes_on_with(b"x") {
                    thread::sleep(Duration::from_millis(20));
                }
            }
        }
    });
    let settings = Settings {
        timeout: Duration::from_secs(1),
        ..settings()
    };
    let start = Instant::now();
    // What was not read may hold the fragment.
    assert_eq!(
        check(
            &["/flood#b", "/drip#b"].map(|path| server.url(path)),
            &settings
        ),
        [Verdict::Alive, Verdict::Alive]
    );
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_fragment_is_looked_for_on_the_page() {
    let server = Server::start(|asked, out| match asked.path.as_str() {
        "/page" => {
            out.html("<h1 id='first part'>1</h1><a name=old></a><h2 id=user-content-readme>2</h2>");
        }
        "/moved" => out.redirect("301 Moved Permanently", "/page"),
        "/moved-there" => out.redirect("301 Moved Permanently", "/page#old"),
        "/text" => out.send("200 OK", "Content-Type: text/plain\r\n", "id=a"),
        "/old-encoding" => {
            out.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p id=\xfc>");
        }
        _ => out.html("<div id=root></div><script src=a.js></script>"),
    });
    for good in [
        "/page#first%20part",
        "/page#old",
        "/page#readme",
        "/page#top",
        "/page#",
        "/page#L10-L20",
        "/page#:~:text=x",
        "/page#!/route",
        "/moved#old",
        "/moved-there#new",
        "/text#b",
        "/old-encoding#ü",
        "/made-by-script#a",
    ] {
        assert_eq!(server.check(&[good]), [Verdict::Alive], "{good}");
    }
    for bad in ["/page#new", "/page#First%20part", "/moved#new"] {
        assert_eq!(server.check(&[bad]), [Verdict::NoFragment], "{bad}");
    }
}

#[test]
fn a_page_is_asked_for_once_whatever_its_fragments() {
    let server = Server::start(|_, out| out.html("<p id=a><p id=b>"));
    assert_eq!(
        server.check(&["/#a", "/#b", "/", "/#c", "/#a"]),
        [
            Verdict::Alive,
            Verdict::Alive,
            Verdict::Alive,
            Verdict::NoFragment,
            Verdict::Alive,
        ]
    );
    assert_eq!(server.log(), ["GET /"]);
}

#[test]
fn other_schemes_are_not_asked_and_what_is_no_address_is_gone() {
    let urls = [
        "mailto:a@b.example",
        "ftp://a.example/",
        "http://",
        "https://a b/",
    ];
    assert_eq!(
        check(&urls.map(str::to_owned), &settings()),
        [
            Verdict::Alive,
            Verdict::Alive,
            gone("not a valid address"),
            gone("not a valid address"),
        ]
    );
}

#[test]
fn credentials_in_a_link_stay_at_home() {
    let server = Server::start(|_, out| out.send("200 OK", "", ""));
    let url = server.url("/").replace("http://", "http://me:secret@");
    assert_eq!(check(&[url], &settings()), [Verdict::Alive]);
    assert_eq!(server.headers("authorization"), [""; 0]);
}

#[test]
fn a_host_gets_few_requests_at_once_and_no_host_waits_for_another() {
    let slow = Server::start(|_, out| {
        thread::sleep(Duration::from_millis(60));
        out.send("200 OK", "", "");
    });
    let other = Server::start(|_, out| {
        thread::sleep(Duration::from_millis(30));
        out.send("200 OK", "", "");
    });
    // Half of these lead to the slow server as well.
    let to = slow.url("");
    let redirecting = Server::start(move |asked, out| {
        out.redirect("302 Found", &format!("{to}{}-moved", asked.path));
    });
    let mut urls: Vec<String> = Vec::new();
    for server in [&slow, &redirecting, &other] {
        urls.extend((0..12).map(|number| server.url(&format!("/{number}"))));
    }
    let settings = Settings {
        at_once: 6,
        ..settings()
    };
    assert_eq!(check(&urls, &settings), vec![Verdict::Alive; 36]);
    assert_eq!(slow.most_at_once(), 2);
    assert_eq!(other.most_at_once(), 2);
    assert_eq!(slow.log().len(), 24);
    let (last_of_other, last_of_slow) = (other.last_asked(), slow.last_asked());
    assert!(last_of_other < last_of_slow, "the fast host waited");
}

#[test]
fn every_url_is_counted_once() {
    let server = Server::start(|asked, out| match asked.path.as_str() {
        "/gone" => out.send("404 Not Found", "", ""),
        _ => out.send("200 OK", "", ""),
    });
    let mut urls = ["/a", "/a", "/gone", "/a#b"]
        .map(|path| server.url(path))
        .to_vec();
    urls.push("mailto:a@b.example".to_owned());
    let steps = AtomicUsize::new(0);
    external::check(&urls, &settings(), &|| {
        steps.fetch_add(1, Ordering::Relaxed);
    });
    assert_eq!(steps.into_inner(), 5);
}

#[test]
fn good_answers_are_remembered_and_faults_are_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("deep/external.jsonl");
    let server = Server::start(|asked, out| match asked.path.as_str() {
        "/gone" => out.send("404 Not Found", "", ""),
        _ => out.html("<p id=a>"),
    });
    let urls = ["/gone", "/page#a", "/page#b", "/"].map(|path| server.url(path));
    let expected = [
        gone("404 Not Found"),
        Verdict::Alive,
        Verdict::NoFragment,
        Verdict::Alive,
    ];
    let settings = remembering(&path);
    assert_eq!(check(&urls, &settings), expected);
    let kept = fs::read_to_string(&path).expect("the cache");
    assert_eq!(kept.lines().count(), 2, "{kept}");
    server.forget();

    assert_eq!(check(&urls, &settings), expected);
    assert_eq!(
        server.sorted_log(),
        ["GET /gone", "GET /page", "HEAD /gone"]
    );
    server.forget();

    let expired = Settings {
        max_age: Duration::ZERO,
        ..remembering(&path)
    };
    check(&urls[3..], &expired);
    assert_eq!(server.log(), ["HEAD /"]);
    let left = fs::read_dir(path.parent().expect("a folder"))
        .expect("a folder")
        .count();
    assert_eq!(left, 1, "only the cache itself");
}

#[test]
fn a_cache_that_is_none_is_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cache");
    let server = Server::start(|_, out| out.send("200 OK", "", ""));
    let url = server.url("/");
    for garbage in [
        &b"\xff\xfe\0"[..],
        b"{\"url\":",
        b"[1,2]\n{}\n",
        b"{\"url\":\"x\",\"seen\":-1}",
    ] {
        fs::write(&path, garbage).expect("a file");
        server.forget();
        let checked = external::check(std::slice::from_ref(&url), &remembering(&path), &|| {});
        assert!(checked.not_kept.is_none());
        assert_eq!(server.log(), ["HEAD /"]);
        let kept = fs::read_to_string(&path).expect("UTF-8");
        assert!(
            kept.starts_with(&format!("{{\"url\":\"{url}\",\"seen\":")),
            "{kept}"
        );
    }
}

#[test]
fn a_cache_that_cannot_be_written_takes_no_verdict_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(|_, out| out.send("200 OK", "", ""));
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    let settings = remembering(&file.join("below-a-file"));
    let Checked { verdicts, not_kept } = external::check(&[server.url("/")], &settings, &|| {});
    assert_eq!(verdicts, [Verdict::Alive]);
    assert!(not_kept.is_some_and(|error| error.to_string().starts_with("cannot create `")));
}

#[test]
fn a_text_is_fetched() {
    let server = Server::start(|asked, out| match (asked.path.as_str(), asked.nth) {
        ("/sitemap.xml", _) => out.send("200 OK", "", "<urlset/>"),
        ("/moved", _) => out.redirect("301 Moved Permanently", "/sitemap.xml"),
        ("/circle", _) => out.redirect("301 Moved Permanently", "/circle"),
        ("/busy", 0) => out.send("503 Service Unavailable", "", ""),
        ("/busy", _) => out.send("200 OK", "", "at last"),
        ("/image", _) => out.raw(b"HTTP/1.1 200 OK\r\n\r\n\xff\xfe"),
        _ => out.send("404 Not Found", "", ""),
    });
    let fetch = |path: &str| {
        external::fetch(&server.url(path), &settings()).map_err(|error| error.to_string())
    };
    let fault =
        |path: &str, reason: &str| Err(format!("cannot fetch `{}`: {reason}", server.url(path)));
    assert_eq!(fetch("/sitemap.xml"), Ok("<urlset/>".to_owned()));
    assert_eq!(fetch("/moved"), Ok("<urlset/>".to_owned()));
    assert_eq!(fetch("/busy"), Ok("at last".to_owned()));
    assert_eq!(fetch("/none"), fault("/none", "404 Not Found"));
    assert_eq!(fetch("/circle"), fault("/circle", "redirects in a circle"));
    assert_eq!(fetch("/image"), fault("/image", "it is not UTF-8"));
    assert_eq!(
        external::fetch("file:///a", &settings()).map_err(|error| error.to_string()),
        Err("`file:///a` is not a web address".to_owned())
    );
}

/// Settings that lose no time.
/// What `handbook check --external` prints of a page with these lines, one report a line.
fn checked(site: &Path, page: &str, more: &[&str]) -> (Vec<String>, Option<i32>) {
    fs::create_dir_all(site.join("content")).unwrap();
    fs::write(site.join("content/index.md"), page).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_handbook"))
        .args(["check", "--external", "--format", "short"])
        .args(more)
        .current_dir(site)
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let lines = printed.lines().map(str::to_owned).collect();
    (lines, output.status.code())
}

#[test]
fn the_command_reports_every_place_and_tells_gone_from_passing() {
    let server = Server::start(|asked, out| match asked.path.as_str() {
        "/here" => out.send(
            "200 OK",
            "Content-Type: text/html\r\n",
            "<h2 id=there>x</h2>",
        ),
        "/skipped" => panic!("nobody asks for this"),
        _ => out.send("404 Not Found", "", ""),
    });
    let folder = tempfile::tempdir().unwrap();
    let (here, lost, skipped) = (
        server.url("/here"),
        server.url("/lost"),
        server.url("/skipped"),
    );
    // A plain port answers no secure request.
    let secure = here.replace("http://", "https://");
    let page = format!(
        "# Home\n\n[a]({here}#there) [b]({here}#nowhere)\n\n[c]({lost})\n<a href=\"{lost}\">again</a>\n\n[d]({secure})\n\n[e]({skipped}) [f](https://example.org/) [g](http://10.0.0.1/) [h](http://nobody.invalid/x)\n"
    );
    let config = format!("[external]\nskip = [\"{skipped}\"]\ntimeout = 5\n");
    fs::write(folder.path().join("handbook.toml"), config).unwrap();
    let (lines, code) = checked(folder.path(), &page, &[]);
    let told = |line: usize, text: &str| {
        let place = format!("content/index.md:{line}:");
        let is_it = |l: &&String| l.starts_with(&place) && l.contains(text);
        lines.iter().filter(is_it).count()
    };
    assert_eq!(told(3, "warning[dead-external-link]"), 1, "{lines:#?}");
    assert_eq!(told(3, "`#nowhere`"), 1, "{lines:#?}");
    assert_eq!(told(5, "is gone: 404 Not Found"), 1, "{lines:#?}");
    assert_eq!(told(6, "is gone: 404 Not Found"), 1, "{lines:#?}");
    assert_eq!(
        told(8, "warning[unreachable-external-link]"),
        1,
        "{lines:#?}"
    );
    assert_eq!(told(10, "is gone: no such host"), 1, "{lines:#?}");
    assert_eq!((lines.len(), code), (6, Some(0)), "{lines:#?}");
    assert_eq!(checked(folder.path(), &page, &["--strict"]).1, Some(1));
    // Good answers are remembered in the site's folder, where no build takes them for content.
    assert!(
        folder
            .path()
            .join(".handbook-cache/external.jsonl")
            .is_file()
    );
}

#[test]
fn earlier_addresses_are_got_from_a_site_too() {
    let server = Server::start(|asked, out| {
        match asked.path.as_str() {
        "/sitemap.xml" => {
            let host = asked.headers.iter().find(|(name, _)| name == "host");
            let inner = format!("http://{}/pages.xml", host.expect("a host").1);
            out.send("200 OK", "", &format!("<sitemapindex><sitemap><loc>{inner}</loc></sitemap></sitemapindex>"));
        }
        "/pages.xml" => out.send("200 OK", "", "<urlset><url><loc>https://x.example/</loc></url><url><loc>https://x.example/old</loc></url></urlset>"),
        _ => out.send("404 Not Found", "", ""),
    }
    });
    let folder = tempfile::tempdir().unwrap();
    let (lines, code) = checked(
        folder.path(),
        "# Home\n",
        &["--since", &server.url("/sitemap.xml")],
    );
    assert_eq!((lines.len(), code), (2, Some(1)), "{lines:#?}");
    assert!(
        lines[0].contains("error[url-gone]: `/old/` was published"),
        "{lines:#?}"
    );
    let (_, code) = checked(
        folder.path(),
        "# Home\n",
        &["--since", &server.url("/none")],
    );
    assert_eq!(code, Some(2));
}

fn settings() -> Settings {
    Settings {
        timeout: Duration::from_secs(5),
        first_wait: Duration::from_millis(10),
        longest_wait: Duration::from_secs(2),
        ..Settings::default()
    }
}

fn remembering(path: &Path) -> Settings {
    Settings {
        cache: Some(path.to_owned()),
        ..settings()
    }
}

fn check(urls: &[String], settings: &Settings) -> Vec<Verdict> {
    external::check(urls, settings, &|| {}).verdicts
}

fn gone(reason: &str) -> Verdict {
    Verdict::Gone(reason.to_owned())
}

fn unreachable(reason: &str) -> Verdict {
    Verdict::Unreachable(reason.to_owned())
}

/// A server that lives as long as the tests.
struct Server {
    address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<(Instant, Request)>>,
    now: AtomicUsize,
    most: AtomicUsize,
}

#[derive(Clone)]
struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    /// So many requests for the same path came before.
    nth: usize,
}

/// The way back to the client.
struct Out {
    stream: TcpStream,
    by_head: bool,
    seen: Arc<Seen>,
    /// Whether the request still counts as under way.
    open: bool,
}

impl Server {
    /// Answers each request on a connection and a thread of its own, and closes the connection.
    fn start(answer: impl Fn(&Request, &mut Out) + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Seen::default());
        let answer = Arc::new(answer);
        let noted = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (seen, answer) = (Arc::clone(&noted), Arc::clone(&answer));
                thread::spawn(move || {
                    let Some(request) = seen.read(&stream) else {
                        return;
                    };
                    let under_way = seen.now.fetch_add(1, Ordering::SeqCst) + 1;
                    seen.most.fetch_max(under_way, Ordering::SeqCst);
                    let mut out = Out {
                        stream,
                        by_head: request.method == "HEAD",
                        seen,
                        open: true,
                    };
                    answer(&request, &mut out);
                    out.close();
                });
            }
        });
        Server { address, seen }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn check(&self, paths: &[&str]) -> Vec<Verdict> {
        let urls: Vec<String> = paths.iter().map(|path| self.url(path)).collect();
        check(&urls, &settings())
    }

    fn log(&self) -> Vec<String> {
        let requests = self.seen.requests.lock().expect("no panic");
        let line = |(_, request): &(_, Request)| format!("{} {}", request.method, request.path);
        requests.iter().map(line).collect()
    }

    fn sorted_log(&self) -> Vec<String> {
        let mut log = self.log();
        log.sort();
        log
    }

    fn forget(&self) {
        self.seen.requests.lock().expect("no panic").clear();
    }

    fn headers(&self, name: &str) -> Vec<String> {
        let requests = self.seen.requests.lock().expect("no panic");
        let headers = requests.iter().flat_map(|(_, request)| &request.headers);
        headers
            .filter(|(header, _)| header == name)
            .map(|(_, value)| value.clone())
            .collect()
    }

    fn most_at_once(&self) -> usize {
        self.seen.most.load(Ordering::SeqCst)
    }

    fn last_asked(&self) -> Instant {
        let requests = self.seen.requests.lock().expect("no panic");
        requests.last().expect("a request").0
    }
}

impl Seen {
    fn read(&self, stream: &TcpStream) -> Option<Request> {
        let mut lines = BufReader::new(stream.take(1 << 16)).lines();
        let first = lines.next()?.ok()?;
        let mut words = first.split(' ').map(str::to_owned);
        let (method, path) = (words.next()?, words.next()?);
        let mut headers = Vec::new();
        for line in lines
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty())
        {
            let (name, value) = line.split_once(':')?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut requests = self.requests.lock().expect("no panic");
        let nth = requests
            .iter()
            .filter(|(_, other)| other.path == path)
            .count();
        let request = Request {
            method,
            path,
            headers,
            nth,
        };
        requests.push((Instant::now(), request.clone()));
        Some(request)
    }
}

impl Out {
    /// `headers` end in `\r\n` each.
    fn send(&mut self, status: &str, headers: &str, body: &str) {
        let length = body.len();
        let body = if self.by_head { "" } else { body };
        self.raw(
            format!(
                "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
            )
            .as_bytes(),
        );
    }

    fn html(&mut self, body: &str) {
        self.send("200 OK", "Content-Type: text/html; charset=utf-8\r\n", body);
    }

    fn redirect(&mut self, status: &str, to: &str) {
        self.send(status, &format!("Location: {to}\r\n"), "");
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.goes_on_with(bytes);
    }

    /// Whether the client still listens.
    fn goes_on_with(&mut self, bytes: &[u8]) -> bool {
        // Before the client can know that it is done, or its next request would be one too many.
        self.close();
        self.stream.write_all(bytes).is_ok()
    }

    fn close(&mut self) {
        if std::mem::take(&mut self.open) {
            self.seen.now.fetch_sub(1, Ordering::SeqCst);
        }
    }
}
