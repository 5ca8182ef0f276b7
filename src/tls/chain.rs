//! What a gateway presents, made fit for a search: bounded in number and size, and in the ways its names lead.
//!
//! webpki looks for a path by names alone and tries every one: ten certificates of one name are a search of seconds. How far
//! it would go is counted here first, without a signature, and a chain that would take longer than any gateway's is refused.

use std::fmt;

use der::asn1::AnyRef;
use der::{Decode, Reader, SliceReader};
use rustls::pki_types::CertificateDer;

use super::x509::Certificate;

/// IoT Edge presents two to five, public servers no more; the rest is for what is presented twice or beside the point.
pub(super) const MOST_CERTIFICATES: usize = 16;
/// A certificate of the field has 0.5 to 2 KiB, one with many names four times that.
pub(super) const MOST_BYTES: usize = 32 << 10;
/// Authorities between leaf and root: as many as webpki follows.
pub(super) const MOST_AUTHORITIES: usize = 6;
/// Three generations of each authority, roots included, stay below it.
pub(super) const MOST_STEPS: usize = 256;
/// Names, times the name constraints they are compared with.
pub(super) const MOST_COMPARISONS: usize = 1 << 16;

const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 17];
const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 30];

/// Why no path is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excess {
    Certificates(usize),
    Bytes(usize),
    /// A path would be longer than [`MOST_AUTHORITIES`].
    Authorities,
    Steps,
    Comparisons,
    /// See [`Checks`](super::signatures::Checks).
    Signatures,
}

impl fmt::Display for Excess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificates(count) => {
                write!(
                    formatter,
                    "{count} certificates are presented, and at most {MOST_CERTIFICATES} are looked at"
                )
            }
            Self::Bytes(bytes) => {
                write!(
                    formatter,
                    "{bytes} bytes of certificates are presented, and at most {MOST_BYTES} are looked at"
                )
            }
            Self::Authorities => {
                write!(formatter, "more than {MOST_AUTHORITIES} authorities stand between leaf and root")
            }
            Self::Steps => formatter.write_str("too many of the certificates presented have the same name"),
            Self::Comparisons => formatter.write_str("they hold too many names and name constraints"),
            Self::Signatures => formatter.write_str("too many signatures would have to be checked"),
        }
    }
}

impl std::error::Error for Excess {}

/// The certificates that may stand between `leaf` and a root: those presented, each once, without what cannot be read.
///
/// # Errors
///
/// They are more than a search is worth, see [`Excess`].
pub(super) fn bounded<'a>(
    leaf: &'a CertificateDer<'a>,
    presented: &'a [CertificateDer<'a>],
) -> Result<Vec<CertificateDer<'a>>, Excess> {
    let count = 1 + presented.len();
    if count > MOST_CERTIFICATES {
        return Err(Excess::Certificates(count));
    }
    let bytes = leaf.len() + presented.iter().map(|der| der.len()).sum::<usize>();
    if bytes > MOST_BYTES {
        return Err(Excess::Bytes(bytes));
    }
    let mut kept: Vec<CertificateDer<'a>> = Vec::with_capacity(presented.len());
    let mut between = Vec::with_capacity(presented.len());
    for der in presented {
        // What is not even that is nothing to webpki either.
        if let Ok(certificate) = Certificate::read(der)
            && der != leaf
            && !kept.contains(der)
        {
            kept.push(CertificateDer::from(&**der));
            between.push(certificate);
        }
    }
    // It says itself what is wrong with a leaf that cannot be read.
    let Ok(leaf) = Certificate::read(leaf) else { return Ok(kept) };
    if comparisons(&leaf, &between) > MOST_COMPARISONS {
        return Err(Excess::Comparisons);
    }
    let mut walk = Walk { between: &between, path: vec![&leaf], left: MOST_STEPS };
    if walk.on() { Ok(kept) } else { Err(Excess::Steps) }
}

/// The search as webpki makes it, but by names only.
struct Walk<'a> {
    between: &'a [Certificate<'a>],
    path: Vec<&'a Certificate<'a>>,
    left: usize,
}

impl<'a> Walk<'a> {
    /// Goes on from the end of the path, every way; false: there were more steps than are allowed.
    fn on(&mut self) -> bool {
        let Some(&head) = self.path.last() else { return true };
        for issuer in self.between.iter().filter(|each| each.subject == head.issuer) {
            let is_loop = |each: &&Certificate<'_>| each.key == issuer.key && each.subject == issuer.subject;
            if self.path.iter().any(is_loop) {
                continue;
            }
            if self.left == 0 {
                return false;
            }
            self.left -= 1;
            if self.path.len() <= MOST_AUTHORITIES {
                self.path.push(issuer);
                if !self.on() {
                    return false;
                }
                self.path.pop();
            }
        }
        true
    }
}

/// At most so many comparisons of a name with a name constraint are made along one path.
fn comparisons(leaf: &Certificate<'_>, between: &[Certificate<'_>]) -> usize {
    let names: usize = std::iter::once(leaf).chain(between).map(|each| 1 + names_in(each)).sum();
    let constraints: usize = between.iter().map(constraints_in).sum();
    names.saturating_mul(constraints)
}

fn names_in(certificate: &Certificate<'_>) -> usize {
    certificate.extension(SUBJECT_ALT_NAME).map_or(0, elements)
}

/// Of both kinds, permitted and excluded: each is an element that holds a list.
fn constraints_in(certificate: &Certificate<'_>) -> usize {
    let Some(Ok(content)) = certificate.extension(NAME_CONSTRAINTS).map(AnyRef::from_der) else { return 0 };
    let Ok(mut reader) = SliceReader::new(content.value()) else { return 0 };
    let mut count = 0;
    while let Ok(list) = AnyRef::decode(&mut reader) {
        count += elements_of(list.value());
    }
    count
}

/// The elements of a SEQUENCE, as far as it can be read.
fn elements(sequence: &[u8]) -> usize {
    AnyRef::from_der(sequence).map_or(0, |sequence| elements_of(sequence.value()))
}

fn elements_of(content: &[u8]) -> usize {
    let Ok(mut reader) = SliceReader::new(content) else { return 0 };
    let mut count = 0;
    while !reader.is_finished() && AnyRef::decode(&mut reader).is_ok() {
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::x509::tests::{certificate, extension, tlv};

    /// By `subject<issuer` or, with another key, `subject<issuer/2`.
    fn chain(names: &[&str]) -> Vec<CertificateDer<'static>> {
        let one = |text: &&str| {
            let (names, key) = text.split_once('/').unwrap_or((text, "1"));
            let (subject, issuer) = names.split_once('<').unwrap();
            CertificateDer::from(certificate(subject, issuer, key.parse().unwrap(), &[]))
        };
        names.iter().map(one).collect()
    }

    fn kept(names: &[&str]) -> Result<usize, Excess> {
        let all = chain(names);
        bounded(&all[0], &all[1..]).map(|kept| kept.len())
    }

    /// So many of one name, each issued by that name.
    fn namesakes(count: u8) -> Vec<String> {
        let all = (1..=count).map(|key| format!("x<x/{key}"));
        std::iter::once("leaf<x".to_owned()).chain(all).collect()
    }

    #[test]
    fn chains_of_the_field_are_kept_each_certificate_once() {
        assert_eq!(kept(&["leaf<ca"]), Ok(0));
        assert_eq!(kept(&["leaf<ca", "ca<between", "between<root"]), Ok(2));
        assert_eq!(kept(&["leaf<ca", "root<root", "ca<root", "leaf<ca", "root<root"]), Ok(2));
        let generations = |count: u8| {
            let of = |name: &str, issuer: &str| -> Vec<String> {
                (1..=count).map(|key| format!("{name}<{issuer}/{key}")).collect()
            };
            let all =
                [vec!["leaf<ca".to_owned()], of("ca", "between"), of("between", "root"), of("root", "root")];
            kept(&all.concat().iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert_eq!((1..=3).map(generations).collect::<Vec<_>>(), [Ok(3), Ok(6), Ok(9)]);
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let all = [chain(&["leaf<ca", "ca<root"]), vec![CertificateDer::from(vec![0x30, 0])]].concat();
        assert_eq!(bounded(&all[0], &all[1..]), Ok(all[1..2].to_vec()));
        assert_eq!(bounded(&all[2], &all[..1]), Ok(all[..1].to_vec()), "and so is the leaf's verdict");
    }

    #[test]
    fn number_and_size_are_bounded() {
        let many: Vec<String> = (0..20).map(|index| format!("a{index}<b{index}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(kept(&many[..MOST_CERTIFICATES]), Ok(MOST_CERTIFICATES - 1));
        assert_eq!(kept(&many[..=MOST_CERTIFICATES]), Err(Excess::Certificates(17)));
        let large = CertificateDer::from(certificate("a", "b", 1, &[extension(17, false, &[0; 20_000])]));
        assert_eq!(bounded(&large, &[]).map(|kept| kept.len()), Ok(0));
        let Err(Excess::Bytes(bytes)) = bounded(&large, std::slice::from_ref(&large)) else { panic!() };
        assert_eq!(bytes, 2 * large.len());
    }

    #[test]
    fn a_search_of_many_steps_is_not_begun() {
        for count in 1..16 {
            let names = namesakes(count);
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            // The ways without a loop through so many: 5 + 5·4 + 5·4·3 + … = 325.
            let expected = if count < 5 { Ok(usize::from(count)) } else { Err(Excess::Steps) };
            assert_eq!(kept(&names), expected, "{count} of one name");
        }
    }

    #[test]
    fn many_names_under_many_constraints_are_not_compared() {
        let names = |count| {
            let all = vec![vec![0x82, 1, b'a']; count];
            extension(17, false, &tlv(0x30, &all.iter().map(Vec::as_slice).collect::<Vec<_>>()))
        };
        let constraints = |count| {
            let all = vec![vec![0x30, 3, 0x82, 1, b'b']; count];
            let list = tlv(0xa1, &all.iter().map(Vec::as_slice).collect::<Vec<_>>());
            extension(30, true, &tlv(0x30, &[&list]))
        };
        let excess = |of_names, of_constraints| {
            let leaf = CertificateDer::from(certificate("leaf", "ca", 1, &[names(of_names)]));
            let ca = CertificateDer::from(certificate("ca", "root", 1, &[constraints(of_constraints)]));
            bounded(&leaf, std::slice::from_ref(&ca)).map(|kept| kept.len())
        };
        assert_eq!(excess(100, 100), Ok(1));
        assert_eq!(excess(254, 256), Ok(1), "with the two subjects 65 536");
        assert_eq!(excess(255, 256), Err(Excess::Comparisons));
    }
}
