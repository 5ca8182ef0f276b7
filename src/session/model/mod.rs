//! A random program drives a session over simulated time and a gateway in memory, and a judge says whether all that came
//! of it may be.
//!
//! | room | holds |
//! |---|---|
//! | `plan` | what is to happen: a setting, and the steps of app, gateway and clock |
//! | `draw` | from a seed to a plan |
//! | `run` | carries a plan out |
//! | `app` | gives commands to the session, and hears what it tells |
//! | `gateway` | dials, answers, sends, loses: as the plan says |
//! | `link` | one connection: bytes in memory, whole or in pieces, cut anywhere |
//! | `world` | what all of them share |
//! | `judge` | the reference: what each id, each number and each message may still become |
//!
//! The judge sees three things: what the app asked, what it was told, and each packet as it passes the client's end of a
//! link. It knows nothing of the session's rooms.
//!
//! `EDGE_MODEL_SCHEDULES` sets how many plans are carried out and `EDGE_MODEL_FIRST` the first seed; `EDGE_MODEL_SEED`
//! repeats one and prints what happened.

mod app;
mod draw;
mod gateway;
mod judge;
mod link;
mod plan;
mod run;
mod world;

use std::env;
use std::fmt::Write;
use std::panic;

use plan::Plan;
use run::run;

/// So many plans are carried out where nobody asks for more.
const SCHEDULES: u64 = 2_000;

fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {text:?}")))
}

/// Panics that a plan asked for are none to read about.
fn hush() {
    let others = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if panic.payload_as_str() != Some(link::PLANTED) {
            others(panic);
        }
    }));
}

#[test]
fn whatever_coincides() {
    hush();
    if let Some(seed) = number("EDGE_MODEL_SEED") {
        let outcome = run(&Plan::of(seed), true);
        assert!(outcome.fault.is_none(), "{}", report(seed));
        eprintln!("{}", outcome.story.join("\n"));
        return;
    }
    let schedules = number("EDGE_MODEL_SCHEDULES").unwrap_or(SCHEDULES);
    let first = number("EDGE_MODEL_FIRST").unwrap_or(1);
    let failed = (first..first + schedules).find(|seed| run(&Plan::of(*seed), false).fault.is_some());
    let told = failed.map(report);
    assert!(told.is_none(), "{}", told.unwrap_or_default());
}

/// What failed, by as few steps as still fail.
fn report(seed: u64) -> String {
    let mut plan = Plan::of(seed);
    let whole = plan.steps.len();
    let mut outcome = run(&plan, true);
    let mut size = whole;
    while size > 0 {
        let mut at = 0;
        while at < plan.steps.len() {
            let fewer = plan.without(at, size);
            let again = run(&fewer, true);
            if again.fault.is_some() {
                (plan, outcome) = (fewer, again);
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    let mut text = format!("seed {seed}: {}\n", outcome.fault.unwrap_or_default());
    let _ = writeln!(text, "{:?}\n{} of {whole} steps do it:", plan.setting, plan.steps.len());
    for step in &plan.steps {
        let _ = writeln!(text, "  {step:?}");
    }
    let _ = writeln!(text, "What happened:\n  {}", outcome.story.join("\n  "));
    let _ = writeln!(text, "EDGE_MODEL_SEED={seed} repeats the whole.");
    text
}
