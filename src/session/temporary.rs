//! The session's own temporary relations: dropping, emptying and overwriting them loses nothing of anybody's.
//!
//! A name may stop being a temporary table's (it was dropped, or its creation rolled back), so none is remembered. A
//! message that would be refused for what it does to relations waits, the upstream is asked what they are, and the
//! message is judged again. What runs next ends the answer: it is about the first statement of a text alone, and about
//! what is prepared behind it.

use super::Session;
use super::characters::Characters;
use super::expect::{Expect, Hidden};
use super::judge::Read;
use super::output::Output;
use crate::classify::{Bound, Classification, Effect, EffectKind, Relation};
use crate::wire::backend::Status;

/// More relations than a statement about temporary tables names.
const MOST_RELATIONS: usize = 32;

/// Whether `$1.$2` (without a schema: `$2` as the server would find it) is surely the session's own: `$3` says that it
/// is to be dropped, where views and sequences count too. A table whose rules or triggers do something else does not,
/// nor does a name that another schema could give first. Written so that no `search_path` changes what it means.
///
/// <https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SEARCH-PATH> has the rules of `pg_temp`.
pub(super) const QUESTION: &str = "SELECT pg_catalog.count(*) FILTER (WHERE c.relkind OPERATOR(pg_catalog.=) ANY \
    (CASE WHEN $3 OPERATOR(pg_catalog.=) 'drop' THEN '{r,p,v,S,i,I}' ELSE '{r,p}' END ::pg_catalog.\"char\"[]) \
    AND ($3 OPERATOR(pg_catalog.=) 'drop' OR NOT (c.relhasrules OR EXISTS (SELECT FROM pg_catalog.pg_trigger t \
    WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid AND NOT t.tgisinternal)))) \
    FROM pg_catalog.pg_class c, pg_catalog.pg_namespace n \
    WHERE n.oid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema() \
    AND c.relnamespace OPERATOR(pg_catalog.=) n.oid AND c.relname OPERATOR(pg_catalog.=) $2::pg_catalog.name \
    AND c.relpersistence OPERATOR(pg_catalog.=) 't' \
    AND (n.nspname OPERATOR(pg_catalog.=) $1::pg_catalog.name OR $1 OPERATOR(pg_catalog.=) 'pg_temp' \
    OR $1 OPERATOR(pg_catalog.=) '' AND (pg_catalog.current_schemas(true))[1] OPERATOR(pg_catalog.=) n.nspname)";

/// A question: what relation, and what is to happen to it.
type Asked = (Relation, Use);

/// What a statement does to a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Drop,
    Rows,
}

/// What is known of the session's temporary relations, between two messages that run.
#[derive(Debug, Default)]
pub(super) struct Temporary {
    asked: Vec<Asked>,
    /// One answer a question, as they come.
    answers: Vec<bool>,
    /// The answers are due.
    waits: bool,
    /// How many changes of names there were when it was asked.
    since: u64,
}

impl Temporary {
    /// Something runs, or a transaction ends: nothing is known any more.
    pub(super) fn forget(&mut self) {
        if !self.asked.is_empty() {
            *self = Self::default();
        }
    }

    /// Whether the change that made a prepared statement came behind the question: then nothing ran since its names were
    /// looked up. An earlier one keeps its plan, also where Describe or EXPLAIN EXECUTE planned it anew while the
    /// temporary relation was gone.
    pub(super) fn asked_before(&self, change: Option<u64>) -> bool {
        change.is_some_and(|change| change > self.since)
    }

    /// A row of the answer came.
    pub(super) fn row(&mut self, value: Option<&[u8]>) {
        self.answers.push(value == Some(b"1"));
    }

    /// The answer is complete.
    pub(super) fn done(&mut self) {
        self.waits = false;
    }

    fn knows(&self, asked: &Asked) -> Option<bool> {
        let at = self.asked.iter().position(|known| known == asked)?;
        // An answer that did not come (the question failed) is a no.
        (!self.waits).then(|| self.answers.get(at).copied().unwrap_or(false))
    }

    /// The statement as it is to be judged: what it does to the session's own temporary relations is a plain write.
    pub(super) fn judged(&self, statement: &Classification) -> Option<Classification> {
        if self.asked.is_empty() || self.waits {
            return None;
        }
        let own = |effect: &Effect| about(statement, effect).is_some_and(|asked| self.knows(&asked) == Some(true));
        if !statement.effects.iter().any(own) {
            return None;
        }
        let mut judged = statement.clone();
        for effect in judged.effects.iter_mut().filter(|effect| own(effect)) {
            effect.kind = EffectKind::Write;
            effect.bound = Some(Bound::Key);
            effect.what = format!("{} of the session's own temporary relation", effect.what).into();
            if let Some(relation) = &mut effect.relation {
                relation.schema = Some("pg_temp".into());
            }
        }
        Some(judged)
    }
}

/// What an effect of a statement does to which relation, where it does nothing but that.
fn about(statement: &Classification, effect: &Effect) -> Option<Asked> {
    let usage = match (statement.tag, effect.kind) {
        ("DROP TABLE" | "DROP VIEW" | "DROP SEQUENCE" | "DROP INDEX", EffectKind::Drop) => Use::Drop,
        ("TRUNCATE TABLE", EffectKind::Truncate) | ("DELETE" | "UPDATE", EffectKind::UnboundedWrite) => Use::Rows,
        ("COPY", EffectKind::BulkImport) => Use::Rows,
        _ => return None,
    };
    effect.relation.clone().map(|relation| (relation, usage))
}

impl Session {
    /// Whether a message that would be refused has to wait for what the upstream says of its relations; asks, where
    /// that was not done. `false` where nothing it can say would help.
    pub(super) fn asks_upstream(&mut self, read: &Read, out: &mut Output) -> bool {
        let skips = self.pending.is_skipping() || self.pending.is_copying_in();
        if !self.modes.toggles() || self.unit.is_begun() || self.status == Status::Failed || skips {
            return false;
        }
        let mut questions: Vec<Asked> = Vec::new();
        let Some(statement) = read.looked_up() else { return false };
        for asked in statement.effects.iter().filter_map(|effect| about(statement, effect)) {
            if self.is_certain(&asked.0) && !questions.contains(&asked) {
                questions.push(asked);
            }
        }
        let known = questions.iter().all(|asked| self.temporary.knows(asked).is_some());
        if known || questions.len() > MOST_RELATIONS {
            return false;
        }
        if self.pending.is_empty() {
            self.open_for_our_question(out);
            let arguments: Vec<[&str; 3]> = questions.iter().map(as_arguments).collect();
            out.to_upstream.question(QUESTION, &arguments);
            self.expect(Expect::Hidden { what: Hidden::Question, due: questions.len() }, out);
            let since = self.names.changes();
            self.temporary = Temporary { asked: questions, answers: Vec::new(), waits: true, since };
        }
        self.wait_for_upstream();
        true
    }
}

impl Session {
    /// Whether the relation's name is surely what the server makes of the text. What is not ASCII may be another
    /// character, be folded or be cut otherwise, save where all is UTF-8.
    fn is_certain(&self, relation: &Relation) -> bool {
        relation.name.is_ascii() && relation.schema.as_deref().is_none_or(str::is_ascii)
            || self.characters == Characters::Utf8 && self.server_encoding == "UTF8"
    }
}

fn as_arguments((relation, usage): &Asked) -> [&str; 3] {
    [relation.schema.as_deref().unwrap_or_default(), &relation.name, if *usage == Use::Drop { "drop" } else { "rows" }]
}
