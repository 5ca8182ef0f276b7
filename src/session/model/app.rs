//! Gives commands to the session, and hears what it tells.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use rumqttc::mqttbytes::QoS;
use tokio::runtime::Handle;
use tokio::task::yield_now;

use super::gateway::MemoryDialler;
use super::judge::{Wanted, What};
use super::link::Link;
use super::plan::Setting;
use super::world::Shared;
use crate::session::mailbox::Command;
use crate::session::{Event, Limits, Message, Outgoing, Request, Session, State};

pub(super) struct App {
    session: Session,
    world: Shared,
    setting: Setting,
    woken: Arc<AtomicBool>,
    /// The last drain has left something.
    has_more: bool,
    number: u32,
    /// A connection that stood before.
    stale: u32,
    unsettled: VecDeque<u32>,
    /// To be answered.
    renewing: Option<u32>,
}

impl App {
    pub(super) fn new(world: &Shared, setting: &Setting) -> Self {
        let woken = Arc::new(AtomicBool::new(false));
        let wake = Arc::clone(&woken);
        let limits = Limits { inbound_bytes: setting.inbound_bytes, ..Limits::default() };
        let dialler = Arc::new(MemoryDialler(world.clone(), setting.clone()));
        let session = Session::start(&Handle::current(), dialler, limits, move || {
            wake.store(true, Ordering::Relaxed);
        });
        Self {
            session,
            world: world.clone(),
            setting: setting.clone(),
            woken,
            has_more: false,
            number: 0,
            stale: 0,
            unsettled: VecDeque::new(),
            renewing: None,
        }
    }

    pub(super) fn connect(&mut self) {
        self.request(None);
    }

    pub(super) fn renew(&mut self, stale: bool) {
        let standing = self.world.lock().judge.standing();
        let replaces = if stale { Some(self.stale) } else { standing };
        self.request(Some(replaces.unwrap_or(self.stale)));
    }

    fn request(&mut self, replaces: Option<u32>) {
        self.number += 1;
        let number = self.number;
        let wanted = replaces.map_or(Wanted::Connect, |replaces| Wanted::Renewal { replaces });
        self.want(wanted);
        self.session.connect(Request {
            replaces,
            keep_alive: self.setting.keep_alive,
            ..Request::sample(number)
        });
    }

    pub(super) fn disconnect(&mut self, grace: Duration) {
        self.number += 1;
        self.want(Wanted::Disconnect { grace });
        self.session.disconnect(self.number, grace);
    }

    fn want(&self, wanted: Wanted) {
        let mut world = self.world.lock();
        world.note(|| format!("app: {wanted:?} {}", self.number));
        let is_clogged = world.links.last().is_some_and(Link::is_clogged);
        world.judge.wanted(self.number, wanted, is_clogged);
    }

    pub(super) fn publish(&self, count: u32, qos: u8, size: usize) {
        let qos = if qos == 0 { QoS::AtMostOnce } else { QoS::AtLeastOnce };
        let ids: Vec<u32> = (0..count).map(|_| self.ask(What::Publish(qos))).collect();
        let payload = Bytes::from(vec![b'x'; size]);
        let publishes = ids.into_iter().map(|id| Outgoing::new(id, format!("m/{id}"), payload.clone(), qos));
        self.session.publish(publishes.flatten());
    }

    pub(super) fn subscribe(&self, filters: usize) {
        let id = self.ask(What::Subscribe { filters });
        let filters = (0..filters).map(|n| (format!("f/{id}/{n}"), QoS::AtLeastOnce));
        self.session.subscribe(id, filters.collect());
    }

    pub(super) fn unsubscribe(&self, filters: usize) {
        let id = self.ask(What::Unsubscribe { filters });
        self.session.unsubscribe(id, (0..filters).map(|n| format!("f/{id}/{n}")).collect());
    }

    fn ask(&self, what: What) -> u32 {
        let mut world = self.world.lock();
        let id = world.judge.asked(what);
        world.note(|| format!("app: {what:?} {id}"));
        id
    }

    pub(super) fn cancel(&self, newest: usize, count: usize) {
        let ids: Vec<u32> = {
            let mut world = self.world.lock();
            let ids: Vec<u32> = world.judge.untold().into_iter().skip(newest).take(count).collect();
            world.judge.cancelled(&ids);
            world.note(|| format!("app: cancel {ids:?}"));
            ids
        };
        self.session.cancel(ids);
    }

    pub(super) fn doubt(&self) {
        let mut world = self.world.lock();
        world.judge.doubts();
        world.note(|| "app: doubt".into());
        drop(world);
        self.session.mailbox.command(Command::Doubt);
    }

    pub(super) fn settle(&mut self, newest: bool, count: usize) {
        for _ in 0..count {
            let token = if newest { self.unsettled.pop_back() } else { self.unsettled.pop_front() };
            let Some(token) = token else { return };
            self.world.lock().judge.settled(token);
            self.session.acknowledge(vec![token]);
        }
    }

    pub(super) fn catch_up(&mut self) {
        if let Some(number) = self.renewing.take() {
            self.world.lock().judge.caught_up(number);
            self.session.caught_up(number);
        }
    }

    /// Stops the session, and does not wait for it.
    pub(super) fn stop(&self) {
        self.world.lock().judge.stopped();
        self.session.mailbox.stop(Duration::ZERO);
    }

    /// Drains if it was woken and does so at once.
    pub(super) async fn hear(&mut self) {
        if self.setting.drains {
            self.hear_all().await;
            self.rest();
        }
    }

    pub(super) async fn hear_all(&mut self) {
        while self.has_more || self.woken.load(Ordering::Relaxed) {
            self.drain(4096).await;
        }
    }

    /// Takes ids into an array of that length, and then what else there is.
    pub(super) async fn drain(&mut self, room: usize) {
        if !self.has_more && !self.woken.swap(false, Ordering::Relaxed) {
            return;
        }
        self.woken.store(false, Ordering::Relaxed);
        let mut ids = vec![0; room];
        let (count, more) = self.session.drain(&mut ids);
        for id in &ids[..count] {
            let mut world = self.world.lock();
            let is_stored = world.gateway.has(*id);
            world.note(|| format!("told: done {id}"));
            world.judge.told_done(*id, is_stored);
        }
        self.has_more = more;
        for _ in 0..self.setting.lingers {
            yield_now().await;
        }
        if more && count < room {
            for event in self.session.events(self.setting.events) {
                self.told(event);
            }
        }
    }

    fn told(&mut self, event: Event) {
        self.world.lock().note(|| match &event {
            Event::Messages(messages) => {
                let told: Vec<String> = messages
                    .iter()
                    .map(|message| format!("{}, token {}", message.topic, message.token))
                    .collect();
                format!("told: messages {}", told.join("; "))
            }
            other => format!("told: {other:?}"),
        });
        match event {
            Event::State(state) => self.told_state(&state),
            Event::Messages(messages) => messages.iter().for_each(|message| self.told_message(&message)),
            Event::Granted { id, codes } => self.world.lock().judge.told_granted(id, &codes),
            Event::Failed { id, delivery } => self.world.lock().judge.told_failed(id, delivery),
        }
    }

    fn told_message(&mut self, message: &Message<'_>) {
        self.world.lock().judge.told_message(message);
        if message.token != 0 {
            self.unsettled.push_back(message.token);
            if self.setting.settles {
                self.settle(false, usize::MAX);
            }
        }
    }

    fn told_state(&mut self, state: &State) {
        self.world.lock().judge.told_state(state);
        match state {
            State::Connected { request, .. } => self.stale = *request,
            State::Renewing { request } => {
                self.renewing = Some(*request);
                if self.setting.catches_up {
                    self.catch_up();
                }
            }
            State::Failed { .. } | State::Lost { .. } if self.setting.retries => self.connect(),
            _ => {}
        }
    }

    /// From now on it does everything as it should be done.
    pub(super) fn behave(&mut self) {
        self.setting.drains = true;
        self.setting.settles = true;
        self.setting.catches_up = true;
        self.setting.retries = true;
        self.settle(false, usize::MAX);
        self.catch_up();
    }

    pub(super) fn stops_retrying(&mut self) {
        self.setting.retries = false;
    }

    /// All is told: is all as it should be?
    pub(super) fn rest(&mut self) {
        let mut world = self.world.lock();
        let (open, dialling) = (world.open(), world.dialling);
        world.judge.at_rest(open, dialling, self.session.written());
    }
}
