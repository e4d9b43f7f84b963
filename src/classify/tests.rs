//! Single rules, and an outside corpus where one is given. The golden set is `tests/corpus`.

use super::*;
use crate::sql::Lexing;
use std::collections::BTreeMap;

/// What the preset `app-writer` allows.
const ALLOWED: [EffectKind; 11] = [
    EffectKind::Read,
    EffectKind::RowLock,
    EffectKind::Insert,
    EffectKind::Write,
    EffectKind::Define,
    EffectKind::Sequence,
    EffectKind::Maintenance,
    EffectKind::Setting,
    EffectKind::Transaction,
    EffectKind::BulkExport,
    EffectKind::Listen,
];

fn refused(effects: EffectSet) -> Vec<&'static str> {
    effects.iter().filter(|kind| !ALLOWED.contains(kind)).map(EffectKind::as_str).collect()
}

/// A session as far as prepared statements and lexing go.
#[derive(Default)]
struct Session {
    prepared: BTreeMap<String, std::sync::Arc<sql::Statement>>,
    lexing: Lexing,
}

impl Session {
    fn run(&mut self, text: &str) -> Vec<&'static str> {
        let facts = classify_text(text, self.lexing);
        let mut out = refused(facts.effects());
        for statement in &facts.statements {
            for step in &statement.steps {
                match step {
                    Step::Prepare { name, statement } => {
                        self.prepared.insert(name.to_string(), std::sync::Arc::clone(statement));
                    }
                    Step::Execute { name, arguments } => match self.prepared.get(&**name) {
                        Some(prepared) => out.extend(refused(classify_execute(prepared, arguments).effects())),
                        None => out.push("no such prepared statement"),
                    },
                    _ => {}
                }
            }
        }
        out
    }
}

/// Every case's verdict by text alone against what is wanted. Needs `STOCKADE_CORPUS`, a `cases.jsonl`.
#[test]
fn outside_corpus() {
    let Ok(path) = std::env::var("STOCKADE_CORPUS") else {
        eprintln!("STOCKADE_CORPUS is not set: the outside corpus is skipped");
        return;
    };
    let mut table: BTreeMap<(String, String), [usize; 4]> = BTreeMap::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(verdict) = verdict(&case) else { continue };
        let (wanted, by) = (case["expect"] == "block", case["by"].as_str().unwrap().to_owned());
        let cell = table.entry((case["category"].as_str().unwrap().to_owned(), by.clone())).or_default();
        let wrong = wanted == verdict.is_empty();
        cell[usize::from(!wanted) * 2 + usize::from(wrong)] += 1;
        if wrong {
            eprintln!(
                "{} {} {by} {} {verdict:?} | {} || {}",
                if wanted { "BREACH" } else { "FALSE ALARM" },
                case["id"].as_str().unwrap(),
                case["clarity"].as_str().unwrap(),
                serde_json::to_string(&case["prelude"]).unwrap().chars().take(200).collect::<String>(),
                case["sql"].as_str().unwrap_or("").chars().take(200).collect::<String>(),
            );
        }
    }
    eprintln!("{:28} {:8} blocked missed allowed false-alarm", "category", "by");
    for ((category, by), cell) in &table {
        eprintln!("{category:28} {by:8} {:7} {:6} {:7} {:11}", cell[0], cell[1], cell[2], cell[3]);
    }
}

fn case_text(case: &serde_json::Value) -> Option<String> {
    if let Some(spec) = case["sql_gen"].as_object() {
        let part = |key: &str| spec.get(key).and_then(|value| value.as_str()).unwrap_or("").to_owned();
        let n = usize::try_from(spec.get("n")?.as_u64()?).ok()?;
        return Some(part("pre") + &part("unit").repeat(n) + &part("mid") + &part("unit2").repeat(n) + &part("post"));
    }
    if let Some(text) = case["sql_b64"].as_str() {
        return Some(String::from_utf8(base64(text)).unwrap_or_else(|_| "\0".to_owned()));
    }
    case["sql"].as_str().map(str::to_owned)
}

fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut held, mut out) = (0u32, 0, Vec::new());
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        let value = ALPHABET.iter().position(|c| *c == byte).unwrap();
        bits = (bits << 6) | u32::try_from(value).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from((bits >> held) & 0xff).unwrap());
        }
    }
    out
}

/// What is refused of a case: empty for allow. `None` for cases that are no matter of text.
fn verdict(case: &serde_json::Value) -> Option<Vec<&'static str>> {
    if !case["messages"].is_null() || case["protocol"] == "function_call" || !case["startup_b64"].is_null() {
        return None;
    }
    let mut session = Session::default();
    let mut out = Vec::new();
    if let Some(startup) = case["startup_params"].as_object() {
        for (name, value) in startup {
            let kind = startup_setting(name, value.as_str().unwrap());
            if kind != EffectKind::Setting {
                out.push(kind.as_str());
            }
        }
    }
    let whole = case["block_scope"] == "session" || case["category"] == "lexer_scs_off";
    for text in case["prelude"].as_array().into_iter().flatten() {
        let text = text.as_str()?;
        let refused = session.run(text);
        if whole {
            out.extend(refused);
        }
        if text.replace(' ', "").to_lowercase().contains("standard_conforming_strings=off") {
            session.lexing.standard_conforming_strings = false;
        }
    }
    out.extend(session.run(&case_text(case)?));
    Some(out)
}

fn one(text: &str) -> Classification {
    classify_text(text, Lexing::default()).statements.remove(0)
}

#[test]
fn execute_folds_its_arguments() {
    let facts = classify_text(
        "PREPARE p(int) AS DELETE FROM t WHERE id > $1; EXECUTE p(-1); EXECUTE p(900)",
        Lexing::default(),
    );
    let Some(Step::Prepare { statement, .. }) = facts.statements[0].steps.first() else { panic!("no PREPARE") };
    let kinds: Vec<_> = facts.statements[1..]
        .iter()
        .map(|execute| {
            let Some(Step::Execute { arguments, .. }) = execute.steps.first() else { panic!("no EXECUTE") };
            classify_execute(statement, arguments).effects().contains(EffectKind::UnboundedWrite)
        })
        .collect();
    assert_eq!(kinds, [true, false]);
}

#[test]
fn access_is_what_a_read_only_transaction_refuses() {
    for (text, access) in [
        ("SELECT f()", Access::ReadOnly),
        ("SELECT 1 FOR UPDATE", Access::ReadWrite),
        ("SELECT nextval('s')", Access::ReadWrite),
        ("SHOW transaction_read_only", Access::ReadWrite),
        ("SELECT current_setting('default_transaction_read_only')", Access::ReadWrite),
        ("SHOW work_mem", Access::ReadOnly),
        ("EXPLAIN DELETE FROM t", Access::ReadOnly),
        ("EXPLAIN ANALYZE DELETE FROM t WHERE id = 1", Access::ReadWrite),
        ("CREATE TEMP TABLE x (id int)", Access::ReadWrite),
        ("COPY t TO STDOUT", Access::ReadOnly),
        ("COPY t FROM STDIN", Access::ReadWrite),
        ("LISTEN a", Access::ReadOnly),
        ("VACUUM t", Access::ReadOnly),
        ("PREPARE p AS DELETE FROM t WHERE id = $1", Access::ReadOnly),
        ("DISCARD ALL", Access::ReadOnly),
    ] {
        assert_eq!(one(text).access, access, "{text}");
    }
}

#[test]
fn empty_and_unreadable_texts() {
    assert!(classify_text(" ; -- nothing", Lexing::default()).statements.is_empty());
    let facts = classify_text("DROP TABEL secret", Lexing::default());
    assert!(facts.effects().contains(EffectKind::Unreadable) && facts.statements.len() == 1);
    assert!(!facts.redacted.contains("secret"));
}

#[test]
fn a_text_of_too_many_statements_says_so() {
    let facts = classify_text(&"SELECT 1;".repeat(10_001), Lexing::default());
    assert!(facts.effects().contains(EffectKind::Unreadable) && facts.statements.len() == 1);
    assert_eq!(&*facts.statements[0].effects[0].what, "a text of more than 10,000 statements");
}

#[test]
fn startup_parameters() {
    assert_eq!(startup_setting("search_path", "\"$user\", public"), EffectKind::Setting);
    for plain in ["shop", "shop, sales", "public, shop", "pg_catalog, public", "$user,public,shop", ""] {
        assert_eq!(startup_setting("search_path", plain), EffectKind::Setting, "{plain}");
    }
    for elsewhere in [
        "shop, public",
        "evil,\"$user\",public",
        "public, pg_catalog",
        "pg_temp, public",
        "pg_temp_3",
        "public,\"pg_catalog\"",
    ] {
        assert_eq!(startup_setting("search_path", elsewhere), EffectKind::ProtectedSetting, "{elsewhere}");
    }
    assert_eq!(startup_setting("replication", "database"), EffectKind::Replication);
    assert_eq!(startup_setting("role", "boss"), EffectKind::Privilege);
    assert_eq!(startup_setting("transform_null_equals", "on"), EffectKind::ProtectedSetting);
    assert_eq!(startup_setting("options", "-cstatement_timeout=5 --work-mem=4MB"), EffectKind::Setting);
    assert_eq!(startup_setting("options", "-O"), EffectKind::ProtectedSetting);
    let split = startup_options("-c search_path=a,\\ b  --a-b=c").unwrap();
    assert_eq!(split, [("search_path".into(), "a, b".into()), ("a_b".into(), "c".into())] as [(String, String); 2]);
}

#[test]
fn statements_that_refuse_a_block() {
    for (text, refuses) in [
        ("CREATE INDEX CONCURRENTLY i ON t (a)", true),
        ("CREATE INDEX i ON t (a)", false),
        ("VACUUM t", true),
        ("ANALYZE t", false),
        ("REINDEX TABLE CONCURRENTLY t", true),
        ("ALTER TABLE t DETACH PARTITION p CONCURRENTLY", true),
    ] {
        assert_eq!(one(text).refuses_block, refuses, "{text}");
    }
}

#[test]
fn what_every_row_meets_is_no_bound() {
    let all = [
        "'1'::int = '01'::int",
        "9007199254740993 <> 9007199254740992",
        "'10'::text < '9'::text",
        "'NaN'::float8 > 1",
        "5.5 % 1 > 0",
        "1.6::int <> 1.6",
        "random() + 0 <> random() + 0",
        "random() NOT IN (random())",
        "'1'::int IN ('01')",
        "'1'::int IS NOT DISTINCT FROM '01'::int",
        "X'1' = B'0001'",
        "(SELECT false LIMIT 0) IS NULL",
        "(SELECT false HAVING false) IS NULL",
        "(SELECT false OFFSET 1) IS NULL",
        "EXISTS (SELECT count(*) FROM o WHERE false)",
        "NOT EXISTS (SELECT 1 OFFSET 1)",
        "NOT EXISTS (SELECT generate_series(1, 0))",
        "NOT (NULL AND id < 0)",
        "(NULL AND id < 0) IS FALSE",
        "id = (SELECT id)",
        "id = (SELECT t.id)",
        "id IN (SELECT id)",
        "id IN (VALUES (id))",
        "id IN (SELECT unnest(ARRAY(SELECT id FROM t)))",
        "id = ANY ((SELECT array_agg(id) FROM t)::int[])",
        "id IN (SELECT id FROM t LIMIT 1000000000)",
        "id IN (SELECT id FROM t LIMIT NULL::bigint)",
        "tableoid = 't'::regclass",
        "id > ANY (ARRAY[0])",
        "name LIKE ANY (ARRAY['%'])",
        "(id, 0) > (0, 0)",
        "active IN (true, false)",
    ];
    for predicate in all {
        let facts = classify_text(&format!("DELETE FROM t WHERE {predicate}"), Lexing::default());
        assert!(facts.effects().contains(EffectKind::UnboundedWrite), "{predicate}");
    }
    let some = ["false", "1 = 0", "NULL", "id = NULL", "id = 1 AND false", "(a, b) > ($1, $2)", "id = 1 AND 'a' = 'b'"];
    for predicate in some {
        let facts = classify_text(&format!("DELETE FROM t WHERE {predicate}"), Lexing::default());
        assert!(!facts.effects().contains(EffectKind::UnboundedWrite), "{predicate}");
    }
}

/// What covers every row is found behind however many other terms.
#[test]
fn a_long_or_hides_no_cover() {
    let terms: String = (0..200).map(|id| format!("id = {id} OR ")).collect();
    let facts = classify_text(&format!("DELETE FROM t WHERE {terms} id % 2 = 0 OR id % 2 = 1"), Lexing::default());
    assert!(facts.effects().contains(EffectKind::UnboundedWrite));
    let facts = classify_text(&format!("DELETE FROM t WHERE {terms} id = 200"), Lexing::default());
    assert!(!facts.effects().contains(EffectKind::UnboundedWrite));
}

#[test]
fn nested_coalesce_costs_no_more_than_its_length() {
    let nested = format!("DELETE FROM t WHERE {}id{} = 1", "coalesce(".repeat(200), ")".repeat(200));
    assert_eq!(one(&nested).tag, "DELETE");
}

#[test]
fn what_explain_execute_evaluates_is_judged() {
    for text in [
        "EXPLAIN EXECUTE p(set_config('default_transaction_read_only', 'off', false))",
        "EXPLAIN EXECUTE p(lo_unlink(1))",
        "EXECUTE p(evil())",
        "CREATE TABLE n AS EXECUTE p",
        "SELECT query_to_xml(targetns => 'SELECT 1', nulls => true, tableforest => true, query => 'SELECT lo_unlink(1)')",
        "SELECT pg_try_advisory_lock(1)",
        "REFRESH MATERIALIZED VIEW v WITH NO DATA",
        "CREATE VIEW v AS SELECT * FROM pg_settings",
        "CREATE TEMP VIEW v AS SELECT proname, provolatile FROM pg_catalog.pg_proc WHERE prokind = 'f'",
    ] {
        assert!(!refused(classify_text(text, Lexing::default()).effects()).is_empty(), "{text}");
    }
    assert!(refused(classify_text("EXPLAIN EXECUTE p(1)", Lexing::default()).effects()).is_empty());
}

#[test]
fn sixty_four_nested_sub_selects_are_judged() {
    let nested = format!("DELETE FROM t WHERE {}id = 1{}", "id IN (SELECT id FROM u WHERE ".repeat(64), ")".repeat(64));
    assert!(!one(&nested).effects().contains(EffectKind::UnboundedWrite));
    // Work is bounded, not only depth: what is too much to look at bounds nothing.
    let wide = format!(
        "DELETE FROM t WHERE {}id = 1{}",
        "NOT (id = 3 AND EXISTS (SELECT 1 WHERE ".repeat(150),
        "))".repeat(150)
    );
    assert_eq!(one(&wide).tag, "DELETE");
}

#[test]
fn long_ordinary_predicates_are_looked_at_to_their_end() {
    let list = |item: &str, joint: &str, count: usize| vec![item; count].join(joint);
    for text in [
        format!("DELETE FROM t WHERE id IN ({})", list("17", ", ", 20_000)),
        format!("DELETE FROM t WHERE (a, b) IN ({})", list("(1, 'x')", ", ", 5_000)),
        format!("DELETE FROM t WHERE {}", list("(a = 1 AND lower(b) = 'x')", " OR ", 2_000)),
        format!("DELETE FROM t WHERE id = ANY (ARRAY[{}])", list("17", ", ", 20_000)),
        format!("UPDATE t SET n = v.n FROM (VALUES {}) v(id, n) WHERE t.id = v.id", list("(1, 2)", ", ", 5_000)),
        format!(
            "UPDATE t SET n = CASE {} END WHERE id IN ({})",
            list("WHEN id = 7 THEN 8", " ", 5_000),
            list("7", ",", 5_000)
        ),
        format!("DELETE FROM t USING {} WHERE t.a = u.a AND u.b = 'x'", list("u", " JOIN w ON w.a = u.a JOIN ", 12)),
    ] {
        assert!(!one(&text).effects().contains(EffectKind::UnboundedWrite), "{}", text.get(..80).unwrap());
    }
}

#[test]
fn turning_conforming_strings_on_is_harmless_only_where_they_are_on() {
    let off = Lexing { standard_conforming_strings: false, ..Lexing::default() };
    for text in
        ["SET standard_conforming_strings = on", "SELECT set_config('standard_conforming_strings', 'on', false)"]
    {
        assert!(refused(classify_text(text, Lexing::default()).effects()).is_empty(), "{text}");
        assert_eq!(refused(classify_text(text, off).effects()), ["protected-setting"], "{text}");
    }
}

/// What is left out of a long list is still there: of the kind, and of any relation.
#[test]
fn a_relation_beyond_the_effects_that_are_kept_is_not_lost() {
    let many: Vec<String> = (0..200).map(|n| format!("w{n} AS (DELETE FROM t{n})")).collect();
    let facts = classify_text(&format!("WITH {} DELETE FROM t0", many.join(", ")), Lexing::default());
    let effects = &facts.statements[0].effects;
    assert!(effects.len() < 150);
    assert!(effects.iter().any(|effect| effect.kind == EffectKind::UnboundedWrite && effect.relation.is_none()));
}
