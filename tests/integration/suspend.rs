//! Denied too often, suspended: writes are refused until a person says otherwise, in every session and after a restart.

use crate::client::{Client, Frames};
use crate::support::{self, Database, Stockade};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SETUP: &str = "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'one'); \
     CREATE FUNCTION wipe() RETURNS int LANGUAGE plpgsql AS 'BEGIN DELETE FROM t; RETURN 1; END'";

const WRITE: &str = "UPDATE t SET v = 'x' WHERE id = 1";

/// A Stockade with two principals, told apart by database, that can be started again where it was.
struct Place {
    folder: tempfile::TempDir,
    rogue: Database,
    calm: Database,
}

impl Place {
    fn new() -> Self {
        let [rogue, calm] = [support::database_with(SETUP), support::database_with(SETUP)];
        Self { folder: tempfile::tempdir().unwrap(), rogue, calm }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self) -> String {
        let folder = self.folder.path().display();
        format!(
            "[[listener]]\naddress = \"127.0.0.1:0\"\n\
             [admin]\naddress = \"127.0.0.1:0\"\nsocket = \"{folder}/admin.sock\"\n\
             [state]\npath = \"{folder}/state.json\"\n\
             [upstream.test]\naddress = \"{}\"\n\
             [defaults]\nsuspend_after = {{ refusals = 3, within = \"1h\" }}\n\
             [[principal]]\nname = \"rogue\"\nmatch = {{ database = \"{}\" }}\n\
             [[principal]]\nname = \"dba\"\nkind = \"human\"\npreset = \"trusted\"\nmatch = {{ user = \"dba\", database = \"postgres\" }}\n",
            self.rogue.address, self.rogue.name
        )
    }

    fn start(&self) -> Stockade {
        Stockade::with_file(&self.config())
    }

    fn principal(&self, args: &[&str]) -> Output {
        let socket = self.file("admin.sock");
        Command::new(env!("CARGO_BIN_EXE_stockade"))
            .arg("principal")
            .args(args)
            .arg("--socket")
            .arg(socket)
            .output()
            .unwrap()
    }

    #[track_caller]
    fn told(&self, args: &[&str], says: &str) {
        let output = self.principal(args);
        let told = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && told.contains(says), "{told}{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Three refusals: the third suspends.
fn rampage(client: &mut Client) {
    for sql in ["DROP TABLE t", "TRUNCATE t", "DELETE FROM t"] {
        client.query(sql).refused("preset:app-writer");
    }
}

#[test]
fn the_loop_ends_in_every_session_of_the_principal_and_in_no_other() {
    let place = Place::new();
    let mut stockade = place.start();
    let mut client = place.rogue.open_through(&stockade);
    let mut other = place.rogue.open_through(&stockade);
    let mut calm = place.calm.open_through(&stockade);
    // Typing errors are no offence, nor is what PostgreSQL itself refuses.
    for _ in 0..5 {
        client.query("SELEC 1");
        client.query("SELECT 1 / 0");
    }
    client.query(WRITE).fine();
    client.pipeline(Frames::new().parse("w", WRITE).sync()).fine();
    other.query("BEGIN").fine();
    other.query(WRITE).fine();
    rampage(&mut client);
    let refused = client.query(WRITE).refused("wall:suspended");
    let error = refused.error().unwrap();
    assert!(error.field(b'M').contains("writing is suspended (since 20"), "{}", error.field(b'M'));
    assert!(error.field(b'M').contains("after 3 refusals within 3600 seconds"), "{}", error.field(b'M'));
    assert!(error.field(b'H').contains("stockade principal resume rogue"), "{}", error.field(b'H'));
    client.extended(WRITE, &[]).refused("wall:suspended");
    client.query("DROP TABLE t").refused("wall:suspended");
    client.pipeline(Frames::new().bind("", "w", &[]).execute("", 0).sync()).refused("wall:suspended");
    client.query("EXECUTE w").refused("wall:suspended");
    assert_eq!(client.value("SELECT count(*) FROM t"), "1");
    assert_eq!(client.value("SHOW transaction_read_only"), "off");
    client.extended("SELECT * FROM t WHERE id = $1", &["1"]).fine();
    other.query(WRITE).refused("wall:suspended");
    other.query("ROLLBACK").fine();
    place.rogue.open_through(&stockade).query(WRITE).refused("wall:suspended");
    calm.query(WRITE).fine();
    let metrics = stockade.metrics();
    assert_eq!(metrics["stockade_principal_suspended{principal=\"rogue\"}"], 1.0);
    assert_eq!(metrics["stockade_principal_suspended{principal=\"default\"}"], 0.0);
    assert_eq!(metrics["stockade_suspensions_total{principal=\"rogue\"}"], 1.0);
    assert_eq!(metrics["stockade_refusals_total{principal=\"rogue\"}"], 3.0);
    // One row was updated before.
    assert_eq!(metrics["stockade_budget_left_rows{principal=\"rogue\"}"], 9_999.0);
    stockade.wait_for(|stockade| {
        let output = stockade.output();
        output
            .lines()
            .any(|line| line.contains("WARN") && line.contains("SUSPENDED") && line.contains("rogue"))
            .then_some(())
    });
    place.told(&["list"], "rogue    SUSPENDED since 20");
    place.told(&["resume", "rogue"], "rogue may write again");
    client.query(WRITE).fine();
    other.query(WRITE).fine();
    place.told(&["suspend", "rogue"], "rogue is suspended");
    let by_hand = client.query(WRITE).refused("wall:suspended");
    assert!(by_hand.error().unwrap().field(b'M').contains("by a person"));
}

#[test]
fn a_write_hidden_in_a_read_counts() {
    let place = Place::new();
    let stockade = place.start();
    let mut client = place.rogue.open_through(&stockade);
    for _ in 0..3 {
        client.query("SELECT wipe()").read_only();
    }
    client.query(WRITE).refused("wall:suspended");
    // What a client does in a transaction that it made read-only itself is its own affair.
    let mut calm = place.calm.open_through(&stockade);
    for _ in 0..4 {
        calm.query("BEGIN READ ONLY").fine();
        assert_eq!(calm.query(WRITE).code(), "25006");
        calm.query("ROLLBACK").fine();
    }
    calm.query(WRITE).fine();
}

#[test]
fn a_kill_does_not_resume_anyone() {
    let place = Place::new();
    let mut stockade = place.start();
    rampage(&mut place.rogue.open_through(&stockade));
    let kept = |path: &Path| std::fs::read_to_string(path).unwrap_or_default().contains("\"refusals\":3");
    stockade.wait_for(|_| kept(&place.file("state.json")).then_some(()));
    // Killed; its socket's file stays behind, in the way of nobody.
    drop(stockade);
    let stockade = place.start();
    place.rogue.open_through(&stockade).query(WRITE).refused("wall:suspended");
    place.told(&["resume", "rogue"], "may write again");
    place.told(&["resume", "rogue"], "was not suspended");
    drop(stockade);
    let stockade = place.start();
    place.rogue.open_through(&stockade).query(WRITE).fine();
    place.told(&["suspend", "rogue"], "is suspended");
    assert!(stockade.stop().success());
    assert!(!place.file("admin.sock").exists());
    place.rogue.open_through(&place.start()).query(WRITE).refused("wall:suspended");
}

#[test]
fn the_control_socket_is_its_owners_and_the_address_offers_none_of_it() {
    let place = Place::new();
    let stockade = place.start();
    let mode = std::fs::metadata(place.file("admin.sock")).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    place.told(&["suspend", "rogue"], "is suspended");
    for path in ["/principals", "/principals/rogue/resume", "/principals/rogue/suspend"] {
        for method in ["GET", "POST"] {
            let mut stream = TcpStream::connect(stockade.admin).unwrap();
            write!(stream, "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
                .unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 404 "), "{method} {path}: {answer}");
        }
    }
    place.rogue.open_through(&stockade).query(WRITE).refused("wall:suspended");
    for (args, code, says) in [
        (&["resume", "nobody"][..], 1, "there is no principal \"nobody\""),
        (&["suspend", "dba"], 1, "\"dba\" is trusted or in shadow mode"),
        (&["resume", "rogue/suspend?"], 2, "that is no principal's name"),
    ] {
        let output = place.principal(args);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), error.contains(says)), (Some(code), true), "{error}");
    }
    let list = place.principal(&["list", "--json"]);
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    let names: Vec<&str> =
        list["principals"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["dba", "default", "rogue"]);
    assert_eq!(list["principals"][2]["suspended"]["cause"], "by a person");
}

#[test]
fn a_state_that_cannot_be_read_stops_the_start() {
    let place = Place::new();
    let path = place.file("stockade.toml");
    std::fs::write(&path, place.config()).unwrap();
    for (broken, says) in
        [("{\"version\":1,", "cannot be understood"), ("{\"version\":9,\"principals\":[]}", "version 9")]
    {
        std::fs::write(place.file("state.json"), broken).unwrap();
        let output =
            Command::new(env!("CARGO_BIN_EXE_stockade")).arg("run").arg("--config").arg(&path).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(error.contains("state.json") && error.contains(says), "{error}");
    }
}

#[test]
fn without_a_configuration_the_socket_is_what_makes_suspension() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("admin.sock");
    let database = support::database_with(SETUP);
    let mut stockade = Stockade::start(&["--admin-socket", socket.to_str().unwrap()]);
    stockade.wait_for(|stockade| stockade.output().contains("no [state] path is configured").then_some(()));
    let mut client = database.open_through(&stockade);
    for _ in 0..20 {
        client.query("TRUNCATE t").refused("preset:app-writer");
    }
    client.query(WRITE).refused("wall:suspended");
    drop(stockade);
    let stockade = Stockade::start(&[]);
    let mut client = database.open_through(&stockade);
    for _ in 0..30 {
        client.query("TRUNCATE t").refused("preset:app-writer");
    }
    client.query(WRITE).fine();
}
