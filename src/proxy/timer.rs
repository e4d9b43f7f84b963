//! Deadlines of connections, kept on a thread that relays nothing.
//!
//! A runtime with timers reads the clock whenever it goes to sleep and whenever it wakes: twice for each statement, where
//! nothing else happens. So the runtimes that serve connections have none, and what few deadlines a connection has (at its
//! start and at its end) are another runtime's.

#![expect(clippy::disallowed_methods, reason = "here they belong to a runtime that has timers")]

use std::cell::OnceCell;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{Sleep, Timeout};

/// A keeper of deadlines always has one that is nearer than those of a new connection: one that is due before all others
/// wakes a thread that is not asleep too, by two system calls.
const NEAR: Duration = Duration::from_secs(4);

thread_local!(static KEEPER: OnceCell<Handle> = const { OnceCell::new() });

/// Has the deadlines that are set on this thread kept by another runtime, which has timers. Once a thread.
pub fn keep_deadlines_on(keeper: Handle) {
    KEEPER.with(|kept| {
        // The first one stays.
        let _again = kept.set(keeper);
    });
}

/// Runs for as long as the current runtime keeps the deadlines of others.
pub(super) async fn keep() {
    loop {
        tokio::time::sleep(NEAR).await;
    }
}

/// [`tokio::time::timeout`], by this thread's keeper.
pub(super) fn timeout<F: Future>(after: Duration, what: F) -> Timeout<F> {
    with_keeper(|| tokio::time::timeout(after, what))
}

/// [`tokio::time::sleep`], by this thread's keeper.
pub(super) fn sleep(duration: Duration) -> Sleep {
    with_keeper(|| tokio::time::sleep(duration))
}

/// Timers belong to the runtime that is current when they are made.
fn with_keeper<T>(make: impl FnOnce() -> T) -> T {
    KEEPER.with(|kept| {
        let _current = kept.get().map(Handle::enter);
        make()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_without_timers_has_its_deadlines_kept_by_another() {
        let builder = tokio::runtime::Builder::new_current_thread;
        let (keeper, serving) = (builder().enable_time().build().unwrap(), builder().enable_io().build().unwrap());
        let handle = keeper.handle().clone();
        let (ended, end) = tokio::sync::oneshot::channel();
        let served = std::thread::spawn(move || {
            keep_deadlines_on(handle);
            let late = serving.block_on(async {
                sleep(Duration::from_millis(1)).await;
                timeout(Duration::from_millis(1), std::future::pending::<()>()).await.is_err()
            });
            ended.send(()).unwrap();
            late
        });
        keeper.block_on(end).unwrap();
        assert!(served.join().unwrap());
    }
}
