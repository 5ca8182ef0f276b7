//! From an endpoint to CONNACK.

use std::time::Duration;

use bytes::BytesMut;
use rumqttc::mqttbytes::v4::{Connect, Login, Packet};
use rumqttc::mqttbytes::{self, Protocol};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroize;

use super::request::Request;
use crate::failure::{Failure, Kind, Stage};
use crate::transport::{self, Dialler, Pause, Stream};

/// First byte of a CONNACK (MQTT 3.1.1 §3.2.1).
const CONNACK: u8 = 0x20;
/// Silence after CONNECT that is more likely the loss of it than a gateway that takes its time.
const UNHEARD: Duration = Duration::from_secs(10);

/// A connection that CONNACK 0 opened.
pub(super) struct Opened {
    pub(super) stream: Box<dyn Stream>,
    pub(super) session_present: bool,
    /// What came behind CONNACK in the same read.
    pub(super) inbound: BytesMut,
}

/// Connects and logs in; `progress` hears of each stage as it begins.
///
/// Where the gateway may have lost CONNECT ([`Dialled::is_exposed`]) and not a byte came back, it is sent once more over
/// another connection, behind a longer pause, and only this one waits for as long as a slow refusal may take. Both are one
/// attempt under one deadline.
///
/// [`Dialled::is_exposed`]: crate::transport::Dialled::is_exposed
pub(super) async fn open(
    dialler: &dyn Dialler,
    request: &Request,
    max_packet: usize,
    mut progress: impl FnMut(Stage) + Send,
) -> Result<Opened, Failure> {
    let Request { endpoint, deadlines, .. } = request;
    let dialled = dialler.dial(endpoint, deadlines, Pause::UntilHeard, &mut progress).await?;
    progress(Stage::Connack);
    let first = Greeting::new(dialled.stream);
    let begin = first.begin;
    let until = begin + deadlines.connack;
    let unheard = if dialled.is_exposed { until.min(begin + UNHEARD) } else { until };
    match first.log_in(request, max_packet, unheard, until).await {
        Err(Refused::Unheard) if unheard < until => {}
        opened => return opened.map_err(|refused| refused.into_failure(begin)),
    }
    let again = async {
        let dialled = dialler.dial(endpoint, deadlines, Pause::Long, &mut |_| {}).await?;
        progress(Stage::Connack);
        let second = Greeting::new(dialled.stream);
        let begin_again = second.begin;
        let opened = second.log_in(request, max_packet, until, until).await;
        opened.map_err(|refused| match refused {
            Refused::Ended(_) if begin_again.elapsed() >= UNHEARD => unanswered(begin),
            Refused::Unheard => unanswered(begin),
            other => other.into_failure(begin_again),
        })
    };
    timeout_at(until, again).await.unwrap_or_else(|_| Err(unanswered(begin)))
}

/// Nothing came back on two connections.
fn unanswered(begin: Instant) -> Failure {
    Failure::new(Stage::Connack, Kind::Unanswered, "no byte came back after CONNECT on two connections")
        .after(begin.elapsed())
}

/// Why CONNECT did not open a connection.
enum Refused {
    /// Not a byte came in time.
    Unheard,
    /// The stream ended before a byte came.
    Ended(Failure),
    /// What came, or that it did not come whole.
    Answered(Failure),
}

impl Refused {
    fn into_failure(self, begin: Instant) -> Failure {
        let failure = match self {
            Self::Unheard => Failure::new(Stage::Connack, Kind::TimedOut, "no CONNACK"),
            Self::Ended(failure) | Self::Answered(failure) => failure,
        };
        failure.after(begin.elapsed())
    }
}

/// A stream on its way to CONNACK.
struct Greeting {
    stream: Box<dyn Stream>,
    inbound: BytesMut,
    begin: Instant,
}

impl Greeting {
    fn new(stream: Box<dyn Stream>) -> Self {
        Self { stream, inbound: BytesMut::new(), begin: Instant::now() }
    }

    /// Sends CONNECT and awaits CONNACK: its first byte until `unheard`, the whole until `until`.
    async fn log_in(
        mut self,
        request: &Request,
        max_packet: usize,
        unheard: Instant,
        until: Instant,
    ) -> Result<Opened, Refused> {
        let first_bytes = async {
            send_connect(&mut *self.stream, request).await?;
            receive(&mut *self.stream, &mut self.inbound).await
        };
        match timeout_at(unheard, first_bytes).await {
            Ok(heard) => heard.map_err(Refused::Ended)?,
            Err(_) => return Err(Refused::Unheard),
        }
        let connack = receive_connack(&mut *self.stream, &mut self.inbound, max_packet);
        match timeout_at(until, connack).await {
            Ok(Ok(session_present)) => {
                Ok(Opened { stream: self.stream, session_present, inbound: self.inbound })
            }
            Ok(Err(failure)) => Err(Refused::Answered(failure)),
            Err(_) => {
                Err(Refused::Answered(Failure::new(Stage::Connack, Kind::TimedOut, "no whole CONNACK")))
            }
        }
    }
}

async fn send_connect(stream: &mut dyn Stream, request: &Request) -> Result<(), Failure> {
    let mut connect = Connect {
        protocol: Protocol::V4,
        keep_alive: request.keep_alive,
        client_id: request.client_id.clone(),
        clean_session: false,
        last_will: None,
        login: Some(Login { username: request.username.clone(), password: request.password.to_string() }),
    };
    let mut packet = BytesMut::with_capacity(connect.size());
    let encoded = connect.write(&mut packet);
    if let Some(login) = &mut connect.login {
        login.password.zeroize();
    }
    encoded.map_err(|error| Failure::malformed(Stage::Connack, error))?;
    let sent = async {
        stream.write_all(&packet).await?;
        stream.flush().await
    };
    let sent = sent.await;
    packet.zeroize();
    sent.map_err(|error| transport::failure_in(Stage::Connack, &error))
}

/// Reads what comes next.
async fn receive(stream: &mut dyn Stream, inbound: &mut BytesMut) -> Result<(), Failure> {
    match stream.read_buf(inbound).await {
        Ok(0) => Err(Failure::new(Stage::Connack, Kind::Closed, "closed before CONNACK")),
        Ok(_) => Ok(()),
        Err(error) => Err(transport::failure_in(Stage::Connack, &error)),
    }
}

/// Session present, from the CONNACK whose first bytes are in `inbound`.
async fn receive_connack(
    stream: &mut dyn Stream,
    inbound: &mut BytesMut,
    max_packet: usize,
) -> Result<bool, Failure> {
    loop {
        if let Some(session_present) = read_connack(inbound, max_packet)? {
            return Ok(session_present);
        }
        receive(stream, inbound).await?;
    }
}

/// Session present, from the CONNACK at the start of `inbound`; `None` while it is incomplete.
fn read_connack(inbound: &mut BytesMut, max_packet: usize) -> Result<Option<bool>, Failure> {
    // Known from the first byte: something else may never send enough to look like a whole packet.
    if inbound.first().is_some_and(|&first| first != CONNACK) {
        return Err(Failure::new(Stage::Connack, Kind::Malformed, "the first packet is no CONNACK"));
    }
    match Packet::read(inbound, max_packet) {
        Ok(Packet::ConnAck(connack)) => match connack.code as u8 {
            0 => Ok(Some(connack.session_present)),
            code => Err(refused(code)),
        },
        Ok(_) => Err(Failure::new(Stage::Connack, Kind::Malformed, "the first packet is no CONNACK")),
        Err(mqttbytes::Error::InsufficientBytes(_)) => Ok(None),
        Err(mqttbytes::Error::InvalidConnectReturnCode(code)) => Err(refused(code)),
        Err(error) => Err(Failure::malformed(Stage::Connack, error)),
    }
}

fn refused(code: u8) -> Failure {
    Failure::new(Stage::Connack, Kind::Refusal(code), format!("CONNACK return code {code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Option<bool>, Kind> {
        read_connack(&mut BytesMut::from(bytes), 1024).map_err(|failure| failure.kind)
    }

    #[test]
    fn connack_is_read_whole_or_not_at_all() {
        assert_eq!(read(&[0x20, 0x02, 0x01, 0x00]), Ok(Some(true)));
        assert_eq!(read(&[0x20, 0x02, 0x00, 0x00, 0x30]), Ok(Some(false)));
        assert_eq!(read(&[0x20, 0x02, 0x00]), Ok(None));
        assert_eq!(read(&[0x20]), Ok(None));
    }

    #[test]
    fn every_return_code_but_0_is_a_refusal() {
        for code in [1, 3, 5, 6, 255] {
            assert_eq!(read(&[0x20, 0x02, 0x00, code]), Err(Kind::Refusal(code)));
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        for bytes in [&b"HTTP/1.1 400"[..], &[0x40, 0x02, 0x00, 0x01], &[0xf0, 0x00], &[0x20, 0x01, 0x00]] {
            assert_eq!(read(bytes), Err(Kind::Malformed), "{bytes:?}");
        }
    }
}
