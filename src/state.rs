//! What outlives a connection: every principal's account, and the file that carries it over a restart.
//!
//! The file is written whole beside its place and renamed, so that a crash leaves the old one or the new one. A file that
//! is there and cannot be read stops the start: to begin without it would resume everyone who is suspended. Suspensions
//! are written when they change; budgets every ten seconds and at the end.

mod file;

#[cfg(test)]
mod tests;

use crate::policy::{Account, Accounts, Anchor, Policy, Suspension};
use file::Entry;
pub use file::StateError;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

/// How long a change of a budget may wait to be written.
const INTERVAL: Duration = Duration::from_secs(10);

/// Keeps the accounts, and writes them down where there is a file.
#[derive(Debug)]
pub struct Keeper {
    accounts: Accounts,
    writer: Option<Writer>,
    /// What is kept goes to the file in one order: the latest is not overtaken by an earlier one.
    store: Arc<Store>,
}

#[derive(Debug)]
struct Writer {
    wake: Sender<Wake>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the writer is woken for.
#[derive(Debug)]
enum Wake {
    Save,
    End,
}

/// Why a principal was not suspended or resumed.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// Nobody is called so.
    #[error("there is no principal \"{0}\"")]
    Unknown(String),
    /// Its statements are not refused, whatever is decided.
    #[error("\"{0}\" is trusted or in shadow mode: none of its statements would be refused")]
    NotEnforced(String),
    /// It holds in this process and was not written down.
    #[error("done, but it will not survive a restart: {0}")]
    NotKept(#[source] StateError),
}

impl Keeper {
    /// Accounts for these policies' principals, with what the file kept. Without a file they last as long as the process.
    ///
    /// # Errors
    /// Where the file is there and cannot be read, or cannot be written.
    pub fn start<'a>(
        policies: impl IntoIterator<Item = &'a Arc<Policy>>,
        path: Option<PathBuf>,
    ) -> Result<Self, StateError> {
        let now = Instant::now();
        let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let accounts = Accounts::new(policies, Anchor { instant: now, unix });
        let mut strangers = Vec::new();
        for entry in path.as_deref().map(file::read).transpose()?.unwrap_or_default() {
            match accounts.named(&entry.principal) {
                Some(account) => account.restore(&entry.kept(), now),
                // Taken out of the configuration for a day, it comes back as it went.
                None if entry.is_suspended() => strangers.push(entry),
                None => {}
            }
        }
        let store = Arc::new(Store { accounts: accounts.clone(), path, strangers, writing: Mutex::new(()) });
        // Now, so that what cannot be written is known before anybody relies on it.
        store.save()?;
        let writer = store.path.is_some().then(|| Writer::start(&store)).transpose()?;
        Ok(Self { accounts, writer, store })
    }

    /// The accounts.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Whether what is kept survives a restart.
    pub fn survives(&self) -> bool {
        self.writer.is_some()
    }

    /// Notes a refusal of the principal's. The suspension where this one suspends; it is written down behind the
    /// caller's back.
    pub fn refused(&self, account: &Account, at: Instant) -> Option<Suspension> {
        let suspension = account.refused(at)?;
        if let Some(writer) = &self.writer {
            // Only a writer that has ended does not hear it; it has saved then, or said that it cannot.
            let _woken = writer.wake.send(Wake::Save);
        }
        Some(suspension)
    }

    /// Suspends a principal by a person's word; `false` where it was suspended already. Waits for the disk.
    ///
    /// # Errors
    /// [`ControlError`]; with [`ControlError::NotKept`] it is suspended all the same.
    pub fn suspend(&self, principal: &str) -> Result<bool, ControlError> {
        let account = self.account(principal)?;
        if !account.can_be_suspended() {
            return Err(ControlError::NotEnforced(principal.to_owned()));
        }
        let changed = account.suspend(Instant::now()).is_some();
        self.store.save().map_err(ControlError::NotKept)?;
        Ok(changed)
    }

    /// Resumes a principal; `false` where it was not suspended. Waits for the disk.
    ///
    /// # Errors
    /// [`ControlError`]; with [`ControlError::NotKept`] it is resumed all the same.
    pub fn resume(&self, principal: &str) -> Result<bool, ControlError> {
        let changed = self.account(principal)?.resume().is_some();
        self.store.save().map_err(ControlError::NotKept)?;
        Ok(changed)
    }

    /// Writes what is left to write and ends the writer. Waits for the disk.
    pub fn shutdown(&self) {
        let Some(writer) = &self.writer else { return };
        let _woken = writer.wake.send(Wake::End);
        let thread = writer.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of the writer's was reported by its own thread.
            let _ended = thread.join();
        }
    }

    fn account(&self, principal: &str) -> Result<&Arc<Account>, ControlError> {
        self.accounts.named(principal).ok_or_else(|| ControlError::Unknown(principal.to_owned()))
    }
}

impl Writer {
    fn start(store: &Arc<Store>) -> Result<Self, StateError> {
        let (wake, woken) = channel();
        let writing = Arc::clone(store);
        let thread = std::thread::Builder::new()
            .name("stockade-state".into())
            .spawn(move || run(&writing, &woken))
            .map_err(|error| StateError::Thread { error })?;
        Ok(Self { wake, thread: Mutex::new(Some(thread)) })
    }
}

/// Writes when told to, and every so often what changed meanwhile.
fn run(store: &Store, woken: &Receiver<Wake>) {
    let mut failing = false;
    loop {
        let wake = woken.recv_timeout(INTERVAL);
        let touched = store.take_touched();
        if failing || touched || !matches!(wake, Err(RecvTimeoutError::Timeout)) {
            match store.save() {
                Ok(()) if failing => {
                    tracing::info!(target: "stockade::state", "suspensions and budgets are kept again")
                }
                Ok(()) => {}
                Err(error) => {
                    tracing::error!(target: "stockade::state", %error, "suspensions and budgets would not survive a restart");
                    failing = true;
                    if matches!(wake, Ok(Wake::End) | Err(RecvTimeoutError::Disconnected)) {
                        return;
                    }
                    continue;
                }
            }
            failing = false;
        }
        if matches!(wake, Ok(Wake::End) | Err(RecvTimeoutError::Disconnected)) {
            return;
        }
    }
}

/// The accounts and their file.
#[derive(Debug)]
struct Store {
    accounts: Accounts,
    path: Option<PathBuf>,
    /// Suspended principals that this configuration does not know.
    strangers: Vec<Entry>,
    writing: Mutex<()>,
}

impl Store {
    fn save(&self) -> Result<(), StateError> {
        let Some(path) = &self.path else { return Ok(()) };
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let entries = self.accounts.iter().map(|account| Entry::new(account.principal(), &account.keep(now)));
        file::write(path, entries.chain(self.strangers.iter().cloned()).collect())
    }

    fn take_touched(&self) -> bool {
        // Each account is asked: what one answers must not keep another's mark.
        self.accounts.iter().filter(|account| account.take_touched()).count() > 0
    }
}
