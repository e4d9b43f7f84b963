//! DELETE, UPDATE, INSERT and MERGE.

use super::Grammar;
use super::expression::Scope;

impl Grammar<'_> {
    /// The table that is changed, and its alias.
    fn target(&mut self) -> (String, &'static str) {
        let table = self.any(&["item", "part", "part", "public.item", "\"part\"", "ONLY part", "whole", "item *"]);
        if self.chance(40) {
            let alias = self.any(&["t", "a", "b"]);
            return (format!("{table} {}{alias}", self.any(&["", "AS "])), alias);
        }
        let alias = match table {
            "whole" => "whole",
            _ if table.contains("item") => "item",
            _ => "part",
        };
        (table.to_owned(), alias)
    }

    pub(super) fn delete(&mut self) -> String {
        let with = self.with_clause();
        let (target, alias) = self.target();
        let mut scope = Scope::default();
        scope.add(alias);
        let using = if self.chance(20) { format!(" USING {}", self.sources(&mut scope)) } else { String::new() };
        let filter = self.often_filtered(&scope);
        self.without_with(with, format!("DELETE FROM {target}{using}{filter}"))
    }

    pub(super) fn update(&mut self) -> String {
        let with = self.with_clause();
        let (target, alias) = self.target();
        let mut scope = Scope::default();
        scope.add(alias);
        let set = self.any(&[
            "n = 0",
            "name = NULL",
            "n = n + 1, price = 0",
            "(n, name) = (1, 'x')",
            "active = DEFAULT",
            "(n) = (SELECT 1)",
            "doc = '{}'",
            "tags[1] = 'x'",
        ]);
        let from = if self.chance(20) { format!(" FROM {}", self.sources(&mut scope)) } else { String::new() };
        let filter = self.often_filtered(&scope);
        self.without_with(with, format!("UPDATE {target} SET {set}{from}{filter}"))
    }

    fn often_filtered(&mut self, scope: &Scope) -> String {
        if self.chance(96) { format!(" WHERE {}", self.predicate(scope)) } else { String::new() }
    }

    pub(super) fn insert(&mut self) -> String {
        let with = self.with_clause();
        let rows = match self.choices.below(4) {
            0 => "VALUES (70, 'new', now())".to_owned(),
            1 => "SELECT id, code, made FROM item".to_owned(),
            2 => "SELECT id, code, made FROM whole WHERE id = 8".to_owned(),
            _ => format!("SELECT {}, 'new', now()", self.side_effect()),
        };
        let scope = {
            let mut scope = Scope::default();
            scope.add("item");
            scope
        };
        let conflict = match self.choices.below(5) {
            0 | 1 => String::new(),
            2 => " ON CONFLICT DO NOTHING".to_owned(),
            3 => format!(" ON CONFLICT (id) DO UPDATE SET n = {}", self.any(&["0", "excluded.id", "item.n + 1"])),
            _ => format!(" ON CONFLICT (id) DO UPDATE SET n = 0 WHERE {}", self.predicate(&scope)),
        };
        self.without_with(with, format!("INSERT INTO item (id, code, made) {rows}{conflict}"))
    }

    pub(super) fn merge(&mut self) -> String {
        let with = self.with_clause();
        let (target, alias) = self.target();
        let mut scope = Scope::default();
        scope.add(alias);
        let source = self.any(&[
            "part s",
            "item s",
            "(SELECT * FROM item WHERE id = 8) s",
            "(VALUES (8, 9)) s(id, n)",
            "(SELECT * FROM part LIMIT 3) s",
        ]);
        scope.add("s");
        let on = match self.choices.below(3) {
            0 => format!("{alias}.id = s.id"),
            1 => self.any(&["true", "1 = 1"]).to_owned(),
            _ => self.predicate(&scope),
        };
        let mut whens = String::new();
        for _ in 0..=self.choices.below(2) {
            let and = if self.chance(40) { format!(" AND {}", self.predicate(&scope)) } else { String::new() };
            whens += &match self.choices.below(4) {
                0 => format!(" WHEN MATCHED{and} THEN DELETE"),
                1 => format!(" WHEN MATCHED{and} THEN UPDATE SET n = 0"),
                2 => " WHEN NOT MATCHED THEN DO NOTHING".to_owned(),
                _ => " WHEN NOT MATCHED THEN INSERT (id, code, made) VALUES (s.id, 'm', now())".to_owned(),
            };
        }
        self.without_with(with, format!("MERGE INTO {target} USING {source} ON {on}{whens}"))
    }
}
