//! When to ping, when to give up.
//!
//! Any inbound byte is life (design §4). A ping goes out after inbound silence, or when nothing else kept the
//! promise of the MQTT keep-alive (MQTT 3.1.1 §3.1.2.10); silence after it is death.

use std::time::Duration;

use tokio::time::Instant;

pub(super) struct Liveness {
    ping_after: Duration,
    dead_after: Duration,
    /// `None`: keep-alive 0, the gateway expects nothing.
    keep_alive: Option<Duration>,
    heard: Instant,
    sent: Instant,
    pinged: Option<Instant>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Look again then.
    Wait(Instant),
    /// Send a PINGREQ.
    Ping,
    /// The connection is dead.
    Dead,
}

impl Liveness {
    pub(super) fn new(keep_alive: u16, ping_after: Duration, dead_after: Duration, now: Instant) -> Self {
        let keep_alive = (keep_alive > 0).then(|| Duration::from_secs(keep_alive.into()));
        Self {
            ping_after: keep_alive.map_or(ping_after, |limit| limit.min(ping_after)),
            dead_after,
            keep_alive,
            heard: now,
            sent: now,
            pinged: None,
        }
    }

    /// Bytes came, or reading was our own choice to pause: silence counts from here.
    pub(super) fn heard(&mut self, now: Instant) {
        self.heard = now;
        self.pinged = None;
    }

    /// A packet went out.
    pub(super) fn sent(&mut self, now: Instant) {
        self.sent = now;
    }

    pub(super) fn verdict(&self, now: Instant) -> Verdict {
        let death = self.pinged.map(|pinged| pinged + self.dead_after);
        if death.is_some_and(|death| now >= death) {
            return Verdict::Dead;
        }
        let next = self.next();
        if now < next { Verdict::Wait(next) } else { Verdict::Ping }
    }

    /// A PINGREQ went out; tells when to look again. Silence counts from the first of them, the promise is kept meanwhile.
    pub(super) fn pinged(&mut self, now: Instant) -> Instant {
        self.pinged.get_or_insert(now);
        self.sent = now;
        self.next()
    }

    /// When something is due: a ping, or the verdict after one.
    fn next(&self) -> Instant {
        let silence = match self.pinged {
            Some(pinged) => pinged + self.dead_after,
            None => self.heard + self.ping_after,
        };
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

    #[test]
    fn silence_is_answered_by_a_ping_and_then_by_death() {
        let begin = Instant::now();
        let mut liveness = liveness(180, begin);
        assert_eq!(liveness.verdict(begin), Verdict::Wait(begin + 30 * SECOND));
        assert_eq!(liveness.verdict(begin + 30 * SECOND), Verdict::Ping);
        assert_eq!(liveness.pinged(begin + 30 * SECOND), begin + 90 * SECOND);
        assert_eq!(liveness.verdict(begin + 89 * SECOND), Verdict::Wait(begin + 90 * SECOND));
        assert_eq!(liveness.verdict(begin + 90 * SECOND), Verdict::Dead);
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
    fn a_shorter_keep_alive_comes_first() {
        let begin = Instant::now();
        assert_eq!(liveness(5, begin).verdict(begin), Verdict::Wait(begin + 5 * SECOND));
        assert_eq!(liveness(0, begin).verdict(begin), Verdict::Wait(begin + 30 * SECOND));
    }

    #[test]
    fn the_promise_is_kept_while_a_pingresp_is_awaited() {
        let begin = Instant::now();
        let mut liveness = liveness(25, begin);
        assert_eq!(liveness.pinged(begin + 25 * SECOND), begin + 50 * SECOND);
        assert_eq!(liveness.verdict(begin + 50 * SECOND), Verdict::Ping);
        assert_eq!(liveness.pinged(begin + 50 * SECOND), begin + 75 * SECOND);
        assert_eq!(liveness.pinged(begin + 75 * SECOND), begin + 85 * SECOND);
        assert_eq!(liveness.verdict(begin + 85 * SECOND), Verdict::Dead);
    }

    #[test]
    fn a_gateway_that_only_talks_still_hears_from_us() {
        let begin = Instant::now();
        let mut liveness = liveness(20, begin);
        liveness.heard(begin + 19 * SECOND);
        assert_eq!(liveness.verdict(begin + 20 * SECOND), Verdict::Ping);
    }
}
