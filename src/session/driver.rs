//! The life of a session: offline → connecting → online → offline …, until it is stopped.
//!
//! It never reconnects on its own: the facade asks the app's retry policy and gives the next [`Request`]. Between
//! connections the books keep what is queued and what is not acknowledged.

use std::future::poll_fn;
use std::sync::Arc;

use tokio::time::{Instant, sleep_until};

use super::books::Books;
use super::event::{Event, State};
use super::handshake::{self, Opened};
use super::line::{Line, Panicked};
use super::mailbox::Mailbox;
use super::online::End;
use super::request::Request;
use crate::failure::{Failure, Kind, Stage};
use crate::transport::Dialler;

/// The session of `mailbox`, to be run to its end; its connections lie on `line`. Dropped before that end, or ended by a
/// panic, it says so in its last word.
pub(super) fn run(
    mailbox: Arc<Mailbox>,
    line: Arc<Line>,
    dialler: Arc<dyn Dialler>,
) -> impl Future<Output = ()> + Send {
    // Made here and not in the future: it may be dropped without ever having been polled.
    let mut watch = Watch { mailbox, line, watching: true };
    async move {
        let books = Books::new(Arc::clone(&watch.mailbox));
        if let Ok(()) = live(books, &watch.line, &*dialler).await {
            watch.watching = false;
            watch.mailbox.end();
        }
    }
}

/// Sees to it that an app hears of the end of its driver, whatever ends it.
struct Watch {
    mailbox: Arc<Mailbox>,
    line: Arc<Line>,
    watching: bool,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.watching {
            self.line.clear();
            self.mailbox.break_off(broken());
        }
    }
}

/// A fault of ours. The words of a panic stay on stderr: they may show what was at hand.
pub(super) fn broken() -> Failure {
    Failure::new(Stage::Connected, Kind::Internal, "a panic or the end of its thread ended the session")
}

async fn live(mut books: Books, line: &Line, dialler: &dyn Dialler) -> Result<(), Panicked> {
    // What a connection has made way for.
    let mut replacement = None;
    loop {
        let request = match replacement.take() {
            Some(request) => request,
            None => match next_request(&mut books).await {
                Some(request) => request,
                None => return Ok(()),
            },
        };
        match attempt(&mut books, dialler, &request).await {
            Attempt::Opened(opened) => {
                books.connected(&request, opened.session_present);
                let end;
                (end, books) = line.hold(books, opened, request.keep_alive).await?;
                books.disconnected();
                match end {
                    End::Lost(failure) => books.lost(request.number, failure),
                    End::Replaced(next) => replacement = Some(next),
                    End::Closed => {}
                    End::Stopped => return Ok(()),
                }
            }
            Attempt::Failed(failure) => books.failed(&request, failure),
            Attempt::Superseded => {}
        }
    }
}

/// Closes what is to be closed and waits for a request; `None` when the session is stopped.
async fn next_request(books: &mut Books) -> Option<Box<Request>> {
    while !books.stopped {
        if books.wishes.closing().is_some() {
            books.close();
        } else if let Some(request) = books.wishes.take_next() {
            return Some(request);
        } else {
            next_commands(books).await;
        }
    }
    None
}

enum Attempt {
    Opened(Opened),
    Failed(Failure),
    Superseded,
}

async fn attempt(books: &mut Books, dialler: &dyn Dialler, request: &Request) -> Attempt {
    let mailbox = Arc::clone(&books.mailbox);
    let number = request.number;
    let progress = |stage| mailbox.report(Event::State(State::Connecting { request: number, stage }));
    let mut opening = Box::pin(handshake::open(dialler, request, mailbox.limits.packet_bytes, progress));
    // Looked at before each wait: a wish may have come in one batch with the request.
    while !books.stopped {
        // To the app a renewal is no gap: a close that falls into it has its grace time.
        let grace = books.wishes.closing().filter(|_| request.replaces.is_some() && !books.ledger.is_empty());
        if books.wishes.is_pending() && grace.is_none_or(|until| until <= Instant::now()) {
            break;
        }
        tokio::select! {
            biased;
            opened = &mut opening => return match opened {
                Ok(opened) => Attempt::Opened(opened),
                Err(failure) => Attempt::Failed(failure),
            },
            () = next_commands(books) => {}
            () = sleep_until(grace.unwrap_or_else(Instant::now)), if grace.is_some() => {}
        }
    }
    Attempt::Superseded
}

/// Waits for commands and absorbs them.
async fn next_commands(books: &mut Books) {
    let Books { mailbox, commands, .. } = &mut *books;
    poll_fn(|context| mailbox.poll_commands(context, commands)).await;
    books.absorb();
}
