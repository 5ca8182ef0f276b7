//! MQTT 3.1.1, server side, as far as a client of the benchmark goes: every packet is checked to its last byte,
//! because a client that sends nonsense fast must not win.

use std::fmt;

/// Above any message of the bench, and far below what a wrong length could make us hold.
const LARGEST_PACKET: usize = 1024 * 1024;

const CONNECT: u8 = 1;
const PUBLISH: u8 = 3;
const PUBACK: u8 = 4;
const SUBSCRIBE: u8 = 8;
const UNSUBSCRIBE: u8 = 10;
const PINGREQ: u8 = 12;
const DISCONNECT: u8 = 14;

/// Why a client was dropped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The length does not end within its four bytes, or announces more than [`LARGEST_PACKET`].
    Length,
    /// Something before CONNECT, or a second CONNECT.
    Order,
    /// Name or level other than MQTT 3.1.1.
    Protocol,
    /// A field ends outside its packet, or the packet goes on behind its last field.
    Field,
    /// A value the standard forbids: reserved flags, packet id 0, empty topic, no filter.
    Value,
    /// A packet no client sends, or QoS 2, which the sink does not speak.
    Unexpected(u8),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Length => f.write_str("packet length is malformed or too large"),
            Fault::Order => f.write_str("CONNECT must come first, and once"),
            Fault::Protocol => f.write_str("not MQTT 3.1.1"),
            Fault::Field => f.write_str("packet and fields differ in length"),
            Fault::Value => f.write_str("packet carries a forbidden value"),
            Fault::Unexpected(first) => write!(f, "packet with first byte 0x{first:02x} is not served"),
        }
    }
}

impl std::error::Error for Fault {}

/// What a client published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) publishes: u64,
    /// Whole packets, headers included: equal numbers mean equal work.
    pub(crate) publish_bytes: u64,
}

/// The protocol state of one connection.
#[derive(Default)]
pub(crate) struct Session {
    connected: bool,
    ended: bool,
    counts: Counts,
}

impl Session {
    /// True after DISCONNECT: nothing more is read.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    /// Appends the answers to every complete packet of `input` to `output`; returns how many bytes those packets had.
    /// After a fault the answers to the packets before it stand in `output`.
    pub(crate) fn answer(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<usize, Fault> {
        let mut rest = input;
        while !self.ended {
            let Some((packet, after)) = split_packet(rest)? else { break };
            self.answer_one(packet, output)?;
            rest = after;
        }
        Ok(input.len() - rest.len())
    }

    fn answer_one(&mut self, packet: Packet<'_>, output: &mut Vec<u8>) -> Result<(), Fault> {
        let Packet { first, body, size } = packet;
        let (kind, flags) = (first >> 4, first & 0x0f);
        if self.connected == (kind == CONNECT) {
            return Err(Fault::Order);
        }
        let mut fields = Fields(body);
        match (kind, flags) {
            (PUBLISH, _) => {
                self.counts.publishes += 1;
                self.counts.publish_bytes += size as u64;
                let id = check_publish(flags, &mut fields).map_err(|fault| fault.at(first))?;
                if let Some([high, low]) = id {
                    output.extend_from_slice(&[0x40, 2, high, low]);
                }
                return Ok(()); // the body is the rest, whatever it is
            }
            (CONNECT, 0) => {
                check_connect(&mut fields)?;
                self.connected = true;
                output.extend_from_slice(&[0x20, 2, 0, 0]);
            }
            (SUBSCRIBE, 2) => subscribe(&mut fields, output)?,
            (UNSUBSCRIBE, 2) => {
                let [high, low] = fields.packet_id()?;
                while !fields.0.is_empty() {
                    fields.string()?;
                }
                output.extend_from_slice(&[0xb0, 2, high, low]);
            }
            (PUBACK, 0) => drop(fields.packet_id()?),
            (PINGREQ, 0) => output.extend_from_slice(&[0xd0, 0]),
            (DISCONNECT, 0) => self.ended = true,
            _ => return Err(Fault::Unexpected(first)),
        }
        if fields.0.is_empty() { Ok(()) } else { Err(Fault::Field) }
    }
}

impl Fault {
    /// Names the first byte where the fault is about it.
    fn at(self, first: u8) -> Fault {
        match self {
            Fault::Unexpected(_) => Fault::Unexpected(first),
            other => other,
        }
    }
}

struct Packet<'a> {
    first: u8,
    body: &'a [u8],
    size: usize,
}

/// The first packet of `input` and what follows it; `None` while it is incomplete.
fn split_packet(input: &[u8]) -> Result<Option<(Packet<'_>, &[u8])>, Fault> {
    let Some((&first, mut rest)) = input.split_first() else { return Ok(None) };
    let mut length = 0;
    for shift in [0, 7, 14, 21] {
        let Some((&byte, after)) = rest.split_first() else { return Ok(None) };
        rest = after;
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            if length > LARGEST_PACKET {
                return Err(Fault::Length);
            }
            let Some((body, after)) = rest.split_at_checked(length) else { return Ok(None) };
            return Ok(Some((Packet { first, body, size: input.len() - after.len() }, after)));
        }
    }
    Err(Fault::Length)
}

/// The packet id to acknowledge; none at QoS 0.
fn check_publish(flags: u8, fields: &mut Fields<'_>) -> Result<Option<[u8; 2]>, Fault> {
    if fields.string()?.is_empty() {
        return Err(Fault::Value);
    }
    match (flags >> 1) & 3 {
        0 => Ok(None),
        1 => fields.packet_id().map(Some),
        _ => Err(Fault::Unexpected(flags)),
    }
}

fn check_connect(fields: &mut Fields<'_>) -> Result<(), Fault> {
    if fields.string()? != b"MQTT" || fields.byte()? != 4 {
        return Err(Fault::Protocol);
    }
    let flags = fields.byte()?;
    let (user, password, will) = (flags & 0x80 != 0, flags & 0x40 != 0, flags & 0x04 != 0);
    if flags & 1 != 0 || (password && !user) || (!will && flags & 0x38 != 0) || flags & 0x18 == 0x18 {
        return Err(Fault::Value);
    }
    fields.pair()?; // keep alive: nobody is dropped here for being quiet
    let strings = 1 + 2 * usize::from(will) + usize::from(user) + usize::from(password);
    for _ in 0..strings {
        fields.string()?;
    }
    Ok(())
}

fn subscribe(fields: &mut Fields<'_>, output: &mut Vec<u8>) -> Result<(), Fault> {
    let [high, low] = fields.packet_id()?;
    let mut granted = Vec::new();
    while !fields.0.is_empty() {
        let filter = fields.string()?;
        let qos = fields.byte()?;
        if filter.is_empty() || qos > 2 {
            return Err(Fault::Value);
        }
        granted.push(qos.min(1));
    }
    // One byte of length is enough below 126 filters; no client of the bench asks for more.
    let length = u8::try_from(granted.len() + 2).ok().filter(|&length| length < 0x80).ok_or(Fault::Value)?;
    if granted.is_empty() {
        return Err(Fault::Value);
    }
    output.extend_from_slice(&[0x90, length, high, low]);
    output.extend_from_slice(&granted);
    Ok(())
}

/// The not yet read fields of a packet.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn byte(&mut self) -> Result<u8, Fault> {
        let (&byte, rest) = self.0.split_first().ok_or(Fault::Field)?;
        self.0 = rest;
        Ok(byte)
    }

    fn pair(&mut self) -> Result<[u8; 2], Fault> {
        let (&pair, rest) = self.0.split_first_chunk().ok_or(Fault::Field)?;
        self.0 = rest;
        Ok(pair)
    }

    fn packet_id(&mut self) -> Result<[u8; 2], Fault> {
        let id = self.pair()?;
        if id == [0, 0] { Err(Fault::Value) } else { Ok(id) }
    }

    fn string(&mut self) -> Result<&'a [u8], Fault> {
        let length = usize::from(u16::from_be_bytes(self.pair()?));
        let (string, rest) = self.0.split_at_checked(length).ok_or(Fault::Field)?;
        self.0 = rest;
        Ok(string)
    }
}

#[cfg(test)]
mod tests;
