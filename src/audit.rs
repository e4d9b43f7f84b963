//! The record of every decision: one JSON line each, off the statement's path.
//!
//! [`Scribe::record`] writes a [`Record`]'s line into a tray of its thread's own and never waits for a disk; every 5 ms one
//! writer thread takes what lies in all trays and appends it in one write. When the record cannot be written (the disk is full, the file cannot be opened, the
//! queue of what waits is full), the recorder [fails](Recorder::is_failing) until a write succeeds again, and the metrics say so;
//! under [`OnFailure::Reject`] an agent's writes are refused meanwhile, because a firewall whose record can be silenced
//! by filling a disk keeps none.
//!
//! # What a line holds
//! Every line has `v` (the shape's version, 1), `run` (drawn at random when Stockade starts), `seq` (1, 2, 3... within
//! the run, in the file's order: what is missing shows), `time` (RFC 3339, UTC, microseconds) and `event`:
//! `decision` for a decision ([`Record`]), `lost` for decisions that found the queue full (`records` says how many).
//! A reader has to pass over events and fields it does not know: a hash chain will add its own.
//!
//! # What it does not promise
//! Lines are handed to the operating system, not forced to the disk: they survive the process, not a power cut.

mod journal;
mod record;
mod recorder;
mod trays;
mod writer;

pub use record::{Protocol, Record, Session, Statement, Statements, Text};
pub use recorder::{NotFlushed, NotRecorded, Recorder, Scribe, StartError};

use prometheus::{IntCounter, IntGauge};
use std::path::PathBuf;

/// Where records go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Standard output.
    Stdout,
    /// A file, appended to; created readable by its owner alone (mode 0600). Its directory has to exist.
    File(PathBuf),
}

/// How much of a statement's text a record shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TextMode {
    /// As the client sent it: literals, and so people's data and secrets, included.
    Full,
    /// Every literal replaced.
    #[default]
    Redacted,
    /// Nothing of it: the fingerprint alone.
    Fingerprint,
}

/// What becomes of an agent's writes while the record cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// They are refused.
    #[default]
    Reject,
    /// They go on unrecorded.
    Allow,
}

/// The `[audit]` section, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where records go.
    pub path: Destination,
    /// How much of the text they show.
    pub text: TextMode,
    /// What a failure to write means for agents.
    pub on_failure: OnFailure,
    /// A file that would grow over this many bytes is rotated: `path` becomes `path.1`, that `path.2`... 0: never.
    pub max_bytes: u64,
    /// How many rotated files are kept, at least 1.
    pub keep: u32,
    /// How many records may wait to be written, at least 1. A thread's may take 2 KiB each on average.
    pub queue: usize,
}

impl Settings {
    /// The defaults, for a destination: redacted text, failures refuse, 100 MiB a file, 10 files, 8192 records waiting.
    pub fn new(path: Destination) -> Self {
        Self {
            path,
            text: TextMode::default(),
            on_failure: OnFailure::default(),
            max_bytes: 100 * 1024 * 1024,
            keep: 10,
            queue: 8192,
        }
    }
}

/// What the recorder counts in; the caller passes the registry's own handles.
#[derive(Debug, Clone)]
pub struct Gauges {
    /// Decisions written.
    pub records: IntCounter,
    /// Writes that failed, and decisions lost because the queue was full.
    pub failures: IntCounter,
    /// Decisions waiting to be written.
    pub queue: IntGauge,
    /// 1 while decisions can be written.
    pub healthy: IntGauge,
}
