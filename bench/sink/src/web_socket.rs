//! MQTT over WebSocket (RFC 6455): the upgrade, and the payloads of frames as the bytes of MQTT they are.

use std::io::{self, Cursor};

use tungstenite::handshake::derive_accept_key;
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// What a connection speaks within TLS, told by its first bytes.
#[derive(Debug, Default)]
pub(crate) enum Framing {
    #[default]
    Unknown,
    /// MQTT itself.
    Bare,
    WebSocket(Unmasking),
}

/// The payload of the data frame under way.
#[derive(Debug, Default)]
pub(crate) struct Unmasking {
    mask: [u8; 4],
    /// How many of its bytes have come.
    at: u64,
    length: u64,
}

impl Framing {
    /// Moves the bytes of MQTT from `plain` to `mqtt`, and writes to `answers` what WebSocket itself wants answered.
    pub(crate) fn unwrap(
        &mut self,
        plain: &mut Vec<u8>,
        mqtt: &mut Vec<u8>,
        answers: &mut Vec<u8>,
    ) -> io::Result<()> {
        if matches!(self, Self::Unknown) && plain.len() >= 4 {
            if plain.starts_with(b"GET ") {
                let Some(end) = plain.windows(4).position(|bytes| bytes == END_OF_HEAD) else {
                    return Ok(());
                };
                upgrade(plain.get(..end).unwrap_or_default(), answers)?;
                plain.drain(..end + END_OF_HEAD.len());
                *self = Self::WebSocket(Unmasking::default());
            } else {
                *self = Self::Bare;
            }
        }
        match self {
            Self::Unknown => Ok(()),
            Self::Bare => {
                mqtt.append(plain);
                Ok(())
            }
            Self::WebSocket(unmasking) => unmasking.unwrap(plain, mqtt, answers),
        }
    }

    /// Puts `answers`, bytes of MQTT, into the frame they travel in.
    pub(crate) fn wrap(&self, answers: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        if matches!(self, Self::WebSocket(_)) && !answers.is_empty() {
            frame(OpCode::Data(Data::Binary), answers, out)
        } else {
            out.extend_from_slice(answers);
            Ok(())
        }
    }
}

impl Unmasking {
    fn unwrap(&mut self, plain: &mut Vec<u8>, mqtt: &mut Vec<u8>, answers: &mut Vec<u8>) -> io::Result<()> {
        let mut rest = plain.as_slice();
        loop {
            let left = usize::try_from(self.length - self.at).unwrap_or(usize::MAX);
            let (payload, behind) = rest.split_at(left.min(rest.len()));
            self.unmask(payload, mqtt);
            rest = behind;
            if self.at < self.length {
                break;
            }
            let mut cursor = Cursor::new(rest);
            let Some((header, length)) = FrameHeader::parse(&mut cursor).map_err(io::Error::other)? else {
                break;
            };
            let begin = usize::try_from(cursor.position()).map_err(io::Error::other)?;
            let mask = header.mask.ok_or_else(|| io::Error::other("a frame without a mask"))?;
            let next = Self { mask, at: 0, length };
            if let OpCode::Data(_) = header.opcode {
                *self = next;
                rest = rest.get(begin..).unwrap_or_default();
                continue;
            }
            // The payload of a control frame is short, and taken whole.
            let end = begin + usize::try_from(length).map_err(io::Error::other)?;
            let Some(payload) = rest.get(begin..end) else { break };
            let mut word = Vec::new();
            let mut unmasking = next;
            unmasking.unmask(payload, &mut word);
            match header.opcode {
                OpCode::Control(Control::Ping) => frame(OpCode::Control(Control::Pong), &word, answers)?,
                OpCode::Control(Control::Close) => frame(OpCode::Control(Control::Close), &word, answers)?,
                _ => {}
            }
            rest = rest.get(end..).unwrap_or_default();
        }
        let taken = plain.len() - rest.len();
        plain.drain(..taken);
        Ok(())
    }

    fn unmask(&mut self, payload: &[u8], mqtt: &mut Vec<u8>) {
        let shift = usize::try_from(self.at % 4).unwrap_or_default();
        let mut mask = self.mask;
        mask.rotate_left(shift);
        mqtt.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key));
        self.at += payload.len() as u64;
    }
}

fn upgrade(head: &[u8], answers: &mut Vec<u8>) -> io::Result<()> {
    let head = std::str::from_utf8(head).map_err(io::Error::other)?;
    let key = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-key"))
        .map(|(_, value)| value.trim())
        .ok_or_else(|| io::Error::other("an HTTP request that is no upgrade to WebSocket"))?;
    let accept = derive_accept_key(key.as_bytes());
    answers.extend_from_slice(
        format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
        )
        .as_bytes(),
    );
    Ok(())
}

fn frame(opcode: OpCode, payload: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    let header = FrameHeader { is_final: true, rsv1: false, rsv2: false, rsv3: false, opcode, mask: None };
    header.format(payload.len() as u64, out).map_err(io::Error::other)?;
    out.extend_from_slice(payload);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &[u8] =
        b"GET /$iothub/websocket HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [1, 2, 3, 4];
        let mut frame = vec![0x80 | opcode, 0x80 | payload.len() as u8];
        frame.extend(mask);
        frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key));
        frame
    }

    #[test]
    fn mqtt_passes_as_it_is() {
        let (mut framing, mut mqtt, mut answers) = (Framing::default(), Vec::new(), Vec::new());
        framing.unwrap(&mut b"\x10\x02\x00\x04".to_vec(), &mut mqtt, &mut answers).unwrap();
        assert_eq!((mqtt.as_slice(), answers.as_slice()), (b"\x10\x02\x00\x04".as_slice(), b"".as_slice()));
    }

    #[test]
    fn frames_are_taken_apart_wherever_reads_end() {
        let mut bytes = QUESTION.to_vec();
        bytes.extend(masked(2, b"hello"));
        bytes.extend(masked(9, b"?"));
        bytes.extend(masked(0, b"again"));
        for size in 1..bytes.len() {
            let (mut framing, mut plain, mut mqtt, mut answers) =
                (Framing::default(), Vec::new(), Vec::new(), Vec::new());
            for chunk in bytes.chunks(size) {
                plain.extend_from_slice(chunk);
                framing.unwrap(&mut plain, &mut mqtt, &mut answers).unwrap();
            }
            assert_eq!(mqtt, b"helloagain");
            // The example of RFC 6455 §1.3, and the pong.
            assert!(answers.windows(28).any(|window| window == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
            assert!(answers.ends_with(&[0x8a, 1, b'?']));
        }
    }

    #[test]
    fn answers_travel_in_one_frame() {
        let mut out = Vec::new();
        Framing::WebSocket(Unmasking::default()).wrap(b"abc", &mut out).unwrap();
        assert_eq!(out, b"\x82\x03abc");
    }
}
