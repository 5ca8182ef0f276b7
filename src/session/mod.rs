//! An MQTT 3.1.1 session that outlives its connections.
//!
//! | room | holds |
//! |---|---|
//! | [`Session`] (here) | the handle: everything an app's side may say, and what came back |
//! | `mailbox` | the border between the app's thread and the driver: commands in, events out |
//! | `driver` | the life of a session: offline, connecting, online, again |
//! | `books` | what a session keeps between connections, and how commands enter it |
//! | `handshake` | from an endpoint to CONNACK |
//! | `online` | a session while connected: what is written when, what each packet means |
//! | `connection` | one connection: reads, writes, the alarm |
//! | `ledger` | the fate of operations: queued, written, acknowledged; packet ids; replay |
//! | `receipts` | acknowledgements we owe the gateway |
//! | `liveness` | when to ping, when to give up |
//!
//! Operations are named by ids the app chooses. Each id given to [`Session::publish`], [`Session::subscribe`] or
//! [`Session::unsubscribe`] comes back exactly once: from [`Session::drain`] when a publish is done, as
//! [`Event::Granted`] or as [`Event::Failed`].

mod books;
mod connection;
mod driver;
mod handshake;
mod ledger;
mod liveness;
mod mailbox;
mod online;
mod receipts;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use zeroize::Zeroizing;

use crate::failure::{Failure, Stage};
use crate::runtime;
use crate::transport::{Deadlines, Endpoint, TlsDialler};

pub use rumqttc::mqttbytes::QoS;

use mailbox::{Command, Mailbox};
use online::Line;

/// The longest topic or filter MQTT can carry, in bytes (MQTT 3.1.1 §1.5.3).
pub const MAX_TOPIC: usize = 65_535;

/// The largest packet body MQTT can carry, in bytes (MQTT 3.1.1 §2.2.3).
const MAX_REMAINING_LENGTH: usize = 268_435_455;

/// Bounds of a session; [`Limits::default`] gives the values in parentheses.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of received payloads neither drained nor acknowledged, above which reading stops (16 MiB).
    pub inbound_bytes: usize,
    /// The largest packet accepted from the gateway, in bytes (1 MiB; edgeHub sends at most 256 KiB).
    pub packet_bytes: usize,
    /// Inbound silence after which a PINGREQ is sent, at most (30 s); a shorter keep-alive comes first.
    pub ping_after: Duration,
    /// Inbound silence after a PINGREQ after which the connection is dead (60 s: a gateway may stop reading for
    /// 50 s behind a twin request, contract edge-gateway.md §4.1).
    pub dead_after: Duration,
    /// How long a renewal waits for outstanding acknowledgements (30 s).
    pub quiesce: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            inbound_bytes: 16 << 20,
            packet_bytes: 1 << 20,
            ping_after: Duration::from_secs(30),
            dead_after: Duration::from_secs(60),
            quiesce: Duration::from_secs(30),
        }
    }
}

/// One connection to make. Has no `Debug`: it holds the password.
pub struct Request {
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

/// A publish that fits into a packet.
#[derive(Debug)]
pub struct Outgoing {
    id: u32,
    topic: String,
    payload: Bytes,
    qos: QoS,
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
    /// The connection is about to be replaced. To be answered by [`Session::caught_up`] when all messages reported
    /// before are acknowledged that will be: the connection they came by waits for that.
    Renewing,
    /// The attempt failed; the session waits for the next [`Session::connect`].
    Failed(Failure),
    /// The connection was lost; operations are kept, the session waits for the next [`Session::connect`].
    Lost(Failure),
    /// [`Session::disconnect`] is done.
    Closed,
}

/// A message from the gateway.
#[derive(Debug)]
pub struct Message {
    /// What to give to [`Session::acknowledge`]; 0 for QoS 0, which needs none.
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

/// The handle of a session. Dropping it stops the session.
pub struct Session {
    mailbox: Arc<Mailbox>,
    line: Arc<Line>,
}

impl Session {
    /// A session without a connection. `wake` is called when there is something to [`drain`](Self::drain), once per
    /// burst, from the session's thread or from a call of [`publish`](Self::publish); it must neither block nor call
    /// the session.
    ///
    /// # Errors
    ///
    /// The runtime's thread cannot be started.
    pub fn new(limits: Limits, wake: impl Fn() + Send + Sync + 'static) -> std::io::Result<Self> {
        let mailbox = Arc::new(Mailbox::new(limits, Box::new(wake)));
        let line = Arc::default();
        runtime::handle()?.spawn(driver::run(Arc::clone(&mailbox), Arc::clone(&line), Arc::new(TlsDialler)));
        Ok(Self { mailbox, line })
    }

    /// Connects, or replaces a live connection gracefully (token renewal, design §4).
    pub fn connect(&self, request: Request) {
        self.mailbox.command(Command::Connect(Box::new(request)));
    }

    /// Queues publishes, in order. How many are queued at a time is the caller's to bound.
    ///
    /// A few that find the connection idle are written here and now: that saves waking the session's thread, which
    /// costs more than the write.
    pub fn publish(&self, publishes: impl IntoIterator<Item = Outgoing>) {
        let few = self.mailbox.publish(publishes);
        if !(few && self.line.send_now()) {
            self.mailbox.wake_driver();
        }
    }

    /// Subscribes to filters. An id, like a publish's, ends once.
    pub fn subscribe(&self, id: u32, filters: Vec<(String, QoS)>) {
        self.mailbox.command(Command::Subscribe { id, filters });
    }

    /// Removes subscriptions.
    pub fn unsubscribe(&self, id: u32, filters: Vec<String>) {
        self.mailbox.command(Command::Unsubscribe { id, filters });
    }

    /// Acknowledges a received message; tokens of earlier connections are ignored (the gateway redelivers).
    pub fn acknowledge(&self, token: u32) {
        self.mailbox.command(Command::Acknowledge(token));
    }

    /// Answers [`State::Renewing`].
    pub fn caught_up(&self) {
        self.mailbox.command(Command::CaughtUp);
    }

    /// Ends operations early: each comes back as [`Event::Failed`] unless it is done already.
    pub fn cancel(&self, ids: Vec<u32>) {
        self.mailbox.command(Command::Cancel(ids));
    }

    /// Sends what fits into `grace`, fails the rest, disconnects; [`State::Closed`] tells the end.
    pub fn disconnect(&self, grace: Duration) {
        self.mailbox.command(Command::Disconnect(grace));
    }

    /// Ends the session and waits until its connection is gone, 250 ms at most. Nothing is reported any more.
    pub fn stop(&self) {
        self.mailbox.stop(Duration::from_millis(250));
    }

    /// Takes the ids of publishes that are done (QoS 1: acknowledged, QoS 0: written) into `ids`; tells how many, and
    /// whether there is more: further ids, or [`events`](Self::events).
    #[must_use]
    pub fn drain(&self, ids: &mut [u32]) -> (usize, bool) {
        self.mailbox.drain(ids)
    }

    /// Takes everything else that happened, in order.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.mailbox.events()
    }

    /// Operations that are written and not acknowledged.
    #[must_use]
    pub fn written(&self) -> usize {
        self.mailbox.written()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.mailbox.stop(Duration::ZERO);
    }
}
