//! What the cache remembers, and how much.

use super::{Entry, FactCache, LONGEST_CACHED, SHARDS, locked};
use crate::sql::Lexing;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A cache and how many look-ups found nothing in it.
fn cache(entries: usize, bytes: usize) -> (FactCache, Arc<AtomicUsize>) {
    let missed = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&missed);
    let count = move |hit: bool| {
        counter.fetch_add(usize::from(!hit), Ordering::Relaxed);
    };
    (FactCache::bounded(entries, bytes, Box::new(count)), missed)
}

/// The entries of both generations, and what they weigh.
fn held(cache: &FactCache) -> (usize, usize) {
    let mut held = (0, 0);
    for shard in &cache.shards {
        let shard = locked(shard);
        let young: usize = shard.young.values().map(|entry| entry.weight).sum();
        assert_eq!(shard.weight, young, "the young generation's weight is kept");
        held.0 += shard.young.len() + shard.old.len();
        held.1 += young + shard.old.values().map(|entry| entry.weight).sum::<usize>();
    }
    held
}

#[test]
fn a_text_is_read_once_for_each_way_of_lexing_it() {
    let (cache, missed) = cache(100, 1 << 20);
    let text = r"SELECT 'a\', 'b'";
    let off = Lexing { standard_conforming_strings: false, ..Lexing::default() };
    for _ in 0..3 {
        assert_eq!(cache.facts(text, Lexing::default()).fault_at, None);
        assert!(cache.facts(text, off).fault_at.is_some() || cache.facts(text, off).fingerprint == 0);
    }
    assert_eq!(missed.load(Ordering::Relaxed), 2);
}

#[test]
fn a_hash_alone_is_no_key() {
    let (cache, _) = cache(100, 1 << 20);
    let drop = cache.facts("DROP TABLE a", Lexing::default());
    // Every text of these has its hash.
    let entry =
        || Entry { text: "DROP TABLE a".into(), lexing: Lexing::default(), known: Arc::clone(&drop), weight: 1 };
    for number in 0..50 {
        let text = format!("SELECT {number}");
        let hash = std::hash::BuildHasher::hash_one(&cache.hasher, (Lexing::default(), text.as_str()));
        let shard = &cache.shards[(hash >> 32) as usize % SHARDS];
        locked(shard).old.insert(hash, entry());
        assert_eq!(cache.facts(&text, Lexing::default()).statements[0].tag, "SELECT");
        locked(shard).young.insert(hash, entry());
        assert_eq!(cache.facts(&text, Lexing::default()).statements[0].tag, "SELECT");
    }
}

#[test]
fn it_is_bounded_by_entries_and_what_is_used_stays() {
    let (cache, missed) = cache(64, usize::MAX);
    cache.facts("SELECT used", Lexing::default());
    for number in 0..500 {
        cache.facts(&format!("SELECT {number}"), Lexing::default());
        cache.facts("SELECT used", Lexing::default());
    }
    assert_eq!(missed.load(Ordering::Relaxed), 501);
    assert!(held(&cache).0 <= 64, "{:?}", held(&cache));
}

#[test]
fn it_is_bounded_by_what_its_facts_take() {
    const BYTES: usize = 8 << 20;
    let (cache, _) = cache(1 << 20, BYTES);
    // Short texts with much to tell: a fact for six bytes.
    for number in 0..300 {
        cache.facts(&format!("{}SELECT {number}", "BEGIN;".repeat(200)), Lexing::default());
    }
    let (entries, weight) = held(&cache);
    assert!(entries > 2 && weight <= BYTES, "{entries} entries of {weight} bytes");
    // What would fill a generation by itself is not kept.
    let (before, _) = held(&cache);
    cache.facts(&"BEGIN;".repeat(LONGEST_CACHED / 6), Lexing::default());
    assert_eq!(held(&cache).0, before);
}

#[test]
fn trees_kept_for_execute_count() {
    let (cache, _) = cache(1 << 20, 64 << 20);
    cache.facts(&format!("SELECT {}1", "1 + ".repeat(1000)), Lexing::default());
    let (_, light) = held(&cache);
    cache.facts(&format!("PREPARE p AS SELECT {}1", "1 + ".repeat(1000)), Lexing::default());
    assert!(held(&cache).1 > 20 * light);
}

#[test]
fn without_a_record_there_are_no_fingerprints() {
    let (cache, _) = cache(100, 1 << 20);
    let (text, lexing) = ("DELETE FROM a WHERE id = 1", Lexing::default());
    let with = cache.facts(text, lexing);
    let without = FactCache::default().unrecorded().facts(text, lexing);
    assert!(with.fingerprint != 0 && without.fingerprint == 0);
    assert_eq!((&with.redacted, with.effects()), (&without.redacted, without.effects()));
}

#[test]
fn long_texts_are_not_kept() {
    let (cache, missed) = cache(100, 64 << 20);
    let text = format!("SELECT '{}'", "x".repeat(LONGEST_CACHED));
    cache.facts(&text, Lexing::default());
    cache.facts(&text, Lexing::default());
    assert_eq!((missed.load(Ordering::Relaxed), held(&cache).0), (2, 0));
}
