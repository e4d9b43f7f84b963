//! Rows: whether a query's, or a FROM item's, are bounded, and how far a join bounds each of its relations.

use super::known::Known;
use super::telling::{is_small_call, is_small_set};
use super::{Scope, reach};
use crate::classify::Bound;
use crate::sql::{Column, Constant, Expr, Part, Query, Source, Statement, Table, walk_expr};

/// Joins longer than this are not followed: their rows count as unbounded.
const MAX_JOINED: usize = 64;

/// The names a FROM item answers to.
pub fn aliases(source: &Source) -> Vec<&str> {
    match source {
        Source::Relation(table) => vec![table.alias.as_deref().unwrap_or(&table.name.name)],
        Source::Join { left, right, .. } => {
            let mut names = aliases(left);
            names.append(&mut aliases(right));
            names
        }
        Source::Subquery { alias, .. } | Source::Function { alias, .. } => alias.as_deref().into_iter().collect(),
        Source::Sample { source, .. } => aliases(source),
        Source::Unknown => Vec::new(),
    }
}

/// Whether a query's rows are bounded: by a limit, by filters that reach every relation the rows are made of, or because
/// no table is behind them.
pub fn is_bounded(query: &Query, known: &Known<'_>) -> bool {
    if !known.fuel.burn() {
        return false;
    }
    let with = known.with(&query.with);
    let known = &known.within(&with);
    if let Some(sides) = &query.set {
        return query.limit.as_ref().is_some_and(limits) || is_bounded(&sides.0, known) && is_bounded(&sides.1, known);
    }
    if query.values || query.limit.as_ref().is_some_and(limits) {
        return true;
    }
    if query.columns.iter().any(|column| generates(&column.value, query.from.is_empty(), known)) {
        return false;
    }
    if query.from.is_empty() {
        return true;
    }
    let Some(nodes) = settled(None, &query.from, query.filter.iter().collect(), known) else { return false };
    let is = |node: &Node<'_>| node.bound >= Bound::Predicate;
    // The rows may repeat without end where the values do not.
    nodes.iter().all(is) || !query.columns.is_empty() && query.columns.iter().all(|column| of_one(column, &nodes, &is))
}

/// Whether a column is one of a relation that meets the test.
fn of_one(column: &Column, nodes: &[Node<'_>], is: &dyn Fn(&Node<'_>) -> bool) -> bool {
    owner(&column.value, nodes).and_then(|index| nodes.get(index)).is_some_and(is)
}

/// Whether a column of a select list makes many rows of one.
fn generates(value: &Expr, alone: bool, known: &Known<'_>) -> bool {
    let mut generates = false;
    walk_expr(value, &mut |part| {
        if let Part::Expr(Expr::Call(call)) = part {
            generates |= !is_small_call(call, alone, known);
        }
    });
    generates
}

/// Whether a LIMIT limits: a batch's number, no table's size, or a parameter.
fn limits(limit: &Expr) -> bool {
    const MOST: f64 = 10_000.0;
    match limit {
        Expr::Constant(Constant::Number(text)) => text.parse::<f64>().is_ok_and(|rows| rows <= MOST),
        Expr::Parameter(_) => true,
        Expr::Cast { arg, .. } => limits(arg),
        _ => false,
    }
}

/// One relation of a join.
struct Node<'a> {
    names: Vec<&'a str>,
    scope: Scope<'a>,
    bound: Bound,
    /// Whether WHERE itself bounds it, so that no row without it is left, whatever the kinds of the joins.
    given: bool,
    joined: bool,
    /// A real relation, no sub-select or function.
    relation: bool,
    /// A function of the columns of others.
    lateral: bool,
}

/// What joins two relations.
#[derive(Clone, Copy)]
struct Edge {
    left: usize,
    right: usize,
    outer: bool,
}

/// A FROM clause taken apart.
struct Join<'a> {
    nodes: Vec<Node<'a>>,
    /// WHERE's terms.
    filters: Vec<&'a Expr>,
    /// The terms of inner joins' ON.
    on: Vec<&'a Expr>,
    /// The terms of outer joins' ON, which take no row away.
    on_outer: Vec<&'a Expr>,
    /// By USING.
    edges: Vec<Edge>,
}

/// How far WHERE bounds the target of a write, by itself or by an equality with a source that is bounded.
pub fn bound(target: &Table, sources: &[Source], filters: Vec<&Expr>, known: &Known<'_>) -> Bound {
    let Some(nodes) = settled(Some(target), sources, filters, known) else { return Bound::Weak };
    match nodes.first() {
        Some(node) if node.joined && node.bound < Bound::Predicate => Bound::Weak,
        Some(node) => node.bound,
        None => Bound::None,
    }
}

/// The relations with their bounds, the target first. `None` where there are too many.
fn settled<'a>(
    target: Option<&'a Table>,
    sources: &'a [Source],
    filters: Vec<&'a Expr>,
    known: &Known<'a>,
) -> Option<Vec<Node<'a>>> {
    let mut join =
        Join { nodes: Vec::new(), filters: Vec::new(), on: Vec::new(), on_outer: Vec::new(), edges: Vec::new() };
    filters.into_iter().for_each(|filter| flatten(filter, &mut join.filters));
    if let Some(target) = target {
        join.nodes.push(Node {
            names: vec![target.alias.as_deref().unwrap_or(&target.name.name)],
            scope: Scope::of(target, false, *known),
            bound: Bound::None,
            given: false,
            joined: false,
            relation: true,
            lateral: false,
        });
    }
    for source in sources {
        gather(source, known, &mut join);
    }
    if join.nodes.len() > MAX_JOINED {
        return None;
    }
    if let [only] = join.nodes.as_mut_slice() {
        only.scope.alone = true;
    }
    settle(&mut join);
    Some(join.nodes)
}

fn settle(join: &mut Join<'_>) {
    let Join { nodes, filters, on, on_outer, edges } = join;
    for node in nodes.iter_mut() {
        let best = |terms: &[&Expr]| terms.iter().map(|term| reach(term, &node.scope)).max().unwrap_or(Bound::None);
        let (by_filter, by_on) = (best(filters), best(on));
        node.given = by_filter >= Bound::Predicate;
        node.bound = node.bound.max(by_filter).max(by_on);
    }
    let edge = |outer: bool, term: &&Expr| edge(term, nodes).map(|(left, right)| Edge { left, right, outer });
    let mut all: Vec<Edge> = filters.iter().chain(on.iter()).filter_map(|term| edge(false, term)).collect();
    all.extend(on_outer.iter().filter_map(|term| edge(true, term)));
    all.append(edges);
    // A term whose columns carry no names bounds one of them, and with it all that inner joins tie together.
    let of_one = filters.iter().any(|term| is_unqualified(term) && bounds_some(term, nodes));
    if of_one && nodes.len() > 1 && is_connected(nodes.len(), &all) {
        nodes.iter_mut().for_each(|node| node.bound = node.bound.max(Bound::Predicate));
    }
    for _ in 0..nodes.len() {
        for &Edge { left, right, outer } in &all {
            for (from, to) in [(left, right), (right, left)] {
                spread(nodes, from, to, outer);
            }
        }
    }
    if nodes.iter().all(|node| node.lateral || node.bound >= Bound::Predicate) {
        nodes.iter_mut().for_each(|node| node.bound = node.bound.max(Bound::Predicate));
    }
}

/// Hands a bound on along an equality. An outer join keeps rows that meet nothing: there it takes a filter of WHERE on
/// the other side.
fn spread(nodes: &mut [Node<'_>], from: usize, to: usize, outer: bool) {
    let Some((bounded, given)) = nodes.get(from).map(|node| {
        let given = node.given && node.relation;
        (node.bound >= Bound::Predicate && (!outer || given), given)
    }) else {
        return;
    };
    if let Some(node) = nodes.get_mut(to) {
        node.joined = true;
        node.given |= given;
        if bounded {
            node.bound = node.bound.max(Bound::Predicate);
        }
    }
}

fn is_connected(count: usize, edges: &[Edge]) -> bool {
    let mut reached = vec![0];
    let mut next = 0;
    while let Some(&here) = reached.get(next) {
        next += 1;
        for edge in edges.iter().filter(|edge| !edge.outer) {
            let there = match *edge {
                Edge { left, right, .. } if left == here => right,
                Edge { left, right, .. } if right == here => left,
                Edge { .. } => continue,
            };
            if !reached.contains(&there) {
                reached.push(there);
            }
        }
    }
    reached.len() == count
}

fn is_unqualified(term: &Expr) -> bool {
    let mut is = true;
    walk_expr(term, &mut |part| match part {
        Part::Expr(Expr::Column(parts)) => is &= parts.len() == 1,
        Part::Expr(Expr::Sublink { .. }) => is = false,
        _ => {}
    });
    is
}

fn bounds_some(term: &Expr, nodes: &[Node<'_>]) -> bool {
    nodes.first().is_some_and(|node| {
        let scope = Scope { alias: None, alone: true, relation: None, known: node.scope.known };
        reach(term, &scope) >= Bound::Predicate
    })
}

/// Takes AND apart.
pub fn flatten<'a>(expr: &'a Expr, terms: &mut Vec<&'a Expr>) {
    match expr {
        Expr::And(parts) => parts.iter().for_each(|part| flatten(part, terms)),
        other => terms.push(other),
    }
}

fn gather<'a>(source: &'a Source, known: &Known<'a>, join: &mut Join<'a>) {
    let first = join.nodes.len();
    if let Source::Join { left, right, on, outer, using, .. } = source {
        gather(left, known, join);
        let middle = join.nodes.len();
        gather(right, known, join);
        if let Some(on) = on {
            flatten(on, if *outer { &mut join.on_outer } else { &mut join.on });
        }
        // Of a longer join it is not known whose column that is.
        if !using.is_empty() && middle == first + 1 && join.nodes.len() == middle + 1 {
            join.edges.push(Edge { left: first, right: middle, outer: *outer });
        }
        return;
    }
    let names = aliases(source);
    let alias = names.first().copied().unwrap_or_default();
    let relation = match source {
        Source::Relation(table) => Some(&table.name),
        Source::Sample { source, .. } => match &**source {
            Source::Relation(table) => Some(&table.name),
            _ => None,
        },
        _ => None,
    };
    let is_bounded = is_source_bounded(source, known);
    let lateral = matches!(source, Source::Function { calls, .. }
        if !is_bounded && calls.iter().all(|call| is_small_set(call, true, known)));
    join.nodes.push(Node {
        names,
        scope: Scope { alias: Some(alias), alone: false, relation, known: *known },
        bound: if is_bounded { Bound::Key } else { Bound::None },
        given: false,
        joined: false,
        relation: relation.is_some_and(|name| known.find(name).is_none()),
        lateral,
    });
}

/// Whether the rows of a FROM item (no join) are bounded by itself.
fn is_source_bounded(source: &Source, known: &Known<'_>) -> bool {
    match source {
        Source::Relation(table) => known.is_bounded(&table.name),
        Source::Subquery { statement, .. } => match &**statement {
            Statement::Query(query) => is_bounded(query, known),
            _ => false,
        },
        Source::Function { calls, .. } => calls.iter().all(|call| is_small_set(call, false, known)),
        Source::Sample { source, .. } => is_source_bounded(source, known),
        Source::Join { .. } | Source::Unknown => false,
    }
}

/// An equality between columns of two relations.
fn edge(expr: &Expr, nodes: &[Node<'_>]) -> Option<(usize, usize)> {
    let Expr::Operator { name, left: Some(left), right } = expr else { return None };
    if &*name.name != "=" {
        return None;
    }
    let (left, right) = (owner(left, nodes)?, owner(right, nodes)?);
    (left != right).then_some((left, right))
}

fn owner(expr: &Expr, nodes: &[Node<'_>]) -> Option<usize> {
    match expr {
        Expr::Cast { arg, .. } => owner(arg, nodes),
        Expr::Column(parts) => {
            let [.., table, _] = parts.as_slice() else { return None };
            nodes.iter().position(|node| node.names.contains(&&**table))
        }
        Expr::Row(parts) => parts.iter().find_map(|part| owner(part, nodes)),
        _ => None,
    }
}
