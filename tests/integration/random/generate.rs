//! The statements of a script.

use super::script::{CopyIn, Exchange, Random, Statement, Step, Unit};

/// The tables, a principal and a keeper of counts. Every row is an owner's: owners never meet, so that what they do at
/// the same time has one outcome.
pub const SCHEMA: &str = "\
    CREATE TABLE totals (owner int PRIMARY KEY, n int NOT NULL);
    CREATE TABLE log (owner int, what text, n int);
    CREATE TABLE parents (owner int, id int PRIMARY KEY, v int CHECK (v >= 0));
    CREATE TABLE children (owner int, id int PRIMARY KEY, parent int REFERENCES parents ON DELETE CASCADE, v int);
    CREATE INDEX ON children (parent);
    CREATE TABLE later (owner int, id int PRIMARY KEY, parent int REFERENCES parents DEFERRABLE INITIALLY DEFERRED,
        u int, UNIQUE (u) DEFERRABLE INITIALLY DEFERRED);
    CREATE TABLE events (owner int, id int, k int, v int, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
    CREATE TABLE events_0 PARTITION OF events FOR VALUES IN (0);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);
    CREATE TABLE events_2 PARTITION OF events FOR VALUES IN (2);
    CREATE TABLE few (owner int, id int PRIMARY KEY, v int);
    CREATE TABLE many (owner int, id int PRIMARY KEY, v int);
    CREATE FUNCTION logs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO log VALUES (NEW.owner, TG_OP || ' ' || TG_TABLE_NAME, NEW.v); RETURN NEW; END $$;
    CREATE TRIGGER logs AFTER INSERT OR UPDATE ON parents FOR EACH ROW EXECUTE FUNCTION logs();
    CREATE FUNCTION totals() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'INSERT' THEN UPDATE totals SET n = n + 1 WHERE owner = NEW.owner; RETURN NEW; END IF;
        UPDATE totals SET n = n - 1 WHERE owner = OLD.owner; RETURN OLD; END $$;
    CREATE TRIGGER totals AFTER INSERT OR DELETE ON children FOR EACH ROW EXECUTE FUNCTION totals();
    CREATE FUNCTION afterwards() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.u % 7 = 3 THEN UPDATE many SET v = v + 1 WHERE owner = NEW.owner AND id % 8 = 0; END IF;
        INSERT INTO log VALUES (NEW.owner, 'later', NEW.u); RETURN NEW; END $$;
    CREATE CONSTRAINT TRIGGER afterwards AFTER INSERT OR UPDATE ON later DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION afterwards();
    CREATE FUNCTION touches(o int) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN
        UPDATE many SET v = v + 1 WHERE owner = o AND id % 50 = 0; RETURN 1; END $$;
    CREATE FUNCTION fills(o int) RETURNS void LANGUAGE sql AS $$
        INSERT INTO totals VALUES (o, 120);
        INSERT INTO parents SELECT o, o * 1000 + i, i % 9 FROM generate_series(1, 60) i;
        INSERT INTO children SELECT o, o * 1000 + i, o * 1000 + 1 + i % 60, i FROM generate_series(1, 120) i;
        INSERT INTO later SELECT o, o * 1000 + i, o * 1000 + i, o * 10000 + 10 * i FROM generate_series(1, 20) i;
        INSERT INTO events SELECT o, o * 1000 + i, i % 3, i FROM generate_series(1, 150) i;
        INSERT INTO few SELECT o, o * 1000 + i, i FROM generate_series(1, 4) i;
        INSERT INTO many SELECT o, o * 1000 + i, i FROM generate_series(1, 300) i $$;";

/// The tables whose rows are compared.
pub const TABLES: [&str; 8] = ["totals", "log", "parents", "children", "later", "events", "few", "many"];

/// Makes an owner's statements.
#[derive(Debug)]
pub struct Author {
    random: Random,
    owner: u64,
    /// Whether each connection is in a transaction block, where nothing went wrong.
    open: Vec<bool>,
    bulk: bool,
}

impl Author {
    /// `bulk` is COPY FROM STDIN, which not every preset allows.
    pub fn new(seed: u64, owner: u64, connections: usize, bulk: bool) -> Self {
        Self { random: Random(seed), owner, open: vec![false; connections], bulk }
    }

    /// So many statements, a few more at the most.
    pub fn script(mut self, statements: usize) -> Vec<Step> {
        let (mut steps, mut count) = (Vec::new(), 0);
        while count < statements {
            let step = self.step();
            count += step.statements();
            steps.push(step);
        }
        for by in 0..self.open.len() {
            steps.push(Step { by, exchanges: vec![Exchange::Query(vec![Statement::new("ROLLBACK")])] });
        }
        steps
    }

    fn step(&mut self) -> Step {
        let by = usize::try_from(self.random.below(self.open.len() as u64)).unwrap();
        let exchanges = 1 + self.random.weighed(&[80, 12, 5, 3]);
        let exchanges = (0..exchanges).map(|_| self.exchange(by)).collect();
        Step { by, exchanges }
    }

    fn exchange(&mut self, by: usize) -> Exchange {
        if self.random.chance(50) {
            let statements = 1 + self.random.weighed(&[65, 15, 10, 7, 3]);
            let mut all: Vec<_> = (0..statements).map(|_| self.any(by, false)).collect();
            // Run part by part, these may come behind another statement; directly they may not.
            for statement in all.iter_mut().filter(|one| statements > 1 && one.sql.starts_with("BEGIN ISOLATION")) {
                statement.sql = "BEGIN".into();
            }
            if statements > 1 {
                // No answer tells an empty statement among others. Run part by part, a DECLARE is not in the implicit block of
                // the text.
                let parts = all.iter().any(Statement::controls);
                all.retain(|one| !(one.sql.is_empty() || parts && one.sql.starts_with("DECLARE")));
            }
            if all.is_empty() {
                all.push(Statement::new("SELECT 1"));
            }
            Exchange::Query(all)
        } else {
            let units = 1 + self.random.weighed(&[45, 20, 15, 10, 10]);
            let mut all: Vec<_> = (0..units).map(|_| self.unit(by)).collect();
            // Known: beside a COPY, what the run's own ROLLBACK undid is objected to.
            if all.iter().any(|unit| unit.statement.controls()) {
                all.retain(|unit| unit.statement.copy.is_none());
            }
            Exchange::Run(all)
        }
    }

    fn unit(&mut self, by: usize) -> Unit {
        let statement = self.any(by, true);
        let random = &mut self.random;
        let name = if statement.copy.is_none() && !statement.controls() && random.chance(15) {
            random.one_of(&["p0", "p1", "p2"])
        } else {
            ""
        };
        let again = !name.is_empty() && random.chance(50);
        let statement = if again && random.chance(90) {
            Statement { sql: "(prepared before)".into(), values: statement.values, copy: None, ordered: false }
        } else {
            statement
        };
        Unit {
            name,
            again,
            portal: if random.chance(10) { random.one_of(&["c0", "c1"]) } else { "" },
            describe: random.chance(70),
            first: if statement.ordered && random.chance(40) { 1 + u32::try_from(random.below(4)).unwrap() } else { 0 },
            flush: random.chance(15),
            parse_only: false,
            statement,
        }
    }

    fn any(&mut self, by: usize, extended: bool) -> Statement {
        let open = self.open[by];
        match self.random.weighed(&[if open { 24 } else { 12 }, 16, 3, 46, 9, 4, if extended { 12 } else { 0 }, 4]) {
            0 => self.control(by),
            1 => self.read(),
            2 => self.fails(),
            3 => self.write(),
            4 => self.returning(),
            5 if self.bulk => self.copy(),
            6 => self.with_parameters(),
            _ => self.session(),
        }
    }

    fn control(&mut self, by: usize) -> Statement {
        let random = &mut self.random;
        let savepoint = random.one_of(&["a", "b"]);
        let open = &mut self.open[by];
        if !*open && random.chance(90) {
            *open = true;
            let begin = [
                "BEGIN",
                "BEGIN",
                "START TRANSACTION",
                "BEGIN READ WRITE",
                "BEGIN ISOLATION LEVEL READ COMMITTED",
                "BEGIN ISOLATION LEVEL REPEATABLE READ",
            ];
            return Statement::new(random.one_of(&begin));
        }
        let sql = match random.weighed(&[30, 14, 22, 16, 5, 3, 3, 5, 3]) {
            0 => random.one_of(&["COMMIT", "COMMIT", "END", "COMMIT WORK"]).into(),
            1 => random.one_of(&["ROLLBACK", "ROLLBACK", "ABORT"]).into(),
            2 => return Statement::new(format!("SAVEPOINT {savepoint}")),
            3 => return Statement::new(format!("ROLLBACK TO {savepoint}")),
            4 => return Statement::new(format!("RELEASE {savepoint}")),
            5 => return Statement::new("COMMIT AND CHAIN"),
            6 => return Statement::new("ROLLBACK AND CHAIN"),
            7 => return Statement::new("SET CONSTRAINTS ALL IMMEDIATE"),
            _ => return Statement::new("SET CONSTRAINTS ALL DEFERRED"),
        };
        *open = false;
        Statement { sql, ..Statement::default() }
    }

    /// A range of keys: often one, sometimes more than the limits allow.
    fn range(&mut self, rows: u64) -> String {
        let random = &mut self.random;
        let width = [0, 2, 7, rows / 3, rows][random.weighed(&[55, 20, 12, 8, 2])];
        let from = self.owner * 1000 + 1 + random.below(rows);
        let owner = self.owner;
        if width == 0 {
            format!("owner = {owner} AND id = {from}")
        } else {
            format!("owner = {owner} AND id BETWEEN {from} AND {}", from + width)
        }
    }

    /// A key that may be taken.
    fn key(&mut self, rows: u64) -> u64 {
        self.owner * 1000 + 1 + self.random.below(rows * 3)
    }

    fn read(&mut self) -> Statement {
        let owner = self.owner;
        let (table, range) = match self.random.below(3) {
            0 => ("parents", self.range(60)),
            1 => ("events", self.range(150)),
            _ => ("many", self.range(300)),
        };
        let ordered = |sql: String| Statement { sql, ordered: true, ..Statement::default() };
        match self.random.below(8) {
            0 => Statement::new("SELECT 1"),
            1 => Statement::new(format!("SELECT count(*), sum(v) FROM {table} WHERE {range}")),
            2 => ordered(format!("SELECT id, v FROM {table} WHERE {range} ORDER BY id")),
            3 => ordered(format!("SELECT what, count(*) FROM log WHERE owner = {owner} GROUP BY what ORDER BY what")),
            4 => Statement::new(format!("SELECT v FROM {table} WHERE {range} ORDER BY id FOR UPDATE")),
            5 => Statement::new(format!("SELECT n FROM totals WHERE owner = {owner}")),
            6 => Statement::new(format!("COPY (SELECT id, v FROM {table} WHERE {range} ORDER BY id) TO STDOUT")),
            _ => Statement::new(self.random.one_of(&[
                "SHOW transaction_isolation",
                "SHOW transaction_read_only",
                "SHOW lock_timeout",
                "VALUES (1), (2)",
                "TABLE few LIMIT 0",
            ])),
        }
    }

    fn fails(&mut self) -> Statement {
        let owner = self.owner;
        let key = self.key(60);
        match self.random.below(10) {
            9 => Statement::new(format!("SELECT touches({owner})")),
            0 => Statement::new("SELECT 1/0"),
            1 => Statement::new("SELEC 1"),
            2 => Statement::new("SELECT nothing FROM nowhere"),
            3 => Statement::new(format!("INSERT INTO parents VALUES ({owner}, {key}, -1)")),
            4 => Statement::new(format!("UPDATE many SET v = 1 / (id - {owner}150) WHERE {}", self.range(300))),
            5 => Statement::new(format!("UPDATE parents SET v = v - 5 WHERE {}", self.range(60))),
            6 => Statement::new(format!("INSERT INTO events VALUES ({owner}, {key}, 7, 0)")),
            7 => Statement::new(format!("INSERT INTO children VALUES ({owner}, {key}, -5, 0)")),
            _ => Statement::new("INSERT INTO few VALUES (1)"),
        }
    }

    fn write(&mut self) -> Statement {
        let owner = self.owner;
        let (parent, event) = (self.key(60), self.key(150));
        let of = owner * 1000 + 1 + self.random.below(62);
        let v = self.random.below(40);
        let k = self.random.below(3);
        let few = 1 + self.random.weighed(&[60, 20, 10, 6, 4]) * 3;
        let sql = match self.random.below(24) {
            0 => format!("INSERT INTO parents VALUES ({owner}, {parent}, {v})"),
            1 => format!("INSERT INTO parents SELECT {owner}, {parent} + i, i FROM generate_series(0, {few}) i"),
            2 => format!("INSERT INTO parents VALUES ({owner}, {parent}, {v}) ON CONFLICT (id) DO UPDATE SET v = {v}"),
            3 => format!("INSERT INTO parents VALUES ({owner}, {parent}, {v}) ON CONFLICT DO NOTHING"),
            4 => format!("INSERT INTO children VALUES ({owner}, {event}, {of}, {v})"),
            5 => format!(
                "INSERT INTO children SELECT {owner}, {event} + i, {of}, i FROM generate_series(0, {few}) i \
                 ON CONFLICT DO NOTHING"
            ),
            6 | 7 => format!("UPDATE parents SET v = v + 1 WHERE {}", self.range(60)),
            8 => format!("UPDATE children SET parent = {of} WHERE {}", self.range(120)),
            9 | 10 => format!("DELETE FROM parents WHERE {}", self.range(60)),
            11 => format!("DELETE FROM children WHERE {}", self.range(120)),
            12 => format!("INSERT INTO later VALUES ({owner}, {event}, {of}, {})", parent * 10 + v % 3),
            13 => format!("UPDATE later SET u = {owner}00{v}, parent = {of} WHERE {}", self.range(20)),
            14 => format!("DELETE FROM later WHERE {}", self.range(20)),
            15 => format!("INSERT INTO events VALUES ({owner}, {event}, {k}, {v})"),
            16 => format!("UPDATE events SET k = {k} WHERE {}", self.range(150)),
            17 => format!("DELETE FROM events WHERE {}", self.range(150)),
            18 => format!("DELETE FROM few WHERE {}", self.range(4)),
            19 => format!("INSERT INTO few VALUES ({owner}, {}, {v}) ON CONFLICT DO NOTHING", self.key(4)),
            20 => format!("UPDATE many SET v = v + 1 WHERE {}", self.range(300)),
            21 => format!("DELETE FROM log WHERE owner = {owner} AND n = {v}"),
            22 => format!(
                "MERGE INTO few USING (VALUES ({})) AS s(id) ON few.id = s.id WHEN MATCHED THEN UPDATE SET v = {v} \
                 WHEN NOT MATCHED THEN INSERT VALUES ({owner}, s.id, 0)",
                self.key(4)
            ),
            _ => format!(
                "WITH gone AS (DELETE FROM events WHERE {} RETURNING id) \
                 INSERT INTO log SELECT {owner}, 'gone', id FROM gone",
                self.range(150)
            ),
        };
        Statement::new(sql)
    }

    fn returning(&mut self) -> Statement {
        let owner = self.owner;
        let v = self.random.below(40);
        let key = self.key(60);
        Statement::new(match self.random.below(5) {
            0 => format!("INSERT INTO parents VALUES ({owner}, {key}, {v}) RETURNING id, v"),
            1 => format!("UPDATE parents SET v = {v} WHERE {} RETURNING *", self.range(60)),
            2 => format!("DELETE FROM children WHERE {} RETURNING id, parent", self.range(120)),
            3 => format!("UPDATE events SET k = (k + 1) % 3 WHERE {} RETURNING id, k", self.range(150)),
            _ => format!("DELETE FROM many WHERE {} RETURNING id", self.range(300)),
        })
    }

    fn copy(&mut self) -> Statement {
        let owner = self.owner;
        let rows = [0, 1, 3, 9, 30][self.random.weighed(&[5, 30, 30, 20, 15])];
        let mut data: String = (0..rows).map(|_| format!("{owner}\t{}\t{}\n", self.key(300), 1)).collect();
        if self.random.chance(15) {
            data.push_str("not\ta row\n");
        }
        let table = self.random.one_of(&["parents", "many", "few"]);
        let copy = CopyIn { data, fails: self.random.chance(20) };
        Statement { sql: format!("COPY {table} FROM STDIN"), copy: Some(copy), ..Statement::default() }
    }

    fn with_parameters(&mut self) -> Statement {
        let owner = self.owner;
        let key = self.key(60);
        let (sql, mut values) = match self.random.below(5) {
            0 => ("UPDATE parents SET v = v + $1 WHERE id = $2", vec![1, key]),
            1 => ("SELECT id, v FROM events WHERE id BETWEEN $1 AND $2 ORDER BY id", vec![key, key + 9]),
            2 => ("DELETE FROM children WHERE id = $1", vec![key]),
            3 => ("INSERT INTO children VALUES ($1, $2, $3, 0)", vec![owner, key + 100, owner * 1000 + key % 61]),
            _ => ("UPDATE many SET v = 100 / $1 WHERE id BETWEEN $2 AND $3", vec![self.random.below(5), key, key + 8]),
        };
        if self.random.chance(5) {
            values.pop();
        }
        let mut values: Vec<String> = values.iter().map(ToString::to_string).collect();
        if self.random.chance(5) {
            values.iter_mut().for_each(|value| *value = "none".into());
        }
        Statement { sql: sql.into(), values, copy: None, ordered: sql.starts_with("SELECT") }
    }

    fn session(&mut self) -> Statement {
        let owner = self.owner;
        let key = self.key(60);
        let name = self.random.one_of(&["s0", "s1"]);
        let range = self.range(60);
        Statement::new(match self.random.below(13) {
            0 => format!("PREPARE {name} (int) AS UPDATE parents SET v = v + $1 WHERE {range}"),
            1 => format!("PREPARE {name} (int) AS SELECT v + $1 FROM parents WHERE {range} ORDER BY id"),
            2 | 3 => format!("EXECUTE {name}(1)"),
            4 => format!("DEALLOCATE {name}"),
            5 => format!("DECLARE {name} CURSOR FOR SELECT id, v FROM parents WHERE {range} ORDER BY id"),
            6 | 7 => format!("FETCH 2 FROM {name}"),
            8 => format!("CLOSE {name}"),
            9 => format!("CREATE TEMP TABLE IF NOT EXISTS {name} (id int PRIMARY KEY, v int)"),
            10 => format!("INSERT INTO pg_temp.{name} VALUES ({key}, {owner})"),
            11 => format!("DELETE FROM pg_temp.{name} WHERE id > {key}"),
            _ => String::new(),
        })
    }
}
