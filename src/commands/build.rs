//! `handbook build`: renders every page and writes the site, all of it or nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::commands::progress::Progress;
use crate::commands::{self, Format, Outcome, counted};
use crate::config::BaseUrl;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::emit::{self, Emission, EmitError};
use crate::error::Error;
use crate::search::Press;
use crate::session::{self, AskDates, Loaded, Options, Output, Pool};

/// The command line, with nothing left to look up.
pub struct Arguments {
    pub dir: PathBuf,
    pub out: Option<PathBuf>,
    pub base_url: Option<BaseUrl>,
    pub drafts: bool,
    pub strict: bool,
    pub keep_going: bool,
}

/// Builds a site.
///
/// # Errors
/// When there is no site, or it cannot be written.
pub fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    let start = Instant::now();
    let session = session::load(
        &arguments.dir,
        &Options {
            drafts: arguments.drafts,
            base_url: arguments.base_url.clone(),
            preview: false,
            out: arguments.out.clone(),
            dates: AskDates::Always,
            search: true,
        },
    )?;
    let outcome = build(&session, arguments, start);
    // The process is about to end, and giving back every page one by one takes longer than it is worth.
    std::mem::forget(session);
    outcome
}

fn build(session: &Loaded, arguments: &Arguments, start: Instant) -> Result<Outcome, Error> {
    // Much of what is done before pages are rendered keeps one thread busy, so the others make the search index meanwhile.
    let (prepared, of_search) =
        rayon::join(|| prepare(session, arguments), || search_outputs(session));
    if let Some(prepared) = prepared? {
        return write(session, prepared, of_search, arguments, start);
    }
    // What only rendering tells is told too, so that one run shows every mistake.
    let rendered = if session.is_fatal() {
        Vec::new()
    } else {
        render_all(session)
    };
    let found = [session.diagnostics(), rendered].concat();
    failed(
        session,
        Reports::of(found, session, arguments),
        Written::Nothing,
    )
}

/// What the closing line says of the output.
#[derive(Clone, Copy, PartialEq)]
enum Written {
    Nothing,
    Pages,
}

/// A build that may write.
struct Prepared {
    outputs: BTreeMap<String, Output>,
    emission: Emission,
}

/// Follows every link, and announces what is going to be written, if nothing speaks against it.
fn prepare(session: &Loaded, arguments: &Arguments) -> Result<Option<Prepared>, Error> {
    let found = session.report(session.diagnostics());
    let mistaken = commands::outcome(&found, arguments.strict) == Outcome::Mistakes;
    if session.is_fatal() || (mistaken && !arguments.keep_going) {
        return Ok(None);
    }
    let outputs = session.outputs();
    let paths = outputs.keys().map(String::as_str);
    let emission = emit::open(&session.out)
        .and_then(|output| output.begin(paths))
        .map_err(|e| emit_error(&e))?;
    Ok(Some(Prepared { outputs, emission }))
}

/// The files of search, if anything can be made of the site.
fn search_outputs(session: &Loaded) -> Vec<(String, Output)> {
    if session.is_fatal() {
        return Vec::new();
    }
    session.search_outputs()
}

fn write(
    session: &Loaded,
    prepared: Prepared,
    mut of_search: Vec<(String, Output)>,
    arguments: &Arguments,
    start: Instant,
) -> Result<Outcome, Error> {
    let Prepared { outputs, emission } = prepared;
    // A file of the site's own gives way to none of ours.
    of_search.retain(|(path, _)| !outputs.contains_key(path));
    let paths = of_search.iter().map(|(path, _)| path.as_str());
    let emission = emission.announce(paths).map_err(|e| emit_error(&e))?;
    let staged = stage_all(session, &emission, &outputs, &of_search, |found| {
        let found = merge_faults([session.diagnostics(), found].concat());
        Reports::of(found, session, arguments)
    });
    let reports = staged.map_err(|e| emit_error(&e))?;
    let mistaken = commands::outcome(&reports.all, arguments.strict) == Outcome::Mistakes;
    if mistaken && !arguments.keep_going {
        emission.abandon();
        return failed(session, reports, Written::Nothing);
    }
    emission.commit().map_err(|e| emit_error(&e))?;
    if mistaken {
        return failed(session, reports, Written::Pages);
    }
    let all = reports.told()?;
    let line = format!(
        "{} in {}",
        counted(session.page_count(), "page"),
        seconds(start.elapsed())
    );
    match diagnostic::summary(&all) {
        Some(summary) => say!("{line}, {summary}"),
        None => say!("{line}"),
    }
    Ok(Outcome::Clean)
}

/// Stages all files, those of search last: nothing is wrong with them, so as soon as all others are staged one thread puts into words
/// what is wrong. Those words are given back.
fn stage_all<R: Send + Sync>(
    session: &Loaded,
    emission: &Emission,
    outputs: &BTreeMap<String, Output>,
    of_search: &[(String, Output)],
    put_into_words: impl Fn(Vec<Diagnostic>) -> R + Sync,
) -> Result<R, EmitError> {
    let progress = Progress::start("rendering", outputs.len() + of_search.len());
    let presses: Pool<Press> = Pool::default();
    let (found, failed) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let (left, words) = (AtomicUsize::new(outputs.len()), OnceLock::new());
    let of_search = of_search.iter().map(|(path, output)| (path, output));
    // Each thread takes the next one, so none is left with many when the others have none.
    let all = outputs.iter().chain(of_search).enumerate().par_bridge();
    all.for_each(|(at, (path, output))| {
        let is_of_search = at >= outputs.len();
        if is_of_search && !lock(&failed).is_empty() {
            // Whoever waits is told sooner.
            return;
        }
        match presses.with(|press| stage(session, emission, path, output, press)) {
            Ok(more) => lock(&found).extend(more.into_iter().map(|diagnostic| (at, diagnostic))),
            Err(error) => lock(&failed).push((at, error)),
        }
        progress.step();
        let is_last = !is_of_search && left.fetch_sub(1, Ordering::AcqRel) == 1;
        if is_last && lock(&failed).is_empty() {
            let told = put_into_words(in_order(&found).collect());
            // There is one last file.
            let _ = words.set(told);
        }
    });
    progress.finish();
    // The first one that failed, as one after the other would tell.
    if let Some(error) = in_order(&failed).next() {
        return Err(error);
    }
    let words = words.into_inner();
    Ok(words.unwrap_or_else(|| put_into_words(Vec::new())))
}

/// What has been collected of files, in the order of these.
fn in_order<T>(collected: &Mutex<Vec<(usize, T)>>) -> impl Iterator<Item = T> {
    let mut collected = std::mem::take(&mut *lock(collected));
    collected.sort_by_key(|(at, _)| *at);
    collected.into_iter().map(|(_, what)| what)
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stage(
    session: &Loaded,
    emission: &Emission,
    path: &str,
    output: &Output,
    press: &mut Press,
) -> Result<Vec<Diagnostic>, EmitError> {
    let text = match output {
        Output::Page(page) => session
            .render(*page)
            .map(|page| (page.html, page.diagnostics)),
        Output::Alias(page) => session.render_alias(*page).map(|html| (html, Vec::new())),
        Output::NotFound => session.render_not_found().map(|html| (html, Vec::new())),
        Output::List => session.render_list().map(|html| (html, Vec::new())),
        Output::Addresses => Ok((session.addresses(), Vec::new())),
        Output::Sitemap(file) => Ok((session.sitemap(*file), Vec::new())),
        Output::Markdown(page) => Ok((session.markdown(*page).unwrap_or_default(), Vec::new())),
        Output::Sidebar(sidebar) => Ok((session.sidebar_file(*sidebar), Vec::new())),
        Output::Copy(from) => return emission.stage_copy(path, from).map(|()| Vec::new()),
        Output::Search => {
            let bytes = session.search_file(path, press).unwrap_or_default();
            return emission.stage(path, bytes).map(|()| Vec::new());
        }
        Output::Embedded(bytes) => return emission.stage(path, bytes).map(|()| Vec::new()),
    };
    match text {
        Ok((text, diagnostics)) => emission.stage(path, text.as_bytes()).map(|()| diagnostics),
        Err(fault) => Ok(vec![*fault]),
    }
}

/// Renders every page into nothing, for the diagnostics.
pub fn render_all(session: &Loaded) -> Vec<Diagnostic> {
    let outputs = session.outputs();
    let progress = Progress::start("checking", outputs.len());
    let diagnostics: Vec<Vec<Diagnostic>> = outputs
        .into_par_iter()
        .map(|(_, output)| {
            let fault = |fault: Box<Diagnostic>| vec![*fault];
            let found = match output {
                Output::Page(page) => session
                    .render(page)
                    .map_or_else(fault, |page| page.diagnostics),
                Output::Alias(page) => session
                    .render_alias(page)
                    .map_or_else(fault, |_| Vec::new()),
                Output::NotFound => session
                    .render_not_found()
                    .map_or_else(fault, |_| Vec::new()),
                Output::List => session.render_list().map_or_else(fault, |_| Vec::new()),
                Output::Copy(_)
                | Output::Addresses
                | Output::Markdown(_)
                | Output::Sitemap(_)
                | Output::Sidebar(_)
                | Output::Search
                | Output::Embedded(_) => Vec::new(),
            };
            progress.step();
            found
        })
        .collect();
    progress.finish();
    merge_faults(diagnostics.concat())
}

/// A fault of a template is met on every page: it is one mistake, reported with the first page.
fn merge_faults(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut seen = std::collections::HashMap::new();
    let mut more: Vec<(usize, usize)> = Vec::new();
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics.drain(..) {
        if diagnostic.code != diagnostic::Code::TemplateError {
            kept.push(diagnostic);
            continue;
        }
        let key = (
            diagnostic.file.clone(),
            diagnostic.span.clone(),
            diagnostic.message.clone(),
        );
        match seen.get(&key) {
            Some(at) => more.push((*at, 1)),
            None => {
                seen.insert(key, kept.len());
                kept.push(diagnostic);
            }
        }
    }
    let mut counts = BTreeMap::new();
    for (at, count) in more {
        *counts.entry(at).or_insert(0) += count;
    }
    for (at, count) in counts {
        if let Some(hint) = kept[at].hints.last_mut() {
            hint.push_str(&format!(" and {} more", commands::thousands(count)));
        }
    }
    kept
}

fn failed(session: &Loaded, reports: Reports, written: Written) -> Result<Outcome, Error> {
    let diagnostics = &reports.told()?;
    let summary = diagnostic::summary(diagnostics).unwrap_or_default();
    let errors = diagnostics.iter().any(|d| d.severity == Severity::Error);
    let end = match written {
        Written::Pages => format!(
            "; wrote the {} that could be rendered",
            counted(session.page_count(), "page")
        ),
        Written::Nothing if session.is_fatal() || !errors => "; nothing was written".to_owned(),
        Written::Nothing => {
            "; nothing was written (`--keep-going` writes what can be rendered)".to_owned()
        }
    };
    warn!("{}{summary}{end}", diagnostic::table(diagnostics));
    Ok(Outcome::Mistakes)
}

/// What is to be told of a site, and in which words.
struct Reports {
    all: Vec<Diagnostic>,
    words: Vec<u8>,
}

impl Reports {
    fn of(found: Vec<Diagnostic>, session: &Loaded, arguments: &Arguments) -> Reports {
        let all = session.report(found);
        let text = |file: &str| session.text(file);
        let (place, dir) = (&session.place, &arguments.dir);
        let words = commands::in_words(place, text, dir, &all, Format::Human);
        Reports { all, words }
    }

    fn told(self) -> Result<Vec<Diagnostic>, Error> {
        commands::print_whole(anstream::stderr(), &self.words)?;
        Ok(self.all)
    }
}

fn seconds(elapsed: Duration) -> String {
    if elapsed < Duration::from_secs(1) {
        format!("{} ms", elapsed.as_millis())
    } else {
        format!("{:.1} s", elapsed.as_secs_f64())
    }
}

fn emit_error(error: &EmitError) -> Error {
    Error::Usage(error.to_string())
}
