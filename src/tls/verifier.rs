//! The verifier: webpki's verdict, the rules for trusted certificates that webpki does not have, and a note of the chain.
//!
//! | the path ends at | verdict |
//! |---|---|
//! | a trusted certificate that is in date and an authority | webpki's |
//! | one that is neither | refused, [`UnfitRoot`] says which and why |
//! | nothing, but the server's own certificate is trusted, byte for byte | accepted if dates and purpose fit |
//!
//! Names and the handshake's signature are checked in every case, by rustls.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme};

use super::root::Unfit;
use super::roots::Roots;

/// The chain a gateway presented, leaf first (DER); empty until it did.
#[derive(Debug, Clone, Default)]
pub struct Presented(Arc<Mutex<Vec<Vec<u8>>>>);

impl Presented {
    /// The noted chain.
    #[must_use]
    pub fn chain(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, end_entity: &CertificateDer<'_>, intermediates: &[CertificateDer<'_>]) {
        let chain = std::iter::once(end_entity).chain(intermediates).map(|der| der.to_vec()).collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = chain;
    }
}

#[derive(Debug)]
pub(super) struct Verifier {
    roots: Roots,
    algorithms: WebPkiSupportedAlgorithms,
    presented: Presented,
}

impl Verifier {
    /// The verifier for `roots`; it notes in `presented` what it is shown.
    pub(super) fn new(roots: Roots, algorithms: WebPkiSupportedAlgorithms, presented: Presented) -> Self {
        Self { roots, algorithms, presented }
    }

    /// Everything but the name.
    fn vouch(
        &self,
        end_entity: &CertificateDer<'_>,
        parsed: &ParsedCertificate<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let by = |anchors: &RootCertStore| {
            let algorithms = self.algorithms.all;
            verify_server_cert_signed_by_trust_anchor(parsed, anchors, intermediates, now, algorithms)
        };
        let verdict = by(&self.roots.anchors);
        if verdict.is_ok() {
            return verdict;
        }
        if let Some((_, pin)) = self.roots.pins.iter().find(|(der, _)| der == end_entity) {
            return match pin.out_of_date(now) {
                Some(Unfit::NotYetValid(_)) => Err(CertificateError::NotValidYet.into()),
                Some(_) => Err(CertificateError::Expired.into()),
                None if pin.serves() => Ok(()),
                None => Err(CertificateError::InvalidPurpose.into()),
            };
        }
        match self.roots.unfit.iter().find(|unfit| by(&unfit.as_anchor()).is_ok()) {
            Some(unfit) => Err(CertificateError::Other(OtherError(Arc::new(unfit.clone()))).into()),
            None => verdict,
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.presented.note(end_entity, intermediates);
        let parsed = ParsedCertificate::try_from(end_entity)?;
        self.vouch(end_entity, &parsed, intermediates, now)?;
        verify_server_name(&parsed, server_name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
