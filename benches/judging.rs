//! What judging costs. `cargo bench --bench judging`; how to read it: benches/README.md.
#![allow(missing_docs, reason = "criterion's macros make functions without any")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark that fails has to stop"
)]

#[path = "judging/relay.rs"]
mod relay;
#[path = "shared/sample.rs"]
mod sample;
#[path = "shared/session.rs"]
mod session;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use sample::{SAMPLE, of_length};
use session::{answer, done, exchange, message, query, session};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use stockade::classify::{Classification, classify_text};
use stockade::policy::{Context, Kind, Policy, Preset, decide};
use stockade::session::Output;
use stockade::session::cache::FactCache;
use stockade::sql::Lexing;

const READ: &str = SAMPLE[0];
/// WITH, DELETE, joins.
const WITH: &str = SAMPLE[23];

fn insert() -> String {
    let columns: Vec<String> = (0..30).map(|i| format!("column_{i}")).collect();
    let values: Vec<String> = (1..=30).map(|i| format!("${i}")).collect();
    format!("INSERT INTO measurements ({}) VALUES ({})", columns.join(", "), values.join(", "))
}

/// The answer of a megabyte of rows to a query: what the upstream's side costs a byte.
fn rows(c: &mut Criterion) {
    let mut group = c.benchmark_group("frame scan, 1 MB of DataRows");
    for (name, size) in [("100-byte rows", 100), ("4 kB rows", 4096)] {
        let answer = answer(size);
        let cache = Arc::new(FactCache::default());
        group.throughput(Throughput::Bytes(answer.len() as u64));
        group.bench_function(name, |b| {
            b.iter_batched(
                || {
                    let (mut session, mut out) = (session(Preset::AppWriter, &cache), Output::default());
                    session.frontend(&mut query(READ), &mut out).expect("a query");
                    (session, out, answer.clone())
                },
                |(mut session, mut out, mut answer)| {
                    session.backend(&mut answer, &mut out).expect("an answer");
                    (session, out, answer)
                },
                BatchSize::LargeInput,
            );
        });
    }
}

/// A Query whose text was seen before, from its bytes to the bytes for the upstream; and its answer.
fn cached(c: &mut Criterion) {
    let mut group = c.benchmark_group("query with cached facts, and its answer");
    let insert = insert();
    let done = done();
    for (name, preset, text) in [
        ("trusted, SELECT", Preset::Trusted, READ),
        ("app-writer, SELECT", Preset::AppWriter, READ),
        ("app-writer, DROP refused", Preset::AppWriter, "DROP TABLE customers"),
        ("trusted, INSERT of 30 columns", Preset::Trusted, insert.as_str()),
    ] {
        let cache = Arc::new(FactCache::default());
        let (mut session, mut out, bytes) = (session(preset, &cache), Output::default(), query(text));
        group.bench_function(name, |b| {
            b.iter(|| exchange(&mut session, &mut out, &bytes, &done));
        });
    }
}

/// The facts of a text that was read before: what a session pays to have them.
fn hit(c: &mut Criterion) {
    let mut group = c.benchmark_group("cached facts");
    let cache = FactCache::default();
    for bytes in [60, 300, 4096] {
        let text = of_length(bytes);
        group.bench_function(format!("{bytes} bytes"), |b| {
            b.iter(|| cache.facts(black_box(&text), Lexing::default()));
        });
    }
}

/// A text read for the first time: parser, tree, effects.
fn cold(c: &mut Criterion) {
    let mut group = c.benchmark_group("classification, cold");
    let insert = insert();
    for (name, text) in [("short SELECT", READ), ("INSERT of 30 columns", &insert), ("WITH, DELETE, joins", WITH)] {
        group.bench_function(name, |b| b.iter(|| classify_text(black_box(text), Lexing::default())));
    }
    group.bench_function("the sample", |b| {
        b.iter(|| SAMPLE.iter().for_each(|text| drop(classify_text(black_box(text), Lexing::default()))));
    });
}

/// Facts to decision.
fn decision(c: &mut Criterion) {
    let mut group = c.benchmark_group("decision");
    let policy = Policy::new("bench", Kind::Agent, Preset::AppWriter);
    for (name, text) in [("allow", READ), ("reject", "DROP TABLE a, b, c"), ("allow, four effects", WITH)] {
        let facts = classify_text(text, Lexing::default());
        let statements: Vec<&Classification> = facts.statements.iter().collect();
        group.bench_function(name, |b| {
            b.iter(|| decide(black_box(&policy), black_box(&statements), &Context::default()))
        });
    }
}

criterion_group! {
    name = judging;
    config = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2)).sample_size(50);
    targets = rows, cached, hit, cold, decision
}
criterion_main!(judging, relay::relay);
