//! What the session's prepared statements and portals are. SQL's PREPARE and the protocol's Parse share one name
//! space, as on the server; so do portals and cursors.
//!
//! Nothing refused is ever prepared on the server. But what a name stands for decides the transaction it runs in, so a
//! name is believed only when the server has agreed: a Parse or Bind that fails is undone, PREPARE and DEALLOCATE count
//! when they have run, and a name nobody knows is refused.

use crate::classify::{Classification, Made, TextFacts, classify_execute};
use crate::sql;
use std::collections::BTreeMap;
use std::sync::Arc;

/// More names than any client keeps; beyond it the oldest knowledge is given up, and unknown names are refused.
const MOST_NAMES: usize = 65_536;

/// More statements than any client PREPAREs without DEALLOCATE; each is kept as a tree.
const MOST_TREES: usize = 4096;

/// Bytes of a name that count.
const LONGEST_NAME: usize = 63;

/// Names that start so are ours: who could put a statement of his own under one would be asked in our place.
const OURS: &[u8] = b"_stockade";

/// What is said of their use.
pub(super) const RESERVED: &str = "a name that starts with _stockade, which is Stockade's own";

/// Whether a name is one of ours.
pub(super) fn is_ours(name: &[u8]) -> bool {
    name.starts_with(OURS)
}

/// A prepared statement.
#[derive(Debug, Clone)]
pub(super) enum Prepared {
    /// By a Parse message; its text.
    Parsed(Arc<TextFacts>, Text),
    /// By PREPARE; the text that ran it, which is not kept.
    Sql(Arc<sql::Statement>, Arc<TextFacts>, Text),
}

impl Prepared {
    /// What running it with these arguments does.
    pub(super) fn run(&self, arguments: &[sql::Expr]) -> Vec<Classification> {
        match self {
            Self::Parsed(facts, _) => facts.statements.clone(),
            Self::Sql(statement, ..) => vec![classify_execute(statement, arguments)],
        }
    }

    /// Its text.
    pub(super) fn text(&self) -> Text {
        match self {
            Self::Parsed(_, text) | Self::Sql(_, _, text) => text.clone(),
        }
    }

    /// What a Bind of it does: for a PREPAREd one its arguments are in the Bind message and stay unknown.
    pub(super) fn bound(&self) -> Arc<TextFacts> {
        match self {
            Self::Parsed(facts, _) => Arc::clone(facts),
            Self::Sql(statement, text, _) => Arc::new(TextFacts {
                statements: vec![classify_execute(statement, &[])],
                redacted: text.redacted.clone(),
                fingerprint: text.fingerprint,
                fault_at: None,
                made: Made::default(),
                gist: Made::default(),
            }),
        }
    }
}

/// A text as it was sent, for the record.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    /// Where the session keeps texts, or has to send it again.
    pub(super) kept: Option<Arc<[u8]>>,
    /// Its length in bytes.
    pub(super) bytes: usize,
}

/// What to put back when a Parse or a Close fails or is skipped.
#[derive(Debug)]
pub(super) struct Undo {
    name: Box<[u8]>,
    before: Option<Entry>,
    /// The entry it left. A message behind it that changed the name again has the last word.
    left: Option<u64>,
}

/// A prepared statement, and which change made it.
type Entry = (u64, Prepared);

/// The part of a name that counts: PostgreSQL's tables of prepared statements and portals are keyed by the first
/// `NAMEDATALEN - 1` bytes (`HASH_STRINGS` in `commands/prepare.c`, `utils/mmgr/portalmem.c`).
fn key(name: &[u8]) -> &[u8] {
    name.get(..LONGEST_NAME).unwrap_or(name)
}

/// What names stand for. The unnamed one, which nearly every driver uses, is at hand; the others are a tree, which no
/// client can choose names against.
#[derive(Debug)]
struct Named<T> {
    unnamed: Option<T>,
    named: BTreeMap<Box<[u8]>, T>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { unnamed: None, named: BTreeMap::new() }
    }
}

impl<T> Named<T> {
    fn get(&self, name: &[u8]) -> Option<&T> {
        if name.is_empty() { self.unnamed.as_ref() } else { self.named.get(key(name)) }
    }

    fn insert(&mut self, name: &[u8], what: T) -> Option<T> {
        if name.is_empty() { self.unnamed.replace(what) } else { self.named.insert(key(name).into(), what) }
    }

    fn remove(&mut self, name: &[u8]) -> Option<T> {
        if name.is_empty() { self.unnamed.take() } else { self.named.remove(key(name)) }
    }

    fn len(&self) -> usize {
        self.named.len() + usize::from(self.unnamed.is_some())
    }

    fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.unnamed.iter_mut().chain(self.named.values_mut())
    }

    fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.unnamed = self.unnamed.take().filter(&keep);
        self.named.retain(|_, what| keep(what));
    }

    fn clear(&mut self) {
        self.unnamed = None;
        if !self.named.is_empty() {
            self.named.clear();
        }
    }
}

/// Names and what they stand for.
#[derive(Debug, Default)]
pub(super) struct Names {
    statements: Named<Entry>,
    /// Counts changes.
    change: u64,
    /// How many trees of PREPAREd statements may be kept at present.
    trees: usize,
    portals: Named<(Arc<TextFacts>, Text, bool)>,
    /// There were too many portals to know them all, or the server may have one that was taken for closed.
    portals_lost: bool,
}

impl Names {
    pub(super) fn statement(&self, name: &[u8]) -> Option<&Prepared> {
        self.statements.get(name).map(|(_, prepared)| prepared)
    }

    /// Whether a Parse of it would change nothing that is known of a name.
    pub(super) fn is_prepared(&self, name: &[u8], facts: &Arc<TextFacts>, text: &Text) -> bool {
        let same = |known: &Text| known.bytes == text.bytes && known.kept.is_none() && text.kept.is_none();
        matches!(self.statement(name), Some(Prepared::Parsed(known, of)) if Arc::ptr_eq(known, facts) && same(of))
    }

    /// How many changes there were so far.
    pub(super) fn changes(&self) -> u64 {
        self.change
    }

    /// Which change made a name what it is.
    pub(super) fn changed(&self, name: &[u8]) -> Option<u64> {
        self.statements.get(name).map(|(change, _)| *change)
    }

    pub(super) fn prepare(&mut self, name: &[u8], prepared: Prepared) -> Undo {
        if self.statements.len() >= MOST_NAMES {
            self.statements.clear();
        }
        if let Prepared::Sql(..) = prepared {
            self.trees += 1;
            if self.trees > MOST_TREES {
                self.statements.retain(|(_, prepared)| matches!(prepared, Prepared::Parsed(..)));
                self.trees = 1;
            }
        }
        self.change += 1;
        let before = self.statements.insert(name, (self.change, prepared));
        Undo { name: key(name).into(), before, left: Some(self.change) }
    }

    /// Takes a Close of a statement in.
    pub(super) fn close(&mut self, name: &[u8]) -> Undo {
        Undo { name: key(name).into(), before: self.statements.remove(name), left: None }
    }

    pub(super) fn undo(&mut self, undo: Undo) {
        if self.statements.get(&undo.name).map(|(change, _)| *change) != undo.left {
            return;
        }
        match undo.before {
            Some(before) => self.statements.insert(&undo.name, before),
            None => self.statements.remove(&undo.name),
        };
    }

    pub(super) fn deallocate(&mut self, name: Option<&[u8]>) {
        match name {
            Some(name) => {
                self.statements.remove(name);
            }
            None => self.statements.clear(),
        }
    }

    pub(super) fn bind(&mut self, portal: &[u8], facts: Arc<TextFacts>, text: Text) {
        if self.portals.len() >= MOST_NAMES {
            self.portals.clear();
            self.portals_lost = true;
        }
        self.portals.insert(portal, (facts, text, false));
    }

    /// What a portal runs, its text, and whether it may be a cursor of that name by now.
    pub(super) fn portal(&self, name: &[u8]) -> Option<(Arc<TextFacts>, Text, bool)> {
        self.portals.get(name).cloned()
    }

    /// A cursor was declared or closed: any portal may be one by now.
    pub(super) fn cursors_changed(&mut self) {
        for (_, _, maybe_cursor) in self.portals.values_mut() {
            *maybe_cursor = true;
        }
    }

    /// Whether a portal nobody knows may be another thing than a cursor.
    pub(super) fn lost_portals(&self) -> bool {
        self.portals_lost
    }

    /// A Query runs in the unnamed portal, if there is anything in it to be run.
    pub(super) fn replaces_portal(&mut self, facts: &TextFacts) {
        if self.portals.len() > 0 && !facts.statements.is_empty() {
            self.portals.remove(b"");
        }
    }

    pub(super) fn close_portal(&mut self, name: &[u8]) {
        self.portals.remove(name);
    }

    /// A Bind or Close did not come to pass: what it stood for until then may be there still, until the transaction ends.
    pub(super) fn loses_portals(&mut self) {
        self.portals_lost = true;
    }

    /// Outside a transaction the server has no portals left (but held cursors, which are only ever fetched from).
    pub(super) fn transaction_ended(&mut self) {
        self.portals_lost = false;
        if self.portals.len() > 0 {
            self.portals.clear();
        }
    }
}
