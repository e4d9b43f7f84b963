//! Deadlines of connections: tokio's, kept by the runtime that the serving threads have entered, on a thread that relays
//! nothing.

use std::time::Duration;
pub(super) use tokio::time::{sleep, timeout};

/// There always is a deadline that is nearer than those of a new connection: one that is due before all others wakes a
/// thread that is asleep, by two system calls.
const NEAR: Duration = Duration::from_secs(4);

/// Runs for as long as the current runtime keeps the deadlines of others.
pub(super) async fn keep() {
    loop {
        sleep(NEAR).await;
    }
}
