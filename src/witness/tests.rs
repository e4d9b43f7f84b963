//! Reading and judging, without a server.
#![allow(clippy::unwrap_used, reason = "tests: a panic is their failure")]
