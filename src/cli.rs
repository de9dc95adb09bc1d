//! The command line: what can be typed, and which command it calls. Prints errors of the environment.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::commands::schema::Of;
use crate::commands::{self, Format, Outcome};
use crate::config::BaseUrl;
use crate::dev::Settings;

/// Build a navigable site from a folder of Markdown.
#[derive(Debug, Parser)]
#[command(name = "handbook", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Preview the site, and follow every save
    Serve(Serve),
    /// Write the site as HTML files
    Build(Build),
    /// Report everything that is wrong, and write nothing
    Check(Check),
    /// Search the site as its readers do
    Search(Search),
    /// Write a small handbook to begin with
    Init {
        /// The new handbook's folder
        #[arg(default_value = ".")]
        dir: PathBuf,
    },
    /// Move a page or a folder, and every link to it
    Mv(Mv),
    /// Write a new page
    New {
        /// Where the page goes, below the content folder: people/hiring.md
        path: String,
    },
    /// Print what front matter and handbook.toml may say, as JSON Schema for editors
    Schema {
        /// One of the two alone
        #[arg(value_enum)]
        of: Option<Of>,
    },
    /// Print what a shell needs to complete commands and options
    Completions { shell: Shell },
}

#[derive(Debug, Args)]
struct Site {
    /// The handbook's folder, or a folder of Markdown files
    #[arg(default_value = ".")]
    dir: PathBuf,
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    site: Site,
    /// The address to listen on; 0.0.0.0 lets other machines in
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS", value_parser = host)]
    host: IpAddr,
    /// The port to listen on [default: 4000, or the next that is free]
    #[arg(long)]
    port: Option<u16>,
    /// Also answer to this name, as of a tunnel or of this machine in its network
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Open the site in the browser
    #[arg(long)]
    open: bool,
    /// Look at the files again and again, for drives that do not tell of changes
    #[arg(long)]
    poll: bool,
}

#[derive(Debug, Args)]
struct Build {
    #[command(flatten)]
    site: Site,
    /// Where to write the site [default: public in the handbook's folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where the site will be published, instead of `base_url` in handbook.toml
    #[arg(long, value_name = "URL", value_parser = base_url)]
    base_url: Option<BaseUrl>,
    /// Publish drafts too
    #[arg(long)]
    drafts: bool,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// Write every page that can be rendered, in spite of errors
    #[arg(long)]
    keep_going: bool,
}

#[derive(Debug, Args)]
struct Check {
    #[command(flatten)]
    site: Site,
    /// How to print what is found
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
    /// Mend what is certain, then report the rest
    #[arg(long)]
    fix: bool,
    /// With --fix: show the changes and make none
    #[arg(long, requires = "fix")]
    dry_run: bool,
    /// Let the reports in this file pass, which --format json wrote
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Report addresses of an earlier urls.txt or sitemap.xml that lead nowhere now
    #[arg(long, value_name = "FILE|URL")]
    since: Option<String>,
    /// Look at links to other hosts too
    #[arg(long)]
    external: bool,
}

#[derive(Debug, Args)]
struct Search {
    /// What to look for; `-` answers each line of standard input with a JSON array
    query: OsString,
    #[command(flatten)]
    site: Site,
    /// The most pages to show
    #[arg(long, default_value_t = 10, value_name = "NUMBER")]
    limit: usize,
    /// How to print what is found
    #[arg(long, value_enum, default_value_t = commands::search::Format::Human)]
    format: commands::search::Format,
}

#[derive(Debug, Args)]
struct Mv {
    /// The page, folder or file, below the content folder: people/hiring.md
    from: String,
    /// Its new place, or the folder that it goes into
    to: String,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The files have been moved by hand or by git; only the links are to follow
    #[arg(long)]
    already_moved: bool,
}

/// Runs the program with the arguments that it was started with.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Serve(serve) => commands::serve::run(
            &Settings {
                dir: serve.site.dir,
                host: serve.host,
                port: serve.port,
                allowed_hosts: serve.allow_host,
                poll: serve.poll,
            },
            serve.open,
        ),
        Command::Build(build) => commands::build::run(&commands::build::Arguments {
            dir: build.site.dir,
            out: build.out,
            base_url: build.base_url,
            drafts: build.drafts,
            strict: build.strict,
            keep_going: build.keep_going,
        }),
        Command::Check(check) => commands::check::run(&commands::check::Arguments {
            dir: check.site.dir,
            format: check.format,
            strict: check.strict,
            fix: check.fix,
            dry_run: check.dry_run,
            baseline: check.baseline,
            since: check.since,
            external: check.external,
        }),
        Command::Search(search) => commands::search::run(&commands::search::Arguments {
            query: search.query.to_string_lossy().into_owned(),
            dir: search.site.dir,
            limit: search.limit,
            format: search.format,
        }),
        Command::Init { dir } => commands::init::run(&dir),
        Command::Mv(mv) => commands::mv::run(&commands::mv::Arguments {
            from: mv.from,
            to: mv.to,
            dry_run: mv.dry_run,
            already_moved: mv.already_moved,
        }),
        Command::New { path } => commands::new::run(&path),
        Command::Schema { of } => commands::schema::run(of),
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Cli::command(),
                "handbook",
                &mut std::io::stdout(),
            );
            Ok(Outcome::Clean)
        }
    };
    match outcome {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Mistakes) => ExitCode::from(1),
        Err(error) => {
            anstream::eprintln!("\x1b[1;31merror\x1b[0m: {error}");
            ExitCode::from(2)
        }
    }
}

fn host(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(IpAddr::from([127, 0, 0, 1])),
        _ => text
            .parse()
            .map_err(|_| "expected an address like 127.0.0.1 or ::1".to_owned()),
    }
}

fn base_url(text: &str) -> Result<BaseUrl, String> {
    BaseUrl::parse(text)
        .ok_or_else(|| "expected an address like https://example.org/docs".to_owned())
}
