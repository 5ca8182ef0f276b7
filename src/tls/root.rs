//! What one trusted certificate says of itself.
//!
//! To webpki an anchor is a name and a key. Whether it is in date, and an authority at all, is looked at here; what a
//! server presents is read by webpki alone.

use std::fmt;

use der::asn1::{AnyRef, BitStringRef, GeneralizedTime, ObjectIdentifier, OctetStringRef, UtcTime};
use der::{Class, DateTime, Decode, Reader, SliceReader, Tag, TagNumber};
use rustls::pki_types::UnixTime;

const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");

/// The bit keyCertSign of a key usage (RFC 5280 §4.2.1.3).
const KEY_CERT_SIGN: usize = 5;

/// Why a trusted certificate cannot be the end of a path, whoever it vouches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It is past this date.
    Expired(DateTime),
    /// It is before this date.
    NotYetValid(DateTime),
    /// It is no certificate of an authority.
    NoAuthority,
}

impl fmt::Display for Unfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired(date) => write!(formatter, "expired on {date}"),
            Self::NotYetValid(date) => write!(formatter, "is not valid before {date}"),
            Self::NoAuthority => formatter.write_str("is no certificate of an authority"),
        }
    }
}

/// The fields of a trusted certificate that decide what it is good for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Root {
    not_before: DateTime,
    not_after: DateTime,
    version1: bool,
    /// Basic constraints: `cA`.
    authority: Option<bool>,
    /// Key usage: keyCertSign.
    signs_certificates: Option<bool>,
    /// Extended key usage: serverAuth.
    server_auth: Option<bool>,
    /// It has subject alternative names.
    pub(super) named: bool,
}

impl Root {
    /// Reads a certificate.
    ///
    /// # Errors
    ///
    /// It is not DER, or no X.509 certificate.
    pub(super) fn read(der: &[u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(der)?;
        let root = reader.sequence(|certificate| {
            let root = certificate.sequence(Self::read_fields)?;
            skip(certificate, 2)?; // signatureAlgorithm, signatureValue
            Ok::<_, der::Error>(root)
        })?;
        reader.finish()?;
        Ok(root)
    }

    /// The content of a TBSCertificate (RFC 5280 §4.1.2).
    fn read_fields<'a>(fields: &mut SliceReader<'a>) -> der::Result<Self> {
        let version1 = !Tag::peek(fields)?.is_context_specific();
        skip(fields, if version1 { 3 } else { 4 })?; // version, serialNumber, signature, issuer
        let (not_before, not_after) =
            fields.sequence(|validity| Ok::<_, der::Error>((time(validity)?, time(validity)?)))?;
        skip(fields, 2)?; // subject, subjectPublicKeyInfo
        let mut root = Self {
            not_before,
            not_after,
            version1,
            authority: None,
            signs_certificates: None,
            server_auth: None,
            named: false,
        };
        while !fields.is_finished() {
            let field: AnyRef<'a> = fields.decode()?;
            let tag = field.header().tag();
            if tag.class() == Class::ContextSpecific && tag.number() == TagNumber(3) {
                let mut extensions = SliceReader::new(field.value())?;
                extensions.sequence(|list| {
                    while !list.is_finished() {
                        list.sequence(|extension| root.note(extension))?;
                    }
                    Ok::<_, der::Error>(())
                })?;
            }
        }
        Ok(root)
    }

    /// Notes one extension, if it matters here.
    fn note(&mut self, extension: &mut SliceReader<'_>) -> der::Result<()> {
        let id = ObjectIdentifier::decode(extension)?;
        if Tag::peek(extension)? == Tag::Boolean {
            skip(extension, 1)?; // critical
        }
        let value = <&OctetStringRef>::decode(extension)?.as_bytes();
        match id {
            BASIC_CONSTRAINTS => {
                self.authority = Some(SliceReader::new(value)?.sequence(|constraints| {
                    let authority = Option::<bool>::decode(constraints)?.unwrap_or(false);
                    skip_rest(constraints)?; // pathLenConstraint
                    Ok::<_, der::Error>(authority)
                })?);
            }
            KEY_USAGE => {
                let usage = BitStringRef::from_der(value)?;
                self.signs_certificates = Some(usage.get(KEY_CERT_SIGN).unwrap_or(false));
            }
            EXTENDED_KEY_USAGE => {
                self.server_auth = Some(SliceReader::new(value)?.sequence(|purposes| {
                    let mut found = false;
                    while !purposes.is_finished() {
                        found |= ObjectIdentifier::decode(purposes)? == SERVER_AUTH;
                    }
                    Ok::<_, der::Error>(found)
                })?);
            }
            SUBJECT_ALT_NAME => self.named = true,
            _ => {}
        }
        Ok(())
    }

    /// Why it cannot be the end of a path at `now`; `None`: it can.
    pub(super) fn unfit(&self, now: UnixTime) -> Option<Unfit> {
        if !self.may_sign() {
            return Some(Unfit::NoAuthority);
        }
        self.out_of_date(now)
    }

    /// Both dates are included (RFC 5280 §4.1.2.5).
    pub(super) fn out_of_date(&self, now: UnixTime) -> Option<Unfit> {
        if now.as_secs() < self.not_before.unix_duration().as_secs() {
            Some(Unfit::NotYetValid(self.not_before))
        } else if now.as_secs() > self.not_after.unix_duration().as_secs() {
            Some(Unfit::Expired(self.not_after))
        } else {
            None
        }
    }

    /// A server may present it: as everywhere, nothing said means that it may.
    pub(super) fn serves(&self) -> bool {
        self.server_auth.unwrap_or(true)
    }

    /// As OpenSSL judges: CA:TRUE; else, where nothing is said of that, a version without extensions or a key usage.
    /// A key usage that is there must allow it.
    fn may_sign(&self) -> bool {
        self.signs_certificates.unwrap_or(true)
            && self.authority.unwrap_or(self.version1 || self.signs_certificates.is_some())
    }
}

/// UTCTime or GeneralizedTime.
fn time<'a>(reader: &mut impl Reader<'a>) -> der::Result<DateTime> {
    match Tag::peek(reader)? {
        Tag::UtcTime => Ok(UtcTime::decode(reader)?.to_date_time()),
        _ => Ok(GeneralizedTime::decode(reader)?.to_date_time()),
    }
}

fn skip<'a>(reader: &mut impl Reader<'a>, count: usize) -> der::Result<()> {
    (0..count).try_for_each(|_| AnyRef::decode(reader).map(drop))
}

fn skip_rest<'a>(reader: &mut impl Reader<'a>) -> der::Result<()> {
    while !reader.is_finished() {
        skip(reader, 1)?;
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::*;

    fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let length = u16::try_from(content.len()).unwrap();
        let header = match length {
            0..0x80 => vec![tag, length as u8],
            0x80..0x100 => vec![tag, 0x81, length as u8],
            _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
        };
        [header, content].concat()
    }

    fn extension(id: u8, critical: bool, value: &[u8]) -> Vec<u8> {
        let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
        tlv(0x30, &[&[6, 3, 0x55, 0x1d, id], critical, &tlv(4, &[value])])
    }

    const CA_TRUE: &[u8] = &[0x30, 6, 1, 1, 0xff, 2, 1, 0];
    const CA_FALSE: &[u8] = &[0x30, 0];
    const CERT_SIGN: &[u8] = &[3, 2, 1, 0b0000_0110];
    const DIGITAL_SIGNATURE: &[u8] = &[3, 2, 7, 0b1000_0000];

    /// A certificate from 2020 to the end of 2049 or, as GeneralizedTime, 2050; `None`: version 1.
    pub(crate) fn certificate(extensions: Option<&[Vec<u8>]>, generalized: bool) -> Vec<u8> {
        let empty = tlv(0x30, &[]);
        let end = if generalized { tlv(0x18, &[b"20500101000000Z"]) } else { tlv(0x17, &[b"491231235959Z"]) };
        let validity = tlv(0x30, &[&tlv(0x17, &[b"200101000000Z"]), &end]);
        let version = extensions.map_or(Vec::new(), |_| vec![0xa0, 3, 2, 1, 2]);
        let extensions = extensions.map_or(Vec::new(), |all| {
            let all: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
            tlv(0xa3, &[&tlv(0x30, &all)])
        });
        // Serial number 0, as edgeHub's.
        let fields =
            tlv(0x30, &[&version, &[2, 1, 0], &empty, &empty, &validity, &empty, &empty, &extensions]);
        tlv(0x30, &[&fields, &empty, &[3, 1, 0]])
    }

    fn at(seconds: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    const START: u64 = 1_577_836_800;
    const END: u64 = 2_524_607_999;

    #[test]
    fn both_dates_are_included() {
        let root = Root::read(&certificate(Some(&[extension(19, true, CA_TRUE)]), false)).unwrap();
        assert_eq!(root.unfit(at(START)), None);
        assert_eq!(root.unfit(at(END)), None);
        let early = root.unfit(at(START - 1)).unwrap();
        assert_eq!(early.to_string(), "is not valid before 2020-01-01T00:00:00Z");
        assert_eq!(root.unfit(at(END + 1)).unwrap().to_string(), "expired on 2049-12-31T23:59:59Z");
    }

    #[test]
    fn dates_from_2050_on_are_read() {
        let root = Root::read(&certificate(Some(&[extension(19, true, CA_TRUE)]), true)).unwrap();
        assert_eq!(root.unfit(at(END + 1)), None);
        assert!(matches!(root.unfit(at(END + 2)), Some(Unfit::Expired(_))));
    }

    #[test]
    fn an_authority_is_what_openssl_takes_for_one() {
        let constraints = |value| extension(19, true, value);
        let usage = |value| extension(15, true, value);
        for (extensions, authority) in [
            (None, true),
            (Some(vec![]), false),
            (Some(vec![constraints(CA_TRUE)]), true),
            (Some(vec![constraints(CA_FALSE)]), false),
            (Some(vec![constraints(CA_TRUE), usage(CERT_SIGN)]), true),
            (Some(vec![constraints(CA_TRUE), usage(DIGITAL_SIGNATURE)]), false),
            (Some(vec![constraints(CA_FALSE), usage(CERT_SIGN)]), false),
            (Some(vec![usage(CERT_SIGN)]), true),
            (Some(vec![usage(DIGITAL_SIGNATURE)]), false),
        ] {
            let root = Root::read(&certificate(extensions.as_deref(), false)).unwrap();
            assert_eq!(root.unfit(at(START)), (!authority).then_some(Unfit::NoAuthority), "{root:?}");
        }
    }

    #[test]
    fn a_server_certificate_says_nothing_of_its_purpose_or_the_right_one() {
        let purpose = |last| {
            let id = tlv(6, &[&[0x2b, 6, 1, 5, 5, 7, 3, last]]);
            Root::read(&certificate(Some(&[extension(37, false, &tlv(0x30, &[&id]))]), false)).unwrap()
        };
        assert!(purpose(1).serves());
        assert!(!purpose(2).serves());
        assert!(Root::read(&certificate(Some(&[]), false)).unwrap().serves());
    }

    #[test]
    fn names_are_noticed() {
        let named = certificate(Some(&[extension(17, false, &[0x30, 0])]), false);
        assert!(Root::read(&named).unwrap().named);
        assert!(!Root::read(&certificate(Some(&[]), false)).unwrap().named);
    }

    #[test]
    fn every_cut_and_every_changed_byte_gives_an_answer() {
        let der = certificate(
            Some(&[extension(19, true, CA_TRUE), extension(15, true, CERT_SIGN), extension(17, false, &[])]),
            true,
        );
        Root::read(&der).unwrap();
        for cut in 0..der.len() {
            assert!(Root::read(&der[..cut]).is_err(), "cut at {cut}");
            for value in [0, 1, 0x30, 0x7f, 0x80, 0x84, 0xff] {
                let mut changed = der.clone();
                changed[cut] = value;
                let _ = Root::read(&changed);
            }
        }
        assert!(Root::read(&[der, vec![0]].concat()).is_err(), "something follows");
    }
}
