//! Trust roots: those given, or the operating system's.

use std::fmt;

use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, UnixTime};

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

/// What is trusted, sorted by what it is good for.
#[derive(Debug)]
pub(super) struct Roots {
    /// A path may end here.
    pub(super) anchors: RootCertStore,
    /// A path may not end here, and why. A fit one of the same name does instead.
    pub(super) unfit: Vec<UnfitRoot>,
    /// A server may present these themselves. Only one with names can be meant so.
    pub(super) pins: Vec<(CertificateDer<'static>, Root)>,
}

/// A trusted certificate that cannot be the end of a path.
#[derive(Debug, Clone)]
pub(super) struct UnfitRoot {
    der: CertificateDer<'static>,
    why: Unfit,
}

impl UnfitRoot {
    /// It alone, as if it were fit.
    pub(super) fn as_anchor(&self) -> RootCertStore {
        // It was read before, see `Roots::add`; nothing leads to an empty store.
        alone(&self.der).unwrap_or_else(|_| RootCertStore::empty())
    }

    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) fn fault(&self) -> CertificateFault {
        match self.why {
            Unfit::Expired(_) => CertificateFault::RootExpired,
            Unfit::NotYetValid(_) => CertificateFault::RootNotYetValid,
            Unfit::NoAuthority => CertificateFault::RootNotAuthority,
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
    Root::read(der).map_err(|error| error.to_string())?;
    alone(&CertificateDer::from(der)).map(drop)
}

/// A store of this one.
fn alone(der: &CertificateDer<'_>) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    store.add(der.clone()).map_err(|error| error.to_string())?;
    Ok(store)
}

impl Roots {
    /// The roots that `trust` names, at `now`.
    ///
    /// Given roots must all be usable; a system store is taken as it is, unusable entries passed over, because its
    /// user did not choose them one by one.
    ///
    /// # Errors
    ///
    /// [`Kind::NoRoots`], [`Kind::BadRoot`].
    pub(super) fn of(trust: &Trust, now: UnixTime) -> Result<Self, Failure> {
        let mut roots = Self { anchors: RootCertStore::empty(), unfit: Vec::new(), pins: Vec::new() };
        let none = |detail| Failure::new(Stage::Tls, Kind::NoRoots, detail);
        let given = match trust {
            Trust::Given(given) if given.is_empty() => return Err(none("no trust root is given")),
            Trust::Given(given) => given,
            Trust::System(extra) => {
                let system = rustls_native_certs::load_native_certs().certs;
                if system.into_iter().filter_map(|der| roots.add(der, now).ok()).count() == 0 {
                    // Those in addition do not count: the caller may have others to take the store's place.
                    return Err(none("the operating system has no trust root"));
                }
                extra
            }
        };
        for (index, der) in given.iter().enumerate() {
            roots.add(CertificateDer::from(der.clone()), now).map_err(|reason| {
                Failure::new(Stage::Tls, Kind::BadRoot, format!("root certificate {}: {reason}", index + 1))
            })?;
        }
        Ok(roots)
    }

    fn add(&mut self, der: CertificateDer<'static>, now: UnixTime) -> Result<(), String> {
        let root = Root::read(&der).map_err(|error| error.to_string())?;
        match root.unfit(now) {
            None => self.anchors.add(der.clone()).map_err(|error| error.to_string())?,
            Some(why) => {
                alone(&der)?;
                self.unfit.push(UnfitRoot { der: der.clone(), why });
            }
        }
        if root.named {
            self.pins.push((der, root));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::root::tests::certificate;

    #[test]
    fn nothing_given_is_refused() {
        let failure = Roots::of(&Trust::Given(Vec::new()), UnixTime::now()).unwrap_err();
        assert_eq!(failure.kind, Kind::NoRoots);
    }

    #[test]
    fn a_root_that_is_none_is_named_by_its_place() {
        for broken in [vec![0x30, 0x00], certificate(Some(&[]), false)[1..].to_vec()] {
            let given = vec![certificate(None, false), broken];
            let failure = Roots::of(&Trust::Given(given), UnixTime::now()).unwrap_err();
            assert_eq!(failure.kind, Kind::BadRoot);
            assert!(failure.detail.starts_with("root certificate 2: "), "{}", failure.detail);
        }
    }

    #[test]
    fn an_unfit_root_is_no_anchor_and_alone_it_is_not_nothing() {
        let roots = Roots::of(&Trust::Given(vec![certificate(Some(&[]), false)]), UnixTime::now());
        let roots = roots.unwrap();
        assert!(roots.anchors.is_empty() && roots.pins.is_empty());
        let [unfit] = &roots.unfit[..] else { panic!("{roots:?}") };
        assert_eq!(unfit.fault(), CertificateFault::RootNotAuthority);
        assert_eq!(unfit.as_anchor().len(), 1);
    }
}
