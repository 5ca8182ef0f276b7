//! What JavaScript gets to hear.

use edge_downstream::failure::Failure;
use edge_downstream::session::{Delivery, Event, State};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

/// Something that happened.
#[napi(object, object_from_js = false)]
pub struct NativeEvent {
    /// `connecting`, `connected`, `renewing`, `failed`, `lost`, `closed`: the connection; `broken`: a fault inside
    /// ended this session, which tells nothing more and takes nothing; `messages`; `granted`, `ended`: the operation `id`.
    #[napi(
        ts_type = "'connecting' | 'connected' | 'renewing' | 'failed' | 'lost' | 'closed' | 'broken' | 'messages' | 'granted' | 'ended'"
    )]
    pub kind: &'static str,
    /// The number of the connect or disconnect it belongs to (of the connection).
    pub request: Option<u32>,
    /// The operation (granted, ended).
    pub id: Option<u32>,
    /// SUBACK codes (granted).
    pub codes: Option<Vec<u32>>,
    /// `not sent` or `unknown` (ended).
    #[napi(ts_type = "'not sent' | 'unknown'")]
    pub delivery: Option<&'static str>,
    /// Records of messages, in the form that `src/session/messages.rs` shows (messages).
    pub records: Option<Buffer>,
    /// `proxy`, `tunnel`, `resolve`, `tcp`, `tls`, `upgrade`, `connack` (connecting).
    pub stage: Option<&'static str>,
    /// The gateway still knew the session (connected).
    pub session_present: Option<bool>,
    /// A live connection was replaced (connected).
    pub renewal: Option<bool>,
    /// Why (failed, lost, broken).
    pub failure: Option<NativeFailure>,
}

/// Why a connection failed or was lost.
#[napi(object, object_from_js = false)]
pub struct NativeFailure {
    /// The stage: `proxy`, `tunnel`, `resolve`, `tcp`, `tls`, `upgrade`, `connack`, `connected`.
    pub stage: &'static str,
    /// What happened; the names are those of `Kind::as_str` in the core.
    pub kind: &'static str,
    /// The lower layer's words.
    pub detail: String,
    /// CONNACK's return code (refusal), or the status of HTTP (http-status, web-page).
    pub code: Option<u16>,
    /// The operating system's error number.
    pub os_error: Option<i32>,
    /// The presented chain, DER, leaf first.
    pub chain: Vec<Buffer>,
    /// The trusted certificate that decided, DER (`certificate-root-…`).
    pub root: Option<Buffer>,
    /// The trusted certificates that were read from files, DER (`certificate-…`).
    pub roots: Vec<Buffer>,
    /// The file at fault (`roots-…`).
    pub file: Option<String>,
    /// Where in it, from 1.
    pub line: Option<u32>,
    /// Time since the stage began, ms.
    pub elapsed_ms: f64,
}

impl NativeEvent {
    fn new(kind: &'static str) -> Self {
        Self {
            kind,
            request: None,
            id: None,
            codes: None,
            delivery: None,
            records: None,
            stage: None,
            session_present: None,
            renewal: None,
            failure: None,
        }
    }
}

impl From<Event> for NativeEvent {
    fn from(event: Event) -> Self {
        match event {
            Event::State(state) => state.into(),
            Event::Messages(messages) => {
                Self { records: Some(messages.into_bytes().into()), ..Self::new("messages") }
            }
            Event::Granted { id, codes } => Self {
                id: Some(id),
                codes: Some(codes.into_iter().map(u32::from).collect()),
                ..Self::new("granted")
            },
            Event::Failed { id, delivery } => {
                Self { id: Some(id), delivery: Some(Delivery::as_str(delivery)), ..Self::new("ended") }
            }
        }
    }
}

impl From<State> for NativeEvent {
    fn from(state: State) -> Self {
        let of = |request, kind| Self { request: Some(request), ..Self::new(kind) };
        match state {
            State::Connecting { request, stage } => {
                Self { stage: Some(stage.as_str()), ..of(request, "connecting") }
            }
            State::Connected { request, session_present, renewal } => Self {
                session_present: Some(session_present),
                renewal: Some(renewal),
                ..of(request, "connected")
            },
            State::Renewing { request } => of(request, "renewing"),
            State::Failed { request, failure } => {
                Self { failure: Some(failure.into()), ..of(request, "failed") }
            }
            State::Lost { request, failure } => Self { failure: Some(failure.into()), ..of(request, "lost") },
            State::Closed { request } => of(request, "closed"),
            State::Broken { failure } => Self { failure: Some(failure.into()), ..Self::new("broken") },
        }
    }
}

impl From<Failure> for NativeFailure {
    fn from(failure: Failure) -> Self {
        let evidence = failure.evidence.map(|evidence| *evidence).unwrap_or_default();
        Self {
            stage: failure.stage.as_str(),
            kind: failure.kind.as_str(),
            code: failure.kind.code(),
            detail: failure.detail,
            os_error: failure.os_error,
            chain: evidence.chain.into_iter().map(Buffer::from).collect(),
            root: evidence.root.map(Buffer::from),
            roots: evidence.roots.into_iter().map(Buffer::from).collect(),
            file: evidence.file.map(|path| path.to_string_lossy().into_owned()),
            line: evidence.line.and_then(|line| u32::try_from(line).ok()),
            elapsed_ms: failure.elapsed.as_secs_f64() * 1000.0,
        }
    }
}
