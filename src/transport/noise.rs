//! What a hostile peer may send: noise, and sound bytes with damage. Seeded, so that a failure comes again.

use std::env;

use fastrand::Rng;

/// How many rounds a test makes: `short`, times `EDGE_FUZZ` where that is set, for long runs.
pub(super) fn rounds(short: usize) -> usize {
    short * env::var("EDGE_FUZZ").ok().and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// Fewer than `most` bytes of no meaning.
pub(super) fn noise(random: &mut Rng, most: usize) -> Vec<u8> {
    let length = random.usize(..most);
    (0..length).map(|_| random.u8(..)).collect()
}

/// `sound` with a few bytes changed, taken out, or cut off; or noise.
pub(super) fn damaged(random: &mut Rng, sound: &[u8]) -> Vec<u8> {
    if random.u8(..4) == 0 {
        return noise(random, 100);
    }
    let mut bytes = sound.to_vec();
    for _ in 0..random.usize(1..4) {
        if bytes.is_empty() {
            break;
        }
        let place = random.usize(..bytes.len());
        match random.u8(..8) {
            0 => drop(bytes.remove(place)),
            1 => bytes.truncate(place),
            _ => bytes[place] = random.u8(..),
        }
    }
    bytes
}
