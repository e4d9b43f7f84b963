//! What one reader alone saw counts.

use super::*;
use crate::classify::{Access, Relation};

fn seen(access: Access, effects: &[(EffectKind, Option<&str>, Option<Bound>)]) -> Classification {
    let effects = effects
        .iter()
        .map(|&(kind, relation, bound)| Effect {
            kind,
            relation: relation.map(|name| Relation { schema: None, name: name.into() }),
            bound,
            what: "words".into(),
            time: None,
            code: None,
        })
        .collect();
    Classification {
        tag: "SELECT",
        effects,
        access,
        refuses_block: false,
        steps: Vec::new(),
        foreign: false,
        functions: Some(Box::default()),
    }
}

fn together(first: Classification, second: Classification) -> Vec<(EffectKind, Option<Bound>)> {
    let mut first = first;
    stricter(&mut first, second);
    first.effects.iter().map(|effect| (effect.kind, effect.bound)).collect()
}

#[test]
fn an_effect_of_the_second_reader_alone_is_added() {
    let mut first = seen(Access::ReadOnly, &[(EffectKind::Read, None, None)]);
    stricter(&mut first, seen(Access::ReadWrite, &[(EffectKind::Drop, Some("t"), None)]));
    assert!(first.effects().contains(EffectKind::Drop) && first.effects().contains(EffectKind::Read));
    assert_eq!(first.access, Access::ReadWrite);
}

#[test]
fn nothing_of_the_first_reader_is_taken_back() {
    let mut first = seen(Access::ReadWrite, &[(EffectKind::Drop, Some("t"), None)]);
    stricter(&mut first, seen(Access::ReadOnly, &[(EffectKind::Read, None, None)]));
    assert!(first.effects().contains(EffectKind::Drop));
    assert_eq!(first.access, Access::ReadWrite);
}

#[test]
fn the_same_effect_in_other_words_is_no_other() {
    let first = || seen(Access::ReadWrite, &[(EffectKind::Drop, Some("t"), None)]);
    let mut second = first();
    second.effects[0].what = "other words".into();
    assert_eq!(together(first(), second).len(), 1);
    assert_eq!(together(first(), seen(Access::ReadWrite, &[(EffectKind::Drop, None, None)])).len(), 1);
    assert_eq!(together(first(), seen(Access::ReadWrite, &[(EffectKind::Drop, Some("u"), None)])).len(), 2);
}

#[test]
fn the_weaker_bound_wins() {
    use Bound::{Constant, Key, Predicate, Weak};
    use EffectKind::{UnboundedWrite, Write};
    let write = |kind, bound| seen(Access::ReadWrite, &[(kind, Some("t"), Some(bound))]);
    assert_eq!(
        together(write(Write, Key), write(UnboundedWrite, Weak)),
        [(Write, Some(Key)), (UnboundedWrite, Some(Weak))]
    );
    assert_eq!(together(write(UnboundedWrite, Constant), write(Write, Key)), [(UnboundedWrite, Some(Constant))]);
    assert_eq!(together(write(Write, Key), write(Write, Predicate)), [(Write, Some(Key)), (Write, Some(Predicate))]);
    assert_eq!(together(write(Write, Predicate), write(Write, Key)), [(Write, Some(Predicate))]);
}
