//! What may share a unit, and with it a transaction mode: a read that could hide a write shares none with a write, unless what it
//! hides is counted.

use super::super::Session;
use super::super::judge::{Read, Wants};
use super::super::output::Output;
use super::{Place, Unit};
use crate::wire::backend::Status;

/// What is said of a read that shares its transaction with a write.
pub(in crate::session) const BESIDE: &str =
    "a call of a user's code by a read, in one message or pipeline with a write or a transaction statement";

/// What is said of a text that would have to be run part by part, and cannot.
pub(in crate::session) const APART: &str =
    "a text that changes something and has transaction statements in its middle (send each statement by itself)";

/// What is said of a text with several transactions.
const BEHIND: &str = "statements behind the end of a transaction, in one text (send them by themselves)";

/// What is said of a Query that changes something in a run of extended messages.
const WITHIN: &str = "a change or a BEGIN in a Query message amid a run of extended messages (send Sync before it)";

impl Session {
    /// Whether a Query's text mixes what cannot be told apart while it runs.
    ///
    /// # Errors
    /// What it mixes, in words.
    pub(in crate::session) fn may_run_together(&self, read: &Read, wants: &mut Wants) -> Result<(), &'static str> {
        if self.modes.is_read_only() && read.goes_on_behind_an_end() {
            // Between the two nothing of ours can stand, and the server's read-only default is all there is.
            return Err(BEHIND);
        }
        if self.unit.is_begun() && self.modes.keeps_apart() && self.is_within(read, *wants) {
            return Err(WITHIN);
        }
        if self.keeps_reads_apart(read, wants) { Ok(()) } else { Err(BESIDE) }
    }

    /// Whether a Query and the run that it ends may not share their transaction.
    fn is_within(&self, read: &Read, wants: Wants) -> bool {
        let counted = self.has_witness();
        if counted && (self.unit.changed || read.changes()) {
            // Its ReadyForQuery would end the run's transaction, and the witness could not come before.
            return true;
        }
        if self.unit.place_or(self.status) != Place::Implicit {
            return false;
        }
        let may_write = self.modes.default_off || self.unit.may_write(counted);
        // What a view hides in the one, or in the other, would be written, and commit with it.
        let reads = wants.others || (wants.read && counted);
        let before = self.unit.reads || self.unit.looks || self.unit.hides;
        (may_write && reads) || ((may_write || wants.opens(counted)) && before)
    }

    fn keeps_reads_apart(&self, read: &Read, wants: &mut Wants) -> bool {
        if !self.modes.keeps_apart() {
            return true;
        }
        if self.unit.is_begun() {
            // A Query in a run without Sync runs in the run's transaction, and no bracket can be put around it.
            let Unit { wants: before, parses, .. } = self.unit;
            let may_write = self.modes.default_off || before.write || before.begins || parses.write || parses.begins;
            return match self.unit.place_or(self.status) {
                Place::Implicit => !(wants.hides || wants.maintains) || !(may_write || wants.write || wants.begins),
                Place::Block | Place::Failed => !(wants.hides || wants.read),
            };
        }
        if !(wants.write || wants.begins || wants.transaction) {
            return true;
        }
        // BEGIN, reads, COMMIT: nothing in it writes, so it is run read-only as a whole.
        let reads_alone = !(wants.write || wants.tells) && self.status == Status::Idle;
        if reads_alone && wants.read && read.closes_what_it_begins() {
            wants.begins = false;
            return true;
        }
        !wants.hides
    }

    /// Makes the place for an extended message: opens or closes the read-only subtransaction it needs. `runs` is whether
    /// it is more than a Parse. `false` where it may not run beside what the unit holds already.
    pub(in crate::session) fn make_place(&mut self, read: &Read, runs: bool, out: &mut Output) -> bool {
        if !self.modes.keeps_apart() {
            return true;
        }
        let wants = read.wants();
        match read.begins_alone() {
            Some(block) => self.unit.begin = Some(block),
            None => self.unit.more = true,
        }
        let place = self.unit.place_or(self.status);
        self.unit.place = Some(place);
        let writes = wants.write || wants.copy_in;
        match place {
            Place::Failed => true,
            Place::Block if wants.hides && (writes || wants.transaction) => false,
            Place::Block => {
                self.enter_block_in_run(read, runs, out);
                true
            }
            Place::Implicit => {
                let Unit { wants: before, ended, .. } = self.unit;
                let shows = self.has_witness() && before.tells;
                let may_write = self.modes.default_off || before.write || before.begins || ended || shows;
                let starts_writing = runs && (writes || wants.begins);
                let hides = wants.hides || wants.maintains;
                let opened = !self.has_witness() && self.unit.is_opened_to_show() && wants.others;
                // Nobody counts what a view hides in it.
                let begins = !self.has_witness()
                    && runs
                    && (wants.others && before.begins || wants.begins && self.unit.others_read);
                let together =
                    opened || begins || (hides && (may_write || starts_writing)) || (starts_writing && self.unit.hides);
                self.unit.hides |= hides;
                self.unit.reads |= runs && (wants.read || wants.hides);
                self.unit.others_read |= runs && wants.others;
                if !together {
                    self.enter_block_in_run(read, runs, out);
                }
                !together
            }
        }
    }
}
