//! The thread that writes.

use super::Settings;
use super::journal::{Failed, Sink, sink};
use super::recorder::Shared;
use super::trays::Taken;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// While writing fails, as many records at most are each a reason to try again at once.
const PROMPTS: u64 = 256;

/// How long the writer lets records gather before it writes. Woken and writing for each, it would cost a statement more
/// than judging does; a process that is killed takes what gathered with it.
const GATHER: Duration = Duration::from_millis(25);

/// The smallest queue that has room for what comes in while records gather.
const ROOM_TO_GATHER: usize = 1024;

/// The first wait before a write that failed is tried again; it doubles up to [`MAX_BACKOFF`].
const MIN_BACKOFF: Duration = Duration::from_millis(10);
const MAX_BACKOFF: Duration = Duration::from_secs(1);

/// Owns the destination.
pub(super) struct Writer {
    shared: Arc<Shared>,
    sink: Box<dyn Sink + Send>,
    /// Lines that are not written yet. Nothing more is taken while there are any.
    taken: Taken,
    backoff: Duration,
    /// How long records gather.
    gather: Duration,
    /// Records came of late: more are looked for when they had time to gather, and the next one has nobody to wake.
    busy: bool,
}

/// Whether to go on.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Again,
    End,
}

impl Writer {
    /// Makes the writer and opens the destination, so that a recorder that cannot write knows at once.
    pub(super) fn open(settings: &Settings, shared: Arc<Shared>) -> Self {
        let gather = if settings.queue >= ROOM_TO_GATHER { GATHER } else { Duration::ZERO };
        let mut writer = Self::with_sink(sink(settings), shared);
        writer.gather = gather;
        writer
    }

    fn with_sink(mut sink: Box<dyn Sink + Send>, shared: Arc<Shared>) -> Self {
        if let Err(Failed { error, .. }) = sink.open() {
            shared.fail(|| error.to_string());
        }
        let (backoff, gather) = (MIN_BACKOFF, Duration::ZERO);
        Self { shared, sink, taken: Taken::default(), backoff, gather, busy: false }
    }

    /// Writes until the recorder is shut down or dropped.
    pub(super) fn run(mut self) {
        while {
            self.wait();
            self.turn() == Next::Again
        } {}
    }

    /// Takes what there is, and writes it.
    fn turn(&mut self) -> Next {
        let abandoned = self.shared.abandoned.load(Ordering::Acquire);
        let stopping = self.shared.stop.load(Ordering::Acquire) || abandoned;
        if self.taken.bytes.is_empty() {
            let lost = || self.shared.lost.swap(0, Ordering::SeqCst);
            self.shared.trays.take(&mut self.taken, lost);
        }
        let came = !self.taken.bytes.is_empty();
        self.busy = came && !self.gather.is_zero();
        // The destination is looked at without anything to write only where that may be news.
        let written = if came || self.is_failing() { self.write() } else { true };
        self.shared.show_waiting();
        // What waits is written; what cannot be written now is tried until the process ends or, where nobody waits for it
        // any more, given up.
        let told = self.shared.lost.load(Ordering::SeqCst) == 0;
        let ends = stopping && written && told && self.shared.trays.close_if_empty();
        if ends || abandoned && !written { Next::End } else { Next::Again }
    }

    fn is_failing(&self) -> bool {
        self.shared.failing.load(Ordering::Acquire)
    }

    /// Whether the end is near, for which nothing waits.
    fn is_ending(&self) -> bool {
        self.shared.stop.load(Ordering::Acquire) || self.shared.abandoned.load(Ordering::Acquire)
    }

    fn has_news(&self) -> bool {
        self.shared.trays.waiting() > 0 || self.shared.lost.load(Ordering::SeqCst) > 0
    }

    /// Waits for a reason to write: a record, or the time to try again.
    fn wait(&mut self) {
        if self.is_failing() {
            // What came since is tried once.
            if !self.taken.bytes.is_empty() || !self.has_news() {
                self.back_off();
            }
            return;
        }
        if !self.busy {
            self.sleep();
        }
        let crowded = self.shared.trays.waiting() >= self.shared.trays.most().div_ceil(2);
        if !self.gather.is_zero() && !crowded && !self.is_ending() {
            std::thread::park_timeout(self.gather);
        }
    }

    /// Until the first record.
    fn sleep(&self) {
        self.shared.asleep.store(true, Ordering::SeqCst);
        // Whoever comes behind this look sees that we sleep.
        if !self.has_news() && !self.is_failing() && !self.is_ending() {
            std::thread::park();
        }
        self.shared.asleep.store(false, Ordering::SeqCst);
    }

    /// Until it is time to try again.
    fn back_off(&mut self) {
        let backoff = self.backoff;
        self.backoff = (backoff * 2).min(MAX_BACKOFF);
        // A new record is a reason to try at once, as long as they are few.
        self.shared.asleep.store(self.shared.trays.waiting() < PROMPTS, Ordering::SeqCst);
        std::thread::park_timeout(backoff);
        self.shared.asleep.store(false, Ordering::SeqCst);
    }

    /// Writes what was taken; whether nothing of it is left.
    fn write(&mut self) -> bool {
        let lines = &self.taken.bytes;
        let result = if lines.is_empty() { self.sink.open() } else { self.sink.append(lines) };
        match result {
            Ok(()) => {
                self.written(self.taken.bytes.len());
                self.backoff = MIN_BACKOFF;
                // Records may have been lost since; they make the next turn.
                if self.shared.lost.load(Ordering::SeqCst) == 0 {
                    self.shared.recover();
                }
                true
            }
            Err(Failed { written, error }) => {
                self.written(written);
                self.shared.fail(|| error.to_string());
                false
            }
        }
    }

    /// Counts and forgets the first `bytes` bytes of what was taken, which are whole lines.
    fn written(&mut self, bytes: usize) {
        let taken = &mut self.taken;
        let decisions = if bytes >= taken.bytes.len() {
            let decisions = taken.decisions;
            taken.clear();
            decisions
        } else {
            let lines = taken.bytes.drain(..bytes).filter(|byte| *byte == b'\n').count();
            let decisions = (lines as u64).min(taken.decisions);
            taken.decisions -= decisions;
            decisions
        };
        self.shared.trays.written(decisions);
        self.shared.gauges.records.inc_by(decisions);
    }
}

impl Drop for Writer {
    /// A writer that ends by a panic must not leave a recorder behind that looks healthy, or takes what nobody writes.
    fn drop(&mut self) {
        self.shared.trays.close();
        if std::thread::panicking() {
            self.shared.fail(|| "the writer has ended unexpectedly".to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
