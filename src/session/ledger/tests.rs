use bytes::Bytes;
use rumqttc::mqttbytes::v4::Packet as Decoded;

use super::*;

const ENOUGH: usize = 1 << 16;

fn publish(id: u32, qos: QoS) -> Outgoing {
    Outgoing::new(id, format!("t/{id}"), Bytes::from_static(b"body"), qos).unwrap()
}

fn ledger(ids: impl IntoIterator<Item = u32>) -> Ledger {
    let mut ledger = Ledger::new();
    for id in ids {
        ledger.queue_publish(publish(id, QoS::AtLeastOnce));
    }
    ledger
}

/// Packet id, topic and DUP of every publish that `ledger` writes.
fn written(ledger: &mut Ledger, quiesce: bool) -> Vec<(u16, String, bool)> {
    let mut out = BytesMut::new();
    ledger.write(&mut out, ENOUGH, quiesce);
    let mut publishes = Vec::new();
    while !out.is_empty() {
        if let Decoded::Publish(publish) = Decoded::read(&mut out, ENOUGH).unwrap() {
            publishes.push((publish.pkid, publish.topic, publish.dup));
        }
    }
    publishes
}

#[test]
fn a_lost_connection_is_followed_by_a_replay_in_order_with_dup_and_the_same_packet_ids() {
    let mut ledger = ledger(1..=3);
    let first = written(&mut ledger, false);
    assert_eq!(first, [(1, "t/1".into(), false), (2, "t/2".into(), false), (3, "t/3".into(), false)]);
    assert_eq!(ledger.acknowledge(2, Answer::Publish), Ok(Some(2)));

    assert_eq!(ledger.disconnected(), []);
    ledger.queue_publish(publish(4, QoS::AtLeastOnce));
    let second = written(&mut ledger, false);
    assert_eq!(second, [(1, "t/1".into(), true), (3, "t/3".into(), true), (4, "t/4".into(), false)]);
}

#[test]
fn a_repeated_acknowledgement_is_nobodys() {
    let mut ledger = ledger([7]);
    written(&mut ledger, false);
    assert_eq!(ledger.acknowledge(1, Answer::Publish), Ok(Some(7)));
    assert_eq!(ledger.acknowledge(1, Answer::Publish), Ok(None));
    assert!(ledger.is_empty());
}

#[test]
fn a_cancelled_packet_keeps_its_id_until_the_connection_ends_and_is_never_replayed() {
    let mut ledger = ledger([1, 2]);
    written(&mut ledger, false);
    ledger.queue_publish(publish(3, QoS::AtLeastOnce));
    let failed = ledger.cancel(&[1, 3, 99]);
    assert_eq!(
        failed.iter().map(|failed| (failed.id, failed.delivery)).collect::<Vec<_>>(),
        [(1, Delivery::Unknown), (3, Delivery::NotSent)]
    );
    ledger.last_packet_id = u16::MAX;
    ledger.queue_publish(publish(4, QoS::AtLeastOnce));
    assert_eq!(written(&mut ledger, false), [(3, "t/4".into(), false)]);

    ledger.disconnected();
    assert_eq!(written(&mut ledger, false), [(2, "t/2".into(), true), (3, "t/4".into(), true)]);
    ledger.last_packet_id = u16::MAX;
    ledger.queue_publish(publish(5, QoS::AtLeastOnce));
    assert_eq!(written(&mut ledger, false), [(1, "t/5".into(), false)]);
}

#[test]
fn subscriptions_pass_a_full_queue_and_share_the_packet_ids() {
    let mut ledger = ledger(1..=2);
    ledger.queue_control(Control::Subscribe { id: 3, filters: vec![("a/#".into(), QoS::AtLeastOnce)] });
    let mut out = BytesMut::new();
    ledger.write(&mut out, 1, false);
    assert!(
        matches!(Decoded::read(&mut out, ENOUGH), Ok(Decoded::Subscribe(subscribe)) if subscribe.pkid == 1)
    );
    assert_eq!(written(&mut ledger, false).first().map(|publish| publish.0), Some(2));
    assert_eq!(ledger.acknowledge(1, Answer::Subscribe { codes: 1 }), Ok(Some(3)));
}

#[test]
fn while_quiescing_only_the_replay_goes_out() {
    let mut ledger = ledger([1]);
    written(&mut ledger, false);
    ledger.disconnected();
    ledger.queue_publish(publish(2, QoS::AtLeastOnce));
    assert_eq!(written(&mut ledger, true), [(1, "t/1".into(), true)]);
    assert_eq!(written(&mut ledger, true), []);
}

#[test]
fn qos_0_is_done_when_flushed_and_given_up_when_it_may_not_have_left() {
    let mut ledger = Ledger::new();
    ledger.queue_publish(publish(1, QoS::AtMostOnce));
    written(&mut ledger, false);
    let mut done = Vec::new();
    ledger.flushed(&mut done);
    assert_eq!(done, [1]);
    ledger.queue_publish(publish(2, QoS::AtMostOnce));
    written(&mut ledger, false);
    let given_up = ledger.disconnected();
    assert_eq!((given_up[0].id, given_up[0].delivery), (2, Delivery::Unknown));
    assert!(ledger.is_empty());
}

#[test]
fn the_window_leaves_packet_ids_for_subscriptions() {
    let count = u32::from(u16::MAX);
    let mut ledger = ledger(1..=count);
    let mut out = BytesMut::new();
    ledger.write(&mut out, usize::MAX, false);
    assert_eq!(ledger.written.len(), WINDOW);
    ledger.queue_control(Control::Unsubscribe { id: 0, filters: vec!["a".into()] });
    ledger.write(&mut out, usize::MAX, false);
    assert_eq!(ledger.written.len(), WINDOW + 1);
    let ids = ledger.cancel_all();
    assert_eq!(ids.len(), 65_536);
}

#[test]
fn only_an_answer_of_its_kind_ends_an_operation() {
    let mut ledger = ledger([1]);
    let filters = || vec!["a".into(), "b".into()];
    let subscribed = filters().into_iter().map(|filter| (filter, QoS::AtLeastOnce)).collect();
    ledger.queue_control(Control::Subscribe { id: 2, filters: subscribed });
    ledger.queue_control(Control::Unsubscribe { id: 3, filters: filters() });
    ledger.write(&mut BytesMut::new(), ENOUGH, false);
    ledger.queue_publish(publish(4, QoS::AtLeastOnce));
    ledger.write(&mut BytesMut::new(), ENOUGH, false);
    ledger.cancel(&[4]);

    let answers = [Answer::Publish, Answer::Subscribe { codes: 2 }, Answer::Unsubscribe];
    for (packet_id, right) in [(1, answers[1]), (2, answers[2]), (3, answers[0]), (4, answers[0])] {
        for answer in answers.iter().chain(&[Answer::Subscribe { codes: 1 }, Answer::Subscribe { codes: 3 }])
        {
            if *answer != right {
                let mismatch = ledger.acknowledge(packet_id, *answer).unwrap_err();
                assert_eq!((mismatch.expected, mismatch.came), (right, *answer));
            }
        }
    }
    let mismatch = ledger.acknowledge(3, Answer::Subscribe { codes: 1 }).unwrap_err();
    assert_eq!(mismatch.to_string(), "a SUBACK with 1 codes for packet 3, which awaits a PUBACK");
    let ids = [(1, 1), (2, 2), (3, 0), (4, 0)].map(|(id, answer)| ledger.acknowledge(id, answers[answer]));
    assert_eq!(ids, [Ok(Some(2)), Ok(Some(3)), Ok(Some(1)), Ok(None)]);
    assert!(ledger.is_blank());
}

#[test]
fn what_is_cancelled_without_a_connection_leaves_nothing_behind() {
    let mut ledger = ledger(1..=3);
    written(&mut ledger, false);
    ledger.disconnected();
    assert_eq!(ledger.written(), 3);
    let failed: Vec<u32> = ledger.cancel_all().iter().map(|failed| failed.id).collect();
    assert_eq!(failed, [1, 2, 3], "in their order");
    assert!(ledger.is_blank());
    assert_eq!(written(&mut ledger, false), []);
}

#[test]
fn a_packet_this_connection_has_not_seen_is_neither_acknowledged_on_it_nor_kept_when_cancelled() {
    let mut ledger = ledger(1..=3);
    written(&mut ledger, false);
    ledger.disconnected();
    let mut out = BytesMut::new();
    ledger.write(&mut out, 1, false);
    assert_eq!(ledger.acknowledge(2, Answer::Publish), Ok(None));
    assert_eq!(ledger.cancel(&[1, 3]).len(), 2);
    assert_eq!(ledger.written(), 1);
    ledger.last_packet_id = 2;
    ledger.queue_publish(publish(4, QoS::AtLeastOnce));
    assert_eq!(written(&mut ledger, false), [(2, "t/2".into(), true), (3, "t/4".into(), false)]);
    assert_eq!(ledger.acknowledge(1, Answer::Publish), Ok(None), "cancelled after it was replayed");
    assert_eq!(ledger.acknowledge(2, Answer::Publish), Ok(Some(2)));
}

#[test]
fn packet_ids_run_out_in_peace() {
    let mut ledger = ledger([]);
    for id in 0..70_000 {
        ledger.queue_control(Control::Unsubscribe { id, filters: vec!["a".into()] });
    }
    ledger.write(&mut BytesMut::new(), usize::MAX, false);
    assert_eq!(ledger.written(), LAST_ID);
    assert_eq!(ledger.acknowledge(7, Answer::Unsubscribe), Ok(Some(6)));
    ledger.write(&mut BytesMut::new(), usize::MAX, false);
    assert_eq!(ledger.written(), LAST_ID);
}
