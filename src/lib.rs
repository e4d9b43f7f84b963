//! Stockade: a firewall between AI agents and PostgreSQL.
//!
//! It terminates the PostgreSQL wire protocol, reads every statement with PostgreSQL's own grammar, refuses what
//! would lose data and forwards everything else untouched. The way of a statement:
//!
//! ```text
//! client socket ─ wire ─ session ──▶ sql::read ─▶ classify (facts) ─▶ policy::decide (one place)
//!                          │                                             │ Allow            │ Hold / Reject
//!                          │            Permitted<the very bytes judged> ▼                  ▼
//!                          └────────────────────────────────▶ upstream socket        poison, in place:
//!                                                                  │              a text that cannot parse
//! client socket ◀── header scan only ◀──────────────────────────────                its error becomes ours
//! ```
//!
//! | module | what | may use |
//! |---|---|---|
//! | [`wire`] | the protocol as pure bytes | nothing of ours |
//! | [`sql`] | text → our own small IR | nothing of ours |
//! | [`classify`] | statement → effects: facts, no opinion | `sql` |
//! | [`policy`] | effects → decision: pure, total | `classify` |
//! | [`witness`] | what the judge before commit asks the server, and how it judges | `wire`, `classify`, `policy` |
//! | [`session`] | one connection's state machine, sans-I/O | `wire`, `classify`, `policy`, `witness`, `sql`'s types |
//! | [`audit`] | the record of every decision | `policy` |
//! | [`telemetry`] | metrics and logs | `policy` |
//! | [`config`] | the TOML file, raw then resolved | `policy` |
//! | [`state`] | budgets and suspensions, and the file that keeps them | `policy` |
//! | [`proxy`] | the I/O shell: listener, TLS, startup, relay, cancel | all of these |
//! | [`admin`] | `/metrics`, `/healthz`, `/readyz`; the control socket | `policy`, `audit`, `telemetry`, `state` |
//! | [`demo`] | the nine seconds, played against a scratch cluster | `config`, `proxy` |
//!
//! A test reads the `use crate::` lines and fails on anything else. Why things are as they are: [`manual`].

pub mod admin;
pub mod audit;
pub mod classify;
pub mod config;
pub mod demo;
pub mod manual;
pub mod policy;
pub mod proxy;
pub mod session;
pub mod sql;
pub mod state;
pub mod telemetry;
pub mod wire;
pub mod witness;
