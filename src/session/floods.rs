//! What a gateway, or an app, that gives or takes without measure must not bring about.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

use super::*;
use crate::failure::Kind;
use crate::transport::{Deadlines, Dialled, Dialling, Endpoint, Pause, Progress};

/// What fits into a line while nobody reads.
const ROOM: usize = 4096;

/// Connects to memory; the gateway's ends lie here.
#[derive(Default)]
struct Gateway(Mutex<Option<DuplexStream>>);

impl Dialler for Gateway {
    fn dial<'a>(&'a self, _: &'a Endpoint, _: &'a Deadlines, _: Pause, _: Progress<'a>) -> Dialling<'a> {
        Box::pin(async {
            let (ours, mut theirs) = duplex(ROOM);
            // CONNACK 0, before it is asked for.
            theirs.write_all(&[0x20, 2, 0, 0]).await.unwrap();
            *self.0.lock().unwrap() = Some(theirs);
            Ok(Dialled { stream: Box::new(ours), is_exposed: false })
        })
    }
}

/// A session that is connected, its gateway's end (CONNECT is read), and its wakes counted.
async fn connected(limits: Limits) -> (Session, DuplexStream, Arc<AtomicUsize>) {
    let gateway = Arc::new(Gateway::default());
    let wakes = Arc::new(AtomicUsize::new(0));
    let woken = Arc::clone(&wakes);
    let wake = move || {
        woken.fetch_add(1, Ordering::Relaxed);
    };
    let session = Session::start(&Handle::current(), Arc::clone(&gateway) as _, limits, wake);
    session.connect(Request::sample(1));
    while !all(&session).iter().any(|event| matches!(event, Event::State(State::Connected { .. }))) {
        sleep(Duration::from_millis(1)).await;
    }
    let mut line = gateway.0.lock().unwrap().take().unwrap();
    let mut connect = [0; 64];
    assert!(line.read(&mut connect).await.unwrap() > 0);
    (session, line, wakes)
}

/// All that is to be told, ids left out.
fn all(session: &Session) -> Vec<Event> {
    let mut ids = [0; 1024];
    let mut events = Vec::new();
    while session.drain(&mut ids).1 {
        events.extend(session.events(8));
    }
    events
}

fn tokens(events: &[Event]) -> Vec<u32> {
    let messages = events.iter().filter_map(|event| match event {
        Event::Messages(messages) => Some(messages),
        _ => None,
    });
    messages.flat_map(|messages| messages.iter().map(|message| message.token).collect::<Vec<_>>()).collect()
}

/// An empty message of QoS 1 to the topic `t`.
const MESSAGE: &[u8] = &[0x32, 5, 0, 1, b't', 0, 1];
/// Length of a PUBACK.
const PUBACK: usize = 4;
/// PINGRESP.
const PINGRESP: &[u8] = &[0xd0, 0];

/// Sends messages until the session takes no more for a second; tells how many it has taken whole, ever. `sent`: the bytes.
async fn flood(line: &mut DuplexStream, session: &Session, settles: bool, sent: &mut usize) -> usize {
    let batch = MESSAGE.repeat(500);
    while let Ok(count) = timeout(Duration::from_secs(1), line.write(&batch[*sent % batch.len()..])).await {
        *sent += count.unwrap();
        if settles {
            session.acknowledge(tokens(&all(session)));
        }
        assert!(*sent < 20_000_000, "it takes everything");
    }
    *sent / MESSAGE.len()
}

#[tokio::test(start_paused = true)]
async fn what_is_not_taken_is_bounded_by_what_it_costs() {
    let limits = Limits { inbound_bytes: 1 << 20, ..Limits::default() };
    let (session, mut line, wakes) = connected(limits).await;
    let before = wakes.load(Ordering::Relaxed);
    let mut bytes = 0;
    let sent = flood(&mut line, &session, false, &mut bytes).await;
    assert_eq!(wakes.load(Ordering::Relaxed), before + 1, "one wake, however much there is to tell");
    let events = all(&session);
    let cost: usize =
        events.iter().map(|event| if let Event::Messages(m) = event { m.cost() } else { 0 }).sum();
    assert!(cost <= limits.inbound_bytes * 5 / 4, "{cost} bytes for {sent} messages");
    assert!(tokens(&events).len() > 50_000, "{sent} small messages have room");
    // It goes on where it stood.
    let more = flood(&mut line, &session, false, &mut bytes).await;
    assert!(more > sent + 50_000, "{more}");
}

#[tokio::test(start_paused = true)]
async fn own_messages_are_acknowledged_while_others_are_not_taken() {
    let (session, mut line, _) = connected(Limits { inbound_bytes: 1 << 20, ..Limits::default() }).await;
    line.write_all(&MESSAGE.repeat(100)).await.unwrap();
    session.publish([Outgoing::new(7, "t".into(), Bytes::from_static(b"x"), QoS::AtLeastOnce).unwrap()]);
    line.write_all(&[0x40, 2, 0, 1]).await.unwrap();
    sleep(Duration::from_millis(1)).await;
    let mut ids = [0; 8];
    assert_eq!((session.drain(&mut ids), ids[0]), ((1, true), 7));
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_takes_no_acknowledgements_may_send_no_more_and_is_given_up() {
    let (session, mut line, _) = connected(Limits::default()).await;
    let begin = tokio::time::Instant::now();
    let sent = flood(&mut line, &session, true, &mut 0).await;
    assert!((64 << 10..200_000).contains(&sent), "{sent} messages are owed an acknowledgement");
    sleep(Duration::from_secs(100)).await;
    let events = all(&session);
    let lost = events.iter().find_map(|event| match event {
        Event::State(State::Lost { failure, .. }) => Some(failure.kind.clone()),
        _ => None,
    });
    assert_eq!(lost, Some(Kind::Silent), "after {:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn acknowledgements_reach_a_gateway_that_reads_late() {
    let (session, mut line, _) = connected(Limits::default()).await;
    let mut bytes = 0;
    let sent = flood(&mut line, &session, true, &mut bytes).await;
    let mut read = vec![0; 1 << 20];
    let mut acknowledged = 0;
    while acknowledged < sent * PUBACK {
        acknowledged += line.read(&mut read).await.unwrap();
        session.acknowledge(tokens(&all(&session)));
    }
    // And it goes on.
    assert!(flood(&mut line, &session, true, &mut bytes).await > sent);
}

/// A gateway that always has something more to be read.
struct Endless(usize);

impl tokio::io::AsyncRead for Endless {
    fn poll_read(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        let this = self.get_mut();
        let bytes: &[u8] = if this.0 == 0 { &[0x20, 2, 0, 0] } else { PINGRESP };
        this.0 += 1;
        buffer.put_slice(bytes);
        std::task::Poll::Ready(Ok(()))
    }
}

impl tokio::io::AsyncWrite for Endless {
    fn poll_write(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        std::task::Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn poll_shutdown(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }
}

struct EndlessDialler;

impl Dialler for EndlessDialler {
    fn dial<'a>(&'a self, _: &'a Endpoint, _: &'a Deadlines, _: Pause, _: Progress<'a>) -> Dialling<'a> {
        Box::pin(async { Ok(Dialled { stream: Box::new(Endless(0)), is_exposed: false }) })
    }
}

#[tokio::test]
async fn a_session_that_always_has_something_to_read_lets_the_others_have_their_turn() {
    let session = Session::start(&Handle::current(), Arc::new(EndlessDialler), Limits::default(), || {});
    session.connect(Request::sample(1));
    // Without its yielding this task would never come round again.
    for _ in 0..100 {
        yield_now().await;
    }
    assert!(all(&session).iter().any(|event| matches!(event, Event::State(State::Connected { .. }))));
    session.stop();
}

#[tokio::test(start_paused = true)]
async fn what_is_in_flight_is_messages_only() {
    let (session, mut line, _) = connected(Limits::default()).await;
    session.subscribe(1, vec![("t".into(), QoS::AtLeastOnce)]);
    session.unsubscribe(2, vec!["t".into()]);
    session.publish([3, 4].map(|id| Outgoing::new(id, "t".into(), Bytes::new(), QoS::AtLeastOnce).unwrap()));
    sleep(Duration::from_millis(1)).await;
    assert_eq!(session.written(), 2);
    session.cancel(vec![1, 3]);
    // SUBACK, then PUBACK of the second: subscriptions are written first.
    line.write_all(&[0x90, 3, 0, 1, 1, 0x40, 2, 0, 4]).await.unwrap();
    sleep(Duration::from_millis(1)).await;
    assert_eq!(session.written(), 0);
}
