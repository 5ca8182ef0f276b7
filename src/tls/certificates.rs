//! Certificates as users paste them: PEM with the usual accidents, or DER.
//!
//! A byte order mark, CRLF, indentation, literal `\n` (from environment variables), missing line breaks around the
//! markers and the labels `X509 CERTIFICATE` and `TRUSTED CERTIFICATE` are forgiven. Anything else gives a
//! [`Fault`] that names its line.

use std::fmt;

use rustls_pemfile::Item;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// Why an input holds no usable certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing in it looks like a certificate.
    NoCertificate,
    /// It holds a private key and no certificate.
    PrivateKey {
        /// Line of the key's BEGIN marker, from 1.
        line: usize,
    },
    /// The section that begins on this line does not decode.
    Broken {
        /// Line of the section's BEGIN marker, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

impl Fault {
    /// The fault's name at the border.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NoCertificate => "no-certificate",
            Self::PrivateKey { .. } => "private-key",
            Self::Broken { .. } => "broken",
        }
    }

    /// The line at fault, from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::NoCertificate => None,
            Self::PrivateKey { line } | Self::Broken { line, .. } => Some(*line),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => formatter.write_str("it holds no certificate"),
            Self::PrivateKey { line } => {
                write!(formatter, "line {line} begins a private key, and no certificate is there")
            }
            Self::Broken { line, reason } => write!(formatter, "the section at line {line} {reason}"),
        }
    }
}

impl std::error::Error for Fault {}

/// All certificates of `input`, as DER, in their order.
///
/// # Errors
///
/// See [`Fault`]; a broken section fails the whole input, so that a root is never lost silently.
pub fn read(input: &[u8]) -> Result<Vec<Vec<u8>>, Fault> {
    if let Some(der) = outer_sequence(input) {
        return Ok(vec![der.to_vec()]);
    }
    let text = String::from_utf8_lossy(input);
    let mut certificates = Vec::new();
    let mut key_line = None;
    for section in Sections::of(&text) {
        let section = section?;
        if section.label.ends_with("PRIVATE KEY") {
            key_line.get_or_insert(section.line);
        } else if let "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" = section.label {
            certificates.push(section.decode()?);
        }
    }
    match (certificates.is_empty(), key_line) {
        (false, _) => Ok(certificates),
        (true, Some(line)) => Err(Fault::PrivateKey { line }),
        (true, None) => Err(Fault::NoCertificate),
    }
}

/// The DER SEQUENCE at the start of `bytes`, header included; `None` where there is none or it is cut short.
fn outer_sequence(bytes: &[u8]) -> Option<&[u8]> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if tag != 0x30 {
        return None;
    }
    let (length, header) = if first < 0x80 {
        (usize::from(first), 2)
    } else {
        let count = usize::from(first & 0x7f);
        let digits = rest.get(..count).filter(|_| (1..=4).contains(&count))?;
        (digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit)), 2 + count)
    };
    bytes.get(..header.checked_add(length)?)
}

/// One PEM section: everything between a BEGIN marker and its END marker.
struct Section<'a> {
    label: &'a str,
    body: &'a str,
    line: usize,
}

impl Section<'_> {
    /// The section's DER, cut at its outer SEQUENCE (OpenSSL's `TRUSTED` form carries more behind it).
    fn decode(&self) -> Result<Vec<u8>, Fault> {
        let broken = |reason: &str| Fault::Broken { line: self.line, reason: reason.to_owned() };
        let base64: String = self.body.replace("\\n", "").replace("\\r", "").split_whitespace().collect();
        let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
        match rustls_pemfile::read_one_from_slice(pem.as_bytes()) {
            Ok(Some((Item::X509Certificate(der), _))) => outer_sequence(&der)
                .map(<[u8]>::to_vec)
                .ok_or_else(|| broken("decodes to something that is no certificate, or to part of one")),
            _ => Err(broken("is not base64")),
        }
    }
}

/// The sections of a PEM text, in their order.
struct Sections<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Sections<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, position: 0 }
    }

    /// The line of a position, counting literal `\n` as the line breaks they stand for.
    fn line(&self, position: usize) -> usize {
        let before = &self.text[..position];
        1 + before.matches('\n').count() + before.matches("\\n").count()
    }
}

impl<'a> Iterator for Sections<'a> {
    type Item = Result<Section<'a>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let begin = self.position + self.text[self.position..].find(BEGIN)?;
        let line = self.line(begin);
        self.position = self.text.len();
        let broken = |reason: String| Some(Err(Fault::Broken { line, reason }));

        let label_at = begin + BEGIN.len();
        let Some(label_length) = self.text[label_at..].find(DASHES) else {
            return broken("has a BEGIN marker without its closing dashes".into());
        };
        let label = self.text[label_at..label_at + label_length].trim();
        let body_at = label_at + label_length + DASHES.len();
        let Some(body_length) = self.text[body_at..].find(END) else {
            return broken(format!("has no END {label} marker"));
        };
        let body = &self.text[body_at..body_at + body_length];
        if body.contains(BEGIN) {
            return broken(format!("has no END {label} marker before the next BEGIN"));
        }
        self.position = body_at + body_length + END.len();
        Some(Ok(Section { label, body, line }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A SEQUENCE of three bytes stands in for a certificate: this room looks no deeper.
    const DER: [u8; 5] = [0x30, 0x03, 1, 2, 3];
    const BASE64: &str = "MAMBAgM=";

    fn pem(label: &str) -> String {
        format!("-----BEGIN {label}-----\n{BASE64}\n-----END {label}-----\n")
    }

    #[test]
    fn der_and_pem_are_the_same() {
        assert_eq!(read(&DER), Ok(vec![DER.to_vec()]));
        assert_eq!(read(pem("CERTIFICATE").as_bytes()), Ok(vec![DER.to_vec()]));
    }

    #[test]
    fn the_usual_accidents_are_forgiven() {
        let plain = pem("CERTIFICATE");
        for accident in [
            format!("\u{feff}{plain}"),
            plain.replace('\n', "\r\n"),
            plain.replace('\n', "\\n"),
            plain.replace('\n', "\\r\\n"),
            plain.replace('\n', "\n    "),
            plain.replace('\n', " "),
            plain.replace('\n', ""),
            format!("Bag Attributes\n    friendlyName: root\n{plain}"),
            pem("X509 CERTIFICATE"),
            pem("TRUSTED CERTIFICATE"),
        ] {
            assert_eq!(read(accident.as_bytes()), Ok(vec![DER.to_vec()]), "{accident:?}");
        }
    }

    #[test]
    fn a_trusted_certificate_is_cut_at_its_outer_sequence() {
        let trusted = "-----BEGIN TRUSTED CERTIFICATE-----\nMAMBAgMwAA==\n-----END TRUSTED CERTIFICATE-----";
        assert_eq!(read(trusted.as_bytes()), Ok(vec![DER.to_vec()]));
    }

    #[test]
    fn several_keep_their_order_even_without_a_line_break_between_them() {
        let two = format!("{}{}", pem("CERTIFICATE").trim_end(), pem("CERTIFICATE"));
        assert_eq!(read(two.as_bytes()).map(|all| all.len()), Ok(2));
    }

    #[test]
    fn a_key_beside_a_certificate_does_no_harm_but_alone_it_is_named() {
        let both = format!("{}{}", pem("EC PRIVATE KEY"), pem("CERTIFICATE"));
        assert_eq!(read(both.as_bytes()).map(|all| all.len()), Ok(1));
        assert_eq!(read(format!("\n{}", pem("PRIVATE KEY")).as_bytes()), Err(Fault::PrivateKey { line: 2 }));
    }

    #[test]
    fn a_broken_section_names_its_line() {
        let first = pem("CERTIFICATE");
        let cut = format!("{first}-----BEGIN CERTIFICATE-----\n{BASE64}\n");
        assert_eq!(read(cut.as_bytes()).unwrap_err().line(), Some(4));
        let garbled = first.replace(BASE64, "MAM*");
        assert_eq!(read(garbled.as_bytes()).unwrap_err().to_string(), "the section at line 1 is not base64");
        let short = first.replace(BASE64, "MAMB");
        assert_eq!(read(short.as_bytes()).unwrap_err().line(), Some(1));
    }

    #[test]
    fn nothing_is_nothing() {
        for nothing in
            ["", "/etc/ssl/missing.pem", "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----"]
        {
            assert_eq!(read(nothing.as_bytes()), Err(Fault::NoCertificate), "{nothing:?}");
        }
    }

    #[test]
    fn every_cut_and_every_flipped_byte_gives_an_answer() {
        let text = format!("{}{}", pem("CERTIFICATE"), pem("RSA PRIVATE KEY"));
        for cut in 0..text.len() {
            let _ = read(&text.as_bytes()[..cut]);
            let mut flipped = text.clone().into_bytes();
            flipped[cut] ^= 0x80;
            let _ = read(&flipped);
        }
        for cut in 0..DER.len() {
            let _ = read(&DER[..cut]);
        }
        let _ = read(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]);
    }
}
