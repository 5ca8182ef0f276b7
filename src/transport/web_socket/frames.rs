//! What frames mean, and how ours look.
//!
//! MQTT is a stream of bytes; where a frame begins and ends means nothing (MQTT 3.1.1 §6). So payloads are handed on as
//! they come, and no frame is too long.

use std::fmt;
use std::io::{self, Cursor};

use bytes::{Buf, BufMut, BytesMut};
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use crate::failure::{Failure, Kind, Stage};

/// The longest payload of a control frame, in bytes (RFC 6455 §5.5).
const MAX_CONTROL: u64 = 125;
/// The codes of close frames (RFC 6455 §7.4.1): it is over; the peer goes away; it broke the protocol.
pub(super) const NORMAL: u16 = 1000;
const GOING_AWAY: u16 = 1001;
pub(super) const PROTOCOL_ERROR: u16 = 1002;

/// What a frame says to us, apart from its bytes of MQTT.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Incoming {
    /// So many bytes of MQTT follow: [`Reader::payload`] counts them.
    Data,
    /// To be answered with the same bytes.
    Ping(Vec<u8>),
    Pong,
    Close(Farewell),
}

/// Takes frames apart.
#[derive(Debug, Default)]
pub(super) struct Reader {
    payload: u64,
    /// A message has begun, and its last frame is to come.
    fragmented: bool,
}

impl Reader {
    /// How many bytes of the data frame under way are still to come.
    pub(super) fn payload(&self) -> u64 {
        self.payload
    }

    /// So many of these bytes were taken.
    pub(super) fn took(&mut self, count: usize) {
        self.payload = self.payload.saturating_sub(count as u64);
    }

    /// The next frame, taken off the front of `inbound` but for the payload of a data frame; `None` while it is
    /// incomplete. To be asked only when no payload is outstanding.
    pub(super) fn next(&mut self, inbound: &mut BytesMut) -> Result<Option<Incoming>, Breach> {
        let mut cursor = Cursor::new(&inbound[..]);
        let parsed = FrameHeader::parse(&mut cursor).map_err(|error| Breach(error.to_string()))?;
        let Some((header, length)) = parsed else { return Ok(None) };
        // At most 14, the longest header.
        let begin = cursor.position() as usize;
        if header.rsv1 || header.rsv2 || header.rsv3 {
            return Err(breach("a frame of an extension that was not agreed on"));
        }
        if header.mask.is_some() {
            return Err(breach("a masked frame, as only clients send"));
        }
        match header.opcode {
            OpCode::Control(control) => {
                if !header.is_final || length > MAX_CONTROL {
                    return Err(breach("a control frame in parts, or of more than 125 bytes"));
                }
                let Some(payload) = inbound.get(begin..begin + length as usize) else { return Ok(None) };
                let incoming = control_frame(control, payload)?;
                inbound.advance(begin + length as usize);
                Ok(Some(incoming))
            }
            OpCode::Data(data) => {
                match data {
                    Data::Continue if !self.fragmented => {
                        return Err(breach("the continuation of a message that has not begun"));
                    }
                    Data::Binary if self.fragmented => {
                        return Err(breach("a message within another"));
                    }
                    Data::Binary | Data::Continue => {}
                    _ => return Err(breach("a text frame: MQTT goes in binary frames")),
                }
                if length > i64::MAX as u64 {
                    return Err(breach("a frame of more than 2^63 bytes"));
                }
                self.fragmented = !header.is_final;
                self.payload = length;
                inbound.advance(begin);
                Ok(Some(Incoming::Data))
            }
        }
    }
}

fn control_frame(control: Control, payload: &[u8]) -> Result<Incoming, Breach> {
    match (control, payload) {
        (Control::Ping, _) => Ok(Incoming::Ping(payload.to_vec())),
        (Control::Pong, _) => Ok(Incoming::Pong),
        (Control::Close, []) => Ok(Incoming::Close(Farewell { code: None, reason: String::new() })),
        (Control::Close, [high, low, reason @ ..]) => {
            let printable = |sign: char| if sign.is_control() { ' ' } else { sign };
            let reason = String::from_utf8_lossy(reason).chars().map(printable).collect();
            Ok(Incoming::Close(Farewell { code: Some(u16::from_be_bytes([*high, *low])), reason }))
        }
        _ => Err(breach("a close frame of one byte, or a frame of an unknown kind")),
    }
}

fn breach(how: &str) -> Breach {
    Breach(how.to_owned())
}

/// Appends a frame with `payload` to `outbound`, masked with `key`.
pub(super) fn write(opcode: OpCode, payload: &[u8], key: [u8; 4], outbound: &mut BytesMut) {
    let header = FrameHeader { is_final: true, opcode, mask: Some(key), ..FrameHeader::default() };
    outbound.reserve(header.len(payload.len() as u64) + payload.len());
    // Into memory: it does not fail.
    let written = header.format(payload.len() as u64, &mut outbound.writer());
    debug_assert!(written.is_ok());
    let begin = outbound.len();
    outbound.extend_from_slice(payload);
    mask(&mut outbound[begin..], key);
}

/// RFC 6455 §5.3, eight bytes at a time.
fn mask(payload: &mut [u8], key: [u8; 4]) {
    let [a, b, c, d] = key;
    let twice = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (eights, rest) = payload.as_chunks_mut();
    for eight in eights {
        *eight = (u64::from_ne_bytes(*eight) ^ twice).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
}

/// The peer broke the protocol, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Breach(String);

impl fmt::Display for Breach {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Breach {}

impl From<Breach> for io::Error {
    fn from(breach: Breach) -> Self {
        Self::new(io::ErrorKind::InvalidData, breach)
    }
}

/// What the peer's close frame says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Farewell {
    code: Option<u16>,
    reason: String,
}

impl Farewell {
    /// Nothing more than that it is over.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.code, None | Some(NORMAL | GOING_AWAY)) && self.reason.is_empty()
    }
}

impl fmt::Display for Farewell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(formatter, "closed with code {code}")?,
            None => formatter.write_str("closed")?,
        }
        if self.reason.is_empty() { Ok(()) } else { write!(formatter, ": {}", self.reason) }
    }
}

impl std::error::Error for Farewell {}

impl From<Farewell> for io::Error {
    fn from(farewell: Farewell) -> Self {
        Self::new(io::ErrorKind::UnexpectedEof, farewell)
    }
}

/// What an error of a stream means, if it is one of ours.
pub(in crate::transport) fn failure_in(stage: Stage, error: &io::Error) -> Option<Failure> {
    let inner = error.get_ref()?;
    if let Some(breach) = inner.downcast_ref::<Breach>() {
        return Some(Failure::new(stage, Kind::WebSocket, breach.to_string()));
    }
    let farewell = inner.downcast_ref::<Farewell>()?;
    Some(Failure::new(stage, Kind::Closed, farewell.to_string()))
}
