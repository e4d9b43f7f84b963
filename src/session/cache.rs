//! Readings by exact text and lexing mode, shared between sessions. Facts are cached, never verdicts.

#[cfg(test)]
mod tests;

use crate::classify::{TextFacts, classify_text, classify_unrecorded};
use crate::sql::Lexing;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

/// Texts longer than this are read each time: they are rarely sent twice, and would fill the cache.
const LONGEST_CACHED: usize = 16 * 1024;
const SHARDS: usize = 16;
/// What the whole cache holds at most, in bytes.
const MOST_BYTES: usize = 64 << 20;
/// What an entry takes beside its text and its facts: its place in the map, the allocations' own.
const ENTRY: usize = 160;

/// A text and its facts.
#[derive(Debug)]
struct Entry {
    text: Box<str>,
    lexing: Lexing,
    facts: Arc<TextFacts>,
    /// About what it takes, in bytes.
    weight: usize,
}

/// Entries by their hash. Of two texts with one hash, which nobody can look for, the later one stays.
type Generation = HashMap<u64, Entry, BuildHasherDefault<Hashed>>;

/// Two generations a shard: when the young one is full it becomes the old one, and the old one is dropped.
#[derive(Debug, Default)]
struct Shard {
    young: Generation,
    /// What the young generation's entries weigh together.
    weight: usize,
    old: Generation,
}

/// Told of each look-up, whether the text was remembered.
pub type Observer = Box<dyn Fn(bool) + Send + Sync>;

/// The cache. Bounded by entries and by the memory they take; a text that is used stays.
pub struct FactCache {
    shards: [Mutex<Shard>; SHARDS],
    /// Keyed at random, so that no client can choose texts that fall together.
    hasher: RandomState,
    /// Of one generation of one shard.
    bounds: Bounds,
    observer: Observer,
    classify: fn(&str, Lexing) -> TextFacts,
}

#[derive(Debug, Clone, Copy)]
struct Bounds {
    entries: usize,
    bytes: usize,
}

impl std::fmt::Debug for FactCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FactCache").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

impl Default for FactCache {
    fn default() -> Self {
        Self::new(8192, Box::new(|_| {}))
    }
}

impl FactCache {
    /// A cache that holds about that many texts, or as many as fit into 64 MiB.
    pub fn new(entries: usize, observer: Observer) -> Self {
        Self::bounded(entries, MOST_BYTES, observer)
    }

    fn bounded(entries: usize, bytes: usize, observer: Observer) -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
            hasher: RandomState::new(),
            bounds: Bounds { entries: (entries / SHARDS / 2).max(1), bytes: bytes / SHARDS / 2 },
            observer,
            classify: classify_text,
        }
    }

    /// The same for sessions that nobody records: its facts have no fingerprints.
    #[must_use]
    pub fn unrecorded(self) -> Self {
        Self { classify: classify_unrecorded, ..self }
    }

    /// The facts of a text: remembered, or read now.
    pub fn facts(&self, text: &str, lexing: Lexing) -> Arc<TextFacts> {
        if text.len() > LONGEST_CACHED {
            (self.observer)(false);
            return Arc::new((self.classify)(text, lexing));
        }
        let hash = self.hasher.hash_one((lexing, text));
        // The map takes its bits from both ends.
        let shard = self.shards.get((hash >> 32) as usize % SHARDS);
        if let Some(facts) = shard.and_then(|shard| lookup(shard, self.bounds, hash, text, lexing)) {
            (self.observer)(true);
            return facts;
        }
        (self.observer)(false);
        // Read outside the lock: a slow parse must not stop the other sessions.
        let facts = Arc::new((self.classify)(text, lexing));
        let weight = ENTRY + text.len() + facts.weight(text.len());
        if let Some(shard) = shard
            && weight <= self.bounds.bytes
        {
            let entry = Entry { text: text.into(), lexing, facts: Arc::clone(&facts), weight };
            let retired = insert(&mut locked(shard), self.bounds, hash, entry);
            // Dropped when the lock is free again.
            drop(retired);
        }
        facts
    }
}

fn locked(shard: &Mutex<Shard>) -> std::sync::MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lookup(shard: &Mutex<Shard>, bounds: Bounds, hash: u64, text: &str, lexing: Lexing) -> Option<Arc<TextFacts>> {
    let is_it = |entry: &&Entry| entry.lexing == lexing && *entry.text == *text;
    let mut shard = locked(shard);
    if let Some(entry) = shard.young.get(&hash).filter(is_it) {
        return Some(Arc::clone(&entry.facts));
    }
    let facts = Arc::clone(&shard.old.get(&hash).filter(is_it)?.facts);
    let entry = shard.old.remove(&hash)?;
    let retired = insert(&mut shard, bounds, hash, entry);
    drop(shard);
    drop(retired);
    Some(facts)
}

/// Takes an entry into the young generation, and gives back what there is no room for any more.
fn insert(shard: &mut Shard, bounds: Bounds, hash: u64, entry: Entry) -> (Option<Entry>, Generation) {
    let is_full = shard.young.len() >= bounds.entries || shard.weight + entry.weight > bounds.bytes;
    let retired = if is_full {
        shard.weight = 0;
        let full = std::mem::take(&mut shard.young);
        std::mem::replace(&mut shard.old, full)
    } else {
        Generation::default()
    };
    shard.weight += entry.weight;
    let replaced = shard.young.insert(hash, entry);
    shard.weight -= replaced.as_ref().map_or(0, |entry| entry.weight);
    (replaced, retired)
}

/// The hasher of what is a hash already.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
