use super::*;

const HELLO: &[u8] = &[0x10, 13, 0, 4, b'M', b'Q', b'T', b'T', 4, 0, 0, 180, 0, 1, b'd'];

fn connected() -> Session {
    let mut session = Session::default();
    assert_eq!(answers(&mut session, HELLO), Ok(vec![0x20, 2, 0, 0]));
    session
}

fn answers(session: &mut Session, input: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut output = Vec::new();
    session.answer(input, &mut output).map(|_| output)
}

/// QoS 1, topic `t`, one byte of body.
fn publish(id: u8) -> [u8; 8] {
    [0x32, 6, 0, 1, b't', 0, id, b'x']
}

#[test]
fn acknowledges_every_complete_packet_and_leaves_the_rest() {
    let mut session = connected();
    let mut input = [publish(1), publish(2), publish(3)].concat();
    input.truncate(20);
    let mut output = Vec::new();
    assert_eq!(session.answer(&input, &mut output), Ok(16));
    assert_eq!(output, [0x40, 2, 0, 1, 0x40, 2, 0, 2]);
    assert_eq!(session.counts(), Counts { publishes: 2, publish_bytes: 16 });
}

#[test]
fn says_nothing_to_qos_0() {
    let mut session = connected();
    assert_eq!(answers(&mut session, &[0x30, 4, 0, 1, b't', b'x']), Ok(vec![]));
    assert_eq!(session.counts().publishes, 1);
}

#[test]
fn answers_the_small_packets() {
    let mut session = connected();
    assert_eq!(answers(&mut session, &[0xc0, 0]), Ok(vec![0xd0, 0]));
    let two_filters = [0x82, 10, 0, 7, 0, 1, b'a', 2, 0, 1, b'b', 0];
    assert_eq!(answers(&mut session, &two_filters), Ok(vec![0x90, 4, 0, 7, 1, 0]));
    assert_eq!(answers(&mut session, &[0xa2, 5, 0, 8, 0, 1, b'a']), Ok(vec![0xb0, 2, 0, 8]));
    assert_eq!(answers(&mut session, &[0x40, 2, 0, 9]), Ok(vec![]));
}

#[test]
fn reads_nothing_behind_disconnect() {
    let mut session = connected();
    let mut output = Vec::new();
    assert_eq!(session.answer(&[0xe0, 0, 0xff, 0xff], &mut output), Ok(2));
    assert!(session.ended());
}

#[test]
fn accepts_will_user_and_password() {
    let mut connect = vec![0x10, 0, 0, 4, b'M', b'Q', b'T', b'T', 4, 0xc4, 0, 0];
    for field in [b"d", b"w", b"m", b"u", b"p"] {
        connect.extend_from_slice(&[0, 1, field[0]]);
    }
    connect[1] = (connect.len() - 2) as u8;
    assert_eq!(answers(&mut Session::default(), &connect), Ok(vec![0x20, 2, 0, 0]));
}

#[test]
fn refuses_what_comes_out_of_order() {
    assert_eq!(answers(&mut Session::default(), &publish(1)), Err(Fault::Order));
    assert_eq!(answers(&mut connected(), HELLO), Err(Fault::Order));
}

#[test]
fn refuses_malformed_packets() {
    let cases: &[(&[u8], Fault)] = &[
        (&[0x32, 0xff, 0xff, 0xff, 0xff], Fault::Length),
        (&[0x32, 0xff, 0xff, 0x7f], Fault::Length),
        (&[0x32, 3, 0, 9, b't'], Fault::Field),
        (&[0x32, 4, 0, 1, b't', 0], Fault::Field),
        (&[0x32, 5, 0, 1, b't', 0, 0], Fault::Value),
        (&[0x32, 4, 0, 0, 0, 1], Fault::Value),
        (&[0x34, 5, 0, 1, b't', 0, 1], Fault::Unexpected(0x34)),
        (&[0xc0, 1, 0], Fault::Field),
        (&[0x82, 2, 0, 1], Fault::Value),
        (&[0x82, 6, 0, 1, 0, 1, b'a', 3], Fault::Value),
        (&[0x80, 6, 0, 1, 0, 1, b'a', 1], Fault::Unexpected(0x80)),
        (&[0xf0, 0], Fault::Unexpected(0xf0)),
    ];
    for (input, fault) in cases {
        assert_eq!(answers(&mut connected(), input).as_ref(), Err(fault), "{input:02x?}");
    }
}

#[test]
fn refuses_another_protocol() {
    let mut other = HELLO.to_vec();
    other[8] = 5;
    assert_eq!(answers(&mut Session::default(), &other), Err(Fault::Protocol));
}

#[test]
fn survives_any_bytes_however_they_are_cut() {
    // Every prefix, and every packet with any one byte replaced by any value: no panic, whatever the answer.
    let stream = [HELLO, &publish(1), &[0x82, 6, 0, 7, 0, 1, b'a', 1], &[0xc0, 0], &[0xe0, 0]].concat();
    for at in 0..stream.len() {
        let _ = answers(&mut Session::default(), &stream[..at]);
        for value in 0..=u8::MAX {
            let mut changed = stream.clone();
            changed[at] = value;
            let _ = answers(&mut Session::default(), &changed);
        }
    }
}
