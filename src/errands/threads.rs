//! Threads for errands: as many as are busy, kept for a moment in case another errand comes.

use std::collections::VecDeque;
use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How long a thread without work is kept. Starting one costs more than most errands.
const KEPT: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce() + Send>;

/// Threads that do one job after the other; a job never waits for another one.
pub(super) struct Threads {
    hall: Mutex<Hall>,
    bell: Condvar,
}

struct Hall {
    jobs: VecDeque<Job>,
    /// At least as many threads wait here as there are jobs, but for those just started.
    idle: usize,
}

impl Threads {
    pub(super) const fn new() -> Self {
        Self { hall: Mutex::new(Hall { jobs: VecDeque::new(), idle: 0 }), bell: Condvar::new() }
    }

    /// Has `job` done at once, on another thread.
    ///
    /// # Errors
    ///
    /// The operating system gives no thread.
    pub(super) fn run(&'static self, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let mut hall = self.hall();
        hall.jobs.push_back(Box::new(job));
        if hall.jobs.len() <= hall.idle {
            self.bell.notify_one();
            return Ok(());
        }
        let started = thread::Builder::new().name("edge-errand".into()).spawn(|| self.work());
        if started.is_err() {
            hall.jobs.pop_back();
        }
        started.map(drop)
    }

    fn work(&self) {
        while let Some(job) = self.next() {
            job();
        }
    }

    fn next(&self) -> Option<Job> {
        let mut hall = self.hall();
        if let Some(job) = hall.jobs.pop_front() {
            return Some(job);
        }
        hall.idle += 1;
        let waited = self.bell.wait_timeout_while(hall, KEPT, |hall| hall.jobs.is_empty());
        let (mut hall, _) = waited.unwrap_or_else(PoisonError::into_inner);
        hall.idle -= 1;
        hall.jobs.pop_front()
    }

    fn hall(&self) -> MutexGuard<'_, Hall> {
        // Every critical section leaves it whole.
        self.hall.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn jobs_that_hang_keep_no_other_from_being_done_and_threads_are_used_again() {
        static THREADS: Threads = Threads::new();
        let (sender, receiver) = channel();
        let (hold, held) = channel::<()>();
        let held = std::sync::Arc::new(Mutex::new(held));
        for _ in 0..4 {
            let held = std::sync::Arc::clone(&held);
            // Until there is nobody who could send.
            THREADS.run(move || assert!(held.lock().unwrap().recv().is_err())).unwrap();
        }
        let mut seen = std::collections::HashSet::new();
        for _ in 0..50 {
            let sender = sender.clone();
            THREADS.run(move || sender.send(thread::current().id()).unwrap()).unwrap();
            seen.insert(receiver.recv().unwrap());
            while THREADS.hall().idle == 0 {
                thread::yield_now();
            }
        }
        assert_eq!(seen.len(), 1, "one thread was enough for all that did not hang");
        drop(hold);
    }

    #[test]
    fn a_job_that_panics_takes_only_its_thread_with_it() {
        static THREADS: Threads = Threads::new();
        THREADS.run(|| panic!("planted")).unwrap();
        let (sender, receiver) = channel();
        THREADS.run(move || sender.send(()).unwrap()).unwrap();
        assert_eq!(receiver.recv(), Ok(()));
    }
}
