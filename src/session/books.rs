//! What a session keeps between connections, and how commands enter it.

use std::sync::Arc;

use tokio::time::Instant;

use super::event::{Event, State};
use super::ledger::{Control, Failed, Ledger};
use super::mailbox::{Command, Mailbox};
use super::messages::Messages;
use super::receipts::Receipts;
use super::request::Request;
use super::wishes::Wishes;
use crate::failure::Failure;

pub(super) struct Books {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) ledger: Ledger,
    pub(super) receipts: Receipts,
    pub(super) wishes: Wishes,
    pub(super) stopped: bool,
    /// The connection that stands, if one does, may have died unnoticed.
    pub(super) doubts: bool,
    /// The replacement for which the app has dealt with all that was reported before it.
    pub(super) caught_up: Option<u32>,
    /// The batch of commands taken from the mailbox; empty between turns, kept for its capacity.
    pub(super) commands: Vec<Command>,
    /// Publishes that are done and not yet reported.
    pub(super) done: Vec<u32>,
    /// Messages that came and are not yet reported.
    pub(super) came: Messages,
}

impl Books {
    pub(super) fn new(mailbox: Arc<Mailbox>) -> Self {
        Self {
            mailbox,
            ledger: Ledger::new(),
            receipts: Receipts::new(),
            wishes: Wishes::default(),
            stopped: false,
            doubts: false,
            caught_up: None,
            commands: Vec::new(),
            done: Vec::new(),
            came: Messages::default(),
        }
    }

    /// Puts the batch of commands where it belongs.
    pub(super) fn absorb(&mut self) {
        let mut commands = std::mem::take(&mut self.commands);
        for command in commands.drain(..) {
            match command {
                Command::Publish(publish) => self.ledger.queue_publish(publish),
                Command::Acknowledge(tokens) => {
                    tokens.into_iter().for_each(|token| self.receipts.settle(token))
                }
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
                Command::Connect(request) => {
                    self.wishes.connect(request);
                    self.ledger.hold(self.wishes.is_behind_close());
                }
                Command::Disconnect { number, grace } => {
                    self.wishes.disconnect(number, Instant::now() + grace);
                    self.ledger.hold(false);
                }
                Command::CaughtUp(number) => self.caught_up = Some(number),
                Command::Resume => {}
                Command::Doubt => self.doubts = true,
                Command::Stop => self.stopped = true,
            }
        }
        self.commands = commands;
    }

    /// Reports what is done, and what came, all at once.
    pub(super) fn settle(&mut self) {
        self.mailbox.note_written(self.ledger.publishes_written());
        self.mailbox.acknowledged(&mut self.done);
        self.mailbox.deliver(&mut self.came);
    }

    /// `request` has its connection.
    pub(super) fn connected(&mut self, request: &Request, session_present: bool) {
        self.doubts = false;
        if self.wishes.connected(request) {
            let renewal = request.replaces.is_some();
            self.report(State::Connected { request: request.number, session_present, renewal });
        }
    }

    /// The connection is over; what was written waits for the next.
    pub(super) fn disconnected(&mut self) {
        self.settle();
        self.receipts.forget();
        let given_up = self.ledger.disconnected();
        self.fail(given_up);
    }

    /// What stood is gone: the connection of the request `number`, or the one that it was to replace.
    pub(super) fn lost(&mut self, number: u32, failure: Failure) {
        if self.wishes.lost() {
            self.report(State::Lost { request: number, failure });
        }
    }

    /// The attempt of `request` failed.
    pub(super) fn failed(&mut self, request: &Request, failure: Failure) {
        if request.replaces.is_some() {
            self.lost(request.number, failure);
        } else {
            self.report(State::Failed { request: request.number, failure });
        }
    }

    /// Ends everything that was given before the close.
    pub(super) fn close(&mut self) {
        let failed = self.ledger.cancel_all();
        self.fail(failed);
        debug_assert!(self.ledger.is_blank());
        self.settle();
        for number in self.wishes.closed() {
            self.mailbox.report(Event::State(State::Closed { request: number }));
        }
        self.ledger.hold(false);
    }

    pub(super) fn report(&self, state: State) {
        self.mailbox.report(Event::State(state));
    }

    fn fail(&self, failed: Vec<Failed>) {
        if failed.is_empty() {
            return;
        }
        self.mailbox.note_written(self.ledger.publishes_written());
        for Failed { id, delivery } in failed {
            self.mailbox.report(Event::Failed { id, delivery });
        }
    }
}
