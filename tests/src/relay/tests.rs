use super::*;
use std::net::UdpSocket as Socket;
use std::time::Duration;

/// A hub that says who it hears from, and a caller behind a line.
fn line(weather: Weather) -> (Relay, Socket, Socket) {
    let hub = Socket::bind("127.0.0.1:0").expect("a socket");
    let relay = Relay::to(hub.local_addr().expect("bound"), weather, Dice::of(3)).expect("a line");
    let caller = Socket::bind("127.0.0.1:0").expect("a socket");
    caller.connect(relay.address()).expect("a line");
    for socket in [&hub, &caller] {
        socket.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket");
    }
    (relay, hub, caller)
}

fn heard(socket: &Socket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = [0; 100];
    let (length, from) = socket.recv_from(&mut buffer).expect("something arrives");
    (buffer[..length].to_vec(), from)
}

#[test]
fn datagrams_pass_in_both_directions_and_a_rebinding_gives_the_caller_another_address() {
    let (relay, hub, caller) = line(Weather::CLEAR);
    caller.send(b"one").expect("sent");
    let (said, first) = heard(&hub);
    assert_eq!(said, b"one");
    hub.send_to(b"two", first).expect("sent");
    assert_eq!(heard(&caller).0, b"two");
    caller.send(b"three").expect("sent");
    assert_eq!(heard(&hub), (b"three".to_vec(), first));

    relay.rebind();
    caller.send(b"four").expect("sent");
    let (said, second) = heard(&hub);
    assert_eq!(said, b"four");
    assert_ne!(first, second);
    hub.send_to(b"five", second).expect("sent");
    assert_eq!(heard(&caller).0, b"five");
    assert_eq!(relay.counted().bindings, 2);
}

#[test]
fn in_a_storm_datagrams_are_lost_repeated_and_overtaken() {
    let (relay, hub, caller) = line(Weather::STORM);
    for number in 0..200u8 {
        caller.send(&[number]).expect("sent");
        std::thread::sleep(Duration::from_millis(1));
    }
    hub.set_read_timeout(Some(Duration::from_millis(700))).expect("a socket");
    let mut arrived = Vec::new();
    let mut buffer = [0; 100];
    while hub.recv_from(&mut buffer).is_ok() {
        arrived.push(buffer[0]);
    }
    let counted = relay.counted();
    assert!(counted.lost > 0 && counted.repeated > 0 && counted.late > 0, "{counted:?}");
    assert_eq!(arrived.len() as u64, counted.passed + counted.repeated);
    assert!(!arrived.is_sorted(), "nothing was overtaken");
}
