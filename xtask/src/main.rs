//! `cargo xtask`: everything that is done with this repository, on a developer's machine and in CI alike.

mod browsers;
mod collector;
mod demo;
mod host;
mod narrow;
mod npm;
mod paths;
mod run;
mod setup;
mod size;
mod split;
mod stages;
mod surface;
mod test;
mod toolchain;
mod wasm;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask COMMAND

  setup [PART...]     find or install what the other commands need. Parts: native, wasm, npm,
                      runner, browsers, postgres, deny; without a part, all of them
  build               the wasm modules, their bindings, and the npm packages
  test [STAGE...]     every check, or the named ones; `cargo xtask test --list` names them
  demo [--port N] [--no-open]
                      build, then serve the demo shop on this machine (port 8080), and
                      a collector (the port after it)
  size                build, then measure what a visitor downloads; writes docs/generated/size.md
  golden              rewrite the golden files from what the code does now: read the diff
  help                this text

Environment:
  FEWBITS_WASM_TOOLCHAIN=distro   take the wasm target from Debian's packages, not from rustup
  FEWBITS_CHROMIUM, FEWBITS_CHROMEDRIVER, FEWBITS_FIREFOX, FEWBITS_GECKODRIVER,
  FEWBITS_WEBKITDRIVER, FEWBITS_MINIBROWSER
                                  the browsers and drivers to use, if they are not found
  UPDATE=1                        rewrite golden files instead of comparing with them
  XDG_CACHE_HOME                  where installed tools are kept (in the folder `fewbits`)";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let Err(error) = dispatch(&args) {
        eprintln!("error: {error:#}");
        std::process::exit(1);
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", args),
    };
    if rest.iter().any(|arg| arg == "--help" || arg == "-h") {
        println!("{HELP}");
        return Ok(());
    }
    match command {
        "setup" => setup::main(rest),
        "test" => test::main(rest),
        "demo" => demo::main(rest),
        "build" => none(rest).and_then(|()| wasm::build_all()),
        "size" => none(rest).and_then(|()| size::main()),
        "golden" => none(rest).and_then(|()| test::golden()),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => bail!("there is no command `{other}`; `cargo xtask help` lists them"),
    }
}

fn none(rest: &[String]) -> Result<()> {
    match rest.first() {
        Some(arg) => bail!("this command takes no argument, but got `{arg}`"),
        None => Ok(()),
    }
}
