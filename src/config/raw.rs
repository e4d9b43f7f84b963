//! The file's mirror: what is written, each value with its line, nothing resolved.

use super::bounds::{self, RawBounds, RawTableLimits};
use super::reader::{At, Problems, Section};
use super::{AuditText, LogFormat, OnFailure, TlsMode};
use crate::policy::{Kind, Mode, Preset, Verdict};
use toml::de::DeTable;

#[derive(Debug, Default)]
pub(super) struct Raw {
    pub listeners: Vec<RawListener>,
    pub upstreams: Vec<RawUpstream>,
    pub defaults: RawDefaults,
    pub principals: Vec<RawPrincipal>,
    pub rules: Vec<RawRule>,
    pub admin: Option<At<String>>,
    pub admin_socket: Option<At<String>>,
    pub state: Option<At<String>>,
    pub audit: Option<RawAudit>,
    pub log_format: Option<At<LogFormat>>,
    pub log_level: Option<At<String>>,
}

#[derive(Debug)]
pub(super) struct RawListener {
    pub address: Option<At<String>>,
    pub tls: Option<RawListenerTls>,
    pub upstream: Option<At<String>>,
    pub line: usize,
    pub path: String,
}

#[derive(Debug)]
pub(super) struct RawListenerTls {
    pub cert: Option<At<String>>,
    pub key: Option<At<String>>,
    pub client_ca: Option<At<String>>,
    pub require: Option<At<bool>>,
}

#[derive(Debug)]
pub(super) struct RawUpstream {
    pub name: At<String>,
    pub address: Option<At<String>>,
    pub port: Option<At<u64>>,
    pub tls: Option<At<TlsMode>>,
    pub tls_ca: Option<At<String>>,
}

#[derive(Debug, Default)]
pub(super) struct RawDefaults {
    pub preset: Option<At<Preset>>,
    pub kind: Option<At<Kind>>,
    pub mode: Option<At<Mode>>,
    pub protected_databases: Option<Vec<At<String>>>,
    pub max_statement_bytes: Option<At<u64>>,
    pub functions_may_write: Option<Vec<At<String>>>,
    pub bounds: RawBounds,
}

#[derive(Debug)]
pub(super) struct RawPrincipal {
    pub name: Option<At<String>>,
    pub kind: Option<At<Kind>>,
    pub user: Option<At<String>>,
    pub database: Option<At<String>>,
    pub network: Option<At<String>>,
    pub preset: Option<At<Preset>>,
    pub mode: Option<At<Mode>>,
    pub max_statement_bytes: Option<At<u64>>,
    pub functions_may_write: Option<Vec<At<String>>>,
    pub bounds: RawBounds,
    pub line: usize,
    pub path: String,
}

#[derive(Debug)]
pub(super) struct RawRule {
    pub id: Option<At<String>>,
    pub effects: Option<Vec<At<String>>>,
    pub tables: Option<Vec<At<String>>>,
    pub principals: Option<Vec<At<String>>>,
    pub verdict: Option<At<Verdict>>,
    pub hint: Option<At<String>>,
    pub limits: Option<RawTableLimits>,
    pub line: usize,
    pub path: String,
}

#[derive(Debug)]
pub(super) struct RawAudit {
    pub path: Option<At<String>>,
    pub text: Option<At<AuditText>>,
    pub on_failure: Option<At<OnFailure>>,
    pub max_bytes: Option<At<u64>>,
    pub keep: Option<At<u64>>,
    pub queue: Option<At<u64>>,
}

/// The longest message PostgreSQL takes, in bytes (`PQ_LARGE_MESSAGE_LIMIT`, `src/include/libpq/libpq.h`).
const LARGEST_MESSAGE: u64 = 0x3fff_fffe;

const VERDICTS: [(&str, Verdict); 3] =
    [("allow", Verdict::Allow), ("hold", Verdict::Hold), ("reject", Verdict::Reject)];
const TEXTS: [(&str, AuditText); 3] =
    [("full", AuditText::Full), ("redacted", AuditText::Redacted), ("fingerprint", AuditText::Fingerprint)];
const FAILURES: [(&str, OnFailure); 2] = [("reject", OnFailure::Reject), ("allow", OnFailure::Allow)];
const FORMATS: [(&str, LogFormat); 2] = [("json", LogFormat::Json), ("pretty", LogFormat::Pretty)];

/// Reads the whole document.
pub(super) fn read(document: &DeTable<'_>, problems: &mut Problems<'_>) -> Raw {
    let mut root = Section::new(document, "", 1);
    let mut raw = Raw::default();
    for section in root.sections(problems, "listener") {
        raw.listeners.push(listener(section, problems));
    }
    for (name, section) in root.named_sections(problems, "upstream") {
        raw.upstreams.push(upstream(name, section, problems));
    }
    if let Some(section) = root.section(problems, "defaults") {
        raw.defaults = defaults(section, problems);
    }
    for section in root.sections(problems, "principal") {
        raw.principals.push(principal(section, problems));
    }
    for section in root.sections(problems, "rule") {
        raw.rules.push(rule(section, problems));
    }
    if let Some(mut section) = root.section(problems, "admin") {
        raw.admin = section.string(problems, "address");
        raw.admin_socket = section.string(problems, "socket");
        section.finish(problems);
    }
    if let Some(mut section) = root.section(problems, "state") {
        raw.state = section.needed(problems, "path");
        section.finish(problems);
    }
    raw.audit = root.section(problems, "audit").map(|section| audit(section, problems));
    if let Some(mut section) = root.section(problems, "log") {
        raw.log_format = section.choice(problems, "format", &FORMATS);
        raw.log_level = section.string(problems, "level");
        section.finish(problems);
    }
    root.finish(problems);
    raw
}

fn listener(mut section: Section<'_, '_>, problems: &mut Problems<'_>) -> RawListener {
    let address = section.needed(problems, "address");
    let tls = section.section(problems, "tls").map(|mut tls| {
        let raw = RawListenerTls {
            cert: tls.needed(problems, "cert"),
            key: tls.needed(problems, "key"),
            client_ca: tls.string(problems, "client_ca"),
            require: tls.boolean(problems, "require"),
        };
        tls.finish(problems);
        raw
    });
    let upstream = section.string(problems, "upstream");
    let (line, path) = (section.line(), section.path().to_owned());
    section.finish(problems);
    RawListener { address, tls, upstream, line, path }
}

fn upstream(name: At<String>, mut section: Section<'_, '_>, problems: &mut Problems<'_>) -> RawUpstream {
    let modes = TlsMode::ALL.map(|mode| (mode.as_str(), mode));
    let raw = RawUpstream {
        name,
        address: section.needed(problems, "address"),
        port: section.number(problems, "port", 1, 65535),
        tls: section.choice(problems, "tls", &modes),
        tls_ca: section.string(problems, "tls_ca"),
    };
    section.finish(problems);
    raw
}

fn preset(section: &mut Section<'_, '_>, problems: &mut Problems<'_>) -> Option<At<Preset>> {
    section.choice(problems, "preset", &Preset::ALL.map(|preset| (preset.as_str(), preset)))
}

fn kind(section: &mut Section<'_, '_>, problems: &mut Problems<'_>) -> Option<At<Kind>> {
    section.choice(problems, "kind", &Kind::ALL.map(|kind| (kind.as_str(), kind)))
}

fn mode(section: &mut Section<'_, '_>, problems: &mut Problems<'_>) -> Option<At<Mode>> {
    section.choice(problems, "mode", &Mode::ALL.map(|mode| (mode.as_str(), mode)))
}

fn defaults(mut section: Section<'_, '_>, problems: &mut Problems<'_>) -> RawDefaults {
    let raw = RawDefaults {
        preset: preset(&mut section, problems),
        kind: kind(&mut section, problems),
        mode: mode(&mut section, problems),
        protected_databases: section.strings_or_none(problems, "protected_databases"),
        max_statement_bytes: section.number(problems, "max_statement_bytes", 1, LARGEST_MESSAGE),
        functions_may_write: section.strings_or_none(problems, "functions_may_write"),
        bounds: bounds::read(&mut section, problems),
    };
    section.finish(problems);
    raw
}

fn principal(mut section: Section<'_, '_>, problems: &mut Problems<'_>) -> RawPrincipal {
    let (line, path) = (section.line(), section.path().to_owned());
    let mut raw = RawPrincipal {
        name: section.needed(problems, "name"),
        kind: kind(&mut section, problems),
        user: None,
        database: None,
        network: None,
        preset: preset(&mut section, problems),
        mode: mode(&mut section, problems),
        max_statement_bytes: section.number(problems, "max_statement_bytes", 1, LARGEST_MESSAGE),
        functions_may_write: section.strings_or_none(problems, "functions_may_write"),
        bounds: bounds::read(&mut section, problems),
        line,
        path,
    };
    if let Some(mut who) = section.section(problems, "match") {
        raw.user = who.string(problems, "user");
        raw.database = who.string(problems, "database");
        raw.network = who.string(problems, "network");
        who.finish(problems);
    }
    section.finish(problems);
    raw
}

fn rule(mut section: Section<'_, '_>, problems: &mut Problems<'_>) -> RawRule {
    let id = section.needed(problems, "id");
    let limits_given = section.has("limits");
    let limits = bounds::read_rule(&mut section, problems);
    let known = problems.list.len();
    let effects = section.strings(problems, "effects");
    let sound = problems.list.len() == known;
    let (line, path) = (section.line(), section.path().to_owned());
    let tables = section.strings(problems, "tables");
    let principals = section.strings(problems, "principals");
    let known = problems.list.len();
    let verdict = section.choice(problems, "verdict", &VERDICTS);
    // With limits of its own a rule may go without, but not with the half of it.
    let plain = !limits_given || effects.is_some() || verdict.is_some();
    if plain && effects.is_none() && sound {
        problems.push(line, &format!("{path}.effects"), "is missing: a rule needs the effects it speaks of, or limits");
    }
    if plain && verdict.is_none() && !problems.list.iter().skip(known).any(|one| one.key.ends_with(".verdict")) {
        problems.push(line, &format!("{path}.verdict"), "is missing: hold or reject");
    }
    let hint = section.string(problems, "hint");
    if let (false, Some(at)) = (plain, &hint) {
        problems.at(at, "is never shown: what goes over a limit is told the numbers");
    }
    section.finish(problems);
    RawRule { id, effects, tables, principals, verdict, hint, limits, line, path }
}

fn audit(mut section: Section<'_, '_>, problems: &mut Problems<'_>) -> RawAudit {
    let raw = RawAudit {
        path: section.needed(problems, "path"),
        text: section.choice(problems, "text", &TEXTS),
        on_failure: section.choice(problems, "on_failure", &FAILURES),
        max_bytes: section.number(problems, "max_bytes", 4096, 1 << 40),
        keep: section.number(problems, "keep", 0, 10_000),
        queue: section.number(problems, "queue", 1, 1 << 20),
    };
    section.finish(problems);
    raw
}
