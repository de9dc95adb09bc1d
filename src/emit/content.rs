//! Compares new content with a file, a chunk at a time. Writes nothing.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use xxhash_rust::xxh3::Xxh3;

/// Bytes of an asset in memory at a time.
pub(super) const CHUNK: usize = 128 * 1024;

/// Whether the file, known to be as long, has these bytes. One that cannot be read has not: it is replaced.
pub(super) fn holds(path: &Path, bytes: &[u8]) -> bool {
    let Ok(mut file) = File::open(path) else {
        return false;
    };
    // On the stack: pages are small, and the allocator would cost as much as the comparison.
    let mut found = [0; 16 * 1024];
    bytes.chunks(found.len()).all(|expected| {
        let found = &mut found[..expected.len()];
        file.read_exact(found).is_ok() && found == expected
    })
}

/// The hash of what is left in `source` if the file, known to be as long, has the same bytes.
pub(super) fn same_content(
    source: &mut File,
    path: &Path,
    chunk: &mut [u8],
) -> io::Result<Option<u128>> {
    let Ok(mut file) = File::open(path) else {
        return Ok(None);
    };
    let mut found = vec![0; chunk.len()];
    let mut hash = Xxh3::new();
    loop {
        let read = read_chunk(source, chunk)?;
        if read == 0 {
            return Ok(Some(hash.digest128()));
        }
        let found = &mut found[..read];
        if file.read_exact(found).is_err() || *found != chunk[..read] {
            return Ok(None);
        }
        hash.update(&chunk[..read]);
    }
}

/// Reads until the chunk is full or the file ends, so that only the end reads nothing.
pub(super) fn read_chunk(file: &mut File, chunk: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < chunk.len() {
        match file.read(&mut chunk[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
