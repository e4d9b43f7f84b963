//! Code of the database that a principal may run: the witness judges what it did, whatever that is.

use super::{Policy, Preset};
use crate::classify::{Access, Classification, Code, Effect, EffectKind, Relation};
use std::fmt;

/// PostgreSQL's longest name, in bytes (`NAMEDATALEN - 1`).
const NAME_BYTES: usize = 63;

/// A function's name in `functions_may_write`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionName {
    /// `None` for any schema: calls that name none are meant too.
    schema: Option<Box<str>>,
    name: Box<str>,
}

impl FunctionName {
    /// Reads `schema.name`, or `*.name`: as the catalogs have it, without quotes, letter for letter. All functions of that
    /// name are meant, whatever their arguments.
    ///
    /// # Errors
    /// What is wrong with the name, in words.
    pub fn new(text: &str) -> Result<Self, String> {
        let (schema, name) = text.split_once('.').ok_or("needs its schema: write schema.name")?;
        let plain = |part: &str| {
            !part.is_empty()
                && part.len() <= NAME_BYTES
                && part.is_ascii()
                && !part.contains(['.', '*', '?', '"', ' ', '('])
        };
        if !plain(name) || !(plain(schema) || schema == "*") {
            return Err(
                "is not a function's name; write schema.name as the catalogs have it, without quotes, or *.name".into(),
            );
        }
        if matches!(schema, "pg_catalog" | "information_schema") || schema.starts_with("pg_temp") {
            return Err(format!("can never take effect: no function in {schema} is a user's that may write"));
        }
        Ok(Self { schema: (schema != "*").then(|| schema.into()), name: name.into() })
    }

    /// Whether a call that names a function so is surely meant. Where the call names no schema, the session's search_path
    /// decides what runs, and that is the client's: only a name of any schema is meant then.
    fn matches(&self, called: &Relation) -> bool {
        *self.name == *called.name && (self.schema.is_none() || self.schema == called.schema)
    }
}

impl fmt::Display for FunctionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema.as_deref().unwrap_or("*"), self.name)
    }
}

/// Which users' functions may write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WritingFunctions {
    /// All of them.
    Any,
    /// These.
    Named(Vec<FunctionName>),
}

impl WritingFunctions {
    /// What a preset says.
    pub fn of(preset: Preset) -> Self {
        match preset {
            Preset::Migrator | Preset::Trusted => Self::Any,
            Preset::AppWriter | Preset::ReadOnly => Self::Named(Vec::new()),
        }
    }

    fn contains(&self, called: &Relation) -> bool {
        match self {
            Self::Any => true,
            Self::Named(names) => names.iter().any(|name| name.matches(called)),
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Named(names) if names.is_empty())
    }
}

impl Policy {
    /// Which users' functions may write.
    pub fn functions_may_write(&self) -> &WritingFunctions {
        &self.functions
    }

    /// With these functions instead of the preset's.
    #[must_use]
    pub fn with_functions_may_write(mut self, functions: WritingFunctions) -> Self {
        self.functions = functions;
        self
    }

    /// Whether the preset lets that code run. Only where the witness judges what it did.
    pub fn runs(&self, code: &Code) -> bool {
        let by_preset = match (self.preset, code) {
            (_, Code::Apart) | (Preset::ReadOnly, _) | (Preset::AppWriter, Code::Block) => false,
            (Preset::Trusted, _) => true,
            (Preset::AppWriter | Preset::Migrator, Code::Procedure) | (Preset::Migrator, Code::Block) => true,
            (Preset::AppWriter | Preset::Migrator, Code::Function(name)) => self.functions.contains(name),
        };
        by_preset && self.witnesses()
    }
}

/// A SELECT whose text only reads, as it is to be judged and run for a principal whose functions may write: where all the
/// users' code it names is functions that may, it is a write. Otherwise PostgreSQL keeps it from writing, as any read.
pub fn as_write(policy: &Policy, statement: &Classification) -> Option<Classification> {
    if statement.access != Access::ReadOnly || statement.tag != "SELECT" || policy.functions.is_empty() {
        return None;
    }
    let called = statement.functions.as_ref().filter(|called| !called.is_empty())?;
    let ruled = policy.rules.iter().any(|rule| rule.effects.contains(EffectKind::RunCode));
    let code = |name: &Relation| Code::Function(name.clone());
    if ruled || !called.iter().all(|name| policy.runs(&code(name))) {
        return None;
    }
    let mut write = statement.clone();
    write.access = Access::ReadWrite;
    write.effects.extend(called.iter().map(|name| Effect {
        kind: EffectKind::RunCode,
        relation: None,
        bound: None,
        what: format!("a call of {name}, which may write").into(),
        time: None,
        code: Some(code(name)),
    }));
    Some(write)
}
