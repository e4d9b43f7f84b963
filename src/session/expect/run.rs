//! A read that was judged as one, from its first message to its last, with nothing else under way: its answers come one
//! after the other, so that a step stands for the queue.

use super::{Expect, Kind, Undo};
use crate::session::StatementReport;

/// What is being answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::session) enum Step {
    /// A Query, the whole of it.
    Query,
    /// Parse.
    Parse,
    /// Bind, of the unnamed portal.
    Bind,
    /// Describe.
    Describe,
    /// Execute.
    Execute,
    /// Sync.
    Sync,
}

/// Such a read.
#[derive(Debug)]
pub(in crate::session) struct Run {
    /// What is being answered.
    pub(in crate::session) step: Step,
    /// Whether a Describe stands behind its Bind.
    pub(in crate::session) describes: bool,
    /// What to put back if its Parse fails, where that changed anything.
    pub(in crate::session) undo: Option<Box<Undo>>,
    /// What to report when it is finished.
    pub(in crate::session) report: Option<Box<StatementReport>>,
}

impl Run {
    /// One message of it is answered.
    pub(in crate::session) fn next(&mut self) {
        self.step = match self.step {
            Step::Query | Step::Parse => Step::Bind,
            Step::Bind if self.describes => Step::Describe,
            Step::Bind | Step::Describe => Step::Execute,
            Step::Execute | Step::Sync => Step::Sync,
        };
        self.undo = None;
    }

    /// Its messages that are not answered yet, one by one.
    pub(super) fn messages(self) -> impl Iterator<Item = Expect> {
        let Self { step, describes, undo, report } = self;
        let is_query = step == Step::Query;
        let due = move |message: Step| !is_query && step <= message;
        let (query, execute) = if is_query { (report, None) } else { (None, report) };
        let one = |kind, report| Expect::Client { kind, poison: None, report, point: None };
        [
            is_query.then(|| one(Kind::Query, query)),
            due(Step::Parse).then(|| one(Kind::Parse(undo.map(|undo| *undo)), None)),
            due(Step::Bind).then(|| one(Kind::Bind(Box::default()), None)),
            (describes && due(Step::Describe)).then(|| one(Kind::Describe, None)),
            due(Step::Execute).then(|| one(Kind::Execute, execute)),
            due(Step::Sync).then(|| one(Kind::Sync, None)),
        ]
        .into_iter()
        .flatten()
    }
}
