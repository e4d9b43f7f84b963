//! The judgement: what was counted against what is allowed.

use super::objection::{Objection, Reason};
use super::reading::{Reading, Touched, Was, many, rows};
use super::said::{Said, Told};
use crate::classify::Relation;
use crate::policy::{Limits, TableLimits, Verdict};
use std::collections::{BTreeMap, HashMap};

/// Rows a transaction changed, in all relations that count: for metrics and budgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Rows inserted, in tables of this same transaction too.
    pub inserted: u64,
    /// Rows updated.
    pub updated: u64,
    /// Rows deleted.
    pub deleted: u64,
}

impl Counts {
    /// What budgets and row limits are about: rows updated and deleted.
    pub fn changed(self) -> u64 {
        self.updated.saturating_add(self.deleted)
    }

    fn of<'a>(relations: impl Iterator<Item = &'a Touched>) -> Self {
        relations.filter(|touched| !touched.is_catalog()).fold(Self::default(), |sum, touched| {
            let (updated, deleted) = if touched.counts() { (touched.updated, touched.deleted) } else { (0, 0) };
            Self {
                inserted: sum.inserted.saturating_add(touched.inserted),
                updated: sum.updated.saturating_add(updated),
                deleted: sum.deleted.saturating_add(deleted),
            }
        })
    }
}

/// Judges a transaction before it goes on (or commits): `statement` is what the last statement (or pipeline) did,
/// `transaction` all of it so far. `budget_left` are the rows the principal may still update and delete in its window;
/// `None` is no budget. Gives the transaction's counts.
///
/// # Errors
/// The strictest [`Objection`]: the transaction must not commit.
pub fn judge(
    limits: &Limits,
    said: &Said,
    statement: &Reading,
    transaction: &Reading,
    budget_left: Option<u64>,
) -> Result<Counts, Objection> {
    let judge = Judge { limits, said, statement, transaction };
    if !transaction.is_trustworthy() {
        return Err(Objection::new(
            Reason::UntrustedCounters,
            Verdict::Reject,
            None,
            "a write whose rows the server does not count",
            "PostgreSQL's counters of rows (track_counts) are off or did not answer.",
        ));
    }
    let counts = Counts::of(transaction.relations());
    let mut found = Vec::new();
    if !said.allows_anything() {
        judge.hidden(&mut found);
    }
    judge.rows(&mut found);
    judge.tables(&mut found);
    judge.share_and_emptiness(&mut found);
    judge.budget(counts, budget_left, &mut found);
    // The strictest; of equals the first.
    found.into_iter().rev().max_by_key(|objection| objection.verdict).map_or(Ok(counts), Err)
}

struct Judge<'a> {
    limits: &'a Limits,
    said: &'a Said,
    statement: &'a Reading,
    transaction: &'a Reading,
}

/// What happened to one table: to all the tables below it, where it is the root of others.
#[derive(Debug, Clone, Default)]
struct Group<'a> {
    members: Vec<&'a Touched>,
    /// It is single partitions: what was counted in the whole tree says nothing of them.
    parts: bool,
}

impl Group<'_> {
    fn changed(&self) -> u64 {
        self.sum(Touched::changed)
    }

    fn sum(&self, of: impl Fn(&Touched) -> u64) -> u64 {
        self.members.iter().map(|touched| of(touched)).fold(0, u64::saturating_add)
    }

    fn any(&self, of: impl Fn(&Touched) -> bool) -> bool {
        self.members.iter().any(|touched| of(touched))
    }

    fn name(&self) -> Option<&Relation> {
        let first = self.members.first()?;
        Some(if first.root.partitioned && !self.parts { &first.root.relation } else { &first.relation })
    }

    /// How many rows it had when the transaction began: counted, where the question counted all of them, or as the
    /// statistics have it.
    fn before(&self) -> u64 {
        let estimate = self.sum(|touched| touched.estimate.unwrap_or_default());
        let remain = self.members.iter().find_map(|touched| touched.remain).filter(|_| !self.parts);
        let Some(remain) = remain else { return estimate };
        let before = remain
            .saturating_add(self.sum(|touched| touched.deleted))
            .saturating_sub(self.sum(|touched| touched.inserted));
        let counted_up_to = self.changed().saturating_mul(20).saturating_add(101).min(100_000);
        if remain < counted_up_to { before } else { before.max(estimate) }
    }

    /// Whether it had rows and has none of them: as counted; as the statistics have it, where the rows cannot be seen.
    /// Which rows were deleted, those that were there or some inserted since, is not counted: all that were there are
    /// taken for deleted where that many rows were, and fewer than that are left.
    fn is_emptied(&self) -> bool {
        let estimate = self.sum(|touched| touched.estimate.unwrap_or_default());
        let (deleted, inserted) = (self.sum(|touched| touched.deleted), self.sum(|touched| touched.inserted));
        let lost = deleted.saturating_sub(inserted);
        let locked = self.any(|touched| touched.locked);
        // Rows inserted and undone since are counted too, and would hide as many deleted.
        let had = lost > 0 || (estimate > 0 && (locked || deleted > 0));
        match self.members.iter().find_map(|touched| touched.remain) {
            Some(remain) => {
                let before = remain.saturating_add(deleted).saturating_sub(inserted);
                had && (remain == 0 || (before > 0 && deleted >= before && remain < before))
            }
            None if self.any(|touched| touched.asked) => had && (deleted >= estimate || locked),
            None => false,
        }
    }
}

/// What the tags told of one table.
#[derive(Debug, Clone, Copy, Default)]
struct Tagged {
    changes: u64,
    /// New rows among them.
    mixed: u64,
    largest: u64,
}

impl Tagged {
    fn add(&mut self, told: &Told) {
        let sum = if told.mixed { &mut self.mixed } else { &mut self.changes };
        *sum = sum.saturating_add(told.rows);
        self.largest = self.largest.max(told.rows);
    }
}

/// Groups by the root of all (`by_root`), or by the root of partitions alone: children by inheritance are tables of
/// their own.
fn groups(reading: &Reading, by_root: bool) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<u32, Group<'_>> = BTreeMap::new();
    for touched in reading.relations().filter(|touched| touched.counts()) {
        let key = if by_root || touched.root.partitioned { touched.root.oid } else { touched.oid };
        groups.entry(key).or_default().members.push(touched);
    }
    groups.into_values().collect()
}

impl Judge<'_> {
    /// What no text showed.
    fn hidden(&self, found: &mut Vec<Objection>) {
        let mut facts = self.dropped();
        let named = |touched: &&Touched| self.said.names(&touched.relation) || self.said.names(&touched.root.relation);
        // A part of a tree that is named locks what is below it.
        let named_trees: Vec<u32> =
            self.transaction.relations().filter(named).map(|touched| touched.root.oid).collect();
        // CREATE TABLE ... PARTITION OF locks its parent, and the default partition, which may have its rows; ALTER of the
        // parent locks every partition.
        let leaves = |root: u32| {
            let of_it = |touched: &&Touched| touched.locked && !touched.created && touched.root.oid == root;
            self.transaction.relations().filter(|touched| of_it(touched) && touched.kind != b'p').count()
        };
        for touched in self.transaction.relations().filter(|touched| touched.locked && !touched.created) {
            if named(&touched) {
                continue;
            }
            // A loss of definitions changes its neighbours too (the other end of a foreign key); it never empties them.
            let unseen = touched.asked && touched.remain.is_none();
            let emptied = touched.estimate.is_some_and(|rows| rows > 0) && (touched.remain == Some(0) || unseen);
            let root = touched.root.oid;
            let kin = named_trees.contains(&root) || (touched.root.partitioned && leaves(root) <= 1);
            let explained = self.said.reaches() || (self.said.defines() && kin);
            if !explained || emptied {
                facts.push(format!("{} is locked as TRUNCATE, DROP and ALTER lock", touched.relation));
            }
        }
        if !self.said.defines() {
            let changed = self.transaction.locked_objects();
            facts.extend(
                changed.map(|(object, name)| format!("{} {name} is locked as DROP and ALTER lock", object.kind)),
            );
        }
        if !facts.is_empty() {
            let facts = format!("Before the commit: {}.", facts.join("; "));
            let what = "a DROP, TRUNCATE or ALTER that the statement's text did not show";
            found.push(Objection::new(Reason::HiddenDrop, Verdict::Reject, None, what, &facts));
        }
        for touched in self.transaction.relations() {
            let (relation, changed) = (&touched.relation, touched.changed());
            if touched.is_catalog() && changed > 0 && !self.said.defines() {
                let what = "a change of the system's catalogs that the statement's text did not show";
                let facts = format!("Counted before the commit: {} of {relation}.", rows(changed));
                found.push(Objection::new(Reason::HiddenCatalog, Verdict::Reject, None, what, &facts));
            }
            let either = |says: fn(&Said, &Relation) -> bool| {
                says(self.said, relation) || says(self.said, &touched.root.relation)
            };
            let unseen = !either(Said::writes) && !touched.locked;
            if touched.kind == b'f' && (unseen || either(Said::changes)) {
                let what = if unseen {
                    "a write to a foreign table that the statement's text did not show"
                } else {
                    "an UPDATE or DELETE of a foreign table"
                };
                let facts = format!("{relation} is a foreign table: its rows are not counted.");
                found.push(Objection::new(Reason::Uncounted, Verdict::Reject, None, what, &facts));
            }
        }
    }

    /// What is no more, and no text gave up. Each loss is judged once, by what stood before it.
    fn dropped(&self) -> Vec<String> {
        let (said, mut facts, mut unknown) = (self.said, Vec::new(), 0);
        for lost in self.statement.lost() {
            match lost {
                Some(was) if self.explains(was) => {}
                Some(was) => facts.push((was.is_part(), format!("{} was dropped", was.relation))),
                None => unknown += 1,
            }
        }
        // Of a table that is gone, its indexes need no words.
        let whole = facts.iter().any(|(part, _)| !part);
        let mut facts: Vec<String> =
            facts.into_iter().filter(|(part, _)| !(whole && *part)).map(|fact| fact.1).collect();
        if unknown > 0 {
            facts.push(format!("{} dropped", many(unknown, "table or index was", "tables and indexes were")));
        }
        if facts.is_empty() && !said.removes() {
            facts.extend(self.statement.lost_objects().map(|object| format!("a {} was dropped", object.kind)));
        }
        facts
    }

    /// Whether a text shows that a relation goes: by its name, or with what it is a part of or made from.
    fn explains(&self, was: &Was) -> bool {
        let (said, lineage) = (self.said, self.statement.lineage(was));
        lineage.iter().any(|above| said.drops(&above.relation))
            || (!was.is_table() && (said.cascades() || lineage.iter().any(|above| said.alters(&above.relation))))
    }

    /// Rows deleted and updated that may be one statement's, of those the server counted: the largest tag, and with it all
    /// that no tag told (cascades, triggers, functions). A tag tells no more of a table than was counted there.
    fn largest_statement(&self) -> u64 {
        let changed = Counts::of(self.statement.relations()).changed();
        if !self.statement.counts_all() {
            return changed;
        }
        let groups = groups(self.statement, true);
        let mut tables: HashMap<usize, Tagged> = HashMap::new();
        for told in self.said.told() {
            let of_it = |group: &Group<'_>| group.any(|touched| touched.is_named(&told.target));
            let mut found = groups.iter().enumerate().filter(|(_, group)| of_it(group));
            // A view's name, or that of a table in which nothing happened, or one of two.
            let (Some((index, _)), None) = (found.next(), found.next()) else { continue };
            tables.entry(index).or_default().add(told);
        }
        let (mut largest, mut all) = (0, 0_u64);
        for (index, tagged) in tables {
            let Some(group) = groups.get(index) else { continue };
            let mixed = tagged.mixed.saturating_sub(group.sum(|touched| touched.inserted));
            all = all.saturating_add(tagged.changes.saturating_add(mixed).min(group.changed()));
            largest = largest.max(tagged.largest.min(group.changed()));
        }
        changed.min(largest.saturating_add(changed.saturating_sub(all)))
    }

    /// Rows of all tables together.
    fn rows(&self, found: &mut Vec<Objection>) {
        let transaction = Counts::of(self.transaction.relations());
        let largest = self.largest_statement();
        if let Some(limit) = self.limits.rows_per_statement.filter(|limit| largest > *limit) {
            let what = format!("a statement that deletes or updates {}: at most {limit} may be", rows(largest));
            let facts = format!("{} Limit of one statement: {}.", counted(self.statement), rows(limit));
            found.push(Objection::new(Reason::RowsPerStatement, self.limits.over, None, &what, &facts));
        }
        let changed = transaction.changed();
        if let Some(limit) = self.limits.rows_per_transaction.filter(|limit| changed > *limit) {
            let what = format!("a transaction that deletes or updates {}: at most {limit} may be", rows(changed));
            let facts = format!("{} Limit of one transaction: {}.", counted(self.transaction), rows(limit));
            found.push(Objection::new(Reason::RowsPerTransaction, self.limits.over, None, &what, &facts));
        }
        if let Some(limit) = self.limits.max_inserted.filter(|limit| transaction.inserted > *limit) {
            let inserted = rows(transaction.inserted);
            let what = format!("a transaction that inserts {inserted}: at most {limit} may be");
            let facts = format!("{} Limit of one transaction: {} inserted.", counted(self.transaction), rows(limit));
            found.push(Objection::new(Reason::MaxInserted, self.limits.over, None, &what, &facts));
        }
    }

    /// The stricter limits of single tables.
    fn tables(&self, found: &mut Vec<Objection>) {
        let largest = self.largest_statement();
        for rule in &self.limits.tables {
            let name = Some(&*rule.rule);
            for group in self.meant(rule, self.statement, true) {
                // No statement changed more of one table than the largest did of all.
                let changed = group.changed().min(largest);
                if let Some(limit) = rule.rows_per_statement.filter(|limit| changed > *limit) {
                    let table = table(&group);
                    let what = format!(
                        "a statement that deletes or updates {} of {table}: at most {limit} may be",
                        rows(changed)
                    );
                    let facts =
                        format!("{} Limit of one statement: {} of {table}.", counted(self.statement), rows(limit));
                    found.push(Objection::new(Reason::RowsPerStatement, rule.over, name, &what, &facts));
                }
            }
            for group in self.meant(rule, self.transaction, true) {
                let (changed, table) = (group.changed(), table(&group));
                if let Some(limit) = rule.rows_per_transaction.filter(|limit| changed > *limit) {
                    let what = format!(
                        "a transaction that deletes or updates {} of {table}: at most {limit} may be",
                        rows(changed)
                    );
                    let facts =
                        format!("{} Limit of one transaction: {} of {table}.", counted(self.transaction), rows(limit));
                    found.push(Objection::new(Reason::RowsPerTransaction, rule.over, name, &what, &facts));
                }
            }
            for group in self.meant(rule, self.transaction, false) {
                self.share(&group, rule.table_share, rule.over, name, found);
            }
        }
    }

    fn meant<'a>(&self, rule: &TableLimits, reading: &'a Reading, by_root: bool) -> Vec<Group<'a>> {
        let meant = |relation: &Relation| rule.tables.iter().any(|pattern| pattern.matches(relation));
        let mut groups = groups(reading, by_root);
        groups.retain_mut(|group| {
            group.parts =
                group.members.iter().any(|touched| touched.root.partitioned && !meant(&touched.root.relation));
            group.members.retain(|touched| meant(&touched.relation) || meant(&touched.root.relation));
            !group.members.is_empty()
        });
        groups
    }

    fn share_and_emptiness(&self, found: &mut Vec<Objection>) {
        for group in groups(self.transaction, false) {
            let given_up =
                |touched: &Touched| self.said.gives_up(&touched.relation) || self.said.gives_up(&touched.root.relation);
            if self.limits.never_empty && group.is_emptied() && !group.any(given_up) {
                let table = table(&group);
                let remain = group.members.iter().find_map(|touched| touched.remain).unwrap_or_default();
                let (what, left) = if remain == 0 {
                    (format!("a transaction that leaves {table} empty"), "No row".to_owned())
                } else {
                    let what = format!("a transaction that deletes every row {table} had, and inserts fewer");
                    (what, format!("No row that was there before, {} in all,", rows(remain)))
                };
                let facts = format!("{} {left} is left in {table}.", counted(self.transaction));
                found.push(Objection::new(Reason::NeverEmpty, self.limits.over, None, &what, &facts));
            }
            self.share(&group, self.limits.table_share, self.limits.over, None, found);
        }
    }

    fn share(
        &self,
        group: &Group<'_>,
        limit: Option<f64>,
        over: Verdict,
        rule: Option<&str>,
        found: &mut Vec<Objection>,
    ) {
        let (changed, before) = (group.changed(), group.before());
        let Some(limit) = limit else { return };
        #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 52 bits of rows")]
        let share = changed as f64 / before.max(1) as f64;
        // Rows inserted and undone since are counted too, and would make a large table small.
        let inserted = group.any(|touched| touched.inserted > 0);
        let size =
            if inserted { before.max(group.sum(|touched| touched.estimate.unwrap_or_default())) } else { before };
        // Written so that a share that is no number is too much.
        if changed == 0 || size <= Limits::SMALL_TABLE || share <= limit {
            return;
        }
        let table = table(group);
        let (percent, allowed) = (percent(share), percent(limit));
        let what = format!("a transaction that deletes or updates {percent} of {table}: at most {allowed} may be");
        let facts = format!(
            "{} {table} had about {} before. Limit of one transaction: {allowed} of a table.",
            counted(self.transaction),
            rows(before)
        );
        found.push(Objection::new(Reason::TableShare, over, rule, &what, &facts));
    }

    fn budget(&self, counts: Counts, left: Option<u64>, found: &mut Vec<Objection>) {
        let changed = counts.changed();
        if let Some(left) = left.filter(|left| changed > *left) {
            let what =
                format!("a transaction that deletes or updates {}: this hour's budget has {left} left", rows(changed));
            let all = self.limits.rows_per_hour.map(|all| format!(" of {all}")).unwrap_or_default();
            let facts = format!("{} Budget left: {left}{all} rows in an hour.", counted(self.transaction));
            found.push(Objection::new(Reason::Budget, self.limits.over, None, &what, &facts));
        }
    }
}

fn table(group: &Group<'_>) -> String {
    group.name().map(ToString::to_string).unwrap_or_default()
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent < 10.0 { format!("{percent:.1}%") } else { format!("{percent:.0}%") }
}

/// `Counted before the commit: 1 row deleted in public.customers; 7 rows updated in public.orders.`
fn counted(reading: &Reading) -> String {
    format!("Counted before the commit: {reading}.")
}
