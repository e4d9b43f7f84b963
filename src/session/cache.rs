//! Readings by exact text and lexing mode, shared between sessions. Facts are cached, never verdicts.

use crate::classify::{TextFacts, classify_text};
use crate::sql::Lexing;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

/// Texts longer than this are read each time: they are rarely sent twice, and would fill the cache.
const LONGEST_CACHED: usize = 16 * 1024;
const SHARDS: usize = 16;

type Key = (Lexing, Box<str>);

/// Two generations a shard: when the young one is full it becomes the old one, and the old one is dropped.
#[derive(Debug, Default)]
struct Shard {
    young: HashMap<Key, Arc<TextFacts>>,
    old: HashMap<Key, Arc<TextFacts>>,
}

/// Told of each look-up, whether the text was remembered.
pub type Observer = Box<dyn Fn(bool) + Send + Sync>;

/// The cache. Bounded by entries; a text that is used stays.
pub struct FactCache {
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
    /// Entries of one generation of one shard.
    generation: usize,
    observer: Observer,
}

impl std::fmt::Debug for FactCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FactCache").field("generation", &self.generation).finish_non_exhaustive()
    }
}

impl Default for FactCache {
    fn default() -> Self {
        Self::new(8192, Box::new(|_| {}))
    }
}

impl FactCache {
    /// A cache that holds about that many texts.
    pub fn new(entries: usize, observer: Observer) -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
            hasher: RandomState::new(),
            generation: (entries / SHARDS / 2).max(1),
            observer,
        }
    }

    /// The facts of a text: remembered, or read now.
    pub fn facts(&self, text: &str, lexing: Lexing) -> Arc<TextFacts> {
        if text.len() > LONGEST_CACHED {
            (self.observer)(false);
            return Arc::new(classify_text(text, lexing));
        }
        let key: Key = (lexing, text.into());
        let shard = self.shards.get(self.hasher.hash_one(&key) as usize % SHARDS);
        if let Some(facts) = shard.and_then(|s| lookup(s, &key)) {
            (self.observer)(true);
            return facts;
        }
        (self.observer)(false);
        // Read outside the lock: a slow parse must not stop the other sessions.
        let facts = Arc::new(classify_text(text, lexing));
        if let Some(shard) = shard {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            insert(&mut shard, self.generation, key, Arc::clone(&facts));
        }
        facts
    }
}

fn lookup(shard: &Mutex<Shard>, key: &Key) -> Option<Arc<TextFacts>> {
    let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(facts) = shard.young.get(key) {
        return Some(Arc::clone(facts));
    }
    let facts = shard.old.remove(key)?;
    shard.young.insert(key.clone(), Arc::clone(&facts));
    Some(facts)
}

fn insert(shard: &mut Shard, generation: usize, key: Key, facts: Arc<TextFacts>) {
    if shard.young.len() >= generation {
        shard.old = std::mem::take(&mut shard.young);
    }
    shard.young.insert(key, facts);
}
