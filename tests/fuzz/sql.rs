//! Texts by a grammar: none makes the reading panic or take a second, and none that is allowed destroys, by
//! PostgreSQL's own parse tree and, where there is a server, by what is left afterwards.

use crate::choices::Choices;
use crate::grammar;
use crate::line::{Judgement, judge};
use crate::run::{at_work, fails, run};
use crate::server::{Server, Way};
use crate::tree;
use std::time::{Duration, Instant};
use stockade::policy::Verdict;

/// What a text's judgement may take; the best of three counts, for machines are busy. The tests' own build is not
/// optimized, and ten times as slow.
fn longest(text: &str) -> Duration {
    Duration::from_secs(if !crate::OPTIMIZED && text.len() > 20_000 { 10 } else { 1 })
}

#[test]
fn texts_of_every_kind() {
    let mut server = if std::env::var_os("STOCKADE_FUZZ_OFFLINE").is_some() { None } else { Server::start() };
    let (mut allowed, mut sent) = (0_u64, 0_u64);
    run("sql", 45, |choices| {
        let text = grammar::text(choices);
        let way =
            [Way::Block, Way::Block, Way::Block, Way::Block, Way::Block, Way::Extended, Way::Simple][choices.below(7)];
        at_work(&text);
        let judgement = judge_in_time(&text)?;
        if judgement.verdict != Verdict::Allow && !choices.chance(1) {
            return Ok(());
        }
        if judgement.verdict == Verdict::Allow {
            allowed += 1;
            if let Some(node) = tree::destroys(&text) {
                return fails("nothing that is allowed destroys, by its tree", format!("{text}\n   {node}"));
            }
        }
        if runs_hidden_code_in_a_write(&text, &judgement) {
            return Ok(());
        }
        sent += 1;
        match server.as_mut().and_then(|server| server.loses(&text, way)) {
            Some(lost) => fails("nothing destroys", format!("{text}\n   {} {lost}", judgement.shown())),
            None => Ok(()),
        }
    });
    eprintln!("fuzz sql: {allowed} texts allowed, {sent} sent to a server");
}

/// What the text of a write does not tell (see "Known limits"): a view's query, a domain's CHECK.
fn runs_hidden_code_in_a_write(text: &str, judgement: &Judgement) -> bool {
    use stockade::classify::EffectKind as E;
    let writes = [E::Insert, E::Write, E::RowLock, E::Define, E::Sequence];
    text.to_ascii_lowercase().contains("wiping") && writes.into_iter().any(|kind| judgement.effects.contains(kind))
}

fn judge_in_time(text: &str) -> Result<Judgement, crate::run::Failure> {
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let began = Instant::now();
        let judgement = judge(&[], text);
        best = best.min(began.elapsed());
        if best < longest(text) {
            return Ok(judgement);
        }
    }
    fails("no text takes a second", format!("{text}\n   {best:?}"))?;
    unreachable!("it failed")
}

/// Texts that nest and repeat, which the grammar makes too few of.
#[test]
fn deep_and_long_texts() {
    run("deep", 5, |choices: &mut Choices| {
        let text = grammar::deep(choices);
        at_work(text.chars().take(300).collect::<String>());
        judge_in_time(&text).map(drop)
    });
}
