//! What the ledger keeps of a packet, and which acknowledgement ends it.

use std::fmt;

use bytes::BytesMut;
use rumqttc::mqttbytes::v4::{Publish, Subscribe, SubscribeFilter, Unsubscribe};
use rumqttc::mqttbytes::{self, QoS};

use super::order::Sort;

/// A subscription, or its removal.
pub(in crate::session) enum Control {
    Subscribe { id: u32, filters: Vec<(String, QoS)> },
    Unsubscribe { id: u32, filters: Vec<String> },
}

impl Control {
    pub(super) fn id(&self) -> u32 {
        match self {
            Self::Subscribe { id, .. } | Self::Unsubscribe { id, .. } => *id,
        }
    }

    pub(super) fn into_packet(self, pkid: u16) -> Packet {
        match self {
            Self::Subscribe { filters, .. } => {
                let filters = filters.into_iter().map(|(path, qos)| SubscribeFilter { path, qos }).collect();
                Packet::Subscribe(Subscribe { pkid, filters })
            }
            Self::Unsubscribe { filters, .. } => Packet::Unsubscribe(Unsubscribe { pkid, topics: filters }),
        }
    }
}

/// A packet that an acknowledgement is awaited for.
pub(super) enum Packet {
    Publish(Publish),
    Subscribe(Subscribe),
    Unsubscribe(Unsubscribe),
    /// Nobody waits for it any more. The packet id stays taken, the content need not.
    Cancelled(Answer),
}

impl Packet {
    pub(super) fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled(_))
    }

    pub(super) fn sort(&self) -> Sort {
        match self.answer() {
            Answer::Publish => Sort::Publish,
            Answer::Subscribe { .. } | Answer::Unsubscribe => Sort::Control,
        }
    }

    pub(super) fn is_control(&self) -> bool {
        matches!(self, Self::Subscribe(_) | Self::Unsubscribe(_))
    }

    /// The acknowledgement that ends it.
    pub(super) fn answer(&self) -> Answer {
        match self {
            Self::Publish(_) => Answer::Publish,
            Self::Subscribe(subscribe) => Answer::Subscribe { codes: subscribe.filters.len() },
            Self::Unsubscribe(_) => Answer::Unsubscribe,
            Self::Cancelled(answer) => *answer,
        }
    }

    pub(super) fn write(&self, out: &mut BytesMut) -> Result<(), mqttbytes::Error> {
        match self {
            Self::Publish(publish) => publish.write(out).map(drop),
            Self::Subscribe(subscribe) => subscribe.write(out).map(drop),
            Self::Unsubscribe(unsubscribe) => unsubscribe.write(out).map(drop),
            Self::Cancelled(_) => Ok(()),
        }
    }
}

/// An acknowledgement, apart from its packet id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) enum Answer {
    /// PUBACK.
    Publish,
    /// SUBACK with so many return codes.
    Subscribe { codes: usize },
    /// UNSUBACK.
    Unsubscribe,
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Publish => formatter.write_str("a PUBACK"),
            Self::Subscribe { codes } => write!(formatter, "a SUBACK with {codes} codes"),
            Self::Unsubscribe => formatter.write_str("an UNSUBACK"),
        }
    }
}

/// An acknowledgement that does not belong to the packet of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) struct Mismatch {
    pub(super) packet_id: u16,
    pub(super) expected: Answer,
    pub(super) came: Answer,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { packet_id, expected, came } = self;
        write!(formatter, "{came} for packet {packet_id}, which awaits {expected}")
    }
}
