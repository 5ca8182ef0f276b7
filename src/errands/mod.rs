//! Work that may hang and cannot be called off: looking up a name, reading a file.
//!
//! Each errand has a thread to itself, so that none waits for one that hangs. Who wants what is under way already shares
//! it; who gives up leaves it to itself. However many give up, errands do not pile up:
//!
//! | | |
//! |---|---|
//! | of one key | one runs. One that has run for longer than the patience lasts is not joined any more, and another may begin beside it |
//! | in all | so many as there are places. Beside one that hangs another begins only while half of them are free |
//! | no place is free | it begins when there is one, in the order of asking; meanwhile the deadline of who asks runs |

mod threads;

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use threads::Threads;

static THREADS: Threads = Threads::new();

/// What became of an errand: nothing yet, or its result.
type Told<V> = Option<V>;

/// The errands of one kind.
pub(crate) struct Errands<K, V> {
    work: fn(&K) -> V,
    places: usize,
    patience: Duration,
    desk: Mutex<Desk<K, V>>,
}

struct Desk<K, V> {
    taken: usize,
    /// Counts errands.
    number: u64,
    lines: HashMap<K, Line<V>>,
    /// The keys whose next errand waits for a place.
    queue: VecDeque<K>,
}

/// The errands of one key.
struct Line<V> {
    /// The youngest last.
    running: Vec<Running<V>>,
    next: Option<watch::Sender<Told<V>>>,
}

struct Running<V> {
    number: u64,
    since: Instant,
    result: watch::Receiver<Told<V>>,
}

/// The result of an errand, to come.
pub(crate) struct Awaited<V>(watch::Receiver<Told<V>>);

/// The operating system gave no thread, or the work panicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotDone;

impl<K, V> Errands<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Errands that do `work`, so many at a time as there are `places`.
    pub(crate) fn new(work: fn(&K) -> V, places: usize, patience: Duration) -> Self {
        let desk = Desk { taken: 0, number: 0, lines: HashMap::new(), queue: VecDeque::new() };
        Self { work, places, patience, desk: Mutex::new(desk) }
    }

    /// The errand for `key` that is under way, or else one that begins.
    pub(crate) fn join(&'static self, key: &K) -> Awaited<V> {
        let mut desk = self.desk();
        let youngest = desk.lines.get(key).and_then(|line| line.running.last());
        if let Some(running) = youngest.filter(|running| running.since.elapsed() < self.patience) {
            return Awaited(running.result.clone());
        }
        self.next(&mut desk, key)
    }

    /// An errand for `key` that has not begun yet: its result is none of the past.
    pub(crate) fn begin(&'static self, key: &K) -> Awaited<V> {
        self.next(&mut self.desk(), key)
    }

    /// For how long the youngest errand for `key` has been under way.
    pub(crate) fn run_for(&self, key: &K) -> Option<Duration> {
        let desk = self.desk();
        desk.lines.get(key)?.running.last().map(|running| running.since.elapsed())
    }

    fn desk(&self) -> MutexGuard<'_, Desk<K, V>> {
        // Every critical section leaves it whole.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&'static self, desk: &mut Desk<K, V>, key: &K) -> Awaited<V> {
        let line = desk.lines.entry(key.clone()).or_insert_with(Line::new);
        let is_new = line.next.is_none();
        let next = line.next.get_or_insert_with(|| watch::Sender::new(None)).subscribe();
        let hangs = line.running.last().map(|running| running.since.elapsed() >= self.patience);
        let may_start = match hangs {
            None => desk.taken < self.places,
            Some(hangs) => hangs && desk.taken < self.places / 2,
        };
        if may_start {
            self.start(desk, key);
        } else if hangs.is_none() && is_new {
            desk.queue.push_back(key.clone());
        }
        Awaited(next)
    }

    /// Starts the next errand of `key`, if anybody still waits for it.
    fn start(&'static self, desk: &mut Desk<K, V>, key: &K) {
        let Some(line) = desk.lines.get_mut(key) else { return };
        if let Some(result) = line.next.take()
            && !result.is_closed()
        {
            let (number, since) = (desk.number, Instant::now());
            desk.number += 1;
            let running = Running { number, since, result: result.subscribe() };
            let key = key.clone();
            let work = move || {
                // Made here: a thread that does not start has no place to give back.
                let done = Done { errands: self, key, number };
                let value = (self.work)(&done.key);
                drop(done);
                result.send_replace(Some(value));
            };
            if THREADS.run(work).is_ok() {
                line.running.push(running);
                desk.taken += 1;
                return;
            }
        }
        if line.running.is_empty() {
            desk.lines.remove(key);
        }
    }

    fn end(&'static self, key: &K, number: u64) {
        let desk = &mut *self.desk();
        if let Some(line) = desk.lines.get_mut(key)
            && let Some(index) = line.running.iter().position(|running| running.number == number)
        {
            line.running.remove(index);
            desk.taken -= 1;
            if line.running.is_empty() {
                self.start(desk, key);
            }
        }
        while desk.taken < self.places
            && let Some(waiting) = desk.queue.pop_front()
        {
            if desk.lines.get(&waiting).is_some_and(|line| line.running.is_empty()) {
                self.start(desk, &waiting);
            }
        }
    }
}

impl<V> Line<V> {
    fn new() -> Self {
        Self { running: Vec::new(), next: None }
    }
}

/// Gives the place of an errand free, however its work ends.
struct Done<K: Clone + Eq + Hash + Send + 'static, V: Clone + Send + Sync + 'static> {
    errands: &'static Errands<K, V>,
    key: K,
    number: u64,
}

impl<K: Clone + Eq + Hash + Send + 'static, V: Clone + Send + Sync + 'static> Drop for Done<K, V> {
    fn drop(&mut self) {
        self.errands.end(&self.key, self.number);
    }
}

impl<V: Clone> Awaited<V> {
    /// Waits for the result. Who drops this leaves the errand to itself.
    pub(crate) async fn result(mut self) -> Result<V, NotDone> {
        let told = self.0.wait_for(Option::is_some).await.map_err(|_| NotDone)?;
        told.clone().ok_or(NotDone)
    }

    /// The same on a thread that may block, for `limit` at most; `None`: it is still under way.
    pub(crate) fn wait(self, limit: Duration) -> Option<Result<V, NotDone>> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut result = pin!(self.result());
        let end = Instant::now() + limit;
        loop {
            if let Poll::Ready(result) = result.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Some(result);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            thread::park_timeout(left);
        }
    }
}

/// Wakes a thread that is parked.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    /// Where errands of a test begin, and end when they are let go.
    #[derive(Default)]
    struct Stage {
        begun: AtomicUsize,
        let_go: Mutex<Vec<String>>,
    }

    impl Stage {
        const fn new() -> Self {
            Self { begun: AtomicUsize::new(0), let_go: Mutex::new(Vec::new()) }
        }

        /// Hangs until `key` is let go, and tells how many had begun before it.
        fn hang(&self, key: &str) -> usize {
            let before = self.begun.fetch_add(1, Ordering::SeqCst);
            while !self.let_go.lock().unwrap().iter().any(|each| each == key) {
                thread::sleep(Duration::from_millis(1));
            }
            before
        }

        fn let_go(&self, key: &str) {
            self.let_go.lock().unwrap().push(key.into());
        }

        fn begun(&self) -> usize {
            self.begun.load(Ordering::SeqCst)
        }
    }

    fn errands(
        work: fn(&String) -> usize,
        places: usize,
        patience: Duration,
    ) -> &'static Errands<String, usize> {
        Box::leak(Box::new(Errands::new(work, places, patience)))
    }

    fn until(condition: impl Fn() -> bool) {
        let end = Instant::now() + SOON;
        while !condition() {
            assert!(Instant::now() < end, "it never came");
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_thousand_who_want_the_same_share_one_errand() {
        static STAGE: Stage = Stage::new();
        let errands = errands(|key| STAGE.hang(key), 4, SOON);
        let all: Vec<_> = (0..1000).map(|_| errands.join(&"name".into())).collect();
        STAGE.let_go("name");
        for each in all {
            assert_eq!(each.wait(SOON), Some(Ok(0)));
        }
        assert_eq!(STAGE.begun(), 1);
        assert_eq!(errands.join(&"name".into()).wait(SOON), Some(Ok(1)), "what is over is not joined");
        until(|| errands.desk().lines.is_empty());
    }

    #[test]
    fn those_that_hang_keep_no_other_back_and_do_not_pile_up() {
        static STAGE: Stage = Stage::new();
        let errands = errands(|key| STAGE.hang(key), 8, SOON);
        STAGE.let_go("well");
        for _ in 0..10 {
            for hanging in ["a", "b", "c"] {
                assert_eq!(errands.join(&hanging.into()).wait(Duration::ZERO), None);
            }
            assert!(matches!(errands.join(&"well".into()).wait(SOON), Some(Ok(_))));
        }
        until(|| STAGE.begun() >= 13);
        assert_eq!(STAGE.begun(), 13, "three that hang, ten that do not");
        for hanging in ["a", "b", "c"] {
            STAGE.let_go(hanging);
        }
        until(|| errands.desk().taken == 0);
    }

    #[test]
    fn who_wants_a_result_of_now_does_not_get_one_of_before() {
        static STAGE: Stage = Stage::new();
        let errands = errands(|key| STAGE.hang(key), 4, SOON);
        let first = errands.begin(&"file".into());
        until(|| STAGE.begun() == 1);
        let all: Vec<_> = (0..100).map(|_| errands.begin(&"file".into())).collect();
        STAGE.let_go("file");
        assert_eq!(first.wait(SOON), Some(Ok(0)));
        for each in all {
            assert_eq!(each.wait(SOON), Some(Ok(1)), "one errand, begun after the first, serves them all");
        }
    }

    #[test]
    fn beside_one_that_hangs_for_long_another_begins_while_half_of_the_places_are_free() {
        static STAGE: Stage = Stage::new();
        let errands = errands(|key| STAGE.hang(key), 4, Duration::ZERO);
        for running in [1, 2, 2, 2] {
            assert_eq!(errands.join(&"name".into()).wait(Duration::ZERO), None);
            assert_eq!(errands.desk().taken, running);
        }
        STAGE.let_go("well");
        assert!(matches!(errands.join(&"well".into()).wait(SOON), Some(Ok(_))));
        STAGE.let_go("name");
        until(|| errands.desk().lines.is_empty());
    }

    #[test]
    fn without_a_free_place_they_begin_in_the_order_of_asking_unless_given_up() {
        static STAGE: Stage = Stage::new();
        let errands = errands(|key| STAGE.hang(key), 1, SOON);
        let [a, b, c, d] = ["a", "b", "c", "d"].map(|key| errands.join(&key.into()));
        drop(c);
        for key in ["d", "c", "b"] {
            STAGE.let_go(key);
        }
        until(|| STAGE.begun() == 1);
        assert_eq!(errands.desk().taken, 1);
        STAGE.let_go("a");
        assert_eq!([a, b, d].map(|each| each.wait(SOON)), [Some(Ok(0)), Some(Ok(1)), Some(Ok(2))]);
        until(|| errands.desk().lines.is_empty());
        assert_eq!(STAGE.begun(), 3);
    }

    #[test]
    fn one_that_panics_tells_so_and_gives_its_place_free() {
        let errands = errands(|key| panic!("planted: {key}"), 1, SOON);
        for _ in 0..3 {
            assert_eq!(errands.join(&"name".into()).wait(SOON), Some(Err(NotDone)));
        }
        until(|| errands.desk().taken == 0);
    }
}
