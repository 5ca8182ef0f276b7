//! The session as a JavaScript class.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use edge_downstream::session::{Limits, MAX_TOPIC, Outgoing, QoS, Session};
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Env, Error, Result, Status};
use napi_derive::napi;

use crate::events::NativeEvents;
use crate::registry;
use crate::request::{NativeLimits, NativeRequest};

/// A subscription's filter.
#[napi(object, object_to_js = false)]
pub struct NativeFilter {
    /// Topic filter.
    pub topic: String,
    /// 0 or 1.
    pub qos: u8,
}

/// Counts of publishes held.
#[napi(object, object_from_js = false)]
pub struct NativeHeld {
    /// Queued and unacknowledged together.
    pub publishes: f64,
    /// Those of them that were written and are not acknowledged.
    pub written: f64,
    /// Bytes of all their topics and payloads.
    pub bytes: f64,
}

/// An MQTT session that outlives its connections.
#[napi]
pub struct NativeSession {
    session: Arc<Session>,
}

#[napi]
impl NativeSession {
    /// `wake` is called, without arguments, once per burst of events; it must not throw. It does not keep the
    /// process alive.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, wake: Function<'_, (), ()>, limits: Option<NativeLimits>) -> Result<Self> {
        let wake = wake.build_threadsafe_function().weak::<true>().build()?;
        let limits = limits.map(Limits::from).unwrap_or_default();
        let session = Session::new(limits, move || {
            // Refused only while the environment ends, when nobody listens any more.
            wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        })?;
        let session = Arc::new(session);
        registry::add(&env, &session)?;
        Ok(Self { session })
    }

    /// Connects, or replaces a live connection gracefully.
    #[napi(catch_unwind)]
    pub fn connect(&self, request: NativeRequest) {
        self.session.connect(request.into());
    }

    /// Queues a publish under `id`; false when the session is full.
    #[napi(catch_unwind)]
    pub fn publish(&self, id: u32, topic: String, payload: &[u8], qos: u8) -> Result<bool> {
        let publish = Outgoing::new(id, topic, Bytes::copy_from_slice(payload), quality(qos)?)
            .ok_or_else(|| invalid("a topic is 1 to 65535 bytes, a packet at most 268435455"))?;
        Ok(self.session.publish(publish).is_ok())
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

    /// Acknowledges a received message.
    #[napi(catch_unwind)]
    pub fn ack(&self, token: u32) {
        self.session.acknowledge(token);
    }

    /// Ends operations early.
    #[napi(catch_unwind)]
    pub fn cancel(&self, ids: &[u32]) {
        self.session.cancel(ids.to_vec());
    }

    /// Sends what fits into the grace time, fails the rest, disconnects.
    #[napi(catch_unwind)]
    pub fn disconnect(&self, grace_ms: u32) {
        self.session.disconnect(Duration::from_millis(grace_ms.into()));
    }

    /// Ends the session at once and waits until its connection is gone, 250 ms at most.
    #[napi(catch_unwind)]
    pub fn stop(&self) {
        self.session.stop();
    }

    /// Takes what happened.
    #[napi(catch_unwind)]
    pub fn drain(&self) -> NativeEvents {
        self.session.drain().into()
    }

    /// Counts of publishes held.
    #[napi(catch_unwind)]
    pub fn held(&self) -> NativeHeld {
        let held = self.session.held();
        // Exact: far below 2^53.
        NativeHeld {
            publishes: held.publishes as f64,
            written: held.written as f64,
            bytes: held.bytes as f64,
        }
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
