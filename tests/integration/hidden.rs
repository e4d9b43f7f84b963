//! Random messages, in any order: what hides a write in what seems to read, or in the checks of a value's type, never loses a row
//! that no limit allows; and every message is answered.
//!
//! A table of 5000 rows of which a function deletes 4000 wherever it may: in a view, a domain's check, a cursor, a prepared
//! statement of another's, a deferred trigger. `STOCKADE_HIDDEN_SESSIONS` says how many sessions; `STOCKADE_HIDDEN_SEED` is that of a
//! failure, which is made as short as can be before it is told.

use crate::client::{Client, Frames};
use crate::random::script::Random;
use crate::support::{self, Database, Stockade};
use std::fmt::Write;

const SCHEMA: &str = "CREATE TABLE t (id int PRIMARY KEY, x int); INSERT INTO t SELECT i, i FROM generate_series(1, 5000) i; \
    CREATE TABLE o (id int PRIMARY KEY, x int); INSERT INTO o VALUES (1, 1), (2, 2); \
    CREATE TABLE d (id int PRIMARY KEY, x int); INSERT INTO d VALUES (1, 1), (2, 2); ANALYZE; \
    CREATE FUNCTION wipes() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
        IF current_setting('transaction_read_only') = 'off' THEN DELETE FROM t WHERE id > 1000; END IF; RETURN 1; END $$; \
    CREATE DOMAIN checked AS text CHECK (wipes() = 1); CREATE SEQUENCE s; \
    CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN wipes(); END $$; \
    CREATE VIEW v AS SELECT o.id, wipes() FROM o; \
    CREATE FUNCTION prepares() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
        EXECUTE 'PREPARE f AS SELECT id, ''{x}''::checked[] FROM o'; RETURN 1; \
        EXCEPTION WHEN OTHERS THEN RETURN 2; END $$; CREATE VIEW vp AS SELECT prepares(); \
    CREATE FUNCTION holds() RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
        EXECUTE 'DECLARE held CURSOR WITH HOLD FOR SELECT wipes()'; RETURN 1; \
        EXCEPTION WHEN OTHERS THEN RETURN 2; END $$; CREATE VIEW vh AS SELECT holds(); \
    CREATE FUNCTION fires() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM wipes(); RETURN NEW; END $$; \
    CREATE CONSTRAINT TRIGGER fires AFTER UPDATE ON d DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fires()";

/// What only reads, as far as its text shows.
const READS: &[&str] = &[
    "SELECT 1",
    "SELECT * FROM v",
    "SELECT * FROM vp",
    "SELECT * FROM vh",
    "SELECT '{x}'::checked[], id FROM o",
    "SELECT wipes()",
    "SELECT lower('x'::varchar)",
    "TABLE v",
    "VALUES (lower('x'::varchar))",
    "COPY (SELECT * FROM v) TO STDOUT",
    "EXPLAIN ANALYZE SELECT * FROM v",
    "DECLARE c CURSOR FOR SELECT * FROM v",
    "FETCH c",
    "CLOSE c",
    "PREPARE q AS SELECT * FROM v",
    "EXECUTE q",
    "EXECUTE f",
    "DEALLOCATE q",
    "SHOW work_mem",
    "SHOW transaction_read_only",
    "SHOW transaction_read_only",
    "SELECT current_setting('transaction_read_only')",
    "SELECT current_setting('transaction_read_only'), lower('x'::varchar)",
    "SELECT set_config('work_mem', '1MB', true), lower('x'::varchar)",
    "SET work_mem = '1MB'",
    "SET LOCAL work_mem = '1MB'",
    "SET search_path = public, pg_catalog",
    "SET default_transaction_read_only = on",
    "RESET ALL",
    "DEALLOCATE ALL",
    "LISTEN x",
    "SELECT 1/0",
];

/// What may write; where nobody counts, what hides in it is not looked for.
const WRITES: &[&str] = &[
    "SELECT * FROM v FOR UPDATE",
    "UPDATE o SET x = x WHERE id = 1",
    "UPDATE o SET x = x WHERE id = 1",
    "UPDATE o SET x = x WHERE id = 1 AND '{x}'::checked[] IS NOT NULL",
    "UPDATE o SET x = x WHERE id = 1 AND lower('x'::varchar) = 'y'",
    "UPDATE d SET x = x WHERE id = 1",
    "INSERT INTO o SELECT id, 1 FROM v WHERE id > 5",
    "EXPLAIN UPDATE o SET x = 1 WHERE id = 1 AND '{x}'::checked[] IS NOT NULL",
    "UPDATE pg_settings SET setting = '1MB' WHERE name = 'work_mem' AND lower('x'::varchar) = 'y'",
    "SELECT nextval('s'), lower('x'::varchar)",
    "PREPARE q AS UPDATE o SET x = x WHERE id = 1 AND '{x}'::checked[] IS NOT NULL",
    "SET CONSTRAINTS ALL IMMEDIATE",
    "ANALYZE o",
];

const STEPS: &[&str] = &[
    "BEGIN",
    "BEGIN",
    "BEGIN",
    "COMMIT",
    "COMMIT",
    "COMMIT",
    "ROLLBACK",
    "BEGIN READ ONLY",
    "BEGIN READ WRITE",
    "BEGIN ISOLATION LEVEL REPEATABLE READ",
    "COMMIT AND CHAIN",
    "ROLLBACK AND CHAIN",
    "SET TRANSACTION READ WRITE",
    "SET TRANSACTION READ ONLY",
    "SAVEPOINT s",
    "ROLLBACK TO s",
    "RELEASE s",
    "ROLLBACK TO _stockade_reading",
];

const NAMES: &[&str] = &["", "", "a", "b", "f"];

/// One message, or what is done while the client waits.
#[derive(Debug, Clone, PartialEq)]
enum Said {
    Query(String),
    /// A name, a text, and whether it declares a value of the domain.
    Parse(&'static str, &'static str, bool),
    /// A portal and a statement, and whether it brings a value.
    Bind(&'static str, &'static str, bool),
    Describe(u8, &'static str),
    Execute(&'static str, u32),
    Close(u8, &'static str),
    Flush,
    Sync,
    /// The client waits for all answers.
    Wait,
    /// And another session changes a table, so that texts are looked at anew.
    Changes,
}

fn text(random: &mut Random, writes: bool) -> &'static str {
    match random.below(10) {
        0..=3 => random.one_of(STEPS),
        4..=6 if writes => random.one_of(WRITES),
        _ => random.one_of(READS),
    }
}

fn session(seed: u64, writes: bool) -> Vec<Said> {
    let mut random = Random(seed);
    let mut said = Vec::new();
    for _ in 0..1 + random.below(6) {
        if random.chance(45) {
            let texts: Vec<_> = (0..random.weighed(&[0, 70, 20, 10])).map(|_| text(&mut random, writes)).collect();
            said.push(Said::Query(texts.join("; ")));
        } else {
            for _ in 0..1 + random.below(4) {
                let (name, portal) = (random.one_of(NAMES), random.one_of(&["", "", "p"]));
                match random.below(10) {
                    0..=3 => {
                        let typed = random.chance(10);
                        said.push(Said::Parse(name, text(&mut random, writes), typed));
                        said.push(Said::Bind(portal, name, typed));
                        if random.chance(80) {
                            said.push(Said::Execute(portal, u32::from(random.chance(10))));
                        }
                    }
                    4 | 5 => said.push(Said::Parse(name, text(&mut random, writes), random.chance(20))),
                    6 => said.push(Said::Bind(portal, name, random.chance(20))),
                    7 => said.push(Said::Execute(portal, 0)),
                    8 => {
                        said.push(if random.chance(20) { Said::Close(b'S', name) } else { Said::Describe(b'S', name) })
                    }
                    _ => said.push(Said::Flush),
                }
            }
            said.push(if random.chance(85) { Said::Sync } else { Said::Query(text(&mut random, writes).into()) });
        }
        match random.below(10) {
            0..=3 => said.push(Said::Wait),
            4 | 5 => said.push(Said::Changes),
            _ => {}
        }
    }
    said
}

struct Scene<'a> {
    database: &'a Database,
    stockade: &'a Stockade,
    admin: Client,
    domain: u32,
}

impl Scene<'_> {
    /// What was lost by it, in words; or that the session ended.
    fn play(&mut self, session: &[Said], end: &[&str]) -> Option<String> {
        let mut client = self.database.open_through(self.stockade);
        let mut frames = Frames::new();
        for said in session {
            frames = match said {
                Said::Query(text) => frames.query(text),
                Said::Parse(name, text, typed) => {
                    let types = if *typed { [&[0, 1], &self.domain.to_be_bytes()[..]].concat() } else { vec![0, 0] };
                    frames.frame(b'P', &[name.as_bytes(), b"\0", text.as_bytes(), b"\0", &types].concat())
                }
                Said::Bind(portal, name, true) => frames.bind(portal, name, &["x"]),
                Said::Bind(portal, name, false) => frames.bind(portal, name, &[]),
                Said::Describe(kind, name) => frames.describe(*kind, name),
                Said::Execute(portal, rows) => frames.execute(portal, *rows),
                Said::Close(kind, name) => frames.close(*kind, name),
                Said::Flush => frames.flush(),
                Said::Sync => frames.sync(),
                Said::Wait | Said::Changes => {
                    if let Err(last) = waits(&mut client, frames) {
                        return Some(format!("the session was ended: {last}"));
                    }
                    if *said == Said::Changes {
                        // Where the client holds a lock on it, it stays as it is.
                        self.admin.query("ALTER TABLE o ADD COLUMN more int; ALTER TABLE o DROP COLUMN more");
                    }
                    Frames::new()
                }
            };
        }
        let mut all = waits(&mut client, frames);
        for text in end {
            all = all.and_then(|()| waits(&mut client, Frames::new().query(text)));
        }
        let left = self.admin.value("SELECT count(*) FROM t");
        if left != "5000" {
            self.admin.query("INSERT INTO t SELECT i, i FROM generate_series(1, 5000) i ON CONFLICT DO NOTHING").fine();
            return Some(format!("{left} rows are left"));
        }
        all.err().map(|last| format!("the session was ended: {last}"))
    }
}

/// Sends them, and reads on to where all of it is answered: to what closes a name that nothing has. Where the session ends, its
/// last error.
fn waits(client: &mut Client, frames: Frames) -> Result<(), String> {
    client.send(&frames.sync().close(b'S', "nothing").sync().0);
    let (mut tags, mut last) = (Vec::new(), String::new());
    loop {
        let Ok(Some(message)) = client.try_receive() else { return Err(last) };
        match message.tag {
            b'N' | b'S' | b'A' => continue,
            b'E' => last = message.field(b'M'),
            b'Z' if tags == [b'3'] => return Ok(()),
            b'Z' => {
                tags.clear();
                continue;
            }
            _ => {}
        }
        tags.push(message.tag);
    }
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name} is no number: {value}")))
}

#[test]
fn nothing_hides_a_write() {
    let database = support::database_with(SCHEMA);
    let limits = "{ rows_per_hour = \"none\" }";
    let kinds = [
        ("app-writer", "\"none\""),
        ("app-writer", limits),
        ("migrator", limits),
        ("trusted", "{ rows_per_transaction = 1000 }"),
    ];
    let stockades = kinds.map(|(preset, limits)| {
        if preset == "trusted" {
            let everybody = "[[principal]]\nname = \"everybody\"\nmatch = { user = \"*\" }\nkind = \"human\"\n";
            let config = format!("{everybody}preset = \"trusted\"\nlimits = {limits}\n");
            return Stockade::with_config(database.address, "", &config);
        }
        let config = format!("[defaults]\npreset = \"{preset}\"\nsuspend_after = \"none\"\nlimits = {limits}\n");
        Stockade::with_config(database.address, "", &config)
    });
    let mut admin = database.open();
    admin.query("SET lock_timeout = '5ms'").fine();
    let domain = admin.value("SELECT 'checked'::regtype::oid").parse().unwrap();
    let mut seeds = Random(0x0041_dde5);
    let (first, wanted) = (variable("STOCKADE_HIDDEN_SEED"), variable("STOCKADE_HIDDEN_SESSIONS").unwrap_or(600));
    let mut scene = Scene { database: &database, stockade: &stockades[0], admin, domain };
    let mut failures = String::new();
    for _ in 0..if first.is_some() { 1 } else { wanted } {
        let seed = first.unwrap_or_else(|| seeds.next());
        // Without limits nobody counts what a change hides.
        let kind = usize::try_from(seed % 4).unwrap();
        scene.stockade = &stockades[kind];
        let mut said = session(seed, kind > 0);
        let end = if seed & 4 == 0 { &["COMMIT"][..] } else { &["SELECT 1", "COMMIT"] };
        let Some(failure) = scene.play(&said, end) else { continue };
        let mut at = 0;
        while at < said.len() {
            let mut shorter = said.clone();
            shorter.remove(at);
            if scene.play(&shorter, end).as_ref() == Some(&failure) {
                said = shorter;
            } else {
                at += 1;
            }
        }
        writeln!(failures, "STOCKADE_HIDDEN_SEED={seed}: {failure}: {said:?} {end:?}").unwrap();
        if failures.lines().count() >= 5 {
            break;
        }
    }
    assert!(failures.is_empty(), "{failures}");
}
