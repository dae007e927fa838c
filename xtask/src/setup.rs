//! `cargo xtask setup`: finds or installs what the other commands need.

use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::run::{cargo, run, which};
use crate::{browsers, host, npm, paths, toolchain};

const GECKODRIVER: &str = "0.37.1";
const CARGO_DENY: &str = "0.20.2";

/// A part of the set-up: its name, what it is, and how to get it.
type Part = (&'static str, &'static str, fn() -> Result<()>);

const PARTS: [Part; 7] = [
    ("native", "rustfmt and clippy", toolchain::native_tools),
    ("wasm", "the compiler for wasm32, and its clippy", || {
        toolchain::wasm().and_then(toolchain::wasm_clippy)
    }),
    ("npm", "the npm packages of www", npm::install),
    ("runner", "the runner of wasm tests", || {
        test_runner().map(|_| ())
    }),
    (
        "browsers",
        "Chromium, Firefox, WebKit and their drivers",
        || {
            for (variable, path) in browsers::variables()? {
                println!("{variable}={}", path.display());
            }
            browsers::screen().map(|_| ())
        },
    ),
    (
        "postgres",
        "PostgreSQL, which the collector's tests start",
        postgres,
    ),
    ("deny", "the check of licences and sources", || {
        cargo_deny().map(|_| ())
    }),
];

pub fn run_parts(wanted: &[&str]) -> Result<()> {
    let mut missing = Vec::new();
    for (name, what, get) in PARTS {
        if !wanted.is_empty() && !wanted.contains(&name) {
            continue;
        }
        match get() {
            Ok(()) => println!("ready: {what}"),
            Err(error) => {
                eprintln!("missing: {what}: {error:#}");
                missing.push(name);
            }
        }
    }
    if !missing.is_empty() {
        bail!("set-up is not complete: {}", missing.join(", "));
    }
    Ok(())
}

pub fn run_all() -> Result<()> {
    run_parts(&[])
}

/// The command.
pub fn main(args: &[String]) -> Result<()> {
    let wanted: Vec<&str> = args.iter().map(String::as_str).collect();
    if let Some(unknown) = wanted
        .iter()
        .find(|name| PARTS.iter().all(|part| part.0 != **name))
    {
        bail!(
            "set-up has no part `{unknown}`; the parts are {}",
            PARTS.map(|part| part.0).join(", ")
        );
    }
    run_parts(&wanted)
}

/// The runner of wasm-bindgen-test, in the version that Cargo.lock holds.
pub fn test_runner() -> Result<PathBuf> {
    let version = paths::locked("wasm-bindgen")?;
    installed("wasm-bindgen-cli", &version, "wasm-bindgen-test-runner")
}

/// Firefox's driver, built from its crate.
pub fn geckodriver() -> Result<PathBuf> {
    installed("geckodriver", GECKODRIVER, "geckodriver")
}

pub fn cargo_deny() -> Result<PathBuf> {
    installed("cargo-deny", CARGO_DENY, "cargo-deny")
}

/// Debian keeps the server's programs out of PATH.
fn postgres() -> Result<()> {
    let found = || {
        let versions = std::fs::read_dir("/usr/lib/postgresql");
        let mut versions = versions.into_iter().flatten().flatten();
        versions.any(|version| version.path().join("bin/initdb").is_file())
            || which("initdb").is_some()
    };
    if !found() {
        host::apt(&["postgresql"], "PostgreSQL")?;
    }
    match found() {
        true => Ok(()),
        false => bail!("PostgreSQL was installed, but has no initdb"),
    }
}

/// A program of a crate, built once and kept in the cache under its version.
///
/// Not `--locked`: wasm-bindgen-cli is locked to a dependency that not every registry has.
fn installed(package: &str, version: &str, program: &str) -> Result<PathBuf> {
    let home = paths::cache(&format!("{package}-{version}"))?;
    let file = home.join("bin").join(format!("{program}{EXE_SUFFIX}"));
    if file.is_file() {
        return Ok(file);
    }
    println!("installing {package} {version} (once, a few minutes)");
    let mut install = cargo(&["install", package, "--version", version, "--root"]);
    install.arg(&home).current_dir(&home);
    for variable in [
        "CARGO_TARGET_DIR",
        "CARGO_BUILD_TARGET",
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
    ] {
        install.env_remove(variable);
    }
    run(&mut install)?;
    file.is_file()
        .then_some(file)
        .with_context(|| format!("{package} {version} was installed, but has no {program}"))
}
