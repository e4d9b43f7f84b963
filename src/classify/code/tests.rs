use crate::classify::{EffectKind, classify_text};
use crate::sql::Lexing;

fn effects(text: &str) -> String {
    classify_text(text, Lexing::default()).effects().iter().map(EffectKind::as_str).collect::<Vec<_>>().join(", ")
}

fn words(text: &str) -> Vec<String> {
    let facts = classify_text(text, Lexing::default());
    facts.statements.iter().flat_map(|fact| fact.effects.iter().map(|effect| effect.what.to_string())).collect()
}

#[test]
fn what_do_runs_is_its_effect() {
    for (text, wanted) in [
        ("DO $$ BEGIN END $$", "run-code"),
        ("DO $$ BEGIN DROP TABLE t; END $$", "drop, run-code"),
        ("DO $$ BEGIN DELETE FROM t; END $$", "unbounded-write, run-code"),
        ("DO $$ DECLARE v int := 1; BEGIN DELETE FROM t WHERE id = v; END $$", "read, write, run-code"),
        ("DO $$ DECLARE v int; BEGIN DELETE FROM t WHERE v = v; END $$", "unbounded-write, run-code"),
        ("DO $$ BEGIN TRUNCATE t; COMMIT; END $$", "truncate, run-code, transaction"),
        ("DO $$ DECLARE x text := pg_read_file('a'); BEGIN END $$", "read, run-code, server"),
        ("DO $$ BEGIN FOR r IN DELETE FROM t RETURNING * LOOP END LOOP; END $$", "unbounded-write, run-code"),
        ("DO $$ BEGIN EXECUTE 'DROP TABLE t'; END $$", "read, drop, run-code"),
        ("DO $$ BEGIN EXECUTE 'DROP' || ' TABLE ' || 't'; END $$", "read, drop, run-code"),
        ("DO $$ BEGIN EXECUTE format('DROP TABLE %I', x); END $$", "read, drop, run-code"),
        ("DO $$ BEGIN EXECUTE x; END $$", "read, run-code"),
        ("DO $$ BEGIN DO $x$ BEGIN DROP TABLE t; END $x$; END $$", "drop, run-code"),
        ("DO $$ BEGIN DROP TABEL t; END $$", "run-code"),
        ("DO LANGUAGE plpython3u $$ import os $$", "run-code, server"),
        ("DO LANGUAGE plperl $$ 1 $$", "run-code"),
        ("DO 'BEGIN EXECUTE ''DROP TABLE t''; END'", "read, drop, run-code"),
        ("DO LANGUAGE 'plpgsql' 'BEGIN SET role x; END'", "run-code, privilege"),
    ] {
        assert_eq!(effects(text), wanted, "{text}");
    }
    let dynamic = "EXECUTE of a text made at run time".to_owned();
    assert!(words("DO $$ BEGIN EXECUTE x; END $$").contains(&dynamic));
    assert!(words("DO $$ BEGIN EXECUTE format('DROP TABLE %I', x); END $$").contains(&dynamic));
    assert!(!words("DO $$ BEGIN EXECUTE 'DROP TABLE t'; END $$").contains(&dynamic));
}

#[test]
fn a_definition_has_what_no_transaction_takes_back() {
    let body = |body: &str| format!("CREATE FUNCTION f(a int) RETURNS void LANGUAGE plpgsql AS $body$ {body} $body$");
    for (text, wanted) in [
        (
            "BEGIN TRUNCATE staging; DELETE FROM t; INSERT INTO t SELECT other(1); CALL p(); DROP TABLE IF EXISTS x; END",
            "",
        ),
        ("BEGIN PERFORM pg_notify('a', 'b'); NEW.x := nextval('s'); RETURN NEW; END", ""),
        ("BEGIN EXECUTE format('CREATE TABLE %I PARTITION OF t FOR VALUES FROM (%L) TO (%L)', n, a, b); END", ""),
        ("BEGIN EXECUTE 'ALTER TABLE ' || quote_ident(t) || ' ADD COLUMN x int'; END", ""),
        ("BEGIN EXECUTE format('INSERT INTO shop.%I VALUES (%L)', t, v); END", ""),
        ("BEGIN PERFORM pg_read_file('a'); END", "server"),
        ("BEGIN COPY t TO PROGRAM 'curl x'; END", "server"),
        ("BEGIN PERFORM dblink_exec('x', 'y'); END", "server"),
        ("BEGIN RETURN (SELECT pg_terminate_backend(a)); END", "irrevocable"),
        ("BEGIN GRANT ALL ON t TO public; END", "privilege"),
        ("BEGIN PERFORM set_config('default_transaction_read_only', 'off', false); END", "protected-setting"),
        ("BEGIN SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; END", "protected-setting"),
        ("BEGIN EXECUTE 'SELECT pg_read_file(''a'')'; END", "server"),
        ("BEGIN EXECUTE 'SELECT pg_read_' || 'file(''a'')'; END", "server"),
        ("BEGIN EXECUTE a; END", "run-code"),
        ("BEGIN EXECUTE 'SELECT ' || a; END", "run-code"),
        ("BEGIN EXECUTE format('SELECT %I(1)', a); END", "run-code"),
        ("BEGIN EXECUTE format('UPDATE %I SET setting = 1', a); END", "run-code"),
        ("BEGIN EXECUTE format('DELETE FROM %I.%I', a, b); END", "run-code"),
        ("BEGIN EXECUTE format('SELECT ''%I'' || x', a); END", "run-code"),
        ("BEGIN EXECUTE 'DRO' || quote_ident(a) || ' TABLE t'; END", "run-code"),
        ("BEGIN EXECUTE format('DO $x$ BEGIN %I; END $x$', a); END", "run-code"),
        ("BEGIN PERFORM query_to_xml(a, true, true, ''); END", "run-code"),
        ("no PL/pgSQL", "run-code"),
        ("BEGIN CREATE FUNCTION g() RETURNS text LANGUAGE sql AS 'SELECT pg_read_file(''a'')'; END", "server"),
    ] {
        let wanted = match wanted {
            "" => "define-code".to_owned(),
            "run-code" => "define-code, run-code".to_owned(),
            kind => format!("define-code, {kind}"),
        };
        assert_eq!(effects(&body(text)), wanted, "{text}");
    }
}

#[test]
fn every_definition_of_code_is_read() {
    for (text, wanted) in [
        ("CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'DELETE FROM t; SELECT pg_read_file(''a'')'", "server"),
        ("CREATE FUNCTION f() RETURNS text LANGUAGE sql RETURN pg_read_file('a')", "server"),
        (
            "CREATE FUNCTION f() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT pg_read_file('a'); END",
            "server",
        ),
        ("CREATE FUNCTION f() RETURNS text BEGIN ATOMIC DELETE FROM t; SELECT g(); END", ""),
        ("CREATE FUNCTION f(a text DEFAULT pg_read_file('a')) RETURNS text LANGUAGE sql AS 'SELECT 1'", "server"),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'not sql'", "run-code"),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'a', 'b'", "server"),
        ("CREATE FUNCTION f(text) RETURNS text LANGUAGE internal AS 'pg_read_file_all'", "server"),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE plv8 AS 'return 1'", "run-code"),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql SET role = boss AS 'SELECT 1'", "privilege"),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET session_replication_role = replica AS ''",
            "protected-setting",
        ),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = a, pg_temp SET work_mem = 1 AS ''", ""),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path FROM CURRENT AS 'SELECT 1'", ""),
        ("ALTER FUNCTION f() SET session_replication_role = replica", "protected-setting"),
        ("ALTER FUNCTION f() RESET ALL", ""),
        ("CREATE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN COMMIT; PERFORM pg_reload_conf(); END'", "server"),
        ("CREATE RULE r AS ON INSERT TO t DO ALSO DELETE FROM u", ""),
        ("CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM u; SELECT pg_reload_conf())", "server"),
        ("CREATE RULE r AS ON INSERT TO t WHERE pg_reload_conf() DO NOTHING", "server"),
        ("CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW WHEN (pg_reload_conf()) EXECUTE FUNCTION f()", "server"),
        ("CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION lo_manage(a)", "irrevocable"),
        ("CREATE POLICY p ON t USING (app.is_member(id)) WITH CHECK (x = current_user)", ""),
        ("CREATE POLICY p ON t USING (pg_reload_conf())", "server"),
        ("ALTER POLICY p ON t WITH CHECK (pg_reload_conf())", "server"),
        ("CREATE OPERATOR ### (FUNCTION = pg_read_file, RIGHTARG = text)", "server"),
        ("CREATE OPERATOR ### (FUNCTION = 'pg_read_file', RIGHTARG = text)", "server"),
        ("CREATE OPERATOR === (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int, RESTRICT = eqsel)", ""),
        ("CREATE OPERATOR ### (FUNCTION = query_to_xml, RIGHTARG = text)", "run-code"),
        ("CREATE AGGREGATE a (text) (SFUNC = dblink_exec, STYPE = text)", "server"),
        ("CREATE CAST (a AS b) WITH FUNCTION lo_import(a)", "server"),
        ("CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f()", ""),
        ("CREATE LANGUAGE l HANDLER h", "server"),
        ("CREATE OPERATOR CLASS c FOR TYPE int USING btree AS FUNCTION 1 setval(int, int)", "irrevocable"),
    ] {
        let wanted = match wanted {
            "" => "define-code".to_owned(),
            kind => format!("define-code, {kind}"),
        };
        assert_eq!(effects(text), wanted, "{text}");
    }
}

/// Code inside code is read to a depth, and is run-code beyond it.
#[test]
fn bodies_in_bodies_end() {
    let mut text = "DROP TABLE t".to_owned();
    for level in 0..8 {
        text = format!("DO $q{level}$ BEGIN {text}; END $q{level}$");
    }
    assert_eq!(effects(&text), "run-code");
    assert!(words(&text).iter().any(|what| what.contains("deeper than is read")));
    let deep = format!("DO $$ BEGIN PERFORM {}1{}; END $$", "(".repeat(50_000), ")".repeat(50_000));
    assert_eq!(effects(&deep), "run-code");
}

#[test]
fn what_a_migrator_defines_names_no_literal() {
    let text = "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'COPY t TO ''/secret'''; END $$";
    assert!(words(text).iter().all(|what| !what.contains("secret")), "{:?}", words(text));
    let marked = "DO $$ BEGIN EXECUTE format('DROP TABLE %I', x); END $$";
    assert!(words(marked).iter().all(|what| !what.contains("stockade")));
}

/// What a definition evaluates at once is run; what it keeps for later is code it defines. As PostgreSQL 15 does it.
#[test]
fn a_users_function_in_a_definition() {
    for text in [
        "CREATE TABLE t (a int DEFAULT f())",
        "CREATE TABLE t (a int CHECK (f(a)))",
        "CREATE VIEW v AS SELECT f() FROM t",
        "CREATE DOMAIN d AS int CHECK (f(VALUE))",
        "ALTER DOMAIN d SET DEFAULT f()",
        "ALTER TABLE t ALTER a SET DEFAULT f()",
    ] {
        let effects = effects(text);
        assert!(effects.contains("define-code") && !effects.contains("run-code"), "{text}: {effects}");
    }
    for text in [
        "CREATE TABLE t (a int GENERATED ALWAYS AS (f(1)) STORED)",
        "CREATE TABLE t (a int, EXCLUDE USING btree (f(1) WITH =))",
        "CREATE TABLE t (a int) PARTITION BY LIST (f(1))",
        "CREATE TABLE t PARTITION OF p FOR VALUES IN (f())",
        "CREATE TABLE t AS SELECT f()",
        "CREATE MATERIALIZED VIEW v AS SELECT f()",
        "CREATE INDEX ON t (f(a))",
        "CREATE INDEX ON t (a) WHERE f(a)",
        "ALTER TABLE t ADD COLUMN a int DEFAULT f()",
        "ALTER TABLE t ALTER a TYPE int USING f(a)",
        "ALTER TABLE t ADD CHECK (f(a))",
        "ALTER TABLE t ALTER a SET DEFAULT f(), ADD CHECK (f(a))",
        "ALTER DOMAIN d ADD CHECK (f(VALUE))",
    ] {
        assert!(effects(text).contains("run-code"), "{text}: {}", effects(text));
    }
}

/// Wherever an expression or a statement can stand, a function that reaches out is found.
#[test]
fn no_place_hides_a_call() {
    for text in [
        "PREPARE p AS SELECT f()",
        "EXECUTE p(f())",
        "EXPLAIN EXECUTE p(f())",
        "EXPLAIN ANALYZE EXECUTE p(f())",
        "EXPLAIN ANALYZE DECLARE c CURSOR FOR SELECT f()",
        "CREATE TABLE x AS EXECUTE p(f())",
        "DECLARE c CURSOR FOR SELECT f()",
        "SELECT query_to_xml('SELECT f()', true, true, '')",
        "SELECT * FROM ts_stat('SELECT f()')",
        "SELECT ts_rewrite('a'::tsquery, 'SELECT f()')",
        "COPY (SELECT f()) TO STDOUT",
        "COPY t FROM STDIN WHERE f()",
        "CREATE TABLE t (a int DEFAULT f()::int)",
        "CREATE TABLE t (a int CHECK (f()))",
        "CREATE TABLE t (a int GENERATED ALWAYS AS (f()) STORED)",
        "CREATE TABLE t (a int, EXCLUDE USING gist (a WITH =) WHERE (f()))",
        "CREATE TABLE t (a int) PARTITION BY RANGE (f())",
        "CREATE TABLE t PARTITION OF p FOR VALUES IN (f())",
        "CREATE TABLE t PARTITION OF p (a DEFAULT f()) FOR VALUES FROM (1) TO (2)",
        "CREATE TABLE t OF ty (a WITH OPTIONS DEFAULT f())",
        "CREATE INDEX ON t (f())",
        "CREATE INDEX ON t (a) WHERE f()",
        "CREATE STATISTICS s ON (f()), a FROM t",
        "CREATE VIEW v AS SELECT f()",
        "CREATE MATERIALIZED VIEW v AS SELECT f()",
        "CREATE DOMAIN d AS int DEFAULT f() CHECK (VALUE > 0)",
        "ALTER DOMAIN d SET DEFAULT f()",
        "ALTER DOMAIN d ADD CHECK (f())",
        "ALTER TABLE t ADD COLUMN b int DEFAULT f()",
        "ALTER TABLE t ALTER b TYPE int USING f()::int",
        "ALTER TABLE t ALTER b SET DEFAULT f()",
        "ALTER TABLE t ADD CHECK (f())",
        "ALTER TABLE t ALTER b SET EXPRESSION AS (f())",
        "ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (f())",
        "MERGE INTO t USING u ON t.id = u.id WHEN NOT MATCHED THEN INSERT VALUES (f())",
        "MERGE INTO t USING u ON t.id = u.id WHEN MATCHED AND f() THEN DELETE",
        "CREATE SCHEMA s CREATE VIEW v AS SELECT f()",
        "CREATE SCHEMA s CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE TYPE t AS RANGE (SUBTYPE = int, CANONICAL = f)",
        "CREATE TYPE t (INPUT = f, OUTPUT = g)",
        "CREATE TEXT SEARCH PARSER p (START = f, GETTOKEN = a, END = b, LEXTYPES = c)",
        "CREATE TRANSFORM FOR t LANGUAGE l (FROM SQL WITH FUNCTION a(internal), TO SQL WITH FUNCTION f(internal))",
        "CREATE CONVERSION c FOR 'UTF8' TO 'LATIN1' FROM f",
        "ALTER OPERATOR === (int, int) SET (RESTRICT = f)",
        "CALL p(f())",
    ] {
        let called = text.replace("f()", "pg_reload_conf()").replace("FUNCTION f(", "FUNCTION pg_reload_conf(");
        let called = called.replace("= f)", "= pg_reload_conf)").replace("= f,", "= pg_reload_conf,");
        let called = called.replace("FROM f", "FROM pg_reload_conf");
        assert!(effects(&called).contains("server"), "{called}: {}", effects(&called));
    }
}

/// What `format` repeats is not followed: nested, it would double with each level.
#[test]
fn templates_do_not_grow() {
    let mut nested = "'x'".to_owned();
    for _ in 0..100 {
        nested = format!("format('%1$s%1$s', {nested})");
    }
    assert_eq!(effects(&format!("DO $$ BEGIN EXECUTE {nested}; END $$")), "read, run-code");
    let once = "DO $$ BEGIN EXECUTE format('%2$s %1$s%%', 'TABLE t --', 'DROP'); END $$";
    assert_eq!(effects(once), "read, drop, run-code");
    for wrong in ["format('%', 1)", "format('%s')", "format('%3$s', 1)", "format('%0$s', 1)", "format('%-5s', 'a')"] {
        assert_eq!(effects(&format!("DO $$ BEGIN EXECUTE {wrong}; END $$")), "read, run-code", "{wrong}");
    }
}
