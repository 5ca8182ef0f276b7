//! From a seed to a plan.

use fastrand::Rng;

use super::plan::{Answer, Call, Connack, Dial, Ending, Farewell, Loss, Plan, Setting, Step, Stray, Way};

type Maker = fn(&mut Rng) -> Step;

/// Some plans are mostly about connections, some about messages, some about everything.
const FOCUSES: [&[Maker]; 3] = [
    &[of_connection, of_connection, of_connection, of_operations, of_draining, of_making, of_clock, of_clock],
    &[of_operations, of_operations, of_inbound, of_draining, of_making, of_answers, of_answers, of_clock],
    &[of_connection, of_operations, of_inbound, of_draining, of_making, of_answers, of_clock],
];
/// One of so many plans has panics.
const PANICS: usize = 16;

impl Plan {
    pub(super) fn of(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let setting = setting(&mut rng);
        let mut makers = pick(&mut rng, &FOCUSES).to_vec();
        if rng.usize(..PANICS) == 0 {
            makers.push(of_panic);
        }
        let mut steps = Vec::new();
        if rng.usize(..8) > 0 {
            steps.extend([Step::Connect, Step::Turn(rng.u8(1..9))]);
        }
        for _ in 0..rng.usize(4..80) {
            steps.push(pick(&mut rng, &makers)(&mut rng));
        }
        Self { setting, steps }
    }
}

fn setting(rng: &mut Rng) -> Setting {
    let mostly = |rng: &mut Rng| rng.usize(..4) > 0;
    Setting {
        keep_alive: pick(rng, &[0, 5, 20, 60, 180]),
        is_exposed: mostly(rng),
        chunk: pick(rng, &[1, 3, 7, 64, 4096, 1 << 16]),
        room: pick(rng, &[64, 1024, 1 << 16]),
        inbound_bytes: pick(rng, &[200, 16 << 20, 16 << 20, 16 << 20]),
        events: pick(rng, &[1, 3, 4096]),
        drains: mostly(rng),
        lingers: pick(rng, &[0, 0, 1, 9]),
        retries: mostly(rng),
        settles: rng.bool(),
        catches_up: mostly(rng),
        same_id: rng.bool(),
        ending: match rng.usize(..4) {
            0 => Ending::Stop,
            1 => Ending::Disconnect { grace_ms: pick(rng, &[0, 50, 10_000]) },
            _ => Ending::Orderly,
        },
    }
}

fn of_connection(rng: &mut Rng) -> Step {
    match rng.usize(..10) {
        0..=2 => Step::Connect,
        3..=6 => Step::Renew { stale: rng.usize(..6) == 0 },
        7 => Step::Disconnect { grace_ms: pick(rng, &[0, 0, 10, 2_000, 10_000]) },
        _ => Step::CaughtUp,
    }
}

fn of_operations(rng: &mut Rng) -> Step {
    match rng.usize(..10) {
        0..=5 => Step::Publish {
            count: pick(rng, &[1, 1, 2, 5, 20]),
            qos: pick(rng, &[0, 1, 1, 1]),
            size: pick(rng, &[0, 10, 10, 100, 9_000]),
        },
        6 => Step::Subscribe { filters: rng.usize(1..4) },
        7 => Step::Unsubscribe { filters: rng.usize(1..3) },
        _ => Step::Cancel { newest: rng.usize(..4), count: pick(rng, &[1, 1, 3, 100]) },
    }
}

fn of_draining(rng: &mut Rng) -> Step {
    Step::Drain { room: pick(rng, &[1, 2, 4096]) }
}

fn of_inbound(rng: &mut Rng) -> Step {
    match rng.usize(..3) {
        0 | 1 => Step::Send { count: pick(rng, &[1, 1, 2, 5]), qos: pick(rng, &[0, 1, 1]) },
        _ => Step::Settle { newest: rng.bool(), count: pick(rng, &[1, 2, 100]) },
    }
}

/// Of making and ending connections.
fn of_making(rng: &mut Rng) -> Step {
    let ms = pick(rng, &[0, 1, 30, 3_000]);
    let loss = pick(rng, &[Loss::Fin, Loss::Rst]);
    match rng.usize(..12) {
        0 => Step::NextDial(Dial::Succeeds { ms }),
        1 | 2 => Step::NextDial(pick(rng, &[Dial::Fails { ms }, Dial::Fails { ms }, Dial::Hangs])),
        3 => Step::NextConnack(Connack::Accepts { ms, session_present: rng.bool() }),
        4 => Step::NextConnack(Connack::Refuses { code: pick(rng, &[1, 3, 5]) }),
        5 => Step::NextConnack(pick(rng, &[Connack::Silent, Connack::Garbage, Connack::Ends(loss)])),
        6 => Step::Farewell(pick(rng, &[Farewell::Closes { ms }, Farewell::Closes { ms }, Farewell::Stays])),
        _ => Step::Cut {
            loss,
            way: pick(rng, &[Way::Up, Way::Down]),
            after: pick(rng, &[0, 0, 0, 1, 2, 3, 4, 5, 9, 30, 500]),
        },
    }
}

fn of_answers(rng: &mut Rng) -> Step {
    let ms = pick(rng, &[1, 20, 500, 20_000]);
    match rng.usize(..12) {
        0..=3 => Step::NextAnswers {
            count: pick(rng, &[1, 2, 10]),
            answer: match rng.usize(..10) {
                0..=2 => Answer::Late { ms },
                3..=5 => Answer::Held,
                6 => Answer::Lost,
                7 => Answer::Twice,
                8 => pick(rng, &[Answer::Refusal, Answer::WrongCodes { more: false }]),
                _ => pick(rng, &[Answer::WrongKind, Answer::WrongCodes { more: true }]),
            },
        },
        4..=6 => Step::Release { order: rng.u64(..) },
        7 | 8 => Step::Stray(match rng.usize(..8) {
            0 => pick(rng, &[Stray::PingReq, Stray::Garbage]),
            _ => pick(rng, &[Stray::Unknown, Stray::Repeated, Stray::PingResp]),
        }),
        9 => Step::Reads(rng.bool()),
        _ => Step::AnswersPings(rng.bool()),
    }
}

fn of_panic(rng: &mut Rng) -> Step {
    match rng.usize(..4) {
        0 => Step::NextDial(Dial::Panics),
        _ => Step::Panic(pick(rng, &[Call::Read, Call::Write, Call::Flush])),
    }
}

fn of_clock(rng: &mut Rng) -> Step {
    match rng.usize(..16) {
        0..=5 => Step::Turn(rng.u8(1..4)),
        6 => Step::Doubt,
        _ => Step::Wait { ms: pick(rng, &[1, 1, 2, 5, 10, 50, 300, 1_000, 5_000, 31_000, 95_000, 160_000]) },
    }
}

fn pick<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}
