//! The facts of one statement, as they are gathered.

use super::predicate::Fuel;
use super::{Access, Bound, Classification, Code, Effect, EffectKind, Relation, Step, TimeLimit};
use super::{copy, define, dml, functions, sequence, session, settings, tag};
use crate::sql::{Expr, Lexing, Name, Part, Query, Source, Statement, walk, walk_expr};
use std::rc::Rc;

/// What is said of the others.
const AND_MORE: &str = "more of the kind than are listed";

/// Effects kept of one statement, beyond one of every kind.
const MAX_EFFECTS: usize = 128;

/// Who read the statement: a text inside it is read by the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// PostgreSQL's own grammar.
    First,
    /// The other one, which adds to the first one's facts and says nothing where it cannot read.
    Second,
}

/// Gathers what one statement does.
pub(super) struct Facts<'a> {
    effects: Vec<Effect>,
    access: Access,
    refuses_block: bool,
    steps: Vec<Step>,
    /// Calls of functions that are not PostgreSQL's own.
    calls: Vec<Relation>,
    /// A call of a user's code by another way: an operator's name, a text inside the text.
    other_call: Option<Box<str>>,
    /// It can run a user's code that its text names.
    foreign: bool,
    /// ... and not by calls of functions alone.
    foreign_otherwise: bool,
    /// It reads a relation, which may be a view.
    reads_relation: bool,
    /// It shows the transaction's own mode.
    tells_mode: bool,
    /// It evaluates none of its expressions, but has later statements do it.
    calls_later: bool,
    /// The arguments of the EXECUTE that runs it.
    pub(super) arguments: &'a [Expr],
    /// How the session lexes, for texts inside the text.
    pub(super) lexing: Lexing,
    /// The work left for its predicates.
    pub(super) fuel: Rc<Fuel>,
    /// How many texts this one is inside of.
    pub(super) depth: usize,
    /// Who read it.
    pub(super) reader: Reader,
    /// It is code that is defined, not run: what a transaction can take back is not its effect.
    pub(super) defined: bool,
}

impl<'a> Facts<'a> {
    /// Nothing yet.
    pub(super) fn new(arguments: &'a [Expr], lexing: Lexing, depth: usize, reader: Reader) -> Self {
        Self {
            effects: Vec::new(),
            access: Access::ReadOnly,
            refuses_block: false,
            steps: Vec::new(),
            calls: Vec::new(),
            other_call: None,
            foreign: false,
            foreign_otherwise: false,
            reads_relation: false,
            tells_mode: false,
            calls_later: false,
            arguments,
            lexing,
            fuel: Rc::new(Fuel::for_nodes(0)),
            depth,
            reader,
            defined: false,
        }
    }

    /// For a statement inside this one's code.
    pub(super) fn inner(&self, defined: bool) -> Facts<'static> {
        Facts { defined, ..Facts::new(&[], self.lexing, self.depth + 1, self.reader) }
    }

    /// Adds an effect; the same fact counts once.
    pub(super) fn add(&mut self, kind: EffectKind, relation: Option<Relation>, what: &str) {
        self.push(Effect { kind, relation, bound: None, what: what.into(), time: None, code: None });
    }

    /// Adds code of the database that runs.
    pub(super) fn add_code(&mut self, code: Code, relation: Option<Relation>, what: &str) {
        let (kind, what, code) = (EffectKind::RunCode, what.into(), Some(code));
        self.push(Effect { kind, relation, bound: None, what, time: None, code });
    }

    /// Adds the setting of a variable; `time` is the limit it gives one of the server's timeouts.
    pub(super) fn add_setting(&mut self, kind: EffectKind, what: &str, time: Option<TimeLimit>) {
        let time = time.filter(|_| kind == EffectKind::Setting);
        self.push(Effect { kind, relation: None, bound: None, what: what.into(), time, code: None });
    }

    /// Adds a row write.
    pub(super) fn add_write(&mut self, verb: &str, relation: Option<Relation>, bound: Bound) {
        // What was concluded without looking at all of it may be wrong.
        let bound = if self.fuel.is_spent() { bound.min(Bound::Weak) } else { bound };
        let (kind, how) = match bound {
            Bound::None => (EffectKind::UnboundedWrite, " without WHERE"),
            Bound::Constant => (EffectKind::UnboundedWrite, " with a WHERE that is true for every row"),
            Bound::Weak => (EffectKind::UnboundedWrite, " with a WHERE that practically every row meets"),
            Bound::Predicate => (EffectKind::Write, " by predicate"),
            Bound::Key => (EffectKind::Write, " by key"),
        };
        self.push(Effect {
            kind,
            relation,
            bound: Some(bound),
            what: format!("{verb}{how}").into(),
            time: None,
            code: None,
        });
    }

    /// Adds a write of the row a cursor stands on: one row, but which one the text does not say.
    pub(super) fn add_write_of_cursor(&mut self, verb: &str, relation: Relation) {
        let what = format!("{verb} by a cursor's position instead of a key").into();
        let bound = Some(Bound::Weak);
        self.push(Effect {
            kind: EffectKind::UnboundedWrite,
            relation: Some(relation),
            bound,
            what,
            time: None,
            code: None,
        });
    }

    /// Adds an effect as it is, unless it is one of code that is only defined.
    pub(super) fn push(&mut self, effect: Effect) {
        if !self.defined || lasts(effect.kind) || effect.time.is_some() {
            self.keep(effect);
        }
    }

    /// Adds code nobody can read: as bad when it is defined as when it runs.
    pub(super) fn keep_run_code(&mut self, what: &str) {
        self.keep(Effect {
            kind: EffectKind::RunCode,
            relation: None,
            bound: None,
            what: what.into(),
            time: None,
            code: None,
        });
    }

    /// Adds an effect as it is.
    pub(super) fn keep(&mut self, effect: Effect) {
        // Of each timeout the weakest limit is kept, so that none is beyond what is shown.
        if let Some(time) = &effect.time
            && let Some(known) = self
                .effects
                .iter_mut()
                .filter_map(|known| known.time.as_mut())
                .find(|known| known.setting == time.setting)
        {
            *known = known.clone().weaker(time.clone());
            return;
        }
        // A statement of thousands of parts shows the first ones; every kind is kept, and that there are more, which may
        // be of any relation.
        let full = effect.time.is_none()
            && self.effects.len() >= MAX_EFFECTS
            && self.effects.iter().any(|known| known.kind == effect.kind);
        let effect = if full { Effect { relation: None, what: AND_MORE.into(), code: None, ..effect } } else { effect };
        if !self.effects.contains(&effect) {
            self.effects.push(effect);
        }
    }

    /// It needs a read-write transaction.
    pub(super) fn writes(&mut self) {
        self.access = Access::ReadWrite;
    }

    /// PostgreSQL refuses it in a transaction block.
    pub(super) fn refuses_block(&mut self) {
        self.refuses_block = true;
    }

    /// Adds a change of the session.
    pub(super) fn step(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// It calls a function that is not PostgreSQL's own.
    pub(super) fn calls(&mut self, name: &Name) {
        self.foreign = true;
        let name = relation_of(name);
        if self.calls.len() >= MAX_EFFECTS {
            // The last one stands for all that are not kept.
            self.calls_otherwise(&name.name);
        } else if !self.calls.contains(&name) {
            self.calls.push(name);
        }
    }

    /// It runs a user's code of that name which is no function's call.
    fn calls_otherwise(&mut self, name: &str) {
        self.foreign();
        if self.other_call.is_none() {
            self.other_call = Some(name.into());
        }
    }

    /// It shows the transaction's own mode.
    pub(super) fn tells_mode(&mut self) {
        self.tells_mode = true;
    }

    /// It can run a user's code that its text names.
    pub(super) fn foreign(&mut self) {
        self.foreign = true;
        self.foreign_otherwise = true;
    }

    /// Takes in a statement and everything inside it that runs.
    pub(super) fn take(&mut self, statement: &Statement) {
        if let Statement::Explain { analyze: false, .. } = statement {
            // The planner runs immutable and stable functions, but in a transaction that cannot write.
            self.add(EffectKind::Read, None, "EXPLAIN");
            self.explained_arguments(statement);
            return;
        }
        self.calls_later = define::evaluates_later(statement);
        let mut nodes = 0;
        walk(statement, &mut |_| nodes += 1);
        self.fuel = Rc::new(Fuel::for_nodes(nodes));
        walk(statement, &mut |part| self.part(part));
        if self.effects.iter().any(|effect| effect.kind == EffectKind::Sequence) {
            sequence::drawn(self, statement);
        }
        if let Statement::Prepare { .. } = statement {
            // What is inside runs at EXECUTE; it is judged here too so that a ruinous PREPARE fails at once.
            self.finish_calls();
            self.access = Access::ReadOnly;
            self.steps.clear();
            session::statement(self, statement);
        }
    }

    /// EXPLAIN EXECUTE evaluates the arguments even where it does not run the statement (`ExplainExecuteQuery`).
    fn explained_arguments(&mut self, statement: &Statement) {
        match statement {
            Statement::Explain { statement, .. } | Statement::CreateTableAs { statement, .. } => {
                self.explained_arguments(statement);
            }
            Statement::Execute { arguments, .. } => {
                arguments.iter().for_each(|argument| walk_expr(argument, &mut |part| self.part(part)));
            }
            _ => {}
        }
    }

    fn part(&mut self, part: Part<'_>) {
        match part {
            Part::Statement(statement) => self.statement(statement),
            Part::Query(query) => self.query(query),
            Part::Source(Source::Relation(table)) => {
                self.reads_relation = true;
                settings::reads(self, &table.name);
            }
            Part::Source(Source::Unknown) => self.add(EffectKind::Unknown, None, "an unknown FROM item"),
            Part::Source(_) | Part::QueryEnd(_) => {}
            Part::Expr(Expr::Call(call)) => functions::call(self, call),
            Part::Expr(Expr::Operator { name, .. } | Expr::AnyAll { operator: name, .. }) => {
                if !functions::is_builtin_operator(name) {
                    self.calls_otherwise(&name.name);
                }
            }
            // A domain's CHECK runs when a value of it is made.
            Part::Expr(Expr::Cast { type_name, .. }) if !functions::is_builtin_type(type_name) => self.foreign(),
            Part::Expr(Expr::Unknown(what)) => self.add(EffectKind::Unknown, None, what),
            Part::Expr(_) => {}
        }
    }

    fn statement(&mut self, statement: &Statement) {
        if let Statement::Fetch { .. } = statement {
            self.foreign();
        }
        match statement {
            Statement::Query(_) => self.add(EffectKind::Read, None, "SELECT"),
            Statement::Insert(insert) => dml::insert(self, insert),
            Statement::Update(update) => dml::update(self, update),
            Statement::Delete(delete) => dml::delete(self, delete),
            Statement::Merge(merge) => dml::merge(self, merge),
            Statement::CreateTableAs { relation, kind, statement, .. } => {
                self.writes();
                if matches!(**statement, Statement::Execute { .. }) {
                    self.add(EffectKind::RunCode, None, "CREATE TABLE AS EXECUTE, which hides what it runs");
                }
                self.add(EffectKind::Define, Some(relation_of(relation)), kind.create_tag());
            }
            Statement::Copy(copy) => copy::copy(self, copy),
            Statement::Explain { .. } => self.add(EffectKind::Read, None, "EXPLAIN ANALYZE"),
            Statement::Truncate { relations, cascade } => {
                self.writes();
                for name in relations {
                    self.add(EffectKind::Truncate, Some(relation_of(name)), "TRUNCATE");
                }
                if *cascade {
                    self.add(EffectKind::Truncate, None, "TRUNCATE CASCADE, which empties what references it");
                } else if relations.is_empty() {
                    self.add(EffectKind::Truncate, None, "TRUNCATE");
                }
            }
            Statement::Set(set) => settings::set(self, set),
            Statement::Show(name) => settings::show(self, name),
            Statement::AlterTable { kind, relation, actions } => define::alter_table(self, *kind, relation, actions),
            Statement::Utility(utility) => define::utility(self, utility),
            Statement::Unknown(what) => {
                self.writes();
                self.add(EffectKind::Unknown, None, what);
            }
            Statement::Prepare { .. }
            | Statement::Execute { .. }
            | Statement::Deallocate(_)
            | Statement::DeclareCursor { .. }
            | Statement::Fetch { .. }
            | Statement::CloseCursor
            | Statement::Transaction(_)
            | Statement::Discard(_)
            | Statement::SetConstraints => session::statement(self, statement),
        }
    }

    fn query(&mut self, query: &Query) {
        if query.locks {
            self.writes();
            self.add(EffectKind::RowLock, None, "SELECT FOR UPDATE or SHARE");
        }
        if let Some((relation, _)) = &query.into {
            self.writes();
            self.add(EffectKind::Define, Some(relation_of(relation)), "SELECT INTO");
        }
    }

    /// What it calls may do anything, where it may write.
    fn finish_calls(&mut self) {
        if self.defined || self.access == Access::ReadOnly {
            return;
        }
        let calls = std::mem::take(&mut self.calls);
        let other = self.other_call.take();
        if self.calls_later {
            if let Some(name) = calls.first().map(|call| &call.name).or(other.as_ref()) {
                let what = format!("a definition that will call {name}, which may do anything");
                self.add(EffectKind::DefineCode, None, &what);
            }
            return;
        }
        let what = |name: &str| format!("a call of {name}, which may do anything, in a statement that may write");
        for call in calls {
            let what = what(&call.name);
            self.add_code(Code::Function(call), None, &what);
        }
        if let Some(name) = other {
            self.add(EffectKind::RunCode, None, &what(&name));
        }
    }

    /// Takes over what a text inside the text does.
    pub(super) fn absorb(&mut self, inner: Classification) {
        for effect in inner.effects {
            self.push(effect);
        }
        if inner.access == Access::ReadWrite {
            self.writes();
        }
        self.foreign |= inner.foreign;
        match inner.functions {
            Some(functions) => {
                for name in functions {
                    self.calls(&Name { schema: name.schema, name: name.name });
                }
            }
            None if inner.foreign => self.calls_otherwise("what a text inside the text names"),
            None => {}
        }
    }

    /// Takes over what code that is defined will do.
    pub(super) fn absorb_defined(&mut self, inner: Facts<'_>) {
        for mut effect in inner.effects {
            if !effect.what.ends_with(IN_CODE) {
                effect.what = format!("{}{IN_CODE}", effect.what).into();
            }
            self.keep(effect);
        }
    }

    /// The effects alone.
    pub(super) fn into_effects(self) -> Vec<Effect> {
        self.effects
    }

    /// Takes in an expression and everything inside it that runs.
    pub(super) fn take_expr(&mut self, expr: &Expr) {
        walk_expr(expr, &mut |part| self.part(part));
    }

    /// The classification.
    pub(super) fn finish(mut self, statement: &Statement) -> Classification {
        // What EXECUTE runs may write, and its arguments are computed in the same transaction.
        if let Statement::Execute { .. } = statement
            && (!self.calls.is_empty() || self.other_call.is_some())
        {
            self.writes();
        }
        let functions = (!self.foreign_otherwise).then(|| self.calls.clone().into());
        self.finish_calls();
        if self.tells_mode && !self.foreign && !self.reads_relation {
            // The client sees the mode it would see without us; what could hide a write in it stays read-only.
            self.writes();
        }
        if self.effects.is_empty() {
            self.add(EffectKind::Unknown, None, "no known effect");
        }
        Classification {
            tag: tag::of(statement),
            effects: self.effects,
            access: self.access,
            refuses_block: self.refuses_block,
            steps: self.steps,
            foreign: self.foreign,
            functions,
        }
    }
}

/// What is said of an effect of code that is defined.
const IN_CODE: &str = ", in code it defines";

/// Whether an effect is one of code's even before it runs: what no transaction takes back, and what nobody knows.
const fn lasts(kind: EffectKind) -> bool {
    use EffectKind as E;
    match kind {
        E::Privilege
        | E::Server
        | E::Catalog
        | E::ProtectedSetting
        | E::TwoPhase
        | E::Irrevocable
        | E::FunctionCall
        | E::Replication
        | E::Unknown
        | E::Unreadable => true,
        E::Read
        | E::RowLock
        | E::Insert
        | E::Write
        | E::UnboundedWrite
        | E::Truncate
        | E::Drop
        | E::AlterLossy
        | E::Define
        | E::DefineCode
        | E::RunCode
        | E::Maintenance
        | E::HeavyMaintenance
        | E::Setting
        | E::Transaction
        | E::BulkImport
        | E::BulkExport
        | E::Listen
        | E::Notify
        | E::Sequence => false,
    }
}

/// A relation by its name.
pub(super) fn relation_of(name: &Name) -> Relation {
    Relation { schema: name.schema.clone(), name: name.name.clone() }
}
