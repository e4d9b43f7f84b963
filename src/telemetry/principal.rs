//! One principal's handles, resolved once: a statement then costs a few atomic additions.

use super::labels::RowAction;
use crate::policy::{Decision, EffectKind, Verdict};
use prometheus::{Histogram, IntCounter, IntCounterVec, IntGauge};
use std::sync::Arc;

/// A counter for each verdict, by `verdict as usize`.
type ByVerdict = [IntCounter; Verdict::ALL.len()];

/// The metrics of one principal, ready to be counted in without a lock, an allocation or a look-up by label.
#[derive(Debug)]
pub struct PrincipalMetrics {
    /// By rule, sorted by name.
    statements: Vec<(Arc<str>, ByVerdict)>,
    /// The statements of rules outside the configured set.
    other_rule: ByVerdict,
    /// By `kind as usize`.
    effects: Vec<ByVerdict>,
    shadowed: IntCounter,
    decision_seconds: Histogram,
    connections: IntGauge,
    connections_total: IntCounter,
    refusals: IntCounter,
    suspensions: IntCounter,
    /// By `action as usize`.
    rows: Vec<IntCounter>,
    /// By reason, sorted by name.
    rollbacks: Vec<(Box<str>, IntCounter)>,
    other_rollback: IntCounter,
}

/// The families a principal's handles are taken from.
pub(super) struct Families<'a> {
    pub(super) statements: &'a IntCounterVec,
    pub(super) effects: &'a IntCounterVec,
    pub(super) shadowed: &'a IntCounterVec,
    pub(super) decision_seconds: &'a Histogram,
    pub(super) connections: &'a prometheus::IntGaugeVec,
    pub(super) connections_total: &'a IntCounterVec,
    pub(super) refusals: &'a IntCounterVec,
    pub(super) suspensions: &'a IntCounterVec,
    pub(super) rows: &'a IntCounterVec,
    pub(super) rollbacks: &'a IntCounterVec,
}

/// The names that decisions and rollbacks can carry: closed sets, of which each has its series from the start.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) rules: &'a [Arc<str>],
    pub(super) rollbacks: &'a [&'a str],
    pub(super) other: &'a str,
}

impl PrincipalMetrics {
    /// Resolves (and thereby creates, at zero) every series of the principal.
    pub(super) fn new(families: &Families<'_>, principal: &str, names: Names<'_>) -> Self {
        let Names { rules, rollbacks, other } = names;
        let by_rule = |rule: &str| {
            Verdict::ALL.map(|verdict| families.statements.with_label_values(&[principal, verdict.as_str(), rule]))
        };
        let mut statements: Vec<_> = rules.iter().map(|rule| (Arc::clone(rule), by_rule(rule))).collect();
        statements.sort_by(|(a, _), (b, _)| a.cmp(b));
        statements.dedup_by(|(a, _), (b, _)| a == b);
        let by_effect = |kind: EffectKind| {
            Verdict::ALL
                .map(|verdict| families.effects.with_label_values(&[principal, kind.as_str(), verdict.as_str()]))
        };
        let rollback = |reason: &str| families.rollbacks.with_label_values(&[principal, reason]);
        let mut rollbacks: Vec<(Box<str>, IntCounter)> =
            rollbacks.iter().map(|reason| (Box::from(*reason), rollback(reason))).collect();
        rollbacks.sort_by(|(a, _), (b, _)| a.cmp(b));
        Self {
            rows: RowAction::ALL
                .iter()
                .map(|action| families.rows.with_label_values(&[principal, action.as_str()]))
                .collect(),
            rollbacks,
            other_rollback: rollback(other),
            statements,
            other_rule: by_rule(other),
            effects: EffectKind::ALL.into_iter().map(by_effect).collect(),
            shadowed: families.shadowed.with_label_values(&[principal]),
            decision_seconds: families.decision_seconds.clone(),
            connections: families.connections.with_label_values(&[principal]),
            connections_total: families.connections_total.with_label_values(&[principal]),
            refusals: families.refusals.with_label_values(&[principal]),
            suspensions: families.suspensions.with_label_values(&[principal]),
        }
    }

    /// Counts one decision that took `seconds` to reach (reading, classifying and deciding together).
    pub fn decided(&self, decision: &Decision, seconds: f64) {
        // Mostly the very name that the series was made of.
        let same = self.statements.iter().find(|(rule, _)| Arc::ptr_eq(rule, &decision.rule));
        let by_verdict =
            same.or_else(|| self.by_rule(&decision.rule)).map_or(&self.other_rule, |(_, counters)| counters);
        increment(by_verdict, decision.verdict);
        for kind in decision.effects.iter() {
            if let Some(by_verdict) = self.effects.get(kind as usize) {
                increment(by_verdict, decision.verdict);
            }
        }
        if decision.verdict != Verdict::Allow && !decision.enforced {
            self.shadowed.inc();
        }
        self.decision_seconds.observe(seconds);
    }

    fn by_rule(&self, name: &str) -> Option<&(Arc<str>, ByVerdict)> {
        let found = self.statements.binary_search_by(|(rule, _)| (**rule).cmp(name)).ok();
        found.and_then(|index| self.statements.get(index))
    }

    /// Counts a refusal that counts towards a suspension.
    pub fn refused(&self) {
        self.refusals.inc();
    }

    /// Counts a suspension that refusals brought about.
    pub fn suspended(&self) {
        self.suspensions.inc();
    }

    /// Counts rows that a committed transaction changed.
    pub fn changed(&self, action: RowAction, rows: u64) {
        if let Some(counter) = self.rows.get(action as usize) {
            counter.inc_by(rows);
        }
    }

    /// Counts a transaction that was rolled back instead of committed, by the reason's name.
    pub fn rolled_back(&self, reason: &str) {
        let found = self.rollbacks.binary_search_by(|(name, _)| (**name).cmp(reason)).ok();
        found.and_then(|index| self.rollbacks.get(index)).map_or(&self.other_rollback, |(_, counter)| counter).inc();
    }

    /// Counts a connection in; it is counted out when the guard is dropped, on whatever path that is.
    #[must_use = "the connection counts as closed when the guard is dropped"]
    pub fn connected(&self) -> ConnectionGuard {
        self.connections.inc();
        self.connections_total.inc();
        ConnectionGuard(self.connections.clone())
    }
}

fn increment(by_verdict: &ByVerdict, verdict: Verdict) {
    if let Some(counter) = by_verdict.get(verdict as usize) {
        counter.inc();
    }
}

/// An open connection, as far as the gauge is concerned.
#[derive(Debug)]
pub struct ConnectionGuard(IntGauge);

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        self.0.dec();
    }
}
