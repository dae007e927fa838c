//! Work for many visitors, in parts on all processors.

use std::ops::Range;
use std::thread;

/// Fewer than so many are not worth a thread.
const FEW: usize = 2_000;

/// What `work` makes of consecutive parts of `0..count`, in order.
pub fn in_parts<T: Send>(count: usize, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let part = count.div_ceil(threads).max(FEW.min(count));
    if count <= part {
        return vec![work(0..count)];
    }
    let work = &work;
    thread::scope(|scope| {
        let starts = (0..count).step_by(part);
        let parts: Vec<_> = starts
            .map(|from| scope.spawn(move || work(from..count.min(from + part))))
            .collect();
        parts.into_iter().filter_map(|p| p.join().ok()).collect()
    })
}
