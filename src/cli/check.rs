//! `stockade check`: every fault of a file, then what the file means.

use super::paint::{Paint, wrapped};
use super::{CheckArgs, fail, print};
use serde_json::json;
use std::fmt::Write;
use std::time::Duration;
use stockade::config::{Audit, AuditTarget, Config, ConfigError, OnFailure};
use stockade::policy::{
    Code, EffectKind, Limits, Matcher, Mode, Policy, Preset, Principals, Rule, SuspendAfter, TableLimits, Timeouts,
    Verdict, WritingFunctions,
};

/// 0 for a sound file, 1 for any other.
pub(super) fn check(args: &CheckArgs) -> u8 {
    match Config::load(&args.config) {
        Ok(config) if args.json => {
            print(&format!("{}\n", as_json(&config)));
            0
        }
        Ok(config) => {
            print(&as_text(&config, &args.config.display().to_string(), Paint::for_stdout(args.no_color)));
            0
        }
        Err(error) if args.json => {
            print(&format!("{}\n", faults_as_json(&error)));
            1
        }
        Err(error) => {
            let count = error.problems.len();
            let faults = if count == 1 { "1 fault".to_owned() } else { format!("{count} faults") };
            fail(1, &format!("{error}\n{faults} in {}", args.config.display()))
        }
    }
}

fn faults_as_json(error: &ConfigError) -> serde_json::Value {
    let problems: Vec<_> = error
        .problems
        .iter()
        .map(|problem| json!({ "line": problem.line, "key": problem.key, "message": problem.message }))
        .collect();
    json!({ "ok": false, "file": error.file, "problems": problems })
}

fn as_json(config: &Config) -> serde_json::Value {
    let listeners: Vec<_> = config
        .listeners
        .iter()
        .map(|listener| {
            json!({
                "address": listener.address.to_string(),
                "tls": listener.tls.is_some(),
                "upstream": {
                    "name": listener.upstream.name.as_ref(),
                    "address": listener.upstream.address.to_string(),
                    "tls": listener.upstream.tls.as_str(),
                },
            })
        })
        .collect();
    let principals: Vec<_> = with_matchers(&config.principals)
        .map(|(policy, matcher)| {
            let effects: serde_json::Map<String, serde_json::Value> =
                EffectKind::ALL.iter().map(|kind| (kind.to_string(), json!(policy.verdict(*kind).as_str()))).collect();
            let rules: Vec<_> = policy.rules().iter().map(rule_as_json).collect();
            json!({
                "name": policy.principal(),
                "match": matcher.map(describe),
                "kind": policy.kind().as_str(),
                "preset": policy.preset().as_str(),
                "mode": policy.mode().as_str(),
                "max_statement_bytes": policy.max_statement_bytes(),
                "effects": effects,
                "rules": rules,
                "limits": limits_as_json(policy.limits()),
                "functions_may_write": functions_as_json(policy.functions_may_write()),
                "timeouts": timeouts_as_json(policy.timeouts()),
                "suspend_after": policy.suspend_after().map(|after| {
                    json!({ "refusals": after.refusals, "within_seconds": after.within.as_secs() })
                }),
            })
        })
        .collect();
    json!({
        "ok": true,
        "listeners": listeners,
        "admin": config.admin.to_string(),
        "admin_socket": config.admin_socket,
        "state": config.state,
        "audit": config.audit.as_ref().map(describe_audit),
        "principals": principals,
    })
}

fn rule_as_json(rule: &Rule) -> serde_json::Value {
    let effects: Vec<&str> = rule.effects.iter().map(EffectKind::as_str).collect();
    let tables = rule.tables.as_ref().map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>());
    json!({ "id": rule.id.as_ref(), "effects": effects, "tables": tables, "verdict": rule.verdict.as_str() })
}

fn limits_as_json(limits: &Limits) -> serde_json::Value {
    let tables: Vec<_> = limits
        .tables
        .iter()
        .map(|one| {
            json!({
                "rule": one.rule.as_ref(),
                "tables": one.tables.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "rows_per_statement": one.rows_per_statement,
                "rows_per_transaction": one.rows_per_transaction,
                "table_share": one.table_share,
                "over": one.over.as_str(),
            })
        })
        .collect();
    json!({
        "rows_per_statement": limits.rows_per_statement,
        "rows_per_transaction": limits.rows_per_transaction,
        "max_inserted": limits.max_inserted,
        "table_share": limits.table_share,
        "never_empty": limits.never_empty,
        "rows_per_hour": limits.rows_per_hour,
        "over": limits.over.as_str(),
        "tables": tables,
    })
}

/// `"any"`, or the names.
fn functions_as_json(functions: &WritingFunctions) -> serde_json::Value {
    match functions {
        WritingFunctions::Any => json!("any"),
        WritingFunctions::Named(names) => json!(names.iter().map(ToString::to_string).collect::<Vec<_>>()),
    }
}

fn timeouts_as_json(timeouts: Timeouts) -> serde_json::Value {
    let one = |(name, value): (&str, Option<Duration>)| {
        (name.to_owned(), value.map_or(serde_json::Value::Null, |value| json!(milliseconds(value))))
    };
    serde_json::Value::Object(timeouts.settings().into_iter().map(one).collect())
}

/// As many milliseconds as PostgreSQL's own settings take.
fn milliseconds(value: Duration) -> u64 {
    u64::try_from(value.as_millis()).unwrap_or(u64::MAX)
}

fn as_text(config: &Config, file: &str, paint: Paint) -> String {
    let mut out = format!("{} is sound.\n\n", paint.bold(file));
    for listener in &config.listeners {
        let tls = match &listener.tls {
            None => "no TLS",
            Some(tls) if tls.require => "TLS required",
            Some(_) => "TLS offered",
        };
        let upstream = &listener.upstream;
        let _ = writeln!(
            out,
            "listens  {} ({tls}) → {} {} (tls {})",
            listener.address,
            upstream.name,
            upstream.address,
            upstream.tls.as_str()
        );
    }
    let _ = writeln!(out, "admin    http://{}", config.admin);
    if let Some(socket) = &config.admin_socket {
        let _ = writeln!(out, "control  {}", socket.display());
    }
    let state = match &config.state {
        Some(path) => format!("{}; suspensions and budgets survive a restart", path.display()),
        None => "none is kept; suspensions and budgets last as long as the process".to_owned(),
    };
    let _ = writeln!(out, "state    {state}");
    let audit = config.audit.as_ref().map_or_else(|| "none is kept".to_owned(), describe_audit);
    let _ = writeln!(out, "record   {audit}\n");
    for (policy, matcher) in with_matchers(&config.principals) {
        principal(&mut out, policy, matcher, paint);
    }
    matrix(&mut out, &config.principals, paint);
    out
}

fn describe_audit(audit: &Audit) -> String {
    let target = match &audit.target {
        AuditTarget::Stdout => "standard output".to_owned(),
        AuditTarget::File(path) => path.display().to_string(),
    };
    match audit.on_failure {
        OnFailure::Reject => format!("{target}; while it cannot be written, writes are refused"),
        OnFailure::Allow => format!("{target}; while it cannot be written, writes go on unrecorded"),
    }
}

/// Every policy with whom it means; `None` for everyone else.
fn with_matchers(principals: &Principals) -> impl Iterator<Item = (&Policy, Option<&Matcher>)> {
    let matchers = principals.list().iter().map(|principal| Some(&principal.matcher));
    principals.policies().map(AsRef::as_ref).zip(matchers.chain(std::iter::once(None)))
}

fn describe(matcher: &Matcher) -> String {
    let parts = [
        matcher.user.as_ref().map(|user| format!("user {user}")),
        matcher.database.as_ref().map(|database| format!("database {database}")),
        matcher.network.as_ref().map(|network| format!("network {network}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn principal(out: &mut String, policy: &Policy, matcher: Option<&Matcher>, paint: Paint) {
    let who = matcher.map_or_else(|| "everyone else".to_owned(), describe);
    let _ = writeln!(
        out,
        "{}  {} under {}, {}",
        paint.bold(policy.principal()),
        policy.kind().as_str(),
        policy.preset(),
        match policy.mode() {
            Mode::Enforce => "enforced".to_owned(),
            Mode::Shadow => paint.verdict(Verdict::Hold, "SHADOW: judged and recorded, nothing is refused"),
        }
    );
    let _ = writeln!(out, "  who      {who}");
    for rule in policy.rules() {
        let effects: Vec<&str> = rule.effects.iter().map(EffectKind::as_str).collect();
        let tables = rule.tables.as_ref().map_or_else(
            || "everything".to_owned(),
            |all| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        );
        let text = format!("{} on {tables}", effects.join(", "));
        let verdict = paint.verdict(rule.verdict, rule.verdict.as_str());
        for (index, line) in wrapped(&text, 90).into_iter().enumerate() {
            let lead = if index == 0 { format!("  rule     {}: {verdict} ", rule.id) } else { " ".repeat(11) };
            let _ = writeln!(out, "{lead}{line}");
        }
    }
    if policy.preset() != Preset::Trusted || policy.is_counted_trust() {
        bounds(out, policy);
    }
    out.push('\n');
}

/// How much it may change, how long it may take, and what suspends it.
fn bounds(out: &mut String, policy: &Policy) {
    let mut line = |name: &str, text: &str| {
        for (index, part) in wrapped(text, 90).into_iter().enumerate() {
            let lead = if index == 0 { name } else { "" };
            let _ = writeln!(out, "  {lead:<9}{part}");
        }
    };
    let limits = policy.limits();
    line("limits", &describe_limits(limits));
    for one in &limits.tables {
        line("limits", &format!("{}: {}", one.rule, describe_table_limits(one)));
    }
    line("code", &describe_code(policy));
    let timeouts: Vec<String> = policy
        .timeouts()
        .settings()
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name} {}", describe_time(value?))))
        .collect();
    line("timeouts", if timeouts.is_empty() { "the server's own".to_owned() } else { timeouts.join(", ") }.as_str());
    line(
        "suspend",
        &match policy.suspend_after() {
            Some(SuspendAfter { refusals, within }) => {
                format!("after {refusals} refusals within {}", describe_time(within))
            }
            None => "by a person alone".to_owned(),
        },
    );
}

/// The code of the database it may run.
fn describe_code(policy: &Policy) -> String {
    let [call, block] = [policy.runs(&Code::Procedure), policy.runs(&Code::Block)];
    if !call {
        return "none".to_owned();
    }
    let functions = match policy.functions_may_write() {
        WritingFunctions::Any => "any function may write".to_owned(),
        WritingFunctions::Named(names) if names.is_empty() => "no function may write".to_owned(),
        WritingFunctions::Named(names) => {
            format!("may write: {}", names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
    };
    format!("{}; {functions}; what it did is witnessed", if block { "CALL, DO" } else { "CALL" })
}

fn describe_limits(limits: &Limits) -> String {
    let parts = [
        limits.rows_per_statement.map(|rows| format!("{rows} rows a statement")),
        limits.rows_per_transaction.map(|rows| format!("{rows} rows a transaction")),
        limits.rows_per_hour.map(|rows| format!("{rows} rows an hour")),
        limits.table_share.map(|share| format!("{}% of a table", percent(share))),
        limits.max_inserted.map(|rows| format!("{rows} rows inserted a transaction")),
        limits.never_empty.then(|| "no table left empty".to_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "none".to_owned() } else { format!("{}; over: {}", parts.join(", "), limits.over) }
}

fn describe_table_limits(limits: &TableLimits) -> String {
    let parts = [
        limits.rows_per_statement.map(|rows| format!("{rows} rows a statement")),
        limits.rows_per_transaction.map(|rows| format!("{rows} rows a transaction")),
        limits.table_share.map(|share| format!("{}% of it", percent(share))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let tables: Vec<String> = limits.tables.iter().map(ToString::to_string).collect();
    format!("{} on {}; over: {}", parts.join(", "), tables.join(", "), limits.over)
}

/// A share in percent, without the noise of binary fractions.
fn percent(share: f64) -> f64 {
    (share * 1e8).round() / 1e6
}

/// A time in the largest unit that fits it.
fn describe_time(time: Duration) -> String {
    const UNITS: [(u64, &str); 5] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"), (1, "ms")];
    let ms = milliseconds(time);
    let fits = UNITS.into_iter().find(|(unit, _)| ms.is_multiple_of(*unit) && ms > 0);
    fits.map_or_else(|| "0".to_owned(), |(unit, name)| format!("{}{name}", ms / unit))
}

/// The table of effects against principals. `+` marks where a rule is stricter for some tables.
fn matrix(out: &mut String, principals: &Principals, paint: Paint) {
    let names: Vec<(&Policy, usize)> = principals
        .policies()
        .map(|policy| (policy.as_ref(), policy.principal().chars().count().max("reject+".len())))
        .collect();
    let _ = write!(out, "{}", paint.faint(&format!("{:<18}", "effect")));
    for (policy, width) in &names {
        let _ = write!(out, "  {}", paint.bold(&format!("{:<width$}", policy.principal())));
    }
    end_line(out);
    let mut restricted = false;
    for kind in EffectKind::ALL {
        let _ = write!(out, "{:<18}", kind.as_str());
        for (policy, width) in &names {
            let verdict = policy.verdict(kind);
            let stricter = policy
                .rules()
                .iter()
                .any(|rule| rule.tables.is_some() && rule.effects.contains(kind) && rule.verdict > verdict);
            restricted |= stricter;
            let text = format!("{verdict}{}", if stricter { "+" } else { "" });
            let _ = write!(out, "  {}", paint.verdict(verdict, &format!("{text:<width$}")));
        }
        end_line(out);
    }
    if restricted {
        out.push_str("\n+ a rule is stricter for some tables\n");
    }
}

/// Ends a line without the blanks that filled its last column.
fn end_line(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}
