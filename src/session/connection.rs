//! One connection: bytes in, bytes out, and the alarm.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use rumqttc::mqttbytes;
use rumqttc::mqttbytes::v4::Packet;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::handshake::Opened;
use crate::failure::{Failure, Stage};
use crate::transport::{self, Stream};

/// One read at most; a TLS record carries 16 KiB.
const READ: usize = 16 << 10;
/// PUBACK as it always looks: type 4, two bytes, the packet id (MQTT 3.1.1 §3.4).
const PUBACK: [u8; 2] = [0x40, 0x02];
/// The types of PUBLISH, PUBACK, SUBACK, UNSUBACK and PINGRESP (MQTT 3.1.1 §2.2.1): all that may come without QoS 2.
const OF_GATEWAYS: [u8; 5] = [3, 4, 9, 11, 13];

thread_local! {
    /// Where all connections of the thread read to: idle ones need no room of their own.
    static SCRATCH: RefCell<Box<[u8; READ]>> = RefCell::new(Box::new([0; READ]));
}

pub(super) struct Connection {
    stream: Box<dyn Stream>,
    /// The beginning of a packet that is not complete.
    inbound: BytesMut,
    /// Packets to be written.
    pub(super) outbound: BytesMut,
    /// Something was written that may still wait inside TLS.
    unflushed: bool,
    /// Our side of the stream is closed.
    finished: bool,
    alarm: Pin<Box<Sleep>>,
}

impl Connection {
    pub(super) fn new(opened: Opened) -> Self {
        Self {
            stream: opened.stream,
            inbound: opened.inbound,
            outbound: BytesMut::new(),
            unflushed: false,
            finished: false,
            alarm: Box::pin(sleep_until(Instant::now())),
        }
    }

    /// Nothing waits to be written.
    pub(super) fn is_idle(&self) -> bool {
        self.outbound.is_empty() && !self.unflushed
    }

    /// Writes `outbound`, and with `finish` closes our side after it. Ready(true) when everything has left,
    /// Ready(false) if there was nothing.
    pub(super) fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        finish: bool,
    ) -> Poll<Result<bool, Failure>> {
        self.poll_write_out(context, finish).map_err(|error| lost(&error))
    }

    fn poll_write_out(&mut self, context: &mut Context<'_>, finish: bool) -> Poll<io::Result<bool>> {
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

    /// Reads what there is; ready when something came.
    pub(super) fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        SCRATCH.with_borrow_mut(|scratch| {
            let mut buffer = ReadBuf::new(&mut scratch[..]);
            let read = ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer));
            let ended = buffer.filled().is_empty();
            Poll::Ready(match read {
                Ok(()) if ended => Err(lost(&io::ErrorKind::UnexpectedEof.into())),
                Ok(()) => {
                    self.inbound.extend_from_slice(buffer.filled());
                    Ok(())
                }
                Err(error) => Err(lost(&error)),
            })
        })
    }

    /// All complete packets are taken: memory that holds nothing is given back.
    pub(super) fn rest(&mut self) {
        if self.inbound.is_empty() {
            self.inbound = BytesMut::new();
        }
    }

    /// Ready when the alarm rings.
    pub(super) fn poll_alarm(&mut self, context: &mut Context<'_>, at: Instant) -> Poll<()> {
        if self.alarm.deadline() != at {
            self.alarm.as_mut().reset(at);
        }
        self.alarm.as_mut().poll(context)
    }

    /// The next packet id of a run of PUBACKs.
    ///
    /// Beside the codec, because acknowledgements are the bulk of what a device receives, and a packet value for
    /// each costs more than all else the driver does with it.
    pub(super) fn next_puback(&mut self) -> Option<u16> {
        read_puback(&mut self.inbound)
    }

    /// The next packet received; `None` while it is incomplete.
    ///
    /// # Errors
    ///
    /// The gateway broke the protocol, or the packet is longer than `max` bytes.
    pub(super) fn next_packet(&mut self, max: usize) -> Result<Option<Packet>, Failure> {
        read_packet(&mut self.inbound, max)
    }
}

fn read_puback(inbound: &mut BytesMut) -> Option<u16> {
    let packet: [u8; 4] = inbound.first_chunk().copied().filter(|packet| packet.starts_with(&PUBACK))?;
    inbound.advance(packet.len());
    Some(u16::from_be_bytes([packet[2], packet[3]]))
}

fn read_packet(inbound: &mut BytesMut, max: usize) -> Result<Option<Packet>, Failure> {
    // Known from the first byte: what is no packet may never look complete.
    if inbound.first().is_some_and(|first| !OF_GATEWAYS.contains(&(first >> 4))) {
        return Err(Failure::malformed(Stage::Connected, "a packet that no gateway sends here"));
    }
    match Packet::read(inbound, max) {
        Ok(packet) => Ok(Some(packet)),
        Err(mqttbytes::Error::InsufficientBytes(_)) => Ok(None),
        Err(error) => Err(Failure::malformed(Stage::Connected, error)),
    }
}

fn lost(error: &io::Error) -> Failure {
    transport::failure_in(Stage::Connected, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 4096;

    /// What an inbound stream holds: its packets, and whether it breaks the protocol at the end.
    fn read_all(mut inbound: BytesMut) -> (Vec<Packet>, bool) {
        let mut packets = Vec::new();
        loop {
            while let Some(pkid) = read_puback(&mut inbound) {
                packets.push(Packet::PubAck(rumqttc::mqttbytes::v4::PubAck { pkid }));
            }
            match read_packet(&mut inbound, MAX) {
                Ok(Some(packet)) => packets.push(packet),
                Ok(None) => return (packets, false),
                Err(_) => return (packets, true),
            }
        }
    }

    /// Numbers without order, the same in every run (xorshift, Marsaglia 2003).
    fn numbers(seed: u64) -> impl FnMut() -> u64 {
        let mut state = seed | 1;
        move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        }
    }

    /// PUBACK, a PUBLISH of QoS 1, SUBACK with two codes, UNSUBACK, PINGRESP.
    const STREAM: &[u8] = &[
        0x40, 2, 0, 7, 0x32, 8, 0, 3, b'a', b'/', b'b', 0, 1, b'x', 0x90, 4, 0, 9, 1, 0x80, 0xb0, 2, 0, 10,
        0xd0, 0,
    ];

    #[test]
    fn packets_are_the_same_wherever_the_stream_is_cut() {
        let (whole, broken) = read_all(BytesMut::from(STREAM));
        assert!(!broken);
        assert_eq!(whole.len(), 5);
        for cut in 0..STREAM.len() {
            let mut inbound = BytesMut::from(&STREAM[..cut]);
            let mut packets = Vec::new();
            loop {
                if let Some(pkid) = read_puback(&mut inbound) {
                    packets.push(Packet::PubAck(rumqttc::mqttbytes::v4::PubAck { pkid }));
                } else if let Some(packet) = read_packet(&mut inbound, MAX).unwrap() {
                    packets.push(packet);
                } else {
                    break;
                }
            }
            inbound.extend_from_slice(&STREAM[cut..]);
            packets.extend(read_all(inbound).0);
            assert_eq!(packets, whole, "cut at {cut}");
        }
    }

    #[test]
    fn whatever_comes_is_packets_or_a_failure() {
        let mut number = numbers(0x9e37_79b9);
        for _ in 0..50_000 {
            // Half of them damaged streams, which get further than noise.
            let mut bytes = STREAM.to_vec();
            if number().is_multiple_of(2) {
                bytes = (0..number() % 64).map(|_| number() as u8).collect();
            }
            for _ in 0..number() % 4 {
                if let Some(place) = (number() as usize).checked_rem(bytes.len()) {
                    bytes[place] = number() as u8;
                }
            }
            let length = bytes.len();
            let (packets, _) = read_all(BytesMut::from(&bytes[..]));
            assert!(packets.len() <= length / 2, "a packet has at least two bytes");
        }
    }

    #[test]
    fn what_no_gateway_sends_is_refused_from_its_first_byte() {
        for first in [0x00, 0x10, 0x20, 0x50, 0x62, 0x70, 0x82, 0xa2, 0xc0, 0xe0, 0xff] {
            assert_eq!(read_all(BytesMut::from(&[first][..])), (vec![], true), "{first:#x}");
        }
    }

    #[test]
    fn a_packet_over_the_limit_is_refused_before_it_is_complete() {
        // A PUBLISH that announces 8 KiB.
        let (packets, broken) = read_all(BytesMut::from(&[0x30, 0x80, 0x40][..]));
        assert!(packets.is_empty() && broken);
    }
}
