//! A text as it is about to be run: its facts, and what they ask of the transaction.

use super::super::unit::Place;
use super::wants::{Gist, Wants};
use super::{apart, single};
use crate::classify::{Access, Classification, EffectKind, Step, TextFacts};
use std::sync::Arc;
use std::time::Instant;

/// A text that was read, now or earlier.
pub(in crate::session) struct Read {
    pub(in crate::session) facts: Arc<TextFacts>,
    /// What the prepared statements it runs do.
    pub(super) runs: Vec<Classification>,
    /// Of all it runs.
    pub(super) gist: Gist,
    pub(super) started: Instant,
    /// A name it runs that nobody prepared.
    pub(super) unknown: Option<Box<[u8]>>,
    /// It was prepared earlier: what its names stood for then need not be what they stand for now.
    pub(super) planned: bool,
    /// It reads, and runs read-write for what it shows: what hides in it is counted.
    pub(in crate::session) counted: bool,
}

impl Read {
    /// All it runs.
    pub(in crate::session) fn statements(&self) -> impl Iterator<Item = &Classification> {
        self.facts.statements.iter().chain(&self.runs)
    }

    /// The statement whose names the server looks up before anything of it runs: the text's first. What a later one
    /// finds, an earlier one decides; what a prepared one finds was found when it was planned.
    pub(in crate::session) fn looked_up(&self) -> Option<&Classification> {
        self.facts.statements.first().filter(|_| !self.planned)
    }

    /// It was prepared earlier.
    pub(in crate::session) fn is_planned(&mut self) {
        self.planned = true;
    }

    pub(in crate::session) fn wants(&self) -> Wants {
        self.gist.wants
    }

    /// Whether it is one plain SELECT: nothing that commits, changes, saves or runs code that is let run.
    pub(in crate::session) fn is_plain(&self) -> bool {
        self.gist.plain
    }

    /// It runs this too.
    pub(super) fn runs(&mut self, statement: Classification) {
        self.gist.wants.join(Wants::of([&statement]));
        self.gist.plain = false;
        self.runs.push(statement);
    }

    /// It may not run beside what shares its transaction.
    pub(in crate::session) fn refuse_for(&mut self, what: &str) {
        self.runs(apart("SELECT", what));
    }

    /// Values of users' types are made when it is bound, whatever it says.
    pub(in crate::session) fn takes_user_types(&mut self) {
        let mut facts = TextFacts::clone(&self.facts);
        for statement in &mut facts.statements {
            statement.foreign = true;
            if statement.effects.iter().all(|effect| effect.kind == EffectKind::Read) {
                // SHOW transaction_read_only has no parameters; whoever binds one gets a read-only answer.
                statement.access = Access::ReadOnly;
            }
        }
        if facts.statements.is_empty() {
            facts
                .statements
                .push(Classification { foreign: true, ..single(EffectKind::Read, "EMPTY", "an empty statement") });
        }
        self.gist = Gist::of(&facts);
        self.gist.plain &= self.runs.is_empty();
        self.gist.wants.join(Wants::of(&self.runs));
        self.facts = Arc::new(facts);
    }

    /// The portal it runs may be a cursor by now, which reads.
    pub(in crate::session) fn may_be_a_cursor(&mut self) {
        self.runs(single(EffectKind::Read, "FETCH", "fetches from a cursor"));
    }

    /// Whether every transaction it begins ends in it too.
    pub(in crate::session) fn closes_what_it_begins(&self) -> bool {
        let writes = |step: &Step| matches!(step, Step::Begin { read_only: Some(false) });
        if self.facts.statements.iter().flat_map(|s| &s.steps).any(writes) || self.goes_on_behind_an_end() {
            return false;
        }
        let last = self.facts.statements.last();
        last.is_none_or(|last| matches!(last.steps.last(), Some(Step::End)))
    }

    /// Whether something stands behind the end of a transaction: it runs in another one, under a default that a function
    /// may have changed.
    pub(in crate::session) fn goes_on_behind_an_end(&self) -> bool {
        let ends = |s: &Classification| s.steps.iter().any(|step| matches!(step, Step::End));
        self.facts.statements.split_last().is_some_and(|(_, before)| before.iter().any(ends))
    }

    /// Whether it ends a transaction.
    pub(in crate::session) fn ends(&self) -> bool {
        self.facts.statements.iter().flat_map(|s| &s.steps).any(|step| matches!(step, Step::End))
    }

    /// Whether it ends a transaction and begins the next with the same modes.
    pub(in crate::session) fn chains(&self) -> bool {
        let chains = |s: &Classification| matches!(s.steps.as_slice(), [Step::End, Step::Begin { .. }]);
        self.facts.statements.iter().any(chains)
    }

    /// Whether it moves between savepoints.
    pub(in crate::session) fn saves(&self) -> bool {
        self.facts.statements.iter().flat_map(|s| &s.steps).any(|step| matches!(step, Step::Savepoint))
    }

    /// Where the session is behind it, if it was there before.
    pub(in crate::session) fn leads_from(&self, mut place: Place) -> Place {
        for step in self.facts.statements.iter().flat_map(|s| &s.steps) {
            match step {
                Step::Begin { .. } => place = Place::Block,
                Step::End => place = Place::Implicit,
                // ROLLBACK TO brings a failed transaction back; what else fails there is skipped to the Sync.
                Step::Savepoint if place == Place::Failed => place = Place::Block,
                _ => {}
            }
        }
        place
    }
}
