//! What JavaScript gives to connect with.

use std::path::PathBuf;
use std::time::Duration;

use edge_downstream::session::{Limits, Request};
use edge_downstream::tls::{Identity, Trust};
use edge_downstream::transport::{Deadlines, Endpoint, Framing, Proxy};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

/// An HTTP proxy.
#[napi(object, object_to_js = false)]
pub struct NativeProxy {
    /// A DNS name or an IP address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The value of `Proxy-Authorization`; one that cannot stand in a header field is as none.
    pub authorization: Option<String>,
}

/// The certificate of a device.
#[napi(object, object_to_js = false)]
pub struct NativeIdentity {
    /// DER, the device's own first.
    pub chain: Vec<Buffer>,
    /// Its private key, PKCS#8 in DER. Copied: who gives it may wipe it.
    pub key: Buffer,
}

/// One connection to make.
#[napi(object, object_to_js = false)]
pub struct NativeRequest {
    /// What the events that belong to it are told by: no other connect or disconnect of the session has it.
    pub number: u32,
    /// The connection it replaces gracefully, by the number of its request; carried out only while that one stands, and
    /// dropped without an event otherwise. Absent: whatever stands is superseded.
    pub replaces: Option<u32>,
    /// A DNS name or an IP address; also the name the certificate must carry.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The HTTP proxy to go through.
    pub proxy: Option<NativeProxy>,
    /// What the device shows a gateway that asks for a certificate.
    pub identity: Option<NativeIdentity>,
    /// MQTT travels in the frames of a WebSocket.
    pub web_socket: Option<bool>,
    /// MQTT client id.
    pub client_id: String,
    /// MQTT user name.
    pub username: String,
    /// MQTT password; absent with X.509.
    pub password: Option<String>,
    /// MQTT keep-alive in seconds.
    pub keep_alive: u16,
    /// Roots as DER.
    pub roots: Vec<Buffer>,
    /// Files of roots, PEM or DER, read when the connection is made.
    pub root_files: Option<Vec<String>>,
    /// Trust the operating system's store besides.
    pub system_roots: bool,
    /// Limit of name resolution and TCP together, ms (20 000).
    pub connect_ms: Option<u32>,
    /// Limit of the TLS handshake, ms (30 000).
    pub tls_ms: Option<u32>,
    /// Limit from CONNECT to CONNACK, ms (130 000).
    pub connack_ms: Option<u32>,
}

impl From<NativeRequest> for Request {
    fn from(native: NativeRequest) -> Self {
        let default = Deadlines::default();
        Self {
            number: native.number,
            replaces: native.replaces,
            endpoint: Endpoint {
                proxy: native.proxy.and_then(proxy),
                framing: framing(native.web_socket),
                identity: native.identity.map(identity),
                ..Endpoint::new(
                    native.host,
                    native.port,
                    trust(&native.roots, native.root_files, native.system_roots),
                )
            },
            deadlines: Deadlines {
                connect: millis(native.connect_ms, default.connect),
                tls: millis(native.tls_ms, default.tls),
                connack: millis(native.connack_ms, default.connack),
            },
            client_id: native.client_id,
            username: native.username,
            password: native.password.unwrap_or_default().into(),
            keep_alive: native.keep_alive,
        }
    }
}

/// Bounds of a session; what is absent has the value in parentheses.
#[napi(object, object_to_js = false)]
pub struct NativeLimits {
    /// Inbound silence before a PINGREQ, ms (30 000).
    pub ping_after_ms: Option<u32>,
    /// Silence after a PINGREQ before the connection is dead, ms (60 000).
    pub dead_after_ms: Option<u32>,
    /// How long a packet may stay unanswered after a later one was answered, ms (30 000).
    pub unanswered_after_ms: Option<u32>,
    /// How long a renewal waits for acknowledgements, ms (30 000).
    pub quiesce_ms: Option<u32>,
}

impl From<NativeLimits> for Limits {
    fn from(native: NativeLimits) -> Self {
        let default = Self::default();
        Self {
            ping_after: millis(native.ping_after_ms, default.ping_after),
            dead_after: millis(native.dead_after_ms, default.dead_after),
            unanswered_after: millis(native.unanswered_after_ms, default.unanswered_after),
            quiesce: millis(native.quiesce_ms, default.quiesce),
            ..default
        }
    }
}

/// What JavaScript names to be trusted.
pub(crate) fn trust(roots: &[Buffer], files: Option<Vec<String>>, system: bool) -> Trust {
    Trust {
        system,
        files: files.unwrap_or_default().into_iter().map(PathBuf::from).collect(),
        given: roots.iter().map(|der| der.to_vec()).collect(),
    }
}

pub(crate) fn proxy(native: NativeProxy) -> Option<Proxy> {
    let NativeProxy { host, port, authorization } = native;
    Proxy::new(host.clone(), port, authorization).or_else(|| Proxy::new(host, port, None))
}

pub(crate) fn identity(NativeIdentity { chain, key }: NativeIdentity) -> Identity {
    Identity::new(chain.iter().map(|der| der.to_vec()).collect(), key.to_vec())
}

pub(crate) fn framing(web_socket: Option<bool>) -> Framing {
    if web_socket.unwrap_or_default() { Framing::WebSocket } else { Framing::Bare }
}

pub(crate) fn millis(given: Option<u32>, default: Duration) -> Duration {
    given.map_or(default, |ms| Duration::from_millis(ms.into()))
}
