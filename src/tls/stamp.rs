//! Whether a file is still the one that was read.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A file that was changed so shortly before it was read may change once more without a trace: its times are kept in ticks
/// of a few milliseconds.
const TICK: Duration = Duration::from_millis(100);
/// The same where a file system keeps whole seconds.
const LONG_TICK: Duration = Duration::from_secs(2);

/// What the file system says of a file, without reading it. Two that are equal stand for the same content, but for a change
/// within a tick, see [`Stamps::settled`].
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    unix: Unix,
}

/// Which file it is, and when it or what is said of it changed last: nobody can set that time back.
#[cfg(unix)]
#[derive(Debug, Clone, PartialEq, Eq)]
struct Unix {
    device: u64,
    inode: u64,
    changed: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt;
        Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            unix: Unix {
                device: metadata.dev(),
                inode: metadata.ino(),
                changed: (metadata.ctime(), metadata.ctime_nsec()),
            },
        }
    }

    /// When it changed last, and how exactly that is known.
    fn change(&self) -> Option<(SystemTime, Duration)> {
        #[cfg(unix)]
        let changed = {
            let (seconds, nanos) = self.unix.changed;
            let since = Duration::new(u64::try_from(seconds).ok()?, u32::try_from(nanos).ok()?);
            SystemTime::UNIX_EPOCH.checked_add(since)?
        };
        #[cfg(not(unix))]
        let changed = self.modified?;
        let nanos = changed.duration_since(SystemTime::UNIX_EPOCH).ok()?.subsec_nanos();
        Some((changed, if nanos == 0 { LONG_TICK } else { TICK }))
    }
}

/// The stamps of all that was read for one purpose, directories too; none of what could not be found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Stamps(Vec<(PathBuf, Option<Stamp>)>);

impl Stamps {
    /// Of one file.
    pub(super) fn of(path: &Path) -> Self {
        let mut stamps = Self::default();
        stamps.note(path.to_owned());
        stamps
    }

    /// Of files and directories, and of the files in these; a file that several links lead to is noted once.
    pub(super) fn of_all(places: &[PathBuf]) -> Self {
        let mut stamps = Self::default();
        for place in places {
            stamps.note(place.clone());
            for entry in fs::read_dir(place).into_iter().flatten().flatten() {
                stamps.note(entry.path());
            }
        }
        stamps
    }

    fn note(&mut self, path: PathBuf) {
        let stamp = fs::metadata(&path).ok().map(|metadata| Stamp::of(&metadata));
        let is_known = |(_, known): &(PathBuf, Option<Stamp>)| cfg!(unix) && *known == stamp;
        // The directory of a link tells when it leads elsewhere.
        if stamp.is_none() || !self.0.iter().any(is_known) {
            self.0.push((path, stamp));
        }
    }

    /// Everything is as it was noted. Nothing noted says nothing.
    pub(super) fn hold(&self) -> bool {
        !self.0.is_empty()
            && self.0.iter().all(|(path, stamp)| fs::metadata(path).ok().as_ref().map(Stamp::of) == *stamp)
    }

    /// The last change of all this lies far enough before `read` for any later one to show.
    pub(super) fn settled(&self, read: SystemTime) -> bool {
        self.0.iter().filter_map(|(_, stamp)| stamp.as_ref()).all(|stamp| {
            let change = stamp.change();
            change.is_some_and(|(changed, tick)| read.duration_since(changed).is_ok_and(|age| age >= tick))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;
    use crate::tls::test_folder::Folder;

    fn noted(path: &Path) -> Stamps {
        Stamps::of(path)
    }

    #[test]
    fn what_is_left_alone_holds_and_settles() {
        let folder = Folder::new();
        let path = folder.write("root.pem", "one");
        let stamps = noted(&path);
        assert!(stamps.hold());
        assert!(!stamps.settled(SystemTime::now()), "it was just written");
        assert!(stamps.settled(SystemTime::now() + LONG_TICK));
    }

    #[test]
    fn another_length_another_file_and_no_file_are_changes() {
        let folder = Folder::new();
        let path = folder.write("root.pem", "one");
        let first = noted(&path);
        folder.write("root.pem", "three");
        assert!(!first.hold(), "written over");
        let second = noted(&path);
        std::fs::rename(folder.write("other.pem", "three"), &path).unwrap();
        assert!(!second.hold(), "replaced by one of the same length");
        let third = noted(&path);
        std::fs::remove_file(&path).unwrap();
        assert!(!third.hold(), "removed");
        let none = noted(&path);
        assert!(none.hold() && none.settled(SystemTime::now()));
        folder.write("root.pem", "three");
        assert!(!none.hold(), "made anew");
    }

    #[test]
    fn a_time_that_was_set_back_hides_no_change() {
        let folder = Folder::new();
        let path = folder.write("root.pem", "one");
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let set_back = || File::options().append(true).open(&path).unwrap().set_modified(long_ago).unwrap();
        set_back();
        let stamps = noted(&path);
        if cfg!(unix) {
            assert!(!stamps.settled(SystemTime::now()), "by its own time it would be settled");
            std::thread::sleep(TICK / 2);
            folder.write("root.pem", "two");
            set_back();
            assert!(!stamps.hold());
        }
    }
}
