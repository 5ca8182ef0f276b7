//! Certificates as people paste them: whatever the input, an answer; and what is read is read again as the same.

use edge_downstream::tls::certificates;
use fastrand::Rng;

use crate::chains::some;
use crate::der::{restructure, scramble};

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const LABELS: [&str; 6] =
    ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "PRIVATE KEY", "CERTIFICATE REQUEST", "X"];

pub(crate) fn execute(random: &mut Rng) {
    let mut input = Vec::new();
    for _ in 0..random.usize(..4) {
        let mut der = some(random).to_vec();
        if random.u8(..3) == 0 {
            der = restructure(&der, some(random), random);
        }
        if random.u8(..4) == 0 { input.extend(der) } else { input.extend(pem(&der, random).bytes()) }
    }
    if random.bool() {
        (0..random.usize(1..6)).for_each(|_| scramble(&mut input, random));
    }
    if random.u8(..8) == 0 {
        input = utf16(&input, random.bool());
    }
    let Ok(found) = certificates::read(&input) else { return };
    assert!(!found.is_empty(), "an input with no certificate is a fault");
    let again: String = found.iter().map(|der| section("CERTIFICATE", der, "\n")).collect();
    assert_eq!(certificates::read(again.as_bytes()), Ok(found), "what was read is read again");
}

/// With the accidents that are forgiven, and others.
fn pem(der: &[u8], random: &mut Rng) -> String {
    let label = if random.u8(..4) == 0 { LABELS[random.usize(..LABELS.len())] } else { LABELS[0] };
    let end = ["\n", "\r\n", "\\n", " ", "\n    ", "\r"][random.usize(..6)];
    let section = section(label, der, end);
    match random.u8(..6) {
        0 => format!("\u{feff}{section}"),
        1 => format!("subject=/CN=x\n{section}trailing words"),
        2 => section.replace("-----END", "----END"),
        3 => section.trim_end().to_owned(),
        _ => section,
    }
}

fn section(label: &str, der: &[u8], end: &str) -> String {
    let body: Vec<_> =
        base64(der).chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    format!("-----BEGIN {label}-----{end}{}{end}-----END {label}-----{end}", body.join(end))
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0u32, |sum, &byte| (sum << 8) | u32::from(byte)) << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let value = (group >> (18 - 6 * digit)) & 63;
            text.push(if digit <= chunk.len() { BASE64[value as usize] } else { b'=' });
        }
    }
    text
}

fn utf16(bytes: &[u8], big: bool) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chains::CHAIN;

    #[test]
    fn what_is_made_without_accidents_is_read() {
        for der in CHAIN {
            assert_eq!(
                certificates::read(section("CERTIFICATE", der, "\n").as_bytes()),
                Ok(vec![der.to_vec()])
            );
        }
    }
}
