//! TLS over TCP, verified.

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::endpoint::Endpoint;
use crate::failure::{Failure, Kind, Stage};
use crate::tls::{self, Presented};

/// The TLS configuration for `endpoint`, made off the runtime's thread.
pub(crate) async fn configure(endpoint: &Endpoint) -> Result<(ClientConfig, Presented), Failure> {
    let begin = Instant::now();
    let (trust, identity) = (endpoint.trust.clone(), endpoint.identity.clone());
    let make = move || {
        let (mut config, presented) = tls::client_config(&trust)?;
        if let Some(identity) = identity {
            identity.present(&mut config)?;
        }
        Ok((config, presented))
    };
    spawn_blocking(make)
        .await
        .map_err(|error| Failure::new(Stage::Tls, Kind::Internal, error.to_string()))?
        .map_err(|failure: Failure| failure.after(begin.elapsed()))
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
