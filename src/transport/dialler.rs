//! The way to a gateway: TCP or a tunnel, TLS, and within it a WebSocket or nothing.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::Instant;

use super::endpoint::{Deadlines, Endpoint, Framing};
use super::pause::{Pause, is_exposed};
use super::reach::reach;
use super::secure::{configure, secure};
use super::stream::{Dialled, Dialler, Dialling, Progress};
use super::tunnel::tunnel;
use super::web_socket::upgrade;
use crate::failure::{Failure, Stage};
use crate::tls;

/// Connects to gateways. A failure after a refused certificate carries the presented chain.
#[derive(Debug, Clone, Copy, Default)]
pub struct GatewayDialler;

impl Dialler for GatewayDialler {
    fn dial<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        deadlines: &'a Deadlines,
        pause: Pause,
        progress: Progress<'a>,
    ) -> Dialling<'a> {
        Box::pin(async move {
            let name = tls::server_name(&endpoint.host)?;
            let tcp = approach(endpoint, deadlines.connect, progress).await?;
            progress(Stage::Tls);
            let begin = Instant::now();
            let (config, presented) = configure(endpoint, deadlines.tls).await?;
            let left = deadlines.tls.saturating_sub(begin.elapsed());
            let stream =
                secure(name, tcp, config, left).await.map_err(|failure| presented.explain(failure))?;
            presented.clear();
            pause.take(&stream).await;
            match endpoint.framing {
                Framing::Bare => Ok(Dialled { is_exposed: is_exposed(&stream), stream: Box::new(stream) }),
                Framing::WebSocket => {
                    progress(Stage::Upgrade);
                    let stream = upgrade(stream, endpoint, deadlines.tls).await?;
                    // The answer to the upgrade shows that what was written first has arrived.
                    Ok(Dialled { is_exposed: false, stream })
                }
            }
        })
    }
}

/// TCP to `endpoint`, through its proxy if it has one.
pub(crate) async fn approach(
    endpoint: &Endpoint,
    limit: Duration,
    progress: Progress<'_>,
) -> Result<TcpStream, Failure> {
    let Endpoint { host, port, address, proxy, .. } = endpoint;
    match proxy {
        Some(proxy) => tunnel(proxy, endpoint, limit, progress).await,
        None => reach(host, *port, *address, limit, progress).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Kind;
    use crate::tls::Trust;

    #[tokio::test]
    async fn a_host_that_is_no_name_is_refused_before_the_network() {
        let endpoint = Endpoint::new("bad name", 8883, Trust::default());
        let failure =
            GatewayDialler.dial(&endpoint, &Deadlines::default(), Pause::UntilHeard, &mut |_| {}).await;
        let failure = failure.err().unwrap();
        assert_eq!(failure.kind, Kind::InvalidName);
    }
}
