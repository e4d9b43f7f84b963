//! Attacks in disguise: whatever is refused stays refused, however it is spelled and wherever it is put; and what is
//! allowed stays allowed in every case, with any white space and comments.

use crate::cases::{self, Case};
use crate::choices::Choices;
use crate::disguise::{nested, rephrased, requoted, respaced};
use crate::line::{Judgement, judge};
use crate::run::{Checked, at_work, fails, run};
use stockade::classify::EffectKind;
use stockade::policy::Verdict;

#[test]
fn attacks_in_disguise() {
    let known: Vec<(Case, Judgement)> = cases::all()
        .into_iter()
        .map(|case| {
            let judgement = judge(&case.before, &case.text);
            (case, judgement)
        })
        .collect();
    let refused = known.iter().filter(|(_, judgement)| judgement.verdict != Verdict::Allow).count();
    eprintln!("fuzz attacks: {} cases, {refused} of them refused", known.len());
    let mut tally = Tally::default();
    run("attacks", 30, |choices| {
        let (case, judgement) = &known[choices.below(known.len())];
        check(choices, case, judgement, &mut tally)
    });
    eprintln!("fuzz attacks: {} dressed up, {} of them unreadable by it", tally.dressed, tally.unreadable);
}

/// How many attacks were dressed up, and how many of them so that they are no SQL any more: those prove little.
#[derive(Default)]
struct Tally {
    dressed: u64,
    unreadable: u64,
}

fn check(choices: &mut Choices, case: &Case, judgement: &Judgement, tally: &mut Tally) -> Checked {
    let Some(respaced_text) = respaced(choices, &case.text) else { return Ok(()) };
    let text = match judgement.verdict {
        Verdict::Allow => return alike(case, judgement, &respaced_text),
        _ if choices.chance(25) => return alike(case, judgement, &respaced_text),
        _ => dressed(choices, case, respaced_text),
    };
    at_work(&text);
    let seen = judge(&case.before, &text);
    let unreadable = |judgement: &Judgement| judgement.effects.contains(EffectKind::Unreadable);
    tally.dressed += 1;
    tally.unreadable += u64::from(unreadable(&seen) && !unreadable(judgement));
    if seen.verdict >= judgement.verdict {
        return Ok(());
    }
    fails("what is refused stays refused in any dress", told(case, judgement, &text, &seen))
}

/// Only spelled in another way: the very same effects.
fn alike(case: &Case, judgement: &Judgement, text: &str) -> Checked {
    at_work(text);
    let seen = judge(&case.before, text);
    if seen == *judgement {
        return Ok(());
    }
    fails("case, white space and comments change nothing", told(case, judgement, text, &seen))
}

fn told(case: &Case, judgement: &Judgement, text: &str, seen: &Judgement) -> String {
    let before = if case.before.is_empty() { String::new() } else { format!("behind {:?}: ", case.before) };
    format!("{before}{:?}\n   {} as {:?}, {} as {text:?}", case.text, judgement.shown(), case.text, seen.shown())
}

fn dressed(choices: &mut Choices, case: &Case, respaced_text: String) -> String {
    let mut text = if choices.chance(30) { respaced_text } else { case.text.clone() };
    if choices.chance(40) {
        text = requoted(choices, &text).unwrap_or(text);
    }
    if choices.chance(40) {
        text = rephrased(choices, &text).unwrap_or(text);
    }
    for _ in 0..choices.below(3) {
        text = nested(choices, &text).unwrap_or(text);
    }
    text
}
