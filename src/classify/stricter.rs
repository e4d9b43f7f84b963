//! Two readings of one statement: what either saw counts, and of two bounds the weaker one.

#[cfg(test)]
mod tests;

use super::{Bound, Classification, Effect, EffectKind, Relation};

/// Adds to a statement's facts what the second reader alone saw. Its steps, tag and words stay the first one's, and so does
/// whether it runs a user's code: the second reader spells types its own way.
pub(super) fn stricter(first: &mut Classification, second: Classification) {
    for effect in second.effects {
        add(&mut first.effects, effect);
    }
    first.access = first.access.max(second.access);
    let known = |functions: &[Relation]| {
        second.functions.as_ref().is_none_or(|seen| seen.iter().all(|name| functions.contains(name)))
    };
    if !first.functions.as_ref().is_some_and(|functions| known(functions)) {
        first.functions = None;
    }
}

fn add(effects: &mut Vec<Effect>, effect: Effect) {
    let known = |other: &Effect| {
        // An effect that names no relation says no more than one that does.
        other.time == effect.time
            && other.code == effect.code
            && other.kind == effect.kind
            && (other.relation == effect.relation || effect.relation.is_none())
    };
    match effect.bound {
        None if effects.iter().any(known) => {}
        Some(bound) if effects.iter().any(|other| reaches_as_far(other, &effect, bound)) => {}
        _ => effects.push(effect),
    }
}

/// Whether a row write already known reaches as many rows of the same relation.
fn reaches_as_far(known: &Effect, effect: &Effect, bound: Bound) -> bool {
    known.relation == effect.relation
        && matches!(known.kind, EffectKind::Write | EffectKind::UnboundedWrite)
        && known.bound.is_some_and(|known| known <= bound)
}
