//! The fate of operations (design §3): queued → written → acknowledged.
//!
//! Publishes wait in one queue, subscriptions in another that goes first, so that a full window never holds a
//! subscription back. What was written and not acknowledged is replayed on the next connection, in order, under
//! its packet id, with DUP set (MQTT 3.1.1 §4.4), also when the gateway forgot the session.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

use bytes::BytesMut;
use rumqttc::mqttbytes::v4::{Publish, Subscribe, SubscribeFilter, Unsubscribe};
use rumqttc::mqttbytes::{self, QoS};

use super::event::Delivery;
use super::request::Outgoing;

/// Packet ids left free for subscriptions when publishes fill the window.
const RESERVED_IDS: usize = 64;
/// Publishes stop being taken while this many packet ids are in use (ids are 1 to 65 535).
const WINDOW: usize = u16::MAX as usize - RESERVED_IDS;

pub(super) struct Ledger {
    publishes: VecDeque<Outgoing>,
    controls: VecDeque<Control>,
    /// Written in an earlier connection, to be written again before anything else.
    replay: VecDeque<u16>,
    written: HashMap<u16, Written, BuildHasherDefault<PacketIdHasher>>,
    /// QoS 0 publishes in the write buffer: done when it is flushed.
    unflushed: Vec<u32>,
    last_packet_id: u16,
    last_sequence: u64,
}

pub(super) enum Control {
    Subscribe { id: u32, filters: Vec<(String, QoS)> },
    Unsubscribe { id: u32, filters: Vec<String> },
}

impl Control {
    fn id(&self) -> u32 {
        match self {
            Self::Subscribe { id, .. } | Self::Unsubscribe { id, .. } => *id,
        }
    }
}

struct Written {
    /// `None` once cancelled: the packet id stays taken until it is acknowledged or the connection ends.
    id: Option<u32>,
    /// Order of first writing.
    sequence: u64,
    packet: Packet,
}

enum Packet {
    Publish(Publish),
    Subscribe(Subscribe),
    Unsubscribe(Unsubscribe),
}

impl Packet {
    fn write(&self, out: &mut BytesMut) -> Result<usize, mqttbytes::Error> {
        match self {
            Self::Publish(publish) => publish.write(out),
            Self::Subscribe(subscribe) => subscribe.write(out),
            Self::Unsubscribe(unsubscribe) => unsubscribe.write(out),
        }
    }
}

/// An operation that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failed {
    pub(super) id: u32,
    pub(super) delivery: Delivery,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self {
            publishes: VecDeque::new(),
            controls: VecDeque::new(),
            replay: VecDeque::new(),
            written: HashMap::default(),
            unflushed: Vec::new(),
            last_packet_id: 0,
            last_sequence: 0,
        }
    }

    pub(super) fn queue_publish(&mut self, publish: Outgoing) {
        self.publishes.push_back(publish);
    }

    pub(super) fn queue_control(&mut self, control: Control) {
        self.controls.push_back(control);
    }

    /// Nothing queued, nothing unacknowledged, nothing unflushed.
    pub(super) fn is_empty(&self) -> bool {
        self.publishes.is_empty()
            && self.controls.is_empty()
            && self.unflushed.is_empty()
            && self.nothing_written()
    }

    /// Nothing that could be written now or later.
    pub(super) fn nothing_queued(&self) -> bool {
        self.publishes.is_empty() && self.controls.is_empty() && self.replay.is_empty()
    }

    /// Nothing that an acknowledgement is awaited for.
    pub(super) fn nothing_written(&self) -> bool {
        self.written.values().all(|written| written.id.is_none())
    }

    /// Operations written and not acknowledged.
    pub(super) fn written(&self) -> usize {
        self.written.len()
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
            } else if let Some(control) = self.controls.pop_front() {
                self.write_control(control, out)
            } else if self.written.len() >= WINDOW {
                break;
            } else if let Some(publish) = self.publishes.pop_front() {
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
        let pkid = self.free_packet_id();
        let id = control.id();
        let packet = match control {
            Control::Subscribe { filters, .. } => {
                let filters = filters.into_iter().map(|(path, qos)| SubscribeFilter { path, qos }).collect();
                Packet::Subscribe(Subscribe { pkid, filters })
            }
            Control::Unsubscribe { filters, .. } => {
                Packet::Unsubscribe(Unsubscribe { pkid, topics: filters })
            }
        };
        self.note(pkid, id, packet, out)
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
        self.written.insert(packet_id, Written { id: Some(id), sequence: self.last_sequence, packet });
        Ok(())
    }

    fn rewrite(&mut self, packet_id: u16, out: &mut BytesMut) -> Result<(), mqttbytes::Error> {
        let Some(written) = self.written.get_mut(&packet_id) else { return Ok(()) };
        if let Packet::Publish(publish) = &mut written.packet {
            publish.dup = true;
        }
        written.packet.write(out).map(drop)
    }

    /// The next packet id not in use. Ends, because fewer than 65 535 are ever in use: publishes stop at
    /// [`WINDOW`], and subscriptions are few.
    fn free_packet_id(&mut self) -> u16 {
        loop {
            self.last_packet_id = self.last_packet_id.checked_add(1).unwrap_or(1);
            if !self.written.contains_key(&self.last_packet_id) {
                return self.last_packet_id;
            }
        }
    }

    /// PUBACK, SUBACK or UNSUBACK for `packet_id`: the operation that is done. `None` if nothing is written under it
    /// (a repeated one), or it was cancelled.
    pub(super) fn acknowledge(&mut self, packet_id: u16) -> Option<u32> {
        self.written.remove(&packet_id)?.id
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
        self.written.retain(|_, written| written.id.is_some());
        let mut order: Vec<_> = self.written.iter().map(|(id, written)| (written.sequence, *id)).collect();
        order.sort_unstable();
        self.replay = order.into_iter().map(|(_, id)| id).collect();
        given_up
    }

    /// Ends the operations `ids` early, wherever they are.
    pub(super) fn cancel(&mut self, ids: &[u32]) -> Vec<Failed> {
        let ids: HashSet<u32> = ids.iter().copied().collect();
        let mut failed = Vec::new();
        self.publishes.retain(|publish| {
            let cancelled = ids.contains(&publish.id);
            if cancelled {
                failed.push(Failed { id: publish.id, delivery: Delivery::NotSent });
            }
            !cancelled
        });
        self.controls.retain(|control| {
            let cancelled = ids.contains(&control.id());
            if cancelled {
                failed.push(Failed { id: control.id(), delivery: Delivery::NotSent });
            }
            !cancelled
        });
        for written in self.written.values_mut() {
            if let Some(id) = written.id.filter(|id| ids.contains(id)) {
                failed.push(Failed { id, delivery: Delivery::Unknown });
                written.id = None;
                // The packet id stays taken, the payload need not.
                written.packet = Packet::Unsubscribe(Unsubscribe { pkid: 0, topics: Vec::new() });
            }
        }
        let replay = std::mem::take(&mut self.replay);
        self.replay = replay
            .into_iter()
            .filter(|packet_id| self.written.get(packet_id).is_some_and(|written| written.id.is_some()))
            .collect();
        failed
    }

    /// Ends everything.
    pub(super) fn cancel_all(&mut self) -> Vec<Failed> {
        let ids: Vec<u32> = self
            .publishes
            .iter()
            .map(|publish| publish.id)
            .chain(self.controls.iter().map(Control::id))
            .chain(self.written.values().filter_map(|written| written.id))
            .collect();
        self.cancel(&ids)
    }
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
