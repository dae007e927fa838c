//! Where things are: the repository, and the per-user cache of installed tools.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository's root.
pub fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// A path below the repository's root.
pub fn at(path: &str) -> PathBuf {
    root().join(path)
}

/// Where Cargo builds.
pub fn target() -> PathBuf {
    let chosen = env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty());
    chosen.map_or_else(|| at("target"), |dir| root().join(dir))
}

/// A folder in the per-user cache. Tools live here and not under `target`, so that a fresh
/// clone need not build them again; each name carries the tool's version.
pub fn cache(name: &str) -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|dir| !dir.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None => home()?.join(".cache"),
    };
    let dir = base.join("fewbits").join(name);
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
    Ok(dir)
}

fn home() -> Result<PathBuf> {
    env::home_dir()
        .filter(|dir| !dir.as_os_str().is_empty())
        .context("no home directory: set XDG_CACHE_HOME")
}

/// Cargo's own folder, where it unpacks the sources of dependencies.
pub fn cargo_home() -> Result<PathBuf> {
    match env::var_os("CARGO_HOME").filter(|dir| !dir.is_empty()) {
        Some(dir) => Ok(PathBuf::from(dir)),
        None => Ok(home()?.join(".cargo")),
    }
}

/// The version of a package that Cargo.lock holds.
pub fn locked(package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(at("Cargo.lock")).context("cannot read Cargo.lock")?;
    let wanted = format!("name = \"{package}\"");
    lock.lines()
        .skip_while(|line| *line != wanted)
        .find_map(|line| line.strip_prefix("version = \""))
        .map(|rest| rest.trim_end_matches('"').to_owned())
        .with_context(|| format!("Cargo.lock has no package `{package}`"))
}
