//! The npm workspace in `www`.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::paths::at;
use crate::run::{command, read, run};

const WINDOWS_SUFFIX: &str = if cfg!(windows) { ".cmd" } else { "" };
const STAMP: &str = "www/node_modules/.fewbits-stamp";

/// npm, in `www`.
pub fn npm(args: &[&str]) -> Command {
    let mut npm = command(format!("npm{WINDOWS_SUFFIX}"), args);
    npm.current_dir(at("www"));
    npm
}

/// A script of a package, by the package's folder in `www`.
pub fn script(folder: &str, name: &str) -> Result<()> {
    let package = at("www").join(folder).join("package.json");
    if !package.exists() {
        bail!("www/{folder}/package.json is missing");
    }
    run(&mut npm(&["run", name, "--workspace", folder]))
}

/// A program that an installed npm package brings, run in `www`.
pub fn tool(name: &str) -> Result<Command> {
    let file = at("www/node_modules/.bin").join(format!("{name}{WINDOWS_SUFFIX}"));
    if !file.exists() {
        bail!("{name} is not installed: run `cargo xtask setup npm`");
    }
    let mut tool = command(file, &[]);
    tool.current_dir(at("www"));
    Ok(tool)
}

/// The exports of the npm package: the key of each, and its file if that is JavaScript.
pub fn exports() -> Result<Vec<(String, Option<String>)>> {
    let text = fs::read_to_string(at("www/sdk/package.json"))
        .context("cannot read www/sdk/package.json")?;
    let package: Value = serde_json::from_str(&text)?;
    let exports = package.get("exports").and_then(Value::as_object);
    let exports = exports.context("www/sdk/package.json has no `exports`")?;
    let list = exports
        .iter()
        .map(|(key, target)| (key.clone(), script_of(target)));
    Ok(list.collect())
}

/// The first JavaScript file among the conditions of an export.
fn script_of(target: &Value) -> Option<String> {
    match target {
        Value::String(file) => {
            let script = file.ends_with(".js") || file.ends_with(".mjs");
            (script && !file.contains('*')).then(|| file.clone())
        }
        Value::Object(conditions) => ["browser", "import", "default"]
            .iter()
            .find_map(|name| conditions.get(*name).and_then(script_of)),
        _ => None,
    }
}

/// Installs exactly what www/package-lock.json says, unless that was done already.
pub fn install() -> Result<()> {
    let version = read(&mut command("node", &["--version"]))
        .context("Node.js 20 or newer is missing; CONTRIBUTING.md says how to install it")?;
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|n| n.parse::<u32>().ok());
    if major.is_none_or(|major| major < 20) {
        bail!("Node.js {version} is too old; 20 or newer is needed");
    }
    let lock = fs::read_to_string(at("www/package-lock.json"))
        .context("cannot read www/package-lock.json; `npm install` in www makes it")?;
    let wanted = format!("{version}\n{lock}");
    if fs::read_to_string(at(STAMP)).is_ok_and(|done| done == wanted) {
        return Ok(());
    }
    run(&mut npm(&["ci", "--no-audit", "--no-fund"]))?;
    fs::write(at(STAMP), wanted).context("cannot write the stamp of npm ci")
}
