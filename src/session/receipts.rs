//! Acknowledgements we owe the gateway, given back in the order its messages came (MQTT 3.1.1 §4.6).
//!
//! A gateway may use one packet id for several unacknowledged messages at once (edgeHub always sends id 1, contract
//! edge-gateway.md §2.7b), so an id names nothing: a token of our own does.

use std::collections::VecDeque;

/// Names go round in so many; 0 is none.
const NAMES: u32 = u32::MAX;

pub(super) struct Receipts {
    /// Messages of the current connection, oldest first. Their names follow one another.
    owed: VecDeque<Owed>,
    /// The name of the next message.
    next_token: u32,
}

struct Owed {
    packet_id: u16,
    settled: bool,
}

impl Receipts {
    pub(super) fn new() -> Self {
        Self { owed: VecDeque::new(), next_token: 1 }
    }

    /// Notes a QoS 1 message and names it; 0 is never a name.
    pub(super) fn note(&mut self, packet_id: u16) -> u32 {
        self.owed.push_back(Owed { packet_id, settled: false });
        let token = self.next_token;
        self.next_token = token % NAMES + 1;
        token
    }

    /// The app is done with a message; 0 and names of an earlier connection are ignored.
    pub(super) fn settle(&mut self, token: u32) {
        if token == 0 {
            return;
        }
        // How many names ago it was given; those of an earlier connection are further back than what is owed.
        let names = u64::from(NAMES);
        let back = (u64::from(self.next_token) + names - u64::from(token)) % names;
        let place = usize::try_from(back).ok().and_then(|back| self.owed.len().checked_sub(back));
        if let Some(owed) = place.and_then(|place| self.owed.get_mut(place)) {
            owed.settled = true;
        }
    }

    /// Messages not acknowledged, settled or not.
    pub(super) fn owed(&self) -> usize {
        self.owed.len()
    }

    /// The next packet id to acknowledge, if its turn has come.
    pub(super) fn next(&mut self) -> Option<u16> {
        self.owed.pop_front_if(|owed| owed.settled).map(|owed| owed.packet_id)
    }

    /// The connection ended: what was owed is left to redelivery.
    pub(super) fn forget(&mut self) {
        self.owed.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acknowledgements_go_out_in_the_order_of_arrival() {
        let mut receipts = Receipts::new();
        let first = receipts.note(1);
        let second = receipts.note(1);
        receipts.settle(second);
        assert_eq!(receipts.next(), None);
        receipts.settle(first);
        assert_eq!((receipts.next(), receipts.next(), receipts.next()), (Some(1), Some(1), None));
    }

    #[test]
    fn tokens_of_an_earlier_connection_settle_nothing() {
        let mut receipts = Receipts::new();
        let stale = receipts.note(1);
        receipts.forget();
        let fresh = receipts.note(1);
        receipts.settle(stale);
        assert_eq!(receipts.next(), None);
        receipts.settle(fresh);
        assert_eq!(receipts.next(), Some(1));
    }

    #[test]
    fn names_go_round() {
        let mut receipts = Receipts { next_token: u32::MAX - 1, ..Receipts::new() };
        let tokens: Vec<u32> = (0..4).map(|packet_id| receipts.note(packet_id)).collect();
        assert_eq!(tokens, [u32::MAX - 1, u32::MAX, 1, 2]);
        for (place, token) in tokens.into_iter().enumerate() {
            receipts.settle(0);
            receipts.settle(token);
            receipts.settle(token);
            assert_eq!(receipts.next(), u16::try_from(place).ok());
            assert_eq!(receipts.next(), None);
        }
    }
}
