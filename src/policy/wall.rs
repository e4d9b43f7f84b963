//! The walls: what is judged outside SQL text. Each weighs itself against the policy, so callers always ask.

use super::words::END;
use super::{Decision, Kind, Policy, Preset, Verdict, decide, principals::server_name};
use crate::classify::{Access, Classification, Effect, EffectKind};
use crate::policy::Context;
use std::sync::Arc;

/// Something a client does that is not SQL text, or that stands before any text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wall<'a> {
    /// A text of so many bytes. Refused over the policy's [`Policy::max_statement_bytes`].
    StatementTooLong(usize),
    /// The FunctionCall message.
    FunctionCall,
    /// A replication connection or command.
    Replication,
    /// A startup parameter (or one inside `options`) that is a protected setting; its name.
    StartupSetting(&'a str),
    /// A connection to this database; where the startup packet names none, the user's name. Refused where the name is
    /// protected from agents and the principal's own entry does not give it in full.
    ProtectedDatabase(&'a str),
    /// A `client_encoding`. Refused where a quote or backslash may be the second byte of one of its characters.
    UnsafeEncoding(&'a str),
    /// A message Stockade does not know.
    UnknownMessage,
}

impl Wall<'_> {
    /// The rule's name in decisions, metrics and errors.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::StatementTooLong(_) => "wall:statement-too-long",
            Self::FunctionCall => "wall:function-call",
            Self::Replication => "wall:replication",
            Self::StartupSetting(_) => "wall:startup-setting",
            Self::ProtectedDatabase(_) => "wall:protected-database",
            Self::UnsafeEncoding(_) => "wall:unsafe-encoding",
            Self::UnknownMessage => "wall:unknown-message",
        }
    }

    /// Every wall's rule name, `wall:audit` and `wall:suspended` included: a closed set for metrics.
    pub const RULES: [&'static str; 9] = [
        AUDIT,
        SUSPENDED,
        "wall:statement-too-long",
        "wall:function-call",
        "wall:replication",
        "wall:startup-setting",
        "wall:protected-database",
        "wall:unsafe-encoding",
        "wall:unknown-message",
    ];
}

/// The rule that refuses writes while the record cannot be written.
pub(super) const AUDIT: &str = "wall:audit";

/// The rule that refuses a suspended principal's writes.
pub(super) const SUSPENDED: &str = "wall:suspended";

/// Decides on a wall. Total: what the policy has no objection to is allowed under the preset's name.
pub fn decide_wall(policy: &Policy, wall: Wall<'_>) -> Decision {
    match wall {
        Wall::StatementTooLong(bytes) => {
            let limit = policy.max_statement_bytes();
            if bytes <= limit {
                return allow(policy, EffectKind::Read);
            }
            let reason = format!("a statement of {bytes} bytes; the limit is {limit}");
            let hint = "Send smaller statements: split the work, or send values as parameters. Do not try to get \
                        around the limit.";
            reject(policy, wall, EffectKind::Unreadable, reason, hint)
        }
        Wall::FunctionCall => by_effect(policy, wall, EffectKind::FunctionCall, "a FunctionCall message".into()),
        Wall::Replication => by_effect(policy, wall, EffectKind::Replication, "a replication connection".into()),
        Wall::StartupSetting(name) => {
            by_effect(policy, wall, EffectKind::ProtectedSetting, format!("the startup parameter {name}"))
        }
        Wall::ProtectedDatabase(database) => {
            if admits(policy, database) {
                return allow(policy, EffectKind::Read);
            }
            let reason = format!("connecting to the protected database {database}");
            let hint = "Agents may not connect to this database. Use the database you were given, or ask a person \
                        for access. Do not try to get around this.";
            reject(policy, wall, EffectKind::Server, reason, hint)
        }
        Wall::UnsafeEncoding(name) => {
            if !is_unsafe_encoding(name) {
                return allow(policy, EffectKind::Setting);
            }
            let mut decision = by_effect(policy, wall, EffectKind::Unreadable, format!("the client_encoding {name}"));
            let way = "Connect with client_encoding UTF8: in this one a quote can hide in another character.";
            decision.hint = decision.hint.map(|_| format!("{way} {END}"));
            decision
        }
        Wall::UnknownMessage => by_effect(policy, wall, EffectKind::Unknown, "a message Stockade does not know".into()),
    }
}

/// Whether text in this client encoding cannot be read safely byte by byte: a quote or backslash may be the second
/// byte of a character. The names are PostgreSQL's with all its aliases (`src/common/encnames.c`), compared as it
/// compares them: letters and digits alone, without case.
pub fn is_unsafe_encoding(name: &str) -> bool {
    const UNSAFE: [&str; 17] = [
        "big5",
        "gb18030",
        "gbk",
        "johab",
        "mskanji",
        "shiftjis",
        "shiftjis2004",
        "sjis",
        "uhc",
        "win932",
        "win936",
        "win949",
        "win950",
        "windows932",
        "windows936",
        "windows949",
        "windows950",
    ];
    let letters = || name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
    UNSAFE.iter().any(|encoding| letters().eq(encoding.bytes()))
}

fn admits(policy: &Policy, database: &str) -> bool {
    let database = server_name(database);
    policy.kind() != Kind::Agent
        || policy.preset() == Preset::Trusted
        || policy.exact_database() == Some(database)
        || !policy.protected_databases().iter().any(|pattern| pattern.matches(database))
}

/// Decides by the preset's table and the rules, and names the wall where the preset refuses.
fn by_effect(policy: &Policy, wall: Wall<'_>, kind: EffectKind, what: String) -> Decision {
    let effect = Effect { kind, relation: None, bound: None, what: what.into(), time: None, code: None };
    let fact = Classification {
        tag: "MESSAGE",
        effects: vec![effect],
        access: Access::ReadOnly,
        refuses_block: false,
        steps: Vec::new(),
        foreign: false,
        functions: Some(Box::default()),
    };
    let mut decision = decide(policy, &[&fact], &Context::default());
    if decision.verdict != Verdict::Allow && Arc::ptr_eq(&decision.rule, policy.preset_rule()) {
        decision.rule = wall.rule().into();
    }
    decision
}

fn allow(policy: &Policy, kind: EffectKind) -> Decision {
    Decision {
        verdict: Verdict::Allow,
        enforced: policy.enforces(),
        rule: policy.preset_rule().clone(),
        effects: [kind].into_iter().collect(),
        decided_by: None,
        reasons: Vec::new(),
        hint: None,
    }
}

fn reject(policy: &Policy, wall: Wall<'_>, kind: EffectKind, reason: String, hint: &str) -> Decision {
    Decision {
        verdict: Verdict::Reject,
        enforced: policy.enforces(),
        rule: wall.rule().into(),
        effects: [kind].into_iter().collect(),
        decided_by: None,
        reasons: vec![reason],
        hint: Some(hint.to_owned()),
    }
}
