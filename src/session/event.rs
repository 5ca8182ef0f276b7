//! What an app hears of its session.

use super::messages::Messages;
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

/// A state of the session's connection. `request` is the number of the command it belongs to.
///
/// A connect ends in `Connected`, in `Failed` (a renewal: in `Lost`), or in silence when a later command superseded it.
/// What `Connected` told holds until `Lost` with its number or that of a renewal, until `Connected` of a renewal, or until
/// the app commands a disconnect or another connect. Each disconnect ends in one `Closed`, whatever coincides.
#[derive(Debug)]
pub enum State {
    /// A connection attempt reached this stage. [`Stage::Connack`] comes a second time where CONNECT was not answered and is
    /// sent again, over another connection.
    Connecting {
        /// The connect.
        request: u32,
        /// What begins.
        stage: Stage,
    },
    /// CONNACK 0 came.
    Connected {
        /// The connect.
        request: u32,
        /// The gateway still knew the session.
        session_present: bool,
        /// It replaced a connection that stood (token renewal).
        renewal: bool,
    },
    /// The connection is about to be replaced. To be answered by [`Session::caught_up`](super::Session::caught_up) when
    /// all messages reported before are acknowledged that will be: the connection they came by waits for that.
    Renewing {
        /// The connect that replaces it.
        request: u32,
    },
    /// The attempt failed; the session waits for the next [`Session::connect`](super::Session::connect).
    Failed {
        /// The connect.
        request: u32,
        /// Why.
        failure: Failure,
    },
    /// The connection was lost, or ended for a renewal that failed; operations are kept, the session waits for the next
    /// [`Session::connect`](super::Session::connect).
    Lost {
        /// The connect that made it; or the renewal.
        request: u32,
        /// Why.
        failure: Failure,
    },
    /// [`Session::disconnect`](super::Session::disconnect) is done; the ids of all operations given before it are told.
    Closed {
        /// The disconnect.
        request: u32,
    },
    /// A fault inside the client ended the session: it reports nothing more and takes nothing. Operations not told before
    /// are gone, and may have reached the gateway.
    Broken {
        /// What is known of it.
        failure: Failure,
    },
}

/// Something that happened, in order.
#[derive(Debug)]
pub enum Event {
    /// The connection changed its state.
    State(State),
    /// Messages came.
    Messages(Messages),
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
