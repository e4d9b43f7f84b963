//! Benchmarks of what is on the way of a statement (to come with the speed work).

fn main() {}
