//! What is trusted, ready to verify with: prepared once, shared by all connections that trust the same.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::pki_types::CertificateDer;

use super::presented::Presented;
use super::provider;
use super::roots::Roots;
use super::source::{Certificates, Outcome, Reading, Source};
use super::verifier::Verifier;
use crate::failure::{Failure, Kind, RootsFault, Stage};

/// So much is kept that no connection uses at the moment: what those use that are made again.
const MOST_IDLE: usize = 4;

/// What a gateway's chain must lead to: any of all these.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// The operating system's store.
    pub system: bool,
    /// Files of certificates, PEM or DER. Each connection trusts what they hold when it is made.
    pub files: Vec<PathBuf>,
    /// These certificates (DER).
    pub given: Vec<Vec<u8>>,
}

impl Trust {
    /// Exactly these certificates (DER).
    #[must_use]
    pub fn given(certificates: Vec<Vec<u8>>) -> Self {
        Self { given: certificates, ..Self::default() }
    }

    /// Reads what must be read. It takes as long as the disk does.
    ///
    /// # Errors
    ///
    /// [`Kind::Roots`]: it cannot be read.
    pub(crate) async fn gather(&self) -> Result<Gathered, Failure> {
        let mut outcomes = Vec::new();
        for reading in self.readings() {
            outcomes.push(reading.outcome().await);
        }
        self.gathered(outcomes)
    }

    /// The same on a thread that may block, for `limit` at most for each file and for the store.
    pub(super) fn gather_within(&self, limit: Duration) -> Result<Gathered, Failure> {
        self.gathered(self.readings().into_iter().map(|reading| reading.wait(limit)).collect())
    }

    /// Reading did not end in time.
    pub(crate) fn late(&self) -> Failure {
        let what: Vec<_> = self.sources().map(|source| source.to_string()).collect();
        let detail = format!("reading {} did not end", what.join(", "));
        Failure::new(Stage::Tls, Kind::Roots(RootsFault::TimedOut), detail)
    }

    /// The store first.
    fn sources(&self) -> impl Iterator<Item = Source> {
        self.system.then_some(Source::System).into_iter().chain(self.files.iter().cloned().map(Source::File))
    }

    /// All of them, begun.
    fn readings(&self) -> Vec<Reading> {
        self.sources().map(|source| source.certificates()).collect()
    }

    fn gathered(&self, outcomes: Vec<Outcome>) -> Result<Gathered, Failure> {
        let mut read = outcomes.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter();
        Ok(Gathered {
            system: if self.system { read.next() } else { None },
            files: read.collect(),
            given: self.given.iter().map(|der| CertificateDer::from(der.clone())).collect(),
        })
    }
}

/// The certificates that a [`Trust`] names, as they are now.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    system: Option<Certificates>,
    files: Vec<Certificates>,
    given: Vec<CertificateDer<'static>>,
}

/// What was prepared before.
static SHELF: LazyLock<Mutex<Shelf>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Shelf {
    all: Vec<Weak<Trusted>>,
    /// The latest last.
    recent: Vec<Arc<Trusted>>,
}

impl Gathered {
    /// What was prepared of the same before, and is still at hand.
    pub(crate) fn known(&self) -> Option<Arc<Trusted>> {
        let mut shelf = SHELF.lock().unwrap_or_else(PoisonError::into_inner);
        let found = shelf.all.iter().filter_map(Weak::upgrade).find(|trusted| trusted.gathered.is(self))?;
        shelf.note(&found);
        Some(found)
    }

    /// Sorts it out, which computes for milliseconds where it is a whole store.
    ///
    /// # Errors
    ///
    /// [`Kind::NoRoots`] where nothing is trusted, [`Kind::BadRoot`] where a given one cannot serve.
    pub(crate) fn prepare(self) -> Result<Arc<Trusted>, Failure> {
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let none = |detail| Err(Failure::new(Stage::Tls, Kind::NoRoots, detail));
        let mut roots = Roots::default();
        match &self.system {
            // Those in addition do not count: the caller may have others to take the store's place.
            Some(store) if roots.add_usable(store) == 0 => {
                return none("the operating system has no trust root");
            }
            None if self.files.is_empty() && self.given.is_empty() => return none("no trust root is given"),
            _ => {}
        }
        self.files.iter().try_for_each(|file| roots.add_all(file))?;
        roots.add_all(&self.given)?;
        let trusted = Arc::new(Trusted { gathered: self, roots });
        let mut shelf = SHELF.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.all.retain(|each| each.strong_count() > 0);
        shelf.all.push(Arc::downgrade(&trusted));
        shelf.note(&trusted);
        Ok(trusted)
    }

    /// The content of files and stores is shared, see [`Certificates`].
    fn is(&self, other: &Self) -> bool {
        let same = |one: &Certificates, other: &Certificates| Arc::ptr_eq(one, other);
        let is_same_store = match (&self.system, &other.system) {
            (Some(one), Some(other)) => same(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        is_same_store
            && self.files.len() == other.files.len()
            && self.files.iter().zip(&other.files).all(|(one, other)| same(one, other))
            && self.given == other.given
    }
}

impl Shelf {
    fn note(&mut self, trusted: &Arc<Trusted>) {
        self.recent.retain(|each| !Arc::ptr_eq(each, trusted));
        if self.recent.len() == MOST_IDLE {
            self.recent.remove(0);
        }
        self.recent.push(Arc::clone(trusted));
    }
}

/// Roots to verify with.
#[derive(Debug, Default)]
pub(crate) struct Trusted {
    gathered: Gathered,
    pub(super) roots: Roots,
}

/// What all configurations have in common. It trusts nothing.
static BASE: LazyLock<Result<ClientConfig, rustls::Error>> = LazyLock::new(|| {
    let mut config = ClientConfig::builder_with_provider(Arc::clone(provider()))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier::new(Presented::default())))
        .with_no_client_auth();
    // A session that is resumed is not verified anew: roots taken away, or past their dates, would go on to count.
    config.resumption = Resumption::disabled();
    Ok(config)
});

impl Trusted {
    /// A TLS 1.2 and 1.3 client configuration under these roots, and the place where the presented chain is noted.
    ///
    /// # Errors
    ///
    /// [`Kind::Tls`]: the cryptography of this build has no TLS 1.2 or 1.3.
    pub(crate) fn config(self: &Arc<Self>) -> Result<(ClientConfig, Presented), Failure> {
        let presented = Presented::under(self);
        let unusable = |error: &rustls::Error| Failure::new(Stage::Tls, Kind::Tls, error.to_string());
        let mut config = BASE.as_ref().map_err(unusable)?.clone();
        config.dangerous().set_certificate_verifier(Arc::new(Verifier::new(presented.clone())));
        Ok((config, presented))
    }

    /// Those that were read from files (DER).
    pub(crate) fn file_roots(&self) -> Vec<Vec<u8>> {
        self.gathered.files.iter().flat_map(|file| file.iter()).map(|der| der.to_vec()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::root::tests::certificate;
    use crate::tls::test_folder::Folder;
    use crate::tls::x509::tests::extension;

    const SOON: Duration = Duration::from_secs(10);

    fn prepared(trust: &Trust) -> Result<Arc<Trusted>, Failure> {
        trust.gather_within(SOON)?.prepare()
    }

    /// One that nothing but `mark` tells apart.
    fn root(mark: &[u8]) -> Vec<u8> {
        certificate(Some(&[extension(99, false, mark)]), false)
    }

    #[test]
    fn who_trusts_the_same_shares_it_as_long_as_it_is_the_same() {
        let folder = Folder::new();
        let path = folder.write("root.der", root(b"first"));
        let given = root(b"given");
        let both = Trust { files: vec![path], given: vec![given.clone()], ..Trust::default() };
        let first = prepared(&both).unwrap();
        assert!(Arc::ptr_eq(&first, &prepared(&both.clone()).unwrap()));
        assert!(!Arc::ptr_eq(&first, &prepared(&Trust::given(vec![given])).unwrap()), "this trusts less");

        folder.write("root.der", root(b"second"));
        let second = prepared(&both).unwrap();
        assert!(!Arc::ptr_eq(&first, &second));
        assert_eq!(second.file_roots(), [root(b"second")]);
        assert_eq!(first.file_roots(), [root(b"first")], "a connection keeps what it was made with");
    }

    #[test]
    fn what_nobody_uses_is_kept_for_a_few_and_no_more() {
        let trusts: Vec<_> = (0..=MOST_IDLE)
            .map(|index| Trust::given(vec![root(format!("idle {index}").as_bytes())]))
            .collect();
        let all: Vec<_> = trusts.iter().map(|trust| Arc::downgrade(&prepared(trust).unwrap())).collect();
        assert!(all[0].upgrade().is_none());
    }

    #[test]
    fn without_a_root_there_is_nothing_to_verify_with() {
        assert_eq!(prepared(&Trust::default()).unwrap_err().kind, Kind::NoRoots);
        let broken = Trust::given(vec![vec![0x30, 0]]);
        assert_eq!(prepared(&broken).unwrap_err().kind, Kind::BadRoot);
    }
}
