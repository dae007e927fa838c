//! The collector and what it is told of the demo shop's book: for the demo, and for the tests
//! that look at a report from both sides.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use anyhow::{Context, Result};

use crate::paths;
use crate::run::{cargo, command, run};

/// The collector's program, built.
pub fn program() -> Result<PathBuf> {
    run(&mut cargo(&["build", "--package", "fewbits-collector"]))?;
    let name = format!("fewbits-collector{}", std::env::consts::EXE_SUFFIX);
    Ok(paths::target().join("debug").join(name))
}

/// The statement of the shop's book, where a site would publish it: all that the collector
/// knows of it.
pub fn statement() -> Result<PathBuf> {
    let file = paths::at("www/demo/dist/.well-known/fewbits.json");
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let audit = ["run", "--quiet", "--package", "fewbits-cli", "--", "audit"];
    run(cargo(&audit)
        .arg("www/demo/src/shop.book.json")
        .arg("--statement")
        .arg(&file))?;
    Ok(file)
}

/// A collector that counts the shop's reports into a SQLite file. It ends with this.
pub struct Collector {
    child: Child,
    pub address: String,
}

impl Collector {
    /// Starts it, and goes on with what an earlier one has counted.
    pub fn start(port: u16) -> Result<Self> {
        let statement = statement()?;
        let mut serve = command(program()?, &["--listen", &format!("127.0.0.1:{port}")]);
        serve
            .arg("--statement")
            .arg(statement)
            .arg("--data")
            .arg(paths::target().join("demo-collector"));
        let mut child = serve.stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("no log")?).lines();
        let address = loop {
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
        Ok(Self { child, address })
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        // What it acknowledged is on the disk; the next start goes on from there.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
