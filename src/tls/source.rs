//! Where roots come from, beside those that are given outright: files, and the operating system's store.
//!
//! Reading may hang (a network drive that is gone, a pipe that nobody writes to), so it is an errand. What was read is kept,
//! shared by all connections, and read again when it has changed: each connection has that looked at, all that ask at the
//! same time together.

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::pki_types::CertificateDer;

use super::certificates::{self, Fault};
use super::stamp::Stamps;
use super::store;
use crate::errands::{Awaited, Errands, NotDone};
use crate::failure::{Evidence, Failure, Kind, RootsFault, Stage};

/// Readings at a time. Only those that hang last long enough to be so many.
const PLACES: usize = 32;
/// No attempt to connect waits longer for a disk: the next one looks anew.
const PATIENCE: Duration = Duration::from_secs(20);
/// The largest file that is read. All public roots together have a quarter of a mebibyte.
const MOST_BYTES: u64 = 8 << 20;
/// So many sources at most are kept.
const MOST_KEPT: usize = 64;

/// A file or a store.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Source {
    /// The operating system's store.
    System,
    /// A file of certificates, PEM or DER.
    File(PathBuf),
}

/// The certificates (DER) that a file or a store holds. The same content is the same allocation, however often it was read.
pub type Certificates = Arc<Vec<CertificateDer<'static>>>;

pub(super) type Outcome = Result<Certificates, Failure>;

static READINGS: LazyLock<Errands<Source, Outcome>> =
    LazyLock::new(|| Errands::new(Source::read, PLACES, PATIENCE));

static KEPT: LazyLock<Mutex<HashMap<Source, Kept>>> = LazyLock::new(Mutex::default);

/// What was read, and for how long that counts.
#[derive(Clone)]
struct Kept {
    /// Of the operating system's store.
    place: Option<store::Place>,
    stamps: Stamps,
    /// As long as the stamps hold, nothing has changed.
    settled: bool,
    /// Where there is nothing to take a stamp of.
    until: Option<Instant>,
    certificates: Certificates,
}

impl Kept {
    fn counts_at(&self, place: Option<&store::Place>) -> bool {
        let is_unchanged = || match self.until {
            Some(until) => Instant::now() < until,
            None => self.settled && self.stamps.hold(),
        };
        self.place.as_ref() == place && is_unchanged()
    }
}

impl Source {
    /// The certificates that it holds now.
    pub(super) fn certificates(&self) -> Reading {
        Reading { source: self.clone(), awaited: READINGS.begin(self) }
    }

    /// A reading has been under way for that long.
    pub(super) fn hangs(&self, already: Duration) -> bool {
        READINGS.run_for(self).is_some_and(|time| time >= already)
    }

    fn read(&self) -> Outcome {
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner).get(self).cloned();
        let place = matches!(self, Self::System).then(store::place);
        if let Some(kept) = kept.as_ref().filter(|kept| kept.counts_at(place.as_ref())) {
            return Ok(Arc::clone(&kept.certificates));
        }
        let now = SystemTime::now();
        let (stamps, until, read) = match (self, &place) {
            (Self::File(path), _) => {
                let (stamps, read) = read_file(path)?;
                (stamps, None, read)
            }
            (Self::System, place) => store::read(&place.clone().unwrap_or_default()),
        };
        let certificates = match kept {
            Some(kept) if *kept.certificates == read => kept.certificates,
            _ => Arc::new(read),
        };
        let settled = stamps.settled(now);
        let kept = Kept { place, stamps, settled, until, certificates: Arc::clone(&certificates) };
        let mut all = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_KEPT {
            all.clear();
        }
        all.insert(self.clone(), kept);
        Ok(certificates)
    }

    fn failure(&self, fault: RootsFault, line: Option<usize>, detail: impl Into<String>) -> Failure {
        let file = match self {
            Self::System => None,
            Self::File(path) => Some(path.clone()),
        };
        Failure::new(Stage::Tls, Kind::Roots(fault), detail).on(Evidence {
            file,
            line,
            ..Evidence::default()
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => formatter.write_str("the operating system's store"),
            Self::File(path) => write!(formatter, "the file {}", path.display()),
        }
    }
}

/// A reading, which may be under way for long.
pub(super) struct Reading {
    source: Source,
    awaited: Awaited<Outcome>,
}

impl Reading {
    pub(super) async fn outcome(self) -> Outcome {
        self.awaited.result().await.unwrap_or_else(|NotDone| Err(no_thread()))
    }

    /// The same on a thread that may block.
    pub(super) fn wait(self, limit: Duration) -> Outcome {
        let late = || {
            self.source.failure(RootsFault::TimedOut, None, format!("reading {} did not end", self.source))
        };
        match self.awaited.wait(limit) {
            Some(done) => done.unwrap_or_else(|NotDone| Err(no_thread())),
            None => Err(late()),
        }
    }
}

fn no_thread() -> Failure {
    Failure::new(Stage::Tls, Kind::Io, "no thread could be had for reading the roots")
}

fn read_file(path: &Path) -> Result<(Stamps, Vec<CertificateDer<'static>>), Failure> {
    let source = Source::File(path.to_owned());
    let unreadable = |error: io::Error| {
        let fault = match error.kind() {
            io::ErrorKind::NotFound => RootsFault::NotFound,
            _ => RootsFault::Unreadable,
        };
        Failure { os_error: error.raw_os_error(), ..source.failure(fault, None, error.to_string()) }
    };
    // Before the content: what changes meanwhile shows next time.
    let stamps = Stamps::of(path);
    let metadata = fs::metadata(path).map_err(unreadable)?;
    // The operating system has words of its own for a directory.
    if !metadata.is_file() && !metadata.is_dir() {
        return Err(source.failure(RootsFault::NotAFile, None, "it is a pipe or a device, not a file"));
    }
    if metadata.len() > MOST_BYTES {
        let what = format!("it has {} bytes, and at most {MOST_BYTES} are read", metadata.len());
        return Err(source.failure(RootsFault::TooLarge, None, what));
    }
    let mut content = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MOST_BYTES).read_to_end(&mut content).map_err(unreadable)?;
    let read = certificates::read(&content).map_err(|fault| {
        let kind = match fault {
            Fault::NoCertificate => RootsFault::NoCertificate,
            Fault::PrivateKey { .. } => RootsFault::PrivateKey,
            Fault::Broken { .. } => RootsFault::Broken,
        };
        source.failure(kind, fault.line(), fault.to_string())
    })?;
    Ok((stamps, read.into_iter().map(CertificateDer::from).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::root::tests::certificate;
    use crate::tls::test_folder::Folder;

    const SOON: Duration = Duration::from_secs(10);

    fn read(path: &Path) -> Outcome {
        Source::File(path.to_owned()).certificates().wait(SOON)
    }

    fn fault(path: &Path) -> (Kind, Option<PathBuf>) {
        let failure = read(path).unwrap_err();
        (failure.kind, failure.evidence.and_then(|evidence| evidence.file))
    }

    #[test]
    fn the_same_content_is_read_once_and_shared() {
        let folder = Folder::new();
        let (one, other) = (certificate(None, false), certificate(None, true));
        let path = folder.write("root.der", &one);
        let first = read(&path).unwrap();
        assert_eq!(*first, [CertificateDer::from(one.clone())]);
        assert!(Arc::ptr_eq(&first, &read(&path).unwrap()), "unchanged");
        folder.write("root.der", &one);
        assert!(Arc::ptr_eq(&first, &read(&path).unwrap()), "written anew, and the same");
        folder.write("root.der", &other);
        let second = read(&path).unwrap();
        assert_eq!(*second, [CertificateDer::from(other)], "at once, however short ago the last change was");
        folder.write("root.der", &one);
        assert_eq!(read(&path).unwrap(), first);
    }

    #[test]
    fn what_is_no_file_of_certificates_is_told_with_its_path() {
        let folder = Folder::new();
        let told = |name: &str| {
            let path = folder.path().join(name);
            let (kind, file) = fault(&path);
            assert_eq!(file, Some(path));
            kind
        };
        folder.write("empty.pem", "");
        folder.write("key.pem", "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n");
        folder.write("broken.pem", "-----BEGIN CERTIFICATE-----\n");
        let large = File::create(folder.path().join("large.pem")).unwrap();
        large.set_len(MOST_BYTES + 1).unwrap();
        fs::create_dir(folder.path().join("directory")).unwrap();
        for (name, fault) in [
            ("missing.pem", RootsFault::NotFound),
            ("empty.pem", RootsFault::NoCertificate),
            ("key.pem", RootsFault::PrivateKey),
            ("broken.pem", RootsFault::Broken),
            ("large.pem", RootsFault::TooLarge),
            ("directory", RootsFault::Unreadable),
        ] {
            assert_eq!(told(name), Kind::Roots(fault), "{name}");
        }
    }

    #[test]
    fn a_fault_is_not_kept() {
        let folder = Folder::new();
        let path = folder.path().join("root.der");
        assert_eq!(fault(&path).0, Kind::Roots(RootsFault::NotFound));
        folder.write("root.der", certificate(None, false));
        assert_eq!(read(&path).map(|all| all.len()).unwrap(), 1);
        fs::remove_file(&path).unwrap();
        assert_eq!(fault(&path).0, Kind::Roots(RootsFault::NotFound), "what is gone is not trusted");
    }
}
