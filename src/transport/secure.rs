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

use crate::failure::{Failure, Kind, Stage};
use crate::tls::{self, Presented, Trust};

/// The TLS configuration under `trust`, made off the runtime's thread.
pub(crate) async fn configure(trust: &Trust) -> Result<(ClientConfig, Presented), Failure> {
    let begin = Instant::now();
    let trust = trust.clone();
    spawn_blocking(move || tls::client_config(&trust))
        .await
        .map_err(|error| Failure::new(Stage::Tls, Kind::Internal, error.to_string()))?
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
