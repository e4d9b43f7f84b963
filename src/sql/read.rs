//! Reading: the parser's call, its stack and its limits.

use super::Statement;
use super::convert::Variables;
use pg_query::ParserOptions;
use pg_query::protobuf::ParseResult;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How the server's session lexes text, so that the reader lexes alike.
///
/// See <https://www.postgresql.org/docs/current/runtime-config-compatible.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lexing {
    /// `standard_conforming_strings`.
    pub standard_conforming_strings: bool,
    /// `backslash_quote`: true for `on` and `safe_encoding`, false for `off`.
    pub backslash_quote: bool,
}

impl Default for Lexing {
    fn default() -> Self {
        Self { standard_conforming_strings: true, backslash_quote: true }
    }
}

impl Lexing {
    pub(super) fn options(self) -> ParserOptions {
        let mut options = ParserOptions::DISABLE_ESCAPE_STRING_WARNING;
        if !self.standard_conforming_strings {
            options |= ParserOptions::DISABLE_STANDARD_CONFORMING_STRINGS;
        }
        if !self.backslash_quote {
            options |= ParserOptions::DISABLE_BACKSLASH_QUOTE;
        }
        options
    }
}

/// Why a text could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// A NUL byte: the protocol ends the text there, so it can never be what the server reads.
    #[error("the text holds a NUL byte")]
    Nul,
    /// PostgreSQL's grammar does not accept it.
    #[error("PostgreSQL's grammar does not accept it")]
    Syntax,
    /// It nests deeper than this reader goes.
    #[error("it nests too deeply")]
    TooDeep,
    /// It holds more than [`MAX_STATEMENTS`] statements.
    #[error("a text of more than 10,000 statements")]
    TooManyStatements,
    /// Its tree has more than [`MAX_NODES`] nodes, or may take more than [`MAX_TREE`](super::MAX_TREE) bytes.
    #[error("a text of more than 2,000,000 parts")]
    TooLarge,
    /// It holds runs of operator signs that the scanner reads over and over: see [`MAX_SIGN_WORK`].
    #[error("a text of endless runs of operator signs")]
    TooManySigns,
    /// The parser itself failed.
    #[error("the parser failed")]
    Parser,
}

/// Statements a text may hold: far more than any migration, few enough that judging them takes no session's time.
pub const MAX_STATEMENTS: usize = 10_000;
/// Nodes of a text's tree; decoded, each takes some hundred bytes.
pub const MAX_NODES: usize = 2_000_000;

/// PostgreSQL's scanner takes a whole run of operator signs, cuts it at the first `/*`, `--` or operator's end, and
/// begins anew behind that (`operator` and `xcstart` in `parser/scan.l`): for a run of length n up to n * n steps. This
/// many are a fraction of a second, and a run of 10,000 signs.
pub const MAX_SIGN_WORK: usize = 100_000_000;

/// Texts up to this length are read on the caller's stack, where it is large enough for what they can nest.
const SHORT: usize = 4096;
/// The tree of a longer text is memory that is worth giving back.
const LONG: usize = 16 << 10;
/// Stack taken by one level of nesting while the tree is decoded and converted: measured at 30 to 60 kB in
/// unoptimized code, a fraction of that in optimized code.
const PER_LEVEL: usize = if cfg!(debug_assertions) { 96 << 10 } else { 24 << 10 };
/// What everything else takes; libpg_query keeps 512 kB of a stack untouched.
const SLACK: usize = 640 << 10;
/// The stack of the thread that reads longer texts. libpg_query allows itself 2 MB of it; decoding the tree takes
/// more a level than making it did. Only the touched part is ever backed by memory.
const DEEP_STACK: usize = if cfg!(debug_assertions) { 2 << 30 } else { 1 << 30 };

/// Reads a text into its statements.
///
/// # Errors
/// Where PostgreSQL's grammar does not accept it, or it nests too deeply. Never anything else: a failure of the
/// parser is an error too.
pub fn read(text: &str, lexing: Lexing) -> Result<Vec<Statement>, ReadError> {
    with_deep_stack(text, || read_here(text, lexing)).unwrap_or(Err(ReadError::Parser))
}

/// The same for a text in which these names are variables: [`Expr::Parameter`](super::Expr::Parameter), not columns.
pub(super) fn read_among(text: &str, lexing: Lexing, variables: &Variables) -> Result<Vec<Statement>, ReadError> {
    let read = || super::convert::statements(parse_here(text, lexing)?, Variables::clone(variables));
    with_deep_stack(text, read).unwrap_or(Err(ReadError::Parser))
}

/// Runs `work` (which reads `text`) on a stack that is large enough for it. `None` where it panicked or no thread
/// could be had.
pub fn with_deep_stack<T: Send>(text: &str, work: impl FnOnce() -> T + Send) -> Option<T> {
    let Some(stack) = missing_stack(text) else { return catch_unwind(AssertUnwindSafe(work)).ok() };
    std::thread::scope(|scope| reader(scope, stack, work)?.join().ok())
}

/// The same for what is kept: of a long text it is copied from the reader's thread, and the tree's memory given back.
///
/// That thread's memory is an arena of glibc's, of which only the end can be given back: what is kept behind a tree keeps all
/// that the tree has taken, hundreds of times the text.
pub fn kept_from_deep_stack<T: Clone + Send>(text: &str, work: impl FnOnce() -> T + Send) -> Option<T> {
    if text.len() <= LONG {
        return with_deep_stack(text, work);
    }
    let Some(stack) = missing_stack(text) else { return catch_unwind(AssertUnwindSafe(work)).ok() };
    // No channel: what the reader waits by must be no memory of the reader's, for that would be behind the tree.
    let (made, told) = (Mutex::new(Made::Waited), Condvar::new());
    std::thread::scope(|scope| {
        let thread = reader(scope, stack, || {
            let result = catch_unwind(AssertUnwindSafe(work)).ok();
            let mut state = locked(&made);
            *state = Made::There(result);
            told.notify_one();
            while matches!(*state, Made::There(_)) {
                state = told.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            // Dropped by the thread that made it.
            *state = Made::Waited;
            drop(state);
            settle();
        })?;
        let mut state = locked(&made);
        let kept = loop {
            state = match std::mem::replace(&mut *state, Made::Waited) {
                Made::There(result) => {
                    // Where copying panics, nobody may wait for it.
                    let kept = catch_unwind(AssertUnwindSafe(|| result.clone())).ok().flatten();
                    *state = Made::Copied(result);
                    told.notify_one();
                    break kept;
                }
                Made::Waited | Made::Copied(_) => told.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        };
        drop(state);
        thread.join().ok()?;
        kept
    })
}

/// What a reader makes for somebody who keeps a copy.
enum Made<T> {
    /// Nothing.
    Waited,
    /// To be copied; `None` where the reader panicked.
    There(Option<T>),
    /// Copied, and back for the reader to drop it.
    Copied(Option<T>),
}

fn locked<T>(made: &Mutex<T>) -> MutexGuard<'_, T> {
    made.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has glibc join what this thread has freed, and give back what is free at its arena's end; elsewhere it does nothing.
///
/// Small pieces that were freed wait in lists of the thread's own, some of each size, where they are joined with nothing and keep
/// all that is before them. So as many are taken out as such a list holds, and as many again; those that came last go into
/// the lists then, and the others back to the arena. Freeing a large piece joins all that is there
/// (`_int_free` and `tcache_put` in glibc's `malloc/malloc.c`).
fn settle() {
    /// Sizes of which there are lists, and pieces in one.
    const SIZES: usize = 64;
    const PIECES: usize = 7;
    /// Large enough that its being freed joins what is free, small enough to be of the arena.
    const LARGE: usize = 100 << 10;
    let piece = |bytes: usize| std::hint::black_box(Vec::<u8>::with_capacity(bytes));
    drop(piece(LARGE));
    let pieces: [[Vec<u8>; 2 * PIECES]; SIZES] =
        std::array::from_fn(|size| std::array::from_fn(|_| piece(24 + 16 * size)));
    pieces.into_iter().for_each(|of_size| of_size.into_iter().rev().for_each(drop));
    drop(piece(LARGE));
}

/// The stack that reading this text takes, in bytes; `None` where there is enough left here.
fn missing_stack(text: &str) -> Option<usize> {
    if ON_DEEP_STACK.get() {
        return None;
    }
    let left = stacker::remaining_stack().unwrap_or(0);
    let needs = |levels: usize| levels * PER_LEVEL + SLACK;
    // No text has more levels than bytes; where there is room for so many, they need not be counted.
    if text.len() <= SHORT && (left >= needs(text.len()) || left >= needs(levels(text))) {
        return None;
    }
    let stack = if text.len() <= SHORT { needs(levels(text)) } else { DEEP_STACK };
    (left < stack).then_some(stack)
}

/// A thread rather than a grown stack: libpg_query measures its depth against the thread's own stack. `None` where no
/// thread could be had.
fn reader<'scope, T: Send + 'scope>(
    scope: &'scope std::thread::Scope<'scope, '_>,
    stack: usize,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Option<std::thread::ScopedJoinHandle<'scope, T>> {
    let builder = std::thread::Builder::new().name("reader".to_owned()).stack_size(stack + SLACK);
    builder
        .spawn_scoped(scope, || {
            ON_DEEP_STACK.set(true);
            work()
        })
        .ok()
}

/// An upper bound of a text's nesting: each level takes at least one word or one sign of its own.
fn levels(text: &str) -> usize {
    let mut levels = 0;
    let mut in_word = false;
    for byte in text.bytes() {
        let word = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        if word != in_word && word
            || !word && !matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | b',' | b';' | b'.' | b')' | b'"')
        {
            levels += 1;
        }
        in_word = word;
    }
    levels
}

thread_local! {
    static ON_DEEP_STACK: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// An upper bound of the steps that runs of operator signs take, wherever they stand.
fn sign_work(text: &str) -> usize {
    let (mut work, mut run) = (0_usize, 0_usize);
    for byte in text.bytes().chain([b' ']) {
        if matches!(
            byte,
            b'~' | b'!'
                | b'@'
                | b'#'
                | b'^'
                | b'&'
                | b'|'
                | b'`'
                | b'?'
                | b'+'
                | b'-'
                | b'*'
                | b'/'
                | b'%'
                | b'<'
                | b'>'
                | b'='
        ) {
            run += 1;
        } else {
            work = work.saturating_add(run.saturating_mul(run));
            run = 0;
        }
    }
    work
}

pub(super) fn read_here(text: &str, lexing: Lexing) -> Result<Vec<Statement>, ReadError> {
    super::convert::statements(parse_here(text, lexing)?, Variables::default())
}

fn parse_here(text: &str, lexing: Lexing) -> Result<ParseResult, ReadError> {
    if sign_work(text) > MAX_SIGN_WORK {
        return Err(ReadError::TooManySigns);
    }
    super::size::check(text, lexing)?;
    // The scanner alone tells before a tree is made of them; as it lexes by default, what it cannot scan is the
    // parser's to judge.
    if text.bytes().filter(|byte| *byte == b';').take(MAX_STATEMENTS + 1).count() > MAX_STATEMENTS - 1
        && pg_query::split_with_scanner(text).is_ok_and(|statements| statements.len() > MAX_STATEMENTS)
    {
        return Err(ReadError::TooManyStatements);
    }
    let parsed = pg_query::parse(text, lexing.options()).map_err(|error| match error {
        pg_query::Error::Conversion(_) => ReadError::Nul,
        pg_query::Error::Parse(message) if message.starts_with("stack depth limit") => ReadError::TooDeep,
        pg_query::Error::Parse(_) => ReadError::Syntax,
        _ => ReadError::Parser,
    })?;
    if parsed.protobuf.stmts.len() > MAX_STATEMENTS {
        return Err(ReadError::TooManyStatements);
    }
    Ok(parsed.protobuf)
}
