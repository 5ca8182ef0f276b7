//! Each link: the packets that pass the client's end, and whether they may follow each other.

use std::collections::HashMap;
use std::time::Duration;

use bytes::BytesMut;
use rumqttc::mqttbytes;
use rumqttc::mqttbytes::v4::{Packet, SubscribeReasonCode};
use tokio::time::Instant;

use super::super::plan::Setting;
use super::operations::id_in;
use super::{Verdict, ensure};
use crate::session::Limits;

const MAX: usize = 1 << 20;
/// Silence of the gateway that ends a connection, at most: until the ping, and after it.
const SILENCE: Duration = Duration::from_secs(30 + 60);
/// It ends one that is doubted.
const SILENCE_IN_DOUBT: Duration = Duration::from_secs(5);
/// An answer that later ones have passed is waited for so long.
const PASSED: Duration = Duration::from_secs(30);
/// Timers tick in milliseconds.
const SLACK: Duration = Duration::from_millis(20);

struct Link {
    up: BytesMut,
    down: BytesMut,
    /// CONNACK 0 came.
    is_accepted: bool,
    /// The gateway broke the protocol: nothing after that counts.
    is_poisoned: bool,
    has_left: bool,
    is_dropped: bool,
    sent: Instant,
    came: Instant,
    /// The client was to doubt it, and has heard nothing since.
    doubted: Option<Instant>,
    /// So many packets that are to be answered were sent.
    count: usize,
    /// What is on the way, by packet id.
    awaiting: HashMap<u16, Awaiting>,
}

#[derive(Clone, Copy)]
struct Awaiting {
    id: u32,
    kind: Kind,
    /// Which of all that were sent.
    place: usize,
    /// A later packet was answered.
    passed: Option<Instant>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Publish,
    Subscribe(usize),
    Unsubscribe,
}

pub(super) struct Wire {
    links: Vec<Link>,
    keep_alive: Option<Duration>,
    silence: Duration,
    gateway_reads: bool,
    /// The client may choose not to read, and then silence means nothing.
    pauses: bool,
}

impl Wire {
    pub(super) fn new(setting: &Setting) -> Self {
        let keep_alive = Some(setting.keep_alive).filter(|seconds| *seconds > 0);
        let keep_alive = keep_alive.map(|seconds| Duration::from_secs(seconds.into()));
        Self {
            links: Vec::new(),
            keep_alive,
            silence: keep_alive.map_or(SILENCE, |limit| SILENCE.min(2 * limit + Duration::from_secs(5))),
            gateway_reads: true,
            pauses: setting.inbound_bytes < Limits::default().inbound_bytes,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.links.len()
    }

    pub(super) fn opened(&mut self) {
        let now = Instant::now();
        self.links.push(Link {
            up: BytesMut::new(),
            down: BytesMut::new(),
            is_accepted: false,
            is_poisoned: false,
            has_left: false,
            is_dropped: false,
            sent: now,
            came: now,
            doubted: None,
            count: 0,
            awaiting: HashMap::new(),
        });
    }

    pub(super) fn stops_reading(&mut self) {
        self.gateway_reads = false;
    }

    pub(super) fn dropped(&mut self, number: usize) -> Verdict {
        self.links[number].is_dropped = true;
        self.keeps_alive(number, Instant::now())
    }

    /// The promise of the keep-alive (MQTT 3.1.1 §3.1.2.10).
    fn keeps_alive(&self, number: usize, now: Instant) -> Verdict {
        let link = &self.links[number];
        let Some(keep_alive) = self.keep_alive.filter(|_| link.is_accepted && self.gateway_reads) else {
            return Ok(());
        };
        let silence = now - link.sent;
        ensure!(silence <= keep_alive + SLACK, "link {number} said nothing for {silence:?}");
        Ok(())
    }

    /// All links have had their turn: one that should have been given up?
    pub(super) fn overdue(&self, now: Instant) -> Verdict {
        for (number, link) in self.links.iter().enumerate() {
            if link.is_accepted && !link.is_dropped && !link.has_left {
                let is_silent = !self.pauses && now - link.came > self.silence + SLACK;
                ensure!(!is_silent, "link {number} is silent and stands");
                let is_doubtful = link.doubted.is_some_and(|at| now - at > SILENCE_IN_DOUBT + SLACK);
                ensure!(self.pauses || !is_doubtful, "link {number} is silent after a doubt and stands");
                self.keeps_alive(number, now)?;
            }
        }
        Ok(())
    }

    /// The machine slept.
    pub(super) fn doubted(&mut self) {
        if let Some(link) = self.links.last_mut().filter(|link| link.is_accepted) {
            link.doubted = Some(Instant::now());
        }
    }

    /// Operations whose answers later ones have passed for too long, on a link that stands.
    pub(super) fn passed(&self, now: Instant) -> Vec<u32> {
        let standing = self.links.iter().filter(|link| !link.is_dropped && !link.has_left && !self.pauses);
        let awaiting = standing.flat_map(|link| link.awaiting.values());
        let is_late = |at: Instant| now - at > PASSED + SLACK;
        awaiting.filter(|it| it.passed.is_some_and(is_late)).map(|it| it.id).collect()
    }

    /// The packets that these bytes complete, as the client sends them.
    pub(super) fn flushed(&mut self, number: usize, bytes: &[u8]) -> Vec<Packet> {
        let link = &mut self.links[number];
        link.up.extend_from_slice(bytes);
        let mut packets = Vec::new();
        while let Ok(packet) = Packet::read(&mut link.up, MAX) {
            packets.push(packet);
        }
        packets
    }

    /// The client reads bytes.
    pub(super) fn consumed(&mut self, number: usize, bytes: &[u8]) {
        let link = &mut self.links[number];
        if !bytes.is_empty() {
            link.came = Instant::now();
            link.doubted = None;
        }
        link.down.extend_from_slice(bytes);
    }

    /// The next packet that the client has read whole; none behind one that breaks the protocol.
    pub(super) fn next(&mut self, number: usize) -> Option<Packet> {
        let link = &mut self.links[number];
        if link.is_poisoned {
            return None;
        }
        match Packet::read(&mut link.down, MAX) {
            Ok(packet) => Some(packet),
            Err(error) => {
                link.is_poisoned = !matches!(error, mqttbytes::Error::InsufficientBytes(_));
                None
            }
        }
    }

    pub(super) fn is_poisoned(&self, number: usize) -> bool {
        self.links[number].is_poisoned
    }

    /// The client sends a packet.
    pub(super) fn sent(&mut self, number: usize, packet: &Packet) -> Verdict {
        let now = Instant::now();
        self.keeps_alive(number, now)?;
        let link = &mut self.links[number];
        link.sent = now;
        ensure!(!link.has_left, "{} behind DISCONNECT on link {number}", words(packet));
        if let Packet::Connect(connect) = packet {
            ensure!(!link.is_accepted, "a second CONNECT on link {number}");
            ensure!(!connect.clean_session, "CONNECT gives the session up");
            return Ok(());
        }
        ensure!(link.is_accepted, "{} before CONNACK on link {number}", words(packet));
        let (packet_id, id, kind) = match packet {
            Packet::Publish(publish) if publish.pkid != 0 => {
                (publish.pkid, id_in(&publish.topic), Kind::Publish)
            }
            Packet::Subscribe(subscribe) => {
                let kind = Kind::Subscribe(subscribe.filters.len());
                let id = subscribe.filters.first().map_or(0, |filter| id_in(&filter.path));
                (subscribe.pkid, id, kind)
            }
            Packet::Unsubscribe(unsubscribe) => {
                let id = unsubscribe.topics.first().map_or(0, |filter| id_in(filter));
                (unsubscribe.pkid, id, Kind::Unsubscribe)
            }
            Packet::Disconnect => {
                link.has_left = true;
                return Ok(());
            }
            _ => return Ok(()),
        };
        link.count += 1;
        let awaiting = Awaiting { id, kind, place: link.count, passed: None };
        let taken = link.awaiting.insert(packet_id, awaiting);
        ensure!(taken.is_none(), "packet id {packet_id} is given twice on link {number}");
        Ok(())
    }

    /// The client has read a packet.
    pub(super) fn came(&mut self, number: usize, packet: &Packet) {
        let link = &mut self.links[number];
        match packet {
            Packet::ConnAck(_) if !link.is_accepted => {
                link.is_accepted = true;
                link.sent = Instant::now();
            }
            Packet::Publish(_)
            | Packet::PubAck(_)
            | Packet::SubAck(_)
            | Packet::UnsubAck(_)
            | Packet::PingResp
                if link.is_accepted => {}
            _ => link.is_poisoned = true,
        }
    }

    /// The operation that a packet answers, with its codes. An answer of the wrong kind breaks the protocol.
    pub(super) fn answered(&mut self, number: usize, packet: &Packet) -> Option<(u32, Vec<u8>)> {
        let link = &mut self.links[number];
        let (packet_id, kind, codes) = match packet {
            Packet::PubAck(ack) => (ack.pkid, Kind::Publish, Vec::new()),
            Packet::SubAck(ack) => {
                let codes = ack.return_codes.iter().map(|code| match code {
                    SubscribeReasonCode::Success(qos) => *qos as u8,
                    SubscribeReasonCode::Failure => 0x80,
                });
                (ack.pkid, Kind::Subscribe(ack.return_codes.len()), codes.collect())
            }
            Packet::UnsubAck(ack) => (ack.pkid, Kind::Unsubscribe, Vec::new()),
            _ => return None,
        };
        let awaiting = *link.awaiting.get(&packet_id)?;
        if awaiting.kind != kind {
            link.is_poisoned = true;
            return None;
        }
        link.awaiting.remove(&packet_id);
        for earlier in link.awaiting.values_mut().filter(|earlier| earlier.place < awaiting.place) {
            // A publish may wait for long while subscriptions are answered.
            if awaiting.kind == Kind::Publish || earlier.kind != Kind::Publish {
                earlier.passed.get_or_insert_with(Instant::now);
            }
        }
        Some((awaiting.id, codes))
    }
}

/// A packet in a few words.
pub(super) fn words(packet: &Packet) -> String {
    match packet {
        Packet::Connect(_) => "CONNECT".into(),
        Packet::Publish(publish) => {
            let dup = if publish.dup { ", DUP" } else { "" };
            format!("PUBLISH {} (QoS {}, packet {}{dup})", publish.topic, publish.qos as u8, publish.pkid)
        }
        Packet::Subscribe(subscribe) => format!("SUBSCRIBE packet {}", subscribe.pkid),
        Packet::Unsubscribe(unsubscribe) => format!("UNSUBSCRIBE packet {}", unsubscribe.pkid),
        other => format!("{other:?}"),
    }
}
