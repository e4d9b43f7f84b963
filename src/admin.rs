//! The operators' HTTP server: `/metrics`, `/healthz`, `/readyz`; and, on a Unix socket alone, control.
//!
//! It has an address of its own, never the agents' port, and by default answers on loopback alone: what it tells (names of
//! principals and rules, never SQL) is for operators. It holds no state but what it is given, and a client of it can
//! neither hold a connection for long nor open many: see [`serve`].
//!
//! What changes something (suspending and resuming principals) is offered only where the state was given a
//! [`Keeper`]: by `proxy` for the Unix socket that its owner alone can open, never for the TCP address.
//!
//! Each path is one arm in `routes`, which is given the whole request and says itself which methods it takes; an API with
//! other methods is another arm there.

mod control;
mod routes;
mod server;

pub use server::{Doorway, serve};

use crate::audit::Recorder;
use crate::state::Keeper;
use crate::telemetry::Metrics;
use std::pin::Pin;
use std::sync::Arc;

/// The future of a [`ReadinessCheck`]: what speaks against being ready, in words for the operator.
pub type Readiness = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Finds out whether the upstream can be reached now. Without one, `/readyz` goes by the last contact; then a Stockade
/// that is taken out of a load balancer for a failed contact makes no further contact and so does not come back by itself.
pub type ReadinessCheck = Arc<dyn Fn() -> Readiness + Send + Sync>;

/// What the endpoints show. Cheap to clone.
#[derive(Clone)]
pub struct AdminState {
    metrics: Arc<Metrics>,
    recorder: Recorder,
    check: Option<ReadinessCheck>,
    control: Option<Arc<Keeper>>,
}

impl AdminState {
    /// Endpoints over these metrics and this recorder; readiness by [`Metrics::health`].
    pub fn new(metrics: Arc<Metrics>, recorder: Recorder) -> Self {
        Self { metrics, recorder, check: None, control: None }
    }

    /// Asks the upstream itself instead of going by the last contact. The check may take 5 seconds; then it has failed.
    #[must_use]
    pub fn with_readiness(mut self, check: ReadinessCheck) -> Self {
        self.check = Some(check);
        self
    }

    /// Offers control of these accounts. Whoever can connect then can suspend and resume.
    #[must_use]
    pub fn with_control(mut self, keeper: Arc<Keeper>) -> Self {
        self.control = Some(keeper);
        self
    }
}
