use super::*;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A line that is its number alone.
fn put(trays: &Trays) -> Result<u64, NotRecorded> {
    trays.put(SystemTime::now(), |_, number, _, out| out.extend_from_slice(format!("{number}\n").as_bytes()))
}

fn numbers(taken: &Taken) -> Vec<u64> {
    let text = std::str::from_utf8(&taken.bytes).unwrap();
    text.lines().map(|line| line.parse().unwrap_or_else(|_| number_of_lost(line))).collect()
}

fn number_of_lost(line: &str) -> u64 {
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["event"], "lost");
    line["seq"].as_u64().unwrap()
}

fn several(most: usize) -> Trays {
    let one = || Tray { form: Lines::new("r"), lines: Waiting::default(), closed: false };
    Trays { trays: (0..4).map(|_| Own(Mutex::new(one()))).collect(), ..Trays::new("r", most) }
}

#[test]
fn what_is_taken_is_in_order_and_without_gaps_whoever_put_it_when() {
    let trays = several(1 << 20);
    let done = AtomicBool::new(false);
    let mut taken = Taken::default();
    let mut seen = Vec::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..6).map(|_| scope.spawn(|| (0..20_000).for_each(|_| assert!(put(&trays).is_ok())))).collect();
        scope.spawn(|| {
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            done.store(true, Ordering::SeqCst);
        });
        let mut last = false;
        while !std::mem::replace(&mut last, done.load(Ordering::SeqCst)) {
            // Now and then some are lost.
            trays.take(&mut taken, || u64::from(seen.len() % 3 == 0));
            seen.extend(numbers(&taken));
            trays.written(taken.decisions);
            taken.clear();
        }
    });
    assert_eq!(seen, (1..=seen.len() as u64).collect::<Vec<_>>());
    assert!(seen.len() >= 6 * 20_000);
    assert_eq!(trays.waiting(), 0);
}

#[test]
fn what_one_thread_saw_done_is_before_what_it_does_then() {
    // Put by one thread, and only then by another: never the other way round, although the second one's tray may be
    // emptied first.
    let trays = several(1000);
    let mut expected = Vec::new();
    for number in 1..=20 {
        std::thread::scope(|scope| scope.spawn(|| put(&trays).unwrap()).join().unwrap());
        expected.push(number);
    }
    let mut taken = Taken::default();
    trays.take(&mut taken, || 0);
    assert_eq!(numbers(&taken), expected);
    assert_eq!(taken.decisions, 20);
}

#[test]
fn a_refusal_takes_no_number() {
    let trays = several(2);
    assert_eq!((put(&trays), put(&trays), put(&trays)), (Ok(1), Ok(2), Err(NotRecorded::Full)));
    let early = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
    let mut taken = Taken::default();
    trays.take(&mut taken, || 1);
    assert_eq!(trays.waiting(), 2, "taken is not written");
    assert_eq!(put(&trays), Err(NotRecorded::Full));
    trays.written(taken.decisions);
    assert_eq!(trays.put(early, |_, _, _, _| panic!("must not be written")), Err(NotRecorded::Time));
    assert_eq!(put(&trays), Ok(1));
    assert_eq!(numbers(&taken), [1, 2, 3]);
    taken.clear();
    trays.take(&mut taken, || 0);
    assert_eq!(numbers(&taken), [4]);
}

#[test]
fn a_tray_is_bounded_in_bytes_too() {
    let trays = several(100);
    let long =
        |trays: &Trays| trays.put(SystemTime::now(), |_, _, _, out| out.resize(out.len() + LEAST_ROOM + 1, b'x'));
    assert_eq!(long(&trays), Ok(1));
    assert_eq!(long(&trays), Err(NotRecorded::Full));
    let mut taken = Taken::default();
    trays.take(&mut taken, || 0);
    assert_eq!(long(&trays), Ok(2));
    taken.clear();
    assert_eq!(taken.bytes.capacity(), 0, "what has grown is given back");
}

#[test]
fn only_what_is_empty_is_closed() {
    let trays = several(10);
    put(&trays).unwrap();
    assert!(!trays.close_if_empty());
    put(&trays).unwrap();
    trays.take(&mut Taken::default(), || 0);
    assert!(trays.close_if_empty());
    assert_eq!(put(&trays), Err(NotRecorded::Closed));
}
