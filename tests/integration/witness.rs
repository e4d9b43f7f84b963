//! What the witness's question answers on a real server: by an ordinary role, and by the superuser.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests: a panic is their failure")]

use crate::client::{Answer, Client, Frames};
use crate::support::{self, Database, own_cluster};
use stockade::classify::classify_text;
use stockade::policy::{Kind, Limits, Preset};
use stockade::sql::Lexing;
use stockade::witness::{self, Objection, Reading, Reason, Said};

const SHOP: &str = "\
    CREATE TABLE customers (id int PRIMARY KEY, name text); \
    CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers ON DELETE CASCADE); \
    CREATE INDEX ON orders (customer); \
    INSERT INTO customers SELECT i, 'c' || i FROM generate_series(1, 500) i; \
    INSERT INTO orders SELECT i, 1 + i % 500 FROM generate_series(1, 5000) i; \
    CREATE TABLE small (id int); INSERT INTO small VALUES (1), (2), (3); \
    CREATE TABLE events (id int, day int) PARTITION BY LIST (day); \
    CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1); \
    CREATE TABLE events_2 PARTITION OF events FOR VALUES IN (2); \
    INSERT INTO events SELECT i, 1 + i % 2 FROM generate_series(1, 200) i; \
    CREATE TABLE animals (id int); CREATE TABLE cats () INHERITS (animals); INSERT INTO cats VALUES (1), (2), (3); \
    CREATE TABLE log (line text); \
    CREATE SEQUENCE counter; CREATE TYPE mood AS ENUM ('good'); CREATE SCHEMA side; \
    CREATE MATERIALIZED VIEW names AS SELECT name FROM customers; CREATE VIEW seen AS SELECT * FROM small; \
    CREATE FUNCTION plain() RETURNS int LANGUAGE sql AS 'SELECT 1'; \
    CREATE FUNCTION runs(text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN EXECUTE $1; END'; \
    CREATE FUNCTION undoes(text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS \
        'BEGIN EXECUTE $1; RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END'; \
    CREATE SCHEMA vault; CREATE TABLE vault.gold (id int); INSERT INTO vault.gold SELECT generate_series(1, 3); \
    CREATE TABLE vault.mine (id int, who text); INSERT INTO vault.mine SELECT i, 'x' FROM generate_series(1, 300) i;";

/// A database, and a session of an ordinary role that owns everything but the vault; or the superuser's.
pub struct Scene {
    pub client: Client,
    pub database: Database,
    /// What stood before is looked at with the next reading.
    looks: bool,
}

impl Scene {
    pub fn ordinary() -> Self {
        let database = support::database_with(SHOP);
        let role = format!("app_{}", database.name);
        let mut owner = database.open();
        owner.query(&format!("CREATE ROLE {role} LOGIN; GRANT ALL ON SCHEMA public TO {role}")).fine();
        owner
            .query(&format!(
                "DO $$ DECLARE r regclass; BEGIN FOR r IN SELECT oid FROM pg_class WHERE relnamespace = \
                 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S') LOOP EXECUTE format('ALTER TABLE %s \
                 OWNER TO {role}', r); END LOOP; END $$; ALTER TYPE mood OWNER TO {role}; ALTER SCHEMA side OWNER TO \
                 {role}; ALTER FUNCTION plain() OWNER TO {role}"
            ))
            .fine();
        owner.query(witness::FLUSH).fine();
        let client = Client::with(database.address, &[("user", &role), ("database", &database.name)]);
        Self::of(client, database)
    }

    pub fn superuser() -> Self {
        let database = support::database_with(SHOP);
        Self::of(database.open(), database)
    }

    fn of(mut client: Client, database: Database) -> Self {
        client.pipeline(Frames::new().parse("question", witness::QUESTION).sync()).fine();
        Self { client, database, looks: false }
    }

    /// An empty backend, and a transaction; with what stands before, or without.
    pub fn begin(&mut self, before: bool) {
        self.client.query(witness::FLUSH).fine();
        self.client.query("BEGIN").fine();
        if before {
            self.before();
        }
    }

    fn before(&mut self) {
        let (portal, mark) = (witness::BEFORE_PORTAL, witness::BEFORE_MARK);
        let frames = Frames::new().close(b'P', portal).close(b'S', portal).parse(portal, witness::BEFORE);
        self.client.pipeline(frames.bind(portal, portal, &[]).close(b'S', mark).parse(mark, "").sync()).fine();
        self.looks = true;
    }

    pub fn reading(&mut self) -> Reading {
        let mut frames = Frames::new().bind("", "question", &[]).execute("", 0);
        if std::mem::take(&mut self.looks) {
            frames = frames.execute(witness::BEFORE_PORTAL, 0).close(b'P', witness::BEFORE_PORTAL);
        }
        taken(&self.client.pipeline(frames.sync()).fine())
    }

    /// What the statements do, each a text judged and allowed; rolled back.
    pub fn tried(&mut self, statements: &[&str]) -> (Reading, Said) {
        let removes = |sql: &&&str| classify_text(sql, Lexing::default()).statements.iter().any(witness::needs_before);
        self.begin(statements.iter().any(|sql| removes(&sql)));
        let mut said = Said::default();
        for sql in statements {
            self.say(sql, &mut said);
        }
        let reading = self.reading();
        self.client.query("ROLLBACK").fine();
        (reading, said)
    }

    pub fn say(&mut self, sql: &str, said: &mut Said) {
        for statement in &classify_text(sql, Lexing::default()).statements {
            said.add(statement);
        }
        let answer = self.client.query(sql).fine();
        answer.0.iter().filter(|message| message.tag == b'C').for_each(|message| said.completed(&message.body));
    }

    #[track_caller]
    pub fn counted(&mut self, statements: &[&str], wanted: &str) {
        assert_eq!(self.tried(statements).0.to_string(), wanted, "{statements:?}");
    }

    pub fn objection(&mut self, statements: &[&str]) -> Option<Objection> {
        let (reading, said) = self.tried(statements);
        witness::judge(&limits(), &said, &reading, &reading, None).err()
    }

    #[track_caller]
    pub fn objects(&mut self, statements: &[&str], reason: Reason) -> String {
        let objection = self.objection(statements).unwrap_or_else(|| panic!("no objection: {statements:?}"));
        assert_eq!(objection.reason, reason, "{statements:?}: {objection:?}");
        objection.detail
    }

    #[track_caller]
    pub fn passes(&mut self, statements: &[&str]) {
        assert_eq!(self.objection(statements), None, "{statements:?}");
    }
}

fn taken(answer: &Answer) -> Reading {
    let mut reading = Reading::default();
    for message in answer.0.iter().filter(|message| message.tag == b'D') {
        reading.row(&message.body).unwrap();
    }
    reading
}

pub fn limits() -> Limits {
    Limits::of(Preset::AppWriter, Kind::Agent)
}

pub fn each(test: impl Fn(&mut Scene)) {
    test(&mut Scene::ordinary());
    test(&mut Scene::superuser());
}

#[test]
fn rows_are_counted_wherever_they_are() {
    each(|scene| {
        scene.counted(
            &["SELECT * FROM customers", "SELECT * FROM customers FOR UPDATE", "SELECT nextval('counter')"],
            "no rows",
        );
        scene.counted(&["UPDATE customers SET name = '' WHERE id < 4"], "3 rows updated in public.customers");
        scene.counted(
            &["DELETE FROM customers WHERE id = 7"],
            "10 rows deleted in public.orders; 1 row deleted in public.customers",
        );
        scene.counted(
            &["DELETE FROM events WHERE id < 5"],
            "2 rows deleted in public.events_1 (of public.events); 2 rows deleted in public.events_2 (of public.events)",
        );
        scene.counted(&["DELETE FROM animals WHERE id = 1"], "1 row deleted in public.cats (of public.animals)");
        scene.counted(&["INSERT INTO seen VALUES (9)"], "1 row inserted in public.small");
        scene.counted(&["SELECT runs('DELETE FROM vault.gold WHERE id = 1')"], "1 row deleted in vault.gold");
        scene.counted(&["CREATE TEMP TABLE own AS SELECT generate_series(1, 9) AS i", "DELETE FROM own"], "no rows");
        scene.counted(
            &["INSERT INTO customers VALUES (1, '') ON CONFLICT (id) DO UPDATE SET name = ''"],
            "1 row updated in public.customers",
        );
        let big = "INSERT INTO log SELECT repeat(md5(i::text), 10000) FROM generate_series(1, 2) i";
        scene.counted(&[big], "2 rows inserted in public.log");
        scene.counted(&[big, "DELETE FROM log"], "2 rows deleted, 2 rows inserted in public.log");
        scene.counted(&["SELECT lo_from_bytea(0, 'x')"], "1 row inserted in pg_catalog.pg_largeobject");
        // What was undone counts where something else was done to the table.
        scene.counted(&["SELECT undoes('DELETE FROM small')"], "no rows");
        scene.counted(
            &["SAVEPOINT a", "DELETE FROM small", "ROLLBACK TO a", "UPDATE small SET id = 4 WHERE id = 1"],
            "3 rows deleted, 1 row updated in public.small",
        );
        scene.counted(&["SAVEPOINT a", "DELETE FROM small WHERE id = 1", "RELEASE a"], "1 row deleted in public.small");
    });
}

#[test]
fn deferred_cascades_are_brought_forward() {
    let mut scene = Scene::superuser();
    let deferred = "ALTER TABLE orders ADD CONSTRAINT later FOREIGN KEY (customer) REFERENCES customers \
         ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, DROP CONSTRAINT orders_customer_fkey; \
         CREATE FUNCTION tidies() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM small; RETURN NULL; END'; \
         CREATE CONSTRAINT TRIGGER tidy AFTER DELETE ON customers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW \
         EXECUTE FUNCTION tidies()";
    scene.client.query(deferred).fine();
    let delete = "DELETE FROM customers WHERE id = 7";
    assert!(!scene.tried(&[delete]).0.to_string().contains("small"));
    scene.counted(
        &[delete, witness::DEFERRED],
        "10 rows deleted in public.orders; 3 rows deleted in public.small; 1 row deleted in public.customers",
    );
}

#[test]
fn the_flush_gives_a_baseline_of_nothing() {
    let mut scene = Scene::ordinary();
    let delete = "DELETE FROM small WHERE id = 1";
    // Without it the counters go on, over aborted transactions too.
    scene.client.query("BEGIN; DELETE FROM small; ROLLBACK").fine();
    scene.client.query("BEGIN").fine();
    scene.client.query(delete).fine();
    let unflushed = scene.reading();
    scene.client.query("ROLLBACK").fine();
    assert_eq!(unflushed.to_string(), "4 rows deleted in public.small");
    scene.counted(&[delete], "1 row deleted in public.small");

    // In pipelines without a pause, round after round, whichever way the rounds end.
    scene.client.pipeline(Frames::new().parse("flush", witness::FLUSH).parse("delete", delete).sync()).fine();
    let run = |frames: Frames, name: &str| frames.bind("", name, &[]).execute("", 0);
    let mut frames = Frames::new();
    for round in 0..50 {
        frames = run(frames, "flush").sync();
        frames = run(frames.run("BEGIN", &[]), "delete");
        frames = run(frames, "question");
        frames = match round % 3 {
            0 => frames.run("ROLLBACK", &[]).sync(),
            // A failed transaction, ended by a COMMIT that rolls back.
            1 => frames.parse("", "SELECT 1/0").bind("", "", &[]).execute("", 0).sync().run("COMMIT", &[]).sync(),
            _ => frames.run("INSERT INTO small VALUES (1)", &[]).run("ROLLBACK", &[]).sync(),
        };
    }
    scene.client.send(&frames.0);
    for round in 0..50 {
        scene.client.answer().fine();
        let answer = scene.client.answer();
        let rows = answer.0.iter().filter(|message| message.tag == b'D' && message.values().len() == 17);
        let mut reading = Reading::default();
        rows.for_each(|message| reading.row(&message.body).unwrap());
        assert_eq!(reading.to_string(), "1 row deleted in public.small", "round {round}");
        if round % 3 == 1 {
            scene.client.answer();
        }
    }
    // One implicit transaction, as a write outside a block is witnessed.
    let mut frames = run(Frames::new(), "flush").sync();
    frames = run(run(frames, "delete"), "question").parse("", "nonsense").sync();
    scene.client.send(&frames.0);
    scene.client.answer().fine();
    let answer = scene.client.answer();
    assert_eq!(
        (taken(&answer).to_string().as_str(), answer.code().as_str()),
        ("1 row deleted in public.small", "42601")
    );
}

#[test]
fn counters_that_are_off_are_noticed() {
    let mut scene = Scene::ordinary();
    assert_eq!(scene.client.query("SET track_counts = off").code(), "42501");
    let mut scene = Scene::superuser();
    scene.client.query("SET track_counts = off").fine();
    scene.objects(&["DELETE FROM small"], Reason::UntrustedCounters);
}

#[test]
fn no_setting_of_the_client_changes_the_answer() {
    let mut scene = Scene::ordinary();
    let mut owner = scene.database.open();
    owner
        .query(
            "CREATE SCHEMA trap; GRANT USAGE ON SCHEMA trap TO PUBLIC; CREATE FUNCTION trap.equal(text, text) RETURNS bool LANGUAGE sql AS 'SELECT false'; \
             CREATE OPERATOR trap.= (LEFTARG = text, RIGHTARG = text, FUNCTION = trap.equal); \
             CREATE FUNCTION trap.sum(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'; \
             CREATE TABLE trap.pg_class (oid oid); CREATE TABLE trap.pg_locks (pid int); \
             CREATE DOMAIN trap.text AS int; CREATE DOMAIN trap.oid AS int",
        )
        .fine();
    for setting in [
        "SET search_path = trap, pg_catalog, public",
        "SET default_transaction_read_only = on",
        "SET default_transaction_isolation = serializable",
        "SET stats_fetch_consistency = snapshot",
        "SET stats_fetch_consistency = none",
        "SET standard_conforming_strings = off",
        "SET row_security = off",
        "SET bytea_output = escape",
        "SET enable_nestloop = off",
        "SET plan_cache_mode = force_custom_plan",
        "SET jit_above_cost = 0",
        "SET xmloption = document",
        "SET DateStyle = 'German'",
        "SET extra_float_digits = -15",
    ] {
        scene.client.query("DEALLOCATE ALL").fine();
        scene.client.query(setting).fine();
        scene.client.pipeline(Frames::new().parse("question", witness::QUESTION).sync()).fine();
        let (reading, said) = scene.tried(&["SET TRANSACTION READ WRITE", "DELETE FROM public.small"]);
        assert_eq!(reading.to_string(), "3 rows deleted in public.small", "{setting}");
        let objection = witness::judge(&limits(), &said, &reading, &reading, None).unwrap_err();
        assert_eq!(objection.reason, Reason::NeverEmpty, "{setting}");
        scene.client.query("RESET ALL").fine();
    }
}

#[test]
fn what_is_hidden_is_found() {
    each(|scene| {
        for (hidden, words) in [
            ("TRUNCATE public.small", "public.small is locked"),
            ("DROP TABLE public.small CASCADE", "dropped"),
            ("DROP VIEW public.seen", "dropped"),
            ("DROP INDEX public.orders_customer_idx", "public.orders is locked"),
            ("ALTER TABLE public.small ADD COLUMN x int", "public.small is locked"),
            ("ALTER TABLE public.small RENAME TO other", "public.other is locked"),
            ("DROP FUNCTION public.plain()", "a routine was dropped"),
            ("ALTER FUNCTION public.plain() RENAME TO other", "function public.other() is locked"),
            ("DROP TYPE public.mood", "a type was dropped"),
            ("DROP SCHEMA side", "a schema was dropped"),
            ("DROP SEQUENCE public.counter", "dropped"),
            ("DROP MATERIALIZED VIEW public.names", "dropped"),
            ("REFRESH MATERIALIZED VIEW public.names", "public.names is locked"),
            ("TRUNCATE public.events", "public.events is locked"),
            ("DROP TABLE public.events_1", "dropped"),
            ("ALTER TABLE public.events DETACH PARTITION public.events_1", "public.events_1 is locked"),
            ("DROP SCHEMA vault CASCADE", "dropped"),
        ] {
            let detail = scene.objects(&[&format!("SELECT runs('{hidden}')")], Reason::HiddenDrop);
            assert!(detail.contains(words), "{hidden}: {detail}");
            // Undone, it is nobody's loss.
            scene.passes(&[&format!("SELECT undoes('{hidden}')")]);
        }
        scene.objects(
            &["SELECT runs('UPDATE pg_catalog.pg_proc SET procost = 1 WHERE proname = ''plain''')"],
            Reason::HiddenCatalog,
        );
        scene.objects(&["INSERT INTO log VALUES ('x')", "SELECT runs('TRUNCATE small')"], Reason::HiddenDrop);
        // What comes back under the same name is another.
        scene.objects(&["SELECT runs('DROP TABLE log; CREATE TABLE log (line text)')"], Reason::HiddenDrop);
    });
}

#[test]
fn what_the_text_shows_is_explained() {
    each(|scene| {
        for statement in [
            "TRUNCATE small",
            "TRUNCATE events",
            "DROP TABLE orders",
            "DROP TABLE events",
            "DROP TABLE small CASCADE",
            "ALTER TABLE small ADD COLUMN x serial PRIMARY KEY",
            "ALTER TABLE orders ALTER COLUMN customer TYPE bigint",
            "CREATE TABLE more (id serial PRIMARY KEY, customer int REFERENCES customers, t text)",
            "CREATE TABLE events_3 PARTITION OF events FOR VALUES IN (3)",
            "CREATE TABLE copied AS SELECT * FROM customers",
            "CREATE INDEX ON small (id)",
            "CREATE OR REPLACE VIEW seen AS SELECT id FROM small",
            "CREATE VIEW fresh AS SELECT 1 AS one",
            "REFRESH MATERIALIZED VIEW names",
            "DROP FUNCTION plain()",
            "DROP TYPE mood",
            "DROP SCHEMA side",
            "LOCK TABLE small IN ACCESS EXCLUSIVE MODE",
            "REINDEX TABLE orders",
            "CLUSTER orders USING orders_pkey",
            "COMMENT ON TABLE small IS 'x'",
            "ALTER FUNCTION plain() STABLE",
            "ANALYZE small",
            "CREATE TEMP TABLE own ON COMMIT DROP AS SELECT 1 AS i",
            "LOCK TABLE small",
            "SELECT count(*) FROM customers",
        ] {
            scene.passes(&[statement]);
        }
        scene.passes(&["CREATE TABLE own (id int)", "INSERT INTO own VALUES (1)", "DELETE FROM own", "TRUNCATE own"]);
        // One text's TRUNCATE does not explain another table's.
        scene.objects(&["TRUNCATE log", "SELECT runs('TRUNCATE small')"], Reason::HiddenDrop);
        scene.objects(&["CREATE TABLE own (id int)", "SELECT runs('DROP TABLE small CASCADE')"], Reason::HiddenDrop);
    });
}

#[test]
fn what_stood_before_tells_temporary_tables_from_others() {
    let mut scene = Scene::ordinary();
    scene.client.query("CREATE TEMP TABLE older (id serial PRIMARY KEY, v text DEFAULT '')").fine();
    let judged = |scene: &mut Scene, sql: &str| {
        scene.begin(true);
        let mut said = Said::default();
        scene.say(sql, &mut said);
        let reading = scene.reading();
        scene.client.query("ROLLBACK").fine();
        witness::judge(&limits(), &said, &reading, &reading, None).err()
    };
    for own in ["DROP TABLE older", "CREATE TABLE newer (id serial PRIMARY KEY, v text); DROP TABLE newer"] {
        assert_eq!(judged(&mut scene, &format!("DO $$BEGIN {own}; END$$")), None, "{own}");
    }
    let hidden = judged(&mut scene, "DO 'BEGIN DROP TABLE orders; DROP TABLE older; END'").unwrap();
    assert_eq!(hidden.reason, Reason::HiddenDrop);
    assert!(hidden.detail.starts_with("Before the commit: public.orders was dropped"), "{}", hidden.detail);
    assert!(!hidden.detail.contains("older") && !hidden.detail.contains("pkey"), "{}", hidden.detail);
    assert_eq!(judged(&mut scene, "DO 'BEGIN DROP TYPE mood; END'").unwrap().reason, Reason::HiddenDrop);
    assert_eq!(judged(&mut scene, "DO 'BEGIN DROP FUNCTION plain(); END'").unwrap().reason, Reason::HiddenDrop);
    assert_eq!(
        judged(&mut scene, "DO 'BEGIN ALTER TABLE customers DROP CONSTRAINT customers_pkey CASCADE; END'")
            .unwrap()
            .reason,
        Reason::HiddenDrop
    );
    // A DROP that was allowed does not hide another.
    let hidden = judged(&mut scene, "DROP TABLE log; SELECT runs('DROP TABLE public.orders')").unwrap();
    assert!(hidden.detail.contains("public.orders was dropped"), "{}", hidden.detail);
    for shown in
        ["DROP TABLE orders", "DROP TABLE events", "DROP TABLE customers CASCADE", "DROP SCHEMA side", "DROP TYPE mood"]
    {
        assert_eq!(judged(&mut scene, shown), None, "{shown}");
    }
}

#[test]
fn shares_and_emptiness_are_exact() {
    each(|scene| {
        scene.objects(&["DELETE FROM small WHERE id > 0"], Reason::NeverEmpty);
        scene.objects(&["SELECT runs('DELETE FROM vault.gold')"], Reason::NeverEmpty);
        scene.objects(&["DELETE FROM events WHERE id > 0"], Reason::NeverEmpty);
        scene.objects(&["DELETE FROM cats WHERE id > 0"], Reason::NeverEmpty);
        scene.passes(&["DELETE FROM small WHERE id > 1"]);
        scene.passes(&["UPDATE small SET id = id + 1 WHERE id > 0"]);
        scene.passes(&["DELETE FROM small WHERE id > 0", "INSERT INTO small VALUES (7), (8), (9)"]);
        // One row of junk in place of all is as good as none.
        scene.objects(&["DELETE FROM small WHERE id > 0", "INSERT INTO small VALUES (7)"], Reason::NeverEmpty);
        scene.objects(&["INSERT INTO small VALUES (7)", "DELETE FROM small WHERE id < 7"], Reason::NeverEmpty);
        scene.passes(&["INSERT INTO small VALUES (7)", "DELETE FROM small WHERE id < 3"]);
        scene.objects(
            &[
                "SAVEPOINT a",
                "INSERT INTO small VALUES (7), (8), (9)",
                "ROLLBACK TO a",
                "DELETE FROM small WHERE id > 0",
            ],
            Reason::NeverEmpty,
        );
        scene.passes(&["TRUNCATE small", "INSERT INTO small VALUES (7)"]);
        // Moved between partitions, filled and emptied again.
        scene.passes(&["UPDATE events SET day = 2 WHERE id < 20"]);
        scene.passes(&["INSERT INTO log VALUES ('x'), ('y')", "DELETE FROM log WHERE line <> ''"]);
        scene.objects(&["UPDATE customers SET name = '' WHERE id <= 101"], Reason::TableShare);
        scene.passes(&["UPDATE customers SET name = '' WHERE id <= 100"]);
        scene.objects(&["DELETE FROM events WHERE id <= 42"], Reason::TableShare);
        scene.passes(&["DELETE FROM events WHERE id <= 40"]);
        scene.objects(&["DELETE FROM customers WHERE id <= 110"], Reason::RowsPerStatement);
    });
}

#[test]
fn rows_of_which_statistics_know_nothing_are_counted() {
    let mut scene = Scene::ordinary();
    let mut other = scene.database.open();
    // Filled by a session that did not report yet, never analyzed.
    other
        .query("BEGIN; CREATE TABLE fresh AS SELECT generate_series(1, 200) AS i; GRANT ALL ON fresh TO PUBLIC; COMMIT")
        .fine();
    scene.objects(&["DELETE FROM fresh WHERE i <= 60"], Reason::TableShare);
    scene.objects(&["DELETE FROM fresh WHERE i > 0"], Reason::NeverEmpty);
    scene.passes(&["DELETE FROM fresh WHERE i <= 40"]);
    // Statistics that were lost: pg_class remembers.
    other.query("ANALYZE fresh").fine();
    other.query("SELECT pg_stat_reset()").fine();
    scene.objects(&["DELETE FROM fresh WHERE i <= 60"], Reason::TableShare);
    scene.passes(&["DELETE FROM fresh WHERE i <= 40"]);
}

#[test]
fn rows_that_cannot_be_seen_are_judged_by_the_statistics() {
    let mut scene = Scene::ordinary();
    let mut owner = scene.database.open();
    // What the session that filled it tells the statistics as it goes would count behind ANALYZE once more.
    owner.poll("SELECT pg_stat_get_tuples_inserted('vault.mine'::regclass)", "300");
    owner
        .query(
            "GRANT USAGE ON SCHEMA vault TO PUBLIC; GRANT ALL ON vault.mine TO PUBLIC; \
             ALTER TABLE vault.mine ENABLE ROW LEVEL SECURITY; \
             CREATE POLICY own ON vault.mine USING (id <= 250); ANALYZE vault.mine, vault.gold",
        )
        .fine();
    owner.query(witness::FLUSH).fine();
    // All that the policy shows, of more.
    let detail = scene.objects(&["DELETE FROM vault.mine WHERE id > 180"], Reason::TableShare);
    assert!(detail.contains("70 rows deleted in vault.mine. vault.mine had about 300 rows before"), "{detail}");
    scene.passes(&["DELETE FROM vault.mine WHERE id > 200 AND id <= 230"]);
    scene.objects(&["SELECT runs('DELETE FROM vault.mine')"], Reason::NeverEmpty);
    // No privilege at all.
    scene.objects(&["SELECT runs('DELETE FROM vault.gold')"], Reason::NeverEmpty);
    scene.passes(&["SELECT runs('DELETE FROM vault.gold WHERE id < 3')"]);
}

#[test]
fn one_statement_of_a_transaction_is_the_difference() {
    let mut scene = Scene::ordinary();
    scene.begin(false);
    scene.client.query("UPDATE customers SET name = 'x' WHERE id < 10").fine();
    let first = scene.reading();
    scene.client.query("DELETE FROM customers WHERE id = 1").fine();
    let both = scene.reading();
    assert_eq!(both.since(&first).to_string(), "10 rows deleted in public.orders; 1 row deleted in public.customers");
    scene.client.query("ROLLBACK").fine();
}

#[test]
fn it_asks_in_every_kind_of_transaction() {
    let mut scene = Scene::ordinary();
    for mode in ["READ ONLY", "ISOLATION LEVEL SERIALIZABLE", "ISOLATION LEVEL REPEATABLE READ"] {
        scene.client.query(&format!("BEGIN TRANSACTION {mode}")).fine();
        assert_eq!(scene.reading().to_string(), "no rows");
        scene.client.query("COMMIT").fine();
    }
    // A prepared transaction's locks are not this backend's.
    scene.client.query(witness::FLUSH).fine();
    scene.client.query("BEGIN; DELETE FROM small; PREPARE TRANSACTION 'witnessed'").fine();
    scene.counted(&["UPDATE log SET line = ''"], "no rows");
    scene.client.query("ROLLBACK PREPARED 'witnessed'").fine();
    // Nor are another session's.
    let mut other = scene.database.open();
    other.query("BEGIN").fine();
    other.query("DELETE FROM small; TRUNCATE vault.gold").fine();
    scene.counted(&["SELECT 1"], "no rows");
    other.query("ROLLBACK").fine();
}

#[test]
fn a_foreign_tables_rows_are_added_openly_and_never_taken() {
    let mut scene = Scene::superuser();
    let exists = "SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'";
    if scene.client.value(exists) == "0" {
        return;
    }
    let port = scene.database.address.port();
    let name = scene.database.name.clone();
    scene
        .client
        .query(&format!(
            "CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', \
             port '{port}', dbname '{name}'); CREATE USER MAPPING FOR postgres SERVER far OPTIONS (user 'postgres'); \
             CREATE FOREIGN TABLE far_small (id int) SERVER far OPTIONS (table_name 'small')"
        ))
        .fine();
    scene.objects(&["SELECT runs('DELETE FROM far_small WHERE id = 1')"], Reason::Uncounted);
    for sql in [
        "DELETE FROM far_small WHERE id = 1",
        "UPDATE far_small SET id = 9 WHERE id = 1",
        "WITH gone AS (DELETE FROM far_small WHERE id = 1 RETURNING id) SELECT count(*) FROM gone",
    ] {
        scene.objects(&[sql], Reason::Uncounted);
    }
    scene.passes(&["INSERT INTO far_small VALUES (4)"]);
    scene.passes(&["SELECT * FROM far_small"]);
}

/// Not a test: `cargo test --test integration witness::server_time -- --ignored --nocapture` prints what it costs.
#[test]
#[ignore = "prints measurements"]
fn server_time() {
    let cluster = own_cluster(&Default::default());
    for tables in [10, 1000, 10_000] {
        let database = Database::with(cluster.address(), SHOP);
        let mut owner = database.open();
        for start in (1..=tables).step_by(500) {
            let stop = (start + 499).min(tables);
            owner
                .query(&format!(
                    "DO $$ BEGIN FOR i IN {start}..{stop} LOOP EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, v text)', \
                     i); END LOOP; END $$"
                ))
                .fine();
        }
        owner.query("ANALYZE").fine();
        let mut scene = Scene::of(database.open(), database);
        for write in [
            "SELECT 1",
            "UPDATE customers SET name = '' WHERE id = 5",
            "DELETE FROM customers WHERE id = 5",
            "DELETE FROM small",
        ] {
            println!("{tables} tables, {write}: {}", measured(&mut scene, write));
        }
    }
}

/// Medians, in milliseconds of this side's clock: a bare statement, the question, what stood before.
fn measured(scene: &mut Scene, write: &str) -> String {
    let mut client = &mut scene.client;
    client.pipeline(Frames::new().close(b'S', "before").parse("before", witness::BEFORE).sync()).fine();
    let mut times = vec![Vec::new(); 3];
    for _ in 0..500 {
        client.query(witness::FLUSH).fine();
        client.query("BEGIN").fine();
        client.query(write).fine();
        let run = |name: &str| Frames::new().bind("", name, &[]).execute("", 0).sync();
        client = &mut *client;
        let bare = Frames::new().parse("", "SELECT 1").bind("", "", &[]).execute("", 0).sync();
        for (times, frames) in times.iter_mut().zip([bare, run("question"), run("before")]) {
            let start = std::time::Instant::now();
            client.pipeline(frames).fine();
            times.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        client.query("ROLLBACK").fine();
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let [bare, question, before] = [0, 1, 2].map(|index: usize| median(&mut times[index]));
    format!("bare {bare:.3} ms, question {question:.3} ms, before {before:.3} ms")
}
