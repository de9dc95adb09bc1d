//! `handbook serve` as programs meet it: raw requests to the real binary, and the events that follow a save.
//!
//! Nothing here sleeps: what takes time is waited for at the stream of events.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// Far longer than anything takes, also on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// Stands in files that no request may read.
const SECRET: &str = "TOP-SECRET";

// A site, a server for it, and what they are asked.

struct Preview {
    _folder: tempfile::TempDir,
    root: PathBuf,
    server: Child,
    /// `127.0.0.1:40123`.
    address: String,
}

impl Drop for Preview {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

impl Preview {
    fn start() -> Preview {
        Preview::with(&[], |_| ())
    }

    /// Serves a small site, to which `more` may add, at a port that the system chooses.
    fn with(arguments: &[&str], more: impl FnOnce(&Path)) -> Preview {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder
            .path()
            .canonicalize()
            .expect("it is there")
            .join("site");
        write(&folder.path().join("secret.txt"), SECRET);
        write(&folder.path().join("secret.md"), SECRET);
        for (path, text) in [
            ("handbook.toml", "title = \"Acme\"\ntheme = \"acme\"\n"),
            ("content/index.md", "# Welcome\n\n[one](one.md)\n"),
            ("content/one.md", "# One\n\nfirst words\n\n![p](pic.png)\n"),
            ("content/a/index.md", "# Folder\n"),
            ("content/a/two.md", "# Two\n"),
            ("content/pic.png", "0123456789"),
            ("content/film.mp4", "film"),
            ("content/_snippets/words.md", SECRET),
            ("content/.hidden/page.md", SECRET),
            (".env", SECRET),
            ("private/notes.md", SECRET),
            ("static/data.json", "{}"),
            ("static/logo.svg", "<svg/>"),
            ("themes/acme/static/assets/own.css", "a { color: red }"),
        ] {
            write(&root.join(path), text);
        }
        more(&root);
        let arguments = [&["--port", "0"], arguments].concat();
        let (server, first) = serve(&root, &arguments);
        let address = address(&first);
        Preview {
            _folder: folder,
            root,
            server,
            address,
        }
    }

    fn write(&self, path: &str, text: &str) {
        write(&self.root.join(path), text);
    }

    /// Asks for a path as a browser does.
    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    /// Asks with further headers, each with its line end.
    fn ask(&self, method: &str, path: &str, headers: &str) -> Answer {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n",
            self.address
        );
        self.raw(request.as_bytes()).expect("an answer")
    }

    /// Sends bytes and takes in all that comes back until the connection is closed. `None` if that is nothing.
    fn raw(&self, request: &[u8]) -> Option<Answer> {
        self.exchange(request, |_| false)
    }

    /// Sends bytes and takes in what comes back, until it is enough or the connection is closed.
    fn exchange(&self, request: &[u8], enough: impl Fn(&[u8]) -> bool) -> Option<Answer> {
        let mut stream = self.connect();
        // The server may have heard enough before the end.
        stream.write_all(request).ok();
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        while !enough(&bytes) {
            match stream.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => bytes.extend(&piece[..length]),
                Err(error) => {
                    let waited =
                        matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
                    let request = String::from_utf8_lossy(&request[..request.len().min(200)]);
                    assert!(!waited, "no end of the answer to {request}");
                    break;
                }
            }
        }
        (!bytes.is_empty()).then(|| Answer::parse(&bytes))
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(DEADLINE)).expect("set");
        stream
    }

    /// Listens for events. The first one, that says hello, has come when this returns.
    fn events(&self) -> Events {
        let mut stream = self.connect();
        let request = format!(
            "GET /_handbook/events HTTP/1.1\r\nHost: {}\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut events = Events {
            lines: BufReader::new(stream),
            changes: 0,
        };
        let (kind, _) = events.next();
        assert_eq!(kind, "hello");
        events
    }
}

/// Starts the program and gives its first line, once it is there.
fn serve(dir: &Path, arguments: &[&str]) -> (Child, String) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_handbook"))
        .arg("serve")
        .arg(dir)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(server.stdout.take().expect("piped"));
    let mut first = String::new();
    lines.read_line(&mut first).expect("a line");
    // Somebody has to take the rest.
    std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
    (server, first)
}

fn address(first_line: &str) -> String {
    first_line
        .strip_prefix("serving http://")
        .and_then(|rest| rest.strip_suffix("/\n"))
        .unwrap_or_else(|| panic!("the first line is `{first_line}`"))
        .to_owned()
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, text).expect("written");
}

#[derive(Debug)]
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Answer {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        Answer {
            status: status.and_then(|s| s.parse().ok()).unwrap_or(0),
            headers: lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// The stream that open pages listen to.
struct Events {
    lines: BufReader<TcpStream>,
    /// How many changes have been told of so far. Mistakes are told of by events of their own.
    changes: usize,
}

impl Events {
    /// The next event: its kind and its data. Waits for it.
    fn next(&mut self) -> (String, serde_json::Value) {
        let mut kind = String::new();
        let start = Instant::now();
        loop {
            // The stream says now and then that it is still there, so reading does not time out.
            assert!(start.elapsed() < DEADLINE, "no event before the deadline");
            let mut line = String::new();
            let length = self
                .lines
                .read_line(&mut line)
                .expect("an event before the deadline");
            assert!(length > 0, "the stream of events has ended");
            // Lengths of chunks and keep-alives stand between.
            if let Some(found) = line.strip_prefix("event: ") {
                found.trim().clone_into(&mut kind);
            } else if let Some(data) = line.strip_prefix("data: ") {
                return (kind, serde_json::from_str(data.trim()).expect("JSON"));
            }
        }
    }

    /// Waits for events until something holds.
    fn until(&mut self, mut holds: impl FnMut() -> bool) {
        loop {
            let (kind, _) = self.next();
            self.changes += usize::from(kind == "change");
            if holds() {
                return;
            }
        }
    }
}

// Hostile requests.

#[test]
#[expect(clippy::too_many_lines, reason = "one request after the other")]
fn hostile_requests_are_refused_and_read_nothing_outside() {
    let preview = Preview::with(&[], |root| {
        symlink("/etc/hostname", root.join("content/out.txt")).expect("linked");
        symlink("/etc", root.join("content/etc")).expect("linked");
        symlink("../../secret.txt", root.join("static/secret.txt")).expect("linked");
        symlink("../../secret.md", root.join("content/secret.md")).expect("linked");
    });
    let host = &preview.address;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let with = |headers: &str| format!("GET / HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");
    let method = |method: &str| format!("{method} / HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let asked_as = |name: &str| format!("GET / HTTP/1.1\r\nHost: {name}\r\n\r\n");
    let events =
        |headers: &str| format!("GET /_handbook/events HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");
    let many = |count: usize| {
        (0..count)
            .map(|n| format!("X-{n}: y\r\n"))
            .collect::<String>()
    };

    let mut requests: Vec<Vec<u8>> = [
        // Out of the site, in every spelling.
        get("/../secret.txt"),
        get("/a/../../secret.txt"),
        get("/%2e%2e/secret.txt"),
        get("/%2E%2e%2Fsecret.txt"),
        get("/..%2fsecret.txt"),
        get("/a/..%2f..%2fsecret.txt"),
        get("/.%2e/.%2e/.%2e/etc/passwd"),
        get("/%252e%252e/secret.txt"),
        get("/%25252e%25252e%25252fsecret.txt"),
        get("/..\\secret.txt"),
        get("/..%5csecret.txt"),
        get("/a\\..\\..\\secret.txt"),
        get("/..%c0%afsecret.txt"),
        get("/%c0%ae%c0%ae/secret.txt"),
        get("/%ef%bc%8e%ef%bc%8e/secret.txt"),
        get("/..;/secret.txt"),
        get("/....//secret.txt"),
        get("/./secret.txt"),
        get("//etc/passwd"),
        get("/%2fetc/passwd"),
        get("/etc/passwd"),
        get("/C:/secret.txt"),
        get("/static/../../secret.txt"),
        get("/_handbook/../../secret.txt"),
        get("/_handbook/page?path=/../../secret.txt"),
        get("/_handbook/page?path=%2f..%2f..%2fsecret.txt"),
        get("/_handbook/secret"),
        get("../secret.txt"),
        get("secret.txt"),
        // What no address holds.
        get("/%00"),
        get("/pic.png%00.html"),
        get("/pic\0.png"),
        get("/one/%0d%0aSet-Cookie:%20a=b"),
        get("/one\r\nX: y"),
        get("/one\nX: y"),
        get("/%ff%fe"),
        get("/%zz"),
        get("/%"),
        // In the folder, and not of the site.
        get("/.env"),
        get("/handbook.toml"),
        get("/content/one.md"),
        get("/one.md"),
        get("/_snippets/words/"),
        get("/.hidden/page/"),
        get("/private/notes/"),
        get("/themes/acme/static/assets/own.css"),
        get("/sidebars.yaml"),
        // Links that lead out.
        get("/out.txt"),
        get("/etc/hostname"),
        get("/etc/"),
        get("/secret.txt"),
        get("/secret/"),
        // Other methods.
        method("POST"),
        method("PUT"),
        method("DELETE"),
        method("PATCH"),
        method("OPTIONS"),
        method("TRACE"),
        method("BREW"),
        format!("OPTIONS * HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        // Bodies.
        with("Content-Length: 5\r\n") + "hello",
        with("Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n",
        with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n",
        with("Content-Length: 1\r\nContent-Length: 2\r\n") + "ab",
        with("Content-Length: -1\r\n"),
        with("Content-Length: 99999999999999999999999\r\n"),
        with("Content-Length: 1000000\r\n") + "not so much",
        // Names that are not this server's.
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
        "GET / HTTP/1.0\r\n\r\n".to_owned(),
        asked_as("evil.example"),
        asked_as("evil.example:4000"),
        asked_as("127.0.0.1.evil.example"),
        asked_as("localhost.evil.example"),
        asked_as("127.0.0.1@evil.example"),
        asked_as("evil.example#127.0.0.1"),
        asked_as("localhost, evil.example"),
        asked_as("0x7f.1.evil"),
        asked_as(""),
        asked_as("\u{fc}"),
        with("Host: evil.example\r\n"),
        with(&format!("Host: {host}\r\n")),
        format!("GET http://evil.example/ HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("GET http://{host}@evil.example/ HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("GET http://{host}/../secret.txt HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        format!("GET file:///etc/passwd HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        // Pages of other sites.
        events("Origin: http://evil.example\r\n"),
        events("Origin: null\r\n"),
        events("Origin: http://localhost:1\r\n"),
        events("Sec-Fetch-Site: cross-site\r\n"),
        events("Sec-Fetch-Site: same-site\r\n"),
        // Too much.
        get(&format!("/{}", "a".repeat(9_000))),
        get(&format!("/{}", "a".repeat(100_000))),
        get(&format!("/{}", "a".repeat(3_000_000))),
        get(&format!("/one/?{}", "a".repeat(9_000))),
        with(&format!("X: {}\r\n", "a".repeat(40_000))),
        with(&format!("X: {}\r\n", "a".repeat(3_000_000))),
        with(&many(1_000)),
        with(&many(100_000)),
        // No HTTP.
        "GET /\r\n\r\n".to_owned(),
        "GET / HTTP/0.9\r\n\r\n".to_owned(),
        "GET / HTTP/3.0\r\n\r\n".to_owned(),
        "GET  / HTTP/1.1\r\n\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        "nonsense\r\n\r\n".to_owned(),
        with("bad header\r\n"),
        with("X : y\r\n"),
        with("X\0: y\r\n"),
        with("X: a\0b\r\n"),
        with("X: y\r\n folded: z\r\n"),
        with(": y\r\n"),
    ]
    .into_iter()
    .map(String::into_bytes)
    .collect();
    // The beginning of TLS, and bytes without meaning.
    requests.push(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec());
    requests.push((0..=255).cycle().take(100_000).collect());
    requests.push(vec![b'a'; 3_000_000]);

    assert!(requests.len() > 100);
    let mut wrong = Vec::new();
    for request in &requests {
        // A connection that is closed without a word is a refusal too.
        let Some(answer) = preview.exchange(request, is_answer) else {
            continue;
        };
        let refused = (400..500).contains(&answer.status);
        if !refused || answer.body.contains(SECRET) || answer.body.contains("root:") {
            let shown = String::from_utf8_lossy(&request[..request.len().min(120)]).into_owned();
            wrong.push((shown, answer));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Requests that are never finished keep nobody else waiting.
    let unfinished: Vec<TcpStream> = ["", "GET", "GET / HTTP/1.1\r\nX: ", "\r\n\r\n\r\n"]
        .iter()
        .cycle()
        .take(100)
        .map(|beginning| {
            let mut stream = preview.connect();
            stream.write_all(beginning.as_bytes()).expect("sent");
            stream
        })
        .collect();
    let answer = preview.get("/one/");
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("first words"));
    drop(unfinished);
}

/// Whether these bytes are a whole answer, as far as its length is said.
fn is_answer(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, _)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = Answer::parse(bytes)
        .header("content-length")
        .parse::<usize>();
    length.is_ok_and(|length| bytes.len() >= head.len() + 4 + length)
}

#[test]
fn garbage_behind_a_good_request_ends_the_connection_only() {
    let preview = Preview::start();
    let good = format!("GET /one/ HTTP/1.1\r\nHost: {}\r\n\r\n", preview.address);
    for garbage in [
        "garbage\r\n\r\n",
        "\0\0\0\0",
        "GET /../../secret.txt HTTP/1.1\r\nConnection: close\r\n\r\n",
    ] {
        let answer = preview
            .raw((good.clone() + garbage).as_bytes())
            .expect("an answer");
        assert_eq!(answer.status, 200);
        // The second answer stands behind the first one's body.
        let refused = answer.body.contains("HTTP/1.1 400");
        assert!(refused && !answer.body.contains(SECRET), "{}", answer.body);
    }
    let last = good.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    let twice = preview
        .raw((good.clone() + &last).as_bytes())
        .expect("an answer");
    assert_eq!(twice.body.matches("HTTP/1.1 200").count(), 1);
    assert_eq!(preview.get("/").status, 200);
}

#[test]
fn a_link_put_in_the_place_of_a_file_leads_nowhere() {
    let preview = Preview::start();
    assert_eq!(preview.get("/pic.png").body, "0123456789");
    let mut events = preview.events();
    for (path, target) in [
        ("content/pic.png", "../../secret.txt"),
        ("content/one.md", "../../secret.md"),
        ("static/data.json", "/etc/passwd"),
    ] {
        let aside = preview.root.join("content/.aside");
        symlink(target, &aside).expect("linked");
        fs::rename(&aside, preview.root.join(path)).expect("renamed");
        // At once, when the preview does not know of it yet.
        let url = format!("/{}", path.split_once('/').expect("a folder").1);
        assert!(!preview.get(&url).body.contains(SECRET));
        assert!(!preview.get("/one/").body.contains(SECRET));
    }
    events.until(|| {
        ["/pic.png", "/one/", "/data.json"]
            .iter()
            .all(|url| preview.get(url).status == 404)
    });
    let all = || preview.get("/_handbook/diagnostics").body;
    if !all().contains("leads out of the site") {
        events.until(|| all().contains("leads out of the site"));
    }
    assert!(!all().contains(SECRET));
}

#[test]
fn a_pipe_in_the_place_of_a_file_keeps_nobody_waiting() {
    let preview = Preview::start();
    let mut events = preview.events();
    let picture = preview.root.join("content/pic.png");
    fs::remove_file(&picture).expect("removed");
    let made = Command::new("mkfifo")
        .arg(&picture)
        .status()
        .expect("mkfifo");
    assert!(made.success());
    assert_eq!(preview.get("/pic.png").status, 404);
    events.until(|| preview.get("/one/").body.contains("first words"));
    preview.write("content/one.md", "# One\n\nsecond words\n");
    events.until(|| preview.get("/one/").body.contains("second words"));
}

// Ordinary requests.

#[test]
fn pages_and_files_have_tags_types_and_ranges() {
    let preview = Preview::start();
    let page = preview.get("/one/");
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
    let tag = page.header("etag").to_owned();
    let again = preview.ask("GET", "/one/", &format!("If-None-Match: {tag}\r\n"));
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    let other = preview.ask("GET", "/one/", "If-None-Match: \"other\"\r\n");
    assert_eq!(other.status, 200);
    let weak = preview.ask(
        "GET",
        "/one/",
        &format!("If-None-Match: \"x\", W/{tag}\r\n"),
    );
    assert_eq!(weak.status, 304);

    let head = preview.ask("HEAD", "/one/", "");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), page.body.len().to_string());

    for (path, kind) in [
        ("/pic.png", "image/png"),
        ("/film.mp4", "video/mp4"),
        ("/data.json", "application/json; charset=utf-8"),
        ("/logo.svg", "image/svg+xml"),
        ("/assets/own.css", "text/css; charset=utf-8"),
        ("/assets/handbook.css", "text/css; charset=utf-8"),
        ("/assets/handbook.js", "text/javascript; charset=utf-8"),
    ] {
        let answer = preview.get(path);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, kind),
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }

    let range = |range: &str| preview.ask("GET", "/pic.png", &format!("Range: {range}\r\n"));
    for (asked, given, bytes) in [
        ("bytes=0-3", "bytes 0-3/10", "0123"),
        ("bytes=4-", "bytes 4-9/10", "456789"),
        ("bytes=-2", "bytes 8-9/10", "89"),
        ("bytes=8-99", "bytes 8-9/10", "89"),
    ] {
        let answer = range(asked);
        assert_eq!(answer.status, 206, "{asked}");
        assert_eq!(answer.header("content-range"), given);
        assert_eq!(answer.body, bytes);
    }
    let beyond = range("bytes=10-");
    assert_eq!(
        (beyond.status, beyond.header("content-range")),
        (416, "bytes */10")
    );
    for whole in [
        "bytes=3-1",
        "lines=1-2",
        "bytes=0-1,4-5",
        "bytes=99999999999999999999-",
    ] {
        let answer = range(whole);
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, "0123456789"),
            "{whole}"
        );
    }
}

#[test]
fn a_path_without_its_slash_is_led_to_the_page() {
    let preview = Preview::start();
    for (path, to) in [
        ("/one", "/one/"),
        ("/one?a=b&c", "/one/?a=b&c"),
        ("/a/index.html", "/a/"),
        ("/a/two", "/a/two/"),
    ] {
        let answer = preview.get(path);
        assert_eq!((answer.status, answer.header("location")), (302, to));
    }
    let nowhere = preview.get("/onee/");
    assert_eq!(nowhere.status, 404);
    assert!(
        nowhere
            .body
            .contains("Did you mean <a href=\"/one/\">One</a>?")
    );
}

#[test]
fn the_list_of_all_pages_follows_a_save() {
    let preview = Preview::start();
    let mut events = preview.events();
    let answer = preview.get("/a-z/?q=%3Cimg%20onerror%3E");
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("<a href=\"/one/\">One</a>"));
    assert!(!answer.body.contains("onerror"));
    let answer = preview.get("/a-z?q=b");
    let to = (answer.status, answer.header("location"));
    assert_eq!(to, (302, "/a-z/?q=b"));

    preview.write("content/one.md", "# Eleven\n");
    let shown = || preview.get("/_handbook/page?path=%2Fa-z%2F").body;
    events.until(|| shown().contains("Eleven"));
    assert!(shown().contains("\"gone\":false"));

    // A template that fails, then a page of the site's own, then neither.
    let good = preview.get("/a-z/").body;
    preview.write("templates/a-z.html", "{{ page.nothing.at.all }}");
    events.until(|| shown().contains("template-error"));
    assert!(preview.get("/a-z/").body == good);
    fs::remove_file(preview.root.join("templates/a-z.html")).expect("removed");
    preview.write("content/a-z.md", "# Mine\n");
    events.until(|| preview.get("/a-z/").body.contains("<title>Mine"));
    fs::remove_file(preview.root.join("content/a-z.md")).expect("removed");
    events.until(|| preview.get("/a-z/").body == good);
}

#[test]
fn a_busy_port_is_an_error_where_it_was_asked_for() {
    let preview = Preview::start();
    let port = preview.address.rsplit(':').next().expect("a port");
    let second = Command::new(env!("CARGO_BIN_EXE_handbook"))
        .arg("serve")
        .arg(&preview.root)
        .args(["--port", port])
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(2));
    assert!(
        said.contains(&format!("cannot listen on port {port}")),
        "{said}"
    );
    assert!(second.stdout.is_empty());
}

#[test]
fn a_busy_usual_port_gives_way_to_the_next() {
    let preview = Preview::start();
    // Somebody else may have it already.
    let _taken = TcpListener::bind("127.0.0.1:4000");
    let (mut server, first) = serve(&preview.root, &[]);
    let mut said = String::new();
    let mut errors = BufReader::new(server.stderr.take().expect("piped"));
    errors.read_line(&mut said).expect("a line");
    server.kill().expect("killed");
    server.wait().expect("ended");
    let address = address(&first);
    assert!(
        address.starts_with("127.0.0.1:40") && address != "127.0.0.1:4000",
        "{address}"
    );
    assert_eq!(said, "port 4000 is busy, taking the next free one\n");
}

#[test]
fn a_name_is_allowed_by_an_option() {
    let preview = Preview::with(&["--allow-host", "box.lan"], |_| ());
    let named = |name: &str| {
        let request = format!("GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n");
        preview.raw(request.as_bytes()).expect("an answer").status
    };
    assert_eq!(named("box.lan"), 200);
    assert_eq!(named("BOX.lan:4000"), 200);
    assert_eq!(named("localhost:1"), 200);
    assert_eq!(named("192.168.1.7:4000"), 200);
    assert_eq!(named("box.lan.evil.example"), 403);
}

#[test]
fn nothing_is_written_into_the_site() {
    let preview = Preview::start();
    let before = listing(&preview.root);
    let mut events = preview.events();
    preview.write("content/new.md", "# New\n");
    events.until(|| preview.get("/new/").status == 200);
    for path in [
        "/",
        "/one/",
        "/pic.png",
        "/assets/own.css",
        "/nowhere/",
        "/_handbook/diagnostics",
    ] {
        preview.get(path);
    }
    fs::remove_file(preview.root.join("content/new.md")).expect("removed");
    events.until(|| preview.get("/new/").status == 404);
    let mut after = listing(&preview.root);
    // We have written there ourselves.
    let content = preview.root.join("content");
    after.insert(content.clone(), before[&content]);
    assert_eq!(before, after);
}

fn listing(folder: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let changed = path.metadata().and_then(|m| m.modified()).expect("a time");
            if path.is_dir() {
                folders.push(path.clone());
            }
            found.insert(path, changed);
        }
    }
    found
}

// Saves.

#[test]
fn every_way_to_save_is_noticed() {
    save_in_every_way(&Preview::start());
}

#[test]
fn every_way_to_save_is_noticed_without_the_system_telling() {
    save_in_every_way(&Preview::with(&["--poll"], |_| ()));
}

fn save_in_every_way(preview: &Preview) {
    let mut events = preview.events();
    let shows = |path: &str, words: &str| {
        let answer = preview.get(path);
        answer.status == 200 && answer.body.contains(words)
    };

    // Written in place.
    preview.write("content/one.md", "# One\n\nwritten in place\n");
    events.until(|| shows("/one/", "written in place"));

    // As editors do: a new file, renamed over the old one, which is kept under another name for a moment.
    let (page, aside) = (
        preview.root.join("content/one.md"),
        preview.root.join("content/.one.md.tmp"),
    );
    write(&aside, "# One\n\nrenamed over\n");
    fs::rename(&aside, &page).expect("renamed");
    events.until(|| shows("/one/", "renamed over"));
    let backup = preview.root.join("content/one.md~");
    fs::rename(&page, &backup).expect("renamed");
    write(&page, "# One\n\nwith a backup\n");
    fs::remove_file(&backup).expect("removed");
    events.until(|| shows("/one/", "with a backup"));

    // A new folder with everything in it, moved in at once, and one that is filled step by step.
    let made = preview.root.join("made");
    for n in 0..30 {
        write(
            &made.join(format!("deep/page-{n}.md")),
            &format!("# Page {n}\n"),
        );
    }
    fs::rename(&made, preview.root.join("content/moved")).expect("renamed");
    events
        .until(|| (0..30).all(|n| shows(&format!("/moved/deep/page-{n}/"), &format!("Page {n}"))));
    for n in 0..30 {
        preview.write(
            &format!("content/filled/{}/page-{n}.md", n % 5),
            &format!("# Page {n}\n"),
        );
    }
    events.until(|| {
        (0..30).all(|n| {
            shows(
                &format!("/filled/{}/page-{n}/", n % 5),
                &format!("Page {n}"),
            )
        })
    });
    preview.write("content/filled/3/page-3.md", "# Page 3\n\nwatched\n");
    events.until(|| shows("/filled/3/page-3/", "watched"));

    // Renamed, and deleted.
    fs::rename(
        preview.root.join("content/a/two.md"),
        preview.root.join("content/a/three.md"),
    )
    .expect("renamed");
    events.until(|| shows("/a/three/", "Two") && preview.get("/a/two/").status == 404);
    assert!(
        preview
            .get("/a/two/")
            .body
            .contains("Did you mean <a href=\"/a/three/\"")
    );
    fs::remove_file(preview.root.join("content/a/three.md")).expect("removed");
    events.until(|| preview.get("/a/three/").status == 404);
    fs::remove_dir_all(preview.root.join("content/moved")).expect("removed");
    events.until(|| preview.get("/moved/deep/page-1/").status == 404);

    // A style sheet: the page asks for it under a new address.
    let before = preview.get("/one/").body;
    preview.write(
        "themes/acme/static/assets/handbook.css",
        "a { color: green }",
    );
    events.until(|| preview.get("/assets/handbook.css").body.contains("green"));
    assert_ne!(preview.get("/one/").body, before);

    // The folders that were not there at the start.
    preview.write("content/sidebars.yaml", "Work:\n  - one\n");
    events.until(|| shows("/_handbook/diagnostics", "page-not-in-sidebar"));
}

#[test]
fn what_a_page_takes_in_is_followed() {
    take_in(&Preview::start());
}

#[test]
fn what_a_page_takes_in_is_followed_without_the_system_telling() {
    take_in(&Preview::with(&["--poll"], |_| ()));
}

fn take_in(preview: &Preview) {
    let mut events = preview.events();
    let shows = |words: &str| preview.get("/one/").body.contains(words);
    let page =
        "# One\n\n<Include src=\"_s/note.md\" />\n\n```text src=/examples/deep/code.txt\n```\n";
    preview.write("content/one.md", page);
    events.until(|| {
        preview
            .get("/_handbook/diagnostics")
            .body
            .contains("_s/note.md")
    });

    // What was not there comes, folders and all, outside of the content too.
    preview.write("content/_s/note.md", "first note\n");
    events.until(|| shows("first note"));
    preview.write("examples/deep/code.txt", "first code\n");
    events.until(|| shows("first code"));
    preview.write("content/_s/note.md", "second note\n");
    events.until(|| shows("second note"));
    preview.write("examples/deep/code.txt", "second code\n");
    events.until(|| shows("second code"));
    fs::remove_dir_all(preview.root.join("examples")).expect("removed");
    events.until(|| !shows("second code"));
}

#[test]
fn a_touch_is_no_change() {
    let preview = Preview::start();
    let mut events = preview.events();
    for path in ["content/one.md", "content/a/two.md", "content/a"] {
        let file = fs::File::open(preview.root.join(path)).expect("opened");
        file.set_modified(SystemTime::now()).expect("touched");
    }
    preview.write("content/one.md", "# One\n\nfirst words\n\n![p](pic.png)\n");
    // So many changes were there before this one: none.
    preview.write("content/index.md", "# Hello\n");
    events.until(|| preview.get("/").body.contains("Hello"));
    assert_eq!(events.changes, 1);
}

#[test]
fn broken_settings_leave_the_last_good_site() {
    let preview = Preview::start();
    let mut events = preview.events();
    let good = preview.get("/one/");
    let told = |code: &str| preview.get("/_handbook/diagnostics").body.contains(code);

    preview.write("handbook.toml", "title = \n");
    events.until(|| told("config-syntax"));
    let kept = preview.get("/one/");
    assert_eq!((kept.status, &kept.body), (200, &good.body));
    // What is edited meanwhile is shown.
    preview.write("content/one.md", "# One\n\nother words\n");
    events.until(|| preview.get("/one/").body.contains("other words"));
    preview.write("handbook.toml", "title = \"Other\"\n");
    events.until(|| !told("config-syntax"));
    assert!(preview.get("/one/").body.contains("Other"));
}

#[test]
fn a_broken_template_leaves_the_last_good_page() {
    let preview = Preview::start();
    let mut events = preview.events();
    let good = preview.get("/one/").body;
    let template = "themes/acme/templates/page.html";
    let told = || {
        preview
            .get("/_handbook/diagnostics")
            .body
            .contains("template-error")
    };

    // It cannot be read.
    preview.write(template, "{{ page.title ");
    events.until(told);
    let kept = preview.get("/one/");
    assert_eq!((kept.status, kept.body == good), (200, true));

    // It can, and shows something else.
    preview.write(template, "<p>mended {{ page.title }}</p></body>");
    events.until(|| preview.get("/one/").body.contains("mended One") && !told());

    // It can, and fails on a page.
    preview.write(template, "{{ page.nothing.at.all }}");
    let fails = || {
        let mistakes = preview.get("/_handbook/page?path=%2Fone%2F").body;
        mistakes.contains("template-error")
    };
    events.until(fails);
    let kept = preview.get("/one/");
    assert_eq!(kept.status, 200);
    assert!(kept.body.contains("mended One"));
    // Nobody has seen this page yet, so there is nothing to fall back on.
    assert_eq!(preview.get("/a/two/").status, 500);

    fs::remove_file(preview.root.join(template)).expect("removed");
    events.until(|| preview.get("/one/").body == good);
}

#[test]
fn a_checkout_is_one_change() {
    let git = |root: &Path, arguments: &[&str]| {
        let done = Command::new("git")
            .current_dir(root)
            .args([
                "-c",
                "user.name=A",
                "-c",
                "user.email=a@example.org",
                "-c",
                "commit.gpgsign=false",
            ])
            .args(arguments)
            .output()
            .expect("git runs");
        assert!(done.status.success(), "{done:?}");
    };
    let page = |n: usize| format!("content/part-{}/page-{n}.md", n % 25);
    let text = |n: usize, words: &str| {
        format!(
            "# Page {n}\n\n{words} [next](/part-{}/page-{}/)\n",
            (n + 1) % 25,
            n + 1
        )
    };
    let preview = Preview::with(&[], |root| {
        for n in 0..600 {
            write(&root.join(page(n)), &text(n, "before"));
        }
        git(root, &["init", "--quiet", "--initial-branch=before"]);
        git(root, &["add", "."]);
        git(root, &["commit", "--quiet", "--message=before"]);
        git(root, &["checkout", "--quiet", "-b", "after"]);
        // 300 edits, 100 pages that go, 100 that come, some of these in new folders.
        for n in 0..300 {
            write(&root.join(page(n)), &text(n, "after"));
        }
        for n in 300..400 {
            fs::remove_file(root.join(page(n))).expect("removed");
        }
        for n in 600..700 {
            let folder = if n % 2 == 0 {
                "content/new/deep"
            } else {
                "content/part-0"
            };
            write(
                &root.join(format!("{folder}/page-{n}.md")),
                &text(n, "after"),
            );
        }
        git(root, &["add", "."]);
        git(root, &["commit", "--quiet", "--message=after"]);
        git(root, &["checkout", "--quiet", "before"]);
    });
    let ended = |branch: &str| {
        let there = branch == "after";
        let status = |path: &str| preview.get(path).status;
        preview.get("/part-7/page-7/").body.contains(branch)
            && preview.get("/part-24/page-299/").body.contains(branch)
            && (status("/part-0/page-300/") == 404) == there
            && (status("/new/deep/page-698/") == 200) == there
            && (status("/part-0/page-699/") == 200) == there
    };
    let mut events = preview.events();
    for branch in ["after", "before"] {
        events.changes = 0;
        git(&preview.root, &["checkout", "--quiet", branch]);
        let start = Instant::now();
        events.until(|| ended(branch));
        let (took, changes) = (start.elapsed(), events.changes);
        eprintln!("checkout of {branch}: right after {took:?} and {changes} changes");
        // Whatever came late is counted before this.
        preview.write("content/index.md", &format!("# Now {branch}\n"));
        events.until(|| preview.get("/").body.contains(&format!("Now {branch}")));
        assert!(events.changes <= 3, "{} changes", events.changes - 1);
        git(&preview.root, &["checkout", "--quiet", "content/index.md"]);
        events.until(|| preview.get("/").body.contains("Welcome"));
    }
}
