//! The reference: what each id, each number and each message may still become.
//!
//! | room | judges |
//! |---|---|
//! | `operations` | each id: told once, with its cause; on the wire in order, with DUP when it must, and never after its end |
//! | `states` | each number: how connects and disconnects end, and when at the latest |
//! | `inbound` | messages from the gateway: told once, in order; acknowledged in order, and when settled |
//! | `wire` | each link: the packets that pass the client's end, and whether they may follow each other |
//!
//! It is written from what a session promises, not from how it keeps it.

mod inbound;
mod operations;
mod states;
mod wire;

use rumqttc::mqttbytes::v4::Packet;
use tokio::time::Instant;

use inbound::Inbound;
use operations::Operations;
use states::States;
use wire::Wire;

use super::plan::Setting;
use crate::failure::Stage;
use crate::session::{Delivery, Message, State};

/// `Err`: what must not be.
type Verdict = Result<(), String>;

macro_rules! ensure {
    ($holds:expr, $($otherwise:tt)+) => {
        if !$holds {
            return Err(format!($($otherwise)+));
        }
    };
}
use ensure;

pub(super) use operations::{What, id_in};
pub(super) use states::Wanted;

pub(super) struct Judge {
    fault: Option<String>,
    operations: Operations,
    states: States,
    inbound: Inbound,
    wire: Wire,
    /// A panic was planted, and met.
    doomed: bool,
    /// Nothing may be told any more.
    silent: bool,
}

impl Judge {
    pub(super) fn new(setting: &Setting) -> Self {
        Self {
            fault: None,
            operations: Operations::default(),
            states: States::default(),
            inbound: Inbound::default(),
            wire: Wire::new(setting),
            doomed: false,
            silent: false,
        }
    }

    /// The first thing that must not be.
    pub(super) fn fault(&self) -> Option<String> {
        self.fault.clone()
    }

    fn rule(&mut self, verdict: Verdict) {
        if let Err(fault) = verdict {
            self.fault.get_or_insert(fault);
        }
    }

    pub(super) fn demand(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.rule(Err(otherwise()));
        }
    }
}

/// What the app asks.
impl Judge {
    /// A new operation; gives its id.
    pub(super) fn asked(&mut self, what: What) -> u32 {
        self.operations.asked(what, self.wire.count(), self.states.is_closing_last())
    }

    /// The ids of operations not told, newest first.
    pub(super) fn untold(&self) -> Vec<u32> {
        self.operations.untold()
    }

    pub(super) fn cancelled(&mut self, ids: &[u32]) {
        self.operations.cancelled(ids);
    }

    /// `is_clogged`: what the client has written before does not get out.
    pub(super) fn wanted(&mut self, number: u32, wanted: Wanted, is_clogged: bool) {
        if let Wanted::Disconnect { .. } = wanted {
            self.operations.doomed(number);
            self.inbound.let_go(is_clogged);
        }
        self.states.wanted(number, wanted, Instant::now());
    }

    /// `Renewing` of that number is answered.
    pub(super) fn caught_up(&mut self, number: u32) {
        self.states.caught_up(number);
        self.inbound.let_go(false);
    }

    pub(super) fn settled(&mut self, token: u32) {
        self.inbound.settled(token);
    }

    /// The session was stopped.
    pub(super) fn stopped(&mut self) {
        self.silent = true;
    }

    pub(super) fn doomed(&mut self) {
        self.doomed = true;
    }

    /// The gateway does not read any more: the client cannot keep its keep-alive.
    pub(super) fn stops_reading(&mut self) {
        self.wire.stops_reading();
    }

    /// The machine slept.
    pub(super) fn doubts(&mut self) {
        self.wire.doubted();
    }

    /// The connection that stands, as far as the app was told.
    pub(super) fn standing(&self) -> Option<u32> {
        self.states.standing()
    }

    /// Every operation was told.
    pub(super) fn all_told(&self) -> bool {
        self.operations.untold().is_empty()
    }

    pub(super) fn is_over(&self) -> bool {
        self.silent
    }
}

/// What the app is told.
impl Judge {
    pub(super) fn told_done(&mut self, id: u32, is_stored: bool) {
        self.not_silent();
        self.demand(self.standing().is_some(), || {
            format!("publish {id} is done, and no connection stands as far as was told")
        });
        let verdict = self.operations.told_done(id, is_stored, self.wire.count());
        self.rule(verdict);
    }

    pub(super) fn told_granted(&mut self, id: u32, codes: &[u8]) {
        self.not_silent();
        let verdict = self.operations.told_granted(id, codes, self.wire.count());
        self.rule(verdict);
    }

    pub(super) fn told_failed(&mut self, id: u32, delivery: Delivery) {
        self.not_silent();
        let verdict = self.operations.told_failed(id, delivery, self.wire.count());
        self.rule(verdict);
    }

    pub(super) fn told_message(&mut self, message: &Message<'_>) {
        self.not_silent();
        let verdict = self.inbound.told(message);
        self.rule(verdict);
    }

    pub(super) fn told_state(&mut self, state: &State) {
        self.not_silent();
        if let State::Broken { .. } = state {
            self.silent = true;
            self.demand(self.doomed, || "broken, and nothing was planted".into());
        }
        if let State::Closed { request } = state {
            let verdict = self.operations.closed(*request);
            self.rule(verdict);
        }
        match state {
            State::Connecting { stage: Stage::Connack, .. } => self.inbound.told_link(),
            State::Renewing { .. } => self.inbound.renewing(),
            _ => {}
        }
        let verdict = self.states.told(state);
        self.rule(verdict);
    }

    fn not_silent(&mut self) {
        self.demand(!self.silent, || "something was told after the end of the session".into());
    }
}

/// What happens at the client's end.
impl Judge {
    pub(super) fn link_opened(&mut self, others: usize) {
        self.demand(others == 0, || "a second connection beside one that stands".into());
        self.wire.opened();
        self.inbound.link_opened();
    }

    pub(super) fn link_dropped(&mut self, number: usize) {
        let verdict = self.wire.dropped(number);
        self.rule(verdict);
    }

    /// The client has put these bytes onto the line; gives the packets they end.
    pub(super) fn flushed(&mut self, number: usize, bytes: &[u8]) -> Vec<String> {
        let mut story = Vec::new();
        for packet in self.wire.flushed(number, bytes) {
            story.push(wire::words(&packet));
            let verdict = self
                .wire
                .sent(number, &packet)
                .and_then(|()| self.operations.sent(number, &packet))
                .and_then(|()| self.inbound.sent(number, &packet));
            self.rule(verdict);
            if packet == Packet::Disconnect {
                let verdict = self.states.leaves(Instant::now());
                self.rule(verdict);
            }
        }
        story
    }

    /// The client has read these bytes; gives the packets they end. `is_clogged`: what it has written does not get out.
    pub(super) fn consumed(&mut self, number: usize, bytes: &[u8], is_clogged: bool) -> Vec<String> {
        let mut story = Vec::new();
        self.wire.consumed(number, bytes);
        while let Some(packet) = self.wire.next(number) {
            story.push(wire::words(&packet));
            self.wire.came(number, &packet);
            if !self.wire.is_poisoned(number) {
                if let Some((id, codes)) = self.wire.answered(number, &packet) {
                    self.operations.answered(id, codes);
                }
                let is_leaving = is_clogged && self.states.is_leaving();
                self.inbound.came(number, &packet, is_leaving);
            }
        }
        story
    }
}

/// What must hold in between, and in the end.
impl Judge {
    /// All that was reported is told, and nobody has anything to do: so many links are open, so many attempts under way, so
    /// many operations in flight by the session's count.
    pub(super) fn at_rest(&mut self, open: usize, dialling: usize, written: usize) {
        let verdict = self.look(open, dialling, written);
        self.rule(verdict);
    }

    fn look(&mut self, open: usize, dialling: usize, written: usize) -> Verdict {
        ensure!(!self.doomed || self.silent, "a panic was not told");
        let count = open + dialling;
        ensure!(count <= 1, "{open} connections are open and {dialling} attempts under way");
        if self.silent {
            ensure!(count == 0, "a connection is left behind the end of the session");
            ensure!(written == 0, "{written} in flight behind the end of the session");
            return Ok(());
        }
        ensure!(count == 0 || self.states.wants_connection(), "a connection that nobody owns");
        ensure!(count == 1 || self.standing().is_none() || self.states.is_changing(), "a loss was not told");
        let untold = self.operations.untold().len();
        ensure!(written <= untold, "{written} in flight, and {untold} operations");
        self.states.overdue(Instant::now())?;
        self.wire.overdue(Instant::now())?;
        let passed = self.wire.passed(Instant::now());
        let missed = passed.into_iter().find(|id| self.operations.is_awaited(*id));
        ensure!(
            missed.is_none() || self.states.is_changing(),
            "{} is not answered, later ones are, and the connection stands",
            missed.unwrap_or(0)
        );
        Ok(())
    }

    /// The session has had its time after everything was well.
    pub(super) fn at_the_end(&mut self) {
        if self.silent {
            return;
        }
        let untold = self.operations.untold();
        self.demand(untold.is_empty(), || format!("never told: {untold:?}"));
        let verdict = self.inbound.at_the_end();
        self.rule(verdict);
    }
}
