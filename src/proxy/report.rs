//! What sessions report, turned into records, metrics and log lines.

use super::Shared;
use crate::audit::{self, Record, Recorder, Scribe};
use crate::classify::{Access, TextFacts};
use crate::config;
use crate::policy::{Account, Decision, EffectKind, Policy};
use crate::session::{Protocol, StatementReport, Witnessed};
use crate::telemetry::{AuditHandles, PrincipalMetrics, RefusedStatement, RowAction, WitnessedProtocol};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// One connection's sinks.
#[derive(Debug)]
pub(super) struct Reporter {
    shared: Arc<Shared>,
    connection: u64,
    principal: Arc<str>,
    scribe: Scribe,
    metrics: Arc<PrincipalMetrics>,
    policy: Arc<Policy>,
    account: Arc<Account>,
    /// A moment by both clocks, not long ago.
    moment: (Instant, SystemTime),
}

/// What a record shows of a text.
type Shown = (audit::Statements, audit::Text);

/// How long the two clocks are taken to go alike.
const ALIKE: Duration = Duration::from_secs(1);

impl Reporter {
    pub(super) fn new(
        shared: Arc<Shared>,
        session: &audit::Session,
        policy: Arc<Policy>,
        account: Arc<Account>,
    ) -> Self {
        let metrics = shared.metrics.principal(&session.principal);
        Self {
            connection: session.connection,
            principal: Arc::clone(&session.principal),
            scribe: shared.recorder.scribe(session),
            shared,
            metrics,
            policy,
            account,
            moment: (Instant::now(), SystemTime::now()),
        }
    }

    pub(super) fn account(&self) -> &Arc<Account> {
        &self.account
    }

    pub(super) fn recorder(&self) -> &Recorder {
        &self.shared.recorder
    }

    pub(super) fn metrics(&self) -> &PrincipalMetrics {
        &self.metrics
    }

    /// Records, counts and, where it was refused, logs a statement.
    pub(super) fn statement(&mut self, report: &StatementReport) {
        self.metrics.decided(&report.decision, report.judging.as_secs_f64());
        RefusedStatement {
            connection: self.connection,
            principal: &self.principal,
            redacted: &report.facts.redacted,
            decision: &report.decision,
        }
        .log();
        if counts(&report.decision) || self.policy.opens_read_only() && was_read_only(report) {
            self.refused();
        }
        if self.shared.recorder.is_enabled() {
            self.record(report);
        }
    }

    /// Counts what came of asking the witness.
    pub(super) fn witnessed(&self, witnessed: Witnessed) {
        match witnessed {
            Witnessed::Answered { protocol, took } => {
                let protocol = match protocol {
                    Protocol::Simple => WitnessedProtocol::Simple,
                    Protocol::Extended | Protocol::FunctionCall => WitnessedProtocol::Extended,
                };
                self.shared.metrics.witness_answered(protocol, took.as_secs_f64());
            }
            Witnessed::Committed(counts) => {
                self.metrics.changed(RowAction::Deleted, counts.deleted);
                self.metrics.changed(RowAction::Updated, counts.updated);
                self.metrics.changed(RowAction::Inserted, counts.inserted);
            }
            Witnessed::RolledBack(why) => self.metrics.rolled_back(why.as_str()),
        }
    }

    /// Records and counts a client that the policy turned away.
    pub(super) fn startup(&self, decision: Decision, time: SystemTime) {
        self.metrics.decided(&decision, 0.0);
        RefusedStatement {
            connection: self.connection,
            principal: &self.principal,
            redacted: "(a connection)",
            decision: &decision,
        }
        .log();
        if counts(&decision) {
            self.refused();
        }
        if self.shared.recorder.is_enabled() {
            // As with statements: a record that is lost is counted by the recorder.
            let _taken = self.scribe.record(&Record {
                time,
                protocol: audit::Protocol::Startup,
                fingerprint: 0,
                text: &self.shared.recorder.text(b"", ""),
                text_bytes: 0,
                statements: &audit::Statements::from_iter([]),
                rows: None,
                error: decision.enforced.then_some(Decision::SQLSTATE),
                duration: Duration::ZERO,
                decision: &decision,
            });
        }
    }

    /// Notes one refusal more, and says it loudly where it is the one that suspends.
    fn refused(&self) {
        self.metrics.refused();
        if let Some(suspension) = self.shared.keeper.refused(&self.account, Instant::now()) {
            self.metrics.suspended();
            let principal = self.account.principal();
            tracing::warn!(
                target: "stockade::suspension",
                principal = %principal,
                connection = self.connection,
                cause = %suspension.cause,
                "SUSPENDED: its writes are refused until `stockade principal resume {principal}`"
            );
        }
    }

    /// What a record shows of a text's facts, made once for all that are of that text.
    fn shown<'a>(&self, facts: &'a TextFacts) -> Cow<'a, Shown> {
        let make = || {
            let statements = facts.statements.iter().map(|c| audit::Statement {
                tag: c.tag,
                effects: c.effects(),
                relations: c.effects.iter().filter_map(|e| e.relation.as_ref()).map(|r| r.to_string().into()).collect(),
            });
            (statements.collect::<audit::Statements>(), self.shared.recorder.text(b"", &facts.redacted))
        };
        facts.made.get_or_make(make).map_or_else(|| Cow::Owned(make()), Cow::Borrowed)
    }

    /// The time of day at a moment. A clock that is set shows within [`ALIKE`].
    fn time_of(&mut self, at: Instant) -> SystemTime {
        if at.saturating_duration_since(self.moment.0) > ALIKE {
            self.moment = (Instant::now(), SystemTime::now());
        }
        let (instant, time) = self.moment;
        match at.checked_duration_since(instant) {
            Some(since) => time.checked_add(since),
            None => time.checked_sub(instant.saturating_duration_since(at)),
        }
        .unwrap_or(time)
    }

    fn record(&mut self, report: &StatementReport) {
        let time = self.time_of(report.started);
        let shown = self.shown(&report.facts);
        let (statements, redacted) = &*shown;
        let full = report.text.as_deref();
        let full = full.map(|full| self.shared.recorder.text(full.as_bytes(), &report.facts.redacted));
        // A record that is lost is counted by the recorder, which is failing from then on.
        let _taken = self.scribe.record(&Record {
            time,
            protocol: match report.protocol {
                Protocol::Simple => audit::Protocol::Simple,
                Protocol::Extended => audit::Protocol::Extended,
                Protocol::FunctionCall => audit::Protocol::FunctionCall,
            },
            fingerprint: report.facts.fingerprint,
            text: full.as_ref().unwrap_or(redacted),
            text_bytes: report.text_bytes,
            statements,
            rows: report.outcome.rows,
            error: report.outcome.error.as_deref(),
            duration: report.outcome.duration,
            decision: &report.decision,
        });
    }
}

/// Whether a decision speaks against its principal: a refusal that was carried out, and for what it did. Being suspended
/// and a record that cannot be written are no new offence, and a typing error is none: nothing could read it.
fn counts(decision: &Decision) -> bool {
    !decision.forwards()
        && !matches!(&*decision.rule, "wall:audit" | "wall:suspended")
        && decision.effects.iter().any(|kind| kind != EffectKind::Unreadable)
}

/// Whether PostgreSQL refused it because a read of it wrote.
fn was_read_only(report: &StatementReport) -> bool {
    report.outcome.error.as_deref() == Some("25006")
        && report.facts.statements.iter().all(|statement| statement.access == Access::ReadOnly)
}

/// The recorder's settings as the configuration gives them.
pub(super) fn settings(audit: &config::Audit) -> audit::Settings {
    use config::{AuditTarget, AuditText, OnFailure};
    let path = match &audit.target {
        AuditTarget::Stdout => audit::Destination::Stdout,
        AuditTarget::File(path) => audit::Destination::File(path.clone()),
    };
    audit::Settings {
        path,
        text: match audit.text {
            AuditText::Full => audit::TextMode::Full,
            AuditText::Redacted => audit::TextMode::Redacted,
            AuditText::Fingerprint => audit::TextMode::Fingerprint,
        },
        on_failure: match audit.on_failure {
            OnFailure::Reject => audit::OnFailure::Reject,
            OnFailure::Allow => audit::OnFailure::Allow,
        },
        max_bytes: audit.max_bytes,
        keep: u32::try_from(audit.keep).unwrap_or(u32::MAX),
        queue: audit.queue,
    }
}

/// The registry's own handles, for the recorder to count in.
pub(super) fn gauges(handles: &AuditHandles) -> audit::Gauges {
    audit::Gauges {
        records: handles.records.clone(),
        failures: handles.failures.clone(),
        queue: handles.queue.clone(),
        healthy: handles.healthy.clone(),
    }
}
