//! A module without wasm-bindgen's glue: the boundary of the core and of the catalogue is numbers
//! alone, so all that is left to do is to give imports and exports the names that the SDK uses.

use anyhow::{Context, Result, bail};

/// The imported functions come from this module.
const PAGE: &str = "page";
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;
/// The kind of an import or export that is a function.
const FUNCTION: u8 = 0;

/// Renames what is imported, and renames or drops what is exported.
///
/// # Errors
/// Anything but functions is imported, or the bytes are not a module.
pub fn rename(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut from = Bytes(wasm);
    let mut out = from.take(8)?.to_vec();
    while !from.0.is_empty() {
        let id = from.byte()?;
        let length = from.number()?;
        let content = from.take(length)?;
        let content = match id {
            IMPORTS => imports(content)?,
            EXPORTS => exports(content)?,
            _ => content.to_vec(),
        };
        out.push(id);
        push_blob(&mut out, &content);
    }
    Ok(out)
}

fn imports(content: &[u8]) -> Result<Vec<u8>> {
    let mut from = Bytes(content);
    let count = from.number()?;
    let mut out = Vec::new();
    push_number(&mut out, count);
    for _ in 0..count {
        let (_, name, kind) = (from.text()?, from.text()?, from.byte()?);
        if kind != FUNCTION {
            bail!("a module without glue imports {name}, which is no function");
        }
        push_blob(&mut out, PAGE.as_bytes());
        push_blob(&mut out, imported(name).as_bytes());
        out.push(kind);
        push_number(&mut out, from.number()?);
    }
    Ok(out)
}

fn exports(content: &[u8]) -> Result<Vec<u8>> {
    let mut from = Bytes(content);
    let mut kept = 0;
    let mut out = Vec::new();
    for _ in 0..from.number()? {
        let (name, kind, index) = (from.text()?, from.byte()?, from.number()?);
        if let Some(name) = exported(name) {
            push_blob(&mut out, name.as_bytes());
            out.push(kind);
            push_number(&mut out, index);
            kept += 1;
        }
    }
    let mut whole = Vec::new();
    push_number(&mut whole, kept);
    whole.append(&mut out);
    Ok(whole)
}

/// `store_read` of `__wbg_store_read_0123456789abcdef`, `throw` of `__wbg___wbindgen_throw_...`.
fn imported(name: &str) -> &str {
    let name = crate::surface::stable(name);
    let name = name.strip_prefix("__wbg_").unwrap_or(name);
    name.strip_prefix("__wbindgen_").unwrap_or(name)
}

/// `track` of `engine_track`, and the memory; what else wasm-bindgen exports is for its glue.
fn exported(name: &str) -> Option<&str> {
    match name {
        "memory" => Some(name),
        _ => name.strip_prefix("engine_"),
    }
}

fn push_number(out: &mut Vec<u8>, mut n: usize) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn push_blob(out: &mut Vec<u8>, bytes: &[u8]) {
    push_number(out, bytes.len());
    out.extend_from_slice(bytes);
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(n).context("a module cut short")?;
        self.0 = rest;
        Ok(head)
    }

    fn byte(&mut self) -> Result<u8> {
        let byte = self.take(1)?.first();
        byte.copied().context("a module cut short")
    }

    fn number(&mut self) -> Result<usize> {
        let mut n = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            n |= usize::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(n);
            }
        }
        bail!("a number of more than 32 bits");
    }

    fn text(&mut self) -> Result<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).context("a name that is not UTF-8")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_sdk() {
        assert_eq!(imported("__wbg_store_read_0123456789abcdef"), "store_read");
        assert_eq!(imported("__wbg___wbindgen_throw_0123456789abcdef"), "throw");
        assert_eq!(exported("engine_track"), Some("track"));
        assert_eq!(exported("memory"), Some("memory"));
        assert_eq!(exported("__wbg_engine_free"), None);
        assert_eq!(exported("__wbindgen_malloc"), None);
    }

    #[test]
    fn only_functions_may_be_imported() {
        let module = |kind: u8| {
            let import = [1, 1, b'm', 1, b'n', kind, 0];
            let head = *b"\0asm\x01\0\0\0";
            [&head[..], &[IMPORTS, import.len() as u8], &import].concat()
        };
        let renamed = rename(&module(FUNCTION)).unwrap();
        assert_eq!(renamed[8..], *b"\x02\x0a\x01\x04page\x01n\0\0");
        assert!(rename(&module(2)).is_err());
        assert!(rename(b"\0asm\x01\0\0\0\x02").is_err());
    }
}
