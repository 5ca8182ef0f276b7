//! The signature checks of one verification: counted, and none made twice.

use std::sync::{Mutex, PoisonError};

use rustls::pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

/// What a verification may cost, in checks of P-256 (a few milliseconds in all on a small computer). A chain of IoT Edge
/// takes 3 or 4 checks, three generations of it together 21.
const ALLOWANCE: usize = 96;
/// What P-384, P-521 and RSA of more than 4096 bits cost beside P-256, RSA of 4096 bits and below.
const DEAR: usize = 4;
/// The longest key of RSA with 4096 bits, in bytes of DER.
const CHEAP_KEY: usize = 600;

type Algorithm = &'static dyn SignatureVerificationAlgorithm;

/// What has been checked. Bytes are known by their place: they stay where they are for the whole verification.
#[derive(Debug)]
struct Ledger {
    left: usize,
    exceeded: bool,
    known: Vec<(Check, Result<(), InvalidSignature>)>,
}

/// Key, message, signature: where they lie and how long they are.
type Check = [(usize, usize); 3];

/// The purse of one verification.
#[derive(Debug)]
pub(super) struct Checks(Mutex<Ledger>);

impl Checks {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Ledger { left: ALLOWANCE, exceeded: false, known: Vec::new() }))
    }

    /// `algorithms`, paid from this purse.
    pub(super) fn paying(&self, algorithms: &[Algorithm]) -> Vec<Counted<'_>> {
        algorithms.iter().map(|&algorithm| Counted { algorithm, checks: self }).collect()
    }

    /// Checks were left out: that no path was found says nothing.
    pub(super) fn exceeded(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).exceeded
    }
}

/// One algorithm, the checks of which are counted.
#[derive(Debug)]
pub(super) struct Counted<'a> {
    algorithm: Algorithm,
    checks: &'a Checks,
}

impl Counted<'_> {
    fn cost(&self, key: &[u8]) -> usize {
        let is_dear_curve =
            [alg_id::ECDSA_P384, alg_id::ECDSA_P521].contains(&self.algorithm.public_key_alg_id());
        if is_dear_curve || key.len() > CHEAP_KEY { DEAR } else { 1 }
    }
}

impl SignatureVerificationAlgorithm for Counted<'_> {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let check = [key, message, signature].map(|bytes| (bytes.as_ptr() as usize, bytes.len()));
        let mut ledger = self.checks.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, verdict)) = ledger.known.iter().find(|(known, _)| *known == check) {
            return *verdict;
        }
        let Some(left) = ledger.left.checked_sub(self.cost(key)) else {
            ledger.exceeded = true;
            return Err(InvalidSignature);
        };
        ledger.left = left;
        let verdict = self.algorithm.verify_signature(key, message, signature);
        ledger.known.push((check, verdict));
        verdict
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.signature_alg_id()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Takes what begins with the key's first byte, and counts.
    #[derive(Debug)]
    struct Counting {
        key: AlgorithmIdentifier,
        made: AtomicUsize,
    }

    impl SignatureVerificationAlgorithm for Counting {
        fn verify_signature(&self, key: &[u8], message: &[u8], _: &[u8]) -> Result<(), InvalidSignature> {
            self.made.fetch_add(1, Ordering::Relaxed);
            if key.first() == message.first() { Ok(()) } else { Err(InvalidSignature) }
        }

        fn public_key_alg_id(&self) -> AlgorithmIdentifier {
            self.key
        }

        fn signature_alg_id(&self) -> AlgorithmIdentifier {
            alg_id::ECDSA_SHA256
        }
    }

    fn counting(key: AlgorithmIdentifier) -> &'static Counting {
        Box::leak(Box::new(Counting { key, made: AtomicUsize::new(0) }))
    }

    /// How many checks of this kind of key are made until the allowance is used up.
    fn made_of(key: AlgorithmIdentifier, key_bytes: usize) -> usize {
        let algorithm = counting(key);
        let checks = Checks::new();
        let paying = checks.paying(&[algorithm]);
        let keys: Vec<_> = (0..2 * ALLOWANCE).map(|_| vec![1; key_bytes]).collect();
        for key in &keys {
            assert!(paying[0].verify_signature(key, &[1], &[]).is_ok() || checks.exceeded());
        }
        assert!(checks.exceeded());
        algorithm.made.load(Ordering::Relaxed)
    }

    #[test]
    fn the_same_check_is_made_once_and_keeps_its_verdict() {
        let algorithm = counting(alg_id::ECDSA_P256);
        let checks = Checks::new();
        let paying = checks.paying(&[algorithm]);
        let (key, other, message) = ([1, 2], [3, 4], [1, 1]);
        for _ in 0..3 {
            assert!(paying[0].verify_signature(&key, &message, &[]).is_ok());
            assert!(paying[0].verify_signature(&other, &message, &[]).is_err());
            assert!(paying[0].verify_signature(&key, &message[..1], &[]).is_ok());
        }
        assert_eq!(algorithm.made.load(Ordering::Relaxed), 3);
        assert!(!checks.exceeded());
    }

    #[test]
    fn no_more_are_made_than_the_allowance_pays() {
        assert_eq!(made_of(alg_id::ECDSA_P256, 65), ALLOWANCE);
        assert_eq!(made_of(alg_id::RSA_ENCRYPTION, 526), ALLOWANCE);
        assert_eq!(made_of(alg_id::RSA_ENCRYPTION, 1038), ALLOWANCE / DEAR);
        assert_eq!(made_of(alg_id::ECDSA_P384, 97), ALLOWANCE / DEAR);
        assert_eq!(made_of(alg_id::ECDSA_P521, 133), ALLOWANCE / DEAR);
    }
}
