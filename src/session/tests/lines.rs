//! Lines that die unnoticed, seem dead, or lose an answer.

use rumqttc::mqttbytes::v4::Packet;
use tokio::time::{Duration, Instant, sleep};

use super::gateway::{Client, Connection};
use crate::failure::Kind;
use crate::session::State;
use crate::session::mailbox::Command;

const SECOND: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(600);
const PINGRESP: [u8; 2] = [0xd0, 0];

/// How the connection is lost, and after how many seconds.
async fn loss(client: &Client, begin: Instant) -> (Kind, u64) {
    match client.state_within(LONG).await {
        Some(State::Lost { failure, .. }) => (failure.kind, begin.elapsed().as_secs()),
        state => panic!("{state:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_keep_alive_of_the_app_bounds_how_long_a_dead_line_is_believed_in() {
    for (keep_alive, seconds) in [(1, 7), (5, 15), (30, 65), (60, 90), (180, 90), (0, 90)] {
        let mut client = Client::new(keep_alive, false);
        let _silent = client.admitted().await;
        assert_eq!(loss(&client, Instant::now()).await, (Kind::Silent, seconds), "keep-alive {keep_alive}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_does_not_read_for_50_s_is_not_dead() {
    for keep_alive in [60, 180] {
        let mut client = Client::new(keep_alive, false);
        let mut connection = client.admitted().await;
        for _ in 0..5 {
            sleep(50 * SECOND).await;
            assert!(connection.packet().await.is_some(), "the ping that lay there");
            connection.send(&PINGRESP).await;
        }
        assert!(client.state_within(SECOND).await.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_sleep_a_dead_line_is_noticed_within_5_s() {
    let mut client = Client::new(180, false);
    let _dead = client.admitted().await;
    sleep(12 * SECOND).await;
    let begin = Instant::now();
    client.session.mailbox.command(Command::Doubt);
    assert_eq!(loss(&client, begin).await, (Kind::Silent, 5));
}

#[tokio::test(start_paused = true)]
async fn after_a_sleep_a_line_that_lives_is_kept() {
    let mut client = Client::new(180, false);
    let mut connection = client.admitted().await;
    client.session.mailbox.command(Command::Doubt);
    assert_eq!(connection.packet().await, Some(Packet::PingReq));
    sleep(4 * SECOND).await;
    connection.send(&PINGRESP).await;
    assert!(client.state_within(20 * SECOND).await.is_none());
}

/// Takes the packet ids 1, 2 and 3, and acknowledges all but the second.
async fn lose_the_second(connection: &mut Connection) {
    for packet_id in [1, 2, 3] {
        assert_eq!(connection.publish().await, (packet_id, false));
    }
    connection.acknowledge(1).await;
    sleep(10 * SECOND).await;
    connection.acknowledge(3).await;
}

#[tokio::test(start_paused = true)]
async fn a_packet_that_a_later_answer_passed_30_s_ago_is_replayed_over_a_new_connection() {
    let mut client = Client::new(180, false);
    let mut connection = client.admitted().await;
    client.publish([1, 2, 3]);
    lose_the_second(&mut connection).await;
    let begin = Instant::now();
    // The line lives: others are answered, and do not put it off.
    for id in 4..8 {
        client.publish([id]);
        let (packet_id, _) = connection.publish().await;
        connection.acknowledge(packet_id).await;
        sleep(5 * SECOND).await;
    }
    assert_eq!(loss(&client, begin).await, (Kind::Unanswered, 30));
    let mut next = client.admitted().await;
    assert_eq!(next.publish().await, (2, true));
    next.acknowledge(2).await;
    assert!(client.state_within(80 * SECOND).await.is_none(), "the next is a connection like any other");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_late_or_is_not_waited_for_any_more_ends_nothing() {
    for cancels in [false, true] {
        let mut client = Client::new(180, false);
        let mut connection = client.admitted().await;
        client.publish([1, 2, 3]);
        lose_the_second(&mut connection).await;
        sleep(25 * SECOND).await;
        if cancels {
            client.session.cancel(vec![2]);
        } else {
            connection.acknowledge(2).await;
        }
        assert!(client.state_within(20 * SECOND).await.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_publish_is_not_passed_by_a_subscription_and_a_subscription_is_by_a_publish() {
    let mut client = Client::new(180, false);
    let mut connection = client.admitted().await;
    client.publish([1]);
    assert_eq!(connection.publish().await, (1, false));
    let filter = || vec![("f".into(), crate::session::QoS::AtLeastOnce)];
    client.session.subscribe(2, filter());
    assert_eq!(connection.subscription().await, 2);
    connection.send(&[0x90, 3, 0, 2, 1]).await;
    // A publish may wait for that long behind a twin request.
    sleep(50 * SECOND).await;
    assert!(client.state_within(Duration::from_millis(1)).await.is_none());
    connection.acknowledge(1).await;

    client.session.subscribe(3, filter());
    connection.subscription().await;
    client.publish([4]);
    assert_eq!(connection.publish().await, (4, false));
    connection.acknowledge(4).await;
    assert_eq!(loss(&client, Instant::now()).await, (Kind::Unanswered, 30));
}

#[tokio::test(start_paused = true)]
async fn what_was_acknowledged_before_the_line_broke_is_not_repeated() {
    let mut client = Client::new(180, false);
    let mut connection = client.admitted().await;
    client.publish([1, 2]);
    for packet_id in [1, 2] {
        assert_eq!(connection.publish().await, (packet_id, false));
    }
    connection.acknowledge(1).await;
    drop(connection);
    // Written before the acknowledgement is read.
    client.publish([3]);
    assert_eq!(loss(&client, Instant::now()).await, (Kind::Reset, 0));
    let mut next = client.admitted().await;
    for packet_id in [2, 3] {
        assert_eq!(next.publish().await, (packet_id, true));
    }
}
