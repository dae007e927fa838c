//! Splits a module into what every visitor needs at once and parts that come later.
//!
//! A part is what only its entry functions reach. It is a module of its own, over the memory, the
//! table and the functions of the first one: linking it puts its entries into the table, through
//! which the first module calls them. Until then such a call is a trap, so the page links a part
//! before it asks for what needs it (`www/sdk/src/engine.ts`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, bail};
use walrus::ir::{self, Visitor};
use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, FunctionBuilder, FunctionId, FunctionKind,
    GlobalKind, ImportedFunction, LocalFunction, Module, TableId,
};

use crate::paths;

/// The module from which a part takes what it shares.
const FIRST: &str = "first";
/// By what the first module exports its table; functions and globals have numbers.
const TABLE: &str = "table";
const MEMORY: &str = "memory";

/// What comes later, and what leads into it.
pub struct Part {
    /// The part's name.
    pub name: &'static str,
    /// The last two names of functions of which each is called only when the part is linked.
    pub entries: &'static [&'static str],
    /// Tables of `src/signals` that nothing else reads.
    pub texts: &'static [&'static str],
}

/// Splits a module that has its names. Returns the first module and the parts, in order.
///
/// # Errors
/// An entry is not there: it was renamed, or became a part of its caller for want of
/// `#[inline(never)]`.
pub fn split(wasm: &[u8], parts: &[Part]) -> Result<(Vec<u8>, Vec<Vec<u8>>)> {
    let whole = Whole::read(wasm, parts)?;
    let mut later = Vec::new();
    for index in 0..parts.len() {
        later.push(whole.part(wasm, index)?);
    }
    Ok((whole.first(wasm)?, later))
}

/// A function by its place in the module.
type Place = usize;

/// Who is what, in a module that is to be split.
struct Whole {
    /// For each part its entries, each with its slot of the table.
    entries: Vec<Vec<(Place, u32)>>,
    /// What each part alone reaches, without its entries' stubs.
    own: Vec<BTreeSet<Place>>,
    /// What some part needs of the first module.
    shared: BTreeSet<Place>,
    /// Data that moves to a part: address and length.
    moved: Vec<Vec<(u32, usize)>>,
    /// Size of the table, with all slots.
    table: u32,
}

impl Whole {
    fn read(wasm: &[u8], parts: &[Part]) -> Result<Self> {
        let module = parse(wasm)?;
        let calls = calls(&module);
        let table = table_of(&module)?;
        let mut table = u32::try_from(module.tables.get(table).initial)?;
        let mut entries = Vec::new();
        for part in parts {
            let mut slots = Vec::new();
            for entry in part.entries {
                slots.push((find(&module, entry)?, table));
                table += 1;
            }
            entries.push(slots);
        }
        let cut: BTreeSet<Place> = entries.iter().flatten().map(|e| e.0).collect();
        // An entry is a stub for everybody but its own part: nothing is reached through it.
        let reach = |from: Vec<Place>, into: &dyn Fn(Place) -> bool| {
            let mut reached = BTreeSet::new();
            let mut next = from;
            while let Some(place) = next.pop() {
                if reached.insert(place) && into(place) {
                    next.extend(calls.get(&place).into_iter().flatten());
                }
            }
            reached
        };
        let mut first = reach(roots(&module), &|place| !cut.contains(&place));
        let reached: Vec<BTreeSet<Place>> = entries
            .iter()
            .map(|slots| {
                let mine: Vec<Place> = slots.iter().map(|e| e.0).collect();
                reach(mine.clone(), &|place| {
                    mine.contains(&place) || !cut.contains(&place)
                })
            })
            .collect();
        // What two parts reach is nobody's own.
        for (index, mine) in reached.iter().enumerate() {
            for other in reached.iter().skip(index + 1) {
                first.extend(mine.intersection(other));
            }
        }
        first.extend(&cut);
        let own: Vec<BTreeSet<Place>> = reached
            .iter()
            .map(|mine| mine.difference(&first).copied().collect())
            .collect();
        let mut shared = BTreeSet::new();
        for (mine, slots) in own.iter().zip(&entries) {
            let at_home = |place: &Place| slots.iter().any(|e| e.0 == *place);
            let bodies = mine.iter().chain(slots.iter().map(|e| &e.0));
            for callee in bodies.filter_map(|place| calls.get(place)).flatten() {
                if !mine.contains(callee) && !at_home(callee) {
                    shared.insert(*callee);
                }
            }
        }
        let moved = parts
            .iter()
            .map(|part| {
                part.texts
                    .iter()
                    .map(|file| place_of(&module, file))
                    .collect()
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            entries,
            own,
            shared,
            moved,
            table,
        })
    }

    /// What every visitor needs: entries are calls through the table.
    fn first(&self, wasm: &[u8]) -> Result<Vec<u8>> {
        let mut module = parse(wasm)?;
        let ids = ids(&module);
        let table = table_of(&module)?;
        for &(place, slot) in self.entries.iter().flatten() {
            let id = *ids.get(place).context("a function is gone")?;
            let ty = module.funcs.get(id).ty();
            let (params, results) = module.types.params_results(ty);
            let (params, results) = (params.to_vec(), results.to_vec());
            let mut stub = FunctionBuilder::new(&mut module.types, &params, &results);
            let args: Vec<_> = params.iter().map(|p| module.locals.add(*p)).collect();
            let mut body = stub.func_body();
            for arg in &args {
                body.local_get(*arg);
            }
            body.i32_const(slot as i32).call_indirect(ty, table);
            module.funcs.get_mut(id).kind = FunctionKind::Local(stub.local_func(args));
        }
        let grown = module.tables.get_mut(table);
        grown.initial = self.table.into();
        grown.maximum = Some(self.table.into());
        module.exports.add(TABLE, table);
        for place in &self.shared {
            let id = *ids.get(*place).context("a function is gone")?;
            module.exports.add(&short(*place), id);
        }
        let globals: Vec<_> = module.globals.iter().map(walrus::Global::id).collect();
        for (index, global) in globals.into_iter().enumerate() {
            module.exports.add(&format!("g{index}"), global);
        }
        for &(address, length) in self.moved.iter().flatten() {
            cut_out(&mut module, address, length)?;
        }
        walrus::passes::gc::run(&mut module);
        Ok(module.emit_wasm())
    }

    /// One part: all but its own functions are imported from the first module.
    fn part(&self, wasm: &[u8], index: usize) -> Result<Vec<u8>> {
        let mut module = parse(wasm)?;
        let ids = ids(&module);
        let (own, slots) = (&self.own[index], &self.entries[index]);
        let exports: Vec<_> = module.exports.iter().map(walrus::Export::id).collect();
        for export in exports {
            module.exports.delete(export);
        }
        let elements: Vec<_> = module.elements.iter().map(walrus::Element::id).collect();
        for element in elements {
            module.elements.delete(element);
        }
        let memory = module.get_memory_id()?;
        let texts = self.moved[index]
            .iter()
            .map(|&(address, length)| Ok((address, bytes_at(&module, address, length)?.to_vec())));
        let texts = texts.collect::<Result<Vec<_>>>()?;
        let data: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
        for data in data {
            module.data.delete(data);
        }
        let import = module.imports.add(FIRST, MEMORY, memory);
        let shared = module.memories.get_mut(memory);
        shared.import = Some(import);
        shared.data_segments.clear();
        for (address, text) in texts {
            let offset = ConstExpr::Value(ir::Value::I32(address as i32));
            let kind = DataKind::Active { memory, offset };
            let id = module.data.add(kind, text);
            module.memories.get_mut(memory).data_segments.insert(id);
        }
        let globals: Vec<_> = module.globals.iter().map(walrus::Global::id).collect();
        for (index, global) in globals.into_iter().enumerate() {
            let import = module.imports.add(FIRST, &format!("g{index}"), global);
            module.globals.get_mut(global).kind = GlobalKind::Import(import);
        }
        for place in &self.shared {
            let id = *ids.get(*place).context("a function is gone")?;
            if slots.iter().any(|e| e.0 == *place) {
                continue;
            }
            let ty = module.funcs.get(id).ty();
            if let FunctionKind::Import(old) = &module.funcs.get(id).kind {
                module.imports.delete(old.import);
            }
            let import = module.imports.add(FIRST, &short(*place), id);
            module.funcs.get_mut(id).kind = FunctionKind::Import(ImportedFunction { import, ty });
        }
        let table = table_of(&module)?;
        let import = module.imports.add(FIRST, TABLE, table);
        let whole = module.tables.get_mut(table);
        whole.import = Some(import);
        whole.initial = self.table.into();
        whole.maximum = Some(self.table.into());
        whole.elem_segments.clear();
        let first = slots.first().context("a part without entries")?.1;
        let functions = slots.iter().filter_map(|e| ids.get(e.0).copied());
        let element = module.elements.add(
            ElementKind::Active {
                table,
                offset: ConstExpr::Value(ir::Value::I32(first as i32)),
            },
            ElementItems::Functions(functions.collect()),
        );
        module.tables.get_mut(table).elem_segments.insert(element);
        module.start = None;
        walrus::passes::gc::run(&mut module);
        // It has no power but those of the first module.
        if let Some(other) = module.imports.iter().find(|one| one.module != FIRST) {
            bail!("a part imports {} of {}", other.name, other.module);
        }
        let kept = module.funcs.iter_local().count();
        if kept > own.len() + slots.len() {
            bail!(
                "a part has {kept} functions, {} are its own",
                own.len() + slots.len()
            );
        }
        Ok(module.emit_wasm())
    }
}

fn parse(wasm: &[u8]) -> Result<Module> {
    Module::from_buffer(wasm)
}

fn table_of(module: &Module) -> Result<TableId> {
    let table = module.tables.main_function_table()?;
    table.context("the module has no table")
}

fn ids(module: &Module) -> Vec<FunctionId> {
    module.funcs.iter().map(walrus::Function::id).collect()
}

/// Exports are short, and in the order of the module.
fn short(place: Place) -> String {
    format!("f{place}")
}

/// The function whose name ends so.
fn find(module: &Module, entry: &str) -> Result<Place> {
    let end = format!("::{entry}");
    let mut found = module.funcs.iter().enumerate().filter(|(_, function)| {
        let name = function.name.as_deref().unwrap_or_default();
        plain(name).ends_with(&end)
    });
    match (found.next(), found.next()) {
        (Some((place, _)), None) => Ok(place),
        (None, _) => bail!("no function is called {entry}: is it `#[inline(never)]`?"),
        _ => bail!("several functions are called {entry}"),
    }
}

/// A name without its hash, and without what an `impl` adds.
fn plain(name: &str) -> String {
    let name = match name.rsplit_once("::h") {
        Some((name, hash)) if hash.len() == 16 => name,
        _ => name,
    };
    name.replace("<impl ", "").replace(['<', '>'], "")
}

/// Which functions each function names.
fn calls(module: &Module) -> BTreeMap<Place, BTreeSet<Place>> {
    let places: BTreeMap<FunctionId, Place> = ids(module).into_iter().zip(0..).collect();
    let named = |function: &LocalFunction| {
        let mut called = Called(Vec::new());
        ir::dfs_in_order(&mut called, function, function.entry_block());
        called
            .0
            .iter()
            .filter_map(|id| places.get(id).copied())
            .collect()
    };
    let functions = module.funcs.iter_local();
    functions
        .filter_map(|(id, function)| Some((*places.get(&id)?, named(function))))
        .collect()
}

struct Called(Vec<FunctionId>);

impl<'a> Visitor<'a> for Called {
    fn visit_function_id(&mut self, function: &FunctionId) {
        self.0.push(*function);
    }
}

/// What the page calls, and what is called through the table.
fn roots(module: &Module) -> Vec<Place> {
    let places: BTreeMap<FunctionId, Place> = ids(module).into_iter().zip(0..).collect();
    let mut roots = Vec::new();
    for export in module.exports.iter() {
        if let walrus::ExportItem::Function(id) = export.item {
            roots.extend(places.get(&id));
        }
    }
    for element in module.elements.iter() {
        if let ElementItems::Functions(list) = &element.items {
            roots.extend(list.iter().filter_map(|id| places.get(id)));
        }
    }
    roots.extend(module.start.iter().filter_map(|id| places.get(id)));
    roots
}

/// Where a file's text lies in the module's memory.
fn place_of(module: &Module, file: &str) -> Result<(u32, usize)> {
    let file = format!("src/signals/tables/{file}.txt");
    let text = fs::read_to_string(paths::at(&file)).with_context(|| format!("no {file}"))?;
    for data in module.data.iter() {
        let at = data
            .value
            .windows(text.len())
            .position(|w| w == text.as_bytes());
        if let (Some(at), Some(base)) = (at, address(&data.kind)) {
            return Ok((base + u32::try_from(at)?, text.len()));
        }
    }
    bail!("the module's data does not have the text of {file} in one piece")
}

fn address(kind: &DataKind) -> Option<u32> {
    match kind {
        DataKind::Active {
            offset: ConstExpr::Value(ir::Value::I32(at)),
            ..
        } => u32::try_from(*at).ok(),
        _ => None,
    }
}

/// Some bytes of the module's data.
fn bytes_at(module: &Module, at: u32, length: usize) -> Result<&[u8]> {
    let found = module.data.iter().find_map(|data| {
        let from = at.checked_sub(address(&data.kind)?)? as usize;
        data.value.get(from..from + length)
    });
    found.context("a text is not where it was")
}

/// Leaves some bytes out of the module's data.
fn cut_out(module: &mut Module, at: u32, length: usize) -> Result<()> {
    let memory = module.get_memory_id()?;
    let found = module.data.iter().find_map(|data| {
        let from = at.checked_sub(address(&data.kind)?)? as usize;
        (from + length <= data.value.len()).then_some((data.id(), from))
    });
    let (id, from) = found.context("a text is not where it was")?;
    let data = module.data.get_mut(id);
    let rest = data.value.split_off(from + length);
    data.value.truncate(from);
    let offset = ConstExpr::Value(ir::Value::I32(at as i32 + length as i32));
    let rest = module.data.add(DataKind::Active { memory, offset }, rest);
    module.memories.get_mut(memory).data_segments.insert(rest);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `call` leads to `Thing::later`, which alone leads to `helper`; both lead to `common`.
    fn module() -> Vec<u8> {
        let mut module = Module::default();
        let table = module
            .tables
            .add_local(false, 1, Some(1), walrus::RefType::FUNCREF);
        let memory = module.memories.add_local(false, false, 1, None, None);
        let mut add = |name: &str, calls: &[FunctionId]| {
            let mut function = FunctionBuilder::new(&mut module.types, &[], &[]);
            function.name(name.to_owned());
            for callee in calls {
                function.func_body().call(*callee);
            }
            function.finish(Vec::new(), &mut module.funcs)
        };
        let common = add("common", &[]);
        let helper = add("helper", &[common]);
        let later = add(
            "a::<impl b::Thing>::later::h0123456789abcdef",
            &[helper, common],
        );
        let call = add("call", &[later, common]);
        module.exports.add("call", call);
        module.exports.add(MEMORY, memory);
        let offset = ConstExpr::Value(ir::Value::I32(0));
        let kind = ElementKind::Active { table, offset };
        let element = module
            .elements
            .add(kind, ElementItems::Functions(vec![common]));
        module.tables.get_mut(table).elem_segments.insert(element);
        module.emit_wasm()
    }

    const PART: Part = Part {
        name: "later",
        entries: &["Thing::later"],
        texts: &[],
    };

    fn names(wasm: &[u8]) -> Vec<String> {
        let module = parse(wasm).unwrap();
        let local = module.funcs.iter_local();
        let mut names: Vec<_> = local
            .map(|(id, _)| plain(module.funcs.get(id).name.as_deref().unwrap_or("")))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_part_takes_what_it_alone_reaches() {
        let (first, parts) = split(&module(), &[PART]).unwrap();
        assert_eq!(names(&first), ["a::b::Thing::later", "call", "common"]);
        assert_eq!(names(&parts[0]), ["a::b::Thing::later", "helper"]);
        let part = parse(&parts[0]).unwrap();
        let first = parse(&first).unwrap();
        for import in part.imports.iter() {
            assert_eq!(import.module, FIRST);
            assert!(first.exports.iter().any(|one| one.name == import.name));
        }
        // The part fills the slot behind the table of before.
        let element = part.elements.iter().next().unwrap();
        let ElementKind::Active { offset, .. } = &element.kind else {
            panic!("not active")
        };
        assert!(matches!(offset, ConstExpr::Value(ir::Value::I32(1))));
        let table = first.tables.main_function_table().unwrap().unwrap();
        assert_eq!(first.tables.get(table).initial, 2);
    }

    #[test]
    fn an_entry_that_is_not_there_is_an_error() {
        let gone = Part {
            entries: &["Thing::gone"],
            ..PART
        };
        let error = split(&module(), &[gone]).unwrap_err().to_string();
        assert!(error.contains("Thing::gone"), "{error}");
    }
}
