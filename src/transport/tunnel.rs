//! A tunnel to the gateway through an HTTP proxy (RFC 9110 §9.3.6).

use std::fmt::Write;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use zeroize::Zeroizing;

use super::endpoint::{Endpoint, Proxy};
use super::http::ask;
use super::reach::reach;
use super::stream::Progress;
use crate::failure::{Failure, Kind, Stage};

/// Connects to `proxy` and has it connect to `endpoint`, each within `limit`.
pub(crate) async fn tunnel(
    proxy: &Proxy,
    endpoint: &Endpoint,
    limit: Duration,
    progress: Progress<'_>,
) -> Result<TcpStream, Failure> {
    progress(Stage::Proxy);
    let mut tcp = reach(&proxy.host, proxy.port, None, limit, &mut |_| {})
        .await
        .map_err(|failure| Failure { stage: Stage::Proxy, ..failure })?;
    progress(Stage::Tunnel);
    let begin = Instant::now();
    match timeout(limit, open(&mut tcp, proxy, endpoint)).await {
        Ok(opened) => opened.map(|()| tcp),
        Err(_) => Err(Failure::new(Stage::Tunnel, Kind::TimedOut, "no answer to CONNECT")),
    }
    .map_err(|failure| failure.after(begin.elapsed()))
}

async fn open<S>(stream: &mut S, proxy: &Proxy, endpoint: &Endpoint) -> Result<(), Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let answer = ask(Stage::Tunnel, stream, question(proxy, endpoint).as_bytes()).await?;
    let fault = |kind| {
        let detail = format!("HTTP {} {}", answer.status, answer.reason);
        Err(Failure::new(Stage::Tunnel, kind, detail.trim_end()))
    };
    match answer.status {
        200..=299 if answer.is_page() => fault(Kind::WebPage(answer.status)),
        // A TLS server waits for the client: whoever speaks first is none, or no tunnel leads to it.
        200..=299 if !answer.behind.is_empty() => {
            Err(Failure::new(Stage::Tls, Kind::NotTls, "bytes come before TLS begins"))
        }
        200..=299 => Ok(()),
        // What a proxy answers in its own name; it may well be a page, for people.
        401..=403 | 407 | 429 | 500.. => fault(Kind::HttpStatus(answer.status)),
        // No proxy at all, or a portal that sends people elsewhere.
        status => fault(Kind::WebPage(status)),
    }
}

fn question(proxy: &Proxy, endpoint: &Endpoint) -> Zeroizing<String> {
    let authority = endpoint.authority();
    let authorization = proxy.authorization().unwrap_or_default();
    // Room for all of it: a buffer that grows leaves a copy behind.
    let mut question = Zeroizing::new(String::with_capacity(100 + 2 * authority.len() + authorization.len()));
    // Into a String: it does not fail.
    let _ = write!(question, "CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n");
    if !authorization.is_empty() {
        let _ = write!(question, "Proxy-Authorization: {authorization}\r\n");
    }
    question.push_str("\r\n");
    question
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::super::noise::{damaged, rounds};
    use super::*;
    use crate::tls::Trust;

    /// What comes of asking a proxy that answers `answer`, and the question.
    async fn asked(proxy: &Proxy, host: &str, answer: &[u8]) -> (Result<(), Failure>, String) {
        let endpoint = Endpoint::new(host, 8883, Trust::default());
        let (mut ours, mut theirs) = duplex(64 << 10);
        theirs.write_all(answer).await.unwrap();
        theirs.shutdown().await.unwrap();
        let opened = open(&mut ours, proxy, &endpoint).await;
        drop(ours);
        let mut question = String::new();
        theirs.read_to_string(&mut question).await.unwrap();
        (opened, question)
    }

    fn proxy(authorization: Option<&str>) -> Proxy {
        Proxy::new("proxy".into(), 3128, authorization.map(str::to_owned)).unwrap()
    }

    #[tokio::test]
    async fn a_proxy_is_asked_for_the_gateway_by_its_name() {
        let (opened, question) =
            asked(&proxy(None), "gateway", b"HTTP/1.0 200 Connection established\r\n\r\n").await;
        assert!(opened.is_ok());
        assert_eq!(question, "CONNECT gateway:8883 HTTP/1.1\r\nHost: gateway:8883\r\n\r\n");
        let (_, question) = asked(&proxy(Some("Basic YTpi")), "fe80::1", b"").await;
        assert_eq!(
            question,
            "CONNECT [fe80::1]:8883 HTTP/1.1\r\nHost: [fe80::1]:8883\r\nProxy-Authorization: Basic YTpi\r\n\r\n"
        );
    }

    #[tokio::test]
    async fn a_proxy_refuses_in_so_many_ways() {
        for (answer, stage, kind) in [
            ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", Stage::Tunnel, Kind::HttpStatus(407)),
            (
                "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html>",
                Stage::Tunnel,
                Kind::HttpStatus(403),
            ),
            ("HTTP/1.1 503 Service Unavailable\r\n\r\n", Stage::Tunnel, Kind::HttpStatus(503)),
            ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>", Stage::Tunnel, Kind::WebPage(200)),
            ("HTTP/1.1 302 Found\r\nLocation: http://portal\r\n\r\n", Stage::Tunnel, Kind::WebPage(302)),
            ("HTTP/1.1 405 Method Not Allowed\r\n\r\n", Stage::Tunnel, Kind::WebPage(405)),
            ("<html>hello</html>", Stage::Tunnel, Kind::NotHttp),
            ("SSH-2.0-OpenSSH\r\n", Stage::Tunnel, Kind::NotHttp),
            ("HTTP/1.1 2", Stage::Tunnel, Kind::Closed),
            ("HTTP/1.1 200 OK\r\n\r\nSSH-2.0", Stage::Tls, Kind::NotTls),
        ] {
            let (opened, _) = asked(&proxy(None), "gateway", answer.as_bytes()).await;
            let failure = opened.unwrap_err();
            assert_eq!((failure.stage, failure.kind), (stage, kind), "{answer}");
        }
    }

    #[test]
    fn credentials_are_not_shown_and_cannot_break_out() {
        assert_eq!(format!("{:?}", proxy(Some("Basic c2VjcmV0"))), "Proxy(proxy:3128)");
        assert!(Proxy::new("proxy".into(), 3128, Some("a\r\nHost: b".into())).is_none());
    }

    /// Seeded, so that a failure comes again.
    #[tokio::test]
    async fn whatever_a_proxy_answers_is_a_tunnel_or_a_failure() {
        let mut random = fastrand::Rng::with_seed(3128);
        let sound = b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\nContent-Length: 0\r\n\r\n";
        for _ in 0..rounds(20_000) {
            let answer = damaged(&mut random, sound);
            if let (Err(failure), _) = asked(&proxy(None), "gateway", &answer).await {
                assert!(matches!(failure.stage, Stage::Tunnel | Stage::Tls), "{failure}");
            }
        }
    }
}
