//! The fields of a certificate (RFC 5280 §4.1) that anything here looks at, where they lie in its DER.
//!
//! Total over any bytes, and in one pass. What the fields mean is judged by `root` and `chain`, and by webpki.

use der::asn1::{AnyRef, OctetStringRef};
use der::{Class, Decode, Reader, SliceReader, Tag, TagNumber};

/// A certificate, borrowed from its DER.
#[derive(Debug)]
pub(super) struct Certificate<'a> {
    /// It has no version field, so no extensions either.
    pub(super) version1: bool,
    /// The issuer's name, in DER.
    pub(super) issuer: &'a [u8],
    /// The content of the validity.
    pub(super) validity: &'a [u8],
    /// Its own name, in DER.
    pub(super) subject: &'a [u8],
    /// Its public key with the kind, in DER.
    pub(super) key: &'a [u8],
    /// In their order.
    pub(super) extensions: Vec<Extension<'a>>,
}

/// One extension of a certificate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extension<'a> {
    /// The content of its object identifier.
    pub(super) id: &'a [u8],
    /// Who does not know it must refuse the certificate.
    pub(super) critical: bool,
    /// What its octets hold.
    pub(super) value: &'a [u8],
}

impl<'a> Certificate<'a> {
    /// Reads a certificate.
    ///
    /// # Errors
    ///
    /// It is not DER, or no X.509 certificate, or something follows it.
    pub(super) fn read(der: &'a [u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(der)?;
        let certificate = reader.sequence(|certificate| {
            let fields = certificate.sequence(Self::read_fields)?;
            skip(certificate, 2)?; // signatureAlgorithm, signatureValue
            Ok::<_, der::Error>(fields)
        })?;
        reader.finish()?;
        Ok(certificate)
    }

    /// The content of a TBSCertificate (RFC 5280 §4.1.2).
    fn read_fields(fields: &mut SliceReader<'a>) -> der::Result<Self> {
        let version1 = !Tag::peek(fields)?.is_context_specific();
        skip(fields, if version1 { 2 } else { 3 })?; // version, serialNumber, signature
        let issuer = fields.tlv_bytes()?;
        let validity = AnyRef::decode(fields)?.value();
        let mut certificate = Self {
            version1,
            issuer,
            validity,
            subject: fields.tlv_bytes()?,
            key: fields.tlv_bytes()?,
            extensions: Vec::new(),
        };
        while !fields.is_finished() {
            let field: AnyRef<'a> = fields.decode()?;
            let tag = field.header().tag();
            if tag.class() == Class::ContextSpecific && tag.number() == TagNumber(3) {
                certificate.extensions = read_extensions(field.value())?;
            }
        }
        Ok(certificate)
    }

    /// The value of the extension `id`, where it has one.
    pub(super) fn extension(&self, id: &[u8]) -> Option<&'a [u8]> {
        self.extensions.iter().find(|extension| extension.id == id).map(|extension| extension.value)
    }
}

fn read_extensions(content: &[u8]) -> der::Result<Vec<Extension<'_>>> {
    SliceReader::new(content)?.sequence(|list| {
        let mut extensions = Vec::new();
        while !list.is_finished() {
            extensions.push(list.sequence(|extension| {
                let id = AnyRef::decode(extension)?.value();
                let critical = Option::<bool>::decode(extension)?.unwrap_or(false);
                let value = <&OctetStringRef>::decode(extension)?.as_bytes();
                Ok::<_, der::Error>(Extension { id, critical, value })
            })?);
        }
        Ok(extensions)
    })
}

/// Passes over `count` values.
pub(super) fn skip<'a>(reader: &mut impl Reader<'a>, count: usize) -> der::Result<()> {
    (0..count).try_for_each(|_| AnyRef::decode(reader).map(drop))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A value of DER.
    pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let length = u16::try_from(content.len()).unwrap();
        let header = match length {
            0..0x80 => vec![tag, length as u8],
            0x80..0x100 => vec![tag, 0x81, length as u8],
            _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
        };
        [header, content].concat()
    }

    /// One of those under 2.5.29.
    pub(crate) fn extension(id: u8, critical: bool, value: &[u8]) -> Vec<u8> {
        let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
        tlv(0x30, &[&[6, 3, 0x55, 0x1d, id], critical, &tlv(4, &[value])])
    }

    /// A certificate of these names, key and extensions, and nothing else that anybody could believe.
    pub(crate) fn certificate(subject: &str, issuer: &str, key: u8, extensions: &[Vec<u8>]) -> Vec<u8> {
        let name = |text: &str| tlv(0x30, &[&tlv(0x0c, &[text.as_bytes()])]);
        let empty = tlv(0x30, &[]);
        let extensions: Vec<&[u8]> = extensions.iter().map(Vec::as_slice).collect();
        let fields = tlv(
            0x30,
            &[
                &[0xa0, 3, 2, 1, 2],
                &[2, 1, 0],
                &empty,
                &name(issuer),
                &empty,
                &name(subject),
                &tlv(0x30, &[&[2, 1, key]]),
                &tlv(0xa3, &[&tlv(0x30, &extensions)]),
            ],
        );
        tlv(0x30, &[&fields, &empty, &[3, 1, 0]])
    }

    #[test]
    fn the_fields_are_found() {
        let der = certificate("leaf", "root", 7, &[extension(17, true, &[1, 2]), extension(30, false, &[])]);
        let read = Certificate::read(&der).unwrap();
        assert_eq!((read.subject, read.issuer), (&b"\x30\x06\x0c\x04leaf"[..], &b"\x30\x06\x0c\x04root"[..]));
        assert_eq!(read.key, [0x30, 3, 2, 1, 7]);
        assert_eq!(read.extension(&[0x55, 0x1d, 17]), Some(&[1, 2][..]));
        assert_eq!(read.extensions.iter().map(|each| each.critical).collect::<Vec<_>>(), [true, false]);
        assert_eq!(read.extension(&[0x55, 0x1d, 19]), None);
    }

    #[test]
    fn every_cut_and_every_changed_byte_gives_an_answer() {
        let der = certificate("leaf", "root", 7, &[extension(17, true, &[1, 2])]);
        for cut in 0..der.len() {
            assert!(Certificate::read(&der[..cut]).is_err(), "cut at {cut}");
            for value in [0, 1, 0x30, 0x7f, 0x80, 0x84, 0xff] {
                let mut changed = der.clone();
                changed[cut] = value;
                let _ = Certificate::read(&changed);
            }
        }
    }
}
