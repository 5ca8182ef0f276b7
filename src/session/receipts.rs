//! Acknowledgements we owe the gateway, given back in the order its messages came (MQTT 3.1.1 §4.6).
//!
//! A gateway may use one packet id for several unacknowledged messages at once (edgeHub always sends id 1, contract
//! edge-gateway.md §2.7b), so an id names nothing: a token of our own does.

use std::collections::VecDeque;

pub(super) struct Receipts {
    /// Messages of the current connection, oldest first.
    owed: VecDeque<Owed>,
    bytes: usize,
    last_token: u32,
}

struct Owed {
    token: u32,
    packet_id: u16,
    bytes: usize,
    settled: bool,
}

impl Receipts {
    pub(super) fn new() -> Self {
        Self { owed: VecDeque::new(), bytes: 0, last_token: 0 }
    }

    /// Notes a QoS 1 message and names it; 0 is never a name.
    pub(super) fn note(&mut self, packet_id: u16, bytes: usize) -> u32 {
        self.last_token = self.last_token.wrapping_add(1).max(1);
        self.owed.push_back(Owed { token: self.last_token, packet_id, bytes, settled: false });
        self.bytes += bytes;
        self.last_token
    }

    /// The app is done with a message; unknown names (of an earlier connection) are ignored.
    pub(super) fn settle(&mut self, token: u32) {
        if let Some(owed) = self.owed.iter_mut().find(|owed| owed.token == token) {
            owed.settled = true;
        }
    }

    /// The next packet id to acknowledge, if its turn has come.
    pub(super) fn next(&mut self) -> Option<u16> {
        let owed = self.owed.pop_front_if(|owed| owed.settled)?;
        self.bytes -= owed.bytes;
        Some(owed.packet_id)
    }

    /// Bytes of messages not yet acknowledged.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The connection ended: what was owed is left to redelivery.
    pub(super) fn forget(&mut self) {
        self.owed.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acknowledgements_go_out_in_the_order_of_arrival() {
        let mut receipts = Receipts::new();
        let first = receipts.note(1, 10);
        let second = receipts.note(1, 20);
        receipts.settle(second);
        assert_eq!(receipts.next(), None);
        receipts.settle(first);
        assert_eq!((receipts.next(), receipts.next(), receipts.next()), (Some(1), Some(1), None));
        assert_eq!(receipts.bytes(), 0);
    }

    #[test]
    fn tokens_of_an_earlier_connection_settle_nothing() {
        let mut receipts = Receipts::new();
        let stale = receipts.note(1, 10);
        receipts.forget();
        let fresh = receipts.note(1, 10);
        receipts.settle(stale);
        assert_eq!(receipts.next(), None);
        receipts.settle(fresh);
        assert_eq!(receipts.next(), Some(1));
    }
}
