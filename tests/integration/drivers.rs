//! Foreign drivers through Stockade: what they send is not what we would write.

use crate::support::{self, Database, cluster};
use std::process::{Command, Output, Stdio};

const SHOP: &str = "CREATE TABLE t (id int PRIMARY KEY, v text); \
     INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 100) i";

#[track_caller]
fn passes(what: &str, output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{what}:\n{text}\n{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[track_caller]
fn nothing_lost(database: &Database) {
    assert_eq!(database.open().value("SELECT count(*) FROM t"), "100");
}

fn psql(database: &Database, preset: &str, arguments: &[&str]) -> Output {
    Command::new(cluster().binaries().program("psql"))
        .args(["-X", "-v", "ON_ERROR_STOP=0"])
        .args(arguments)
        .arg(database.url(support::stockade(preset).address))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn psql_shows_the_refusal_with_its_hint() {
    let database = support::database_with(SHOP);
    let output = psql(&database, "app-writer", &["-c", "TRUNCATE t", "-c", "SELECT count(*) FROM t", "-At"]);
    let (text, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    for part in ["ERROR:  stockade refused", "DETAIL:", "HINT:"] {
        assert!(error.contains(part), "{error}");
    }
    assert!(text.contains("100"), "{text}");
    nothing_lost(&database);
}

#[test]
fn psql_looks_at_everything() {
    let database = support::database_with(SHOP);
    for preset in ["app-writer", "trusted"] {
        for command in ["\\d", "\\d t", "\\l", "\\dn+", "\\df", "\\du", "\\dp", "\\dt+ *.*", "\\conninfo", "\\sf now"] {
            let output = psql(&database, preset, &["-v", "ON_ERROR_STOP=1", "-c", command]);
            passes(&format!("{preset} {command}"), &output);
        }
        let chunked = psql(&database, preset, &["-v", "FETCH_COUNT=7", "-Atc", "SELECT id FROM t ORDER BY id"]);
        assert_eq!(passes("FETCH_COUNT", &chunked).lines().count(), 100);
        let copied = psql(&database, preset, &["-Atc", "\\copy t TO STDOUT"]);
        assert_eq!(passes("copy", &copied).lines().count(), 100);
    }
}

#[test]
fn psql_and_pg_dump_see_the_same_through_stockade() {
    let database = support::database_with(&format!(
        "{SHOP}; CREATE VIEW v AS SELECT id FROM t; CREATE INDEX ON t (lower(v)); CREATE TYPE mood AS ENUM ('ok'); \
         CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT $1'; COMMENT ON TABLE t IS 'words'; \
         CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)"
    ));
    let run = |program: &str, address, arguments: &[&str]| {
        let output = Command::new(cluster().binaries().program(program))
            .args(arguments)
            .arg("-d")
            .arg(database.url(address))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = passes(&format!("{program} {arguments:?}"), &output);
        // Newer ones begin and end with a key made of chance.
        text.lines().filter(|line| !line.contains("restrict ")).map(str::to_owned).collect::<Vec<_>>()
    };
    let through = support::stockade("app-writer").address;
    let family =
        ["\\d+ *", "\\dt+", "\\dv+", "\\di+", "\\df+ f", "\\dT+", "\\dp", "\\dP+", "\\sf+ f", "\\sv v", "\\dd"];
    let psql: Vec<&str> = ["-X"].into_iter().chain(family.iter().flat_map(|command| ["-c", *command])).collect();
    assert_eq!(run("psql", through, &psql), run("psql", database.address, &psql));
    for options in [&["-s"][..], &[], &["--inserts"], &["--serializable-deferrable", "-t", "t"]] {
        let options = &[&["--enable-row-security"], options].concat()[..];
        assert_eq!(run("pg_dump", through, options), run("pg_dump", database.address, options), "{options:?}");
    }
}

#[tokio::test]
async fn tokio_postgres_works() {
    let database = support::database().await;
    database.direct().await.batch_execute(SHOP).await.unwrap();
    for preset in ["app-writer", "trusted"] {
        let mut client = database.through(support::stockade(preset)).await;
        let insert = client.prepare("INSERT INTO t VALUES ($1, $2)").await.unwrap();
        assert_eq!(client.execute(&insert, &[&101, &"x"]).await.unwrap(), 1);
        let transaction = client.transaction().await.unwrap();
        transaction.execute(&insert, &[&102, &"y"]).await.unwrap();
        let portal = transaction.bind("SELECT id FROM t ORDER BY id", &[]).await.unwrap();
        assert_eq!(transaction.query_portal(&portal, 10).await.unwrap().len(), 10);
        assert_eq!(transaction.query_portal(&portal, 0).await.unwrap().len(), 92);
        transaction.rollback().await.unwrap();
        // Many at once on one connection: a pipeline.
        let ids: Vec<i32> = (1..=50).collect();
        let one = client.prepare("SELECT v FROM t WHERE id = $1").await.unwrap();
        let all = futures::future::join_all(ids.iter().map(|id| {
            let (client, one) = (&client, &one);
            async move { client.query_one(one, &[id]).await.unwrap().get::<_, String>(0) }
        }))
        .await;
        assert!(ids.iter().zip(all).all(|(id, v)| v == format!("v{id}")));
        if preset == "app-writer" {
            let error = client.execute("DELETE FROM t", &[]).await.unwrap_err();
            assert!(error.as_db_error().unwrap().hint().is_some());
        }
        assert_eq!(client.execute("DELETE FROM t WHERE id = $1", &[&101]).await.unwrap(), 1);
        let token = client.cancel_token();
        let (slept, _) = futures::future::join(client.batch_execute("SELECT pg_sleep(10) FROM generate_series(1, 60)"), async {
            let direct = database.direct().await;
            let active =
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
            while direct.query_one(active, &[]).await.unwrap().get::<_, i64>(0) == 0 {}
            token.cancel_query(tokio_postgres::NoTls).await.unwrap();
        })
        .await;
        assert_eq!(slept.unwrap_err().code().unwrap().code(), "57014");
    }
}

const PSYCOPG: &str = r#"
import sys, psycopg
from psycopg import errors
url, agent = sys.argv[1], sys.argv[2] == "app-writer"

with psycopg.connect(url, autocommit=True) as c:
    assert c.execute("select count(*) from t").fetchone() == (100,)
    for _ in range(8):  # prepared from the fifth on
        assert c.execute("select v from t where id = %s", (7,), prepare=None).fetchone() == ("v7",)
    c.execute("insert into t values (%s, %s)", (101, "x"), prepare=True)
    c.execute("insert into t values (%s, %s)", (102, "x"), prepare=True)
    assert c.execute("select v from t where id = %s", (101,), binary=True).fetchone() == ("x",)
    with c.cursor() as cur:
        with cur.copy("copy (select id from t order by id) to stdout") as copy:
            assert len(b"".join(copy).split()) == 102
    with c.pipeline():
        got = [c.execute("select %s::int", (n,)) for n in range(20)]
        c.execute("update t set v = 'p' where id = 101")
    assert [g.fetchone()[0] for g in got] == list(range(20))
    assert c.execute("select v from t where id = 101").fetchone() == ("p",)
    c.execute("delete from t where id in (101, 102)")
    notices = []
    c.add_notice_handler(lambda n: notices.append(n.message_primary))
    c.execute("create table if not exists t (id int)")
    assert notices and "already exists" in notices[0], notices
    if agent:
        for sql in ["delete from t", "truncate t", "drop table t", "copy t from stdin"]:
            try:
                c.execute(sql)
            except errors.InsufficientPrivilege as e:
                assert e.diag.message_hint and e.diag.message_detail and "stockade" in e.diag.message_primary
            else:
                raise AssertionError(sql)
        try:
            with c.pipeline():
                c.execute("insert into t values (200, 'lost')")
                c.execute("truncate t")
                c.execute("insert into t values (201, 'lost')")
        except errors.InsufficientPrivilege:
            pass
        else:
            raise AssertionError("pipeline")
    else:
        with c.cursor() as cur:
            with cur.copy("copy t from stdin") as copy:
                copy.write_row((103, "x"))
        c.execute("delete from t where id = 103")

with psycopg.connect(url) as c:  # a transaction
    c.execute("insert into t values (104, 'x')")
    try:
        with c.transaction():
            c.execute("select 1/0")
    except errors.DivisionByZero:
        pass
    with c.cursor("named") as cur:
        cur.itersize = 10
        cur.execute("select id from t order by id")
        assert len(cur.fetchall()) == 101
    c.rollback()
    assert c.execute("select count(*) from t").fetchone() == (100,)
    assert c.info.backend_pid == c.execute("select pg_backend_pid()").fetchone()[0]
print("told")
"#;

#[test]
fn psycopg_works() {
    let Some(python) = support::python() else {
        eprintln!(
            "skipped: psycopg 3 is not here (make test prepares it; STOCKADE_TEST_PYTHON names a Python with it)"
        );
        return;
    };
    for preset in ["app-writer", "trusted"] {
        let database = support::database_with(SHOP);
        let url = database.url(support::stockade(preset).address);
        let output = Command::new(&python).args(["-c", PSYCOPG, &url, preset]).output().unwrap();
        assert!(passes(preset, &output).contains("told"));
        nothing_lost(&database);
    }
}

const NODE: &str = r#"
const { Client } = require("pg");
const assert = require("assert");
const [url, preset] = process.argv.slice(1);
(async () => {
  const c = new Client({ connectionString: url });
  await c.connect();
  assert.equal((await c.query("select count(*)::int as n from t")).rows[0].n, 100);
  assert.equal((await c.query("select v from t where id = $1", [7])).rows[0].v, "v7");
  for (let i = 0; i < 3; i++)
    assert.equal((await c.query({ name: "one", text: "select v from t where id = $1", values: [i + 1] })).rows[0].v, "v" + (i + 1));
  assert.equal((await c.query("insert into t values ($1, $2)", [101, "x"])).rowCount, 1);
  const many = await Promise.all([...Array(20).keys()].map((n) => c.query("select $1::int as n", [n])));
  assert.deepEqual(many.map((m) => m.rows[0].n), [...Array(20).keys()]);
  await c.query("begin");
  await c.query("delete from t where id = $1", [101]);
  assert.equal((await c.query("select count(*)::int as n from t")).rows[0].n, 100);
  await c.query("commit");
  if (preset === "app-writer") {
    for (const sql of ["delete from t", "truncate t", "drop table t"]) {
      await assert.rejects(c.query(sql), (e) => e.code === "42501" && !!e.hint && !!e.detail);
      await assert.rejects(c.query(sql + "", []), (e) => e.code === "42501" && !!e.hint);
    }
    await c.query("begin");
    await assert.rejects(c.query("truncate t"), (e) => e.code === "42501");
    await assert.rejects(c.query("select 1"), (e) => e.code === "25P02");
    await c.query("rollback");
  }
  await c.query("listen news");
  const heard = new Promise((done) => c.on("notification", (m) => done(m.payload)));
  const other = new Client({ connectionString: process.argv[3] });
  await other.connect();
  await other.query("notify news, 'hear'");
  assert.equal(await heard, "hear");
  await other.end();
  await c.end();
  console.log("told");
})().catch((e) => { console.error(e); process.exit(1); });
"#;

#[test]
fn node_postgres_works() {
    let Some(modules) = support::node_modules() else {
        eprintln!(
            "skipped: node-postgres is not here (make test prepares it; STOCKADE_TEST_NODE names its node_modules)"
        );
        return;
    };
    for preset in ["app-writer", "trusted"] {
        let database = support::database_with(SHOP);
        let url = database.url(support::stockade(preset).address);
        let output = Command::new("node")
            .env("NODE_PATH", &modules)
            .args(["-e", NODE, "--", &url, preset, &database.url(database.address)])
            .output()
            .unwrap();
        assert!(passes(preset, &output).contains("told"));
        nothing_lost(&database);
    }
}
