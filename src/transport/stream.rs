//! The seam between a session and what carries its bytes.
//!
//! A session knows a [`Stream`] and who makes one; that it is TLS over TCP, frames within that, or memory in a test is
//! the dialler's affair.

use std::io;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};

use super::endpoint::{Deadlines, Endpoint};
use super::pause::Pause;
use super::web_socket;
use crate::failure::{Failure, Kind, Stage};
use crate::tls;

/// Bytes to and from a gateway, in order.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Hears of each stage of an attempt as it begins.
pub type Progress<'a> = &'a mut (dyn FnMut(Stage) + Send);

/// A stream that was made, and nothing written to it yet.
pub struct Dialled {
    /// The stream.
    pub stream: Box<dyn Stream>,
    /// A gateway may have lost what is written first, in spite of the [`Pause`]; if it stays silent, another attempt
    /// with a longer one is worth its while.
    pub is_exposed: bool,
}

/// An attempt to connect. Dropping it ends it.
pub type Dialling<'a> = Pin<Box<dyn Future<Output = Result<Dialled, Failure>> + Send + 'a>>;

/// Makes streams.
pub trait Dialler: Send + Sync {
    /// Connects to `endpoint`, each stage within its deadline, and takes the `pause` before anything is written.
    ///
    /// # Errors
    ///
    /// A [`Failure`] of a stage before [`Stage::Connack`].
    fn dial<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        deadlines: &'a Deadlines,
        pause: Pause,
        progress: Progress<'a>,
    ) -> Dialling<'a>;
}

/// What an error of a [`Stream`] means.
#[must_use]
pub fn failure_in(stage: Stage, error: &io::Error) -> Failure {
    let failure = match web_socket::failure_in(stage, error) {
        Some(failure) => return failure,
        None => tls::failure_in(stage, error),
    };
    match failure.kind {
        Kind::Closed => Failure { detail: "the gateway closed the connection".into(), ..failure },
        _ => failure,
    }
}
