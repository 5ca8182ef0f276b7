//! What happened to a connection, and its names at the border.

use std::io;

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
    /// An HTTP answer that is not the one asked for, with this status.
    HttpStatus(u16),
    /// A page for people, with this status, where a tunnel was asked for.
    WebPage(u16),
    /// The answer is no HTTP.
    NotHttp,
    /// The peer broke the WebSocket protocol.
    WebSocket,
    /// The peer broke the MQTT protocol.
    Malformed,
    /// No byte came within the liveness deadline after a PINGREQ.
    Silent,
    /// What was sent got no answer, though the line works. At [`Stage::Connack`](super::Stage::Connack): CONNECT, sent on
    /// two connections. After it: a packet, while later ones were answered.
    Unanswered,
    /// The host is neither a DNS name nor an IP address.
    InvalidName,
    /// The operating system's store is empty, or no root was given where exactly those given count.
    NoRoots,
    /// A given root cannot serve as one.
    BadRoot,
    /// The certificate and key of the device cannot be used.
    BadIdentity,
    /// The roots could not be had from where they lie.
    Roots(RootsFault),
    /// A fault inside the client, none of the network.
    Internal,
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
            Self::HttpStatus(_) => "http-status",
            Self::WebPage(_) => "web-page",
            Self::NotHttp => "not-http",
            Self::WebSocket => "web-socket",
            Self::Malformed => "malformed",
            Self::Silent => "silent",
            Self::Unanswered => "unanswered",
            Self::InvalidName => "invalid-name",
            Self::NoRoots => "no-roots",
            Self::BadRoot => "bad-root",
            Self::BadIdentity => "bad-identity",
            Self::Roots(fault) => fault.as_str(),
            Self::Internal => "internal",
            Self::Io => "io",
        }
    }

    /// The peer's own number for what happened: CONNACK's return code, or the status of HTTP.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        match *self {
            Self::Refusal(code) => Some(code.into()),
            Self::HttpStatus(status) | Self::WebPage(status) => Some(status),
            _ => None,
        }
    }

    /// What an error of the operating system means.
    pub(super) fn of_io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown => Self::Unreachable,
            io::ErrorKind::TimedOut => Self::TimedOut,
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
                Self::Reset
            }
            // A gateway closes without close_notify (contract edge-gateway.md §2.1): an ordinary end of stream.
            io::ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::Io,
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
    /// The root that the path ends at has an extended key usage that does not allow servers.
    RootWrongPurpose,
    /// The root that the path ends at has a critical extension that is not known.
    RootExtension,
    /// The root that the path ends at allows fewer authorities below it.
    RootPathLength,
    /// An authority of the path, or the root, does not permit the names of what it vouches for.
    NameNotPermitted,
    /// The chain is longer, larger or more entangled than any gateway's, and was not looked through.
    ChainTooLong,
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
            Self::RootWrongPurpose => "certificate-root-wrong-purpose",
            Self::RootExtension => "certificate-root-extension",
            Self::RootPathLength => "certificate-root-path-length",
            Self::NameNotPermitted => "certificate-name-not-permitted",
            Self::ChainTooLong => "certificate-chain-too-long",
            Self::Other => "certificate-invalid",
        }
    }
}

/// Why the roots could not be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootsFault {
    /// There is no such file.
    NotFound,
    /// The operating system refuses to read it.
    Unreadable,
    /// What lies there is a pipe or a device.
    NotAFile,
    /// It is larger than any file of roots.
    TooLarge,
    /// It holds no certificate.
    NoCertificate,
    /// It holds a private key and no certificate.
    PrivateKey,
    /// A certificate in it cannot be read.
    Broken,
    /// Reading did not end in time.
    TimedOut,
}

impl RootsFault {
    fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "roots-not-found",
            Self::Unreadable => "roots-unreadable",
            Self::NotAFile => "roots-not-a-file",
            Self::TooLarge => "roots-too-large",
            Self::NoCertificate => "roots-no-certificate",
            Self::PrivateKey => "roots-private-key",
            Self::Broken => "roots-broken",
            Self::TimedOut => "roots-timed-out",
        }
    }
}
