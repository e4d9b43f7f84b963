//! PL/pgSQL bodies: the SQL in them. Their own grammar is followed as far as it takes to find every statement and every
//! expression (`pl_gram.y` in PostgreSQL's source); each is then read by PostgreSQL's grammar.
//!
//! `pg_query::parse_plpgsql` is not used: it knows no types but PostgreSQL's own and gives no tree of a trigger's
//! function, it lexes by default rules alone, and an error while it prints its tree would end the process.

mod cursor;
pub(super) mod lex;
#[cfg(test)]
mod tests;

use super::convert::Variables;
use super::read::{Lexing, MAX_STATEMENTS, ReadError, read_among};
use super::{Expr, Statement};
use cursor::Cursor;
use std::sync::Arc;

/// One thing a body does.
#[derive(Debug, Clone)]
pub enum Piece {
    /// An SQL statement; an expression is a query of one column.
    Sql(Statement),
    /// EXECUTE of this expression's text. The expression is evaluated too, which is a piece of its own.
    Execute(Expr),
}

/// Blocks and loops inside each other that this reader follows.
const MAX_DEPTH: usize = 200;

type Read<T = ()> = Result<T, ReadError>;

/// Reads a PL/pgSQL body into the SQL it holds, in text order.
///
/// # Errors
/// Where it is not PL/pgSQL, an SQL statement in it cannot be read, it nests too deeply or holds more than
/// [`MAX_STATEMENTS`] pieces.
pub fn read_plpgsql(text: &str, lexing: Lexing) -> Read<Vec<Piece>> {
    let tokens = lex::tokens(text, lexing)?;
    let mut body = Body {
        cursor: Cursor::new(text, &tokens),
        lexing,
        pieces: Vec::new(),
        depth: 0,
        variables: Variables::default(),
        columns_first: false,
    };
    while body.cursor.accept_sign("#") {
        // `#variable_conflict use_column` and its relatives.
        body.cursor.skip(1);
        body.columns_first |= body.cursor.is("use_column");
        body.cursor.skip(1);
    }
    body.labels()?;
    body.block()?;
    body.cursor.accept_sign(";");
    if body.cursor.is_done() { Ok(body.pieces) } else { Err(ReadError::Syntax) }
}

/// How many strings and quoted names of a text are written exactly so; `None` where it cannot be told.
pub fn count_tokens(text: &str, lexing: Lexing, token: &str) -> Option<usize> {
    let tokens = lex::tokens(text, lexing).ok()?;
    Some(tokens.iter().filter(|part| text.get(part.from..part.to) == Some(token)).count())
}

/// What ends a list of statements; whoever called for the list takes it.
const ENDS: &[&str] = &["end", "else", "elsif", "elseif", "when", "exception"];

struct Body<'a> {
    cursor: Cursor<'a>,
    lexing: Lexing,
    pieces: Vec<Piece>,
    depth: usize,
    /// The variables in sight.
    variables: Variables,
    /// Where a name could be both, it is a column.
    columns_first: bool,
}

/// Variables kept in sight; any more count as columns, which bound less.
const MAX_VARIABLES: usize = 500;

impl Body<'_> {
    // --- what is handed to PostgreSQL's grammar

    /// One SQL statement.
    fn sql(&mut self, text: &str) -> Read {
        let statement = self.one(text)?;
        self.add(Piece::Sql(statement))
    }

    fn one(&self, text: &str) -> Read<Statement> {
        let mut statements = read_among(text, self.lexing, &self.variables)?;
        match (statements.pop(), statements.is_empty()) {
            (Some(statement), true) => Ok(statement),
            _ => Err(ReadError::Syntax),
        }
    }

    fn add(&mut self, piece: Piece) -> Read {
        if self.pieces.len() >= MAX_STATEMENTS {
            return Err(ReadError::TooManyStatements);
        }
        self.pieces.push(piece);
        Ok(())
    }

    /// What stands behind SELECT: PL/pgSQL evaluates an expression as a query. Nothing where there is none.
    fn expr(&mut self, text: &str) -> Read {
        if text.trim().is_empty() { Ok(()) } else { self.sql(&format!("SELECT {text}")) }
    }

    /// The text EXECUTE runs.
    fn dynamic(&mut self, text: &str) -> Read {
        let statement = self.one(&format!("SELECT {text}"))?;
        let Statement::Query(query) = &statement else { return Err(ReadError::Syntax) };
        let column = query.columns.first().filter(|_| query.columns.len() == 1).ok_or(ReadError::Syntax)?;
        let executed = Piece::Execute(column.value.clone());
        self.add(Piece::Sql(statement))?;
        self.add(executed)
    }

    // --- blocks

    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Read) -> Read {
        if self.depth >= MAX_DEPTH {
            return Err(ReadError::TooDeep);
        }
        self.depth += 1;
        let done = read(self);
        self.depth -= 1;
        done
    }

    fn declare(&mut self, names: impl IntoIterator<Item = Box<str>>) {
        for name in names {
            if !self.columns_first && self.variables.len() < MAX_VARIABLES {
                Arc::make_mut(&mut self.variables).push(name);
            }
        }
    }

    /// Reads what has variables of its own.
    fn scope(&mut self, read: impl FnOnce(&mut Self) -> Read) -> Read {
        let outside = self.variables.len();
        let done = self.deeper(read);
        Arc::make_mut(&mut self.variables).truncate(outside);
        done
    }

    /// `<<label>>`.
    fn labels(&mut self) -> Read {
        while self.cursor.accept_sign("<<") {
            self.cursor.skip(1);
            self.cursor.expect_sign(">>")?;
        }
        Ok(())
    }

    /// `[DECLARE ...] BEGIN ... [EXCEPTION ...] END [label]`.
    fn block(&mut self) -> Read {
        self.scope(Self::block_inside)
    }

    fn block_inside(&mut self) -> Read {
        if self.cursor.accept("declare") {
            while !self.cursor.is("begin") {
                if !self.cursor.accept("declare") {
                    self.declaration()?;
                }
            }
        }
        self.cursor.expect("begin")?;
        self.statements()?;
        if self.cursor.accept("exception") {
            while self.cursor.accept("when") {
                self.cursor.until(&["then"])?;
                self.cursor.expect("then")?;
                self.statements()?;
            }
        }
        self.cursor.expect("end")?;
        self.cursor.accept_name();
        Ok(())
    }

    /// `name [CONSTANT] type [NOT NULL] [{DEFAULT | := | =} expression];`, a cursor, or an alias.
    fn declaration(&mut self) -> Read {
        let name = self.cursor.name().ok_or(ReadError::Syntax)?;
        self.cursor.skip(1);
        let start = self.cursor;
        self.cursor.accept("no");
        self.cursor.accept("scroll");
        if self.cursor.accept("cursor") {
            if self.cursor.is_sign("(") {
                self.cursor.parenthesized()?;
            }
            if !self.cursor.accept("for") {
                self.cursor.expect("is")?;
            }
            let query = self.cursor.until(&[";"])?;
            self.sql(query)?;
        } else {
            self.cursor = start;
            self.cursor.until(&[";", "default", ":=", "="])?;
            if !self.cursor.is_sign(";") {
                self.cursor.skip(1);
                let value = self.cursor.until(&[";"])?;
                self.expr(value)?;
            }
        }
        self.declare([name]);
        self.cursor.expect_sign(";")
    }

    fn statements(&mut self) -> Read {
        while !self.cursor.is_any(ENDS) || self.cursor.is_assignment() {
            self.statement()?;
        }
        Ok(())
    }

    // --- statements

    fn statement(&mut self) -> Read {
        if self.cursor.is_assignment() {
            return self.assignment();
        }
        self.labels()?;
        let word = self.cursor.word();
        match &*word {
            "begin" | "declare" => self.block()?,
            "if" => self.conditional()?,
            "case" => self.case()?,
            "loop" | "while" | "for" | "foreach" => self.scope(|body| body.looped(&word))?,
            "exit" | "continue" => {
                self.cursor.until(&["when", ";"])?;
                if self.cursor.accept("when") {
                    self.expr_until(";")?;
                }
            }
            "return" => self.returned()?,
            "raise" => self.raise()?,
            "assert" => {
                self.cursor.skip(1);
                self.expr_until(";")?;
            }
            "perform" => {
                self.cursor.skip(1);
                let text = self.cursor.until(&[";"])?;
                self.sql(&format!("SELECT {text}"))?;
            }
            "execute" => {
                self.cursor.skip(1);
                self.execute(&[";"])?;
            }
            "get" | "close" | "null" => {
                self.cursor.until(&[";"])?;
            }
            "open" => self.open()?,
            "fetch" | "move" => self.fetch()?,
            _ => self.plain()?,
        }
        self.cursor.expect_sign(";")
    }

    fn expr_until(&mut self, end: &str) -> Read {
        let text = self.cursor.until(&[end])?;
        self.expr(text)
    }

    fn assignment(&mut self) -> Read {
        let target = self.cursor.until(&[":=", "="])?;
        if target.contains('[') {
            self.expr(target)?;
        }
        self.cursor.skip(1);
        self.expr_until(";")?;
        self.cursor.expect_sign(";")
    }

    fn conditional(&mut self) -> Read {
        loop {
            self.cursor.skip(1);
            self.expr_until("then")?;
            self.cursor.expect("then")?;
            self.deeper(Self::statements)?;
            if !self.cursor.is_any(&["elsif", "elseif"]) {
                break;
            }
        }
        self.otherwise()?;
        self.cursor.expect("end")?;
        self.cursor.expect("if")
    }

    fn otherwise(&mut self) -> Read {
        if self.cursor.accept("else") { self.deeper(Self::statements) } else { Ok(()) }
    }

    fn case(&mut self) -> Read {
        self.cursor.skip(1);
        self.expr_until("when")?;
        while self.cursor.accept("when") {
            self.expr_until("then")?;
            self.cursor.expect("then")?;
            self.deeper(Self::statements)?;
        }
        self.otherwise()?;
        self.cursor.expect("end")?;
        self.cursor.expect("case")
    }

    fn looped(&mut self, word: &str) -> Read {
        if word != "loop" {
            self.cursor.skip(1);
        }
        match word {
            "while" => self.expr_until("loop")?,
            "for" => {
                let variables = self.cursor.names();
                self.range()?;
                self.declare(variables);
            }
            "foreach" => {
                self.cursor.until(&["in"])?;
                self.cursor.expect("in")?;
                self.cursor.expect("array")?;
                self.expr_until("loop")?;
            }
            _ => {}
        }
        self.cursor.expect("loop")?;
        self.statements()?;
        self.cursor.expect("end")?;
        self.cursor.expect("loop")?;
        self.cursor.accept_name();
        Ok(())
    }

    /// What a FOR goes through: numbers, a query, EXECUTE, or a cursor that was declared.
    fn range(&mut self) -> Read {
        self.cursor.until(&["in"])?;
        self.cursor.expect("in")?;
        if self.cursor.accept("execute") {
            return self.execute(&["loop"]);
        }
        let start = self.cursor;
        self.cursor.accept("reverse");
        let low = self.cursor.until(&["..", "loop"])?;
        if self.cursor.accept_sign("..") {
            self.expr(low)?;
            let high = self.cursor.until(&["by", "loop"])?;
            self.expr(high)?;
            if self.cursor.accept("by") {
                self.expr_until("loop")?;
            }
            return Ok(());
        }
        self.cursor = start;
        if self.cursor.accept_name() {
            if self.cursor.is("loop") {
                return Ok(());
            }
            if self.cursor.is_sign("(") {
                let arguments = self.cursor.parenthesized()?;
                if self.cursor.is("loop") {
                    return self.cursor_arguments(arguments);
                }
            }
        }
        self.cursor = start;
        let query = self.cursor.until(&["loop"])?;
        self.sql(query)
    }

    /// A cursor's arguments, which may be named: evaluated, as if a harmless function had them.
    fn cursor_arguments(&mut self, arguments: &str) -> Read {
        self.expr(&format!("concat{arguments}"))
    }

    fn returned(&mut self) -> Read {
        self.cursor.skip(1);
        if self.cursor.accept("query") {
            if self.cursor.accept("execute") {
                return self.execute(&[";"]);
            }
            let query = self.cursor.until(&[";"])?;
            return self.sql(query);
        }
        self.cursor.accept("next");
        self.expr_until(";")
    }

    /// `RAISE [level] ['format' [, expression]...] [USING option = expression [, ...]]` and its relatives.
    fn raise(&mut self) -> Read {
        let mut using = false;
        self.cursor.until(&[",", "using", ";"])?;
        loop {
            if self.cursor.is_sign(";") {
                return Ok(());
            }
            using |= self.cursor.is("using");
            self.cursor.skip(1);
            if using {
                self.cursor.until(&[":=", "="])?;
                self.cursor.skip(1);
            }
            let text = self.cursor.until(&[",", "using", ";"])?;
            self.expr(text)?;
        }
    }

    /// The rest of an EXECUTE: its text, INTO and USING in either order.
    fn execute(&mut self, ends: &[&str]) -> Read {
        let stops: Vec<&str> = ["into", "using"].iter().chain(ends).copied().collect();
        let text = self.cursor.until(&stops)?;
        self.dynamic(text)?;
        loop {
            if self.cursor.accept("into") {
                self.cursor.target()?;
            } else if self.cursor.accept("using") {
                loop {
                    let comma: Vec<&str> = stops.iter().chain(&[","]).copied().collect();
                    let argument = self.cursor.until(&comma)?;
                    self.expr(argument)?;
                    if !self.cursor.accept_sign(",") {
                        break;
                    }
                }
            } else {
                return Ok(());
            }
        }
    }

    /// `OPEN cursor [(arguments)]`, `OPEN cursor [[NO] SCROLL] FOR {query | EXECUTE ...}`.
    fn open(&mut self) -> Read {
        self.cursor.skip(1);
        self.cursor.until(&["(", "for", ";"])?;
        if self.cursor.is_sign("(") {
            let arguments = self.cursor.parenthesized()?;
            self.cursor_arguments(arguments)?;
        } else if self.cursor.accept("for") {
            if self.cursor.accept("execute") {
                return self.execute(&[";"]);
            }
            let query = self.cursor.until(&[";"])?;
            self.sql(query)?;
        }
        Ok(())
    }

    /// FETCH and MOVE: the count in front of FROM or IN is an expression.
    fn fetch(&mut self) -> Read {
        self.cursor.skip(1);
        let start = self.cursor;
        self.cursor.until(&["from", "in", ";"])?;
        if !self.cursor.is_sign(";") {
            self.cursor = start;
            while self.cursor.is_any(&["forward", "backward", "absolute", "relative", "all"]) {
                self.cursor.skip(1);
            }
            let count = self.cursor.until(&["from", "in"])?;
            self.expr(count)?;
        }
        self.cursor.until(&[";"])?;
        Ok(())
    }

    /// An SQL statement as it stands, without the variables its INTO names (`make_execsql_stmt`).
    fn plain(&mut self) -> Read {
        let text = self.cursor.statement()?;
        self.sql(&text)
    }
}
