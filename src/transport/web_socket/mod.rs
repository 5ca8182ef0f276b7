//! A WebSocket as a stream of bytes (RFC 6455, MQTT 3.1.1 §6).
//!
//! | room | holds |
//! |---|---|
//! | `upgrade` | from HTTP to WebSocket |
//! | `frames` | what frames mean, and how ours look |
//! | `stream` | bytes in frames, over another stream |

mod frames;
mod stream;
mod upgrade;

pub(super) use frames::failure_in;
pub(crate) use upgrade::upgrade;

#[cfg(test)]
mod tests;
