//! The whole wording of refusals, as the client gets it: one of each kind of effect. `tests/corpus/refusals.txt` is the
//! golden text; where a change of it is meant, `STOCKADE_BLESS=1 cargo test --lib refusals` writes it anew.

use super::script::{Stage, agent, from_client, from_upstream, setup};
use crate::classify::EffectKind;
use crate::policy::{Decision, Policy, Preset, Wall, decide_wall};
use std::fmt::Write;

/// One statement of each kind of effect, in the kinds' order; what is refused under neither preset has none.
const STATEMENTS: [(EffectKind, &str); 32] = [
    (EffectKind::RowLock, "SELECT * FROM orders WHERE id = 4711 FOR UPDATE"),
    (EffectKind::Insert, "INSERT INTO orders (id) VALUES (4711)"),
    (EffectKind::Write, "UPDATE orders SET total = 4711 WHERE id = 4711"),
    (EffectKind::UnboundedWrite, "DELETE FROM orders"),
    (EffectKind::UnboundedWrite, "UPDATE orders SET total = 4711 WHERE 4711 = 4711"),
    (EffectKind::UnboundedWrite, "DELETE FROM orders WHERE id > 0"),
    (EffectKind::UnboundedWrite, "DELETE FROM orders WHERE CURRENT OF c"),
    (EffectKind::Truncate, "TRUNCATE orders, lines"),
    (EffectKind::Drop, "DROP TABLE shop.orders CASCADE"),
    (EffectKind::AlterLossy, "ALTER TABLE orders RENAME COLUMN total TO sum"),
    (EffectKind::AlterLossy, "CREATE OR REPLACE VIEW paid AS SELECT 4711"),
    (EffectKind::Define, "CREATE TABLE orders (id int DEFAULT 4711)"),
    (EffectKind::DefineCode, "CREATE TRIGGER audit AFTER INSERT ON orders EXECUTE FUNCTION note()"),
    (EffectKind::RunCode, "INSERT INTO orders (id) VALUES (tidy_up(4711))"),
    (EffectKind::Privilege, "GRANT ALL ON orders TO agent"),
    (EffectKind::Server, "SELECT pg_read_file('4711')"),
    (EffectKind::Catalog, "DELETE FROM pg_class WHERE oid = 4711"),
    (EffectKind::Maintenance, "ANALYZE orders"),
    (EffectKind::HeavyMaintenance, "VACUUM FULL orders"),
    (EffectKind::ProtectedSetting, "SET session_replication_role = replica"),
    (EffectKind::ProtectedSetting, "SET statement_timeout = '4711min'"),
    (EffectKind::TwoPhase, "COMMIT PREPARED '4711'"),
    (EffectKind::BulkImport, "COPY orders FROM STDIN"),
    (EffectKind::Notify, "NOTIFY jobs, '4711'"),
    (EffectKind::Sequence, "SELECT nextval('orders_id_seq')"),
    (EffectKind::Irrevocable, "SELECT setval('orders_id_seq', 4711)"),
    (EffectKind::Unknown, "EXPLAIN ANALYZE EXECUTE nobody_prepared_this(4711)"),
    (EffectKind::Unreadable, "SELECT id,\n       '4711'\n  FORM orders"),
    (EffectKind::Unreadable, "SELECT '4711"),
    // Of several facts all are named; the strictest decides, then the first.
    (EffectKind::Truncate, "INSERT INTO log VALUES (4711); TRUNCATE orders; DROP TABLE lines"),
    (
        EffectKind::UnboundedWrite,
        "WITH gone AS (DELETE FROM orders RETURNING *) SELECT count(*) FROM gone WHERE id = 4711",
    ),
    (EffectKind::Drop, "SELECT 4711; DROP SCHEMA public CASCADE"),
];

#[test]
fn refusals_are_worded_as_the_golden_text_has_them() {
    let mut text = String::new();
    for preset in [Preset::AppWriter, Preset::ReadOnly, Preset::Migrator] {
        for (_, statement) in STATEMENTS {
            if let Some(fields) = refusal(agent(preset), statement) {
                let _ = writeln!(text, "== {preset}: {}\n{fields}", statement.replace('\n', " "));
            }
        }
    }
    let policy = agent(Preset::AppWriter).with_max_statement_bytes(1000);
    for wall in [
        Wall::StatementTooLong(1001),
        Wall::FunctionCall,
        Wall::Replication,
        Wall::StartupSetting("session_replication_role"),
        Wall::UnsafeEncoding("SJIS"),
        Wall::UnknownMessage,
    ] {
        let decision = decide_wall(&policy, wall);
        let (code, message, detail) = (Decision::SQLSTATE, decision.message(), decision.detail());
        let fields =
            format!("SQLSTATE: {code}\nMESSAGE:  {message}\nDETAIL:   {detail}\nHINT:     {}\n", decision.hint());
        let _ = writeln!(text, "== {}\n{fields}", wall.rule());
    }
    let shown = text.lines().filter(|line| !line.starts_with("==")).any(|line| line.contains("4711"));
    assert!(!shown, "a literal of a statement shows:\n{text}");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/refusals.txt");
    if std::env::var_os("STOCKADE_BLESS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let golden = std::fs::read_to_string(path).unwrap();
    let differs = golden.lines().zip(text.lines()).find(|(golden, text)| golden != text);
    assert!(golden == text, "the wording changed: {differs:?}");
}

#[test]
fn each_kind_that_is_refused_is_worded() {
    let reached: Vec<EffectKind> = STATEMENTS.iter().map(|(kind, _)| *kind).collect();
    for kind in EffectKind::ALL {
        let refused = agent(Preset::ReadOnly).verdict(kind) != crate::policy::Verdict::Allow;
        let by_wall = matches!(kind, EffectKind::FunctionCall | EffectKind::Replication);
        assert_eq!(refused && !by_wall, reached.contains(&kind), "{kind}");
    }
}

/// The fields of the ErrorResponse, or nothing where the statement goes through.
fn refusal(policy: Policy, statement: &str) -> Option<String> {
    let mut stage = Stage::ready(setup(policy));
    stage.client(&from_client(&format!("Q {statement}")));
    stage.out.to_client.clear();
    stage.upstream(&from_upstream("E 42601"));
    if stage.out.to_client.is_empty() {
        // That was the answer to a question whether the relation is temporary: a failure is a no. Now comes the poison.
        stage.upstream(&from_upstream("Z I"));
        stage.upstream(&from_upstream("E 42601"));
    }
    let answer = stage.out.to_client.split();
    let body = std::str::from_utf8(answer.get(5..)?).ok()?.to_owned();
    if !body.contains("stockade") {
        return None;
    }
    let names = [('C', "SQLSTATE"), ('M', "MESSAGE"), ('D', "DETAIL"), ('H', "HINT"), ('P', "POSITION")];
    let mut text = String::new();
    for field in body.split('\0').filter(|field| !field.is_empty()) {
        if let Some((_, name)) = names.iter().find(|(letter, _)| field.starts_with(*letter)) {
            let _ = writeln!(text, "{:<9} {}", format!("{name}:"), field.get(1..)?);
        }
    }
    Some(text)
}
