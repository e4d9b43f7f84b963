//! Statements by a grammar: every kind of them, most about the tables of `fixture.sql`, most of them well-typed.

mod change;
mod expression;
mod utility;

use crate::choices::Choices;
use expression::Scope;

/// A generator at work on one text.
pub struct Grammar<'c> {
    pub choices: &'c mut Choices,
    /// How much deeper it may nest.
    room: usize,
    /// WITH queries in sight.
    with: Vec<&'static str>,
}

/// The names of WITH queries: some hide a table.
const WITH: [&str; 4] = ["x", "y", "part", "item"];

/// A text of one statement or a few, and how many.
pub fn text(choices: &mut Choices) -> String {
    let mut grammar = Grammar { choices, room: 5, with: Vec::new() };
    let count = [1, 1, 1, 1, 1, 1, 2, 3][grammar.choices.below(8)];
    let statements: Vec<String> = (0..count).map(|_| grammar.statement()).collect();
    let mut text = statements.join("; ");
    if grammar.choices.chance(10) {
        text = crate::disguise::respaced(grammar.choices, &text).unwrap_or(text);
    }
    if grammar.choices.chance(5) {
        text = mangled(grammar.choices, &text);
    }
    text
}

/// A text of one thing many times over, or inside itself.
pub fn deep(choices: &mut Choices) -> String {
    const NESTS: [(&str, &str, &str); 29] = [
        ("DELETE FROM item WHERE ", "(", ")"),
        ("DELETE FROM item WHERE ", "NOT ", ""),
        ("DELETE FROM item WHERE ", "id = 1 OR (", ")"),
        ("DELETE FROM item WHERE ", "id = 1 AND NOT (", ")"),
        ("DELETE FROM item WHERE ", "coalesce(", ", false)"),
        ("DELETE FROM item WHERE ", "CASE WHEN ", " THEN true ELSE false END"),
        ("DELETE FROM item WHERE ", "id IN (SELECT id FROM part WHERE ", ")"),
        ("DELETE FROM item WHERE ", "EXISTS (SELECT 1 FROM part p WHERE p.id = item.id AND ", ")"),
        ("DELETE FROM item WHERE ", "(SELECT ", ")"),
        ("DELETE FROM item WHERE ", "(true = ", ")"),
        ("SELECT ", "ARRAY[", "]"),
        ("SELECT ", "- ", ""),
        ("SELECT ", "abs(", ")"),
        ("", "EXPLAIN ", ""),
        ("", "WITH x AS (", ") SELECT * FROM x"),
        ("", "SELECT * FROM (", ") q"),
        ("", "SELECT 1 UNION ", ""),
        ("", "(", ")"),
        ("", "/*", "*/"),
        ("SELECT * FROM a ", "JOIN b ON ", ""),
        ("SELECT ", "row(", ", 1)"),
        ("SELECT ", "CAST(", " AS text)"),
        ("SELECT ", "+", ""),
        ("SELECT 1 ", "=", ""),
        ("SELECT ", "$a", ""),
        ("SELECT $a$ ", "$b", "$a$"),
        ("SELECT ", "1 COLLATE \"C\" OPERATOR(pg_catalog.+) ", ""),
        ("SELECT ", "$$a$$ ", ""),
        ("SELECT ", "U&\"\\0061\".", ""),
    ];
    const LISTS: [(&str, &str, &str); 10] = [
        ("SELECT 1", ";SELECT 1", ""),
        ("DELETE FROM item WHERE id IN (1", ", 1", ")"),
        ("INSERT INTO item VALUES (1, 'a')", ", (1, 'a')", ""),
        ("DELETE FROM item WHERE id = 1", " OR id = 1", ""),
        ("DELETE FROM item WHERE id = 1", " AND id <> 1", ""),
        ("SELECT 1", " + 1", ""),
        ("SELECT 'a", "''", "'"),
        ("SELECT * FROM a", ", a", " WHERE true"),
        ("UPDATE item SET n = 1", ", n = n + 1", " WHERE id = 1"),
        ("DELETE FROM item USING part p", " JOIN part USING (id)", " WHERE item.id = p.id"),
    ];
    let times = [10, 100, 1_000, 5_000, 20_000][choices.below(5)];
    if choices.chance(50) {
        let (head, unit, tail) = choices.one_of(&LISTS);
        return format!("{head}{}{tail}", unit.repeat(times));
    }
    let (head, open, close) = choices.one_of(&NESTS);
    let core = choices.one_of(&["id = 1", "true", "SELECT 1", "1", ""]);
    format!("{head}{}{core}{}", open.repeat(times), close.repeat(times))
}

/// The text with some of its bytes changed, still UTF-8.
fn mangled(choices: &mut Choices, text: &str) -> String {
    const SIGNS: &[u8] = b"'\"$;()-/*\\\0\n, .=%:[]{}@!|&^~<>aAuUeE0\t\xc3";
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=choices.below(4) {
        let at = choices.below(bytes.len().max(1));
        match choices.below(5) {
            0 if at < bytes.len() => drop(bytes.remove(at)),
            1 => bytes.insert(at.min(bytes.len()), choices.one_of(SIGNS)),
            2 if at < bytes.len() => bytes[at] = choices.one_of(SIGNS),
            3 => bytes.truncate(at),
            _ => {
                let part = bytes[at.min(bytes.len())..].to_vec();
                let to = choices.below(bytes.len().max(1));
                bytes.splice(to..to, part);
            }
        }
        bytes.truncate(20_000);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Grammar<'_> {
    /// One of these texts.
    fn any(&mut self, all: &[&'static str]) -> &'static str {
        self.choices.one_of(all)
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.choices.chance(percent)
    }

    /// Goes one deeper, or takes what needs no room.
    fn deeper<T>(&mut self, shallow: impl FnOnce(&mut Self) -> T, deep: impl FnOnce(&mut Self) -> T) -> T {
        if self.room == 0 {
            return shallow(self);
        }
        self.room -= 1;
        let made = deep(self);
        self.room += 1;
        made
    }

    fn statement(&mut self) -> String {
        match self.choices.branch(&[20, 30, 22, 10, 4, 12, 12]) {
            0 => self.select(),
            1 => self.delete(),
            2 => self.update(),
            3 => self.insert(),
            4 => self.merge(),
            5 => self.wrapped(),
            _ => self.utility(),
        }
    }

    /// A SELECT of any columns.
    fn select(&mut self) -> String {
        let with = self.with_clause();
        let mut scope = Scope::default();
        let from = if self.chance(90) { format!(" FROM {}", self.sources(&mut scope)) } else { String::new() };
        let what = match self.choices.below(4) {
            0 => "*".to_owned(),
            1 => "count(*)".to_owned(),
            2 => self.value(&scope),
            _ => self.side_effect(),
        };
        let filter = self.filter(&scope);
        let tail = self.any(&[
            "",
            "",
            "",
            "",
            " LIMIT 5",
            " ORDER BY 1",
            " FOR UPDATE",
            " OFFSET 1",
            " FOR SHARE SKIP LOCKED",
        ]);
        self.without_with(with, format!("SELECT {what}{from}{filter}{tail}"))
    }

    /// What a query may do beside reading: functions of users', settings, text that is run.
    fn side_effect(&mut self) -> String {
        let all = [
            "calm(3)",
            "wipe()",
            "wipe(1)",
            "burn()",
            "(SELECT wiped FROM wiping)",
            "3 <~> 3",
            "'a' <!> 3",
            "3::wiping_int",
            "CAST(3 AS wiping_int)",
            "nextval('counter')",
            "setval('counter', 1)",
            "set_config('work_mem', '4MB', false)",
            "set_config('transaction_read_only', 'off', false)",
            "set_config('default_transaction_read_only', 'off', false)",
            "query_to_xml('SELECT wipe()', true, true, '')",
            "query_to_xml('DELETE FROM part', true, true, '')",
            "table_to_xml('wiping', true, true, '')",
            "pg_notify('a', 'b')",
            "lo_create(0)",
            "current_setting('work_mem')",
            "pg_advisory_xact_lock(1)",
            "cursor_to_xml('c', 10, true, true, '')",
            "ts_rewrite('a', 'SELECT ''a''::tsquery, ''b''::tsquery')",
        ];
        self.any(&all).to_owned()
    }

    fn filter(&mut self, scope: &Scope) -> String {
        if self.chance(80) { format!(" WHERE {}", self.predicate(scope)) } else { String::new() }
    }

    /// A WITH clause or nothing; its names are in sight until `without_with`.
    fn with_clause(&mut self) -> (String, usize) {
        if self.room == 0 || !self.chance(20) {
            return (String::new(), 0);
        }
        let count = 1 + self.choices.below(2);
        let mut parts = Vec::new();
        for _ in 0..count {
            let name = self.any(&WITH);
            let body = self.deeper(
                |_| "SELECT * FROM item".to_owned(),
                |g| match g.choices.branch(&[60, 12, 12, 8, 8]) {
                    0 => {
                        let mut scope = Scope::default();
                        let table = g.table();
                        scope.add(table.1);
                        let filter = g.filter(&scope);
                        let limit = g.any(&["", "", "", " LIMIT 3", " LIMIT 1000000"]);
                        format!("SELECT {}.* FROM {}{filter}{limit}", table.1, table.0)
                    }
                    1 => g.delete() + " RETURNING *",
                    2 => g.update() + " RETURNING *",
                    3 => "SELECT g AS id, g AS n, 'a' AS code FROM generate_series(1, 20) g".to_owned(),
                    _ => "VALUES (1, 'a'), (2, 'b')".to_owned(),
                },
            );
            let materialized = self.any(&["", "", "MATERIALIZED ", "NOT MATERIALIZED "]);
            parts.push(format!("{name} AS {materialized}({body})"));
            self.with.push(name);
        }
        let recursive = if self.chance(10) { "RECURSIVE " } else { "" };
        (format!("WITH {recursive}{} ", parts.join(", ")), count)
    }

    fn without_with(&mut self, with: (String, usize), rest: String) -> String {
        self.with.truncate(self.with.len() - with.1);
        with.0 + &rest
    }
}
