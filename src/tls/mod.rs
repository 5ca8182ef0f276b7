//! TLS: certificates as users paste them, trust roots, and the client configuration.
//!
//! Verification cannot be switched off: every configuration made here verifies chain, dates and names.
//!
//! | room | holds |
//! |---|---|
//! | [`certificates`] | from what people give to DER |
//! | `identity` | what a device proves itself by |
//! | `x509` | where the fields of a certificate lie |
//! | `root` | what one trusted certificate says of itself |
//! | `roots` | trust roots, and whether one may be the end of a path |
//! | `source`, `store`, `stamp` | where roots are read from, and whether they still are what was read |
//! | `trusted` | what is trusted, ready to verify with, and the client configuration; shared |
//! | `chain` | what is presented, within bounds |
//! | `presented` | the same, for who asks why it was refused |
//! | `signatures` | the signature checks of one verification, counted |
//! | `verifier` | the verdict on a presented chain |
//! | `verdict` | what TLS says, as a failure |

pub mod certificates;
mod chain;
mod identity;
mod presented;
mod root;
mod roots;
mod signatures;
mod source;
mod stamp;
mod store;
#[cfg(test)]
mod test_folder;
mod trusted;
mod verdict;
mod verifier;
mod x509;

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, SecureRandom};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

use crate::failure::{CertificateFault, Failure, Kind, RootsFault, Stage};

pub use identity::Identity;
pub use presented::Presented;
pub use source::Certificates;
pub use trusted::Trust;
pub(crate) use trusted::Trusted;
pub use verdict::failure_in;

use source::Source;
use verifier::Verifier;

/// How long a diagnosis waits for a disk.
const READING_LIMIT: Duration = Duration::from_secs(5);

/// The cryptography of this build.
///
/// Passed to each configuration instead of installed for the process: two add-ons in one process must not fight
/// over a default.
fn provider() -> &'static Arc<CryptoProvider> {
    #[cfg(feature = "aws-lc-rs")]
    use rustls::crypto::aws_lc_rs::default_provider;
    #[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
    use rustls::crypto::ring::default_provider;
    static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| Arc::new(default_provider()));
    &PROVIDER
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

/// The certificates (DER) of a file, as a connection that trusts it would read them; `None`: reading has not ended within
/// `limit`. It goes on then, and until its end this answers at once.
///
/// # Errors
///
/// [`Kind::Roots`].
pub fn read_file(path: &Path, limit: Duration) -> Option<Result<Certificates, Failure>> {
    let source = Source::File(path.to_owned());
    if source.hangs(limit) {
        return None;
    }
    match source.certificates().wait(limit) {
        Err(Failure { kind: Kind::Roots(RootsFault::TimedOut), .. }) => None,
        outcome => Some(outcome),
    }
}

/// What a connection to `host` under `trust` would say of `chain` (DER, leaf first), were it `at`.
///
/// For a diagnosis, which asks about dates, names and issuers one by one. No connection uses it, and it decides
/// nothing: a connection's verdict comes from the same verifier, at the time the connection is made.
///
/// # Errors
///
/// The verdict, with the chain; [`Kind::Roots`], [`Kind::NoRoots`] or [`Kind::BadRoot`]; or as [`server_name`].
pub fn judge(chain: &[Vec<u8>], host: &str, trust: &Trust, at: Duration) -> Result<(), Failure> {
    let name = server_name(host)?;
    let certificates: Vec<_> = chain.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let Some((end_entity, intermediates)) = certificates.split_first() else {
        let fault = Kind::Certificate(CertificateFault::Other);
        return Err(Failure::new(Stage::Tls, fault, "the chain holds no certificate"));
    };
    let at = UnixTime::since_unix_epoch(at);
    let presented = Presented::under(&trust.gather_within(READING_LIMIT)?.prepare()?);
    Verifier::new(presented.clone())
        .verify_server_cert(end_entity, intermediates, &name, &[], at)
        .map(drop)
        .map_err(|error| presented.explain(verdict::failure_of(Stage::Tls, &error)))
}
