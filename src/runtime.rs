//! The one thread on which all sessions of the process run.
//!
//! A gateway device has few cores; one current-thread runtime serves every connection. Blocking work (name
//! resolution, the operating system's certificate store) goes to the runtime's blocking threads instead.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use tokio::runtime::{Builder, Handle};

/// Name resolution and certificate loading of several sessions may overlap; more threads than this never help.
const BLOCKING_THREADS: usize = 4;

/// A handle of the shared runtime; the first call starts its thread, named `edge-downstream`.
///
/// # Errors
///
/// The operating system refused a thread or the runtime's event queue.
pub fn handle() -> std::io::Result<&'static Handle> {
    static HANDLE: OnceLock<Handle> = OnceLock::new();
    static STARTING: Mutex<()> = Mutex::new(());

    if let Some(handle) = HANDLE.get() {
        return Ok(handle);
    }
    // Worker threads may come first together.
    let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = HANDLE.get() {
        return Ok(handle);
    }
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_name("edge-downstream")
        .build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("edge-downstream".into())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(HANDLE.get_or_init(|| handle))
}
