//! The one place that decides. Pure and total: no clock, no I/O, an answer for everything.

use super::{Context, Decision, Policy, Preset, Rule, Suspension, Verdict, wall, words};
use crate::classify::{Access, Classification, Code, Effect, EffectKind, EffectSet};
use std::sync::Arc;
use std::time::Duration;

/// Reasons shown at most; a text of a thousand DROPs needs no thousand lines.
const REASONS: usize = 8;

/// Who made a verdict. Among equally strict ones the greatest is named, so that a rule's own hint reaches the client
/// and the order of rules never shows.
#[derive(Clone, Copy)]
enum Maker<'a> {
    Preset,
    Rule(&'a Rule),
    Audit,
    Suspended(Suspension),
}

/// One verdict on one fact.
struct Finding<'a> {
    verdict: Verdict,
    maker: Maker<'a>,
    /// `None` for a classification without effects, which is a fault of ours and counts as unknown.
    effect: Option<&'a Effect>,
    /// What it is for this principal.
    kind: EffectKind,
    tag: &'static str,
}

/// Decides on all the statements of one message: the strictest verdict of the preset, the rules and the walls, over every
/// effect of every statement. No statements at all (an empty query) are allowed.
pub fn decide(policy: &Policy, facts: &[&Classification], context: &Context) -> Decision {
    match plainly_allowed(policy, facts, context) {
        Some(effects) => allowed(policy, effects),
        None => weigh(policy, facts, context),
    }
}

/// The effects of statements against which nothing can be found: each effect is one that the preset allows by its kind
/// alone, no rule is for any of them, and no wall stands. Nearly every statement; [`weigh`] says the same, and why not.
fn plainly_allowed(policy: &Policy, facts: &[&Classification], context: &Context) -> Option<EffectSet> {
    if context.suspended.is_some() || context.audit_failing {
        return None;
    }
    let mut effects = EffectSet::default();
    for fact in facts {
        for effect in &fact.effects {
            let by_kind = effect.code.is_none() && effect.time.is_none();
            if !by_kind || table(policy, effect.kind, true) != Verdict::Allow {
                return None;
            }
            effects.insert(effect.kind);
        }
        if fact.effects.is_empty() {
            return None;
        }
    }
    let ruled = policy.rules().iter().any(|rule| rule.effects.intersects(effects));
    (!ruled).then_some(effects)
}

fn allowed(policy: &Policy, effects: EffectSet) -> Decision {
    Decision {
        verdict: Verdict::Allow,
        enforced: policy.enforces(),
        rule: policy.preset_rule().clone(),
        effects,
        decided_by: None,
        reasons: Vec::new(),
        hint: None,
    }
}

/// Holds every effect against the preset, the rules and the walls.
pub(super) fn weigh(policy: &Policy, facts: &[&Classification], context: &Context) -> Decision {
    let kinds = facts.iter().flat_map(|fact| fact.effects.iter().map(|effect| kind_for(policy, effect)));
    let mut effects: EffectSet = kinds.collect();
    if facts.iter().any(|fact| fact.effects.is_empty()) {
        effects.insert(EffectKind::Unknown);
    }
    let verdict = findings(policy, facts, context).map(|finding| finding.verdict).max().unwrap_or(Verdict::Allow);
    if verdict == Verdict::Allow {
        return allowed(policy, effects);
    }
    let mut against: Vec<Finding<'_>> =
        findings(policy, facts, context).filter(|finding| finding.verdict != Verdict::Allow).collect();
    // Stable: within one verdict and maker the statements' own order stays.
    against.sort_by(|left, right| right.verdict.cmp(&left.verdict).then_with(|| precedence(left.maker, right.maker)));
    let first = against.first();
    let maker = first.map_or(Maker::Preset, |finding| finding.maker);
    let kind = first.map_or(EffectKind::Unknown, |finding| finding.kind);
    Decision {
        verdict,
        enforced: policy.enforces(),
        rule: rule_name(policy, maker),
        effects,
        decided_by: Some(kind),
        reasons: reasons(policy, &against),
        hint: Some(hint(policy, verdict, maker, first)),
    }
}

/// An effect's kind for this principal: a limit of time is protected where it lets more time pass than the principal's.
fn kind_for(policy: &Policy, effect: &Effect) -> EffectKind {
    match exceeded(policy, effect) {
        Some(_) => EffectKind::ProtectedSetting,
        None => effect.kind,
    }
}

/// What the preset says of an effect of a statement. What runs in no transaction block nobody witnesses.
fn preset_verdict(policy: &Policy, fact: &Classification, effect: &Effect, kind: EffectKind) -> Verdict {
    let code = effect.code.as_ref().filter(|_| kind == EffectKind::RunCode && !fact.refuses_block);
    if code.is_some_and(|code| policy.runs(code)) {
        return Verdict::Allow;
    }
    table(policy, kind, effect.code != Some(Code::Apart))
}

/// What the preset says of a kind; `counted` is whether the code it runs is such that the witness counts what it did.
fn table(policy: &Policy, kind: EffectKind, counted: bool) -> Verdict {
    use EffectKind as E;
    let uncounted = match kind {
        E::RunCode => !counted,
        E::FunctionCall | E::Replication | E::Unknown | E::Unreadable => true,
        _ => false,
    };
    if uncounted && policy.is_counted_trust() { Verdict::Reject } else { policy.preset().verdict(kind) }
}

/// The principal's own limit of a time, where a statement's goes beyond it.
fn exceeded(policy: &Policy, effect: &Effect) -> Option<Duration> {
    effect.time.as_ref().and_then(|limit| policy.timeouts().exceeded_by(limit))
}

/// Every verdict that applies: for each effect the preset's and each rule's that covers it, for each statement the
/// walls'.
fn findings<'a>(
    policy: &'a Policy,
    facts: &'a [&'a Classification],
    context: &'a Context,
) -> impl Iterator<Item = Finding<'a>> {
    facts.iter().flat_map(move |fact| {
        let tag = fact.tag;
        let by_preset = fact.effects.iter().map(move |effect| {
            let kind = kind_for(policy, effect);
            Finding {
                verdict: preset_verdict(policy, fact, effect, kind),
                maker: Maker::Preset,
                effect: Some(effect),
                kind,
                tag,
            }
        });
        let by_rules = fact.effects.iter().flat_map(move |effect| {
            let kind = kind_for(policy, effect);
            policy.rules().iter().filter(move |rule| rule.covers(effect, kind)).map(move |rule| Finding {
                verdict: rule.verdict,
                maker: Maker::Rule(rule),
                effect: Some(effect),
                kind,
                tag,
            })
        });
        let nothing_known = fact.effects.is_empty().then(|| Finding {
            verdict: table(policy, EffectKind::Unknown, false),
            maker: Maker::Preset,
            effect: None,
            kind: EffectKind::Unknown,
            tag,
        });
        // SHOW needs a writable transaction to tell the truth of it, and writes nothing: clients ask when they connect.
        let writes = fact.access == Access::ReadWrite && fact.tag != "SHOW";
        let guarded = writes && policy.preset() != Preset::Trusted;
        let suspended = context.suspended.map(Maker::Suspended);
        let unrecorded = context.audit_failing.then_some(Maker::Audit);
        let by_walls = suspended.into_iter().chain(unrecorded).filter(move |_| guarded).map(move |maker| Finding {
            verdict: Verdict::Reject,
            maker,
            effect: fact.effects.first(),
            kind: fact.effects.first().map_or(EffectKind::Unknown, |effect| kind_for(policy, effect)),
            tag,
        });
        by_preset.chain(by_rules).chain(nothing_known).chain(by_walls)
    })
}

/// Walls before rules before the preset; rules by their ids.
fn precedence(left: Maker<'_>, right: Maker<'_>) -> std::cmp::Ordering {
    let rank = |maker: Maker<'_>| match maker {
        Maker::Suspended(_) => 0,
        Maker::Audit => 1,
        Maker::Rule(_) => 2,
        Maker::Preset => 3,
    };
    match (left, right) {
        (Maker::Rule(left), Maker::Rule(right)) => left.id.cmp(&right.id),
        _ => rank(left).cmp(&rank(right)),
    }
}

fn rule_name(policy: &Policy, maker: Maker<'_>) -> Arc<str> {
    match maker {
        Maker::Preset => policy.preset_rule().clone(),
        Maker::Rule(rule) => rule.id.clone(),
        Maker::Audit => wall::AUDIT.into(),
        Maker::Suspended(_) => wall::SUSPENDED.into(),
    }
}

/// Each offending fact once, the strictest first.
fn reasons(policy: &Policy, against: &[Finding<'_>]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut more = 0_usize;
    for finding in against {
        let reason = describe(policy, finding);
        if all.contains(&reason) {
            continue;
        }
        if all.len() < REASONS {
            all.push(reason);
        } else {
            more += 1;
        }
    }
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    all
}

fn describe(policy: &Policy, finding: &Finding<'_>) -> String {
    let fact = match finding.effect {
        None => format!("{}, of which nothing is known", finding.tag),
        Some(Effect { what, relation: None, .. }) => what.to_string(),
        Some(Effect { what, relation: Some(relation), .. }) => {
            let name = relation.to_string();
            // Some facts already name their relation; saying it twice helps nobody.
            if what.ends_with(&name) { what.to_string() } else { format!("{what} on {name}") }
        }
    };
    let fact = match finding.effect.and_then(|effect| exceeded(policy, effect)) {
        Some(own) => format!("{fact} beyond your own limit of {} ms", own.as_millis()),
        None => fact,
    };
    match finding.maker {
        Maker::Audit => format!("{fact} while the record of decisions cannot be written"),
        Maker::Suspended(suspension) => {
            let since = suspension.since_text();
            format!("{fact} while writing is suspended (since {since}, {})", suspension.cause)
        }
        Maker::Preset | Maker::Rule(_) => fact,
    }
}

fn hint(policy: &Policy, verdict: Verdict, maker: Maker<'_>, first: Option<&Finding<'_>>) -> String {
    let kind = first.map_or(EffectKind::Unknown, |finding| finding.kind);
    let time = first.and_then(|finding| finding.effect).and_then(|effect| exceeded(policy, effect));
    match maker {
        Maker::Suspended(_) => format!(
            "Reads go on. Writes are refused until a person resumes you: stockade principal resume {}. Stop, and tell the \
             person you work for what you were doing. {}",
            policy.principal(),
            words::END
        ),
        Maker::Audit => format!(
            "Reads go on. Writes are refused until an operator repairs the record; try again later. {}",
            words::END
        ),
        Maker::Rule(rule) => words::hint(verdict, kind, rule.hint.as_deref()),
        Maker::Preset => {
            let code = first.and_then(|finding| finding.effect).and_then(|effect| effect.code.as_ref());
            let own = time.map(words::within).or_else(|| code.map(|code| words::instead_of(policy, code)));
            words::hint(verdict, kind, own.as_deref())
        }
    }
}
