//! The stages of `cargo xtask test`, in one table.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::run::{cargo, command, run, run_and_keep};
use crate::toolchain::wasm_cargo;
use crate::{browsers, collector, npm, paths, setup, size, toolchain, wasm};

pub struct Stage {
    pub name: &'static str,
    pub what: &'static str,
    /// The stage whose result this one works on; it is not run if that one failed.
    pub needs: Option<&'static str>,
    pub run: fn() -> Result<()>,
}

const fn stage(
    name: &'static str,
    what: &'static str,
    needs: Option<&'static str>,
    run: fn() -> Result<()>,
) -> Stage {
    Stage {
        name,
        what,
        needs,
        run,
    }
}

pub const STAGES: [Stage; 19] = [
    stage(
        "setup",
        "tools and browsers: found or installed",
        None,
        setup::run_all,
    ),
    stage("format", "rustfmt changes nothing", None, || {
        run(&mut cargo(&["fmt", "--all", "--check"]))
    }),
    stage(
        "clippy",
        "no lint, with and without the feature `author`",
        None,
        clippy,
    ),
    stage(
        "clippy-wasm",
        "no lint in what only wasm32 compiles",
        None,
        clippy_wasm,
    ),
    stage(
        "wasm",
        "the modules, bound and optimised; the core's surface is the golden one",
        None,
        wasm::modules,
    ),
    stage("packages", "the npm packages", Some("wasm"), wasm::packages),
    stage(
        "native",
        "unit, golden, property and architecture tests; doc examples",
        None,
        native,
    ),
    stage("web-chromium", "the boundary, in Chromium", None, || {
        web("CHROMEDRIVER", browsers::chromedriver)
    }),
    stage("web-firefox", "the boundary, in Firefox", None, || {
        web("GECKODRIVER", browsers::geckodriver)
    }),
    stage("lint", "eslint over all of www", None, || {
        run(npm::tool("eslint")?.arg("."))
    }),
    stage("typecheck", "the SDK's types", Some("wasm"), || {
        npm::script("sdk", "typecheck")
    }),
    stage(
        "sdk",
        "the SDK's tests, over the built package in Node",
        Some("packages"),
        || npm::script("sdk", "test"),
    ),
    stage(
        "publint",
        "the npm package is well-formed",
        Some("packages"),
        publint,
    ),
    stage(
        "attw",
        "its types resolve everywhere",
        Some("packages"),
        attw,
    ),
    stage(
        "size",
        "the critical path is within its budget",
        Some("packages"),
        size::check,
    ),
    stage(
        "e2e",
        "the demo shop and its collector, end to end in Chromium, Firefox and WebKit",
        Some("packages"),
        end_to_end,
    ),
    stage(
        "bundlers",
        "the packed package in every bundler, server and runtime, and its pages in Chromium",
        Some("packages"),
        bundlers,
    ),
    stage(
        "docs",
        "the site of the documents: its samples, and all its pages in Chromium",
        Some("packages"),
        docs,
    ),
    stage("deny", "licences, sources and banned crates", None, deny),
];

fn clippy() -> Result<()> {
    let deny = ["--", "-D", "warnings"];
    let without = ["clippy", "--package", "fewbits", "--all-targets"];
    let with = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        "fewbits/author",
    ];
    run(&mut cargo(&[&without[..], &deny].concat()))?;
    run(&mut cargo(&[&with[..], &deny].concat()))
}

fn clippy_wasm() -> Result<()> {
    let compiler = toolchain::wasm()?;
    toolchain::wasm_clippy(compiler)?;
    let core = ["clippy", "--package", "fewbits", "--lib"];
    let author = [
        "clippy",
        "--package",
        "fewbits",
        "--lib",
        "--test",
        "web",
        "--features",
        "author",
    ];
    let full = [&core[..], &["--features", "full"]].concat();
    let catalogue = ["clippy", "--package", "fewbits-catalogue", "--lib"];
    run(&mut wasm_cargo(compiler, &catalogue, true)?)?;
    run(&mut wasm_cargo(compiler, &core, true)?)?;
    run(&mut wasm_cargo(compiler, &full, true)?)?;
    run(&mut wasm_cargo(compiler, &author, true)?)
}

fn native() -> Result<()> {
    let args = [
        "test",
        "--workspace",
        "--no-fail-fast",
        "--features",
        "fewbits/author",
    ];
    run(&mut cargo(&args))
}

/// Runs tests/web.rs in a browser, and insists that it ran a test.
fn web(variable: &str, driver: fn() -> Result<PathBuf>) -> Result<()> {
    let runner = setup::test_runner()?;
    let driver = driver()?;
    let args = [
        "test",
        "--package",
        "fewbits",
        "--features",
        "author",
        "--test",
        "web",
    ];
    let mut tests = wasm_cargo(toolchain::wasm()?, &args, false)?;
    tests
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("WASM_BINDGEN_USE_BROWSER", "1")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "180")
        .env(
            "WASM_BINDGEN_TEST_WEBDRIVER_JSON",
            paths::at("webdriver.json"),
        );
    for other in [
        "CHROMEDRIVER",
        "GECKODRIVER",
        "SAFARIDRIVER",
        "MSEDGEDRIVER",
    ] {
        tests
            .env_remove(other)
            .env_remove(format!("{other}_REMOTE"));
    }
    let shown = run_and_keep(tests.env(variable, driver))?;
    let passed = shown.lines().find_map(|line| {
        line.trim()
            .strip_prefix("test result: ok. ")?
            .split(' ')
            .next()?
            .parse::<u32>()
            .ok()
    });
    match passed {
        Some(1..) => Ok(()),
        _ => bail!("no test ran in the browser"),
    }
}

fn publint() -> Result<()> {
    let mut publint = npm::tool("publint")?;
    run(publint.args(["run", "sdk", "--strict"]))
}

fn attw() -> Result<()> {
    let exports = npm::exports()?.into_iter();
    let data = exports
        .filter(|(_, script)| script.is_none())
        .map(|(key, _)| key);
    let data: Vec<String> = data
        .map(|key| key.trim_start_matches("./").to_owned())
        .collect();
    let mut attw = npm::tool("attw")?;
    if !data.is_empty() {
        attw.arg("--exclude-entrypoints").args(data);
    }
    run(attw.args(["--profile", "esm-only", "--no-emoji", "--pack", "sdk"]))
}

/// The test files of a folder.
fn tests_in(folder: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in
        std::fs::read_dir(paths::at(folder)).with_context(|| format!("{folder} is missing"))?
    {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("{folder} has no *.test.mjs");
    }
    files.sort();
    Ok(files)
}

fn end_to_end() -> Result<()> {
    let files = tests_in("www/e2e")?;
    // One file at a time: browsers are heavy, and three engines want the same screen.
    let node = [
        "--test",
        "--test-concurrency=1",
        "--test-reporter=spec",
        "--test-timeout=900000",
        "--test-force-exit",
    ];
    let mut tests = match browsers::screen()? {
        Some(xvfb) => {
            // A screen that starts anew when its last client leaves has no room for the next
            // browser while it does.
            let screen = "-screen 0 1280x1024x24 -noreset";
            let mut wrapped = command(xvfb, &["-a", "-s", screen, "node"]);
            wrapped.args(node);
            wrapped
        }
        None => command("node", &node),
    };
    tests
        .args(files)
        .current_dir(paths::at("www"))
        .envs(browsers::variables()?)
        .env("FEWBITS_COLLECTOR", collector::program()?)
        .env("FEWBITS_STATEMENT", collector::statement()?)
        // The WebDriver client brings a helper that would fetch drivers and report its use.
        .env("SE_OFFLINE", "true")
        .env("SE_AVOID_STATS", "true");
    run(&mut tests)
}

/// One after the other: bundlers and browsers are heavy.
fn bundlers() -> Result<()> {
    let tests = ["--test", "--test-concurrency=1", "--test-reporter=spec"];
    let mut node = command("node", &tests);
    node.arg("--test-timeout=300000")
        .args(tests_in("www/smoke")?)
        .current_dir(paths::at("www"))
        .envs(browsers::chromium()?)
        .env("SE_OFFLINE", "true")
        .env("SE_AVOID_STATS", "true");
    run(&mut node)
}

fn docs() -> Result<()> {
    npm::script("docs", "build")?;
    run(&mut cargo(&["build", "--package", "fewbits-cli"]))?;
    let cli = format!("fewbits{}", std::env::consts::EXE_SUFFIX);
    let mut tests = npm::npm(&["run", "test", "--workspace", "docs"]);
    tests
        .envs(browsers::variables()?)
        .env("FEWBITS_CLI", paths::target().join("debug").join(cli))
        .env("SE_OFFLINE", "true")
        .env("SE_AVOID_STATS", "true");
    run(&mut tests)
}

fn deny() -> Result<()> {
    let mut deny = command(
        setup::cargo_deny()?,
        &["--all-features", "--workspace", "check"],
    );
    // Advisories come from a database that has to be fetched; see CONTRIBUTING.md.
    run(deny.args(["licenses", "bans", "sources"]))
}
