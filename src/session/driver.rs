//! The life of a session: offline → connecting → online → offline …, until it is stopped.
//!
//! It never reconnects on its own: the facade asks the app's retry policy and gives the next [`Request`]. Between
//! connections the books keep what is queued and what is not acknowledged.

use std::future::poll_fn;
use std::sync::Arc;

use super::books::{Books, Wish};
use super::handshake::{self, Opened};
use super::mailbox::Mailbox;
use super::online::{End, Line};
use super::{Event, Request, State};

/// Runs the session of `mailbox` to its end; its connections lie on `line`.
pub(super) async fn run(mailbox: Arc<Mailbox>, line: Arc<Line>) {
    live(Books::new(Arc::clone(&mailbox)), &line).await;
    mailbox.end();
}

async fn live(mut books: Books, line: &Line) {
    let mut renewed = None;
    while !books.stopped {
        let renewal = renewed.is_some();
        let next = match renewed.take() {
            Some(request) => Some(request),
            None => offline(&mut books).await,
        };
        let Some(request) = next else { return };
        let Some(opened) = connecting(&mut books, &request, renewal).await else { continue };
        books.report(State::Connected { session_present: opened.session_present, renewal });
        let end;
        (end, books) = line.hold(books, opened, request.keep_alive).await;
        books.disconnected();
        match end {
            End::Lost(failure) => books.report(State::Lost(failure)),
            End::Renew(request) => renewed = Some(request),
            End::Closed => books.close(),
            End::Stopped => return,
        }
    }
}

/// Waits for a request; `None` when the session is stopped.
async fn offline(books: &mut Books) -> Option<Box<Request>> {
    while !books.stopped {
        match books.wishes.pop_front() {
            Some(Wish::Connect(request)) => return Some(request),
            Some(Wish::Disconnect(_)) => books.close(),
            None => next_commands(books).await,
        }
    }
    None
}

/// Makes a connection; `None` if it failed or something else is wanted now.
async fn connecting(books: &mut Books, request: &Request, renewal: bool) -> Option<Opened> {
    let mailbox = Arc::clone(&books.mailbox);
    let progress = |stage| mailbox.report(Event::State(State::Connecting(stage)));
    let mut opening = Box::pin(handshake::open(request, mailbox.limits.packet_bytes, progress));
    loop {
        tokio::select! {
            opened = &mut opening => match opened {
                Ok(opened) => return Some(opened),
                Err(failure) if renewal => books.report(State::Lost(failure)),
                Err(failure) => books.report(State::Failed(failure)),
            },
            () = next_commands(books) => {
                if !books.stopped && books.wishes.is_empty() {
                    continue;
                }
            }
        }
        return None;
    }
}

/// Waits for commands and absorbs them.
async fn next_commands(books: &mut Books) {
    let Books { mailbox, commands, .. } = &mut *books;
    poll_fn(|context| mailbox.poll_commands(context, commands)).await;
    books.absorb();
}
