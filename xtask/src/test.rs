//! `cargo xtask test`: runs the stages and tells how they went.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};

use crate::run::{cargo, run};
use crate::stages::{STAGES, Stage};
use crate::wasm;

/// How a stage went.
struct Outcome {
    stage: &'static Stage,
    took: Duration,
    error: Option<anyhow::Error>,
}

/// The command.
pub fn main(args: &[String]) -> Result<()> {
    if args.iter().any(|arg| arg == "--list") {
        for stage in &STAGES {
            println!("{:<13} {}", stage.name, stage.what);
        }
        return Ok(());
    }
    if let Some(unknown) = args
        .iter()
        .find(|arg| STAGES.iter().all(|stage| stage.name != **arg))
    {
        bail!("there is no stage `{unknown}`; `cargo xtask test --list` names them");
    }
    let mut outcomes: Vec<Outcome> = Vec::new();
    for stage in STAGES
        .iter()
        .filter(|stage| args.is_empty() || args.iter().any(|arg| arg == stage.name))
    {
        println!("\n== {}: {}", stage.name, stage.what);
        let start = Instant::now();
        let missing = stage.needs.filter(|name| failed(&outcomes, name));
        let result = match missing {
            Some(name) => Err(anyhow!("not run, because `{name}` failed")),
            None => (stage.run)(),
        };
        let outcome = Outcome {
            stage,
            took: start.elapsed(),
            error: result.err(),
        };
        match &outcome.error {
            None => println!(
                "== {}: ok ({:.1} s)",
                stage.name,
                outcome.took.as_secs_f64()
            ),
            Some(error) => println!(
                "== {}: FAILED ({:.1} s)\n{error:#}",
                stage.name,
                outcome.took.as_secs_f64()
            ),
        }
        outcomes.push(outcome);
    }
    summary(&outcomes)
}

/// Rewrites the golden files: those of the tests, and the surface of the core module.
pub fn golden() -> Result<()> {
    run(cargo(&["test", "--workspace", "--features", "fewbits/author"]).env("UPDATE", "1"))?;
    wasm::modules_and_surface(true)
}

fn failed(outcomes: &[Outcome], name: &str) -> bool {
    outcomes
        .iter()
        .any(|outcome| outcome.stage.name == name && outcome.error.is_some())
}

fn summary(outcomes: &[Outcome]) -> Result<()> {
    println!("\n{:<13} {:<7} {:>8}", "stage", "result", "seconds");
    for outcome in outcomes {
        let result = if outcome.error.is_none() {
            "ok"
        } else {
            "FAILED"
        };
        let first = outcome.error.as_ref().map(|error| format!("{error:#}"));
        let reason = first
            .as_deref()
            .and_then(|text| text.lines().next())
            .unwrap_or_default();
        let seconds = outcome.took.as_secs_f64();
        println!(
            "{:<13} {result:<7} {seconds:>8.1}  {reason}",
            outcome.stage.name
        );
    }
    let bad = outcomes
        .iter()
        .filter(|outcome| outcome.error.is_some())
        .count();
    println!("\n{} passed, {bad} failed", outcomes.len() - bad);
    if bad > 0 {
        std::process::exit(1);
    }
    Ok(())
}
