//! A session while it is connected: what is written when, and what each packet means.

use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Disconnect, Packet, PingReq, PubAck, Publish, SubscribeReasonCode};
use tokio::time::Instant;

use super::books::{Books, Wish};
use super::connection::Connection;
use super::handshake::Opened;
use super::liveness::{Liveness, Verdict};
use super::{Event, Message, Request, State};
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

impl Mode {
    /// What it means that the stream ended: to one who leaves, that the gateway has heard it.
    fn end_of_stream(self, failure: Failure) -> End {
        match self {
            Self::Leaving { renew, .. } => renew.map_or(End::Closed, End::Renew),
            Self::Closing { .. } => End::Closed,
            Self::Open | Self::Renewing { .. } => End::Lost(failure),
        }
    }
}

/// The connection, while there is one, for whoever may work on it: the driver, or the app's thread.
#[derive(Default)]
pub(super) struct Line(Mutex<Option<Online>>);

impl Line {
    fn lock(&self) -> MutexGuard<'_, Option<Online>> {
        // Each turn leaves the connection whole, so a panic in one does not make it unusable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// On the app's thread: carries the waiting commands out if nobody else is at the connection; tells whether all is
    /// done. That saves waking the driver, which costs more than a small write.
    pub(super) fn send_now(&self) -> bool {
        match self.0.try_lock() {
            Ok(mut online) => online.as_mut().is_some_and(Online::send_now),
            Err(_) => false,
        }
    }

    /// Holds a connection until it is over.
    pub(super) async fn hold(&self, books: Books, opened: Opened, keep_alive: u16) -> (End, Books) {
        let limits = books.mailbox.limits;
        *self.lock() = Some(Online {
            connection: Connection::new(opened),
            liveness: Liveness::new(keep_alive, limits.ping_after, limits.dead_after, Instant::now()),
            mode: Mode::Open,
            begun: false,
            books,
        });
        poll_fn(|context| {
            let mut line = self.lock();
            // Put there above, and taken only below, after which this future is never polled again.
            let Some(online) = line.as_mut() else { return Poll::Pending };
            let end = ready!(online.poll(context));
            let Some(Online { books, mode, .. }) = line.take() else { return Poll::Pending };
            Poll::Ready((end.unwrap_or_else(|failure| mode.end_of_stream(failure)), books))
        })
        .await
    }
}

struct Online {
    books: Books,
    connection: Connection,
    liveness: Liveness,
    mode: Mode,
    /// What came behind CONNACK is read.
    begun: bool,
}

impl Online {
    /// Does all that can be done; ready when the connection is over.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<End, Failure>> {
        if !std::mem::replace(&mut self.begun, true) {
            self.receive()?;
        }
        loop {
            let Books { mailbox, commands, .. } = &mut self.books;
            let mut progress = mailbox.poll_commands(context, commands).is_ready();
            self.books.absorb();
            if self.books.stopped {
                return Poll::Ready(Ok(End::Stopped));
            }
            self.take_up_wishes();
            let now = Instant::now();
            let paused = self.paused();
            if paused {
                self.liveness.heard(now);
            }
            if let Some(end) = self.advance(now) {
                return Poll::Ready(Ok(end));
            }
            let alarm = self.write(now)?;

            let finish = matches!(self.mode, Mode::Leaving { .. });
            if let Poll::Ready(flushed) = self.connection.poll_send(context, finish)? {
                progress |= flushed;
                self.flushed();
            }
            if !paused && self.connection.poll_receive(context)?.is_ready() {
                progress = true;
                self.liveness.heard(now);
                self.receive()?;
            }
            progress |= self.connection.poll_alarm(context, alarm).is_ready();
            if !progress {
                return Poll::Pending;
            }
        }
    }

    /// Takes the commands and writes what they queue, if that needs no waiting; otherwise the driver has to look.
    fn send_now(&mut self) -> bool {
        if !matches!(self.mode, Mode::Open) || !self.connection.is_idle() {
            return false;
        }
        let Books { mailbox, commands, .. } = &mut self.books;
        mailbox.take_commands(commands);
        self.books.absorb();
        if self.books.stopped || !self.books.wishes.is_empty() {
            return false;
        }
        self.write_queued(Instant::now(), false);
        // Nobody waits here: a socket that is full, or broken, is left to the driver, which finds it so again.
        let sent = self.connection.poll_send(&mut Context::from_waker(Waker::noop()), false);
        let done = matches!(sent, Poll::Ready(Ok(_))) && self.books.ledger.nothing_queued();
        if done {
            self.flushed();
        }
        done
    }

    /// A slow app holds back acknowledgements first; reading stops only at this bound (design §4), and while it is
    /// our own choice, silence is no sign of death.
    fn paused(&self) -> bool {
        self.books.mailbox.pause(self.books.receipts.bytes())
    }

    fn take_up_wishes(&mut self) {
        match self.mode {
            Mode::Leaving { .. } | Mode::Closing { .. } => {}
            Mode::Open | Mode::Renewing { .. } => match self.books.wishes.pop_front() {
                Some(Wish::Connect(request)) => {
                    let until = Instant::now() + self.books.mailbox.limits.quiesce;
                    self.mode = Mode::Renewing { request, until };
                    self.books.caught_up = false;
                    self.books.report(State::Renewing);
                }
                Some(Wish::Disconnect(until)) => self.mode = Mode::Closing { until },
                None => {}
            },
        }
    }

    /// Moves to the next mode when this one is done; tells the end of the last.
    fn advance(&mut self, now: Instant) -> Option<End> {
        let mode = std::mem::replace(&mut self.mode, Mode::Open);
        self.mode = match mode {
            Mode::Renewing { request, until } if now >= until || self.is_quiet() => {
                self.leave(Some(request), now)
            }
            Mode::Closing { until } if now >= until || self.books.ledger.is_empty() => self.leave(None, now),
            Mode::Leaving { renew, until } if now >= until => {
                return Some(renew.map_or(End::Closed, End::Renew));
            }
            unfinished => unfinished,
        };
        None
    }

    /// Both sides have acknowledged what they had to.
    fn is_quiet(&self) -> bool {
        self.books.caught_up && self.books.ledger.nothing_written()
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
        self.write_queued(now, matches!(self.mode, Mode::Renewing { .. }));
        let look = match self.liveness.verdict(now) {
            Verdict::Wait(look) => look,
            Verdict::Ping => {
                let written = PingReq.write(&mut self.connection.outbound);
                debug_assert!(written.is_ok());
                self.liveness.pinged(now);
                now + self.books.mailbox.limits.dead_after
            }
            Verdict::Dead => {
                return Err(Failure::new(Stage::Connected, Kind::Silent, "no byte after PINGREQ")
                    .after(self.books.mailbox.limits.dead_after));
            }
        };
        Ok(until.map_or(look, |until| until.min(look)))
    }

    fn write_queued(&mut self, now: Instant, quiesce: bool) {
        self.write_receipts();
        if self.books.ledger.write(&mut self.connection.outbound, BATCH, quiesce) {
            self.liveness.sent(now);
            self.books.mailbox.note_written(self.books.ledger.written());
        }
    }

    fn write_receipts(&mut self) {
        while let Some(packet_id) = self.books.receipts.next() {
            let written = PubAck::new(packet_id).write(&mut self.connection.outbound);
            debug_assert!(written.is_ok());
        }
    }

    /// Everything has left: QoS 0 publishes are done.
    fn flushed(&mut self) {
        let Books { ledger, done, .. } = &mut self.books;
        ledger.flushed(done);
        self.books.settle();
    }

    /// Handles all packets that are complete, and reports what they finished at once.
    fn receive(&mut self) -> Result<(), Failure> {
        let outcome = self.read_packets();
        self.books.settle();
        outcome
    }

    fn read_packets(&mut self) -> Result<(), Failure> {
        loop {
            while let Some(packet_id) = self.connection.next_puback() {
                self.acknowledge(packet_id);
            }
            let max = self.books.mailbox.limits.packet_bytes;
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
        self.books.done.extend(self.books.ledger.acknowledge(packet_id));
    }

    fn grant(&mut self, packet_id: u16, codes: Vec<u8>) {
        if let Some(id) = self.books.ledger.acknowledge(packet_id) {
            self.books.mailbox.report(Event::Granted { id, codes });
        }
    }

    fn deliver(&mut self, publish: Publish) -> Result<(), Failure> {
        let Publish { qos, topic, pkid, payload, .. } = publish;
        let token = match qos {
            QoS::AtMostOnce => 0,
            // It might not be acknowledged in time: left to redelivery, so that it is never dispatched twice.
            QoS::AtLeastOnce if matches!(self.mode, Mode::Renewing { .. } | Mode::Leaving { .. }) => {
                return Ok(());
            }
            QoS::AtLeastOnce => self.books.receipts.note(pkid, topic.len() + payload.len()),
            QoS::ExactlyOnce => {
                return Err(Failure::new(
                    Stage::Connected,
                    Kind::Malformed,
                    "a QoS 2 message, never asked for",
                ));
            }
        };
        self.books.mailbox.report(Event::Message(Message { token, topic, payload }));
        Ok(())
    }
}
