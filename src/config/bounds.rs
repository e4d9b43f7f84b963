//! What bounds a principal beside verdicts: limits, timeouts, and how many refusals suspend it.
//!
//! Each is laid over what holds anyway, key by key: the preset's and kind's own, then `[defaults]`, then the principal's
//! entry. `"none"` takes a limit away; a rule's limits only ever add one.

use super::reader::{At, Problems, Section};
use crate::policy::{
    Kind, Limits, Pattern, Policy, Preset, SuspendAfter, TableLimits, TablePattern, Timeouts, Verdict,
};
use std::time::Duration;

/// The most refusals that can be asked for before a suspension: each is remembered.
const MOST_REFUSALS: u64 = 10_000;
/// The longest time they can be spread over.
const LONGEST_WITHIN: Duration = Duration::from_secs(24 * 3600);

const OVER: [(&str, Verdict); 2] = [("hold", Verdict::Hold), ("reject", Verdict::Reject)];

/// The bounds of `[defaults]` or of a principal's entry.
#[derive(Debug, Default)]
pub(super) struct RawBounds {
    limits: Option<At<Option<RawLimits>>>,
    timeouts: Option<At<Option<RawTimeouts>>>,
    suspend_after: Option<At<Option<RawSuspendAfter>>>,
}

#[derive(Debug)]
struct RawLimits {
    rows_per_statement: Option<At<Option<u64>>>,
    rows_per_transaction: Option<At<Option<u64>>>,
    max_inserted: Option<At<Option<u64>>>,
    table_share: Option<At<Option<f64>>>,
    never_empty: Option<At<bool>>,
    rows_per_hour: Option<At<Option<u64>>>,
    over: Option<At<Verdict>>,
}

#[derive(Debug)]
struct RawTimeouts {
    statement: Option<At<Option<Duration>>>,
    lock: Option<At<Option<Duration>>>,
    idle_in_transaction: Option<At<Option<Duration>>>,
}

#[derive(Debug)]
struct RawSuspendAfter {
    refusals: Option<At<u64>>,
    within: Option<At<Option<Duration>>>,
}

/// The limits of a rule.
#[derive(Debug)]
pub(super) struct RawTableLimits {
    rows_per_statement: Option<At<u64>>,
    rows_per_transaction: Option<At<u64>>,
    table_share: Option<At<f64>>,
    over: Option<At<Verdict>>,
    line: usize,
    key: String,
}

/// Limits of tables, and whom they are for.
#[derive(Debug)]
pub(super) struct ForTables {
    pub principals: Vec<Pattern>,
    pub limits: TableLimits,
}

impl ForTables {
    fn is_for(&self, policy: &Policy) -> bool {
        self.principals.iter().any(|pattern| pattern.matches(policy.principal()))
    }
}

/// Reads the three keys.
pub(super) fn read(section: &mut Section<'_, '_>, problems: &mut Problems<'_>) -> RawBounds {
    RawBounds {
        limits: section.section_or_none(problems, "limits").map(|at| at.map(|inner| limits(inner?, problems))),
        timeouts: section.section_or_none(problems, "timeouts").map(|at| at.map(|inner| timeouts(inner?, problems))),
        suspend_after: section
            .section_or_none(problems, "suspend_after")
            .map(|at| at.map(|inner| suspend_after(inner?, problems))),
    }
}

fn limits(mut section: Section<'_, '_>, problems: &mut Problems<'_>) -> Option<RawLimits> {
    let raw = RawLimits {
        rows_per_statement: section.number_or_none(problems, "rows_per_statement"),
        rows_per_transaction: section.number_or_none(problems, "rows_per_transaction"),
        max_inserted: section.number_or_none(problems, "max_inserted"),
        table_share: section.share_or_none(problems, "table_share"),
        never_empty: section.boolean(problems, "never_empty"),
        rows_per_hour: section.number_or_none(problems, "rows_per_hour"),
        over: over(&mut section, problems),
    };
    section.finish(problems);
    Some(raw)
}

fn over(section: &mut Section<'_, '_>, problems: &mut Problems<'_>) -> Option<At<Verdict>> {
    section.choice(problems, "over", &OVER)
}

fn timeouts(mut section: Section<'_, '_>, problems: &mut Problems<'_>) -> Option<RawTimeouts> {
    let least = Duration::from_millis(1);
    let mut one = |name| section.duration_or_none(problems, name, least, Timeouts::LONGEST);
    let raw =
        RawTimeouts { statement: one("statement"), lock: one("lock"), idle_in_transaction: one("idle_in_transaction") };
    section.finish(problems);
    Some(raw)
}

fn suspend_after(mut section: Section<'_, '_>, problems: &mut Problems<'_>) -> Option<RawSuspendAfter> {
    let raw = RawSuspendAfter {
        refusals: section.number(problems, "refusals", 1, MOST_REFUSALS),
        within: section.duration_or_none(problems, "within", Duration::from_secs(1), LONGEST_WITHIN),
    };
    if let Some(at) = raw.within.as_ref().filter(|at| at.value.is_none()) {
        problems.at(at, "refusals of a whole life are no sign; write a time, or suspend_after = \"none\"");
    }
    section.finish(problems);
    Some(raw)
}

/// Reads a rule's limits.
pub(super) fn read_rule(section: &mut Section<'_, '_>, problems: &mut Problems<'_>) -> Option<RawTableLimits> {
    let mut inner = section.section(problems, "limits")?;
    let (line, key) = (inner.line(), inner.path().to_owned());
    let known = problems.list.len();
    let given =
        [inner.number_or_none(problems, "rows_per_statement"), inner.number_or_none(problems, "rows_per_transaction")]
            .map(|at| at.and_then(|at| needed(at, problems)));
    let [rows_per_statement, rows_per_transaction] = given;
    let table_share = inner.share_or_none(problems, "table_share").and_then(|at| needed(at, problems));
    let over = over(&mut inner, problems);
    inner.finish(problems);
    if rows_per_statement.is_none()
        && rows_per_transaction.is_none()
        && table_share.is_none()
        && problems.list.len() == known
    {
        problems.push(line, &key, "has no limit in it: rows_per_statement, rows_per_transaction or table_share");
    }
    Some(RawTableLimits { rows_per_statement, rows_per_transaction, table_share, over, line, key })
}

fn needed<T>(at: At<Option<T>>, problems: &mut Problems<'_>) -> Option<At<T>> {
    if at.value.is_none() {
        problems.at(&at, "\"none\" can never take effect: rules only tighten what holds anyway");
    }
    let (line, key) = (at.line, at.key);
    at.value.map(|value| At { value, line, key })
}

/// A rule's limits, for these principals and tables.
pub(super) fn for_tables(
    raw: &RawTableLimits,
    id: &str,
    principals: Vec<Pattern>,
    tables: Option<Vec<TablePattern>>,
    problems: &mut Problems<'_>,
) -> Option<ForTables> {
    let Some(tables) = tables else {
        let message = "needs the rule's tables; what holds for all of them is a principal's own limits";
        problems.push(raw.line, &raw.key, message);
        return None;
    };
    let limits = TableLimits {
        rule: id.into(),
        tables,
        rows_per_statement: raw.rows_per_statement.as_ref().map(|at| at.value),
        rows_per_transaction: raw.rows_per_transaction.as_ref().map(|at| at.value),
        table_share: raw.table_share.as_ref().map(|at| at.value),
        over: raw.over.as_ref().map_or(Verdict::Reject, |at| at.value),
    };
    Some(ForTables { principals, limits })
}

/// Lays bounds over what the policy has by its preset and kind.
pub(super) fn resolve<'a>(
    policy: Policy,
    defaults: &RawBounds,
    own: Option<&RawBounds>,
    tables: impl Iterator<Item = &'a ForTables>,
    resumable: bool,
    problems: &mut Problems<'_>,
) -> Policy {
    if let Some(own) = own {
        reject_idle(&policy, own, problems);
    }
    let layers = || [Some(defaults), own].into_iter().flatten();
    let mut limits = policy.limits().clone();
    // Whoever changes no rows has none to be counted, whatever the file says of everyone; who is trusted is counted where
    // its own entry says so.
    let trusted = policy.preset() == Preset::Trusted;
    if policy.preset() != Preset::ReadOnly {
        for layer in layers().filter(|layer| !trusted || own.is_some_and(|own| std::ptr::eq(own, *layer))) {
            limits = laid_over(limits, layer);
        }
    }
    if policy.preset() != Preset::ReadOnly && !(trusted && limits.is_none()) {
        limits.tables = tables.filter(|one| one.is_for(&policy)).map(|one| one.limits.clone()).collect();
    }
    // What the file says of everyone it says of agents: a migration's hour is nobody's accident.
    let meant = |layer: &&RawBounds| policy.kind() == Kind::Agent || own.is_some_and(|own| std::ptr::eq(own, *layer));
    let agent = policy.kind() == Kind::Agent;
    let mut timeouts = if agent { Timeouts::AGENTS } else { Timeouts::NONE };
    let mut after = (agent && resumable).then_some(SuspendAfter::AGENTS);
    for layer in layers().filter(meant) {
        timeouts = timeouts_over(timeouts, layer);
        after = suspension_over(after, layer);
    }
    policy.with_limits(limits).with_timeouts(timeouts).with_suspend_after(after)
}

/// Without a control socket nobody could resume whom refusals suspended.
pub(super) fn check_resumable<'a>(
    all: impl Iterator<Item = &'a RawBounds>,
    resumable: bool,
    problems: &mut Problems<'_>,
) {
    for at in all.filter_map(|bounds| bounds.suspend_after.as_ref()) {
        if at.value.is_some() && !resumable {
            let message = "needs a way back: without [admin] socket nobody could resume who was suspended";
            problems.at(at, message);
        }
    }
}

/// A trusted principal is not judged, a read-only one changes nothing: bounds of theirs would never take effect.
fn reject_idle(policy: &Policy, own: &RawBounds, problems: &mut Problems<'_>) {
    let idle = "can never take effect:";
    if let Some(at) = own.limits.as_ref().filter(|at| at.value.is_some() && policy.preset() == Preset::ReadOnly) {
        problems.at(at, format!("{idle} a read-only principal changes no rows"));
    }
    let trusted = policy.preset() == Preset::Trusted;
    let counted = own.limits.as_ref().is_some_and(|at| at.value.is_some());
    if let Some(at) = own.timeouts.as_ref().filter(|at| at.value.is_some() && trusted && !counted) {
        problems.at(at, format!("{idle} a trusted principal's sessions are opened as it asks for"));
    }
    if let Some(at) = own.suspend_after.as_ref().filter(|at| at.value.is_some() && trusted) {
        problems.at(at, format!("{idle} a trusted principal is not refused anything"));
    }
}

fn changes_rows(policy: &Policy) -> bool {
    !matches!(policy.preset(), Preset::Trusted | Preset::ReadOnly)
}

fn laid_over(base: Limits, layer: &RawBounds) -> Limits {
    let Some(at) = &layer.limits else { return base };
    let Some(raw) = &at.value else { return Limits::none() };
    Limits {
        rows_per_statement: over_option(base.rows_per_statement, &raw.rows_per_statement),
        rows_per_transaction: over_option(base.rows_per_transaction, &raw.rows_per_transaction),
        max_inserted: over_option(base.max_inserted, &raw.max_inserted),
        table_share: over_option(base.table_share, &raw.table_share),
        never_empty: raw.never_empty.as_ref().map_or(base.never_empty, |at| at.value),
        rows_per_hour: over_option(base.rows_per_hour, &raw.rows_per_hour),
        over: raw.over.as_ref().map_or(base.over, |at| at.value),
        tables: base.tables,
    }
}

fn timeouts_over(base: Timeouts, layer: &RawBounds) -> Timeouts {
    let Some(at) = &layer.timeouts else { return base };
    let Some(raw) = &at.value else { return Timeouts::NONE };
    Timeouts {
        statement: over_option(base.statement, &raw.statement),
        lock: over_option(base.lock, &raw.lock),
        idle_in_transaction: over_option(base.idle_in_transaction, &raw.idle_in_transaction),
    }
}

fn suspension_over(base: Option<SuspendAfter>, layer: &RawBounds) -> Option<SuspendAfter> {
    let Some(at) = &layer.suspend_after else { return base };
    let raw = at.value.as_ref()?;
    let base = base.unwrap_or(SuspendAfter::AGENTS);
    Some(SuspendAfter {
        refusals: raw.refusals.as_ref().and_then(|at| u32::try_from(at.value).ok()).unwrap_or(base.refusals),
        within: over_option(Some(base.within), &raw.within).unwrap_or(base.within),
    })
}

fn over_option<T: Copy>(base: Option<T>, given: &Option<At<Option<T>>>) -> Option<T> {
    given.as_ref().map_or(base, |at| at.value)
}

/// Limits of `[defaults]` that no principal has, and limits of rules that no principal can ever meet.
pub(super) fn useless<'a>(
    defaults: &RawBounds,
    rules: impl Iterator<Item = (&'a RawTableLimits, &'a ForTables)>,
    policies: &[&Policy],
    problems: &mut Problems<'_>,
) {
    let limited: Vec<&Policy> =
        policies.iter().copied().filter(|policy| changes_rows(policy) || policy.is_counted_trust()).collect();
    let defaulted = policies.iter().any(|policy| changes_rows(policy));
    if let Some(at) = defaults.limits.as_ref().filter(|at| at.value.is_some() && !defaulted) {
        problems.at(at, "can never take effect: every principal is trusted or read-only");
    }
    for (raw, rule) in rules {
        let meant: Vec<&Limits> =
            limited.iter().filter(|policy| rule.is_for(policy)).map(|policy| policy.limits()).collect();
        if meant.is_empty() {
            problems.push(raw.line, &raw.key, "changes nothing: every principal it names is trusted or read-only");
            continue;
        }
        let idle = |own: fn(&Limits) -> Option<f64>, given: f64| {
            meant.iter().all(|limits| own(limits).is_some_and(|own| own <= given && limits.over >= rule.limits.over))
        };
        // To be compared: nobody counts rows beyond 2^52.
        let rows = |rows: u64| rows as f64;
        let message = "changes nothing: every principal it names has as strict a limit for all tables";
        if let Some(at) = &raw.rows_per_statement
            && idle(|limits| limits.rows_per_statement.map(|rows| rows as f64), rows(at.value))
        {
            problems.at(at, message);
        }
        if let Some(at) = &raw.rows_per_transaction
            && idle(|limits| limits.rows_per_transaction.map(|rows| rows as f64), rows(at.value))
        {
            problems.at(at, message);
        }
        if let Some(at) = &raw.table_share
            && idle(|limits| limits.table_share, at.value)
        {
            problems.at(at, message);
        }
    }
}

#[cfg(test)]
mod tests;
