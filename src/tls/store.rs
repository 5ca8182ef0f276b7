//! The operating system's store: where it is, and what it holds.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;

use super::stamp::Stamps;

/// How long the store of a system counts that has none made of files: reading it takes long, and nothing tells whether it has
/// changed.
const HELD: Duration = Duration::from_secs(10);

/// What the variables say that name another place, as for OpenSSL: a file, and directories.
pub(super) type Place = [Option<OsString>; 2];

/// Where the store is now.
pub(super) fn place() -> Place {
    ["SSL_CERT_FILE", "SSL_CERT_DIR"].map(std::env::var_os)
}

/// The certificates of the store at `place`, and what tells whether they still are those: stamps of its files, or a time.
pub(super) fn read(place: &Place) -> (Stamps, Option<Instant>, Vec<CertificateDer<'static>>) {
    // Before the content: what changes meanwhile shows next time.
    let (stamps, until) = match files(place) {
        Some(files) => (Stamps::of_all(&files), None),
        None => (Stamps::default(), Some(Instant::now() + HELD)),
    };
    (stamps, until, rustls_native_certs::load_native_certs().certs)
}

/// The files and directories it is made of; `None`: it is not made of files.
fn files([file, directories]: &Place) -> Option<Vec<PathBuf>> {
    let directories = directories.iter().flat_map(std::env::split_paths);
    let named: Vec<_> = file.iter().map(PathBuf::from).chain(directories).collect();
    if named.iter().all(|path| path.as_os_str().is_empty()) { usual_files() } else { Some(named) }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn usual_files() -> Option<Vec<PathBuf>> {
    let found = openssl_probe::probe();
    Some(found.cert_file.into_iter().chain(found.cert_dir).collect())
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn usual_files() -> Option<Vec<PathBuf>> {
    None
}
