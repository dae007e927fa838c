//! `fewbits-collector`: the server.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::SUCCESS
}
