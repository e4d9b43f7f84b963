//! Values and predicates over the columns in sight.

use super::Grammar;

/// The columns of `item` and `part`, by type.
const INT: [&str; 3] = ["id", "n", "parent"];
const TEXT: [&str; 2] = ["code", "name"];
const TIME: [&str; 2] = ["made", "due"];

/// The relations whose columns can be named, by their aliases.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    aliases: Vec<&'static str>,
}

impl Scope {
    pub fn add(&mut self, alias: &'static str) {
        self.aliases.push(alias);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Int,
    Text,
    Time,
    Number,
    Bool,
}

const TYPES: [Type; 5] = [Type::Int, Type::Text, Type::Time, Type::Number, Type::Bool];

impl Grammar<'_> {
    /// A table and the name its columns go by.
    pub fn table(&mut self) -> (String, &'static str) {
        let table =
            self.any(&["item", "part", "item", "part", "public.item", "whole", "visible", "ONLY item", "empty", "x"]);
        match self.choices.below(3) {
            0 if table == "whole" || table == "visible" || table == "part" || table == "empty" || table == "x" => {
                (table.to_owned(), table)
            }
            0 => (table.to_owned(), if table == "part" { "part" } else { "item" }),
            _ => {
                let alias = self.any(&["a", "b", "c", "d", "item", "part"]);
                (format!("{table} {}{alias}", self.any(&["", "AS "])), alias)
            }
        }
    }

    /// A FROM list.
    pub fn sources(&mut self, scope: &mut Scope) -> String {
        let (mut text, alias) = self.source();
        scope.add(alias);
        for _ in 0..[0, 0, 0, 1, 1, 2][self.choices.below(6)] {
            let (next, alias) = self.source();
            scope.add(alias);
            let condition = self.deeper(|_| "true".to_owned(), |g| g.predicate(&scope.clone()));
            match self.choices.below(5) {
                0 => text = format!("{text}, {next}"),
                1 => text = format!("{text} JOIN {next} ON {condition}"),
                2 => text = format!("{text} LEFT JOIN {next} ON {condition}"),
                3 => text = format!("{text} JOIN {next} USING (id)"),
                _ => text = format!("{text} {} JOIN {next}", self.any(&["CROSS", "NATURAL"])),
            }
        }
        text
    }

    fn source(&mut self) -> (String, &'static str) {
        match self.choices.branch(&[70, 12, 6, 6, 6]) {
            0 => self.table(),
            1 => {
                let alias = self.any(&["s", "r"]);
                let query = self.deeper(|_| "SELECT * FROM part".to_owned(), |g| g.sub_select("*", &Scope::default()));
                (format!("({query}) {alias}"), alias)
            }
            2 => ("(VALUES (1, 2, 'a'), (8, 9, 'b')) v(id, n, code)".to_owned(), "v"),
            3 => ("generate_series(1, 20) AS id".to_owned(), "id"),
            _ => ("LATERAL (SELECT * FROM part) l".to_owned(), "l"),
        }
    }

    /// SELECT of these columns, from tables of its own; those around are in sight.
    fn sub_select(&mut self, columns: &str, outer: &Scope) -> String {
        let mut scope = outer.clone();
        let table = self.table();
        scope.add(table.1);
        let filter = self.filter(&scope);
        let columns = if columns == "*" { "*".to_owned() } else { self.column_of(table.1, columns) };
        let tail = self.any(&[
            "",
            "",
            "",
            "",
            "",
            " LIMIT 1",
            " LIMIT 1000000",
            " OFFSET 0",
            " ORDER BY 1",
            " LIMIT NULL",
            " OFFSET 1",
        ]);
        format!("SELECT {}{columns} FROM {}{filter}{tail}", self.any(&["", "", "", "DISTINCT ", "ALL "]), table.0)
    }

    fn column_of(&mut self, alias: &str, column: &str) -> String {
        match self.choices.below(3) {
            0 => column.to_owned(),
            _ => format!("{alias}.{column}"),
        }
    }

    /// A value of any type.
    pub fn value(&mut self, scope: &Scope) -> String {
        let kind = self.choices.one_of(&TYPES);
        self.typed(kind, scope)
    }

    fn column(&mut self, kind: Type, scope: &Scope) -> String {
        let name = match kind {
            Type::Int => self.any(&INT),
            Type::Text => self.any(&TEXT),
            Type::Time => self.any(&TIME),
            Type::Number => "price",
            Type::Bool => "active",
        };
        let alias = scope.aliases.get(self.choices.below(scope.aliases.len())).copied();
        match alias {
            // An unqualified name is ambiguous in a join; the target comes first.
            Some(alias) if scope.aliases.len() > 1 || self.chance(30) => format!("{alias}.{name}"),
            Some(_) => name.to_owned(),
            None => self.constant(kind),
        }
    }

    fn constant(&mut self, kind: Type) -> String {
        let text = match kind {
            Type::Int => self.any(&[
                "1",
                "0",
                "-1",
                "8",
                "9",
                "-2147483648",
                "2147483647",
                "NULL",
                "1000000",
                "+0",
                "'8'",
                "8::bigint",
                "0x10",
                "1_000",
            ]),
            Type::Text => self.any(&[
                "'a9'",
                "''",
                "'%'",
                "'zzz'",
                "NULL",
                "'A' || '9'",
                "E'\\n'",
                "U&'\\0061'",
                "$$a$$",
                "'~~~'::text",
                "'_%'",
            ]),
            Type::Time => self.any(&[
                "now()",
                "'2020-01-01'",
                "'infinity'",
                "'-infinity'",
                "NULL",
                "current_date",
                "now() - interval '30 days'",
                "'epoch'",
                "timestamptz '2021-05-05'",
                "now() + interval '1000 years'",
                "to_timestamp(0)",
            ]),
            Type::Number => self.any(&[
                "1.5",
                "0",
                "-3",
                "'NaN'",
                "'Infinity'",
                "NULL",
                "1e10",
                "random()",
                "pi()::numeric",
                "'-Infinity'::numeric",
            ]),
            Type::Bool => {
                self.any(&["true", "false", "NULL", "'t'", "'yes'::bool", "1::bool", "'off'::boolean", "NULL::bool"])
            }
        };
        text.to_owned()
    }

    fn typed(&mut self, kind: Type, scope: &Scope) -> String {
        let simple = |g: &mut Self| if g.chance(60) { g.column(kind, scope) } else { g.constant(kind) };
        if self.chance(60) {
            return simple(self);
        }
        self.deeper(simple, |g| g.compound(kind, scope))
    }

    fn compound(&mut self, kind: Type, scope: &Scope) -> String {
        let same = |g: &mut Self| g.typed(kind, scope);
        match self.choices.below(8) {
            0 => format!("coalesce({}, {})", same(self), same(self)),
            1 => format!("CASE WHEN {} THEN {} ELSE {} END", self.predicate(scope), same(self), same(self)),
            2 => format!("nullif({}, {})", same(self), same(self)),
            3 => {
                let column = match kind {
                    Type::Int => self.any(&INT),
                    Type::Text => self.any(&TEXT),
                    Type::Time => self.any(&TIME),
                    Type::Number => "price",
                    Type::Bool => "active",
                };
                let query = self.sub_select(column, scope);
                format!("({query} LIMIT 1)").replace(" LIMIT 1 LIMIT 1", " LIMIT 1")
            }
            4 => format!("{}({}, {})", self.any(&["greatest", "least"]), same(self), same(self)),
            5 => {
                let aggregate = self.any(&["max", "min", "count", "max"]);
                let (column, aggregate) = match kind {
                    Type::Int => (self.any(&INT), aggregate),
                    Type::Text => (self.any(&TEXT), self.any(&["max", "min"])),
                    Type::Time => (self.any(&TIME), self.any(&["max", "min"])),
                    Type::Number => ("price", self.any(&["avg", "sum", "count"])),
                    Type::Bool => ("active", self.any(&["bool_or", "bool_and", "every"])),
                };
                let mut inner = scope.clone();
                let table = self.table();
                inner.add(table.1);
                let filter = self.filter(&inner);
                format!("(SELECT {aggregate}({}.{column}) FROM {}{filter})", table.1, table.0)
            }
            6 => format!("({})", same(self)),
            _ => self.special(kind, scope),
        }
    }

    fn special(&mut self, kind: Type, scope: &Scope) -> String {
        let one = self.typed(kind, scope);
        match kind {
            Type::Int => match self.choices.below(9) {
                0 => {
                    format!("{one} {} {}", self.any(&["+", "-", "*", "&", "|", "#", "%", "/"]), self.typed(kind, scope))
                }
                1 => format!("-{one}"),
                2 => format!("abs({one})"),
                3 => format!("length({})", self.typed(Type::Text, scope)),
                4 => format!("({one})::bigint"),
                5 => format!("sign({one})"),
                6 => format!("mod({one}, 2)"),
                7 => format!("{one} * 0"),
                _ => format!("hashtext({})", self.typed(Type::Text, scope)),
            },
            Type::Text => match self.choices.below(9) {
                0 => format!(
                    "{}({one})",
                    self.any(&["lower", "upper", "trim", "md5", "reverse", "initcap", "quote_ident"])
                ),
                1 => format!("{one} || {}", self.typed(kind, scope)),
                2 => format!("left({one}, {})", self.any(&["0", "1", "3"])),
                3 => format!("substr({one}, 1, {})", self.any(&["0", "2"])),
                4 => format!("({})::text", self.typed(Type::Int, scope)),
                5 => format!("concat({one}, {})", self.typed(kind, scope)),
                6 => format!("replace({one}, {}, '')", self.typed(kind, scope)),
                7 => format!("{one} COLLATE \"C\""),
                _ => format!("split_part({one}, ',', 1)"),
            },
            Type::Time => match self.choices.below(5) {
                0 => format!(
                    "{one} {} interval '{}'",
                    self.any(&["+", "-"]),
                    self.any(&["1 day", "0", "10000 years", "-5 days"])
                ),
                1 => format!("date_trunc('{}', {one})", self.any(&["day", "year", "millennium"])),
                2 => format!("({one})::date"),
                3 => format!("({one})::timestamptz"),
                _ => format!("make_date(2020, 1, {})", self.any(&["1", "15"])),
            },
            Type::Number => match self.choices.below(5) {
                0 => format!("{one} {} {}", self.any(&["+", "-", "*"]), self.typed(kind, scope)),
                1 => format!("round({one})"),
                2 => format!("({})::numeric", self.typed(Type::Int, scope)),
                3 => format!("{one} * 0"),
                _ => format!("abs({one})"),
            },
            Type::Bool => self.predicate(scope),
        }
    }

    /// A condition.
    pub fn predicate(&mut self, scope: &Scope) -> String {
        self.deeper(|g| g.comparison(scope), |g| g.condition(scope))
    }

    fn condition(&mut self, scope: &Scope) -> String {
        match self.choices.branch(&[40, 10, 8, 7, 6, 5, 5, 8, 8, 3]) {
            0 => self.comparison(scope),
            1 => format!("{} AND {}", self.predicate(scope), self.predicate(scope)),
            2 => format!("({} OR {})", self.predicate(scope), self.predicate(scope)),
            3 => format!("NOT ({})", self.predicate(scope)),
            4 => format!(
                "({}) IS {}{}",
                self.predicate(scope),
                self.any(&["", "NOT "]),
                self.any(&["TRUE", "FALSE", "UNKNOWN", "NULL"])
            ),
            5 => format!("coalesce({}, {})", self.predicate(scope), self.any(&["true", "false"])),
            6 => format!(
                "CASE WHEN {} THEN {} ELSE {} END",
                self.predicate(scope),
                self.predicate(scope),
                self.predicate(scope)
            ),
            7 => self.exists(scope),
            8 => self.in_select(scope),
            _ => format!(
                "({}) {} ({})",
                self.predicate(scope),
                self.any(&["=", "<>", ">=", "<=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"]),
                self.predicate(scope)
            ),
        }
    }

    fn exists(&mut self, scope: &Scope) -> String {
        let query = if self.chance(70) {
            self.sub_select("*", scope)
        } else {
            self.any(&[
                "SELECT 1",
                "SELECT count(*) FROM part",
                "SELECT FROM part",
                "SELECT 1 FROM part HAVING true",
                "VALUES (1)",
                "TABLE part",
                "SELECT 1 WHERE false",
                "SELECT 1 LIMIT 0",
            ])
            .to_owned()
        };
        format!("{}EXISTS ({query})", self.any(&["", "NOT "]))
    }

    fn in_select(&mut self, scope: &Scope) -> String {
        let kind = self.choices.one_of(&[Type::Int, Type::Text]);
        let left = self.column(kind, scope);
        let column = if kind == Type::Int { self.any(&INT) } else { self.any(&TEXT) };
        let mut query = self.sub_select(column, scope);
        if self.chance(15) {
            let other = self.sub_select(column, scope);
            let set = self.any(&["UNION ALL", "UNION", "EXCEPT", "INTERSECT"]);
            query = format!("({query}) {set} ({other})");
        }
        match self.choices.below(7) {
            0 | 1 => format!("{left} IN ({query})"),
            2 => format!("{left} NOT IN ({query})"),
            3 => format!(
                "{left} {} {} ({query})",
                self.any(&["=", "<>", "<", ">", ">=", "<="]),
                self.any(&["ANY", "ALL", "SOME"])
            ),
            4 => format!("{left} = ANY (ARRAY({query}))"),
            5 => format!("({left}, 1) IN (SELECT q.{column}, 1 FROM ({query}) q)"),
            _ => format!("{left} IN (SELECT unnest(array_agg(q.{column})) FROM ({query}) q)"),
        }
    }

    fn comparison(&mut self, scope: &Scope) -> String {
        let kind = self.choices.one_of(&TYPES);
        let left = self.typed(kind, scope);
        match self.choices.branch(&[40, 12, 10, 10, 10, 4, 4]) {
            0 => {
                let sign = self.any(&[
                    "=",
                    "<",
                    ">",
                    "<>",
                    ">=",
                    "<=",
                    "!=",
                    "IS DISTINCT FROM",
                    "IS NOT DISTINCT FROM",
                    "OPERATOR(pg_catalog.=)",
                ]);
                format!("{left} {sign} {}", self.typed(kind, scope))
            }
            1 => format!("{left} IS {}NULL", self.any(&["", "NOT "])),
            2 => {
                let (low, high) = (self.typed(kind, scope), self.typed(kind, scope));
                format!("{left} {}BETWEEN {}{low} AND {high}", self.any(&["", "NOT "]), self.any(&["", "SYMMETRIC "]))
            }
            3 => {
                let list: Vec<String> = (0..=self.choices.below(3)).map(|_| self.typed(kind, scope)).collect();
                let list = list.join(", ");
                match self.choices.below(4) {
                    0 => format!("{left} IN ({list})"),
                    1 => format!("{left} NOT IN ({list})"),
                    2 => format!("{left} = ANY (ARRAY[{list}])"),
                    _ => format!("{left} <> {} (ARRAY[{list}])", self.any(&["ALL", "ANY"])),
                }
            }
            4 => self.pattern(scope),
            5 => format!("({left}, 1) {} ({}, 1)", self.any(&["=", "<", ">=", "<>"]), self.typed(kind, scope)),
            _ => self.odd(scope),
        }
    }

    fn pattern(&mut self, scope: &Scope) -> String {
        let text = self.typed(Type::Text, scope);
        let sign = self.any(&["LIKE", "NOT LIKE", "ILIKE", "~", "~*", "!~", "SIMILAR TO", "^@", "~~", "!~~*"]);
        let pattern = if self.chance(70) {
            self.any(&[
                "'%'",
                "'a%'",
                "'%%'",
                "'_%'",
                "''",
                "'.*'",
                "'^'",
                "'a|'",
                "'(a)?'",
                "'%a%'",
                "'zzz'",
                "'^(?!x)'",
                "'[[:alpha:]]'",
                "'\\%'",
                "'.'",
                "'$'",
            ])
            .to_owned()
        } else {
            self.typed(Type::Text, scope)
        };
        format!("{text} {sign} {pattern}")
    }

    fn odd(&mut self, scope: &Scope) -> String {
        let alias = scope.aliases.get(self.choices.below(scope.aliases.len())).copied().unwrap_or("item");
        match self.choices.below(14) {
            0 => format!("{alias} IS NOT NULL"),
            1 => format!("{alias}.* IS NULL"),
            2 => format!("{alias}.tags {} ARRAY['t8']", self.any(&["&&", "@>", "<@", "=", "<>"])),
            3 => format!("{alias}.doc {} '{{}}'", self.any(&["@>", "<@", "=", "<>", "?"])),
            4 => format!("{alias}.doc ->> 'k' {} '8'", self.any(&["=", "<>", "<", "IS DISTINCT FROM"])),
            5 => format!("cardinality({alias}.tags) >= 0"),
            6 => format!("random() {} {}", self.any(&["<", ">=", ">"]), self.any(&["0", "0.5", "2"])),
            7 => format!("starts_with({}, '')", self.typed(Type::Text, scope)),
            8 => format!("({alias}.made, {alias}.made) OVERLAPS ('-infinity', 'infinity')"),
            9 => format!("{alias}.ctid >= '(0,0)'"),
            10 => format!("{alias}.tableoid {} 0", self.any(&[">", "<>", "="])),
            11 => format!("int4range(NULL, NULL) @> {}", self.typed(Type::Int, scope)),
            12 => format!("num_nulls({}) >= 0", self.value(scope)),
            _ => format!("pg_typeof({}) IS NOT NULL", self.value(scope)),
        }
    }
}
