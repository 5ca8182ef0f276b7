//! TLS: certificates as users paste them, trust roots, and the client configuration.
//!
//! Verification cannot be switched off: every configuration made here verifies chain, dates and names.

pub mod certificates;
mod roots;
mod verifier;

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;

use crate::failure::{Failure, Kind, Stage};

pub use verifier::Presented;

/// What a gateway's chain must lead to.
#[derive(Debug, Clone)]
pub enum Trust {
    /// Exactly these certificates (DER).
    Given(Vec<Vec<u8>>),
    /// The operating system's store, and these (DER) in addition.
    System(Vec<Vec<u8>>),
}

/// The cryptography of this build.
///
/// Passed to each configuration instead of installed for the process: two add-ons in one process must not fight
/// over a default.
fn provider() -> CryptoProvider {
    #[cfg(feature = "aws-lc-rs")]
    return rustls::crypto::aws_lc_rs::default_provider();
    #[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
    return rustls::crypto::ring::default_provider();
}

/// A TLS 1.2 and 1.3 client configuration under `trust`, and the place where the presented chain is noted.
///
/// Reads the operating system's store where `trust` asks for it: call it off the runtime's thread.
///
/// # Errors
///
/// [`Kind::NoRoots`] where nothing is trusted, [`Kind::BadRoot`] where a given one cannot serve.
pub fn client_config(trust: &Trust) -> Result<(ClientConfig, Presented), Failure> {
    let provider = Arc::new(provider());
    let roots = roots::store(trust)?;
    let (verifier, presented) = verifier::recording(roots, &provider)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::new(Stage::Tls, Kind::Tls, error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok((config, presented))
}
