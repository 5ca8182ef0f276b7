//! Publishes as JavaScript writes them into a slab of bytes.
//!
//! A call across the border costs more than all the rest of a publish, so whole batches cross at once. One record:
//!
//! | bytes | content |
//! |---|---|
//! | 0–3 | id, as all numbers in the byte order of the machine |
//! | 4–7 | length of the topic; 0: the topic of the record before |
//! | 8–11 | length of the payload |
//! | 12–15 | QoS, 0 or 1 |
//! | 16… | topic, payload, and up to a multiple of 4 what means nothing |

use bytes::Bytes;
use edge_downstream::session::{Outgoing, QoS};

/// Length of the four numbers.
const HEAD: usize = 16;

/// All publishes of `slab`; `None` if it does not consist of whole, valid records.
pub(crate) fn read(slab: &[u8]) -> Option<Vec<Outgoing>> {
    let mut publishes = Vec::new();
    let mut topic = "";
    let mut at = 0;
    while at < slab.len() {
        let [id, topic_length, payload_length, qos] = head(slab.get(at..at + HEAD)?)?;
        let topic_at = at + HEAD;
        let payload_at = topic_at.checked_add(usize::try_from(topic_length).ok()?)?;
        let end = payload_at.checked_add(usize::try_from(payload_length).ok()?)?;
        if topic_length > 0 {
            topic = std::str::from_utf8(slab.get(topic_at..payload_at)?).ok()?;
        }
        let qos = match qos {
            0 => QoS::AtMostOnce,
            1 => QoS::AtLeastOnce,
            _ => return None,
        };
        // Each copied by itself: a slice of a common copy keeps that as long as the last of its neighbours is unacknowledged.
        let payload = Bytes::copy_from_slice(slab.get(payload_at..end)?);
        publishes.push(Outgoing::new(id, topic.to_owned(), payload, qos)?);
        at = end.next_multiple_of(4);
    }
    Some(publishes)
}

fn head(bytes: &[u8]) -> Option<[u32; 4]> {
    let mut numbers = [0; 4];
    for (number, four) in numbers.iter_mut().zip(bytes.chunks_exact(4)) {
        *number = u32::from_ne_bytes(four.try_into().ok()?);
    }
    Some(numbers)
}
