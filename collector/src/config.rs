//! What the operator says: flags, or the same words in a file.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::failure::Failure;

/// Takes the reports of Fewbits, counts them without knowing who sent them, publishes estimates
#[derive(Debug, Parser)]
#[command(
    name = "fewbits-collector",
    version,
    arg_required_else_help = true,
    args_override_self = true,
    args_conflicts_with_subcommands = true,
    after_help = "\
Begin with one book and nothing else:

  fewbits audit shop.book.json --statement shop.json
  fewbits-collector --statement shop.json --origin https://shop.example

Reports go to http://127.0.0.1:8787/v1/report, the dashboard is http://127.0.0.1:8787/.
docs/collector.md says how to run it behind a proxy, with PostgreSQL, and more than once."
)]
pub struct Command {
    /// Flags.
    #[command(flatten)]
    pub serve: Serve,
    /// Instead of serving.
    #[command(subcommand)]
    pub other: Option<Other>,
}

/// What the collector does besides serving.
#[derive(Debug, Subcommand)]
pub enum Other {
    /// Count what is whole in damaged files of the log that were set aside
    ///
    /// Doing it twice counts once.
    Salvage {
        /// The files, from the folder `damaged` of the log
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The store, as for the server
        #[arg(long, value_name = "STORE")]
        store: Option<String>,
        /// The data folder, as for the server
        #[arg(long, value_name = "FOLDER", default_value = "fewbits-data")]
        data: PathBuf,
    },
}

/// How to serve.
#[derive(Debug, Args)]
pub struct Serve {
    /// A file of flags, one a line without the dashes: `listen 0.0.0.0:8787`
    ///
    /// Empty lines and lines that begin with # are skipped. What stands on the command line as
    /// well is taken from there.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// The statement of a book, or a folder of them; may be repeated
    ///
    /// Made by `fewbits audit BOOK --statement FILE`. Only what is stated is counted: keep the
    /// statement of each version that visitors may still have.
    #[arg(long, value_name = "FILE")]
    pub statement: Vec<PathBuf>,

    /// Address and port to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,

    /// Folder of the write-ahead log, and of the SQLite file; one for each collector
    #[arg(long, value_name = "FOLDER", default_value = "fewbits-data")]
    pub data: PathBuf,

    /// Where counts are kept: `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`
    ///
    /// Without it: `counts.db` in the data folder. An address with a password belongs into the
    /// --config file, since other users of a machine can see its command lines.
    #[arg(long, value_name = "STORE")]
    pub store: Option<String>,

    /// Origin of a site whose pages may send reports, such as https://shop.example; may be
    /// repeated; `*` for all
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    pub origin: Vec<String>,

    /// File with the token for reading: audience, crowd table, dashboard, metrics
    ///
    /// Without it they can be read on the collector's own machine only. The token is sent as
    /// `Authorization: Bearer TOKEN`, or as the password that a browser asks for.
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,

    /// Reports a second from one address; 0 for no limit
    ///
    /// A visitor sends one in a lifetime, but a company or a mobile network may have one address.
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    pub rate: u32,

    /// Reports at once from one address
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    pub burst: u32,

    /// Header in which a proxy of yours names the sender's address, such as x-forwarded-for
    ///
    /// The last address in it counts. Only if nobody can reach the collector but through that
    /// proxy: else senders choose their address themselves.
    #[arg(long, value_name = "HEADER", value_parser = header)]
    pub proxy_header: Option<axum::http::HeaderName>,

    /// Connections at a time; more have to wait
    ///
    /// Well below the files that the system lets a process open (`ulimit -n`): the log needs some.
    /// When three quarters are taken, connections are closed after each answer.
    #[arg(long, value_name = "NUMBER", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub connections: u32,

    /// Seconds in which a request has to arrive, and a connection may be idle
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub patience: u32,

    /// Megabytes of log up to which reports are taken while the store is away
    #[arg(long, value_name = "MEGABYTES", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..))]
    pub wal_limit: u32,

    /// Milliseconds between two batches for the store
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(10..=60_000))]
    pub flush: u32,
}

impl Command {
    /// Reads the command line, and the file that it names.
    ///
    /// # Errors
    ///
    /// The outer one if the file cannot be read, the inner one if something is not understood.
    pub fn read(args: Vec<OsString>) -> Result<Result<Self, clap::Error>, Failure> {
        let first = match Self::try_parse_from(&args) {
            Ok(first) => first,
            Err(error) => return Ok(Err(error)),
        };
        let Some(path) = &first.serve.config else {
            return Ok(Ok(first));
        };
        let text = std::fs::read_to_string(path).map_err(|e| Failure::reading(path, &e))?;
        // In front, so that what is repeated on the command line comes later, and wins.
        let (program, rest) = args.split_at(1.min(args.len()));
        let given: Vec<_> = rest.iter().map(|arg| arg.to_string_lossy()).collect();
        let mut all = program.to_vec();
        for line in text
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty() && !l.starts_with('#'))
        {
            let (flag, value) = line.split_once([' ', '\t', '=']).unwrap_or((line, ""));
            let (flag, value) = (format!("--{flag}"), value.trim());
            let overruled = |arg: &std::borrow::Cow<'_, str>| {
                **arg == flag
                    || arg
                        .strip_prefix(&flag)
                        .is_some_and(|rest| rest.starts_with('='))
            };
            if flag == "--config" {
                return Err(Failure::new(
                    format!(
                        "{}: a file of flags cannot name another one",
                        path.display()
                    ),
                    "put all flags into one file",
                ));
            }
            if !given.iter().any(overruled) {
                all.push(format!("{flag}={value}").into());
            }
        }
        all.extend_from_slice(rest);
        Ok(Self::try_parse_from(all))
    }
}

fn origin(text: &str) -> Result<String, String> {
    let plain = |rest: &str| {
        !rest.is_empty()
            && !rest.contains(['/', '?', '#', '@', ' '])
            && rest == rest.to_ascii_lowercase()
    };
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    if text == "*" || host.is_some_and(plain) {
        Ok(text.to_owned())
    } else {
        Err("an origin is a scheme and a host, such as https://shop.example, without a slash after it".to_owned())
    }
}

fn header(text: &str) -> Result<axum::http::HeaderName, String> {
    text.parse()
        .map_err(|_| "that is no name of a header".to_owned())
}
