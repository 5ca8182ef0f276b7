//! TLS: certificates as users paste them, trust roots, and the client configuration.
//!
//! Verification cannot be switched off: every configuration made here verifies chain, dates and names.
//!
//! | room | holds |
//! |---|---|
//! | [`certificates`] | from what people give to DER |
//! | `identity` | what a device proves itself by |
//! | `root` | what one trusted certificate says of itself |
//! | `roots` | what is trusted, sorted by what it is good for |
//! | `verifier` | the verdict on a presented chain |
//! | `verdict` | what TLS says, as a failure |

pub mod certificates;
mod identity;
mod root;
mod roots;
mod verdict;
mod verifier;

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, SecureRandom};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

use crate::failure::{CertificateFault, Failure, Kind, Stage};

pub use identity::Identity;
pub use roots::Trust;
pub use verdict::failure_in;
pub use verifier::Presented;

use roots::Roots;
use verifier::Verifier;

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

/// Numbers that nobody can foresee.
pub(crate) fn random() -> &'static dyn SecureRandom {
    provider().secure_random
}

/// `host` as the name a certificate must carry.
///
/// # Errors
///
/// [`Kind::InvalidName`].
pub fn server_name(host: &str) -> Result<ServerName<'static>, Failure> {
    ServerName::try_from(host.to_owned())
        .map_err(|_| Failure::new(Stage::Resolve, Kind::InvalidName, "neither a DNS name nor an IP address"))
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
    let algorithms = provider.signature_verification_algorithms;
    let presented = Presented::default();
    let verifier = Verifier::new(Roots::of(trust, UnixTime::now())?, algorithms, presented.clone());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::new(Stage::Tls, Kind::Tls, error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok((config, presented))
}

/// What a connection to `host` under `trust` would say of `chain` (DER, leaf first), were it `at`.
///
/// For a diagnosis, which asks about dates, names and issuers one by one. No connection uses it, and it decides
/// nothing: a connection's verdict comes from the same verifier, at the time the connection is made.
///
/// # Errors
///
/// The verdict, with the chain; or as [`client_config`] and [`server_name`].
pub fn judge(chain: &[Vec<u8>], host: &str, trust: &Trust, at: Duration) -> Result<(), Failure> {
    let name = server_name(host)?;
    let certificates: Vec<_> = chain.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let Some((end_entity, intermediates)) = certificates.split_first() else {
        let fault = Kind::Certificate(CertificateFault::Other);
        return Err(Failure::new(Stage::Tls, fault, "the chain holds no certificate"));
    };
    let at = UnixTime::since_unix_epoch(at);
    let algorithms = provider().signature_verification_algorithms;
    let presented = Presented::default();
    Verifier::new(Roots::of(trust, at)?, algorithms, presented.clone())
        .verify_server_cert(end_entity, intermediates, &name, &[], at)
        .map(drop)
        .map_err(|error| verdict::failure_of(Stage::Tls, &error).presenting(presented.chain()))
}
