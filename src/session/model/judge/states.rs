//! Each number: how connects and disconnects end, and when at the latest.

use std::time::Duration;

use tokio::time::Instant;

use super::{Verdict, ensure};
use crate::session::State;

/// An attempt with all that may come before it: a close, a replacement, and each stage to its deadline.
const ATTEMPT: Duration = Duration::from_secs(11 + 31 + 20 + 30 + 130);
/// A replacement waits so long for the app, and for acknowledgements.
const QUIESCE: Duration = Duration::from_secs(30);
/// After its grace a close waits that long for the gateway's end.
const LEAVE: Duration = Duration::from_secs(1);
/// Timers tick in milliseconds.
const SLACK: Duration = Duration::from_millis(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Wanted {
    Connect,
    Renewal { replaces: u32 },
    Disconnect { grace: Duration },
}

struct Command {
    number: u32,
    wanted: Wanted,
    at: Instant,
    /// Its end was told, or a later command took its place.
    ended: bool,
    /// The app has answered `Renewing`.
    caught_up: bool,
}

#[derive(Default)]
pub(super) struct States {
    commands: Vec<Command>,
    /// As far as told.
    standing: Option<u32>,
    /// What is told belongs to this number or a later one: those before are over.
    floor: u32,
}

impl States {
    pub(super) fn wanted(&mut self, number: u32, wanted: Wanted, at: Instant) {
        for earlier in &mut self.commands {
            earlier.ended |= match (wanted, earlier.wanted) {
                (_, Wanted::Disconnect { .. }) => false,
                (Wanted::Renewal { replaces }, Wanted::Renewal { replaces: before }) => replaces == before,
                (Wanted::Renewal { .. }, Wanted::Connect) => false,
                _ => true,
            };
        }
        self.commands.push(Command { number, wanted, at, ended: false, caught_up: false });
    }

    pub(super) fn caught_up(&mut self, number: u32) {
        if let Ok(command) = self.find(number) {
            command.caught_up = true;
        }
    }

    /// The client says DISCONNECT: for a close, or for a replacement that had its time.
    pub(super) fn leaves(&self, now: Instant) -> Verdict {
        let may = self.commands.iter().any(|command| match command.wanted {
            Wanted::Disconnect { .. } => !command.ended,
            // Superseded or not.
            _ => {
                let is_later = self.standing.is_none_or(|standing| command.number > standing);
                is_later && (command.caught_up || now >= command.at + QUIESCE)
            }
        });
        ensure!(may, "DISCONNECT, and nobody wanted it, or was done");
        Ok(())
    }

    pub(super) fn standing(&self) -> Option<u32> {
        self.standing
    }

    /// A close is under way.
    pub(super) fn is_leaving(&self) -> bool {
        let mut disconnects =
            self.commands.iter().filter(|command| matches!(command.wanted, Wanted::Disconnect { .. }));
        disconnects.any(|command| !command.ended)
    }

    /// A close is under way, and no connect waits behind it.
    pub(super) fn is_closing_last(&self) -> bool {
        let mut closing = false;
        for command in &self.commands {
            match command.wanted {
                Wanted::Disconnect { .. } => closing |= !command.ended,
                Wanted::Connect => closing = false,
                Wanted::Renewal { .. } => {}
            }
        }
        closing
    }

    /// A command is under way.
    pub(super) fn is_changing(&self) -> bool {
        self.commands.iter().any(|command| match command.wanted {
            Wanted::Renewal { replaces } => !command.ended && self.standing == Some(replaces),
            _ => !command.ended,
        })
    }

    pub(super) fn wants_connection(&self) -> bool {
        self.standing.is_some() || self.is_changing()
    }

    fn find(&mut self, number: u32) -> Result<&mut Command, String> {
        self.commands
            .iter_mut()
            .find(|command| command.number == number)
            .ok_or(format!("{number} was never commanded"))
    }

    pub(super) fn told(&mut self, state: &State) -> Verdict {
        let standing = self.standing;
        match *state {
            State::Connecting { request, .. } => self.attempt(request),
            State::Connected { request, renewal, .. } => {
                self.attempt(request)?;
                let command = self.find(request)?;
                let renews = matches!(command.wanted, Wanted::Renewal { .. });
                ensure!(renewal == renews, "connected {request} says renewal {renewal}");
                ensure!(standing != Some(request), "connected {request} is told again");
                command.ended = true;
                self.standing = Some(request);
                Ok(())
            }
            State::Renewing { request } => {
                ensure!(standing.is_some(), "renewing {request}, and nothing stands");
                ensure!(request > self.floor, "renewing {request} after {}", self.floor);
                match self.find(request)?.wanted {
                    Wanted::Renewal { replaces } => {
                        ensure!(standing == Some(replaces), "renewing {request} replaces {standing:?}");
                    }
                    Wanted::Connect => {}
                    wanted @ Wanted::Disconnect { .. } => {
                        return Err(format!("renewing {request}: {wanted:?}"));
                    }
                }
                Ok(())
            }
            State::Failed { request, .. } => {
                self.attempt(request)?;
                let command = self.find(request)?;
                ensure!(command.wanted == Wanted::Connect, "failed {request}: {:?}", command.wanted);
                ensure!(standing != Some(request), "failed {request} after it was connected");
                command.ended = true;
                self.standing = None;
                self.floor = request + 1;
                Ok(())
            }
            State::Lost { request, .. } => {
                ensure!(request >= self.floor, "lost {request} after {}", self.floor);
                let command = self.find(request)?;
                let of_renewal =
                    matches!(command.wanted, Wanted::Renewal { replaces } if standing == Some(replaces));
                ensure!(standing == Some(request) || of_renewal, "lost {request}, and {standing:?} stands");
                command.ended = true;
                self.standing = None;
                self.floor = request + 1;
                Ok(())
            }
            State::Closed { request } => {
                ensure!(request >= self.floor, "closed {request} after {}", self.floor);
                let command = self.find(request)?;
                ensure!(
                    matches!(command.wanted, Wanted::Disconnect { .. }),
                    "closed {request}: no disconnect"
                );
                ensure!(!command.ended, "closed {request} is told again");
                command.ended = true;
                self.standing = None;
                self.floor = request + 1;
                let passed = self.commands.iter().find(|command| {
                    command.number < request
                        && !command.ended
                        && matches!(command.wanted, Wanted::Disconnect { .. })
                });
                ensure!(passed.is_none(), "closed {request} passes an earlier disconnect");
                Ok(())
            }
            State::Broken { .. } => Ok(()),
        }
    }

    /// An attempt of `number` is under way.
    fn attempt(&mut self, number: u32) -> Verdict {
        ensure!(number >= self.floor, "{number} is told after {}", self.floor);
        let standing = self.standing;
        match self.find(number)?.wanted {
            Wanted::Connect => {}
            Wanted::Renewal { replaces } => {
                ensure!(
                    standing == Some(replaces),
                    "renewal {number} of {replaces}, and {standing:?} stands"
                );
            }
            Wanted::Disconnect { .. } => return Err(format!("an attempt of disconnect {number}")),
        }
        self.floor = number;
        Ok(())
    }

    /// All that was reported is told: what should have ended by now?
    pub(super) fn overdue(&self, now: Instant) -> Verdict {
        for Command { number, wanted, at, ended, .. } in &self.commands {
            let limit = match wanted {
                Wanted::Disconnect { grace } => *grace + LEAVE,
                Wanted::Connect => ATTEMPT,
                Wanted::Renewal { replaces } if self.standing == Some(*replaces) => ATTEMPT,
                Wanted::Renewal { .. } => continue,
            };
            ensure!(*ended || now <= *at + limit + SLACK, "{wanted:?} {number} has not ended in time");
        }
        Ok(())
    }
}
