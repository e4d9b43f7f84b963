//! What a text wants of the transaction it runs in, and the rest that is asked of it with every message.

use crate::classify::{Access, Classification, EffectKind, Step, TextFacts};

/// What a message wants of the transaction it runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::session) struct Wants {
    /// It may write.
    pub(in crate::session) write: bool,
    /// It shows the transaction's mode, which is to be as it would be without us, and writes nothing.
    pub(in crate::session) tells: bool,
    /// It reads by more than SHOW.
    pub(in crate::session) others: bool,
    /// It reads something, shows something or plans something.
    pub(in crate::session) read: bool,
    /// It only reads, but it runs a user's code that could write: a function, an operator, a type, a cursor.
    pub(in crate::session) hides: bool,
    /// It does maintenance, by transactions of its own where it begins a run or stands alone: nobody witnesses them.
    pub(in crate::session) maintains: bool,
    /// It begins a transaction that is to be read-write.
    pub(in crate::session) begins: bool,
    /// It changes what prepared statements are called.
    pub(in crate::session) names: bool,
    /// It begins or ends transactions, or moves between savepoints.
    pub(in crate::session) transaction: bool,
    /// It may ask the client for copy data.
    pub(in crate::session) copy_in: bool,
}

impl Wants {
    pub(in crate::session) fn of<'a>(statements: impl IntoIterator<Item = &'a Classification>) -> Self {
        let mut wants = Self::default();
        for statement in statements {
            let only_tells = tells(statement);
            wants.tells |= only_tells;
            wants.write |= statement.access == Access::ReadWrite && !only_tells;
            wants.hides |= statement.access == Access::ReadOnly && statement.foreign;
            for effect in &statement.effects {
                // Maintenance runs the code of indexes and constraints, and PostgreSQL does it in read-only transactions.
                let maintains = matches!(effect.kind, EffectKind::Maintenance | EffectKind::HeavyMaintenance);
                let maintains = maintains && statement.access == Access::ReadOnly;
                let reads = matches!(effect.kind, EffectKind::Read | EffectKind::BulkExport) || maintains;
                wants.read |= reads;
                wants.others |= reads && statement.tag != "SHOW";
                wants.maintains |= maintains;
                wants.copy_in |= effect.kind == EffectKind::BulkImport;
            }
            for step in &statement.steps {
                match step {
                    Step::Begin { read_only } => {
                        wants.transaction = true;
                        wants.begins |= *read_only != Some(true);
                    }
                    Step::End | Step::Savepoint => wants.transaction = true,
                    Step::Prepare { .. } | Step::Deallocate(_) => wants.names = true,
                    _ => {}
                }
            }
        }
        wants
    }

    /// Whether its transaction is to be opened to write; `counted` is whether somebody counts what a read beside SHOW hides.
    pub(in crate::session) fn opens(&self, counted: bool) -> bool {
        let shows = self.tells && (counted || !(self.others || self.hides));
        self.write || self.begins || self.copy_in || shows
    }

    /// Whether code of the database may run in it.
    pub(in crate::session) fn runs(&self) -> bool {
        self.write || self.read || self.hides || self.maintains || self.copy_in
    }

    pub(in crate::session) fn join(&mut self, other: Self) {
        self.write |= other.write;
        self.tells |= other.tells;
        self.others |= other.others;
        self.read |= other.read;
        self.hides |= other.hides;
        self.maintains |= other.maintains;
        self.begins |= other.begins;
        self.names |= other.names;
        self.transaction |= other.transaction;
        self.copy_in |= other.copy_in;
    }
}

/// Whether a statement is to run read-write for what it shows alone.
fn tells(statement: &Classification) -> bool {
    statement.access == Access::ReadWrite
        && statement.steps.is_empty()
        && statement.effects.iter().all(|effect| effect.kind == EffectKind::Read)
}

/// What is asked of facts again and again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gist {
    pub(super) wants: Wants,
    /// They are of one plain SELECT: it runs read-only, and where PostgreSQL lets anything run; it has no step, and runs no
    /// code that is let run.
    pub(super) plain: bool,
}

impl Gist {
    pub(super) fn of(facts: &TextFacts) -> Self {
        let make = || {
            let plain = match facts.statements.as_slice() {
                [one] => {
                    one.tag == "SELECT"
                        && one.access == Access::ReadOnly
                        && !one.refuses_block
                        && one.steps.is_empty()
                        && one.effects.iter().all(|effect| effect.code.is_none())
                }
                _ => false,
            };
            Self { wants: Wants::of(&facts.statements), plain }
        };
        facts.gist.get_or_make(make).copied().unwrap_or_else(make)
    }
}

#[cfg(test)]
mod tests;
