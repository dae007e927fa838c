//! The collector: takes reports in the exact wire form, counts them, knows nothing of who sent
//! them, and publishes estimates. It does not link the core.

/// Weeks: the finest time that is ever known.
pub mod epoch;

/// What a book says about its reports: `/.well-known/fewbits.json`.
pub mod statement;

/// What the answers of an outcome say about variants.
pub mod said;

/// What is counted.
pub mod counts;

/// Shares from counts of randomised answers.
pub mod estimate;

/// What may be shown of them: no cell under the crowd.
pub mod audience;

/// What became of experiments and bandits.
pub mod outcomes;

/// The wire form of a report.
pub mod report;

/// The books whose reports are taken.
pub mod books;

/// What was acknowledged and is not in the store yet.
pub mod wal;

/// Where counts are kept.
pub mod store;

/// From a report to its acknowledgement.
mod intake;

/// From the log to the store.
mod flusher;

/// How many reports one address may send.
mod limiter;

/// Everything that the server says no with.
mod refusal;

/// Numbers about the server.
mod metrics;

/// HTTP.
mod server;

/// What the operator says.
pub mod config;

/// What stops the collector.
pub mod failure;

/// Start, serve, stop.
pub mod run;

/// Damaged files of the log.
mod salvage;

/// The only file that reads the clock.
mod clock;

/// Start, stop, and what goes wrong.
mod log;

use std::process::ExitCode;

/// The program. 0 if all is well, 1 if it cannot work, 2 for a wrong command line.
pub fn main() -> ExitCode {
    let arguments = std::env::args_os().collect();
    let done = config::Command::read(arguments).and_then(|command| match command {
        Ok(command) => {
            let done = match command.other {
                None => run::run(&command.serve),
                Some(config::Other::Salvage { files, store, data }) => {
                    salvage::run(&files, store.as_deref(), &data)
                }
            };
            done.map(|()| ExitCode::SUCCESS)
        }
        Err(error) => {
            // Help and version are no errors, and go to standard output.
            let _ = error.print();
            Ok(ExitCode::from(if error.use_stderr() { 2 } else { 0 }))
        }
    });
    done.unwrap_or_else(|failure| {
        log::line(failure);
        ExitCode::FAILURE
    })
}

/// The page that shows it.
pub mod dashboard;
