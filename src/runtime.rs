//! The one thread on which all sessions of the process run, and the one on which they shake hands.
//!
//! A gateway device has few cores; one current-thread runtime serves every connection. What blocks (name resolution, reading
//! certificates) is an errand instead, see `errands`. What computes for long is not done there either: a handshake takes a
//! millisecond, on a small computer ten, and as much as verification is bounded to where a server is hostile. Connections
//! that stand do not wait for it.

use std::future::{Future, pending};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use tokio::runtime::{Builder, Handle};

/// A handle of the shared runtime. The first call starts its thread, named `edge-downstream`, and so does one that finds the
/// thread dead: a panic of a task does not end it, but one of the runtime itself does, and all tasks with it.
///
/// # Errors
///
/// The operating system refused a thread or the runtime's event queue.
pub fn handle() -> std::io::Result<Handle> {
    static SHARED: Shared = Shared::new("edge-downstream", true);
    SHARED.handle(pending::<()>)
}

/// The same for the thread of handshakes, named `edge-handshakes`. Sockets and timers are driven by the other.
pub(crate) fn handshakes() -> std::io::Result<Handle> {
    static SHARED: Shared = Shared::new("edge-handshakes", false);
    SHARED.handle(pending::<()>)
}

struct Shared {
    name: &'static str,
    /// It drives sockets and timers.
    drives: bool,
    thread: Mutex<Option<(Handle, Weak<Alive>)>>,
}

/// Held by the thread for as long as its runtime takes tasks.
struct Alive;

impl Shared {
    const fn new(name: &'static str, drives: bool) -> Self {
        Self { name, drives, thread: Mutex::new(None) }
    }

    /// A thread that is started here lives until the future of `end` is ready.
    fn handle<F: Future>(&self, end: impl FnOnce() -> F + Send + 'static) -> std::io::Result<Handle> {
        // Worker threads of Node may come together.
        let mut shared = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((handle, alive)) = &*shared
            && alive.strong_count() > 0
        {
            return Ok(handle.clone());
        }
        let mut builder = Builder::new_current_thread();
        if self.drives {
            builder.enable_all();
        }
        let runtime = builder.build()?;
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
        thread::Builder::new().name(self.name.into()).spawn(life)?;
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
        let shared = Arc::new(Shared::new("test", true));
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
        let shared = Shared::new("test", true);
        let first = shared.handle(pending::<()>).unwrap();
        let second = shared.handle(pending::<()>).unwrap();
        assert_eq!(first.id(), second.id());
    }
}
