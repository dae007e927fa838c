//! `fewbits-collector`: the server.

use std::process::ExitCode;

fn main() -> ExitCode {
    fewbits_collector::main()
}
