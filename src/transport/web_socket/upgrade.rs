//! From HTTP to WebSocket (RFC 6455 §4.1).

use std::time::Duration;

use tokio::time::{Instant, timeout};
use tungstenite::handshake::client::generate_key;
use tungstenite::handshake::derive_accept_key;

use super::super::endpoint::Endpoint;
use super::super::http::{Answer, ask};
use super::super::stream::Stream;
use super::stream::WebSocketStream;
use crate::failure::{Failure, Kind, Stage};

/// What IoT Hub and gateways serve MQTT under (contract device-sdk.md §3.1). edgeHub takes any path; a proxy in front of
/// it may not (contract edge-gateway.md §1.1).
const PATH: &str = "/$iothub/websocket";
const SUB_PROTOCOL: &str = "mqtt";
/// The port that `Host` leaves out.
const HTTPS: u16 = 443;

/// Makes a WebSocket for MQTT of `stream`, within `limit`.
pub(crate) async fn upgrade<S: Stream + 'static>(
    mut stream: S,
    endpoint: &Endpoint,
    limit: Duration,
) -> Result<Box<dyn Stream>, Failure> {
    let begin = Instant::now();
    let key = generate_key();
    let question = question(endpoint, &key);
    let answer = match timeout(limit, ask(Stage::Upgrade, &mut stream, question.as_bytes())).await {
        Ok(answer) => answer,
        Err(_) => Err(Failure::new(Stage::Upgrade, Kind::TimedOut, "no answer to the upgrade")),
    };
    answer
        .and_then(|answer| judge(&answer, &derive_accept_key(key.as_bytes())).map(|()| answer.behind))
        .map(|behind| Box::new(WebSocketStream::new(stream, behind)) as Box<dyn Stream>)
        .map_err(|failure| failure.after(begin.elapsed()))
}

fn question(endpoint: &Endpoint, key: &str) -> String {
    let authority = endpoint.authority();
    let host = if endpoint.port == HTTPS { authority.trim_end_matches(":443") } else { &authority };
    format!(
        "GET {PATH} HTTP/1.1\r\n\
         Host: {host}\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Key: {key}\r\n\
         Sec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Protocol: {SUB_PROTOCOL}\r\n\r\n"
    )
}

fn judge(answer: &Answer, accept: &str) -> Result<(), Failure> {
    if answer.status != 101 {
        let detail = format!("HTTP {} {}", answer.status, answer.reason);
        return Err(Failure::new(Stage::Upgrade, Kind::HttpStatus(answer.status), detail.trim_end()));
    }
    let fault = if !answer.has("upgrade", "websocket") || !answer.has("connection", "upgrade") {
        "it upgrades to something else than WebSocket"
    } else if answer.field("sec-websocket-accept") != Some(accept) {
        "its Sec-WebSocket-Accept does not belong to our key"
    } else if !answer.has("sec-websocket-protocol", SUB_PROTOCOL) {
        "it does not agree on the sub-protocol mqtt"
    } else if answer.field("sec-websocket-extensions").is_some() {
        "it insists on an extension that was not offered"
    } else {
        return Ok(());
    };
    Err(Failure::new(Stage::Upgrade, Kind::WebSocket, format!("the answer to the upgrade is wrong: {fault}")))
}
