//! `cargo xtask build`: the wasm modules, their bindings, and the npm packages.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::json;
use wasm_bindgen_cli_support::Bindgen;

use crate::run::{flag, read, run};
use crate::split::{self, Part};
use crate::toolchain::{self, Compiler, TARGET};
use crate::{narrow, npm, paths, surface};

/// A module, and what it is built from.
struct Module {
    name: &'static str,
    package: &'static str,
    features: &'static [&'static str],
    /// Its boundary is numbers alone: it has no glue.
    narrow: bool,
    /// What matters: size, or speed.
    level: &'static str,
    /// What the compiler is told besides.
    flags: &'static [&'static str],
    /// What pages load of it only when they need it.
    parts: &'static [Part],
}

/// What a first page view of a book of segments does without.
const PARTS: [Part; 4] = [
    Part {
        name: "context",
        entries: &["Door::coarsen", "referrer::matches", "referrer::means"],
        texts: &[
            "referrers",
            "parameters",
            "media",
            "devices",
            "languages",
            "regions",
        ],
    },
    Part {
        name: "decide",
        entries: &[
            "decisions::anything",
            "Stream as fewbits::ports::Entropy::fill",
            "Choices::set_seed",
            "Choices::drawn",
            "Segments::holds",
            "Segments::member",
            "Engine::decide",
            "Engine::weigh",
            "Engine::merge_choices",
            "Engine::write_choices",
            "Models::new",
            "Models::edges",
            "Segments::ask_stale",
        ],
        texts: &[],
    },
    Part {
        name: "store",
        entries: &[
            "Engine::fold_memory",
            "Engine::lend",
            "LocalStore::journals",
            "Door::record",
            "Segments::mute",
        ],
        texts: &[],
    },
    Part {
        name: "watch",
        entries: &["Engine::next_change"],
        texts: &[],
    },
];

/// What every visitor downloads.
const CORE: Module = Module {
    name: "fewbits_core",
    package: "fewbits",
    features: &[],
    narrow: true,
    level: "-Oz",
    flags: &[],
    parts: &PARTS,
};
/// All that the core can do: reports, ledger, explanations, the visitor's own copy.
const FULL: Module = Module {
    name: "fewbits_full",
    package: "fewbits",
    features: &["--features", "full"],
    narrow: false,
    level: "-Oz",
    flags: &[],
    parts: &[],
};
/// What checks and compiles books.
const AUTHOR: Module = Module {
    name: "fewbits_author",
    package: "fewbits",
    features: &["--features", "author"],
    narrow: false,
    level: "-Oz",
    flags: &[],
    parts: &[],
};
/// What ranks the items of a large catalogue.
const CATALOGUE: Module = Module {
    name: "fewbits_catalogue",
    package: "fewbits-catalogue",
    features: &[],
    narrow: true,
    level: "-O3",
    // Its memory is to be the catalogue's: it calls nothing deep.
    flags: &["-Clink-arg=-zstack-size=131072"],
    parts: &[],
};

/// What rustc emits today for this target; wasm-opt must be told.
const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Where the modules and their glue go.
pub fn out_dir() -> PathBuf {
    paths::at("www/sdk/wasm")
}

/// The core module as it is shipped.
pub fn core_module() -> PathBuf {
    out_dir().join(format!("{}_bg.wasm", CORE.name))
}

/// The command.
pub fn build_all() -> Result<()> {
    npm::install()?;
    modules()?;
    packages()
}

/// All modules, bound and optimised, and the core's surface checked (UPDATE=1: rewritten).
pub fn modules() -> Result<()> {
    modules_and_surface(flag("UPDATE"))
}

pub fn modules_and_surface(rewrite: bool) -> Result<()> {
    let compiler = toolchain::wasm()?;
    let fresh = paths::at("target/wasm-out");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    for module in [&CORE, &FULL, &AUTHOR, &CATALOGUE] {
        build(compiler, module, &fresh)?;
    }
    fs::write(fresh.join("toolchain.json"), provenance(compiler)?)?;
    place(&fresh, &out_dir())?;
    surface::check(&core_module(), rewrite)
}

/// What made the modules, for the package's `integrity.json`.
fn provenance(compiler: Compiler) -> Result<String> {
    let lock = fs::read_to_string(paths::at("Cargo.lock"))?;
    let bindgen = lock
        .split("[[package]]")
        .find_map(|one| {
            one.trim()
                .strip_prefix("name = \"wasm-bindgen\"\nversion = \"")
        })
        .and_then(|rest| rest.split('"').next())
        .context("Cargo.lock names no wasm-bindgen")?;
    let opt = read(npm::tool("wasm-opt")?.arg("--version"))?;
    let made = json!({
        "rustc": toolchain::version(compiler)?.trim(),
        "wasm-bindgen": bindgen,
        "wasm-opt": opt.trim(),
    });
    Ok(format!("{made:#}\n"))
}

/// The npm packages, from the modules.
pub fn packages() -> Result<()> {
    npm::script("sdk", "build")?;
    npm::script("demo", "build")
}

fn build(compiler: Compiler, module: &Module, out: &Path) -> Result<()> {
    let args = [
        "rustc",
        "--lib",
        "--package",
        module.package,
        "--profile",
        "wasm",
    ];
    let args: Vec<&str> = args.iter().chain(module.features).copied().collect();
    let mut compile = toolchain::wasm_cargo(compiler, &args, false)?;
    run(compile.arg("--").args(module.flags))?;

    let raw = paths::at("target/wasm")
        .join(TARGET)
        .join("wasm")
        .join(module.package.replace('-', "_"))
        .with_extension("wasm");
    Bindgen::new()
        .input_path(&raw)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .out_name(module.name)
                .typescript(true)
                .remove_producers_section(true)
                // The SDK says where the module is; a second address would mislead bundlers.
                .omit_default_module_path(true)
                .generate(out)
        })
        .with_context(|| format!("cannot bind {}", raw.display()))?;

    let wasm = out.join(format!("{}_bg.wasm", module.name));
    if module.narrow {
        let renamed = narrow::rename(&fs::read(&wasm)?)?;
        for file in [".js", ".d.ts", "_bg.wasm.d.ts"] {
            fs::remove_file(out.join(format!("{}{file}", module.name)))?;
        }
        fs::write(&wasm, renamed)?;
    }
    // Twice: the second round still finds something. The names are for the cuts between.
    optimise(&wasm, module.level, &["-g"])?;
    if !module.parts.is_empty() {
        let (first, parts) = split::split(&fs::read(&wasm)?, module.parts)?;
        let names = module.parts.iter().map(|part| part.name);
        let modules = names.zip(parts).chain([("first", first)]);
        for (name, bytes) in modules {
            let file = out.join(format!("fewbits_{name}_bg.wasm"));
            fs::write(&file, bytes)?;
            optimise(&file, module.level, &STRIP)?;
        }
    }
    optimise(&wasm, module.level, &STRIP)
}

const STRIP: [&str; 3] = [
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

fn optimise(wasm: &Path, level: &str, more: &[&str]) -> Result<()> {
    let mut opt = npm::tool("wasm-opt")?;
    // Functions stay apart though they have one caller only: many small ones compress better than
    // a large one.
    opt.args([level, "--one-caller-inline-max-function-size=30"]);
    opt.args(more).args(WASM_FEATURES);
    run(opt.arg(wasm).arg("-o").arg(wasm))?;
    let size = fs::metadata(wasm)?.len();
    println!(
        "{}: {size} bytes",
        wasm.file_name().unwrap_or_default().display()
    );
    Ok(())
}

/// Moves what is new into place, and leaves files as they are whose bytes are the same. What is
/// built no more goes.
fn place(fresh: &Path, out: &Path) -> Result<()> {
    fs::create_dir_all(out)?;
    for entry in fs::read_dir(out)? {
        let old = entry?;
        if !fresh.join(old.file_name()).exists() {
            fs::remove_file(old.path())?;
        }
    }
    for entry in fs::read_dir(fresh)? {
        let from = entry?.path();
        let to = out.join(from.file_name().context("a file without a name")?);
        let bytes = fs::read(&from)?;
        if fs::read(&to).is_ok_and(|old| old == bytes) {
            continue;
        }
        fs::write(&to, bytes).with_context(|| format!("cannot write {}", to.display()))?;
    }
    Ok(())
}
