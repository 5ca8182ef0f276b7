//! What TLS says, in the words of a [`Failure`].

use std::io;

use rustls::{AlertDescription, CertificateError, InvalidMessage, OtherError, PeerIncompatible};

use super::roots::UnfitRoot;
use crate::failure::{CertificateFault, Failure, Kind, Stage};

/// The failure behind an error of a stream that may carry TLS: tokio-rustls wraps those of rustls.
#[must_use]
pub fn failure_in(stage: Stage, error: &io::Error) -> Failure {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(tls) => failure_of(stage, tls),
        None => Failure::from_io(stage, error),
    }
}

/// Classifies a TLS error.
pub(super) fn failure_of(stage: Stage, error: &rustls::Error) -> Failure {
    match unfit_root(error) {
        Some(unfit) => Failure {
            root: Some(unfit.der().to_vec()),
            ..Failure::new(stage, Kind::Certificate(unfit.fault()), unfit.to_string())
        },
        None => Failure::new(stage, kind_of(error), error.to_string()),
    }
}

/// Our verifier's own verdict, inside rustls's.
fn unfit_root(error: &rustls::Error) -> Option<&UnfitRoot> {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) => {
            inner.downcast_ref::<UnfitRoot>()
        }
        _ => None,
    }
}

fn kind_of(error: &rustls::Error) -> Kind {
    match error {
        rustls::Error::InvalidCertificate(verdict) => Kind::Certificate(fault_of(verdict)),
        rustls::Error::InvalidMessage(
            InvalidMessage::InvalidContentType
            | InvalidMessage::UnknownProtocolVersion
            | InvalidMessage::MessageTooLarge
            | InvalidMessage::InvalidEmptyPayload,
        ) => Kind::NotTls,
        rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::NoCipherSuitesInCommon,
        )
        | rustls::Error::AlertReceived(
            AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure,
        ) => Kind::TlsVersion,
        _ => Kind::Tls,
    }
}

fn fault_of(verdict: &CertificateError) -> CertificateFault {
    match verdict {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateFault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateFault::NotYetValid
        }
        CertificateError::UnknownIssuer => CertificateFault::UnknownIssuer,
        // A root of the issuer's name with a key of another kind fails before its signature is even tried.
        CertificateError::BadSignature
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            CertificateFault::BadSignature
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::WrongName
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            CertificateFault::WrongPurpose
        }
        _ => CertificateFault::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tls_error_inside_an_io_error_is_found() {
        let tls = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let io = io::Error::new(io::ErrorKind::InvalidData, tls);
        let failure = failure_in(Stage::Tls, &io);
        assert_eq!(failure.kind, Kind::Certificate(CertificateFault::UnknownIssuer));
        assert_eq!(failure.kind.as_str(), "certificate-unknown-issuer");
    }
}
