//! How a driver is run: one execution after the other, each with its seed, until time or number is up.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use fastrand::Rng;

/// More are not looked for.
const MOST_FINDINGS: usize = 10;

/// Something that is given random input.
pub(crate) struct Driver {
    pub(crate) name: &'static str,
    /// One execution. It panics where a property does not hold.
    pub(crate) execute: fn(&mut Rng),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Limit {
    Time(Duration),
    Executions(u64),
}

impl Limit {
    /// The time is for all drivers together, the number for each.
    pub(crate) fn shared_by(self, drivers: u32) -> Self {
        match self {
            Self::Time(time) => Self::Time(time / drivers),
            Self::Executions(_) => self,
        }
    }

    fn is_reached(self, begin: Instant, executions: u64) -> bool {
        match self {
            Self::Time(time) => begin.elapsed() >= time,
            Self::Executions(count) => executions >= count,
        }
    }
}

/// What a run has brought.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) executions: u64,
    pub(crate) slowest: Duration,
    /// The seed of each, and what the panic said.
    pub(crate) findings: Vec<(u64, String)>,
}

impl Driver {
    pub(crate) fn run(&self, first_seed: u64, limit: Limit) -> Outcome {
        let begin = Instant::now();
        let mut outcome = Outcome::default();
        while !limit.is_reached(begin, outcome.executions) && outcome.findings.len() < MOST_FINDINGS {
            let seed = first_seed.wrapping_add(outcome.executions);
            let start = Instant::now();
            let mut random = Rng::with_seed(seed);
            if let Err(panic) = panic::catch_unwind(AssertUnwindSafe(|| (self.execute)(&mut random))) {
                outcome.findings.push((seed, words_of(&*panic)));
            }
            outcome.slowest = outcome.slowest.max(start.elapsed());
            outcome.executions += 1;
        }
        outcome
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words").to_owned()
}
