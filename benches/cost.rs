//! What judging costs, in a unit that a busy machine cannot change: instructions, counted by valgrind; and ratios of
//! times taken by turns. `cargo bench --bench cost`; how to read it: benches/README.md.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark that fails has to stop"
)]

#[path = "cost/runs.rs"]
mod runs;
#[path = "shared/sample.rs"]
mod sample;
#[path = "shared/session.rs"]
mod session;

use bytes::BytesMut;
use pg_query::ParserOptions;
use sample::{SAMPLE, of_length};
use session::{answer, done, exchange, query};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use stockade::audit;
use stockade::classify::{Classification, classify_text, classify_unrecorded};
use stockade::policy::{Context, Kind, Policy, Preset, decide};
use stockade::session::Output;
use stockade::session::cache::FactCache;
use stockade::sql::{self, Lexing};

/// What each scenario may cost at most.
const BUDGETS: &str = include_str!("cost.toml");

const HELP: &str = "cargo bench --bench cost            instructions, against benches/cost.toml (needs valgrind)
cargo bench --bench cost -- --each  ratio of instructions of each statement of the sample (needs valgrind)
cargo bench --bench cost -- --parts what a cold classification is made of (needs valgrind)
cargo bench --bench cost -- --times ratio of times, by turns";

type Work = Box<dyn FnMut()>;
/// What is done with a text.
type Way = fn(&str);

fn main() -> ExitCode {
    // As the proxy's threads have it.
    let thread = std::thread::Builder::new().stack_size(8 << 20).spawn(measure).expect("a thread");
    thread.join().unwrap_or(ExitCode::FAILURE)
}

fn measure() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => budgets(),
        ["--each"] => each(),
        ["--times"] => times(),
        ["--run", name, rounds] => {
            let mut work = scenario(name);
            (0..rounds.parse().expect("a number")).for_each(|_: u32| work());
            ExitCode::SUCCESS
        }
        ["--parts"] => parts(),
        _ => {
            eprintln!("{HELP}");
            ExitCode::FAILURE
        }
    }
}

/// One round of a scenario. Each does its work once beforehand, so that what happens once is not counted.
fn scenario(name: &str) -> Work {
    let (name, detail) = name.split_once(' ').unwrap_or((name, ""));
    let number = || detail.parse::<usize>().expect("a number");
    let mut work: Work = match name {
        // The sample, or one of it.
        "cold" => over(detail, classify),
        "unrecorded" => over(detail, classify_only),
        "parses" => over(detail, parses),
        // Its parts.
        "pg_query" => over(detail, first_parse),
        "sqlparser" => over(detail, second_parse),
        "read" => over(detail, |text| drop(black_box(sql::read(text, Lexing::default())))),
        "read_second" => over(detail, |text| drop(black_box(sql::read_second(text)))),
        "redact" => over(detail, |text| drop(black_box(sql::redact(text, Lexing::default())))),
        "fingerprint" => over(detail, |text| {
            black_box(sql::fingerprint(text, Lexing::default()));
        }),
        "hit" => {
            let (cache, text) = (FactCache::default(), of_length(number()));
            Box::new(move || drop(black_box(cache.facts(black_box(&text), Lexing::default()))))
        }
        "shape" => {
            let cache = FactCache::default();
            let mut texts = (10_000..).map(|key| format!("SELECT abalance FROM accounts WHERE aid = {key}"));
            // The second text of a shape tries it, the third trusts it.
            (0..3).for_each(|_| drop(cache.facts(&texts.next().expect("a text"), Lexing::default())));
            let (texts, mut at): (Vec<String>, usize) = (texts.take(1100).collect(), 0);
            Box::new(move || {
                drop(black_box(cache.facts(black_box(&texts[at]), Lexing::default())));
                at += 1;
            })
        }
        "query" => {
            let cache = Arc::new(FactCache::default());
            let preset = Preset::ALL.into_iter().find(|preset| preset.as_str() == detail).expect("a preset");
            let (mut session, mut out) = (session::session(preset, &cache), Output::default());
            let (query, answer) = (query(SAMPLE[0]), done());
            Box::new(move || exchange(&mut session, &mut out, &query, &answer))
        }
        "extended" => {
            // Parse of the unnamed statement, Bind, Describe, Execute and Sync: what most drivers send for a text.
            let cache = Arc::new(FactCache::default());
            let (mut session, mut out) = (session::session(Preset::AppWriter, &cache), Output::default());
            let (run, answer) = (runs::extended(SAMPLE[0]), runs::run_answer(true));
            Box::new(move || exchange(&mut session, &mut out, &run, &answer))
        }
        "prepared" => {
            // Bind of a named statement, Execute and Sync.
            let cache = Arc::new(FactCache::default());
            let (mut session, mut out) = (session::session(Preset::AppWriter, &cache), Output::default());
            let mut parse = runs::parse("S_1", SAMPLE[0]);
            session::message(b'S', b"", &mut parse);
            let mut parsed = BytesMut::new();
            session::message(b'1', b"", &mut parsed);
            session::message(b'Z', b"I", &mut parsed);
            exchange(&mut session, &mut out, &parse, &parsed);
            let (run, answer) = (runs::prepared("S_1"), runs::run_answer(false));
            Box::new(move || exchange(&mut session, &mut out, &run, &answer))
        }
        "literals" => {
            // A Query that differs from the session's last one in its literals.
            let cache = Arc::new(FactCache::default());
            let (mut session, mut out) = (session::session(Preset::AppWriter, &cache), Output::default());
            let (mut key, answer) = (10_000, done());
            let mut next = move || {
                key += 1;
                query(&format!("SELECT abalance FROM accounts WHERE aid = {key}"))
            };
            (0..4).for_each(|_| exchange(&mut session, &mut out, &next(), &answer));
            let (texts, mut at): (Vec<BytesMut>, usize) = ((0..20).map(|_| next()).collect(), 0);
            Box::new(move || {
                exchange(&mut session, &mut out, &texts[at], &answer);
                at += 1;
            })
        }
        "rows" => {
            let cache = Arc::new(FactCache::default());
            let (mut session, mut out) = (session::session(Preset::AppWriter, &cache), Output::default());
            let (query, answer) = (query(SAMPLE[0]), answer(number()));
            Box::new(move || exchange(&mut session, &mut out, &query, &answer))
        }
        "decide" => {
            let policy = Policy::new("bench", Kind::Agent, Preset::AppWriter);
            let facts =
                classify_text(if detail == "allow" { SAMPLE[0] } else { "DROP TABLE a, b, c" }, Lexing::default());
            Box::new(move || {
                let statements: Vec<&Classification> = facts.statements.iter().collect();
                drop(black_box(decide(black_box(&policy), black_box(&statements), &Context::default())));
            })
        }
        "record" => record(),
        _ => panic!("no scenario {name}"),
    };
    work();
    work
}

/// The record of a read that was allowed, whose text is known; the writer's part of it as well.
fn record() -> Work {
    let counter = |name| prometheus::IntCounter::new(name, name).expect("a counter");
    let gauge = |name| prometheus::IntGauge::new(name, name).expect("a gauge");
    let gauges =
        audit::Gauges { records: counter("a"), failures: counter("b"), queue: gauge("c"), healthy: gauge("d") };
    let settings = audit::Settings::new(audit::Destination::File("/dev/null".into()));
    let recorder = audit::Recorder::start(&settings, gauges).expect("a recorder");
    let scribe = recorder.scribe(&audit::Session {
        connection: 4711,
        principal: "shop".into(),
        user: "agent".into(),
        database: "shop".into(),
        client: Some(([127, 0, 0, 1], 55_001).into()),
    });
    let policy = Policy::new("bench", Kind::Agent, Preset::AppWriter);
    let facts = classify_text(SAMPLE[0], Lexing::default());
    let statements: Vec<&Classification> = facts.statements.iter().collect();
    let decision = decide(&policy, &statements, &Context::default());
    let text = recorder.text(SAMPLE[0].as_bytes(), &facts.redacted);
    let shown = facts.statements.iter().map(|statement| audit::Statement {
        tag: statement.tag,
        effects: statement.effects(),
        relations: Vec::new(),
    });
    let (shown, time) = (shown.collect(), SystemTime::now());
    Box::new(move || {
        let taken = scribe.record(&audit::Record {
            time,
            protocol: audit::Protocol::Simple,
            fingerprint: facts.fingerprint,
            text: &text,
            text_bytes: SAMPLE[0].len(),
            statements: &shown,
            decision: &decision,
            rows: Some(1),
            error: None,
            duration: Duration::from_micros(40),
        });
        taken.expect("room");
    })
}

fn over(detail: &str, work: Way) -> Work {
    let texts = detail.parse::<usize>().map_or_else(|_| SAMPLE.to_vec(), |index| vec![SAMPLE[index]]);
    Box::new(move || texts.iter().for_each(|text| work(black_box(text))))
}

fn classify(text: &str) {
    drop(black_box(classify_text(text, Lexing::default())));
}

fn classify_only(text: &str) {
    drop(black_box(classify_unrecorded(text, Lexing::default())));
}

/// The two parses that a cold classification cannot do without, trees made and dropped.
fn parses(text: &str) {
    first_parse(text);
    second_parse(text);
}

fn first_parse(text: &str) {
    drop(black_box(pg_query::parse(text, ParserOptions::DISABLE_ESCAPE_STRING_WARNING)));
}

fn second_parse(text: &str) {
    let tree = Parser::new(&PostgreSqlDialect {}).try_with_sql(text).and_then(|mut parser| parser.parse_statements());
    drop(black_box(tree));
}

/// Every budget and what it is spent on.
fn budgets() -> ExitCode {
    if !has_valgrind() {
        println!("valgrind is missing (apt-get install valgrind): no instructions are counted, no budget is checked");
        return ExitCode::SUCCESS;
    }
    let budgets: BTreeMap<String, f64> = toml::from_str(BUDGETS).expect("budgets");
    let mut counted: BTreeMap<String, f64> = BTreeMap::new();
    let mut over = false;
    println!("{:<28} {:>14} {:>14}", "", "instructions", "at most");
    for (name, budget) in &budgets {
        let mut count = |name: &str| *counted.entry(name.to_owned()).or_insert_with(|| instructions(name));
        let cost = match name.split_once(" / ") {
            Some((above, below)) => count(above) / count(below),
            None => count(name),
        };
        let digits = if name.contains('/') { 3 } else { 0 };
        let verdict = if cost > *budget { "  OVER" } else { "" };
        println!("{name:<28} {cost:>14.digits$} {budget:>14.digits$}{verdict}");
        over |= cost > *budget;
    }
    if over { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Instructions of the parts of a cold classification of the sample.
fn parts() -> ExitCode {
    for name in
        ["pg_query", "sqlparser", "parses", "read", "read_second", "redact", "fingerprint", "unrecorded", "cold"]
    {
        println!("{name:<16} {:>14.0}", instructions(name));
    }
    ExitCode::SUCCESS
}

/// Instructions of a cold classification against those of the two parses, statement by statement.
fn each() -> ExitCode {
    if !has_valgrind() {
        println!("valgrind is missing (apt-get install valgrind): no instructions are counted");
        return ExitCode::SUCCESS;
    }
    let measured = |index: usize| {
        let ratio = instructions(&format!("cold {index}")) / instructions(&format!("parses {index}"));
        println!("{ratio:.3}  {}", SAMPLE[index].chars().take(100).collect::<String>());
        ratio
    };
    println!("median {:.3}", median((0..SAMPLE.len()).map(measured).collect()));
    ExitCode::SUCCESS
}

fn has_valgrind() -> bool {
    Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Instructions of one round: what a run of more rounds takes beyond one of fewer.
fn instructions(name: &str) -> f64 {
    let is_short = ["hit", "shape", "decide", "record"].iter().any(|short| name.starts_with(short));
    let rounds = if is_short { 1000 } else { 10 };
    (run(name, rounds) - run(name, 0)) / f64::from(rounds)
}

fn run(name: &str, rounds: u32) -> f64 {
    let this = std::env::current_exe().expect("this program");
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(this)
        .args(["--run", name, &rounds.to_string()])
        .output()
        .expect("valgrind runs");
    let told = String::from_utf8_lossy(&output.stderr);
    let count = told.lines().find_map(|line| line.split_once("refs:")).map(|(_, count)| count.trim().replace(',', ""));
    count.and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("valgrind counted nothing: {told}"))
}

/// Times by turns, so that what slows one slows the others.
fn times() -> ExitCode {
    const TURNS: usize = 301;
    let ways: [(&str, Way); 3] =
        [("the two parses", parses), ("classification", classify_only), ("classification and fingerprint", classify)];
    // Of each way: the sum of its medians, and how often as long as the parses it takes for each text.
    let (mut sums, mut ratios) = ([0.0; 3], [const { Vec::new() }; 3]);
    for text in SAMPLE {
        let mut times = [const { Vec::new() }; 3];
        for _ in 0..TURNS {
            for (way, times) in ways.iter().zip(&mut times) {
                times.push(time(1, || way.1(text)));
            }
        }
        let medians = times.map(median);
        for way in 0..ways.len() {
            sums[way] += medians[way];
            ratios[way].push(medians[way] / medians[0]);
        }
    }
    for ((name, _), (sum, ratios)) in ways.iter().zip(sums.iter().zip(ratios)) {
        println!("{name}: {:.3} of the sums, {:.3} in the median", sum / sums[0], median(ratios));
    }
    for bytes in [60, 300, 4096] {
        let mut hit = scenario(&format!("hit {bytes}"));
        let times = (0..TURNS).map(|_| time(1000, &mut hit)).collect();
        println!("a cached text of {bytes} bytes: {:.0} ns", median(times));
    }
    ExitCode::SUCCESS
}

/// Nanoseconds of one of these rounds.
fn time(rounds: u32, mut work: impl FnMut()) -> f64 {
    let started = Instant::now();
    (0..rounds).for_each(|_| work());
    started.elapsed().as_secs_f64() * 1e9 / f64::from(rounds)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
