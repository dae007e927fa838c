//! `fewbits` on the command line: what an author of books needs. One file per subcommand.

mod attack;
mod audit;
mod book;
mod catalogue;
mod check;
mod compile;
mod crowd;
mod explain;
mod failure;
mod learn;
mod model;
mod new;
mod page;
mod simulate;
mod terminal;
mod types;
mod verify;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use failure::Result;

/// Checks, compiles and tries out segment books
#[derive(Parser)]
#[command(name = "fewbits", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show everything that is wrong with books
    Check(check::Arguments),
    /// Compile a book for the browser
    Compile(compile::Arguments),
    /// Show whether a compiled book is exactly what its source says
    Verify(verify::Arguments),
    /// Write what a book means for those who meet it
    Audit(audit::Arguments),
    /// Try a book on recorded events
    Simulate(simulate::Arguments),
    /// Try to tell who is who, from what two sites get
    Attack(attack::Arguments),
    /// Say in words who is in a segment
    Explain(explain::Arguments),
    /// Write what a collector learned of a book's bandits into the book
    Learn(learn::Arguments),
    /// Write what a book names as TypeScript, so that a wrong name does not compile
    Types(types::Arguments),
    /// Make, check and try out catalogues of items
    Catalogue(catalogue::Arguments),
    /// Bring trained models into a book
    Model(model::Arguments),
    /// Write a small book to begin with
    New(new::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Compile(arguments) => compile::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Attack(arguments) => attack::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Learn(arguments) => learn::run(&arguments),
        Command::Types(arguments) => types::run(&arguments),
        Command::Catalogue(arguments) => catalogue::run(&arguments),
        Command::Model(arguments) => model::run(&arguments),
        Command::New(arguments) => new::run(&arguments),
    };
    finish(outcome)
}

/// 0 if all is well, 1 if something was found or went wrong. (2 is a wrong command line.)
fn finish(outcome: Result<bool>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever reads our output has seen enough: `fewbits ... | head`.
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            // If even this cannot be written, the exit code has to say it.
            _ = write!(std::io::stderr().lock(), "{failure}");
            ExitCode::FAILURE
        }
    }
}
