//! What judging costs. `cargo bench --bench judging`; how to read it: benches/README.md.
#![allow(missing_docs, reason = "criterion's macros make functions without any")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark that fails has to stop"
)]

use bytes::{BufMut, BytesMut};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use stockade::classify::{Classification, classify_text};
use stockade::policy::{Account, Anchor, Context, Kind, Policy, Preset, decide};
use stockade::session::cache::FactCache;
use stockade::session::{Output, Session, Setup};
use stockade::sql::Lexing;

const READ: &str = "SELECT id, name FROM customers WHERE id = $1";
const WITH: &str = "WITH recent AS (SELECT customer_id, sum(total) AS spent FROM orders WHERE placed > now() - interval '30 days' \
    GROUP BY customer_id), gone AS (DELETE FROM carts c USING recent r WHERE c.customer_id = r.customer_id AND c.id = $1 \
    RETURNING c.id) SELECT r.customer_id, r.spent, count(g.id) FROM recent r LEFT JOIN gone g ON true GROUP BY 1, 2 ORDER BY 2 DESC";

fn insert() -> String {
    let columns: Vec<String> = (0..30).map(|i| format!("column_{i}")).collect();
    let values: Vec<String> = (1..=30).map(|i| format!("${i}")).collect();
    format!("INSERT INTO measurements ({}) VALUES ({})", columns.join(", "), values.join(", "))
}

fn message(tag: u8, body: &[u8], out: &mut BytesMut) {
    out.put_u8(tag);
    out.put_u32(u32::try_from(body.len() + 4).expect("short"));
    out.put_slice(body);
}

fn query(text: &str) -> BytesMut {
    let mut bytes = BytesMut::new();
    message(b'Q', &[text.as_bytes(), b"\0"].concat(), &mut bytes);
    bytes
}

/// A session that is authenticated and idle.
fn session(preset: Preset, cache: &Arc<FactCache>) -> Session {
    let policy = Policy::new("bench", Kind::Agent, preset);
    let anchor = Anchor { instant: Instant::now(), unix: Duration::ZERO };
    let mut session = Session::new(Setup {
        account: Arc::new(Account::new(&policy, anchor)),
        policy: Arc::new(policy),
        cache: Arc::clone(cache),
        secret: [0; 32],
        clock: Instant::now,
        client_tls: false,
        binds_channel: false,
        keep_text: false,
        client_read_only: false,
        replication: false,
    });
    let mut start = BytesMut::new();
    message(b'R', &[0; 4], &mut start);
    message(b'Z', b"I", &mut start);
    session.backend(&mut start, &mut Output::default()).expect("a start");
    session
}

/// The answer of a megabyte of rows to a query: what the upstream's side costs a byte.
fn rows(c: &mut Criterion) {
    let mut group = c.benchmark_group("frame scan, 1 MB of DataRows");
    for (name, size) in [("100-byte rows", 100), ("4 kB rows", 4096)] {
        let mut answer = BytesMut::new();
        while answer.len() < 1_000_000 {
            message(b'D', &vec![b'x'; size], &mut answer);
        }
        message(b'C', b"SELECT 1\0", &mut answer);
        message(b'Z', b"I", &mut answer);
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
    let mut done = BytesMut::new();
    message(b'C', b"SELECT 1\0", &mut done);
    message(b'Z', b"I", &mut done);
    for (name, preset, text) in [
        ("trusted, SELECT", Preset::Trusted, READ),
        ("app-writer, SELECT", Preset::AppWriter, READ),
        ("app-writer, DROP refused", Preset::AppWriter, "DROP TABLE customers"),
        ("trusted, INSERT of 30 columns", Preset::Trusted, insert.as_str()),
    ] {
        let cache = Arc::new(FactCache::default());
        let (mut session, mut out, bytes) = (session(preset, &cache), Output::default(), query(text));
        group.bench_function(name, |b| {
            b.iter(|| {
                session.frontend(&mut bytes.clone(), &mut out).expect("a query");
                out.to_upstream.bytes().clear();
                session.backend(&mut done.clone(), &mut out).expect("an answer");
                out.to_client.clear();
                out.events.clear();
            });
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
    targets = rows, cached, cold, decision
}
#[path = "judging/relay.rs"]
mod relay;
criterion_main!(judging, relay::relay);
