//! What a device proves itself by: a certificate, those above it, and its private key.

use std::fmt;
use std::sync::Arc;

use rustls::ClientConfig;
#[cfg(feature = "aws-lc-rs")]
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use zeroize::Zeroizing;

use crate::failure::{Failure, Kind, Stage};

/// A client certificate. The key is wiped with its last copy, and `Debug` does not show it.
#[derive(Clone)]
pub struct Identity {
    chain: Arc<Vec<Vec<u8>>>,
    key: Arc<Zeroizing<Vec<u8>>>,
}

impl Identity {
    /// `chain` is DER, the device's own certificate first; `key` its private key, PKCS#8 in DER.
    #[must_use]
    pub fn new(chain: Vec<Vec<u8>>, key: Vec<u8>) -> Self {
        Self { chain: Arc::new(chain), key: Arc::new(Zeroizing::new(key)) }
    }

    /// `config`, so that it is presented to servers that ask.
    ///
    /// # Errors
    ///
    /// [`Kind::BadIdentity`]: the key cannot be used, or belongs to another certificate.
    pub(crate) fn present(&self, mut config: ClientConfig) -> Result<ClientConfig, Failure> {
        let unusable = |error: rustls::Error| Failure::new(Stage::Tls, Kind::BadIdentity, error.to_string());
        // Read where it lies: no further copy is left behind.
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.as_slice()));
        let key = any_supported_type(&key).map_err(unusable)?;
        let chain = self.chain.iter().map(|der| CertificateDer::from(der.clone())).collect();
        let certified = CertifiedKey::new(chain, key);
        certified.keys_match().map_err(unusable)?;
        config.client_auth_cert_resolver = Arc::new(SingleCertAndKey::from(certified));
        Ok(config)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Identity({} certificates)", self.chain.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::Trusted;

    #[test]
    fn a_key_is_not_shown_and_a_bad_one_is_refused() {
        let identity = Identity::new(vec![vec![1]], b"secret".to_vec());
        assert_eq!(format!("{identity:?}"), "Identity(1 certificates)");
        let (config, _) = Arc::new(Trusted::default()).config().unwrap();
        let failure = identity.present(config).unwrap_err();
        assert_eq!(failure.kind, Kind::BadIdentity);
        assert!(!failure.detail.contains("secret"));
    }
}
