use super::*;
use crate::audit::Destination;
use crate::audit::record::tests::{sample, session};
use std::fs;
use std::path::Path;
use std::time::Instant;

/// Long enough for the slowest machine; never waited for in full.
const PATIENCE: Duration = Duration::from_secs(30);

pub(in crate::audit) fn gauges() -> Gauges {
    let counter = |name| prometheus::IntCounter::new(name, name).unwrap();
    let gauge = |name| prometheus::IntGauge::new(name, name).unwrap();
    Gauges { records: counter("a"), failures: counter("b"), queue: gauge("c"), healthy: gauge("d") }
}

fn settings(path: &Path) -> Settings {
    Settings::new(Destination::File(path.to_owned()))
}

fn send(recorder: &Recorder) -> Result<(), NotRecorded> {
    let sample = sample(recorder.text(b"SELECT 1", "SELECT $1"));
    recorder.scribe(&session()).record(&sample.record())
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        std::thread::yield_now();
    }
}

fn lines(path: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(path).unwrap();
    // The last one may be half-written.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn records_from_many_threads_are_all_written_in_sequence() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d");
    let gauges = gauges();
    let recorder = Recorder::start(&settings(&path), gauges.clone()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..500).for_each(|_| send(&recorder).unwrap()));
        }
    });
    recorder.shutdown(PATIENCE).unwrap();
    let lines = lines(&path);
    let sequence: Vec<_> = lines.iter().map(|line| line["seq"].as_u64().unwrap()).collect();
    assert_eq!(sequence, (1..=2000).collect::<Vec<_>>());
    assert_eq!((gauges.records.get(), gauges.queue.get(), gauges.failures.get()), (2000, 0, 0));
    assert_eq!(lines[0]["text"], "SELECT $1");
    assert_eq!(lines[0]["run"], lines[1999]["run"]);
}

#[test]
fn a_path_that_cannot_be_opened_fails_from_the_start_and_recovers() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d");
    fs::create_dir(&path).unwrap();
    let gauges = gauges();
    let recorder = Recorder::start(&settings(&path), gauges.clone()).unwrap();
    assert!(recorder.is_failing() && recorder.refuses_writes());
    assert!(recorder.failure().is_some());
    assert_eq!(gauges.healthy.get(), 0);
    send(&recorder).unwrap();
    fs::remove_dir(&path).unwrap();
    until("recovered", || !recorder.is_failing());
    assert_eq!(recorder.failure(), None);
    recorder.shutdown(PATIENCE).unwrap();
    assert_eq!(lines(&path).len(), 1, "what was queued meanwhile is not lost");
    assert_eq!(gauges.healthy.get(), 1);
    assert!(gauges.failures.get() >= 1);
}

#[test]
fn a_full_device_fails_and_a_full_queue_says_so() {
    let settings = Settings { queue: 1, ..settings(Path::new("/dev/full")) };
    let gauges = gauges();
    let recorder = Recorder::start(&settings, gauges.clone()).unwrap();
    let mut refused = 0;
    until("the queue is full", || {
        refused += u64::from(send(&recorder) == Err(NotRecorded::Full));
        refused >= 3
    });
    assert!(recorder.is_failing() && recorder.refuses_writes());
    let waiting = gauges.queue.get();
    assert!(waiting > 0);
    // Records stay unwritten, and shutdown does not wait for what cannot be.
    let unwritten = recorder.shutdown(Duration::ZERO).unwrap_err();
    assert_eq!(i64::try_from(unwritten.records).unwrap(), waiting);
    assert_eq!(gauges.records.get(), 0);
}

#[test]
fn an_overflow_is_counted_told_of_and_over_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d");
    fs::create_dir(&path).unwrap();
    let recorder = Recorder::start(&Settings { queue: 2, ..settings(&path) }, gauges()).unwrap();
    let (mut taken, mut lost) = (0, 0);
    until("the queue is full", || {
        match send(&recorder) {
            Ok(()) => taken += 1,
            Err(_) => lost += 1,
        }
        lost == 5
    });
    fs::remove_dir(&path).unwrap();
    until("recovered", || !recorder.is_failing());
    recorder.shutdown(PATIENCE).unwrap();
    let lines = lines(&path);
    let told: u64 = lines.iter().filter(|line| line["event"] == "lost").map(|l| l["records"].as_u64().unwrap()).sum();
    let decisions = lines.iter().filter(|line| line["event"] == "decision").count();
    assert_eq!((decisions, told), (taken, 5));
}

#[test]
fn a_time_that_cannot_be_said_is_a_lost_record() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d");
    let recorder = Recorder::start(&settings(&path), gauges()).unwrap();
    let sample = sample(recorder.text(b"", ""));
    let scribe = recorder.scribe(&session());
    let early = std::time::SystemTime::UNIX_EPOCH - Duration::from_secs(1);
    assert_eq!(scribe.record(&Record { time: early, ..sample.record() }), Err(NotRecorded::Time));
    until("told of", || !lines(&path).is_empty());
    scribe.record(&sample.record()).unwrap();
    recorder.shutdown(PATIENCE).unwrap();
    let told: Vec<_> = lines(&path).iter().map(|line| (line["seq"].as_u64(), line["records"].as_u64())).collect();
    assert_eq!(told, [(Some(1), Some(1)), (Some(2), None)]);
}

#[test]
fn each_record_wakes_a_writer_that_sleeps() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d");
    let recorder = Recorder::start(&settings(&path), gauges()).unwrap();
    let inner = recorder.0.as_ref().unwrap();
    for written in 1..=20 {
        until("asleep", || inner.shared.asleep.load(Ordering::SeqCst));
        send(&recorder).unwrap();
        until("written", || inner.shared.gauges.records.get() == written);
    }
}

#[test]
fn what_the_last_recorder_leaves_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("d");
    let recorder = Recorder::start(&settings(&path), gauges()).unwrap();
    (0..20).for_each(|_| send(&recorder).unwrap());
    drop(recorder);
    until("written", || lines(&path).len() == 20);
}

#[test]
fn on_failure_allow_fails_without_refusing() {
    let dir = tempfile::tempdir().unwrap();
    let settings = Settings { on_failure: OnFailure::Allow, ..settings(dir.path()) };
    let recorder = Recorder::start(&settings, gauges()).unwrap();
    assert!(recorder.is_failing());
    assert!(!recorder.refuses_writes());
}

#[test]
fn a_closed_recorder_refuses() {
    let dir = tempfile::tempdir().unwrap();
    let recorder = Recorder::start(&settings(&dir.path().join("d")), gauges()).unwrap();
    let clone = recorder.clone();
    recorder.shutdown(PATIENCE).unwrap();
    assert_eq!(send(&clone), Err(NotRecorded::Closed));
    assert!(clone.is_failing());
}

#[test]
fn disabled_takes_everything_and_never_fails() {
    let recorder = Recorder::disabled();
    send(&recorder).unwrap();
    assert!(!recorder.is_enabled() && !recorder.is_failing() && !recorder.refuses_writes());
    assert_eq!(recorder.failure(), None);
    recorder.shutdown(Duration::ZERO).unwrap();
}
