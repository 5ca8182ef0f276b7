use std::time::Duration;

use super::*;

fn request(number: u32, replaces: Option<u32>) -> Box<Request> {
    Box::new(Request { replaces, ..Request::sample(number) })
}

/// Wishes of an app that counts on connection 1.
fn connected() -> Wishes {
    let mut wishes = Wishes::default();
    assert!(wishes.connected(&request(1, None)));
    wishes
}

fn next(wishes: &mut Wishes) -> Option<u32> {
    wishes.take_next().map(|request| request.number)
}

#[test]
fn the_last_connect_counts() {
    let mut wishes = Wishes::default();
    wishes.connect(request(1, None));
    wishes.connect(request(2, None));
    assert_eq!(next(&mut wishes), Some(2));
    assert!(!wishes.is_pending());
}

#[test]
fn a_renewal_needs_the_connection_it_replaces() {
    let mut wishes = connected();
    wishes.connect(request(2, Some(7)));
    assert_eq!(next(&mut wishes), None);
    wishes.connect(request(3, Some(1)));
    assert_eq!(next(&mut wishes), Some(3));
    assert!(wishes.connected(&request(3, Some(1))));
    wishes.connect(request(4, Some(1)));
    assert_eq!(next(&mut wishes), None, "3 stands in its place");
}

#[test]
fn a_renewal_of_what_is_lost_closed_or_superseded_is_dropped() {
    let mut wishes = connected();
    wishes.connect(request(2, Some(1)));
    assert!(wishes.lost());
    assert_eq!(next(&mut wishes), None, "asked for before the loss");
    wishes.connect(request(3, Some(1)));
    assert_eq!(next(&mut wishes), None, "asked for after it");
    assert!(!wishes.lost(), "told once");

    let mut wishes = connected();
    wishes.disconnect(2, Instant::now());
    wishes.connect(request(3, Some(1)));
    assert_eq!(wishes.closed().collect::<Vec<_>>(), [2]);
    assert_eq!(next(&mut wishes), None);

    let mut wishes = connected();
    wishes.connect(request(2, None));
    wishes.connect(request(3, Some(1)));
    assert_eq!(next(&mut wishes), Some(2));
}

#[test]
fn every_disconnect_is_answered_and_the_shortest_grace_counts() {
    let now = Instant::now();
    let mut wishes = connected();
    wishes.disconnect(2, now + Duration::from_secs(9));
    wishes.disconnect(3, now);
    wishes.connect(request(4, None));
    wishes.disconnect(5, now + Duration::from_secs(5));
    assert_eq!(wishes.closing(), Some(now));
    assert_eq!(wishes.closed().collect::<Vec<_>>(), [2, 3, 5]);
    assert!(!wishes.is_pending(), "4 was superseded");
}

#[test]
fn a_connect_behind_a_close_waits_for_it() {
    let mut wishes = connected();
    wishes.disconnect(2, Instant::now());
    assert!(!wishes.is_behind_close());
    wishes.connect(request(3, None));
    assert!(wishes.is_behind_close());
    assert_eq!(next(&mut wishes), None);
    assert_eq!(wishes.closed().count(), 1);
    assert_eq!(next(&mut wishes), Some(3));
}

#[test]
fn a_close_that_falls_into_a_renewal_is_the_only_end_told() {
    let mut wishes = connected();
    wishes.connect(request(2, Some(1)));
    assert_eq!(next(&mut wishes), Some(2));
    wishes.disconnect(3, Instant::now());
    assert!(!wishes.connected(&request(2, Some(1))));
    assert!(!wishes.lost());
}
