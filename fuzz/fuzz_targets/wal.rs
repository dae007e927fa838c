//! Any bytes are a file of the log or are refused. What is read is never more than what is whole,
//! and a file that is cut at a torn end reads the same.

#![no_main]

use fewbits_collector::wal::{BatchId, frame, header, read, salvage};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    check(input);
    check(&built(input));
});

fn check(bytes: &[u8]) {
    let sealed = read(bytes, true);
    let open = read(bytes, false);
    let whole = salvage(bytes);
    if let Ok(sealed) = &sealed {
        assert_eq!(sealed.torn, 0);
        assert_eq!(open.as_ref(), Ok(sealed));
    }
    let Ok(open) = open else { return };
    let Some(batch) = open.batch else {
        assert_eq!(open.torn, bytes.len());
        return;
    };
    // Nothing that is whole lies behind a torn end.
    assert_eq!(whole.map(|whole| whole.counts), Some(batch.counts.clone()));
    let good = bytes.len() - open.torn;
    let cut = read(&bytes[..good], true).expect("what is not torn is whole");
    assert_eq!(cut.batch, Some(batch));
}

/// A file with right check sums, which are rare by chance: the input is cut into pieces, each a
/// kind, a length and so many bytes; a piece becomes a record, or stands as it is.
fn built(input: &[u8]) -> Vec<u8> {
    let id = BatchId { run: [1; 16], sequence: 1 };
    let mut bytes = header(id).to_vec();
    let mut rest = input;
    while let [kind, length, more @ ..] = rest {
        let (piece, after) = more.split_at(more.len().min(usize::from(*length)));
        match kind % 4 {
            0 => bytes.extend_from_slice(piece),
            _ => bytes.extend(frame(id, bytes.len() as u64, piece).unwrap_or_default()),
        }
        rest = after;
    }
    bytes
}
