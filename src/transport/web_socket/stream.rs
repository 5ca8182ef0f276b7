//! Bytes in frames, over another stream.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use rustls::crypto::SecureRandom;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::frames::{self, Incoming, NORMAL, PROTOCOL_ERROR, Reader};
use crate::tls;

/// One read at most; a TLS record carries 16 KiB.
const READ: usize = 16 << 10;
/// The longest payload of our frames: what TLS takes in at once.
const FRAME: usize = 64 << 10;

/// A WebSocket whose binary frames carry a stream of bytes.
///
/// Its end of writing is a close frame; the peer's close frame is the end of reading.
pub(super) struct WebSocketStream<S> {
    inner: S,
    random: &'static dyn SecureRandom,
    reader: Reader,
    scratch: Box<[u8; READ]>,
    /// Read, and not handed over.
    inbound: BytesMut,
    /// Whole frames, of which the first may be written in part.
    outbound: BytesMut,
    /// The answer to the last ping: an earlier one need not be answered any more (RFC 6455 §5.5.3).
    pong: Option<Vec<u8>>,
    /// Our close frame is written; nothing goes behind it.
    closed: bool,
    /// Nothing more is to be read.
    ended: bool,
    /// Why, if that is more than a close; not yet told.
    fault: Option<io::Error>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> WebSocketStream<S> {
    /// Over `inner`, which the upgrade is done on; `inbound` came behind it.
    pub(super) fn new(inner: S, inbound: BytesMut) -> Self {
        Self {
            inner,
            random: tls::random(),
            reader: Reader::default(),
            scratch: Box::new([0; READ]),
            inbound,
            outbound: BytesMut::new(),
            pong: None,
            closed: false,
            ended: false,
            fault: None,
        }
    }

    /// Moves into `buffer` what can be had without reading.
    fn unpack(&mut self, buffer: &mut ReadBuf<'_>) -> io::Result<()> {
        while buffer.remaining() > 0 && !self.ended {
            let payload = usize::try_from(self.reader.payload()).unwrap_or(usize::MAX);
            let count = payload.min(self.inbound.len()).min(buffer.remaining());
            if count > 0 {
                buffer.put_slice(&self.inbound[..count]);
                self.inbound.advance(count);
                self.reader.took(count);
            }
            if payload > count {
                break;
            }
            match self.reader.next(&mut self.inbound) {
                Ok(Some(Incoming::Data | Incoming::Pong)) => {}
                Ok(Some(Incoming::Ping(payload))) => self.pong = Some(payload),
                Ok(Some(Incoming::Close(farewell))) => {
                    self.ended = true;
                    self.fault = (!farewell.is_plain()).then(|| farewell.into());
                    self.close(NORMAL)?;
                }
                Ok(None) => break,
                Err(breach) => {
                    self.ended = true;
                    self.fault = Some(breach.into());
                    self.close(PROTOCOL_ERROR)?;
                }
            }
        }
        Ok(())
    }

    /// What one frame is masked with: nobody may foresee it (RFC 6455 §5.3).
    fn key(&self) -> io::Result<[u8; 4]> {
        let mut key = [0; 4];
        self.random.fill(&mut key).map_err(|_| io::Error::other("there are no random numbers"))?;
        Ok(key)
    }

    fn close(&mut self, code: u16) -> io::Result<()> {
        if !std::mem::replace(&mut self.closed, true) {
            let key = self.key()?;
            frames::write(OpCode::Control(Control::Close), &code.to_be_bytes(), key, &mut self.outbound);
        }
        Ok(())
    }

    /// Writes what is waiting, a pong at last.
    fn poll_drain(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            while !self.outbound.is_empty() {
                let count = ready!(Pin::new(&mut self.inner).poll_write(context, &self.outbound))?;
                if count == 0 {
                    return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                }
                self.outbound.advance(count);
            }
            let Some(payload) = self.pong.take().filter(|_| !self.closed) else {
                return Poll::Ready(Ok(()));
            };
            let key = self.key()?;
            frames::write(OpCode::Control(Control::Pong), &payload, key, &mut self.outbound);
        }
    }

    /// Sends answers to pings and close frames as far as that can be done now. Nobody waits for them, and what is wrong
    /// with the stream is met elsewhere.
    fn reply(&mut self, context: &mut Context<'_>) {
        if self.pong.is_some() || self.closed {
            let _ = self.poll_drain(context).map_ok(|()| Pin::new(&mut self.inner).poll_flush(context));
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for WebSocketStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        loop {
            this.unpack(buffer)?;
            this.reply(context);
            // What came before a fault is handed over first.
            if buffer.filled().len() > before || buffer.remaining() == 0 {
                return Poll::Ready(Ok(()));
            }
            if this.ended {
                return Poll::Ready(this.fault.take().map_or(Ok(()), Err));
            }
            let mut read = ReadBuf::new(&mut this.scratch[..]);
            ready!(Pin::new(&mut this.inner).poll_read(context, &mut read))?;
            this.ended = read.filled().is_empty();
            this.inbound.extend_from_slice(read.filled());
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for WebSocketStream<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_drain(context))?;
        if this.closed {
            // Who writes may meet the end before who reads.
            let fault = this.fault.take();
            return Poll::Ready(Err(fault.unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into())));
        }
        let count = bytes.len().min(FRAME);
        let key = this.key()?;
        frames::write(OpCode::Data(Data::Binary), &bytes[..count], key, &mut this.outbound);
        // Taken: what the stream below does not take now waits for the next call, or for a flush.
        match this.poll_drain(context) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(count)),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_drain(context))?;
        Pin::new(&mut this.inner).poll_flush(context)
    }

    /// Sends the close frame. The stream below stays open: the peer's own close frame is still to come, and who closes
    /// TCP first is the server (RFC 6455 §7.1.1).
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.close(NORMAL)?;
        ready!(this.poll_drain(context))?;
        Pin::new(&mut this.inner).poll_flush(context)
    }
}
