//! Operations that wait to be written.

use std::collections::{HashSet, VecDeque};

use super::packet::Control;
use crate::session::event::Delivery;
use crate::session::request::Outgoing;

/// An operation that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) struct Failed {
    pub(in crate::session) id: u32,
    pub(in crate::session) delivery: Delivery,
}

/// Publishes in one line, subscriptions in another that goes first.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) publishes: VecDeque<Outgoing>,
    pub(super) controls: VecDeque<Control>,
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.publishes.is_empty() && self.controls.is_empty()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = u32> {
        self.controls.iter().map(Control::id).chain(self.publishes.iter().map(|publish| publish.id))
    }

    /// Moves the operations of `other` behind these.
    pub(super) fn append(&mut self, other: &mut Self) {
        self.publishes.append(&mut other.publishes);
        self.controls.append(&mut other.controls);
    }

    /// Removes the operations `ids`, and adds them to `failed`.
    pub(super) fn cancel(&mut self, ids: &HashSet<u32>, failed: &mut Vec<Failed>) {
        let mut is_kept = |id: u32| {
            let cancelled = ids.contains(&id);
            if cancelled {
                failed.push(Failed { id, delivery: Delivery::NotSent });
            }
            !cancelled
        };
        self.controls.retain(|control| is_kept(control.id()));
        self.publishes.retain(|publish| is_kept(publish.id));
    }
}
