//! What the texts of a transaction explained: relations they name as changed in definition, and the rows their
//! command tags told.

use crate::classify::{Classification, EffectKind, Relation};
use crate::wire::backend;
use std::collections::{HashSet, VecDeque};

/// What was said, and allowed, in one transaction so far.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Named by a statement that changes definitions or locks.
    named: HashSet<Relation>,
    /// Named by TRUNCATE or DROP: what is lost of them was decided by their text.
    given_up: HashSet<Relation>,
    /// Named by a DROP of relations.
    dropped: HashSet<Relation>,
    /// Named by DROP SCHEMA.
    schemas: HashSet<Box<str>>,
    /// Named by a statement that may take their indexes, constraints and sequences away, and the old copy of a table that
    /// is rewritten.
    altered: HashSet<Relation>,
    /// Named by a statement that writes rows.
    written: HashSet<Relation>,
    /// Named by a statement that deletes or updates rows.
    changed: HashSet<Relation>,
    /// Some statement changes definitions.
    defines: bool,
    /// Some statement may change the definitions of relations it does not name: drop what depends on it, alter a type's
    /// tables, run an extension's script.
    reaches: bool,
    /// Some statement may take definitions away, and with them what the text does not name.
    removes: bool,
    /// Some statement drops what depends on what it names.
    cascades: bool,
    /// Some statement drops tables without naming any.
    drops_all: bool,
    /// What changes definitions needs no words.
    anything: bool,
    tags: Tags,
}

/// The rows the command tags told since the last judgement.
#[derive(Debug, Clone, Default)]
struct Tags {
    /// Statements whose tags are due, in their order.
    due: VecDeque<Due>,
    told: Vec<Told>,
    /// A tag came that no statement was due: which tag is whose is not known.
    mixed_up: bool,
}

/// A statement whose command tag tells rows.
#[derive(Debug, Clone)]
struct Due {
    verb: &'static str,
    /// The one relation whose rows it writes; `None` where it writes several, or its text does not say.
    target: Option<Relation>,
}

/// What a tag told.
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// What the statement wrote, as its text names it.
    pub(super) target: Relation,
    pub(super) rows: u64,
    /// Of INSERT and MERGE, where a tag does not say how many rows were new.
    pub(super) mixed: bool,
}

impl Said {
    /// Adds a statement that was judged by its text, and allowed.
    pub fn add(&mut self, statement: &Classification) {
        use EffectKind as E;
        for effect in &statement.effects {
            let relation = effect.relation.clone();
            match effect.kind {
                E::Define | E::DefineCode | E::AlterLossy | E::HeavyMaintenance | E::Maintenance | E::Privilege => {
                    self.defines |= effect.kind != E::Maintenance;
                    self.named.extend(relation);
                }
                E::Drop | E::Truncate => {
                    self.defines = true;
                    self.cascades |= effect.kind == E::Drop && relation.is_none();
                    if let (E::Drop, Some(relation)) = (effect.kind, &relation) {
                        if statement.tag == "DROP SCHEMA" {
                            self.schemas.insert(relation.name.clone());
                        } else if DROPS_RELATIONS.contains(&statement.tag) {
                            self.dropped.insert(relation.clone());
                        }
                    }
                    self.named.extend(relation.clone());
                    self.given_up.extend(relation);
                }
                E::Insert | E::BulkImport => self.written.extend(relation),
                E::Write | E::UnboundedWrite => {
                    self.written.extend(relation.clone());
                    self.changed.extend(relation);
                }
                E::Catalog | E::Server => self.defines = true,
                E::Read
                | E::RowLock
                | E::RunCode
                | E::Setting
                | E::ProtectedSetting
                | E::Transaction
                | E::TwoPhase
                | E::BulkExport
                | E::Listen
                | E::Notify
                | E::Sequence
                | E::Irrevocable
                | E::FunctionCall
                | E::Replication
                | E::Unknown
                | E::Unreadable => {}
            }
        }
        let verb = statement.tag.split(' ').next().unwrap_or_default();
        self.drops_all |= matches!(statement.tag, "DROP OWNED" | "DROP EXTENSION");
        let reaches = |kind| matches!(kind, E::Drop | E::AlterLossy | E::Catalog | E::Server);
        self.reaches |= statement.effects.iter().any(|effect| reaches(effect.kind))
            || matches!(statement.tag, "CREATE EXTENSION" | "ALTER EXTENSION" | "ALTER TYPE");
        if removes(statement) {
            self.removes = true;
            self.altered.extend(statement.effects.iter().filter_map(|effect| effect.relation.clone()));
        }
        if matches!(verb, "INSERT" | "UPDATE" | "DELETE" | "MERGE" | EXECUTE) {
            let target = (verb != EXECUTE).then(|| only_target(statement)).flatten();
            self.tags.due.push_back(Due { verb, target });
        }
    }

    /// Whatever definitions change, also where no text shows it, is allowed: only rows are judged.
    pub fn anything(&mut self) {
        self.anything = true;
    }

    /// Adds a CommandComplete's tag (`UPDATE 3`). Only those of the client's own statements, in their order.
    pub fn completed(&mut self, tag: &[u8]) {
        let Some(rows) = backend::rows(tag) else { return };
        let verb = tag.split(|&byte| byte == b' ').next().unwrap_or_default();
        if !matches!(verb, b"INSERT" | b"UPDATE" | b"DELETE" | b"MERGE") {
            return;
        }
        match self.tags.due.pop_front() {
            Some(due) if due.verb.as_bytes() == verb || due.verb == EXECUTE => {
                if let Some(target) = due.target {
                    let mixed = matches!(verb, b"INSERT" | b"MERGE");
                    self.tags.told.push(Told { target, rows, mixed });
                }
            }
            _ => self.tags.mixed_up = true,
        }
    }

    /// A judgement was passed: the tags so far belong to it. What was explained stays so until the transaction ends.
    pub fn judged(&mut self) {
        self.tags = Tags::default();
    }

    /// What the tags told since the last judgement; nothing, where a tag is not surely its statement's (a portal that
    /// was run in pieces, a statement that failed).
    pub(super) fn told(&self) -> &[Told] {
        if self.tags.mixed_up || !self.tags.due.is_empty() { &[] } else { &self.tags.told }
    }

    pub(super) fn names(&self, relation: &Relation) -> bool {
        has(&self.named, relation)
    }

    pub(super) fn gives_up(&self, relation: &Relation) -> bool {
        has(&self.given_up, relation)
    }

    /// Whether a DROP names the relation or its schema, or drops tables without naming them.
    pub(super) fn drops(&self, relation: &Relation) -> bool {
        let in_schema = relation.schema.as_ref().is_some_and(|schema| self.schemas.contains(schema));
        self.drops_all || in_schema || has(&self.dropped, relation)
    }

    /// Whether some statement drops what depends on what it names.
    pub(super) fn cascades(&self) -> bool {
        self.cascades
    }

    /// Whether a statement that may take parts of a relation away names it.
    pub(super) fn alters(&self, relation: &Relation) -> bool {
        has(&self.altered, relation)
    }

    pub(super) fn writes(&self, relation: &Relation) -> bool {
        has(&self.written, relation)
    }

    /// Whether a statement that deletes or updates rows names it.
    pub(super) fn changes(&self, relation: &Relation) -> bool {
        has(&self.changed, relation)
    }

    /// Whether nothing but rows is spoken of.
    pub fn is_of_rows_alone(&self) -> bool {
        self.named.is_empty() && !(self.defines || self.reaches || self.removes || self.cascades || self.drops_all)
    }

    pub(super) fn allows_anything(&self) -> bool {
        self.anything
    }

    pub(super) fn defines(&self) -> bool {
        self.defines
    }

    /// Whether some statement may lock relations that it does not name as DROP and ALTER lock.
    pub(super) fn reaches(&self) -> bool {
        self.reaches
    }

    pub(super) fn removes(&self) -> bool {
        self.removes
    }
}

/// Statements that drop relations by name.
const DROPS_RELATIONS: [&str; 7] = [
    "DROP TABLE",
    "DROP FOREIGN TABLE",
    "DROP VIEW",
    "DROP MATERIALIZED VIEW",
    "DROP INDEX",
    "DROP SEQUENCE",
    "DROP TYPE",
];

/// Whether, to judge a statement, it takes to know what stood [before](super::BEFORE): it may take definitions away, and what goes
/// with it is to be told from what something else took; or it drops what it has made. From PostgreSQL 17 on a materialized
/// view is filled by a table that is made for it.
pub fn needs_before(statement: &Classification) -> bool {
    removes(statement) || statement.tag == "CREATE MATERIALIZED VIEW"
}

/// Whether a statement may take definitions away.
fn removes(statement: &Classification) -> bool {
    let verb = statement.tag.split(' ').next().unwrap_or_default();
    matches!(verb, "DROP" | "ALTER" | "REFRESH" | "CLUSTER" | "REINDEX" | "VACUUM")
}

/// The verb of a statement whose tag is that of another.
const EXECUTE: &str = "EXECUTE";

/// The relation whose rows a statement's tag counts, where its text names no other that it writes.
fn only_target(statement: &Classification) -> Option<Relation> {
    use EffectKind as E;
    let written = |kind| matches!(kind, E::Insert | E::Write | E::UnboundedWrite | E::BulkImport);
    let mut targets = statement.effects.iter().filter(|effect| written(effect.kind)).map(|effect| &effect.relation);
    let first = targets.next()?.as_ref()?;
    targets.all(|other| other.as_ref() == Some(first)).then(|| first.clone())
}

/// A name without a schema may be in any.
fn has(names: &HashSet<Relation>, relation: &Relation) -> bool {
    names.contains(relation) || names.contains(&Relation { schema: None, name: relation.name.clone() })
}
