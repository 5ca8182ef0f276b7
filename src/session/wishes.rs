//! What the app wants of the connection, told apart by the numbers it gave.
//!
//! Commands may come while earlier ones are still under way. Whatever their order was, this is all that can be left of them:
//! some disconnects, which are all answered, and one connect behind them, the last.

use tokio::time::Instant;

use super::request::Request;

#[derive(Default)]
pub(super) struct Wishes {
    /// The connection that the app counts on: from CONNACK until its end is told, or until the app wanted another.
    standing: Option<u32>,
    /// To be answered, oldest first.
    disconnects: Vec<Disconnect>,
    /// To be made, after the disconnects.
    next: Option<Box<Request>>,
}

struct Disconnect {
    number: u32,
    /// What is queued may still be sent until then.
    until: Instant,
}

impl Wishes {
    /// Supersedes every connect before it. A renewal is dropped where the connection does not stand that it is to replace: its
    /// end is told, or will be, and nobody would own a new one.
    pub(super) fn connect(&mut self, request: Box<Request>) {
        match request.replaces {
            Some(_) if request.replaces != self.standing => {}
            Some(_) => self.next = Some(request),
            None => {
                self.standing = None;
                self.next = Some(request);
            }
        }
    }

    /// Supersedes every connect before it.
    pub(super) fn disconnect(&mut self, number: u32, until: Instant) {
        self.standing = None;
        self.next = None;
        self.disconnects.push(Disconnect { number, until });
    }

    /// Until when a close may still send: the shortest grace of those wanted. `None`: nobody wants one.
    pub(super) fn closing(&self) -> Option<Instant> {
        self.disconnects.iter().map(|disconnect| disconnect.until).min()
    }

    /// The connection to be made now.
    pub(super) fn take_next(&mut self) -> Option<Box<Request>> {
        if self.disconnects.is_empty() { self.next.take() } else { None }
    }

    /// Something is to be done about the connection.
    pub(super) fn is_pending(&self) -> bool {
        !self.disconnects.is_empty() || self.next.is_some()
    }

    /// What comes now belongs to the connection behind a close.
    pub(super) fn is_behind_close(&self) -> bool {
        !self.disconnects.is_empty() && self.next.is_some()
    }

    /// `request` has its connection; tells whether the app counts on it: a close may have come into a renewal.
    pub(super) fn connected(&mut self, request: &Request) -> bool {
        let counted_on = request.replaces.is_none() || self.standing.is_some();
        if counted_on {
            self.standing = Some(request.number);
        }
        counted_on
    }

    /// What stood is gone, without the app's will; tells whether the app counted on it. Renewals of it are void.
    pub(super) fn lost(&mut self) -> bool {
        self.next.take_if(|next| next.replaces.is_some());
        self.standing.take().is_some()
    }

    /// The numbers of the disconnects, which are done.
    pub(super) fn closed(&mut self) -> impl Iterator<Item = u32> {
        self.disconnects.drain(..).map(|disconnect| disconnect.number)
    }
}

#[cfg(test)]
mod tests;
