use super::*;
use crate::classify::{Access, Effect, Relation, TimeLimit};
use proptest::prelude::*;

fn effect(kind: EffectKind, relation: Option<(&str, &str)>) -> Effect {
    let relation = relation
        .map(|(schema, name)| Relation { schema: (!schema.is_empty()).then(|| schema.into()), name: name.into() });
    Effect { kind, relation, bound: None, what: format!("{} of it", kind.as_str()).into(), time: None, code: None }
}

fn statement(effects: Vec<Effect>) -> Classification {
    Classification {
        tag: "TEST",
        effects,
        access: Access::ReadWrite,
        refuses_block: false,
        steps: Vec::new(),
        foreign: false,
        functions: Some(Box::default()),
    }
}

fn agent(preset: Preset) -> Policy {
    Policy::new("cursor", Kind::Agent, preset)
}

fn rule(id: &str, effects: &[&str], tables: Option<&[&str]>, verdict: Verdict) -> Rule {
    Rule {
        id: id.into(),
        effects: effects.iter().fold(EffectSet::default(), |set, name| set.union(effects_named(name).unwrap())),
        tables: tables.map(|all| all.iter().map(|text| TablePattern::new(text)).collect()),
        principals: vec![Pattern::new("*")],
        verdict,
        hint: None,
    }
}

fn one(policy: &Policy, effects: Vec<Effect>) -> Decision {
    decide(policy, &[&statement(effects)], &Context::default())
}

/// The presets' tables, written a second time by hand: a change to either has to be meant.
#[test]
fn presets_are_these_tables() {
    let allowed = |preset| {
        let names: Vec<_> =
            table(preset).filter(|(_, verdict)| *verdict == Verdict::Allow).map(|(kind, _)| kind.as_str()).collect();
        names.join(" ")
    };
    assert_eq!(allowed(Preset::ReadOnly), "read setting transaction bulk-export listen");
    assert_eq!(
        allowed(Preset::AppWriter),
        "read row-lock insert write define maintenance setting transaction bulk-export listen sequence"
    );
    assert_eq!(
        allowed(Preset::Migrator),
        "read row-lock insert write define define-code maintenance heavy-maintenance setting transaction bulk-import \
         bulk-export listen notify sequence"
    );
    assert_eq!(table(Preset::Trusted).filter(|(_, verdict)| *verdict == Verdict::Allow).count(), EffectKind::ALL.len());
    let held: Vec<_> = table(Preset::Migrator)
        .filter(|(_, verdict)| *verdict == Verdict::Hold)
        .map(|(kind, _)| kind.as_str())
        .collect();
    assert_eq!(held, ["unbounded-write", "truncate", "drop", "alter-lossy"]);
}

#[test]
fn a_stricter_preset_is_nowhere_milder() {
    for kind in EffectKind::ALL {
        for pair in Preset::ALL.windows(2) {
            assert!(pair[0] > pair[1]);
            assert!(pair[0].verdict(kind) >= pair[1].verdict(kind), "{kind} under {} and {}", pair[0], pair[1]);
        }
    }
}

#[test]
fn names_lead_back() {
    for preset in Preset::ALL {
        assert_eq!(Preset::from_name(preset.as_str()), Some(preset));
    }
    for (group, kinds) in GROUPS {
        assert_eq!(effects_named(group), Some(kinds.iter().copied().collect()));
    }
    assert!(effects_named("write").unwrap().contains(EffectKind::UnboundedWrite));
    assert_eq!(effects_named("drop"), Some(EffectSet::of(EffectKind::Drop)));
    assert_eq!(effects_named("drops"), None);
}

#[test]
fn the_worst_statement_decides_for_all() {
    let read = statement(vec![effect(EffectKind::Read, None)]);
    let drop = statement(vec![effect(EffectKind::Drop, Some(("", "customers")))]);
    let decision = decide(&agent(Preset::AppWriter), &[&read, &drop, &read], &Context::default());
    assert_eq!(decision.verdict, Verdict::Reject);
    assert_eq!(&*decision.rule, "preset:app-writer");
    assert_eq!(decision.reasons, ["drop of it on customers"]);
    assert_eq!(decision.message(), "stockade refused drop of it on customers (rule preset:app-writer)");
    assert!(decision.hint().contains("Do not try to get around this"));
    assert!(!decision.forwards());
}

#[test]
fn nothing_is_allowed_and_nothing_known_is_not() {
    let policy = agent(Preset::AppWriter);
    assert_eq!(decide(&policy, &[], &Context::default()).verdict, Verdict::Allow);
    let decision = one(&policy, Vec::new());
    assert_eq!(decision.verdict, Verdict::Reject);
    assert!(decision.effects.contains(EffectKind::Unknown));
    assert_eq!(one(&agent(Preset::Trusted), Vec::new()).verdict, Verdict::Allow);
}

#[test]
fn unreadable_text_is_for_trusted_ones_alone() {
    for preset in Preset::ALL {
        let verdict = one(&agent(preset), vec![effect(EffectKind::Unreadable, None)]).verdict;
        assert_eq!(verdict == Verdict::Allow, preset == Preset::Trusted);
    }
}

#[test]
fn a_rule_is_named_before_the_preset_and_gives_its_hint() {
    let mut sacred = rule("sacred", &["write", "drop"], Some(&["payments.*"]), Verdict::Reject);
    sacred.hint = Some("ask in #db-changes".to_owned());
    let policy = agent(Preset::AppWriter).with_rules([&sacred]);
    let decision = one(&policy, vec![effect(EffectKind::Drop, Some(("payments", "cards")))]);
    assert_eq!(&*decision.rule, "sacred");
    assert!(decision.hint().starts_with("ask in #db-changes."));
    assert_eq!(one(&policy, vec![effect(EffectKind::Write, Some(("shop", "cards")))]).verdict, Verdict::Allow);
    assert_eq!(one(&policy, vec![effect(EffectKind::Write, Some(("", "cards")))]).verdict, Verdict::Reject);
    assert_eq!(one(&policy, vec![effect(EffectKind::Write, None)]).verdict, Verdict::Reject);
    assert_eq!(&*one(&policy, vec![effect(EffectKind::Drop, Some(("shop", "a")))]).rule, "preset:app-writer");
}

#[test]
fn hold_says_what_it_takes() {
    let decision = one(&agent(Preset::Migrator), vec![effect(EffectKind::Truncate, Some(("", "orders")))]);
    assert_eq!(decision.verdict, Verdict::Hold);
    assert!(!decision.forwards());
    assert!(decision.message().contains("takes a person's approval"));
    assert!(decision.hint().contains("approval"));
}

#[test]
fn shadow_judges_and_forwards() {
    let policy = agent(Preset::AppWriter).with_mode(Mode::Shadow);
    let decision = one(&policy, vec![effect(EffectKind::Drop, None)]);
    assert_eq!(decision.verdict, Verdict::Reject);
    assert!(decision.forwards());
    assert!(!policy.opens_read_only());
    assert!(
        judge(&policy, &[&statement(vec![effect(EffectKind::Drop, None)])], &Context::default(), ()).permit().is_ok()
    );
}

#[test]
fn writes_wait_for_the_record() {
    let failing = Context { audit_failing: true, ..Context::default() };
    let write = statement(vec![effect(EffectKind::Insert, None)]);
    let read = Classification { access: Access::ReadOnly, ..statement(vec![effect(EffectKind::Read, None)]) };
    let policy = agent(Preset::AppWriter);
    let decision = decide(&policy, &[&read, &write], &failing);
    assert_eq!((decision.verdict, &*decision.rule), (Verdict::Reject, "wall:audit"));
    assert_eq!(decide(&policy, &[&read], &failing).verdict, Verdict::Allow);
    assert_eq!(decide(&agent(Preset::Trusted), &[&write], &failing).verdict, Verdict::Allow);
}

#[test]
fn a_suspended_principal_reads_and_does_not_write() {
    let cause = Cause::Refusals(SuspendAfter::AGENTS);
    let suspended = Context { suspended: Some(Suspension { since: 0, cause }), audit_failing: true };
    let write = statement(vec![effect(EffectKind::Insert, None)]);
    let read = Classification { access: Access::ReadOnly, ..statement(vec![effect(EffectKind::Read, None)]) };
    let policy = agent(Preset::AppWriter);
    let decision = decide(&policy, &[&read, &write], &suspended);
    assert_eq!((decision.verdict, &*decision.rule), (Verdict::Reject, "wall:suspended"));
    let message = decision.message();
    assert!(message.contains("since 1970-01-01 00:00:00 UTC, after 20 refusals within 60 seconds"), "{message}");
    assert!(decision.hint().contains("stockade principal resume cursor"), "{}", decision.hint());
    assert_eq!(decide(&policy, &[&read], &suspended).verdict, Verdict::Allow);
    let drop = statement(vec![effect(EffectKind::Drop, None)]);
    assert_eq!(&*decide(&policy, &[&drop], &suspended).rule, "wall:suspended");
    assert_eq!(decide(&agent(Preset::Trusted), &[&write], &suspended).verdict, Verdict::Allow);
    assert!(decide(&policy.with_mode(Mode::Shadow), &[&write], &suspended).forwards());
}

#[test]
fn what_is_witnessed_and_timed_is_what_is_enforced() {
    let agent = agent(Preset::AppWriter);
    assert!(agent.witnesses());
    assert_eq!(agent.timeouts(), Timeouts::AGENTS);
    assert!(!agent.clone().with_limits(Limits::none()).witnesses());
    assert!(!agent.clone().with_mode(Mode::Shadow).witnesses());
    assert_eq!(agent.with_mode(Mode::Shadow).timeouts(), Timeouts::NONE);
    assert!(!Policy::new("r", Kind::Agent, Preset::ReadOnly).witnesses());
    assert_eq!(Policy::new("s", Kind::Service, Preset::Migrator).timeouts(), Timeouts::NONE);
    assert_eq!(Policy::new("t", Kind::Agent, Preset::Trusted).timeouts(), Timeouts::NONE);
}

#[test]
fn reasons_are_many_but_not_endless() {
    let effects = (0..30).map(|n| effect(EffectKind::Drop, Some(("", format!("t{n}").as_str())))).collect();
    let decision = one(&agent(Preset::AppWriter), effects);
    assert_eq!(decision.reasons.len(), 9);
    assert_eq!(decision.reasons.last().unwrap(), "and 22 more");
}

#[test]
fn walls() {
    let policy = agent(Preset::AppWriter);
    let trusted = agent(Preset::Trusted);
    let rule = |wall| {
        let decision = decide_wall(&policy, wall);
        (decision.verdict, decision.rule.to_string())
    };
    let refused = |name: &str| (Verdict::Reject, name.to_owned());
    let allowed = (Verdict::Allow, "preset:app-writer".to_owned());
    assert_eq!(rule(Wall::StatementTooLong(MAX_STATEMENT_BYTES)), allowed);
    assert_eq!(rule(Wall::StatementTooLong(MAX_STATEMENT_BYTES + 1)), refused("wall:statement-too-long"));
    assert_eq!(rule(Wall::FunctionCall), refused("wall:function-call"));
    assert_eq!(rule(Wall::Replication), refused("wall:replication"));
    assert_eq!(rule(Wall::StartupSetting("role")), refused("wall:startup-setting"));
    assert_eq!(rule(Wall::ProtectedDatabase("shop")), allowed);
    assert_eq!(rule(Wall::ProtectedDatabase("shop_backup_1")), refused("wall:protected-database"));
    assert_eq!(rule(Wall::UnsafeEncoding("Shift_JIS")), refused("wall:unsafe-encoding"));
    assert_eq!(rule(Wall::UnsafeEncoding("UTF8")), allowed);
    assert_eq!(rule(Wall::UnknownMessage), refused("wall:unknown-message"));
    for wall in [
        Wall::StatementTooLong(1 << 30),
        Wall::FunctionCall,
        Wall::Replication,
        Wall::StartupSetting("role"),
        Wall::ProtectedDatabase("backup"),
        Wall::UnsafeEncoding("sjis"),
        Wall::UnknownMessage,
    ] {
        assert_eq!(decide_wall(&trusted, wall).verdict, Verdict::Allow, "{wall:?}");
        assert!(Wall::RULES.contains(&wall.rule()));
        assert!(judge_wall(&trusted, wall, ()).permit().is_ok());
    }
}

#[test]
fn a_rule_reaches_the_walls() {
    let mine = rule("no-calls", &["function-call"], None, Verdict::Reject);
    let policy = agent(Preset::Trusted).with_rules([&mine]);
    assert_eq!(&*decide_wall(&policy, Wall::FunctionCall).rule, "no-calls");
    assert!(!policy.is_transparent());
}

#[test]
fn a_database_named_in_full_is_not_protected_from_its_principal() {
    let named = agent(Preset::AppWriter).with_databases(vec![Pattern::new("*backup*")], Some("shop_backup"));
    assert_eq!(decide_wall(&named, Wall::ProtectedDatabase("shop_backup")).verdict, Verdict::Allow);
    assert_eq!(decide_wall(&named, Wall::ProtectedDatabase("shop_backup2")).verdict, Verdict::Reject);
    let human = Policy::new("ada", Kind::Human, Preset::AppWriter);
    assert_eq!(decide_wall(&human, Wall::ProtectedDatabase("backup")).verdict, Verdict::Allow);
}

#[test]
fn what_a_policy_says_of_itself() {
    assert!(!agent(Preset::ReadOnly).may_write());
    assert!(agent(Preset::AppWriter).may_write());
    assert!(agent(Preset::ReadOnly).with_mode(Mode::Shadow).may_write());
    let none = rule("none", &["any"], None, Verdict::Reject);
    let some = rule("some", &["any"], Some(&["payments.*"]), Verdict::Reject);
    assert!(!agent(Preset::AppWriter).with_rules([&none]).may_write());
    assert!(agent(Preset::AppWriter).with_rules([&some]).may_write());
    assert!(agent(Preset::Trusted).is_transparent());
    assert!(!agent(Preset::Trusted).with_mode(Mode::Shadow).is_transparent());
    for preset in Preset::ALL {
        assert_eq!(agent(preset).opens_read_only(), preset != Preset::Trusted);
    }
}

#[test]
fn patterns() {
    for (pattern, name, matches) in [
        ("*", "", true),
        ("*", "anything", true),
        ("agent_*", "agent_7", true),
        ("agent_*", "agent", false),
        ("*_bot", "a_bot_bot", true),
        ("*_bot", "a_bot_b", false),
        ("a*b*c", "aXbYbZc", true),
        ("a*b*c", "aXbYbZ", false),
        ("?", "é", true),
        ("??", "é", false),
        ("Customers", "customers", false),
        ("a**", "a", true),
    ] {
        assert_eq!(Pattern::new(pattern).matches(name), matches, "{pattern} {name}");
    }
    for (left, right, overlaps) in [
        ("agent_*", "*_bot", true),
        ("agent_*", "human_*", false),
        ("a?c", "abc", true),
        ("a", "b", false),
        ("*", "", true),
        ("*x", "y*", true),
        ("ab", "a", false),
    ] {
        assert_eq!(Pattern::new(left).overlaps(&Pattern::new(right)), overlaps, "{left} {right}");
        assert_eq!(Pattern::new(right).overlaps(&Pattern::new(left)), overlaps, "{right} {left}");
    }
}

#[test]
fn tables_by_their_strictest_meaning() {
    let relation = |schema: Option<&str>, name: &str| Relation { schema: schema.map(Into::into), name: name.into() };
    let payments = TablePattern::new("payments.cards");
    assert!(payments.matches(&relation(Some("payments"), "cards")));
    assert!(!payments.matches(&relation(Some("shop"), "cards")));
    assert!(payments.matches(&relation(None, "cards")), "search_path may lead there");
    assert!(payments.matches(&relation(None, "payments")), "the schema itself");
    assert!(!payments.matches(&relation(None, "orders")));
    assert!(TablePattern::new("cards").matches(&relation(Some("any"), "cards")));
    assert!(TablePattern::new("*").matches(&relation(Some("any"), "thing")));
    let cafe = TablePattern::new("caf\u{e9}");
    for (name, may_be) in [
        ("caf\u{e9}", true),
        ("caf\u{c9}", true),
        ("caf\u{f00e9}", true),
        ("\u{f00e3}\u{f00a9}", true),
        ("caf\u{e8}", false),
        ("CAF\u{c9}", true),
        ("cafe", false),
    ] {
        assert_eq!(cafe.matches(&relation(None, name)), may_be, "{name}");
    }
}

fn principal(
    name: &str,
    user: Option<&str>,
    database: Option<&str>,
    network: Option<&str>,
    preset: Preset,
) -> Principal {
    let matcher = Matcher {
        user: user.map(Pattern::new),
        database: database.map(Pattern::new),
        network: network.map(|text| text.parse().unwrap()),
    };
    Principal { matcher, policy: Arc::new(Policy::new(name, Kind::Agent, preset)) }
}

#[test]
fn the_most_specific_principal_wins_whatever_the_order() {
    let mut list = vec![
        principal("any-agent", Some("agent_*"), None, None, Preset::AppWriter),
        principal("one", Some("agent_1"), None, None, Preset::Migrator),
        principal("one-here", Some("agent_1"), None, Some("10.0.0.0/8"), Preset::ReadOnly),
        principal("shop", None, Some("shop"), Some("10.1.0.0/16"), Preset::Trusted),
    ];
    for _ in 0..list.len() {
        list.rotate_left(1);
        let principals = Principals::new(list.clone(), Arc::new(agent(Preset::AppWriter)));
        let name = |user: &str, database: &str, client: Option<&str>| {
            let client = client.map(|text| text.parse().unwrap());
            principals.resolve(&Who { user, database, client }).principal().to_owned()
        };
        assert_eq!(name("agent_2", "x", None), "any-agent");
        assert_eq!(name("agent_1", "x", None), "one");
        assert_eq!(name("agent_1", "x", Some("10.2.3.4")), "one-here");
        assert_eq!(name("agent_1", "x", Some("::ffff:10.2.3.4")), "one-here");
        assert_eq!(name("agent_1", "shop", Some("10.1.3.4")), "one-here", "equally specific: the stricter preset");
        assert_eq!(name("shop", "", Some("10.1.3.4")), "shop", "no database is the user's name");
        assert_eq!(name("other", "x", None), "cursor");
    }
}

#[test]
fn names_are_cut_as_the_server_cuts_them() {
    let long = format!("{}backup", "x".repeat(57));
    let exact = agent(Preset::AppWriter).with_databases(vec![Pattern::new(&long)], None);
    let longer = format!("{long}_and_more");
    assert_eq!(decide_wall(&exact, Wall::ProtectedDatabase(&longer)).verdict, Verdict::Reject);
    assert_eq!(principals::server_name(&"é".repeat(40)).len(), 62);
}

fn kinds() -> impl Strategy<Value = EffectKind> {
    proptest::sample::select(EffectKind::ALL.to_vec())
}

fn statements() -> impl Strategy<Value = Vec<Classification>> {
    let names = proptest::option::of((
        proptest::sample::select(vec!["", "public", "payments"]),
        proptest::sample::select(vec!["cards", "orders", "payments"]),
    ));
    let effects = proptest::collection::vec((kinds(), names).prop_map(|(kind, name)| effect(kind, name)), 0..4);
    proptest::collection::vec(effects.prop_map(statement), 0..4)
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let patterns = proptest::sample::select(vec!["*", "payments.*", "cards", "public.orders", "*.o*"]);
    let rule = (
        "[a-e]",
        proptest::collection::vec(kinds(), 1..5),
        proptest::option::of(proptest::collection::vec(patterns, 1..3)),
        proptest::sample::select(Verdict::ALL.to_vec()),
        proptest::sample::select(vec!["*", "cur*", "someone"]),
    )
        .prop_map(|(id, effects, tables, verdict, who)| Rule {
            id: id.into(),
            effects: effects.into_iter().collect(),
            tables: tables.map(|all| all.into_iter().map(TablePattern::new).collect()),
            principals: vec![Pattern::new(who)],
            verdict,
            hint: None,
        });
    proptest::collection::vec(rule, 0..5)
}

fn code() -> impl Strategy<Value = Option<Code>> {
    proptest::sample::select(vec![None, Some(Code::Procedure), Some(Code::Block), Some(Code::Apart)])
}

fn time() -> impl Strategy<Value = Option<TimeLimit>> {
    proptest::option::of(
        (any::<bool>(), proptest::option::of(0u64..10_000_000)).prop_map(|(local, milliseconds)| TimeLimit {
            setting: "statement_timeout".into(),
            local,
            milliseconds,
        }),
    )
}

fn presets() -> impl Strategy<Value = Preset> {
    proptest::sample::select(Preset::ALL.to_vec())
}

fn decide_all(preset: Preset, rules: &[Rule], statements: &[Classification], audit_failing: bool) -> Decision {
    let facts: Vec<&Classification> = statements.iter().collect();
    decide(&agent(preset).with_rules(rules), &facts, &Context { audit_failing, ..Context::default() })
}

proptest! {
    #[test]
    fn adding_a_rule_never_loosens(
        preset in presets(), rules in rules(), more in rules(), statements in statements(), failing: bool,
    ) {
        let before = decide_all(preset, &rules, &statements, failing);
        let all: Vec<Rule> = rules.into_iter().chain(more).collect();
        let after = decide_all(preset, &all, &statements, failing);
        prop_assert!(after.verdict >= before.verdict);
    }

    #[test]
    fn the_order_of_rules_never_shows(
        preset in presets(),
        (rules, shuffled) in rules().prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle())),
        statements in statements(),
    ) {
        let left = decide_all(preset, &rules, &statements, false);
        let right = decide_all(preset, &shuffled, &statements, false);
        prop_assert_eq!(left.verdict, right.verdict);
        prop_assert_eq!(left.rule, right.rule);
        prop_assert_eq!(left.reasons, right.reasons);
        prop_assert_eq!(left.hint, right.hint);
    }

    #[test]
    fn a_longer_message_is_never_judged_more_mildly(
        preset in presets(), rules in rules(), first in statements(), second in statements(),
    ) {
        let alone = decide_all(preset, &rules, &first, false);
        let both: Vec<Classification> = first.into_iter().chain(second).collect();
        prop_assert!(decide_all(preset, &rules, &both, false).verdict >= alone.verdict);
    }

    #[test]
    fn a_refusal_always_says_why(preset in presets(), rules in rules(), statements in statements(), failing: bool) {
        let decision = decide_all(preset, &rules, &statements, failing);
        let refused = decision.verdict != Verdict::Allow;
        prop_assert_eq!(!decision.reasons.is_empty(), refused);
        prop_assert_eq!(decision.hint.is_some(), refused);
        prop_assert!(!decision.rule.is_empty());
    }

    #[test]
    fn what_is_plainly_allowed_is_allowed_when_weighed(
        preset in presets(), rules in rules(), statements in statements(), failing: bool, limited: bool,
        extra in proptest::option::of((proptest::sample::select(vec![0, 1]), code(), time())),
    ) {
        let mut statements = statements;
        if let Some((at, code, time)) = extra
            && let Some(effect) = statements.get_mut(at).and_then(|statement: &mut Classification| statement.effects.first_mut())
        {
            (effect.code, effect.time) = (code, time);
        }
        let facts: Vec<&Classification> = statements.iter().collect();
        let limits = if limited { Limits::of(Preset::AppWriter, Kind::Agent) } else { Limits::none() };
        let policy = agent(preset).with_rules(&rules).with_limits(limits);
        let context = Context { audit_failing: failing, ..Context::default() };
        let (short, long) = (decide(&policy, &facts, &context), decide::weigh(&policy, &facts, &context));
        prop_assert_eq!(format!("{short:?}"), format!("{long:?}"));
    }

    #[test]
    fn a_transparent_policy_refuses_nothing(statements in statements(), failing: bool) {
        prop_assert!(decide_all(Preset::Trusted, &[], &statements, failing).forwards());
    }

    #[test]
    fn two_patterns_of_one_name_overlap(name in "[ab]{0,6}", left in "[ab*?]{0,6}", right in "[ab*?]{0,6}") {
        let (left, right) = (Pattern::new(&left), Pattern::new(&right));
        if left.matches(&name) && right.matches(&name) {
            prop_assert!(left.overlaps(&right));
        }
    }
}
