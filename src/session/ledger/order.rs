//! Which answers are overdue, by those that came before their turn.
//!
//! A gateway answers publishes in their order, and subscriptions promptly (contract edge-gateway.md §2.7, §2.8). So a publish
//! is passed by the answer to a later publish, a subscription by that to anything later. A publish may wait for long behind
//! a twin request while subscriptions are answered: those do not pass it.

use std::collections::VecDeque;

use tokio::time::Instant;

/// Where a packet was written: under which id, and as which of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) packet_id: u16,
    pub(super) sequence: u64,
}

/// What a place was written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Publish,
    Control,
}

/// The packets of one connection in the order in which they were written. Each is looked at a few times in its life, however
/// many are under way.
#[derive(Default)]
pub(super) struct Order {
    publishes: Lane,
    controls: Lane,
}

impl Order {
    pub(super) fn clear(&mut self) {
        self.publishes.clear();
        self.controls.clear();
    }

    /// A packet is written, behind all before it.
    pub(super) fn wrote(&mut self, sort: Sort, place: Place) {
        match sort {
            Sort::Publish => self.publishes.ahead.push_back(place),
            Sort::Control => self.controls.ahead.push_back(place),
        }
    }

    /// An answer came. `is_awaited` knows whether one is still awaited for a packet.
    pub(super) fn answered(&mut self, sort: Sort, sequence: u64, is_awaited: impl Fn(Place) -> bool) {
        self.controls.pass(sequence, &is_awaited);
        if sort == Sort::Publish {
            self.publishes.pass(sequence, &is_awaited);
        }
    }

    /// Since when the answer is overdue that has been so for longest.
    pub(super) fn overdue_since(&mut self, is_awaited: impl Fn(Place) -> bool) -> Option<Instant> {
        let publishes = self.publishes.overdue_since(&is_awaited);
        let controls = self.controls.overdue_since(&is_awaited);
        publishes.into_iter().chain(controls).min()
    }
}

#[derive(Default)]
struct Lane {
    /// No later one is answered.
    ahead: VecDeque<Place>,
    /// Passed by a later one, and when; in the order of time.
    passed: VecDeque<(Instant, Place)>,
}

impl Lane {
    fn clear(&mut self) {
        self.ahead.clear();
        self.passed.clear();
    }

    fn pass(&mut self, sequence: u64, is_awaited: &impl Fn(Place) -> bool) {
        while let Some(place) = self.ahead.pop_front_if(|place| place.sequence <= sequence) {
            if place.sequence < sequence && is_awaited(place) {
                self.passed.push_back((Instant::now(), place));
            }
        }
    }

    fn overdue_since(&mut self, is_awaited: &impl Fn(Place) -> bool) -> Option<Instant> {
        while self.passed.pop_front_if(|(_, place)| !is_awaited(*place)).is_some() {}
        self.passed.front().map(|(since, _)| *since)
    }
}
