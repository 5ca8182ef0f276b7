//! Trust roots: those given, or the operating system's.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use super::Trust;
use crate::failure::{Failure, Kind, Stage};

/// The roots that `trust` names.
///
/// Given roots must all be usable; a system store is taken as it is, unusable entries passed over, because its
/// user did not choose them one by one.
pub(super) fn store(trust: &Trust) -> Result<RootCertStore, Failure> {
    let mut roots = RootCertStore::empty();
    let given = match trust {
        Trust::Given(given) => given,
        Trust::System(extra) => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            extra
        }
    };
    for (index, der) in given.iter().enumerate() {
        roots.add(CertificateDer::from(der.as_slice())).map_err(|error| {
            Failure::new(Stage::Tls, Kind::BadRoot, format!("root certificate {}: {error}", index + 1))
        })?;
    }
    if roots.is_empty() {
        return Err(Failure::new(
            Stage::Tls,
            Kind::NoRoots,
            "no trust root is given and the system has none",
        ));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_given_is_refused() {
        let failure = store(&Trust::Given(Vec::new())).unwrap_err();
        assert_eq!(failure.kind, Kind::NoRoots);
    }

    #[test]
    fn a_root_that_is_none_is_named_by_its_place() {
        let failure = store(&Trust::Given(vec![vec![0x30, 0x00]])).unwrap_err();
        assert!(failure.detail.starts_with("root certificate 1: "), "{}", failure.detail);
    }
}
