//! `cargo xtask size`: what a visitor downloads, as it is and compressed.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::run::{read, run};
use crate::{npm, paths, wasm};

/// What the critical path shall weigh, compressed with brotli: core module, its glue, and the
/// SDK's main entry.
const GOAL: usize = 25_000;
/// What it may weigh at most. A ratchet: it is lowered whenever the path shrinks, and never raised
/// without a reason in the commit.
const BUDGET: usize = 24_500;
/// What comes on top, by its script and its part of the core, and for whom.
const PARTS: [(&str, &str, &str); 6] = [
    (
        "context",
        "context",
        "for books that ask for the environment",
    ),
    ("facts", "", "for books with declared signals"),
    (
        "decide",
        "decide",
        "for books that decide, rank, or have a model",
    ),
    (
        "collect",
        "",
        "for books that count views, attention or scrolling",
    ),
    ("keep", "store", "for visitors who agreed to storage"),
    ("", "watch", "for pages that listen for changes"),
];
const REPORT: &str = "docs/generated/size.md";

/// Bytes as they are, with gzip 9, with brotli 11.
#[derive(Clone, Copy, Default)]
struct Size {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

impl Size {
    fn of(bytes: &[u8]) -> Result<Size> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(bytes)?;
        let mut packed = Vec::new();
        let quality = brotli::enc::BrotliEncoderParams {
            quality: 11,
            ..Default::default()
        };
        brotli::BrotliCompress(&mut &*bytes, &mut packed, &quality)?;
        Ok(Size {
            raw: bytes.len(),
            gzip: gzip.finish()?.len(),
            brotli: packed.len(),
        })
    }

    fn plus(self, other: Size) -> Size {
        Size {
            raw: self.raw + other.raw,
            gzip: self.gzip + other.gzip,
            brotli: self.brotli + other.brotli,
        }
    }

    fn row(self, name: &str) -> String {
        format!(
            "| {name} | {} | {} | {} |\n",
            self.raw, self.gzip, self.brotli
        )
    }
}

/// The command: builds, measures, writes the report.
pub fn main() -> Result<()> {
    wasm::build_all()?;
    let (table, critical) = measure()?;
    let path = paths::at(REPORT);
    fs::create_dir_all(paths::at("docs/generated"))?;
    fs::write(&path, &table).with_context(|| format!("cannot write {REPORT}"))?;
    println!("{table}\nwrote {REPORT}");
    within(critical)
}

/// The check: measures what is built, and writes nothing.
pub fn check() -> Result<()> {
    let (table, critical) = measure()?;
    println!("{table}");
    within(critical)
}

fn within(critical: Size) -> Result<()> {
    if critical.brotli > BUDGET {
        bail!(
            "the critical path weighs {} bytes brotli; {BUDGET} is the most (and {GOAL} the goal)",
            critical.brotli
        );
    }
    Ok(())
}

fn measure() -> Result<(String, Size)> {
    let module =
        |name: &str| size_of_file(&wasm::out_dir().join(format!("fewbits_{name}_bg.wasm")));
    let core = module("first")?;
    let mut rows = core.row("core module, without its parts");
    let mut critical = None;
    let mut entries = String::new();
    for (key, file) in npm::exports()? {
        let Some(file) = file else { continue };
        let name = key.replacen('.', "fewbits", 1);
        let size = bundle(&name, &file)?;
        if name == "fewbits" {
            critical = Some(core.plus(size));
            rows.push_str(&size.row("SDK entry `fewbits`"));
        } else {
            entries.push_str(&size.row(&format!("entry `{name}`")));
        }
    }
    let critical = critical.context("www/sdk/package.json exports no main entry")?;
    rows.push_str(&critical.row("**critical path**: what every visitor downloads"));
    let mut all = critical;
    for (script, core, when) in PARTS {
        let mut part = Size::default();
        if !script.is_empty() {
            part = part.plus(script_part(script)?);
        }
        if !core.is_empty() {
            part = part.plus(module(core)?);
        }
        all = all.plus(part);
        let name = if script.is_empty() { core } else { script };
        rows.push_str(&part.row(&format!("`{name}`, {when}")));
    }
    rows.push_str(
        &all.row("all of these: a visitor who is kept, of a book that asks for everything"),
    );
    rows.push_str(&entries);
    rows.push_str(
        &module("core")?.row("the core in one piece, for `wasm`, servers and `fewbits/inline`"),
    );
    rows.push_str(
        &module("full")?.row("full module, loaded for a report, the ledger, an explanation"),
    );
    rows.push_str(&module("author")?.row("author module, loaded only for a JSON book"));
    rows.push_str(&module("catalogue")?.row("catalogue module, loaded with the first catalogue"));
    let (packed, unpacked) = tarball()?;

    let table = format!(
        "# What it weighs\n\n\
         Written by `cargo xtask size`. Bytes; gzip at level 9, brotli at 11. Entries are bundled and \
         minified with what they import at once; what they import later, on demand, is not counted. \
         The critical path shall weigh {GOAL} bytes brotli; it may not grow past {BUDGET}.\n\n\
         | | raw | gzip | brotli |\n|---|---:|---:|---:|\n{rows}\n\
         The npm package: {packed} bytes packed, {unpacked} unpacked.\n"
    );
    Ok((table, critical))
}

fn size_of_file(path: &Path) -> Result<Size> {
    let bytes = fs::read(path)
        .with_context(|| format!("cannot read {}: run `cargo xtask build`", path.display()))?;
    Size::of(&bytes)
}

/// Bundles an entry as a site's bundler would, and measures it with what it imports statically.
fn bundle(name: &str, file: &str) -> Result<Size> {
    let source = paths::at("www/sdk").join(file);
    let out = paths::at("target/size").join(name.replace('/', "-"));
    let _ = fs::remove_dir_all(&out);
    let meta = out.join("meta.json");
    let mut esbuild = npm::tool("esbuild")?;
    esbuild
        .arg(&source)
        .args(["--bundle", "--minify", "--splitting", "--format=esm"]);
    esbuild.args([
        "--packages=external",
        "--external:node:*",
        "--log-level=error",
    ]);
    esbuild.arg(format!("--outdir={}", out.display()));
    esbuild.arg(format!("--metafile={}", meta.display()));
    run(&mut esbuild)?;

    let meta: Value = serde_json::from_str(&fs::read_to_string(&meta)?)?;
    let outputs = meta.get("outputs").and_then(Value::as_object);
    let outputs = outputs.context("esbuild named no output")?;
    let is_entry = |chunk: &Value| {
        let entry = chunk
            .get("entryPoint")
            .and_then(Value::as_str)
            .unwrap_or_default();
        entry.ends_with(file.trim_start_matches("./"))
    };
    let first = outputs
        .iter()
        .find(|(_, chunk)| is_entry(chunk))
        .map(|(path, _)| path.clone());
    let mut wanted = vec![first.context("esbuild named no entry")?];
    let mut total = Size::default();
    let mut at = 0;
    while let Some(path) = wanted.get(at).cloned() {
        at += 1;
        total = total.plus(size_of_file(&paths::at("www").join(&path))?);
        for import in outputs
            .get(&path)
            .and_then(|chunk| chunk.get("imports")?.as_array())
            .into_iter()
            .flatten()
        {
            let text = |key: &str| import.get(key).and_then(Value::as_str).unwrap_or_default();
            let next = text("path").to_owned();
            if text("kind") == "import-statement"
                && outputs.contains_key(&next)
                && !wanted.contains(&next)
            {
                wanted.push(next);
            }
        }
    }
    Ok(total)
}

/// A script that the main entry, which has just been bundled, imports on demand.
fn script_part(name: &str) -> Result<Size> {
    let start = format!("{name}-");
    for entry in fs::read_dir(paths::at("target/size/fewbits"))? {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        if file.starts_with(&start) {
            return size_of_file(&path);
        }
    }
    bail!("the main entry has no part {name}")
}

/// The size of the package as npm packs it, and unpacked.
fn tarball() -> Result<(u64, u64)> {
    let args = [
        "pack",
        "--dry-run",
        "--json",
        "--ignore-scripts",
        "--workspace",
        "sdk",
    ];
    let answer: Value = serde_json::from_str(&read(&mut npm::npm(&args))?)?;
    let first = answer
        .get(0)
        .or_else(|| answer.as_object()?.values().next());
    let number = |key: &str| first.and_then(|pack| pack.get(key)?.as_u64());
    number("size")
        .zip(number("unpackedSize"))
        .context("npm pack told no size")
}
