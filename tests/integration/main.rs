//! Every integration test, in one binary: they share a scratch PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests: a panic is their failure"
)]

mod architecture;
mod blocks;
mod captures;
mod cli;
mod client;
mod commit;
mod corpus;
mod counted;
mod crowd;
mod drivers;
mod evasion;
mod evasion2;
mod evasion3;
mod evasion4;
mod hidden;
mod lexing;
mod observe;
mod procedures;
mod protocol;
mod random;
mod readers;
mod readme;
mod readonly;
mod refuse;
mod scratch;
mod server;
mod standby;
mod support;
mod suspend;
mod temporary;
mod timeouts;
mod tls;
mod transparent;
mod witness;
