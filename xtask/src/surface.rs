//! The surface of the core module: what it may call, and what may be called.
//!
//! A wasm module has no power of its own, so its import list is the whole list of its powers.
//! Both lists are golden files that a reviewer can read.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use wasmparser::{ExternalKind, Parser, Payload, TypeRef};

use crate::paths;

/// One line for each import: kind, module, name.
pub fn imports(wasm: &[u8]) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::ImportSection(section) = payload? {
            for import in section.into_imports() {
                let import = import?;
                let kind = match import.ty {
                    TypeRef::Func(_) | TypeRef::FuncExact(_) => "func",
                    TypeRef::Table(_) => "table",
                    TypeRef::Memory(_) => "memory",
                    TypeRef::Global(_) => "global",
                    TypeRef::Tag(_) => "tag",
                };
                lines.push(format!("{kind} {} {}", import.module, stable(import.name)));
            }
        }
    }
    lines.sort();
    Ok(lines)
}

/// One line for each export: kind, name.
pub fn exports(wasm: &[u8]) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::ExportSection(section) = payload? {
            for export in section {
                let export = export?;
                let kind = match export.kind {
                    ExternalKind::Func | ExternalKind::FuncExact => "func",
                    ExternalKind::Table => "table",
                    ExternalKind::Memory => "memory",
                    ExternalKind::Global => "global",
                    ExternalKind::Tag => "tag",
                };
                lines.push(format!("{kind} {}", stable(export.name)));
            }
        }
    }
    lines.sort();
    Ok(lines)
}

/// A name without the hash that wasm-bindgen or rustc puts at its end: `__wbg_now_0123456789abcdef`
/// and `invoke::h0123456789abcdef` change with every version of a dependency, what they name does not.
pub fn stable(name: &str) -> &str {
    let Some((rest, hash)) = name
        .len()
        .checked_sub(16)
        .and_then(|at| name.split_at_checked(at))
    else {
        return name;
    };
    if !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return name;
    }
    let rest = rest
        .strip_suffix("::h")
        .or_else(|| rest.strip_suffix("_h"))
        .unwrap_or(rest);
    match rest.trim_end_matches('_') {
        "" => name,
        rest => rest,
    }
}

/// Compares the core module with both golden files, or rewrites them.
pub fn check(module: &Path, rewrite: bool) -> Result<()> {
    let wasm = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let found = [
        ("tests/surface/wasm-imports.txt", imports(&wasm)?),
        ("tests/surface/wasm-exports.txt", exports(&wasm)?),
    ];
    let mut differ = Vec::new();
    for (name, lines) in found {
        let path = paths::at(name);
        let now = lines
            .iter()
            .map(|line| format!("{line}\n"))
            .collect::<String>();
        if rewrite {
            fs::create_dir_all(paths::at("tests/surface"))?;
            fs::write(&path, now)?;
            println!("wrote {name}");
            continue;
        }
        let golden = fs::read_to_string(&path).unwrap_or_default();
        if golden != now {
            differ.push(format!("{name}:\n{}", difference(&golden, &lines)));
        }
    }
    if !differ.is_empty() {
        bail!(
            "the surface of the core module has changed. If that is meant, run `cargo xtask golden` and have the difference reviewed.\n{}",
            differ.join("\n")
        );
    }
    Ok(())
}

fn difference(golden: &str, now: &[String]) -> String {
    let mut gone: Vec<&str> = golden.lines().collect();
    let mut new = Vec::new();
    for line in now {
        match gone.iter().position(|other| other == line) {
            Some(at) => {
                gone.remove(at);
            }
            None => new.push(line.as_str()),
        }
    }
    let gone = gone.iter().map(|line| format!("  - {line}"));
    let new = new.iter().map(|line| format!("  + {line}"));
    gone.chain(new).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_cut_and_other_names_stay() {
        assert_eq!(stable("__wbg_now_0123456789abcdef"), "__wbg_now");
        assert_eq!(
            stable("__wbindgen_cast_0000000000000001"),
            "__wbindgen_cast"
        );
        assert_eq!(
            stable("closures_invoke_h0123456789abcdef"),
            "closures_invoke"
        );
        assert_eq!(stable("invoke::h0123456789abcdef"), "invoke");
        assert_eq!(stable("engine_track"), "engine_track");
        assert_eq!(stable("0123456789abcdef"), "0123456789abcdef");
    }

    #[test]
    fn a_difference_counts_repeated_lines() {
        let now = ["a".to_owned(), "a".to_owned(), "c".to_owned()];
        assert_eq!(difference("a\nb\n", &now), "  - b\n  + a\n  + c");
    }

    #[test]
    fn a_module_without_sections_has_no_surface() {
        let empty = b"\0asm\x01\0\0\0";
        assert!(imports(empty).is_ok_and(|lines| lines.is_empty()));
        assert!(exports(empty).is_ok_and(|lines| lines.is_empty()));
    }
}
