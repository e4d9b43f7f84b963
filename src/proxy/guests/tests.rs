//! Who is known again, and who is not.

use super::*;
use crate::policy::{Anchor, Kind, Preset, Wall, decide_wall};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn guest() -> Guest {
    let policy = Arc::new(Policy::new("agent", Kind::Agent, Preset::AppWriter));
    let account = Arc::new(Account::new(&policy, Anchor { instant: Instant::now(), unix: Duration::ZERO }));
    let identity = Identity { policy, account, user: "agent".into(), database: "shop".into() };
    Guest {
        identity,
        admitted: Admitted { packet: Vec::new(), replication: false, client_read_only: false, shadowed: Vec::new() },
    }
}

#[test]
fn a_guest_is_known_by_every_byte_and_the_address() {
    let (guests, here) = (Guests::default(), Some(IpAddr::from([10, 0, 0, 1])));
    guests.keep(b"packet", here, &Arc::new(guest()));
    assert!(guests.find(b"packet", here).is_some());
    for packet in [&b"packe"[..], b"packets", b"Packet", b""] {
        assert!(guests.find(packet, here).is_none(), "{packet:?}");
    }
    assert!(guests.find(b"packet", Some(IpAddr::from([10, 0, 0, 2]))).is_none());
    assert!(guests.find(b"packet", None).is_none());
}

#[test]
fn the_newest_few_are_known() {
    let guests = Guests::default();
    for number in 0..=MOST {
        guests.keep(&[number as u8], None, &Arc::new(guest()));
    }
    assert!(guests.find(&[0], None).is_none());
    assert!((1..=MOST).all(|number| guests.find(&[number as u8], None).is_some()));
}

#[test]
fn who_was_objected_to_and_who_says_much_is_judged_each_time() {
    let guests = Guests::default();
    let mut objected = guest();
    objected.admitted.shadowed.push(decide_wall(&objected.identity.policy, Wall::Replication));
    guests.keep(b"objected", None, &Arc::new(objected));
    assert!(guests.find(b"objected", None).is_none());
    let long = [b'x'; LONGEST + 1];
    guests.keep(&long, None, &Arc::new(guest()));
    assert!(guests.find(&long, None).is_none());
}
