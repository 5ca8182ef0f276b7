//! The session as a JavaScript class.

use std::sync::Arc;
use std::time::Duration;

use edge_downstream::session::{Limits, MAX_TOPIC, QoS, Session};
use napi::bindgen_prelude::Uint32ArraySlice;
use napi::{Env, Error, Result, Status};
use napi_derive::napi;

use crate::bell::NativeBell;
use crate::events::NativeEvent;
use crate::request::{NativeLimits, NativeRequest};
use crate::{registry, slab};

/// A subscription's filter.
#[napi(object, object_to_js = false)]
pub struct NativeFilter {
    /// Topic filter.
    pub topic: String,
    /// 0 or 1.
    pub qos: u8,
}

/// An MQTT session that outlives its connections.
#[napi]
pub struct NativeSession {
    session: Arc<Session>,
}

#[napi]
impl NativeSession {
    /// Rings `bell` by `number`, once per burst of events.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, bell: &NativeBell, number: u32, limits: Option<NativeLimits>) -> Result<Self> {
        let bell = bell.shared();
        let limits = limits.map(Limits::from).unwrap_or_default();
        let session = Session::new(limits, move || bell.ring(number))?;
        let session = Arc::new(session);
        registry::add(&env, &session)?;
        Ok(Self { session })
    }

    /// Connects, or replaces the connection that stands.
    #[napi(catch_unwind)]
    pub fn connect(&self, request: NativeRequest) {
        self.session.connect(request.into());
    }

    /// Queues the publishes that the first `used` bytes of `slab` hold, see `slab.rs` for their form.
    #[napi(catch_unwind)]
    pub fn publish(&self, slab: &[u8], used: u32) -> Result<()> {
        let records = usize::try_from(used).ok().and_then(|used| slab.get(..used));
        let publishes =
            records.and_then(slab::read).ok_or_else(|| invalid("the slab holds no whole publishes"))?;
        self.session.publish(publishes);
        Ok(())
    }

    /// Subscribes under `id`.
    #[napi(catch_unwind)]
    pub fn subscribe(&self, id: u32, filters: Vec<NativeFilter>) -> Result<()> {
        let filters = filters
            .into_iter()
            .map(|filter| Ok((fitting(filter.topic)?, quality(filter.qos)?)))
            .collect::<Result<Vec<_>>>()?;
        self.session.subscribe(id, some(filters)?);
        Ok(())
    }

    /// Removes subscriptions under `id`.
    #[napi(catch_unwind)]
    pub fn unsubscribe(&self, id: u32, filters: Vec<String>) -> Result<()> {
        let filters = filters.into_iter().map(fitting).collect::<Result<Vec<_>>>()?;
        self.session.unsubscribe(id, some(filters)?);
        Ok(())
    }

    /// Acknowledges received messages.
    #[napi(catch_unwind)]
    pub fn ack(&self, tokens: &[u32]) {
        self.session.acknowledge(tokens.to_vec());
    }

    /// Answers the event `renewing` of that number, when all messages that came before it are acknowledged that will be.
    #[napi(catch_unwind)]
    pub fn caught_up(&self, number: u32) {
        self.session.caught_up(number);
    }

    /// Ends operations early.
    #[napi(catch_unwind)]
    pub fn cancel(&self, ids: &[u32]) {
        self.session.cancel(ids.to_vec());
    }

    /// Sends what fits into the grace time, fails the rest, disconnects; the event `closed` of that number tells the end.
    #[napi(catch_unwind)]
    pub fn disconnect(&self, number: u32, grace_ms: u32) {
        self.session.disconnect(number, Duration::from_millis(grace_ms.into()));
    }

    /// Ends the session at once and waits until its connection is gone, 250 ms at most.
    #[napi(catch_unwind)]
    pub fn stop(&self) {
        self.session.stop();
    }

    /// Takes the ids of publishes that are done, at most `most` and as many as `report` has room for. Of `report`, element
    /// 0 tells how many of them follow from element 2 on, and element 1 whether there is more: then `events` is to be
    /// asked, and `drain` again, now or later, because nobody wakes for what is left. Ids that came by
    /// a connection are held back until `events` gave its `connected`.
    #[napi(catch_unwind)]
    pub fn drain(&self, mut report: Uint32ArraySlice<'_>, most: u32) -> Result<()> {
        #[expect(
            unsafe_code,
            reason = "napi leaves it to the caller that nobody else uses the array meanwhile"
        )]
        // SAFETY: this call is synchronous, JavaScript runs on this thread only, and the facade made the array over
        // memory that it shares with nobody.
        let report = unsafe { report.as_mut() };
        let [count, more, ids @ ..] = report else {
            return Err(invalid("a report has two elements and room for ids"));
        };
        let room = ids.len().min(usize::try_from(most).unwrap_or(usize::MAX));
        let (taken, rest) = self.session.drain(ids.split_at_mut(room).0);
        // At most the length of a typed array, which JavaScript gave.
        *count = u32::try_from(taken).unwrap_or(u32::MAX);
        *more = u32::from(rest);
        Ok(())
    }

    /// Takes up to `most` of everything else that happened, in order; nothing comes before an id that was done before it.
    #[napi(catch_unwind)]
    pub fn events(&self, most: u32) -> Vec<NativeEvent> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        self.session.events(most).into_iter().map(NativeEvent::from).collect()
    }

    /// How many publishes are written and not acknowledged.
    #[napi(catch_unwind)]
    pub fn written(&self) -> u32 {
        u32::try_from(self.session.written()).unwrap_or(u32::MAX)
    }
}

fn quality(qos: u8) -> Result<QoS> {
    match qos {
        0 => Ok(QoS::AtMostOnce),
        1 => Ok(QoS::AtLeastOnce),
        other => Err(invalid(&format!("QoS {other} is not spoken here"))),
    }
}

fn fitting(filter: String) -> Result<String> {
    if (1..=MAX_TOPIC).contains(&filter.len()) {
        Ok(filter)
    } else {
        Err(invalid("a filter is 1 to 65535 bytes"))
    }
}

fn some<T>(filters: Vec<T>) -> Result<Vec<T>> {
    if filters.is_empty() { Err(invalid("no filter")) } else { Ok(filters) }
}

fn invalid(reason: &str) -> Error {
    Error::new(Status::InvalidArg, reason)
}
