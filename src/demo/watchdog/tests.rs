use super::Watchdog;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

#[test]
fn dropping_it_stops_what_it_guards_and_removes_the_directory() {
    let directory = tempfile::tempdir().unwrap().keep();
    std::fs::write(directory.join("file"), "x").unwrap();
    let mut guarded = Command::new("sleep").arg("600").spawn().unwrap();
    let mut released = Command::new("sleep").arg("600").spawn().unwrap();
    let mut watchdog = Watchdog::start(Some(&directory)).unwrap();
    watchdog.guard("TERM", guarded.id()).unwrap();
    watchdog.guard("TERM", released.id()).unwrap();
    watchdog.release(released.id());
    // Reaped at once, as init would: the watchdog waits until the process is gone.
    let waiter = std::thread::spawn(move || guarded.wait().unwrap());
    drop(watchdog);
    assert_eq!(waiter.join().unwrap().signal(), Some(15));
    assert!(!directory.exists());
    assert!(released.try_wait().unwrap().is_none(), "a released process is left alone");
    released.kill().unwrap();
    released.wait().unwrap();
}
