//! From a name and a port to a stream of bytes, each stage under its deadline.
//!
//! | room | holds |
//! |---|---|
//! | `endpoint` | where to connect to and by which way, and how long that may take |
//! | `stream` | the seam: what a session knows of its stream, and who makes one |
//! | `dialler` | the way to a gateway, put together of what follows |
//! | `lookup` | names to addresses |
//! | `reach` | name resolution and TCP |
//! | `tunnel` | a way through an HTTP proxy |
//! | `secure` | TLS over TCP, verified, on the thread of handshakes |
//! | `web_socket` | frames within TLS |
//! | `http` | one question in HTTP, and the head of the answer |
//! | `noise` | for tests: what a hostile peer may send |
//! | `pause` | why nothing is written at once behind the handshake of TLS 1.3 |

mod dialler;
mod endpoint;
mod http;
mod lookup;
#[cfg(test)]
mod noise;
mod pause;
mod reach;
mod secure;
mod stream;
mod tunnel;
mod web_socket;

pub use dialler::GatewayDialler;
pub(crate) use dialler::approach;
pub use endpoint::{Deadlines, Endpoint, Framing, Proxy};
pub use pause::Pause;
pub(crate) use secure::{configure, secure};
pub use stream::{Dialled, Dialler, Dialling, Progress, Stream, failure_in};
