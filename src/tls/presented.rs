//! The chain that a gateway presents, for who asks why it was refused.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::pki_types::CertificateDer;

use super::chain::MOST_CERTIFICATES;
use super::trusted::Trusted;
use crate::failure::{Evidence, Failure, Kind};

/// The chain a gateway presented, leaf first (DER), empty until it did; and what was trusted.
#[derive(Debug, Clone, Default)]
pub struct Presented {
    pub(super) trusted: Arc<Trusted>,
    chain: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Presented {
    pub(super) fn under(trusted: &Arc<Trusted>) -> Self {
        Self { trusted: Arc::clone(trusted), chain: Arc::default() }
    }

    /// The noted chain, as far as it is looked at.
    #[must_use]
    pub fn chain(&self) -> Vec<Vec<u8>> {
        self.chain.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// `failure` with what explains it, if a certificate is why.
    pub(crate) fn explain(&self, mut failure: Failure) -> Failure {
        let Kind::Certificate(_) = failure.kind else { return failure };
        let root = failure.evidence.take().and_then(|evidence| evidence.root);
        let (chain, roots) = (self.chain(), self.trusted.file_roots());
        failure.on(Evidence { chain, root, roots, ..Evidence::default() })
    }

    /// Forgets the chain: it was accepted.
    pub(crate) fn clear(&self) {
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = Vec::new();
    }

    /// As far as it is looked at: who reads it afterwards has no more time than the search.
    pub(super) fn note(&self, end_entity: &CertificateDer<'_>, intermediates: &[CertificateDer<'_>]) {
        let all = std::iter::once(end_entity).chain(intermediates);
        let chain = all.take(MOST_CERTIFICATES).map(|der| der.to_vec()).collect();
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = chain;
    }
}
