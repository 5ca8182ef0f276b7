//! One question in HTTP/1.1 on a fresh stream, and the head of the answer.

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::stream::failure_in;
use crate::failure::{Failure, Kind, Stage};

/// The longest head that is read, in bytes.
const MAX_HEAD: usize = 16 << 10;
/// More header fields than this no proxy or gateway sends.
const MAX_FIELDS: usize = 128;

/// The head of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Of the status line.
    pub(super) reason: String,
    fields: Vec<(String, String)>,
    /// What came behind the head.
    pub(super) behind: BytesMut,
}

impl Answer {
    /// The first field of that name.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// A field holds this word, in whatever case, as one of a list.
    pub(super) fn has(&self, name: &str, word: &str) -> bool {
        self.fields
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .flat_map(|(_, value)| value.split(','))
            .any(|each| each.trim().eq_ignore_ascii_case(word))
    }

    /// A page for people follows.
    pub(super) fn is_page(&self) -> bool {
        let html = |kind: &str| kind.to_ascii_lowercase().starts_with("text/html");
        self.field("content-type").is_some_and(html)
    }
}

/// Writes `question` and reads the head of the answer.
pub(super) async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    stage: Stage,
    stream: &mut S,
    question: &[u8],
) -> Result<Answer, Failure> {
    let failed = |error| failure_in(stage, &error);
    stream.write_all(question).await.map_err(failed)?;
    stream.flush().await.map_err(failed)?;
    let mut answer = BytesMut::with_capacity(1024);
    loop {
        if stream.read_buf(&mut answer).await.map_err(failed)? == 0 {
            return Err(Failure::new(stage, Kind::Closed, "closed without an answer"));
        }
        if let Some(answer) = read(stage, &mut answer)? {
            return Ok(answer);
        }
    }
}

/// The answer whose head `bytes` begins with; `None` while that is incomplete.
fn read(stage: Stage, bytes: &mut BytesMut) -> Result<Option<Answer>, Failure> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let head = match response.parse(bytes) {
        Ok(httparse::Status::Complete(head)) => head,
        Ok(httparse::Status::Partial) if bytes.len() < MAX_HEAD => return Ok(None),
        Ok(httparse::Status::Partial) => return Err(not_http(stage, "its head does not end")),
        Err(error) => return Err(not_http(stage, &error.to_string())),
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let fields = response.headers.iter().map(|field| (field.name.to_owned(), text(field.value))).collect();
    let (status, reason) =
        (response.code.unwrap_or_default(), response.reason.unwrap_or_default().to_owned());
    bytes.advance(head);
    Ok(Some(Answer { status, reason, fields, behind: bytes.split() }))
}

fn not_http(stage: Stage, how: &str) -> Failure {
    Failure::new(stage, Kind::NotHttp, format!("the answer is no HTTP: {how}"))
}
