//! The answers to a read that was judged as one. What is not as usual goes the way of all answers.

use super::super::expect::Step;
use super::super::output::Output;
use super::super::{Event, Session};
use super::{LONGEST_READ, Stream, rows};
use crate::wire::{HEADER_BYTES, Header, backend};

impl Session {
    /// Takes the messages at the start of `bytes` for the answers that are due, as long as they go to the client as they
    /// came. Gives how many bytes of them are there.
    // By itself: among all that may be answered, each of these messages takes twice as long.
    #[inline(never)]
    pub(super) fn answers_run(&mut self, bytes: &[u8], out: &mut Output) -> usize {
        let mut at = 0;
        while self.upstream_stream == Stream::Boundary
            && let Some(rest) = bytes.get(at..)
            && let Ok(Some(header)) = Header::read(rest)
            && let Some(there) = self.answer_of_run(header, rest, out)
        {
            at += there;
        }
        at
    }

    /// Takes the message at the start of `bytes`, and rows like it. `None` where it is none of these.
    #[inline]
    fn answer_of_run(&mut self, header: Header, bytes: &[u8], out: &mut Output) -> Option<usize> {
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
        run.next();
        if run.step == Step::Sync
            && let Some(mut report) = run.report.take()
        {
            report.outcome.duration = clock().saturating_duration_since(report.started);
            out.events.push(Event::Statement(report));
        }
    }
}
