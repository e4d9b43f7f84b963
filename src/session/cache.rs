//! Readings by exact text and lexing mode, shared between sessions; and by a text's shape, where literals decide nothing.
//! Facts are cached, never verdicts.

mod last;
mod pattern;
mod shape;
#[cfg(test)]
mod tests;

use crate::classify::{EffectKind, TextFacts, classify_text, classify_unrecorded};
use crate::sql::Lexing;
pub(super) use last::Last;
use pattern::Pattern;
use shape::Shape;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

/// Texts longer than this are read each time: they are rarely sent twice, and would fill the cache.
const LONGEST_CACHED: usize = 64 * 1024;
const SHARDS: usize = 16;
/// What the whole cache holds at most, in bytes.
const MOST_BYTES: usize = 64 << 20;
/// What an entry takes beside its text and its facts: its place in the map, the allocations' own.
const ENTRY: usize = 160;

/// Literals that a shape is tried with before it is trusted: what predicates, settings, limits and dates look at.
const TRIED_NUMBERS: &[&str] = &["0", "1", "2", "99", "1000001", "999999999"];
const TRIED_STRINGS: &[&str] =
    &["''", "'%'", "'t'", "'now'", "'infinity'", "'01/02/2024'", "'1970-01-01'", "'DROP TABLE a; --'"];

/// A text, or a shape, and what is known of it.
#[derive(Debug)]
struct Entry<T> {
    text: Box<str>,
    lexing: Lexing,
    known: T,
    /// About what it takes, in bytes.
    weight: usize,
}

/// What is known of a shape.
#[derive(Debug, Clone)]
enum OfShape {
    /// A text of it came.
    Seen,
    /// All texts of it have these facts.
    Facts(Arc<TextFacts>),
    /// Its texts are read one by one.
    Refused,
}

/// How a text was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Known {
    /// It came before; or it was not known.
    #[default]
    AsItIs,
    /// Texts of its shape came before.
    ByShape,
}

/// By what facts were known.
enum Found {
    Text,
    Shape(Shape),
    /// They were not.
    Nothing,
}

/// Entries by their hash. Of two texts with one hash, which nobody can look for, the later one stays.
type Generation<T> = HashMap<u64, Entry<T>, BuildHasherDefault<Hashed>>;

/// Two generations a shard: when the young one is full it becomes the old one, and the old one is dropped.
#[derive(Debug)]
struct Shard<T> {
    young: Generation<T>,
    /// What the young generation's entries weigh together.
    weight: usize,
    old: Generation<T>,
}

impl<T> Default for Shard<T> {
    fn default() -> Self {
        Self { young: Generation::default(), weight: 0, old: Generation::default() }
    }
}

type Shards<T> = [Mutex<Shard<T>>; SHARDS];

/// Told of each look-up, whether the text was remembered.
pub type Observer = Box<dyn Fn(bool) + Send + Sync>;

/// The cache. Texts and shapes are each bounded by entries and by the memory they take; what is used stays.
pub struct FactCache {
    shards: Shards<Arc<TextFacts>>,
    shapes: Shards<OfShape>,
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
            shapes: std::array::from_fn(|_| Mutex::default()),
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
        self.look_up(text, lexing, &mut Known::default()).0
    }

    /// Those of one of a session's last texts, or of their shapes. Nothing else is looked at.
    pub(super) fn facts_again(&self, text: &[u8], lexing: Lexing, last: &Last) -> Option<Arc<TextFacts>> {
        let facts = (text.len() <= LONGEST_CACHED).then(|| last.facts(text, lexing)).flatten()?;
        (self.observer)(true);
        Some(facts)
    }

    /// The facts of a text, looked up first the way by which a session's last text was known: who writes values into its
    /// texts does so again and again. The facts are the same either way. What was known is a last text from now on.
    pub(super) fn facts_as(&self, text: &str, lexing: Lexing, last: &mut Last) -> Arc<TextFacts> {
        let (facts, found) = self.look_up(text, lexing, &mut last.known);
        match found {
            Found::Text => last.keep(text, text.len(), || Pattern::exactly(text), lexing, &facts),
            Found::Shape(shape) => last.keep(text, shape.key.len(), || Pattern::of(shape), lexing, &facts),
            Found::Nothing => {}
        }
        facts
    }

    /// The facts of a text, and by what they were known.
    fn look_up(&self, text: &str, lexing: Lexing, last: &mut Known) -> (Arc<TextFacts>, Found) {
        if text.len() > LONGEST_CACHED {
            (self.observer)(false);
            return (Arc::new((self.classify)(text, lexing)), Found::Nothing);
        }
        let shape_first = *last == Known::ByShape;
        let mut shape = shape_first.then(|| self.shape(text, lexing));
        if !matches!(shape, Some((_, Some(OfShape::Facts(_)))))
            && let Some(facts) = self.recall(&self.shards, text, lexing)
        {
            *last = Known::AsItIs;
            (self.observer)(true);
            return (facts, Found::Text);
        }
        let (shape, known) = match shape.take().unwrap_or_else(|| self.shape(text, lexing)) {
            (Some(shape), Some(OfShape::Facts(facts))) => {
                *last = Known::ByShape;
                (self.observer)(true);
                return (facts, Found::Shape(shape));
            }
            other => other,
        };
        (self.observer)(false);
        // Read outside the lock: a slow parse must not stop the other sessions.
        let facts = Arc::new((self.classify)(text, lexing));
        let weight = facts.weight(text.len());
        self.keep(&self.shards, text, lexing, Arc::clone(&facts), weight);
        if let Some(shape) = shape {
            // Trying a shape takes many readings: the first text of it pays for none.
            let (now, weight) = match known {
                None => (OfShape::Seen, 0),
                Some(OfShape::Seen) if self.decide_nothing(text, lexing, &facts).unwrap_or(false) => {
                    (OfShape::Facts(Arc::clone(&facts)), weight)
                }
                Some(_) => (OfShape::Refused, 0),
            };
            self.keep(&self.shapes, &shape.key, lexing, now, weight);
        }
        (facts, Found::Nothing)
    }

    /// A text's shape, if it has one, and what is known of that.
    fn shape(&self, text: &str, lexing: Lexing) -> (Option<Shape>, Option<OfShape>) {
        let shape = Shape::of(text, lexing);
        let known = shape.as_ref().and_then(|shape| self.recall(&self.shapes, &shape.key, lexing));
        (shape, known)
    }

    /// Whether the literals of a text decide nothing: it is one read, or insert of rows, that runs nobody's code, and it
    /// has the same facts with parameters, which can be anything, and with literals of other kinds.
    /// `None` where the text has no shape.
    fn decide_nothing(&self, text: &str, lexing: Lexing, facts: &TextFacts) -> Option<bool> {
        let [statement] = facts.statements.as_slice() else { return Some(false) };
        let plain = statement.effects.iter().all(|e| matches!(e.kind, EffectKind::Read | EffectKind::Insert));
        if !plain || statement.foreign || !statement.steps.is_empty() || facts.fault_at.is_some() {
            return Some(false);
        }
        // Everything there is to a reading, so that nothing can be forgotten here.
        let all = |facts: &TextFacts| format!("{:?} {} {}", facts.statements, facts.redacted, facts.fingerprint);
        let (expected, judged) = (all(facts), |facts: &TextFacts| format!("{:?}", facts.statements));
        let with_parameters = Shape::with(text, |number, _| format!("${}", number + 1))?;
        if judged(&(self.classify)(&with_parameters, lexing)) != judged(facts) {
            return Some(false);
        }
        for turn in 0..TRIED_STRINGS.len() {
            let other = Shape::with(text, |number, is_string| {
                let tried = if is_string { TRIED_STRINGS } else { TRIED_NUMBERS };
                tried.get((number + turn) % tried.len()).copied().unwrap_or_default().to_owned()
            })?;
            if all(&(self.classify)(&other, lexing)) != expected {
                return Some(false);
            }
        }
        Some(true)
    }

    fn recall<T: Clone>(&self, shards: &Shards<T>, text: &str, lexing: Lexing) -> Option<T> {
        let hash = self.hasher.hash_one((lexing, text));
        lookup(shard(shards, hash)?, self.bounds, hash, text, lexing)
    }

    fn keep<T>(&self, shards: &Shards<T>, text: &str, lexing: Lexing, known: T, weight: usize) {
        let hash = self.hasher.hash_one((lexing, text));
        let weight = ENTRY + text.len() + weight;
        if let Some(shard) = shard(shards, hash)
            && weight <= self.bounds.bytes
        {
            let entry = Entry { text: text.into(), lexing, known, weight };
            let retired = insert(&mut locked(shard), self.bounds, hash, entry);
            // Dropped when the lock is free again.
            drop(retired);
        }
    }
}

fn shard<T>(shards: &Shards<T>, hash: u64) -> Option<&Mutex<Shard<T>>> {
    // The map takes its bits from both ends.
    shards.get((hash >> 32) as usize % SHARDS)
}

fn locked<T>(shard: &Mutex<Shard<T>>) -> std::sync::MutexGuard<'_, Shard<T>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lookup<T: Clone>(shard: &Mutex<Shard<T>>, bounds: Bounds, hash: u64, text: &str, lexing: Lexing) -> Option<T> {
    let is_it = |entry: &&Entry<T>| entry.lexing == lexing && *entry.text == *text;
    let mut shard = locked(shard);
    if let Some(entry) = shard.young.get(&hash).filter(is_it) {
        return Some(entry.known.clone());
    }
    let known = shard.old.get(&hash).filter(is_it)?.known.clone();
    let entry = shard.old.remove(&hash)?;
    let retired = insert(&mut shard, bounds, hash, entry);
    drop(shard);
    drop(retired);
    Some(known)
}

/// Takes an entry into the young generation, and gives back what there is no room for any more.
fn insert<T>(shard: &mut Shard<T>, bounds: Bounds, hash: u64, entry: Entry<T>) -> (Option<Entry<T>>, Generation<T>) {
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
