//! Carries a plan out.

use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::task::yield_now;
use tokio::time::sleep;

use super::app::App;
use super::gateway::serve;
use super::plan::{Ending, Plan, Step};
use super::world::Shared;

pub(super) struct Outcome {
    /// What must not be.
    pub(super) fault: Option<String>,
    /// What happened, if that was asked for.
    pub(super) story: Vec<String>,
}

pub(super) fn run(plan: &Plan, has_story: bool) -> Outcome {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let world = Shared::new(&plan.setting, has_story);
        let gateway = tokio::spawn(serve(world.clone()));
        let mut app = App::new(&world, &plan.setting);
        let mut fault = None;
        for step in &plan.steps {
            carry_out(step, &world, &mut app).await;
            fault = world.lock().judge.fault();
            if fault.is_some() {
                break;
            }
        }
        if fault.is_none() {
            end(plan.setting.ending, &world, &mut app).await;
            fault = world.lock().judge.fault();
        }
        gateway.abort();
        Outcome { fault, story: world.story() }
    })
}

async fn carry_out(step: &Step, world: &Shared, app: &mut App) {
    match *step {
        Step::Connect => app.connect(),
        Step::Renew { stale } => app.renew(stale),
        Step::Disconnect { grace_ms } => app.disconnect(Duration::from_millis(grace_ms)),
        Step::Publish { count, qos, size } => app.publish(count, qos, size),
        Step::Subscribe { filters } => app.subscribe(filters),
        Step::Unsubscribe { filters } => app.unsubscribe(filters),
        Step::Doubt => app.doubt(),
        Step::Cancel { newest, count } => app.cancel(newest, count),
        Step::Settle { newest, count } => app.settle(newest, count),
        Step::CaughtUp => app.catch_up(),
        Step::Drain { room } => app.drain(room).await,
        Step::NextDial(dial) => world.lock().gateway.dials.push_back(dial),
        Step::NextConnack(connack) => world.lock().gateway.connacks.push_back(connack),
        Step::NextAnswers { count, answer } => {
            world.lock().gateway.answers.extend(std::iter::repeat_n(answer, count));
        }
        Step::Release { order } => world.lock().release(order),
        Step::Stray(stray) => world.lock().stray(stray),
        Step::Send { count, qos } => (0..count).for_each(|_| world.lock().send(qos)),
        Step::Reads(reads) => {
            let mut world = world.lock();
            world.gateway.reads = reads;
            world.judge.stops_reading();
        }
        Step::AnswersPings(answers) => world.lock().gateway.answers_pings = answers,
        Step::Farewell(farewell) => world.lock().gateway.farewell = farewell,
        Step::Cut { loss, way, after } => {
            let mut world = world.lock();
            if let Some(number) = world.current() {
                world.note(|| format!("link {number} is cut by {loss:?} after {after} bytes {way:?}"));
                world.links[number].cut(loss, way, after);
            }
        }
        Step::Panic(call) => world.lock().doom = Some(call),
        Step::Turn(turns) => {
            for _ in 0..turns {
                yield_now().await;
                app.hear().await;
            }
        }
        Step::Wait { ms } => wait(Duration::from_millis(ms), app).await,
    }
    world.wake_gateway();
}

/// Time passes, in pieces, so that an app that hears at once need not wait for the end.
async fn wait(time: Duration, app: &mut App) {
    for _ in 0..4 {
        sleep(time / 4).await;
        app.hear().await;
    }
}

/// Nobody has anything to do any more, and the app has heard it all.
async fn settle(app: &mut App) {
    for _ in 0..3 {
        sleep(Duration::from_millis(1)).await;
        app.hear_all().await;
    }
    app.rest();
}

async fn end(ending: Ending, world: &Shared, app: &mut App) {
    settle(app).await;
    let graces = match ending {
        Ending::Stop => None,
        Ending::Disconnect { grace_ms } => Some(grace_ms),
        Ending::Orderly => {
            deliver_all(world, app).await;
            Some(10_000)
        }
    };
    if let Some(grace_ms) = graces {
        app.stops_retrying();
        app.disconnect(Duration::from_millis(grace_ms));
        for _ in 0..9 {
            yield_now().await;
            app.hear().await;
        }
        sleep(Duration::from_millis(grace_ms + 1_030)).await;
        settle(app).await;
        world.lock().judge.at_the_end();
    }
    app.stop();
    settle(app).await;
    let alive = Handle::current().metrics().num_alive_tasks();
    world.lock().judge.demand(alive == 1, || format!("{} tasks live on", alive - 1));
}

/// Everybody is well again, and all that was asked for is done.
async fn deliver_all(world: &Shared, app: &mut App) {
    {
        let mut world = world.lock();
        world.note(|| "all is well again".into());
        world.heal();
    }
    world.wake_gateway();
    app.behave();
    settle(app).await;
    // What is under way comes to its end, at the latest by its deadline.
    for _ in 0..60 {
        let is_done = world.lock().judge.standing().is_some() && world.lock().judge.all_told();
        if !is_done {
            wait(Duration::from_secs(4), app).await;
        }
    }
    settle(app).await;
    let standing = world.lock().judge.standing();
    if standing.is_none() {
        app.connect();
    }
    wait(Duration::from_secs(40), app).await;
    settle(app).await;
    let mut world = world.lock();
    let delivered = world.judge.all_told() || world.judge.is_over();
    let untold = world.judge.untold();
    world.judge.demand(delivered, || format!("not delivered by a good gateway: {untold:?}"));
}
