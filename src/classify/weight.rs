//! What facts take in memory, for whoever keeps them.

use super::{Classification, Effect, Step, TextFacts};

/// A tree kept for EXECUTE, for each byte of its text: `1+1+1` takes the most.
const TREE_PER_BYTE: usize = 200;

/// An allocation's own bytes.
const ALLOCATION: usize = 16;

/// A statement's or an effect's own bytes in a record.
const RECORDED: usize = 64;

impl TextFacts {
    /// About what these facts take in memory, in bytes and rather too much than too little; `text` is the length of
    /// the text they are of, in bytes.
    pub fn weight(&self, text: usize) -> usize {
        let holds_tree = |step: &Step| matches!(step, Step::Prepare { .. } | Step::Execute { .. });
        let trees = self.statements.iter().flat_map(|statement| &statement.steps).any(holds_tree);
        let statements: usize = self.statements.iter().map(classification).sum();
        let spare = (self.statements.capacity() - self.statements.len()) * size_of::<Classification>();
        // What is made of them for the record: the text, and of each statement its kind, its effects' and relations' names.
        let named: usize = self.statements.iter().flat_map(|statement| &statement.effects).map(named).sum();
        let made = self.redacted.len() + named + self.statements.len() * RECORDED + 4 * ALLOCATION;
        size_of::<Self>()
            + self.redacted.len()
            + statements
            + spare
            + made
            + if trees { text * TREE_PER_BYTE } else { 0 }
    }
}

fn classification(statement: &Classification) -> usize {
    let words: usize = statement.effects.iter().map(words).sum();
    size_of::<Classification>()
        + statement.effects.capacity() * size_of::<Effect>()
        + statement.steps.capacity() * size_of::<Step>()
        + words
        + 2 * ALLOCATION
}

fn words(effect: &Effect) -> usize {
    let setting = effect.time.as_ref().map_or(0, |time| time.setting.len());
    effect.what.len() + names(effect) + setting + 4 * ALLOCATION
}

/// A relation's names.
fn names(effect: &Effect) -> usize {
    let relation = effect.relation.as_ref();
    relation.map_or(0, |name| name.name.len() + name.schema.as_ref().map_or(0, |schema| schema.len()))
}

fn named(effect: &Effect) -> usize {
    names(effect) + RECORDED
}
