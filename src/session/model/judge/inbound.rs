//! Messages from the gateway: told once, in order; acknowledged in order, and when settled.

use std::collections::HashMap;

use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::Packet;

use super::{Verdict, ensure};
use crate::session::Message;

/// A message that the client has read.
struct Arrival {
    topic: String,
    link: usize,
    /// Of QoS 1.
    packet_id: Option<u16>,
    told: bool,
    settled: bool,
}

#[derive(Default)]
pub(super) struct Inbound {
    /// In order.
    arrivals: Vec<Arrival>,
    /// All before it are told, or never will be.
    next: usize,
    /// The arrival that a token names.
    tokens: HashMap<u32, usize>,
    links: Vec<Link>,
    /// The app heard of so many of them.
    told_links: usize,
}

#[derive(Default)]
struct Link {
    /// Places of arrivals of QoS 1.
    owed: Vec<usize>,
    acknowledged: usize,
    /// So many are to be acknowledged before DISCONNECT.
    due: Option<usize>,
    /// It is to be replaced, or has said DISCONNECT: QoS 1 may be left to redelivery, from here on.
    is_ending: bool,
    /// It was.
    leaves_out: bool,
}

impl Inbound {
    pub(super) fn link_opened(&mut self) {
        self.links.push(Link::default());
    }

    /// The app hears of an attempt that has its link.
    pub(super) fn told_link(&mut self) {
        self.told_links += 1;
    }

    /// The app hears that the connection of the last link it heard of is to be replaced.
    pub(super) fn renewing(&mut self) {
        if let Some(link) = self.told_links.checked_sub(1) {
            self.links[link].is_ending = true;
        }
    }

    /// The client has read a packet; `is_leaving`: it may have said DISCONNECT, though that is still on its way out.
    pub(super) fn came(&mut self, link: usize, packet: &Packet, is_leaving: bool) {
        self.links[link].is_ending |= is_leaving;
        if let Packet::Publish(publish) = packet {
            let packet_id = (publish.qos == QoS::AtLeastOnce).then_some(publish.pkid);
            if packet_id.is_some() {
                self.links[link].owed.push(self.arrivals.len());
            }
            let topic = publish.topic.clone();
            self.arrivals.push(Arrival { topic, link, packet_id, told: false, settled: false });
        }
    }

    pub(super) fn told(&mut self, message: &Message<'_>) -> Verdict {
        let Message { token, topic, .. } = message;
        let found = self.arrivals[self.next..].iter().position(|arrival| arrival.topic == *topic);
        let Some(place) = found.map(|place| place + self.next) else {
            return Err(format!("message {topic} is told and did not come, or is told again, or too late"));
        };
        for passed in &self.arrivals[self.next..place] {
            ensure!(passed.packet_id.is_some(), "{topic} passes {}", passed.topic);
            self.links[passed.link].leaves_out = true;
        }
        self.next = place + 1;
        let arrival = &mut self.arrivals[place];
        arrival.told = true;
        ensure!((*token == 0) == arrival.packet_id.is_none(), "{topic} has the token {token}");
        if *token != 0 {
            let left_out = self.links[arrival.link].leaves_out;
            ensure!(!left_out, "{topic} is told though one before it was left to redelivery");
            ensure!(self.tokens.insert(*token, place).is_none(), "{topic} has a token that was given before");
        }
        Ok(())
    }

    /// The app lets the connection go, for the first time: what it has settled until now is acknowledged before.
    /// `is_clogged`: nothing gets out any more, and nothing is promised.
    pub(super) fn let_go(&mut self, is_clogged: bool) {
        let Self { links, arrivals, .. } = self;
        if let Some(link) = links.last_mut() {
            let settled = link.owed.iter().take_while(|place| arrivals[**place].settled).count();
            link.due.get_or_insert(if is_clogged { 0 } else { settled });
        }
    }

    pub(super) fn settled(&mut self, token: u32) {
        if let Some(place) = self.tokens.get(&token) {
            self.arrivals[*place].settled = true;
        }
    }

    /// A packet passes the client's end.
    pub(super) fn sent(&mut self, link: usize, packet: &Packet) -> Verdict {
        let owner = &mut self.links[link];
        match packet {
            Packet::PubAck(ack) => {
                let Some(place) = owner.owed.get(owner.acknowledged) else {
                    return Err(format!("PUBACK {} on link {link} answers nothing", ack.pkid));
                };
                owner.acknowledged += 1;
                let Arrival { topic, packet_id, settled, .. } = &self.arrivals[*place];
                ensure!(*packet_id == Some(ack.pkid), "PUBACK {} where {topic} is due", ack.pkid);
                ensure!(settled, "{topic} is acknowledged before it is settled");
            }
            Packet::Disconnect => {
                owner.is_ending = true;
                let left = owner.due.unwrap_or(0).saturating_sub(owner.acknowledged);
                ensure!(left == 0, "DISCONNECT on link {link} leaves {left} settled messages unacknowledged");
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn at_the_end(&self) -> Verdict {
        for Arrival { topic, link, packet_id, told, .. } in &self.arrivals {
            let left_out = packet_id.is_some() && self.links[*link].is_ending;
            ensure!(*told || left_out, "message {topic} came on link {link} and was never told");
        }
        Ok(())
    }
}
