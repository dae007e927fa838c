//! The machine: may packages be installed on it, and how.

use std::sync::OnceLock;

use anyhow::{Result, bail};

use crate::run::{command, flag, read, run, which};

/// Debian itself, not one of its relatives, whose packages have other names.
pub fn debian() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    release.lines().any(|line| line == "ID=debian") && which("apt-get").is_some()
}

pub fn root_user() -> bool {
    cfg!(unix) && read(&mut command("id", &["-u"])).is_ok_and(|id| id == "0")
}

/// Installs Debian packages, or says which command does.
pub fn apt(packages: &[&str], what: &str) -> Result<()> {
    let list = packages.join(" ");
    if !debian() {
        bail!("{what} is missing; CONTRIBUTING.md says how to install it on this system");
    }
    if !root_user() {
        bail!(
            "{what} is missing; install it with\n  sudo apt-get install --no-install-recommends {list}"
        );
    }
    static UPDATED: OnceLock<()> = OnceLock::new();
    if UPDATED.get().is_none() {
        run(command("apt-get", &["update", "-q"]).env("DEBIAN_FRONTEND", "noninteractive"))?;
        let _ = UPDATED.set(());
    }
    let mut install = command("apt-get", &["install", "-yq", "--no-install-recommends"]);
    run(install
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive"))
}

/// True where nobody looks at the screen.
pub fn unattended() -> bool {
    flag("CI")
}
