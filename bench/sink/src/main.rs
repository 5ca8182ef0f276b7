//! The sink of the benchmark: an MQTT 3.1.1 server over TLS 1.3, with or without WebSocket, that stores nothing and costs as little as
//! possible, so that what is measured is the client.
//!
//! `edge-downstream-sink <chain.pem> <key.pem> <port>` listens on 127.0.0.1 (port 0: a free one) and speaks in
//! lines of JSON on standard output: first `{"port":…}`, then one line for each connection that ended. It ends when
//! standard input does, so it cannot outlive the bench that started it.
//!
//! Blocking sockets, one thread per connection: with one busy connection there is nothing to multiplex, and no
//! runtime stands between a read and its answer.

mod connection;
mod packets;
mod web_socket;

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

const USAGE: &str = "usage: edge-downstream-sink <chain.pem> <key.pem> <port, 0 for a free one>";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [chain, key, port] = arguments.as_slice() else {
        return fail(USAGE);
    };
    match serve(chain, key, port) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(message: &str) -> ExitCode {
    // Nothing is left to do about a standard error that is gone.
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::FAILURE
}

/// Listens until standard input ends.
fn serve(chain: &str, key: &str, port: &str) -> Result<(), Box<dyn Error>> {
    let port: u16 = port.parse().map_err(|_| format!("{port:?} is not a port\n{USAGE}"))?;
    let config = Arc::new(server_config(chain, key)?);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    say(&format!(r#"{{"port":{}}}"#, listener.local_addr()?.port()))?;

    thread::Builder::new().name("accept".into()).spawn(move || accept(&listener, &config))?;
    io::copy(&mut io::stdin().lock(), &mut io::sink())?;
    Ok(())
}

/// TLS 1.3 only: every client is measured over the same protocol version, or not at all.
fn server_config(chain: &str, key: &str) -> Result<ServerConfig, Box<dyn Error>> {
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&read(chain)?)
        .collect::<Result<_, _>>()
        .map_err(|error| format!("{chain}: {error}"))?;
    let key = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|error| format!("{key}: {error}"))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(certificates, key)?)
}

fn read(path: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(|error| format!("{path}: {error}"))?;
    Ok(bytes)
}

fn accept(listener: &TcpListener, config: &Arc<ServerConfig>) {
    for stream in listener.incoming() {
        let config = Arc::clone(config);
        let started = stream.and_then(|stream| {
            thread::Builder::new().name("connection".into()).spawn(move || {
                let said = match connection::serve(stream, config) {
                    Ok(report) => say(&report.to_string()),
                    Err(error) => writeln!(io::stderr(), "connection dropped: {error}"),
                };
                // The reader of our output is gone: standard input ends next, and with it the process.
                drop(said);
            })
        });
        if let Err(error) = started {
            let _ = writeln!(io::stderr(), "connection not served: {error}");
        }
    }
}

/// One line, whole and at once: connections end on their own threads.
fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes())?;
    out.flush()
}
