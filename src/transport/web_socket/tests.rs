//! Frames over a stream in memory, as servers send them and as no server should.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::timeout;

use super::stream::WebSocketStream;
use super::upgrade;
use crate::failure::{Failure, Kind, Stage};
use crate::tls::Trust;
use crate::transport::noise::{damaged, noise, rounds};
use crate::transport::{Endpoint, Framing, Stream, failure_in};

const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;

/// A frame as a server sends it.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(length as u8),
        length @ 126..65_536 => frame.extend([126, (length >> 8) as u8, length as u8]),
        length => {
            frame.push(127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}

/// A client's frame, taken apart by the letter of RFC 6455 §5.2: first byte, payload, and where the next begins.
fn unmask(bytes: &[u8]) -> Option<(u8, Vec<u8>, usize)> {
    let (&first, &second) = (bytes.first()?, bytes.get(1)?);
    assert!(second & 0x80 != 0, "a client masks");
    let (length, at) = match second & 0x7f {
        126 => (usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().unwrap())), 4),
        127 => (u64::from_be_bytes(bytes.get(2..10)?.try_into().unwrap()) as usize, 10),
        length => (usize::from(length), 2),
    };
    let key = bytes.get(at..at + 4)?;
    let payload = bytes.get(at + 4..at + 4 + length)?;
    let plain = payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
    Some((first, plain, at + 4 + length))
}

fn unmask_all(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let Some((first, payload, next)) = unmask(bytes) {
        frames.push((first, payload));
        bytes = &bytes[next..];
    }
    assert!(bytes.is_empty(), "a frame in part");
    frames
}

fn socket(capacity: usize) -> (WebSocketStream<DuplexStream>, DuplexStream) {
    let (ours, theirs) = duplex(capacity);
    (WebSocketStream::new(ours, BytesMut::new()), theirs)
}

/// What a client reads of `frames` to the end, and what it wrote meanwhile.
async fn receive(frames: &[u8]) -> (Vec<u8>, io::Result<()>, Vec<(u8, Vec<u8>)>) {
    let (mut client, mut server) = socket(1 << 20);
    server.write_all(frames).await.unwrap();
    server.shutdown().await.unwrap();
    let mut bytes = Vec::new();
    let end = client.read_to_end(&mut bytes).await.map(drop);
    drop(client);
    let mut written = Vec::new();
    server.read_to_end(&mut written).await.unwrap();
    (bytes, end, unmask_all(&written))
}

fn failure(end: io::Result<()>) -> Failure {
    failure_in(Stage::Connected, &end.unwrap_err())
}

#[tokio::test]
async fn bytes_arrive_however_frames_divide_them() {
    let mut frames = frame(BINARY, b"one");
    frames.extend(frame(0x02, b"tw")); // a message in three parts, with a pong between
    frames.extend(frame(0x00, b""));
    frames.extend(frame(PONG, b"unasked"));
    frames.extend(frame(0x80, b"o"));
    frames.extend(frame(BINARY, b""));
    frames.extend(frame(BINARY, &[7; 70_000]));
    let (bytes, end, written) = receive(&frames).await;
    assert_eq!(&bytes[..6], b"onetwo");
    assert_eq!(bytes[6..], [7; 70_000]);
    assert!(end.is_ok() && written.is_empty());
}

#[tokio::test]
async fn what_is_written_comes_in_masked_binary_frames() {
    let (mut client, mut server) = socket(8192);
    let message: Vec<u8> = (0..300_000_u32).map(|number| number as u8).collect();
    let writer = async {
        client.write_all(&message).await.unwrap();
        client.shutdown().await.unwrap();
        // TCP stays open: the server closes it.
        client
    };
    let reader = async {
        let mut written = Vec::new();
        let mut some = [0; 4096];
        while let Ok(count) = timeout(Duration::from_millis(200), server.read(&mut some)).await {
            written.extend_from_slice(&some[..count.unwrap()]);
        }
        written
    };
    let (_client, written) = tokio::join!(writer, reader);
    let mut frames = unmask_all(&written);
    assert_eq!(frames.pop(), Some((CLOSE, vec![0x03, 0xe8])));
    assert!(frames.iter().all(|(first, payload)| *first == BINARY && payload.len() <= 64 << 10));
    let payloads: Vec<_> = frames.into_iter().map(|(_, payload)| payload).collect();
    assert_eq!(payloads.concat(), message);
}

#[tokio::test]
async fn who_writes_before_the_end_is_read_hears_why_it_ended() {
    let (mut client, mut server) = socket(8192);
    let mut frames = frame(BINARY, b"last");
    frames.extend(frame(CLOSE, b"\x03\xf0not you"));
    server.write_all(&frames).await.unwrap();
    assert_eq!(client.read(&mut [0; 8]).await.unwrap(), 4);
    let failure = failure(client.write_all(b"answer").await);
    assert_eq!((failure.kind, &*failure.detail), (Kind::Closed, "closed with code 1008: not you"));
}

#[tokio::test]
async fn keys_differ_from_frame_to_frame() {
    let (mut client, mut server) = socket(1 << 20);
    for _ in 0..20 {
        client.write_all(&[0; 8]).await.unwrap();
    }
    client.flush().await.unwrap();
    drop(client);
    let mut written = Vec::new();
    server.read_to_end(&mut written).await.unwrap();
    let mut keys: Vec<_> = written.chunks(14).map(|frame| frame[2..6].to_vec()).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 20);
}

#[tokio::test]
async fn a_ping_is_answered_and_of_many_the_last() {
    let (bytes, _, written) = receive(&[frame(PING, b"hello"), frame(BINARY, b"x")].concat()).await;
    assert_eq!((bytes.as_slice(), written), (&b"x"[..], vec![(PONG, b"hello".to_vec())]));
}

#[tokio::test]
async fn a_server_that_asks_and_does_not_read_piles_nothing_up() {
    let (mut client, mut server) = socket(64);
    let flood = tokio::spawn(async move {
        for number in 0..10_000_u32 {
            server.write_all(&frame(PING, &number.to_be_bytes())).await.unwrap();
        }
        server.write_all(&frame(BINARY, b"done")).await.unwrap();
        let mut written = Vec::new();
        server.read_to_end(&mut written).await.unwrap();
        written
    });
    let mut four = [0; 4];
    client.read_exact(&mut four).await.unwrap();
    client.write_all(b"and").await.unwrap();
    client.flush().await.unwrap();
    drop(client);
    let frames = unmask_all(&flood.await.unwrap());
    // What fits into the pipe, what was being written, and the last.
    assert!(frames.len() <= 12, "{} answers", frames.len() - 1);
    assert!(frames.contains(&(PONG, 9_999_u32.to_be_bytes().to_vec())));
    assert!(frames.contains(&(BINARY, b"and".to_vec())));
}

#[tokio::test]
async fn a_close_frame_is_answered_and_ends_the_stream() {
    for (payload, plain) in [(&[][..], true), (&[0x03, 0xe8], true), (&[0x03, 0xe9], true)] {
        let (bytes, end, written) =
            receive(&[frame(BINARY, b"last"), frame(CLOSE, payload), frame(BINARY, b"ignored")].concat())
                .await;
        assert_eq!((bytes.as_slice(), end.is_ok()), (&b"last"[..], plain));
        assert_eq!(written, [(CLOSE, vec![0x03, 0xe8])]);
    }
    let (bytes, end, written) =
        receive(&[frame(BINARY, b"last"), frame(CLOSE, b"\x03\xf0go\naway")].concat()).await;
    assert_eq!((bytes.as_slice(), written.len()), (&b"last"[..], 1));
    let failure = failure(end);
    assert_eq!((failure.kind, failure.detail.as_str()), (Kind::Closed, "closed with code 1008: go away"));
}

#[tokio::test]
async fn what_breaks_the_protocol_is_objected_to() {
    for (what, frames) in [
        ("text", frame(0x81, b"hello")),
        ("masked", vec![BINARY, 0x81, 0, 0, 0, 0, 1]),
        ("compressed", frame(0xc2, b"x")),
        ("unknown data", frame(0x83, b"x")),
        ("unknown control", frame(0x8b, b"x")),
        ("ping in parts", frame(0x09, b"x")),
        ("long ping", frame(PING, &[0; 126])),
        ("continuation of nothing", frame(0x80, b"x")),
        ("message in a message", [frame(0x02, b"x"), frame(BINARY, b"y")].concat()),
        ("half a close code", frame(CLOSE, &[3])),
        ("too long for RFC 6455", [&[BINARY, 127, 0x80][..], &[0; 7]].concat()),
        ("HTTP", b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
    ] {
        let (_, end, written) = receive(&[frame(BINARY, b"good"), frames].concat()).await;
        assert_eq!(failure(end).kind, Kind::WebSocket, "{what}");
        assert_eq!(written, [(CLOSE, vec![0x03, 0xea])], "{what}");
    }
}

#[tokio::test]
async fn an_end_without_a_close_frame_is_an_end() {
    let whole = frame(BINARY, b"whole");
    for cut in 0..whole.len() {
        let (bytes, end, _) = receive(&[&whole[..], &whole[..cut]].concat()).await;
        assert!(end.is_ok() && bytes.starts_with(b"whole"), "cut at {cut}");
    }
}

/// Seeded, so that a failure comes again.
#[tokio::test]
async fn whatever_comes_is_bytes_or_a_failure() {
    let mut random = fastrand::Rng::with_seed(12);
    let sound = [
        frame(BINARY, b"abc"),
        frame(0x02, b"d"),
        frame(PING, b"p"),
        frame(0x80, &[b'e'; 200]),
        frame(CLOSE, b"\x03\xe8"),
    ];
    for _ in 0..rounds(20_000) {
        let bytes = damaged(&mut random, &sound.concat());
        let length = bytes.len();
        let (received, _, written) = receive(&bytes).await;
        assert!(received.len() <= length);
        assert!(written.len() <= 4, "answers to one ping in a read, and one close");
    }
}

/// Seeded: whatever the sizes of reads, writes and of the pipe, what goes in comes out.
#[tokio::test]
async fn bytes_survive_any_cut() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..rounds(200) {
        let (mut client, mut server) = socket(random.usize(1..600));
        let down = noise(&mut random, 3000);
        let mut frames = Vec::new();
        let mut rest = &down[..];
        while !rest.is_empty() {
            let (part, more) = rest.split_at(random.usize(1..=rest.len().min(700)));
            frames.extend(frame(BINARY, part));
            if random.u8(..) < 40 {
                frames.extend(frame(PING, &part[..part.len().min(20)]));
            }
            rest = more;
        }
        frames.extend(frame(CLOSE, &[]));
        let sizes: Vec<usize> = std::iter::repeat_with(|| random.usize(1..50)).take(100).collect();
        let (mut reader, mut writer) = tokio::io::split(&mut server);
        let serve = async {
            let mut sink = Vec::new();
            let write = async {
                let mut at = 0;
                for size in sizes.iter().cycle() {
                    let end = (at + size).min(frames.len());
                    writer.write_all(&frames[at..end]).await.unwrap();
                    at = end;
                    if at == frames.len() {
                        break;
                    }
                }
            };
            // The client ends by dropping its stream.
            let (_, _) = tokio::join!(write, reader.read_to_end(&mut sink));
        };
        let read = async {
            let mut bytes = Vec::new();
            Pin::new(&mut client).read_to_end(&mut bytes).await.unwrap();
            drop(client);
            bytes
        };
        let ((), bytes) = tokio::join!(serve, read);
        assert_eq!(bytes, down);
    }
}

const ASKED: &str = "GET /$iothub/websocket HTTP/1.1\r\nHost: gateway\r\n";

/// What comes of an upgrade that is answered by `answer`, given our key.
async fn upgraded(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Result<Box<dyn Stream>, Failure> {
    let (ours, mut theirs) = duplex(64 << 10);
    let server = tokio::spawn(async move {
        let mut question = Vec::new();
        while !question.ends_with(b"\r\n\r\n") {
            question.push(theirs.read_u8().await.unwrap());
        }
        let question = String::from_utf8(question).unwrap();
        assert!(question.starts_with(ASKED), "{question}");
        let key = question.split("Sec-WebSocket-Key: ").nth(1).unwrap().split("\r\n").next().unwrap();
        let _ = theirs.write_all(&answer(key)).await;
        let _ = theirs.shutdown().await;
        theirs
    });
    let endpoint =
        Endpoint { framing: Framing::WebSocket, ..Endpoint::new("gateway", 443, Trust::default()) };
    let upgraded = upgrade(ours, &endpoint, Duration::from_secs(5)).await;
    drop(server.await.unwrap());
    upgraded
}

/// The answer of a gateway, in the words of .NET's Kestrel.
fn accepted(key: &str) -> String {
    let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nDate: now\r\nServer: Kestrel\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
    )
}

#[tokio::test]
async fn an_upgrade_hands_over_what_came_behind_it() {
    let mut stream =
        upgraded(|key| [accepted(key).into_bytes(), frame(BINARY, b"early")].concat()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    assert_eq!(bytes, b"early");
}

#[tokio::test]
async fn an_upgrade_is_refused_or_malformed_in_so_many_ways() {
    type Answer = fn(&str) -> Vec<u8>;
    let cases: [(&str, Answer, Kind); 10] = [
        ("no route", |_| b"HTTP/1.1 404 Not Found\r\n\r\n".to_vec(), Kind::HttpStatus(404)),
        ("sub-protocol", |_| b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), Kind::HttpStatus(400)),
        (
            "page",
            |_| b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>".to_vec(),
            Kind::HttpStatus(200),
        ),
        ("MQTT", |_| vec![0x20, 2, 0, 0], Kind::NotHttp),
        ("endless", |_| [b"HTTP/1.1 101 x\r\na: ", &[b'x'; 20_000][..]].concat(), Kind::NotHttp),
        ("nothing", |_| Vec::new(), Kind::Closed),
        ("key", |_| accepted("another").into_bytes(), Kind::WebSocket),
        ("protocol", |key| accepted(key).replace("mqtt", "amqp").into_bytes(), Kind::WebSocket),
        ("no upgrade", |key| accepted(key).replace(": websocket", ": h2c").into_bytes(), Kind::WebSocket),
        (
            "extension",
            |key| {
                accepted(key)
                    .replace("Date: now", "Sec-WebSocket-Extensions: permessage-deflate")
                    .into_bytes()
            },
            Kind::WebSocket,
        ),
    ];
    for (what, answer, kind) in cases {
        let failure = upgraded(answer).await.err().unwrap();
        assert_eq!((failure.stage, failure.kind), (Stage::Upgrade, kind), "{what}");
        assert!(!failure.detail.contains('\n'), "{what}: {}", failure.detail);
    }
}

/// Seeded.
#[tokio::test]
async fn whatever_answers_an_upgrade_is_a_web_socket_or_a_failure() {
    for seed in 0..rounds(3_000) as u64 {
        let answer = move |key: &str| damaged(&mut fastrand::Rng::with_seed(seed), accepted(key).as_bytes());
        if let Err(failure) = upgraded(answer).await {
            assert_eq!(failure.stage, Stage::Upgrade, "seed {seed}");
        }
    }
}
