//! The README's table of verdicts is the presets' own.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test: a panic is its failure")]

use std::collections::BTreeMap;
use stockade::classify::EffectKind;
use stockade::policy::{Preset, Verdict, table};

const README: &str = include_str!("../../README.md");

#[test]
fn the_table_of_verdicts_is_the_presets_own() {
    let (_, after) = README.split_once("<!-- verdicts").expect("the table's mark");
    let rows: Vec<Vec<&str>> = after
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect())
        .collect();
    let heads = &rows[0];
    assert_eq!(heads[1..=Preset::ALL.len()], Preset::ALL.map(Preset::as_str));
    let printed: Vec<&str> = rows[2..].iter().map(|row| row[0]).collect();
    assert_eq!(printed, EffectKind::ALL.map(EffectKind::as_str));
    for (position, preset) in Preset::ALL.into_iter().enumerate() {
        let printed: BTreeMap<&str, &str> = rows[2..].iter().map(|row| (row[0], row[position + 1])).collect();
        for (kind, verdict) in table(preset) {
            let word = match verdict {
                Verdict::Allow => "allow",
                Verdict::Hold => "hold",
                Verdict::Reject => "reject",
            };
            assert_eq!(printed[kind.as_str()], word, "{kind} under {preset}");
        }
    }
}
