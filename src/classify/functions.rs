//! Functions: PostgreSQL's own by name, and what a call of those does that no read-only transaction holds back. The
//! lists are data: `functions/*.txt`.

mod sleep;
#[cfg(test)]
mod tests;

use super::facts::{Facts, Reader};
use super::listed::{Listed, Malformed};
use super::{EffectKind, settings};
use crate::sql::{Call, Name, read, read_second};
use std::collections::HashSet;
use std::sync::LazyLock;

/// How many texts may be inside each other before it counts as code nobody can read.
pub(super) const MAX_TEXT_DEPTH: usize = 3;

/// What a call of a function does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// That effect.
    Effect(EffectKind),
    /// It runs the text in these arguments (counted from 0).
    Text(usize, Option<usize>),
    /// As a user's function.
    Foreign,
    /// What its arguments say.
    ByArguments,
    /// Nothing that a read-only transaction would let pass.
    Harmless,
}

static PLACED: LazyLock<Result<Listed<Place>, Malformed>> =
    LazyLock::new(|| Listed::read(include_str!("functions/placed.txt"), place));
static BUILTIN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| lines(include_str!("functions/builtin.txt")));
static TYPES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| lines(include_str!("functions/types.txt")));
static OPERATORS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| lines(include_str!("functions/operators.txt")));

/// A list's names. `#` begins a comment where a space follows; alone it is an operator.
fn lines(text: &'static str) -> HashSet<&'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).collect()
}

/// What a section of the list says.
fn place(what: &'static str) -> Option<Place> {
    let mut words = what.split(' ');
    let place = match words.next()? {
        "harmless" => Place::Harmless,
        "foreign" => Place::Foreign,
        "by-arguments" => Place::ByArguments,
        "text" => {
            let index = |word: &str| word.parse::<usize>().ok()?.checked_sub(1);
            let first = index(words.next()?)?;
            let second = words.next().map(index);
            if second == Some(None) {
                return None;
            }
            Place::Text(first, second.flatten())
        }
        effect => Place::Effect(EffectKind::from_name(effect)?),
    };
    words.next().is_none().then_some(place)
}

/// Where a function is placed, by its name in any schema, since extensions put some of them elsewhere.
fn placed(name: &Name) -> Option<Place> {
    // Without the list nothing is known of any function.
    let Ok(listed) = &*PLACED else { return Some(Place::Effect(EffectKind::Unknown)) };
    let qualified = || listed.get(&format!("{}.{}", name.schema.as_deref()?, name.name));
    listed.get(&name.name).or_else(qualified)
}

/// A function call.
pub(super) fn call(facts: &mut Facts<'_>, call: &Call) {
    match placed(&call.name) {
        Some(Place::Effect(kind)) => effect(facts, call, kind),
        Some(Place::Text(first, second)) => {
            text(facts, call, first);
            if let Some(second) = second.filter(|second| call.args.len() > *second) {
                text(facts, call, second);
            }
            unless_builtin(facts, call);
        }
        Some(Place::ByArguments) => {
            by_arguments(facts, call);
            unless_builtin(facts, call);
        }
        Some(Place::Foreign) => facts.calls(&call.name),
        Some(Place::Harmless) | None => unless_builtin(facts, call),
    }
}

/// A function of that name in another schema is a user's.
fn unless_builtin(facts: &mut Facts<'_>, call: &Call) {
    if !is_builtin(&call.name) {
        facts.calls(&call.name);
    }
}

fn effect(facts: &mut Facts<'_>, call: &Call, kind: EffectKind) {
    let name = &*call.name.name;
    match kind {
        EffectKind::RunCode => runs_text(facts, name),
        // PostgreSQL does these in a read-only transaction too, so what stands beside them keeps its own.
        EffectKind::Notify | EffectKind::RowLock | EffectKind::Maintenance => {
            facts.add(kind, None, name);
            unless_builtin(facts, call);
        }
        EffectKind::HeavyMaintenance => {
            facts.add(kind, None, &format!("a call of {name}"));
            unless_builtin(facts, call);
        }
        EffectKind::Sequence => {
            facts.writes();
            facts.add(kind, None, name);
            unless_builtin(facts, call);
        }
        _ => {
            facts.writes();
            facts.add(kind, None, &format!("a call of {name}"));
        }
    }
}

/// Functions of which only their arguments tell what they do.
fn by_arguments(facts: &mut Facts<'_>, call: &Call) {
    let name = &*call.name.name;
    match name {
        "set_config" => settings::set_config(facts, &call.args),
        "current_setting" => settings::current_setting(facts, &call.args),
        "pg_sleep" | "pg_sleep_for" | "pg_sleep_until" => sleep::call(facts, call),
        "ts_rewrite" if call.args.len() == 2 => text(facts, call, 1),
        "ts_rewrite" => {}
        "pg_input_is_valid" | "pg_input_error_info" => {
            if !call.args.get(1).and_then(settings::constant).is_some_and(is_builtin_type_text) {
                facts.calls(&call.name);
            }
        }
        _ if name.starts_with("database_to_xml") => {}
        _ if name.starts_with("table_to_xml") || name.starts_with("schema_to_xml") => {
            if call.args.first().and_then(settings::constant).is_none() {
                runs_text(facts, name);
            }
        }
        _ => facts.add(EffectKind::Unknown, None, &format!("a call of {name}")),
    }
}

/// Whether a function is one of PostgreSQL's own.
pub(super) fn is_builtin(name: &Name) -> bool {
    match name.schema.as_deref() {
        None | Some("pg_catalog") => BUILTIN.contains(&*name.name),
        Some("information_schema") => name.name.starts_with("_pg_"),
        Some(_) => false,
    }
}

/// Whether an operator is one of PostgreSQL's own, or one that the grammar's words stand for.
pub(super) fn is_builtin_operator(name: &Name) -> bool {
    matches!(name.schema.as_deref(), None | Some("pg_catalog"))
        && (OPERATORS.contains(&*name.name) || matches!(&*name.name, "!=" | "similar" | "!similar"))
}

/// Whether a cast's type is one of PostgreSQL's own, or an array of them, which run nothing but PostgreSQL's own code.
pub(super) fn is_builtin_type(name: &Name) -> bool {
    let own = |name: &str| TYPES.contains(name) || name.strip_prefix('_').is_some_and(|name| TYPES.contains(name));
    matches!(name.schema.as_deref(), None | Some("pg_catalog")) && own(&name.name)
}

/// Whether a type's name in a text, as `pg_input_is_valid` takes it, is one of PostgreSQL's own.
fn is_builtin_type_text(text: &str) -> bool {
    let text = text.trim_ascii().to_ascii_lowercase();
    let text = text.trim_end_matches("[]");
    let words =
        matches!(text, "integer" | "int" | "smallint" | "bigint" | "boolean" | "real" | "double precision" | "decimal");
    let text = text.split_once('(').map_or(text, |(name, _)| name.trim_ascii_end());
    words || TYPES.contains(text)
}

fn runs_text(facts: &mut Facts<'_>, name: &str) {
    facts.foreign();
    facts.keep_run_code(&format!("a call of {name} with a text that is not shown"));
}

/// A function that runs the SQL text given to it.
fn text(facts: &mut Facts<'_>, call: &Call, index: usize) {
    let name = &*call.name.name;
    let Some(text) = call.args.get(index).and_then(settings::constant) else { return runs_text(facts, name) };
    if facts.depth >= MAX_TEXT_DEPTH {
        return runs_text(facts, name);
    }
    let statements = match facts.reader {
        Reader::First => match read(text, facts.lexing) {
            Ok(statements) => statements,
            Err(_) => return runs_text(facts, name),
        },
        Reader::Second => read_second(text).into_iter().flatten().flatten().collect(),
    };
    for statement in &statements {
        let mut inner = Facts::new(&[], facts.lexing, facts.depth + 1, facts.reader);
        inner.take(statement);
        facts.absorb(inner.finish(statement));
    }
}
