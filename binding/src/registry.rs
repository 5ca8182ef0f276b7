//! The sessions of each Node environment, stopped when it ends.
//!
//! The driver's thread outlives a terminated worker; without this its session would go on holding the device's
//! connection, and keep out the next client with the same id.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use edge_downstream::session::Session;
use napi::{Env, Result};

thread_local! {
    /// An environment runs on one thread; `None` until its clean-up hook is set.
    static SESSIONS: RefCell<Option<Vec<Weak<Session>>>> = const { RefCell::new(None) };
}

/// Stops `session` when `env` ends, unless it is gone by then.
pub(crate) fn add(env: &Env, session: &Arc<Session>) -> Result<()> {
    if SESSIONS.with_borrow(Option::is_none) {
        env.add_env_cleanup_hook((), |()| stop_all())?;
    }
    SESSIONS.with_borrow_mut(|sessions| {
        let sessions = sessions.get_or_insert_default();
        sessions.retain(|known| known.strong_count() > 0);
        sessions.push(Arc::downgrade(session));
    });
    Ok(())
}

fn stop_all() {
    let sessions = SESSIONS.with_borrow_mut(Option::take).unwrap_or_default();
    for session in sessions.iter().filter_map(Weak::upgrade) {
        session.stop();
    }
}
