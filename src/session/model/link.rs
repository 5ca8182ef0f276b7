//! One connection: bytes in memory, whole or in pieces, cut anywhere.

use std::io;
use std::pin::Pin;
use std::sync::MutexGuard;
use std::task::{Context, Poll, Waker, ready};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::plan::{Call, Loss, Setting, Way};
use super::world::{Shared, World};

/// The words of a panic that a plan asks for.
pub(super) const PLANTED: &str = "planted by the model";

/// What waits inside the client's end until it is flushed, at most.
const STAGED: usize = 16 << 10;

pub(super) struct Link {
    /// Written by the client and not flushed.
    staged: BytesMut,
    /// On the way to the gateway.
    up: BytesMut,
    /// Read by the gateway.
    pub(super) arrived: BytesMut,
    /// On the way to the client.
    down: BytesMut,
    end: Option<Loss>,
    /// The line ends when so many bytes more have passed the client's end.
    cut: Option<(Way, usize, Loss)>,
    client: Client,
    chunk: usize,
    room: usize,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Client {
    Writes,
    /// It has closed its side.
    Finished,
    Gone,
}

impl Link {
    pub(super) fn new(setting: &Setting) -> Self {
        Self {
            staged: BytesMut::new(),
            up: BytesMut::new(),
            arrived: BytesMut::new(),
            down: BytesMut::new(),
            end: None,
            cut: None,
            client: Client::Writes,
            chunk: setting.chunk,
            room: setting.room,
            reader: None,
            writer: None,
        }
    }

    pub(super) fn is_held(&self) -> bool {
        self.client != Client::Gone
    }

    /// The gateway may still read or write.
    pub(super) fn is_served(&self) -> bool {
        self.end.is_none() && self.client != Client::Gone
    }

    /// Nothing more comes from the client.
    pub(super) fn is_finished(&self) -> bool {
        self.client != Client::Writes && self.up.is_empty()
    }

    /// What the client has written does not get out.
    pub(super) fn is_clogged(&self) -> bool {
        !self.staged.is_empty()
    }

    pub(super) fn send(&mut self, bytes: &[u8]) {
        if self.end.is_none() {
            self.down.extend_from_slice(bytes);
            wake(&mut self.reader);
        }
    }

    /// Nothing cuts it any more.
    pub(super) fn mend(&mut self) {
        self.cut = None;
    }

    pub(super) fn cut(&mut self, loss: Loss, way: Way, after: usize) {
        if after == 0 {
            self.lose(loss);
        } else {
            self.cut.get_or_insert((way, after, loss));
        }
    }

    /// So many bytes may pass before the line is cut.
    fn until_cut(&self, way: Way) -> usize {
        self.cut.filter(|(cut, ..)| *cut == way).map_or(usize::MAX, |(_, after, _)| after)
    }

    fn passed(&mut self, way: Way, count: usize) {
        if let Some((cut, after, loss)) = &mut self.cut
            && *cut == way
        {
            *after -= count;
            if *after == 0 {
                let loss = *loss;
                self.down.clear();
                self.lose(loss);
            }
        }
    }

    /// The gateway closes: in order, or so that nothing on the way arrives.
    pub(super) fn lose(&mut self, loss: Loss) {
        if self.end.is_some() {
            return;
        }
        self.end = Some(loss);
        self.up.clear();
        if loss == Loss::Rst {
            self.down.clear();
        }
        wake(&mut self.reader);
        wake(&mut self.writer);
    }

    /// The gateway reads what there is.
    pub(super) fn arrive(&mut self) {
        if !self.up.is_empty() {
            self.arrived.extend_from_slice(&self.up.split());
            wake(&mut self.writer);
        }
    }

    fn read(&mut self, buffer: &mut ReadBuf<'_>, waker: &Waker) -> Poll<io::Result<usize>> {
        if self.end == Some(Loss::Rst) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let until_cut = self.until_cut(Way::Down);
        let count = self.down.len().min(buffer.remaining()).min(self.chunk).min(until_cut);
        if count == 0 {
            return match self.end {
                Some(_) => Poll::Ready(Ok(0)),
                None => {
                    self.reader = Some(waker.clone());
                    Poll::Pending
                }
            };
        }
        buffer.put_slice(&self.down.split_to(count));
        self.passed(Way::Down, count);
        Poll::Ready(Ok(count))
    }

    fn write(&mut self, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.end == Some(Loss::Rst) {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let count = bytes.len().min(self.chunk);
        self.staged.extend_from_slice(&bytes[..count]);
        Poll::Ready(Ok(count))
    }

    /// Moves what was written onto the line, as far as there is room; gives what moved.
    fn flush(&mut self, waker: &Waker) -> (BytesMut, Poll<io::Result<()>>) {
        let mut moved = BytesMut::new();
        if self.end.is_none() {
            let room = self.room.saturating_sub(self.up.len()).min(self.until_cut(Way::Up));
            moved = self.staged.split_to(self.staged.len().min(room));
            self.up.extend_from_slice(&moved);
            self.passed(Way::Up, moved.len());
        }
        let flushed = match self.end {
            Some(Loss::Rst) => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
            // Nobody reads it.
            Some(Loss::Fin) => {
                moved.unsplit(self.staged.split());
                Poll::Ready(Ok(()))
            }
            None if self.staged.is_empty() => Poll::Ready(Ok(())),
            None => {
                self.writer = Some(waker.clone());
                Poll::Pending
            }
        };
        (moved, flushed)
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

/// The client's end of a link.
pub(super) struct ClientEnd {
    world: Shared,
    number: usize,
}

impl ClientEnd {
    /// A new link, held by the client.
    pub(super) fn new(world: &Shared, setting: &Setting) -> Self {
        let mut locked = world.lock();
        let number = locked.links.len();
        let others = locked.open();
        locked.note(|| format!("link {number} opens"));
        locked.judge.link_opened(others);
        locked.links.push(Link::new(setting));
        Self { world: world.clone(), number }
    }

    fn world(&self, call: Call) -> MutexGuard<'_, World> {
        let mut world = self.world.lock();
        if world.doom == Some(call) {
            world.doom = None;
            world.judge.doomed();
            world.note(|| format!("panic at {call:?}"));
            drop(world);
            panic!("{PLANTED}");
        }
        world
    }
}

impl AsyncRead for ClientEnd {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut world = self.world(Call::Read);
        let before = buffer.filled().len();
        let read = world.links[self.number].read(buffer, context.waker());
        world.consumed(self.number, &buffer.filled()[before..]);
        read.map_ok(drop)
    }
}

impl AsyncWrite for ClientEnd {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let is_full = self.world(Call::Write).links[self.number].staged.len() >= STAGED;
        if is_full {
            ready!(self.as_mut().poll_flush(context))?;
        }
        self.world.lock().links[self.number].write(bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut world = self.world(Call::Flush);
        let (moved, flushed) = world.links[self.number].flush(context.waker());
        world.flushed(self.number, &moved);
        drop(world);
        self.world.wake_gateway();
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_flush(context))?;
        self.world.lock().links[self.number].client = Client::Finished;
        self.world.wake_gateway();
        Poll::Ready(Ok(()))
    }
}

impl Drop for ClientEnd {
    fn drop(&mut self) {
        let mut world = self.world.lock();
        let number = self.number;
        world.links[number].client = Client::Gone;
        world.note(|| format!("link {number} is dropped"));
        world.judge.link_dropped(number);
        drop(world);
        self.world.wake_gateway();
    }
}

impl World {
    /// The client has read these bytes.
    fn consumed(&mut self, number: usize, bytes: &[u8]) {
        let is_clogged = self.links[number].is_clogged();
        for what in self.judge.consumed(number, bytes, is_clogged) {
            self.note(|| format!("link {number} ◄ {what}"));
        }
    }

    /// The client has put these bytes onto the line.
    fn flushed(&mut self, number: usize, bytes: &[u8]) {
        for what in self.judge.flushed(number, bytes) {
            self.note(|| format!("link {number} ► {what}"));
        }
    }
}
