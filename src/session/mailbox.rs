//! The border between the app's thread and the driver's.
//!
//! Either side takes whole batches: the driver all commands at once, the app all events at once. A side is woken
//! only when it sleeps.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rumqttc::mqttbytes::QoS;

use super::event::{Event, State};
use super::messages::Messages;
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
    Acknowledge(Vec<u32>),
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
    /// The app was woken, and was not yet told that nothing is left.
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
    acknowledged: VecDeque<u32>,
    /// So many ids were ever taken out of it.
    taken: u64,
    /// Each may be told when so many ids were taken: those that were there before it.
    events: VecDeque<(u64, Event)>,
    /// The same of each `Connected` among them. No id passes it: what came by a connection is told when that was.
    connections: VecDeque<u64>,
    /// What the messages among the events cost.
    cost: usize,
    /// The driver has stopped reading.
    paused: bool,
    /// The last word was said.
    silent: bool,
}

impl Outbox {
    /// So many ids were ever put into it.
    fn given(&self) -> u64 {
        self.taken + self.acknowledged.len() as u64
    }

    /// So many ids may be taken now.
    fn free(&self) -> usize {
        let before =
            self.connections.front().and_then(|after| usize::try_from(after.saturating_sub(self.taken)).ok());
        self.acknowledged.len().min(before.unwrap_or(usize::MAX))
    }
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
        let mut outbox = lock(&self.outbox);
        let count = ids.len().min(outbox.free());
        for (place, id) in ids.iter_mut().zip(outbox.acknowledged.drain(..count)) {
            *place = id;
        }
        outbox.taken += count as u64;
        let more = !outbox.acknowledged.is_empty() || !outbox.events.is_empty();
        if !more {
            // Under the lock: what comes later signals anew.
            self.signalled.store(false, Ordering::Release);
        }
        (count, more)
    }

    pub(super) fn events(&self, most: usize) -> Vec<Event> {
        let (events, resume) = {
            let mut outbox = lock(&self.outbox);
            let Outbox { events, connections, taken, .. } = &mut *outbox;
            let ripe = events.iter().take(most).take_while(|(after, _)| after <= taken).count();
            let events: Vec<Event> = events.drain(..ripe).map(|(_, event)| event).collect();
            connections.drain(..events.iter().filter(|event| is_connected(event)).count());
            outbox.cost -= events.iter().map(cost).sum::<usize>();
            // Not for every message that makes a little room.
            let resume = outbox.paused && outbox.cost <= self.limits.inbound_bytes / 2;
            outbox.paused &= !resume;
            (events, resume)
        };
        if resume {
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
            outbox.acknowledged.extend(ids.drain(..));
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
            let after = outbox.given();
            if is_connected(&event) {
                outbox.connections.push_back(after);
            }
            outbox.events.push_back((after, event));
        }
        self.signal();
    }

    /// Reports a batch of messages, leaving `messages` empty.
    pub(super) fn deliver(&self, messages: &mut Messages) {
        if messages.is_empty() {
            return;
        }
        let mut messages = std::mem::take(messages);
        {
            let mut outbox = lock(&self.outbox);
            if outbox.silent {
                return;
            }
            let now = outbox.given();
            let Outbox { events, cost, .. } = &mut *outbox;
            if let Some((after, Event::Messages(last))) = events.back_mut()
                && *after == now
            {
                *cost -= last.cost();
                let joined = last.append(messages);
                *cost += last.cost();
                match joined {
                    Ok(()) => return,
                    Err(apart) => messages = apart,
                }
            }
            *cost += messages.cost();
            events.push_back((now, Event::Messages(messages)));
        }
        self.signal();
    }

    /// Whether to stop reading: the messages that are reported and not yet taken cost too much. The app's look that leaves
    /// half of that wakes the driver.
    pub(super) fn pause(&self) -> bool {
        let mut outbox = lock(&self.outbox);
        outbox.paused |= outbox.cost >= self.limits.inbound_bytes;
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

fn is_connected(event: &Event) -> bool {
    matches!(event, Event::State(State::Connected { .. }))
}

/// What an event counts for at the bound of received bytes.
fn cost(event: &Event) -> usize {
    match event {
        Event::Messages(messages) => messages.cost(),
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
        assert_eq!(mailbox.events(9).len(), 1, "the other came after the ids, and after the drain");
        assert_eq!(mailbox.drain(&mut ids), (2, true));
        assert!(mailbox.events(9).is_empty(), "an id is left");
        assert_eq!(mailbox.drain(&mut ids), (1, true));
        assert_eq!(mailbox.events(9).len(), 1);
        assert_eq!(mailbox.drain(&mut ids), (0, false));
    }

    #[test]
    fn no_id_overtakes_the_connection_that_it_came_by() {
        let mailbox = mailbox();
        let connected =
            |request| Event::State(State::Connected { request, session_present: false, renewal: false });
        let mut ids = [0; 4];
        mailbox.acknowledged(&mut vec![1]);
        mailbox.report(closed(1));
        mailbox.report(connected(2));
        mailbox.acknowledged(&mut vec![2, 3]);
        mailbox.report(closed(3));
        mailbox.report(connected(4));
        mailbox.acknowledged(&mut vec![4]);
        assert_eq!((mailbox.drain(&mut ids), ids[0]), ((1, true), 1));
        assert_eq!(mailbox.drain(&mut ids), (0, true));
        assert_eq!(mailbox.events(1).len(), 1);
        assert_eq!(mailbox.drain(&mut ids), (0, true), "the connection is still to be told");
        assert_eq!(mailbox.events(9).len(), 1, "what came behind ids waits for them");
        assert_eq!((mailbox.drain(&mut ids), ids[..2].to_vec()), ((2, true), vec![2, 3]));
        assert_eq!(mailbox.drain(&mut ids), (0, true));
        assert_eq!(mailbox.events(9).len(), 2);
        assert_eq!((mailbox.drain(&mut ids), ids[0]), ((1, false), 4));
    }
}
