//! A session while it is connected: what is written when, and what each packet means.

use std::time::Duration;

use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Disconnect, Packet, PingReq, PubAck, Publish, SubscribeReasonCode};
use tokio::time::Instant;

use super::connection::{Connection, Wait};
use super::driver::{Driver, Wish};
use super::handshake::Opened;
use super::liveness::{Liveness, Verdict};
use super::{Event, Message, Request};
use crate::failure::{Failure, Kind, Stage};

/// Packets are gathered into one write up to this size: what TLS takes in at once.
const BATCH: usize = 64 << 10;
/// How long the gateway may take to close after DISCONNECT.
const LEAVE: Duration = Duration::from_secs(1);

/// Why a connection is over.
pub(super) enum End {
    Lost(Failure),
    Renew(Box<Request>),
    Closed,
    Stopped,
}

/// What a connection is doing.
enum Mode {
    Open,
    /// Nothing new is written; outstanding acknowledgements are awaited, then a new connection replaces this one.
    Renewing {
        request: Box<Request>,
        until: Instant,
    },
    /// Everything queued is still sent, then the session closes.
    Closing {
        until: Instant,
    },
    /// DISCONNECT is written; what the gateway sends before it closes is still taken.
    Leaving {
        renew: Option<Box<Request>>,
        until: Instant,
    },
}

/// Holds the connection until it is over.
pub(super) async fn hold(driver: &mut Driver, opened: Opened, keep_alive: u16) -> End {
    let now = Instant::now();
    let limits = driver.mailbox.limits;
    let mut online = Online {
        connection: Connection::new(opened),
        liveness: Liveness::new(keep_alive, limits.ping_after, limits.dead_after, now),
        mode: Mode::Open,
        driver,
    };
    match online.run().await {
        Ok(end) => end,
        // The end of the stream is what leaving waits for.
        Err(failure) => match online.mode {
            Mode::Leaving { renew, .. } => renew.map_or(End::Closed, End::Renew),
            Mode::Closing { .. } => End::Closed,
            Mode::Open | Mode::Renewing { .. } => End::Lost(failure),
        },
    }
}

struct Online<'a> {
    driver: &'a mut Driver,
    connection: Connection,
    liveness: Liveness,
    mode: Mode,
}

impl Online<'_> {
    async fn run(&mut self) -> Result<End, Failure> {
        // The gateway may have sent more behind CONNACK.
        self.receive()?;
        loop {
            if self.driver.stopped {
                return Ok(End::Stopped);
            }
            self.take_up_wishes();
            let now = Instant::now();
            if self.paused() {
                self.liveness.heard(now);
            }
            if let Some(end) = self.advance(now) {
                return Ok(end);
            }
            let alarm = self.write(now)?;
            let reading = !self.paused();
            let turn = self
                .connection
                .turn(Wait {
                    mailbox: &self.driver.mailbox,
                    commands: &mut self.driver.commands,
                    reading,
                    alarm,
                    finish: matches!(self.mode, Mode::Leaving { .. }),
                })
                .await?;
            if turn.commands {
                self.driver.absorb();
            }
            if turn.flushed {
                self.flushed();
            }
            if turn.heard {
                self.liveness.heard(Instant::now());
                self.receive()?;
            }
        }
    }

    /// A slow app holds back acknowledgements first; reading stops only at this bound (design §4), and while it is
    /// our own choice, silence is no sign of death.
    fn paused(&self) -> bool {
        let mailbox = &self.driver.mailbox;
        mailbox.undrained_bytes() + self.driver.receipts.bytes() >= mailbox.limits.inbound_bytes
    }

    fn take_up_wishes(&mut self) {
        match self.mode {
            Mode::Leaving { .. } | Mode::Closing { .. } => {}
            Mode::Open | Mode::Renewing { .. } => match self.driver.wishes.pop_front() {
                Some(Wish::Connect(request)) => {
                    let until = Driver::after(self.driver.mailbox.limits.quiesce);
                    self.mode = Mode::Renewing { request, until };
                }
                Some(Wish::Disconnect(grace)) => self.mode = Mode::Closing { until: Driver::after(grace) },
                None => {}
            },
        }
    }

    /// Moves to the next mode when this one is done; tells the end of the last.
    fn advance(&mut self, now: Instant) -> Option<End> {
        let mode = std::mem::replace(&mut self.mode, Mode::Open);
        self.mode = match mode {
            Mode::Renewing { request, until } if now >= until || self.driver.ledger.nothing_written() => {
                self.leave(Some(request), now)
            }
            Mode::Closing { until } if now >= until || self.driver.ledger.is_empty() => self.leave(None, now),
            Mode::Leaving { renew, until } if now >= until => {
                return Some(renew.map_or(End::Closed, End::Renew));
            }
            unfinished => unfinished,
        };
        None
    }

    fn leave(&mut self, renew: Option<Box<Request>>, now: Instant) -> Mode {
        self.write_receipts();
        // Into a buffer in memory: the codec has nothing to refuse in these fixed bytes.
        let written = Disconnect.write(&mut self.connection.outbound);
        debug_assert!(written.is_ok());
        Mode::Leaving { renew, until: now + LEAVE }
    }

    /// Fills the write buffer; tells when to look again at the latest.
    fn write(&mut self, now: Instant) -> Result<Instant, Failure> {
        let until = match self.mode {
            Mode::Leaving { until, .. } => return Ok(until),
            Mode::Closing { until } | Mode::Renewing { until, .. } => Some(until),
            Mode::Open => None,
        };
        let quiesce = matches!(self.mode, Mode::Renewing { .. });
        self.write_receipts();
        if self.driver.ledger.write(&mut self.connection.outbound, BATCH, quiesce) {
            self.liveness.sent(now);
            self.driver.mailbox.note_written(self.driver.ledger.written());
        }
        let look = match self.liveness.verdict(now) {
            Verdict::Wait(look) => look,
            Verdict::Ping => {
                let written = PingReq.write(&mut self.connection.outbound);
                debug_assert!(written.is_ok());
                self.liveness.pinged(now);
                now + self.driver.mailbox.limits.dead_after
            }
            Verdict::Dead => {
                return Err(Failure::new(Stage::Connected, Kind::Silent, "no byte after PINGREQ")
                    .after(self.driver.mailbox.limits.dead_after));
            }
        };
        Ok(until.map_or(look, |until| until.min(look)))
    }

    fn write_receipts(&mut self) {
        while let Some(packet_id) = self.driver.receipts.next() {
            let written = PubAck::new(packet_id).write(&mut self.connection.outbound);
            debug_assert!(written.is_ok());
        }
    }

    fn flushed(&mut self) {
        let Driver { ledger, done, mailbox, .. } = &mut *self.driver;
        for released in ledger.flushed() {
            done.add(released);
        }
        done.report(mailbox);
    }

    /// Handles all packets that are complete, and reports what they finished at once.
    fn receive(&mut self) -> Result<(), Failure> {
        let outcome = self.read_packets();
        self.driver.mailbox.note_written(self.driver.ledger.written());
        self.driver.done.report(&self.driver.mailbox);
        outcome
    }

    fn read_packets(&mut self) -> Result<(), Failure> {
        loop {
            while let Some(packet_id) = self.connection.next_puback() {
                self.acknowledge(packet_id);
            }
            let max = self.driver.mailbox.limits.packet_bytes;
            match self.connection.next_packet(max)? {
                None => return Ok(()),
                Some(Packet::Publish(publish)) => self.deliver(publish)?,
                Some(Packet::PubAck(ack)) => self.acknowledge(ack.pkid),
                Some(Packet::SubAck(ack)) => {
                    let codes = ack.return_codes.iter().map(|code| match code {
                        SubscribeReasonCode::Success(qos) => *qos as u8,
                        SubscribeReasonCode::Failure => 0x80,
                    });
                    self.grant(ack.pkid, codes.collect());
                }
                Some(Packet::UnsubAck(ack)) => self.grant(ack.pkid, Vec::new()),
                Some(Packet::PingResp) => {}
                Some(_) => {
                    return Err(Failure::new(
                        Stage::Connected,
                        Kind::Malformed,
                        "a packet only clients send",
                    ));
                }
            }
        }
    }

    /// A repeated or unknown PUBACK is nobody's: ignored.
    fn acknowledge(&mut self, packet_id: u16) {
        if let Some(released) = self.driver.ledger.acknowledge(packet_id) {
            self.driver.done.add(released);
        }
    }

    fn grant(&mut self, packet_id: u16, codes: Vec<u8>) {
        if let Some(id) = self.driver.ledger.acknowledge(packet_id).and_then(|released| released.id) {
            self.driver.mailbox.report(Event::Granted { id, codes });
        }
    }

    fn deliver(&mut self, publish: Publish) -> Result<(), Failure> {
        let Publish { qos, topic, pkid, payload, .. } = publish;
        let token = match qos {
            QoS::AtMostOnce => 0,
            // It can no longer be acknowledged: left to redelivery, so that it is never dispatched twice.
            QoS::AtLeastOnce if matches!(self.mode, Mode::Leaving { .. }) => return Ok(()),
            QoS::AtLeastOnce => self.driver.receipts.note(pkid, topic.len() + payload.len()),
            QoS::ExactlyOnce => {
                return Err(Failure::new(
                    Stage::Connected,
                    Kind::Malformed,
                    "a QoS 2 message, never asked for",
                ));
            }
        };
        self.driver.mailbox.report(Event::Message(Message { token, topic, payload }));
        Ok(())
    }
}
