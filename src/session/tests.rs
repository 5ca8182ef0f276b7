//! A fault inside the client, planted in the stream: the session ends, and says so.
//!
//! Beside it: `early_connect`, a CONNECT that is not answered; `lines`, what becomes of a line that seems dead; both with
//! `gateway`, which a test plays by hand.

mod early_connect;
mod gateway;
mod lines;

use std::io;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex};
use tokio::time::sleep;

use super::*;
use crate::failure::Kind;
use crate::transport::{Deadlines, Dialled, Dialling, Endpoint, Pause, Progress};

/// Streams that panic when they are next written to.
#[derive(Default)]
struct Doomed {
    doom: AtomicBool,
    open: AtomicUsize,
    gateway: Mutex<Option<DuplexStream>>,
}

struct DoomedStream(Arc<Doomed>, DuplexStream);

impl AsyncRead for DoomedStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().1).poll_read(context, buffer)
    }
}

impl AsyncWrite for DoomedStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        assert!(!self.0.doom.load(Ordering::Relaxed), "planted");
        Pin::new(&mut self.get_mut().1).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().1).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().1).poll_shutdown(context)
    }
}

impl Drop for DoomedStream {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

struct DoomedDialler(Arc<Doomed>);

impl Dialler for DoomedDialler {
    fn dial<'a>(&'a self, _: &'a Endpoint, _: &'a Deadlines, _: Pause, _: Progress<'a>) -> Dialling<'a> {
        Box::pin(async {
            let (ours, mut theirs) = duplex(4096);
            // CONNACK 0, before it is asked for.
            theirs.write_all(&[0x20, 2, 0, 0]).await.unwrap();
            *self.0.gateway.lock().unwrap() = Some(theirs);
            self.0.open.fetch_add(1, Ordering::Relaxed);
            let stream = Box::new(DoomedStream(Arc::clone(&self.0), ours));
            Ok(Dialled { stream, is_exposed: false })
        })
    }
}

/// A session that is connected, and its wakes counted.
async fn connected(runtime: &Handle) -> (Session, Arc<Doomed>, Arc<AtomicUsize>) {
    let doomed = Arc::new(Doomed::default());
    let wakes = Arc::new(AtomicUsize::new(0));
    let woken = Arc::clone(&wakes);
    let session =
        Session::start(runtime, Arc::new(DoomedDialler(Arc::clone(&doomed))), Limits::default(), move || {
            woken.fetch_add(1, Ordering::Relaxed);
        });
    session.connect(Request::sample(1));
    while !states(&session).iter().any(|state| matches!(state, State::Connected { .. })) {
        sleep(Duration::from_millis(1)).await;
    }
    (session, doomed, wakes)
}

fn states(session: &Session) -> Vec<State> {
    // What is done must be taken before what else happened.
    while session.drain(&mut [0; 16]).0 > 0 {}
    let states = session.events(usize::MAX).into_iter().filter_map(|event| match event {
        Event::State(state) => Some(state),
        _ => None,
    });
    states.collect()
}

fn message(id: u32) -> Outgoing {
    Outgoing::new(id, "t".into(), Bytes::from_static(b"x"), QoS::AtLeastOnce).unwrap()
}

/// The last word was said, no connection is left, and nothing is taken any more.
fn assert_broken(session: &Session, doomed: &Doomed, wakes: &AtomicUsize) {
    let states = states(session);
    let [State::Broken { failure }] = &states[..] else { panic!("{states:?}") };
    assert_eq!(failure.kind, Kind::Internal);
    assert_eq!(doomed.open.load(Ordering::Relaxed), 0);
    let before = wakes.load(Ordering::Relaxed);
    session.publish([message(8)]);
    session.disconnect(9, Duration::ZERO);
    session.stop();
    assert!(self::states(session).is_empty());
    assert_eq!((session.written(), wakes.load(Ordering::Relaxed)), (0, before));
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_driver_is_its_last_word() {
    let (session, doomed, wakes) = connected(&Handle::current()).await;
    doomed.doom.store(true, Ordering::Relaxed);
    session.subscribe(2, vec![("t".into(), QoS::AtLeastOnce)]);
    sleep(Duration::from_millis(1)).await;
    assert_broken(&session, &doomed, &wakes);
}

#[tokio::test(start_paused = true)]
async fn a_panic_on_the_apps_thread_is_the_last_word_too() {
    let (session, doomed, wakes) = connected(&Handle::current()).await;
    doomed.doom.store(true, Ordering::Relaxed);
    session.publish([message(2)]);
    assert_broken(&session, &doomed, &wakes);
}

#[test]
fn so_is_the_end_of_the_thread_that_serves_all_sessions() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (session, doomed, wakes) = runtime.block_on(connected(runtime.handle()));
    drop(runtime);
    assert_broken(&session, &doomed, &wakes);

    let gone = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let handle = gone.handle().clone();
    drop(gone);
    let dialler = DoomedDialler(Arc::new(Doomed::default()));
    let session = Session::start(&handle, Arc::new(dialler), Limits::default(), || {});
    assert!(matches!(states(&session)[..], [State::Broken { .. }]), "never even begun");
}

#[tokio::test(start_paused = true)]
async fn after_stop_nothing_is_told_and_the_connection_is_gone() {
    let (session, doomed, wakes) = connected(&Handle::current()).await;
    let before = wakes.load(Ordering::Relaxed);
    session.publish([message(2)]);
    session.mailbox.stop(Duration::ZERO);
    let mut gateway = doomed.gateway.lock().unwrap().take().unwrap();
    let mut all = Vec::new();
    gateway.read_to_end(&mut all).await.unwrap();
    assert_eq!(doomed.open.load(Ordering::Relaxed), 0);
    assert!(states(&session).is_empty());
    assert_eq!((session.written(), wakes.load(Ordering::Relaxed)), (0, before));
}
