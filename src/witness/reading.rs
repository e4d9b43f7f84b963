//! The answer to the question, row by row.

use crate::classify::Relation;
use crate::wire::{Malformed, Reader};
use std::collections::BTreeMap;
use std::fmt;

/// The question's columns.
const COLUMNS: usize = 17;
/// `FirstNormalObjectId`: what has a smaller number is the system's own.
const FIRST_NORMAL: u32 = 16384;
/// `pg_largeobject`: the one catalog that has users' data.
const LARGE_OBJECTS: u32 = 2613;

/// More relations than stand above one.
const MOST_ABOVE: usize = 64;

/// What a transaction did so far (or, by [`Reading::since`], a statement of it), as the server counted it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    summary: Option<Summary>,
    relations: BTreeMap<u32, Touched>,
    gone: Vec<u32>,
    objects: Vec<Object>,
    before: Option<Before>,
}

/// What stood before the unit, of all that is locked now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Before {
    relations: BTreeMap<u32, Was>,
    /// By class and number: whether it was of a temporary relation.
    objects: BTreeMap<(u32, u32), bool>,
}

/// A relation as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Was {
    pub(super) relation: Relation,
    pub(super) kind: u8,
    /// What it was a part of, or made from.
    parents: Vec<u32>,
    temporary: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Summary {
    counts: bool,
    version: u32,
    /// Temporary relations were written or changed, or may have been.
    temporary: bool,
    /// What stands in [`Before`] is what was asked for, and no function's forgery.
    before: bool,
}

/// A relation that was written, or locked as only a change of its definition does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Touched {
    pub(super) oid: u32,
    pub(super) relation: Relation,
    pub(super) kind: u8,
    /// The topmost table above it: partitioned, inherited from, or the owner of a sequence; itself, where none is.
    pub(super) root: Root,
    /// AccessExclusiveLock is held.
    pub(super) locked: bool,
    /// Made in this transaction.
    pub(super) created: bool,
    pub(super) inserted: u64,
    pub(super) updated: u64,
    pub(super) deleted: u64,
    /// How many rows it had before, as the statistics have it.
    pub(super) estimate: Option<u64>,
    /// How many rows are left in it (in the whole tree of partitions), counted up to a bound; `None` where that was not
    /// asked, or cannot be seen (`asked` tells).
    pub(super) remain: Option<u64>,
    pub(super) asked: bool,
}

/// The table above another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Root {
    pub(super) oid: u32,
    pub(super) relation: Relation,
    pub(super) partitioned: bool,
}

/// An object that is no relation, locked as only DROP and ALTER do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) class: u32,
    pub(super) oid: u32,
    /// In PostgreSQL's words: `function`, `type`.
    pub(super) kind: String,
    /// `None`: it is no more.
    pub(super) identity: Option<String>,
}

impl Was {
    /// Whether it goes with a table: an index, a TOAST table, a sequence.
    pub(super) fn is_part(&self) -> bool {
        matches!(self.kind, b'i' | b'I' | b't' | b'S')
    }

    /// Whether it had rows of its own, that are nowhere else.
    pub(super) fn is_table(&self) -> bool {
        matches!(self.kind, b'r' | b'p')
    }
}

impl Touched {
    /// Rows deleted and updated.
    pub(super) fn changed(&self) -> u64 {
        self.updated.saturating_add(self.deleted)
    }

    /// Whether a text that says `name` may mean it, or the table it is a part of.
    pub(super) fn is_named(&self, name: &Relation) -> bool {
        let means = |relation: &Relation| {
            relation.name == name.name && (name.schema.is_none() || name.schema == relation.schema)
        };
        means(&self.relation) || means(&self.root.relation)
    }

    /// Whether it is one of the system's own, whose rows are definitions.
    pub(super) fn is_catalog(&self) -> bool {
        self.oid < FIRST_NORMAL && self.oid != LARGE_OBJECTS
    }

    /// Whether its rows are counted against limits: a table made in this transaction is nobody's loss.
    pub(super) fn counts(&self) -> bool {
        !self.created && !self.is_catalog()
    }
}

impl Reading {
    /// Whether it is of nothing yet.
    pub fn is_blank(&self) -> bool {
        let Self { summary, relations, gone, objects, before } = self;
        summary.is_none() && relations.is_empty() && gone.is_empty() && objects.is_empty() && before.is_none()
    }

    /// Takes one DataRow's body of the answer to [`QUESTION`](super::QUESTION) or [`BEFORE`](super::BEFORE).
    ///
    /// # Errors
    /// [`Malformed`] for a row that is not one of the question's: the reading must not be used.
    pub fn row(&mut self, body: &[u8]) -> Result<(), Malformed> {
        let row = Row::read(body).ok_or(MALFORMED)?;
        self.take(&row).ok_or(MALFORMED)
    }

    /// A reading of relations alone, by a server of that version that counts rows, or does not. Their names are as the
    /// session's search path has them, which a function may have changed: no command tag is held against them.
    pub(super) fn of(counts: bool, version: u32, relations: BTreeMap<u32, Touched>) -> Self {
        let summary = Some(Summary { counts, version, temporary: true, before: false });
        Self { summary, relations, ..Self::default() }
    }

    fn take(&mut self, row: &Row<'_, COLUMNS>) -> Option<()> {
        let oid = u32::try_from(row.number(1)?).ok()?;
        match row.value(0)? {
            b"summary" => {
                let version = u32::try_from(row.number(3)?).ok()?;
                let counts = row.value(2)? == b"on";
                let summary = Summary { counts, version, temporary: row.flag(9)?, before: row.flag(10)? };
                // Two answers in one: not to be told apart.
                self.summary.replace(summary).is_none().then_some(())
            }
            b"gone" => {
                self.gone.push(oid);
                Some(())
            }
            what @ (b"object" | b"gone-object") => {
                let identity = if what == b"object" { Some(row.text(3)?) } else { None };
                // An object of a class that the server itself cannot describe has no kind.
                let kind = row.text(2).unwrap_or_else(|| "object".to_owned());
                self.objects.push(Object { class: u32::try_from(row.number(4)?).ok()?, oid, kind, identity });
                Some(())
            }
            b"before" => self.before.replace(Before::default()).is_none().then_some(()),
            b"was" => {
                let was = Was {
                    relation: Relation { schema: Some(row.text(2)?.into()), name: row.text(3)?.into() },
                    kind: *row.value(4)?.first()?,
                    parents: Vec::new(),
                    temporary: row.flag(10)?,
                };
                let parent = row.optional(5)?.map(u32::try_from).transpose().ok()?;
                self.before.as_mut()?.relations.entry(oid).or_insert(was).parents.extend(parent);
                Some(())
            }
            b"was-object" => {
                let class = u32::try_from(row.number(4)?).ok()?;
                self.before.as_mut()?.objects.insert((class, oid), row.flag(10)?);
                Some(())
            }
            b"relation" => {
                let relation = Relation { schema: Some(row.text(2)?.into()), name: row.text(3)?.into() };
                let root = Root {
                    oid: u32::try_from(row.number(5)?).ok()?,
                    relation: Relation { schema: Some(row.text(6)?.into()), name: row.text(7)?.into() },
                    partitioned: row.value(8)? == b"p",
                };
                let touched = Touched {
                    oid,
                    relation,
                    kind: *row.value(4)?.first()?,
                    root,
                    locked: row.flag(9)?,
                    created: row.flag(10)?,
                    inserted: row.number(11)?,
                    updated: row.number(12)?,
                    deleted: row.number(13)?,
                    estimate: row.optional(14)?,
                    remain: row.optional(15)?,
                    asked: row.flag(16)?,
                };
                self.relations.insert(oid, touched).is_none().then_some(())
            }
            _ => None,
        }
    }

    /// What happened since an earlier reading of the same transaction. Counts are the difference; what is left of a
    /// table, and its locks, are as they are now.
    #[must_use]
    pub fn since(&self, earlier: &Reading) -> Reading {
        let mut later = self.clone();
        for (oid, now) in &mut later.relations {
            let Some(then) = earlier.relations.get(oid) else { continue };
            // TRUNCATE starts the counters anew.
            if now.inserted < then.inserted || now.updated < then.updated || now.deleted < then.deleted {
                continue;
            }
            now.inserted = now.inserted.saturating_sub(then.inserted);
            now.updated = now.updated.saturating_sub(then.updated);
            now.deleted = now.deleted.saturating_sub(then.deleted);
        }
        later.gone.retain(|oid| !earlier.gone.contains(oid));
        later.objects.retain(|object| !earlier.objects.contains(object));
        later
    }

    /// Whether the server answered, and counts: without that nothing it says can be trusted.
    pub(super) fn is_trustworthy(&self) -> bool {
        self.summary.is_some_and(|summary| summary.counts && summary.version >= super::OLDEST_SERVER)
    }

    /// Whether every row that a statement's tag can tell of is among those counted: nothing was done to relations whose
    /// rows do not count, or cannot be counted.
    pub(super) fn counts_all(&self) -> bool {
        self.gone.is_empty()
            && self.summary.is_some_and(|summary| !summary.temporary)
            && self.relations().all(|touched| touched.counts() && touched.kind != b'f')
    }

    pub(super) fn relations(&self) -> impl Iterator<Item = &Touched> {
        self.relations.values()
    }

    /// What stood before, where that is known.
    fn before(&self) -> Option<&Before> {
        self.before.as_ref().filter(|_| self.summary.is_some_and(|summary| summary.before))
    }

    /// Relations that are no more, and were somebody's: `None` stands for one of which nothing more is known.
    pub(super) fn lost(&self) -> impl Iterator<Item = Option<&Was>> {
        self.gone.iter().filter_map(|oid| match self.before() {
            None => Some(None),
            // What was not there before was made and dropped since.
            Some(before) => before.relations.get(oid).filter(|was| !was.temporary).map(Some),
        })
    }

    /// A relation that was, and what it was a part of or made from, as far as that is locked too.
    pub(super) fn lineage<'a>(&'a self, was: &'a Was) -> Vec<&'a Was> {
        let mut lineage = vec![was];
        let mut at = 0;
        while let (Some(below), Some(before)) = (lineage.get(at), self.before()) {
            let above = below.parents.iter().filter_map(|parent| before.relations.get(parent));
            let new: Vec<&Was> = above.filter(|was| !lineage.iter().any(|known| std::ptr::eq(*known, *was))).collect();
            lineage.extend(new);
            at += 1;
            if at >= MOST_ABOVE {
                break;
            }
        }
        lineage
    }

    /// Objects that are no more, and were somebody's.
    pub(super) fn lost_objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|object| object.identity.is_none()).filter(|object| match self.before() {
            None => true,
            Some(before) => before.objects.get(&(object.class, object.oid)) == Some(&false),
        })
    }

    /// Objects that are still there.
    pub(super) fn locked_objects(&self) -> impl Iterator<Item = (&Object, &str)> {
        self.objects.iter().filter_map(|object| Some((object, object.identity.as_deref()?)))
    }
}

/// The most relations that are named.
const MOST_NAMED: usize = 10;

/// What was counted, most first: `1 row deleted in public.customers; 7 rows updated in public.orders`.
impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |touched: &&Touched| !touched.is_catalog() && (touched.changed() > 0 || touched.inserted > 0);
        let mut touched: Vec<&Touched> = self.relations().filter(counted).collect();
        touched.sort_by_key(|touched| std::cmp::Reverse((touched.changed(), touched.inserted)));
        if touched.is_empty() {
            return f.write_str("no rows");
        }
        for (index, touched) in touched.iter().take(MOST_NAMED).enumerate() {
            write!(f, "{}{touched}", if index > 0 { "; " } else { "" })?;
        }
        match touched.len().saturating_sub(MOST_NAMED) {
            0 => Ok(()),
            more => write!(f, "; and {}", many(more as u64, "more table", "more tables")),
        }
    }
}

impl fmt::Display for Touched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verbs = [(self.deleted, "deleted"), (self.updated, "updated"), (self.inserted, "inserted")];
        for (index, (number, verb)) in verbs.into_iter().filter(|(number, _)| *number > 0).enumerate() {
            write!(f, "{}{} {verb}", if index > 0 { ", " } else { "" }, rows(number))?;
        }
        write!(f, " in {}", self.relation)?;
        if self.root.oid != self.oid {
            write!(f, " (of {})", self.root.relation)?;
        }
        Ok(())
    }
}

/// `1 row`, `2 rows`.
pub(super) fn many(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

pub(super) fn rows(number: u64) -> String {
    many(number, "row", "rows")
}

pub(super) const MALFORMED: Malformed = Malformed("answer to the witness's question");

/// A row's values.
pub(super) struct Row<'a, const N: usize>([Option<&'a [u8]>; N]);

impl<'a, const N: usize> Row<'a, N> {
    /// `None` where it is no DataRow of that many columns.
    pub(super) fn read(body: &'a [u8]) -> Option<Self> {
        let (count, rest) = body.split_first_chunk::<2>()?;
        if usize::from(u16::from_be_bytes(*count)) != N {
            return None;
        }
        let (mut rest, mut values) = (Reader(rest), [None; N]);
        for value in &mut values {
            let length = rest.i32()?;
            if length != -1 {
                let (bytes, behind) = rest.0.split_at_checked(usize::try_from(length).ok()?)?;
                *value = Some(bytes);
                rest.0 = behind;
            }
        }
        rest.0.is_empty().then_some(Self(values))
    }

    pub(super) fn value(&self, column: usize) -> Option<&'a [u8]> {
        self.0.get(column).copied().flatten()
    }

    /// Names come in the client's encoding; one that is not UTF-8 could not be held against patterns.
    fn text(&self, column: usize) -> Option<String> {
        std::str::from_utf8(self.value(column)?).ok().map(str::to_owned)
    }

    /// Digits alone, without sign.
    pub(super) fn number(&self, column: usize) -> Option<u64> {
        let bytes = self.value(column)?;
        if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
            return None;
        }
        std::str::from_utf8(bytes).ok()?.parse().ok()
    }

    /// A number or null; the outer `None` is neither.
    pub(super) fn optional(&self, column: usize) -> Option<Option<u64>> {
        if self.value(column).is_none() { Some(None) } else { self.number(column).map(Some) }
    }

    pub(super) fn flag(&self, column: usize) -> Option<bool> {
        match self.value(column)? {
            b"t" => Some(true),
            b"f" => Some(false),
            _ => None,
        }
    }
}
