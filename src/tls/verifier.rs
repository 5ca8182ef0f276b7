//! The verifier: webpki's verdict, bounded, and the rules for trusted certificates that webpki does not have.
//!
//! | the path ends at | verdict |
//! |---|---|
//! | a trusted certificate that is in date, an authority, and one for servers this far away | webpki's |
//! | one that is not | refused, [`UnfitRoot`](super::roots::UnfitRoot) says which and why |
//! | nothing, but the server's own certificate is trusted, byte for byte | accepted if dates and purpose fit |
//! | nothing within bounds | refused, [`Excess`] says what is too much |
//!
//! Names and the handshake's signature are checked in every case.

use std::cell::RefCell;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use webpki::{EndEntityCert, KeyUsage, VerifiedPath};

use super::chain::{self, Excess};
use super::presented::Presented;
use super::provider;
use super::root::Unfit;
use super::roots::Roots;
use super::signatures::Checks;
use super::verdict::{of_our_own, of_webpki};

#[derive(Debug)]
pub(super) struct Verifier {
    algorithms: WebPkiSupportedAlgorithms,
    presented: Presented,
}

impl Verifier {
    /// The verifier under the roots that `presented` belongs to; it notes there what it is shown.
    pub(super) fn new(presented: Presented) -> Self {
        Self { algorithms: provider().signature_verification_algorithms, presented }
    }

    fn roots(&self) -> &Roots {
        &self.presented.trusted.roots
    }

    /// Everything but the name.
    fn vouch(
        &self,
        end_entity: &CertificateDer<'_>,
        leaf: &EndEntityCert<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let between = chain::bounded(end_entity, intermediates).map_err(of_our_own)?;
        self.search(leaf, &between, now).or_else(|verdict| match self.roots().pin(end_entity) {
            Some(pin) => match pin.unfit_as_server(now) {
                None => Ok(()),
                Some(Unfit::NotYetValid(_)) => Err(CertificateError::NotValidYet.into()),
                Some(Unfit::Expired(_)) => Err(CertificateError::Expired.into()),
                Some(Unfit::Extension(_)) => Err(of_webpki(webpki::Error::UnsupportedCriticalExtension)),
                Some(_) => Err(CertificateError::InvalidPurpose.into()),
            },
            None => Err(verdict),
        })
    }

    /// Looks for a path to a root that may be its end.
    fn search(
        &self,
        leaf: &EndEntityCert<'_>,
        between: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let checks = Checks::new();
        let counted = checks.paying(self.algorithms.all);
        let algorithms: Vec<_> =
            counted.iter().map(|each| each as &dyn SignatureVerificationAlgorithm).collect();
        let refused = RefCell::new(None);
        let judge = |path: &VerifiedPath<'_>| match self.roots().unfit(path, now) {
            None => Ok(()),
            Some(unfit) => {
                refused.borrow_mut().get_or_insert(unfit);
                // Looks for another end.
                Err(webpki::Error::UnknownIssuer)
            }
        };
        let anchors = &self.roots().anchors;
        let usage = KeyUsage::server_auth();
        let verdict = leaf.verify_for_usage(&algorithms, anchors, between, now, usage, None, Some(&judge));
        let Err(error) = verdict else { return Ok(()) };
        Err(match refused.take() {
            Some(unfit) => of_our_own(unfit),
            None if checks.exceeded() => of_our_own(Excess::Signatures),
            None => of_webpki(error),
        })
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
        let leaf = EndEntityCert::try_from(end_entity).map_err(of_webpki)?;
        self.vouch(end_entity, &leaf, intermediates, now)?;
        leaf.verify_is_valid_for_subject_name(server_name).map_err(of_webpki)?;
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
