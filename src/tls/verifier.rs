//! The WebPKI verifier of rustls, which also notes the chain it was shown.
//!
//! The verdict is rustls's own in every case; the noted chain lets the facade say which certificate decided it,
//! and why, without a second X.509 parser in here.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::failure::{Failure, Kind, Stage};

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

/// The verifier for `roots`, and where it notes what it was shown.
pub(super) fn recording(
    roots: RootCertStore,
    provider: &Arc<CryptoProvider>,
) -> Result<(RecordingVerifier, Presented), Failure> {
    let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| Failure::new(Stage::Tls, Kind::Tls, error.to_string()))?;
    let presented = Presented::default();
    Ok((RecordingVerifier { webpki, presented: presented.clone() }, presented))
}

#[derive(Debug)]
pub(super) struct RecordingVerifier {
    webpki: Arc<WebPkiServerVerifier>,
    presented: Presented,
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.presented.note(end_entity, intermediates);
        self.webpki.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}
