//! Received messages, many in one piece of memory.
//!
//! They are kept, and cross the border to JavaScript, as they are written here: an object, a text and a payload of its own
//! for each would cost several times what a small message has in bytes. One record:
//!
//! | bytes | content |
//! |---|---|
//! | 0–3 | token, as all numbers little endian; 0: nothing to acknowledge |
//! | 4–7 | length of the topic; 0: the topic of the record before |
//! | 8–11 | length of the payload |
//! | 12… | topic (UTF-8), payload |

use std::ops::Range;

/// Length of the three numbers.
const HEAD: usize = 12;
/// No record is added behind so many bytes.
const ENOUGH: usize = 64 << 10;

/// Messages from the gateway, in the order they came.
#[derive(Debug, Default)]
pub struct Messages {
    bytes: Vec<u8>,
    /// Where the last topic stands.
    topic: Range<usize>,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// What to give to [`Session::acknowledge`](super::Session::acknowledge); 0 for QoS 0, which needs none.
    pub token: u32,
    /// Topic; never empty.
    pub topic: &'a str,
    /// Payload.
    pub payload: &'a [u8],
}

impl Messages {
    /// Adds one. Lengths are those of an MQTT packet, which fit.
    pub(super) fn push(&mut self, message: Message<'_>) {
        let Message { token, topic, payload } = message;
        let is_same = self.bytes.get(self.topic.clone()) == Some(topic.as_bytes());
        let written = if is_same { "" } else { topic };
        self.bytes.reserve(HEAD + written.len() + payload.len());
        for number in [token, length(written.as_bytes()), length(payload)] {
            self.bytes.extend_from_slice(&number.to_le_bytes());
        }
        if !is_same {
            self.topic = self.bytes.len()..self.bytes.len() + topic.len();
        }
        self.bytes.extend_from_slice(written.as_bytes());
        self.bytes.extend_from_slice(payload);
    }

    /// Takes the messages of `later` in behind these, if all together are few.
    ///
    /// # Errors
    ///
    /// They are not: `later` as it was.
    pub(super) fn append(&mut self, later: Self) -> Result<(), Self> {
        if self.bytes.len() + later.bytes.len() > ENOUGH {
            return Err(later);
        }
        let at = self.bytes.len();
        self.topic = later.topic.start + at..later.topic.end + at;
        self.bytes.extend_from_slice(&later.bytes);
        Ok(())
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What they cost: bytes of memory.
    pub(super) fn cost(&self) -> usize {
        self.bytes.capacity()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Message<'_>> {
        let mut rest = &self.bytes[..];
        let mut topic = "";
        std::iter::from_fn(move || read(&mut rest, &mut topic))
    }

    /// Their records.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// The record at the start of `rest`; `None` at the end.
fn read<'a>(rest: &mut &'a [u8], topic: &mut &'a str) -> Option<Message<'a>> {
    let mut take = |count: usize| rest.split_off(..count);
    let mut number = || Some(u32::from_le_bytes(take(4)?.try_into().ok()?));
    let [token, topic_length, payload_length] = [number()?, number()?, number()?];
    let text = take(usize::try_from(topic_length).ok()?)?;
    if !text.is_empty() {
        *topic = std::str::from_utf8(text).ok()?;
    }
    let payload = take(usize::try_from(payload_length).ok()?)?;
    Some(Message { token, topic, payload })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<'a>(token: u32, topic: &'a str, payload: &'a [u8]) -> Message<'a> {
        Message { token, topic, payload }
    }

    fn of(list: &[Message<'_>]) -> Messages {
        let mut messages = Messages::default();
        list.iter().for_each(|each| messages.push(*each));
        messages
    }

    #[test]
    fn what_was_put_in_comes_out() {
        let list = [
            message(1, "a/b", b"x"),
            message(0, "a/b", b""),
            message(2, "ü", b"yz"),
            message(3, "a/b", b"x"),
        ];
        let messages = of(&list);
        assert_eq!(messages.iter().collect::<Vec<_>>(), list);
        assert_eq!(messages.into_bytes().len(), 4 * HEAD + 3 + 1 + 2 + 2 + 3 + 1, "a topic is not repeated");
    }

    #[test]
    fn few_are_joined_and_many_are_not() {
        let mut few = of(&[message(1, "a", b"x")]);
        assert!(few.append(of(&[message(2, "a", b"y"), message(3, "b", b"z")])).is_ok());
        few.push(message(4, "b", b""));
        let topics: Vec<&str> = few.iter().map(|message| message.topic).collect();
        assert_eq!(topics, ["a", "a", "b", "b"]);
        let many = of(&[message(5, "c", &vec![0; ENOUGH])]);
        assert_eq!(few.append(many).unwrap_err().iter().count(), 1);
        assert_eq!(few.iter().count(), 4);
    }
}
