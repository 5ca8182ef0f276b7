//! The one thread on which all sessions of the process run.
//!
//! A gateway device has few cores; one current-thread runtime serves every connection. Blocking work (name
//! resolution, the operating system's certificate store) goes to the runtime's blocking threads instead.

use std::future::{Future, pending};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use tokio::runtime::{Builder, Handle};

/// Name resolution and certificate loading of several sessions may overlap; more threads than this never help.
const BLOCKING_THREADS: usize = 4;

/// A handle of the shared runtime. The first call starts its thread, named `edge-downstream`, and so does one that finds the
/// thread dead: a panic of a task does not end it, but one of the runtime itself does, and all tasks with it.
///
/// # Errors
///
/// The operating system refused a thread or the runtime's event queue.
pub fn handle() -> std::io::Result<Handle> {
    static SHARED: Shared = Shared(Mutex::new(None));
    SHARED.handle(pending::<()>)
}

struct Shared(Mutex<Option<(Handle, Weak<Alive>)>>);

/// Held by the thread for as long as its runtime takes tasks.
struct Alive;

impl Shared {
    /// A thread that is started here lives until the future of `end` is ready.
    fn handle<F: Future>(&self, end: impl FnOnce() -> F + Send + 'static) -> std::io::Result<Handle> {
        // Worker threads of Node may come together.
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((handle, alive)) = &*shared
            && alive.strong_count() > 0
        {
            return Ok(handle.clone());
        }
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .max_blocking_threads(BLOCKING_THREADS)
            .thread_name("edge-downstream")
            .build()?;
        let handle = runtime.handle().clone();
        let alive = Arc::new(Alive);
        *shared = Some((handle.clone(), Arc::downgrade(&alive)));
        let life = move || {
            // Inside the future, which is dropped before the tasks: who hears of their end finds this thread dead.
            runtime.block_on(async move {
                let _alive = alive;
                end().await;
            });
        };
        thread::Builder::new().name("edge-downstream".into()).spawn(life)?;
        Ok(handle)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    /// At its end it asks for the thread again, and sends from there.
    struct Survivor(Arc<Shared>, Sender<()>);

    impl Drop for Survivor {
        fn drop(&mut self) {
            let sender = self.1.clone();
            let next = self.0.handle(pending::<()>).unwrap();
            next.spawn(async move { sender.send(()) });
        }
    }

    #[test]
    fn a_thread_that_died_is_replaced_as_soon_as_its_tasks_hear_of_it() {
        let shared = Arc::new(Shared(Mutex::new(None)));
        let (sender, receiver) = channel();
        let survivor = Survivor(Arc::clone(&shared), sender);
        let first = shared.handle(|| async { panic!("planted: the runtime dies") }).unwrap();
        first.spawn(async move {
            let _survivor = survivor;
            pending::<()>().await;
        });
        assert_eq!(receiver.recv(), Ok(()));
    }

    #[test]
    fn a_thread_that_lives_is_shared() {
        let shared = Shared(Mutex::new(None));
        let first = shared.handle(pending::<()>).unwrap();
        let second = shared.handle(pending::<()>).unwrap();
        assert_eq!(first.id(), second.id());
    }
}
