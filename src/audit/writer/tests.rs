use super::*;
use crate::audit::record::Lines;
use crate::audit::record::tests::{sample, session};
use crate::audit::recorder::tests::gauges;
use crate::audit::trays::Trays;
use crate::audit::{NotRecorded, Recorder};
use std::io;
use std::sync::Mutex;

/// A destination that fails as often as told, after so many whole lines.
#[derive(Default)]
struct Fake {
    lines: Vec<String>,
    failures: Vec<usize>,
}

impl Sink for Arc<Mutex<Fake>> {
    fn open(&mut self) -> Result<(), Failed> {
        Ok(())
    }
    fn append(&mut self, lines: &[u8]) -> Result<(), Failed> {
        let mut fake = self.lock().unwrap();
        let lines: Vec<String> =
            String::from_utf8(lines.to_vec()).unwrap().split_inclusive('\n').map(str::to_owned).collect();
        let Some(take) = fake.failures.pop() else {
            fake.lines.extend(lines);
            return Ok(());
        };
        let written = lines[..take].iter().map(String::len).sum();
        fake.lines.extend_from_slice(&lines[..take]);
        Err(Failed { written, error: io::ErrorKind::StorageFull.into() })
    }
}

fn with_sink(sink: Box<dyn Sink + Send>) -> Writer {
    Writer::with_sink(sink, Arc::new(Shared::new(Trays::new("run", 1000), gauges())))
}

fn writer(failures: Vec<usize>) -> (Writer, Arc<Mutex<Fake>>) {
    let fake = Arc::new(Mutex::new(Fake { failures, ..Fake::default() }));
    (with_sink(Box::new(Arc::clone(&fake))), fake)
}

fn send(writer: &Writer, count: u64) {
    let sample = sample(Recorder::disabled().text(b"", ""));
    let (session, record) = (session().part(), sample.record());
    for _ in 0..count {
        let write =
            |lines: &mut Lines, number, at, out: &mut Vec<u8>| lines.decision(number, at, &session, &record, out);
        writer.shared.trays.put(record.time, write).unwrap();
    }
}

fn sequence(fake: &Mutex<Fake>) -> Vec<u64> {
    let parse = |line: &String| serde_json::from_str::<serde_json::Value>(line).unwrap()["seq"].as_u64().unwrap();
    fake.lock().unwrap().lines.iter().map(parse).collect()
}

#[test]
fn one_write_takes_all_there_is() {
    let (mut writer, fake) = writer(vec![]);
    send(&writer, 300);
    writer.turn();
    assert_eq!(sequence(&fake), (1..=300).collect::<Vec<_>>());
    assert_eq!(writer.shared.gauges.records.get(), 300);
    assert_eq!(writer.shared.gauges.queue.get(), 0);
}

#[test]
fn a_failure_in_the_middle_loses_and_doubles_nothing() {
    let (mut writer, fake) = writer(vec![0, 2, 1]);
    send(&writer, 5);
    for written in [1, 3, 3] {
        writer.turn();
        assert!(writer.shared.failing.load(Ordering::Acquire));
        assert_eq!(writer.shared.gauges.healthy.get(), 0);
        assert_eq!(writer.shared.gauges.records.get(), written);
        assert_eq!(writer.shared.gauges.queue.get(), 5 - i64::try_from(written).unwrap());
    }
    assert_eq!(writer.shared.gauges.failures.get(), 3);
    send(&writer, 1);
    writer.turn();
    assert!(!writer.shared.failing.load(Ordering::Acquire));
    assert_eq!(writer.shared.gauges.healthy.get(), 1);
    writer.turn();
    assert_eq!(sequence(&fake), [1, 2, 3, 4, 5, 6]);
    assert_eq!(writer.shared.trays.waiting(), 0);
}

#[test]
fn lost_records_are_told_of_in_their_place() {
    let (mut writer, fake) = writer(vec![0]);
    send(&writer, 2);
    writer.shared.lost.store(7, Ordering::Release);
    writer.turn();
    // More are lost while the first line about them is not written yet: they wait for the next one.
    writer.shared.lost.store(5, Ordering::Release);
    send(&writer, 1);
    writer.turn();
    assert!(writer.shared.failing.load(Ordering::Acquire), "some lost records are not told of");
    writer.turn();
    assert!(!writer.shared.failing.load(Ordering::Acquire));
    let fake = fake.lock().unwrap();
    let parsed: Vec<serde_json::Value> = fake.lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = parsed.iter().map(|line| (line["seq"].as_u64().unwrap(), line["records"].as_u64())).collect();
    assert_eq!(told, [(1, None), (2, None), (3, Some(7)), (4, None), (5, Some(5))]);
    assert_eq!(writer.shared.gauges.records.get(), 3, "only decisions count");
}

#[test]
fn while_writing_fails_nothing_more_is_taken() {
    let (mut writer, fake) = writer(vec![0; 8]);
    send(&writer, 500);
    writer.turn();
    send(&writer, 400);
    for _ in 0..4 {
        writer.shared.lost.store(1, Ordering::Release);
        writer.turn();
        assert_eq!(writer.taken.decisions, 500);
    }
    assert_eq!(writer.shared.trays.waiting(), 900);
    writer.shared.stop.store(true, Ordering::Release);
    writer.run();
    assert_eq!(sequence(&fake), (1..=901).collect::<Vec<_>>());
}

#[test]
fn stops_when_told_with_everything_written() {
    let (writer, fake) = writer(vec![0, 1]);
    send(&writer, 600);
    writer.shared.stop.store(true, Ordering::Release);
    writer.run();
    assert_eq!(sequence(&fake), (1..=600).collect::<Vec<_>>());
}

#[test]
fn ends_when_nobody_records_any_more() {
    let (writer, fake) = writer(vec![]);
    send(&writer, 600);
    writer.shared.abandoned.store(true, Ordering::Release);
    writer.run();
    assert_eq!(fake.lock().unwrap().lines.len(), 600);
}

#[test]
fn a_writer_that_panics_leaves_a_failing_recorder() {
    struct Broken;
    impl Sink for Broken {
        fn open(&mut self) -> Result<(), Failed> {
            Ok(())
        }
        fn append(&mut self, _: &[u8]) -> Result<(), Failed> {
            panic!("a test's doing")
        }
    }
    let writer = with_sink(Box::new(Broken));
    let shared = Arc::clone(&writer.shared);
    send(&writer, 1);
    assert!(std::thread::spawn(move || writer.run()).join().is_err());
    assert!(shared.failing.load(Ordering::Acquire));
    assert_eq!(shared.gauges.healthy.get(), 0);
    let late = shared.trays.put(std::time::SystemTime::now(), |_, _, _, _| {});
    assert_eq!(late, Err(NotRecorded::Closed), "nobody would write it");
}

#[test]
fn a_destination_that_stays_broken_is_given_up_when_nobody_waits() {
    let (writer, fake) = writer(vec![0; 1000]);
    send(&writer, 3);
    writer.shared.abandoned.store(true, Ordering::Release);
    writer.run();
    assert_eq!(fake.lock().unwrap().lines.len(), 0);
}
