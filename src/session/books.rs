//! What a session keeps between connections, and how commands enter it.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::time::Instant;

use super::event::{Event, State};
use super::ledger::{Control, Failed, Ledger};
use super::mailbox::{Command, Mailbox};
use super::receipts::Receipts;
use super::request::Request;

/// A command that changes the state of the connection; kept until the state of the moment takes it up.
pub(super) enum Wish {
    Connect(Box<Request>),
    /// What is queued may still be sent until then.
    Disconnect(Instant),
}

pub(super) struct Books {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) ledger: Ledger,
    pub(super) receipts: Receipts,
    pub(super) wishes: VecDeque<Wish>,
    pub(super) stopped: bool,
    /// The app has dealt with all that was reported before the renewal began.
    pub(super) caught_up: bool,
    /// The batch of commands taken from the mailbox; empty between turns, kept for its capacity.
    pub(super) commands: Vec<Command>,
    /// Publishes that are done and not yet reported.
    pub(super) done: Vec<u32>,
}

impl Books {
    pub(super) fn new(mailbox: Arc<Mailbox>) -> Self {
        Self {
            mailbox,
            ledger: Ledger::new(),
            receipts: Receipts::new(),
            wishes: VecDeque::new(),
            stopped: false,
            caught_up: false,
            commands: Vec::new(),
            done: Vec::new(),
        }
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
                    self.mailbox.note_written(self.ledger.written());
                    self.fail(failed);
                }
                Command::Connect(request) => self.wishes.push_back(Wish::Connect(request)),
                Command::Disconnect(grace) => {
                    self.wishes.push_back(Wish::Disconnect(Instant::now() + grace));
                }
                Command::CaughtUp => self.caught_up = true,
                Command::Resume => {}
                Command::Stop => self.stopped = true,
            }
        }
        self.commands = commands;
    }

    /// Reports what is done, all at once.
    pub(super) fn settle(&mut self) {
        self.mailbox.note_written(self.ledger.written());
        self.mailbox.acknowledged(&mut self.done);
    }

    /// The end of the grace time, if the one thing wanted is to close and something is left to send.
    pub(super) fn grace(&self) -> Option<Instant> {
        match self.wishes.front() {
            Some(Wish::Disconnect(until)) if self.wishes.len() == 1 && !self.ledger.is_empty() => {
                Some(*until)
            }
            _ => None,
        }
    }

    /// The connection is over; what was written waits for the next.
    pub(super) fn disconnected(&mut self) {
        self.settle();
        self.receipts.forget();
        let given_up = self.ledger.disconnected();
        self.fail(given_up);
    }

    /// Ends everything.
    pub(super) fn close(&mut self) {
        let failed = self.ledger.cancel_all();
        self.fail(failed);
        debug_assert!(self.ledger.is_blank());
        self.settle();
        self.report(State::Closed);
    }

    pub(super) fn report(&self, state: State) {
        self.mailbox.report(Event::State(state));
    }

    fn fail(&self, failed: Vec<Failed>) {
        for Failed { id, delivery } in failed {
            self.mailbox.report(Event::Failed { id, delivery });
        }
    }
}
