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
    assert_eq!(ledger.acknowledge(2), Some(2));

    assert_eq!(ledger.disconnected(), []);
    ledger.queue_publish(publish(4, QoS::AtLeastOnce));
    let second = written(&mut ledger, false);
    assert_eq!(second, [(1, "t/1".into(), true), (3, "t/3".into(), true), (4, "t/4".into(), false)]);
}

#[test]
fn a_repeated_acknowledgement_is_nobodys() {
    let mut ledger = ledger([7]);
    written(&mut ledger, false);
    assert_eq!(ledger.acknowledge(1), Some(7));
    assert_eq!(ledger.acknowledge(1), None);
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
        [(3, Delivery::NotSent), (1, Delivery::Unknown)]
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
    assert_eq!(ledger.acknowledge(1), Some(3));
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
