//! What is to happen: a setting, and the steps of app, gateway and clock.

/// What holds for the whole of a plan.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// Seconds.
    pub(super) keep_alive: u16,
    /// A CONNECT that is not answered may have been lost.
    pub(super) is_exposed: bool,
    /// At most so many bytes in one read or write of the client.
    pub(super) chunk: usize,
    /// So many bytes fit into the line while the gateway does not read.
    pub(super) room: usize,
    /// The session's bound for received bytes.
    pub(super) inbound_bytes: usize,
    /// The app takes at most so many events at a time.
    pub(super) events: usize,
    /// The app drains at each wake, not at its steps only.
    pub(super) drains: bool,
    /// Others have so many turns between its look at the ids and that at the rest.
    pub(super) lingers: u8,
    /// The app connects anew at each failure and loss.
    pub(super) retries: bool,
    /// The app settles messages as it hears of them.
    pub(super) settles: bool,
    /// The app answers a replacement as it hears of it.
    pub(super) catches_up: bool,
    /// Messages of the gateway all have packet id 1, as edgeHub's.
    pub(super) same_id: bool,
    pub(super) ending: Ending,
}

/// How a plan ends.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ending {
    /// The gateway is well again, everything is delivered, the app disconnects.
    Orderly,
    /// The app disconnects with so much grace, whatever is going on.
    Disconnect { grace_ms: u64 },
    /// The app stops the session.
    Stop,
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    // The app.
    Connect,
    /// A token renewal; `stale`: of a connection that stood before.
    Renew {
        stale: bool,
    },
    Disconnect {
        grace_ms: u64,
    },
    Publish {
        count: u32,
        qos: u8,
        size: usize,
    },
    Subscribe {
        filters: usize,
    },
    Unsubscribe {
        filters: usize,
    },
    /// The machine slept: the session doubts the connection.
    Doubt,
    /// Of the operations not told: passes over so many of the newest.
    Cancel {
        newest: usize,
        count: usize,
    },
    Settle {
        newest: bool,
        count: usize,
    },
    CaughtUp,
    Drain {
        room: usize,
    },
    // The gateway.
    NextDial(Dial),
    NextConnack(Connack),
    NextAnswers {
        count: usize,
        answer: Answer,
    },
    /// What was held back comes, in an order made of `order`.
    Release {
        order: u64,
    },
    Stray(Stray),
    Send {
        count: usize,
        qos: u8,
    },
    Reads(bool),
    AnswersPings(bool),
    Farewell(Farewell),
    /// The line is cut when so many bytes more have passed the client's end.
    Cut {
        loss: Loss,
        way: Way,
        after: usize,
    },
    /// The client's end panics.
    Panic(Call),
    // The clock.
    /// Everybody else has their turn, so many times.
    Turn(u8),
    Wait {
        ms: u64,
    },
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Dial {
    Succeeds { ms: u64 },
    Fails { ms: u64 },
    Hangs,
    Panics,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Connack {
    Accepts { ms: u64, session_present: bool },
    Refuses { code: u8 },
    Silent,
    Ends(Loss),
    Garbage,
}

/// What becomes of the acknowledgement of a PUBLISH, a SUBSCRIBE or an UNSUBSCRIBE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Late {
        ms: u64,
    },
    Held,
    Lost,
    Twice,
    /// Of another packet's kind.
    WrongKind,
    /// A refusal, where there is one.
    Refusal,
    /// With a code too few or too many, where there are codes.
    WrongCodes {
        more: bool,
    },
}

/// What nobody asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stray {
    /// An acknowledgement under an id that is not in use.
    Unknown,
    /// The last PUBACK once more.
    Repeated,
    PingResp,
    /// Only clients send it.
    PingReq,
    Garbage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    Fin,
    Rst,
}

/// From the gateway's view as from the client's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
}

/// What the gateway does about DISCONNECT.
#[derive(Debug, Clone, Copy)]
pub(super) enum Farewell {
    Closes { ms: u64 },
    Stays,
}

/// A call of the client's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Read,
    Write,
    Flush,
}

#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) setting: Setting,
    pub(super) steps: Vec<Step>,
}

impl Plan {
    /// The plan without `count` steps from `at` on.
    pub(super) fn without(&self, at: usize, count: usize) -> Self {
        let mut plan = self.clone();
        plan.steps.drain(at..plan.steps.len().min(at + count));
        plan
    }
}
