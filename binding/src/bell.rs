//! One bell for all sessions of a Node environment.
//!
//! libuv looks through all handles of its kind each time one of them wakes it: with one for each of a thousand sessions
//! that was a seventh of the work on Node's thread.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::bindgen_prelude::{Either, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Result, Status};
use napi_derive::napi;

/// Not called while the environment is kept alive by nothing else.
type Ring = ThreadsafeFunction<(), (), Numbers, Status, false, true>;

/// One alone, as mostly, needs no array. (Definitions in TypeScript are made without aliases.)
type Numbers = Either<u32, Vec<u32>>;

/// Tells JavaScript which sessions have something to tell.
#[napi]
pub struct NativeBell {
    bell: Arc<Bell>,
}

#[napi]
impl NativeBell {
    /// `ring` is called with the number of a session, or the numbers of several, each once per burst of its events; it
    /// must not throw. It does not keep the process alive.
    #[napi(constructor, catch_unwind)]
    pub fn new(ring: Function<'_, Either<u32, Vec<u32>>, ()>) -> Result<Self> {
        let ringing = Arc::new(Ringing::default());
        let numbers = Arc::clone(&ringing);
        let ring = ring
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .build_callback(move |_| Ok(numbers.take()))?;
        Ok(Self { bell: Arc::new(Bell { ringing, ring }) })
    }

    /// The bell, for another session.
    pub(crate) fn shared(&self) -> Arc<Bell> {
        Arc::clone(&self.bell)
    }
}

/// What sessions pull, on whatever thread.
pub(crate) struct Bell {
    ringing: Arc<Ringing>,
    ring: Ring,
}

impl Bell {
    /// The session of that number has something to tell.
    pub(crate) fn ring(&self, number: u32) {
        let mut ringing = self.ringing.lock();
        ringing.push(number);
        if ringing.len() > 1 {
            return;
        }
        drop(ringing);
        // Refused only while the environment ends, when nobody listens any more.
        self.ring.call((), ThreadsafeFunctionCallMode::NonBlocking);
    }
}

/// The numbers that JavaScript has not been told yet.
#[derive(Default)]
struct Ringing(Mutex<Vec<u32>>);

impl Ringing {
    fn take(&self) -> Numbers {
        let mut numbers = self.lock();
        match numbers.as_slice() {
            &[number] => {
                numbers.clear();
                Either::A(number)
            }
            _ => Either::B(std::mem::take(&mut *numbers)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u32>> {
        // Whoever panicked while holding it left a list all the same.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
