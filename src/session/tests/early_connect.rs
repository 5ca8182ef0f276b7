//! A CONNECT that is not answered may have been lost: it is sent once more, and both are one attempt.

use tokio::time::{Duration, Instant, sleep};

use super::gateway::Client;
use crate::failure::{Kind, Stage};
use crate::session::State;
use crate::transport::Pause;

const SECOND: Duration = Duration::from_secs(1);
const CONNACK: Duration = Duration::from_secs(130);

#[tokio::test(start_paused = true)]
async fn a_connect_without_an_answer_is_sent_again_over_a_new_connection_behind_a_longer_pause() {
    let mut client = Client::new(180, true);
    let begin = Instant::now();
    client.connect(CONNACK);
    let mut first = client.connection().await;
    assert_eq!(first.pause, Pause::UntilHeard);
    assert!(first.packet().await.is_some());
    let mut second = client.connection().await;
    assert_eq!((second.pause, begin.elapsed().as_secs()), (Pause::Long, 10));
    assert!(first.packet().await.is_none(), "it is closed");
    second.admit().await;
    let state = client.state_within(SECOND).await;
    assert!(matches!(state, Some(State::Connected { request: 1, .. })), "{state:?}");
}

#[tokio::test(start_paused = true)]
async fn the_second_waits_as_long_as_a_slow_refusal_takes() {
    let mut client = Client::new(180, true);
    client.connect(CONNACK);
    let _first = client.connection().await;
    let mut second = client.connection().await;
    assert!(second.packet().await.is_some());
    sleep(100 * SECOND).await;
    second.send(&[0x20, 2, 0, 5]).await;
    let Some(State::Failed { failure, .. }) = client.state_within(SECOND).await else { panic!("no failure") };
    assert_eq!((failure.kind, failure.elapsed.as_secs()), (Kind::Refusal(5), 100));
}

#[tokio::test(start_paused = true)]
async fn two_in_vain_are_one_failure_within_one_deadline() {
    let mut client = Client::new(180, true);
    let begin = Instant::now();
    client.connect(CONNACK);
    let _both = (client.connection().await, client.connection().await);
    let Some(State::Failed { request: 1, failure }) = client.state_within(CONNACK).await else {
        panic!("no failure")
    };
    assert_eq!((failure.kind, failure.stage), (Kind::Unanswered, Stage::Connack));
    assert_eq!(begin.elapsed().as_secs(), 130);
    assert_eq!(failure.elapsed.as_secs(), 130);
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_closes_the_second_after_its_minute_has_not_answered_either() {
    let mut client = Client::new(180, true);
    client.connect(CONNACK);
    let _first = client.connection().await;
    let second = client.connection().await;
    sleep(60 * SECOND).await;
    drop(second);
    let Some(State::Failed { failure, .. }) = client.state_within(SECOND).await else { panic!("no failure") };
    assert_eq!((failure.kind, failure.elapsed.as_secs()), (Kind::Unanswered, 70));
}

#[tokio::test(start_paused = true)]
async fn one_byte_is_an_answer_and_awaited_to_its_end() {
    let mut client = Client::new(180, true);
    client.connect(CONNACK);
    let mut only = client.connection().await;
    assert!(only.packet().await.is_some());
    only.send(&[0x20]).await;
    sleep(60 * SECOND).await;
    only.send(&[2, 0, 0]).await;
    let state = client.state_within(SECOND).await;
    assert!(matches!(state, Some(State::Connected { .. })), "{state:?}");
}

#[tokio::test(start_paused = true)]
async fn where_nothing_can_be_lost_or_the_app_waits_for_less_there_is_one_connection() {
    for (is_exposed, connack) in [(false, CONNACK), (true, 8 * SECOND)] {
        let mut client = Client::new(180, is_exposed);
        let begin = Instant::now();
        client.connect(connack);
        let _only = client.connection().await;
        let Some(State::Failed { failure, .. }) = client.state_within(2 * CONNACK).await else {
            panic!("no failure")
        };
        assert_eq!((failure.kind, begin.elapsed().as_secs()), (Kind::TimedOut, connack.as_secs()));
    }
}
