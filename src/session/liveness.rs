//! When to ping, when to give up.
//!
//! Any inbound byte is life (design §4). A ping goes out after inbound silence, or when nothing else kept the
//! promise of the MQTT keep-alive (MQTT 3.1.1 §3.1.2.10); silence after it is death. Who wakes from a sleep does not know
//! what became of the line meanwhile, asks at once and waits for less.

use std::time::Duration;

use tokio::time::Instant;

/// How long the answer to that is waited for. A gateway that does not read just then is given up though it lives, which
/// costs a reconnect.
const AFTER_WAKING: Duration = Duration::from_secs(5);
/// Beyond two keep-alives of silence.
const ALLOWANCE: Duration = Duration::from_secs(5);

pub(super) struct Liveness {
    ping_after: Duration,
    dead_after: Duration,
    /// `None`: keep-alive 0, the gateway expects nothing.
    keep_alive: Option<Duration>,
    heard: Instant,
    sent: Instant,
    ping: Option<Ping>,
    /// A ping is due, whatever was heard.
    doubts: bool,
}

/// A ping without an answer yet: the first, if there were more.
#[derive(Clone, Copy)]
struct Ping {
    sent: Instant,
    death: Instant,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Look again then.
    Wait(Instant),
    /// Send a PINGREQ.
    Ping,
    /// The connection is dead, after so much silence behind a PINGREQ.
    Dead(Duration),
}

impl Liveness {
    /// A short keep-alive bounds all: it is dead after two of them and 5 s.
    pub(super) fn new(keep_alive: u16, ping_after: Duration, dead_after: Duration, now: Instant) -> Self {
        let keep_alive = (keep_alive > 0).then(|| Duration::from_secs(keep_alive.into()));
        let ping_after = keep_alive.map_or(ping_after, |limit| limit.min(ping_after));
        let in_all = keep_alive.map(|limit| 2 * limit + ALLOWANCE);
        Self {
            ping_after,
            dead_after: in_all.map_or(dead_after, |in_all| dead_after.min(in_all - ping_after)),
            keep_alive,
            heard: now,
            sent: now,
            ping: None,
            doubts: false,
        }
    }

    /// Bytes came, or reading was our own choice to pause: silence counts from here.
    pub(super) fn heard(&mut self, now: Instant) {
        self.heard = now;
        self.ping = None;
    }

    /// A packet went out.
    pub(super) fn sent(&mut self, now: Instant) {
        self.sent = now;
    }

    /// What was known of the line may be long past: the machine slept.
    pub(super) fn doubt(&mut self) {
        self.doubts = true;
    }

    pub(super) fn verdict(&self, now: Instant) -> Verdict {
        if let Some(Ping { sent, death }) = self.ping
            && now >= death
        {
            return Verdict::Dead(now - sent);
        }
        let next = self.next();
        if now < next && !self.doubts { Verdict::Wait(next) } else { Verdict::Ping }
    }

    /// A PINGREQ went out; tells when to look again. Silence counts from the first of them, the promise is kept meanwhile.
    pub(super) fn pinged(&mut self, now: Instant) -> Instant {
        let doubts = std::mem::take(&mut self.doubts);
        let patience = if doubts { AFTER_WAKING.min(self.dead_after) } else { self.dead_after };
        let ping = self.ping.get_or_insert(Ping { sent: now, death: now + patience });
        ping.death = ping.death.min(now + patience);
        self.sent = now;
        self.next()
    }

    /// When something is due: a ping, or the verdict after one.
    fn next(&self) -> Instant {
        let silence = self.ping.map_or(self.heard + self.ping_after, |ping| ping.death);
        self.keep_alive.map_or(silence, |limit| silence.min(self.sent + limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn liveness(keep_alive: u16, begin: Instant) -> Liveness {
        Liveness::new(keep_alive, 30 * SECOND, 60 * SECOND, begin)
    }

    /// Seconds until a line that is silent from the beginning is dead, and the seconds of the pings before.
    fn end_of_silence(keep_alive: u16) -> (u64, Vec<u64>) {
        let begin = Instant::now();
        let mut liveness = liveness(keep_alive, begin);
        let mut now = begin;
        let mut pings = Vec::new();
        loop {
            match liveness.verdict(now) {
                Verdict::Wait(next) => now = next,
                Verdict::Ping => {
                    pings.push((now - begin).as_secs());
                    liveness.pinged(now);
                }
                Verdict::Dead(_) => return ((now - begin).as_secs(), pings),
            }
        }
    }

    #[test]
    fn silence_is_answered_by_a_ping_and_then_by_death() {
        let begin = Instant::now();
        let mut liveness = liveness(180, begin);
        assert_eq!(liveness.verdict(begin), Verdict::Wait(begin + 30 * SECOND));
        assert_eq!(liveness.verdict(begin + 30 * SECOND), Verdict::Ping);
        assert_eq!(liveness.pinged(begin + 30 * SECOND), begin + 90 * SECOND);
        assert_eq!(liveness.verdict(begin + 89 * SECOND), Verdict::Wait(begin + 90 * SECOND));
        assert_eq!(liveness.verdict(begin + 90 * SECOND), Verdict::Dead(60 * SECOND));
    }

    #[test]
    fn any_byte_is_life() {
        let begin = Instant::now();
        let mut liveness = liveness(180, begin);
        liveness.pinged(begin + 30 * SECOND);
        liveness.heard(begin + 80 * SECOND);
        assert_eq!(liveness.verdict(begin + 90 * SECOND), Verdict::Wait(begin + 110 * SECOND));
    }

    #[test]
    fn a_short_keep_alive_bounds_all_and_a_long_one_leaves_a_gateway_that_does_not_read_its_50_s() {
        assert_eq!(end_of_silence(1), (7, (1..7).collect()));
        assert_eq!(end_of_silence(5), (15, vec![5, 10]));
        assert_eq!(end_of_silence(25), (55, vec![25, 50]));
        assert_eq!(end_of_silence(40), (85, vec![30, 70]));
        for keep_alive in [0, 60, 180, u16::MAX] {
            assert_eq!(end_of_silence(keep_alive).0, 90, "keep-alive {keep_alive}");
        }
    }

    #[test]
    fn the_promise_is_kept_while_a_pingresp_is_awaited() {
        let begin = Instant::now();
        let mut liveness = liveness(25, begin);
        assert_eq!(liveness.pinged(begin + 25 * SECOND), begin + 50 * SECOND);
        assert_eq!(liveness.verdict(begin + 50 * SECOND), Verdict::Ping);
        assert_eq!(liveness.pinged(begin + 50 * SECOND), begin + 55 * SECOND);
        assert_eq!(liveness.verdict(begin + 55 * SECOND), Verdict::Dead(30 * SECOND));
    }

    #[test]
    fn a_gateway_that_only_talks_still_hears_from_us() {
        let begin = Instant::now();
        let mut liveness = liveness(20, begin);
        liveness.heard(begin + 19 * SECOND);
        assert_eq!(liveness.verdict(begin + 20 * SECOND), Verdict::Ping);
    }

    #[test]
    fn who_doubts_asks_at_once_whatever_was_heard_and_has_little_patience() {
        let begin = Instant::now();
        let mut liveness = liveness(180, begin);
        liveness.doubt();
        liveness.heard(begin + SECOND);
        assert_eq!(liveness.verdict(begin + SECOND), Verdict::Ping);
        assert_eq!(liveness.pinged(begin + SECOND), begin + 6 * SECOND);
        assert_eq!(liveness.verdict(begin + 6 * SECOND), Verdict::Dead(5 * SECOND));
        liveness.heard(begin + 6 * SECOND);
        assert_eq!(liveness.verdict(begin + 6 * SECOND), Verdict::Wait(begin + 36 * SECOND));
    }

    #[test]
    fn doubt_shortens_the_wait_for_an_answer_that_is_due_already() {
        let begin = Instant::now();
        let mut liveness = liveness(180, begin);
        liveness.pinged(begin + 30 * SECOND);
        liveness.doubt();
        assert_eq!(liveness.pinged(begin + 40 * SECOND), begin + 45 * SECOND);
        liveness.doubt();
        assert_eq!(liveness.pinged(begin + 44 * SECOND), begin + 45 * SECOND);
    }
}
