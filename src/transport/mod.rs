//! From a name and a port to a stream of bytes, each stage under its deadline.
//!
//! | room | holds |
//! |---|---|
//! | `endpoint` | where to connect to, and how long that may take |
//! | `stream` | the seam: what a session knows of its stream, and who makes one |
//! | `lookup` | names to addresses |
//! | `reach` | name resolution and TCP |
//! | `secure` | TLS over TCP, verified, on the thread of handshakes |
//! | `pause` | why nothing is written at once behind the handshake of TLS 1.3 |

mod endpoint;
mod lookup;
mod pause;
mod reach;
mod secure;
mod stream;

pub use endpoint::{Deadlines, Endpoint};
pub use pause::Pause;
pub(crate) use reach::reach;
pub use secure::TlsDialler;
pub(crate) use secure::{configure, secure};
pub use stream::{Dialled, Dialler, Dialling, Progress, Stream, failure_in};
