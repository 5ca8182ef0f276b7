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

use super::endpoint::{Deadlines, Endpoint};
use super::pause::{Pause, is_exposed};
use super::reach::reach;
use super::stream::{Dialled, Dialler, Dialling, Progress};
use crate::failure::{Failure, Kind, Stage};
use crate::tls::{self, Presented, Trust};

/// Connects by name, TCP and TLS. A failure after a refused certificate carries the presented chain.
#[derive(Debug, Clone, Copy, Default)]
pub struct TlsDialler;

impl Dialler for TlsDialler {
    fn dial<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        deadlines: &'a Deadlines,
        pause: Pause,
        progress: Progress<'a>,
    ) -> Dialling<'a> {
        Box::pin(async move {
            let name = tls::server_name(&endpoint.host)?;
            let tcp = reach(endpoint, deadlines.connect, progress).await?;
            progress(Stage::Tls);
            let (config, presented) = configure(&endpoint.trust).await?;
            let secured = secure(name, tcp, config, deadlines.tls).await;
            let stream = secured.map_err(|failure| failure.presenting(presented.chain()))?;
            pause.take(&stream).await;
            Ok(Dialled { is_exposed: is_exposed(&stream), stream: Box::new(stream) })
        })
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_host_that_is_no_name_is_refused_before_the_network() {
        let trust = Trust::Given(Vec::new());
        let endpoint = Endpoint { host: "bad name".into(), port: 8883, address: None, trust };
        let failure = TlsDialler.dial(&endpoint, &Deadlines::default(), Pause::UntilHeard, &mut |_| {}).await;
        let failure = failure.err().unwrap();
        assert_eq!(failure.kind, Kind::InvalidName);
    }
}
