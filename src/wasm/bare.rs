//! What a module without the standard library needs: memory, and an end.

use lol_alloc::{FreeListAllocator, LockedAllocator};

/// A page has few and small allocations; a kilobyte of allocator is enough.
#[global_allocator]
static ALLOCATOR: LockedAllocator<FreeListAllocator> =
    LockedAllocator::new(FreeListAllocator::new());

/// The core has no panic of its own. What is left, an exhausted memory say, stops the module:
/// the SDK notices and answers with every `otherwise`.
#[panic_handler]
fn stop(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
