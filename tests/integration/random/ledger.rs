//! What was committed, by the write-ahead log: neither PostgreSQL's statistics nor anything of Stockade's counts it.

use crate::client::Client;
use std::collections::BTreeMap;

/// One committed transaction: rows inserted, and rows updated and deleted, by root table.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// Where in the log it was committed.
    pub at: u64,
    pub inserted: u64,
    pub changed: BTreeMap<String, u64>,
}

impl Entry {
    /// Rows updated and deleted, in all tables.
    pub fn changed(&self) -> u64 {
        self.changed.values().sum()
    }
}

/// A logical replication slot of a database.
#[derive(Debug)]
pub struct Ledger {
    client: Client,
    slot: String,
}

impl Ledger {
    /// Counts from here on.
    pub fn open(mut client: Client, name: &str) -> Self {
        let slot = format!("ledger_{name}");
        client.query("CREATE PUBLICATION ledger FOR ALL TABLES").fine();
        client.query(&format!("SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput')")).fine();
        Self { client, slot }
    }

    /// The transactions committed so far, in their order.
    pub fn entries(&mut self) -> Vec<Entry> {
        // The first byte of a change says what it is, the next four of which table.
        let rows = self
            .client
            .query(&format!(
                "SELECT ended, kind, coalesce((SELECT relid FROM pg_partition_ancestors(oid) a(relid) ORDER BY relid LIMIT 1), oid::regclass), \
                     count(*) FROM ( \
                     SELECT ord, max(lsn - '0/0'::pg_lsn) OVER (PARTITION BY xid::text) AS ended, chr(get_byte(data, 0)) AS kind, \
                         CASE WHEN chr(get_byte(data, 0)) IN ('I', 'U', 'D') THEN (get_byte(data, 1)::bigint << 24 | \
                         get_byte(data, 2) << 16 | get_byte(data, 3) << 8 | get_byte(data, 4))::oid END AS oid \
                     FROM pg_logical_slot_get_binary_changes('{}', NULL, NULL, 'proto_version', '1', 'publication_names', 'ledger') \
                         WITH ORDINALITY AS c(lsn, xid, data, ord)) c \
                 WHERE kind IN ('I', 'U', 'D', 'T') GROUP BY 1, 2, 3 ORDER BY min(ord)",
                self.slot
            ))
            .fine()
            .rows();
        let mut entries: Vec<Entry> = Vec::new();
        for row in rows {
            let [at, kind, table, count] = <[Option<String>; 4]>::try_from(row).unwrap();
            let [at, count] = [at, count].map(|number| number.unwrap().parse::<u64>().unwrap());
            if entries.last().is_none_or(|last| last.at != at) {
                entries.push(Entry { at, ..Entry::default() });
            }
            let entry = entries.last_mut().unwrap();
            match kind.as_deref() {
                Some("I") => entry.inserted += count,
                Some("U" | "D") => *entry.changed.entry(table.unwrap()).or_default() += count,
                _ => panic!("a TRUNCATE was committed"),
            }
        }
        entries
    }

    /// Gives the slot back.
    pub fn close(mut self) {
        self.client.query(&format!("SELECT pg_drop_replication_slot('{}')", self.slot)).fine();
    }
}
