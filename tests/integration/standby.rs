//! A hot standby as the upstream: reads work, writes fail as they fail directly, and whoever looks sees a standby.

use crate::client::{self, Client, PATIENCE};
use crate::support::{self, Stockade};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use stockade::demo::cluster::{Cluster, Options};
use stockade::demo::watchdog::Watchdog;

const SETUP: &str = "CREATE TABLE t (id int PRIMARY KEY, v text); \
     INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 500) i; \
     CREATE SEQUENCE s; \
     CREATE FUNCTION wipe() RETURNS int LANGUAGE plpgsql AS 'BEGIN DELETE FROM t; RETURN 1; END'";

/// A standby of a primary of its own, in the primary's directory.
struct Standby {
    server: Child,
    address: SocketAddr,
    _watchdog: Watchdog,
    primary: Cluster,
}

impl Standby {
    /// By a base backup over SQL and files, for not every installation has pg_basebackup:
    /// <https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP>.
    fn new() -> Self {
        let primary = support::own_cluster(&Default::default());
        let mut session = Client::open(primary.address(), "postgres");
        session.query(SETUP).fine();
        let data = primary.data().with_file_name("standby");
        session.query("SELECT pg_backup_start('standby', true)").fine();
        let copied = as_owner_of(&primary.data(), Path::new("cp")).arg("-R").arg(primary.data()).arg(&data).status();
        assert!(copied.unwrap().success());
        let label = session.value("SELECT labelfile FROM pg_backup_stop(false)");
        let owner = std::fs::metadata(&data).unwrap();
        for (name, text) in [("backup_label", label.as_str()), ("standby.signal", "")] {
            std::fs::write(data.join(name), text).unwrap();
            chown(data.join(name), Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        std::fs::remove_file(data.join("postmaster.pid")).unwrap();
        let address = support::free_address();
        let (server, log) = launch(&primary, &data, address);
        let mut watchdog = Watchdog::start(None).unwrap();
        watchdog.guard("QUIT", server.id()).unwrap();
        let mut standby = Self { server, address, _watchdog: watchdog, primary };
        standby.wait_until_ready(&log);
        standby
    }

    fn wait_until_ready(&mut self, log: &Path) {
        let deadline = Instant::now() + 4 * PATIENCE;
        while !takes_sessions(self.address) {
            let ended = self.server.try_wait().unwrap();
            let log = || std::fs::read_to_string(log).unwrap_or_default();
            assert!(ended.is_none() && Instant::now() < deadline, "no standby ({ended:?})\n{}", log());
            std::thread::yield_now();
        }
    }

    fn open(&self) -> Client {
        Client::open(self.address, "postgres")
    }
}

impl Drop for Standby {
    fn drop(&mut self) {
        // Before its primary, whose directory it lives in.
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

/// Whether a session begins there; until then the server may answer anything, or hang up.
fn takes_sessions(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<u8> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(&client::startup(196_608, &[("user", "postgres"), ("database", "postgres")]))?;
        let mut tag = [0];
        stream.read_exact(&mut tag)?;
        Ok(tag[0])
    };
    ask().is_ok_and(|tag| tag == b'R')
}

fn launch(primary: &Cluster, data: &Path, address: SocketAddr) -> (Child, PathBuf) {
    let log = data.with_file_name("standby.log");
    let output = std::fs::File::create(&log).unwrap();
    let port = primary.port();
    let mut command = as_owner_of(data, &primary.binaries().program("postgres"));
    command.arg("-D").arg(data);
    for setting in [
        format!("primary_conninfo=host=127.0.0.1 port={port} user=postgres"),
        format!("port={}", address.port()),
        "listen_addresses=127.0.0.1".into(),
        "unix_socket_directories=".into(),
        "fsync=off".into(),
        // Not less than the primary's.
        "max_connections=300".into(),
        "max_prepared_transactions=10".into(),
    ] {
        command.arg("-c").arg(setting);
    }
    let server = command.stdout(output.try_clone().unwrap()).stderr(output).spawn().unwrap();
    (server, log)
}

/// A program run as the owner of a file, since PostgreSQL does not run as root.
fn as_owner_of(file: &Path, program: &Path) -> Command {
    let owner = std::fs::metadata(file).unwrap();
    let mut command = Command::new(program);
    command.env("LC_ALL", "C").current_dir(file.parent().unwrap()).stdin(Stdio::null()).process_group(0);
    if nix::unistd::geteuid().is_root() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    command
}

/// What a session is told by a text: rows, command tags, SQLSTATE, status.
fn told(client: &mut Client, extended: bool, sql: &str) -> String {
    let answer = if extended { client.extended(sql, &[]) } else { client.query(sql) };
    format!("{:?} {:?} {} {}", answer.rows(), answer.commands(), answer.code(), answer.status())
}

/// Sessions that only look; each line is one session.
const LOOKS: &[&[&str]] = &[
    &["SELECT count(*), max(id) FROM t", "SELECT * FROM t WHERE id = 7", "TABLE t LIMIT 1"],
    &["SHOW transaction_read_only", "SHOW default_transaction_read_only", "SHOW in_hot_standby"],
    &["SELECT current_setting('transaction_read_only')", "SELECT pg_is_in_recovery()"],
    &["BEGIN", "SELECT count(*) FROM t", "SHOW transaction_read_only", "SELECT v FROM t WHERE id = 3", "COMMIT"],
    &["BEGIN READ ONLY", "SELECT count(*) FROM t", "COMMIT", "START TRANSACTION", "SELECT 1", "ROLLBACK"],
    &["BEGIN", "DECLARE c CURSOR FOR SELECT id FROM t ORDER BY id", "FETCH 2 FROM c", "CLOSE c", "COMMIT"],
    &["PREPARE p AS SELECT v FROM t WHERE id = 5", "EXECUTE p", "DEALLOCATE p"],
    &["BEGIN", "SAVEPOINT a", "SELECT 1/0", "ROLLBACK TO a", "SELECT 1", "RELEASE a", "COMMIT"],
    &["SELECT * FROM nowhere", "SELECT 1"],
    &["SET application_name = 'x'", "SHOW application_name", "RESET ALL", "DISCARD ALL", "SHOW transaction_read_only"],
    &["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT count(*) FROM t", "COMMIT"],
    &["EXPLAIN (COSTS OFF) SELECT * FROM t WHERE id = 1"],
];

/// Sessions that try to write.
const WRITES: &[&[&str]] = &[
    &["UPDATE t SET v = 'x' WHERE id = 1", "SELECT v FROM t WHERE id = 1", "SHOW transaction_read_only"],
    &["INSERT INTO t VALUES (1000, 'x')", "INSERT INTO t VALUES (1000, 'x') RETURNING id", "SELECT 1"],
    &["BEGIN", "DELETE FROM t WHERE id = 1", "SELECT 1", "ROLLBACK", "SELECT count(*) FROM t"],
    &["BEGIN", "UPDATE t SET v = 'x' WHERE id = 1", "COMMIT", "SELECT 1"],
    &["BEGIN READ WRITE", "SELECT 1", "ROLLBACK", "SELECT 1"],
    &["CREATE TABLE u (id int)", "SELECT 1"],
    &["CREATE TEMP TABLE u (id int)", "SELECT 1"],
    &["SELECT nextval('s')", "SELECT 1"],
    &["SELECT * FROM t WHERE id = 1 FOR UPDATE", "SELECT 1"],
    &["SELECT wipe()", "SELECT count(*) FROM t"],
    &["BEGIN", "SELECT wipe()", "ROLLBACK", "BEGIN", "SELECT 1", "COMMIT"],
    &["UPDATE t SET v = 'x' WHERE id = 1; SELECT 1", "SELECT 1; UPDATE t SET v = 'x' WHERE id = 1", "SELECT 1"],
];

#[test]
fn a_standby_answers_as_it_answers_directly() {
    let standby = Standby::new();
    for preset in ["app-writer", "read-only", "migrator"] {
        let stockade = Stockade::before(standby.address, &["--preset", preset]);
        for session in LOOKS.iter().chain(WRITES.iter().filter(|_| preset != "read-only")) {
            for extended in [false, true] {
                let mut direct = standby.open();
                let mut through = Client::open(stockade.address, "postgres");
                for sql in *session {
                    // A session that never writes is never opened for it, not even to tell what it would be.
                    let tells = preset == "read-only" && *sql == "SHOW default_transaction_read_only";
                    if tells || extended && sql.contains(';') {
                        continue;
                    }
                    let expected = told(&mut direct, extended, sql);
                    assert_eq!(told(&mut through, extended, sql), expected, "{preset} {extended} {sql} of {session:?}");
                }
                for name in ["in_hot_standby", "default_transaction_read_only", "server_version", "is_superuser"] {
                    assert_eq!(through.parameters.get(name), direct.parameters.get(name), "{name} behind {session:?}");
                }
            }
        }
        let metrics = stockade.metrics();
        let changed = metrics.iter().filter(|(name, _)| name.starts_with("stockade_r")).filter(|(name, _)| {
            name.starts_with("stockade_rollbacks_total") || name.starts_with("stockade_rows_changed_total")
        });
        for (name, value) in changed {
            assert_eq!(*value, 0.0, "{name}");
        }
    }
    assert_eq!(Client::open(standby.primary.address(), "postgres").value("SELECT count(*) FROM t"), "500");
}

/// What the server refuses because it is a standby is no work of ours, and is not said to be.
#[test]
fn a_standbys_refusal_is_its_own() {
    let standby = Standby::new();
    let stockade = Stockade::before(standby.address, &[]);
    let mut client = Client::open(stockade.address, "postgres");
    for sql in ["SELECT wipe()", "UPDATE t SET v = 'x' WHERE id = 1"] {
        for extended in [false, true] {
            let answer = if extended { client.extended(sql, &[]) } else { client.query(sql) };
            let error = answer.error().unwrap();
            assert_eq!(error.code(), "25006");
            assert_eq!((error.field(b'D'), error.field(b'H')), Default::default(), "{sql}");
        }
    }
}

/// libpq's `target_session_attrs`.
#[test]
fn libpq_finds_the_standby() {
    let standby = Standby::new();
    let psql = standby.primary.binaries().program("psql");
    if !psql.is_file() {
        return;
    }
    for preset in ["app-writer", "read-only", "trusted"] {
        let stockade = Stockade::before(standby.address, &["--preset", preset]);
        for attributes in ["any", "standby", "prefer-standby", "read-only", "primary", "read-write"] {
            let connects = |address: SocketAddr| {
                let target = format!(
                    "host=127.0.0.1 port={} user=postgres dbname=postgres target_session_attrs={attributes}",
                    address.port()
                );
                let output = Command::new(&psql).args(["-XAtc", "SELECT 1", &target]).output().unwrap();
                output.status.success()
            };
            assert_eq!(connects(stockade.address), connects(standby.address), "{preset} {attributes}");
        }
    }
}

#[test]
fn a_promoted_standby_is_written_to_in_the_sessions_that_are_open() {
    let standby = Standby::new();
    let stockade = Stockade::before(standby.address, &[]);
    let mut client = Client::open(stockade.address, "postgres");
    let mut other = Client::open(stockade.address, "postgres");
    assert_eq!(client.query("UPDATE t SET v = 'x' WHERE id = 1").code(), "25006");
    other.query("SELECT 1").fine();
    standby.open().query("SELECT pg_promote()").fine();
    for client in [&mut client, &mut other] {
        client.poll("SHOW in_hot_standby", "off");
        client.query("UPDATE t SET v = 'x' WHERE id = 1").fine();
        client.extended("UPDATE t SET v = $1 WHERE id = 1", &["y"]).fine();
        client.query("SELECT wipe()").read_only();
        let refused = client.query("UPDATE t SET v = 'x' WHERE id > 1");
        assert!(refused.error().unwrap().field(b'M').contains("table_share"), "{refused:?}");
        assert_eq!(client.parameters["in_hot_standby"], "off");
    }
    assert_eq!(standby.open().value("SELECT v FROM t WHERE id = 1"), "y");
}

/// A primary whose own default is read-only.
#[test]
fn a_read_only_primary_is_read() {
    let settings = vec![("default_transaction_read_only".to_owned(), "on".to_owned())];
    let primary = support::own_cluster(&Options { settings, ..Options::default() });
    let mut session = Client::open(primary.address(), "postgres");
    session.query("SET default_transaction_read_only = off").fine();
    session.query(SETUP).fine();
    for preset in ["app-writer", "read-only"] {
        let stockade = Stockade::before(primary.address(), &["--preset", preset]);
        for session in LOOKS.iter().filter(|session| !session.concat().contains("transaction_read_only")) {
            for extended in [false, true] {
                let mut direct = Client::open(primary.address(), "postgres");
                let mut through = Client::open(stockade.address, "postgres");
                for sql in *session {
                    let expected = told(&mut direct, extended, sql);
                    assert_eq!(told(&mut through, extended, sql), expected, "{preset} {extended} {sql} of {session:?}");
                }
            }
        }
        Client::open(stockade.address, "postgres").query("SELECT wipe()").read_only();
    }
}
