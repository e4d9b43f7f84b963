//! Where lines wait to be written: a tray for every thread that records, emptied together.
//!
//! A thread writes its lines, numbered, into its own tray: what a statement pays is the line itself and a lock that
//! nobody else wants but the writer, a few times in 25 ms. The number is taken while the tray is locked, and the writer
//! empties all trays while it has locked them all: so what it holds then is every line up to a number, and none above.

use super::NotRecorded;
use super::record::{At, Lines, Unsayable};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// Trays at most. Where more threads record, some share one.
const MOST_TRAYS: usize = 64;

/// What a waiting record may take in a tray on average, in bytes. Most lines are a quarter of it.
const A_RECORD: usize = 2 * 1024;

/// What a tray takes in at the least, in bytes.
const LEAST_ROOM: usize = 1024 * 1024;

/// A buffer that has grown beyond this is not kept, in bytes.
const MOST_KEPT: usize = 1024 * 1024;

/// All trays.
#[derive(Debug)]
pub(super) struct Trays {
    trays: Box<[Own]>,
    /// The next line's number, from 1.
    next: AtomicU64,
    /// How many numbers are of no decision that waits.
    done: AtomicU64,
    /// Decisions that may wait.
    most: u64,
    /// Bytes from which on a tray is full.
    room: usize,
}

/// On a cache line of its own: neighbours are other threads'.
#[derive(Debug)]
#[repr(align(128))]
struct Own(Mutex<Tray>);

#[derive(Debug)]
struct Tray {
    form: Lines,
    lines: Waiting,
    closed: bool,
}

/// Lines, and of each its number and length.
#[derive(Debug, Default)]
struct Waiting {
    bytes: Vec<u8>,
    index: Vec<(u64, usize)>,
}

impl Waiting {
    /// Each line with its number.
    fn each(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let mut rest = &*self.bytes;
        self.index.iter().map_while(move |(number, length)| {
            let (line, behind) = rest.split_at_checked(*length)?;
            rest = behind;
            Some((*number, line))
        })
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.index.clear();
        if self.bytes.capacity() > MOST_KEPT {
            *self = Self::default();
        }
    }
}

/// What the writer took out of the trays.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Whole lines, in the order of their numbers.
    pub(super) bytes: Vec<u8>,
    /// How many of them are decisions; a line about lost ones comes last.
    pub(super) decisions: u64,
    /// Swapped with the trays.
    spare: Vec<Waiting>,
}

impl Taken {
    /// Forgets the lines; their room is used again.
    pub(super) fn clear(&mut self) {
        self.decisions = 0;
        self.bytes.clear();
        if self.bytes.capacity() > MOST_KEPT {
            self.bytes = Vec::new();
        }
    }

    /// Puts the lines of several trays in order.
    fn merge(&mut self) {
        let mut lines: Vec<(u64, &[u8])> = self.spare.iter().flat_map(Waiting::each).collect();
        // Runs that are in order by themselves.
        lines.sort_by_key(|(number, _)| *number);
        for (_, line) in lines {
            self.bytes.extend_from_slice(line);
        }
        self.spare.iter_mut().for_each(Waiting::clear);
    }
}

thread_local! {
    /// Which tray is this thread's, where there are enough.
    static PLACE: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// The current thread's place.
fn place() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let place = PLACE.get();
    if place != usize::MAX {
        return place;
    }
    let place = NEXT.fetch_add(1, Ordering::Relaxed);
    PLACE.set(place);
    place
}

impl Trays {
    /// Trays for the lines of a run, in which so many decisions may wait.
    pub(super) fn new(run: &str, most: usize) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let tray = || Tray { form: Lines::new(run), lines: Waiting::default(), closed: false };
        Self {
            trays: (0..processors.min(MOST_TRAYS)).map(|_| Own(Mutex::new(tray()))).collect(),
            next: AtomicU64::new(1),
            done: AtomicU64::new(0),
            most: u64::try_from(most).unwrap_or(u64::MAX).max(1),
            room: most.saturating_mul(A_RECORD).max(LEAST_ROOM),
        }
    }

    /// Decisions taken in and not written yet. Sequentially consistent: who falls asleep looks here behind saying so, and
    /// who puts a line looks behind that whether somebody sleeps.
    pub(super) fn waiting(&self) -> u64 {
        // In this order: what is done was numbered before.
        let done = self.done.load(Ordering::SeqCst);
        (self.next.load(Ordering::SeqCst) - 1).saturating_sub(done)
    }

    /// Decisions that may wait.
    pub(super) fn most(&self) -> u64 {
        self.most
    }

    /// Puts a decision's line into the thread's tray; how many wait with it.
    ///
    /// # Errors
    /// If there is no room, no writer, or no way to say the time. No number is used up then.
    pub(super) fn put(
        &self,
        time: SystemTime,
        write: impl FnOnce(&mut Lines, u64, At, &mut Vec<u8>),
    ) -> Result<u64, NotRecorded> {
        let own = self.trays.get(place() % self.trays.len().max(1)).ok_or(NotRecorded::Closed)?;
        let mut tray = lock(own);
        let Tray { form, lines, closed } = &mut *tray;
        if *closed {
            return Err(NotRecorded::Closed);
        }
        if self.waiting() >= self.most || lines.bytes.len() >= self.room {
            return Err(NotRecorded::Full);
        }
        let at = form.at(time).map_err(|Unsayable| NotRecorded::Time)?;
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        let before = lines.bytes.len();
        write(form, number, at, &mut lines.bytes);
        lines.index.push((number, lines.bytes.len() - before));
        drop(tray);
        Ok(number.saturating_sub(self.done.load(Ordering::Relaxed)))
    }

    /// Takes everything there is into `taken`, which has to be empty, and behind it a line for as many decisions as
    /// `lost` says were lost, if any.
    pub(super) fn take(&self, taken: &mut Taken, lost: impl FnOnce() -> u64) {
        let mut trays: Vec<MutexGuard<'_, Tray>> = self.trays.iter().map(lock).collect();
        let mut filled = trays.iter_mut().filter(|tray| !tray.lines.index.is_empty());
        match (filled.next(), filled.next()) {
            (None, _) => {}
            (Some(only), None) => {
                taken.decisions = only.lines.index.len() as u64;
                std::mem::swap(&mut taken.bytes, &mut only.lines.bytes);
                only.lines.index.clear();
            }
            (Some(_), Some(_)) => {
                taken.spare.resize_with(trays.len(), Waiting::default);
                for (tray, spare) in trays.iter_mut().zip(&mut taken.spare) {
                    taken.decisions += tray.lines.index.len() as u64;
                    std::mem::swap(&mut tray.lines, spare);
                }
            }
        }
        let lost = lost();
        // Its number is taken while no other can be.
        let number = (lost > 0).then(|| {
            self.done.fetch_add(1, Ordering::SeqCst);
            self.next.fetch_add(1, Ordering::SeqCst)
        });
        let line = number.zip(trays.first_mut()).map(|(number, tray)| {
            let mut line = Vec::new();
            // Now can be said, if anything can.
            let at = tray.form.at(SystemTime::now()).unwrap_or_default();
            tray.form.lost(number, at, lost, &mut line);
            line
        });
        drop(trays);
        taken.merge();
        taken.bytes.extend(line.unwrap_or_default());
    }

    /// So many decisions were written.
    pub(super) fn written(&self, decisions: u64) {
        self.done.fetch_add(decisions, Ordering::SeqCst);
    }

    /// From now on nothing is taken in, unless something waits; whether that is so.
    pub(super) fn close_if_empty(&self) -> bool {
        let mut trays: Vec<MutexGuard<'_, Tray>> = self.trays.iter().map(lock).collect();
        let empty = trays.iter().all(|tray| tray.lines.index.is_empty());
        if empty {
            trays.iter_mut().for_each(|tray| tray.closed = true);
        }
        empty
    }

    /// From now on nothing is taken in.
    pub(super) fn close(&self) {
        self.trays.iter().for_each(|own| lock(own).closed = true);
    }
}

fn lock(own: &Own) -> MutexGuard<'_, Tray> {
    own.0.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
