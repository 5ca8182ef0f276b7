//! What a diagnosis asks: one look at an endpoint, and the verifier's verdict on a chain at a given time.

use std::net::IpAddr;
use std::time::Duration;

use edge_downstream::probe::{self, Greeting, Report};
use edge_downstream::tls;
use edge_downstream::transport::{Deadlines, Endpoint};
use napi::bindgen_prelude::{Buffer, Function};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Error, Result, Status};
use napi_derive::napi;

use crate::events::NativeFailure;
use crate::request::{NativeIdentity, NativeProxy, identity, millis, proxy, trust};

/// How long an answer to a greeting may take.
const ANSWER: Duration = Duration::from_secs(1);

/// An endpoint to look at.
#[napi(object, object_to_js = false)]
pub struct NativeProbeRequest {
    /// A DNS name or an IP address; also the name the certificate must carry.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The IP address to connect to; absent: what `host` resolves to.
    pub address: Option<String>,
    /// The HTTP proxy to go through.
    pub proxy: Option<NativeProxy>,
    /// What the device shows a gateway that asks for a certificate.
    pub identity: Option<NativeIdentity>,
    /// Roots as DER.
    pub roots: Vec<Buffer>,
    /// Files of roots, PEM or DER, as they are now.
    pub root_files: Option<Vec<String>>,
    /// Trust the operating system's store besides.
    pub system_roots: bool,
    /// Limit of name resolution and TCP together, ms (20 000).
    pub connect_ms: Option<u32>,
    /// Limit of the TLS handshake, ms (30 000).
    pub tls_ms: Option<u32>,
    /// What to say over TLS; the answer is in the result.
    pub greeting: Option<Buffer>,
    /// How long to wait for that answer, ms (1000).
    pub answer_ms: Option<u32>,
}

/// What a probe saw, as far as it came.
#[napi(object, object_from_js = false)]
pub struct NativeProbeResult {
    /// The address that accepted.
    pub address: Option<String>,
    /// Time from the resolver's answer to the TCP connection, ms.
    pub tcp_ms: Option<f64>,
    /// Time of a handshake that succeeded, ms.
    pub tls_ms: Option<f64>,
    /// Of a handshake that succeeded.
    #[napi(ts_type = "'TLSv1.2' | 'TLSv1.3'")]
    pub tls_version: Option<&'static str>,
    /// Of a handshake that succeeded; its IANA name.
    pub cipher_suite: Option<String>,
    /// The server asked for a client certificate.
    pub client_certificate_requested: bool,
    /// The certificates presented (DER, leaf first), accepted or not.
    pub chain: Vec<Buffer>,
    /// The answer to the greeting, at most 1 KiB of it; empty: none came.
    pub answer: Option<Buffer>,
    /// Why it got no further; absent: the handshake succeeded.
    pub failure: Option<NativeFailure>,
}

impl From<Report> for NativeProbeResult {
    fn from(report: Report) -> Self {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        Self {
            address: report.address.map(|address| address.to_string()),
            tcp_ms: report.tcp.map(ms),
            tls_ms: report.tls.map(ms),
            tls_version: report.tls_version,
            cipher_suite: report.cipher_suite,
            client_certificate_requested: report.client_certificate_requested,
            chain: report.chain.into_iter().map(Buffer::from).collect(),
            answer: report.answer.map(Buffer::from),
            failure: report.failure.map(NativeFailure::from),
        }
    }
}

/// Resolves, connects and shakes hands as a session does, sends nothing but the greeting, and closes. `done` is called exactly once,
/// and keeps the process alive until then; not at all where this call throws or the environment ends first.
#[napi(catch_unwind)]
pub fn probe(request: NativeProbeRequest, done: Function<'_, NativeProbeResult, ()>) -> Result<()> {
    let address = request.address.map(|address| ip_address(&address)).transpose()?;
    let done = done
        .build_threadsafe_function::<Report>()
        .build_callback(|call| Ok(NativeProbeResult::from(call.value)))?;
    let endpoint = Endpoint {
        address,
        proxy: request.proxy.and_then(proxy),
        identity: request.identity.map(identity),
        ..Endpoint::new(
            request.host,
            request.port,
            trust(&request.roots, request.root_files, request.system_roots),
        )
    };
    let default = Deadlines::default();
    let deadlines = Deadlines {
        connect: millis(request.connect_ms, default.connect),
        tls: millis(request.tls_ms, default.tls),
        ..default
    };
    let greeting = request
        .greeting
        .map(|bytes| Greeting { bytes: bytes.to_vec(), limit: millis(request.answer_ms, ANSWER) });
    probe::start(endpoint, deadlines, greeting, move |report| {
        // Refused only while the environment ends, when nobody listens any more.
        done.call(report, ThreadsafeFunctionCallMode::NonBlocking);
    })?;
    Ok(())
}

fn ip_address(text: &str) -> Result<IpAddr> {
    text.parse().map_err(|_| Error::new(Status::InvalidArg, format!("{text:?} is no IP address")))
}

/// A chain to judge.
#[napi(object, object_to_js = false)]
pub struct NativeJudgement {
    /// DER, leaf first.
    pub chain: Vec<Buffer>,
    /// The name or address the leaf must carry.
    pub host: String,
    /// Roots as DER.
    pub roots: Vec<Buffer>,
    /// Files of roots, PEM or DER, as they are now.
    pub root_files: Option<Vec<String>>,
    /// Trust the operating system's store besides.
    pub system_roots: bool,
    /// The time to judge at, ms since 1970.
    pub at_ms: f64,
}

/// What a session would say of a chain at that time; absent: it would accept. No connection uses it.
#[napi(catch_unwind)]
pub fn judge(request: NativeJudgement) -> Option<NativeFailure> {
    let chain: Vec<_> = request.chain.iter().map(|der| der.to_vec()).collect();
    let trust = trust(&request.roots, request.root_files, request.system_roots);
    // Saturates: a time before 1970 is 1970, and NaN is too.
    let at = Duration::from_millis(request.at_ms as u64);
    tls::judge(&chain, &request.host, &trust, at).err().map(NativeFailure::from)
}
