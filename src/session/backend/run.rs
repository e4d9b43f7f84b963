//! The answers to a read that was judged as one. What is not as usual goes the way of all answers.

use super::super::expect::Step;
use super::super::output::Output;
use super::super::{Event, Session};
use super::{LONGEST_READ, Stream, rows};
use crate::wire::{HEADER_BYTES, Header, backend};

impl Session {
    /// Takes the message at the start of `bytes` for the answer that is due, where it is one that goes to the client as it
    /// came. Gives how many bytes of it, and of rows like it, are there; `None` for all others.
    pub(super) fn answers_run(&mut self, header: Header, bytes: &[u8], out: &mut Output) -> Option<usize> {
        let step = self.pending.run()?.step;
        match (step, header.tag) {
            (Step::Execute | Step::Query, b'D') => {
                let (there, rest) = rows(bytes, b'D');
                self.upstream_stream = if rest == 0 { Stream::Boundary } else { Stream::Pass(rest) };
                Some(there)
            }
            (Step::Parse, b'1') | (Step::Bind, b'2') if header.body == 0 => {
                self.pending.run()?.next();
                Some(HEADER_BYTES)
            }
            (Step::Describe, b'T' | b'n') | (Step::Query, b'T') => {
                if step == Step::Describe {
                    self.pending.run()?.next();
                }
                let there = bytes.len().min(header.total());
                let rest = header.total() - there;
                self.upstream_stream = if rest == 0 { Stream::Boundary } else { Stream::Pass(rest) };
                Some(there)
            }
            (Step::Execute | Step::Query, b'C') if header.body <= LONGEST_READ => {
                let tag = bytes.get(HEADER_BYTES..header.total())?;
                self.watch.committed();
                self.run_done(backend::rows(tag), out);
                Some(header.total())
            }
            _ => None,
        }
    }

    /// Its CommandComplete is there. Behind an Execute that is its end, behind a Query ReadyForQuery is.
    fn run_done(&mut self, rows: Option<u64>, out: &mut Output) {
        let clock = self.setup.clock;
        let Some(run) = self.pending.run() else { return };
        if let Some(report) = &mut run.report {
            report.outcome.finished = true;
            if let Some(rows) = rows {
                let sum = report.outcome.rows.get_or_insert(0);
                *sum = sum.saturating_add(rows);
            }
        }
        if run.step == Step::Execute {
            run.next();
            if let Some(mut report) = run.report.take() {
                report.outcome.duration = clock().saturating_duration_since(report.started);
                out.events.push(Event::Statement(report));
            }
        }
    }
}
