//! The fate of operations (design §3): queued → written → acknowledged.
//!
//! Publishes wait in one queue, subscriptions in another that goes first, so that a full window never holds a
//! subscription back. What was written and not acknowledged is replayed on the next connection, in order, under
//! its packet id, with DUP set (MQTT 3.1.1 §4.4), also when the gateway forgot the session.

mod order;
mod packet;
mod queue;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

use bytes::BytesMut;
use rumqttc::mqttbytes::v4::Publish;
use rumqttc::mqttbytes::{self, QoS};
use tokio::time::Instant;

pub(super) use packet::{Answer, Control, Mismatch};
pub(super) use queue::Failed;

use super::event::Delivery;
use super::request::Outgoing;
use order::{Order, Place};
use packet::Packet;
use queue::Queue;

/// Packet ids left free for subscriptions when publishes fill the window.
const RESERVED_IDS: usize = 64;
/// The last packet id; the first is 1 (MQTT 3.1.1 §2.3.1).
const LAST_ID: usize = u16::MAX as usize;
/// Publishes stop being taken while this many packet ids are in use.
const WINDOW: usize = LAST_ID - RESERVED_IDS;

pub(super) struct Ledger {
    queue: Queue,
    /// Operations of the connection behind a close, which that close does not end.
    held: Queue,
    holding: bool,
    /// Written in an earlier connection, to be written again before anything else.
    replay: VecDeque<u16>,
    written: WrittenPackets,
    /// Those of them that this connection has seen.
    order: Order,
    /// So many of those were cancelled: their packet ids stay taken until they are acknowledged or the connection ends.
    cancelled: usize,
    /// So many of them are subscriptions or removals, and not cancelled.
    controls: usize,
    /// QoS 0 publishes in the write buffer: done when it is flushed.
    unflushed: Vec<u32>,
    last_packet_id: u16,
    last_sequence: u64,
}

type WrittenPackets = HashMap<u16, Written, BuildHasherDefault<PacketIdHasher>>;

struct Written {
    id: u32,
    /// The connection that stands has seen it; otherwise it waits for its replay.
    sent: bool,
    /// Order of first writing.
    sequence: u64,
    packet: Packet,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self {
            queue: Queue::default(),
            held: Queue::default(),
            holding: false,
            replay: VecDeque::new(),
            written: HashMap::default(),
            order: Order::default(),
            cancelled: 0,
            controls: 0,
            unflushed: Vec::new(),
            last_packet_id: 0,
            last_sequence: 0,
        }
    }

    pub(super) fn queue_publish(&mut self, publish: Outgoing) {
        self.entrance().publishes.push_back(publish);
    }

    pub(super) fn queue_control(&mut self, control: Control) {
        self.entrance().controls.push_back(control);
    }

    fn entrance(&mut self) -> &mut Queue {
        if self.holding { &mut self.held } else { &mut self.queue }
    }

    /// Holds back what is queued from now on; or lets go what was held, and queues as usual.
    pub(super) fn hold(&mut self, holding: bool) {
        self.holding = holding;
        if !holding {
            self.queue.append(&mut self.held);
        }
    }

    /// Nothing queued, nothing unacknowledged, nothing unflushed; but for what is held.
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.unflushed.is_empty() && self.nothing_written()
    }

    /// Nothing that could be written now or later.
    pub(super) fn nothing_queued(&self) -> bool {
        self.queue.is_empty() && self.replay.is_empty()
    }

    /// Nothing that an acknowledgement is awaited for.
    pub(super) fn nothing_written(&self) -> bool {
        self.written() == 0
    }

    /// Operations written and not acknowledged.
    pub(super) fn written(&self) -> usize {
        self.written.len() - self.cancelled
    }

    /// Publishes written and not acknowledged.
    pub(super) fn publishes_written(&self) -> usize {
        self.written() - self.controls
    }

    /// Nothing but what is held: no operation, no packet id.
    pub(super) fn is_blank(&self) -> bool {
        self.is_empty() && self.replay.is_empty() && self.written.is_empty()
    }

    /// Writes what may be written into `out` until it holds `enough` bytes; with `quiesce` nothing new.
    /// Tells whether anything was written.
    pub(super) fn write(&mut self, out: &mut BytesMut, enough: usize, quiesce: bool) -> bool {
        let before = out.len();
        while out.len() < enough {
            let written = if let Some(packet_id) = self.replay.pop_front() {
                self.rewrite(packet_id, out)
            } else if quiesce {
                Ok(())
            } else if self.written.len() >= LAST_ID {
                break;
            } else if let Some(control) = self.queue.controls.pop_front() {
                self.write_control(control, out)
            } else if self.written.len() >= WINDOW {
                break;
            } else if let Some(publish) = self.queue.publishes.pop_front() {
                self.write_publish(publish, out)
            } else {
                break;
            };
            // Lengths are checked when an operation is made (`Outgoing::new`, the binding's filters), and packet ids
            // are never 0: the codec has nothing left to refuse.
            debug_assert!(written.is_ok());
            if quiesce && self.replay.is_empty() {
                break;
            }
        }
        out.len() > before
    }

    fn write_publish(&mut self, outgoing: Outgoing, out: &mut BytesMut) -> Result<(), mqttbytes::Error> {
        let Outgoing { id, topic, payload, qos } = outgoing;
        let mut publish = Publish { dup: false, qos, retain: false, topic, pkid: 0, payload };
        if qos == QoS::AtMostOnce {
            self.unflushed.push(id);
            return publish.write(out).map(drop);
        }
        publish.pkid = self.free_packet_id();
        self.note(publish.pkid, id, Packet::Publish(publish), out)
    }

    fn write_control(&mut self, control: Control, out: &mut BytesMut) -> Result<(), mqttbytes::Error> {
        let packet_id = self.free_packet_id();
        let id = control.id();
        self.controls += 1;
        self.note(packet_id, id, control.into_packet(packet_id), out)
    }

    fn note(
        &mut self,
        packet_id: u16,
        id: u32,
        packet: Packet,
        out: &mut BytesMut,
    ) -> Result<(), mqttbytes::Error> {
        packet.write(out)?;
        self.last_sequence += 1;
        let sequence = self.last_sequence;
        self.order.wrote(packet.sort(), Place { packet_id, sequence });
        self.written.insert(packet_id, Written { id, sent: true, sequence, packet });
        Ok(())
    }

    fn rewrite(&mut self, packet_id: u16, out: &mut BytesMut) -> Result<(), mqttbytes::Error> {
        let Some(written) = self.written.get_mut(&packet_id) else { return Ok(()) };
        written.sent = true;
        if let Packet::Publish(publish) = &mut written.packet {
            publish.dup = true;
        }
        self.order.wrote(written.packet.sort(), Place { packet_id, sequence: written.sequence });
        written.packet.write(out)
    }

    /// The next packet id not in use. Ends, because it is asked only while fewer than [`LAST_ID`] are.
    fn free_packet_id(&mut self) -> u16 {
        loop {
            self.last_packet_id = self.last_packet_id.checked_add(1).unwrap_or(1);
            if !self.written.contains_key(&self.last_packet_id) {
                return self.last_packet_id;
            }
        }
    }

    /// The operation that `answer` to `packet_id` ends. `None` if it is nobody's: it was given before, or its operation was
    /// cancelled, or this connection has not seen it yet.
    ///
    /// # Errors
    ///
    /// Another answer is awaited under that id.
    pub(super) fn acknowledge(&mut self, packet_id: u16, answer: Answer) -> Result<Option<u32>, Mismatch> {
        let Entry::Occupied(entry) = self.written.entry(packet_id) else { return Ok(None) };
        let written = entry.get();
        if !written.sent {
            return Ok(None);
        }
        let expected = written.packet.answer();
        if answer != expected {
            return Err(Mismatch { packet_id, expected, came: answer });
        }
        let Written { id, packet, sequence, .. } = entry.remove();
        self.order.answered(packet.sort(), sequence, |place| is_awaited(&self.written, place));
        if packet.is_cancelled() {
            self.cancelled -= 1;
            return Ok(None);
        }
        self.controls -= usize::from(packet.is_control());
        Ok(Some(id))
    }

    /// Since when a later packet is answered and an earlier one is not, of those that somebody waits for.
    pub(super) fn overdue_since(&mut self) -> Option<Instant> {
        let Self { order, written, .. } = self;
        order.overdue_since(|place| is_awaited(written, place))
    }

    /// The write buffer is flushed: moves the QoS 0 publishes in it, which are done, to `done`.
    pub(super) fn flushed(&mut self, done: &mut Vec<u32>) {
        done.append(&mut self.unflushed);
    }

    /// The connection is gone. What was written will be replayed; cancelled packets and QoS 0 publishes that may
    /// not have left are given up.
    pub(super) fn disconnected(&mut self) -> Vec<Failed> {
        let given_up =
            self.unflushed.drain(..).map(|id| Failed { id, delivery: Delivery::Unknown }).collect();
        self.order.clear();
        self.written.retain(|_, written| !written.packet.is_cancelled());
        self.cancelled = 0;
        let mut order = Vec::with_capacity(self.written.len());
        for (packet_id, written) in &mut self.written {
            written.sent = false;
            order.push((written.sequence, *packet_id));
        }
        order.sort_unstable();
        self.replay = order.into_iter().map(|(_, id)| id).collect();
        given_up
    }

    /// Ends the operations `ids` early, wherever they are. In their order: what is written, oldest first, then what is
    /// queued.
    pub(super) fn cancel(&mut self, ids: &[u32]) -> Vec<Failed> {
        let ids: HashSet<u32> = ids.iter().copied().collect();
        let mut failed = self.cancel_written(&ids);
        self.queue.cancel(&ids, &mut failed);
        self.held.cancel(&ids, &mut failed);
        failed
    }

    fn cancel_written(&mut self, ids: &HashSet<u32>) -> Vec<Failed> {
        let mut found = Vec::new();
        self.written.retain(|_, written| {
            if !ids.contains(&written.id) || written.packet.is_cancelled() {
                return true;
            }
            found.push((written.sequence, written.id));
            self.controls -= usize::from(written.packet.is_control());
            if written.sent {
                written.packet = Packet::Cancelled(written.packet.answer());
                self.cancelled += 1;
            }
            // What this connection has not seen will never be acknowledged on it, and leaves nothing behind.
            written.sent
        });
        self.replay.retain(|packet_id| self.written.get(packet_id).is_some_and(|written| !written.sent));
        found.sort_unstable();
        found.into_iter().map(|(_, id)| Failed { id, delivery: Delivery::Unknown }).collect()
    }

    /// Ends everything but what is held.
    pub(super) fn cancel_all(&mut self) -> Vec<Failed> {
        let written = self.written.values().filter(|written| !written.packet.is_cancelled());
        let ids: Vec<u32> = written.map(|written| written.id).chain(self.queue.ids()).collect();
        self.cancel(&ids)
    }
}

/// Somebody waits for the answer to the packet of that place.
fn is_awaited(written: &WrittenPackets, Place { packet_id, sequence }: Place) -> bool {
    written
        .get(&packet_id)
        .is_some_and(|written| written.sequence == sequence && !written.packet.is_cancelled())
}

/// Packet ids are small numbers given out in turn: they spread by themselves.
#[derive(Default)]
struct PacketIdHasher(u64);

impl Hasher for PacketIdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u16(byte.into());
        }
    }

    fn write_u16(&mut self, packet_id: u16) {
        // The table takes its bucket from the low bits and its tag from the high ones: feed both.
        self.0 = (self.0 << 16 | u64::from(packet_id)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

#[cfg(test)]
mod tests;
