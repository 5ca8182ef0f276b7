//! One connection: bytes in, bytes out, an alarm and the mailbox, waited for together.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use rumqttc::mqttbytes;
use rumqttc::mqttbytes::v4::Packet;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_rustls::client::TlsStream;

use super::handshake::Opened;
use super::mailbox::{Command, Mailbox};
use crate::failure::{Failure, Kind, Stage};

/// One read at most; a TLS record carries 16 KiB.
const READ: usize = 16 << 10;
/// PUBACK as it always looks: type 4, two bytes, the packet id (MQTT 3.1.1 §3.4).
const PUBACK: [u8; 2] = [0x40, 0x02];

pub(super) struct Connection {
    stream: TlsStream<TcpStream>,
    inbound: BytesMut,
    scratch: Box<[u8; READ]>,
    /// Packets to be written.
    pub(super) outbound: BytesMut,
    /// Something was written that may still wait inside TLS.
    unflushed: bool,
    /// Our side of the stream is closed.
    finished: bool,
    alarm: Pin<Box<Sleep>>,
}

/// What ended a wait; several may come together.
#[derive(Default)]
pub(super) struct Turn {
    /// Commands were taken into the batch.
    pub(super) commands: bool,
    /// Bytes were read.
    pub(super) heard: bool,
    /// All that was in `outbound` has left.
    pub(super) flushed: bool,
}

/// What to wait for besides writing.
pub(super) struct Wait<'a> {
    pub(super) mailbox: &'a Mailbox,
    pub(super) commands: &'a mut Vec<Command>,
    /// Whether to read at all.
    pub(super) reading: bool,
    pub(super) alarm: Instant,
    /// Close our side once everything has left.
    pub(super) finish: bool,
}

impl Connection {
    pub(super) fn new(opened: Opened) -> Self {
        Self {
            stream: opened.stream,
            inbound: opened.inbound,
            scratch: Box::new([0; READ]),
            outbound: BytesMut::new(),
            unflushed: false,
            finished: false,
            alarm: Box::pin(sleep_until(Instant::now())),
        }
    }

    /// Writes and reads as far as it goes; returns when something happened or the alarm rang.
    ///
    /// # Errors
    ///
    /// The stream failed or ended.
    pub(super) async fn turn(&mut self, mut wait: Wait<'_>) -> Result<Turn, Failure> {
        if self.alarm.deadline() != wait.alarm {
            self.alarm.as_mut().reset(wait.alarm);
        }
        poll_fn(|context| self.poll_turn(context, &mut wait)).await
    }

    fn poll_turn(&mut self, context: &mut Context<'_>, wait: &mut Wait<'_>) -> Poll<Result<Turn, Failure>> {
        let mut turn = Turn {
            commands: wait.mailbox.poll_commands(context, wait.commands).is_ready(),
            ..Turn::default()
        };
        match self.poll_send(context, wait.finish) {
            Poll::Ready(Ok(flushed)) => turn.flushed = flushed,
            Poll::Ready(Err(error)) => return Poll::Ready(Err(lost(&error))),
            Poll::Pending => {}
        }
        if wait.reading {
            match self.poll_receive(context) {
                Poll::Ready(Ok(())) => turn.heard = true,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(lost(&error))),
                Poll::Pending => {}
            }
        }
        let rang = self.alarm.as_mut().poll(context).is_ready();
        if rang || turn.commands || turn.heard || turn.flushed {
            Poll::Ready(Ok(turn))
        } else {
            Poll::Pending
        }
    }

    /// Ready(true) once after everything has left; Ready(false) if there was nothing to send.
    fn poll_send(&mut self, context: &mut Context<'_>, finish: bool) -> Poll<io::Result<bool>> {
        while !self.outbound.is_empty() {
            let count = ready!(Pin::new(&mut self.stream).poll_write(context, &self.outbound))?;
            self.outbound.advance(count);
            self.unflushed = true;
        }
        let sent = self.unflushed;
        if sent {
            ready!(Pin::new(&mut self.stream).poll_flush(context))?;
            self.unflushed = false;
        }
        if finish && !self.finished {
            ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
            self.finished = true;
        }
        Poll::Ready(Ok(sent))
    }

    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut buffer = ReadBuf::new(&mut self.scratch[..]);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
        if buffer.filled().is_empty() {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        self.inbound.extend_from_slice(buffer.filled());
        Poll::Ready(Ok(()))
    }

    /// The next packet id of a run of PUBACKs.
    ///
    /// Beside the codec, because acknowledgements are the bulk of what a device receives, and a packet value for
    /// each costs more than all else the driver does with it.
    pub(super) fn next_puback(&mut self) -> Option<u16> {
        let packet: [u8; 4] =
            self.inbound.first_chunk().copied().filter(|packet| packet.starts_with(&PUBACK))?;
        self.inbound.advance(packet.len());
        Some(u16::from_be_bytes([packet[2], packet[3]]))
    }

    /// The next packet received; `None` while it is incomplete.
    ///
    /// # Errors
    ///
    /// The gateway broke the protocol, or the packet is longer than `max` bytes.
    pub(super) fn next_packet(&mut self, max: usize) -> Result<Option<Packet>, Failure> {
        match Packet::read(&mut self.inbound, max) {
            Ok(packet) => Ok(Some(packet)),
            Err(mqttbytes::Error::InsufficientBytes(_)) => Ok(None),
            Err(error) => Err(Failure::malformed(Stage::Connected, &error)),
        }
    }
}

fn lost(error: &io::Error) -> Failure {
    let failure = Failure::from_io(Stage::Connected, error);
    match failure.kind {
        Kind::Closed => Failure { detail: "the gateway closed the connection".into(), ..failure },
        _ => failure,
    }
}
