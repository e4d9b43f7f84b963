use super::super::RowAction;
use super::*;
use crate::policy::{Anchor, Decision, EffectKind, EffectSet, Kind, Limits, Policy, Preset, Verdict};
use std::time::Duration;

fn metrics() -> Metrics {
    let principals = [
        PrincipalLabels { name: "cursor".into(), shadow: false },
        PrincipalLabels { name: "nightly".into(), shadow: true },
    ];
    let rules = ["preset:app-writer".into(), "wall:unreadable".into(), "no-drops".into()];
    Metrics::new(&principals, &rules, &["server", "never_empty"]).unwrap()
}

/// With one account that may change ten rows an hour, and its time.
fn with_accounts() -> (Metrics, Accounts, Instant) {
    let limits = Limits { rows_per_hour: Some(10), ..Limits::none() };
    let policy = Arc::new(Policy::new("cursor", Kind::Agent, Preset::AppWriter).with_limits(limits));
    let now = Instant::now();
    let accounts = Accounts::new([&policy], Anchor { instant: now, unix: Duration::from_secs(1 << 30) });
    let metrics = metrics();
    metrics.show_accounts(&accounts).unwrap();
    (metrics, accounts, now)
}

#[test]
fn accounts_are_shown_as_they_are_when_looked_at() {
    let (metrics, accounts, now) = with_accounts();
    let suspended = r#"stockade_principal_suspended{principal="cursor"}"#;
    let left = r#"stockade_budget_left_rows{principal="cursor"}"#;
    assert_eq!((value(&metrics, suspended), value(&metrics, left)), (Some(0.0), Some(10.0)));
    let account = accounts.named("cursor").unwrap();
    account.suspend(now).unwrap();
    account.reserve(7, now).unwrap().settle(now);
    assert_eq!((value(&metrics, suspended), value(&metrics, left)), (Some(1.0), Some(3.0)));
    account.resume().unwrap();
    assert_eq!(value(&metrics, suspended), Some(0.0));
}

fn decision(verdict: Verdict, rule: &str, effects: &[EffectKind]) -> Decision {
    Decision {
        verdict,
        enforced: true,
        rule: rule.into(),
        effects: effects.iter().copied().collect::<EffectSet>(),
        decided_by: None,
        reasons: Vec::new(),
        hint: None,
    }
}

/// The value of a series, written as Prometheus writes it (labels sorted by name).
fn value(metrics: &Metrics, series: &str) -> Option<f64> {
    metrics
        .render()
        .lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' ').map(|value| value.parse().unwrap()))
}

#[test]
fn every_series_is_there_from_the_start() {
    let metrics = metrics();
    for series in [
        r#"stockade_statements_total{principal="cursor",rule="no-drops",verdict="reject"}"#,
        r#"stockade_statements_total{principal="nightly",rule="preset:app-writer",verdict="allow"}"#,
        r#"stockade_statements_total{principal="other",rule="other",verdict="hold"}"#,
        r#"stockade_shadowed_total{principal="nightly"}"#,
        "stockade_decision_seconds_count",
        r#"stockade_decision_seconds_bucket{le="0.000001"}"#,
        r#"stockade_connections{principal="other"}"#,
        r#"stockade_connections_total{principal="cursor"}"#,
        r#"stockade_bytes_total{direction="to_upstream"}"#,
        r#"stockade_bytes_total{direction="to_client"}"#,
        r#"stockade_facts_cache_total{result="hit"}"#,
        r#"stockade_facts_cache_total{result="miss"}"#,
        "stockade_audit_records_total",
        "stockade_audit_failures_total",
        "stockade_audit_queue",
        "stockade_listening",
        r#"stockade_mode{mode="shadow",principal="cursor"}"#,
        r#"stockade_mode{mode="enforce",principal="nightly"}"#,
    ] {
        assert_eq!(value(&metrics, series), Some(0.0), "{series}");
    }
    for kind in EffectKind::ALL {
        let series = format!(r#"stockade_effects_total{{effect="{kind}",principal="cursor",verdict="reject"}}"#);
        assert_eq!(value(&metrics, &series), Some(0.0), "{series}");
    }
    for kind in ["refused", "tls", "timeout", "lost", "protocol"] {
        let series = format!(r#"stockade_upstream_errors_total{{kind="{kind}"}}"#);
        assert_eq!(value(&metrics, &series), Some(0.0), "{series}");
    }
    for action in RowAction::ALL {
        let series = format!(r#"stockade_rows_changed_total{{action="{action}",principal="cursor"}}"#);
        assert_eq!(value(&metrics, &series), Some(0.0), "{series}");
    }
    for reason in ["never_empty", "server", OTHER] {
        let series = format!(r#"stockade_rollbacks_total{{principal="nightly",reason="{reason}"}}"#);
        assert_eq!(value(&metrics, &series), Some(0.0), "{series}");
    }
    for protocol in WitnessedProtocol::ALL {
        let series = format!(r#"stockade_witness_seconds_count{{protocol="{protocol}"}}"#);
        assert_eq!(value(&metrics, &series), Some(0.0), "{series}");
    }
    for reason in StartupRefusal::ALL {
        let series = format!(r#"stockade_startup_refused_total{{reason="{reason}"}}"#);
        assert_eq!(value(&metrics, &series), Some(0.0), "{series}");
    }
    for series in [
        r#"stockade_mode{mode="shadow",principal="nightly"}"#.to_owned(),
        r#"stockade_mode{mode="enforce",principal="cursor"}"#.to_owned(),
        r#"stockade_mode{mode="enforce",principal="other"}"#.to_owned(),
        "stockade_audit_healthy".to_owned(),
        "stockade_upstream_up".to_owned(),
        format!(r#"stockade_build_info{{version="{}"}}"#, env!("CARGO_PKG_VERSION")),
    ] {
        assert_eq!(value(&metrics, &series), Some(1.0), "{series}");
    }
}

#[test]
fn what_the_witness_saw_is_counted() {
    let metrics = metrics();
    let cursor = metrics.principal("cursor");
    cursor.changed(RowAction::Deleted, 3);
    cursor.changed(RowAction::Inserted, 40);
    cursor.changed(RowAction::Updated, 0);
    for reason in ["server", "never_empty", "never_empty", "a reason nobody knows"] {
        cursor.rolled_back(reason);
    }
    metrics.witness_answered(WitnessedProtocol::Simple, 0.0002);
    metrics.witness_answered(WitnessedProtocol::Extended, 0.3);
    for (series, expected) in [
        (r#"stockade_rows_changed_total{action="deleted",principal="cursor"}"#, 3.0),
        (r#"stockade_rows_changed_total{action="updated",principal="cursor"}"#, 0.0),
        (r#"stockade_rows_changed_total{action="inserted",principal="cursor"}"#, 40.0),
        (r#"stockade_rows_changed_total{action="deleted",principal="nightly"}"#, 0.0),
        (r#"stockade_rollbacks_total{principal="cursor",reason="server"}"#, 1.0),
        (r#"stockade_rollbacks_total{principal="cursor",reason="never_empty"}"#, 2.0),
        (r#"stockade_rollbacks_total{principal="cursor",reason="other"}"#, 1.0),
        (r#"stockade_witness_seconds_bucket{protocol="simple",le="0.00025"}"#, 1.0),
        (r#"stockade_witness_seconds_bucket{protocol="extended",le="0.25"}"#, 0.0),
        (r#"stockade_witness_seconds_bucket{protocol="extended",le="0.5"}"#, 1.0),
    ] {
        assert_eq!(value(&metrics, series), Some(expected), "{series}");
    }
}

#[test]
fn counting_makes_no_new_series() {
    let metrics = metrics();
    let names = |metrics: &Metrics| -> Vec<String> {
        metrics.render().lines().map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
    };
    let before = names(&metrics);
    for principal in ["cursor", "nightly", "somebody\"else\n"] {
        let principal = metrics.principal(principal);
        let _connection = principal.connected();
        for verdict in [Verdict::Allow, Verdict::Hold, Verdict::Reject] {
            principal.decided(&decision(verdict, "a rule nobody configured", &EffectKind::ALL), 0.01);
            principal.decided(&decision(verdict, "no-drops", &EffectKind::ALL), 0.01);
            principal.rolled_back("a reason nobody knows");
            principal.changed(RowAction::Updated, 1);
        }
    }
    assert_eq!(names(&metrics), before);
}

#[test]
fn a_decision_counts_once_by_rule_and_once_by_each_effect() {
    let metrics = metrics();
    let cursor = metrics.principal("cursor");
    let refused = decision(Verdict::Reject, "no-drops", &[EffectKind::Drop, EffectKind::Read]);
    cursor.decided(&refused, 0.000_004);
    cursor.decided(&decision(Verdict::Allow, "preset:app-writer", &[EffectKind::Read]), 0.000_002);
    for (series, expected) in [
        (r#"stockade_statements_total{principal="cursor",rule="no-drops",verdict="reject"}"#, 1.0),
        (r#"stockade_statements_total{principal="cursor",rule="preset:app-writer",verdict="allow"}"#, 1.0),
        (r#"stockade_statements_total{principal="cursor",rule="no-drops",verdict="allow"}"#, 0.0),
        (r#"stockade_effects_total{effect="drop",principal="cursor",verdict="reject"}"#, 1.0),
        (r#"stockade_effects_total{effect="read",principal="cursor",verdict="reject"}"#, 1.0),
        (r#"stockade_effects_total{effect="read",principal="cursor",verdict="allow"}"#, 1.0),
        (r#"stockade_shadowed_total{principal="cursor"}"#, 0.0),
        (r#"stockade_decision_seconds_bucket{le="0.000002"}"#, 1.0),
        (r#"stockade_decision_seconds_bucket{le="0.000005"}"#, 2.0),
    ] {
        assert_eq!(value(&metrics, series), Some(expected), "{series}");
    }
}

#[test]
fn what_shadow_mode_lets_through_is_counted_apart() {
    let metrics = metrics();
    let nightly = metrics.principal("nightly");
    let refused = Decision { enforced: false, ..decision(Verdict::Reject, "no-drops", &[EffectKind::Drop]) };
    nightly.decided(&refused, 0.0);
    nightly.decided(&Decision { enforced: false, ..decision(Verdict::Allow, "no-drops", &[]) }, 0.0);
    assert_eq!(value(&metrics, r#"stockade_shadowed_total{principal="nightly"}"#), Some(1.0));
}

#[test]
fn unknown_principals_and_rules_count_as_other() {
    let metrics = metrics();
    metrics.principal("nobody").decided(&decision(Verdict::Hold, "unheard-of", &[]), 0.0);
    let series = r#"stockade_statements_total{principal="other",rule="other",verdict="hold"}"#;
    assert_eq!(value(&metrics, series), Some(1.0));
}

#[test]
fn the_connection_gauge_comes_down_with_the_guard() {
    let metrics = metrics();
    let first = metrics.principal("cursor").connected();
    let second = metrics.principal("cursor").connected();
    drop(first);
    assert_eq!(value(&metrics, r#"stockade_connections{principal="cursor"}"#), Some(1.0));
    drop(second);
    assert_eq!(value(&metrics, r#"stockade_connections{principal="cursor"}"#), Some(0.0));
    assert_eq!(value(&metrics, r#"stockade_connections_total{principal="cursor"}"#), Some(2.0));
}

#[test]
fn each_label_set_counts_under_its_own_name() {
    let metrics = metrics();
    for kind in UpstreamError::ALL {
        metrics.upstream_failed(*kind);
        assert_eq!(value(&metrics, &format!(r#"stockade_upstream_errors_total{{kind="{kind}"}}"#)), Some(1.0));
    }
    for reason in StartupRefusal::ALL {
        metrics.startup_refused(*reason);
        assert_eq!(value(&metrics, &format!(r#"stockade_startup_refused_total{{reason="{reason}"}}"#)), Some(1.0));
    }
    for (direction, bytes) in [(Direction::ToUpstream, 5), (Direction::ToClient, 7)] {
        metrics.relayed(direction, bytes);
        assert_eq!(metrics.bytes(direction).map(IntCounter::get), Some(bytes));
    }
    metrics.facts_looked_up(true);
    metrics.facts_looked_up(true);
    metrics.facts_looked_up(false);
    assert_eq!(value(&metrics, r#"stockade_facts_cache_total{result="hit"}"#), Some(2.0));
    assert_eq!(value(&metrics, r#"stockade_facts_cache_total{result="miss"}"#), Some(1.0));
}

#[test]
fn readiness_follows_the_listener_and_the_last_contact() {
    use crate::telemetry::NotReady;
    let metrics = metrics();
    let health = metrics.health();
    assert_eq!(health.ready(), Err(NotReady::NotListening));
    health.set_listening(true);
    assert_eq!(health.ready(), Ok(()));
    metrics.upstream_failed(UpstreamError::Tls);
    assert_eq!(health.ready(), Err(NotReady::Upstream(UpstreamError::Tls)));
    assert_eq!(value(&metrics, "stockade_upstream_up"), Some(0.0));
    health.upstream_reached();
    assert_eq!(health.ready(), Ok(()));
    health.set_listening(false);
    assert_eq!(health.ready(), Err(NotReady::NotListening));
}

#[test]
fn names_given_twice_do_no_harm() {
    let principal = PrincipalLabels { name: "a".into(), shadow: false };
    let rule: Arc<str> = "r".into();
    let metrics =
        Metrics::new(&[principal.clone(), principal], &[Arc::clone(&rule), rule, OTHER.into()], &[OTHER]).unwrap();
    metrics.principal("a").decided(&decision(Verdict::Allow, "r", &[]), 0.0);
    metrics.principal("a").decided(&decision(Verdict::Allow, "x", &[]), 0.0);
    for rule in ["r", OTHER] {
        let series = format!(r#"stockade_statements_total{{principal="a",rule="{rule}",verdict="allow"}}"#);
        assert_eq!(value(&metrics, &series), Some(1.0), "{series}");
    }
}

#[test]
fn the_manual_lists_every_metric() {
    let rendered = with_accounts().0.render();
    let types = rendered.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let there: BTreeMap<_, _> = types.collect();
    let manual = include_str!("../../manual/metrics.md");
    let rows = manual.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let listed: BTreeMap<_, _> = rows.map(|(name, rest)| (name, rest.split(' ').next().unwrap())).collect();
    assert_eq!(listed, there);
}

#[test]
fn alerts_and_dashboard_name_only_metrics_that_exist() {
    let rendered = with_accounts().0.render();
    let exists = |name: &str| {
        rendered.lines().any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])))
    };
    let mut checked = 0;
    for file in [
        include_str!("../../../config/prometheus/alerts.yml"),
        include_str!("../../../config/prometheus/alerts_test.yml"),
        include_str!("../../../config/grafana/dashboard.json"),
    ] {
        for rest in file.split("stockade_").skip(1) {
            let rest: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            let name = format!("stockade_{rest}");
            assert!(exists(&name), "{name}");
            checked += 1;
        }
    }
    assert!(checked > 50, "{checked}");
}
