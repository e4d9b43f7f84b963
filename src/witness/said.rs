//! What the texts of a transaction explained: relations they name as changed in definition, and the rows their
//! command tags told.

use crate::classify::{Classification, EffectKind, Relation};
use crate::wire::backend;
use std::collections::HashSet;

/// What was said, and allowed, in one transaction so far.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// Named by a statement that changes definitions or locks.
    named: HashSet<Relation>,
    /// Named by TRUNCATE or DROP: what is lost of them was decided by their text.
    given_up: HashSet<Relation>,
    /// Named by a statement that writes rows.
    written: HashSet<Relation>,
    /// Some statement changes definitions.
    defines: bool,
    /// Some statement may take definitions away, and with them what the text does not name (indexes, constraints,
    /// sequences, the old copy of a table rewritten).
    removes: bool,
    /// Some statement drops what it does not name.
    cascades: bool,
    tags: Tags,
}

/// The rows the command tags told since the last judgement.
#[derive(Debug, Clone, Copy, Default)]
struct Tags {
    largest_change: u64,
    changes: u64,
    largest_mixed: u64,
    mixed: u64,
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
                    self.named.extend(relation.clone());
                    self.given_up.extend(relation);
                }
                E::Insert | E::Write | E::UnboundedWrite | E::BulkImport => self.written.extend(relation),
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
        self.removes |= matches!(verb, "DROP" | "ALTER" | "REFRESH" | "CLUSTER" | "REINDEX" | "VACUUM");
    }

    /// Adds a CommandComplete's tag (`UPDATE 3`). Only those of the client's own statements.
    pub fn completed(&mut self, tag: &[u8]) {
        let Some(rows) = backend::rows(tag) else { return };
        let tags = &mut self.tags;
        if tag.starts_with(b"UPDATE ") || tag.starts_with(b"DELETE ") {
            tags.largest_change = tags.largest_change.max(rows);
            tags.changes = tags.changes.saturating_add(rows);
        } else if tag.starts_with(b"INSERT ") || tag.starts_with(b"MERGE ") {
            tags.largest_mixed = tags.largest_mixed.max(rows);
            tags.mixed = tags.mixed.saturating_add(rows);
        }
    }

    /// A judgement was passed: the tags so far belong to it. What was explained stays so until the transaction ends.
    pub fn judged(&mut self) {
        self.tags = Tags::default();
    }

    /// Rows deleted and updated that count as one statement's, of those the server counted: the largest tag, or what no
    /// tag told (cascades, triggers, functions), whichever is more.
    pub(super) fn largest_statement(&self, changed: u64, inserted: u64) -> u64 {
        let tags = self.tags;
        // Of INSERT and MERGE a tag does not say how many rows were new; what was not, was updated.
        let told = tags.changes.saturating_add(tags.mixed.saturating_sub(inserted));
        tags.largest_change.max(tags.largest_mixed.min(changed)).max(changed.saturating_sub(told))
    }

    pub(super) fn names(&self, relation: &Relation) -> bool {
        has(&self.named, relation)
    }

    pub(super) fn gives_up(&self, relation: &Relation) -> bool {
        has(&self.given_up, relation)
    }

    /// Whether a DROP names the relation or its schema, or takes along what it does not name.
    pub(super) fn drops(&self, relation: &Relation) -> bool {
        let schema = relation.schema.clone().map(|name| Relation { schema: None, name });
        self.removes
            && (self.cascades || self.gives_up(relation) || schema.is_some_and(|name| self.given_up.contains(&name)))
    }

    pub(super) fn writes(&self, relation: &Relation) -> bool {
        has(&self.written, relation)
    }

    pub(super) fn defines(&self) -> bool {
        self.defines
    }

    pub(super) fn removes(&self) -> bool {
        self.removes
    }
}

/// A name without a schema may be in any.
fn has(names: &HashSet<Relation>, relation: &Relation) -> bool {
    names.contains(relation) || names.contains(&Relation { schema: None, name: relation.name.clone() })
}
