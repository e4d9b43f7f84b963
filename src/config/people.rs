//! Principals and rules: resolved, and every one of them checked to be of some use.

use super::bounds::{self, ForTables};
use super::raw::{Raw, RawPrincipal, RawRule};
use super::reader::{At, Problems, unknown};
use crate::policy::{
    Code, DEFAULT_PRINCIPAL, EffectKind, EffectSet, FunctionName, GROUPS, Kind, Matcher, Mode, Pattern, Policy, Preset,
    Principal, Principals, Rule, TablePattern, Verdict, WritingFunctions, effects_named,
};
use ipnet::IpNet;
use std::net::IpAddr;
use std::sync::Arc;

/// PostgreSQL's longest name, in bytes (`NAMEDATALEN - 1`).
const NAME_BYTES: usize = 63;

/// Resolves principals and rules; faulty ones are left out, with their faults recorded.
pub(super) fn resolve(raw: &Raw, problems: &mut Problems<'_>) -> Principals {
    let rules: Vec<Rule> = raw.rules.iter().filter_map(|raw| rule(raw, problems)).collect();
    let tables: Vec<Option<ForTables>> = raw.rules.iter().map(|raw| table_limits(raw, problems)).collect();
    let rules = Rules { rules, tables };
    let resumable = raw.admin_socket.is_some();
    let all = std::iter::once(&raw.defaults.bounds).chain(raw.principals.iter().map(|one| &one.bounds));
    bounds::check_resumable(all, resumable, problems);
    duplicates(raw.rules.iter().filter_map(|rule| rule.id.as_ref()), "rule", problems);
    duplicates(raw.principals.iter().filter_map(|one| one.name.as_ref()), "principal", problems);
    let matchers: Vec<Matcher> = raw.principals.iter().map(|raw| matcher(raw, problems)).collect();
    ambiguities(raw, &matchers, problems);
    let list: Vec<Principal> = raw
        .principals
        .iter()
        .zip(matchers)
        .filter_map(|(one, matcher)| {
            let name = one.name.as_ref()?;
            check_name(name, problems);
            if name.value == DEFAULT_PRINCIPAL {
                problems.at(name, "\"default\" is whoever matches no principal; set it up in [defaults]");
            }
            let exact = one.database.as_ref().map(|at| at.value.as_str());
            let exact = exact.filter(|text| Pattern::new(text).is_exact());
            Some(Principal { matcher, policy: Arc::new(policy(&name.value, Some(one), raw, &rules, exact, problems)) })
        })
        .collect();
    let principals = Principals::new(list, Arc::new(policy(DEFAULT_PRINCIPAL, None, raw, &rules, None, problems)));
    for written in &raw.rules {
        useless(written, &rules.rules, &principals, problems);
    }
    let policies: Vec<&Policy> = principals.policies().map(AsRef::as_ref).collect();
    if let Some(at) = raw.defaults.functions_may_write.as_ref().and_then(|names| names.first())
        && policies.iter().all(|policy| policy.preset() != Preset::AppWriter)
    {
        problems.at(at, "can never take effect: no principal that it is for is under app-writer");
    }
    let limits =
        raw.rules.iter().zip(&rules.tables).filter_map(|(raw, tables)| raw.limits.as_ref().zip(tables.as_ref()));
    bounds::useless(&raw.defaults.bounds, limits, &policies, problems);
    principals
}

/// What the file's rules come to: verdicts, and limits of tables (one entry a rule).
struct Rules {
    rules: Vec<Rule>,
    tables: Vec<Option<ForTables>>,
}

fn policy(
    name: &str,
    one: Option<&RawPrincipal>,
    raw: &Raw,
    rules: &Rules,
    exact: Option<&str>,
    problems: &mut Problems<'_>,
) -> Policy {
    let own = |pick: fn(&RawPrincipal) -> Option<&At<u64>>| one.and_then(pick);
    let preset = one.and_then(|one| one.preset.as_ref()).or(raw.defaults.preset.as_ref());
    let kind = one.and_then(|one| one.kind.as_ref()).or(raw.defaults.kind.as_ref());
    let mode = one.and_then(|one| one.mode.as_ref()).or(raw.defaults.mode.as_ref());
    let preset = preset.map_or(Preset::AppWriter, |at| at.value);
    let mut policy = Policy::new(name, kind.map_or(Kind::Agent, |at| at.value), preset)
        .with_mode(mode.map_or(Mode::Enforce, |at| at.value))
        .with_rules(&rules.rules);
    let protected = match &raw.defaults.protected_databases {
        Some(patterns) => patterns.iter().map(|at| Pattern::new(&at.value)).collect(),
        None => policy.protected_databases().to_vec(),
    };
    policy = policy.with_databases(protected, exact);
    // The default limit is the file's for judged text alone: a trusted principal has none unless its own entry says so.
    let limit = own(|one| one.max_statement_bytes.as_ref()).or(raw
        .defaults
        .max_statement_bytes
        .as_ref()
        .filter(|_| preset != Preset::Trusted));
    if let Some(bytes) = limit.and_then(|at| usize::try_from(at.value).ok()) {
        policy = policy.with_max_statement_bytes(bytes);
    }
    policy = functions(policy, one, raw, problems);
    let own = one.map(|one| &one.bounds);
    let resumable = raw.admin_socket.is_some();
    let policy = bounds::resolve(policy, &raw.defaults.bounds, own, rules.tables.iter().flatten(), resumable, problems);
    let names = one.and_then(|one| one.functions_may_write.as_ref()).and_then(|names| names.first());
    let judged = matches!(policy.preset(), Preset::AppWriter | Preset::Migrator);
    if let Some(at) = names.filter(|_| judged && policy.limits().is_none()) {
        problems.at(at, "can never take effect: without limits nothing is witnessed, and no code may be run");
    }
    policy
}

/// The functions that may write: a principal's own list, the defaults', or the preset's. The defaults' is for those who have
/// none by their preset, as it would take from the others what their preset gives.
fn functions(policy: Policy, one: Option<&RawPrincipal>, raw: &Raw, problems: &mut Problems<'_>) -> Policy {
    let own = one.and_then(|one| one.functions_may_write.as_ref());
    if let (Some(at), Preset::Trusted | Preset::ReadOnly) = (own.and_then(|names| names.first()), policy.preset()) {
        let why = match policy.preset() {
            Preset::Trusted => "a trusted principal's functions may all write",
            _ => "nothing of a read-only principal writes",
        };
        problems.at(at, format!("can never take effect: {why}"));
    }
    let defaults = raw.defaults.functions_may_write.as_ref().filter(|_| policy.preset() == Preset::AppWriter);
    let Some(names) = own.or(defaults) else { return policy };
    let named = |at: &At<String>| match FunctionName::new(&at.value) {
        Ok(name) => Some(name),
        Err(message) => {
            // The defaults' faults are told once, for everyone else.
            if own.is_some() || one.is_none() {
                problems.at(at, format!("\"{}\" {message}", at.value));
            }
            None
        }
    };
    let named = names.iter().filter_map(named).collect();
    policy.with_functions_may_write(WritingFunctions::Named(named))
}

/// A rule's limits, where it has some.
fn table_limits(raw: &RawRule, problems: &mut Problems<'_>) -> Option<ForTables> {
    let (limits, id) = (raw.limits.as_ref()?, raw.id.as_ref()?);
    bounds::for_tables(limits, &id.value, principals_of(raw), tables_of(raw), problems)
}

fn principals_of(raw: &RawRule) -> Vec<Pattern> {
    match &raw.principals {
        Some(all) => all.iter().map(|at| Pattern::new(&at.value)).collect(),
        None => vec![Pattern::new("*")],
    }
}

fn tables_of(raw: &RawRule) -> Option<Vec<TablePattern>> {
    raw.tables.as_ref().map(|all| all.iter().map(|at| TablePattern::new(&at.value)).collect())
}

fn matcher(raw: &RawPrincipal, problems: &mut Problems<'_>) -> Matcher {
    if raw.user.is_none() && raw.database.is_none() && raw.network.is_none() {
        let message = "is missing or empty, so everyone would match; say whom it means by user, database or network \
                       (everyone else is in [defaults])";
        problems.push(raw.line, &format!("{}.match", raw.path), message);
    }
    let mut name = |at: &Option<At<String>>| {
        at.as_ref().map(|at| {
            check_length(at, problems);
            Pattern::new(&at.value)
        })
    };
    let (user, database) = (name(&raw.user), name(&raw.database));
    let network = raw.network.as_ref().and_then(|at| match network(&at.value) {
        Ok(network) => Some(network),
        Err(message) => {
            problems.at(at, message);
            None
        }
    });
    Matcher { user, database, network }
}

/// `10.0.0.0/8`, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(IpNet::from(address.to_canonical()));
    }
    let network = text.parse::<IpNet>().map_err(|_| format!("\"{text}\" is not a network; write 10.0.0.0/8"))?;
    if network.trunc() != network {
        return Err(format!("\"{text}\" has bits beyond its prefix; {} is meant, or one address", network.trunc()));
    }
    Ok(network)
}

/// Two principals that some client would match equally well: which one it is would be a matter of luck.
fn ambiguities(raw: &Raw, matchers: &[Matcher], problems: &mut Problems<'_>) {
    for (index, (one, matcher)) in raw.principals.iter().zip(matchers).enumerate() {
        let before = raw.principals.iter().zip(matchers).take(index);
        for (other, theirs) in before {
            let (Some(name), Some(line)) = (&other.name, Some(other.line)) else { continue };
            if matcher.specificity() == theirs.specificity() && matcher.overlaps(theirs) {
                let message = format!(
                    "a client can match this and \"{}\" (line {line}) equally well; make one more specific",
                    name.value
                );
                problems.push(one.line, &format!("{}.match", one.path), message);
            }
        }
    }
}

fn rule(raw: &RawRule, problems: &mut Problems<'_>) -> Option<Rule> {
    let mut effects = EffectSet::default();
    for at in raw.effects.iter().flatten() {
        match effects_named(&at.value) {
            Some(named) => effects = effects.union(named),
            None => {
                let groups = GROUPS.iter().map(|(group, _)| *group);
                let names: Vec<&str> = groups
                    .chain(EffectKind::ALL.iter().map(|kind| kind.as_str()).filter(|name| *name != "write"))
                    .collect();
                problems.at(at, unknown("effect", &at.value, &names));
            }
        }
    }
    for at in raw.tables.iter().flatten() {
        let parts: Vec<&str> = at.value.split('.').collect();
        if parts.len() > 2 || parts.iter().any(|part| part.is_empty()) {
            problems.at(at, format!("\"{}\" is not a table's pattern; write schema.table or table", at.value));
        } else {
            for part in parts {
                check_length(&at.with(part.to_owned()), problems);
            }
        }
    }
    if let Some(at) = &raw.verdict
        && at.value == Verdict::Allow
    {
        let message = "allow can never take effect: rules only tighten a preset, and the strictest verdict wins. Choose \
                       a milder preset for the principal, and hold or reject what it should not do";
        problems.at(at, message);
    }
    if let Some(at) = &raw.id {
        check_name(at, problems);
    }
    Some(Rule {
        id: raw.id.as_ref()?.value.as_str().into(),
        effects,
        tables: tables_of(raw),
        principals: principals_of(raw),
        verdict: raw.verdict.as_ref()?.value,
        hint: raw.hint.as_ref().map(|at| at.value.clone()),
    })
}

/// Rules that can never change a decision are faults: whoever wrote one believes in a protection that is not there.
fn useless(raw: &RawRule, rules: &[Rule], principals: &Principals, problems: &mut Problems<'_>) {
    for at in raw.principals.iter().flatten() {
        let pattern = Pattern::new(&at.value);
        if !principals.policies().any(|policy| pattern.matches(policy.principal())) {
            let names: Vec<&str> = principals.policies().map(|policy| policy.principal()).collect();
            problems.at(at, unknown("principal", &at.value, &names));
        }
    }
    let Some(id) = &raw.id else { return };
    let Some(rule) = rules.iter().find(|rule| *rule.id == *id.value) else { return };
    if rule.verdict == Verdict::Allow || rule.effects.is_empty() {
        return;
    }
    let mut meant = principals.policies().filter(|policy| rule.is_for(policy.principal())).peekable();
    if meant.peek().is_none() {
        return;
    }
    let changes = |policy: &Policy| {
        let runs = rule.effects.contains(EffectKind::RunCode) && policy.runs(&Code::Procedure);
        runs || rule.effects.iter().any(|kind| policy.preset().verdict(kind) < rule.verdict)
    };
    if !meant.any(|policy| changes(policy)) {
        let message = format!(
            "changes nothing: the preset of every principal it names already gives {} or stricter for these effects",
            rule.verdict
        );
        problems.push(raw.line, &raw.path, message);
    }
}

fn duplicates<'a>(names: impl Iterator<Item = &'a At<String>>, what: &str, problems: &mut Problems<'_>) {
    let mut seen: Vec<&At<String>> = Vec::new();
    for at in names {
        match seen.iter().find(|other| other.value == at.value) {
            Some(other) => {
                problems.at(at, format!("the {what} \"{}\" is there already, at line {}", at.value, other.line))
            }
            None => seen.push(at),
        }
    }
}

/// Names go into metrics, logs and errors: letters, digits, `-`, `_` and `.`, at most 63. The colon is for our own
/// (`preset:app-writer`).
pub(super) fn check_name(at: &At<String>, problems: &mut Problems<'_>) {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if at.value.len() > NAME_BYTES || !at.value.chars().all(plain) {
        problems.at(at, format!("\"{}\" is not a name; letters, digits, - _ and . alone, at most 63", at.value));
    }
}

fn check_length(at: &At<String>, problems: &mut Problems<'_>) {
    if at.value.bytes().filter(|byte| *byte != b'*').count() > NAME_BYTES {
        problems.at(at, "is longer than any name of PostgreSQL's (63 bytes), so nothing would ever match it");
    }
}
