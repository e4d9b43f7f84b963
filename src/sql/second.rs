//! The second reader: sqlparser's trees to the same representation, by a mapping that shares nothing with the first
//! one's but that representation. PostgreSQL's own grammar stays the authority; this reader only ever adds what the
//! first one's mapping overlooked. So where its grammar or its tree cannot say what a statement is, it says nothing.

mod alter;
mod call;
mod define;
mod dialect;
mod dml;
mod expr;
mod names;
mod objects;
mod query;
mod session;
mod source;
mod statement;
#[cfg(test)]
mod tests;
mod value;

use super::Statement;
use dialect::Measured;
use sqlparser::parser::Parser;

/// Texts longer than this many bytes are read by the first reader alone.
pub const SECOND_READER_MAX: usize = 128 << 10;

/// Levels of nesting sqlparser follows.
const MAX_RECURSION: usize = 400;

/// Stack that one of its levels takes: measured at up to 21 kB in optimized code, 24 kB in that of debug builds (whose
/// dependencies are optimized a little). A level takes a token of the text at least, so what `with_deep_stack` provides
/// is enough for every text; the limit is set by the stack at hand all the same.
const PER_RECURSION: usize = if cfg!(debug_assertions) { 48 << 10 } else { 24 << 10 };

/// Stack for everything around the recursion.
const AROUND: usize = 64 << 10;

/// Levels of nesting the mapping follows.
const MAX_DEPTH: usize = 1500;

/// Reads a text that is lexed by default rules and that the first reader accepts, one item a statement: `None` for a
/// statement whose tree cannot say what it is. `None` altogether where this reader cannot read the text or it is
/// longer than [`SECOND_READER_MAX`].
///
/// To be called where the stack is large enough for the text: inside [`super::with_deep_stack`].
pub fn read_second(text: &str) -> Option<Vec<Option<Statement>>> {
    if text.len() > SECOND_READER_MAX {
        return None;
    }
    let levels = stacker::remaining_stack()?.checked_sub(AROUND)? / PER_RECURSION;
    let dialect = Measured::for_text(text);
    let parser = Parser::new(&dialect).with_recursion_limit(levels.min(MAX_RECURSION));
    let statements = parser.try_with_sql(text).ok()?.parse_statements().ok()?;
    Some(statements.into_iter().map(|statement| Mapping::default().statement(statement)).collect())
}

/// The mapping of one statement. Every function of it gives `None` where the tree cannot say what the statement is.
#[derive(Default)]
struct Mapping {
    depth: usize,
}

impl Mapping {
    /// Maps something one level down; `None` where that is too deep.
    fn deeper<T>(&mut self, map: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let mapped = map(self);
        self.depth -= 1;
        mapped
    }

    /// Maps each of a list.
    fn each<A, B>(
        &mut self,
        list: impl IntoIterator<Item = A>,
        map: impl Fn(&mut Self, A) -> Option<B>,
    ) -> Option<Vec<B>> {
        list.into_iter().map(|item| map(self, item)).collect()
    }

    /// Maps what may be missing.
    fn maybe<A, B>(&mut self, item: Option<A>, map: impl FnOnce(&mut Self, A) -> Option<B>) -> Option<Option<B>> {
        match item {
            Some(item) => map(self, item).map(Some),
            None => Some(None),
        }
    }
}

/// `Some(())` where a clause that PostgreSQL does not have is absent.
fn absent(is_absent: bool) -> Option<()> {
    is_absent.then_some(())
}
