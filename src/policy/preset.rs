//! The presets: each a table from effect to verdict. Exhaustive on purpose: a new kind of effect stops the build here.

use super::Verdict;
use crate::classify::{EffectKind, EffectSet};
use std::fmt;

/// A ready table from effect to verdict. The order is strictness: later is stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Preset {
    /// Allows everything, text nobody can read included: for people and programs that need no firewall.
    Trusted,
    /// `AppWriter` plus what schema migrations do; what loses data waits for a person.
    Migrator,
    /// Reads, bounded writes, additive definitions. The default for agents.
    AppWriter,
    /// Reads alone.
    ReadOnly,
}

impl Preset {
    /// Every preset, strictest first, as the tables are printed.
    pub const ALL: [Preset; 4] = [Self::ReadOnly, Self::AppWriter, Self::Migrator, Self::Trusted];

    /// The name used in configuration, rules' names and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "read-only",
            Self::AppWriter => "app-writer",
            Self::Migrator => "migrator",
            Self::Trusted => "trusted",
        }
    }

    /// The preset of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == name)
    }

    /// What the preset says of an effect.
    pub const fn verdict(self, kind: EffectKind) -> Verdict {
        match self {
            Self::ReadOnly => read_only(kind),
            Self::AppWriter => app_writer(kind),
            Self::Migrator => migrator(kind),
            Self::Trusted => Verdict::Allow,
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A preset's whole table, one row an effect, in the effects' own order.
pub fn table(preset: Preset) -> impl Iterator<Item = (EffectKind, Verdict)> {
    EffectKind::ALL.into_iter().map(move |kind| (kind, preset.verdict(kind)))
}

const fn read_only(kind: EffectKind) -> Verdict {
    use EffectKind as E;
    match kind {
        E::Read | E::Setting | E::Transaction | E::BulkExport | E::Listen => Verdict::Allow,
        E::RowLock
        | E::Insert
        | E::Write
        | E::UnboundedWrite
        | E::Truncate
        | E::Drop
        | E::AlterLossy
        | E::Define
        | E::DefineCode
        | E::RunCode
        | E::Privilege
        | E::Server
        | E::Catalog
        | E::Maintenance
        | E::HeavyMaintenance
        | E::ProtectedSetting
        | E::TwoPhase
        | E::BulkImport
        | E::Notify
        | E::Sequence
        | E::Irrevocable
        | E::FunctionCall
        | E::Replication
        | E::Unknown
        | E::Unreadable => Verdict::Reject,
    }
}

const fn app_writer(kind: EffectKind) -> Verdict {
    use EffectKind as E;
    match kind {
        E::Read
        | E::RowLock
        | E::Insert
        | E::Write
        | E::Define
        | E::Sequence
        | E::Maintenance
        | E::Setting
        | E::Transaction
        | E::BulkExport
        | E::Listen => Verdict::Allow,
        E::UnboundedWrite
        | E::Truncate
        | E::Drop
        | E::AlterLossy
        | E::DefineCode
        | E::RunCode
        | E::Privilege
        | E::Server
        | E::Catalog
        | E::HeavyMaintenance
        | E::ProtectedSetting
        | E::TwoPhase
        | E::BulkImport
        | E::Notify
        | E::Irrevocable
        | E::FunctionCall
        | E::Replication
        | E::Unknown
        | E::Unreadable => Verdict::Reject,
    }
}

const fn migrator(kind: EffectKind) -> Verdict {
    use EffectKind as E;
    match kind {
        E::Read
        | E::RowLock
        | E::Insert
        | E::Write
        | E::Define
        | E::DefineCode
        | E::Sequence
        | E::Maintenance
        | E::HeavyMaintenance
        | E::Setting
        | E::Transaction
        | E::BulkImport
        | E::BulkExport
        | E::Listen
        | E::Notify => Verdict::Allow,
        E::UnboundedWrite | E::Truncate | E::Drop | E::AlterLossy => Verdict::Hold,
        E::RunCode
        | E::Privilege
        | E::Server
        | E::Catalog
        | E::ProtectedSetting
        | E::TwoPhase
        | E::Irrevocable
        | E::FunctionCall
        | E::Replication
        | E::Unknown
        | E::Unreadable => Verdict::Reject,
    }
}

/// Whether an effect of this kind changes, or may change, what the database holds.
pub const fn writes(kind: EffectKind) -> bool {
    use EffectKind as E;
    match kind {
        E::Read | E::Setting | E::ProtectedSetting | E::Transaction | E::BulkExport | E::Listen | E::Notify => false,
        E::RowLock
        | E::Insert
        | E::Write
        | E::UnboundedWrite
        | E::Truncate
        | E::Drop
        | E::AlterLossy
        | E::Define
        | E::DefineCode
        | E::RunCode
        | E::Privilege
        | E::Server
        | E::Catalog
        | E::Maintenance
        | E::HeavyMaintenance
        | E::TwoPhase
        | E::BulkImport
        | E::Sequence
        | E::Irrevocable
        | E::FunctionCall
        | E::Replication
        | E::Unknown
        | E::Unreadable => true,
    }
}

/// The names that stand for several kinds in a rule's `effects`. `write` is a kind's name too: in a rule it means both
/// row-changing kinds, so that nobody forbids bounded writes and forgets the unbounded ones.
pub const GROUPS: [(&str, &[EffectKind]); 6] = [
    ("any", &EffectKind::ALL),
    ("write", &[EffectKind::Write, EffectKind::UnboundedWrite]),
    (
        "change",
        &[
            EffectKind::Insert,
            EffectKind::Write,
            EffectKind::UnboundedWrite,
            EffectKind::Truncate,
            EffectKind::BulkImport,
        ],
    ),
    ("destroy", &[EffectKind::UnboundedWrite, EffectKind::Truncate, EffectKind::Drop, EffectKind::AlterLossy]),
    ("definition", &[EffectKind::Define, EffectKind::DefineCode, EffectKind::AlterLossy, EffectKind::Drop]),
    ("code", &[EffectKind::DefineCode, EffectKind::RunCode, EffectKind::FunctionCall]),
];

/// The kinds a name in a rule's `effects` stands for: a group's (see [`GROUPS`]), or the one kind of that name.
pub fn effects_named(name: &str) -> Option<EffectSet> {
    GROUPS
        .iter()
        .find(|(group, _)| *group == name)
        .map(|(_, kinds)| kinds.iter().copied().collect())
        .or_else(|| EffectKind::from_name(name).map(EffectSet::of))
}
