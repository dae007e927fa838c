//! Compilers: the native one is whatever runs this tool; the one for wasm32 is chosen here.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::run::{cargo, command, read, run, which, works};
use crate::{host, paths};

pub const TARGET: &str = "wasm32-unknown-unknown";
const PROBE: &str = "pub fn probe() -> Vec<u8> { Vec::new() }";
const DISTRO_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19"];
const DISTRO_LINKER: &str = "wasm-ld-19";
const DISTRO_RUSTC: &str = "/usr/bin/rustc";
const DISTRO_CARGO: &str = "/usr/bin/cargo";
const DISTRO_CLIPPY: &str = "/usr/bin/cargo-clippy";

/// Which compiler makes the wasm modules. All of a build comes from one, because a library
/// compiled by one rustc cannot be linked by another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Compiler {
    /// The one that runs this tool, with the target that rustup installed.
    Native,
    /// Debian's own, with a standard library that was built here from Debian's sources.
    Distro,
}

/// The compiler for wasm32, installed if it has to be.
pub fn wasm() -> Result<Compiler> {
    if can_build("rustc") {
        return Ok(Compiler::Native);
    }
    if distro_ready() {
        return Ok(Compiler::Distro);
    }
    if env::var("FEWBITS_WASM_TOOLCHAIN").is_ok_and(|value| value == "distro") {
        install_distro()?;
        return Ok(Compiler::Distro);
    }
    let added = run(&mut command("rustup", &["target", "add", TARGET]));
    match added {
        Ok(()) if can_build("rustc") => Ok(Compiler::Native),
        _ if host::debian() && host::root_user() => {
            println!("rustup did not give the target {TARGET}: taking it from Debian's packages");
            install_distro()?;
            Ok(Compiler::Distro)
        }
        Ok(()) => bail!("rustup added the target {TARGET}, but rustc still does not know it"),
        Err(error) => Err(error.context(format!(
            "the target {TARGET} is missing; on Debian, FEWBITS_WASM_TOOLCHAIN=distro takes it from the packages"
        ))),
    }
}

/// What this compiler says of itself.
pub fn version(compiler: Compiler) -> Result<String> {
    let rustc = match compiler {
        Compiler::Native => "rustc",
        Compiler::Distro => DISTRO_RUSTC,
    };
    read(command(rustc, &["--version"]).env_remove("LD_LIBRARY_PATH"))
}

/// A cargo command that builds for wasm32, or with `lint` a clippy command, which fails on warnings.
///
/// Paths of this machine are mapped away, so that the module neither tells where it was built
/// nor differs for it.
pub fn wasm_cargo(compiler: Compiler, args: &[&str], lint: bool) -> Result<Command> {
    let mut cargo = match compiler {
        Compiler::Native => cargo(args),
        Compiler::Distro => {
            // Cargo would look for subcommands in its home folder first, and find rustup's clippy.
            let program = if lint { DISTRO_CLIPPY } else { DISTRO_CARGO };
            let mut cargo = command(program, args);
            cargo
                .env("RUSTC", DISTRO_RUSTC)
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DISTRO_LINKER)
                .env("CARGO", DISTRO_CARGO)
                .env_remove("LD_LIBRARY_PATH");
            cargo
        }
    };
    let mut flags = vec![remap(&paths::root(), "/fewbits")];
    let sources = paths::cargo_home()?.join("registry/src");
    for entry in fs::read_dir(&sources).into_iter().flatten().flatten() {
        flags.push(remap(&entry.path(), "/deps"));
    }
    if lint {
        flags.push("-Dwarnings".to_owned());
    }
    cargo
        .args(["--target", TARGET, "--target-dir"])
        .arg(paths::at(if lint {
            "target/wasm-lint"
        } else {
            "target/wasm"
        }))
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env_remove("RUSTFLAGS");
    Ok(cargo)
}

fn remap(from: &Path, to: &str) -> String {
    format!("--remap-path-prefix={}={to}", from.display())
}

/// Rustfmt and clippy, which a minimal toolchain lacks.
pub fn native_tools() -> Result<()> {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !works(&mut cargo(&[tool, "--version"])) {
            run(&mut command("rustup", &["component", "add", component]))?;
        }
    }
    Ok(())
}

/// Clippy for wasm32, from where the compiler came.
pub fn wasm_clippy(compiler: Compiler) -> Result<()> {
    match compiler {
        Compiler::Native => native_tools(),
        Compiler::Distro if Path::new(DISTRO_CLIPPY).exists() => Ok(()),
        Compiler::Distro => host::apt(&["rust-web-clippy"], "clippy for Debian's compiler"),
    }
}

fn distro_ready() -> bool {
    Path::new(DISTRO_RUSTC).exists()
        && Path::new(DISTRO_CARGO).exists()
        && which(DISTRO_LINKER).is_some()
        && can_build(DISTRO_RUSTC)
}

/// Whether this rustc compiles a line that needs the standard library. A look into its folder
/// would not tell: what lies there may be from another version.
fn can_build(rustc: &str) -> bool {
    let Ok(out) = paths::cache("probe") else {
        return false;
    };
    let mut probe = command(
        rustc,
        &[
            "--target",
            TARGET,
            "--crate-type",
            "lib",
            "--emit",
            "metadata",
        ],
    );
    if rustc == DISTRO_RUSTC {
        probe.env_remove("LD_LIBRARY_PATH");
    }
    probe
        .args(["--crate-name", "probe", "-", "--out-dir"])
        .arg(&out)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let Ok(mut child) = probe.spawn() else {
        return false;
    };
    if let Some(mut input) = child.stdin.take() {
        let _ = input.write_all(PROBE.as_bytes());
    }
    child.wait().is_ok_and(|status| status.success())
}

fn install_distro() -> Result<()> {
    host::apt(&DISTRO_PACKAGES, "Debian's compiler for the web")?;
    if can_build(DISTRO_RUSTC) {
        return Ok(());
    }
    let libraries = built_std()?;
    let target = distro(&["--print", "target-libdir", "--target", TARGET])?;
    println!("copying the standard library for {TARGET} to {target}");
    fs::create_dir_all(&target)?;
    for old in rlibs(Path::new(&target))? {
        fs::remove_file(old)?;
    }
    for library in rlibs(&libraries)? {
        let name = library.file_name().context("a library without a name")?;
        fs::copy(&library, Path::new(&target).join(name))
            .with_context(|| format!("cannot write to {target} (run this once as root)"))?;
    }
    if !can_build(DISTRO_RUSTC) {
        bail!("Debian's compiler does not accept the standard library that was built for it");
    }
    Ok(())
}

/// The folder with the standard library for Debian's compiler, built once for each version.
fn built_std() -> Result<PathBuf> {
    let version = distro(&["--version"])?;
    let key = version.replace(|c: char| !c.is_ascii_alphanumeric() && c != '.', "-");
    let kept = paths::cache("wasm-std")?.join(key);
    if kept.is_dir() && !rlibs(&kept)?.is_empty() {
        return Ok(kept);
    }
    let number = version
        .split_whitespace()
        .nth(1)
        .context("rustc without a version")?;
    let sources = format!("/usr/src/rustc-{number}/library/sysroot/Cargo.toml");
    if !Path::new(&sources).exists() {
        bail!("{sources} is missing: the packages rustc-web and rust-web-src do not agree");
    }
    println!("building the standard library for {TARGET} (once, about a minute)");
    let scratch = paths::cache("wasm-std-build")?;
    let flags = [
        "-Cembed-bitcode=yes".to_owned(),
        "-Zforce-unstable-if-unmarked".to_owned(),
        "-Cpanic=abort".to_owned(),
        remap(&paths::cargo_home()?, "/cargo"),
    ];
    let args = [
        "build",
        "--release",
        "--no-default-features",
        "--target",
        TARGET,
        "--manifest-path",
    ];
    run(command(DISTRO_CARGO, &args)
        .arg(&sources)
        .arg("--target-dir")
        .arg(&scratch)
        .current_dir(&scratch)
        .env("RUSTC", DISTRO_RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("__CARGO_DEFAULT_LIB_METADATA", "stable")
        .env_remove("RUSTFLAGS")
        .env_remove("LD_LIBRARY_PATH"))?;

    // Into place in one step, so that an interrupted copy is never taken for a whole one.
    let half = kept.with_extension(format!("half-{}", std::process::id()));
    fs::create_dir_all(&half)?;
    for library in rlibs(&scratch.join(TARGET).join("release/deps"))? {
        let name = library.file_name().context("a library without a name")?;
        fs::copy(&library, half.join(name))?;
    }
    fs::rename(&half, &kept)?;
    fs::remove_dir_all(&scratch)?;
    Ok(kept)
}

fn distro(args: &[&str]) -> Result<String> {
    read(command(DISTRO_RUSTC, args).env_remove("LD_LIBRARY_PATH"))
}

fn rlibs(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "rlib")
        {
            found.push(path);
        }
    }
    Ok(found)
}
