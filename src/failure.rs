//! Every way in which a connection fails, as data.
//!
//! The facade turns a [`Failure`] into an error of the old SDK's classes with a message and a hint; here it only
//! has to be exact. No variant ever holds a credential.

use std::fmt;
use std::io;
use std::time::Duration;

use rumqttc::mqttbytes;
use rustls::{AlertDescription, CertificateError, InvalidMessage, OtherError, PeerIncompatible};

use crate::tls::{Presented, UnfitRoot};

/// The part of a connection's life in which it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Name resolution.
    Resolve,
    /// TCP connect.
    Tcp,
    /// TLS handshake.
    Tls,
    /// From CONNECT to CONNACK.
    Connack,
    /// After CONNACK.
    Connected,
}

impl Stage {
    /// The stage's name at the border: `resolve`, `tcp`, `tls`, `connack`, `connected`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Connack => "connack",
            Self::Connected => "connected",
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The name has no address.
    NameNotFound,
    /// The resolver did not answer properly; a later try may succeed.
    NameTemporary,
    /// Nothing listens on the port.
    Refused,
    /// No route to the host or network.
    Unreachable,
    /// The stage's deadline passed.
    TimedOut,
    /// The peer reset the connection (TCP RST, broken pipe).
    Reset,
    /// The peer closed the connection.
    Closed,
    /// The peer answered the TLS hello with something else.
    NotTls,
    /// No common TLS version or cipher suite.
    TlsVersion,
    /// Any other TLS fault; the alert or fault is in the detail.
    Tls,
    /// The gateway's certificate was not accepted.
    Certificate(CertificateFault),
    /// CONNACK with this return code (1 to 255).
    Refusal(u8),
    /// The peer broke the MQTT protocol.
    Malformed,
    /// No byte came within the liveness deadline after a PINGREQ.
    Silent,
    /// The host is neither a DNS name nor an IP address.
    InvalidName,
    /// The operating system's store is empty, or no root was given where exactly those given count.
    NoRoots,
    /// A given root cannot serve as one.
    BadRoot,
    /// Any other fault of the operating system.
    Io,
}

impl Kind {
    /// The kind's name at the border.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NameNotFound => "name-not-found",
            Self::NameTemporary => "name-temporary",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed-out",
            Self::Reset => "reset",
            Self::Closed => "closed",
            Self::NotTls => "not-tls",
            Self::TlsVersion => "tls-version",
            Self::Tls => "tls",
            Self::Certificate(fault) => fault.as_str(),
            Self::Refusal(_) => "refusal",
            Self::Malformed => "malformed",
            Self::Silent => "silent",
            Self::InvalidName => "invalid-name",
            Self::NoRoots => "no-roots",
            Self::BadRoot => "bad-root",
            Self::Io => "io",
        }
    }
}

/// Why a certificate was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFault {
    /// A certificate of the path is past its end date.
    Expired,
    /// A certificate of the path is before its start date.
    NotYetValid,
    /// No path leads to a trusted root.
    UnknownIssuer,
    /// A path exists by name, but a signature does not fit its issuer's key.
    BadSignature,
    /// The host is not among the certificate's names.
    WrongName,
    /// The certificate is not for TLS servers.
    WrongPurpose,
    /// The root that the path ends at is past its end date.
    RootExpired,
    /// The root that the path ends at is before its start date.
    RootNotYetValid,
    /// The trusted certificate that the path ends at is none of an authority.
    RootNotAuthority,
    /// Any other verdict.
    Other,
}

impl CertificateFault {
    fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "certificate-expired",
            Self::NotYetValid => "certificate-not-yet-valid",
            Self::UnknownIssuer => "certificate-unknown-issuer",
            Self::BadSignature => "certificate-bad-signature",
            Self::WrongName => "certificate-wrong-name",
            Self::WrongPurpose => "certificate-wrong-purpose",
            Self::RootExpired => "certificate-root-expired",
            Self::RootNotYetValid => "certificate-root-not-yet-valid",
            Self::RootNotAuthority => "certificate-root-not-authority",
            Self::Other => "certificate-invalid",
        }
    }
}

/// A failed or lost connection.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Where in its life.
    pub stage: Stage,
    /// What happened.
    pub kind: Kind,
    /// The lower layer's own words, for people; never parsed.
    pub detail: String,
    /// The operating system's error number, where there is one.
    pub os_error: Option<i32>,
    /// The certificates the gateway presented (DER, leaf first); empty where the handshake did not get so far.
    pub chain: Vec<Vec<u8>>,
    /// The trusted certificate (DER) that decided, where one did.
    pub root: Option<Vec<u8>>,
    /// Time since the stage began.
    pub elapsed: Duration,
}

impl Failure {
    /// A failure without lower layer.
    #[must_use]
    pub fn new(stage: Stage, kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            stage,
            kind,
            detail: detail.into(),
            os_error: None,
            chain: Vec::new(),
            root: None,
            elapsed: Duration::ZERO,
        }
    }

    /// Classifies an I/O error, a TLS error inside it included (tokio-rustls wraps them).
    #[must_use]
    pub fn from_io(stage: Stage, error: &io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(tls) => Self::from_tls(stage, tls),
            None => Self {
                os_error: error.raw_os_error(),
                ..Self::new(stage, kind_of_io(error), error.to_string())
            },
        }
    }

    /// Classifies a TLS error.
    #[must_use]
    pub fn from_tls(stage: Stage, error: &rustls::Error) -> Self {
        match unfit_root(error) {
            Some(unfit) => Self {
                root: Some(unfit.der().to_vec()),
                ..Self::new(stage, Kind::Certificate(unfit.fault()), unfit.to_string())
            },
            None => Self::new(stage, kind_of_tls(error), error.to_string()),
        }
    }

    /// The peer broke the MQTT protocol.
    #[must_use]
    pub fn malformed(stage: Stage, error: &mqttbytes::Error) -> Self {
        Self::new(stage, Kind::Malformed, error.to_string())
    }

    /// The same failure with the chain that was presented, if a certificate of it is why.
    #[must_use]
    pub(crate) fn presenting(mut self, presented: &Presented) -> Self {
        if let Kind::Certificate(_) = self.kind {
            self.chain = presented.chain();
        }
        self
    }

    /// The same failure with the time since its stage began.
    #[must_use]
    pub fn after(mut self, elapsed: Duration) -> Self {
        self.elapsed = elapsed;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} at {}: {}", self.kind.as_str(), self.stage.as_str(), self.detail)
    }
}

impl std::error::Error for Failure {}

fn kind_of_io(error: &io::Error) -> Kind {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Kind::Refused,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
            Kind::Unreachable
        }
        io::ErrorKind::TimedOut => Kind::TimedOut,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
            Kind::Reset
        }
        // A gateway closes without close_notify (contract edge-gateway.md §2.1): an ordinary end of stream.
        io::ErrorKind::UnexpectedEof => Kind::Closed,
        _ => Kind::Io,
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

fn kind_of_tls(error: &rustls::Error) -> Kind {
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
    fn an_end_without_close_notify_is_an_ordinary_end() {
        let eof = io::Error::new(io::ErrorKind::UnexpectedEof, "no close_notify");
        assert_eq!(Failure::from_io(Stage::Connected, &eof).kind, Kind::Closed);
    }

    #[test]
    fn a_tls_error_inside_an_io_error_is_found() {
        let tls = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let io = io::Error::new(io::ErrorKind::InvalidData, tls);
        let failure = Failure::from_io(Stage::Tls, &io);
        assert_eq!(failure.kind, Kind::Certificate(CertificateFault::UnknownIssuer));
        assert_eq!(failure.kind.as_str(), "certificate-unknown-issuer");
    }

    #[test]
    fn an_operating_system_error_keeps_its_number() {
        let refused = io::Error::from_raw_os_error(111);
        let failure = Failure::from_io(Stage::Tcp, &refused);
        if cfg!(target_os = "linux") {
            assert_eq!(failure.kind, Kind::Refused);
        }
        assert_eq!(failure.os_error, Some(111));
    }
}
