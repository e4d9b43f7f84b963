//! The proof that a value was judged and allowed: nothing else reaches the upstream.

use super::Decision;

/// A value that was judged, and what was decided of it.
#[derive(Debug)]
pub struct Judged<T> {
    value: T,
    decision: Decision,
}

/// A value that may go to the upstream. The field is private and [`Judged::permit`] the only maker, so a path that
/// forwards without a decision does not compile. Not `Clone`: one decision, one forwarding.
#[derive(Debug)]
pub struct Permitted<T>(T);

/// A value that may not go on, with the decision that says why.
#[derive(Debug)]
pub struct Refused<T> {
    /// What was judged.
    pub value: T,
    /// Why not.
    pub decision: Decision,
}

impl<T> Judged<T> {
    /// Pairs a value with the decision on it. Only the policy makes these.
    pub(super) fn new(value: T, decision: Decision) -> Self {
        Self { value, decision }
    }

    /// What was decided.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// The permit, where the decision is Allow or is not enforced (shadow mode).
    ///
    /// # Errors
    /// The value and the decision back, where it is Hold or Reject and enforced.
    pub fn permit(self) -> Result<(Permitted<T>, Decision), Refused<T>> {
        if self.decision.forwards() {
            Ok((Permitted(self.value), self.decision))
        } else {
            Err(Refused { value: self.value, decision: self.decision })
        }
    }
}

impl<T> Permitted<T> {
    /// Takes the value out, to be written to the upstream.
    pub fn into_inner(self) -> T {
        self.0
    }
}
