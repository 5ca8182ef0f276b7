//! Name resolution and TCP, together under one deadline.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::lookup::addresses;
use super::stream::Progress;
use crate::failure::{Failure, Kind, Stage};

/// How long one address is given before the next is tried beside it (RFC 8305 §5).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Name resolution of `host`, unless its `address` is known, and TCP, together within `limit`.
pub(crate) async fn reach(
    host: &str,
    port: u16,
    address: Option<IpAddr>,
    limit: Duration,
    progress: Progress<'_>,
) -> Result<TcpStream, Failure> {
    progress(Stage::Resolve);
    let begin = Instant::now();
    let addresses =
        resolve(host, port, address, limit).await.map_err(|failure| failure.after(begin.elapsed()))?;

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

async fn resolve(
    host: &str,
    port: u16,
    address: Option<IpAddr>,
    limit: Duration,
) -> Result<Vec<SocketAddr>, Failure> {
    if let Some(address) = address {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let late = |_| Err(Failure::new(Stage::Resolve, Kind::TimedOut, "the resolver did not answer"));
    timeout(limit, addresses(host, port)).await.unwrap_or_else(late)
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

    #[tokio::test]
    async fn an_address_that_refuses_does_not_hide_one_that_accepts() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let open = listener.local_addr().unwrap();
        let closed = {
            let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            gone.local_addr().unwrap()
        };
        let stream = connect_any(vec![closed, open]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), open);
        assert_eq!(connect_any(vec![closed]).await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }
}
