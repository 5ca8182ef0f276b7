//! An MQTT 3.1.1 session that outlives its connections.
//!
//! | room | holds |
//! |---|---|
//! | [`Session`] (here) | the handle: all an app may say, and the way to what came back |
//! | `request`, `event` | what an app gives, what it hears |
//! | `mailbox` | the border between the app's thread and the driver: commands in, events out |
//! | `driver` | the life of a session: offline, connecting, online, again |
//! | `wishes` | what the app wants of the connection, by number |
//! | `books` | what a session keeps between connections, and how commands enter it |
//! | `handshake` | from an endpoint to CONNACK |
//! | `line` | the connection, where both the driver and the app's thread reach it |
//! | `online` | a session while connected: what is written when, until it ends |
//! | `inbound` | what each packet from the gateway means |
//! | `messages` | received messages, as they wait and as they cross the border |
//! | `connection` | one connection: reads, writes, the alarm |
//! | `ledger` | the fate of operations: queued, written, acknowledged; packet ids; replay |
//! | `receipts` | acknowledgements we owe the gateway |
//! | `liveness` | when to ping, when to give up |
//! | `slumber` | what a sleep of the machine is noticed by |
//!
//! Operations are named by ids the app chooses. Each id given to [`Session::publish`], [`Session::subscribe`] or
//! [`Session::unsubscribe`] comes back exactly once: from [`Session::drain`] when a publish is done, as
//! [`Event::Granted`] or as [`Event::Failed`].
//!
//! What changes the connection is told apart by numbers, which the app chooses, too: see [`State`] for how connects and
//! disconnects end, whatever coincides. A fault inside ends the session in [`State::Broken`].
//!
//! That all of this holds is shown by `model`: random programs over simulated time and a gateway in memory, and a judge.

mod books;
mod connection;
mod driver;
mod event;
mod handshake;
mod inbound;
mod ledger;
mod line;
mod liveness;
mod mailbox;
mod messages;
mod online;
mod receipts;
mod request;
mod slumber;
mod wishes;

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use crate::runtime;
use crate::transport::{Dialler, GatewayDialler};

pub use event::{Delivery, Event, State};
pub use messages::{Message, Messages};
pub use request::{Limits, MAX_TOPIC, Outgoing, Request};
pub use rumqttc::mqttbytes::QoS;

use line::{Line, Panicked};
use mailbox::{Command, Mailbox};

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
        let runtime = runtime::handle()?;
        let session = Self::start(&runtime, Arc::new(GatewayDialler), limits, wake);
        slumber::watch(&runtime, &session.mailbox);
        Ok(session)
    }

    /// A session on `runtime` whose connections `dialler` makes.
    fn start(
        runtime: &Handle,
        dialler: Arc<dyn Dialler>,
        limits: Limits,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let mailbox = Arc::new(Mailbox::new(limits, Box::new(wake)));
        let line = Arc::default();
        runtime.spawn(driver::run(Arc::clone(&mailbox), Arc::clone(&line), dialler));
        Self { mailbox, line }
    }

    /// Connects, or replaces the connection that stands; [`State`] says how that ends.
    pub fn connect(&self, request: Request) {
        self.mailbox.command(Command::Connect(Box::new(request)));
    }

    /// Queues publishes, in order. How many are queued at a time is the caller's to bound.
    ///
    /// A few that find the connection idle are written here and now: that saves waking the session's thread, which
    /// costs more than the write.
    pub fn publish(&self, publishes: impl IntoIterator<Item = Outgoing>) {
        let few = self.mailbox.publish(publishes);
        match if few { self.line.send_now() } else { Ok(false) } {
            Ok(true) => {}
            Ok(false) => self.mailbox.wake_driver(),
            Err(Panicked) => self.mailbox.break_off(driver::broken()),
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

    /// Acknowledges received messages; tokens of earlier connections are ignored (the gateway redelivers).
    pub fn acknowledge(&self, tokens: Vec<u32>) {
        self.mailbox.command(Command::Acknowledge(tokens));
    }

    /// Answers [`State::Renewing`] of the request `number`.
    pub fn caught_up(&self, number: u32) {
        self.mailbox.command(Command::CaughtUp(number));
    }

    /// Ends operations early: each comes back as [`Event::Failed`] unless it is done already.
    pub fn cancel(&self, ids: Vec<u32>) {
        self.mailbox.command(Command::Cancel(ids));
    }

    /// Sends what fits into `grace`, fails the rest, disconnects; [`State::Closed`] with this number tells the end. Of several
    /// at once the shortest grace counts. Operations given behind a later connect are that connection's.
    pub fn disconnect(&self, number: u32, grace: Duration) {
        self.mailbox.command(Command::Disconnect { number, grace });
    }

    /// Ends the session and waits until its connection is gone, 250 ms at most. Nothing is reported any more.
    pub fn stop(&self) {
        self.mailbox.stop(Duration::from_millis(250));
    }

    /// Takes the ids of publishes that are done (QoS 1: acknowledged, QoS 0: written) into `ids`; tells how many, and
    /// whether there is more: further ids, or [`events`](Self::events). Whoever is told of more is not woken again: it comes
    /// back by itself, until nothing is left. Ids that came by a connection are held back until its [`State::Connected`] was
    /// taken.
    #[must_use]
    pub fn drain(&self, ids: &mut [u32]) -> (usize, bool) {
        self.mailbox.drain(ids)
    }

    /// Takes up to `most` of everything else that happened, in order; what ended ids never comes before they were taken.
    #[must_use]
    pub fn events(&self, most: usize) -> Vec<Event> {
        self.mailbox.events(most)
    }

    /// Publishes that are written and not acknowledged.
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

#[cfg(test)]
mod floods;
#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
