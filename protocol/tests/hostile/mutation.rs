//! Seeds, spoilt the way a fuzzer spoils them: bits, lengths, pieces left out, repeated, moved and cut off.

use proptest::prelude::*;
use proptest::sample::Index;

#[derive(Clone, Debug)]
enum Spoiling {
    Flip(Index, u8),
    Put(Index, Vec<u8>),
    Insert(Index, Vec<u8>),
    Remove(Index, Index),
    Repeat(Index, Index, u8),
    Cut(Index),
    Join(Index),
}

/// Numbers at which readers break: edges of integers, the codec's marks of longer numbers, lengths from liars.
fn edges() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(vec![0]),
        Just(vec![0xff]),
        Just(vec![0xff; 4]),
        Just(vec![0xff; 8]),
        Just(vec![250]),
        Just(vec![251, 0xff, 0xff]),
        Just(vec![252, 0xff, 0xff, 0xff, 0x7f]),
        Just(vec![253, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
        Just(vec![254]),
        Just(b"\"".to_vec()),
        Just(b",\n".to_vec()),
        Just(b"[[".to_vec()),
        Just("逐级".as_bytes().to_vec()),
        Just(b"9999999999999999999".to_vec()),
        Just(b"-1".to_vec()),
        any::<u32>().prop_map(|number| number.to_le_bytes().to_vec()),
        any::<u64>().prop_map(|number| number.to_le_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..9),
    ]
}

fn spoiling() -> impl Strategy<Value = Spoiling> {
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, bits)| Spoiling::Flip(at, bits)),
        (any::<Index>(), edges()).prop_map(|(at, bytes)| Spoiling::Put(at, bytes)),
        (any::<Index>(), edges()).prop_map(|(at, bytes)| Spoiling::Insert(at, bytes)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Spoiling::Remove(from, to)),
        (any::<Index>(), any::<Index>(), 1..40u8)
            .prop_map(|(from, to, times)| Spoiling::Repeat(from, to, times)),
        any::<Index>().prop_map(Spoiling::Cut),
        any::<Index>().prop_map(Spoiling::Join),
    ]
}

/// One of the seeds, spoilt in up to eight ways.
pub(crate) fn mutated(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let others = seeds.clone();
    (prop::sample::select(seeds), prop::collection::vec(spoiling(), 0..8)).prop_map(
        move |(mut bytes, ways)| {
            for way in ways {
                spoil(&mut bytes, &way, &others);
            }
            bytes
        },
    )
}

fn spoil(bytes: &mut Vec<u8>, way: &Spoiling, others: &[Vec<u8>]) {
    if bytes.is_empty() {
        return;
    }
    let length = bytes.len();
    let span = |from: &Index, to: &Index| {
        let (from, to) = (from.index(length), to.index(length));
        from.min(to)..from.max(to)
    };
    match way {
        Spoiling::Flip(at, bits) => bytes[at.index(length)] ^= bits,
        Spoiling::Put(at, put) => {
            let at = at.index(length);
            let fits = put.len().min(length - at);
            bytes[at..at + fits].copy_from_slice(&put[..fits]);
        }
        Spoiling::Insert(at, put) => {
            let at = at.index(length);
            bytes.splice(at..at, put.iter().copied());
        }
        Spoiling::Remove(from, to) => drop(bytes.drain(span(from, to))),
        Spoiling::Repeat(from, to, times) => {
            let span = span(from, to);
            let piece = bytes[span.clone()].repeat(usize::from(*times));
            if bytes.len() + piece.len() <= super::seeds::LONGEST {
                bytes.splice(span.end..span.end, piece);
            }
        }
        Spoiling::Cut(at) => bytes.truncate(at.index(length)),
        Spoiling::Join(which) => {
            let other = &others[which.index(others.len())];
            if bytes.len() + other.len() <= super::seeds::LONGEST {
                bytes.extend_from_slice(other);
            }
        }
    }
}
