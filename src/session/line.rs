//! The connection, where both the driver and the app's thread can reach it.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, ready};

use super::books::Books;
use super::handshake::Opened;
use super::online::{End, Online};

/// The connection, while there is one, for whoever may work on it: the driver, or the app's thread.
#[derive(Default)]
pub(super) struct Line(Mutex<Option<Online>>);

/// A panic in the midst of the work: what was there is gone.
pub(super) struct Panicked;

impl Line {
    fn lock(&self) -> MutexGuard<'_, Option<Online>> {
        // A panic in one turn makes it the last: nobody works on what it left.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// On the app's thread: carries the waiting commands out if nobody else is at the connection; tells whether all is
    /// done. That saves waking the driver, which costs more than a small write.
    ///
    /// # Errors
    ///
    /// It panicked; that must not reach the app's thread.
    pub(super) fn send_now(&self) -> Result<bool, Panicked> {
        let Ok(mut line) = self.0.try_lock() else { return Ok(false) };
        let Some(online) = line.as_mut() else { return Ok(false) };
        catch_unwind(AssertUnwindSafe(|| online.send_now())).map_err(|_| {
            *line = None;
            Panicked
        })
    }

    /// Drops the connection, if there is one.
    pub(super) fn clear(&self) {
        *self.lock() = None;
    }

    /// Holds a connection until it is over.
    ///
    /// # Errors
    ///
    /// The app's thread panicked at it.
    pub(super) async fn hold(
        &self,
        books: Books,
        opened: Opened,
        keep_alive: u16,
    ) -> Result<(End, Books), Panicked> {
        *self.lock() = Some(Online::new(books, opened, keep_alive));
        poll_fn(|context| {
            let mut line = self.lock();
            let outcome = match line.as_mut() {
                Some(online) => ready!(online.poll(context)),
                None => return Poll::Ready(Err(Panicked)),
            };
            Poll::Ready(line.take().map(|online| online.end(outcome)).ok_or(Panicked))
        })
        .await
    }
}
