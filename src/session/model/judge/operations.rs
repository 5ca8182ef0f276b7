//! Each id: told once, with its cause; on the wire in order, with DUP when it must, and never after its end.

use std::collections::BTreeSet;

use rumqttc::mqttbytes::QoS;
use rumqttc::mqttbytes::v4::Packet;

use super::{Verdict, ensure};
use crate::session::Delivery;

/// What an operation asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum What {
    Publish(QoS),
    Subscribe { filters: usize },
    Unsubscribe { filters: usize },
}

struct Operation {
    what: What,
    /// So many links there were when it was asked.
    links: usize,
    /// Where it was last seen, and under which packet id.
    seen: Option<(usize, u16)>,
    /// With these codes.
    answered: Option<Vec<u8>>,
    cancelled: bool,
    /// The first close that was asked for after it.
    doomed_by: Option<u32>,
    /// It was asked while a close was under way, which may end it or not.
    is_uncertain: bool,
    /// So many links there were when it was told.
    told: Option<usize>,
    not_sent: bool,
}

impl Operation {
    /// It must still come to its end by an answer.
    fn is_alive(&self) -> bool {
        self.told.is_none() && self.answered.is_none() && !self.cancelled && !self.is_doomed()
    }

    /// A close ends it, or may do so.
    fn is_doomed(&self) -> bool {
        self.doomed_by.is_some() || self.is_uncertain
    }
}

/// Their ids are their places, from 1.
#[derive(Default)]
pub(super) struct Operations {
    all: Vec<Operation>,
    /// Alive, and seen on a link.
    replayable: BTreeSet<u32>,
    untold: BTreeSet<u32>,
    /// The last publish on the last link.
    last_publish: (usize, u32),
}

impl Operations {
    pub(super) fn asked(&mut self, what: What, links: usize, is_uncertain: bool) -> u32 {
        self.all.push(Operation {
            what,
            links,
            seen: None,
            answered: None,
            cancelled: false,
            doomed_by: None,
            is_uncertain,
            told: None,
            not_sent: false,
        });
        let id = self.all.len() as u32;
        self.untold.insert(id);
        id
    }

    pub(super) fn untold(&self) -> Vec<u32> {
        self.untold.iter().rev().copied().collect()
    }

    /// The app waits for its answer.
    pub(super) fn is_awaited(&self, id: u32) -> bool {
        self.all[id as usize - 1].is_alive()
    }

    pub(super) fn cancelled(&mut self, ids: &[u32]) {
        for id in ids {
            self.all[*id as usize - 1].cancelled = true;
            self.replayable.remove(id);
        }
    }

    /// A close was asked for.
    pub(super) fn doomed(&mut self, by: u32) {
        for id in &self.untold {
            self.all[*id as usize - 1].doomed_by.get_or_insert(by);
        }
        self.replayable.clear();
    }

    fn find(&mut self, id: u32) -> Result<&mut Operation, String> {
        let place = (id as usize).checked_sub(1);
        place.and_then(|place| self.all.get_mut(place)).ok_or(format!("operation {id} was never asked for"))
    }

    pub(super) fn answered(&mut self, id: u32, codes: Vec<u8>) {
        if let Ok(operation) = self.find(id) {
            // Too late, if it was cancelled before: then either end is right.
            operation.answered = Some(codes);
            self.replayable.remove(&id);
        }
    }

    fn tell(&mut self, id: u32, links: usize) -> Result<&mut Operation, String> {
        self.untold.remove(&id);
        self.replayable.remove(&id);
        let operation = self.find(id)?;
        ensure!(operation.told.is_none(), "operation {id} is told a second time");
        operation.told = Some(links);
        Ok(operation)
    }

    pub(super) fn told_done(&mut self, id: u32, is_stored: bool, links: usize) -> Verdict {
        let operation = self.tell(id, links)?;
        match operation.what {
            What::Publish(QoS::AtMostOnce) => {
                ensure!(operation.seen.is_some(), "QoS 0 publish {id} is done, and never left");
            }
            What::Publish(_) => {
                ensure!(operation.answered.is_some(), "publish {id} is done, and no PUBACK for it came");
                ensure!(is_stored, "publish {id} is done, and the gateway does not have it");
            }
            what => return Err(format!("operation {id} is told as a publish, and is {what:?}")),
        }
        Ok(())
    }

    pub(super) fn told_granted(&mut self, id: u32, codes: &[u8], links: usize) -> Verdict {
        let operation = self.tell(id, links)?;
        let what = operation.what;
        ensure!(!matches!(what, What::Publish(_)), "publish {id} is granted");
        ensure!(
            operation.answered.as_deref() == Some(codes),
            "{what:?} {id} is granted with {codes:?}, and what came is {:?}",
            operation.answered
        );
        Ok(())
    }

    pub(super) fn told_failed(&mut self, id: u32, delivery: Delivery, links: usize) -> Verdict {
        let operation = self.tell(id, links)?;
        // QoS 0 may be given up with its connection.
        let given_up =
            operation.what == What::Publish(QoS::AtMostOnce) && delivery == Delivery::Unknown && links > 0;
        ensure!(
            operation.cancelled || operation.is_doomed() || given_up,
            "operation {id} fails without a cause"
        );
        ensure!(
            operation.answered.is_none() || operation.cancelled,
            "operation {id} fails, and its answer came before"
        );
        match delivery {
            Delivery::Unknown => {
                ensure!(links > 0, "operation {id} may have been sent, without a connection")
            }
            Delivery::NotSent => {
                ensure!(operation.seen.is_none(), "operation {id} was not sent, and was seen");
                operation.not_sent = true;
            }
        }
        Ok(())
    }

    /// A close is told: all that came before it was told before.
    pub(super) fn closed(&self, number: u32) -> Verdict {
        let left = self
            .untold
            .iter()
            .find(|id| self.all[**id as usize - 1].doomed_by.is_some_and(|doomed_by| doomed_by <= number));
        ensure!(left.is_none(), "closed is told before operation {}", left.unwrap_or(&0));
        Ok(())
    }

    /// A packet passes the client's end.
    pub(super) fn sent(&mut self, link: usize, packet: &Packet) -> Verdict {
        match packet {
            Packet::Publish(publish) => {
                let id = id_in(&publish.topic);
                if self.last_publish.0 != link {
                    self.last_publish = (link, 0);
                }
                let last = self.last_publish.1;
                ensure!(id > last, "publish {id} comes behind {last} on link {link}");
                let skipped = (last + 1..id).find(|skipped| {
                    let operation = &self.all[*skipped as usize - 1];
                    operation.is_alive() && operation.what == What::Publish(QoS::AtLeastOnce)
                });
                ensure!(skipped.is_none(), "publish {id} passes {} on link {link}", skipped.unwrap_or(0));
                self.last_publish.1 = id;
                let dup = (publish.qos == QoS::AtLeastOnce).then_some(publish.dup);
                self.appears(link, id, publish.pkid, What::Publish(publish.qos), dup)
            }
            Packet::Subscribe(subscribe) => {
                let what = What::Subscribe { filters: subscribe.filters.len() };
                let id = subscribe.filters.first().map_or(0, |filter| id_in(&filter.path));
                self.appears(link, id, subscribe.pkid, what, None)
            }
            Packet::Unsubscribe(unsubscribe) => {
                let what = What::Unsubscribe { filters: unsubscribe.topics.len() };
                let id = unsubscribe.topics.first().map_or(0, |filter| id_in(filter));
                self.appears(link, id, unsubscribe.pkid, what, None)
            }
            _ => Ok(()),
        }
    }

    fn appears(&mut self, link: usize, id: u32, packet_id: u16, what: What, dup: Option<bool>) -> Verdict {
        let operation = self.find(id)?;
        ensure!(operation.what == what, "operation {id} is sent as {what:?}, and is {:?}", operation.what);
        ensure!(!operation.not_sent, "operation {id} is sent after it was told as not sent");
        ensure!(operation.answered.is_none(), "operation {id} is sent after its answer");
        ensure!(operation.told.is_none_or(|links| links > link), "operation {id} is sent after its end");
        let mut is_new = true;
        if let Some((before, packet_id_before)) = operation.seen {
            is_new = false;
            ensure!(before != link, "operation {id} is sent twice on link {link}");
            ensure!(what != What::Publish(QoS::AtMostOnce), "QoS 0 publish {id} is sent again");
            ensure!(dup != Some(false), "publish {id} is sent again without DUP");
            ensure!(
                packet_id == packet_id_before,
                "operation {id} changes its packet id from {packet_id_before} to {packet_id}"
            );
        } else if dup == Some(true) {
            let may_have_left = link > operation.links.saturating_sub(1);
            ensure!(may_have_left, "publish {id} is sent with DUP for the first time");
            is_new = false;
        }
        operation.seen = Some((link, packet_id));
        let alive = operation.is_alive() && what != What::Publish(QoS::AtMostOnce);
        if alive {
            self.replayable.insert(id);
        }
        let left_out = self
            .replayable
            .iter()
            .find(|id| self.all[**id as usize - 1].seen.is_none_or(|(seen, _)| seen != link));
        ensure!(
            !is_new || left_out.is_none(),
            "operation {id} is sent before the replay of {} on link {link}",
            left_out.unwrap_or(&0)
        );
        Ok(())
    }
}

/// The operation that a topic (`m/7`) or a filter (`f/7/0`) is named for; 0 is none.
pub(in super::super) fn id_in(name: &str) -> u32 {
    name.split('/').nth(1).and_then(|id| id.parse().ok()).unwrap_or(0)
}
