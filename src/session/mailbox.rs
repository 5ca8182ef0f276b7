//! The border between the app's thread and the driver's.
//!
//! Either side takes whole batches: the driver all commands at once, the app all events at once. A side is woken
//! only when it sleeps.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::{Event, Events, Held, Limits, Message, Outgoing, QoS, Request};

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
    Disconnect(Duration),
    /// The app has drained: look again whether to read.
    Resume,
    Stop,
}

pub(super) struct Mailbox {
    pub(super) limits: Limits,
    inbox: Mutex<Inbox>,
    outbox: Mutex<Outbox>,
    /// A wake was sent that no drain has answered yet.
    signalled: AtomicBool,
    wake: Box<dyn Fn() + Send + Sync>,
    publishes: AtomicUsize,
    publish_bytes: AtomicUsize,
    written: AtomicUsize,
    ended: Condvar,
}

#[derive(Default)]
struct Inbox {
    commands: Vec<Command>,
    /// Present while the driver sleeps.
    driver: Option<Waker>,
    ended: bool,
}

#[derive(Default)]
struct Outbox {
    events: Events,
    message_bytes: usize,
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
            publishes: AtomicUsize::new(0),
            publish_bytes: AtomicUsize::new(0),
            written: AtomicUsize::new(0),
            ended: Condvar::new(),
        }
    }

    pub(super) fn command(&self, command: Command) {
        let driver = {
            let mut inbox = lock(&self.inbox);
            inbox.commands.push(command);
            inbox.driver.take()
        };
        if let Some(driver) = driver {
            driver.wake();
        }
    }

    pub(super) fn publish(&self, publish: Outgoing) -> Result<(), Outgoing> {
        // Only this side adds, so a bound seen free stays free until the addition below.
        let held = self.held();
        let bytes = publish.bytes();
        let full = held.publishes >= self.limits.publishes || held.bytes + bytes > self.limits.publish_bytes;
        if full && held.publishes > 0 {
            return Err(publish);
        }
        self.publishes.fetch_add(1, Ordering::Relaxed);
        self.publish_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.command(Command::Publish(publish));
        Ok(())
    }

    pub(super) fn held(&self) -> Held {
        Held {
            publishes: self.publishes.load(Ordering::Relaxed),
            written: self.written.load(Ordering::Relaxed),
            bytes: self.publish_bytes.load(Ordering::Relaxed),
        }
    }

    pub(super) fn drain(&self) -> Events {
        // Cleared before the batch is taken: what comes later signals anew.
        self.signalled.store(false, Ordering::Release);
        let (events, paused) = {
            let mut outbox = lock(&self.outbox);
            let paused = outbox.message_bytes >= self.limits.inbound_bytes;
            outbox.message_bytes = 0;
            (std::mem::take(&mut outbox.events), paused)
        };
        if paused {
            self.command(Command::Resume);
        }
        events
    }

    /// Tells the driver to end and waits for it, `limit` at most.
    pub(super) fn stop(&self, limit: Duration) {
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

    /// A publish of `bytes` is no longer held.
    pub(super) fn release(&self, publishes: usize, bytes: usize) {
        self.publishes.fetch_sub(publishes, Ordering::Relaxed);
        self.publish_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// So many publishes are written and not acknowledged.
    pub(super) fn note_written(&self, publishes: usize) {
        self.written.store(publishes, Ordering::Relaxed);
    }

    /// Reports a batch of finished publishes, leaving `ids` empty.
    pub(super) fn acknowledged(&self, ids: &mut Vec<u32>) {
        if ids.is_empty() {
            return;
        }
        {
            let mut outbox = lock(&self.outbox);
            if outbox.events.acknowledged.is_empty() {
                std::mem::swap(&mut outbox.events.acknowledged, ids);
            } else {
                outbox.events.acknowledged.append(ids);
            }
        }
        self.signal();
    }

    pub(super) fn report(&self, event: Event) {
        {
            let mut outbox = lock(&self.outbox);
            if let Event::Message(Message { payload, topic, .. }) = &event {
                outbox.message_bytes += payload.len() + topic.len();
            }
            outbox.events.others.push(event);
        }
        self.signal();
    }

    /// Bytes of messages reported and not yet drained.
    pub(super) fn undrained_bytes(&self) -> usize {
        lock(&self.outbox).message_bytes
    }

    /// The driver's last word.
    pub(super) fn end(&self) {
        lock(&self.inbox).ended = true;
        self.ended.notify_all();
    }

    fn signal(&self) {
        if !self.signalled.swap(true, Ordering::AcqRel) {
            (self.wake)();
        }
    }
}
