//! The golden corpus: what each statement does and what the presets say of it, by text alone. See `tests/corpus`.

use crate::support;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;
use stockade::classify::{Bound, Classification, Effect, EffectKind, Step, classify_execute, classify_text};
use stockade::policy::{Context, Kind, Policy, Preset, Verdict, decide, sent_instead};
use stockade::sql::{Lexing, Statement};

/// One family: a file of `tests/corpus`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    case: Vec<Case>,
}

/// One case. `tests/corpus/README.md` describes each key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    id: String,
    sql: Option<String>,
    #[serde(default)]
    messages: Vec<String>,
    effects: Option<Vec<String>>,
    effects_include: Option<Vec<String>>,
    bound: Option<String>,
    relations: Option<Vec<String>>,
    verdict: String,
    read_only: Option<String>,
    migrator: Option<String>,
    #[serde(default)]
    backslash_escapes: bool,
    source: Option<String>,
    #[serde(rename = "note")]
    _note: Option<String>,
    pending: Option<String>,
}

/// What the code says of a case.
struct Seen {
    effects: BTreeSet<&'static str>,
    bound: Option<&'static str>,
    relations: BTreeSet<String>,
    verdicts: [Verdict; 3],
}

const PRESETS: [Preset; 3] = [Preset::AppWriter, Preset::ReadOnly, Preset::Migrator];

/// A session as far as its texts tell: how it lexes and what its prepared statements are.
#[derive(Default)]
struct Session {
    lexing: Lexing,
    prepared: BTreeMap<Box<str>, Arc<Statement>>,
}

impl Session {
    /// A message's statements, with what they execute.
    fn run(&mut self, text: &str) -> Vec<Classification> {
        let facts = classify_text(text, self.lexing);
        let mut all = Vec::new();
        for statement in facts.statements {
            for step in &statement.steps {
                match step {
                    Step::Prepare { name, statement } => {
                        self.prepared.insert(name.clone(), Arc::clone(statement));
                    }
                    Step::Execute { name, arguments } => all.push(match self.prepared.get(name) {
                        Some(prepared) => classify_execute(prepared, arguments),
                        None => nobody_prepared(&statement),
                    }),
                    Step::Deallocate(Some(name)) => drop(self.prepared.remove(name)),
                    Step::Deallocate(None) => self.prepared.clear(),
                    _ => {}
                }
            }
            all.push(statement);
        }
        all
    }
}

fn nobody_prepared(execute: &Classification) -> Classification {
    let what = "EXECUTE of a name nobody prepared".into();
    let effect = Effect { kind: EffectKind::Unknown, relation: None, bound: None, what, time: None, code: None };
    Classification { effects: vec![effect], steps: Vec::new(), ..execute.clone() }
}

fn bound_name(bound: Bound) -> &'static str {
    match bound {
        Bound::None => "none",
        Bound::Constant => "constant",
        Bound::Weak => "weak",
        Bound::Predicate => "predicate",
        Bound::Key => "key",
    }
}

fn see(case: &Case) -> Seen {
    let lexing = Lexing { standard_conforming_strings: !case.backslash_escapes, ..Lexing::default() };
    let mut session = Session { lexing, ..Session::default() };
    let policies = PRESETS.map(|preset| Policy::new("agent", Kind::Agent, preset));
    let mut verdicts = [Verdict::Allow; 3];
    let mut effects: Vec<Effect> = Vec::new();
    for message in case.sql.iter().chain(&case.messages) {
        let statements = session.run(message);
        let facts: Vec<&Classification> = statements.iter().collect();
        for (verdict, policy) in verdicts.iter_mut().zip(&policies) {
            let instead = sent_instead(policy, &facts).map(|text| classify_text(&text, lexing).statements);
            let sent = instead.as_ref().map_or_else(|| facts.clone(), |sent| sent.iter().collect());
            *verdict = (*verdict).max(decide(policy, &sent, &Context::default()).verdict);
        }
        effects.extend(statements.into_iter().flat_map(|statement| statement.effects));
    }
    Seen {
        effects: effects.iter().map(|effect| effect.kind.as_str()).collect(),
        bound: effects.iter().filter_map(|effect| effect.bound).min().map(bound_name),
        relations: effects.iter().filter_map(|effect| effect.relation.as_ref()).map(ToString::to_string).collect(),
        verdicts,
    }
}

/// What differs, a line a difference.
fn differences(case: &Case) -> String {
    let seen = see(case);
    let mut out = String::new();
    let mut check = |what: &str, want: &dyn std::fmt::Debug, got: &dyn std::fmt::Debug, same: bool| {
        if !same {
            let _ = writeln!(out, "    {what}: want {want:?}, got {got:?}");
        }
    };
    let set = |names: &Vec<String>| names.iter().map(String::clone).collect::<BTreeSet<_>>();
    let got: BTreeSet<String> = seen.effects.iter().map(ToString::to_string).collect();
    if let Some(want) = case.effects.as_ref().map(set) {
        check("effects", &want, &got, want == got);
    }
    if let Some(want) = case.effects_include.as_ref().map(set) {
        check("effects-include", &want, &got, want.is_subset(&got));
    }
    if let Some(want) = case.bound.as_deref() {
        check("bound", &want, &seen.bound, seen.bound == Some(want));
    }
    if let Some(want) = case.relations.as_ref().map(set) {
        check("relations", &want, &seen.relations, want.is_subset(&seen.relations));
    }
    // Where a verdict is not given it is app-writer's; where not all effects are given, nothing is said of it.
    let otherwise = case.effects.as_ref().map(|_| &case.verdict);
    let wanted = [Some(&case.verdict), case.read_only.as_ref().or(otherwise), case.migrator.as_ref().or(otherwise)];
    for ((preset, got), want) in PRESETS.into_iter().zip(seen.verdicts).zip(wanted) {
        let Some(want) = want else { continue };
        check(preset.as_str(), want, &got.as_str(), want == got.as_str());
    }
    out
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus"))
}

/// Every case, with its file's name.
fn cases() -> Vec<(String, Case)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the corpus")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|path| {
            let family = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(path).expect("a file");
            let parsed: Family = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            parsed.case.into_iter().map(move |case| (family.clone(), case))
        })
        .collect()
}

#[test]
fn every_case_is_what_it_should_be() {
    let cases = cases();
    let mut wrong = String::new();
    let mut count = 0;
    for (family, case) in &cases {
        let differences = differences(case);
        let report = match (&case.pending, differences.is_empty()) {
            (None, true) | (Some(_), false) => continue,
            (None, false) => differences,
            (Some(_), true) => "    is no longer pending: remove the mark\n".to_owned(),
        };
        count += 1;
        let text: Vec<&String> = case.sql.iter().chain(&case.messages).collect();
        let _ = writeln!(wrong, "{family}: {} {text:?}\n{report}", case.id);
    }
    assert!(wrong.is_empty(), "{count} of {} cases differ:\n\n{wrong}", cases.len());
}

/// What got around others, sent to the running proxy in both protocols: it comes back as an error, and nothing is lost.
#[test]
fn public_bypasses_are_refused_in_front_of_a_real_server() {
    let database = support::database_with(
        "CREATE TABLE ledger (id serial PRIMARY KEY, amount int); INSERT INTO ledger (amount) VALUES (1), (2);
         CREATE TABLE users (id int); INSERT INTO users VALUES (1); CREATE TABLE orders (id int);
         CREATE TABLE notes (id int); CREATE TABLE some_table (x int); CREATE TABLE t_sales (prod text)",
    );
    let before = snapshot(&database);
    let reader = support::Stockade::start(&["--preset", "read-only"]);
    for (name, stockade) in [("app-writer", support::stockade("app-writer")), ("read-only", &reader)] {
        let mut client = database.open_through(stockade);
        let mut refused = 0;
        for (_, case) in cases().into_iter().filter(|(family, _)| family == "public-bypasses") {
            let verdict = case.read_only.as_ref().filter(|_| name == "read-only").unwrap_or(&case.verdict);
            if verdict == "allow" {
                continue;
            }
            let messages: Vec<&String> = case.sql.iter().chain(&case.messages).collect();
            for extended in [false, true] {
                let errors: Vec<String> = messages
                    .iter()
                    .map(|message| if extended { client.extended(message, &[]) } else { client.query(message) })
                    .map(|answer| answer.error().map(|error| error.field(b'M')).unwrap_or_default())
                    .collect();
                let seen = errors.iter().any(|error| error.starts_with("stockade refused "));
                assert!(seen, "{name} {} extended {extended}: {errors:?}", case.id);
                client.query("ROLLBACK");
                refused += 1;
            }
        }
        assert!(refused > 150, "{refused}");
    }
    assert_eq!(snapshot(&database), before);
}

/// What is in a database, by a look past Stockade.
fn snapshot(database: &support::Database) -> String {
    database.open().value(
        "SELECT string_agg(relname || reltuples, ',' ORDER BY relname) || (SELECT count(*) FROM ledger) \
         || (SELECT sum(amount) FROM ledger) || (SELECT count(*) FROM users) || (SELECT count(*) FROM pg_proc) \
         FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    )
}

#[test]
fn the_corpus_is_whole() {
    let cases = cases();
    let mut faults = Vec::new();
    let mut ids = BTreeSet::new();
    let mut texts = BTreeSet::new();
    for (family, case) in &cases {
        let id = &case.id;
        if !ids.insert(id) {
            faults.push(format!("{id}: there are two of that id"));
        }
        if !id.strip_prefix(family.as_str()).is_some_and(|rest| rest.starts_with('-')) {
            faults.push(format!("{id}: an id starts with its family, {family}"));
        }
        if case.sql.is_some() != case.messages.is_empty() {
            faults.push(format!("{id}: either sql or messages"));
        }
        if !texts.insert((&case.sql, &case.messages, case.backslash_escapes)) {
            faults.push(format!("{id}: that text is there twice"));
        }
        if case.effects.is_some() == case.effects_include.is_some() {
            faults.push(format!("{id}: either effects or effects-include"));
        }
        for name in case.effects.iter().chain(&case.effects_include).flatten() {
            if EffectKind::from_name(name).is_none() {
                faults.push(format!("{id}: there is no effect {name}"));
            }
        }
        for verdict in [Some(&case.verdict), case.read_only.as_ref(), case.migrator.as_ref()].into_iter().flatten() {
            if !Verdict::ALL.iter().any(|known| known.as_str() == verdict) {
                faults.push(format!("{id}: there is no verdict {verdict}"));
            }
        }
        if family == "public-bypasses" && !case.source.as_ref().is_some_and(|source| source.starts_with("https://")) {
            faults.push(format!("{id}: a public bypass names its source"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(cases.len() >= 600, "only {} cases", cases.len());
    let refused = cases.iter().filter(|(_, case)| case.verdict == "reject").count();
    assert!(refused > 250 && cases.len() - refused > 250, "attacks and harmless statements both count: {refused}");
    let unseen: Vec<&str> = EffectKind::ALL
        .into_iter()
        // These two are no matter of text.
        .filter(|kind| !matches!(kind, EffectKind::FunctionCall | EffectKind::Replication))
        .map(EffectKind::as_str)
        .filter(|kind| !cases.iter().any(|(_, case)| case.effects.iter().flatten().any(|name| name == kind)))
        .collect();
    assert!(unseen.is_empty(), "no case has {unseen:?}");
}
