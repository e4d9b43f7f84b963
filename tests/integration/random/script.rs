//! What a random episode does: a script, made of a seed alone, before anything is sent.

use crate::client::Frames;

/// A stream of numbers from a seed (SplitMix64).
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let at = self.below(all.len() as u64);
        all[usize::try_from(at).unwrap()]
    }

    /// The place of a weight.
    pub fn weighed(&mut self, weights: &[u64]) -> usize {
        let mut drawn = self.below(weights.iter().sum());
        for (at, weight) in weights.iter().enumerate() {
            if drawn < *weight {
                return at;
            }
            drawn -= weight;
        }
        0
    }
}

/// What follows a COPY FROM STDIN.
#[derive(Debug, Clone)]
pub struct CopyIn {
    pub data: String,
    /// CopyFail in the place of CopyDone.
    pub fails: bool,
}

impl CopyIn {
    pub fn frames(&self, frames: Frames) -> Frames {
        // In pieces that end in the middle of a row.
        let frames = self.data.as_bytes().chunks(7).fold(frames, Frames::copy_data);
        if self.fails { frames.copy_fail("changed its mind") } else { frames.copy_done() }
    }
}

/// One statement, and what goes with it.
#[derive(Debug, Clone, Default)]
pub struct Statement {
    pub sql: String,
    /// Of a statement with parameters: by the extended protocol alone.
    pub values: Vec<String>,
    pub copy: Option<CopyIn>,
    /// A read whose rows come in an order: it may be fetched in pieces.
    pub ordered: bool,
}

impl Statement {
    pub fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), ..Self::default() }
    }

    /// What ends a transaction, as the witness is asked before: COMMIT, END.
    pub fn commits(&self) -> bool {
        self.sql.starts_with("COMMIT") || self.sql.starts_with("END")
    }

    /// Whether a Query's text is cut where it stands.
    pub fn controls(&self) -> bool {
        let verb = self.sql.split(' ').next().unwrap_or_default();
        ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"].contains(&verb)
    }

    /// Whether it gives or takes a prepared statement's name.
    pub fn renames(&self) -> bool {
        self.sql.starts_with("PREPARE") || self.sql.starts_with("DEALLOCATE")
    }
}

/// What one statement is by the extended protocol: Parse, Bind, Describe, Execute.
#[derive(Debug, Clone)]
pub struct Unit {
    pub statement: Statement,
    /// The prepared statement's name.
    pub name: &'static str,
    /// It was prepared before, so that there is no Parse.
    pub again: bool,
    pub portal: &'static str,
    pub describe: bool,
    /// Rows of the first Execute; the second takes all that is left.
    pub first: u32,
    pub flush: bool,
    /// Parse, and nothing else.
    pub parse_only: bool,
}

impl Unit {
    /// Unnamed, described, of all rows.
    pub fn plain(statement: Statement) -> Self {
        Self {
            statement,
            name: "",
            again: false,
            portal: "",
            describe: true,
            first: 0,
            flush: false,
            parse_only: false,
        }
    }

    fn frames(&self, mut frames: Frames) -> Frames {
        if !self.again {
            frames = frames.parse(self.name, &self.statement.sql);
        }
        if self.parse_only {
            return frames;
        }
        let values: Vec<&str> = self.statement.values.iter().map(String::as_str).collect();
        frames = frames.bind(self.portal, self.name, &values);
        if self.describe {
            frames = frames.describe(b'P', self.portal);
        }
        if self.first > 0 {
            frames = frames.execute(self.portal, self.first);
        }
        frames = frames.execute(self.portal, 0);
        if let Some(copy) = &self.statement.copy {
            frames = copy.frames(frames);
        }
        if self.flush { frames.flush() } else { frames }
    }
}

/// What one ReadyForQuery answers.
#[derive(Debug, Clone)]
pub enum Exchange {
    Query(Vec<Statement>),
    Run(Vec<Unit>),
}

impl Exchange {
    pub fn frames(&self, mut frames: Frames) -> Frames {
        match self {
            Self::Query(statements) => {
                let texts: Vec<&str> = statements.iter().map(|statement| statement.sql.as_str()).collect();
                frames = frames.query(&texts.join("; "));
                if self.waits() {
                    return frames;
                }
                statements
                    .iter()
                    .filter_map(|statement| statement.copy.as_ref())
                    .fold(frames, |to, copy| copy.frames(to))
            }
            Self::Run(units) => units.iter().fold(frames, |frames, unit| unit.frames(frames)).sync(),
        }
    }

    /// Whether it has a COMMIT by the extended protocol.
    pub fn commits_in_run(&self) -> bool {
        matches!(self, Self::Run(units) if units.iter().any(|unit| unit.statement.commits()))
    }

    /// Whether its copy data wait to be asked for.
    pub fn waits(&self) -> bool {
        matches!(self, Self::Query(statements) if statements.len() > 1 && statements.iter().any(|one| one.copy.is_some()))
    }

    /// Its statements, in order.
    pub fn statements(&self) -> Vec<&Statement> {
        match self {
            Self::Query(statements) => statements.iter().collect(),
            Self::Run(units) => units.iter().map(|unit| &unit.statement).collect(),
        }
    }

    /// How many statements behind one whose answer an objection took have run too, and are not told.
    pub fn ran_behind(&self, at: usize) -> usize {
        match self {
            Self::Query(statements) if statements[at].controls() => 0,
            Self::Query(statements) => statements.iter().skip(at + 1).take_while(|next| !next.controls()).count(),
            Self::Run(units) => {
                let flushed = |place: &usize| units[*place].flush;
                let commits = |place: &usize| units.get(place + 1).is_some_and(|next| next.statement.commits());
                let end = (at..units.len()).find(|place| flushed(place) || commits(place));
                end.unwrap_or(units.len() - 1) - at
            }
        }
    }

    /// The statements before `end`, and these behind them.
    pub fn up_to(&self, end: usize, more: &[&str]) -> Self {
        match self {
            Self::Query(statements) => {
                let more = more.iter().map(|sql| Statement::new(*sql));
                Self::Query(statements.iter().take(end).cloned().chain(more).collect())
            }
            Self::Run(units) => {
                let more = more.iter().map(|sql| Unit::plain(Statement::new(*sql)));
                Self::Run(units.iter().take(end).cloned().chain(more).collect())
            }
        }
    }

    /// The same where the statement at `end` was prepared too, but has not run.
    pub fn up_to_parse(&self, end: usize, more: &[&str]) -> Self {
        let mut cut = self.up_to(end, more);
        if let (Self::Run(units), Self::Run(all)) = (&mut cut, self) {
            let parsed = all.get(end).map(|unit| Unit { parse_only: true, ..unit.clone() });
            units.splice(end..end, parsed);
        }
        cut
    }

    /// The same with one statement left out; none where nothing is left.
    pub fn without(&self, at: usize) -> Option<Self> {
        let mut less = self.clone();
        match &mut less {
            Self::Query(statements) => drop(statements.remove(at)),
            Self::Run(units) => drop(units.remove(at)),
        }
        (!less.statements().is_empty()).then_some(less)
    }
}

/// What one connection sends at once.
#[derive(Debug, Clone)]
pub struct Step {
    /// Which connection.
    pub by: usize,
    pub exchanges: Vec<Exchange>,
}

impl Step {
    /// How many statements it has.
    pub fn statements(&self) -> usize {
        self.exchanges.iter().map(|exchange| exchange.statements().len()).sum()
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, exchange) in self.exchanges.iter().enumerate() {
            let start = if at == 0 { format!("{}", self.by) } else { " ".into() };
            match exchange {
                Exchange::Query(statements) => {
                    let texts: Vec<&str> = statements.iter().map(|statement| statement.sql.as_str()).collect();
                    writeln!(f, "{start} Q  {}", texts.join("; "))?;
                }
                Exchange::Run(units) => {
                    for (place, unit) in units.iter().enumerate() {
                        let mark = if place == 0 { format!("{start} X ") } else { "    ".into() };
                        write!(f, "{mark} {}", unit.statement.sql)?;
                        if !unit.statement.values.is_empty() {
                            write!(f, " {:?}", unit.statement.values)?;
                        }
                        for (name, value) in [("statement", unit.name), ("portal", unit.portal)] {
                            if !value.is_empty() {
                                write!(f, " [{name} {value}]")?;
                            }
                        }
                        let marks = [
                            (unit.again, " [no Parse]"),
                            (!unit.describe, " [no Describe]"),
                            (unit.first > 0, " [in two]"),
                            (unit.flush, " [Flush]"),
                        ];
                        writeln!(f, "{}", marks.map(|(is, mark)| if is { mark } else { "" }).concat())?;
                    }
                }
            }
            for copy in exchange.statements().iter().filter_map(|statement| statement.copy.as_ref()) {
                writeln!(f, "    COPY data {:?}{}", copy.data, if copy.fails { ", CopyFail" } else { "" })?;
            }
        }
        Ok(())
    }
}
