//! `handbook search`: answers a query as the published site does, for who tunes a handbook and for programs.

use std::io::{self, BufRead, BufWriter, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;

use crate::commands::{self, Outcome};
use crate::error::Error;
use crate::search::{Hit, Index};
use crate::session::{self, Options};

/// The command line, with nothing left to look up.
pub struct Arguments {
    /// `-` stands for the lines of standard input.
    pub query: String,
    pub dir: PathBuf,
    pub limit: usize,
    pub format: Format,
}

/// How hits are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Title, address and excerpt
    Human,
    /// One JSON object a line
    Json,
}

/// Searches a site.
///
/// # Errors
/// When there is no site, or standard input cannot be read or standard output not written.
pub fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    let options = Options {
        search: true,
        ..Options::default()
    };
    let loaded = session::load(&arguments.dir, &options)?;
    if loaded.is_fatal() {
        let all = loaded.report(loaded.diagnostics());
        let text = |file: &str| loaded.text(file);
        let format = commands::Format::Human;
        let words = commands::in_words(&loaded.place, text, &arguments.dir, &all, format);
        commands::print_whole(anstream::stderr(), &words)?;
        return Ok(Outcome::Mistakes);
    }
    let index = loaded.search_index();
    let mut out = BufWriter::new(anstream::stdout());
    if arguments.query == "-" {
        for line in io::stdin().lock().split(b'\n') {
            let line = line.map_err(|e| Error::io("read", "standard input", e))?;
            let query = String::from_utf8_lossy(&line);
            let hits = index.search(query.trim_end_matches('\r'), arguments.limit);
            let hits: Vec<Line<'_>> = hits.iter().map(as_line).collect();
            // Who asks line by line waits for each answer.
            let printed = print_json(&mut out, &hits).and_then(|()| out.flush());
            if matches!(&printed, Err(e) if e.kind() == io::ErrorKind::BrokenPipe) {
                break;
            }
            commands::finished(printed)?;
        }
        return Ok(Outcome::Clean);
    }
    let hits = index.search(&arguments.query, arguments.limit);
    let printed = match arguments.format {
        Format::Json => hits
            .iter()
            .try_for_each(|hit| print_json(&mut out, &as_line(hit))),
        Format::Human => print(&mut out, index, &arguments.query, &hits),
    };
    commands::finished(printed.and_then(|()| out.flush()))?;
    Ok(Outcome::Clean)
}

/// A hit as programs read it, in this order.
#[derive(Serialize)]
struct Line<'a> {
    url: &'a str,
    anchor: &'a str,
    title: &'a str,
    heading: &'a str,
    excerpt: &'a str,
    score: f64,
}

fn as_line(hit: &Hit) -> Line<'_> {
    Line {
        url: &hit.url,
        anchor: &hit.anchor,
        title: &hit.title,
        heading: &hit.heading,
        excerpt: &hit.excerpt,
        score: hit.score,
    }
}

/// Writes a value as one line of JSON.
fn print_json(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)
}

fn print(out: &mut impl Write, index: &Index, query: &str, hits: &[Hit]) -> io::Result<()> {
    if hits.is_empty() {
        let pages = commands::counted(index.page_count(), "page");
        return writeln!(out, "nothing found for `{}` in {pages}", shown(query));
    }
    for (at, hit) in hits.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let heading = if hit.heading.is_empty() { "" } else { " › " };
        let (title, below) = (shown(&hit.title), shown(&hit.heading));
        writeln!(out, "\x1b[1m{title}\x1b[0m{heading}{below}")?;
        let hash = if hit.anchor.is_empty() { "" } else { "#" };
        writeln!(out, "  \x1b[36m{}{hash}{}\x1b[0m", hit.url, hit.anchor)?;
        if !hit.excerpt.is_empty() {
            writeln!(out, "  {}", shown(&hit.excerpt))?;
        }
    }
    Ok(())
}

/// Text that a terminal shows and does not obey.
fn shown(text: &str) -> String {
    text.replace(char::is_control, " ")
}
