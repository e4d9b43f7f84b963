//! Code inside a statement: what DO runs, and what a definition has others run. Each statement in it is judged as any
//! other. Of code that is only defined, what a transaction can take back is left to the moment it runs
//! ([why](crate::manual::decisions::d0011_bodies)).

mod template;
#[cfg(test)]
mod tests;

use super::facts::Facts;
use super::functions::{self, MAX_TEXT_DEPTH};
use super::{Effect, EffectKind, settings};
use crate::sql::{Call, Code, Expr, Name, Part, Piece, Set, SetValue, Statement, read, read_plpgsql, walk};
use template::Executed;

/// The effects of code that a statement runs (`runs`) or defines.
pub(super) fn code(facts: &mut Facts<'_>, code: &Code, runs: bool) {
    let defined = facts.defined || !runs;
    if facts.depth >= MAX_TEXT_DEPTH {
        facts.keep_run_code("code inside code, deeper than is read");
        return;
    }
    for statement in &code.statements {
        inside(facts, statement, defined);
    }
    let mut inner = facts.inner(defined);
    code.exprs.iter().for_each(|expr| inner.take_expr(expr));
    code.settings.iter().for_each(|set| setting(&mut inner, set));
    facts.absorb_defined(inner);
    for name in &code.functions {
        bound(facts, name);
    }
    for text in &code.texts {
        body(facts, code.language.as_deref(), text, defined);
    }
}

/// A body's text in its language; without a name it is PL/pgSQL's, DO's own.
fn body(facts: &mut Facts<'_>, language: Option<&str>, text: &str, defined: bool) {
    match language.unwrap_or("plpgsql") {
        "sql" => statements(facts, text, defined),
        "plpgsql" => match read_plpgsql(text, facts.lexing) {
            Ok(pieces) => pieces.iter().for_each(|piece| self::piece(facts, piece, defined)),
            Err(_) => facts.keep_run_code("a body that cannot be read"),
        },
        "c" | "internal" => facts.add(EffectKind::Server, None, "code that runs inside the server's process"),
        language => {
            if is_untrusted(language) {
                facts.add(EffectKind::Server, None, &format!("code in {language}, which reaches the server's files"));
            }
            facts.keep_run_code(&format!("a body in {language}, which is not read"));
        }
    }
}

/// By their makers' custom untrusted languages end in `u`; those that exist in one form alone are named.
///
/// See <https://www.postgresql.org/docs/current/sql-createlanguage.html>.
fn is_untrusted(language: &str) -> bool {
    language.ends_with('u') || ["plpython", "plsh", "plr", "pljava"].iter().any(|name| language.starts_with(name))
}

fn statements(facts: &mut Facts<'_>, text: &str, defined: bool) {
    match read(text, facts.lexing) {
        Ok(statements) => statements.iter().for_each(|statement| inside(facts, statement, defined)),
        Err(_) => facts.keep_run_code("a body that cannot be read"),
    }
}

/// One statement of the code.
fn inside(facts: &mut Facts<'_>, statement: &Statement, defined: bool) {
    if let Statement::Prepare { .. } | Statement::Deallocate(_) = statement {
        // What comes later in the session is judged by what its names stand for.
        facts.keep_run_code("PREPARE or DEALLOCATE in code");
    }
    let mut inner = facts.inner(defined);
    inner.take(statement);
    if defined {
        facts.absorb_defined(inner);
    } else {
        facts.absorb(inner.finish(statement));
    }
}

fn piece(facts: &mut Facts<'_>, piece: &Piece, defined: bool) {
    match piece {
        Piece::Sql(statement) => inside(facts, statement, defined),
        Piece::Execute(expr) => match template::executed(expr, facts.lexing) {
            Executed::Text(text) => executed(facts, &text, defined),
            Executed::Template(text) => {
                // Its shape is known, and that no name or value in it can change it; not what it falls on.
                if !defined {
                    facts.keep_run_code(AT_RUN_TIME);
                }
                executed(facts, &text, defined);
            }
            Executed::Unknown => facts.keep_run_code(AT_RUN_TIME),
        },
    }
}

const AT_RUN_TIME: &str = "EXECUTE of a text made at run time";

/// The text of an EXECUTE, one level further in.
fn executed(facts: &mut Facts<'_>, text: &str, defined: bool) {
    if facts.depth + 1 >= MAX_TEXT_DEPTH {
        return facts.keep_run_code("code inside code, deeper than is read");
    }
    let Ok(statements) = read(text, facts.lexing) else {
        return facts.keep_run_code("EXECUTE of a text that cannot be read");
    };
    if statements.iter().any(hides) {
        facts.keep_run_code(AT_RUN_TIME);
    }
    let mut outer = facts.inner(defined);
    statements.iter().for_each(|statement| inside(&mut outer, statement, defined));
    for effect in outer.into_effects() {
        facts.keep(without_mark(effect));
    }
}

/// Whether a name made at run time decides what kind of thing a statement does: a function's may be any function's, a
/// written relation's without a known schema a system catalog's.
fn hides(statement: &Statement) -> bool {
    let any = |name: &Name| match name.schema.as_deref() {
        Some(schema) => template::is_marked(schema),
        None => template::is_marked(&name.name),
    };
    let mut hides = false;
    walk(statement, &mut |part| {
        hides |= match part {
            Part::Expr(Expr::Call(call)) => template::is_marked(&call.name.name),
            Part::Statement(Statement::Insert(insert)) => any(&insert.target.name),
            Part::Statement(Statement::Update(update)) => any(&update.target.name),
            Part::Statement(Statement::Delete(delete)) => any(&delete.target.name),
            Part::Statement(Statement::Merge(merge)) => any(&merge.target.name),
            Part::Statement(Statement::Copy(copy)) => copy.relation.as_ref().is_some_and(any),
            _ => false,
        }
    });
    hides
}

/// A name that is made at run time names no relation.
fn without_mark(mut effect: Effect) -> Effect {
    if effect.relation.as_ref().is_some_and(|relation| template::is_marked(&relation.to_string())) {
        effect.relation = None;
    }
    effect
}

/// A function that others will run by another name: an operator's, an aggregate's, a trigger's. Only PostgreSQL's own
/// are known by name; without arguments, whatever depends on them counts as the worst.
fn bound(facts: &mut Facts<'_>, name: &Name) {
    let mut inner = facts.inner(false);
    functions::call(&mut inner, &Call { name: name.clone(), args: Vec::new(), rest: Vec::new() });
    facts.absorb_defined(inner);
}

/// A function's SET: for as long as the function runs. Where its names are looked up is its own affair, and a closed
/// search_path is what a careful definition has.
fn setting(facts: &mut Facts<'_>, set: &Set) {
    match set {
        Set::Variable { name, .. } if name.eq_ignore_ascii_case("search_path") => {}
        Set::Variable { name, value: SetValue::Current, .. } => {
            facts.add(settings::effect(name, None), None, &format!("SET {name} FROM CURRENT"));
        }
        set => settings::set(facts, set),
    }
}
