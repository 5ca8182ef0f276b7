//! What TLS says, in the words of a [`Failure`].

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, OtherError, PeerIncompatible};

use super::chain::Excess;
use super::roots::UnfitRoot;
use crate::failure::{CertificateFault, Evidence, Failure, Kind, Stage};

/// The failure behind an error of a stream that may carry TLS: tokio-rustls wraps those of rustls.
#[must_use]
pub fn failure_in(stage: Stage, error: &io::Error) -> Failure {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(tls) => failure_of(stage, tls),
        None => Failure::from_io(stage, error),
    }
}

/// Classifies a TLS error.
pub(super) fn failure_of(stage: Stage, error: &Error) -> Failure {
    match own::<UnfitRoot>(error) {
        Some(unfit) => Failure::new(stage, Kind::Certificate(unfit.fault()), unfit.to_string())
            .on(Evidence { root: Some(unfit.der().to_vec()), ..Evidence::default() }),
        None => Failure::new(stage, kind_of(error), detail_of(error)),
    }
}

/// A verdict of ours as one of TLS.
pub(super) fn of_our_own(verdict: impl StdError + Send + Sync + 'static) -> Error {
    CertificateError::Other(OtherError(Arc::new(verdict))).into()
}

/// webpki's verdict as one of TLS: it decides the alert that the gateway gets.
pub(super) fn of_webpki(verdict: webpki::Error) -> Error {
    use webpki::Error as Verdict;
    match verdict {
        Verdict::BadDer | Verdict::BadDerTime | Verdict::TrailingData(_) => {
            CertificateError::BadEncoding.into()
        }
        Verdict::CertNotValidYet { time, not_before } => {
            CertificateError::NotValidYetContext { time, not_before }.into()
        }
        Verdict::CertExpired { time, not_after } => {
            CertificateError::ExpiredContext { time, not_after }.into()
        }
        Verdict::InvalidCertValidity => CertificateError::Expired.into(),
        Verdict::UnknownIssuer => CertificateError::UnknownIssuer.into(),
        Verdict::CertNotValidForName(webpki::InvalidNameContext { expected, presented }) => {
            CertificateError::NotValidForNameContext { expected, presented }.into()
        }
        Verdict::InvalidSignatureForPublicKey => CertificateError::BadSignature.into(),
        Verdict::UnsupportedSignatureAlgorithmForPublicKeyContext(context) => {
            CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
                signature_algorithm_id: context.signature_algorithm_id,
                public_key_algorithm_id: context.public_key_algorithm_id,
            }
            .into()
        }
        Verdict::RequiredEkuNotFoundContext(_) => CertificateError::InvalidPurpose.into(),
        Verdict::MaximumPathDepthExceeded => of_our_own(Excess::Authorities),
        Verdict::MaximumSignatureChecksExceeded => of_our_own(Excess::Signatures),
        Verdict::MaximumPathBuildCallsExceeded => of_our_own(Excess::Steps),
        Verdict::MaximumNameConstraintComparisonsExceeded => of_our_own(Excess::Comparisons),
        other => of_our_own(other),
    }
}

/// A verdict of ours, inside that of TLS.
fn own<T: StdError + 'static>(error: &Error) -> Option<&T> {
    match error {
        Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) => inner.downcast_ref(),
        _ => None,
    }
}

fn detail_of(error: &Error) -> String {
    own::<Excess>(error).map_or_else(|| error.to_string(), ToString::to_string)
}

fn kind_of(error: &Error) -> Kind {
    match error {
        Error::InvalidCertificate(verdict) => {
            let own = own::<Excess>(error).map(|_| CertificateFault::ChainTooLong);
            Kind::Certificate(own.unwrap_or_else(|| fault_of(verdict)))
        }
        Error::InvalidMessage(
            InvalidMessage::InvalidContentType
            | InvalidMessage::UnknownProtocolVersion
            | InvalidMessage::MessageTooLarge
            | InvalidMessage::InvalidEmptyPayload,
        ) => Kind::NotTls,
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::NoCipherSuitesInCommon,
        )
        | Error::AlertReceived(AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure) => {
            Kind::TlsVersion
        }
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
        CertificateError::Other(OtherError(inner)) => match inner.downcast_ref() {
            Some(webpki::Error::NameConstraintViolation) => CertificateFault::NameNotPermitted,
            _ => CertificateFault::Other,
        },
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
