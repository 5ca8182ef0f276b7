//! The life of a session: offline → connecting → online → offline …, until it is stopped.
//!
//! It never reconnects on its own: the facade asks the app's retry policy and gives the next [`Request`]. Between
//! connections the books keep what is queued and what is not acknowledged.

use std::future::poll_fn;
use std::sync::Arc;

use tokio::time::{Instant, sleep_until};

use super::books::{Books, Wish};
use super::event::{Event, State};
use super::handshake::{self, Opened};
use super::line::Line;
use super::mailbox::Mailbox;
use super::online::End;
use super::request::Request;
use crate::failure::Failure;
use crate::transport::Dialler;

/// Runs the session of `mailbox` to its end; its connections lie on `line`.
pub(super) async fn run(mailbox: Arc<Mailbox>, line: Arc<Line>, dialler: Arc<dyn Dialler>) {
    live(Books::new(Arc::clone(&mailbox)), &line, &*dialler).await;
    mailbox.end();
}

async fn live(mut books: Books, line: &Line, dialler: &dyn Dialler) {
    // The next connection replaces one that was alive.
    let mut renewal = false;
    while let Some(request) = next_request(&mut books, &mut renewal).await {
        let opened = match connect(&mut books, dialler, &request, renewal).await {
            Some(Ok(opened)) => opened,
            Some(Err(failure)) => {
                books.report(if renewal { State::Lost(failure) } else { State::Failed(failure) });
                renewal = false;
                continue;
            }
            None => continue,
        };
        books.report(State::Connected { session_present: opened.session_present, renewal });
        renewal = false;
        let end;
        (end, books) = line.hold(books, opened, request.keep_alive).await;
        books.disconnected();
        match end {
            End::Lost(failure) => books.report(State::Lost(failure)),
            End::Renew(request) => {
                books.wishes.push_front(Wish::Connect(request));
                renewal = true;
            }
            End::Closed => books.close(),
            End::Stopped => return,
        }
    }
}

/// Waits for a request; `None` when the session is stopped.
async fn next_request(books: &mut Books, renewal: &mut bool) -> Option<Box<Request>> {
    while !books.stopped {
        match books.wishes.pop_front() {
            Some(Wish::Connect(request)) => return Some(request),
            Some(Wish::Disconnect(_)) => {
                *renewal = false;
                books.close();
            }
            None => next_commands(books).await,
        }
    }
    None
}

/// One attempt; `None` when something else is wanted meanwhile.
async fn connect(
    books: &mut Books,
    dialler: &dyn Dialler,
    request: &Request,
    renewal: bool,
) -> Option<Result<Opened, Failure>> {
    let mailbox = Arc::clone(&books.mailbox);
    let progress = |stage| mailbox.report(Event::State(State::Connecting(stage)));
    let mut opening = Box::pin(handshake::open(dialler, request, mailbox.limits.packet_bytes, progress));
    // Looked at before each wait: a wish may have come in one batch with the request.
    while !books.stopped {
        // To the app a renewal is no gap: a close that falls into it has its grace time.
        let grace = if renewal { books.grace() } else { None };
        if !books.wishes.is_empty() && grace.is_none_or(|until| until <= Instant::now()) {
            break;
        }
        tokio::select! {
            biased;
            opened = &mut opening => return Some(opened),
            () = next_commands(books) => {}
            () = sleep_until(grace.unwrap_or_else(Instant::now)), if grace.is_some() => {}
        }
    }
    None
}

/// Waits for commands and absorbs them.
async fn next_commands(books: &mut Books) {
    let Books { mailbox, commands, .. } = &mut *books;
    poll_fn(|context| mailbox.poll_commands(context, commands)).await;
    books.absorb();
}
