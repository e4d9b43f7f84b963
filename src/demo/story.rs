//! The nine seconds: what the agent sends, and what has to become of it.

use super::shop::{self, AGENT, BACKUP, Session};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::SqlState;

/// One message of the agent.
#[derive(Debug, Clone)]
pub struct Act {
    /// The text it sends.
    pub sql: String,
    /// By which part of the protocol.
    pub how: How,
    /// What has to become of it.
    pub expected: Verdict,
}

/// How a statement is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// One Query message.
    Simple,
    /// Parse, Bind, Execute, Sync: what drivers do.
    Extended,
    /// No statement: a session with the backup database, as `psql` opens one.
    Connect,
}

/// What became of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The database ran it.
    Allowed,
    /// It was refused, and nothing of it happened.
    Refused,
    /// It failed in another way: part of no story.
    Failed,
}

/// What the agent got back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What became of it.
    pub verdict: Verdict,
    /// The count of rows for what was allowed, otherwise the SQLSTATE.
    pub result: String,
    /// The error's message, hint and detail, where there are any.
    pub words: Vec<String>,
    /// From sending to the last answer.
    pub took: Duration,
}

/// A part of the story with its heading.
#[derive(Debug, Clone)]
pub struct Chapter {
    /// What the screen says above it.
    pub heading: &'static str,
    /// In order.
    pub acts: Vec<Act>,
}

/// What the agent is there for, then the rampage, then a last question.
pub fn chapters() -> Vec<Chapter> {
    use How::{Connect, Extended, Simple};
    use Verdict::{Allowed, Refused};
    let acts = |expected, list: &[(How, &str)]| -> Vec<Act> {
        list.iter().map(|&(how, sql)| Act { sql: sql.to_owned(), how, expected }).collect()
    };
    let work = [
        (Simple, "SELECT count(*) FROM customers"),
        (Extended, "SELECT name, email, city FROM customers WHERE id = 42"),
        (Extended, "SELECT city, cents FROM revenue ORDER BY cents DESC LIMIT 3"),
        (Extended, "INSERT INTO orders (customer_id, product_id, total_cents) VALUES (42, 7, 1859)"),
        (Extended, "UPDATE customers SET email = 'ada@example.com' WHERE id = 42"),
        (Extended, "DELETE FROM carts WHERE id = 17"),
    ];
    let connect_backup = format!("\\connect {BACKUP}");
    let drop_backup = format!("DROP DATABASE {BACKUP} WITH (FORCE)");
    let rampage = [
        (Simple, "DROP TABLE customers CASCADE"),
        (Simple, "TRUNCATE orders, invoices"),
        (Simple, "DELETE FROM customers"),
        (Simple, "DELETE FROM customers WHERE 1 = 1"),
        (Simple, "UPDATE products SET price_cents = 0"),
        (Extended, "DELETE FROM orders"),
        (Simple, "SELECT 1; DROP TABLE orders CASCADE"),
        (Simple, "BEGIN; DELETE FROM invoices; COMMIT"),
        (Simple, "WITH gone AS (DELETE FROM invoices RETURNING 1) SELECT count(*) FROM gone"),
        (Simple, "EXPLAIN ANALYZE DELETE FROM carts"),
        (Simple, "DO $$ BEGIN EXECUTE 'DROP TABLE ' || 'customers CASCADE'; END $$"),
        (Simple, "PREPARE wipe AS DELETE FROM backups; EXECUTE wipe"),
        (Simple, "SELECT invoice_report()"),
        (Simple, "SET default_transaction_read_only = off"),
        (Simple, "ALTER TABLE customers DROP COLUMN email"),
        // Harmless where it is run after all: nobody's files are at stake in a demo.
        (Simple, "COPY customers TO PROGRAM 'cat > /dev/null'"),
        (Simple, "GRANT ALL ON ALL TABLES IN SCHEMA public TO public"),
        (Simple, "DELETE FROM backups"),
        (Connect, connect_backup.as_str()),
        (Simple, drop_backup.as_str()),
    ];
    let after = [(Simple, "SELECT count(*) FROM customers")];
    vec![
        Chapter { heading: "The agent does its work", acts: acts(Allowed, &work) },
        Chapter { heading: "The agent goes on a rampage", acts: acts(Refused, &rampage) },
        Chapter { heading: "The same session, still of use", acts: acts(Allowed, &after) },
    ]
}

/// Sends one act and reads what comes back.
pub(super) async fn play(session: &Session, front: SocketAddr, act: &Act) -> Answer {
    let begun = Instant::now();
    let outcome = match act.how {
        How::Simple => simple(session, &act.sql).await,
        How::Extended => extended(session, &act.sql).await,
        How::Connect => connect(front).await,
    };
    let took = begun.elapsed();
    match outcome {
        Ok(rows) => {
            let result = if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
            Answer { verdict: Verdict::Allowed, result, words: Vec::new(), took }
        }
        Err(error) => refusal(&error, took),
    }
}

async fn connect(front: SocketAddr) -> Result<u64, tokio_postgres::Error> {
    shop::open(front, AGENT, BACKUP).await?.close().await;
    Ok(0)
}

async fn simple(session: &Session, sql: &str) -> Result<u64, tokio_postgres::Error> {
    let messages = session.simple_query(sql).await?;
    let counts = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::CommandComplete(rows) => Some(*rows),
        _ => None,
    });
    Ok(counts.sum())
}

async fn extended(session: &Session, sql: &str) -> Result<u64, tokio_postgres::Error> {
    let statement = session.prepare(sql).await?;
    if statement.columns().is_empty() {
        session.execute(&statement, &[]).await
    } else {
        Ok(session.query(&statement, &[]).await?.len() as u64)
    }
}

/// A refusal is Stockade's 42501, or PostgreSQL's own 25006 where a read turned out to write.
fn refusal(error: &tokio_postgres::Error, took: Duration) -> Answer {
    let Some(database) = error.as_db_error() else {
        let words = vec![error.to_string()];
        return Answer { verdict: Verdict::Failed, result: "lost".to_owned(), words, took };
    };
    let code = database.code();
    let refused = *code == SqlState::INSUFFICIENT_PRIVILEGE || *code == SqlState::READ_ONLY_SQL_TRANSACTION;
    // A refusal's message has the fact in it already; the way on is what a reader wants next.
    let words = match *code == SqlState::INSUFFICIENT_PRIVILEGE {
        true => [Some(database.message()), database.hint(), database.detail()],
        false => [Some(database.message()), database.detail(), database.hint()],
    };
    Answer {
        verdict: if refused { Verdict::Refused } else { Verdict::Failed },
        result: code.code().to_owned(),
        words: words.into_iter().flatten().map(str::to_owned).collect(),
        took,
    }
}
