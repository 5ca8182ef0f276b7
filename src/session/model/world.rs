//! What app, gateway and judge share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

use super::gateway::Gateway;
use super::judge::Judge;
use super::link::Link;
use super::plan::{Call, Setting};

pub(super) struct World {
    pub(super) links: Vec<Link>,
    pub(super) gateway: Gateway,
    pub(super) judge: Judge,
    /// The client's end panics in this call.
    pub(super) doom: Option<Call>,
    /// So many attempts are being dialled.
    pub(super) dialling: usize,
    /// `None`: nobody reads it.
    story: Option<Vec<String>>,
    begun: Instant,
}

impl World {
    /// So many ends are held by the client.
    pub(super) fn open(&self) -> usize {
        self.links.iter().filter(|link| link.is_held()).count()
    }

    pub(super) fn note(&mut self, what: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            let ms = self.begun.elapsed().as_millis();
            story.push(format!("{ms:>7} ms  {}", what()));
        }
    }
}

/// The world, for whoever lives in it. All do so on one thread; a planted panic may come while one looks at it.
#[derive(Clone)]
pub(super) struct Shared(Arc<(Mutex<World>, Notify)>);

impl Shared {
    pub(super) fn new(setting: &Setting, has_story: bool) -> Self {
        let world = World {
            links: Vec::new(),
            gateway: Gateway::new(setting),
            judge: Judge::new(setting),
            doom: None,
            dialling: 0,
            story: has_story.then(Vec::new),
            begun: Instant::now(),
        };
        Self(Arc::new((Mutex::new(world), Notify::new())))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The gateway has something to do.
    pub(super) fn wake_gateway(&self) {
        self.0.1.notify_one();
    }

    pub(super) async fn woken(&self) {
        self.0.1.notified().await;
    }

    /// What happened, line by line, if that was asked for.
    pub(super) fn story(&self) -> Vec<String> {
        self.lock().story.take().unwrap_or_default()
    }
}
