//! What an app gives to its session.

use std::time::Duration;

use bytes::Bytes;
use rumqttc::mqttbytes::QoS;
use zeroize::Zeroizing;

use crate::transport::{Deadlines, Endpoint};

/// The longest topic or filter MQTT can carry, in bytes (MQTT 3.1.1 §1.5.3).
pub const MAX_TOPIC: usize = 65_535;

/// The largest packet body MQTT can carry, in bytes (MQTT 3.1.1 §2.2.3).
const MAX_REMAINING_LENGTH: usize = 268_435_455;

/// Bounds of a session; [`Limits::default`] gives the values in parentheses.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// What received messages not yet taken may cost in bytes of memory; above it reading stops (4 MiB).
    pub inbound_bytes: usize,
    /// The largest packet accepted from the gateway, in bytes (1 MiB; edgeHub sends at most 256 KiB).
    pub packet_bytes: usize,
    /// Inbound silence after which a PINGREQ is sent, at most (30 s); a shorter keep-alive comes first.
    pub ping_after: Duration,
    /// Inbound silence after a PINGREQ after which the connection is dead, at most (60 s: a gateway may stop reading for
    /// 50 s behind a twin request, contract edge-gateway.md §4.1). With a shorter keep-alive it is dead after two of them
    /// and 5 s.
    pub dead_after: Duration,
    /// How long a packet may stay unanswered after a later one was answered (30 s): a gateway answers in order (contract
    /// edge-gateway.md §2.7), so that answer is lost, and the packet is replayed over a new connection.
    pub unanswered_after: Duration,
    /// How long a renewal waits for outstanding acknowledgements (30 s).
    pub quiesce: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            inbound_bytes: 4 << 20,
            packet_bytes: 1 << 20,
            ping_after: Duration::from_secs(30),
            dead_after: Duration::from_secs(60),
            unanswered_after: Duration::from_secs(30),
            quiesce: Duration::from_secs(30),
        }
    }
}

/// One connection to make. Has no `Debug`: it holds the password.
pub struct Request {
    /// What the states that belong to it are told by.
    pub number: u32,
    /// The connection it replaces gracefully, by the number of its request (token renewal, design §4). It is carried out
    /// only while that connection stands, and dropped in silence otherwise. Absent: whatever stands is superseded.
    pub replaces: Option<u32>,
    /// Where to.
    pub endpoint: Endpoint,
    /// How long each stage may take.
    pub deadlines: Deadlines,
    /// MQTT client id: `device` or `device/module`.
    pub client_id: String,
    /// MQTT user name (contract device-sdk.md §3.3).
    pub username: String,
    /// MQTT password, a SAS token; empty: none is sent (X.509).
    pub password: Zeroizing<String>,
    /// MQTT keep-alive in seconds; 0 switches the gateway's supervision off, not ours.
    pub keep_alive: u16,
}

#[cfg(test)]
impl Request {
    /// For tests, whose diallers look neither at the endpoint nor at the credentials. Keep-alive: 60 s.
    pub(super) fn sample(number: u32) -> Self {
        Self {
            number,
            replaces: None,
            endpoint: Endpoint::new("gateway", 8883, crate::tls::Trust::default()),
            deadlines: Deadlines::default(),
            client_id: "device".into(),
            username: String::new(),
            password: String::new().into(),
            keep_alive: 60,
        }
    }
}

/// A publish that fits into a packet.
#[derive(Debug)]
pub struct Outgoing {
    pub(super) id: u32,
    pub(super) topic: String,
    pub(super) payload: Bytes,
    pub(super) qos: QoS,
}

impl Outgoing {
    /// A publish under the id `id`; `None` if the topic is empty or longer than [`MAX_TOPIC`] bytes, or the packet
    /// longer than MQTT can express.
    #[must_use]
    pub fn new(id: u32, topic: String, payload: Bytes, qos: QoS) -> Option<Self> {
        let fits =
            (1..=MAX_TOPIC).contains(&topic.len()) && payload.len() <= MAX_REMAINING_LENGTH - topic.len() - 4;
        fits.then_some(Self { id, topic, payload, qos })
    }
}
