//! The scratch cluster and the demo: what they start is gone afterwards, whichever way they end.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests: a panic is their failure")]

use crate::support::{self, own_cluster};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_cluster_stops_resumes_and_leaves_nothing_behind() {
    let mut cluster = own_cluster(&Default::default());
    let (address, data) = (cluster.address(), cluster.data());
    let database = support::Database::on(address).await;
    cluster.stop();
    assert!(TcpStream::connect(address).is_err());
    cluster.resume().unwrap();
    assert_eq!(database.direct().await.query("SELECT 1", &[]).await.unwrap().len(), 1);
    drop(cluster);
    assert!(TcpStream::connect(address).is_err());
    assert!(!data.exists());
}

#[test]
fn the_demo_goes_as_told() {
    let output = Command::new(env!("CARGO_BIN_EXE_stockade")).args(["demo", "--exit"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("Nothing was lost"), "{text}");
    assert!(!text.contains('\x1b'), "a pipe gets plain text");
}

#[test]
fn after_a_signal_the_demo_ends_well_and_nothing_is_left() {
    let mut demo = Demo::up();
    demo.signal(Signal::SIGTERM);
    assert!(demo.child.wait().unwrap().success());
    demo.assert_gone();
}

#[test]
fn after_sigkill_nothing_is_left() {
    let mut demo = Demo::up();
    demo.signal(Signal::SIGKILL);
    demo.child.wait().unwrap();
    demo.assert_gone();
}

/// A demo that has told its story and stays up.
struct Demo {
    child: Child,
    upstream: SocketAddr,
    directory: tempfile::TempDir,
}

impl Demo {
    fn up() -> Self {
        // A folder of its own for temporary files shows what is left in it; every user has to get in.
        let directory = tempfile::tempdir().unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(directory.path(), mode).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_stockade"))
            .arg("demo")
            .env("TMPDIR", directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut upstream = None;
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            if let Some(rest) = line.trim().strip_prefix("direct ") {
                let address = rest.split('@').nth(1).and_then(|rest| rest.split('/').next());
                upstream = Some(address.unwrap().parse().unwrap());
            }
            if line.contains("Ctrl-C") {
                break;
            }
        }
        Self { child, upstream: upstream.expect("the demo prints the direct connection string"), directory }
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), signal).unwrap();
    }

    /// After SIGKILL it is the watchdog that clears up, a moment later.
    fn assert_gone(&self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let left: Vec<PathBuf> =
                std::fs::read_dir(self.directory.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
            if left.is_empty() && TcpStream::connect(self.upstream).is_err() {
                return;
            }
            assert!(Instant::now() < deadline, "still there: {left:?}, or the server on {}", self.upstream);
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
