//! The pause between the handshake of TLS and the first byte behind it.
//!
//! edgeHub 1.6.0 and 1.6.1 forget what comes in one read with the client's last flight of a TLS 1.3 handshake (contract
//! edge-gateway.md §2.11): the handshake succeeds, and CONNECT is never answered. So nothing is written until the server
//! has shown that it has read that flight: by a record of its own, which is a session ticket. TLS 1.2 needs no pause:
//! there the server has the last word in the handshake.

use std::time::Duration;

use rustls::ProtocolVersion;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::client::TlsStream;

/// A server that sends no ticket is waited for that long: some round trips of an ordinary network.
const UNHEARD: Duration = Duration::from_millis(100);
/// Longer than any flight lies in a queue that still moves.
const LONG: Duration = Duration::from_secs(1);

/// How long to wait behind a TLS 1.3 handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// Until the server's first record, 100 ms at most.
    UntilHeard,
    /// 1 s, whatever comes: for the attempt after one that was not answered.
    Long,
}

/// Whether what is written at once behind the handshake may be lost.
pub(super) fn is_exposed(stream: &TlsStream<TcpStream>) -> bool {
    let (_, connection) = stream.get_ref();
    connection.protocol_version() == Some(ProtocolVersion::TLSv1_3)
}

impl Pause {
    /// Takes the pause that `stream` needs, whose handshake is done.
    pub(super) async fn take(self, stream: &TlsStream<TcpStream>) {
        if !is_exposed(stream) {
            return;
        }
        match self {
            Self::UntilHeard => {
                // A look at the socket itself: that TLS has read something, or that the socket was readable before,
                // says nothing. An end or an error is found by who reads next.
                let (tcp, _) = stream.get_ref();
                let _ = timeout(UNHEARD, tcp.peek(&mut [0])).await;
            }
            Self::Long => sleep(LONG).await,
        }
    }
}
