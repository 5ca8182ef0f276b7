//! Trust roots: those given, or the operating system's.

use std::fmt;
use std::ptr;

use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::VerifiedPath;

use super::root::{Root, Unfit};
use crate::failure::{CertificateFault, Failure, Kind, Stage};

/// What a gateway's chain must lead to.
#[derive(Debug, Clone)]
pub enum Trust {
    /// Exactly these certificates (DER).
    Given(Vec<Vec<u8>>),
    /// The operating system's store, and these (DER) in addition.
    System(Vec<Vec<u8>>),
}

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
    /// The roots that `trust` names.
    ///
    /// Given roots must all be usable; a system store is taken as it is, unusable entries passed over, because its
    /// user did not choose them one by one.
    ///
    /// # Errors
    ///
    /// [`Kind::NoRoots`], [`Kind::BadRoot`].
    pub(super) fn of(trust: &Trust) -> Result<Self, Failure> {
        let mut roots = Self::default();
        let none = |detail| Failure::new(Stage::Tls, Kind::NoRoots, detail);
        let given = match trust {
            Trust::Given(given) if given.is_empty() => return Err(none("no trust root is given")),
            Trust::Given(given) => given,
            Trust::System(extra) => {
                let system = rustls_native_certs::load_native_certs().certs;
                if system.into_iter().filter_map(|der| roots.add(der).ok()).count() == 0 {
                    // Those in addition do not count: the caller may have others to take the store's place.
                    return Err(none("the operating system has no trust root"));
                }
                extra
            }
        };
        for (index, der) in given.iter().enumerate() {
            roots.add(CertificateDer::from(der.clone())).map_err(|reason| {
                Failure::new(Stage::Tls, Kind::BadRoot, format!("root certificate {}: {reason}", index + 1))
            })?;
        }
        Ok(roots)
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
    fn nothing_given_is_refused() {
        let failure = Roots::of(&Trust::Given(Vec::new())).unwrap_err();
        assert_eq!(failure.kind, Kind::NoRoots);
    }

    #[test]
    fn a_root_that_is_none_is_named_by_its_place() {
        for broken in [vec![0x30, 0x00], certificate(Some(&[]), false)[1..].to_vec()] {
            let given = vec![certificate(None, false), broken];
            let failure = Roots::of(&Trust::Given(given)).unwrap_err();
            assert_eq!(failure.kind, Kind::BadRoot);
            assert!(failure.detail.starts_with("root certificate 2: "), "{}", failure.detail);
        }
    }
}
