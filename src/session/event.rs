//! What an app hears of its session.

use bytes::Bytes;

use crate::failure::{Failure, Stage};

/// Whether a failed operation may have reached the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It was never written to a connection.
    NotSent,
    /// It was written and not acknowledged.
    Unknown,
}

impl Delivery {
    /// The name at the border: `not sent` or `unknown`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not sent",
            Self::Unknown => "unknown",
        }
    }
}

/// A state of the session's connection.
#[derive(Debug)]
pub enum State {
    /// A connection attempt reached this stage.
    Connecting(Stage),
    /// CONNACK 0 came.
    Connected {
        /// The gateway still knew the session.
        session_present: bool,
        /// It replaced a connection that was alive (token renewal).
        renewal: bool,
    },
    /// The connection is about to be replaced. To be answered by [`Session::caught_up`](super::Session::caught_up) when all messages reported
    /// before are acknowledged that will be: the connection they came by waits for that.
    Renewing,
    /// The attempt failed; the session waits for the next [`Session::connect`](super::Session::connect).
    Failed(Failure),
    /// The connection was lost; operations are kept, the session waits for the next [`Session::connect`](super::Session::connect).
    Lost(Failure),
    /// [`Session::disconnect`](super::Session::disconnect) is done.
    Closed,
}

/// A message from the gateway.
#[derive(Debug)]
pub struct Message {
    /// What to give to [`Session::acknowledge`](super::Session::acknowledge); 0 for QoS 0, which needs none.
    pub token: u32,
    /// Topic.
    pub topic: String,
    /// Payload.
    pub payload: Bytes,
}

/// Something that happened, in order.
#[derive(Debug)]
pub enum Event {
    /// The connection changed its state.
    State(State),
    /// A message came.
    Message(Message),
    /// A subscription or its removal was acknowledged; one code per filter, 0x80 = refused (MQTT 3.1.1 §3.9.3).
    Granted {
        /// The operation.
        id: u32,
        /// SUBACK's return codes; empty for UNSUBACK.
        codes: Vec<u8>,
    },
    /// An operation ended without acknowledgement: it was cancelled, or the session closed.
    Failed {
        /// The operation.
        id: u32,
        /// Whether it may have reached the gateway.
        delivery: Delivery,
    },
}
