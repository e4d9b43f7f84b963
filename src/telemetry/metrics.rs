//! The registry and everything in it.

use super::health::Health;
use super::labels::{Direction, StartupRefusal, UpstreamError, WitnessedProtocol};
use super::principal::{Families, Names, PrincipalMetrics};
use super::{OTHER, PrincipalLabels};
use crate::policy::Accounts;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// Upper bounds of the decision time's buckets, in seconds: a cached decision takes a few microseconds, a cold one
/// some ten, a text of megabytes its milliseconds.
const DECISION_BUCKETS: &[f64] = &[
    0.000_001, 0.000_002, 0.000_005, 0.000_01, 0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002_5, 0.005,
    0.01, 0.05, 0.25, 1.0,
];

/// Upper bounds of the witness's time's buckets, in seconds: a round trip and a fraction of a millisecond is usual, a
/// deferred constraint's trigger takes what it takes, and the statement timeout ends it.
const WITNESS_BUCKETS: &[f64] =
    &[0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];

/// Stockade's metrics. Shared behind an `Arc`; every method takes `&self` and none of those called for a statement
/// locks or allocates.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    principals: BTreeMap<Arc<str>, Arc<PrincipalMetrics>>,
    other: Arc<PrincipalMetrics>,
    bytes: Vec<IntCounter>,
    upstream_errors: Vec<IntCounter>,
    startup_refused: Vec<IntCounter>,
    facts_hits: IntCounter,
    facts_misses: IntCounter,
    /// By `protocol as usize`.
    witness_seconds: Vec<Histogram>,
    audit: AuditHandles,
    health: Health,
    accounts: OnceLock<ShownAccounts>,
}

/// The accounts' gauges, set whenever they are looked at.
#[derive(Debug)]
struct ShownAccounts {
    accounts: Accounts,
    suspended: IntGaugeVec,
    budget_left: IntGaugeVec,
}

impl ShownAccounts {
    fn refresh(&self) {
        let now = Instant::now();
        for account in self.accounts.iter() {
            let suspended = self.suspended.with_label_values(&[&**account.principal()]);
            suspended.set(i64::from(account.suspension().is_some()));
            if let Some(left) = account.budget_left(now) {
                let gauge = self.budget_left.with_label_values(&[&**account.principal()]);
                gauge.set(i64::try_from(left).unwrap_or(i64::MAX));
            }
        }
    }
}

/// The handles the recorder counts in. They are the registry's own: what is counted here is what `/metrics` shows.
#[derive(Debug, Clone)]
pub struct AuditHandles {
    /// `stockade_audit_records_total`: records written.
    pub records: IntCounter,
    /// `stockade_audit_failures_total`: writes that failed and records that were lost.
    pub failures: IntCounter,
    /// `stockade_audit_queue`: records waiting to be written.
    pub queue: IntGauge,
    /// `stockade_audit_healthy`: 1 while records can be written (or none are asked for).
    pub healthy: IntGauge,
}

/// The metrics could not be built: a name or label that Prometheus does not accept.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the metrics")]
pub struct MetricsError(#[from] prometheus::Error);

impl Metrics {
    /// Builds every series. `rules` are the names that decisions can carry: the configured rules, the presets'
    /// (`preset:...`), the built-in walls' (`wall:...`) and the witness's (`witness:...`); `rollbacks` are the reasons
    /// transactions are rolled back for. Another name counts as [`OTHER`], and so does a principal that is not among
    /// `principals`.
    ///
    /// # Errors
    /// A programming mistake in this module only (Prometheus refuses a metric's name).
    pub fn new(principals: &[PrincipalLabels], rules: &[Arc<str>], rollbacks: &[&str]) -> Result<Self, MetricsError> {
        let make = Maker(Registry::new());
        let statements = make.counters(
            "stockade_statements_total",
            "Decisions, one a message that carries statements",
            &["principal", "verdict", "rule"],
        )?;
        let effects = make.counters(
            "stockade_effects_total",
            "Effects of the decided messages; one message can have several",
            &["principal", "effect", "verdict"],
        )?;
        let shadowed = make.counters(
            "stockade_shadowed_total",
            "Messages that went through only because their principal is in shadow mode",
            &["principal"],
        )?;
        let decision_seconds = make.histogram(
            "stockade_decision_seconds",
            "Time from a message's text to the decision on it",
            DECISION_BUCKETS,
        )?;
        let connections = make.gauges("stockade_connections", "Open client connections", &["principal"])?;
        let connections_total =
            make.counters("stockade_connections_total", "Client connections opened", &["principal"])?;
        let families = Families {
            statements: &statements,
            effects: &effects,
            shadowed: &shadowed,
            decision_seconds: &decision_seconds,
            connections: &connections,
            connections_total: &connections_total,
            refusals: &make.counters(
                "stockade_refusals_total",
                "Refusals that count towards a suspension",
                &["principal"],
            )?,
            suspensions: &make.counters(
                "stockade_suspensions_total",
                "Suspensions that refusals brought about",
                &["principal"],
            )?,
            rows: &make.counters(
                "stockade_rows_changed_total",
                "Rows changed by committed transactions, as the witness counted them (cascades and triggers too)",
                &["principal", "action"],
            )?,
            rollbacks: &make.counters(
                "stockade_rollbacks_total",
                "Transactions rolled back, or made to fail, instead of committed",
                &["principal", "reason"],
            )?,
        };
        let names = Names { rules, rollbacks, other: OTHER };
        let resolve = |name: &str| Arc::new(PrincipalMetrics::new(&families, name, names));
        make.modes(principals)?;
        let build = make.gauges("stockade_build_info", "The running version; always 1", &["version"])?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        let facts = make.counters("stockade_facts_cache_total", "Look-ups of a text's classification", &["result"])?;
        Ok(Self {
            principals: principals.iter().map(|p| (Arc::clone(&p.name), resolve(&p.name))).collect(),
            other: resolve(OTHER),
            bytes: make.by_index(
                make.counters("stockade_bytes_total", "Bytes relayed", &["direction"])?,
                Direction::ALL.iter().map(|direction| direction.as_str()),
            ),
            upstream_errors: make.by_index(
                make.counters("stockade_upstream_errors_total", "Upstream connections that failed", &["kind"])?,
                UpstreamError::ALL.iter().map(|kind| kind.as_str()),
            ),
            startup_refused: make.by_index(
                make.counters(
                    "stockade_startup_refused_total",
                    "Client connections ended before their first statement",
                    &["reason"],
                )?,
                StartupRefusal::ALL.iter().map(|reason| reason.as_str()),
            ),
            facts_hits: facts.with_label_values(&["hit"]),
            facts_misses: facts.with_label_values(&["miss"]),
            witness_seconds: make.witness_seconds()?,
            audit: make.audit()?,
            health: Health::new(
                make.gauge("stockade_listening", "Whether the listener for clients is bound")?,
                make.gauge("stockade_upstream_up", "Whether the last contact with the upstream went well")?,
            ),
            registry: make.0,
            accounts: OnceLock::new(),
        })
    }

    /// Shows these accounts too: who is suspended, and what is left of the budgets. The first call counts.
    ///
    /// # Errors
    /// As [`Metrics::new`].
    pub fn show_accounts(&self, accounts: &Accounts) -> Result<(), MetricsError> {
        let make = Maker(self.registry.clone());
        let shown = ShownAccounts {
            accounts: accounts.clone(),
            suspended: make.gauges(
                "stockade_principal_suspended",
                "Whether the principal's writes are refused until a person resumes it",
                &["principal"],
            )?,
            budget_left: make.gauges(
                "stockade_budget_left_rows",
                "Rows the principal may still delete and update within the hour",
                &["principal"],
            )?,
        };
        shown.refresh();
        self.accounts.get_or_init(|| shown);
        Ok(())
    }

    /// The principal's handles, to be kept for as long as its connection lives; those of [`OTHER`] for an unknown name.
    pub fn principal(&self, name: &str) -> Arc<PrincipalMetrics> {
        Arc::clone(self.principals.get(name).unwrap_or(&self.other))
    }

    /// Counts relayed bytes.
    pub fn relayed(&self, direction: Direction, bytes: u64) {
        if let Some(counter) = self.bytes.get(direction as usize) {
            counter.inc_by(bytes);
        }
    }

    /// The counter of relayed bytes of one direction, for a relay that wants to hold it.
    pub fn bytes(&self, direction: Direction) -> Option<&IntCounter> {
        self.bytes.get(direction as usize)
    }

    /// Counts an upstream failure, and remembers it for `/readyz` until [`Health::upstream_reached`].
    pub fn upstream_failed(&self, kind: UpstreamError) {
        if let Some(counter) = self.upstream_errors.get(kind as usize) {
            counter.inc();
        }
        self.health.upstream_failed(kind);
    }

    /// Counts a connection refused before its first statement.
    pub fn startup_refused(&self, reason: StartupRefusal) {
        if let Some(counter) = self.startup_refused.get(reason as usize) {
            counter.inc();
        }
    }

    /// Counts a look-up in the cache of classifications.
    pub fn facts_looked_up(&self, hit: bool) {
        if hit { self.facts_hits.inc() } else { self.facts_misses.inc() }
    }

    /// Notes how long an answer of the witness took.
    pub fn witness_answered(&self, protocol: WitnessedProtocol, seconds: f64) {
        if let Some(histogram) = self.witness_seconds.get(protocol as usize) {
            histogram.observe(seconds);
        }
    }

    /// The recorder's handles.
    pub fn audit(&self) -> &AuditHandles {
        &self.audit
    }

    /// What `/readyz` goes by.
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// Everything, in Prometheus' text format 0.0.4.
    pub fn render(&self) -> String {
        if let Some(accounts) = self.accounts.get() {
            accounts.refresh();
        }
        let mut text = String::with_capacity(64 * 1024);
        match TextEncoder::new().encode_utf8(&self.registry.gather(), &mut text) {
            Ok(()) => text,
            // Only an empty family can fail here, and there is none. A scrape without the series that should be there
            // rings the alerts on absence; a panic would end the proxy.
            Err(error) => format!("# {error}\n"),
        }
    }
}

/// Makes and registers metrics.
struct Maker(Registry);

impl Maker {
    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec, prometheus::Error> {
        let family = IntCounterVec::new(Opts::new(name, help), labels)?;
        self.0.register(Box::new(family.clone()))?;
        Ok(family)
    }

    fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec, prometheus::Error> {
        let family = IntGaugeVec::new(Opts::new(name, help), labels)?;
        self.0.register(Box::new(family.clone()))?;
        Ok(family)
    }

    fn counter(&self, name: &str, help: &str) -> Result<IntCounter, prometheus::Error> {
        let counter = IntCounter::new(name, help)?;
        self.0.register(Box::new(counter.clone()))?;
        Ok(counter)
    }

    fn gauge(&self, name: &str, help: &str) -> Result<IntGauge, prometheus::Error> {
        let gauge = IntGauge::new(name, help)?;
        self.0.register(Box::new(gauge.clone()))?;
        Ok(gauge)
    }

    fn histogram(&self, name: &str, help: &str, buckets: &[f64]) -> Result<Histogram, prometheus::Error> {
        let histogram = Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec()))?;
        self.0.register(Box::new(histogram.clone()))?;
        Ok(histogram)
    }

    /// `stockade_witness_seconds`, by the index of the protocol.
    fn witness_seconds(&self) -> Result<Vec<Histogram>, prometheus::Error> {
        let options = HistogramOpts::new(
            "stockade_witness_seconds",
            "Time from the question to the witness to its answer; in a run of extended messages the run's own is in it",
        );
        let family = HistogramVec::new(options.buckets(WITNESS_BUCKETS.to_vec()), &["protocol"])?;
        self.0.register(Box::new(family.clone()))?;
        Ok(WitnessedProtocol::ALL.iter().map(|protocol| family.with_label_values(&[protocol.as_str()])).collect())
    }

    /// `stockade_mode`: 1 for the mode each principal is in, 0 for the other.
    fn modes(&self, principals: &[PrincipalLabels]) -> Result<(), prometheus::Error> {
        let modes = self.gauges("stockade_mode", "The mode each principal is in", &["principal", "mode"])?;
        modes.with_label_values(&[OTHER, "enforce"]).set(1);
        modes.with_label_values(&[OTHER, "shadow"]).set(0);
        for principal in principals {
            modes.with_label_values(&[&*principal.name, "enforce"]).set(i64::from(!principal.shadow));
            modes.with_label_values(&[&*principal.name, "shadow"]).set(i64::from(principal.shadow));
        }
        Ok(())
    }

    fn audit(&self) -> Result<AuditHandles, prometheus::Error> {
        let handles = AuditHandles {
            records: self.counter("stockade_audit_records_total", "Audit records written")?,
            failures: self.counter(
                "stockade_audit_failures_total",
                "Audit writes that failed, and records lost because the queue was full",
            )?,
            queue: self.gauge("stockade_audit_queue", "Audit records waiting to be written")?,
            healthy: self.gauge("stockade_audit_healthy", "Whether audit records can be written")?,
        };
        handles.healthy.set(1);
        Ok(handles)
    }

    /// The counters of a family with one label, by the index of its values.
    fn by_index(&self, family: IntCounterVec, values: impl Iterator<Item = &'static str>) -> Vec<IntCounter> {
        values.map(|value| family.with_label_values(&[value])).collect()
    }
}

#[cfg(test)]
mod tests;
