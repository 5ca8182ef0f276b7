//! Every way in which a connection fails, as data.
//!
//! The facade turns a [`Failure`] into an error of the old SDK's classes with a message and a hint; here it only
//! has to be exact. No variant ever holds a credential. What TLS says is put into these words by `tls`, which this room
//! does not know.

mod kind;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

pub use kind::{CertificateFault, Kind, RootsFault};

/// The part of a connection's life in which it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Name resolution and TCP of the proxy.
    Proxy,
    /// From CONNECT (of HTTP) to the proxy's answer.
    Tunnel,
    /// Name resolution.
    Resolve,
    /// TCP connect.
    Tcp,
    /// TLS handshake.
    Tls,
    /// The upgrade from HTTP to WebSocket.
    Upgrade,
    /// From CONNECT to CONNACK.
    Connack,
    /// After CONNACK.
    Connected,
}

impl Stage {
    /// The stage's name at the border: `proxy`, `tunnel`, `resolve`, `tcp`, `tls`, `upgrade`, `connack`, `connected`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proxy => "proxy",
            Self::Tunnel => "tunnel",
            Self::Resolve => "resolve",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Upgrade => "upgrade",
            Self::Connack => "connack",
            Self::Connected => "connected",
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
    /// The certificates and files that were looked at, where they are why.
    pub evidence: Option<Box<Evidence>>,
    /// Time since the stage began.
    pub elapsed: Duration,
}

/// What a verdict on trust was made of.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The certificates the gateway presented (DER, leaf first), as far as they are looked at.
    pub chain: Vec<Vec<u8>>,
    /// The trusted certificate (DER) that decided, where one did.
    pub root: Option<Vec<u8>>,
    /// The trusted certificates (DER) that were read from files, where the chain was refused.
    pub roots: Vec<Vec<u8>>,
    /// The file of roots at fault.
    pub file: Option<PathBuf>,
    /// Where in it, from 1.
    pub line: Option<usize>,
}

impl Failure {
    /// A failure without lower layer.
    #[must_use]
    pub fn new(stage: Stage, kind: Kind, detail: impl Into<String>) -> Self {
        Self { stage, kind, detail: detail.into(), os_error: None, evidence: None, elapsed: Duration::ZERO }
    }

    /// Classifies an error of the operating system. Where a stream may carry TLS, `tls::failure_in` looks inside first.
    #[must_use]
    pub fn from_io(stage: Stage, error: &io::Error) -> Self {
        Self { os_error: error.raw_os_error(), ..Self::new(stage, Kind::of_io(error), error.to_string()) }
    }

    /// The peer broke the MQTT protocol.
    #[must_use]
    pub fn malformed(stage: Stage, how: impl fmt::Display) -> Self {
        Self::new(stage, Kind::Malformed, how.to_string())
    }

    /// The same failure with what the verdict was made of.
    #[must_use]
    pub(crate) fn on(mut self, evidence: Evidence) -> Self {
        self.evidence = Some(Box::new(evidence));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_without_close_notify_is_an_ordinary_end() {
        let eof = io::Error::new(io::ErrorKind::UnexpectedEof, "no close_notify");
        assert_eq!(Failure::from_io(Stage::Connected, &eof).kind, Kind::Closed);
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
