//! Trust roots, and whether one may be the end of a path.

use std::fmt;
use std::ptr;

use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::VerifiedPath;

use super::root::{Root, Unfit};
use crate::failure::{CertificateFault, Failure, Kind, Stage};

/// What is trusted.
#[derive(Debug, Default)]
pub(super) struct Roots {
    /// The name and key of each.
    pub(super) anchors: Vec<TrustAnchor<'static>>,
    /// What each says of itself, in the same order.
    certificates: Vec<(CertificateDer<'static>, Root)>,
}

/// A trusted certificate that cannot be the end of the path that leads to it.
#[derive(Debug)]
pub(super) struct UnfitRoot {
    der: CertificateDer<'static>,
    why: Unfit,
}

impl UnfitRoot {
    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) fn fault(&self) -> CertificateFault {
        match self.why {
            Unfit::Expired(_) => CertificateFault::RootExpired,
            Unfit::NotYetValid(_) => CertificateFault::RootNotYetValid,
            Unfit::NoAuthority => CertificateFault::RootNotAuthority,
            Unfit::Purpose => CertificateFault::RootWrongPurpose,
            Unfit::Extension(_) => CertificateFault::RootExtension,
            Unfit::PathLength(_) => CertificateFault::RootPathLength,
        }
    }
}

impl fmt::Display for UnfitRoot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the trusted certificate at the end of the path {}", self.why)
    }
}

impl std::error::Error for UnfitRoot {}

/// Whether a certificate (DER) can be trusted at all, dates and authority apart.
///
/// # Errors
///
/// Why not, in words that follow a colon.
pub(super) fn usable(der: &[u8]) -> Result<(), String> {
    Roots::default().add(CertificateDer::from(der.to_vec()))
}

impl Roots {
    /// Adds those of a store, and tells how many. It is taken as it is, unusable entries passed over: its user did not choose
    /// them one by one.
    pub(super) fn add_usable(&mut self, store: &[CertificateDer<'static>]) -> usize {
        store.iter().filter(|der| self.add((*der).clone()).is_ok()).count()
    }

    /// Adds those that were chosen.
    ///
    /// # Errors
    ///
    /// [`Kind::BadRoot`]: one cannot serve.
    pub(super) fn add_all(&mut self, given: &[CertificateDer<'static>]) -> Result<(), Failure> {
        given.iter().enumerate().try_for_each(|(index, der)| {
            let told = |reason| format!("root certificate {}: {reason}", index + 1);
            self.add(der.clone()).map_err(|reason| Failure::new(Stage::Tls, Kind::BadRoot, told(reason)))
        })
    }

    fn add(&mut self, der: CertificateDer<'static>) -> Result<(), String> {
        let root = Root::read(&der).map_err(|error| error.to_string())?;
        let anchor = webpki::anchor_from_trusted_cert(&der).map_err(|error| error.to_string())?.to_owned();
        self.anchors.push(anchor);
        self.certificates.push((der, root));
        Ok(())
    }

    /// Why a path that was verified up to one of the anchors may not end there at `now`; `None`: it may.
    pub(super) fn unfit(&self, path: &VerifiedPath<'_>, now: UnixTime) -> Option<UnfitRoot> {
        let index = self.anchors.iter().position(|anchor| ptr::eq(anchor, path.anchor()))?;
        let authorities =
            path.intermediate_certificates().filter(|each| each.subject() != each.issuer()).count();
        let (der, root) = self.certificates.get(index)?;
        root.unfit(authorities, now).map(|why| UnfitRoot { der: der.clone(), why })
    }

    /// What the certificate says of itself that is trusted as this server's own. Only one with names can be meant so.
    pub(super) fn pin(&self, leaf: &CertificateDer<'_>) -> Option<&Root> {
        let (_, root) = self.certificates.iter().find(|(der, _)| der == leaf)?;
        root.named.then_some(root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::root::tests::certificate;

    #[test]
    fn a_root_that_is_none_is_named_by_its_place() {
        for broken in [vec![0x30, 0x00], certificate(Some(&[]), false)[1..].to_vec()] {
            let given = [certificate(None, false), broken].map(CertificateDer::from);
            let mut roots = Roots::default();
            let failure = roots.add_all(&given).unwrap_err();
            assert_eq!(failure.kind, Kind::BadRoot);
            assert!(failure.detail.starts_with("root certificate 2: "), "{}", failure.detail);
        }
    }

    #[test]
    fn a_store_may_hold_what_is_none() {
        let store = [vec![0x30, 0x00], certificate(None, false)].map(CertificateDer::from);
        let mut roots = Roots::default();
        assert_eq!(roots.add_usable(&store), 1);
        assert_eq!(roots.anchors.len(), 1);
    }
}
