//! Chains as hostile servers present them, and roots as nobody should give them.
//!
//! The keys of these certificates are gone, so nobody can sign anything else with them: a chain that is accepted holds the
//! leaf and the two CAs as they were made, whatever stands beside.

use std::time::Duration;

use edge_downstream::tls::{Trust, judge};
use fastrand::Rng;

use crate::der::{restructure, scramble};

/// Leaf for `localhost`, device CA, intermediate, root; P-256, in date from 2020 to 2049.
pub(crate) const CHAIN: [&[u8]; 4] = [
    include_bytes!("../corpus/chain/leaf.der"),
    include_bytes!("../corpus/chain/device-ca.der"),
    include_bytes!("../corpus/chain/intermediate.der"),
    include_bytes!("../corpus/chain/root.der"),
];

/// 2026-01-01.
const NOW: Duration = Duration::from_secs(1_767_225_600);
const HOST: &str = "localhost";

pub(crate) fn some(random: &mut Rng) -> &'static [u8] {
    CHAIN[random.usize(..CHAIN.len())]
}

/// Under the right root: what is presented is changed.
pub(crate) fn execute(random: &mut Rng) {
    let mut chain: Vec<Vec<u8>> = CHAIN[..3].iter().map(|der| der.to_vec()).collect();
    for _ in 0..random.usize(..8) {
        alter(&mut chain, random);
    }
    if judge(&chain, HOST, &root(), NOW).is_ok() {
        assert_eq!(chain[0], CHAIN[0], "only that leaf was signed");
        for needed in &CHAIN[1..3] {
            assert!(chain.iter().any(|der| der == needed), "without that CA there is no path");
        }
    }
}

/// The right chain, under roots that are changed.
pub(crate) fn execute_roots(random: &mut Rng) {
    let chain: Vec<Vec<u8>> = CHAIN[..3].iter().map(|der| der.to_vec()).collect();
    let mut roots = vec![changed(CHAIN[3], random)];
    for _ in 0..random.usize(..3) {
        let other = some(random);
        roots.push(if random.bool() { other.to_vec() } else { changed(other, random) });
    }
    let is_sound = |der: &Vec<u8>| CHAIN.contains(&der.as_slice());
    let sound = roots.iter().all(is_sound);
    let verdict = judge(&chain, HOST, &Trust::given(roots), NOW);
    assert!(!sound || verdict.is_ok(), "each of these is a root, or the server's own certificate");
}

fn root() -> Trust {
    Trust::given(vec![CHAIN[3].to_vec()])
}

fn alter(chain: &mut Vec<Vec<u8>>, random: &mut Rng) {
    let Some(last) = chain.len().checked_sub(1) else {
        chain.push(some(random).to_vec());
        return;
    };
    let at = random.usize(..=last);
    match random.u8(..8) {
        0 => {
            let other = random.usize(..=last);
            chain.swap(at, other);
        }
        1 => drop(chain.remove(at)),
        2 => chain.insert(at, some(random).to_vec()),
        3 => namesakes(chain, random),
        4 => (0..random.usize(..16)).for_each(|_| chain.push(changed(some(random), random))),
        _ => chain[at] = changed(&chain[at].clone(), random),
    }
}

/// The same CA over and over, each with another key.
fn namesakes(chain: &mut Vec<Vec<u8>>, random: &mut Rng) {
    let ca = CHAIN[random.usize(1..CHAIN.len())];
    for _ in 0..random.usize(1..16) {
        let mut other = ca.to_vec();
        // Somewhere in the key, which lies before the extensions.
        if let Some(key) = ca.windows(4).position(|bytes| bytes == [3, 0x42, 0, 4]) {
            other[key + 4 + random.usize(..64)] ^= 1 << random.u8(..8);
        }
        chain.push(other);
    }
}

fn changed(der: &[u8], random: &mut Rng) -> Vec<u8> {
    let mut bytes = der.to_vec();
    for _ in 0..random.usize(1..4) {
        if random.bool() {
            bytes = restructure(&bytes, some(random), random);
        } else {
            scramble(&mut bytes, random);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_is_accepted_as_it_is() {
        let chain: Vec<Vec<u8>> = CHAIN[..3].iter().map(|der| der.to_vec()).collect();
        assert!(judge(&chain, HOST, &root(), NOW).is_ok());
        assert!(judge(&chain[..2], HOST, &root(), NOW).is_err());
    }

    #[test]
    fn namesakes_differ_in_their_keys() {
        let mut chain = Vec::new();
        namesakes(&mut chain, &mut Rng::with_seed(3));
        assert!(chain.iter().all(|der| !CHAIN.contains(&der.as_slice())));
    }
}
