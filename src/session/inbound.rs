//! What each packet from the gateway means.

use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Packet, Publish, SubscribeReasonCode};

use super::event::{Event, Message};
use super::online::{Mode, Online};
use crate::failure::{Failure, Kind, Stage};

impl Online {
    /// Handles all packets that are complete, and reports what they finished at once.
    pub(super) fn receive(&mut self) -> Result<(), Failure> {
        let outcome = self.read_packets();
        self.books.settle();
        outcome
    }

    fn read_packets(&mut self) -> Result<(), Failure> {
        loop {
            while let Some(packet_id) = self.connection.next_puback() {
                self.acknowledge(packet_id);
            }
            let max = self.books.mailbox.limits.packet_bytes;
            match self.connection.next_packet(max)? {
                None => return Ok(()),
                Some(Packet::Publish(publish)) => self.deliver(publish)?,
                Some(Packet::PubAck(ack)) => self.acknowledge(ack.pkid),
                Some(Packet::SubAck(ack)) => {
                    let codes = ack.return_codes.iter().map(|code| match code {
                        SubscribeReasonCode::Success(qos) => *qos as u8,
                        SubscribeReasonCode::Failure => 0x80,
                    });
                    self.grant(ack.pkid, codes.collect());
                }
                Some(Packet::UnsubAck(ack)) => self.grant(ack.pkid, Vec::new()),
                Some(Packet::PingResp) => {}
                Some(_) => {
                    return Err(Failure::new(
                        Stage::Connected,
                        Kind::Malformed,
                        "a packet only clients send",
                    ));
                }
            }
        }
    }

    /// A repeated or unknown PUBACK is nobody's: ignored.
    fn acknowledge(&mut self, packet_id: u16) {
        self.books.done.extend(self.books.ledger.acknowledge(packet_id));
    }

    fn grant(&mut self, packet_id: u16, codes: Vec<u8>) {
        if let Some(id) = self.books.ledger.acknowledge(packet_id) {
            self.books.mailbox.report(Event::Granted { id, codes });
        }
    }

    fn deliver(&mut self, publish: Publish) -> Result<(), Failure> {
        let Publish { qos, topic, pkid, payload, .. } = publish;
        let token = match qos {
            QoS::AtMostOnce => 0,
            // It might not be acknowledged in time: left to redelivery, so that it is never dispatched twice.
            QoS::AtLeastOnce if matches!(self.mode, Mode::Renewing { .. } | Mode::Leaving { .. }) => {
                return Ok(());
            }
            QoS::AtLeastOnce => self.books.receipts.note(pkid, topic.len() + payload.len()),
            QoS::ExactlyOnce => {
                return Err(Failure::new(
                    Stage::Connected,
                    Kind::Malformed,
                    "a QoS 2 message, never asked for",
                ));
            }
        };
        self.books.mailbox.report(Event::Message(Message { token, topic, payload }));
        Ok(())
    }
}
