//! The loop around a target: a budget of time, a seed for each input, failures made small and told once.

use crate::choices::{Choices, shrink};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Seconds of a smoke run, all targets together.
const SMOKE_SECONDS: f64 = 10.0;
/// The seed of a smoke run: the same inputs on every machine, as far as its time goes.
const SMOKE_SEED: u64 = 20_260_101;
/// Different failures told before a target gives up.
const MOST_FAILURES: usize = 40;
const SHRINK_TRIES: usize = 500;

/// What went wrong with one input.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The rule that does not hold; shrinking keeps to it.
    pub rule: &'static str,
    /// The input, and what was seen.
    pub what: String,
}

/// Whether an input passed.
pub type Checked = Result<(), Failure>;

/// A failure of a rule.
pub fn fails(rule: &'static str, what: impl Into<String>) -> Checked {
    Err(Failure { rule, what: what.into() })
}

thread_local! {
    /// The input at work, for the report of a panic.
    static INPUT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Notes the input at work.
pub fn at_work(input: impl Into<String>) {
    INPUT.set(input.into());
}

/// Runs a target on one input after another until its share (of the whole budget, in hundredths) is spent. Panics at
/// its end where anything failed.
pub fn run(target: &str, share: u32, mut check: impl FnMut(&mut Choices) -> Checked) {
    let long = number("STOCKADE_FUZZ_SECONDS");
    let seconds = long.unwrap_or(SMOKE_SECONDS) * f64::from(share) / 100.0;
    let seed = match std::env::var("STOCKADE_FUZZ_SEED") {
        Ok(seed) => seed.parse().expect("STOCKADE_FUZZ_SEED is a number"),
        Err(_) if long.is_some() => u64::from(std::process::id()) << 32,
        Err(_) => SMOKE_SEED,
    };
    eprintln!("fuzz {target}: seed {seed}, {seconds:.0} s");
    let began = Instant::now();
    let mut told = began;
    let (mut inputs, mut failures) = (0_u64, BTreeSet::new());
    let mut guarded = |choices: &mut Choices| {
        catch_unwind(AssertUnwindSafe(|| check(choices)))
            .unwrap_or_else(|panic| fails("nothing panics", format!("{}\n   {}", INPUT.take(), message(&*panic))))
    };
    while began.elapsed().as_secs_f64() < seconds && failures.len() < MOST_FAILURES {
        let this = seed.wrapping_add(inputs);
        let mut choices = Choices::of_seed(this);
        inputs += 1;
        if let Err(failure) = guarded(&mut choices) {
            let failure = smallest(choices.into_taken(), failure, &mut guarded);
            if failures.insert(failure.what.clone()) {
                eprintln!("fuzz {target}: FAILED (STOCKADE_FUZZ_SEED={this}): {}\n   {}", failure.rule, failure.what);
            }
        }
        if told.elapsed() > Duration::from_secs(60) {
            told = Instant::now();
            tell(target, inputs, began, failures.len());
        }
    }
    tell(target, inputs, began, failures.len());
    assert!(failures.is_empty(), "{target}: {} failures, see above", failures.len());
}

fn tell(target: &str, inputs: u64, began: Instant, failures: usize) {
    let seconds = began.elapsed().as_secs_f64();
    let rate = inputs as f64 / seconds;
    eprintln!("fuzz {target}: {inputs} inputs in {seconds:.0} s, {rate:.0} a second, {failures} failures");
}

/// The failure of the smallest input found that breaks the same rule.
fn smallest(taken: Vec<u32>, mut failure: Failure, guarded: &mut impl FnMut(&mut Choices) -> Checked) -> Failure {
    let rule = failure.rule;
    shrink(taken, SHRINK_TRIES, |candidate| {
        let mut choices = Choices::again(candidate.to_vec());
        match guarded(&mut choices) {
            Err(smaller) if smaller.rule == rule => {
                failure = smaller;
                Some(choices.into_taken().into_iter().chain(std::iter::empty()).collect())
            }
            _ => None,
        }
    });
    failure
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message").to_owned()
}

fn number(variable: &str) -> Option<f64> {
    let value = std::env::var(variable).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{variable} is a number of seconds")))
}
