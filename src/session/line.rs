//! The connection, where both the driver and the app's thread can reach it.

use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, ready};

use super::books::Books;
use super::handshake::Opened;
use super::online::{End, Online};

/// The connection, while there is one, for whoever may work on it: the driver, or the app's thread.
#[derive(Default)]
pub(super) struct Line(Mutex<Option<Online>>);

impl Line {
    fn lock(&self) -> MutexGuard<'_, Option<Online>> {
        // Each turn leaves the connection whole, so a panic in one does not make it unusable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// On the app's thread: carries the waiting commands out if nobody else is at the connection; tells whether all is
    /// done. That saves waking the driver, which costs more than a small write.
    pub(super) fn send_now(&self) -> bool {
        match self.0.try_lock() {
            Ok(mut online) => online.as_mut().is_some_and(Online::send_now),
            Err(_) => false,
        }
    }

    /// Holds a connection until it is over.
    pub(super) async fn hold(&self, books: Books, opened: Opened, keep_alive: u16) -> (End, Books) {
        *self.lock() = Some(Online::new(books, opened, keep_alive));
        poll_fn(|context| {
            let mut line = self.lock();
            // Put there above, and taken only below, after which this future is never polled again.
            let Some(online) = line.as_mut() else { return Poll::Pending };
            let outcome = ready!(online.poll(context));
            let Some(online) = line.take() else { return Poll::Pending };
            Poll::Ready(online.end(outcome))
        })
        .await
    }
}
