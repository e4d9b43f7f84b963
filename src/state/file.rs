//! The file: its form, and how it is read and replaced.

use crate::policy::{Cause, Kept, SuspendAfter, Suspension};
use serde::{Deserialize, Serialize};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The form this version writes and reads.
const VERSION: u32 = 1;

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It is there and cannot be read.
    #[error("the state file {} cannot be read: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It is there and is not one of ours.
    #[error(
        "the state file {} cannot be understood: {error}. It says who is suspended: repair it, or take it away, which \
         resumes everyone and forgets what was used of the budgets",
        path.display()
    )]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: String,
    },
    /// It cannot be written.
    #[error("the state file {} cannot be written: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// No thread for the writer.
    #[error("no thread for the state file's writer: {error}")]
    Thread {
        /// Why.
        error: std::io::Error,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    principals: Vec<Entry>,
}

/// One principal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) principal: String,
    suspended: Option<Suspended>,
    /// The second since 1970 a minute begins with, and its rows.
    spent: Vec<(u64, u64)>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Suspended {
    since: u64,
    /// None where a person did it.
    refusals: Option<u32>,
    within_seconds: Option<u64>,
}

impl Entry {
    pub(super) fn new(principal: &str, kept: &Kept) -> Self {
        let suspended = kept.suspension.map(|suspension| {
            let after = match suspension.cause {
                Cause::Refusals(after) => Some(after),
                Cause::Person => None,
            };
            Suspended {
                since: suspension.since,
                refusals: after.map(|after| after.refusals),
                within_seconds: after.map(|after| after.within.as_secs()),
            }
        });
        Self { principal: principal.to_owned(), suspended, spent: kept.spent.clone() }
    }

    pub(super) fn kept(&self) -> Kept {
        let suspension = self.suspended.map(|suspended| {
            let after = suspended
                .refusals
                .zip(suspended.within_seconds)
                .map(|(refusals, seconds)| SuspendAfter { refusals, within: Duration::from_secs(seconds) });
            Suspension { since: suspended.since, cause: after.map_or(Cause::Person, Cause::Refusals) }
        });
        Kept { suspension, spent: self.spent.clone() }
    }

    pub(super) fn is_suspended(&self) -> bool {
        self.suspended.is_some()
    }
}

/// Reads the file; nothing where there is none yet.
pub(super) fn read(path: &Path) -> Result<Vec<Entry>, StateError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StateError::Read { path: path.to_owned(), error }),
    };
    let form = |error: String| StateError::Form { path: path.to_owned(), error };
    let document: Document = serde_json::from_slice(&bytes).map_err(|error| form(error.to_string()))?;
    if document.version != VERSION {
        return Err(form(format!("it is of version {}, this Stockade reads {VERSION}", document.version)));
    }
    Ok(document.principals)
}

/// Replaces the file as one: a new one, for its owner alone, written to the disk before it takes the old one's name.
pub(super) fn write(path: &Path, principals: Vec<Entry>) -> Result<(), StateError> {
    let replace = || -> std::io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(".stockade-state-").tempfile_in(folder)?;
        serde_json::to_writer(&mut file, &Document { version: VERSION, principals })?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        // The new name too has to be on the disk.
        std::fs::File::open(folder)?.sync_all()
    };
    replace().map_err(|error| StateError::Write { path: path.to_owned(), error })
}
