//! One look at an endpoint: name, TCP and TLS as a session makes them, and what was seen on the way. No MQTT.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;
use rustls::{ProtocolVersion, SignatureScheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::client::TlsStream;

use crate::failure::{Failure, Kind, Stage};
use crate::runtime;
use crate::tls;
use crate::transport::{Deadlines, Endpoint, approach, configure, secure};

/// How long a peer may block the farewell; what is to be seen is seen by then.
const FAREWELL: Duration = Duration::from_millis(250);

/// So much of an answer tells who gives it.
const MOST_ANSWER: usize = 1024;
/// After so long without more an answer is taken for whole.
const QUIET: Duration = Duration::from_millis(250);

/// What to say over TLS, to see what is answered.
#[derive(Debug)]
pub struct Greeting {
    /// As they go out.
    pub bytes: Vec<u8>,
    /// How long to wait for the answer.
    pub limit: Duration,
}

/// What a probe saw, as far as it came.
#[derive(Debug, Default)]
pub struct Report {
    /// The address that accepted.
    pub address: Option<IpAddr>,
    /// Time from the resolver's answer to the TCP connection.
    pub tcp: Option<Duration>,
    /// Time of a handshake that succeeded.
    pub tls: Option<Duration>,
    /// `TLSv1.2` or `TLSv1.3`, of a handshake that succeeded.
    pub tls_version: Option<&'static str>,
    /// Its IANA name, of a handshake that succeeded.
    pub cipher_suite: Option<String>,
    /// The server asked for a client certificate.
    pub client_certificate_requested: bool,
    /// The certificates presented (DER, leaf first), accepted or not.
    pub chain: Vec<Vec<u8>>,
    /// The answer to a greeting, at most 1 KiB of it; empty: none came.
    pub answer: Option<Vec<u8>>,
    /// Why it got no further; `None`: the handshake succeeded.
    pub failure: Option<Failure>,
}

/// Probes `endpoint`, says `greeting` over TLS, and calls `done` exactly once, on another thread.
///
/// # Errors
///
/// The operating system refused the runtime, see [`runtime::handle`]; `done` is not called then.
pub fn start(
    endpoint: Endpoint,
    deadlines: Deadlines,
    greeting: Option<Greeting>,
    done: impl FnOnce(Report) + Send + 'static,
) -> std::io::Result<()> {
    let runtime = runtime::handle()?;
    let probe = runtime.spawn(async move { run(&endpoint, &deadlines, greeting).await });
    runtime.spawn(async move {
        done(probe.await.unwrap_or_else(|error| Report {
            failure: Some(Failure::new(Stage::Resolve, Kind::Internal, error.to_string())),
            ..Report::default()
        }));
    });
    Ok(())
}

async fn run(endpoint: &Endpoint, deadlines: &Deadlines, greeting: Option<Greeting>) -> Report {
    let mut report = Report::default();
    report.failure = look(endpoint, deadlines, greeting, &mut report).await.err();
    report
}

async fn look(
    endpoint: &Endpoint,
    deadlines: &Deadlines,
    greeting: Option<Greeting>,
    report: &mut Report,
) -> Result<(), Failure> {
    let name = tls::server_name(&endpoint.host)?;
    let mut begin = Instant::now();
    let mut progress = |stage| {
        if matches!(stage, Stage::Tcp | Stage::Proxy) {
            begin = Instant::now();
        }
    };
    let tcp = approach(endpoint, deadlines.connect, &mut progress).await?;
    report.tcp = Some(begin.elapsed());
    report.address = tcp.peer_addr().ok().map(|address| address.ip());

    let (mut config, presented) = configure(endpoint, deadlines.tls).await?;
    let asked = Arc::new(Asked::before(config.client_auth_cert_resolver));
    config.client_auth_cert_resolver = Arc::<Asked>::clone(&asked);
    let begin = Instant::now();
    let secured = secure(name, tcp, config, deadlines.tls).await;
    report.chain = presented.chain();
    report.client_certificate_requested = asked.asked.load(Ordering::Relaxed);
    let mut stream = secured.map_err(|failure| presented.explain(failure))?;
    report.tls = Some(begin.elapsed());
    note_negotiated(&stream, report);
    if let Some(greeting) = greeting {
        report.answer = Some(greet(&mut stream, &greeting).await);
    }
    farewell(stream).await;
    Ok(())
}

fn note_negotiated(stream: &TlsStream<TcpStream>, report: &mut Report) {
    let (_, connection) = stream.get_ref();
    report.tls_version = connection.protocol_version().and_then(|version| match version {
        ProtocolVersion::TLSv1_2 => Some("TLSv1.2"),
        ProtocolVersion::TLSv1_3 => Some("TLSv1.3"),
        _ => None,
    });
    report.cipher_suite = connection
        .negotiated_cipher_suite()
        .and_then(|suite| suite.suite().as_str())
        // rustls marks those of TLS 1.3 by its own prefix; their registered names begin as all others do.
        .map(|name| name.replacen("TLS13_", "TLS_", 1));
}

/// Says it and takes what comes; whether that ends well or not is no matter.
async fn greet(stream: &mut TlsStream<TcpStream>, greeting: &Greeting) -> Vec<u8> {
    let limit = Instant::now() + greeting.limit;
    let mut answer = Vec::new();
    let said = async {
        stream.write_all(&greeting.bytes).await?;
        stream.flush().await
    };
    if !matches!(timeout_at(limit, said).await, Ok(Ok(()))) {
        return answer;
    }
    let mut end = limit;
    let mut bytes = [0; MOST_ANSWER];
    while let Ok(Ok(count @ 1..)) = timeout_at(end, stream.read(&mut bytes)).await {
        answer.extend_from_slice(&bytes[..count]);
        if answer.len() >= MOST_ANSWER {
            break;
        }
        end = limit.min(Instant::now() + QUIET);
    }
    answer.truncate(MOST_ANSWER);
    answer
}

/// Ends the connection in order; how the peer takes that is no finding.
async fn farewell(mut stream: TlsStream<TcpStream>) {
    let _ = timeout(FAREWELL, stream.shutdown()).await;
}

/// Notes that a client certificate was asked for, and gives what the endpoint's configuration has.
#[derive(Debug)]
struct Asked {
    asked: AtomicBool,
    given: Arc<dyn ResolvesClientCert>,
}

impl Asked {
    fn before(given: Arc<dyn ResolvesClientCert>) -> Self {
        Self { asked: AtomicBool::new(false), given }
    }
}

impl ResolvesClientCert for Asked {
    fn resolve(&self, issuers: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        if self.given.has_certs() { self.given.resolve(issuers, schemes) } else { None }
    }

    fn has_certs(&self) -> bool {
        // rustls asks `resolve` only where there may be something to give.
        true
    }
}
