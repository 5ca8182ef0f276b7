//! Notices that the machine slept, or the process was stopped, and has all sessions ask whether their gateways are still
//! there: no timer of a connection tells of such a time, and the gateway may have given the connection up in it.
//!
//! One timer for all sessions of the process, and none where there is no session.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant, SystemTime};

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::mailbox::{Command, Mailbox};

/// With the patience of a session that doubts, a line that died is noticed within 10 s of waking.
const TICK: Duration = Duration::from_secs(4);
/// A tick may be so late on a busy machine, and a clock be set by so much, without a word.
const SLIP: Duration = Duration::from_secs(3);
/// A wait that a signal to continue ends tells nothing of sockets: the next one does, and what lay in them before must not
/// pass for an answer.
const SETTLE: Duration = Duration::from_millis(50);

static WATCHED: Mutex<Watched> = Mutex::new(Watched { sessions: Vec::new(), ticker: None });

struct Watched {
    sessions: Vec<Weak<Mailbox>>,
    ticker: Option<JoinHandle<()>>,
}

fn watched() -> MutexGuard<'static, Watched> {
    // Every critical section leaves its data whole.
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on the session of `mailbox` hears of it.
pub(super) fn watch(runtime: &Handle, mailbox: &Arc<Mailbox>) {
    let mut watched = watched();
    watched.sessions.push(Arc::downgrade(mailbox));
    // It is over, too, when its runtime is gone.
    if watched.ticker.as_ref().is_none_or(JoinHandle::is_finished) {
        watched.ticker = Some(runtime.spawn(tick()));
    }
}

/// Ends with the last session.
async fn tick() {
    let mut clocks = Clocks { wall: SystemTime::now(), monotonic: Instant::now() };
    loop {
        sleep(TICK).await;
        let now = Clocks { wall: SystemTime::now(), monotonic: Instant::now() };
        let slept = now.skipped_since(&clocks);
        clocks = now;
        if slept {
            sleep(SETTLE).await;
        }
        let mut watched = watched();
        watched.sessions.retain(|session| session.strong_count() > 0);
        if watched.sessions.is_empty() {
            watched.ticker = None;
            return;
        }
        if slept {
            watched.sessions.iter().filter_map(Weak::upgrade).for_each(|it| it.command(Command::Doubt));
        }
    }
}

/// One look at both.
struct Clocks {
    wall: SystemTime,
    /// It stands still, on most systems, while the machine sleeps.
    monotonic: Instant,
}

impl Clocks {
    /// More time passed since `before`, a tick ago, than one waited for.
    fn skipped_since(&self, before: &Self) -> bool {
        let waited = self.monotonic - before.monotonic;
        // Set back, it tells nothing.
        let passed = self.wall.duration_since(before.wall).unwrap_or_default();
        waited.max(passed) > TICK + SLIP
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Limits;

    #[test]
    fn a_sleep_shows_on_either_clock() {
        let before = Clocks { wall: SystemTime::now(), monotonic: Instant::now() };
        let after = |wall: f64, monotonic: f64| Clocks {
            wall: before.wall + Duration::from_secs_f64(wall),
            monotonic: before.monotonic + Duration::from_secs_f64(monotonic),
        };
        assert!(!after(4.0, 4.0).skipped_since(&before));
        assert!(!after(6.5, 6.5).skipped_since(&before), "a busy machine");
        assert!(after(7.5, 4.0).skipped_since(&before), "the machine slept");
        assert!(after(60.0, 4.0).skipped_since(&before));
        assert!(after(9.0, 9.0).skipped_since(&before), "the process was stopped");
        let set_back = Clocks { wall: before.wall - Duration::from_secs(3600), ..after(0.0, 4.0) };
        assert!(!set_back.skipped_since(&before));
    }

    #[test]
    fn it_ticks_as_long_as_there_are_sessions() {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mailbox = Arc::new(Mailbox::new(Limits::default(), Box::new(|| {})));
            watch(&Handle::current(), &mailbox);
            sleep(3 * TICK).await;
            assert!(watched().ticker.as_ref().is_some_and(|ticker| !ticker.is_finished()));
            drop(mailbox);
            sleep(2 * TICK).await;
            assert!(watched().ticker.is_none());
        });
    }
}
