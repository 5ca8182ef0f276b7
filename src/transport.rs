//! From a name and a port to a verified TLS stream, each stage under its deadline.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::{TcpStream, lookup_host};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::failure::{Failure, Kind, Stage};
use crate::tls::{self, Presented, Trust};

/// How long one address is given before the next is tried beside it (RFC 8305 §5).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Where to connect to and what to trust there.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// A DNS name or an IP address; also the name the certificate must carry.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Connect there, without name resolution; `None`: to what `host` resolves to.
    pub address: Option<IpAddr>,
    /// The roots that may vouch for the gateway.
    pub trust: Trust,
}

/// How long each stage of a connection may take.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// Name resolution and TCP together (20 s).
    pub connect: Duration,
    /// The TLS handshake (30 s).
    pub tls: Duration,
    /// From CONNECT to CONNACK (130 s: a gateway that does not know the device may take 100 s to refuse it,
    /// contract edge-gateway.md §7).
    pub connack: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            tls: Duration::from_secs(30),
            connack: Duration::from_secs(130),
        }
    }
}

/// Connects to `endpoint`; `progress` hears of each stage as it begins.
///
/// # Errors
///
/// A [`Failure`] of stage resolve, tcp or tls; after a refused certificate it carries the presented chain.
pub async fn dial(
    endpoint: &Endpoint,
    deadlines: &Deadlines,
    mut progress: impl FnMut(Stage),
) -> Result<TlsStream<TcpStream>, Failure> {
    let name = tls::server_name(&endpoint.host)?;
    let tcp = reach(endpoint, deadlines.connect, &mut progress).await?;
    progress(Stage::Tls);
    let (config, presented) = configure(&endpoint.trust).await?;
    secure(name, tcp, config, deadlines.tls).await.map_err(|failure| failure.presenting(presented.chain()))
}

/// Name resolution and TCP, together within `limit`.
pub(crate) async fn reach(
    endpoint: &Endpoint,
    limit: Duration,
    progress: &mut impl FnMut(Stage),
) -> Result<TcpStream, Failure> {
    progress(Stage::Resolve);
    let begin = Instant::now();
    let addresses = resolve(endpoint, limit).await.map_err(|failure| failure.after(begin.elapsed()))?;

    progress(Stage::Tcp);
    let tcp_begin = Instant::now();
    let remaining = limit.saturating_sub(begin.elapsed());
    let tcp = match timeout(remaining, connect_any(addresses)).await {
        Ok(Ok(tcp)) => tcp,
        Ok(Err(error)) => return Err(Failure::from_io(Stage::Tcp, &error).after(tcp_begin.elapsed())),
        Err(_) => {
            let failure = Failure::new(Stage::Tcp, Kind::TimedOut, "no answer to TCP");
            return Err(failure.after(tcp_begin.elapsed()));
        }
    };
    // A driver writes whole batches: waiting to fill segments would only delay them.
    tcp.set_nodelay(true).map_err(|error| Failure::from_io(Stage::Tcp, &error))?;
    Ok(tcp)
}

/// The TLS configuration under `trust`, made off the runtime's thread.
pub(crate) async fn configure(trust: &Trust) -> Result<(ClientConfig, Presented), Failure> {
    let begin = Instant::now();
    let trust = trust.clone();
    spawn_blocking(move || tls::client_config(&trust))
        .await
        .map_err(|error| Failure::new(Stage::Tls, Kind::Io, error.to_string()))?
        .map_err(|failure| failure.after(begin.elapsed()))
}

/// The TLS handshake, within `limit`.
pub(crate) async fn secure(
    name: ServerName<'static>,
    tcp: TcpStream,
    config: ClientConfig,
    limit: Duration,
) -> Result<TlsStream<TcpStream>, Failure> {
    let begin = Instant::now();
    match timeout(limit, TlsConnector::from(Arc::new(config)).connect(name, tcp)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(tls::failure_in(Stage::Tls, &error)),
        Err(_) => Err(Failure::new(Stage::Tls, Kind::TimedOut, "the TLS handshake did not end")),
    }
    .map_err(|failure| failure.after(begin.elapsed()))
}

async fn resolve(endpoint: &Endpoint, limit: Duration) -> Result<Vec<SocketAddr>, Failure> {
    if let Some(address) = endpoint.address {
        return Ok(vec![SocketAddr::new(address, endpoint.port)]);
    }
    match timeout(limit, lookup_host((endpoint.host.as_str(), endpoint.port))).await {
        Ok(Ok(found)) => {
            let addresses: Vec<_> = found.collect();
            if addresses.is_empty() {
                return Err(Failure::new(Stage::Resolve, Kind::NameNotFound, "the name has no address"));
            }
            Ok(addresses)
        }
        Ok(Err(error)) => Err(Failure::new(Stage::Resolve, kind_of_lookup(&error), error.to_string())),
        Err(_) => Err(Failure::new(Stage::Resolve, Kind::TimedOut, "the resolver did not answer")),
    }
}

/// The resolver's number is lost inside the standard library, only its words (EAI_AGAIN, RFC 3493 §6.1) are left.
fn kind_of_lookup(error: &io::Error) -> Kind {
    if error.to_string().contains("emporary failure") { Kind::NameTemporary } else { Kind::NameNotFound }
}

/// The first of `addresses` that accepts, families alternating, a new one tried every [`ATTEMPT_DELAY`] or as soon
/// as the one before failed (RFC 8305).
async fn connect_any(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut waiting = alternate_families(addresses);
    let mut attempts = JoinSet::new();
    let mut first_error = None;
    loop {
        if let Some(address) = waiting.pop_front() {
            attempts.spawn(TcpStream::connect(address));
        }
        let ended = match timeout(ATTEMPT_DELAY, attempts.join_next()).await {
            Ok(ended) => ended,
            Err(_) if waiting.is_empty() => attempts.join_next().await,
            Err(_) => continue,
        };
        match ended {
            Some(Ok(Ok(stream))) => return Ok(stream),
            Some(Ok(Err(error))) => first_error = first_error.or(Some(error)),
            Some(Err(error)) => first_error = first_error.or_else(|| Some(io::Error::other(error))),
            None if waiting.is_empty() => {
                return Err(first_error.unwrap_or_else(|| io::ErrorKind::NotFound.into()));
            }
            None => {}
        }
    }
}

/// The resolver's order, with the two families taking turns (RFC 8305 §4).
fn alternate_families(addresses: Vec<SocketAddr>) -> VecDeque<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut lead, mut other): (VecDeque<_>, VecDeque<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let mut order = VecDeque::with_capacity(lead.len() + other.len());
    while let Some(address) = lead.pop_front() {
        order.push_back(address);
        order.extend(other.pop_front());
    }
    order.extend(other);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn families_take_turns_and_none_is_lost() {
        let order = alternate_families(vec![
            address("[::1]:1"),
            address("[::2]:1"),
            address("127.0.0.1:1"),
            address("[::3]:1"),
        ]);
        let order: Vec<_> = order.iter().map(ToString::to_string).collect();
        assert_eq!(order, ["[::1]:1", "127.0.0.1:1", "[::2]:1", "[::3]:1"]);
    }

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn an_address_that_refuses_does_not_hide_one_that_accepts() {
        block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let open = listener.local_addr().unwrap();
            let closed = {
                let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                gone.local_addr().unwrap()
            };
            let stream = connect_any(vec![closed, open]).await.unwrap();
            assert_eq!(stream.peer_addr().unwrap(), open);
            assert_eq!(connect_any(vec![closed]).await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        });
    }

    #[test]
    fn a_host_that_is_no_name_is_refused_before_the_network() {
        block_on(async {
            let trust = Trust::Given(Vec::new());
            let endpoint = Endpoint { host: "bad name".into(), port: 8883, address: None, trust };
            let failure = dial(&endpoint, &Deadlines::default(), |_| {}).await.unwrap_err();
            assert_eq!(failure.kind, Kind::InvalidName);
        });
    }
}
