//! Child processes: shown before they run, checked after.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// A command to run in the repository's root, with nothing on its standard input.
pub fn command(program: impl AsRef<OsStr>, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(args)
        .current_dir(crate::paths::root())
        .stdin(Stdio::null());
    command
}

/// The cargo that runs this tool.
pub fn cargo(args: &[&str]) -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), args)
}

/// Shows and runs a command; an exit code other than 0 is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let text = show(command);
    let status = command.status().with_context(|| starting(&text))?;
    if !status.success() {
        bail!("`{text}` failed ({status})");
    }
    Ok(())
}

/// Like `run`, and gives back what was printed on standard output, which is still shown.
pub fn run_and_keep(command: &mut Command) -> Result<String> {
    let text = show(command);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| starting(&text))?;
    let mut kept = String::new();
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).lines() {
            let line = line.unwrap_or_default();
            println!("{line}");
            kept.push_str(&line);
            kept.push('\n');
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{text}` failed ({status})");
    }
    Ok(kept)
}

/// Runs a command quietly and gives back its standard output, trimmed.
pub fn read(command: &mut Command) -> Result<String> {
    let text = words(command);
    let output = command.output().with_context(|| starting(&text))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("`{text}` failed ({}): {}", output.status, errors.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a command quietly and says whether it worked.
pub fn works(command: &mut Command) -> bool {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// The program of that name in PATH, or the file itself if it is a path.
pub fn which(name: &str) -> Option<PathBuf> {
    let given = Path::new(name);
    if given.components().count() > 1 {
        return given.is_file().then(|| given.to_path_buf());
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|dir| dir.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
        .find(|file| file.is_file())
}

/// True if the environment has this variable with a value other than nothing or 0.
pub fn flag(name: &str) -> bool {
    env::var(name).is_ok_and(|value| !value.is_empty() && value != "0")
}

fn show(command: &Command) -> String {
    let text = words(command);
    println!("$ {text}");
    text
}

fn words(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(name)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

fn starting(text: &str) -> String {
    format!("cannot start `{text}`")
}
