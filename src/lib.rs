//! Core of `edge-downstream`: what a downstream device needs to hold a session with an Azure IoT Edge gateway.
//!
//! | room | holds |
//! |---|---|
//! | [`sas`] | HMAC-SHA256 for shared access signatures |
//! | [`tls`] | certificates as users paste them, trust roots, the TLS configuration |
//! | [`transport`] | a name and a port become a TLS stream, under deadlines |
//! | [`probe`] | one look at an endpoint as far as TLS, for a diagnosis |
//! | [`session`] | MQTT 3.1.1 over such streams: queue, packet ids, replay, acknowledgements, liveness |
//! | [`failure`] | every way in which a connection fails, as data |
//! | [`runtime`] | the thread on which all sessions run, and the one of TLS handshakes |
//! | `errands` | work that may hang: each on a thread of its own, bounded and shared |
//!
//! Data flows one way: `session` and `probe` → `transport` → `tls`; each names `failure`, none names Node. The device's token
//! policy, topics and retry policy live in the JavaScript facade, which hands each connect its password.

mod errands;
pub mod failure;
pub mod probe;
pub mod runtime;
pub mod sas;
pub mod session;
pub mod tls;
pub mod transport;
