//! Where to connect to, and how long that may take.

use std::net::IpAddr;
use std::time::Duration;

use crate::tls::Trust;

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
}

/// How long each stage of a connection may take.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// Name resolution and TCP together (20 s).
    pub connect: Duration,
    /// The TLS handshake (30 s).
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
