//! From an endpoint to CONNACK.

use bytes::BytesMut;
use rumqttc::mqttbytes::v4::{Connect, Login, Packet};
use rumqttc::mqttbytes::{self, Protocol};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout};
use zeroize::Zeroize;

use super::request::Request;
use crate::failure::{Failure, Kind, Stage};
use crate::transport::{self, Dialler, Stream};

/// First byte of a CONNACK (MQTT 3.1.1 §3.2.1).
const CONNACK: u8 = 0x20;

/// A connection that CONNACK 0 opened.
pub(super) struct Opened {
    pub(super) stream: Box<dyn Stream>,
    pub(super) session_present: bool,
    /// What came behind CONNACK in the same read.
    pub(super) inbound: BytesMut,
}

/// Connects and logs in; `progress` hears of each stage as it begins.
pub(super) async fn open(
    dialler: &dyn Dialler,
    request: &Request,
    max_packet: usize,
    mut progress: impl FnMut(Stage) + Send,
) -> Result<Opened, Failure> {
    let mut stream = dialler.dial(&request.endpoint, &request.deadlines, &mut progress).await?;
    progress(Stage::Connack);
    let begin = Instant::now();
    let failed = |failure: Failure| failure.after(begin.elapsed());
    let mut inbound = BytesMut::new();
    let answer = timeout(request.deadlines.connack, async {
        send_connect(&mut *stream, request).await?;
        receive_connack(&mut *stream, &mut inbound, max_packet).await
    });
    match answer.await {
        Ok(Ok(session_present)) => Ok(Opened { stream, session_present, inbound }),
        Ok(Err(failure)) => Err(failed(failure)),
        Err(_) => Err(failed(Failure::new(Stage::Connack, Kind::TimedOut, "no CONNACK"))),
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

async fn receive_connack(
    stream: &mut dyn Stream,
    inbound: &mut BytesMut,
    max_packet: usize,
) -> Result<bool, Failure> {
    loop {
        let count =
            stream.read_buf(inbound).await.map_err(|error| transport::failure_in(Stage::Connack, &error))?;
        if count == 0 {
            return Err(Failure::new(Stage::Connack, Kind::Closed, "closed before CONNACK"));
        }
        if let Some(session_present) = read_connack(inbound, max_packet)? {
            return Ok(session_present);
        }
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
