//! Fuzzing: streams of messages, texts of SQL and disguised attacks, each against what must hold for every input.
//!
//! A smoke run of ten seconds with the tests. More with `STOCKADE_FUZZ_SECONDS` (for all targets together) and
//! `STOCKADE_FUZZ_SEED`; see `README.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests: a panic is their failure"
)]

mod attacks;
mod cases;
mod choices;
#[path = "../integration/client.rs"]
mod client;
mod disguise;
mod frames;
mod grammar;
mod line;
mod pretend;
mod run;
mod server;
mod sql;
mod stream;
mod tokens;
mod tree;

/// Whether this is a build for long runs: `make fuzz`.
const OPTIMIZED: bool = option_env!("STOCKADE_FUZZ_OPTIMIZED").is_some();
