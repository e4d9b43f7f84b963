//! The quick answer never agrees to what the whole one objects to.
#![allow(clippy::unwrap_used, reason = "tests: a panic is their failure")]

use crate::policy::{Kind, Limits, Preset};
use crate::witness::{COUNT, Counts, QUICK, Quick, Reading, Said, judge};

/// A DataRow's body; `-` is null.
fn body(values: &[&str]) -> Vec<u8> {
    let mut body = u16::try_from(values.len()).unwrap().to_be_bytes().to_vec();
    for value in values {
        let length = if *value == "-" { -1 } else { i32::try_from(value.len()).unwrap() };
        body.extend(length.to_be_bytes());
        body.extend(value.bytes().filter(|_| length >= 0));
    }
    body
}

const SUMMARY: &str = "virtualxid - ExclusiveLock - - f - - - - on 150020 on - f -";

fn quick(rows: &[&str]) -> Quick {
    let mut quick = Quick::default();
    for row in rows {
        quick.row(&body(&row.split(' ').collect::<Vec<_>>())).unwrap();
    }
    quick
}

fn agreed(limits: &Limits, rows: &[&str]) -> Option<Counts> {
    let reading = quick(rows).into_reading()?;
    judge(limits, &Said::default(), &reading, &reading, None).ok()
}

fn limits() -> Limits {
    Limits::of(Preset::AppWriter, Kind::Agent)
}

const UPDATED: &str = "relation 20000 RowExclusiveLock t base/5/20000 f 0 1 0 - - - - - - f";

#[test]
fn a_common_write_is_agreed_to() {
    let index = "relation 20001 RowExclusiveLock t_pkey base/5/20001 f 0 0 0 - - - - - - f";
    let number = "transactionid - ExclusiveLock - - f - - - - - - - - - f";
    let toast =
        "relation 20002 RowExclusiveLock pg_toast.pg_toast_20000 pg_tblspc/7/PG_15_2/5/20002 f 9 0 9 - - - - - - f";
    let rows = [UPDATED, index, SUMMARY, number, toast];
    assert_eq!(agreed(&limits(), &rows), Some(Counts { inserted: 0, updated: 1, deleted: 0 }));
    assert_eq!(agreed(&limits(), &[SUMMARY]), Some(Counts::default()));
}

#[test]
fn what_it_cannot_tell_is_not_agreed_to() {
    for row in [
        // Other locks.
        "relation 20000 AccessExclusiveLock t base/5/20000 f 0 1 0 - - - - - - f",
        "relation 20000 ExclusiveLock t base/5/20000 f 0 0 0 - - - - - - f",
        "relation 20000 ShareRowExclusiveLock t base/5/20000 f 0 0 0 - - - - - - f",
        "object - AccessExclusiveLock - - f - - - - - - - - - f",
        // No file: a foreign table, a view, a partitioned one, one that is gone.
        "relation 20000 RowExclusiveLock t - f 0 0 0 - - - - - - f",
        "relation 20000 RowExclusiveLock - - f 0 0 0 - - - - - - f",
        "relation 20000 RowExclusiveLock t base/5/ f 0 0 0 - - - - - - f",
        // A temporary one; a partition.
        "relation 20000 RowExclusiveLock t base/5/t3_20000 f 0 1 0 - - - - - - f",
        "relation 20000 RowExclusiveLock t base/5/20000 t 0 1 0 - - - - - - f",
        // Little may be left, or nobody knows.
        "relation 20000 RowExclusiveLock t base/5/20000 f 0 0 1 - - - - - - f",
        "relation 20000 RowExclusiveLock t base/5/20000 f 0 0 1 2 - - - - - f",
        "relation 20000 RowExclusiveLock t base/5/20000 f 0 5 0 - - - - - - f",
        "relation 20000 RowExclusiveLock t base/5/20000 f 0 5 0 100 - - - - - f",
        // A catalog's rows.
        "relation 1259 RowExclusiveLock pg_class base/5/1259 f 0 1 0 - - - - - - f",
    ] {
        assert_eq!(agreed(&limits(), &[row, SUMMARY]), None, "{row}");
        assert_eq!(agreed(&limits(), &[SUMMARY, row, UPDATED.replace("20000", "30000").as_str()]), None, "{row}");
    }
    // A cursor WITH HOLD, counters that are off, no answer.
    assert_eq!(agreed(&limits(), &["virtualxid - ExclusiveLock - - f - - - - on 150020 on - t -"]), None);
    assert_eq!(agreed(&limits(), &["virtualxid - ExclusiveLock - - f - - - - off 150020 on - f -"]), None);
    assert_eq!(agreed(&limits(), &["virtualxid - ExclusiveLock - - f - - - - on 140020 on - f -"]), None);
    assert_eq!(agreed(&limits(), &[UPDATED]), None);
}

#[test]
fn what_is_none_of_its_rows_is_malformed() {
    let mut answer = quick(&[SUMMARY, UPDATED]);
    for row in [SUMMARY, "relation 20003 RowExclusiveLock t base/5/1 f 0 -1 0 - - - - - - f", "a b", "virtualxid x y"] {
        assert!(answer.row(&body(&row.split(' ').collect::<Vec<_>>())).is_err(), "{row}");
    }
    assert!(quick(&[SUMMARY, UPDATED, UPDATED]).into_reading().is_none());
    assert!(quick(&[SUMMARY, "mine"]).into_reading().is_some());
    for name in ["_stockade_quick", "_stockade", "-"] {
        let answer = quick(&[SUMMARY, name]);
        assert!(answer.is_forged() && answer.into_reading().is_none());
    }
}

/// Whatever was done to a table: where the quick answer is agreed to, the whole one is too, with the same counts.
#[test]
fn it_is_never_milder() {
    const SOME: [u64; 12] = [0, 1, 2, 4, 5, 6, 19, 50, 99, 100, 999, 1001];
    let mut kinds = vec![limits()];
    for share in [None, Some(0.001), Some(0.04), Some(1.0)] {
        kinds.push(Limits { table_share: share, never_empty: share.is_some(), max_inserted: Some(6), ..limits() });
    }
    let (mut fine, mut asked) = (0, 0);
    for (inserted, updated, deleted) in
        SOME.iter().flat_map(|i| SOME.iter().flat_map(move |u| SOME.iter().map(move |d| (*i, *u, *d))))
    {
        // How many rows it has left; the statistics are right, or behind, or were never made.
        for left in [0, 1, 3, 80, 101, 120, 5000, 100_000] {
            let before: u64 = left + deleted;
            for (known, small) in [(Some(before), false), (Some(left), false), (Some(before + 10), true), (None, true)]
            {
                let changed = updated + deleted;
                let counted = (deleted > 0 || updated >= 5) && !small;
                let text = |number: Option<u64>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
                let row = format!(
                    "relation 20000 RowExclusiveLock t base/5/20000 f {inserted} {updated} {deleted} {} - - - - - f",
                    text(known.filter(|_| counted))
                );
                let estimate = known.unwrap_or_default();
                let suspect =
                    deleted > 0 && (deleted * 2 >= estimate || small) || changed >= 5 && changed * 20 >= estimate;
                let remain = suspect.then_some(left.min((changed * 20 + 101).min(100_000)));
                let whole = format!(
                    "relation 20000 public t r 20000 public t r f f {inserted} {updated} {deleted} {} {} {}",
                    if changed > 0 { estimate.to_string() } else { "-".into() },
                    text(remain),
                    if suspect { "t" } else { "f" }
                );
                let mut reading = Reading::default();
                reading
                    .row(&body(&"summary 0 on 150020 - - - - - f f - - - - - -".split(' ').collect::<Vec<_>>()))
                    .unwrap();
                if inserted + changed > 0 {
                    reading.row(&body(&whole.split(' ').collect::<Vec<_>>())).unwrap();
                }
                for limits in &kinds {
                    let Some(counts) = agreed(limits, &[&row, SUMMARY]) else {
                        asked += 1;
                        continue;
                    };
                    fine += 1;
                    let judged = judge(limits, &Said::default(), &reading, &reading, None);
                    assert_eq!(judged, Ok(counts), "{row} / {whole}");
                }
            }
        }
    }
    assert!(fine > 10_000 && asked > 10_000, "{fine} agreed to, {asked} asked about");
}

#[test]
fn it_tells_what_can_be_deferred() {
    for (last, defers) in [("f", false), ("t", true), ("-", true), ("x", true)] {
        let changed = format!("{}{last}", UPDATED.strip_suffix('f').unwrap());
        assert_eq!(quick(&[SUMMARY, UPDATED, &changed.replace("20000", "30000")]).defers(), defers, "{last}");
    }
    assert!(!quick(&[SUMMARY]).defers());
    assert!(
        COUNT.contains("t.tgdeferrable") && !QUICK.contains("tgdeferrable") && QUICK.contains("NULL END AS defers")
    );
    assert!(QUICK.contains("set_config") && !COUNT.contains("set_config") && COUNT.contains("NULL END AS closed"));
}
