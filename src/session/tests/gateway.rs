//! A gateway that a test plays by hand: each connection that the session makes comes to the test, whole.

use bytes::BytesMut;
use rumqttc::mqttbytes::v4::Packet;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Duration, timeout};

use crate::session::*;
use crate::transport::{Deadlines, Dialled, Dialler, Dialling, Endpoint, Pause, Progress};

struct HandDialler {
    connections: UnboundedSender<Connection>,
    is_exposed: bool,
}

impl Dialler for HandDialler {
    fn dial<'a>(
        &'a self,
        _: &'a Endpoint,
        _: &'a Deadlines,
        pause: Pause,
        progress: Progress<'a>,
    ) -> Dialling<'a> {
        Box::pin(async move {
            progress(crate::failure::Stage::Tls);
            let (ours, stream) = duplex(1 << 16);
            let connection = Connection { pause, stream, inbound: BytesMut::new() };
            assert!(self.connections.send(connection).is_ok(), "the test has ended");
            Ok(Dialled { stream: Box::new(ours), is_exposed: self.is_exposed })
        })
    }
}

/// The gateway's end of a connection.
pub(super) struct Connection {
    pub(super) pause: Pause,
    stream: DuplexStream,
    inbound: BytesMut,
}

impl Connection {
    /// The next packet of the client; `None` when it has ended the connection.
    pub(super) async fn packet(&mut self) -> Option<Packet> {
        loop {
            if let Ok(packet) = Packet::read(&mut self.inbound, 1 << 20) {
                return Some(packet);
            }
            if self.stream.read_buf(&mut self.inbound).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    /// The next packet that is no PINGREQ.
    async fn operation(&mut self) -> Option<Packet> {
        loop {
            let packet = self.packet().await;
            if packet != Some(Packet::PingReq) {
                return packet;
            }
        }
    }

    /// The packet id and DUP of the publish that comes next.
    pub(super) async fn publish(&mut self) -> (u16, bool) {
        match self.operation().await {
            Some(Packet::Publish(publish)) => (publish.pkid, publish.dup),
            other => panic!("{other:?}"),
        }
    }

    /// The packet id of the subscription that comes next.
    pub(super) async fn subscription(&mut self) -> u16 {
        match self.operation().await {
            Some(Packet::Subscribe(subscribe)) => subscribe.pkid,
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// PUBACK.
    pub(super) async fn acknowledge(&mut self, packet_id: u16) {
        let [high, low] = packet_id.to_be_bytes();
        self.send(&[0x40, 2, high, low]).await;
    }

    /// Takes CONNECT and answers 0.
    pub(super) async fn admit(&mut self) {
        assert!(matches!(self.packet().await, Some(Packet::Connect(_))));
        self.send(&[0x20, 2, 0, 0]).await;
    }
}

/// A session and the connections it makes.
pub(super) struct Client {
    pub(super) session: Session,
    connections: UnboundedReceiver<Connection>,
    number: u32,
    keep_alive: u16,
}

impl Client {
    pub(super) fn new(keep_alive: u16, is_exposed: bool) -> Self {
        let (sender, connections) = unbounded_channel();
        let dialler = Arc::new(HandDialler { connections: sender, is_exposed });
        let session = Session::start(&Handle::current(), dialler, Limits::default(), || {});
        Self { session, connections, number: 0, keep_alive }
    }

    pub(super) fn connect(&mut self, connack: Duration) {
        self.number += 1;
        self.session.connect(Request {
            deadlines: Deadlines { connack, ..Deadlines::default() },
            keep_alive: self.keep_alive,
            ..Request::sample(self.number)
        });
    }

    /// The next connection it makes.
    pub(super) async fn connection(&mut self) -> Connection {
        self.connections.recv().await.unwrap()
    }

    /// Connects, and is admitted.
    pub(super) async fn admitted(&mut self) -> Connection {
        self.connect(Deadlines::default().connack);
        let mut connection = self.connection().await;
        connection.admit().await;
        let connected = self.state_within(Duration::from_secs(1)).await;
        assert!(matches!(connected, Some(State::Connected { .. })), "{connected:?}");
        connection
    }

    pub(super) fn publish(&self, ids: impl IntoIterator<Item = u32>) {
        self.session.publish(ids.into_iter().map(super::message));
    }

    /// The next state that is no mere progress, if it comes within `limit`.
    pub(super) async fn state_within(&self, limit: Duration) -> Option<State> {
        timeout(limit, async {
            loop {
                let told = super::states(&self.session);
                let end = told.into_iter().find(|state| !matches!(state, State::Connecting { .. }));
                if let Some(state) = end {
                    return state;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await
        .ok()
    }
}
