//! One connection: bytes off the socket, through TLS, answered together.

use std::fmt;
use std::io::{self, BufRead, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection};

use crate::packets::{Counts, Session};
use crate::web_socket::Framing;

/// Large enough for a whole window of messages in one system call.
const READ_BYTES: usize = 256 * 1024;

/// What a connection was, told when it ended.
pub(crate) struct Report {
    protocol: String,
    cipher: String,
    counts: Counts,
}

impl fmt::Display for Report {
    /// JSON. The names are rustls' own and the rest are numbers, so nothing needs escaping.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"{{"tls":"{}","cipher":"{}","publishes":{},"publishBytes":{}}}"#,
            self.protocol, self.cipher, self.counts.publishes, self.counts.publish_bytes
        )
    }
}

/// Serves one client until it disconnects, hangs up or breaks the protocol.
pub(crate) fn serve(mut socket: TcpStream, config: Arc<ServerConfig>) -> io::Result<Report> {
    socket.set_nodelay(true)?;
    let mut tls = ServerConnection::new(config).map_err(io::Error::other)?;
    tls.set_buffer_limit(None);
    let mut session = Session::default();
    let mut framing = Framing::default();
    let mut network = vec![0; READ_BYTES];
    let mut plain = Vec::with_capacity(READ_BYTES);
    let mut mqtt = Vec::with_capacity(READ_BYTES);
    let mut answers = Vec::with_capacity(READ_BYTES / 64);
    let mut out = Vec::with_capacity(READ_BYTES / 64);

    while !session.ended() {
        let count = match socket.read(&mut network) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => break,
            Err(error) => return Err(error),
        };
        let decrypted = decrypt(&mut tls, network.get(..count).unwrap_or_default(), &mut plain);
        let answered = decrypted.and_then(|()| {
            framing.unwrap(&mut plain, &mut mqtt, &mut out)?;
            let consumed = session.answer(&mqtt, &mut answers).map_err(io::Error::other)?;
            mqtt.drain(..consumed);
            Ok(())
        });
        // What was answered before a fault goes out too, and so does the TLS alert that names one.
        framing.wrap(&answers, &mut out)?;
        tls.writer().write_all(&out)?;
        answers.clear();
        out.clear();
        if session.ended() {
            tls.send_close_notify();
        }
        let flushed = flush(&mut tls, &mut socket);
        answered?;
        // A client that leaves at once after its DISCONNECT does not read any more; that is no fault.
        if !session.ended() {
            flushed?;
        }
    }
    Ok(Report {
        protocol: tls.protocol_version().map_or_else(String::new, |version| format!("{version:?}")),
        cipher: tls
            .negotiated_cipher_suite()
            .map_or_else(String::new, |suite| format!("{:?}", suite.suite())),
        counts: session.counts(),
    })
}

/// Appends the plain text of everything in `network` to `plain`.
///
/// rustls takes about 4 KiB per `read_tls`; feeding it from memory keeps that from becoming a system call each.
fn decrypt(tls: &mut ServerConnection, mut network: &[u8], plain: &mut Vec<u8>) -> io::Result<()> {
    while !network.is_empty() {
        if tls.read_tls(&mut network)? == 0 {
            break; // the client closed its side; what follows is not ours to read
        }
        tls.process_new_packets().map_err(io::Error::other)?;
        let mut reader = tls.reader();
        loop {
            let length = match reader.fill_buf() {
                Ok([]) => break,
                Ok(chunk) => {
                    plain.extend_from_slice(chunk);
                    chunk.len()
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            };
            reader.consume(length);
        }
    }
    Ok(())
}

fn flush(tls: &mut ServerConnection, socket: &mut TcpStream) -> io::Result<()> {
    while tls.wants_write() {
        tls.write_tls(socket)?;
    }
    Ok(())
}
