//! Session transcripts: what the client says, what the upstream gets, what it answers, what the client gets.
//!
//! Each [`script`] is played with the streams cut in several ways, so every transcript is a chunking test too.

mod answers;
mod blocks;
mod code;
mod large;
mod model;
mod names;
mod poison;
mod properties;
mod quick;
mod refusals;
mod runs;
mod script;
mod settled;
mod startup;
mod temporary;
mod timeouts;
mod units;
mod watch;
mod witnessed;
