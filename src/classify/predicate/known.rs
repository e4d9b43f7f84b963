//! What is known around a predicate: the arguments, the WITH queries in sight, and how much work is left.

use super::rows::{bound, is_bounded};
use crate::classify::Bound;
use crate::sql::{Cte, Expr, Name, Part, Source, Statement, walk};
use std::cell::Cell;

/// Steps a statement gets beyond those for each of its nodes.
const LEAST_FUEL: u64 = 50_000;
/// Steps a node gets: more than any statement takes whose sub-selects do not nest by the dozen.
const FUEL_A_NODE: u64 = 64;

/// The work left for judging a statement's predicates; without any, they bound nothing.
#[derive(Debug)]
pub struct Fuel(Cell<u64>);

impl Fuel {
    /// For a statement of so many nodes.
    pub fn for_nodes(nodes: u64) -> Self {
        Self(Cell::new(nodes.saturating_mul(FUEL_A_NODE).saturating_add(LEAST_FUEL)))
    }

    /// Takes one step; false where none is left.
    pub fn burn(&self) -> bool {
        let left = self.0.get().saturating_sub(1);
        self.0.set(left);
        left > 0
    }

    /// Whether nothing is left: whatever was concluded may be wrong.
    pub fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

/// One WITH query.
#[derive(Debug, Clone, Copy)]
pub struct With<'a> {
    name: &'a str,
    /// Whether its rows are bounded.
    bounded: bool,
    /// Whether it reads the relation that is written, or makes rows that may be as many.
    reads_target: bool,
}

/// What is known around a predicate.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The arguments of an EXECUTE.
    pub arguments: &'a [Expr],
    /// The work left.
    pub fuel: &'a Fuel,
    /// The relation that is written, where there is one.
    target: Option<&'a Name>,
    /// The innermost WITH.
    with: &'a [With<'a>],
    /// Those around it.
    outer: Option<&'a Known<'a>>,
}

impl<'a> Known<'a> {
    /// Nothing but the arguments, for a statement that writes to this relation.
    pub fn new(arguments: &'a [Expr], fuel: &'a Fuel, target: Option<&'a Name>) -> Self {
        Self { arguments, fuel, target, with: &[], outer: None }
    }

    /// The same without the arguments: they are no parameters of one another.
    pub fn without_arguments(&self) -> Self {
        Self { arguments: &[], ..*self }
    }

    /// The same with one more WITH inside.
    pub fn within<'b>(&'b self, with: &'b [With<'b>]) -> Known<'b>
    where
        'a: 'b,
    {
        Known { with, outer: Some(self), ..*self }
    }

    /// The WITH query of that name, the innermost first.
    pub fn find(&self, name: &Name) -> Option<With<'a>> {
        if name.schema.is_some() {
            return None;
        }
        let here = self.with.iter().rev().find(|with| *with.name == *name.name);
        here.copied().or_else(|| self.outer.and_then(|outer| outer.find(name)))
    }

    /// Whether a name is that of a WITH query with bounded rows.
    pub fn is_bounded(&self, name: &Name) -> bool {
        self.find(name).is_some_and(|with| with.bounded)
    }

    /// The WITH queries, in order: each sees those before it (and is looked at once, however often named).
    pub fn with(&'a self, ctes: &'a [Cte]) -> Vec<With<'a>> {
        const MOST: usize = 64;
        let mut layer: Vec<With<'a>> = Vec::with_capacity(ctes.len().min(MOST));
        for cte in ctes.iter().take(MOST) {
            let known = self.within(&layer);
            let bounded = is_cte_bounded(cte, &known);
            let reads_target = known.reads(&cte.statement, self.target) || known.makes_cte(cte);
            layer.push(With { name: &cte.name, bounded, reads_target });
        }
        layer
    }

    /// Whether a statement reads the relation, also through a WITH query whose rows nothing bounds.
    pub fn reads(&self, statement: &Statement, relation: Option<&Name>) -> bool {
        let of_target = relation.is_some() && relation == self.target;
        let mut reads = !self.fuel.burn();
        walk(statement, &mut |part| {
            if let Part::Source(Source::Relation(table)) = part {
                self.fuel.burn();
                reads |= relation.is_none_or(|relation| relation.name == table.name.name)
                    || self.find(&table.name).is_some_and(|with| !with.bounded && (with.reads_target || !of_target));
            }
        });
        reads
    }

    /// Whether a WITH query makes its rows itself, its own name being no relation.
    fn makes_cte(&self, cte: &Cte) -> bool {
        let itself = [With { name: &cte.name, bounded: false, reads_target: true }];
        self.within(&itself).makes(&cte.statement)
    }

    /// Whether a statement makes its rows itself: by a function, or of no relation at all.
    pub fn makes(&self, statement: &Statement) -> bool {
        let (mut generates, mut names_relation) = (false, false);
        walk(statement, &mut |part| {
            self.fuel.burn();
            match part {
                Part::Source(Source::Function { .. }) => generates = true,
                Part::Source(Source::Relation(table)) => {
                    names_relation |= self.find(&table.name).is_none_or(|with| !with.reads_target);
                }
                Part::Expr(Expr::Call(call)) => {
                    generates |=
                        matches!(&*call.name.name, "generate_series" | "generate_subscripts" | "unnest" | "row_number");
                }
                _ => {}
            }
        });
        generates || !names_relation
    }
}

/// Whether a WITH query's rows are bounded. One that names itself may be recursive: its rows are bounded where those it
/// starts from are and each further one comes of a relation; rows made of the earlier ones alone know no end. Where it
/// is called like the relation that is written, it may also be no recursion at all.
fn is_cte_bounded(cte: &Cte, known: &Known<'_>) -> bool {
    let (mut names_itself, mut names_relation) = (false, false);
    walk(&cte.statement, &mut |part| {
        known.fuel.burn();
        if let Part::Source(Source::Relation(table)) = part {
            let itself = table.name.schema.is_none() && table.name.name == cte.name;
            names_itself |= itself;
            names_relation |= !itself && known.find(&table.name).is_none();
        }
    });
    let itself = [With { name: &cte.name, bounded: true, reads_target: true }];
    let inside = known.within(if names_itself { &itself } else { &[] });
    if names_itself && (!names_relation || known.target.is_none_or(|target| target.name == cte.name)) {
        return matches!(&cte.statement, Statement::Query(query) if query.limit.is_some() && is_bounded(query, known));
    }
    match &cte.statement {
        Statement::Query(query) => is_bounded(query, &inside),
        Statement::Insert(insert) => insert.source.as_ref().is_none_or(|query| is_bounded(query, &inside)),
        Statement::Update(update) => {
            bound(&update.target, &update.from, update.filter.iter().collect(), &inside) >= Bound::Predicate
        }
        Statement::Delete(delete) => {
            bound(&delete.target, &delete.using, delete.filter.iter().collect(), &inside) >= Bound::Predicate
        }
        _ => false,
    }
}
