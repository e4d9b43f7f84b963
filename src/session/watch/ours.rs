//! What is run for a question: statements of ours, most of them prepared once a session.
//!
//! A statement that was prepared goes by a name, and a function that runs later can put another under it (DEALLOCATE, PREPARE).
//! So nothing that begins, ends or closes transactions, or makes the session read-only again, is prepared; and in front of
//! each question a text that is parsed anew looks for what functions prepared. In front, not behind: a forged question can take
//! its traces away as it answers. Within a block too: what an answer there says is not held against the next statement, nor
//! what it excuses against the commit.

use super::super::expect::{SEAL, SEAL_DEFERRED, SEAL_FORGED};
use super::super::output::{Output, UpstreamBuffer};
use super::{Point, Session};
use crate::wire::make::Ours;
use crate::witness;

/// The whole question.
pub(in crate::session) const WITNESS: &str = "_stockade_witness";

/// The quick one, which closes the transaction.
pub(in crate::session) const QUICK: &str = "_stockade_quick";

/// The quick one, which does not.
pub(in crate::session) const COUNT: &str = "_stockade_count";

/// Brings forward what is deferred.
pub(in crate::session) const DEFERRED: &str = "_stockade_deferred";

/// Empties the counters.
pub(in crate::session) const FLUSH: &str = "_stockade_flush";

/// CloseComplete and ParseComplete.
const PREPARE_ANSWERS: usize = 2;

/// How the witness is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) enum Asked {
    /// By locks and counters alone.
    Quick,
    /// By the whole question: `looks` is whether with what stood before, `saved` whether savepoints may be open.
    Whole { looks: bool, saved: bool },
}

impl Default for Asked {
    fn default() -> Self {
        Self::Whole { looks: false, saved: false }
    }
}

impl Asked {
    pub(super) fn is_quick(self) -> bool {
        self == Self::Quick
    }
}

/// What is prepared of ours.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Prepared {
    /// What every session needs.
    common: bool,
    /// The whole question.
    whole: bool,
}

impl Point {
    /// What is run for it.
    pub(in crate::session) fn statements(self, asked: Asked) -> &'static [Ours<'static>] {
        use Ours::{Opened, Prepared, Text};
        const BEFORE: Ours<'static> = Opened(witness::BEFORE_PORTAL);
        const FORWARD: Ours<'static> = Prepared(DEFERRED);
        const CLOSED: Ours<'static> = Text(witness::CLOSED);
        const SEALED: Ours<'static> = Text(SEAL);
        const UNFORGED: Ours<'static> = Text(SEAL_FORGED);
        const ASKED: Ours<'static> = Prepared(WITNESS);
        let (looks, saved) = match (self, asked) {
            (Self::Own | Self::Before, Asked::Quick) => return &[FORWARD, Text(witness::FORGED), Prepared(QUICK)],
            (Self::Block | Self::Flush, Asked::Quick) => return &[Text(witness::FORGED), Prepared(COUNT)],
            (_, Asked::Whole { looks, saved }) => (looks, saved),
        };
        match (self, looks, saved) {
            (Self::Own, false, _) | (Self::Before, false, false) => &[FORWARD, CLOSED, SEALED, ASKED],
            (Self::Own, true, _) | (Self::Before, true, false) => &[FORWARD, CLOSED, SEALED, ASKED, BEFORE],
            // A subtransaction alone is closed then, and its COMMIT opens the one above.
            (Self::Before, false, true) => {
                &[FORWARD, CLOSED, SEALED, ASKED, Text(witness::DEFERRED), Text(SEAL_DEFERRED), SEALED]
            }
            (Self::Before, true, true) => {
                &[FORWARD, CLOSED, SEALED, ASKED, BEFORE, Text(witness::DEFERRED), Text(SEAL_DEFERRED), SEALED]
            }
            (Self::Block | Self::Flush, false, _) => &[UNFORGED, ASKED],
            (Self::Block | Self::Flush, true, _) => &[UNFORGED, ASKED, BEFORE],
        }
    }
}

impl Session {
    /// Whether the quick question is ever asked: it knows no names, which the limits of single tables go by.
    fn may_ask_quickly(&self) -> bool {
        self.setup.policy.limits().tables.is_empty()
    }

    /// How the witness is to be asked now.
    pub(super) fn asks(&self, point: Point) -> Asked {
        let watch = &self.watch;
        let saved = watch.saved && point == Point::Before;
        let plain = self.may_ask_quickly()
            && !(watch.again || watch.before || watch.code || watch.doubted || saved)
            && watch.said.is_of_rows_alone();
        if plain { Asked::Quick } else { Asked::Whole { looks: watch.before, saved: watch.saved } }
    }

    /// Prepares what every session needs, where it is not, in front of a hidden group.
    pub(in crate::session) fn prepare_ours(&mut self, out: &mut Output) {
        if self.has_witness() {
            let whole = !self.may_ask_quickly();
            self.prepare(whole, &mut out.to_upstream);
        }
    }

    /// Prepares what the question under way needs; gives the number of answers due.
    pub(super) fn prepare_asked(&mut self, to: &mut UpstreamBuffer) -> usize {
        if self.watch.doubted {
            self.watch.unprepared();
        }
        self.prepare(!self.watch.asked.is_quick(), to)
    }

    fn prepare(&mut self, whole: bool, to: &mut UpstreamBuffer) -> usize {
        let whole = whole || std::mem::take(&mut self.watch.forged);
        let mut due = 0;
        let mut put = |name: &str, text: &str| {
            to.prepare(name, text);
            due += PREPARE_ANSWERS;
        };
        if !self.watch.prepared.common {
            put(FLUSH, witness::FLUSH);
            put(DEFERRED, witness::DEFERRED);
            if self.may_ask_quickly() {
                put(QUICK, &witness::QUICK);
                put(COUNT, &witness::COUNT);
            }
        }
        if whole && !self.watch.prepared.whole {
            put(WITNESS, witness::QUESTION);
            self.watch.prepared.whole = true;
        }
        self.watch.prepared.common = true;
        due
    }
}
