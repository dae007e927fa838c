//! `cargo xtask demo`: the demo shop and a collector for its reports, on this machine.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use anyhow::{Context, Result, bail};

use crate::run::{cargo, command, run};
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

/// A collector that counts the shop's reports into a SQLite file. It ends with this.
struct Collector {
    child: Child,
    address: String,
}

impl Collector {
    fn start(port: u16) -> Result<Self> {
        // Where a site would publish it, and all that the collector knows of the book.
        let statement = paths::at("www/demo/dist/.well-known/fewbits.json");
        if let Some(folder) = statement.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let state = ["run", "--quiet", "--package", "fewbits-cli", "--", "audit"];
        run(cargo(&state)
            .arg("www/demo/src/shop.book.json")
            .arg("--statement")
            .arg(&statement))?;
        run(&mut cargo(&["build", "--package", "fewbits-collector"]))?;
        let data = paths::at("target/demo-collector");
        let mut serve = cargo(&["run", "--quiet", "--package", "fewbits-collector", "--"]);
        serve
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .arg("--statement")
            .arg(statement)
            .arg("--data")
            .arg(data);
        let mut child = serve.stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("no log")?).lines();
        let listening = loop {
            let line = lines.next().context("the collector did not start")??;
            println!("{line}");
            if let Some((_, rest)) = line.split_once("listening on ") {
                break rest.split(',').next().unwrap_or_default().to_owned();
            }
        };
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                println!("{line}");
            }
        });
        Ok(Self {
            child,
            address: listening,
        })
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        // What it acknowledged is on the disk; the next start goes on from there.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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
