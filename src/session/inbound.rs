//! What each packet from the gateway means.

use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::{Packet, Publish, SubscribeReasonCode};

use super::books::Books;
use super::event::Event;
use super::ledger::{Answer, Mismatch};
use super::messages::Message;
use super::online::{Mode, Online};
use crate::failure::{Failure, Stage};

impl Online {
    /// Handles all packets that are complete, and reports what they finished at once.
    pub(super) fn receive(&mut self) -> Result<(), Failure> {
        let outcome = self.read_packets();
        self.connection.rest();
        self.books.settle();
        outcome
    }

    fn read_packets(&mut self) -> Result<(), Failure> {
        loop {
            while let Some(packet_id) = self.connection.next_puback() {
                self.acknowledge(packet_id)?;
            }
            let max = self.books.mailbox.limits.packet_bytes;
            match self.connection.next_packet(max)? {
                None => return Ok(()),
                Some(Packet::Publish(publish)) => self.deliver(publish)?,
                Some(Packet::PubAck(ack)) => self.acknowledge(ack.pkid)?,
                Some(Packet::SubAck(ack)) => {
                    let codes = ack.return_codes.iter().map(|code| match code {
                        SubscribeReasonCode::Success(qos) => *qos as u8,
                        SubscribeReasonCode::Failure => 0x80,
                    });
                    self.grant(
                        ack.pkid,
                        Answer::Subscribe { codes: ack.return_codes.len() },
                        codes.collect(),
                    )?;
                }
                Some(Packet::UnsubAck(ack)) => self.grant(ack.pkid, Answer::Unsubscribe, Vec::new())?,
                Some(Packet::PingResp) => {}
                // Refused by its first byte already.
                Some(other) => return Err(Failure::malformed(Stage::Connected, format!("{other:?}"))),
            }
        }
    }

    /// An acknowledgement that nobody awaits is ignored; one of the wrong kind breaks the protocol (MQTT 3.1.1 §4.8): what the
    /// gateway thinks of packet ids is not what we do, and nothing after it can be believed.
    fn acknowledge(&mut self, packet_id: u16) -> Result<(), Failure> {
        let Books { ledger, done, .. } = &mut self.books;
        done.extend(ledger.acknowledge(packet_id, Answer::Publish).map_err(mismatch)?);
        Ok(())
    }

    fn grant(&mut self, packet_id: u16, answer: Answer, codes: Vec<u8>) -> Result<(), Failure> {
        if let Some(id) = self.books.ledger.acknowledge(packet_id, answer).map_err(mismatch)? {
            let Books { mailbox, came, .. } = &mut self.books;
            mailbox.deliver(came);
            mailbox.report(Event::Granted { id, codes });
        }
        Ok(())
    }

    fn deliver(&mut self, publish: Publish) -> Result<(), Failure> {
        let Publish { qos, topic, pkid, payload, .. } = publish;
        let token = match qos {
            QoS::AtMostOnce => 0,
            QoS::AtLeastOnce if self.leaves_out() => return Ok(()),
            QoS::AtLeastOnce => self.books.receipts.note(pkid),
            QoS::ExactlyOnce => {
                return Err(Failure::malformed(Stage::Connected, "a QoS 2 message, never asked for"));
            }
        };
        if topic.is_empty() {
            return Err(Failure::malformed(Stage::Connected, "a message without a topic"));
        }
        self.books.came.push(Message { token, topic: &topic, payload: &payload });
        Ok(())
    }

    /// A message that might not be acknowledged in time is left to redelivery, so that it is never dispatched twice; and so
    /// are those behind it, because acknowledgements have an order and, from edgeHub, one packet id.
    fn leaves_out(&mut self) -> bool {
        self.leaves_out |= matches!(self.mode, Mode::Quiescing { .. } | Mode::Leaving { .. });
        self.leaves_out
    }
}

fn mismatch(mismatch: Mismatch) -> Failure {
    Failure::malformed(Stage::Connected, mismatch)
}
