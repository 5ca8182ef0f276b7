//! TLS over TCP, verified.

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::endpoint::Endpoint;
use crate::failure::{Failure, Kind, Stage};
use crate::runtime;
use crate::tls::{self, Presented, Trusted};

/// The TLS configuration for `endpoint`, within `limit`; reading and sorting of roots, and signing, are done on other
/// threads.
pub(crate) async fn configure(
    endpoint: &Endpoint,
    limit: Duration,
) -> Result<(ClientConfig, Presented), Failure> {
    let begin = Instant::now();
    let Endpoint { trust, identity, .. } = endpoint;
    let prepared = async {
        let gathered = trust.gather().await?;
        let trusted: Arc<Trusted> = match gathered.known() {
            Some(trusted) => trusted,
            None => aside(async { gathered.prepare() }).await??,
        };
        let (config, presented) = trusted.config()?;
        let config = match identity.clone() {
            Some(identity) => aside(async move { identity.present(config) }).await??,
            None => config,
        };
        Ok((config, presented))
    };
    let late = |_| Err(trust.late());
    timeout(limit, prepared)
        .await
        .unwrap_or_else(late)
        .map_err(|failure: Failure| failure.after(begin.elapsed()))
}

/// The TLS handshake, within `limit`, on the thread of handshakes.
pub(crate) async fn secure(
    name: ServerName<'static>,
    tcp: TcpStream,
    config: ClientConfig,
    limit: Duration,
) -> Result<TlsStream<TcpStream>, Failure> {
    let begin = Instant::now();
    let handshake = TlsConnector::from(Arc::new(config)).connect(name, tcp);
    match timeout(limit, aside(handshake)).await {
        Ok(Ok(Ok(stream))) => Ok(stream),
        Ok(Ok(Err(error))) => Err(tls::failure_in(Stage::Tls, &error)),
        Ok(Err(failure)) => Err(failure),
        Err(_) => Err(Failure::new(Stage::Tls, Kind::TimedOut, "the TLS handshake did not end")),
    }
    .map_err(|failure| failure.after(begin.elapsed()))
}

/// Runs `work` on the thread of handshakes. Dropping this ends it.
async fn aside<W>(work: W) -> Result<W::Output, Failure>
where
    W: Future<Output: Send> + Send + 'static,
{
    let thread = runtime::handshakes().map_err(|error| Failure::from_io(Stage::Tls, &error))?;
    let mut set = JoinSet::new();
    set.spawn_on(work, &thread);
    let internal = |detail: String| Failure::new(Stage::Tls, Kind::Internal, detail);
    let done = set.join_next().await.ok_or_else(|| internal("there was nothing to do".into()))?;
    done.map_err(|error| internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[tokio::test]
    async fn what_computes_for_long_is_done_on_another_thread_one_after_the_other() {
        let here = thread::current().id();
        let there = aside(async { thread::current().id() }).await.unwrap();
        assert_ne!(there, here);
        assert_eq!(aside(async { thread::current().id() }).await.unwrap(), there);
    }

    #[tokio::test]
    async fn what_is_given_up_or_panics_ends_nothing_else() {
        let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
        let hanging = aside(async move {
            let _held = sender;
            std::future::pending::<()>().await;
        });
        assert!(timeout(Duration::from_millis(1), hanging).await.is_err());
        assert!(receiver.await.is_err(), "it was dropped");
        let failure = aside(async { panic!("planted") }).await.unwrap_err();
        assert_eq!(failure.kind, Kind::Internal);
        assert_eq!(aside(async { 7 }).await.unwrap(), 7);
    }
}
