//! The border between the app's thread and the driver's.
//!
//! Either side takes whole batches: the driver all commands at once, the app all events at once. A side is woken
//! only when it sleeps.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rumqttc::mqttbytes::QoS;

use super::event::{Event, Message, State};
use super::request::{Limits, Outgoing, Request};
use crate::failure::Failure;

/// So many commands at most are carried out on the app's thread; more keep it from other work.
const FEW: usize = 16;

pub(super) enum Command {
    Connect(Box<Request>),
    Publish(Outgoing),
    Subscribe {
        id: u32,
        filters: Vec<(String, QoS)>,
    },
    Unsubscribe {
        id: u32,
        filters: Vec<String>,
    },
    Acknowledge(u32),
    Cancel(Vec<u32>),
    Disconnect {
        number: u32,
        grace: Duration,
    },
    /// The answer to [`State::Renewing`](super::event::State::Renewing) of that number.
    CaughtUp(u32),
    /// The app has drained: look again whether to read.
    Resume,
    /// Time has passed unnoticed: ask whether the gateway is still there.
    Doubt,
    Stop,
}

pub(super) struct Mailbox {
    pub(super) limits: Limits,
    inbox: Mutex<Inbox>,
    outbox: Mutex<Outbox>,
    /// A wake was sent that no drain has answered yet.
    signalled: AtomicBool,
    wake: Box<dyn Fn() + Send + Sync>,
    written: AtomicUsize,
    ended: Condvar,
}

#[derive(Default)]
struct Inbox {
    commands: Vec<Command>,
    /// Present while the driver sleeps.
    driver: Option<Waker>,
    /// The driver takes no commands any more.
    ended: bool,
}

#[derive(Default)]
struct Outbox {
    acknowledged: Vec<u32>,
    events: Vec<Event>,
    /// So many of the events were there when the ids had all been taken: no id that came before them is still to be taken.
    ripe: usize,
    /// Of messages among the events.
    message_bytes: usize,
    /// The driver has stopped reading.
    paused: bool,
    /// The last word was said.
    silent: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every critical section leaves its data whole, so a panic elsewhere does not make it unusable.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The app's side.
impl Mailbox {
    pub(super) fn new(limits: Limits, wake: Box<dyn Fn() + Send + Sync>) -> Self {
        Self {
            limits,
            inbox: Mutex::default(),
            outbox: Mutex::default(),
            signalled: AtomicBool::new(false),
            wake,
            written: AtomicUsize::new(0),
            ended: Condvar::new(),
        }
    }

    pub(super) fn command(&self, command: Command) {
        let driver = {
            let mut inbox = lock(&self.inbox);
            if inbox.ended {
                return;
            }
            inbox.commands.push(command);
            inbox.driver.take()
        };
        if let Some(driver) = driver {
            driver.wake();
        }
    }

    /// Queues publishes without waking the driver; tells whether few commands are waiting now.
    pub(super) fn publish(&self, publishes: impl IntoIterator<Item = Outgoing>) -> bool {
        let mut inbox = lock(&self.inbox);
        if inbox.ended {
            return true;
        }
        inbox.commands.extend(publishes.into_iter().map(Command::Publish));
        inbox.commands.len() <= FEW
    }

    pub(super) fn wake_driver(&self) {
        let driver = lock(&self.inbox).driver.take();
        if let Some(driver) = driver {
            driver.wake();
        }
    }

    pub(super) fn written(&self) -> usize {
        self.written.load(Ordering::Relaxed)
    }

    pub(super) fn drain(&self, ids: &mut [u32]) -> (usize, bool) {
        // Cleared before anything is taken: what comes later signals anew.
        self.signalled.store(false, Ordering::Release);
        let mut outbox = lock(&self.outbox);
        let count = ids.len().min(outbox.acknowledged.len());
        for (place, id) in ids.iter_mut().zip(outbox.acknowledged.drain(..count)) {
            *place = id;
        }
        let all = outbox.acknowledged.is_empty();
        if all {
            outbox.ripe = outbox.events.len();
        }
        (count, !all || outbox.ripe > 0)
    }

    pub(super) fn events(&self) -> Vec<Event> {
        let (events, paused) = {
            let mut outbox = lock(&self.outbox);
            let ripe = std::mem::take(&mut outbox.ripe);
            let later = outbox.events.split_off(ripe);
            let events = std::mem::replace(&mut outbox.events, later);
            outbox.message_bytes = outbox.events.iter().map(size).sum();
            (events, std::mem::take(&mut outbox.paused))
        };
        if paused {
            self.command(Command::Resume);
        }
        events
    }

    /// Tells the driver to end and waits for it, `limit` at most. What was not taken before is not told any more.
    pub(super) fn stop(&self, limit: Duration) {
        {
            let mut outbox = lock(&self.outbox);
            *outbox = Outbox { silent: true, ..Outbox::default() };
        }
        self.command(Command::Stop);
        let inbox = lock(&self.inbox);
        let waited = self.ended.wait_timeout_while(inbox, limit, |inbox| !inbox.ended);
        drop(waited);
    }
}

/// The driver's side.
impl Mailbox {
    /// Swaps the commands that came for the empty `batch`; pending, and to be woken, when there are none.
    pub(super) fn poll_commands(&self, context: &mut Context<'_>, batch: &mut Vec<Command>) -> Poll<()> {
        let mut inbox = lock(&self.inbox);
        if inbox.commands.is_empty() {
            match &mut inbox.driver {
                Some(waker) => waker.clone_from(context.waker()),
                None => inbox.driver = Some(context.waker().clone()),
            }
            return Poll::Pending;
        }
        inbox.driver = None;
        std::mem::swap(&mut inbox.commands, batch);
        Poll::Ready(())
    }

    /// The commands that came, without waiting for more.
    pub(super) fn take_commands(&self, batch: &mut Vec<Command>) {
        std::mem::swap(&mut lock(&self.inbox).commands, batch);
    }

    /// So many operations are written and not acknowledged.
    pub(super) fn note_written(&self, operations: usize) {
        self.written.store(operations, Ordering::Relaxed);
    }

    /// Reports a batch of finished publishes, leaving `ids` empty.
    pub(super) fn acknowledged(&self, ids: &mut Vec<u32>) {
        if ids.is_empty() {
            return;
        }
        {
            let mut outbox = lock(&self.outbox);
            if outbox.silent {
                ids.clear();
                return;
            }
            outbox.acknowledged.append(ids);
        }
        self.signal();
    }

    pub(super) fn report(&self, event: Event) {
        self.say(event, false);
    }

    fn say(&self, event: Event, last: bool) {
        {
            let mut outbox = lock(&self.outbox);
            if outbox.silent {
                return;
            }
            outbox.silent = last;
            outbox.message_bytes += size(&event);
            outbox.events.push(event);
        }
        self.signal();
    }

    /// Whether to stop reading: too many bytes of messages are reported and not yet drained. Then the app's next look
    /// wakes the driver.
    pub(super) fn pause(&self) -> bool {
        let mut outbox = lock(&self.outbox);
        outbox.paused = outbox.message_bytes >= self.limits.inbound_bytes;
        outbox.paused
    }

    /// The session is at its end: nothing is taken any more.
    pub(super) fn end(&self) {
        let driver = {
            let mut inbox = lock(&self.inbox);
            inbox.ended = true;
            inbox.commands.clear();
            inbox.driver.take()
        };
        self.note_written(0);
        self.ended.notify_all();
        if let Some(driver) = driver {
            driver.wake();
        }
    }

    /// The session is at its end by a fault: that is the last that is told.
    pub(super) fn break_off(&self, failure: Failure) {
        self.say(Event::State(State::Broken { failure }), true);
        self.end();
    }

    fn signal(&self) {
        if !self.signalled.swap(true, Ordering::AcqRel) {
            (self.wake)();
        }
    }
}

/// What an event counts for at the bound of received bytes.
fn size(event: &Event) -> usize {
    match event {
        Event::Message(Message { payload, topic, .. }) => payload.len() + topic.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailbox() -> Mailbox {
        Mailbox::new(Limits::default(), Box::new(|| {}))
    }

    fn closed(request: u32) -> Event {
        Event::State(State::Closed { request })
    }

    #[test]
    fn no_event_overtakes_an_id_that_came_before_it() {
        let mailbox = mailbox();
        let mut ids = [0; 2];
        mailbox.report(closed(1));
        assert_eq!(mailbox.drain(&mut ids), (0, true));
        mailbox.acknowledged(&mut vec![7, 8, 9]);
        mailbox.report(closed(2));
        assert_eq!(mailbox.events().len(), 1, "the other came after the ids, and after the drain");
        assert_eq!(mailbox.drain(&mut ids), (2, true));
        assert!(mailbox.events().is_empty(), "an id is left");
        assert_eq!(mailbox.drain(&mut ids), (1, true));
        assert_eq!(mailbox.events().len(), 1);
        assert_eq!(mailbox.drain(&mut ids), (0, false));
    }
}
