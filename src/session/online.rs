//! A session while it is connected: what is written when, until it ends.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rumqttc::mqttbytes::v4::{Disconnect, PingReq, PubAck};
use tokio::task::yield_now;
use tokio::time::Instant;

use super::books::Books;
use super::connection::Connection;
use super::event::State;
use super::handshake::Opened;
use super::liveness::{Liveness, Verdict};
use super::request::Request;
use crate::failure::{Failure, Kind, Stage};

/// Packets are gathered into one write up to this size: what TLS takes in at once.
const BATCH: usize = 64 << 10;
/// A process that was stopped hears its timers before its sockets: before a line is given up, what lies there is read.
const LAST_LOOK: Duration = Duration::from_millis(10);
/// After so many turns, each of one read and one write at most, the other sessions of the thread have theirs.
const TURNS: usize = 4;
/// Reading stops while so many acknowledgements are owed to a gateway that does not take what is written.
const MOST_OWED: usize = 64 << 10;
/// How long the gateway may take to close after DISCONNECT.
const LEAVE: Duration = Duration::from_secs(1);

/// Why a connection is over.
pub(super) enum End {
    Lost(Failure),
    /// It has made way for that one.
    Replaced(Box<Request>),
    Closed,
    Stopped,
}

/// What a connection is doing.
pub(super) enum Mode {
    Open,
    /// Nothing new is written; outstanding acknowledgements are awaited, then another connection replaces this one.
    Quiescing {
        next: Box<Request>,
        until: Instant,
    },
    /// Everything queued is still sent, as long as [`Wishes::closing`](super::wishes::Wishes::closing) allows.
    Closing,
    /// DISCONNECT is written; what the gateway sends before it closes is still taken.
    Leaving {
        next: Option<Box<Request>>,
        until: Instant,
    },
}

impl Mode {
    /// What it means that the stream ended: to one who leaves, that the gateway has heard it.
    fn end_of_stream(self, failure: Failure) -> End {
        match self {
            Self::Leaving { next, .. } => next.map_or(End::Closed, End::Replaced),
            Self::Closing => End::Closed,
            // It was superseded already, and is not missed.
            Self::Quiescing { next, .. } if next.replaces.is_none() => End::Replaced(next),
            Self::Open | Self::Quiescing { .. } => End::Lost(failure),
        }
    }
}

/// What came of a look at the line.
struct Watched {
    /// When to look again at the latest.
    look: Instant,
    /// A ping waits to be sent.
    pinged: bool,
}

fn failure(kind: Kind, detail: &str, elapsed: Duration) -> Failure {
    Failure::new(Stage::Connected, kind, detail).after(elapsed)
}

pub(super) struct Online {
    pub(super) books: Books,
    pub(super) connection: Connection,
    liveness: Liveness,
    pub(super) mode: Mode,
    /// What came behind CONNACK is read.
    begun: bool,
    /// It seems dead, and is at that time, if nothing has come until then.
    last_look: Option<Instant>,
    /// A message of QoS 1 was left to redelivery.
    pub(super) leaves_out: bool,
}

impl Online {
    pub(super) fn new(books: Books, opened: Opened, keep_alive: u16) -> Self {
        let limits = books.mailbox.limits;
        Self {
            connection: Connection::new(opened),
            liveness: Liveness::new(keep_alive, limits.ping_after, limits.dead_after, Instant::now()),
            mode: Mode::Open,
            begun: false,
            last_look: None,
            leaves_out: false,
            books,
        }
    }

    /// What the outcome of [`poll`](Self::poll) means, and what the session keeps.
    pub(super) fn end(self, outcome: Result<End, Failure>) -> (End, Books) {
        (outcome.unwrap_or_else(|failure| self.mode.end_of_stream(failure)), self.books)
    }

    /// Does all that can be done; ready when the connection is over.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<End, Failure>> {
        if !std::mem::replace(&mut self.begun, true) {
            self.receive()?;
        }
        for _ in 0..TURNS {
            let Books { mailbox, commands, .. } = &mut self.books;
            let mut progress = mailbox.poll_commands(context, commands).is_ready();
            self.books.absorb();
            if self.books.stopped {
                return Poll::Ready(Ok(End::Stopped));
            }
            if std::mem::take(&mut self.books.doubts) {
                self.liveness.doubt();
            }
            self.take_up_wishes();
            let now = Instant::now();
            let paused = self.paused(now);
            if let Some(end) = self.advance(now) {
                return Poll::Ready(Ok(end));
            }
            self.write(now);
            let finish = matches!(self.mode, Mode::Leaving { .. });
            match self.connection.poll_send(context, finish) {
                Poll::Ready(Ok(flushed)) => {
                    progress |= flushed;
                    self.flushed();
                }
                Poll::Ready(Err(failure)) => return Poll::Ready(Err(self.hear_out(context, failure))),
                Poll::Pending => {}
            }
            if !paused && self.connection.poll_receive(context)?.is_ready() {
                progress = true;
                self.liveness.heard(now);
                self.receive()?;
            }
            let Watched { look, pinged } = self.watch(now, paused)?;
            progress |= pinged | self.connection.poll_alarm(context, look).is_ready();
            if !progress {
                return Poll::Pending;
            }
        }
        // Pending at once, and woken when the others have been looked at and what came for them was noticed.
        let _ = pin!(yield_now()).poll(context);
        Poll::Pending
    }

    /// Nothing can be written any more, but what the gateway acknowledged before that may still lie there, and need not be
    /// repeated then. Messages that nobody can acknowledge are left to redelivery.
    fn hear_out(&mut self, context: &mut Context<'_>, failure: Failure) -> Failure {
        self.leaves_out = true;
        while !self.books.mailbox.pause()
            && matches!(self.connection.poll_receive(context), Poll::Ready(Ok(())))
            && self.receive().is_ok()
        {}
        failure
    }

    /// Takes the commands and writes what they queue, if that needs no waiting; otherwise the driver has to look.
    pub(super) fn send_now(&mut self) -> bool {
        if !matches!(self.mode, Mode::Open) || !self.connection.is_idle() {
            return false;
        }
        let Books { mailbox, commands, .. } = &mut self.books;
        mailbox.take_commands(commands);
        self.books.absorb();
        if self.books.stopped || self.books.wishes.is_pending() {
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

    /// An app too busy to drain holds back reading, at a bound; what it has drained and not yet dealt with is its own to
    /// bound. While we choose not to read, silence is no sign of death. A gateway that does not take its acknowledgements
    /// gets nothing to acknowledge, and its silence counts.
    fn paused(&mut self, now: Instant) -> bool {
        let busy = self.books.mailbox.pause();
        if busy {
            self.liveness.heard(now);
        }
        busy || (self.connection.outbound.len() >= BATCH && self.books.receipts.owed() >= MOST_OWED)
    }

    fn take_up_wishes(&mut self) {
        let wishes = &mut self.books.wishes;
        match &mut self.mode {
            Mode::Open | Mode::Quiescing { .. } if wishes.closing().is_some() => self.mode = Mode::Closing,
            Mode::Open | Mode::Quiescing { .. } => {
                if let Some(next) = wishes.take_next() {
                    self.books.report(State::Renewing { request: next.number });
                    let until = Instant::now() + self.books.mailbox.limits.quiesce;
                    self.mode = Mode::Quiescing { next, until };
                }
            }
            Mode::Leaving { next: Some(next), .. } => {
                if let Some(later) = wishes.take_next() {
                    *next = later;
                }
            }
            Mode::Closing | Mode::Leaving { next: None, .. } => {}
        }
    }

    /// When the mode is over at the latest.
    fn deadline(&self) -> Option<Instant> {
        match self.mode {
            Mode::Open => None,
            Mode::Quiescing { until, .. } | Mode::Leaving { until, .. } => Some(until),
            Mode::Closing => self.books.wishes.closing(),
        }
    }

    /// Moves to the next mode when this one is done; tells the end of the last.
    fn advance(&mut self, now: Instant) -> Option<End> {
        let late = self.deadline().is_some_and(|until| now >= until);
        let mode = std::mem::replace(&mut self.mode, Mode::Open);
        self.mode = match mode {
            Mode::Quiescing { next, .. } if late || self.is_quiet(&next) => self.leave(Some(next), now),
            Mode::Closing if late || self.books.ledger.is_empty() => self.leave(None, now),
            Mode::Leaving { next, .. } if late => return Some(next.map_or(End::Closed, End::Replaced)),
            unfinished => unfinished,
        };
        None
    }

    /// Both sides have acknowledged what they had to.
    fn is_quiet(&self, next: &Request) -> bool {
        self.books.caught_up == Some(next.number) && self.books.ledger.nothing_written()
    }

    fn leave(&mut self, next: Option<Box<Request>>, now: Instant) -> Mode {
        self.write_receipts(usize::MAX);
        // Into a buffer in memory: the codec has nothing to refuse in these fixed bytes.
        let written = Disconnect.write(&mut self.connection.outbound);
        debug_assert!(written.is_ok());
        Mode::Leaving { next, until: now + LEAVE }
    }

    /// Fills the write buffer.
    fn write(&mut self, now: Instant) {
        if !matches!(self.mode, Mode::Leaving { .. }) {
            self.write_queued(now, matches!(self.mode, Mode::Quiescing { .. }));
        }
    }

    /// Looks whether the line is well, after what has come was read.
    fn watch(&mut self, now: Instant, paused: bool) -> Result<Watched, Failure> {
        let until = self.deadline();
        if let (Mode::Leaving { .. }, Some(until)) = (&self.mode, until) {
            return Ok(Watched { look: until, pinged: false });
        }
        let verdict = self.liveness.verdict(now);
        let mut fault = None;
        let mut look = match verdict {
            Verdict::Wait(look) => look,
            Verdict::Ping => {
                let written = PingReq.write(&mut self.connection.outbound);
                debug_assert!(written.is_ok());
                self.liveness.pinged(now)
            }
            Verdict::Dead(silence) => {
                fault = Some(failure(Kind::Silent, "no byte after PINGREQ", silence));
                now + LAST_LOOK
            }
        };
        if let Some(since) = self.overdue_since(paused) {
            let until = since + self.books.mailbox.limits.unanswered_after;
            if now < until {
                look = look.min(until);
            } else {
                fault.get_or_insert(failure(
                    Kind::Unanswered,
                    "a packet was not answered, and later ones were",
                    now - since,
                ));
            }
        }
        match fault {
            None => self.last_look = None,
            Some(failure) => {
                let last = *self.last_look.get_or_insert(now + LAST_LOOK);
                if now >= last {
                    return Err(failure);
                }
                look = look.min(last);
            }
        }
        Ok(Watched { look: until.map_or(look, |until| until.min(look)), pinged: verdict == Verdict::Ping })
    }

    /// Since when an answer is overdue. None is missed by who closes, or chooses not to read.
    fn overdue_since(&mut self, paused: bool) -> Option<Instant> {
        let is_missed = matches!(self.mode, Mode::Open) && !paused;
        self.books.ledger.overdue_since().filter(|_| is_missed)
    }

    fn write_queued(&mut self, now: Instant, quiesce: bool) {
        self.write_receipts(BATCH);
        if self.books.ledger.write(&mut self.connection.outbound, BATCH, quiesce) {
            self.liveness.sent(now);
            self.books.mailbox.note_written(self.books.ledger.publishes_written());
        }
    }

    /// Writes acknowledgements until `enough` bytes wait.
    fn write_receipts(&mut self, enough: usize) {
        while self.connection.outbound.len() < enough
            && let Some(packet_id) = self.books.receipts.next()
        {
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
}
