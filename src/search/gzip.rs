//! Compresses the files of search as gzip (RFC 1951 and 1952): each byte takes the fewer bits the more often it occurs in its file, after
//! Huffman, and nothing points back at what came before. On generated prose that takes a seventh more bytes than deflate at its
//! fastest, on a handbook full of lists of links half as many again, and a quarter to a third of the time.

use std::array;

/// No code is longer, so that four of them and what is left of a byte fit into eight bytes.
const LONGEST: u8 = 14;

/// All bytes and the end of a block.
const SYMBOLS: usize = 257;
const END: usize = 256;

/// How a byte is written: so many of the lowest bits, the first one lowest.
#[derive(Clone, Copy, Debug, Default)]
struct Code {
    bits: u16,
    length: u8,
}

/// Compresses some bytes. `room` is made as large as is needed, and is best used again.
pub fn gzip<'r>(bytes: &[u8], room: &'r mut Vec<u8>) -> &'r [u8] {
    // Before and behind the codes there are far fewer than a thousand bytes.
    let most = bytes.len() * usize::from(LONGEST) / 8 + 1000;
    if room.len() < most {
        room.resize(most, 0);
    }
    let mut bits = Bits::new(room);
    // Deflate, no name, no time, the fastest way, on no system in particular.
    for byte in [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255] {
        bits.put(byte, 8);
        bits.flush();
    }
    let lengths = lengths(counts(bytes));
    let codes = codes(lengths);
    // The last block, with codes of its own.
    bits.put(0b101, 3);
    put_lengths(&lengths, &mut bits);
    let (fours, rest) = bytes.as_chunks::<4>();
    for four in fours {
        for byte in four {
            bits.code(codes[usize::from(*byte)]);
        }
        bits.flush();
    }
    for byte in rest {
        bits.code(codes[usize::from(*byte)]);
    }
    bits.flush();
    bits.code(codes[END]);
    bits.fill_byte();
    bits.put(u64::from(crc32fast::hash(bytes)), 32);
    bits.flush();
    bits.put(bytes.len() as u64 & u64::from(u32::MAX), 32);
    bits.flush();
    let length = bits.at;
    &room[..length]
}

/// Writes bits, the first one lowest.
struct Bits<'r> {
    room: &'r mut [u8],
    /// How many bytes have been written.
    at: usize,
    /// What comes behind them, and how many bits that is.
    held: u64,
    count: u32,
}

impl<'r> Bits<'r> {
    fn new(room: &'r mut [u8]) -> Bits<'r> {
        Bits {
            room,
            at: 0,
            held: 0,
            count: 0,
        }
    }

    /// Holds some more. Between two flushes there may be 56.
    #[inline]
    fn put(&mut self, bits: u64, count: u32) {
        self.held |= bits << self.count;
        self.count += count;
    }

    #[inline]
    fn code(&mut self, code: Code) {
        self.put(u64::from(code.bits), u32::from(code.length));
    }

    /// Writes all bytes that are full.
    #[inline]
    fn flush(&mut self) {
        self.room[self.at..self.at + 8].copy_from_slice(&self.held.to_le_bytes());
        let full = self.count / 8;
        self.at += full as usize;
        self.held >>= 8 * full;
        self.count %= 8;
    }

    /// Goes on with a whole byte.
    fn fill_byte(&mut self) {
        self.count = self.count.next_multiple_of(8);
        self.flush();
    }
}

/// How often each symbol occurs.
fn counts(bytes: &[u8]) -> [u32; SYMBOLS] {
    // In four tables: what is counted twice running would have to wait for itself.
    let mut tables = [[0; 256]; 4];
    let (fours, rest) = bytes.as_chunks::<4>();
    for four in fours {
        for (table, byte) in tables.iter_mut().zip(four) {
            table[usize::from(*byte)] += 1;
        }
    }
    for byte in rest {
        tables[0][usize::from(*byte)] += 1;
    }
    let mut counts: [u32; SYMBOLS] = array::from_fn(|symbol| {
        let of_symbol = tables.iter().filter_map(|table| table.get(symbol));
        of_symbol.sum()
    });
    counts[END] = 1;
    // A code is complete with two symbols and more.
    if bytes.is_empty() {
        counts[0] = 1;
    }
    counts
}

/// How many bits each symbol takes: none if it does not occur.
fn lengths(mut counts: [u32; SYMBOLS]) -> [u8; SYMBOLS] {
    loop {
        let lengths = best_lengths(&counts);
        if lengths.iter().all(|length| *length <= LONGEST) {
            return lengths;
        }
        // The less they differ, the shorter the longest one is.
        for count in &mut counts {
            *count = count.div_ceil(2);
        }
    }
}

/// The same without a limit: the two rarest symbols become one, that occurs as often as both, until one is left.
fn best_lengths(counts: &[u32; SYMBOLS]) -> [u8; SYMBOLS] {
    let mut leaves: Vec<(u32, usize)> = (0..SYMBOLS)
        .filter(|symbol| counts[*symbol] > 0)
        .map(|symbol| (counts[symbol], symbol))
        .collect();
    leaves.sort_unstable();
    let last = leaves.len() * 2 - 2;
    // The leaves, and what becomes of them in the order in which it does, so both are in the order of their counts.
    let mut nodes: Vec<u32> = leaves.iter().map(|(count, _)| *count).collect();
    let mut parents = vec![0; last + 1];
    let (mut leaf, mut joined) = (0, leaves.len());
    for parent in leaves.len()..=last {
        let mut take = || {
            let is_leaf = leaf < leaves.len()
                && nodes
                    .get(joined)
                    .is_none_or(|joined| nodes[leaf] <= *joined);
            let next = if is_leaf { &mut leaf } else { &mut joined };
            let rarest = *next;
            *next += 1;
            parents[rarest] = parent;
            nodes[rarest]
        };
        let both = take() + take();
        nodes.push(both);
    }
    // From the root on, each is a bit longer than what it has become.
    let mut depths = vec![0; last + 1];
    for node in (0..last).rev() {
        depths[node] = depths[parents[node]] + 1;
    }
    let mut lengths = [0; SYMBOLS];
    for ((_, symbol), depth) in leaves.iter().zip(depths) {
        lengths[*symbol] = depth;
    }
    lengths
}

/// The codes of all symbols: of one length they follow each other, and shorter ones come before.
fn codes<const COUNT: usize>(lengths: [u8; COUNT]) -> [Code; COUNT] {
    let mut counts = [0_u16; LONGEST as usize + 1];
    for length in lengths {
        counts[usize::from(length)] += u16::from(length > 0);
    }
    let mut next = [0_u16; LONGEST as usize + 1];
    for length in 1..next.len() {
        next[length] = (next[length - 1] + counts[length - 1]) << 1;
    }
    lengths.map(|length| {
        if length == 0 {
            return Code::default();
        }
        let next = &mut next[usize::from(length)];
        let bits = next.reverse_bits() >> (16 - length);
        *next += 1;
        Code { bits, length }
    })
}

/// Lengths, and in how many bits each is written, in the order in which the format tells of it: always alike. Those that are rare or
/// do not occur take a bit more.
#[rustfmt::skip]
const LENGTHS_OF_LENGTHS: [(u8, u8); 19] = [
    (16, 5), (17, 4), (18, 4), (0, 4), (8, 4), (7, 4), (9, 4), (6, 4), (10, 4), (5, 4),
    (11, 4), (4, 4), (12, 4), (3, 4), (13, 5), (2, 5), (14, 5), (1, 5), (15, 5),
];

/// Writes how long the codes are.
fn put_lengths(lengths: &[u8; SYMBOLS], bits: &mut Bits<'_>) {
    // All symbols but none that points back; two such distances, as some readers want; all lengths of lengths.
    bits.put(0, 5);
    bits.put(1, 5);
    bits.put(15, 4);
    bits.flush();
    let mut of_lengths = [0; 19];
    for (length, of_length) in LENGTHS_OF_LENGTHS {
        bits.put(u64::from(of_length), 3);
        bits.flush();
        of_lengths[usize::from(length)] = of_length;
    }
    let codes = codes(of_lengths);
    let mut rest = &lengths[..];
    while let Some(length) = rest.first() {
        let none = rest
            .iter()
            .take_while(|length| **length == 0)
            .take(138)
            .count();
        let told = match none {
            0..=2 => {
                bits.code(codes[usize::from(*length)]);
                1
            }
            3..=10 => {
                bits.code(codes[17]);
                bits.put(none as u64 - 3, 3);
                none
            }
            _ => {
                bits.code(codes[18]);
                bits.put(none as u64 - 11, 7);
                none
            }
        };
        bits.flush();
        rest = &rest[told..];
    }
    bits.code(codes[1]);
    bits.code(codes[1]);
    bits.flush();
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use proptest::prelude::*;

    use super::{LONGEST, counts, gzip, lengths};

    fn unpacked(packed: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = GzDecoder::new(packed).read_to_end(&mut bytes);
        read.expect("a whole file");
        bytes
    }

    #[test]
    fn prose_takes_little_more_than_half() {
        let text = include_bytes!("../../content/reference/diagnostics.md");
        let mut room = Vec::new();
        let packed = gzip(text, &mut room);
        assert_eq!(unpacked(packed), text);
        assert!(packed.len() * 8 < text.len() * 5, "{}", packed.len());
    }

    #[test]
    fn what_is_all_alike_comes_back() {
        let mut room = Vec::new();
        for bytes in [&b""[..], b"a", &[b'a'; 5000], &[0; 300], &[255; 3]] {
            assert_eq!(unpacked(gzip(bytes, &mut room)), bytes);
        }
    }

    #[test]
    fn no_code_is_longer_than_may_be() {
        // With the end, each as often as the two before it together: the rarest are as far down as can be, and stand next to each other.
        let (mut bytes, mut longest) = (Vec::new(), Vec::new());
        let (mut a, mut b) = (1, 2);
        for byte in 0..24 {
            bytes.resize(bytes.len() + a, byte);
            (a, b) = (b, a + b);
            let lengths = lengths(counts(&bytes));
            longest.extend(lengths.iter().max());
            // Complete: every sequence of bits is one of codes.
            let used = lengths.iter().filter(|length| **length > 0);
            assert_eq!(
                used.map(|length| 1 << (LONGEST - length)).sum::<u32>(),
                1 << LONGEST
            );
            assert_eq!(unpacked(gzip(&bytes, &mut Vec::new())), bytes);
        }
        assert_eq!(longest.iter().max(), Some(&LONGEST));
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..600),
                prop::collection::vec(prop_oneof![Just(b'e'), Just(b' '), any::<u8>()], 0..2000),
                "\\PC{0,300}".prop_map(String::into_bytes),
            ],
            before in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let mut room = Vec::new();
            gzip(&before, &mut room);
            prop_assert_eq!(unpacked(gzip(&bytes, &mut room)), bytes);
        }
    }
}
