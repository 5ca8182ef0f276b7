//! Seeded fuzz drivers: random input for what strangers send, and properties that must hold whatever it is.
//!
//!     cargo run --profile test -p edge-downstream-fuzz -- [--seconds 60] [--seed 1] [--only pem]
//!
//! Every execution has a seed of its own. A finding is printed with it, and comes again with `--seed N --executions 1`.
//! The exit code is 1 if there is one. `cargo test` runs each driver for a moment.

mod chains;
mod der;
mod pem;
mod run;

use std::process::ExitCode;
use std::time::Duration;

use run::{Driver, Limit, Outcome};

/// All of them.
const DRIVERS: &[Driver] = &[
    Driver { name: "pem", execute: pem::execute },
    Driver { name: "roots", execute: chains::execute_roots },
    Driver { name: "chains", execute: chains::execute },
];

/// What the command line says.
struct Order {
    seed: u64,
    limit: Limit,
    only: Option<String>,
}

fn main() -> ExitCode {
    let order = match read(std::env::args().skip(1)) {
        Ok(order) => order,
        Err(word) => {
            eprintln!("{word} cannot be understood; see the head of fuzz/src/main.rs");
            return ExitCode::from(2);
        }
    };
    let chosen: Vec<_> =
        DRIVERS.iter().filter(|each| order.only.as_deref().is_none_or(|name| name == each.name)).collect();
    let share = u32::try_from(chosen.len()).unwrap_or(1).max(1);
    let mut findings = 0;
    for driver in chosen {
        let outcome = driver.run(order.seed, order.limit.shared_by(share));
        findings += outcome.findings.len();
        report(driver, &outcome);
    }
    if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn report(driver: &Driver, outcome: &Outcome) {
    let Outcome { executions, slowest, findings } = outcome;
    eprintln!(
        "{:<8} {executions:>10} executions, the slowest {:.1} ms, {} findings",
        driver.name,
        slowest.as_secs_f64() * 1000.0,
        findings.len()
    );
    for (seed, what) in findings {
        eprintln!("  --only {} --executions 1 --seed {seed}: {what}", driver.name);
    }
}

/// # Errors
///
/// The word that is none.
fn read(mut words: impl Iterator<Item = String>) -> Result<Order, String> {
    let mut order = Order { seed: 1, limit: Limit::Time(Duration::from_secs(60)), only: None };
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| word.clone())?;
        let number = || value.parse::<u64>().map_err(|_| value.clone());
        match word.as_str() {
            "--seed" => order.seed = number()?,
            "--seconds" => order.limit = Limit::Time(Duration::from_secs(number()?)),
            "--executions" => order.limit = Limit::Executions(number()?),
            "--only" if DRIVERS.iter().any(|driver| driver.name == value) => order.only = Some(value),
            _ => return Err(word),
        }
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_driver_finds_nothing_for_a_moment() {
        for driver in DRIVERS {
            let Outcome { executions, findings, .. } = driver.run(1, Limit::Executions(3_000));
            assert_eq!((executions, findings), (3_000, vec![]), "{}", driver.name);
        }
    }

    #[test]
    fn a_finding_has_the_seed_that_brings_it_back() {
        let planted =
            Driver { name: "planted", execute: |random| assert!(random.u8(..) != 7, "it is seven") };
        let all = planted.run(1, Limit::Executions(2_000)).findings;
        let [(seed, what), ..] = &all[..] else { panic!("nothing was found") };
        assert!(what.contains("it is seven"), "{what}");
        assert_eq!(planted.run(*seed, Limit::Executions(1)).findings.len(), 1);
    }
}
