//! What one trusted certificate says of itself.
//!
//! To webpki an anchor is a name, a key and name constraints. Whether it is in date, an authority at all, and one for servers
//! this far away, is looked at here.

use std::fmt;

use der::asn1::{AnyRef, BitStringRef, GeneralizedTime, ObjectIdentifier, UtcTime};
use der::{DateTime, Decode, Reader, SliceReader, Tag};
use rustls::pki_types::UnixTime;

use super::x509::{Certificate, Extension};

/// The contents of object identifiers (RFC 5280 §4.2.1).
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 17];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];
const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];

/// What may be critical in a root besides: OpenSSL takes these for known too, and to webpki name constraints are.
const KNOWN: &[&[u8]] = &[
    &[0x55, 0x1d, 14],                              // subject key identifier
    &[0x55, 0x1d, 30],                              // name constraints
    &[0x55, 0x1d, 31],                              // CRL distribution points
    &[0x55, 0x1d, 32],                              // certificate policies
    &[0x55, 0x1d, 33],                              // policy mappings
    &[0x55, 0x1d, 35],                              // authority key identifier
    &[0x55, 0x1d, 36],                              // policy constraints
    &[0x55, 0x1d, 54],                              // inhibit any policy
    &[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 1], // Netscape certificate type
];

/// The bit keyCertSign of a key usage (RFC 5280 §4.2.1.3).
const KEY_CERT_SIGN: usize = 5;

/// Why a trusted certificate cannot be the end of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It is past this date.
    Expired(DateTime),
    /// It is before this date.
    NotYetValid(DateTime),
    /// It is no certificate of an authority.
    NoAuthority,
    /// Its extended key usage does not allow servers.
    Purpose,
    /// A critical extension that nobody here knows: its object identifier.
    Extension(String),
    /// It allows at most so many authorities below it.
    PathLength(usize),
}

impl fmt::Display for Unfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired(date) => write!(formatter, "expired on {date}"),
            Self::NotYetValid(date) => write!(formatter, "is not valid before {date}"),
            Self::NoAuthority => formatter.write_str("is no certificate of an authority"),
            Self::Purpose => formatter.write_str("is not for servers (extended key usage)"),
            Self::Extension(id) => {
                write!(formatter, "has the critical extension {id}, whose meaning is not known")
            }
            Self::PathLength(0) => formatter.write_str("allows no authority below it"),
            Self::PathLength(most) => write!(formatter, "allows at most {most} authorities below it"),
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
    /// Basic constraints: `pathLenConstraint`.
    path_length: Option<usize>,
    /// Key usage: keyCertSign.
    signs_certificates: Option<bool>,
    /// Extended key usage: serverAuth.
    server_auth: Option<bool>,
    /// The first critical extension that is not known.
    unknown: Option<String>,
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
        let certificate = Certificate::read(der)?;
        let mut validity = SliceReader::new(certificate.validity)?;
        let mut root = Self {
            not_before: time(&mut validity)?,
            not_after: time(&mut validity)?,
            version1: certificate.version1,
            authority: None,
            path_length: None,
            signs_certificates: None,
            server_auth: None,
            unknown: None,
            named: false,
        };
        certificate.extensions.iter().try_for_each(|extension| root.note(extension))?;
        Ok(root)
    }

    /// Notes one extension, if it matters here.
    fn note(&mut self, &Extension { id, critical, value }: &Extension<'_>) -> der::Result<()> {
        match id {
            BASIC_CONSTRAINTS => {
                (self.authority, self.path_length) = SliceReader::new(value)?.sequence(|constraints| {
                    let authority = Option::<bool>::decode(constraints)?.unwrap_or(false);
                    let length = Option::<u32>::decode(constraints)?;
                    // One that is larger than any path limits nothing.
                    let length = length.map(|length| usize::try_from(length).unwrap_or(usize::MAX));
                    Ok::<_, der::Error>((Some(authority), length))
                })?;
            }
            KEY_USAGE => {
                let usage = BitStringRef::from_der(value)?;
                self.signs_certificates = Some(usage.get(KEY_CERT_SIGN).unwrap_or(false));
            }
            EXTENDED_KEY_USAGE => {
                self.server_auth = Some(SliceReader::new(value)?.sequence(|purposes| {
                    let mut found = false;
                    while !purposes.is_finished() {
                        found |= AnyRef::decode(purposes)?.value() == SERVER_AUTH;
                    }
                    Ok::<_, der::Error>(found)
                })?);
            }
            SUBJECT_ALT_NAME => self.named = true,
            _ if critical && !KNOWN.contains(&id) => {
                self.unknown.get_or_insert_with(|| dotted(id));
            }
            _ => {}
        }
        Ok(())
    }

    /// Why it cannot be the end of a path with so many `authorities` between it and the server, at `now`; `None`: it can.
    /// An authority that is its own issuer is not counted (RFC 5280 §4.2.1.9).
    pub(super) fn unfit(&self, authorities: usize, now: UnixTime) -> Option<Unfit> {
        if let Some(extension) = &self.unknown {
            return Some(Unfit::Extension(extension.clone()));
        }
        if !self.may_sign() {
            return Some(Unfit::NoAuthority);
        }
        if !self.serves() {
            return Some(Unfit::Purpose);
        }
        match self.path_length {
            Some(most) if authorities > most => Some(Unfit::PathLength(most)),
            _ => self.out_of_date(now),
        }
    }

    /// Why it cannot be a server's own certificate at `now`; `None`: it can.
    pub(super) fn unfit_as_server(&self, now: UnixTime) -> Option<Unfit> {
        match &self.unknown {
            Some(extension) => Some(Unfit::Extension(extension.clone())),
            None if !self.serves() => Some(Unfit::Purpose),
            None => self.out_of_date(now),
        }
    }

    /// Both dates are included (RFC 5280 §4.1.2.5).
    fn out_of_date(&self, now: UnixTime) -> Option<Unfit> {
        if now.as_secs() < self.not_before.unix_duration().as_secs() {
            Some(Unfit::NotYetValid(self.not_before))
        } else if now.as_secs() > self.not_after.unix_duration().as_secs() {
            Some(Unfit::Expired(self.not_after))
        } else {
            None
        }
    }

    /// A server may present it, or one below it: as everywhere, nothing said means that it may.
    fn serves(&self) -> bool {
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

/// `1.2.840.113556`; in hexadecimal where that is too long to be read.
fn dotted(id: &[u8]) -> String {
    match ObjectIdentifier::from_bytes(id) {
        Ok(id) => id.to_string(),
        Err(_) => id.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::*;
    use crate::tls::x509::tests::{extension, tlv};

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
        assert_eq!(root.unfit(0, at(START)), None);
        assert_eq!(root.unfit(0, at(END)), None);
        let early = root.unfit(0, at(START - 1)).unwrap();
        assert_eq!(early.to_string(), "is not valid before 2020-01-01T00:00:00Z");
        assert_eq!(root.unfit(0, at(END + 1)).unwrap().to_string(), "expired on 2049-12-31T23:59:59Z");
    }

    #[test]
    fn dates_from_2050_on_are_read() {
        let root = Root::read(&certificate(Some(&[extension(19, true, CA_TRUE)]), true)).unwrap();
        assert_eq!(root.unfit(0, at(END + 1)), None);
        assert!(matches!(root.unfit(0, at(END + 2)), Some(Unfit::Expired(_))));
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
            assert_eq!(root.unfit(0, at(START)), (!authority).then_some(Unfit::NoAuthority), "{root:?}");
        }
    }

    #[test]
    fn a_server_certificate_says_nothing_of_its_purpose_or_the_right_one() {
        let purpose = |last| {
            let id = tlv(6, &[&[0x2b, 6, 1, 5, 5, 7, 3, last]]);
            Root::read(&certificate(Some(&[extension(37, false, &tlv(0x30, &[&id]))]), false)).unwrap()
        };
        assert_eq!(purpose(1).unfit_as_server(at(START)), None);
        assert_eq!(purpose(2).unfit_as_server(at(START)), Some(Unfit::Purpose));
        let silent = Root::read(&certificate(Some(&[]), false)).unwrap();
        assert_eq!(silent.unfit_as_server(at(START)), None);
    }

    #[test]
    fn so_many_authorities_may_stand_below_as_the_path_length_says() {
        for (constraints, most) in [
            (CA_TRUE, Some(0)),
            (&[0x30, 6, 1, 1, 0xff, 2, 1, 2], Some(2)),
            (&[0x30, 7, 1, 1, 0xff, 2, 2, 1, 0], Some(256)),
            (&[0x30, 3, 1, 1, 0xff], None),
        ] {
            let root = Root::read(&certificate(Some(&[extension(19, true, constraints)]), false)).unwrap();
            for authorities in [0, 1, 2, 3, 256, 257] {
                let refused = most.filter(|&most| authorities > most).map(Unfit::PathLength);
                assert_eq!(root.unfit(authorities, at(START)), refused, "{constraints:?}");
            }
        }
        assert!(
            Root::read(&certificate(Some(&[extension(19, true, &[0x30, 3, 2, 1, 0xff])]), false)).is_err()
        );
    }

    #[test]
    fn a_critical_extension_that_is_not_known_is_named() {
        let authority = extension(19, true, &[0x30, 3, 1, 1, 0xff]);
        let unfit = |more: &[Vec<u8>]| {
            let extensions = [std::slice::from_ref(&authority), more].concat();
            Root::read(&certificate(Some(&extensions), false)).unwrap().unfit(0, at(START))
        };
        for known in [14, 30, 31, 32, 33, 35, 36, 54] {
            assert_eq!(unfit(&[extension(known, true, &[5, 0])]), None, "{known}");
        }
        assert_eq!(unfit(&[extension(99, false, &[5, 0])]), None);
        let both = [extension(99, true, &[5, 0]), extension(100, true, &[5, 0])];
        assert_eq!(unfit(&both), Some(Unfit::Extension("2.5.29.99".into())));
        let unreadable = tlv(0x30, &[&tlv(6, &[&[0xff; 50]]), &[1, 1, 0xff], &tlv(4, &[&[5, 0]])]);
        assert_eq!(unfit(&[unreadable]), Some(Unfit::Extension("ff".repeat(50))));
    }

    #[test]
    fn a_root_for_others_is_not_one_for_servers() {
        let authority = extension(19, true, &[0x30, 3, 1, 1, 0xff]);
        let email = tlv(6, &[&[0x2b, 6, 1, 5, 5, 7, 3, 4]]);
        let server = tlv(6, &[SERVER_AUTH]);
        for (purposes, verdict) in [(vec![&email[..]], Some(Unfit::Purpose)), (vec![&email, &server], None)] {
            let usage = extension(37, false, &tlv(0x30, &purposes));
            let root = Root::read(&certificate(Some(&[authority.clone(), usage]), false)).unwrap();
            assert_eq!(root.unfit(0, at(START)), verdict);
        }
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
