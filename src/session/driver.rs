//! The life of a session: offline → connecting → online → offline …, until it is stopped.
//!
//! It never reconnects on its own: the facade asks the app's retry policy and gives the next [`Request`]. Between
//! connections the ledger keeps what is queued and what is not acknowledged.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::handshake::{self, Opened};
use super::ledger::{Control, Failed, Ledger, Released};
use super::mailbox::{Command, Mailbox};
use super::online::{self, End};
use super::receipts::Receipts;
use super::{Event, Request, State};

/// Runs the session of `mailbox` to its end.
pub(super) async fn run(mailbox: Arc<Mailbox>) {
    let mut driver = Driver::new(mailbox);
    driver.live().await;
    driver.mailbox.end();
}

/// A command that changes the state of the connection; kept until the state of the moment takes it up.
pub(super) enum Wish {
    Connect(Box<Request>),
    Disconnect(Duration),
}

pub(super) struct Driver {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) ledger: Ledger,
    pub(super) receipts: Receipts,
    pub(super) wishes: VecDeque<Wish>,
    pub(super) stopped: bool,
    /// The batch of commands taken from the mailbox; empty between turns, kept for its capacity.
    pub(super) commands: Vec<Command>,
    pub(super) done: Done,
}

/// Publishes that are done and not yet reported.
#[derive(Default)]
pub(super) struct Done {
    ids: Vec<u32>,
    publishes: usize,
    bytes: usize,
}

impl Done {
    pub(super) fn add(&mut self, released: Released) {
        if let Some(bytes) = released.publish_bytes {
            self.publishes += 1;
            self.bytes += bytes;
        }
        self.ids.extend(released.id);
    }

    /// Reports them all at once.
    pub(super) fn report(&mut self, mailbox: &Mailbox) {
        if self.publishes > 0 {
            mailbox.release(self.publishes, self.bytes);
        }
        mailbox.acknowledged(&mut self.ids);
        self.publishes = 0;
        self.bytes = 0;
    }
}

impl Driver {
    fn new(mailbox: Arc<Mailbox>) -> Self {
        Self {
            mailbox,
            ledger: Ledger::new(),
            receipts: Receipts::new(),
            wishes: VecDeque::new(),
            stopped: false,
            commands: Vec::new(),
            done: Done::default(),
        }
    }

    async fn live(&mut self) {
        let mut request = None;
        while !self.stopped {
            let (next, renewal) = match request.take() {
                Some(renewed) => (renewed, true),
                None => match self.offline().await {
                    Some(next) => (next, false),
                    None => return,
                },
            };
            let Some(opened) = self.connecting(&next, renewal).await else { continue };
            let session_present = opened.session_present;
            self.report(State::Connected { session_present, renewal });
            let end = online::hold(self, opened, next.keep_alive).await;
            self.receipts.forget();
            let given_up = self.ledger.disconnected();
            self.fail(given_up);
            match end {
                End::Lost(failure) => self.report(State::Lost(failure)),
                End::Renew(renewed) => request = Some(renewed),
                End::Closed => self.close(),
                End::Stopped => return,
            }
        }
    }

    /// Waits for a request; `None` when the session is stopped.
    async fn offline(&mut self) -> Option<Box<Request>> {
        loop {
            if self.stopped {
                return None;
            }
            match self.wishes.pop_front() {
                Some(Wish::Connect(request)) => return Some(request),
                Some(Wish::Disconnect(_)) => self.close(),
                None => self.next_commands().await,
            }
        }
    }

    /// Makes a connection; `None` if it failed or something else is wanted now.
    async fn connecting(&mut self, request: &Request, renewal: bool) -> Option<Opened> {
        let mailbox = Arc::clone(&self.mailbox);
        let progress = |stage| mailbox.report(Event::State(State::Connecting(stage)));
        let mut opening = Box::pin(handshake::open(request, mailbox.limits.packet_bytes, progress));
        loop {
            tokio::select! {
                opened = &mut opening => match opened {
                    Ok(opened) => return Some(opened),
                    Err(failure) if renewal => self.report(State::Lost(failure)),
                    Err(failure) => self.report(State::Failed(failure)),
                },
                () = self.next_commands() => {
                    if !self.stopped && self.wishes.is_empty() {
                        continue;
                    }
                }
            }
            return None;
        }
    }

    /// Waits for commands and absorbs them.
    async fn next_commands(&mut self) {
        let Self { mailbox, commands, .. } = self;
        poll_fn(|context| mailbox.poll_commands(context, commands)).await;
        self.absorb();
    }

    /// Puts the batch of commands where it belongs.
    pub(super) fn absorb(&mut self) {
        let mut commands = std::mem::take(&mut self.commands);
        for command in commands.drain(..) {
            match command {
                Command::Publish(publish) => self.ledger.queue_publish(publish),
                Command::Acknowledge(token) => self.receipts.settle(token),
                Command::Subscribe { id, filters } => {
                    self.ledger.queue_control(Control::Subscribe { id, filters });
                }
                Command::Unsubscribe { id, filters } => {
                    self.ledger.queue_control(Control::Unsubscribe { id, filters });
                }
                Command::Cancel(ids) => {
                    let failed = self.ledger.cancel(&ids);
                    self.fail(failed);
                }
                Command::Connect(request) => self.wishes.push_back(Wish::Connect(request)),
                Command::Disconnect(grace) => self.wishes.push_back(Wish::Disconnect(grace)),
                Command::Resume => {}
                Command::Stop => self.stopped = true,
            }
        }
        self.commands = commands;
    }

    fn close(&mut self) {
        let failed = self.ledger.cancel_all();
        self.fail(failed);
        // What was cancelled while written held its packet id for this connection only.
        self.ledger.disconnected();
        self.report(State::Closed);
    }

    pub(super) fn report(&self, state: State) {
        self.mailbox.report(Event::State(state));
    }

    fn fail(&self, failed: Vec<Failed>) {
        for Failed { id, delivery, publish_bytes } in failed {
            if let Some(bytes) = publish_bytes {
                self.mailbox.release(1, bytes);
            }
            self.mailbox.report(Event::Failed { id, delivery });
        }
    }

    /// The moment `wait` from now.
    pub(super) fn after(wait: Duration) -> Instant {
        Instant::now() + wait
    }
}
