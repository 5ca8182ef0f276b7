//! Certificates as users paste them: PEM with the usual accidents, or DER.
//!
//! A byte order mark, UTF-16, CRLF, indentation, literal `\n` (from environment variables), missing line breaks around
//! the markers and the labels `X509 CERTIFICATE` and `TRUSTED CERTIFICATE` are forgiven. Anything else gives a
//! [`Fault`] that names its line.

use std::fmt;

use rustls_pemfile::Item;

use super::roots;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// Why an input holds no usable certificates. A line is that of the BEGIN marker, from 1; DER has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing in it looks like a certificate.
    NoCertificate,
    /// It holds a private key and no certificate.
    PrivateKey {
        /// Where the key begins.
        line: Option<usize>,
    },
    /// A certificate in it cannot be read.
    Broken {
        /// Where it begins.
        line: Option<usize>,
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
            Self::PrivateKey { line } | Self::Broken { line, .. } => *line,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => formatter.write_str("it holds no certificate"),
            Self::PrivateKey { line: Some(line) } => {
                write!(formatter, "line {line} begins a private key, and no certificate is there")
            }
            Self::PrivateKey { line: None } => formatter.write_str("it is a private key in DER"),
            Self::Broken { line: Some(line), reason } => {
                write!(formatter, "the section at line {line} {reason}")
            }
            Self::Broken { line: None, reason } => write!(formatter, "the DER {reason}"),
        }
    }
}

impl std::error::Error for Fault {}

/// All certificates of `input`, as DER, in their order. Each can serve as a trust root, as far as that can be said
/// without a clock.
///
/// # Errors
///
/// See [`Fault`]; one broken certificate fails the whole input, so that a root is never lost silently.
pub fn read(input: &[u8]) -> Result<Vec<Vec<u8>>, Fault> {
    // Text, such as a log that begins with `0 s:CN=`, may look like DER, but then it does not read as such.
    let binary = match read_der(input) {
        Some(Ok(certificates)) => return Ok(certificates),
        Some(Err(fault)) => fault,
        None => Fault::NoCertificate,
    };
    // UTF-16 (PowerShell's `>`) of PEM is PEM with zeros between; its byte order mark stands outside of all sections.
    let text = String::from_utf8_lossy(input).replace('\0', "");
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
        (true, Some(line)) => Err(Fault::PrivateKey { line: Some(line) }),
        (true, None) => Err(binary),
    }
}

/// Certificates in DER, one behind the other; `None` where the input begins like something else.
fn read_der(input: &[u8]) -> Option<Result<Vec<Vec<u8>>, Fault>> {
    let broken = |reason: String| Some(Err(Fault::Broken { line: None, reason }));
    if !matches!(input, [SEQUENCE, _, ..]) {
        return None;
    }
    let mut certificates = Vec::new();
    let mut rest = input;
    while !rest.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        let Some(der) = outer_sequence(rest) else {
            // A long form of the length is no ASCII.
            return if input[1] < 0x80 {
                None
            } else {
                broken("is cut short, or something follows it".into())
            };
        };
        if let Err(reason) = roots::usable(der) {
            return if begins_with_integer(der) {
                Some(Err(Fault::PrivateKey { line: None }))
            } else {
                broken(format!("is no certificate: {reason}"))
            };
        }
        certificates.push(der.to_vec());
        rest = &rest[der.len()..];
    }
    Some(Ok(certificates))
}

/// PKCS#8, PKCS#1 and SEC1 begin with their version, a certificate with a SEQUENCE.
fn begins_with_integer(der: &[u8]) -> bool {
    header_length(der).and_then(|header| der.get(header)) == Some(&INTEGER)
}

/// The DER SEQUENCE at the start of `bytes`, header included; `None` where there is none or it is cut short.
fn outer_sequence(bytes: &[u8]) -> Option<&[u8]> {
    let header = header_length(bytes)?;
    let (&first, digits) = bytes.get(1..header)?.split_first()?;
    let length = if digits.is_empty() {
        usize::from(first)
    } else {
        digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit))
    };
    bytes.get(..header.checked_add(length)?)
}

/// Length of a SEQUENCE's tag and length.
fn header_length(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [SEQUENCE, 0..=0x7f, ..] => Some(2),
        [SEQUENCE, first @ 0x81..=0x84, ..] => Some(2 + usize::from(first & 0x7f)),
        _ => None,
    }
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
        let broken = |reason: &str| Fault::Broken { line: Some(self.line), reason: reason.to_owned() };
        let base64: String = self.body.replace("\\n", "").replace("\\r", "").split_whitespace().collect();
        let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
        let Ok(Some((Item::X509Certificate(der), _))) = rustls_pemfile::read_one_from_slice(pem.as_bytes())
        else {
            return Err(broken("is not base64"));
        };
        let der = outer_sequence(&der)
            .ok_or_else(|| broken("decodes to something that is no certificate, or to part of one"))?;
        roots::usable(der).map_err(|reason| broken(&format!("holds no certificate: {reason}")))?;
        Ok(der.to_vec())
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
        let broken = |reason: String| Some(Err(Fault::Broken { line: Some(line), reason }));

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
    use crate::tls::root::tests::certificate;

    /// The certificate below, as another program encoded it.
    const BASE64: &str = "MDIwKwIBADAAMAAwHhcNMjAwMTAxMDAwMDAwWhcNNDkxMjMxMjM1OTU5WjAAMAAwAAMBAA==";

    fn der() -> Vec<u8> {
        certificate(None, false)
    }

    fn pem(label: &str) -> String {
        format!("-----BEGIN {label}-----\n{BASE64}\n-----END {label}-----\n")
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn der_and_pem_are_the_same() {
        assert_eq!(read(&der()), Ok(vec![der()]));
        assert_eq!(read(pem("CERTIFICATE").as_bytes()), Ok(vec![der()]));
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
            format!("0 s:CN = gateway, and more than forty-eight characters\n{plain}"),
            pem("X509 CERTIFICATE"),
            pem("TRUSTED CERTIFICATE"),
        ] {
            assert_eq!(read(accident.as_bytes()), Ok(vec![der()]), "{accident:?}");
        }
    }

    #[test]
    fn utf_16_is_read_in_both_orders_with_and_without_a_mark() {
        for text in [pem("CERTIFICATE"), format!("\u{feff}Wurzel für Gerät\r\n{}", pem("CERTIFICATE"))] {
            assert_eq!(read(&utf16(&text, u16::to_le_bytes)), Ok(vec![der()]), "{text:?}");
            assert_eq!(read(&utf16(&text, u16::to_be_bytes)), Ok(vec![der()]), "{text:?}");
        }
        let key = utf16(&format!("\u{feff}\r\n{}", pem("PRIVATE KEY")), u16::to_le_bytes);
        assert_eq!(read(&key), Err(Fault::PrivateKey { line: Some(2) }));
    }

    #[test]
    fn a_trusted_certificate_is_cut_at_its_outer_sequence() {
        let trusted = pem("TRUSTED CERTIFICATE").replace("AA==", "ADAA");
        assert_ne!(trusted, pem("TRUSTED CERTIFICATE"));
        assert_eq!(read(trusted.as_bytes()), Ok(vec![der()]));
    }

    #[test]
    fn several_keep_their_order_even_without_a_line_break_between_them() {
        let two = format!("{}{}", pem("CERTIFICATE").trim_end(), pem("CERTIFICATE"));
        assert_eq!(read(two.as_bytes()).map(|all| all.len()), Ok(2));
        let other = certificate(None, true);
        assert_eq!(read(&[der(), other.clone(), vec![b'\n']].concat()), Ok(vec![der(), other]));
    }

    #[test]
    fn a_key_beside_a_certificate_does_no_harm_but_alone_it_is_named() {
        let both = format!("{}{}", pem("EC PRIVATE KEY"), pem("CERTIFICATE"));
        assert_eq!(read(both.as_bytes()).map(|all| all.len()), Ok(1));
        let alone = format!("\n{}", pem("PRIVATE KEY"));
        assert_eq!(read(alone.as_bytes()), Err(Fault::PrivateKey { line: Some(2) }));
        assert_eq!(read(&[0x30, 5, 2, 1, 0, 0x30, 0]), Err(Fault::PrivateKey { line: None }));
    }

    #[test]
    fn a_broken_section_names_its_line() {
        let first = pem("CERTIFICATE");
        let fault_of = |section: &str| read(format!("{first}{section}").as_bytes()).unwrap_err();
        let cut = fault_of(&format!("-----BEGIN CERTIFICATE-----\n{BASE64}\n"));
        assert_eq!(cut.to_string(), "the section at line 4 has no END CERTIFICATE marker");
        let garbled = fault_of(&first.replace("MDIw", "MDI*"));
        assert_eq!(garbled.to_string(), "the section at line 4 is not base64");
        for damaged in [first.replace("MDIwKwIB", "MDIwMCwC"), first.replace("AAMBAA==", "")] {
            assert_eq!(fault_of(&damaged).line(), Some(4), "{damaged}");
        }
    }

    #[test]
    fn der_that_is_no_certificate_or_part_of_one_is_told() {
        let long = certificate(Some(&vec![vec![0x30, 0]; 80]), false);
        assert_eq!(long[1], 0x81, "its length has the long form");
        for broken in [&long[..long.len() - 1], &long[..40], &[&der()[..], &[1]].concat(), &[0x30, 0x00]] {
            let fault = read(broken).unwrap_err();
            assert_eq!(fault.line(), None);
            if broken[1] >= 0x80 || broken.len() == 2 {
                assert!(matches!(fault, Fault::Broken { .. }), "{fault}");
            }
        }
    }

    #[test]
    fn nothing_is_nothing() {
        for nothing in
            ["", "0", "/etc/ssl/missing.pem", "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----"]
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
        for cut in 0..der().len() {
            let _ = read(&der()[..cut]);
            let mut flipped = der();
            flipped[cut] ^= 0x80;
            let _ = read(&flipped);
        }
        let _ = read(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]);
    }
}
