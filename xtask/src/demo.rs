//! `cargo xtask demo`: the demo shop and a collector for its reports, on this machine.

use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::collector::Collector;
use crate::run::{command, run};
use crate::{host, paths, wasm};

const PORT: u16 = 8080;

/// The command.
pub fn main(args: &[String]) -> Result<()> {
    let (port, open) = options(args)?;
    wasm::build_all()?;
    let collector = Collector::start(port + 1)?;
    let mut server = command("node", &["www/demo/serve.mjs", "--root"]);
    server
        .arg(paths::at("www/demo/dist"))
        .arg("--port")
        .arg(port.to_string())
        .arg("--collector")
        .arg(&collector.address);
    if open {
        server.arg("--open");
    }
    run(server.stdin(Stdio::inherit()))
}

fn options(args: &[String]) -> Result<(u16, bool)> {
    let (mut port, mut open) = (PORT, !host::unattended());
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--no-open" => open = false,
            "--port" => {
                let text = args.next().context("--port needs a number")?;
                port = text
                    .parse()
                    .with_context(|| format!("`{text}` is no port"))?;
            }
            other => bail!("`demo` knows --port N and --no-open, but got `{other}`"),
        }
    }
    Ok((port, open))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_others_refused() {
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            options(&words("--port 9000 --no-open")).ok(),
            Some((9000, false))
        );
        assert!(options(&words("--port")).is_err());
        assert!(options(&words("--port x")).is_err());
        assert!(options(&words("--quick")).is_err());
    }
}
