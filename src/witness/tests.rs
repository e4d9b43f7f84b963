//! Reading and judging, without a server.
#![allow(clippy::unwrap_used, reason = "tests: a panic is their failure")]

use super::{Counts, Objection, Reading, Reason, Said, judge};
use crate::classify::{Access, Classification, Effect, EffectKind, Relation};
use crate::policy::{Kind, Limits, Preset, TableLimits, TablePattern, Verdict};

fn body(values: &[&str]) -> Vec<u8> {
    let mut body = u16::try_from(values.len()).unwrap().to_be_bytes().to_vec();
    for value in values {
        if *value == "-" {
            body.extend((-1_i32).to_be_bytes());
        } else {
            body.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
            body.extend(value.as_bytes());
        }
    }
    body
}

/// Rows of 17 columns, written with blanks between; `-` is null. What is missing at the end is null.
fn reading(rows: &[&str]) -> Reading {
    let mut reading = Reading::default();
    for row in ["summary 0 on 150020 - - - - - f t"].iter().chain(rows) {
        let mut values: Vec<&str> = row.split(' ').collect();
        values.resize(17, "-");
        reading.row(&body(&values)).unwrap();
    }
    reading
}

/// An ordinary table: number, name, inserted, updated, deleted, estimate, remain.
fn table(oid: u32, name: &str, counts: [u64; 3], estimate: u64, remain: &str) -> String {
    let [inserted, updated, deleted] = counts;
    let asked = if remain == "-" { "f" } else { "t" };
    format!(
        "relation {oid} public {name} r {oid} public {name} r f f {inserted} {updated} {deleted} {estimate} {remain} {asked}"
    )
}

fn partition(oid: u32, name: &str, counts: [u64; 3], estimate: u64, remain: &str) -> String {
    table(oid, name, counts, estimate, remain).replace(&format!("{oid} public {name} r f"), "70000 public events p f")
}

fn with(rows: &[String]) -> Reading {
    reading(&rows.iter().map(String::as_str).collect::<Vec<_>>())
}

fn said(statements: &[(&'static str, EffectKind, Option<&str>)]) -> Said {
    let mut said = Said::default();
    for (tag, kind, name) in statements {
        let relation = name.map(|name| Relation { schema: None, name: name.into() });
        said.add(&Classification {
            tag,
            effects: vec![Effect { kind: *kind, relation, bound: None, what: (*tag).into(), time: None, code: None }],
            access: Access::ReadWrite,
            refuses_block: false,
            steps: Vec::new(),
            foreign: false,
            functions: Some(Box::default()),
        });
    }
    said
}

fn limits() -> Limits {
    Limits::of(Preset::AppWriter, Kind::Agent)
}

fn judged(limits: &Limits, said: &Said, reading: &Reading) -> Result<Counts, Objection> {
    judge(limits, said, reading, reading, None)
}

fn objection(said: &Said, reading: &Reading) -> Objection {
    judged(&limits(), said, reading).unwrap_err()
}

#[test]
fn nothing_is_fine_and_silence_is_not() {
    assert_eq!(judged(&limits(), &Said::default(), &reading(&[])), Ok(Counts::default()));
    let silent = objection(&Said::default(), &Reading::default());
    assert_eq!((silent.reason, silent.verdict), (Reason::UntrustedCounters, Verdict::Reject));
    for summary in ["summary 0 off 150020 - - - - - f t", "summary 0 on 140011 - - - - - f t"] {
        let mut reading = Reading::default();
        let mut values: Vec<&str> = summary.split(' ').collect();
        values.resize(17, "-");
        reading.row(&body(&values)).unwrap();
        assert_eq!(objection(&Said::default(), &reading).reason, Reason::UntrustedCounters);
    }
}

#[test]
fn a_row_that_is_not_the_questions_is_malformed() {
    let good = body(&table(20000, "t", [0, 1, 0], 10, "-").split(' ').collect::<Vec<_>>());
    assert!(Reading::default().row(&good).is_ok());
    for end in 0..good.len() {
        assert!(Reading::default().row(&good[..end]).is_err(), "{end}");
    }
    assert!(Reading::default().row(&[&good[..], b"x"].concat()).is_err());
    for (from, to) in
        [("relation", "other"), ("20000", "-1"), ("20000", "99999999999"), (" f f ", " f x "), ("10", "1e9")]
    {
        let row = table(20000, "t", [0, 1, 0], 10, "-").replacen(from, to, 1);
        assert!(Reading::default().row(&body(&row.split(' ').collect::<Vec<_>>())).is_err(), "{row}");
    }
    let mut twice = reading(&[]);
    let mut summary: Vec<&str> = "summary 0 on 150020 - - - - - f t".split(' ').collect();
    summary.resize(17, "-");
    assert!(twice.row(&body(&summary)).is_err());
    // A name in another encoding could not be held against a pattern.
    let mut latin = good.clone();
    let at = good.windows(6).position(|window| window == b"public").unwrap();
    latin[at] = 0xe9;
    assert!(Reading::default().row(&latin).is_err());
}

#[test]
fn a_cascade_is_over_the_limit_of_a_statement() {
    let reading =
        with(&[table(20000, "customers", [0, 0, 1], 9000, "-"), table(20001, "orders", [0, 0, 51_000], 900_000, "-")]);
    let mut told = said(&[("DELETE", EffectKind::Write, Some("customers"))]);
    told.completed(b"DELETE 1\0");
    let objection = objection(&told, &reading);
    assert_eq!(
        (objection.reason, objection.verdict, objection.sqlstate),
        (Reason::RowsPerStatement, Verdict::Reject, "42501")
    );
    assert_eq!(objection.rule, "witness:rows_per_statement");
    assert_eq!(
        objection.message,
        "stockade refused a statement that deletes or updates 51001 rows: at most 1000 may be \
         (rule witness:rows_per_statement)"
    );
    assert_eq!(
        objection.detail,
        "Counted before the commit: 51000 rows deleted in public.orders; 1 row deleted in public.customers. Limit of one \
         statement: 1000 rows. Rolled back, nothing changed."
    );
    assert!(objection.hint.contains("SELECT count(*)"));
}

#[test]
fn many_small_statements_of_one_pipeline_are_small() {
    let reading = with(&[table(20000, "t", [0, 2000, 0], 900_000, "-")]);
    let repeated = |tag: &'static str, complete: &[u8], times: usize| {
        let mut told = said(&vec![(tag, EffectKind::Write, Some("t")); times]);
        (0..times).for_each(|_| told.completed(complete));
        told
    };
    let mut told = repeated("UPDATE", b"UPDATE 1\0", 2000);
    assert_eq!(judged(&limits(), &told, &reading).unwrap().changed(), 2000);
    // What no tag told is one statement's.
    told.judged();
    assert_eq!(objection(&told, &reading).reason, Reason::RowsPerStatement);
    assert_eq!(objection(&repeated("UPDATE", b"UPDATE 1\0", 900), &reading).reason, Reason::RowsPerStatement);
    // Inserts tell nothing of updates; upserts do.
    let upserts = repeated("INSERT", b"INSERT 0 1\0", 2000);
    assert!(judged(&limits(), &upserts, &reading).is_ok());
    let triggers = with(&[table(20000, "t", [2000, 2000, 0], 900_000, "-")]);
    assert_eq!(objection(&upserts, &triggers).reason, Reason::RowsPerStatement);
    assert_eq!(objection(&repeated("MERGE", b"MERGE 2000\0", 1), &reading).reason, Reason::RowsPerStatement);
}

#[test]
fn a_tag_tells_of_its_own_table_alone() {
    let cascade = with(&[table(20000, "t", [0, 0, 1], 900_000, "-"), table(20001, "u", [0, 0, 5000], 900_000, "-")]);
    let judge = |told: &Said| judged(&limits(), told, &cascade).map_err(|objection| objection.reason);
    let both = |first: &str, second: &str| {
        let mut told = said(&[
            ("DELETE", EffectKind::Write, Some("t")),
            ("DELETE", EffectKind::Write, Some("v")),
            ("DELETE", EffectKind::Write, Some("u")),
        ]);
        [b"DELETE 1\0".as_slice(), first.as_bytes(), second.as_bytes()].iter().for_each(|tag| told.completed(tag));
        told
    };
    // Another relation's rows (a view's, a temporary table's) explain nothing.
    assert_eq!(judge(&both("DELETE 5000\0", "DELETE 0\0")), Err(Reason::RowsPerStatement));
    // The statement's own rows and those of its triggers are one statement's.
    assert_eq!(judge(&both("DELETE 0\0", "DELETE 700\0")), Err(Reason::RowsPerStatement));
    let mut some = said(&[("DELETE", EffectKind::Write, Some("t"))]);
    some.completed(b"DELETE 600\0");
    let own = with(&[table(20000, "t", [0, 0, 600], 900_000, "-"), table(20001, "u", [0, 0, 600], 900_000, "-")]);
    assert_eq!(objection(&some, &own).reason, Reason::RowsPerStatement);
    // A tag that is not surely its statement's tells nothing: one is missing, another's came, one too many.
    let many = with(&[table(20000, "t", [0, 0, 1500], 900_000, "-")]);
    let delete = ("DELETE", EffectKind::Write, Some("t"));
    let upset = |statements: &[(&'static str, EffectKind, Option<&str>)], tags: &[&[u8]]| {
        let mut told = said(statements);
        tags.iter().for_each(|tag| told.completed(tag));
        judged(&limits(), &told, &many).is_err()
    };
    assert!(!upset(&[delete; 2], &[b"DELETE 800\0", b"DELETE 700\0"]));
    assert!(upset(&[delete; 3], &[b"DELETE 800\0", b"DELETE 700\0"]));
    assert!(upset(&[delete; 2], &[b"DELETE 800\0", b"DELETE 700\0", b"DELETE 1\0"]));
    assert!(upset(&[delete; 2], &[b"DELETE 800\0", b"UPDATE 700\0"]));
    // Two relations written by one statement; a prepared statement that the text does not show.
    assert!(upset(&[delete, ("EXECUTE", EffectKind::Write, Some("t"))], &[b"DELETE 800\0", b"DELETE 700\0"]));
    // Rows that are not counted: of a table made since, a temporary or foreign one.
    let with_more = |row: &str| reading(&[&table(20000, "t", [0, 0, 1500], 900_000, "-"), row]);
    let mut two = said(&[delete; 2]);
    [b"DELETE 800\0", b"DELETE 700\0"].iter().for_each(|tag| two.completed(*tag));
    for more in [
        "relation 20005 public own r 20005 public own r t t 5 5 5 - - f",
        "relation 20005 public far f 20005 public far f t f 0 0 0 - - f",
    ] {
        assert_eq!(
            judged(&limits(), &two, &with_more(more)).unwrap_err().reason,
            if more.contains("far") { Reason::HiddenDrop } else { Reason::RowsPerStatement }
        );
    }
}

#[test]
fn a_transaction_and_a_budget_have_limits_of_their_own() {
    let (before, after) = (
        with(&[table(20000, "t", [0, 9000, 900], 1_000_000, "-")]),
        with(&[table(20000, "t", [5, 9000, 1800], 1_000_000, "-")]),
    );
    let statement = after.since(&before);
    assert_eq!(statement.to_string(), "900 rows deleted, 5 rows inserted in public.t");
    let over = judge(&limits(), &Said::default(), &statement, &after, None).unwrap_err();
    assert_eq!(over.reason, Reason::RowsPerTransaction);
    let counts =
        judge(&limits(), &Said::default(), &before.since(&Reading::default()).since(&before), &before, Some(9900));
    assert_eq!(counts.unwrap(), Counts { inserted: 0, updated: 9000, deleted: 900 });
    let spent = judge(&limits(), &Said::default(), &before.since(&before), &before, Some(9899)).unwrap_err();
    assert_eq!((spent.reason, spent.sqlstate), (Reason::Budget, "53400"));
    assert_eq!(
        spent.message,
        "stockade refused a transaction that deletes or updates 9900 rows: this hour's budget has 9899 left \
         (rule witness:rows_per_hour)"
    );
    let few = Limits { max_inserted: Some(4), ..limits() };
    let inserted = judged(&few, &Said::default(), &with(&[table(20000, "t", [5, 0, 0], 0, "-")])).unwrap_err();
    assert_eq!(inserted.reason, Reason::MaxInserted);
}

#[test]
fn truncate_starts_the_counters_anew() {
    let (before, after) =
        (with(&[table(20000, "t", [0, 0, 50], 100, "-")]), with(&[table(20000, "t", [0, 0, 7], 100, "-")]));
    assert_eq!(after.since(&before).to_string(), "7 rows deleted in public.t");
}

#[test]
fn shares_are_of_what_was_there() {
    let share = |row: String| judged(&limits(), &Said::default(), &with(&[row])).map_err(|objection| objection.reason);
    assert!(share(table(20000, "t", [0, 200, 0], 1000, "1000")).is_ok());
    assert_eq!(share(table(20000, "t", [0, 201, 0], 1000, "1000")), Err(Reason::TableShare));
    // Small tables have none; what was counted is better than the statistics.
    assert!(share(table(20000, "t", [0, 100, 0], 100, "100")).is_ok());
    assert_eq!(share(table(20000, "t", [0, 100, 0], 0, "300")), Err(Reason::TableShare));
    assert!(share(table(20000, "t", [0, 100, 0], 101, "600")).is_ok());
    // Rows inserted and undone do not make it small.
    assert_eq!(share(table(20000, "t", [950, 0, 900], 1000, "100")), Err(Reason::TableShare));
    // What is inserted was not there.
    assert_eq!(share(table(20000, "t", [800, 100, 0], 200, "1000")), Err(Reason::TableShare));
    // A table filled in this transaction is nobody's loss.
    assert!(share(table(20000, "t", [500, 0, 500], 0, "0")).is_ok());
    // Counted up to the bound: there are more.
    assert!(share(table(20000, "t", [0, 10, 0], 500, "301")).is_ok());
    let objection = objection(&Said::default(), &with(&[table(20000, "t", [0, 300, 0], 1000, "1000")]));
    assert_eq!(
        objection.message,
        "stockade refused a transaction that deletes or updates 30% of public.t: at most 20% may be (rule witness:table_share)"
    );
    assert_eq!(
        objection.detail,
        "Counted before the commit: 300 rows updated in public.t. public.t had about 1000 rows before. Limit of one \
         transaction: 20% of a table. Rolled back, nothing changed."
    );
}

#[test]
fn a_table_is_not_emptied() {
    let empties =
        |row: &str| judged(&limits(), &Said::default(), &reading(&[row])).map_err(|objection| objection.reason);
    assert_eq!(empties(&table(20000, "t", [0, 0, 3], 3, "0")), Err(Reason::NeverEmpty));
    assert_eq!(empties(&table(20000, "t", [0, 0, 3], 0, "0")), Err(Reason::NeverEmpty));
    // One row in place of all others is as good as none; as many as there were are not.
    assert_eq!(empties(&table(20000, "t", [1, 0, 3], 3, "1")), Err(Reason::NeverEmpty));
    assert_eq!(empties(&table(20000, "t", [2, 0, 3], 3, "2")), Err(Reason::NeverEmpty));
    assert!(empties(&table(20000, "t", [3, 0, 3], 3, "3")).is_ok());
    assert!(empties(&table(20000, "t", [1, 0, 2], 3, "2")).is_ok());
    assert!(empties(&table(20000, "t", [5, 0, 5], 3, "3")).is_ok());
    assert!(empties(&table(20000, "t", [5, 0, 5], 0, "0")).is_ok());
    // Rows that were inserted and undone.
    assert_eq!(empties(&table(20000, "t", [9, 0, 3], 3, "0")), Err(Reason::NeverEmpty));
    assert!(empties(&table(20000, "t", [0, 3, 0], 3, "3")).is_ok());
    // Rows that cannot be seen: the statistics say.
    assert_eq!(empties(&table(20000, "t", [0, 0, 3], 3, "-").replace("- f", "- t")), Err(Reason::NeverEmpty));
    assert!(empties(&table(20000, "t", [0, 0, 3], 4, "-").replace("- f", "- t")).is_ok());
    // Partitions are judged at their root.
    let moved =
        with(&[partition(70001, "events_1", [0, 0, 3], 3, "9"), partition(70002, "events_2", [3, 0, 0], 6, "9")]);
    assert!(judged(&limits(), &Said::default(), &moved).is_ok());
    let objection = objection(&Said::default(), &with(&[partition(70001, "events_1", [0, 0, 3], 3, "0")]));
    assert_eq!(
        objection.message,
        "stockade refused a transaction that leaves public.events empty (rule witness:never_empty)"
    );
    assert_eq!(
        objection.detail,
        "Counted before the commit: 3 rows deleted in public.events_1 (of public.events). No row is left in \
         public.events. Rolled back, nothing changed."
    );
}

#[test]
fn what_this_transaction_made_is_nobodys_loss() {
    let own = "relation 20000 public own r 20000 public own r t t 5000 5000 5000 - - f";
    let counts = judged(&limits(), &Said::default(), &reading(&[own])).unwrap();
    assert_eq!(counts, Counts { inserted: 5000, updated: 0, deleted: 0 });
}

#[test]
fn what_no_text_showed_is_refused() {
    let locked = "relation 20000 public orders r 20000 public orders r t f 0 0 0 100 0 t";
    let refused = |told: &Said, rows: &[&str]| objection(told, &reading(rows));
    let nothing = Said::default();
    let hidden = refused(&nothing, &[locked]);
    assert_eq!(
        (hidden.reason, hidden.verdict, hidden.rule.as_str()),
        (Reason::HiddenDrop, Verdict::Reject, "witness:hidden_drop")
    );
    assert_eq!(
        hidden.message,
        "stockade refused a DROP, TRUNCATE or ALTER that the statement's text did not show (rule witness:hidden_drop)"
    );
    assert_eq!(
        hidden.detail,
        "Before the commit: public.orders is locked as TRUNCATE, DROP and ALTER lock. Rolled back, nothing changed."
    );
    assert_eq!(
        refused(&nothing, &["gone 20000", "gone 20001", "gone-object 20002 type - 1247"]).detail,
        "Before the commit: 2 tables and indexes were dropped. Rolled back, nothing changed."
    );
    assert_eq!(refused(&nothing, &["gone-object 20002 routine - 1255"]).reason, Reason::HiddenDrop);
    assert_eq!(refused(&nothing, &["object 20002 function public.f() 1255"]).reason, Reason::HiddenDrop);
    assert_eq!(
        refused(&nothing, &["relation 1255 pg_catalog pg_proc r 1255 pg_catalog pg_proc r f f 0 1 0 - - f"]).reason,
        Reason::HiddenCatalog
    );
    assert_eq!(
        refused(&nothing, &["relation 20000 public far f 20000 public far f f f 0 0 0 - - f"]).reason,
        Reason::Uncounted
    );

    let fine = |told: &Said, rows: &[&str]| judged(&limits(), told, &reading(rows)).is_ok();
    assert!(fine(&said(&[("TRUNCATE TABLE", EffectKind::Truncate, Some("orders"))]), &[locked]));
    let drop = said(&[("DROP TABLE", EffectKind::Drop, Some("orders"))]);
    let gone = ["gone 20000", "gone-object 20002 type - 1247", "before 0", "was 20000 public orders r - - - - - f"];
    assert!(fine(&drop, &gone));
    // What it was is not known, or what says so is a function's.
    assert!(!fine(&drop, &gone[..2]));
    let mut forged = Reading::default();
    for row in ["summary 0 on 150020 - - - - - f f"].iter().chain(&gone) {
        let mut values: Vec<&str> = row.split(' ').collect();
        values.resize(17, "-");
        forged.row(&body(&values)).unwrap();
    }
    assert_eq!(objection(&drop, &forged).reason, Reason::HiddenDrop);
    // Another text's DDL explains a neighbour's lock, but not that it is empty now.
    let other = said(&[("ALTER TABLE", EffectKind::AlterLossy, Some("items"))]);
    assert!(fine(&other, &[&locked.replace("0 t", "100 t")]));
    // One that takes nothing away changes nothing but what it names.
    let added = said(&[("ALTER TABLE", EffectKind::Define, Some("items"))]);
    assert!(!fine(&added, &[&locked.replace("0 t", "100 t")]));
    assert!(!fine(&other, &[locked]));
    assert!(!fine(&said(&[("CREATE TABLE", EffectKind::Define, Some("items"))]), &["gone 20000"]));
    let far = "relation 20000 public far f 20000 public far f f f 0 0 0 - - f";
    assert!(fine(&said(&[("INSERT", EffectKind::Insert, Some("far"))]), &[far]));
    assert!(!fine(&said(&[("UPDATE", EffectKind::Write, Some("far"))]), &[far]));
}

#[test]
fn what_stood_before_tells_whose_loss_it_is() {
    let gone = ["gone 20000", "gone 20001", "gone-object 20002 type - 1247", "before 0"];
    let with = |more: &[&'static str]| reading(&[&gone[..], more].concat());
    let nothing = Said::default();
    // Made and dropped in the transaction.
    assert!(judged(&limits(), &nothing, &with(&[])).is_ok());
    let temporary = "was 20000 pg_temp_3 own r - - - - - t";
    assert!(judged(&limits(), &nothing, &with(&[temporary, "was-object 20002 pg_temp_3 - 1247 - - - - - t"])).is_ok());
    let somebodys = "was 20000 public orders r - - - - - f";
    let index = "was 20001 public orders_pkey i 20000 - - - - f";
    let hidden = objection(&nothing, &with(&[somebodys, index, "was-object 20002 public - 1247 - - - - - f"]));
    assert_eq!(hidden.detail, "Before the commit: public.orders was dropped. Rolled back, nothing changed.");
    // A DROP of something else does not explain it any more.
    let other = said(&[("DROP TABLE", EffectKind::Drop, Some("items"))]);
    assert_eq!(objection(&other, &with(&[somebodys])).reason, Reason::HiddenDrop);
    assert_eq!(objection(&other, &with(&[index])).reason, Reason::HiddenDrop);
    // An index goes with its table, a view with what it is made from; a table goes with nothing it is not a part of.
    let of_items = ["was 20000 public items r - - - - - f", "was 20001 public items_n i 20000 - - - - f"];
    let said_of = |tag, kind, name| said(&[(tag, kind, Some(name))]);
    let alter = said_of("ALTER TABLE", EffectKind::Define, "items");
    assert!(judged(&limits(), &other, &with(&of_items)).is_ok());
    assert_eq!(objection(&alter, &with(&of_items)).reason, Reason::HiddenDrop);
    let rebuilt = |kind: &str| {
        let was = format!("was 20001 public items_n {kind} 20005 - - - - f");
        let rows = ["gone 20001", "before 0", "was 20005 public items r - - - - - f", &was];
        judged(&limits(), &alter, &reading(&rows)).is_ok()
    };
    assert!(["i", "t", "S", "v"].into_iter().all(rebuilt) && !rebuilt("r"));
    // CASCADE takes views and sequences along, and no table that is not named.
    let cascade = said(&[("DROP TABLE", EffectKind::Drop, Some("items")), ("DROP TABLE", EffectKind::Drop, None)]);
    assert!(judged(&limits(), &cascade, &with(&["was 20000 public seen v - - - - - f"])).is_ok());
    assert_eq!(objection(&cascade, &with(&[somebodys])).reason, Reason::HiddenDrop);
    // A function, a schema and a TRUNCATE of the same name are no DROP of the table.
    for (tag, kind, name) in [
        ("DROP FUNCTION", EffectKind::Drop, "orders"),
        ("DROP TABLE", EffectKind::Drop, "public"),
        ("TRUNCATE TABLE", EffectKind::Truncate, "orders"),
        ("ALTER TABLE", EffectKind::AlterLossy, "orders"),
    ] {
        assert_eq!(objection(&said_of(tag, kind, name), &with(&[somebodys])).reason, Reason::HiddenDrop, "{tag}");
    }
    // A partition goes with what it is a part of.
    let part = "was 20001 public orders_1 r 20000 - - - - f";
    assert!(
        judged(&limits(), &said(&[("DROP TABLE", EffectKind::Drop, Some("orders"))]), &with(&[somebodys, part]))
            .is_ok()
    );
    assert_eq!(objection(&other, &with(&[somebodys, part])).reason, Reason::HiddenDrop);
    let circle = "was 20000 public orders r 20000 - - - - f";
    assert_eq!(objection(&other, &with(&[circle])).reason, Reason::HiddenDrop);
    for (tag, name) in [("DROP TABLE", Some("orders")), ("DROP SCHEMA", Some("public")), ("DROP OWNED", None)] {
        assert!(
            judged(&limits(), &said(&[(tag, EffectKind::Drop, name)]), &with(&[somebodys, index])).is_ok(),
            "{tag}"
        );
    }
}

#[test]
fn single_tables_have_stricter_limits() {
    let rule = TableLimits {
        rule: "payments-are-sacred".into(),
        tables: vec![TablePattern::new("public.events")],
        rows_per_statement: Some(10),
        rows_per_transaction: Some(15),
        table_share: Some(0.005),
        over: Verdict::Hold,
    };
    let limits = Limits { tables: vec![rule], ..limits() };
    let rows =
        with(&[partition(70001, "events_1", [0, 11, 0], 90_000, "-"), table(20000, "t", [0, 500, 0], 90_000, "-")]);
    let held = judged(&limits, &Said::default(), &rows).unwrap_err();
    assert_eq!(
        (held.reason, held.verdict, held.rule.as_str()),
        (Reason::RowsPerStatement, Verdict::Hold, "payments-are-sacred")
    );
    assert_eq!(
        held.message,
        "stockade holds a statement that deletes or updates 11 rows of public.events: at most 10 may be: a person's approval \
         is what it takes (rule payments-are-sacred, rows_per_statement)"
    );
    let judge = |statement: &Reading, all: &Reading| {
        judge(&limits, &Said::default(), statement, all, None).map_err(|o| o.reason)
    };
    let more = with(&[partition(70001, "events_1", [0, 16, 0], 90_000, "-")]);
    assert_eq!(judge(&more.since(&rows), &more), Err(Reason::RowsPerTransaction));
    let few = with(&[partition(70001, "events_1", [0, 6, 0], 1000, "1000")]);
    assert_eq!(judge(&few, &few), Err(Reason::TableShare));
    // A partition that a pattern names alone is held against its own rows.
    let mut single = limits.clone();
    single.tables[0].tables = vec![TablePattern::new("public.events_1")];
    let few = with(&[partition(70001, "events_1", [0, 6, 0], 500, "100000")]);
    let share = judged(&single, &Said::default(), &few).unwrap_err();
    assert!(share.message.contains("1.2% of public.events_1"), "{}", share.message);
    // A limit of all is stricter than a hold.
    let both = with(&[partition(70001, "events_1", [0, 1100, 0], 900_000, "-")]);
    assert_eq!(judged(&limits, &Said::default(), &both).unwrap_err().verdict, Verdict::Reject);
}
