//! The gateway: dials, answers, sends, loses, as the plan says; where it says nothing, as a good one would.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use bytes::BytesMut;
use fastrand::Rng;
use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{
    ConnAck, ConnectReturnCode, Packet, PingReq, PingResp, PubAck, Publish, SubAck,
};
use rumqttc::mqttbytes::v4::{SubscribeReasonCode, UnsubAck};
use tokio::time::{Instant, sleep, sleep_until};

use super::judge::id_in;
use super::link::{ClientEnd, PLANTED};
use super::plan::{Answer, Connack, Dial, Farewell, Loss, Setting, Stray};
use super::world::{Shared, World};
use crate::failure::{Failure, Kind, Stage};
use crate::transport::{Deadlines, Dialled, Dialler, Dialling, Endpoint, Pause, Progress};

const MAX: usize = 1 << 20;
/// CONNACK 0 begins so.
const ACCEPTED: [u8; 2] = [0x20, 2];

pub(super) struct Gateway {
    pub(super) dials: VecDeque<Dial>,
    pub(super) connacks: VecDeque<Connack>,
    pub(super) answers: VecDeque<Answer>,
    pub(super) reads: bool,
    pub(super) answers_pings: bool,
    pub(super) farewell: Farewell,
    /// Publishes it has got, by the id of the operation.
    received: HashSet<u32>,
    /// Answers held back, or lost, by link.
    held: Vec<(usize, Vec<u8>)>,
    lost: Vec<(usize, Vec<u8>)>,
    /// On their way, by time.
    due: Vec<(Instant, usize, Vec<u8>)>,
    /// Links to be closed.
    closing: Vec<(Instant, usize)>,
    /// Links that CONNACK opened.
    connected: HashSet<usize>,
    last_puback: Option<u16>,
    same_id: bool,
    sent: u32,
}

impl Gateway {
    pub(super) fn new(setting: &Setting) -> Self {
        Self {
            dials: VecDeque::new(),
            connacks: VecDeque::new(),
            answers: VecDeque::new(),
            reads: true,
            answers_pings: true,
            farewell: Farewell::Closes { ms: 0 },
            received: HashSet::new(),
            held: Vec::new(),
            lost: Vec::new(),
            due: Vec::new(),
            closing: Vec::new(),
            connected: HashSet::new(),
            last_puback: None,
            same_id: setting.same_id,
            sent: 0,
        }
    }

    pub(super) fn has(&self, id: u32) -> bool {
        self.received.contains(&id)
    }
}

/// Serves for ever.
pub(super) async fn serve(world: Shared) {
    loop {
        let next = world.lock().turn(Instant::now());
        match next {
            None => world.woken().await,
            Some(at) => tokio::select! {
                biased;
                () = world.woken() => {}
                () = sleep_until(at) => {}
            },
        }
    }
}

/// What the gateway does.
impl World {
    /// Reads, answers and closes what is due; tells when there is more to do.
    fn turn(&mut self, now: Instant) -> Option<Instant> {
        for number in 0..self.links.len() {
            self.read(number, now);
        }
        let (due, later) = std::mem::take(&mut self.gateway.due).into_iter().partition(|(at, ..)| *at <= now);
        self.gateway.due = later;
        let due: Vec<(Instant, usize, Vec<u8>)> = due;
        for (_, number, bytes) in due {
            if bytes.starts_with(&ACCEPTED) {
                self.gateway.connected.insert(number);
                self.gateway.last_puback = None;
            }
            self.links[number].send(&bytes);
        }
        for number in 0..self.links.len() {
            let known = self.gateway.closing.iter().any(|(_, closing)| *closing == number);
            if self.links[number].is_served() && self.links[number].is_finished() && !known {
                self.see_end(number, now);
            }
        }
        let (over, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.gateway.closing).into_iter().partition(|(at, _)| *at <= now);
        self.gateway.closing = later;
        for (_, number) in over {
            self.lose(number, Loss::Fin);
        }
        let times = self.gateway.due.iter().map(|(at, ..)| *at);
        times.chain(self.gateway.closing.iter().map(|(at, _)| *at)).min()
    }

    fn see_end(&mut self, number: usize, now: Instant) {
        if let Farewell::Closes { ms } = self.gateway.farewell {
            self.gateway.closing.push((now + Duration::from_millis(ms), number));
        }
    }

    fn read(&mut self, number: usize, now: Instant) {
        if !self.gateway.reads {
            return;
        }
        self.links[number].arrive();
        while self.links[number].is_served() {
            match Packet::read(&mut self.links[number].arrived, MAX) {
                Ok(packet) => self.take(number, packet, now),
                Err(_) => break,
            }
        }
    }

    fn take(&mut self, number: usize, packet: Packet, now: Instant) {
        match packet {
            Packet::Connect(_) => self.admit(number, now),
            Packet::Publish(Publish { topic, qos, pkid, .. }) => {
                self.gateway.received.insert(id_in(&topic));
                if qos == QoS::AtLeastOnce {
                    self.answer(number, &Ack::Publish(pkid), now);
                }
            }
            Packet::Subscribe(subscribe) => {
                self.answer(number, &Ack::Subscribe(subscribe.pkid, subscribe.filters.len()), now);
            }
            Packet::Unsubscribe(unsubscribe) => {
                self.answer(number, &Ack::Unsubscribe(unsubscribe.pkid), now);
            }
            Packet::PingReq if self.gateway.answers_pings => {
                self.post(number, now, encoded(|out| PingResp.write(out)));
            }
            Packet::Disconnect => self.see_end(number, now),
            _ => {}
        }
    }

    fn admit(&mut self, number: usize, now: Instant) {
        let fate = self.gateway.connacks.pop_front();
        let connack = |code, session_present| encoded(|out| ConnAck { session_present, code }.write(out));
        match fate.unwrap_or(Connack::Accepts { ms: 0, session_present: false }) {
            Connack::Accepts { ms, session_present } => {
                let at = now + Duration::from_millis(ms);
                self.post(number, at, connack(ConnectReturnCode::Success, session_present));
            }
            Connack::Refuses { code } => {
                self.links[number].send(&[0x20, 2, 0, code]);
                self.gateway.closing.push((now, number));
            }
            Connack::Silent => {}
            Connack::Ends(loss) => self.lose(number, loss),
            Connack::Garbage => self.post(number, now, b"HTTP/1.1 400 Bad Request".to_vec()),
        }
    }

    fn answer(&mut self, number: usize, ack: &Ack, now: Instant) {
        let right = ack.encoded();
        match self.gateway.answers.pop_front().unwrap_or(Answer::Late { ms: 0 }) {
            Answer::Late { ms } => self.post(number, now + Duration::from_millis(ms), right),
            Answer::Held => self.gateway.held.push((number, right)),
            Answer::Lost => self.gateway.lost.push((number, right)),
            Answer::Twice => self.post(number, now, [&right[..], &right[..]].concat()),
            Answer::WrongKind => self.post(number, now, ack.of_another_kind().encoded()),
            Answer::Refusal => self.post(number, now, ack.refused()),
            Answer::WrongCodes { more } => self.post(number, now, ack.with_wrong_codes(more)),
        }
        if let Ack::Publish(packet_id) = ack {
            self.gateway.last_puback = Some(*packet_id);
        }
    }

    fn post(&mut self, number: usize, at: Instant, bytes: Vec<u8>) {
        self.gateway.due.push((at, number, bytes));
    }

    /// Everything held back comes, in an order made of `order`.
    pub(super) fn release(&mut self, order: u64) {
        let mut held = std::mem::take(&mut self.gateway.held);
        Rng::with_seed(order).shuffle(&mut held);
        for (number, bytes) in held {
            self.links[number].send(&bytes);
        }
    }

    pub(super) fn stray(&mut self, stray: Stray) {
        let Some(number) = self.current() else { return };
        let bytes = match stray {
            // Far from all that is in use.
            Stray::Unknown => Ack::Publish(60_000).encoded(),
            Stray::Repeated => match self.gateway.last_puback {
                // What was held may still come in its turn.
                Some(packet_id) if self.gateway.held.is_empty() && self.gateway.lost.is_empty() => {
                    Ack::Publish(packet_id).encoded()
                }
                _ => return,
            },
            Stray::PingResp => encoded(|out| PingResp.write(out)),
            Stray::PingReq => encoded(|out| PingReq.write(out)),
            Stray::Garbage => vec![0xff, 0xff],
        };
        self.links[number].send(&bytes);
    }

    /// Sends a message of its own.
    pub(super) fn send(&mut self, qos: u8) {
        let Some(number) = self.current() else { return };
        self.gateway.sent += 1;
        let n = self.gateway.sent;
        let pkid = if self.gateway.same_id { 1 } else { (n % 65_535) as u16 + 1 };
        let qos = if qos == 0 { QoS::AtMostOnce } else { QoS::AtLeastOnce };
        let mut publish = Publish::new(format!("c/{n}"), qos, vec![b'x'; 40]);
        publish.pkid = pkid;
        let bytes = encoded(|out| publish.write(out));
        self.links[number].send(&bytes);
    }

    pub(super) fn lose(&mut self, number: usize, loss: Loss) {
        self.note(|| format!("link {number} ends by {loss:?}"));
        self.links[number].lose(loss);
    }

    /// The link that CONNACK has opened and that still stands.
    pub(super) fn current(&self) -> Option<usize> {
        let last = self.links.len().checked_sub(1)?;
        (self.links[last].is_served() && self.gateway.connected.contains(&last)).then_some(last)
    }

    /// From now on it is a good gateway, and makes good what it owes.
    pub(super) fn heal(&mut self) {
        let gateway = &mut self.gateway;
        gateway.dials.clear();
        gateway.connacks.clear();
        gateway.answers.clear();
        gateway.reads = true;
        gateway.answers_pings = true;
        gateway.farewell = Farewell::Closes { ms: 0 };
        let mut owed = std::mem::take(&mut gateway.held);
        owed.append(&mut gateway.lost);
        for (number, bytes) in owed {
            self.links[number].send(&bytes);
        }
        for number in 0..self.links.len() {
            self.links[number].mend();
            if self.links[number].is_served() && !self.gateway.connected.contains(&number) {
                self.lose(number, Loss::Fin);
            }
        }
    }
}

/// An acknowledgement, with the packet id; of a SUBSCRIBE with so many filters.
enum Ack {
    Publish(u16),
    Subscribe(u16, usize),
    Unsubscribe(u16),
}

impl Ack {
    fn encoded(&self) -> Vec<u8> {
        match *self {
            Self::Publish(pkid) => encoded(|out| PubAck { pkid }.write(out)),
            Self::Subscribe(pkid, filters) => {
                suback(pkid, filters, SubscribeReasonCode::Success(QoS::AtLeastOnce))
            }
            Self::Unsubscribe(pkid) => encoded(|out| UnsubAck { pkid }.write(out)),
        }
    }

    fn of_another_kind(&self) -> Self {
        match *self {
            Self::Publish(packet_id) => Self::Subscribe(packet_id, 1),
            Self::Subscribe(packet_id, _) => Self::Unsubscribe(packet_id),
            Self::Unsubscribe(packet_id) => Self::Publish(packet_id),
        }
    }

    fn refused(&self) -> Vec<u8> {
        match *self {
            Self::Subscribe(packet_id, filters) => suback(packet_id, filters, SubscribeReasonCode::Failure),
            _ => self.encoded(),
        }
    }

    fn with_wrong_codes(&self, more: bool) -> Vec<u8> {
        match *self {
            Self::Subscribe(packet_id, filters) => {
                Self::Subscribe(packet_id, if more { filters + 1 } else { filters - 1 }).encoded()
            }
            _ => self.encoded(),
        }
    }
}

fn suback(pkid: u16, filters: usize, code: SubscribeReasonCode) -> Vec<u8> {
    encoded(|out| SubAck { pkid, return_codes: vec![code; filters] }.write(out))
}

fn encoded<E>(write: impl FnOnce(&mut BytesMut) -> Result<usize, E>) -> Vec<u8> {
    let mut out = BytesMut::new();
    assert!(write(&mut out).is_ok(), "the codec writes what it reads");
    out.to_vec()
}

/// Connects to the gateway of a world.
pub(super) struct MemoryDialler(pub(super) Shared, pub(super) Setting);

/// Counts an attempt for as long as it lasts.
struct Attempt<'a>(&'a Shared);

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.0.lock().dialling -= 1;
    }
}

impl Dialler for MemoryDialler {
    fn dial<'a>(
        &'a self,
        _: &'a Endpoint,
        deadlines: &'a Deadlines,
        _: Pause,
        progress: Progress<'a>,
    ) -> Dialling<'a> {
        let Self(world, setting) = self;
        Box::pin(async move {
            let fate = {
                let mut world = world.lock();
                world.dialling += 1;
                world.gateway.dials.pop_front().unwrap_or(Dial::Succeeds { ms: 0 })
            };
            let _attempt = Attempt(world);
            progress(Stage::Resolve);
            match fate {
                Dial::Succeeds { ms } => sleep(Duration::from_millis(ms)).await,
                Dial::Fails { ms } => {
                    sleep(Duration::from_millis(ms)).await;
                    return Err(Failure::new(Stage::Tcp, Kind::Refused, "planned"));
                }
                Dial::Hangs => {
                    sleep(deadlines.connect).await;
                    return Err(Failure::new(Stage::Resolve, Kind::TimedOut, "planned"));
                }
                Dial::Panics => {
                    world.lock().judge.doomed();
                    panic!("{PLANTED}");
                }
            }
            progress(Stage::Tls);
            let stream = Box::new(ClientEnd::new(world, setting));
            Ok(Dialled { stream, is_exposed: setting.is_exposed })
        })
    }
}
