//! An episode: its script, its limits, and whether all is as it has to be.

use super::generate::{Author, TABLES};
use super::ledger::{Entry, Ledger};
use super::mirror::{Outcome, Pair};
use super::script::{Random, Step};
use crate::client::Client;
use crate::support::Stockade;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use stockade::demo::cluster::Cluster;

/// How often a failure is played again to make it shorter.
const MOST_TRIES: usize = 250;

/// The same on both sides: a lock that another connection of the script holds is not given back while it is waited for.
const LOCK_TIMEOUT: &str = "60ms";

/// How long an answer is waited for: less than elsewhere, for a failure is played many times.
const PATIENCE: Duration = Duration::from_secs(6);

/// The server.
#[derive(Debug)]
pub struct World {
    pub cluster: Cluster,
}

/// What the principal may.
#[derive(Debug, Clone, Copy)]
pub struct Allowed {
    preset: &'static str,
    rows_per_statement: Option<u64>,
    rows_per_transaction: Option<u64>,
    max_inserted: Option<u64>,
    table_share: Option<f64>,
    never_empty: bool,
    rows_per_hour: Option<u64>,
}

impl Allowed {
    fn of(random: &mut Random) -> Self {
        Self {
            preset: random.one_of(&["app-writer", "migrator"]),
            rows_per_statement: random.one_of(&[Some(3), Some(10), Some(50), None]),
            rows_per_transaction: random.one_of(&[Some(8), Some(30), Some(200), None]),
            max_inserted: random.one_of(&[Some(6), Some(25), None]),
            table_share: random.one_of(&[Some(0.02), Some(0.1), Some(0.5), None]),
            never_empty: random.chance(75),
            rows_per_hour: random.one_of(&[Some(40), Some(400), None, None]),
        }
    }

    fn config(&self) -> String {
        let rows = |limit: Option<u64>| limit.map_or("\"none\"".into(), |rows| rows.to_string());
        format!(
            "[defaults]\npreset = \"{}\"\ntimeouts = {{ lock = \"{LOCK_TIMEOUT}\" }}\nlimits = {{ rows_per_statement = {}, \
             rows_per_transaction = {}, max_inserted = {}, table_share = {}, never_empty = {}, rows_per_hour = {} }}\n",
            self.preset,
            rows(self.rows_per_statement),
            rows(self.rows_per_transaction),
            rows(self.max_inserted),
            self.table_share.map_or("\"none\"".into(), |share| share.to_string()),
            self.never_empty,
            rows(self.rows_per_hour)
        )
    }

    /// Whether a committed transaction is within the limits.
    fn judge(&self, entry: &Entry) -> Result<(), String> {
        let over = |limit: Option<u64>, count: u64| limit.is_some_and(|limit| count > limit);
        if over(self.rows_per_transaction, entry.changed()) {
            return Err(format!("rows_per_transaction: committed {entry:?}"));
        }
        if over(self.max_inserted, entry.inserted) {
            return Err(format!("max_inserted: committed {entry:?}"));
        }
        Ok(())
    }

    /// The same where nobody else writes, with the tables as they were before and are now.
    fn judge_alone(&self, entry: &Entry, before: &Tables, now: &Tables) -> Result<(), String> {
        self.judge(entry)?;
        for (table, changed) in &entry.changed {
            let (rows, left) = (before.rows(table), now.rows(table));
            if self.never_empty && rows > 0 && left == 0 {
                return Err(format!("never_empty: {table}, committed {entry:?}"));
            }
            #[allow(clippy::cast_precision_loss, reason = "few rows")]
            let share = *changed as f64 / rows.max(1) as f64;
            if rows > 100 && self.table_share.is_some_and(|limit| share > limit) {
                return Err(format!("table_share: {changed} of {rows} rows of {table}, committed {entry:?}"));
            }
        }
        Ok(())
    }
}

/// One owner's rows of every table: how many, and a digest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Tables(BTreeMap<String, (u64, String)>);

impl Tables {
    fn of(client: &mut Client, owner: Option<u64>) -> Self {
        let whose = owner.map_or("true".into(), |owner| format!("owner = {owner}"));
        let each = TABLES.map(|table| {
            format!(
                "SELECT '{table}', count(*), md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), '')) \
                 FROM {table} t WHERE {whose}"
            )
        });
        let rows = client.query(&each.join(" UNION ALL ")).fine().rows();
        let row = |row: Vec<Option<String>>| {
            let [table, rows, digest] = <[Option<String>; 3]>::try_from(row).unwrap().map(Option::unwrap);
            (table, (rows.parse().unwrap(), digest))
        };
        Self(rows.into_iter().map(row).collect())
    }

    fn rows(&self, table: &str) -> u64 {
        self.0.get(table).map_or(0, |(rows, _)| *rows)
    }
}

/// Where and how an episode failed.
#[derive(Debug)]
pub struct Failure {
    owner: Option<u64>,
    step: usize,
    why: String,
}

impl Failure {
    fn at_end(why: impl Into<String>) -> Self {
        Self { owner: None, step: usize::MAX - 1, why: why.into() }
    }
}

/// What was seen, and how often.
pub type Counted = BTreeMap<Outcome, usize>;

/// A script for each owner, and the limits of all.
#[derive(Debug, Clone)]
pub struct Episode {
    allowed: Allowed,
    connections: usize,
    /// By owner.
    scripts: Vec<(u64, Vec<Step>)>,
}

impl fmt::Display for Episode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.allowed.config())?;
        for (owner, script) in &self.scripts {
            writeln!(f, "-- owner {owner}")?;
            script.iter().try_for_each(|step| write!(f, "{step}"))?;
        }
        Ok(())
    }
}

impl Episode {
    /// That of a seed.
    pub fn of_seed(seed: u64, length: usize) -> Self {
        let mut random = Random(seed);
        let allowed = Allowed::of(&mut random);
        let connections = random.one_of(&[1, 1, 1, 2, 3]);
        let owners = random.one_of(&[1, 1, 1, 3]);
        let bulk = allowed.preset == "migrator";
        let script = |owner| (owner, Author::new(random.next(), owner, connections, bulk).script(length));
        Self { allowed, connections, scripts: (1..=owners).map(script).collect() }
    }

    /// Statements of all scripts.
    pub fn statements(&self) -> usize {
        self.scripts.iter().flat_map(|(_, script)| script).map(Step::statements).sum()
    }

    /// Plays it from the beginning.
    pub fn play(&self, world: &World) -> Result<Counted, Failure> {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let address = world.cluster.address();
        let mut maker = Client::open(address, "postgres");
        let names = [format!("guarded_{number}"), format!("mirror_{number}")];
        for name in &names {
            maker.query(&format!("CREATE DATABASE {name} TEMPLATE beginning")).fine();
            Client::open(address, name).query("ANALYZE").fine();
        }
        let mut stockade = Stockade::with_config(address, "", &self.allowed.config());
        let mut ledger = Ledger::open(Client::open(address, &names[0]), &names[0]);
        let result = self.play_in(&stockade, &names, address).and_then(|(counted, marks)| {
            self.judge(&ledger.entries(), &marks)?;
            let whole = |name: &String| Tables::of(&mut Client::open(address, name), None);
            if whole(&names[0]) == whole(&names[1]) { Ok(counted) } else { Err(Failure::at_end("the tables differ")) }
        });
        ledger.close();
        stockade.assert_alive();
        drop(stockade);
        for name in &names {
            maker.query(&format!("DROP DATABASE {name} WITH (FORCE)")).fine();
        }
        result
    }

    /// What was committed, against the limits.
    fn judge(&self, entries: &[Entry], marks: &[Mark]) -> Result<(), Failure> {
        for entry in entries {
            self.allowed.judge(entry).map_err(Failure::at_end)?;
        }
        let changed: u64 = entries.iter().map(Entry::changed).sum();
        if self.allowed.rows_per_hour.is_some_and(|budget| changed > budget) {
            return Err(Failure::at_end(format!("rows_per_hour: {changed} were committed")));
        }
        for pair in marks.windows(2) {
            let [before, now] = pair else { continue };
            let of_step: Vec<_> = entries.iter().filter(|entry| before.at < entry.at && entry.at <= now.at).collect();
            // Between several transactions of one step the tables are not known.
            let [entry] = of_step[..] else { continue };
            let fails = |why| Failure { owner: None, step: now.step, why };
            self.allowed.judge_alone(entry, &before.tables, &now.tables).map_err(fails)?;
            if now.single && self.allowed.rows_per_statement.is_some_and(|limit| entry.changed() > limit) {
                return Err(fails(format!("rows_per_statement: committed {entry:?}")));
            }
        }
        Ok(())
    }

    fn play_in(
        &self,
        stockade: &Stockade,
        names: &[String; 2],
        address: std::net::SocketAddr,
    ) -> Result<(Counted, Vec<Mark>), Failure> {
        let player = |(owner, script): &(u64, Vec<Step>), alone| {
            let user = ("user", "agent");
            let open = |address, parameters: &[(&str, &str)]| {
                let client = Client::with(address, parameters);
                client.stream.set_read_timeout(Some(PATIENCE)).unwrap();
                client
            };
            let pair = |_| Pair {
                guarded: open(stockade.address, &[user, ("database", &names[0])]),
                mirror: open(address, &[user, ("database", &names[1]), ("lock_timeout", LOCK_TIMEOUT)]),
                status: 'I',
                read_only: false,
            };
            Player {
                owner: *owner,
                pairs: (0..self.connections).map(pair).collect(),
                guarded: Client::open(address, &names[0]),
                mirror: Client::open(address, &names[1]),
                alone,
            }
            .play(script)
        };
        if let [script] = &self.scripts[..] {
            return player(script, self.connections == 1);
        }
        std::thread::scope(|scope| {
            let players: Vec<_> = self.scripts.iter().map(|script| scope.spawn(|| player(script, false))).collect();
            let mut all = Counted::new();
            for player in players {
                player.join().unwrap()?.0.into_iter().for_each(|(kind, count)| *all.entry(kind).or_default() += count);
            }
            Ok((all, Vec::new()))
        })
    }

    /// The shortest episode found that fails, and how.
    pub fn shrink(&self, world: &World, mut failure: Failure) -> String {
        let mut shortest = self.clone();
        if let (Some(owner), true) = (failure.owner, self.scripts.len() > 1) {
            // Perhaps the others have nothing to do with it.
            let mut alone = self.clone();
            alone.scripts.retain(|(of, _)| *of == owner);
            let Err(fails) = alone.play(world) else { return format!("{self}{}", failure.why) };
            (shortest, failure) = (alone, fails);
        }
        if shortest.scripts.len() > 1 {
            return format!("{self}{}", failure.why);
        }
        let mut tries = 0;
        let mut attempt = |script: Vec<Step>, shortest: &mut Self, failure: &mut Failure| {
            tries += 1;
            let mut shorter = shortest.clone();
            shorter.scripts[0].1 = script;
            let fails = tries < MOST_TRIES && !shorter.scripts[0].1.is_empty();
            let Some(Err(fails)) = fails.then(|| shorter.play(world)) else { return false };
            (*shortest, *failure) = (shorter, fails);
            true
        };
        let cut = shortest.scripts[0].1.iter().take(failure.step.saturating_add(1)).cloned().collect();
        attempt(cut, &mut shortest, &mut failure);
        let mut size = shortest.scripts[0].1.len() / 2;
        while size > 0 {
            let mut at = 0;
            while at < shortest.scripts[0].1.len() {
                let mut script = shortest.scripts[0].1.clone();
                script.drain(at..(at + size).min(script.len()));
                if !attempt(script, &mut shortest, &mut failure) {
                    at += size;
                }
            }
            size /= 2;
        }
        let mut at = 0;
        while at < shortest.scripts[0].1.len() {
            let shorter = smaller(&shortest.scripts[0].1[at]).into_iter().any(|step| {
                let mut script = shortest.scripts[0].1.clone();
                script[at] = step;
                attempt(script, &mut shortest, &mut failure)
            });
            at += usize::from(!shorter);
        }
        format!("{shortest}=> step {}: {}", failure.step, failure.why)
    }
}

/// The step with one thing less.
fn smaller(step: &Step) -> Vec<Step> {
    let mut found = Vec::new();
    for (at, exchange) in step.exchanges.iter().enumerate() {
        if step.exchanges.len() > 1 {
            let mut less = step.clone();
            less.exchanges.remove(at);
            found.push(less);
        }
        for place in 0..exchange.statements().len() {
            if let Some(less) = exchange.without(place) {
                let mut step = step.clone();
                step.exchanges[at] = less;
                found.push(step);
            }
        }
    }
    found
}

/// The tables behind a step.
#[derive(Debug)]
struct Mark {
    step: usize,
    /// Where the log was.
    at: u64,
    tables: Tables,
    /// The step is one statement, outside a block.
    single: bool,
}

/// One owner's connections.
struct Player {
    owner: u64,
    pairs: Vec<Pair>,
    guarded: Client,
    mirror: Client,
    /// Nobody else writes.
    alone: bool,
}

impl Player {
    fn play(mut self, script: &[Step]) -> Result<(Counted, Vec<Mark>), Failure> {
        let mut counted = Counted::new();
        let mut marks = vec![self.mark(0, false)];
        for (at, step) in script.iter().enumerate() {
            let owner = self.owner;
            let fails = |why| Failure { owner: Some(owner), step: at, why };
            let single = self.pairs[step.by].status == 'I' && step.statements() == 1;
            let others_failed = self.pairs.iter().enumerate().any(|(by, pair)| by != step.by && pair.status == 'E');
            let outcomes = self.pairs[step.by].play(step, others_failed).map_err(fails)?;
            outcomes.iter().for_each(|outcome| *counted.entry(*outcome).or_default() += 1);
            if self.pairs[step.by].status == 'I' {
                let mark = self.mark(at, single);
                let done = Tables::of(&mut self.mirror, (!self.alone).then_some(self.owner));
                if mark.tables != done {
                    return Err(fails(format!("the tables differ: {:?}\ndirectly: {done:?}", mark.tables)));
                }
                marks.push(mark);
            }
        }
        Ok((counted, if self.alone { marks } else { Vec::new() }))
    }

    fn mark(&mut self, step: usize, single: bool) -> Mark {
        let tables = Tables::of(&mut self.guarded, (!self.alone).then_some(self.owner));
        let at = self.guarded.value("SELECT pg_current_wal_insert_lsn() - '0/0'").parse().unwrap();
        Mark { step, at, tables, single }
    }
}
