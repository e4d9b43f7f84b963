//! PostgreSQL's refusal of a write that hides in a read, with what the client cannot know: who wrote, and the way on.
//!
//! The error's CONTEXT is the stack of what ran, the innermost first
//! (<https://www.postgresql.org/docs/current/protocol-error-fields.html>, field `W`); the reading tells whether
//! the text names code of a user's itself. Under another `lc_messages` the context is not understood, and the reading alone speaks.

use crate::classify::{Classification, TextFacts};
use crate::wire::backend::ErrorView;
use crate::wire::{HEADER_BYTES, make};
use bytes::BytesMut;

/// The ErrorResponse with a DETAIL and a HINT of ours; as it came where it has its own. `facts` are those of the text, where
/// they are at hand; `may_write` is whether the principal may write at all.
pub(super) fn explain(body: &[u8], facts: Option<&TextFacts>, may_write: bool) -> BytesMut {
    let view = ErrorView::read(body);
    let mut bytes = BytesMut::with_capacity(HEADER_BYTES + body.len() + 512);
    if view.has_advice {
        // A function that raises this code says itself what it means by it.
        make::message(b'E', body, &mut bytes);
        return bytes;
    }
    let context = String::from_utf8_lossy(view.context);
    let functions: Vec<String> = context.lines().filter_map(function).collect();
    let message = String::from_utf8_lossy(view.message);
    let fields = body.strip_suffix(b"\0").unwrap_or(body);
    let named = facts.is_none_or(|facts| facts.statements.iter().any(names_code));
    let detail = detail(&functions, attempt(&message), named);
    let hint = hint(functions.last().filter(|_| named), may_write);
    let body = [fields, b"D", detail.as_bytes(), b"\0H", hint.as_bytes(), b"\0\0"].concat();
    make::message(b'E', &body, &mut bytes);
    bytes
}

/// Whether a statement names a user's code itself, or runs what another one named.
fn names_code(statement: &Classification) -> bool {
    statement.foreign || matches!(statement.tag, "EXECUTE" | "FETCH" | "MOVE" | "EXPLAIN")
}

fn detail(functions: &[String], attempt: Option<&str>, named: bool) -> String {
    let tried = attempt.map_or("tried to write".to_owned(), |what| format!("tried {what}"));
    let who = match functions {
        [] if named => "Something the statement runs".to_owned(),
        [] => "Something that a view, a policy or an operator runs".to_owned(),
        [inner, ..] if !named => {
            format!("Function {inner}, which the text does not name (a view, a policy or an operator runs it),")
        }
        [inner, .., outer] => format!("Function {inner}, called by function {outer},"),
        [only] => format!("Function {only}"),
    };
    format!(
        "{who} {tried}. Stockade opened this transaction read-only, because the statement's text only reads. Nothing of it \
         was kept."
    )
}

/// `called` is the function that the text itself calls, as the context has it.
fn hint(called: Option<&String>, may_write: bool) -> String {
    let way = match called.map(|name| bare(name)) {
        _ if !may_write => "You may only read here: ask the person you work for.".to_owned(),
        Some(name) => format!(
            "Write with a plain INSERT, UPDATE or DELETE of the rows you mean. Where the function is meant to write, the \
             person you work for can allow it by its name: functions_may_write = [\"{name}\"]."
        ),
        None => {
            "Write with a plain INSERT, UPDATE or DELETE of the rows you mean, or ask the person you work for.".into()
        }
    };
    format!("{way} Do not try to get around this.")
}

/// What was attempted: `DELETE`, `nextval()`.
fn attempt(message: &str) -> Option<&str> {
    message.strip_prefix("cannot execute ")?.strip_suffix(" in a read-only transaction")
}

/// The function a line of the context is about. PL/pgSQL gives the signature, with the schema where the search path does
/// not find it; the others give the bare name in quotes.
fn function(line: &str) -> Option<String> {
    let (language, rest) = line.split_once(" function ")?;
    let procedural = language.starts_with("PL/") && !language.contains(' ');
    if language != "SQL" && !procedural {
        return None;
    }
    if language != "PL/pgSQL"
        && let Some(quoted) = rest.strip_prefix('"')
    {
        return Some(quoted.rsplit_once('"')?.0.to_owned());
    }
    let end = [" line ", " while ", " during "].iter().filter_map(|word| rest.rfind(word)).min();
    Some(end.and_then(|end| rest.get(..end)).unwrap_or(rest).to_owned())
}

/// `schema.name` of a signature, without quotes. Of what has no schema the schema is not known.
fn bare(signature: &str) -> String {
    let mut quoted = false;
    let arguments = signature.find(|c| {
        quoted ^= c == '"';
        c == '(' && !quoted
    });
    let name = arguments.and_then(|at| signature.get(..at)).unwrap_or(signature).replace('"', "");
    if name.contains('.') { name } else { format!("SCHEMA.{name}") }
}

#[cfg(test)]
mod tests;
