//! Where to connect to and by which way, and how long that may take.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::tls::{Identity, Trust};

/// Where to connect to and what to trust there.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// A DNS name or an IP address; also the name the certificate must carry.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Connect there, without name resolution; `None`: to what `host` resolves to.
    pub address: Option<IpAddr>,
    /// The roots that may vouch for the gateway.
    pub trust: Trust,
    /// What the device shows a gateway that asks for a certificate.
    pub identity: Option<Identity>,
    /// What connects instead of us; `None`: nothing.
    pub proxy: Option<Proxy>,
    /// What MQTT travels in, within TLS.
    pub framing: Framing,
}

impl Endpoint {
    /// MQTT over TLS at `host` and `port`, without a proxy.
    #[must_use]
    pub fn new(host: impl Into<String>, port: u16, trust: Trust) -> Self {
        Self {
            host: host.into(),
            port,
            address: None,
            trust,
            identity: None,
            proxy: None,
            framing: Framing::Bare,
        }
    }

    /// `host:port`, an IPv6 address in brackets.
    pub(super) fn authority(&self) -> String {
        let Self { host, port, .. } = self;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }
}

/// What MQTT travels in, within TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Framing {
    /// Nothing: TLS carries MQTT itself.
    #[default]
    Bare,
    /// Binary frames of a WebSocket (MQTT 3.1.1 §6, contract edge-gateway.md §1.1).
    WebSocket,
}

/// An HTTP proxy, which is asked by CONNECT for a tunnel to the gateway. `Debug` shows no credentials.
#[derive(Clone)]
pub struct Proxy {
    /// A DNS name or an IP address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The value of `Proxy-Authorization`.
    authorization: Option<Zeroizing<String>>,
}

impl Proxy {
    /// `None` if the authorization cannot stand in a header field.
    #[must_use]
    pub fn new(host: String, port: u16, authorization: Option<String>) -> Option<Self> {
        let authorization = authorization.map(Zeroizing::new);
        let fits = authorization
            .as_ref()
            .is_none_or(|value| value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()));
        fits.then_some(Self { host, port, authorization })
    }

    pub(super) fn authorization(&self) -> Option<&str> {
        self.authorization.as_ref().map(|value| value.as_str())
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Proxy({}:{})", self.host, self.port)
    }
}

/// How long each stage of a connection may take.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// Name resolution and TCP together, of the gateway or of a proxy; and a proxy's answer to CONNECT (20 s).
    pub connect: Duration,
    /// The TLS handshake; and the upgrade to WebSocket (30 s).
    pub tls: Duration,
    /// From CONNECT to CONNACK (130 s: a gateway that does not know the device may take 100 s to refuse it,
    /// contract edge-gateway.md §7).
    pub connack: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            tls: Duration::from_secs(30),
            connack: Duration::from_secs(130),
        }
    }
}
