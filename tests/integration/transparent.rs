//! What is allowed and within the limits looks as it does on a direct connection: every message, in its order.
//!
//! Each exchange is held twice, against twin databases: directly, and through Stockade with the witness on.

use crate::client::{Client, Frames, Message};
use crate::support::{self, Database, Stockade};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

const SETUP: &str = "\
    CREATE TABLE t (id int PRIMARY KEY, x int); INSERT INTO t SELECT i, i FROM generate_series(1, 20) i; \
    CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent SELECT generate_series(1, 5); \
    CREATE TABLE child (id int, p int REFERENCES parent DEFERRABLE INITIALLY DEFERRED); \
    CREATE TABLE uniq (id int, UNIQUE (id) DEFERRABLE INITIALLY DEFERRED); \
    CREATE TABLE auto (id serial, x int); \
    CREATE TABLE w (id int, x int); \
    CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
        RAISE NOTICE 'late %', NEW.id; IF NEW.x = 9 THEN RAISE EXCEPTION 'too late'; END IF; RETURN NULL; END $$; \
    CREATE CONSTRAINT TRIGGER late AFTER INSERT OR UPDATE ON w DEFERRABLE INITIALLY DEFERRED \
        FOR EACH ROW EXECUTE FUNCTION late(); \
    CREATE FUNCTION now_() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n int; BEGIN \
        UPDATE t SET x = x WHERE id <= NEW.x; GET DIAGNOSTICS n = ROW_COUNT; \
        RAISE NOTICE 'now % %', NEW.id, n; RAISE LOG 'logged'; RAISE WARNING 'warned'; RETURN NEW; END $$; \
    CREATE TRIGGER now_ BEFORE INSERT ON w FOR EACH ROW WHEN (NEW.x > 2) EXECUTE FUNCTION now_(); \
    ANALYZE";

/// Limits nobody reaches, so that the witness is on.
const WIDE: &str = "limits = { rows_per_statement = \"none\", rows_per_transaction = 1000000000, \
     table_share = \"none\", rows_per_hour = \"none\", never_empty = false }\nsuspend_after = \"none\"\n";

fn stockade(preset: &str) -> Stockade {
    let address = support::cluster().address();
    Stockade::with_config(address, "", &format!("[defaults]\npreset = \"{preset}\"\n{WIDE}"))
}

/// The same without limits, and so without the witness.
fn unwitnessed(preset: &str) -> Stockade {
    let address = support::cluster().address();
    let config = format!("[defaults]\npreset = \"{preset}\"\nlimits = \"none\"\nsuspend_after = \"none\"\n");
    Stockade::with_config(address, "", &config)
}

/// One side: its database, and a session of it.
struct Side {
    database: Database,
    client: Client,
}

/// Twin databases: object for object, number for number.
struct Twins {
    direct: Side,
    through: Side,
    /// A block failed in them.
    failed: bool,
}

impl Twins {
    fn new(stockade: &Stockade) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        static TEMPLATE: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| support::database_with(SETUP).name);
        static ONE_BY_ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let address = support::cluster().address();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let [direct, through] = ["direct", "through"].map(|side| {
            let name = format!("twin_{number}_{side}");
            let _one = ONE_BY_ONE.lock();
            Client::open(address, "postgres").query(&format!("CREATE DATABASE {name} TEMPLATE {}", *TEMPLATE)).fine();
            Database { address, name }
        });
        let (one, other) = (direct.open(), through.open_through(stockade));
        Self {
            direct: Side { database: direct, client: one },
            through: Side { database: through, client: other },
            failed: false,
        }
    }

    /// New sessions.
    fn again(&mut self, stockade: &Stockade) {
        self.failed = false;
        self.direct.client = self.direct.database.open();
        self.through.client = self.through.database.open_through(stockade);
    }

    /// As they were set up.
    fn reset(&mut self) {
        for side in [&self.direct, &self.through] {
            let mut client = side.database.open();
            client
                .query(
                    "TRUNCATE t, parent, child, uniq, auto, w RESTART IDENTITY; \
                     INSERT INTO t SELECT i, i FROM generate_series(1, 20) i; INSERT INTO parent SELECT generate_series(1, 5)",
                )
                .fine();
        }
    }

    /// What differs in an exchange: both streams.
    fn exchange(&mut self, exchange: &Exchange) -> Result<(), Differs> {
        let mut direct = self.direct.hold(exchange);
        let mut through = self.through.hold(exchange);
        self.failed |= direct.iter().any(|message| message == "Z E");
        // A COMMIT outside a block that fails by what was deferred is not sent, and so does not warn.
        if let Some(error) = direct.iter().position(|message| message.starts_with('E')) {
            let warns = |message: &&String| message.contains("there is no transaction in progress");
            let last = direct.iter().take(error).filter(warns).count().checked_sub(1);
            let at = last.and_then(|last| direct.iter().enumerate().filter(|(_, m)| warns(m)).nth(last));
            if let Some((at, _)) = at.filter(|_| direct.len() == through.len() + 1) {
                direct.remove(at);
            }
        }
        // A block that begins read-only tells of its default at other moments.
        for told in [&mut direct, &mut through] {
            told.retain(|message| !message.starts_with("S default_transaction_read_only"));
        }
        if self.failed {
            // Behind a read that failed in a block, what SET did is taken back at its end, and told there.
            for told in [&mut direct, &mut through] {
                told.retain(|message| !message.starts_with('S'));
            }
        }
        if same(&direct, &through, exchange.is_cut()) { Ok(()) } else { Err(Differs { direct, through }) }
    }

    /// What is in the tables.
    fn content(&self) -> Result<(), Differs> {
        let [direct, through] = [&self.direct, &self.through].map(|side| {
            let mut client = side.database.open();
            ["t", "child", "uniq", "auto", "w", "parent"]
                .map(|table| {
                    let sql = format!("SELECT '{table}', string_agg(r::text, ' ' ORDER BY r::text) FROM {table} r");
                    format!("{:?}", client.query(&sql).fine().rows())
                })
                .to_vec()
        });
        if direct == through { Ok(()) } else { Err(Differs { direct, through }) }
    }
}

struct Differs {
    direct: Vec<String>,
    through: Vec<String>,
}

impl std::fmt::Debug for Differs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "directly:\n    {}\n  through:\n    {}", self.direct.join("\n    "), self.through.join("\n    "))
    }
}

impl Differs {
    /// Stockade refused something, in these words; or a run that was flushed while it only read is read-only.
    fn refused(&self) -> Option<&String> {
        self.through
            .iter()
            .find(|message| ["Mstockade", "Hstockade", "C25006"].iter().any(|sign| message.contains(sign)))
    }
}

impl Side {
    fn hold(&mut self, exchange: &Exchange) -> Vec<String> {
        let mut all = Vec::new();
        // Behind an error nothing is answered up to the Sync.
        let mut skipping = false;
        for step in &exchange.0 {
            self.client.send(&step.frames.0);
            let (mut ready, mut done) = (0, 0_usize);
            while ready < step.readies || (done < step.completions && !skipping) {
                let message = match self.client.try_receive() {
                    Ok(Some(message)) => message,
                    Ok(None) => {
                        all.push("END".into());
                        return all;
                    }
                    Err(error) => {
                        all.push(format!("HANGS: {:?}", error.kind()));
                        return all;
                    }
                };
                ready += usize::from(message.tag == b'Z');
                done += usize::from(matches!(message.tag, b'C' | b'I' | b's' | b'G'));
                skipping = message.tag == b'E' || (skipping && message.tag != b'Z');
                all.push(shown(&message));
            }
        }
        all
    }
}

/// Whether the messages are the same. Rows that nothing orders, copied out too, come as they lie in the table, which is each
/// database's own affair; and so does which of them come first, where not all are asked for (`cut`).
fn same(direct: &[String], through: &[String], cut: bool) -> bool {
    let is_row = |message: &&String| message.starts_with(['D', 'd']);
    let rows = |messages: &[String]| {
        let mut rows: Vec<String> = messages.iter().filter(is_row).cloned().collect();
        rows.sort_unstable();
        rows
    };
    let pairs = || direct.iter().zip(through);
    direct.len() == through.len()
        && pairs().all(|(direct, through)| direct == through || (is_row(&direct) && is_row(&through)))
        && (cut || rows(direct) == rows(through))
}

/// A message without what no two sessions have in common.
fn shown(message: &Message) -> String {
    let body = match message.tag {
        b'A' => message.body.get(4..).unwrap_or_default().to_vec(),
        b'T' => {
            // The number of a table made since is the databases' own.
            let mut body = message.body.clone();
            let mut at = 2;
            while at < body.len() {
                at += body[at..].iter().position(|&byte| byte == 0).unwrap() + 1;
                if u32::from_be_bytes(body[at..at + 4].try_into().unwrap()) >= 16_384 {
                    body[at..at + 4].fill(255);
                }
                at += 18;
            }
            body
        }
        _ => message.body.clone(),
    };
    let text = String::from_utf8_lossy(&body).into_owned();
    // The line and routine of the server's source: a part of a text by itself is refused elsewhere.
    let line = |field: &&str| !(matches!(message.tag, b'E' | b'N') && field.starts_with(['L', 'R']));
    let text = text.split('\0').filter(line).collect::<Vec<_>>().join("\u{b7}");
    format!("{} {text}", char::from(message.tag))
}

/// Messages, and how much of an answer is waited for before the next.
#[derive(Debug, Clone, Default)]
struct Exchange(Vec<Step>);

#[derive(Clone)]
struct Step {
    frames: Frames,
    readies: usize,
    completions: usize,
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut rest = &self.frames.0[..];
        write!(f, "wait for {}/{}: ", self.readies, self.completions)?;
        while rest.len() >= 5 {
            let length = u32::from_be_bytes(rest[1..5].try_into().unwrap()) as usize + 1;
            let text = String::from_utf8_lossy(&rest[5..length]).replace('\0', "\u{b7}");
            write!(f, "{} {text} | ", char::from(rest[0]))?;
            rest = &rest[length..];
        }
        Ok(())
    }
}

impl Exchange {
    /// Whether it asks for some rows of many.
    fn is_cut(&self) -> bool {
        self.0.iter().any(|step| {
            let shown = format!("{step:?}").to_uppercase();
            let limited = |part: &str| part.starts_with("E ") && !part.ends_with("\0\0\0\0");
            ["FETCH", "LIMIT", "MOVE"].iter().any(|word| shown.contains(word))
                || shown.replace('\u{b7}', "\0").split(" | ").any(limited)
        })
    }

    fn of(frames: Frames, readies: usize) -> Self {
        Self(vec![Step { frames, readies, completions: 0 }])
    }

    fn query(sql: &str) -> Self {
        Self::of(Frames::new().query(sql), 1)
    }

    fn run(statements: &[&str]) -> Self {
        Self::of(statements.iter().fold(Frames::new(), |frames, sql| frames.run(sql, &[])).sync(), 1)
    }

    fn then(mut self, frames: Frames, readies: usize, completions: usize) -> Self {
        self.0.push(Step { frames, readies, completions });
        self
    }
}

/// Holds each on twins of its own; the test fails with all that differs.
#[track_caller]
fn alike(preset: &str, exchanges: Vec<Vec<Exchange>>) {
    alike_before(&stockade(preset), exchanges);
}

#[track_caller]
fn alike_before(stockade: &Stockade, exchanges: Vec<Vec<Exchange>>) {
    let mut failures = Vec::new();
    for exchanges in exchanges {
        let mut twins = Twins::new(stockade);
        for exchange in &exchanges {
            if let Err(differs) = twins.exchange(exchange) {
                failures.push(format!("{exchange:?}\n  {differs:#?}"));
                break;
            }
        }
        if let Err(differs) = twins.content() {
            failures.push(format!("{exchanges:?}\n  content: {differs:#?}"));
        }
    }
    assert!(failures.is_empty(), "{} differ\n{}", failures.len(), failures.join("\n"));
}

fn queries(texts: &[&str]) -> Vec<Exchange> {
    texts.iter().map(|sql| Exchange::query(sql)).collect()
}

#[test]
fn notices_and_errors_of_what_is_deferred() {
    alike(
        "app-writer",
        vec![
            queries(&["INSERT INTO w VALUES (1, 1)"]),
            queries(&["INSERT INTO w VALUES (1, 1) RETURNING id"]),
            queries(&["INSERT INTO w VALUES (1, 1), (2, 3)"]),
            queries(&["INSERT INTO w VALUES (1, 1); SELECT 1"]),
            queries(&["SELECT 1; INSERT INTO w VALUES (1, 3)"]),
            queries(&["INSERT INTO w VALUES (2, 1); CREATE TABLE IF NOT EXISTS w (id int)"]),
            queries(&["INSERT INTO w VALUES (1, 9)"]),
            queries(&["INSERT INTO t VALUES (30, 1); INSERT INTO w VALUES (1, 9)"]),
            queries(&["INSERT INTO w VALUES (1, 9); SELECT 1"]),
            queries(&["INSERT INTO child VALUES (1, 77)"]),
            queries(&["INSERT INTO uniq VALUES (1), (1)"]),
            queries(&["BEGIN", "INSERT INTO w VALUES (1, 1)", "COMMIT"]),
            queries(&["BEGIN", "INSERT INTO w VALUES (1, 9)", "COMMIT"]),
            queries(&["BEGIN", "INSERT INTO w VALUES (1, 9)", "COMMIT AND CHAIN", "SELECT 1"]),
            queries(&["BEGIN", "INSERT INTO w VALUES (1, 1)", "COMMIT AND CHAIN", "SELECT 1", "COMMIT"]),
            queries(&["BEGIN; INSERT INTO w VALUES (1, 1); COMMIT"]),
            queries(&["BEGIN; INSERT INTO w VALUES (1, 9); COMMIT"]),
            queries(&["BEGIN; INSERT INTO w VALUES (1, 3); SELECT 1; COMMIT; SELECT 2"]),
            queries(&["BEGIN", "INSERT INTO w VALUES (1, 1)", "SET CONSTRAINTS ALL IMMEDIATE", "COMMIT"]),
            queries(&["BEGIN", "SAVEPOINT a", "INSERT INTO w VALUES (1, 9)", "ROLLBACK TO a", "COMMIT"]),
            vec![Exchange::run(&["INSERT INTO w VALUES (1, 1)"])],
            vec![Exchange::run(&["INSERT INTO w VALUES (1, 9)"]), Exchange::query("SELECT 1")],
            vec![Exchange::run(&["INSERT INTO w VALUES (1, 3)", "SELECT 1"])],
            vec![Exchange::run(&["INSERT INTO w VALUES (1, 1)", "INSERT INTO w VALUES (2, 9)"])],
            vec![Exchange::run(&["INSERT INTO child VALUES (1, 77)"])],
            vec![Exchange::run(&["INSERT INTO child VALUES (1, 77) RETURNING id"])],
            vec![Exchange::of(
                Frames::new()
                    .run("INSERT INTO child VALUES (1, 9)", &[])
                    .parse("x", "SELECT 1")
                    .bind("", "x", &[])
                    .sync(),
                1,
            )],
            vec![Exchange::run(&["BEGIN", "INSERT INTO w VALUES (1, 1)", "COMMIT"])],
            vec![Exchange::run(&["BEGIN", "INSERT INTO w VALUES (1, 9)", "COMMIT"]), Exchange::query("SELECT 1")],
            vec![Exchange::query("BEGIN"), Exchange::run(&["INSERT INTO w VALUES (1, 1)"]), Exchange::run(&["COMMIT"])],
            vec![Exchange::query("BEGIN"), Exchange::run(&["INSERT INTO w VALUES (1, 9)"]), Exchange::run(&["COMMIT"])],
            vec![Exchange::of(
                Frames::new().run("INSERT INTO w VALUES (1, 9)", &[]).sync().run("SELECT 1", &[]).sync(),
                2,
            )],
            vec![Exchange::default().then(Frames::new().run("INSERT INTO w VALUES (1, 3)", &[]).flush(), 0, 1).then(
                Frames::new().sync(),
                1,
                0,
            )],
            vec![Exchange::default().then(Frames::new().run("INSERT INTO w VALUES (1, 9)", &[]).flush(), 0, 1).then(
                Frames::new().run("SELECT 1", &[]).sync(),
                1,
                0,
            )],
            queries(&[
                "SET client_min_messages = log",
                "INSERT INTO w VALUES (1, 3)",
                "SELECT 1",
                "BEGIN",
                "INSERT INTO w VALUES (3, 3)",
                "COMMIT",
            ]),
            queries(&["SET client_min_messages = error", "INSERT INTO w VALUES (1, 3)"]),
        ],
    );
}

#[test]
fn texts_that_are_run_part_by_part() {
    alike(
        "app-writer",
        vec![
            queries(&["VACUUM t; COMMIT; INSERT INTO t VALUES (40, 1)", "SELECT count(*) FROM t"]),
            queries(&["COMMIT; VACUUM t"]),
            queries(&["BEGIN; VACUUM t; COMMIT", "ROLLBACK"]),
            queries(&["COMMIT; VACUUM t; INSERT INTO t VALUES (40, 1)"]),
            queries(&["CREATE INDEX CONCURRENTLY i ON t (x); COMMIT", "SELECT 1"]),
            queries(&["BEGIN; SELECT nope FROM t; INSERT INTO t VALUES (41, 1); COMMIT", "ROLLBACK"]),
            queries(&["BEGIN; INSERT INTO t SELECT nope; COMMIT", "ROLLBACK"]),
            queries(&["BEGIN;/* \u{fc}\u{e4} */ INSERT INTO t SELECT nope; COMMIT", "ROLLBACK"]),
            queries(&["BEGIN; INSERT INTO t VALUES (1, 1); COMMIT", "ROLLBACK"]),
            queries(&["BEGIN; INSERT INTO t VALUES (42, 1); COMMIT", "BEGIN; DELETE FROM t WHERE id = 42; ROLLBACK"]),
            queries(&["INSERT INTO t VALUES (43, 1); COMMIT"]),
            queries(&["INSERT INTO w VALUES (43, 1); COMMIT"]),
            queries(&["INSERT INTO t VALUES (43, 1); COMMIT; INSERT INTO t VALUES (43, 2); SELECT 1"]),
            queries(&[
                "BEGIN; INSERT INTO t VALUES (44, 1); SAVEPOINT a; INSERT INTO t VALUES (44, 1); ROLLBACK TO a; COMMIT",
                "ROLLBACK",
            ]),
            queries(&[
                "BEGIN; INSERT INTO t VALUES (45, 1); SAVEPOINT a; INSERT INTO t VALUES (46, 1); ROLLBACK TO a; COMMIT",
            ]),
            queries(&["BEGIN; INSERT INTO t VALUES (45, 1)", "COMMIT; BEGIN; INSERT INTO t VALUES (46, 1)", "COMMIT"]),
            queries(&[
                "BEGIN; SET LOCAL application_name = 'n1'; INSERT INTO t VALUES (47, 1); COMMIT",
                "SHOW application_name",
            ]),
            queries(&[
                "BEGIN; SET application_name = 'n1'; INSERT INTO t VALUES (47, 1); COMMIT",
                "SHOW application_name",
            ]),
            queries(&[
                "BEGIN; SET application_name = 'n1'; INSERT INTO t VALUES (47, 1); ROLLBACK",
                "SHOW application_name",
            ]),
            queries(&["BEGIN; INSERT INTO t VALUES (1, 1); COMMIT; SELECT 1", "COMMIT", "SELECT 1"]),
            queries(&[
                "BEGIN; ROLLBACK; INSERT INTO t VALUES (50, 1)",
                "BEGIN; INSERT INTO t VALUES (51, 1)",
                "COMMIT",
            ]),
        ],
    );
}

#[test]
fn parameters_are_told_as_they_end_up() {
    alike(
        "app-writer",
        vec![
            queries(&["SET LOCAL application_name = 'n1'; INSERT INTO t VALUES (30, 2)", "SHOW application_name"]),
            queries(&["SET application_name = 'n1'; INSERT INTO t VALUES (30, 2)", "SHOW application_name"]),
            queries(&["SET application_name = 'n1'; SET LOCAL application_name = 'n2'; INSERT INTO t VALUES (30, 2)"]),
            queries(&["SET application_name = 'n1'; INSERT INTO t VALUES (1, 2)", "SHOW application_name"]),
            queries(&["SET application_name = 'n1'; INSERT INTO w VALUES (1, 9)", "SHOW application_name"]),
            queries(&["SET LOCAL application_name = 'n1'", "SHOW application_name"]),
            queries(&["BEGIN", "SET LOCAL application_name = 'n1'; INSERT INTO t VALUES (30, 2)", "COMMIT"]),
            queries(&["BEGIN", "SET application_name = 'n1'", "INSERT INTO t VALUES (30, 2)", "ROLLBACK"]),
            queries(&["SET DateStyle = 'German'; INSERT INTO t VALUES (30, 2)", "SET DateStyle = 'ISO'"]),
            vec![Exchange::run(&["SET application_name = 'n1'", "INSERT INTO t VALUES (30, 2)"])],
            vec![Exchange::run(&["SET LOCAL application_name = 'n1'", "INSERT INTO t VALUES (30, 2)"])],
            queries(&[
                "SET default_transaction_isolation = 'serializable'",
                "INSERT INTO t VALUES (30, 2)",
                "SHOW transaction_isolation",
            ]),
        ],
    );
}

/// What a block's beginning by itself could show of, with the witness and without.
fn blocks() -> Vec<Vec<Exchange>> {
    let described = |sql: &str| Frames::new().parse("d", sql).describe(b'S', "d").sync();
    vec![
        queries(&["BEGIN", "INSERT INTO child VALUES (1, 1)", "COMMIT"]),
        queries(&["BEGIN", "INSERT INTO child VALUES (1, 77)", "COMMIT"]),
        queries(&["BEGIN", "INSERT INTO w VALUES (1, 1)", "COMMIT"]),
        queries(&["BEGIN", "INSERT INTO child VALUES (1, 1)", "SELECT 1", "COMMIT"]),
        vec![
            Exchange::run(&["BEGIN"]),
            Exchange::run(&["INSERT INTO child VALUES (1, 1)"]),
            Exchange::run(&["COMMIT"]),
        ],
        vec![Exchange::run(&["BEGIN"]), Exchange::run(&["INSERT INTO child VALUES (1, 1)", "COMMIT"])],
        queries(&[
            "BEGIN",
            "INSERT INTO t VALUES (30, 1)",
            "SELECT 1/0",
            "ROLLBACK AND CHAIN",
            "INSERT INTO t VALUES (31, 1)",
            "COMMIT",
        ]),
        queries(&["BEGIN", "SELECT 1/0", "ROLLBACK AND CHAIN", "SELECT 1", "INSERT INTO t VALUES (31, 1)", "COMMIT"]),
        queries(&[
            "BEGIN",
            "INSERT INTO t VALUES (1, 1)",
            "ROLLBACK AND CHAIN",
            "INSERT INTO t VALUES (31, 1)",
            "COMMIT",
        ]),
        queries(&[
            "BEGIN READ WRITE",
            "INSERT INTO t VALUES (1, 1)",
            "COMMIT AND CHAIN",
            "SELECT 1",
            "INSERT INTO t VALUES (31, 1)",
            "COMMIT",
        ]),
        vec![
            Exchange::query("BEGIN"),
            Exchange::query("INSERT INTO t VALUES (1, 1)"),
            Exchange::run(&["ROLLBACK AND CHAIN", "SELECT 1", "INSERT INTO t VALUES (31, 1)"]),
            Exchange::run(&["COMMIT"]),
        ],
        queries(&[
            "BEGIN",
            "INSERT INTO t VALUES (1, 1)",
            "ROLLBACK AND CHAIN; INSERT INTO t VALUES (31, 1)",
            "COMMIT",
        ]),
        queries(&["BEGIN", "SELECT 1/0", "COMMIT AND CHAIN", "INSERT INTO t VALUES (31, 1)", "COMMIT"]),
        queries(&["BEGIN READ WRITE", "SELECT 1/0", "COMMIT AND CHAIN", "INSERT INTO t VALUES (31, 1)", "COMMIT"]),
        queries(&["BEGIN", "SELECT 1", "ROLLBACK AND CHAIN", "INSERT INTO t VALUES (31, 1)", "COMMIT"]),
        queries(&["BEGIN", "SELECT 1", "COMMIT AND CHAIN", "INSERT INTO t VALUES (31, 1)", "COMMIT"]),
        queries(&["BEGIN", "COMMIT AND CHAIN", "SELECT 1", "INSERT INTO t VALUES (31, 1)", "COMMIT"]),
        vec![
            Exchange::query("BEGIN"),
            Exchange::query("SELECT 1/0"),
            Exchange::run(&["ROLLBACK AND CHAIN"]),
            Exchange::run(&["INSERT INTO t VALUES (31, 1)"]),
            Exchange::run(&["COMMIT"]),
        ],
        vec![
            Exchange::query("BEGIN"),
            Exchange::query("SELECT 1/0"),
            Exchange::run(&["ROLLBACK AND CHAIN", "INSERT INTO t VALUES (31, 1)"]),
            Exchange::run(&["COMMIT"]),
        ],
        queries(&["BEGIN", "SELECT 1/0", "ROLLBACK; BEGIN; INSERT INTO t VALUES (32, 1)", "COMMIT"]),
        queries(&["BEGIN", "SELECT 1/0", "ROLLBACK; INSERT INTO t VALUES (32, 1)"]),
        queries(&["BEGIN", "SELECT 1/0", "ROLLBACK; BEGIN", "INSERT INTO t VALUES (32, 1)", "COMMIT"]),
        queries(&["BEGIN", "SELECT 1", "COMMIT; BEGIN; INSERT INTO t VALUES (32, 1)", "COMMIT"]),
        queries(&["BEGIN", "SELECT 1", "ROLLBACK; BEGIN; INSERT INTO t VALUES (32, 1)", "COMMIT"]),
        queries(&[
            "BEGIN",
            "SHOW transaction_read_only",
            "INSERT INTO t VALUES (1, 1)",
            "ROLLBACK AND CHAIN",
            "INSERT INTO t VALUES (32, 1)",
            "COMMIT",
        ]),
        queries(&[
            "BEGIN",
            "SHOW transaction_read_only",
            "INSERT INTO t VALUES (1, 1)",
            "ROLLBACK; BEGIN",
            "INSERT INTO t VALUES (32, 1)",
            "COMMIT",
        ]),
        queries(&["BEGIN", "SHOW transaction_read_only", "ROLLBACK; BEGIN", "INSERT INTO t VALUES (32, 1)", "COMMIT"]),
        queries(&["BEGIN", "SHOW transaction_read_only", "COMMIT; BEGIN; INSERT INTO t VALUES (32, 1)", "COMMIT"]),
        vec![
            Exchange::query("BEGIN"),
            Exchange::query("SHOW transaction_read_only"),
            Exchange::run(&["COMMIT", "BEGIN", "INSERT INTO t VALUES (31, 1)"]),
            Exchange::run(&["COMMIT"]),
        ],
        queries(&["BEGIN", "SELECT 1", "COMMIT; INSERT INTO t VALUES (32, 1)"]),
        queries(&["BEGIN", "SELECT 1", "COMMIT; BEGIN", "INSERT INTO t VALUES (32, 1)", "COMMIT"]),
        queries(&[
            "BEGIN",
            "SET default_transaction_read_only = on",
            "SHOW default_transaction_read_only",
            "COMMIT",
            "SHOW default_transaction_read_only",
        ]),
        queries(&[
            "BEGIN",
            "SET LOCAL default_transaction_read_only = on",
            "SHOW default_transaction_read_only",
            "COMMIT",
            "SHOW default_transaction_read_only",
        ]),
        queries(&[
            "BEGIN",
            "SHOW default_transaction_read_only",
            "SHOW transaction_read_only",
            "SHOW transaction_read_only",
            "COMMIT",
        ]),
        vec![
            Exchange::query("BEGIN"),
            Exchange::run(&["SHOW default_transaction_read_only"]),
            Exchange::run(&["SELECT 1"]),
            Exchange::run(&["SHOW transaction_read_only"]),
            Exchange::run(&["COMMIT"]),
            Exchange::run(&["SELECT 1"]),
        ],
        queries(&[
            "BEGIN",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            "SHOW default_transaction_read_only",
            "COMMIT",
            "BEGIN",
            "SHOW transaction_read_only",
            "COMMIT",
        ]),
        queries(&[
            "BEGIN",
            "SELECT 1",
            "SET TRANSACTION READ ONLY",
            "SELECT 1",
            "INSERT INTO t VALUES (32, 1)",
            "ROLLBACK",
        ]),
        queries(&[
            "BEGIN",
            "SET TRANSACTION READ ONLY",
            "SHOW transaction_read_only",
            "SELECT 1",
            "SHOW transaction_read_only",
            "COMMIT",
        ]),
        queries(&[
            "BEGIN",
            "SHOW work_mem",
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            "SHOW transaction_isolation",
            "SELECT 1",
            "COMMIT",
        ]),
        queries(&[
            "BEGIN",
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE",
            "SELECT count(*) FROM t",
            "SHOW transaction_deferrable",
            "COMMIT",
        ]),
        queries(&[
            "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE",
            "SELECT count(*) FROM t",
            "SHOW transaction_deferrable",
            "COMMIT",
        ]),
        queries(&[
            "BEGIN",
            "SELECT 1",
            "SAVEPOINT _stockade",
            "SELECT 1",
            "RELEASE _stockade",
            "SELECT 1",
            "RELEASE _stockade",
            "ROLLBACK",
        ]),
        queries(&["BEGIN", "SELECT 1", "ROLLBACK TO _stockade", "ROLLBACK"]),
        queries(&[
            "BEGIN",
            "SAVEPOINT a",
            "SELECT 1",
            "SAVEPOINT b",
            "SELECT 1/0",
            "ROLLBACK TO b",
            "INSERT INTO t VALUES (33, 1)",
            "ROLLBACK TO a",
            "SELECT 1",
            "INSERT INTO t VALUES (34, 1)",
            "RELEASE a",
            "SELECT 2",
            "COMMIT",
        ]),
        queries(&[
            "BEGIN",
            "SELECT nope",
            "ROLLBACK TO nope",
            "ROLLBACK AND CHAIN",
            "INSERT INTO t VALUES (35, 1)",
            "COMMIT",
        ]),
        queries(&[
            "BEGIN",
            "BEGIN",
            "SELECT 1",
            "BEGIN",
            "INSERT INTO t VALUES (35, 1)",
            "BEGIN READ ONLY",
            "SELECT 1",
            "COMMIT",
        ]),
        vec![
            Exchange::of(described("BEGIN"), 1),
            Exchange::of(Frames::new().bind("", "d", &[]).execute("", 0).sync(), 1),
            Exchange::query("INSERT INTO t VALUES (37, 1)"),
            Exchange::query("COMMIT"),
        ],
        queries(&["BEGIN", "SELECT 1", "LOCK TABLE t", "SELECT 1", "COMMIT"]),
        queries(&["BEGIN", "SELECT 1", "SELECT * FROM t WHERE id = 1 FOR UPDATE", "SELECT 1", "COMMIT"]),
        queries(&["BEGIN", "SELECT 1", "SELECT nextval('auto_id_seq')", "SELECT currval('auto_id_seq')", "COMMIT"]),
        queries(&["BEGIN", "SELECT 1", "LISTEN a", "SELECT 1", "NOTIFY a", "SELECT 1", "COMMIT"]),
        queries(&[
            "BEGIN",
            "DISCARD ALL",
            "ROLLBACK",
            "BEGIN",
            "SELECT 1",
            "DISCARD PLANS",
            "DISCARD SEQUENCES",
            "DISCARD TEMP",
            "COMMIT",
        ]),
        queries(&[
            "BEGIN",
            "SET LOCAL work_mem = '1MB'",
            "SELECT 1",
            "SHOW work_mem",
            "SELECT set_config('work_mem', '2MB', true)",
            "SHOW work_mem",
            "SELECT 1",
            "SELECT set_config('work_mem', '3MB', false)",
            "COMMIT",
            "SHOW work_mem",
        ]),
        queries(&[
            "BEGIN",
            "SELECT set_config('application_name', 'n7', false)",
            "SELECT 1",
            "COMMIT",
            "SHOW application_name",
        ]),
        queries(&[
            "BEGIN",
            "SELECT set_config('application_name', 'n7', true)",
            "SELECT 1",
            "SHOW application_name",
            "COMMIT",
            "SHOW application_name",
        ]),
        queries(&[
            "BEGIN",
            "DECLARE c CURSOR FOR SELECT id FROM t ORDER BY id",
            "FETCH 1 FROM c",
            "SELECT 1",
            "UPDATE t SET x = 0 WHERE id = 1",
            "FETCH 1 FROM c",
            "SELECT 1",
            "MOVE 2 FROM c",
            "CLOSE c",
            "COMMIT",
        ]),
        queries(&["BEGIN", "SHOW work_mem", "SET TRANSACTION SNAPSHOT '00000003-0000001B-1'", "ROLLBACK"]),
        queries(&[
            "BEGIN",
            "SELECT txid_current_if_assigned() IS NULL",
            "SELECT 1",
            "SELECT pg_current_xact_id_if_assigned() IS NULL",
            "COMMIT",
        ]),
        queries(&["BEGIN", "SELECT 1", "COMMIT; SELECT 1", "BEGIN", "SELECT 1; SELECT 2; COMMIT", "SELECT 1"]),
        queries(&[
            "BEGIN",
            "SELECT 1; INSERT INTO t VALUES (38, 1)",
            "SELECT 1; COMMIT",
            "BEGIN; SELECT 1",
            "INSERT INTO t VALUES (39, 1)",
            "COMMIT",
        ]),
        queries(&["BEGIN", "COPY t TO STDOUT", "SELECT 1", "COMMIT"]),
        queries(&["BEGIN", "", "SELECT 1", "", "COMMIT"]),
        queries(&[
            "BEGIN",
            "EXPLAIN (COSTS OFF) INSERT INTO t VALUES (1, 1)",
            "EXPLAIN (COSTS OFF) SELECT 1",
            "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) INSERT INTO t VALUES (89, 1)",
            "COMMIT",
        ]),
        vec![Exchange::of(
            Frames::new()
                .run("BEGIN", &[])
                .sync()
                .run("SELECT 1", &[])
                .sync()
                .run("INSERT INTO t VALUES (40, 1)", &[])
                .sync()
                .run("COMMIT", &[])
                .sync(),
            4,
        )],
        vec![
            Exchange::query("BEGIN"),
            Exchange::run(&["COMMIT", "INSERT INTO t VALUES (41, 1)"]),
            Exchange::query("SELECT 1"),
        ],
        vec![
            Exchange::query("BEGIN"),
            Exchange::run(&["COMMIT", "BEGIN", "INSERT INTO t VALUES (41, 1)"]),
            Exchange::query("SELECT 1"),
            Exchange::query("COMMIT"),
        ],
        vec![
            Exchange::query("BEGIN"),
            Exchange::run(&["SELECT 1", "COMMIT", "BEGIN", "SELECT 1", "INSERT INTO t VALUES (41, 1)", "COMMIT"]),
        ],
        vec![
            Exchange::query("BEGIN"),
            Exchange::query("SELECT 1/0"),
            Exchange::run(&["ROLLBACK", "BEGIN", "INSERT INTO t VALUES (41, 1)"]),
            Exchange::query("COMMIT"),
        ],
        vec![
            Exchange::query("BEGIN"),
            Exchange::query("SELECT 1/0"),
            Exchange::run(&["ROLLBACK", "INSERT INTO t VALUES (41, 1)"]),
            Exchange::query("SELECT 1"),
        ],
        vec![
            Exchange::query("BEGIN"),
            Exchange::query("SELECT 1/0"),
            Exchange::run(&["ROLLBACK", "BEGIN"]),
            Exchange::query("INSERT INTO t VALUES (41, 1)"),
            Exchange::query("COMMIT"),
        ],
        vec![
            Exchange::run(&["BEGIN", "BEGIN"]),
            Exchange::query("INSERT INTO t VALUES (41, 1)"),
            Exchange::query("COMMIT"),
        ],
        vec![
            Exchange::run(&["BEGIN READ WRITE", "BEGIN"]),
            Exchange::query("SELECT 1"),
            Exchange::query("INSERT INTO t VALUES (41, 1)"),
            Exchange::query("COMMIT"),
        ],
        vec![
            Exchange::query("BEGIN"),
            Exchange::of(
                Frames::new().parse("", "SELECT id FROM t ORDER BY id").bind("", "", &[]).execute("", 2).sync(),
                1,
            ),
            Exchange::of(Frames::new().execute("", 2).sync(), 1),
            Exchange::query("SHOW work_mem"),
            Exchange::query("COMMIT"),
        ],
        vec![
            Exchange::query("BEGIN"),
            Exchange::of(
                Frames::new().parse("", "SELECT id FROM t ORDER BY id").bind("p", "", &[]).execute("p", 2).sync(),
                1,
            ),
            Exchange::query("INSERT INTO t VALUES (42, 1)"),
            Exchange::of(Frames::new().execute("p", 2).sync(), 1),
            Exchange::query("SAVEPOINT a"),
            Exchange::query("SELECT 1/0"),
            Exchange::query("ROLLBACK TO a"),
            Exchange::of(Frames::new().execute("p", 2).sync(), 1),
            Exchange::query("COMMIT"),
        ],
        vec![
            Exchange::of(Frames::new().run("BEGIN", &[]).flush().sync(), 1),
            Exchange::query("INSERT INTO t VALUES (43, 1)"),
            Exchange::query("COMMIT"),
        ],
        vec![
            Exchange::default()
                .then(Frames::new().run("BEGIN", &[]).flush(), 0, 1)
                .then(Frames::new().run("SELECT 1", &[]).flush(), 0, 1)
                .then(Frames::new().run("INSERT INTO t VALUES (44, 1)", &[]).sync(), 1, 0),
            Exchange::query("COMMIT"),
        ],
        vec![
            Exchange::query("BEGIN"),
            Exchange::default().then(Frames::new().run("SELECT 1", &[]).flush(), 0, 1).then(
                Frames::new().run("INSERT INTO t VALUES (44, 1)", &[]).sync(),
                1,
                0,
            ),
            Exchange::default().then(Frames::new().run("SELECT 1", &[]).flush(), 0, 1).then(
                Frames::new().run("COMMIT", &[]).sync(),
                1,
                0,
            ),
        ],
    ]
}

#[test]
fn blocks_with_the_witness() {
    // Without it a read behind a block's end in one run leaves the rest of the run read-only, the block that begins there too.
    let counted = vec![
        Exchange::query("BEGIN"),
        Exchange::run(&["SELECT 1", "ROLLBACK", "SELECT 1", "BEGIN"]),
        Exchange::query("SELECT 1"),
        Exchange::query("INSERT INTO t VALUES (41, 1)"),
        Exchange::query("COMMIT"),
    ];
    alike("migrator", blocks().into_iter().chain([counted]).collect());
}

#[test]
fn what_is_refused_first_in_a_block_leaves_it_as_any_error_does() {
    let stockade = stockade("app-writer");
    let mut client = Twins::new(&stockade).through.client;
    client.pipeline(Frames::new().parse("i", "INSERT INTO t VALUES (36, 1)").sync()).fine();
    client.query("BEGIN").fine();
    assert_eq!(client.query("ALTER SYSTEM RESET ALL").code(), "42501");
    client.pipeline(Frames::new().describe(b'S', "i").sync()).fine();
    client.pipeline(Frames::new().parse("r", "ROLLBACK").describe(b'S', "r").sync()).fine();
    client.pipeline(Frames::new().bind("", "r", &[]).execute("", 0).sync()).fine();
    assert_eq!(client.query("INSERT INTO t VALUES (36, 1)").fine().status(), 'I');
}

#[test]
fn blocks_without_the_witness() {
    alike_before(&unwitnessed("migrator"), blocks());
}

#[test]
fn flushes_and_copies() {
    let copy = "COPY t FROM STDIN";
    let rows = |frames: Frames| frames.copy_data(b"60\t1\n").copy_data(b"61\t1\n").copy_done();
    let insert = "INSERT INTO t VALUES (70, 1)";
    let start = || Frames::new().run(insert, &[]);
    alike(
        "migrator",
        vec![
            vec![Exchange::default().then(start().parse("c", copy).flush(), 0, 1).then(
                rows(Frames::new().bind("", "c", &[]).execute("", 0)).sync(),
                1,
                0,
            )],
            vec![
                Exchange::default()
                    .then(rows(start().parse("c", copy).bind("", "c", &[]).execute("", 0)).flush(), 0, 2)
                    .then(Frames::new().sync(), 1, 0),
            ],
            vec![
                Exchange::default()
                    .then(start().parse("c", copy).bind("", "c", &[]).execute("", 0).flush(), 0, 2)
                    .then(rows(Frames::new()).flush(), 0, 1)
                    .then(Frames::new().run("SELECT 1", &[]).sync(), 1, 0),
            ],
            vec![Exchange::of(rows(Frames::new().query(copy)), 1)],
            vec![Exchange::default().then(Frames::new().query(copy), 0, 1).then(rows(Frames::new()), 1, 0)],
            vec![
                Exchange::default().then(Frames::new().query(copy), 0, 1).then(Frames::new().copy_fail("no"), 1, 0),
                Exchange::query("SELECT 1"),
            ],
            vec![Exchange::of(rows(Frames::new().query(&format!("{copy}; COMMIT"))), 1)],
            vec![Exchange::default().then(Frames::new().query(&format!("{copy}; COMMIT")), 0, 1).then(
                rows(Frames::new()),
                1,
                0,
            )],
            vec![
                Exchange::default()
                    .then(Frames::new().query(&format!("{insert}; {copy}; COMMIT; SELECT 1")), 0, 2)
                    .then(rows(Frames::new()), 1, 0),
            ],
            vec![Exchange::default().then(Frames::new().query(&format!("BEGIN; {copy}; COMMIT")), 0, 2).then(
                rows(Frames::new()),
                1,
                0,
            )],
            vec![
                Exchange::default().then(Frames::new().query(&format!("BEGIN; {copy}; COMMIT; SELECT 1")), 0, 2).then(
                    Frames::new().copy_fail("no"),
                    1,
                    0,
                ),
                Exchange::query("ROLLBACK"),
            ],
            vec![Exchange::default().then(Frames::new().query("COPY w FROM STDIN"), 0, 1).then(
                Frames::new().copy_data(b"1\t3\n").copy_done(),
                1,
                0,
            )],
            vec![Exchange::of(
                rows(Frames::new().query(&format!("{copy}; {copy}"))).copy_data(b"62\t1\n").copy_done(),
                1,
            )],
            vec![Exchange::of(
                rows(Frames::new().query(&format!("{copy}; COMMIT; {copy}"))).copy_data(b"62\t1\n").copy_done(),
                1,
            )],
            vec![
                Exchange::of(rows(Frames::new().query(&format!("BEGIN; {copy}; SAVEPOINT a"))), 1),
                Exchange::query("COMMIT"),
            ],
            vec![
                Exchange::query("COPY t TO STDOUT"),
                Exchange::query("COPY (SELECT 1) TO STDOUT; INSERT INTO t VALUES (71, 1)"),
            ],
            vec![Exchange::of(start().flush().run("INSERT INTO t VALUES (71, 1)", &[]).flush().sync(), 1)],
            vec![Exchange::of(start().sync().run("INSERT INTO t VALUES (71, 1)", &[]).sync().sync().query(insert), 4)],
            vec![
                Exchange::default()
                    .then(start().flush(), 0, 1)
                    .then(Frames::new().run("INSERT INTO t VALUES (1, 1)", &[]).flush(), 0, 1)
                    .then(Frames::new().sync(), 1, 0),
            ],
        ],
    );
}

#[test]
fn what_a_session_sees_of_itself() {
    let bound =
        |sql: &str, rows| Frames::new().parse("", sql).bind("p", "", &[]).describe(b'P', "p").execute("p", rows);
    alike(
        "migrator",
        vec![
            queries(&["INSERT INTO auto (x) VALUES (1)", "SELECT lastval()", "SELECT currval('auto_id_seq')"]),
            queries(&[
                "BEGIN",
                "INSERT INTO auto (x) VALUES (1), (2)",
                "SELECT lastval()",
                "ROLLBACK",
                "SELECT lastval()",
            ]),
            queries(&["SELECT lastval()"]),
            queries(&["SELECT query, state FROM pg_stat_activity WHERE pid = pg_backend_pid()"]),
            queries(&[
                "INSERT INTO auto (x) SELECT 1 FROM pg_stat_activity WHERE pid = pg_backend_pid() AND query LIKE 'INSERT%'",
            ]),
            queries(&[
                "PREPARE a AS SELECT 1",
                "SELECT name, statement FROM pg_prepared_statements",
                "EXECUTE a",
                "DEALLOCATE a",
            ]),
            queries(&[
                "PREPARE a (int) AS UPDATE t SET x = 0 WHERE id = $1",
                "EXECUTE a (3)",
                "BEGIN",
                "EXECUTE a (4)",
                "COMMIT",
                "EXECUTE a (5)",
                "DEALLOCATE ALL",
            ]),
            queries(&[
                "BEGIN",
                "DECLARE c CURSOR FOR SELECT id FROM t ORDER BY id",
                "FETCH 2 FROM c",
                "SELECT name, statement FROM pg_cursors",
                "UPDATE t SET x = 0 WHERE id = 3",
                "FETCH 2 FROM c",
                "CLOSE c",
                "COMMIT",
                "FETCH c",
            ]),
            queries(&[
                "BEGIN",
                "SELECT now() = transaction_timestamp()",
                "INSERT INTO t VALUES (80, 1)",
                "SELECT count(DISTINCT now()) FROM t",
                "COMMIT",
            ]),
            queries(&[
                "SELECT now() = statement_timestamp()",
                "INSERT INTO t SELECT 90 WHERE now() = transaction_timestamp()",
                "INSERT INTO t SELECT 90 FROM t WHERE id = 1 RETURNING xmin::text = pg_current_xact_id()::text, now() <= clock_timestamp()",
            ]),
            queries(&[
                "BEGIN",
                "INSERT INTO t VALUES (81, 1)",
                "SELECT pg_current_xact_id_if_assigned() IS NULL",
                "SAVEPOINT a",
                "INSERT INTO t VALUES (82, 1)",
                "SELECT count(DISTINCT xmin) FROM t WHERE id IN (81, 82)",
                "COMMIT",
            ]),
            queries(&[
                "BEGIN",
                "SELECT pg_current_xact_id_if_assigned() IS NULL",
                "SELECT 1",
                "SELECT pg_current_xact_id_if_assigned() IS NULL",
                "COMMIT",
            ]),
            queries(&[
                "LISTEN a",
                "NOTIFY a",
                "NOTIFY a, 'x'; INSERT INTO t VALUES (83, 1)",
                "BEGIN",
                "NOTIFY a, 'y'",
                "INSERT INTO t VALUES (84, 1)",
                "COMMIT",
                "UNLISTEN a",
                "NOTIFY a",
            ]),
            vec![
                Exchange::query("LISTEN a"),
                Exchange::run(&["INSERT INTO t VALUES (85, 1)", "NOTIFY a, 'z'"]),
                Exchange::run(&["NOTIFY a"]),
            ],
            queries(&[
                "SHOW transaction_read_only",
                "SHOW default_transaction_read_only",
                "BEGIN",
                "SHOW transaction_read_only",
                "COMMIT",
                "SELECT current_setting('transaction_read_only')",
            ]),
            queries(&["BEGIN READ ONLY", "SHOW transaction_read_only", "INSERT INTO t VALUES (1, 1)", "COMMIT"]),
            queries(&[
                "BEGIN ISOLATION LEVEL SERIALIZABLE",
                "SHOW transaction_isolation",
                "INSERT INTO t VALUES (87, 1)",
                "COMMIT",
            ]),
            queries(&[
                "BEGIN",
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                "SELECT 1",
                "INSERT INTO t VALUES (87, 1)",
                "COMMIT",
            ]),
            queries(&["BEGIN", "SELECT 1", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "ROLLBACK"]),
            queries(&[
                "COMMIT",
                "ROLLBACK",
                "SAVEPOINT a",
                "BEGIN",
                "BEGIN",
                "ROLLBACK TO nope",
                "COMMIT",
                "SET LOCAL work_mem = '1MB'",
                "SET CONSTRAINTS ALL IMMEDIATE",
            ]),
            queries(&[
                "",
                ";",
                "; ;",
                "INSERT INTO t VALUES (88, 1);",
                ";INSERT INTO t VALUES (89, 1);;",
                "SELECT 1;;",
                "-- nothing",
            ]),
            queries(&["BEGIN", "", "COMMIT"]),
            vec![Exchange::run(&["", "INSERT INTO t VALUES (90, 1)", ""])],
            vec![Exchange::of(bound("SELECT id FROM t ORDER BY id", 3).execute("p", 2).execute("p", 0).sync(), 1)],
            vec![Exchange::of(
                bound("UPDATE t SET x = 0 WHERE id < 6 RETURNING id", 3).execute("p", 1).execute("p", 0).sync(),
                1,
            )],
            vec![
                Exchange::of(bound("UPDATE t SET x = 0 WHERE id < 6 RETURNING id", 3).sync(), 1),
                Exchange::query("SELECT x FROM t ORDER BY id"),
            ],
            vec![
                Exchange::query("BEGIN"),
                Exchange::of(bound("SELECT id FROM t ORDER BY id", 3).sync(), 1),
                Exchange::query("UPDATE t SET x = 0 WHERE id = 3"),
                Exchange::of(Frames::new().execute("p", 2).sync(), 1),
                Exchange::run(&["UPDATE t SET x = 0 WHERE id = 4"]),
                Exchange::of(Frames::new().execute("p", 2).close(b'P', "p").execute("p", 2).sync(), 1),
                Exchange::query("COMMIT"),
            ],
            vec![
                Exchange::of(Frames::new().parse("s", "INSERT INTO t VALUES ($1, $2)").describe(b'S', "s").sync(), 1),
                Exchange::of(
                    Frames::new()
                        .bind("", "s", &["91", "1"])
                        .execute("", 0)
                        .bind("", "s", &["92", "1"])
                        .execute("", 0)
                        .sync(),
                    1,
                ),
                Exchange::of(
                    Frames::new()
                        .bind("", "s", &["91", "1"])
                        .execute("", 0)
                        .bind("", "s", &["93", "1"])
                        .execute("", 0)
                        .sync(),
                    1,
                ),
                Exchange::of(Frames::new().bind("", "s", &["x", "1"]).execute("", 0).sync(), 1),
            ],
            vec![
                Exchange::of(Frames::new().parse("", "SELECT 1").sync(), 1),
                Exchange::query("INSERT INTO t VALUES (95, 1)"),
                Exchange::of(Frames::new().bind("", "", &[]).execute("", 0).sync(), 1),
            ],
            vec![Exchange::of(
                Frames::new()
                    .query("SELECT 1/0")
                    .query("BEGIN; INSERT INTO t VALUES (96, 1); COMMIT")
                    .query("SELECT 2"),
                3,
            )],
            vec![Exchange::of(
                Frames::new()
                    .query("INSERT INTO t VALUES (1, 1)")
                    .query("INSERT INTO t VALUES (97, 1)")
                    .run("SELECT 1/0", &[])
                    .sync()
                    .query("DELETE FROM t WHERE id = 97"),
                4,
            )],
            vec![Exchange::of(Frames::new().run("SELECT 1/0", &[]).query("SELECT 2").sync(), 1)],
            vec![
                Exchange::of(
                    Frames::new().run("SELECT 1/0", &[]).sync().query("BEGIN; INSERT INTO t VALUES (1); COMMIT"),
                    2,
                ),
                Exchange::query("ROLLBACK"),
            ],
            queries(&["BEGIN", "INSERT INTO t VALUES (1, 1)", "INSERT INTO t VALUES (2, 2)", "COMMIT"]),
            vec![
                Exchange::query("BEGIN"),
                Exchange::query("INSERT INTO t VALUES (1, 1)"),
                Exchange::run(&["COMMIT"]),
                Exchange::run(&["COMMIT"]),
            ],
            queries(&[
                "CREATE TABLE n (id int PRIMARY KEY)",
                "INSERT INTO n VALUES (1)",
                "CREATE TABLE IF NOT EXISTS n (id int)",
                "CREATE INDEX ON n (id)",
                "SELECT * FROM n",
            ]),
            queries(&[
                "CREATE TEMP TABLE tmp (id int)",
                "INSERT INTO tmp VALUES (1)",
                "DROP TABLE tmp",
                "SELECT * FROM tmp",
            ]),
            queries(&[
                "VACUUM t",
                "ANALYZE t",
                "CREATE INDEX CONCURRENTLY i ON t (x)",
                "REINDEX INDEX i",
                "VACUUM t; SELECT 1",
                "BEGIN",
                "VACUUM t",
                "ROLLBACK",
            ]),
            queries(&["DISCARD ALL", "INSERT INTO t VALUES (98, 1)", "DISCARD PLANS", "INSERT INTO t VALUES (99, 1)"]),
            queries(&[
                "SELECT nope",
                "INSERT INTO t SELECT nope",
                "INSERT INTO nope VALUES (1)",
                "INSERT INTO t VALUES (1, 'x')",
            ]),
            queries(&[
                "EXPLAIN (COSTS OFF) UPDATE t SET x = 0 WHERE id = 1",
                "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) INSERT INTO t VALUES (89, 1)",
            ]),
            queries(&[
                "SELECT id FROM t WHERE id = 1 FOR UPDATE",
                "SELECT nextval('auto_id_seq')",
                "SELECT lastval()",
                "BEGIN",
                "SELECT nextval('auto_id_seq')",
                "ROLLBACK",
                "LOCK TABLE t",
                "BEGIN",
                "LOCK TABLE t IN SHARE MODE",
                "COMMIT",
            ]),
            queries(&[
                "MERGE INTO t USING (SELECT 1 AS a) s ON t.id = s.a WHEN MATCHED THEN UPDATE SET x = 5",
                "WITH d AS (DELETE FROM t WHERE id = 3 RETURNING id) SELECT * FROM d",
                "SELECT * INTO copied FROM t WHERE id < 3",
                "SELECT count(*) FROM copied",
            ]),
        ],
    );
}

#[test]
fn a_client_that_goes_in_the_middle_of_a_copy_leaves_no_session() {
    let stockade = stockade("migrator");
    let twins = Twins::new(&stockade);
    let mut watcher = twins.through.database.open();
    for sql in [
        "COPY t FROM STDIN",
        "COPY t FROM STDIN; COMMIT",
        "COPY t FROM STDIN; INSERT INTO t VALUES (98, 1); COMMIT",
        "BEGIN; COPY t FROM STDIN; COMMIT",
        "INSERT INTO t VALUES (99, 1); COPY t FROM STDIN; COMMIT; SELECT 1",
    ] {
        for at_once in [true, false] {
            let mut client = twins.through.database.open_through(&stockade);
            client.send(&Frames::new().query(sql).0);
            while !at_once && client.receive().tag != b'G' {}
            let pid = client.pid;
            drop(client);
            watcher.poll(&format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}"), "0");
        }
    }
    assert_eq!(watcher.value("SELECT count(*) FROM t WHERE id > 20"), "0");
}

/// Random exchanges: what was drawn, and whether a COPY is in it.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn statement(&mut self) -> String {
        let (id, other) = (1 + self.below(25), self.below(11));
        match self.below(46) {
            0..=2 => format!("INSERT INTO t VALUES ({id}, {other})"),
            3 => format!("INSERT INTO t VALUES ({id}, {other}) ON CONFLICT DO NOTHING RETURNING *"),
            4 | 5 => format!("UPDATE t SET x = {other} WHERE id = {id}"),
            6 => format!("UPDATE t SET x = {other} WHERE id < {id} RETURNING id, x"),
            7 => format!("DELETE FROM t WHERE id = {id}"),
            8 => format!("INSERT INTO child VALUES ({id}, {other})"),
            9 => format!("DELETE FROM child WHERE p = {other}"),
            10 => format!("INSERT INTO uniq VALUES ({id})"),
            11..=14 => format!("INSERT INTO w VALUES ({id}, {other})"),
            15 => format!("INSERT INTO auto (x) VALUES ({other}) RETURNING id"),
            16 => "SELECT lastval()".into(),
            17..=19 => "SELECT id, x FROM t ORDER BY id LIMIT 4".into(),
            20 => "SELECT count(*) FROM w".into(),
            21 => "SELECT 1/0".into(),
            22 => "SELECT nope FROM t".into(),
            23 => format!("SET application_name = 'n{other}'"),
            24 => format!("SET LOCAL application_name = 'l{other}'"),
            25 => "RESET application_name".into(),
            26 => "SHOW application_name".into(),
            27..=29 => "BEGIN".into(),
            30..=32 => "COMMIT".into(),
            33 => ["ROLLBACK AND CHAIN", "COMMIT"][self.below(2)].into(),
            34 => ["ROLLBACK", "ROLLBACK", "SET TRANSACTION READ ONLY"][self.below(3)].into(),
            35 => "SAVEPOINT a".into(),
            36 => "ROLLBACK TO a".into(),
            37 => "RELEASE a".into(),
            38 => ["SET CONSTRAINTS ALL DEFERRED", "SET CONSTRAINTS ALL IMMEDIATE"][self.below(2)].into(),
            39 => "DECLARE c CURSOR FOR SELECT id FROM t ORDER BY id".into(),
            40 => ["FETCH 2 FROM c", "CLOSE c"][self.below(2)].into(),
            41 | 42 => format!("EXECUTE p{}", other % 2),
            43 => "CREATE TABLE IF NOT EXISTS w (id int)".into(),
            44 => ["LISTEN a", "NOTIFY a", "UNLISTEN a"][self.below(3)].into(),
            _ => ["", "COPY t TO STDOUT", "TABLE parent"][self.below(3)].into(),
        }
    }

    fn exchange(&mut self) -> Exchange {
        match self.below(10) {
            0..=2 => Exchange::query(&self.statement()),
            3 | 4 => {
                let mut texts: Vec<String> = (0..2 + self.below(3)).map(|_| self.statement()).collect();
                let moves = ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"];
                if texts.iter().any(|text| moves.iter().any(|word| text.starts_with(word))) {
                    // Of a text that is run part by part a statement that asks for a block has none where it is alone.
                    texts.retain(|text| {
                        // What SET did before one that fails stays.
                        !["SET", "RESET", "DECLARE"].iter().any(|word| text.starts_with(word))
                    });
                }
                Exchange::query(&texts.join("; "))
            }
            5..=7 => {
                let (mut frames, mut readies) = (Frames::new(), 1);
                for _ in 0..1 + self.below(4) {
                    frames = self.run(frames);
                    if self.below(5) == 0 {
                        frames = frames.flush();
                    }
                    if self.below(5) == 0 {
                        (frames, readies) = (frames.sync(), readies + 1);
                    }
                }
                Exchange::of(frames.sync(), readies)
            }
            8 => {
                let mut exchange = Exchange::default();
                for _ in 0..1 + self.below(2) {
                    let executes = 1 + self.below(2);
                    let mut frames = Frames::new();
                    for _ in 0..executes {
                        frames = frames.run(&self.statement(), &[]);
                    }
                    exchange = exchange.then(frames.flush(), 0, executes);
                    if self.below(2) == 0 {
                        break;
                    }
                }
                exchange.then(Frames::new().sync(), 1, 0)
            }
            _ => {
                let (mut frames, number) = (Frames::new(), 2 + self.below(3));
                for _ in 0..number {
                    frames = match self.below(2) {
                        0 => frames.query(&self.statement()),
                        _ => self.run(frames).sync(),
                    };
                }
                Exchange::of(frames, number)
            }
        }
    }

    fn run(&mut self, frames: Frames) -> Frames {
        let sql = self.statement();
        let name = ["", "", "", "s1"][self.below(4)];
        let portal = ["", "", "x"][self.below(3)];
        let mut frames = frames;
        if !name.is_empty() {
            frames = frames.close(b'S', name);
        }
        if !portal.is_empty() {
            frames = frames.close(b'P', portal);
        }
        frames = frames.parse(name, &sql).bind(portal, name, &[]);
        if self.below(2) == 0 {
            frames = frames.describe(b'P', portal);
        }
        let rows = [0, 0, 0, 1, 3][self.below(5)];
        frames = frames.execute(portal, rows);
        if rows > 0 && self.below(2) == 0 {
            frames = frames.execute(portal, 0);
        }
        frames
    }
}

/// How many sessions of random exchanges are held; more by the environment.
fn sessions() -> u64 {
    std::env::var("STOCKADE_TEST_SESSIONS").ok().and_then(|sessions| sessions.parse().ok()).unwrap_or(60)
}

#[test]
fn random_exchanges() {
    let seed: u64 = std::env::var("STOCKADE_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let (mut held, mut failures) = (0, Vec::new());
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    let before = [("app-writer", stockade("app-writer")), ("migrator", stockade("migrator"))];
    for (preset, stockade) in before.into_iter().chain([("unwitnessed", unwitnessed("migrator"))]) {
        let mut twins = Twins::new(&stockade);
        for number in 0..sessions() {
            let start = seed.wrapping_mul(1_000_003).wrapping_add(number).wrapping_mul(2_654_435_761);
            let mut dice = Dice(start.wrapping_add(88_172_645_463_325_252));
            twins.again(&stockade);
            let mut before = Vec::new();
            let mut alike = true;
            let prepares = Exchange::query("PREPARE p0 AS SELECT 1; PREPARE p1 AS UPDATE t SET x = 0 WHERE id = 3");
            for turn in 0..15 {
                let exchange = if turn == 0 { prepares.clone() } else { dice.exchange() };
                let result = twins.exchange(&exchange);
                before.push(exchange);
                let flushes = format!("{before:?}").contains("| H ");
                held += 1;
                let Err(differs) = result else { continue };
                let words = differs.refused().filter(|words| flushes || !words.contains("C25006"));
                if let Some(words) = words {
                    *refused.entry(words.clone()).or_default() += 1;
                } else {
                    failures.push(format!("{preset} {number}: {before:#?}\n  {differs:#?}"));
                }
                alike = false;
                break;
            }
            if !alike {
                twins.again(&stockade);
                twins.reset();
            } else if let Err(differs) = twins.content() {
                failures.push(format!("{preset} {number}: {before:#?}\n  {differs:#?}"));
                twins.again(&stockade);
                twins.reset();
            }
        }
    }
    let words: Vec<String> = refused.iter().map(|(words, times)| format!("{times} {words}")).collect();
    println!("{held} exchanges held, {} differ\n{}", failures.len(), words.join("\n"));
    assert!(
        failures.is_empty(),
        "{} of {held} differ; refused:\n{}\n{}",
        failures.len(),
        words.join("\n"),
        failures.join("\n")
    );
}

#[test]
fn a_change_by_execute_does_not_outlive_its_text() {
    let stockade = stockade("app-writer");
    let mut side = Twins::new(&stockade).through;
    side.client.query("PREPARE p AS UPDATE t SET x = 0 WHERE id = 3").fine();
    for sql in ["EXECUTE p; SAVEPOINT a", "EXECUTE p; BEGIN; SELECT 1/0", "EXECUTE p; ROLLBACK"] {
        side.client.query(sql);
        side.client.query("ROLLBACK").fine();
        assert_eq!(side.database.open().value("SELECT x FROM t WHERE id = 3"), "3", "{sql}");
    }
}
