//! Browsers and their drivers: given by the environment, found, or installed.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::run::which;
use crate::{host, setup};

/// One program that the browser tests need.
struct Program {
    /// The variable that overrides the search, and that tells the tests what was found.
    variable: &'static str,
    what: &'static str,
    names: &'static [&'static str],
    /// Debian packages that bring it; none if it is installed in another way.
    packages: &'static [&'static str],
}

const CHROMIUM: Program = Program {
    variable: "FEWBITS_CHROMIUM",
    what: "Chromium",
    names: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ],
    packages: &["chromium"],
};

const CHROMEDRIVER: Program = Program {
    variable: "FEWBITS_CHROMEDRIVER",
    what: "Chromium's driver (chromedriver)",
    names: &["chromedriver", "/usr/lib/chromium-browser/chromedriver"],
    packages: &["chromium-driver"],
};

const FIREFOX: Program = Program {
    variable: "FEWBITS_FIREFOX",
    what: "Firefox",
    names: &[
        "firefox",
        "firefox-esr",
        "/Applications/Firefox.app/Contents/MacOS/firefox",
    ],
    packages: &["firefox-esr"],
};

const WEBKITDRIVER: Program = Program {
    variable: "FEWBITS_WEBKITDRIVER",
    what: "WebKitGTK's driver (WebKitWebDriver)",
    names: &[
        "WebKitWebDriver",
        "/usr/libexec/webkit2gtk-4.1/WebKitWebDriver",
    ],
    packages: &["webkit2gtk-driver"],
};

const MINIBROWSER: Program = Program {
    variable: "FEWBITS_MINIBROWSER",
    what: "WebKitGTK's MiniBrowser",
    names: &[
        "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
        "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
        "/usr/lib/webkit2gtk-4.1/MiniBrowser",
        "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
        "/usr/lib/x86_64-linux-gnu/webkitgtk-6.0/MiniBrowser",
        "/usr/libexec/webkitgtk-6.0/MiniBrowser",
    ],
    packages: &["webkit2gtk-driver"],
};

const XVFB: Program = Program {
    variable: "FEWBITS_XVFB_RUN",
    what: "a screen for WebKit (xvfb-run)",
    names: &["xvfb-run"],
    packages: &["xvfb", "xauth"],
};

/// Chromium's driver, with its browser present.
pub fn chromedriver() -> Result<PathBuf> {
    provide(&CHROMIUM)?;
    provide(&CHROMEDRIVER)
}

/// Chromium and its driver, as the variables that tests read.
pub fn chromium() -> Result<[(&'static str, PathBuf); 2]> {
    Ok([
        (CHROMIUM.variable, provide(&CHROMIUM)?),
        (CHROMEDRIVER.variable, provide(&CHROMEDRIVER)?),
    ])
}

/// Firefox's driver, with its browser present.
pub fn geckodriver() -> Result<PathBuf> {
    provide(&FIREFOX)?;
    if let Some(given) = given("FEWBITS_GECKODRIVER") {
        return Ok(given);
    }
    match which("geckodriver") {
        Some(found) => Ok(found),
        None => setup::geckodriver(),
    }
}

/// What wraps a command that needs a screen; nothing where there is one.
pub fn screen() -> Result<Option<PathBuf>> {
    let shown = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| given(name).is_some());
    if shown || !cfg!(target_os = "linux") {
        return Ok(None);
    }
    provide(&XVFB).map(Some)
}

/// All of them, as the variables that the end-to-end tests read.
pub fn variables() -> Result<Vec<(&'static str, PathBuf)>> {
    let mut found = Vec::new();
    for program in [
        &CHROMIUM,
        &CHROMEDRIVER,
        &FIREFOX,
        &WEBKITDRIVER,
        &MINIBROWSER,
    ] {
        found.push((program.variable, provide(program)?));
    }
    found.push(("FEWBITS_GECKODRIVER", geckodriver()?));
    Ok(found)
}

fn given(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

fn find(program: &Program) -> Option<PathBuf> {
    given(program.variable).or_else(|| program.names.iter().find_map(|name| which(name)))
}

fn provide(program: &Program) -> Result<PathBuf> {
    if let Some(found) = find(program) {
        return Ok(found);
    }
    host::apt(program.packages, program.what)
        .with_context(|| format!("not found; {} can name it", program.variable))?;
    find(program).with_context(|| {
        format!(
            "{} is still missing after its package was installed",
            program.what
        )
    })
}
